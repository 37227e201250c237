"""What is said of the boxes and arrows of a fund flow, on them and in their tooltips."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from ...graph.words.money import currency_words, money
from ...graph.words.names import TRANSFER_WORDS, Words
from ...graph.words.plain import plain
from ..services.labels import Label
from .flow_moves import Move, Place
from .items import day

BOX_WORDS = {
    "loan": Words("贷款", "loan"),
    "own": Words("本人账户", "borrower's"),
    "other": Words("他人账户", "another's"),
    "nobody": Words("户主不详", "owner unknown"),
    "restricted": Words("受限账户", "restricted"),
}
"""What stands on each sort of box, beside its shape."""

_LONG_NUMBER = re.compile(r"\d(?:[ -]?\d){6,}")
_MAIL = re.compile(r"[^\s@]+@[^\s@]+")


def box_word(sort: str, role: str | None, again: bool) -> Words:
    """What a box is: its sort, the role of another's account, and whether money has been there before."""
    word = BOX_WORDS[sort]
    if sort in ("other", "nobody") and role == "mule":
        word = Words(f"{word.zh}·过桥", "mule")
    return Words(f"又到{word.zh}", "again") if again else word


def amount_text(moves: Sequence[Move]) -> str:
    """What stands on an arrow: ``6.22万``, ``3笔 共5万元``, ``金额未知``."""
    sums: dict[str, float] = {}
    unknown = 0
    for move in moves:
        if move.amount is None:
            unknown += 1
        else:
            currency = currency_words(move.row.get("data", {}).get("currency")).zh
            sums[currency] = sums.get(currency, 0.0) + move.amount
    count = f"{len(moves)}笔 " if len(moves) > 1 else ""
    if not sums:
        return f"{count}金额未知"
    total = "＋".join(money(value).zh + currency for currency, value in sorted(sums.items()))
    return f"{count}{'共' if count else ''}{total}" + (f"，另{unknown}笔金额未知" if unknown else "")


def moment(time: int | None, year: bool = False) -> str:
    """A time to the minute, without the hours where it is a day; empty where unknown."""
    text = day(time)
    return text[:16] if year else text[5:16]


def move_title(move: Move, known: Mapping[str, Place], labels: Mapping[str, Label]) -> str:
    """The tooltip of one move."""
    ends = f"{end_text(move.source, known, labels)} → {end_text(move.target, known, labels)}"
    parts = [*(part for part in kind_of_move(move)), in_full(move), day(move.time), purpose(move)]
    return "\n".join((f"#{move.number} " + "  ".join(part for part in parts if part), ends, _source(move)))


def _source(move: Move) -> str:
    return plain(f"{move.row['file'] or ''}:{move.row['row']}")


def in_full(move: Move) -> str:
    """The amount of a move with its currency, to the cent."""
    if move.amount is None:
        return "金额未知 unknown"
    return money(move.amount, move.row.get("data", {}).get("currency")).en


def kind_of_move(move: Move) -> Words:
    """What kind of transfer it is on record as; a payment of a loan."""
    if move.row["relation"] == "DISBURSED_TO":
        return Words("放款", "payment")
    kind = plain(str(move.row.get("data", {}).get("kind") or "transfer"))
    return TRANSFER_WORDS.get(kind, Words(kind, ""))


def purpose(move: Move) -> str:
    """What a transfer was for, as its row says; long numbers and mail addresses, which may be a person's, masked.

    >>> purpose(Move(1, "account:1", "account:2", {"data": {"purpose": "还款 13812345678 a@b.cn"}}))
    '还款 ****5678 ****@b.cn'
    """
    text = plain(str(move.row.get("data", {}).get("purpose") or ""))
    text = _LONG_NUMBER.sub(lambda found: f"****{found[0][-4:]}", text)
    return _MAIL.sub(lambda found: f"****@{found[0].split('@')[1]}", text)


def owner_text(owners: Sequence[str], labels: Mapping[str, Label]) -> str:
    """Owners as people read them."""
    return "、".join(f"{labels[owner].name} {labels[owner].key}".strip() for owner in owners)


def end_text(node: str, known: Mapping[str, Place], labels: Mapping[str, Label]) -> str:
    """A loan or account with whose it is."""
    place = known[node]
    what = "贷款" if place.sort == "loan" else "账户"
    return f"{owner_text(place.owners, labels)} {what} {labels[node].name}".strip()


def box_title(node: str, place: Place, word: Words, reached: Sequence[Move], labels: Mapping[str, Label]) -> str:
    """The tooltip of a box: what it is, whose, and what came to it."""
    lines = [f"{word.zh} {word.en}", end_text(node, {node: place}, labels)]
    lines += [f"← #{move.number} {in_full(move)}  {day(move.time)}" for move in reached[:12]]
    if len(reached) > 12:
        lines.append(f"… 另{len(reached) - 12}笔 and {len(reached) - 12} more")
    return "\n".join(lines)
