"""Innocent causes that explain what is shared before anybody is suspected: households, the equipment of shops, and
accounts that pay wages."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ...graph.kernels.components import weak_components
from ...graph.kernels.sets import distinct
from ...graph.model import KIND_CODE
from ...graph.snapshot import GraphView
from ...graph.words.kin import KIN, SPOUSE
from .uses import FAMILY_AT_MOST, SPOUSES_AT_MOST, WAY, Uses, relation_words

LARGEST_HOME = 8
"""An address of more people is no one family's: only at smaller ones does a common surname mean kin."""
LARGEST_HOUSEHOLD = 10
"""More people than this, tied by kin words and names, are no household."""
PAID_AT_LEAST = 2
"""An account that pays wages to so many is an employer's."""
OWN_SHARE = 0.5
"""What is used in more than this share of its uses at one merchant is the merchant's equipment."""


def households(uses: Uses, surname: np.ndarray, ids: int, kin: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
    """Who lives as one family: an id's household, itself where it is alone.

    Two people are family where one names the other's own phone as family, under his own surname as far as one is told;
    where both name one phone as family, and nobody names it as anything else or under another surname; where they have
    one surname at one home address of few; or where they are known to be ``kin``.

    Parameters
    ----------
    surname : int64 by node, a number for each surname, -1 where none is known
    ids : how many ids there are
    kin : as ``known_kin`` gives them
    """
    own, named = (uses.where(uses.way == WAY[way]) for way in ("own_phone", "kin"))
    owned = np.zeros(ids, dtype=bool)
    owned[own.value] = True
    owner, namer = _named_rightly(own, named)
    named = named.where(~owned[named.value] & ~_doubtful(uses, ids)[named.value])
    one = np.concatenate((owner, named.person, kin[0]))
    other = np.concatenate((namer, named.value, kin[1]))
    # people and the phones that make them family are nodes alike; so are surnames at addresses
    home = uses.where(uses.way == WAY["home"])
    users = np.bincount(distinct(home.value * ids + home.person) // ids, minlength=ids)
    home = home.where((users[home.value] <= LARGEST_HOME) & (surname[home.person] >= 0))
    kinds, name_at_home = np.unique(home.value * ids + surname[home.person], return_inverse=True)
    one = np.concatenate((one, home.person))
    other = np.concatenate((other, ids + name_at_home))
    label = weak_components(one, other, ids + len(kinds))[:ids]
    people = distinct(uses.person)
    size = np.bincount(label[people], minlength=int(label.max(initial=0)) + 1)
    found = np.arange(ids)
    members = people[size[label[people]] <= LARGEST_HOUSEHOLD]
    least = np.full(len(size), -1, dtype=np.int64)
    least[label[members[::-1]]] = members[::-1]
    found[members] = least[label[members]]
    return found


def known_kin(snapshot: GraphView) -> tuple[np.ndarray, np.ndarray]:
    """int64 pairs of applicants who are said to be family: the one who says so, and the other. Whom too many call
    family, or their spouse, is nobody's, as with a phone."""
    ties = snapshot.ties("RELATED_TO")
    word = relation_words(ties)
    family, spouse = np.asarray(word.isin(KIN), dtype=bool), np.asarray(word.isin(SPOUSE), dtype=bool)
    source, target = ties.source.astype(np.int64), ties.target.astype(np.int64)
    believed = (_callers(source[family], target[family], snapshot.node_count) <= FAMILY_AT_MOST) & (
        _callers(source[spouse], target[spouse], snapshot.node_count) <= SPOUSES_AT_MOST
    )
    kept = family & believed[target]
    return source[kept], target[kept]


def _callers(source: np.ndarray, target: np.ndarray, count: int) -> np.ndarray:
    """int64 by node: how many others name it."""
    return np.bincount(distinct(source * count + target) % max(count, 1), minlength=count)


def _named_rightly(own: Uses, kin: Uses) -> tuple[np.ndarray, np.ndarray]:
    """Holders of a phone, and who names it as family's, under the holder's surname as far as both are told."""
    own = own.where(np.isin(own.value, kin.value))
    holders = pd.DataFrame({"value": own.value, "holder": own.person, "name": own.label})
    pairs = holders.merge(pd.DataFrame({"value": kin.value, "namer": kin.person, "called": kin.label}), on="value")
    name, called = pairs["name"].to_numpy(), pairs["called"].to_numpy()
    agreed = (name < 0) | (called < 0) | (name == called)
    return pairs["holder"].to_numpy()[agreed], pairs["namer"].to_numpy()[agreed]


def _doubtful(uses: Uses, ids: int) -> np.ndarray:
    """bool by id: a phone that somebody names as no family of his, or that goes by two surnames."""
    doubtful = np.zeros(ids, dtype=bool)
    doubtful[uses.value[np.isin(uses.way, [WAY["acquaintance"], WAY["contact"], WAY["work_phone"]])]] = True
    kin = uses.where((uses.way == WAY["kin"]) & (uses.label >= 0))
    least, most = np.full(ids, np.iinfo(np.int64).max), np.full(ids, -1, dtype=np.int64)
    np.minimum.at(least, kin.value, kin.label)
    np.maximum.at(most, kin.value, kin.label)
    return doubtful | (least < most)


def shop_equipment(snapshot: GraphView, uses: Uses, ids: int) -> np.ndarray:
    """bool by id: a handset, network or place used mostly at one merchant, or an account that a merchant owns."""
    excused = np.zeros(ids, dtype=bool)
    session = uses.where(np.isin(uses.way, [WAY["handset"], WAY["network"], WAY["cell"]]))
    # an application is one use of a handset, whether it has the device id, the imei or both
    source = snapshot.ends(session.position)[0].astype(np.int64)
    filed = snapshot.kinds[source] == KIND_CODE["application"]
    event = np.where(filed, source, snapshot.node_count + session.position)
    uses_by_event = session.value * (snapshot.node_count + snapshot.edge_count) + event
    session = session.where(np.unique(uses_by_event, return_index=True)[1])
    total = np.bincount(session.value, minlength=ids)
    at = session.where(session.merchant >= 0)
    keys, count = np.unique(at.value * ids + at.merchant, return_counts=True)
    excused[(keys // ids)[count > OWN_SHARE * total[keys // ids]]] = True
    owns = snapshot.ties("OWNS")
    excused[owns.target[snapshot.kinds[owns.source] == KIND_CODE["merchant"]]] = True
    return excused


def employers_accounts(snapshot: GraphView, ids: int) -> np.ndarray:
    """bool by id: an account that pays wages to several others: an employer repays for its people out of their pay."""
    paid = snapshot.edges("TRANSFERRED")
    paid = paid.where(np.asarray(paid.column("kind") == "payroll", dtype=bool)) if len(paid) else paid
    payer = distinct(paid.source.astype(np.int64) * snapshot.node_count + paid.target) // max(snapshot.node_count, 1)
    return np.bincount(payer, minlength=ids)[:ids] >= PAID_AT_LEAST
