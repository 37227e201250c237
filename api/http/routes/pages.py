"""Pages of a list: a cursor says where the next begins, and of which list, so that a batch in between moves nothing."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from typing import Annotated, NamedTuple

from fastapi import Query

from ....graph.errors import UserError


class Page(NamedTuple):
    """Where a page begins.

    Attributes
    ----------
    of : what its list was made of: run numbers, or a batch
    offset : how many stand before it
    """

    of: list[int]
    offset: int


Cursor = Annotated[
    str | None,
    Query(description="`next` of the page before; the other parameters have to be as they were.", max_length=2000),
]
Limit = Annotated[int, Query(ge=1, le=1000, description="Most on a page.")]
Events = Annotated[int, Query(ge=1, le=2000, description="Most events, the latest ones.")]


def begun(cursor: str | None, most: int = 1000) -> Page | None:
    """The page that a cursor means; None for the first.

    Parameters
    ----------
    most : of how many runs or batches such a list is made at most

    Raises
    ------
    UserError : it is no cursor that a page gave
    """
    if cursor is None:
        return None
    try:
        of, offset = json.loads(base64.urlsafe_b64decode(cursor.encode("ascii")))
        if all(type(number) is int and 0 <= number < 2**53 for number in (*of, offset)) and 0 < len(of) <= most:
            return Page(of, offset)
    except (ValueError, TypeError):
        pass
    raise UserError("the cursor is none that a page gave: leave it out to begin with the first page")


def ended(of: Sequence[int], offset: int, shown: int, total: int) -> str | None:
    """The cursor of the page behind one that shows so many from an offset on; None behind the last."""
    if offset + shown >= total:
        return None
    return base64.urlsafe_b64encode(json.dumps([[*of], offset + shown]).encode()).decode()
