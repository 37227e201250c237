"""Loading: files to published versions in a store, all or nothing.

The first pass stages cleaned rows on disk, the second puts rows of one key together, checks and writes them; the load
shows when it is published, in one small write at the end. After each partition that is written the staging folder notes
how far the load came, so that one whose process died goes on from there.
"""

# pyarrow makes its compute functions at run time: no checker sees them
# pyright: reportAttributeAccessIssue=false
from __future__ import annotations

import time
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ...graph.errors import Rejected, Unavailable, UserError
from ...graph.model import DECLARING, PARTIES
from ...graph.outside import outside_cause
from ...graph.store import Progress, Store, Waiting, Writer
from ...graph.store.records import REJECT_COLUMNS
from ...graph.times import parse_moment
from ..schema.columns import Table
from ..schema.mapping import Mapping, parse_mapping
from ..schema.rows import Rows
from ..schema.tables import TABLES
from ..sources import Source, open_source
from ..vectors import hashes
from .declared import Declared
from .first_pass import Stager
from .gathering import Gathered, KeptSet
from .second_pass import Merged, Merger
from .staging import Staging, text_size
from .versions import Versions

_SECRETS = 100_000
"""Masks and ciphertexts that the store takes at a time, at least."""


@dataclass
class LoadReport:
    """What a load did.

    Attributes
    ----------
    tables : ``{table: {"read", "used", "unchanged", "duplicate", "rejected"}}``; the last four add up to the first
    rejects : ``[{"table", "column", "reason", "level", "rows"}]``, most frequent first
    closed : rows that a full extract no longer had, by table
    left_out : what was not read of the source, with the reason
    unlinked : what was kept but links no one: ``[{"table", "column", "flag", "values", "of"}]``
    abandoned : number and source of a load that had broken off and was discarded as this one began
    data_date : epoch milliseconds of the load's own, None where it holds no event
    """

    load: int
    revision: int
    source: str
    tables: dict[str, dict[str, int]]
    rejects: list[dict] = field(default_factory=list)
    closed: dict[str, int] = field(default_factory=dict)
    data_date: int | None = None
    unknown_columns: list[tuple[str, str]] = field(default_factory=list)
    left_out: list[tuple[str, str]] = field(default_factory=list)
    unlinked: list[dict] = field(default_factory=list)
    abandoned: tuple[int, str] | None = None


def load(
    store: Store,
    source: str | Path | Source,
    mapping: Mapping | None = None,
    *,
    required: Collection[str] = (),
    progress: Progress | None = None,
    waiting: Waiting | None = None,
) -> LoadReport:
    """Load a folder or a file into a store.

    Parameters
    ----------
    source : a folder, a file, or a source that was opened before (whose own mapping then holds)
    mapping : how the files become canonical tables; canonical names hold without one
    required : tables without which nothing is published; each must be there and have a row
    progress : called as ``progress(step, name, done, total)``: step ``reading`` with a file's name and bytes, step
        ``writing`` with a table's name and rows
    waiting : called once, where another load must end first

    Raises
    ------
    UserError : the source cannot be read or contradicts the store; nothing changes. ``Rejected`` where a table has too
        many rejected rows, or a required one is missing or empty. ``Unavailable`` where disk or server failed: the load
        stays open, for ``resume``
    """
    source = source if isinstance(source, Source) else open_source(source, mapping)
    _check_required(required, {table for table, _ in source.passes}, "missing")
    with store.writer(source.name, privacy=dict(source.mapping.privacy), waiting=waiting) as writer:
        note = {
            "load": writer.load,
            "source": source.name,
            "folder": str(Path.cwd()),
            "mapping": [source.mapping.text, source.mapping.name],
            "privacy": writer.privacy,
            "required": sorted(required),
        }
        staging = Staging.begin(store.beside("staging"), _sizes(source), note, store.keys)
        return _finished(store, writer, source, staging, progress)


