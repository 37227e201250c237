"""What headers and names of files say: the reviewed words, folded, by table and column."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from ..schema.tables import TABLES
from .folding import fold, lexicon, spelled, tokens

CANONICAL, WORD, VAGUE, NAMED, PART, INSTEAD, NOTHING = 6, 5, 4, 3, 2, 1, 0
"""How well a header means a column: its own name; a word for it alone; a word that needs the table; the name of the
party whose number is meant; a word for it beside others; not it, but what can stand for it; not at all."""


@dataclass(frozen=True)
class Words:
    """The folded words of one table.

    Attributes
    ----------
    columns : by column and strength, the words
    files, verbs : words in the name of a file; verbs say more
    """

    columns: Mapping[str, Mapping[int, frozenset[str]]]
    files: frozenset[str]
    verbs: frozenset[str]


@cache
def table_words() -> dict[str, Words]:
    """The words of every canonical table."""
    listed = lexicon()
    return {table: _table(table, listed.get(table, {})) for table in TABLES}


def _table(table: str, listed: Mapping) -> Words:
    columns: dict[str, dict[int, frozenset[str]]] = {name: {} for name in TABLES[table].all_columns}
    for part, strength in (("words", WORD), ("vague", VAGUE), ("named", NAMED)):
        for column, patterns in listed.get(part, {}).items():
            columns[column][strength] = _folded(patterns)
    for name, held in columns.items():
        held[WORD] = held.get(WORD, frozenset()) | ({fold(name)} - held.get(VAGUE, frozenset()))
    return Words(columns, _folded(listed.get("files", [])) | {fold(table)}, _folded(listed.get("verbs", [])))


def _folded(patterns: Iterable[str]) -> frozenset[str]:
    return frozenset(fold(word) for pattern in patterns for word in spelled(pattern))


@cache
def never() -> dict[str, str]:
    """Folded headers that no column takes, with what they hold."""
    return {word: what for what, patterns in lexicon()["never"].items() for word in _folded(patterns)}


@cache
def blocked() -> dict[str, str]:
    """Folded headers of yes or no, with the flag that yes means."""
    return {word: flag for flag, patterns in lexicon()["blocked"].items() for word in _folded(patterns)}


@cache
def known() -> frozenset[str]:
    """Every folded word that means a column of some table, or that no column takes."""
    of_tables = (
        words for table in table_words().values() for column in table.columns.values() for words in column.values()
    )
    return frozenset().union(*of_tables, never(), blocked())


@cache
def tables_of(word: str) -> int:
    """In how many tables a folded header is a word for a column."""
    return sum(
        any(
            word in words for column in table.columns.values() for strength, words in column.items() if strength >= WORD
        )
        for table in table_words().values()
    )


def strength(header: str, table: str, column: str) -> int:
    """How well a header means a column of a table."""
    word = fold(header)
    held = table_words()[table].columns[column]
    if _bare(header) == _bare(column):
        return CANONICAL
    exact = max((level for level, words in held.items() if word in words), default=NOTHING)
    if exact or word in never() or word in blocked():
        return exact
    exacts = held[WORD]
    if f"{word}id" in exacts or f"{word}号" in exacts:
        return PART
    return PART if any(_beside(header, word, other) for other in exacts) else NOTHING


_HEADS = {
    "account": ("account", "card", "账号", "账户", "卡号", "账户号"),
    "device": ("device", "terminal", "设备", "设备号", "终端", "终端号"),
    "phone": ("phone", "mobile", "电话", "手机", "手机号"),
    "address": ("address", "地址", "住址"),
    "time": ("time", "date", "timestamp", "日"),
    "number": ("amount", "额"),
}
"""The noun at the end of a header, by what it is a noun for."""


def head(header: str) -> str | None:
    """What a header is about by its last noun, where no word in it turns it to something else.

    >>> head("划扣账号"), head("settle_acct"), head("更新时间"), head("配偶手机号")
    ('account', 'account', None, None)
    """
    word, parts = fold(header), tokens(header)
    if word in never() or word in known() or turned(header):
        return None
    last = [part for part in parts if part != "id"][-1:]
    ascii_only = header.isascii()
    return next(
        (
            what
            for what, nouns in _HEADS.items()
            if (last and last[0] in nouns if ascii_only else any(word.endswith(noun) for noun in nouns))
        ),
        None,
    )


def turned(header: str) -> bool:
    """Whether a word in a header makes it speak of something or somebody else."""
    word, parts = fold(header), tokens(header)
    others = lexicon()["other"]["words"]
    return any(other in parts if other.isascii() else other in word for other in others)


def _bare(header: str) -> str:
    return re.sub(r"[\W_]+", "", header).lower()


def _beside(header: str, word: str, other: str) -> bool:
    """Whether a header is a listed word with nothing beside it but words that say nothing of their own."""
    if len(other) < (2 if not other.isascii() else 4) or other not in word or word == other:
        return False
    before, _, after = word.partition(other)
    rest = [part for part in (before, after) if part]
    if not other.isascii() or not word.isascii():
        return all(_filler(part) for part in rest)
    return all(part in _fillers() or part.isdigit() for part in _left(header, other))


def _left(header: str, other: str) -> list[str]:
    """The English words of a header that are not the listed one."""
    parts = tokens(header)
    for start in range(len(parts)):
        for end in range(start + 1, len(parts) + 1):
            if "".join(parts[start:end]) == other:
                return parts[:start] + parts[end:]
    return ["?"]


def _filler(text: str) -> bool:
    for word in sorted(_fillers(), key=len, reverse=True):
        text = text.replace(word, "")
    return not text or text.isdigit() or text in ("一", "二", "三", "号", "名", "日")


@cache
def _fillers() -> frozenset[str]:
    return frozenset(lexicon()["other"]["filler"])


def file_strength(name: str, table: str) -> int:
    """How well the name of a file or sheet means a table: 3 all of it, 2 a verb in it, 1 a noun in it, 0 not at all.

    >>> file_strength("loans_2024", "loans"), file_strength("AccountRepayLoan", "repayments")
    (3, 2)
    """
    words = table_words()[table]
    bare = re.sub(r"[\d\W_]+$|^[\d\W_]+", "", name)
    whole = fold(bare)
    stripped = re.sub(r"^(?:t|tb|tbl|ods|dwd|dim|fact|dw|v)(?=[^a-z]|$)|(?:表|清单|明细|数据|信息)$", "", bare.lower())
    if {whole, fold(stripped), fold(re.sub(r"[\d年月日季度\-_]+", "", bare))} & words.files:
        return 3
    if _inside(name, words.verbs):
        return 2
    return 1 if _inside(name, words.files) else 0


def _inside(name: str, words: Iterable[str]) -> bool:
    parts = tokens(name)
    runs = {"".join(parts[start:end]) for start in range(len(parts)) for end in range(start + 1, len(parts) + 1)}
    whole = fold(name)
    return any(word in runs if word.isascii() else word in whole for word in words if word)
