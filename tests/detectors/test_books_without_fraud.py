"""Books that hold no fraud: what the detectors of applicants would stop there."""

import pytest
from ringfence.detectors.run import run
from support.sample import sample_view

BOOKS, APPLICANTS, AT_MOST = 100, 2000, 3


@pytest.mark.soak
def test_a_hundred_books_without_fraud_have_at_most_three_red_findings(tmp_path):
    """Of any kind but guarantee structures, which are facts whatever their score."""
    red = []
    for seed in range(BOOKS):
        folder = tmp_path / str(seed)
        folder.mkdir()
        with sample_view(folder, APPLICANTS, seed, "none") as view:
            found = run(view).findings
        red += [
            f"seed {seed}: {finding.reason_en}"
            for finding in found
            if finding.colour == "red" and not finding.kind.startswith("guarantee_")
        ]
    assert len(red) <= AT_MOST, "\n".join(red)
