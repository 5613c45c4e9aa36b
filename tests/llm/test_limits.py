"""Turns at a provider: so many at once, so many a minute, one trial at a time after a pause."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from core.errors import Cancelled, ProviderFailed
from core.llm.breaker import Breaker
from core.llm.limits import Turns
from tests.doubles.replay import ReplayProvider, always
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


def test_whoever_waits_for_a_turn_can_be_stopped() -> None:
    """Both for a free place and for the next minute; the place is free again afterwards."""
    clock = Clock()
    turns = Turns(clock.sleep, clock)
    with turns.turn(1, 1, lambda: False), pytest.raises(Cancelled), turns.turn(1, 1, lambda: True):
        pass
    with pytest.raises(Cancelled), turns.turn(1, 1, lambda: len(clock.slept) > 3):
        pass
    clock.now += 60
    with turns.turn(1, 1, lambda: False):
        pass


def test_one_trial_at_a_time_after_a_pause() -> None:
    """Others are turned away until it has ended; a trial that was stopped by the person says nothing."""
    clock = Clock()
    breaker = Breaker(failures=1, pause=30, clock=clock)
    assert breaker.admit() == 0
    breaker.tell(ProviderFailed("It failed."))
    assert breaker.admit() == 30
    clock.now += 30
    assert breaker.admit() == 0
    assert breaker.admit() > 0
    breaker.tell(Cancelled("Stopped."))
    assert breaker.admit() == 0
    breaker.tell(None)
    assert breaker.admit() == 0
    assert breaker.admit() == 0


def test_only_failures_in_a_row_count() -> None:
    """A success in between begins the count anew."""
    breaker = Breaker(failures=2)
    for error in [ProviderFailed("It failed."), None] * 5:
        assert breaker.admit() == 0
        breaker.tell(error)
