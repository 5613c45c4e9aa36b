"""What stands in a box that a person drew: the page's own words where it was read, else those of just that region."""

from __future__ import annotations

from pathlib import Path

from core.entrypoints.bootstrap import build_studio
from core.events import RunFinished
from core.evidence import Box, Word
from core.extraction import PageRef
from core.recipe import OcrRecipe
from core.regions import join_words, read_region
from core.settings import Settings
from tests.conftest import SampleFile


def word(text: str, x: float, y: float) -> Word:
    """A word 10 high."""
    return Word(text, Box(x, y, x + 20, y + 10), 0.5)


def test_words_of_a_line_are_joined_by_blanks_and_lines_by_breaks() -> None:
    """Also where the words of a line stand a little higher or lower, and come in another order."""
    words = [word("Street", 30, 101), word("Long", 5, 100), word("Town", 5, 115)]
    assert join_words(words) == "Long Street\nTown"


def test_only_what_the_page_does_not_have_is_recognised(tmp_path: Path, digital_pdf: SampleFile) -> None:
    """A box over printed words needs no engine; one over nothing asks it for just that box, and may come back empty."""
    studio = build_studio(Settings(data_dir=tmp_path))
    document = studio.open(digital_pdf.data, digital_pdf.name)
    *_, finished = studio.extract(document, [PageRef(1)])
    assert isinstance(finished, RunFinished)
    extraction = finished.extraction
    asked: list[Box] = []

    def recognise(document: object, page: PageRef, box: Box, recipe: OcrRecipe) -> list[Word]:
        asked.append(box)
        return [word("seen", 0, 0)] if box.x0 else []

    def at(box: Box) -> str | None:
        recipe = OcrRecipe()
        found = read_region(document, PageRef(1), box, extraction, recognise=recognise, recipe=recipe)
        return found.text if found else None

    printed = next(known for known in extraction.page_texts[0].words if len(known.text) > 4)
    assert printed.text in (at(printed.box) or "")
    assert asked == []
    assert at(Box(1, 0, 2, 1)) == "seen"
    assert at(Box(0, 0, 1, 1)) is None
    assert asked == [Box(1, 0, 2, 1), Box(0, 0, 1, 1)]
