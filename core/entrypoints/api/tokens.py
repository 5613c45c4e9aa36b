"""Bearer tokens (JWT): those of the OIDC issuer that the settings name, and short-lived ones of our own, made with a key."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from core.access import Access
from core.errors import AccessDenied, NotAllowed
from core.person import Person
from core.settings import Settings
from core.sign_in import signed_in
from core.stores.api import ApiKey

#: Seconds that our own tokens live: unless said otherwise, and at most.
USUAL_SECONDS, MOST_SECONDS = 900, 3600
#: Seconds after which the issuer's keys are asked for anew, and within which an unknown key asks for them once.
_FRESH, _PAUSE = 600.0, 10.0
#: Seconds that the issuer may take, and bytes that a token, and the issuer's answer, may have.
_PATIENCE, _LONGEST, _MOST = 5.0, 8_192, 1_000_000
_OURS = "extraction-studio"
_LOCAL = ("http://127.0.0.1", "http://localhost", "http://[::1]")

Fetch = Callable[[str], Any]


class Tokens:
    """Makes and checks tokens. Safe for threads; every process that shares the secret takes each other's."""

    def __init__(self, settings: Settings, access: Access, fetch: Fetch | None = None) -> None:
        """``fetch`` gives the JSON at an address of the issuer."""
        self._settings, self._access = settings, access
        self._issuer = _Issuer(settings, fetch or _fetched) if settings.jwt_issuer else None
        self._secret: str | None = None

    @property
    def has_issuer(self) -> bool:
        """Whether people sign in elsewhere: then nobody is answered without a key or a token."""
        return self._issuer is not None

    def make(self, key: ApiKey, seconds: int = USUAL_SECONDS) -> str:
        """A token that is as good as ``key`` for some seconds; revoking the key ends it too."""
        from joserfc import jwt

        now = int(self._access.now().timestamp())
        claims = {"iss": _OURS, "aud": _OURS, "sub": key.key_id, "iat": now, "exp": now + min(seconds, MOST_SECONDS)}
        return jwt.encode({"alg": "HS256"}, claims, self._key(), algorithms=["HS256"])

    def key_of(self, token: str) -> ApiKey:
        """The key that one of our own tokens was made with. Raises AccessDenied."""
        claims = _verified(token, self._key(), ["HS256"], _OURS, _OURS, 0, self._access)
        return self._access.known_by_id(claims["sub"])

    def person_of(self, token: str) -> tuple[Person, str]:
        """Whom a token of the issuer names, and whose documents and tasks that person brings. Raises AccessDenied, NotAllowed."""
        if self._issuer is None:
            raise AccessDenied("Tokens of an issuer are not taken here: set STUDIO_JWT_ISSUER and STUDIO_JWT_AUDIENCE.")
        claims = self._issuer.claims(token, self._access)
        person = signed_in(claims, self._settings.plain)
        if person is None:
            raise NotAllowed("This token is good, but gives no role here: ask an admin of the studio for one.")
        who = hashlib.sha256(json.dumps([claims["iss"], claims["sub"]]).encode()).hexdigest()
        return person, f"jwt:{who[:40]}"

    def _key(self) -> Any:
        from joserfc.jwk import OctKey

        if self._secret is None:
            given = self._settings.token_secret
            self._secret = given.get_secret_value() if given else _kept_secret(self._settings.data_dir)
        return OctKey.import_key(hashlib.sha256(self._secret.encode()).digest())