def resume(store: Store, *, progress: Progress | None = None, waiting: Waiting | None = None) -> LoadReport | None:
    """Go on with the load that broke off: what it had read is not read again, what it had written is not written again.

    Returns
    -------
    None where no load is open

    Raises
    ------
    UserError : this machine does not hold what the load had read; or as for ``load``
    """
    with store.resuming(waiting) as writer:
        staging = Staging.reopen(store.beside("staging"), store.keys)
        if writer is None:
            if staging is not None:
                staging.remove()
            return None
        writer.left = True  # until it goes on
        if staging is None or staging.note["load"] != writer.load:
            raise UserError(
                f"load {writer.load} cannot be resumed here: what it read is not on this machine or was removed; load"
                " its source again, which discards what it wrote"
            )
        writer.privacy = staging.note["privacy"]
        writer.rewind(staging.note.get("written", {}).get("mark", []))
        text, name = staging.note["mapping"]
        mapping = parse_mapping(text, name, name)
        source: Source | None = None
        if "gathered" not in staging.note:
            source = open_source(_again(staging.note), mapping)
            staging = Staging.begin(staging.folder, _sizes(source), staging.note, store.keys)
        return _finished(store, writer, source or mapping, staging, progress)


def _again(note: dict) -> str:
    """Where a source is, from wherever the load is resumed."""
    return note["source"] if "://" in note["source"] else str(Path(note["folder"]) / note["source"])


def _finished(
    store: Store, writer: Writer, source: Source | Mapping, staging: Staging, progress: Progress | None
) -> LoadReport:
    writer.left = False
    try:
        return _Load(store, writer, source, staging, progress).run()
    except BaseException as error:
        cause = outside_cause(error)
        if cause is None:
            raise
        writer.left = True
        resumed = "once that is mended, 'ringfence load --resume' goes on with it"
        raise Unavailable(f"load {writer.load} broke off: {cause}; {resumed}") from error
    finally:
        if not writer.left:
            staging.remove()


def run_load(store: Store, writer: Writer, source: Source, staging: Staging) -> LoadReport:
    """Take a source through both passes, whatever it is staged in and written to."""
    return _Load(store, writer, source, staging, None).run()


def _sizes(source: Source) -> dict[str, int]:
    sizes: dict[str, int] = {}
    for table, file in source.passes:
        sizes[table] = sizes.get(table, 0) + text_size(file, source.sizes[file])
    return sizes


