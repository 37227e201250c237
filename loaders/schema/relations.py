"""Which facts and relationships a row of each table makes.

A row of a *node table* makes a fact about its node and a relationship for each of its columns in ``LINKS``; a row of
an *edge table* (``EDGES``) is one relationship, whose uid is the row's, those of ``identifiers`` each of the relation
that its kind asks for; rows of ``flags`` and ``loan_history`` are facts about the node they name, and those of
``partners`` about none.
"""

# pyarrow makes its compute functions at run time: no checker sees them
# pyright: reportAttributeAccessIssue=false, reportCallIssue=false, reportArgumentType=false
from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ...graph.model import FOREVER, RELATIONS
from ...graph.store.records import FieldType
from ..vectors import blanks, joined, json_rows, present, text
from .columns import VALIDITY, Column, Table
from .rows import NUMBERS, Rows
from .tables import FURTHER, PLACE, TABLES

_TYPES: dict[str, FieldType] = {"number": "number", "integer": "number", "time": "time"}


@dataclass(frozen=True)
class Link:
    """A relationship that one column of a node table makes.

    Attributes
    ----------
    outward : from the row's node to the one the column names, or the other way round
    amount : the column of its amount
    since : the columns of its ``valid_from``, by precedence
    """

    relation: str
    column: str
    outward: bool = True
    amount: str | None = None
    since: tuple[str, ...] = ()

    @property
    def tie(self) -> bool:
        """Whether its uid names the node it ties to, so that another node makes another relationship."""
        return RELATIONS[self.relation].nature == "tie"


_APPLIED = ("apply_time",)
_BEGAN = ("valid_from", "applied_at", "disbursed_at")
_PAID = ("disbursed_at",)
_STATED = ("valid_from", "opened_at")
LINKS: dict[str, tuple[Link, ...]] = {
    "applicants": (
        Link("HAS_ID", "cert_no", since=_STATED),
        Link("HAS_PHONE", "mobile", since=_STATED),
        Link("HAS_EMAIL", "email", since=_STATED),
        Link("OWNS", "bank_card_no", since=_STATED),
        Link("WORKS_AT", "employer", since=_STATED),
        Link("HAS_PHONE", "employer_phone", since=_STATED),
        Link("HAS_ADDRESS", "home_address", since=_STATED),
        Link("HAS_ADDRESS", "work_address", since=_STATED),
    ),
    "companies": (
        Link("HAS_ID", "uscc", since=_STATED),
        Link("CONTROLS", "legal_rep_id", outward=False, since=_STATED),
        Link("HAS_PHONE", "phone", since=_STATED),
        Link("HAS_ADDRESS", "registered_address", since=_STATED),
        Link("HAS_PHONE", "finance_contact_mobile", since=_STATED),
    ),
    "merchants": (
        Link("HAS_ID", "uscc", since=_STATED),
        Link("CONTROLS", "legal_rep_id", outward=False, since=_STATED),
        Link("HAS_PHONE", "phone", since=_STATED),
        Link("OWNS", "account_no", since=_STATED),
    ),
    "applications": (
        Link("APPLIED", "applicant_id", outward=False, since=_APPLIED),
        Link("VIA_CHANNEL", "channel", since=_APPLIED),
        Link("VIA_CHANNEL", "salesperson_id", since=_APPLIED),
        Link("USED_DEVICE", "device_id", since=_APPLIED),
        Link("USED_DEVICE", "imei", since=_APPLIED),
        Link("USED_IP", "ip", since=_APPLIED),
        Link("USED_WIFI", "wifi_bssid", since=_APPLIED),
        Link("APPLIED_FROM", "place", since=_APPLIED),
        Link("AT_MERCHANT", "merchant_no", since=_APPLIED),
    ),
    "loans": (
        Link("BORROWED", "borrower_id", outward=False, since=_BEGAN),
        Link("BECAME", "apply_no", outward=False, since=_BEGAN),
        Link("DISBURSED_TO", "account_no", amount="amount", since=_PAID),
        Link("DISBURSED_TO", "merchant_no", amount="amount", since=_PAID),
    ),
    "accounts": (Link("OWNS", "owner_id", outward=False, since=_STATED),),
    "devices": (),
}
"""Node tables and what their columns make."""


