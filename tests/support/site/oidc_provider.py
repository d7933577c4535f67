"""A small OpenID Connect provider on 127.0.0.1 with a real RSA key: signs in whoever the test says, honestly or not."""

import base64
import hashlib
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import uvicorn
from joserfc import jwt
from joserfc.jwk import RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

CLIENT, SECRET = "anka", "a-secret-of-the-test"


@dataclass
class Provider:
    """The provider; a test sets `claims` and, for a dishonest one, `forged` (signed by another key) or `claims["nonce"]`."""

    issuer: str = ""
    claims: dict[str, Any] = field(default_factory=dict)
    forged: bool = False
    requests: dict[str, dict[str, str]] = field(default_factory=dict)
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "one", "use": "sig"}))

    def metadata(self, _request: Request) -> Response:
        return JSONResponse(
            {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/keys",
            }
        )

    def keys(self, _request: Request) -> Response:
        return JSONResponse({"keys": [self.key.as_dict(private=False)]})

    def authorize(self, request: Request) -> Response:
        query = dict(request.query_params)
        code = f"code-{len(self.requests)}"
        self.requests[code] = query
        return RedirectResponse(f"{query['redirect_uri']}?code={code}&state={query['state']}", 303)

    async def token(self, request: Request) -> Response:
        form = await request.form()
        query = self.requests.pop(str(form["code"]), None)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(str(form["code_verifier"]).encode()).digest()).rstrip(b"=")
        credentials = base64.b64decode(request.headers["authorization"].removeprefix("Basic ")).decode()
        if query is None or query["code_challenge"] != challenge.decode() or credentials != f"{CLIENT}:{SECRET}":
            return JSONResponse({"error": "invalid_grant"}, 400)
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "aud": CLIENT,
            "iat": now,
            "exp": now + 60,
            "nonce": query["nonce"],
            **self.claims,
        }
        key = RSAKey.generate_key(2048, {"kid": "one"}) if self.forged else self.key
        signed = jwt.encode({"alg": "RS256", "kid": "one"}, claims, key)
        return JSONResponse({"access_token": "x", "token_type": "Bearer", "id_token": signed})


@contextmanager
def providing() -> Iterator[Provider]:
    """The provider, served from a thread until the block ends."""
    provider = Provider()
    routes = [
        Route("/.well-known/openid-configuration", provider.metadata),
        Route("/keys", provider.keys),
        Route("/authorize", provider.authorize),
        Route("/token", provider.token, methods=["POST"]),
    ]
    server = uvicorn.Server(uvicorn.Config(Starlette(routes=routes), port=0, log_level="critical", ws="none"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    provider.issuer = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    try:
        yield provider
    finally:
        server.should_exit = True
        thread.join(10)