class _Load:
    """One load on its way through both passes.

    Parameters
    ----------
    source : its mapping suffices where the first pass is done
    """

    def __init__(
        self, store: Store, writer: Writer, source: Source | Mapping, staging: Staging, progress: Progress | None
    ):
        self._store = store
        self._writer = writer
        self._source = source
        self._mapping = source if isinstance(source, Mapping) else source.mapping
        self._staging = staging
        self._progress = progress
        self._counts: dict[str, Counter[str]] = {}
        self._rejects: Counter[tuple[str, str | None, str, str]] = Counter()
        self._written: dict[str, int] = {}
        self._closed: dict[str, int] = {}
        self._rewritten: set[str] = set()

    def run(self) -> LoadReport:
        gathered = self._gathered()
        note = self._staging.note
        _check_required(note.get("required", ()), {name for name, rows in gathered.read.items() if rows}, "empty")
        declared = Declared(self._store, gathered.declared)
        files = np.array([self._writer.file(name) for name in gathered.files], dtype=np.int64)
        merger = Merger(self._staging, declared, self._store.keys, self._writer.privacy, files)
        versions = Versions(self._store, self._writer, self._staging, gathered, declared, note["date"])
        if "written" in note:
            self._restore(note["written"])
        else:
            self._pass_on_rejects()
            self._keep()
        for name in gathered.columns:
            self._table(TABLES[name], gathered, merger, versions, declared, files)
        published, revision = None, note["revision"]
        tables: dict[str, dict[str, int]] = {}
        notes = {name: note[name] for name in ("left_out", "unlinked", "stated")}
        while published is None:
            revision = self._settle(revision, merger, versions)
            self._pass_on_secrets()
            tables = {name: _added_up(name, counts) for name, counts in self._counts.items()}
            published = self._writer.publish(tables, note["own_date"], since=revision, notes=notes)
        return LoadReport(
            load=self._writer.load,
            revision=published,
            source=note["source"],
            tables=tables,
            rejects=[
                {"table": table, "column": column, "reason": reason, "level": level, "rows": rows}
                for (table, column, reason, level), rows in self._rejects.most_common()
            ],
            closed={name: count for name, count in self._closed.items() if count},
            data_date=note["own_date"],
            unknown_columns=[(file, column) for file, column in note["unknown_columns"]],
            left_out=[(name, reason) for name, reason in note["left_out"]],
            unlinked=note["unlinked"],
            abandoned=self._writer.abandoned,
        )

    def _gathered(self) -> Gathered:
        """What the first pass learns, or learned before the load broke off."""
        if not isinstance(self._source, Source):
            return Gathered.kept(self._staging)
        now = time.time_ns() // 1_000_000
        gathered = Stager(self._source, self._staging, self._store.keys, self._writer.privacy, now).run(self._progress)
        mapping = self._mapping
        own_date = parse_moment(mapping.data_date, mapping.zone) if mapping.data_date else gathered.data_date
        self._staging.note |= {
            "own_date": own_date,
            "date": self._store.data_date() if own_date is None else own_date,
            "revision": self._store.revision(),
            "unknown_columns": self._source.unknown_columns,
            "left_out": self._source.left_out,
            **gathered.unlinked.notes(),
        }
        self._staging.save()
        return gathered

    # -- how far it came
    def _keep(self) -> None:
        """Note how far the load came: from here it is resumed."""
        self._staging.note["written"] = {
            "mark": self._writer.mark(),
            "partitions": self._written,
            "counts": self._counts,
            "rejects": [[*key, rows] for key, rows in self._rejects.items()],
            "closed": self._closed,
        }
        self._staging.save()

    def _restore(self, written: dict) -> None:
        self._written, self._closed = written["partitions"], written["closed"]
        self._counts = {table: Counter(counts) for table, counts in written["counts"].items()}
        self._rejects = Counter({tuple(key): rows for *key, rows in written["rejects"]})

    def _table(
        self,
        table: Table,
        gathered: Gathered,
        merger: Merger,
        versions: Versions,
        declared: Declared,
        files: np.ndarray,
    ) -> None:
        # parties need nothing but their id, so the first pass knows all of them; they may name each other
        declares = table.declares if table.declares in DECLARING and table.declares not in PARTIES else None
        if declares:
            declared.start(declares, self._staging)
        if table.name in self._closed:
            return
        counts = self._counts.setdefault(
            table.name, Counter(read=gathered.read.get(table.name, 0), rejected=gathered.rejected.get(table.name, 0))
        )
        full = self._mapping.extract.get(table.name) == "full"
        seen = KeptSet(self._staging, f"seen-{table.name}") if full else None
        names = dict(zip(files.tolist(), gathered.files, strict=True))
        done = sum(counts[name] for name in ("used", "unchanged", "duplicate", "rejected"))
        for partition, staged in self._staging.read(table.name, self._written.get(table.name, 0)):
            merged = merger.merge(table, staged)
            if declares:
                declared.accept(declares, merged.rows.cells[table.columns[0].name])
            if seen is not None:
                seen.add(hashes(merged.seen))
            self._note_rejects(table, merged, names)
            applied = versions.write(table, merged.rows)
            _count(counts, merged.rows, applied)
            counts["duplicate"] += merged.duplicates
            counts["rejected"] += len(merged.rejected)
            done += len(staged)
            if self._progress:
                self._progress("writing", table.name, done, counts["read"])
            self._written[table.name] = partition + 1
            self._keep()
        self._check_limit(table.name, counts)
        file = self._writer.file(self._staging.note["source"])
        self._closed[table.name] = 0 if seen is None else versions.close_missing(table, seen, file)
        self._keep()

    def _note_rejects(self, table: Table, merged: Merged, names: dict[int, str]) -> None:
        for frame, level in ((merged.rejected, "row"), (merged.cells, "cell")):
            if len(frame):
                files = [names[number] for number in frame["file"].tolist()]
                self._reject(frame.assign(table=table.name, level=level, file=files))

    def _pass_on_rejects(self) -> None:
        for part in self._staging.aside("rejects"):
            self._reject(part.to_pandas())

    def _pass_on_secrets(self) -> None:
        # in order of the token: the store keeps them so, and fills page after page
        waiting: list[pa.Table] = []
        for part in chain(self._staging.secrets(), (None,)):
            if waiting and (part is None or sum(map(len, waiting)) >= _SECRETS):
                self._writer.secrets(pa.concat_tables(waiting).sort_by("token").to_pandas())
                waiting = []
            if part is not None:
                waiting.append(part)

    def _reject(self, frame: pd.DataFrame) -> None:
        self._writer.rejects(frame.reindex(columns=list(REJECT_COLUMNS)))
        keys = frame[["table", "column", "reason", "level"]].astype(object)
        keys = keys.where(keys.notna(), None)
        self._rejects.update(keys.itertuples(index=False, name=None))

    def _check_limit(self, table: str, counts: Counter[str]) -> None:
        limit = self._mapping.reject_limit
        if counts["rejected"] <= limit * counts["read"]:
            return
        (_, column, reason, _), rows = max(
            ((key, rows) for key, rows in self._rejects.items() if key[0] == table and key[3] == "row"),
            key=lambda item: item[1],
        )
        where = f" in column '{column}'" if column else ""
        raise Rejected(
            f"load stopped, nothing changed: {counts['rejected']:,} of the {counts['read']:,} rows of table '{table}' "
            f"({counts['rejected'] / counts['read']:.0%}) cannot be used, more than the limit of {limit:.0%}; "
            f"{rows:,} of them for {reason}{where}: mend the files, or raise reject_limit in the mapping"
        )

    def _settle(self, revision: int, merger: Merger, versions: Versions) -> int:
        """Small writes may have changed rows since they were found unchanged: write those anew, until it is quiet.
        Returns the revision up to which they were looked at."""
        while (latest := self._store.revision()) != revision:
            changes, revision = self._store.changes_since(revision), latest
            for name in self._counts:
                changed = sorted(uid for uid in changes - self._rewritten if uid.startswith(name + ":"))
                uids = versions.found_unchanged(name, changed)
                if uids:
                    self._again(TABLES[name], uids, merger, versions)
        return revision

    def _again(self, table: Table, uids: list[str], merger: Merger, versions: Versions) -> None:
        counts = self._counts[table.name]
        wanted = pa.array(uids, type=pa.large_string())
        for _, staged in self._staging.read(table.name):
            rows = merger.merge(table, staged).rows
            again = rows.take(np.flatnonzero(pc.is_in(rows.uid, value_set=wanted).to_numpy(zero_copy_only=False)))
            applied = versions.write(table, again)
            self._rewritten.update(again.uid.filter(pa.array(applied)).to_pylist())
            _count(counts, again, applied)
            counts["unchanged"] -= int(_stands_for(again).sum())


def _check_required(required: Collection[str], held: Collection[str], what: str) -> None:
    if absent := sorted(set(required) - set(held)):
        raise Rejected(f"load stopped, nothing changed: required and {what} in the source: {', '.join(absent)}")


def _stands_for(rows: Rows) -> np.ndarray:
    """int64 by row: how many rows of the files it stands for."""
    return np.ones(len(rows), dtype=np.int64) if rows.counts is None else rows.counts


def _count(counts: Counter[str], rows: Rows, applied: np.ndarray) -> None:
    """Count rows as used where they, or others of their key, made something new, else as unchanged."""
    counts["used"] += int(_stands_for(rows)[applied].sum())
    counts["unchanged"] += int(_stands_for(rows)[~applied].sum())


def _added_up(table: str, counts: Counter[str]) -> dict[str, int]:
    result = {name: counts[name] for name in ("read", "used", "unchanged", "duplicate", "rejected")}
    assert result["read"] == sum(result.values()) - result["read"], f"rows of {table} do not add up: {result}"
    return result
