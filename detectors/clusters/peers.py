"""What loans of the same product, month and region came to: the peers of a community, without itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd

from ...graph.kernels.sets import distinct
from ...graph.kernels.texts import Texts
from ...graph.model import ALWAYS, KIND_CODE
from ...graph.snapshot import GraphView
from ..sharing.facets import DAY
from ..sharing.outcomes import bad_loans

SEASONED = 90
"""A loan counts once it is so many days on book."""
BOOK, BOOK_LOANS = 0.05, 200
"""The share of bad loans before a book is seen, and for how many loans that counts."""
ALIKE_LOANS = 50
"""For how many loans counts what is known of a product, a month or a region, or of all three together, from what is
less particular."""
ALL = ("book", "product", "month", "region", "all")
"""What loans may have in common: to be of the book, each by itself, and these three together."""
CONFIRMED = "confirmed_fraud"
_ZONE = 8 * 3_600_000
"""Months are those of the books' usual zone, eight hours ahead."""
_WORST = 0.95


@dataclass(frozen=True)
class Peers:
    """How many seasoned loans a book has, and how many of them are bad: of all, of each product, month and region, and
    of each three together.

    Attributes
    ----------
    keys : what they have in common
    loans, bad : int64 by key
    """

    keys: Texts
    loans: np.ndarray
    bad: np.ndarray


class OnBook(NamedTuple):
    """The seasoned loans of applicants; arrays of one length.

    Attributes
    ----------
    node, person : int64 nodes of the loan and of its borrower
    position : int64, of the relationship that ties them
    keys : the texts of ``Peers`` that each belongs to, five columns
    late : bool: known to have been late, or classed as bad, by now
    bad : bool: late, or of a borrower who is a confirmed fraudster
    """

    node: np.ndarray
    person: np.ndarray
    position: np.ndarray
    keys: np.ndarray
    late: np.ndarray
    bad: np.ndarray

    def where(self, mask: np.ndarray) -> OnBook:
        """Those for which ``mask`` holds."""
        return OnBook(*(column[mask] for column in self))


def on_book(view: GraphView) -> tuple[OnBook, np.ndarray]:
    """The seasoned loans of a view; and int64, the borrowers of those that are not seasoned yet."""
    borrowed = view.edges("BORROWED")
    borrowed = borrowed.where(view.kinds[borrowed.source] == KIND_CODE["applicant"])
    loan, person = borrowed.target.astype(np.int64), borrowed.source.astype(np.int64)
    product, since = _terms(view, borrowed.target, borrowed.valid_from)
    old = (since > ALWAYS) & (since <= view.as_of - SEASONED * DAY)
    late = bad_loans(view)[loan]
    keys = _keys(product, since, _regions(view, person))
    found = OnBook(loan, person, borrowed.positions, keys, late, late | confirmed(view)[person])
    return found.where(old), person[~old]


def confirmed(view: GraphView) -> np.ndarray:
    """bool by node: flagged as a confirmed fraudster."""
    found = np.zeros(view.node_count, dtype=bool)
    found[_flags(view)["node"].to_numpy()] = True
    return found


def first_confirmed(view: GraphView, label: np.ndarray) -> np.ndarray:
    """int64 nodes: of each community those who were the first of it to be flagged as confirmed fraudsters.

    Parameters
    ----------
    label : int64 by node, the community of an applicant, -1 for none
    """
    flags = _flags(view)
    node, since = flags["node"].to_numpy().astype(np.int64), flags["valid_from"].to_numpy()
    node, since = node[label[node] >= 0], since[label[node] >= 0]
    first = np.full(int(label.max(initial=-1)) + 1, np.iinfo(np.int64).max)
    np.minimum.at(first, label[node], since)
    return distinct(node[since == first[label[node]]])


def _flags(view: GraphView) -> pd.DataFrame:
    flags = view.facts("flags", columns=("flag",))
    return flags.loc[(flags["flag"] == CONFIRMED) & (flags["node"] >= 0)]


