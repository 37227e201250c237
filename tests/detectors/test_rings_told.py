"""What is told of a fraud ring: measures and reasons worked by hand, evidence, bounds, and what was known when."""

import math

import pytest
from ringfence.detectors.rings.detector import FRAUD_RING
from ringfence.detectors.sharing.population import PRIOR, PRIOR_PEOPLE
from ringfence.graph.model import RELATIONS
from ringfence.graph.times import parse_moment
from support.ring_books import crowd, find, keys, known, people, shared, six
from support.toy import Book


def test_measures_worked_by_hand():
    (found,) = find(six())
    # By chance: nobody of 46 shares but one handset or contact; three pairs share but one account, of two users.
    handset = -math.log(PRIOR_PEOPLE * PRIOR[0] * math.log2(3) / (46 + PRIOR_PEOPLE))
    account = -math.log((2 * 3 + PRIOR_PEOPLE * PRIOR[1]) / (46 + PRIOR_PEOPLE))
    contact = -math.log(PRIOR_PEOPLE * PRIOR[6] * math.log2(3) / (46 + PRIOR_PEOPLE))
    # Of three users two ties each, of two one: 2 x 2 + 2 x 2 + 3 x 1 = 11, five of which hold six people together.
    weight = 4 * handset + 4 * contact + 3 * account
    strength = ((11 - 5 - 1) * math.log(46) + weight) / math.log(10)
    evidence = weight / 6 + found.measures["concert"] * math.log(10)
    assert found.measures == {
        "members": 6,
        "households": 6,
        "shared_values": 7,
        "handsets": 2,
        "accounts": 3,
        "documents": 0,
        "emails": 0,
        "phones": 0,
        "contacts": 2,
        "acquaintances": 0,
        "networks": 0,
        "addresses": 0,
        "employers": 0,
        "ties": 6 + 3,  # pairs of even and of odd, and the three of an account
        "cycles_of_ties": 6,
        "strength": pytest.approx(strength, abs=0.01),
        "applications": 6,
        "days": 10,
        "concert": found.measures["concert"],
        "amount": 75_000,
    }
    assert found.score == pytest.approx(1 - math.exp(-evidence / 15.7), abs=2e-3)
    # Six people within a share w of the calendar: C(6, 6) x 6 x w⁵; four k were tried, and the core beside the whole.
    calendar = known(six()).calendar
    first, last = (sum(calendar <= moment) / 1001 for moment in map(parse_moment, ("2026-03-10", "2026-03-20")))
    assert found.measures["concert"] == pytest.approx(-math.log10(6 * 4 * 2 * (last - first) ** 5), abs=0.05)


def test_the_reasons_name_what_is_shared_and_which_explanations_fail():
    (found,) = find(six())
    assert found.reason_zh == (
        "6名申请人10天内申请6笔，连同前后30天共借款7.5万；"
        "共用2部手机（最多3人，均无他人使用）、3个账户（最多2人，均无他人使用）、2个联系电话（最多3人，均无他人使用）；"
        "他人按全库46名有信息可比的申请人统计；"
        "无辜解释逐一排除：成员之间未发现亲属关系；未发现共同的住处、单位或网络，同住、同事或同学解释不了；"
        "所用手机都不是门店设备。"
    )
    assert found.reason_en == (
        "6 applicants filed 6 applications within 10 days and borrowed 75,000 from 30 days before to 30 days after; "
        "they share 2 handsets (up to 3 people, none used by anybody else), "
        "3 accounts (up to 2 people, none used by anybody else), "
        "2 contacts (up to 3 people, none used by anybody else); "
        "others are counted among all 46 applicants of the book who state or use anything; "
        "innocent explanations that fail: family: no two are known to be kin; "
        "one home, workplace or school: none in common is known; "
        "shop equipment: no handset they share is a shop's."
    )


def test_the_reasons_say_what_family_place_and_shop_explain_of_it():
    book = six().contact("R1", "1370", "配偶")
    for key in people(4):
        book.lives(key, "flat").application(key, f"T{key}", "2026-03-14", device="tablet", merchant="M")
    (found,) = find(book)
    assert found.measures["households"] == 5 and found.measures["addresses"] == 1
    assert "亲属只占一部分，合并后仍有5户，同户共用未计" in found.reason_zh
    assert "taken as one they are still 5 households" in found.reason_en
    assert "同住、同事或同学只能解释住处、单位、网络和熟人（同一处最多4人），解释不了其余共用" in found.reason_zh
    assert "explains homes, employers, networks and acquaintances (up to 4 people in one), no more" in found.reason_en
    assert "另共用1项门店设备，已剔除，不影响结论" in found.reason_zh
    assert "1 more thing they share is a shop's, and was left out" in found.reason_en


