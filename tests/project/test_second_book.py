"""The book of the second generator loads whole, and what its truth claims stands in its rows."""

import json
import os
import subprocess
import sys
from collections import Counter, defaultdict
from pathlib import Path

import pandas as pd
import pytest

SETTINGS = ("--applicants", "2000", "--rings", "5", "--brokers", "2.5", "--schemes", "10")

# Where the rows show what the members of a ring of each shape share, and the hub of each kind of intermediary.
COLUMNS = {
    "handset": ("applications", "device_id"),
    "place": ("applications", "ip"),
    "ip": ("applications", "ip"),
    "contact": ("contacts", "contact_mobile"),
    "account": ("repayments", "payer_account"),
    "address": ("applicants", "home_address"),
    "employer": ("applicants", "employer"),
}
SHAPES = {
    "accounts_and_contacts": ("account", "contact"),
    "handset_and_place": ("handset", "place"),
    "paper_jobs": ("employer", "contact", "account"),
    "bought_identities": ("handset", "place", "address", "account"),
    "slow_burn": ("handset", "place", "contact", "account"),
    "friends_of_friends": ("place", "contact", "account"),
    "five_in_three_days": ("handset", "ip", "contact", "account"),
}
HUBS = {
    "salesperson": ("applications", "salesperson_id"),
    "device": ("applications", "device_id"),
    "contact": ("contacts", "contact_mobile"),
    "one_payer": ("repayments", "payer_account"),
}
INNOCENT = {
    "shop_equipment": ("applications", "device_id"),
    "internet_cafe": ("applications", "ip"),
    "honest_dealer": ("applications", "salesperson_id"),
    "second_hand_handset": ("applications", "imei"),
    "hr_line": ("contacts", "contact_mobile"),
    "recycled_number": ("applicants", "mobile"),
    "payday": ("repayments", "payer_account"),
}
TIES = {"easy": 1.75, "medium": 1.4, "camouflaged": 1.0}


def write(root, folder, seed, *settings, hashing="0"):
    command = [sys.executable, root / "tests/bench/second_book.py", folder, "--seed", str(seed), *settings]
    subprocess.run(command, check=True, capture_output=True, env=os.environ | {"PYTHONHASHSEED": hashing})
    return folder


@pytest.fixture(scope="module")
def folder(root, tmp_path_factory):
    return write(root, tmp_path_factory.mktemp("second"), 1, *SETTINGS)


@pytest.fixture(scope="module")
def tables(folder):
    rows = {path.stem: pd.read_csv(path, dtype=str, keep_default_na=False) for path in folder.glob("*.csv")}
    borrowers = rows["loans"][["loan_id", "borrower_id"]].rename(columns={"borrower_id": "applicant_id"})
    rows["repayments"] = rows["repayments"].merge(borrowers, on="loan_id")
    return rows


@pytest.fixture(scope="module")
def truth(folder):
    return json.loads((folder / "truth.json").read_text("utf-8"))


def planted(truth, kind):
    groups = [one for one in truth["planted"] if one["kind"] == kind]
    return [(one, {member["node"].split(":")[1] for member in one["members"]}) for one in groups]


def users_of(tables, place):
    """The applicants with each value of a column."""
    table, column = place
    rows = tables[table][tables[table][column] != ""]
    return {value: set(users) for value, users in rows.groupby(column)["applicant_id"]}


def own_things(tables, shape, members):
    """The members with each thing that two or more share and that hardly anyone else has."""
    things = {}
    for kind in SHAPES[shape]:
        for value, users in users_of(tables, COLUMNS[kind]).items():
            inside = users & members
            if len(inside) > 1 and len(users) < 1.5 * len(inside):
                things[kind, value] = inside
    return things


def reached(things, start):
    group = {start}
    while more := {one for users in things.values() if users & group for one in users} - group:
        group |= more
    return group


def test_a_load_takes_every_row(folder, tmp_path):
    env = os.environ | {
        "RINGFENCE_STORE": f"sqlite:///{tmp_path}/book.db",
        "RINGFENCE_KEY_FILE": str(tmp_path / "keys.json"),
        "RINGFENCE_AUDIT": str(tmp_path / "audit.db"),
    }
    program = Path(sys.executable).with_name("ringfence")
    subprocess.run([program, "load", folder], check=True, capture_output=True, env=env)
    rejects = subprocess.run(
        [program, "rejects", "--format", "csv"], check=True, capture_output=True, text=True, env=env
    )
    assert len(rejects.stdout.splitlines()) == 1


