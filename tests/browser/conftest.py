"""What the browser tests share: a Chromium, a studio a module with its own data folder, and a person in front of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.driver import CHROMIUM_ARGS, ROOT, Person, Server, chromium, new_page, serve

RESULTS = ROOT / "test-results"
NewPerson = Callable[..., Person]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything here is a browser test, skipped with a plain reason where there is no Chromium."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
            if chromium() is None:
                item.add_marker(pytest.mark.skip(reason="no Chromium here: sudo apt-get install chromium"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Note on the test whether it failed, for the screenshots."""
    report = yield
    if report.when == "call":  # type: ignore[attr-defined]
        item.stash[FAILED] = report.failed  # type: ignore[attr-defined]
    return report


FAILED = pytest.StashKey[bool]()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One headless Chromium for all tests."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium(), args=list(CHROMIUM_ARGS))
        yield started
        started.close()


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The module's data folder; a module that needs records fills it in a fixture of this name."""
    return tmp_path_factory.mktemp("studio")


@pytest.fixture(scope="module")
def server(data: Path) -> Iterator[Server]:
    """The real studio on a free port."""
    with serve(data) as running:
        yield running


@pytest.fixture
def new_person(browser: Browser, server: Server, request: pytest.FixtureRequest) -> Iterator[NewPerson]:
    """Makes people at fresh windows. After the test no window may show a traceback; a failure leaves screenshots."""
    people: list[Person] = []

    def make(**window: object) -> Person:
        people.append(Person(new_page(browser, **window), server))  # type: ignore[arg-type]
        return people[-1]

    yield make
    failed = request.node.stash.get(FAILED, False)
    shown = [(person.words(), person.page.locator(".stException").count()) for person in people]
    name = re.sub(r"[^\w-]+", "_", request.node.name)
    for number, person in enumerate(people):
        if failed:
            RESULTS.mkdir(exist_ok=True)
            person.page.screenshot(path=RESULTS / f"{name}-{number}.png")
        person.page.context.close()
    for words, exceptions in shown:
        assert "Traceback" not in words
        assert exceptions == 0


@pytest.fixture
def person(new_person: NewPerson) -> Person:
    """One person at a window of 1280 × 800, light theme."""
    return new_person()
