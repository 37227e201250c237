"""Which loads exist at a revision, and what they decide together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ..errors import UserError
from ..model import PERSONAL_KINDS
from .records import Load


def standing_at(loads: Iterable[Load], revision: int) -> dict[int, int]:
    """The loads that exist at a revision, each with the revision that published it."""
    return {
        load.load: load.revision
        for load in loads
        if load.revision is not None
        and load.revision <= revision
        and (load.withdrawn is None or load.withdrawn > revision)
    }


def latest_date(loads: Iterable[Load], revision: int) -> int | None:
    """The latest data date of the loads that exist at a revision; None where they hold no event."""
    loads = list(loads)
    standing = standing_at(loads, revision)
    return max((load.data_date for load in loads if load.load in standing and load.data_date is not None), default=None)


def checked_privacy(held: Mapping[str, str], stated: Mapping[str, str] | None) -> dict[str, str]:
    """Which kinds are personal: as a load states, else as the store decided before, else personal.

    Raises
    ------
    UserError : the load contradicts the store
    """
    stated = stated or {}
    for kind in sorted(PERSONAL_KINDS):
        if kind in stated and held.get(kind, stated[kind]) != stated[kind]:
            raise UserError(
                f"the mapping says {kind} is {stated[kind]}, this store holds it as {held[kind]}:"
                " change the mapping or load into another store"
            )
    return {kind: stated.get(kind, held.get(kind, "personal")) for kind in PERSONAL_KINDS}
