"""Background work whose database is down says so once, tries less and less often, and says when it goes on."""

from __future__ import annotations

import asyncio
import logging
from types import SimpleNamespace

import pytest

from core.entrypoints.api import app as api_app
from core.errors import DatabaseUnavailable
from core.outage import LONGEST_PAUSE, Outage

DOWN = "The database “studio” at db does not answer: check that the server runs."


def test_the_same_failure_is_said_once_and_that_it_is_over(caplog: pytest.LogCaptureFixture) -> None:
    """Pauses double up to the longest, and are none once it works."""
    outage = Outage(logging.getLogger("core.tests"), "nothing could be sent")
    pauses = []
    for _ in range(8):
        outage.began(DatabaseUnavailable(DOWN))
        pauses.append(outage.pause)
    assert pauses == [1, 2, 4, 8, 16, LONGEST_PAUSE, LONGEST_PAUSE, LONGEST_PAUSE]
    outage.ended()
    outage.ended()
    assert [record.message.split(":")[0] for record in caplog.records] == [
        "nothing could be sent",
        "it works again (nothing could be sent)",
    ]
    assert (outage.pause, caplog.text.count("Traceback")) == (0, 0)


def test_what_nobody_expected_is_told_with_where_it_happened(caplog: pytest.LogCaptureFixture) -> None:
    """Once too."""
    outage = Outage(logging.getLogger("core.tests"), "nothing could be sent")
    for _ in range(3):
        try:
            raise KeyError("x")
        except KeyError as error:
            outage.began(error)
    assert caplog.text.count("Traceback") == 1


@pytest.mark.parametrize("work", [api_app._tell, api_app._save_what_is_over])
def test_a_loop_of_the_api_says_it_once(
    work: object, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However often it tries, and without a traceback."""
    monkeypatch.setattr(api_app, "_LOOK", 0.001)
    monkeypatch.setattr("core.outage.FIRST_PAUSE", 0.002)
    monkeypatch.setattr("core.outage.LONGEST_PAUSE", 0.004)
    asked = []

    def studio() -> object:
        asked.append(1)
        raise DatabaseUnavailable(DOWN)

    async def run() -> None:
        state = SimpleNamespace(studio=studio, store=lambda: None)
        task = asyncio.create_task(work(state))  # type: ignore[operator]
        while len(asked) < 20:
            await asyncio.sleep(0.005)
        task.cancel()

    asyncio.run(run())
    told = [record for record in caplog.records if record.name == "core.entrypoints.api.app"]
    assert len(told) == 1
    assert told[0].exc_info is None
    assert DOWN in told[0].getMessage()
