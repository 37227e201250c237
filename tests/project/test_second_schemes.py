"""What the truth of a book of the second generator claims of money and of haste, checked row by row.

The checks walk the transfers and count the windows in the plainest way, with no look at how they were written.
"""

import json
import subprocess
import sys
from collections import Counter, defaultdict
from datetime import datetime, timedelta
from itertools import pairwise

import pandas as pd
import pytest

SETTINGS = ("--applicants", "2000", "--rings", "5", "--brokers", "2.5")
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
RESTRICTED_TRADES = ("证券", "虚拟货币", "房地产", "境外投资")


def write(root, folder, *settings):
    command = [sys.executable, root / "tests/bench/second_book.py", folder, "--seed", "1", *settings]
    subprocess.run(command, check=True, capture_output=True)
    return folder


class Written:
    """The rows of a folder, with what every check looks up in them."""

    def __init__(self, folder):
        self.tables = {path.stem: pd.read_csv(path, dtype=str, keep_default_na=False) for path in folder.glob("*.csv")}
        self.truth = json.loads((folder / "truth.json").read_text("utf-8"))
        rows = self.tables["accounts"]
        kinds = zip(rows["account_no"], rows["owner_kind"], rows["owner_id"], strict=True)
        self.owner = {account: f"{kind}:{owner}" for account, kind, owner in kinds if owner}
        self.moves = defaultdict(list)
        for row in self.tables["transfers"].itertuples():
            self.moves[row.from_account].append((at(row.time), row.to_account, float(row.amount)))
        self.loans = defaultdict(list)
        for row in self.tables["loans"].itertuples():
            self.loans[f"applicant:{row.borrower_id}"].append(row)
        shops = self.tables["merchants"]
        self.shop_account = dict(zip(shops["merchant_no"], shops["account_no"], strict=True))
        trades = shops[shops["category"].str.startswith(RESTRICTED_TRADES)]
        self.restricted = set(self.tables["flags"]["entity_key"]) | set(trades["account_no"])

    def planted(self, kind):
        return [one for one in self.truth["planted"] if one["kind"] == kind]

    def applications(self):
        """``(time, person, document, phone, device)`` of each."""
        people = self.tables["applicants"].set_index("applicant_id")
        for row in self.tables["applications"].itertuples():
            one = people.loc[row.applicant_id]
            yield at(row.apply_time), f"applicant:{row.applicant_id}", one["cert_no"], one["mobile"], row.device_id


def at(text):
    return datetime.fromisoformat(text)


def members(one, role=None):
    return {member["node"] for member in one["members"] if role in (None, member["role"])}


@pytest.fixture(scope="module")
def book(root, tmp_path_factory):
    return Written(write(root, tmp_path_factory.mktemp("schemes"), *SETTINGS, "--schemes", "10"))


@pytest.fixture(scope="module")
def clean(root, tmp_path_factory):
    settings = ("--applicants", "2000", "--rings", "0", "--brokers", "0", "--schemes", "0")
    return Written(write(root, tmp_path_factory.mktemp("clean"), *settings))


def ends(book, account, since, allowed, until=datetime.max):
    """``account → the soonest it is reached`` along transfers at strictly ascending times by allowed accounts."""
    reached, waiting = {account: since}, [(since, account)]
    while waiting:
        since, account = waiting.pop()
        for when, target, _ in book.moves[account]:
            if since < when <= until and when < reached.get(target, datetime.max):
                reached[target] = when
                if allowed(target):
                    waiting.append((when, target))
    return reached


def start_of(book, loan):
    return loan.account_no or book.shop_account.get(loan.merchant_no, "")


def arrives(book, one):
    """Whether some loan of the borrower arrives where it must not, by hands that the truth names or no one knows."""
    [borrower] = members(one, "borrower")
    known = members(one)
    for loan in book.loans[borrower]:
        allowed = lambda account: book.owner.get(account, borrower) in known  # noqa: E731
        reached = ends(book, start_of(book, loan), at(loan.disbursed_at), allowed)
        if reached.keys() & book.restricted or comes_back(book, borrower, loan, allowed):
            return True
    return False


