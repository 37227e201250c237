"""Toy books for the guarantee detector: random nets, and the books that the sweeps ask of every detector."""

import random

from oracles import guarantees as oracle
from support.toy import Book


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


def book_of(net, prefix):
    """A net as a book, its parties, groups and ids under a prefix of their own."""
    book = Book()
    parties = {end for contract in net.contracts for end in contract[:2]}
    parties |= set(net.group_id) | set(net.legal_rep) | {end for tie in net.holdings for end in tie[:2]}
    for party in sorted(parties):
        group = prefix + net.group_id[party] if party in net.group_id else None
        rep = f"applicant:{prefix}{net.legal_rep[party]}" if party in net.legal_rep else None
        industry = "融资担保服务" if party in net.licensed else "钢材批发"
        book.company(prefix + party, rep, name=f"{prefix}{party}公司", group_id=group, industry=industry)
    for place, (guarantor, borrower, joint, counter, amount) in enumerate(net.contracts):
        book.guarantee(
            prefix + guarantor,
            prefix + borrower,
            amount,
            contract_id=f"{prefix}{place}",
            joint_group_id=prefix + joint if joint else None,
            counter_of="K0" if counter else None,
        )
    for holder, company, ratio in net.holdings:
        book.holds(prefix + holder, prefix + company, ratio)
    return book


def named(book, *keys):
    """The book with a name for each of these companies."""
    for key in keys:
        book.company(key, name=f"{key}实业有限公司")
    return book


def planted():
    """A round of four with an inner pair and a chain out of it, a joint group, a pair closed by a holding, and one who
    guarantees more than it has."""
    book = Book().guarantees("A>B B>C C>D D>A A>C C>A D>E E>F", 8_000_000, start="2024-03-01")
    book.guarantees("J1>J2 J2>J3 J3>J1", 3_000_000, joint_group_id="LB-7", start="2025-01-01")
    book.guarantees("X1>Y Y>X2", 5_000_000)
    book.holds("P", "X1", 0.6).holds("P", "X2", 0.7)
    book.guarantees("O>O1 O>O2", 5_000_000).company("O", name="O实业有限公司", net_assets=6_000_000.0)
    return named(book, *"ABCDEFY", "J1", "J2", "J3", "X1", "X2", "P")


def innocent():
    """The same shapes among parents and subsidiaries, farmers, and a company with its controller and spouse."""
    book = Book().guarantees("A>B B>C C>D D>A A>C C>A", 8_000_000, start="2024-03-01")
    for company in "BCD":
        book.holds("A", company, 0.8)
    farmers = "applicant:N1>applicant:N2 applicant:N2>applicant:N3 applicant:N3>applicant:N1"
    book.guarantees(farmers, 3_000_000, joint_group_id="LB-7", start="2025-01-01")
    book.guarantees("applicant:Z>S S>applicant:Z applicant:W>S S>applicant:W", 5_000_000)
    book.person("Z", "13911110001", name="tok_z").person("W", "13911110002", name="tok_w")
    book.contact("Z", "13911110002", "配偶")
    book.masks |= {"tok_z": "赵*", "tok_w": "吴*"}
    book.guarantees("O>O1 O>O2", 5_000_000).company("O", name="O实业有限公司", net_assets=6_000_000.0)
    book.holds("O", "O1", 0.8).holds("O", "O2", 0.8)
    named(book, *"ABCD")
    return book.company("S", "applicant:Z", name="S实业有限公司")


def hard():
    """All guarantee all among forty, so that nothing can be listed in full."""
    book = Book()
    for one in range(40):
        for other in range(40):
            if one != other and (one + other) % 7:
                book.guarantee(f"H{one}", f"H{other}", 1_000_000)
    return book


def units(seed):
    """Books that share nothing."""
    return [book_of(random_net(seed + part), f"{part}-") for part in range(5)]
