"""Threads: how a finding is known again in the next run."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Sequence

from ..graph.model import Finding

LEAST_JACCARD = 0.5
"""Share of members two findings must have in common, of all members of either, to be one thread."""


def link_threads(findings: Sequence[Finding], earlier: Sequence[dict]) -> None:
    """Give every finding the thread of its earlier self, or a new one.

    A finding's earlier self is of the same kind and view and shares at least ``LEAST_JACCARD`` of the members. Each
    has at most one: the pair with the largest share is linked first, equal shares by the earlier and then the later
    finding's rank. A new thread takes its first finding's id.

    Parameters
    ----------
    earlier : the previous run's findings, in their JSON shape
    """
    pairs = sorted(_pairs(findings, earlier))
    linked: set[int] = set()
    used: set[str] = set()
    for finding in findings:
        finding.thread = None
    for _, before, now in pairs:
        finding, thread = findings[now], earlier[before]["thread"]
        if finding.thread is None and before not in linked:
            finding.thread = thread
            linked.add(before)
            used.add(thread)
    for finding in findings:
        if finding.thread is None:
            finding.thread = finding.id
            while finding.thread in used:  # a thread began with the same members, who have since moved on
                finding.thread = hashlib.sha256(finding.thread.encode()).hexdigest()[:16]
            used.add(finding.thread)


def _pairs(findings: Sequence[Finding], earlier: Sequence[dict]) -> list[tuple[float, int, int]]:
    """``(-Jaccard, place in earlier, place in findings)`` of all pairs alike enough."""
    holders: dict[tuple[str, str, str], list[int]] = defaultdict(list)
    sizes = []
    for place, finding in enumerate(earlier):
        nodes = {member["node"] for member in finding["members"]}
        sizes.append(len(nodes))
        for node in nodes:
            holders[finding["kind"], finding["view"], node].append(place)
    found = []
    for place, finding in enumerate(findings):
        nodes = {member["node"] for member in finding.members}
        shared: Counter[int] = Counter()
        for node in nodes:
            shared.update(holders.get((finding.kind, finding.view, node), ()))
        for before, common in shared.items():
            jaccard = common / (len(nodes) + sizes[before] - common)
            if jaccard >= LEAST_JACCARD:
                found.append((-jaccard, before, place))
    return found
