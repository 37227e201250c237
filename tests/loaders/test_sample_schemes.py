"""What is planted is really in the tables, read there without any knowledge of how it was made."""

from collections import defaultdict

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from ringfence.loaders.sample import write_sample
from support.sample import keys, tables, things, truth

APPLICANTS, SEED = 3000, 5


@pytest.fixture(scope="module")
def dense(tmp_path_factory):
    """A dense book: its tables and its truth."""
    folder = tmp_path_factory.mktemp("sample") / "dense"
    print(f"seed {SEED}")
    write_sample(folder, APPLICANTS, SEED, "dense")
    return tables(folder), truth(folder)


def planted(told, kind, shape=None):
    """The schemes of a kind, at least one."""
    found = [scheme for scheme in told["planted"] if scheme["kind"] == kind and shape in (None, scheme["shape"])]
    assert found, f"no {kind} {shape or ''} was planted"
    return found


def sharing(members, has):
    """The graph of members who have something in common, with the sorts of things as edge data."""
    graph = nx.Graph()
    graph.add_nodes_from(members)
    for at, one in enumerate(members):
        for other in members[at + 1 :]:
            common = {sort for sort, _ in has[one] & has[other]}
            if common:
                graph.add_edge(one, other, sorts=common)
    return graph


def test_every_kind_is_planted(dense):
    kinds = {scheme["kind"] for scheme in dense[1]["planted"]}
    assert kinds == {
        "fraud_ring", "intermediary", "cashout_merchant", "fund_flow", "risky_cluster", "velocity", "guarantee_mutual",
        "guarantee_joint", "guarantee_cycle", "guarantee_chain", "guarantee_circle", "guarantee_over",
    }  # fmt: skip


def test_members_of_a_ring_share_what_strangers_do_not(dense):
    book, told = dense
    has = things(book)
    holders = defaultdict(set)
    for one, mine in has.items():
        for thing in mine:
            holders[thing].add(one)
    for scheme in planted(told, "fraud_ring"):
        members = keys(scheme)
        rare = {one: {thing for thing in has[one] if len(holders[thing]) <= 40} for one in members}
        graph = sharing(members, rare)
        largest = max(nx.connected_components(graph), key=len)
        assert len(largest) >= 0.7 * len(members), (scheme["id"], scheme["shape"], scheme["difficulty"])
        strangers = [key for key in list(has)[: 4 * len(members)] if key not in members][: len(members)]
        assert graph.number_of_edges() > sharing(strangers, has).number_of_edges()


def test_rings_have_five_to_thirty_members_and_easier_ones_share_more_and_faster(dense):
    book, told = dense
    has = things(book)
    density, days = defaultdict(list), defaultdict(list)
    for scheme in planted(told, "fraud_ring"):
        members = keys(scheme)
        assert 5 <= len(members) <= 30
        degree = [count for _, count in sharing(members, has).degree()]
        density[scheme["difficulty"]].append(np.mean(degree) / (len(members) - 1))
        days[scheme["difficulty"]].append((pd.Timestamp(scheme["last"]) - pd.Timestamp(scheme["first"])).days)
    assert np.mean(density["easy"]) > np.mean(density["medium"]) > np.mean(density["camouflaged"])
    assert max(days["easy"]) <= 11 < 20 <= np.mean(days["medium"]) < 90 <= np.mean(days["camouflaged"])


def test_members_of_rings_keep_honest_ties_and_ordinary_lives(dense):
    book, told = dense
    members = {key for scheme in planted(told, "fraud_ring") for key in keys(scheme)}
    people, contacts = book["applicants"], book["contacts"]
    inside = people["applicant_id"].isin(members)
    for column in ("employer", "mobile", "home_address", "email"):
        blank = (people[column] == "").groupby(inside).mean()
        assert abs(blank[True] - blank[False]) < 0.12, column
    kin = (
        contacts["relation"]
        .isin(["配偶", "父母", "子女", "兄弟姐妹", "亲属"])
        .groupby(contacts["applicant_id"].isin(members))
        .mean()
    )
    assert kin[True] > 0.1
    applied = book["applications"].groupby("applicant_id").size()
    assert abs(applied[applied.index.isin(members)].mean() - applied.mean()) < 0.25


def test_clients_of_an_intermediary_have_its_means_in_common(dense):
    book, told = dense
    has = things(book)
    for key, seller in zip(book["applications"]["applicant_id"], book["applications"]["salesperson_id"], strict=True):
        if seller and key in has:
            has[key].add(("salesperson", seller))
    for scheme in planted(told, "intermediary"):
        clients = keys(scheme, role="client")
        if scheme["shape"] == "invented_jobs":
            continue
        most = max(
            sum(thing in has[one] for one in clients) for thing in {thing for one in clients for thing in has[one]}
        )
        assert most >= 0.4 * len(clients), (scheme["shape"], scheme["difficulty"])


def test_a_cash_out_shop_pays_back_and_ships_little(dense):
    book, told = dense
    account = dict(zip(book["merchants"]["merchant_no"], book["merchants"]["account_no"], strict=True))
    card = dict(zip(book["accounts"]["account_no"], book["accounts"]["owner_id"], strict=True))
    schemes, unshipped = planted(told, "cashout_merchant"), []
    for scheme in schemes:
        (shop,), customers = keys(scheme, "merchant"), set(keys(scheme, role="customer"))
        mine = book["applications"][book["applications"]["applicant_id"].isin(customers)]
        assert mine[mine["merchant_no"] == shop]["applicant_id"].nunique() >= 0.5 * len(customers)
        paid = book["transfers"][book["transfers"]["from_account"] == account[shop]]
        assert {card.get(target) for target in paid["to_account"]} & customers
        orders = book["orders"][book["orders"]["merchant_no"] == shop]
        unshipped += list(orders[orders["applicant_id"].isin(customers)]["shipped_at"] == "")
    shops = [shop for scheme in schemes for shop in keys(scheme, "merchant")]
    honest = book["orders"][~book["orders"]["merchant_no"].isin(shops)]
    assert (honest["shipped_at"] == "").mean() < 0.06 < 0.5 < np.mean(unshipped)


