"""Clients of earlier services, against the API alone (on the page's own port: test_mounted.py)."""

from __future__ import annotations

import asyncio

import pytest
import socketio

from tests.api.conftest import Served
from tests.api.seeds import walk
from tests.api.test_api import read
from tests.conftest import SampleFile


def test_their_examples_work(api: Served, digital_pdf: SampleFile) -> None:
    """Read, watched by three doors that tell the same, saved, listed."""
    walk(api.url, digital_pdf, {"X-API-Key": api.key()})


def test_a_room_is_for_those_whose_task_it_is(api: Served, digital_pdf: SampleFile) -> None:
    """Without a key nobody connects; another's key joins no room of mine; what is no room is told."""
    mine, theirs = api.key("mine"), api.key("theirs")
    with api.client(mine) as client:
        task = read(client, digital_pdf)["task_id"]

    async def knock() -> None:
        for auth in (None, {"token": "xst_wrong"}, {"token": 3}):
            with pytest.raises(socketio.exceptions.ConnectionError):
                await socketio.AsyncClient(reconnection=False).connect(api.url, auth=auth)
        other = socketio.AsyncClient()
        await other.connect(api.url, auth={"key": theirs})
        told = [await other.call("join", what) for what in (f"processing_{task}", {"room": task}, "processing_../x", None, {"room": task, "after": "x"})]  # fmt: skip
        assert [each["ok"] for each in told] == [False] * 5
        assert told[0]["error"] == "There is no such task of yours here."
        await other.disconnect()

    asyncio.run(knock())


def test_no_page_from_elsewhere_connects(api: Served) -> None:
    """Also where programs on this machine need no key."""

    async def knock() -> None:
        with pytest.raises((socketio.exceptions.ConnectionError, RuntimeError)):
            await socketio.AsyncClient(reconnection=False).connect(api.url, headers={"Origin": "https://evil.example"})
        client = socketio.AsyncClient()
        await client.connect(api.url)
        await client.disconnect()

    asyncio.run(knock())
