"""The detector ``intermediary``: one hub behind many borrowers who have no other tie."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ...graph.kernels.sets import by_label
from ...graph.snapshot import GraphView
from ...graph.words.names import Words
from ..contract import MAX_EVIDENCE, Candidate, Detector, Measure, Parameter, Params, portable, unit_name
from ..sharing.ground import SHARED
from .dossier import draft
from .explained import TWINS
from .population import Known, measure
from .search import Search, search
from .units import around, units
from .wording import reasons

PARAMETERS = (
    Parameter("min_clients", 5, "fewest clients of an intermediary, and fewest households that these belong to"),
    Parameter("many", 10, "clients from which on they may come at any pace; fewer must have come within a week"),
    Parameter("least_evidence", 13.0, "what an intermediary must come to, in natural logarithms: hub, burst and signs"),
    Parameter(
        "max_users",
        200,
        "most users of a handset, account, contact or employer's template who are looked at as clients",
        Words("逐一查看的最多使用人数", "most users looked at as clients"),
    ),
    Parameter(
        "max_named",
        50,
        "most applicants who use a thing for those who are no clients to be named",
        Words("列出其他使用人的最多使用人数", "most users of a thing whose others are named"),
    ),
    Parameter(
        "max_brokers",
        60,
        "most things that an intermediary works through which are its members",
        Words("列为成员的最多中介媒介数", "most things listed as what it works through"),
    ),
    MAX_EVIDENCE,
)
MEASURES = (
    Measure("clients", Words("客户数", "Clients")),
    Measure("households", Words("户数", "Households")),
    Measure("handsets", Words("手机数", "Handsets")),
    Measure("accounts", Words("账户数", "Accounts")),
    Measure("phones", Words("本人手机号数", "Own phone numbers")),
    Measure("emails", Words("邮箱数", "E-mail addresses")),
    Measure("contacts", Words("联系电话数", "Contacts' phones")),
    Measure("channels", Words("渠道或销售数", "Channels and salespeople")),
    Measure("employers", Words("开头相同的单位名称数", "Employers whose names begin alike")),
    Measure("networks", Words("Wi-Fi和IP数", "Wi-Fis and internet addresses")),
    Measure("addresses", Words("地址数", "Addresses")),
    Measure("surnames", Words("联系电话机主的姓氏数", "Surnames that a contact goes by")),
    Measure("consecutive_phones", Words("前后相连的单位电话数", "Employers' phones that follow one another")),
    Measure("applications", Words("期间进件数", "Applications in that time")),
    Measure("days", Words("集中申请的天数", "Days within which they applied")),
    Measure(
        "concert",
        Words(
            "凑巧这样集中申请有多罕见（6：一百万个这样的群体中约有一例）",
            "How rare it is by chance to apply so close in time (6: one case in a million such groups)",
        ),
    ),
    Measure("applications_alike", Words("产品、期限、金额相同的进件数", "Applications all alike")),
    Measure("borrowers", Words("借款人数", "Borrowers")),
    Measure("bad_borrowers", Words("已知不良的借款人数", "Borrowers known to be bad")),
    Measure("tied_otherwise", Words("彼此另有共用的客户数", "Clients who share something else")),
    Measure("amount", Words("期间借款金额", "Amount borrowed in that time")),
)


def detect(view: GraphView, known: Known, params: Params) -> Iterator[Candidate]:
    """``intermediary`` 中介代办: five clients or more, of several households, whom a hub connects and little else.

    Hubs are handsets, accounts, contacts who go by several names, channels and salespeople whose clients come in a
    burst, and employers that differ by a suffix. Hubs whose clients are largely the same people are one intermediary,
    to which the networks and addresses belong that mostly its clients use. It must show a burst in time, applications
    of one product, term and amount, or phones of employers that follow one another; default that is known by now
    confirms this.

    Innocent twins, tried first: the equipment of a shop, and what is brought by one merchant; an HR line and a large
    employer; a dealer who brings clients steadily, or many at once whose loans are good; the accounts of merchants and
    employers; one family; acquaintances. Clients of whom half are tied by a second thing are left to the rings.
    """
    found = search(view, known, params)
    unit = _unit_names(view, found)
    drafts = (draft(view, one, found, known, unit[int(one.people[0])], params) for one in found.found)
    yield from portable(view, drafts)


def _unit_names(view: GraphView, found: Search) -> dict[int, str]:
    """What the unit of the first client of each is called, by the client's id."""
    first = [int(one.people[0]) for one in found.found]
    of_found = np.isin(found.label, found.label[np.isin(found.people, first)])
    names: dict[int, str] = {}
    for places in by_label(np.where(of_found, found.label, -1)).values():
        unit = found.people[places]
        names |= dict.fromkeys(unit.tolist(), unit_name(view, found.node[unit]))
    return names


INTERMEDIARY = Detector(
    id="intermediary",
    version="1",
    kinds=("intermediary",),
    unit="the clients whom hubs with a sign connect, given the population: hubs that have a client in common",
    parameters=PARAMETERS,
    measures=MEASURES,
    twins=TWINS,
    population=measure,
    units=units,
    around=around,
    detect=detect,
    wording=reasons,
    ground=SHARED,
)
