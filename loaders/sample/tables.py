"""From the world's numbers to the rows of canonical tables, as text.

Row numbers are drawn at random for all rows alike and rows are put in random order, so that neither tells anything.
"""

# pyright: reportAttributeAccessIssue=false, reportCallIssue=false, reportArgumentType=false
from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from . import lending, numbers, places, shops, words
from .applications import PRODUCTS
from .contacts import RELATIONS
from .ledger import KINDS, MONTH, PURPOSES
from .networks import ip_text, wifi_text
from .people import DAYS, END, FIRST_DAY, names

if TYPE_CHECKING:
    from .ledger import Ledger
    from .world import World

Columns = dict[str, pa.Array]
_TEXT = pa.string()


@dataclass
class Keys:
    """How the book numbers its people, companies and merchants; missing for persons who do not apply."""

    applicant: pa.Array
    company: pa.Array
    merchant: pa.Array

    def of(self, kind: str, number: int) -> str:
        """The number of one party."""
        return {"applicant": self.applicant, "company": self.company, "merchant": self.merchant}[kind][number].as_py()


def number_parties(world: World, companies: int, random: np.random.Generator) -> Keys:
    """Numbers for everybody who has rows of their own."""
    at = np.full(len(world.people), -1)
    at[world.people.who] = np.arange(world.applicants)
    drawn = numbers.ids(random, "K", world.applicants, 10)
    return Keys(
        drawn.take(pa.array(at, mask=at < 0)),
        numbers.ids(random, "Q", companies, 8),
        numbers.ids(random, "S", len(world.merchants.city), 8),
    )


def moments(seconds: np.ndarray) -> pa.Array:
    """Seconds of the book as local times, missing below those of a century ago."""
    start = FIRST_DAY.astype("datetime64[s]").astype(np.int64)
    stamps = pa.array((seconds + start), mask=seconds < -(10**10)).cast(pa.timestamp("s"))
    return pc.strftime(stamps, "%Y-%m-%d %H:%M:%S")


def days(day: np.ndarray) -> pa.Array:
    """Days of the book as dates."""
    return pc.strftime(pa.array(day + FIRST_DAY.astype(np.int64)).cast(pa.int32()).cast(pa.date32()), "%Y-%m-%d")


