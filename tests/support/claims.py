"""Every claim in the reasons of a fraud ring, held against the rows.

A reason is taken apart by patterns. A clause that no pattern knows is an error, so that nothing is claimed without
being checked. Chinese and English have patterns of their own for each clause, and must name the same numbers.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from support.claim_rows import EMPLOYER, Rows, owners, shop_of, stated_kin

DAY = 86_400_000
UNITS = {"": 1, "万": 1e4, "亿": 1e8}
CURRENCIES = {"元": "CNY", "美元": "USD", "港元": "HKD", "": "", "（币种不详）": ""}
PLACES = {"USED_IP", "USED_WIFI", "APPLIED_FROM", "WORKS_AT", "HAS_ADDRESS"}

SORTS = (
    ("部手机", "handsets?", {"handset"}),
    ("个账户", "accounts?", {"account"}),
    ("个证件号", "identity documents?", {"document"}),
    ("个邮箱", "e-mail address(?:es)?", {"email"}),
    ("个多人报作本人的手机号", "phone numbers? that several give as their own", {"phone"}),
    ("个姓名说法不一的联系电话", "contacts? under differing names", {"alias"}),
    ("个联系电话", "contacts?", {"contact", "listed"}),
    ("个Wi-Fi连同IP", "Wi-Fis? with (?:its internet address|their internet addresses)", {"both"}),
    ("个网络", "networks?", {"network"}),
    ("个地址", "address(?:es)?", {"address", "cell"}),
    ("项单位信息", "details? of (?:an employer|employers)", {"work"}),
    ("个熟人电话", "acquaintances?", {"social", "known"}),
)
"""What is shared, in Chinese and English, and the kinds of thing that it is."""

USED = (
    (r"无他人使用", r"used by nobody else"),
    (r"另有(?P<others>\d+)人使用", r"used by (?P<others>\d+) others? too"),
    (r"均无他人使用", r"none used by anybody else"),
    (r"均另有他人使用，最多(?P<others>\d+)人", r"each used by others too, at most (?P<others>\d+)"),
    (
        r"其中(?P<alone>\d+)项无他人使用，其余最多另有(?P<others>\d+)人使用",
        r"(?P<alone>\d+) used by nobody else, the rest by at most (?P<others>\d+) others? too",
    ),
)
"""Who else uses it."""


class Claims:
    """The claims of one finding.

    Attributes
    ----------
    false : what is not so or not understood, in words; empty where every claim is true
    checked : how many claims were checked
    """

    def __init__(self, rows: Rows, finding: Mapping):
        self.rows, self.finding = rows, finding
        self.members = {member["node"] for member in finding["members"]}
        self.things = finding["things"][: int(finding["measures"]["shared_values"])]
        self.false: list[str] = []
        self.checked = 0
        for thing in finding["things"]:
            self._thing(thing)
        self._reasons(finding["reason_zh"], finding["reason_en"])
        for tried in finding["explanations"]:
            self._that(not tried["fits"], f"{tried['twin']} does not fit")
            self._clause(tried["why_zh"], tried["why_en"], self._tried())

    def _that(self, holds: bool, what: str) -> None:
        self.checked += 1
        if not holds:
            self.false.append(what)

    # -- things
    def _thing(self, thing: Mapping) -> None:
        users = self.rows.users(thing["nodes"], thing["members"])
        self._that(users & self.members == set(thing["members"]), f"{thing}: members who use it")
        self._that(len(users) == thing["users"], f"{thing}: {len(users)} use it")
        limits = [bound["limit"] for bound in self.finding["truncated"] if bound["bound"] == "max_named"]
        unnamed = not thing["others"] and any(len(users) > limit for limit in limits)
        self._that(unnamed or set(thing["others"]) == users - self.members, f"{thing}: not the others who use it")
        self._that(KINDS[thing["kind"]](self.rows, thing), f"{thing}: what it is")

    def _others(self, thing: Mapping) -> int:
        return len(self.rows.users(thing["nodes"], thing["members"]) - self.members)

    # -- sentences
    def _reasons(self, zh: str, en: str) -> None:
        self._that(zh.endswith("。") and en.endswith("."), "sentences end")
        heads = (zh[:-1].split("；无辜解释逐一排除："), (en[:-1]).split("; innocent explanations that fail: "))
        said = [list(zip(*parts, strict=True)) for parts in (self._split(*head) for head in zip(*heads, strict=True))]
        for (one, other), clause in zip(said[0], (self._who(), self._shared(), self._book()), strict=True):
            self._clause(one, other, clause)
        for one, other in said[1]:
            self._clause(one, other, self._tried())

    def _split(self, zh: str, en: str) -> tuple[list[str], list[str]]:
        return zh.split("；"), en.split("; ")

    def _clause(self, zh: str, en: str, known: Sequence[tuple[str, str, Callable[[dict], None]]]) -> None:
        """Check one clause by the pattern that knows it in both languages."""
        for pattern_zh, pattern_en, check in known:
            one, other = re.fullmatch(pattern_zh, zh), re.fullmatch(pattern_en, en, re.IGNORECASE)
            if one and other:
                numbers = one.groupdict()
                plain = {name: told for name, told in other.groupdict().items() if name != "money"}
                self._that(plain.items() <= numbers.items(), f"the same in both languages: {zh} | {en}")
                check({**numbers, "zh": zh, "en": en, "money_en": other.groupdict().get("money")})
                return
        self._that(False, f"not understood: {zh} | {en}")

    def _who(self):
        zh = r"(?P<members>\d+)名申请人(?:中(?P<acted>\d+)名)?(?:(?:(?P<days>\d+)天|一天)内申请(?P<times>\d+)笔)?"
        zh += r"(?:，连同前后(?P<margin>\d+)天共借款(?P<money>.+?)|，历次共借款(?P<ever>.+?))?"
        zh += r"(?:（由相连的(?P<of>\d+)人中分出）)?"
        en = r"(?:(?P<acted>\d+) of )?(?P<members>\d+) applicants"
        en += r"(?: filed (?P<times>\d+) applications? within (?:(?P<days>\d+) days|a day))?"
        en += r"(?: and borrowed (?P<money>.+?) (?:from (?P<margin>\d+) days before to \d+ days after|in all))?"
        en += r"(?: \(part of (?P<of>\d+) who hang together\))?"
        return [(zh, en, self._acted)]

    def _acted(self, told: dict) -> None:
        self._that(int(told["members"]) == len(self.members), "members")
        runs = self._runs(told) if told["times"] else [(0, 0)]
        self._that(bool(runs), f"{told['zh']}: no such applications")
        zh = told["money"] or told["ever"]
        self._that(bool(zh) == bool(told["money_en"]), f"borrowed in both languages: {told['zh']} | {told['en']}")
        if zh:
            margin = int(told["margin"]) * DAY if told["margin"] else 1 << 62
            sums = [self._borrowed(first - margin, last + margin) for first, last in runs]
            self._that(any(is_amount(zh, told["money_en"], found) for found in sums), f"{told['zh']}: not {sums}")
        if told["of"]:
            cut = [bound["skipped"] for bound in self.finding["truncated"] if bound["bound"] == "max_members"]
            self._that(f"a group of {told['of']} applicants was taken apart" in "".join(cut), f"{told['zh']}: {cut}")

    def _runs(self, told: dict) -> list[tuple[int, int]]:
        """The times of so many applications by so many of the members within so many days and no fewer."""
        times, days = int(told["times"]), int(told["days"] or 1)
        acted = int(told["acted"] or len(self.members))
        filed = sorted((time, member) for member in self.members for time in self.rows.applied[member])
        least = (days - 1) * DAY if days > 1 else -1
        runs = [filed[start : start + times] for start in range(len(filed) - times + 1)]
        runs = [run for run in runs if len({who for _, who in run}) == acted]
        return [(run[0][0], run[-1][0]) for run in runs if least < run[-1][0] - run[0][0] <= days * DAY]

    def _borrowed(self, first: int, last: int) -> dict[str, float]:
        found: dict[str, float] = {}
        for member in self.members:
            for time, amount, currency in self.rows.borrowed[member]:
                if first <= time <= last:
                    found[currency] = found.get(currency, 0.0) + amount
        return found

    def _shared(self):
        return [(r"共用.+", r"they share .+", self._items)]

    def _items(self, told: dict) -> None:
        zh, en = told["zh"].removeprefix("共用"), told["en"].removeprefix("they share ")
        left = list(self.things)
        while zh or en:
            found = self._item(zh, en)
            if not found:
                return self._that(False, f"not understood: {zh} | {en}")
            one, other, kinds = found
            left = self._counted(one, other, kinds, left)
            zh, en = zh[one.end() :], en[other.end() :]
        return self._that(not left, f"{told['zh']}: says nothing of {left}")

    def _item(self, zh: str, en: str):
        for word, words, kinds in SORTS:
            for used_zh, used_en in USED:
                one = re.match(rf"(?P<count>\d+){word}（(?P<up>最多)?(?P<most>\d+)人，{used_zh}）(?:、|$)", zh)
                other = re.match(
                    rf"(?P<count>\d+) {words} \((?P<up>up to )?(?P<most>\d+) people, {used_en}\)(?:, |$)", en
                )
                if one and other:
                    return one, other, kinds
        return None

    def _counted(self, one: re.Match, other: re.Match, kinds: set[str], left: list) -> list:
        numbers = {name: told for name, told in one.groupdict().items() if name != "up"}
        self._that(numbers.items() <= other.groupdict().items(), f"the same in both: {one[0]} | {other[0]}")
        things = [thing for thing in left if _sort(thing) in kinds]
        inside = [len(self.rows.users(thing["nodes"], thing["members"]) & self.members) for thing in things]
        others = [self._others(thing) for thing in things]
        said = int(one["count"]), int(one["most"])
        self._that(said == (len(things), max(inside, default=0)), f"{one[0]}: of {things}")
        self._that(bool(one["up"]) == bool(other["up"]) == (len(things) > 1), f"{one[0]}: up to")
        alone = int(numbers.get("alone") or (len(things) if "无他人" in one[0] else 0))
        self._that(others.count(0) == alone, f"{one[0]}: {others} others use them")
        self._that(max(others, default=0) == int(numbers.get("others") or 0), f"{one[0]}: {others} others use them")
        return [thing for thing in left if thing not in things]

    def _book(self):
        def people(told: dict) -> None:
            self._that(int(told["people"].replace(",", "")) == len(self.rows.people), told["zh"])

        zh = r"他人按全库(?P<people>[\d,]+)名有信息可比的申请人统计"
        en = r"others are counted among all (?P<people>[\d,]+) applicants of the book who state or use anything"
        return [(zh, en, people)]

    # -- innocent explanations
    def _tried(self):
        return [
            (r"成员之间未发现亲属关系", r"family: no two are known to be kin", self._no_kin),
            (
                r"(?P<pairs>\d+)对成员中有一方称另一方为亲属，未据此视为一户，此外未发现亲属关系",
                r"family: of (?P<pairs>\d+) pairs one calls the other kin and they are not taken for "
                r"one household, no others are known to be kin",
                self._no_kin,
            ),
            (
                r"亲属只占一部分，合并后仍有(?P<households>\d+)户，同户共用未计",
                r"family: taken as one they are still (?P<households>\d+) households, "
                r"and nothing inside one was counted",
                self._some_kin,
            ),
            (
                r"同住、同事或同学只能解释住处、单位、网络和熟人（同一处最多(?P<place>\d+)人），解释不了其余共用",
                r"one home, workplace or school: that explains homes, employers, networks and acquaintances "
                r"\(up to (?P<place>\d+) people in one\), no more",
                self._place,
            ),
            (
                r"(?P<shop>除门店设备外)?未发现共同的住处、单位或网络，同住、同事或同学解释不了",
                r"one home, workplace or school: none in common is known(?:, but for a shop's equipment)?",
                self._no_place,
            ),
            (
                r"另共用(?P<count>\d+)项门店设备，已剔除，不影响结论",
                r"shop equipment: (?P<count>\d+) more things? they share (?:is|are) a shop's, "
                r"and (?:was|were) left out",
                self._equipment,
            ),
            (
                r"另共用(?P<count>\d+)个商户的或发放工资的账户，已剔除，不影响结论",
                r"business accounts: (?P<count>\d+) more accounts? they share (?:is|are) a shop's or pays? wages, "
                r"and (?:was|were) left out",
                self._accounts,
            ),
            (r"所用手机都不是门店设备", r"shop equipment: no handset they share is a shop's", self._no_equipment),
        ]

    def _no_kin(self, told: dict) -> None:
        said = {frozenset(pair) for pair in stated_kin(self.rows, self.members)}
        self._that(len(said) == int(told.get("pairs") or 0), f"{told['zh']}: {said} are said to be")
        self._that(self._households() == len(self.members), f"{told['zh']}: some are")

    def _some_kin(self, told: dict) -> None:
        self._that(self._households() == int(told["households"]) < len(self.members), told["zh"])
        home = self.rows.family
        for thing in self.things:
            self._that(len({home[who] for who in thing["members"]}) > 1, f"{thing}: counted within one household")

    def _households(self) -> int:
        home = self.rows.family
        return len({home[member] for member in self.members})

    def _place(self, told: dict) -> None:
        social = [len(thing["members"]) for thing in self.finding["things"] if thing["kind"] in ("social", "known")]
        most = max([*self._at_places().values(), *social], default=0)
        self._that(most == int(told["place"]), f"{told['zh']}: {most}")
        self._that(any(_sort(thing) in ALONE for thing in self.things), f"{told['zh']}: there is nothing else")

    def _no_place(self, told: dict) -> None:
        self._that(not self._at_places(), f"{told['zh']}: {self._at_places()}")
        self._that(("but for a shop" in told["en"]) == bool(told["shop"]) == bool(self._shops()), told["zh"])

    def _at_places(self) -> dict[str, int]:
        """Homes, employers, networks and places of several members, shops' apart, and how many they are."""
        found = {str(t["nodes"]): len(t["members"]) for t in self.things if _sort(t) == "both"}
        for node, users in self.rows.uses.items():
            inside = [who for who in users.keys() & self.members if any(map(_at_place, users[who]))]
            if len(inside) > 1 and not shop_of(self.rows, node):
                found[node] = len(inside)
        return found

    def _shops(self) -> set[frozenset[str]]:
        """What is a shop's of all that several members use, save a Wi-Fi and address that are evidence together."""
        found, evidence = set(), {node for thing in self.things if _sort(thing) == "both" for node in thing["nodes"]}
        for node in [
            node
            for node, users in self.rows.uses.items()
            if not self.members.isdisjoint(users) and node not in evidence
        ]:
            if len(self.rows.users([node], ()) & self.members) > 1 and shop_of(self.rows, node):
                found.add(self.rows.handset.get(node, frozenset({node})))
        return found

    def _accounts(self, told: dict) -> None:
        shared = [node for node in self.rows.business_accounts() if len(self.rows.uses[node].keys() & self.members) > 1]
        self._that(len(shared) == int(told["count"]), f"{told['zh']}: {shared}")
        self._that(not any(set(shared).intersection(thing["nodes"]) for thing in self.things), "not left out")
        self._that((told["count"] == "1") == (" was left out" in told["en"]), told["en"])

    def _equipment(self, told: dict) -> None:
        self._that(len(self._shops()) == int(told["count"]), f"{told['zh']}: {self._shops()}")
        shops = {node for thing in self._shops() for node in thing}
        self._that(not any(shops.intersection(thing["nodes"]) for thing in self.things), f"{told['zh']}: not left out")
        self._that((told["count"] == "1") == (" was left out" in told["en"]), told["en"])

    def _no_equipment(self, told: dict) -> None:
        self._that(not self._shops(), f"{told['zh']}: {self._shops()}")
        self._that(any(thing["kind"] == "handset" for thing in self.things), f"{told['zh']}: they share no handset")


