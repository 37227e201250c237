"""Fund flows in small books whose answers are worked by hand: what is followed, how far, and what is told of it."""

import pytest
from ringfence.detectors.flows.course import course
from ringfence.detectors.flows.detector import FUND_FLOW
from ringfence.detectors.flows.search import search
from support.flow_books import (
    LENT,
    at,
    back,
    broker,
    chain,
    customer,
    find,
    innocent,
    lends,
    members,
    refunded,
    through,
)
from support.toy import Book

PAID = "2026-03-02T10:00"


def one(book, *args, **params):
    """The only flow of a book."""
    (found,) = find(book, *args, **params)
    return found


def sums(found):
    """Can, convention, must in yuan."""
    return tuple(found.measures.get(name) for name in ("can", "convention", "must"))


def mules(book, *keys):
    """The book with people who have an account each."""
    for key in keys:
        customer(book, key)
    return book


# -- how far money is followed


def test_money_that_is_sent_on_to_a_restricted_account_is_found():
    found = one(chain(broker(lends(Book(), "A")), "AR"))
    assert (members(found), members(found, "mule"), sums(found)) == (["A"], [], (LENT, LENT, None))
    assert "in 1 transfer to 1 restricted account" in found.reason_en


def test_a_loan_that_is_paid_to_a_restricted_account_has_arrived():
    found = one(broker(customer(Book(), "A").loan("A", "L", LENT, PAID, "R")))
    assert (members(found), sums(found)) == (["A"], (LENT, LENT, LENT))
    assert "money went straight to 1 restricted account" in found.reason_en
    assert "款项直接到达1个受限账户" in found.reason_zh


@pytest.mark.parametrize("hops", range(1, 13))
def test_money_is_followed_over_ten_transfers_and_no_more(hops):
    found = find(through(Book(), mules=hops - 1))
    assert [finding.measures["transfers"] for finding in found] == ([hops] if hops <= 10 else [])


@pytest.mark.parametrize(("hours", "followed"), [(7 * 24, True), (7 * 24 + 0.01, False)])
def test_money_may_rest_for_seven_days_and_no_longer(hours, followed):
    book = mules(broker(lends(Book(), "A")), "B")
    first, last = at(PAID, 1), at(PAID, 1 + hours)
    book.transferred("A", "B", first, amount=LENT).transferred("B", "R", last, amount=LENT)
    assert bool(find(book)) == followed


def test_a_payment_to_oneself_does_not_begin_the_rest_anew():
    book = mules(broker(lends(Book(), "A")), "B")
    book.transferred("A", "B", at(PAID, 1), amount=LENT).transferred("B", "B", at(PAID, 150), amount=LENT)
    assert find(book.transferred("B", "R", at(PAID, 300), amount=LENT)) == []


def test_what_left_before_it_came_is_no_flow():
    book = mules(broker(lends(Book(), "A")), "B")
    book.transferred("A", "B", at(PAID, 9), amount=LENT).transferred("B", "R", at(PAID, 8), amount=LENT)
    assert find(book) == []
    assert find(broker(lends(Book(), "A")).transferred("A", "R", at(PAID, -1), amount=LENT)) == []


def test_money_is_split_and_merged_again():
    book = mules(broker(lends(Book(), "A")), "B", "C", "D")
    book.transferred("A", "B", at(PAID, 1), amount=30_000).transferred("A", "C", at(PAID, 1), amount=20_000)
    book.transferred("B", "D", at(PAID, 2), amount=29_000).transferred("C", "D", at(PAID, 3), amount=19_000)
    found = one(book.transferred("D", "R", at(PAID, 4), amount=47_500))
    assert (members(found, "mule"), sums(found)) == (["B", "C", "D"], (47_500, 47_500, None))


def test_a_fee_that_is_kept_lowers_what_arrives():
    assert sums(one(through(Book(), mules=2))) == (48_020, 48_020, None)


def test_two_loans_in_one_account_are_never_counted_twice():
    book = lends(broker(lends(Book(), "A")), "A", at(PAID, 1), number="second")
    found = one(book.transferred("A", "R", at(PAID, 2), amount=60_000))
    assert (sums(found), found.measures["amount"], found.measures["share"]) == ((60_000, 60_000, None), 100_000, 0.6)


