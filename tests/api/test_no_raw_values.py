"""No personal value that a book holds can be read in anything that Ringfence writes, while it works and afterwards.

A book with one distinctive value of every personal kind, in good cells and in dirty ones, goes through the commands;
meanwhile and at the end every byte of every file is looked through, and all that commands print.
"""

import gzip
import os
import signal
import struct
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
import zipfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

import pandas as pd
import psycopg
import pytest
from ringfence.graph.store import open_store
from support.book import ringfence
from support.neo4j_server import MavenServer, jars

AGREED = "7c" * 32
PHONES = ("13987650123", "13987650999", "13987650777", "13987650555")
SPOKEN = ("139 8765 0123", "139-8765-0999", "１３９８７６５０７７７")
TRACES = (
    *PHONES, *SPOKEN, "139 8765 0555", "021-58765432", "58765432", "310115198807230018", "31011519880723001X",
    "310115880723001", "310115198813399876", "G87654321", "6228480098765432109", "6228 4800 9876", "9558801234598765432",
    "Planted.Person", "planted.person", "planted#person", "翡翠湾路77弄", "琥珀街123", "翡翠儿", "玛瑙",
    "planted-device-9f8e7d6c", "867530901234560", "DE:AD:BE:EF:77:66", "de:ad:be:ef:77:66", "203.113.45.67",
    "2001:db8:77:66", "31.234567", "31.235,121.473",
)  # fmt: skip
"""As they are written and as they are normalised."""
NEEDLES = {
    form: trace
    for trace in TRACES
    for form in (trace.encode(), trace.encode("gb18030"), trace.encode("utf-16-le"), trace.encode("utf-16-be"))
} | {struct.pack("<d", 31.234567): "31.234567 as a number"}

# fmt: off
# ruff: noqa: E501
TABLES = {
    "applicants": """applicant_id,name,cert_type,cert_no,mobile,email,bank_card_no,employer_phone,home_address,work_address
A1,欧阳翡翠儿,身份证,310115198807230018,139 8765 0123,Planted.Person@mail.example.cn,6228 4800 9876 5432 109,021-58765432,上海市浦东新区翡翠湾路77弄66号,苏州市工业园区琥珀街123号
A2,诸葛玛瑙,护照,G87654321,１３９８７６５０７７７,planted#person,6228480098765432109,,上海市浦东新区翡翠湾路77弄66号,
A3,欧阳翡翠儿,身份证,310115198813399876,欧阳翡翠儿,,,,,
A4,李雷,身份证,310115880723001,13987650123,,,,13987650555,
A5,王五,身份证,3.10115198807E+17,,,,,,""",
    "identifiers": "owner_id,kind,value\nA1,手机,139-8765-0123\nA2,证件,310115198807230018\nA2,设备,planted-device-9f8e7d6c\n"
    "A1,传真,021-58765432\nA1,银行卡,6.2284800987E+18\nA1,地址,上海市浦东新区翡翠湾路77弄66号\nA1,邮箱,planted#person",
    "relations": "applicant_id,other_id,relation\nA1,A2,配偶\nA1,欧阳翡翠儿,父母\nA3,13987650555,朋友",
    "contacts": "applicant_id,contact_mobile,contact_name,relation\nA1,139-8765-0999,诸葛玛瑙,朋友",
    "applications": """apply_no,applicant_id,apply_time,amount,device_id,imei,ip,wifi_bssid,gps_lat,gps_lon
P1,A1,2026-01-05 10:00:00,100,planted-device-9f8e7d6c,867530901234560,203.113.45.67,DE:AD:BE:EF:77:66,31.234567,121.473456
P2,A2,2026-01-06 10:00:00,139 8765 0555,planted-device-9f8e7d6c,,2001:db8:77:66::1,DE-AD-BE-EF-77-66,,
P3,A3,欧阳翡翠儿,7,,,,,,
P4,A4,2026-01-07,planted.person@mail.example.cn,203.113.45.67,,DE:AD:BE:EF:77:66,planted-device-9f8e7d6c,131.234567,121
P5,13987650555,2026-01-07,1,,,,,,
P6,A1,2026-01-08,1,,,,,,,139 8765 0123,欧阳翡翠儿""",
    "companies": "company_id,name,legal_rep_id\nC1,甲公司,A1\nC2,乙公司,欧阳翡翠儿",
    "loans": """loan_id,borrower_id,amount,disbursed_at,account_no,five_class,dpd
L1,A1,100,2026-01-10,6228480098765432109,翡翠儿,planted.person@mail.example.cn
L2,G87654321,100,2026-01-10,,正常,上海市浦东新区翡翠湾路77弄66号""",
    "guarantees": """contract_id,guarantor_id,borrower_id,amount,start_date,end_date,status
G1,A1,A2,100,2025-06-01,2027-06-01,有效
G2,A2,A3,200,2025-06-01,2027-06-01,有效
G3,A3,A1,300,2025-06-01,2027-06-01,翡翠儿""",
    "merchants": "merchant_no,name,phone,account_no\nM1,店,139-8765-0999,9558801234598765432",
    "orders": "order_no,applicant_id,merchant_no,amount,paid_at,delivery_address\n"
    "O1,A1,M1,9,2026-01-12,苏州市工业园区琥珀街123号",
    "transfers": "from_account,to_account,amount,time\n6228480098765432109,9558801234598765432,5,2026-01-13",
    "sign_ins": "device_id,account_no,time\nplanted-device-9f8e7d6c,6228480098765432109,2026-01-14",
    "flags": "entity_kind,entity_key,flag,source\nphone,13987650777,blacklist,ours\nip,203.113.45.67,greylist,ours",
}
# fmt: on
MAPPING = "reject_limit = 1.0\n"


