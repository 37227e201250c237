"""What applicants have several of, and what they are to each other: rows beside those of the other tables."""

# pyright: reportAttributeAccessIssue=false, reportCallIssue=false, reportArgumentType=false
from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from . import numbers
from .contacts import CODE, RELATIONS
from .tables import Columns, Keys, pick

if TYPE_CHECKING:
    from .world import World

_SECOND_MAILBOX = 0.03
"""Share of applicants who gave another mailbox as well."""
_RECORDED = 0.2
"""Share of the family ties among applicants that are on record, of those that contacts tell of."""


def identifiers(world: World, keys: Keys, random: np.random.Generator) -> Columns:
    """Rows of ``identifiers``: second mailboxes, nobody else's."""
    who = world.people.who[random.random(len(world.people.who)) < _SECOND_MAILBOX]
    return {
        "owner_id": keys.applicant.take(pa.array(who)),
        "kind": pa.array(np.full(len(who), "邮箱")),
        "value": numbers.joined(pa.array(numbers.distinct(random, len(who), 3 * 10**9) + 10**8), "@163.com"),
        "use": pa.array(np.full(len(who), "own")),
    }


def relations(world: World, keys: Keys, random: np.random.Generator) -> Columns:
    """Rows of ``relations``: some of the family ties that contacts tell of, where both have applied."""
    person, _, named, word = world.contacts.rows()
    kin = (
        np.isin(word, [CODE[name] for name in ("配偶", "父母", "子女", "兄弟姐妹")]) & (named >= 0) & (named != person)
    )
    kin &= np.isin(named, world.people.who)
    rows = np.unique(np.stack([person[kin], named[kin], word[kin]]), axis=1)
    person, named, word = rows[:, random.random(rows.shape[1]) < _RECORDED]
    return {
        "applicant_id": keys.applicant.take(pa.array(person)),
        "other_id": keys.applicant.take(pa.array(named)),
        "relation": pick(RELATIONS, word),
    }