def test_the_reasons_say_who_else_uses_what_they_share():
    book = six().application("H0", "h", "2026-05-20", device="phone0").owns("H1", "card0")
    (found,) = find(book)
    assert keys(found) == "R0 R1 R2 R3 R4 R5"
    assert "共用2部手机（最多3人，其中1项无他人使用，其余最多另有1人使用）" in found.reason_zh
    assert "2 handsets (up to 3 people, 1 used by nobody else, the rest by at most 1 other too)" in found.reason_en
    assert "3个账户（最多2人，其中2项无他人使用，其余最多另有1人使用）" in found.reason_zh
    assert "2个联系电话（最多3人，均无他人使用）" in found.reason_zh
    assert others(found) == {"device:phone0": ["applicant:H0"], "account:card0": ["applicant:H1"]}
    assert found.truncated == []


def others(found):
    """Who else uses what, by the first node of the thing, as far as anybody is named."""
    return {thing["nodes"][0]: thing["others"] for thing in found.things if thing["others"]}


def test_an_applicant_who_comes_later_with_the_rings_handset_is_named():
    book = six().application("new", "new", "2026-06-29", device="phone0", imei="imei0").person("new")
    book.application("newer", "newer", "2026-06-30", device="reinstalled", imei="imei0")
    (before,), (found,) = find(book, "2026-06-28"), find(book)
    assert others(before) == {}
    # one handset: the second device id is on the first's imei
    assert others(found) == {"device:phone0": ["applicant:new", "applicant:newer"]}
    (handset,) = (thing for thing in found.things if "device:phone0" in thing["nodes"])
    assert handset["users"] == 5 and len(handset["members"]) == 3


def test_others_are_counted_beyond_the_bound_of_comparing_and_named_up_to_their_own():
    book = six()
    for i in range(20):
        book.owns(f"H{i}", "pool")
    for key in people(6):
        book.owns(key, "pool")
    (found,) = find(book, max_users=20)
    (pool,) = (thing for thing in found.things if thing["nodes"] == ["account:pool"])
    assert pool["users"] == 26 and pool["others"] == sorted(f"applicant:H{i}" for i in range(20))
    (found,) = find(book, max_named=25)
    (pool,) = (thing for thing in found.things if thing["nodes"] == ["account:pool"])
    assert pool["users"] == 26 and pool["others"] == []
    assert "最多6人，其中3项无他人使用，其余最多另有20人使用" in found.reason_zh
    (bound,) = found.truncated
    skipped = "who else uses 1 things of more users"
    assert bound == {"bound": "max_named", "limit": 25, "skipped": skipped, "could_change": False}


def test_whoever_uses_only_a_wifi_or_only_its_address_does_not_use_both_together():
    book = six()
    for key in people(3):
        book.application(key, f"both{key}", "2026-03-15", wifi="flat", ip="line")
    book.application("H0", "wifi", "2026-06-20", wifi="flat", ip="mobile")
    book.application("H4", "both", "2026-06-20", wifi="flat", ip="line")
    (found,) = find(book)
    (network,) = (thing for thing in found.things if set(thing["nodes"]) == {"wifi:flat", "ip:line"})
    assert network["others"] == ["applicant:H4"] and network["users"] == 4
    assert "1个Wi-Fi连同IP（3人，另有1人使用）" in found.reason_zh
    assert "1 Wi-Fi with its internet address (3 people, used by 1 other too)" in found.reason_en


def test_kinship_that_one_claims_and_nobody_believes_is_said():
    book = six().person("R0", "1370", name="王*").contact("R1", "1370", "配偶", "张*")
    (found,) = find(book)
    assert found.measures["households"] == 6
    assert "1对成员中有一方称另一方为亲属，未据此视为一户，此外未发现亲属关系" in found.reason_zh
    assert (
        "of 1 pairs one calls the other kin and they are not taken for one household, no others are known to be kin"
        in found.reason_en
    )


def test_a_place_that_too_many_share_to_be_evidence_is_a_place_in_common_all_the_same():
    book = six()
    for i in range(30):
        book.employed(f"H{i}", "works")
    for key in people(2):
        book.employed(key, "works")
    (found,) = find(book)
    assert found.measures["employers"] == 0
    assert "（同一处最多2人）" in found.reason_zh and "(up to 2 people in one)" in found.reason_en


