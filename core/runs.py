"""Runs: what one is to do, begun in the background or here, kept with its result, found again, and a person's draft of it."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from time import monotonic

from pydantic import ValidationError

from core import logs
from core.call import NO_REPLIES
from core.cancelling import IsCancelled
from core.declared.definition import TypeDefinition
from core.documents import Document
from core.errors import Cancelled, RunTooLong, StudioError
from core.events import Event, RunFinished, StepFailed, StepFinished, StepSkipped
from core.evidence import TEXT_LAYER, PageText
from core.extraction import Extraction, Finding, PageRef, StepRecord
from core.extraction_json import plain
from core.jobs.queue import USUAL, Handler, Job, JobQueue, JobRequest, Lane
from core.llm.replies import RunReplies
from core.pages_read import note_pages_read
from core.person import STUDIO, Person, person_from
from core.pipeline import Pipeline, RunOrder, verdict_in_words
from core.recipe import OcrRecipe, Recipe
from core.recognition.parts import FIRST_PAGES, Part
from core.records import describe_duplicate
from core.schema.document_type import DocumentType
from core.schema.type_choice import TypeChoice
from core.settings import Defaults
from core.shelf import Shelf
from core.spot_checks import SpotChecking
from core.status import STATUS_WORDS
from core.stores.calls import Calls
from core.stores.files import Files
from core.stores.ledger import Ledger
from core.stores.records import RecordStore
from core.stores.trail import Trail, TrailEvent
from core.stores.unit import Unit
from core.stores.webhooks import Announce, silent
from core.validation.gate import gated_by

#: More pages than these are not short work, however they are read.
SHORT_PAGES = 20
#: More pages than these are not looked through for several documents before they are read.
MOST_LOOKED_THROUGH = 60
#: What of a kept run belongs to its pages: most of it.
_OF_PAGES = frozenset({"page_texts", "candidates", "raw", "calls"})
#: The kind of job that reads a document on the desk.
RUN = "run"


@dataclass(frozen=True, slots=True)
class RunParts:
    """What runs are made of; bootstrap puts it together."""

    pipeline: Pipeline
    shelf: Shelf
    queue: JobQueue
    files: Files
    ledger: Ledger
    trail: Trail
    unit: Unit
    """One transaction over ledger and trail."""
    orders: RecordStore
    calls: Calls
    defaults: Callable[[], Defaults]
    recognises: Callable[[Document, Sequence[PageRef], OcrRecipe], bool]
    """Whether an engine has to read one of these pages: :meth:`core.ocr.reader.CachedPageReader.recognises`."""
    types: Callable[[], Sequence[DocumentType]]
    """Every type that a document can be read as."""
    fix: Callable[[Recipe], Recipe]
    """Fixes what a recipe leaves open as its run begins: what is masked, which models are asked, what its prompts stand for."""
    announce: Announce = silent
    spot_checks: SpotChecking | None = None


class Runs:
    """Every run of one installation. Thread-safe."""

    def __init__(self, parts: RunParts) -> None:
        self._parts = parts
        self.pipeline = parts.pipeline
        self.shelf = parts.shelf

    # --- what is to be run -----------------------------------------------------------------------------------------

    def order(self, sha256: str, name: str, pages: Sequence[PageRef], recipe: Recipe, run_id: str) -> RunOrder:
        """What a run of ``recipe`` on a kept document is to do now: masked, corrected, and with nothing left open. Raises
        what :meth:`core.shelf.Shelf.hiding` raises."""
        fixed = self.fix(self._with_correction(self.shelf.hiding(recipe, sha256, pages)))
        return self.order_as_is(lambda: self.shelf.document(sha256), sha256, name, pages, fixed, run_id)

    def order_as_is(
        self,
        load: Callable[[], Document],
        sha256: str,
        name: str,
        pages: Sequence[PageRef],
        recipe: Recipe,
        billed_to: str,
    ) -> RunOrder:
        """What a run of exactly ``recipe`` is to do; its calls to models stand in the books under the run ``billed_to``."""
        return RunOrder(
            load,
            name,
            sha256,
            tuple(pages),
            recipe,
            lambda call: self._parts.calls.keep_call(call, billed_to, sha256),
            RunReplies(self._parts.files, billed_to) if billed_to else NO_REPLIES,
        )

    def fix(self, recipe: Recipe) -> Recipe:
        """``recipe`` with what it leaves open as it would be fixed now."""
        return self._parts.fix(recipe)

    def _with_correction(self, recipe: Recipe) -> Recipe:
        correction = self._parts.defaults().correction
        if recipe.correction is not None or correction is None:
            return recipe
        return recipe.model_copy(update={"correction": correction})

    # --- running ---------------------------------------------------------------------------------------------------

    def start(
        self,
        sha256: str,
        pages: Sequence[PageRef],
        recipe: Recipe | None = None,
        owner: str = "",
        run_id: str | None = None,
        person: Person = STUDIO,
        priority: int = USUAL,
        unseen: bool = False,
    ) -> str:
        """Queue a run in the background, asked for by ``person``; gives the id under which ``job`` finds it (``run_id``, else a
        new one). Owners (a browser session's desk) take turns; ``priority`` is :class:`core.jobs.queue.JobRequest`'s. ``unseen``:
        nobody waits before it for the result, which saves itself where the gates say so. Raises RecordMissing."""
        document = self.shelf.document(sha256)
        run_id = run_id or new_run_id()
        order = self._order_of(document, pages, recipe, run_id)
        request = JobRequest(
            RUN,
            run_id,
            document.name,
            {
                "document": sha256,
                "name": document.name,
                "pages": [[page.number, page.rotation] for page in order.pages],
                "recipe": order.recipe.model_dump(mode="json"),
                "who": person.to_json(),
                "unseen": unseen,
                "request": logs.facts().get("request"),
            },
            owner,
            self._lane(document, order),
            max(1, len(order.pages)),
            self._parts.defaults().limits.run_seconds,
            priority,
        )
        self._parts.queue.submit(request)
        return run_id

    def lane(self, document: Document, pages: Sequence[PageRef], recipe: Recipe) -> Lane:
        """Behind whom a run of ``recipe`` on these pages would wait now. Raises what :meth:`order` raises."""
        return self._lane(document, self._order_of(document, pages, recipe, ""))

    def handlers(self) -> dict[str, Handler]:
        """Who does the work of the kinds of job that are queued here."""
        return {RUN: self._read}

    def extract(
        self,
        document: Document,
        pages: Sequence[PageRef] | None = None,
        recipe: Recipe | None = None,
        run_id: str | None = None,
        person: Person = STUDIO,
    ) -> Iterator[Event]:
        """Run here and now, event by event, and note it in the ledger (the command line). ``None``: all pages, a new
        run id. Raises RunTooLong at the limit that the settings give."""
        chosen = pages if pages is not None else [PageRef(number + 1) for number in range(document.page_count)]
        run_id = run_id or new_run_id()
        seconds = self._parts.defaults().limits.run_seconds
        end = monotonic() + seconds
        try:
            yield from self.keep(
                run_id, self._order_of(document, chosen, recipe, run_id), lambda: monotonic() > end, person
            )
        except Cancelled:
            raise RunTooLong(seconds) from None

    def try_type(
        self, sha256: str, name: str, pages: Sequence[PageRef] | None, definition: TypeDefinition
    ) -> Extraction:
        """What a document says when it is read as a declared type that may not be kept yet, or as one that ships with what may be
        added to it: here and now, without a model. No run is noted. ``None``: all pages. Raises what :meth:`core.pipeline.Pipeline.run` raises."""
        count = self.shelf.document(sha256).page_count
        chosen = pages if pages is not None else [PageRef(number + 1) for number in range(count)]
        extractors = ("einvoice", "rules") if definition.extends else ("rules",)
        own = {"type_name": definition.name, "declared": definition, "extractors": extractors, "models": {}}
        recipe = self._parts.defaults().recipe.model_copy(update=own)
        *_, finished = self.pipeline.run(self.order(sha256, name, chosen, recipe, new_run_id()))
        assert isinstance(finished, RunFinished), "a run that raises nothing ends in its result"
        return finished.extraction

    # --- what pages are ----------------------------------------------------------------------------------------------

    def type_of_pages(self, document: Document, pages: Sequence[PageRef]) -> TypeChoice | None:
        """What pages of a document say that they are, by their own text; ``None`` where they have none before they are recognised."""
        texts = _texts_of(document, pages[:FIRST_PAGES])
        return self.pipeline.recogniser.choose(texts, self._parts.types()) if texts else None

    def parts(self, document: Document) -> tuple[Part, ...]:
        """The documents that a file seems to hold, by its own text; none where a page has no text before it is recognised, or there are
        too many pages to look through."""
        if not 1 < document.page_count <= MOST_LOOKED_THROUGH:
            return ()
        pages = [PageRef(number) for number in range(1, document.page_count + 1)]
        texts = _texts_of(document, pages)
        return self.parts_of(texts) if len(texts) == len(pages) else ()

    def parts_of(self, texts: Sequence[PageText]) -> tuple[Part, ...]:
        """The documents that pages which were read seem to hold."""
        return self.pipeline.recogniser.parts(texts, self._parts.types())

    def read_parts(
        self, document: Document, recipe: Recipe | None = None, cancelled: IsCancelled = lambda: False
    ) -> tuple[Part, ...]:
        """The documents that a file seems to hold, all its pages read as ``recipe`` says: a run on them reads none again. Raises a
        StudioError where no page could be read, Cancelled."""
        ocr = (recipe or self._parts.defaults().recipe).ocr
        pages = [PageRef(number) for number in range(1, document.page_count + 1)]
        reading = self.pipeline.reader.read(document, pages, ocr, cancelled)
        while True:
            try:
                next(reading)
            except StopIteration as end:
                return self.parts_of(end.value.texts)

    def keep(
        self, run_id: str, order: RunOrder, cancelled: IsCancelled, person: Person = STUDIO, trial: bool = False
    ) -> Iterator[Event]:
        """The events of a run whose result is kept and noted in ledger and trail under ``run_id``; nobody outside is told of a
        ``trial``. Raises what :meth:`core.pipeline.Pipeline.run` raises, StorageError."""
        try:
            yield from self._kept(run_id, order, cancelled, person, trial)
        except StudioError:  # another try asks anew; only what a lost worker was answered is used again
            order.replies.forget()
            raise

    def _kept(
        self, run_id: str, order: RunOrder, cancelled: IsCancelled, person: Person, trial: bool
    ) -> Iterator[Event]:
        started = datetime.now(UTC)
        for event in self.pipeline.run(order, cancelled):
            if isinstance(event, RunFinished):
                extraction = self._with_duplicates(event.extraction if trial else self._gated(event.extraction))
                if not trial:
                    extraction = self._inspected(extraction)
                kept = extraction.model_dump_json()
                if not self._parts.files.joins:
                    self._parts.files.keep_json("run", run_id, kept)
                with self._parts.unit():
                    if self._parts.files.joins:
                        self._parts.files.keep_json("run", run_id, kept)
                    self._parts.ledger.keep_run(run_id, extraction, started)
                    self._parts.orders.keep_page_text(run_id, extraction.text)
                    self._parts.trail.add([_read_by(person, run_id, extraction)])
                    if not trial:
                        self._tell(run_id, extraction)
                        if self._parts.spot_checks:
                            self._parts.spot_checks.note(run_id, extraction)
                order.replies.forget()
                note_pages_read(self._parts.files, extraction)
                event = RunFinished(extraction)
            yield event

    def _tell(self, run_id: str, extraction: Extraction) -> None:
        facts = {
            "task_id": run_id,
            "type": "extraction",
            "document_id": extraction.document,
            "verdict": STATUS_WORDS[extraction.verdict],
        }
        facts |= {"result_url": f"/v1/tasks/{run_id}/result"}
        values = lambda: plain(extraction.values.model_dump())  # noqa: E731
        self._parts.announce("finished", facts, values)
        if extraction.verdict == "needs review":
            self._parts.announce("needs_review", facts, values)

    def _read(self, request: JobRequest, cancelled: IsCancelled) -> Iterator[Event]:
        """Do the run that :meth:`start` asked for, in whichever process."""
        if (kept := self.extraction(request.job_id)) is not None:  # its worker was lost after it had kept the result
            return iter([RunFinished(kept)])
        asked, sha256 = request.payload, request.payload["document"]
        order = self.order_as_is(
            lambda: self.shelf.document(sha256),
            sha256,
            asked["name"],
            [PageRef(*page) for page in asked["pages"]],
            Recipe.model_validate(asked["recipe"]),
            request.job_id,
        )
        return self.keep(request.job_id, order, cancelled, person_from(asked.get("who")))

    def _order_of(self, document: Document, pages: Sequence[PageRef], recipe: Recipe | None, run_id: str) -> RunOrder:
        recipe = recipe or self._parts.defaults().recipe
        return replace(self.order(document.sha256, document.name, pages, recipe, run_id), load=lambda: document)

    def _lane(self, document: Document, order: RunOrder) -> Lane:
        """Behind whom a run waits: what takes a second is not behind what takes a minute."""
        if self.pipeline.has_kept(order):
            return "short"
        if len(order.pages) > SHORT_PAGES or self._parts.recognises(document, order.pages, order.recipe.ocr):
            return "long"
        return "asking" if order.recipe.asked else "short"

    def _inspected(self, extraction: Extraction) -> Extraction:
        spot_checks = self._parts.spot_checks
        return spot_checks.inspect(extraction) if spot_checks else extraction

    def _gated(self, extraction: Extraction) -> Extraction:
        """``extraction`` judged by what the gates ask of such a document now. What is read does not depend on it."""
        gated = gated_by(self._parts.defaults().gates, extraction)
        if gated.verdict == extraction.verdict:
            return gated
        steps = [
            replace(step, detail=verdict_in_words(gated)) if step.step == "validate" else step for step in gated.steps
        ]
        return gated.model_copy(update={"steps": tuple(steps)})

    def _with_duplicates(self, extraction: Extraction) -> Extraction:
        found = self._parts.orders.duplicates(extraction.document, extraction.pages, extraction.values)
        if not found:
            return extraction
        kind = extraction.type
        fields = tuple(sorted(kind.duplicate_key, key=lambda name: name != kind.identifier))
        finding = Finding("duplicate", "warning", describe_duplicate(found[0]), fields, reading=True)
        return extraction.model_copy(update={"findings": (*extraction.findings, finding), "verdict": "needs review"})

    # --- finding again ---------------------------------------------------------------------------------------------

    def job(self, run_id: str) -> Job | None:
        """Where a run stands; finished runs of earlier processes are found too. ``None`` for an unknown id."""
        job = self._parts.queue.get(run_id)
        if job is not None and job.state != "done":
            return job
        extraction = self.extraction(run_id)
        if extraction is None:
            return None
        if job is not None:
            return replace(job, extraction=extraction)
        events = tuple(_event_of(step) for step in extraction.steps)
        seconds = sum(step.seconds for step in extraction.steps)
        return Job(run_id, extraction.name, "done", events, extraction=extraction, seconds=seconds)

    def progress(self, run_id: str) -> Job | None:
        """How far a run is, without its result; ``None`` for one that is not remembered as work any more."""
        return self._parts.queue.get(run_id)

    def extraction(self, run_id: str) -> Extraction | None:
        """What a finished run gave; ``None`` where nothing of it is kept that this version can read."""
        kept = self._parts.files.load_json("run", run_id) if run_id.isalnum() else None
        try:
            return Extraction.model_validate_json(kept) if kept else None
        except ValidationError:  # written by another version of the studio
            return None

    def judged(self, run_id: str) -> Extraction | None:
        """What a finished run gave, without its pages and what else may stand there: quick, and all that a gate looks at."""
        kept = self._parts.files.load_json("run", run_id) if run_id.isalnum() else None
        if not kept:
            return None
        told = {name: value for name, value in json.loads(kept).items() if name not in _OF_PAGES}
        try:
            return Extraction.model_validate(told)
        except ValidationError:  # written by another version of the studio
            return None

    def page_text(self, run_id: str) -> str:
        """The text of a finished run's pages; empty where nothing of it is kept."""
        extraction = self.extraction(run_id)
        return extraction.text if extraction else ""

    def cancel(self, run_id: str) -> None:
        """Stop a run; what other runs do goes on."""
        self._parts.queue.cancel(run_id)

    def retry(self, run_id: str) -> bool:
        """Have a run that failed, was parked or cancelled wait again; ``False`` for any other."""
        return self._parts.queue.again(run_id)

    # --- a person's draft ------------------------------------------------------------------------------------------

    def keep_draft(self, run_id: str, draft: Mapping[str, object]) -> None:
        """Keep a person's unsaved edits (any JSON) so that a reload or restart finds them."""
        self._parts.files.keep_json("draft", run_id, json.dumps(draft))

    def draft(self, run_id: str) -> dict[str, object] | None:
        """The edits kept for a run."""
        kept = self._parts.files.load_json("draft", run_id)
        return json.loads(kept) if kept else None


def _texts_of(document: Document, pages: Sequence[PageRef]) -> list[PageText]:
    """The pages that carry their own text; one that cannot be looked at says nothing here: reading it says why."""
    found = []
    for ref in pages:
        try:
            page = document.page(ref.number, ref.rotation)
            words = page.text_layer().words
        except StudioError:
            continue
        if words:
            found.append(PageText(ref.number, page.width, page.height, tuple(words), TEXT_LAYER, ref.rotation))
    return found


def new_run_id() -> str:
    """An id for a run that nobody else has."""
    return uuid.uuid4().hex


def _read_by(person: Person, run_id: str, extraction: Extraction) -> TrailEvent:
    about = {"verdict": extraction.verdict, "pages": [page.number for page in extraction.pages]}
    by, document = extraction.recipe.name, extraction.document
    return TrailEvent("read", person.name, person.known, document=document, run_id=run_id, by=by, told=about)


def _event_of(record: StepRecord) -> StepFinished | StepSkipped | StepFailed:
    if record.state == "skipped":
        return StepSkipped(record.step, record.detail)
    if record.state == "failed":
        return StepFailed(record.step, record.seconds, record.detail)
    return StepFinished(record.step, record.seconds, record.cached, record.detail)
