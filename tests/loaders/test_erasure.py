"""A person, or one identifier, erased from a store: nothing of it is left, and what stays is said and still whole."""

import json

import pytest
from ringfence.graph.errors import UserError
from ringfence.graph.keys import mask
from ringfence.graph.model import RELATIONS
from ringfence.graph.store import Run, open_store
from ringfence.graph.store.erasure import PERSON
from ringfence.graph.store.masks import mask_of
from ringfence.loaders import load
from ringfence.loaders.cleaning.identifiers import node_name
from ringfence.loaders.schema.mapping import parse_mapping
from ringfence.loaders.schema.naming import naming_cells
from support.stores import STORES, relationships_of

MAPPING = parse_mapping("reject_limit = 1.0\n", "personal", "personal")
GONE = "ZQ-PERSON-7"
"""The person who is erased: a key that occurs nowhere else by chance."""
FIRST = {
    "applicants": f"""applicant_id,name,mobile,bank_card_no,home_address,employer,region
{GONE},张小明,13812345678,6222020000001234567,上海市浦东新区世纪大道1号,独苗作坊,沪
{GONE},张小明,13322223333,,,,
A2,李雷,13900001111,6222020000007654321,上海市浦东新区世纪大道1号,大厂,沪
A2,李雷,13477770000,,,,""",
    "identifiers": f"""owner_id,kind,value,use
{GONE},手机,13455550001,own
{GONE},设备,solo-handset-77,
{GONE},设备,shared-device-1,
{GONE},手机,44,
A2,邮箱,lilei@example.com,""",
    "relations": f"applicant_id,other_id,relation\n{GONE},A2,配偶\nA2,{GONE},配偶",
    "contacts": f"""applicant_id,contact_mobile,contact_name,relation
{GONE},13700003333,王独一,朋友
A2,13612340000,赵六,同事""",
    "applications": f"""apply_no,applicant_id,apply_time,device_id,ip,gps_lat,gps_lon,amount
ZQ-APPLICATION-1,{GONE},2026-01-05 10:00:00,shared-device-1,203.0.113.9,31.23,121.47,abc
P2,A2,2026-01-06 11:00:00,shared-device-1,203.0.113.77,31.99,121.99,300""",
    "companies": f"company_id,name,legal_rep_id\nC1,甲公司,{GONE}\nC2,乙公司,A2",
    "loans": f"""loan_id,borrower_id,apply_no,amount,disbursed_at,account_no
L1,{GONE},ZQ-APPLICATION-1,20000,2026-01-10,6222020000001234567
L2,A2,P2,30000,2026-01-11,6222020000007654321""",
    "guarantees": f"""contract_id,guarantor_id,borrower_id,amount,start_date,end_date,status
G1,{GONE},C1,500,2025-06-01,2027-06-01,有效
,{GONE},C2,600,2025-06-01,2027-06-01,有效
G3,C1,C2,700,2025-06-01,2027-06-01,有效""",
    "merchants": "merchant_no,name\nM1,店",
    "orders": f"""order_no,applicant_id,merchant_no,amount,paid_at,delivery_address
O1,{GONE},M1,99,2026-01-12,苏州市工业园区星湖街99号
O2,A2,M1,98,2026-01-12,苏州市姑苏区平江路8号""",
    "transfers": """transfer_id,from_account,to_account,amount,time
T1,6222020000001234567,6222020000007654321,50,2026-01-13""",
    "flags": f"entity_kind,entity_key,flag,source\napplicant,{GONE},overdue,ours\napplicant,A2,overdue,ours",
}
LATER = {"applicants": f"applicant_id,name,mobile\n{GONE},张小明,13511112222\nA2,李雷,13900001111"}
"""A month later the person has another phone: the first is a past tie."""
OWN = (
    ("phone", "13812345678"), ("phone", "13511112222"), ("phone", "13700003333"), ("account", "6222020000001234567"),
    ("phone", "13322223333"), ("phone", "13455550001"), ("device", "solo-handset-77"),
    ("ip", "203.0.113.9"), ("name", "张小明"), ("name", "王独一"), ("address", "苏州市工业园区星湖街99号"),
)  # fmt: skip
"""What nobody else states."""
OTHERS = (("device", "shared-device-1"), ("address", "上海市浦东新区世纪大道1号"))


