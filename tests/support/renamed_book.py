"""Canonical tables under other names: headers of a bank's own, in any order, with columns that mean nothing to us.

The words here were written without a look at those of the product. Some are the same, as banks do write them; some
are not, as no list is complete.
"""

import csv
import random
from datetime import datetime

import openpyxl

TABLES = {
    "applicants": ("客户信息", "个人客户基本信息", "cif_person", "CUST_INFO", "客户主档", "t_customer"),
    "applications": ("进件明细", "申请信息表", "loan_apply", "T_APPLY", "授信申请记录", "application_list"),
    "contacts": ("联系人", "紧急联系人信息", "contact_person", "customer_contacts", "联系人明细"),
    "companies": ("企业客户", "对公客户信息", "corp_customer", "company_info", "企业名录"),
    "holdings": ("股东信息", "股权结构", "shareholder", "equity_holding"),
    "loans": ("借据台账", "贷款明细", "loan_ledger", "LOAN_INFO", "贷款余额表", "t_duebill"),
    "loan_history": ("贷款月末快照", "loan_month_snapshot", "五级分类历史"),
    "guarantees": ("担保台账", "对外担保明细", "guarantee_contract", "GUAR_INFO", "保证合同"),
    "merchants": ("商户信息", "merchant_info", "门店资料", "shop_list"),
    "orders": ("订单明细", "order_list", "t_order"),
    "accounts": ("账户信息", "account_info", "bank_card", "卡信息"),
    "sign_ins": ("登录日志", "login_record", "device_login"),
    "transfers": ("交易流水", "txn_detail", "transfer_record", "资金流水", "账户交易明细"),
    "repayments": ("还款记录", "repay_detail", "loan_repayment"),
    "disbursements": ("放款明细", "disbursement_detail"),
}
"""Names of files by table."""

