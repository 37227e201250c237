"""What is said of a ring's shared things and ties: on them, in their tooltips and in notes, in both languages."""

from __future__ import annotations

from collections.abc import Mapping

from ...graph.model import kind_of
from ...graph.words.money import money
from ...graph.words.names import COMMA, KIND_WORDS, RELATION_WORDS, SHARED_WORDS, Words, joined
from ...graph.words.plain import plain
from ..services.labels import Label, shortened
from .items import bundle_label, dates, figure
from .ring_ties import Rows, Shared

ROWS_TOLD = 12
"""Rows, people or things that a tooltip tells."""


def words_of(thing: Shared, node: str) -> Words:
    """What a thing is called by how people use it: a phone that all list is a contact, a device with an IMEI a
    handset."""
    rows = [row for carried in thing.uses.values() for part in carried.values() for row in part]
    rows = [row for row in rows if node in (row["source"], row["target"])]
    relations = {row["relation"] for row in rows}
    uses = {row.get("data", {}).get("use") for row in rows}
    kind = kind_of(node)
    if kind == "device":
        via = {row.get("data", {}).get("via") for row in rows}
        return SHARED_WORDS["imei" if via == {"imei"} else "handset" if len(thing.nodes) > 1 else "device"]
    if relations == {"LISTS_CONTACT"}:
        return SHARED_WORDS["listed"]
    if relations == {"APPLIED_FROM"}:
        return SHARED_WORDS["place"]
    if uses == {"work"} and f"work_{kind}" in SHARED_WORDS:
        return SHARED_WORDS[f"work_{kind}"]
    return KIND_WORDS.get(kind, Words(kind, kind))


def named(thing: Shared, labels: Mapping[str, Label]) -> list[tuple[Words, str]]:
    """What a thing is called and its name as people see it, for each of its nodes; device id before imei, Wi-Fi before
    IP; in an order that no token decides."""
    found = [(words_of(thing, node), labels[node].name) for node in thing.nodes]
    first = [words.en in ("IMEI", "IP") for words, _ in found]
    return [pair for _, pair in sorted(zip(first, found, strict=True))]


def counted(thing: Shared) -> Words:
    """How many use a thing: here, and in all."""
    return Words(
        f"本案{thing.inside}人 / 全库{thing.everyone:,}人",
        f"{thing.inside} here / {thing.everyone:,} in all",
    )


def chip_text(thing: Shared, labels: Mapping[str, Label]) -> list[Words]:
    """The lines of text on a thing: what it is, and last how many use it."""
    names = named(thing, labels)
    lines = [Words(shortened(f"{words.zh} {name}"), shortened(f"{words.en} {name}")) for words, name in names[:2]]
    if len(names) > 2:
        zh, en = (shortened(text, 11) for text in lines[-1])
        lines[-1] = Words(f"{zh} 等{len(names)}个", f"{en} of {len(names)}")
    return [*lines, counted(thing)]


def link_text(rows: Rows, short: bool) -> Words:
    """What stands on the line from one person to another; ``short``: how they know each other, and no more."""
    told = sorted(
        {str(row.get("data", {}).get("relation") or "") for row in rows if row["relation"] == "LISTS_CONTACT"}
    )
    parts = []
    if told:
        how = joined([Words(plain(word), plain(word)) for word in told if word], COMMA)
        named_so = Words(f"联系人·{how.zh}", f"contact · {how.en}") if how.zh else Words("联系人", "contact")
        parts.append(how if short and how.zh else named_so)
    for relation in sorted({row["relation"] for row in rows} - {"LISTS_CONTACT", "HAS_PHONE"}):
        parts.append(bundle_label(relation, [row for row in rows if row["relation"] == relation]))
    zh, en = joined(parts)
    return Words(shortened(zh), shortened(en))


def tie_title(thing: Shared, person: str, labels: Mapping[str, Label]) -> str:
    """The tooltip of a tie: each use, with its application or loan and its rows."""
    lines = [f"{who(labels[person])} — " + " ".join(f"{words.zh} {name}" for words, name in named(thing, labels))]
    carried = thing.uses[person]
    for carrier in sorted(carried, key=lambda carrier: (_first(carried[carrier]), carrier))[:ROWS_TOLD]:
        lines += _use_lines(carrier, carried[carrier], labels)
    if len(carried) > ROWS_TOLD:
        lines.append(f"… 另{len(carried) - ROWS_TOLD}次 and {len(carried) - ROWS_TOLD} more")
    lines.append("{}\n{}".format(*counted(thing)))
    return "\n".join(lines)


def _first(rows: Rows) -> int:
    return min(row.get("valid_from", 0) for row in rows)


def _use_lines(carrier: str, rows: Rows, labels: Mapping[str, Label]) -> list[str]:
    """One use: the application or loan it was made by, and its rows, those of one file and row as one line."""
    words = KIND_WORDS.get(kind_of(carrier), Words("", ""))
    head = f"{words.zh} {words.en} {labels[carrier].name}" if carrier else ""
    lines: dict[tuple[str, str, str], list[Words]] = {}
    for row in rows:
        word = RELATION_WORDS.get(row["relation"], Words(row["relation"], row["relation"]))
        value = figure(row)
        amount = money(value, row.get("data", {}).get("currency")).en if value is not None else ""
        at = (dates(row), amount, f"{row['file'] or ''}:{row['row']}")
        lines.setdefault(at, []).append(word)
    told = []
    for at, found in list(lines.items())[:ROWS_TOLD]:
        relations = list(dict.fromkeys(found))
        said = "、".join(word.zh for word in relations), ", ".join(word.en for word in relations)
        told.append(plain("  ".join(part for part in (*said, *at) if part)))
    if len(lines) > ROWS_TOLD:
        told.append(f"… 另{len(lines) - ROWS_TOLD}行 and {len(lines) - ROWS_TOLD} more rows")
    return [plain(head), *told] if head else told


def link_title(source: str, target: str, rows: Rows, labels: Mapping[str, Label]) -> str:
    """The tooltip of a line from one person to another."""
    words = dict.fromkeys(RELATION_WORDS.get(row["relation"], Words(row["relation"], row["relation"])) for row in rows)
    head = " · ".join(f"{word.zh} {word.en}" for word in words)
    lines = [head, f"{who(labels[source])} → {who(labels[target])}  {_kinship(rows)}".rstrip()]
    return "\n".join([*lines, *_use_lines("", rows, labels)])


def _kinship(rows: Rows) -> str:
    """What a person called a contact: a friend, a spouse."""
    told = {str(row.get("data", {}).get("relation") or "") for row in rows if row["relation"] == "LISTS_CONTACT"}
    return plain("、".join(sorted(told - {""})))


def who(label: Label) -> str:
    """A person's name and number."""
    return f"{label.name} {label.key}".strip()


def note(hub: Shared, labels: Mapping[str, Label]) -> Words:
    """A hub in words, Chinese and English."""
    names = named(hub, labels)
    zh, en = counted(hub)
    return Words(
        " ".join(f"{words.zh} {name}" for words, name in names) + f"（{zh}）",
        " ".join(words.en for words, _ in names) + f" ({en})",
    )
