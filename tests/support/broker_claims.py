"""Every claim in the reasons of an intermediary, held against the rows.

A reason is taken apart by patterns, as those of a ring are. A clause that no pattern knows is an error, so that nothing
is claimed without being checked. Nothing of the detector's code is used; everything is counted with sets.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from support.broker_clauses import CLAUSES
from support.claim_rows import EMPLOYER, Rows, read, shop_of
from support.claims import DAY, is_amount

LISTED = "；无辜解释逐一排除：", "; innocent explanations that fail: "
WORDS = {
    "handset": ("部手机", "handsets?"),
    "account": ("个账户", "accounts?"),
    "phone": ("个本人手机号", "own phone numbers?"),
    "email": ("个邮箱", "e-mail address(?:es)?"),
    "contact": ("个联系电话", "contacts?'s? phones?"),
    "channel": ("个渠道或销售", "(?:channel or salesperson|channels or salespeople)"),
    "employer": ("个开头相同的单位名称", "employers?(?: whose names begin alike)?"),
    "network": ("个Wi-Fi或IP", "Wi-Fis? (?:or|and) internet address(?:es)?"),
    "address": ("个地址", "address(?:es)?"),
}
MONEY = (("repaid", "REPAID"), ("paid", "DISBURSED_TO"), ("own", "OWNS"))


class Book:
    """The rows of a book, and what only intermediaries are about.

    Attributes
    ----------
    brought : by channel, by applicant, the applications
    works, desk : by applicant, employers; phones of employers as people see them, landlines too
    made : by application, its time and its product, term and amount
    who : by application, the applicant
    borrowers, bad : who borrowed, and who of them is known as bad
    """

    def __init__(self, snapshot):
        self.rows: Rows = read(snapshot)
        self.brought: dict = defaultdict(lambda: defaultdict(set))
        self.works, self.desk, self.flagged = defaultdict(set), defaultdict(set), defaultdict(set)
        applied = snapshot.edges("APPLIED")
        self.who = dict(zip(snapshot.names(applied.target), snapshot.names(applied.source), strict=True))
        self.time = dict(zip(snapshot.names(applied.target), applied.valid_from.tolist(), strict=True))
        for application, channel in self._ends(snapshot, "VIA_CHANNEL"):
            self.brought[channel][self.who[application]].add(application)
        for person, employer in self._ends(snapshot, "WORKS_AT"):
            self.works[person].add(employer)
        phones = snapshot.edges("HAS_PHONE")
        uses, flags = phones.column("use").tolist(), snapshot.flags(phones.positions)
        for (person, phone), use, flag in zip(self._ends(snapshot, "HAS_PHONE"), uses, flags, strict=True):
            if use == "work" and flag in (None, "landline"):
                self.desk[person].add((phone, snapshot.mask(phone.partition(":")[2]) or phone))
        made = snapshot.facts("applications").to_dict("records")
        names = snapshot.names([row["node"] for row in made])
        self.made = {
            name: (row.get("product"), row.get("term_months"), row.get("amount"))
            for name, row in zip(names, made, strict=True)
        }
        lent = {loan: who for who, loan in self._ends(snapshot, "BORROWED")}
        self.borrowers, self.bad = set(lent.values()), set()
        for table in ("loans", "loan_history"):
            told = snapshot.facts(table).to_dict("records")
            for loan, row in zip(snapshot.names([row["node"] for row in told]), told, strict=True):
                late = isinstance(row.get("dpd"), int | float) and row["dpd"] > 30
                if loan in lent and (late or row.get("five_class") in ("次级", "可疑", "损失")):
                    self.bad.add(lent[loan])
        flags = [row for row in snapshot.facts("flags").to_dict("records") if row["node"] >= 0]
        for who, row in zip(snapshot.names([row["node"] for row in flags]), flags, strict=True):
            if row["flag"] in ("overdue", "blacklist", "confirmed_fraud") and who in self.borrowers:
                self.bad.add(who)

    @staticmethod
    def _ends(snapshot, relation):
        edges = snapshot.edges(relation)
        return zip(snapshot.names(edges.source), snapshot.names(edges.target), strict=True)


class BrokerClaims:
    """The claims of one finding.

    Attributes
    ----------
    false : what is not so or not understood, in words; empty where every claim is true
    checked : how many claims were checked
    """

    def __init__(self, book: Book, finding: Mapping):
        self.book, self.rows, self.finding = book, book.rows, finding
        self.clients = {member["node"] for member in finding["members"] if member["role"] == "client"}
        self.brokers = {member["node"] for member in finding["members"] if member["role"] == "broker"}
        self.false: list[str] = []
        self.checked = 0
        self.span = (0, 0)
        heads = (
            finding["reason_zh"].removesuffix("。").split(LISTED[0]),
            finding["reason_en"].removesuffix(".").split(LISTED[1]),
        )
        for zh, en in zip(*heads, strict=True):
            for one, other in zip(zh.split("；"), en.split("; "), strict=True):
                self._clause(one, other)
        for thing in finding["things"]:
            self._thing(thing)

    def that(self, holds: bool, what: str) -> None:
        """Note what is not so."""
        self.checked += 1
        if not holds:
            self.false.append(what)

    def _clause(self, zh: str, en: str) -> None:
        for name, pattern_zh, pattern_en in CLAUSES:
            one, other = re.fullmatch(pattern_zh, zh), re.fullmatch(pattern_en, en, re.IGNORECASE)
            if one and other:
                said, also = one.groupdict(), other.groupdict()
                same = {key: told for key, told in also.items() if key not in ("money", "hubs", "each")}
                self.that(same.items() <= said.items(), f"the same in both languages: {zh} | {en}")
                getattr(self, f"_{name}")(said, also)
                return
        self.that(False, f"not understood: {zh} | {en}")

    # -- who and what
    def _what(self, said: dict, also: dict) -> None:
        self.that(int(said["clients"]) == len(self.clients), f"{said}: {len(self.clients)} clients")
        zh, en, left = said["hubs"], also["hubs"], {thing["kind"] for thing in self.finding["things"]}
        while zh or en:
            found = _item(zh, en)
            if not found:
                return self.that(False, f"not understood: {zh} | {en}")
            kind, one, other = found
            self.that(one.groups()[:2] == other.groups()[:2], f"the same in both: {one[0]} | {other[0]}")
            self.that(
                sorted(set(re.findall(r"\d+", one[3]))) == sorted(set(re.findall(r"\d+", other[3]))),
                f"{one[0]}|{other[0]}",
            )
            self._hub(kind, int(one[1]), int(one[2]), one[3])
            left.discard(kind)
            zh, en = zh[one.end() :], en[other.end() :]
        return self.that(not left, f"says nothing of {left}")

    def _hub(self, kind: str, count: int, most: int, told: str) -> None:
        things = [thing for thing in self.finding["things"] if thing["kind"] == kind]
        nodes = {node for thing in things for node in thing["nodes"]}
        self.that(count == (len(nodes) if kind == "employer" else len(things)), f"{count} {kind}: {things}")
        thing = max(things, key=lambda thing: (len(thing["members"]), thing["nodes"]))
        self.that(most == len(thing["members"]), f"{most} through {thing}")
        numbers = [int(number) for number in re.findall(r"\d+", told)]
        if kind == "channel":
            self.that(numbers == [len(self.book.brought[thing["nodes"][0]])], f"{told}: clients of {thing['nodes']}")
        elif kind == "employer":
            self._template(thing, numbers)
        else:
            others = len(self._users(thing) - set(thing["members"]))
            self.that(("无他人使用" in told) == (others == 0), f"{told}: {others} others")
            self.that(not others or numbers[0] == others, f"{told}: {others} others")
            if count == 1 and kind == "account":
                self._account(thing, told)
            if count == 1 and kind == "contact":
                self.that(numbers[-1] == len(self._surnames(thing)), f"{told}: {self._surnames(thing)}")

    def _account(self, thing: Mapping, told: str) -> None:
        patterns = {"repaid": r"为(\d+)人还款", "paid": r"收(\d+)人的放款", "own": r"(\d+)人称为本人账户"}
        for name, relation in MONEY:
            people = {
                who
                for who, uses in self.rows.uses[thing["nodes"][0]].items()
                if who in self.clients and any(use[0] == relation for use in uses)
            }
            said = re.search(patterns[name], told)
            self.that(int(said[1]) == len(people) if said else not people, f"{told}: {relation} {len(people)}")

    def _surnames(self, thing: Mapping) -> set[str]:
        uses = self.rows.uses[thing["nodes"][0]]
        return {use[2] for who in thing["members"] for use in uses[who] if use[0] == "LISTS_CONTACT"} - {""}

    def _template(self, thing: Mapping, numbers: list[int]) -> None:
        texts = [node.partition(":")[2].lower() for node in thing["nodes"]]
        self.that(len({text[:4] for text in texts}) == 1, f"{texts} begin alike")
        named = Counter(phone for who in thing["members"] for phone, _ in self.book.desk[who])
        own = {who: {p for p in self.book.desk[who] if named[p[0]] == 1} for who in thing["members"]}
        self.that(all(own.values()), "each has another phone")
        if numbers:
            ends = sorted(
                {(m[:-4].rstrip("*"), int(m[-4:])) for phones in own.values() for _, m in phones if m[-4:].isdigit()}
            )
            best = run = 0
            for place, (prefix, end) in enumerate(ends):
                near = place and ends[place - 1][0] == prefix and end - ends[place - 1][1] <= 3
                run = run + 1 if near else 1
                best = max(best, run)
            self.that(numbers == [best, 3], f"{numbers}: {best} phones in turn")

    def _thing(self, thing: Mapping) -> None:
        members = set(thing["members"])
        self.that(members <= self.clients, f"{thing}: members who are no clients")
        if len(self.brokers) < 60:
            self.that(set(thing["nodes"]) <= self.brokers, f"{thing}: no broker")
        if thing["kind"] == "channel":
            self.that(members <= self.book.brought[thing["nodes"][0]].keys(), f"{thing}: not brought")
        elif thing["kind"] == "employer":
            self.that(all(self.book.works[who] & set(thing["nodes"]) for who in members), f"{thing}: not employed")
        else:
            users = self._users(thing)
            self.that(members <= users and len(users) == thing["users"], f"{thing}: {len(users)} use it")
            if thing["others"]:
                self.that(set(thing["others"]) == users - members, f"{thing}: not the others")

    def _users(self, thing: Mapping) -> set[str]:
        nodes = {more for node in thing["nodes"] for more in self.rows.handset.get(node, {node})}
        return {who for node in nodes for who in self.rows.uses[node]}

    # -- when
    def _when(self, said: dict, also: dict) -> None:
        self.span = _days(said["first"] or said["day"], said["last"] or said["day"])
        first, last = self.span
        filed = [(who, at) for who in self.clients for at in self.rows.applied[who] if first <= at < last]
        self.that(int(said["acted"]) == len({who for who, _ in filed}), f"{said}: {len(filed)} applications")
        self.that(int(said["times"]) == len(filed), f"{said}: {len(filed)} applications")
        if said["money"] or also["money"]:
            margin, found = int(said["margin"]) * DAY, defaultdict(float)
            for who in self.clients:
                for time, amount, currency in self.rows.borrowed[who]:
                    if first - margin <= time < last + margin:
                        found[currency] += amount
            self.that(is_amount(said["money"], also["money"], dict(found)), f"{said}: {dict(found)}")

    def _alike(self, said: dict, also: dict) -> None:
        margin, (first, last) = int(said["margin"]) * DAY, self.span
        made = [
            self.book.made[one]
            for one, who in self.book.who.items()
            if who in self.clients and first - margin <= self.book.time[one] < last + margin
        ]
        self.that(int(said["of"]) == len(made), f"{said}: {len(made)} applications")
        alike = [(p, t, a) for p, t, a in made if p == said["product"] and t == int(said["term"])]
        amounts = [a for _, _, a in alike if is_amount(said["each"], also["each"], {"": float(a)})]
        self.that(int(said["alike"]) == len(amounts), f"{said}: {len(amounts)} alike")

    # -- default and ties
    def _bad(self, said: dict, also: dict) -> None:
        borrowers, bad = self.clients & self.book.borrowers, self.clients & self.book.bad
        self.that(int(said["borrowers"]) == len(borrowers), f"{said}: {len(borrowers)} borrowers")
        self.that(int(said.get("bad") or 0) == len(bad), f"{said}: {len(bad)} bad")
        if said.get("of"):
            self.that(int(said["of"].replace(",", "")) == len(self.book.borrowers), f"{said}: all borrowers")
            share = 100 * len(self.book.bad) / len(self.book.borrowers)
            self.that(abs(float(said["share"]) - share) < 0.051, f"{said}: {share}")

    def _also(self, said: dict, also: dict) -> None:
        hubs = {more for thing in self.finding["things"] if thing["kind"] not in ("channel", "employer")
                for node in thing["nodes"] for more in self.rows.handset.get(node, {node})}  # fmt: skip
        sharing: set[str] = set()
        for node, users in self.rows.uses.items():
            kind = node.partition(":")[0]
            if kind not in ("device", "account", "id_document", "email", "phone") or node in hubs:
                continue
            nodes = self.rows.handset.get(node, {node})
            own = {
                who
                for one in nodes
                for who, uses in (users if one == node else self.rows.uses[one]).items()
                if who in self.clients and (kind != "phone" or any(use[:2] == ("HAS_PHONE", "own") for use in uses))
            }
            sharing |= own if len(own) > 1 else set()
        self.that(int(said.get("also") or 0) == len(sharing), f"{said}: {len(sharing)} share")

    # -- innocent explanations
    def _shop(self, said: dict, also: dict) -> None:
        handsets = [thing for thing in self.finding["things"] if thing["kind"] == "handset"]
        self.that(all(shop_of(self.rows, node) is None for t in handsets for node in t["nodes"]), f"{said}: a shop's")

    def _merchant(self, said: dict, also: dict) -> None:
        at = Counter(shop for who in self.clients for shop in {
            self.rows.merchant[one] for one in self.rows.merchant if self.book.who.get(one) == who})  # fmt: skip
        most = max(at.values(), default=0)
        self.that(int(said["most"]) == most if said.get("most") else most < 2, f"{said}: {most}")

    def _employer(self, said: dict, also: dict) -> None:
        self.that(any(thing["kind"] == "employer" for thing in self.finding["things"]), f"{said}")

    def _line(self, said: dict, also: dict) -> None:
        for thing in (thing for thing in self.finding["things"] if thing["kind"] == "contact"):
            words = [use[1] for who in thing["members"] for use in self.rows.uses[thing["nodes"][0]][who]
                     if use[0] == "LISTS_CONTACT"]  # fmt: skip
            self.that(not EMPLOYER & set(words) and len(self._surnames(thing)) > 2, f"{said}: {words}")

    def _dealer(self, said: dict, also: dict) -> None:
        channels = [thing for thing in self.finding["things"] if thing["kind"] == "channel"]
        thing = max(channels, key=lambda thing: (len(thing["members"]), thing["nodes"]))
        all_told = len(self.book.brought[thing["nodes"][0]])
        self.that((int(said["brought"]), int(said["came"])) == (all_told, len(thing["members"])), f"{said}: {thing}")

    def _payer(self, said: dict, also: dict) -> None:
        accounts = {n for thing in self.finding["things"] if thing["kind"] == "account" for n in thing["nodes"]}
        self.that(not accounts & self.rows.business_accounts(), f"{said}: {accounts}")

    def _place(self, said: dict, also: dict) -> None:
        hubs = {node for thing in self.finding["things"] if thing["kind"] != "employer" for node in thing["nodes"]}
        most = 0
        for node, uses in self.rows.uses.items():
            if node in hubs:
                continue
            people = {
                who for who, ways in uses.items()
                if who in self.clients and any(
                    use[0] in ("HAS_ADDRESS", "WORKS_AT", "LISTS_CONTACT") or use[:2] == ("HAS_PHONE", "work")
                    for use in ways)
            }  # fmt: skip
            most = max(most, len(people))
        self.that(int(said["most"]) == most if said.get("most") else most < 2, f"{said}: {most}")

    def _family(self, said: dict, also: dict) -> None:
        homes = {self.rows.family.get(who, who) for who in self.clients}
        self.that(int(said["homes"]) == len(homes), f"{said}: {len(homes)} households")


def _item(zh: str, en: str) -> tuple[str, re.Match, re.Match] | None:
    """The first hub that is told, by its kind, in Chinese and in English."""
    for kind, (word, words) in WORDS.items():
        one = re.match(rf"(\d+){word}（(?:最多)?(\d+)人([^）]*)）(?:、|$)", zh)
        other = re.match(rf"(\d+) {words} \((?:up to )?(\d+) ([^)]*)\)(?:, |$)", en)
        if one and other:
            return kind, one, other
    return None


def _days(first: str, last: str) -> tuple[int, int]:
    """From the beginning of one day to the end of another, epoch milliseconds."""
    zone = ZoneInfo("Asia/Shanghai")
    begin = datetime.fromisoformat(first).replace(tzinfo=zone)
    end = datetime.fromisoformat(last).replace(tzinfo=zone) + timedelta(days=1)
    return round(begin.timestamp() * 1000), round(end.timestamp() * 1000)
