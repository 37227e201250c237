"""What innocent causes explain: who is one household, what is a shop's equipment; each rule with its limits."""

import pytest
from support.ring_books import known
from support.toy import Book


def households(book):
    """The households of several people, each as its keys in one word."""
    snapshot_population = known(book)
    snapshot = snapshot_population.frame.base
    found = {}
    for node, name in enumerate(snapshot.names(range(snapshot.node_count))):
        if name.startswith("applicant:"):
            found.setdefault(int(snapshot_population.household[node]), set()).add(name.removeprefix("applicant:"))
    return sorted("".join(sorted(people)) for people in found.values() if len(people) > 1)


def equipment(book):
    """The things that are some shop's, by name."""
    population = known(book)
    snapshot = population.frame.base
    names = snapshot.names(range(snapshot.node_count))
    return sorted(name for name, excused in zip(names, population.excused, strict=False) if excused)


# -- family: one names the other's own phone


def named(word, name=None, own="王*"):
    """B names A's own phone."""
    return Book().person("A", "139", name=own).person("B", "138", name="李*").contact("B", "139", word, name)


@pytest.mark.parametrize("word", ["配偶", "父母", "子女", "兄弟姐妹", "Mother"])
def test_who_names_the_others_own_phone_as_family_is_family(word):
    assert households(named(word, "王*")) == ["AB"]


@pytest.mark.parametrize(("name", "own"), [(None, "王*"), ("小王", "王*"), ("王*", None), (None, None)])
def test_a_surname_that_is_not_told_contradicts_nothing(name, own):
    assert households(named("父母", name, own)) == ["AB"]


def test_family_under_another_surname_than_the_holders_is_not_believed():
    assert households(named("父母", "张*")) == []


@pytest.mark.parametrize("word", ["朋友", "同事", "表哥", "单位", None])
def test_other_words_make_no_family(word):
    assert households(named(word, "王*")) == []


def test_the_phone_of_an_employer_is_no_ones_own():
    book = Book().person("A").employed("A", "firm", phone="139").person("B").contact("B", "139", "父母")
    assert households(book) == []


def test_a_phone_that_too_many_name_as_family_makes_none():
    book = Book().person("A", "139")
    for key in "BCDE":
        book.person(key).contact(key, "139", "父母")
    assert households(book) == ["ABCDE"]
    assert households(book.person("F").contact("F", "139", "父母")) == []
    assert households(Book().person("A", "139").contact("B", "139", "配偶").contact("C", "139", "配偶")) == []


def test_others_may_know_a_member_of_the_family_otherwise():
    # B's mother is A's own number: that D calls her a colleague takes nothing away.
    assert households(named("父母", "王*").contact("D", "139", "同事", "王*")) == ["AB"]


def test_of_two_holders_of_one_number_only_the_one_of_the_right_name_is_family():
    # 139 went from A, a Wang, to C, a Li; B's father is a Wang.
    for first, second in (("A", "C"), ("C", "A")):
        book = Book().person("B", "138", name="王*").contact("B", "139", "父母", "王*")
        for key in (first, second):
            book.person(key, "139", name={"A": "王*", "C": "李*"}[key])
        assert households(book) == ["AB"], first


# -- family: on record as kin


@pytest.mark.parametrize("word", ["配偶", "父母", "子女", "兄弟姐妹", "Mother"])
def test_who_are_on_record_as_kin_are_family(word):
    assert households(Book().person("A", "139").person("B", "138").related("A", "B", word)) == ["AB"]


@pytest.mark.parametrize("word", ["朋友", "同事", "表哥", "单位", None])
def test_other_words_on_record_make_no_family(word):
    assert households(Book().person("A", "139").person("B", "138").related("A", "B", word)) == []


def test_whom_too_many_call_family_is_nobodys():
    book = Book()
    for key in "BCDE":
        book.person(key, f"138{key}").related(key, "A", "父母").related(key, "A", "父亲")
    assert households(book.person("A", "139")) == ["ABCDE"]
    assert households(book.person("F", "138F").related("F", "A", "子女")) == []
    book = Book().person("A", "1").person("B", "2").person("C", "3")
    assert households(book.related("B", "A", "配偶")) == ["AB"]
    assert households(book.related("C", "A", "spouse")) == []


