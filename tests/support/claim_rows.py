"""The rows of a book read a second time, plainly, for claims about them: who uses what, who applied and borrowed when,
who is family, what is a shop's. Nothing of the detectors' code is used; everything is counted with sets."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import permutations

import networkx as nx

SPOUSE = frozenset({"配偶", "夫妻", "丈夫", "妻子", "老公", "老婆", "爱人"})
_KIN = """
父母 父亲 母亲 爸爸 妈妈 父子 父女 母子 母女 子女 儿子 女儿 兄弟姐妹 兄弟 姐妹 哥哥 弟弟 姐姐 妹妹 岳父 岳母 公公
婆婆 祖父母 家人 直系亲属
"""
KIN = SPOUSE | frozenset(_KIN.split())
RELATIVES = frozenset({"亲属", "亲戚", "远亲"})
EMPLOYER = frozenset({"单位", "公司", "人事", "单位电话"})


@dataclass
class Rows:
    """A book's relationships as they show, flagged ones left out.

    Attributes
    ----------
    applied, borrowed : by applicant, times of applications; times, amounts and currencies of loans
    uses : by node, by applicant, the ways of use: ``(what, through what, surname given to the holder)``
    events : by device, network or place, the application or other row of each use
    merchant : by application, where it was filed
    shops : accounts that merchants own
    paid : the accounts that each account has paid wages to
    handset : by device, the devices that are one handset with it
    surname : by applicant
    kin : ``(who says so, of whom, word)`` by ``relations``
    """

    applied: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    borrowed: dict[str, list[tuple[int, float, str]]] = field(default_factory=lambda: defaultdict(list))
    uses: dict[str, dict[str, set]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(set)))
    events: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    merchant: dict[str, str] = field(default_factory=dict)
    shops: set[str] = field(default_factory=set)
    paid: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    handset: dict[str, frozenset[str]] = field(default_factory=dict)
    surname: dict[str, str] = field(default_factory=dict)
    kin: list[tuple[str, str, str]] = field(default_factory=list)

    def users(self, nodes: Iterable[str], members: Iterable[str]) -> set[str]:
        """The applicants who use a thing: a handset by any of its ids; a Wi-Fi and an internet address that its members
        used together, by both together."""
        nodes = {more for node in nodes for more in self.handset.get(node, {node})}
        pairs = [
            pair
            for pair in permutations(sorted(nodes), 2)
            if _is_network(pair) and self.joint(*pair).issuperset(members)
        ]
        single = nodes - {node for pair in pairs for node in pair}
        return set().union(*(self.uses[node] for node in single), *(self.joint(*pair) for pair in pairs))

    def business_accounts(self) -> set[str]:
        """Accounts of shops, and those that pay wages to two or more."""
        return self.shops | {payer for payer, paid in self.paid.items() if len(paid) > 1}

    def joint(self, wifi: str, ip: str) -> set[str]:
        """The applicants who filed an application over both."""
        both = self.events[wifi] & self.events[ip]
        return {who for who, ways in self.uses[wifi].items() if any(via in both for _, via, _ in ways)}

    @cached_property
    def people(self) -> set[str]:
        """The applicants who use or state anything."""
        return {person for users in self.uses.values() for person in users}

    @cached_property
    def family(self) -> dict[str, str]:
        """By applicant, the family."""
        return families(self)


def _is_network(nodes: Sequence[str]) -> bool:
    return nodes[0].startswith("wifi:") and nodes[1].startswith("ip:")


def _surname(name: str | None) -> str:
    told = (name or "").partition("*")[0]
    return "" if told[:1] in "小老阿大" else told


def read(snapshot) -> Rows:
    """The rows of a snapshot."""
    rows, ties = Rows(), {}

    def each(relation, *columns):
        if relation not in ties:
            found = snapshot.ties(relation)
            ends = snapshot.names(found.source), snapshot.names(found.target), found.valid_from.tolist()
            ties[relation] = found, list(zip(found.positions.tolist(), *ends, strict=True))
        found, listed = ties[relation]
        cells = [found.column(name).where(lambda c: c.notna(), None).tolist() for name in columns]
        yield from (tuple(row) for row in zip(listed, *cells, strict=True)) if cells else ((row,) for row in listed)

    loans = {row["node"]: row for row in snapshot.facts("loans").to_dict("records")}
    loans = dict(zip(snapshot.names(list(loans)), loans.values(), strict=True))
    filed = {target: source for ((_, source, target, _),) in each("APPLIED")}
    for ((_, source, _, time),) in each("APPLIED"):
        if time > 0:
            rows.applied[source].append(time)
    lent = {}
    for ((_, source, target, time),) in each("BORROWED"):
        if source.startswith("applicant:"):
            lent[target] = source
            loan = loans.get(target, {})
            if loan.get("amount") is not None and loan["amount"] == loan["amount"]:
                rows.borrowed[source].append((time, float(loan["amount"]), loan.get("currency") or ""))
    for ((_, source, target, _),) in each("AT_MERCHANT"):
        rows.merchant[source] = target
    joined = nx.Graph()
    first: dict[str, str] = {}
    for relation in ("USED_DEVICE", "USED_IP", "USED_WIFI", "APPLIED_FROM"):
        for ((position, source, target, _),) in each(relation):
            who = filed.get(source, source)
            if who.startswith("applicant:"):
                rows.uses[target][who].add((relation, source, ""))
                rows.events[target].add(source if source in filed else f"row {position}")
            if relation == "USED_DEVICE":
                joined.add_node(target)
                if source in filed:
                    joined.add_edge(first.setdefault(source, target), target)
    owners = defaultdict(set)
    for ((_, source, target, _),) in each("OWNS"):
        if source.startswith("applicant:"):
            owners[target].add(source)
            rows.uses[target][source].add(("OWNS", "", ""))
        elif source.startswith("merchant:"):
            rows.shops.add(target)
    for ((position, source, target, _),) in each("SIGNED_IN"):
        for who in owners[target]:
            rows.uses[source][who].add(("SIGNED_IN", target, ""))
            rows.events[source].add(f"row {position}")
            joined.add_node(source)
    for part in nx.connected_components(joined):
        rows.handset |= dict.fromkeys(part, frozenset(part))
    for (_, source, target, _), kind in each("TRANSFERRED", "kind"):
        if kind == "payroll":
            rows.paid[source].add(target)
    for ((_, source, target, _),) in each("DISBURSED_TO"):
        if source in lent and target.startswith("account:"):
            rows.uses[target][lent[source]].add(("DISBURSED_TO", source, ""))
    for ((_, source, target, _),) in each("REPAID"):
        if target in lent:
            rows.uses[source][lent[target]].add(("REPAID", target, ""))
    names = snapshot.facts("applicants")
    if "name" in names:
        people = snapshot.names(names["node"].tolist())
        rows.surname = dict(zip(people, map(_surname, snapshot.masked(names["name"].tolist())), strict=True))
    for relation in ("HAS_ID", "HAS_EMAIL", "HAS_PHONE", "HAS_ADDRESS", "WORKS_AT"):
        for (_, source, target, _), use in each(relation, "use"):
            if source.startswith("applicant:"):
                rows.uses[target][source].add(
                    (relation, "work" if use == "work" else "own", rows.surname.get(source, ""))
                )
    for (_, source, target, _), word, called in each("LISTS_CONTACT", "relation", "name"):
        given = _surname(snapshot.masked([called])[0] if called else None)
        rows.uses[target][source].add(("LISTS_CONTACT", str(word or "").lower(), given))
    for (_, source, target, _), word in each("RELATED_TO", "relation"):
        rows.kin.append((source, target, str(word or "").lower()))
    return rows


# -- families ------------------------------------------------------------------------------------------------------


def families(rows: Rows) -> dict[str, str]:
    """By applicant, the family, called after one of it."""
    tied = nx.Graph()
    tied.add_nodes_from(rows.people)
    for phone in [node for node in rows.uses if node.startswith("phone:")]:
        listed = [
            (who, *use[1:]) for who, uses in rows.uses[phone].items() for use in uses if use[0] == "LISTS_CONTACT"
        ]
        kin = [(who, called) for who, word, called in listed if word in KIN]
        if len(kin) > 4 or sum(word in SPOUSE for _, word, _ in listed) > 1:
            continue
        own = owners(rows, phone)
        for owner in own:
            for who, called in kin:
                if not called or not rows.surname.get(owner) or called == rows.surname[owner]:
                    tied.add_edge(owner, who)
        others = len(listed) > len(kin) or any(use[:2] == ("HAS_PHONE", "work") for _, use in _all(rows, phone))
        if not own and not others and len({called for _, called in kin} - {""}) < 2:
            tied.add_edges_from((who, phone) for who, _ in kin)
    said = [(one, other, word) for one, other, word in rows.kin if word in KIN]
    for one, other, _ in said:
        callers = {who for who, whom, _ in said if whom == other}
        spouses = {who for who, whom, word in said if whom == other and word in SPOUSE}
        if len(callers) <= 4 and len(spouses) <= 1:
            tied.add_edge(one, other)
    for home in [node for node in rows.uses if node.startswith("address:")]:
        live = {who for who, use in _all(rows, home) if use[:2] == ("HAS_ADDRESS", "own")}
        if len(live) <= 8:
            tied.add_edges_from((who, f"{home} {rows.surname[who]}") for who in live if rows.surname.get(who))
    found = {}
    for part in nx.connected_components(tied):
        people = sorted(part & rows.people)
        found |= dict.fromkeys(people, people[0]) if len(people) <= 10 else {who: who for who in people}
    return found


def owners(rows: Rows, phone: str) -> set[str]:
    """Whose own number a phone is."""
    return {who for who, use in _all(rows, phone) if use[:2] == ("HAS_PHONE", "own")}


def _all(rows: Rows, node: str) -> list[tuple[str, tuple]]:
    return [(who, use) for who, uses in rows.uses[node].items() for use in uses]


def stated_kin(rows: Rows, members: set[str]) -> set[tuple[str, str]]:
    """Members of whom one called the other family, believed or not."""
    said = {(one, other) for one, other, word in rows.kin if word in KIN | RELATIVES and {one, other} <= members}
    for phone in [node for node in rows.uses if node.startswith("phone:")]:
        for who, use in _all(rows, phone):
            if use[0] == "LISTS_CONTACT" and use[1] in KIN | RELATIVES and who in members:
                said |= {(who, owner) for owner in owners(rows, phone) & members - {who}}
    return said


def shop_of(rows: Rows, node: str) -> str | None:
    """The shop whose equipment a thing is: where more than half of its uses are filed."""
    events = set().union(*(rows.events[one] for one in rows.handset.get(node, {node}) if one in rows.events))
    at = Counter(rows.merchant[event] for event in events if event in rows.merchant)
    return next((shop for shop, count in at.items() if 2 * count > len(events)), None)
