"""What happened: documents, runs, and what a person made of their values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from pydantic import BaseModel

from core.extraction import Extraction
from core.recipe import Correction


@dataclass(frozen=True, slots=True)
class RunRow:
    """The ledger's row of one run, as a listing shows it."""

    run_id: str
    document: str
    name: str
    started_at: datetime
    seconds: float
    extractor: str
    verdict: str
    recipe_name: str
    cached_steps: int


@dataclass(frozen=True, slots=True)
class ReviewedValue:
    """One extracted value that a person has reviewed: its path, its confidence then and the correction in force then,
    and whether the person changed it."""

    path: str
    confidence: float
    changed: bool
    correction: Correction | None = None


@dataclass(frozen=True, slots=True)
class Finals:
    """The values of a run as a person left them, by path, as text of the ledger's; and the order that they went into."""

    order_id: int | None
    values: Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class ValueChange:
    """That somebody changed a value of an order, or took a change back: a fact that nothing changes. ``before`` and
    ``after`` are text as the ledger keeps it, ``why`` is ``saved``, ``undone`` or ``failed`` (taken back by the studio itself
    as the save could not come to its end)."""

    order_id: int | None
    run_id: str | None
    path: str
    before: str | None
    after: str | None
    at: datetime
    who: str
    why: str


@dataclass(frozen=True, slots=True)
class JudgedRun:
    """A run that somebody wanted for itself, and what people made of it: the order that it was saved as, how many of its values
    were changed (``None``: nobody saved it), and whether it was rejected."""

    run_id: str
    name: str
    started_at: datetime
    order_id: int | None
    changed: int | None
    rejected: bool


class Ledger(Protocol):
    """What happened: documents, runs, and every field's extracted and final value."""

    def keep_document(self, sha256: str, name: str, media_type: str, size: int, pages: int) -> None:
        """Note a document once; later calls with the same bytes change nothing but the name."""

    def keep_run(self, run_id: str, extraction: Extraction, started_at: datetime, error: str | None = None) -> None:
        """One row a run with recipe, step times, cache hits, findings, confidences; and a row a field as extracted."""

    def keep_final(self, run_id: str, order_id: int | None, values: BaseModel, who: str = "") -> None:
        """Every field's final value beside what was extracted; what that changes is noted as facts of ``who``."""

    def finals(self, run_id: str) -> Finals | None:
        """The final values of a run; ``None`` where none of its records is saved."""

    def hold(self, run_id: str) -> None:
        """Keep others from noting final values of a run until the transaction that this is called in ends."""
        ...

    def put_finals(self, run_id: str, finals: Finals | None, why: str, who: str = "") -> None:
        """Put the final values of a run to what :meth:`finals` gave earlier, and note as facts of ``who`` what that changes."""

    def keep_changes(self, order_id: int, before: BaseModel, after: BaseModel, why: str, who: str = "") -> None:
        """Note as facts of ``who`` what differs in an order that came from no run."""

    def changes(self, order_id: int) -> list[ValueChange]:
        """Every change of an order's values, oldest first."""

    def runs(self, limit: int = 50) -> list[RunRow]:
        """The latest runs first."""

    def judged(self, limit: int) -> list[JudgedRun]:
        """The latest runs of documents of the Inbox, of programs' tasks and of records, newest first; of each the last one."""

    def reviewed_values(self) -> Iterator[ReviewedValue]:
        """Every value of the runs whose record a person reviewed, but those of e-invoices, which are exact. Cells of lines
        are left out where the person added or removed a line: the others then stand at other places. Streamed."""
