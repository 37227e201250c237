"""Numbers that look like those of the world and are valid: phones, documents, cards, handsets, networks.

Every function draws a whole column at once, the same way for everybody, so that no number tells whose it is.
"""

# pyarrow makes its compute functions at run time: no checker sees them
# pyright: reportAttributeAccessIssue=false, reportCallIssue=false, reportArgumentType=false
from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

_MOBILE = np.array(
    [130, 131, 132, 133, 134, 135, 136, 137, 138, 139, 150, 151, 152, 153, 155, 156, 157, 158, 159, 166, 173, 176, 177,
     178, 180, 181, 182, 183, 185, 186, 187, 188, 189, 191, 198, 199]
)  # fmt: skip
_BINS = np.array([621226, 621700, 622848, 621661, 622260, 621098, 621483, 623052, 622908])
_TAC = np.array([86012304 + 731 * step for step in range(60)])
_OUI = np.array([0x14CF92, 0x50BD5F, 0x8CF228, 0xD8150D, 0x34CE00, 0x7C1DD9, 0xE4AAEC, 0xF0B429])
_FIRST_OCTET = np.array(
    [36, 39, 42, 58, 59, 60, 61, 101, 106, 110, 111, 112, 113, 114, 115, 116, 117, 118, 119, 120, 121, 122, 123, 124,
     125, 171, 175, 180, 182, 183, 202, 210, 218, 219, 220, 221, 222, 223]
)  # fmt: skip
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECKS = pa.array(list("10X98765432"))
_USCC = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_PAIRS = pa.array([f"{value:02x}" for value in range(256)])
_FOURS = pa.array([f"{value:04x}" for value in range(65536)])


