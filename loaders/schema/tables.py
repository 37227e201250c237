"""The canonical input tables, as data: what the loader accepts, and what each column means.

Readers, cleaning and the documentation all follow these declarations; a column exists in the product because
it stands here. What the types of columns mean is told in ``columns``.
"""

from __future__ import annotations

import math

from ...graph.model import KINDS
from .columns import (
    FIVE_CLASS,
    FLAGS,
    FORM,
    GUARANTEE_STATUS,
    LENDER_KIND,
    LIABILITY,
    PARTNER_ROLE,
    TRANSFER_KIND,
    USE,
    VALIDITY,
    Column,
    Table,
    choice,
    identifier,
    integer,
    kind_words,
    node,
    number,
    party,
    person,
    ref,
    text,
    time,
)

__all__ = ["TABLES", "VALIDITY", "Column", "Table"]

_BORROWER = ("applicant", "company")
_IDENTIFIERS = ("phone", "email", "address", "id_document", "account", "device", "wifi", "employer")

_DECLARED = (
    Table(
        "applicants",
        "persons who apply for credit, borrow, guarantee or hold shares",
        (
            ref("applicant_id", "applicant", "the person's number", required=True),
            person("name", "full name"),
            text("cert_type", "type of the identity document, in words or as the book codes it"),
            identifier("cert_no", "id_document", "number of the identity document"),
            identifier("mobile", "phone", "own phone"),
            identifier("email", "email", "own e-mail address"),
            identifier("bank_card_no", "account", "own bank card or account"),
            identifier("employer", "employer", "name of the employer", use="work"),
            identifier("employer_phone", "phone", "phone of the employer", use="work"),
            identifier("home_address", "address", "home address"),
            identifier("work_address", "address", "address of the place of work", use="work"),
            text("region", "where the person lives"),
        ),
        key=("applicant_id",),
        declares="applicant",
    ),
    Table(
        "companies",
        "companies and other organisations",
        (
            ref("company_id", "company", "the company's number", required=True),
            text("name", "registered name"),
            text("former_names", "earlier names"),
            identifier("uscc", "id_document", "unified social credit code, 18 characters"),
            party("legal_rep_id", "the legal representative", _BORROWER),
            text("group_id", "the group it belongs to"),
            text("region", "where it is registered"),
            text("industry", "its line of business"),
            identifier("phone", "phone", "phone of the company"),
            identifier("registered_address", "address", "address it is registered at"),
            identifier("finance_contact_mobile", "phone", "phone of who keeps its books", use="work"),
            text("auditor", "who audits it"),
            number("total_assets", "total assets", present=True),
            number("total_liabilities", "total liabilities", present=True),
            number("net_assets", "net assets", present=True),
            time("status_date", "the date of the figures; by default the data date"),
        ),
        key=("company_id",),
        declares="company",
    ),
    Table(
        "merchants",
        "shops and dealers where credit is spent",
        (
            ref("merchant_no", "merchant", "the merchant's number", required=True),
            text("name", "name of the shop"),
            identifier("uscc", "id_document", "unified social credit code, 18 characters"),
            party("legal_rep_id", "the legal representative", _BORROWER),
            identifier("phone", "phone", "phone of the shop"),
            identifier("account_no", "account", "account it is paid to"),
            text("category", "line of business"),
            text("region", "where it is"),
            number("gps_lat", "latitude in degrees", within=(-90, 90)),
            number("gps_lon", "longitude in degrees", within=(-180, 180)),
            time("opened_at", "when it was admitted"),
        ),
        key=("merchant_no",),
        declares="merchant",
    ),
    Table(
        "applications",
        "applications for credit (进件)",
        (
            ref("apply_no", "application", "number of the application", required=True),
            ref("applicant_id", "applicant", "who applied", required=True),
            time("apply_time", "when", required=True),
            text("product", "what for"),
            identifier("channel", "channel", "platform or dealer that brought the application in"),
            identifier("salesperson_id", "channel", "salesperson who brought the application in"),
            number("amount", "amount asked for"),
            number("credit_limit", "limit granted"),
            integer("term_months", "term in months"),
            identifier("device_id", "device", "device it was filed from"),
            identifier("imei", "device", "hardware number of that device"),
            identifier("ip", "ip", "internet address it was filed from"),
            identifier("wifi_bssid", "wifi", "Wi-Fi base station it was filed from"),
            number("gps_lat", "latitude it was filed from, in degrees", within=(-90, 90)),
            number("gps_lon", "longitude it was filed from, in degrees", within=(-180, 180)),
            ref("merchant_no", "merchant", "merchant it was filed at"),
            text("status", "how it stands", present=True),
            text("lender", "lender that a bureau or platform says it was filed with; blank: us"),
            choice("lender_kind", "what that lender is", LENDER_KIND),
        ),
        key=("apply_no",),
        declares="application",
        data_date=("apply_time",),
    ),
    Table(
        "loans",
        "loans and credit lines",
        (
            ref("loan_id", "loan", "number of the loan", required=True),
            party("borrower_id", "who borrowed", _BORROWER, required=True),
            text("lender", "bank or company that lent"),
            ref("apply_no", "application", "the application it came of"),
            time("applied_at", "when it was applied for"),
            text("product", "product"),
            text("currency", "currency of the amounts"),
            number("amount", "amount of the contract"),
            number("credit_limit", "limit granted"),
            number("balance", "amount outstanding", present=True),
            number("off_balance_amount", "amount off the balance sheet", present=True),
            time("disbursed_at", "when it was paid out"),
            time("due_at", "when it falls due"),
            identifier("account_no", "account", "account it was paid to"),
            ref("merchant_no", "merchant", "merchant it was paid to"),
            text("enhancer", "partner that guarantees or insures it"),
            text("guarantee_method", "how it is secured"),
            choice("five_class", "five-class risk grade", FIVE_CLASS, present=True),
            integer("dpd", "days past due", present=True),
            time("status_date", "the date of balance, class and days; by default the data date"),
        ),
        key=("loan_id",),
        declares="loan",
        data_date=("disbursed_at",),
    ),
    Table(
        "accounts",
        "bank accounts and cards",
        (
            identifier("account_no", "account", "number of the account or card", required=True),
            party("owner_id", "whose it is"),
            text("bank", "where it is kept"),
            time("opened_at", "when it was opened"),
        ),
        key=("account_no",),
        declares="account",
    ),
    Table(
        "devices",
        "phones and other devices",
        (
            identifier("device_id", "device", "number of the device", required=True),
            text("device_type", "what it is"),
        ),
        key=("device_id",),
        declares="device",
    ),
)

