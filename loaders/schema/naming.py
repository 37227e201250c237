"""Which cells of facts name a party or another declared node: what an erasure looks through."""

from __future__ import annotations

from .relations import fact_columns
from .tables import TABLES


def naming_cells() -> dict[str, dict[str, str]]:
    """By table, the cells of its facts that name a node, each with the node's kind or with the cell that holds it.

    >>> naming_cells()["loans"]
    {'borrower_id': 'borrower_kind', 'apply_no': 'application', 'merchant_no': 'merchant'}
    """
    found: dict[str, dict[str, str]] = {}
    for table in TABLES.values():
        columns = fact_columns(table).values()
        found[table.name] = {
            column.name: (column.kind if column.type == "ref" else column.companion) or ""
            for column in columns
            if column.type in ("ref", "party")
        }
    return {name: cells for name, cells in found.items() if cells}
