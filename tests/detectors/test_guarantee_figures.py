"""The figures of guarantee circles, the supervisory table, the portfolio and the changes, worked by hand."""

import networkx as nx
import numpy as np
import pytest
from ringfence.detectors.guarantees.changes import changes
from ringfence.detectors.guarantees.circulation import circulation
from ringfence.detectors.guarantees.detail import detail, falls_apart
from ringfence.detectors.guarantees.exposures import exposures
from ringfence.detectors.guarantees.portfolio import portfolio
from ringfence.detectors.guarantees.survey import survey
from ringfence.detectors.guarantees.table import table
from ringfence.detectors.policy import shipped
from ringfence.detectors.settings import all_settings
from support.loading import LENIENT, Loading, at
from support.toy import Book

PARAMS = all_settings(shipped().parameters)["guarantee"]
CONTRACTS = "contract_id,guarantor_id,borrower_id,amount,currency,loan_id,counter_of,start_date,end_date"
LOANS = (
    "loan_id,borrower_id,lender,currency,balance,off_balance_amount,five_class,dpd,disbursed_at,status_date,enhancer"
)


@pytest.fixture
def look(tmp_path):
    """The survey of a small book at a time."""
    loadings = []

    def of(as_of="2026-06-30", **tables):
        loadings.append(Loading(tmp_path / str(len(loadings)), LENIENT))
        tables.setdefault("companies", "company_id\nA\nB\nC\nD\nL")
        loadings[-1].load(**tables)
        return survey(loadings[-1].store.snapshot().at(at(as_of)), shipped())

    (tmp_path / "0").mkdir()
    (tmp_path / "1").mkdir()
    yield of
    for loading in loadings:
        loading.store.close()


def one(found):
    (row,) = found.rows
    return row


# -- what goes round


def test_the_largest_circulation_of_a_ring_is_its_least_amount_on_each_arc():
    # A→B 5, B→C 3, C→A 4, A→D 9: 3 can go round, over three arcs; 9 of 21.
    row = one(survey(Book().guarantee("A", "B", 5.0).guarantee("B", "C", 3.0).guarantee("C", "A", 4.0)
                     .guarantee("A", "D", 9.0).snapshot(), shipped()))  # fmt: skip
    assert (row["circulating"], row["contract_sum"], row["circulating_share"]) == (9, 21, round(9 / 21, 6))
    assert row["reciprocity"] == 0 and row["largest_guarantor_share"] == round(14 / 21, 6)


def test_two_rings_through_one_party_and_parallel_contracts():
    # A⇄B with 2 + 3 there and 4 back: 8 go round; B→C→A adds what A→B has left: 1 over three arcs.
    book = Book().guarantee("A", "B", 2.0).guarantee("A", "B", 3.0).guarantee("B", "A", 4.0)
    book.guarantee("B", "C", 7.0).guarantee("C", "A", 7.0)
    # Filling A→B→C→A with 5 gives 15; with A⇄B no more of A→B is left. The best is 5 over three arcs.
    assert one(survey(book.snapshot(), shipped()))["circulating"] == 15


@pytest.mark.parametrize("seed", range(8))
def test_the_circulation_is_the_cheapest_flow_of_networkx(seed):
    chance = np.random.default_rng(seed)
    arcs = {(int(a), int(b)): int(chance.integers(1, 50)) for a, b in chance.integers(0, 6, (20, 2)) if a != b}
    net = nx.DiGraph()
    for (a, b), room in arcs.items():
        net.add_edge(a, b, capacity=room, weight=-1)
    best = -nx.cost_of_flow(net, nx.min_cost_flow(net))
    ends, room = np.array(list(arcs)), np.array(list(arcs.values()), dtype=float)
    found = circulation(np.zeros(len(arcs), dtype=np.int64), ends[:, 0], ends[:, 1], room, 1)
    assert found.tolist() == pytest.approx([best])


def test_unknown_amounts_are_told_and_never_zero():
    row = one(survey(Book().guarantee("A", "B", 5.0).guarantee("B", "A").snapshot(), shipped()))
    assert (row["contract_sum"], row["contract_amount_unknown"], row["circulating"]) == (5, 1, 0)
    silent = one(survey(Book().guarantees("A>B B>A").snapshot(), shipped()))
    assert silent["contract_sum"] is None and silent["circulating_share"] is None