@dataclass(frozen=True)
class Edge:
    """An edge table: each row is one relationship.

    Attributes
    ----------
    relation : its relation, or one by what the target's companion column says
    source, target : the columns of its ends
    since : the columns of its ``valid_from``
    fields : what ``data`` holds: column by name
    """

    relation: str | Mapping[str, str]
    source: str
    target: str
    amount: str | None = None
    since: tuple[str, ...] = ("time",)
    fields: Mapping[str, str] = field(default_factory=dict)

    @property
    def relations(self) -> tuple[str, ...]:
        """All relations that rows of the table may be of."""
        return (self.relation,) if isinstance(self.relation, str) else tuple(self.relation.values())


IDENTIFYING = {
    "phone": "HAS_PHONE",
    "email": "HAS_EMAIL",
    "address": "HAS_ADDRESS",
    "id_document": "HAS_ID",
    "account": "OWNS",
    "device": "USED_DEVICE",
    "wifi": "USED_WIFI",
    "employer": "WORKS_AT",
}
"""What ties a party to an identifier of a kind."""
_WITH_USE = ("HAS_PHONE", "HAS_ADDRESS", "HAS_EMAIL", "HAS_ID")


def _same(*names: str) -> dict[str, str]:
    return {name: name for name in names}


EDGES: dict[str, Edge] = {
    "identifiers": Edge(IDENTIFYING, "owner_id", "value", since=("valid_from",), fields=_same("use")),
    "relations": Edge(
        "RELATED_TO", "applicant_id", "other_id", since=("valid_from",), fields=_same("relation")
    ),
    "contacts": Edge(
        "LISTS_CONTACT",
        "applicant_id",
        "contact_mobile",
        since=("valid_from",),
        fields={"relation": "relation", "name": "contact_name"},
    ),
    "account_owners": Edge("OWNS", "owner_id", "account_no", since=("valid_from",)),
    "holdings": Edge("HOLDS_SHARE", "holder_id", "company_id", since=("valid_from",), fields=_same("ratio")),
    "disbursements": Edge("DISBURSED_TO", "loan_id", "account_no", "amount"),
    "guarantees": Edge(
        "GUARANTEES",
        "guarantor_id",
        "borrower_id",
        "amount",
        since=("start_date", "valid_from"),
        fields=_same(
            "contract_id", "currency", "loan_id", "liability", "form", "cap", "joint_group_id", "counter_of",
            "start_date", "end_date", "status", "released_at", "status_date",
        ),
    ),
    "orders": Edge(
        "ORDERED",
        "applicant_id",
        "merchant_no",
        "amount",
        since=("paid_at",),
        fields=_same("order_no", "paid_at", "shipped_at", "delivered_at", "refunded_at", "delivery_address"),
    ),
    "sign_ins": Edge("SIGNED_IN", "device_id", "account_no"),
    "transfers": Edge(
        "TRANSFERRED",
        "from_account",
        "to_account",
        "amount",
        fields=_same("transfer_id", "kind", "purpose", "balance_after", "to_balance_after"),
    ),
    "repayments": Edge("REPAID", "payer_account", "loan_id", "amount"),
}  # fmt: skip
"""Edge tables."""

_INTERVALS = {
    "flags": (("effective_from", "valid_from"), ("expires_at", "valid_to")),
    "loan_history": (("date",), ("valid_to",)),
    "partners": (("listed_from", "valid_from"), ("listed_to", "valid_to")),
}
"""The columns that begin and end what a row of these tables says; elsewhere ``valid_from`` and ``valid_to``."""

_NOT_SAID = {"flags": ("entity_kind", "entity_key"), "loan_history": ("loan_id",)}
"""Cells that only name the fact's node."""


def fact_columns(table: Table) -> dict[str, Column]:
    """The columns whose cells a fact of this table holds: its own, without those that name its node."""
    named = _NOT_SAID.get(table.name, (table.columns[0].name,) if table.declares else ())
    without = {column.name for column in VALIDITY} | set(named)
    columns = {name: column for name, column in table.all_columns.items() if name not in without}
    columns |= {PLACE.name: PLACE} if table.name == "applications" else {}
    return columns | ({FURTHER.name: FURTHER} if any(link.tie for link in LINKS.get(table.name, ())) else {})


