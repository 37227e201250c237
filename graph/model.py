"""What the graph is made of: kinds of node, relations, and what a finding looks like.

Names here are the product's vocabulary. They appear unchanged in stores, JSON, the command line and people's Cypher.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, fields
from typing import Literal

KINDS = (
    "applicant", "company", "application", "loan", "account", "device", "phone", "address", "email", "ip", "wifi",
    "id_document", "employer", "merchant", "channel",
)  # fmt: skip
"""Kinds of node. A snapshot stores a kind as its position here, so new kinds are added at the end."""

KIND_CODE = {kind: code for code, kind in enumerate(KINDS)}

PARTIES = ("applicant", "company", "merchant")
"""Kinds that can be members of a finding."""

PERSONAL_KINDS = frozenset({"phone", "email", "id_document", "account", "address", "device", "ip", "wifi", "name"})
"""Kinds whose keys are personal unless a mapping says ``internal``; ``name``: people's names, which are no nodes."""

ALWAYS = -(2**63)
"""A time before every other: the start of what has no start, the `known_at` of what was always known."""
FOREVER = 2**63 - 1
"""A time after every other: the end of what has no end."""

DECLARING = {
    "applicant": "applicants",
    "company": "companies",
    "merchant": "merchants",
    "application": "applications",
    "loan": "loans",
}
"""The canonical table whose rows declare the nodes of a kind; nodes of every other kind exist by being named."""

STATUS_FIELDS = frozenset(
    {
        "status", "balance", "off_balance_amount", "five_class", "dpd",
        "total_assets", "total_liabilities", "net_assets",
    }
)  # fmt: skip
"""Cells that describe the present state: they count only from their version's ``status_from``."""

Nature = Literal["tie", "event", "state"]


@dataclass(frozen=True)
class Relation:
    """A kind of relationship.

    ``nature`` decides what ``as_of`` shows: a *tie* (to an identifier) and an *event* count for good once known; a
    *state* counts only while in force.
    """

    name: str
    sources: tuple[str, ...]
    targets: tuple[str, ...]
    nature: Nature


def _relations() -> dict[str, Relation]:
    owner = PARTIES
    borrower = ("applicant", "company")
    rows: list[tuple[str, tuple[str, ...], tuple[str, ...], Nature]] = [
        ("APPLIED", ("applicant",), ("application",), "event"),
        ("USED_DEVICE", ("application", *owner), ("device",), "tie"),
        ("USED_IP", ("application",), ("ip",), "tie"),
        ("USED_WIFI", ("application", *owner), ("wifi",), "tie"),
        ("APPLIED_FROM", ("application",), ("address",), "tie"),
        ("HAS_PHONE", owner, ("phone",), "tie"),
        ("HAS_EMAIL", owner, ("email",), "tie"),
        ("HAS_ADDRESS", owner, ("address",), "tie"),
        ("HAS_ID", owner, ("id_document",), "tie"),
        ("LISTS_CONTACT", ("applicant",), ("phone",), "tie"),
        ("WORKS_AT", ("applicant",), ("employer",), "tie"),
        ("AT_MERCHANT", ("application",), ("merchant",), "event"),
        ("VIA_CHANNEL", ("application",), ("channel",), "event"),
        ("ORDERED", ("applicant",), ("merchant",), "event"),
        ("OWNS", owner, ("account",), "tie"),
        ("SIGNED_IN", ("device",), ("account",), "event"),
        ("BECAME", ("application",), ("loan",), "state"),
        ("BORROWED", borrower, ("loan",), "state"),
        ("DISBURSED_TO", ("loan",), ("account", "merchant"), "event"),
        ("REPAID", ("account",), ("loan",), "event"),
        ("TRANSFERRED", ("account",), ("account",), "event"),
        ("GUARANTEES", PARTIES, PARTIES, "state"),
        ("HOLDS_SHARE", PARTIES, ("company",), "state"),
        ("CONTROLS", ("applicant", "company"), ("company", "merchant"), "state"),
        ("SAME_AS", PARTIES, PARTIES, "state"),
        ("RELATED_TO", ("applicant",), ("applicant",), "state"),
    ]
    return {name: Relation(name, sources, targets, nature) for name, sources, targets, nature in rows}


