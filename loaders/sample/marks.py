"""Flags that a lender's lists hold, and accounts with two owners."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from .ledger import Ledger
from .people import DAYS, SPOUSE
from .tables import Columns, Keys, account_text, days

if TYPE_CHECKING:
    from .world import World

_SOURCES = {
    "restricted_destination": "监管名单",
    "greylist": "风控规则",
    "overdue": "贷后",
    "blacklist": "行业共享",
    "confirmed_fraud": "反欺诈调查",
}
_RINGS_KNOWN = 0.35
"""Share of the older rings of which the lender has found a part."""


def flags(world: World, keys: Keys, ledger: Ledger, random: np.random.Generator) -> Columns:
    """Rows of ``flags``: restricted accounts, members of old rings after they stopped paying, and honest people who
    are on a grey list or were overdue."""
    rows = [("account", account, "restricted_destination", -300) for account in world.restricted.tolist()]
    rows += [("applicant", one, flag, day) for one, flag, day in _found_out(world, ledger, random)]
    who, loans = world.people.who, ledger.loans
    grey = who[random.random(len(who)) < 0.003]
    rows += [("applicant", one, "greylist", int(random.integers(0, DAYS - 10))) for one in grey.tolist()]
    overdue = loans.overdue(DAYS * 86_400)
    late = np.flatnonzero((overdue > 60) & (random.random(len(loans.row)) < 0.25))
    for person, since in zip(loans.person[late].tolist(), overdue[late].tolist(), strict=True):
        rows.append(("applicant", person, "overdue", DAYS - since + 50))
    kind = np.array([row[0] for row in rows])
    numbers = np.array([row[1] for row in rows])
    account = account_text(world, numbers).to_pylist()
    key = [account[at] if row[0] == "account" else keys.of("applicant", row[1]) for at, row in enumerate(rows)]
    return {
        "entity_kind": pa.array(kind),
        "entity_key": pa.array(key),
        "flag": pa.array([row[2] for row in rows]),
        "source": pa.array([_SOURCES[row[2]] for row in rows]),
        "effective_from": days(np.array([row[3] for row in rows])),
    }


def _found_out(world: World, ledger: Ledger, random: np.random.Generator) -> list[tuple[int, str, int]]:
    a, loans = world.applications, ledger.loans
    rings = [at for at, scheme in enumerate(world.truth.planted) if scheme.kind in ("fraud_ring", "intermediary")]
    known = [at for at in rings if random.random() < _RINGS_KNOWN]
    missed = (loans.disbursed + loans.stops * 30.4 * 86_400) // 86_400
    bad = np.flatnonzero((loans.stops <= loans.term) & np.isin(a.scheme[loans.row], known))
    found = []
    for loan in bad[random.random(len(bad)) < 0.4].tolist():
        day = int(missed[loan] + random.integers(45, 140))
        if day < DAYS - 1:
            flag = "confirmed_fraud" if random.random() < 0.6 else "blacklist"
            found.append((int(loans.person[loan]), flag, day))
    return found


def account_owners(world: World, keys: Keys, codes: np.ndarray, random: np.random.Generator) -> Columns:
    """Rows of ``account_owners``: couples who both own one of their cards.

    Parameters
    ----------
    codes : accounts that the book names
    """
    people = world.people
    second = codes[(codes >= world.accounts.people) & (codes < 2 * world.accounts.people)] - world.accounts.people
    mate = people.homes.mates(random, second)
    applies = keys.applicant.is_valid().to_numpy(zero_copy_only=False)
    couple = (mate >= 0) & applies[np.maximum(mate, 0)] & applies[second]
    couple &= (people.role[second] == SPOUSE) | (people.role[np.maximum(mate, 0)] == SPOUSE)
    couple &= random.random(len(second)) < 0.5
    return {
        "account_no": account_text(world, world.accounts.second(second[couple])),
        "owner_id": keys.applicant.take(pa.array(mate[couple])),
    }
