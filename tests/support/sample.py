"""Synthetic books as tests read them: raw tables by name, and their truth."""

import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pandas as pd
from ringfence.graph.snapshot import GraphView
from ringfence.graph.store import open_store
from ringfence.loaders import load
from ringfence.loaders.sample import write_sample
from ringfence.loaders.sources import open_source


@contextmanager
def sample_view(folder: Path, applicants: int, seed: int, setting: str = "default") -> Iterator[GraphView]:
    """A synthetic book, written into a folder and loaded into a store there, at its data date; while it is open."""
    write_sample(folder / "book", applicants, seed, setting)
    with closing(open_store(f"sqlite:///{folder}/book.db")) as store:
        load(store, open_source(str(folder / "book"), None))
        yield store.snapshot().at(store.data_date())


def tables(folder: Path) -> dict[str, pd.DataFrame]:
    """Every table of a book as text, blanks as ``""``."""
    return {path.stem: pd.read_csv(path, dtype=str, keep_default_na=False) for path in sorted(folder.glob("*.csv"))}


def truth(folder: Path) -> dict:
    """What the book says is in it."""
    return json.loads((folder / "truth.json").read_text("utf-8"))


def keys(scheme: dict, kind: str = "applicant", role: str | None = None) -> list[str]:
    """The numbers of a scheme's members of one kind, and of one role where it is named."""
    members = [member for member in scheme["members"] if role in (None, member["role"])]
    return [member["node"].partition(":")[2] for member in members if member["node"].startswith(f"{kind}:")]


def things(book: dict[str, pd.DataFrame]) -> dict[str, set[tuple[str, str]]]:
    """What each applicant has, as ``(sort, value)``: what two people may share without knowing it or each other."""
    found: dict[str, set[tuple[str, str]]] = {key: set() for key in book["applicants"]["applicant_id"]}

    def gather(frame: pd.DataFrame, owner: str, columns: dict[str, str]) -> None:
        for column, sort in columns.items():
            for key, value in zip(frame[owner], frame[column], strict=True):
                if value and key in found:
                    found[key].add((sort, value))

    stated = {"mobile": "phone", "bank_card_no": "account", "home_address": "home", "employer": "employer"}
    gather(book["applicants"], "applicant_id", {**stated, "employer_phone": "phone"})
    used = {"device_id": "handset", "imei": "handset", "ip": "ip", "wifi_bssid": "wifi"}
    gather(book["applications"], "applicant_id", used)
    gather(book["contacts"], "applicant_id", {"contact_mobile": "phone"})
    gather(book["loans"], "borrower_id", {"account_no": "account"})
    paid = book["repayments"].merge(book["loans"][["loan_id", "borrower_id"]], on="loan_id")
    gather(paid, "borrower_id", {"payer_account": "account"})
    parts = book["disbursements"].merge(book["loans"][["loan_id", "borrower_id"]], on="loan_id")
    gather(parts, "borrower_id", {"account_no": "account"})
    return found
