"""What every store promises: six roles, each a small protocol, and one store that has them all.

A load has a number; publishing it is one small write that gives it a *revision*. At revision r exist the versions
written by loads that were published by r and not withdrawn by r. Among the versions of one uid, T shows the one with
the latest ``known_at <= T``, ties to the higher revision. A caller asks for the role it needs; nothing above this
room knows which store it talks to.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from .records import FieldType, Load, Progress, Run, Waiting

if TYPE_CHECKING:
    import pandas as pd

    from ..keys import KeyFile
    from ..snapshot import Snapshot
    from .erasure import Erased, Naming


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

    def publish(
        self,
        tables: dict[str, dict[str, int]],
        data_date: int | None,
        since: int | None = None,
        notes: dict | None = None,
    ) -> int | None:
        """Make the load visible in one small write and return its revision.

        Parameters
        ----------
        tables : what became of the rows of each table, as ``Load.tables``
        data_date, notes : as ``Load.data_date`` and ``Load.notes``
        since : publish only if the store's latest revision still is this one; None is returned where it is not
        """
        ...

    def discard(self) -> None:
        """Remove what was written, as if the load had never begun."""
        ...


class Loads(Protocol):
    """How rows come in and go: loads, revisions, undo."""

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

    def purge(self) -> None:
        """Remove the rows of withdrawn loads that no reader can still see."""
        ...


class Reading(Protocol):
    """The graph as it stands: a snapshot of it, single look-ups, what changed."""

    def beside(self, what: str) -> Path:
        """Where this machine keeps what goes with the store: ``snapshots``, ``populations`` (of the
        latest nightly runs), or ``staging`` while a load runs."""
        ...

    def reading(self, revision: int | None = None) -> AbstractContextManager[int]:
        """Hold a revision: what it shows is kept until the context ends, whatever is withdrawn meanwhile."""
        ...

    def snapshot(self, revision: int | None = None, progress: Progress | None = None) -> Snapshot:
        """The graph at a revision as memory-mapped arrays, built once and kept (see ``beside``)."""
        ...

    def get(self, node: str, as_of: int | None = None) -> dict | None:
        """What standing versions say of a node: ``{"node", "kind", "mask", "facts": [{"table", "uid", "file", "row",
        "valid_from", "valid_to", "known_at", "data"}]}``; None for a node the store does not show."""
        ...

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

    def counts(self) -> tuple[dict[str, int], dict[str, int]]:
        """Nodes by kind and relationships by relation that the latest revision shows, past ties included."""
        ...

    def rejects(self, load: int | None = None) -> pd.DataFrame:
        """The rejects of loads that stand, or of one load, stand it or not; columns load and ``REJECT_COLUMNS``."""
        ...

    def changes_since(self, revision: int) -> set[str]:
        """The uids with a version published or withdrawn after ``revision``."""
        ...


class Findings(Protocol):
    """What detectors found: batches, runs, findings."""

    def save_batch(self, runs: Sequence[Run], findings: Sequence[dict], cases: Sequence[dict] = ()) -> list[Run]:
        """Keep the runs of one batch, their findings and its cases (in their JSON shape), all or nothing, and return
        the runs with their numbers. Each finding belongs to the run of its ``detector``, and says so in ``run`` and
        ``batch``; the cases stay in their order."""
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


class Cases(Protocol):
    """What people work on: the cases of nightly batches, and what was decided and noted about each."""

    def cases(self, batch: int | None = None) -> list[dict]:
        """The cases of a batch, in their order; of the latest nightly one where ``batch`` is None, so that a back-dated
        run changes nobody's list."""
        ...

    def add_case_entries(self, entries: Sequence[dict]) -> None:
        """Keep verdicts, notes, assignments, closings and snoozes of cases (see ``case_entries.py``), all or
        nothing. One that is held already stays the one it is."""
        ...

    def case_entries(self) -> list[dict]:
        """All of them, in the order in which they came."""
        ...


class Transfer(Protocol):
    """All of a store, for another one or for an export."""

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


class Personal(Protocol):
    """What stands behind personal tokens, and how it goes."""

    def secret(self, token: str) -> tuple[str, str] | None:
        """Mask and ciphertext behind a token."""
        ...

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


class Store(Loads, Reading, Findings, Cases, Transfer, Personal, Protocol):
    """Where the graph is kept. One behaviour test body runs against every implementation."""

    url: str
    keys: KeyFile

    def close(self) -> None:
        """Let go of files and connections."""
        ...
