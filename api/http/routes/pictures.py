"""Routes of pictures: a neighbourhood that somebody explores, a guarantee circle."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Path, Request

from ...pictures.circles import circle_picture
from ...pictures.explored import Wanted, explored
from ...pictures.traits import risks
from ...services.names import read_node
from ...services.reader import Reader
from .. import picture_models as models
from ..guard import declares
from .asking import AsOf, Opened, Store, finding_named, moment_text, reader_of, router, sent


def _pictured(request: Request) -> str:
    """The subject of a picture: every node that it names, as far as that can be read."""
    placed, added = sent(request, "placed"), sent(request, "add")
    texts = [one.get("node") for one in placed if isinstance(one, dict)] if isinstance(placed, list) else []
    texts += added if isinstance(added, list) else []
    texts.append(sent(request, "expand"))
    reader = reader_of(request)
    named = (read_node(reader, text) for text in texts[:1000] if isinstance(text, str))
    return " ".join(dict.fromkeys(named))


@router.post("/explore", response_model=models.ExploreAnswer, summary="A picture to explore")
@declares("graph.read", _pictured)
def explore(reader: Store, asked: models.ExploreAsked, as_of: AsOf = None) -> Any:
    """The picture that was sent with more nodes put in. What stands keeps its place; new nodes are laid around what
    they hang on. A picture holds at most 400 nodes."""
    stated = moment_text(as_of)
    view = reader.snapshot().at(reader.moment(stated))
    placed = {read_node(reader, one.node): (one.x, one.y) for one in asked.placed}
    wanted = Wanted(
        [_node(reader, text) for text in asked.add],
        None if asked.expand is None else _node(reader, asked.expand),
        asked.kind,
        asked.limit,
    )
    return explored(view, placed, wanted, risks(reader.store, None if stated is None else view.as_of))


@router.get("/guarantees/{finding}/picture", response_model=models.CirclePicture, summary="A circle as a picture")
@declares("findings.read", finding_named)
def guarantee_picture(
    reader: Store,
    finding: Annotated[str, Path(description="The circle's id, or as much of its beginning as is unique.")],
    as_of: AsOf = None,
    opened: Opened = [],  # noqa: B006
) -> Any:
    """A circle placed: guarantees as arrows with their amounts, key parties marked, parties of one group in one box."""
    return circle_picture(reader, finding, moment_text(as_of), opened)


def _node(reader: Reader, text: str) -> tuple[str, str]:
    return read_node(reader, text), text