# -- the supervisory table


WORKED = {
    "companies": "company_id,name,region,total_assets,total_liabilities,net_assets,status_date\n"
    "A,甲,上海,100,40,,2026-06-01\nB,乙,上海,50,30,20,2026-06-01\nC,丙,北京,,,,\nD,丁,北京,7,5,2,2026-06-01",
    "guarantees": f"{CONTRACTS}\nK1,A,B,30,人民币元,L2,,2026-01-01,\nK2,B,A,20,cny,L1,,2026-01-01,\n"
    "K3,B,C,10,RMB,L3,,2026-01-01,\nK4,B,C,10,CNY,L3,,2026-01-01,\nK5,C,D,10,USD,L6,,2026-01-01,",
    "loans": f"{LOANS}\nL1,A,工行,CNY,60000000,5,正常,0,2026-01-01,2026-06-01,\n"
    "L2,B,建行,CNY,40000000,,关注,30,2026-01-01,2026-06-01,\nL3,C,工行,CNY,10000000,,次级,120,2026-01-01,2026-06-01,\n"
    "L4,C,,CNY,5000000,,,,2026-01-01,2026-06-01,\nL5,D,农行,CNY,,,正常,0,2026-01-01,2026-06-01,\n"
    "L6,D,中行,USD,900,,正常,40,2026-01-01,2026-06-01,\nL9,E,中行,CNY,1000,,正常,0,2026-01-01,2026-06-01,",
}
WORKED["companies"] += "\nE,戊,北京,,,,"


def test_every_column_of_the_table(look):
    (row,) = table(look(**WORKED))["rows"]
    assert (row["担保圈名称"] == "甲等4户担保圈" and row["所属地区"] == "上海") or row["所属地区"] == "北京"
    figures = {
        "等级": "A3",  # 1.15亿 and 次级
        "涉及企业个数": 4,
        "贷款行家数": 4,  # 工行, 建行, 农行, 中行; of L4 it is not known
        "担保关系条数": 4,  # A→B, B→A, B→C once, C→D
        "担保圈贷款余额": 115_000_000,
        "被担保贷款余额": 110_000_000,  # L1, L2, L3 once though two contracts secure it; L6 is in US dollars
        "资产总额": 157,
        "负债总额": 75,
        "担保贷款/净资产": round(110_000_000 / 82, 6),
        "互保贷款余额": 100_000_000,  # L1 and L2
        "互保占比": round(100 / 115, 6),
        "核心客户贷款余额": 0,
        "最大三家余额": 115_000_000,
        "最大三家占比": 1,
        "不良余额": 10_000_000,
        "不良率": round(10 / 115, 6),
        "关注类": 40_000_000,
        "逾期90天以内": 40_000_000,
        "表外余额": 5,
        "缺口：分类不详笔数": 1,
        "缺口：分类不详余额": 5_000_000,
        "缺口：贷款行不详笔数": 1,
        "缺口：余额不详笔数": 1,
        "缺口：其他币种笔数": 1,
        "缺口：无财务数据企业数": 1,
    }
    assert {name: row[name] for name in figures} == figures


def test_totals_tie_out_to_the_loans(look):
    told = table(look(**WORKED))
    totals = told["totals"]
    assert totals["balance"] == totals["balance_in_circles"] + totals["balance_outside"] == 115_001_000
    assert (totals["loans"], totals["loans_in_circles"], totals["loans_outside"]) == (7, 6, 1)
    assert (totals["balance_unknown"], totals["other_currency"]) == (1, 1)
    assert [size["circles"] for size in told["buckets"]] == [0, 1, 0, 0, 0, 0]


def test_a_counter_guarantee_is_no_contract_of_the_circle(look):
    found = look(
        guarantees=f"{CONTRACTS}\nK1,A,B,5,CNY,,,,\nK2,B,A,5,CNY,,,,\nK3,B,A,9,CNY,,K1,,",
        loans=f"{LOANS}\nL1,A,工行,CNY,100,,正常,0,2026-01-01,,",
    )
    assert (one(found)["contract_sum"], one(found)["arcs"]) == (10, 2)


