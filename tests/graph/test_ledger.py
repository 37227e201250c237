"""Which rows count where all of the history does: each once, as it was stated last, ended or not."""

import numpy as np
import pytest
from ringfence.graph.kernels.timed import Rows
from support.loading import Loading, at

DISBURSED = """
    loan_id,account_no,amount,time
    L1,a1,30,2026-01-02
    L1,a2,70,2026-01-03
"""


@pytest.fixture
def home(tmp_path):
    """A store that books are loaded into one after the other."""
    home = Loading(tmp_path)
    yield home
    home.store.close()


def rows(home, kind, as_of=None):
    """All rows of a kind as ``(from, to, amount, day)``, in order."""
    snapshot = home.store.snapshot()
    snapshot = snapshot if as_of is None else snapshot.at(as_of)
    events = snapshot.ledger.out_of(kind)
    nodes = np.arange(snapshot.node_count)
    found = Rows.between(events, *events.all_of(nodes))
    return sorted(
        (snapshot.name(source), snapshot.name(other), amount, time)
        for source, other, time, amount in zip(*(column.tolist() for column in found), strict=True)
    )


def transfers(*lines):
    return "\n".join(["transfer_id,from_account,to_account,amount,time,kind", *lines])


def test_withdrawals_are_no_transfers_and_all_else_is(home):
    home.load(
        transfers=transfers(
            "T1,a1,a2,1,2026-01-01,transfer",
            "T2,a1,a2,2,2026-01-01,withdrawal",
            "T3,a1,a2,3,2026-01-01,loan_transfer",
            "T4,a1,a2,4,2026-01-01,",
        )
    )
    assert [row[2] for row in rows(home, "transfers")] == [1, 3, 4]
    assert [row[2] for row in rows(home, "withdrawals")] == [2]


def test_rows_are_known_whatever_the_time_looked_at(home):
    home.load(transfers=transfers("T1,a1,a2,1,2026-01-05,transfer"))
    assert len(rows(home, "transfers", at("2026-01-01"))) == 1


def test_a_row_that_was_changed_counts_as_it_was_stated_last(home):
    home.load(transfers=transfers("T1,a1,a2,1,2026-01-01,transfer", "T2,a1,a2,2,2026-01-02,transfer"))
    home.load(transfers=transfers("T1,a1,a3,10,2026-01-03,transfer", "T2,a1,a2,2,2026-01-02,transfer"))
    assert rows(home, "transfers") == [
        ("account:a1", "account:a2", 2.0, at("2026-01-02")),
        ("account:a1", "account:a3", 10.0, at("2026-01-03")),
    ]


def test_equal_rows_without_a_number_count_each(home):
    home.load(transfers="from_account,to_account,amount,time\na1,a2,1,2026-01-01\na1,a2,1,2026-01-01\n")
    assert len(rows(home, "transfers")) == 2


def test_what_was_deleted_or_fell_out_of_a_full_extract_counts(home):
    owners = "account_no,owner_id,valid_to\na1,A1,2026-02-01\na2,A1,\n"
    home.load(applicants="applicant_id,name\nA1,张三\n", account_owners=owners)
    assert len(rows(home, "ownership")) == 2


def test_an_owner_who_was_replaced_owned_the_account(home):
    people = "applicant_id,name\nA1,张三\nA2,李四\n"
    for owner, day in (("A1", "2026-01-01"), ("A2", "2026-02-01")):
        home.load(
            applicants=people,
            accounts=f"account_no,owner_id\na1,{owner}\n",
            transfers=transfers(f"T{owner},a1,a1,1,{day},transfer"),
        )
    assert [row[0] for row in rows(home, "ownership")] == ["applicant:A1", "applicant:A2"]


def test_a_payment_that_its_row_states_no_longer_never_was(home):
    """A loan that was said to be paid to one account, and then turned out to be paid in two parts."""
    loans = "loan_id,borrower_id,amount,account_no,disbursed_at\nL1,A1,100,a1,2026-01-01\n"
    home.load(applicants="applicant_id,name\nA1,张三\n", loans=loans)
    assert [row[2] for row in rows(home, "deposits")] == [100]
    home.load(disbursements=DISBURSED)
    assert [row[2] for row in rows(home, "deposits")] == [30, 70]


def test_amounts_and_balances_are_those_stated_last_and_a_blacklisting_that_ended_counts(home):
    people = "applicant_id,name\nA1,张三\n"
    flags = (
        "entity_kind,entity_key,flag,source,effective_from,expires_at\ndevice,d1,blacklist,x,2026-01-01,2026-01-02\n"
    )
    for balance in (90, 40):
        loans = f"loan_id,borrower_id,amount,balance,disbursed_at\nL1,A1,100,{balance},2026-01-01\nL2,A1,,,2026-01-01\n"
        home.load(applicants=people, loans=loans, devices="device_id,device_type\nd1,POS\nd2,\n", flags=flags)
    snapshot = home.store.snapshot()
    ledger, node = snapshot.ledger, snapshot.find
    assert ledger.loans[node("loan:L1")] == (100, 40)
    assert np.isnan(ledger.loans[node("loan:L2")]).all()
    assert (ledger.device_types[node("device:d1")], ledger.device_types[node("device:d2")]) == ("POS", None)
    assert ledger.blocked.tolist() == [node("device:d1")]


def test_a_book_without_such_rows_has_none(home):
    home.load(applicants="applicant_id,name\nA1,张三\n")
    ledger = home.store.snapshot().ledger
    assert rows(home, "transfers") == rows(home, "ownership") == []
    assert (ledger.loans, ledger.device_types, ledger.blocked.tolist()) == ({}, {}, [])