def comes_back(book, borrower, loan, allowed):
    """Three tenths of a loan arrive in an account of the borrower from another's within seven days."""
    paid, account = at(loan.disbursed_at), start_of(book, loan)
    reached = ends(book, account, paid, allowed, paid + 7 * DAY)
    back = sum(
        amount
        for other, since in reached.items()
        if book.owner.get(other) != borrower
        for when, target, amount in book.moves[other]
        if book.owner.get(target) == borrower and since < when <= paid + 7 * DAY
    )
    return back >= 0.3 * float(loan.amount)


def beyond(events, window, limit):
    """``key → what is counted in windows`` that hold at least so many different ones; events: time, key, counted."""
    groups, found = defaultdict(list), defaultdict(set)
    for when, key, counted in sorted(events):
        groups[key].append((when, counted))
    for key, rows in groups.items():
        for start, _ in rows:
            inside = {counted for when, counted in rows if start <= when <= start + window}
            if len(inside) >= limit:
                found[key] |= inside
    return found


def people_beyond_limits(book):
    """The sets of people of each break of a shipped limit, a shop's and an agent's tablets left out."""
    rows = list(book.applications())
    numbered = [(when, number, person) for number, (when, person, *_) in enumerate(rows)]
    found = [{key} for key in beyond([(when, who, number) for when, number, who in numbered], 5 * DAY, 5)]
    found += [{key} for key in beyond([(when, who, number) for when, number, who in numbered], HOUR, 3)]
    tablets = book.tables["devices"]
    tablets = set(tablets[tablets["device_type"].isin(("平板", "业务平板"))]["device_id"])
    devices = beyond([(when, device, who) for when, who, _, _, device in rows if device not in tablets], 2 * DAY, 5)
    phones = beyond([(when, phone, who) for when, who, _, phone, _ in rows], 92 * DAY, 2)
    documents = beyond([(when, document, who) for when, who, document, _, _ in rows], 9999 * DAY, 2)
    return found + [people for group in (devices, phones, documents) for people in group.values()]


def test_each_kind_is_planted_in_each_difficulty(book):
    for kind in ("fund_flow", "velocity", "cashout_merchant", "risky_cluster"):
        assert {one["difficulty"] for one in book.planted(kind)} == {"easy", "medium", "camouflaged"}, kind


def test_money_of_every_fund_flow_arrives_where_it_must_not_along_ascending_times(book):
    assert len(book.planted("fund_flow")) >= 12
    for one in book.planted("fund_flow"):
        assert arrives(book, one), one["id"]


def test_every_break_of_a_shipped_limit_is_listed(book):
    listed = [members(one) for one in book.planted("velocity")]
    found = people_beyond_limits(book)
    assert found
    for people in found:
        assert any(people <= one for one in listed), people


def test_every_planted_velocity_breaks_a_shipped_limit_or_shows_what_its_shape_says(book):
    found = people_beyond_limits(book)
    for one in book.planted("velocity"):
        if one["shape"] in SHOWN:
            assert SHOWN[one["shape"]](book, one), one["id"]
        else:
            assert any(people <= members(one) for people in found), one["id"]


def several_draws(book, one):
    [borrower] = members(one)
    days = Counter(loan.disbursed_at[:10] for loan in book.loans[borrower])
    return max(days.values()) >= 3


def new_card(book, one):
    [borrower] = members(one)
    accounts = book.tables["accounts"].set_index("account_no")["opened_at"]
    paid = defaultdict(list)
    for loan in book.loans[borrower]:
        if loan.account_no and accounts[loan.account_no] == loan.disbursed_at[:10]:
            paid[loan.account_no].append(at(loan.disbursed_at))
    return any(len(times) >= 2 and max(times) - min(times) < DAY for times in paid.values())


def far_from_the_shop(book, one):
    [borrower] = members(one)
    return any(f"applicant:{who}" == borrower and km > 100 for who, km in distances(book))


