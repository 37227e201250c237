"""How ties bind people into groups, each rule on a handful of people, and the splitting of what is too large."""

from itertools import combinations
from math import inf

import numpy as np
import pytest
from ringfence.detectors.rings.groups import (
    CONFIRMING,
    FEW,
    LOOSE,
    RARE,
    bound_together,
    find_groups,
    joined_loosely,
    tied_singly,
)
from ringfence.detectors.sharing.facets import FACET, RULES
from ringfence.detectors.sharing.population import Compared
from ringfence.graph.kernels.coincidence import Ties

RULE = np.array(RULES)
STRENGTH, SINGLE = 3.0, 5.0


def compared(*things, near=None):
    """What people, one letter each, share: ``(facet, weight, users)``, and as a fourth how many use it in all."""
    letters = sorted({letter for _, _, users, *_ in things for letter in users})
    number = {letter: place for place, letter in enumerate(letters)}
    ties, holdings, users = [], [], []
    for value, (facet, weight, own, *more) in enumerate(things):
        users.append(more[0] if more else len(own))
        holdings += [(number[letter], value) for letter in own]
        for pair in combinations(sorted(own), 2):
            one, other = (number[letter] for letter in pair)
            ties.append((one, other, value, FACET[facet], weight, (near or {}).get("".join(pair), 0.0)))
    types = (np.int32, np.int32, np.int32, np.int8, np.float32, np.float32)
    columns = [
        np.array(column, dtype=kind) for column, kind in zip(zip(*sorted(ties), strict=True), types, strict=True)
    ]
    holder, value = (np.array(column) for column in zip(*sorted(holdings), strict=True))
    people, values = np.arange(len(letters)), np.arange(len(things))
    lone = np.zeros((len(RULES), 2), dtype=int)
    users = np.array(users)
    return letters, Compared(people, values, holder, value, users, users, Ties(*columns), lone)


def groups(*things, near=None, strength=STRENGTH, single=SINGLE, weak=inf):
    """The groups of two people or more, as words."""
    return words(*things, label=lambda shared, _: bound_together(shared, RULE, strength, single, weak), near=near)


def words(*things, label, near=None):
    """The groups of two people or more that a label gives, as words."""
    letters, shared = compared(*things, near=near)
    found = {}
    for letter, group in zip(letters, label(shared, len(letters)).tolist(), strict=True):
        found[group] = found.get(group, "") + letter
    return sorted(group for group in found.values() if len(group) > 1)


# -- two things


def test_two_things_of_the_strength_bind():
    assert groups(("handset", 1.5, "AB"), ("account", 1.5, "AB")) == ["AB"]
    assert groups(("handset", 1.5, "AB"), ("account", 1.4, "AB")) == []


def test_two_things_of_one_facet_bind_where_it_counts_one_by_one():
    assert groups(("account", 2.0, "AB"), ("account", 2.0, "AB")) == ["AB"]
    # Of several contacts, and of all that one place explains, only the best counts.
    assert groups(("contact", 2.0, "AB"), ("contact", 2.0, "AB")) == []
    assert groups(("address", 2.0, "AB"), ("work", 2.0, "AB"), ("social", 2.0, "AB"), ("network", 2.0, "AB")) == []


def test_a_place_and_a_thing_bind():
    assert groups(("address", 2.0, "AB"), ("handset", 2.0, "AB")) == ["AB"]


def test_a_network_beside_the_handset_used_there_is_none():
    assert groups(("network", 4.0, "AB"), ("handset", 4.0, "AB")) == []
    assert groups(("network", 4.0, "AB"), ("account", 4.0, "AB")) == ["AB"]


def test_who_apply_close_in_time_need_less_and_who_do_not_more():
    two = (("handset", 1.0, "AB"), ("account", 1.0, "AB"))
    assert groups(*two, near={"AB": 1.0}) == ["AB"]
    assert groups(*two, near={"AB": 0.9}) == []
    assert groups(("handset", 2.0, "AB"), ("account", 2.0, "AB"), near={"AB": -1.5}) == []


# -- a single thing


def test_one_thing_of_the_single_strength_binds():
    for facet in ("handset", "account", "document", "email", "phone", "alias"):
        assert groups((facet, 5.0, "AB")) == ["AB"], facet
        assert groups((facet, 4.9, "AB")) == [], facet


