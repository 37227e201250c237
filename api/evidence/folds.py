"""What a picture of more nodes than can be read folds away: nodes of one kind that hang on one node stand as a count.

A fold is opened and closed by itself, and nothing else moves: what is opened is laid around what it hangs on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from ...graph.errors import UserError
from ...graph.model import kind_of
from ...graph.words.names import KIND_WORDS, Words
from ..layout.around import around
from ..layout.circles import Point, Sizes
from ..layout.placing import canonical
from .items import NODE_LIMIT, TIE, core, item_colours, label_item, label_size

CORE = 220
"""Nodes that are drawn where some are folded: there is room for folds and for what is unfolded."""
FOLDS = 100
"""Folds of one picture, at most: what is in smaller ones stands together by kind, on nothing."""


@dataclass(frozen=True)
class Fold:
    """Nodes of one kind that are folded away.

    Attributes
    ----------
    at : the node that they hang on; empty where they hang on none that is drawn
    kind : theirs
    nodes : in their canonical order
    shown : how many of them are drawn, the first ones
    """

    at: str
    kind: str
    nodes: tuple[str, ...]
    shown: int = 0

    @property
    def name(self) -> str:
        """What it is called in the picture: no other fold's name, and the same whenever the picture is drawn."""
        return f"fold:{self.kind}:{self.at}".replace(" ", "+")

    @property
    def hidden(self) -> list[str]:
        """Nodes of the graph that are not drawn; a thing of several nodes stands for each."""
        return [node for name in self.nodes[self.shown :] for node in name.split(" ")]

    @property
    def text(self) -> Words:
        """What stands on it: the kind, how many are drawn and can be closed, how many more there are."""
        words = KIND_WORDS.get(self.kind, Words(self.kind, self.kind))
        left = len(self.nodes) - self.shown
        counts = f" −{self.shown}" * bool(self.shown) + f" ＋{left}" * bool(left)
        return Words(words.zh + counts, words.en + counts.replace("＋", "+"))


def folds_of(
    nodes: set[str],
    bundles: Mapping[tuple, Sequence],
    roles: Mapping[str, str],
    rings: Mapping[str, int],
    opened: Sequence[str] | None,
) -> tuple[set[str], list[Fold]]:
    """What is drawn of a picture anyway, and what is folded, in order of the nodes that it hangs on. A node that would
    be a fold of its own is drawn.

    Parameters
    ----------
    nodes, bundles, roles, rings : as for ``core``
    opened : names of folds that are opened as far as there is room, the first ones first; None where nothing can be
        opened, and so nothing is folded but left out

    Raises
    ------
    UserError : a fold that there is not
    """
    if opened is None:
        return core(nodes, bundles, roles, rings, NODE_LIMIT), []
    kept, ties = core(nodes, bundles, roles, rings, CORE), [key[:2] for key in bundles]
    folded = [] if nodes <= kept else _folded(canonical(nodes, ties), ties, kept)
    kept = kept.union(*(fold.nodes for fold in folded if len(fold.nodes) == 1))
    found = {fold.name: fold for fold in folded if len(fold.nodes) > 1}
    room = NODE_LIMIT - len(kept) - len(found)
    for name in dict.fromkeys(opened):
        if name not in found:
            raise UserError(f"nothing is folded as {name!r}: 'folds' of the picture names what is")
        shown = min(room, len(found[name].nodes))
        found[name] = Fold(found[name].at, found[name].kind, found[name].nodes, shown)
        room -= shown
    return kept, [*found.values()]


def _folded(order: Sequence[str], ties: Iterable[tuple[str, str]], kept: set[str]) -> list[Fold]:
    place = {node: number for number, node in enumerate(order)}
    near: dict[str, list[str]] = {node: [] for node in order}
    for one, other in sorted(set(ties), key=lambda tie: (place[tie[0]], place[tie[1]])):
        near[one].append(other)
        near[other].append(one)
    # Each node hangs on the kept one that is the fewest steps away.
    at = {node: node for node in order if node in kept}
    queue = [*at]
    for node in queue:
        for other in sorted(near[node], key=place.__getitem__):
            if other not in at:
                at[other] = at[node]
                queue.append(other)
    groups: dict[tuple[str, str], list[str]] = {}
    for node in order:
        if node not in kept:
            groups.setdefault((at.get(node, ""), kind_of(node)), []).append(node)
    hung = sorted((key for key in groups if key[0]), key=lambda key: (-len(groups[key]), place[key[0]], key[1]))
    for at_one, kind in hung[FOLDS - len(KIND_WORDS) :]:
        groups.setdefault(("", kind), []).extend(groups.pop((at_one, kind)))
    ordered = sorted(groups, key=lambda key: (place.get(key[0], len(place)), key[1]))
    return [Fold(*key, tuple(sorted(groups[key], key=place.__getitem__))) for key in ordered]


def unfolded(folds: Iterable[Fold]) -> list[str]:
    """Nodes that are drawn because their fold is open."""
    return [node for fold in folds for node in fold.nodes[: fold.shown]]


def around_folds(
    folds: Sequence[Fold], sizes: Sizes, points: Mapping[str, Point], ties: Iterable[tuple[str, str]]
) -> tuple[dict[str, Point], dict[str, tuple[float, float]]]:
    """Where folds and what is opened of them stand, beside what stands already, and the sizes of folds.

    Parameters
    ----------
    sizes : of all nodes that are drawn
    points : where those stand that are drawn anyway
    ties : between nodes that are drawn
    """
    ties = list(ties)
    # As wide as it is whatever of it is open, so that opening moves nothing.
    chips = {fold.name: label_size(replace(fold, shown=len(fold.nodes) // 2).text) for fold in folds}
    known = {**{node: sizes[node] for node in points}, **chips}
    found = dict(points) | around(known, points, [(fold.at, fold.name) for fold in folds if fold.at])
    for fold in folds:
        new = fold.nodes[: fold.shown]
        known.update({node: sizes[node] for node in new})
        hung = [*((fold.name, node) for node in new), *(tie for tie in ties if known.keys() >= {*tie})]
        found |= around(known, found, hung)
    return found, chips


def fold_items(folds: Sequence[Fold], points: Mapping[str, Point]) -> tuple[list[dict], list[dict]]:
    """vis-network's items of folds, and of the lines to what they hang on."""
    nodes = [
        {
            **label_item(0, fold.text, points[fold.name], "{}\n{}".format(*fold.text), False),
            "id": fold.name,
            "fold": fold.kind,
            "color": item_colours("#ffffff", TIE),
            "borderWidth": 1.4,
            "chosen": True,
        }
        for fold in folds
    ]
    edges = [
        {
            "id": f"arc:{fold.name}",
            "from": fold.at,
            "to": fold.name,
            "color": {"color": TIE, "highlight": TIE, "hover": TIE, "inherit": False, "opacity": 0.8},
            "width": 1.2,
            "arrows": {"to": {"enabled": False}},
            "dashes": [2, 4],
            "smooth": False,
        }
        for fold in folds
        if fold.at
    ]
    return nodes, edges