def distances(book):
    """``(applicant, kilometres)`` between where an application was filed and the shop that it names."""
    shops = book.tables["merchants"]
    places = dict(zip(shops["merchant_no"], zip(shops["gps_lat"], shops["gps_lon"], strict=True), strict=True))
    rows = book.tables["applications"]
    for row in rows[(rows["merchant_no"] != "") & (rows["gps_lat"] != "")].itertuples():
        lat, lon = places[row.merchant_no]
        north, east = float(lat) - float(row.gps_lat), float(lon) - float(row.gps_lon)
        yield row.applicant_id, 111 * (north**2 + (east * 0.86) ** 2) ** 0.5


SHOWN = {"several_draws": several_draws, "new_card": new_card, "far_from_the_shop": far_from_the_shop}


def test_nothing_else_is_far_from_its_shop(book):
    far = {f"applicant:{who}" for who, km in distances(book) if km > 10}
    listed = {node for one in book.planted("velocity") if one["shape"] == "far_from_the_shop" for node in members(one)}
    assert far == listed


def test_a_book_without_fraud_breaks_no_limit(clean):
    assert clean.truth["planted"] == []
    assert people_beyond_limits(clean) == []


def test_no_other_loan_arrives_where_it_must_not_and_none_comes_back(book, clean):
    for written in (book, clean):
        savers = {node for one in written.truth["innocent"] if one["twin"] == "own_savings" for node in one["members"]}
        listed = {node for one in written.planted("fund_flow") for node in members(one, "borrower")}
        for borrower, loans in written.loans.items():
            if borrower not in listed | savers:
                for loan in loans:
                    assert not comes_back(written, borrower, loan, lambda account: True), loan.loan_id
                    reached = ends(written, start_of(written, loan), at(loan.disbursed_at), lambda account: True)
                    assert not reached.keys() & written.restricted, loan.loan_id


def test_savers_held_before_the_loan_what_they_moved_after_it(book):
    savers = [one["members"][0] for one in book.truth["innocent"] if one["twin"] == "own_savings"]
    assert savers
    for saver in savers:
        [loan] = book.loans[saver]
        rows = book.tables["transfers"]
        rows = rows[rows["from_account"] == loan.account_no]
        held = float(rows[rows["time"] < loan.disbursed_at].iloc[-1]["balance_after"])
        moved = rows[rows["to_account"].isin(book.restricted)]
        assert held > float(moved["amount"].astype(float).sum())
        assert (moved["time"] > loan.disbursed_at).all()


def test_money_that_was_there_before_the_loan_came_before_it(book):
    groups = [one["members"][0] for one in book.truth["innocent"] if one["twin"] == "money_before_loan"]
    assert groups
    for borrower in groups:
        [loan] = book.loans[borrower]
        reached = ends(book, loan.account_no, datetime.min, lambda account: True)
        arrived = [reached[account] for account in reached.keys() & book.restricted]
        assert arrived and max(arrived) < at(loan.disbursed_at)


def test_balances_of_a_statement_add_up(book):
    """From one transfer of an account to the next the balance moves by the amount, loans and instalments between."""
    rows, unseen = defaultdict(list), defaultdict(list)
    for row in book.tables["transfers"].itertuples():
        rows[row.from_account].append((at(row.time), -float(row.amount), row.balance_after))
        rows[row.to_account].append((at(row.time), float(row.amount), row.to_balance_after))
    for loan in book.tables["loans"].itertuples():
        unseen[loan.account_no].append(at(loan.disbursed_at))
    for row in book.tables["repayments"].itertuples():
        unseen[row.payer_account].append(at(row.time))
    checked = 0
    for account, moves in rows.items():
        shown = sorted(move for move in moves if move[2])
        assert len(shown) in (0, len(moves))
        for (before, _, held), (when, amount, left) in pairwise(shown):
            quiet = not any(before <= other <= when for other in unseen[account])
            if before < when and quiet and float(held) + amount >= 0:
                checked += 1
                assert abs(float(held) + amount - float(left)) < 0.02, account
    assert checked > 100


