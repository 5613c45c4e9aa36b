"""The run: its steps, its cache, its cascade, its errors. Extractors and pages are doubles of the real contracts."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from core.cancelling import IsCancelled
from core.documents import Document
from core.errors import BrokenDocument, Cancelled, ExtractionError, ReplyInvalid
from core.events import Event, ReplyArrived, RunFinished, StepFailed, StepFinished, StepProgressed, StepSkipped
from core.evidence import Box, PageText, Word
from core.extraction import Extraction, PageRef
from core.extractor import Availability, Extracted, Request
from core.invoice.model import Invoice
from core.ocr.engine import PagesRead
from core.pipeline import Pipeline, RunOrder
from core.recipe import ModelChoice, OcrRecipe, Recipe
from core.schema.document_type import DocumentType
from tests.doubles.cache import MemoryCache

INVOICE = Invoice(
    invoice_number="R-7",
    invoice_date=date(2024, 5, 6),
    vendor_name="Acme",
    total_amount=Decimal("9.50"),
    currency="EUR",
)
WORDS = ("Acme", "R-7", "2024-05-06", "9.50", "EUR")


class FakeDocument(Document):
    """A document of ``page_count`` pages that are never rendered."""

    def __init__(self, page_count: int = 1, repaired: bool = False, remarks: tuple[str, ...] = ()) -> None:
        self.page_count = page_count
        self.repaired = repaired
        self.remarks = remarks


@dataclass
class FakeExtractor:
    """Gives a fixed draft, or raises."""

    name: str
    draft: Extracted | None = None
    error: ExtractionError | None = None
    streams: bool = False
    calls: int = 0

    def availability(self) -> Availability:
        return Availability(True)

    def reads(self, kind: DocumentType) -> bool:
        return True

    def extract(self, request: Request) -> Extracted | None:
        self.calls += 1
        if self.streams:
            request.on_reply('{"total": ')
            request.on_reply("9.50}")
        if self.error:
            raise self.error
        return self.draft


@dataclass
class FakeReader:
    """Reads the same words on every page."""

    failed: dict[int, str] = field(default_factory=dict)
    words: tuple[str, ...] = WORDS
    calls: int = 0

    def read(
        self, document: Document, pages: Sequence[PageRef], recipe: OcrRecipe, cancelled: IsCancelled
    ) -> Generator[tuple[int, int], None, PagesRead]:
        self.calls += 1
        words = tuple(Word(text, Box(10, 20 * i, 90, 20 * i + 12)) for i, text in enumerate(self.words))
        texts = []
        for done, page in enumerate(pages, 1):
            if page.number not in self.failed:
                texts.append(PageText(page.number, 100, 200, words, "fake"))
            yield done, len(pages)
        return PagesRead(tuple(texts), failed=self.failed)


def run(
    pipeline: Pipeline, pages: int = 1, recipe: Recipe | None = None, cancelled: IsCancelled = lambda: False
) -> list[Event]:
    """All events of one run."""
    refs = tuple(PageRef(number + 1) for number in range(pages))
    order = RunOrder(lambda: FakeDocument(pages), "a.pdf", "0" * 64, refs, recipe or Recipe())
    return list(pipeline.run(order, cancelled))


def pipeline_of(*extractors: FakeExtractor, reader: FakeReader | None = None) -> Pipeline:
    """A pipeline over doubles, with a cache in memory."""
    found: dict[str, Any] = {extractor.name: extractor for extractor in extractors}
    return Pipeline(found, reader or FakeReader(), MemoryCache(), "test", lambda: date(2024, 6, 1))


def for_each(events: Iterator[Event], action: Callable[[Event], None]) -> None:
    """Consume events one by one, so that those before an error are seen."""
    for event in events:
        action(event)


def result(events: list[Event]) -> Extraction:
    """The run's result."""
    last = events[-1]
    assert isinstance(last, RunFinished)
    return last.extraction


def finished(events: list[Event]) -> list[str]:
    """The steps that ended well, in order."""
    return [event.step for event in events if isinstance(event, StepFinished)]


NO_XML = FakeExtractor("einvoice")


def rules(**changes: Any) -> FakeExtractor:
    """A rules double that reads the invoice."""
    return FakeExtractor("rules", Extracted(INVOICE, "{}"), **changes)


def test_the_steps_come_in_order_and_end_in_a_result() -> None:
    """Load, e-invoice, read, extract, evidence, validate; every value has its place and a confidence."""
    events = run(pipeline_of(NO_XML, rules()))
    assert finished(events) == ["load", "einvoice", "ocr", "extract", "evidence", "validate"]
    extraction = result(events)
    assert extraction.values == INVOICE
    assert extraction.evidence["total_amount"].boxes == (Box(10, 60, 90, 72),)
    assert set(extraction.confidences) >= {"invoice_number", "total_amount"}
    assert [step.step for step in extraction.steps] == finished(events)


def test_the_last_step_says_ready_as_the_page_does() -> None:
    """What only a person can say, “approved”, is no word for a verdict of the machine."""
    events = run(pipeline_of(NO_XML, rules()), recipe=Recipe(approve_at=0.1))
    last = [event for event in events if isinstance(event, StepFinished)][-1]
    assert last.detail == "ready, 0 findings"


