"""What is sent and what comes back. The names are the API's; tests compare these models with its description."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

TaskState = Literal["queued", "running", "done", "failed", "cancelled", "parked"]
RecordState = Literal["approved", "needs review", "reviewed"]
Store = Literal["database", "workbook"]
Role = Literal["viewer", "reviewer", "admin"]


class _Told(BaseModel):
    """What a newer studio tells beside is passed over."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class Document(_Told):
    """A document that was brought; ``document_id`` is the SHA-256 of its bytes."""

    document_id: str
    name: str
    media_type: str
    pages: int
    size: int
    remarks: list[str] = []
    children: list[Document] = []
    """What was attached to it, where it is a mail."""


class Task(_Told):
    """A run that was asked for."""

    task_id: str
    type: str
    document_id: str
    status: TaskState
    created_at: datetime
    stage: str | None = None
    ahead: int = 0
    seconds: float = 0.0
    seconds_left: float | None = None
    error: str | None = None
    order_id: int | None = None
    result_url: str | None = None
    events_url: str

    @property
    def is_over(self) -> bool:
        """Whether nothing more happens in it."""
        return self.status not in ("queued", "running")


class TaskPage(_Told):
    """Tasks, and the cursor of those that follow."""

    tasks: list[Task]
    next: str | None = None


class Record(_Told):
    """A saved record; ``version`` is what a change of it names."""

    order_id: int
    type: str
    document_type: str | None
    status: str
    version: int | None
    document_id: str | None
    pages: list[int]
    created_at: datetime | None
    updated_at: datetime | None
    values: dict[str, Any]


class RecordRow(_Told):
    """A record as a list tells it."""

    order_id: int
    type: str
    document_type: str | None
    status: str
    updated_at: datetime
    values: dict[str, Any]


class RecordPage(_Told):
    """Records, and the page that follows."""

    records: list[RecordRow]
    total: int
    next: int | None = None


class TrailEntry(_Told):
    """What was done with a record, by whom, when."""

    action: str
    who: str
    at: datetime | None
    told: dict[str, Any]


class Key(_Told):
    """The key that is shown."""

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


class Me(_Told):
    """Who one is at the studio, and what was read and spent (US dollars) today."""

    name: str
    role: Role
    key: Key | None = None
    pages_today: int | None = None
    dollars_today: Decimal | None = None


class Event(_Told):
    """Something that happened in a task; ``id`` is 0 for how it stands, else its number."""

    id: int
    event: str
    data: dict[str, Any]


class Wish(BaseModel):
    """What is to be read, and how: see :meth:`studio_client.StudioClient.extract`."""

    document_id: str | None = None
    document_url: str | None = None
    pages: str = ""
    recipe: str = ""
    type: str = ""
    save: list[Store] = []
    confidence_threshold: float | None = None
    priority: int = 5


class Saving(BaseModel):
    """A task whose result is to be saved."""

    task_id: str
    save: list[Store] = ["database", "workbook"]
    changes: dict[str, str | None] = {}
    twice: bool = False


class Change(BaseModel):
    """Values of a record to change."""

    changes: dict[str, str | None] = {}
    status: RecordState | None = None