def test_an_application_of_another_time_is_not_said_to_be_filed_with_the_rest():
    book = six().application("R0", "later", "2026-04-10")
    (found,) = find(book)
    assert (found.measures["applications"], found.measures["days"]) == (6, 10)


def test_differing_names_of_one_contact_are_said():
    book = six()
    for i, key in enumerate(people(6)):
        book.contact(key, "138", "朋友", f"{'王李张刘陈杨'[i]}*")
    (found,) = find(book)
    assert "1个姓名说法不一的联系电话（6人，无他人使用）" in found.reason_zh
    assert "1 contact under differing names (6 people, used by nobody else)" in found.reason_en
    assert found.measures["contacts"] == 3


def test_what_is_not_known_of_amounts_is_not_told():
    book = six()
    for fact in book.facts:
        if fact.table == "loans":
            fact.cells["amount"] = None
    (found,) = find(book)
    assert "amount" not in found.measures
    assert "借款" not in found.reason_zh and "borrowed" not in found.reason_en


def test_amounts_of_different_currencies_are_stated_by_currency_and_never_added():
    book = six()
    loans = [fact for fact in book.facts if fact.table == "loans"]
    assert [fact.cells["amount"] for fact in loans] == [10_000, 11_000, 12_000, 13_000, 14_000, 15_000]
    for fact, currency in zip(loans, ["人民币", "USD", "CNY", None, "CNY", "rmb"], strict=True):
        fact.cells["currency"] = currency
    (found,) = find(book)
    assert "amount" not in found.measures
    assert "共借款5.1万元、1.1万美元、1.3万（币种不详）；" in found.reason_zh
    assert " and borrowed CNY 51,000 and USD 11,000 and 13,000 in a currency not on record from " in found.reason_en


def test_an_amount_in_one_currency_however_it_is_written_is_added_and_names_it():
    book = six()
    for fact, currency in zip((f for f in book.facts if f.table == "loans"), ["人民币", "CNY", "rmb"] * 2, strict=True):
        fact.cells["currency"] = currency
    (found,) = find(book)
    assert found.measures["amount"] == 75_000
    assert "共借款7.5万元；" in found.reason_zh and " and borrowed CNY 75,000 from " in found.reason_en


def test_amounts_and_applications_of_other_times_do_not_count():
    book = six().application("R0", "old", "2025-06-01").loan("R0", "old", 5e6, "2025-06-02", "own", "old")
    (found,) = find(book)
    assert (found.measures["applications"], found.measures["amount"]) == (6, 75_000)


# -- evidence


def evidence(book, **params):
    """The only finding's evidence as ``relation end``."""
    (found,) = find(book, **params)
    return [f"{row['relation']} {row['target']}" for row in found.evidence]


def rows_that_show(snapshot):
    """Every relationship that shows, as evidence."""
    return [row for relation in RELATIONS for row in snapshot.evidence(snapshot.edges(relation).positions)]


def test_every_row_of_evidence_shows_and_leads_from_a_member_to_what_is_shared():
    snapshot = six().snapshot()
    (found,) = FRAUD_RING.detect(snapshot, known(six()), FRAUD_RING.defaults())
    rows = found.evidence
    assert len({row["uid"] for row in rows}) == len(rows)
    assert all(row in rows_that_show(snapshot) for row in rows)
    reached = {node for node, _ in found.members}
    for row in rows:
        assert row["source"] in reached, row
        reached.add(row["target"])
    ends = [row["target"] for row in rows if row["relation"] in ("USED_DEVICE", "DISBURSED_TO", "LISTS_CONTACT")]
    assert sorted(ends) == sorted(
        ["device:phone0"] * 3 + ["device:phone1"] * 3 + ["phone:1360"] * 3 + ["phone:1361"] * 3
        + [f"account:card{i}" for i in range(3)] * 2
    )  # fmt: skip
    # an application beside each handset, a loan beside each account
    assert len(rows) == len(ends) + 6 + 6


def test_the_telling_rows_come_first_and_what_too_many_share_last():
    book = six()
    for i in range(30):
        book.application(f"H{i}", f"m{i}", f"2026-02-{1 + i % 28:02d}", wifi="mall")
    for key in people(6):
        book.application(key, f"m{key}", "2026-03-15", wifi="mall")
    rows = evidence(book)
    said = [row for row in rows if row.split()[0] not in ("APPLIED", "BORROWED")]
    order = [said.index(first) for first in ("USED_DEVICE device:phone0", "DISBURSED_TO account:card0")]
    # A handset of three, twice ln(2046 / 95), before an account of two, once ln(2046 / 26), before a contact of three.
    assert order == sorted(order)
    last = [place for place, row in enumerate(rows) if row == "USED_WIFI wifi:mall"]
    assert len(last) == 6 and min(last) > max(p for p, row in enumerate(rows) if "phone:136" in row)