def test_pages_are_counted_as_they_are_read() -> None:
    """The person sees how many of the pages are read; the one at work is not among them."""
    progress = [event for event in run(pipeline_of(NO_XML, rules()), pages=3) if isinstance(event, StepProgressed)]
    assert [(event.done, event.total) for event in progress] == [(1, 3), (2, 3), (3, 3)]
    assert progress[0].detail == "1 of 3 pages read"


def test_the_same_document_and_recipe_again_come_from_the_cache() -> None:
    """Nothing is read or extracted twice, and each step says so; another recipe runs anew."""
    extractor, reader = rules(), FakeReader()
    pipeline = pipeline_of(NO_XML, extractor, reader=reader)
    first = result(run(pipeline))
    again = run(pipeline)
    assert (extractor.calls, reader.calls) == (1, 1)
    assert all(event.cached for event in again if isinstance(event, StepFinished))
    assert result(again).values == first.values
    assert result(again).evidence == first.evidence
    run(pipeline, recipe=Recipe(extractors=("rules",)))
    assert extractor.calls == 2


def test_invoice_xml_is_taken_before_any_reader() -> None:
    """The XML's values stand; the rules only look for differences."""
    exact = FakeExtractor("einvoice", Extracted(INVOICE, "<xml/>", exact=True))
    other = FakeExtractor("rules", Extracted(INVOICE.model_copy(update={"total_amount": Decimal(1)}), "{}"))
    extraction = result(run(pipeline_of(exact, other)))
    assert (extraction.extractor, extraction.raw) == ("einvoice", "<xml/>")
    assert extraction.values.total_amount == Decimal("9.50")


def test_a_bare_xml_that_cannot_be_read_is_an_error_of_the_run() -> None:
    """There is no page to read instead: nothing pretends to have read it."""
    broken = FakeExtractor("einvoice", error=ExtractionError("The XML is damaged.", "<xml"))
    reader = rules()
    extraction = result(run(pipeline_of(broken, reader), pages=0))
    assert (extraction.extractor, extraction.raw, reader.calls) == ("", "<xml", 0)
    assert [(found.severity, found.message) for found in extraction.findings] == [("error", "The XML is damaged.")]


def test_a_recipe_for_pages_says_that_it_cannot_read_bare_xml() -> None:
    """The file is all right; the recipe is not for it."""
    extraction = result(run(pipeline_of(NO_XML, rules()), pages=0, recipe=Recipe(extractors=("rules",))))
    assert extraction.extractor == ""
    assert ["choose a recipe" in found.message for found in extraction.findings] == [True]


def test_what_is_odd_about_a_file_is_a_remark_in_the_result() -> None:
    """It does not stand in the way of approval."""
    order = RunOrder(lambda: FakeDocument(remarks=("It is a PDF.",)), "a", "0" * 64, (PageRef(1),), Recipe())
    extraction = result(list(pipeline_of(NO_XML, rules()).run(order)))
    assert ("info", "It is a PDF.") in [(found.severity, found.message) for found in extraction.findings]


def test_broken_invoice_xml_is_a_finding_and_the_page_is_read() -> None:
    """A damaged XML does not stop the run."""
    broken = FakeExtractor("einvoice", error=ExtractionError("The XML inside is damaged."))
    events = run(pipeline_of(broken, rules()))
    assert any(isinstance(event, StepFailed) and event.step == "einvoice" for event in events)
    assert result(events).extractor == "rules"
    assert any("damaged" in finding.message for finding in result(events).findings)


def test_a_page_that_cannot_be_read_keeps_the_others_and_is_not_cached() -> None:
    """Partial success is flagged; the next run tries the page again."""
    reader = FakeReader(failed={2: "the picture is damaged."})
    pipeline = pipeline_of(NO_XML, rules(), reader=reader)
    extraction = result(run(pipeline, pages=3))
    assert [text.page for text in extraction.page_texts] == [1, 3]
    assert any("Page 2" in finding.message for finding in extraction.findings)
    run(pipeline, pages=3)
    assert reader.calls == 2


def test_a_repaired_file_and_an_empty_page_are_told_of() -> None:
    """Parts may be missing; nothing at all is an error."""
    order = RunOrder(lambda: FakeDocument(1, repaired=True), "a.pdf", "0" * 64, (PageRef(1),), Recipe())
    noticed = result(list(pipeline_of(NO_XML, rules(), reader=FakeReader(words=())).run(order))).findings
    assert {"repaired", "empty"} <= {finding.check for finding in noticed}


def test_the_cascade_stops_at_the_first_approved_result() -> None:
    """Later extractors are asked only when an earlier one does not pass the gate."""
    poor = FakeExtractor("poor", Extracted(Invoice(), "{}"))
    spare = FakeExtractor("spare", Extracted(INVOICE, "{}"))
    recipe = Recipe(extractors=("poor", "rules", "spare"), approve_at=0.1)
    extraction = result(run(pipeline_of(poor, rules(), spare), recipe=recipe))
    assert (extraction.extractor, extraction.verdict) == ("rules", "approved")
    assert spare.calls == 0


