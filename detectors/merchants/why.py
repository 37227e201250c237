"""What the merchants at which one applicant bought on credit come to."""

from __future__ import annotations

import numpy as np

from ...graph.kernels.sets import distinct
from ...graph.snapshot import GraphView
from ...graph.words.names import COMMA, Words, joined
from ..contract import Near, Params
from .population import Population
from .sales import Sales, read
from .search import Shop, weighed
from .signs import SIGNS, signs
from .units import around

CALLED = {
    "returned": Words("款项转回", "money back"),
    "refunded": Words("已退款", "a refund"),
    "undelivered": Words("未发货", "goods not sent"),
    "at_limit": Words("接近额度", "near the limit"),
    "off_hours": Words("夜间申请", "off hours"),
    "burst": Words("集中申请", "a burst"),
    "tied": Words("客户相互关联", "tied"),
}
"""What signs are called in a list of them."""


def why(view: GraphView, known: Population, params: Params, applicant: int) -> list[Near]:
    """For each merchant with enough customers, of whom the applicant is one, what its sales show and come to."""
    found = []
    for unit in around(view, known, params, np.array([applicant])):
        part, place = view.part(unit.nodes), int(np.searchsorted(unit.nodes, applicant))
        sales = read(part)
        shown = signs(part, sales, params["back_days"], params["least_back"])
        for shop, _ in weighed(part, sales, shown, known):
            if unit.nodes[shop.merchant] in unit.parties and place in sales.customer[shop.sales]:
                found.append(_near(part, sales, shop, params))
    if found:
        return sorted(found, key=lambda one: -(one.has or 0.0))
    words = Words(
        f"没有在客户不少于{params['min_customers']}人、且有款项或货物异常的商户处分期",
        f"no sales on credit at a merchant of at least {params['min_customers']} customers that shows a sign of money "
        "or goods",
    )
    return [Near("evidence", None, params["least_evidence"], words)]


def _near(view: GraphView, sales: Sales, shop: Shop, params: Params) -> Near:
    counts = zip(SIGNS, shop.shown.sum(axis=0).tolist(), strict=True)
    told = joined((Words(f"{CALLED[sign].zh}{n}笔", f"{CALLED[sign].en} {n}") for sign, n in counts if n), COMMA)
    customers, least = len(distinct(sales.customer[shop.cashed])), params["min_customers"]
    words = Words(
        f"所在商户{len(shop.sales)}笔贷款中{told.zh}；证据{shop.evidence:.1f}，至少需{params['least_evidence']:g}；"
        f"有套现迹象的客户{customers}名，至少需{least}名",
        f"of {len(shop.sales)} loans at the merchant: {told.en}; evidence {shop.evidence:.1f} of at least "
        f"{params['least_evidence']:g}; {customers} customers look like cash, of at least {least}",
    )
    return Near("evidence", round(shop.evidence, 2), params["least_evidence"], words, (view.name(shop.merchant),))
