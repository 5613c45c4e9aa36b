"""What stands in a box that a person drew on a page."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from core.documents import Document
from core.evidence import Box, Evidence, Word, union
from core.extraction import Extraction, PageRef
from core.recipe import OcrRecipe

#: Recognises the words in a box (page units) of a page.
RegionReader = Callable[[Document, PageRef, Box, OcrRecipe], list[Word]]


def read_region(
    document: Document,
    page: PageRef,
    box: Box,
    extraction: Extraction | None,
    *,
    recognise: RegionReader,
    recipe: OcrRecipe,
) -> Evidence | None:
    """The words inside ``box`` (page units): from the page's text where it was read, else what ``recognise`` finds in just
    that region, read as the extraction was, or by ``recipe``. ``None`` when nothing stands there."""
    read = next((text for text in extraction.page_texts if text.page == page.number), None) if extraction else None
    words = read.words_in(box) if read else []
    if not words:
        words = recognise(document, page, box, extraction.recipe.ocr if extraction else recipe)
    if not words:
        return None
    confidence = sum(word.confidence for word in words) / len(words)
    text = join_words(read.laid(words) if read else words)
    return Evidence(page.number, (box,), text, 1.0, "drawn", confidence)


def join_words(words: Sequence[Word]) -> str:
    """Words as text: a blank between the words of a line, a line break between lines."""
    lines: list[list[Word]] = []
    for word in words:
        if lines and abs(word.box.center[1] - union(w.box for w in lines[-1]).center[1]) < 0.6 * word.box.height:
            lines[-1].append(word)
        else:
            lines.append([word])
    return "\n".join(" ".join(w.text for w in sorted(line, key=lambda w: w.box.x0)) for line in lines)
