"""How the browser tests start the studio and drive it: the server, the browser, and a person's moves on a page."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Download, FilePayload, Locator, Page, expect

ROOT = Path(__file__).parents[2]
CHROMIUM_ARGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
#: How long a press lasts, in ms: a shorter one than a person's can fall between two runs of the page.
PRESS = 80
#: What a person needs between choosing a cell and typing, in ms.
BREATH = 250
START_SECONDS = 60
_IDLE = "() => document.querySelector('.stApp')?.dataset.testScriptState === 'notRunning'"


def chromium() -> str | None:
    """The path of a Chromium of this machine, or ``None``."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return next((path for name in names if (path := shutil.which(name))), None)


@dataclass(frozen=True, slots=True)
class Server:
    """A studio that runs for the tests: its address and its data folder."""

    url: str
    data: Path


@contextlib.contextmanager
def serve(data: Path, script: Path = ROOT / "app.py", secrets: Callable[[int], str] | None = None) -> Iterator[Server]:
    """Run a Streamlit script on a free port of this machine, with its own data folder. ``secrets`` gives the text of its
    ``secrets.toml`` by that port. Raises RuntimeError with the server's last words when it does not start."""
    data.mkdir(parents=True, exist_ok=True)
    port, folder = free_port(), ROOT
    if secrets:  # they are looked for where the server is started
        folder = data / "started-here"
        shutil.copytree(ROOT / ".streamlit", folder / ".streamlit")
        (folder / ".streamlit" / "secrets.toml").write_text(secrets(port), encoding="utf-8")
    log = data / "server.log"
    command = [sys.executable, "-m", "streamlit", "run", str(script), "--server.port", str(port)]
    command += ["--server.headless", "true", "--server.address", "127.0.0.1", "--server.fileWatcherType", "none"]
    environment = {**os.environ, "STUDIO_DATA_DIR": str(data)}
    environment.pop("DATABASE_URL", None)
    environment.pop("STUDIO_WORKERS", None)  # as people run it
    with log.open("wb") as out:
        process = subprocess.Popen(
            command, cwd=folder, env=environment, stdout=out, stderr=subprocess.STDOUT, start_new_session=True
        )
    try:
        _wait_until_up(f"http://127.0.0.1:{port}/_stcore/health", process, log)
        yield Server(f"http://127.0.0.1:{port}", data)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        process.wait(10)