@pytest.fixture(params=STORES)
def store(request, tmp_path, monkeypatch):
    """A store of every kind with two loads, and a run that found something about everybody."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    url = f"sqlite:///{tmp_path}/graph.db" if request.param == "sqlite" else request.getfixturevalue("neo4j_url")
    store = open_store(url)
    if request.param == "sqlite":
        # some builds of SQLite overwrite what they free, others do not
        store.connection.execute("PRAGMA secure_delete = OFF")
    for number, tables in enumerate((FIRST, LATER)):
        folder = tmp_path / f"book-{number}"
        folder.mkdir()
        for table, csv in tables.items():
            (folder / f"{table}.csv").write_text(csv + "\n", "utf-8")
        load(store, folder, MAPPING)
    mine = node(store, "phone", "13812345678")
    store.save_batch(
        [Run("guarantee", "1", 2, 1_767_225_600_000, {})],
        [
            finding("aa01", f"{PERSON}:{GONE}", mine, 1),
            finding("aa02", "company:C1", mine, 2),
            finding("aa03", "company:C1", node(store, "device", "shared-device-1"), 3),
        ],
        [case("cc01", f"{PERSON}:{GONE}", "company:C1"), case("cc02", "company:C1"), case("cc03", mine)],
    )
    everybody = [f"{PERSON}:{GONE}", "company:C1"]
    store.add_case_entries(
        [
            entry("cc01", f"spoke to {GONE} at home", everybody),
            entry("cc01", "no answer", everybody),
            entry("cc02", "an invoice", ["company:C1"]),
            entry("cc02", f"the phone is {mine}", ["company:C1"]),
        ]
    )
    yield store
    store.close()


def finding(identity, member, evidence, rank):
    return {
        "id": identity, "kind": "fraud_ring", "view": "raw", "rank_all": rank, "colour": "red", "detector": "guarantee",
        "members": [{"node": member, "role": "member"}],
        "evidence": [{"source": member, "target": evidence, "relation": "HAS_PHONE", "uid": "u"}],
    }  # fmt: skip


def case(identity, *people):
    amounts = {people[0]: [{"currency": "CNY", "balance": 5.0}]}
    return {"id": identity, "people": [*people], "added": [people[0]], "parts": [{"id": "aa01"}], "by_member": amounts}


def entry(identity, text, people):
    return {"case": identity, "action": "note", "text": text, "by": "li", "at": 1, "people": people}


def node(store, kind, value):
    """The name of a value's node; of a name, which is no node, what it would be."""
    return node_name(kind, value, store.keys, {**store.privacy(), "name": "personal"})


def token(store, kind, value):
    return node(store, kind, value).partition(":")[2]


def everything(store, tmp_path):
    """All that a store holds as one text: of an embedded one the bytes of its files, of Neo4j every property."""
    store.snapshot()
    if store.url.startswith("sqlite"):
        files = [path for path in tmp_path.glob("graph.db*") if path.is_file()]
        files += [path for path in (tmp_path / "graph.db.snapshots").rglob("*") if path.is_file()]
        assert len(files) > 20
        return "\n".join(path.read_bytes().decode("latin-1") for path in files)
    nodes = store.connection.read("MATCH (n) RETURN properties(n) AS p")
    edges = store.connection.read("MATCH ()-[r]->() RETURN properties(r) AS p")
    cached = [path.read_bytes().decode("latin-1") for path in (tmp_path / "cache").rglob("*") if path.is_file()]
    assert len(nodes) > 50 and len(cached) > 20
    return "\n".join([str([record["p"] for record in [*nodes, *edges]]), *cached])


