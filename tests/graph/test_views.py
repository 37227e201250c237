"""What every form of view shows, whole or in part: one body of behaviour for all of them.

First small cases worked by hand, then random books of which each form must show what a reading of their rows in plain
Python shows. ``FORMS`` is the list of forms: a new one is tested by being added to it.
"""

import random
from functools import cache

import numpy as np
import pandas as pd
import pytest
from ringfence.graph.kernels.texts import Texts
from ringfence.graph.model import ALWAYS, FOREVER, KINDS, RELATION_CODE, RELATIONS
from ringfence.graph.snapshot import GraphView
from support.plain_reading import TIMES, Reading, random_book
from support.toy import NOW, Book, Fact, Tie

SEEDS = range(6)
TABLES = ("applicants", "companies", "flags", "partners", "no_such_table")


# -- the forms: each makes of a book a view at a moment, and the names of the nodes that it shows, by number
def whole(book, as_of, chance):
    return book.snapshot(as_of), book.nodes()


def part_of_all(book, as_of, chance):
    names = book.nodes()
    return book.snapshot(as_of).part(chance.sample(range(len(names)), len(names))), names


def part_of_part(book, as_of, chance):
    names = book.nodes()
    return book.snapshot(as_of).part(range(len(names))).part(np.arange(len(names))), names


def part_at_another_time(book, as_of, chance):
    names = book.nodes()
    return book.snapshot(as_of + 2).part(range(len(names))).at(as_of), names


def part_of_some(book, as_of, chance):
    snapshot, chosen = book.snapshot(as_of), _some(len(book.nodes()), chance)
    return snapshot.part(chance.choices(chosen, k=len(chosen)) + chosen), _named(book, chosen)  # some of them twice


def part_of_a_smaller_part(book, as_of, chance):
    more = sorted(_some(len(book.nodes()), chance))
    fewer = _some(len(more), chance)
    return book.snapshot(as_of).part(more).part(fewer), _named(book, [more[node] for node in fewer])


def part_of_nothing(book, as_of, chance):
    return book.snapshot(as_of).part([]), []


