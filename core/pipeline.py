"""A document and a recipe to an extraction: the steps of a run as a generator of events. It saves nothing and knows
no screen; what it needs is handed in."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import PurePath
from typing import TypeVar

from core.cache import Cache
from core.call import NO_REPLIES, Call, Note, Replies
from core.cancelling import IsCancelled, stop_if
from core.declared.own_fields import OwnReading
from core.document_types import SHIPPED, USUAL, type_declared, type_for, type_of
from core.documents import Document
from core.errors import Cancelled, ExtractionError, StudioError
from core.events import (
    Event,
    ReplyArrived,
    RunFinished,
    StepFailed,
    StepFinished,
    StepProgressed,
    StepSkipped,
    StepStarted,
)
from core.evidence import PageText
from core.extraction import Extraction, Finding, Learnt, PageRef, StepRecord
from core.extractor import Extracted, Extractor, Request
from core.invoice.einvoice.completion import complete
from core.judgement import judge
from core.logs import carried
from core.matching import find_evidence
from core.memory.examples import doubts, key_of
from core.memory.marks import Marks, marks_of
from core.memory.memory import Recalled, Shown, VendorMemory
from core.notation import notation_of
from core.ocr.engine import PageReader, PagesRead
from core.page.layout import Layout
from core.placing import candidates_on_page, evidence_on_page, sources_on_page
from core.recipe import Recipe, Redaction
from core.recognition.recogniser import Recogniser
from core.rules.recogniser import OFFLINE
from core.schema.document_type import DocumentType
from core.schema.type_choice import TypeChoice
from core.status import STATUS_WORDS

T = TypeVar("T")

_NO_PAGE = (
    "The file is invoice XML and the recipe reads pages only: choose a recipe that takes values from invoice XML."
)


@dataclass(frozen=True, slots=True)
class RunOrder:
    """What is to be run: a document that is loaded when its turn comes, the chosen pages, and the recipe. ``note`` takes
    every call to a model as it ends, so that a run that fails or is stopped has its bill too."""

    load: Callable[[], Document]
    name: str
    sha256: str
    pages: tuple[PageRef, ...]
    recipe: Recipe
    note: Note = lambda call: None
    replies: Replies = NO_REPLIES
    """What an earlier attempt of the run was answered by models: it is not asked again."""
    remembers: bool = True
    """Whether what was learnt of vendors may be used: not where a reading is measured by what it was learnt from."""


class Pipeline:
    """Runs recipes over documents. One instance serves many threads: it keeps no state of a run."""

    def __init__(
        self,
        extractors: Mapping[str, Extractor],
        reader: PageReader,
        cache: Cache,
        version: str,
        today: Callable[[], date] = date.today,
        memory: VendorMemory | None = None,
        recogniser: Recogniser = OFFLINE,
    ) -> None:
        """``version`` names the code that reads: results of another version are never taken from the cache. ``memory`` is what
        was learnt of vendors, ``recogniser`` tells the type of documents whose recipe leaves it to their pages."""
        self.extractors = extractors
        self.reader = reader
        self.cache = cache
        self.version = version
        self.today = today
        self.memory = memory
        self.recogniser = recogniser

    def run(self, order: RunOrder, cancelled: IsCancelled = lambda: False) -> Iterator[Event]:
        """The events of one run; the last is RunFinished. Raises a StudioError after the StepFailed that tells of it,
        and Cancelled once ``cancelled`` is true."""
        order = self._settled(order)
        kept = self.kept(order)
        if kept is not None:
            yield from _replay(kept, order)
            return
        run = _Run(self, order, cancelled)
        extraction = yield from run.events()
        if not run.taken_over and not any(finding.passing for finding in extraction.findings):
            self._keep(run.order, extraction, run.recalled)
        yield RunFinished(extraction)

    def kept(self, order: RunOrder) -> Extraction | None:
        """What the cache would answer with, as it was when it was first read; ``None`` where nothing is kept."""
        kept = self._kept(order)
        return None if kept is None else Extraction.model_validate_json(kept)

    def has_kept(self, order: RunOrder) -> bool:
        """Whether the cache would answer."""
        return self._kept(order) is not None

    def choose_type(self, order: RunOrder, texts: tuple[PageText, ...]) -> TypeChoice:
        """What the pages of ``order`` say that they are."""
        declared = (definition for definition in order.recipe.among if not definition.extends)
        kinds = (*SHIPPED, *map(type_declared, declared))
        return self.recogniser.choose(texts, kinds)

    def note_choice(self, order: RunOrder, choice: TypeChoice) -> None:
        """Remember what an order that left the type to its pages came to."""
        self.cache.put(f"type:{self._key(order)}", choice.model_dump_json().encode())

    def _settled(self, order: RunOrder) -> RunOrder:
        """``order`` with the type to which an earlier run of it came, where it leaves that to its pages."""
        kept = self.cache.get(f"type:{self._key(order)}") if order.recipe.chooses_type else None
        if kept is None:
            return order
        return replace(order, recipe=order.recipe.chosen(TypeChoice.model_validate_json(kept)))

    def _keep(self, order: RunOrder, extraction: Extraction, recalled: Recalled | None) -> None:
        key = self._key(order)
        if recalled is not None:
            self.cache.put(f"marks:{key}", recalled.marks.to_json())
        self.cache.put(f"{key}{_suffix(recalled)}", extraction.model_dump_json().encode())

    def _kept(self, order: RunOrder) -> bytes | None:
        """What is kept of the same reading by what is known of its vendor now. The vendor is told by the marks that an earlier
        reading left; a reading from before anything was learnt left none, but itself."""
        order = self._settled(order)
        key = self._key(order)
        plain = self.cache.get(key)
        if self.memory is None or not order.remembers or self.memory.is_empty:
            return plain
        marks = self.cache.get(f"marks:{key}")
        if marks is not None:
            recalled = self.memory.recall(Marks.from_json(marks))
        elif plain is not None:
            read = Extraction.model_validate_json(plain)
            recalled = self.memory.recall(marks_of(read.values, read.candidates, _laid_out(read)))
            self.cache.put(f"marks:{key}", recalled.marks.to_json())
        else:
            return None
        suffix = _suffix(recalled)
        return self.cache.get(key + suffix) if suffix else plain

    def _key(self, order: RunOrder) -> str:
        pages = ",".join(f"{page.number}r{page.rotation}" for page in order.pages)
        suffix = PurePath(order.name).suffix.lower()  # a remark on the file tells of it
        return f"extraction:{self.version}:{order.sha256}:{suffix}:{pages}:{order.recipe.digest}"


class _Run:
    """One run: its clock, and the events of its steps."""

    def __init__(self, pipeline: Pipeline, order: RunOrder, cancelled: IsCancelled) -> None:
        self.pipeline = pipeline
        self.order = order
        self.cancelled = cancelled
        self.records: list[StepRecord] = []
        self.findings: list[Finding] = []
        self.calls: list[Call] = []
        self.failed: list[StudioError] = []
        self.type = _type_of(order.recipe)
        self.base = self.type.base
        self.recalled: Recalled | None = None
        self.shown = Shown()
        self.taken_over = False
        """Whether its result is one that the cache has already."""

    def _note(self, call: Call) -> None:
        self.calls.append(call)
        self.order.note(call)

    def events(self) -> Generator[Event, None, Extraction]:
        """Load, e-invoice check, read, then extract–evidence–validate for each extractor until one is approved."""
        document = yield from self._timed("load", self.order.load, lambda loaded: _describe(loaded, self.order.pages))
        self.findings += [Finding("format", "info", remark) for remark in document.remarks]
        request = Request(
            document,
            self.order.pages,
            self.order.recipe,
            read=lambda: (),
            note=self._note,
            replies=self.order.replies,
            cancelled=self.cancelled,
            type=self.base,
        )
        exact = yield from self._check_einvoice(request)
        texts = yield from self._read_pages(document)
        if self.order.recipe.chooses_type:
            yield from self._choose_type(texts, exact is not None)
            if (kept := self.pipeline.kept(self.order)) is not None:
                return (yield from self._taken_over(kept))
            request = replace(request, recipe=self.order.recipe, type=self.base)
        as_read = tuple(text.as_read() for text in texts)
        request = replace(request, read=lambda: as_read, shown=texts)
        best: Extraction | None = None
        for name in ("einvoice",) if exact else self._cascade() if document.page_count else ():
            extracted = exact or (yield from self._extract(name, request))
            if extracted is None:
                continue
            best = _better(best, (yield from self._judge(name, extracted, request, texts)))
            if best.verdict == "approved":
                break
        best = best or self._nothing(texts)
        findings = (*best.findings, *_of_reading(*self._failures(best.extractor)))
        return best.model_copy(update={"findings": findings, "steps": tuple(self.records), "calls": tuple(self.calls)})

    def _choose_type(self, texts: tuple[PageText, ...], carries_xml: bool) -> Generator[Event, None, None]:
        """Fix the type by what the pages say; invoice XML says it for them."""

        def choose() -> TypeChoice:
            if carries_xml:
                return TypeChoice(type_name=USUAL.name, known=True, reason="carries invoice XML", score=1.0)
            return self.pipeline.choose_type(self.order, texts)

        open_order = self.order

        def told(choice: TypeChoice) -> str:
            return described(choice, _type_of(open_order.recipe.chosen(choice)).title)

        choice = yield from self._timed("type", choose, told)
        self.order = replace(open_order, recipe=open_order.recipe.chosen(choice))
        self.type = _type_of(self.order.recipe)
        self.base = self.type.base
        if len(texts) == len(self.order.pages):  # a page that failed may say something else the next time
            self.pipeline.note_choice(open_order, choice)

    def _taken_over(self, kept: Extraction) -> Generator[Event, None, Extraction]:
        """What the cache has of these pages as the type that they turned out to be of."""
        self.taken_over = True
        done = {record.step for record in self.records}
        for step in kept.steps:
            if step.step not in done:
                self.records.append(replace(step, seconds=0.0, cached=step.state == "finished"))
                yield _told_again(self.records[-1])
        ours = {"steps": tuple(self.records), "name": self.order.name, "recipe": self.order.recipe, "calls": ()}
        return kept.model_copy(update=ours)

    def _nothing(self, texts: tuple[PageText, ...]) -> Extraction:
        """What is left where no extractor gave a result: the pages' text, and the reply that could not be used."""
        raw = next((error.raw for error in reversed(self.failed) if isinstance(error, ExtractionError)), "")
        return self._empty(texts).model_copy(update={"raw": raw, "findings": _of_reading(*self.findings)})

    def _failures(self, kept: str) -> Iterator[Finding]:
        """A finding for each extractor that failed; one that cost the person nothing does not stand in the way."""
        for error in self.failed:
            if kept:
                readers = {"rules": "the offline rules", "einvoice": "the invoice XML"}
                whose = readers.get(kept, f"“{kept}”")
                yield Finding("extract", "info", f"{error} The values are those of {whose}.", passing=True)
            else:
                yield Finding("extract", "error", str(error), passing=True)

    def _cascade(self) -> tuple[str, ...]:
        """The extractors that are asked for the page in turn, without those that do not read documents of this type."""
        named = [name for name in self.order.recipe.extractors if name != "einvoice"]
        fitting = tuple(name for name in named if self._reads(name))
        if named and not fitting:
            self.failed.append(
                ExtractionError(
                    f"This recipe cannot read {self.type.titles.lower()}: choose one that asks a language model."
                )
            )
        return fitting

    def _reads(self, name: str) -> bool:
        """Whether the extractor ``name`` is for documents of the type; one that is not here is asked, to say so."""
        extractor = None if name in self.order.recipe.models else self.pipeline.extractors.get(name)
        return extractor is None or extractor.reads(self.base)

    def _empty(self, texts: tuple[PageText, ...]) -> Extraction:
        return Extraction(
            document=self.order.sha256,
            name=self.order.name,
            pages=self.order.pages,
            recipe=self.order.recipe,
            type_name=self.type.name,
            values=self.type.model(),
            page_texts=texts,
        )

    def _check_einvoice(self, request: Request) -> Generator[Event, None, Extracted | None]:
        if "einvoice" not in self.order.recipe.extractors or not self._reads("einvoice"):
            yield from self._skipped("einvoice", "The recipe reads the page only.")
            if not request.document.page_count:
                self.failed.append(ExtractionError(_NO_PAGE))
            return None
        try:
            return (
                yield from self._timed(
                    "einvoice",
                    lambda: self.pipeline.extractors["einvoice"].extract(request),
                    lambda extracted: (
                        "Invoice XML found: its values are exact." if extracted else "No invoice XML inside."
                    ),
                )
            )
        except ExtractionError as error:
            if request.document.page_count:
                self.findings.append(Finding("einvoice", "warning", f"{error} The page was read instead."))
            else:
                self.failed.append(error)
            return None

    def _read_pages(self, document: Document) -> Generator[Event, None, tuple[PageText, ...]]:
        if not document.page_count:
            yield from self._skipped("ocr", "The file is invoice XML: there is no page to read.")
            return ()
        pages = self.order.pages
        started = time.perf_counter()
        yield StepStarted("ocr")
        try:
            reading = self.pipeline.reader.read(document, pages, self.order.recipe.ocr, self.cancelled)
            result = yield from _progress("ocr", reading)
        except StudioError as error:
            yield self._failed("ocr", started, error)
            raise
        self.findings += _reading_findings(document, result)
        yield self._finished("ocr", started, _describe_reading(result), result.cached == len(pages))
        return result.texts

    def _extract(self, name: str, request: Request) -> Generator[Event, None, Extracted | None]:
        choice = self.order.recipe.models.get(name)
        extractor = self.pipeline.extractors.get("llm" if choice else name)
        # a model is asked for what a person added too; whoever reads without one knows the type as it ships
        if choice:
            self.shown = self._corrections(request, choice.redaction)
        seen = self.shown.corrections if choice else ()
        request = replace(request, choice=choice, type=self.type if choice else self.base, corrections=seen)
        stop_if(self.cancelled)
        started = time.perf_counter()
        yield StepStarted("extract")
        try:
            if extractor is None:
                raise ExtractionError(f"There is no extractor “{name}” here: choose one of the recipe's others.")
            usable = extractor.availability()
            if not usable.usable:
                raise ExtractionError(f"The extractor “{name}” cannot be used: {usable.reason}")
            extracted = yield from self._reply(extractor, request)
        except Cancelled:
            raise
        except StudioError as error:
            yield self._failed("extract", started, error)
            self.failed.append(error)
            return None
        yield self._finished("extract", started, f"by {name}")
        return extracted

    def _corrections(self, request: Request, hiding: Redaction) -> Shown:
        """What a model is to be shown of earlier documents of the vendor, as far as that can be told by the page."""
        memory, reader = self.pipeline.memory, self.pipeline.extractors.get("rules")
        if memory is None or not self.order.remembers or memory.is_empty or reader is None or not self._reads("rules"):
            return Shown()
        if self.recalled is None:
            page = reader.extract(request)
            if page is None or not page.layouts:
                return Shown()
            self.recalled = memory.recall(marks_of(page.values, page.candidates, page.layouts))
        return memory.corrections(self.recalled, self.type, hiding)

    def _reply(self, extractor: Extractor, request: Request) -> Generator[Event, None, Extracted | None]:
        if not extractor.streams:
            return extractor.extract(request)

        def extract(put: Callable[[Event], None]) -> Extracted | None:
            return extractor.extract(replace(request, on_reply=lambda text: put(ReplyArrived(extractor.name, text))))

        return (yield from _relay(extract))

    def _judge(
        self, name: str, extracted: Extracted, request: Request, texts: tuple[PageText, ...]
    ) -> Generator[Event, None, Extraction]:
        stop_if(self.cancelled)
        on_page = self._from_page(extracted, request) if texts and name != "rules" else None
        if on_page and extracted.exact:
            extracted = complete(extracted, on_page, request.read())
        own = OwnReading(self.type, extracted.pages or request.read(), on_page or extracted)
        extracted, learnt = self._recall(name, own.take_header(extracted), on_page, request)
        extracted = own.take_columns(extracted)
        candidates = on_page.candidates | own.candidates if on_page else extracted.candidates
        remembered = self.recalled.findings() if self.recalled else ()
        shown = self.shown if name in self.order.recipe.models else Shown()
        remembered += tuple(doubts(shown.vendor, shown.rules, extracted.values, self.type))
        evidence = yield from self._timed(
            "evidence",
            lambda: evidence_on_page(
                find_evidence(extracted.values, extracted.pages or request.read(), extracted.provenance), texts
            ),
            lambda found: f"{len(found)} values found on the page",
        )
        base = self._empty(texts).model_copy(
            update={
                "type_name": type_of(extracted.values).name,
                "values": extracted.values,
                "language": extracted.language,
                "notation": extracted.notation
                or (on_page.notation if on_page else notation_of(texts, extracted.language)),
                "evidence": evidence,
                "provenance": sources_on_page(extracted.provenance, texts),
                "candidates": candidates_on_page(candidates, texts),
                "charges": extracted.charges,
                "extractor": name,
                "raw": extracted.raw,
                "document_type": extracted.document_type or (on_page.document_type if on_page else None),
                "findings": _of_reading(*self.findings, *remembered, *extracted.findings),
                "learnt": learnt,
                "vendor": self.recalled.vendor.name if self.recalled and self.recalled.vendor else "",
                "examples": tuple(map(key_of, shown.rules)),
            }
        )
        return (
            yield from self._timed(
                "validate",
                lambda: judge(
                    base,
                    today=self.pipeline.today(),
                    page_view=on_page.values if on_page and extracted.exact else None,
                ),
                verdict_in_words,
            )
        )

    def _recall(
        self, name: str, extracted: Extracted, on_page: Extracted | None, request: Request
    ) -> tuple[Extracted, tuple[Learnt, ...]]:
        """What was read with what is known of its vendor: the rules' reading may be mended by it, any other is only compared
        with the vendor's earlier documents."""
        memory, page = self.pipeline.memory, on_page or extracted
        if memory is None or not self.order.remembers or memory.is_empty or not page.layouts:
            return extracted, ()
        if self.recalled is None:
            self.recalled = memory.recall(marks_of(extracted.values, page.candidates, page.layouts))
        return self.recalled.take(extracted, request.read()) if name == "rules" else (extracted, ())

    def _from_page(self, extracted: Extracted, request: Request) -> Extracted | None:
        """What the page itself says: to compare with the XML, to fill its gaps, and for what else a value may be."""
        reader = self.pipeline.extractors.get("rules")
        seen = replace(request, read=lambda: extracted.pages) if extracted.pages else request
        return reader.extract(seen) if reader and self._reads("rules") else None

    def _timed(self, step: str, work: Callable[[], T], detail: Callable[[T], str]) -> Generator[Event, None, T]:
        stop_if(self.cancelled)
        started = time.perf_counter()
        yield StepStarted(step)
        try:
            result = work()
        except StudioError as error:
            yield self._failed(step, started, error)
            raise
        yield self._finished(step, started, detail(result))
        return result

    def _finished(self, step: str, started: float, detail: str, cached: bool = False) -> StepFinished:
        seconds = time.perf_counter() - started
        self.records.append(StepRecord(step, "finished", seconds, cached, detail))
        return StepFinished(step, seconds, cached, detail)

    def _failed(self, step: str, started: float, error: StudioError) -> StepFailed:
        seconds = time.perf_counter() - started
        self.records.append(StepRecord(step, "failed", seconds, detail=str(error)))
        return StepFailed(step, seconds, str(error))

    def _skipped(self, step: str, detail: str) -> Generator[Event, None, None]:
        self.records.append(StepRecord(step, "skipped", detail=detail))
        yield StepSkipped(step, detail)