def test_loan_money_flows_to_restricted_accounts_or_back_in_ascending_time(dense):
    book, told = dense
    restricted = set(book["flags"][book["flags"]["flag"] == "restricted_destination"]["entity_key"])
    owner = dict(zip(book["accounts"]["account_no"], book["accounts"]["owner_id"], strict=True))
    transfers = book["transfers"].drop_duplicates("transfer_id")
    transfers = transfers.assign(at=pd.to_datetime(transfers["time"], errors="coerce", format="mixed")).dropna(
        subset=["at"]
    )
    out = {account: rows.sort_values("at") for account, rows in transfers.groupby("from_account")}
    arrived = 0
    flows = planted(told, "fund_flow")
    for scheme in flows:
        borrowers, parties = set(keys(scheme, role="borrower")), set(keys(scheme))
        loans = book["loans"][book["loans"]["borrower_id"].isin(borrowers) & (book["loans"]["account_no"] != "")]
        begins = pd.to_datetime(loans["disbursed_at"], errors="coerce", format="mixed")
        waiting = [(account, at, 0) for account, at in zip(loans["account_no"], begins, strict=True)]
        reached = set()
        while waiting:
            account, at, hops = waiting.pop()
            for row in out.get(account, transfers.head(0)).itertuples():
                if row.at > at and row.at < at + pd.Timedelta(days=15) and hops < 8:
                    if row.to_account in restricted or (hops and owner.get(row.to_account) in borrowers):
                        reached.add(row.to_account)
                    elif owner.get(row.to_account) in parties:
                        waiting.append((row.to_account, row.at, hops + 1))
        arrived += bool(reached)
    assert arrived >= 0.8 * len(flows)


def test_a_risky_cluster_fares_far_worse_than_its_peers(dense):
    book, told = dense
    loans = book["loans"][book["loans"]["borrower_id"].isin(book["applicants"]["applicant_id"])]
    dpd = pd.to_numeric(loans["dpd"], errors="coerce")
    overall = (dpd > 30).mean()
    assert 0.02 < overall < 0.2
    for scheme in planted(told, "risky_cluster"):
        assert (dpd[loans["borrower_id"].isin(keys(scheme))] > 30).mean() > 2 * overall


def test_cases_of_velocity_are_as_defined(dense):
    book, told = dense
    rows = book["applications"].drop_duplicates("apply_no")
    rows = rows.assign(at=pd.to_datetime(rows["apply_time"], errors="coerce", format="mixed")).dropna(subset=["at"])
    for scheme in planted(told, "velocity", "five_in_five_days"):
        times = rows[rows["applicant_id"].isin(keys(scheme))]["at"].sort_values()
        assert ((times.shift(-4) - times) <= pd.Timedelta(days=5)).any() or len(times) >= 4
    for scheme in planted(told, "velocity", "one_handset_many_people"):
        mine = rows[rows["applicant_id"].isin(keys(scheme))]
        within = (mine["apply_time"] != "") & (mine["at"] >= scheme["first"][:10]) & (mine["at"] <= scheme["last"][:19])
        users = [mine[within].groupby(column)["applicant_id"].nunique() for column in ("device_id", "imei")]
        assert max(count[count.index != ""].max() for count in users if len(count) > 1 or "" not in count.index) >= 4
        assert len(keys(scheme)) >= 5
    opened = dict(zip(book["accounts"]["account_no"], book["accounts"]["opened_at"], strict=True))
    for scheme in planted(told, "velocity", "new_card_two_loans"):
        loans = book["loans"][book["loans"]["borrower_id"].isin(keys(scheme))]
        paid = loans[loans["account_no"] != ""].groupby("account_no").size()
        paid = paid[[opened.get(account, "") >= "2025" for account in paid.index]]
        assert paid.max() >= 2 or len(book["disbursements"])
    shops = book["merchants"].set_index("merchant_no")
    for scheme in planted(told, "velocity", "far_from_the_shop"):
        mine = rows[rows["applicant_id"].isin(keys(scheme)) & (rows["merchant_no"] != "")]
        lat = pd.to_numeric(mine["gps_lat"], errors="coerce")
        assert (
            abs(lat - pd.to_numeric(shops["gps_lat"].reindex(mine["merchant_no"]).to_numpy())) > 0.2
        ).any() or not len(mine)


def test_no_honest_person_files_five_applications_in_five_days(dense):
    book, told = dense
    fast = {key for scheme in planted(told, "velocity") for key in keys(scheme)}
    rows = book["applications"].drop_duplicates("apply_no")
    rows = rows[rows["applicant_id"].isin(book["applicants"]["applicant_id"]) & ~rows["applicant_id"].isin(fast)]
    times = pd.to_datetime(rows["apply_time"], errors="coerce", format="mixed")
    ordered = rows.assign(at=times).dropna(subset=["at"]).sort_values(["applicant_id", "at"])
    fifth = ordered.groupby("applicant_id")["at"].shift(-4) - ordered["at"]
    assert not (fifth <= pd.Timedelta(days=5)).any()