_USES = (
    Table(
        "identifiers",
        "what a party has several of, or has at another time",
        (
            party("owner_id", "whose it is", required=True),
            choice("kind", "what it is", kind_words(_IDENTIFIERS), required=True),
            node("value", "the phone, the address … itself", _IDENTIFIERS, "kind", required=True),
            choice("use", "the owner's own, or that of the place of work; blank: own", USE),
        ),
        key=("owner_id", "kind", "value", "use", "valid_from"),
    ),
    Table(
        "relations",
        "what applicants are to each other",
        (
            ref("applicant_id", "applicant", "the applicant", required=True),
            ref("other_id", "applicant", "the other one", required=True),
            text("relation", "what the other is to the applicant (配偶, 父母, 子女, 兄弟姐妹, 同事…)", required=True),
        ),
        key=("applicant_id", "other_id", "relation"),
    ),
    Table(
        "contacts",
        "the contacts that an applicant named",
        (
            ref("applicant_id", "applicant", "who named the contact", required=True),
            identifier("contact_mobile", "phone", "the contact's phone", required=True),
            person("contact_name", "the contact's name"),
            text("relation", "what the contact is to the applicant (配偶, 父母, 同事…)"),
        ),
        key=("applicant_id", "contact_mobile"),
    ),
    Table(
        "account_owners",
        "joint owners, or ownership in a file of its own",
        (
            identifier("account_no", "account", "the account", required=True),
            party("owner_id", "whose it is", required=True),
        ),
        key=("account_no", "owner_id"),
    ),
    Table(
        "holdings",
        "shares held in companies",
        (
            party("holder_id", "who holds", required=True),
            ref("company_id", "company", "in which company", required=True),
            number("ratio", "share, 0 to 1", within=(0, 1)),
        ),
        key=("holder_id", "company_id", "valid_from"),
    ),
    Table(
        "loan_history",
        "how loans stood on past dates",
        (
            ref("loan_id", "loan", "the loan", required=True),
            time("date", "on which date", required=True),
            number("balance", "amount outstanding"),
            choice("five_class", "five-class risk grade", FIVE_CLASS),
            integer("dpd", "days past due"),
        ),
        key=("loan_id", "date"),
        data_date=("date",),
    ),
    Table(
        "disbursements",
        "parts in which loans were paid out; they replace the loan's own account_no",
        (
            ref("loan_id", "loan", "the loan", required=True),
            identifier("account_no", "account", "account it was paid to", required=True),
            number("amount", "amount of this part", required=True),
            time("time", "when", required=True),
        ),
        key=(),
        data_date=("time",),
    ),
    Table(
        "guarantees",
        "guarantee contracts",
        (
            text("contract_id", "number of the contract"),
            party("guarantor_id", "who guarantees", required=True),
            party("borrower_id", "for whom", required=True),
            number("amount", "amount guaranteed", within=(0, math.inf)),
            text("currency", "currency of the amounts"),
            ref("loan_id", "loan", "the loan it secures"),
            choice("liability", "general 一般 or joint and several 连带", LIABILITY),
            choice("form", "single, or maximum 最高额 up to the cap", FORM),
            number("cap", "most that the maximum form covers", within=(0, math.inf)),
            text("joint_group_id", "the joint group 联保 it belongs to"),
            text("counter_of", "the contract that this is a 反担保 of"),
            time("start_date", "start of the guarantee"),
            time("end_date", "end of the guarantee period, 保证期间"),
            choice("status", "whether it is in force", GUARANTEE_STATUS, present=True),
            time("released_at", "when it was released or settled"),
            time("status_date", "the date of the status; by default the data date"),
            choice(
                "guarantee_type",
                "older books: instead of liability and form (maximum: joint and several, cap = amount)",
                LIABILITY | {"maximum": FORM["maximum"]},
            ),
        ),
        key=("contract_id", "guarantor_id", "borrower_id"),
        key_needs="contract_id",
    ),
    Table(
        "orders",
        "purchases financed at merchants",
        (
            text("order_no", "number of the order", required=True),
            ref("applicant_id", "applicant", "who ordered", required=True),
            ref("merchant_no", "merchant", "from whom", required=True),
            number("amount", "price"),
            time("paid_at", "when it was paid"),
            time("shipped_at", "when it was shipped"),
            time("delivered_at", "when it was delivered"),
            time("refunded_at", "when it was refunded"),
            identifier("delivery_address", "address", "where it was delivered"),
        ),
        key=("order_no",),
        data_date=("paid_at",),
    ),
    Table(
        "sign_ins",
        "devices signing in to accounts",
        (
            identifier("device_id", "device", "the device", required=True),
            identifier("account_no", "account", "the account", required=True),
            time("time", "when", required=True),
        ),
        key=(),
        data_date=("time",),
    ),
    Table(
        "transfers",
        "money moving from account to account",
        (
            text("transfer_id", "number of the transfer"),
            identifier("from_account", "account", "paying account", required=True),
            identifier("to_account", "account", "receiving account", required=True),
            number("amount", "amount", required=True),
            time("time", "when", required=True),
            choice("kind", "what it was; other words count as transfer", TRANSFER_KIND, open=True),
            text("purpose", "stated purpose"),
            number("balance_after", "balance of the paying account after it"),
            number("to_balance_after", "balance of the receiving account after it"),
        ),
        key=("transfer_id",),
        key_needs="transfer_id",
        data_date=("time",),
    ),
    Table(
        "repayments",
        "payments towards loans",
        (
            ref("loan_id", "loan", "the loan", required=True),
            identifier("payer_account", "account", "paying account", required=True),
            number("amount", "amount", required=True),
            time("time", "when", required=True),
        ),
        key=(),
        data_date=("time",),
    ),
    Table(
        "flags",
        "lists and outcomes: who is marked as what, by whom, since when",
        (
            choice("entity_kind", "kind of node", kind_words(KINDS), required=True),
            node("entity_key", "its key", KINDS, "entity_kind", required=True),
            choice("flag", "what it is marked as", FLAGS, required=True),
            text("source", "who says so"),
            time("effective_from", "since when"),
            time("expires_at", "until when"),
        ),
        key=("entity_kind", "entity_key", "flag", "source", "effective_from"),
    ),
    Table(
        "partners",
        "cooperating platforms, guarantors and insurers, as the published lists name them",
        (
            text("partner_name", "name on the list", required=True),
            choice("role", "what the partner does", PARTNER_ROLE),
            text("product", "for which product"),
            time("listed_from", "on the list from"),
            time("listed_to", "on the list until"),
            text("former_names", "earlier names"),
        ),
        key=("partner_name", "role", "product", "listed_from"),
    ),
)

TABLES: dict[str, Table] = {table.name: table for table in (*_DECLARED, *_USES)}
"""The canonical tables by name, in the order in which a load reads them: declarations before uses."""

PLACE = Column("place", "identifier", "the place cell of gps_lat and gps_lon", kind="address")
"""No column of any file: the first pass makes it of the coordinates of an application."""

FURTHER = Column(
    "further", "text", "further identifiers that rows of one key state, as ``column/kind:key`` line by line"
)
"""No column of any file either: beside the one that shows as a column's value, all others are kept as ties."""

GROUP_IDS = frozenset({"group_id", "joint_group_id", "counter_of"})
"""Columns of free text that name a group or a contract, so that ``7`` and ``7.0`` are one, as in a key."""
