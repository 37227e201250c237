"""What the store holds of rows: their current versions beside the rows of a load, and as rows again."""

# pyarrow makes its compute functions at run time: no checker sees them
# pyright: reportAttributeAccessIssue=false, reportCallIssue=false, reportArgumentType=false
from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ...graph.model import ALWAYS, FOREVER, RELATIONS
from ...graph.snapshot.cells import parse_data
from ...graph.store.protocol import Reading
from ..schema.columns import Table
from ..schema.relations import EDGES, edge_fields, fact_columns, fields
from ..schema.rows import Rows
from ..vectors import TEXT, text
from .declared import BLOCK


def current(store: Reading, owner: str, uids: Sequence[str]) -> pd.DataFrame:
    """The current versions of some uids of a relation or table, some thousands at a time."""
    ask = store.current_relationships if owner in RELATIONS else store.current_facts
    parts = [ask(owner, uids[start : start + BLOCK]) for start in range(0, len(uids), BLOCK)]
    held = [part for part in parts if len(part)]
    return pd.concat(held, ignore_index=True) if held else parts[0]


def aligned(held: pd.DataFrame, uids: Sequence[str] | pd.Series) -> pd.DataFrame:
    """Versions in the order of ``uids``, missing where there is none; times as Int64, as float64 is not exact."""
    times = held.columns.intersection(["valid_from", "valid_to", "known_at", "status_from"])
    return held.astype(dict.fromkeys(times, "Int64")).set_index("uid").reindex(uids)


def stored_names(table: Table) -> dict[str, str]:
    """The columns whose cells the store keeps in ``data``, by the name they have there."""
    if table.name in EDGES:
        return dict(EDGES[table.name].fields)
    return {name: name for name in fact_columns(table)}


def stored_cells(table: Table, data: pd.Series) -> dict[str, pa.Array]:
    """The cells of ``data`` as columns; what was never there is left out."""
    types = edge_fields(table.name) if table.name in EDGES else fields(fact_columns(table))
    parsed = parse_data(pa.chunked_array([text(data)]), dict(types))
    columns = {}
    for name, column in stored_names(table).items():
        if name in parsed.column_names:
            values = parsed[name].combine_chunks()
            columns[column] = values.cast(TEXT) if pa.types.is_string(values.type) else values
    return columns


def rows_before(table: Table, before: pd.DataFrame, uids: pa.Array) -> Rows:
    """Rows as the store holds them, as far as relationships hang on them."""
    cells = stored_cells(table, before["data"])
    for name, blank in (("valid_from", ALWAYS), ("valid_to", FOREVER)):
        times = stored_times(before[name], blank)
        cells[name] = pa.array(times, mask=times == blank)
    if table.name == "loans":
        cells["loan_id"] = pc.replace_substring_regex(uids, "^loans:", "")
    nothing = np.zeros(len(uids), dtype=np.int64)
    return Rows(table, uids, cells, nothing, nothing, nothing, own=text(before["node"]))


def stored_times(column: pd.Series, blank: int) -> np.ndarray:
    """int64 of a column of times that may have gaps."""
    return column.astype("Int64").fillna(blank).to_numpy(dtype=np.int64)
