"""How long the pages of a document took to read in one way. A later run finds them in the cache, and should not look quicker
for it."""

from __future__ import annotations

import hashlib
import json

from core.extraction import Extraction
from core.stores.files import Files

#: Under this kind it is kept.
PAGES_READ = "pages-read"


def note_pages_read(files: Files, extraction: Extraction) -> None:
    """Keep how long the pages of a run took to read, if they did not come from the cache."""
    took = sum(step.seconds for step in extraction.steps if step.step == "ocr" and not step.cached)
    if took:
        files.keep_json(PAGES_READ, _key(extraction), json.dumps(took), lasting=False)


def seconds_of_pages(files: Files, extraction: Extraction) -> float | None:
    """The seconds in which a run's pages were first read; ``None`` where nobody noted it."""
    kept = files.load_json(PAGES_READ, _key(extraction))
    try:
        return None if kept is None else float(json.loads(kept))
    except ValueError:  # half written when the power went
        return None


def _key(extraction: Extraction) -> str:
    pages = ",".join(f"{page.number}r{page.rotation}" for page in extraction.pages)
    return hashlib.sha256(f"{extraction.document}:{pages}:{extraction.recipe.ocr.digest}".encode()).hexdigest()
