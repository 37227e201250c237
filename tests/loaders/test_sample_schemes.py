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
        assert len(customers & set(book["loans"][book["loans"]["merchant_no"] == shop]["borrower_id"])) >= 0.5 * len(
            customers
        )
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
        loans = book["loans"][book["loans"]["borrower_id"].isin(borrowers)]
        parts = book["disbursements"][book["disbursements"]["loan_id"].isin(loans["loan_id"])]
        paid = [*zip(loans["account_no"], loans["disbursed_at"], strict=True)]
        paid += [*zip(parts["account_no"], parts["time"], strict=True)]
        waiting = [(account, pd.to_datetime(at, errors="coerce"), 0) for account, at in paid if account]
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


@pytest.fixture(scope="module")
def filed(dense):
    """The dense book's applications with a readable time as ``at``, each once."""
    rows = dense[0]["applications"].drop_duplicates("apply_no")
    return rows.assign(at=pd.to_datetime(rows["apply_time"], errors="coerce", format="mixed")).dropna(subset=["at"])


def share(schemes, holds):
    """The share of schemes for which something holds: dirt hides one now and then."""
    return np.mean([bool(holds(scheme)) for scheme in schemes])


def test_five_applications_within_five_days(dense, filed):
    def holds(scheme):
        times = filed[filed["applicant_id"].isin(keys(scheme))]["at"].sort_values()
        return ((times.shift(-4) - times) <= pd.Timedelta(days=5)).any()

    assert share(planted(dense[1], "velocity", "five_in_five_days"), holds) >= 0.6


def test_one_handset_for_five_people_within_two_days(dense, filed):
    def holds(scheme):
        mine = filed[filed["applicant_id"].isin(keys(scheme))]
        mine = mine[mine["at"].between(scheme["first"][:19], scheme["last"][:19])]
        handsets = pd.concat(
            [mine[["applicant_id", column]].set_axis(["who", "on"], axis=1) for column in ("device_id", "imei")]
        )
        return handsets[handsets["on"] != ""].groupby("on")["who"].nunique().max() >= 4

    assert share(planted(dense[1], "velocity", "one_handset_many_people"), holds) >= 0.8


def test_a_new_card_draws_twice_in_a_day(dense):
    book, told = dense
    opened = dict(zip(book["accounts"]["account_no"], book["accounts"]["opened_at"], strict=True))
    loans = book["loans"].drop_duplicates("loan_id")
    parts = book["disbursements"].drop_duplicates("loan_id")[["loan_id", "account_no"]]
    paid = loans[["loan_id", "borrower_id", "account_no", "disbursed_at"]].merge(
        parts, on="loan_id", how="left", suffixes=("", "_part")
    )
    paid["account"] = paid["account_no"].where(paid["account_no"] != "", paid["account_no_part"])
    paid["at"] = pd.to_datetime(paid["disbursed_at"], errors="coerce", format="mixed")
    paid["fresh"] = paid["account"].map(opened).fillna("") == paid["at"].dt.strftime("%Y-%m-%d")

    def holds(scheme):
        mine = paid[paid["borrower_id"].isin(keys(scheme)) & paid["fresh"]]
        return len(mine) and mine.groupby("account").size().max() >= 2

    assert share(planted(told, "velocity", "new_card_two_loans"), holds) >= 0.6


def test_a_customer_far_from_the_shop(dense, filed):
    shops = dense[0]["merchants"].set_index("merchant_no")

    def holds(scheme):
        mine = filed[filed["applicant_id"].isin(keys(scheme)) & (filed["merchant_no"] != "")]
        there = pd.to_numeric(shops["gps_lat"].reindex(mine["merchant_no"])).to_numpy()
        return (abs(pd.to_numeric(mine["gps_lat"], errors="coerce").to_numpy() - there) > 0.2).any()

    assert share(planted(dense[1], "velocity", "far_from_the_shop"), holds) >= 0.6


def test_no_honest_person_files_five_applications_in_five_days(dense, filed):
    fast = {key for scheme in planted(dense[1], "velocity") for key in keys(scheme)}
    rows = filed[filed["applicant_id"].isin(dense[0]["applicants"]["applicant_id"]) & ~filed["applicant_id"].isin(fast)]
    ordered = rows.sort_values(["applicant_id", "at"])
    fifth = ordered.groupby("applicant_id")["at"].shift(-4) - ordered["at"]
    assert not (fifth <= pd.Timedelta(days=5)).any()
