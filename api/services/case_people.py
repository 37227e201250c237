"""Who is in a case, as people read them, with what each of them owes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...detectors.stakes import most
from ...graph.snapshot import GraphView
from .labels import labels


def people(case: Mapping, view: GraphView) -> list[dict[str, Any]]:
    """A case's people first, then who else uses what is mostly theirs; those who owe most stand first in each.

    Each is ``{"node", "name", "key", "kind", "role", "added", "amounts"}``, ``amounts`` as in ``detectors.stakes``.

    Parameters
    ----------
    case : as ``cases.case`` gives it
    view : the graph that names them
    """
    roles = {**dict.fromkeys(case["beside"], "beside"), **dict.fromkeys(case["people"], "member")}
    seen, added = labels(view, roles), set(case["added"])
    found = [
        {
            "node": node,
            "name": seen[node].name,
            "key": seen[node].key,
            "kind": seen[node].kind,
            "role": role,
            "added": node in added,
            "amounts": case["by_member"].get(node, []),
        }
        for node, role in roles.items()
    ]
    return sorted(found, key=lambda one: (one["role"] == "beside", -most(one["amounts"]), one["node"]))