class _Issuer:
    """Checks tokens of one issuer by its keys, which it may change at any time."""

    def __init__(self, settings: Settings, fetch: Fetch) -> None:
        self._settings, self._fetch = settings, fetch
        self._keys: Any = None
        self._asked = 0.0
        self._lock = threading.Lock()

    def claims(self, token: str, access: Access) -> dict[str, Any]:
        settings = self._settings
        if not settings.jwt_audience:
            raise AccessDenied("Tokens are taken only for a named audience: set STUDIO_JWT_AUDIENCE.")
        # What both sides know, such as HS256, would let the issuer's public key sign.
        told = [name.strip() for name in settings.jwt_algorithms.split(",")]
        algorithms = [name for name in told if name and not name.startswith("HS") and name.lower() != "none"]
        keys = self._keys_for(_read(token, 0).get("kid"))
        return _verified(
            token, keys, algorithms, settings.jwt_issuer, settings.jwt_audience, settings.jwt_leeway, access
        )

    def _keys_for(self, kid: Any) -> Any:
        with self._lock:
            known = self._keys is not None and (kid is None or any(key.kid == kid for key in self._keys.keys))
            age = time.monotonic() - self._asked
            if self._keys is None or age > _FRESH or (not known and age > _PAUSE):
                self._asked = time.monotonic()
                self._keys = self._asked_for() or self._keys
            if self._keys is None:
                self._asked = 0.0
                raise AccessDenied("The issuer of this token does not give its keys now: come again in a minute.")
            return self._keys

    def _asked_for(self) -> Any:
        """Its keys; ``None`` where they cannot be had."""
        from joserfc.jwk import KeySet

        try:
            address = self._settings.jwt_jwks
            if not address:
                issuer = self._settings.jwt_issuer.rstrip("/")
                address = str(self._fetch(f"{issuer}/.well-known/openid-configuration")["jwks_uri"])
            told = self._fetch(address)
            return KeySet.import_key_set({"keys": [key for key in told["keys"] if key.get("use", "sig") == "sig"]})
        except Exception:  # what comes from outside can be wrong in any way
            return None


def is_token(shown: str) -> bool:
    """Whether this looks like a token and not like a key."""
    return shown.count(".") == 2


def is_ours(token: str) -> bool:
    """Whether a token says that we made it; it is still to be checked. Raises AccessDenied."""
    return _read(token, 1).get("iss") == _OURS


def _verified(
    token: str, key: Any, algorithms: list[str], issuer: str, audience: str, leeway: int, access: Access
) -> dict[str, Any]:
    """The claims of a token that is signed with ``key``, for us, and not over. Raises AccessDenied."""
    from joserfc import jwt
    from joserfc.errors import ExpiredTokenError, JoseError

    asked = jwt.JWTClaimsRegistry(
        now=lambda: int(access.now().timestamp()),
        leeway=leeway,
        iss={"essential": True, "value": issuer},
        aud={"essential": True, "value": audience},
        exp={"essential": True},
        sub={"essential": True},
    )
    try:
        claims = jwt.decode(token, key, algorithms=algorithms).claims
        asked.validate(claims)
    except ExpiredTokenError as error:
        raise AccessDenied("This token has expired: get a new one.") from error
    except (JoseError, ValueError, TypeError) as error:
        raise AccessDenied(
            "This token is not one that is taken here: its signature, issuer or audience is another."
        ) from error
    return claims


def _read(token: str, part: int) -> dict[str, Any]:
    """The header (0) or the claims (1) of a token, as it says them: nothing is checked. Raises AccessDenied."""
    try:
        if len(token) > _LONGEST:
            raise ValueError("too long")
        text = token.split(".")[part]
        told = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        if not isinstance(told, dict):
            raise ValueError("no object")
    except (ValueError, RecursionError) as error:
        raise AccessDenied("This is no token that can be read.") from error
    return told


def _kept_secret(folder: Path) -> str:
    path = folder / "token.secret"
    try:
        path.touch(0o600, exist_ok=False)
        path.write_text(secrets.token_urlsafe(48), encoding="ascii")
    except FileExistsError:
        pass
    end = time.monotonic() + 2
    while not (kept := path.read_text(encoding="ascii")) and time.monotonic() < end:
        time.sleep(0.01)  # another process is writing it
    if not kept:
        raise AccessDenied("The secret of tokens is empty: remove token.secret from the data folder.")
    return kept


def _fetched(address: str) -> Any:
    import httpx

    if not address.startswith(("https://", *_LOCAL)):
        raise AccessDenied("Keys of an issuer are taken by https alone.")
    with httpx.stream("GET", address, timeout=_PATIENCE, follow_redirects=False) as reply:
        reply.raise_for_status()
        read = b""
        for part in reply.iter_bytes():
            read += part
            if len(read) > _MOST:
                raise AccessDenied("The issuer's answer is too large.")
    return json.loads(read)
