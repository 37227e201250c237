"""Windows counted a second time, application by application, over random small books."""

import random
from collections import defaultdict
from itertools import product

import numpy as np
import pytest
from ringfence.detectors.sharing.population import measure as shared_values
from ringfence.detectors.velocity.counted import counted
from ringfence.detectors.velocity.filed import Filed
from ringfence.detectors.velocity.limits import COUNTS, KEYS, LENDER_KINDS, Limit
from ringfence.graph.kernels.windows import windows
from support.toy import Book
from support.velocity_books import HOUR, at

SPANS = {"1 hour": HOUR, "2 days": 48 * HOUR, "ever": 10**15}
PARAMS = {"max_users": 200, "max_named": 50}


def made(seed):
    """A book of few people with few things among them, and its applications as plain rows: what each has by what may
    be counted, its time and what lender it was filed with."""
    chance = random.Random(seed)
    book, own, rows = Book(), {}, []
    for i in range(chance.randint(3, 8)):
        key, named = f"P{i}", f"名{chance.randint(0, 2)}"
        own[key] = {
            "id_document": {f"document {chance.randint(0, 3)}"},
            "phone": {f"phone {chance.randint(0, 3)}" for _ in range(chance.randint(0, 2))},
            "card": {f"card {chance.randint(0, 3)}"},
            "names": {named},
        }
        book.person(key, name=named).identified(key, *own[key]["id_document"]).owns(key, *own[key]["card"])
        for mobile in sorted(own[key]["phone"]):
            book.phone(key, mobile)
    for number in range(chance.randint(5, 25)):
        key, hour = chance.choice(sorted(own)), chance.choice([0, 0, 0.5, 1, 1.01, 24, 48, 49, 500])
        kind = chance.choice([None, "bank", "nonbank"])
        lender = None if kind is None else f"lender {chance.randint(0, 2)}"
        handset = chance.randint(0, 3)
        things = {"device": f"installed {handset} {chance.randint(0, 1)}", "imei": f"imei {handset}"}
        book.application(key, f"N{number}", at("2026-03-02", hour), lender=lender, lender_kind=kind, **things)
        # one document under one name is one person
        self = (*own[key]["id_document"], *own[key]["names"])
        row = {name: own[key][name] for name in ("id_document", "phone", "card", "names")}
        row |= {"applications": {number}, "person": {self}, "people": {self}, "lenders": {lender}}
        row |= {"device": {handset}, "devices": {handset}, "phones": own[key]["phone"]}
        rows.append(row | {"time": at("2026-03-02", hour), "who": f"applicant:{key}", "kind": kind or "any"})
    return book, rows


def plainly(rows, limit):
    """Who reaches a limit: the most in one window and the members, for each thing that it is counted on."""
    some = [row for row in rows if limit.lender_kind in ("any", row["kind"])]
    most, members = defaultdict(int), defaultdict(set)
    for first in some:
        inside = [row for row in some if 0 <= row["time"] - first["time"] <= SPANS[limit.window]]
        for thing in first[limit.key]:
            mine = [row for row in inside if thing in row[limit.key]]
            count = len(set().union(*(row[limit.count] for row in mine)))
            if count >= limit.limit:
                most[thing] = max(most[thing], count)
                members[thing] |= {row["who"] for row in mine if row[limit.count]}
    return sorted((most[thing], sorted(members[thing])) for thing in most)


@pytest.mark.parametrize("seed", range(25))
def test_every_limit_counts_what_a_plain_reading_counts(seed):
    book, rows = made(seed)
    view = book.snapshot()
    limits = [
        Limit(window, key, kind, count, limit)
        for window, key, kind, count, limit in product(SPANS, KEYS, LENDER_KINDS, COUNTS, (2, 3))
    ]
    shared = shared_values(view, PARAMS)
    filed = Filed(view, shared.frame)
    for limit, (hits, _) in zip(limits, counted(filed, shared, limits), strict=True):
        found = sorted((hit.count, sorted(view.names(hit.people))) for hit in hits)
        assert found == plainly(rows, limit), f"seed {seed}, {limit}"


@pytest.mark.parametrize("seed", range(25))
def test_windows_hold_what_a_loop_finds(seed):
    chance = np.random.default_rng(seed)
    size = int(chance.integers(0, 40))
    group, time, value = (chance.integers(0, most, size) for most in (4, 30, 5))
    order = np.lexsort((time, group))
    group, time, value = group[order], time[order], value[order]
    span = int(chance.integers(0, 12))
    count, last = windows(group, time, value, span)
    for i in range(size):
        inside = [j for j in range(i, size) if group[j] == group[i] and time[j] - time[i] <= span]
        assert (count[i], last[i]) == (len(set(value[inside])), inside[-1]), f"seed {seed}, event {i}"
