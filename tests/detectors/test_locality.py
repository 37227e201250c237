"""A unit alone gives, under the whole book's population, what it gives in the whole: on synthetic books."""

import pytest
from ringfence.detectors.registry import DETECTORS
from ringfence.graph.store import open_store
from ringfence.loaders import load
from ringfence.loaders.sample import write_sample
from ringfence.loaders.sources import open_source
from support.units import assert_parts_equal_whole

LEAST = {
    "cashout-merchant": 1,
    "guarantee": 5,
    "fraud-ring": 8,
    "intermediary": 3,
    "fund-flow": 1,
    "risky-cluster": 1,
    "velocity": 15,
}
"""So many units of the small book hold something."""


@pytest.fixture(scope="module")
def view(tmp_path_factory):
    """Views of synthetic books, by applicants, seed and setting."""
    opened = {}

    def of(applicants, seed, setting):
        key = (applicants, seed, setting)
        if key not in opened:
            folder = tmp_path_factory.mktemp("locality")
            write_sample(folder / "book", *key)
            store = opened[key] = open_store(f"sqlite:///{folder}/book.db")
            load(store, open_source(str(folder / "book"), None))
        return opened[key].snapshot().at(opened[key].data_date())

    yield of
    for store in opened.values():
        store.close()


@pytest.mark.parametrize("detector", DETECTORS.values(), ids=list(DETECTORS))
@pytest.mark.parametrize(
    ("applicants", "seed", "setting"),
    [
        (4000, 8, "dense"),
        pytest.param(20_000, 1, "default", marks=pytest.mark.soak),
        pytest.param(20_000, 2, "dense", marks=pytest.mark.soak),
    ],
)
def test_every_unit_of_a_book_alone_gives_what_it_gives_in_the_whole(detector, view, applicants, seed, setting):
    what = f"{applicants} applicants, {setting}, seed {seed}"
    assert assert_parts_equal_whole(detector, view(applicants, seed, setting), what) >= LEAST[detector.id], what