RELATIONS = _relations()
"""Relations by name. A snapshot stores a relation as its position here, so new relations are added at the end."""

RELATION_CODE = {name: code for code, name in enumerate(RELATIONS)}

FINDING_KINDS = (
    "fraud_ring", "intermediary", "guarantee_mutual", "guarantee_joint", "guarantee_cycle", "guarantee_chain",
    "guarantee_circle", "guarantee_over", "cashout_merchant", "fund_flow", "risky_cluster", "velocity",
)  # fmt: skip

ROLES = (
    "member", "organiser", "client", "broker", "customer", "merchant", "borrower", "mule", "guarantor", "party",
)  # fmt: skip

COLOURS = ("blue", "yellow", "orange", "red")
"""蓝 watch, 黄 review, 橙 hold, 红 stop; in rising order."""


def kind_of(node: str) -> str:
    """The kind of a node name: ``kind_of("company:C1") == "company"``."""
    return node.partition(":")[0]


def finding_id(kind: str, view: str, members: list[dict[str, str]]) -> str:
    """The first 16 hex digits of SHA-256 over kind, view and the sorted ``role node`` pairs, each on a line of its own.

    >>> members = [{"node": "company:B", "role": "party"}, {"node": "company:A", "role": "party"}]
    >>> finding_id("guarantee_mutual", "raw", members)
    'f2f06340800d7672'
    """
    pairs = sorted(f"{member['role']} {member['node']}" for member in members)
    return hashlib.sha256("\n".join([kind, view, *pairs]).encode()).hexdigest()[:16]


@dataclass
class Finding:
    """What a detector found, with what proves it. ``as_dict`` is its JSON shape, the same everywhere.

    Attributes
    ----------
    kind : one of ``FINDING_KINDS``
    view : ``raw``, or ``contracted`` for guarantee structures between groups
    members : ``[{"node", "role"}]``, parties only (an intermediary's brokers apart), sorted by node then role
    evidence : ``[{"source", "target", "relation", "uid", "file", "row"}]``; row counts the header as 1
    measures : numbers by name
    truncated : ``[{"bound", "limit", "skipped", "could_change"}]``, every bound that bit
    as_of : ISO time with zone of what was known when it was found
    thread : links a finding to its earlier self across runs; verdicts hang on it
    run, batch : of the detector, and of all detectors at once; 0 before they are saved
    revision, policy : what the detector looked at, and the version of the policy that coloured it
    things : ``[{"nodes", "kind", "members", "users", "others"}]``, what members share or stand in, how many do in all,
        and who of these is no member, as far as they are named
    explanations : ``[{"twin", "fits", "why_zh", "why_en"}]``, innocent explanations tried, and why each fits or not
    """

    kind: str
    members: list[dict[str, str]]
    view: str = "raw"
    score: float = 0.0
    rank: int = 0
    rank_all: int = 0
    colour: str = "blue"
    evidence: list[dict] = field(default_factory=list)
    reason_zh: str = ""
    reason_en: str = ""
    innocent_twin: str | None = None
    measures: dict[str, float] = field(default_factory=dict)
    truncated: list[dict] = field(default_factory=list)
    as_of: str | None = None
    detector: str = ""
    version: str = ""
    thread: str | None = None
    run: int = 0
    batch: int = 0
    revision: int = 0
    policy: str = ""
    things: list[dict] = field(default_factory=list)
    explanations: list[dict] = field(default_factory=list)
    id: str = ""

    def __post_init__(self) -> None:
        self.members = sorted(self.members, key=lambda m: (m["node"], m["role"]))
        self.id = self.id or finding_id(self.kind, self.view, self.members)

    def as_dict(self) -> dict:
        """The finding as JSON-ready data, ``id`` first; lists and dictionaries in it are the finding's own."""
        data = {field.name: getattr(self, field.name) for field in fields(self)}
        return {"id": data.pop("id"), **data}
