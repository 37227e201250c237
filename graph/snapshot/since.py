"""What small writes have added since a snapshot was taken, so that a view of it shows them and none is built."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING

from ..keys import TOKEN_PREFIX
from ..model import RELATIONS
from ..store.erasure import SOURCE as ERASURE
from .overlay import Written

if TYPE_CHECKING:
    import pandas as pd

    from ..store import Store
    from .reading import Snapshot

_TOKEN = re.compile(rf"{TOKEN_PREFIX}[0-9a-f]+")


def written_since(store: Store, base: Snapshot, before: Written | None = None) -> Written | None:
    """The versions that were published after a snapshot, at the cost of what they are.

    Parameters
    ----------
    before : what was said of this snapshot earlier: only what came later is read

    Returns
    -------
    None where more than small writes has come since, and a snapshot must be built: a bulk load, the undoing of one, or
    an erasure, after which the snapshot shows what is no more
    """
    known = Written(base.revision, store.data_date()) if before is None else before
    latest = store.revision()
    if latest == known.revision:
        return known
    loads = [one for one in store.loads() if known.revision < max(one.revision or 0, one.withdrawn or 0) <= latest]
    if any(one.bulk or one.withdrawn or one.source == ERASURE for one in loads):
        return None
    found: dict[str, list[pd.DataFrame]] = defaultdict(list)
    for one in loads:
        for owner in store.owners(one.load):
            found[owner] += [frame.assign(revision=one.revision) for frame in store.versions(owner, one.load)]
    types: dict[str, dict[str, str]] = defaultdict(dict)
    for owner, name, kind in store.fields():
        types[owner][name] = kind
    return known.and_then(
        Written(
            latest,
            store.data_date(),
            {owner: _as_one(frames) for owner, frames in found.items() if owner in RELATIONS},
            {owner: _as_one(frames) for owner, frames in found.items() if owner not in RELATIONS},
            {owner: types[owner] for owner in found},
            store.files(),
            _masks(store, found),
        )
    )


def _as_one(frames: list[pd.DataFrame]) -> pd.DataFrame:
    import pandas as pd

    return pd.concat(frames, ignore_index=True)


def _masks(store: Store, found: dict[str, list[pd.DataFrame]]) -> dict[str, str]:
    """What people may see of the tokens among versions."""
    texts = [
        text
        for frames in found.values()
        for frame in frames
        for name in ("source", "target", "node", "data")
        if name in frame
        for text in frame[name].tolist()
        if isinstance(text, str)
    ]
    held = {token: store.secret(token) for token in {token for text in texts for token in _TOKEN.findall(text)}}
    return {token: secret[0] for token, secret in held.items() if secret is not None}
