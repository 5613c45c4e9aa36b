"""The few verbs that pages, command line and API call."""

from __future__ import annotations

import copy
import logging
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from time import monotonic
from typing import Any, Literal

from pydantic import BaseModel

from core.access import Access
from core.accuracy import Accuracy
from core.analysis.analysis import Analysis
from core.bulk import Bulk, BulkParts
from core.cache import Cache
from core.call import Call
from core.cancelling import IsCancelled
from core.comparison.comparator import Comparator
from core.comparison.foresight import Foresight
from core.declared.definition import TypeDefinition
from core.declared.shelf import TypeShelf
from core.document_types import USUAL
from core.documents import Document
from core.documents.archives import Packed
from core.errors import StorageError, StudioError, TooFewReviewed
from core.events import Event, RunFinished
from core.evidence import Box, Evidence, PageText
from core.exporting.exports import ExportForm, Exports
from core.exporting.shelf import LayoutShelf
from core.extraction import Extraction, PageRef
from core.extractor import Availability
from core.forgetting.forgetting import Forgetting, ForgettingParts
from core.forgetting.retention import Retaining, RetainingParts
from core.gating import Gating, GatingParts, SavingParts, SelfSaving
from core.history import History
from core.imaging.before_and_after import before_and_after
from core.inbox import Inbox
from core.indexing import Indexing
from core.jobs.queue import USUAL as USUALLY
from core.jobs.queue import Handler, Job, JobQueue, JobRequest
from core.llm.provider import Models
from core.memory.memory import VendorMemory
from core.memory.sentences import habit_words
from core.memory.showing import picture_of
from core.notation import usual_notation
from core.notation.typed import parse_value
from core.notation.writing import text_of
from core.operation.alerts import Sources
from core.operation.operation import Operation
from core.person import Person, Role, person_from
from core.preferences import Preferences
from core.prompts import PromptBook
from core.recipe import Correction, Recipe, Redaction
from core.recognition.parts import Part
from core.records import About, RecordParts, Records
from core.regions import RegionReader, read_region
from core.review import Reviewed, review
from core.review.edits import Edits, read_edits
from core.review.standing import confirmed, proposals, unread
from core.reviewing import DeskParts, ReviewDesk
from core.reviewing.desk import Waiting
from core.rights import guarded, needs, refusal
from core.runs import RUN, Runs
from core.schema.document_type import DocumentType
from core.schema.type_choice import TypeChoice
from core.settings import Defaults, Settings
from core.shelf import Shelf
from core.spending import Spending
from core.spot_checks import SpotChecking
from core.stores.alerts import AlertStore
from core.stores.batches import BatchStore
from core.stores.bills import Bills
from core.stores.calls import Calls
from core.stores.comparisons import Comparisons
from core.stores.erasure import Erasure
from core.stores.evaluations import Evaluations
from core.stores.figures import Figures, FigureStore
from core.stores.files import Files
from core.stores.inbox import InboxItem, InboxQuery
from core.stores.ledger import Ledger, RunRow
from core.stores.moving import Direction, MovePreview, Moving
from core.stores.operation import OperationStore
from core.stores.pending import Pending
from core.stores.prompts import Prompts
from core.stores.receipt import SaveReceipt, Taught
from core.stores.records import Duplicate, Record, RecordPage, RecordQuery, RecordStore, Status, Target, targets_of
from core.stores.retention import RetentionStore
from core.stores.reviews import Reviews
from core.stores.trail import Action, Trail, TrailEvent
from core.stores.unit import Unit
from core.stores.vendors import Place
from core.stores.views import ViewStore
from core.stores.webhooks import Announce, Fetched
from core.stores.workbook import FoundRows, WorkbookStore
from core.validation.calibration import ENOUGH_REVIEWED, fit_correction
from core.views import Views
from core.webhooks.delivering import Delivering
from core.webhooks.webhooks import Webhooks

log = logging.getLogger(__name__)

