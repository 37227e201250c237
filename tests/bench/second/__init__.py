"""A second generator of synthetic loan books, written without a look at the first or at any detector.

Detectors that were tuned on one generator may have learned that generator. This one shares no code and no mechanism
with it; its truth has the same shape, so that the same measures read both. It is people first, fraud second.

**The town** (``town``, ``building``, ``families``) rests on how people live. Families are built from the
elders down, surnames are inherited from the father, grown children stay or found homes with others' children,
strangers share flats. Employers follow Zipf's law and have branches; factories have dormitories and a
collective household (集体户); students live in numbered buildings of their school; villages hold two surnames
and everyone knows their clan. Shops have tablets, Wi-Fi, salespersons. A broadband line gets another address
of the provider's pool each quarter, and phones on mobile data stand behind a few addresses of their carrier:
so one address on the net is mostly no tie at all.

**What a lender sees** (``book``) rests on what apps are told: no imei on four handsets in five, no position for half,
a base station for less than half of those on a Wi-Fi, employers and addresses left out or written without the door.

**Borrowers** (``borrowers``) apply by the hour, the week, the year and the growth of the book, more on promotion days;
borrowing is catching among those who are close. Some buy in a shop, mostly on its tablet; some come through an honest
agent with a work tablet. The old file on a child's handset. Handsets are sold on; a carrier gives a number out anew.

**Contacts** (``contacts``): kin under its word or none, friends, colleagues, the firm's line; some
numbers are given up since.

**Money** (``money``): ordinary default of some three to nine in a hundred by age and work; a few are late by days;
relatives and some employers pay for others; wages come on the tenth.

**Rings** (``rings``) rest on how case reports tell them: an organiser recruits along acquaintances or buys identities
over weeks, and every application draws from pools of handsets, rooms, contacts, accounts, addresses and paper
employers that wear out and overlap. Easy, medium and camouflaged are read off what came about.

**Intermediaries** (``brokers``) have strangers for clients and one hub; **innocent groups** (``innocents``) are read
off what came about. No planted person is a member of an innocent group.

**Later** (``later``, ``schemes``), with streams of chance of their own, so that all rows of before stay: frauds by
money (``flows`` to ``places``, ``cashout``), by repute (``clusters``) and by haste (``velocity``; what breaks a limit
without being meant to is listed as well by ``limits``); those who look like them (``alike_money``, ``alike_haste``);
what everybody pays and orders (``everyday``); what of it bank statements show (``statements``).

What it leaves out: guarantees. A finding of their kinds in such a book is neither right nor wrong by its truth.
"""

from __future__ import annotations

from pathlib import Path
from random import Random

from .book import Book
from .borrowers import ordinary_borrowers
from .brokers import plant_brokers
from .building import build_town
from .contacts import list_contacts
from .innocents import note_innocents
from .later import add_later
from .money import lend
from .rings import plant_rings
from .tables import write_tables, write_truth

TOWNSPEOPLE = 3  # adults of the town for each applicant


def write_book(
    folder: Path,
    applicants: int = 20_000,
    seed: int = 1,
    rings: float = 1.2,
    brokers: float = 0.5,
    schemes: float = 1.0,
) -> Book:
    """Writes the tables and ``truth.json`` of a book of so many applicants into a folder, and returns the book.

    ``rings`` and ``brokers`` are the numbers of planted groups for each thousand applicants, ``schemes`` how often the
    other frauds are planted, 1 being what ``later`` says; with all three 0 the book holds no fraud. The same arguments
    give the same bytes.
    """
    book = Book(build_town(Random(seed), applicants * TOWNSPEOPLE))
    plant_rings(book, round(applicants * rings / 1000))
    plant_brokers(book, round(applicants * brokers / 1000))
    ordinary_borrowers(book, applicants - len(book.applicants))
    list_contacts(book)
    lend(book)
    later = add_later(book, seed, schemes)
    note_innocents(book)
    book.innocents += later.alike
    write_tables(book, folder, later)
    write_truth(book, folder, "second", seed)
    return book
