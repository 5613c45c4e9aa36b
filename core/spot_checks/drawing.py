"""Which documents that would pass are held back: those that were drawn, and those of which the gate asks more for now."""

from __future__ import annotations

import hashlib

from core.extraction import Extraction, Finding
from core.settings import SpotChecks
from core.validation.gate import lowest_confidence, needed

#: The checks of a document that was drawn, and of one that is not sure enough while the gate asks more.
DRAWN, ASKS_MORE = "spot_check", "gate_asks_more"
_DRAWN_WORDS = (
    "Spot check: this document would have passed with nobody looking and was drawn at random: compare its amounts, numbers and "
    "dates with the page."
)


def is_drawn(choices: SpotChecks, extraction: Extraction) -> bool:
    """Whether a document is drawn: at random, and the same in every process and however often it is read."""
    pages = ",".join(str(page.number) for page in extraction.pages)
    digest = hashlib.sha256(f"{choices.seed}:{extraction.document}:{pages}".encode()).digest()
    return int.from_bytes(digest[:8]) < choices.share * 2**64


def hold_back(choices: SpotChecks, extraction: Extraction) -> Extraction:
    """``extraction`` with why somebody is to look at it though it would pass; one that does not pass anyhow stays as it is."""
    if extraction.verdict != "approved":
        return extraction
    finding = _not_sure_enough(choices, extraction)
    if finding is None and is_drawn(choices, extraction):
        finding = Finding(DRAWN, "warning", _DRAWN_WORDS, reading=True)
    if finding is None:
        return extraction
    return extraction.model_copy(update={"findings": (*extraction.findings, finding), "verdict": "needs review"})


def was_drawn(extraction: Extraction) -> bool:
    """Whether it was held back by the draw."""
    return any(finding.check == DRAWN for finding in extraction.findings)


def _not_sure_enough(choices: SpotChecks, extraction: Extraction) -> Finding | None:
    asks = choices.asks
    if asks is None or lowest_confidence(extraction.values, extraction.confidences) >= asks:
        return None
    unsure = tuple(
        path
        for path, info, value in extraction.walk()
        if value is not None and extraction.confidences.get(path, 0.0) < needed(info.kind, asks)
    )
    sentence = (
        f"The gate asks for {100 * asks:g} % at present, as spot checks found documents wrong that had passed: is "
        f"{extraction.type.title_of(unsure[0]) if unsure else 'it'} right?"
    )
    return Finding(ASKS_MORE, "warning", sentence, unsure, reading=True)
