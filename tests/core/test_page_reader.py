"""Reading pages: text layer or engine, cache, progress, cancelling, and pages that fail."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field, replace

import numpy
import pytest
from PIL import Image

from core.documents import Document, TextLayer
from core.documents.opening import open_document
from core.errors import Cancelled, EngineUnavailable, PageTooCrowded
from core.evidence import Box, PageText, Upright, Word
from core.extraction import PageRef
from core.extractor import Availability
from core.ocr.ctc import decode
from core.ocr.engine import Engine
from core.ocr.page_json import dump_page, load_page
from core.ocr.rapid import RapidEngine
from core.ocr.reader import CachedPageReader
from core.ocr.spelling import plain
from core.ocr.text_layer import judge_text_layer, plausible_share
from core.recipe import OcrRecipe
from tests.core.made import LINES, encoded, pdf_of, picture_of, scan_of
from tests.doubles.cache import MemoryCache

RECIPE = OcrRecipe(dpi=144)
SENTENCE = (
    "Invoice number total amount customer delivery payment within thirty days without deduction please transfer "
    "quote reference account"
)


@dataclass
class FakeEngine:
    """Finds one word at a fixed place of every picture; fails on pictures of a given width."""

    fails_at: int = 0
    seconds: float = 0.0
    name: str = "fake"
    read_sizes: list[tuple[int, int]] = field(default_factory=list)

    def availability(self) -> Availability:
        return Availability(True)

    def languages(self) -> tuple[str, ...]:
        return ("en",)

    def read(self, image: Image.Image, recipe: OcrRecipe) -> list[Word]:
        self.read_sizes.append(image.size)
        time.sleep(self.seconds)
        if image.width == self.fails_at:
            raise EngineUnavailable(self.name, "it failed.")
        return [Word("found", Box(20, 40, 60, 60), 0.9, 0, ((20, 40), (60, 40), (60, 60), (20, 60)))]


@dataclass
class Faulty(FakeEngine):
    """Fails on pages 60 wide as the engines do: with what the library raised behind the sentence."""

    ended: threading.Event = field(default_factory=threading.Event)

    def read(self, image: Image.Image, recipe: OcrRecipe) -> list[Word]:
        words = super().read(image, recipe)
        if image.width != 60:
            return words
        try:
            raise RuntimeError("out of memory")
        except RuntimeError as error:
            self.ended.set()
            raise EngineUnavailable(self.name, "it failed on this page.") from error


def reader_with(engine: FakeEngine, workers: int = 1) -> CachedPageReader:
    """A page reader whose engines are all ``engine``."""

    def make(name: str, threads: int) -> Engine:
        return engine

    return CachedPageReader(MemoryCache(), make, workers)


def scans(*widths: int) -> Document:
    """A TIFF with one page per width, a dot on each."""
    frames = [Image.new("L", (width, 100), 255) for width in widths]
    for frame in frames:
        frame.putpixel((5, 5), 0)
    return open_document(encoded(frames[0], "TIFF", save_all=True, append_images=frames[1:]), "a.tif")


def layer_of(text: str, picture_share: float = 0.0, hidden_share: float = 0.0) -> TextLayer:
    """A text layer of these words."""
    return TextLayer([Word(word, Box(0, 0, 1, 1)) for word in text.split()], picture_share, hidden_share)


def test_a_page_of_too_many_words_is_left_out_and_the_others_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """One clear sentence; alone it is the run's error."""
    monkeypatch.setattr("core.ocr.reader.MOST_WORDS", len(" ".join(LINES).split()))
    document = open_document(pdf_of(LINES, (*LINES, "one more")), "a.pdf")
    read = reader_with(FakeEngine())(document, [PageRef(1), PageRef(2)], RECIPE)
    assert [text.page for text in read.texts] == [1]
    assert "Page 2 holds 12 words and no more than 10 are read" in read.failed[2]
    with pytest.raises(PageTooCrowded):
        reader_with(FakeEngine())(document, [PageRef(2)], RECIPE)


def test_what_a_library_raised_stands_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    """For whoever looks after the studio; the person has the sentence."""
    read = reader_with(Faulty())(scans(60, 70), [PageRef(1), PageRef(2)], RECIPE)
    assert "it failed on this page" in read.failed[1]
    assert "RuntimeError: out of memory" in caplog.text


def test_a_page_that_nobody_waits_for_any_more_fails_in_silence(caplog: pytest.LogCaptureFixture) -> None:
    """The run was stopped while the page was read."""
    engine = Faulty(seconds=0.3)
    stopped = iter((False, False))
    with pytest.raises(Cancelled):
        reader_with(engine)(scans(60), [PageRef(1)], RECIPE, cancelled=lambda: next(stopped, True))
    assert engine.ended.wait(5)
    assert caplog.text == ""


