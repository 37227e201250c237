"""What can go wrong with a Neo4j server is told in one line, within the time that was set, and nothing is written."""

import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager

import pandas as pd
import pytest
from neo4j import GraphDatabase
from ringfence.graph.errors import Unavailable, UserError
from ringfence.graph.store import open_store
from ringfence.graph.store.neo4j.connection import read_address
from ringfence.graph.store.neo4j.loads import take_over
from support.book import ringfence, write_book
from support.neo4j_server import MavenServer, empty_database, own_server

ONE_LINE = "the Neo4j server at 127.0.0.1"


@contextmanager
def session(url):
    """A session of the driver's own, past the product."""
    address = read_address(url)
    auth = (address.user, os.environ["RINGFENCE_NEO4J_PASSWORD"])
    with (
        GraphDatabase.driver(address.server, auth=auth) as driver,
        driver.session(database=address.database) as opened,
    ):
        yield opened


def everything(url):
    """Counts of all that a database holds, its constraints included."""
    with session(url) as asking:
        nodes = asking.run("MATCH (n) RETURN labels(n) AS labels, count(*) AS n ORDER BY labels").values()
        arcs = asking.run("MATCH ()-[r]->() RETURN type(r) AS type, count(*) AS n ORDER BY type").values()
        return nodes, arcs, asking.run("SHOW CONSTRAINTS YIELD name RETURN count(name)").values()


def refused(url, match, **more):
    with pytest.raises(UserError, match=match) as raised:
        open_store(url, **more)
    assert "\n" not in str(raised.value)
    return raised.value


# -- what a URL says


@pytest.mark.parametrize(
    ("url", "match"),
    [
        ("neo4j://neo4j:secret@h/neo4j", "must not hold a password"),
        ("neo4j://127.0.0.1:7687/neo4j", "must name user, host and database"),
        ("neo4j://neo4j@127.0.0.1", "must name user, host and database"),
        ("neo4j://neo4j@127.0.0.1:x/neo4j", "unreadable store URL"),
        ("bolt://neo4j@127.0.0.1/neo4j?policy=x", "must name user, host and database"),
    ],
)
def test_a_url_that_cannot_be_used_is_told_and_a_password_in_it_never_repeated(url, match, monkeypatch):
    monkeypatch.setenv("RINGFENCE_NEO4J_PASSWORD", "x")
    assert "secret" not in str(refused(url, match))


def test_a_url_without_a_password_anywhere_says_where_to_put_it(monkeypatch, tmp_path):
    monkeypatch.delenv("RINGFENCE_NEO4J_PASSWORD", raising=False)
    refused("neo4j://neo4j@127.0.0.1/neo4j", "set RINGFENCE_NEO4J_PASSWORD")
    monkeypatch.setenv("RINGFENCE_NEO4J_PASSWORD_FILE", str(tmp_path / "none"))
    refused("neo4j://neo4j@127.0.0.1/neo4j", "cannot read the password")


def test_a_time_limit_that_is_none_is_told(monkeypatch):
    monkeypatch.setenv("RINGFENCE_NEO4J_PASSWORD", "x")
    monkeypatch.setenv("RINGFENCE_NEO4J_TIMEOUT", "soon")
    refused("neo4j://neo4j@127.0.0.1/neo4j", "RINGFENCE_NEO4J_TIMEOUT cannot be 'soon'")


def test_no_server_is_told_within_the_time_that_was_set(monkeypatch):
    monkeypatch.setenv("RINGFENCE_NEO4J_PASSWORD", "x")
    monkeypatch.setenv("RINGFENCE_NEO4J_TIMEOUT", "2")
    begun = time.monotonic()
    assert isinstance(refused("neo4j://neo4j@127.0.0.1:1/neo4j", f"{ONE_LINE}:1 cannot be reached"), Unavailable)
    assert time.monotonic() - begun < 10


# -- what the server says


def test_a_password_from_a_file_opens_the_store(neo4j_url, monkeypatch, tmp_path):
    (tmp_path / "password").write_text(os.environ["RINGFENCE_NEO4J_PASSWORD"] + "\n")
    monkeypatch.delenv("RINGFENCE_NEO4J_PASSWORD")
    monkeypatch.setenv("RINGFENCE_NEO4J_PASSWORD_FILE", str(tmp_path / "password"))
    for scheme in ("neo4j", "bolt"):
        with closing(open_store(neo4j_url.replace("neo4j://", f"{scheme}://"))) as store:
            assert store.revision() == 0