def fields(columns: Mapping[str, Column]) -> dict[str, FieldType]:
    """The types of cells as the store wants them."""
    return {name: _TYPES.get(column.type, "text") for name, column in columns.items()}


def edge_fields(table: str) -> dict[str, FieldType]:
    """The types of the cells in ``data`` of an edge table's relationships."""
    columns = TABLES[table].all_columns
    if EDGES[table].relation is IDENTIFYING:
        return LINK_FIELDS
    return fields({name: columns[source] for name, source in EDGES[table].fields.items()})


LINK_FIELDS: dict[str, FieldType] = {"use": "text", "via": "text", "flag": "text", "warning": "text"}


def by_owner(rows: Rows) -> Iterator[tuple[str, np.ndarray]]:
    """The table or relation under which a store keeps the versions of rows, with the positions of those rows."""
    edge = EDGES.get(rows.table.name)
    if edge is None or isinstance(edge.relation, str):
        yield rows.table.name if edge is None else str(edge.relation), np.arange(len(rows))
        return
    kinds = rows.text(rows.table.all_columns[edge.target].companion or "").to_numpy(zero_copy_only=False)
    for kind, relation in edge.relation.items():
        positions = np.flatnonzero(kinds == kind)
        if len(positions):
            yield relation, positions


def own_nodes(rows: Rows) -> pa.Array:
    """The names of the nodes that facts of these rows are about, missing for rows about none."""
    table = rows.table
    if rows.own is not None:
        return rows.own
    if table.name == "partners":
        return blanks(len(rows))
    if table.name == "flags":
        return joined([rows.text("entity_kind"), ":", rows.text("entity_key")])
    return rows.node(table.columns[0].name, table.declares or "loan")


def facts(rows: Rows) -> pd.DataFrame:
    """What rows say of nodes; columns uid, node, data, valid_from, valid_to, status_from, file, row."""
    begins, ends = _INTERVALS.get(rows.table.name, (("valid_from",), ("valid_to",)))
    columns = {name: rows.cells[name] for name in fact_columns(rows.table) if name in rows.cells}
    return pd.DataFrame(
        {
            "uid": rows.uid.to_pandas(),
            "node": own_nodes(rows).to_pandas(),
            "data": (json_rows(columns) if columns else text(["{}"] * len(rows))).to_pandas(),
            "valid_from": rows.first_time(begins),
            "valid_to": rows.first_time(ends, FOREVER),
            "status_from": rows.status_from,
            "file": rows.file,
            "row": rows.row,
        }
    )


def links(
    rows: Rows, without: Mapping[str, np.ndarray] | None = None
) -> Iterator[tuple[Link, np.ndarray, pd.DataFrame]]:
    """The relationships that rows of a node table make, link by link, with the positions of the rows that make them.

    Parameters
    ----------
    without : by column, bool by row: rows whose cell makes none here

    Yields
    ------
    the link, positions in ``rows``, and a frame of uid, source, target, amount, data, valid_from, valid_to, file, row
    """
    table = rows.table
    named = replace(rows, own=own_nodes(rows))
    for link in LINKS[table.name]:
        if link.column not in rows.cells:
            continue
        made = present(rows.cells[link.column])
        if without and link.column in without:
            made &= ~without[link.column]
        positions = np.flatnonzero(made)
        if not len(positions):
            continue
        some = _of_link(named, link).take(positions)
        own, other = own_nodes(some), some.node(link.column)
        uid = joined([some.uid, "/", link.column, "/", other] if link.tie else [some.uid, "/", link.column])
        file, row = some.origins.get(link.column, (some.file, some.row))
        yield (
            link,
            positions,
            pd.DataFrame(
                {
                    "uid": uid.to_pandas(),
                    "source": (own if link.outward else other).to_pandas(),
                    "target": (other if link.outward else own).to_pandas(),
                    "amount": long_numbers(some, link.amount),
                    "data": _link_data(link, some).to_pandas(),
                    "valid_from": some.first_time(link.since),
                    "valid_to": some.first_time(("valid_to",), FOREVER),
                    "file": file,
                    "row": row,
                }
            ),
        )


