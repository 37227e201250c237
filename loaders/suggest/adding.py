"""What a table takes besides one column for one: ends of rows, joined columns, kinds of transfer, lists, directions."""

from __future__ import annotations

from dataclasses import replace

from ..schema.columns import fold as fold_word
from ..schema.tables import TABLES
from . import words
from .choosing import unplaced
from .fields import GUESS, LIKELY, Entry, Field, Pick, least
from .folding import fold, tokens

_YES = ("true", "t", "y", "yes", "1", "是")
_NO = ("false", "f", "n", "no", "0", "否")
_DELETED = ("deletetime", "deletedat", "deletedtime", "删除日")
_IS_DELETED = ("isexplicitdeleted", "isdeleted", "deleted", "是否删除", "删除标志")
_OUT = ("借", "支", "d", "dr", "debit", "out", "支出", "转出", "出", "付")
_IN = ("贷", "收", "c", "cr", "credit", "in", "收入", "转入", "进", "入")
_LISTED = {
    "applicants": "applicant",
    "companies": "company",
    "merchants": "merchant",
    "accounts": "account",
    "devices": "device",
}
_SIDES = {
    "from_account": "to_account",
    "to_account": "from_account",
    "balance_after": "to_balance_after",
    "to_balance_after": "balance_after",
}
"""What a column of transfers is to the other of the two sides."""
_MOVED = (("loantransfer", "loan_transfer"), ("withdraw", "withdrawal"), ("取现", "withdrawal"), ("代发", "payroll"))


def completed(entry: Entry) -> list[Entry]:
    """An entry with what its sheet tells besides, and the further entries that this makes."""
    entry = _with_name(entry)
    entry = _with_clock(_with_region(_with_end(_with_kind(_with_application(entry)))))
    if entry.table == "transfers":
        return _with_direction(_with_steps(entry))
    return [entry, *_lists(entry)]


def _with_kind(entry: Entry) -> Entry:
    """Of transfers: the kind that the name of the file says."""
    if entry.table != "transfers" or entry.pick("kind"):
        return entry
    name = _name(entry)
    kind = next((kind for word, kind in _MOVED if word in name), None)
    if kind is None:
        return entry
    return replace(entry, picks=(*entry.picks, Pick("kind", (), LIKELY, "the name of the file says so", value=kind)))


def _name(entry: Entry) -> str:
    return "".join(tokens(entry.columns.sheet.titles[-1]))


def _with_application(entry: Entry) -> Entry:
    """Of loans in a file of applications: the row was written when the loan was applied for."""
    written = entry.pick("known_at")
    named = any(word in _name(entry) for word in ("apply", "application", "申请"))
    if entry.table != "loans" or written is None or entry.pick("applied_at") or not named:
        return entry
    return replace(
        entry, picks=(*entry.picks, replace(written, target="applied_at", reason="the file is of applications"))
    )


def _with_end(entry: Entry) -> Entry:
    """The time at which a row was deleted, in rows that another column says were."""
    free = {field.word: field for field in unplaced(entry.columns, [entry])}
    time = next((free[word] for word in _DELETED if word in free), None)
    said = next((free[word] for word in _IS_DELETED if word in free), None)
    if time is None or said is None or entry.pick("valid_to") or not time.look.mostly("time", "digits"):
        return entry
    yes = _yes(said)
    if yes is None:
        return entry
    end = Pick("valid_to", (time,), LIKELY, "the row ended then, where it is marked as deleted", when=(said, yes))
    return replace(entry, picks=(*entry.picks, end))


def _yes(field: Field) -> str | None:
    """The word for yes of a column that knows yes and no alone."""
    if not field.look.words or not field.look.words <= {*_YES, *_NO}:
        return None
    yes = next((word for word in _YES if word in field.look.words), None)
    return yes or _YES[_NO.index(min(field.look.words))]


def _with_name(entry: Entry) -> Entry:
    """Of persons: a name in two columns."""
    free = {field.word: field for field in unplaced(entry.columns, [entry])}
    both = [free[word] for word in ("firstname", "lastname") if word in free]
    if entry.table != "applicants" or entry.pick("name") or len(both) < 2:
        return entry
    name = Pick("name", tuple(both), LIKELY, "the name stands in two columns", options=(("with", " "),))
    return replace(entry, picks=(*entry.picks, name))


