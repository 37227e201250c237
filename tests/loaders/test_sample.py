"""The synthetic book as a whole: its bytes, its loading, its dirt, its settings, and that nothing in it tells tales."""

import filecmp
import math
import re

import numpy as np
import pytest
from ringfence.graph.errors import UserError
from ringfence.graph.store import open_store
from ringfence.graph.times import parse_moment
from ringfence.loaders import load
from ringfence.loaders.sample import write_sample
from ringfence.loaders.schema.tables import TABLES
from ringfence.loaders.sources import open_source
from support.loading import adds_up, names
from support.sample import keys, tables, truth

APPLICANTS, SEED = 2000, 11
SETTINGS = ("default", "dense", "sparse", "camouflaged", "none")


@pytest.fixture(scope="module")
def books(tmp_path_factory):
    """A folder with a book of each setting, all of one seed, and the summaries by setting."""
    folder = tmp_path_factory.mktemp("sample")
    print(f"seed {SEED}")
    return folder, {name: write_sample(folder / name, APPLICANTS, SEED, name) for name in SETTINGS}


@pytest.fixture(scope="module")
def loaded(books, tmp_path_factory):
    """The default book in a store: the store, the report and the source."""
    folder, _ = books
    store = open_store(f"sqlite:///{tmp_path_factory.mktemp('store')}/book.db")
    source = open_source(folder / "default")
    report = load(store, source)
    yield store, report, source
    store.close()


def test_equal_arguments_give_equal_bytes_and_another_seed_gives_others(books, tmp_path):
    folder, _ = books
    write_sample(tmp_path / "again", APPLICANTS, SEED)
    names = sorted(path.name for path in (folder / "default").iterdir())
    same, _, _ = filecmp.cmpfiles(folder / "default", tmp_path / "again", names, shallow=False)
    assert same == names
    write_sample(tmp_path / "other", 500, SEED + 1)
    assert (
        tables(tmp_path / "other")["applicants"]["mobile"]
        .isin(tables(folder / "default")["applicants"]["mobile"])
        .mean()
        < 0.02
    )


def test_a_book_holds_the_canonical_tables_and_the_summary_counts_their_rows(books):
    folder, summaries = books
    book = tables(folder / "default")
    assert set(book) == set(TABLES)
    assert summaries["default"]["tables"] == {name: len(book[name]) for name in summaries["default"]["tables"]}
    for name, frame in book.items():
        assert set(frame.columns) <= set(TABLES[name].all_columns), name


def test_it_loads_without_a_mapping_and_every_row_is_accounted_for(loaded):
    _, report, source = loaded
    assert names(source.left_out) == ["truth.json"]
    assert source.unknown_columns == []
    assert adds_up(report)
    assert report.tables["applicants"]["used"] == APPLICANTS


def test_few_rows_are_rejected_and_only_for_dirt_that_was_put_in(loaded):
    store, report, _ = loaded
    for name, counts in report.tables.items():
        assert counts["rejected"] <= 0.01 * counts["read"] + 3, name
    rows = store.rejects()
    reasons = set(rows[rows["level"] == "row"]["reason"])
    assert {"unknown_applicant", "unreadable_time", "unreadable_number"} <= reasons
    # a contact whose phone is 无 has none
    known = {"unknown_applicant", "unreadable_time", "unreadable_number", "scientific_notation", "missing_required"}
    assert reasons <= known


def test_dirt_is_there_at_realistic_rates(books):
    people = tables(books[0] / "default")["applicants"]
    applications = tables(books[0] / "default")["applications"]
    foreign = ~people["mobile"].str.fullmatch(r"1\d{10}|")
    assert 0.005 < foreign.mean() < 0.03
    assert 0.005 < (people["cert_no"] == "").mean() < 0.02
    assert people["cert_no"].str.len().isin([15]).any()
    assert (
        0.005
        < (applications["wifi_bssid"] == "02:00:00:00:00:00").sum() / (applications["wifi_bssid"] != "").sum()
        < 0.04
    )
    assert 0 < people["applicant_id"].duplicated().mean() < 0.01
    strangers = ~applications["applicant_id"].isin(people["applicant_id"])
    assert 0 < strangers.mean() < 0.006


def test_documents_and_cards_are_valid_but_for_the_dirt(books):
    from ringfence.loaders.cleaning.identifiers import normal_form, normalise

    book = tables(books[0] / "default")
    for column, kind, form in (("cert_no", "id_document", "身份证"), ("bank_card_no", "account", "card")):
        values = book["applicants"][column]
        flags = normalise(kind, values[values != ""], forms=form)["flag"]
        assert flags.isin(["invalid", "luhn"]).mean() < 0.005, column
    codes = book["companies"]["uscc"]
    assert normalise("id_document", codes, forms="uscc")["flag"].isna().all()
    assert normal_form("phone", book["merchants"]["phone"].iloc[0]).startswith("+861")


