"""From what people write for a node to its name in the store: personal keys become tokens on entry."""

from __future__ import annotations

from collections.abc import Iterable

from ...graph.errors import UserError
from ...graph.keys import is_token, mask
from ...graph.model import KINDS, PERSONAL_KINDS
from .reader import Reader


def read_node(reader: Reader, text: str) -> str:
    """The name of the node that ``kind:key`` means; the key of a personal kind may be given raw.

    Raises
    ------
    UserError : no kind, an unknown kind, or no key
    """
    kind, separator, key = text.strip().partition(":")
    if not separator or not key.strip():
        raise UserError(f"write a node as kind:key, for example company:C1; {_readable(text)!r} is none")
    return key_names(reader, kind, [key])[0]


def key_names(reader: Reader, kind: str, keys: Iterable[str]) -> list[str]:
    """The names of nodes of one kind by what people write for their keys.

    A key is brought into normal form, and tokenised where the kind is personal, unless it is a token already. Where
    a mapping took a column as plain text the node has the text's own token or key: that is the answer where the store
    holds such a node and none for the normal form.

    Raises
    ------
    UserError : an unknown kind
    """
    if kind not in KINDS:
        raise UserError(f"unknown kind of node {_readable(kind)!r}: use one of {', '.join(KINDS)}")
    from ...loaders.cleaning.identifiers import node_name

    store = reader.store
    privacy = dict.fromkeys(PERSONAL_KINDS, "personal") | store.privacy()
    names = []
    for key in keys:
        key = _readable(key.strip())
        name = normal = node_name(kind, key, store.keys, privacy)
        if normal != f"{kind}:{key}":
            plain = f"{kind}:{store.keys.token(kind, key) if privacy.get(kind) == 'personal' else key}"
            known = (candidate for candidate in (normal, plain) if reader.snapshot().find(candidate) is not None)
            name = next(known, normal) if plain != normal else normal
        names.append(name)
    return names


def no_link(text: str) -> str | None:
    """Why a raw value can have no node of its own: ``sentinel`` or ``invalid``; None where it can."""
    import pandas as pd

    from ...loaders.cleaning.identifiers import NO_LINK, normalise

    kind, _, key = text.strip().partition(":")
    flag = normalise(kind, pd.Series([key])).loc[0, "flag"]
    return str(flag) if flag in NO_LINK else None


def safe(text: str, name: str) -> str:
    """What was written for a node, fit for messages and logs: a raw personal key shows as its mask.

    Parameters
    ----------
    text : what was written
    name : the name that ``node_name`` made of it

    >>> safe("phone:13812345678", "phone:tok_" + "0" * 32), safe("company:C1", "company:C1")
    ('phone:138****5678', 'company:C1')
    """
    kind, _, key = text.strip().partition(":")
    return f"{kind}:{mask(kind, key)}" if is_token(name.partition(":")[2]) and not is_token(key) else name


def _readable(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise UserError("a node is named in bytes that are no text: write it in UTF-8") from None
    return text
