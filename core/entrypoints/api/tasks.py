"""Documents that programs bring, and the runs that they ask for."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from pydantic import BaseModel

from core.documents.archives import is_archive
from core.documents.base import Document
from core.documents.mail.reading import is_mail, title_of
from core.documents.ranges import parse_page_range
from core.entrypoints.api.caller import Caller
from core.entrypoints.api.models import DocumentInfo, ExtractRequest, TaskInfo, TaskList, TaskState
from core.entrypoints.api.problems import Refused
from core.errors import DocumentError, RecordMissing, StorageError, StudioError
from core.events import StepStarted
from core.extraction import Extraction, PageRef
from core.extraction_json import to_json
from core.jobs.queue import Job
from core.logs import note
from core.recipe import load_recipe
from core.runs import new_run_id
from core.stores.api import NOT_SAVED, SAVING, ApiStore, ApiTask
from core.stores.records import targets_of

KIND = "extraction"
#: Seconds that whoever saves a task's record has it to themselves: then another goes on, for their process is gone.
SAVING_LEASE = 120.0


@dataclass(frozen=True, slots=True)
class Tasks:
    """What one caller may do with documents and runs."""

    caller: Caller
    store: ApiStore
    root: str = ""
    """Before every address that an answer names."""

    # --- documents ---------------------------------------------------------------------------------------------------

    def bring(self, data: bytes, name: str, password: str | None = None) -> tuple[DocumentInfo, bool]:
        """Keep a document; and whether this caller brought it for the first time. Raises a DocumentError."""
        if is_archive(data):
            return self._bring_all(data, name)
        document = self.caller.studio.open(data, name, password)
        note(document=document.sha256)
        fresh = not self.store.owns(self.caller.owner, document.sha256)
        self.store.brought(self.caller.owner, document.sha256, _now(self))
        return _info(document), fresh

    def _bring_all(self, data: bytes, name: str) -> tuple[DocumentInfo, bool]:
        """Keep a zip or a mail and bring each document in it; one that cannot be read is a remark. Raises a DocumentError."""
        found = self.caller.studio.unpack(data, name)
        sha256 = self.caller.studio.set_aside(data)
        fresh = not self.store.owns(self.caller.owner, sha256)
        self.store.brought(self.caller.owner, sha256, _now(self))
        children: dict[str, DocumentInfo] = {}
        remarks = [packed.trouble for packed in found if packed.trouble]
        for packed in found:
            if not packed.trouble:
                try:
                    child, _ = self.bring(packed.file.data, packed.file.name)
                except DocumentError as error:
                    remarks.append(str(error))
                else:
                    children[child.document_id] = child
        kind = "message/rfc822" if is_mail(data) else "application/zip"
        title = title_of(data, name) if is_mail(data) else name
        about = DocumentInfo(
            document_id=sha256,
            name=title,
            media_type=kind,
            pages=0,
            size=len(data),
            remarks=remarks,
            children=list(children.values()),
        )
        return about, fresh

    def about(self, document_id: str) -> DocumentInfo:
        """What a document is. Raises what :meth:`document` raises."""
        return self._holder(document_id) or _info(self.document(document_id))

    def _holder(self, document_id: str) -> DocumentInfo | None:
        """What a zip or a mail of this caller is; ``None`` for a document."""
        if not self.caller.sees_all and not self.store.owns(self.caller.owner, document_id):
            return None
        try:
            data = self.caller.studio.kept_bytes(document_id)
        except StudioError:
            return None
        return self._bring_all(data, "mail" if is_mail(data) else "archive.zip")[0] if is_archive(data) else None

    def _readable(self, document_id: str) -> Document:
        """The document of an id; of a zip or a mail the one in it. Raises Refused where that is not one."""
        holder = self._holder(document_id)
        if holder is None:
            return self.document(document_id)
        if len(holder.children) != 1:
            told = f"This file holds {len(holder.children)} documents: ask for each by its id; “children” of {self.root}/documents/{document_id} names them."
            raise Refused(422, "several-documents", " ".join([told, *holder.remarks[:3]]))
        return self.document(holder.children[0].document_id)

    def document(self, document_id: str) -> Document:
        """A document that this caller brought (any, for one that sees all). Raises Refused, a StudioError."""
        if not self.caller.sees_all and not self.store.owns(self.caller.owner, document_id):
            raise Refused(404, "document-missing", "There is no such document of yours here.")
        try:
            return self.caller.studio.document(document_id)
        except RecordMissing as error:
            raise Refused(404, "document-missing", "There is no such document here.") from error

    # --- tasks -------------------------------------------------------------------------------------------------------

    def begin(self, asked: ExtractRequest, wish: str | None, kind: str = KIND) -> TaskInfo:
        """Ask for a run, of which a task of ``kind`` tells; the same wish again gives the task that it made. Raises Refused, a StudioError."""
        if known := self.known(kind, asked, wish):
            return known
        document = self._readable(asked.document_id or self.fetch(asked.document_url or ""))
        pages = parse_page_range(asked.pages, document.page_count)
        studio = self.caller.studio
        defaults = studio.defaults
        recipe = load_recipe(asked.recipe, defaults.known_recipes()) if asked.recipe else defaults.recipe
        if asked.type:
            recipe = studio.types.reading_as(recipe, asked.type)
        task = self.new_task(kind, document.sha256, max(1, len(pages)), asked, wish)
        task = replace(task, save=tuple(asked.save), sure=asked.confidence_threshold)
        chosen = [PageRef(number) for number in pages]
        owner = f"api:{self.caller.owner}"
        return self.add(
            task,
            lambda: studio.start(
                document.sha256, chosen, recipe, owner, task.task_id, asked.priority, unseen=task.sure is None
            ),
        )

    def known(self, kind: str, asked: BaseModel, wish: str | None) -> TaskInfo | None:
        """The task that a wish made, where its run was begun. Raises Refused where it was for something else."""
        task_id = task_id_of(self.caller.owner, wish)
        kept = self.store.task(task_id) if wish else None
        if kept is None:
            return None
        _same(kept, digest_of(kind, asked))
        note(document=kept.document or None, run=task_id)
        return self.info(kept) if self.caller.studio.progress(task_id) else None

    def new_task(self, kind: str, document: str, pages: int, asked: BaseModel, wish: str | None) -> ApiTask:
        """A task that is not kept yet."""
        task_id, owner = task_id_of(self.caller.owner, wish), self.caller.owner
        note(document=document or None, run=task_id)
        return ApiTask(task_id, owner, document, kind, pages, _now(self), wish, digest_of(kind, asked))

    def add(self, task: ApiTask, start: Callable[[], object]) -> TaskInfo:
        """Keep a task and start it, unless its wish was done already. Raises Refused, TooManyCalls."""
        kept = self.store.task(task.task_id) if task.wish else None
        if kept is None:
            access, key = self.caller.studio.access, self.caller.key
            kept = self.store.add_task(task, lambda: access.may_read(key, task.pages))
        _same(kept, task.asked)
        if (
            kept is task or self.caller.studio.progress(task.task_id) is None
        ):  # the second: its maker ended before it began
            start()
        return self.info(kept)

    def fetch(self, url: str) -> str:
        """The id of the document at an address outside, which is brought. Raises AddressRefused, FetchFailed, a DocumentError."""
        fetched = self.caller.studio.fetch(url)
        return self.bring(fetched.data, fetched.name)[0].document_id

    def task(self, task_id: str) -> ApiTask:
        """A task of this caller. Raises Refused."""
        found = self.store.task(task_id)
        if found is None or not (self.caller.sees_all or found.owner == self.caller.owner):
            raise Refused(404, "task-missing", "There is no such task of yours here.")
        note(document=found.document or None, run=task_id)
        return found

    def latest(self, status: TaskState | None, before: datetime | None, limit: int) -> TaskList:
        """The caller's tasks, newest first."""
        owner = None if self.caller.sees_all else self.caller.owner
        found = self.store.tasks(owner, before, limit)
        infos = [self.info(task) for task in found]
        cursor = found[-1].created_at.isoformat() if len(found) == limit else None
        return TaskList(tasks=[info for info in infos if status is None or info.status == status], next=cursor)

    def info(self, task: ApiTask) -> TaskInfo:
        """How a task stands."""
        return self._told(*self._settled(task))

    def look(self, task_id: str) -> tuple[TaskInfo, bool]:
        """How a task stands, and whether it rests: it is over, and nobody is saving its record. Raises Refused."""
        task, job = self._settled(self.task(task_id))
        info = self._told(task, job)
        return info, is_over(info) and task.order_id != SAVING

    def _settled(self, task: ApiTask) -> tuple[ApiTask, Job | None]:
        """The task and its job; one that is done has its record saved where it was asked for and passed the gate."""
        studio = self.caller.studio
        job = studio.progress(task.task_id) or studio.job(task.task_id)  # the second: no longer remembered as work
        elsewhere = "workbook" in task.save and not studio.settings.has_workbook  # its host saves it
        if job is not None and not job.active and task.save and not elsewhere and task.order_id in (None, SAVING):
            self._save(task)
            task = self.task(task.task_id)
        return task, job

    def _save(self, task: ApiTask) -> None:
        """Save the record of a task that is over, once, where it passed the gate and is not stored already."""
        if not self.store.begin_saving(task.task_id, SAVING_LEASE):
            return
        studio = self.caller.studio
        saved: int | None = None
        try:
            job = studio.job(task.task_id)
            extraction = job.extraction if job else None
            if extraction is not None and extraction.verdict == "approved" and _is_sure(extraction, task.sure):
                saved = self._saved(task, extraction)
        except StorageError:
            self.store.note_saved(task.task_id, None)  # it is tried again
            raise
        self.store.note_saved(task.task_id, saved if saved is not None else NOT_SAVED)

    def _saved(self, task: ApiTask, extraction: Extraction) -> int | None:
        """The record of a task: saved now, or before its saver was ended; ``None`` where another is stored already."""
        studio, targets = self.caller.studio, targets_of(task.save)
        stored = studio.duplicates(extraction, extraction.values, targets)
        if not stored:
            receipt = studio.save(
                extraction.values, targets, run_id=task.task_id, extraction=extraction, status="approved"
            )
            return receipt.order_id
        for order_id in {each.order_id for each in stored}:
            with suppress(RecordMissing):  # a workbook alone has it
                if studio.record(order_id).run_id == task.task_id:
                    return order_id
        return None

    def settle(self) -> None:
        """Save what is to be saved of every task that is over: nobody need ask for it."""
        for task in self.store.unsaved():
            self._settled(task)

    def _told(self, task: ApiTask, job: Job | None) -> TaskInfo:
        address = f"{self.root}/tasks/{task.task_id}"
        stages = [event.step for event in job.events if isinstance(event, StepStarted)] if job else []
        return TaskInfo(
            task_id=task.task_id,
            type=task.kind,
            document_id=task.document,
            status=job.state if job else "failed",
            created_at=task.created_at,
            stage=stages[-1] if stages and job and job.active else None,
            ahead=job.ahead if job else 0,
            seconds=round(job.seconds, 3) if job else 0.0,
            seconds_left=job.left if job else None,
            error=job.error if job else "Its result is no longer kept.",
            order_id=self._order_of(task, job),
            result_url=f"{address}/result" if job and job.state == "done" else None,
            events_url=f"{address}/events",
        )

    def _order_of(self, task: ApiTask, job: Job | None) -> int | None:
        """The record of a task: saved as it asked, or by the gate."""
        if task.order_id is not None and task.order_id > 0:
            return task.order_id
        is_done = job is not None and job.state == "done" and task.order_id != SAVING
        return self.caller.studio.saved_as(task.task_id) if is_done and task.document else None

    def result(self, task_id: str) -> dict[str, Any]:
        """What a task gave: the JSON of ``python -m core extract``. Raises Refused where it is not over, or gave nothing."""
        task, studio = self.task(task_id), self.caller.studio
        if not task.document and (told := studio.analysis.result(task_id)) is not None:
            return told
        job = studio.job(task_id) or studio.progress(task_id)
        if job is None or (job.state == "done" and job.extraction is None):
            raise Refused(410, "result-gone", "The result of this task is no longer kept: ask for it again.")
        if job.active:
            raise Refused(409, "task-not-over", "This task is not over yet.", {"Retry-After": "1"})
        if job.extraction is None:
            raise Refused(422, f"task-{job.state}", job.error or "This task was cancelled.")
        self._settled(task)
        return to_json(job.extraction) if task.kind == KIND else studio.analysis.of_document(task.kind, job.extraction)

    def cancel(self, task_id: str) -> TaskInfo:
        """Ask a task to stop. Raises Refused."""
        task = self.task(task_id)
        self.caller.studio.cancel(task_id)
        return self.info(task)

    def retry(self, task_id: str) -> TaskInfo:
        """Have a task that failed, was parked or cancelled done again. Raises Refused for any other."""
        task = self.task(task_id)
        if not self.caller.studio.retry(task_id):
            raise Refused(
                409,
                "task-not-failed",
                "This task waits, runs or is done: only one that ended without a result can be sent again.",
            )
        return self.info(task)

    def events(self, task_id: str, after: int) -> Iterator[dict[str, Any]]:
        """What has happened in a task since, each with its number. Raises Refused."""
        self.task(task_id)
        for number, event in self.caller.studio.events(task_id, after):
            yield {"id": number, **told_event(event)}


