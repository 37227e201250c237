"""Which version of a uid shows: the one rule that every store and every reader follows."""

from __future__ import annotations

import numpy as np
import pandas as pd

from .model import FOREVER


def superseded_at(versions: pd.DataFrame) -> np.ndarray:
    """When each version gives way to another of its uid: int64 epoch milliseconds, ``FOREVER`` where none follows.

    T shows, of the versions of a uid with ``known_at <= T``, the one with the latest ``known_at``, ties to the higher
    revision. So a version shows from its ``known_at`` until that of the next in the order (known_at, revision), and of
    several with one ``known_at`` only the last ever shows: the others are superseded the moment they are known.

    Parameters
    ----------
    versions : columns uid, known_at, revision; only of loads that stand at the revision looked at
    """
    result = np.full(len(versions), FOREVER, dtype=np.int64)
    if len(versions) < 2:
        return result
    codes = pd.factorize(versions["uid"])[0]
    known = versions["known_at"].to_numpy()
    order = np.lexsort((versions["revision"].to_numpy(), known, codes))
    follows = codes[order[:-1]] == codes[order[1:]]
    result[order[:-1][follows]] = known[order[1:]][follows]
    return result
