"""What people may see of a personal key."""

from __future__ import annotations

from collections.abc import Callable

from ..keys import is_token


def mask_of(node: str, secret: Callable[[str], tuple[str, str] | None]) -> str | None:
    """What people may see of a node's personal key; None where the key is not personal.

    Parameters
    ----------
    secret : a store's ``Personal.secret``
    """
    key = node.partition(":")[2]
    behind = secret(key) if is_token(key) else None
    return behind[0] if behind else None
