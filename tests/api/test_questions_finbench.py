"""All questions on LDBC FinBench's own sample, loaded by its mapping, against plain loops over its files."""

from pathlib import Path

import numpy as np
import pytest
from oracles.questions import ORACLES
from ringfence.api.services.questions.asking import ask
from ringfence.api.services.reader import Reader
from ringfence.api.settings import Settings
from ringfence.graph.store import open_store
from ringfence.loaders import load
from ringfence.loaders.schema.mapping import load_mapping
from support.question_books import DAY, sample_book

SAMPLE = Path(__file__).resolve().parents[1] / "data" / "finbench-driver-example"


@pytest.fixture(scope="module")
def book():
    """The sample's rows."""
    return sample_book(SAMPLE)


@pytest.fixture(scope="module")
def reader(tmp_path_factory):
    """The sample, loaded."""
    url = f"sqlite:///{tmp_path_factory.mktemp('finbench') / 'store.db'}"
    store = open_store(url)
    load(store, SAMPLE, load_mapping("finbench"))
    store.close()
    reader = Reader(Settings(store=url))
    yield reader
    reader.close()


def drawn(book, number, random):
    """Parameters of a question that something happened about, as the sample names it. Windows are short where brute
    force looks at every transfer in them again and again."""

    def one(rows):
        return rows[int(random.integers(len(rows)))]

    def around(time, days):
        return {"start": time - days * DAY // 2, "end": time + days * DAY // 2}

    owner = {account: party for party, account in book.owners if party.startswith("applicant:")}
    transfer, withdrawal, deposit = one(book.transfers), one(book.withdrawals), one(book.deposits)
    match number:
        case "tcr1":
            blocked = {account for medium, account, _ in book.sign_ins if book.media[medium][1]}
            transfer = one([row for row in book.transfers if row[1] in blocked])
            return {"id": transfer[0], **around(transfer[3], 240)}
        case "tcr2":
            paid = {account for _, account, _, _ in book.deposits}
            transfer = one([row for row in book.transfers if row[1] in owner and row[0] in paid])
            return {"id": owner[transfer[1]], **around(transfer[3], 40)}
        case "tcr3":
            return {"id1": transfer[0], "id2": one(book.transfers)[1], **around(transfer[3], 120)}
        case "tcr4":
            ahead = {}
            for source, target, *_ in book.transfers:
                ahead.setdefault(source, {})[target] = True
            pairs = [(source, target) for source, near in ahead.items() for target in near if source != target]
            back = [pair for pair in pairs if any(pair[0] in ahead.get(third, ()) for third in ahead.get(pair[1], ()))]
            first, second = one(back)
            return {"id1": first, "id2": second, "start": 0, "end": 2**42}
        case "tcr5":
            transfer = one([row for row in book.transfers if row[0] in owner])
            return {"id": owner[transfer[0]], **around(transfer[3], 120)}
        case "tcr6":
            return {"id": withdrawal[1], "threshold1": 1e4, "threshold2": 1e4, "start": 0, "end": 2**42}
        case "tcr7" | "tcr9":
            return {"id": transfer[0], "threshold": 1e4, **around(transfer[3], 120)}
        case "tcr8":
            return {"id": deposit[0], "threshold": 0.05, **around(deposit[3], 120)}
        case "tcr10":
            person, company, _ = one(book.invested)
            others = [row[0] for row in book.invested if row[1] == company]
            return {"id1": person, "id2": others[-1], "start": 0, "end": 2**42}
        case "tcr11":
            person = one([row[0] for row in book.guarantees if row[0].startswith("applicant:")])
            return {"id": person, "start": 0, "end": 2**42}
        case _:
            transfer = one([row for row in book.transfers if row[0] in owner])
            return {"id": owner[transfer[0]], **around(transfer[3], 120)}


@pytest.mark.parametrize("number", ORACLES)
def test_the_sample_is_answered_as_brute_force_does(number, book, reader):
    found = []
    for seed in range(4):
        params = drawn(book, number, np.random.default_rng(seed))
        expected = ORACLES[number](book, **params)
        given = {name: str(value).removeprefix("applicant:") for name, value in params.items()}
        given |= {name: params[name] for name in ("start", "end")}
        told = ask(reader, number, given)
        assert told["result"] == expected, f"seed {seed}: {number} {params}"
        assert (told["question"], told["params"], told["truncated"]) == (number, told["params"] | given, [])
        found.append(expected)
    assert any(answer not in ([], -1, 0, [0, 0], [-1, -1, -1]) for answer in found), found
