"""What each question answers, on small books worked by hand. Times are days of 2020; every window is days 0 to 10."""

import pytest
from oracles.questions import ORACLES, Book
from ringfence.api.services.questions.asking import ANSWERS
from ringfence.api.services.questions.steps import MOST, Steps
from ringfence.graph.errors import UserError
from support.question_books import at, snapshot

WINDOW = {"start": at(0), "end": at(10)}


def moves(text, amount=100):
    """Transfers: ``"a>b@1 b>c@2"``; ``a>b@1:50`` of another amount."""
    rows = []
    for move in text.split():
        ends, _, when = move.partition("@")
        (source, target), (day, _, stated) = ends.split(">"), when.partition(":")
        rows.append((source, target, float(stated or amount), at(float(day))))
    return rows


def events(text):
    """The same without an amount, such as sign-ins: ``"m>a@1"``."""
    return [(*row[:2], row[3]) for row in moves(text)]


def owners(text):
    """Who owns which account: ``"1:a C1:b"``; what begins with C is a company."""
    pairs = [pair.split(":") for pair in text.split()]
    return [(f"{'company' if party.startswith('C') else 'applicant'}:{party}", account) for party, account in pairs]


def answered(book, number, ids, bounds=None, **params):
    """The answer to a question, and what bounds left out."""
    shot, params = snapshot(book), {**WINDOW, **params}
    nodes = {name: shot.find(key if ":" in key else f"account:{key}") for name, key in ids.items()}
    assert None not in nodes.values()
    steps = Steps(shot, params.pop("start"), params.pop("end"), **bounds or {})
    return ANSWERS[number](steps, **nodes, **params), steps.truncated()


def answer(book, number, ids, **params):
    """The answer to a question within the window, whole; the oracle must agree."""
    found, truncated = answered(book, number, ids, **params)
    assert truncated == []
    params = {**WINDOW, **params}
    oracle_ids = {name: key.removeprefix("loan:") for name, key in ids.items()}
    assert found == ORACLES[number](book, **oracle_ids, **params)
    return found


# -- tcr1


def test_devices_are_sought_along_up_to_three_transfers():
    book = Book(
        transfers=moves("a>b@1 b>c@2 c>d@3 d>e@4"),
        sign_ins=events("m>b@9 m>d@1 m>e@1 n>c@1"),
        media={"m": ("POS", True), "n": ("PHONE", False)},
    )
    assert answer(book, "tcr1", {"id": "a"}) == [["b", 1, "m", "POS"], ["d", 3, "m", "POS"]]


@pytest.mark.parametrize(("second", "found"), [("b>c@2", True), ("b>c@1", False), ("b>c@0.5", False)])
def test_a_trace_goes_on_only_with_what_is_later(second, found):
    book = Book(transfers=moves(f"a>b@1 {second}"), sign_ins=events("m>c@1"), media={"m": ("POS", True)})
    assert answer(book, "tcr1", {"id": "a"}) == ([["c", 2, "m", "POS"]] if found else [])


@pytest.mark.parametrize("day", [0, 10])
def test_the_window_is_open_at_both_ends(day):
    book = Book(transfers=moves(f"a>b@{day} a>c@5"), sign_ins=events(f"m>b@5 m>c@{day}"), media={"m": ("POS", True)})
    assert answer(book, "tcr1", {"id": "a"}) == []
    assert len(answer(book, "tcr1", {"id": "a"}, start=at(-1), end=at(11))) == 2


def test_an_account_appears_at_each_distance_and_the_first_one_where_money_returns():
    book = Book(
        transfers=moves("a>b@1 b>a@2 a>b@3 a>a@1"), sign_ins=events("m>a@1 m>b@1 m>b@2"), media={"m": ("POS", True)}
    )
    rows = [["a", 1], ["b", 1], ["a", 2], ["b", 2], ["b", 3]]
    assert answer(book, "tcr1", {"id": "a"}) == [[*row, "m", "POS"] for row in rows]


def test_ids_of_digits_are_sorted_as_numbers_before_others():
    book = Book(
        transfers=moves("a>9@1 a>10@1 a>b@1"), sign_ins=events("m>9@1 m>10@1 m>b@1"), media={"m": ("POS", True)}
    )
    assert [row[0] for row in answer(book, "tcr1", {"id": "a"})] == ["9", "10", "b"]


# -- tcr2


def test_each_loan_upstream_counts_once_however_often_it_was_paid_in_and_passed_on():
    book = Book(
        transfers=moves("x>y@1 x>y@2 y>a@3 z>a@5"),
        deposits=moves("L1>x@1 L1>x@2 L2>x@4 L3>z@1 L3>y@10"),
        owners=owners("1:a"),
        loans={"L1": (100, 10), "L2": (50.5, 5), "L3": (150.5, 1)},
    )
    assert answer(book, "tcr2", {"id": "applicant:1"}) == [["x", 150.5, 15.0], ["z", 150.5, 1.0]]