def write_planted(folder: Path) -> Path:
    """The book in the encodings and formats that banks send."""
    folder.mkdir()
    for place, (name, text) in enumerate(TABLES.items()):
        content = text.encode("gb18030" if place % 2 else "utf-8-sig")
        if name == "merchants":
            frame(text).to_parquet(folder / "merchants.parquet")
        elif name == "contacts":
            frame(text).to_excel(folder / "contacts.xlsx", index=False)
        elif name == "flags":
            with zipfile.ZipFile(folder / "flags.zip", "w", zipfile.ZIP_DEFLATED) as archive:
                archive.writestr("flags.csv", content)
        elif name == "orders":
            (folder / "orders.csv.gz").write_bytes(gzip.compress(content))
        else:
            (folder / f"{name}.csv").write_bytes(content)
    return folder


def frame(text: str) -> pd.DataFrame:
    """A table as texts; what stands beyond the last column is left out."""
    rows = [line.split(",") for line in text.splitlines()]
    return pd.DataFrame([row[: len(rows[0])] for row in rows[1:]], columns=rows[0])


def seen_in(content: bytes) -> list[str]:
    """The planted values that some bytes hold."""
    return sorted({trace for needle, trace in NEEDLES.items() if needle in content})


@contextmanager
def watched(folder: Path):
    """Every file below a folder is looked through again and again while the context lasts, and once more at its end.
    Yields what was seen, as pairs of value and file, and the files that were read."""
    seen, files, done = set(), set(), threading.Event()
    read: dict[str, tuple[int, int]] = {}

    def look():
        for parent, _, names in os.walk(folder):  # which passes over a folder that is gone meanwhile
            for path in (Path(parent) / name for name in names):
                name = path.relative_to(folder).as_posix()
                try:
                    held = path.stat()
                    if read.get(name) == (held.st_mtime_ns, held.st_size):
                        continue
                    content = path.read_bytes()
                except FileNotFoundError:
                    continue
                read[name] = (held.st_mtime_ns, held.st_size)
                files.add(name)
                seen.update((trace, name) for trace in seen_in(content))

    def keep_looking():
        while not done.wait(0.02):
            look()

    with ThreadPoolExecutor(1) as pool:
        looking = pool.submit(keep_looking)
        try:
            yield seen, files
        finally:
            done.set()
            looking.result()
            read.clear()
            look()


