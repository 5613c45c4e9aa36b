"""What was learnt of vendors from records that a person reviewed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

#: Where a rule stands: ``trial`` after one document, ``active`` from the second that agrees, ``retired`` where it hurt.
RuleState = Literal["trial", "active", "retired"]
#: What a document is known by; the last is no identifier, only support.
MarkKind = Literal["tax", "iban", "registration", "phone", "domain", "name"]


@dataclass(frozen=True, slots=True)
class Wanted:
    """A name, an address or a currency as the person wants it, wherever the vendor's document prints it. ``sure`` is how sure
    the reader was of what the person put it in place of."""

    field: str
    value: str
    sure: float = 0.0
    kind: Literal["wanted"] = "wanted"


@dataclass(frozen=True, slots=True)
class Anchor:
    """A field's value stands at a place relative to words that the vendor's documents print: ``down`` and ``right`` are how
    far its first word is from theirs, in heights of the text. Where both are on one line, ``nth`` counts the values of its
    kind behind the words, from 0, and ``right`` says nothing. ``label`` is the words as printed, ``words`` folded."""

    field: str
    words: str
    label: str
    down: float = 0.0
    right: float = 0.0
    nth: int = 0
    sure: float = 0.0
    kind: Literal["anchor"] = "anchor"


@dataclass(frozen=True, slots=True)
class DateOrder:
    """Whether the vendor's dates in figures begin with the month."""

    month_first: bool
    sure: float = 0.0
    kind: Literal["date order"] = "date order"


@dataclass(frozen=True, slots=True)
class ColumnHead:
    """What the column under a head holds: ``words`` is the head folded, ``label`` as printed."""

    column: str
    words: str
    label: str
    sure: float = 0.0
    kind: Literal["column"] = "column"


@dataclass(frozen=True, slots=True)
class Example:
    """A correction that is shown to a model that reads the vendor's next document: of a header field what it ``gave`` (empty:
    nothing), what was ``right``, ``where`` that stands, in words; ``lesson`` is the run that was reviewed."""

    field: str
    gave: str
    right: str
    where: str
    lesson: str
    sure: float = 0.0
    kind: Literal["example"] = "example"


Habit = Wanted | Anchor | DateOrder | ColumnHead | Example


@dataclass(frozen=True, slots=True)
class Place:
    """A place on a page of a kept document (its SHA-256), as the page is shown: its number from 1, its clockwise rotation, and a box
    in page units."""

    document: str
    page: int
    rotation: int
    box: tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Visit:
    """A reviewed document of a vendor: the day on which it was reviewed (UTC, ISO), how many header values it has, how many of them were ``wrong``
    as it was read, and how many would have been ``without`` what was learnt before."""

    run_id: str
    on: str
    values: int
    wrong: int
    without: int


@dataclass(frozen=True, slots=True)
class VendorRule:
    """One thing that was learnt, and how it did on the vendor's kept documents: how often it ``helped``, ``hurt``, or gave what
    was read anyhow (``tied``), and with how many it ``agreed``."""

    habit: Habit
    state: RuleState = "trial"
    helped: int = 0
    hurt: int = 0
    tied: int = 0
    agreed: int = 0
    learnt_from: str = ""
    """The run whose review taught it; empty for one that came from elsewhere."""
    paid: bool = False
    """Whether it is a model's answer that a person confirmed: what was paid once."""


@dataclass(frozen=True, slots=True)
class Vendor:
    """A vendor as it is remembered. ``marks`` are what its documents are known by, as (kind, folded value); ``seen`` the
    account and tax numbers that ever stood on one, whosever they are; ``layouts`` fingerprints of its pages (see
    :func:`core.memory.marks.fingerprint`); ``lessons`` the runs whose reviewed documents are kept to try rules on, oldest
    first; ``course`` how its documents went, oldest first. A ``locked`` vendor learns nothing; ``forgotten`` are rules that the person threw out: they do not come back."""

    vendor_id: str
    name: str
    marks: tuple[tuple[MarkKind, str], ...] = ()
    seen: tuple[tuple[MarkKind, str], ...] = ()
    layouts: tuple[tuple[int, ...], ...] = ()
    rules: tuple[VendorRule, ...] = ()
    lessons: tuple[str, ...] = ()
    documents: int = 0
    locked: bool = False
    forgotten: tuple[Habit, ...] = ()
    course: tuple[Visit, ...] = ()


class Vendors(Protocol):
    """Every vendor that is remembered. Safe for several threads and processes."""

    def version(self) -> int:
        """A number that is another whenever something changed; cheap."""

    def all(self) -> list[Vendor]:
        """All of them, by name."""

    def put(self, vendor: Vendor) -> None:
        """Remember ``vendor`` in place of what was remembered under its id."""

    def remove(self, vendor_id: str) -> None:
        """Forget a vendor; nothing happens where there is none."""
