"""Keys over HTTP: who one is here, keys made and revoked, tokens for a key, and who called."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool

from core.entrypoints.api.caller import Calls
from core.entrypoints.api.problems import Refused
from core.entrypoints.api.routes import PROBLEMS, Id
from core.entrypoints.api.tokens import MOST_SECONDS, USUAL_SECONDS
from core.person import Role
from core.stores.api import ApiKey

key_routes = APIRouter(prefix="/v1")


class NewKey(BaseModel):
    """A key to be made: what it is for, what it may do, and how much of it."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, max_length=80)
    role: Role = "reviewer"
    days: int | None = Field(None, ge=1, le=3650)
    calls_per_minute: int | None = Field(None, ge=1, le=1_000_000)
    pages_per_day: int | None = Field(None, ge=1, le=1_000_000_000)
    dollars_per_day: Decimal | None = Field(None, gt=0, le=1_000_000, max_digits=12, decimal_places=4)


class KeyInfo(BaseModel):
    """A key: of itself only how it begins. ``key`` is there once, where it was made."""

    key_id: str
    name: str
    prefix: str
    role: Role
    works: bool
    created_at: datetime
    created_by: str
    expires_at: datetime | None
    revoked_at: datetime | None
    used_at: datetime | None
    calls_per_minute: int | None
    pages_per_day: int | None
    dollars_per_day: Decimal | None
    key: str | None = None


class TokenRequest(BaseModel):
    """How long a token is to live (seconds)."""

    model_config = ConfigDict(extra="forbid")

    seconds: int = Field(USUAL_SECONDS, ge=30, le=MOST_SECONDS)


class Token(BaseModel):
    """A token that is as good as the key that asked for it, for ``expires_in`` seconds."""

    access_token: str
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 - the kind of token, not a password
    expires_in: int


class Me(BaseModel):
    """Who calls: the name that the trail has, the role, and what a key had read and spent (US dollars) today (UTC)."""

    name: str
    role: Role
    key: KeyInfo | None = None
    pages_today: int | None = None
    dollars_today: Decimal | None = None


class CallInfo(BaseModel):
    """A call of the API: ``who`` is empty where nobody was known; ``call_id`` begins with the X-Request-ID that was answered."""

    call_id: str
    at: datetime
    who: str
    method: str
    path: str
    status: int
    seconds: float


@key_routes.get("/me", tags=["service"], responses=PROBLEMS)
async def me(caller: Calls) -> Me:
    """Who you are here, and what is left of the day."""
    told = Me(name=caller.person.name, role=caller.person.role)
    if caller.key is None:
        return told
    told.key = _info(caller.key, caller.studio.access.now())
    told.pages_today, told.dollars_today = await run_in_threadpool(caller.studio.access.used_today, caller.key)
    return told


@key_routes.post("/auth/token", tags=["keys"], responses=PROBLEMS)
async def make_token(caller: Calls, request: Request, asked: TokenRequest) -> Token:
    """A short-lived token for the key that you show, for where the key itself should not go, such as a browser."""
    if caller.key is None:
        raise Refused(403, "not-allowed", "A token is made for a key: show one.")
    token = await run_in_threadpool(request.app.state.tokens().make, caller.key, asked.seconds)
    return Token(access_token=token, expires_in=asked.seconds)


@key_routes.get("/api-keys", tags=["keys"], responses=PROBLEMS)
async def list_keys(caller: Calls) -> list[KeyInfo]:
    """All keys, the newest first. Needs an admin's key."""
    found = await run_in_threadpool(caller.studio.access.keys)
    return [_info(key, caller.studio.access.now()) for key in found]


@key_routes.post("/api-keys", tags=["keys"], status_code=201, responses=PROBLEMS)
async def make_key(caller: Calls, asked: NewKey) -> KeyInfo:
    """Make a key: the answer has it, now and never again. Needs an admin's key."""
    limits = asked.model_dump(exclude={"name", "role"})
    make = caller.studio.access.make
    key, kept = await run_in_threadpool(lambda: make(asked.name, asked.role, caller.person.name, **limits))
    return _info(kept, caller.studio.access.now(), key)


@key_routes.delete("/api-keys/{key_id}", tags=["keys"], status_code=204, responses=PROBLEMS)
async def revoke_key(caller: Calls, key_id: Id) -> None:
    """Have a key, and every token made with it, open nothing more. Needs an admin's key."""
    access = caller.studio.access
    if not any(key.key_id == key_id for key in await run_in_threadpool(access.keys)):
        raise Refused(404, "key-missing", "There is no key of that id.")
    await run_in_threadpool(access.revoke, key_id)


@key_routes.get("/calls", tags=["keys"], responses=PROBLEMS)
async def list_calls(
    caller: Calls,
    key_id: Annotated[str | None, Query(max_length=64)] = None,
    before: datetime | None = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
) -> list[CallInfo]:
    """Who called, newest first (calls are noted a second later). Needs an admin's key."""
    found = await run_in_threadpool(caller.studio.access.calls, key_id, before, limit)
    return [CallInfo.model_validate(call, from_attributes=True) for call in found]


def _info(key: ApiKey, now: datetime, shown: str | None = None) -> KeyInfo:
    told = {name: getattr(key, name) for name in KeyInfo.model_fields if name not in ("works", "key")}
    return KeyInfo(**told, works=key.works(now), key=shown)