def test_a_wrong_password_is_told_and_not_repeated(neo4j_url, monkeypatch):
    monkeypatch.setenv("RINGFENCE_NEO4J_PASSWORD", "a-wrong-password")
    assert "a-wrong-password" not in str(refused(neo4j_url, "refuses user 'neo4j': check RINGFENCE_NEO4J_PASSWORD"))


def test_a_wrong_database_is_told(neo4j_url):
    refused(neo4j_url.rpartition("/")[0] + "/nosuchbase", "has no database 'nosuchbase'")


def test_someone_elses_graph_is_refused_and_left_alone(neo4j_url):
    with session(neo4j_url) as own:
        own.run("CREATE (:Company {name: 'theirs'})-[:OWNS]->(:Thing)").consume()
    before = everything(neo4j_url)
    refused(neo4j_url, "holds a graph of something else")
    assert everything(neo4j_url) == before
    with session(neo4j_url) as own:
        own.run("MATCH (n) DETACH DELETE n").consume()


def test_a_store_of_a_newer_version_is_refused_and_left_alone(neo4j_url):
    open_store(neo4j_url).close()
    with session(neo4j_url) as own:
        own.run("MATCH (s:Ringfence {name: 'store'}) SET s.format = 99").consume()
    before = everything(neo4j_url)
    refused(neo4j_url, "newer version of Ringfence")
    assert everything(neo4j_url) == before


def test_an_empty_database_is_made_a_store_only_where_that_is_wanted(neo4j_url):
    before = everything(neo4j_url)
    assert isinstance(refused(neo4j_url, "run 'ringfence load' first", create=False), Unavailable)
    assert everything(neo4j_url) == before


# -- servers of these tests' own


@contextmanager
def started(**more):
    """A running server of our own, its password in the environment and little patience with it."""
    server = own_server(**more)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RINGFENCE_NEO4J_PASSWORD", server.password)
        patch.setenv("RINGFENCE_NEO4J_TIMEOUT", "4")
        try:
            server.start()
            yield server
        finally:
            server.remove()


def test_of_two_that_wait_for_each_other_the_one_that_the_server_ends_is_tried_again_however_slow_it_was(
    neo4j_url, monkeypatch
):
    monkeypatch.setenv("RINGFENCE_NEO4J_TIMEOUT", "3")
    with closing(open_store(neo4j_url)) as store:
        store.connection.write("CREATE (:Company {key: 'company:A'}) CREATE (:Company {key: 'company:B'})")
        both_hold_one = threading.Barrier(2)
        tries = []

        def crossing(first, second):
            def work(transaction):
                tries.append(first)
                lock = "MATCH (n:Company {key: $key}) SET n.seen = coalesce(n.seen, 0) + 1"
                transaction.run(lock, key=first)
                if len(tries) <= 2:
                    both_hold_one.wait(30)
                    time.sleep(4)  # longer than the driver goes on trying
                transaction.run(lock, key=second)

            store.connection.change(work)

        with ThreadPoolExecutor(2) as pool:
            ends = [pool.submit(crossing, *keys) for keys in (("company:A", "company:B"), ("company:B", "company:A"))]
            for end in ends:
                end.result(60)
        seen = store.connection.read("MATCH (n:Company) RETURN n.seen AS seen")
        assert [record["seen"] for record in seen] == [2, 2] and len(tries) >= 3


@pytest.fixture(scope="module")
def own(server_or_skip):
    """A server that these tests may stop."""
    with server_or_skip(started()) as server:
        yield server


@pytest.fixture
def server(own, monkeypatch):
    """That server, running and empty."""
    monkeypatch.setenv("RINGFENCE_NEO4J_PASSWORD", own.password)
    monkeypatch.setenv("RINGFENCE_NEO4J_TIMEOUT", "4")
    empty_database(own.url)
    return own


@contextmanager
def restarted(server, **settings):
    """The server started anew with other settings, a setting's dots written as two underscores."""
    own = {name.replace("__", "."): value for name, value in settings.items()}
    server.stop()
    server.settings |= own
    server.start()
    yield
    server.stop()
    for name in own:
        del server.settings[name]
    server.start()