def test_truth_names_parties_that_the_store_holds_and_no_event_is_later_than_it_says(books, loaded):
    store, _, _ = loaded
    told = truth(books[0] / "default")
    assert (told["format"], told["setting"], told["seed"], told["applicants"]) == (1, "default", SEED, APPLICANTS)
    snapshot = store.snapshot()
    named = {member["node"] for scheme in told["planted"] for member in scheme["members"]}
    named |= {member for group in told["innocent"] for member in group["members"]}
    assert named
    declared = {
        f"{kind}:{key}" for kind, table, column in PARTIES for key in set(tables(books[0] / "default")[table][column])
    }
    assert named <= declared
    snapshot = snapshot.at(parse_moment(told["as_of"], "Asia/Shanghai"))
    assert all(snapshot.shown[snapshot.find(name)] for name in named)
    for scheme in told["planted"]:
        assert scheme["first"] <= scheme["last"] < told["as_of"] + "T00:00:00+08:00"
        assert scheme["amount"] >= 0
        assert len({member["node"] for member in scheme["members"]}) == len(scheme["members"])


PARTIES = (
    ("applicant", "applicants", "applicant_id"),
    ("company", "companies", "company_id"),
    ("merchant", "merchants", "merchant_no"),
)


def test_settings_scale_the_fraud_and_leave_the_innocent_alone(books):
    _, summaries = books
    rings = {name: summaries[name]["planted"].get("fraud_ring", 0) for name in SETTINGS}
    assert rings == {"default": 2, "dense": 10, "sparse": 1, "camouflaged": 2, "none": 0}
    assert summaries["none"]["planted"] == {}
    found_afterwards = {"shop_equipment", "busy_shop", "mall", "hr_line", "large_employer", "honest_dealer"}
    made = [
        {twin: count for twin, count in summary["innocent"].items() if twin not in found_afterwards}
        for summary in summaries.values()
    ]
    assert all(counts == made[0] for counts in made)
    for summary in summaries.values():
        assert {"shop_equipment", "hr_line"} <= set(summary["innocent"])


def test_camouflaged_books_hold_nothing_easy(books):
    folder, _ = books
    assert {scheme["difficulty"] for scheme in truth(folder / "camouflaged")["planted"]} == {"camouflaged"}
    assert len({scheme["difficulty"] for scheme in truth(folder / "dense")["planted"]}) == 3


def test_numbers_and_places_of_rows_do_not_tell_who_takes_part(books):
    """Rank sums of members among all rows: beyond four deviations once in 16,000 draws."""
    folder, _ = books
    book, told = tables(folder / "dense"), truth(folder / "dense")
    members = {key for scheme in told["planted"] for key in keys(scheme)}
    assert len(members) > 200
    for name, owner in (
        ("applicants", "applicant_id"),
        ("applications", "applicant_id"),
        ("loans", "borrower_id"),
        ("contacts", "applicant_id"),
    ):
        frame = book[name]
        inside = frame[owner].isin(members).to_numpy()
        numbered = frame[TABLES[name].key[0]].rank().to_numpy()
        for what, ranks in (("number", numbered), ("place", np.arange(len(frame)))):
            assert abs(rank_deviation(ranks, inside)) < 4, (name, what)


def rank_deviation(ranks, inside):
    """Mean rank of the chosen rows in standard deviations from what chance gives, rows taken as independent."""
    ranks = np.argsort(np.argsort(ranks)) + 0.5
    count, chosen = len(ranks), inside.sum()
    spread = math.sqrt((count + 1) * (count - chosen) / (12 * chosen)) if chosen < count else 1
    return (ranks[inside].mean() - count / 2) / spread


def test_rank_deviation_sees_an_order_that_tells():
    inside = np.arange(1000) < 100
    assert abs(rank_deviation(np.arange(1000), inside)) > 10


def test_numbers_of_rows_have_one_shape(books):
    """Nobody's number has a prefix or a length of its own."""
    book = tables(books[0] / "dense")
    for name, column in (
        ("applicants", "applicant_id"),
        ("applications", "apply_no"),
        ("loans", "loan_id"),
        ("transfers", "transfer_id"),
        ("merchants", "merchant_no"),
        ("companies", "company_id"),
    ):
        shapes = {re.sub(r"\d", "0", value) for value in book[name][column]}
        assert len(shapes) == 1, name


def test_the_honest_world_is_the_same_in_every_setting(books):
    """Fraud is done by people who live there anyway."""
    folder, _ = books
    default, none = (
        set(tables(folder / name)["applicants"][["name", "home_address"]].itertuples(index=False, name=None))
        for name in ("default", "none")
    )
    assert len(default & none) > 0.9 * len(none)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"applicants": 499}, "500 applicants or more"),
        ({"seed": -1}, "seed"),
        ({"setting": "rich"}, "choose one of default, dense, sparse, camouflaged, none"),
    ],
)
def test_what_makes_no_book_is_said(tmp_path, arguments, words):
    with pytest.raises(UserError, match=words):
        write_sample(tmp_path / "book", **{"applicants": 500, "seed": 1, **arguments})
    assert not (tmp_path / "book").exists()


def test_a_folder_with_something_in_it_is_left_alone(tmp_path):
    (tmp_path / "mine.txt").write_text("mine", "utf-8")
    with pytest.raises(UserError, match="not empty"):
        write_sample(tmp_path, 500, 1)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_a_file_in_the_way_is_said(tmp_path):
    (tmp_path / "file").write_text("", "utf-8")
    with pytest.raises(UserError, match="cannot be made"):
        write_sample(tmp_path / "file" / "book", 500, 1)