def test_the_truth_names_applicants_and_shops_and_no_one_on_both_sides(truth, tables):
    applicants = set(tables["applicants"]["applicant_id"])
    known = applicants | set(tables["merchants"]["merchant_no"])
    guilty = {member["node"].split(":")[1] for one in truth["planted"] for member in one["members"]}
    innocent = {node.split(":")[1] for one in truth["innocent"] for node in one["members"]}
    assert len(applicants) == 2000
    assert guilty <= known and innocent <= known
    assert not guilty & innocent


def test_every_shape_of_ring_and_hub_is_planted_and_no_one_is_planted_twice(truth):
    groups = [one for kind in ("fraud_ring", "intermediary") for one, _ in planted(truth, kind)]
    shapes = SHAPES.keys() | HUBS.keys() | {"running_employer", "one_handset_many_people"}
    assert {one["shape"] for one in groups} == shapes
    times = Counter(member["node"] for one in groups for member in one["members"])
    assert set(times.values()) == {1}


def test_a_ring_hangs_together_by_the_things_of_its_shape_as_much_as_its_difficulty_says(truth, tables):
    for one, members in planted(truth, "fraud_ring"):
        things = own_things(tables, one["shape"], members)
        ties = len({(kind, user) for (kind, _), users in things.items() for user in users}) / len(members)
        assert reached(things, min(members)) == members, one["id"]
        assert ties >= TIES[one["difficulty"]], one["id"]
        assert 5 <= len(members) <= 40


def test_five_apply_within_three_days_and_three_of_them_sit_where_a_larger_ring_sits(truth, tables):
    stations = users_of(tables, ("applications", "wifi_bssid")).values()
    rings = planted(truth, "fraud_ring")
    others = {user for one, members in rings if len(members) > 5 for user in members}
    fives = [members for one, members in rings if one["shape"] == "five_in_three_days"]
    assert fives
    for one, _ in rings:
        if one["shape"] == "five_in_three_days":
            assert pd.Timestamp(one["last"]) - pd.Timestamp(one["first"]) < pd.Timedelta(days=3)
    assert all(any(len(users & five) >= 3 and users & others for users in stations) for five in fives)


def test_every_client_carries_the_hub(truth, tables):
    for one, members in planted(truth, "intermediary"):
        if one["shape"] in HUBS:
            assert any(members <= users for users in users_of(tables, HUBS[one["shape"]]).values()), one["id"]


def test_a_running_employer_differs_by_a_suffix_and_its_phones_are_consecutive(truth, tables):
    [(_, members)] = [(one, who) for one, who in planted(truth, "intermediary") if one["shape"] == "running_employer"]
    rows = tables["applicants"][tables["applicants"]["applicant_id"].isin(members)]
    phones = sorted(map(int, rows["employer_phone"]))
    assert len(set(rows["employer"])) == len(members)
    assert len(set(rows["employer"].str[:-3])) == 1
    assert phones == list(range(phones[0], phones[0] + len(members)))


def test_members_of_an_innocent_group_have_in_common_what_makes_it_one(truth, tables):
    groups = defaultdict(list)
    for one in truth["innocent"]:
        groups[one["twin"]].append({node.split(":")[1] for node in one["members"]})
    for twin, place in INNOCENT.items():
        shared = list(users_of(tables, place).values())
        assert groups[twin], twin
        assert all(any(members <= users for users in shared) for members in groups[twin]), twin


def test_a_seed_gives_the_same_bytes_and_another_seed_others(root, folder, tmp_path):
    again = write(root, tmp_path / "again", 1, *SETTINGS, hashing="1")
    other = write(root, tmp_path / "other", 2, *SETTINGS)
    for path in folder.iterdir():
        assert path.read_bytes() == (again / path.name).read_bytes(), path.name
    assert (folder / "truth.json").read_bytes() != (other / "truth.json").read_bytes()


def test_a_book_can_hold_no_fraud(root, tmp_path):
    clean = write(
        root, tmp_path / "clean", 1, "--applicants", "500", "--rings", "0", "--brokers", "0", "--schemes", "0"
    )
    truth = json.loads((clean / "truth.json").read_text("utf-8"))
    assert truth["planted"] == []
    assert len(truth["innocent"]) > 20