def test_an_engine_leaves_the_log_to_who_wants_the_page(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A stopped run ends the process under the engine: no pool takes work any more."""

    def ended(*_: object) -> None:
        raise RuntimeError("cannot schedule new futures after shutdown")

    monkeypatch.setattr(RapidEngine, "_lines", ended)
    with pytest.raises(EngineUnavailable, match="failed on this page"):
        RapidEngine().read(picture_of(), RECIPE)
    assert caplog.text == ""


def test_a_good_text_layer_is_taken_without_an_engine() -> None:
    engine = FakeEngine()
    read = reader_with(engine)(open_document(pdf_of(LINES), "a.pdf"), [PageRef(1)], RECIPE)
    assert read.texts[0].engine == "text-layer"
    assert read.texts[0].words[0].text == "Invoice"
    assert "Text layer taken" in read.texts[0].note
    assert engine.read_sizes == []


def test_a_scan_is_recognised_in_page_units() -> None:
    document = open_document(scan_of(picture_of()), "a.pdf")
    read = reader_with(FakeEngine())(document, [PageRef(1)], RECIPE)
    page = read.texts[0]
    assert page.engine == "fake"
    assert "no text layer" in page.note
    assert page.words[0].box == Box(10, 20, 30, 30)  # 144 dpi: two pixels a unit
    assert page.words[0].polygon == ((10, 20), (30, 20), (30, 30), (10, 30))


def test_a_page_of_one_colour_needs_no_engine() -> None:
    """The white backs of a scan cost nothing."""
    engine = FakeEngine()
    read = reader_with(engine)(
        open_document(encoded(Image.new("1", (90, 100), 1), "TIFF"), "a.tif"), [PageRef(1)], RECIPE
    )
    assert (read.texts[0].words, engine.read_sizes) == ((), [])
    assert "one colour" in read.texts[0].note


def test_an_engine_that_the_recipe_names_is_used_even_where_there_is_text() -> None:
    engine = FakeEngine()
    document = open_document(pdf_of(LINES), "a.pdf")
    read = reader_with(engine)(document, [PageRef(1)], OcrRecipe(engine="fake"))
    assert read.texts[0].engine == "fake"


def test_the_text_layer_alone_is_refused_where_there_is_none() -> None:
    with pytest.raises(EngineUnavailable, match="no text layer; choose “auto”"):
        reader_with(FakeEngine())(scans(100), [PageRef(1)], OcrRecipe(engine="text-layer"))


def test_the_same_page_and_recipe_come_from_the_cache() -> None:
    engine = FakeEngine()
    reader = reader_with(engine)
    document = scans(100, 110)
    first = reader(document, [PageRef(1)], RECIPE)
    again = reader(document, [PageRef(1)], RECIPE)
    assert (first.cached, again.cached) == (0, 1)
    assert again.texts == first.texts
    for pages, recipe in (([PageRef(2)], RECIPE), ([PageRef(1, 90)], RECIPE), ([PageRef(1)], OcrRecipe(dpi=100))):
        assert reader(document, pages, recipe).cached == 0


def test_a_page_read_now_is_to_the_last_digit_the_page_that_the_cache_gives() -> None:
    """At a resolution that leaves endless fractions of a page unit."""
    document = open_document(pdf_of(LINES), "a.pdf")
    reader, recipe = reader_with(FakeEngine()), OcrRecipe(dpi=130, engine="fake")
    now, later = (reader(document, [PageRef(1)], recipe) for _ in range(2))
    assert (now.cached, later.cached, now.texts) == (0, 1, later.texts)


def test_a_page_that_fails_leaves_the_others() -> None:
    seen: list[tuple[int, int]] = []
    read = reader_with(FakeEngine(fails_at=110))(
        scans(100, 110, 120),
        [PageRef(1), PageRef(2), PageRef(3)],
        RECIPE,
        on_page=lambda done, total: seen.append((done, total)),
    )
    assert [page.page for page in read.texts] == [1, 3]
    assert "it failed" in read.failed[2]
    assert seen == [(1, 3), (2, 3), (3, 3)]


def test_the_error_is_raised_when_no_page_could_be_read() -> None:
    with pytest.raises(EngineUnavailable):
        reader_with(FakeEngine(fails_at=100))(scans(100, 100), [PageRef(1), PageRef(2)], RECIPE)


def test_pages_come_in_the_order_chosen_however_many_are_read_at_once() -> None:
    order = [3, 1, 4, 2]
    read = reader_with(FakeEngine(seconds=0.02), workers=3)(
        scans(100, 110, 120, 130), [PageRef(number) for number in order], RECIPE
    )
    assert [page.page for page in read.texts] == order


def test_cancelling_does_not_wait_for_the_page_that_is_being_read() -> None:
    stop = threading.Event()
    threading.Timer(0.1, stop.set).start()
    started = time.monotonic()
    with pytest.raises(Cancelled):
        reader_with(FakeEngine(seconds=1.5))(scans(100, 110), [PageRef(1), PageRef(2)], RECIPE, cancelled=stop.is_set)
    assert time.monotonic() - started < 1


def test_a_region_is_enlarged_and_its_words_stand_on_the_page() -> None:
    engine = FakeEngine()
    words = reader_with(engine).read_region(scans(400), PageRef(1), Box(50, 25, 130, 65), RECIPE)
    assert engine.read_sizes == [(240, 160)]  # 120 × 80 with the margin, twice
    assert words[0].box == Box(40, 25, 60, 35)


def test_a_region_outside_the_page_has_no_words() -> None:
    assert reader_with(FakeEngine()).read_region(scans(400), PageRef(1), Box(900, 10, 990, 50), RECIPE) == []


def test_pages_keep_everything_in_the_cache_and_damage_is_a_miss() -> None:
    corners = ((1.0, 2.0), (3.0, 2.0), (3.0, 4.0), (1.0, 4.0))
    page = PageText(
        2, 10.0, 20.5, (Word("ä€", Box(1, 2, 3, 4), 0.5, 7, corners), Word("b", Box(0, 0, 1, 1))), "x", 90, "n"
    )
    data = dump_page(page)
    assert load_page(data) == page
    laid = replace(page, upright=Upright(20.5, 10.0, (0.0, 1.0, 0.0, -1.0, 0.0, 20.5, 0.0, 0.0, 1.0)))
    assert load_page(dump_page(laid)) == laid
    for broken in (b"", b"{}", b"[]", b"null", data[:-5], data.replace(b"[[2,", b"[[9,"), b"[[1,2,3],[]]"):
        assert load_page(broken) is None


@pytest.mark.parametrize(
    ("layer", "usable", "reason"),
    [
        (layer_of(""), False, "no text layer"),
        (layer_of(SENTENCE), True, "carries its text"),
        (layer_of("Total 12,50"), True, "carries its text"),
        (layer_of("\ufffd\ufffd\ufffd \ufffd\ufffd ab \ufffd"), False, "without meaning"),
        (layer_of("\ue001\ue002 \ue003\ue004"), False, "without meaning"),
        (layer_of("Page 1 of 2", picture_share=0.95), False, "only 4 words"),
        (layer_of(SENTENCE, picture_share=0.95, hidden_share=1.0), True, "earlier OCR"),
        (layer_of(SENTENCE, picture_share=0.6, hidden_share=1.0), False, "not drawn"),
        (layer_of("".join(chr(ord(c) + 3) if c != " " else c for c in SENTENCE)), False, "make no sense"),
        (layer_of("".join(chr(ord(c) - 29) if c != " " else c for c in SENTENCE)), False, "make no sense"),
    ],
)
def test_a_text_layer_is_judged_with_a_reason(layer: TextLayer, usable: bool, reason: str) -> None:
    judged = judge_text_layer(layer)
    assert judged.usable is usable
    assert reason in judged.reason


@pytest.mark.parametrize("text", ["Счёт на оплату " * 10, "請求書 合計 " * 10, "GmbH Ust.-Id.-Nr. 12 " * 20])
def test_other_scripts_and_abbreviations_are_not_garbage(text: str) -> None:
    assert plausible_share(text) == 1.0


def test_a_blank_that_the_recogniser_nearly_wrote_is_taken() -> None:
    steps = numpy.zeros((5, 4))
    steps[0, 1] = steps[4, 2] = 0.9  # a … b
    steps[1:4, 0] = 0.6
    steps[2, 3] = 0.3  # a weak blank
    glyphs = decode(steps, ["", "a", "b", " "])
    assert "".join(glyph.text for glyph in glyphs) == "a b"
    assert glyphs[0].place < glyphs[1].place < glyphs[2].place


@pytest.mark.parametrize(
    ("text", "wanted"),
    [("„x“ – ‘y’", "\"x\" - 'y'"), ("１２３：￥５", "123:¥5"), ("合計：１０円", "合計：１０円"), ("a…", "a...")],
)
def test_typography_is_made_plain_except_where_it_belongs(text: str, wanted: str) -> None:
    assert plain(text) == wanted
