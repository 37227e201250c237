"""Look-ups on the command line: what is said of a node and around it, and that they start without heavy libraries."""

import json
import subprocess
import sys

HEAVY = {"fastapi", "neo4j", "networkx", "numba", "openpyxl", "pandas", "pyvis", "scipy", "sqlalchemy", "uvicorn"}
LOOK_UPS = """
import io, sys
from contextlib import redirect_stdout
from ringfence.api.cli import app

for command in sys.argv[1:]:
    told = io.StringIO()
    with redirect_stdout(told):
        app(command.split(), standalone_mode=False)
    assert len(told.getvalue()) > 100, command
    print(command, sorted({heavy} & set(sys.modules)))
"""


def test_a_node_is_shown_with_its_rows_and_its_relationships_counted(run):
    lines = run("node", "company:C3", "--as-of", "2026-03-31").stdout.splitlines()
    assert lines[0] == "company:C3 丙公司, as of 2026-03-31T00:00:00+08:00"
    assert "companies, companies.csv, row 4" in lines
    cells = [line.split() for line in lines]
    assert ["net_assets", "6000000.0"] in cells
    assert ["GUARANTEES", "3"] in cells, "G2 from C2, G3 to C1, G4 to the fourth; what ended in 2024 is not counted"


def test_a_node_is_named_raw_and_shown_masked(run):
    told = run("node", "phone:138 1234 5678").stdout
    assert "138****5678" in told and "1234" not in told.replace("138****5678", "")


def test_a_neighbourhood_tells_how_far_each_node_is_and_which_rows_tie_them(run):
    told = run("neighbourhood", "company:C3", "--hops", "2", "--as-of", "2026-03-31").stdout.splitlines()
    assert told[0].endswith("nodes within 2 hops, as of 2026-03-31T00:00:00+08:00")
    rows = [line.split() for line in told]
    assert ["0", "company", "company:C3", "丙公司"] in rows
    assert ["1", "company", "company:C1", "甲公司"] in rows
    assert ["2", "company", "company:C5", "己公司"] in rows, "by the fourth company, whom C3 guarantees"
    assert ["GUARANTEES", "company:C2", "company:C3", "3,000,000", "guarantees.csv", "3"] in rows


def test_a_neighbourhood_that_is_cut_says_so(run):
    told = run("neighbourhood", "company:C3", "--limit", "2").stdout.splitlines()
    assert "2 nodes within one hop" in told[0]
    assert "cut short: limit limit 2: 2 left out, the answer could change" in told


def test_both_are_given_as_the_service_gives_them(run, store_url):
    from support.service import service

    client = service(store_url)
    for command in ("node", "neighbourhood"):
        route = "/v1/nodes/company:C3" + ("" if command == "node" else "/neighbourhood")
        told = json.loads(run(command, "company:C3", "--format", "json").stdout)
        assert told == client.get(route).json()


def test_an_unknown_node_is_one_line(run):
    for command in ("node", "neighbourhood"):
        done = run(command, "company:C99")
        assert done.exit_code == 2
        assert done.stderr == "ringfence: no node company:C99 in the store: 'ringfence status' counts what there is\n"


def test_look_ups_import_no_heavy_library(run, store_url):
    finding = json.loads(run("findings", "--format", "json", "--top", "1").stdout)[0]["id"]
    asked = (
        "findings", f"show {finding}", "node company:C1", "neighbourhood company:C1", "path company:C1 company:C6",
        "case list", "audit list",
    )  # fmt: skip
    commands = [f"{command} --store {store_url}" for command in asked]
    program = LOOK_UPS.replace("{heavy}", repr(HEAVY))
    done = subprocess.run([sys.executable, "-c", program, *commands], capture_output=True, text=True)
    assert done.stderr == ""
    assert done.stdout.splitlines() == [f"{command} []" for command in commands]
