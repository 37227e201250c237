"""What the detector ``guarantee`` can be told, and the numbers that its findings carry."""

from __future__ import annotations

from ...graph.words.names import Words
from ..contract import Measure, Parameter

PARAMETERS = (
    Parameter(
        "max_parties",
        200,
        "a circle of more parties is never reported whole, but by its cores",
        Words("最多主体数", "most parties reported whole"),
        least=2,
    ),
    Parameter(
        "max_chain_parties",
        1000,
        "a chain in a component of more parties is reported by one longest chain",
        Words("整条列出的担保链最多主体数", "most parties of a chain reported whole"),
        least=2,
    ),
    Parameter(
        "core_degree",
        10,
        "condition a of a core enterprise: with at least so many others it has contracts, on either side",
    ),
    Parameter(
        "core_amount",
        100_000_000.0,
        "condition b of a core enterprise: its contracts, on either side, come to at least so much",
    ),
    Parameter(
        "core_controlled",
        3,
        "condition c of a core enterprise: it represents in law, or holds more than half of, at least so many others",
    ),
    Parameter("core_hops", 1, "steps around its cores that a part of a large circle takes in"),
    Parameter(
        "core_enterprises",
        20,
        "most core enterprises of one large circle that are reported as its cores",
        Words("最多核心企业数", "most core enterprises reported"),
    ),
    Parameter("over_watch", 0.5, "share of its net assets above which what a party guarantees is watched", least=0),
    Parameter("over_hold", 1.0, "share of its net assets above which what a party guarantees is on hold", least=0),
    Parameter(
        "portfolio_limit", 0.5, "share of the book's balance that may be enhanced by guarantors and insurers", least=0
    ),
    Parameter("portfolio_warning", 0.45, "share of the book's balance from which on the limit is warned of", least=0),
    Parameter(
        "max_cores",
        1000,
        "most cores of one large circle that are reported",
        Words("最多核心数", "most cores reported"),
    ),
    Parameter(
        "max_cycle_length",
        8,
        "longest cycle that is counted, in arcs",
        Words("最长担保环", "longest cycle counted"),
        least=2,
    ),
    Parameter(
        "cycles_per_party",
        20_000,
        "most cycles counted from one party of a strong component",
        Words("每个主体的担保环数", "cycles counted through a party"),
    ),
    Parameter(
        "cycles_per_component",
        20_000,
        "most cycles counted in one strong component of more than 8 parties",
        Words("每组的担保环数", "cycles counted in a component"),
    ),
    Parameter(
        "shortest_cycles",
        500,
        "most parties of a strong component through which a shortest cycle is sought",
        Words("列出的最短担保环", "shortest cycles listed"),
    ),
    Parameter(
        "max_cliques",
        200,
        "most joint groups without id that are listed in one web of mutual pairs",
        Words("最多联保小组数", "most joint groups without a number"),
    ),
    Parameter(
        "max_evidence",
        1000,
        "most relationships listed as evidence of one finding",
        Words("最多来源行数", "most rows of evidence"),
    ),
)
MEASURES = (
    Measure("parties", Words("主体数", "Parties")),
    Measure("arcs", Words("担保关系条数", "Distinct guarantee relations")),
    Measure("contracts", Words("担保合同份数", "Contracts")),
    Measure("amount", Words("担保金额", "Guaranteed amount"), "amount_unknown"),
    Measure("amount_unknown", Words("金额未知的合同份数", "Contracts of unknown amount")),
    Measure("contracts_other_currency", Words("其他币种的合同份数", "Contracts in another currency")),
    Measure("self_guarantees", Words("自我担保份数", "Self-guarantees")),
    Measure("counter_guarantees", Words("反担保份数", "Counter-guarantees")),
    Measure("groups", Words("合并后的集团数", "Groups after contraction")),
    Measure("longest_chain", Words("最长担保链（段）", "Longest chain (arcs)")),
    Measure("chain_heads", Words("链首主体数", "Heads of chains")),
    Measure("downstream_amount", Words("下游担保金额", "Downstream amount"), "downstream_amount_unknown"),
    Measure("downstream_amount_unknown", Words("下游金额未知的合同份数", "Downstream contracts of unknown amount")),
    Measure("downstream_parties", Words("下游主体数", "Downstream parties")),
    Measure("strong_components", Words("循环担保组数", "Strong components")),
    Measure("parties_in_cycles", Words("处于循环中的主体数", "Parties in cycles")),
    Measure("largest_strong_component", Words("最大循环担保组的主体数", "Parties in the largest strong component")),
    Measure("mutual_pairs", Words("互保对数", "Mutual pairs")),
    Measure("joint_groups", Words("联保小组数", "Joint groups")),
    Measure("joint_by_id", Words("有联保组编号（1是0否）", "Joint group number on record (1 yes, 0 no)")),
    Measure("arcs_per_party", Words("每个主体的担保关系条数", "Relations per party")),
    Measure("circle_parties", Words("整个担保圈的主体数", "Parties of the whole circle")),
    Measure("cores", Words("核心个数", "Cores")),
    Measure("core_parties", Words("核心主体数", "Parties of the cores")),
    Measure("split_off", Words("未列入任何部分的主体数", "Parties of the whole circle in no part")),
    Measure("cycles", Words("担保环数", "Cycles")),
    Measure("shortest_cycle", Words("最短担保环（段）", "Shortest cycle (arcs)")),
    Measure("borrowers", Words("被担保户数", "Parties it guarantees")),
    Measure("net_assets", Words("净资产", "Net assets")),
    Measure("over_ratio", Words("担保金额/净资产", "Guaranteed amount / net assets")),
    Measure("over_limit", Words("所超限额（占净资产）", "Limit exceeded (of net assets)")),
    Measure("on_hold", Words("超过暂缓线（1是0否）", "Above the hold limit (1 yes, 0 no)")),
    Measure("longest_cycle", Words("最长担保环（段）", "Longest cycle (arcs)")),
)
