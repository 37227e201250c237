"""The picture of a fund flow: loans at the left, time to the right, each transfer an arrow with its amount.

The result is shapes and texts with their places, which the page writes as SVG. A flow too wide for the page is cut
into bands, one below the other; the last column of a band is the first of the next.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ...graph.words.names import Words
from ..layout.lanes import Lanes, Way, lanes
from ..layout.stops import Stop, columns
from ..services.labels import Label, shortened, text_width
from .flow_moves import Arrow, Move, Place, arrows, moves, places
from .flow_shapes import head, head_length, outline, path
from .flow_words import amount_text, box_title, box_word, moment, move_title, owner_text

BOX_WIDTH = 138.0
BAND_WIDTH = 1190.0
"""The widest that a picture may be: a little more than the page has, which shows it that much smaller."""
MARGIN, HEAD = 10.0, 44.0
"""Beside the picture, and above it for the times of its columns."""
THINNEST, THICKEST = 1.4, 7.0
MOVES_TOLD = 12
"""Moves that the tooltip of one arrow tells."""


@dataclass(frozen=True)
class Box:
    """A loan or account, with its outline as an SVG path and three lines of text."""

    sort: str
    outline: str
    middle: tuple[float, float]
    word: Words
    name: str
    key: str
    under: str
    title: str


@dataclass(frozen=True)
class Line:
    """An arrow: its path, width and head as SVG has them, and the texts on it."""

    sort: str
    path: str
    width: float
    head: str
    amount: str
    number: str
    time: str
    at: tuple[float, float]
    title: str


@dataclass(frozen=True)
class Band:
    """What stands in one stretch of the picture, which begins at ``left`` and ``top``."""

    left: float
    top: float
    width: float
    height: float
    heads: list[tuple[float, list[str]]]
    boxes: list[Box]
    lines: list[Line]


@dataclass(frozen=True)
class Flow:
    """What the page shows of a fund flow.

    Attributes
    ----------
    bands : the picture, from the first band to the last
    moves : every move, by time
    known : what each account and loan is
    sorts : what sorts of box there are
    drawn : how many of the moves the picture shows
    again : whether an account stands in it more than once
    """

    bands: list[Band]
    moves: list[Move]
    known: Mapping[str, Place]
    sorts: list[str]
    drawn: int
    again: bool


def flow_of(finding: Mapping, rows: Sequence[Mapping], labels: Mapping[str, Label]) -> Flow:
    """The picture and the moves of a fund flow.

    Parameters
    ----------
    finding : in its JSON shape
    rows : its evidence, with what the store's rows say
    labels : how each node is shown, by name
    """
    found = moves(rows)
    known = places(found, finding, rows)
    drawn = arrows(found, known)
    column = columns([(arrow.start, arrow.end) for arrow in drawn])
    texts = [(amount_text(arrow.moves), _number(arrow.moves), _times(arrow.moves)) for arrow in drawn]
    wide = [_wide(*text) for text in texts]
    laid = lanes(column, [(arrow.start, arrow.end) for arrow in drawn], wide, BOX_WIDTH)
    roles = {member["node"]: member["role"] for member in finding["members"]}
    boxes = {stop: _box(stop, laid, drawn, known, roles, labels) for stop in column}
    most = max((arrow.amount for arrow in drawn), default=0.0)
    lines = [
        _line(arrow, way, text, most, known, labels) for arrow, way, text in zip(drawn, laid.ways, texts, strict=True)
    ]
    return Flow(
        bands=_bands(column, drawn, laid, boxes, lines),
        moves=found,
        known=known,
        sorts=[sort for sort in ("loan", "own", "other", "nobody", "restricted") if _has(column, known, sort)],
        drawn=sum(len(arrow.moves) for arrow in drawn),
        again=any(visit for _, visit in column),
    )


def _has(column: Mapping[Stop, int], known: Mapping[str, Place], sort: str) -> bool:
    return any(known[node].sort == sort for node, _ in column)


# -- boxes ------------------------------------------------------------------------------------------------------------


def _box(
    stop: Stop,
    laid: Lanes,
    drawn: Sequence[Arrow],
    known: Mapping[str, Place],
    roles: Mapping[str, str],
    labels: Mapping[str, Label],
) -> Box:
    node, visit = stop
    place, (left, top, high) = known[node], laid.boxes[stop]
    role = next((roles[party] for party in (*place.owners, node) if party in roles), None)
    word = box_word(place.sort, role, visit > 0)
    reached = [move for arrow in drawn if arrow.end == stop for move in arrow.moves]
    name, key, under = _box_lines(node, place, labels)
    return Box(
        sort=place.sort,
        outline=outline(place.sort, left, top, BOX_WIDTH, high),
        middle=(left + BOX_WIDTH / 2, top + high / 2),
        word=word,
        name=name,
        key=key,
        under=under,
        title=box_title(node, place, word, reached, labels),
    )


def _box_lines(node: str, place: Place, labels: Mapping[str, Label]) -> tuple[str, str, str]:
    """The name and key in bold and plain, and the line under them."""
    label = labels[node]
    if place.sort == "loan":
        return shortened(label.name, 9.6), "", shortened(owner_text(place.owners, labels), 11.9)
    account = shortened(f"账户 {label.name}", 11.9)
    if not place.owners:
        return account, "", ""
    owner = labels[place.owners[0]]
    more = f" 等{len(place.owners)}人" if len(place.owners) > 1 else ""
    name = shortened(owner.name, 9.6 - text_width(more)) + more
    room = (9.6 - text_width(name)) * 13 / 10.5
    return name, owner.key if text_width(owner.key) < room - 0.3 else "", account


# -- arrows -----------------------------------------------------------------------------------------------------------


def _line(
    arrow: Arrow,
    way: Way,
    text: tuple[str, str, str],
    most: float,
    known: Mapping[str, Place],
    labels: Mapping[str, Label],
) -> Line:
    width = max(THINNEST, THICKEST * arrow.amount / most) if most else THINNEST
    told, more = arrow.moves[:MOVES_TOLD], len(arrow.moves) - MOVES_TOLD
    titles = [move_title(move, known, labels) for move in told]
    titles += [f"… 另{more}笔 and {more} more"] if more > 0 else []
    return Line(
        sort=_line_sort(arrow, known),
        path=path(way, head_length(width)),
        width=round(width, 2),
        head=head(way, width),
        amount=text[0],
        number=text[1],
        time=text[2],
        at=(way.start[0] + 8, way.start[1]),
        title="\n".join(titles),
    )


def _line_sort(arrow: Arrow, known: Mapping[str, Place]) -> str:
    if known[arrow.end[0]].sort == "restricted":
        return "restricted"
    if known[arrow.start[0]].sort == "loan":
        return "paid"
    back = known[arrow.end[0]].sort == "own" and known[arrow.start[0]].sort != "own"
    return "back" if back else "moved"


def _number(some: Sequence[Move]) -> str:
    """What stands beside an amount: the number of the move; of several that of the first and the last."""
    return f"#{some[0].number}" if len(some) == 1 else f"#{some[0].number}…{some[-1].number}"


def _times(some: Sequence[Move]) -> str:
    """What stands under an amount: its time; of several the first and the last day."""
    first, last = moment(some[0].time), moment(some[-1].time)
    return first if len(some) == 1 else " – ".join(dict.fromkeys((first[:5], last[:5])))


def _wide(amount: str, number: str, time: str) -> float:
    """How wide the texts on an arrow are, with what is free before and behind them."""
    return max(12.5 * text_width(amount) + 10.5 * text_width(f" {number}"), 10.5 * text_width(time)) + 12


# -- bands ------------------------------------------------------------------------------------------------------------


def _bands(
    column: Mapping[Stop, int],
    drawn: Sequence[Arrow],
    laid: Lanes,
    boxes: Mapping[Stop, Box],
    lines: Sequence[Line],
) -> list[Band]:
    found = []
    for first, last in _stretches(laid.lefts):
        left, right = laid.lefts[first], laid.lefts[last] + BOX_WIDTH
        inside = [stop for stop in column if first <= column[stop] <= last]
        passing = [
            number for number, arrow in enumerate(drawn) if column[arrow.start] < last and column[arrow.end] > first
        ]
        spans = [(laid.boxes[stop][1], laid.boxes[stop][1] + laid.boxes[stop][2]) for stop in inside]
        spans += [(y - 12, y + 12) for number in passing for y in _levels(laid.ways[number], left, right)]
        top, bottom = min(one for one, _ in spans), max(other for _, other in spans)
        found.append(
            Band(
                left=left - MARGIN,
                top=top - HEAD,
                width=right - left + 2 * MARGIN,
                height=bottom - top + HEAD + MARGIN,
                heads=[(laid.lefts[at] + BOX_WIDTH / 2, _head(at, column, drawn)) for at in range(first, last + 1)],
                boxes=[boxes[stop] for stop in inside],
                lines=[lines[number] for number in passing],
            )
        )
    return found


def _stretches(lefts: Sequence[float]) -> list[tuple[int, int]]:
    """The first and last column of each band: as many as fit, the last one again at the head of the next."""
    found = []
    first = 0
    while lefts:
        last = first + 1
        while last + 1 < len(lefts) and lefts[last + 1] + BOX_WIDTH - lefts[first] + 2 * MARGIN <= BAND_WIDTH:
            last += 1
        found.append((first, min(last, len(lefts) - 1)))
        if last >= len(lefts) - 1:
            break
        first = last
    return found


def _levels(way: Way, left: float, right: float) -> list[float]:
    """The heights at which an arrow runs level within a band."""
    past = [(x, y) for x, _, y in way.past]
    return [y for x, y in (way.start, *past, way.end) if left <= x <= right]


def _head(at: int, column: Mapping[Stop, int], drawn: Sequence[Arrow]) -> list[str]:
    """Between which times money came to a column; of the first, what it is."""
    if at == 0:
        return ["放款 paid out"]
    times = [move.time for arrow in drawn if column[arrow.end] == at for move in arrow.moves if move.time is not None]
    if not times:
        return []
    first, last = moment(min(times), year=True), moment(max(times), year=True)
    return [first] if first == last else [f"{first} –", last]
