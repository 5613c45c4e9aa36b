"""Which queue a job waits in where workers on many hosts do the work: a queue a kind of work, so that each may have workers of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # the command line names the queues before anything is loaded
    from core.jobs.queue import JobRequest, Lane

#: ``preprocessing`` opens what came in, ``ocr`` recognises pages, ``llm`` waits for models, ``extraction`` reads what has text of its own,
#: ``evaluation`` measures and compares, ``documents`` does the rest.
QUEUES = ("preprocessing", "ocr", "llm", "extraction", "evaluation", "documents")

_RUNS: Mapping[Lane, str] = {"long": "ocr", "asking": "llm", "short": "extraction"}


def queue_of(request: JobRequest) -> str:
    """The queue of a job, one of :data:`QUEUES`."""
    if request.kind == "inbox":
        return "preprocessing"
    if request.lane == "background":
        return "evaluation"
    return _RUNS[request.lane] if request.kind == "run" else "documents"