def test_what_is_excused_is_no_evidence():
    book = six()
    for key in people(6):
        book.application(key, f"m{key}", "2026-03-15", device="tablet", merchant="M")
    assert not [row for row in evidence(book) if "tablet" in row]


# -- bounds


def bounds(book, **params):
    """The bounds that bit in the only finding."""
    (found,) = find(book, **params)
    return {bound["bound"]: bound for bound in found.truncated}


def test_a_bound_that_bites_is_named():
    assert bounds(six()) == {}
    (cut,) = bounds(six(), max_evidence=10).values()
    skipped = f"{len(evidence(six())) - 10} further relationships of the same people as evidence"
    assert cut == {"bound": "max_evidence", "limit": 10, "skipped": skipped, "could_change": False}
    assert len(evidence(six(), max_evidence=10)) == 10


def test_what_is_too_large_and_all_alike_is_not_taken_apart_and_says_so():
    crew = crowd(shared(Book(), people(12), device="one", accounts=["two"]), 40)
    (bound,) = bounds(crew, max_members=10).values()
    assert bound["skipped"] == "a group of 12 applicants whose ties are all alike was not taken apart"
    assert (bound["bound"], bound["limit"], bound["could_change"]) == ("max_members", 10, True)


def test_what_is_taken_apart_says_so():
    book = shared(Book(), people(6), device="d", accounts=["a"])
    shared(book, people(6, "S"), "2026-04-01", device="e", accounts=["b"])
    # One of each has a handset and a contact in common with the other, months apart: less than what ties either crew.
    for key in ("R0", "S0"):
        book.contact(key, "136", "表哥").application(key, f"both{key}", f"2026-0{1 + 4 * (key == 'S0')}-20", "both")
    book = crowd(book, 40)
    assert [keys(found) for found in find(book)] == [" ".join(people(6) + people(6, "S"))]
    parts = find(book, max_members=10)
    assert sorted(keys(part) for part in parts) == [" ".join(people(6)), " ".join(people(6, "S"))]
    for part in parts:
        (bound,) = part.truncated
        assert bound["skipped"] == "a group of 12 applicants was taken apart at its weaker ties"
        assert "由相连的12人中分出" in part.reason_zh and "part of 12 who hang together" in part.reason_en


def test_values_of_too_many_to_compare_are_named():
    book = six()
    for i in range(20):
        book.owns(f"H{i}", "pool")
    for key in people(6):
        book.owns(key, "pool")
    assert bounds(book) == {}
    (bound,) = bounds(book, max_users=20).values()
    assert (bound["bound"], bound["limit"], bound["could_change"]) == ("max_users", 20, True)
    assert bound["skipped"] == "1 values of more users that members share"


# -- time


def test_before_a_ring_acts_there_is_nothing_to_see():
    assert find(six(), "2026-03-09") == []
    assert find(six(), "2026-03-11") == []
    assert [keys(found) for found in find(six(), "2026-03-31")] == [" ".join(people(6))]


def test_what_comes_later_changes_nothing_earlier():
    book, later = six(), six()
    for key in people(6):
        later.flag(f"applicant:{key}", "confirmed_fraud", since="2026-05-01")
        later.flag(f"applicant:{key}", "overdue", since="2026-06-01")
    for key in ("R0", "R1", "H0", "H1"):
        later.application(key, f"again{key}", "2026-05-01", device="later")
        later.loan(key, f"again{key}", 1.0, "2026-05-02", "later", f"again{key}")
        later.repaid("later too", f"again{key}", 1.0, "2026-06-01")
    for day in ("2026-03-31", "2026-04-15"):
        before, after = find(book, day), find(later, day)
        assert [finding.as_dict() | {"evidence": None} for finding in before] == [
            finding.as_dict() | {"evidence": None} for finding in after
        ]
        assert [[row["uid"] for row in f.evidence] for f in before] == [
            [row["uid"] for row in f.evidence] for f in after
        ]
        assert before


def test_flags_and_defaults_are_no_matter_of_this_detector():
    flagged = six()
    for key in people(6):
        flagged.flag(f"applicant:{key}", "confirmed_fraud", since="2026-01-01")
    assert [f.score for f in find(flagged)] == [f.score for f in find(six())]
