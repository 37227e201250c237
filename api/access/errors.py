"""What a caller is refused for."""

from __future__ import annotations

from ...graph.errors import UserError


class Unauthenticated(UserError):
    """No key or token, or one that is not valid."""


class Forbidden(UserError):
    """The caller is known, and no role of the caller allows the action."""
