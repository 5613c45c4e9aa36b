"""Page clean-up: clean pages are left alone, each defect is found and mended, and words stand where they were."""

from __future__ import annotations

import math

import pytest
from PIL import Image, ImageChops, ImageStat

from core.documents.opening import open_document
from core.events import RunFinished
from core.evidence import Box, PageText, Word, corners, union
from core.extraction import PageRef
from core.homography import IDENTITY, Matrix, apply, compose, invert, scaled
from core.imaging import Cleaned, clean, picture_as_read
from core.imaging.cleaned import Read
from core.imaging.direction import read_both_ways
from core.ocr import registry
from core.ocr.reader import CachedPageReader
from core.pipeline import Pipeline, RunOrder
from core.recipe import Cleanup, OcrRecipe, Recipe
from core.rules.documents import RulesExtractor
from samples.generate import make_sample
from samples.invoices import Wishes
from tests.core.made import LINES, encoded, picture_of
from tests.core.spoilt import faded, grained, invoice_page, photographed, shaded, turned
from tests.doubles.cache import MemoryCache

ALL = Cleanup(**dict.fromkeys(Cleanup.model_fields, True))
OFF = Cleanup(**dict.fromkeys(Cleanup.model_fields, False))


def only(*steps: str) -> Cleanup:
    """These steps and no other."""
    return OFF.model_copy(update=dict.fromkeys(steps, True))


def steps_of(cleaned: Cleaned) -> list[str]:
    """The names of the steps that were done."""
    return [step.name for step in cleaned.steps]


@pytest.fixture(scope="module")
def page() -> Image.Image:
    """A clean picture of an invoice."""
    return invoice_page()


@pytest.fixture(scope="module")
def read() -> Read:
    """Reads small pictures as the studio does."""
    engine = registry.create("rapid", 0)
    return lambda image: engine.read(image, OcrRecipe())


def refuse(image: Image.Image) -> list[Word]:
    """Stands where nothing should have to be read."""
    raise AssertionError("the page was read to find out which way up it lies")


@pytest.mark.parametrize(("seed", "language"), list(enumerate(("en", "de", "fr", "es", "it", "nl", "pt", "en", "de"))))
def test_a_clean_page_is_left_alone_and_nothing_is_read(seed: int, language: str) -> None:
    """Whatever its layout and colours."""
    picture = invoice_page(seed, language)
    cleaned = clean(picture, ALL, refuse)
    assert (steps_of(cleaned), cleaned.matrix, cleaned.upright) == ([], IDENTITY, None)
    assert cleaned.image is picture


@pytest.mark.parametrize(("degrees", "said"), [(90, "270°"), (180, "180°"), (270, "90°")])
def test_a_turned_page_is_turned_back(page: Image.Image, read: Read, degrees: int, said: str) -> None:
    spoilt, _ = turned(page, degrees)
    cleaned = clean(spoilt, Cleanup(), read)
    assert steps_of(cleaned) == ["orientation"]
    assert cleaned.note == f"Turned by {said}."
    assert cleaned.image.size == page.size


def test_a_page_on_its_head_is_told_by_its_letters_where_nothing_can_be_read(page: Image.Image) -> None:
    assert clean(turned(page, 180)[0], Cleanup()).note == "Turned by 180°."


@pytest.mark.parametrize("degrees", [1.8, 3.0, -7.5, 14.8])
def test_a_page_aslant_is_straightened(page: Image.Image, degrees: float) -> None:
    spoilt, matrix = turned(page, degrees)
    cleaned = clean(spoilt, Cleanup())
    assert steps_of(cleaned) == ["deskew"]
    assert f"{abs(degrees):.1f}" in cleaned.note
    assert slope_of(cleaned, matrix) == pytest.approx(0, abs=0.25)


def test_pixels_are_not_touched_for_a_slight_slant(page: Image.Image) -> None:
    """Engines read it as it is, and resampled letters are less sharp; only the words are laid level."""
    spoilt, _ = turned(page, 2.2)
    cleaned = clean(spoilt, Cleanup())
    assert cleaned.image.tobytes() == spoilt.tobytes()
    assert cleaned.matrix == IDENTITY
    assert cleaned.upright is not None


@pytest.mark.parametrize("degrees", [0.0, 6.0])
def test_the_sheet_of_a_photo_is_found_and_flattened(page: Image.Image, degrees: float) -> None:
    spoilt, matrix = photographed(page, degrees)
    cleaned = clean(spoilt, Cleanup())
    assert steps_of(cleaned)[0] == "perspective"
    corners = [(0.0, 0.0), (float(page.width), 0.0), (float(page.width), float(page.height)), (0.0, float(page.height))]
    there = apply(compose(invert(cleaned.matrix), matrix), corners)
    width, height = cleaned.image.size
    for (x, y), (wanted_x, wanted_y) in zip(there, [(0, 0), (width, 0), (width, height), (0, height)], strict=True):
        assert math.dist((x, y), (wanted_x, wanted_y)) < 0.02 * height


