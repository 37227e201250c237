"""What the truth of a book of the second generator claims of money and of haste, checked row by row.

The checks walk the transfers and count the windows in the plainest way, with no look at how they were written.
"""

import json
import subprocess
import sys
from collections import Counter, defaultdict
from datetime import datetime, timedelta

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
    reached, waiting = {}, [(since, account)]
    while waiting:
        since, account = waiting.pop()
        for when, target, _ in book.moves[account]:
            if since < when <= until and when < reached.get(target, datetime.max):
                reached[target] = when
                if allowed(target):
                    waiting.append((when, target))
    return reached


def start_of(book, loan):
    return loan.account_no or book.shop_account[loan.merchant_no]


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
    for kind in ("fund_flow", "velocity"):
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
