"""Headers as they are compared: without case, blanks, units and the many words for one thing.

>>> fold("客户编号") == fold("客户 ID") == fold("客户号"), fold("acct_no") == fold("AccountId")
(True, True)
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from functools import cache
from pathlib import Path

_HAN = re.compile(r"[\u3400-\u9fff]")
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]")
_BRACKETS = re.compile(r"[(\[【{<]([^)\]】}>]*)[)\]】}>]")
_ENDINGS = (
    (re.compile("(?:编号|号码|编码|代码|代号|内码|id)$"), "号"),
    (re.compile("(?:日期|时间戳|时间|时点|时刻)$"), "日"),
    (re.compile("金额$"), "额"),
    (re.compile("(?:姓名|名称|名字|全称)$"), "名"),
)
_AROUND = "*: "
_UNITS = {
    "万元": 10_000.0, "万": 10_000.0, "人民币万元": 10_000.0, "千元": 1_000.0, "亿元": 1e8, "亿": 1e8, "百万元": 1e6,
    "元": 1.0, "人民币元": 1.0, "rmb": 1.0, "cny": 1.0, "%": 0.01, "％": 0.01, "百分比": 0.01, "pct": 0.01,
    "percent": 0.01, "10k": 10_000.0, "wan": 10_000.0, "k": 1_000.0, "thousand": 1_000.0, "million": 1e6,
}  # fmt: skip
_SHORT = ("元", "万", "亿", "k")
"""Units that are read in brackets only: without them they may be the end of another word."""


_NUMBERED = ("phone", "mobile", "imei", "email", "ip")
"""Words after which ``number`` says nothing more."""


@cache
def lexicon() -> dict:
    """The reviewed words, as they stand in ``synonyms.toml``."""
    return tomllib.loads(Path(__file__).with_name("synonyms.toml").read_text("utf-8"))


def shown(header: str) -> str:
    """A header without what nobody sees, in the usual width and on one line."""
    return " ".join(_INVISIBLE.sub("", unicodedata.normalize("NFKC", header)).split()).strip(_AROUND)


def unit(header: str) -> float | None:
    """What a value is to be multiplied with by the unit that its header names; None where it names none.

    >>> unit("贷款余额(万元)"), unit("持股比例%"), unit("amount"), unit("ratio_pct")
    (10000.0, 0.01, None, 0.01)
    """
    text = shown(header).lower()
    for inside in _BRACKETS.findall(text):
        for part in re.split(r"[,,:: ]|单位", inside):
            if part in _UNITS:
                return _UNITS[part]
    bare = re.sub(r"[_\s]+", " ", _BRACKETS.sub("", text)).strip()
    longest = sorted(_UNITS, key=len, reverse=True)
    return next((_UNITS[word] for word in longest if word not in _SHORT and _ends(bare, word)), None)


def _ends(text: str, word: str) -> bool:
    return text.endswith(f" {word}" if word.isascii() and word.isalnum() else word) and text != word


def fold(header: str) -> str:
    """A header, or a word of the list, as it is compared."""
    text = _BRACKETS.sub(" ", shown(header)).strip() or shown(header)
    if not _HAN.search(text):
        parts = tokens(text)
        return "".join(parts[:-1] if parts[-1:] == ["id"] and parts[-2:-1] and parts[-2] in _NUMBERED else parts)
    text = re.sub(r"[\W_]+", "", text.lower())
    text = re.sub("(?:百万元|万元|千元|亿元|人民币)$", "", text) or text
    for ending, one in _ENDINGS:
        text = ending.sub(one, text)
    return text


def tokens(text: str) -> list[str]:
    """The words of an English header, abbreviations written out.

    >>> tokens("fromAcctNo"), tokens("TXN_AMT"), tokens("cust-id 2")
    (['from', 'account', 'id'], ['transaction', 'amount'], ['customer', 'id', '2'])
    """
    text = re.sub(r"([a-z\d])([A-Z])", r"\1 \2", text)
    text = re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1 \2", text)
    parts = re.findall(r"[a-z]+|\d+|[^\W\d_a-z]+", text.lower())
    return [_written_out().get(part, part) for part in map(str, parts) if part not in ("the", "of", "a")]


@cache
def _written_out() -> dict[str, str]:
    return {short: word for word, shorts in lexicon()["abbreviations"].items() for short in shorts}


def spelled(pattern: str) -> list[str]:
    """The words that a pattern with braces stands for.

    >>> spelled("{客户,}号")
    ['客户号', '号']
    """
    found = re.search(r"\{([^{}]*)\}", pattern)
    if found is None:
        return [pattern]
    return [
        word
        for part in found[1].split(",")
        for word in spelled(pattern[: found.start()] + part + pattern[found.end() :])
    ]