def test_a_streaming_reply_arrives_in_pieces() -> None:
    """Whoever watches sees the raw reply grow."""
    events = run(pipeline_of(NO_XML, rules(streams=True)))
    assert [event.text for event in events if isinstance(event, ReplyArrived)] == ['{"total": ', "9.50}"]


def test_a_failing_extractor_gives_an_empty_invoice_with_a_finding() -> None:
    """What was read stays; the sentence says what failed."""
    failing = FakeExtractor("rules", error=ExtractionError("The reader gave up."))
    extraction = result(run(pipeline_of(NO_XML, failing)))
    assert extraction.page_texts
    assert any("gave up" in finding.message for finding in extraction.findings)


def test_a_broken_document_tells_its_step_and_raises() -> None:
    """The failed step is seen before the error ends the run."""

    def load() -> Document:
        raise BrokenDocument("a.pdf", "it is damaged.")

    seen: list[Event] = []
    events = pipeline_of(NO_XML, rules()).run(RunOrder(load, "a.pdf", "0" * 64, (PageRef(1),), Recipe()))
    with pytest.raises(BrokenDocument):
        for_each(events, seen.append)
    assert isinstance(seen[-1], StepFailed)


def test_a_cancelled_run_stops() -> None:
    """No result after cancel."""
    with pytest.raises(Cancelled):
        run(pipeline_of(NO_XML, rules()), cancelled=lambda: True)


def test_bare_xml_has_no_page_to_read() -> None:
    """Reading is skipped, and says why."""
    exact = FakeExtractor("einvoice", Extracted(INVOICE, "<xml/>", exact=True))
    events = run(pipeline_of(exact, rules()), pages=0)
    assert any(isinstance(event, StepSkipped) and event.step == "ocr" for event in events)
    assert result(events).values == INVOICE


def test_a_model_that_fails_costs_the_person_nothing_they_had() -> None:
    """What the rules read is kept, and a finding says what failed; it is tried again next time."""
    model = FakeExtractor("llm", error=ReplyInvalid("The reply is no JSON.", "so sorry"))
    poor = FakeExtractor("rules", Extracted(INVOICE.model_copy(update={"currency": None, "vendor_name": None}), "{}"))
    recipe = Recipe(extractors=("rules", "strong"), models={"strong": ModelChoice()})
    pipeline = pipeline_of(poor, model)
    extraction = result(run(pipeline, recipe=recipe))
    assert (extraction.extractor, extraction.values.invoice_number) == ("rules", "R-7")
    failures = [finding for finding in extraction.findings if finding.check == "extract"]
    assert [(finding.severity, "no JSON" in finding.message) for finding in failures] == [("info", True)]
    run(pipeline, recipe=recipe)
    assert model.calls == 2


def test_a_cheap_model_that_fails_does_not_stand_in_the_way_of_a_strong_one() -> None:
    """The strong one's result is approved all the same."""
    cheap = FakeExtractor("cheap", error=ReplyInvalid("The reply is no JSON."))
    recipe = Recipe(extractors=("cheap", "rules"), approve_at=0.1)
    extraction = result(run(pipeline_of(cheap, rules()), recipe=recipe))
    assert (extraction.extractor, extraction.verdict) == ("rules", "approved")
    assert any(finding.check == "extract" for finding in extraction.findings)


def test_the_reply_that_could_not_be_used_is_kept_where_there_is_nothing_else() -> None:
    """The raw tab shows what the model said."""
    model = FakeExtractor("llm", error=ReplyInvalid("The reply is no JSON.", "so sorry"))
    recipe = Recipe(extractors=("strong",), models={"strong": ModelChoice()})
    extraction = result(run(pipeline_of(model), recipe=recipe))
    assert (extraction.extractor, extraction.raw) == ("", "so sorry")
    assert [finding.severity for finding in extraction.findings if finding.check == "extract"] == ["error"]


def test_the_best_result_of_a_cascade_is_kept() -> None:
    """A later extractor that found less does not take away what an earlier one had."""
    good = FakeExtractor("rules", Extracted(INVOICE, "{}"))
    worse = FakeExtractor("worse", Extracted(Invoice(invoice_number="R-7"), "{}"))
    recipe = Recipe(extractors=("rules", "worse"), approve_at=1.0)
    assert result(run(pipeline_of(good, worse), recipe=recipe)).extractor == "rules"
    recipe = Recipe(extractors=("worse", "rules"), approve_at=1.0)
    assert result(run(pipeline_of(good, worse), recipe=recipe)).extractor == "rules"


def test_a_run_that_is_cancelled_while_a_model_answers_has_no_result() -> None:
    """The model's own stop is the run's."""
    stopped = FakeExtractor("rules", streams=True)
    stopped.error = Cancelled("The run was cancelled.")  # type: ignore[assignment]
    with pytest.raises(Cancelled):
        run(pipeline_of(NO_XML, stopped))
