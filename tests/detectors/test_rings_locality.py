"""A part of a book gives, under the whole book's population, what it gives in the whole: on a synthetic book."""

from collections import defaultdict

import numpy as np
import pandas as pd
import pytest
from ringfence.detectors.finalise import finalise
from ringfence.detectors.rings.detector import FRAUD_RING
from ringfence.detectors.rings.groups import bound_together
from ringfence.detectors.sharing.facets import RULES
from ringfence.detectors.sharing.numbering import seen_in
from ringfence.detectors.sharing.population import comparable, compare
from ringfence.detectors.sharing.uses import applications
from ringfence.graph.model import ALWAYS, RELATIONS, kind_of
from ringfence.graph.store import open_store
from ringfence.loaders import load
from ringfence.loaders.sample import write_sample
from ringfence.loaders.sources import open_source
from support.ring_books import told
from support.toy import Book, Fact, Tie

APPLICANTS, SEED = 4000, 8
CARRIERS = ("application", "loan", "account")
"""What leads from a person to what he uses; an account is also used itself."""
APART = ("TRANSFERRED", "ORDERED", "VIA_CHANNEL", "GUARANTEES", "HOLDS_SHARE", "CONTROLS", "SAME_AS")
"""Relations that say nothing of who uses what."""
CELLS = ("use", "via", "relation", "name", "flag")


def rows_of(snapshot):
    """The rows of a snapshot that tell who uses what, with masks in place of tokens for names."""
    book = Book()
    for relation in (relation for relation in RELATIONS if relation not in APART):
        edges = snapshot.edges(relation)
        cells = {name: edges.column(name) for name in CELLS}
        cells["name"] = snapshot.masked(cells["name"])
        cells = pd.DataFrame(cells).astype(object)
        records = cells.where(cells.notna(), None).to_dict("records")
        texts = (snapshot.names(edges.source), snapshot.names(edges.target), snapshot.uids(edges.positions))
        numbers = (edges.amount.tolist(), edges.valid_from.tolist(), edges.valid_to.tolist())
        for place, (source, target, uid, amount, start, end) in enumerate(zip(*texts, *numbers, strict=True)):
            book.ties.append(Tie(relation, source, target, uid, amount, start, end, ALWAYS, records[place]))
    for table, cell in (("applicants", "name"), ("loans", "amount")):
        frame = snapshot.facts(table)
        values = snapshot.masked(frame[cell]) if cell == "name" else frame[cell].tolist()
        nodes = snapshot.names(frame["node"])
        for node, value, start, end in zip(nodes, values, frame["valid_from"], frame["valid_to"], strict=True):
            known = value if isinstance(value, str) or value == value else None
            book.facts.append(Fact(table, node, f"{table} {node}", int(start), int(end), {cell: known}))
    return book


FACETS_OF = {
    "device": ("handset",),
    "account": ("account",),
    "id_document": ("document",),
    "email": ("email",),
    "phone": ("phone", "alias", "contact", "social", "work"),
    "address": ("address", "cell", "work"),
    "employer": ("work",),
    "wifi": ("network",),
    "ip": ("network",),
}
"""By which facets a node of a kind may be shared."""


class Parts:
    """The parts of a book around some people: they themselves, and everything that touches what they use, but for what
    ties nobody, because too many use it or an innocent cause explains it."""

    def __init__(self, snapshot, population):
        self.book = rows_of(snapshot)
        self.ties, self.facts = defaultdict(list), defaultdict(list)
        for place, tie in enumerate(self.book.ties):
            self.ties[tie.source].append(place)
            self.ties[tie.target].append(place)
        for place, fact in enumerate(self.book.facts):
            self.facts[fact.node].append(place)
        limits, self.devices, self.tying = population.hub_limits(), defaultdict(set), set()
        joined = population.frame.joined
        for node, name in enumerate(snapshot.names(range(snapshot.node_count))):
            most = max((limits[facet] for facet in FACETS_OF.get(kind_of(name), ())), default=0)
            value = joined[node]
            if population.users[value] <= most and not population.excused[value]:
                self.tying.add(name)
            if kind_of(name) == "device":
                self.devices[int(value)].add(name)
        self.handset = {name: names for names in self.devices.values() for name in names}

    def beside(self, nodes):
        """The nodes at the other end of ties of these."""
        ties = {place for node in nodes for place in self.ties[node]}
        return {end for place in ties for end in (self.book.ties[place].source, self.book.ties[place].target)} - nodes

    def carriers(self, people):
        """People's applications, loans and accounts."""
        return {node for node in self.beside(people) if kind_of(node) in CARRIERS}

    def networks(self, applications):
        """All applications filed over a network, Wi-Fi and address alike, of one of these."""
        found = set()
        for application in applications:
            used = self.beside({application})
            wifi, ip = ({node for node in used if kind_of(node) == kind} for kind in ("wifi", "ip"))
            found |= self.beside(wifi) & self.beside(ip)
        return found

    def around(self, people):
        """The part as a book, and who is in it."""
        own = self.carriers(people)
        used = (self.beside(people) | own | self.beside(own)) & self.tying
        used |= {device for node in used for device in self.handset.get(node, ())}
        near = self.beside(used) | self.networks(node for node in own if kind_of(node) == "application")
        near |= self.beside({node for node in near if kind_of(node) in CARRIERS})
        everybody = people | {node for node in near if kind_of(node) == "applicant"}
        nodes = everybody | self.carriers(everybody)
        ties = sorted({place for node in nodes for place in self.ties[node]})
        facts = sorted({place for node in nodes for place in self.facts[node]})
        return Book([self.book.ties[place] for place in ties], [self.book.facts[place] for place in facts]), everybody


