"""One store as those who ask see it: opened when first needed, its snapshot renewed when a load is published."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack, nullcontext
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from ...graph.errors import Unavailable, UserError
from ...graph.store import Progress, Store, open_store
from ...graph.times import parse_moment, to_iso, today
from ..access.anchor import anchor
from ..access.audit import AuditLog
from ..settings import Settings

if TYPE_CHECKING:
    from ...detectors.policy import Policy
    from ...graph.snapshot import Snapshot
    from ...graph.snapshot.overlay import Written


_PATIENCE_S = 20
"""So long an orderly end waits for a snapshot under way; supervisors wait about thirty seconds for a service."""

Worked = TypeVar("Worked")
MOST_RECENT = 20_000
"""Versions written since the snapshot from which on a new one is built."""
MOST_KEPT = 4
"""Answers that took long to work out and are kept while the snapshot is the latest."""


class Reader:
    """A store, its audit log and its latest snapshot, for one process.

    Parameters
    ----------
    settings : which store, key file and audit log
    bars : gives what is told of a snapshot's building, each time one is taken
    """

    def __init__(self, settings: Settings, bars: Callable[[], AbstractContextManager[Progress | None]] = nullcontext):
        self.settings = settings
        self._bars = bars
        self._lock = threading.Lock()
        self._store: Store | None = None
        self._snapshot: Snapshot | None = None
        self._held: list[ExitStack] = []
        self._kept: list[tuple[Any, Any]] = []
        self._first: threading.Thread | None = None
        self._recent_lock = threading.Lock()
        self._recent: tuple[Snapshot, Written] | None = None
        self._renewing: threading.Thread | None = None

    @property
    def store(self) -> Store:
        """The store.

        Raises
        ------
        UserError : there is none yet, or it cannot be opened
        """
        if self._store is None:
            with self._lock:
                self._store = self._store or self._open()
        return self._store

    def _open(self) -> Store:
        file = self.settings.store_file
        if file is not None and not file.exists():
            raise Unavailable(f"no store at {file}: run 'ringfence load' first, or name another with --store")
        return open_store(self.settings.store, create=False, key_file=self.settings.key_file)

    @cached_property
    def audit(self) -> AuditLog:
        """The audit log; made on first use, but not where there is no store and so nothing to see.

        Raises
        ------
        UserError : there is no store yet, or the log cannot be written
        """
        self.store.revision()
        return AuditLog(self.settings.audit_file, self.store.keys.derived("audit"))

    def anchor(self) -> None:
        """Note outside how far the audit log has come, where there is a place for it and anything was recorded.

        Raises
        ------
        UserError : the place cannot be written
        """
        if self.settings.audit_anchor is not None and "audit" in self.__dict__:
            anchor(self.audit, self.settings.audit_anchor)

    def snapshot(self, progress: Progress | None = None) -> Snapshot:
        """The snapshot of the latest revision, seen at the store's data date.

        While one caller maps or builds that of a new revision, others are answered from the one before.

        Parameters
        ----------
        progress : what is told of its building, in place of ``bars``
        """
        store = self.store
        current = self._snapshot
        if current is not None and current.revision == store.revision():
            return current
        if not self._lock.acquire(blocking=current is None):
            return current  # type: ignore[return-value]
        try:
            revision = store.revision()
            if self._snapshot is None or self._snapshot.revision != revision:
                held = ExitStack()
                held.enter_context(store.reading(revision))
                with nullcontext(progress) if progress else self._bars() as told:
                    self._snapshot = store.snapshot(revision, told)
                self._held.append(held)
                # The one before stays held as well: answers under way may still open files of it.
                while len(self._held) > 2:
                    self._held.pop(0).close()
            return self._snapshot
        finally:
            self._lock.release()

    def with_recent(self) -> tuple[Snapshot, Written]:
        """The latest snapshot at hand, and what small writes have added since, for which none is built: a flag set by
        hand, an application that was stored. Once these are many a new one is built, and not waited for."""
        from ...graph.snapshot.overlay import Written
        from ...graph.snapshot.since import written_since

        base = self._snapshot or self.snapshot()
        with self._recent_lock:
            before = self._recent[1] if self._recent is not None and self._recent[0] is base else None
            recent = written_since(self.store, base, before)
            if recent is None:
                base = self.snapshot()
                recent = written_since(self.store, base) or Written(base.revision, self.store.data_date())
            self._recent = base, recent
        rows = sum(len(frame) for frames in (recent.facts, recent.relationships) for frame in frames.values())
        if rows > MOST_RECENT and (self._renewing is None or not self._renewing.is_alive()):
            self._renewing = threading.Thread(target=self.snapshot, name="snapshot", daemon=True)
            self._renewing.start()
        return base, recent

    def kept(self, asked: tuple, work: Callable[[Snapshot], Worked]) -> Worked:
        """What is worked out of the latest snapshot, anew only where it is not among the last ``MOST_KEPT`` answers.

        Parameters
        ----------
        asked : what the answer depends on beside the snapshot
        """
        snapshot = self.snapshot()
        asked = (snapshot.revision, *asked)
        for one, answer in tuple(self._kept):
            if one == asked:
                return answer
        answer = work(snapshot)
        # Answers of earlier revisions would hold their files open.
        others = [(one, other) for one, other in self._kept if one[0] == snapshot.revision]
        self._kept = [*others, (asked, answer)][-MOST_KEPT:]
        return answer

    def check_ready(self) -> None:
        """Pass where questions are answered at once. Where there is no snapshot yet, begin one, and do not wait.

        Raises
        ------
        Unavailable : not yet
        UserError : the store cannot be opened
        """
        self.store.revision()
        if self._snapshot is None:
            if self._first is None or not self._first.is_alive():
                self._first = threading.Thread(target=self.snapshot, name="first snapshot", daemon=True)
                self._first.start()
            raise Unavailable("the snapshot is being mapped or built: ask again")

    def as_seen_by(self, finding: dict) -> Snapshot:
        """The graph as a finding's detector saw it: at its revision and its time. Where the store can no longer show
        that revision, because a load was undone and cleared, the latest one at that time.

        Parameters
        ----------
        finding : in its JSON shape
        """
        latest = self.snapshot()
        snapshot = latest
        if finding["revision"] not in (0, latest.revision):
            try:
                snapshot = self.store.snapshot(finding["revision"])
            except UserError:
                snapshot = latest
        return snapshot.at(stated_moment(finding["as_of"]) if finding["as_of"] else self.moment(None))

    def policy(self) -> Policy:
        """The policy of the settings, else the shipped one.

        Raises
        ------
        UserError : the file cannot be used
        """
        from ...detectors.policy import read_policy, shipped

        return read_policy(self.settings.policy) if self.settings.policy else shipped()

    def moment(self, text: str | None) -> int:
        """The time a question is about, in epoch milliseconds: as stated, else the store's data date, else today.

        Raises
        ------
        UserError : the text is no time
        """
        if text is not None:
            return stated_moment(text)
        date = self.store.data_date()
        return today() if date is None else date

    def close(self) -> None:
        """Let go of the snapshot and the store, the audit log anchored.

        A first snapshot that is still being built is waited for, though not for ever: then the store stays open until
        the process ends, as a store that is closed under a reader's hands ends the process at once.
        """
        self.anchor()
        for under_way in (self._first, self._renewing):
            if under_way is not None:
                under_way.join(_PATIENCE_S)
                if under_way.is_alive():
                    return
        while self._held:
            self._held.pop().close()
        self._snapshot, self._kept = None, []
        if self._store is not None:
            self._store.close()
            self._store = None


def stated_moment(text: str) -> int:
    """Epoch milliseconds of a time that somebody wrote.

    Raises
    ------
    UserError : no time, or none between the years 1 and 9999
    """
    moment = parse_moment(text)
    try:
        to_iso(moment)
    except OverflowError:
        raise UserError(f"unreadable time {text!r}: it lies outside the years 1 to 9999") from None
    return moment