#: How often rules of Operation are looked at where nobody is looking.
ALERT_SECONDS = 60.0
#: How long a document at an address outside may take to come.
FETCH_SECONDS = 30.0

__all__ = ["Parts", "Reviewed", "Studio"]

TablesExporter = Callable[[Mapping[str, Sequence[Mapping[str, Any]]], str], bytes]


@dataclass(frozen=True, slots=True)
class Parts:
    """What a studio is made of; bootstrap puts it together."""

    shelf: Shelf
    runs: Runs
    read_region: RegionReader
    queue: JobQueue
    comparisons: Comparisons
    orders: RecordStore
    batches: BatchStore
    views: ViewStore
    moving: Moving
    read_workbook: Callable[[bytes, str], list[FoundRows]]
    workbook: Callable[[Path], WorkbookStore]
    ledger: Ledger
    pending: Pending
    unit: Unit
    """One transaction over orders, ledger, pending and trail."""
    trail: Trail
    erasure: Erasure
    retention: RetentionStore
    evaluations: Evaluations
    calls: Calls
    bills: Bills
    models: Models
    prompts: Prompts
    types: TypeShelf
    files: Files
    cache: Cache
    exports: Exports
    layouts: LayoutShelf
    export_tables: TablesExporter
    health: Callable[[], list[tuple[str, str, Availability]]]
    accuracy: Accuracy
    operation: OperationStore
    figures: FigureStore
    alerts: AlertStore
    preferences: Preferences
    memory: VendorMemory
    spot_checks: SpotChecking
    inbox: Inbox
    reviews: Reviews
    access: Access
    analysis: Analysis
    webhooks: Webhooks
    delivering: Delivering
    fetch: Callable[[str, int, float], Fetched]
    """The file at an address outside: :meth:`core.webhooks.outside.OutsideCalls.fetch`."""
    announce: Announce
    """Tells those outside who asked for it, in the transaction that it is called in."""
    person: Person
    """Who acts where nobody else is named: the account that runs the studio."""


