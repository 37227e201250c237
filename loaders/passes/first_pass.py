"""The first pass of a load: raw batches become typed, tokenised rows on disk, and what the whole load says is gathered.

A staged part has a column for every canonical column of its table that its files have, typed as its declaration says,
``file`` (a place in ``Gathered.files``) and ``row``. Three kinds of companion columns stand beside a column ``c``
where a part needs them: ``c!`` says of a required cell why it could not be read and shows it masked, ``c#`` is the
flag of an identifier, and ``c$`` mask and ciphertext of an identifier that links no one (its row gets a node of its
own in the second pass).
"""

# pyarrow makes its compute functions at run time: no checker sees them
# pyright: reportAttributeAccessIssue=false, reportCallIssue=false, reportArgumentType=false
from __future__ import annotations

from collections.abc import Mapping, Sequence, Set

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ...graph.keys import KeyFile, mask
from ...graph.model import DECLARING
from ...graph.store import Progress
from ...graph.store.records import REJECT_COLUMNS
from ..cleaning import values as clean
from ..cleaning.blanks import stated
from ..cleaning.identifiers import NO_LINK, normal_forms, normal_values, place_cells
from ..cleaning.rejects import Issues, reject_frame, shown_values
from ..schema.columns import Column, Table
from ..schema.tables import GROUP_IDS, PLACE, TABLES
from ..sources import Source
from ..sources.raw import RawBatch, larger
from ..vectors import TEXT, blanks, distinct, hashes, joined, long, paired, present, spread, text, trimmed, where
from .gathering import Gathered, HashSet
from .keyed import tokens
from .staging import Staging

SEPARATOR = "\x1f"
_ROWS = 100_000
"""Rows that are cleaned at a time: the more, the fewer values come twice."""
_FEW = 100
"""Rows of which cleaning takes what it takes to begin, column by column."""
_COARSE = 1
"""Decimals of a degree (0.1° is about 10 km) that stay readable of a personal place."""
_FORMS = {"uscc": "uscc", "bank_card_no": "card"}
_NODE_FORMS = {"account": "card"}  # by kind, where a column names nodes of several


