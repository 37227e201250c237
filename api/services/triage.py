"""Which findings to look at, and in what order: filters, orders and what is new, for any list of findings.

All but ``about`` work on findings in their JSON shape alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ...graph.errors import NotFound, UserError
from ...graph.model import ALWAYS, COLOURS, FINDING_KINDS, RELATION_CODE
from ...graph.snapshot import GraphView
from ...graph.store import Run

if TYPE_CHECKING:
    import pandas as pd

SORTS = ("score", "amount", "people", "date")
"""By what a list may stand: ``score`` by rank, the others by the largest or latest first, equals by rank."""


@dataclass(frozen=True)
class Wanted:
    """Which findings are asked for; what is empty or None asks for nothing.

    Attributes
    ----------
    kinds, colours, detectors, views : one of each
    min_amount : a known amount of at least so much
    first, last : one of its dates at or after, and before, in epoch milliseconds
    products, regions, channels : one of each among its members' applications, or its members' regions; upper and lower
        case alike. A channel is a platform, a dealer or a salesperson
    """

    kinds: Sequence[str] = ()
    colours: Sequence[str] = ()
    detectors: Sequence[str] = ()
    views: Sequence[str] = ()
    min_amount: float | None = None
    first: int | None = None
    last: int | None = None
    products: Sequence[str] = ()
    regions: Sequence[str] = ()
    channels: Sequence[str] = ()

    def __post_init__(self) -> None:
        for what, named, known in (("kind", self.kinds, FINDING_KINDS), ("colour", self.colours, COLOURS)):
            for name in named:
                if name not in known:
                    raise UserError(f"unknown {what} of finding {name!r}: use one of {', '.join(known)}")

    @property
    def of_members(self) -> bool:
        """Whether it asks for what is on file of members, as ``about`` tells it."""
        return bool(self.products or self.regions or self.channels or self.dated)

    @property
    def dated(self) -> bool:
        """Whether it asks for dates."""
        return self.first is not None or self.last is not None


@dataclass(frozen=True)
class About:
    """What is on file of a finding's members.

    Attributes
    ----------
    products, channels, regions : in lower case
    dates : int64, ascending: when members applied, and when such rows of its evidence hold as end at a member, epoch
        milliseconds
    """

    products: frozenset[str] = frozenset()
    channels: frozenset[str] = frozenset()
    regions: frozenset[str] = frozenset()
    dates: np.ndarray = field(default_factory=lambda: np.array([], dtype=np.int64))


def kept(findings: Iterable[dict], wanted: Wanted, told: Mapping[str, About] | None = None) -> list[dict]:
    """Those findings that are asked for, in their order.

    Parameters
    ----------
    told : by finding id, as ``about`` gives it; only asked for where ``wanted.of_members``
    """
    return [finding for finding in findings if _fits(finding, wanted, (told or {}).get(finding["id"], About()))]


def _fits(finding: dict, wanted: Wanted, told: About) -> bool:
    named = (
        (wanted.kinds, {finding["kind"]}),
        (wanted.colours, {finding["colour"]}),
        (wanted.detectors, {finding["detector"]}),
        (wanted.views, {finding["view"]}),
        (wanted.products, told.products),
        (wanted.channels, told.channels),
        (wanted.regions, told.regions),
    )
    if any(asked and not {name.strip().lower() for name in asked} & has for asked, has in named):
        return False
    if wanted.min_amount is not None and not (amount(finding) or 0.0) >= wanted.min_amount:
        return False
    within = told.dates[(told.dates >= (wanted.first or ALWAYS))]
    return not wanted.dated or bool(len(within if wanted.last is None else within[within < wanted.last]))


def amount(finding: dict) -> float | None:
    """What a finding is about in money: what a ring borrowed, what a structure guarantees; None where none is known."""
    return finding["measures"].get("amount")


def people(finding: dict) -> int:
    """How many parties a finding names, whatever their role."""
    return len({member["node"] for member in finding["members"]})


def ordered(findings: Sequence[dict], by: str, told: Mapping[str, About] | None = None) -> list[dict]:
    """Findings in an order, one of ``SORTS``; what has no amount or date comes last."""
    keys = {
        "score": lambda finding: 0,
        "amount": lambda finding: -_or_least(amount(finding)),
        "people": lambda finding: -people(finding),
        "date": lambda finding: -_latest((told or {}).get(finding["id"], About())),
    }
    if by not in keys:
        raise UserError(f"findings cannot be sorted by {by!r}: use one of {', '.join(SORTS)}")
    return sorted(findings, key=lambda finding: (keys[by](finding), finding["rank_all"]))


def _latest(told: About) -> float:
    return _or_least(float(told.dates[-1]) if len(told.dates) else None)


def _or_least(value: float | None) -> float:
    return -np.inf if value is None else value


# -- what is new


class News(NamedTuple):
    """What is new of a finding: whether its thread did not exist before, and else who of its members is new in it."""

    is_new: bool
    joined: tuple[str, ...]

    def __str__(self) -> str:
        return "new" if self.is_new else f"+{len(self.joined)}" if self.joined else ""


def before(runs: Sequence[Run], latest: Iterable[Run], since: Since | None = None) -> list[int]:
    """The runs against which the latest ones are held to say what is new: of each detector its last nightly run before
    the latest one, or before ``since``.

    Parameters
    ----------
    runs : all of them, oldest first
    """
    found = []
    for this in latest:
        earlier = [run.run for run in runs if run.detector == this.detector and run.purpose == "nightly"]
        known = {run.run: run for run in runs}
        some = [n for n in earlier if (n < this.run if since is None else since.is_after(known[n]))]
        found += some[-1:]
    return found


class Since(NamedTuple):
    """From when on a thread is new: a batch, or a time in epoch milliseconds; one of them."""

    batch: int | None = None
    time: int | None = None

    def is_after(self, run: Run) -> bool:
        """Whether a run was before: of this batch or an earlier one, or looking at an earlier time."""
        return run.batch <= self.batch if self.batch is not None else run.as_of < (self.time or ALWAYS)


def read_since(text: str, runs: Sequence[Run], read_time: Callable[[str], int]) -> Since:
    """What was written for ``Since``: up to six digits are a batch, anything else is a time.

    Parameters
    ----------
    read_time : from a text to epoch milliseconds

    Raises
    ------
    UserError : there is no such batch, or it is no time
    """
    if not (text.isascii() and text.isdigit() and len(text) <= 6):
        return Since(time=read_time(text))
    batches = sorted({run.batch for run in runs})
    if int(text) not in batches:
        raise NotFound(f"no batch {text}; there are {', '.join(map(str, batches)) or 'none'}")
    return Since(batch=int(text))


def news(findings: Iterable[dict], earlier: Iterable[dict]) -> dict[str, News]:
    """What is new of each finding, by its id.

    Parameters
    ----------
    earlier : the findings of the runs that ``before`` gives
    """
    members: dict[str, set[str]] = {}
    for finding in earlier:
        members.setdefault(finding["thread"], set()).update(member["node"] for member in finding["members"])
    found = {}
    for finding in findings:
        held = members.get(finding["thread"])
        now = {member["node"] for member in finding["members"]}
        found[finding["id"]] = News(held is None, tuple(sorted(now - held)) if held is not None else ())
    return found


# -- what is on file of members


def about(view: GraphView, findings: Sequence[dict]) -> dict[str, About]:
    """What is on file of each finding's members at the view's time, by the finding's id."""
    names = sorted({member["node"] for finding in findings for member in finding["members"]})
    numbers = dict(zip(names, view.find_all(names).tolist(), strict=True))
    known = np.array(sorted({number for number in numbers.values() if number >= 0}), dtype=np.int64)
    filed = _applications(view, known)
    regions = _regions(view, known)
    found = {}
    for finding in findings:
        members = sorted({numbers[member["node"]] for member in finding["members"]} - {-1})
        mine: pd.DataFrame = filed.loc[filed["person"].isin(members)]
        times = np.concatenate((mine["time"].to_numpy(np.int64), _evidence_times(view, members, finding)))
        found[finding["id"]] = About(
            products=_words(mine["product"]),
            channels=_words(mine["channel"]) | _words(mine["salesperson_id"]),
            regions=frozenset().union(*(regions.get(member, frozenset()) for member in members)),
            dates=np.unique(times[times > ALWAYS]),
        )
    return found


