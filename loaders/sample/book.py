"""A synthetic loan book from beginning to end: a world, its innocent likenesses of fraud, the fraud, the tables."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from ...graph.errors import UserError
from . import corporate_tables, several, tables
from .brokers import plant_brokers
from .cashout import plant_cashout
from .clusters import plant_clusters
from .companies import Corporate, found_companies, honest_guarantees
from .dirt import soil
from .flows import plant_flows
from .founding import honest_world
from .guarantees import innocent_guarantees, plant_guarantees
from .innocent_places import spare_places
from .innocents import spare_people
from .ledger import Ledger, Loans
from .lending import history, lend, repayments
from .marks import account_owners, flags
from .money import everyday
from .noticed import notice
from .orders import orders
from .people import END
from .rings import plant_rings
from .settings import setting_named
from .tables import Columns, Keys
from .velocity import name_busy_handsets, plant_velocity
from .world import World
from .writing import write_table, write_truth

LEAST = 500
"""Fewer applicants make no book: schemes and innocent groups would be most of it."""


def write_sample(folder: Path, applicants: int, seed: int, setting: str = "default") -> dict:
    """Write a synthetic loan book as canonical tables, and ``truth.json`` which says what is in it.

    Parameters
    ----------
    folder : made where it is missing
    applicants : rows of persons in ``applicants.csv``, all of whom have applied at least once
    seed : equal arguments give equal bytes
    setting : one of ``SETTINGS``

    Returns
    -------
    ``tables`` rows by table, ``planted`` schemes by kind, ``innocent`` groups by twin

    Raises
    ------
    UserError : the folder is not empty, the setting is unknown, or there are too few applicants
    """
    chosen = setting_named(setting)
    if applicants < LEAST:
        raise UserError(f"a book needs {LEAST} applicants or more, not {applicants}; ask for more")
    if seed < 0:
        raise UserError(f"the seed is a whole number from 0 on, not {seed}")
    _make(folder)
    # the honest world and its innocent groups are the same in every setting
    streams = [np.random.default_rng([seed, part]) for part in range(4)]
    world = honest_world(streams[0], applicants)
    corporate = found_companies(world, streams[1])
    honest_guarantees(world, corporate, streams[1])
    innocent_guarantees(world, corporate, streams[1])
    spare_places(world, streams[1])
    spare_people(world, streams[1])
    world.index_rows()
    for plant in (plant_rings, plant_brokers, plant_cashout, plant_flows, plant_clusters, plant_velocity):
        plant(world, streams[2], chosen)
    name_busy_handsets(world)
    plant_guarantees(world, corporate, streams[2], chosen)
    loans = lend(world, streams[3])
    ledger = Ledger(loans)
    everyday(world, ledger, streams[3])
    for follow in world.after_lending:
        follow(ledger)
    _settle_truth(world, loans)
    notice(world)
    keys = tables.number_parties(world, len(corporate), streams[3])
    rows = {
        name: write_table(folder, name, soil(streams[3], name, columns))
        for name, columns in _columns(world, corporate, ledger, keys, streams[3])
    }
    # drawn apart, so that the other tables are what they were without these
    beside = np.random.default_rng([seed, 4])
    for name, columns in _beside(world, keys, beside):
        rows[name] = write_table(folder, name, soil(beside, name, columns))
    write_truth(folder, world.truth, keys, setting, seed, applicants, streams[3])
    planted, innocent = world.truth.counts()
    return {"tables": rows, "planted": planted, "innocent": innocent}


def _columns(
    world: World, corporate: Corporate, ledger: Ledger, keys: Keys, random: np.random.Generator
) -> Iterator[tuple[str, Columns]]:
    owned = np.array([world.accounts.new("company", number) for number in range(len(corporate))])
    lent = corporate_tables.borrow(corporate, random, owned)
    shown = tables.show(world, ledger, len(lent.company), random)
    loans, names = ledger.loans, corporate.names()
    in_parts = (random.random(len(loans.row)) < 0.04) & (loans.account >= 0) & (loans.disbursed < END - 7200)
    ids, text = shown.loan[len(loans.row) :], tables.account_text(world, lent.account)
    yield "applicants", tables.applicants(world, keys, random)
    yield "applications", tables.applications(world, keys, shown, random)
    yield "contacts", tables.contacts(world, keys)
    yield "companies", corporate_tables.companies(corporate, keys, random)
    yield "holdings", corporate_tables.holdings(corporate, keys)
    yield "merchants", tables.merchants(world, keys, random)
    to_companies = corporate_tables.loans(lent, corporate, keys, ids, names, text, random)
    yield "loans", tables.stacked(tables.loans(world, keys, shown, ledger, in_parts), to_companies)
    yield "loan_history", tables.loan_history(shown, history(loans, random))
    yield "disbursements", tables.disbursements(world, shown, ledger, in_parts)
    yield "guarantees", corporate_tables.guarantees(corporate, lent, ids, keys, random)
    yield "partners", corporate_tables.partners(corporate, names)
    yield "orders", orders(world, keys, loans, random)
    yield "repayments", tables.repayments(world, shown, repayments(loans, random))
    yield "transfers", tables.transfers(world, shown, random)
    yield "sign_ins", tables.sign_ins(world, shown)
    named = tables.named_accounts(world, shown, ledger, owned)
    yield "accounts", tables.accounts(world, keys, named)
    yield "account_owners", account_owners(world, keys, named, random)
    yield "flags", flags(world, keys, ledger, random)
    yield "devices", tables.devices(shown)


def _beside(world: World, keys: Keys, random: np.random.Generator) -> Iterator[tuple[str, Columns]]:
    yield "identifiers", several.identifiers(world, keys, random)
    yield "relations", several.relations(world, keys, random)


def _settle_truth(world: World, loans: Loans) -> None:
    """Amounts and times of schemes that were planted in applications."""
    a = world.applications
    used = np.flatnonzero(a.scheme[: a.count] >= 0)
    order = used[np.argsort(a.scheme[used], kind="stable")]
    cuts = np.searchsorted(a.scheme[order], np.arange(len(world.truth.planted) + 1))
    lent = np.zeros(a.count)
    lent[loans.row] = loans.amount
    for number, scheme in enumerate(world.truth.planted):
        rows = world.truth.rows.get(number, order[cuts[number] : cuts[number + 1]])
        if len(rows):
            scheme.amount = float(lent[rows].sum())
            scheme.first, scheme.last = int(a.time[rows].min()), int(a.time[rows].max())


def _make(folder: Path) -> None:
    if folder.is_dir() and any(folder.iterdir()):
        raise UserError(f"{folder}: the folder is not empty; name a new one or empty it first")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(f"{folder}: cannot be made ({error.strerror}); name another folder") from error