def test_upstream_each_transfer_is_earlier_than_the_one_after_it():
    book = Book(
        transfers=moves("x>y@3 y>a@3 w>x@1"), deposits=moves("L1>x@1"), owners=owners("1:a"), loans={"L1": (1, 1)}
    )
    assert answer(book, "tcr2", {"id": "applicant:1"}) == []


# -- tcr3


def test_the_shortest_path_need_not_be_in_order_of_time():
    book = Book(transfers=moves("a>b@5 b>c@4 c>d@3 a>d@11 d>a@1 e>e@1"))
    shortest = {("a", "b"): 1, ("a", "d"): 3, ("d", "c"): 3, ("b", "e"): -1, ("a", "a"): 0, ("e", "e"): 0}
    for (one, other), steps in shortest.items():
        assert answer(book, "tcr3", {"id1": one, "id2": other}) == steps


# -- tcr4


def test_a_triangle_counts_adds_and_takes_the_greatest_on_both_sides():
    book = Book(transfers=moves("s>d@5 o>s@1:1.111 o>s@2:2.222 d>o@3:10 p>s@1:5 d>p@1:1 d>p@1:1 q>s@1 d>r@1"))
    assert answer(book, "tcr4", {"id1": "s", "id2": "d"}) == [
        ["p", 1, 5.0, 5.0, 2, 2.0, 1.0],
        ["o", 2, 3.333, 2.222, 1, 10.0, 10.0],
    ]


def test_no_triangle_without_the_payment_that_it_is_about():
    book = Book(transfers=moves("d>s@5 o>s@1 d>o@3 s>d@10"))
    assert answer(book, "tcr4", {"id1": "s", "id2": "d"}) == []


def test_the_two_accounts_themselves_are_no_third():
    book = Book(transfers=moves("s>d@5 s>s@1 d>s@3 d>d@1"))
    assert answer(book, "tcr4", {"id1": "s", "id2": "d"}) == []


# -- tcr5


def test_traces_are_paths_of_accounts_the_longest_first_parallel_transfers_once():
    book = Book(transfers=moves("a>b@1 a>b@2 b>c@2 c>d@3 d>e@4 c>a@3 b>b@3"), owners=owners("1:a 1:c"))
    assert answer(book, "tcr5", {"id": "applicant:1"}) == [
        ["a", "b", "c", "d"],
        ["a", "b", "c"],
        ["c", "d", "e"],
        ["a", "b"],
        ["c", "a"],
        ["c", "d"],
    ]


# -- tcr6


def test_a_card_is_pooled_by_who_received_more_than_three_large_transfers():
    four = "x>m@1:11 x>m@1:11 y>m@2:11 z>m@3:11"
    book = Book(
        transfers=moves(f"{four} {four.replace('m', 'n').replace('z>n@3:11', 'z>n@3:10')} x>m@1:5"),
        withdrawals=moves("m>card@4:7.5 m>card@5:2 n>card@4:7.5 m>other@4:9"),
    )
    thresholds = {"threshold1": 10, "threshold2": 2}
    assert answer(book, "tcr6", {"id": "card"}, **thresholds) == [["m", 44.0, 7.5]]
    assert answer(book, "tcr6", {"id": "card"}, threshold1=4, threshold2=2) == [["m", 49.0, 7.5], ["n", 43.0, 7.5]]


# -- tcr7


def test_in_and_out_above_the_threshold():
    book = Book(transfers=moves("x>a@1:30 x>a@2:30 y>a@3:40 y>a@3:10 a>z@4:30 a>a@5:20"))
    assert answer(book, "tcr7", {"id": "a"}, threshold=10) == [3, 2, 2.4]
    assert answer(book, "tcr7", {"id": "x"}, threshold=10) == [0, 1, 0.0]
    assert answer(book, "tcr7", {"id": "z"}, threshold=10) == [1, 0, -1]


# -- tcr8


def test_the_payment_of_the_loan_is_step_one_and_the_trace_ends_at_four():
    book = Book(
        transfers=moves("a>b@1:80 c>d@1:60 d>e@1:60"),
        withdrawals=moves("b>c@1:70"),
        deposits=moves("L1>a@5:100"),
        loans={"L1": (200, 0)},
    )
    # order of time is not required
    rows = [["d", 0.3, 4], ["c", 0.35, 3], ["b", 0.4, 2]]
    assert answer(book, "tcr8", {"id": "loan:L1"}, threshold=0.5) == rows