def test_customers_of_a_cash_out_have_their_money_back_or_never_had_the_goods(book):
    shops = book.planted("cashout_merchant")
    assert {one["shape"] for one in shops} == {"owner_pays_back", "refunds", "night_pos", "never_delivered"}
    assert {one["difficulty"] for one in shops} == {"easy", "medium", "camouflaged"}
    rows = book.tables["merchants"].set_index("merchant_no")
    orders = book.tables["orders"]
    for one in shops:
        [merchant] = members(one, "merchant")
        shop = rows.loc[merchant.removeprefix("merchant:")]
        purses = {account for account, owner in book.owner.items() if owner == f"applicant:{shop['legal_rep_id']}"}
        paying = [move for account in (*purses, shop["account_no"]) for move in book.moves[account]]
        for customer in members(one, "customer"):
            paid = sum(amount for _, target, amount in paying if book.owner.get(target) == customer)
            loans = [float(loan.amount) for loan in book.loans[customer]]
            mine = orders[orders["applicant_id"] == customer.removeprefix("applicant:")]
            never = ((mine["merchant_no"] == shop.name) & (mine["delivered_at"] == "")).any()
            assert paid >= 0.45 * min(loans) or never, (one["id"], customer)


def test_night_purchases_are_made_at_night(book):
    for one in book.planted("cashout_merchant"):
        if one["shape"] == "night_pos":
            [merchant] = members(one, "merchant")
            till = book.shop_account[merchant.removeprefix("merchant:")]
            cards = {account for account, owner in book.owner.items() if owner in members(one, "customer")}
            hours = [
                w.hour for card in cards for w, target, amount in book.moves[card] if target == till and amount > 2000
            ]
            assert sum(hour >= 22 or hour < 8 for hour in hours) >= 0.8 * len(members(one, "customer"))


def bad_share(book, nodes, least_days=90):
    """The share of the parties' loans of three months and more that are or were ninety days late."""
    history = book.tables["loan_history"]
    late = set(history[history["dpd"].astype(int) >= 90]["loan_id"])
    end = at(max(book.tables["repayments"]["time"]))
    loans = [loan for node in nodes for loan in book.loans[node] if end - at(loan.disbursed_at) >= least_days * DAY]
    return sum(loan.loan_id in late for loan in loans) / len(loans)


def test_loans_of_a_risky_cluster_go_bad_far_more_often_than_those_of_all(book):
    clusters = book.planted("risky_cluster")
    assert {one["shape"] for one in clusters} == {"neighbours", "workmates", "friends_of_friends"}
    guilty = {node for one in book.truth["planted"] for node in members(one)}
    usual = bad_share(book, book.loans.keys() - guilty)
    for one in clusters:
        assert len(members(one)) >= 12
        assert bad_share(book, members(one)) > 3 * usual, (one["id"], usual)


def test_members_of_a_cluster_and_of_a_village_that_borrows_hang_together_by_contacts(book):
    phones = dict(zip(book.tables["applicants"]["mobile"], book.tables["applicants"]["applicant_id"], strict=True))
    known = defaultdict(set)
    for row in book.tables["contacts"].itertuples():
        if other := phones.get(row.contact_mobile):
            known[f"applicant:{row.applicant_id}"].add(f"applicant:{other}")
            known[f"applicant:{other}"].add(f"applicant:{row.applicant_id}")
    villages = [set(one["members"]) for one in book.truth["innocent"] if one["twin"] == "village_borrowing"]
    assert villages
    for group in [members(one) for one in book.planted("risky_cluster")] + villages:
        reached = {min(group)}
        while more := {other for one in reached for other in known[one] & group} - reached:
            reached |= more
        assert reached == group


def test_a_village_that_borrows_repays_as_others_do(book):
    for one in book.truth["innocent"]:
        if one["twin"] == "village_borrowing":
            assert bad_share(book, one["members"]) < 0.15


def test_near_misses_break_no_limit(book):
    found = people_beyond_limits(book)
    hasty = {"impatient", "four_in_five_days", "six_in_three_weeks", "two_in_an_hour", "family_handset"}
    groups = [one for one in book.truth["innocent"] if one["twin"] in hasty]
    assert {one["twin"] for one in groups} == hasty
    for one in groups:
        assert not any(people <= set(one["members"]) for people in found)


def test_the_innocent_are_there_without_any_fraud(clean, book):
    assert {one["twin"] for one in book.truth["innocent"]} <= {one["twin"] for one in clean.truth["innocent"]} | {
        "busy_shop", "payroll_day", "honest_dealer", "second_hand_handset", "returns_shop",
    }  # fmt: skip