class Stager:
    """Cleans batch after batch into a staging folder.

    Parameters
    ----------
    privacy : ``{kind: "personal" | "internal"}``
    now : the moment of loading in epoch milliseconds: no event lies after it
    """

    def __init__(self, source: Source, staging: Staging, keys: KeyFile, privacy: Mapping[str, str], now: int):
        self._source = source
        self._zone = source.mapping.zone
        self._plain = source.mapping.plain
        self._staging = staging
        self._keys = keys
        self._privacy = privacy
        self._now = now
        self._kept_secrets = HashSet()
        self.gathered = Gathered({table: set(columns) for table, columns in source.tables().items()})
        for columns in self.gathered.columns.values():
            if {"gps_lat", "gps_lon"} <= columns:
                columns.add(PLACE.name)

    def run(self, progress: Progress | None) -> Gathered:
        """Stage all batches of the source."""
        numbers: dict[str, int] = {}
        for batch in larger(self._source.batches(), _ROWS):
            number = numbers.setdefault(batch.file, len(numbers))
            self._stage(batch, number)
            if progress:
                progress("reading", batch.file, batch.bytes_done, self._source.sizes[batch.file])
        self.gathered.files = list(numbers)
        self._staging.finish()
        self.gathered.keep(self._staging)
        return self.gathered

    def _stage(self, batch: RawBatch, number: int) -> None:
        table, gathered = TABLES[batch.table], self.gathered
        gathered.read[table.name] = gathered.read.get(table.name, 0) + batch.read
        gathered.rejected[table.name] = gathered.rejected.get(table.name, 0) + len(batch.rejects)
        if batch.rejects:
            frame = pd.DataFrame(
                {
                    "column": [reject.column for reject in batch.rejects],
                    "reason": [reject.reason for reject in batch.rejects],
                    # a whole record may hold anything
                    "value": [f"({len(reject.value)} characters)" for reject in batch.rejects],
                }
            )
            self._reject(table.name, batch.file, np.array([reject.row for reject in batch.rejects]), frame, "row")
        if not len(batch.frame):
            return
        cells, issues = _Cleaner(self, table, batch.frame).clean()
        cells["file"] = pa.array(np.full(len(batch.frame), number, dtype=np.int32))
        cells["row"] = pa.array(np.asarray(batch.rows, dtype=np.int32))
        if issues.position:
            bad = issues.frame()
            self._reject(table.name, batch.file, batch.rows[bad["position"].to_numpy()], bad, "cell")
        self._gather(table, cells)
        spread_by = _partition_hashes(table, cells) if self._staging.partitions(table.name) > 1 else None
        self._staging.append(table.name, pa.table(cells), spread_by)

    def _reject(self, table: str, file: str, rows: np.ndarray, issues: pd.DataFrame, level: str) -> None:
        frame = reject_frame(table, np.full(len(issues), file, dtype=object), rows, issues, level)
        schema = pa.schema([(name, pa.int64() if name == "row" else pa.string()) for name in REJECT_COLUMNS])
        self._staging.put_aside("rejects", pa.Table.from_pandas(frame, schema=schema, preserve_index=False))

    def _gather(self, table: Table, cells: dict[str, pa.Array]) -> None:
        gathered = self.gathered
        for name in table.data_date:
            latest = pc.max(cells[name]).as_py() if name in cells else None
            if latest is not None:
                gathered.data_date = max(latest, gathered.data_date if gathered.data_date is not None else latest)
        if table.declares in DECLARING:
            values, _ = distinct(cells[table.columns[0].name])
            gathered.declared[table.declares].add(hashes(values))
        if table.name == "applications":
            sound = present(cells["apply_no"]) & present(cells["applicant_id"]) & present(cells["apply_time"])
            values, codes = distinct(where(sound, cells["applicant_id"]))
            gathered.first_apply.add(hashes(values)[codes[sound]], long(cells["apply_time"], 0)[sound])
        if table.name == "disbursements":
            gathered.disbursed.add(hashes(distinct(cells["loan_id"])[0]))

    def identifier(
        self, kind: str, raw: pa.Array, plain: bool, forms: pa.Array | str = ""
    ) -> tuple[pa.Array, pa.Array, pa.Array | None]:
        """Keys (tokens where personal), flags, and mask with ciphertext where a flag says that they link no one."""
        personal = self.personal(kind)
        if plain and not personal:
            return raw, blanks(len(raw)), None
        if isinstance(forms, str):
            values, codes = distinct(raw)
            forms = text([forms] * len(values))
        else:
            forms, values, codes = paired(forms, raw)
        keys, flags = normal_values(kind, values, forms, plain, self._source.mapping.sentinels.get(kind, frozenset()))
        alone = pc.is_in(flags, value_set=text(NO_LINK)).to_numpy(zero_copy_only=False)
        shown = self._tokens(kind, keys, values, present(keys) & ~alone) if personal else keys
        secrets = spread(self._sealed(kind, keys, values, alone), codes) if alone.any() else None
        return spread(shown, codes), spread(flags, codes), secrets

    def names(self, raw: pa.Array) -> pa.Array:
        """Persons' names, as tokens where personal."""
        if not self.personal("name"):
            return raw
        values, codes = distinct(raw)
        keys = normal_forms("name", values)
        return spread(self._tokens("name", keys, values, present(keys)), codes)

    def _tokens(self, kind: str, keys: pa.Array, originals: pa.Array, kept: np.ndarray) -> pa.Array:
        """Tokens of keys; mask and ciphertext behind those that are ``kept`` are put aside, once in a load."""
        made, numbers = tokens(self._keys, kind, keys.fill_null(""))
        shown = where(present(keys), made)
        linked = np.flatnonzero(kept)
        new = pa.array(linked[self._kept_secrets.add(numbers[linked])])
        secrets = {
            "token": shown.take(new),
            "mask": self._masks(kind, keys.take(new)),
            "cipher": text(self._keys.encrypt_all(originals.take(new).to_pylist())),
        }
        self._staging.keep_secrets(pa.table(secrets), numbers[new.to_numpy()])
        return shown

    def _sealed(self, kind: str, keys: pa.Array, originals: pa.Array, alone: np.ndarray) -> pa.Array:
        """Mask and ciphertext of values that link no one, missing for the others."""
        chosen = pa.array(np.flatnonzero(alone))
        ciphers = text(self._keys.encrypt_all(originals.take(chosen).to_pylist()))
        codes = np.full(len(keys), -1)
        codes[alone] = np.arange(len(chosen))
        return spread(joined([self._masks(kind, keys.take(chosen)), ciphers], SEPARATOR), codes)

    def _masks(self, kind: str, keys: pa.Array) -> pa.Array:
        return text([mask(kind, key) for key in keys.to_pylist()]) if self.personal(kind) else keys

    def personal(self, kind: str | None) -> bool:
        """Whether values of a kind are personal."""
        return kind is not None and self._privacy.get(kind) == "personal"

    @property
    def privacy(self) -> Mapping[str, str]:
        """Which kinds are personal."""
        return self._privacy

    def marks(self, table: str, column: str) -> tuple[Set[str], Set[str]]:
        """A lender's own marks of nothing, and those that a column means."""
        mapping = self._source.mapping
        return mapping.blanks, mapping.means.get((table, column), frozenset())

    def plain(self, table: str, column: str) -> bool:
        """Whether a column is taken as plain text."""
        return column in self._plain.get(table, ())

    @property
    def zone(self) -> str:
        """The zone of times that state none."""
        return self._zone

    @property
    def now(self) -> int:
        """The moment of loading."""
        return self._now


