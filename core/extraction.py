"""What a run gives: the invoice with its evidence, findings, confidences and verdict."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, ValidationInfo, field_validator, model_validator

from core.call import Call
from core.document_types import USUAL, type_for
from core.evidence import Evidence, PageText
from core.gates import Gate
from core.notation import Notation, notation_of
from core.recipe import Recipe
from core.schema.document_type import DocumentType
from core.schema.fields import FieldInfo
from core.schema.path import is_cell
from core.schema.values import TOO_LONG

Severity = Literal["error", "warning", "info"]
Verdict = Literal["approved", "needs review"]


@dataclass(frozen=True, slots=True)
class PageRef:
    """One chosen page: its number from 1 and the person's clockwise rotation (0, 90, 180, 270)."""

    number: int
    rotation: int = 0


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a value came from, to explain it: the extractor, the rule within it and the label on the page.

    ``derived`` marks a value that code worked out (tax from a stated rate) and that does not stand on the page.
    ``exact`` marks an authoritative value (an e-invoice's XML, the person). ``score`` is the extractor's own belief,
    0 to 1. ``page``/``box`` are where the extractor took it, if it knows. ``agreed`` is what a second reader (another
    model, the page beside the XML) made of the same field: the same value or another; ``None`` where none was asked.
    """

    extractor: str
    rule: str = ""
    label: str = ""
    score: float = 0.5
    derived: bool = False
    page: int | None = None
    box: tuple[float, float, float, float] | None = None
    exact: bool = False
    agreed: bool | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """Something else on the page that may be the value of a field: ``value`` as text in our notation (what the form
    would hold), ``text`` the words there, ``label`` what stands beside or above them (empty where nothing does), and where
    it is: the page (from 1) and a box in page units, as :class:`Provenance` has them."""

    value: str
    text: str
    label: str = ""
    page: int | None = None
    box: tuple[float, float, float, float] | None = None
    announced: str = ""
    """The kind of value that its label announces (``total_amount``, ``amount_due``), where it does."""


@dataclass(frozen=True, slots=True)
class Charge:
    """What an e-invoice adds between its lines and its total: what it is called, and the amount (an allowance and what was
    prepaid are below zero). ``after tax`` stands between the sum with tax and the total: a stamp duty, a tax that the
    customer withholds (below zero). ``line`` is the line item it belongs to, from 0; ``None``: the whole document."""

    kind: Literal["charge", "allowance", "prepaid", "rounding", "after tax"]
    name: str
    amount: Decimal
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Member:
    """One amount of a sum: what it is called, its value, its path where the invoice has one (``None``: a charge, an
    allowance, something paid before). ``sign`` is how it counts: 1 added, -1 taken off, 0 for what the sum should be."""

    name: str
    value: Decimal
    path: str | None = None
    sign: int = 1


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a check noticed: the fields (paths) it touches, the most suspect first, a sentence for the person, and
    where one follows the value proposed for the first of those fields (as text, in our notation). A sum that does not
    come out names its ``members`` and by how much it is off (``difference``: what it should be less what it comes to).

    ``reading`` marks what was noticed while the document was read and no check can tell again: it stands until the person
    changes a field that it touches. ``passing`` marks what may go better next time: such a result is not kept in the cache.
    """

    check: str
    severity: Severity
    message: str
    fields: tuple[str, ...] = ()
    proposed: str | None = None
    reading: bool = False
    passing: bool = False
    members: tuple[Member, ...] = ()
    difference: Decimal | None = None
    let_pass: Severity | None = None
    """How grave it was before the gate made a note of it."""


#: So much of a number that was left out is quoted.
_SHOWN = 40


def too_long(kind: DocumentType, path: str, text: str) -> Finding:
    """A number that can be no amount was left out of the value at ``path`` of a document of ``kind``."""
    shown = text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
    return Finding("unreadable", "warning", f"{kind.title_of(path)}: “{shown}” was left out: {TOO_LONG}.", (path,))


@dataclass(frozen=True, slots=True)
class Learnt:
    """A header value that a rule learnt of the document's vendor gave: its path, the kind of the rule, and the value that
    was read by itself (as text in our notation; ``None``: there was none)."""

    path: str
    rule: str
    before: str | None
    paid: bool = False
    """Whether a model's answer had taught the rule."""


@dataclass(frozen=True, slots=True)
class StepRecord:
    """How one step of a run went."""

    step: str
    state: Literal["finished", "skipped", "failed"]
    seconds: float = 0.0
    cached: bool = False
    detail: str = ""


class Extraction(BaseModel):
    """One document (a chosen group of pages), read. Paths are those of :func:`core.schema.document_type.DocumentType.walk`."""

    model_config = ConfigDict(frozen=True)

    document: str
    """SHA-256 of the file's bytes, hex."""
    name: str
    pages: tuple[PageRef, ...]
    recipe: Recipe
    type_name: str = USUAL.name
    """The document type (:mod:`core.document_types`) that the document was read as."""
    values: Any = Field(validation_alias=AliasChoices("values", "invoice"))
    """The values: an instance of the model of its type. What an earlier version kept calls them ``invoice``."""
    language: str | None = None
    """ISO 639-1 code of the document's language, where it could be told."""
    notation: Notation | None = None
    """How the document writes numbers and dates; ``None`` in a run of an earlier version."""
    evidence: dict[str, Evidence] = {}
    """Only for values that stand on the page; a value without an entry was not found there."""
    provenance: dict[str, Provenance] = {}
    candidates: dict[str, tuple[Candidate, ...]] = {}
    """What else on the page may be the value of a header field, by its path, the likeliest first; the value itself may be among
    them (see :func:`core.review.stops.others`)."""
    charges: tuple[Charge, ...] = ()
    """What an e-invoice's XML adds and takes off between its lines and what is due."""
    findings: tuple[Finding, ...] = ()
    confidences: dict[str, float] = {}
    verdict: Verdict = "needs review"
    extractor: str = ""
    raw: str = ""
    """The extractor's raw reply (JSON or XML), for the raw tab."""
    document_type: str | None = None
    """What the document calls itself, within its type: one of :func:`core.document_types.kinds`, where it could be told."""
    learnt: tuple[Learnt, ...] = ()
    """What was learnt of the vendor and changed a value."""
    vendor: str = Field("", exclude_if=lambda name: not name)
    """The vendor as the memory of vendors recognised it; empty: none that is remembered."""
    gate: Gate | None = Field(None, exclude_if=lambda gate: gate is None)
    """What was asked of the document when it was read, beside what recipe and type ask."""
    examples: tuple[str, ...] = Field((), exclude_if=lambda shown: not shown)
    """The corrections of earlier documents that a model was shown (:func:`core.memory.examples.key_of`)."""
    calls: tuple[Call, ...] = ()
    """Calls to models that this run made (none, where the result came from the cache)."""
    page_texts: tuple[PageText, ...] = ()
    steps: tuple[StepRecord, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _with_payment(cls, kept: Any) -> Any:
        return with_payment(kept)

    @field_validator("type_name")
    @classmethod
    def _is_known(cls, name: str, others: ValidationInfo) -> str:
        return _type(name, others.data.get("recipe")).name

    @field_validator("values", mode="before")
    @classmethod
    def _of_its_type(cls, values: Any, others: ValidationInfo) -> BaseModel:
        model = _type(others.data.get("type_name", USUAL.name), others.data.get("recipe")).model
        return values if isinstance(values, model) else model.model_validate(values)

    @property
    def type(self) -> DocumentType:
        """The document type that the document was read as."""
        return _type(self.type_name, self.recipe)

    def walk(self) -> Iterator[tuple[str, FieldInfo, Any]]:
        """Every value as (path, field, value), in form order."""
        return self.type.walk(self.values)

    def value_at(self, path: str) -> Any:
        """The value at ``path``; ``None`` where the row does not exist."""
        return self.type.value_at(self.values, path)

    def requires(self, path: str) -> bool:
        """Whether the field at ``path`` must have a value."""
        own = self.gate.required if self.gate else None
        return self.type.field_of(path).required if own is None or is_cell(path) else path in own

    @property
    def own_notation(self) -> Notation:
        """How numbers and dates of this document are read: as its reader found, else as its pages show."""
        return self.notation or notation_of(self.page_texts, self.language)

    @property
    def text(self) -> str:
        """The raw text of all pages, with a form feed between pages."""
        return "\n\f\n".join(page.text for page in self.page_texts)


def with_payment(kept: Any) -> Any:
    """What an earlier version kept: the amounts paid and due, which it had beside the values, among them."""
    beside = kept.get("payment") if isinstance(kept, dict) else None
    key = next((name for name in ("values", "invoice") if beside and isinstance(kept.get(name), dict)), None)
    return {**kept, key: {**beside, **kept[key]}} if beside and key else kept


def _type(name: str, recipe: Recipe | None) -> DocumentType:
    """The type called ``name``: as the run's recipe declares it, or one that ships."""
    declared = recipe.declared if recipe else None
    return type_for(name, declared if declared and declared.name == name else None)
