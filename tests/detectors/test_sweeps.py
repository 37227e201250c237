"""What every detector passes, whatever it finds: one body over the registry."""

import inspect
import json
import pickle
import re
from dataclasses import replace

import pytest
from ringfence.detectors import frozen
from ringfence.detectors.registry import DETECTORS
from ringfence.graph.model import FINDING_KINDS, PARTIES, ROLES
from support import detecting
from support.cases import CASES
from support.toy import Book
from support.units import assert_parts_equal_whole

detectors = pytest.mark.parametrize("detector", DETECTORS.values(), ids=list(DETECTORS))


def detected(detector, book, population=None):
    """Snapshot and candidates of a book, with the book's own population unless another is given."""
    snapshot = book.snapshot()
    return snapshot, detecting.candidates(detector, snapshot, population)


def findings(detector, book, population=None):
    """The findings of a book."""
    return detecting.findings(detector, book.snapshot(), population)


def told(finding, new_names=None):
    """All that a finding says, apart from ids, file and row and the order of evidence; under other names if given."""
    new = (new_names or {}).get
    members = sorted((new(member["node"], member["node"]), member["role"]) for member in finding.members)
    evidence = sorted(
        (new(e["source"], e["source"]), new(e["target"], e["target"]), e["relation"]) for e in finding.evidence
    )
    things = sorted(
        (thing["kind"], sorted(thing["nodes"]), sorted(new(node, node) for node in thing["members"]), thing["users"])
        for thing in finding.things
    )
    rest = (finding.reason_zh, finding.reason_en, finding.innocent_twin, finding.measures, finding.truncated)
    return finding.kind, finding.view, finding.score, finding.colour, members, evidence, things, rest


def all_told(found, new_names=None):
    """What findings say, in an order of their own."""
    return sorted((told(finding, new_names) for finding in found), key=repr)


@detectors
def test_an_empty_graph_has_no_findings(detector):
    assert findings(detector, Book()) == []


@detectors
def test_findings_are_whole(detector):
    snapshot, candidates = detected(detector, CASES[detector.id].planted())
    assert {candidate.kind for candidate in candidates} == set(detector.kinds)
    for finding in detecting.final(detector, snapshot, candidates):
        assert 0 <= finding.score <= 1
        assert finding.reason_zh.endswith("。") and finding.reason_en.endswith(".")
        assert finding.evidence and all(row["file"] and row["row"] > 1 for row in finding.evidence)
        nodes = [member["node"] for member in finding.members]
        assert len(nodes) == len(set(nodes)) > 0
        assert all(member["role"] in ROLES for member in finding.members)
        assert all(member["node"].split(":")[0] in PARTIES or member["role"] == "broker" for member in finding.members)
        assert all(isinstance(number, float | int) for number in finding.measures.values())
        assert finding.truncated == []
        for thing in finding.things:
            assert thing["kind"] and set(thing["members"]) <= set(nodes) and thing["users"] >= len(thing["members"])
            assert all(snapshot.find(node) is not None for node in thing["nodes"])
        assert finding.explanations
        for tried in finding.explanations:
            assert tried["twin"] in detector.twins and tried["why_zh"] and tried["why_en"]


@detectors
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_order_of_rows_does_not_matter_not_even_to_the_order_of_members_and_evidence(detector, seed):
    book = CASES[detector.id].planted().beside(CASES[detector.id].innocent().rekeyed(0)[0])

    def listed(book):
        return [(told(f), f.members, f.things, [row["uid"] for row in f.evidence]) for f in findings(detector, book)]

    assert listed(book.shuffled(seed)) == listed(book), f"seed {seed}"


@detectors
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_keys_of_parties_do_not_matter(detector, seed):
    book = CASES[detector.id].planted()
    other, new_names = book.rekeyed(seed)
    assert all_told(findings(detector, other)) == all_told(findings(detector, book), new_names), f"seed {seed}"


