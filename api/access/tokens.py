"""Bearer tokens of an OpenID Connect issuer: signed by a key of its key set, for this service, not expired."""

from __future__ import annotations

import json
import threading
import time
import urllib.request
from pathlib import Path
from typing import Any

import jwt

from ..settings import Settings
from .errors import Unauthenticated
from .roles import ROLES

FRESH_SECONDS = 60
"""How long a key set that was fetched is good for."""
WAIT_SECONDS = 5
"""How soon at the earliest it is fetched again for a key that it lacks, and how long a fetch may take."""
LEEWAY_SECONDS = 30
"""How far the clocks of issuer and service may be apart."""


class Tokens:
    """What is known of an issuer.

    Parameters
    ----------
    settings : issuer, audience, key set, algorithms, and the claim that holds the roles
    """

    def __init__(self, settings: Settings):
        self._settings = settings
        self._keys = KeySet(settings.oidc_keys or "")

    def read(self, token: str) -> tuple[str, frozenset[str]]:
        """Subject and roles of a token.

        Raises
        ------
        Unauthenticated : it is no token of the issuer for this service at this time
        """
        try:
            claims = self._claims(token)
        except jwt.PyJWTError as error:
            raise Unauthenticated(f"the token is not valid: {_why(error)}") from None
        return f"oidc:{claims['sub']}", frozenset(_at(claims, self._settings.oidc_roles)).intersection(ROLES)

    def _claims(self, token: str) -> dict[str, Any]:
        header = jwt.get_unverified_header(token)
        if "crit" in header:
            raise jwt.InvalidTokenError("extensions that have to be understood are not")
        if header.get("alg") not in self._settings.oidc_algorithms:
            raise jwt.InvalidAlgorithmError
        return jwt.decode(
            token,
            # A key that names another algorithm than the token refuses it.
            self._keys.find(header.get("kid")),
            algorithms=list(self._settings.oidc_algorithms),
            audience=self._settings.oidc_audience,
            issuer=self._settings.oidc_issuer,
            leeway=LEEWAY_SECONDS,
            options={"require": ["exp", "iss", "aud", "sub"]},
        )


class KeySet:
    """An issuer's public keys, read from a file or fetched, and kept for a short while.

    Parameters
    ----------
    place : a URL or a file of a JSON Web Key Set
    """

    def __init__(self, place: str):
        self._place = place
        self._lock = threading.Lock()
        self._read_at = -float("inf")
        self._by_id: dict[str | None, jwt.PyJWK] = {}

    def find(self, kid: str | None) -> jwt.PyJWK:
        """The key of an id; where the set has one key only, a token need not name it.

        Raises
        ------
        jwt.PyJWTError : there is no such key, or the set cannot be read
        """
        with self._lock:
            age = time.monotonic() - self._read_at
            if age > FRESH_SECONDS or (kid not in self._by_id and age > WAIT_SECONDS):
                self._read_at = time.monotonic()
                self._by_id = self._read()
            if kid is None and len(self._by_id) == 1:
                return next(iter(self._by_id.values()))
            if kid is None or kid not in self._by_id:
                raise jwt.InvalidKeyError
            return self._by_id[kid]

    def _read(self) -> dict[str | None, jwt.PyJWK]:
        try:
            keys = jwt.PyJWKSet.from_dict(json.loads(self._text())).keys
        except (OSError, ValueError, AttributeError) as error:
            raise jwt.PyJWKSetError(type(error).__name__) from None
        return {key.key_id: key for key in keys if key.public_key_use in (None, "sig")}

    def _text(self) -> bytes:
        if "://" not in self._place:
            return Path(self._place).read_bytes()
        with urllib.request.urlopen(self._place, timeout=WAIT_SECONDS) as answer:
            return answer.read(1_000_000)


def _why(error: jwt.PyJWTError) -> str:
    """In words of ours: those of the library may hold what was sent."""
    for kind, words in _WORDS.items():
        if isinstance(error, kind):
            return words
    return "it is not signed by the issuer"


_WORDS: dict[type[Exception], str] = {
    jwt.ExpiredSignatureError: "it has expired",
    jwt.ImmatureSignatureError: "it is not valid yet",
    jwt.InvalidAudienceError: "it is for another service",
    jwt.InvalidIssuerError: "it is of another issuer",
    jwt.MissingRequiredClaimError: "it has to say exp, iss, aud and sub",
    jwt.InvalidAlgorithmError: "its algorithm is not one of RINGFENCE_OIDC_ALGORITHMS",
    jwt.InvalidKeyError: "the issuer has no such key",
    jwt.PyJWKSetError: "the issuer's key set cannot be read",
}


def _at(claims: dict[str, Any], path: str) -> list[str]:
    """The roles at a dotted path of the claims; none where there is no list of words.

    >>> _at({"realm": {"roles": ["viewer", 7]}}, "realm.roles"), _at({"realm": 1}, "realm.roles")
    (['viewer'], [])
    """
    found: Any = claims
    for name in path.split("."):
        found = found.get(name) if isinstance(found, dict) else None
    found = [found] if isinstance(found, str) else found
    return [role for role in found if isinstance(role, str)] if isinstance(found, list) else []