HEADERS = {
    "applicants": {
        "applicant_id": ("客户号", "客户编号", "cust_no", "CustomerID", "客户内码", "cif_no"),
        "name": ("姓名", "客户姓名", "cust_name", "customerName", "NAME_CN"),
        "cert_type": ("证件类型", "id_type", "证件种类", "certType"),
        "cert_no": ("证件号码", "身份证号", "id_no", "certNo", "身份证件号码", "ID_CARD_NUM"),
        "mobile": ("手机号", "手机号码", "mobile_no", "cellphone", "联系手机", "PHONE_NUM"),
        "email": ("电子邮箱", "email", "邮箱", "EMAIL_ADDR"),
        "bank_card_no": ("银行卡号", "bank_card_no", "cardNo", "还款卡号"),
        "employer": ("单位名称", "工作单位", "employer_name", "company_name", "任职企业"),
        "employer_phone": ("单位电话", "office_tel", "work_phone", "公司固话"),
        "home_address": ("家庭住址", "现居住地址", "home_addr", "homeAddress", "居住详址"),
        "work_address": ("单位地址", "office_address", "companyAddress"),
        "region": ("所在城市", "region", "常住地"),
    },
    "applications": {
        "apply_no": ("进件编号", "申请编号", "apply_no", "applicationId", "APP_SEQ_NO", "业务流水号"),
        "applicant_id": ("客户号", "申请人编号", "cust_no", "customerId", "客户内码"),
        "apply_time": ("申请时间", "进件时间", "apply_time", "applyDate", "申请提交时刻"),
        "product": ("产品名称", "product_name", "贷款产品", "prodCode"),
        "channel": ("渠道", "进件渠道", "channel", "channelCode", "获客来源"),
        "salesperson_id": ("业务员", "业务员工号", "sales_id", "agentNo"),
        "amount": ("申请金额", "apply_amt", "applyAmount", "申请额"),
        "credit_limit": ("授信额度", "credit_limit", "审批额度", "approvedLimit"),
        "term_months": ("期限", "申请期数", "loan_term", "term"),
        "device_id": ("设备号", "device_id", "设备指纹", "deviceNo"),
        "imei": ("IMEI", "imei_no", "手机IMEI"),
        "ip": ("IP地址", "ip_addr", "申请IP", "clientIp"),
        "wifi_bssid": ("WIFI MAC", "wifi_mac", "bssid", "路由器MAC地址"),
        "gps_lat": ("纬度", "latitude", "gps_lat", "LAT"),
        "gps_lon": ("经度", "longitude", "gps_lng", "LNG"),
        "merchant_no": ("商户号", "merchant_id", "门店编号"),
        "status": ("审批状态", "apply_status", "审批结果"),
    },
    "contacts": {
        "applicant_id": ("客户号", "申请人编号", "cust_no", "customerId"),
        "contact_mobile": ("联系人手机", "联系人电话", "contact_phone", "contactMobile", "手机号"),
        "contact_name": ("联系人姓名", "contact_name", "联系人", "姓名"),
        "relation": ("与本人关系", "relation", "关系", "relationship", "亲属称谓"),
    },
    "companies": {
        "company_id": ("企业编号", "客户号", "corp_id", "companyNo"),
        "name": ("企业名称", "公司名称", "corp_name", "companyName", "客户名称"),
        "uscc": ("统一社会信用代码", "uscc", "creditCode", "社会信用代码证号"),
        "legal_rep_id": ("法定代表人客户号", "legal_rep_id", "法人客户编号"),
        "group_id": ("集团编号", "group_no", "所属集团"),
        "region": ("注册地", "所属地区", "region"),
        "industry": ("所属行业", "industry", "行业分类"),
        "total_assets": ("资产总额", "total_assets", "总资产"),
        "total_liabilities": ("负债总额", "total_debt", "总负债"),
        "net_assets": ("净资产", "net_assets", "所有者权益"),
        "status_date": ("报表日期", "report_date"),
    },
    "holdings": {
        "holder_id": ("股东编号", "shareholder_id", "出资人客户号"),
        "company_id": ("企业编号", "company_id", "被投资企业编号"),
        "ratio": ("持股比例", "share_ratio", "出资比例"),
    },
    "loans": {
        "loan_id": ("借据号", "借据编号", "loan_no", "duebillNo", "贷款编号"),
        "borrower_id": ("客户号", "借款人编号", "cust_no", "borrowerId"),
        "lender": ("贷款行", "lender", "放款机构"),
        "apply_no": ("进件编号", "apply_no", "申请编号"),
        "applied_at": ("申请时间", "apply_date"),
        "product": ("业务品种", "product", "贷款产品"),
        "amount": ("贷款金额", "借据金额", "loan_amt", "contractAmount"),
        "credit_limit": ("授信额度", "credit_line"),
        "balance": ("贷款余额", "balance", "本金余额", "outstandingAmt"),
        "disbursed_at": ("放款日期", "发放日", "disburse_date", "loanDate"),
        "due_at": ("到期日", "due_date", "到期日期", "maturityDate"),
        "account_no": ("入账账号", "放款账号", "receive_acct_no", "收款账户"),
        "five_class": ("五级分类", "class5", "loan_class", "风险分类"),
        "dpd": ("逾期天数", "overdue_days", "dpd"),
        "status_date": ("数据日期", "as_of_date"),
        "guarantee_method": ("担保方式", "guarantee_type", "主担保方式"),
    },
    "loan_history": {
        "loan_id": ("借据号", "loan_no"),
        "date": ("数据日期", "snapshot_date", "月末日期"),
        "balance": ("贷款余额", "balance"),
        "five_class": ("五级分类", "five_class"),
        "dpd": ("逾期天数", "overdue_days"),
    },
    "guarantees": {
        "contract_id": ("担保合同号", "保证合同编号", "contract_no", "guarContractNo"),
        "guarantor_id": ("担保人编号", "保证人客户号", "guarantor_id", "guarCustNo"),
        "borrower_id": ("被担保人编号", "借款人客户号", "borrower_id", "debtorNo"),
        "amount": ("担保金额", "guar_amt", "担保本金", "guaranteeAmount"),
        "loan_id": ("借据号", "loan_no", "主合同编号"),
        "liability": ("保证责任方式", "liability", "保证责任"),
        "cap": ("最高担保额", "max_amt", "最高债权额"),
        "joint_group_id": ("联保小组编号", "joint_group", "联保体编号"),
        "start_date": ("担保起始日", "start_date", "合同起始日期"),
        "end_date": ("担保到期日", "end_date", "合同到期日期"),
        "status": ("合同状态", "status", "担保状态"),
    },
    "merchants": {
        "merchant_no": ("商户号", "merchant_no", "门店编号", "mchtId"),
        "name": ("商户名称", "merchant_name", "门店名称"),
        "uscc": ("统一社会信用代码", "license_no"),
        "phone": ("商户电话", "phone", "联系电话"),
        "account_no": ("结算账号", "settle_acct"),
        "category": ("商户类别", "mcc", "经营类目"),
        "region": ("所在城市", "region"),
        "gps_lat": ("纬度", "lat"),
        "gps_lon": ("经度", "lng"),
        "opened_at": ("入网日期", "open_date"),
    },
    "orders": {
        "order_no": ("订单号", "order_no", "orderId"),
        "applicant_id": ("客户号", "user_id", "买家编号"),
        "merchant_no": ("商户号", "merchant_id", "卖家商户号"),
        "amount": ("订单金额", "order_amt", "amount"),
        "paid_at": ("支付时间", "pay_time"),
        "shipped_at": ("发货时间", "ship_time"),
        "delivered_at": ("签收时间", "receive_time"),
        "refunded_at": ("退款时间", "refund_time"),
        "delivery_address": ("收货地址", "ship_address"),
    },
    "accounts": {
        "account_no": ("账号", "卡号", "acct_no", "accountNumber"),
        "owner_id": ("客户号", "cust_no", "户主客户号"),
        "bank": ("开户行", "bank_name", "发卡行"),
        "opened_at": ("开户日期", "open_date"),
    },
    "sign_ins": {
        "device_id": ("设备号", "device_id", "登录终端号"),
        "account_no": ("登录账号", "acct_no", "账号"),
        "time": ("登录时间", "login_time", "登陆时刻"),
    },
    "transfers": {
        "transfer_id": ("流水号", "txn_id", "交易流水号", "serialNo"),
        "from_account": ("付款账号", "from_acct", "转出账号", "payerAccount", "debit_acct"),
        "to_account": ("收款账号", "to_acct", "转入账号", "payeeAccount", "credit_acct"),
        "amount": ("交易金额", "txn_amt", "amount", "发生额"),
        "time": ("交易时间", "txn_time", "transDate", "记账日期"),
        "kind": ("交易类型", "txn_type", "交易码说明"),
        "purpose": ("用途", "purpose", "摘要"),
    },
    "repayments": {
        "loan_id": ("借据号", "loan_no", "贷款账号"),
        "payer_account": ("还款账号", "pay_acct_no", "扣款账户"),
        "amount": ("还款金额", "repay_amt", "实还金额"),
        "time": ("还款时间", "repay_date", "扣款日期"),
    },
    "disbursements": {
        "loan_id": ("借据号", "loan_no"),
        "account_no": ("收款账号", "acct_no", "入账账户"),
        "amount": ("放款金额", "disb_amt"),
        "time": ("放款时间", "disb_time"),
    },
}
"""Headers by table and column."""

