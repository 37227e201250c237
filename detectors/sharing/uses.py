"""Who uses which identifying value, in which way, and when: the ground on which rings are sought.

A *value* is a handset, an account, a document, an address: whatever two applicants may share. Values are numbered like
the nodes of the book that the population was taken from, so that a part of the book numbers them alike; see ``Frame``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from ...graph.model import ALWAYS, FOREVER, KIND_CODE
from ...graph.snapshot import Edges, GraphView
from ...graph.words.kin import KIN, SOCIAL, SPOUSE, WORK
from .surnames import surnames

WAYS = (
    "handset", "account", "document", "email", "own_phone", "network", "cell", "home", "work",
    "work_phone", "kin", "acquaintance", "contact",
)  # fmt: skip
"""How an applicant may use a value. ``home`` and ``work`` are addresses or an employer; from ``work_phone`` on it is a
phone: the employer's, or a contact's, named as family, as an acquaintance, or in any other words."""
WAY = {name: code for code, name in enumerate(WAYS)}

SPOUSES_AT_MOST = 1
"""A phone that more people name as their spouse's is nobody's spouse."""
FAMILY_AT_MOST = 4
"""A phone that more people name as family is no family's."""


@dataclass(frozen=True)
class Uses:
    """Every tie between an applicant and a value that shows at the snapshot's time; arrays of one length.

    Attributes
    ----------
    person, value : int64 numbers in the frame
    node : int64, what is used as the view numbers it: one of the ids of a handset, the Wi-Fi of a network
    way : int8, a place in ``WAYS``
    time : int64 epoch milliseconds, ``ALWAYS`` where the tie has none
    merchant : int64 number of the merchant an application was filed at, -1 where none is known
    label : int64, of contacts and own phones: a number for the surname that the applicant gives the holder, -1 where
        none is told
    position, via : int64 positions of the relationships that say so; ``via`` leads from the applicant to the first's
        end (an application, loan or account), -1 where the first begins at the applicant
    """

    person: np.ndarray
    value: np.ndarray
    node: np.ndarray
    way: np.ndarray
    time: np.ndarray
    merchant: np.ndarray
    label: np.ndarray
    position: np.ndarray
    via: np.ndarray

    def __len__(self) -> int:
        return len(self.person)

    def where(self, mask: np.ndarray | slice) -> Uses:
        """Those for which ``mask`` holds, or at these places."""
        return Uses(*(getattr(self, name)[mask] for name in self.__dataclass_fields__))


def collect(snapshot: GraphView) -> tuple[Uses, np.ndarray, np.ndarray]:
    """All uses, in the view's own numbers; ties that link no one (landlines, sentinels) are none. What a person stated
    without a time was stated when the person first applied. Beside them the applicants' surnames, as ``lay`` gives
    them, and bool by node: a phone that may be a family's, as far as the view tells."""
    applicants = snapshot.kinds == KIND_CODE["applicant"]
    contacts = snapshot.ties("LISTS_CONTACT")
    own, called = surnames(snapshot, contacts)
    parts = [*_through_applications(snapshot, applicants), *_through_loans(snapshot), *_own(snapshot, applicants, own)]
    stated, family = _contacts(snapshot, contacts, called)
    parts += [stated, *_through_accounts(snapshot, applicants)]
    columns = zip(*parts, strict=True)
    types = (np.int64, np.int64, np.int64, np.int8, np.int64, np.int64, np.int64, np.int64, np.int64)
    uses = Uses(*(np.concatenate(column).astype(dtype) for column, dtype in zip(columns, types, strict=True)))
    known = np.where(uses.time > ALWAYS, uses.time, first_applied(snapshot)[uses.person])
    return replace(uses, time=known), own, family


def without_strangers(uses: Uses, family: np.ndarray) -> Uses:
    """Uses in which a phone that too many name as family is a contact of theirs and no relative.

    Parameters
    ----------
    family : bool by node: few enough name this phone as family for it to be one's
    """
    stranger = (uses.way == WAY["kin"]) & ~family[uses.node]
    return replace(uses, way=np.where(stranger, np.int8(WAY["contact"]), uses.way))


def applications(snapshot: GraphView) -> tuple[np.ndarray, np.ndarray]:
    """Who applied, as nodes, and when, as epoch milliseconds; applications without a time left out."""
    applied = snapshot.edges("APPLIED")
    applied = applied.where(applied.valid_from > ALWAYS)
    return applied.source.astype(np.int64), applied.valid_from


def first_applied(snapshot: GraphView) -> np.ndarray:
    """int64 by node: when a person first applied, ``ALWAYS`` where no time is known."""
    who, when = applications(snapshot)
    first = np.full(snapshot.node_count, FOREVER, dtype=np.int64)
    np.minimum.at(first, who, when)
    return np.where(first < FOREVER, first, ALWAYS)


def _part(person, value, way, time, position, via=None, merchant=None, label=None) -> tuple:
    count = len(person)
    nothing = np.full(count, -1, dtype=np.int64)
    code = way if isinstance(way, np.ndarray) else np.full(count, WAY[way], dtype=np.int8)
    return (
        person,
        value,
        value,
        code,
        time,
        nothing if merchant is None else merchant,
        nothing if label is None else label,
        position,
        nothing if via is None else via,
    )