def test_a_licensed_guarantor_secures_no_loan_of_a_circle_and_counts_in_the_portfolio(look):
    found = look(
        companies="company_id,name,industry\nA,甲,\nB,乙,\nL,华信,融资担保",
        guarantees=f"{CONTRACTS}\nK1,A,B,5,CNY,,,,\nK2,B,A,5,CNY,LA,,,\nK3,L,B,9,CNY,LB,,,",
        loans=f"{LOANS}\nLA,A,工行,CNY,100,,正常,0,2026-01-01,,\nLB,B,工行,CNY,40,,正常,0,2026-01-01,,",
    )
    row = one(found)
    # K1 names no loan, so it is taken to secure all of B's, and that is said.
    assert (row["parties"], row["guaranteed_balance"], row["contract_without_loan"]) == (2, 140, 1)
    told = portfolio(found.view, PARAMS)
    assert [(one["partner"], one["balance"]) for one in told["partners"]] == [("华信", 40)]
    assert told["share"] == round(40 / 140, 6) and told["state"] == "ok"


def test_the_contracted_view_measures_between_groups(look):
    found = look(
        companies="company_id,group_id\nX1,G\nX2,G\nY,",
        guarantees=f"{CONTRACTS}\nK1,X1,Y,8,CNY,LY,,,\nK2,Y,X2,6,CNY,LX,,,",
        loans=f"{LOANS}\nLY,Y,工行,CNY,10,,正常,0,2026-01-01,,\nLX,X2,工行,CNY,30,,正常,0,2026-01-01,,",
    )
    (finding,) = found.findings
    assert finding.view == "contracted"
    assert (one(found)["circulating"], one(found)["mutual_balance"]) == (12, 40)


def test_a_grade_is_unknown_where_class_or_balance_is(look):
    pair = f"{CONTRACTS}\nK1,A,B,5,CNY,,,,\nK2,B,A,5,CNY,,,,"
    assert one(look(guarantees=pair, loans=f"{LOANS}\nL1,A,工行,CNY,100,,,,2026-01-01,,"))["grade"] is None
    assert one(look(guarantees=pair, loans=f"{LOANS}\nL1,A,工行,CNY,,,正常,,2026-01-01,,"))["grade"] is None


# -- from near


def test_key_parties_hidden_groups_over_guarantee_and_contradictions(look):
    found = look(
        companies="company_id,net_assets,phone,finance_contact_mobile,registered_address,auditor\n"
        "A,10,021-62345678,13812345678,,信永\nB,100,,13812345678,,信永\nC,,,,一号路,\nD,5,,,一号路,",
        guarantees=f"{CONTRACTS}\nK1,A,B,8,CNY,,,,\nK2,B,A,60,CNY,,,,\nK3,B,C,7,CNY,,,,\nK4,C,D,7,CNY,,,,",
        loans=f"{LOANS}\nL1,A,工行,CNY,100,,正常,5,2026-01-01,,\nL2,B,工行,CNY,100,,关注,95,2026-01-01,,\n"
        "L3,B,工行,CNY,100,,次级,20,2026-01-01,,",
    )
    told = detail(found, 0)
    assert [(one["node"], one["parts"]) for one in told["key_nodes"]] == [("company:B", [2, 1]), ("company:C", [2, 1])]
    assert [(one["node"], one["ratio"], one["level"]) for one in told["over_guarantee"]] == [
        ("company:A", 0.8, "watch"),
        ("company:B", 0.67, "watch"),
    ]
    shared = {one["by"]: one["members"] for one in told["hidden_groups"]}
    assert shared["finance_contact"] == shared["auditor"] == ["company:A", "company:B"]
    assert shared["registered_address"] == ["company:C", "company:D"]
    assert [(one["loan"], one["dpd"]) for one in told["contradictions"]] == [("loan:L1", 5), ("loan:L2", 95)]
    assert one(found)["over_unknown"] == 1  # C guarantees, and its net assets are not on record


