"""What the search for rings decided on one applicant or on two, as plain data: see ``why``."""

from __future__ import annotations

from typing import NamedTuple

from .weighing import Lack

SHOP, PAYER, HOUSEHOLD, TOO_MANY = "shop_equipment", "business_account", "household", "max_users"
WAYS_DIFFER, COMMON, RECYCLED, PASSING = "ways_differ", "common", "recycled", "passing_network"
UNTIED = (SHOP, PAYER, HOUSEHOLD, TOO_MANY, WAYS_DIFFER, COMMON, RECYCLED, PASSING)
"""Why a thing that two people use ties them not: it is a shop's equipment; it is a shop's or an employer's account;
they are one family; it has more users than are compared; they use it in ways that have nothing to do with each other;
it is so common that chance gives everybody a partner through such a thing; they used the phone, or the network, too
long one after the other."""
STRENGTHS = ("link_strength", "single_strength", "weak_strength")
"""Parameters that say what must tie two groups for them to be joined."""
NAMED = 20
"""Most people whom a thing ties not that are named, reason by reason."""


class Partner(NamedTuple):
    """Another applicant whom shared things tie to a person.

    Attributes
    ----------
    name : the applicant's node
    facets : by which they share things, as often as they do
    strength : what these come to, in natural logarithms of rarity, the closeness in time among them
    near : what the closeness in time of their applications adds to it, or takes away
    things : how many things count; all that one place explains, and all contacts, are one
    """

    name: str
    facets: tuple[str, ...]
    strength: float
    near: float
    things: int


class Untied(NamedTuple):
    """Users of a thing whom it does not tie to a person, for one reason: how many, and who, if they are few."""

    why: str
    people: int
    names: tuple[str, ...]


class Use(NamedTuple):
    """Something that a person uses and others use, too.

    Attributes
    ----------
    nodes : what stands for it: of a handset its ids, of a Wi-Fi together with an internet address both
    way : how the person uses it, one of ``sharing.uses.WAYS``
    facet : by which it ties the person to others; None where it ties nobody
    users, households : how many applicants of the whole book use it, and how many families they are
    weight : what sharing it is worth, 0 where it ties nobody
    by_chance : how many partners a person has by chance through things of its facet that are as rare or rarer
    ties : those whom it ties to the person
    untied : the others
    """

    nodes: tuple[str, ...]
    way: str
    facet: str | None
    users: int
    households: int
    weight: float
    by_chance: float | None
    ties: tuple[str, ...]
    untied: tuple[Untied, ...]


class Nearest(NamedTuple):
    """The group that came nearest to be joined with a person's: who, what ties the two, and what was asked.

    Attributes
    ----------
    total : what ties the two groups, less what their sizes explain
    sizes : what their sizes explain: of larger groups more is asked
    asked, by : from which they would have been joined, and the parameter that says so; None where no weight of so few
        things would do
    things : how many things that are
    """

    members: tuple[str, ...]
    total: float
    sizes: float
    asked: float | None
    by: str | None
    things: int


class Standing(NamedTuple):
    """The group in which a person is bound, as it was weighed.

    Attributes
    ----------
    members : all whom ties bind together, the person among them
    staying : how many of them would be members
    is_ring : whether they are a ring
    acted : whether the person applied when the others did, so far as that decides
    evidence : what the group comes to
    surprise, first, last : minus the natural logarithm of the chance that so many apply so close to each other, and
        their first and last application, epoch milliseconds; None where no time is telling
    lacks : what it is short of
    """

    members: tuple[str, ...]
    staying: int
    is_ring: bool
    acted: bool
    evidence: float
    surprise: float
    first: int | None
    last: int | None
    lacks: tuple[Lack, ...]


class Why(NamedTuple):
    """What the search decided on a person.

    Attributes
    ----------
    household : the others of the person's family
    used : how many things the person uses, whoever else does
    uses : those that others use, too, the rarest first
    partners : those whom they tie to the person, the strongest first
    group : the group in which the person is bound, None where nobody is bound with the person
    ring : the ring that left the person behind, None where none did
    split_from : how many a group holds that was taken apart at its weaker ties, where the person is in none of the
        parts; else 0
    nearest : the group that came nearest to be joined with the person's
    people : how many applicants of the book use anything
    """

    household: tuple[str, ...]
    used: int
    uses: tuple[Use, ...]
    partners: tuple[Partner, ...]
    group: Standing | None
    ring: Standing | None
    split_from: int
    nearest: Nearest | None
    people: int


class Both(NamedTuple):
    """Something that two people use.

    Attributes
    ----------
    nodes : what stands for it, by either
    ways : how the one and the other use it
    facet, weight : by which it ties them, and what sharing it is worth; None and 0 where it does not
    untied : why it does not, one of ``UNTIED``; None where it does
    users, households : how many applicants of the whole book use it, and how many families they are
    """

    nodes: tuple[str, ...]
    ways: tuple[str, str]
    facet: str | None
    weight: float
    untied: str | None
    users: int
    households: int


class Pair(NamedTuple):
    """What the search decided on two people.

    Attributes
    ----------
    partner : what ties them, as that of the one; None where nothing does
    things : all that both use, the weightiest first
    one_household, one_group : whether they are taken for one family, and whether ties bind them into one group
    """

    partner: Partner | None
    things: tuple[Both, ...]
    one_household: bool
    one_group: bool
