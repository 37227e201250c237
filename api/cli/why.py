"""The command ``ringfence why``: why an applicant is flagged or not, and how two parties are linked."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Annotated

import typer

from .commands import AsOf, AsText, StoreUrl, TextFormat, audit, opened
from .findings import link_text
from .nodes import node_text
from .output import bound, number, plain, table

LISTED = 10
"""People and nodes that a line of text names."""


def why(
    party: Annotated[
        str, typer.Argument(metavar="APPLICANT", help="One applicant, as applicant:ID; or the first of two parties.")
    ],
    other: Annotated[
        str | None, typer.Argument(metavar="[OTHER]", help="Another party: then all that links the two is shown.")
    ] = None,
    as_of: AsOf = None,
    format: AsText = TextFormat.text,
    store: StoreUrl = None,
) -> None:
    """Say why an applicant is flagged or not.

    What is shared with whom, how rare it is, which innocent explanation was taken, and what is missing for a ring. With
    a second party, all that links the two.
    """
    from ..services.linked import linked
    from ..services.names import read_node
    from ..services.why import why as answer

    with opened(store) as reader:
        ends = [(read_node(reader, text), text) for text in (party, other) if text is not None]
        moment = reader.moment(as_of)
        snapshot, stated = reader.snapshot().at(moment), moment if as_of is not None else None
        audit(reader, "why", " ".join(name for name, _ in ends), {"as_of": as_of})
        if len(ends) == 1:
            told = answer(reader.store, snapshot, ends[0], stated)
        else:
            told = linked(reader.store, snapshot, ends[0], ends[1], stated)
        if format == TextFormat.json:
            print(json.dumps(told, ensure_ascii=False))
        else:
            print("\n".join(_one(told) if len(ends) == 1 else _two(told)))


# -- one applicant


def _one(told: dict) -> list[str]:
    lines = [f"{node_text(told['applicant'])}, as of {told['as_of']}, by the settings of {_run(told)}"]
    lines += [told["verdict"]["zh"], told["verdict"]["en"]]
    lines += [_finding(finding) for finding in told["findings"]] or ["in no finding"]
    lines += [f"taken for one household with {_people(told['household'])}"] if told["household"] else []
    lines += ["", *_things(told), *_partners(told["partners"])]
    for name, group in (("the group", told["group"]), ("the ring that left the applicant out", told["left_by"])):
        lines += ["", *_group(name, group)] if group else []
    lines += ["", *(line for other in told["others"] for line in _near(other))]
    lines += [_unlinked(tie) for tie in told["links_no_one"]]
    return [*lines, *(f"cut short: {bound(item)}" for item in told["truncated"])]


def _run(told: dict) -> str:
    return f"run {told['run']} of {told['detector']}" if told["run"] else f"{told['detector']}, which has not run"


def _finding(finding: dict) -> str:
    return f"{finding['role']} of {finding['kind']} {finding['id']}, {finding['colour']}, score {finding['score']:.3f}"


def _things(told: dict) -> list[str]:
    count = len(told["things"])
    lines = [f"uses {told['used']} things, {count} of which others of the {told['people']:,} applicants use, too"]
    for thing in told["things"]:
        lines.append(f"  {thing['en']} {thing['zh']} {_nodes(thing['nodes'])}: {_users(thing)}")
        if thing["ties"]:
            rarity = f"worth {thing['weight']:.1f}, {number(thing['by_chance'])} partners by chance"
            lines.append(f"    ties to {_people(thing['ties'])}; {rarity}")
        for untied in thing["untied"]:
            named = f" ({_people(untied['named'])})" if untied["named"] else ""
            lines.append(f"    no tie to {untied['people']:,}{named}: {untied['en']} {untied['zh']}")
    return lines


def _users(thing: dict) -> str:
    return f"used by {thing['users']:,} applicants of {_counted(thing['households'], 'household')}"


def _partners(partners: list[dict]) -> list[str]:
    if not partners:
        return []
    rows = [
        (
            one["node"],
            one["label"],
            f"{one['strength']:.1f}",
            f"{one['near']:+.1f}",
            one["things"],
            ", ".join(dict.fromkeys(shared["en"] for shared in one["shared"])),
            " ".join(one["findings"]),
        )
        for one in partners[:LISTED]
    ]
    header = ("TIED TO", "NAME", "STRENGTH", "OF THIS TIME", "THINGS", "SHARED", "IN FINDINGS")
    lines = ["", table(header, rows, right=("STRENGTH", "OF THIS TIME", "THINGS"))]
    more = len(partners) - len(rows)
    return [*lines, f"{more} more are tied by less; --format json names all"] if more else lines


def _group(name: str, group: dict) -> list[str]:
    lines = [f"{name}: {_people(group['members'])}"]
    if group["first"]:
        lines.append(f"  they applied from {group['first']} to {group['last']}; surprise {group['surprise']:.1f}")
    lines.append(f"  evidence {group['evidence']:.1f}; {group['staying']} would be members")
    return [*lines, *(f"  short of a ring: {lack['en']} {lack['zh']}" for lack in group["lacks"])]


def _near(other: dict) -> list[str]:
    return [f"{other['detector']}:", *(line for one in other["told"] for line in _asked(one))]


def _asked(one: dict) -> list[str]:
    way = [f"    {' → '.join(node_text(node) for node in one['nodes'])}"] if one["nodes"] else []
    return [f"  {one['zh']}", f"  {one['en']}", *way]


def _unlinked(tie: dict) -> str:
    count = "1 tie" if tie["count"] == 1 else f"{tie['count']} ties"
    return (
        f"{count} of {plain(tie['node'])} left out, as such values link no one: {tie['relation']} ({plain(tie['why'])})"
    )


# -- two parties


def _two(told: dict) -> list[str]:
    one, other = node_text(told["from"]), node_text(told["to"])
    lines = [f"{one} and {other}, as of {told['as_of']}, by the settings of {_run(told)}"]
    count = len(told["ties"])
    lines.append(f"{_counted(count, 'tie')} between the two, the rarest first" if count else "no tie between the two")
    for tie in told["ties"]:
        lines += _tie(tie)
    lines += _together(told)
    lines += _routes(told)
    if told["link"]:
        lines += ["", *link_text(told["link"])]
    lines += [_unlinked(tie) for tie in told["links_no_one"]]
    return [*lines, *(f"cut short: {bound(item)}" for item in told["truncated"])]


def _tie(tie: dict) -> list[str]:
    made = ""
    if tie["untied"]:
        made = f"; counts as no tie: {tie['untied']['en']} {tie['untied']['zh']}"
    elif tie["facet"]:
        made = f"; worth {tie['weight']:.1f}"
    lines = [f"  {_thing(tie)}{made}"]
    for row in tie["rows"]:
        by = f" by {plain(row['by'])}" if row["by"] else ""
        said = row["data"].get("relation")
        words = [plain(said)] if said else []
        words += [number(row["amount"])] if row["amount"] is not None else []
        told = f" ({', '.join(words)})" if words else ""
        lines.append(f"    {plain(row['of'])}: {row['relation']}{by}{told}, {plain(row['file'])}, row {row['row']}")
    more = tie["rows_found"] - len(tie["rows"])
    return [*lines, f"    and {more} more rows"] if more else lines


def _thing(thing: dict) -> str:
    hub = ", a hub 枢纽" if thing["hub"] else ""
    nodes = f" {_nodes(thing['nodes'])}" if thing["nodes"] else ""
    users = _counted(thing["users"], "user") if thing["nodes"] else f"the busier end has {thing['users'] - 1:,}"
    return f"{thing['en']} {thing['zh']}{nodes}: {users}{hub}"


def _together(told: dict) -> list[str]:
    lines = []
    if together := told["together"]:
        near = f"{together['near']:+.1f} of it for how close in time they applied"
        things = _counted(together["things"], "thing")
        lines.append(f"together worth {together['strength']:.1f} by {things} that count, {near}")
    if told["one_household"]:
        lines.append("taken for one household 同一户: what they share ties nobody")
    if told["one_group"]:
        lines.append("bound into one group by the detector of rings")
    return lines


def _routes(told: dict) -> list[str]:
    if not told["routes"]:
        return ["", "no route over one other party or two"]
    lines = [
        "",
        f"{_counted(told['routes_found'], 'route')} over one other party or two, the rarest weakest link first",
    ]
    for route in told["routes"]:
        hub = ", over a hub 枢纽" if route["hub"] else ""
        lines.append(f"  weakest link {_counted(route['weakest'], 'user')}{hub}: {node_text(route['parties'][0])}")
        for link, party in zip(route["links"], route["parties"][1:], strict=True):
            more = (
                f", and {link['more'] + len(link['things']) - 1} more" if link["more"] + len(link["things"]) > 1 else ""
            )
            lines.append(f"    ── {_thing(link['things'][0])}{more} ── {node_text(party)}")
    return lines


# -- words


def _counted(count: int, what: str) -> str:
    return f"{count:,} {what}" if count == 1 else f"{count:,} {what}s"


def _nodes(items: Iterable[dict]) -> str:
    return " = ".join(node_text(item) for item in items)


def _people(items: list[dict]) -> str:
    told = ", ".join(node_text(item) for item in items[:LISTED])
    more = len(items) - LISTED
    return f"{told} and {more} more" if more > 0 else told