def _suffix(recalled: Recalled | None) -> str:
    """What tells the key of a reading with what was learnt from that without."""
    return f":{recalled.digest}" if recalled is not None and recalled.digest else ""


def _laid_out(read: Extraction) -> list[Layout]:
    return [Layout(page.as_read()) for page in read.page_texts]


def _better(best: Extraction | None, later: Extraction) -> Extraction:
    """The better of two results of a cascade: what is asked later is worth more, unless it plainly found less."""
    if best is None:
        return later
    return later if _worth(later) >= _worth(best) else best


def _worth(result: Extraction) -> tuple[bool, int, int, float]:
    """Approved; required values that are there; errors that are not; how sure the required values are, in tenths."""
    required = [info.name for info in result.type.header if info.required]
    sure = sum(result.confidences.get(name, 0.0) for name in required)
    errors = sum(finding.severity == "error" for finding in result.findings)
    there = sum(result.value_at(name) is not None for name in required)
    return result.verdict == "approved", there, -errors, round(sure, 1)


def verdict_in_words(judged: Extraction) -> str:
    """What the step that judged it says."""
    count = len(judged.findings)
    return f"{STATUS_WORDS[judged.verdict]}, {count} finding{'' if count == 1 else 's'}"


def _of_reading(*findings: Finding) -> tuple[Finding, ...]:
    return tuple(replace(finding, reading=True) for finding in findings)