@detectors
@pytest.mark.parametrize("most", [4, pytest.param(10_000, marks=pytest.mark.soak)])
def test_what_is_known_only_later_is_as_if_it_were_not(detector, most):
    """Relationships and facts that findings rest on, one by one, known from a day after the time asked of."""
    book = CASES[detector.id].planted()
    found = findings(detector, book)
    rests_on = {row["uid"] for finding in found for row in finding.evidence}
    later = book.snapshot().as_of + 86_400_000
    for kind in ("ties", "facts"):
        rows = getattr(book, kind)
        telling = [place for place, row in enumerate(rows) if kind == "facts" or row.uid in rests_on]
        for place in telling[:: -(-len(telling) // most) or 1]:
            row = rows[place]
            moved = replace(book, **{kind: [*rows[:place], replace(row, known=later), *rows[place + 1 :]]})
            removed = replace(book, **{kind: [*rows[:place], *rows[place + 1 :]]})
            known = findings(detector, moved)
            assert all_told(known) == all_told(findings(detector, removed)), row
            assert row.uid not in {evidence["uid"] for finding in known for evidence in finding.evidence}, row


@detectors
def test_the_same_snapshot_gives_the_same_findings(detector):
    book = CASES[detector.id].planted()
    one, other = findings(detector, book), findings(detector, book)
    assert [finding.as_dict() for finding in one] == [finding.as_dict() for finding in other]


@detectors
def test_an_innocent_twin_is_named_and_scores_lower(detector):
    planted = findings(detector, CASES[detector.id].planted())
    innocent = findings(detector, CASES[detector.id].innocent())
    assert bool(innocent) == CASES[detector.id].told
    assert all(finding.innocent_twin for finding in innocent)
    assert all(finding.innocent_twin is None for finding in planted)
    best = {finding.kind: finding.score for finding in reversed(planted)}
    for finding in innocent:
        assert finding.score < best[finding.kind], finding.kind


@detectors
def test_a_bound_that_bites_is_reported(detector):
    _, candidates = detected(detector, CASES[detector.id].hard())
    bitten = [bound for candidate in candidates for bound in candidate.truncated]
    limits = detector.defaults()
    assert bitten
    for bound in bitten:
        assert set(bound) == {"bound", "limit", "skipped", "could_change"}
        assert limits[bound["bound"]] == bound["limit"]


@detectors
@pytest.mark.parametrize(
    "seed", [0, 30, 60, *(pytest.param(seed, marks=pytest.mark.soak) for seed in range(1, 100, 10))]
)
def test_a_unit_alone_gives_what_it_gives_in_the_whole(detector, seed):
    whole = Book()
    for part in CASES[detector.id].units(seed):
        whole = whole.beside(part)
    assert assert_parts_equal_whole(detector, whole.snapshot(), f"seed {seed}") > 0, f"seed {seed}: no findings"


@detectors
def test_a_unit_alone_gives_what_it_gives_in_a_book_of_every_kind(detector):
    book = CASES[detector.id].planted().beside(CASES[detector.id].innocent().rekeyed(0)[0])
    assert assert_parts_equal_whole(detector, book.snapshot(), "planted beside innocent") > 0


@detectors
def test_a_frozen_population_gives_the_same_findings(detector, tmp_path):
    book = CASES[detector.id].planted().beside(CASES[detector.id].innocent().rekeyed(0)[0])
    population = detector.population(book.snapshot(), detector.defaults())
    frozen.save(population, tmp_path / "frozen")
    kept = frozen.opened(type(population), tmp_path / "frozen")
    assert all_told(findings(detector, book, kept)) == all_told(findings(detector, book))


@detectors
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_frozen_population_serves_a_later_snapshot_that_numbers_nodes_otherwise(detector, seed, tmp_path):
    book = CASES[detector.id].planted()
    frozen.save(detector.population(book.snapshot(), detector.defaults()), tmp_path / "frozen")
    kept = frozen.opened(type(detector.population(book.snapshot(), detector.defaults())), tmp_path / "frozen")
    later = Book().guarantees("new1>new2").person("newcomer", "139999").beside(book.shuffled(seed))
    assert all_told(findings(detector, later, kept)) == all_told(findings(detector, book)), f"seed {seed}"


@detectors
def test_candidates_are_portable(detector):
    """They name nodes and uids, and hold nothing that only this process understands."""
    _, candidates = detected(detector, CASES[detector.id].planted())
    for candidate in candidates:
        assert pickle.loads(pickle.dumps(candidate)) == candidate
        assert all(isinstance(node, str) for node, _ in candidate.members)
        assert len({row["uid"] for row in candidate.evidence}) == len(candidate.evidence)
        json.dumps(candidate.reason)


@detectors
def test_the_declaration_describes_itself(detector):
    assert DETECTORS[detector.id] is detector
    assert re.fullmatch(r"[a-z-]+", detector.id)
    assert set(detector.kinds) <= set(FINDING_KINDS)
    assert detector.version and len(detector.unit.split()) > 3
    document = inspect.getdoc(detector.detect) or ""
    assert all(kind in document for kind in detector.kinds)
    assert "nnocent" in document
    names = [parameter.name for parameter in detector.parameters]
    assert len(names) == len(set(names))
    assert all(len(parameter.description.split()) > 3 for parameter in detector.parameters)
    measures = {measure.name for measure in detector.measures}
    assert len(measures) == len(detector.measures)
    assert all(measure.unknown is None or measure.unknown in measures for measure in detector.measures)
    bounds = {parameter.name for parameter in detector.parameters if parameter.words}
    for book in (CASES[detector.id].planted(), CASES[detector.id].hard()):
        for candidate in detected(detector, book)[1]:
            assert set(candidate.measures) <= measures
            assert {bound["bound"] for bound in candidate.truncated} <= bounds
            assert {tried.twin for tried in candidate.explanations} <= set(detector.twins)


@detectors
def test_the_documentation_lists_kinds_and_parameters(detector, request):
    page = (request.config.rootpath / "docs" / "detectors.md").read_text("utf-8")
    assert f"`{detector.id}`" in page
    for kind in detector.kinds:
        assert f"`{kind}`" in page
    for parameter in detector.parameters:
        default = "above" if isinstance(parameter.default, list) else parameter.default
        assert f"| `{parameter.name}` | {default} | {parameter.description} |" in page
    for book in (CASES[detector.id].planted(), CASES[detector.id].hard()):
        for candidate in detected(detector, book)[1]:
            for measure in candidate.measures:
                assert f"`{measure}`" in page, measure
