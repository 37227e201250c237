"""Who lies around people: whoever uses something that is rare enough for sharing it to say anything."""

from ringfence.detectors.sharing.surroundings import beside, telling
from support.ring_books import known
from support.toy import NOW, Book


def around(book, person):
    """The applicants to whom what one uses leads, by key."""
    view, population = book.snapshot(NOW), known(book)
    found = beside(view, population, view.find_all([f"applicant:{person}"]), telling(population))
    return "".join(sorted(name.partition(":")[2] for name in view.names(found)))


def staff(keys):
    """People of one employer."""
    book = Book()
    for key in keys:
        book.employed(key, "works")
    return book


def online(**by):
    """Applications, each by way of a Wi-Fi and an internet address."""
    book = Book()
    for key, (wifi, ip) in by.items():
        book.application(key, key, wifi=wifi, ip=ip)
    return book


def test_what_few_use_leads_to_all_of_them_and_what_many_use_to_nobody():
    # so small a book says that work is worth something for up to four users: 0.5 x log2(4) partners are one
    assert around(staff("ABC"), "A") == "ABC"
    assert around(staff("ABCDEFGH"), "A") == "A"


def test_a_wifi_with_an_address_leads_where_neither_does_alone():
    crowd = {f"{n}": ("wide", f"{n}.0.0.0") for n in range(1, 31)} | {
        f"{n}": (f"w{n}", "9.9.9.9") for n in range(31, 61)
    }
    book = online(A=("wide", "9.9.9.9"), B=("wide", "9.9.9.9"), **crowd)
    assert around(book, "A") == "AB"