ALONE = {"handset", "account", "document", "email", "phone", "alias", "contact", "listed"}


def _at_place(use: tuple[str, str, str]) -> bool:
    what, how, _ = use
    return what in PLACES or (what, how) == ("HAS_PHONE", "work") or (what == "LISTS_CONTACT" and how in EMPLOYER)


def _sort(thing: Mapping) -> str:
    kinds = {node.partition(":")[0] for node in thing["nodes"]}
    return "both" if kinds == {"wifi", "ip"} else thing["kind"]


def is_amount(zh: str, en: str, found: dict[str, float]) -> bool:
    """Whether both languages tell these amounts by currency: the English to the cent, the Chinese as far as it goes."""
    told = {}
    for part in en.split(" and "):
        amount = re.fullmatch(r"(?:([A-Z]{3}) )?([\d,.]+)( in a currency not on record)?", part)
        told[amount[1] or ""] = float(amount[2].replace(",", ""))
    rounded = {}
    for part in zh.split("、"):
        amount = re.fullmatch(r"([\d,.]+)(万|亿|)(元|美元|港元|（币种不详）|)", part)
        rounded[CURRENCIES[amount[3]]] = float(amount[1].replace(",", "")) * UNITS[amount[2]], 0.0051 * UNITS[amount[2]]
    same = told.keys() == rounded.keys() == found.keys()
    return same and all(
        abs(told[code] - found[code]) < 0.0051 and abs(rounded[code][0] - found[code]) <= rounded[code][1]
        for code in found
    )


