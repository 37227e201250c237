"""The service as those who keep it see it: probes, metrics, logs, limits, several processes, an orderly end."""

import json
import re
import shutil
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from fastapi.testclient import TestClient
from ringfence.api.access.audit import AuditLog
from ringfence.api.http.app import create_app
from ringfence.api.services import listing
from ringfence.api.services.reader import Reader
from ringfence.api.settings import Settings, read_settings
from ringfence.graph.errors import Unavailable, UserError
from support.book import ringfence, write_book
from support.service import BASE, bearer, key_of, service

PHONE = "13812345678"


@pytest.fixture(scope="module")
def client(store_url):
    with service(store_url) as client:
        yield client


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A folder with a store, its detectors run."""
    folder = tmp_path_factory.mktemp("made")
    write_book(folder / "tables")
    for command in (("load", "tables"), ("detect",)):
        assert ringfence(*command, cwd=folder).returncode == 0
    return folder


@pytest.fixture
def home(made, tmp_path):
    """A folder with a store of its own."""
    return shutil.copytree(made, tmp_path / "home")


@contextmanager
def served(cwd, *options):
    """A real service; gives its address, its process, and a key of an admin, and takes what it wrote in the end."""
    made = ringfence("access", "create", "admin", "--role", "admin", cwd=cwd)
    command = [str(Path(sys.executable).with_name("ringfence")), "serve", "--port", "0", *options]
    log = (cwd / "service.log").open("wb")
    with subprocess.Popen(command, cwd=cwd, stdout=log, stderr=subprocess.PIPE, text=True) as process:
        try:
            line = process.stderr.readline()
            address = re.search(r"https?://\S+", line)
            assert address, line
            yield address[0], process, bearer(made.stdout.strip())
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(60)
    log.close()


# -- probes and metrics


def test_probes_need_no_key_and_leave_no_record(store_url, book):
    audit = AuditLog(book / "ringfence.db.audit.db")
    before = audit.head()
    with TestClient(create_app(Settings(store=store_url)), base_url=BASE) as client:
        assert client.get("/healthz").json() == {"status": "ok"}
        told = [client.get("/readyz")]
        while told[-1].status_code == 503:
            told.append(client.get("/readyz"))
        assert told[-1].json() == {"status": "ok"}
        assert {answer.headers["content-type"] for answer in told[:-1]} <= {"application/problem+json"}
    assert audit.head() == before


def test_without_a_store_the_process_is_alive_and_not_ready(tmp_path):
    with TestClient(create_app(Settings(store=f"sqlite:///{tmp_path}/none.db")), base_url=BASE) as client:
        assert client.get("/healthz").status_code == 200
        told = client.get("/readyz")
        assert told.status_code == 503 and "ringfence load" in told.json()["detail"]


def test_a_reader_that_is_closed_at_once_waits_for_its_first_snapshot(home):
    for _ in range(5):
        reader = Reader(Settings(store=f"sqlite:///{home}/ringfence.db"))
        with pytest.raises(Unavailable):
            reader.check_ready()
        reader.close()
        assert "first snapshot" not in [thread.name for thread in threading.enumerate()]


def test_metrics_count_requests_by_route_and_hold_no_path(client):
    client.get(f"/v1/nodes/phone:{PHONE}")
    client.get(f"/v1/{PHONE}")
    told = client.get("/metrics")
    assert told.headers["content-type"].startswith("text/plain; version=0.0.4")
    assert 'ringfence_requests_total{method="GET",route="/v1/nodes/{node}",status="200"}' in told.text
    assert 'route="none",status="404"' in told.text and 'ringfence_request_seconds_bucket{le="0.2"' in told.text
    assert PHONE not in told.text


# -- strictness


def test_head_is_get_without_the_body_on_every_route_that_is_read(client, book):
    for address in ("/v1/findings", "/v1/nodes/company:C1", "/healthz", "/docs", "/v1/openapi.json"):
        got, head = client.get(address), client.head(address)
        assert (head.status_code, head.content) == (200, b"")
        assert head.headers["content-type"] == got.headers["content-type"]
    assert client.head("/v1/nodes/company:NONE").status_code == 404
    before = AuditLog(book / "ringfence.db.audit.db").head()[0]
    client.head("/v1/findings")
    assert AuditLog(book / "ringfence.db.audit.db").head()[0] == before + 1


def test_every_answer_has_security_headers_and_the_id_of_its_request(client):
    for address in ("/v1/findings", "/v1/none", "/docs"):
        headers = client.get(address, headers={"X-Request-ID": "a" * 32}).headers
        assert headers["x-content-type-options"] == "nosniff" and headers["x-frame-options"].lower() == "deny"
        assert "default-src 'none'" in headers["content-security-policy"]
        assert headers["cache-control"] == "no-store" and headers["referrer-policy"] == "no-referrer"
        assert headers["x-request-id"] == "a" * 32
    assert client.get("/healthz", headers={"X-Request-ID": PHONE}).headers["x-request-id"] != PHONE


def test_the_page_of_routes_fetches_nothing_and_lists_all(client):
    page = client.get("/docs")
    assert page.headers["content-type"].startswith("text/html")
    assert not re.search(r"(src|href)=|url\(|@import|https?://", page.text)
    for path in client.get("/v1/openapi.json").json()["paths"]:
        assert path in page.text


def test_the_description_says_who_may_ask_and_how(client):
    document = client.get("/v1/openapi.json").json()
    assert document["components"]["securitySchemes"]["bearer"]["scheme"] == "bearer"
    findings, probe = (document["paths"][path]["get"] for path in ("/v1/findings", "/healthz"))
    assert (findings["x-action"], findings["security"]) == ("findings.read", [{"bearer": []}])
    assert "viewer" in findings["x-roles"] and probe["security"] == [] and probe["x-roles"] == ["everybody"]


def test_a_request_for_another_host_is_refused_by_the_application_itself(client, store_url):
    for host in ("attacker.example", "127.0.0.1.attacker.example", "[", "127.0.0.1@attacker.example"):
        assert client.get("/v1/findings", headers={"Host": host}).status_code == 403, host
    for host in ("localhost:99", "127.0.0.1:8000", "LOCALHOST"):
        assert client.get("/v1/findings", headers={"Host": host}).status_code == 200, host
    with service(store_url, allowed_hosts=("ringfence.bank.example",)) as other:
        assert other.get("/v1/findings", headers={"Host": "ringfence.bank.example"}).status_code == 200


def test_whoever_asks_too_often_is_told_when_to_ask_again(store_url, tmp_path):
    with service(store_url, access=tmp_path / "keys.db", rate_limit=3) as client:
        told = [client.get("/v1/findings") for _ in range(8)]
        late = told[-1]
        # A new minute of the clock may begin once meanwhile.
        assert late.status_code == 429 and [answer.status_code for answer in told].count(200) in (3, 4, 5, 6)
        assert 1 <= int(late.headers["retry-after"]) <= 60
        assert late.headers["content-type"] == "application/problem+json"
        other = bearer(key_of(Settings(store=store_url, access=tmp_path / "keys.db"), "viewer"))
        assert client.get("/v1/findings", headers=other).status_code == 200
        assert client.get("/healthz", headers={"Authorization": ""}).status_code == 401


# -- settings


def test_settings_come_from_a_file_below_the_environment_below_what_is_given(tmp_path, monkeypatch):
    file = tmp_path / "ringfence.toml"
    file.write_text('port = 1\nworkers = 2\nrate_limit = 7\nallowed_hosts = ["a.example", "b.example"]\n')
    monkeypatch.setenv("RINGFENCE_SETTINGS", str(file))
    monkeypatch.setenv("RINGFENCE_WORKERS", "3")
    settings = read_settings(port=5)
    assert (settings.port, settings.workers, settings.rate_limit) == (5, 3, 7)
    assert settings.allowed_hosts == ("a.example", "b.example")
    monkeypatch.setenv("RINGFENCE_ALLOWED_HOSTS", "c.example, d.example")
    assert read_settings().allowed_hosts == ("c.example", "d.example")
    for text, told in (("prot = 1\n", "PROT"), ("port = 'x'\n", "PORT"), ("port", "RINGFENCE_SETTINGS")):
        file.write_text(text)
        with pytest.raises(UserError, match=told):
            read_settings()


def test_elsewhere_it_listens_only_with_a_key(home):
    refused = ringfence("serve", "--host", "0.0.0.0", "--port", "0", cwd=home)
    assert refused.returncode == 2 and "ringfence access create" in refused.stderr


# -- a real service


def test_its_log_is_json_with_route_and_id_and_without_paths(home):
    with served(home) as (address, _, shown):
        client = httpx.Client(base_url=address, headers=shown, timeout=60)
        told = client.get(f"/v1/nodes/phone:{PHONE}")
        client.get(f"/v1/nodes/phone:{PHONE}?{PHONE}=1")
        client.get(f"/{PHONE}")
    lines = [json.loads(line) for line in (home / "service.log").read_text().splitlines()]
    asked = [line for line in lines if line["event"] == "request"]
    assert [(line["route"], line["status"]) for line in asked] == [
        ("/v1/nodes/{node}", 200), ("/v1/nodes/{node}", 422), ("none", 404),
    ]  # fmt: skip
    assert asked[0]["request"] == told.headers["x-request-id"]
    assert {line["caller"] for line in asked[:2]} == {"admin"} and asked[0]["ms"] > 0
    assert PHONE not in (home / "service.log").read_text()


def test_a_defect_is_logged_by_kind_and_place_and_not_by_what_it_held(client, monkeypatch, caplog):
    def broken(*_, **__):
        raise ZeroDivisionError(f"secret {PHONE}")

    monkeypatch.setattr(listing, "findings", broken)
    told = client.get("/v1/findings")
    assert told.status_code == 500 and told.headers["x-content-type-options"] == "nosniff"
    (record,) = (record for record in caplog.records if record.msg == "defect")
    assert record.error == "ZeroDivisionError" and any("broken" in frame for frame in record.where)
    assert PHONE not in str(vars(record))


def test_several_workers_share_one_snapshot_and_switch_to_a_new_one_without_dropping_a_request(home):
    with served(home, "--workers", "2") as (address, process, shown):
        stop, answers = threading.Event(), []

        def ask():
            # A connection each, so that every worker has its share.
            while not stop.is_set():
                answers.append(
                    httpx.get(f"{address}/v1/nodes/company:C1", headers=shown, timeout=60).json()["revision"]
                )

        with ThreadPoolExecutor(4) as pool:
            asking = [pool.submit(ask) for _ in range(4)]
            try:
                wait_for(lambda: len(answers) > 20)
                (home / "more").mkdir()
                (home / "more" / "companies.csv").write_text("company_id,name\nC9,壬公司\n", "utf-8")
                assert ringfence("load", "more", cwd=home).returncode == 0
                wait_for(lambda: answers[-12:] == [2] * 12)
            finally:
                stop.set()
            for one in asking:
                one.result()
        assert set(answers) == {1, 2}
        workers = children(process.pid)
        files = [{line.split()[-1] for line in maps(worker) if ".snapshots/" in line} for worker in workers]
        assert len(files) == 2 and files[0] & files[1], "both have mapped the same files"
        counted = httpx.get(f"{address}/metrics", headers=shown, timeout=60).text
        total = re.search(r'requests_total\{method="GET",route="/v1/nodes/\{node\}",status="200"\} (\S+)', counted)
        assert total and float(total[1]) == len(answers), "all workers together"
    assert process.returncode in (0, -signal.SIGTERM)


def test_an_answer_under_way_is_finished_when_the_service_is_told_to_end(home):
    with served(home) as (address, process, shown), ThreadPoolExecutor(4) as pool:
        httpx.get(f"{address}/v1/findings", headers=shown, timeout=60)
        asked = [pool.submit(httpx.get, f"{address}/v1/nodes/company:C1", headers=shown, timeout=60) for _ in range(4)]
        wait_for(lambda: "C1" in str(AuditLog(home / "ringfence.db.audit.db").entries(1)))
        process.send_signal(signal.SIGTERM)
        ends = [one.exception() or one.result().status_code for one in asked]
        # Whoever was let in is answered; whoever came too late was not let in.
        assert all(end == 200 or isinstance(end, httpx.ConnectError | httpx.RemoteProtocolError) for end in ends)
        assert 200 in ends
        assert process.wait(60) in (0, -signal.SIGTERM)


def test_the_log_is_anchored_when_the_service_ends(home, monkeypatch):
    monkeypatch.setenv("RINGFENCE_AUDIT_ANCHOR", str(home / "anchor"))
    with served(home) as (address, _, shown):
        assert httpx.get(f"{address}/v1/findings", headers=shown, timeout=60).status_code == 200
    assert (home / "anchor").read_text().split()[1] == str(AuditLog(home / "ringfence.db.audit.db").head()[0])


def test_it_speaks_tls_where_it_has_a_certificate(home):
    command = "openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 2 -subj /CN=localhost"
    subprocess.run(
        [*command.split(), "-addext", "subjectAltName=IP:127.0.0.1"], cwd=home, check=True, capture_output=True
    )
    (home / "ringfence.toml").write_text('tls_cert = "cert.pem"\ntls_key = "key.pem"\n')
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RINGFENCE_SETTINGS", str(home / "ringfence.toml"))
        with served(home) as (address, _, shown):
            assert address.startswith("https://")
            told = httpx.get(f"{address}/v1/findings", headers=shown, timeout=60, verify=str(home / "cert.pem"))
            assert told.status_code == 200


def wait_for(met):
    """Waits until something is so, or fails."""
    for _ in range(1200):
        if met():
            return
        threading.Event().wait(0.05)
    raise AssertionError("it did not come to be within a minute")


def children(pid):
    """The worker processes of a process."""
    told = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(one) for one in told if "spawn_main" in Path(f"/proc/{one}/cmdline").read_text()]


def maps(pid):
    return Path(f"/proc/{pid}/maps").read_text().splitlines()