def _replay(kept: Extraction, order: RunOrder) -> Iterator[Event]:
    """The events of a run whose result was in the cache: the same steps, each at no cost."""
    steps = tuple(
        replace(step, seconds=0.0, cached=step.state == "finished") for step in _with_choice(kept, order.recipe)
    )
    for step in steps:
        yield _told_again(step)
    ours = {"steps": steps, "name": order.name, "recipe": order.recipe, "calls": ()}
    yield RunFinished(kept.model_copy(update=ours))


def _told_again(step: StepRecord) -> StepSkipped | StepFinished:
    if step.state == "skipped":
        return StepSkipped(step.step, step.detail)
    return StepFinished(step.step, 0.0, True, step.detail)


def _with_choice(kept: Extraction, recipe: Recipe) -> list[StepRecord]:
    """The steps of a kept run, with the choice of the type where this run's recipe leaves that to the pages, without where it does not."""
    steps = [step for step in kept.steps if step.step != "type"]
    if recipe.type_choice:
        detail = described(recipe.type_choice, kept.type.title)
        after = next((place for place, step in enumerate(steps, 1) if step.step == "ocr"), len(steps))
        steps.insert(after, StepRecord("type", "finished", detail=detail))
    return steps


def _type_of(recipe: Recipe) -> DocumentType:
    """What ``recipe`` reads documents as; the usual type as long as that is left to their pages."""
    return type_for(None if recipe.chooses_type else recipe.type_name, recipe.declared)


