"""An application screened: what it touches, and what it makes, before a decision. Nothing is stored unless asked.

The rows are cleaned as a load of them would be and laid over the book's snapshot. Each detector looks at what lies
around the applicant, with the population that the latest nightly run measured: so it says what a full run over the
book with this application would say of them.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ...detectors.clusters.touch import Touch, newly_confirmed, touch_of_newcomer
from ...detectors.contract import Candidate, Detector, Unit
from ...detectors.finalise import finalise
from ...detectors.guarantees.portfolio import against_limit
from ...detectors.kept import Kept, home_of, kept, latest_number
from ...detectors.registry import DETECTORS
from ...detectors.settings import all_settings
from ...detectors.velocity.standing import standing
from ...detectors.verdicts import confirmed_since, marks
from ...graph.errors import UserError
from ...graph.model import Finding
from ...graph.snapshot import GraphView, Snapshot
from ...graph.snapshot.overlay import Overlay, Written
from ...graph.times import to_iso
from ...loaders.given import Cleaned, Rows, clean, write
from .once import NOTE, Request
from .reader import Reader
from .screening_answer import answer, verdict
from .screening_index import Index, Touched

ORDER = (
    "velocity", "risky-cluster", "guarantee", "cashout-merchant", "fund-flow", "intermediary", "fraud-ring",
)  # fmt: skip
"""In which detectors are asked: those first that answer soonest, as a rule."""


@dataclass
class Clock:
    """How much of the time that a caller gives is left.

    Attributes
    ----------
    ends : of ``time.perf_counter``; None where there is no limit
    """

    ends: float | None
    begun: float = field(default_factory=time.perf_counter)

    @classmethod
    def of(cls, milliseconds: float | None) -> Clock:
        """One that begins now; no limit where None."""
        return cls(None if milliseconds is None else time.perf_counter() + milliseconds / 1000)

    def has(self, seconds: float) -> bool:
        """Whether so much is left."""
        return self.ends is None or time.perf_counter() + seconds < self.ends

    @property
    def milliseconds(self) -> float:
        """How long it took so far."""
        return round((time.perf_counter() - self.begun) * 1000, 1)


@dataclass
class Looked:
    """What the detectors say of the applicants.

    Attributes
    ----------
    findings : about them, the worst first
    not_checked : ``[{"what", "why"}]``
    """

    findings: list[Finding] = field(default_factory=list)
    not_checked: list[dict] = field(default_factory=list)


class Desk:
    """Where applications are screened: the populations and the findings of the latest nightly runs, at hand in one
    process, and looked up anew where there are later ones."""

    def __init__(self, reader: Reader):
        self._reader = reader
        self._policy = reader.policy()
        self._lock = threading.Lock()
        self._number = -1
        self._kept: dict[str, Kept] = {}
        self._index: Index | None = None
        self._usual: dict[str, float] = {}

    def screen(self, rows: Rows, deadline_ms: float | None = None) -> dict:
        """Screen one application.

        Parameters
        ----------
        rows : by canonical table, raw
        deadline_ms : what is not done by then is not begun, and named in ``not_checked``; no limit where None. One
            step that takes longer than such steps did before may overrun it

        Raises
        ------
        UserError : the rows are no application
        """
        clock = Clock.of(deadline_ms)
        return self._screened(clean(self._reader.store, rows), clock)

    def screen_and_store(self, rows: Rows, deadline_ms: float | None, request: Request | None) -> dict:
        """The same, and the rows are part of the graph from then on: every screening that begins later, in whatever
        process, sees them. What was stored before by the same request is not stored again.

        Parameters
        ----------
        request : what asks for it, where it has a key
        """
        if request is not None and request.answer is not None:
            return request.answer
        store, clock = self._reader.store, Clock.of(deadline_ms)
        given = clean(store, rows)
        told = self._screened(given, clock)
        notes = {} if request is None else {NOTE: request.name}
        while True:
            told["stored"] = given.written.revision
            if write(store, given, "screening", notes, lambda load: request and request.put_down(load, told)):
                return told
            given = clean(store, rows)  # somebody has written since

    def _screened(self, given: Cleaned, clock: Clock) -> dict:
        base, recent = self._reader.with_recent()
        view = self._laid_over(base, recent, given)
        people = _applicants(view, given)
        self._renew()
        touched = self._index.touched(view, people) if self._index else Touched([], [])
        looked = Looked()
        counts = self._counts(view, people, clock, looked)
        near = self._nearest(view, people, clock, looked)
        self._look(view, people, clock, looked)
        found = verdict(looked.findings, touched, near, self._policy)
        portfolio = self._portfolio()
        left = looked.not_checked
        return answer(view, recent.revision, given, people, found, counts, portfolio, left, clock.milliseconds)

    def screen_all(self, batch: Sequence[Rows], deadline_ms: float | None = None) -> list[dict]:
        """Screen several applications, each by itself and each within the deadline; one that is none says so."""
        return [self._or_error(rows, deadline_ms) for rows in batch]

    def _or_error(self, rows: Rows, deadline_ms: float | None) -> dict:
        try:
            return self.screen(rows, deadline_ms)
        except UserError as error:
            return {"error": str(error)}

    def _laid_over(self, base: Snapshot, recent: Written, given: Cleaned) -> Overlay:
        date = given.written.data_date
        return Overlay(base, recent.and_then(given.written)).at(self._reader.moment(None) if date is None else date)

    def _renew(self) -> None:
        """Take up what a later nightly run kept and found."""
        with self._lock:
            store = self._reader.store
            home = home_of(store)
            number = latest_number(home)
            if number != self._number:
                self._kept = kept(home)
                self._number = number
            runs = [run for run in store.latest_runs() if run.purpose == "nightly"]
            batches = tuple(sorted(run.run for run in runs))
            if self._index is None or self._index.runs != batches:
                self._index = Index.of(batches, store.findings(batches) if batches else [])

    # -- what is looked at, each where there is time
    def _counts(self, view: GraphView, people: np.ndarray, clock: Clock, looked: Looked) -> list[dict]:
        found = self._timed("velocity counts", "velocity", clock, looked, lambda one: _counted(view, people, one))
        return found or []

    def _nearest(self, view: GraphView, people: np.ndarray, clock: Clock, looked: Looked) -> Touch | None:
        def nearest(one: Kept) -> Touch | None:
            since = newly_confirmed(one.population, confirmed_since(view, one.as_of))
            reached = [touch_of_newcomer(view, one.population, one.params, person, since) for person in people.tolist()]
            near = [found for found in reached if found.distance is not None]
            return min(near, key=lambda found: found.distance or 0, default=None)

        return self._timed("distance to confirmed bad", "risky-cluster", clock, looked, nearest)

    def _portfolio(self) -> dict | None:
        """How the guarantee-enhanced share of the book stood to its limit in the latest nightly run; None without one,
        which ``not_checked`` says."""
        known = self._kept.get("guarantee")
        if known is None:
            return None
        settings = all_settings(self._policy.parameters)["guarantee"]
        return {**against_limit(known.population.enhanced_share, settings), "as_of": to_iso(known.as_of)}

    def _look(self, view: GraphView, people: np.ndarray, clock: Clock, looked: Looked) -> None:
        found: list[tuple[Detector, Sequence[Candidate]]] = []
        nodes = [people]
        for name in ORDER:
            detector = DETECTORS[name]
            made = self._timed(name, name, clock, looked, lambda one, of=detector: _made(view, of, one, people))
            if made is not None:
                found.append((detector, made[0]))
                nodes += [unit.nodes for unit in made[1]]
        if not any(made for _, made in found):
            return
        part = view.part(np.concatenate(nodes).astype(np.int32))
        names = set(view.names(people))
        findings = finalise(found, self._policy, view.as_of, view.revision, marks(part))
        looked.findings = [one for one in findings if names & {member["node"] for member in one.members}]

    def _timed(self, what: str, detector: str, clock: Clock, looked: Looked, ask: Any) -> Any:
        """What is asked with a detector's population, unless none is kept or there is no time."""
        usual = self._usual.get(what, 0.0)
        if detector not in self._kept:
            looked.not_checked.append(
                {"what": what, "why": "no nightly run kept its population: run 'ringfence detect'"}
            )
        elif not clock.has(usual):
            looked.not_checked.append({"what": what, "why": "the deadline left no time for it"})
            self._usual[what] = 0.8 * usual  # so that one slow time, such as a process's first, is not for ever
        else:
            begun = time.perf_counter()
            found = ask(self._kept[detector])
            taken = time.perf_counter() - begun
            self._usual[what] = taken if what not in self._usual else 0.8 * usual + 0.2 * taken
            return found
        return None