def distinct(random: np.random.Generator, count: int, below: int) -> np.ndarray:
    """int64[count], all different, in random order, from 0 to ``below``."""
    found = np.unique(random.integers(0, below, count + count // 8 + 16))
    while len(found) < count:
        found = np.unique(np.concatenate([found, random.integers(0, below, count)]))
    return random.permutation(found)[:count]


def ids(random: np.random.Generator, letter: str, count: int, digits: int) -> pa.Array:
    """Row numbers of a book: a letter and so many random digits, all different, in no order."""
    return joined(letter, padded(distinct(random, count, 10**digits), digits))


def padded(values: np.ndarray, digits: int) -> pa.Array:
    """Whole numbers as text of at least so many digits."""
    return pc.utf8_lpad(pa.array(values).cast(pa.string()), digits, "0")


def joined(*parts: pa.Array | str) -> pa.Array:
    """Texts put together, row by row."""
    count = next(len(part) for part in parts if not isinstance(part, str))
    columns = [
        pa.array([part]).take(pa.array(np.zeros(count, np.int64))) if isinstance(part, str) else part for part in parts
    ]
    return pc.binary_join_element_wise(*[column.cast(pa.string()) for column in columns], "")


def mobiles(random: np.random.Generator, count: int) -> np.ndarray:
    """int64: mobile numbers of 11 digits, all different."""
    drawn = distinct(random, count, len(_MOBILE) * 10**8)
    return _MOBILE[drawn // 10**8] * 10**8 + drawn % 10**8


def residents(region: np.ndarray, birth: np.ndarray, male: np.ndarray, random: np.random.Generator) -> pa.Array:
    """Resident IDs of 18 digits with their check digit (GB 11643).

    Parameters
    ----------
    region : six digits of the place of birth
    birth : datetime64[D]
    """
    day = birth.astype("datetime64[D]")
    year = day.astype("datetime64[Y]").astype(np.int64) + 1970
    month = day.astype("datetime64[M]").astype(np.int64) % 12 + 1
    of_month = (day - day.astype("datetime64[M]")).astype(np.int64) + 1
    sequence = random.integers(0, 500, len(day)) * 2 + male
    body = ((region * 10**4 + year) * 10**4 + month * 100 + of_month) * 1000 + sequence
    total = np.zeros(len(day), np.int64)
    rest = body.copy()
    for weight in reversed(_ID_WEIGHTS):
        total += rest % 10 * weight
        rest //= 10
    return joined(padded(body, 17), _ID_CHECKS.take(pa.array(total % 11)))


def luhn(body: np.ndarray) -> np.ndarray:
    """Numbers with their Luhn check digit put behind them."""
    rest, total, double = body.copy(), np.zeros(len(body), np.int64), True
    while rest.any():
        digit = rest % 10 * (2 if double else 1)
        total += digit // 10 + digit % 10
        rest //= 10
        double = not double
    return body * 10 + (10 - total % 10) % 10


def cards(random: np.random.Generator, bank: np.ndarray) -> np.ndarray:
    """int64: card numbers of 19 digits that pass Luhn; the first six tell the bank."""
    return luhn(_BINS[bank] * 10**12 + distinct(random, len(bank), 10**12))


def imeis(random: np.random.Generator, count: int) -> np.ndarray:
    """int64: hardware numbers of handsets, 15 digits that pass Luhn."""
    drawn = distinct(random, count, len(_TAC) * 10**6)
    return luhn(_TAC[drawn // 10**6] * 10**6 + drawn % 10**6)


def device_ids(random: np.random.Generator, apple: np.ndarray) -> pa.Array:
    """Ids that apps give devices: 16 hexadecimal digits, on Apple's a UUID."""
    parts = [_FOURS.take(pa.array(random.integers(0, 65536, len(apple)))) for _ in range(8)]
    plain = joined(*parts[:4])
    uuid = pc.utf8_upper(joined(parts[0], parts[1], "-", parts[2], "-", parts[3], "-", parts[4], "-", *parts[5:]))
    return pc.if_else(pa.array(apple), uuid, plain)


def macs(random: np.random.Generator, count: int) -> pa.Array:
    """Hardware addresses of Wi-Fi base stations."""
    number = _OUI[random.integers(0, len(_OUI), count)] * 2**24 + distinct(random, count, 2**24)
    parts: list[pa.Array | str] = []
    for shift in range(40, -8, -8):
        parts += [_PAIRS.take(pa.array(number >> shift & 255)), ":"]
    return joined(*parts[:-1])


def addresses_v4(random: np.random.Generator, city: np.ndarray) -> pa.Array:
    """Internet addresses, all different; those of a city come from a few blocks."""
    blocks = random.permutation(len(_FIRST_OCTET) * 200)
    mine = blocks[(city * 8 + random.integers(0, 8, len(city))) % len(blocks)]
    number = mine * 2**16 + random.integers(0, 2**16, len(city))
    for _ in range(50):
        _, first = np.unique(number, return_index=True)
        again = np.ones(len(number), bool)
        again[first] = False
        if not again.any():
            break
        number[again] = mine[again] * 2**16 + random.integers(0, 2**16, again.sum())
    block = number >> 16
    octets = (_FIRST_OCTET[block // 200], block % 200 + 20, number >> 8 & 255, number & 255)
    parts: list[pa.Array | str] = []
    for octet in octets:
        parts += [pa.array(octet), "."]
    return joined(*parts[:-1])


def addresses_v6(random: np.random.Generator, count: int) -> pa.Array:
    """Internet addresses of six generations, each in a /64 of its own."""
    number = distinct(random, count, 2**40)
    parts = [_FOURS.take(pa.array(part)) for part in (number >> 32 & 255, number >> 16 & 65535, number & 65535)]
    tail = [_FOURS.take(pa.array(random.integers(0, 65536, count))) for _ in range(2)]
    return joined(
        "2409:8a", pc.utf8_slice_codeunits(parts[0], 2, 4), ":", parts[1], ":", parts[2], ":", tail[0], ":0:0:", tail[1]
    )


def credit_codes(random: np.random.Generator, region: np.ndarray) -> list[str]:
    """Unified social credit codes with their check character (GB 32100)."""
    codes = []
    for place, number in zip(region.tolist(), distinct(random, len(region), 10**9).tolist(), strict=True):
        body = f"91{place:06d}MA{number:09d}"[:17]
        total = sum(_USCC.index(character) * pow(3, at, 31) for at, character in enumerate(body))
        codes.append(body + _USCC[(31 - total % 31) % 31])
    return codes