def test_small_transfers_are_not_followed():
    for part, followed in ((2_500, True), (2_499.99, False)):
        book = broker(lends(Book(), "A"))
        for i in range(20):
            book.transferred("A", "R", at(PAID, 1 + i), amount=part)
        assert bool(find(book)) == followed


@pytest.mark.parametrize(("at_once", "count"), [(1, 1), (0, 0)])
def test_at_one_instant_money_passes_on_only_where_the_policy_says_so(at_once, count):
    book = mules(broker(lends(Book(), "A")), "B")
    book.transferred("B", "R", at(PAID, 1), amount=LENT).transferred("A", "B", at(PAID, 1), amount=LENT)
    found = find(book, follows_at_once=at_once)
    assert len(found) == count
    for finding in found:
        assert sums(finding) == (LENT, LENT, None)
        assert "of transfers at one instant, either may follow the other" in finding.reason_en
        assert "同一时刻的转账按可相互衔接计算" in finding.reason_zh


def test_of_equal_instants_nothing_is_said_where_none_followed_another():
    assert "instant" not in one(through(Book())).reason_en


# -- money back


def test_money_that_comes_back_to_the_same_or_another_account_of_the_borrower_is_found():
    same = chain(mules(lends(Book(), "A"), "B"), "ABA")
    assert (members(one(same)), members(one(same), "mule")) == (["A"], ["B"])
    assert "back to" in one(same).reason_en
    assert "回到借款人本人账户" in one(same).reason_zh
    assert members(one(back(Book())), "mule") == ["B1", "B2"]


def test_money_between_a_borrowers_own_accounts_has_not_come_back():
    book = lends(Book(), "A").owns("A", "A2")
    assert find(chain(book, ["A", "A2", "A"])) == []


def test_an_account_of_joint_owners_is_the_borrowers_own():
    book = mules(lends(Book(), "A"), "B").owns("A", "joint").owns("B", "joint")
    assert find(chain(book, ["A", "joint", "A"])) == []
    assert members(one(chain(book, ["A", "B", "joint"], at(PAID, 30))), "mule") == ["B"]


def test_joint_owners_of_an_account_on_the_way_are_all_members():
    book = mules(broker(lends(Book(), "A")), "B", "C").owns("B", "joint").owns("C", "joint")
    assert members(one(chain(book, ["A", "joint", "R"])), "mule") == ["B", "C"]


def test_a_loan_paid_to_somebody_elses_account_that_pays_the_borrower_has_not_come_back():
    book = mules(Book(), "A", "B").loan("A", "L", LENT, PAID, "B")
    assert find(book.transferred("B", "A", at(PAID, 1), amount=LENT)) == []


def test_a_loan_paid_to_somebody_elses_account_is_followed_to_restricted_ones():
    book = broker(mules(Book(), "A", "B").loan("A", "L", LENT, PAID, "B"))
    found = one(book.transferred("B", "R", at(PAID, 1), amount=LENT))
    assert (members(found), members(found, "mule")) == (["A"], ["B"])


def test_money_that_came_back_and_went_on_counts_once():
    """30,000 come back, and 20,000 of them go to a broker: 30,000 arrived, not 50,000. Only if 20,000 never left the
    account they can have gone beside."""
    book = mules(broker(lends(Book(), "A")), "B")
    book.transferred("A", "B", at(PAID, 1), amount=LENT).transferred("B", "A", at(PAID, 2), amount=30_000)
    found = one(book.transferred("A", "R", at(PAID, 3), amount=20_000))
    assert sums(found) == (50_000, 30_000, None)


# -- merchants


def test_from_a_merchants_account_money_is_followed_only_back_to_the_borrower():
    book = broker(lends(Book(), "A").merchant("M", "till", "超市"))
    chain(book, ["A", "till", "R"])
    assert find(book) == []
    book = lends(Book(), "A").merchant("M", "till", "超市")
    found = one(chain(book, ["A", "till", "A"]))
    assert (members(found, "mule"), found.measures["restricted_accounts"]) == (["M"], 0)