def read_only(server):
    """The server started anew with its database read-only."""
    return restarted(server, server__databases__read_only="neo4j")


@pytest.fixture
def book(tmp_path):
    """A folder that holds the little book as tables."""
    write_book(tmp_path / "tables")
    return tmp_path


def state(url):
    """What the store shows of loads, nodes and relationships."""
    with closing(open_store(url)) as store:
        return [load.load for load in store.loads()], *store.counts()


def big_book(folder, rows):
    """Enough transfers to stop a server in their middle."""
    folder.mkdir()
    lines = [f"X{i},A{i % 997},A{i * 7 % 991},{i}.5,2026-01-01 10:00:00" for i in range(rows)]
    header = "transfer_id,from_account,to_account,amount,time\n"
    (folder / "transfers.csv").write_text(header + "\n".join(lines) + "\n")


def test_a_server_stopped_in_mid_load_shows_nothing_of_it_and_the_same_command_completes(server, book):
    assert ringfence("load", "tables", "--store", server.url, cwd=book).returncode == 0
    before = state(server.url)
    big_book(book / "big", 18_000)
    command = ("load", "big", "--store", server.url)
    ended = []
    loading = threading.Thread(target=lambda: ended.append((ringfence(*command, cwd=book), time.monotonic())))
    loading.start()
    with session(server.url) as own:
        while not own.run("MATCH (b:Batch {owner: 'TRANSFERRED'}) RETURN count(b) AS n").single()["n"] > 2:
            time.sleep(0.05)
    server.kill()
    killed = time.monotonic()
    loading.join(90)
    ((done, at),) = ended
    assert done.returncode == 2 and done.stdout == ""
    assert len(done.stderr.splitlines()) == 1 and ONE_LINE in done.stderr, done.stderr
    assert at - killed < 25
    server.start()
    assert state(server.url) == before
    again = ringfence(*command, cwd=book)
    assert again.returncode == 0, again.stderr
    assert state(server.url)[2]["TRANSFERRED"] == 18_001
    with session(server.url) as own:
        left = own.run("MATCH ()-[r:TRANSFERRED]->() RETURN count(r) AS n").single()["n"]
    assert left == 18_001, "what the first try wrote is gone"


@pytest.mark.soak  # a server stopped in the middle of a load is tried each time
def test_a_server_stopped_in_mid_detect_is_told_and_the_same_command_completes(server, book):
    assert ringfence("load", "tables", "--store", server.url, cwd=book).returncode == 0
    store = open_store(server.url)
    from ringfence.detectors.run import run

    with closing(store):
        snapshot = store.snapshot()
        begun = time.monotonic()
        with pytest.raises(UserError, match=f"{ONE_LINE}.*cannot be reached") as raised:
            run(snapshot, store, progress=lambda _: server.kill())
        assert isinstance(raised.value, Unavailable) and time.monotonic() - begun < 30
    server.start()
    done = ringfence("detect", "--store", server.url, cwd=book)
    assert done.returncode == 0, done.stderr
    with closing(open_store(server.url)) as store:
        runs = store.latest_runs()
        assert sum(found.findings for found in runs) == len(store.findings([found.run for found in runs])) > 0


@pytest.mark.soak  # a server that goes away is tried each time in the middle of a load
def test_a_server_restarted_under_the_service_is_503_while_away_and_normal_after(server, book, monkeypatch):
    from support.service import service

    for command in (("load", "tables"), ("detect",)):
        assert ringfence(*command, "--store", server.url, cwd=book).returncode == 0
    monkeypatch.setenv("RINGFENCE_NEO4J_TIMEOUT", "2")
    with service(server.url, raise_server_exceptions=False) as client:
        routes = ("/v1/health", "/v1/findings", "/v1/nodes/company:C1", "/v1/nodes/company:C1/neighbourhood")
        before = {route: client.get(route) for route in routes}
        assert {answer.status_code for answer in before.values()} == {200}
        server.stop()
        for route in routes:
            answer = client.get(route)
            assert answer.status_code == 503 and answer.headers["content-type"] == "application/problem+json"
            assert "cannot be reached: see that it runs" in answer.json()["detail"]
        server.start()
        for route in routes:
            answer = client.get(route)
            assert answer.status_code == 200 and answer.json() == before[route].json(), answer.text


