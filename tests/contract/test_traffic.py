"""Calls under way, in memory, on SQLite and on PostgreSQL: so many at once, so many a minute, and a provider that keeps failing is
left alone; by whichever process."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import pairwise

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, inspect

from core.stores.traffic import LEASE, PAUSE, Limits, NotNow, Traffic
from storage import database as opening
from storage.database import Database, clock_of
from storage.traffic import SqlTraffic
from tests.doubles.traffic import MemoryTraffic
from tests.llm.boards import Clock

FREE = Limits(at_once=100)
ONE = Limits(at_once=1)


@pytest.fixture
def clock() -> Clock:
    """Seconds that pass only when the test says so."""
    return Clock()


@pytest.fixture(params=["memory", "database"])
def traffics(
    request: pytest.FixtureRequest, database_url: str, open_store: Callable[[str], Database], clock: Clock
) -> tuple[Traffic, Traffic]:
    """One kind of traffic as two processes see it."""
    if request.param == "memory":
        alone = MemoryTraffic(clock=clock)
        return alone, alone
    return SqlTraffic(open_store(database_url), clock=clock), SqlTraffic(open_store(database_url), clock=clock)


def fail(traffic: Traffic, times: int) -> None:
    """So many calls in a row that fail."""
    for number in range(times):
        assert traffic.begin("one", f"f{number}", FREE) is None
        traffic.end("one", f"f{number}", "failed")


def why(not_now: NotNow | None) -> str:
    """The word for it."""
    return not_now.why if not_now else ""


def test_as_many_at_once_as_may_be_whoever_makes_them(traffics: tuple[Traffic, Traffic]) -> None:
    """A place that one process gave back is the other's; another provider has places of its own."""
    here, there = traffics
    two = Limits(at_once=2)
    assert here.begin("one", "a", two) is None
    assert there.begin("one", "b", two) is None
    assert why(here.begin("one", "c", two)) == "busy"
    assert here.begin("other", "d", two) is None
    there.end("one", "b", "works")
    assert here.begin("one", "c", two) is None


def test_who_asked_first_is_first(traffics: tuple[Traffic, Traffic], clock: Clock) -> None:
    """A process that makes one call after the other does not keep the others from their turn."""
    here, there = traffics
    assert here.begin("one", "a", ONE) is None
    assert why(there.begin("one", "b", ONE)) == "busy"
    clock.now += 0.1
    here.end("one", "a", "works")
    assert why(here.begin("one", "c", ONE)) == "busy"
    assert there.begin("one", "b", ONE) is None
    there.end("one", "b", "works")
    assert here.begin("one", "c", ONE) is None


def test_who_waits_no_longer_holds_nobody_up(traffics: tuple[Traffic, Traffic], clock: Clock) -> None:
    """Neither one that gave its place in the queue back, nor one whose process died while it waited."""
    here, there = traffics
    assert here.begin("one", "a", ONE) is None
    assert why(there.begin("one", "given up", ONE)) == "busy"
    assert why(there.begin("one", "dead", ONE)) == "busy"
    there.end("one", "given up", "nothing")
    here.end("one", "a", "works")
    clock.now += 0.1
    assert why(here.begin("one", "c", ONE)) == "busy"
    clock.now += 5.5
    assert here.begin("one", "c", ONE) is None


def test_the_place_of_a_dead_process_is_free_after_a_while(traffics: tuple[Traffic, Traffic], clock: Clock) -> None:
    """A call that lasts keeps its place as long as somebody says that it does."""
    here, there = traffics
    assert here.begin("one", "a", ONE) is None
    clock.now += LEASE - 1
    here.renew(["a"])
    clock.now += LEASE - 1
    assert why(there.begin("one", "b", ONE)) == "busy"
    clock.now += 1
    assert there.begin("one", "b", ONE) is None
    here.renew(["a"])
    assert why(here.begin("one", "c", ONE)) == "busy"
    here.end("one", "a", "works")
    there.end("one", "b", "works")
    assert here.begin("one", "c", ONE) is None


def test_as_many_a_minute_as_may_be(traffics: tuple[Traffic, Traffic], clock: Clock) -> None:
    """Ended ones count too, until they began a minute ago; those who wait are told how long, each behind the other."""
    here, there = traffics
    limits = Limits(at_once=10, per_minute=3)
    for traffic, name in ((here, "a"), (there, "b"), (here, "c")):
        assert traffic.begin("one", name, limits) is None
        traffic.end("one", name, "works")
        clock.now += 10
    assert here.begin("one", "d", limits) == NotNow("minute", pytest.approx(30))
    clock.now += 0.1
    assert there.begin("one", "e", limits) == NotNow("minute", pytest.approx(39.9))
    clock.now += 30
    assert why(there.begin("one", "e", limits)) == "minute"
    assert here.begin("one", "d", limits) is None
    clock.now += 10
    assert there.begin("one", "e", limits) is None


def test_a_limit_that_is_changed_holds_at_once(traffics: tuple[Traffic, Traffic]) -> None:
    """Each call says what the limits are now."""
    here, there = traffics
    assert here.begin("one", "a", ONE) is None
    assert why(there.begin("one", "b", ONE)) == "busy"
    assert there.begin("one", "b", Limits(at_once=2)) is None


