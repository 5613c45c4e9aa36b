"""Pages to words: the text layer where it is good, else an engine; through the cache; several pages at once.

An engine spreads one page's lines over the processors by itself, which is faster and takes less memory than several
pages at once as long as there are few processors (benchmarks/bench_ocr.py has the figures). With many, pages are read
side by side, each on its share of them.
"""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

from core.cache import Cache
from core.cancelling import IsCancelled, stop_if
from core.documents import Document, Page
from core.errors import EngineUnavailable, PageTooCrowded, StudioError
from core.evidence import Box, PageText, Upright, Word
from core.extraction import PageRef
from core.homography import IDENTITY, compose, scaled
from core.imaging.cleaned import Clean, Cleaned, leave
from core.logs import carried
from core.ocr import text_layer
from core.ocr.engine import Engine, PagesRead
from core.ocr.lying import close_up, lying_of
from core.ocr.machine import processors
from core.ocr.page_json import dump_page, load_page
from core.ocr.region import lay
from core.recipe import OcrRecipe

if TYPE_CHECKING:
    from PIL.Image import Image

log = logging.getLogger(__name__)

#: Makes an engine by name with a number of threads: :func:`core.ocr.registry.create`.
MakeEngine = Callable[[str, int], Engine]

#: Raised when the same engine and recipe would give other words than before: older cache entries are not read.
VERSION = "5"
#: More words than this on a page are no invoice but a table of data, or made to take hours.
MOST_WORDS = 10_000
#: Stands for the engine of a page on which no engine was needed.
BLANK = "blank"
#: One page keeps about this many processors busy.
_PROCESSORS_A_PAGE = 4
#: How often a waiting run looks whether it was cancelled, in seconds.
_LOOK = 0.1
#: A drawn region is enlarged until its shorter side has this many pixels (at most so many times), and read with this
#: much of the page around it: letters that touch the edge are not found.
_REGION_PIXELS = 160
_REGION_ENLARGED = 3.0
_REGION_MARGIN = 0.5


@dataclass(frozen=True, slots=True)
class _Task:
    """A page that has to be recognised, its place among the chosen ones, and why."""

    place: int
    page: Page
    key: str
    reason: str


