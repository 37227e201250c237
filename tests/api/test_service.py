"""The HTTP service: answers, times, bounds, errors, and that no request for data goes unrecorded."""

import json
import shutil
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
from ringfence.api.access.audit import AuditLog
from ringfence.api.access.roles import SHOWS_NO_DATA
from ringfence.api.http.errors import STATUSES
from ringfence.api.http.guard import declared
from ringfence.api.http.routes import root, router
from ringfence.api.http.routes.asking import recorded
from ringfence.api.services import findings as services
from ringfence.api.services import listing
from ringfence.api.services import nodes as neighbours
from ringfence.graph.keys import load_key_file
from ringfence.graph.store import open_store
from ringfence.graph.times import parse_moment
from support.book import ringfence
from support.service import bearer, service

PHONE = "13812345678"
SLASHED = "company:粤/2024:07"


@pytest.fixture(scope="module")
def client(store_url):
    """A client of the service over the book."""
    with service(store_url) as client:
        yield client


@pytest.fixture(scope="module")
def store(store_url):
    """The book's store, for asking the library the same questions."""
    store = open_store(store_url, create=False)
    yield store
    store.close()


def node_url(name, more=""):
    """The address of a node: its name percent-encoded."""
    return f"/v1/nodes/{quote(name, safe='')}{more}"


# -- findings


def test_findings_are_those_of_the_library(client, store):
    answer = client.get("/v1/findings", params={"evidence": True}).json()
    runs, found = services.findings(store)
    assert answer["findings"] == found and len(found) >= 3
    assert answer["total"] == len(found)
    assert [run["run"] for run in answer["runs"]] == [run.run for run in runs]
    assert answer["truncated"] == []
    for finding in found:
        assert client.get(f"/v1/findings/{finding['id']}").json() == finding
        assert client.get(f"/v1/findings/{finding['id'][:10]}").json() == finding


def test_findings_by_kind_view_and_number(client):
    everything = client.get("/v1/findings").json()["findings"]
    cycles = client.get("/v1/findings", params={"kind": "guarantee_cycle", "view": "raw"}).json()
    assert cycles["findings"] == [finding for finding in everything if finding["kind"] == "guarantee_cycle"] != []
    assert client.get("/v1/findings", params={"view": "contracted"}).json()["total"] == 0
    assert client.get("/v1/findings", params={"top": 2}).json()["findings"] == everything[:2]


def test_pages_put_together_are_the_whole_and_say_what_is_left(client):
    whole = client.get("/v1/findings").json()
    pages, left = [], []
    for offset in range(whole["total"]):
        page = client.get("/v1/findings", params={"limit": 1, "offset": offset}).json()
        pages += page["findings"]
        left.append(page["truncated"][0]["skipped"] if page["truncated"] else 0)
    assert pages == whole["findings"]
    assert left == list(range(whole["total"]))[::-1]
    beyond = client.get("/v1/findings", params={"offset": whole["total"] + 5}).json()
    assert (beyond["findings"], beyond["truncated"]) == ([], [])


