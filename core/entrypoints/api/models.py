"""What requests and answers hold. They are the API's own: what the house calls things may change, these names stay."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

TaskState = Literal["queued", "running", "done", "failed", "cancelled", "parked"]
Store = Literal["database", "workbook"]
#: The SHA-256 of a document's bytes.
DocumentId = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class _Sent(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Health(BaseModel):
    """Whether the service answers."""

    status: Literal["ok"] = "ok"
    version: str


class PartState(BaseModel):
    """Whether a part that the service needs is there."""

    kind: str
    name: str
    usable: bool
    reason: str


class DocumentInfo(BaseModel):
    """A document that was brought. ``document_id`` is the SHA-256 of its bytes; ``remarks`` are what is odd about it. A mail or a zip
    has no pages; ``children`` are the documents in it, each of which is brought as well."""

    document_id: str
    name: str
    media_type: str
    pages: int
    size: int
    remarks: list[str] = []
    children: list[DocumentInfo] = []


class ExtractRequest(_Sent):
    """What is to be read (a document that was brought, or the one at an https address), and how. ``pages`` such as ``1-3,5`` (empty: all); ``type`` a document type, or ``auto``; ``save`` the stores
    that the record goes to where it passes the gate, and where no value is less sure than ``confidence_threshold``; ``priority`` 0 comes before all that waits, 9 after."""

    document_id: DocumentId | None = None
    document_url: str | None = Field(None, max_length=2000)
    pages: str = Field("", max_length=400)
    recipe: str = Field("", max_length=100)
    type: str = Field("", max_length=80)
    save: Annotated[list[Store], Field(max_length=2)] = []
    confidence_threshold: float | None = Field(None, ge=0, le=1)
    priority: int = Field(5, ge=0, le=9)

    @model_validator(mode="after")
    def _is_one(self) -> ExtractRequest:
        if (self.document_id is None) == (self.document_url is None):
            raise ValueError("name a document_id, or a document_url")
        return self


class TaskInfo(BaseModel):
    """A run that was asked for. ``ahead`` is how many come before it while it waits, ``seconds_left`` about how long it still takes;
    ``stage`` the step that it is in; ``error`` one sentence. ``parked`` is one whose reader ended three times: it can be sent again. ``result_url`` is there once it is done."""

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


class TaskList(BaseModel):
    """Tasks, newest first; ``next`` is the cursor of those that follow."""

    tasks: list[TaskInfo]
    next: str | None = None


class RecordInfo(BaseModel):
    """A saved record. ``values`` are those of its type, amounts as decimal text and dates ISO; ``version`` stands in its ETag too."""

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


class RecordRow(BaseModel):
    """A record as a list tells it."""

    order_id: int
    type: str
    document_type: str | None
    status: str
    updated_at: datetime
    values: dict[str, Any]


class RecordList(BaseModel):
    """Records; ``next`` is the page that follows, ``total`` how many match."""

    records: list[RecordRow]
    total: int
    next: int | None = None


class SaveRequest(_Sent):
    """A task whose result is to be saved, with ``changes``: values by their path, as a person would type them (``null`` empties)."""

    task_id: str = Field(max_length=64)
    save: Annotated[list[Store], Field(min_length=1, max_length=2)] = ["database", "workbook"]
    changes: dict[str, str | None] = {}
    twice: bool = False


class ChangeRequest(_Sent):
    """Values of a saved record to change, by their path, as a person would type them (``null`` empties); and its status."""

    changes: dict[str, str | None] = {}
    status: Literal["approved", "needs review", "reviewed"] | None = None


class ValidateRequest(_Sent):
    """Values to be checked as those of a document of ``type``, which stand nowhere on a page."""

    values: dict[str, Any]
    type: str = Field("invoice", max_length=80)


class FindingInfo(BaseModel):
    """What a check found: ``severity`` is info, warning or error; ``fields`` are the paths that it is about."""

    check: str
    severity: str
    message: str
    fields: list[str]


class Validated(BaseModel):
    """What the checks say of given values; ``ready`` is there where none of them is an error."""

    ready: bool
    findings: list[FindingInfo]


class FieldInfo(BaseModel):
    """A field of a document type."""

    name: str
    title: str
    kind: str
    required: bool
    description: str


class TypeInfo(BaseModel):
    """What documents can be read as."""

    name: str
    title: str
    version: int | None
    fields: list[FieldInfo]
    tables: dict[str, list[FieldInfo]]


class RecipeInfo(BaseModel):
    """How documents can be read."""

    name: str
    extractors: list[str]
    engine: str


class FormInfo(BaseModel):
    """A form that records can be taken away in."""

    name: str
    title: str
    description: str
    suffix: str


class TrailEntry(BaseModel):
    """What was done with a record, by whom, when."""

    action: str
    who: str
    at: datetime | None
    told: dict[str, Any]