@pytest.mark.parametrize("facet", ["social", "network", "cell", "address", "work"])
def test_what_one_place_explains_never_binds_alone(facet):
    assert groups((facet, 50.0, "ABCDEFGH")) == []


# -- larger groups


def test_groups_are_tied_by_what_any_of_them_share():
    # A and B are bound in the first round; the second adds up what C shares with either.
    pair = (("handset", 2.0, "AB"), ("account", 2.0, "AB"))
    assert groups(*pair, ("email", 2.0, "AC"), ("phone", 2.0, "BC")) == ["ABC"]
    assert groups(("email", 2.0, "AC"), ("phone", 2.0, "BC")) == []


def test_larger_groups_need_the_logarithm_of_the_pairs_more():
    # Two by one: two pairs, so 3 + ln 2 = 3.69 together.
    pair = (("handset", 2.0, "AB"), ("account", 2.0, "AB"))
    assert groups(*pair, ("email", 1.85, "AC"), ("phone", 1.85, "BC")) == ["ABC"]
    assert groups(*pair, ("email", 1.8, "AC"), ("phone", 1.8, "BC")) == ["AB"]
    # The single thing needs 5 + ln 2 = 5.69 beside a pair that was bound before it is looked at anew.
    assert groups(*pair, ("email", 4.9, "AC")) == ["AB"]
    # Two by two: 3 + ln 4 = 4.39.
    other = (("handset", 2.0, "CD"), ("account", 2.0, "CD"))
    assert groups(*pair, *other, ("email", 2.2, "AC"), ("phone", 2.2, "BD")) == ["ABCD"]
    assert groups(*pair, *other, ("email", 2.15, "AC"), ("phone", 2.15, "BD")) == ["AB", "CD"]


def three(letters):
    """Three people tied by several things each: the size of their groups is no matter."""
    return (("handset", 2.0, letters), ("account", 2.0, letters))


def test_groups_with_three_tied_by_several_things_each_need_no_more():
    assert FEW == 3
    assert groups(*three("ABC"), *three("DEF"), ("email", 1.5, "AD"), ("phone", 1.5, "BE")) == ["ABCDEF"]
    # With the strength of two things, one binds such groups, too, which more than one person of either has.
    assert groups(*three("ABC"), *three("DEF"), ("email", 3.0, "ABD")) == ["ABCDEF"]
    assert groups(*three("ABC"), *three("DEF"), ("email", 2.9, "ABD")) == ["ABC", "DEF"]
    # A single person has not three.
    assert groups(*three("ABC"), ("email", 3.0, "AD"), ("phone", 3.0, "ED")) == ["ABC"]


def test_one_thing_that_one_person_of_each_has_does_not_glue_groups_that_stand_by_themselves():
    assert groups(*three("ABC"), *three("DEF"), ("email", 9.0, "AD")) == ["ABC", "DEF"]
    assert groups(*three("ABC"), *three("DEF"), ("address", 9.0, "AD"), weak=1.0) == ["ABC", "DEF"]
    # Two things that the same two people share do, and so does one thing where a group does not stand by itself.
    assert groups(*three("ABC"), *three("DEF"), ("email", 2.0, "AD"), ("phone", 2.0, "AD")) == ["ABCDEF"]
    assert groups(*three("ABC"), ("handset", 9.0, "DEF"), ("email", 9.0, "AD")) == ["ABCDEF"]


def test_one_thing_binds_groups_of_two_firm_people_each_sooner():
    pair, other = (("handset", 2.0, "AB"), ("account", 2.0, "AB")), (("handset", 2.0, "CD"), ("account", 2.0, "CD"))
    # 3 + ln 4 = 4.39
    assert groups(*pair, *other, ("email", 4.4, "AC")) == ["ABCD"]
    assert groups(*pair, *other, ("email", 4.35, "AC")) == ["AB", "CD"]
    # C and D bound by one thing are not firm: 5 + ln 4 = 6.39 it takes.
    assert groups(*pair, ("handset", 5.0, "CD"), ("email", 4.9, "AC")) == ["AB", "CD"]