def _through_applications(snapshot: GraphView, applicants: np.ndarray) -> list[tuple]:
    """What applications were filed with, and the devices and Wi-Fi that are known to be a person's without one."""
    applied, at = snapshot.edges("APPLIED"), snapshot.edges("AT_MERCHANT")
    who, how = _by_target(snapshot, applied)
    where = np.full(snapshot.node_count, -1, dtype=np.int64)
    where[at.source] = at.target
    parts = []
    for relation, way in (
        ("USED_DEVICE", "handset"),
        ("USED_IP", "network"),
        ("USED_WIFI", "network"),
        ("APPLIED_FROM", "cell"),
    ):
        ties = snapshot.ties(relation)
        used = ties.where(who[ties.source] >= 0)
        app = used.source
        parts.append(_part(who[app], used.target, way, used.valid_from, used.positions, how[app], where[app]))
        had = ties.where(applicants[ties.source])
        parts.append(_part(had.source, had.target, way, had.valid_from, had.positions))
    return parts


def _through_loans(snapshot: GraphView) -> list[tuple]:
    borrowed = snapshot.edges("BORROWED")
    borrowed = borrowed.where(snapshot.kinds[borrowed.source] == KIND_CODE["applicant"])
    who, how = _by_target(snapshot, borrowed)
    paid, repaid = snapshot.ties("DISBURSED_TO"), snapshot.ties("REPAID")
    paid = paid.where((who[paid.source] >= 0) & (snapshot.kinds[paid.target] == KIND_CODE["account"]))
    repaid = repaid.where(who[repaid.target] >= 0)
    return [
        _part(who[paid.source], paid.target, "account", paid.valid_from, paid.positions, how[paid.source]),
        _part(who[repaid.target], repaid.source, "account", repaid.valid_from, repaid.positions, how[repaid.target]),
    ]


def _own(snapshot: GraphView, applicants: np.ndarray, surname: np.ndarray) -> list[tuple]:
    parts = []
    for relation, way, at_work in (
        ("HAS_ID", "document", "document"),
        ("HAS_EMAIL", "email", "email"),
        ("HAS_PHONE", "own_phone", "work_phone"),
        ("HAS_ADDRESS", "home", "work"),
        ("WORKS_AT", "work", "work"),
        ("OWNS", "account", "account"),
    ):
        ties = snapshot.ties(relation)
        ties = ties.where(applicants[ties.source])
        code: np.ndarray | str = way
        if at_work != way:
            code = np.where(np.asarray(ties.column("use") == "work"), WAY[at_work], WAY[way]).astype(np.int8)
        label = surname[ties.source] if relation == "HAS_PHONE" else None
        # an account is older than its use here: it was stated with the rest
        stated = np.full(len(ties), ALWAYS) if relation == "OWNS" else ties.valid_from
        parts.append(_part(ties.source, ties.target, code, stated, ties.positions, label=label))
    return parts


def relation_words(ties: Edges) -> pd.Series:
    """What the ends of ties are said to be to each other, in lower case."""
    words = ties.column("relation")
    return words.str.lower() if len(ties) else words


def _contacts(snapshot: GraphView, ties: Edges, label: np.ndarray) -> tuple[tuple, np.ndarray]:
    """Contacts by what they are said to be, and bool by node: few enough name the phone as family for it to be one's;
    ``numbering`` lets the whole book decide on that."""
    said = relation_words(ties)
    kin, spouse = np.asarray(said.isin(KIN)), np.asarray(said.isin(SPOUSE))
    as_kin = np.bincount(ties.target[kin], minlength=snapshot.node_count)
    as_spouse = np.bincount(ties.target[spouse], minlength=snapshot.node_count)
    named = [kin, np.asarray(said.isin(SOCIAL)), np.asarray(said.isin(WORK))]
    codes = [WAY["kin"], WAY["acquaintance"], WAY["work_phone"]]
    way = np.select(named, codes, WAY["contact"]).astype(np.int8)
    stated = _part(ties.source, ties.target, way, ties.valid_from, ties.positions, label=label)
    return stated, (as_kin <= FAMILY_AT_MOST) & (as_spouse <= SPOUSES_AT_MOST)


def _through_accounts(snapshot: GraphView, applicants: np.ndarray) -> list[tuple]:
    """Devices that signed in to an account count as its owners'."""
    signed, owns = snapshot.edges("SIGNED_IN"), snapshot.ties("OWNS")
    owns = owns.where(applicants[owns.source])
    if not len(signed) or not len(owns):
        return []
    order = np.argsort(owns.target, kind="stable")
    low = np.searchsorted(owns.target[order], signed.target)
    count = np.searchsorted(owns.target[order], signed.target, side="right") - low
    row = np.repeat(np.arange(len(signed)), count)
    owner = order[np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count) + np.repeat(low, count)]
    return [
        _part(
            owns.source[owner],
            signed.source[row],
            "handset",
            signed.valid_from[row],
            signed.positions[row],
            owns.positions[owner],
        )
    ]


def _by_target(snapshot: GraphView, edges: Edges) -> tuple[np.ndarray, np.ndarray]:
    """By node, the source of an edge that leads to it, and the edge's position; -1 where none does."""
    who, how = (np.full(snapshot.node_count, -1, dtype=np.int64) for _ in range(2))
    who[edges.target] = edges.source
    how[edges.target] = edges.positions
    return who, how
