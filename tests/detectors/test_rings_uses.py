"""Who uses what: which ties count, in which way, since when, and what a name tells of a family."""

import pytest
from ringfence.detectors.sharing.facets import FACETS, PAIR_FACET
from ringfence.detectors.sharing.surnames import surnames
from ringfence.detectors.sharing.uses import WAY, WAYS, collect, without_strangers
from ringfence.graph.model import ALWAYS, FOREVER
from ringfence.graph.times import parse_moment
from support.ring_books import flagged
from support.toy import Book


def used(book, as_of="2026-06-30"):
    """What shows of a book's uses: sorted ``(person, way, value)`` by name."""
    snapshot = book.snapshot(as_of)
    uses, _, family = collect(snapshot)
    uses = without_strangers(uses, family)
    people, values = snapshot.names(uses.person), snapshot.names(uses.value)
    return sorted(
        (person.partition(":")[2], WAYS[way], value)
        for person, way, value in zip(people, uses.way.tolist(), values, strict=True)
    )


def times(book):
    """Since when each value is used, by name; a value of one use only."""
    snapshot = book.snapshot()
    uses = collect(snapshot)[0]
    return dict(zip(snapshot.names(uses.value), uses.time.tolist(), strict=True))


def ways(book):
    """The ways of using each value, by name."""
    found = {}
    for _, way, value in used(book):
        found.setdefault(value, set()).add(way)
    return found


# -- ties that count


def test_an_application_is_filed_with_a_handset_over_networks_at_a_place():
    book = Book().application(
        "A", "1", "2026-01-05", device="d", imei="i", wifi="w", ip="n", cell="c", channel="s", merchant="m"
    )
    assert used(book) == [
        ("A", "cell", "address:c"),
        ("A", "handset", "device:d"),
        ("A", "handset", "device:i"),
        ("A", "network", "ip:n"),
        ("A", "network", "wifi:w"),
    ]
    snapshot = book.snapshot()
    uses = collect(snapshot)[0]
    assert set(snapshot.names(uses.merchant)) == {"merchant:m"}
    assert {snapshot.relation(via) for via in uses.via.tolist()} == {"APPLIED"}
    assert (snapshot.ends(uses.via)[1] == snapshot.ends(uses.position)[0]).all()


def test_a_device_or_wifi_that_a_person_has_is_used_like_one_applied_from():
    book = Book().has("A", device="d", wifi="w").application("A", "1", "2026-01-05", device="e")
    assert used(book) == [
        ("A", "handset", "device:d"),
        ("A", "handset", "device:e"),
        ("A", "network", "wifi:w"),
    ]
    assert set(times(book).values()) == {parse_moment("2026-01-05")}, "stated when the person first applied"


def test_what_a_person_states_is_his_own_or_his_employers():
    book = Book().person("A", "139").lives("A", "home").email("A", "e").identified("A", "id").owns("A", "card")
    assert used(book.employed("A", "firm", "010", "office")) == [
        ("A", "account", "account:card"),
        ("A", "document", "id_document:id"),
        ("A", "email", "email:e"),
        ("A", "home", "address:home"),
        ("A", "own_phone", "phone:139"),
        ("A", "work", "address:office"),
        ("A", "work", "employer:firm"),
        ("A", "work_phone", "phone:010"),
    ]
    assert set(collect(book.snapshot())[0].via.tolist()) == {-1}


def test_a_loan_ties_to_the_accounts_it_went_to_and_came_back_from():
    book = Book().loan("A", "L", 100.0, "2026-01-05", account="in").repaid("out", "L", 10.0, "2026-02-05")
    assert used(book) == [("A", "account", "account:in"), ("A", "account", "account:out")]
    snapshot = book.snapshot()
    assert {snapshot.relation(via) for via in collect(snapshot)[0].via.tolist()} == {"BORROWED"}


