"""One numbering for a book and its parts: handsets joined, networks of Wi-Fi and address, the same ids in a part."""

import numpy as np
from ringfence.detectors.sharing.numbering import MOST_CO_USED, lay, seen_in
from ringfence.detectors.sharing.uses import WAY
from support.toy import Book


def handsets(book):
    """The devices of each handset, as sets of names, of all that have several."""
    snapshot = book.snapshot()
    frame = lay(snapshot)[0]
    found = {}
    for node, name in enumerate(snapshot.names(range(snapshot.node_count))):
        if name.startswith("device:"):
            found.setdefault(int(frame.joined[node]), set()).add(name.removeprefix("device:"))
    return sorted((devices for devices in found.values() if len(devices) > 1), key=min)


def networks(book):
    """Every Wi-Fi with an internet address it was used with, and who used both at once."""
    snapshot = book.snapshot()
    frame = lay(snapshot)[0]
    uses = frame.uses
    found = {}
    for place, key in enumerate(frame.networks.tolist()):
        pair = tuple(name.partition(":")[2] for name in snapshot.names([key >> 32, key & 0xFFFFFFFF]))
        users = uses.person[uses.value == snapshot.node_count + place]
        found[pair] = sorted(name.partition(":")[2] for name in snapshot.names(np.unique(users)))
    return found


def by_name(frame, snapshot, uses):
    """The ids a book's uses have in a frame, by the names of what says so: ``{(person, source, target, id)}``."""
    sources, targets = (snapshot.names(ends) for ends in snapshot.ends(uses.position))
    rows = zip(uses.person.tolist(), sources, targets, uses.value.tolist(), uses.merchant.tolist(), strict=True)
    return sorted(rows)


# -- handsets


def test_the_device_id_and_the_imei_of_one_application_are_one_handset():
    book = Book().application("A", "1", device="d1", imei="i1").application("B", "2", device="d2", imei="i2")
    assert handsets(book) == [{"d1", "i1"}, {"d2", "i2"}]


def test_handsets_are_joined_transitively():
    # Installed anew: a new device id on the old imei; later the card slot's other imei under the new id.
    book = Book().application("A", "1", device="d1", imei="i1").application("B", "2", device="d2", imei="i1")
    book.application("C", "3", device="d2", imei="i2").application("D", "4", device="d3")
    assert handsets(book) == [{"d1", "d2", "i1", "i2"}]


def test_a_blank_imei_joins_nothing():
    book = Book().application("A", "1", device="d1").application("B", "2", device="d2").application("A", "3", imei="i")
    assert handsets(book) == []


def test_two_handsets_of_one_person_or_account_stay_two():
    book = Book().application("A", "1", device="d1").application("A", "2", device="d2").owns("A", "card")
    book.signed_in("d1", "card", "2026-01-01").signed_in("d2", "card", "2026-01-01")
    assert handsets(book) == []


def test_two_devices_that_a_person_has_stay_two_handsets():
    assert handsets(Book().has("A", device="d").has("A", device="e")) == []


def test_a_device_used_with_too_many_others_joins_nothing():
    def cloned(count):
        book = Book().application("Z", "Z", device="d0", imei="other")
        for i in range(count):
            book.application(f"A{i}", f"{i}", device=f"d{i}", imei="clone")
        return book

    assert handsets(cloned(MOST_CO_USED)) == [{"clone", "other", *(f"d{i}" for i in range(MOST_CO_USED))}]
    assert handsets(cloned(MOST_CO_USED + 1)) == [{"d0", "other"}]


def test_every_id_of_a_handset_stands_for_all_of_it():
    book = Book().application("A", "1", device="d1", imei="i1").application("B", "2", device="d2", imei="i1")
    book.owns("C", "card").signed_in("d2", "card", "2026-01-01")
    snapshot = book.snapshot()
    uses = lay(snapshot)[0].uses
    handset = uses.where(uses.way == WAY["handset"])
    assert len(np.unique(handset.value)) == 1
    assert {name[-1] for name in snapshot.names(handset.person)} == {"A", "B", "C"}


def test_what_joins_is_known_only_later_joins_only_later():
    book = Book().application("A", "1", "2026-01-01", device="d1").application("B", "2", "2026-03-01", "d1", "i1")
    early = lay(book.snapshot("2026-02-01"))[0]
    late = lay(book.snapshot("2026-03-01"))[0]
    assert (early.joined == np.arange(len(early.joined))).all()
    assert (late.joined != np.arange(len(late.joined))).sum() == 1


# -- networks


