"""Tokens of an issuer: signed by its key, for this service, not expired, of an algorithm that is allowed; no other."""

import base64
import hmac
import json
import time

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from fastapi.testclient import TestClient
from ringfence.api.access import tokens as oidc
from ringfence.api.access.audit import AuditLog
from ringfence.api.http.app import create_app
from ringfence.api.settings import Settings, read_settings
from ringfence.graph.errors import UserError
from support.service import BASE, bearer, key_of

ISSUER, AUDIENCE = "https://issuer.example", "ringfence"
SIGNING = rsa.generate_private_key(public_exponent=65537, key_size=2048)
OTHER = rsa.generate_private_key(public_exponent=65537, key_size=2048)
CURVE = ec.generate_private_key(ec.SECP256R1())
PEM = SIGNING.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)


def jwk(private, kid, algorithm):
    """A public key as a key set has it."""
    kinds = {"RS256": jwt.algorithms.RSAAlgorithm, "ES256": jwt.algorithms.ECAlgorithm}
    return json.loads(kinds[algorithm].to_jwk(private.public_key())) | {"kid": kid, "use": "sig", "alg": algorithm}


@pytest.fixture
def settings(store_url, tmp_path):
    keys = tmp_path / "keys.json"
    keys.write_text(json.dumps({"keys": [jwk(SIGNING, "one", "RS256"), jwk(CURVE, "curve", "ES256")]}))
    return Settings(
        store=store_url, oidc_issuer=ISSUER, oidc_audience=AUDIENCE, oidc_keys=str(keys), oidc_roles="realm.roles"
    )


@pytest.fixture
def client(settings):
    with TestClient(create_app(settings), base_url=BASE) as client:
        yield client


def claims(**changed):
    """The claims of a viewer; what is None is left out."""
    now = int(time.time())
    whole = {"iss": ISSUER, "aud": AUDIENCE, "sub": "li", "exp": now + 60, "iat": now, "realm": {"roles": ["viewer"]}}
    return {name: value for name, value in (whole | changed).items() if value is not None}


def signed(key=SIGNING, algorithm="RS256", kid="one", headers=None, **changed):
    return jwt.encode(claims(**changed), key, algorithm, headers={"kid": kid} | (headers or {}))


def by_hand(header, body, signature=b""):
    """A token that no library would make."""
    parts = (json.dumps(header).encode(), json.dumps(body).encode())
    text = b".".join(base64.urlsafe_b64encode(part).rstrip(b"=") for part in parts)
    sign = signature(text) if callable(signature) else signature
    return (text + b"." + base64.urlsafe_b64encode(sign).rstrip(b"=")).decode()


def asked(client, token, route="/v1/findings"):
    return client.get(route, headers=bearer(token))


def test_a_token_of_the_issuer_is_let_in_by_its_roles_and_named_on_record(client, settings):
    assert asked(client, signed()).status_code == 200
    assert AuditLog(settings.audit_file).entries(1)[0]["actor"] == "oidc:li"
    for roles in ([], ["root"], "viewers", {"viewer": 1}, 7, ["engineer"]):
        refused = asked(client, signed(realm={"roles": roles}))
        assert refused.status_code == 403 and "findings.read" in refused.json()["detail"], roles
    assert asked(client, signed(realm=None)).status_code == 403
    assert asked(client, signed(realm={"roles": "viewer"})).status_code == 200


def test_keys_are_taken_beside_tokens(client, settings):
    assert asked(client, key_of(settings, "viewer")).status_code == 200


@pytest.mark.parametrize(
    ("token", "told"),
    [
        (lambda: signed(exp=int(time.time()) - 60), "expired"),
        (lambda: signed(exp=None), "has to say"),
        (lambda: signed(sub=None), "has to say"),
        (lambda: signed(iss=None), "has to say"),
        (lambda: signed(aud=None), "has to say"),
        (lambda: signed(iss="https://other.example"), "another issuer"),
        (lambda: signed(aud="other"), "another service"),
        (lambda: signed(nbf=int(time.time()) + 600), "not valid yet"),
        (lambda: signed(OTHER), "not signed by the issuer"),
        (lambda: signed(kid="two"), "no such key"),
        (lambda: jwt.encode(claims(), SIGNING, "RS256"), "no such key"),
        (lambda: signed(headers={"crit": ["exp"], "exp": 1}), "not"),
        (lambda: signed(headers={"crit": []}), "not"),
        (lambda: signed(algorithm="RS512"), "algorithm"),
        (lambda: signed(CURVE, "ES256", "curve"), "algorithm"),
        (lambda: by_hand({"alg": "none", "kid": "one"}, claims()), "algorithm"),
        (lambda: by_hand({"alg": "None", "kid": "one"}, claims()), "algorithm"),
        (lambda: by_hand({"kid": "one"}, claims()), "algorithm"),
        (
            lambda: by_hand({"alg": "HS256", "kid": "one"}, claims(), lambda text: hmac.digest(PEM, text, "sha256")),
            "algorithm",
        ),
        (
            lambda: by_hand({"alg": "RS256", "kid": "one"}, claims(), lambda text: hmac.digest(PEM, text, "sha256")),
            "not signed by the issuer",
        ),
        (lambda: by_hand({"alg": "RS256", "kid": "curve"}, claims(), b"x" * 64), "not"),
        (lambda: by_hand({"alg": "RS256", "kid": ["one"]}, claims()), "not"),
        (lambda: by_hand({"alg": "RS256", "kid": "one"}, ["no", "claims"]), "not"),
        (lambda: signed()[:-4] + "AAAA", "not signed by the issuer"),
        (lambda: "no.token.at-all", "not"),
        (lambda: "x", "not"),
    ],
)
def test_any_other_token_is_refused(client, token, told):
    refused = asked(client, token())
    assert (refused.status_code, refused.headers["www-authenticate"]) == (401, "Bearer")
    assert told in refused.json()["detail"]


def test_a_key_that_the_issuer_adds_is_known_soon_and_one_that_it_drops_is_not_for_long(settings, monkeypatch):
    monkeypatch.setattr(oidc, "WAIT_SECONDS", 0)
    kept = oidc.Tokens(settings)
    assert kept.read(signed()) == ("oidc:li", frozenset({"viewer"}))
    place = oidc.Path(settings.oidc_keys)
    place.write_text(json.dumps({"keys": [jwk(OTHER, "two", "RS256")]}))
    assert kept.read(signed(OTHER, kid="two"))[0] == "oidc:li"
    with pytest.raises(UserError, match="no such key"):
        kept.read(signed())
    place.write_text("not a key set")
    with pytest.raises(UserError, match="key set cannot be read"):
        oidc.Tokens(settings).read(signed())


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"oidc_algorithms": "HS256"}, "public-key algorithms only"),
        ({"oidc_algorithms": "none"}, "public-key algorithms only"),
        ({"oidc_issuer": ISSUER}, "oidc_audience"),
        ({"tls_cert": "cert.pem"}, "go together"),
    ],
)
def test_settings_that_would_open_the_door_are_refused(given, told):
    with pytest.raises(UserError, match=told):
        read_settings(**given)
