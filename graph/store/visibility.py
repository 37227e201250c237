"""Which version of a uid shows: the one rule that every store and every reader follows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from ..model import ALWAYS, FOREVER

if TYPE_CHECKING:
    import pandas as pd


def superseded_at(versions: pd.DataFrame) -> np.ndarray:
    """When each version gives way to another of its uid: int64 epoch milliseconds, ``FOREVER`` where none follows.

    T shows, of the versions of a uid with ``known_at <= T``, the one with the latest ``known_at``, ties to the higher
    revision. So a version shows from its ``known_at`` until that of the next in the order (known_at, revision), and of
    several with one ``known_at`` only the last ever shows: the others are superseded the moment they are known.

    Parameters
    ----------
    versions : columns uid, known_at, revision; only of loads that stand at the revision looked at
    """
    import pandas as pd

    result = np.full(len(versions), FOREVER, dtype=np.int64)
    if len(versions) < 2:
        return result
    codes = pd.factorize(versions["uid"])[0]
    known = versions["known_at"].to_numpy()
    order = np.lexsort((versions["revision"].to_numpy(), known, codes))
    follows = codes[order[:-1]] == codes[order[1:]]
    result[order[:-1][follows]] = known[order[1:]][follows]
    return result


def latest(versions: pd.DataFrame, standing: Mapping[int, int]) -> pd.DataFrame:
    """Per uid the standing version with the latest ``known_at``, ties to the higher revision, in the order given.

    Parameters
    ----------
    versions : with uid, load and known_at
    standing : the loads that stand, each with the revision that published it
    """
    load = versions["load"].to_numpy()
    here = versions.loc[np.isin(load, list(standing))]
    if here["load"].nunique() < 2:
        return here
    revision = np.array([standing[number] for number in here["load"].tolist()])
    order = np.lexsort((revision, here["known_at"].to_numpy()))
    last = here["uid"].iloc[order].drop_duplicates(keep="last").index
    return here.loc[here.index.isin(last)]


def shown(versions: list[dict], as_of: int | None, state: bool) -> list[dict]:
    """Those of some versions that show.

    Parameters
    ----------
    versions : all standing ones of their uids, with uid, known_at, revision, valid_from and valid_to
    as_of : epoch milliseconds; all that is known, in force or not, where None
    state : whether they count only while in force
    """
    import pandas as pd

    moment = FOREVER - 1 if as_of is None else as_of
    gone = superseded_at(pd.DataFrame(versions, columns=["uid", "known_at", "revision"]))
    return [
        version
        for version, until in zip(versions, gone.tolist(), strict=True)
        if version["known_at"] <= moment < until
        and version["valid_to"] > ALWAYS
        and (not state or as_of is None or version["valid_from"] <= moment < version["valid_to"])
    ]
