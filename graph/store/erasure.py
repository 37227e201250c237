"""Erasing a person, or one personal identifier, from every version a store holds: what goes, and what stays instead.

A personal identifier leaves no ciphertext and no mask, and its token gives way to a random one: the node stays where
it was, and nothing leads from it to a value, or from the value to it. Of a person go what rows say of them, their
applications, their ties, and every identifier that nobody else states; contracts, orders and money moved stay, under a
random name, because they are other parties' records too. Findings that mention what went go with it.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from ..errors import NotFound, UserError
from ..keys import TOKEN_PREFIX, is_token
from ..model import PARTIES, RELATIONS, kind_of

SOURCE = "erasure"
"""What the load is from whose publication makes an erasure known to readers."""
PERSON = "applicant"
"""The kind of node that is a person."""

Naming = Mapping[str, Mapping[str, str]]
"""By table, the cells that name a party or an application: each with its kind, or with the cell that holds its kind."""


@dataclass(frozen=True)
class Version:
    """One version of a fact or relationship, whichever load wrote it.

    Attributes
    ----------
    owner : its table or relation
    ends : the names of source and target, or of the fact's node; empty for a row about no node
    file : the name of its source file
    """

    owner: str
    uid: str
    load: int
    ends: tuple[str, ...]
    data: str | None
    file: str | None
    row: int | None

    @property
    def cells(self) -> dict:
        """The cells of ``data``."""
        return json.loads(self.data) if self.data else {}


class Ground(Protocol):
    """How versions are looked up, by each store in its own way, inside one transaction."""

    def at(self, nodes: Iterable[str]) -> list[Version]:
        """All facts about nodes and all relationships that end at them."""
        ...

    def facts_about(self, nodes: Iterable[str]) -> list[Version]:
        """All facts about nodes."""
        ...

    def mentioning(self, texts: Iterable[str]) -> list[Version]:
        """All versions whose uid or data hold any of these texts."""
        ...

    def held(self, node: str) -> bool:
        """Whether there is such a node, or a ciphertext of its key: also of rows that were rejected or unloaded."""
        ...


@dataclass
class Plan:
    """What an erasure does to a store.

    Attributes
    ----------
    gone : versions to remove
    changed : versions with the uid and data that they get
    renamed : new names of nodes by old ones
    tokens : those whose mask and ciphertext go
    loose : nodes to remove where no version is left that ends at them
    texts : what a finding holds that mentions what went
    kept : identifiers of the person that stay because others state them too
    """

    gone: list[Version] = field(default_factory=list)
    changed: list[tuple[Version, str, str | None]] = field(default_factory=list)
    renamed: dict[str, str] = field(default_factory=dict)
    tokens: set[str] = field(default_factory=set)
    loose: set[str] = field(default_factory=set)
    texts: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)

    @property
    def rows(self) -> set[tuple[int, str | None, int | None]]:
        """Load, file and row of the source rows that stated what went: the values of their rejects go too."""
        stated = [*self.gone, *(version for version, _, _ in self.changed)]
        return {(version.load, version.file, version.row) for version in stated}


@dataclass(frozen=True)
class Erased:
    """What an erasure did.

    Attributes
    ----------
    name : of the node from now on
    removed, rewritten : versions that went, and that stay without what they said
    values : personal values whose ciphertext and mask went
    findings : how many went
    kept : identifiers of the person that stay because others state them too
    """

    name: str
    removed: int
    rewritten: int
    values: int
    findings: int
    kept: list[str]

    @classmethod
    def of(cls, node: str, plan: Plan, findings: int) -> Erased:
        """Of a plan that was carried out."""
        name = plan.renamed[node]
        return cls(name, len(plan.gone), len(plan.changed), len(plan.tokens), findings, plan.kept)


def check_erasable(node: str) -> None:
    """See that a node is one that can be erased.

    Raises
    ------
    UserError : it is neither a person nor a personal identifier
    """
    if kind_of(node) != PERSON and not is_token(node.partition(":")[2]):
        raise UserError(
            f"{node} is no personal data by itself: erase the person (applicant:KEY) or a personal identifier"
        )


def plan(ground: Ground, node: str, naming: Naming) -> Plan:
    """What erasing a node takes.

    Parameters
    ----------
    node : a person, or the name of a personal identifier
    naming : which cells name parties and applications

    Raises
    ------
    UserError : the store has no such node
    """
    check_erasable(node)
    near = ground.at([node])
    if not near and not ground.held(node):
        raise NotFound(f"nothing to erase: the store holds no {node}")
    return _Person(ground, node, near, naming).plan() if kind_of(node) == PERSON else _identifier(ground, node, near)


def _identifier(ground: Ground, node: str, near: list[Version]) -> Plan:
    token = node.partition(":")[2]
    new = _random_token()
    made = Plan(renamed={node: f"{kind_of(node)}:{new}"}, tokens={token}, loose={node}, texts=[token])
    made.changed = _rewritten([*near, *ground.mentioning([token])], _Renaming({token: new}, {}), {node}, {})
    return made


class _Person:
    """One person's erasure in the making."""

    def __init__(self, ground: Ground, node: str, near: list[Version], naming: Naming):
        self._ground = ground
        self._node = node
        self._near = near
        self._naming = naming
        applied = {version.ends[1] for version in near if version.owner == "APPLIED"}
        around = ground.at(applied)
        # an application that was once recorded as another's stays with that other
        others = {v.ends[1] for v in around if v.owner == "APPLIED" and v.ends[0] != node}
        self._own = applied - others
        self._around = [version for version in around if self._own & set(version.ends)]

    def plan(self) -> Plan:
        gone = _distinct(version for version in [*self._near, *self._around] if self._goes(version))
        stays = [version for version in _distinct(self._near) if version not in set(gone)]
        stated = _named(gone) | {(None, token) for version in stays for token in _tokens(version)}
        tokens = self._alone(stated, set(gone))
        nodes = {f"{kind}:{token}" for kind, token in stated if kind and token in tokens}
        new = {token: _random_token() for token in tokens}
        renamed = {name: f"{kind_of(name)}:{new[name.partition(':')[2]]}" for name in nodes}
        renamed[self._node] = f"{PERSON}:erased_{secrets.token_hex(16)}"
        others = self._facts_beside()
        touched = [*stays, *self._ground.at(nodes), *self._ground.mentioning(tokens), *others]
        touched = [version for version in _distinct(touched) if version not in set(gone)]
        return Plan(
            gone=gone,
            changed=_rewritten(
                touched,
                _Renaming(new, {self._node: renamed[self._node]}),
                {self._node, *nodes},
                self._naming,
                dropped=self._own,
            ),
            renamed=renamed,
            tokens=tokens,
            loose={self._node, *self._own, *(end for version in gone for end in version.ends)},
            texts=[*(json.dumps(name, ensure_ascii=False) for name in sorted({self._node, *self._own})), *tokens],
            kept=sorted(f"{kind}:{token}" for kind, token in stated if kind and token not in tokens),
        )

    def _goes(self, version: Version) -> bool:
        if version.owner not in RELATIONS or self._own & set(version.ends):
            return True
        return RELATIONS[version.owner].nature == "tie" or version.owner in ("APPLIED", "SAME_AS", "RELATED_TO")

    def _alone(self, stated: set[tuple[str | None, str]], gone: set[Version]) -> set[str]:
        """The tokens that no version of others states."""
        tokens = {token for _, token in stated}
        nodes = {f"{kind}:{token}" for kind, token in stated if kind}
        kept: set[str] = set()
        for version in [*self._ground.at(nodes), *self._ground.mentioning(tokens)]:
            if version in gone or self._node in version.ends:
                continue
            if version.owner in RELATIONS:
                # money that an account moved does not make it somebody's
                if RELATIONS[version.owner].nature == "tie":
                    kept |= {end.partition(":")[2] for end in version.ends}
                kept |= _tokens(version)
            elif version.ends and kind_of(version.ends[0]) in (*PARTIES, "application"):
                kept |= _tokens(version)
        return tokens - kept

    def _facts_beside(self) -> list[Version]:
        """What is said of the nodes that the person or an application of theirs is related to: it may name them."""
        beside = {end for version in [*self._near, *self._around] for end in version.ends}
        return self._ground.facts_about(beside - {self._node} - self._own)


