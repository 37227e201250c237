"""What people see of a node.

A node is shown by its company name, its person's masked name, or the mask
of its personal key; never by a token's digits, which mean nothing to a reader.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from ...graph.keys import is_token
from ...graph.model import kind_of
from ...graph.snapshot import GraphView
from ...graph.words.names import KIND_WORDS, Words
from ...graph.words.plain import plain

SHAPES = {"applicant": "ellipse", "company": "box", "merchant": "box"}
"""vis-network's shape for parties, persons apart from companies; every other kind is a box with round ends."""

COLOURS = {
    "applicant": ("#fdf6e7", "#a87a1f"),
    "company": ("#eef3fa", "#41618f"),
    "merchant": ("#eef7f0", "#3f7f55"),
    "account": ("#e9f5f5", "#2f7a7a"),
    "loan": ("#e9f5f5", "#2f7a7a"),
    "device": ("#f3effa", "#6b53a0"),
    "phone": ("#f3effa", "#6b53a0"),
    "ip": ("#f3effa", "#6b53a0"),
    "wifi": ("#f3effa", "#6b53a0"),
}
"""Fill and border by kind."""
OTHER_COLOURS = ("#f0f2f5", "#6b7482")
"""Fill and border of every other kind."""


@dataclass(frozen=True)
class Label:
    """How one node is shown.

    Attributes
    ----------
    node : its name in the graph
    name : what people read: a company's name, a masked person's name or key, else the plain key
    key : the plain key, where it tells more than ``name`` does and is no token; else empty
    """

    node: str
    name: str
    key: str

    @property
    def kind(self) -> str:
        """The node's kind."""
        return kind_of(self.node)


NARROW = 0.58
"""The width of a Latin letter or digit in em, on average."""

_LEGAL_FORMS = ("股份有限公司", "有限责任公司", "有限公司")

_NAMED_BY = {"applicant": "applicants", "company": "companies", "merchant": "merchants"}


def labels(snapshot: GraphView, nodes: Iterable[str]) -> dict[str, Label]:
    """How nodes are shown at the snapshot's time, by name; a node that the snapshot does not hold shows its key."""
    return {node: _label(snapshot, node, _name(snapshot, node)) for node in sorted(set(nodes))}


def _name(snapshot: GraphView, node: str) -> str:
    """The name that a party's own row states last; empty where there is none, or none that may be seen."""
    table, number = _NAMED_BY.get(kind_of(node)), snapshot.find(node)
    if table is None or number is None:
        return ""
    stated = [row["data"].get("name") for row in snapshot.statements(number) if row["table"] == table]
    told = [name for name in stated if name is not None]
    return _seen(snapshot, str(told[-1])) or "" if told else ""


def _label(snapshot: GraphView, node: str, name: str) -> Label:
    key = _seen(snapshot, node.partition(":")[2])
    name = plain(name)
    if not name:
        words = KIND_WORDS.get(kind_of(node), Words(kind_of(node), kind_of(node)))
        return Label(node, plain(key or "") or f"{words.zh}（已脱敏）", "")
    return Label(node, name, plain(key or "") if key != name else "")


def _seen(snapshot: GraphView, value: str) -> str | None:
    """What people may see of a cell or key: a token's mask, None for a token without one, anything else as it is."""
    return snapshot.mask(value) if is_token(value) else value


def wrapped(text: str, width: float) -> list[str]:
    """Text cut into lines of at most ``width`` em, words and a company's legal form kept whole, evenly otherwise.

    >>> wrapped("浙江某某实业有限公司", 8), wrapped("Shields and Sons", 6)
    (['浙江某某实业', '有限公司'], ['Shields', 'and Sons'])
    """
    form = next((form for form in _LEGAL_FORMS if text.endswith(form) and text != form), "")
    if form and text_width(text) > width:
        return [*wrapped(text.removesuffix(form), width), form]
    count = max(1, -(-int(text_width(text) * 100) // int(width * 100)))
    target = text_width(text) / count
    lines, line = [], ""
    for part in _pieces(text, max(1, int(width / NARROW))):
        if line and (
            text_width(line + part.rstrip()) > width or (len(lines) < count - 1 and text_width(line) >= target)
        ):
            lines.append(line.rstrip())
            line = part.lstrip()
        else:
            line += part
    return [*lines, line.rstrip()] if line.strip() or not lines else lines


def _pieces(text: str, longest: int) -> list[str]:
    """What a line may be made of: wide characters, and words with the space or hyphen behind them, not too long."""
    pieces: list[str] = []
    for character in text:
        last = pieces[-1] if pieces else ""
        if not last or last[-1] in " -/" or _is_wide(character) or _is_wide(last[-1]) or len(last) >= longest:
            pieces.append(character)
        else:
            pieces[-1] += character
    return pieces


def _is_wide(character: str) -> bool:
    return unicodedata.east_asian_width(character) in "WF"


def shortened(text: str, width: float = 15.0) -> str:
    """Text cut to at most ``width`` em, with a mark where something was cut.

    >>> shortened("浙江某某实业有限公司", 6)
    '浙江某某实…'
    """
    if text_width(text) <= width:
        return text
    while text_width(text) > width - 1:
        text = text[:-1]
    return text + "…"


def text_width(text: str) -> float:
    """The width of a line of text in em, as a sans-serif font draws it, near enough to lay out by.

    >>> text_width("甲公司")
    3.0
    """
    return sum(1.0 if unicodedata.east_asian_width(c) in "WFA" else NARROW for c in text)
