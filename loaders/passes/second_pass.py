"""The second pass of a load: one partition of staged rows becomes rows that can be compared and written.

What each row names is looked up, rows of one key are put together, and rows that lack what they need are rejected.
"""

# pyarrow makes its compute functions at run time: no checker sees them
# pyright: reportAttributeAccessIssue=false, reportCallIssue=false, reportArgumentType=false
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ...graph.keys import KeyFile
from ...graph.model import ALWAYS, DECLARING
from ..cleaning.identifiers import NO_LINK, normal_forms
from ..cleaning.rejects import Issues, shown_values
from ..schema.columns import Column, Table
from ..schema.further import other_links, tie_columns
from ..schema.impossible import impossible
from ..schema.rows import Rows
from ..schema.tables import PLACE
from ..vectors import TEXT, blanks, distinct, joined, json_rows, long, paired, present, spread, text, where
from .declared import Declared
from .first_pass import SEPARATOR
from .keyed import digests
from .same_key import Origin, Together
from .staging import Staging

_TOLD = ["column", "reason", "value"]


@dataclass
class Merged:
    """What a partition comes to.

    Attributes
    ----------
    rows : the rows that can be used; their ``status_from`` is yet to be set
    duplicates : further rows of a key, of which no identifier is tied
    rejected, cells : issues with columns file, row, column, reason, value: of rejected rows, and of cells
    seen : the uids of all rows that have a key, rejected ones included
    """

    rows: Rows
    duplicates: int
    rejected: pd.DataFrame
    cells: pd.DataFrame
    seen: pa.Array


