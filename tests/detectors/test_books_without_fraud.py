"""Books that hold no fraud: what the detectors of applicants would stop there."""

import pytest
from ringfence.detectors.run import run
from ringfence.graph.store import open_store
from ringfence.loaders import load
from ringfence.loaders.sample import write_sample
from ringfence.loaders.sources import open_source

BOOKS, APPLICANTS, AT_MOST = 100, 2000, 3


@pytest.mark.soak
def test_a_hundred_books_without_fraud_have_at_most_three_red_findings(tmp_path):
    """Of any kind but guarantee structures, which are facts whatever their score."""
    red = []
    for seed in range(BOOKS):
        write_sample(tmp_path / f"book {seed}", APPLICANTS, seed, "none")
        store = open_store(f"sqlite:///{tmp_path}/{seed}.db")
        load(store, open_source(str(tmp_path / f"book {seed}"), None))
        found = run(store.snapshot().at(store.data_date())).findings
        store.close()
        red += [
            f"seed {seed}: {finding.reason_en}"
            for finding in found
            if finding.colour == "red" and not finding.kind.startswith("guarantee_")
        ]
    assert len(red) <= AT_MOST, "\n".join(red)
