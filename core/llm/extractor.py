"""The extractor that asks a language model. What it answers is checked like anyone's: values are looked for on the page by
our own code, and what stands nowhere is marked."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import partial

from pydantic import BaseModel

from core.call import ModelName, Usage
from core.document_types import type_of
from core.errors import ExtractionError, KeyMissing, PromptError, ReplyCutOff
from core.extraction import Finding, Provenance
from core.extractor import Availability, Extracted, Request
from core.llm.asking import Answer, Asking
from core.llm.material import Material
from core.llm.merge import merge
from core.llm.messages import PageShown, Part, ask_for_reading
from core.llm.opinion import Opinion, ask_to_verify, compare, opinion_of, weighed
from core.llm.packing import Packed, Room, halves, pack
from core.llm.prompting import PromptShelf, uses
from core.llm.provider import Ask, Estimate, Models, Question
from core.llm.schema import OTHER, DocumentAnswer
from core.llm.tokens import count_question
from core.notation import notation_of
from core.prompt import Prompt
from core.recipe import ModelChoice, Recipe
from core.schema.document_type import DocumentType
from core.schema.path import is_cell

#: How far a model's word is believed before anyone looked at the page.
BELIEF = 0.85
#: The second opinion of the model that read, asked of each value.
SAME = "same"
#: The share of a model's window that stays free: tokens are counted roughly.
_SPARE = 0.1
#: The least that is left for the document, however long the prompt is.
_LEAST_ROOM = 500


class LlmExtractor:
    """Reads a document of any type by asking the model that the recipe names."""

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

    def reads(self, kind: DocumentType) -> bool:
        """Any document: the question is made from its type."""
        return True

    def extract(self, request: Request) -> Extracted | None:
        """See :meth:`core.extractor.Extractor.extract`. Raises ProviderError, ReplyInvalid with the raw reply, Cancelled."""
        choice = _choice(request)
        route = route_of(choice)
        missing = [self._models.missing(model) for model in route]
        if all(missing):
            raise KeyMissing(missing[0], *route[0])
        return self._run(request, choice, route).extracted()

    def estimate(self, request: Request) -> Estimate:
        """What the questions of :meth:`extract` may use and cost, roughly; a repair comes on top. Raises ExtractionError
        where nothing could be asked."""
        choice = _choice(request)
        run = self._run(request, choice, route_of(choice))
        asks = [Ask(run.question(part), run.asking.route) for part in run.parts(run.packed().parts)]
        if choice.second_opinion:
            other = run.second(run.asking.route[0])
            asks += [Ask(ask.question, (other,), "second opinion") for ask in asks]
        estimates = [self._models.estimate(ask) for ask in asks]
        known = [estimate.cost for estimate in estimates if estimate.cost is not None]
        usage = sum((estimate.usage for estimate in estimates), Usage())
        return Estimate(usage, sum(known, Decimal(0)) if len(known) == len(estimates) else None)

    def _run(self, request: Request, choice: ModelChoice, route: tuple[ModelName, ...]) -> _Run:
        material = Material(request, choice, self._models.capabilities(route[0]))
        try:
            prompt = self._shelf.choose(choice, material.about)
        except PromptError as error:
            raise ExtractionError(str(error)) from error
        return _Run(self._models, material, route, prompt)


def route_of(choice: ModelChoice) -> tuple[ModelName, ...]:
    """The model that ``choice`` names and those to fall back to, in order."""
    return ModelName(choice.provider, choice.model), *(ModelName.parse(text) for text in choice.fallbacks)


def extractor_name(recipe: Recipe, choice: ModelChoice) -> str:
    """The name under which ``choice`` stands in ``recipe``."""
    return next((name for name, known in recipe.models.items() if known == choice), LlmExtractor.name)


def _choice(request: Request) -> ModelChoice:
    if request.choice is None:
        raise ExtractionError("The recipe names no model to ask: choose one under Models.")
    return request.choice


class _Run:
    """One document asked about."""

    def __init__(self, models: Models, material: Material, route: tuple[ModelName, ...], prompt: Prompt) -> None:
        request = material.request
        self.material = material
        self.choice = material.choice
        self.prompt = prompt
        self.can = material.can
        self.output = min(self.choice.max_output_tokens, self.can.output)
        self.asking = Asking(
            models,
            route,
            prompt.label,
            request.note,
            request.on_reply,
            request.cancelled,
            material.masker,
            partial(notation_of, material.texts),
            material.kind,
            request.replies,
        )
        if material.blind:
            self.asking.notes.append("This model cannot look at pictures: it got the text alone.")

    def extracted(self) -> Extracted:
        """The model's reading with the reason for each value. Raises what :class:`Asking` raises."""
        packed = self.packed()
        answers = [answer for part in self.parts(packed.parts) for answer in self._answers(part)]
        text = "\n".join(page.text for page in self.material.texts)
        merged = merge([answer.read.reading for answer in answers], text)
        reading = merged.reading
        provenance = provenance_of(reading.values, extractor_name(self.material.request.recipe, self.choice))
        opinion = self._opinion(reading, packed, answers[-1].model)
        return Extracted(
            reading.values,
            "\n\n".join(answer.raw for answer in answers),
            weighed(provenance, opinion),
            reading.language or self.material.about.language,
            findings=(*self._findings(packed, answers, reading), *merged.findings, *opinion.findings),
            calls=tuple(self.asking.calls),
            document_type=reading.document_type if reading.document_type != OTHER else None,
            pages=self.material.texts,
        )

    def packed(self) -> Packed:
        """The pages in as many questions as the model's window asks for."""
        empty = self.question(Part((PageShown(1),), total=len(self.material.pages)))
        window = int(self.can.context * (1 - _SPARE)) - self.output - count_question(empty)
        return pack(self.material.pages, Room(max(window, _LEAST_ROOM), max(self.can.images, 1)))

    def parts(self, packed: Sequence[tuple[PageShown, ...]]) -> list[Part]:
        """The packed pages as parts of a whole."""
        total = len(self.material.pages) if len(packed) > 1 else 0
        return [Part(pages, total) for pages in packed]

    def question(self, part: Part) -> Question:
        """What is asked about a part."""
        vendor = self.material.vendor if uses(self.prompt, "vendor") else None
        return ask_for_reading(
            self.prompt, part, self.material.about, vendor, self.choice, self.output, self.material.request.corrections
        )

    def _answers(self, part: Part) -> Iterator[Answer]:
        """The answer to a part, or to its halves where one reply cannot hold it."""
        try:
            yield self.asking.read(self.question(part))
            return
        except ReplyCutOff as error:
            smaller = halves(part.pages)
            if len(smaller) < 2:
                sentence = "The reply met the model's length limit: choose a model that can write more, or fewer pages."
                raise ReplyCutOff(sentence, error.provider, error.model, raw=error.raw, billed=True) from error
        self.asking.notes.append("The reply would have been too long: the document was read in parts.")
        for pages in smaller:
            yield from self._answers(Part(pages, len(self.material.pages)))

    def second(self, reader: ModelName) -> ModelName:
        """Who is asked for the second opinion on what ``reader`` read."""
        return reader if self.choice.second_opinion == SAME else ModelName.parse(self.choice.second_opinion)

    def _opinion(self, reading: DocumentAnswer, packed: Packed, reader: ModelName) -> Opinion:
        """What a second reader makes of what ``reader`` read. One that cannot be asked costs nothing but its opinion."""
        if not self.choice.second_opinion:
            return Opinion()
        second = self.asking.quiet((self.second(reader),))
        try:
            if self.choice.second_opinion != SAME:
                return compare(reading.values, self._read_again(second, packed))
            parts, masker = self.parts(packed.parts), self.material.masker
            judged = [
                second.verify(ask_to_verify(reading.values, part, self.choice.temperature, self.output, masker))
                for part in parts
            ]
            return opinion_of(reading.values, judged, self.asking.notation(reading.language or None))
        except ExtractionError as error:
            sentence = f"There is no second opinion: {error}"
            return Opinion(findings=(Finding("opinion", "info", sentence, passing=True),))

    def _read_again(self, second: Asking, packed: Packed) -> BaseModel:
        text = "\n".join(page.text for page in self.material.texts)
        readings = [
            second.read(self.question(part), "second opinion").read.reading for part in self.parts(packed.parts)
        ]
        values: BaseModel = merge(readings, text).reading.values
        return values

    def _findings(self, packed: Packed, answers: Sequence[Answer], reading: DocumentAnswer) -> Iterator[Finding]:
        yield from self.material.findings
        for finding in (finding for answer in answers for finding in answer.read.findings):
            yield finding if len(answers) == 1 else replace(finding, fields=_of_header(finding.fields))
        if packed.left_out:
            yield Finding("left_out", "warning", _left_out(packed.left_out))
        if len(packed.parts) > 1:
            yield Finding("parts", "info", f"The document was read in {len(answers)} parts, which were put together.")
        for sentence in dict.fromkeys(self.asking.notes):
            yield Finding("model", "info", sentence)
        if doubt := self.material.doubt:
            yield doubt
        elif reading.document_type == OTHER:
            yield no_such(self.material.kind)


def _of_header(paths: tuple[str, ...]) -> tuple[str, ...]:
    """Those of ``paths`` that parts put together leave as they are; the lines are counted anew."""
    return tuple(path for path in paths if not is_cell(path))


def _left_out(numbers: Sequence[int]) -> str:
    several = len(numbers) > 1
    which = f"{', '.join(map(str, numbers[:-1]))} and {numbers[-1]}" if several else str(numbers[0])
    return (
        f"The document is longer than the model can read at once: page{'s' if several else ''} {which}, which "
        f"{'hold' if several else 'holds'} no amounts, {'were' if several else 'was'} left out."
    )


def no_such(kind: DocumentType) -> Finding:
    """A finding that the model takes the document for something else than one of ``kind``."""
    fields = (kind.identifier,) if kind.identifier else ()
    return Finding("document_type", "warning", f"The model says that this is no {kind.title.lower()}.", fields)


def provenance_of(values: BaseModel, extractor: str) -> dict[str, Provenance]:
    """Where every value comes from: a model, which is believed so far."""
    return {
        path: Provenance(extractor, "model", score=BELIEF)
        for path, _, value in type_of(values).walk(values)
        if value is not None
    }
