"""What the page of a fund flow shows beside its picture: the three amounts, each move, the restricted accounts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ...graph.words.money import money
from ...graph.words.names import Words
from ..services.labels import Label
from .flow import Flow, flow_of
from .flow_moves import RESTRICTED, Move, Place, owners_of
from .flow_words import BOX_WORDS, in_full, kind_of_move, purpose
from .items import day

SUMS = ("amount", "can", "convention", "must")
"""Measures that are amounts to be seen at once."""
UNKNOWN = Words("无法判断", "cannot be told")
LEGEND = {
    "loan": Words("贷款", "loan"),
    "own": Words("借款人本人账户", "account of the borrower's own"),
    "other": Words("他人账户", "account of somebody else"),
    "nobody": Words("户主不详的账户", "account of no known owner"),
    "restricted": Words("受限账户：贷款资金不得进入", "restricted account: loan money must not go there"),
}


def flow_page(
    finding: Mapping, rows: Sequence[Mapping], labels: Mapping[str, Label], words: Mapping[str, Words]
) -> dict[str, Any]:
    """What the template shows.

    Parameters
    ----------
    finding, rows, labels : as for ``flow_of``
    words : what the finding's measures are called
    """
    picture = flow_of(finding, rows, labels)
    return {
        "picture": picture,
        "sums": [_sum(name, finding["measures"], words[name]) for name in SUMS if name in words],
        "legend": [(sort, LEGEND[sort]) for sort in picture.sorts],
        "left_out": len(picture.moves) - picture.drawn,
        "table": [_move(move, picture, labels) for move in picture.moves],
        "restricted": _restricted(finding, rows, labels),
    }


def _sum(name: str, measures: Mapping[str, float], words: Words) -> dict:
    """An amount; one that the finding does not state is unknown, never 0."""
    return {"words": words, "value": money(measures[name]) if name in measures else UNKNOWN}


def _move(move: Move, picture: Flow, labels: Mapping[str, Label]) -> dict:
    amount = Words(in_full(move), "")
    if move.amount is not None:
        amount = money(move.amount, move.row.get("data", {}).get("currency"))
    return {
        "number": move.number,
        "time": day(move.time),
        "source": _end(move.source, picture.known[move.source], labels),
        "target": _end(move.target, picture.known[move.target], labels),
        "amount": amount,
        "kind": kind_of_move(move),
        "purpose": purpose(move),
    }


def _end(node: str, place: Place, labels: Mapping[str, Label]) -> dict:
    return {
        "what": "" if place.sort == "loan" else "账户",
        "label": labels[node],
        "owners": [labels[owner] for owner in place.owners],
        "word": BOX_WORDS[place.sort],
    }


def _restricted(finding: Mapping, rows: Sequence[Mapping], labels: Mapping[str, Label]) -> list[dict]:
    owners = owners_of(rows)
    return [
        {
            "account": labels[node],
            "owners": [labels[owner] for owner in owners.get(node, ())],
            "payers": [labels[member] for member in thing["members"]],
            "users": thing["users"],
        }
        for thing in finding["things"]
        if thing["kind"] == RESTRICTED
        for node in thing["nodes"]
    ]
