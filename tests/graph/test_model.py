"""The vocabulary, and how a finding is named."""

import hashlib

from ringfence.graph.model import ALWAYS, FOREVER, KINDS, RELATIONS, Finding, finding_id, kind_of


def test_relations_join_kinds_that_exist():
    for relation in RELATIONS.values():
        assert set(relation.sources) | set(relation.targets) <= set(KINDS), relation.name
        assert relation.nature in ("tie", "event", "state")


def test_guarantees_holdings_and_control_are_states_and_payments_are_events():
    assert {RELATIONS[name].nature for name in ("GUARANTEES", "HOLDS_SHARE", "CONTROLS", "SAME_AS")} == {"state"}
    assert {RELATIONS[name].nature for name in ("TRANSFERRED", "REPAID", "DISBURSED_TO", "SIGNED_IN")} == {"event"}
    assert {RELATIONS[name].nature for name in ("HAS_PHONE", "USED_DEVICE", "OWNS", "LISTS_CONTACT")} == {"tie"}


def test_the_id_of_a_finding_hangs_on_kind_view_and_members_in_any_order():
    a, b = {"node": "company:A", "role": "party"}, {"node": "company:B", "role": "party"}
    one = Finding("guarantee_mutual", [b, a])
    assert one.id == Finding("guarantee_mutual", [a, b]).id
    text = "guarantee_mutual\nraw\nparty company:A\nparty company:B"
    assert one.id == hashlib.sha256(text.encode()).hexdigest()[:16]
    assert one.members == [a, b]
    others = {
        finding_id("guarantee_cycle", "raw", [a, b]),
        finding_id("guarantee_mutual", "contracted", [a, b]),
        finding_id("guarantee_mutual", "raw", [a]),
        finding_id("guarantee_mutual", "raw", [a, {**b, "role": "guarantor"}]),
    }
    assert len(others) == 4 and one.id not in others


def test_a_finding_has_the_json_shape_that_others_rely_on():
    assert set(Finding("velocity", []).as_dict()) == {
        "id", "kind", "view", "score", "rank", "rank_all", "colour", "members", "evidence", "reason_zh", "reason_en",
        "innocent_twin", "measures", "truncated", "as_of", "detector", "version", "thread",
        "run", "batch", "revision", "policy", "things", "explanations",
    }  # fmt: skip


def test_a_node_name_tells_its_kind():
    assert kind_of("company:C:1") == "company"
    assert ALWAYS < 0 < FOREVER
