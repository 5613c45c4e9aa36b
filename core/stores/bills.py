"""The bill: calls and runs added up where they are kept, so that a page never reads them row by row."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Protocol

from core.call import ModelName, Usage


@dataclass(frozen=True, slots=True)
class CallGroup:
    """The calls of one day (UTC) that agree in all else by which a bill is told. ``recipe_name`` and ``document_type`` are of
    their runs, where these ended. ``cost`` is in US dollars and that of the ``priced`` ones; ``unpriced`` used tokens at a
    price that nobody knows."""

    day: date
    model: ModelName
    purpose: str
    prompt: str
    recipe_name: str | None
    document_type: str | None
    calls: int
    failed: int
    usage: Usage
    cost: Decimal
    priced: int
    unpriced: int
    seconds: float


@dataclass(frozen=True, slots=True)
class CorrectFields:
    """Values that people left as they were, in runs that asked a model and whose record was saved; and what these runs'
    calls cost, in US dollars."""

    fields: int
    cost: Decimal


@dataclass(frozen=True, slots=True)
class ModelCost:
    """What a model cost, in US dollars, over the runs in which it was asked at a known price."""

    model: ModelName
    runs: int
    cost: Decimal

    @property
    def each(self) -> Decimal:
        """US dollars a run."""
        return self.cost / self.runs


@dataclass(frozen=True, slots=True)
class Unasked:
    """The runs in which a model was not asked: those whose extraction the cache gave, and those that another reader
    answered. ``cheaper`` of the latter cost less than a run with that model does, together ``spent`` US dollars."""

    cached: int
    earlier: int
    cheaper: int
    spent: Decimal
    taught: int = 0
    """Those of the others in which a rule gave a value that a model's answer had taught."""


@dataclass(frozen=True, slots=True)
class PromptRecord:
    """How one version of a prompt (``name@version``) did. ``right`` and ``wrong`` are values of its ``saved`` records that were
    left or changed, ``repairs`` replies that were asked for again; ``cost`` is in US dollars as far as prices are known."""

    label: str
    runs: int = 0
    saved: int = 0
    right: int = 0
    wrong: int = 0
    cost: Decimal = Decimal(0)
    repairs: int = 0

    @property
    def accuracy(self) -> float | None:
        """The share of values that nobody had to change, in saved records."""
        reviewed = self.right + self.wrong
        return self.right / reviewed if reviewed else None

    @property
    def cost_per_run(self) -> Decimal | None:
        """US dollars a run."""
        return self.cost / self.runs if self.runs else None


class Bills(Protocol):
    """Calls and runs, added up. A time goes from ``since`` (UTC, inclusive) to ``until`` (exclusive); calls belong to it by when
    they were made, runs by when they began."""

    def groups(self, since: datetime, until: datetime) -> list[CallGroup]:
        """All calls of a time."""

    def documents(self, since: datetime, until: datetime) -> int:
        """Documents for which a model was asked."""

    def runs(self, since: datetime, until: datetime) -> int:
        """Runs that began, whoever answered them."""

    def correct_fields(self, since: datetime, until: datetime) -> CorrectFields:
        """What models got right, as far as people have said."""

    def models(self, since: datetime, until: datetime) -> list[ModelCost]:
        """What each model cost that was asked at a known price in a run."""

    def unasked(self, since: datetime, until: datetime, model: ModelName, each: Decimal) -> Unasked:
        """The runs in which ``model`` was not asked at a known price; a run with it costs ``each`` US dollars."""

    def prompts(self, labels: Collection[str]) -> Mapping[str, PromptRecord]:
        """How these versions of prompts did, ever; those that no call names are left out."""
