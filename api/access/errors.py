"""What a caller is refused for."""

from __future__ import annotations

from ...graph.errors import UserError


class Unauthenticated(UserError):
    """No key or token, or one that is not valid."""


class Forbidden(UserError):
    """The caller is known, and no role of the caller allows the action."""


class TooMany(UserError):
    """The caller asks too often.

    Parameters
    ----------
    seconds : when it may ask again
    """

    def __init__(self, message: str, seconds: int):
        super().__init__(message)
        self.seconds = seconds
