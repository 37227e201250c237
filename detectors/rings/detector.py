"""The detector ``fraud-ring``: applicants tied by what they share more than chance and innocent causes explain."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ...graph.kernels.sets import by_label
from ...graph.snapshot import GraphView
from ...graph.words.names import Words
from ..contract import MAX_EVIDENCE, Candidate, Detector, Measure, Parameter, Params, portable, unit_name
from ..sharing.ground import SHARED, shared
from ..sharing.kin import said_to_be_kin
from ..sharing.population import Population
from .dossier import draft
from .explained import TWINS
from .search import Search, search
from .units import around, units
from .wording import reasons

PARAMETERS = (
    Parameter("min_members", 5, "fewest applicants of a ring; smaller groups are not reported", least=2),
    Parameter(
        "max_members",
        60,
        "a group of more applicants is split until its parts are no larger",
        Words("团伙最多人数", "most applicants of a ring"),
        least=2,
    ),
    Parameter(
        "link_strength", 4.0, "what people tied by several things must share, in natural logarithms of rarity", least=0
    ),
    Parameter("single_strength", 4.5, "the same for people tied by a single thing, which no place explains", least=0),
    Parameter("weak_strength", 2.0, "the same for groups that make no ring so far, whatever ties them", least=0),
    Parameter(
        "least_evidence", 6.0, "what a ring must come to, in natural logarithms: ties a member, and concert", least=0
    ),
    Parameter(
        "max_users",
        200,
        "most users of a value whom one compares with each other",
        Words("逐一比对的最多使用人数", "most users compared with each other"),
        least=2,
    ),
    Parameter(
        "max_named",
        50,
        "most applicants who use a thing for those outside of the ring to be named",
        Words("列出圈外使用人的最多使用人数", "most users of a thing whose others are named"),
        least=0,
    ),
    MAX_EVIDENCE,
)
MEASURES = (
    Measure("members", Words("成员数", "Members")),
    Measure("households", Words("户数", "Households")),
    Measure("shared_values", Words("共用项数", "Things shared")),
    Measure("handsets", Words("共用手机数", "Handsets shared")),
    Measure("accounts", Words("共用账户数", "Accounts shared")),
    Measure("phones", Words("共用本人手机号数", "Own phone numbers shared")),
    Measure("documents", Words("共用证件数", "Identity documents shared")),
    Measure("emails", Words("共用邮箱数", "E-mail addresses shared")),
    Measure("contacts", Words("说法不一或不明的联系人数", "Contacts under differing names or in no clear words")),
    Measure("acquaintances", Words("共同熟人数", "Acquaintances in common")),
    Measure("addresses", Words("共用地址数", "Addresses shared")),
    Measure("networks", Words("共用网络数", "Networks shared")),
    Measure("employers", Words("共用单位数", "Employers shared")),
    Measure("ties", Words("成员之间的联系数", "Ties between members")),
    Measure("cycles_of_ties", Words("多重联系数", "Ties beyond those that join")),
    Measure(
        "strength",
        Words(
            "凑巧这样相连有多罕见（6：一百万个同样大的库中约有一例）",
            "How rare such ties are by chance (6: one case in a million books as large)",
        ),
    ),
    Measure("applications", Words("期间进件数", "Applications in that time")),
    Measure("days", Words("集中申请的天数", "Days within which they applied")),
    Measure(
        "concert",
        Words(
            "凑巧这样集中申请有多罕见（6：一百万个这样的群体中约有一例）",
            "How rare it is by chance to apply so close in time (6: one case in a million such groups)",
        ),
    ),
    Measure("amount", Words("期间借款金额", "Amount borrowed in that time")),
)


def detect(view: GraphView, known: Population, params: Params) -> Iterator[Candidate]:
    """``fraud_ring`` 团伙: five applicants or more, of several households, bound by rare things that they share.

    What two people share weighs by how few share such things by chance (``population``), people are bound into groups
    by what they share (``groups``), and a group is a ring where what ties its members and how closely in time they
    applied come to enough (``scoring``, ``concert``), or where what ties them is rare enough whenever they applied.
    Groups that are no ring are bound anew, by weaker ties, too.

    Innocent twins, tried first: a household is one person, whatever it shares; the equipment of a shop ties nobody; all
    that comes of living, working or studying in one place, acquaintances and networks included, is one piece of
    evidence and so makes no group by itself: that explains workplaces, campuses, villages, dormitories, factories and
    collective households; a number that was recycled is not shared; one hub without other ties is an intermediary.
    """
    found = search(view, known, params)
    unit = _unit_names(view, found)
    kin = said_to_be_kin(view, [member for ring in found.rings for member in ring.members])
    drafts = (draft(view, ring, found.population, unit[ring.members[0]], kin, params) for ring in found.rings)
    yield from portable(view, drafts)


def _unit_names(view: GraphView, found: Search) -> dict[int, str]:
    """What the unit of each member of a ring is called, by the member's node."""
    members = np.isin(found.people, [member for ring in found.rings for member in ring.members])
    of_rings = np.isin(found.label, found.label[members])
    names: dict[int, str] = {}
    for places in by_label(np.where(of_rings, found.label, -1)).values():
        unit = found.people[places]
        names |= dict.fromkeys(unit.tolist(), unit_name(view, unit))
    return names


FRAUD_RING = Detector(
    id="fraud-ring",
    version="3",
    kinds=("fraud_ring",),
    unit=(
        "the applicants whom things they share bind together, given the population: by two things or more, by a "
        "strong single one, or by one whose users others bind; those who so make no ring, by weaker ties, or by one "
        "rare thing whenever it was used"
    ),
    parameters=PARAMETERS,
    measures=MEASURES,
    twins=TWINS,
    population=shared,
    units=units,
    around=around,
    detect=detect,
    wording=reasons,
    ground=SHARED,
)
