"""Who may ask: every route against every role, keys that are made, shown once, expire and are revoked."""

import json
import sqlite3
import time
from contextlib import closing
from threading import Event, Thread

import pytest
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient
from ringfence.api.access.audit import AuditLog
from ringfence.api.access.gate import open_keys
from ringfence.api.access.keys import FRESH_SECONDS, Keys
from ringfence.api.access.roles import ACTIONS, ANONYMOUS, ROLES, may
from ringfence.api.http.app import create_app
from ringfence.api.http.guard import UNDECLARED, declared, declares
from ringfence.api.http.routes import root, router
from ringfence.api.settings import Settings
from support.book import ringfence
from support.processes import until
from support.service import BASE, bearer, key_of, service

ROUTES = [*root.routes, *router.routes]


@pytest.fixture(scope="module")
def settings(store_url):
    return Settings(store=store_url)


@pytest.fixture(scope="module")
def anonymous(settings):
    """A client that shows nothing."""
    with TestClient(create_app(settings), base_url=BASE, raise_server_exceptions=False) as client:
        yield client


def ask(client, route, **headers):
    """One request of a route by its method, with names that may exist or not."""
    address = route.path_format.format_map(
        {"node": "company:C1"} | {name: "00" for name in route.param_convertors if name != "node"}
    )
    return client.request(sorted(route.methods)[0], address, headers=headers)


def test_every_route_is_on_the_router_and_declares_an_action_of_the_table(anonymous):
    beside = [getattr(route, "path", None) for route in anonymous.app.routes]
    assert beside == [None, None], "a route beside the routers is not guarded"
    for route in ROUTES:
        assert isinstance(route, APIRoute)
        assert declared(route).action in ACTIONS, f"{route.path} declares no action"


def test_every_route_answers_the_roles_of_its_action_and_nobody_else(anonymous, settings):
    keys = {role: key_of(settings, role) for role in ROLES}
    for route in ROUTES:
        action = declared(route).action
        told = ask(anonymous, route)
        assert (told.status_code == 401) == (ANONYMOUS not in ACTIONS[action]), route.path
        for role, key in keys.items():
            told = ask(anonymous, route, **bearer(key))
            assert told.status_code != 401, (route.path, role)
            assert (told.status_code == 403) == (not may({role}, action)), (route.path, role)


def test_a_refusal_names_the_action_and_the_roles_that_may_and_is_on_record(settings):
    with service(settings.store, "engineer") as client:
        told = client.get("/v1/findings")
    assert (told.status_code, told.headers["content-type"]) == (403, "application/problem+json")
    assert "findings.read" in told.json()["detail"]
    assert "viewer, investigator, supervisor, auditor, admin may" in told.json()["detail"]
    (row,) = AuditLog(settings.audit_file).entries(1)
    assert (row["action"], row["subject"], row["detail"]) == ("api.findings", "findings.read", {"refused": True})


def test_a_route_that_declares_nothing_is_refused_to_everybody(settings):
    app = create_app(settings)

    @router.get("/forgotten")
    def forgotten():
        return {}

    try:
        assert declared(router.routes[-1]) == UNDECLARED
        app.include_router(router)
        with TestClient(app, base_url=BASE) as client:
            assert client.get("/v1/forgotten").status_code == 401
            assert client.get("/v1/forgotten", headers=bearer(key_of(settings, *ROLES))).status_code == 403
    finally:
        router.routes.pop()


def test_an_action_that_is_not_in_the_table_is_nobodys():
    @declares("no.such", lambda _: "")
    def endpoint(): ...

    assert not any(may({role}, endpoint.declared.action) for role in (*ROLES, ANONYMOUS))


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Basic YTpi", "rf_x", "Bearer rf_x", "Bearer rf_x rf_y"])
def test_what_is_no_key_is_refused_with_the_scheme_to_use(anonymous, header):
    for route in ("/v1/findings", "/v1/health"):
        told = anonymous.get(route, headers={"Authorization": header})
        assert (told.status_code, told.headers["www-authenticate"]) == (401, "Bearer")
        assert told.headers["content-type"] == "application/problem+json"
        assert "ringfence access create" in told.json()["detail"] or "Bearer KEY" in told.json()["detail"]


def test_where_no_key_was_made_the_service_says_which_command_makes_the_first(tmp_path, book):
    settings = Settings(store=f"sqlite:///{book / 'ringfence.db'}", access=tmp_path / "none.db")
    with TestClient(create_app(settings), base_url=BASE) as client:
        for headers in ({}, bearer("rf_guessed")):
            told = client.get("/v1/findings", headers=headers)
            assert told.status_code == 401
            assert "'ringfence access create --role admin' makes the first" in told.json()["detail"]
        assert not settings.access_file.exists()
        assert client.get("/v1/findings", headers=bearer(key_of(settings, "viewer"))).status_code == 200


