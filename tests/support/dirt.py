"""A book made dirty as real ones are: of every column, a share of cells gets every kind of dirt that it can have.

Dirt is text, so that every format can hold it. Some is another spelling of the same value, some makes it unreadable,
some is a sentinel; what comes of it is for the loader to say, the same in every format.
"""

from __future__ import annotations

import random
from collections.abc import Callable

import pandas as pd
from ringfence.loaders.schema.tables import TABLES

Dirt = Callable[[str], str]

WIDE = {ord(character): ord(character) + 0xFEE0 for character in "0123456789ABCDEFXabcdefx+-.:/"}
ANY: dict[str, Dirt] = {
    "blank": lambda text: "",
    "blanks around": lambda text: f" \u3000{text}\t",
    "marks nobody sees": lambda text: f"\u202d{text}\u202c",
}
DIGITS: dict[str, Dirt] = {
    "full width": lambda text: text.translate(WIDE),
    "rounded by a spreadsheet": lambda text: "1.1E+17",
    "as text for a spreadsheet": lambda text: f'="{text}"',
    "apostrophe": lambda text: f"'{text}",
    "failed formula": lambda text: "#N/A",
    "zeros": lambda text: "0" * len(text),
    "nothing said": lambda text: "无",
    "cut short": lambda text: text[:-1],
}
KIND: dict[str, dict[str, Dirt]] = {
    "phone": {
        "+86": lambda text: f"+86 {text}",
        "0086": lambda text: f"0086-{text}",
        "grouped": lambda text: f"{text[:3]} {text[3:7]} {text[7:]}",
        "from the form's example": lambda text: "13800138000",
        "the words of a form": lambda text: "本人",
        "hotline": lambda text: "95588",
    },
    "id_document": {
        "lower": str.lower,
        "of 15 digits": lambda text: text[:6] + text[8:17] if len(text) == 18 and text[6:8] == "19" else text,
        "wrong check digit": lambda text: text[:-1] + ("0" if text[-1:] != "0" else "1"),
        "residence permit": lambda text: "810000199408230021",
        "rural collective": lambda text: "N2110105MF0000001U",
    },
    "account": {
        "grouped": lambda text: " ".join(text[start : start + 4] for start in range(0, len(text), 4)),
        "luhn": lambda text: text[:-1] + str((int(text[-1]) + 1) % 10) if text[-1:].isdigit() else text,
    },
    "device": {"upper": str.upper},
    "ip": {
        "v6": lambda text: "2001:DB8:0:1::9",
        "mapped": lambda text: f"::ffff:{text}",
        "no ip": lambda text: "1.2.3.999",
    },
    "wifi": {"dashes": lambda text: text.replace(":", "-").upper(), "hidden": lambda text: "02:00:00:00:00:00"},
    "address": {"commas": lambda text: "，".join(text.split("路", 1)), "the same": lambda text: "同身份证"},
    "email": {"upper": str.upper, "none": lambda text: "abc"},
    "employer": {"no employer": lambda text: "自由职业"},
}
TIMES: dict[str, Dirt] = {
    "slashes": lambda text: text.replace("-", "/"),
    "no time": lambda text: "2026-02-30",
    "words": lambda text: "上月",
    "serial": lambda text: "46023.5",
    "compact": lambda text: text[:10].replace("-", ""),
    "future": lambda text: "2099-01-01",
    "zone": lambda text: f"{text}+08" if ":" in text else text,
}
NUMBERS: dict[str, Dirt] = {
    "commas": lambda text: _number(text, ",.2f"),
    "full width": lambda text: text.translate(WIDE),
    "scientific": lambda text: _number(text, "E"),
    "words": lambda text: "约一万",
    "failed formula": lambda text: "#DIV/0!",
}
WORDS: dict[str, Dirt] = {"unknown": lambda text: "其他情况", "upper": str.upper}
NAMES: dict[str, Dirt] = {"unknown": lambda text: "X-404", "rounded by a spreadsheet": lambda text: "1.1E+17"}


def kinds_of_dirt(column) -> dict[str, Dirt]:
    """What may befall a column, by name."""
    by_type = {"time": TIMES, "number": NUMBERS, "integer": NUMBERS, "choice": WORDS, "party": NAMES, "ref": NAMES}
    if column.type == "identifier":
        digits = DIGITS if column.kind in ("phone", "id_document", "account", "device") else {}
        return ANY | digits | KIND.get(column.kind, {})
    return ANY | by_type.get(column.type, {})


def dirty(book: dict[str, pd.DataFrame], share: float, seed: int) -> dict[str, pd.DataFrame]:
    """The book with ``share`` of the rows of each table hit in each column by every kind of dirt, and as many rows
    twice, once alike and once with a cell left blank."""
    rng = random.Random(seed)
    result = {}
    for table, frame in book.items():
        rows = frame.to_dict("records")
        count = min(len(rows), max(1, round(share * len(rows))))
        columns = [column for column in TABLES[table].columns if column.name in frame]
        for column in columns:
            for spoil in kinds_of_dirt(column).values():
                for row in rng.sample(rows, count):
                    row[column.name] = spoil(row[column.name])
        alike, other = ([dict(row) for row in rng.sample(rows, count)] for _ in range(2))
        free = [column.name for column in columns if not column.required]
        for row in other if free else []:
            row[rng.choice(free)] = ""
        result[table] = pd.DataFrame([*rows, *alike, *other], columns=frame.columns)
    return result


def _number(text: str, form: str) -> str:
    try:
        return format(float(text), form)
    except ValueError:  # dirty already
        return text