@pytest.fixture
def places(tmp_path, monkeypatch):
    """A source folder, and one that all that Ringfence writes goes below, temporary files too."""
    written = tmp_path / "written"
    for variable, name in (
        ("HOME", "home"), ("TMPDIR", "tmp"), ("SQLITE_TMPDIR", "tmp"), ("XDG_CACHE_HOME", "cache"),
        ("XDG_STATE_HOME", "state"), ("XDG_CONFIG_HOME", "config"),
    ):  # fmt: skip
        (written / name).mkdir(parents=True, exist_ok=True)
        monkeypatch.setenv(variable, str(written / name))
    monkeypatch.setenv("RINGFENCE_KEY_FILE", str(written / "config" / "keys.json"))
    (tmp_path / "mapping.toml").write_text(MAPPING)
    (tmp_path / "agreed").write_text(AGREED)
    return write_planted(tmp_path / "source"), written


def test_the_needles_are_in_the_book(places):
    source, _ = places
    content = b"".join(path.read_bytes() for path in source.glob("*.csv"))
    absent = set(TRACES) - set(seen_in(content))
    # what only normal forms and packed files would show
    assert absent <= {
        "13987650777", "58765432", "31011519880723001X", "9558801234598765432", "31.235,121.473", "13987650999",
        "139-8765-0999", "Planted.Person", "planted.person", "de:ad:be:ef:77:66", "琥珀街123", "6228480098765432109",
    }  # fmt: skip


def run(said: list, cwd: Path, *arguments: str, code: int = 0, **more):
    """Run a command and keep what it said."""
    done = ringfence(*arguments, cwd=cwd, **more)
    assert done.returncode == code, (arguments, done.stderr)
    said.append((arguments[0], (done.stdout + done.stderr).encode()))
    return done


def go_through(said: list, source: Path, cwd: Path, store: str) -> None:
    """Everything a user may do with a store, mistakes included."""
    mapping = ("--mapping", mapping_of(source))
    told = run(said, cwd, "load", str(source), *mapping, "--store", store)
    assert "unknown_word" in told.stdout and "malformed_row" in told.stdout
    run(said, cwd, "load", str(source), *mapping, "--store", store)
    run(said, cwd, "load", str(source), "--store", store, code=2)  # more rejects than the limit
    run(said, cwd, "detect", "--store", store)
    for form in ("table", "jsonl", "csv"):
        assert "malformed_row" in run(said, cwd, "rejects", "--format", form, "--store", store).stdout
        found = run(said, cwd, "findings", "--format", form, "--store", store)
    finding = found.stdout.splitlines()[1].split(",")[0]
    run(said, cwd, "show", finding, "--store", store)
    run(said, cwd, "show", finding, "--html", "finding.html", "--store", store)
    for form in ("table", "jsonl", "csv"):
        cases = run(said, cwd, "case", "list", "--format", form, "--store", store)
    case = cases.stdout.splitlines()[1].split(",")[0]
    run(said, cwd, "case", "verdict", case, "innocent", "--reason", "one family", "--store", store)
    run(said, cwd, "case", "show", case, "--store", store)
    run(said, cwd, "case", "export", "--store", store)
    run(said, cwd, "status", "--store", store)
    run(said, cwd, "path", "phone:139 8765 0123", "account:6228480098765432109", "--store", store)
    run(said, cwd, "path", "phone:13987650555", "device:planted-device-9f8e7d6c", "--store", store, code=2)
    run(said, cwd, "findings", "--format", "xlsx", "--output", "found.xlsx", "--store", store)
    for form in ("text", "json"):
        run(said, cwd, "why", "applicant:A1", "--format", form, "--store", store)
        run(said, cwd, "why", "applicant:A1", "applicant:A2", "--format", form, "--store", store)
    run(said, cwd, "why", "applicant:A1", "phone:139 8765 0123", "--store", store, code=2)
    run(said, cwd, "token", "phone", "--store", store, stdin="13987650123\n139 8765 0555\n")
    run(said, cwd, "export", "neo4j-import", "exported", "--store", store)
    run(said, cwd, "copy", "--from", store, "--to", f"sqlite:///{cwd}/copy.db")
    run(said, cwd, "tokens", "export", "--nodes", "--key-file", str(source.parent / "agreed"), "--store", store)
    run(said, cwd, "keys", "rotate", "--store", store)
    run(said, cwd, "erase", "phone:139 8765 0123", "--reason", "asked", "--store", store)
    run(said, cwd, "erase", "applicant:A2", "--reason", "asked", "--store", store)


