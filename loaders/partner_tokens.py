"""Tokens under a key agreed with another institution, so that two books can be compared without showing a value.

A partner's token is made of the value's normal form, as the store's own are, but under the agreed key: the store's
token secret takes no part in it. It is ``ptok_`` and the first 32 hexadecimal digits of an HMAC-SHA-256 over kind, a
zero byte and normal form in UTF-8. Equal values of two books have equal tokens under one key, and unrelated ones under
two.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from ..graph.environment import stated
from ..graph.errors import UserError
from ..graph.keys import KeyFile, keyed_hash
from ..graph.model import KINDS, PERSONAL_KINDS
from ..graph.snapshot import Snapshot
from ..graph.store import Store
from .cleaning.identifiers import normal_values
from .vectors import text

PARTNER_PREFIX = "ptok_"
SHORTEST = 32
"""Characters an agreed key must have at least."""
SHARED_KINDS = tuple(kind for kind in KINDS if kind in PERSONAL_KINDS)
"""Kinds of node whose values may be compared; people's names are none, as equal names say nothing."""


def agreed_key(file: Path | None, own: KeyFile) -> bytes:
    """The agreed key: the text of a file, else of the environment variable ``RINGFENCE_PARTNER_KEY``.

    Parameters
    ----------
    own : the store's key file, whose token secret is refused

    Raises
    ------
    UserError : there is none, it cannot be read, it is too short, or it is the store's own secret
    """
    content = _key_text(file)
    key = content.strip().encode()
    if len(key) < SHORTEST:
        raise UserError(
            f"the agreed key has {len(key)} characters, fewer than {SHORTEST}: agree on one of 64 random hexadecimal"
            " digits"
        )
    if own.is_secret(key):
        raise UserError("the agreed key is this store's own token secret, which nobody else may have: agree on another")
    return key


def _key_text(file: Path | None) -> str:
    if file is None:
        key = stated("RINGFENCE_PARTNER_KEY")
        if not key:
            raise UserError("no agreed key: name its file with --key-file, or set RINGFENCE_PARTNER_KEY")
        return key
    try:
        return file.expanduser().read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is no text"
        raise UserError(f"cannot read the agreed key in {file}: {why}") from None


def partner_token(key: bytes, kind: str, normal: str) -> str:
    """The token of a value in its normal form under an agreed key.

    >>> partner_token(b"k" * 32, "phone", "+8613812345678")
    'ptok_18bab4f472a18e3492b143cf0845805c'
    """
    return PARTNER_PREFIX + keyed_hash(key, kind, normal).hex()[:32]


def partner_tokens(store: Store, kinds: Sequence[str], key: bytes) -> tuple[pd.DataFrame, int]:
    """The personal identifiers that the store shows, as tokens under an agreed key.

    Values that link no one (those of the stop-list, impossible ones) have no part in it.

    Returns
    -------
    columns kind, token, node (the store's own name for it), by kind and token, so that their order tells nothing; and
    how many values were left out

    Raises
    ------
    UserError : a kind that has no personal values here
    """
    privacy = store.privacy()
    for kind in kinds:
        if kind not in SHARED_KINDS or privacy.get(kind, "personal") != "personal":
            raise UserError(f"{kind!r} has no personal values in this store: use {', '.join(SHARED_KINDS)}")
    snapshot = store.snapshot()
    kind_of_token = {name.partition(":")[2]: kind for kind in kinds for name in snapshot.names(snapshot.of_kind(kind))}
    rows: list[tuple[str, str, str]] = []
    left_out = 0
    for block in store.secrets():
        held = np.array([kind_of_token.get(token, "") for token in block["token"]])
        for kind in sorted(set(held) - {""}):
            part = block.loc[held == kind]
            originals = [store.keys.decrypt(cipher) for cipher in part["cipher"]]
            normal = _normal_forms(kind, part["token"].tolist(), originals, snapshot, store.keys)
            left_out += normal.count(None)
            rows += [
                (kind, partner_token(key, kind, form), f"{kind}:{token}")
                for token, form in zip(part["token"], normal, strict=True)
                if form is not None
            ]
    return pd.DataFrame(sorted(rows), columns=["kind", "token", "node"]), left_out


def _normal_forms(
    kind: str, tokens: list[str], originals: list[str], snapshot: Snapshot, keys: KeyFile
) -> list[str | None]:
    """What each token was made of: the candidate that gives the token again. None for values that link no one, whose
    tokens are their row's alone."""
    found: list[str | None] = [None] * len(tokens)
    for forms in _candidates(kind, originals, snapshot):
        for place, form in enumerate(forms):
            if found[place] is None and form is not None and keys.token(kind, form) == tokens[place]:
                found[place] = form
        if None not in found:
            break
    return found


def _candidates(kind: str, originals: list[str], snapshot: Snapshot) -> Iterator[list[str | None]]:
    values = text([value.strip() for value in originals])
    yield normal_values(kind, values, text([""] * len(values)), plain=False)[0].to_pylist()
    yield values.to_pylist()  # where a mapping took the column as plain text
    if kind == "id_document":
        applicants = snapshot.facts("applicants")
        types = applicants["cert_type"].dropna().unique().tolist() if "cert_type" in applicants.columns else []
        for written in ["uscc", *sorted(types)]:
            yield normal_values(kind, values, pa.array(np.full(len(values), written)).cast(values.type), False)[
                0
            ].to_pylist()
