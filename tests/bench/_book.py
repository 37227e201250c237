"""A heavy-tailed book of a chosen size as canonical tables, for measurements only: its truth is not looked at.

Shared identifiers follow a power law with hubs of up to ten thousand users; guarantees form planted cycles, chains,
joint groups and a large web; transfers fall on busy accounts. One key in a hundred stands twice, one cell in a hundred
of the checked columns is bad.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv as arrow_csv

START = pd.Timestamp("2024-01-01")
HUB = 10_000
RELATIONSHIPS_BUT_TRANSFERS = 9.8
"""How many relationships one applicant brings, its share of companies and guarantees counted, transfers not."""
TRANSFERS = 3.4
"""Transfers for each applicant by default."""


def write_book(folder: Path, relationships: int, seed: int, transfers: float = TRANSFERS) -> None:
    """Write the tables of a book of about so many relationships into a folder.

    Parameters
    ----------
    transfers : for each applicant; they bring no node of their own, so that more of them make the graph denser
    """
    folder.mkdir(parents=True, exist_ok=True)
    random = np.random.default_rng(seed)
    count = int(relationships / (RELATIONSHIPS_BUT_TRANSFERS + transfers))
    companies = count // 4
    applicants = _applicants(random, count)
    _write(folder, "applicants", _dirty(random, applicants, {"mobile": "电话不详"}))
    applications = _applications(random, applicants["applicant_id"].to_numpy())
    _write(folder, "applications", _dirty(random, applications, {"amount": "一万"}))
    _write(folder, "companies", _companies(random, companies))
    loans = pd.DataFrame(
        {
            "loan_id": _ids("L", companies),
            "borrower_id": _ids("C", companies),
            "amount": random.integers(10, 5000, companies) * 10_000,
            "balance": random.integers(1, 1000, companies) * 10_000,
            "disbursed_at": _times(random, companies),
        }
    )
    _write(folder, "loans", loans)
    _write(folder, "guarantees", _dirty(random, _guarantees(random, companies), {"amount": "不详"}))
    _write(folder, "transfers", _dirty(random, _transfers(random, applicants, int(count * transfers)), {"kind": ""}))


def _applicants(random: np.random.Generator, count: int) -> pd.DataFrame:
    surnames, given = np.array(list("王李张刘陈杨黄赵周吴")), np.array(list("伟芳娜敏静丽强磊军洋"))
    return pd.DataFrame(
        {
            "applicant_id": _ids("A", count),
            "name": surnames[random.integers(0, 10, count)].astype(object) + given[random.integers(0, 10, count)],
            "mobile": _digits("13", _shared(random, count, 9), 9),
            "bank_card_no": _digits("62", random.permutation(count), 17),
            "employer": pd.Series(_shared(random, count, 3)).map("单位{}".format),
            "home_address": pd.Series(_shared(random, count, 2)).map("某市某路{}号".format),
            "employer_phone": _digits("15", _shared(random, count, 4), 9),
        }
    )


def _applications(random: np.random.Generator, applicants: np.ndarray) -> pd.DataFrame:
    count = len(applicants)
    return pd.DataFrame(
        {
            "apply_no": _ids("N", count),
            "applicant_id": applicants[random.integers(0, count, count)],
            "apply_time": _times(random, count),
            "channel": pd.Series(random.zipf(1.5, count) % 500).map("渠道{}".format),
            "amount": random.integers(1, 50, count) * 1000,
            "device_id": pd.Series(_shared(random, count, 1)).map("d-{:012d}".format),
            "ip": pd.Series(_shared(random, count, 2)).map(
                lambda n: f"{36 + n % 150}.{n // 150 % 250}.{n // 37500 % 250}.{n % 250}"
            ),
        }
    )


def _companies(random: np.random.Generator, count: int) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "company_id": _ids("C", count),
            "name": pd.Series(np.arange(count)).map("企业{}有限公司".format),
            "group_id": np.where(
                random.random(count) < 0.05, np.char.add("G", (np.arange(count) // 40).astype(str)), ""
            ),
            "net_assets": random.integers(-100, 9000, count) * 10_000,
        }
    )


def _guarantees(random: np.random.Generator, companies: int) -> pd.DataFrame:
    """A third of the companies in small structures, the rest in a heavy-tailed web that points one way."""
    structured = companies // 3
    pairs: list[np.ndarray] = []
    group = np.full(companies * 2, "", dtype=object)
    at = made = 0
    while at < structured - 12:
        size, shape = int(random.integers(2, 8)), int(random.integers(0, 3))
        members = np.arange(at, at + size)
        if shape == 0:
            arcs = np.stack([members, np.roll(members, -1)], axis=1)
        elif shape == 1:
            arcs = np.stack([members[:-1], members[1:]], axis=1)
        else:
            grid = np.array([(a, b) for a in members for b in members if a != b])
            arcs = grid if size >= 3 else grid[:1]
            if size >= 3:
                group[made : made + len(arcs)] = f"J{at}"
        pairs.append(arcs)
        made += len(arcs)
        at += size
    web = companies * 2 - made
    ends = structured + (random.pareto(1.2, (max(web, 0), 2)) * 500).astype(np.int64) % (companies - structured)
    pairs.append(np.sort(ends[ends[:, 0] != ends[:, 1]], axis=1))
    arcs = np.concatenate(pairs)
    count, ids = len(arcs), np.array(_ids("C", companies))
    return pd.DataFrame(
        {
            "contract_id": _ids("K", count),
            "guarantor_id": ids[arcs[:, 0]],
            "borrower_id": ids[arcs[:, 1]],
            "amount": random.integers(10, 5000, count) * 10_000,
            "joint_group_id": np.concatenate([group, np.full(max(count - len(group), 0), "")])[:count],
            "start_date": (START + pd.to_timedelta(random.integers(0, 300, count), "D")).strftime("%Y-%m-%d"),
            "end_date": (START + pd.to_timedelta(random.integers(900, 1500, count), "D")).strftime("%Y-%m-%d"),
        }
    )


def _transfers(random: np.random.Generator, applicants: pd.DataFrame, count: int) -> pd.DataFrame:
    cards = applicants["bank_card_no"].to_numpy()
    return pd.DataFrame(
        {
            "transfer_id": _ids("T", count),
            "from_account": cards[random.integers(0, len(cards), count)],
            "to_account": cards[(random.pareto(1.1, count) * 300).astype(np.int64) % len(cards)],
            "amount": np.round(random.lognormal(7, 1.5, count), 2),
            "time": _times(random, count),
            "kind": random.choice(["transfer", "withdrawal", "消费"], count),
        }
    )


def _shared(random: np.random.Generator, count: int, lonely: int) -> np.ndarray:
    """Whose identifier each holder has: ``lonely`` in ten parts their own, the rest shared, no hub above ``HUB``."""
    values = np.arange(count, dtype=np.int64)
    sharing = np.flatnonzero(random.random(count) > lonely / 10)
    values[sharing] = count + (random.pareto(0.9, len(sharing)) * 20).astype(np.int64) % count
    order = np.argsort(values, kind="stable")
    first = np.searchsorted(values[order], values[order])
    excess = order[np.arange(count) - first >= HUB]
    values[excess] = 2 * count + np.arange(len(excess))
    return values


def _dirty(random: np.random.Generator, frame: pd.DataFrame, bad: dict[str, str]) -> pd.DataFrame:
    """One cell in a hundred of some columns made bad, then one row in a hundred written twice."""
    frame = frame.copy()
    for column, value in bad.items():
        frame[column] = frame[column].astype(object).where(random.random(len(frame)) > 0.01, value)
    twice = frame[random.random(len(frame)) < 0.01]
    return pd.concat([frame, twice], ignore_index=True)


def _ids(letter: str, count: int) -> list[str]:
    return [f"{letter}{number:08d}" for number in range(count)]


def _digits(head: str, numbers: np.ndarray, width: int) -> pd.Series:
    return pd.Series(numbers).map(lambda number: head + str(number).zfill(width))


def _times(random: np.random.Generator, count: int) -> np.ndarray:
    moments = START + pd.to_timedelta(random.integers(0, 700 * 86400, count), "s")
    return moments.strftime("%Y-%m-%d %H:%M:%S").to_numpy()


def _write(folder: Path, table: str, frame: pd.DataFrame) -> None:
    columns = {name: pa.array(frame[name].astype(str)) for name in frame.columns}
    arrow_csv.write_csv(pa.table(columns), folder / f"{table}.csv")
