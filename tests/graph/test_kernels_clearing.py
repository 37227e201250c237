"""Clearing with guarantees: answers known by hand, the classical interbank case, and what must hold of every one."""

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oracles import contagion as oracle
from ringfence.graph.kernels.clearing import called_on, clear, sampled, settled
from ringfence.graph.kernels.obligations import obligations

CHAIN = [(1, 0, 100.0), (2, 1, 100.0)]
"""B stands for A and C for B, 100 each."""


def owing(debt, contracts, claims=None):
    """Debts with contracts ``(guarantor, borrower, cap)`` and claims ``(debtor, creditor, amount)``."""
    guarantor, borrower, cap = np.array(contracts, float).reshape(-1, 3).T
    inside = None
    if claims is not None:
        debtor, creditor, amount = np.array(claims, float).reshape(-1, 3).T
        inside = debtor.astype(np.int32), creditor.astype(np.int32), amount
    return obligations(np.array(debt, float), guarantor.astype(np.int32), borrower.astype(np.int32), cap, inside)


def cleared(debt, resources, contracts, priority, claims=None):
    """The clearing, and what it means for everybody."""
    net = owing(debt, contracts, claims)
    found = clear(net, np.array(resources, float), priority)
    return found, settled(net, found, np.arange(len(debt)))


# -- known answers


def test_behind_own_debt_a_call_never_reaches_the_guarantors_creditors():
    found, told = cleared([100, 100, 50], [0, 150, 80], CHAIN, "own_first")
    assert found.own.tolist() == [0, 1, 1]
    assert told.received.tolist() == [50, 0, 0]
    assert told.loss.tolist() == [50, 0, 0]
    assert told.paid.tolist() == [0, 50, 0]


def test_ranking_with_own_debt_the_call_brings_the_guarantor_down():
    found, told = cleared([100, 100, 50], [0, 150, 80], CHAIN, "pari_passu")
    assert found.own.tolist() == [0, 0.75, 1]
    assert told.received.tolist() == [75, 25, 0]
    assert told.paid.tolist() == [0, 75, 25]
    assert told.loss.tolist() == [25, 0, 0]


def test_a_mutual_pair_settles_at_an_irrational_part():
    found, _ = cleared([100, 100], [80, 80], [(0, 1, 100.0), (1, 0, 100.0)], "pari_passu")
    assert found.own == pytest.approx([1 - 0.2**0.5] * 2, abs=1e-11)


@pytest.mark.parametrize("priority", ["pari_passu", "own_first"])
def test_without_guarantees_it_is_the_clearing_vector_of_the_interbank_matrix(priority):
    owed = [[0, 7, 1, 1], [3, 0, 3, 3], [1, 1, 0, 1], [1, 2, 1, 0]]
    claims = [(i, j, amount) for i, row in enumerate(owed) for j, amount in enumerate(row) if amount]
    debt = [sum(row) + 3 for row in owed]
    found, _ = cleared(debt, [1, 3, 2, 5], [], priority, claims)
    assert found.own * debt == pytest.approx([192 / 37, 332 / 37, 210 / 37, 7], abs=1e-10)


def test_a_cap_bounds_the_call_and_the_shortfall_is_split_by_cap():
    """Of a shortfall of 100 covers of 30 and 10 take 40, and of one of 20 their shares: 15 and 5."""
    contracts = [(1, 0, 30.0), (2, 0, 10.0)]
    for resources, expected in ((0, [30, 10]), (80, [15, 5])):
        _, told = cleared([100, 0, 0], [resources, 1e9, 1e9], contracts, "pari_passu")
        assert told.called.tolist()[1:] == pytest.approx(expected)


def test_whoever_has_and_owes_nothing_pays_in_full_until_it_is_called():
    found, _ = cleared([10, 0], [10, 0], [(1, 0, 5.0)], "pari_passu")
    assert found.own.tolist() == [1, 1]
    found, told = cleared([10, 0], [0, 0], [(1, 0, 5.0)], "pari_passu")
    assert found.calls.tolist()[1] == 0 and told.loss.tolist() == [10, 0]


def test_infinite_resources_pay_everything():
    found, told = cleared([100, 40], [0, np.inf], [(1, 0, 70.0)], "pari_passu")
    assert (found.own.tolist(), told.paid.tolist()) == ([0, 1], [0, 70])


def test_a_guarantee_for_a_creditors_debtor_reaches_the_creditor():
    """A owes 10 to B alone and has nothing; C, who guarantees it for 6, pays B, who then pays 6 of its 10."""
    found, _ = cleared([10, 10, 0], [0, 0, 100], [(2, 0, 6.0)], "pari_passu", [(0, 1, 10.0)])
    assert found.own.tolist() == [0, 0.6, 1]


def test_a_bound_that_bites_says_how_far_payments_could_still_fall():
    net = owing([100, 100], [(0, 1, 100.0), (1, 0, 100.0)])
    found = clear(net, np.array([80.0, 80.0]), "pari_passu", most_work=5)
    assert found.open > 0
    assert (found.own >= 1 - 0.2**0.5).all()


