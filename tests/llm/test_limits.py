"""Turns at a provider within one process: so many at once, so many a minute."""

from __future__ import annotations

import threading
import time
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor

import pytest

from core.errors import Cancelled, ProviderFailed, ProviderPaused, RateLimited, ReplyRefused
from core.llm import limits
from core.llm.limits import Turns, outcome_of
from core.stores.traffic import Limits
from tests.doubles.replay import ReplayProvider, always
from tests.doubles.traffic import MemoryTraffic
from tests.llm.boards import Clock, ask_of, make_board


def test_no_more_calls_at_once_than_the_settings_say() -> None:
    """Twelve threads, three calls at a time."""
    running, most, lock = [0], [0], threading.Lock()

    def work(seconds: float) -> None:
        with lock:
            running[0] += 1
            most[0] = max(most[0], running[0])
        time.sleep(0.002)
        with lock:
            running[0] -= 1

    place = make_board(ReplayProvider(always("{}"), "one", sleep=work), concurrency=3)
    with ThreadPoolExecutor(12) as pool:
        list(pool.map(lambda _: place.board.ask(ask_of("one")), range(36)))
    assert most[0] == 3


def test_no_more_calls_a_minute_than_the_settings_say() -> None:
    """The sixth call waits until the first is a minute old."""
    place = make_board(ReplayProvider(always("{}"), "one"), per_minute=5)
    for _ in range(5):
        place.board.ask(ask_of("one"))
    assert place.clock.slept == []
    place.board.ask(ask_of("one"))
    assert sum(place.clock.slept) == pytest.approx(60)


def refuse(seconds: float) -> ProviderPaused:
    """The provider is left alone."""
    return ProviderPaused(f"In {seconds} s.")


def test_whoever_waits_for_a_turn_can_be_stopped() -> None:
    """Both for a free place and for the next minute; the place is free again afterwards."""
    clock = Clock()
    turns = Turns(MemoryTraffic(clock=clock), clock.sleep)
    one = Limits(at_once=1, per_minute=1)
    with (
        turns.turn("one", one, refuse, lambda: False),
        pytest.raises(Cancelled),
        turns.turn("one", one, refuse, lambda: True),
    ):
        pass
    with pytest.raises(Cancelled), turns.turn("one", one, refuse, lambda: len(clock.slept) > 3):
        pass
    clock.now += 60
    with turns.turn("one", one, refuse, lambda: False):
        pass


def test_a_call_that_lasts_is_renewed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its place is not given away because it takes long, and nobody renews it once it has ended."""
    monkeypatch.setattr(limits, "LEASE", 0.04)
    renewed: list[set[str]] = []

    class Noting(MemoryTraffic):
        def renew(self, call_ids: Collection[str]) -> None:
            renewed.append(set(call_ids))

    turns = Turns(Noting())
    with turns.turn("one", Limits(1), refuse, lambda: False):
        until = time.monotonic() + 10
        while len(renewed) < 3 and time.monotonic() < until:
            time.sleep(0.01)
    assert len(renewed) >= 3
    assert len(set.union(*renewed)) == 1
    time.sleep(0.05)
    count = len(renewed)
    time.sleep(0.05)
    assert len(renewed) == count


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (ProviderFailed("It failed."), "failed"),
        (RateLimited("Later."), "works"),
        (ReplyRefused("No."), "works"),
        (Cancelled("Stopped."), "nothing"),
        (KeyboardInterrupt(), "nothing"),
    ],
)
def test_only_failures_of_the_provider_speak_against_it(error: BaseException, outcome: str) -> None:
    """A provider that answers no works; a person who stops a call says nothing of it."""
    assert outcome_of(error) == outcome