DECOYS = {
    "备注": lambda draw: draw.choice(["", "", "电核通过", "资料齐全"]),
    "remark": lambda draw: draw.choice(["", "ok", "see file"]),
    "更新时间": lambda draw: f"2026-05-{draw.randint(1, 28):02} 03:00:00",
    "update_time": lambda draw: f"2026-05-{draw.randint(1, 28):02} 03:00:00",
    "录入日期": lambda draw: f"2026-04-{draw.randint(1, 28):02}",
    "操作员": lambda draw: f"OP{draw.randint(1, 30):03}",
    "operator_id": lambda draw: f"OP{draw.randint(1, 30):03}",
    "分行": lambda draw: draw.choice(["杭州分行", "南京分行"]),
    "机构号": lambda draw: f"{draw.randint(1000, 1100)}",
    "branch_code": lambda draw: f"{draw.randint(1000, 1100)}",
    "序号": lambda draw: str(draw.randint(1, 9999)),
    "row_id": lambda draw: str(draw.randint(1, 9999)),
    "年利率": lambda draw: f"{draw.uniform(3, 24):.2f}",
    "年龄": lambda draw: str(draw.randint(20, 60)),
    "gender": lambda draw: draw.choice("MF"),
    "客户经理": lambda draw: draw.choice(["王建国", "李秀英", "张伟"]),
    "客户经理电话": lambda draw: f"138{draw.randint(10**7, 10**8 - 1)}",
    "经办人手机号": lambda draw: f"139{draw.randint(10**7, 10**8 - 1)}",
    "配偶手机号": lambda draw: f"137{draw.randint(10**7, 10**8 - 1)}",
    "推荐人手机": lambda draw: f"136{draw.randint(10**7, 10**8 - 1)}",
    "是否本地": lambda draw: draw.choice("是否"),
    "is_valid": lambda draw: draw.choice("01"),
    "批次号": lambda draw: f"B{draw.randint(1, 99):04}",
    "版本": lambda draw: str(draw.randint(1, 3)),
    "归档日期": lambda draw: f"2026-05-{draw.randint(1, 28):02}",
    "应还利息": lambda draw: f"{draw.uniform(1, 900):.2f}",
    "上期余额": lambda draw: f"{draw.uniform(100, 90000):.2f}",
    "手续费": lambda draw: f"{draw.uniform(1, 90):.2f}",
    "etl_date": lambda draw: "2026-06-30",
    "risk_score": lambda draw: str(draw.randint(300, 900)),
    "tel_area": lambda draw: draw.choice(["0571", "025", "010"]),
    "标志位": lambda draw: draw.choice("01"),
}
"""Columns that are nothing of ours, with their values."""