def test_around_the_borrower_lies_all_that_was_looked_at_after_a_shop_paid_a_loan_back():
    book = customer(Book().merchant("M", "till"), "A").loan("A", "LA", LENT, PAID, merchant="M")
    for mule in "BCDEF":
        customer(book, mule)
    view = chain(book, ["till", "B", "A", "C", "D", "E", "F"]).snapshot()
    params = FUND_FLOW.defaults()
    known = FUND_FLOW.population(view, params)
    (unit,) = FUND_FLOW.units(view, known, params)
    (around,) = FUND_FLOW.around(view, known, params, view.find_all(["applicant:A"]))
    assert view.names(around.nodes) == view.names(unit.nodes)
    assert {"account:C", "account:D"} <= set(view.names(unit.nodes))


# -- where money must not go


@pytest.mark.parametrize(
    "restricts",
    [
        lambda book: book.flag("account:X", "restricted_destination"),
        lambda book: book.merchant("M", "X").flag("merchant:M", "restricted_destination"),
        lambda book: book.account("X", "company:C").flag("company:C", "restricted_destination"),
        lambda book: book.merchant("M", "X", "XX证券营业部"),
        lambda book: book.merchant("M", "X", "房地产开发"),
    ],
    ids=["account", "merchant", "company", "securities", "property"],
)
def test_an_account_is_restricted_by_a_list_or_by_its_merchants_line_of_business(restricts):
    found = one(restricts(chain(lends(Book(), "A"), "AX")))
    assert found.measures["restricted_accounts"] == 1
    assert found.things[0]["nodes"] == ["account:X"]


@pytest.mark.parametrize("other", [{"flag": "blacklist"}, {"category": "餐饮"}])
def test_other_flags_and_other_merchants_restrict_nothing(other):
    book = chain(lends(Book(), "A"), "AX").merchant("M", "X", other.get("category"))
    assert find(book.flag("merchant:M", other["flag"]) if "flag" in other else book) == []


def test_the_policy_names_the_lines_of_business():
    book = chain(lends(Book(), "A").merchant("M", "X", "珠宝"), "AX")
    assert find(book) == []
    assert one(book, restricted_categories=("珠宝",)).measures["restricted_accounts"] == 1


@pytest.mark.parametrize(
    ("since", "until", "counts"),
    [(None, None, True), ("2026-06-01", "2026-07-01", True), (None, "2026-06-01", False), ("2026-07-01", None, False)],
)
def test_a_flag_counts_only_while_it_is_in_force(since, until, counts):
    book = chain(lends(Book(), "A"), "AX").flag("account:X", "restricted_destination", since=since, until=until)
    assert bool(find(book)) == counts


# -- shares and parts of loans


@pytest.mark.parametrize(("amount", "told"), [(15_000, True), (14_999.99, False)])
def test_thirty_per_cent_of_a_loan_must_arrive(amount, told):
    assert bool(find(broker(lends(Book(), "A")).transferred("A", "R", at(PAID, 1), amount=amount))) == told
    returned = mules(lends(Book(), "A"), "B").transferred("A", "B", at(PAID, 1), amount=LENT)
    assert bool(find(returned.transferred("B", "A", at(PAID, 2), amount=amount))) == told


def test_what_must_come_back_has_a_limit_of_its_own():
    book = chain(mules(lends(Book(), "A"), "B"), "ABA", amount=20_000)
    assert find(book, least_back=0.4) == []
    assert find(book, least_share=0.9) != []


def test_shares_are_of_the_whole_loan_however_it_is_paid_out():
    for part, told in ((15_000, True), (14_000, False)):
        book = broker(customer(Book(), "A").loan("A", "L", LENT, PAID))
        book.disbursed("L", "A", part, PAID).disbursed("L", "elsewhere", LENT - part, at(PAID, 1))
        found = find(book.transferred("A", "R", at(PAID, 2), amount=part))
        assert bool(found) == told
        assert [finding.measures["amount"] for finding in found] == [LENT] * told


