"""The detector ``risky-cluster``: communities whose loans go bad more often than their peers'."""

from __future__ import annotations

from collections.abc import Iterator

from ...graph.snapshot import GraphView
from ...graph.words.names import Words
from ..contract import MAX_EVIDENCE, Candidate, Detector, Measure, Parameter, Params, portable
from ..sharing.ground import SHARED
from .dossier import draft
from .explained import TWINS
from .population import Known, measure
from .search import search
from .units import around, units
from .why import why
from .wording import reasons

PARAMETERS = (
    Parameter("min_members", 10, "fewest applicants of a community that is tested", least=2),
    Parameter("min_households", 5, "fewest of its households with a seasoned loan for a community to be tested"),
    Parameter(
        "false_share",
        0.05,
        "of all communities that are told, the share that may be there by chance",
        least=0,
    ),
    Parameter("max_users", 200, "most users of a value whom one compares with each other", least=2),
    Parameter(
        "max_named",
        50,
        "a thing that more applicants use ties nobody",
        Words("构成联系的最多使用人数", "most users of a thing that ties"),
        least=0,
    ),
    MAX_EVIDENCE,
)
MEASURES = (
    Measure("members", Words("成员数", "Members")),
    Measure("ties", Words("成员之间的联系数", "Ties between members")),
    Measure("named", Words("其中互为联系人的联系数", "Ties of whom one names the other")),
    Measure("households", Words("有满90天贷款的户数", "Households with a seasoned loan")),
    Measure("bad_households", Words("已不良的户数", "Households with a bad one")),
    Measure("expected", Words("按同类应不良的户数", "Households expected to have a bad one")),
    Measure(
        "rarity",
        Words(
            "凑巧这样不良有多罕见（6：一百万个这样的群体中约有一例）",
            "How rare it is by chance to fare so badly (6: one case in a million such communities)",
        ),
    ),
    Measure("tests", Words("全库检验的群体数", "Communities of the book that were tested")),
    Measure(
        "one_hand", Words("共用手机、账户、证件、邮箱或本人手机号的成员数", "Members who share what strangers do not")
    ),
    Measure("first_degree", Words("一度触黑的成员数", "Members one tie from a confirmed fraudster")),
    Measure("second_degree", Words("二度触黑的成员数", "Members two ties from a confirmed fraudster")),
    Measure(
        "reached",
        Words("从已确认欺诈者出发的游走落在成员的比例", "Share of walks from confirmed fraudsters that end here"),
    ),
    Measure("amount", Words("成员借款金额", "Amount borrowed by members")),
)


def detect(view: GraphView, known: Known, params: Params) -> Iterator[Candidate]:
    """``risky_cluster`` 风险社区: a community whose loans go bad more often than those of its peers, beyond chance.

    A community are people each of whom is tied to several others: they name each other as contacts, or share things
    that few others use. Its seasoned loans are compared with loans of the same product, month and region, household by
    household, by an exact test; of the communities that are told a small share may be there by chance. Who was the
    first of it to be confirmed as a fraudster is not counted.

    Innocent twins, tried first: a region, a product or a month in which loans go bad; loans too young to tell; one
    household, or a few people behind many names; a fraud ring is named, and told all the same.
    """
    found = search(view, known, params)
    yield from portable(view, (draft(view, one, found, known, params) for one in found.found))


RISKY_CLUSTER = Detector(
    id="risky-cluster",
    version="1",
    kinds=("risky_cluster",),
    unit="one community as the population knows it, with all that its people use",
    parameters=PARAMETERS,
    measures=MEASURES,
    twins=TWINS,
    population=measure,
    units=units,
    around=around,
    detect=detect,
    wording=reasons,
    ground=SHARED,
    why=why,
)