def test_nothing_planted_can_be_read_in_what_an_embedded_store_leaves(places):
    source, written = places
    said: list = []
    with watched(written) as (seen, files):
        go_through(said, source, written, "sqlite:///graph.db")
        said += service(written, "sqlite:///graph.db")
        said.append(killed(str(source), mapping_of(source), written))
    wanted = ("graph.db", "graph.db-wal", "graph.db.audit.db", "finding.html", "config/keys.json", "copy.db")
    assert set(wanted) <= files
    for part in ("graph.db.staging/", "graph.db.snapshots/", "exported/"):
        assert any(part in name for name in files), part
    assert seen == set()
    assert [(command, seen_in(text)) for command, text in said if seen_in(text)] == []
    store = open_store(f"sqlite:///{written}/graph.db", create=False)
    rejects = store.rejects()
    # those of the first load; what is kept of a value is its shape
    assert {"unreadable_number", "unknown_party", "malformed_row", "unreadable_time"} <= set(rejects["reason"])
    assert "****0555" in rejects["value"].tolist()
    store.close()


def service(cwd: Path, store: str) -> list:
    """What the service answers, logs and measures, asked for raw values and for what is not there."""
    key = ringfence("access", "create", "planted", "--role", "admin", "--store", store, cwd=cwd).stdout.strip()
    command = [str(Path(sys.executable).with_name("ringfence")), "serve", "--port", "0", "--store", store]
    log = cwd / "service.log"
    with (
        log.open("wb") as out,
        subprocess.Popen(command, cwd=cwd, stdout=out, stderr=subprocess.PIPE) as process,
    ):
        assert process.stderr
        try:
            line = process.stderr.readline()
            base = "http://" + line.split(b"http://")[1].split()[0].decode()
            said = [line, *(answer(base + address, key) for address in ADDRESSES)]
        finally:
            process.send_signal(signal.SIGINT)
            said.append(process.stderr.read())
    assert b'"route":"/v1/nodes/{node}"' in log.read_bytes().replace(b": ", b":") and b"ringfence_requests" in said[-2]
    # the address of a request is the user's own words: an access log would repeat it
    return [("serve", text) for text in (*said, log.read_bytes())]


ADDRESSES = (
    "/v1/nodes/applicant:A1",
    "/v1/nodes/phone:13987650555",
    "/v1/nodes/ip:203.113.45.67",
    "/v1/nodes/phone:13987650555/neighbourhood?limit=13987650123",
    "/v1/nodes/email:Planted.Person@mail.example.cn?as_of=13987650123",
    "/v1/findings?kind=13987650123",
    "/v1/findings/13987650123",
    "/v1/paths?from=phone:13987650123&to=applicant:A2&13987650999=1",
    "/v1/ask?question=13987650123",
    "/13987650123",
    "/metrics",
)
"""Raw values wherever a request can hold one, and last what was measured meanwhile."""


