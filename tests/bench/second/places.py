"""Where loans must not go, though anyone may take their own money there: flagged accounts, and shops of some trades."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from .schemes import Later
from .town import Shop

DESTINATIONS = ("证券", "证券", "虚拟货币", "房地产", "境外投资", "证券")
TRADES = {"证券投资咨询": 6000, "虚拟货币": 5000, "房地产": 9000, "境外投资": 8000}


@dataclass(slots=True, eq=False)
class Restricted:
    accounts: list[str] = field(default_factory=list)
    shops: list[Shop] = field(default_factory=list)


def open_restricted(later: Later) -> Restricted:
    """Six accounts on a list since before the book began, and two shops of each of four trades."""
    town, found = later.book.town, Restricted()
    for what in DESTINATIONS:
        account = town.account("", "")
        later.book.row("flags", "account", account, "restricted_destination", f"{what}名单", datetime(2024, 1, 1))
        found.accounts.append(account)
    for trade in TRADES:
        found.shops += [new_shop(later, trade, f"{town.street()[3:6]}{trade}部") for _ in range(2)]
    return found


def new_shop(later: Later, ware: str, name: str) -> Shop:
    town = later.book.town
    key = town.numbers.key("M", 7)
    place = town.premises(f"{town.street()}商铺")
    account = town.account(key, "merchant")
    sellers = [town.numbers.key("XS", 5)]
    shop = Shop(key, name, ware, place, account, [town.handset("平板")], sellers, 1, town.numbers.mobile())
    town.shops.append(shop)
    return shop
