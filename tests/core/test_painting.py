"""What a page costs to draw is told without drawing it, and a page that costs too much is not drawn."""

from __future__ import annotations

from collections.abc import Callable

import pymupdf
import pytest

from core.documents.opening import open_document
from core.documents.painting import Painting, painting_of
from core.errors import PageTooLarge
from tests.core import hostile
from tests.core.made import LINES, pdf_of, picture_of, scan_of

#: An A4 page at one pixel a page unit.
PAGE = 595 * 842


def painted(data: bytes) -> Painting:
    """What the first page of ``data`` takes."""
    return painting_of(pymupdf.open(stream=data, filetype="pdf")[0], 1e9)


@pytest.mark.parametrize(
    "make",
    [
        hostile.many_pictures,
        hostile.tiny_tiles,
        hostile.wide_tiles,
        hostile.many_shades,
        hostile.many_layers,
        hostile.many_surfaces,
        hostile.drawn_letters,
        hostile.long_outline,
    ],
)
def test_a_page_painted_over_and_over_is_not_drawn(make: Callable[[], bytes]) -> None:
    """Whatever it is painted with. At once: nothing is drawn to find it out."""
    with pytest.raises(PageTooLarge, match="again and again"):
        open_document(make(), "a.pdf").page(1).render(200)


@pytest.mark.parametrize("data", [pdf_of(LINES), scan_of(picture_of())])
def test_an_ordinary_page_costs_little(data: bytes) -> None:
    assert painted(data).pixels(200 / 72) < 20_000_000


def test_a_picture_costs_the_place_that_it_takes() -> None:
    """Twice painted is twice the cost; what is off the page or clipped away costs nothing."""
    once, twice = (painted(hostile.many_pictures(count)).area for count in (1, 2))
    assert once == pytest.approx(500 * 700)
    assert twice == pytest.approx(2 * once)
    picture = "<</Type/XObject/Subtype/Image/Width 1/Height 1/ColorSpace/DeviceGray/BitsPerComponent 8>>"
    for content in (b"9 0 0 9 700 900 cm /A Do", b"50 50 9 9 re W n q 9 0 0 9 200 200 cm /A Do Q"):
        data = hostile.drawn(content, (picture, b"\x80"), resources="/XObject<</A 5 0 R>>")
        assert painted(data).area == 0


def test_a_tile_costs_each_time_that_it_is_laid() -> None:
    """A pattern that covers the page once, in however many tiles, costs the page and a little for each tile."""
    about = "/PatternType 1/PaintType 1/TilingType 1/BBox[0 0 5 5]/XStep 5/YStep 5/Resources<<>>"
    tile = (f"<</Type/Pattern{about}>>", b"0 0 1 1 re f")
    paint = b"/Pattern cs /P scn 0 0 595 842 re f"
    cost = painted(hostile.drawn(paint, tile, resources="/Pattern<</P 5 0 R>>"))
    assert cost.area == pytest.approx(PAGE, rel=0.1)
    assert cost.fixed == pytest.approx(2 * PAGE / 25, abs=10_000)


def test_a_finer_resolution_costs_more() -> None:
    assert Painting(area=100, fixed=7, shaded=0).pixels(3) == 907


def test_a_page_that_is_costly_at_a_high_resolution_is_drawn_at_a_low_one() -> None:
    page = open_document(hostile.many_surfaces(2500), "a.pdf").page(1)
    assert page.render(30).image.size == (248, 351)
    with pytest.raises(PageTooLarge, match="again and again"):
        page.render(600)


def test_runs_of_colours_over_a_scan_are_not_kept_in_memory_by_the_hundred() -> None:
    """MuPDF makes a picture of each, of the size of the page, as soon as it is asked for the page's pictures."""
    with pytest.raises(PageTooLarge, match="memory"):
        open_document(hostile.many_shades(300, over_scan=True), "a.pdf").page(1).text_layer()
