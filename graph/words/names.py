"""The words people read, in Chinese and English: kinds, relations, roles, findings, colours, measures, bounds."""

from __future__ import annotations

from typing import NamedTuple


class Words(NamedTuple):
    """One thing in both languages."""

    zh: str
    en: str


KIND_WORDS = {
    "applicant": Words("个人", "Person"),
    "company": Words("企业", "Company"),
    "application": Words("进件", "Application"),
    "loan": Words("贷款", "Loan"),
    "account": Words("账户", "Account"),
    "device": Words("设备", "Device"),
    "phone": Words("电话", "Phone"),
    "address": Words("地址", "Address"),
    "email": Words("邮箱", "E-mail"),
    "ip": Words("IP", "IP"),
    "wifi": Words("Wi-Fi", "Wi-Fi"),
    "id_document": Words("证件", "ID document"),
    "employer": Words("单位", "Employer"),
    "merchant": Words("商户", "Merchant"),
    "channel": Words("渠道", "Channel"),
}

SHARED_WORDS = {
    "device": Words("设备", "Device"),
    "handset": Words("手机", "Handset"),
    "imei": Words("IMEI", "IMEI"),
    "listed": Words("共同联系人", "Contact in common"),
    "place": Words("申请地点", "Place of application"),
    "work_phone": Words("单位电话", "Employer's phone"),
    "work_address": Words("单位地址", "Employer's address"),
}
"""What people share, where the kind of node alone says too little."""

RELATION_WORDS = {
    "APPLIED": Words("申请", "applied"),
    "USED_DEVICE": Words("使用设备", "used device"),
    "USED_IP": Words("使用IP", "used IP"),
    "USED_WIFI": Words("使用Wi-Fi", "used Wi-Fi"),
    "APPLIED_FROM": Words("申请地点", "applied from"),
    "HAS_PHONE": Words("电话", "has phone"),
    "HAS_EMAIL": Words("邮箱", "has e-mail"),
    "HAS_ADDRESS": Words("地址", "has address"),
    "HAS_ID": Words("证件", "has ID"),
    "LISTS_CONTACT": Words("联系人", "lists contact"),
    "WORKS_AT": Words("就职", "works at"),
    "AT_MERCHANT": Words("在商户", "at merchant"),
    "VIA_CHANNEL": Words("经由渠道", "via channel"),
    "ORDERED": Words("下单", "ordered"),
    "OWNS": Words("持有", "owns"),
    "SIGNED_IN": Words("登录", "signed in"),
    "BECAME": Words("放款为", "became"),
    "BORROWED": Words("借款", "borrowed"),
    "DISBURSED_TO": Words("放款至", "disbursed to"),
    "REPAID": Words("还款", "repaid"),
    "TRANSFERRED": Words("转账", "transferred"),
    "GUARANTEES": Words("担保", "guarantees"),
    "HOLDS_SHARE": Words("持股", "holds share"),
    "CONTROLS": Words("控制", "controls"),
    "SAME_AS": Words("同一主体", "same as"),
}

ROLE_WORDS = {
    "member": Words("成员", "member"),
    "organiser": Words("组织者", "organiser"),
    "client": Words("客户", "client"),
    "broker": Words("中介", "broker"),
    "customer": Words("消费客户", "customer"),
    "merchant": Words("商户", "merchant"),
    "borrower": Words("借款人", "borrower"),
    "mule": Words("过桥账户", "mule"),
    "guarantor": Words("担保人", "guarantor"),
    "party": Words("当事方", "party"),
}

FINDING_WORDS = {
    "fraud_ring": Words("团伙", "Fraud ring"),
    "intermediary": Words("中介代办", "Intermediary"),
    "guarantee_mutual": Words("互保", "Mutual guarantee"),
    "guarantee_joint": Words("联保", "Joint guarantee"),
    "guarantee_cycle": Words("循环担保", "Guarantee cycle"),
    "guarantee_chain": Words("担保链", "Guarantee chain"),
    "guarantee_circle": Words("担保圈", "Guarantee circle"),
    "guarantee_over": Words("过度担保", "Over-guarantee"),
    "cashout_merchant": Words("套现商户", "Cash-out merchant"),
    "fund_flow": Words("资金流向", "Fund flow"),
    "risky_cluster": Words("风险社区", "Risky cluster"),
    "velocity": Words("多头与频次", "Velocity and place"),
}

COLOUR_WORDS = {
    "blue": Words("蓝 · 关注", "Blue · watch"),
    "yellow": Words("黄 · 复核", "Yellow · review"),
    "orange": Words("橙 · 暂缓", "Orange · hold"),
    "red": Words("红 · 停止", "Red · stop"),
}

VIEW_WORDS = {
    "raw": Words("按单个主体", "by party"),
    "contracted": Words("按集团合并", "groups contracted"),
}