class Merger:
    """Merges the partitions of one load.

    Parameters
    ----------
    files : the number that the store gave each file of ``Gathered.files``
    """

    def __init__(
        self,
        staging: Staging,
        declared: Declared,
        keys: KeyFile,
        privacy: Mapping[str, str],
        files: np.ndarray,
    ):
        self._staging = staging
        self._declared = declared
        self._keys = keys
        self._privacy = privacy
        self._files = files

    def merge(self, table: Table, staged: pa.Table) -> Merged:
        """Merge one partition of a table."""
        order = np.lexsort((staged["row"].to_numpy(), staged["file"].to_numpy()))
        if not np.array_equal(order, np.arange(len(order))):
            staged = staged.take(pa.array(order)).combine_chunks()
        columns = {name: _single(staged[name]) for name in staged.column_names}
        file = self._files[columns.pop("file").to_numpy()]
        row = columns.pop("row").to_numpy()
        issues = Issues()
        cells = {name: column for name, column in columns.items() if name[-1] not in "!#$"}
        for name in table.required:
            if name + "!" in columns:
                self._unreadable(name, columns[name + "!"], issues)
        self._resolve(table, cells, issues)
        uid, keyless = self._uids(table, cells)
        alive = np.flatnonzero(present(uid))
        codes = distinct(uid.take(pa.array(alive)))[1] if not keyless else np.arange(len(alive))
        some = {
            name: column.take(pa.array(alive)) if len(alive) < len(row) else column for name, column in cells.items()
        }
        together = Together(
            table, some, codes, self._known(table, some), self._revealer(table, columns), self._personal(table)
        )
        origin = Origin(columns, alive, uid, file, row)
        rows = self._put_together(table, together, some, origin)
        rows.further = self._further(table, together, some, origin)
        rows.counts = together.counts([name for name in tie_columns(table) if name in some])
        return self._checked(table, rows, together, codes, alive, issues, cells, file, row)

    # -- what a row names
    def _unreadable(self, name: str, noted: pa.Array, issues: Issues) -> None:
        bad = np.flatnonzero(present(noted))
        reason, value = _halves(noted.take(pa.array(bad)))
        issues.add(bad, name, reason, value)

    def _resolve(self, table: Table, cells: dict[str, pa.Array], issues: Issues) -> None:
        """Blank what names nothing; give every party its kind."""
        for column in table.columns:
            own = table.declares is not None and column is table.columns[0]
            if column.name not in cells or own or column.type not in ("ref", "party", "node"):
                continue
            if column.type == "node" and not DECLARING.keys() & set(column.kinds):
                continue
            name = column.name
            if column.type == "ref":
                stated = text([column.kind] * len(cells[name]))
            else:
                stated = cells.get(column.companion or "", blanks(len(cells[name])))
            kinds, ids, codes = paired(stated, cells[name])
            found, reasons = self._found(column, kinds, ids)
            bad = np.flatnonzero(codes >= 0)
            bad = bad[present(reasons)[codes[bad]]]
            named = shown_values(cells[name].take(pa.array(bad)), self._privacy)
            issues.add(bad, name, reasons.take(pa.array(codes[bad])), named)
            sound = present(found)
            cells[name] = spread(where(sound, ids), codes)
            if column.type == "party":
                cells[column.companion or ""] = spread(found, codes)
        for name, bad in impossible(table, cells):
            named = shown_values(cells[name].filter(pa.array(bad)), self._privacy)
            issues.add(np.flatnonzero(bad), name, "impossible_tie", named)
            cells[name] = where(~bad, cells[name])

    def _found(self, column: Column, stated: pa.Array, ids: pa.Array) -> tuple[pa.Array, pa.Array]:
        """For distinct pairs of stated kind (may be empty) and id: the kind that holds, else the reason why none."""
        count = len(ids)
        allowed = (column.kind or "",) if column.type == "ref" else column.kinds
        says = stated.to_numpy(zero_copy_only=False)
        holders = np.zeros(count, dtype=np.int64)
        found = np.full(count, None, dtype=object)
        for kind in allowed:
            asked = np.flatnonzero((says == kind) | ((says == "") & (column.type != "node")))
            if kind not in DECLARING:
                found[asked], holders[asked] = kind, 1
                continue
            if not len(asked):
                continue
            known = asked[self._declared.known(kind, ids.take(pa.array(asked)))]
            found[known] = kind
            holders[known] += 1
        reasons = np.full(count, None, dtype=object)
        unknown = holders == 0
        reasons[unknown] = "unknown_party"
        named = unknown & (says != "")
        reasons[named] = [f"unknown_{kind}" for kind in says[named]]
        reasons[holders > 1], found[holders > 1] = "ambiguous_party", None
        return text(found), text(reasons)

    # -- what a row is
    def _uids(self, table: Table, cells: dict[str, pa.Array]) -> tuple[pa.Array, bool]:
        """The uid of every row, missing where a part of its key is; and whether every row is one of its own."""
        count = len(next(iter(cells.values())))
        keyed = self._keyed(table, cells, count) if table.key else blanks(count)
        if table.key and not table.key_needs:
            return keyed, False
        without = ~present(cells[table.key_needs]) if table.key_needs in cells else np.ones(count, dtype=bool)
        chosen = np.flatnonzero(without)
        some = {name: column.take(pa.array(chosen)) for name, column in cells.items()}
        missing = np.zeros(len(chosen), dtype=bool)
        for name in table.required:
            missing |= ~present(some[name])
        digests = self._digests(table, some, missing)
        codes = np.full(count, -1)
        codes[chosen] = np.arange(len(chosen))
        return where(~without, keyed, spread(digests, codes)), len(chosen) == count

    def _keyed(self, table: Table, cells: dict[str, pa.Array], count: int) -> pa.Array:
        parts: list[pa.Array | str] = [table.name + ":"]
        for place, name in enumerate(table.key):
            column = table.all_columns[name]
            part = cells.get(name, blanks(count, pa.int64() if column.type == "time" else TEXT))
            if part.type != TEXT:
                part = part.cast(TEXT)
            elif len(table.key) > 1 and column.type in ("text", "ref", "party", "node"):
                part = pc.replace_substring(part, "|", "%7C")
            if column.type == "party":
                part = joined([cells[column.companion or ""], ":", part])
            if place:
                parts.append("|")
            parts.append(part if column.required or name == table.key_needs else part.fill_null(""))
        return joined(parts)

    def _digests(self, table: Table, cells: dict[str, pa.Array], missing: np.ndarray) -> pa.Array:
        """Uids of rows without key: a keyed hash of the row, and the place among identical rows."""
        named = {name: cells[name] for name in table.all_columns if name in cells}
        rows = json_rows(named)
        values = where(~missing, joined([f"{table.name}:~", digests(self._keys, rows)]))
        uniques, codes = distinct(values)
        if len(uniques) == len(values):
            return joined([values, ".1"])
        ordinal = pd.Series(codes).groupby(codes).cumcount().to_numpy() + 1
        return joined([values, ".", pa.array(ordinal).cast(TEXT)])

    # -- rows of one key
    def _known(self, table: Table, cells: dict[str, pa.Array]) -> np.ndarray:
        times = [cells[name] for name in ("known_at", *table.own_time) if name in cells]
        if not times:
            return np.full(len(next(iter(cells.values()))), ALWAYS, dtype=np.int64)
        return long(pc.coalesce(*times), ALWAYS)

    def _personal(self, table: Table) -> frozenset[str]:
        return frozenset(
            name
            for name, column in [*table.all_columns.items(), (PLACE.name, PLACE)]
            if self._privacy.get(_secret_kind(column)) == "personal"
        )

    def _revealer(self, table: Table, columns: dict[str, pa.Array]):
        def reveal(name: str, tokens: pa.Array) -> pa.Array:
            wanted, codes = distinct(tokens)
            ciphers: dict[str, str] = {}
            for part in self._staging.secrets():
                held = part.filter(pc.is_in(part["token"], value_set=wanted))
                ciphers.update(zip(held["token"].to_pylist(), held["cipher"].to_pylist(), strict=True))
            if name + "$" in columns:
                alone = np.flatnonzero(present(columns[name + "$"]))
                keys, sealed = columns[name].take(pa.array(alone)), columns[name + "$"].take(pa.array(alone))
                ciphers.update(zip(keys.to_pylist(), _halves(sealed)[1].to_pylist(), strict=True))
            kind = _secret_kind(table.all_columns.get(name, PLACE))
            plain = text([self._keys.decrypt(ciphers[token]) for token in wanted.to_pylist()])
            return spread(normal_forms(kind, plain), codes)

        return reveal

    def _put_together(
        self,
        table: Table,
        together: Together,
        cells: dict[str, pa.Array],
        origin: Origin,
    ) -> Rows:
        leaders = {c.companion: c.name for c in table.columns if c.companion and c.name in cells}
        if PLACE.name in cells:
            leaders |= {"gps_lat": PLACE.name, "gps_lon": PLACE.name}
        chosen = {name: together.rows_of(leaders.get(name, name)) for name in cells}
        rows = origin.rows(
            table, together.first, {name: column.take(pa.array(chosen[name])) for name, column in cells.items()}
        )
        for name in list(rows.cells):
            self._identified(table, rows, name, origin, chosen[name], np.ones(len(rows), dtype=bool))
            if together.duplicates:
                at = origin.alive[chosen[name]]
                rows.origins[name] = (origin.file[at], origin.row[at])
        return rows

    def _further(self, table: Table, together: Together, cells: dict[str, pa.Array], origin: Origin) -> Rows:
        """Rows that state identifiers beside the one that counts; of their cells these, and what dates them."""
        found = {name: together.further(name) for name in tie_columns(table) if together.duplicates and name in cells}
        places = np.unique(np.concatenate([np.array([], dtype=np.int64), *found.values()]))
        chosen = pa.array(places)
        kept = {name: column for name, column in cells.items() if name not in other_links(table)}
        further = origin.rows(table, places, {name: column.take(chosen) for name, column in kept.items()})
        for name in kept:
            stated = np.isin(places, found[name]) if name in found else np.ones(len(places), dtype=bool)
            further.cells[name] = where(stated, further.cells[name])
            self._identified(table, further, name, origin, places, stated)
        return further

    def _identified(
        self, table: Table, rows: Rows, name: str, origin: Origin, chosen: np.ndarray, stated: np.ndarray
    ) -> None:
        """Flags of an identifier column, and nodes of their own for the values that link no one.

        Parameters
        ----------
        chosen : by row, the place of the one that gives the cell
        stated : bool by row, whether its cell counts
        """
        at = pa.array(origin.alive[chosen])
        if name + "#" in origin.columns:
            rows.flags[name] = where(stated, origin.columns[name + "#"].take(at))
        if name + "$" in origin.columns:
            self._own_nodes(table, rows, name, origin.columns[name + "$"].take(at))

    def _own_nodes(self, table: Table, rows: Rows, name: str, sealed: pa.Array) -> None:
        """Give each row whose identifier links no one a node of its own."""
        alone = np.flatnonzero(pc.is_in(rows.flags[name], value_set=text(NO_LINK)).to_numpy(zero_copy_only=False))
        if not len(alone):
            return
        chosen = pa.array(alone)
        keys, uids = rows.cells[name].take(chosen).to_pylist(), rows.uid.take(chosen).to_pylist()
        column = table.all_columns.get(name, PLACE)
        kinds = [column.kind] * len(keys) if column.kind else rows.cells[column.companion].take(chosen).to_pylist()
        tokens = text(
            [self._keys.token(kind, f"{key}\0{uid}") for kind, key, uid in zip(kinds, keys, uids, strict=True)]
        )
        masks, ciphers = _halves(sealed.take(chosen))
        self._staging.put_aside("secrets", pa.table({"token": tokens, "mask": masks, "cipher": ciphers}))
        codes = np.full(len(rows), -1)
        codes[alone] = np.arange(len(alone))
        rows.cells[name] = where(codes < 0, rows.cells[name], spread(tokens, codes))

    # -- what a row needs
    def _checked(
        self,
        table: Table,
        rows: Rows,
        together: Together,
        codes: np.ndarray,
        alive: np.ndarray,
        noted: Issues,
        cells: dict[str, pa.Array],
        file: np.ndarray,
        row: np.ndarray,
    ) -> Merged:
        """Take out rows that lack what they need, each with the first reason; all other issues are of cells."""
        count = len(file)
        group = np.full(count, -1)
        group[alive] = codes
        lost = np.flatnonzero(group < 0)  # rows without a key, each by itself
        blamed = _first_missing(table, {name: cells[name].take(pa.array(lost)) for name in table.required})
        lacking = _first_missing(table, rows.cells)
        bad_groups = np.flatnonzero(lacking)
        assert rows.counts is not None
        duplicates = together.duplicates - int(rows.counts.sum()) + len(rows)
        if not (len(lost) or len(bad_groups) or noted.position):
            nothing = pd.DataFrame(columns=[*_TOLD, "file", "row"])
            return Merged(rows, duplicates, nothing, nothing, rows.uid)
        rejected = np.concatenate([lost, alive[together.first[bad_groups]]])
        columns = np.array(["", *table.required], dtype=object)[np.concatenate([blamed, lacking[bad_groups]])]
        frame = pd.DataFrame({"position": rejected, "column": columns, "owner": rejected})
        owner = np.arange(count)
        owner[alive] = alive[together.first[codes]]
        issues = noted.frame()
        issues = issues.assign(owner=owner[issues["position"].to_numpy(dtype=np.int64)], number=np.arange(len(issues)))
        firsts = issues.sort_values("position", kind="stable").drop_duplicates(["owner", "column"])
        frame = frame.merge(firsts.rename(columns={"position": "stands"}), on=["owner", "column"], how="left")
        frame["reason"] = frame["reason"].astype(object).where(frame["reason"].notna(), "missing_required")
        frame["position"] = frame["stands"].fillna(frame["position"]).astype(np.int64)
        others = issues[~issues["number"].isin(frame["number"].dropna())]
        used = rows.take(np.flatnonzero(lacking == 0)) if len(bad_groups) else rows
        assert used.counts is not None
        return Merged(
            used,
            together.duplicates - int(used.counts.sum()) + len(used),
            self._placed(frame, file, row),
            self._placed(others, file, row),
            rows.uid,
        )

    def _placed(self, issues: pd.DataFrame, file: np.ndarray, row: np.ndarray) -> pd.DataFrame:
        positions = issues["position"].to_numpy(dtype=np.int64)
        placed = issues[_TOLD].copy()
        return placed.assign(file=file[positions], row=row[positions])


def _first_missing(table: Table, cells: Mapping[str, pa.Array]) -> np.ndarray:
    """By row the place, from 1, of the first required column whose cell is missing; 0 where none is."""
    first = np.zeros(len(cells[table.required[0]]), dtype=np.int64)
    for place, name in reversed(list(enumerate(table.required, 1))):
        first[~present(cells[name])] = place
    return first


def _secret_kind(column: Column) -> str:
    return "name" if column.type == "personal_name" else column.kind or ""


def _halves(noted: pa.Array) -> tuple[pa.Array, pa.Array]:
    parts = pc.extract_regex(noted, f"(?s)^(?P<a>[^{SEPARATOR}]*){SEPARATOR}(?P<b>.*)$")
    return parts.field("a").cast(TEXT), parts.field("b").cast(TEXT)


def _single(column: pa.ChunkedArray) -> pa.Array:
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()