@dataclass
class _Renaming:
    """New tokens by old ones, and new names of parties by old ones; rows without key get new random uids."""

    tokens: dict[str, str]
    parties: dict[str, str]
    random: dict[str, str] = field(default_factory=dict)

    def uid(self, uid: str, at_node: bool) -> str:
        table, separator, body = uid.partition(":~")
        if separator and at_node:
            # the digest of the row would tell that it was this row to whoever has the key and a guess
            return self.random.setdefault(uid, f"{table}:~{secrets.token_hex(16)}.1")
        for old, new in self.tokens.items():
            uid = uid.replace(old, new)
        table, _, body = uid.partition(":")
        parts = [self.parties.get(part.replace("%7C", "|"), part) for part in body.split("|")]
        return f"{table}:{'|'.join(parts)}" if body else uid

    def data(self, data: str | None) -> str | None:
        for old, new in self.tokens.items():
            data = data and data.replace(old, new)
        return data


def _rewritten(
    versions: Iterable[Version], renaming: _Renaming, nodes: set[str], naming: Naming, dropped: Iterable[str] = ()
) -> list[tuple[Version, str, str | None]]:
    """Versions with the uid and data they get, where these change.

    Parameters
    ----------
    nodes : those that get another name
    naming : which cells may name renamed parties
    dropped : nodes that went; cells that name one are left out
    """
    changed = []
    for version in _distinct(versions):
        data = renaming.data(version.data)
        names = naming.get(version.owner, {})
        cells = json.loads(data) if data and (names or renaming.parties) else None
        if cells is not None:
            kept = dict(cells)
            for cell, how in names.items():
                name = f"{cells.get(how, how)}:{cells.get(cell)}"
                if name in dropped:
                    del kept[cell]
                elif name in renaming.parties:
                    kept[cell] = renaming.parties[name].partition(":")[2]
            if set(renaming.parties) & set(version.ends):
                # what the person's orders say of where they live
                kept = {cell: value for cell, value in kept.items() if not (isinstance(value, str) and is_token(value))}
            if kept != cells:
                data = json.dumps(kept, ensure_ascii=False, separators=(",", ":"))
        uid = renaming.uid(version.uid, at_node=bool(nodes & set(version.ends)))
        if (uid, data) != (version.uid, version.data):
            changed.append((version, uid, data))
    return changed


def _distinct(versions: Iterable[Version]) -> list[Version]:
    return list(dict.fromkeys(versions))


def _tokens(version: Version) -> set[str]:
    """The tokens among a version's cells."""
    return {value for value in version.cells.values() if isinstance(value, str) and is_token(value)}


def _named(versions: Iterable[Version]) -> set[tuple[str | None, str]]:
    """The tokens that versions state: with their kind as nodes, without one as cells that are no node of theirs."""
    found: set[tuple[str | None, str]] = set()
    for version in versions:
        found |= {(kind_of(end), end.partition(":")[2]) for end in version.ends if is_token(end.partition(":")[2])}
    as_nodes = {token for _, token in found}
    cells = {token for version in versions for token in _tokens(version)}
    return found | {(None, token) for token in cells - as_nodes}


def _random_token() -> str:
    return TOKEN_PREFIX + secrets.token_hex(16)


def renamed_cells(version: Version, data: str | None) -> dict[str, object]:
    """The cells that a rewriting changes, with their new values; None for one that goes."""
    before, after = version.cells, json.loads(data) if data else {}
    return {cell: after.get(cell) for cell in before if before[cell] != after.get(cell)}
