"""Questions about money: 200 of all kinds in one batch, and all kinds about an account of 200,000 transfers.

    python tests/bench/bench_questions.py [--transfers 250000] [--seed 1]

The book has persons, companies, loans, guarantees, holdings and sign-ins beside its transfers. Transfers and
questions fall on busy accounts more than on others. CPU-seconds are those of the command ``ringfence ask --batch``
without what it takes to start and to open the store, which is told beside them. The hub is measured question by
question in one process.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
import numpy as np
import pandas as pd
from _measured import measured
from ringfence.api.services.questions.asking import ask
from ringfence.api.services.questions.declared import QUESTIONS
from ringfence.api.services.reader import Reader
from ringfence.api.settings import read_settings

ASKED, TARGET, HUB_TARGET = 200, 5.0, 10.0
START, DAYS = 1_704_067_200_000, 365
DAY = 86_400_000
HUB = "a0"


def write_book(folder: Path, transfers: int, seed: int) -> None:
    """The tables of a book; a tenth of the transfers are withdrawals more."""
    random = np.random.default_rng(seed)
    accounts, people = transfers // 10, transfers // 20
    busy = np.floor(accounts * random.random((2, transfers)) ** 3).astype(int)

    def times(count: int) -> np.ndarray:
        return START + random.integers(0, DAYS * DAY, count)

    def some(prefix: str, below: int, count: int) -> np.ndarray:
        return np.char.add(prefix, random.integers(0, below, count).astype(str))

    def write(table: str, /, **columns: object) -> None:
        pd.DataFrame(columns).to_csv(folder / f"{table}.csv", index=False)

    def amounts(count: int) -> np.ndarray:
        return random.lognormal(7, 1.5, count).round(2)

    moves = transfers + transfers // 10
    ends = np.concatenate((busy, random.integers(0, accounts, (2, transfers // 10))), axis=1)
    persons, companies = [[f"{kind}{number}" for number in range(people)] for kind in ("p", "c")]
    loans = [f"L{number}" for number in range(people)]
    write("applicants", applicant_id=persons, name="张三")
    write("companies", company_id=companies, name="甲公司")
    write(
        "transfers",
        from_account=np.char.add("a", ends[0].astype(str)),
        to_account=np.char.add("a", ends[1].astype(str)),
        amount=amounts(moves),
        time=times(moves),
        kind=np.where(np.arange(moves) < transfers, "transfer", "withdrawal"),
    )
    write(
        "account_owners",
        account_no=[f"a{number}" for number in range(accounts)],
        owner_id=np.where(np.arange(accounts) % 3, some("p", people, accounts), some("c", people, accounts)),
        owner_kind=np.where(np.arange(accounts) % 3, "applicant", "company"),
    )
    write(
        "loans",
        loan_id=loans,
        borrower_id=some("p", people, people),
        borrower_kind="applicant",
        amount=amounts(people),
        balance=amounts(people),
        applied_at=times(people),
    )
    write(
        "disbursements",
        loan_id=np.array(loans * 2),
        account_no=some("a", accounts, people * 2),
        amount=amounts(people * 2),
        time=times(people * 2),
    )
    write(
        "repayments",
        payer_account=some("a", accounts, people),
        loan_id=loans,
        amount=amounts(people),
        time=times(people),
    )
    write("devices", device_id=[f"d{number}" for number in range(people)], device_type="POS")
    write(
        "flags",
        entity_kind="device",
        entity_key=[f"d{number}" for number in range(0, people, 10)],
        flag="blacklist",
        source="list",
    )
    write(
        "sign_ins",
        device_id=some("d", people, accounts),
        account_no=some("a", accounts, accounts),
        time=times(accounts),
    )
    write(
        "guarantees",
        guarantor_id=some("p", people, people),
        guarantor_kind="applicant",
        borrower_id=some("p", people, people),
        borrower_kind="applicant",
        start_date=times(people),
    )
    write(
        "holdings",
        holder_id=some("p", people, people),
        holder_kind="applicant",
        company_id=some("c", people, people),
        valid_from=times(people),
    )


def add_hub(folder: Path, transfers: int, seed: int) -> None:
    """One account, of person p0, sends and receives so many transfers, and so do those that it deals with among
    themselves."""
    random = np.random.default_rng(seed)
    other = np.char.add("h", random.integers(0, transfers // 4, transfers).astype(str))
    outward = random.random(transfers) < 0.5
    pairs = np.char.add("h", random.integers(0, transfers // 4, (2, transfers)).astype(str))
    frame = pd.DataFrame(
        {
            "from_account": np.concatenate((np.where(outward, HUB, other), pairs[0])),
            "to_account": np.concatenate((np.where(outward, other, HUB), pairs[1])),
            "amount": random.lognormal(7, 1.5, transfers * 2).round(2),
            "time": START + random.integers(0, DAYS * DAY, transfers * 2),
            "kind": np.where(random.random(transfers * 2) < 0.9, "transfer", "withdrawal"),
        }
    )
    frame.to_csv(folder / "transfers.csv", index=False)
    owners = {"account_no": [HUB, "h1"], "owner_id": ["p0", "c0"], "owner_kind": ["applicant", "company"]}
    pd.DataFrame(owners).to_csv(folder / "account_owners.csv", index=False)
    pd.DataFrame({"applicant_id": ["p0", "p1"], "name": "张三"}).to_csv(folder / "applicants.csv", index=False)
    pd.DataFrame({"company_id": ["c0"], "name": ["甲公司"]}).to_csv(folder / "companies.csv", index=False)
    loan = {"loan_id": ["L0"], "borrower_id": ["p0"], "borrower_kind": ["applicant"], "amount": [1e6]}
    pd.DataFrame(loan).to_csv(folder / "loans.csv", index=False)
    paid = {"loan_id": ["L0"], "account_no": [HUB], "amount": [1e6], "time": [START + DAY]}
    pd.DataFrame(paid).to_csv(folder / "disbursements.csv", index=False)


def params(number: str, random: np.random.Generator, below: dict[str, int], days: int) -> dict:
    """Parameters of a question about random nodes, within a window of so many days."""
    prefix = {"account": "a", "person": "p", "loan": "L"}
    start = START - 1 + int(random.integers(0, DAYS - days + 1)) * DAY
    given: dict = {"start": start, "end": start + days * DAY}
    for parameter in QUESTIONS[number].parameters:
        if parameter.type in prefix:
            number_of = int(below[parameter.type] * random.random() ** 3)
            given[parameter.name] = f"{prefix[parameter.type]}{number_of}"
        elif parameter.type == "amount":
            given[parameter.name] = 0.01 if number == "tcr8" else 500
    return given


def load(book: Path, home: Path) -> str:
    """Load a book into a store, build its snapshot, and give the store's URL."""
    url = f"sqlite:///{home / (book.name + '.db')}"
    command = Path(sys.executable).with_name("ringfence")
    measured(str(command), "load", str(book), "--mapping", str(home / "plain.toml"), "--store", url)
    nothing(url, home)
    return url


