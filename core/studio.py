"""The few verbs that pages, command line and API call."""

from __future__ import annotations

import io
import json
import threading
import uuid
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from core.accuracy import Accuracy
from core.cache import Cache
from core.call import Call
from core.cancelling import IsCancelled
from core.comparison.comparator import Comparator
from core.comparison.runner import PipelineRunner
from core.documents import Document, open_document
from core.documents.geometry import turn_box
from core.errors import Cancelled, EncryptedDocument, RecordMissing, RunTooLong, StorageError, TooFewReviewed
from core.events import Event, RunFinished, StepFailed, StepFinished, StepSkipped
from core.evidence import Box, Evidence, Word, union
from core.extraction import Extraction, Finding, PageRef, StepRecord
from core.extractor import Availability
from core.invoice.document_type import INVOICE
from core.invoice.model import Invoice
from core.jobs.queue import Handler, Job, JobQueue, JobRequest, Lane
from core.llm.provider import Models
from core.notation import usual_notation
from core.notation.typed import parse_value
from core.pipeline import Order as RunOrder
from core.pipeline import Pipeline
from core.preferences import Preferences
from core.prompts import PromptBook
from core.recipe import Correction, OcrRecipe, Recipe, Redaction
from core.records import About, Records, RecordStores, describe_duplicate
from core.review import Reviewed, review
from core.settings import Defaults, Settings
from core.spending import Spending
from core.stores.calls import Calls
from core.stores.comparisons import Comparisons
from core.stores.files import Files
from core.stores.ledger import Ledger, RunRow
from core.stores.orders import Duplicate, Order, OrderPage, OrderQuery, Orders, Status, Target
from core.stores.pending import Pending
from core.stores.prompts import Prompts
from core.stores.receipt import SaveReceipt
from core.stores.unit import Unit
from core.stores.workbook import WorkbookStore
from core.validation.calibration import ENOUGH_REVIEWED, fit_correction

if TYPE_CHECKING:
    from PIL.Image import Image

__all__ = ["Parts", "Reviewed", "Studio"]

#: Opened documents kept in memory; the others are opened again from the kept bytes.
OPEN_DOCUMENTS = 24
#: More pages than these are not short work, however they are read.
SHORT_PAGES = 20
#: The kind of job that reads a document on the desk.
RUN = "run"

RegionReader = Callable[[Document, PageRef, Box, OcrRecipe], list[Word]]
Exporter = Callable[[Iterator[Order], str], bytes]
TablesExporter = Callable[[Mapping[str, Sequence[Mapping[str, Any]]], str], bytes]


@dataclass(frozen=True, slots=True)
class Parts:
    """What a studio is made of; bootstrap puts it together."""

    pipeline: Pipeline
    read_region: RegionReader
    queue: JobQueue
    comparisons: Comparisons
    orders: Orders
    workbook: Callable[[Path], WorkbookStore]
    ledger: Ledger
    pending: Pending
    unit: Unit
    """One transaction over orders, ledger and pending."""
    calls: Calls
    models: Models
    prompts: Prompts
    files: Files
    cache: Cache
    export: Exporter
    export_tables: TablesExporter
    health: Callable[[], list[tuple[str, str, Availability]]]
    accuracy: Accuracy
    preferences: Preferences
    recognises: Callable[[Document, Sequence[PageRef], OcrRecipe], bool]
    """Whether an engine has to read one of these pages: :meth:`core.ocr.reader.CachedPageReader.recognises`."""
    password: Callable[[str], str | None] = lambda sha256: None
    """The password of a document (SHA-256) that another process was given; ``None`` where nobody was."""
    pin: Callable[[Recipe], Recipe] = lambda recipe: recipe
    """Fixes what the prompts of a recipe stand for as its run begins: :meth:`core.llm.prompting.PromptShelf.pin_recipe`."""


