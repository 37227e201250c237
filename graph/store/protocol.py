"""What every store promises, and the records that pass through it.

A load has a number; publishing it is one small write that gives it a *revision*. At revision r exist the versions
written by loads that were published by r and not withdrawn by r. Among the versions of one uid, T shows the one with
the latest ``known_at <= T``, ties to the higher revision. Nothing above this module knows which store it talks to.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol

from ..errors import UserError
from ..model import PERSONAL_KINDS

if TYPE_CHECKING:
    import pandas as pd

    from ..keys import KeyFile
    from ..snapshot.reading import Snapshot
    from .erasure import Erased, Naming

FieldType = Literal["text", "number", "time"]
"""What a cell of ``data`` holds: a JSON string, a JSON number, or epoch milliseconds as a JSON integer."""

FACT_COLUMNS = ("uid", "node", "data", "valid_from", "valid_to", "known_at", "status_from", "file", "row")
"""One version of what a row says of a node. ``node`` is a node name, or None for a row about no node (partners);
``data`` is JSON text of the row's own cells without blanks, its keys in the table's column order; times are epoch
milliseconds with ``ALWAYS`` and ``FOREVER`` for what is open; ``status_from`` is the time from which the columns of the
present state count; ``file`` is a number from ``Writer.file``; ``row`` counts the header as 1."""

RELATIONSHIP_COLUMNS = (
    "uid", "source", "target", "amount", "data", "valid_from", "valid_to", "known_at", "file", "row",
)  # fmt: skip
"""One version of a relationship. ``source`` and ``target`` are node names; ``amount`` is a float, NaN where unknown;
an event's time is its ``valid_from``, and one that its row states no longer has the ``valid_to`` ``ALWAYS``; ``data``
is JSON text of the other cells, or None."""

REJECT_COLUMNS = ("table", "file", "row", "column", "reason", "level", "value")
"""A row or cell that could not be used: ``level`` is ``row`` or ``cell``; ``value`` is masked where personal."""


Progress = Callable[[str, str, int, int], None]
"""``progress(step, name, done, total)``: ``reading`` counts the bytes of a file, ``writing`` the rows of a table,
``snapshot`` the rows of a relation or table, or what else the store reads one by one."""

Waiting = Callable[[str], None]
"""``waiting(source)``: this load waits for another, of that source (``""``: not known yet), to end."""


@dataclass
class Load:
    """One load as the store records it.

    Attributes
    ----------
    state : ``open`` while it is written, then ``published``, perhaps ``withdrawn`` later
    revision : the revision its publication made, None while open
    withdrawn : the revision its undo made, None while it stands
    data_date : epoch milliseconds of the latest event it holds, None where it holds none
    purged : undone, and its rows are gone
    tables : ``{table: {"read", "used", "unchanged", "duplicate", "rejected"}}``
    """

    load: int
    source: str
    bulk: bool
    state: Literal["open", "published", "withdrawn"]
    revision: int | None = None
    withdrawn: int | None = None
    data_date: int | None = None
    tables: dict[str, dict[str, int]] = field(default_factory=dict)
    purged: bool = False


Purpose = Literal["nightly", "ad hoc", "backtest"]
"""What a batch is for. What people see as today's findings are those of nightly batches."""


@dataclass
class Run:
    """One run of one detector; the runs of one call make a batch.

    Attributes
    ----------
    as_of : epoch milliseconds
    params : the parameters it ran with
    seconds : wall-clock, and ``cpu_seconds`` processor time it took
    truncated : bounds of the run itself that bit
    run, batch : their numbers in the store; 0 before they are saved
    policy : the version of the policy it ran under
    """

    detector: str
    version: str
    revision: int
    as_of: int
    params: dict
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    findings: int = 0
    truncated: list[dict] = field(default_factory=list)
    run: int = 0
    batch: int = 0
    purpose: Purpose = "nightly"
    policy: str = ""