def overlay_of_the_later_half(book, as_of, chance):
    """A snapshot of what was published by a revision, and over it what was published after."""
    last = max((row.revision for row in [*book.ties, *book.facts]), default=1)
    return book.overlay(last // 2, as_of)


def overlay_of_all(book, as_of, chance):
    return book.overlay(0, as_of)


def overlay_of_nothing(book, as_of, chance):
    return book.overlay(99, as_of)


def overlay_at_another_time(book, as_of, chance):
    view, names = book.overlay(1, as_of + 2)
    return view.at(as_of), names


def part_of_an_overlay(book, as_of, chance):
    view, names = book.overlay(1, as_of)
    chosen = _some(len(names), chance)
    return view.part(chosen), [names[number] for number in sorted(chosen)]


OVERLAYS = [overlay_of_the_later_half, overlay_of_all, overlay_of_nothing, overlay_at_another_time]
ALL_NODES = [whole, part_of_all, part_of_part, part_at_another_time, *OVERLAYS]
"""Forms that show all nodes of the book."""
FORMS = [*ALL_NODES, part_of_some, part_of_a_smaller_part, part_of_nothing, part_of_an_overlay]


def _some(count, chance):
    return chance.sample(range(count), round(count * 0.6))


def _named(book, numbers):
    """The names of some nodes, in the order in which a part numbers them."""
    names = book.nodes()
    return [names[number] for number in sorted(numbers)]


@cache
def _seen(form, seed) -> tuple[GraphView, Reading]:
    book, as_of = random_book(seed), 2
    view, names = form(book, as_of, random.Random(seed))
    return view, Reading(book, tuple(names), as_of)


@pytest.fixture(params=SEEDS, ids="seed {}".format)
def seed(request):
    return request.param


@pytest.fixture(params=FORMS, ids=lambda form: form.__name__)
def seen(request, seed):
    """A view of a random book, and the plain reading of it."""
    return _seen(request.param, seed)


@pytest.fixture(params=ALL_NODES, ids=lambda form: form.__name__)
def look(request):
    """Takes a book and gives a view of all of it."""
    return lambda book, as_of=3: request.param(book, as_of, random.Random(1))[0]


def at_each_time(seen):
    """A view and its plain reading at each of several times; the last one printed is where a test fails."""
    view, reading = seen
    for as_of in TIMES:
        print(f"at {as_of}")
        yield view.at(as_of), reading.at(as_of)


def rows(view, positions):
    """The places in the book of relationships that a view numbers: toy books tell them as rows, below a header."""
    return [told["row"] - 2 for told in view.evidence(positions)]


def everything(view):
    """int64: the positions of all relationships of a view, shown or not."""
    return np.unique(view.adjacency()[2])


def arrows(edges, view):
    """Relationships as ``A>B``, by the keys of their ends."""
    ends = [[name.partition(":")[2] for name in view.names(end)] for end in (edges.source, edges.target)]
    return sorted(f"{source}>{target}" for source, target in zip(*ends, strict=True))


# -- worked by hand
def test_a_state_shows_while_in_force_a_tie_and_an_event_for_good(look):
    book = Book(
        ties=[
            Tie("GUARANTEES", "company:A", "company:B", "g", 1.0, 2, 4, ALWAYS, {}),
            Tie("HAS_PHONE", "company:A", "phone:1", "p", 1.0, 2, 4, ALWAYS, {}),
            Tie("TRANSFERRED", "account:X", "account:Y", "t", 1.0, 2, 4, ALWAYS, {}),
        ]
    )
    view = look(book)
    for as_of, shown in [(1, 0), (2, 1), (3, 1), (4, 0), (9, 0)]:
        assert len(view.at(as_of).edges("GUARANTEES")) == shown
        assert len(view.at(as_of).edges("HAS_PHONE")) == 1
        assert len(view.at(as_of).edges("TRANSFERRED")) == 1


def test_what_ends_no_later_than_it_begins_is_told_apart_once_it_is_known(look):
    book = Book(
        ties=[
            Tie("GUARANTEES", "company:A", "company:B", "back", 1.0, 4, 2, 3, {}),
            Tie("GUARANTEES", "company:A", "company:B", "none", 1.0, 4, 4, 3, {}),
            Tie("GUARANTEES", "company:A", "company:B", "over", 1.0, 2, 4, ALWAYS, {}),
        ]
    )
    view = look(book)
    assert [rows(view, view.at(as_of).never_in_force("GUARANTEES")) for as_of in (2, 3, 9)] == [[], [0, 1], [0, 1]]


def test_nothing_shows_before_it_is_known(look):
    book = Book(
        ties=[Tie("HAS_PHONE", "company:A", "phone:1", "p", 1.0, ALWAYS, FOREVER, 3, {})],
        facts=[Fact("companies", "company:B", "b", ALWAYS, FOREVER, {"name": "乙"}, 4)],
    )
    view = look(book)
    for as_of, shown in [
        (2, []),
        (3, ["company:A", "phone:1"]),
        (4, ["company:A", "company:B", "phone:1"]),
    ]:
        assert sorted(view.names(np.flatnonzero(view.at(as_of).shown))) == shown
    assert view.at(3).facts("companies")["name"].tolist() == []
    assert view.at(4).facts("companies")["name"].tolist() == ["乙"]


def test_the_version_known_last_shows_of_those_the_one_published_last(look):
    def told(amount, known, revision):
        return Tie("TRANSFERRED", "account:X", "account:Y", "t", amount, 0, FOREVER, known, {}, revision)

    view = look(Book(ties=[told(10, 1, 2), told(20, 3, 1), told(30, 3, 3), told(40, 5, 1)]))
    shown = {as_of: view.at(as_of).edges("TRANSFERRED").amount.tolist() for as_of in range(7)}
    assert shown == {0: [], 1: [10], 2: [10], 3: [30], 4: [30], 5: [40], 6: [40]}


def test_a_row_that_is_stated_no_longer_and_never_was_hides_the_version_before(look):
    known_wrong = Tie("HAS_PHONE", "company:A", "phone:1", "p", 1.0, ALWAYS, FOREVER, 1, {})
    put_right = Tie("HAS_PHONE", "company:A", "phone:1", "p", 1.0, ALWAYS, ALWAYS, 3, {}, 2)
    view = look(Book(ties=[known_wrong, put_right]))
    assert [len(view.at(as_of).edges("HAS_PHONE")) for as_of in range(5)] == [0, 1, 1, 0, 0]


def test_a_flagged_tie_shows_and_links_no_one(look):
    book = Book().person("A", mobile="1").person("B", mobile="2")
    book._own("B", "HAS_PHONE", "phone:1", "mobile", "own")
    book.ties[-1].cells["flag"] = "landline"
    view = look(book)
    assert arrows(view.edges("HAS_PHONE"), view) == ["A>1", "B>1", "B>2"]
    assert arrows(view.ties("HAS_PHONE"), view) == ["A>1", "B>2"]


def test_the_present_state_is_blank_before_it_was_so(look):
    cells = {"name": "甲", "status": "closed", "balance": 5.0}
    view = look(Book(facts=[Fact("companies", "company:A", "a", ALWAYS, FOREVER, cells, ALWAYS, status=3)]))
    assert view.at(2).statements(0)[0]["data"] == {"name": "甲"}
    assert view.at(3).statements(0)[0]["data"] == cells
    early, late = view.at(2).facts("companies"), view.at(3).facts("companies")
    assert early["name"].tolist() == ["甲"]
    assert early[["status", "balance"]].isna().all(axis=None)
    assert late[["name", "status", "balance"]].iloc[0].to_dict() == cells


def test_a_part_holds_what_lies_among_its_nodes():
    book = Book().company("A").company("B").guarantees("A>B B>C C>A A>A").partner("某行", "bank")
    snapshot = book.snapshot()
    part = snapshot.part(snapshot.find_all(["company:C", "company:A"]))
    assert part.names(range(part.node_count)) == ["company:A", "company:C"]
    assert arrows(part.edges("GUARANTEES"), part) == ["A>A", "C>A"]
    assert part.facts("companies")["node"].tolist() == [part.find("company:A")]
    assert part.find("company:B") is None


def test_masks_are_of_tokens_that_have_one(look):
    with_mask, without = "tok_" + "1" * 32, "tok_" + "2" * 32
    view = look(Book(masks={with_mask: "138****1234"}).company("A"))
    assert view.mask(with_mask) == "138****1234"
    assert view.mask(without) is None
    assert view.mask("C1") is None
    cells = [with_mask, "C1", None, without, "", with_mask]
    assert view.masked(cells) == ["138****1234", "C1", None, None, "", "138****1234"]
    assert view.masked(pd.Series(cells, dtype=object)) == view.masked(cells)
    assert view.masked(iter([])) == []


# -- nodes
def test_nodes_are_numbered_and_named(seen):
    view, reading = seen
    names = list(reading.nodes)
    assert view.node_count == len(names)
    assert view.names(range(len(names))) == names
    assert view.names(np.arange(len(names))[::-1]) == names[::-1]
    assert [view.name(node) for node in range(len(names))] == names
    assert view.named().texts(range(len(names))) == names
    assert [KINDS[code] for code in view.kinds] == [name.partition(":")[0] for name in names]
    assert [view.kind(node) for node in range(len(names))] == [name.partition(":")[0] for name in names]
    assert view.kinds.dtype == np.uint8


def test_a_node_is_found_by_its_name_where_the_view_has_it(seen):
    view, reading = seen
    number = {name: place for place, name in enumerate(reading.nodes)}
    sought = [*reading.book.nodes(), "company:nobody", "", "company:", *reading.nodes] * 4
    assert view.find_all(sought).tolist() == [number.get(name, -1) for name in sought]
    assert view.find_all(sought[:3]).tolist() == [number.get(name, -1) for name in sought[:3]]
    assert view.find_all([]).tolist() == []
    assert [view.find(name) for name in sought] == [number.get(name) for name in sought]
    assert view.named().find_all(sought).tolist() == view.find_all(sought).tolist()
    assert view.find_all(sought).dtype == view.find_all([]).dtype == np.int64


def test_nodes_are_found_by_their_names_in_another_column_of_names(seen):
    view, reading = seen
    every = np.arange(view.node_count)
    for other in ([*reversed(reading.nodes[::2]), "company:nobody"], list(reading.nodes), []):
        place = {name: at for at, name in enumerate(other)}
        found = view.places_in(Texts.of(other), every[::-1])
        assert found.tolist() == [place.get(name, -1) for name in reversed(reading.nodes)]
        assert found.dtype == np.int64


def test_a_node_shows_where_a_row_states_it_or_a_relationship_ends_at_it(seen):
    for view, reading in at_each_time(seen):
        shown = [name in reading.shown for name in reading.nodes]
        assert view.shown.tolist() == shown
        assert [view.shows(node) for node in range(view.node_count)] == shown
        for kind in KINDS:
            of_kind = view.of_kind(kind)
            assert view.names(of_kind) == [
                name for name in reading.nodes if name in reading.shown and name.startswith(f"{kind}:")
            ]
            assert of_kind.dtype == np.int32


# -- relationships
def test_the_relationships_of_a_relation_that_show(seen):
    for view, reading in at_each_time(seen):
        for relation in RELATIONS:
            edges = view.edges(relation)
            expected = {place: tie for place, tie in reading.visible.items() if tie.relation == relation}
            ids = rows(view, edges.positions)
            assert sorted(ids) == sorted(expected)
            assert len(edges) == len(ids)
            for ends, side in ((edges.source, "source"), (edges.target, "target")):
                assert view.names(ends) == [getattr(expected[place], side) for place in ids]
                assert ends.dtype == np.int32
            np.testing.assert_array_equal(edges.amount, [expected[place].amount for place in ids])
            assert edges.valid_from.tolist() == [expected[place].start for place in ids]
            assert edges.valid_to.tolist() == [expected[place].end for place in ids]
            assert edges.positions.dtype == edges.valid_from.dtype == edges.valid_to.dtype == np.int64
            for name in ("flag", "via", "start_date", "ratio", "no_such_cell"):
                told = [None if pd.isna(cell) else cell for cell in edges.column(name)]
                assert told == [expected[place].cells.get(name) for place in ids]


def test_some_of_the_relationships_shown_are_told_as_all_are(seen):
    view, _ = seen
    edges = view.edges("HAS_PHONE")
    odd = np.arange(len(edges)) % 2 == 1
    for chosen in (odd, np.flatnonzero(odd)):
        some = edges.where(chosen)
        assert some.positions.tolist() == edges.positions[odd].tolist()
        assert some.target.tolist() == edges.target[odd].tolist()
        assert some.column("via").tolist() == edges.column("via")[odd].tolist()


def test_the_ties_of_a_relation_link_their_ends(seen):
    for view, reading in at_each_time(seen):
        for relation in RELATIONS:
            ties = view.ties(relation)
            expected = [place for place, tie in reading.linking.items() if tie.relation == relation]
            assert sorted(rows(view, ties.positions)) == sorted(expected)


def test_a_relationship_is_asked_by_its_position_whether_it_shows_and_links(seen):
    for view, reading in at_each_time(seen):
        positions = everything(view)
        ids = rows(view, positions)
        assert view.visible(positions).tolist() == [place in reading.visible for place in ids]
        assert view.links(positions).tolist() == [place in reading.linking for place in ids]
        assert view.visible(positions).dtype == view.links(positions).dtype == bool


def test_a_relationship_is_asked_by_its_position_since_when_it_is_true_and_why_it_links_no_one(seen):
    view, reading = seen
    positions = everything(view)
    ids = rows(view, positions)
    assert view.valid_from(positions).tolist() == [reading.within[place].start for place in ids]
    flags = [reading.within[place].cells.get("flag") for place in ids]
    assert view.flags(positions) == flags
    assert view.flagged(positions).tolist() == [flag is not None for flag in flags]


def test_neighbours_are_reached_from_both_ends_whatever_shows(seen):
    view, reading = seen
    offsets, neighbours, positions = view.adjacency()
    assert offsets.tolist()[:1] == [0]
    assert len(offsets) == view.node_count + 1
    assert (offsets.dtype, neighbours.dtype, positions.dtype) == (np.int64, np.int32, np.int64)
    for node, name in enumerate(reading.nodes):
        span = slice(offsets[node], offsets[node + 1])
        told = zip(rows(view, positions[span]), view.names(neighbours[span]), strict=True)
        ties = reading.within
        assert sorted(told) == [
            (place, ties[place].target if ties[place].source == name else ties[place].source)
            for place in reading.touching(name)
        ]


def test_the_relationships_of_some_nodes(seen, seed):
    view, reading = seen
    chosen = random.Random(seed).sample(range(view.node_count), view.node_count // 2)
    touching = view.touching(chosen)
    expected = [place for node in chosen for place in reading.touching(reading.nodes[node])]
    assert sorted(rows(view, touching)) == sorted(expected)
    degrees = view.degrees(np.array(chosen, dtype=np.int64))
    assert degrees.tolist() == [len(reading.touching(reading.nodes[node])) for node in chosen]
    assert touching.dtype == view.touching([]).dtype == np.int64
    assert view.touching([]).tolist() == []


def test_the_other_ends_of_some_nodes_relationships(seen):
    relations = ("GUARANTEES", "HAS_PHONE")
    for view, reading in at_each_time(seen):
        chosen = range(0, view.node_count, 2)
        names = {reading.nodes[node] for node in chosen}
        ends = [(tie.source, tie.target) for tie in reading.visible.values() if tie.relation in relations]
        expected = {other for pair in ends for one, other in (pair, pair[::-1]) if one in names}
        found = view.other_ends(chosen, relations)
        assert view.names(found) == [name for name in reading.nodes if name in expected]
        assert found.dtype == view.other_ends([], relations).dtype == np.int32


def test_relationships_are_told_with_their_source(seen):
    view, reading = seen
    positions = everything(view)
    assert sorted(rows(view, positions)) == sorted(reading.within)
    assert (positions < view.edge_count).all()
    told = view.evidence(positions)
    ids = [one["row"] - 2 for one in told]
    for place, one in zip(ids, told, strict=True):
        tie = reading.book.ties[place]
        assert one == {
            "source": tie.source,
            "target": tie.target,
            "relation": tie.relation,
            "uid": tie.uid,
            "file": "ties.csv",
            "row": place + 2,
        }
    assert view.evidence(positions.tolist()) == told
    assert view.evidence([]) == []
    assert view.uids(positions) == [one["uid"] for one in told]
    assert view.uids([]) == []
    source, target = view.ends(positions)
    assert view.names(source) == [one["source"] for one in told]
    assert view.names(target) == [one["target"] for one in told]
    assert source.dtype == target.dtype == np.int32
    assert [view.relation(position) for position in positions] == [one["relation"] for one in told]
    assert view.relation_codes(positions).tolist() == [RELATION_CODE[one["relation"]] for one in told]


def test_relationships_are_ordered_by_their_uids(seen):
    view, _ = seen
    positions = everything(view)[::-1]
    order = view.uid_order(positions)
    assert sorted(order.tolist()) == list(range(len(positions)))
    assert view.uids(positions[order]) == sorted(view.uids(positions))
    assert order.dtype == np.int64


def test_a_relationship_is_told_whole(seen):
    view, reading = seen
    for position in everything(view):
        whole = view.relationship(position)
        tie = reading.book.ties[whole["row"] - 2]
        amount = {} if np.isnan(tie.amount) else {"amount": tie.amount}
        assert whole == {
            **view.evidence([position])[0],
            **amount,
            "valid_from": tie.start,
            "valid_to": tie.end,
            "known_at": tie.known,
            "data": {name: cell for name, cell in tie.cells.items() if cell is not None},
        }


# -- facts
def told(frame, view):
    """What a frame of facts says: by uid, the node's name, its times and its cells."""
    assert frame["uid"].is_unique
    own = ("uid", "node", "valid_from", "valid_to")
    return {
        row["uid"]: (
            view.name(row["node"]) if row["node"] >= 0 else None,
            row["valid_from"],
            row["valid_to"],
            {name: cell for name, cell in row.items() if name not in own and not pd.isna(cell)},
        )
        for row in frame.to_dict("records")
    }


def expected_facts(reading, table, nodes):
    return {
        fact.uid: (fact.node, fact.start, fact.end, reading.cells(fact))
        for fact in reading.facts.values()
        if fact.table == table and fact.node in nodes
    }


def test_what_rows_of_a_table_say(seen):
    for view, reading in at_each_time(seen):
        for table in TABLES:
            frame = view.facts(table)
            assert told(frame, view) == expected_facts(reading, table, {*reading.nodes, None})
            assert list(frame.columns[:4]) == ["node", "valid_from", "valid_to", "uid"]
            assert (frame["node"].dtype, frame["valid_from"].dtype) == (np.int32, np.int64)


def test_what_rows_of_a_table_say_of_some_nodes(seen, seed):
    view, reading = seen
    chosen = random.Random(seed).sample(range(view.node_count), view.node_count // 2)
    for table in TABLES:
        expected = expected_facts(reading, table, {reading.nodes[node] for node in chosen})
        for nodes in (chosen, np.array(chosen, dtype=np.int32), chosen + chosen):
            assert told(view.facts(table, nodes), view) == expected
        assert told(view.facts(table, []), view) == {}


def test_what_rows_say_of_one_node(seen):
    for view, reading in at_each_time(seen):
        for node, name in enumerate(reading.nodes):
            statements = view.statements(node)
            expected = {place: fact for place, fact in reading.facts.items() if fact.node == name}
            assert sorted(one["row"] - 2 for one in statements) == sorted(expected)
            for one in statements:
                fact = expected[one["row"] - 2]
                assert one == {
                    "table": fact.table,
                    "uid": fact.uid,
                    "file": "facts.csv",
                    "row": one["row"],
                    "valid_from": fact.start,
                    "valid_to": fact.end,
                    "known_at": fact.known,
                    "data": reading.cells(fact),
                }


# -- masks and times
def test_people_see_masks_of_personal_values(seen):
    view, reading = seen
    masks = reading.book.masks
    assert [view.mask(token) for token in masks] == list(masks.values())
    cells = [*masks, "C1", None, "tok_" + "f" * 32, "", *masks]
    assert view.masked(cells) == [*masks.values(), "C1", None, None, "", *masks.values()]


def test_another_time_leaves_the_view_as_it_was(seen):
    view, reading = seen
    before = view.shown.copy()
    for as_of in TIMES:
        assert view.at(as_of).as_of == as_of
        assert view.at(as_of).at(reading.as_of).shown.tolist() == before.tolist()
    assert view.as_of == reading.as_of
    assert view.shown.tolist() == before.tolist()


def test_every_view_tells_its_revision_and_the_data_date_of_the_store(seen):
    view, reading = seen
    rows = [*reading.book.ties, *reading.book.facts]
    assert view.revision == max((row.revision for row in rows), default=1)
    assert view.data_date == NOW


# -- what parts have beyond that
def test_a_part_of_all_nodes_is_the_whole(seed):
    view, _ = _seen(whole, seed)
    part = view.part(np.arange(view.node_count))
    assert part.names(range(view.node_count)) == view.names(range(view.node_count))
    for mine, its in zip(part.adjacency(), view.adjacency(), strict=True):
        np.testing.assert_array_equal(mine, its)
    for relation in RELATIONS:
        assert part.edges(relation).positions.tolist() == view.edges(relation).positions.tolist()
    for table in TABLES:
        pd.testing.assert_frame_equal(part.facts(table), view.facts(table))


def test_positions_are_the_same_in_every_view(seed):
    view, _ = _seen(whole, seed)
    part, _ = _seen(part_of_some, seed)
    positions = everything(part)
    assert view.evidence(positions) == part.evidence(positions)


def test_partners_are_in_every_part():
    snapshot = Book().company("A").company("B").partner("某行", "bank").snapshot()
    for part in (snapshot.part([]), snapshot.part([1]), snapshot.part([1]).part([])):
        assert part.facts("partners")[["node", "partner_name"]].values.tolist() == [[-1, "某行"]]
        assert part.facts("partners", range(part.node_count)).empty
