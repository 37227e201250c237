"""The canonical input tables, as data: what the loader accepts, and what each column means.

Readers, cleaning and the documentation all follow these declarations; a column exists in the product because
it stands here. Cell values arrive as text. A column's ``type`` says how its text is read:

=================  =====================================================================================
``text``           kept as it is
``personal_name``  a person's name: personal data, masked, never a node
``number``         a decimal number
``integer``        a whole number
``time``           a point in time; a date means its first instant
``choice``         one of ``words``; an ``open`` choice keeps other words
``party``          the id of an applicant, company or merchant (``kinds`` says which are allowed);
                   ``companion`` names the column that says which it is, where a file has one
``ref``            the id of a node of ``kind`` that some table must declare
``identifier``     a value that makes a node of ``kind`` by being named
=================  =====================================================================================
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from ..graph.model import KINDS, PARTIES

ColumnType = Literal[
    "text", "personal_name", "number", "integer", "time", "choice", "party", "ref", "identifier"
]


@dataclass(frozen=True)
class Column:
    """One column of a canonical table.

    Attributes
    ----------
    required : a row without a readable value here is rejected (set bold in the documentation)
    kind : of a ``ref`` or ``identifier``: the kind of node it names
    kinds : of a ``party``: the kinds it may name
    companion : of a ``party``: the column that says which kind it names
    words : of a ``choice``: each canonical word with its synonyms; compared without regard to case
    open : of a ``choice``: other words are kept as they stand, rather than being bad values
    use : of an ``identifier`` tied to a party: ``own`` or ``work``
    present : it describes the present state, so it counts from the row's ``status_date`` or the data date
    """

    name: str
    type: ColumnType
    description: str
    required: bool = False
    kind: str | None = None
    kinds: tuple[str, ...] = ()
    companion: str | None = None
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    open: bool = False
    use: str = "own"
    present: bool = False


@dataclass(frozen=True)
class Table:
    """A canonical table.

    Attributes
    ----------
    columns : what it holds, in order, without the companions and the three columns of ``VALIDITY``
    key : the columns that tell its rows apart; empty where identical rows are all kept
    key_needs : the column without which a row has no key after all (a contract without its number)
    declares : the kind of node that its first column declares, if any
    data_date : the columns whose latest time dates the load; times here cannot lie in the future
    """

    name: str
    description: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    key_needs: str | None = None
    declares: str | None = None
    data_date: tuple[str, ...] = ()

    @cached_property
    def all_columns(self) -> dict[str, Column]:
        """Every column a file of this table may have, by name: its own, its companions, and ``VALIDITY``."""
        columns = {column.name: column for column in self.columns}
        for column in self.columns:
            if column.companion:
                columns.setdefault(column.companion, _companion(column))
        return columns | {column.name: column for column in VALIDITY}

    @cached_property
    def required(self) -> tuple[str, ...]:
        """The names of the required columns, in order."""
        return tuple(column.name for column in self.columns if column.required)

    @cached_property
    def own_time(self) -> tuple[str, ...]:
        """The columns that date a row which does not state ``known_at``; the first with a value counts."""
        return tuple(name for name in OWN_TIMES if name in self.all_columns)


OWN_TIMES = (
    "apply_time", "time", "disbursed_at", "paid_at", "date", "applied_at", "opened_at", "start_date",
    "effective_from", "listed_from", "valid_from",
)  # fmt: skip
"""Names of columns that say when the row's fact came about, by precedence."""


# -- short hands for the declarations below -------------------------------------------------------


def _text(name: str, description: str, **more) -> Column:
    return Column(name, "text", description, **more)


def _number(name: str, description: str, **more) -> Column:
    return Column(name, "number", description, **more)


def _integer(name: str, description: str, **more) -> Column:
    return Column(name, "integer", description, **more)


def _time(name: str, description: str, **more) -> Column:
    return Column(name, "time", description, **more)


def _person(name: str, description: str) -> Column:
    return Column(name, "personal_name", description)


def _choice(name: str, description: str, words: Mapping[str, tuple[str, ...]], **more) -> Column:
    return Column(name, "choice", description, words=words, **more)


def _ref(name: str, kind: str, description: str, **more) -> Column:
    return Column(name, "ref", description, kind=kind, **more)


def _identifier(name: str, kind: str, description: str, **more) -> Column:
    return Column(name, "identifier", description, kind=kind, **more)


def _party(name: str, description: str, kinds: tuple[str, ...] = PARTIES, **more) -> Column:
    more.setdefault("companion", name.removesuffix("_id") + "_kind")
    return Column(name, "party", description, kinds=kinds, **more)