def _of_link(rows: Rows, link: Link) -> Rows:
    """Rows with no other cells than those that say something of a link."""
    column = rows.table.all_columns.get(link.column)
    said = {link.column, column and column.companion, link.amount, "valid_to", *link.since}
    return replace(
        rows,
        cells={name: cell for name, cell in rows.cells.items() if name in said},
        flags={name: flags for name, flags in rows.flags.items() if name == link.column},
        origins={name: origin for name, origin in rows.origins.items() if name == link.column},
    )


def _link_data(link: Link, rows: Rows) -> pa.Array:
    count = len(rows)
    cells = {}
    if link.relation in _WITH_USE:
        cells["use"] = text([rows.table.all_columns[link.column].use] * count)
    cells["via"] = text([link.column] * count)
    return json_rows(cells | _flag_cells(rows, link.column))


def _flag_cells(rows: Rows, *columns: str) -> dict[str, pa.Array]:
    """What is to be said of identifiers: the first ``flag`` of them, or a ``warning`` where it links all the same."""
    flags = [rows.flags[column] for column in columns if column in rows.flags]
    if not flags:
        return {}
    luhn = [pc.equal(flag, "luhn").fill_null(False) for flag in flags]
    apart = [pc.if_else(warns, None, flag) for warns, flag in zip(luhn, flags, strict=True)]
    warned = [pc.if_else(warns, flag, None) for warns, flag in zip(luhn, flags, strict=True)]
    return {"flag": pc.coalesce(*apart), "warning": pc.coalesce(*warned)}


def edges(rows: Rows, relation: str) -> pd.DataFrame:
    """The relationships of one relation that rows of an edge table are; the frame of ``links``."""
    edge = EDGES[rows.table.name]
    cells = {name: rows.cells[column] for name, column in edge.fields.items() if column in rows.cells}
    if edge.relation is IDENTIFYING:
        own = {"use": pc.fill_null(rows.text("use"), "own")} if relation in _WITH_USE else {}
        cells |= {**own, "via": text([rows.table.name] * len(rows))}
    said = _flag_cells(rows, edge.target, edge.source)
    # of an event, a wrong check digit of one of its ends is said where the account is tied to its owner
    cells |= said if RELATIONS[relation].nature == "tie" else {name: said[name] for name in ("flag",) if name in said}
    data = json_rows(cells) if cells else blanks(len(rows))
    if rows.table.name == "guarantees":
        valid_from, valid_to = in_force(rows)
    else:
        valid_from, valid_to = rows.first_time(edge.since), rows.first_time(("valid_to",), FOREVER)
    return pd.DataFrame(
        {
            "uid": rows.uid.to_pandas(),
            "source": rows.node(edge.source).to_pandas(),
            "target": rows.node(edge.target).to_pandas(),
            "amount": long_numbers(rows, edge.amount),
            "data": pc.if_else(pc.equal(data, "{}"), None, data).to_pandas(),
            "valid_from": valid_from,
            "valid_to": valid_to,
            "file": rows.file,
            "row": rows.row,
        }
    )


def long_numbers(rows: Rows, name: str | None) -> np.ndarray:
    """A column of numbers as float64, NaN where missing; all NaN where ``name`` is None."""
    column = rows.numbers(name) if name else blanks(len(rows), NUMBERS)
    return column.to_numpy(zero_copy_only=False).astype(np.float64)


def in_force(rows: Rows) -> tuple[np.ndarray, np.ndarray]:
    """From when until when guarantees are in force: from the later of ``start_date`` and ``valid_from``, until the
    earliest of ``end_date``, ``released_at``, ``valid_to`` and, for a contract no longer 有效 without ``released_at``,
    the date of its status."""
    valid_from = np.maximum(rows.first_time(("start_date",)), rows.first_time(("valid_from",)))
    ends = [rows.first_time((name,), FOREVER) for name in ("end_date", "released_at", "valid_to")]
    return valid_from, np.minimum.reduce([*ends, np.where(ended_by_status(rows), rows.status_from, FOREVER)])


def ended_by_status(rows: Rows) -> np.ndarray:
    """bool by guarantee: only its status says that it has ended."""
    status = rows.text("status")
    over = pc.not_equal(status, "有效").fill_null(False).to_numpy(zero_copy_only=False)
    return over & ~present(rows.times("released_at"))
