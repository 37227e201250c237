"""A picture to explore: what comes in, what stays where it is, what is folded, and what it says of each node."""

import math

import pytest
from support.book import ringfence
from support.case_book import write_tables
from support.service import service

PEOPLE = ["applicant_id,name,mobile,region", "A1,王小明,13700000001,浙江", "A2,李红,13700000001,江苏"]
FLAGS = ["entity_kind,entity_key,flag,source,effective_from", "applicant,A2,blacklist,list,2026-01-01"]
HUB = 45
"""How many use one device: more than opening it puts in."""


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    """The service over a book: A1 and A2 have one phone, and A1's device has 45 users in all; an honest circle."""
    folder = tmp_path_factory.mktemp("explore")
    crowd = [f"H{place},赵某,13800{place:06d},上海" for place in range(HUB - 1)]
    applied = [f"N{place},H{place},2026-03-01,shared" for place in range(HUB - 1)]
    write_tables(
        folder / "tables",
        applicants=[*PEOPLE, *crowd],
        applications=["apply_no,applicant_id,apply_time,device_id", "N-A1,A1,2026-03-02,shared", *applied],
        companies=["company_id,name", "C1,甲公司", "C2,乙公司"],
        guarantees=[
            "contract_id,guarantor_id,borrower_id,amount,currency,start_date,end_date",
            "G1,C1,C2,3000000,CNY,2026-01-01,2028-01-01",
        ],
        flags=FLAGS,
    )
    done = ringfence("load", "tables", cwd=folder)
    assert done.returncode == 0, done.stderr
    with service(f"sqlite:///{folder / 'ringfence.db'}") as client:
        yield client


def explore(client, **asked):
    """The answer to a picture."""
    answer = client.post("/v1/explore", json=asked)
    assert answer.status_code == 200, answer.text
    return answer.json()


def placed(picture):
    """A picture as the next question sends it."""
    return [{"node": node["id"], "x": node["x"], "y": node["y"]} for node in picture["nodes"]]


def device(client):
    """The name of the device with many users."""
    around = explore(client, expand="application:N-A1")
    return next(node for node in around["added"] if node.startswith("device:"))


def test_a_node_is_put_in_alone(client):
    picture = explore(client, add=["company:C1"])
    assert [node["id"] for node in picture["nodes"]] == ["company:C1"]
    assert picture["edges"] == []
    assert picture["about"]["company:C1"]["beyond"] == {"company": 1}


def test_opening_a_node_puts_in_what_hangs_on_it(client):
    picture = explore(client, expand="company:C1")
    assert picture["added"] == ["company:C1", "company:C2"]
    (edge,) = picture["edges"]
    assert (edge["from"], edge["to"]) == ("company:C1", "company:C2")
    assert (edge["label"], edge["label_en"]) == ("300万元", "CNY 3,000,000")


def test_what_stands_does_not_move_by_a_pixel(client):
    stands = [{"node": "company:C1", "x": 12.5, "y": -300.25}, {"node": "applicant:A1", "x": 12.5, "y": 500}]
    picture = explore(client, placed=stands, expand="applicant:A1")
    assert placed(picture)[:2] == stands
    assert len(picture["nodes"]) > 3
    again = explore(client, placed=placed(picture), expand="company:C1")
    assert placed(again)[: len(picture["nodes"])] == placed(picture)


def test_the_same_question_has_the_same_answer(client):
    one, other = (explore(client, expand="applicant:A1", add=["company:C1"]) for _ in range(2))
    assert one == other


def test_a_person_is_masked_and_a_raw_identifier_is_no_part_of_the_answer(client):
    answer = client.post("/v1/explore", json={"add": ["phone:13700000001"], "expand": "applicant:A1"})
    assert "王*" in answer.text
    assert "137****0001" in answer.text
    assert "13700000001" not in answer.text
    assert "王小明" not in answer.text


def test_a_hub_is_named_and_opened_in_parts(client):
    hub = device(client)
    alone = explore(client, add=[hub])
    assert alone["about"][hub]["hub"] is True
    assert alone["about"][hub]["beyond"] == {"application": HUB}
    part = explore(client, placed=placed(alone), expand=hub)
    assert len(part["added"]) == 40
    assert part["truncated"] == [{"bound": "limit", "limit": 40, "skipped": HUB - 40, "could_change": True}]
    rest = explore(client, placed=placed(part), expand=hub)
    assert len(rest["added"]) == HUB - 40
    assert rest["truncated"] == []


def test_what_links_the_picture_comes_in_first(client):
    """A1's application is the last of the device's, and the only one that hangs on something in the picture."""
    hub = device(client)
    both = explore(client, add=[hub, "applicant:A1"])
    one = explore(client, placed=placed(both), expand=hub, limit=1)
    assert one["added"] == ["application:N-A1"]


def test_a_node_is_opened_by_kind(client):
    picture = explore(client, expand="applicant:A1", kind="phone")
    assert [node.partition(":")[0] for node in picture["added"]] == ["applicant", "phone"]


def test_new_nodes_stand_near_what_they_hang_on(client):
    stands = [{"node": "company:C1", "x": 0, "y": 0}, {"node": "applicant:A1", "x": 3000, "y": 0}]
    picture = explore(client, placed=stands, expand="company:C1")
    added = next(node for node in picture["nodes"] if node["id"] == "company:C2")
    assert math.dist((added["x"], added["y"]), (0, 0)) < 300


def test_regions_and_flags_are_told_for_colouring(client):
    about = explore(client, add=["applicant:A1", "applicant:A2"])["about"]
    assert (about["applicant:A1"]["region"], about["applicant:A1"]["flags"]) == ("浙江", [])
    assert (about["applicant:A2"]["region"], about["applicant:A2"]["flags"]) == ("江苏", ["blacklist"])


def test_a_placed_node_that_is_not_there_is_named_and_left_out(client):
    picture = explore(client, placed=[{"node": "company:GONE", "x": 0, "y": 0}], add=["company:C1"])
    assert picture["missing"] == ["company:GONE"]
    assert [node["id"] for node in picture["nodes"]] == ["company:C1"]


def test_a_node_that_is_sought_and_not_there_is_an_error_in_one_line(client):
    answer = client.post("/v1/explore", json={"add": ["company:GONE"]})
    assert answer.status_code == 404
    assert "\n" not in answer.json()["detail"]


def test_a_full_picture_says_to_take_some_out(client):
    full = [{"node": f"applicant:H{place}", "x": place * 100, "y": 0} for place in range(HUB - 1)]
    nodes = explore(client, placed=full, limit=200, expand=device(client))["nodes"]
    assert len(nodes) <= 400
    answer = client.post("/v1/explore", json={"placed": [full[0]] * 401})
    assert answer.status_code == 422


def test_every_node_of_a_picture_is_on_record(client):
    explore(client, placed=[{"node": "company:C2", "x": 0, "y": 0}], add=["company:C1"], expand="phone:13700000001")
    entry = client.app.state.reader.audit.entries(1)[0]
    assert entry["action"] == "api.explore"
    assert entry["subject"].startswith("company:C2 company:C1 phone:tok_")
    assert "13700000001" not in str(entry)