def _terms(view: GraphView, loan: np.ndarray, borrowed: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The product of each loan, blank where no row says it, and when it was paid out, or else borrowed."""
    rows = view.facts("loans", columns=("product", "disbursed_at")).drop_duplicates("node")
    rows = rows.set_index("node").reindex(loan)
    became = view.edges("BECAME")
    application = np.full(view.node_count, -1, dtype=np.int64)
    application[became.target] = became.source
    asked = view.facts("applications", columns=("product",)).drop_duplicates("node").set_index("node")
    asked_for = asked["product"].reindex(application[loan]).to_numpy(dtype=object)
    product = rows["product"].to_numpy(dtype=object)
    product = np.where(pd.isna(product), asked_for, product)
    paid = rows["disbursed_at"].to_numpy(dtype=np.float64, na_value=np.nan)
    since = np.where(np.isnan(paid), borrowed, np.nan_to_num(paid)).astype(np.int64)
    return np.where(pd.isna(product), "", product), since


def _regions(view: GraphView, person: np.ndarray) -> np.ndarray:
    rows = view.facts("applicants", columns=("region",)).drop_duplicates("node").set_index("node")
    region = rows["region"].reindex(person).to_numpy(dtype=object)
    return np.where(pd.isna(region), "", region)


def _keys(product: np.ndarray, since: np.ndarray, region: np.ndarray) -> np.ndarray:
    known = np.maximum(since, 0)
    month = ((known + _ZONE) // DAY).astype("datetime64[D]").astype("datetime64[M]").astype(str).astype(object)
    alone = ("product|" + product, "month|" + month, "region|" + region)
    return np.stack(
        [np.full(len(month), "book", dtype=object), *alone, "all|" + product + "|" + month + "|" + region], axis=1
    )


def peers(loans: OnBook) -> Peers:
    """The peers of a book."""
    codes, texts = pd.factorize(loans.keys.ravel())
    count = len(texts)
    bad = np.bincount(codes, np.repeat(loans.bad, loans.keys.shape[1]), count).astype(np.int64)
    return Peers(Texts.of(texts.tolist()), np.bincount(codes, minlength=count), bad)


def chances(loans: OnBook, group: np.ndarray, known: Peers) -> np.ndarray:
    """float64 by loan: the chance to be bad that its peers have, those outside of its own group.

    The share of three together is drawn to what product, month and region make it one by one, and each of these to the
    book's, as far as there are few loans.

    Parameters
    ----------
    loans : all loans of some groups
    group : int64 by loan
    """
    codes, texts = pd.factorize(loans.keys.ravel())
    place = known.keys.find_all(texts.tolist())
    told, bad = (np.append(column, 0)[place] for column in (known.loans, known.bad))
    width, count = loans.keys.shape[1], max(len(texts), 1)
    own, at = np.unique(np.repeat(group, width) * count + codes, return_inverse=True)
    rest_told = told[codes] - np.bincount(at, minlength=len(own))[at]
    rest_bad = bad[codes] - np.bincount(at, np.repeat(loans.bad, width), len(own))[at]
    # in a part, or a later state of the book, a group may have loans that the peers were not measured with
    n = np.maximum(rest_told, 0).reshape(-1, width)
    b = np.clip(rest_bad, 0, rest_told.clip(0)).reshape(-1, width)
    book = (b[:, 0] + BOOK * BOOK_LOANS) / (n[:, 0] + BOOK_LOANS)
    each = (b[:, 1:4] + ALIKE_LOANS * book[:, None]) / (n[:, 1:4] + ALIKE_LOANS)
    usual = np.minimum(book * (each / book[:, None]).prod(axis=1), _WORST)
    return (b[:, 4] + ALIKE_LOANS * usual) / (n[:, 4] + ALIKE_LOANS)
