"""What can be said of a cell before it is read: what a model may use and cost, and why a recipe cannot be used here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, runtime_checkable

from core.call import ModelName, Usage
from core.comparison.reading import order_of
from core.comparison.row import Row
from core.documents import Document
from core.errors import StudioError
from core.evidence import Box, PageText, Word
from core.extraction import PageRef
from core.extractor import Request
from core.llm.extractor import route_of
from core.llm.provider import Estimate
from core.recipe import ModelChoice, Recipe
from core.runs import Runs

#: Words that a page is taken to have where only reading it would tell.
_USUAL_WORDS = 350


@runtime_checkable
class Estimating(Protocol):
    """An extractor that can say beforehand what asking its model may use and cost."""

    def estimate(self, request: Request) -> Estimate:
        """Roughly, without a network."""


class Foresight:
    """Looks at what a run would do, and does nothing of it."""

    def __init__(self, runs: Runs, missing: Callable[[ModelName], str]) -> None:
        """``missing`` says in a line why a model cannot be asked here: :meth:`core.llm.provider.Models.missing`."""
        self._runs = runs
        self._missing = missing

    def has_kept(self, row: Row, recipe: Recipe) -> bool:
        """Whether the cache would answer."""
        return self._runs.pipeline.has_kept(order_of(self._runs, row, recipe))

    def estimate(self, row: Row, choice: ModelChoice) -> Estimate:
        """What asking a model may use and cost, roughly. Nothing is read by OCR for it."""
        extractor = self._runs.pipeline.extractors.get("llm")
        recipe = Recipe(extractors=("llm",), models={"llm": choice})
        if not isinstance(extractor, Estimating):
            return Estimate(Usage(), None)
        try:
            document = order_of(self._runs, row, recipe).load()
            texts = tuple(_usual_text(document, page) for page in row.pages)
            return extractor.estimate(Request(document, row.pages, recipe, lambda: texts, choice=choice))
        except StudioError:  # the run itself will say what is wrong with this document
            return Estimate(Usage(), None)

    def problem(self, recipe: Recipe) -> str:
        """A line on why the recipe cannot be used here, or an empty text."""
        lines = (self._problem(name, recipe.models.get(name)) for name in recipe.extractors)
        return next((line for line in lines if line), "")

    def _problem(self, name: str, choice: ModelChoice | None) -> str:
        extractor = self._runs.pipeline.extractors.get("llm" if choice else name)
        if extractor is None:
            return f"There is no extractor “{name}” here."
        if choice:
            missing = [self._missing(model) for model in route_of(choice)]
            return missing[0] if all(missing) else ""
        state = extractor.availability()
        return "" if state.usable else state.reason


def _usual_text(document: Document, ref: PageRef) -> PageText:
    """The page's own words, or as many as a page usually has."""
    page = document.page(ref.number, ref.rotation)
    words = page.words() or [Word("invoice", Box(0, 0, 1, 1))] * _USUAL_WORDS
    return PageText(ref.number, page.width, page.height, tuple(words), "", ref.rotation)
