"""The detector ``velocity``: too much in too short a time, or from too far away."""

from __future__ import annotations

from collections.abc import Iterator

from ...graph.kernels.sets import by_label
from ...graph.snapshot import GraphView
from ...graph.words.names import Words
from ..contract import MAX_EVIDENCE, Candidate, Detector, Measure, Parameter, Params, portable, unit_name
from ..sharing.ground import SHARED
from .dossier import draft
from .explained import TWINS
from .limits import SHIPPED, taken
from .population import Known, measure
from .search import Found, search
from .units import around, units
from .why import why
from .wording import reasons

PARAMETERS = (
    Parameter("limits", SHIPPED, "the table of what may be counted within which time", taken=taken),
    Parameter("draws_a_day", 3, "fewest loans of one person paid out within 24 hours that are told", least=2),
    Parameter("new_card_loans", 2, "fewest loans within 24 hours on a card opened that day that are told", least=2),
    Parameter("night_begins", 22, "hour of the day from which on a card is opened at night"),
    Parameter("night_ends", 6, "hour of the day from which on it is no longer night"),
    Parameter("whole_share", 0.95, "share of its limit from which on a loan takes the whole of it", least=0.0),
    Parameter("moved_share", 0.9, "share of such a loan that is moved out at once", least=0.0),
    Parameter("moved_hours", 2, "hours after the payment that are at once"),
    Parameter("polish_loans", 6, "fewest loans, all small and regular, that polish a record", least=3),
    Parameter("polish_amount", 1000.0, "largest amount of a loan that only polishes a record", least=0.0),
    Parameter("far_km", 30.0, "kilometres from a shop from which on an application at it is far away", least=0.0),
    Parameter("max_users", 200, "most users of a value that the population of shared values compares", least=2),
    Parameter(
        "max_named",
        50,
        "most applicants who use a thing for those who are no members to be named",
        Words("列出其他使用人的最多使用人数", "most users of a thing whose others are named"),
        least=0,
    ),
    MAX_EVIDENCE,
)
MEASURES = (
    Measure("signs", Words("异常项数", "Signs")),
    Measure("people", Words("涉及人数", "People")),
    Measure(
        "rarity",
        Words(
            "最少见的一项有多罕见（3：全库千分之一）", "How rare the rarest sign is (3: one in a thousand of the book)"
        ),
    ),
    Measure("applications", Words("窗口内最多申请笔数", "Most applications in a window")),
    Measure("lenders", Words("窗口内最多申请机构数", "Most lenders in a window")),
    Measure("devices", Words("窗口内最多手机数", "Most handsets in a window")),
    Measure("phones", Words("窗口内最多本人手机号数", "Most own phones in a window")),
    Measure("names", Words("姓名数", "Names")),
    Measure("draws", Words("放款笔数", "Loans drawn")),
    Measure("distance_km", Words("距门店公里数", "Kilometres from the shop")),
    Measure("amount", Words("所涉贷款金额", "Amount of the loans concerned")),
)


def detect(view: GraphView, known: Known, params: Params) -> Iterator[Candidate]:
    """``velocity`` 多头、频次、异地: a person, or the people who share a document, phone, handset or card, who reach a
    limit of the policy's table; or a person who draws several loans a day, draws on a card opened that day or at night,
    moves a whole limit out at once, polishes a record, or applies at a shop from far away.

    All signs of the same people are one finding, and so are those of a group with those of the groups within it.

    Innocent twins, tried first: the equipment of a shop and its counter staff, one family, one person under several
    numbers; who tries elsewhere after a refusal; loans put together; a new salary card; a shop that is not visited, and
    a position that strayed. What several share for such a cause is not reported.
    """
    found = search(view, known, params)
    unit = _unit_names(view, found)
    drafts = (draft(view, one, found.filed, known, unit[one.people[0]], params) for one in found.shown)
    yield from portable(view, drafts)


def _unit_names(view: GraphView, found: Found) -> dict[int, str]:
    """What the unit of each person is called."""
    names: dict[int, str] = {}
    for places in by_label(found.label).values():
        people = found.people[places]
        names |= dict.fromkeys(people.tolist(), unit_name(view, people))
    return names


VELOCITY = Detector(
    id="velocity",
    version="2",
    kinds=("velocity",),
    unit="a person who shows a sign, or the people whom things join that reach a limit",
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
