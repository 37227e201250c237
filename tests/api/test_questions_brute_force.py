"""All questions on random small books, against plain loops over the rows. The seed of a failure is printed."""

from dataclasses import replace

import numpy as np
import pytest
from oracles.questions import ORACLES, by_id
from ringfence.api.services.questions.asking import ANSWERS
from ringfence.api.services.questions.steps import Steps
from support.question_books import random_book, random_questions, snapshot

NODES = {"id", "id1", "id2"}


@pytest.mark.parametrize("seed", range(60))
def test_every_answer_is_that_of_brute_force(seed):
    book = random_book(seed)
    shot = snapshot(book)
    for draw in range(3):
        for number, params in random_questions(book, [seed, draw]):
            given = dict(params)
            steps = Steps(shot, given.pop("start"), given.pop("end"))
            for name in given.keys() & NODES:
                kind = "loan" if number == "tcr8" else "account"
                given[name] = shot.find(given[name] if ":" in given[name] else f"{kind}:{given[name]}")
            expected = ORACLES[number](book, **params)
            assert ANSWERS[number](steps, **given) == expected, f"seed {seed}, {number} {params}"
            assert steps.truncated() == []


def kept(transfers, limit, start, end):
    """The latest transfers out of each account within a window, equal ones by amount and then by id."""
    within = [row for row in transfers if start < row[3] < end]
    order = sorted(within, key=lambda row: (-row[3], row[2], by_id(row[1])))
    return [row for row in order if sum(other[0] == row[0] for other in order[: order.index(row)]) < limit]


@pytest.mark.parametrize("seed", range(40))
def test_a_limit_answers_as_if_the_book_had_no_other_rows(seed):
    book = random_book(seed)
    book.transfers = sorted(set(book.transfers))
    shot = snapshot(book)
    for number, params in random_questions(book, [seed, 5]):
        for limit in (1, 2) if number in ("tcr3", "tcr5") else ():
            cut = replace(book, transfers=kept(book.transfers, limit, params["start"], params["end"]))
            ids = {name: key if ":" in key else f"account:{key}" for name, key in params.items() if name in NODES}
            steps = Steps(shot, params["start"], params["end"], limit)
            expected = ORACLES[number](cut, **params)
            assert ANSWERS[number](steps, **{name: shot.find(key) for name, key in ids.items()}) == expected, (
                seed,
                number,
                params,
            )


def test_the_random_questions_are_no_empty_ones():
    told = dict.fromkeys(ORACLES, 0)
    for seed in range(60):
        book = random_book(seed)
        for number, params in random_questions(book, [seed, 0]):
            found = ORACLES[number](book, **params)
            told[number] += bool(np.any(np.array(found, dtype=object).ravel() != 0)) and found != -1 and found != []
    assert min(told.values()) >= 3, told