_DECLARED = {"applicant_id": "applicants", "company_id": "companies", "merchant_no": "merchants"}
_PARTIES = {"borrower_id", "guarantor_id", "holder_id", "owner_id"}
_TIMES = ("%Y-%m-%d %H:%M:%S", "%Y/%m/%d %H:%M:%S", "%Y%m%d%H%M%S", "%Y-%m-%dT%H:%M:%S", "%Y%m%d")


def renamed(book, out, seed, rows=80):
    """Write a renamed part of a book of canonical CSV files.

    Returns
    -------
    by name of a file and header, the ``"table.column"`` that it is; decoys are in none
    """
    draw = random.Random(seed)
    out.mkdir()
    truth = {}
    names = [name for name in TABLES if (book / f"{name}.csv").exists()]
    for table in draw.sample(names, draw.randint(3, min(8, len(names)))):
        file, headers, lines = _sheet(book, table, draw, rows)
        path = _write(out, file, headers, lines, draw)
        truth |= {(path.name, header): _with_parties(meant) for header, meant in headers.items()}
    return truth


def _with_parties(meant):
    """The same; who is named in a row may also be declared from there, where nothing else declares them."""
    names = {name.split(".")[1] for name in meant}
    return meant | {f"{table}.{key}" for key, table in _DECLARED.items() if key in names or names & _PARTIES}


def _sheet(book, table, draw, rows):
    with (book / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        held = list(csv.DictReader(file))
    some = draw.sample(held, min(rows, len(held)))
    kept = [name for name in HEADERS[table] if name in some[0] and any(row[name] for row in some)]
    columns = {}
    for name in kept:
        free = [word for word in HEADERS[table][name] if word not in columns]
        columns[draw.choice(free)] = f"{table}.{name}"
    form = draw.choice(_TIMES)
    decoys = draw.sample([word for word in DECOYS if word not in columns], draw.randint(1, 5))
    headers = {word: {meant} for word, meant in columns.items()} | {word: set() for word in decoys}
    order = list(headers)
    draw.shuffle(order)
    lines = [[_cell(row, headers[word], word, draw, form) for word in order] for row in some]
    return draw.choice(TABLES[table]), {word: headers[word] for word in order}, lines


def _cell(row, meant, word, draw, form):
    if not meant:
        return DECOYS[word](draw)
    value = row[next(iter(meant)).split(".")[1]]
    try:
        return datetime.fromisoformat(value).strftime(form) if len(value) in (10, 19) and value[4] == "-" else value
    except ValueError:
        return value


def _write(out, name, headers, lines, draw):
    form = draw.choice(("utf-8", "utf-8-sig", "gb18030", "xlsx", "titled"))
    if form in ("xlsx", "titled"):
        book = openpyxl.Workbook()
        for row in [["数据清单"], ["制表:信息部", "", "2026年6月"]] if form == "titled" else []:
            book.active.append(row)
        for row in (list(headers), *lines):
            book.active.append(row)
        book.save(out / f"{name}.xlsx")
        return out / f"{name}.xlsx"
    with (out / f"{name}.csv").open("w", encoding=form, newline="") as file:
        writer = csv.writer(file, delimiter=draw.choice(",|\t;"))
        writer.writerows([list(headers), *lines])
    return out / f"{name}.csv"
