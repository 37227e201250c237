"""Loading: files to published versions in a store, all or nothing.

The first pass stages cleaned rows on disk, the second puts rows of one key together, checks and writes them; the load
shows when it is published, in one small write at the end.
"""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from ..graph.errors import UserError
from ..graph.model import DECLARING, PARTIES
from ..graph.store import REJECT_COLUMNS, Progress, Store, Writer
from ..graph.times import parse_moment
from .columns import Table
from .declared import Declared
from .gathering import HashSet
from .mapping import Mapping
from .merge import Merged, Merger
from .source import Source, open_source
from .stage import Gathered, Stager
from .staging import Staging, text_size
from .tables import TABLES
from .vectors import hashes
from .versions import Versions

_SECRETS = 500_000


@dataclass
class LoadReport:
    """What a load did.

    Attributes
    ----------
    tables : ``{table: {"read", "used", "unchanged", "duplicate", "rejected"}}``; the last four add up to the first
    rejects : ``[{"table", "column", "reason", "level", "rows"}]``, most frequent first
    closed : rows that a full extract no longer had, by table
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
    unknown_files: list[str] = field(default_factory=list)


def load(
    store: Store, source: str | Path | Source, mapping: Mapping | None = None, *, progress: Progress | None = None
) -> LoadReport:
    """Load a folder or a file into a store.

    Parameters
    ----------
    source : a folder, a file, or a source that was opened before (whose own mapping then holds)
    mapping : how the files become canonical tables; canonical names hold without one
    progress : called as ``progress(step, name, done, total)``: step ``reading`` with a file's name and bytes, step
        ``writing`` with a table's name and rows

    Raises
    ------
    UserError : the source cannot be read, contradicts the store, or a table has too many rejected rows; nothing changes
    """
    source = source if isinstance(source, Source) else open_source(source, mapping)
    with store.writer(source.name, privacy=dict(source.mapping.privacy)) as writer:
        staging = Staging(store.beside("staging"), _sizes(source), store.keys)
        try:
            return _Load(store, writer, source, staging, progress).run()
        finally:
            staging.remove()


def _sizes(source: Source) -> dict[str, int]:
    sizes: dict[str, int] = {}
    for table, file in source.passes:
        sizes[table] = sizes.get(table, 0) + text_size(file, source.sizes[file])
    return sizes


class _Load:
    """One load on its way through both passes."""

    def __init__(self, store: Store, writer: Writer, source: Source, staging: Staging, progress: Progress | None):
        self._store = store
        self._writer = writer
        self._source = source
        self._staging = staging
        self._progress = progress
        self._counts: dict[str, Counter[str]] = {}
        self._rejects: Counter[tuple[str, str | None, str, str]] = Counter()

    def run(self) -> LoadReport:
        now = time.time_ns() // 1_000_000
        stager = Stager(self._source, self._staging, self._store.keys, self._writer.privacy, now)
        gathered = stager.run(self._progress)
        mapping = self._source.mapping
        own_date = parse_moment(mapping.data_date, mapping.zone) if mapping.data_date else gathered.data_date
        date = self._store.data_date() if own_date is None else own_date
        revision = self._store.revision()
        declared = Declared(self._store, gathered.declared)
        files = np.array([self._writer.file(name) for name in gathered.files], dtype=np.int64)
        merger = Merger(self._staging, declared, self._store.keys, self._writer.privacy, files)
        versions = Versions(self._store, self._writer, gathered, declared, date)
        self._pass_on_rejects()
        closed = {}
        for name in gathered.columns:
            seen = HashSet() if mapping.extract.get(name) == "full" else None
            self._table(TABLES[name], gathered, merger, versions, declared, seen, files)
            if seen is not None:
                closed[name] = versions.close_missing(TABLES[name], seen, self._writer.file(self._source.name))
        published = None
        tables: dict[str, dict[str, int]] = {}
        while published is None:
            revision = self._settle(revision, merger, versions)
            self._pass_on_secrets()
            tables = {name: _added_up(name, counts) for name, counts in self._counts.items()}
            published = self._writer.publish(tables, own_date, since=revision)
        return LoadReport(
            load=self._writer.load,
            revision=published,
            source=self._source.name,
            tables=tables,
            rejects=[
                {"table": table, "column": column, "reason": reason, "level": level, "rows": rows}
                for (table, column, reason, level), rows in self._rejects.most_common()
            ],
            closed={name: count for name, count in closed.items() if count},
            data_date=own_date,
            unknown_columns=self._source.unknown_columns,
            unknown_files=self._source.unknown_files,
        )

    def _table(
        self,
        table: Table,
        gathered: Gathered,
        merger: Merger,
        versions: Versions,
        declared: Declared,
        seen: HashSet | None,
        files: np.ndarray,
    ) -> None:
        counts = self._counts[table.name] = Counter(
            read=gathered.read.get(table.name, 0), rejected=gathered.rejected.get(table.name, 0)
        )
        names = dict(zip(files.tolist(), gathered.files, strict=True))
        # parties need nothing but their id, so the first pass knows all of them; they may name each other
        declares = table.declares if table.declares in DECLARING and table.declares not in PARTIES else None
        if declares:
            declared.start(declares)
        done = counts["rejected"]
        for _, staged in self._staging.read(table.name):
            merged = merger.merge(table, staged)
            if declares:
                declared.accept(declares, merged.rows.cells[table.columns[0].name])
            if seen is not None:
                seen.add(hashes(merged.seen))
            self._note_rejects(table, merged, names)
            used = versions.write(table, merged.rows)
            counts["used"] += used
            counts["unchanged"] += len(merged.rows) - used
            counts["duplicate"] += merged.duplicates
            counts["rejected"] += len(merged.rejected)
            done += len(staged)
            if self._progress:
                self._progress("writing", table.name, done, counts["read"])
        self._check_limit(table.name, counts)

    def _note_rejects(self, table: Table, merged: Merged, names: dict[int, str]) -> None:
        for frame, level in ((merged.rejected, "row"), (merged.cells, "cell")):
            if len(frame):
                files = [names[number] for number in frame["file"].tolist()]
                self._reject(frame.assign(table=table.name, level=level, file=files))

    def _pass_on_rejects(self) -> None:
        for part in self._staging.aside("rejects"):
            self._reject(part.to_pandas())

    def _pass_on_secrets(self) -> None:
        # in order of the token, some hundred thousand at a time: the store keeps them so, and fills page after page
        waiting: list[pa.Table] = []
        for part in self._staging.aside("secrets"):
            waiting.append(part)
            if sum(map(len, waiting)) >= _SECRETS:
                self._writer.secrets(pa.concat_tables(waiting).sort_by("token").to_pandas())
                waiting = []
        if waiting:
            self._writer.secrets(pa.concat_tables(waiting).sort_by("token").to_pandas())

    def _reject(self, frame: pd.DataFrame) -> None:
        self._writer.rejects(frame.reindex(columns=list(REJECT_COLUMNS)))
        keys = frame[["table", "column", "reason", "level"]].astype(object)
        keys = keys.where(keys.notna(), None)
        self._rejects.update(keys.itertuples(index=False, name=None))

    def _check_limit(self, table: str, counts: Counter[str]) -> None:
        limit = self._source.mapping.reject_limit
        if counts["rejected"] <= limit * counts["read"]:
            return
        (_, column, reason, _), rows = max(
            ((key, rows) for key, rows in self._rejects.items() if key[0] == table and key[3] == "row"),
            key=lambda item: item[1],
        )
        where = f" in column '{column}'" if column else ""
        raise UserError(
            f"load stopped, nothing changed: {counts['rejected']:,} of the {counts['read']:,} rows of table '{table}' "
            f"({counts['rejected'] / counts['read']:.0%}) cannot be used, more than the limit of {limit:.0%}; "
            f"{rows:,} of them for {reason}{where}: mend the files, or raise reject_limit in the mapping"
        )

    def _settle(self, revision: int, merger: Merger, versions: Versions) -> int:
        """Small writes may have changed rows since they were found unchanged: write those anew, until it is quiet.
        Returns the revision up to which they were looked at."""
        while (latest := self._store.revision()) != revision:
            changes, revision = self._store.changes_since(revision), latest
            for name, unchanged in versions.unchanged.items():
                uids = sorted(uid for uid in changes if uid.startswith(name + ":"))
                uids = [uid for uid, held in zip(uids, unchanged.holds(_hashed(uids)), strict=True) if held]
                if uids:
                    self._again(TABLES[name], uids, merger, versions)
        return revision

    def _again(self, table: Table, uids: list[str], merger: Merger, versions: Versions) -> None:
        counts = self._counts[table.name]
        wanted = pa.array(uids, type=pa.large_string())
        for _, staged in self._staging.read(table.name):
            rows = merger.merge(table, staged).rows
            again = np.flatnonzero(pd.Series(rows.uid.to_pandas()).isin(wanted.to_pylist()).to_numpy())
            used = versions.write(table, rows.take(again))
            counts["used"] += used
            counts["unchanged"] -= used


def _hashed(uids: list[str]) -> np.ndarray:
    return hashes(pa.array(uids, type=pa.large_string()))


def _added_up(table: str, counts: Counter[str]) -> dict[str, int]:
    result = {name: counts[name] for name in ("read", "used", "unchanged", "duplicate", "rejected")}
    assert result["read"] == sum(result.values()) - result["read"], f"rows of {table} do not add up: {result}"
    return result