def described(choice: TypeChoice, title: str) -> str:
    """A choice of a type in words, under the title of the type."""
    return f"{title}: {choice.reason}" if choice.known else f"Not known ({choice.reason}): read as {title.lower()}"


def _progress(step: str, reading: Generator[tuple[int, int], None, T]) -> Generator[Event, None, T]:
    """The (done, total) of ``reading`` as events; its result is ours."""
    while True:
        try:
            done, total = next(reading)
        except StopIteration as end:
            result: T = end.value
            return result
        yield StepProgressed(step, done, total, f"{done} of {total} page{'' if total == 1 else 's'} read")


def _relay(work: Callable[[Callable[[Event], None]], T]) -> Generator[Event, None, T]:
    """Run ``work`` in a thread and yield what it puts while it works; its result or error is ours."""
    events: queue.SimpleQueue[Event | None] = queue.SimpleQueue()
    outcome: list[T] = []
    errors: list[BaseException] = []

    def target() -> None:
        try:
            outcome.append(work(events.put))
        except BaseException as error:  # handed to the caller's thread below
            errors.append(error)
        finally:
            events.put(None)

    thread = threading.Thread(target=carried(target), name="studio-step", daemon=True)
    thread.start()
    while (event := events.get()) is not None:
        yield event
    thread.join()
    if errors:
        raise errors[0]
    return outcome[0]


def _reading_findings(document: Document, read: PagesRead) -> Iterator[Finding]:
    for number, sentence in read.failed.items():
        yield Finding("page", "error", f"Page {number} could not be read: {sentence}", passing=True)
    if document.repaired:
        yield Finding("repaired", "warning", "The file is damaged and was repaired to open it: parts may be missing.")
    if not any(text.words for text in read.texts):
        yield Finding("empty", "error", "Nothing is written on the chosen pages: choose others, or get the file again.")


def _describe(document: Document, pages: tuple[PageRef, ...]) -> str:
    if not document.page_count:
        return "invoice XML"
    return f"{len(pages)} of {document.page_count} page{'s' if document.page_count != 1 else ''}"


def _describe_reading(read: PagesRead) -> str:
    notes = dict.fromkeys(text.note for text in read.texts if text.note)
    missing = f" {len(read.failed)} failed." if read.failed else ""
    return (" ".join(notes) or f"{len(read.texts)} pages") + missing
