"""OpenID Connect: authorization code with PKCE, state and nonce, and an identity token whose signature is verified.

The protocol only; accounts stand in expectations.people, the routes in sign_in. A provider is set by ANKA_OIDC_ISSUER,
ANKA_OIDC_CLIENT_ID, ANKA_OIDC_CLIENT_SECRET and, where the login is not in preferred_username, ANKA_OIDC_CLAIM.
"""

import os
import secrets
import time
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from hmac import compare_digest
from threading import Lock
from typing import Any
from urllib.parse import urlsplit

import requests
from authlib.integrations.requests_client import OAuth2Session, OAuthError  # type: ignore[import-untyped]
from authlib.oidc.core import CodeIDToken  # type: ignore[import-untyped]
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from expectations.errors import AnkaError
from expectations.texts import same

_ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"]
"""Signatures with a private key of the provider; never `none`, never one made with a secret."""
_PATIENCE = 10
_MOST_PENDING = 1000
_VALID_SECONDS = 600
_LEEWAY = 60


class ProviderError(AnkaError):
    """The provider can't be reached, or what came from it proves nothing; `reason` is a technical word for the access log."""

    def __init__(self, reason: str) -> None:
        super().__init__(same(reason))


@dataclass(frozen=True)
class Provider:
    """The settings."""

    issuer: str
    client_id: str
    client_secret: str
    claim: str


@dataclass(frozen=True)
class Started:
    """Where to send the browser, and what it must bring back in a cookie."""

    address: str
    browser: str


@dataclass(frozen=True)
class Proven:
    """Whom the provider named, and the address to come to."""

    subject: str
    login: str
    after: str


@dataclass(frozen=True)
class _Pending:
    nonce: str
    verifier: str
    browser: str
    after: str
    until: float


_pending: OrderedDict[str, _Pending] = OrderedDict()
_lock = Lock()


def provider() -> Provider | None:
    """The provider of the environment; None when none is set or the issuer is reached without encryption."""
    issuer = os.environ.get("ANKA_OIDC_ISSUER", "").rstrip("/")
    client_id = os.environ.get("ANKA_OIDC_CLIENT_ID", "")
    parts = urlsplit(issuer)
    safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in ("127.0.0.1", "localhost", "::1"))
    if not client_id or not safe:
        return None
    secret = os.environ.get("ANKA_OIDC_CLIENT_SECRET", "")
    return Provider(issuer, client_id, secret, os.environ.get("ANKA_OIDC_CLAIM", "") or "preferred_username")


def configured() -> bool:
    """Whether the sign-in page offers it."""
    return provider() is not None


def start(callback: str, after: str) -> Started:
    """Begins an attempt. Raises ProviderError."""
    chosen = _required()
    nonce, verifier, browser = (secrets.token_urlsafe(48) for _ in range(3))
    endpoint = _metadata(chosen)["authorization_endpoint"]
    with _client(chosen, callback) as client:
        address, state = client.create_authorization_url(endpoint, nonce=nonce, code_verifier=verifier)
    with _lock:
        _pending[state] = _Pending(nonce, verifier, _digest(browser), after, time.monotonic() + _VALID_SECONDS)
        # nobody has signed in yet: whoever begins attempts without end must not fill the memory
        while len(_pending) > _MOST_PENDING:
            _pending.popitem(last=False)
    return Started(address, browser)


def finish(query: Mapping[str, str], browser: str, callback: str) -> Proven:
    """Ends an attempt: the answer must belong to one this browser began, once. Raises ProviderError."""
    chosen = _required()
    with _lock:
        pending = _pending.pop(query.get("state", ""), None)
    if pending is None or time.monotonic() > pending.until or not compare_digest(_digest(browser), pending.browser):
        raise ProviderError("state")
    # iss: what another provider answered must not be taken for this one's word (RFC 9207)
    if "error" in query or not query.get("code") or query.get("iss", chosen.issuer).rstrip("/") != chosen.issuer:
        raise ProviderError("refused")
    metadata = _metadata(chosen)
    try:
        with _client(chosen, callback) as client:
            token = client.fetch_token(
                metadata["token_endpoint"], code=query["code"], code_verifier=pending.verifier, timeout=_PATIENCE
            )
    except (OAuthError, requests.RequestException, ValueError) as error:
        raise ProviderError(f"token: {type(error).__name__}") from None
    claims = _verified(chosen, str(token.get("id_token", "")), pending.nonce, metadata)
    if chosen.claim == "email" and claims.get("email_verified") is False:
        raise ProviderError("email not verified")
    return Proven(str(claims["sub"]), str(claims.get(chosen.claim, "")), pending.after)


def _verified(chosen: Provider, token: str, nonce: str, metadata: Mapping[str, Any]) -> Mapping[str, Any]:
    """The claims of an identity token that is signed by the provider, for us, now, and for this attempt."""
    try:
        keys = KeySet.import_key_set(_fetch_json(str(metadata["jwks_uri"])))
        decoded = jwt.decode(token, keys, algorithms=_ALGORITHMS)
        claims = CodeIDToken(
            decoded.claims,
            decoded.header,
            {
                "iss": {"essential": True, "value": metadata["issuer"]},
                "aud": {"essential": True, "value": chosen.client_id},
            },
            {"nonce": nonce, "client_id": chosen.client_id},
        )
        claims.validate(leeway=_LEEWAY)
    except (JoseError, ValueError, KeyError, TypeError) as error:
        raise ProviderError(f"id_token: {type(error).__name__}") from None
    if not compare_digest(str(decoded.claims.get("nonce", "")), nonce):
        raise ProviderError("nonce")
    return dict(decoded.claims)


def _client(chosen: Provider, callback: str) -> Any:
    return OAuth2Session(
        chosen.client_id,
        chosen.client_secret or None,
        scope="openid profile email",
        redirect_uri=callback,
        code_challenge_method="S256",
        token_endpoint_auth_method=None if chosen.client_secret else "none",
    )


def _metadata(chosen: Provider) -> Mapping[str, Any]:
    metadata: Mapping[str, Any] = _fetch_json(f"{chosen.issuer}/.well-known/openid-configuration")
    needed = ("authorization_endpoint", "token_endpoint", "jwks_uri")
    if str(metadata.get("issuer", "")).rstrip("/") != chosen.issuer or not all(metadata.get(name) for name in needed):
        raise ProviderError("metadata")
    return metadata


def _fetch_json(address: str) -> Any:
    try:
        # keys are trusted because of the address they lie at, so the address alone may answer
        answer = requests.get(address, timeout=_PATIENCE, allow_redirects=False)
        answer.raise_for_status()
        return answer.json()
    except (requests.RequestException, ValueError) as error:
        raise ProviderError(f"{urlsplit(address).path}: {type(error).__name__}") from None


def _required() -> Provider:
    chosen = provider()
    if chosen is None:
        raise ProviderError("not configured")
    return chosen


def _digest(text: str) -> str:
    return sha256(text.encode("utf-8")).hexdigest()
