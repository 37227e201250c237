"""Views are kept under their owner's name, shared if the owner says so, and hold no raw value."""

import pytest
from support.book import ringfence, write_book
from support.service import bearer, key_of, service

PLACED = [{"node": "company:C1", "x": 10.5, "y": -20}, {"node": "phone:13812345678", "x": 0, "y": 0}]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("views")
    write_book(folder / "tables")
    assert ringfence("load", "tables", cwd=folder).returncode == 0
    return folder


@pytest.fixture
def li(folder):
    """An investigator."""
    with service(f"sqlite:///{folder / 'ringfence.db'}", "investigator") as client:
        yield client


def header(client, *roles):
    """The header of another caller with these roles."""
    return bearer(key_of(client.app.state.reader.settings, *roles))


def keep(client, name, **more):
    """Keep a view, and its id."""
    answer = client.post("/v1/views", json={"name": name, "nodes": PLACED, **more})
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


def test_a_view_comes_back_with_its_places_and_filters(li):
    id = keep(li, "围绕甲公司", filters={"hide_hubs": True, "colour_by": "risk", "hidden_kinds": ["ip"]})
    view = li.get(f"/v1/views/{id}").json()
    assert view["nodes"][0] == PLACED[0]
    assert view["filters"] == {"hide_hubs": True, "colour_by": "risk", "hidden_kinds": ["ip"], "as_of": None}
    assert view["name"] == "围绕甲公司"


def test_a_raw_identifier_is_kept_as_its_token(li, folder):
    id = keep(li, "raw")
    assert li.get(f"/v1/views/{id}").json()["nodes"][1]["node"].startswith("phone:tok_")
    kept = b"".join(path.read_bytes() for path in folder.glob("*.views.db*"))
    assert b"C1" in kept
    assert b"13812345678" not in kept


def test_a_view_of_the_same_name_gives_way(li):
    first, second = keep(li, "one"), keep(li, "one", nodes=PLACED[:1])
    named = [view for view in li.get("/v1/views").json()["views"] if view["name"] == "one" and view["own"]]
    assert [(view["id"], view["nodes"]) for view in named] == [(second, 1)]
    assert li.get(f"/v1/views/{first}").status_code == 404


def test_others_open_a_shared_view_and_no_other(li):
    own, shared = keep(li, "mine"), keep(li, "ours", shared=True)
    other = header(li, "viewer")
    listed = li.get("/v1/views", headers=other).json()["views"]
    assert [(view["id"], view["own"]) for view in listed if view["id"] in (own, shared)] == [(shared, False)]
    assert li.get(f"/v1/views/{shared}", headers=other).status_code == 200
    assert li.get(f"/v1/views/{own}", headers=other).status_code == 404


def test_only_the_owner_removes_a_view(li):
    shared = keep(li, "stays", shared=True)
    assert li.delete(f"/v1/views/{shared}", headers=header(li, "supervisor")).status_code == 403
    assert li.delete(f"/v1/views/{shared}").json() == {"id": shared}
    assert li.get(f"/v1/views/{shared}").status_code == 404


def test_an_auditor_opens_shared_views_and_keeps_none(li):
    auditor = header(li, "auditor")
    assert li.get("/v1/views", headers=auditor).status_code == 200
    assert li.post("/v1/views", json={"name": "x", "nodes": PLACED}, headers=auditor).status_code == 403


def test_keeping_and_opening_is_on_record(li):
    id = keep(li, "on record")
    li.get(f"/v1/views/{id}")
    opened, kept = li.app.state.reader.audit.entries(2)
    assert (opened["action"], opened["subject"]) == ("api.view", f"view {id}")
    assert kept["action"] == "api.keep_view"


def test_an_erased_person_is_taken_out_of_every_view(tmp_path):
    write_book(tmp_path / "tables")
    assert ringfence("load", "tables", cwd=tmp_path).returncode == 0
    with service(f"sqlite:///{tmp_path / 'ringfence.db'}", "investigator") as client:
        id = keep(client, "erased", nodes=[*PLACED, {"node": "applicant:A1", "x": 1, "y": 1}])
        done = ringfence("erase", "applicant:A1", "--reason", "asked for", cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        names = [node["node"] for node in client.get(f"/v1/views/{id}").json()["nodes"]]
    assert names[0] == "company:C1"
    assert "applicant:A1" not in names
