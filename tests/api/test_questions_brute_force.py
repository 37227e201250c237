"""All questions on random small books, against plain loops over the rows. The seed of a failure is printed."""

import numpy as np
import pytest
from oracles.questions import ORACLES
from ringfence.api.services.questions.asking import ANSWERS
from ringfence.api.services.questions.steps import Steps
from support.question_books import random_book, random_questions, snapshot


@pytest.mark.parametrize("seed", range(60))
def test_every_answer_is_that_of_brute_force(seed):
    book = random_book(seed)
    shot = snapshot(book)
    for draw in range(3):
        for number, params in random_questions(book, [seed, draw]):
            given = dict(params)
            steps = Steps(shot, given.pop("start"), given.pop("end"))
            for name in given.keys() & {"id", "id1", "id2"}:
                kind = "loan" if number == "tcr8" else "account"
                given[name] = shot.find(given[name] if ":" in given[name] else f"{kind}:{given[name]}")
            expected = ORACLES[number](book, **params)
            assert ANSWERS[number](steps, **given) == expected, f"seed {seed}, {number} {params}"
            assert steps.truncated() == []


def test_the_random_questions_are_no_empty_ones():
    told = dict.fromkeys(ORACLES, 0)
    for seed in range(60):
        book = random_book(seed)
        for number, params in random_questions(book, [seed, 0]):
            found = ORACLES[number](book, **params)
            told[number] += bool(np.any(np.array(found, dtype=object).ravel() != 0)) and found != -1 and found != []
    assert min(told.values()) >= 3, told