def test_a_provider_that_keeps_failing_is_left_alone_by_all(traffics: tuple[Traffic, Traffic], clock: Clock) -> None:
    """After five failures in a row; then one call tries, in whichever process, and its outcome holds for all."""
    here, there = traffics
    fail(here, 5)
    assert there.begin("one", "a", FREE) == NotNow("paused", PAUSE)
    assert there.begin("other", "b", FREE) is None
    clock.now += PAUSE
    assert there.begin("one", "trial", FREE) is None
    assert why(here.begin("one", "c", FREE)) == "paused"
    there.end("one", "trial", "failed")
    assert here.begin("one", "c", FREE) == NotNow("paused", PAUSE)
    clock.now += PAUSE
    assert here.begin("one", "trial", FREE) is None
    here.end("one", "trial", "works")
    fail(there, 4)
    assert here.begin("one", "c", FREE) is None


def test_only_failures_in_a_row_count(traffics: tuple[Traffic, Traffic]) -> None:
    """A success in between begins the count anew; a call that was stopped says nothing."""
    here, there = traffics
    for outcome in ("nothing", "works", "nothing", "works"):
        fail(here, 2)
        assert there.begin("one", "a", FREE) is None
        there.end("one", "a", outcome)  # type: ignore[arg-type]
    fail(here, 4)
    assert there.begin("one", "a", FREE) is None


@pytest.mark.parametrize("how", ["stopped", "dead"])
def test_a_trial_that_says_nothing_is_followed_by_another(
    traffics: tuple[Traffic, Traffic], clock: Clock, how: str
) -> None:
    """One that a person stopped, or whose process died."""
    here, there = traffics
    fail(here, 5)
    clock.now += PAUSE
    assert here.begin("one", "trial", FREE) is None
    assert why(there.begin("one", "a", FREE)) == "paused"
    if how == "stopped":
        here.end("one", "trial", "nothing")
    else:
        clock.now += LEASE
    assert there.begin("one", "a", FREE) is None


def test_a_call_that_ends_late_closes_nothing(traffics: tuple[Traffic, Traffic]) -> None:
    """What began before the provider was left alone says nothing of how it is now."""
    here, there = traffics
    assert there.begin("one", "early", FREE) is None
    fail(here, 5)
    there.end("one", "early", "works")
    assert why(there.begin("one", "a", FREE)) == "paused"


def test_a_clock_that_is_put_back_blocks_nobody(traffics: tuple[Traffic, Traffic], clock: Clock) -> None:
    """What was noted in what is now the future does not count."""
    here, there = traffics
    clock.now += 3600
    assert here.begin("one", "a", Limits(1, 1)) is None
    assert why(here.begin("one", "b", Limits(1, 1))) == "busy"
    fail_on_other = Limits(at_once=100)
    for number in range(5):
        assert here.begin("other", str(number), fail_on_other) is None
        here.end("other", str(number), "failed")
    clock.now -= 3600
    assert there.begin("one", "c", Limits(1, 1)) is None
    assert there.begin("other", "d", FREE) is None


def test_the_databases_clock_goes_on(database_url: str, open_store: Callable[[str], Database]) -> None:
    """Seconds since the epoch, also within one transaction."""
    with open_store(database_url).write() as connection:
        moments = [clock_of(connection) for _ in range(5)]
    assert all(0 <= later - earlier < 5 for earlier, later in pairwise(moments))
    assert moments[0] > 1_700_000_000


def test_only_what_need_not_last_does_not_wait_for_the_disk(
    database_url: str, open_store: Callable[[str], Database]
) -> None:
    """One transaction after the other on the same connection; one that joins a lasting one lasts with it."""
    database = open_store(database_url)
    ask = "PRAGMA synchronous" if database.dialect == "sqlite" else "SHOW synchronous_commit"

    def waits(*lasting: bool) -> bool:
        with ExitStack() as stack:
            connection = [stack.enter_context(database.write(lasting=each)) for each in lasting][-1]
            return connection.exec_driver_sql(ask).scalar() in (2, "on")

    assert [waits(True), waits(False), waits(True), waits(True, False)] == [True, False, True, True]


@pytest.fixture
def revisions(empty_database_url: str) -> Iterator[Callable[[str, str], set[str]]]:
    """Moves the database up or down to a version and gives the tables then."""
    engine = create_engine(empty_database_url.replace("postgresql://", "postgresql+psycopg://"))
    config = Config()
    config.set_main_option("script_location", str(opening._MIGRATIONS))

    def move(way: str, revision: str) -> set[str]:
        with engine.begin() as connection:
            config.attributes["connection"] = connection
            getattr(command, way)(config, revision)
            return set(inspect(connection).get_table_names())

    yield move
    engine.dispose()


def test_the_tables_come_and_go(
    revisions: Callable[[str, str], set[str]], empty_database_url: str, open_store: Callable[[str], Database]
) -> None:
    """Up, down and up again; then a call can begin."""
    ours = {"calls_under_way", "circuits"}
    assert not ours & revisions("upgrade", "0007")
    assert ours < revisions("upgrade", "0008")
    assert not ours & revisions("downgrade", "0007")
    assert ours < revisions("upgrade", "0008")
    assert SqlTraffic(open_store(empty_database_url)).begin("one", "a", ONE) is None
