"""A guarantee circle as a picture: who stands surety for whom for how much, who holds it together, groups as groups."""

from __future__ import annotations

from collections.abc import Sequence

from ...detectors.guarantees.detail import key_nodes
from ...graph.times import to_iso
from ..evidence.marks import Marks
from ..evidence.page import evidence_rows
from ..evidence.picture import picture_of
from ..services.guarantees import near
from ..services.labels import labels
from ..services.nodes import bounded
from ..services.reader import Reader


def circle_picture(reader: Reader, prefix: str, as_of: str | None = None, opened: Sequence[str] = ()) -> dict:
    """The picture of one circle: vis-network's ``nodes`` and ``edges``, placed, what it shows and leaves out, and its
    ``key_nodes``.

    Parameters
    ----------
    prefix, as_of : as for ``services.guarantees.circle``
    opened : folds that are opened, by name

    Raises
    ------
    NotFound, Conflict : no circle, or several, whose id begins so
    UserError : a fold that there is not
    """
    found, place = near(reader, prefix, as_of)
    finding, view = found.findings[place], found.view
    keys = [one["node"] for one in key_nodes(found, place)]
    cores = [found.net.names[party] for party in found.circles[place].cores.tolist()]
    rows = evidence_rows(view, finding.evidence)
    nodes = {member["node"] for member in finding.members} | {row[end] for row in rows for end in ("source", "target")}
    marks = Marks(key=frozenset(keys), core=frozenset(cores))
    drawn = picture_of(finding.kind, finding.members, rows, labels(view, nodes), finding.things, marks, opened)
    return {
        "as_of": to_iso(view.as_of),
        "revision": view.revision,
        "id": finding.id,
        "view": finding.view,
        "nodes": drawn.nodes,
        "edges": drawn.edges,
        "width": drawn.width,
        "height": drawn.height,
        "shown": drawn.shown,
        "left_out": drawn.left_out,
        "legend": drawn.legend,
        "notes": drawn.notes,
        "folds": drawn.folds,
        "key_nodes": keys,
        "truncated": [*finding.truncated, *bounded("nodes", drawn.shown, drawn.left_out["nodes"], False)],
    }
