"""The words people read, in Chinese and English: kinds, relations, roles, findings, colours, measures, bounds."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple


class Words(NamedTuple):
    """One thing in both languages."""

    zh: str
    en: str


COMMA = Words("、", ", ")
SEMICOLON = Words("；", "; ")
"""What stands between parts of one text."""


def joined(parts: Iterable[Words], between: Words = SEMICOLON) -> Words:
    """Several things as one text in both languages.

    >>> joined([Words("甲", "A"), Words("乙", "B")])
    Words(zh='甲；乙', en='A; B')
    """
    parts = list(parts)
    return Words(between.zh.join(part.zh for part in parts), between.en.join(part.en for part in parts))


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
    "RELATED_TO": Words("亲友", "related to"),
}

TRANSFER_WORDS = {
    "transfer": Words("转账", "transfer"),
    "withdrawal": Words("取现", "withdrawal"),
    "purchase": Words("消费", "purchase"),
    "payroll": Words("代发", "payroll"),
    "refund": Words("退款", "refund"),
    "loan_transfer": Words("贷款划转", "loan transfer"),
}
"""What kinds of transfer are called; other words stand for themselves."""

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
