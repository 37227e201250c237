"""Money at stake with people: each loan once, currencies apart, and what is unknown told and never 0."""

from ringfence.detectors.stakes import stakes
from support.toy import Book


def owed(book, people, as_of="2026-06-30"):
    return stakes(book.snapshot(as_of), [f"applicant:{one}" for one in people])


def row(currency, loans, balance, overdue, written_off, unknown=(0, 0, 0)):
    figures = {"balance": balance, "overdue": overdue, "written_off": written_off}
    return {"currency": currency, "loans": loans, **figures, "unknown": dict(zip(figures, unknown, strict=True))}


def test_balances_are_summed_by_currency_with_what_is_overdue_and_what_is_written_off():
    book = Book()
    book.loan("a", "1", balance=100.0, dpd=0, five_class="正常", currency="CNY")
    book.loan("a", "2", balance=50.0, dpd=30, five_class="关注", currency="人民币")
    book.loan("b", "3", balance=20.0, dpd=400, five_class="损失", currency="USD")
    book.loan("c", "4", balance=1000.0, dpd=0, five_class="正常", currency="CNY")
    found = owed(book, "ab")
    assert found.amounts == [row("CNY", 2, 150, 50, 0), row("USD", 1, 20, 20, 20)]
    assert found.by_member == {
        "applicant:a": [row("CNY", 2, 150, 50, 0)],
        "applicant:b": [row("USD", 1, 20, 20, 20)],
    }


def test_what_the_book_does_not_tell_is_counted_and_in_no_sum():
    book = Book()
    book.loan("a", "1", balance=100.0, currency="CNY")
    book.loan("a", "2", dpd=10, five_class="损失", currency="CNY")
    book.loan("a", "3", balance=5.0, dpd=10, five_class="正常")
    found = owed(book, "a")
    assert found.amounts == [row("", 1, 5, 5, 0), row("CNY", 2, 100, None, None, (1, 2, 2))]


def test_a_loan_of_two_people_counts_once_in_all_and_with_each():
    book = Book().loan("a", "1", balance=100.0, dpd=0, five_class="正常")
    book.loan("b", "1", balance=100.0, dpd=0, five_class="正常")
    found = owed(book, "ab")
    assert found.amounts == [row("", 1, 100, 0, 0)]
    assert found.by_member == {f"applicant:{one}": [row("", 1, 100, 0, 0)] for one in "ab"}


def test_what_was_not_known_then_does_not_count_and_who_owes_nothing_has_no_row():
    book = Book().person("b").loan("a", "1", balance=100.0, time="2026-05-01")
    assert owed(book, "ab", "2026-04-30") == ([], {})
    assert [one["balance"] for one in owed(book, "ab").amounts] == [100]
    assert list(owed(book, "ab").by_member) == ["applicant:a"]
    assert owed(book, "z") == ([], {})