class CachedPageReader:
    """Implements :class:`core.ocr.engine.PageReader`. Safe for several threads."""

    def __init__(self, cache: Cache, make_engine: MakeEngine, workers: int = 0, clean: Clean = leave) -> None:
        """``workers``: pages read at once; 0 chooses by the number of processors. ``clean`` mends a page's picture
        before it is recognised."""
        self.workers = workers or max(1, processors() // _PROCESSORS_A_PAGE)
        self._cache = cache
        self._make = make_engine
        self._clean = clean
        self._threads = max(1, processors() // self.workers)
        self._idle: dict[str, queue.LifoQueue[Engine]] = {}
        self._lock = threading.Lock()
        self._pool = ThreadPoolExecutor(self.workers, thread_name_prefix="studio-page")

    def __call__(
        self,
        document: Document,
        pages: Sequence[PageRef],
        recipe: OcrRecipe,
        *,
        cancelled: IsCancelled = lambda: False,
        on_page: Callable[[int, int], None] = lambda done, total: None,
    ) -> PagesRead:
        """:meth:`read` for callers who wait: ``on_page`` takes what it yields."""
        reading = self.read(document, pages, recipe, cancelled)
        while True:
            try:
                on_page(*next(reading))
            except StopIteration as end:
                result: PagesRead = end.value
                return result

    def read(
        self, document: Document, pages: Sequence[PageRef], recipe: OcrRecipe, cancelled: IsCancelled
    ) -> Generator[tuple[int, int], None, PagesRead]:
        """See :meth:`core.ocr.engine.PageReader.read`."""
        texts: dict[int, PageText] = {}
        errors: dict[int, StudioError] = {}
        tasks: list[_Task] = []
        cached = 0
        for place, ref in enumerate(pages):
            stop_if(cancelled)
            try:
                found = self._without_engine(document, ref, recipe, place)
            except StudioError as error:
                errors[place] = error
                found = None
            if isinstance(found, _Task):
                tasks.append(found)
                continue
            if found:
                texts[place], from_cache = found
                cached += from_cache
            yield len(texts) + len(errors), len(pages)
        for place, outcome in self._recognise_all(tasks, recipe, cancelled):
            if isinstance(outcome, StudioError):
                errors[place] = outcome
            else:
                texts[place] = outcome
            yield len(texts) + len(errors), len(pages)
        if errors and not texts:
            raise errors[min(errors)]
        failed = {pages[place].number: str(error) for place, error in sorted(errors.items())}
        return PagesRead(tuple(texts[place] for place in sorted(texts)), cached, failed)

    def recognises(self, document: Document, pages: Sequence[PageRef], recipe: OcrRecipe) -> bool:
        """Whether an engine has to read one of these pages: it has no good text layer, and the cache does not know it."""
        for place, ref in enumerate(pages):
            try:
                if isinstance(self._without_engine(document, ref, recipe, place), _Task):
                    return True
            except StudioError:  # the run itself will say what is wrong with this page
                continue
        return False

    def read_region(self, document: Document, ref: PageRef, box: Box, recipe: OcrRecipe) -> list[Word]:
        """The words whose middle lies in ``box`` (page units), recognised from the picture of just that region.
        Raises a StudioError; a box outside the page has no words."""
        page = document.page(ref.number, ref.rotation)
        margin = _REGION_MARGIN * min(box.height, box.width)
        around = Box(
            max(0.0, box.x0 - margin),
            max(0.0, box.y0 - margin),
            min(page.width, box.x1 + margin),
            min(page.height, box.y1 + margin),
        )
        if around.width <= 0 or around.height <= 0:
            return []
        name = "auto" if recipe.engine in (text_layer.NAME, "vision") else recipe.engine  # a box is not worth a call
        picture = page.render(recipe.dpi, around)
        kept = self._kept(_key(document, ref, recipe))
        image, to_page = lay(picture, around, kept.upright if kept else None)
        enlarged = min(_REGION_ENLARGED, max(1.0, _REGION_PIXELS / min(image.size)))
        width, height = (round(side * enlarged) for side in image.size)
        try:
            with self._engine(name) as engine:
                words = engine.read(image.resize((width, height)), recipe)
        except EngineUnavailable as error:
            _note_fault(error)
            raise
        placed = [word.moved(compose(to_page, scaled(1 / enlarged))) for word in words]
        return [word for word in placed if box.contains(*word.box.center)]

    def _without_engine(
        self, document: Document, ref: PageRef, recipe: OcrRecipe, place: int
    ) -> tuple[PageText, bool] | _Task:
        """The page's text and whether it came from the cache; or what has to be recognised."""
        page = document.page(ref.number, ref.rotation)
        reason = "the recipe asks for it"
        if recipe.engine in ("auto", text_layer.NAME):
            layer = page.text_layer()
            judged = text_layer.judge_text_layer(layer)
            if judged.usable or (recipe.engine == text_layer.NAME and layer.words):
                note = f"Text layer taken: {judged.reason}."
                return _layer_text(page, layer.words, note), False
            if recipe.engine == text_layer.NAME:
                raise EngineUnavailable(text_layer.NAME, f"{judged.reason}; choose “auto” to have it recognised.")
            reason = judged.reason
        key = _key(document, ref, recipe)
        text = self._kept(key)
        return (text, True) if text else _Task(place, page, key, reason)

    def _kept(self, key: str) -> PageText | None:
        kept = self._cache.get(key)
        return load_page(kept) if kept else None

    def _recognise_all(
        self, tasks: Sequence[_Task], recipe: OcrRecipe, cancelled: IsCancelled
    ) -> Iterator[tuple[int, PageText | StudioError]]:
        """Each task's place with its text or its error, as they are ready. A cancelled run does not wait for the page
        that is being read."""
        waiting = list(reversed(tasks))
        running: dict[Future[PageText], int] = {}
        while waiting or running:
            stop_if(cancelled)
            while waiting and len(running) < self.workers:
                task = waiting.pop()
                running[self._pool.submit(carried(self._recognise), task, recipe)] = task.place
            done, _ = wait(running, timeout=_LOOK, return_when=FIRST_COMPLETED)
            for future in done:
                place = running.pop(future)
                try:
                    yield place, future.result()
                except StudioError as error:
                    _note_fault(error)
                    yield place, error

    def _recognise(self, task: _Task, recipe: OcrRecipe) -> PageText:
        picture = task.page.render(recipe.dpi)
        if _is_blank(picture.image):
            return _page_text(task.page, (), BLANK, "Nothing is on the page: it has one colour from edge to edge.")
        with self._engine(recipe.engine) as engine:
            look = getattr(engine, "look", engine.read)  # how a page lies is not worth a model's call
            cleaned = self._clean(picture.image, recipe.cleanup, lambda image: look(image, recipe))
            words = engine.read(cleaned.image, recipe)
            note = f"Read by OCR ({engine.name}): {task.reason}. {cleaned.note}".rstrip()
            name = engine.name
        text = _laid_back(_page_text(task.page, words, name, note), cleaned, picture.scale)
        kept = dump_page(text)
        self._cache.put(task.key, kept)
        return load_page(kept) or text  # read at once or from the cache: the same to the last digit

    @contextmanager
    def _engine(self, name: str) -> Iterator[Engine]:
        """An engine for this thread alone; it is kept for the next page. Raises EngineUnavailable."""
        with self._lock:
            idle = self._idle.setdefault(name, queue.LifoQueue())
        try:
            engine = idle.get_nowait()
        except queue.Empty:
            engine = self._make(name, self._threads)
        try:
            yield engine
        finally:
            idle.put(engine)


def _note_fault(error: StudioError) -> None:
    """Keep in the log what a library raised behind ``error``. Not the engines do, but who still wants the page: one that is
    being read when a stopped run ends the process fails in all sorts of ways."""
    if error.__cause__ is not None:
        log.error("%s", error, exc_info=error)


def _key(document: Document, ref: PageRef, recipe: OcrRecipe) -> str:
    return f"ocr:{VERSION}:{_libraries()}:{document.sha256}:{ref.number}:{ref.rotation}:{recipe.digest}"


@cache
def _libraries() -> str:
    """The versions of what recognises: another one may read otherwise."""
    found = []
    for package in ("rapidocr", "paddleocr", "tesserocr", "pymupdf"):
        try:
            found.append(version(package))
        except PackageNotFoundError:
            found.append("-")
    return "+".join(found)


def _is_blank(image: Image) -> bool:
    extrema: Any = image.getextrema()
    return all(darkest == lightest for darkest, lightest in extrema)


def _page_text(page: Page, words: Sequence[Word], engine: str, note: str) -> PageText:
    if len(words) > MOST_WORDS:
        sentence = (
            f"Page {page.number} holds {len(words)} words and no more than {MOST_WORDS} are read: choose other pages."
        )
        raise PageTooCrowded(sentence)
    return PageText(page.number, page.width, page.height, tuple(words), engine, page.rotation, note)


def _layer_text(page: Page, words: Sequence[Word], note: str) -> PageText:
    """The text of a page that carries its own: one whose lines do not run from left to right is laid so for reading."""
    text = _page_text(page, words, text_layer.NAME, note)
    upright = lying_of(words, page.width, page.height)
    if upright:
        return replace(text, upright=upright)
    return replace(text, words=tuple(close_up(words)))


def _laid_back(text: PageText, cleaned: Cleaned, scale: float) -> PageText:
    """The words of a picture, in its pixels, where they stand on the page as shown; ``scale`` is pixels a page unit."""
    to_units, to_pixels = scaled(1 / scale), scaled(scale)
    to_page, upright = compose(to_units, cleaned.matrix), cleaned.upright
    words = text.words if to_page == IDENTITY else tuple(word.moved(to_page) for word in text.words)
    if upright:
        matrix = compose(to_units, compose(upright.matrix, to_pixels))
        upright = Upright(upright.width / scale, upright.height / scale, matrix)
    return replace(text, words=words, upright=upright)