def test_uneven_light_is_evened_out(page: Image.Image) -> None:
    cleaned = clean(shaded(page), only("light"))
    assert steps_of(cleaned) == ["light"]
    dark = cleaned.image.convert("L").crop((page.width - 40, 0, page.width - 10, page.height)).resize((1, 1))
    assert dark.getpixel((0, 0)) > 225


def test_faint_print_is_darkened(page: Image.Image) -> None:
    pale = faded(page)
    cleaned = clean(pale, only("contrast"))
    assert cleaned.note == "Faint print darkened."
    assert cleaned.image.convert("L").getextrema()[0] < pale.convert("L").getextrema()[0] - 60


def test_grain_is_smoothed(page: Image.Image) -> None:
    assert steps_of(clean(grained(page), only("denoise"))) == ["denoise"]


def test_a_step_that_is_switched_off_is_not_taken(page: Image.Image) -> None:
    spoilt, _ = turned(page, 5)
    assert clean(spoilt, Cleanup(deskew=False)).steps == ()
    assert clean(turned(page, 90)[0], Cleanup(orientation=False)).steps == ()
    assert clean(photographed(page)[0], only("light", "denoise")).matrix == IDENTITY


@pytest.mark.parametrize("size", [(1, 1), (3, 800), (60, 40), (500, 700)])
def test_a_page_with_nothing_on_it_is_left_alone(size: tuple[int, int]) -> None:
    assert clean(Image.new("RGB", size, "white"), ALL).steps == ()


@pytest.mark.parametrize(
    ("degrees", "photo"),
    [(90, False), (180, False), (270, False), (8, False), (-13, False), (185, False), (2, False), (4, True)],
)
def test_words_stand_where_they_are_printed(degrees: float, photo: bool) -> None:
    """Read by the real engine on the cleaned picture, each word's corners lie on its place on the page as it came."""
    page = picture_of((*LINES, "Payment within thirty days", "Bank account and delivery note"))
    spoilt, matrix = photographed(page, degrees) if photo else turned(page, degrees)
    upright = text_of(page, OFF)
    found = text_of(spoilt, Cleanup())
    assert [word.text for word in found.words] == [word.text for word in upright.words]
    for word, printed in zip(found.words, upright.words, strict=True):
        assert overlap(word, printed.moved(matrix)) > 0.6
    for word, printed in zip(found.as_read().words, upright.words, strict=True):
        assert word.box.width / word.box.height == pytest.approx(printed.box.width / printed.box.height, rel=0.35)


def test_the_page_can_be_shown_as_it_was_read() -> None:
    """What a person sees beside the page is what the engine saw."""
    spoilt, _ = turned(picture_of(), 94)
    seen: list[Image.Image] = []

    def keep(image: Image.Image, cleanup: Cleanup, read: Read) -> Cleaned:
        cleaned = clean(image, cleanup, read)
        seen.append(cleaned.image)
        return cleaned

    document = open_document(encoded(spoilt, "PNG"), "page.png")
    text = CachedPageReader(MemoryCache(), registry.create, 1, clean=keep)(document, [PageRef(1)], OcrRecipe()).texts[0]
    assert "Turned by 270°, straightened by 4.0°." in text.note
    shown = picture_as_read(document.page(1).render(), text, Cleanup())
    assert shown.size == seen[0].size
    difference = ImageChops.difference(shown.convert("L"), seen[0].convert("L"))
    assert ImageStat.Stat(difference).mean[0] < 1


@pytest.mark.parametrize("degrees", [90, 180, -10])
def test_a_region_drawn_on_a_page_that_lies_wrong_is_read_level(degrees: float) -> None:
    page = picture_of()
    spoilt, _ = turned(page, degrees)
    document = open_document(encoded(spoilt, "PNG"), "page.png")
    text = _READER(document, [PageRef(1)], OcrRecipe()).texts[0]
    total = next(word for word in text.words if word.text.startswith("Total"))
    amount = next(word for word in text.words if word.text == "1.234,56")
    box = union((total.box, amount.box))
    found = _READER.read_region(document, PageRef(1), box, OcrRecipe())
    assert {"Total", "1.234,56"} <= {word.text for word in found}
    again = next(word for word in found if word.text == "1.234,56")
    assert overlap(again, amount) > 0.6


