"""What sharing is worth: counted by household, the less the more users, and against a null that shuffling confirms."""

import math
from dataclasses import replace
from itertools import combinations, product

import numpy as np
import pytest
from ringfence.detectors.rings.detector import FRAUD_RING
from ringfence.detectors.sharing.facets import FACET
from ringfence.detectors.sharing.numbering import lay
from ringfence.detectors.sharing.population import PRIOR, PRIOR_PEOPLE, _weights, extended, measure
from ringfence.detectors.sharing.uses import WAY, Uses
from support.ring_books import crowd, known, ring
from support.toy import Book


def users(population, name):
    """How many households use a value, by its name."""
    return int(population.users[population.frame.base.find(name)])


def partners(population, facet, degree):
    """How many partners a person has by chance, measured: what its weight says, without the prior."""
    people = population.people
    mixed = math.exp(-float(population.weight[FACET[facet], degree]))
    return ((people + PRIOR_PEOPLE) * mixed - PRIOR_PEOPLE * PRIOR[FACET[facet]] * math.log2(degree)) / people


# -- users


def test_users_of_a_value_are_counted_by_household():
    book = Book()
    for key in "ABCD":
        book.person(key, f"139{key}").owns(key, "card")
    assert users(known(book), "account:card") == 4
    book.contact("A", "139B", "配偶").contact("C", "139B", "父母")
    assert users(known(book), "account:card") == 2


def test_one_person_counts_once_however_often_and_in_whichever_way_he_uses_it():
    book = Book().application("A", "1", device="d").application("A", "2", device="d").contact("A", "139", "朋友")
    book.person("A", "139").contact("B", "139", "同事")
    assert users(known(book), "device:d") == 1
    assert users(known(book), "phone:139") == 2


def test_the_ids_of_a_handset_have_its_users_together():
    book = Book().application("A", "1", device="d", imei="i").application("B", "2", device="e", imei="i")
    population = known(book)
    handset = population.frame.joined[population.frame.base.find("device:e")]
    assert population.users[handset] == 2


def test_things_the_book_never_met_have_the_users_who_bring_them():
    population = known(crowd(Book(), 4))
    met = len(population.users)
    person, value = np.array([met, met + 1, 0, 0]), np.array([met + 2, met + 2, met + 2, 1])
    nothing = np.full(4, -1)
    more = extended(population, Uses(person, value, value, nothing, nothing, nothing, nothing, nothing, nothing))
    # Two new people and one of the book, each a household of its own.
    assert more.users[met + 2] == 3 and more.users[:met].tolist() == population.users.tolist()
    assert more.household[met:].tolist() == [met, met + 1, met + 2] and not more.excused[met:].any()
    assert more.held_by(met + 2).tolist() == [0, met, met + 1]


# -- weights


def test_the_weight_falls_with_the_number_of_users():
    weight = known(crowd(Book(), 60)).weight
    assert (np.diff(weight, axis=1) <= 0).all()
    assert (np.diff(weight[FACET["handset"], 2:50]) < 0).all()


def test_a_small_book_rests_on_the_prior():
    weight = known(Book().person("A", "139")).weight
    for facet, code in FACET.items():
        for degree in (2, 8, 100):
            # one person of unknown partners among 2,000 of the prior
            expected = -math.log(PRIOR_PEOPLE * PRIOR[code] * math.log2(degree) / (1 + PRIOR_PEOPLE))
            assert weight[code, degree] == pytest.approx(max(expected, 0), abs=1e-5), (facet, degree)


def test_a_large_book_rests_on_its_own_counts():
    lone = np.zeros((len(FACET), 11), dtype=int)
    lone[FACET["handset"], 2] = 1_000_000  # two partners in three for everybody
    lone[FACET["handset"], 5] = 400_000
    weight = _weights(lone, 3_000_000)
    assert weight[FACET["handset"], [2, 4]] == pytest.approx([-math.log(2 / 3)] * 2, abs=1e-3)
    assert weight[FACET["handset"], 5] == pytest.approx(-math.log(2.8 / 3), abs=2e-3)
    # A facet by which nobody is tied to anybody still weighs no more than its prior allows.
    assert weight[FACET["email"], 2] == pytest.approx(-math.log(2000 * 0.005 / 3_002_000), abs=1e-3)


def test_what_everybody_shares_weighs_nothing():
    lone = np.zeros((len(FACET), 11), dtype=int)
    lone[FACET["work"], 4] = 10_000
    weight = _weights(lone, 10_000)
    # (2 x 10,000 + 2,000 x 0.5 x 2) / 12,000 partners: more than one
    assert weight[FACET["work"], 4] == 0 and weight[FACET["work"], 2] > 0


def test_each_facet_and_book_has_a_hub_limit_of_its_own():
    def rooms(people, size):
        """A book of people in rooms of so many."""
        book = Book()
        for i in range(people):
            book.lives(f"A{i}", f"room {i // size}")
        return known(book).hub_limits()

    # By the prior alone 0.5 x log2(4) partners are one, and a little less with one person who has none; 0.3 x log2(d)
    # comes to one between 10 and 11.
    small = rooms(1, 1)
    assert (small["work"], small["social"], small["address"], small["network"]) == (4, 4, 10, 10)
    assert small["document"] == small["handset"] == 200  # all that are compared: 0.03 x log2(200) is far below one
    # In rooms of three everybody has two partners through values of no more than three users: two users is the limit.
    large = rooms(6000, 3)
    assert large["address"] == 2
    # That nobody has any through employers moves their limit up: 2,000 x 0.5 x log2(d) < 8,000 up to 2 ** 8.
    assert large["work"] == 200


