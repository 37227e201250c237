"""What the clauses of an intermediary's reasons look like, in Chinese and in English."""

from __future__ import annotations

_DATE = r"\d{4}-\d\d-\d\d"
CLAUSES = (
    ("what", r"(?P<clients>\d+)名申请人背后是(?P<hubs>.+)", r"behind (?P<clients>\d+) applicants stand (?P<hubs>.+)"),
    (
        "when",
        rf"其中(?P<acted>\d+)人在(?:(?P<first>{_DATE})至(?P<last>{_DATE})|(?P<day>{_DATE})一天内)申请(?P<times>\d+)笔"
        r"(?:，连同前后(?P<margin>\d+)天共借款(?P<money>.+))?",
        rf"(?P<acted>\d+) of them filed (?P<times>\d+) applications? "
        rf"(?:from (?P<first>{_DATE}) to (?P<last>{_DATE})|on (?P<day>{_DATE}))"
        r"(?: and borrowed (?P<money>.+) from (?P<margin>\d+) days before to \d+ days after)?",
    ),
    (
        "alike",
        r"这段时间及前后(?P<margin>\d+)天的(?P<of>\d+)笔申请中，(?P<alike>\d+)笔同为“(?P<product>.+)”、(?P<term>\d+)个月、"
        r"金额(?P<each>.+)（申请未载币种）",
        r"of the (?P<of>\d+) applications of that time and (?P<margin>\d+) days before and after, "
        r"(?P<alike>\d+) are all for “(?P<product>.+)” over (?P<term>\d+) months "
        r"and an amount of (?P<each>.+) \(no currency stated\)",
    ),
    (
        "bad",
        r"其中(?P<borrowers>\d+)名借款人，未发现不良",
        r"(?P<borrowers>\d+) of them have borrowed, none is known to be bad",
    ),
    (
        "bad",
        r"其中(?P<borrowers>\d+)名借款人，(?P<bad>\d+)人已知不良（曾逾期超过30天、分类次级及以下，或被标记逾期、黑名单、确认欺诈），"
        r"全库(?P<of>[\d,]+)名借款人中占(?P<share>[\d.]+)%",
        r"(?P<borrowers>\d+) of them have borrowed, of whom (?P<bad>\d+) (?:is|are) known to be bad "
        r"\(over 30 days past due, classed substandard or worse, or flagged as overdue, blacklisted or confirmed "
        r"fraud\), as are (?P<share>[\d.]+) % of all (?P<of>[\d,]+) borrowers of the book",
    ),
    (
        "also",
        r"此外未发现他们之间共用手机、账户、证件、邮箱或本人手机号",
        r"beyond that, no two are known to share a handset, account, identity document, e-mail address or own phone",
    ),
    (
        "also",
        r"此外有(?P<also>\d+)人之间还共用手机、账户、证件、邮箱或本人手机号，其余的人未发现",
        r"beyond that, (?P<also>\d+) share a handset, account, identity document, e-mail address or own phone with "
        r"another of them, the rest are not known to",
    ),
    (
        "shop",
        r"门店设备：未发现有商户占到所用手机使用次数的一半以上",
        r"shop equipment: no merchant accounts for more than half of the uses of a handset",
    ),
    (
        "merchant",
        r"同一商户：在同一商户申请的最多(?P<most>\d+)人",
        r"one merchant: at most (?P<most>\d+) applied at the same one",
    ),
    (
        "merchant",
        r"同一商户：未发现两人在同一商户申请",
        r"one merchant: no two are known to have applied at the same one",
    ),
    (
        "employer",
        r"大单位：同一单位的人一般填报同一电话，这些人各填各的",
        r"a large employer: its people name one phone, these name one each",
    ),
    (
        "line",
        r"人事电话：这些人填报的关系都不是单位，所称机主姓氏也不一",
        r"an HR line: none of them calls it an employer's, and its holder goes by several surnames",
    ),
    (
        "dealer",
        r"正常渠道：正常渠道进件平稳，而该渠道(?P<brought>\d+)名客户中(?P<came>\d+)人集中于此",
        r"an honest dealer: (?P<came>\d+) of the (?P<brought>\d+) clients of this one came at once",
    ),
    (
        "payer",
        r"商户或单位账户：未发现其属于商户或向两人以上发放工资",
        r"a business account: it is not known to belong to a merchant or to pay wages to two or more",
    ),
    (
        "place",
        r"同住、同事或同学：同一住处、单位或其他联系人最多(?P<most>\d+)人",
        r"one home, workplace or school: at most (?P<most>\d+) share a home, an employer or another contact",
    ),
    (
        "place",
        r"同住、同事或同学：未发现两人有共同的住处、单位或其他联系人",
        r"one home, workplace or school: no two are known to share a home, an employer or another contact",
    ),
    (
        "family",
        r"一家人：亲属合并后仍有(?P<homes>\d+)户",
        r"one family: taken as one, families still are (?P<homes>\d+) households",
    ),
)
"""By method, what a clause looks like in Chinese and in English."""
