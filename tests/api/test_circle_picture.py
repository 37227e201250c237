"""The picture of a guarantee circle: amounts on arrows, key parties marked, a group as one box in a cycle."""

import pytest
from ringfence.api.cli import app
from support.case_book import write_tables
from support.service import service
from typer.testing import CliRunner

GROUP = "label:group:company:X1"
CONTRACTS = "contract_id,guarantor_id,borrower_id,amount,currency,start_date"


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    """Two circles: A and B stand surety for each other and B for D and D for B, so that B holds it together; and X1 for
    Y, Y for Z, Z for X2, where X1 and X2 are one group, so that it is closed by the group alone."""
    folder = tmp_path_factory.mktemp("circles")
    write_tables(
        folder / "tables",
        companies=[
            "company_id,name,group_id",
            *("A,甲公司,", "B,乙公司,", "D,丁公司,", "X1,子一公司,G", "X2,子二公司,G", "Y,某某公司,", "Z,张记公司,"),
        ],
        guarantees=[
            CONTRACTS,
            *("K1,A,B,8000000,CNY,2026-01-01", "K2,B,A,6000000,CNY,2026-01-01", "K3,B,D,5000000,CNY,2026-01-01"),
            *("K4,D,B,5000000,CNY,2026-01-01", "K5,X1,Y,1000000,CNY,2026-01-01", "K6,Y,Z,2000000,CNY,2026-01-01"),
            "K7,Z,X2,3000000,CNY,2026-01-01",
        ],
    )
    store = f"sqlite:///{folder}/book.db"
    assert CliRunner().invoke(app, ["load", str(folder / "tables"), "--store", store]).exit_code == 0
    with service(store) as client:
        yield client


def picture(client, view):
    """The picture of the one circle of a view."""
    (circle,) = [one for one in client.get("/v1/guarantees").json()["circles"] if one["view"] == view]
    answer = client.get(f"/v1/guarantees/{circle['id']}/picture")
    assert answer.status_code == 200, answer.text
    return answer.json()


def by_id(drawn):
    return {node["id"]: node for node in drawn["nodes"]}


def test_amounts_stand_on_arrows_that_lead_from_guarantor_to_borrower(client):
    drawn = picture(client, "raw")
    arcs = {(edge["from"], edge["to"]) for edge in drawn["edges"]}
    assert ("company:A", "company:B") in arcs
    texts = {node["label"] for node in drawn["nodes"] if node["id"].startswith("label:")}
    assert "800万元" in texts


def test_who_holds_it_together_is_marked(client):
    drawn = picture(client, "raw")
    assert drawn["key_nodes"] == ["company:B"]
    marked = [node["id"] for node in drawn["nodes"] if "★" in node["label"]]
    assert marked == ["company:B"]


def test_a_group_is_one_box_around_its_parties(client):
    nodes = by_id(picture(client, "contracted"))
    box = nodes[GROUP]
    wide, high = box["widthConstraint"]["minimum"], box["heightConstraint"]["minimum"]
    inside = [
        name
        for name, node in nodes.items()
        if name.startswith("company:") and abs(node["x"] - box["x"]) < wide / 2 and abs(node["y"] - box["y"]) < high / 2
    ]
    assert inside == ["company:X1", "company:X2"]


def test_a_cycle_of_groups_is_drawn_as_a_cycle(client):
    """The group, Y and Z stand at the corners of a triangle, and each of the three arcs counts as part of a cycle."""
    drawn = picture(client, "contracted")
    nodes = by_id(drawn)
    corners = [(nodes[name]["x"], nodes[name]["y"]) for name in (GROUP, "company:Y", "company:Z")]
    (ax, ay), (bx, by), (cx, cy) = corners
    assert abs((bx - ax) * (cy - ay) - (cx - ax) * (by - ay)) > 10_000  # twice the area: they stand in no line
    assert {edge["width"] for edge in drawn["edges"]} == {2.4}


def test_the_picture_is_the_same_each_time(client):
    assert picture(client, "contracted") == picture(client, "contracted")


def test_no_such_circle_is_an_error_in_one_line(client):
    answer = client.get("/v1/guarantees/0000000000000000/picture")
    assert answer.status_code == 404
    assert "ringfence guarantees list" in answer.json()["detail"]
