"""How long the service takes to place a picture: webs of people who name each other's phones, and a hub beside one.

    python tests/bench/bench_pictures.py [--seed 1]

Each line is one picture, drawn from rows that are read already: nodes in all, nodes drawn, arcs, CPU-seconds.
"""

from __future__ import annotations

import argparse
import time

import numpy as np
from ringfence.api.evidence.picture import picture
from ringfence.api.services.labels import Label

WEBS = ((60, 0), (100, 0), (130, 0), (260, 300))
"""People of a web, and people who work at one employer beside it."""


def web(people: int, hub: int, seed: int) -> list[dict]:
    """Rows by which people own phones, borrow, and list the phones of others, most of them near."""
    chance, rows = np.random.default_rng(seed), []

    def row(relation: str, person: object, target: str) -> None:
        said = {"relation": relation, "source": f"applicant:{person}", "target": target}
        rows.append({**said, "uid": f"u{len(rows)}", "file": "web", "row": len(rows)})

    for person in range(people):
        for relation, kind in (("HAS_PHONE", "phone"), ("BORROWED", "loan")):
            if chance.random() < 0.9:
                row(relation, person, f"{kind}:{person}")
        for _ in range(int(chance.integers(1, 4))):
            far = chance.random() < 0.15
            other = int(chance.integers(people)) if far else (person + int(chance.integers(1, 6))) % people
            row("LISTS_CONTACT", person, f"phone:{other}")
        if chance.random() < 0.3:
            row("WORKS_AT", person, f"employer:{int(chance.integers(6))}")
    for person in range(hub):
        row("WORKS_AT", f"H{person}", "employer:1")
    return rows


def main() -> None:
    """Print a line for each picture."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=1)
    seed = parser.parse_args().seed
    for people, hub in WEBS:
        rows = web(people, hub, seed)
        names = {row[end] for row in rows for end in ("source", "target")}
        labels = {name: Label(name, name.partition(":")[2], "") for name in names}
        members = [{"node": name, "role": "member"} for name in sorted(names) if name.startswith("applicant:")]
        begun = time.process_time()
        drawn = picture(members, rows, labels, opened=())
        spent = time.process_time() - begun
        print(f"{len(names):5} nodes {drawn.shown:4} drawn {len(drawn.edges):4} arcs {spent:6.2f} CPU-s")


if __name__ == "__main__":
    main()