class Writer(Protocol):
    """One unit of work: all of it is published, or none of it ever shows."""

    load: int
    privacy: dict[str, str]
    """``{kind: "personal" | "internal"}`` as this load holds them: as stated, else as the store decided before."""
    left: bool
    """Set to leave a load that is not published open, for ``Store.resuming``, instead of discarding it."""
    abandoned: tuple[int, str] | None
    """Number and source of a load whose process had died, and that was discarded as this one began."""

    def mark(self) -> list[int]:
        """Let all that was written so far be kept whatever becomes of the process, and say where that is."""
        ...

    def rewind(self, mark: list[int]) -> None:
        """Remove what this load wrote after a mark; all of it where the mark is empty."""
        ...

    def file(self, name: str) -> int:
        """The number of a source file, for the ``file`` column of versions."""
        ...

    def facts(self, table: str, frame: pd.DataFrame, fields: dict[str, FieldType]) -> None:
        """Append versions of what rows of ``table`` say of nodes.

        Parameters
        ----------
        frame : columns ``FACT_COLUMNS``
        fields : the type of every key that ``data`` may hold
        """
        ...

    def relationships(self, relation: str, frame: pd.DataFrame, fields: dict[str, FieldType]) -> None:
        """Append versions of relationships; columns ``RELATIONSHIP_COLUMNS``, ``fields`` as for ``facts``."""
        ...

    def secrets(self, frame: pd.DataFrame) -> None:
        """Keep what stands behind personal tokens; columns token, mask, cipher. A token already kept stays as it is."""
        ...

    def rejects(self, frame: pd.DataFrame) -> None:
        """Keep rows and cells that could not be used; columns ``REJECT_COLUMNS``, ``file`` being a name."""
        ...

    def publish(self, tables: dict[str, dict[str, int]], data_date: int | None, since: int | None = None) -> int | None:
        """Make the load visible in one small write and return its revision.

        Parameters
        ----------
        tables : what became of the rows of each table, as ``Load.tables``
        data_date : as ``Load.data_date``
        since : publish only if the store's latest revision still is this one; None is returned where it is not
        """
        ...

    def discard(self) -> None:
        """Remove what was written, as if the load had never begun."""
        ...


