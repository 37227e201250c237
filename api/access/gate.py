"""Who is asking, and whether they may."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from ...graph.keys import load_key_file
from ..settings import Settings
from .errors import Forbidden, Unauthenticated
from .keys import PREFIX, Keys
from .rates import Rates
from .roles import ANONYMOUS, may, roles_that_may

if TYPE_CHECKING:
    from .tokens import Tokens


@dataclass(frozen=True)
class Caller:
    """Who asks: the name that the audit log has, and the roles."""

    name: str
    roles: frozenset[str]


class Gate:
    """What stands before every route of one process.

    Parameters
    ----------
    settings : where keys are kept, whose tokens are taken, how often one may ask
    """

    def __init__(self, settings: Settings):
        self._settings = settings
        self._rates = Rates(settings.rates_file, settings.rate_limit)

    @cached_property
    def keys(self) -> Keys:
        """The file of API keys."""
        return open_keys(self._settings, create=False)

    def caller(self, authorization: str | None, address: str) -> Caller:
        """Who asks, by the ``Authorization`` header; without one, somebody anonymous at an address.

        Raises
        ------
        Unauthenticated : what is shown is no valid key or token
        TooMany : the caller asks too often
        """
        if authorization is None:
            return Caller(f"{ANONYMOUS}@{address}", frozenset({ANONYMOUS}))
        scheme, _, shown = authorization.partition(" ")
        if scheme.lower() != "bearer" or not shown.strip():
            raise Unauthenticated("the Authorization header has to be: Bearer KEY")
        shown = shown.strip()
        caller = self._by_token(shown) if self._tokens and not shown.startswith(PREFIX) else self._by_key(shown)
        self._rates.count(caller.name)
        return caller

    @cached_property
    def _tokens(self) -> Tokens | None:
        if self._settings.oidc_issuer is None:
            return None
        from .tokens import Tokens

        return Tokens(self._settings)

    def _by_token(self, shown: str) -> Caller:
        assert self._tokens is not None
        return Caller(*self._tokens.read(shown))

    def _by_key(self, shown: str) -> Caller:
        key = self.keys.find(shown) if self._settings.access_file.exists() else None
        if key is None:
            raise Unauthenticated(f"no such key: {self.how_to_get_one()}")
        if key.state != "valid":
            raise Unauthenticated(f"the key {key.name!r} is {key.state}: {self.how_to_get_one()}")
        return Caller(key.name, key.roles)

    def admit(self, caller: Caller, action: str) -> None:
        """Let a caller pass who may do an action.

        Raises
        ------
        Unauthenticated : the caller is anonymous, and the action wants to know who asks
        Forbidden : no role of the caller allows it
        """
        if may(caller.roles, action):
            return
        if ANONYMOUS in caller.roles:
            raise Unauthenticated(f"say who asks, with the header Authorization: Bearer KEY; {self.how_to_get_one()}")
        roles = ", ".join(roles_that_may(action)) or "no role"
        raise Forbidden(f"{caller.name} may not do {action}: {roles} may")

    def how_to_get_one(self) -> str:
        """What a caller without a valid key is told."""
        if self._settings.access_file.exists():
            return "whoever runs the service makes one with 'ringfence access create'"
        return "no key was made yet, 'ringfence access create --role admin' makes the first"


def open_keys(settings: Settings, *, create: bool) -> Keys:
    """The file of API keys under the key file's secret.

    Parameters
    ----------
    create : make the key file where there is none yet

    Raises
    ------
    UserError : the key file cannot be used
    """
    return Keys(settings.access_file, load_key_file(settings.key_file, create=create).derived("access"))
