"""Bearer tokens: those of an issuer, by its keys, and our own short-lived ones."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey

from core.entrypoints.bootstrap import build_studio
from tests.api.conftest import Served, serve
from tests.api.test_api import bring
from tests.conftest import SampleFile


class Issuer:
    """An OIDC issuer on this machine: its keys, and tokens signed with them."""

    def __init__(self) -> None:
        self.keys = [RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})]
        self.asked = 0
        issuer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                issuer.asked += self.path == "/keys"
                told: Any = {"jwks_uri": f"{issuer.url}/keys"}
                if self.path == "/keys":
                    told = {"keys": [key.as_dict(private=False) for key in issuer.keys]}
                body = json.dumps(told).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                """Quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def token(self, key: Any = None, alg: str = "RS256", kid: str | None = None, **claims: Any) -> str:
        """A token of somebody who may review; ``claims`` say otherwise."""
        key, now = key or self.keys[-1], int(time.time())
        usual = {"iss": self.url, "aud": "studio", "sub": "ada", "name": "Ada", "roles": ["reviewer"], "exp": now + 60}
        told = {name: value for name, value in (usual | claims).items() if value is not None}
        return jwt.encode({"alg": alg, "kid": kid or key.kid}, told, key, algorithms=[alg])


@pytest.fixture(scope="module")
def issuer() -> Iterator[Issuer]:
    """An issuer, as long as this file runs."""
    found = Issuer()
    yield found
    found.server.shutdown()


@pytest.fixture
def api(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, issuer: Issuer) -> Iterator[Served]:
    """The API of a studio that takes the issuer's tokens."""
    monkeypatch.setenv("STUDIO_DATA_DIR", str(tmp_path))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setenv("STUDIO_JWT_ISSUER", issuer.url)
    monkeypatch.setenv("STUDIO_JWT_AUDIENCE", "studio")
    monkeypatch.setenv("STUDIO_WORKERS", "threads")
    with serve(build_studio()) as served:
        yield served


def test_a_token_of_the_issuer_says_who_somebody_is(api: Served, issuer: Issuer, digital_pdf: SampleFile) -> None:
    """With the role of its claim; what one person brought another does not see."""
    with api.client(issuer.token()) as client:
        assert client.get("/v1/me").json() | {"key": None} == {
            "name": "Ada", "role": "reviewer", "key": None, "pages_today": None, "dollars_today": None,
        }  # fmt: skip
        document = bring(client, digital_pdf)
        assert client.get("/v1/api-keys").status_code == 403
    with api.client(issuer.token(sub="bob", name="Bob")) as client:
        assert client.get(f"/v1/documents/{document}").status_code == 404
    with api.client(issuer.token(roles="studio-admin")) as client:
        assert client.get("/v1/api-keys").status_code == 200
    with api.client() as client:  # people sign in elsewhere: this machine is nobody
        assert client.get("/v1/me").status_code == 401


def test_only_what_the_issuer_made_for_us_is_taken(api: Served, issuer: Issuer) -> None:
    """Another's key, audience, issuer or time; no algorithm, or one whose secret is the public key; no role."""
    now = int(time.time())
    header, body, _ = issuer.token().split(".")
    bare = f"eyJhbGciOiJub25lIn0.{body}."
    wrong = {
        "another key": issuer.token(RSAKey.generate_key(2048), kid="one"),
        "another audience": issuer.token(aud="other"),
        "no audience": issuer.token(aud=None),
        "another issuer": issuer.token(iss="https://elsewhere.example"),
        "expired": issuer.token(exp=now - 120),
        "no end": issuer.token(exp=None),
        "not yet": issuer.token(nbf=now + 120),
        "nobody": issuer.token(sub=None),
        "another algorithm": issuer.token(alg="RS512"),
        "the public key as a secret": _by_secret(issuer.keys[0].as_pem(private=False), body),
        "no signature": bare,
        "no token": "a.b.c",
        "half a token": f"{header}.{body}.",
    }
    told = {}
    for what, token in wrong.items():
        with api.client(token) as client:
            told[what] = client.get("/v1/me").status_code
    assert told == dict.fromkeys(wrong, 401)
    with api.client(issuer.token(roles=["guest"])) as client:
        assert client.get("/v1/me").status_code == 403


def _by_secret(secret: bytes, body: str) -> str:
    """What somebody signs who knows the public key alone."""
    head = base64.urlsafe_b64encode(b'{"alg":"HS256","kid":"one"}').rstrip(b"=").decode()
    signature = hmac.new(secret, f"{head}.{body}".encode(), hashlib.sha256).digest()
    return f"{head}.{body}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"


def test_clocks_may_be_a_minute_apart(api: Served, issuer: Issuer) -> None:
    """Not more."""
    now = int(time.time())
    for claims in ({"exp": now - 30}, {"nbf": now + 30, "iat": now + 30}):
        with api.client(issuer.token(**claims)) as client:
            assert client.get("/v1/me").status_code == 200


def test_the_issuer_may_change_its_keys(api: Served, issuer: Issuer, monkeypatch: pytest.MonkeyPatch) -> None:
    """An unknown key has them asked for anew, once and not at each wrong token."""
    monkeypatch.setattr("core.entrypoints.api.tokens._PAUSE", 0.3)
    with api.client(issuer.token()) as client:
        assert client.get("/v1/me").status_code == 200
    issuer.keys.append(RSAKey.generate_key(2048, {"kid": "two", "use": "sig"}))
    time.sleep(0.35)
    with api.client(issuer.token()) as client:
        assert client.get("/v1/me").status_code == 200
    asked = issuer.asked
    monkeypatch.setattr("core.entrypoints.api.tokens._PAUSE", 60)  # however slow this machine is
    for _ in range(5):
        with api.client(issuer.token(RSAKey.generate_key(2048), kid="three")) as client:
            assert client.get("/v1/me").status_code == 401
    assert issuer.asked <= asked + 1


def test_a_token_of_ours_is_as_good_as_its_key(api: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    """For its seconds, and no longer than the key; in another process too; a token makes no key."""
    key = api.key("browser", "viewer")
    with api.client(key) as client:
        told = client.post("/v1/auth/token", json={"seconds": 60}).json()
    assert (told["token_type"], told["expires_in"]) == ("Bearer", 60)
    with serve(build_studio()) as other, other.client(told["access_token"]) as client:
        assert client.get("/v1/me").json()["key"]["name"] == "browser"
    with api.client(told["access_token"]) as client:
        assert client.get("/v1/me").json()["role"] == "viewer"
        head, body, signature = told["access_token"].split(".")
        bad = client.get("/v1/me", headers={"Authorization": f"Bearer {head}.{body}.{signature[::-1]}"})
        assert bad.status_code == 401
        now = api.studio.access.now()
        monkeypatch.setattr(type(api.studio.access), "now", lambda self: now.replace(year=now.year + 1))
        assert client.get("/v1/me").json()["detail"].startswith("This token has expired")
        monkeypatch.undo()
        api.studio.access.revoke(api.studio.access.keys()[0].key_id)
        assert client.get("/v1/me").status_code == 401
