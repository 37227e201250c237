"""The detector ``cashout-merchant``: a merchant that turns consumer credit into cash."""

from __future__ import annotations

from collections.abc import Iterator

from ...graph.snapshot import GraphView
from ...graph.words.names import Words
from ..contract import MAX_EVIDENCE, Candidate, Detector, Measure, Parameter, Params, portable, unexplained
from .dossier import draft
from .explained import TWINS
from .population import Population, measure
from .search import search
from .units import around, units
from .why import why
from .wording import reasons

PARAMETERS = (
    Parameter("min_customers", 5, "fewest customers whose loans look like cash"),
    Parameter(
        "least_evidence", 8.0, "what a merchant's sales must come to, in natural logarithms of likelihood", least=0
    ),
    Parameter("back_days", 7.0, "days after a loan was paid within which money back counts", least=0),
    Parameter("least_back", 0.3, "share of a loan that must come back at once", least=0),
    MAX_EVIDENCE,
)
MEASURES = (
    Measure("customers", Words("有套现迹象的客户数", "Customers with signs of cashing out")),
    Measure("loans", Words("有套现迹象的贷款笔数", "Loans with signs of cashing out")),
    Measure("merchant_loans", Words("该商户的贷款笔数", "Loans at the merchant")),
    Measure("spent_loans", Words("到账后转付该商户的笔数", "Loans passed on to the merchant")),
    Measure("amount", Words("有套现迹象的贷款金额", "Amount of these loans")),
    Measure("returned_loans", Words("款项转回的笔数", "Loans with money back")),
    Measure("refunded_loans", Words("已退款的笔数", "Loans with a refund")),
    Measure("undelivered_loans", Words("未发货的笔数", "Loans without dispatch")),
    Measure("at_limit_loans", Words("接近额度的笔数", "Loans near the limit")),
    Measure("off_hours_loans", Words("夜间申请的笔数", "Loans applied for off hours")),
    Measure("burst_loans", Words("集中申请的笔数", "Loans in a burst")),
    Measure("tied_loans", Words("客户相互关联的笔数", "Loans of customers who are tied")),
    Measure("evidence", Words("证据强度（自然对数）", "Evidence, in natural logarithms")),
)


def detect(view: GraphView, known: Population, params: Params) -> Iterator[Candidate]:
    """``cashout_merchant`` 套现商户: a merchant some of whose sales on credit were cash.

    A sale on credit is a loan that was paid to the merchant, applied for there, or passed on to it at once. Signs of
    it are money that comes back from the merchant's side within days, refunds, goods that never went, a loan near the
    limit, odd hours, a burst, and customers who name the merchant or each other. How often the sales of other merchants
    show each is the measure. Members are the merchant and the customers whose loans were rather cash than not, by a
    sign of money or goods, or taken on days when most of the sales show one.

    Innocent twins, tried first: a busy shop, a promotion day, goods returned. What one sign alone speaks for is not
    reported.
    """
    found = search(view, known, params)
    drafts = (draft(view, found, shop, params) for shop in found.shops)
    yield from portable(view, unexplained(drafts))


CASHOUT_MERCHANT = Detector(
    id="cashout-merchant",
    version="2",
    kinds=("cashout_merchant",),
    unit="one merchant with its sales, its customers and where its money goes",
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
