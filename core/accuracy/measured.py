"""One document measured against its truth, as plain data that is kept and read again."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, TypeAdapter

from core.accuracy.causes import Cause
from core.evaluation.calibration import Passing
from core.evaluation.cases import Case
from core.evaluation.report import ScoredCase
from core.evaluation.scoring import CaseScore, Count


class Place(BaseModel):
    """Where something stands: the page (from 1, turned clockwise by ``rotation``), its height over its width, the boxes as
    fractions of its width and height (x0, y0, x1, y1), and the words there."""

    model_config = ConfigDict(frozen=True)

    page: int
    rotation: int = 0
    ratio: float
    boxes: tuple[tuple[float, float, float, float], ...]
    words: str = ""


class Miss(BaseModel):
    """A value that is wrong or missing. ``name`` is the field's key in the counts (``item.quantity`` for a cell); ``path``
    its place in the invoice that was read; ``line`` the line item's number from 1, the truth's where it has one.
    ``truth`` is ``None`` for what is not on the page, ``value`` for what was not given. ``taken`` is where the value
    stands, ``stands`` where the truth does."""

    model_config = ConfigDict(frozen=True)

    name: str
    path: str
    title: str
    line: int | None = None
    truth: str | None = None
    value: str | None = None
    cause: Cause
    confidence: float | None = None
    taken: Place | None = None
    stands: Place | None = None


class Measured(BaseModel):
    """How one document was read. ``status`` is ``ok``, or the sentence on why it could not be read (it is then scored as
    empty). ``counts`` has true positives, false positives and false negatives by field; ``pairs`` the confidence of
    every scored value and whether it is right; the last four are :class:`~core.evaluation.calibration.Passing`'s."""

    model_config = ConfigDict(frozen=True)

    case_id: str
    name: str
    document: str | None = None
    """SHA-256 of the file's bytes, where it could be opened."""
    language: str = ""
    kind: str = ""
    type: str = ""
    """The title of its document type."""
    titles: dict[str, str] = {}
    """What its fields are called, by their key in ``counts``, where no type that ships has them."""
    vendor: str = ""
    status: str = "ok"
    seconds: float = 0.0
    verdict: str = ""
    counts: dict[str, tuple[int, int, int]] = {}
    header_exact: bool = False
    items_right: int = 0
    items_scorable: int = 0
    misses: tuple[Miss, ...] = ()
    pairs: tuple[tuple[float, bool], ...] = ()
    lowest: float = 0.0
    blocked: bool = True
    wrong: int = 0
    wrong_critical: int = 0

    @property
    def wholly_right(self) -> bool:
        """Whether nothing is wrong, missing or made up."""
        return self.status == "ok" and not self.misses

    @property
    def passing(self) -> Passing:
        """The document before the gate."""
        return Passing(self.lowest, self.blocked, self.wrong, self.wrong_critical)

    @property
    def scored(self) -> ScoredCase:
        """What the tables of :mod:`core.evaluation.report` are made of."""
        about = {"language": self.language, "kind": self.kind, "vendor_group": self.vendor, "type_title": self.type}
        counts = {name: Count(*count) for name, count in self.counts.items()}
        score = CaseScore(counts, [], self.header_exact, self.items_right, self.items_scorable)
        return ScoredCase(Case(self.case_id, {"meta": about}, None), score, self.status, self.seconds)


DOCUMENTS: TypeAdapter[tuple[Measured, ...]] = TypeAdapter(tuple[Measured, ...])
"""Several of them to JSON and back."""
