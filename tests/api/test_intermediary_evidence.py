"""The evidence file of an intermediary: its clients around what it works through."""

from ringfence.api.evidence.page import evidence_page, evidence_rows
from ringfence.api.evidence.picture import picture_of
from ringfence.api.services.labels import labels
from support.broker_books import find, planted


def test_clients_stand_around_the_hub_that_is_drawn_once_and_as_no_person():
    book = planted()
    (found,) = find(book)
    told, snapshot = found.as_dict(), book.snapshot()
    rows = evidence_rows(snapshot, told["evidence"])
    nodes = {member["node"] for member in told["members"]}
    seen = labels(snapshot, nodes | {row[end] for row in rows for end in ("source", "target")})
    drawn = picture_of("intermediary", told["members"], rows, seen, told["things"])
    hub = next(member["node"] for member in told["members"] if member["role"] == "broker")
    assert drawn.shown == len(drawn.nodes) == 13
    assert sorted(node["id"] for node in drawn.nodes) == sorted(nodes)
    assert {hub in (edge["from"], edge["to"]) for edge in drawn.edges} == {True} and len(drawn.edges) == 12


def test_the_page_says_who_through_what_and_which_explanations_fail():
    book = planted()
    (found,) = find(book)
    page = evidence_page(found.as_dict(), book.snapshot())
    for words in ("中介代办", "Intermediary", "12名申请人背后是1部手机", "门店设备", "中介", "broker", "client"):
        assert words in page
