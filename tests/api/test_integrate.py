"""The page for decision engines runs, block by block, against a real service; container files can be read."""

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx
import yaml
from support.book import ringfence

ROOT = Path(__file__).parents[2]


def test_every_block_of_the_page_runs_in_order(book, monkeypatch, capsys):
    made = ringfence("access", "create", "engine", "--role", "viewer", cwd=book)
    command = [str(Path(sys.executable).with_name("ringfence")), "serve", "--port", "0"]
    with subprocess.Popen(command, cwd=book, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as process:
        try:
            monkeypatch.setenv("RINGFENCE_URL", re.search(r"http://\S+", process.stderr.readline())[0])
            monkeypatch.setenv("RINGFENCE_API_KEY", made.stdout.strip())
            while httpx.get(os.environ["RINGFENCE_URL"] + "/readyz", timeout=60).status_code != 200:
                time.sleep(0.2)
            page = (ROOT / "docs" / "integrate.md").read_text("utf-8")
            blocks = re.findall(r"^```python\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
            space = {"__name__": "integrate"}
            for number, block in enumerate(blocks, 1):
                exec(compile(block, f"block {number}", "exec"), space)
        finally:
            process.send_signal(signal.SIGTERM)
    said = capsys.readouterr().out
    assert len(blocks) == 3 and "guarantee_cycle" in said and "1 ['张*'" not in said and re.search(r"^2 \[", said, re.M)


def test_compose_runs_the_service_beside_its_store():
    services = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))["services"]
    assert set(services) == {"neo4j", "service"}
    assert all(port.startswith("127.0.0.1:") for one in services.values() for port in one["ports"])
    assert services["service"]["depends_on"]["neo4j"]["condition"] == "service_healthy"


def test_the_image_installs_by_hash_and_runs_as_no_root():
    text = (ROOT / "Dockerfile").read_text("utf-8")
    assert "--require-hashes -r requirements.lock" in text and re.search(r"^USER ringfence$", text, re.M)