def amounts(values: np.ndarray) -> pa.Array:
    """Amounts of money with two decimals, missing where not a number."""
    whole = np.round(np.nan_to_num(values) * 100).astype(np.int64)
    sign = pa.array(np.where(whole < 0, "-", ""))
    shown = numbers.joined(sign, pa.array(abs(whole) // 100), ".", numbers.padded(abs(whole) % 100, 2))
    return pc.if_else(pa.array(np.isnan(values)), pa.scalar(None, _TEXT), shown)


def pick(pool: tuple[str, ...] | list[str] | pa.Array, codes: np.ndarray) -> pa.Array:
    """Words of a pool by code, missing for codes below 0."""
    return (pool if isinstance(pool, pa.Array) else pa.array(pool, _TEXT)).take(pa.array(codes, mask=codes < 0))


def degrees(values: np.ndarray) -> pa.Array:
    """Coordinates with six decimals, missing where not a number."""
    return pc.cast(pa.array(np.round(values, 6), from_pandas=True), _TEXT)


def applicants(world: World, keys: Keys, random: np.random.Generator) -> Columns:
    """Rows of ``applicants``."""
    people, who = world.people, world.people.who
    region = people.born_in[who]
    code = places.ID_PREFIX[region // 100] * 100 + region % 100
    employer = world.employer[who]
    used, at = np.unique(np.maximum(employer, 0), return_inverse=True)
    firms = pa.array(world.employers.names(used), _TEXT)
    stated = random.random(len(who))
    jobless = pick(words.NO_EMPLOYER, random.integers(0, len(words.NO_EMPLOYER), len(who)))
    short = pc.replace_substring(firms.take(pa.array(at)), "有限公司", "")
    firm = pc.if_else(pa.array(stated < 0.07), short, firms.take(pa.array(at)))
    none = pc.if_else(pa.array(stated < 0.5), jobless, pa.scalar(None, _TEXT))
    mailbox = numbers.joined(pa.array(numbers.distinct(random, len(who), 3 * 10**9) + 10**8), "@qq.com")
    return {
        "applicant_id": keys.applicant.take(pa.array(who)),
        "name": pa.array(names(people, who), _TEXT),
        "cert_type": pa.array(np.full(len(who), "身份证")),
        "cert_no": numbers.residents(code, people.birth[who], people.male[who], random),
        "mobile": world.phones.text(world.mobile[who]),
        "email": pc.if_else(pa.array(random.random(len(who)) < 0.3), mailbox, pa.scalar(None, _TEXT)),
        "bank_card_no": account_text(world, world.card[who]),
        "employer": pc.if_else(pa.array(employer >= 0), firm, none),
        "employer_phone": world.phones.text(world.work_phone[who]),
        "home_address": world.addresses.text(world.home[who]),
        "work_address": world.addresses.text(world.workplace[who]),
        "region": pick(places.NAME, people.city[who]),
    }


def account_text(world: World, codes: np.ndarray) -> pa.Array:
    """Account numbers, missing for -1."""
    return pa.array(world.accounts.number[np.maximum(codes, 0)], mask=codes < 0).cast(_TEXT)


@dataclass
class Shown:
    """Numbers and names that several tables share."""

    application: pa.Array
    loan: pa.Array
    device: dict[str, pa.Array]
    devices: np.ndarray
    ledger: tuple[np.ndarray, ...]
    sign_ins: tuple[np.ndarray, ...]


def show(world: World, ledger: Ledger, companies: int, random: np.random.Generator) -> Shown:
    """Draw what several tables need alike; loans to so many ``companies`` are numbered after those to persons."""
    sign_ins = tuple(np.concatenate(part) for part in zip(*ledger.sign_ins, strict=True))
    sign_ins = tuple(part[sign_ins[2] < END] for part in sign_ins)
    a = world.applications
    devices = np.unique(np.concatenate([a.device[: a.count], sign_ins[0]]))
    device, imei, model = world.handsets.texts(devices, random)
    return Shown(
        numbers.ids(random, "", a.count, 14),
        numbers.ids(random, "L", len(ledger.loans.row) + companies, 11),
        {"id": device, "imei": imei, "model": model},
        devices,
        tuple(np.concatenate(part) for part in zip(*ledger.transfers, strict=True)),
        sign_ins,
    )


def applications(world: World, keys: Keys, shown: Shown, random: np.random.Generator) -> Columns:
    """Rows of ``applications``."""
    a = world.applications
    rows = np.arange(a.count)
    device = pa.array(np.searchsorted(shown.devices, a.device[rows]))
    sellers = numbers.ids(random, "Y", len(world.salespeople.city), 6)
    kept = random.random(a.count) < world.merchants.states_itself[np.maximum(a.merchant[rows], 0)]
    imei = pc.if_else(pa.array(random.random(a.count) < 0.9), shown.device["imei"].take(device), pa.scalar(None, _TEXT))
    status = np.choose(a.approve[rows] + 1, ["审批中", "已拒绝", "已放款"])
    return {
        "apply_no": shown.application,
        "applicant_id": keys.applicant.take(pa.array(a.person[rows])),
        "apply_time": moments(a.time[rows]),
        "product": pick(PRODUCTS, a.product[rows]),
        "channel": pick(shops.channel_names(), a.channel[rows]),
        "salesperson_id": pick(sellers, a.salesperson[rows]),
        "amount": amounts(a.amount[rows]),
        "credit_limit": amounts(a.limit[rows]),
        "term_months": pa.array(a.term[rows]).cast(_TEXT),
        "device_id": shown.device["id"].take(device),
        "imei": imei,
        "ip": ip_text(random, a.ip[rows]),
        "wifi_bssid": wifi_text(random, a.wifi[rows]),
        "gps_lat": degrees(a.lat[rows]),
        "gps_lon": degrees(a.lon[rows]),
        "merchant_no": keys.merchant.take(pa.array(a.merchant[rows], mask=(a.merchant[rows] < 0) | ~kept)),
        "status": pa.array(status),
    }


def contacts(world: World, keys: Keys) -> Columns:
    """Rows of ``contacts``."""
    person, phone, named, relation = world.contacts.rows()
    used, at = np.unique(np.maximum(named, 0), return_inverse=True)
    full = pa.array(names(world.people, used), _TEXT).take(pa.array(at))
    nick = pick(words.NICKNAMES, (person * 31 + phone) % len(words.NICKNAMES))
    name = pc.if_else(pa.array((person + phone) % 17 == 0), nick, full)
    return {
        "applicant_id": keys.applicant.take(pa.array(person)),
        "contact_mobile": world.phones.text(phone),
        "contact_name": pc.if_else(pa.array(named >= 0), name, pa.scalar(None, _TEXT)),
        "relation": pick(RELATIONS, relation),
    }


def merchants(world: World, keys: Keys, random: np.random.Generator) -> Columns:
    """Rows of ``merchants``."""
    m = world.merchants
    codes = numbers.credit_codes(random, places.ID_PREFIX[m.city] * 100 + 1)
    return {
        "merchant_no": keys.merchant,
        "name": pa.array(m.names(), _TEXT),
        "uscc": pa.array(codes),
        "legal_rep_id": keys.applicant.take(pa.array(m.owner)),
        "phone": world.phones.text(m.phone),
        "account_no": account_text(world, m.account),
        "category": pick(shops.CATEGORIES, m.category),
        "region": pick(places.NAME, m.city),
        "gps_lat": degrees(world.networks.lat[m.network]),
        "gps_lon": degrees(world.networks.lon[m.network]),
        "opened_at": days(m.opened),
    }


def loans(world: World, keys: Keys, shown: Shown, ledger: Ledger, in_parts: np.ndarray) -> Columns:
    """Rows of ``loans`` of persons; those paid out in parts name no account."""
    given, a = ledger.loans, world.applications
    overdue, balance = given.overdue(DAYS * 86_400), given.balance(DAYS * 86_400)
    merchant = np.where(given.account < 0, a.merchant[given.row], -1)
    return {
        "loan_id": shown.loan[: len(given.row)],
        "borrower_id": keys.applicant.take(pa.array(given.person)),
        "lender": pick(words.LENDERS, given.lender),
        "apply_no": shown.application.take(pa.array(given.row)),
        "applied_at": moments(a.time[given.row]),
        "product": pick(PRODUCTS, a.product[given.row]),
        "amount": amounts(given.amount),
        "credit_limit": amounts(np.maximum(a.limit[given.row], given.amount)),
        "balance": amounts(balance),
        "disbursed_at": moments(given.disbursed),
        "due_at": days((given.disbursed + given.term * MONTH).astype(np.int64) // 86_400),
        "account_no": account_text(world, np.where(in_parts, -1, given.account)),
        "merchant_no": keys.merchant.take(pa.array(merchant, mask=merchant < 0)),
        "five_class": pick(lending.CLASSES, lending.five_class(overdue)),
        "dpd": pa.array(overdue).cast(_TEXT),
        "status_date": days(np.full(len(overdue), DAYS - 1)),
    }


def stacked(one: Columns, other: Columns) -> Columns:
    """Two tables as one; a column that only one of them has is missing in the other's rows."""
    counts = [len(next(iter(part.values()))) for part in (one, other)]
    return {
        name: pa.concat_arrays(
            [
                part[name].cast(_TEXT) if name in part else pa.nulls(count, _TEXT)
                for part, count in zip((one, other), counts, strict=True)
            ]
        )
        for name in dict.fromkeys([*one, *other])
    }


def disbursements(world: World, shown: Shown, ledger: Ledger, in_parts: np.ndarray) -> Columns:
    """Rows of ``disbursements``: two parts, a day apart."""
    given, loan = ledger.loans, np.flatnonzero(in_parts)
    first = np.round(given.amount[loan] * 0.6)
    return {
        "loan_id": shown.loan.take(pa.array(np.tile(loan, 2))),
        "account_no": account_text(world, np.tile(given.account[loan], 2)),
        "amount": amounts(np.concatenate([first, given.amount[loan] - first])),
        "time": moments(np.concatenate([given.disbursed[loan], given.disbursed[loan] + 3600])),
    }


def repayments(world: World, shown: Shown, paid: dict[str, np.ndarray]) -> Columns:
    """Rows of ``repayments``."""
    return {
        "loan_id": shown.loan.take(pa.array(paid["loan"])),
        "payer_account": account_text(world, paid["account"]),
        "amount": amounts(paid["amount"]),
        "time": moments(paid["time"]),
    }


def loan_history(shown: Shown, past: dict[str, np.ndarray]) -> Columns:
    """Rows of ``loan_history``."""
    return {
        "loan_id": shown.loan.take(pa.array(past["loan"])),
        "date": days(past["day"]),
        "balance": amounts(past["balance"]),
        "five_class": pick(lending.CLASSES, lending.five_class(past["overdue"])),
        "dpd": pa.array(past["overdue"]).cast(_TEXT),
    }


def transfers(world: World, shown: Shown, random: np.random.Generator) -> Columns:
    """Rows of ``transfers``."""
    source, target, amount, time, kind, purpose = shown.ledger
    return {
        "transfer_id": numbers.ids(random, "", len(source), 16),
        "from_account": account_text(world, source),
        "to_account": account_text(world, target),
        "amount": amounts(amount),
        "time": moments(time),
        "kind": pick(KINDS, kind),
        "purpose": pick(PURPOSES, purpose),
    }


def sign_ins(world: World, shown: Shown) -> Columns:
    """Rows of ``sign_ins``."""
    device, account, time = shown.sign_ins
    return {
        "device_id": shown.device["id"].take(pa.array(np.searchsorted(shown.devices, device))),
        "account_no": account_text(world, account),
        "time": moments(time),
    }


def named_accounts(world: World, shown: Shown, ledger: Ledger, others: np.ndarray) -> np.ndarray:
    """All accounts that the book names, ``others`` with them."""
    given = ledger.loans
    cards = world.card[world.people.who]
    seen = [shown.ledger[0], shown.ledger[1], given.account, given.payer, cards, shown.sign_ins[1], others]
    codes = np.unique(np.concatenate([*seen, world.merchants.account]))
    return codes[codes >= 0]


def accounts(world: World, keys: Keys, codes: np.ndarray) -> Columns:
    """Rows of ``accounts``: those that somebody of the book owns, and one in three of the others."""
    persons = np.where(codes < 2 * world.accounts.people, codes % world.accounts.people, -1)
    owner = keys.applicant.take(pa.array(persons, mask=persons < 0)).to_pylist()
    for at in np.flatnonzero(codes >= 2 * world.accounts.people).tolist():
        told = world.accounts.owner.get(int(codes[at]))
        owner[at] = keys.of(*told) if told else None
    known = pa.array(owner, _TEXT)
    shows = pc.or_(known.is_valid(), pa.array(codes % 3 == 0))
    columns = {
        "account_no": account_text(world, codes),
        "owner_id": known,
        "bank": pick(words.BANKS, world.accounts.bank[codes]),
        "opened_at": days(world.accounts.opened[codes]),
    }
    return {name: column.filter(shows) for name, column in columns.items()}


def devices(shown: Shown) -> Columns:
    """Rows of ``devices``."""
    return {"device_id": shown.device["id"], "device_type": shown.device["model"]}
