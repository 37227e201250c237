"""Employers that differ by a suffix only: 宏达贸易1部, 宏达贸易2部; 宏达商贸有限公司, 宏达物流有限公司."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from ...graph.keys import is_token
from ...graph.model import KIND_CODE
from ...graph.snapshot import GraphView

SUFFIX = re.compile(
    r"[\s()（）._\-#]+$|(?:股份|有限责任|有限)?公司$|集团$|(?:co|ltd|inc|llc|corp|gmbh|limited)\.?$"
    r"|(?:第)?[0-9零一二三四五六七八九十百]+(?:分?[部店组队科号]|分公司|门店|分店)?$|(?:分[部店公]司?|门店|营业部|[部组队])$",
    re.IGNORECASE,
)
"""What stands at the end of an employer's text and tells none from another of its kind."""
LEAST_STEM = 4
"""Characters that texts have in common at the beginning, at least."""
GAP = 3
"""Phones follow one another where no more than this lies between their endings."""
COMMON = 0.5
"""So large a share of a text must be common for it to be one with others up to a suffix."""


def stem_of(text: str) -> str:
    """An employer's text without numbers, words for a part and legal forms at its end.

    >>> stem_of("宏达贸易有限公司12部"), stem_of("宏达贸易1部"), stem_of("Acme Trading Ltd 3")
    ('宏达贸易', '宏达贸易', 'acme trading')
    """
    text, before = text.lower(), None
    while text != before:
        text, before = SUFFIX.sub("", text), text
    return text


def templates(view: GraphView, numbers: np.ndarray, ids: int) -> np.ndarray:
    """int64 by id: of an employer the number of the template that its text follows, -1 for whatever has none.

    Texts stand in order, and those of one template begin alike: what all of them have in common is no less than
    ``LEAST_STEM`` characters, and ``COMMON`` of each.
    """
    found = np.full(ids, -1, dtype=np.int64)
    employers = np.unique(view.edges("WORKS_AT").target)
    employers = employers[view.kinds[employers] == KIND_CODE["employer"]]
    keys = [name.partition(":")[2] for name in view.names(employers)]
    stems = ["" if is_token(key) else stem_of(key) for key in keys]
    number, common = -1, ""
    for stem, node in sorted(zip(stems, employers.tolist(), strict=True)):
        if len(stem) < LEAST_STEM:
            continue
        both = stem[: _alike_until(common, stem)]
        if len(both) < max(LEAST_STEM, COMMON * len(stem)):
            number, both = number + 1, stem
        found[numbers[node]], common = number, both
    return found


def _alike_until(one: str, other: str) -> int:
    """At which place two texts differ first."""
    pairs = zip(one, other, strict=False)
    return next((at for at, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))


def in_turn(endings: Sequence[tuple[str, int]]) -> list[tuple[str, int]]:
    """The longest run of numbers in which each follows the one before it by no more than ``GAP``.

    Parameters
    ----------
    endings : numbers as people see them, by what stands before the mask and the digits behind it

    >>> in_turn([("170", 8165), ("170", 8166), ("170", 8168), ("170", 9000), ("138", 8169)])
    [('170', 8165), ('170', 8166), ('170', 8168)]
    """
    best: list[tuple[str, int]] = []
    run: list[tuple[str, int]] = []
    for prefix, number in sorted(set(endings)):
        if not run or run[-1][0] != prefix or number - run[-1][1] > GAP:
            run = []
        run.append((prefix, number))
        best = run if len(run) > len(best) else best
    return best
