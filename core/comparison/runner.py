"""How a comparison reads a cell: through the studio's own pipeline, so that a cell is a run like any other."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Protocol, runtime_checkable

from core.call import ModelName, Usage
from core.cancelling import IsCancelled
from core.comparison.row import Row
from core.documents import Document
from core.errors import StudioError
from core.events import Event
from core.evidence import Box, PageText, Word
from core.extraction import Extraction, PageRef
from core.extractor import Request
from core.llm.extractor import route_of
from core.llm.provider import Estimate
from core.pipeline import Order, Pipeline
from core.recipe import ModelChoice, Recipe

#: Makes the order of a run: document (SHA-256), name, pages, recipe, run id.
MakeOrder = Callable[[str, str, Sequence[PageRef], Recipe, str], Order]
#: Runs an order, kept and noted in the ledger.
Run = Callable[[str, Order, IsCancelled], Iterator[Event]]

#: Words that a page is taken to have where only reading it would tell.
_USUAL_WORDS = 350


@runtime_checkable
class Estimating(Protocol):
    """An extractor that can say beforehand what asking its model may use and cost."""

    def estimate(self, request: Request) -> Estimate:
        """Roughly, without a network."""


class PipelineRunner:
    """Implements :class:`core.comparison.reading.Runner` on a pipeline."""

    def __init__(
        self, pipeline: Pipeline, order: MakeOrder, run: Run, missing: Callable[[ModelName], str] = lambda model: ""
    ) -> None:
        """``missing`` says in a line why a model cannot be asked here: :meth:`core.llm.provider.Models.missing`."""
        self._pipeline = pipeline
        self._order = order
        self._run = run
        self._missing = missing

    def run(self, run_id: str, row: Row, recipe: Recipe, cancelled: IsCancelled) -> Iterator[Event]:
        """See :meth:`core.comparison.reading.Runner.run`."""
        return self._run(run_id, self._order_of(row, recipe, run_id), cancelled)

    def kept(self, row: Row, recipe: Recipe) -> Extraction | None:
        """See :meth:`core.comparison.reading.Runner.kept`."""
        return self._pipeline.kept(self._order_of(row, recipe, ""))

    def has_kept(self, row: Row, recipe: Recipe) -> bool:
        """See :meth:`core.comparison.reading.Runner.has_kept`."""
        return self._pipeline.has_kept(self._order_of(row, recipe, ""))

    def estimate(self, row: Row, choice: ModelChoice) -> Estimate:
        """See :meth:`core.comparison.reading.Runner.estimate`. Nothing is read by OCR for it."""
        extractor = self._pipeline.extractors.get("llm")
        recipe = Recipe(extractors=("llm",), models={"llm": choice})
        if not isinstance(extractor, Estimating):
            return Estimate(Usage(), None)
        try:
            document = self._order_of(row, recipe, "").load()
            texts = tuple(_usual_text(document, page) for page in row.pages)
            return extractor.estimate(Request(document, row.pages, recipe, lambda: texts, choice=choice))
        except StudioError:  # the run itself will say what is wrong with this document
            return Estimate(Usage(), None)

    def problem(self, recipe: Recipe) -> str:
        """See :meth:`core.comparison.reading.Runner.problem`."""
        lines = (self._problem(name, recipe.models.get(name)) for name in recipe.extractors)
        return next((line for line in lines if line), "")

    def _problem(self, name: str, choice: ModelChoice | None) -> str:
        extractor = self._pipeline.extractors.get("llm" if choice else name)
        if extractor is None:
            return f"There is no extractor “{name}” here."
        if choice:
            missing = [self._missing(model) for model in route_of(choice)]
            return missing[0] if all(missing) else ""
        state = extractor.availability()
        return "" if state.usable else state.reason

    def _order_of(self, row: Row, recipe: Recipe, run_id: str) -> Order:
        return self._order(row.document, row.name, row.pages, recipe, run_id)


def _usual_text(document: Document, ref: PageRef) -> PageText:
    """The page's own words, or as many as a page usually has."""
    page = document.page(ref.number, ref.rotation)
    words = page.words() or [Word("invoice", Box(0, 0, 1, 1))] * _USUAL_WORDS
    return PageText(ref.number, page.width, page.height, tuple(words), "", ref.rotation)