_READER = CachedPageReader(MemoryCache(), registry.create, 1, clean=clean)


def text_of(picture: Image.Image, cleanup: Cleanup) -> PageText:
    """The words of a picture as the studio reads it."""
    document = open_document(encoded(picture, "PNG"), "page.png")
    return _READER(document, [PageRef(1)], OcrRecipe(cleanup=cleanup)).texts[0]


def slope_of(cleaned: Cleaned, matrix: Matrix) -> float:
    """The angle in degrees at which the page's level lines lie once the page is laid upright."""
    assert cleaned.upright
    (x0, y0), (x1, y1) = apply(compose(invert(cleaned.upright.matrix), matrix), [(100, 300), (600, 300)])
    return math.degrees(math.atan2(y1 - y0, x1 - x0))


def overlap(one: Word, other: Word) -> float:
    """The area that two words' quadrilaterals share, as a share of what they cover together."""
    import cv2
    import numpy

    quads = [numpy.array(word.polygon or corners(word.box), numpy.float32) for word in (one, other)]
    shared, _ = cv2.intersectConvexConvex(*quads)
    return float(shared / (sum(cv2.contourArea(quad) for quad in quads) - shared))


def test_every_value_of_a_page_on_its_side_has_its_place_there() -> None:
    """The rules see the page upright; the evidence lies on the page as it came."""
    sample = make_sample(500, "en", wishes=Wishes(lines=3))
    with_text = open_document(sample.data, "page.pdf").page(1)
    picture = with_text.render(110)
    spoilt, matrix = turned(picture.image, 90)
    document = open_document(encoded(spoilt, "PNG"), "page.png")
    recipe = Recipe(extractors=("rules",))
    order = RunOrder(lambda: document, document.name, document.sha256, (PageRef(1),), recipe)
    pipeline = Pipeline({"rules": RulesExtractor()}, _READER, MemoryCache(), "test")
    *_, last = pipeline.run(order)
    assert isinstance(last, RunFinished)
    found = last.extraction
    assert str(found.values.total_amount) == sample.truth["total_amount"]
    printed = [word.moved(compose(matrix, scaled(picture.scale))).box for word in with_text.words()]
    for path in ("invoice_number", "total_amount", "line_items.0.total_price"):
        (box,) = found.evidence[path].boxes
        assert max(box.overlap(place) for place in printed) > 0.5 * box.width * box.height


def test_rules_of_dashes_do_not_turn_a_receipt_on_its_head() -> None:
    """Dashes read the same both ways: only letters and digits tell which way up a page is."""
    import numpy

    answers = iter((["SIMPLIFICADA", "SALAMANCA"], ["SIMADA", "-" * 26, "-" * 30]))

    def read(_picture: Image.Image) -> list[Word]:
        return [Word(text, Box(0, 0, 1, 1), 0.95) for text in next(answers)]

    upright, turned_round = read_both_ways(
        numpy.full((60, 200, 3), 255, numpy.uint8), 1.0, [(5, 5, 150, 20)], read, 1.0
    )
    assert upright > turned_round


@pytest.mark.parametrize("degrees", [0, 90, 180])
def test_a_page_is_not_turned_for_what_is_only_guessed_at(page: Image.Image, degrees: int) -> None:
    """A receipt of which hardly a letter can be read in its longest lines (folds, rules, grain) stays as it came."""
    guesses = iter([["me"], ["sree", "oma", "ane"], *[["e"], ["nae", "sias"]] * 9])

    def read(_picture: Image.Image) -> list[Word]:
        return [Word(text, Box(0, 0, 1, 1), 0.4) for text in next(guesses)]

    spoilt, _ = turned(page, degrees)
    noise = spoilt.resize((spoilt.width // 3, spoilt.height // 3)).resize(spoilt.size)
    note = clean(noise if degrees == 0 else spoilt, Cleanup(), read).note
    assert "Turned" not in note


def test_where_the_longest_lines_cannot_be_read_the_next_ones_tell() -> None:
    """Rules and folds of the paper are often the longest."""
    import numpy

    answers = iter((["--"], ["~"], ["Station", "Road", "Total"], ["ptoo"]))

    def read(_picture: Image.Image) -> list[Word]:
        return [Word(text, Box(0, 0, 1, 1), 0.95) for text in next(answers)]

    lines = [(5, 5, 150 - at, 20) for at in range(8)]
    upright, turned_round = read_both_ways(numpy.full((60, 200, 3), 255, numpy.uint8), 1.0, lines, read, 8.0)
    assert upright > 3 * turned_round