def nothing(url: str, home: Path) -> float:
    """CPU-seconds of the command where it asks nothing but opens store and snapshot."""
    (home / "none.jsonl").write_text('{"question": "none", "params": {}}\n', "utf-8")
    return batch(url, home / "none.jsonl")[1]


def batch(url: str, file: Path) -> tuple[list[dict], float]:
    """The answers of a batch, and its CPU-seconds."""
    command = str(Path(sys.executable).with_name("ringfence"))
    output, seconds, _ = measured(command, "ask", "--batch", str(file), "--store", url)
    return [json.loads(line) for line in output.splitlines()], seconds


def many(home: Path, transfers: int, seed: int) -> bool:
    """Ask 200 questions at once; whether they stay within the target."""
    folder = home / "book"
    folder.mkdir()
    write_book(folder, transfers, seed)
    url, random = load(folder, home), np.random.default_rng(seed)
    below = {"account": transfers // 10, "person": transfers // 20, "loan": transfers // 20}
    numbers = [list(QUESTIONS)[place % len(QUESTIONS)] for place in range(ASKED)]
    lines = [
        {"question": number, "params": params(number, random, below, (30, 90, 365)[place % 3])}
        for place, number in enumerate(numbers)
    ]
    (home / "asked.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    opening = nothing(url, home)
    told, seconds = batch(url, home / "asked.jsonl")
    answered = [answer for answer in told if "error" not in answer]
    found = sum(answer["result"] not in ([], -1, [0, 0], [-1, -1, -1], [0, 0, -1], 0) for answer in answered)
    cut = sum(bool(answer["truncated"]) for answer in answered)
    print(
        f"{transfers:,} transfers: {len(answered)} of {ASKED} answered, {found} with something found, {cut} cut short"
    )
    print(f"  {seconds - opening:.2f} CPU-s after opening (opening {opening:.2f}), target {TARGET}")
    return seconds - opening <= TARGET


def hub(home: Path, transfers: int, seed: int) -> bool:
    """Ask every question about an account of many transfers; whether each ends within the target."""
    folder = home / "hub"
    folder.mkdir()
    add_hub(folder, transfers, seed)
    reader = Reader(read_settings(store=load(folder, home)))
    slowest = 0.0
    nodes = {"account": HUB, "person": "p0", "loan": "L0"}
    for number, question in QUESTIONS.items():
        given: dict = {"start": START - 1, "end": START + DAYS * DAY}
        for parameter in question.parameters:
            if parameter.type in nodes:
                given[parameter.name] = (
                    "h1" if parameter.name == "id2" and number in ("tcr3", "tcr4") else nodes[parameter.type]
                )
            elif parameter.type == "amount":
                given[parameter.name] = 0
        begin = time.process_time()
        told = ask(reader, number, given)
        seconds = time.process_time() - begin
        slowest = max(slowest, seconds)
        size = len(told["result"]) if question.shape in ("rows", "paths") else told["result"]
        print(f"  {number:<6}{seconds:7.2f} CPU-s, {size} found, {told['truncated'] or 'nothing cut'}")
    reader.close()
    print(f"account of {transfers:,} transfers: {slowest:.2f} CPU-s at most, target {HUB_TARGET}")
    return slowest <= HUB_TARGET


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--transfers", type=int, default=250_000)
    parser.add_argument("--hub", type=int, default=200_000, help="transfers of the hub")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        os.environ["RINGFENCE_KEY_FILE"] = str(home / "keys.json")
        (home / "plain.toml").write_text('[privacy]\ndefault = "internal"\n', "utf-8")
        good = [many(home, given.transfers, given.seed), hub(home, given.hub, given.seed)]
    sys.exit(not all(good))


if __name__ == "__main__":
    main()
