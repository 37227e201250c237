"""What every detector passes, whatever it finds: one body over the registry."""

import inspect
import re

import numpy as np
import pytest
from ringfence.detectors.finalise import finalise
from ringfence.detectors.registry import DETECTORS
from ringfence.graph.model import FINDING_KINDS, PARTIES, ROLES
from support.cases import CASES
from support.toy import Book

detectors = pytest.mark.parametrize("detector", DETECTORS.values(), ids=list(DETECTORS))


def detected(detector, book, population=None):
    """Snapshot and candidates of a book, with the book's own population unless another is given."""
    snapshot, params = book.snapshot(), detector.defaults()
    known = detector.population(snapshot, params) if population is None else population
    return snapshot, list(detector.detect(snapshot, known, params))


def findings(detector, book, population=None):
    """The findings of a book."""
    snapshot, candidates = detected(detector, book, population)
    return finalise(snapshot, [(detector, candidates)])


def told(finding, new_names=None):
    """All that a finding says, apart from ids, file and row and the order of evidence; under other names if given."""
    new = (new_names or {}).get
    members = sorted((new(member["node"], member["node"]), member["role"]) for member in finding.members)
    evidence = sorted(
        (new(e["source"], e["source"]), new(e["target"], e["target"]), e["relation"]) for e in finding.evidence
    )
    rest = (finding.reason_zh, finding.reason_en, finding.innocent_twin, finding.measures, finding.truncated)
    return finding.kind, finding.view, finding.score, finding.colour, members, evidence, rest


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
    for finding in finalise(snapshot, [(detector, candidates)]):
        assert 0 <= finding.score <= 1
        assert finding.reason_zh.endswith("。") and finding.reason_en.endswith(".")
        assert finding.evidence and all(row["file"] and row["row"] > 1 for row in finding.evidence)
        nodes = [member["node"] for member in finding.members]
        assert len(nodes) == len(set(nodes)) > 1
        assert all(member["role"] in ROLES for member in finding.members)
        assert all(member["node"].split(":")[0] in PARTIES or member["role"] == "broker" for member in finding.members)
        assert all(isinstance(number, float | int) for number in finding.measures.values())
        assert finding.truncated == []


@detectors
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_order_of_rows_does_not_matter_not_even_to_the_order_of_members_and_evidence(detector, seed):
    book = CASES[detector.id].planted().beside(CASES[detector.id].innocent().rekeyed(0)[0])

    def listed(book):
        return [(told(f), f.members, [row["uid"] for row in f.evidence]) for f in findings(detector, book)]

    assert listed(book.shuffled(seed)) == listed(book), f"seed {seed}"


@detectors
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_keys_of_parties_do_not_matter(detector, seed):
    book = CASES[detector.id].planted()
    other, new_names = book.rekeyed(seed)
    assert all_told(findings(detector, other)) == all_told(findings(detector, book), new_names), f"seed {seed}"


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
@pytest.mark.parametrize("seed", range(0, 100, 10))
def test_a_unit_alone_gives_what_it_gives_in_the_whole(detector, seed):
    parts = CASES[detector.id].units(seed)
    whole = Book()
    for part in parts:
        whole = whole.beside(part)
    snapshot = whole.snapshot()
    population = detector.population(snapshot, detector.defaults())
    alone = [finding for part in parts for finding in findings(detector, part, population)]
    assert all_told(alone) == all_told(findings(detector, whole, population)), f"seed {seed}"
    assert alone, f"seed {seed}: no findings"


@detectors
def test_evidence_names_what_shows(detector):
    snapshot, candidates = detected(detector, CASES[detector.id].planted())
    for candidate in candidates:
        assert candidate.evidence.dtype == np.int64
        assert len(set(candidate.evidence.tolist())) == len(candidate.evidence)
        assert snapshot.visible(candidate.evidence).all()


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


@detectors
def test_the_documentation_lists_kinds_and_parameters(detector, request):
    page = (request.config.rootpath / "docs" / "detectors.md").read_text("utf-8")
    assert f"`{detector.id}`" in page
    for kind in detector.kinds:
        assert f"`{kind}`" in page
    for parameter in detector.parameters:
        assert f"| `{parameter.name}` | {parameter.default} | {parameter.description} |" in page
    for book in (CASES[detector.id].planted(), CASES[detector.id].hard()):
        for candidate in detected(detector, book)[1]:
            for measure in candidate.measures:
                assert f"`{measure}`" in page, measure
