"""Who uses what, over the whole graph: parties, and all by which two of them may be linked.

A *thing* is a node that parties use (a device, an account, a merchant at which they applied), or what one relationship
or more between two of them make: a guarantee, a holding, transfers from an account to another. The device id and the
IMEI of one handset are one thing.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from ...detectors.sharing.population import Population
from ...graph.kernels.sets import distinct
from ...graph.model import KIND_CODE, KINDS, PARTIES
from ...graph.snapshot import Edges, GraphView

FOLLOWED = 200
"""A thing of more users leads nowhere but to the two that are asked about."""
LEAST_HUB = 10
"""Whatever chance says, a thing of fewer users is no hub."""
HUB = 1 << 40
"""What a hub costs beside its users."""
LIMIT_OF = {
    "device": "handset", "account": "account", "id_document": "document", "email": "email", "phone": "contact",
    "wifi": "network", "ip": "network", "address": "address", "employer": "work",
}  # fmt: skip
"""The facet of what applicants share whose hub limit goes for a kind of node; that of networks for anything else."""
OWN = (
    "HAS_PHONE", "HAS_EMAIL", "HAS_ADDRESS", "HAS_ID", "LISTS_CONTACT", "WORKS_AT", "OWNS", "USED_DEVICE", "USED_WIFI",
)  # fmt: skip
"""What leads from a party to a thing."""
FILED = ("USED_DEVICE", "USED_IP", "USED_WIFI", "APPLIED_FROM", "AT_MERCHANT", "VIA_CHANNEL")
"""What leads from an application to a thing of its applicant."""
BETWEEN = ("GUARANTEES", "HOLDS_SHARE", "CONTROLS", "SAME_AS", "RELATED_TO", "ORDERED")
"""What leads from a party to a party."""
FROM, TO = 1, 2
"""The sides of a thing; whoever uses a node stands on both."""


class Network(NamedTuple):
    """Who uses what: arrays of one length, by party.

    Attributes
    ----------
    party : int64, node numbers
    thing : int64; what is no node has numbers from ``nodes`` on
    node : int64, what is used; -1 where the thing is no node
    side : int8; a thing links two only where one stands on the one side and the other on the other
    position, via : int64, relationships that say so, ``via`` from the party on to the other, -1 where there is none
    users : int64 by thing, how many parties use it; of what is between two parties or accounts, how many the busier of
        the two has it with, itself among them
    hub : bool by thing, more use it than chance lets be tied
    nodes : how many nodes the view numbers
    """

    party: np.ndarray
    thing: np.ndarray
    node: np.ndarray
    side: np.ndarray
    position: np.ndarray
    via: np.ndarray
    users: np.ndarray
    hub: np.ndarray
    nodes: int

    @property
    def cost(self) -> np.ndarray:
        """int64 by thing: what decides which is the rarer, first that it is no hub, then how many use it."""
        return self.users + self.hub * HUB

    def of(self, party: int) -> Network:
        """What one party uses."""
        return self.where(slice(*np.searchsorted(self.party, [party, party + 1])))

    def where(self, mask: np.ndarray | slice) -> Network:
        """Those uses for which ``mask`` holds, or at these places."""
        names = ("party", "thing", "node", "side", "position", "via")
        return self._replace(**{name: getattr(self, name)[mask] for name in names})


def network(view: GraphView, population: Population) -> Network:
    """Who uses what, as it shows at the view's ``as_of``; ties that link no one are left out.

    Parameters
    ----------
    population : of this view: it knows which devices are one handset, and from how many users on a thing is a hub
    """
    joined = population.frame.joined
    parts = [*_own(view), *_filed(view), *_borrowed(view), _signed_in(view), *_merchants(view)]
    party, node, position, via = (np.concatenate(column).astype(np.int64) for column in zip(*parts, strict=True))
    both = np.full(len(party), FROM | TO)
    used = pd.DataFrame(
        {"party": party, "thing": joined[node], "node": node, "side": both, "position": position, "via": via}
    )
    related = _between(view, view.node_count)
    paid = _transfers(view, used, view.node_count + len(related))
    between: Any = pd.concat([related, paid], ignore_index=True)
    frame: Any = pd.concat([part[[*used.columns]] for part in (used, between)], ignore_index=True).astype(np.int64)
    found = {name: frame[name].to_numpy() for name in frame.columns}
    pairs = distinct(found["thing"] << 32 | found["party"])
    users = np.bincount(pairs >> 32, minlength=view.node_count)
    users[between["thing"].to_numpy()] = between["busy"].to_numpy()
    hub = users > _limits(view, population, len(users))
    net = Network(**found, users=users, hub=hub, nodes=view.node_count)
    return net.where(np.argsort(found["party"], kind="stable"))


def _limits(view: GraphView, population: Population, things: int) -> np.ndarray:
    """int64 by thing: the most users with which it is no hub."""
    limits = population.hub_limits()
    by_kind = np.array([min(limits[LIMIT_OF.get(kind, "network")], FOLLOWED) for kind in KINDS])
    found = np.full(things, by_kind[KIND_CODE["merchant"]])
    found[: view.node_count] = by_kind[view.kinds]
    return np.maximum(found, LEAST_HUB - 1)


Part = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]
"""Party, node, position and ``via``."""


def _direct(ties: Edges) -> Part:
    return ties.source, ties.target, ties.positions, np.full(len(ties), -1)


def _own(view: GraphView) -> Iterator[Part]:
    parties = np.isin(view.kinds, [KIND_CODE[kind] for kind in PARTIES])
    for relation in OWN:
        ties = view.ties(relation)
        yield _direct(ties.where(parties[ties.source]))


def _filed(view: GraphView) -> Iterator[Part]:
    who, how = _by_target(view, view.ties("APPLIED"))
    for relation in FILED:
        ties = view.ties(relation)
        ties = ties.where(who[ties.source] >= 0)
        yield who[ties.source], ties.target, ties.positions, how[ties.source]


def _borrowed(view: GraphView) -> Iterator[Part]:
    who, how = _by_target(view, view.ties("BORROWED"))
    paid, repaid = view.ties("DISBURSED_TO"), view.ties("REPAID")
    paid, repaid = paid.where(who[paid.source] >= 0), repaid.where(who[repaid.target] >= 0)
    yield who[paid.source], paid.target, paid.positions, how[paid.source]
    yield who[repaid.target], repaid.source, repaid.positions, how[repaid.target]


def _signed_in(view: GraphView) -> Part:
    """The devices that signed in to an account are its owners'."""
    signed, owns = view.ties("SIGNED_IN"), view.ties("OWNS")
    one = pd.DataFrame({"account": signed.target, "device": signed.source, "position": signed.positions})
    other = pd.DataFrame({"account": owns.target, "owner": owns.source, "via": owns.positions})
    both: Any = one.merge(other, on="account")
    return both["owner"].to_numpy(), both["device"].to_numpy(), both["position"].to_numpy(), both["via"].to_numpy()