def answer(url: str, key: str) -> bytes:
    """What the service answers to whoever shows a key."""
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers={"Authorization": f"Bearer {key}"})) as told:
            return told.read()
    except urllib.error.HTTPError as error:
        return error.read()


def mapping_of(source: Path) -> str:
    """Where the book's mapping stands."""
    return str(source.parent / "mapping.toml")


def killed(source: str, mapping: str, cwd: Path) -> tuple[str, bytes]:
    """A load into an embedded store that is killed leaves its staging behind."""
    command = [str(Path(sys.executable).with_name("ringfence")), "load", source, "--mapping", mapping]
    with subprocess.Popen(
        [*command, "--store", "sqlite:///graph.db"], cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as process:
        until = time.monotonic() + 60
        while process.poll() is None and not list(cwd.glob("graph.db.staging/*.parquet")):
            assert time.monotonic() < until
            time.sleep(0.002)
        process.kill()
        assert process.stdout
        return "load, killed", process.stdout.read()


def test_nothing_planted_can_be_read_in_what_a_load_from_a_database_leaves(places, postgres_url):
    source, written = places
    said: list = []
    with psycopg.connect(postgres_url, autocommit=True) as database:
        database.execute("DROP SCHEMA public CASCADE")
        database.execute("CREATE SCHEMA public")
        for name, text in TABLES.items():
            rows = frame(text)
            database.execute(f"CREATE TABLE {name} ({', '.join(f'{column} text' for column in rows.columns)})")
            for row in rows.itertuples(index=False):
                database.execute(f"INSERT INTO {name} VALUES ({', '.join(['%s'] * len(row))})", row)
    with watched(written) as (seen, files):
        said.append(killed(postgres_url, mapping_of(source), written))
        arguments = ("--mapping", mapping_of(source), "--store", "sqlite:///graph.db")
        told = run(said, written, "load", postgres_url, *arguments)
        for form in ("table", "jsonl", "csv"):
            run(said, written, "rejects", "--format", form, "--store", "sqlite:///graph.db")
    assert "unknown_word" in told.stdout and "unreadable_number" in told.stdout
    assert "graph.db" in files and any("graph.db.staging/" in name for name in files)
    assert seen == set()
    assert [(command, seen_in(text)) for command, text in said if seen_in(text)] == []
    with closing(open_store(f"sqlite:///{written}/graph.db", create=False)) as store:
        assert store.counts()[1]["LISTS_CONTACT"] == 1


@pytest.mark.soak
def test_nothing_planted_can_be_read_in_what_neo4j_holds(places, server_or_skip, monkeypatch):
    source, written = places
    said: list = []
    with server_or_skip(neo4j()) as server, watched(written) as (seen, files):
        monkeypatch.setenv("RINGFENCE_NEO4J_PASSWORD", server.password)
        go_through(said, source, written, server.url)
        # Neo4j packs short texts in less than a byte a letter: what it holds is asked for, too
        store = open_store(server.url, create=False)
        for query in ("MATCH (n) RETURN properties(n) AS p", "MATCH ()-[r]->() RETURN properties(r) AS p"):
            held = str([record["p"] for record in store.connection.read(query)])
            assert len(held) > 10_000
            said.append((query, held.encode()))
        store.close()
        server.stop()
        data = [path for path in (server.folder / "data").rglob("*") if path.is_file()]
        assert sum(path.stat().st_size for path in data) > 1_000_000
        said += [(path.name, path.read_bytes()) for path in [*data, *(server.folder / "logs").glob("*")]]
    assert any("snapshots/" in name for name in files) and any("staging/" in name for name in files)
    assert seen == set()
    assert [(what, seen_in(text)) for what, text in said if seen_in(text)] == []


@contextmanager
def neo4j():
    """A server whose folder can be looked into."""
    jars()
    server = MavenServer()
    try:
        server.start()
        yield server
    finally:
        server.remove()