class _Cleaner:
    """One batch on its way from text to staged columns."""

    def __init__(self, stager: Stager, table: Table, frame: pd.DataFrame):
        self._stager = stager
        self._table = table
        self._cells: dict[str, pa.Array] = {}
        self._issues = Issues()
        self._raw: dict[str, pa.Array] = {}
        names = [name for name in table.all_columns if name in frame]
        self._raw = self._one_behind_the_other(frame, names) if len(frame) <= _FEW else self._one_by_one(frame, names)
        for name in names:
            self._without_errors(table.all_columns[name])

    def _one_by_one(self, frame: pd.DataFrame, names: Sequence[str]) -> dict[str, pa.Array]:
        return {name: _stated(text(frame[name]), *self._way(name)) for name in names}

    def _one_behind_the_other(self, frame: pd.DataFrame, names: Sequence[str]) -> dict[str, pa.Array]:
        """The same for a few rows, where what a column takes is to begin with it: columns of one way at once."""
        ways: dict[_Way, list[str]] = {}
        for name in names:
            ways.setdefault(self._way(name), []).append(name)
        found, rows = dict[str, pa.Array](), len(frame)
        for way, some in ways.items():
            cells = frame[some].to_numpy(dtype=object).T.ravel().tolist()
            cells = _stated(text(cells), *way).to_pylist()
            found |= {name: text(cells[place * rows : (place + 1) * rows]) for place, name in enumerate(some)}
        return {name: found[name] for name in names}

    def _way(self, name: str) -> _Way:
        """How a column is read: whether as plain text, and which marks say nothing in it, or something."""
        own, means = self._stager.marks(self._table.name, name)
        return self._stager.plain(self._table.name, name), frozenset(own), frozenset(means)

    def _without_errors(self, column: Column) -> None:
        """The error of a formula is no value in any column."""
        bad = clean.failed(self._raw[column.name])
        if bad.any():
            self._note(column, bad, "formula_error")
            self._raw[column.name] = where(~bad, self._raw[column.name])

    def clean(self) -> tuple[dict[str, pa.Array], Issues]:
        """The staged columns, and the bad cells that no row stands or falls with."""
        for name in self._raw:
            self._clean(self._table.all_columns[name])
        if PLACE.name in self._stager.gathered.columns[self._table.name] and self._table.name == "applications":
            self._place()
        return self._cells, self._issues

    def _clean(self, column: Column) -> None:
        raw, name = self._raw[column.name], column.name
        plain = self._stager.plain(self._table.name, name)
        if column.type in ("number", "integer"):
            self._typed(
                column, clean.numbers(raw) if column.type == "number" else clean.integers(raw), "unreadable_number"
            )
            self._within(column)
        elif column.type == "time":
            self._time(column, clean.times(raw, self._stager.zone))
        elif column.type == "choice":
            self._typed(column, clean.choices(raw, column.words, column.open), "unknown_word")
        elif column.type == "personal_name":
            self._cells[name] = self._stager.names(raw)
        elif column.type == "identifier":
            self._identifier(column, raw, plain)
        elif column.type == "node":
            self._node_key(column, raw, plain)
        elif plain or (column.type == "text" and name not in self._table.key and name not in GROUP_IDS):
            self._cells[name] = raw
        else:
            self._read(column, clean.ids(raw))

    def _typed(self, column: Column, typed: pa.Array, reason: str, bad: np.ndarray | None = None) -> None:
        raw = self._raw[column.name]
        if typed.null_count != raw.null_count:
            self._note(column, present(raw) & ~present(typed) if bad is None else bad, reason)
        self._cells[column.name] = typed

    def _within(self, column: Column) -> None:
        """What lies outside of what a column may hold is no value of it."""
        if column.within is not None:
            values, (least, most) = self._cells[column.name], column.within
            outside = pc.or_(pc.less(values, least), pc.greater(values, most)).fill_null(False)
            bad = outside.to_numpy(zero_copy_only=False)
            self._note(column, bad, "out_of_range")
            self._cells[column.name] = where(~bad, values)

    def _read(self, column: Column, keys: pa.Array, known: np.ndarray | bool = True) -> None:
        """Keys, missing where a spreadsheet spoilt them; ``known`` says of which rows that can be said."""
        raw = self._raw[column.name]
        if keys.null_count != raw.null_count:
            self._note(column, present(raw) & ~present(keys) & known, "scientific_notation")
        self._cells[column.name] = keys

    def _time(self, column: Column, typed: pa.Array) -> None:
        if column.name in self._table.data_date:
            late = present(typed) & (long(typed, 0) > self._stager.now)
            if late.any():
                self._note(column, late, "future_time")
                unreadable = present(self._raw[column.name]) & ~present(typed)
                self._typed(column, where(~late, typed), "unreadable_time", unreadable)
                return
        self._typed(column, typed, "unreadable_time")

    def _identifier(self, column: Column, raw: pa.Array, plain: bool) -> None:
        forms = _FORMS.get(column.name, "")
        if column.name == "cert_no" and "cert_type" in self._raw:
            forms = self._raw["cert_type"]
        assert column.kind is not None
        keys, flags, secrets = self._stager.identifier(column.kind, raw, plain, forms)
        self._read(column, keys)
        self._flag(column.name, raw, flags, secrets)

    def _flag(self, name: str, raw: pa.Array, flags: pa.Array, secrets: pa.Array | None) -> None:
        self._stager.gathered.unlinked.note(self._table.name, name, raw, flags)
        if flags.null_count < len(flags):
            self._cells[name + "#"] = flags
        if secrets is not None:
            self._cells[name + "$"] = secrets

    def _node_key(self, column: Column, raw: pa.Array, plain: bool) -> None:
        """The key of a node, in the form that its kind asks for."""
        kinds = self._cells[column.companion or ""]
        keys = flags = secrets = blanks(len(raw))
        hidden = False
        for kind in pc.unique(kinds).drop_null().to_pylist():
            of_kind = pc.equal(kinds, kind).fill_null(False).to_numpy(zero_copy_only=False)
            if kind in DECLARING:
                keys = where(of_kind, clean.ids(raw), keys)
                continue
            forms = text([_NODE_FORMS.get(kind)] * len(raw))
            some, flag, secret = self._stager.identifier(kind, where(of_kind, raw), plain, forms)
            keys, flags = where(of_kind, some, keys), where(of_kind, flag, flags)
            if secret is not None:
                secrets, hidden = where(of_kind, secret, secrets), True
        # a key whose kind is unknown cannot be masked as its kind asks, nor counts it as bad
        self._read(column, keys, present(kinds))
        self._flag(column.name, raw, flags, secrets if hidden else None)

    def _place(self) -> None:
        cells = place_cells(self._cells["gps_lat"], self._cells["gps_lon"])
        keys, flags, secrets = self._stager.identifier("address", cells, False)
        self._cells[PLACE.name] = keys
        self._flag(PLACE.name, cells, flags, secrets)
        if self._stager.personal("address"):
            for name in ("gps_lat", "gps_lon"):
                self._cells[name] = pc.round(self._cells[name], _COARSE)

    def _note(self, column: Column, bad: np.ndarray, reason: str) -> None:
        """Keep bad cells: at once as rejects, or with their row where that may be lost for them."""
        rows = np.flatnonzero(bad)
        if not len(rows):
            return
        values = self._raw[column.name].take(pa.array(rows))
        kind = "name" if column.type == "personal_name" else column.kind
        if column.type == "identifier" and self._stager.personal(kind):
            values = text([mask(kind or "", value) for value in values.to_pylist()])
        elif column.type == "node" and column.companion in self._cells:
            kinds = self._cells[column.companion].take(pa.array(rows)).to_pylist()
            values = text([mask(k, v) for k, v in zip(kinds, values.to_pylist(), strict=True)])
        elif column.name in ("gps_lat", "gps_lon") and self._stager.personal("address"):
            values = text([mask("address", value) for value in values.to_pylist()])
        else:
            values = shown_values(values, self._stager.privacy)
        if not column.required:
            self._issues.add(rows, column.name, reason, values)
            return
        codes = np.full(len(bad), -1)
        codes[rows] = np.arange(len(rows))
        noted = spread(joined([reason, values], SEPARATOR), codes)
        earlier = self._cells.get(column.name + "!")
        self._cells[column.name + "!"] = noted if earlier is None else pc.coalesce(earlier, noted)


_Way = tuple[bool, frozenset[str], frozenset[str]]


def _stated(column: pa.Array, plain: bool, own: Set[str], means: Set[str]) -> pa.Array:
    """A column without what nobody sees, trimmed, and without the cells that say nothing."""
    column = trimmed(clean.visible(column))
    return stated(column if plain else trimmed(clean.unwrapped(column)), own, means)


def _partition_hashes(table: Table, cells: Mapping[str, pa.Array]) -> np.ndarray:
    """Hashes that are equal for rows that may have one key, and for identical rows without one; the parts in which one
    loan was paid out lie together too."""

    def side_by_side(names: tuple[str, ...]) -> pa.Array:
        stated = [
            cells[name] if cells[name].type == TEXT else cells[name].cast(TEXT) for name in names if name in cells
        ]
        return joined([part.fill_null("") for part in stated], SEPARATOR)

    if not table.key:
        return hashes(side_by_side(table.required[:1]))
    if not table.key_needs:
        return hashes(side_by_side(table.key))
    if table.key_needs not in cells:
        return hashes(side_by_side(table.required))
    keyed = present(cells[table.key_needs])
    return hashes(where(keyed, side_by_side(table.key), side_by_side(table.required)))