def test_only_people_tied_by_several_things_are_firm_and_not_who_has_the_number_of_a_group():
    # Pairs bound by one thing, whom two things bind to each other in the second round. That makes none of them firm,
    # nor D, E, F and G, who have the numbers of these pairs: to bind DE and FG still takes 5 + ln 4 = 6.39.
    pairs = [("handset", 5.5, pair) for pair in ("AB", "BC", "DE", "FG", "HI", "JK", "LM", "NO")]
    later = [("email", 2.3, pair) for pair in ("HJ", "LN")] + [("document", 2.3, pair) for pair in ("IK", "MO")]
    assert groups(*pairs, *later, ("account", 4.6, "DF")) == ["ABC", "DE", "FG", "HIJK", "LMNO"]


# -- confirming


def test_a_thing_half_of_whose_users_others_bind_binds_the_rest():
    assert CONFIRMING == 3
    assert groups(*three("ABC"), ("phone", 0.5, "ABCDEF")) == ["ABCDEF"]
    assert groups(*three("ABC"), ("phone", 0.5, "ABCDEFG")) == ["ABC"]


def test_two_users_bound_confirm_nothing():
    assert groups(("handset", 2.0, "AB"), ("account", 2.0, "AB"), ("phone", 0.5, "ABC")) == ["AB"]


def test_users_outside_count_too():
    assert groups(*three("ABC"), ("phone", 0.5, "ABCD", 6)) == ["ABCD"]
    assert groups(*three("ABC"), ("phone", 0.5, "ABCD", 7)) == ["ABC"]


def test_bound_to_others_is_bound_to_others_of_its_users():
    # A, C and E are bound, but each to somebody who does not use the phone.
    pairs = [(facet, 2.0, pair) for pair in ("AB", "CD", "EF") for facet in ("handset", "account")]
    assert groups(*pairs, ("phone", 0.5, "ACE")) == ["AB", "CD", "EF"]
    # Two and two are four of seven, though of two groups: the phone binds both and the rest.
    pairs = [(facet, 2.0, pair) for pair in ("AB", "CD") for facet in ("handset", "account")]
    assert groups(*pairs, ("phone", 0.5, "ABCDEFG")) == ["ABCDEFG"]


def test_a_place_binds_no_two_groups_of_three():
    # Six of the eight who used a network are bound already, in two groups; it binds neither to the other.
    assert groups(*three("ABC"), *three("DEF"), ("network", 0.5, "ABCDEFGH")) == ["ABC", "DEF"]
    assert groups(*three("ABC"), *three("DEF"), ("phone", 0.5, "ABCDEFGH")) == ["ABCDEFGH"]
    # One that has most of the users it binds to the rest, but not to the other group.
    assert groups(*three("ABCDE"), *three("FGH"), ("network", 0.5, "ABCDEFI")) == ["ABCDEI", "FGH"]
    # Pairs it binds as anything does.
    pairs = [(facet, 2.0, pair) for pair in ("AB", "CD") for facet in ("handset", "account")]
    assert groups(*pairs, ("address", 0.5, "ABCDE")) == ["ABCDE"]


def test_the_clients_of_a_hub_do_not_swallow_a_ring():
    # Three of the twenty who name one contact are a ring of their own.
    clients = "ABCDEFGHIJKLMNOPQRST"
    assert groups(*three("ABC"), ("contact", 1.0, clients)) == ["ABC"]
    # A hub that binds its clients by itself makes nobody firm: to bind ring and clients takes 5 + ln(20 x 5) = 9.6.
    hub, ring = ("account", 5.0, clients), three("UVWXY")
    assert groups(hub, *ring, ("phone", 4.9, "AU")) == [clients, "UVWXY"]
    # Two things need 3 + ln 100 = 7.61.
    assert groups(hub, *ring, ("phone", 3.8, "AU"), ("email", 3.8, "BV")) == [clients, "UVWXY"]
    assert groups(hub, *ring, ("phone", 3.9, "AU"), ("email", 3.8, "BV")) == [clients + "UVWXY"]


def test_a_chain_of_weak_links_stays_apart():
    rings = [thing for letters in ("ABCD", "EFGH") for thing in three(letters)]
    chain = [("email", 2.9, "DI"), ("email", 2.9, "IJ"), ("email", 2.9, "JE")]
    assert groups(*rings, *chain) == ["ABCD", "EFGH"]


# -- weak ties


def test_weak_ties_bind_groups_of_two_or_more_people():
    # Two by two: 1 + ln 4 = 2.39, and a place may be what ties them.
    pairs = [(facet, 2.0, pair) for pair in ("AB", "CD") for facet in ("handset", "account")]
    for facet in ("account", "contact", "address", "network"):
        assert groups(*pairs, (facet, 2.4, "AC"), weak=1.0) == ["ABCD"], facet
        assert groups(*pairs, (facet, 2.35, "AC"), weak=1.0) == ["AB", "CD"], facet
        assert groups(*pairs, (facet, 2.4, "AC")) == ["AB", "CD"], facet


