"""The questions that can be asked, and what each takes: the one place that help, documentation and checks come from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Type = Literal["account", "person", "loan", "amount", "time", "count", "order"]
KINDS: dict[str, tuple[str, ...]] = {
    "account": ("account",),
    "person": ("applicant", "company"),
    "loan": ("loan",),
}
"""The kinds of node that a parameter may name; a key without a kind is of the first."""
ORDERS = ("time-ascending", "time-descending", "amount-ascending", "amount-descending")


@dataclass(frozen=True)
class Parameter:
    """What a question takes.

    Attributes
    ----------
    says : what it is, as a sentence without its full stop
    required : whether the question cannot be asked without it
    """

    name: str
    type: Type
    says: str
    required: bool = True


@dataclass(frozen=True)
class Question:
    """What can be asked.

    Attributes
    ----------
    number : as the benchmark counts it, such as ``tcr4``; a word where the benchmark does not ask it
    name : a readable one
    answers : what the answer is
    when : when an investigator asks it
    columns : of the rows of the answer; of the one row, where ``rows`` says so; of the value, where there is one alone
    shape : ``rows``, one ``row``, one ``value``, or ``paths``, whose rows are the accounts in their order
    """

    number: str
    name: str
    answers: str
    when: str
    parameters: tuple[Parameter, ...]
    columns: tuple[str, ...]
    shape: Literal["rows", "row", "value", "paths"] = "rows"

    @property
    def nodes(self) -> tuple[Parameter, ...]:
        """The parameters that name a node."""
        return tuple(parameter for parameter in self.parameters if parameter.type in KINDS)


_START = Parameter("start", "time", "only what happened after this time: ISO, or milliseconds since the epoch")
_END = Parameter("end", "time", "only what happened before this time")
_LIMIT = Parameter("limit", "count", "at each step, follow only so many rows of a node; off by default", required=False)
_ORDER = Parameter(
    "order", "order", f"which rows a limit keeps, the first in this order: {', '.join(ORDERS)}", required=False
)
_ALWAYS = (_START, _END, _LIMIT, _ORDER)
_THRESHOLD = Parameter("threshold", "amount", "only amounts above this")


def _account(name: str = "id", says: str = "the account") -> Parameter:
    return Parameter(name, "account", says)


def _person(name: str = "id", says: str = "the person, or company:ID") -> Parameter:
    return Parameter(name, "person", says)


_QUESTIONS = (
    Question(
        "tcr1",
        "blocked-device-nearby",
        "accounts reached by 1 to 3 transfers in order of time that a blacklisted device signed in to",
        "A payment looks odd: does the money end at accounts that a blacklisted device operates?",
        (_account(), *_ALWAYS),
        ("account", "distance", "device", "device type"),
    ),
    Question(
        "tcr2",
        "loans-behind-person",
        "accounts from which money came to the person by 1 to 3 transfers in order of time, and the loans that were "
        "paid into them",
        "A person lives on transfers: whose loans feed them?",
        (_person(), *_ALWAYS),
        ("account", "amount of loans", "balance of loans"),
    ),
    Question(
        "tcr3",
        "shortest-transfer-path",
        "how many transfers lead from the one account to the other at least; -1 if none do, 0 to itself",
        "Two accounts are suspected of belonging together: how close are they by money?",
        (_account("id1", "the account that money leaves"), _account("id2", "the account it reaches"), *_ALWAYS),
        ("transfers",),
        "value",
    ),
    Question(
        "tcr4",
        "transfer-triangle",
        "accounts that close a triangle of transfers, with number, sum and greatest of the transfers on both sides",
        "One account paid another: who took the money on and brought it back?",
        (_account("id1", "the account that paid"), _account("id2", "the account that was paid"), *_ALWAYS),
        ("account", "to id1", "sum", "greatest", "from id2", "sum", "greatest"),
    ),
    Question(
        "tcr5",
        "transfer-traces",
        "the paths of 1 to 3 transfers in order of time from the person's accounts, no account twice",
        "A suspect's money has left: over which accounts did it go?",
        (_person(), *_ALWAYS),
        ("accounts",),
        "paths",
    ),
    Question(
        "tcr6",
        "pooled-withdrawal",
        "accounts that withdrew to the card and had received more than 3 transfers, with the sums of both",
        "Cash is drawn on one card: which accounts collected from many and passed it there?",
        (
            _account("id", "the card account that was withdrawn to"),
            Parameter("threshold1", "amount", "only transfers received above this"),
            Parameter("threshold2", "amount", "only withdrawals above this"),
            *_ALWAYS,
        ),
        ("account", "received", "withdrawn"),
    ),
    Question(
        "tcr7",
        "in-out-ratio",
        "number of sources and of destinations of the account's transfers, and what came in by what went out; -1 if "
        "nothing went out",
        "Is this account a pass-through, which pays out what it takes in, or a collector?",
        (_account(), _THRESHOLD, *_ALWAYS),
        ("sources", "destinations", "in / out"),
        "row",
    ),
    Question(
        "tcr8",
        "trace-after-loan",
        "accounts downstream of the loan by up to 3 transfers or withdrawals, each above a share of what flowed into "
        "its source: what these brought the account by the loan's amount, and the least distance from the loan, whose "
        "own payment is step 1",
        "A loan was paid out: where did the bulk of it end, and how much of it?",
        (
            Parameter("id", "loan", "the loan"),
            Parameter("threshold", "amount", "only amounts above this share of all that flowed into their source"),
            *_ALWAYS,
        ),
        ("account", "inflow / loan", "distance"),
    ),
    Question(
        "tcr9",
        "loan-turnover",
        "what loans paid in by what was repaid, the same by what was transferred out, and transfers in by transfers "
        "out; -1 if there is nothing to divide by",
        "Does an account live on loans: is one repaid by the next, or passed on at once?",
        (_account(), _THRESHOLD, *_ALWAYS),
        ("loans / repaid", "loans / out", "in / out"),
        "row",
    ),
    Question(
        "tcr10",
        "co-investors",
        "how alike the companies are that two persons invested in: those of both by those of either; 0 if there are "
        "none",
        "Two persons deny knowing each other: do they invest together?",
        (_person("id1", "one person, or company:ID"), _person("id2", "the other"), *_ALWAYS),
        ("similarity",),
        "value",
    ),
    Question(
        "tcr11",
        "guarantee-chain",
        "the sum of the loans applied for by everyone along the guarantees from the person to the end of the chain, "
        "and how many",
        "A guarantor is called upon: how much debt hangs on the chain behind the guarantee?",
        (_person(), *_ALWAYS),
        ("amount of loans", "loans"),
        "row",
    ),
    Question(
        "tcr12",
        "paid-to-companies",
        "accounts of companies that the person's accounts transferred to, with the sum",
        "A borrower's money goes to companies: to which, and how much?",
        (_person(), *_ALWAYS),
        ("account", "sum"),
    ),
    Question(
        "cycles",
        "money-cycles",
        "transfers in strict order of time by which money comes back to the account where it began, no account twice, "
        "each cycle once: how many transfers, the first and the last time, the least amount, the accounts",
        "Turnover looks made up: between which accounts does money only go round?",
        (
            Parameter("shortest", "count", "fewest transfers of a cycle"),
            Parameter("longest", "count", "most transfers of a cycle, up to 16"),
            Parameter("days", "amount", "most days from the first transfer to the last"),
            _START,
            _END,
        ),
        ("transfers", "first", "last", "least amount", "accounts"),
    ),
)

QUESTIONS = {question.number: question for question in _QUESTIONS}
"""All questions by number."""
BY_NAME = {**QUESTIONS, **{question.name: question for question in _QUESTIONS}}
"""The same, by readable name as well."""


def _meanings() -> dict[str, str]:
    said: dict[str, dict[str, None]] = {}
    for question in _QUESTIONS:
        for parameter in question.parameters:
            said.setdefault(parameter.name, {})[parameter.says] = None
    return {name: f"{(text := '; '.join(says))[0].upper()}{text[1:]}." for name, says in said.items()}


MEANINGS = _meanings()
"""What each parameter is, in all that it is to some question, as a sentence."""