def erase(store, kind, value):
    return store.erase(f"{kind}:{value}" if kind == PERSON else node(store, kind, value), naming_cells())


def test_of_an_erased_person_no_byte_is_left(store, tmp_path):
    traces = [GONE, "ZQ-APPLICATION-1", "独苗作坊", *(token(store, *value) for value in OWN)]
    shown = [trace.encode().decode("latin-1") if store.url.startswith("sqlite") else trace for trace in traces]
    before = everything(store, tmp_path)
    assert [trace for trace in shown if trace not in before] == []
    done = erase(store, PERSON, GONE)
    after = everything(store, tmp_path)
    assert [trace for trace in shown if trace in after] == []
    for kind, value in OWN:
        assert store.secret(token(store, kind, value)) is None
    # nobody else has this last four: a mask would tell
    assert mask("account", "6222020000001234567") not in after
    assert done.removed > 0 and done.rewritten > 0 and done.values >= len(OWN)


def test_what_others_state_stays_with_them_and_is_named(store):
    done = erase(store, PERSON, GONE)
    assert set(done.kept) >= {node(store, *value) for value in OTHERS}
    for kind, value in (*OTHERS, ("phone", "13900001111"), ("name", "李雷")):
        kept = store.secret(token(store, kind, value))
        assert kept is not None and store.keys.decrypt(kept[1]) == value
    around = relationships_of(store, node(store, "device", "shared-device-1"))
    assert {item["source"] for item in around} == {"application:P2"}
    assert [fact["data"]["name"] for fact in store.get("applicant:A2")["facts"] if fact["table"] == "applicants"] == [
        token(store, "name", "李雷")
    ]


def test_their_relations_go_with_them_and_an_identifier_beside_the_latest_is_forgotten_like_any_other(store):
    erase(store, PERSON, GONE)
    assert len(store.snapshot().edges("RELATED_TO")) == 0
    assert len(store.current_relationships("USED_DEVICE")) == 1, "A2's application"
    done = erase(store, "phone", "13477770000")
    (said,) = [fact["data"] for fact in store.get("applicant:A2")["facts"] if fact["table"] == "applicants"]
    assert done.rewritten > 0 and token(store, "phone", "13477770000") not in json.dumps(said)


def test_contracts_and_money_stay_under_a_random_name_at_every_revision(store):
    before = counts(store)
    done = erase(store, PERSON, GONE)
    assert done.name.startswith("applicant:erased_") and len(done.name) == len("applicant:erased_") + 32
    snapshot = store.snapshot()
    for relation, column in (
        ("BORROWED", "source"),
        ("GUARANTEES", "source"),
        ("ORDERED", "source"),
        ("CONTROLS", "source"),
    ):
        ends = snapshot.names(getattr(snapshot.edges(relation), column))
        assert done.name in ends, relation
    assert store.get("loan:L1")["facts"][0]["data"]["borrower_id"] == done.name.partition(":")[2]
    assert "apply_no" not in store.get("loan:L1")["facts"][0]["data"]
    assert store.get("company:C1")["facts"][0]["data"]["legal_rep_id"] == done.name.partition(":")[2]
    uids = set(store.current_relationships("GUARANTEES")["uid"])
    assert f"guarantees:G1|{done.name}|company:C1" in uids and len(uids) == 3
    after = counts(store)
    # of 2 each, the person's are gone; what is others' too is as it was
    assert after["APPLIED"] == before["APPLIED"] - 1
    for relation in ("BORROWED", "GUARANTEES", "ORDERED", "CONTROLS", "TRANSFERRED"):
        assert after[relation] == before[relation]
    assert store.get(done.name)["facts"] == []
    assert store.revision() == 3 and store.loads()[-1].source == "erasure" and not store.loads()[-1].bulk
    for revision in (1, 2):
        assert f"applicant:{GONE}" not in store.snapshot(revision).names(range(store.snapshot(revision).node_count))