def test_only_applicants_use_anything():
    book = Book()
    book._tie("OWNS", "merchant:M", "account:m", "m", None, ALWAYS, FOREVER, {})
    book._tie("BORROWED", "company:C", "loan:L", "b", None, ALWAYS, FOREVER, {})
    book._tie("DISBURSED_TO", "loan:L", "account:c", "d", 1.0, ALWAYS, FOREVER, {})
    book.loan("A", "K")._tie("DISBURSED_TO", "loan:K", "merchant:M", "k", 1.0, ALWAYS, FOREVER, {})
    assert used(book) == []


def test_a_device_that_signed_in_to_an_account_is_its_owners_each_of_them():
    book = Book().owns("A", "joint").owns("B", "joint").signed_in("d", "joint", "2026-02-01")
    book.signed_in("e", "nobodys", "2026-02-01")
    handsets = [use for use in used(book) if use[1] == "handset"]
    assert handsets == [("A", "handset", "device:d"), ("B", "handset", "device:d")]
    snapshot = book.snapshot()
    uses = collect(snapshot)[0]
    through = uses.where(uses.way == WAYS.index("handset"))
    assert [snapshot.relation(place) for place in through.via.tolist()] == ["OWNS", "OWNS"]
    assert (snapshot.ends(through.via)[0] == through.person).all()
    assert (snapshot.ends(through.via)[1] == snapshot.ends(through.position)[1]).all()


def test_ties_with_a_flag_link_no_one():
    book = flagged(Book().contact("A", "010-1", "朋友"))
    flagged(book.person("B", "13800138000"), "sentinel")
    flagged(book.application("B", "1", "2026-01-01", wifi="02:00:00:00:00:00"), "sentinel")
    flagged(book.loan("B", "L", 1.0, "2026-01-01", account="wrong"), "invalid")
    assert used(book.owns("B", "right")) == [("B", "account", "account:right")]
    assert used(flagged(Book().owns("A", "c")).signed_in("d", "c", "2026-01-01")) == []


# -- contacts by their words


@pytest.mark.parametrize(
    ("word", "way"),
    [
        ("配偶", "kin"),
        ("父母", "kin"),
        ("子女", "kin"),
        ("兄弟姐妹", "kin"),
        ("Brother", "kin"),
        ("同事", "acquaintance"),
        ("同学", "acquaintance"),
        ("老乡", "acquaintance"),
        ("朋友", "acquaintance"),
        ("FRIEND", "acquaintance"),
        ("单位", "work_phone"),
        ("HR", "work_phone"),
        ("表哥", "contact"),
        ("亲戚", "acquaintance"),
        ("亲属", "acquaintance"),
        ("其他", "contact"),
        (None, "contact"),
    ],
)
def test_a_contact_is_what_the_word_says(word, way):
    assert used(Book().contact("A", "139", word)) == [("A", way, "phone:139")]


def test_a_phone_that_too_many_name_as_family_is_no_familys():
    def named(*words):
        book = Book()
        for place, word in enumerate(words):
            book.contact(f"A{place}", "139", word)
        return [way for _, way, _ in used(book)]

    assert named(*["父母"] * 4) == ["kin"] * 4
    assert named(*["父母"] * 5) == ["contact"] * 5
    assert named("配偶", "父母") == ["kin", "kin"]
    assert named("配偶", "妻子") == ["contact", "contact"]
    # What others call it is not touched by that.
    assert named(*["父母"] * 5, "朋友", "单位") == ["contact"] * 5 + ["acquaintance", "work_phone"]


# -- since when


def test_what_happens_counts_from_its_own_time():
    book = Book().application("A", "1", "2026-03-01", device="d").loan("A", "L", 1.0, "2026-03-04", account="in")
    book.repaid("out", "L", 1.0, "2026-04-01").owns("A", "card").signed_in("s", "card", "2026-02-01")
    found = times(book)
    expected = {
        "device:d": "2026-03-01",
        "account:in": "2026-03-04",
        "account:out": "2026-04-01",
        "device:s": "2026-02-01",
    }
    assert {value: found[value] for value in expected} == {v: parse_moment(day) for v, day in expected.items()}


