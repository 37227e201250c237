"""From merged rows to versions: what is new, what changed against the store, since when it is known, what has ended."""

# pyarrow makes its compute functions at run time: no checker sees them
# pyright: reportAttributeAccessIssue=false, reportCallIssue=false, reportArgumentType=false
from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ...graph.model import ALWAYS, FOREVER, PARTIES, RELATIONS
from ...graph.store import Store, Writer
from ...graph.store.records import FACT_COLUMNS, RELATIONSHIP_COLUMNS
from ..schema.columns import Table
from ..schema.further import carry_further, further_links, further_of, note_further
from ..schema.relations import (
    EDGES,
    LINK_FIELDS,
    LINKS,
    Link,
    by_owner,
    edge_fields,
    edges,
    ended_by_status,
    fact_columns,
    facts,
    fields,
    links,
)
from ..schema.rows import Rows
from ..schema.tables import FURTHER
from ..vectors import TEXT, blanks, hashes, joined, present, text, where
from .declared import Declared, FirstApplications, loaded_tables
from .gathering import Gathered, HashSet, KeptSet, keep_hashes
from .held import aligned, current, rows_before, stored_cells, stored_names, stored_times
from .parts import Parts
from .staging import Staging

_COMPARED = ("source", "target", "amount", "valid_from", "valid_to")


