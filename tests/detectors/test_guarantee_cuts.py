"""What is cut at once, what it weighs, and what a budget buys, on nets worked by hand."""

from itertools import combinations

import numpy as np
import pytest
from ringfence.detectors.guarantees.cut import cuttable
from ringfence.detectors.guarantees.default_rates import default_rates
from ringfence.detectors.guarantees.expected_loss import Simulation
from ringfence.detectors.guarantees.exposures import exposures
from ringfence.detectors.guarantees.groups import build_ties
from ringfence.detectors.guarantees.replacement import plan
from ringfence.detectors.policy import Policy, shipped
from support.toy import Book


def apart(book, contracted=False):
    """A book's contracts as what can be cut."""
    view = book.snapshot()
    held = exposures(view)
    return cuttable(held, build_ties(view).label(view.find_all(held.net.names)) if contracted else None)


def cut(net):
    """``guarantor>borrower`` of what is cut, and the weight."""
    found = net.cuts()
    arcs = [_arcs(net, item) for part in found for item in part.items.tolist()]
    return sorted(arcs), sum(part.weight for part in found)


def _arcs(net, item):
    names = [name.partition(":")[2] for name in net.held.net.names]
    pairs = {(names[net.held.guarantor[one]], names[net.held.borrower[one]]) for one in net.contracts[item]}
    return " ".join(sorted(f"{one}>{other}" for one, other in pairs))


# -- what is cut at once


def test_parallel_contracts_are_cut_together_at_their_sum():
    book = Book().guarantees("A>B A>B A>B", 2).guarantees("B>C C>A", 5)
    assert cut(apart(book)) == (["B>C"], 5) or cut(apart(book)) == (["C>A"], 5)
    assert cut(apart(Book().guarantees("A>B A>B", 2).guarantees("B>A", 5))) == (["A>B"], 4)


def test_a_joint_group_is_cut_whole():
    """Three pairs in a group of 6 in all; X and Y hang on it by a round of 1."""
    book = Book().guarantees("A>B B>C C>A", 2, joint_group_id="J").guarantees("X>Y Y>X", 1)
    arcs, weight = cut(apart(book))
    assert arcs[0] == "A>B B>C C>A" and arcs[1] in ("X>Y", "Y>X") and weight == 7


def test_a_contract_of_unknown_amount_weighs_the_median_of_the_known_ones():
    net = apart(Book().guarantees("A>B", None).guarantees("B>A", 7).guarantees("B>C", 3).guarantees("C>D", 9))
    assert net.typical == 7
    net = apart(Book().guarantees("A>B", None).guarantees("B>A", 5).guarantees("B>C C>D", 9))
    assert cut(net) == (["B>A"], 5)
    nothing_known = apart(Book().guarantees("A>B B>C C>A A>C"))
    assert cut(nothing_known)[1] == 1


def test_amounts_in_another_currency_take_no_part():
    book = Book().guarantees("A>B B>C", 5, currency="CNY").guarantees("C>A", 1, currency="USD")
    assert cut(apart(book)) == ([], 0)


def test_groups_are_one_party_in_the_contracted_view():
    book = Book().guarantees("X1>Y Y>X2", 5).holds("P", "X1", 0.6).holds("P", "X2", 0.7)
    assert cut(apart(book)) == ([], 0)
    arcs, weight = cut(apart(book, contracted=True))
    assert (len(arcs), weight) == (1, 5)


# -- what a budget buys


def lent(book, **balances):
    """The book with a loan, and net assets of 10, for each company."""
    for key, balance in balances.items():
        book.company(key, net_assets=10.0)
        book.loan("x", f"L{key}", balance=float(balance), five_class="次级")
        book.ties[-1] = book.ties[-1].__class__(**{**vars(book.ties[-1]), "source": f"company:{key}"})
    return book


def planned(book, budget, draws=300):
    net = apart(book)
    rates = default_rates(net.held, shipped())
    run = Simulation(net.held, rates, np.arange(len(net.held.debt)), "pari_passu", draws)
    return net, run, plan(net, run, budget)


def test_the_best_two_are_no_worse_than_any_two():
    book = lent(Book().guarantees("A>B B>C C>A D>A", 40).guarantees("D>C B>D", 25), A=60, B=50, C=40, D=30)
    net, run, made = planned(book, 2)
    assert made.exact
    best, *others = made.choices
    for pair in combinations(range(net.count), 2):
        contracts = np.concatenate([net.contracts[item] for item in pair])
        assert best.after.mean <= run.mean(run.replaced(contracts)) + 1e-9
    assert all(best.after.mean <= other.after.mean + 1e-9 for other in others)
    assert best.drop.mean == pytest.approx(made.before.mean - best.after.mean)
    assert best.drop.low <= best.drop.mean <= best.drop.high
    amounts = [net.weight[item] for item in made.choices[3].items]
    assert amounts == sorted(net.weight, reverse=True)[:2]


def test_where_sets_are_many_the_best_is_built_up_and_said_to_be():
    pairs = [(f"C{one}", f"C{(one + step) % 12}") for one in range(12) for step in (1, 2, 3)]
    text = " ".join(f"{one}>{other}" for one, other in pairs)
    book = lent(Book().guarantees(text, 20), **{f"C{one}": 20 + one for one in range(12)})
    net, run, made = planned(book, 3, draws=50)
    assert not made.exact and not made.truncated
    assert len(made.choices[0].items) == 3
    one = min(range(net.count), key=lambda item: run.mean(run.replaced(net.contracts[item])))
    assert made.choices[0].items[0] == one


def test_a_budget_above_what_there_is_replaces_everything():
    _, _, made = planned(lent(Book().guarantees("A>B B>A", 10), A=20, B=20), 5)
    assert len(made.choices[0].items) == 2 and made.exact


# -- drawings


def test_rates_come_from_the_policy_by_the_worst_grade():
    book = lent(Book().guarantees("A>B C>B", 10), A=20)
    held = exposures(book.snapshot())
    rate = dict(zip(held.net.names, default_rates(held, Policy("x", (0.4, 0.6, 0.8), {}, {"次级": 0.4})), strict=True))
    assert rate == {"company:A": 0.4, "company:B": 0.01, "company:C": 0.01}


def test_the_mean_loss_of_one_borrower_is_its_probability_times_its_loss():
    """A owes 20 and defaults with 1 in 4; B covers 5 of it: 15 are lost. The interval of 20,000 drawings holds 3.75."""
    book = lent(Book().guarantees("B>A", 5), A=20)
    book.company("B", net_assets=100.0)
    held = exposures(book.snapshot())
    run = Simulation(held, default_rates(held, shipped()), np.arange(2), "pari_passu", draws=20_000)
    total = run.total(run.losses)
    failing_too = 0.25 * 0.01 * 5
    assert total.low <= 0.25 * 15 + failing_too <= total.high
    assert total.high - total.low < 0.2
    fails = run.fails(held.net.names.index("company:A"))
    assert fails.low <= 0.25 <= fails.high
