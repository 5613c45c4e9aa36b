"""Who calls: the key that a program shows, or nobody, where no key was ever made and the call comes from this machine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter
from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection

from core.access import Access, person_of
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


@dataclass(frozen=True, slots=True)
class Caller:
    """A program that calls: the studio in its hands, and its key (``None``: a program on this machine, without one)."""

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


def caller_of(connection: HTTPConnection, studio: Studio, access: Access) -> Caller:
    """Who calls. Raises AccessDenied, TooManyCalls."""
    shown = _shown(connection)
    if shown is None:
        if not access.is_open():
            raise AccessDenied("Show a key: “Authorization: Bearer …” or “X-API-Key: …”.")
        if not _is_local(connection):
            raise AccessDenied(
                "Without a key the API answers programs on its own machine alone: make a key with “python -m core keys make”."
            )
        person = Person("a program on this machine", "admin", "account")
        _count("local", MOST_PER_MINUTE)
        return Caller(studio.by(person), person, None)
    key = access.known(shown)
    _count(key.key_id, key.calls_per_minute or MOST_PER_MINUTE)
    person = person_of(key)
    return Caller(studio.by(person), person, key)


def _shown(connection: HTTPConnection) -> str | None:
    if key := connection.headers.get("x-api-key"):
        return key
    scheme, _, token = connection.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" and token.strip() else None


def _is_local(connection: HTTPConnection) -> bool:
    host = connection.client.host if connection.client else ""
    return host in _HERE and not any(name in connection.headers for name in _PROXIED)


def _count(who: str, most: int) -> None:
    if not _LIMITER.hit(RateLimitItemPerMinute(most), "api", who):
        raise TooManyCalls(f"More than {most} calls a minute: come again in a minute.", 60)


async def _caller(request: Request) -> Caller:
    state = request.app.state
    return await run_in_threadpool(caller_of, request, state.studio(), state.access())


#: What a route asks for to know who calls.
Calls = Annotated[Caller, Depends(_caller)]
