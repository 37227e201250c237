"""What a canonical table is made of: its columns, their types, and the words that choices know.

Cell values arrive as text. A column's ``type`` says how its text is read:

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
``node``           the key of a node of the kind that the ``companion`` column of its table says (one of ``kinds``)
=================  =====================================================================================
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from ...graph.model import PARTIES

ColumnType = Literal[
    "text", "personal_name", "number", "integer", "time", "choice", "party", "ref", "identifier", "node"
]


@dataclass(frozen=True)
class Column:
    """One column of a canonical table.

    Attributes
    ----------
    required : a row without a readable value here is rejected (set bold in the documentation)
    kind : of a ``ref`` or ``identifier``: the kind of node it names
    kinds : of a ``party`` or ``node``: the kinds it may name
    companion : of these: the column that says which kind it names
    words : of a ``choice``: each canonical word with its synonyms; compared without regard to case
    open : of a ``choice``: other words are kept as they stand, rather than being bad values
    use : of an ``identifier`` tied to a party: ``own`` or ``work``
    within : of a ``number``: the least and the greatest it may be
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
    within: tuple[float, float] | None = None
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


def text(name: str, description: str, **more) -> Column:
    """A column of free text."""
    return Column(name, "text", description, **more)


def number(name: str, description: str, **more) -> Column:
    """A column of decimal numbers."""
    return Column(name, "number", description, **more)


def integer(name: str, description: str, **more) -> Column:
    """A column of whole numbers."""
    return Column(name, "integer", description, **more)


def time(name: str, description: str, **more) -> Column:
    """A column of times."""
    return Column(name, "time", description, **more)


def person(name: str, description: str) -> Column:
    """A column of persons' names."""
    return Column(name, "personal_name", description)


def choice(name: str, description: str, words: Mapping[str, tuple[str, ...]], **more) -> Column:
    """A column of known words."""
    return Column(name, "choice", description, words=words, **more)


def ref(name: str, kind: str, description: str, **more) -> Column:
    """A column that names a node some table must declare."""
    return Column(name, "ref", description, kind=kind, **more)


def identifier(name: str, kind: str, description: str, **more) -> Column:
    """A column whose values make nodes by being named."""
    return Column(name, "identifier", description, kind=kind, **more)


def party(name: str, description: str, kinds: tuple[str, ...] = PARTIES, **more) -> Column:
    """A column that names a party; its companion is called after it unless given."""
    more.setdefault("companion", name.removesuffix("_id") + "_kind")
    return Column(name, "party", description, kinds=kinds, **more)


def node(name: str, description: str, kinds: tuple[str, ...], companion: str, **more) -> Column:
    """A column that holds the key of a node of any of some kinds."""
    return Column(name, "node", description, kinds=kinds, companion=companion, **more)


def _companion(column: Column) -> Column:
    return choice(column.companion or "", f"what {column.name} names", kind_words(column.kinds))


def kind_words(kinds: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """Kinds of node as the words of a choice."""
    return {kind: _KIND_WORDS.get(kind, ()) for kind in kinds}


_KIND_WORDS = {
    "applicant": ("person", "个人", "自然人"),
    "company": ("enterprise", "企业", "公司", "法人"),
    "merchant": ("商户",),
    "phone": ("mobile", "手机", "手机号", "手机号码", "电话", "电话号码"),
    "email": ("e-mail", "邮箱", "电子邮箱", "邮件"),
    "address": ("地址", "住址"),
    "id_document": ("cert", "证件", "证件号", "证件号码", "身份证", "身份证号"),
    "account": ("card", "账户", "账号", "银行卡", "银行卡号", "银行账户", "卡号"),
    "device": ("设备", "设备号"),
    "wifi": ("wi-fi", "无线", "无线网络"),
    "employer": ("单位", "工作单位", "雇主"),
}

VALIDITY = (
    time("valid_from", "true from this time on"),
    time("valid_to", "true until this time"),
    time("known_at", "known from this time on; by default the row's own time"),
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
    "有效": ("生效", "已生效", "履行中", "in_force", "in force", "active"),
    "已结清": ("结清", "settled"),
    "已解除": (
        "解除", "released", "失效", "已失效", "终止", "已终止", "无效", "撤销", "已撤销", "注销", "已注销", "作废",
        "已作废", "到期", "已到期", "terminated", "expired", "void", "cancelled",
    ),
}  # fmt: skip
TRANSFER_KIND = {
    "transfer": ("转账",),
    "withdrawal": ("取现", "withdraw"),
    "purchase": ("消费",),
    "payroll": ("代发", "工资"),
    "refund": ("退款",),
    "loan_transfer": ("贷款转账",),
}
USE = {
    "own": ("personal", "home", "本人", "自用", "个人", "家庭"),
    "work": ("office", "单位", "工作", "办公"),
}
LENDER_KIND = {"bank": ("银行",), "nonbank": ("非银", "非银行", "非银机构", "non-bank", "non_bank")}
PARTNER_ROLE = {"助贷平台": ("助贷",), "融资担保": ("融资担保公司",), "保险增信": ("保险",)}


UNITS = {"milliseconds": 1, "seconds": 1000, "minutes": 60_000, "hours": 3_600_000, "days": 86_400_000}
"""Milliseconds by unit in which a mapping may say that times are counted."""


def fold(word: str) -> str:
    """A word as it is compared: without outer blanks, case folded."""
    return word.strip().casefold()