def test_findings_as_of_an_earlier_time_are_those_of_the_runs_made_for_it(book, tmp_path):
    for name in ("ringfence.db",):
        shutil.copyfile(book / name, tmp_path / name)
    done = ringfence("detect", "--as-of", "2026-01-31", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    with service(f"sqlite:///{tmp_path / 'ringfence.db'}") as client:

        def kinds(**params):
            return {finding["kind"] for finding in client.get("/v1/findings", params=params).json()["findings"]}

        # In January the cycle is not closed yet. The run for January is back-dated: today's is the one before it.
        assert "guarantee_cycle" in kinds()
        assert "guarantee_cycle" not in kinds(as_of="2026-02-01")
        assert client.get("/v1/findings", params={"as_of": "2025-01-01"}).json()["runs"] == []
        asked = {"kind": "guarantee_chain", "as_of": "2026-02-01"}
        chain = client.get("/v1/findings", params=asked | {"evidence": True}).json()["findings"][0]
        assert client.get(f"/v1/findings/{chain['id']}", params={"as_of": "2026-02-01"}).json() == chain
        assert client.get(f"/v1/findings/{chain['id']}", params={"as_of": "2025-01-01"}).status_code == 404


# -- nodes


def test_a_node_shows_its_facts_masks_and_relationships(client):
    answer = client.get(node_url("applicant:A2")).json()
    assert (answer["node"], answer["kind"], answer["label"]) == ("applicant:A2", "applicant", "欧阳*")
    (fact,) = answer["facts"]
    assert (fact["table"], fact["file"], fact["row"]) == ("applicants", "applicants.csv", 3)
    assert fact["data"]["name"] == "欧阳*"
    assert answer["relationships"] == {"APPLIED": 1, "HAS_PHONE": 1}
    assert "欧阳锋" not in json.dumps(answer, ensure_ascii=False)


def test_a_key_may_hold_slashes_colons_and_chinese(client):
    for address in (node_url(SLASHED), f"/v1/nodes/{SLASHED}"):
        answer = client.get(address).json()
        assert (answer["node"], answer["label"]) == (SLASHED, "<b>丁</b> & 戊公司")
    around = client.get(node_url(SLASHED, "/neighbourhood")).json()
    assert {node["node"] for node in around["nodes"]} == {SLASHED, "company:C3", "company:C5"}


def test_a_raw_key_is_tokenised_on_entry(client):
    token = load_key_file().token("phone", "+86" + PHONE)
    raw = client.get(node_url(f"phone:{PHONE}")).json()
    assert raw["node"] == f"phone:{token}" and raw["label"] == "138****5678"
    assert client.get(node_url(f"phone:{token}")).json() == raw
    assert PHONE not in json.dumps(raw)


def test_a_node_is_of_its_time(client):
    # The contract G3 starts on 2026-02-01, application P3 is of 2026-03-01.
    def guarantees(day):
        return client.get(node_url("company:C1"), params={"as_of": day}).json()["relationships"]["GUARANTEES"]

    assert (guarantees("2026-01-31"), guarantees("2026-02-01")) == (1, 2)
    early = client.get(node_url("application:P3"), params={"as_of": "2026-02-01"})
    assert early.status_code == 404 and "not known at 2026-02-01" in early.json()["detail"]
    figures = client.get(node_url("company:C1"), params={"as_of": "2026-01-01"}).json()["facts"][0]["data"]
    assert "net_assets" not in figures, "the figure is of 2026-01-31"


def test_a_time_with_an_unescaped_plus_is_read(client):
    answer = client.get(node_url("company:C1") + "?as_of=2026-02-01T08:00:00+08:00").json()
    assert answer["as_of"] == "2026-02-01T08:00:00+08:00"


# -- neighbourhoods and paths


def test_a_neighbourhood_holds_what_lies_within_its_hops(client):
    def around(hops):
        answer = client.get(node_url("company:C1", "/neighbourhood"), params={"hops": hops}).json()
        return {node["node"].replace("\\", ""): node["distance"] for node in answer["nodes"]}, answer

    one, answer = around(1)
    accounts = {name for name in one if name.startswith("account:tok_")}
    assert one == {"company:C1": 0, "company:C2": 1, "company:C3": 1} | dict.fromkeys(accounts, 1)
    assert len(accounts) == 1
    # Both ends among the nodes: the whole cycle, and the account.
    assert sorted(item["uid"] for item in answer["relationships"] if item["relation"] == "GUARANTEES") == [
        "guarantees:G1|company:C1|company:C2",
        "guarantees:G2|company:C2|company:C3",
        "guarantees:G3|company:C3|company:C1",
    ]
    two, _ = around(2)
    assert two[SLASHED] == 2 and one.items() <= two.items()


def test_a_landline_is_shown_where_it_is_asked_about_and_not_followed(client):
    own = client.get(node_url("applicant:A3", "/neighbourhood"), params={"hops": 1}).json()
    landline = next(
        n["node"]
        for n in own["nodes"]
        if n["label"].startswith("010")
        or "2345678" in n["label"]
        or (
            n["kind"] == "phone"
            and any(r["target"] == n["node"] and r["data"].get("flag") == "landline" for r in own["relationships"])
        )
    )
    users = client.get(node_url(landline, "/neighbourhood")).json()
    assert {n["node"] for n in users["nodes"]} == {landline, "applicant:A3", "applicant:A4"}
    # From the mobile of A3: the landline is two hops away, behind a tie of A3 that links no one.
    mobile = client.get(node_url("phone:13900001111", "/neighbourhood"), params={"hops": 2}).json()
    assert landline not in {n["node"] for n in mobile["nodes"]}


def test_bounds_of_a_neighbourhood_are_named_when_they_bite(client):
    answer = client.get(node_url("company:C3", "/neighbourhood"), params={"hops": 4, "limit": 3}).json()
    assert len(answer["nodes"]) == 3 and answer["nodes"][0]["node"] == "company:C3"
    (cut,) = answer["truncated"]
    assert (cut["bound"], cut["limit"], cut["could_change"]) == ("limit", 3, True) and cut["skipped"] > 0
    narrow = client.get(node_url("company:C3", "/neighbourhood"), params={"fan_out": 1}).json()
    assert [cut["bound"] for cut in narrow["truncated"]] == ["fan_out"]
    whole = client.get(node_url("company:C3", "/neighbourhood"), params={"hops": 4}).json()
    assert whole["truncated"] == []


def test_neighbourhoods_and_paths_are_those_of_the_library(client, store):
    moment = parse_moment("2026-02-10")
    snapshot = store.snapshot().at(moment)
    here, there = ("company:C6",) * 2, ("applicant:A1",) * 2
    asked = client.get(node_url("company:C1", "/neighbourhood"), params={"hops": 3, "as_of": "2026-02-10"}).json()
    assert asked == neighbours.neighbourhood(snapshot, "company:C1", "company:C1", 3)
    params = {"from": here[0], "to": "company:C1", "as_of": "2026-02-10"}
    assert client.get("/v1/paths", params=params).json() == neighbours.path(snapshot, here, ("company:C1",) * 2)
    apart = client.get("/v1/paths", params={**params, "to": there[0]}).json()
    assert apart == neighbours.path(snapshot, here, there) and not apart["found"]


def test_a_path_answers_from_either_end_and_names_its_bounds(client):
    params = {"from": f"phone:{PHONE}", "to": "applicant:A2"}
    answer = client.get("/v1/paths", params=params).json()
    assert (answer["found"], answer["hops"], answer["truncated"]) == (True, 1, [])
    back = client.get("/v1/paths", params={"from": "applicant:A2", "to": f"phone:{PHONE}"}).json()
    assert back["nodes"] == answer["nodes"][::-1] and back["relationships"] == answer["relationships"]
    far = client.get("/v1/paths", params={"from": "company:C1", "to": "company:C6", "max_hops": 1}).json()
    assert [cut["bound"] for cut in far["truncated"]] == ["max_hops"] and not far["found"]
    same = client.get("/v1/paths", params={"from": "company:C1", "to": "company:C1"}).json()
    assert (same["found"], same["hops"], len(same["nodes"])) == (True, 0, 1)


# -- errors


@pytest.mark.parametrize(
    ("address", "status", "told"),
    [
        ("/v1/findings/0000000000000000", 404, "no finding"),
        ("/v1/findings/phone", 404, "16 hex digits"),
        ("/v1/findings?kind=ring", 400, "unknown kind of finding"),
        ("/v1/findings?view=side", 422, "view"),
        ("/v1/findings?limit=0", 422, "limit"),
        ("/v1/findings?offset=-1", 422, "offset"),
        ("/v1/findings?as_of=tomorrow", 400, "unreadable time"),
        ("/v1/nodes/company:NONE", 404, "no node company:NONE"),
        ("/v1/nodes/phone:13800009999", 404, "no node phone:138****9999"),
        ("/v1/nodes/planet:Mars", 400, "unknown kind of node"),
        ("/v1/nodes/company", 400, "kind:key"),
        ("/v1/nodes/company:C1?as_of=31.31.2026", 400, "unreadable time"),
        ("/v1/nodes/company:NONE/neighbourhood", 404, "no node company:NONE"),
        ("/v1/nodes/company:C1/neighbourhood?hops=9", 422, "hops"),
        ("/v1/nodes/company:C1/neighbourhood?limit=many", 422, "limit"),
        ("/v1/paths?from=company:C1", 422, "to: Field required"),
        ("/v1/paths?from=company:C1&to=company:C2&max_hops=99", 422, "max_hops"),
        ("/v1/paths?from=&to=company:C2", 400, "kind:key"),
        ("/v1/nothing", 404, "no such route"),
        ("/v2/findings", 404, "no such route"),
        ("/docs/", 404, "no such route"),
        (
            "/v1/paths?limt=3",
            422,
            "limt: unknown parameter; there are: as_of, directed, fan_out, from, in_time, max_hops, to",
        ),
        (f"/v1/nodes/company:C1?{PHONE}=1", 422, "query: unknown parameter"),
    ],
)
def test_every_error_has_the_one_shape(client, address, status, told):
    answer = client.get(address)
    body = answer.json()
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.status_code == body["status"] == status
    assert told in body["detail"] and "\n" not in body["detail"]
    assert body["title"] and body["type"] == "about:blank"
    assert {error["parameter"] for error in body.get("errors", [])} == (
        {told.partition(":")[0]} if status == 422 else set()
    )


def test_a_wrong_method_is_a_problem_too(client):
    answer = client.post("/v1/findings")
    assert (answer.status_code, answer.headers["content-type"]) == (405, "application/problem+json")
    assert answer.headers["allow"] == "GET"


def test_a_defect_says_nothing_of_the_inside(store_url, monkeypatch):
    def broken(*_, **__):
        raise ZeroDivisionError(f"secret {PHONE}")

    monkeypatch.setattr(listing, "findings", broken)
    client = service(store_url, raise_server_exceptions=False)
    answer = client.get("/v1/findings")
    assert (answer.status_code, answer.headers["content-type"]) == (500, "application/problem+json")
    assert "secret" not in answer.text and "ZeroDivisionError" not in answer.text


def test_without_a_store_every_route_says_to_load_first_and_answers_once_there_is_one(book, tmp_path):
    client = service(f"sqlite:///{tmp_path / 'ringfence.db'}")
    for address in ("/v1/health", "/v1/findings", "/v1/nodes/company:C1"):
        answer = client.get(address)
        assert answer.status_code == 503 and "load" in answer.json()["detail"]
    assert not [path for path in tmp_path.iterdir() if ".access." not in path.name]
    shutil.copyfile(book / "ringfence.db", tmp_path / "ringfence.db")
    assert client.get("/v1/nodes/company:C1").status_code == 200


# -- the whole surface


def test_openapi_describes_every_route_parameter_and_error(client):
    document = client.get("/v1/openapi.json").json()
    routes = {route.path_format for route in (*root.routes, *router.routes)}
    assert (
        set(document["paths"])
        == routes
        >= {
            "/v1/findings",
            "/v1/findings/{id}",
            "/v1/nodes/{node}",
            "/v1/nodes/{node}/neighbourhood",
            "/v1/paths",
            "/v1/ask",
            "/v1/health",
        }
    )
    of_no_time = (
        "/v1/health", "/v1/ask", "/v1/openapi.json", "/v1/cases", "/v1/cases/{id}", "/v1/cases/{id}/people", "/v1/me",
        "/v1/cases/{id}/page", "/v1/dashboard", "/v1/findings/{id}/page", "/v1/findings/{id}/sheet", "/v1/jobs",
        "/v1/jobs/{job}", "/v1/views", "/v1/views/{view}",
    )  # fmt: skip
    pages = ("/", "/docs", "/v1/cases/{id}/page", "/v1/findings/{id}/page")
    other = {"/metrics": ["text/plain"], **{page: ["text/html"] for page in pages}}
    other["/console/{name}"] = ["text/html", "text/css", "text/javascript", "application/json"]
    done = {"200", "201", "202"}
    for path, item in document["paths"].items():
        for method, operation in item.items():
            assert operation["summary"] and operation["description"], path
            for parameter in operation.get("parameters", []):
                assert parameter.get("description"), (path, parameter["name"])
            for status, response in operation["responses"].items():
                shown = other.get(path, ["application/json"])
                kinds = shown if status in done else ["application/problem+json"]
                assert list(response["content"]) == kinds, (path, status)
            assert {"422", "500", *map(str, STATUSES.values())} <= set(operation["responses"]), path
            assert done & set(operation["responses"]), path
            if method == "get" and path.startswith("/v1/") and path not in of_no_time:
                assert "as_of" in {parameter["name"] for parameter in operation["parameters"]}, path
    assert "HTTPValidationError" not in document["components"]["schemas"]
    assert set(document["components"]["schemas"]["Problem"]["properties"]) == {
        "type", "title", "status", "detail", "errors",
    }  # fmt: skip


def audit_of(book):
    """The book's audit log."""
    return AuditLog(book / "ringfence.db.audit.db")


def test_no_route_forgets_the_audit(client, book):
    """Walks all routes: each depends on the audit, and each that shows data leaves a row before it answers."""
    for route in (*root.routes, *router.routes):
        assert recorded in {dependency.call for dependency in route.dependant.dependencies}, route.path
        before = len(audit_of(book).entries())
        address = route.path_format.format(
            id="00", finding="00", node="company:C1", name="console.css", view="00", job="7"
        )
        params = {"from": "company:C1", "to": "company:C2"} if route.name in ("paths", "all_paths") else {}
        params |= {"node": "company:C1"} if route.name == "why" else {"q": "C1"} if route.name == "search" else {}
        client.request(sorted(route.methods)[0], address, params=params, json={} if "POST" in route.methods else None)
        after = audit_of(book).entries()
        if declared(route).action in SHOWS_NO_DATA:
            assert len(after) == before, route.path
        else:
            assert len(after) == before + 1 and after[0]["action"] == f"api.{route.name}", route.path


def test_the_audit_holds_names_and_bounds_and_no_raw_value(client, book):
    client.get(node_url(f"phone:{PHONE}", "/neighbourhood"), params={"hops": 2})
    client.get("/v1/paths", params={"from": f"phone:{PHONE}", "to": "applicant:A2", "as_of": "2026-03-01"})
    client.get(f"/v1/findings/{PHONE}000")
    paths, around = audit_of(book).entries(3)[1:]
    token = load_key_file().token("phone", "+86" + PHONE)
    assert (around["action"], around["subject"], around["detail"]) == (
        "api.neighbourhood",
        f"phone:{token}",
        {"hops": "2"},
    )
    assert (paths["subject"], paths["detail"]) == (f"phone:{token} applicant:A2", {"as_of": "2026-03-01"})
    assert around["actor"].startswith("test ")


def test_a_new_load_shows_without_a_restart(book, tmp_path):
    shutil.copyfile(book / "ringfence.db", tmp_path / "ringfence.db")
    with service(f"sqlite:///{tmp_path / 'ringfence.db'}") as client:
        before = client.get(node_url("company:C1")).json()
        (tmp_path / "more").mkdir()
        (tmp_path / "more" / "companies.csv").write_text("company_id,name\nC9,壬公司\n", "utf-8")
        assert client.get(node_url("company:C9")).status_code == 404
        done = ringfence("load", "more", cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        assert client.get(node_url("company:C9")).json()["label"] == "壬公司"
        assert client.get(node_url("company:C1")).json()["revision"] == before["revision"] + 1


def test_many_at_once_are_answered_alike(store_url):
    """Requests on many threads, over one snapshot and a connection each, and no connection outlives its thread."""
    with service(store_url) as client:
        addresses = ["/v1/findings", node_url("company:C1"), node_url("company:C3", "/neighbourhood")]
        alone = [client.get(address).json() for address in addresses]
        barrier = threading.Barrier(8)

        def ask(number):
            barrier.wait()
            return [
                client.get(addresses[(number + step) % 3]).json() == alone[(number + step) % 3] for step in range(9)
            ]

        with ThreadPoolExecutor(8) as pool:
            assert all(all(answers) for answers in pool.map(ask, range(8)))


def test_a_real_server_listens_on_this_machine_only_and_says_so(book):
    shown = bearer(ringfence("access", "create", "server", "--role", "viewer", cwd=book).stdout.strip())
    command = [str(Path(sys.executable).with_name("ringfence")), "serve", "--port", "0"]
    with subprocess.Popen(command, cwd=book, stderr=subprocess.PIPE, text=True, encoding="utf-8") as process:
        try:
            assert process.stderr
            said = process.stderr.readline()
            assert "127.0.0.1" in said and "only" in said
            address = next(word for word in said.split() if word.startswith("http://127.0.0.1:"))
            assert httpx.get(f"{address}/v1/health", headers=shown, timeout=60).json()["status"] == "ok"
            around = httpx.get(f"{address}{node_url(SLASHED, '/neighbourhood')}", headers=shown, timeout=60).json()
            assert around["node"] == SLASHED
            foreign = httpx.get(f"{address}/v1/health", headers={"Host": "attacker.example"}, timeout=60)
            assert (foreign.status_code, foreign.headers["content-type"]) == (403, "application/problem+json")
            port = address.rpartition(":")[2]
            taken = ringfence("serve", "--port", port, cwd=book)
            assert taken.returncode == 2 and len(taken.stderr.splitlines()) == 1 and "--port" in taken.stderr
        finally:
            process.terminate()
            rest = process.stderr.read() if process.stderr else ""
    assert PHONE not in rest and "GET" not in rest, "no access log: addresses hold node names as asked for"