def told_event(event: Any) -> dict[str, Any]:
    """An event by the name that it has outside, with what it tells."""
    names = {
        "StepStarted": "stage_start",
        "StepProgressed": "progress",
        "StepFinished": "stage_complete",
        "StepSkipped": "stage_skipped",
        "StepFailed": "stage_failed",
        "ReplyArrived": "text",
    }
    facts = asdict(event)
    if "step" in facts:
        facts["stage"] = facts.pop("step")
    return {"event": names[type(event).__name__], "data": facts}


def _is_sure(extraction: Extraction, least: float | None) -> bool:
    return least is None or all(confidence >= least for confidence in extraction.confidences.values())


def digest_of(kind: str, asked: BaseModel) -> str:
    """By which it is known whether the same was asked for."""
    return hashlib.sha256(f"{kind} {asked.model_dump_json()}".encode()).hexdigest()


def _same(kept: ApiTask, asked: str) -> None:
    if kept.asked != asked:
        raise Refused(
            422, "idempotency-key-reused", "This Idempotency-Key was used for another request: take a new one."
        )


def task_id_of(owner: str, wish: str | None) -> str:
    """A new id; of a wish always the same, so that two calls at once begin one run."""
    if wish is None:
        return new_run_id()
    return hashlib.sha256(json.dumps([owner, wish]).encode()).hexdigest()[:32]


def _info(document: Document) -> DocumentInfo:
    return DocumentInfo(
        document_id=document.sha256,
        name=document.name,
        media_type=document.media_type,
        pages=document.page_count,
        size=document.size,
        remarks=list(document.remarks),
    )


def _now(tasks: Tasks) -> datetime:
    return tasks.caller.studio.access.now()


def is_over(info: TaskInfo) -> bool:
    """Whether nothing more happens in a task."""
    return info.status in ("done", "failed", "cancelled", "parked")
