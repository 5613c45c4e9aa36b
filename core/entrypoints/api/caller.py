"""Who calls: a program that shows a key or a token, or nobody, where no key was ever made and the call comes from this machine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import urlsplit

from fastapi import Depends, Request
from fastapi.security import APIKeyHeader, HTTPBearer
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter
from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection

from core.access import person_of
from core.entrypoints.api.tokens import is_ours, is_token
from core.errors import AccessDenied, TooManyCalls
from core.person import Person
from core.stores.api import ApiKey
from core.studio import Studio

#: Nobody may ask for more in a minute than this, key or not.
MOST_PER_MINUTE = 1200
_HERE = ("127.0.0.1", "::1", "localhost", "testclient")
#: What a proxy adds: then the call comes from somewhere else, whatever the connection says.
_PROXIED = ("x-forwarded-for", "forwarded", "x-real-ip")
_LIMITER = FixedWindowRateLimiter(MemoryStorage())
#: How a browser's WebSocket, which can send no header of its own, shows a key or a token: as the second of two subprotocols.
SUBPROTOCOL = "bearer"


@dataclass(frozen=True, slots=True)
class Caller:
    """A program that calls: the studio in its hands, and its key (``None``: a person's token, or a program on this machine)."""

    studio: Studio
    person: Person
    key: ApiKey | None
    known_as: str = ""
    """Whose documents and tasks it brings, where it shows no key."""

    @property
    def owner(self) -> str:
        """Whose documents and tasks it brings."""
        return self.key.key_id if self.key else self.known_as

    @property
    def sees_all(self) -> bool:
        """Whether it may see what others brought."""
        return self.person.may("admin")


def caller_of(connection: HTTPConnection, state: Any, shown: str | None = None) -> Caller:
    """Who calls, by what ``connection`` shows, or what is ``shown`` beside it. ``state`` is that of the API. Raises AccessDenied,
    NotAllowed, TooManyCalls."""
    shown = shown or _shown(connection)
    caller = _known(state, shown) if shown else _nobody(connection, state)
    connection.scope.setdefault("state", {})["caller"] = caller
    return caller


def _known(state: Any, shown: str) -> Caller:
    studio, key = state.studio(), None
    if not is_token(shown):
        key = state.access().known(shown)
    elif is_ours(shown):
        key = state.tokens().key_of(shown)
    if key is None:
        person, owner = state.tokens().person_of(shown)
        _count(owner, MOST_PER_MINUTE)
        return Caller(studio.by(person), person, None, owner)
    _count(key.key_id, key.calls_per_minute or MOST_PER_MINUTE)
    person = person_of(key)
    return Caller(studio.by(person), person, key)


def _nobody(connection: HTTPConnection, state: Any) -> Caller:
    if not state.access().is_open() or state.tokens().has_issuer:
        raise AccessDenied("Show a key or a token: “Authorization: Bearer …” or “X-API-Key: …”.")
    if not is_local(connection):
        raise AccessDenied(
            "Without a key the API answers programs on its own machine alone, and no pages from elsewhere: make a key with “python -m core keys make”."
        )
    person = Person("a program on this machine", "admin", "account")
    _count("local", MOST_PER_MINUTE)
    return Caller(state.studio().by(person), person, None)


def _shown(connection: HTTPConnection) -> str | None:
    if key := connection.headers.get("x-api-key"):
        return key
    scheme, _, token = connection.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and token.strip():
        return token.strip()
    offered = connection.scope.get("subprotocols", [])
    return offered[1] if len(offered) == 2 and offered[0] == SUBPROTOCOL else None


def is_local(connection: HTTPConnection) -> bool:
    """Whether a program on this machine calls, with no proxy between; not a page from elsewhere that a browser here shows, whether it says
    so or had a name of its own lead here."""
    client, headers = connection.client.host if connection.client else "", connection.headers
    if client not in _HERE or any(name in headers for name in _PROXIED):
        return False
    host = headers.get("host", "")
    try:
        named = urlsplit(f"//{host}").hostname
    except ValueError:
        return False
    return named in _HERE and headers.get("origin", f"http://{host}").partition("://")[2] == host


def _count(who: str, most: int) -> None:
    if not _LIMITER.hit(RateLimitItemPerMinute(most), "api", who):
        raise TooManyCalls(f"More than {most} calls a minute: come again in a minute.", 60)


#: For the description alone: whatever is shown, :func:`caller_of` reads it.
_SCHEMES = (
    Depends(HTTPBearer(auto_error=False, description="A key, or a token")),
    Depends(APIKeyHeader(name="X-API-Key", auto_error=False)),
)


async def _caller(request: Request, bearer: Annotated[Any, _SCHEMES[0]], key: Annotated[Any, _SCHEMES[1]]) -> Caller:
    return await run_in_threadpool(caller_of, request, request.app.state)


#: What a route asks for to know who calls.
Calls = Annotated[Caller, Depends(_caller)]
