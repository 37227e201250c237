"""A book without fraud, written as extracts are: blanks as marks of nothing, a third of cards and devices masked."""

import random

import numpy as np
import pytest
from ringfence.detectors.run import run
from ringfence.graph.model import RELATIONS
from ringfence.loaders.cleaning.blanks import marks
from ringfence.loaders.passes.load import load
from ringfence.loaders.sample.book import write_sample
from support.loading import PLAIN, Loading
from support.sample import tables
from support.whole import FAR, shown

MASKED = ("bank_card_no", "account_no", "payer_account", "from_account", "to_account", "device_id", "imei")


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    folder = tmp_path_factory.mktemp("honest") / "book"
    write_sample(folder, 3000, 7, "none")
    return tables(folder)


@pytest.fixture(scope="module")
def clean(book, tmp_path_factory):
    return written(tmp_path_factory.mktemp("clean"), book, lambda column, cells: cells)


def written(folder, book, change):
    """The store of a book whose cells were changed, ``change(column, cells)`` by column."""
    (folder / "book").mkdir()
    for name, frame in book.items():
        frame.apply(lambda cells: change(cells.name, cells)).to_csv(folder / "book" / f"{name}.csv", index=False)
    loading = Loading(folder)
    load(loading.store, folder / "book", PLAIN)
    return loading.store


def marked(cells):
    """Every blank written as one of the marks, each of them many times in a book."""
    draw = random.Random(len(cells))
    words = [*sorted(marks()), "-", "——", "（NULL）", " n/a "]
    return cells.map(lambda cell: cell or draw.choice(words))


def hidden(value):
    """Whether a card or device is of the third that is masked: the same everywhere, as a source masks."""
    return bool(value) and random.Random(value.lower()).random() < 1 / 3


def masked(column, cells):
    return cells.map(lambda cell: f"{cell[:4]}****{cell[-4:]}" if column in MASKED and hidden(cell) else cell)


def findings(store):
    return {(finding.kind, finding.id) for finding in run(store.snapshot()).findings}


def relationships(store):
    """Every relationship that links, as its uid and ends."""
    view = store.snapshot().at(FAR)
    positions = np.concatenate([view.edges(relation).positions for relation in RELATIONS])
    positions = positions[view.links(positions)]
    uids = [item["uid"] for item in view.evidence(positions)]
    source, target = view.ends(positions)
    return set(zip(uids, view.names(source), view.names(target), strict=True))


def test_blanks_written_as_marks_make_the_same_graph(book, clean, tmp_path):
    store = written(tmp_path, book, lambda column, cells: marked(cells))
    assert shown(store.snapshot()) == shown(clean.snapshot())
    assert findings(store) == findings(clean)


def test_masked_cards_and_devices_only_lose_ties_and_make_no_finding(book, clean, tmp_path):
    store = written(tmp_path, book, lambda column, cells: marked(masked(column, cells)))
    whole = relationships(clean)
    nodes = {node for _, *ends in whole for node in ends}
    lost = {
        node for node in nodes if hidden(node.partition(":")[2]) and node.partition(":")[0] in ("account", "device")
    }
    kept = {tie for tie in whole if lost.isdisjoint(tie[1:])}
    assert {tie for tie in relationships(store) if nodes.issuperset(tie[1:])} == kept
    assert len(lost) > 1000 and findings(store) <= findings(clean)
