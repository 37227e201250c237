"""The sentence test: every claim of every reason is true of the rows, by a second, plain reading of them."""

import pytest
from ringfence.detectors.rings.detector import FRAUD_RING
from support import detecting, ring_books
from support.claim_rows import read
from support.claims import Claims
from support.ring_books import find, people, six
from support.sample import sample_view

SMALL = [pytest.param(3000, seed, marks=pytest.mark.soak) for seed in range(3, 13)]
LARGE = [pytest.param(20_000, seed, marks=pytest.mark.soak) for seed in (1, 2, 3)]


@pytest.fixture(scope="module")
def checked(tmp_path_factory):
    """The claims of each finding of a synthetic book."""

    def of(applicants, seed):
        with sample_view(tmp_path_factory.mktemp("claims"), applicants, seed) as view:
            rows = read(view)
            return [Claims(rows, finding.as_dict()) for finding in detecting.findings(FRAUD_RING, view)]

    return of


@pytest.mark.parametrize(("applicants", "seed"), [(3000, 1), (3000, 2), *SMALL, *LARGE])
def test_every_claim_about_the_rings_of_a_book_is_true(checked, applicants, seed):
    found = checked(applicants, seed)
    assert found and all(claims.checked > 50 for claims in found)
    assert [false for claims in found for false in claims.false] == [], f"{applicants} applicants, seed {seed}"


def claims(book):
    """What is false of the only finding of a little book."""
    (found,) = find(book)
    return Claims(read(book.snapshot("2026-06-30")), found.as_dict()).false


def changed(book, old, new, field="reason_zh"):
    """The same, of the finding with other words in it."""
    (found,) = find(book)
    told = found.as_dict()
    assert old in told[field]
    told[field] = told[field].replace(old, new)
    return Claims(read(book.snapshot("2026-06-30")), told).false


def test_every_claim_about_a_ring_with_innocent_ties_is_true():
    book = six().contact("R1", "1370", "配偶")
    for key in people(4):
        book.lives(key, "flat").application(key, f"T{key}", "2026-03-14", device="tablet", merchant="M")
    assert claims(book.application("H0", "h", "2026-05-20", device="phone0")) == []
    assert claims(ring_books.planted()) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("6名申请人", "7名申请人"),
        ("10天内", "9天内"),
        ("10天内", "11天内"),
        ("申请6笔", "申请5笔"),
        ("7.5万", "7.6万"),
        ("2部手机", "3部手机"),
        ("2部手机（最多3人", "2部手机（最多4人"),
        ("2部手机（最多3人，其中1项无他人使用，其余最多另有1人使用）", "2部手机（最多3人，均无他人使用）"),
        ("其余最多另有1人", "其余最多另有2人"),
        ("、2个联系电话（最多3人，均无他人使用）", ""),
        ("全库46名", "全库45名"),
        ("成员之间未发现亲属关系", "亲属只占一部分，合并后仍有5户，同户共用未计"),
        ("未发现共同的住处", "除门店设备外未发现共同的住处"),
        ("所用手机都不是门店设备", "另共用1项门店设备，已剔除，不影响结论"),
        ("所用手机都不是门店设备", "其他情况也已排除"),
    ],
)
def test_a_claim_that_is_not_so_or_not_understood_is_noticed(old, new):
    book = six().application("H0", "h", "2026-05-20", device="phone0")
    assert claims(book) == []
    assert changed(book, old, new)


def test_a_number_that_differs_between_the_languages_is_noticed():
    assert changed(six(), "within 10 days", "within 12 days", "reason_en")
    assert changed(six(), "75,000", "76,000", "reason_en")
    assert changed(six(), "(up to 3 people", "(up to 2 people", "reason_en")