def _merchants(view: GraphView) -> Iterator[Part]:
    """A merchant stands by itself for what is done there."""
    for relation in ("AT_MERCHANT", "DISBURSED_TO"):
        there = distinct(view.ties(relation).target)
        there = there[view.kinds[there] == KIND_CODE["merchant"]]
        nothing = np.full(len(there), -1)
        yield there, there, nothing, nothing


def _by_target(view: GraphView, edges: Edges) -> tuple[np.ndarray, np.ndarray]:
    """By node, the source of an edge that leads to it, and the edge's position; -1 where none does."""
    who, how = (np.full(view.node_count, -1, dtype=np.int64) for _ in range(2))
    who[edges.target] = edges.source
    how[edges.target] = edges.positions
    return who, how


def _between(view: GraphView, first: int) -> pd.DataFrame:
    """What leads from a party to a party: each relation of each two is a thing, numbered from ``first``."""
    frames = [_arcs(view, relation) for relation in BETWEEN]
    arcs: Any = pd.concat(frames, ignore_index=True)
    arcs["thing"] = arcs.groupby(["relation", "one", "other"]).ngroup() + first
    ends = [arcs.rename(columns={end: "party"}).assign(side=side) for end, side in (("one", FROM), ("other", TO))]
    return pd.concat(ends, ignore_index=True).assign(node=-1, via=-1)


def _transfers(view: GraphView, used: pd.DataFrame, first: int) -> pd.DataFrame:
    """Transfers: all between two accounts are a thing of those who use the one and those who use the other, as far as
    neither has too many users."""
    arcs: Any = _arcs(view, "TRANSFERRED").groupby(["one", "other"], as_index=False).min()
    arcs["thing"] = np.arange(first, first + len(arcs))
    accounts = distinct(np.concatenate((arcs["one"].to_numpy(), arcs["other"].to_numpy()))).tolist()
    holders: Any = used.loc[used["node"].isin(accounts), ["node", "party"]]
    holders = holders.groupby(["node", "party"], as_index=False).first()
    holders = holders[holders.groupby("node")["party"].transform("size") <= FOLLOWED]
    ends = [
        arcs.merge(holders, left_on=end, right_on="node").assign(side=side)
        for end, side in (("one", FROM), ("other", TO))
    ]
    return pd.concat(ends, ignore_index=True).assign(node=-1, via=-1)


def _arcs(view: GraphView, relation: str) -> pd.DataFrame:
    """The relationships of a relation between two, whichever way they lead, and with how many the busier of the two has
    one, itself among them."""
    ties = view.ties(relation)
    ties = ties.where(ties.source != ties.target)
    ends = np.sort(np.stack([ties.source, ties.target]).astype(np.int64), axis=0)
    one, other = ends
    pairs = distinct(one << 32 | other)
    partners = np.bincount(np.concatenate((pairs >> 32, pairs & 0xFFFFFFFF)), minlength=view.node_count)
    busy = 1 + np.maximum(partners[one], partners[other])
    return pd.DataFrame({"relation": relation, "one": one, "other": other, "position": ties.positions, "busy": busy})