def test_a_wifi_and_an_address_used_at_once_are_a_network_beside_both():
    book = Book().application("A", "1", wifi="w", ip="x").application("B", "2", wifi="w", ip="y")
    book.application("C", "3", wifi="w", ip="x").application("D", "4", wifi="w").application("E", "5", ip="x")
    assert networks(book) == {("w", "x"): ["A", "C"], ("w", "y"): ["B"]}
    snapshot = book.snapshot()
    uses = lay(snapshot)[0].uses
    wifi = uses.person[uses.value == snapshot.find("wifi:w")]
    assert [name[-1] for name in snapshot.names(np.unique(wifi))] == ["A", "B", "C", "D"]


def test_a_wifi_and_an_address_of_different_applications_are_none():
    assert networks(Book().application("A", "1", wifi="w").application("A", "2", ip="x")) == {}


def test_a_network_is_used_when_and_where_its_wifi_is():
    book = Book().application("A", "1", "2026-01-05", wifi="w", ip="x", merchant="m")
    snapshot = book.snapshot()
    frame = lay(snapshot)[0]
    uses = frame.uses
    (place,) = np.flatnonzero(uses.value == frame.size - 1)
    assert snapshot.relation(int(uses.position[place])) == "USED_WIFI"
    assert uses.time[place] == snapshot.edges("APPLIED").valid_from[0]
    assert snapshot.name(int(uses.merchant[place])) == "merchant:m"


# -- parts of a book


def whole():
    book = Book().application("X", "0", "2026-01-01", device="dx", wifi="wx", ip="ix")
    for i in range(6):
        book.person(f"A{i}", f"139{i % 2}").owns(f"A{i}", f"card{i}")
        book.application(
            f"A{i}", f"n{i}", "2026-02-01", device=f"d{i}", imei=f"i{i // 2}", wifi="w", ip=f"x{i // 3}", merchant="m"
        )
    return book


def around(book, people):
    """The rows of these people and of their applications."""
    nodes = {f"applicant:{key}" for key in people}
    nodes |= {tie.target for tie in book.ties if tie.relation == "APPLIED" and tie.source in nodes}
    return book.only(nodes)


def test_a_part_seen_in_the_frame_of_the_whole_has_the_same_ids():
    snapshot = whole().snapshot()
    frame = lay(snapshot)[0]
    uses = frame.uses
    part = around(whole(), ["A2", "A3", "A4"]).shuffled(1).snapshot()
    seen, numbers = seen_in(frame, part)
    assert [snapshot.name(i) for i in numbers] == part.names(range(part.node_count))
    of_part = np.isin(uses.person, seen.person)
    assert by_name(frame, part, seen) == by_name(frame, snapshot, uses.where(of_part))
    assert len(seen) == of_part.sum() > 0


def test_the_book_itself_is_seen_as_it_was_laid():
    snapshot = whole().snapshot()
    frame = lay(snapshot)[0]
    uses = frame.uses
    seen, numbers = seen_in(frame, snapshot)
    assert numbers.tolist() == list(range(snapshot.node_count))
    assert by_name(frame, snapshot, seen) == by_name(frame, snapshot, uses)


def test_a_device_the_part_alone_would_not_join_is_joined_as_in_the_whole():
    # A0 and A1 share the imei i0; of A1's application alone nothing tells that d0 is the same handset.
    snapshot = whole().snapshot()
    frame = lay(snapshot)[0]
    part = Book().application("N", "n", "2026-03-01", device="d0").application("A1", "n1", "2026-02-01", device="d1")
    seen, _ = seen_in(frame, part.snapshot())
    assert len(np.unique(seen.value)) == 1


def test_new_things_get_ids_behind_all_others():
    snapshot = whole().snapshot()
    frame = lay(snapshot)[0]
    part = Book().application("A0", "n0", "2026-02-01", device="d0", wifi="w", ip="x0")
    part.application("A0", "new", "2026-03-01", device="fresh", wifi="w", ip="fresh")
    part.application("N", "other", "2026-03-01", device="d1", wifi="w", ip="fresh")
    part = part.snapshot()
    seen, numbers = seen_in(frame, part)
    new = {
        name for name, number in zip(part.names(range(part.node_count)), numbers, strict=True) if number >= frame.size
    }
    assert new == {"application:new", "application:other", "applicant:N", "device:fresh", "ip:fresh"}
    assert len(np.unique(numbers)) == part.node_count
    of_network = seen.value[seen.way == WAY["network"]]
    beyond = np.setdiff1d(of_network, [*numbers, *range(frame.size)])
    # The new address makes one new network with the old Wi-Fi, whoever uses it; the old network keeps its id.
    assert len(beyond) == 1 and beyond[0] > numbers.max()
    assert (of_network == beyond[0]).sum() == 2
    assert np.isin(of_network, np.arange(len(frame.joined), frame.size)).sum() == 1
