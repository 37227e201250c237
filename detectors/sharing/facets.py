"""What two applicants may share, and how it adds up."""

from __future__ import annotations

import numpy as np

from ...graph.kernels.coincidence import EACH, ONCE, PLACE, SESSION, Scale
from .uses import WAY, WAYS

FACETS = (
    "handset", "account", "document", "email", "phone", "alias", "contact", "listed", "social", "known", "network",
    "cell", "address", "work",
)  # fmt: skip
"""What two applicants may share, by the ways in which either uses it. A third person's phone that both name is an
``alias`` where they give its holder different names, ``social`` where both say how they know him, else ``contact``;
the own phone of one, which the other names, is ``known`` where the other says how, under the right name, else
``listed``."""
FACET = {name: code for code, name in enumerate(FACETS)}

RULES = (EACH, EACH, EACH, EACH, EACH, EACH, ONCE, ONCE, PLACE, PLACE, SESSION, SESSION, PLACE, PLACE)
"""How facets add up: see the kernel. All that people have in common because they live, work or study in one place, and
the acquaintances they name there, is one piece of evidence; and the Wi-Fi, internet address or place at which a handset
was used is none beside the handset."""

DAY = 86_400_000
PACE = 10 * DAY
"""The mean gap between the nearest applications of two people who act together."""
TOGETHER = 0.8
"""The share of such people who act at that pace."""
RECYCLED = 90 * DAY
"""A phone number goes to another person this long after its last holder let go of it, at the earliest."""
PASSING = 60 * DAY
"""A network shared over a longer gap says nothing: its address was given to others in between."""


def _pair_facets() -> np.ndarray:
    table = np.full((2, len(WAYS), len(WAYS)), -1, dtype=np.int8)

    def pair(one: str, other: str, same: str, differing: str | None = None) -> None:
        for differ, facet in enumerate((same, differing or same)):
            table[differ, WAY[one], WAY[other]] = table[differ, WAY[other], WAY[one]] = FACET[facet]

    for way in ("handset", "account", "document", "email", "network", "cell", "work"):
        pair(way, way, way)
    pair("home", "home", "address")
    pair("home", "work", "address")
    pair("own_phone", "own_phone", "phone")
    pair("own_phone", "work_phone", "work")
    pair("own_phone", "kin", "known", "listed")
    pair("own_phone", "acquaintance", "known", "listed")
    pair("own_phone", "contact", "listed")
    for one in ("kin", "acquaintance", "contact"):
        pair(one, "work_phone", "work")
        pair(one, "kin", "social", "alias")
        pair(one, "acquaintance", "social", "alias")
        pair(one, "contact", "contact", "alias")
    pair("work_phone", "work_phone", "work")
    return table


PAIR_FACET = _pair_facets()
"""int8[2, ways, ways]: the facet that two ways of using one value make, -1 for none; the second table is for those who
call its holder differently."""


def scale(weight: np.ndarray, span: float) -> Scale:
    """The scale on which pairs of applicants are weighed.

    Parameters
    ----------
    weight : float32[facets, degrees]
    span : milliseconds over which applications are spread
    """
    apart = np.full(len(FACETS), np.iinfo(np.int64).max)
    apart[FACET["phone"]] = RECYCLED
    apart[FACET["network"]] = PASSING
    return Scale(PAIR_FACET, np.array(RULES), weight, apart, PACE, span, TOGETHER)