def counts(store):
    return {name: len(store.snapshot().edges(name)) for name in RELATIONS}


def test_findings_that_mention_the_erased_go_and_others_stay(store):
    done = erase(store, PERSON, GONE)
    assert done.findings == 2
    (run,) = store.runs()
    assert [found["id"] for found in store.findings([run.run])] == ["aa03"] and run.findings == 1


def test_cases_go_on_under_the_new_name_and_what_was_noted_of_the_erased_goes(store):
    done = erase(store, PERSON, GONE)
    first, second, third = store.cases()
    assert (first["people"], first["added"], [*first["by_member"]]) == (
        [done.name, "company:C1"],
        [done.name],
        [done.name],
    )
    assert (second["people"], second["by_member"]) == (["company:C1"], case("cc02", "company:C1")["by_member"])
    assert third["people"] != [node(store, "phone", "13812345678")], "an identifier of the erased has a new name too"
    entries = store.case_entries()
    assert [one["text"] for one in entries] == ["（已删除）", "no answer", "an invoice", "（已删除）"]
    assert [one["people"] for one in entries[1:3]] == [[done.name, "company:C1"], ["company:C1"]]
    store.add_case_entries(entries)
    assert store.case_entries() == entries, "what was rewritten is known by what it says now"


def test_the_values_of_rejects_in_rows_of_the_erased_go(store):
    assert "abc" in store.rejects()["value"].tolist()
    erase(store, PERSON, GONE)
    rejects = store.rejects()
    assert rejects["reason"].tolist() == ["unreadable_number"] and rejects["value"].isna().all()


def test_an_erased_identifier_stays_a_node_that_leads_to_nothing(store, tmp_path):
    shared = node(store, "device", "shared-device-1")
    done = erase(store, "device", "shared-device-1")
    assert done.kept == [] and done.removed == 0 and done.findings == 1
    assert shared.partition(":")[2] not in everything(store, tmp_path)
    assert store.secret(shared.partition(":")[2]) is None and mask_of(done.name, store.secret) is None
    around = relationships_of(store, done.name)
    assert {item["source"] for item in around} == {
        "application:P2", "application:ZQ-APPLICATION-1", f"applicant:{GONE}",
    }  # fmt: skip
    said = [fact["data"]["device_id"] for fact in store.get("application:P2")["facts"]]
    assert said == [done.name.partition(":")[2]]


def test_rows_without_key_that_name_the_erased_get_new_uids(store):
    def keyless():
        held = store.current_relationships("GUARANTEES")
        return {uid for uid in held["uid"] if uid.startswith("guarantees:~")}

    before = keyless()
    erase(store, PERSON, GONE)
    assert len(before) == 1 and len(keyless()) == 1 and keyless() != before


def test_an_erased_value_that_is_loaded_again_is_a_new_node(store, tmp_path):
    done = erase(store, "phone", "13900001111")
    load(store, tmp_path / "book-1", MAPPING)
    again = node(store, "phone", "13900001111")
    assert again != done.name and store.secret(again.partition(":")[2]) is not None
    assert {item["target"] for item in relationships_of(store, "applicant:A2")} >= {again, done.name}


def test_a_load_goes_on_after_an_erasure_and_its_unchanged_rows_stay_so(store, tmp_path):
    erase(store, PERSON, GONE)
    folder = tmp_path / "more"
    folder.mkdir()
    (folder / "guarantees.csv").write_text(
        FIRST["guarantees"].splitlines()[0] + "\nG3,C1,C2,700,2025-06-01,2027-06-01,有效\n"
    )
    report = load(store, folder, MAPPING)
    assert report.tables["guarantees"]["unchanged"] == 1
    (folder / "guarantees.csv").write_text(FIRST["guarantees"].replace("G1", "G9") + "\n", "utf-8")
    report = load(store, folder, MAPPING)
    # who is not declared any more can be named by no row
    assert report.tables["guarantees"]["rejected"] == 2
    assert store.unload(report.load) == store.revision()


