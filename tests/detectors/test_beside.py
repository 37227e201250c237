"""Who stands beside people: they use a handset or an account that is mostly these people's own."""

from ringfence.detectors.beside import MOST_TIES, beside
from support.toy import Book


def others(book, people, as_of="2026-06-30"):
    found = beside(book.snapshot(as_of), [f"applicant:{one}" for one in people])
    return "".join(name.partition(":")[2] for name in found)


def test_who_applies_with_a_handset_of_one_of_them_stands_beside_them():
    book = Book().application("a", "1", "2026-03-01", device="d").application("x", "2", "2026-04-01", device="d")
    assert others(book, "ab") == "x"
    assert others(book, "ab", "2026-03-31") == "", "not before it is known"
    assert others(Book().has("a", device="d").application("x", "2", imei="d"), "a") == "x"


def test_so_does_who_owns_an_account_of_theirs_or_has_a_loan_paid_out_to_it():
    assert others(Book().owns("a", "card").owns("x", "card"), "a") == "x"
    assert others(Book().loan("a", "1", account="card").loan("x", "2", account="card"), "a") == "x"
    assert others(Book().owns("a", "card").loan("x", "2", account="card"), "a") == "x"


def test_of_what_more_others_use_than_they_nobody_stands_beside_them():
    book = Book()
    for one in "abxyz":
        book.application(one, one, "2026-03-01", device="tablet")
    assert others(book, "ab") == ""
    assert others(book, "abx") == "yz"


def test_another_tie_than_a_handset_or_an_account_puts_nobody_beside():
    book = Book().lives("a", "road").lives("x", "road").application("a", "1", wifi="w").application("x", "2", wifi="w")
    assert others(book, "a") == ""


def test_what_has_too_many_ties_is_nobodys_own():
    book = Book().application("x", "of x", "2026-03-01", device="d")
    for number in range(MOST_TIES - 1):
        book.application("a", f"{number}", "2026-03-01", device="d")
    assert others(book, "a") == "x"
    assert others(book.application("a", "one more", "2026-03-01", device="d"), "a") == ""


def test_who_is_not_in_the_book_stands_beside_nobody():
    assert others(Book().has("a", device="d"), "z") == ""