def _made(view: GraphView, detector: Detector, known: Kept, people: np.ndarray) -> tuple[list[Candidate], list[Unit]]:
    """What a detector finds on the units in which some people lie, and these units."""
    units = detector.around(view, known.population, known.params, people)
    found = [
        candidate
        for unit in units
        for candidate in detector.detect(view.part(unit.nodes), known.population, known.params)
    ]
    return found, units


def _counted(view: GraphView, people: np.ndarray, known: Kept) -> list[dict]:
    return [
        {**vars(one.limit), "counted": one.counted, "reached": one.reached}
        for one in standing(view, known.population, known.params, people, view.as_of)
    ]


def _applicants(view: GraphView, given: Cleaned) -> np.ndarray:
    """int32, ascending: the applicants whom the rows declare, or who file what they declare.

    Raises
    ------
    UserError : there is none
    """
    filed = view.find_all(given.declared.get("applications", []))
    own = view.find_all(given.declared.get("applicants", []))
    by = view.other_ends(filed[filed >= 0].astype(np.int32), ("APPLIED",)) if len(filed) else own[:0]
    people = np.unique(np.concatenate((own[own >= 0], by))).astype(np.int32)
    if not len(people):
        raise UserError(f"the rows name no applicant that can be used{_why(given.rejects)}")
    return people


def _why(rejects: Sequence[Mapping]) -> str:
    lost = [f"{row['table']}.{row['column'] or ''} {row['reason']}" for row in rejects if row["level"] == "row"]
    return f": {', '.join(lost[:5])}" if lost else ": they are in the book already, unchanged"