def test_a_step_must_exceed_its_share_of_all_that_flowed_into_its_source():
    book = Book(
        transfers=moves("x>a@1:100 a>b@2:100 a>c@2:100.5 x>c@3:20 c>d@4:60.25 c>e@4:60.26"),
        deposits=moves("L1>a@1:60 L2>a@1:40 L2>c@1:999"),
        loans={"L1": (100, 0), "L2": (1, 0)},
    )
    # a took in 60 + 40 of loans and 100 of transfers, half of which b is not above; c took in 120.5 of transfers
    assert answer(book, "tcr8", {"id": "loan:L1"}, threshold=0.5) == [["e", 0.603, 3], ["c", 1.005, 2]]


def test_only_what_the_trace_brought_counts_as_inflow_each_row_once():
    book = Book(
        transfers=moves("a>b@1:50 a>b@1:50 b>c@1:90 c>b@1:90 x>b@1:1 y>z@1:7"),
        deposits=moves("L1>a@1:80"),
        loans={"L1": (100, 0)},
    )
    assert answer(book, "tcr8", {"id": "loan:L1"}, threshold=0.1) == [["c", 0.9, 3], ["b", 1.9, 2]]


def test_a_loan_that_was_not_paid_out_in_the_window_leads_nowhere():
    book = Book(transfers=moves("a>b@1"), deposits=moves("L1>a@10"), loans={"L1": (100, 0)})
    assert answer(book, "tcr8", {"id": "loan:L1"}, threshold=0) == []


# -- tcr9


def test_loans_are_divided_by_repayments_and_by_what_went_out():
    book = Book(
        transfers=moves("x>a@1:50 a>y@2:200 a>y@2:5"),
        deposits=moves("L1>a@1:100 L1>a@2:5"),
        repayments=moves("a>L1@3:40 a>L1@10:60"),
        loans={"L1": (100, 0)},
    )
    assert answer(book, "tcr9", {"id": "a"}, threshold=5) == [2.5, 0.5, 0.25]
    assert answer(book, "tcr9", {"id": "x"}, threshold=5) == [-1, 0.0, 0.0]
    assert answer(book, "tcr9", {"id": "y"}, threshold=5) == [-1, -1, -1]


# -- tcr10


def test_investors_are_alike_by_the_companies_of_both():
    invested = [
        ("applicant:1", "C1", at(1)), ("applicant:1", "C2", at(1)), ("applicant:1", "C1", at(2)),
        ("applicant:2", "C1", at(3)), ("applicant:2", "C3", at(3)), ("applicant:2", "C2", at(10)),
    ]  # fmt: skip
    book = Book(invested=invested, owners=owners("3:a"))
    assert answer(book, "tcr10", {"id1": "applicant:1", "id2": "applicant:2"}) == 0.333
    assert answer(book, "tcr10", {"id1": "applicant:1", "id2": "applicant:1"}) == 1
    assert answer(book, "tcr10", {"id1": "applicant:3", "id2": "applicant:3"}) == 0


# -- tcr11


def chain(text, loans):
    """Guarantees among persons ``"1>2@1"``, and what was lent to whom."""
    guarantees = [(f"applicant:{one}", f"applicant:{other}", day) for one, other, day in events(text)]
    amounts = {loan: (amount, 0) for loan, _, amount, _ in loans}
    return Book(guarantees=guarantees, loans=amounts, applied=[(party, loan, at(day)) for loan, party, _, day in loans])


def test_a_chain_is_followed_to_its_end():
    line = " ".join(f"{number}>{number + 1}@1" for number in range(1, 9))
    loans = [("L1", "applicant:1", 1, 1), ("L2", "applicant:2", 10, 1), ("L9", "applicant:9", 100.5, 1)]
    assert answer(chain(line, loans), "tcr11", {"id": "applicant:1"}) == [110.5, 2]
    assert answer(chain(line, loans), "tcr11", {"id": "applicant:9"}) == [0, 0]


def test_who_begins_the_chain_counts_where_it_comes_back():
    loans = [("L1", "applicant:1", 1, 1), ("L2", "applicant:2", 10, 1), ("L3", "applicant:2", 100, 10)]
    assert answer(chain("1>2@1 2>3@1 3>1@1", loans), "tcr11", {"id": "applicant:1"}) == [11.0, 2]
    assert answer(chain("1>2@1 2>3@1 3>1@10", loans), "tcr11", {"id": "applicant:1"}) == [10.0, 1]


# -- tcr12


def test_payments_to_companies_are_added_up_by_their_account():
    book = Book(
        transfers=moves("a>c@1:5 b>c@2:5.5 a>d@1:20 a>e@1:99 x>c@1:7"), owners=owners("1:a 1:b C1:c C2:d 2:d 2:e 1:c")
    )
    assert answer(book, "tcr12", {"id": "applicant:1"}) == [["d", 20.0], ["c", 10.5]]


# -- cycles