def test_parts_of_a_loan_arrive_together():
    book = broker(customer(Book(), "A").loan("A", "L", LENT, PAID))
    book.disbursed("L", "A", 20_000, PAID).disbursed("L", "A", 30_000, at(PAID, 1))
    found = one(book.transferred("A", "R", at(PAID, 2), amount=LENT))
    assert (sums(found), found.measures["loans"]) == ((LENT, LENT, None), 1)


# -- members


def test_accounts_are_members_where_nobody_in_the_book_owns_any():
    book = broker(Book().loan("A", "L", LENT, PAID, "a1"))
    found = one(chain(book, ["a1", "b1", "c1", "R"]))
    assert (members(found), members(found, "mule")) == (["A"], ["b1", "c1"])


def test_accounts_of_nobody_known_are_no_members_where_others_are_owned():
    found = one(chain(mules(broker(lends(Book(), "A")), "B"), ["A", "unknown", "B", "R"]))
    assert members(found, "mule") == ["B"]
    assert "by way of accounts of 1 other and 1 account of no known owner" in found.reason_en
    assert "经1名他人的账户和1个无户主记录的账户以3笔转账到达" in found.reason_zh


def test_loans_that_share_a_transfer_are_one_flow_and_others_are_not():
    book = mules(broker(lends(lends(Book(), "A"), "B")), "C", "D")
    chain(book, "AC")
    chain(book, "BC")
    book.transferred("C", "R", at(PAID, 9), amount=90_000)
    assert members(one(book)) == ["A", "B"]
    apart = chain(chain(mules(broker(lends(lends(Book(), "A"), "B")), "C", "D"), "ACR"), "BDR")
    assert sorted(members(found)[0] for found in find(apart)) == ["A", "B"]


# -- three amounts


def test_balances_say_how_much_must_be_the_loans():
    """30,000 were there, 50,000 of the loan came, then 20,000 more; 70,000 go out: 70 - 30 - 20 = 20."""
    book = broker(lends(Book(), "A"))
    book.transferred("firm", "A", at(PAID, 1), amount=20_000, to_balance_after=100_000)
    found = one(book.transferred("A", "R", at(PAID, 2), amount=70_000, balance_after=30_000))
    assert sums(found) == (50_000, 40_000, 20_000)
    assert "20,000 of it must be" in found.reason_en
    assert "其中2万必为贷款资金" in found.reason_zh


def test_what_other_money_explains_need_not_be_the_loans():
    """Loan of 100, then 200 more, then 100 go out: nothing of it must be the loan's, and balances say so."""
    book = broker(lends(Book(), "A", amount=100))
    book.transferred("firm", "A", at(PAID, 1), amount=200, to_balance_after=300)
    found = one(book.transferred("A", "R", at(PAID, 2), amount=100, balance_after=200))
    assert sums(found) == (100, 100, 0)
    assert "must" not in one(broker(lends(Book(), "A")).transferred("A", "R", at(PAID, 2), amount=LENT)).measures


def test_balances_that_contradict_the_rows_prove_less():
    """The balance behind the payment shows that 30,000 had left unseen: these may have been the loan's."""
    book = broker(lends(Book(), "A")).transferred("firm", "A", at(PAID, 1), amount=1, to_balance_after=50_001)
    book.transferred("firm", "A", at(PAID, 2), amount=1, to_balance_after=20_002)
    found = one(book.transferred("A", "R", at(PAID, 3), amount=20_002, balance_after=0))
    assert sums(found) == (20_002, 20_000, 20_000)


def test_the_convention_is_the_policys():
    book = broker(lends(Book(), "A")).transferred("firm", "A", at(PAID, -1), amount=50_000)
    book.transferred("A", "R", at(PAID, 1), amount=60_000)
    assert find(book, least_share=0.2)[0].measures["convention"] == 10_000
    found = one(book, pro_rata=1)
    assert found.measures["convention"] == 30_000
    assert "in proportion, it is 30,000" in found.reason_en


