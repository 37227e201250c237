"""The guarantees of LDBC FinBench's own sample: its published counts, by way of loader and store."""

from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from ringfence.detectors.guarantees.net import build_net
from ringfence.detectors.guarantees.view import View
from ringfence.detectors.run import run
from ringfence.graph.kernels.texts import Texts
from ringfence.graph.store import open_store
from ringfence.loaders import load
from ringfence.loaders.schema.mapping import load_mapping

SAMPLE = Path(__file__).resolve().parents[1] / "data" / "finbench-driver-example"


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory):
    """The sample, loaded, at its data date."""
    store = open_store(f"sqlite:///{tmp_path_factory.mktemp('finbench') / 'store.db'}")
    load(store, SAMPLE, load_mapping("finbench"))
    yield store.snapshot()
    store.close()


@pytest.fixture(scope="module")
def findings(snapshot):
    """What the detector finds in it."""
    return run(snapshot).findings


def chains(findings, kind):
    """The chains among parties of a kind, raw view."""
    return [
        finding
        for finding in findings
        if finding.kind == "guarantee_chain"
        and finding.view == "raw"
        and finding.members[0]["node"].startswith(f"{kind}:")
    ]


def test_nothing_goes_round_in_either_view(findings):
    assert {finding.kind for finding in findings} == {"guarantee_chain"}


def test_longest_chains(findings):
    longest = {
        kind: max(f.measures["longest_chain"] for f in chains(findings, kind)) for kind in ("applicant", "company")
    }
    assert longest == {"applicant": 7, "company": 8}


def test_parties_contracts_and_weak_components(snapshot):
    net = build_net(snapshot, Texts.of([]), None)
    view = View("raw", net, np.arange(len(net.parties)))
    kind = np.array([name.partition(":")[0] for name in net.names])
    assert Counter(kind) == {"applicant": 1169, "company": 545}
    assert Counter(kind[net.guarantor]) == {"applicant": 916, "company": 435}
    sizes = {name: np.sort(np.bincount(view.weak[kind == name]))[::-1] for name in ("applicant", "company")}
    assert {name: np.count_nonzero(size) for name, size in sizes.items()} == {"applicant": 254, "company": 111}
    assert sizes["applicant"][:5].tolist() == [267, 27, 23, 17, 15]
    assert sizes["company"][:5].tolist() == [139, 21, 14, 11, 11]


def test_no_amount_is_known_and_none_is_made_up(findings):
    for finding in findings:
        assert finding.measures["amount_unknown"] == finding.measures["contracts"]
        assert "amount" not in finding.measures
        assert "金额均不详" in finding.reason_zh


def test_every_contract_of_a_chain_names_its_file_and_row(findings):
    (longest,) = [f for f in chains(findings, "company") if f.measures["longest_chain"] == 8]
    assert len(longest.evidence) == longest.measures["contracts"] == 139
    files = {row["file"].removesuffix(".gz") for row in longest.evidence if row["relation"] == "GUARANTEES"}
    assert files == {"data/CompanyGuaranteeCompany.csv"}
    assert all(row["row"] >= 2 for row in longest.evidence)


def test_contracts_that_had_not_begun_take_no_part(snapshot):
    edges = snapshot.edges("GUARANTEES")
    middle = int(np.median(edges.valid_from))
    later = {row["uid"] for row in snapshot.evidence(edges.positions[edges.valid_from > middle])}
    earlier = run(snapshot.at(middle)).findings
    used = {row["uid"] for finding in earlier for row in finding.evidence}
    assert used and later and not used & later