MEASURE_WORDS = {
    "parties": Words("主体数", "Parties"),
    "members": Words("成员数", "Members"),
    "contracts": Words("担保合同份数", "Contracts"),
    "arcs": Words("担保关系条数", "Distinct guarantee relations"),
    "amount": Words("担保金额", "Guaranteed amount"),
    "amount_unknown": Words("金额未知的合同份数", "Contracts of unknown amount"),
    "contracts_other_currency": Words("其他币种的合同份数", "Contracts in another currency"),
    "self_guarantees": Words("自我担保份数", "Self-guarantees"),
    "counter_guarantees": Words("反担保份数", "Counter-guarantees"),
    "groups": Words("合并后的集团数", "Groups after contraction"),
    "longest_chain": Words("最长担保链（段）", "Longest chain (arcs)"),
    "chain_heads": Words("链首主体数", "Heads of chains"),
    "downstream_amount": Words("下游担保金额", "Downstream amount"),
    "downstream_amount_unknown": Words("下游金额未知的合同份数", "Downstream contracts of unknown amount"),
    "downstream_parties": Words("下游主体数", "Downstream parties"),
    "strong_components": Words("循环担保组数", "Strong components"),
    "parties_in_cycles": Words("处于循环中的主体数", "Parties in cycles"),
    "largest_strong_component": Words("最大循环担保组的主体数", "Parties in the largest strong component"),
    "mutual_pairs": Words("互保对数", "Mutual pairs"),
    "joint_groups": Words("联保小组数", "Joint groups"),
    "joint_by_id": Words("有联保组编号（1是0否）", "Joint group number on record (1 yes, 0 no)"),
    "arcs_per_party": Words("每个主体的担保关系条数", "Relations per party"),
    "circle_parties": Words("整个担保圈的主体数", "Parties of the whole circle"),
    "core_parties": Words("核心主体数", "Parties of the core"),
    "cycles": Words("担保环数", "Cycles"),
    "shortest_cycle": Words("最短担保环（段）", "Shortest cycle (arcs)"),
    "longest_cycle": Words("最长担保环（段）", "Longest cycle (arcs)"),
    "shared_values": Words("共用项数", "Things shared"),
    "handsets": Words("共用手机数", "Handsets shared"),
    "accounts": Words("共用账户数", "Accounts shared"),
    "phones": Words("共用本人手机号数", "Own phone numbers shared"),
    "documents": Words("共用证件数", "Identity documents shared"),
    "emails": Words("共用邮箱数", "E-mail addresses shared"),
    "households": Words("户数", "Households"),
    "acquaintances": Words("共同熟人数", "Acquaintances in common"),
    "addresses": Words("共用地址数", "Addresses shared"),
    "networks": Words("共用网络数", "Networks shared"),
    "contacts": Words("说法不一或不明的联系人数", "Contacts under differing names or in no clear words"),
    "employers": Words("共用单位数", "Employers shared"),
    "ties": Words("成员之间的联系数", "Ties between members"),
    "cycles_of_ties": Words("多重联系数", "Ties beyond those that join"),
    "applications": Words("期间进件数", "Applications in that time"),
    "days": Words("集中申请的天数", "Days within which they applied"),
    "strength": Words("凑巧相连的可能（负对数，底10）", "Chance of such ties (minus log 10)"),
    "concert": Words("凑巧集中申请的可能（负对数，底10）", "Chance of applying so close in time (minus log 10)"),
}
"""Measures of findings; one without words is shown by its name."""

OWN_MEASURE_WORDS = {"fraud_ring": {"amount": Words("期间借款金额", "Amount borrowed in that time")}}
"""Measures that mean something of their own in findings of a kind."""

UNKNOWN_PART = {"amount": "amount_unknown", "downstream_amount": "downstream_amount_unknown"}
"""Measures that are sums of amounts, and the measure that counts what is unknown in them."""

TWIN_WORDS = {
    "farmers_joint_group": Words("农户联保", "farmers' joint group"),
    "parent_subsidiary": Words("母公司与子公司", "parent and subsidiary"),
    "controller_spouse": Words("实际控制人及其亲属", "controller and family"),
    "counter_guarantee": Words("反担保", "counter-guarantee"),
}
"""Innocent explanations; one without words is shown by its name."""

BOUND_WORDS = {
    "max_parties": Words("最多主体数", "most parties reported whole"),
    "max_cores": Words("最多核心数", "most cores reported"),
    "max_cliques": Words("最多联保小组数", "most joint groups without a number"),
    "max_cycle_length": Words("最长担保环", "longest cycle counted"),
    "cycles_per_party": Words("每个主体的担保环数", "cycles counted through a party"),
    "cycles_per_component": Words("每组的担保环数", "cycles counted in a component"),
    "shortest_cycles": Words("列出的最短担保环", "shortest cycles listed"),
    "max_evidence": Words("最多来源行数", "most rows of evidence"),
    "max_members": Words("团伙最多人数", "most applicants of a ring"),
    "max_users": Words("逐一比对的最多使用人数", "most users compared with each other"),
}
"""Bounds that may bite; one without words is shown by its name."""
