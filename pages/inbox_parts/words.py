"""What the Inbox calls states, ages and reports."""

from __future__ import annotations

from datetime import datetime

from core.events import StepProgressed
from core.inbox.taken import describe_again
from core.jobs.queue import Job
from core.status import STATUS_WORDS
from core.stores.inbox import BatchReport, InboxItem, ItemState
from pages.shared.money import dollars

#: What each state is called, in the order in which somebody is needed; a machine's verdict is never called what only a person can say.
STATE_WORDS: dict[ItemState, str] = {
    "failed": "failed",
    "needs review": STATUS_WORDS["needs review"],
    "waiting": "waiting",
    "reading": "reading",
    "approved": STATUS_WORDS["approved"],
    "saved": "saved",
    "rejected": "rejected",
}
#: Files that came before and are named one by one.
_MOST_NAMED = 4


def state_words(item: InboxItem, job: Job | None = None) -> str:
    """How an item stands; of one that is being read how many of its pages are, where that is known."""
    if item.state == "saved":
        return f"saved as order {item.order_id}" if item.order_id is not None else "saved"
    if item.state == "reading" and job is not None:
        done = [event for event in job.events if isinstance(event, StepProgressed)]
        if done and done[-1].total > 1:
            return f"reading {done[-1].done} of {done[-1].total}"
    if item.state == "waiting" and not item.active:
        return "for you to start"
    return STATE_WORDS[item.state]


def age_words(moment: datetime, now: datetime) -> str:
    """How long ago something was, as short as it can be told."""
    seconds = max(0.0, (now - moment).total_seconds())
    for unit, length in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= length:
            return f"{int(seconds // length)} {unit}"
    return "now"


def report_words(report: BatchReport) -> str:
    """How a batch stands, or what came of it, in one line."""
    told = [
        (report.unseen, "ready unseen"),
        (_of(report, "needs review"), "to review"),
        (_of(report, "failed"), "failed"),
    ]
    parts = [f"{count:,} {what}" for count, what in told if count]
    waiting = _of(report, "waiting") - report.active
    if report.active == 0 and waiting > 0:
        parts.append(f"{waiting:,} for you to start")
    for state in ("saved", "rejected"):
        if count := _of(report, state):
            parts.append(f"{count:,} {state}")
    if report.active:
        parts.insert(0, f"{report.count - report.active:,} of {report.count:,} done")
    else:
        parts.append(f"{seconds_words(report.seconds)} of reading")
    if report.cost:
        parts.append(dollars(report.cost))
    if report.batch.again:
        parts.append(f"{len(report.batch.again):,} came before")
    return " · ".join(parts)


def seconds_words(seconds: float) -> str:
    """A duration: ``0.4 s``, ``34 s``, ``12 min``."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"


def again_words(again: tuple[tuple[str, InboxItem], ...]) -> str:
    """What to say of files that had come before."""
    told = [describe_again(name, item) for name, item in again[:_MOST_NAMED]]
    if len(again) > _MOST_NAMED:
        told.append(f"So did {len(again) - _MOST_NAMED:,} more.")
    return " ".join(told)


def _of(report: BatchReport, state: ItemState) -> int:
    return report.states.get(state, 0)