def _companion(column: Column) -> Column:
    return _choice(column.companion or "", f"what {column.name} names", _kind_words(column.kinds))


def _kind_words(kinds: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    return {kind: _KIND_WORDS.get(kind, ()) for kind in kinds}


_KIND_WORDS = {
    "applicant": ("person", "个人", "自然人"),
    "company": ("enterprise", "企业", "公司", "法人"),
    "merchant": ("商户",),
}
_BORROWER = ("applicant", "company")

VALIDITY = (
    _time("valid_from", "true from this time on"),
    _time("valid_to", "true until this time"),
    _time("known_at", "known from this time on; by default the row's own time"),
)
"""Columns that every table may carry."""

FLAGS = {
    "blacklist": ("黑名单",),
    "greylist": ("灰名单", "graylist"),
    "whitelist": ("白名单",),
    "confirmed_fraud": ("确认欺诈", "欺诈"),
    "overdue": ("逾期",),
    "restricted_destination": ("受限去向", "禁止流入"),
    "innocent": ("排除",),
}
FIVE_CLASS = {
    "正常": ("正常类", "normal", "pass"),
    "关注": ("关注类", "special_mention", "special mention"),
    "次级": ("次级类", "substandard"),
    "可疑": ("可疑类", "doubtful"),
    "损失": ("损失类", "loss"),
}
LIABILITY = {
    "general": ("一般", "一般保证", "一般责任保证"),
    "joint_several": ("连带", "连带责任", "连带责任保证", "joint and several"),
}
FORM = {
    "single": ("单笔", "单笔保证", "一般担保合同"),
    "maximum": ("最高额", "最高额保证", "最高额担保"),
}
GUARANTEE_STATUS = {
    "有效": ("生效", "in_force", "in force", "active"),
    "已结清": ("结清", "settled"),
    "已解除": ("解除", "released"),
}
TRANSFER_KIND = {
    "transfer": ("转账",),
    "withdrawal": ("取现", "withdraw"),
    "purchase": ("消费",),
    "payroll": ("代发", "工资"),
    "refund": ("退款",),
    "loan_transfer": ("贷款转账",),
}
PARTNER_ROLE = {"助贷平台": ("助贷",), "融资担保": ("融资担保公司",), "保险增信": ("保险",)}


# -- the tables, declarations before uses ---------------------------------------------------------

_DECLARED = (
    Table(
        "applicants",
        "persons who apply for credit, borrow, guarantee or hold shares",
        (
            _ref("applicant_id", "applicant", "the person's number", required=True),
            _person("name", "full name"),
            _text("cert_type", "type of the identity document, in words or as the book codes it"),
            _identifier("cert_no", "id_document", "number of the identity document"),
            _identifier("mobile", "phone", "own phone"),
            _identifier("email", "email", "own e-mail address"),
            _identifier("bank_card_no", "account", "own bank card or account"),
            _identifier("employer", "employer", "name of the employer", use="work"),
            _identifier("employer_phone", "phone", "phone of the employer", use="work"),
            _identifier("home_address", "address", "home address"),
            _identifier("work_address", "address", "address of the place of work", use="work"),
            _text("region", "where the person lives"),
        ),
        key=("applicant_id",),
        declares="applicant",
    ),
    Table(
        "companies",
        "companies and other organisations",
        (
            _ref("company_id", "company", "the company's number", required=True),
            _text("name", "registered name"),
            _text("former_names", "earlier names"),
            _identifier("uscc", "id_document", "unified social credit code, 18 characters"),
            _party("legal_rep_id", "the legal representative", _BORROWER),
            _text("group_id", "the group it belongs to"),
            _text("region", "where it is registered"),
            _text("industry", "its line of business"),
            _number("total_assets", "total assets", present=True),
            _number("total_liabilities", "total liabilities", present=True),
            _number("net_assets", "net assets", present=True),
            _time("status_date", "the date of the figures; by default the data date"),
        ),
        key=("company_id",),
        declares="company",
    ),
    Table(
        "merchants",
        "shops and dealers where credit is spent",
        (
            _ref("merchant_no", "merchant", "the merchant's number", required=True),
            _text("name", "name of the shop"),
            _identifier("uscc", "id_document", "unified social credit code, 18 characters"),
            _party("legal_rep_id", "the legal representative", _BORROWER),
            _identifier("phone", "phone", "phone of the shop"),
            _identifier("account_no", "account", "account it is paid to"),
            _text("category", "line of business"),
            _text("region", "where it is"),
            _number("gps_lat", "latitude in degrees"),
            _number("gps_lon", "longitude in degrees"),
            _time("opened_at", "when it was admitted"),
        ),
        key=("merchant_no",),
        declares="merchant",
    ),
    Table(
        "applications",
        "applications for credit (进件)",
        (
            _ref("apply_no", "application", "number of the application", required=True),
            _ref("applicant_id", "applicant", "who applied", required=True),
            _time("apply_time", "when", required=True),
            _text("product", "what for"),
            _identifier("channel", "channel", "platform or dealer that brought the application in"),
            _identifier("salesperson_id", "channel", "salesperson who brought the application in"),
            _number("amount", "amount asked for"),
            _number("credit_limit", "limit granted"),
            _integer("term_months", "term in months"),
            _identifier("device_id", "device", "device it was filed from"),
            _identifier("imei", "device", "hardware number of that device"),
            _identifier("ip", "ip", "internet address it was filed from"),
            _identifier("wifi_bssid", "wifi", "Wi-Fi base station it was filed from"),
            _number("gps_lat", "latitude it was filed from, in degrees"),
            _number("gps_lon", "longitude it was filed from, in degrees"),
            _ref("merchant_no", "merchant", "merchant it was filed at"),
            _text("status", "how it stands", present=True),
        ),
        key=("apply_no",),
        declares="application",
        data_date=("apply_time",),
    ),
    Table(
        "loans",
        "loans and credit lines",
        (
            _ref("loan_id", "loan", "number of the loan", required=True),
            _party("borrower_id", "who borrowed", _BORROWER, required=True),
            _text("lender", "bank or company that lent"),
            _ref("apply_no", "application", "the application it came of"),
            _time("applied_at", "when it was applied for"),
            _text("product", "product"),
            _text("currency", "currency of the amounts"),
            _number("amount", "amount of the contract"),
            _number("credit_limit", "limit granted"),
            _number("balance", "amount outstanding", present=True),
            _number("off_balance_amount", "amount off the balance sheet", present=True),
            _time("disbursed_at", "when it was paid out"),
            _time("due_at", "when it falls due"),
            _identifier("account_no", "account", "account it was paid to"),
            _ref("merchant_no", "merchant", "merchant it was paid to"),
            _text("enhancer", "partner that guarantees or insures it"),
            _text("guarantee_method", "how it is secured"),
            _choice("five_class", "five-class risk grade", FIVE_CLASS, present=True),
            _integer("dpd", "days past due", present=True),
            _time("status_date", "the date of balance, class and days; by default the data date"),
        ),
        key=("loan_id",),
        declares="loan",
        data_date=("disbursed_at",),
    ),
    Table(
        "accounts",
        "bank accounts and cards",
        (
            _identifier("account_no", "account", "number of the account or card", required=True),
            _party("owner_id", "whose it is"),
            _text("bank", "where it is kept"),
            _time("opened_at", "when it was opened"),
        ),
        key=("account_no",),
        declares="account",
    ),
    Table(
        "devices",
        "phones and other devices",
        (
            _identifier("device_id", "device", "number of the device", required=True),
            _text("device_type", "what it is"),
        ),
        key=("device_id",),
        declares="device",
    ),
)

_USES = (
    Table(
        "contacts",
        "the contacts that an applicant named",
        (
            _ref("applicant_id", "applicant", "who named the contact", required=True),
            _identifier("contact_mobile", "phone", "the contact's phone", required=True),
            _person("contact_name", "the contact's name"),
            _text("relation", "what the contact is to the applicant (配偶, 父母, 同事…)"),
        ),
        key=("applicant_id", "contact_mobile"),
    ),
    Table(
        "account_owners",
        "joint owners, or ownership in a file of its own",
        (
            _identifier("account_no", "account", "the account", required=True),
            _party("owner_id", "whose it is", required=True),
        ),
        key=("account_no", "owner_id"),
    ),
    Table(
        "holdings",
        "shares held in companies",
        (
            _party("holder_id", "who holds", required=True),
            _ref("company_id", "company", "in which company", required=True),
            _number("ratio", "share, 0 to 1"),
        ),
        key=("holder_id", "company_id", "valid_from"),
    ),
    Table(
        "loan_history",
        "how loans stood on past dates",
        (
            _ref("loan_id", "loan", "the loan", required=True),
            _time("date", "on which date", required=True),
            _number("balance", "amount outstanding"),
            _choice("five_class", "five-class risk grade", FIVE_CLASS),
            _integer("dpd", "days past due"),
        ),
        key=("loan_id", "date"),
        data_date=("date",),
    ),
    Table(
        "disbursements",
        "parts in which loans were paid out; they replace the loan's own account_no",
        (
            _ref("loan_id", "loan", "the loan", required=True),
            _identifier("account_no", "account", "account it was paid to", required=True),
            _number("amount", "amount of this part", required=True),
            _time("time", "when", required=True),
        ),
        key=(),
        data_date=("time",),
    ),
    Table(
        "guarantees",
        "guarantee contracts",
        (
            _text("contract_id", "number of the contract"),
            _party("guarantor_id", "who guarantees", required=True),
            _party("borrower_id", "for whom", required=True),
            _number("amount", "amount guaranteed"),
            _text("currency", "currency of the amounts"),
            _ref("loan_id", "loan", "the loan it secures"),
            _choice("liability", "general 一般 or joint and several 连带", LIABILITY),
            _choice("form", "single, or maximum 最高额 up to the cap", FORM),
            _number("cap", "most that the maximum form covers"),
            _text("joint_group_id", "the joint group 联保 it belongs to"),
            _text("counter_of", "the contract that this is a 反担保 of"),
            _time("start_date", "start of the guarantee"),
            _time("end_date", "end of the guarantee period, 保证期间"),
            _choice("status", "whether it is in force", GUARANTEE_STATUS, present=True),
            _time("released_at", "when it was released or settled"),
            _time("status_date", "the date of the status; by default the data date"),
            _choice(
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
            _text("order_no", "number of the order", required=True),
            _ref("applicant_id", "applicant", "who ordered", required=True),
            _ref("merchant_no", "merchant", "from whom", required=True),
            _number("amount", "price"),
            _time("paid_at", "when it was paid"),
            _time("shipped_at", "when it was shipped"),
            _time("delivered_at", "when it was delivered"),
            _time("refunded_at", "when it was refunded"),
            _identifier("delivery_address", "address", "where it was delivered"),
        ),
        key=("order_no",),
        data_date=("paid_at",),
    ),
    Table(
        "sign_ins",
        "devices signing in to accounts",
        (
            _identifier("device_id", "device", "the device", required=True),
            _identifier("account_no", "account", "the account", required=True),
            _time("time", "when", required=True),
        ),
        key=(),
        data_date=("time",),
    ),
    Table(
        "transfers",
        "money moving from account to account",
        (
            _text("transfer_id", "number of the transfer"),
            _identifier("from_account", "account", "paying account", required=True),
            _identifier("to_account", "account", "receiving account", required=True),
            _number("amount", "amount", required=True),
            _time("time", "when", required=True),
            _choice("kind", "what it was; other words count as transfer", TRANSFER_KIND, open=True),
            _text("purpose", "stated purpose"),
        ),
        key=("transfer_id",),
        key_needs="transfer_id",
        data_date=("time",),
    ),
    Table(
        "repayments",
        "payments towards loans",
        (
            _ref("loan_id", "loan", "the loan", required=True),
            _identifier("payer_account", "account", "paying account", required=True),
            _number("amount", "amount", required=True),
            _time("time", "when", required=True),
        ),
        key=(),
        data_date=("time",),
    ),
    Table(
        "flags",
        "lists and outcomes: who is marked as what, by whom, since when",
        (
            _choice("entity_kind", "kind of node", _kind_words(KINDS), required=True),
            _party("entity_key", "its key", KINDS, companion="entity_kind", required=True),
            _choice("flag", "what it is marked as", FLAGS, required=True),
            _text("source", "who says so"),
            _time("effective_from", "since when"),
            _time("expires_at", "until when"),
        ),
        key=("entity_kind", "entity_key", "flag", "source", "effective_from"),
    ),
    Table(
        "partners",
        "cooperating platforms, guarantors and insurers, as the published lists name them",
        (
            _text("partner_name", "name on the list", required=True),
            _choice("role", "what the partner does", PARTNER_ROLE),
            _text("product", "for which product"),
            _time("listed_from", "on the list from"),
            _time("listed_to", "on the list until"),
            _text("former_names", "earlier names"),
        ),
        key=("partner_name", "role", "product", "listed_from"),
    ),
)

TABLES: dict[str, Table] = {table.name: table for table in (*_DECLARED, *_USES)}
"""The canonical tables by name, in the order in which a load reads them: declarations before uses."""
