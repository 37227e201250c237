"""Why an applicant is in a ring or in none: what the search for rings decides, in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...detectors.contract import Params
from ...detectors.kept import Kept, home_of, kept
from ...detectors.rings.concert import MARGIN
from ...detectors.rings.decided import Partner, Standing, Untied, Use, Why
from ...detectors.rings.detector import FRAUD_RING
from ...detectors.rings.search import Search, search
from ...detectors.rings.why import why as decided
from ...detectors.rings.why_words import SHARED_AS, UNTIED_WORDS, USED_AS, lack_words, nearest_words
from ...detectors.sharing.facets import DAY
from ...detectors.sharing.population import measure
from ...graph.errors import UserError
from ...graph.model import kind_of
from ...graph.snapshot import GraphView
from ...graph.store import Run, Store
from ...graph.times import to_iso
from ...graph.words.names import Words, joined
from .names import safe
from .near import near, population_of, stated
from .nodes import place_of, shown
from .set_aside import links_no_one


class Decisions:
    """What the search for rings decides on a graph, with the settings of the run whose findings people see.

    Parameters
    ----------
    as_of : the time that was asked for; None for the latest findings

    Attributes
    ----------
    runs : the latest of each detector
    run : of the detector of rings, None where it has not run: its settings are the defaults then
    kept : the populations of the latest runs
    """

    def __init__(self, store: Store, snapshot: GraphView, as_of: int | None = None):
        runs = store.latest_runs(as_of)
        self.run: Run | None = next((run for run in runs if run.detector == FRAUD_RING.id), None)
        self.runs = runs
        self.params: Params = stated(FRAUD_RING, self.run)
        self.findings = store.findings([run.run for run in runs])
        self.view = snapshot
        self.kept = _kept(store)
        at_hand = population_of(FRAUD_RING, snapshot, self.params, self.kept)
        self.population = measure(snapshot, self.params) if at_hand is None else at_hand
        self.search: Search = search(snapshot, self.population, self.params)

    def asked(self) -> dict:
        """Of when and by what settings an answer is, as it says."""
        return {
            "as_of": to_iso(self.view.as_of),
            "revision": self.view.revision,
            "detector": FRAUD_RING.id,
            "version": FRAUD_RING.version,
            "run": self.run.run if self.run else None,
            "params": dict(self.params),
        }


def _kept(store: Store) -> dict[str, Kept]:
    """The populations that the latest runs kept; none where a run is putting others in their place just now."""
    try:
        return kept(home_of(store))
    except FileNotFoundError:
        return {}


def why(store: Store, snapshot: GraphView, applicant: tuple[str, str], as_of: int | None = None) -> dict:
    """Why an applicant is in a ring or in none.

    ``{"applicant", "findings", "household", "used", "people", "things", "partners", "group", "left_by", "split_from",
    "nearest", "verdict", "others", "links_no_one", "truncated"}`` and what ``Decisions.asked`` gives: the findings that
    name the applicant; what others use as well, with whom it ties the applicant and why not the others; whom such
    things tie; the group that they make, and what it is short of; what other detectors ask of the applicant, as
    ``near`` gives it. Sentences are ``{"zh", "en"}``.

    Parameters
    ----------
    applicant : the node's name and what was written for it
    as_of : as for ``Decisions``

    Raises
    ------
    UserError : the store has no such node, or it is no applicant
    """
    number = place_of(snapshot, *applicant)
    if kind_of(applicant[0]) != "applicant":
        hint = "name two parties to see what links them"
        raise UserError(f"{safe(applicant[1], applicant[0])} is no applicant, as the members of rings are: {hint}")
    known = Decisions(store, snapshot, as_of)
    found = decided(snapshot, known.search, known.params, number)
    name = _Names(snapshot, found, applicant[0])
    flagged = _flagged(known.findings)
    return {
        "applicant": name(applicant[0]),
        **known.asked(),
        "findings": flagged.get(applicant[0], []),
        "household": name.all(found.household),
        "used": found.used,
        "people": found.people,
        "things": [_thing(use, name) for use in found.uses],
        "partners": [_partner(one, name, flagged) for one in found.partners],
        "group": found.group and _group(found.group, name, known.params),
        "left_by": found.ring and _group(found.ring, name, known.params),
        "split_from": found.split_from,
        "nearest": found.nearest
        and {
            **found.nearest._asdict(),
            "members": name.all(found.nearest.members),
            **nearest_words(found.nearest)._asdict(),
        },
        "verdict": _verdict(found, known.params)._asdict(),
        "others": near(snapshot, known.runs, number, (known.population, known.params), known.kept),
        "links_no_one": links_no_one(snapshot, number),
        "truncated": _truncated(found, known.params),
    }


class _Names:
    """Nodes as people see them, read once for an answer."""

    def __init__(self, snapshot: GraphView, found: Why, applicant: str):
        groups = [group.members for group in (found.group, found.ring, found.nearest) if group]
        people = [found.household, *groups, *(use.ties for use in found.uses), (applicant,)]
        people += [untied.names for use in found.uses for untied in use.untied]
        nodes = {node for some in (*people, *(use.nodes for use in found.uses)) for node in some}
        self._shown = {item["node"]: item for item in shown(snapshot, sorted(nodes))}

    def __call__(self, node: str) -> dict:
        return self._shown[node]

    def all(self, nodes: Sequence[str]) -> list[dict]:
        return [self._shown[node] for node in nodes]


def _flagged(findings: Sequence[dict]) -> dict[str, list[dict]]:
    """The findings that a node is a member of, the first of the list first."""
    told = ("id", "kind", "view", "colour", "score", "thread", "as_of", "reason_zh", "reason_en")
    found: dict[str, list[dict]] = {}
    for finding in sorted(findings, key=lambda finding: finding["rank_all"]):
        for member in finding["members"]:
            short = {name: finding[name] for name in told}
            found.setdefault(member["node"], []).append({**short, "role": member["role"]})
    return found


def _thing(use: Use, name: _Names) -> dict:
    words = SHARED_AS[use.facet] if use.facet else USED_AS[use.way]
    return {
        "kind": use.facet or use.way,
        **words._asdict(),
        "nodes": name.all(use.nodes),
        "used_as": use.way,
        "users": use.users,
        "households": use.households,
        "weight": use.weight,
        "by_chance": use.by_chance,
        "ties": name.all(use.ties),
        "untied": [_untied(untied, name) for untied in use.untied],
    }


def _untied(untied: Untied, name: _Names) -> dict:
    words = UNTIED_WORDS[untied.why]
    return {"why": untied.why, "people": untied.people, "named": name.all(untied.names), **words._asdict()}


def _partner(partner: Partner, name: _Names, flagged: dict[str, list[dict]]) -> dict:
    return {
        **name(partner.name),
        "strength": partner.strength,
        "near": partner.near,
        "things": partner.things,
        "shared": [{"kind": facet, **SHARED_AS[facet]._asdict()} for facet in partner.facets],
        "findings": [finding["id"] for finding in flagged.get(partner.name, [])],
    }


def _group(group: Standing, name: _Names, params: Params) -> dict[str, Any]:
    return {
        **group._asdict(),
        "members": name.all(group.members),
        "first": to_iso(group.first),
        "last": to_iso(group.last),
        "lacks": [{**lack._asdict(), **lack_words(lack, group, params)._asdict()} for lack in group.lacks],
    }


def _truncated(found: Why, params: Params) -> list[dict]:
    large = sum(untied.why == "max_users" for use in found.uses for untied in use.untied)
    unnamed = sum(untied.people for use in found.uses for untied in use.untied if not untied.names)
    told = (
        ("max_users", params["max_users"], f"{large} things of more users, not compared", large, True),
        ("max_members", params["max_members"], f"a group of {found.split_from}", found.split_from, True),
        ("named", 20, f"{unnamed} users of things that do not tie them", unnamed, False),
    )
    return [
        {"bound": bound, "limit": limit, "skipped": skipped, "could_change": could_change}
        for bound, limit, skipped, count, could_change in told
        if count
    ]


# -- the verdict


def _verdict(found: Why, params: Params) -> Words:
    """In a sentence or two, whether an applicant is in a ring, and if not, what was missing."""
    parts = [*_left(found.ring), *_bound(found, params)]
    if found.nearest and not (found.group and found.group.is_ring):
        parts.append(nearest_words(found.nearest))
    text = joined(parts)
    return Words(f"{text.zh}。", f"{text.en[0].upper()}{text.en[1:]}.")


def _bound(found: Why, params: Params) -> list[Words]:
    group = found.group
    if group:
        return _in_group(group, params)
    if found.ring:
        return []
    if found.split_from:
        return [
            Words(
                f"所在群体共{found.split_from}人，已在较弱的联系处拆开，该申请人不在拆出的任何一组",
                f"bound in a group of {found.split_from} that was taken apart at its weaker ties, in none of the parts",
            )
        ]
    if found.partners:
        return [Words("与他人有联系，但不足以归为一组", "tied to others, but bound to nobody")]
    if found.uses:
        return [
            Words(
                f"有{len(found.uses)}项与他人共用，均不构成联系",
                f"of what the applicant uses others use {len(found.uses)} as well, and none of it ties them",
            )
        ]
    return [Words("没有与任何申请人共用的信息", "shares nothing with any applicant")]


def _in_group(group: Standing, params: Params) -> list[Words]:
    size, staying = len(group.members), group.staying
    if group.is_ring:
        return [
            Words(
                f"属于{staying}人的团伙，证据合计{group.evidence:.1f}",
                f"a member of a ring of {staying}, whose evidence comes to {group.evidence:.1f}",
            )
        ]
    lacks = joined((lack_words(lack, group, params) for lack in group.lacks), Words("、", ", "))
    told = [
        Words(
            f"与他人归为{size}人一组，不构成团伙：{lacks.zh}", f"bound in a group of {size} that is no ring: {lacks.en}"
        )
    ]
    if not group.acted:
        told.append(Words("本人未在其集中申请时段内申请", "and did not apply when the others did"))
    return told


def _left(ring: Standing | None) -> list[Words]:
    if ring is None or ring.first is None or ring.last is None:
        return []
    first, last = ((to_iso(time) or "")[:10] for time in (ring.first, ring.last))
    margin = MARGIN // DAY
    return [
        Words(
            f"与{ring.staying}人的团伙相连，但其集中申请（{first}至{last}，前后{margin}天）期间本人没有申请，故未列入",
            f"bound to a ring of {ring.staying}, but left out: it applied from {first} to {last}, and the applicant "
            f"did not, nor within {margin} days before or after",
        )
    ]
