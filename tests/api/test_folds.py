"""What a picture of more nodes than can be read folds away, and what opening a fold does."""

import random

import pytest
from ringfence.api.evidence import folds, items
from ringfence.api.evidence.picture import picture, picture_of
from ringfence.api.services.labels import Label
from ringfence.graph.errors import UserError

HUB = "merchant:M"
LIMIT, CORE = 40, 22


@pytest.fixture(autouse=True)
def small(monkeypatch):
    """A picture can hold a tenth of what it can, so that little is drawn in each test."""
    for room in (items, folds):
        monkeypatch.setattr(room, "NODE_LIMIT", LIMIT)
    monkeypatch.setattr(folds, "CORE", CORE)
    monkeypatch.setattr(folds, "FOLDS", 17)


def row(number, relation, source, target):
    return {"relation": relation, "source": source, "target": target, "uid": f"u{number}", "file": "f", "row": number}


def busy_shop(orders=50, employed=30):
    """A shop with customers, and a person whose employer has many people: members are the customers."""
    rows = [row(i, "ORDERED", f"applicant:C{i:03}", HUB) for i in range(orders)]
    rows += [row(1000 + i, "WORKS_AT", f"applicant:E{i:03}", "employer:W") for i in range(employed)]
    rows.append(row(2000, "WORKS_AT", "applicant:C000", "employer:W"))
    return rows


def drawn(rows, opened=()):
    names = {node: Label(node, node.partition(":")[2], "") for one in rows for node in (one["source"], one["target"])}
    members = [{"node": node, "role": "customer"} for node in sorted(names) if node.startswith("applicant:C")]
    return picture(members, rows, names, opened=opened), set(names)


def places(found):
    return {node["id"]: (node["x"], node["y"]) for node in found.nodes if not node["id"].startswith("label:")}


def label(found, name):
    return next((node["label"], node["label_en"]) for node in found.nodes if node["id"] == name)


def test_a_picture_that_can_be_read_folds_nothing():
    found, everything = drawn(busy_shop(orders=30, employed=5))
    assert found.folds == {} and places(found).keys() == everything


def test_what_hangs_on_a_hub_is_folded_by_kind_with_its_count():
    found, everything = drawn(busy_shop())
    # 50 customers, the shop, the employer and 30 employees. The core has the shop and members; the employer would be a
    # fold of its own, and is drawn.
    assert len(everything) == 82 and found.shown == CORE + 1
    hidden = {name: len(nodes) for name, nodes in found.folds.items()}
    assert sum(hidden.values()) == 82 - CORE - 1 == found.left_out["nodes"]
    (shop,) = [name for name in hidden if HUB in name]
    assert label(found, shop) == (f"个人 ＋{hidden[shop]}", f"Person +{hidden[shop]}")
    assert all(node.startswith("applicant:") for node in found.folds[shop])


def test_every_node_is_drawn_or_in_one_fold_and_no_picture_is_fuller_than_can_be_read():
    found, everything = drawn(busy_shop())
    told = [
        *(node for node in places(found) if node in everything),
        *(n for some in found.folds.values() for n in some),
    ]
    assert sorted(told) == sorted(everything)
    full, _ = drawn(busy_shop(), opened=[*found.folds])
    assert len(places(full)) == LIMIT


def test_opening_a_fold_moves_nothing_and_closing_it_gives_the_picture_that_was():
    before, _ = drawn(busy_shop())
    fold = max(before.folds, key=lambda name: len(before.folds[name]))
    after, _ = drawn(busy_shop(), opened=[fold])
    stood, stands = places(before), places(after)
    assert {name: stands[name] for name in stood} == stood and len(stands) > len(stood)
    left, all_of_it = len(after.folds[fold]), len(before.folds[fold])
    assert label(after, fold)[0] == f"个人 −{all_of_it - left} ＋{left}"
    assert drawn(busy_shop())[0] == before


def test_the_order_of_rows_changes_nothing():
    rows = busy_shop()
    fold = min(drawn(rows)[0].folds)
    print(seed := 7)
    shuffled = random.Random(seed).sample(rows, len(rows))
    assert drawn(shuffled, [fold])[0] == drawn(rows, [fold])[0]


def test_a_ring_of_too_many_is_folded_too():
    people = [f"applicant:P{i:03}" for i in range(45)]
    rows = [row(i, "HAS_PHONE", person, "phone:1") for i, person in enumerate(people)]
    names = {node: Label(node, "张*", "") for node in (*people, "phone:1")}
    thing = {"kind": "phone", "nodes": ["phone:1"], "members": people, "users": 45}
    found = picture_of(
        "fraud_ring", [{"node": one, "role": "member"} for one in people], rows, names, [thing], opened=()
    )
    assert found.shown == CORE and {len(nodes) for nodes in found.folds.values()} == {46 - CORE}


def test_a_page_in_which_nothing_can_be_opened_has_no_folds_but_as_many_nodes_as_can_be_read():
    found, everything = drawn(busy_shop(), opened=None)
    assert (found.folds, found.shown, found.left_out["nodes"]) == ({}, LIMIT, len(everything) - LIMIT)


def test_a_fold_that_there_is_not_is_refused_with_where_to_look():
    with pytest.raises(UserError, match="'folds' of the picture"):
        drawn(busy_shop(), opened=["fold:loan:company:X"])