def free_port() -> int:
    """A port of this machine that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_up(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError), urllib.request.urlopen(address, timeout=1) as reply:
            if reply.status == 200:
                return
        time.sleep(0.1)
    raise RuntimeError(f"The server did not start:\n{log.read_text(errors='replace')[-2000:]}")


def new_page(browser: Browser, *, width: int = 1280, height: int = 800, dark: bool = False) -> Page:
    """A fresh browser window (its own cookies and storage)."""
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if dark else "light",
        accept_downloads=True,
        timezone_id="Europe/Berlin",
    )
    context.set_default_timeout(15_000)
    return context.new_page()


class Person:
    """One person at one browser window. ``keyed`` finds a widget by its key of ``pages/shared/keys.py``."""

    def __init__(self, page: Page, server: Server) -> None:
        self.page = page
        self.server = server

    def visit(self, path: str = "/", landmark: str | None = None) -> None:
        """Go to an address of the studio and wait until the page stands (and ``landmark``, a key, is on it)."""
        self.page.goto(f"{self.server.url}{path}")
        self.page.wait_for_selector(".stAppViewContainer")
        if landmark:
            expect(self.keyed(landmark)).to_be_visible(timeout=30_000)
        self.settle()

    def settle(self) -> None:
        """Wait until the page's script rests and what it drew stands."""
        self.page.wait_for_timeout(150)
        for _ in range(3):
            self.page.wait_for_function(_IDLE, timeout=60_000)
            self.page.wait_for_timeout(60)

    def keyed(self, key: str) -> Locator:
        """The element of a widget."""
        return self.page.locator(f".st-key-{key}").first

    def click(self, key: str) -> None:
        """Press the button of a widget."""
        self.keyed(key).locator("button, a").first.click(delay=PRESS)
        self.settle()

    def press(self, label: str) -> None:
        """Press the button with a name."""
        self.page.get_by_role("button", name=label).first.click(delay=PRESS)
        self.settle()

    def type_into(self, key: str, text: str) -> None:
        """Replace a field's text and leave it by Tab."""
        field = self.input(key)
        field.click(delay=PRESS)
        field.fill(text)
        field.press("Tab")
        self.settle()

    def input(self, key: str) -> Locator:
        """The input of a text field."""
        return self.keyed(key).locator("input, textarea").first

    def choose(self, key: str, option: str) -> None:
        """Choose an option of a select box."""
        self.keyed(key).get_by_role("combobox").click(delay=PRESS)
        self.page.get_by_role("option", name=option, exact=True).click(delay=PRESS)
        self.settle()

    def open_popover(self, key: str, inside: str) -> None:
        """Open a popover; again where the page was still drawing and closed it."""
        for _ in range(3):
            self.click(key)
            with contextlib.suppress(AssertionError):
                expect(self.keyed(inside)).to_be_visible(timeout=3_000)
                return
        raise AssertionError(f"{key} does not open")

    def switch_on(self, key: str) -> None:
        """Turn a toggle on; again where the page was still drawing and moved it away under the press."""
        for _ in range(3):
            self.keyed(key).locator("label").first.click(delay=PRESS)
            self.settle()
            if self.keyed(key).locator("input").first.is_checked():
                return
        raise AssertionError(f"{key} does not turn on")

    def upload(self, *files: tuple[str, bytes]) -> None:
        """Put files into the drop zone and wait until they are taken."""
        payloads: list[FilePayload] = [
            {"name": name, "mimeType": "application/octet-stream", "buffer": data} for name, data in files
        ]
        self.keyed("add_files").locator("input[type=file]").set_input_files(payloads)
        self.page.wait_for_timeout(BREATH)
        self.settle()

    def extract(self) -> None:
        """Press Extract and wait for the result."""
        self.keyed("extract").locator("button").click(delay=PRESS)
        expect(self.keyed("tabs")).to_be_visible(timeout=60_000)
        self.settle()

    def box(self, title: str) -> Locator:
        """The box of a value on the page view, by the field's title."""
        return self.keyed("page_view").locator(f".box[title^='{title} ·'], .box[aria-label^='{title} ·']").first

    def drag(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        """Draw from one place of the window to another, as a hand does."""
        self.page.mouse.move(*start)
        self.page.mouse.down()
        for step in range(1, 9):
            share = step / 8
            self.page.mouse.move(start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share)
        self.page.wait_for_timeout(PRESS)
        self.page.mouse.up()
        self.settle()

    def download(self, key: str) -> Download:
        """Press a download button and give what came."""
        with self.page.expect_download() as coming:
            self.keyed(key).locator("button").first.click(delay=PRESS)
        return coming.value

    def edit_cell(self, key: str, row: int, column: int, text: str) -> None:
        """Type into a cell of a data editor (from 0, row marks not counted): choose the first cell by mouse and go on
        by arrow keys, as the grid is a picture."""
        self.choose_cell(key)
        for _ in range(column):
            self.page.keyboard.press("ArrowRight")
        for _ in range(row):
            self.page.keyboard.press("ArrowDown")
        self.page.wait_for_timeout(BREATH)
        self.page.keyboard.type(text)
        self.page.wait_for_timeout(BREATH)
        self.page.keyboard.press("Enter")
        self.settle()

    def choose_cell(self, key: str, *, x: int = 70, y: int = 46) -> None:
        """Click a cell of a data editor or table, by its place in the grid in pixels; the first one by itself."""
        canvas = self.keyed(key).locator("canvas[data-testid=data-grid-canvas]").first
        canvas.scroll_into_view_if_needed()
        box = canvas.bounding_box()
        assert box is not None
        self.page.mouse.click(box["x"] + x, box["y"] + y, delay=PRESS)
        self.page.wait_for_timeout(BREATH)

    def words(self) -> str:
        """All text of the page."""
        return self.page.locator(".stApp").inner_text()


def overflow(page: Page) -> int:
    """By how many pixels the page is wider than its window."""
    return int(
        page.evaluate(
            "() => { const m = document.querySelector('.stMain') ?? document.body;"
            " return Math.max(m.scrollWidth - m.clientWidth, document.body.scrollWidth - innerWidth); }"
        )
    )