def test_money_that_goes_round_in_order_of_time_is_told_once_with_its_accounts():
    book = Book(transfers=moves("a>b@1:50 b>c@2:40 c>a@3:30 c>a@9"))
    asked = {"shortest": 3, "longest": 6}
    assert answered(book, "cycles", {}, days=5, **asked)[0] == [[3, at(1), at(3), 30.0, ["a", "b", "c"]]]
    assert len(answered(book, "cycles", {}, days=8, **asked)[0]) == 2
    assert answered(book, "cycles", {}, days=1.5, **asked) == ([], [])


def test_transfers_on_the_ends_of_the_window_close_no_cycle():
    book = Book(transfers=moves("a>b@0 b>a@5 c>d@5 d>c@10"))
    assert answered(book, "cycles", {}, shortest=2, longest=2, days=10) == ([], [])


def test_cycles_that_a_bound_left_out_are_counted():
    many = " ".join(f"b>a@{2 + place / 1000}" for place in range(1001))
    rows, left_out = answered(Book(transfers=moves(f"a>b@1 {many}")), "cycles", {}, shortest=2, longest=2, days=5)
    assert rows == [] and left_out == bit("fan_out", 1000, 1)


@pytest.mark.parametrize(("shortest", "longest", "days"), [(1, 3, 5), (4, 3, 5), (2, 17, 5), (2, 3, 0)])
def test_lengths_and_days_that_nobody_can_ask_for(shortest, longest, days):
    with pytest.raises(UserError, match="choose shortest and longest from 2 to 16"):
        answered(Book(transfers=moves("a>b@1")), "cycles", {}, shortest=shortest, longest=longest, days=days)


# -- bounds


def bit(bound, limit, skipped):
    return [{"bound": bound, "limit": limit, "skipped": skipped, "could_change": True}]


@pytest.mark.parametrize(
    ("order", "paths", "skipped"),
    [
        ("time-ascending", [["a", "b", "d"], ["a", "b"]], 2),
        ("time-descending", [["a", "c", "f"], ["a", "c"]], 1),
        ("amount-ascending", [["a", "c", "f"], ["a", "c"]], 1),
        ("amount-descending", [["a", "b", "e"], ["a", "b"]], 2),
    ],
)
def test_a_limit_keeps_the_first_rows_of_each_account_at_each_step(order, paths, skipped):
    book = Book(transfers=moves("a>b@1:9 a>c@2:5 b>d@3:1 b>e@4:2 c>f@3"), owners=owners("1:a"))
    ids, bounds = {"id": "applicant:1"}, {"limit": 1, "order": order}
    assert answered(book, "tcr5", ids, bounds) == (paths, bit("limit", 1, skipped))
    assert answered(book, "tcr5", ids, {**bounds, "limit": 2}) == (answer(book, "tcr5", ids), [])


def test_what_a_limit_keeps_does_not_depend_on_how_an_account_was_reached():
    """The first of b's transfers was before the money came: it is kept, leads nowhere, and the other is cut."""
    book = Book(transfers=moves("a>b@2 b>c@1 b>d@3"), owners=owners("1:a"))
    limited = {"limit": 1, "order": "time-ascending"}
    assert answered(book, "tcr5", {"id": "applicant:1"}, limited) == ([["a", "b"]], bit("limit", 1, 1))


def test_equal_rows_are_cut_by_the_ids_at_their_other_ends():
    book = Book(transfers=moves("a>10@1 a>9@1 a>b@1"), owners=owners("1:a"))
    assert answered(book, "tcr5", {"id": "applicant:1"}, {"limit": 2})[0] == [["a", "9"], ["a", "10"]]


def test_rows_beyond_the_most_that_paths_go_on_by_are_counted():
    shot = snapshot(Book(transfers=moves("a>b@1 a>c@2 b>d@3 b>e@4")))
    steps = Steps(shot, **WINDOW)
    nodes = [shot.find(f"account:{key}") for key in "ab"]
    assert steps.keys(steps.out_of(nodes, "transfers", most=3).other) == ["b", "c", "d"]
    assert steps.truncated() == bit("rows_a_step", MOST, 1)


def test_amounts_that_are_not_on_record_count_as_nothing_and_are_counted():
    paid = [("L1", "a", float("nan"), at(1)), ("L1", "a", 60.0, at(1))]
    book = Book(transfers=moves("a>b@2:31 a>c@2:30"), deposits=paid, loans={"L1": (None, None)})
    assert answered(book, "tcr9", {"id": "a"}, threshold=0) == ([-1, 0.984, 0.0], bit("amount_unknown", None, 1))
    # of the loan's own amount nothing can be said either
    trace = answered(book, "tcr8", {"id": "loan:L1"}, threshold=0.5)
    assert trace == ([["b", -1, 2]], bit("amount_unknown", None, 2))
