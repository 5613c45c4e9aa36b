"""The shipped samples: what there is to try without a document of one's own."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pages.shared.frame import get_studio

FOLDER = Path(__file__).parents[2] / "samples" / "cases"

#: Cards in the empty state.
MOST = 5


@dataclass(frozen=True, slots=True)
class Sample:
    """A shipped document: its file, the name it is opened under, and the words that offer it."""

    path: Path
    name: str
    title: str
    about: str


@cache
def samples() -> tuple[Sample, ...]:
    """The samples that are there, as ``samples.json`` lists them; none where they were not shipped."""
    listing = FOLDER / "samples.json"
    if not listing.is_file():
        return ()
    entries = json.loads(listing.read_text(encoding="utf-8"))
    found = [Sample(FOLDER / e["file"], e["name"], e["title"], e["about"]) for e in entries]
    return tuple(sample for sample in found if sample.path.is_file())[:MOST]


@cache
def sample_picture(index: int, width: int) -> bytes:
    """The first page of sample ``index``. Raises IndexError where there is none."""
    sample = samples()[index]
    return get_studio().look(sample.path.read_bytes(), sample.name).page(1).preview(width)