def test_weak_ties_bind_one_person_to_three_who_are_tied_by_several_things():
    # Three by one: 1 + ln 3 = 2.1.
    assert groups(*three("ABC"), ("address", 2.1, "AD"), weak=1.0) == ["ABCD"]
    assert groups(*three("ABC"), ("address", 2.0, "AD"), weak=1.0) == ["ABC"]
    assert groups(*three("AB"), ("address", 2.9, "AC"), weak=1.0) == ["AB"]
    assert groups(("address", 2.9, "AB"), weak=1.0) == []


def test_several_things_may_tie_each_to_another_of_the_group():
    # A to B, B to C, C to A: nobody is tied to one other by two things, and everybody to the rest of the group.
    circle = [("account", 5.0, "AB"), ("account", 5.7, "BC"), ("account", 1.0, "AC")]
    assert groups(*circle, ("address", 2.1, "AD"), weak=1.0) == ["ABCD"]
    # In a chain only B is.
    assert groups(*circle[:2], ("address", 2.1, "AD"), weak=1.0) == ["ABC"]


def test_groups_to_begin_with_are_kept():
    _, shared = compared(*three("ABC"), ("address", 2.1, "AD"))
    label = bound_together(shared, RULE, STRENGTH, SINGLE, label=np.array([0, 0, 2, 3]))
    assert label[0] == label[1] == label[2] != label[3]
    left = bound_together(shared.among(np.array([False, True, True, True])), RULE, STRENGTH, SINGLE)
    assert left[1] == left[2] and left[0] not in left[1:]


# -- one rare thing


def singly(*things):
    """The groups of two people or more that one rare handset or contact joins, as words."""
    return words(
        *things, label=lambda shared, count: tied_singly(shared.ties, [FACET["handset"], FACET["contact"]], count)
    )


def loosely(*things):
    """The same, with what else ties people to them."""

    def label(shared, count):
        return joined_loosely(shared.ties, tied_singly(shared.ties, [FACET["handset"]], count), RULE)

    return words(*things, label=label)


def test_one_rare_thing_joins_whoever_has_it():
    assert RARE == 2.5
    assert singly(("handset", 2.5, "ABC"), ("contact", 2.5, "CD"), ("handset", 2.5, "EF")) == ["ABCD", "EF"]
    assert singly(("handset", 2.4, "ABC"), ("account", 9.0, "AB")) == []


def test_what_else_ties_people_to_three_so_joined_joins_them():
    # Three by one: 0.5 + ln 3 = 1.6. A group of two takes nobody in.
    assert LOOSE == 0.5
    assert loosely(("handset", 3.0, "ABC"), ("address", 1.6, "AD")) == ["ABCD"]
    assert loosely(("handset", 3.0, "ABC"), ("address", 1.55, "AD")) == ["ABC"]
    assert loosely(("handset", 3.0, "AB"), ("address", 3.0, "AC")) == ["AB"]
    # What they share counts once as a place, and once as a contact.
    assert loosely(("handset", 3.0, "ABC"), ("address", 0.9, "AD"), ("contact", 0.9, "BD")) == ["ABCD"]
    assert loosely(("handset", 3.0, "ABC"), ("address", 0.9, "AD"), ("network", 0.9, "BD")) == ["ABC"]


def test_when_they_applied_does_not_matter_to_either():
    def later(shared, count):
        label = tied_singly(shared.ties, [FACET["handset"]], count)
        return joined_loosely(shared.ties, label, RULE)

    things = [("handset", 3.0, "ABC"), ("address", 1.6, "AD")]
    far = {"".join(pair): -1.6 for pair in combinations("ABCD", 2)}
    assert words(*things, label=later, near=far) == ["ABCD"]


# -- rounds


def test_all_that_can_be_joined_in_a_round_is_joined_at_once():
    # B is bound to A and to C in the first round; whether A and C were enough by themselves does not come into it.
    two = [(facet, 1.5, pair) for pair in ("AB", "BC") for facet in ("handset", "account")]
    assert groups(*two) == ["ABC"]