def test_what_is_kept_of_rejected_and_unloaded_rows_can_be_erased_too(store, tmp_path):
    folder = tmp_path / "more"
    folder.mkdir()
    (folder / "contacts.csv").write_text("applicant_id,contact_mobile\nnobody,13455556666\nA2,13477778888\n")
    (folder / "applicants.csv").write_text("applicant_id,mobile\nZQ-UNLOADED,13499990000\n")
    store.unload(load(store, folder, MAPPING).load)
    store.purge()
    values = ("13455556666", "13477778888", "13499990000")
    held = [token(store, "phone", value) for value in values]
    assert all(store.secret(each) for each in held)
    for value in values:
        assert erase(store, "phone", value).values == 1
    erase(store, PERSON, "ZQ-UNLOADED")
    left = everything(store, tmp_path)
    assert [each for each in (*held, "ZQ-UNLOADED") if each in left] == []
    # an address that is no node of its own, as nothing ties to it
    assert erase(store, "address", "苏州市姑苏区平江路8号").rewritten == 1


@pytest.mark.parametrize("name", ["company:C1", "loan:L1", "employer:大厂"])
def test_what_is_no_personal_data_is_refused(store, name):
    with pytest.raises(UserError, match="no personal data by itself"):
        store.erase(name, naming_cells())


def test_who_is_not_there_cannot_be_erased(store):
    revision = store.revision()
    with pytest.raises(UserError, match="nothing to erase"):
        store.erase("applicant:nobody", naming_cells())
    assert store.revision() == revision


def test_an_application_that_was_another_persons_once_stays_with_that_person(tmp_path):
    store = open_store(f"sqlite:///{tmp_path}/graph.db")
    for number, applicant in enumerate(("A1", "A2")):
        folder = tmp_path / f"b{number}"
        folder.mkdir()
        (folder / "applicants.csv").write_text("applicant_id\nA1\nA2\n")
        (folder / "applications.csv").write_text(
            f"apply_no,applicant_id,apply_time\nP1,{applicant},2026-01-0{number + 1}\n"
        )
        load(store, folder, MAPPING)
    store.erase("applicant:A1", naming_cells())
    assert store.get("application:P1")["facts"][0]["data"]["applicant_id"] == "A2"
    assert "A1" not in json.dumps(store.get("application:P1"))
    store.close()


@pytest.mark.parametrize("afterwards", ["erase", "load"])
def test_bytes_that_an_interrupted_erasure_left_go_with_the_next_erasure_or_load(tmp_path, monkeypatch, afterwards):
    store = open_store(f"sqlite:///{tmp_path}/graph.db")
    store.connection.execute("PRAGMA secure_delete = OFF")
    folder = tmp_path / "book"
    folder.mkdir()
    (folder / "applicants.csv").write_text(FIRST["applicants"] + "\n", "utf-8")
    load(store, folder, MAPPING)
    store.snapshot()
    gone = token(store, "phone", "13812345678").encode()

    def held():
        return any(gone in path.read_bytes() for path in tmp_path.glob("graph.db*/**/*") if path.is_file()) or any(
            gone in path.read_bytes() for path in tmp_path.glob("graph.db*") if path.is_file()
        )

    with monkeypatch.context() as patch:
        patch.setattr("ringfence.graph.store.sqlite.erasure.scrub", lambda store: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            erase(store, PERSON, GONE)
    store.close()
    assert held()
    store = open_store(store.url)
    if afterwards == "erase":
        with pytest.raises(UserError, match="nothing to erase"):
            erase(store, PERSON, GONE)
    else:
        (folder / "applicants.csv").write_text("applicant_id\nA2\n")
        load(store, folder, MAPPING)
    assert not held()
    store.close()
