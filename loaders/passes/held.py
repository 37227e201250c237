"""What a store holds of rows, as rows again."""

# pyarrow makes its compute functions at run time: no checker sees them
# pyright: reportAttributeAccessIssue=false, reportCallIssue=false, reportArgumentType=false
from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ...graph.model import ALWAYS, FOREVER
from ...graph.snapshot.cells import parse_data
from ..schema.columns import Table
from ..schema.relations import EDGES, edge_fields, fact_columns, fields
from ..schema.rows import Rows
from ..vectors import TEXT, text


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