# -- what a thing of a kind is


def _of(*kinds: str) -> Callable[[Rows, Mapping], bool]:
    return lambda rows, thing: {node.partition(":")[0] for node in thing["nodes"]} <= set(kinds)


def _surnames(rows: Rows, thing: Mapping) -> set[str]:
    """The surnames that its members give the holder of a phone."""
    return {use[2] for node in thing["nodes"] for who in thing["members"] for use in rows.uses[node][who]} - {""}


def _owned(rows: Rows, thing: Mapping) -> bool:
    return all(len(owners(rows, node) & set(thing["members"])) > 1 for node in thing["nodes"])


def _named(rows: Rows, thing: Mapping) -> bool:
    """Whether it is the own phone of one of its members."""
    return any(owners(rows, node) & set(thing["members"]) for node in thing["nodes"])


KINDS = {
    "handset": lambda rows, thing: _of("device")(rows, thing) and len({rows.handset[n] for n in thing["nodes"]}) == 1,
    "account": _of("account"),
    "document": _of("id_document"),
    "email": _of("email"),
    "phone": _owned,
    "alias": lambda rows, thing: _of("phone")(rows, thing) and len(_surnames(rows, thing)) > 1,
    "contact": _of("phone"),
    "listed": lambda rows, thing: _of("phone")(rows, thing) and _named(rows, thing),
    "social": _of("phone"),
    "known": lambda rows, thing: _of("phone")(rows, thing) and _named(rows, thing),
    "network": _of("wifi", "ip"),
    "address": _of("address"),
    "cell": _of("address"),
    "work": _of("address", "employer", "phone"),
}
