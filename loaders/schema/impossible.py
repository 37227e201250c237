"""Ties that cannot be, whatever the parties they name."""

# pyarrow makes its compute functions at run time: no checker sees them
# pyright: reportAttributeAccessIssue=false, reportCallIssue=false, reportArgumentType=false
from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ...graph.model import RELATIONS
from .columns import Table
from .relations import IDENTIFYING


def impossible(table: Table, cells: Mapping[str, pa.Array]) -> Iterator[tuple[str, np.ndarray]]:
    """Columns that make a tie which cannot be, with bool by row: a person related to themselves; what no party of that
    kind can have, such as a company's employer."""
    if table.name == "relations":
        yield "other_id", _true(pc.equal(cells["applicant_id"], cells["other_id"]))
    if table.name == "identifiers":
        for kind, relation in IDENTIFYING.items():
            sources = pa.array(RELATIONS[relation].sources, cells["owner_kind"].type)
            others = pc.and_(cells["owner_kind"].is_valid(), pc.invert(pc.is_in(cells["owner_kind"], sources)))
            yield "kind", _true(pc.and_(pc.equal(cells["kind"], kind), others))


def _true(column: pa.Array) -> np.ndarray:
    return column.fill_null(False).to_numpy(zero_copy_only=False)