class Versions:
    """Writes the rows of one load.

    Parameters
    ----------
    staging : keeps which rows were found unchanged
    data_date : of the load, else of the store; None where nothing has a date
    """

    def __init__(
        self,
        store: Store,
        writer: Writer,
        staging: Staging,
        gathered: Gathered,
        declared: Declared,
        data_date: int | None,
    ):
        self._store = store
        self._writer = writer
        self._staging = staging
        self._gathered = gathered
        self._declared = declared
        self._date = ALWAYS if data_date is None else data_date
        self._held = loaded_tables(store)
        self._loaded = loaded_tables(store, bulk=True)
        self._first_applications = FirstApplications(store, gathered.first_apply)
        self._parts = Parts(store, gathered.disbursed, "disbursements" in self._held)
        self._retracted = KeptSet(staging, "retracted")

    def write(self, table: Table, rows: Rows) -> np.ndarray:
        """Write the versions that rows of a table make; bool by row: was it new or changed?"""
        self._derive(table, rows)
        self._date_status(table, rows)
        note_further(rows)
        applied = np.zeros(len(rows), dtype=bool)
        for owner, positions in by_owner(rows) if len(rows) else ():
            some = rows if len(positions) == len(rows) else rows.take(positions)
            before = self._before(owner, some)
            self._carry(table, some, before)
            if owner in RELATIONS:
                applied[positions] = self._edges(owner, some, before)
            else:
                applied[positions] = self._facts(table, some, before)
        if table.name in self._held:
            keep_hashes(self._staging, f"unchanged-{table.name}", hashes(rows.uid.filter(pa.array(~applied))))
        return applied

    def found_unchanged(self, table: str, uids: list[str]) -> list[str]:
        """Those of some uids whose rows this load found unchanged."""
        wanted = hashes(text(uids))
        held = np.zeros(len(uids), dtype=bool)
        for part in self._staging.aside(f"unchanged-{table}"):
            held |= np.isin(wanted, part["hash"].to_numpy())
        return [uid for uid, here in zip(uids, held.tolist(), strict=True) if here]

    # -- what rows say
    def _derive(self, table: Table, rows: Rows) -> None:
        """Liability, form and cap from the ``guarantee_type`` of older books."""
        if table.name != "guarantees" or "guarantee_type" not in rows.cells:
            return
        older = rows.cells.pop("guarantee_type")
        maximum = pc.equal(older, "maximum").fill_null(False).to_numpy(zero_copy_only=False)
        stated = present(older)
        liability = where(~maximum, older, pa.scalar("joint_several", TEXT))
        rows.cells["liability"] = pc.coalesce(rows.text("liability"), where(stated, liability))
        rows.cells["form"] = pc.coalesce(rows.text("form"), where(maximum, text(["maximum"] * len(rows))))
        rows.cells["cap"] = pc.coalesce(rows.numbers("cap"), where(maximum, rows.numbers("amount")))

    def _date_status(self, table: Table, rows: Rows) -> None:
        dated = any(column.present for column in table.columns)
        rows.status_from = rows.first_time(("status_date",), self._date if dated else ALWAYS)

    def _stated_columns(self, table: Table) -> set[str]:
        stated = set(self._gathered.columns[table.name])
        return stated | ({"liability", "form", "cap"} if "guarantee_type" in stated else set())

    # -- what the store holds
    def _before(self, owner: str, rows: Rows) -> pd.DataFrame | None:
        """The store's current version of each row, aligned, with NaN where it has none; None where it has none of
        any."""
        if rows.table.name not in self._held:
            return None
        uids = rows.uid.to_pylist()
        held = current(self._store, owner, uids)
        return aligned(held, uids) if len(held) else None

    def _carry(self, table: Table, rows: Rows, before: pd.DataFrame | None) -> None:
        """Give rows that the store holds the values of columns that this load's files do not have."""
        held = None if before is None else before["known_at"].notna().to_numpy()
        if before is None or held is None or not held.any():
            return
        stated = self._stated_columns(table)
        absent = {name for name in stored_names(table).values() if name not in stated}
        if absent:
            carry = absent - {FURTHER.name}
            earlier = stored_cells(table, before["data"])
            for name in carry & set(earlier):
                own = rows.cells.get(name, blanks(len(rows), earlier[name].type))
                rows.cells[name] = where(~held, own, earlier[name])
            if FURTHER.name in earlier:
                carry_further(rows, earlier[FURTHER.name], stated)
        edge = EDGES.get(table.name)
        if edge and edge.amount and edge.amount not in stated:
            amounts = pa.array(before["amount"].astype(float), from_pandas=True)
            rows.cells[edge.amount] = pc.coalesce(rows.numbers(edge.amount), amounts)
        if table.name == "guarantees":
            self._keep_release(rows, before, held)
        else:
            self._keep_interval(rows, before, held, stated)
        if "status_from" in before and not any(column.present and column.name in stated for column in table.columns):
            rows.status_from = np.where(held, stored_times(before["status_from"], ALWAYS), rows.status_from)

    def _keep_interval(self, rows: Rows, before: pd.DataFrame, held: np.ndarray, stated: set[str]) -> None:
        begun, ended = stored_times(before["valid_from"], ALWAYS), stored_times(before["valid_to"], FOREVER)
        # a row that was closed because an extract lacked it ended when that became known; it lives again
        closed = ended == stored_times(before["known_at"], ALWAYS)
        for name, times, kept in (
            ("valid_from", begun, held & (begun != ALWAYS)),
            ("valid_to", ended, held & (ended != FOREVER) & ~closed),
        ):
            if name not in stated and name in rows.table.all_columns and kept.any():
                rows.cells[name] = pa.array(times, mask=~kept)

    def _keep_release(self, rows: Rows, before: pd.DataFrame, held: np.ndarray) -> None:
        """A contract that was over already stays over since then, where its status has no date of its own."""
        ended = stored_times(before["valid_to"], FOREVER)
        earlier = stored_cells(rows.table, before["data"]).get("status", blanks(len(rows)))
        was_over = pc.not_equal(earlier, "有效").fill_null(False).to_numpy(zero_copy_only=False)
        kept = held & was_over & (ended != FOREVER) & ended_by_status(rows) & ~present(rows.times("status_date"))
        rows.status_from = np.where(kept, ended, rows.status_from)

    # -- since when it is known
    def _known_at(self, table: Table, rows: Rows, new: np.ndarray) -> np.ndarray:
        own = rows.first_time(table.own_time)
        dated = own != ALWAYS
        fresh = np.ones(len(rows), dtype=bool)
        if table.name in self._loaded:
            fresh[:] = table.declares in PARTIES
            if table.name == "contacts":
                fresh = ~self._declared.stored("applicant", rows.cells["applicant_id"])
        at_first = own.copy()
        undated = new & fresh & ~dated
        if table.name in ("applicants", "contacts") and undated.any():
            # where the table was loaded before, these are applicants whom the store does not know
            applicants = rows.cells["applicant_id"].filter(pa.array(undated))
            at_first[undated] = self._first_applications.of(applicants, stored=table.name not in self._loaded)
        later = np.where(dated, own, self._date)
        known = np.where(new, np.where(fresh, at_first, later), np.maximum(own, self._date))
        return np.where(present(rows.times("known_at")), rows.first_time(("known_at",)), known)

    # -- facts and their relationships
    def _facts(self, table: Table, rows: Rows, before: pd.DataFrame | None) -> np.ndarray:
        frame = facts(rows)
        new, changed = np.ones(len(rows), dtype=bool), np.zeros(len(rows), dtype=bool)
        if before is not None:
            new = before["known_at"].isna().to_numpy()
            changed = ~new & _differs(frame, before, ("data", "valid_from", "valid_to"))
        known = self._known_at(table, rows, new)
        frame["known_at"] = known
        applied = new | changed
        self._write_facts(table, frame[applied])
        if not LINKS.get(table.name):
            return applied
        if new.any():
            fresh = rows if new.all() else rows.take(np.flatnonzero(new))
            for link, _, made in self._made(fresh, known[new], new=True):
                self._write_links(link.relation, made)
        if changed.any() and before is not None:
            self._changed_links(rows.take(np.flatnonzero(changed)), before[changed], known[changed])
        return applied

    def _write_facts(self, table: Table, frame: pd.DataFrame) -> None:
        if len(frame):
            self._writer.facts(table.name, frame[list(FACT_COLUMNS)], fields(fact_columns(table)))

    def _write_links(self, relation: str, frame: pd.DataFrame) -> None:
        if len(frame):
            self._writer.relationships(relation, frame[list(RELATIONSHIP_COLUMNS)], LINK_FIELDS)

    def _made(self, rows: Rows, known: np.ndarray, new: bool) -> Iterator[tuple[Link, bool, pd.DataFrame]]:
        """The relationships that rows make, and those that further rows of their keys make beside them (True)."""
        for link, positions, frame in links(rows, self._parts.without(rows, known=not new)):
            yield link, False, frame.assign(known_at=known[positions])
        further = further_of(rows)
        if further is not None:
            known = self._known_at(rows.table, further, np.full(len(further), new))
            for link, positions, frame in links(further):
                yield link, True, frame.assign(known_at=known[positions])

    def _changed_links(self, rows: Rows, before: pd.DataFrame, known: np.ndarray) -> None:
        """What changed rows newly make, and an end to what they no longer do."""
        old_rows = rows_before(rows.table, before, rows.uid)
        old = {link.column: frame for link, _, frame in links(old_rows, self._parts.without(rows, known=True))}
        stated: set[str] = {uid for _, _, uids in further_links(rows) for uid in uids}
        for link, beside, frame in self._made(rows, known, new=False):
            stated.update(frame["uid"])
            if beside:
                earlier = aligned(current(self._store, link.relation, frame["uid"].tolist()), frame["uid"])
                frame = frame[_differs(frame, earlier, _COMPARED)]
            elif link.column in old:
                frame = frame[_differs(frame, aligned(old[link.column], frame["uid"]), _COMPARED)]
            self._write_links(link.relation, frame)
        for link, positions, uids in self._stated(old_rows, self._parts.without(rows, known=True)):
            gone = [place for place, uid in enumerate(uids) if uid not in stated]
            if gone:
                at = positions[gone]
                ends = pd.DataFrame({"end": known[at], "file": rows.file[at], "row": rows.row[at]})
                self._close_links(link.relation, [uids[place] for place in gone], ends)

    def _stated(
        self, rows: Rows, without: Mapping[str, np.ndarray] | None
    ) -> Iterator[tuple[Link, np.ndarray, list[str]]]:
        """The uids of all relationships that rows of the store made, with the positions of those rows."""
        for link, positions, frame in links(rows, without):
            yield link, positions, frame["uid"].tolist()
        yield from further_links(rows)

    def _close_links(self, relation: str, uids: list[str], ends: pd.DataFrame) -> None:
        """End relationships. A tie or a state ends when that became known; an event that its row no longer states
        never was, which the end ``ALWAYS`` says."""
        held = aligned(current(self._store, relation, uids), uids).reset_index()
        event = RELATIONS[relation].nature == "event"
        frame = held.assign(
            valid_from=stored_times(held["valid_from"], ALWAYS),
            valid_to=ALWAYS if event else ends["end"].to_numpy(),
            known_at=ends["end"].to_numpy(),
            file=ends["file"].to_numpy(),
            row=ends["row"].to_numpy(),
        )
        open_still = held["source"].notna() & (stored_times(held["valid_to"], ALWAYS) > frame["valid_to"].to_numpy())
        self._write_links(relation, frame[open_still.to_numpy()])

    # -- rows that are relationships
    def _edges(self, relation: str, rows: Rows, before: pd.DataFrame | None) -> np.ndarray:
        table, frame = rows.table, edges(rows, relation)
        new, changed = np.ones(len(rows), dtype=bool), np.zeros(len(rows), dtype=bool)
        if before is not None:
            new = before["known_at"].isna().to_numpy()
            differs = (frame["valid_from"].to_numpy() != stored_times(before["valid_from"], ALWAYS)) | (
                # the end that a status without a date brings was filled in by the load before
                (frame["valid_to"].to_numpy() != stored_times(before["valid_to"], FOREVER))
                & ~self._filled_end(table, rows)
            )
            changed = ~new & (differs | _differs(frame, before, ("source", "target", "amount", "data")))
        frame["known_at"] = self._known_at(table, rows, new)
        applied = new | changed
        if applied.any():
            written = frame if applied.all() else frame[applied]
            types = {**edge_fields(table.name), "flag": "text"}
            self._writer.relationships(relation, written[list(RELATIONSHIP_COLUMNS)], types)
        if table.name == "disbursements" and "loans" in self._held:
            self._retract_whole_payments(rows.take(np.flatnonzero(applied)))
        return applied

    def _filled_end(self, table: Table, rows: Rows) -> np.ndarray:
        if table.name != "guarantees":
            return np.zeros(len(rows), dtype=bool)
        return ended_by_status(rows) & ~present(rows.times("status_date"))

    def _retract_whole_payments(self, rows: Rows) -> None:
        """Loans that the store holds as paid to one account are now known to be paid out in parts."""
        first = np.flatnonzero(self._retracted.add(hashes(rows.cells["loan_id"])))
        if len(first):
            uids = joined(["loans:", rows.cells["loan_id"].take(pa.array(first)), "/account_no"]).to_pylist()
            ends = np.maximum(rows.first_time(("time",))[first], self._date)
            ends = pd.DataFrame({"end": ends, "file": rows.file[first], "row": rows.row[first]})
            self._close_links("DISBURSED_TO", uids, ends)

    # -- full extracts
    def close_missing(self, table: Table, seen: HashSet, file: int) -> int:
        """Close the rows of a table that are known by the data date and not among ``seen`` (hashes of uids), and return
        how many. ``file`` stands for the extract as a whole."""
        if table.name not in self._held or self._date == ALWAYS:
            return 0
        owners = EDGES[table.name].relations if table.name in EDGES else (table.name,)
        return sum(self._close_missing(table, owner, seen, file) for owner in owners)

    def _close_missing(self, table: Table, owner: str, seen: HashSet, file: int) -> int:
        relation = owner in RELATIONS
        ask = self._store.current_relationships if relation else self._store.current_facts
        held = ask(owner)
        # ties of node tables lie among the relationships of an edge table: their uids name another table
        of_table = held["uid"].str.startswith(table.name + ":").to_numpy(dtype=bool)
        alive = of_table & (held["known_at"].to_numpy() <= self._date) & (held["valid_to"].to_numpy() > self._date)
        held = held[alive].reset_index(drop=True)
        missing = ~seen.holds(hashes(text(held["uid"])))
        held = held[missing].reset_index(drop=True)
        if not len(held):
            return 0
        closing = held.assign(valid_to=self._date, known_at=self._date, file=file, row=0)
        if relation:
            types = {**edge_fields(table.name), "flag": "text"}
            self._writer.relationships(owner, closing[list(RELATIONSHIP_COLUMNS)], types)
            return len(held)
        self._write_facts(table, closing)
        if LINKS.get(table.name):
            old_rows = rows_before(table, held.set_index("uid"), text(held["uid"]))
            for link, _, uids in self._stated(old_rows, None):
                if RELATIONS[link.relation].nature != "event":
                    ends = pd.DataFrame({"end": np.full(len(uids), self._date), "file": file, "row": 0})
                    self._close_links(link.relation, uids, ends)
        return len(held)


def _differs(frame: pd.DataFrame, other: pd.DataFrame, names: Sequence[str]) -> np.ndarray:
    """bool by row: do the rows of two aligned frames differ in one of these columns? Two missing cells do not."""
    differs = np.zeros(len(frame), dtype=bool)
    for name in names:
        mine, theirs = frame[name].to_numpy(dtype=object), other[name].to_numpy(dtype=object)
        missing = pd.isna(mine), pd.isna(theirs)
        unequal = np.zeros(len(frame), dtype=bool)
        both = ~(missing[0] | missing[1])
        unequal[both] = mine[both] != theirs[both]
        differs |= unequal | (missing[0] != missing[1])
    return differs