# -- family: both name one phone


def test_who_name_one_phone_as_family_are_family():
    assert households(Book().contact("A", "139", "父母").contact("B", "139", "父母")) == ["AB"]
    assert households(Book().contact("A", "139", "父母", "王*").contact("B", "139", "配偶", "王*")) == ["AB"]
    assert households(Book().contact("A", "139", "父母", "王*").contact("B", "139", "子女")) == ["AB"]


def test_under_two_surnames_it_is_not_one_persons():
    assert households(Book().contact("A", "139", "父母", "王*").contact("B", "139", "父母", "李*")) == []


@pytest.mark.parametrize("word", ["朋友", "表哥", "单位", None])
def test_a_phone_that_somebody_names_otherwise_makes_no_family(word):
    book = Book().contact("A", "139", "父母").contact("B", "139", "父母")
    assert households(book.contact("C", "139", word)) == []


def test_a_phone_that_is_somebodys_works_makes_no_family():
    book = Book().contact("A", "139", "父母").contact("B", "139", "父母")
    assert households(book.person("C").employed("C", "firm", phone="139")) == []


# -- family: one surname at one home


def flat(*names, address="street 1"):
    """People of these names at one home address."""
    book = Book()
    for key, name in zip("ABCDEFGHIJ", names, strict=False):
        book.person(key, name=name).lives(key, address)
    return book


def test_one_surname_at_one_home_is_family():
    assert households(flat("王*", "李*", "王*", "李*", "赵*")) == ["AC", "BD"]
    assert households(flat("欧阳*", "欧*")) == []


def test_people_without_a_surname_are_no_ones_family():
    assert households(flat(None, None, "小王", "小李")) == []


def test_one_surname_at_different_homes_or_at_work_is_none():
    assert households(flat("王*").beside(Book().person("B", name="王*").lives("B", "street 2"))) == []
    book = Book().person("A", name="王*").employed("A", "f", address="office")
    assert households(book.person("B", name="王*").employed("B", "g", address="office")) == []


def test_an_address_of_more_than_eight_is_no_familys():
    assert households(flat(*["王*"] * 8)) == ["ABCDEFGH"]
    assert households(flat(*["王*"] * 9)) == []
    # A house of nine in which two are named alike tells as little.
    assert households(flat("王*", "王*", "李*", "赵*", "钱*", "孙*", "周*", "吴*")) == ["AB"]
    assert households(flat("王*", "王*", "李*", "赵*", "钱*", "孙*", "周*", "吴*", "郑*")) == []


def test_who_lives_there_counts_whether_his_name_is_known_or_not():
    assert households(flat("王*", "王*", *[None] * 6)) == ["AB"]
    assert households(flat("王*", "王*", *[None] * 7)) == []


# -- together


def test_family_of_family_is_family_up_to_ten():
    def chain(count):
        book = Book()
        for i in range(count):
            book.person("ABCDEFGHIJK"[i], f"139{i}")
            if i:
                book.contact("ABCDEFGHIJK"[i], f"139{i - 1}", "父母")
        return book

    assert households(chain(10)) == ["ABCDEFGHIJ"]
    assert households(chain(11)) == []


def test_different_signs_of_family_add_up():
    book = flat("王*", "王*").person("C", "137").contact("B", "137", "配偶")
    book.person("D").contact("D", "136", "父母").contact("C", "136", "父母")
    assert households(book) == ["ABCD"]


def test_a_household_counts_as_one_user():
    book = flat("王*", "王*", "李*")
    for key in "ABC":
        book.owns(key, "card")
    population = known(book)
    assert population.users[population.frame.base.find("account:card")] == 2
    assert population.people == 3


# -- shop equipment


def filed(*merchants, **things):
    """One application by each of so many people, at these merchants, ``None`` for none."""
    book = Book()
    for i, merchant in enumerate(merchants):
        book.application(f"A{i}", f"{i}", merchant=merchant, **things)
    return book


