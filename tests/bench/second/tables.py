"""The rows of a book as the canonical CSV tables, and its truth as JSON."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path

from .book import Book, Scheme
from .schemes import Later
from .statements import with_balances
from .town import Person, Shop

HEADERS = {
    "applicants": "applicant_id,name,cert_type,cert_no,mobile,email,bank_card_no,employer,employer_phone,home_address,"
    "work_address,region",
    "applications": "apply_no,applicant_id,apply_time,product,channel,salesperson_id,amount,credit_limit,term_months,"
    "device_id,imei,ip,wifi_bssid,gps_lat,gps_lon,merchant_no,status,lender,lender_kind",
    "contacts": "applicant_id,contact_mobile,contact_name,relation",
    "relations": "applicant_id,other_id,relation",
    "identifiers": "owner_id,kind,value,use",
    "companies": "company_id,name,uscc,phone,registered_address",
    "merchants": "merchant_no,name,uscc,phone,account_no,category,gps_lat,gps_lon,legal_rep_id",
    "orders": "order_no,applicant_id,merchant_no,amount,paid_at,shipped_at,delivered_at,refunded_at,delivery_address",
    "accounts": "account_no,owner_id,owner_kind,bank,opened_at",
    "devices": "device_id,device_type",
    "sign_ins": "device_id,account_no,time",
    "loans": "loan_id,borrower_id,lender,apply_no,applied_at,product,amount,credit_limit,balance,disbursed_at,due_at,"
    "account_no,merchant_no,five_class,dpd",
    "loan_history": "loan_id,date,balance,five_class,dpd",
    "repayments": "loan_id,payer_account,amount,time",
    "transfers": "transfer_id,from_account,to_account,amount,time,kind,purpose,balance_after,to_balance_after",
    "flags": "entity_kind,entity_key,flag,source,effective_from",
}


def write_tables(book: Book, folder: Path, later: Later) -> None:
    """Every table that has rows, by its canonical name."""
    folder.mkdir(parents=True, exist_ok=True)
    describe(book, later.opened)
    book.rows["transfers"] = with_balances(later)
    for table, header in HEADERS.items():
        with (folder / f"{table}.csv").open("w", encoding="utf-8", newline="") as file:
            out = csv.writer(file, lineterminator="\n")
            out.writerow(header.split(","))
            out.writerows(book.rows.get(table, ()))


def describe(book: Book, opened: dict[str, date]) -> None:
    """The rows of whoever applied, of what they filed, and of what stands around them."""
    for one in book.applicants.values():
        describe_person(book, one)
    for one in book.applications:
        shop = one.shop.key if one.shop and one.told_shop else ""
        book.row(
            "applications", one.key, one.person.key, one.when, one.product, one.channel, one.salesperson, one.amount,
            max(one.limit, one.amount), one.term, one.device, one.imei, one.ip, one.wifi, one.lat, one.lon, shop,
            one.status, one.lender, one.lender_kind,
        )  # fmt: skip
        if not one.later and book.town.rng.random() < 0.3:
            book.row("sign_ins", one.device, one.person.card, one.when)
    describe_businesses(book, opened)
    for first, second, word in sorted(book.relations):
        book.row("relations", first, second, word)


def describe_person(book: Book, one: Person) -> None:
    rng = book.town.rng
    job = one.declared.get("employer", one.job.name if one.job and rng.random() < 0.9 else "")
    phone = one.declared.get("employer_phone", one.job.phone if one.job and rng.random() < 0.5 else "")
    work = one.declared.get("work_address", one.branch.address if one.branch and rng.random() < 0.35 else "")
    home = one.declared.get("home_address") or one.registered or written_home(book, one)
    book.row(
        "applicants", one.key, one.name, "身份证", one.document, one.phone, one.email, one.card, job, phone, home,
        work, "杭州市",
    )  # fmt: skip
    for mobile, name, word in {contact[0]: contact for contact in one.contacts}.values():
        book.row("contacts", one.key, mobile, name, word)
    if one.old_phone:
        book.row("identifiers", one.key, "phone", one.old_phone, "own")
    if one.second_card:
        book.row("identifiers", one.key, "account", one.second_card, "own")


def written_home(book: Book, one: Person) -> str:
    """A tenth leave the address blank, a twelfth leave the door out."""
    chance = book.town.rng.random()
    return "" if chance < 0.1 else one.home.short_address or one.home.address if chance < 0.18 else one.home.address


def describe_businesses(book: Book, opened: dict[str, date]) -> None:
    town = book.town
    for employer in town.employers:
        code = town.numbers.company_code()
        book.row("companies", employer.key, employer.name, code, employer.phone, employer.branches[0].address)
    for shop in town.shops:
        code, place = town.numbers.company_code(), shop.place
        book.row(
            "merchants", shop.key, shop.name, code, shop.phone, shop.account, shop.ware,
            f"{place.lat:.6f}", f"{place.lon:.6f}", shop.head.key if shop.head else "",
        )  # fmt: skip
    seen = {row[1] for row in book.rows["repayments"]} | {end for row in book.rows["transfers"] for end in row[1:3]}
    for number, owner, kind, bank in town.accounts:
        if kind or owner in book.applicants:
            book.row("accounts", number, owner, kind or "applicant", bank, opened.get(number, ""))
        elif number in seen:
            book.row("accounts", number, "", "", bank, opened.get(number, ""))
    for handset in handsets(book):
        book.row("devices", handset.device, handset.model)


def handsets(book: Book) -> Iterable:
    """The handsets that an application was filed on, each once."""
    used = {one.device for one in book.applications}
    tablets = [tablet for shop in book.town.shops for tablet in shop.tablets]
    owned = [one.handset for one in book.town.people] + tablets + [one for one in book.agents.values() if one]
    return {one.device: one for one in owned if one.device in used}.values()


def write_truth(book: Book, folder: Path, setting: str, seed: int) -> None:
    """What was planted and who is innocent, in the shape of the truth of a sample."""
    filed: dict[str, list] = {}
    for one in book.applications:
        filed.setdefault(one.person.key, []).append(one)
    truth = {
        "format": 1, "setting": setting, "seed": seed, "applicants": len(book.applicants), "as_of": "2026-07-01",
        "planted": [planted(number, one, filed) for number, one in enumerate(book.planted, 1)]
        + [schemed(number, one) for number, one in enumerate(book.schemes, len(book.planted) + 1)],
        "innocent": [
            {"id": f"I{number:04}", "twin": twin, "members": sorted(party(one) for one in people)}
            for number, (twin, people) in enumerate(book.innocents, 1)
        ],
    }  # fmt: skip
    (folder / "truth.json").write_text(json.dumps(truth, ensure_ascii=False, indent=1) + "\n", "utf-8")


def planted(number: int, one, filed: dict[str, list]) -> dict:
    role = "client" if one.kind == "intermediary" else "member"
    part = [application for person in one.people for application in filed[person.key] if application.planted]
    members = sorted(f"applicant:{person.key}" for person in one.people)
    return {
        "id": f"T{number:04}", "kind": one.kind, "shape": one.shape, "difficulty": one.difficulty,
        "members": [{"node": node, "role": role} for node in members],
        "amount": float(sum(application.amount for application in part if application.status == "已放款")),
        "first": stamp(min(application.when for application in part)),
        "last": stamp(max(application.when for application in part)),
    }  # fmt: skip


def schemed(number: int, one: Scheme) -> dict:
    return {
        "id": f"T{number:04}", "kind": one.kind, "shape": one.shape, "difficulty": one.difficulty,
        "members": [{"node": node, "role": role} for node, role in sorted(one.members)],
        "amount": one.amount, "first": stamp(one.first), "last": stamp(one.last),
    }  # fmt: skip


def party(one: Person | Shop) -> str:
    return f"{'merchant' if isinstance(one, Shop) else 'applicant'}:{one.key}"


def stamp(when: datetime) -> str:
    return f"{when.replace(microsecond=0).isoformat()}+08:00"
