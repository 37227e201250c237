"""The sentence test: each claim of each reason is true of the rows, by a second, plain reading of them."""

import math
import re
from collections import defaultdict
from itertools import pairwise

import pytest
from ringfence.detectors.velocity.detector import VELOCITY
from ringfence.graph.model import ALWAYS
from ringfence.graph.words.money import day, money
from support import detecting
from support.sample import sample_view
from support.velocity_books import DAY, innocent, planted

SPAN = {"1 hour": DAY // 24, "2 days": 2 * DAY, "5 days": 5 * DAY, "3 months": 365 * DAY // 4}
WHEN = r"(?:on (?P<on>[\d-]{10})|from (?P<first>[\d-]{10}) to (?P<last>[\d-]{10}))"
RARE = r"as do(?:es)? (?P<reached>[\d,]+) of (?P<of>[\d,]+) [^()]+"
CLAUSES = {
    "often": r"one (?:person|identity document|phone given as own)(?: and one [a-z ]+)? (?:has|have) (?P<n>\d+) "
    r"applications within (?P<window>[^(]+) \(WHEN, the limit is (?P<limit>\d+), RARE\)",
    "shared": r"one (?P<key>handset|phone given as own) has applications of (?P<n>\d+) people within "
    r"(?P<window>[^(]+) \(WHEN, the limit is (?P<limit>\d+), RARE\)",
    "names": r"one identity document has applications under (?P<n>\d+) names at any time "
    r"\(WHEN, the limit is 2, RARE\)",
    "draws": r"(?P<n>\d+) loans of (?P<amount>[\d,.]+) in all drawn within 24 hours \(WHEN, RARE\)",
    "card": r"a card opened (?:at night )?on (?P<opened>[\d-]+) received (?P<n>\d+) loans? of "
    r"(?P<amount>[\d,.]+) in all within 24 hours \(WHEN, RARE\)",
    "moved": r"of a loan of (?P<amount>[\d,.]+) in all that takes the whole limit (?P<out>[\d,.]+) was moved out "
    r"within 2 hours \(WHEN, RARE\)",
    "polish": r"all (?P<n>\d+) loans are of 1,000 or less, one about every (?P<gap>\d+) days, as if to polish a record "
    r"\(WHEN, RARE\)",
    "far": r"an application at a shop was made about (?P<km>[\d,]+) km from it \(WHEN, RARE\)",
}
CLAUSES = {kind: clause.replace("WHEN", WHEN).replace("RARE", RARE) for kind, clause in CLAUSES.items()}


class Rows:
    """What a view holds, as plain dictionaries."""

    def __init__(self, view):
        self.view = view
        self.filed, self.shop, self.handset = defaultdict(list), {}, {}
        for who, application, time in self._edges("APPLIED"):
            if time > ALWAYS:
                self.filed[who].append((time, application))
        for application, merchant, _ in self._edges("AT_MERCHANT"):
            self.shop[application] = merchant
        self.loans, self.paid = defaultdict(list), defaultdict(list)
        borrower = {loan: who for who, loan, _ in self._edges("BORROWED")}
        for loan, account, time in self._edges("DISBURSED_TO"):
            self.paid[account].append((time, loan))
            if loan in borrower:
                self.loans[borrower[loan]].append((time, loan))
        self.out = defaultdict(list)
        moved = view.edges("TRANSFERRED")
        for row, amount in zip(self._edges("TRANSFERRED"), moved.amount.tolist(), strict=True):
            self.out[row[0]].append((row[2], amount))
        self.amount = self._cells("loans", "amount")
        self.opened = self._cells("accounts", "opened_at")
        self.place = {**self._places("applications"), **self._places("merchants")}

    def _edges(self, relation):
        edges = self.view.edges(relation)
        ends = self.view.names(edges.source), self.view.names(edges.target)
        return zip(*ends, edges.valid_from.tolist(), strict=True)

    def _cells(self, table, column):
        told = self.view.facts(table, columns=(column,)).dropna(subset=[column])
        return dict(zip(self.view.names(told["node"].to_numpy()), told[column].tolist(), strict=True))

    def _places(self, table):
        latitude, longitude = (self._cells(table, column) for column in ("gps_lat", "gps_lon"))
        return {node: (latitude[node], longitude[node]) for node in latitude.keys() & longitude.keys()}

    def km(self, application, shop):
        """By the law of cosines."""
        (a, b), (c, d) = ([math.radians(x) for x in self.place[node]] for node in (application, shop))
        return 6371 * math.acos(min(math.sin(a) * math.sin(c) + math.cos(a) * math.cos(c) * math.cos(b - d), 1.0))


def runs(events, span):
    """Windows of events ``(time, what)``: those from each on that are no more than ``span`` later."""
    return [[one for one in events if 0 <= one[0] - first[0] <= span] for first in events]


def says(window, said):
    """Whether a window is dated as it is said to be."""
    first, last = day(min(window)[0]), day(max(window)[0])
    return (said["on"] or said["first"], said["on"] or said["last"]) == (first, last)


def true(rows, kind, said, members):
    """Whether a clause is true of the rows."""
    count = int(said.get("n") or 0)
    filed = [(time, who) for who in members for time, _ in rows.filed[who]]
    drawn = [event for who in members for event in rows.loans[who]]
    summed = money(sum(rows.amount[loan] for _, loan in drawn)).en if kind == "polish" else None
    if kind in ("often", "shared"):
        different = (lambda w: len({who for _, who in w})) if kind == "shared" else len
        found = [w for w in runs(filed, SPAN[said["window"]]) if different(w) >= count and says(w, said)]
        return bool(found) and count >= int(said["limit"])
    if kind == "names":
        return len(members) == count == 2
    if kind == "polish":
        times = sorted(time for time, _ in drawn)
        gaps = sorted(b - a for a, b in pairwise(times))
        middle = (gaps[(len(gaps) - 1) // 2] + gaps[len(gaps) // 2]) / 2
        return summed and len(drawn) == count and round(middle / DAY) == int(said["gap"])
    if kind == "far":
        km = int(said["km"].replace(",", ""))
        made = [(a, rows.shop.get(a)) for who in members for _, a in rows.filed[who] if a in rows.place]
        return any(abs(rows.km(a, shop) - km) <= 1 for a, shop in made if shop in rows.place) or not any(
            s for _, s in made
        )
    accounts = [account for account, paid in rows.paid.items() if set(paid) & set(drawn)]
    if kind == "card":
        accounts = [account for account in accounts if day(rows.opened.get(account, ALWAYS)) == said["opened"]]
        drawn = [event for account in accounts for event in rows.paid[account]]
    if kind == "moved":
        left = [sum(a for t, a in rows.out[x] if 0 <= t - at <= DAY // 12) for x in accounts for at, _ in rows.paid[x]]
        return said["out"] in {money(amount).en for amount in left}
    near = [w for w in runs(sorted(drawn), DAY - 1) if len({loan for _, loan in w}) >= count and says(w, said)]
    return bool(near)


def false_of(rows, finding):
    """Clauses of a finding that no pattern knows, or that are not so; and how many are."""
    text = re.split(r"; (?:an )?innocent explanations? that", finding.reason_en)[0]
    members, wrong = [member["node"] for member in finding.members], []
    clauses = re.split(r"(?<=\)); ", text[0].lower() + text[1:])
    for clause in clauses:
        known = [(kind, match) for kind, pattern in CLAUSES.items() if (match := re.fullmatch(pattern, clause))]
        if len(known) != 1 or not true(rows, known[0][0], {"n": None, **known[0][1].groupdict()}, members):
            wrong.append(clause)
    dates = [re.findall(r"\d{4}-\d\d-\d\d", words) for words in (finding.reason_zh, finding.reason_en)]
    return wrong + ([] if dates[0] == dates[1] else ["dates differ"]), len(clauses)


LARGE = [pytest.param(20_000, seed, "default", marks=pytest.mark.soak) for seed in (1, 2)]


@pytest.mark.parametrize(("applicants", "seed", "setting"), [(4000, 8, "dense"), *LARGE])
def test_every_claim_about_a_book_is_true(tmp_path, applicants, seed, setting):
    with sample_view(tmp_path, applicants, seed, setting) as view:
        rows = Rows(view)
        told = [false_of(rows, finding) for finding in detecting.findings(VELOCITY, view)]
    assert len(told) > 10
    assert [wrong for wrong, _ in told if wrong] == [], f"{applicants} applicants, seed {seed}"


@pytest.mark.parametrize("make", [planted, innocent])
def test_every_claim_about_a_toy_book_is_true(make):
    view = make().snapshot()
    rows = Rows(view)
    found = detecting.findings(VELOCITY, view)
    assert found and [wrong for wrong, _ in (false_of(rows, finding) for finding in found) if wrong] == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("has 5 applications", "has 6 applications"),
        ("to 2026-03-06", "to 2026-03-07"),
        ("of 5 people", "of 7 people"),
        ("3 loans of", "4 loans of"),
        ("opened on 2026-03-02", "opened on 2026-03-01"),
        ("9,500 was", "9,400 was"),
        ("every 30 days", "every 29 days"),
        ("1,071 km", "1,099 km"),
        ("drawn within", "borrowed within"),
    ],
)
def test_a_false_claim_is_found_out(old, new):
    view = planted().snapshot()
    rows = Rows(view)
    wrong = []
    for finding in detecting.findings(VELOCITY, view):
        if old in finding.reason_en:
            finding.reason_en = finding.reason_en.replace(old, new)
            wrong += false_of(rows, finding)[0]
    assert wrong