# -- the portfolio


def test_the_limit_is_crossed_on_a_day_and_former_names_are_one_partner(look):
    lines = [
        "L1,A,工行,CNY,100,,正常,0,2026-01-10,2026-01-10,",
        "L2,A,工行,CNY,60,,正常,0,2026-02-10,2026-02-10,老华信",
        "L3,A,工行,CNY,50,,正常,0,2026-04-20,2026-04-20,新华信",
        "L4,A,工行,USD,999,,正常,0,2026-04-20,2026-04-20,新华信",
    ]
    found = look(
        loans="\n".join([LOANS, *lines]),
        partners="partner_name,role,former_names\n新华信,融资担保,老华信",
        as_of="2026-05-31",
    )
    told = portfolio(found.view, PARAMS)
    assert (told["total"], told["enhanced"], told["state"], told["crossed_at"]) == (210, 110, "block", "2026-04-20")
    assert [(one["partner"], one["loans"], one["balance"]) for one in told["partners"]] == [("新华信", 3, 110)]
    months = [(one["as_of"][:7], one["share"]) for one in told["trend"]]
    assert months[:4] == [("2026-01", 0), ("2026-02", 0.375), ("2026-03", 0.375), ("2026-04", round(110 / 210, 6))]
    assert told["gaps"]["other_currency"] == 1
    assert portfolio(found.view, PARAMS | {"portfolio_limit": 0.55})["state"] == "warning"


# -- what changed


def test_what_becomes_of_circles():
    before = {"stays": "AB", "grows": "CDE", "one": "FGH", "two": "IJK", "falls": "LMNO", "goes": "PQ", "less": "RST"}
    after = {"stays": "AB", "grown": "CDEX", "both": "FGHIJK", "half": "LM", "rest": "NO", "new": "YZ", "rs": "RS"}
    told = {(one["change"], *one["before"], "→", *one["after"]) for one in changes(before, after)}
    assert told == {
        ("grown", "grows", "→", "grown"),
        ("shrunk", "less", "→", "rs"),
        ("merged", "one", "two", "→", "both"),
        ("split", "falls", "→", "half", "rest"),
        ("new", "→", "new"),
        ("dissolved", "goes", "→"),
    }


def test_parts_are_those_that_are_left_without_each_party():
    for seed in range(40):
        web = nx.gnp_random_graph(14, 0.12, seed=seed)
        expected = {}
        for party in nx.articulation_points(web):
            home = nx.node_connected_component(web, party) - {party}
            parts = nx.connected_components(web.subgraph(home))
            expected[party] = sorted(map(len, parts), reverse=True)
        assert falls_apart(web) == expected, f"seed {seed}"


def test_contracts_that_end_before_they_begin_are_counted_and_count_nowhere(look):
    held = "K1,A,B,5,CNY,,,2026-01-01,\nK2,B,A,5,CNY,,,2026-01-01,\n"
    found = look(
        guarantees=f"{CONTRACTS}\n{held}K3,A,B,9,CNY,,,2026-03-01,2026-02-01\nK4,C,D,9,CNY,,,2026-03-01,2026-02-01"
    )
    row = one(found)
    assert (row["contract_never_in_force"], row["contracts"], row["contract_sum"]) == (1, 2, 10)


@pytest.mark.parametrize("as_of, owes", [("2026-03-31", 60), ("2026-06-30", 100)])
def test_contagion_of_an_earlier_day_takes_loans_from_their_history_as_the_figures_do(look, as_of, owes):
    found = look(
        as_of,
        guarantees=f"{CONTRACTS}\nK1,A,B,5,CNY,,,2026-01-01,\nK2,B,A,5,CNY,,,2026-01-01,",
        loans=f"{LOANS}\nL1,B,工行,CNY,100,,关注,0,2026-01-01,2026-06-01,",
        loan_history="loan_id,date,balance,five_class\nL1,2026-02-28,80,次级\nL1,2026-03-31,60,正常",
    )
    held = exposures(found.view)
    assert (held.debt.sum(), one(found)["balance"]) == (owes, owes)
    assert held.grade.max() == (0 if owes == 60 else 1)