def _applications(view: GraphView, people: np.ndarray) -> pd.DataFrame:
    """The applications of people: ``person``, ``time``, ``product``, ``channel``, ``salesperson_id``."""
    import pandas as pd

    positions = view.touching(people)
    positions = positions[view.relation_codes(positions) == RELATION_CODE["APPLIED"]]
    positions = positions[view.visible(positions)]
    person, application = view.ends(positions)
    rows = view.facts("applications", np.unique(application)).set_index("node")
    cells = rows.reindex(application, columns=["product", "channel", "salesperson_id"]).reset_index(drop=True)
    return pd.concat([pd.DataFrame({"person": person, "time": view.valid_from(positions)}), cells], axis=1)


def _regions(view: GraphView, parties: np.ndarray) -> dict[int, frozenset[str]]:
    found: dict[int, frozenset[str]] = {}
    for table in ("applicants", "companies", "merchants"):
        rows = view.facts(table, parties)
        if "region" in rows:
            for node, region in zip(rows["node"].tolist(), rows["region"], strict=True):
                found[node] = found.get(node, frozenset()) | _words([region])
    return found


def _words(cells: Iterable[object]) -> frozenset[str]:
    return frozenset(cell.strip().lower() for cell in cells if isinstance(cell, str) and cell.strip())


def _evidence_times(view: GraphView, members: Sequence[int], finding: dict) -> np.ndarray:
    """Since when, or when, those rows of the evidence hold that end at a member."""
    positions = np.unique(view.touching(np.array(members, dtype=np.int64)))
    proof = {row["uid"] for row in finding["evidence"]}
    inside = np.fromiter((uid in proof for uid in view.uids(positions)), dtype=bool, count=len(positions))
    return view.valid_from(positions[inside & view.visible(positions)])
