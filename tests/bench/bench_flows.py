"""CPU time of following money over a ledger of IBM AMLSim's shape, and over an account with very many transfers.

    python tests/bench/bench_flows.py [--accounts 20000] [--transfers 120000] [--hub 200000] [--seed 1] [--repeat 3]

The ledger: heavy-tailed on both sides, one strong component of nearly all accounts, 720 days, no owners; a loan paid
into every account, and one account in a thousand restricted. Prints the median CPU seconds of listing the cycles of 3
to 6 transfers within 30 days, of following every loan, and of both where one more account has so many transfers, with
what was found and what was not followed.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable

import numpy as np
from ringfence.graph.kernels.components import strong_components
from ringfence.graph.kernels.time_cycles import TimeCycles, time_cycles
from ringfence.graph.kernels.tracing import Outgoing, Rules, Seeds, Traces, outgoing, traces

DAY = 86_400_000
DAYS = 720


def ledger(accounts: int, transfers: int, hub: int, seed: int) -> Outgoing:
    """The ledger, with ``hub`` more transfers into and out of the last account; one transfer in ten goes round in
    cycles of three to six within thirty days."""
    chance = np.random.default_rng(seed)
    weight = np.arange(1, accounts + 1) ** -0.6
    weight /= weight.sum()
    planted = [_round(chance, accounts) for _ in range(transfers // 45)]
    count = transfers - accounts - sum(len(part) for part in planted)
    ring = np.arange(accounts)  # everybody pays somebody, so nearly all hang together
    names = chance.permutation(accounts)
    parts = [
        np.stack([ring, np.roll(ring, 1), chance.integers(0, DAYS * DAY, accounts)], axis=1),
        np.stack(
            [
                chance.choice(accounts, count, p=weight),
                names[chance.choice(accounts, count, p=weight)],
                chance.integers(0, DAYS * DAY, count),
            ],
            axis=1,
        ),
        *planted,
    ]
    if hub:
        others, at = chance.integers(0, accounts - 1, hub), chance.integers(0, DAYS * DAY, hub)
        one = np.full(hub // 2, accounts - 1)
        parts.append(np.stack([one, others[: hub // 2], at[: hub // 2]], axis=1))
        parts.append(np.stack([others[hub // 2 :], one, at[hub // 2 :]], axis=1))
    source, target, when = np.concatenate(parts).T
    amount = np.rint(chance.lognormal(12, 1, len(source))).astype(np.int64)
    return outgoing(source, target, amount, when, accounts)


def _round(chance: np.random.Generator, accounts: int) -> np.ndarray:
    """One cycle of three to six transfers."""
    passed = chance.choice(accounts, int(chance.integers(3, 7)), replace=False)
    when = np.sort(chance.integers(0, 29 * DAY, len(passed))) + chance.integers(0, (DAYS - 30) * DAY)
    return np.stack([passed, np.roll(passed, -1), when], axis=1)


def cycles(out: Outgoing) -> TimeCycles:
    """The cycles that are asked for."""
    return time_cycles(out, 3, 6, 30 * DAY)


def traced(out: Outgoing) -> Traces:
    """Every account's loan of 1,000 yuan, paid in the middle of the time, followed to restricted accounts and back."""
    accounts = len(out.offsets) - 1
    every = np.arange(accounts)
    seeds = Seeds(every, np.full(accounts, DAYS // 2 * DAY), np.full(accounts, 5_000), np.full(accounts, 0))
    nobody = (np.zeros(accounts + 1, np.int64), np.zeros(0, np.int64))
    rules = Rules(hops=10, rest=7 * DAY, fan_out=500, most=5_000, late=0)
    return traces(out, seeds, every % 1000 == 0, np.zeros(accounts, bool), nobody, rules)


def timed(what: Callable[[Outgoing], object], out: Outgoing, repeat: int) -> float:
    """Median CPU seconds, the kernel compiled."""
    what(out)
    seconds = []
    for _ in range(repeat):
        begin = time.process_time()
        what(out)
        seconds.append(time.process_time() - begin)
    return statistics.median(seconds)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--accounts", type=int, default=20_000)
    parser.add_argument("--transfers", type=int, default=120_000)
    parser.add_argument("--hub", type=int, default=200_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--repeat", type=int, default=3)
    asked = parser.parse_args()
    for hub in (0, asked.hub):
        out = ledger(asked.accounts, asked.transfers, hub, asked.seed)
        largest = np.bincount(strong_components(out.source, out.target, asked.accounts)).max()
        print(f"{len(out.source):,} transfers, largest strong component {largest:,} of {asked.accounts:,} accounts")
        found = cycles(out)
        print(
            f"  cycles of 3 to 6 within 30 days: {timed(cycles, out, asked.repeat):.2f} CPU-s, "
            f"{len(found.offsets) - 1:,} found, {found.busy} accounts too busy, cut at {len(found.cut)} transfers"
        )
        ways = traced(out)
        print(
            f"  every loan followed: {timed(traced, out, asked.repeat):.3f} CPU-s, {len(set(ways.seed.tolist())):,} "
            f"loans arrive, {int((ways.hubs > 0).sum()):,} reach an account too busy, {int(ways.stopped.sum())} stopped"
        )


if __name__ == "__main__":
    main()
