"""Where money can have gone from one node to another: the rules by hand, then random books, every way walked."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ringfence.api.services.nodes import path
from ringfence.graph.errors import UserError
from ringfence.graph.model import ALWAYS, FOREVER
from ringfence.graph.times import parse_moment
from support.toy import Book

TERMS = {"A": "applicant", "a": "account", "L": "loan"}


def named(short):
    """``A1`` is an applicant, ``a1`` an account, ``L1`` a loan."""
    return f"{TERMS[short[0]]}:{short}"


def day(number):
    return None if number is None else f"2026-01-{number:02d}"


def transferred(book, text):
    """Transfers of one yuan: ``"a1-a2@5"`` on 5 January."""
    for transfer in text.split():
        ends, _, number = transfer.partition("@")
        one, other = (named(end) for end in ends.split("-"))
        start = parse_moment(day(int(number)))
        uid = f"transfers:{len(book.ties)}"
        book._tie("TRANSFERRED", one, other, uid, 1, start, FOREVER, {}, known=start)
    return book


def owned(text, transfers=""):
    """A book of accounts and their owners: ``"A1:a1 A2:a2"``."""
    book = Book()
    for pair in text.split():
        owner, _, account = pair.partition(":")
        book.owns(owner, account)
    return transferred(book, transfers)


def also_borrowed(book, person, loan):
    """One more borrower of a loan."""
    return book._tie("BORROWED", named(person), named(loan), f"loans:{loan}/{person}", None, ALWAYS, FOREVER, {})


def asked(book, start, goal, **how):
    one, other = named(start), named(goal)
    return path(book.snapshot(), (one, one), (other, other), **how)


def way(book, start, goal, **how):
    """The nodes that money went by, the kinds left out; None where it had no way."""
    answer = asked(book, start, goal, **how)
    return [node["node"].partition(":")[2] for node in answer["nodes"]] if answer["found"] else None


@pytest.mark.parametrize(
    ("transfers", "directed", "in_time"),
    [
        ("a1-a2@1", ["A1", "a1", "a2", "A2"], ["A1", "a1", "a2", "A2"]),
        ("a2-a1@1", None, None),
        ("a1-a5@1 a5-a2@2", ["A1", "a1", "a5", "a2", "A2"], ["A1", "a1", "a5", "a2", "A2"]),
        ("a1-a5@2 a5-a2@1", ["A1", "a1", "a5", "a2", "A2"], None),
        ("a1-a5@2 a5-a2@2", ["A1", "a1", "a5", "a2", "A2"], ["A1", "a1", "a5", "a2", "A2"]),
        # A3 gets it on one account and passes it on from the other
        ("a1-a3@1 a4-a2@2", ["A1", "a1", "a3", "A3", "a4", "a2", "A2"], ["A1", "a1", "a3", "A3", "a4", "a2", "A2"]),
        ("a1-a3@2 a4-a2@1", ["A1", "a1", "a3", "A3", "a4", "a2", "A2"], None),
    ],
)
def test_money_goes_from_one_partys_accounts_to_anothers(transfers, directed, in_time):
    book = owned("A1:a1 A2:a2 A3:a3 A3:a4", transfers)
    assert way(book, "A1", "A2", directed=True) == directed
    assert way(book, "A1", "A2", in_time=True) == in_time


@pytest.mark.parametrize(
    ("start", "goal", "ways"),
    [
        ("a1", "a2", ["a1", "a5", "a2"]),
        ("a1", "A2", ["a1", "a5", "a2", "A2"]),
        ("A1", "a2", ["A1", "a1", "a5", "a2"]),
        ("a2", "a1", None),
    ],
)
def test_money_is_followed_between_accounts_as_between_parties(start, goal, ways):
    book = owned("A1:a1 A2:a2", "a1-a5@1 a5-a2@2")
    assert way(book, start, goal, directed=True) == way(book, start, goal, in_time=True) == ways


def test_nothing_but_money_is_followed():
    book = owned("A1:a1 A2:a2").contact("A1", "1", "父母").contact("A2", "1", "父母")
    assert way(book, "A1", "A2") == ["A1", "1", "A2"]
    assert way(book, "A1", "A2", directed=True) is None


def test_a_joint_account_is_both_owners():
    assert way(owned("A1:a1 A2:a1"), "A1", "A2", in_time=True) == ["A1", "a1", "A2"]


def test_money_comes_out_of_the_loan_that_it_starts_from_or_that_its_borrower_had():
    book = owned("A2:a2").loan("A1", "L1", 100, day(3), "a1")
    transferred(book, "a1-a2@4")
    assert way(book, "L1", "A2", in_time=True) == ["L1", "a1", "a2", "A2"]
    assert way(book, "A1", "A2", in_time=True) == ["A1", "L1", "a1", "a2", "A2"]
    assert way(book, "a2", "L1", in_time=True) is None


def test_money_goes_into_the_loan_that_it_ends_at_or_whose_borrower_it_helps():
    book = owned("A1:a1").loan("A2", "L2", 100, day(1), "a2").repaid("a1", "L2", 5, day(9))
    assert way(book, "A1", "L2", in_time=True) == ["A1", "a1", "L2"]
    assert way(book, "A1", "A2", in_time=True) == ["A1", "a1", "L2", "A2"]
    assert way(book, "A2", "A1", directed=True) is None


def test_a_loan_is_no_way_through():
    # a1 repays the loan of A3, which was paid out to a2: what it paid out was the lender's.
    book = owned("A1:a1 A2:a2").loan("A3", "L3", 100, day(1), "a2").repaid("a1", "L3", 5, day(1))
    assert way(book, "A1", "A2") == ["A1", "a1", "L3", "a2", "A2"]
    assert way(book, "A1", "A2", directed=True) is None


def test_money_that_goes_back_into_the_loan_it_came_out_of_has_reached_no_one():
    book = owned("").loan("A1", "L1", 100, day(1), "a2").repaid("a2", "L1", 5, day(2))
    assert way(book, "L1", "A1", directed=True) is None
    book.loan("A1", "L2", 100, day(1), "a3").repaid("a2", "L2", 5, day(2))
    assert way(book, "L1", "A1", directed=True) == ["L1", "a2", "L2", "A1"], "another loan of the same borrower"


def test_having_borrowed_together_moves_no_money():
    book = Book().loan("A1", "L1", 100, day(1), "a1")
    also_borrowed(book, "A2", "L1")
    assert way(book, "A1", "A2") == ["A1", "L1", "A2"]
    assert way(book, "A1", "A2", directed=True) is None
    assert way(book, "L1", "A1", directed=True) is None
    assert way(book, "A1", "L1", directed=True) is None
    book.owns("A2", "a1")
    assert way(book, "A1", "A2", directed=True) == ["A1", "L1", "a1", "A2"]


def test_a_disbursement_without_a_date_comes_before_all_else():
    book = owned("A2:a2").loan("A1", "L1", 100, None, "a1")
    transferred(book, "a1-a2@4")
    answer = asked(book, "A1", "A2", in_time=True)
    assert [step["valid_from"] for step in answer["relationships"][1:3]] == [None, "2026-01-04T00:00:00+08:00"]


def test_of_parallel_transfers_the_first_in_time_is_shown():
    answer = asked(owned("A1:a1 A2:a2", "a1-a5@5 a5-a2@9 a5-a2@3 a5-a2@7"), "A1", "A2", in_time=True)
    assert [step["valid_from"][:10] for step in answer["relationships"][1:3]] == ["2026-01-05", "2026-01-07"]


def test_events_at_one_instant_are_counted():
    assert asked(owned("", "a1-a2@1 a2-a3@1 a3-a4@2 a4-a5@2"), "a1", "a5", in_time=True)["same_instant"] == 2
    assert asked(owned("", "a1-a2@1 a2-a3@2"), "a1", "a3", in_time=True)["same_instant"] == 0
    assert asked(owned("A2:a2", "a1-a2@1 a3-a4@1").owns("A2", "a3"), "a1", "a4", in_time=True)["same_instant"] == 1
    assert asked(owned("", "a1-a2@1 a2-a3@1"), "a1", "a3", directed=True)["same_instant"] == 0, "order does not count"


def test_an_answer_says_how_it_was_asked():
    book = owned("A1:a1", "a1-a2@1")
    told = [asked(book, "A1", "a2", **how) for how in ({}, {"directed": True}, {"in_time": True})]
    assert [(answer["directed"], answer["in_time"]) for answer in told] == [
        (False, False),
        (True, False),
        (True, True),
    ]


def test_a_transfer_that_is_not_known_yet_moves_nothing():
    book = owned("A1:a1 A2:a2", "a1-a2@9")
    one, other = (("applicant:A1",) * 2, ("applicant:A2",) * 2)
    early, late = (path(book.snapshot(day(number)), one, other, directed=True) for number in (8, 9))
    assert (early["found"], late["found"]) == (False, True)


def test_what_holds_no_money_is_named():
    snapshot = Book().person("A1", mobile="1").snapshot()
    ends = ("applicant:A1",) * 2, ("phone:1",) * 2
    for one, other in (ends, ends[::-1]):
        with pytest.raises(UserError, match="money has no way from or to phone:1: name two nodes of kind applicant"):
            path(snapshot, one, other, directed=True)


def test_bounds_are_named_along_money_too():
    book = owned("", "a1-a2@1 a2-a3@2 a3-a4@3 a4-a5@4")
    short = asked(book, "a1", "a5", max_hops=3, in_time=True)
    assert short["truncated"] == [{"bound": "max_hops", "limit": 3, "skipped": None, "could_change": True}]
    none = asked(book, "a5", "a1", max_hops=3, in_time=True)
    assert (none["found"], none["truncated"]) == (False, [])


# -- random books
@st.composite
def books(draw):
    """A book of money, and its arcs: a loan stands twice, as what pays out and as what is paid back."""
    book, arcs = Book(), []
    person, account, loan = (st.integers(0, count) for count in (2, 4, 2))
    number = st.integers(1, 5)
    for owner, held in draw(st.sets(st.tuples(person, account), max_size=5)):
        book.owns(f"A{owner}", f"a{held}")
        arcs += [(f"A{owner}", f"a{held}", None), (f"a{held}", f"A{owner}", None)]
    for one, other, when in draw(st.lists(st.tuples(account, account, number), max_size=8)):
        transferred(book, f"a{one}-a{other}@{when}")
        arcs.append((f"a{one}", f"a{other}", when))
    borrowed = draw(st.dictionaries(loan, st.tuples(person, account, st.none() | number), max_size=3))
    for key, (borrower, paid, when) in borrowed.items():
        book.loan(f"A{borrower}", f"L{key}", 1, day(when), f"a{paid}")
        arcs.append((f"L{key} out", f"a{paid}", when))
    for key, payer, when in draw(st.lists(st.tuples(loan, account, number), max_size=3)):
        book.repaid(f"a{payer}", f"L{key}", 1, day(when))
        arcs.append((f"a{payer}", f"L{key} back", when))
    borrowers = {f"L{key}": {f"A{borrower}"} for key, (borrower, _, _) in borrowed.items()}
    for key, other in draw(st.lists(st.tuples(loan, person), max_size=2)):
        if f"A{other}" not in borrowers.get(f"L{key}", {f"A{other}"}):
            also_borrowed(book, f"A{other}", f"L{key}")
            borrowers[f"L{key}"].add(f"A{other}")
    for name in (*(f"A{place}" for place in range(3)), *(f"L{place}" for place in range(3))):
        book.flag(named(name), "innocent")  # so that it is there
    for place in range(5):
        book.flag(named(f"a{place}"), "innocent")
    end = st.sampled_from([node.partition(":")[2] for node in book.nodes()])
    return book, arcs, borrowers, draw(end), draw(end)


def every_way(arcs, borrowers, start, goal, in_time):
    """Length and end of every way from start to goal, walked arc by arc."""
    begins = {start, f"{start} out"}
    begins |= {f"{loan} out" for loan, people in borrowers.items() if start in people and loan != goal}
    ends = {goal: 0, f"{goal} back": 0}
    own = {loan for loan, people in borrowers.items() if start == loan or start in people}
    ends |= {f"{loan} back": 1 for loan, people in borrowers.items() if goal in people and loan not in own}

    def walk(here, since, been):
        if here in ends:
            yield ends[here], since
        for source, target, when in arcs:
            if source == here and target not in been and (when is None or not in_time or when >= since):
                then = since if when is None or not in_time else when
                yield from ((length + 1, end) for length, end in walk(target, then, {*been, target}))

    for begin in begins:
        first = int(begin.endswith(" out") and not start.startswith("L"))
        yield from ((first + length, end) for length, end in walk(begin, 0, {begin}))


@settings(max_examples=150)
@given(books(), st.booleans())
def test_money_goes_the_shortest_way_and_in_time_the_one_that_ends_first(question, in_time):
    book, arcs, borrowers, start, goal = question
    answer = asked(book, start, goal, max_hops=20, directed=True, in_time=in_time)
    best = (0, 0) if start == goal else min(every_way(arcs, borrowers, start, goal, in_time), default=None)
    times = [step["valid_from"] for step in answer["relationships"] if step["relation"] not in ("OWNS", "BORROWED")]
    last = max((int(time[8:10]) for time in times if time), default=0) if in_time else 0
    assert ((answer["hops"], last) if answer["found"] else None) == best
    assert answer["truncated"] == []
