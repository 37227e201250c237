"""Names, cells and mapping files with quotes, backticks and braces are data, on either store."""

import csv
import json
from urllib.parse import quote

from support.book import ringfence
from support.service import service
from support.two_stores import fill, found, state

HOSTILE = (
    "C1'}) DETACH DELETE n //",
    'C1"}) DETACH DELETE n //',
    "C1`) DETACH DELETE n //",
    "C1\\' OR 1=1 //",
    "${key} {{key}} $key",
    "}}]) MATCH (n) DETACH DELETE n RETURN ({n: [{",
    "C1\u2028MATCH (n) DELETE n",
    "-[:GUARANTEES]->()",
    "; DROP CONSTRAINT ringfence_company_key",
    "C1/* */ RETURN 1",
    "😀\u202e",
)
MAPPING = """
[[file]]
match = "c`}) DETACH DELETE n *"
table = "companies"
[file.columns]
company_id = "id'}) DELETE n"
name = 'n"`{}'
"""


def test_hostile_names_are_data_through_loader_and_service(neo4j_url, tmp_path):
    (tmp_path / "book").mkdir()
    with (tmp_path / "book" / "companies.csv").open("w", encoding="utf-8", newline="") as file:
        rows = [("company_id", "name", "group_id"), *((key, key, key) for key in HOSTILE)]
        csv.writer(file).writerows(rows)
    with (tmp_path / "book" / "guarantees.csv").open("w", encoding="utf-8", newline="") as file:
        contracts = [
            (key, one, other) for key, one, other in zip(HOSTILE, HOSTILE, HOSTILE[1:] + HOSTILE[:1], strict=True)
        ]
        csv.writer(file).writerows([("contract_id", "guarantor_id", "borrower_id"), *contracts])
    embedded = f"sqlite:///{tmp_path}/book.db"
    for url in (embedded, neo4j_url):
        fill(url, tmp_path, "book")
    assert state(neo4j_url, tmp_path) == state(embedded, tmp_path)
    assert state(neo4j_url, tmp_path)["nodes"] == {"company": len(HOSTILE)}
    assert found(neo4j_url, tmp_path) == found(embedded, tmp_path)
    clients = [service(url) for url in (embedded, neo4j_url)]
    for key in HOSTILE:
        name = quote(f"company:{key}", safe="")
        for route in (f"/v1/nodes/{name}", f"/v1/nodes/{name}/neighbourhood", f"/v1/findings/{name}"):
            one, other = (client.get(route) for client in clients)
            assert (one.status_code, one.json()) == (other.status_code, other.json())
        for text in (key, f"{key}:C1"):
            one, other = (client.get("/v1/paths", params={"from": text, "to": text}) for client in clients)
            assert one.status_code == other.status_code == 400
    for client in clients:
        client.app.state.reader.close()


def test_hostile_mapping_files_are_data(neo4j_url, tmp_path):
    (tmp_path / "book").mkdir()
    name = "c`}) DETACH DELETE n "
    (tmp_path / "book" / f"{name}.csv").write_text('id\'}) DELETE n,"n""`{}"\nC1,甲\n', "utf-8")
    (tmp_path / "mapping.toml").write_text(MAPPING, "utf-8")
    done = ringfence("load", "book", "--mapping", "mapping.toml", "--store", neo4j_url, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    told = json.loads(ringfence("status", "--format", "json", "--store", neo4j_url, cwd=tmp_path).stdout)
    assert told["nodes"] == {"company": 1}
    again = ringfence("load", "book", "--mapping", "mapping.toml", "--store", neo4j_url, cwd=tmp_path)
    assert again.returncode == 0 and "companies" in again.stdout
