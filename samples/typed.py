"""Folders of made documents of the types beside the invoice."""

from __future__ import annotations

from pathlib import Path

from samples.generate import random_scan
from samples.papers import make_delivery, make_order
from samples.receipts import make_receipt
from samples.vocabulary import LANGUAGES

MAKERS = {"receipt": make_receipt, "purchase_order": make_order, "delivery_note": make_delivery}


def write_typed(
    folder: Path, kind: str, count: int, seed: int = 0, languages: tuple[str, ...] = LANGUAGES
) -> list[Path]:
    """Write ``count`` varied cases of a type (a key of MAKERS) into ``folder``, the languages in turn; two of five are scans. Gives
    the documents' paths."""
    paths = []
    for number in range(count):
        language = languages[number % len(languages)]
        sample = MAKERS[kind](seed + number, language, random_scan(seed + number))
        paths.append(sample.write(folder / f"{kind}-{language}-{seed + number:04}"))
    return paths