@pytest.fixture(scope="module")
def loaded(tmp_path_factory):
    """A dense synthetic book, loaded: its snapshot, population, findings, parts, and everybody's unit."""
    folder = tmp_path_factory.mktemp("locality")
    write_sample(folder / "book", APPLICANTS, SEED, "dense")
    store = open_store(f"sqlite:///{folder}/book.db")
    load(store, open_source(str(folder / "book"), None))
    snapshot = store.snapshot().at(store.data_date())
    population = FRAUD_RING.population(snapshot, FRAUD_RING.defaults())
    findings, parts = found(snapshot, population), Parts(snapshot, population)
    unit, weakly = units(snapshot, population, findings)
    assert weakly > 0, f"seed {SEED}: no finding that only weak ties made"
    yield snapshot, population, findings, parts, unit
    store.close()


def found(snapshot, population):
    """The findings of a snapshot under a population."""
    candidates = list(FRAUD_RING.detect(snapshot, population, FRAUD_RING.defaults()))
    return finalise(snapshot, [(FRAUD_RING, candidates)])


def names(finding):
    """The members' names."""
    return {member["node"] for member in finding.members}


def units(snapshot, population, findings):
    """Everybody by the unit he belongs to: those whom what they share binds together, and where they so make no ring,
    those whom weaker ties bind, too. Also how many findings only the weaker ties made."""
    params, uses = FRAUD_RING.defaults(), seen_in(population.frame, snapshot)[0]
    compared = compare(population, uses.where(comparable(population, uses)), applications(snapshot))
    rule, strengths = np.array(RULES), (params["link_strength"], params["single_strength"])
    label = bound_together(compared, rule, *strengths)
    of = dict(zip(snapshot.names(compared.people), label.tolist(), strict=True))
    within = [{of[member] for member in names(finding)} for finding in findings]
    rings = [min(labels) for labels in within if len(labels) == 1]
    free = ~np.isin(label, rings)
    label = bound_together(compared.among(free), rule, *strengths, params["weak_strength"], label)
    people = defaultdict(set)
    for name, unit in zip(of, label.tolist(), strict=True):
        people[unit].add(name)
    return {name: unit for unit in people.values() for name in unit}, len(within) - len(rings)


def test_the_part_around_a_ring_gives_the_same_finding(loaded):
    """The part is that around the ring's unit: those who were bound to it and left out, because they applied at another
    time, belong to it, since they count among those of whom so many acted together."""
    snapshot, population, findings, parts, unit = loaded
    assert len(findings) >= 8, f"seed {SEED}: too few to tell"
    for finding in findings:
        members = names(finding)
        people = unit[min(members)]
        assert members <= people
        part, everybody = parts.around(people)
        assert people < everybody and len(everybody) < APPLICANTS / 4
        same = [other for other in found(part.snapshot(snapshot.as_of), population) if other.id == finding.id]
        assert [told(other) for other in same] == [told(finding)], f"seed {SEED}, {sorted(members)}"


def test_the_part_around_people_who_are_no_ring_gives_none(loaded):
    snapshot, population, findings, parts, unit = loaded
    rings = {member for finding in findings for member in names(finding)}
    innocent = sorted({min(people) for people in unit.values() if len(people) >= 5 and not people & rings})
    assert len(innocent) >= 3, f"seed {SEED}: too few to tell"
    for first in innocent:
        part, everybody = parts.around(unit[first])
        alone = found(part.snapshot(snapshot.as_of), population)
        assert not [other for other in alone if names(other) & unit[first]], f"seed {SEED}, {first}"
        assert unit[first] <= everybody