def test_each_destination_has_its_own_amounts():
    book = broker(broker(lends(Book(), "A")), "R2")
    book.transferred("A", "R", at(PAID, 1), amount=30_000).transferred("A", "R2", at(PAID, 2), amount=40_000)
    found = one(book)
    assert (sums(found), found.measures["restricted_accounts"]) == ((LENT, LENT, None), 2)


# -- innocent explanations


def test_what_has_an_innocent_explanation_is_traced_and_not_told():
    view, params = innocent().snapshot(), FUND_FLOW.defaults()
    assert len(search(view, params).flows) == 3
    assert find(innocent()) == []


def test_ones_own_money_is_told_where_the_way_is_rare():
    """By convention savings went to the broker. By way of others, as never before in a long time, it is told."""
    book = lends(broker(mules(Book(), "B", "C", "D")), "A").transferred("old", "A", "2024-01-01", amount=60_000)
    chain(book, "ABCDR", amount=55_000)
    found = one(book)
    assert found.measures["convention"] == 0
    assert "fewer than" in found.reason_en


def test_a_family_is_innocent_only_where_all_of_it_came_back_by_their_own_accounts():
    assert find(back(Book(), words="配偶")) == []
    assert find(back(Book(), words="朋友")) != []
    strangers = chain(lends(Book(), "A").owns("A", "second"), ["A", "unknown", "second"])
    assert find(strangers) != []
    kin = mules(lends(Book(), "A"), "B").related("A", "B", "配偶")
    assert find(chain(kin, ["A", "B", "unknown", "A"])) != []
    assert find(broker(chain(kin, "ABR"))) != []


def test_a_refund_is_innocent_only_where_all_that_came_back_is_one():
    def bought(*kinds):
        book = lends(Book().merchant("W", "till"), "A").transferred("A", "till", at(PAID, 1), amount=LENT)
        for i, kind in enumerate(kinds):
            book.transferred("till", "A", at(PAID, 20 + i), kind, amount=LENT / len(kinds))
        return find(book)

    assert bought("refund") == bought("refund", "refund") == []
    assert len(bought("transfer")) == len(bought("refund", "transfer")) == 1


def test_a_refund_of_less_than_the_price_of_goods_never_sent_is_none():
    found = one(refunded())
    assert "falls short of the 50,000 of the order" in found.reason_en
    assert (members(found), members(found, "mule")) == (["A"], ["W"])
    assert "ORDERED" in {row["relation"] for row in found.evidence}


@pytest.mark.parametrize(
    "book",
    [
        refunded(share=0.95),
        refunded(shipped_at=at(PAID, 5)),
        refunded(delivered_at=at(PAID, 400)),
        refunded(price=None),
        refunded(price=0.8 * LENT),
        refunded(ordered=169),
        refunded(ordered=-169),
        refunded().order("A", "W", "other", at(PAID, 3), amount=0.8 * LENT),
    ],
)
def test_a_refund_of_a_price_or_of_goods_that_were_sent_is_innocent_and_so_is_one_of_which_no_order_tells(book):
    assert find(book) == []


# -- signs, rests, bounds, what is unknown


def test_the_longest_rest_is_that_before_any_transfer():
    book = mules(broker(lends(Book(), "A")), "B")
    book.transferred("A", "B", at(PAID, 1), amount=LENT).transferred("B", "R", at(PAID, 3), amount=30_000)
    found = one(book.transferred("B", "R", at(PAID, 51), amount=20_000))
    assert found.measures["rest_hours"] == 50
    assert "no longer than 3 days before each transfer" in found.reason_en


def test_money_that_repays_an_older_loan_of_the_borrower_is_a_sign():
    book = broker(lends(Book(), "A")).loan("A", "old", 9_000, "2025-01-01")
    book.repaid("A", "old", 9_000, at(PAID, 1)).transferred("A", "R", at(PAID, 2), amount=41_000)
    found = one(book)
    assert (sums(found), found.measures["repaid_old"]) == ((41_000, 41_000, None), 9_000)
    assert "another 9,000 repaid other loans" in found.reason_en


