"""A small OpenID provider for the tests, as the standard has one: discovery, consent, tokens signed by a key that it publishes."""

from __future__ import annotations

import contextlib
import secrets
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape
from typing import Any
from urllib.parse import urlencode

import uvicorn
from authlib.jose import JsonWebKey, jwt
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from tests.browser.driver import free_port

CLIENT_ID, CLIENT_SECRET = "studio-tests", "a secret of the tests"


@dataclass
class Provider:
    """A provider at ``url`` whose people are claims by name. Codes are good once."""

    url: str
    people: dict[str, dict[str, Any]]
    key: Any = field(default_factory=lambda: JsonWebKey.generate_key("RSA", 2048, {"kid": "k1"}, is_private=True))
    codes: dict[str, dict[str, Any]] = field(default_factory=dict)
    signed_in: list[str] = field(default_factory=list)

    async def discovery(self, request: Request) -> Response:
        """What it can do, and where."""
        return JSONResponse(
            {
                "issuer": self.url,
                "authorization_endpoint": f"{self.url}/authorize",
                "token_endpoint": f"{self.url}/token",
                "jwks_uri": f"{self.url}/jwks",
                "response_types_supported": ["code"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["RS256"],
                "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
                "code_challenge_methods_supported": ["S256"],
            }
        )

    async def authorize(self, request: Request) -> Response:
        """Ask who it is; each answer leads back with a code."""
        asked = dict(request.query_params)
        if asked.get("client_id") != CLIENT_ID or "openid" not in asked.get("scope", "").split():
            return HTMLResponse("unknown client", 400)
        links = []
        for name, claims in self.people.items():
            code = secrets.token_urlsafe(16)
            self.codes[code] = {"claims": claims, "nonce": asked.get("nonce"), "redirect": asked["redirect_uri"]}
            back = f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"
            links.append(f'<p><a href="{escape(back)}">{escape(name)}</a></p>')
        return HTMLResponse("".join(links))

    async def token(self, request: Request) -> Response:
        """A signed identity for a code."""
        given = await request.form()
        known = self.codes.pop(str(given.get("code")), None)
        if known is None or given.get("redirect_uri") != known["redirect"] or not self._is_client(request, given):
            return JSONResponse({"error": "invalid_grant"}, 400)
        now = int(time.time())
        claims = {"iss": self.url, "aud": CLIENT_ID, "iat": now, "exp": now + 600, **known["claims"]}
        claims |= {"nonce": known["nonce"]} if known["nonce"] else {}
        self.signed_in.append(claims["email"])
        token = jwt.encode({"alg": "RS256", "kid": "k1"}, claims, self.key).decode()
        return JSONResponse({"access_token": "a", "token_type": "Bearer", "expires_in": 600, "id_token": token})

    def _is_client(self, request: Request, given: Any) -> bool:
        import base64

        header = request.headers.get("authorization", "").removeprefix("Basic ")
        told = base64.b64decode(header).decode() if header else f"{given.get('client_id')}:{given.get('client_secret')}"
        return told.replace("+", " ").replace("%20", " ") == f"{CLIENT_ID}:{CLIENT_SECRET}"

    async def jwks(self, request: Request) -> Response:
        """The public key."""
        return JSONResponse({"keys": [self.key.as_dict(is_private=False) | {"use": "sig", "alg": "RS256"}]})


@contextlib.contextmanager
def providing(people: dict[str, dict[str, Any]]) -> Iterator[Provider]:
    """Run one on a free port of this machine."""
    port = free_port()
    provider = Provider(f"http://127.0.0.1:{port}", people)
    routes = [
        Route("/.well-known/openid-configuration", provider.discovery),
        Route("/authorize", provider.authorize),
        Route("/token", provider.token, methods=["POST"]),
        Route("/jwks", provider.jwks),
    ]
    server = uvicorn.Server(uvicorn.Config(Starlette(routes=routes), port=port, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    try:
        yield provider
    finally:
        server.should_exit = True
        thread.join(5)