class Store(Protocol):
    """Where the graph is kept. One behaviour test body runs against every implementation."""

    url: str
    keys: KeyFile

    def close(self) -> None:
        """Let go of files and connections."""
        ...

    def beside(self, what: str) -> Path:
        """Where this machine keeps what goes with the store: ``snapshots``, or ``staging`` while a load runs."""
        ...

    # -- loads and revisions
    def revision(self) -> int:
        """The latest revision; 0 for an empty store."""
        ...

    def data_date(self) -> int | None:
        """The latest data date of the loads that stand, in epoch milliseconds; None where no event is held."""
        ...

    def loads(self) -> list[Load]:
        """Every load that was published, also those withdrawn since, oldest first."""
        ...

    def privacy(self) -> dict[str, str]:
        """``{kind: "personal" | "internal"}`` for every kind the store has decided on."""
        ...

    def writer(
        self,
        source: str,
        *,
        bulk: bool = True,
        privacy: dict[str, str] | None = None,
        load: int | None = None,
        waiting: Waiting | None = None,
    ) -> AbstractContextManager[Writer]:
        """Begin a load. Leaving the context without ``publish`` discards it, unless it is to be ``Writer.left``. A bulk
        load whose process died is discarded when the next one begins.

        Parameters
        ----------
        source : where the rows come from, for people to read
        bulk : one bulk load is open at a time, others wait; small writes go on meanwhile
        privacy : which kinds are personal; one that contradicts the store is a ``UserError``
        load : its number, where it is the copy of another store's; the next free one where None
        waiting : called once, where another bulk load is open, with what that one loads
        """
        ...

    def open_load(self) -> tuple[int, str] | None:
        """Number and source of the bulk load that is not published yet: it is running, or broke off."""
        ...

    def resuming(self, waiting: Waiting | None = None) -> AbstractContextManager[Writer | None]:
        """Go on with the bulk load that was left open or whose process died, as ``writer`` does with a new one; None
        where there is none."""
        ...

    def unload(self, load: int) -> int:
        """Withdraw a bulk load, the newest first, and return the revision that made; what it covered shows again."""
        ...

    def changes_since(self, revision: int) -> set[str]:
        """The uids with a version published or withdrawn after ``revision``."""
        ...

    def reading(self, revision: int | None = None) -> AbstractContextManager[int]:
        """Hold a revision: what it shows is kept until the context ends, whatever is withdrawn meanwhile."""
        ...

    # -- reading the graph
    def current_facts(self, table: str, uids: Sequence[str] | None = None) -> pd.DataFrame:
        """Per uid the version with the latest ``known_at``, ties to the higher revision; columns uid, node, data,
        valid_from, valid_to, known_at, status_from. All of the table's where ``uids`` is None."""
        ...

    def current_relationships(self, relation: str, uids: Sequence[str] | None = None) -> pd.DataFrame:
        """The same for relationships; columns uid, source, target, amount, data, valid_from, valid_to, known_at."""
        ...

    def names(self, kind: str) -> Iterator[list[str]]:
        """Blocks of the names of nodes of a kind that a standing version states as a row's own node."""
        ...

    def snapshot(self, revision: int | None = None, progress: Progress | None = None) -> Snapshot:
        """The graph at a revision as memory-mapped arrays, built once and kept (see ``beside``)."""
        ...

    def get(self, node: str, as_of: int | None = None) -> dict | None:
        """What standing versions say of a node: ``{"node", "kind", "mask", "facts": [{"table", "uid", "file", "row",
        "valid_from", "valid_to", "known_at", "data"}]}``; None for a node the store does not show."""
        ...

    # -- counts, rejects, secrets
    def counts(self) -> tuple[dict[str, int], dict[str, int]]:
        """Nodes by kind and relationships by relation that the latest revision shows, past ties included."""
        ...

    def rejects(self, load: int | None = None) -> pd.DataFrame:
        """The rejects of loads that stand, or of one load, stand it or not; columns load and ``REJECT_COLUMNS``."""
        ...

    def secret(self, token: str) -> tuple[str, str] | None:
        """Mask and ciphertext behind a token."""
        ...

    def mask(self, node: str) -> str | None:
        """What people may see of a node's personal key; None where the key is not personal."""
        ...

    # -- findings
    def save_batch(self, runs: Sequence[Run], findings: Sequence[dict]) -> list[Run]:
        """Keep the runs of one batch and their findings (in their JSON shape), all or nothing, and return the runs with
        their numbers. Each finding belongs to the run of its ``detector``, and says so in ``run`` and ``batch``."""
        ...

    def runs(self) -> list[Run]:
        """All runs, oldest first."""
        ...

    def latest_runs(self, as_of: int | None = None) -> list[Run]:
        """The run of each detector whose findings people see, by detector id: see ``runs.latest_runs``."""
        ...

    def findings(self, runs: Sequence[int]) -> list[dict]:
        """The findings of runs, by rank over all."""
        ...

    def finding(self, prefix: str) -> list[dict]:
        """Findings whose id starts with ``prefix``: where several runs hold the same id, that of ``latest_runs``, else
        the last of them."""
        ...

    # -- all of it, for another store
    def purge(self) -> None:
        """Remove the rows of withdrawn loads that no reader can still see."""
        ...

    def owners(self, load: int) -> list[str]:
        """The tables and relations of which a load wrote versions that are still held, each once."""
        ...

    def versions(self, owner: str, load: int) -> Iterator[pd.DataFrame]:
        """What a load wrote of a table or relation, in blocks of the columns that ``Writer`` takes."""
        ...

    def fields(self) -> list[tuple[str, str, str]]:
        """Table or relation, name and type of every key that ``data`` has had, as they were first stated."""
        ...

    def files(self) -> dict[int, str]:
        """The names of source files by number."""
        ...

    def secrets(self) -> Iterator[pd.DataFrame]:
        """All that stands behind tokens, in blocks; columns token, mask, cipher. The store may be written to between
        two blocks."""
        ...

    # -- personal data
    def replace_ciphers(self, changed: Sequence[tuple[str, str, str]]) -> None:
        """Put new ciphertexts in place of old ones, each given as token, old, new. One that is no longer the old one
        stays as it is."""
        ...

    def erase(self, node: str, naming: Naming) -> Erased:
        """Erase a person or a personal identifier from all versions, at every revision: see ``erasure.py``. What an
        interrupted load left is discarded. Makes a new revision, and ends with ``scrub``.

        Parameters
        ----------
        naming : the cells that name parties and applications

        Raises
        ------
        UserError : it can be no personal data, or the store does not hold it
        """
        ...

    def scrub(self) -> None:
        """Leave no trace of what was removed or replaced in the files of this machine, as far as the store has a say
        over them: snapshots, staging, free pages, logs."""
        ...


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