class Studio:
    """Everything a person can do, in verbs. Made by ``core.entrypoints.bootstrap.build_studio``; thread-safe."""

    def __init__(self, settings: Settings, parts: Parts) -> None:
        self.settings = settings
        self.preferences = parts.preferences
        self._parts = parts
        self.models = parts.models
        self.prompts = PromptBook(parts.prompts, parts.calls, parts.ledger, self.record, self._extraction)
        self.accuracy = parts.accuracy
        self.spending = Spending(parts.calls, parts.ledger, lambda: self.defaults.budget)
        self._open: OrderedDict[str, Document] = OrderedDict()
        self._passwords: dict[str, str] = {}
        self._lock = threading.Lock()
        runner = PipelineRunner(parts.pipeline, self._order_of, self._kept, parts.models.missing)
        self.records = Records(
            RecordStores(
                parts.orders, parts.ledger, parts.pending, parts.unit, parts.workbook, lambda: self.workbook_path
            )
        )
        self.comparison = Comparator(parts.comparisons, parts.queue, runner, parts.files, parts.calls)

    def note_call(self, call: Call) -> None:
        """Keep a call to a model that belongs to no run, so that the bill has it."""
        self._parts.calls.keep_call(call)

    # --- documents -------------------------------------------------------------------------------------------------

    def open(self, data: bytes, name: str, password: str | None = None) -> Document:
        """Open, keep (so that a page switch or a restart does not lose it) and note a document. Raises DocumentError."""
        document = open_document(data, name, self.defaults.limits, password)
        self._parts.files.keep(data)
        about = {"name": document.name, "media_type": document.media_type, "pages": document.page_count}
        self._parts.files.keep_json("document", document.sha256, json.dumps(about))
        self._parts.ledger.keep_document(
            document.sha256, document.name, document.media_type, document.size, document.page_count
        )
        self._remember(document, password)
        return document

    def set_aside(self, data: bytes) -> str:
        """Keep a file that waits for its password, so that a reload does not lose it; gives its SHA-256."""
        return self._parts.files.keep(data)

    def unlock(self, sha256: str, name: str, password: str | None) -> Document:
        """Open a file that was set aside. Raises what :meth:`open` raises, RecordMissing."""
        return self.open(self._parts.files.load(sha256), name, password)

    def document(self, sha256: str, password: str | None = None) -> Document:
        """A document opened earlier, from the kept bytes. Raises RecordMissing; EncryptedDocument when its password
        is needed again (passwords are never kept on disk), WrongPassword."""
        with self._lock:
            if sha256 in self._open:
                self._open.move_to_end(sha256)
                return self._open[sha256]
        about = self._parts.files.load_json("document", sha256)
        if about is None:
            raise RecordMissing("This document is no longer kept here: drop the file in again.")
        document, password = self._reopened(sha256, json.loads(about)["name"], password)
        self._remember(document, password)
        return document

    def _reopened(self, sha256: str, name: str, password: str | None) -> tuple[Document, str | None]:
        """A kept document and the password that opened it."""
        data = self._parts.files.load(sha256)
        try:
            return open_document(data, name, self.defaults.limits, password), password
        except EncryptedDocument:
            password = self.password_of(sha256) or self._parts.password(sha256)
            if password is None:
                raise
            return open_document(data, name, self.defaults.limits, password), password

    def password_of(self, sha256: str) -> str | None:
        """The password that opened a document in this process; it is kept in memory only."""
        with self._lock:
            return self._passwords.get(sha256)

    def hide(self, sha256: str, places: Redaction, rotations: Mapping[int, int]) -> None:
        """Keep the places of a document that are masked in whatever is sent of it, by whoever. Their boxes are on its pages
        turned by ``rotations`` (clockwise degrees by page). Raises what :meth:`document` raises."""
        document = self.document(sha256)
        boxes = []
        for number, *place in places.boxes:
            turn = rotations.get(number, 0) % 360
            page = document.page(number, turn)
            boxes.append((number, *turn_box(Box(*place), -turn % 360, page.width, page.height)))
        self._parts.files.keep_json("hidden", sha256, Redaction(boxes=tuple(boxes)).model_dump_json())

    def hidden(self, sha256: str, rotations: Mapping[int, int]) -> Redaction:
        """The places of a document that are masked, on its pages turned by ``rotations``. Raises what :meth:`document`
        raises."""
        kept = self._parts.files.load_json("hidden", sha256)
        try:
            places = Redaction.model_validate_json(kept) if kept else Redaction()
        except ValidationError as error:
            message = "The places hidden in this document can no longer be read: draw them again before it is sent."
            raise StorageError(message) from error
        boxes = []
        for number, *place in places.boxes:
            turn = rotations.get(number, 0) % 360
            page = self.document(sha256).page(number) if turn else None
            boxes.append((number, *(turn_box(Box(*place), turn, page.width, page.height) if page else place)))
        return Redaction(boxes=tuple(boxes))

    def _remember(self, document: Document, password: str | None) -> None:
        with self._lock:
            if password:
                self._passwords[document.sha256] = password
            self._open[document.sha256] = document
            self._open.move_to_end(document.sha256)
            while len(self._open) > OPEN_DOCUMENTS:
                self._open.popitem(last=False)

    # --- runs ------------------------------------------------------------------------------------------------------

    def start(self, sha256: str, pages: Sequence[PageRef], recipe: Recipe | None = None, owner: str = "") -> str:
        """Queue a run in the background; gives the id under which ``job`` finds it. Owners (a browser session's desk) take
        turns. Raises RecordMissing."""
        document = self.document(sha256)
        run_id = new_run_id()
        order = self._order(document, pages, recipe, run_id)
        request = JobRequest(
            RUN,
            run_id,
            document.name,
            {
                "document": sha256,
                "name": document.name,
                "pages": [[page.number, page.rotation] for page in order.pages],
                "recipe": order.recipe.model_dump(mode="json"),
            },
            owner,
            self._lane(document, order),
            max(1, len(order.pages)),
            self.defaults.limits.run_seconds,
        )
        self._parts.queue.submit(request)
        return run_id

    def _lane(self, document: Document, order: RunOrder) -> Lane:
        """Behind whom a run waits: what takes a second is not behind what takes a minute."""
        if self._parts.pipeline.has_kept(order):
            return "short"
        if len(order.pages) > SHORT_PAGES or self._parts.recognises(document, order.pages, order.recipe.ocr):
            return "long"
        return "asking" if order.recipe.asked else "short"

    def handlers(self) -> dict[str, Handler]:
        """Who does the work of each kind of job."""
        return {RUN: self._read, **self.comparison.handlers(), **self.accuracy.handlers()}

    def _read(self, request: JobRequest, cancelled: IsCancelled) -> Iterator[Event]:
        """Do the run that :meth:`start` asked for."""
        asked, run_id = request.payload, request.job_id
        sha256 = asked["document"]
        order = RunOrder(
            lambda: self.document(sha256),
            asked["name"],
            sha256,
            tuple(PageRef(*page) for page in asked["pages"]),
            Recipe.model_validate(asked["recipe"]),
            lambda call: self._parts.calls.keep_call(call, run_id, sha256),
        )
        return self._kept(run_id, order, cancelled)

    def warm(self) -> None:
        """Make ready to read, in the background: what waits since the last time is taken up."""
        self._parts.queue.warm()

    def close(self) -> None:
        """Stop what runs in the background and end the workers."""
        self._parts.queue.close()

    def job(self, job_id: str) -> Job | None:
        """Where a run stands; finished runs of earlier processes are found too. ``None`` for an unknown id."""
        job = self._parts.queue.get(job_id)
        if job is not None and job.state != "done":
            return job
        kept = self._parts.files.load_json("run", job_id) if job_id.isalnum() else None
        if kept is None:
            return None
        try:
            extraction = Extraction.model_validate_json(kept)
        except ValidationError:  # written by another version of the studio
            return None
        if job is not None:
            return replace(job, extraction=extraction)
        events = tuple(_event_of(step) for step in extraction.steps)
        seconds = sum(step.seconds for step in extraction.steps)
        return Job(job_id, extraction.name, "done", events, extraction=extraction, seconds=seconds)

    def _extraction(self, run_id: str) -> Extraction | None:
        job = self.job(run_id)
        return job.extraction if job else None

    def cancel(self, job_id: str) -> None:
        """Stop a run; what other runs do goes on."""
        self._parts.queue.cancel(job_id)

    def extract(
        self,
        document: Document,
        pages: Sequence[PageRef] | None = None,
        recipe: Recipe | None = None,
        run_id: str | None = None,
    ) -> Iterator[Event]:
        """Run here and now, event by event, and note it in the ledger (the command line). ``None``: all pages, a new
        run id. Raises RunTooLong at the limit that the settings give."""
        chosen = pages if pages is not None else [PageRef(number + 1) for number in range(document.page_count)]
        run_id = run_id or new_run_id()
        seconds = self.defaults.limits.run_seconds
        end = monotonic() + seconds
        try:
            yield from self._kept(run_id, self._order(document, chosen, recipe, run_id), lambda: monotonic() > end)
        except Cancelled:
            raise RunTooLong(seconds) from None

    def _order(self, document: Document, pages: Sequence[PageRef], recipe: Recipe | None, run_id: str) -> RunOrder:
        order = self._order_of(document.sha256, document.name, pages, recipe or self.defaults.recipe, run_id)
        return replace(order, load=lambda: document)

    def _order_of(self, sha256: str, name: str, pages: Sequence[PageRef], recipe: Recipe, run_id: str) -> RunOrder:
        return RunOrder(
            lambda: self.document(sha256),
            name,
            sha256,
            tuple(pages),
            self._parts.pin(self._with_correction(self.hiding(recipe, sha256, pages))),
            lambda call: self._parts.calls.keep_call(call, run_id, sha256),
        )

    def hiding(self, recipe: Recipe, sha256: str, pages: Sequence[PageRef]) -> Recipe:
        """``recipe`` with the places of a document masked in what it sends. Raises what :meth:`hidden` raises, RecipeError."""
        if not recipe.sends:
            return recipe
        return recipe.hiding(self.hidden(sha256, {page.number: page.rotation for page in pages}))

    def _with_correction(self, recipe: Recipe) -> Recipe:
        if recipe.correction is not None or self.defaults.correction is None:
            return recipe
        return recipe.model_copy(update={"correction": self.defaults.correction})

    def _kept(self, run_id: str, order: RunOrder, cancelled: IsCancelled) -> Iterator[Event]:
        started = datetime.now(UTC)
        for event in self._parts.pipeline.run(order, cancelled):
            if isinstance(event, RunFinished):
                extraction = self._with_duplicates(event.extraction)
                self._parts.files.keep_json("run", run_id, extraction.model_dump_json())
                self._parts.ledger.keep_run(run_id, extraction, started)
                self.comparison.note(extraction)
                event = RunFinished(extraction)
            yield event

    def _with_duplicates(self, extraction: Extraction) -> Extraction:
        found = self._parts.orders.duplicates(extraction.document, extraction.pages, extraction.invoice)
        if not found:
            return extraction
        fields = ("invoice_number", "vendor_name")
        finding = Finding("duplicate", "warning", describe_duplicate(found[0]), fields, reading=True)
        return extraction.model_copy(update={"findings": (*extraction.findings, finding), "verdict": "needs review"})

    # --- review ----------------------------------------------------------------------------------------------------

    def review(self, extraction: Extraction, invoice: Invoice, drawn: Mapping[str, Evidence] | None = None) -> Reviewed:
        """Check the person's version of ``extraction.invoice``: see :func:`core.review.review`."""
        return review(extraction, invoice, drawn, today=date.today())

    def read_region(
        self, document: Document, page: PageRef, box: Box, extraction: Extraction | None = None
    ) -> Evidence | None:
        """The words inside a drawn box (page units): from the page's text where it was read, else OCR of just that
        region. ``None`` when nothing stands there."""
        read = next((text for text in extraction.page_texts if text.page == page.number), None) if extraction else None
        words = read.words_in(box) if read else []
        if not words:
            recipe = extraction.recipe.ocr if extraction else self.defaults.recipe.ocr
            words = self._parts.read_region(document, page, box, recipe)
        if not words:
            return None
        confidence = sum(word.confidence for word in words) / len(words)
        text = join_words(read.laid(words) if read else words)
        return Evidence(page.number, (box,), text, 1.0, "drawn", confidence)

    def before_and_after(self, extraction: Extraction, page: int, width: int = 900) -> tuple[bytes, bytes]:
        """JPEGs of a recognised page as it came and as clean-up laid it for reading, ``width`` pixels wide. Raises a
        StudioError where the document is no longer here."""
        from core.imaging import picture_as_read

        text = next(text for text in extraction.page_texts if text.page == page)
        recipe = extraction.recipe.ocr
        picture = self.document(extraction.document).page(page, text.rotation).render(recipe.dpi)
        return _jpeg(picture.image, width), _jpeg(picture_as_read(picture, text, recipe.cleanup), width)

    def parse_value(self, path: str, text: str, extraction: Extraction | None = None) -> object:
        """Text as the field's type, read in the document's notation (``1.234,56`` to Decimal). Raises ValueError
        with a sentence for the person."""
        return parse_value(
            INVOICE.field_of(path), text, extraction.own_notation if extraction else usual_notation(None)
        )

    def keep_draft(self, run_id: str, draft: Mapping[str, object]) -> None:
        """Keep a person's unsaved edits (any JSON) so that a reload or restart finds them."""
        self._parts.files.keep_json("draft", run_id, json.dumps(draft))

    def draft(self, run_id: str) -> dict[str, object] | None:
        """The edits kept for a run."""
        kept = self._parts.files.load_json("draft", run_id)
        return json.loads(kept) if kept else None

    # --- records ---------------------------------------------------------------------------------------------------

    def duplicates(self, extraction: Extraction | None, invoice: Invoice, targets: Sequence[Target]) -> list[Duplicate]:
        """See :meth:`core.records.Records.duplicates`."""
        return self.records.duplicates(extraction, invoice, targets)

    def save(
        self,
        invoice: Invoice,
        targets: Sequence[Target],
        *,
        run_id: str | None = None,
        extraction: Extraction | None = None,
        update: int | None = None,
        status: Status = "reviewed",
        seen: Order | None = None,
        about: About | None = None,
    ) -> SaveReceipt:
        """See :meth:`core.records.Records.save`."""
        return self.records.save(
            invoice,
            targets,
            run_id=run_id,
            extraction=extraction,
            update=update,
            status=status,
            seen=seen,
            about=about,
        )

    def undo(self, receipt: SaveReceipt) -> None:
        """See :meth:`core.records.Records.undo`."""
        self.records.undo(receipt)

    def remove(self, order_id: int, targets: Sequence[Target] | None = None) -> SaveReceipt:
        """See :meth:`core.records.Records.remove`."""
        return self.records.remove(order_id, targets)

    def search(self, query: OrderQuery) -> OrderPage:
        """One page of saved records (the database's)."""
        return self._parts.orders.search(query)

    def record(self, order_id: int) -> Order:
        """One saved record. Raises RecordMissing."""
        return self._parts.orders.get(order_id)

    def export(self, query: OrderQuery, form: str) -> bytes:
        """All matches as ``xlsx``, ``csv`` (a zip of the two tables) or ``json``."""
        return self._parts.export(self._parts.orders.each(query), form)

    def export_record(self, order_id: int, form: str) -> bytes:
        """One record, in the same forms. Raises RecordMissing."""
        return self._parts.export(iter([self.record(order_id)]), form)

    def export_table(self, rows: Sequence[Mapping[str, Any]], form: str) -> bytes:
        """Any table of a page as ``csv`` or ``xlsx``."""
        return self._parts.export_tables({"Table": rows}, form)

    def export_tables(self, tables: Mapping[str, Sequence[Mapping[str, Any]]], form: str) -> bytes:
        """Several tables by name as ``xlsx``, a sheet each."""
        return self._parts.export_tables(tables, form)

    def kept_bytes(self, sha256: str) -> bytes:
        """The bytes kept under ``sha256`` (a picture that was sent to a model). Raises RecordMissing."""
        return self._parts.files.load(sha256)

    def runs(self, limit: int = 50) -> list[RunRow]:
        """The latest runs."""
        return self._parts.ledger.runs(limit)

    # --- the place -------------------------------------------------------------------------------------------------

    def health(self) -> list[tuple[str, str, Availability]]:
        """(kind, name, availability) of every engine, extractor, store and accelerator."""
        return self._parts.health()

    @property
    def defaults(self) -> Defaults:
        """The person's choices as they are now, whichever process they were made in."""
        return self.preferences.now

    def configure(self, **choices: Any) -> None:
        """Keep these choices, each by its name in :class:`Defaults`, and use them from now on; the others stay as they are.
        Raises StorageError."""
        self.preferences.put(**choices)

    def recalibrate(self) -> Correction:
        """Learn from the reviewed records how far confidences are to be corrected, and use that in every run from now on.
        Raises TooFewReviewed."""
        reviewed = self._parts.ledger.reviewed_values()
        correction = fit_correction(reviewed)
        if correction is None:
            raise TooFewReviewed(
                f"Confidences are corrected from {ENOUGH_REVIEWED} reviewed values on; so far there are {len(reviewed)}: "
                "review and save more records."
            )
        self.configure(correction=correction)
        return correction

    def forget_calibration(self) -> None:
        """Go back to the calibration that ships."""
        self.configure(correction=None)

    @property
    def calibration(self) -> Correction | None:
        """The correction in use; ``None``: the calibration that ships, alone."""
        return self.defaults.correction

    def cache_size(self) -> int:
        """Bytes that the cache holds on disk."""
        return self._parts.cache.size_bytes()

    def clear_cache(self) -> None:
        """Empty the cache: documents are read anew."""
        self._parts.cache.clear()

    @property
    def workbook_path(self) -> Path:
        """Where the Excel workbook is."""
        return self.defaults.workbook_path or self.settings.data_dir / "invoice_database.xlsx"


def _jpeg(image: Image, width: int) -> bytes:
    buffer = io.BytesIO()
    image.convert("RGB").resize((width, round(width * image.height / image.width))).save(buffer, "JPEG", quality=85)
    return buffer.getvalue()


def new_run_id() -> str:
    """An id for a run that nobody else has."""
    return uuid.uuid4().hex


def join_words(words: Sequence[Word]) -> str:
    """Words as text: a blank between the words of a line, a line break between lines."""
    lines: list[list[Word]] = []
    for word in words:
        if lines and abs(word.box.center[1] - union(w.box for w in lines[-1]).center[1]) < 0.6 * word.box.height:
            lines[-1].append(word)
        else:
            lines.append([word])
    return "\n".join(" ".join(w.text for w in sorted(line, key=lambda w: w.box.x0)) for line in lines)


def _event_of(record: StepRecord) -> StepFinished | StepSkipped | StepFailed:
    if record.state == "skipped":
        return StepSkipped(record.step, record.detail)
    if record.state == "failed":
        return StepFailed(record.step, record.seconds, record.detail)
    return StepFinished(record.step, record.seconds, record.cached, record.detail)
