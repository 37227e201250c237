"""What lies around people: everything they use, and who else uses it; at the cost of what they have."""

from __future__ import annotations

import numpy as np

from ...graph.kernels.sets import distinct
from ...graph.model import KIND_CODE
from ...graph.snapshot import GraphView
from .population import Population

OWN = (
    "APPLIED", "BORROWED", "OWNS", "HAS_PHONE", "HAS_EMAIL", "HAS_ADDRESS", "HAS_ID", "LISTS_CONTACT", "WORKS_AT",
    "USED_DEVICE", "USED_WIFI",
)  # fmt: skip
"""What leads from a person to what is used, or to what it is used by."""
CARRIED = ("USED_DEVICE", "USED_IP", "USED_WIFI", "APPLIED_FROM", "AT_MERCHANT", "BECAME", "DISBURSED_TO", "REPAID")
"""What leads from an application or a loan to what is used by it."""
SIGNED_IN = ("SIGNED_IN",)
"""What leads from an account to what is used by it."""


def used_by(view: GraphView, people: np.ndarray) -> np.ndarray:
    """int32 nodes, ascending: people, what they use, and the applications, loans and accounts by which they do.

    Parameters
    ----------
    people : node numbers of applicants
    """
    own = view.other_ends(people, OWN)
    carried = view.other_ends(view.only(own, "application", "loan", "account"), (*CARRIED, *SIGNED_IN))
    return distinct(
        np.concatenate((people, own, carried[view.kinds[carried] != KIND_CODE["applicant"]])).astype(np.int32)
    )


def beside(view: GraphView, population: Population, people: np.ndarray) -> np.ndarray:
    """int32 nodes, ascending: people, and all applicants who use something that may be compared with what they use."""
    used = used_by(view, people)
    used = whole_handsets(view, used)
    numbers = population.frame.names.find_all(view.names(used))
    shared = used[_comparable(population, numbers)]
    sought = distinct(np.concatenate((shared, view.only(used, "wifi", "ip"))))
    carriers = view.other_ends(sought, (*CARRIED, *SIGNED_IN))
    near = (people, carriers, view.other_ends(shared, OWN), view.other_ends(carriers, OWN))
    return view.only(distinct(np.concatenate(near).astype(np.int32)), "applicant")


def _comparable(population: Population, numbers: np.ndarray) -> np.ndarray:
    """bool: several use it, not more than are compared, and no innocent cause explains it; unknown ones may be."""
    known = numbers >= 0
    value = population.frame.joined[np.where(known, numbers, 0)]
    users = population.users[value]
    return ~known | ((users > 1) & (users < population.weight.shape[1]) & ~population.excused[value])


def whole_handsets(view: GraphView, used: np.ndarray) -> np.ndarray:
    """With the other ids of each handset: devices that an application used together with one of these, and so on."""
    while True:
        by = view.only(view.other_ends(view.only(used, "device"), ("USED_DEVICE",)), "application")
        more = distinct(np.concatenate((used, view.other_ends(by, ("USED_DEVICE",)))))
        if len(more) == len(used):
            return used
        used = more
