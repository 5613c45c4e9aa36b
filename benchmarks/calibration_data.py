"""Documents with truth as the calibration sees them: each value's signs, and whether it is right.

The rules were written while looking at some of these documents, so they know their labels too well. A vendor nobody has
seen is imitated by reading every document again with a part of the labels and column heads forgotten.
"""

from __future__ import annotations

import hashlib
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from unittest import mock

from core.documents.opening import open_document
from core.entrypoints.bootstrap import extractors
from core.errors import DocumentError
from core.evaluation.calibration import Passing
from core.evaluation.cases import Case, load_cases
from core.evaluation.outcome import Outcome, compare
from core.events import RunFinished
from core.extraction import Extraction, PageRef
from core.imaging import clean
from core.ocr import registry
from core.ocr.reader import CachedPageReader
from core.pipeline import Pipeline, RunOrder
from core.recipe import Recipe
from core.rules.lexicon import Lexicon, load_lexicon
from core.validation.gate import is_blocked, lowest_confidence
from core.validation.signs import Signs, signs
from samples.generate import make_sample, random_scan
from samples.invoices import Wishes
from samples.vocabulary import LANGUAGES
from storage.disk_cache import DiskCache
from tests.doubles.cache import NoCache

#: The share of labels and column heads that are forgotten in each reading of a document; the first is the studio's own.
FORGOTTEN = (0.0, 0.15, 0.3)
#: Vendors are split into so many folds.
FOLDS = 5
#: What a value of a document counts that was made, or chosen, because readers break on it.
HARD_SHARE = 0.3
#: A document counts like this many cells at most, and a vendor like this many readings.
_MOST_CELLS, _MOST_READINGS = 12, 12
_TODAY = date(2026, 1, 1)


@dataclass(frozen=True, slots=True)
class Reading:
    """One document, read once. ``source`` is its folder's name, ``vendor`` is the group that cross-validation never splits."""

    source: str
    case_id: str
    vendor: str
    forgotten: float
    extraction: Extraction
    outcome: Outcome
    share: float = 1.0
    """What its values count in a fit."""

    @property
    def fold(self) -> int:
        """The fold of its vendor, from 0 to 4: by the SHA-1 of the vendor's name, so that everybody splits alike."""
        return int(hashlib.sha1(self.vendor.encode(), usedforsecurity=False).hexdigest(), 16) % FOLDS

    def values(self) -> Iterator[tuple[str, Signs, bool]]:
        """Path, signs and rightness of every value that the truth scores."""
        found = self.extraction
        for path, of_value in signs(found.values, found.evidence, found.provenance, found.findings):
            if path in self.outcome.right:
                yield path, of_value, self.outcome.right[path]

    def passing(self, confidences: dict[str, float]) -> Passing:
        """The document before the gate with these confidences."""
        found = self.extraction
        wrong, critical = len(self.outcome.wrong) + len(self.outcome.missing), len(self.outcome.wrong_critical)
        return Passing(lowest_confidence(found.values, confidences), is_blocked(found.findings), wrong, critical)


def generate(folder: Path, count: int, scans: int, seed: int = 50_000) -> Path:
    """Write ``count`` invoices of ours as PDF and ``scans`` as scans into ``folder``, in all languages and designs."""
    for number in range(count + scans):
        language, at = LANGUAGES[number % len(LANGUAGES)], seed + number
        scan = next(filter(None, map(random_scan, range(at, at + 1000)))) if number >= count else None
        long = Wishes(lines=24) if scan is None and number % 11 == 8 else None
        einvoice = scan is None and number % 13 == 4
        target = folder / f"{language}-{at}"
        if not (target / "truth.json").exists():
            make_sample(at, language, scan=scan, wishes=long, einvoice=einvoice).write(target)
    return folder


def read(
    folders: Sequence[Path], cache: Path, forgotten: Sequence[float] = FORGOTTEN, share: float = 1.0
) -> list[Reading]:
    """Every case of ``folders``, read once a share in ``forgotten``; what the studio refuses to open is left out. Pages stay
    in ``cache``. Raises CaseError."""
    reader = CachedPageReader(DiskCache(cache, 4_000_000_000), registry.create, clean=clean)
    pipeline = Pipeline(extractors(), reader, NoCache(), "calibration", today=lambda: _TODAY)
    return [
        reading
        for folder in folders
        for case in load_cases(folder)
        for part in forgotten
        for reading in _read(pipeline, case, part, share)
    ]


def _read(pipeline: Pipeline, case: Case, part: float, share: float) -> Iterator[Reading]:
    assert case.document is not None
    try:
        document = open_document(case.document.read_bytes(), case.document.name)
    except DocumentError:
        return
    numbers = case.invoice_pages or range(1, document.page_count + 1)
    recipe = Recipe() if part == 0 else Recipe(extractors=("rules",))
    pages = tuple(map(PageRef, numbers))
    order = RunOrder(lambda: document, case.case_id, document.sha256, pages, recipe)
    known = forgetting(part, case.case_id)
    with mock.patch("core.rules.extractor.load_lexicon", return_value=known):
        extraction = next(event.extraction for event in pipeline.run(order) if isinstance(event, RunFinished))
    vendor = str(case.truth["meta"].get("vendor_group") or case.case_id)
    light = extraction.model_copy(update={"page_texts": (), "raw": ""})
    source = case.document.parent.parent.name
    outcome = compare(case.truth, extraction.values.model_dump())
    yield Reading(source, case.case_id, vendor, part, light, outcome, share)


def forgetting(share: float, seed: str) -> Lexicon:
    """The shipped lexicon without ``share`` of its labels and column heads; always the same for the same ``seed``."""
    whole, chance = load_lexicon(), random.Random(f"{seed}-{share}")
    labels = {phrase: entry for phrase, entry in whole.labels.items() if chance.random() >= share}
    columns = {head: kinds for head, kinds in whole.columns.items() if chance.random() >= share}
    prefixes = {phrase[:end] for phrase in labels for end in range(1, len(phrase) + 1)}
    return replace(whole, labels=labels, columns=columns, prefixes=prefixes)


def weights(readings: Sequence[Reading]) -> list[float]:
    """What a value counts, reading by reading and value by value: long tables and frequent vendors count no more than
    others, and readings with every label known half, as most vendors are not known so well."""
    often = Counter(reading.vendor for reading in readings)
    found = []
    for reading in readings:
        paths = [path for path, _, _ in reading.values()]
        cells = sum(path.startswith("line_items.") for path in paths)
        weight = reading.share * min(1.0, _MOST_READINGS / often[reading.vendor]) * (1.0 if reading.forgotten else 0.5)
        found += [weight * (min(1.0, _MOST_CELLS / cells) if path.startswith("line_items.") else 1.0) for path in paths]
    return found
