"""What a browser asks of work on its way: its answer, and who gets one."""

from __future__ import annotations

import asyncio
import gc
import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from starlette.requests import Request
from starlette.responses import Response

from core.events import StepStarted
from core.jobs.queue import Job
from core.studio import Studio
from pages.shared import frame, steps, watch
from pages.shared.signed import sign

RUNNING = Job("a1", "invoice.pdf", "running", (StepStarted("read"),), seconds=3.2)


def ask(kind: str, subject: str, signature: str) -> Response:
    """What the route answers. In a thread of its own: Playwright leaves the main one with a running loop."""
    about = {"kind": kind, "subject": subject, "signature": signature}
    request = Request({"type": "http", "path_params": about, "query_string": b"", "headers": []})
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(lambda: asyncio.run(watch._answer(request))).result()


@pytest.mark.parametrize("signature", ["", "0" * 32, "签名"])
def test_an_address_that_nobody_gave_is_refused(signature: str) -> None:
    """Else a guessed run id would tell how another person's document stands."""
    assert ask("run", "a1", signature).status_code == 403


def test_a_run_that_is_not_known_any_more_is_over(studio: Studio) -> None:
    """Its page is drawn again, and says so."""
    assert json.loads(bytes(ask("run", "a1", sign("run", "a1")).body)) == {"token": "over", "parts": {}}


def test_a_comparison_that_was_deleted_is_not_asked_for_for_ever(studio: Studio) -> None:
    """Its page is drawn again, and says so; only a busy store is asked again."""
    from pages.compare_parts import matrix  # noqa: F401  (who shows comparisons says how they are looked at)

    assert ask("comparison", "c1", sign("comparison", "c1")).status_code == 404


def test_steps_and_headline_of_a_run_come_with_the_answer(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    """The page's script does not run for them."""
    monkeypatch.setattr(studio, "progress", {"a1": RUNNING}.get)
    answer = json.loads(bytes(ask("run", "a1", sign("run", "a1")).body))
    assert answer["token"] == "active"
    assert answer["parts"]["headline"] == "Reading · 3 s"
    assert "step running" in answer["parts"]["steps"]


def test_what_a_model_replies_is_never_markup() -> None:
    """A document's words come back in replies."""
    glance = steps.glance_of(replace(RUNNING, reply='{"vendor_name": "<img src=x onerror=alert(1)>"'))
    assert "<img" not in glance.parts["reply"]
    assert "&lt;img" in glance.parts["reply"]


def test_a_run_that_ended_changes_what_its_page_watches_for() -> None:
    """The page's script runs once more, and draws the result."""
    assert steps.glance_of(RUNNING).token != steps.glance_of(replace(RUNNING, state="done")).token


def test_what_is_loaded_for_good_is_out_of_the_collector_s_sight(studio: Studio) -> None:
    """Streamlit collects garbage after each run of a script, in which nobody else is answered."""
    gc.unfreeze()
    frame._settle_memory()
    assert gc.get_freeze_count() > 50_000
    assert len(gc.get_objects()) < gc.get_freeze_count() / 10
    gc.unfreeze()
