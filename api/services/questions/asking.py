"""Asking a question: what is given is read and checked, nodes are looked up, and bounds that bit are told."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from ....graph.errors import NotFound, UserError
from ....graph.model import ALWAYS, FOREVER, KINDS
from ....graph.snapshot import Snapshot
from ....graph.times import parse_moment
from ..names import key_names, safe
from ..reader import Reader
from . import parties, rounds, sums, tracing
from .declared import BY_NAME, ORDERS, QUESTIONS, Parameter, Question
from .declared import KINDS as KINDS_OF
from .steps import Steps

ANSWERS: dict[str, Callable[..., Any]] = {
    "tcr1": tracing.blocked_device_nearby,
    "tcr2": tracing.loans_behind_person,
    "tcr3": tracing.shortest_transfer_path,
    "tcr4": sums.transfer_triangle,
    "tcr5": tracing.transfer_traces,
    "tcr6": sums.pooled_withdrawal,
    "tcr7": sums.in_out_ratio,
    "tcr8": tracing.trace_after_loan,
    "tcr9": sums.loan_turnover,
    "tcr10": parties.co_investors,
    "tcr11": parties.guarantee_chain,
    "tcr12": sums.paid_to_companies,
    "cycles": rounds.money_cycles,
}
"""What answers each question."""
_ASKED_ABOUT = tuple(kind for kinds in KINDS_OF.values() for kind in kinds)


class Asked(NamedTuple):
    """A question with all that it takes.

    Attributes
    ----------
    nodes : by parameter, a node's name and what was written for it
    values : the other parameters, read
    told : what was given, fit to be shown: raw personal keys as tokens
    """

    question: Question
    nodes: dict[str, tuple[str, str]]
    values: dict[str, Any]
    told: dict[str, Any]

    @property
    def subject(self) -> str:
        """The nodes asked about, for the audit log."""
        return " ".join(name for name, _ in self.nodes.values())

    @property
    def detail(self) -> dict[str, Any]:
        """Question and parameters beside the nodes, for the audit log."""
        return {"question": self.question.number, **{name: self.told[name] for name in self.values}}


def ask(reader: Reader, question: str, given: Mapping[str, object]) -> dict:
    """Answer one question: ``question``, ``params``, ``result``, ``truncated``. Nothing is put on record.

    Parameters
    ----------
    question : its number or its readable name
    given : its parameters by name, as texts or numbers

    Raises
    ------
    UserError : no such question, a parameter that is missing, unknown or unreadable, or an id that the store lacks
    """
    return answer(reader.snapshot(), read_question(reader, question, given))


def read_question(reader: Reader, question: str, given: Mapping[str, object]) -> Asked:
    """A question and its parameters, read; raw personal keys become tokens. Arguments and errors as for ``ask``."""
    asked = _question(question)
    given = {name: value for name, value in given.items() if value is not None}
    _check_names(asked, given)
    nodes = {parameter.name: _node(reader, asked, parameter, given[parameter.name]) for parameter in asked.nodes}
    others = [parameter for parameter in asked.parameters if parameter not in asked.nodes and parameter.name in given]
    values = {parameter.name: _value(asked, parameter, given[parameter.name]) for parameter in others}
    if values["start"] >= values["end"]:
        raise UserError(f"{asked.number}: start must be earlier than end")
    return Asked(asked, nodes, values, _told(asked, nodes, given))


def answer(snapshot: Snapshot, asked: Asked) -> dict:
    """The answer to a question that was read, as ``ask`` gives it.

    Raises
    ------
    UserError : the snapshot has no such node
    """
    numbers = {name: _number(snapshot, asked.question, *node) for name, node in asked.nodes.items()}
    bounds = {name: value for name, value in asked.values.items() if name in ("start", "end", "limit", "order")}
    steps = Steps(snapshot, **bounds)
    rest = {name: value for name, value in asked.values.items() if name not in bounds}
    result = ANSWERS[asked.question.number](steps, **numbers, **rest)
    return {
        "question": asked.question.number,
        "params": asked.told,
        "result": result,
        "truncated": steps.truncated(),
    }


def _question(name: str) -> Question:
    if name not in BY_NAME:
        known = ", ".join(f"{question.number} ({question.name})" for question in QUESTIONS.values())
        raise NotFound(f"there is no question {name!r}: ask {known}")
    return BY_NAME[name]


def _check_names(question: Question, given: Mapping[str, object]) -> None:
    takes = [parameter.name for parameter in question.parameters]
    needed = [parameter.name for parameter in question.parameters if parameter.required]
    if unknown := [name for name in given if name not in takes]:
        raise UserError(f"{question.number} takes no {', '.join(unknown)}: it takes {', '.join(takes)}")
    if missing := [name for name in needed if name not in given]:
        raise UserError(f"{question.number} lacks {', '.join(missing)}: it takes {', '.join(takes)}")
    if "order" in given and "limit" not in given:
        raise UserError(f"{question.number}: order decides what a limit keeps, so give a limit too")


# -- nodes


def _node(reader: Reader, question: Question, parameter: Parameter, given: object) -> tuple[str, str]:
    """The name of a node, and ``kind:key`` as it was written."""
    if isinstance(given, bool) or not isinstance(given, str | int) or not str(given).strip():
        raise UserError(f"{question.number}: {parameter.name} is no id: write it as text")
    kinds, (kind, separator, key) = KINDS_OF[parameter.type], str(given).strip().partition(":")
    if not separator or kind not in KINDS:
        kind, key = kinds[0], str(given).strip()
    if kind not in kinds:
        raise UserError(f"{question.number}: {parameter.name} names {_one_of((kind,))}, but must name {_one_of(kinds)}")
    return key_names(reader, kind, [key])[0], f"{kind}:{key}"


def _one_of(kinds: tuple[str, ...]) -> str:
    return " or ".join(f"an {kind}" if kind[0] in "aeiou" else f"a {kind}" for kind in kinds)


def _number(snapshot: Snapshot, question: Question, name: str, text: str) -> int:
    number = snapshot.find(name)
    if number is None:
        key = name.partition(":")[2]
        others = tuple(kind for kind in _ASKED_ABOUT if snapshot.find(f"{kind}:{key}") is not None)
        hint = f"there is {_one_of(others)} of that id" if others else "'ringfence status' counts what there is"
        raise NotFound(f"{question.number}: no {safe(text, name)} in the store: {hint}")
    return number


# -- other parameters


def _value(question: Question, parameter: Parameter, given: object) -> Any:
    """A parameter as the question wants it. What was given is never repeated: it may be a personal value that was meant
    for another parameter."""
    try:
        if not isinstance(given, bool) and isinstance(given, str | int | float):
            return _READ[parameter.type](given)
    except (ValueError, UserError):
        pass
    raise UserError(f"{question.number}: {parameter.name} cannot be used: {_SAYS[parameter.type]}")


def _amount(given: str | float) -> float:
    amount = float(given)
    if not math.isfinite(amount):
        raise ValueError
    return amount


def _time(given: str | float) -> int:
    if isinstance(given, float):
        raise ValueError
    moment = given if isinstance(given, int) else 0 if given.strip() == "0" else parse_moment(given)
    if not ALWAYS <= moment <= FOREVER:
        raise ValueError
    return moment


def _count(given: str | float) -> int:
    count = int(given) if isinstance(given, str | int) else 0
    if count < 1:
        raise ValueError
    return count


def _order(given: str | float) -> str:
    if given not in ORDERS:
        raise ValueError
    return str(given)


_READ: dict[str, Callable[[Any], Any]] = {"amount": _amount, "time": _time, "count": _count, "order": _order}
_SAYS = {
    "amount": "write a number",
    "time": "write a date like 2026-03-31, a time like 2026-03-31T08:00:00+08:00, or milliseconds since the epoch",
    "count": "write a whole number from 1 on",
    "order": f"write one of {', '.join(ORDERS)}",
}


def _told(question: Question, nodes: Mapping[str, tuple[str, str]], given: Mapping[str, object]) -> dict[str, Any]:
    told = {}
    for parameter in question.parameters:
        if parameter.name in nodes:
            name = nodes[parameter.name][0]
            kind, _, key = name.partition(":")
            told[parameter.name] = key if kind == KINDS_OF[parameter.type][0] else name
        elif parameter.name in given:
            told[parameter.name] = given[parameter.name]
    return told
