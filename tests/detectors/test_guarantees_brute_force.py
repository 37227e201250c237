"""The detector against brute force on random nets of up to nine parties, many of them side by side in one graph."""

import random

import pytest
from oracles import guarantees as oracle
from ringfence.detectors.guarantees.detector import GUARANTEE
from support.toy import Book

PARAMS = GUARANTEE.defaults() | {"max_cycle_length": 9}


def random_net(seed):
    """A net with joint groups, counter-guarantees, self-guarantees, licensed guarantors and groups."""
    chance = random.Random(seed)
    parties = [f"P{i}" for i in range(chance.randint(2, 9))]
    # Groups close rounds that are open between parties: where there are few contracts, and none answers another.
    groups = chance.random() < 0.6
    back = chance.choice((0, 0, 0.4) if groups else (0, 0.4))
    named = chance.choice((0, 0, 0.2) if groups else (0, 0.3, 0.8))
    contracts = []
    for _ in range(chance.randint(2, chance.choice((1, 1, 3) if groups else (1, 3)) * len(parties))):
        guarantor, borrower = chance.choice(parties), chance.choice(parties)
        joint = chance.choice("JK") if chance.random() < named else None
        amount = None if chance.random() < 0.2 else float(chance.randint(1, 50))
        contracts.append((guarantor, borrower, joint, chance.random() < 0.1, amount))
        if chance.random() < back:
            contracts.append((borrower, guarantor, joint, False, amount))
    net = oracle.Net(contracts)
    net.licensed = {party for party in parties if chance.random() < 0.04}
    net.group_id = {party: chance.choice("GH") for party in parties if groups and chance.random() < 0.25}
    net.legal_rep = {party: chance.choice("RST") for party in parties if groups and chance.random() < 0.5}
    net.holdings = [
        (chance.choice([*parties, "OUT"]), chance.choice(parties), chance.choice((0.3, 0.5, 0.51, 0.9)))
        for _ in range(chance.randint(0, 3) if groups else 0)
    ]
    return net


def add(book, net, prefix):
    """Puts a net into a book, its parties, groups and ids under a prefix of their own."""
    parties = {end for contract in net.contracts for end in contract[:2]}
    parties |= set(net.group_id) | set(net.legal_rep) | {end for tie in net.holdings for end in tie[:2]}
    for party in sorted(parties):
        group = prefix + net.group_id[party] if party in net.group_id else None
        rep = f"applicant:{prefix}{net.legal_rep[party]}" if party in net.legal_rep else None
        industry = "融资担保服务" if party in net.licensed else "钢材批发"
        book.company(prefix + party, rep, group_id=group, industry=industry)
    for guarantor, borrower, joint, counter, amount in net.contracts:
        book.guarantee(
            prefix + guarantor,
            prefix + borrower,
            amount,
            joint_group_id=prefix + joint if joint else None,
            counter_of="K0" if counter else None,
        )
    for holder, company, ratio in net.holdings:
        book.holds(prefix + holder, prefix + company, ratio)


def found(candidates, names, prefix):
    """What the detector says of one net, in the oracle's terms."""
    result = set()
    for candidate in candidates:
        members = {names[node].removeprefix("company:") for node, _ in candidate.members}
        if not next(iter(members)).startswith(prefix):
            continue
        m = candidate.measures
        amounts = m["amount"], m["amount_unknown"]
        measures = {
            "guarantee_joint": lambda m: (m["groups"] if "groups" in m else m["parties"],),
            "guarantee_mutual": lambda m: (m["mutual_pairs"], m["cycles"], m["shortest_cycle"], m["longest_cycle"]),
            "guarantee_cycle": lambda m: (m["mutual_pairs"], m["cycles"], m["shortest_cycle"], m["longest_cycle"]),
            "guarantee_chain": lambda m: (m["longest_chain"],),
            "guarantee_circle": lambda m: (
                *(m[name] for name in ("arcs", "strong_components", "parties_in_cycles", "joint_groups")),
            ),
        }[candidate.kind](m)
        bare = frozenset(member.removeprefix(prefix) for member in members)
        result.add((candidate.kind, candidate.view, bare, (*measures, amounts)))
    return result


@pytest.mark.parametrize("batch", range(6))
def test_findings_equal_brute_force_in_both_views(batch):
    seeds = range(1000 * batch, 1000 * batch + 200)
    nets = {seed: random_net(seed) for seed in seeds}
    book = Book()
    for seed, net in nets.items():
        add(book, net, f"{seed}-")
    snapshot = book.snapshot()
    candidates = list(GUARANTEE.detect(snapshot, GUARANTEE.population(snapshot, PARAMS), PARAMS))
    names = snapshot.names(range(snapshot.node_count))
    for seed, net in nets.items():
        expected = oracle.findings(net)
        actual = found(candidates, names, f"{seed}-")
        assert actual == expected, f"seed {seed}: missing {expected - actual}, too many {actual - expected}"
    kinds = {(candidate.kind, candidate.view) for candidate in candidates}
    assert {(kind, "raw") for kind in GUARANTEE.kinds} <= kinds, f"batch {batch}: nets too tame, only {kinds}"
    assert "contracted" in {view for _, view in kinds}, f"batch {batch}: no contracted finding"
