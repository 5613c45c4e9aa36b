"""Tasks over texts and values, done as jobs beside the readings."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from time import monotonic
from typing import Any

from core.analysis.checking import told_of_check, values_of
from core.analysis.summary import summarise
from core.analysis.texts import analyse, pages_of
from core.cancelling import IsCancelled
from core.events import Event, StepFinished, StepStarted
from core.extraction import Extraction
from core.jobs.queue import Handler, JobQueue, JobRequest
from core.schema.document_type import DocumentType
from core.stores.files import Files
from core.stores.webhooks import Announce

#: What may be asked for, and for how long (seconds) it may take.
TEXT, SUMMARY, CHECK = ANALYSES = "text_analysis", "document_summary", "data_validation"
_SECONDS = 120.0
_KEPT = "task"


class Analysis:
    """What programs may ask for beside records. Nothing of it needs a model."""

    def __init__(
        self, queue: JobQueue, files: Files, types: Callable[[], Sequence[DocumentType]], announce: Announce
    ) -> None:
        self._queue, self._files, self._types, self._announce = queue, files, types, announce

    def check_text(self, task_id: str, text: str, owner: str) -> None:
        """Have a text analysed in the background."""
        self._submit(TEXT, task_id, {"text": text}, owner)

    def check_values(self, task_id: str, values: Mapping[str, Any], type_name: str, owner: str) -> None:
        """Have values checked in the background. Raises InvalidValues."""
        values_of(self._types(), type_name, values)
        self._submit(CHECK, task_id, {"values": dict(values), "type": type_name}, owner)

    def _submit(self, kind: str, task_id: str, payload: Mapping[str, Any], owner: str) -> None:
        self._queue.submit(JobRequest(kind, task_id, kind.replace("_", " "), payload, owner, "short", 1, _SECONDS))

    def result(self, task_id: str) -> dict[str, Any] | None:
        """What a task gave; ``None`` where nothing of it is kept."""
        kept = self._files.load_json(_KEPT, task_id)
        return json.loads(kept) if kept else None

    def of_document(self, kind: str, extraction: Extraction) -> dict[str, Any]:
        """What a task of ``kind`` says of a document that was read."""
        return summarise(extraction) if kind == SUMMARY else analyse(extraction.page_texts, self._types())

    def handlers(self) -> dict[str, Handler]:
        """Who does the work of each kind of job."""
        return {TEXT: self._work, CHECK: self._work}

    def _work(self, request: JobRequest, cancelled: IsCancelled) -> Iterator[Event]:
        began = monotonic()
        yield StepStarted("analyse")
        asked = request.payload
        if request.kind == TEXT:
            told = analyse(pages_of(asked["text"]), self._types())
        else:
            told = told_of_check(values_of(self._types(), asked["type"], asked["values"]))
        self._files.keep_json(_KEPT, request.job_id, json.dumps(told, ensure_ascii=False))
        about = {"task_id": request.job_id, "type": request.kind, "result_url": f"/v1/tasks/{request.job_id}/result"}
        self._announce("finished", about, lambda: told)
        yield StepFinished("analyse", monotonic() - began)