@pytest.mark.soak  # two minutes, which the server names
def test_a_paused_server_is_told_and_not_waited_for_for_ever(server):
    with closing(open_store(server.url)) as store:
        server.pause()
        try:
            with pytest.raises(Unavailable, match=f"{ONE_LINE}.*cannot be reached"):
                store.revision()
            refused(server.url, "cannot be reached")
        finally:
            server.go_on()
        assert store.revision() == 0


@pytest.mark.soak  # four restarts of a server
def test_a_read_only_database_is_told_and_stays_as_it_is(server, book):
    with read_only(server):
        refused(server.url, "read-only: nothing was changed")
    assert ringfence("load", "tables", "--store", server.url, cwd=book).returncode == 0
    before, shown = everything(server.url), state(server.url)
    with read_only(server):
        for command in (("load", "tables"), ("detect",)):
            done = ringfence(*command, "--store", server.url, cwd=book)
            assert done.returncode == 2 and len(done.stderr.splitlines()) == 1, done.stderr
            assert "read-only: nothing was changed" in done.stderr
        assert everything(server.url) == before and state(server.url) == shown
        assert ringfence("status", "--store", server.url, cwd=book).returncode == 0


def certificate(folder):
    """A key and a certificate for this machine that nobody has signed but itself."""
    import datetime
    import ipaddress

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    today = datetime.datetime.now(datetime.UTC)
    signed = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(today - datetime.timedelta(1))
        .not_valid_after(today + datetime.timedelta(2))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False)
        .sign(key, hashes.SHA256())
    )
    folder.mkdir(parents=True)
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "private.key").write_bytes(key.private_bytes(*form))
    (folder / "public.crt").write_bytes(signed.public_bytes(serialization.Encoding.PEM))


@pytest.mark.soak  # servers with a certificate, and restarts of them
def test_an_encrypted_connection_works_and_one_that_cannot_be_trusted_is_told(server, monkeypatch):
    if not isinstance(server, MavenServer):
        pytest.skip("the certificate would have to be put into the container")
    certificate(server.folder / "certificates" / "bolt")
    encrypted = {"server__bolt__tls_level": "REQUIRED", "dbms__ssl__policy__bolt__enabled": "true"}
    server.scheme = "neo4j+ssc"
    with restarted(server, **encrypted, dbms__ssl__policy__bolt__client_auth="NONE"):
        for scheme in ("neo4j+ssc", "bolt+ssc"):
            with closing(open_store(server.url.replace("neo4j+ssc://", f"{scheme}://"))) as store:
                assert store.revision() == 0
        refused(server.url.replace("neo4j+ssc://", "neo4j+s://"), "with a certificate that this machine trusts")
        assert isinstance(refused(server.url.replace("neo4j+ssc://", "neo4j://"), ONE_LINE), Unavailable)
        server.scheme = "neo4j"


@pytest.mark.soak  # another version of the server, fetched and started
def test_a_server_that_is_too_old_is_told(server_or_skip):
    with server_or_skip(started(version="5.1.0")) as server:
        before = everything(server.url)
        refused(server.url, "is too old: Ringfence needs 5.26 or newer")
        assert everything(server.url) == before


def test_a_process_whose_load_was_taken_over_can_write_and_publish_no_more_nor_discard_it(neo4j_url):
    rows = pd.DataFrame(
        {
            "uid": ["g"], "source": ["company:A"], "target": ["company:B"], "amount": [1.0], "data": [None],
            "valid_from": [0], "valid_to": [9], "known_at": [0], "file": [1], "row": [2],
        }
    )  # fmt: skip
    with closing(open_store(neo4j_url)) as store:
        with pytest.raises(UserError, match="resumed or discarded by another process"), store.writer("a") as writer:
            take_over(store.connection, writer.load)
            writer.relationships("GUARANTEES", rows, {})
            writer.mark()
        with store.resuming() as writer:
            writer.relationships("GUARANTEES", rows, {})
            assert writer.publish({}, None) == 1
        with pytest.raises(ZeroDivisionError), store.writer("b") as writer:
            take_over(store.connection, writer.load)
            raise ZeroDivisionError
        with store.resuming() as writer:
            assert writer.publish({}, None) == 2
