"""The extractor that asks a language model. What it answers is checked like anyone's: values are looked for on the page by
our own code, and what stands nowhere is marked."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from core.errors import ExtractionError, KeyMissing, PromptError
from core.extraction import Finding, Provenance
from core.extractor import Availability, Draft, Request
from core.llm.asking import Answer, Asking
from core.llm.layout_text import layout_text
from core.llm.messages import PageShown, Part, ask_for_reading
from core.llm.prompting import About, PromptShelf
from core.llm.provider import ModelName, Models
from core.models import Invoice, walk
from core.prompt import Prompt
from core.recipe import ModelChoice, Recipe
from core.redaction import Masker

#: How far a model's word is believed before anyone looked at the page.
BELIEF = 0.85


class LlmExtractor:
    """Reads an invoice by asking the model that the recipe names."""

    name = "llm"
    streams = True

    def __init__(
        self, models: Models, shelf: PromptShelf | None = None, providers: Callable[[], Sequence[str]] = lambda: ()
    ) -> None:
        """``providers`` names those that may be asked here, for :meth:`availability`."""
        self._models = models
        self._shelf = shelf or PromptShelf()
        self._providers = providers

    def availability(self) -> Availability:
        """Usable where one provider at least has what it needs."""
        reasons = {name: self._models.missing(ModelName(name, "")) for name in self._providers()}
        ready = [name for name, reason in reasons.items() if not reason]
        if ready:
            return Availability(True, f"Asks a language model: {', '.join(ready)}.")
        return Availability(False, " ".join(reasons.values()) or "No provider of models is set up.")

    def extract(self, request: Request) -> Draft | None:
        """See :meth:`core.extractor.Extractor.extract`. Raises ProviderError, ReplyInvalid with the raw reply, Cancelled."""
        choice = request.choice
        if choice is None:
            raise ExtractionError("The recipe names no model to ask: choose one under Models.")
        route = route_of(choice)
        missing = [self._models.missing(model) for model in route]
        if all(missing):
            raise KeyMissing(missing[0], *route[0])
        try:
            prompt = self._shelf.choose(choice, About())
        except PromptError as error:
            raise ExtractionError(str(error)) from error
        return _Run(self._models, request, choice, route, prompt).draft()


def route_of(choice: ModelChoice) -> tuple[ModelName, ...]:
    """The model that ``choice`` names and those to fall back to, in order."""
    return ModelName(choice.provider, choice.model), *(model_name(text) for text in choice.fallbacks)


def model_name(text: str) -> ModelName:
    """``provider:model`` as a name; a provider alone means its default model."""
    provider, _, model = text.partition(":")
    return ModelName(provider.strip(), model.strip())


class _Run:
    """One document asked about."""

    def __init__(
        self, models: Models, request: Request, choice: ModelChoice, route: tuple[ModelName, ...], prompt: Prompt
    ) -> None:
        self.models = models
        self.request = request
        self.choice = choice
        self.prompt = prompt
        self.asking = Asking(
            models,
            route,
            prompt.label,
            request.note,
            request.on_reply,
            request.cancelled,
            Masker(choice.redaction) if choice.redaction else None,
        )
        self.can = models.capabilities(route[0])

    def draft(self) -> Draft:
        """The model's reading with the reason for each value."""
        texts = self.request.read()
        part = Part(tuple(PageShown(text.page, layout_text(text)) for text in texts), len(texts))
        output = min(self.choice.max_output_tokens, self.can.output)
        question = ask_for_reading(self.prompt, part, About(), None, self.choice, output)
        answer = self.asking.read(question)
        return self._draft(answer)

    def _draft(self, answer: Answer) -> Draft:
        reading = answer.read.reading
        return Draft(
            reading.invoice,
            answer.raw,
            provenance_of(reading.invoice, extractor_name(self.request.recipe, self.choice)),
            reading.language or None,
            findings=tuple(Finding("model", "info", sentence) for sentence in dict.fromkeys(self.asking.notes)),
            calls=tuple(self.asking.calls),
            document_type=reading.document_type if reading.document_type != "other" else None,
        )


def extractor_name(recipe: Recipe, choice: ModelChoice) -> str:
    """The name under which ``choice`` stands in ``recipe``."""
    return next((name for name, known in recipe.models.items() if known == choice), LlmExtractor.name)


def provenance_of(invoice: Invoice, extractor: str) -> dict[str, Provenance]:
    """Where every value comes from: a model, which is believed so far."""
    return {path: Provenance(extractor, "model", score=BELIEF) for path, _, value in walk(invoice) if value is not None}