def test_a_statement_without_a_time_counts_from_the_first_application():
    book = Book().person("A", "139").lives("A", "home").contact("A", "138", "朋友")
    book.application("A", "2", "2026-05-01").application("A", "1", "2026-02-01")
    assert set(times(book).values()) == {parse_moment("2026-02-01")}
    assert set(times(Book().person("B", "139").lives("B", "home")).values()) == {ALWAYS}


def test_an_account_counts_from_when_it_was_stated_not_from_its_opening():
    book = Book().application("A", "1", "2026-02-01").owns("A", "card")
    book.ties[-1] = book.ties[-1].__class__(**{**vars(book.ties[-1]), "start": parse_moment("2019-01-01")})
    assert times(book)["account:card"] == parse_moment("2026-02-01")


def test_what_is_not_yet_known_does_not_show():
    book = Book().application("A", "1", "2026-03-01", device="d").application("A", "2", "2026-03-05", device="e")
    assert used(book, "2026-03-04") == [("A", "handset", "device:d")]
    assert used(book, "2026-02-01") == []


# -- surnames


def told(*names, masks=None):
    """A number for each of these names, given to people and, again, to their contacts."""
    book = Book(masks=masks or {})
    for place, name in enumerate(names):
        book.person(f"A{place}", name=name).contact(f"A{place}", f"139{place}", "朋友", name)
    snapshot = book.snapshot()
    by_node, called = surnames(snapshot, snapshot.edges("LISTS_CONTACT"))
    own = [int(by_node[snapshot.find(f"applicant:A{place}")]) for place in range(len(names))]
    assert own == called.tolist()
    return own


def test_a_surname_is_what_the_mask_leaves():
    one, same, other = told("王*", "王*", "李*")
    assert one == same != other and min(one, other) >= 0


def test_a_compound_surname_is_not_its_first_character():
    compound, whole, single = told("欧阳*", "欧阳锋", "欧*")
    assert compound == whole != single


def test_a_name_in_the_open_tells_what_its_mask_would():
    masked, whole, token = told("王*", "王小明", "tok_1", masks={"tok_1": "王*"})
    assert masked == whole == token


@pytest.mark.parametrize("name", ["小王", "小*", "阿强", "阿*", "老李", "大刘", None, "tok_without_mask"])
def test_what_friends_call_each_other_tells_no_surname(name):
    assert told(name, "王*") == [-1, 0]


def test_people_and_contacts_are_numbered_alike():
    book = Book().person("A", name="王*").person("B", name="李*").contact("A", "138", "父母", "李*")
    snapshot = book.snapshot()
    by_node, called = surnames(snapshot, snapshot.edges("LISTS_CONTACT"))
    assert called[0] == by_node[snapshot.find("applicant:B")]


def test_a_use_carries_the_surname_its_user_gives_the_holder():
    book = Book().person("A", "139", name="王*").contact("B", "139", "父母", "李*").contact("C", "139", "朋友", "小王")
    snapshot = book.snapshot()
    uses = collect(snapshot)[0]
    label = dict(zip(snapshot.names(uses.person), uses.label.tolist(), strict=True))
    assert label["applicant:C"] == -1 and len({label["applicant:A"], label["applicant:B"], -1}) == 3


# -- what two ways make


@pytest.mark.parametrize(
    ("one", "other", "facet", "called_differently"),
    [
        ("acquaintance", "acquaintance", "social", "alias"),
        ("acquaintance", "kin", "social", "alias"),
        ("acquaintance", "contact", "social", "alias"),
        ("contact", "contact", "contact", "alias"),
        ("own_phone", "acquaintance", "known", "listed"),
        ("own_phone", "kin", "known", "listed"),
        ("own_phone", "contact", "listed", "listed"),
        ("own_phone", "own_phone", "phone", "phone"),
        ("own_phone", "work_phone", "work", "work"),
    ],
)
def test_naming_one_another_and_naming_a_third_are_two_kinds_of_tie(one, other, facet, called_differently):
    for first, second in ((one, other), (other, one)):
        made = [FACETS[code] for code in PAIR_FACET[:, WAY[first], WAY[second]]]
        assert made == [facet, called_differently]