def test_a_later_round_takes_what_an_earlier_one_made_possible():
    # AB in the first round, C by AB in the second, D by ABC in the third.
    things = [("handset", 2.0, "AB"), ("account", 2.0, "AB"), ("email", 2.0, "AC"), ("phone", 2.0, "BC")]
    things += [("document", 2.1, "BD"), ("alias", 2.1, "CD")]
    assert groups(*things) == ["ABCD"]
    assert groups(*things[:2], *things[4:]) == ["AB"]


def test_what_others_do_elsewhere_changes_nothing():
    # The hub's clients A, B and C are not bound to D, E and F, nor are they where others far away take more rounds.
    here = [("phone", 5.5, "ABC"), *three("DEF"), ("email", 4.0, "AD")]
    far = [("handset", 2.0, "UV"), ("account", 2.0, "UV")]
    for place, letter in enumerate("WXYZ"):
        far += [("email", 2.6, "UVWXY"[place] + letter), ("document", 2.6, "UVWXY"[max(place - 1, 0)] + letter)]
    assert groups(*far) == ["UVWXYZ"]
    assert groups(*here) == ["ABC", "DEF"]
    assert groups(*here, *far) == ["ABC", "DEF", "UVWXYZ"]


@pytest.mark.parametrize("seed", range(40))
def test_neither_the_order_nor_the_company_of_people_matters(seed):
    """Groups of two books beside each other are those of either, and other names give the same groups."""
    random = np.random.default_rng(seed)

    def some(letters):
        facets = ["handset", "account", "phone", "contact", "social", "network"]
        return [
            (
                facets[random.integers(len(facets))],
                float(random.uniform(0.5, 6)),
                "".join(sorted(random.choice(list(letters), random.integers(2, 5), replace=False))),
            )
            for _ in range(int(random.integers(3, 16)))
        ]

    one, other = some("ABCDEFGHIJ"), some("KLMNOPQRST")
    assert groups(*one, *other) == groups(*one) + groups(*other), f"seed {seed}"
    names = dict(zip("ABCDEFGHIJ", random.permutation(list("ABCDEFGHIJ")).tolist(), strict=True))
    renamed = [(facet, weight, "".join(sorted(names[letter] for letter in users))) for facet, weight, users in one]
    expected = sorted("".join(sorted(names[letter] for letter in group)) for group in groups(*one))
    assert groups(*renamed[::-1]) == expected, f"seed {seed}"


# -- what is too large


def split(*things, least=5, most=60):
    """The groups found: people as words, and how many they were cut from."""
    letters, shared = compared(*things)
    label = bound_together(shared, RULE, STRENGTH, SINGLE)
    found = find_groups(shared.ties, label, RULE, least, most)
    assert all((np.diff(group.people) > 0).all() for group in found)
    return sorted(("".join(letters[person] for person in group.people), group.cut_from) for group in found)


def tight(letters, weight=4.0):
    """People who share two things, all of them."""
    return [("handset", weight, letters), ("account", weight, letters)]


def test_groups_of_fewer_are_none():
    assert split(*tight("ABCD"), *tight("EFGHI")) == [("EFGHI", 0)]
    assert split(*tight("ABCD"), least=4) == [("ABCD", 0)]


def test_what_is_too_large_is_taken_apart_at_its_weaker_ties():
    things = [*tight("ABCDE"), *tight("FGHIJ"), ("email", 3.5, "ABF")]
    assert split(*things, most=10) == [("ABCDEFGHIJ", 0)]
    assert split(*things, most=9) == [("ABCDE", 10), ("FGHIJ", 10)]


def test_the_weakest_ties_go_first_and_no_more_than_must():
    things = [*tight("ABCDE"), *tight("FGHIJ"), *tight("KLMNO"), ("email", 3.5, "ABF"), ("phone", 5.5, "FGK")]
    assert split(*things, most=10) == [("ABCDE", 15), ("FGHIJKLMNO", 15)]
    assert split(*things, most=9) == [("ABCDE", 15), ("FGHIJ", 15), ("KLMNO", 15)]


def test_parts_of_too_few_are_left_out():
    things = [*tight("ABCDE"), *tight("FGHI"), ("email", 3.5, "ABF")]
    assert split(*things, most=8) == [("ABCDE", 9)]


def test_what_is_tied_all_alike_stays_whole():
    assert split(*tight("ABCDEFGHIJKL"), most=10) == [("ABCDEFGHIJKL", 0)]
