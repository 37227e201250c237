"""Many questions one after the other, each a line of JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator

from ....graph.errors import UserError
from ..reader import Reader
from .asking import Asked, answer, read_question


def answers(reader: Reader, lines: Iterable[str], record: Callable[[Asked], None]) -> Iterator[dict]:
    """The answer to each line ``{"question": "tcr4", "params": {…}}``, in order, all from one snapshot. A line that
    cannot be answered gives ``{"question", "error"}``; blank lines give nothing.

    Parameters
    ----------
    record : called before each answer, so that it is on record who saw it
    """
    snapshot = reader.snapshot()
    for line in lines:
        if not line.strip():
            continue
        question = None
        try:
            question, params = _read(line)
            asked = read_question(reader, question, params)
            record(asked)
            yield answer(snapshot, asked)
        except UserError as error:
            yield {"question": question, "error": str(error)}


def _read(line: str) -> tuple[str, dict]:
    try:
        asked = json.loads(line)
    except ValueError:
        raise UserError('the line is no JSON: write {"question": "tcr4", "params": {…}}') from None
    match asked:
        case {"question": str(question), "params": dict(params), **more} if not more:
            return question, params
    raise UserError('the line is no question: write {"question": "tcr4", "params": {…}} and nothing else')