# -- chance is what lone pairs say


def test_rings_do_not_make_sharing_look_common():
    honest = crowd(Book(), 60)
    with_rings = crowd(Book(), 60)
    for prefix in "RSTUV":
        ring(with_rings, [f"{prefix}{i}" for i in range(8)], prefix)
    before, after = known(honest), known(with_rings)
    assert (before.people, after.people) == (60, 100)

    def expected(facet, pairs, people):
        return -math.log((2 * pairs + PRIOR_PEOPLE * PRIOR[FACET[facet]] * 2) / (people + PRIOR_PEOPLE))

    # Whoever shares a handset shares a contact too: its weight is what the prior says, with a hundred people more.
    assert before.weight[FACET["handset"], 4] == pytest.approx(expected("handset", 0, 60), abs=1e-5)
    assert after.weight[FACET["handset"], 4] == pytest.approx(expected("handset", 0, 100), abs=1e-5)
    # Of the seven pairs of a ring who share an account, 0-3, 3-6, 1-4, 4-7 and 2-5 share nothing else.
    assert before.weight[FACET["account"], 4] == pytest.approx(expected("account", 0, 60), abs=1e-5)
    assert after.weight[FACET["account"], 4] == pytest.approx(expected("account", 5 * 5, 100), abs=1e-5)


def test_pairs_that_share_two_things_are_not_counted():
    def pairs(second):
        book = Book()
        for i in range(100):
            book.owns(f"A{i}", f"card {i // 2}")
            if second:
                book.email(f"A{i}", f"mail {i // 2}")
        return known(book)

    alone, twice = pairs(False), pairs(True)
    assert partners(alone, "account", 2) == pytest.approx(1.0, abs=1e-3)
    assert partners(twice, "account", 2) == pytest.approx(0.0, abs=1e-3)
    assert partners(twice, "email", 2) == pytest.approx(0.0, abs=1e-3)


def test_families_and_equipment_are_not_counted():
    book = Book()
    for i in range(50):
        book.person(f"A{i}", f"139{i}").owns(f"A{i}", f"card {i}").owns(f"B{i}", f"card {i}")
        book.contact(f"B{i}", f"139{i}", "配偶")
        book.application(f"C{i}", f"c{i}", device=f"d{i // 2}", merchant="m")
    population = known(book)
    assert partners(population, "account", 2) == pytest.approx(0.0, abs=1e-3)
    assert partners(population, "handset", 2) == pytest.approx(0.0, abs=1e-3)


# -- the null, by shuffling


def chance_book(random, people):
    """A book in which accounts and e-mail addresses of two to six users fall to people by lot, who have a home of their
    own each besides."""
    book = Book()
    for person in range(people):
        book.lives(f"P{person}", f"home {person}")
    for sort, add, count in (("card", Book.owns, 90), ("mail", Book.email, 80)):
        for i in range(count):
            for person in random.choice(people, int(random.integers(2, 7)), replace=False):
                add(book, f"P{person}", f"{sort}{i}")
    return book


def shuffled(uses, random):
    """Who uses which value anew: within a way, every value keeps its number of uses and every person his."""
    person = uses.person.copy()
    for way in np.unique(uses.way):
        of_way = np.flatnonzero(uses.way == way)
        person[of_way] = person[random.permutation(of_way)]
    return replace(uses, person=person)


def pairs_by(uses, way, most):
    """Every pair of people who share a value of no more than ``most`` users."""
    of_way = uses.where(uses.way == WAY[way])
    holders = {}
    for person, value in zip(of_way.person.tolist(), of_way.value.tolist(), strict=True):
        holders.setdefault(value, set()).add(person)
    return {pair for own in holders.values() if len(own) <= most for pair in combinations(sorted(own), 2)}


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_shuffling_gives_as_many_pairs_with_two_things_as_the_weights_say(seed):
    """People have ``l`` and ``m`` partners by chance through two facets: of n (n - 1) / 2 pairs, each shares things of
    the one with chance l / (n - 1), of the other with m / (n - 1). That holds where how
    many things people have of the one does not depend on how many they have of the other, as here."""
    random = np.random.default_rng(seed)
    snapshot = chance_book(random, 500).snapshot()
    population, uses = measure(snapshot, FRAUD_RING.defaults()), lay(snapshot)[0].uses
    n = population.people
    assert n == 500
    counts = {pair: [] for pair in product((3, 6), repeat=2)}
    for _ in range(200):
        anew = shuffled(uses, random)
        accounts, mails = ({most: pairs_by(anew, way, most) for most in (3, 6)} for way in ("account", "email"))
        for one, other in counts:
            counts[one, other].append(len(accounts[one] & mails[other]))
    for (one, other), found in counts.items():
        expected = n / (2 * (n - 1)) * partners(population, "account", one) * partners(population, "email", other)
        # Of something rare the variance is the mean.
        error = math.sqrt(max(np.var(found, ddof=1), expected) / len(found))
        told = f"seed {seed}, {one} and {other} users: {np.mean(found)} ± {error:.3f}, expected {expected:.3f}"
        assert abs(np.mean(found) - expected) <= 4 * error, told