def test_a_revoked_key_is_refused_within_a_second_by_a_service_that_runs(settings):
    with service(settings.store, "viewer") as client, service(settings.store, "viewer") as other:
        assert client.get("/v1/findings").status_code == other.get("/v1/findings").status_code == 200
        name = AuditLog(settings.audit_file).entries(2)[1]["actor"]
        open_keys(settings, create=False).revoke(name)
        time.sleep(0.9)
        told = client.get("/v1/findings")
        assert told.status_code == 401 and "revoked" in told.json()["detail"]
        assert other.get("/v1/findings").status_code == 200


def test_guesses_do_not_make_the_service_read_the_file_each_time_and_a_new_key_is_known_at_once(settings, tmp_path):
    class Counted(Keys):
        reads = 0

        def all(self):
            self.reads += 1
            return super().all()

    made = open_keys(settings.model_copy(update={"access": tmp_path / "keys.db"}), create=True)
    keys = Counted(made.path, made._secret)
    began = time.monotonic()
    assert not any(keys.find(f"rf_{guess}") for guess in range(500))
    assert keys.reads <= 2 + (time.monotonic() - began) / FRESH_SECONDS
    key = made.create("new", frozenset({"viewer"}), 1, "test")
    found = keys.find(key)
    assert found is not None and found.state == "valid"
    made.revoke("new")
    until(lambda: keys.find(key).state == "revoked")
    assert FRESH_SECONDS < 1


def test_a_key_is_looked_for_while_the_log_of_its_file_comes_and_goes(tmp_path):
    class Unread(Keys):
        def all(self):
            return []

    keys, over = Unread(tmp_path / "keys.db", b"secret"), Event()
    log = tmp_path / "keys.db-wal"

    def come_and_go():
        while not over.is_set():
            log.touch()
            log.unlink()

    thread = Thread(target=come_and_go)
    thread.start()
    try:
        assert not any(keys.find(f"rf_{guess}") for guess in range(3000))
    finally:
        over.set()
        thread.join()


def test_an_expired_key_is_refused(settings, tmp_path):
    settings = settings.model_copy(update={"access": tmp_path / "keys.db"})
    key = key_of(settings, "viewer")
    with closing(sqlite3.connect(settings.access_file)) as file, file:
        file.execute("UPDATE keys SET expires_at = ?", (int(time.time() * 1000) - 1,))
    with TestClient(create_app(settings), base_url=BASE) as client:
        told = client.get("/v1/findings", headers=bearer(key))
    assert told.status_code == 401 and "expired" in told.json()["detail"]


def test_the_file_holds_no_key_and_no_plain_hash_of_one(settings, tmp_path):
    import hashlib

    settings = settings.model_copy(update={"access": tmp_path / "keys.db"})
    key = key_of(settings, "viewer")
    with closing(sqlite3.connect(settings.access_file)) as file:
        text = json.dumps(file.execute("SELECT * FROM keys").fetchall())
    assert key not in text and key.removeprefix("rf_") not in text
    assert hashlib.sha256(key.encode()).hexdigest() not in text
    assert len(key) >= 43


def test_commands_make_list_and_revoke_keys_and_leave_a_record(tmp_path, monkeypatch):
    monkeypatch.setenv("RINGFENCE_KEY_FILE", str(tmp_path / "keys.json"))
    made = ringfence("access", "create", "--role", "admin", "--days", "3", cwd=tmp_path)
    assert made.returncode == 0 and made.stdout.startswith("rf_") and "shown once" in made.stderr
    again = ringfence("access", "create", "scorer", "--role", "engineer", "--role", "viewer", cwd=tmp_path)
    assert again.returncode == 0 and again.stdout != made.stdout
    twice = ringfence("access", "create", "scorer", "--role", "viewer", cwd=tmp_path)
    assert twice.returncode == 2 and "revoke it first" in twice.stderr
    listed = ringfence("access", "list", cwd=tmp_path).stdout
    assert "engineer viewer" in listed and made.stdout.strip() not in listed and listed.count("valid") == 2
    assert ringfence("access", "revoke", "scorer", cwd=tmp_path).returncode == 0
    assert "revoked" in ringfence("access", "list", cwd=tmp_path).stdout
    gone = ringfence("access", "revoke", "scorer", cwd=tmp_path)
    assert gone.returncode == 2 and "no valid key" in gone.stderr
    actions = [row["action"] for row in AuditLog(tmp_path / "ringfence.db.audit.db").entries()]
    assert actions == ["cli.access.revoke", *["cli.access.create"] * 3]
    unknown = ringfence("access", "create", "--role", "root", cwd=tmp_path)
    assert unknown.returncode == 2 and "viewer" in unknown.stderr


def test_the_table_of_roles_is_printed_whole(run):
    from ringfence.api.cli import app
    from typer.testing import CliRunner

    told = CliRunner().invoke(app, ["access", "roles"]).stdout
    assert all(f"{role}: " in told for role in ROLES) and all(f"{action}: " in told for action in ACTIONS)
