"""What lies around a few nodes, hop by hop: the same walk in every store."""

from __future__ import annotations

from collections.abc import Callable, Iterable


def spread(start: Iterable[str], hops: int, limit: int, relationships_at: Callable[[list[str]], list[dict]]) -> dict:
    """See ``store.Store.neighbours``.

    Parameters
    ----------
    start : names of nodes that the store has
    relationships_at : the relationships that show and end at any of some nodes, each with ``relation``, ``uid``,
        ``source`` and ``target``
    """
    frontier = list(start)
    reached = dict.fromkeys(frontier, 0)
    relationships: dict[tuple[str, str], dict] = {}
    skipped = 0
    for hop in range(1, hops + 1):
        following: list[str] = []
        for relationship in relationships_at(frontier):
            ends = (relationship["source"], relationship["target"])
            new = [end for end in ends if end not in reached]
            if len(reached) + len(set(new)) > limit:
                skipped += 1
                continue
            for end in new:
                reached[end] = hop
                following.append(end)
            relationships[relationship["relation"], relationship["uid"]] = relationship
        frontier = following
    truncated = [{"bound": "nodes", "limit": limit, "skipped": skipped, "could_change": True}] if skipped else []
    return {
        "nodes": sorted(
            ({"node": name, "hops": at} for name, at in reached.items()), key=lambda item: (item["hops"], item["node"])
        ),
        "relationships": list(relationships.values()),
        "truncated": truncated,
    }