class Studio:
    """Everything a person can do, in verbs. Made by ``core.entrypoints.bootstrap.build_studio``; thread-safe."""

    def __init__(self, settings: Settings, parts: Parts) -> None:
        self.settings = settings
        self.preferences = parts.preferences
        self._parts = parts
        self.person = parts.person
        self._hands: dict[Person, Studio] = {}
        self.models = parts.models
        self.prompts = PromptBook(parts.prompts, parts.bills, self.record, parts.runs.extraction)
        self.types = parts.types
        self.layouts = parts.layouts
        self.accuracy = parts.accuracy
        self.memory = parts.memory
        self.spot_checks = parts.spot_checks.by(parts.person)
        self.access = parts.access
        self.analysis, self.webhooks = parts.analysis, parts.webhooks
        self._looked = -ALERT_SECONDS
        self.inbox = parts.inbox.by(parts.person)
        self.spending = Spending(parts.calls, parts.bills, lambda: self.defaults.budget)
        self.operation = Operation(
            parts.operation,
            parts.alerts,
            Sources(parts.operation, self.spending.budgets, self.accuracy.latest, self.spot_checks.warning),
            lambda: self.defaults.alerts,
            announce=parts.announce,
            unit=parts.unit,
        )
        self._shelf, self._runs = parts.shelf, parts.runs
        self.gating = Gating(
            GatingParts(self.preferences, parts.ledger, parts.trail, parts.unit, parts.runs.judged), parts.person
        )
        self.records = Records(
            RecordParts(
                parts.orders,
                parts.ledger,
                parts.pending,
                parts.trail,
                parts.unit,
                parts.workbook,
                lambda: self.workbook_path,
                parts.inbox.record_changed,
                parts.announce,
            ),
            parts.person,
        )
        self.views = Views(parts.views, parts.person)
        self.bulk = Bulk(
            BulkParts(
                store=parts.batches,
                orders=parts.orders,
                runs=parts.runs,
                queue=parts.queue,
                defaults=lambda: self.defaults,
                read_as=parts.types.reading_as,
                read_workbook=parts.read_workbook,
            ),
            self.records,
            parts.person,
        )
        self.forgetting = Forgetting(
            ForgettingParts(
                erasure=parts.erasure,
                files=parts.files,
                unit=parts.unit,
                trail=parts.trail,
                queue=parts.queue,
                workbook=lambda: parts.workbook(self.workbook_path),
                memory=parts.memory,
                evaluations=parts.evaluations,
                cases=parts.accuracy.library,
                cache=parts.cache,
                look=parts.shelf.look,
                data_dir=settings.data_dir,
            ),
            parts.person,
        )
        self.retention = Retaining(
            RetainingParts(
                store=parts.retention,
                forgetting=self.forgetting,
                erasure=parts.erasure,
                files=parts.files,
                cache=parts.cache,
                trail=parts.trail,
                unit=parts.unit,
                rules=lambda: self.defaults.retention,
            )
        )
        self._self_saving = SelfSaving(
            SavingParts(self.records, parts.trail, parts.reviews, lambda: self.defaults.gates)
        )
        self._indexing = Indexing(parts.orders, parts.unit, parts.runs.page_text)
        self.history = History(parts.trail, parts.ledger, parts.orders)
        self.comparison = Comparator(
            parts.comparisons,
            parts.queue,
            parts.runs,
            Foresight(parts.runs, parts.models.missing),
            parts.files,
            parts.calls,
        )

        self.reviewing = self._review_desk()

    def _review_desk(self) -> ReviewDesk:
        """The desk of reviews in this person's hands: what it saves is theirs."""
        parts = self._parts
        return ReviewDesk(
            DeskParts(
                store=parts.reviews,
                waiting=self._waiting,
                still_waits=lambda run_id: any(item.state == "needs review" for item in self.inbox.of_run(run_id)),
                reject=self._reject,
                extraction=parts.runs.extraction,
                earlier_edits=parts.runs.draft,
                stand=self.stand,
                parse=self.parse_value,
                words_in=self._words_in,
                save=self.save,
                saved_as=self.saved_as,
                undo=self.undo,
                unlearn=self.memory.unlearn,
                duplicates=self.duplicates,
                changed_since=self.records.changed_since,
                record=self.record,
                targets=lambda: targets_of(self.defaults.save_to),
            )
        )

    # --- who -------------------------------------------------------------------------------------------------------

    def by(self, person: Person) -> Studio:
        """The same studio in the hands of ``person``: what its verbs do stands under their name in the trail, and what their
        role may not do is refused (NotAllowed)."""
        if person == self.person:
            return self
        if person not in self._hands:
            mine = copy.copy(self)
            mine.person = person
            mine.records, mine.comparison = self.records.by(person), self.comparison.by(person)
            mine.gating, mine.spot_checks = self.gating.by(person), self.spot_checks.by(person)
            mine.inbox, mine.forgetting = self.inbox.by(person), self.forgetting.by(person)
            mine.bulk, mine.views = self.bulk.by(person), self.views.by(person)
            mine.retention = self.retention.by(person)
            mine.reviewing = mine._review_desk()
            self._hands[person] = mine if person.may("admin") else guarded(mine, person)
        return self._hands[person]

    def needs(self, verb: str) -> Role:
        """The role that a verb needs: see :func:`core.rights.needs`."""
        return needs(verb)

    def refusal(self, verb: str) -> str:
        """Why this person may not do it, such as ``records.mend``; empty where they may."""
        return refusal(self.person, verb)

    def note_call(self, call: Call) -> None:
        """Keep a call to a model that belongs to no run, so that the bill has it."""
        self._parts.calls.keep_call(call)

    # --- documents -------------------------------------------------------------------------------------------------

    def open(self, data: bytes, name: str, password: str | None = None) -> Document:
        """See :meth:`core.shelf.Shelf.open`."""
        return self._shelf.open(data, name, password, self.person)

    def fetch(self, url: str) -> Fetched:
        """The document at an address outside. Raises AddressRefused, FetchFailed."""
        return self._parts.fetch(url, self.defaults.limits.file_megabytes * 1_000_000, FETCH_SECONDS)

    def unpack(self, data: bytes, name: str) -> list[Packed]:
        """See :meth:`core.shelf.Shelf.unpack`."""
        return self._shelf.unpack(data, name)

    def look(self, data: bytes, name: str) -> Document:
        """See :meth:`core.shelf.Shelf.look`."""
        return self._shelf.look(data, name)

    def set_aside(self, data: bytes) -> str:
        """See :meth:`core.shelf.Shelf.set_aside`."""
        return self._shelf.set_aside(data)

    def unlock(self, sha256: str, name: str, password: str | None) -> Document:
        """See :meth:`core.shelf.Shelf.unlock`."""
        return self._shelf.unlock(sha256, name, password, self.person)

    def type_of_pages(self, document: Document, pages: Sequence[PageRef]) -> TypeChoice | None:
        """See :meth:`core.runs.Runs.type_of_pages`."""
        return self._runs.type_of_pages(document, pages)

    def parts(self, document: Document) -> tuple[Part, ...]:
        """See :meth:`core.runs.Runs.parts`."""
        return self._runs.parts(document)

    def parts_of(self, texts: Sequence[PageText]) -> tuple[Part, ...]:
        """See :meth:`core.runs.Runs.parts_of`."""
        return self._runs.parts_of(texts)

    def read_parts(self, document: Document, recipe: Recipe | None = None) -> tuple[Part, ...]:
        """See :meth:`core.runs.Runs.read_parts`."""
        return self._runs.read_parts(document, recipe)

    def document(self, sha256: str, password: str | None = None) -> Document:
        """See :meth:`core.shelf.Shelf.document`."""
        return self._shelf.document(sha256, password)

    def hide(self, sha256: str, places: Redaction, rotations: Mapping[int, int]) -> None:
        """See :meth:`core.shelf.Shelf.hide`."""
        self._shelf.hide(sha256, places, rotations)

    def hidden(self, sha256: str, rotations: Mapping[int, int]) -> Redaction:
        """See :meth:`core.shelf.Shelf.hidden`."""
        return self._shelf.hidden(sha256, rotations)

    def hiding(self, recipe: Recipe, sha256: str, pages: Sequence[PageRef]) -> Recipe:
        """See :meth:`core.shelf.Shelf.hiding`."""
        return self._shelf.hiding(recipe, sha256, pages)

    # --- runs ------------------------------------------------------------------------------------------------------

    def start(
        self,
        sha256: str,
        pages: Sequence[PageRef],
        recipe: Recipe | None = None,
        owner: str = "",
        run_id: str | None = None,
        priority: int = USUALLY,
        unseen: bool = False,
    ) -> str:
        """See :meth:`core.runs.Runs.start`. The Inbox follows it."""
        run_id = self._runs.start(sha256, pages, recipe, owner, run_id, self.person, priority, unseen)
        self.inbox.began(sha256, pages, run_id)
        return run_id

    def extract(
        self,
        document: Document,
        pages: Sequence[PageRef] | None = None,
        recipe: Recipe | None = None,
        run_id: str | None = None,
    ) -> Iterator[Event]:
        """See :meth:`core.runs.Runs.extract`."""
        return self._runs.extract(document, pages, recipe, run_id, self.person)

    def job(self, run_id: str) -> Job | None:
        """See :meth:`core.runs.Runs.job`."""
        return self._runs.job(run_id)

    def progress(self, run_id: str) -> Job | None:
        """See :meth:`core.runs.Runs.progress`."""
        return self._runs.progress(run_id)

    def events(self, run_id: str, after: int = 0) -> list[tuple[int, Event]]:
        """What has happened in a run, each with its number, from the one behind ``after`` on."""
        return self._parts.queue.events(run_id, after)

    def cancel(self, run_id: str) -> None:
        """See :meth:`core.runs.Runs.cancel`."""
        self._runs.cancel(run_id)

    def retry(self, run_id: str) -> bool:
        """See :meth:`core.runs.Runs.retry`."""
        return self._runs.retry(run_id)

    def try_type(
        self, sha256: str, name: str, pages: Sequence[PageRef] | None, definition: TypeDefinition
    ) -> Extraction:
        """See :meth:`core.runs.Runs.try_type`."""
        return self._runs.try_type(sha256, name, pages, definition)

    def keep_draft(self, run_id: str, draft: Mapping[str, object]) -> None:
        """See :meth:`core.runs.Runs.keep_draft`."""
        self._runs.keep_draft(run_id, draft)

    def keep_desk(self, desk_id: str, desk: Mapping[str, object]) -> None:
        """Keep what lies on somebody's desk so that a reload finds it: no record, nobody else's."""
        self._runs.keep_draft(f"desk-{desk_id}", desk)

    def draft(self, run_id: str) -> dict[str, object] | None:
        """See :meth:`core.runs.Runs.draft`."""
        return self._runs.draft(run_id)

    def runs(self, limit: int = 50) -> list[RunRow]:
        """The latest runs."""
        return self._parts.ledger.runs(limit)

    def handlers(self) -> dict[str, Handler]:
        """Who does the work of each kind of job."""
        found = self.inbox.handlers(
            {
                **self._runs.handlers(),
                **self.comparison.handlers(),
                **self.accuracy.handlers(),
                **self.analysis.handlers(),
            }
        )
        return {**found, RUN: self._saving_itself(found[RUN])}

    def _saving_itself(self, read: Handler) -> Handler:
        """``read``, and what passed then saves itself where nobody waits before it."""

        def work(request: JobRequest, cancelled: IsCancelled) -> Iterator[Event]:
            for event in read(request, cancelled):
                yield event
                if isinstance(event, RunFinished) and request.payload.get("unseen"):
                    self._save_itself(request.job_id, event.extraction, person_from(request.payload.get("who")))

        return work

    def _save_itself(self, run_id: str, extraction: Extraction, person: Person) -> None:
        """The document is read by then: a store that refuses is told in its row, where somebody then saves it."""
        try:
            if self._self_saving.save(run_id, extraction, person) is not None:
                self.inbox.say(run_id, "Saved by the gate.")
        except StudioError as error:
            log.warning("run %s did not save itself: %s", run_id, error)
            self.inbox.say(run_id, f"It did not save itself: {error}")

    def saved_as(self, run_id: str) -> int | None:
        """The number of the record that was saved of a run; ``None`` where there is none."""
        finals = self._parts.ledger.finals(run_id)
        return finals.order_id if finals else None

    def tell(self) -> int:
        """Look whether somebody outside is to be told of an alert or of a batch that is over, and send a few of the messages that
        wait; gives how many were sent."""
        if monotonic() - self._looked > ALERT_SECONDS:
            self._looked = monotonic()
            self._parts.spot_checks.look()
            self.operation.look()
        self._tell_of_batches()
        return self._parts.delivering.round()

    def _tell_of_batches(self) -> None:
        listening = [webhook for webhook in self.webhooks.all() if "batch_finished" in webhook.events]
        if not listening:
            return
        since = min(webhook.created_at for webhook in listening)
        for report in self.inbox.reports():
            if report.count and not report.active and report.changed_at >= since:
                about = {"batch_id": report.batch.batch_id, "states": dict(report.states)}
                self._parts.announce("batch_finished", about, once=f"batch:{report.batch.batch_id}")

    def warm(self) -> None:
        """Make ready to read, in the background: what waits since the last time is taken up."""
        self._parts.queue.warm()
        self.inbox.go_on()
        self._indexing.begin()
        self.retention.begin()

    def begin_indexing(self) -> None:
        """The same as :meth:`index_records`, in the background, once in a process."""
        self._indexing.begin()

    def index_records(self) -> int:
        """Have every record found by the words of its values and pages, also those of an earlier version; gives how many those
        were. Raises StorageError."""
        return self._indexing.catch_up()

    def close(self) -> None:
        """Stop what runs in the background and end the workers."""
        self.inbox.close()
        self.retention.close()
        self._parts.queue.close()

    # --- review ----------------------------------------------------------------------------------------------------

    def review(
        self, extraction: Extraction, values: BaseModel, drawn: Mapping[str, Evidence] | None = None
    ) -> Reviewed:
        """Check the person's version of ``extraction.values``: see :func:`core.review.review`."""
        return review(extraction, values, drawn, today=date.today())

    def stand(self, extraction: Extraction, edits: Edits) -> tuple[Reviewed, dict[str, str]]:
        """How ``extraction`` stands with a person's edits, checked anew; and a sentence for every text that cannot be read."""
        if not edits.changes_values and not edits.drawn:
            return confirmed(Reviewed(extraction, {}), edits.confirmed), {}
        read = read_edits(extraction.values, edits, lambda path, text: self.parse_value(path, text, extraction))
        reviewed = proposals(self.review(extraction, read.values, edits.drawn), edits.proposed)
        return unread(confirmed(reviewed, edits.confirmed), read.errors), read.errors

    def _words_in(self, extraction: Extraction, page: int, box: Box) -> Evidence | None:
        ref = next((ref for ref in extraction.pages if ref.number == page), None)
        return self.read_region(self.document(extraction.document), ref, box, extraction) if ref else None

    def _waiting(self, page: int, size: int) -> tuple[list[Waiting], int]:
        """A page of what needs somebody, the worst first, and how many do."""
        found = self.inbox.search(InboxQuery(states=("needs review",), sort="stake", page=page, size=size))
        return [_waiting_item(item, item.run_id or "") for item in found.rows], found.total

    def _reject(self, run_id: str, reason: str) -> None:
        self.inbox.reject([item.item_id for item in self.inbox.of_run(run_id)], reason)

    def read_region(
        self, document: Document, page: PageRef, box: Box, extraction: Extraction | None = None
    ) -> Evidence | None:
        """See :func:`core.regions.read_region`."""
        recognise, recipe = self._parts.read_region, self.defaults.recipe.ocr
        return read_region(document, page, box, extraction, recognise=recognise, recipe=recipe)

    def before_and_after(self, extraction: Extraction, page: int, width: int = 900) -> tuple[bytes, bytes]:
        """See :func:`core.imaging.before_and_after.before_and_after`. Raises a StudioError where the document is no longer here."""
        return before_and_after(self.document(extraction.document), extraction, page, width)

    def parse_value(
        self, path: str, text: str, extraction: Extraction | None = None, kind: DocumentType | None = None
    ) -> object:
        """Text as the type of the field at ``path`` of a document of ``kind`` (that of ``extraction``, else the usual one), read in
        the document's notation (``1.234,56`` to Decimal). Raises ValueError with a sentence for the person."""
        kind = kind or (extraction.type if extraction else USUAL)
        notation = extraction.own_notation if extraction else usual_notation(None)
        return parse_value(kind.field_of(path), text, notation)

    # --- records ---------------------------------------------------------------------------------------------------

    def duplicates(
        self, extraction: Extraction | None, values: BaseModel, targets: Sequence[Target]
    ) -> list[Duplicate]:
        """See :meth:`core.records.Records.duplicates`."""
        return self.records.duplicates(extraction, values, targets)

    def save(
        self,
        values: BaseModel,
        targets: Sequence[Target],
        *,
        run_id: str | None = None,
        extraction: Extraction | None = None,
        update: int | None = None,
        status: Status = "reviewed",
        seen: Record | None = None,
        about: About | None = None,
        corrected: Extraction | None = None,
        unless: Callable[[int | None], str] | None = None,
    ) -> SaveReceipt:
        """See :meth:`core.records.Records.save`. What a person reviewed (``extraction`` with their changes, saved as reviewed)
        teaches something of its vendor, and so does a record that they ``corrected`` (its run's extraction with their changes).
        ``unless`` is asked once more while nobody else can save of this run, with the record that was: a sentence stops it."""

        def check() -> None:
            if run_id is None or unless is None:
                return
            self._parts.ledger.hold(run_id)
            if sentence := unless(self.saved_as(run_id)):
                raise StorageError(sentence)

        receipt = self.records.save(
            values,
            targets,
            run_id=run_id,
            extraction=extraction,
            update=update,
            status=status,
            seen=seen,
            about=about,
            check=check,
        )
        if run_id is not None:
            self._look_at_spot_checks()
        reviewed = corrected or (extraction if status == "reviewed" else None)
        if run_id is None or reviewed is None or status == "needs review":
            return receipt
        return replace(receipt, taught=self._learn(run_id, reviewed))

    def _look_at_spot_checks(self) -> None:
        """Whether the gate is to ask more. The record is saved by then: what goes wrong here is looked at again within a minute."""
        try:
            if self._parts.spot_checks.look():
                self.operation.look()
        except StudioError:
            log.exception("the spot checks could not be looked at")

    def _learn(self, run_id: str, reviewed: Extraction) -> Taught | None:
        """What a review teaches. The record is saved by then: whatever goes wrong here must not look as if it were not."""
        try:
            read = self._runs.extraction(run_id)
            learned = self.memory.learn(run_id, read, reviewed) if read else None
        except Exception:
            log.exception("nothing was learnt", extra={"run": run_id, "document": reviewed.document})
            return None
        if learned is None:
            return None
        things = tuple(habit_words(rule.habit) for rule in learned.rules)
        return Taught(learned.vendor.vendor_id, learned.vendor.name, things, learned.places)

    def picture_of(self, place: Place) -> bytes:
        """See :func:`core.memory.showing.picture_of`. Raises RecordMissing too."""
        return picture_of(self.document(place.document), place)

    def undo(self, receipt: SaveReceipt) -> None:
        """See :meth:`core.records.Records.undo`. What the save taught is taken back too."""
        self.records.undo(receipt)
        if receipt.run_id and receipt.taught:
            self.memory.unlearn(receipt.run_id)

    def remove(self, order_id: int, targets: Sequence[Target] | None = None) -> SaveReceipt:
        """See :meth:`core.records.Records.remove`."""
        return self.records.remove(order_id, targets)

    def search(self, query: RecordQuery) -> RecordPage:
        """One page of saved records (the database's)."""
        return self._parts.orders.search(query)

    def preview_move(self, url: str, direction: Direction) -> MovePreview:
        """See :meth:`core.stores.moving.Moving.preview`."""
        return self._parts.moving.preview(url, direction)

    def move(self, url: str, direction: Direction) -> MovePreview:
        """See :meth:`core.stores.moving.Moving.move`."""
        return self._parts.moving.move(url, direction)

    def record_choices(self, what: Literal["recipe", "who"]) -> list[str]:
        """See :meth:`core.stores.records.RecordStore.choices`."""
        return self._parts.orders.choices(what)

    def record(self, order_id: int) -> Record:
        """One saved record. Raises RecordMissing."""
        return self._parts.orders.get(order_id)

    def export(self, query: RecordQuery, form: str) -> bytes:
        """All matches in one of the :meth:`export_forms`. Raises what :meth:`core.exporting.exports.Exports.make` raises."""
        return self._taken_away(
            self._parts.orders.each(query), form, lambda orders: self._parts.exports.make(orders, form)
        )

    def export_forms(self) -> tuple[ExportForm, ...]:
        """What records can be taken away as."""
        return self._parts.exports.forms()

    def einvoice_lacks(self, order_id: int) -> tuple[str, ...]:
        """What an e-invoice of a record would have to say and the record does not. Raises RecordMissing."""
        return self._parts.exports.lacking(self.record(order_id))

    def export_record(self, order_id: int, form: str) -> bytes:
        """One record, in the same forms; as JSON with its trail. Raises RecordMissing, EInvoiceLacking, DocumentError."""
        found = iter([self.record(order_id)])
        trail = [entry.to_json() for entry in self.history.of_record(order_id)] if form == "json" else []
        return self._taken_away(found, form, lambda orders: self._parts.exports.one(next(orders), form, trail))

    def _taken_away(self, orders: Iterator[Record], form: str, make: Callable[[Iterator[Record]], bytes]) -> bytes:
        """What ``make`` makes of the records, which each of them then has in its trail."""
        taken: list[Record] = []

        def noting() -> Iterator[Record]:
            for order in orders:
                taken.append(replace(order, values=None))
                yield order

        data = make(noting())
        self._parts.trail.add(self._told("exported", order, form=form) for order in taken)
        for order in taken:
            told = {"document": order.document, "order": order.order_id, "run": order.run_id}
            log.info("exported as %s", form, extra=told)
        return data

    def _told(self, action: Action, order: Record, by: str = "", **told: Any) -> TrailEvent:
        who = self.person
        return TrailEvent(action, who.name, who.known, order.order_id, order.document, order.run_id, by, told)

    def export_results(self, item_ids: Sequence[str], form: str) -> bytes:
        """What was found in these items of the Inbox, in the same forms: what was saved as it is stored, the rest as it was read."""
        found = self.inbox.results(self.inbox.some(item_ids))
        return self._taken_away(found, form, lambda orders: self._parts.exports.make(orders, form))

    def export_table(self, rows: Sequence[Mapping[str, Any]], form: str) -> bytes:
        """Any table of a page as ``csv`` or ``xlsx``."""
        return self._parts.export_tables({"Table": rows}, form)

    def export_tables(self, tables: Mapping[str, Sequence[Mapping[str, Any]]], form: str) -> bytes:
        """Several tables by name as ``xlsx``, a sheet each."""
        return self._parts.export_tables(tables, form)

    def kept_bytes(self, sha256: str) -> bytes:
        """The bytes kept under ``sha256`` (a picture that was sent to a model). Raises RecordMissing."""
        return self._parts.files.load(sha256)

    # --- the place -------------------------------------------------------------------------------------------------

    def health(self) -> list[tuple[str, str, Availability]]:
        """(kind, name, availability) of every engine, extractor, store and accelerator."""
        return self._parts.health()

    def ready(self) -> list[tuple[str, Availability]]:
        """(name, availability) of what every piece of work needs: the database, the queue, the files."""
        parts = self._parts
        checks = {
            "database": parts.figures.ping,
            "queue": parts.queue.ping,
            "files": lambda: _probe(parts.files),
        }
        return [(name, _answers(check)) for name, check in checks.items()]

    def figures(self) -> tuple[Figures, datetime]:
        """What monitors ask for, and since when it is counted (midnight UTC). Raises StorageError."""
        since = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        return self._parts.figures.since(since), since

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
        ledger = self._parts.ledger
        correction = fit_correction(ledger.reviewed_values())
        if correction is None:
            count = sum(1 for _ in ledger.reviewed_values())
            raise TooFewReviewed(
                f"Confidences are corrected from {ENOUGH_REVIEWED} reviewed values on; so far there are {count}: "
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


#: A kind of kept JSON that there is none of.
_PROBE = "probe"


def _probe(files: Files) -> None:
    """Write, read and drop a text. Raises StorageError."""
    key = uuid.uuid4().hex
    files.keep_json(_PROBE, key, key, lasting=False)
    kept = files.load_json(_PROBE, key)
    files.forget_json(_PROBE, key)
    if kept != key:
        raise StorageError("What is written is not there afterwards.")


def _answers(check: Callable[[], object]) -> Availability:
    try:
        check()
    except StudioError as error:
        return Availability(False, str(error))
    except OSError as error:
        return Availability(False, f"It cannot be written ({error.strerror or type(error).__name__}).")
    return Availability(True, "It answers.")


def _waiting_item(item: InboxItem, run_id: str) -> Waiting:
    about = (item.name, item.vendor, item.number, text_of(item.total), item.currency)
    return Waiting(run_id, *about, item.doubts, item.worst, item.stake, item.who)
