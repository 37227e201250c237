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

from collections.abc import Iterator, Mapping, Set

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
from ..cleaning.identifiers import NO_LINK, normal_form, normal_values, place_cells
from ..cleaning.rejects import Issues, reject_frame, shown_values
from ..schema.columns import Column, Table
from ..schema.tables import GROUP_IDS, PLACE, TABLES
from ..sources import Source
from ..sources.raw import RawBatch
from ..vectors import TEXT, blanks, distinct, hashes, joined, long, paired, present, spread, text, trimmed, where
from .gathering import Gathered, HashSet
from .staging import Staging

SEPARATOR = "\x1f"
_REMEMBERED = 400_000
"""Identifiers whose tokens are kept at hand, as the same ones come in batch after batch."""
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
        self._identified: dict[tuple[str, bool], dict[str, tuple[str | None, str | None, str | None]]] = {}
        self.gathered = Gathered({table: set(columns) for table, columns in source.tables().items()})
        for columns in self.gathered.columns.values():
            if {"gps_lat", "gps_lon"} <= columns:
                columns.add(PLACE.name)

    def run(self, progress: Progress | None) -> Gathered:
        """Stage all batches of the source."""
        numbers: dict[str, int] = {}
        for batch in self._source.batches():
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
        bad = issues.frame()
        if len(bad):
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
        self, kind: str, raw: pa.Array, plain: bool, forms: pa.Array | None = None
    ) -> tuple[pa.Array, pa.Array, pa.Array | None]:
        """Keys (tokens where personal), flags, and mask with ciphertext where a flag says that they link no one."""
        personal = self._privacy.get(kind) == "personal"
        if plain and not personal:
            return raw, blanks(len(raw)), None
        if forms is None:
            values, codes = distinct(raw)
            stated, asked = text([""] * len(values)), values.to_pylist()
        else:
            stated, values, codes = paired(forms, raw)
            asked = joined([stated, values], SEPARATOR).to_pylist()
        known = self._identified.setdefault((kind, plain), {})
        new = np.array([value not in known for value in asked], dtype=bool)
        if new.any():
            chosen = pa.array(np.flatnonzero(new))
            found = self._identify(kind, values.take(chosen), stated.take(chosen), plain, personal)
            known.update(zip([asked[i] for i in chosen.to_pylist()], found, strict=True))
        results = [known[value] for value in asked]
        keys, flags, sealed = zip(*results, strict=True) if results else ((), (), ())
        secrets = spread(text(sealed), codes) if any(sealed) else None
        if sum(map(len, self._identified.values())) > _REMEMBERED:
            self._identified.clear()
        return spread(text(keys), codes), spread(text(flags), codes), secrets

    def _identify(
        self, kind: str, values: pa.Array, forms: pa.Array, plain: bool, personal: bool
    ) -> Iterator[tuple[str | None, str | None, str | None]]:
        """Key, flag, and mask with ciphertext (where the flag says that it links no one) of distinct values."""
        key_column, flag_column = normal_values(
            kind, values, forms, plain, self._source.mapping.sentinels.get(kind, frozenset())
        )
        keys, flags, originals = key_column.to_pylist(), flag_column.to_pylist(), values.to_pylist()
        masks = [mask(kind, key or "") if personal else key for key in keys]
        tokens = [None if key is None else self._keys.token(kind, key) for key in keys] if personal else keys
        alone = [flag in NO_LINK for flag in flags]
        if personal:
            kept = [i for i, token in enumerate(tokens) if token is not None and not alone[i]]
            self.keep_secrets([tokens[i] for i in kept], [masks[i] for i in kept], [originals[i] for i in kept])
        sealed = [
            f"{shown}{SEPARATOR}{self._keys.encrypt(original)}" if hidden else None
            for shown, original, hidden in zip(masks, originals, alone, strict=True)
        ]
        return zip(tokens, flags, sealed, strict=True)

    def keep_secrets(self, tokens: list[str], masks: list[str], originals: list[str]) -> None:
        """Keep mask and ciphertext behind tokens, once in a load."""
        numbers = np.array([int(token[4:20], 16) for token in tokens], dtype=np.uint64)
        new = np.flatnonzero(self._kept_secrets.add(numbers)).tolist()
        ciphers = [self._keys.encrypt(originals[i]) for i in new]
        columns = {"token": [tokens[i] for i in new], "mask": [masks[i] for i in new], "cipher": ciphers}
        self._staging.put_aside("secrets", pa.table({name: text(values) for name, values in columns.items()}))

    def names(self, raw: pa.Array) -> pa.Array:
        """Persons' names, as tokens where personal."""
        if self._privacy.get("name") != "personal":
            return raw
        values, codes = distinct(raw)
        originals = values.to_pylist()
        normal = [normal_form("name", value) for value in originals]
        tokens = self._keys.tokens("name", normal)
        self.keep_secrets(tokens, [mask("name", value) for value in normal], originals)
        return spread(text(tokens), codes)

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
        for name in table.all_columns:
            if name in frame:
                self._raw[name] = self._stated(name, clean.visible(text(frame[name])))
                self._without_errors(table.all_columns[name])

    def _stated(self, name: str, column: pa.Array) -> pa.Array:
        """A column trimmed, without the cells that say nothing."""
        plain = self._stager.plain(self._table.name, name)
        column = trimmed(column if plain else clean.unwrapped(trimmed(column)))
        return stated(column, *self._stager.marks(self._table.name, name))

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
        forms = None
        if column.name == "cert_no" and "cert_type" in self._raw:
            forms = self._raw["cert_type"]
        elif column.name in _FORMS:
            forms = text([_FORMS[column.name]] * len(raw))
        assert column.kind is not None
        keys, flags, secrets = self._stager.identifier(column.kind, raw, plain, forms)
        self._read(column, keys)
        self._flag(column.name, flags, secrets)

    def _flag(self, name: str, flags: pa.Array, secrets: pa.Array | None) -> None:
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
        self._flag(column.name, flags, secrets if hidden else None)

    def _place(self) -> None:
        keys, flags, secrets = self._stager.identifier(
            "address", place_cells(self._cells["gps_lat"], self._cells["gps_lon"]), False
        )
        self._cells[PLACE.name] = keys
        self._flag(PLACE.name, flags, secrets)
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
