"""Every claim in the reasons of a fund flow, held against the rows.

A reason is taken apart by patterns. A clause that no pattern knows is an error, so that nothing is claimed without
being checked. Nothing of the detector's code is used: money is followed with networkx and with plain lists.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Mapping
from itertools import pairwise

import networkx as nx
from support.claim_rows import KIN, RELATIVES
from support.claims import UNITS

HOUR = 3_600_000
DAY = 24 * HOUR
RULE = (r"按先进先出", r"first in, first out,")
AMOUNT = (r"(?P<amount>[^，；]+)", r"(?P<amount>[^;]+?)")

CLAUSES = {
    "way": (
        r"(?P<borrowers>\d+)名借款人的(?P<loans>\d+)笔贷款（(?P<amount>[^）]+)）放款后(?:(?P<days>\d+)天内|一天内)，款项"
        r"(?P<straight>直接)?(?:经(?:(?P<others>\d+)名他人的账户)?和?(?:(?P<nobodys>\d+)个无户主记录的账户)?)?"
        r"(?:以(?P<transfers>\d+)笔转账)?(?:到达(?P<restricted>\d+)个受限账户)?并?(?P<back>回到借款人本人账户)?",
        r"[Ww]ithin (?:(?P<days>\d+) days|a day) of (?P<loans>\d+) loans? of (?P<borrowers>\d+) borrowers? "
        r"\((?P<amount>[^)]+)\) being paid out, money went (?P<straight>straight )?(?:in (?P<transfers>\d+) transfers?"
        r"(?: by way of (?:accounts of (?P<others>\d+) others?)?(?: and )?"
        r"(?:(?P<nobodys>\d+) accounts? of no known owner)?)? )?"
        r"(?:to (?P<restricted>\d+) restricted accounts?)?(?: and )?"
        r"(?P<back>back to (?:an account|accounts) of the borrower's own)?",
    ),
    "amounts": (
        r"到达的款项最多可有(?P<can>.+?)来自贷款，"
        + RULE[0]
        + r"计为(?P<convention>[^，]+)(?:，其中(?P<must>.+)必为贷款资金)?",
        r"at most (?P<can>.+?) of what arrived can be the loans' money",
    ),
    "convention": (r"", RULE[1] + r" it is (?P<convention>.+)"),
    "must": (r"", r"(?P<must>\S+) of it must be"),
    "unknown": (
        r"余额记录不足，无法判断其中多少必为贷款资金",
        r"balances on record do not tell how much of it must be",
    ),
    "rest": (
        r"每次转出前停留不超过(?:(?P<hours>\d+)小时|(?P<long>\d+)天)",
        r"it rested no longer than (?:(?P<hours>\d+) hours?|(?P<long>\d+) days) before each transfer",
    ),
    "common": (r"这些贷款的路径有共同的转账", r"the ways of these loans have transfers in common"),
    "repaid_old": (
        RULE[0] + r"，另有" + AMOUNT[0] + r"用于归还借款人的其他贷款",
        RULE[1] + r" another " + AMOUNT[1] + r" repaid other loans of the borrowers",
    ),
    "repaid_for": (
        r"款项经过的账户曾为另外(?P<count>\d+)人还款",
        r"accounts that it passed repaid loans of (?P<count>\d+) other people",
    ),
    "at_once": (r"同一时刻的转账按可相互衔接计算", r"of transfers at one instant, either may follow the other"),
    "own_money": (
        r"(?:其他解释：)?自有资金：" + RULE[0] + r"，其中" + AMOUNT[0] + r"为账户里的其他资金",
        r"(?:other explanations: )?own money: "
        + RULE[1]
        + " "
        + AMOUNT[1]
        + r" of it was other money in these accounts",
    ),
    "rare": (
        r"但按各账户平时的转账，这样依次转出凑巧发生的次数预计不到(?P<count>[\d.]+)次",
        r"yet by what these accounts send otherwise, fewer than (?P<count>[\d.]+) such ways are to be expected in "
        r"the book by chance",
    ),
    "by_merchant": (
        r"但款项正是付给该商户后转回的",
        r"yet it came back from the merchant to whom it had been paid",
    ),
    "family": (
        r"亲属间往来：未发现经手的人都是借款人亲属",
        r"a family: those whose accounts it passed are not all known as kin of the borrower",
    ),
    "refund": (r"退货退款：转回的并非都记为退款", r"a refund: not all that came back is on record as one"),
    "short": (
        r"退货退款：转回的都记为退款，但少于订单金额" + AMOUNT[0] + r"，而订单没有发货或送达记录",
        r"a refund: all that came back is on record as one, yet it falls short of the " + AMOUNT[1] + r" of the order, "
        r"and no goods are on record as sent",
    ),
}
"""What may be said, in Chinese and English."""


def _is(text: str, amount: float) -> bool:
    """Whether a text in either language tells an amount: to the cent, or as far as its unit goes."""
    told = re.fullmatch(r"([\d,.]+)(万|亿|)", text)
    unit = UNITS[told[2]] if told else 1
    return bool(told) and abs(float(told[1].replace(",", "")) * unit - amount) <= 0.0051 * unit


class Rows:
    """What moved in a book, and whose what is: by name."""

    def __init__(self, view):
        self.moved = self._edges(view, "TRANSFERRED")
        self.kinds = dict(zip((row[4] for row in self.moved), self._column(view, "kind"), strict=True))
        self.paid, self.repaid = self._edges(view, "DISBURSED_TO"), self._edges(view, "REPAID")
        self.borrower = {loan: who for who, loan, *_ in self._edges(view, "BORROWED")}
        sent = zip(
            *(view.edges("ORDERED").column(name).tolist() for name in ("shipped_at", "delivered_at")), strict=True
        )
        self.orders = [
            (*row[:4], any(time == time and (time or view.as_of + 1) <= view.as_of for time in times))
            for row, times in zip(self._edges(view, "ORDERED"), sent, strict=True)
        ]
        self.owners, self.kin = defaultdict(set), set()
        owned = defaultdict(set)
        for owner, account, *_ in self._edges(view, "OWNS"):
            self.owners[account].add(owner)
            owned[owner].add(account)
        # what a merchant was paid came into its account, where it has one
        self.paid = [
            (loan, *owned[to], *rest) if to.startswith("merchant:") and len(owned[to]) == 1 else (loan, to, *rest)
            for loan, to, *rest in self.paid
        ]
        related = view.edges("RELATED_TO")
        for one, other, word in zip(
            view.names(related.source), view.names(related.target), related.column("relation"), strict=True
        ):
            if word in KIN | RELATIVES:
                self.kin |= {(one, other), (other, one)}
        flags = view.facts("flags")
        named = flags[flags["flag"] == "restricted_destination"]["node"].tolist() if len(flags) else []
        self.listed = set(view.names(named))

    @staticmethod
    def _edges(view, relation):
        edges = view.edges(relation)
        ends = (view.names(edges.source), view.names(edges.target))
        uids = view.uids(edges.positions)
        return list(zip(*ends, edges.amount.tolist(), edges.valid_from.tolist(), uids, strict=True))

    @staticmethod
    def _column(view, name):
        return view.edges("TRANSFERRED").column(name).tolist()

    def first_in_first_out(self, paid, arrives, until):
        """How many cents of some payments arrived, and by repayment how many repaid: all lots of all accounts."""
        rows = [("", target, amount, time, 0, uid) for _, target, amount, time, uid in self.paid]
        rows += [(source, target, amount, time, 1, uid) for source, target, amount, time, uid in self.moved]
        rows += [(source, "", amount, time, 2, uid) for source, _, amount, time, uid in self.repaid]
        lots, arrived, repaid = defaultdict(list), 0, {}
        for source, target, amount, time, _, uid in sorted(rows, key=lambda row: row[3:5]):
            left = round(amount * 100) if amount == amount else 0
            if time > until or not left:
                continue
            moving = [[left, uid in paid]] if not source else []
            while source and left:
                if not lots[source]:
                    moving.append([left, False])
                    break
                lot = lots[source][0]
                part = min(lot[0], left)
                moving.append([part, lot[1]])
                lot[0], left = lot[0] - part, left - part
                if not lot[0]:
                    lots[source].pop(0)
            mine = sum(part for part, own in moving if own)
            if uid in arrives:
                arrived += mine
                moving = [[part, False] for part, _ in moving]
            if not target:
                repaid[uid] = mine
            lots[target].extend(moving)
        return arrived, repaid


class FlowClaims:
    """The claims of one finding.

    Attributes
    ----------
    false : what is not so or not understood, in words; empty where every claim is true
    checked : how many claims were checked
    """

    def __init__(self, rows: Rows, finding: Mapping):
        self.rows, self.finding, self.false, self.checked = rows, finding, [], 0
        uids = {row["uid"] for row in finding["evidence"]}
        self.way = sorted((row for row in rows.moved if row[4] in uids), key=lambda row: row[3])
        self.paid = [row for row in rows.paid if row[4] in uids]
        self.loans = {row[0] for row in self.paid}
        self.borrowers = {rows.borrower[loan] for loan in self.loans}
        self.restricted = {row["nodes"][0] for row in map(dict, finding["things"])}
        self.arrives = [row for row in [*self.paid, *self.way] if row[1] in self.restricted or self._returned(row)]
        self.last = max(row[3] for row in self.arrives)
        self.can = self._most()
        paid = {row[4] for row in self.paid}
        self.convention, self.repaid = rows.first_in_first_out(
            paid, {row[4] for row in self.arrives if row[4] not in paid}, self.last
        )
        self.convention += sum(round(row[2] * 100) for row in self.arrives if row in self.paid)
        self._that(self.borrowers == self._members("borrower"), "borrowers are members")
        self._that(all(row in rows.listed for row in self.restricted), "restricted accounts are listed")
        for language, text in enumerate((finding["reason_zh"], finding["reason_en"])):
            for clause in re.split("；|; ", text.rstrip("。.")):
                self._clause(clause, language)

    def _members(self, role):
        return {member["node"] for member in self.finding["members"] if member["role"] == role}

    def _that(self, holds: bool, what: str) -> None:
        self.checked += 1
        if not holds:
            self.false.append(what)

    def _returned(self, row) -> bool:
        """Whether a transfer brings money to a borrower who is not the one that sends it."""
        first = {paid[1] for paid in self.paid if not self.rows.owners[paid[1]]}
        mine = {
            account for account in (row[0], row[1]) if self.rows.owners[account] & self.borrowers or account in first
        }
        return row in self.way and row[1] in mine and row[0] not in mine

    def _most(self) -> int:
        """The most cents that can have arrived along the way, over accounts at moments."""
        graph = nx.DiGraph()
        ends = {row[4] for row in self.arrives}
        for _, account, amount, time, uid in self.paid:
            graph.add_edge("lent", uid, capacity=round(amount * 100))
            graph.add_edge(uid, "arrived" if uid in ends else (account, time))
        for source, target, amount, time, uid in self.way:
            graph.add_edge((source, time), uid, capacity=round(amount * 100))
            graph.add_edge(uid, "arrived" if uid in ends else (target, time))
        moments = defaultdict(set)
        for node in list(graph):
            if isinstance(node, tuple):
                moments[node[0]].add(node[1])
        for account, times in moments.items():
            graph.add_edges_from(((account, one), (account, other)) for one, other in pairwise(sorted(times)))
        return nx.maximum_flow_value(graph, "lent", "arrived")

    # -- clauses
    def _clause(self, clause: str, language: int) -> None:
        for name, patterns in CLAUSES.items():
            if patterns[language] and (match := re.fullmatch(patterns[language], clause)):
                said = {key: value for key, value in match.groupdict().items() if value is not None}
                self._that(getattr(self, f"_{name}")(said), clause)
                return
        self._that(False, f"not understood: {clause}")

    def _accounts(self):
        """The accounts by which it went, in the order of nothing."""
        ends = {row[1] for row in self.paid} | {end for row in self.way for end in row[:2]}
        return ends - self.restricted

    def _others(self):
        return {owner for account in self._accounts() for owner in self.rows.owners[account]} - self.borrowers

    def _way(self, said) -> bool:
        first = {row[1] for row in self.paid}
        nobodys = {account for account in self._accounts() - first if not self.rows.owners[account]}
        began = min(row[3] for row in self.paid)
        counts = {
            "borrowers": len(self.borrowers), "loans": len(self.loans), "others": len(self._others()),
            "nobodys": len(nobodys), "transfers": len(self.way), "restricted": len(self.restricted),
        }  # fmt: skip
        lent = sum(row[2] for row in self.rows.paid if row[0] in self.loans)
        return (
            all(int(said.get(name, 0)) == count for name, count in counts.items())
            and ("back" in said) == any(self._returned(row) for row in self.arrives)
            and ("straight" in said) == (not self.way)
            and _is(said["amount"], lent)
            and int(said.get("days", 1)) == max(math.ceil((self.last - began) / DAY), 1)
        )

    def _amounts(self, said) -> bool:
        measures = self.finding["measures"]
        told = _is(said["can"], self.can / 100) and round(measures["can"] * 100) == self.can
        if "must" in said:
            told = told and self._must({"must": said["must"]})
        return told and ("convention" not in said or self._convention(said))

    def _convention(self, said) -> bool:
        return _is(said["convention"], min(self.convention, self.can) / 100)

    def _must(self, said) -> bool:
        must = self.finding["measures"]["must"]
        return _is(said["must"], must) and round(must * 100) <= min(self.convention, self.can)

    def _unknown(self, said) -> bool:
        return "must" not in self.finding["measures"]

    def _rest(self, said) -> bool:
        came = [*self.paid, *self.way]
        rests = [
            row[3] - max(one[3] for one in came if one[1] == row[0] and one[3] <= row[3] and one is not row)
            for row in self.way
        ]
        hours = math.ceil(max(rests) / HOUR)
        return hours == int(said["hours"]) if "hours" in said else math.ceil(hours / 24) == int(said["long"])

    def _common(self, said) -> bool:
        return len(self.loans) > 1

    def _repaid_old(self, said) -> bool:
        old = sum(
            self.repaid.get(uid, 0)
            for _, loan, _, _, uid in self.rows.repaid
            if self.rows.borrower.get(loan) in self.borrowers and loan not in self.loans
        )
        return _is(said["amount"], old / 100)

    def _repaid_for(self, said) -> bool:
        left = {row[0] for row in self.way}
        mine = {owner for account in left for owner in self.rows.owners[account]} | self.borrowers
        repaid = {
            self.rows.borrower.get(loan) for source, loan, _, time, _ in self.rows.repaid
            if source in left and time <= self.last
        }  # fmt: skip
        return len(repaid - mine - {None}) == int(said["count"])

    def _at_once(self, said) -> bool:
        landed = {(row[1], row[3]) for row in [*self.paid, *self.way]}
        return any((row[0], row[3]) in landed for row in self.way)

    def _own_money(self, said) -> bool:
        return _is(said["amount"], max(self.can - self.convention, 0) / 100)

    def _rare(self, said) -> bool:
        return 10 ** -self.finding["measures"]["rarity"] <= float(said["count"])

    def _by_merchant(self, said) -> bool:
        """Money that left a merchant's account had come there, and ended with the borrower."""
        shops = {
            account
            for account in self._accounts()
            if any(owner.startswith("merchant:") for owner in self.rows.owners[account])
        }
        came = {row[1] for row in [*self.paid, *self.way]}
        return bool(shops & came & {row[0] for row in self.way}) and all(map(self._returned, self.arrives))

    def _family(self, said) -> bool:
        return not all(any((one, other) in self.rows.kin for one in self.borrowers) for other in self._others()) or any(
            not self.rows.owners[account] for account in self._accounts()
        )

    def _refund(self, said) -> bool:
        return not all(self.rows.kinds[row[4]] == "refund" for row in self.arrives if row in self.way)

    def _short(self, said) -> bool:
        back = [row for row in self.arrives if row in self.way]
        shops = {owner for row in back for owner in self.rows.owners[row[0]]}
        tills = {row[0] for row in back}
        paid = [row[3] for row in [*self.paid, *self.way] if row[1] in tills]
        prices = {
            price: sent
            for who, shop, price, time, sent in self.rows.orders
            if who in self.borrowers and shop in shops and min(paid) - 7 * DAY <= time <= max(paid) + 7 * DAY
        }
        kept = sum(row[2] for row in back) < 0.95 * min(prices) and not any(prices.values())
        return kept and not self._refund(said) and _is(said["amount"], min(prices))
