"""The detector ``fund-flow``: loan money that arrives where it must not go, or back at the borrower."""

from __future__ import annotations

from collections.abc import Iterator

from ...graph.snapshot import GraphView
from ...graph.words.names import Words
from ..contract import (
    MAX_EVIDENCE,
    Candidate,
    Detector,
    Measure,
    Parameter,
    Params,
    list_of_words,
    portable,
    unexplained,
)
from .drafts import drafts
from .explained import TWINS
from .population import Population, measure
from .units import around, units
from .why import why
from .wording import reasons

PARAMETERS = (
    Parameter("least_share", 0.3, "share of a loan that must arrive at restricted accounts", least=0),
    Parameter("least_back", 0.3, "share of a loan that must come back to the borrower", least=0),
    Parameter("least_part", 0.05, "share of a loan below which a transfer is not followed", least=0),
    Parameter("rest_days", 7.0, "days that money may rest in an account before it goes on", least=0),
    Parameter("max_hops", 10, "most transfers one after the other", Words("最多转账层数", "most transfers in a row")),
    Parameter(
        "max_fan_out",
        500,
        "most transfers out of one account, within the days that money may rest, that are followed",
        Words("单个账户最多追踪的转出笔数", "most transfers out of an account that are followed"),
    ),
    Parameter(
        "max_transfers",
        5_000,
        "most transfers that are followed from one payment of a loan",
        Words("单笔放款最多追踪的转账数", "most transfers followed from one payment"),
    ),
    MAX_EVIDENCE,
    Parameter("pro_rata", 0, "convention: 0 for first in, first out; 1 for a share of each withdrawal", least=0),
    Parameter("follows_at_once", 1, "whether a transfer may follow another of the same instant: 1, or 0", least=0),
    Parameter(
        "restricted_categories",
        ("证券", "期货", "股票", "基金", "虚拟货币", "数字货币", "房地产", "房产", "境外"),
        "words in a merchant's line of business that make its accounts restricted",
        taken=list_of_words,
    ),
)
MEASURES = (
    Measure("borrowers", Words("借款人数", "Borrowers")),
    Measure("loans", Words("贷款笔数", "Loans")),
    Measure("amount", Words("放款金额", "Amount paid out")),
    Measure("passed", Words("经手的他人数", "Others by whose accounts it went")),
    Measure("transfers", Words("转账笔数", "Transfers")),
    Measure("days", Words("放款到最后到达的天数", "Days from payment to last arrival")),
    Measure("rest_hours", Words("最长停留小时数", "Longest rest in hours")),
    Measure("restricted_accounts", Words("到达的受限账户数", "Restricted accounts reached")),
    Measure("can", Words("最多可能来自贷款的金额", "Arrived, at most of the loans")),
    Measure("convention", Words("按约定规则计算的金额", "Arrived, by convention")),
    Measure("must", Words("必为贷款资金的金额", "Arrived, cannot be other money")),
    Measure("share", Words("按约定规则到达的贷款占比", "Share of the loans that arrived, by convention")),
    Measure(
        "rarity",
        Words(
            "凑巧这样转账有多罕见（6：全库预计百万分之一例）",
            "How rare such a way is by chance (6: a millionth in the book)",
        ),
    ),
    Measure("repaid_old", Words("归还其他贷款的金额", "Amount that repaid other loans")),
    Measure("repaid_for", Words("经过账户还款的他人数", "Others whose loans these accounts repaid")),
)


def detect(view: GraphView, known: Population, params: Params) -> Iterator[Candidate]:
    """``fund_flow`` 资金流向: money of a loan that arrives at a restricted account, or back at its borrower.

    It is followed from the account that the loan was paid to, along ascending times, as long as it rests nowhere for
    more than a week. Money that a merchant got is followed only back to the borrower, straight or by one more account.
    Of what arrived three amounts are told: what can be the loan's at most, what is by convention, and what must be. A
    flow is told where the convention says that enough of the loan arrived, where it went by accounts of others as money
    hardly ever happens to go, or where it came back from a merchant to whom it had been paid. Loans whose money may
    have gone along one transfer are one flow, unless a merchant made it.

    Innocent twins, tried first: money of one's own that was in the accounts before; a family's accounts; a refund.
    """
    yield from portable(view, unexplained(drafts(view, known, params)))


FUND_FLOW = Detector(
    id="fund-flow",
    version="2",
    kinds=("fund_flow",),
    unit="borrowers whose money went along the same transfers, with all that moved in the accounts that it reached",
    parameters=PARAMETERS,
    measures=MEASURES,
    twins=TWINS,
    population=measure,
    units=units,
    around=around,
    detect=detect,
    wording=reasons,
    why=why,
)