# -- what holds of every net

money = st.integers(0, 60).map(float)


@st.composite
def nets(draw):
    count = draw(st.integers(1, 7))
    party = st.integers(0, count - 1)
    contracts = draw(st.lists(st.tuples(party, party, money), max_size=14).map(_no_self))
    amounts = st.lists(money, min_size=count, max_size=count)
    return draw(amounts), draw(amounts), contracts, draw(party)


def _no_self(contracts):
    return [contract for contract in contracts if contract[0] != contract[1]]


@settings(max_examples=300, deadline=None)
@given(nets(), st.sampled_from(["pari_passu", "own_first"]))
def test_nobody_pays_more_than_it_has_and_no_creditor_gets_more_than_its_due(net, priority):
    debt, resources, contracts, _ = net
    found, told = cleared(debt, resources, contracts, priority)
    due = np.array(debt)
    assert not found.open
    assert (found.own * due + told.paid <= np.array(resources) + 1e-9).all()
    assert (found.own * due + told.received <= due + 1e-9).all()
    assert (told.loss >= 0).all()
    assert told.paid.sum() == pytest.approx(told.received.sum(), abs=1e-9)
    assert (found.own <= 1).all() and (found.calls <= 1).all() and (found.own >= 0).all()


@settings(max_examples=300, deadline=None)
@given(nets(), st.sampled_from(["pari_passu", "own_first"]))
def test_it_is_the_fixed_point_that_is_reached_from_full_payment(net, priority):
    debt, resources, contracts, _ = net
    found, _ = cleared(debt, resources, contracts, priority)
    own, _ = oracle.clearing(debt, resources, contracts, priority == "own_first", steps=3_000)
    assert found.own == pytest.approx(own, abs=1e-3)
    assert (found.own >= np.array(own) - 1e-3).all()


@settings(max_examples=200, deadline=None)
@given(nets(), st.sampled_from(["pari_passu", "own_first"]))
def test_going_on_from_an_earlier_clearing_ends_where_starting_anew_does(net, priority):
    debt, resources, contracts, seed = net
    owed, has = owing(debt, contracts), np.array(resources)
    shocked = has.copy()
    shocked[seed] = 0.0
    before, anew = clear(owed, has, priority), clear(owed, shocked, priority)
    after = clear(owed, shocked, priority, before, np.array([seed]))
    assert after.own == pytest.approx(anew.own, abs=1e-5)
    assert after.calls == pytest.approx(anew.calls, abs=1e-5)


def test_a_linear_program_agrees_where_own_debt_comes_first():
    for seed in range(200):
        chance = random.Random(seed)
        count = chance.randint(1, 7)
        contracts = _no_self(
            [(chance.randrange(count), chance.randrange(count), float(chance.randint(1, 50))) for _ in range(10)]
        )
        debt, resources = ([float(chance.randint(0, 80)) for _ in range(count)] for _ in range(2))
        _, told = cleared(debt, resources, contracts, "own_first")
        paid = oracle.own_first_by_program(debt, resources, contracts) if contracts else 0.0
        assert told.paid.sum() == pytest.approx(paid, abs=1e-6), f"seed {seed}"


def test_losses_over_drawings_are_those_of_each_drawing_cleared_by_itself():
    for seed in range(60):
        chance = random.Random(seed)
        count = chance.randint(2, 8)
        contracts = _no_self(
            [(chance.randrange(count), chance.randrange(count), float(chance.randint(1, 50))) for _ in range(14)]
        )
        debt, resources = ([float(chance.randint(0, 80)) for _ in range(count)] for _ in range(2))
        draws = [sorted(chance.sample(range(count), chance.randint(0, min(count, 3)))) for _ in range(5)]
        net, weight = owing(debt, contracts), np.array([3, 1, 1, 2, 5])
        offsets = np.concatenate(([0], np.cumsum([len(draw) for draw in draws])))
        flat = np.array([party for draw in draws for party in draw], dtype=np.int64)
        for priority in ("pari_passu", "own_first"):
            found = sampled(net, np.array(resources), priority, (offsets, flat), weight)
            each = []
            for draw in draws:
                shocked = np.array(resources)
                shocked[draw] = 0.0
                each.append(settled(net, clear(net, shocked, priority), np.arange(count)).loss)
            assert found.total == pytest.approx([loss.sum() for loss in each], abs=1e-4), f"seed {seed}"
            assert found.sums == pytest.approx(weight @ np.array(each), abs=1e-3), f"seed {seed}"


def test_calls_of_contracts_add_up_to_those_of_parties():
    net = owing([100, 100, 50], CHAIN)
    found = clear(net, np.array([0.0, 150, 80]), "pari_passu")
    assert called_on(net, found, np.array([0, 1])).tolist() == [100, 25]
