"""Check digits of whole columns by array arithmetic: resident IDs, social credit codes, bank cards.

Sources: GB 11643 (resident ID, ISO 7064 MOD 11-2), GB 32100 (unified social credit code, MOD 31-3), ISO/IEC 7812
(cards, Luhn). Each function takes text of the shape that it names and says of which the check digit is right.
"""

# pyarrow makes its compute functions at run time: no checker sees them
# pyright: reportAttributeAccessIssue=false
from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ..vectors import content

RESIDENT = r"^[1-9][0-9]{16}[0-9X]$"
USCC = r"^[0-9A-HJ-NPQRTUWXY]{2}[0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}$"
CARD = r"^[0-9]{12,19}$"

_RESIDENT_WEIGHTS = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2])
_RESIDENT_CHECKS = np.frombuffer(b"10X98765432", dtype=np.uint8)
_USCC_CHARACTERS = b"0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC_WEIGHTS = np.array([pow(3, place, 31) for place in range(17)])
_LONGEST_CARD = 19


def resident(values: pa.Array) -> np.ndarray:
    """bool by value of the shape ``RESIDENT``.

    >>> resident(pa.array(["11010519491231002X", "110105194912310021"])).tolist()
    [True, False]
    """
    characters = _characters(values, 18)
    sums = (characters[:, :17] - ord("0")) @ _RESIDENT_WEIGHTS
    return _RESIDENT_CHECKS[sums % 11] == characters[:, 17]


def uscc(values: pa.Array) -> np.ndarray:
    """bool by value of the shape ``USCC``.

    >>> uscc(pa.array(["91110000600037341L", "91110000600037341M"])).tolist()
    [True, False]
    """
    places = np.zeros(256, dtype=np.int64)
    places[np.frombuffer(_USCC_CHARACTERS, dtype=np.uint8)] = np.arange(len(_USCC_CHARACTERS))
    numbers = places[_characters(values, 18)]
    return (31 - numbers[:, :17] @ _USCC_WEIGHTS % 31) % 31 == numbers[:, 17]


def card(values: pa.Array) -> np.ndarray:
    """bool by value of the shape ``CARD``.

    >>> card(pa.array(["4111111111111111", "4111111111111112"])).tolist()
    [True, False]
    """
    digits = _characters(pc.utf8_lpad(values, _LONGEST_CARD, "0"), _LONGEST_CARD) - ord("0")
    doubled = 2 * digits[:, -2::-2]
    return (digits[:, ::-2].sum(axis=1) + (doubled - 9 * (doubled > 9)).sum(axis=1)) % 10 == 0


def born(values: pa.Array) -> np.ndarray:
    """bool by value of the shape ``RESIDENT``: is there a day of birth in it, from 1850 to 2100?"""
    digits = _characters(values, 18)[:, 6:14] - ord("0")
    year, month, day = digits[:, :4] @ [1000, 100, 10, 1], digits[:, 4:6] @ [10, 1], digits[:, 6:] @ [10, 1]
    sound = (year >= 1850) & (year < 2100) & (month >= 1) & (month <= 12) & (day >= 1)
    months = np.where(sound, (year - 1970) * 12 + month - 1, 0).astype("M8[M]")
    return sound & ((months.astype("M8[D]") + np.where(sound, day - 1, 0)).astype("M8[M]") == months)


def _characters(values: pa.Array, width: int) -> np.ndarray:
    """ASCII text of one width as a table of character codes."""
    return content(values).reshape(-1, width).astype(np.int64)