def test_an_account_on_the_way_that_repays_for_several_is_a_sign():
    book = chain(mules(broker(lends(Book(), "A")), "B"), "ABR")
    assert one(book).measures["repaid_for"] == 0
    for key in "XY":
        customer(book, key).loan(key, f"L{key}", 5_000, "2026-01-05", key).repaid("B", f"L{key}", 900, "2026-02-05")
    assert one(book).measures["repaid_for"] == 2
    assert "repaid loans of 2 other people" in one(book).reason_en


def test_an_account_that_is_too_busy_is_named_as_not_followed():
    book = customer(through(Book()), "H").transferred("A0", "H", at(PAID, 1), amount=10_000)
    for i in range(6):
        book.transferred("H", f"h{i}", at(PAID, 2), amount=5_000)
    (bound,) = one(book, max_fan_out=5).truncated
    assert (bound["bound"], bound["limit"], bound["could_change"]) == ("max_fan_out", 5, True)
    assert bound["skipped"].startswith("1 ")
    assert one(book, max_fan_out=6).truncated == []


def test_one_busy_account_of_many_loans_is_named_once():
    book = customer(mules(broker(lends(lends(Book(), "A"), "B")), "C"), "H")
    for key in "AB":
        chain(book, [key, "C"], at(PAID, 1), 40_000)
        chain(book, [key, "H"], at(PAID, 1), 10_000)
    for i in range(6):
        book.transferred("H", f"h{i}", at(PAID, 2), amount=5_000)
    found = one(chain(book, "CR", at(PAID, 3), 80_000), max_fan_out=5)
    assert found.truncated[0]["skipped"].startswith("1 ")


def test_a_payment_with_too_many_transfers_says_so():
    book = broker(lends(Book(), "A"))
    for i in range(6):
        book.transferred("A", "R", at(PAID, 1 + i), amount=5_000)
    (bound,) = one(book, max_transfers=4).truncated
    assert (bound["bound"], bound["limit"], bound["could_change"]) == ("max_transfers", 4, True)


@pytest.mark.parametrize("unknown", [{"amount": None}, {"time": None}, {"amount": 0}])
def test_what_has_no_known_time_or_amount_is_not_followed(unknown):
    row = {"time": at(PAID, 1), "amount": LENT} | unknown
    assert find(broker(lends(Book(), "A")).transferred("A", "R", **row)) == []


def test_a_loan_without_time_amount_or_borrower_is_not_followed():
    for loan in ({"time": None}, {"amount": None}):
        row = {"time": PAID, "amount": LENT, "account": "A"} | loan
        book = broker(customer(Book(), "A").loan("A", "L", **row))
        assert find(book.transferred("A", "R", at(PAID, 1), amount=LENT)) == []


def test_at_an_earlier_time_only_what_was_known_then_has_moved():
    book = through(Book())
    assert find(book, at(PAID, 11)) == []
    assert len(find(book, at(PAID, 12))) == 1


def test_evidence_is_the_loan_the_way_and_whose_the_accounts_are():
    found = one(through(Book(), mules=1))
    assert [(row["relation"], row["source"], row["target"]) for row in found.evidence] == [
        ("DISBURSED_TO", "loan:LA0", "account:A0"),
        ("TRANSFERRED", "account:A0", "account:A1"),
        ("TRANSFERRED", "account:A1", "account:R"),
        ("BORROWED", "applicant:A0", "loan:LA0"),
        ("OWNS", "applicant:A0", "account:A0"),
        ("OWNS", "applicant:A1", "account:A1"),
    ]


def test_other_money_of_the_same_instant_comes_first():
    """At one instant 50,000 of others and the loan's 50,000 come into B, and 50,000 leave it: by convention others'."""
    book = mules(broker(lends(Book(), "A")), "B", "C")
    book.transferred("C", "B", at(PAID, 1), amount=LENT).transferred("A", "B", at(PAID, 1), amount=LENT)
    book.transferred("B", "R", at(PAID, 1), amount=LENT)
    view, params = book.snapshot(), FUND_FLOW.defaults()
    (flow,) = (found := search(view, params)).flows
    events = course(view, found.ledger, found.where, flow, params).events
    assert events.amount[events.traced].tolist() == [LENT * 100]
    assert find(book, least_share=0)[0].measures["convention"] == 0
