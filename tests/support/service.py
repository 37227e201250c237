"""A client of the service over a store, with a key of a role."""

import secrets

from fastapi.testclient import TestClient
from ringfence.api.access.gate import open_keys
from ringfence.api.http.app import create_app
from ringfence.api.settings import Settings

BASE = "http://127.0.0.1"


def key_of(settings, *roles):
    """A new key that has the roles."""
    return open_keys(settings, create=True).create(f"test {secrets.token_hex(4)}", frozenset(roles), 1, "test")


def bearer(key):
    """The header that shows a key."""
    return {"Authorization": f"Bearer {key}"}


def service(store_url, *roles, raise_server_exceptions=True, **settings):
    """A client of the service in this process; it shows a key of the roles, by default of an admin's."""
    settings = Settings(store=store_url, **settings)
    headers = bearer(key_of(settings, *(roles or ("admin",))))
    app = create_app(settings)
    return TestClient(app, base_url=BASE, headers=headers, raise_server_exceptions=raise_server_exceptions)
