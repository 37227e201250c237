"""Screening over HTTP at a steady pace, applications that use a hub among them, beside ``/healthz`` of the same run.

    python tests/bench/bench_screening.py [--applicants 20000] [--seed 1] [--seconds 30] [--rate 50] [--deadline-ms 250]

Makes a book in which half of the applicants came by way of one internet address, loads it, and runs the detectors. A
real service then answers requests that are sent at their time, whether those before are answered or not, so that what
waits is counted. Every request asks of another newcomer, who names what an applicant of the book has; every fourth
applies by the hub. ``/healthz`` is asked at the same pace beforehand: it is the floor. Times are from when a request
was due until it was answered; ``not made`` is the share of checks that the deadline left no time for.
"""

from __future__ import annotations

import argparse
import asyncio
import csv
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
import httpx
import numpy as np
from _measured import measured

HUB, CHECKS = "36.112.7.7", 9
"""The address by which half of the book came; how many checks a screening makes: seven detectors, counts, distance."""
TARGET_P50, TARGET_P99 = 5.0, 30.0
Sent = list[tuple[float, dict]]


def with_hub(folder: Path) -> list[dict[str, str]]:
    """Make half of a book's applications come by one address; returns all of them."""
    path = folder / "applications.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows[::2]:
        row["ip"] = HUB
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return rows


def newcomers(rows: list[dict[str, str]], count: int, seed: int) -> Iterator[dict]:
    """Requests, each about somebody whom the book does not know and who uses what applicants of it do."""
    draw, latest = random.Random(seed), max(row["apply_time"] for row in rows if row["apply_time"][:2] == "20")
    for number in range(count):
        like, other, name = draw.choice(rows), draw.choice(rows), f"NEW{number}"
        filed = {**like, "apply_no": name, "applicant_id": name, "apply_time": latest, "device_id": other["device_id"]}
        filed["ip"] = HUB if number % 4 == 0 else like["ip"]
        mobile = f"139{draw.randrange(10**8):08d}"
        yield {"applicants": [{"applicant_id": name, "name": "王新", "mobile": mobile}], "applications": [filed]}


@contextmanager
def served(folder: Path, store: str) -> Iterator[httpx.AsyncClient]:
    """A real service over a store, ready; gives a client of it that shows a key."""
    ringfence = str(Path(sys.executable).with_name("ringfence"))
    asked = [ringfence, "access", "create", "bench", "--role", "admin", "--store", store]
    key = subprocess.run(asked, cwd=folder, check=True, stdout=subprocess.PIPE, text=True).stdout.strip()
    command = [ringfence, "serve", "--port", "0", "--store", store]
    with (folder / "service.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=subprocess.PIPE, text=True)
        try:
            assert process.stderr is not None
            address = re.search(r"https?://\S+", process.stderr.readline())
            assert address, "the service did not start"
            headers = {"Authorization": f"Bearer {key}"}
            while httpx.get(f"{address[0]}/readyz", timeout=60).status_code != 200:
                time.sleep(0.2)
            yield httpx.AsyncClient(
                base_url=address[0], headers=headers, timeout=600, limits=httpx.Limits(max_connections=None)
            )
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(60)


async def at_pace(client: httpx.AsyncClient, requests: list[httpx.Request], rate: float) -> Sent:
    """Send requests at their time, each whether or not those before are answered: milliseconds and answers."""
    begun = time.perf_counter()

    async def send(request: httpx.Request, due: float) -> tuple[float, dict]:
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        answer = await client.send(request)
        assert answer.status_code == 200, answer.text
        return (time.perf_counter() - due) * 1000, answer.json()

    return await asyncio.gather(*(send(one, begun + place / rate) for place, one in enumerate(requests)))


def told(name: str, sent: Sent) -> tuple[float, float]:
    """The median and 99th percentile of what requests took, printed."""
    p50, p99, most = np.percentile([took for took, _ in sent], (50, 99, 100))
    print(f"{name:<12}{p50:>10.1f}{p99:>10.1f}{most:>10.1f}")
    return float(p50), float(p99)


async def ask(client: httpx.AsyncClient, rows: list[dict[str, str]], given: argparse.Namespace) -> None:
    """Ask at the pace wanted, and print what it took."""
    count = int(given.rate * given.seconds)
    bodies = [{"tables": one, "deadline_ms": given.deadline_ms} for one in newcomers(rows, count + 8, given.seed)]
    screenings = [client.build_request("POST", "/v1/screen", json=body) for body in bodies]
    for request in screenings[:8]:  # what a process does once is done
        await client.send(request)
    print(f"{'ms':<12}{'p50':>10}{'p99':>10}{'max':>10}")
    floor = told("/healthz", await at_pace(client, [client.build_request("GET", "/healthz")] * count, given.rate))
    sent = await at_pace(client, screenings[8:], given.rate)
    p50, p99 = told("screening", sent)
    left = Counter(one["what"] for _, answer in sent for one in answer["screenings"][0]["not_checked"])
    print(f"{p50 / floor[0]:.0f} and {p99 / floor[1]:.0f} times the floor; {count} requests at {given.rate:g} a second")
    print(f"not made: {sum(left.values()) / (CHECKS * count):.1%} of all checks {dict(left.most_common())}")
    met = p50 <= TARGET_P50 and p99 <= TARGET_P99 and not left
    print(f"{'met' if met else 'MISSED'}: p50 <= {TARGET_P50} ms, p99 <= {TARGET_P99} ms, every check made")


def main() -> None:
    """Make, load and analyse a book; then screen."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--applicants", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--rate", type=float, default=50.0)
    parser.add_argument("--deadline-ms", type=float, default=250.0)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder, store = Path(name), f"sqlite:///{name}/graph.db"
        os.environ["RINGFENCE_KEY_FILE"] = f"{name}/keys.json"
        ringfence = str(Path(sys.executable).with_name("ringfence"))
        measured(ringfence, "sample", f"{name}/book", "--applicants", str(given.applicants), "--seed", str(given.seed))
        rows = with_hub(folder / "book")
        for command in (("load", f"{name}/book"), ("detect",)):
            measured(ringfence, *command, "--store", store)
        print(
            f"{given.applicants:,} applicants, seed {given.seed}; {sum(row['ip'] == HUB for row in rows):,} at the hub"
        )
        with served(folder, store) as client:
            asyncio.run(ask(client, rows, given))


if __name__ == "__main__":
    main()