def _with_clock(entry: Entry) -> Entry:
    """A time of two columns, the day and the clock's."""
    dated = TABLES[entry.table].data_date or ("apply_time",)
    day = next(
        (one for one in entry.picks if one.target in dated and len(one.fields) == 1 and _only_day(one.fields[0])), None
    )
    clocks = [field for field in unplaced(entry.columns, [entry]) if field.look.mostly("clock", share=0.9)]
    if day is None or len(clocks) != 1:
        return entry
    joined = replace(day, fields=(day.fields[0], clocks[0]), options=(("with", " "),)).at_most(LIKELY)
    return replace(entry, picks=tuple(joined if one is day else one for one in entry.picks))


def _only_day(field: Field) -> bool:
    return field.look.mostly("day", share=0.9)


def _with_region(entry: Entry) -> Entry:
    """A region of two columns, the wider first."""
    region = entry.pick("region")
    free = {field.word: field for field in unplaced(entry.columns, [entry])}
    if region is None or len(region.fields) != 1:
        return entry
    own = region.fields[0]
    for wide, narrow in (("country", "city"), ("province", "city"), ("state", "city"), ("省份", "城市"), ("省", "市")):
        pair = {own.word: own} | free
        if own.word in (wide, narrow) and wide in pair and narrow in pair:
            joined = replace(region, fields=(pair[wide], pair[narrow]), options=(("with", " "),))
            return replace(entry, picks=tuple(joined if one is region else one for one in entry.picks))
    return entry


def _lists(entry: Entry) -> list[Entry]:
    """The list that a column of yes and no puts a party, an account or a device on."""
    kind, key = _LISTED.get(entry.table), entry.pick(TABLES[entry.table].required[0])
    if kind is None or key is None:
        return []
    found = []
    for field in unplaced(entry.columns, [entry]):
        flag, yes = words.blocked().get(field.word), _yes(field)
        if flag and yes:
            found.append(_list(entry, key, kind, flag, field, yes))
    return found


def _list(entry: Entry, key: Pick, kind: str, flag: str, field: Field, yes: str) -> Entry:
    since = next((one for one in entry.picks if one.target in ("known_at", "opened_at", "valid_from")), None)
    picks = [
        Pick("entity_kind", (), LIKELY, "that is what the sheet holds", value=kind),
        replace(key, target="entity_key", level=least(key.level, LIKELY)),
        Pick("flag", (), LIKELY, "the header says so", value=flag),
        Pick("source", (), LIKELY, "the name of the file", value=entry.columns.sheet.titles[-1]),
    ]
    if since:
        picks.append(
            replace(since, target="effective_from", level=least(since.level, LIKELY), reason="as the row's own time")
        )
    reason = "a column of yes and no names a list"
    return Entry(entry.columns, "flags", least(entry.level, LIKELY), reason, tuple(picks), (field, (yes,)))


def _with_steps(entry: Entry) -> Entry:
    """Of simulated transfers: the number of the step as a guess at the hour, counted from any day."""
    step = next((field for field in unplaced(entry.columns, [entry]) if field.word == "step"), None)
    if step is None or entry.pick("time") or not step.look.mostly("whole"):
        return entry
    options = (("unit", "hours"), ("base", "2020-01-01"))
    guess = Pick(
        "time", (step,), GUESS, "steps are hours in many simulations; say which, and from when", options=options
    )
    return replace(entry, picks=(*entry.picks, guess))


def _with_direction(entry: Entry) -> list[Entry]:
    """Transfers seen from one account: which of the two paid stands in a column of its own, or nowhere."""
    own, other = entry.pick("from_account"), entry.pick("to_account")
    if own is None or other is None or not _one_sided(own, other):
        return [entry]
    for field in unplaced(entry.columns, [entry]):
        out = tuple(word for word in _OUT if word in field.look.words)
        back = tuple(word for word in _IN if word in field.look.words)
        if out and back and field.look.words <= {*_OUT, *_IN}:
            return [replace(entry, where=(field, out)), replace(_turned(entry), where=(field, back))]
    unsure = [
        one.at_most(GUESS, "no column says which of the two paid") if one.target in _SIDES else one
        for one in entry.picks
    ]
    return [replace(entry, picks=tuple(unsure))]


def _one_sided(own: Pick, other: Pick) -> bool:
    said = fold_word(other.fields[0].means)
    return any(word in said for word in ("对方", "对手", "counterparty")) and not any(
        word in fold(own.fields[0].means) for word in ("付", "转出", "from", "payer", "sender")
    )


def _turned(entry: Entry) -> Entry:
    """The same transfers where the other side paid: each side's account and balance are the other's."""
    order = list(TABLES[entry.table].all_columns)
    turned = (replace(one, target=_SIDES.get(one.target, one.target)) for one in entry.picks)
    return replace(entry, picks=tuple(sorted(turned, key=lambda one: order.index(one.target))))
