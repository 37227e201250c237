"""Every claim in the reasons of a cash-out merchant, held against the rows.

A reason is taken apart by patterns. A clause that no pattern knows is an error, so that nothing is claimed without
being checked. Nothing of the detector's code is used: signs of all sales of the book are read with plain lists.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from statistics import median

from support.claims import is_amount
from support.merchant_spent import passed_on

HOUR = 3_600_000
DAY = 24 * HOUR
HARD = {"款项转回": "returned", "退款": "refunded", "未发货": "undelivered"}
HARD_EN = {"money back": "returned", "a refund": "refunded", "goods not sent": "undelivered"}
RATE = (r"（(?P<rate>[\d.]+%|不到0\.1%)）", r" \((?P<rate>[\d.]+ %|below 0\.1 %)\)")
DATES = (r"，申请日期(?P<first>[\d-]+)至(?P<last>[\d-]+)", r", applied for from (?P<first>[\d-]+) to (?P<last>[\d-]+)")
CLAUSES = {
    "what": (
        r"该商户的(?P<sales>\d+)笔贷款中，(?P<customers>\d+)名客户的(?P<cash>\d+)笔（(?P<money>[^）]+?)"
        rf"(?:，另有(?P<unknown>\d+)笔金额不详)?）有套现迹象(?:{DATES[0]})?（以下括号内为其他商户同类贷款的比率，同业优先，经平滑估计）",
        r"of (?P<sales>\d+) loans at this merchant, (?P<cash>\d+) loans? of (?P<customers>\d+) customers? "
        rf"\((?P<money>[^)]+?)(?:, and (?P<unknown>\d+) of unknown amount)?\) show signs of cashing out(?:{DATES[1]})? "
        r"\(in brackets how often loans at other merchants do, a smoothed estimate, of its line of business first\)",
    ),
    "spent": (
        r"其中(?P<count>\d+)笔到账后2天内大部分转付该商户",
        r"of (?P<count>\d+) of these most was passed on to the merchant within 2 days of being paid out",
    ),
    "returned": (
        r"(?P<count>\d+)笔在放款（或转付）后(?P<days>[\d.]+)天内有款项由商户或其控制人的账户直接或经一个账户转回借款人，单次不少于贷款的"
        r"(?P<least>[\d.]+)%，有转回的贷款合计转回比例的中位数为(?P<middle>\d+)%" + RATE[0],
        r"(?P<count>\d+) with money that went back to the borrower within (?P<days>[\d.]+) days of payment, from "
        r"accounts of the merchant or of who controls it, straight or by way of one account, at least "
        r"(?P<least>[\d.]+) % of the loan at once and in the median (?P<middle>\d+) % of a loan with money back"
        + RATE[1],
    ),
    "refunded": (
        r"(?P<count>\d+)笔的订单记为已退款" + RATE[0],
        r"(?P<count>\d+) with an order on record as refunded" + RATE[1],
    ),
    "undelivered": (
        r"(?P<count>\d+)笔的订单放款（或转付）30天后仍无发货、送达或退款记录" + RATE[0],
        r"(?P<count>\d+) with an order that shows no dispatch, delivery or refund, more than 30 days after payment"
        + RATE[1],
    ),
    "at_limit": (
        r"(?P<count>\d+)笔用到额度的90%以上" + RATE[0],
        r"(?P<count>\d+) at 90 % of the credit limit or more" + RATE[1],
    ),
    "off_hours": (
        r"(?P<count>\d+)笔在22点至次日6点申请" + RATE[0],
        r"(?P<count>\d+) applied for between 22:00 and 6:00" + RATE[1],
    ),
    "burst": (
        r"(?P<count>\d+)笔申请于3天内，期间该商户的贷款达到其（至少30天的）平均的5倍以上" + RATE[0],
        r"(?P<count>\d+) applied for in 3 days with at least 5 times as many loans at the merchant as on its average "
        r"\(over at least 30 days\)" + RATE[1],
    ),
    "tied": (
        r"(?P<count>\d+)笔的客户填报了商户、其控制人或其他客户的电话，或与该商户至少2名其他客户填报同一电话" + RATE[0],
        r"(?P<count>\d+) of customers who name a phone of the merchant, of who controls it or of another customer, or "
        r"one that at least 2 other customers name" + RATE[1],
    ),
    "alone": (
        r"其他解释：生意好的店：该商户没有其他贷款",
        r"other explanations: a busy shop: there are no other loans at this merchant",
    ),
    "busy": (
        r"其他解释：生意好的店：该商户其余(?P<rest>\d+)笔贷款中，(?P<hard>\d+)笔有(?P<words>.+)",
        r"other explanations: a busy shop: of its other (?P<rest>\d+) loans, (?P<hard>\d+) show (?P<words>.+)",
    ),
    "promotion": (
        r"促销日：上述贷款中(?P<hard>\d+)笔有(?P<words>.+)，申请分布在(?P<dates>\d+)个日期",
        r"a promotion day: (?P<hard>\d+) of these loans show (?P<words>.+), applied for on (?P<dates>\d+) dates?",
    ),
    "goods": (
        r"退货退款：(?P<count>\d+)笔是货物发出后退款，且除记为退款的转账外没有款项转回",
        r"goods returned: (?P<count>\d+) of these loans have a refund after the goods had been sent, with nothing back "
        r"but transfers that are called refunds",
    ),
}
"""What may be said, in Chinese and English."""
SIGNS = ("returned", "refunded", "undelivered", "at_limit", "off_hours", "burst", "tied")


class Sale(dict):
    """One loan at a merchant: its cells, and under ``signs`` those that can be known, with whether they show."""


class Rows:
    """The sales of a book, by loan, by name."""

    def __init__(self, view):
        self.view, self.as_of = view, view.as_of
        self.owned, self.sides, self.own, self.named = (defaultdict(set) for _ in range(4))
        for owner, account, *_ in self._edges("OWNS"):
            self.owned[owner].add(account)
        for party, shop, *_ in self._edges("CONTROLS"):
            self.sides[shop].add(party)
        for (party, phone, *_), use in zip(self._edges("HAS_PHONE"), self._column("HAS_PHONE", "use"), strict=True):
            if use != "work":
                self.own[phone].add(party)
        for party, phone, *_ in self._edges("LISTS_CONTACT"):
            self.named[party].add(phone)
        kinds = self._column("TRANSFERRED", "kind")
        self.into, self.out = defaultdict(list), defaultdict(list)
        for (source, target, amount, time, _), kind in zip(self._edges("TRANSFERRED"), kinds, strict=True):
            if amount > 0 and time > 0:
                self.into[target].append((source, amount, time, kind))
                self.out[source].append((target, amount, time, kind))
        self.line = {name: row.get("category") or "" for name, row in self._facts("merchants").items()}
        self.sales = self._sales()
        self.at = defaultdict(list)
        for sale in self.sales:
            self.at[sale["merchant"]].append(sale)
        for sales in self.at.values():
            self._orders(sales)
            for sale in sales:
                sale["signs"] = self._signs(sale, sales)

    def rate(self, merchant: str, sign: str) -> float:
        """How often the sales of the others show a sign, those of one line of business first, in percent."""
        others = [sale for shop, sales in self.at.items() if shop != merchant for sale in sales]
        line = self.line.get(merchant, "")
        shown, known = self._counted(others, sign)
        peers = self._counted([sale for sale in others if self.line.get(sale["merchant"], "") == line], sign)
        return 100 * (peers[0] + 50 * (shown + 0.5) / (known + 1)) / (peers[1] + 50)

    @staticmethod
    def _counted(sales: list[Sale], sign: str) -> tuple[int, int]:
        told = [sale["signs"][sign] for sale in sales if sign in sale["signs"]]
        return sum(told), len(told)

    # -- reading
    def _edges(self, relation: str) -> list[tuple]:
        edges = self.view.ties(relation)
        names = self.view.names(edges.source), self.view.names(edges.target)
        return list(zip(*names, edges.amount.tolist(), edges.valid_from.tolist(), edges.positions, strict=True))

    def _column(self, relation: str, name: str) -> list:
        return self.view.ties(relation).column(name).tolist()

    def _facts(self, table: str) -> dict[str, dict]:
        rows = self.view.facts(table).to_dict("records")
        return {
            name: {key: cell for key, cell in row.items() if cell is not None and cell == cell}
            for name, row in zip(self.view.names([row["node"] for row in rows]), rows, strict=True)
        }

    def _sales(self) -> list[Sale]:
        loans, made = self._facts("loans"), self._facts("applications")
        came_of = {loan: application for application, loan, *_ in self._edges("BECAME")}
        filed_at = {application: shop for application, shop, *_ in self._edges("AT_MERCHANT")}
        paid_to, paid = {}, defaultdict(list)
        for loan, to, _, time, _ in self._edges("DISBURSED_TO"):
            paid[loan] += [time] if time > 0 else []
            if to.startswith("merchant:"):
                paid_to[loan] = to
        passed = defaultdict(dict)
        for (loan, shop), time in self._passed_on().items():
            passed[loan][shop] = time
        sales = []
        for customer, loan, *_ in self._edges("BORROWED"):
            application = came_of.get(loan)
            shop = paid_to.get(loan) or filed_at.get(application)
            told, filed = loans.get(loan, {}), made.get(application, {})
            for merchant, time in (passed[loan] | ({shop: None} if shop else {})).items():
                sale = Sale(
                    loan=loan,
                    merchant=merchant,
                    customer=customer,
                    spent=time is not None,
                    amount=told.get("amount", 0),
                    currency=told.get("currency", ""),
                    limit=told.get("credit_limit", filed.get("credit_limit", 0)),
                    applied=filed.get("apply_time"),
                    paid=time or min(paid[loan], default=None),
                )
                sales.append(sale)
        return sales

    def _passed_on(self) -> dict[tuple[str, str], int]:
        tills = defaultdict(list)
        for owner, account, *_ in self._edges("OWNS"):
            if owner.startswith("merchant:"):
                tills[account].append(owner)
        paid, moved = ([row[:4] for row in self._edges(name)] for name in ("DISBURSED_TO", "TRANSFERRED"))
        return passed_on(paid, sorted(moved, key=lambda row: row[3]), tills)

    def _orders(self, sales: list[Sale]) -> None:
        """Give each sale of a shop its order: the nearest within a week, of which it is the nearest sale."""
        if not hasattr(self, "placed"):
            self.placed = defaultdict(list)
            times = zip(
                *(self._column("ORDERED", f"{name}_at") for name in ("shipped", "delivered", "refunded")), strict=True
            )
            for (who, shop, _, time, _), reached in zip(self._edges("ORDERED"), times, strict=True):
                if time > 0:
                    self.placed[who, shop].append(
                        (time, *(at == at and (at or self.as_of + 1) <= self.as_of for at in reached))
                    )
        for sale in sales:
            mine = [other for other in sales if other["customer"] == sale["customer"] and other["paid"]]
            near = [
                (abs(order[0] - sale["paid"]), *order)
                for order in self.placed[sale["customer"], sale["merchant"]]
                if sale["paid"] and abs(order[0] - sale["paid"]) <= 7 * DAY
            ]
            if near:
                _, time, *reached = min(near)
                if all(abs(time - other["paid"]) >= abs(time - sale["paid"]) for other in mine):
                    sale["order"] = reached

    # -- signs
    def _signs(self, sale: Sale, sales: list[Sale]) -> dict[str, bool]:
        told = {}
        if sale["paid"] and sale["amount"] > 0:
            came = sale["back"] = self._back(sale)
            moves = self.owned[sale["customer"]] and any(self.out[account] for account in self._givers(sale))
            if moves and (came or sale["paid"] + 7 * DAY <= self.as_of):
                told["returned"] = bool(came)
        if "order" in sale:
            shipped, delivered, refunded = sale["order"]
            told["refunded"] = bool(refunded)
            if sale["paid"] < self.as_of - 30 * DAY and not refunded:
                told["undelivered"] = not (shipped or delivered)
        if sale["limit"] > 0 and sale["amount"] > 0:
            told["at_limit"] = 10 * round(100 * sale["amount"]) >= 9 * round(100 * sale["limit"])
        if sale["applied"]:
            moment = _local(sale["applied"])
            near = [one for one in sales if one["applied"] and abs(one["applied"] - sale["applied"]) <= 36 * HOUR]
            times = [one["applied"] for one in sales if one["applied"]]
            usual = len(times) * 3 * DAY / max(max(times) - min(times), 30 * DAY)
            told["burst"] = len(near) >= 4 and len(near) >= 5 * usual - 1e-9
            if (moment.hour, moment.minute, moment.second, moment.microsecond) != (0, 0, 0, 0):
                told["off_hours"] = moment.hour >= 22 or moment.hour < 6
        if self.named[sale["customer"]]:
            told["tied"] = any(self._ties(sale, phone, sales) for phone in self.named[sale["customer"]])
        return told

    def _givers(self, sale: Sale) -> set[str]:
        shop = sale["merchant"]
        return set().union(*(self.owned[party] for party in {shop} | self.sides[shop]))

    def _back(self, sale: Sale) -> list[tuple[float, bool]]:
        """What came back: amounts, and whether each came straight and is called a refund."""
        givers, takers, least = self._givers(sale), self.owned[sale["customer"]], 0.3 * sale["amount"] - 1e-6
        since, until = sale["paid"], sale["paid"] + 7 * DAY
        came = []
        for source, amount, time, kind in (move for account in takers for move in self.into[account]):
            if not since <= time <= until or amount < least or source in takers or kind == "payroll":
                continue
            if source in givers:
                came.append((amount, kind == "refund"))
            else:
                before = [
                    (at, paid, word)
                    for giver, paid, at, word in self.into[source]
                    if giver in givers and since <= at <= time and paid >= least
                ]
                if before and max(before, key=lambda one: one[:2])[2] != "payroll":
                    came.append((amount, False))
        return came

    def _ties(self, sale: Sale, phone: str, sales: list[Sale]) -> bool:
        shop, customers = sale["merchant"], {one["customer"] for one in sales}
        known = {shop} | self.sides[shop] | (customers - {sale["customer"]})
        return bool(self.own[phone] & known) or sum(phone in self.named[who] for who in customers) >= 3


class MerchantClaims:
    """The claims of one finding.

    Attributes
    ----------
    false : what is not so or not understood, in words; empty where every claim is true
    checked : how many claims were checked
    """

    def __init__(self, rows: Rows, finding: Mapping):
        self.rows, self.false, self.checked = rows, [], 0
        (self.merchant,) = (member["node"] for member in finding["members"] if member["role"] == "merchant")
        self.customers = {member["node"] for member in finding["members"] if member["role"] == "customer"}
        told = {row["target"] for row in finding["evidence"] if row["relation"] == "BORROWED"}
        all_sales = rows.at[self.merchant]
        self.cash = [sale for sale in all_sales if sale["loan"] in told]
        self.rest = [sale for sale in all_sales if sale["loan"] not in told]
        self.left = {sign for sign in SIGNS if self._count(self.cash, sign)}
        zh, en = finding["reason_zh"].removesuffix("。"), finding["reason_en"].removesuffix(".")
        for one, other in zip(zh.split("；"), en.split("; "), strict=True):
            self._clause(one, other)
        self.that(not self.left, f"says nothing of {self.left}")

    def that(self, holds: bool, what: str) -> None:
        """Note what is not so."""
        self.checked += 1
        if not holds:
            self.false.append(what)

    def _clause(self, zh: str, en: str) -> None:
        for name, (pattern_zh, pattern_en) in CLAUSES.items():
            one, other = re.fullmatch(pattern_zh, zh), re.fullmatch(pattern_en, en, re.IGNORECASE)
            if one and other:
                said, also = one.groupdict(), other.groupdict()
                same = {key: told for key, told in also.items() if key not in ("money", "rate", "words")}
                self.that(same.items() <= said.items(), f"the same in both languages: {zh} | {en}")
                if name in SIGNS:
                    self._sign(name, said, also)
                getattr(self, f"_{name}", lambda said, also: None)(said, also)
                return
        self.that(False, f"not understood: {zh} | {en}")

    @staticmethod
    def _count(sales: list[Sale], *signs: str) -> int:
        return sum(any(sale["signs"].get(sign) for sign in signs) for sale in sales)

    def _what(self, said: dict, also: dict) -> None:
        numbers = tuple(int(said[name]) for name in ("sales", "customers", "cash"))
        borrowers = {sale["customer"] for sale in self.cash}
        self.that(numbers == (len(self.cash) + len(self.rest), len(borrowers), len(self.cash)), f"{numbers}")
        self.that(borrowers == self.customers, "customers are those who borrowed")
        lent = Counter()
        for sale in self.cash:
            lent.update({sale["currency"]: sale["amount"]} if sale["amount"] > 0 else {})
        unknown = sum(sale["amount"] <= 0 for sale in self.cash)
        self.that(is_amount(said["money"], also["money"], lent), f"{said['money']} | {also['money']}: {lent}")
        self.that(int(said["unknown"] or 0) == unknown, f"{unknown} of unknown amount")
        days = sorted(_local(sale["applied"]).date().isoformat() for sale in self.cash if sale["applied"])
        self.that((said["first"], said["last"]) == ((days[0], days[-1]) if days else (None, None)), f"{said}: {days}")

    def _sign(self, sign: str, said: dict, also: dict) -> None:
        count = self._count(self.cash, sign)
        self.that(int(said["count"]) == count, f"{said['count']} {sign}: {count}")
        rate = self.rows.rate(self.merchant, sign)
        told = {"不到0.1%": "below 0.1 %"}.get(said["rate"], said["rate"].replace("%", " %"))
        self.that(told == also["rate"], f"{said['rate']} | {also['rate']}")
        holds = rate < 0.1 if told.startswith("below") else abs(float(said["rate"][:-1]) - rate) <= 0.0501
        self.that(holds, f"{said['rate']} of {sign} elsewhere: {rate}")
        self.left.discard(sign)

    def _spent(self, said: dict, also: dict) -> None:
        count = sum(sale["spent"] for sale in self.cash)
        self.that(int(said["count"]) == count > 0, f"{said}: {count}")

    def _returned(self, said: dict, also: dict) -> None:
        self.that((said["days"], said["least"]) == ("7", "30"), f"{said}")
        parts = [
            sum(amount for amount, _ in sale["back"]) / sale["amount"]
            for sale in self.cash
            if sale["signs"].get("returned")
        ]
        self.that(abs(int(said["middle"]) - 100 * median(parts)) <= 0.501, f"{said['middle']} %: {median(parts)}")

    def _hard(self, said: dict, also: dict, sales: list[Sale]) -> None:
        words = re.split("、|或", said["words"])
        english = re.split(", | or ", also["words"])
        signs = [HARD.get(word, word) for word in words]
        self.that(signs == [HARD_EN.get(word, word) for word in english], f"{words} | {english}")
        self.that(int(said["hard"]) == self._count(sales, *signs), f"{said}: {self._count(sales, *signs)}")

    def _alone(self, said: dict, also: dict) -> None:
        self.that(not self.rest, f"{len(self.rest)} other loans")

    def _busy(self, said: dict, also: dict) -> None:
        self.that(int(said["rest"]) == len(self.rest) > 0, f"{said}: {len(self.rest)}")
        self._hard(said, also, self.rest)

    def _promotion(self, said: dict, also: dict) -> None:
        self._hard(said, also, self.cash)
        dates = {_local(sale["applied"]).date() for sale in self.cash if sale["applied"]}
        self.that(int(said["dates"]) == len(dates), f"{said}: {dates}")

    def _goods(self, said: dict, also: dict) -> None:
        back = [
            sale
            for sale in self.cash
            if sale["signs"].get("refunded")
            and any(sale["order"][:2])
            and all(called for _, called in sale.get("back", []))
        ]
        self.that(int(said["count"]) == len(back), f"{said}: {len(back)}")


def measured(finding: Mapping, claims: MerchantClaims) -> dict[str, int]:
    """What the measures of a finding should be, by a plain count: loans by sign."""
    told = Counter(sign for sale in claims.cash for sign, shows in sale["signs"].items() if shows)
    spent = {"spent_loans": sum(sale["spent"] for sale in claims.cash)}
    return spent | {f"{sign}_loans": told[sign] for sign in SIGNS if f"{sign}_loans" in finding["measures"]}


def _local(time: float) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=time) + timedelta(hours=8)