@pytest.mark.parametrize(
    ("things", "name"),
    [
        ({"device": "t"}, "device:t"),
        ({"imei": "t"}, "device:t"),
        ({"wifi": "t"}, "wifi:t"),
        ({"ip": "t"}, "ip:t"),
        ({"cell": "t"}, "address:t"),
    ],
)
def test_what_is_used_mostly_at_one_merchant_is_its_equipment(things, name):
    assert equipment(filed("m", "m", None, **things)) == [name]
    assert equipment(filed("m", "m", "n", **things)) == [name]


def test_half_is_not_mostly():
    assert equipment(filed("m", None, device="t")) == []
    assert equipment(filed("m", "n", device="t")) == []
    assert equipment(filed("m", "m", None, None, device="t")) == []
    assert equipment(filed("m", "m", "n", None, device="t")) == []
    assert equipment(filed("m", "m", "m", None, "n", device="t")) == ["device:t"]


def test_equipment_is_excused_from_the_second_user_on():
    assert equipment(filed("m", "m", device="t")) == ["device:t"]


def test_all_its_uses_are_excused_those_elsewhere_too():
    population = known(filed("m", "m", "m", None, device="t"))
    assert population.excused[population.frame.base.find("device:t")]


def test_every_application_counts_once_whichever_ids_it_has():
    # The tablet's imei is on file only where it was used elsewhere: two of three applications are still the shop's.
    book = filed("m", "m", device="t").application("B", "b", device="t", imei="i")
    assert equipment(book) == ["device:t"]
    # And a handset of which one application in three was filed at a shop is none of it, whatever is on file there.
    book = Book().application("A", "a", device="t", imei="i", merchant="m")
    book.application("B", "b", device="t").application("C", "c", imei="i")
    assert equipment(book) == []


def test_the_ids_of_a_tablet_are_excused_together():
    book = filed("m", "m", device="t", imei="i").application("B", "b", device="other", imei="i", merchant="m")
    population = known(book)
    of_devices = {int(population.frame.joined[population.frame.base.find(f"device:{d}")]) for d in ("t", "i", "other")}
    assert len(of_devices) == 1 and population.excused[of_devices.pop()]


def test_the_network_of_a_shop_is_excused_with_its_wifi():
    population = known(filed("m", "m", wifi="w", ip="x"))
    assert population.excused[population.frame.base.node_count :].tolist() == [True]


def test_homes_and_accounts_of_customers_are_no_equipment():
    book = filed("m", "m").lives("A0", "home").lives("A1", "home").owns("A0", "card").owns("A1", "card")
    assert equipment(book) == []


def test_a_merchants_own_account_is_its_equipment():
    book = Book().loan("A", "L", 1.0, "2026-01-01", account="till").loan("B", "K", 1.0, "2026-01-02", account="till")
    assert equipment(book) == []
    assert equipment(merchant_owns(book, "till")) == ["account:till"]


def merchant_owns(book, account):
    """The book with a merchant that owns an account."""
    book.owns("M", account)
    tie = book.ties.pop()
    return book._tie("OWNS", "merchant:M", tie.target, "merchants:M/account_no", None, tie.start, tie.end, tie.cells)


# -- an employer's account


def paying(*wages, kind="payroll"):
    """Two people who are repaid for by one account, which pays some accounts month after month."""
    book = Book().person("A", "139").person("B", "138")
    for month in ("2026-04-10", "2026-05-10"):
        for account in wages:
            book.transferred("firm", account, month, kind)
    for key in "AB":
        book.loan(key, f"L{key}", 5000, "2026-03-01", f"card-{key}").repaid("firm", f"L{key}", 500, "2026-05-11")
    return book


def test_an_account_that_pays_wages_to_several_is_an_employers():
    assert equipment(paying("card-A", "card-B")) == ["account:firm"]


def test_an_account_that_pays_wages_to_one_or_anything_else_is_nobodys_employer():
    assert equipment(paying("card-A")) == []
    assert equipment(paying("card-A", "card-B", kind="transfer")) == []
