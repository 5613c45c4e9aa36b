"""Where to go on: the next document of the desk that needs somebody."""

from __future__ import annotations

from dataclasses import dataclass

from pages.shared.desk import Desk, Group, OpenDocument
from pages.shared.session import ask_focus, changed_since_saved, forget_widgets, get_edits, get_job, get_review


@dataclass(frozen=True, slots=True)
class Place:
    """One document of the desk: its file and its group of pages (from 0)."""

    document: OpenDocument
    group: int


def following(desk: Desk) -> Place | None:
    """The next unsaved document after the one that is shown, round the desk: one that needs somebody before one that is
    ready; ``None`` where all others are saved or still being read."""
    places = [Place(document, number) for document in desk.documents for number in range(len(document.groups))]
    shown = next((at for at, place in enumerate(places) if _is_shown(desk, place)), -1)
    others = [place for place in [*places[shown + 1 :], *places[:shown]] if not _is_done(place)]
    return next((place for place in others if _needs_somebody(place)), others[0] if others else None)


def show(desk: Desk, place: Place) -> None:
    """Open it, with the cursor on its first open question."""
    desk.chosen = place.document.sha256
    place.document.active = place.group
    forget_widgets()
    ask_focus(None)


def is_saved(run_id: str) -> bool:
    """Whether what stands in the run's form is what its order holds."""
    return get_edits(run_id).receipt is not None and not changed_since_saved(run_id)


def _group(place: Place) -> Group:
    return place.document.groups[place.group]


def _is_shown(desk: Desk, place: Place) -> bool:
    return place.document.sha256 == desk.chosen and place.document.active == place.group


def _is_done(place: Place) -> bool:
    """Saved, or being read without anybody."""
    run = _group(place).run
    if run is None or place.document.picking:
        return False
    job = get_job(run)
    return (job is not None and job.active) or is_saved(run)


def _needs_somebody(place: Place) -> bool:
    run = _group(place).run
    job = get_job(run) if run and not place.document.picking else None
    if job is None or job.extraction is None:
        return True  # its pages are to be chosen, or its run gave nothing
    return get_review(job.job_id, job.extraction)[0].extraction.verdict != "approved"
