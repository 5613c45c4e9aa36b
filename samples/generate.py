"""Makes sample documents with their truth: one from a seed, a folder of many, and the few that ship."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from samples.design import Design, make_design
from samples.facturx import cii_xml, embed
from samples.invoices import Invoice, Wishes, make_invoice
from samples.layout import draw
from samples.scan import Scan, encoded, pictures, scanned
from samples.sheet import Sheet
from samples.truth import truth_of
from samples.vocabulary import LANGUAGES


@dataclass(frozen=True, slots=True)
class Sample:
    """A made document: its bytes, the suffix of its format, and its truth."""

    data: bytes
    suffix: str
    truth: dict[str, Any]

    def write(self, folder: Path) -> Path:
        """Write ``document.<suffix>`` and ``truth.json`` into ``folder``; gives the document's path."""
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"document{self.suffix}"
        path.write_bytes(self.data)
        text = json.dumps(self.truth, ensure_ascii=False, indent=1)
        (folder / "truth.json").write_text(f"{text}\n", encoding="utf-8")
        return path


def make_sample(
    seed: int,
    language: str,
    *,
    wishes: Wishes | None = None,
    scan: Scan | None = None,
    einvoice: bool = False,
    **design: object,
) -> Sample:
    """The sample of this seed: a PDF, a scan of its first page, or a PDF with its XML inside.

    ``design`` sets choices of :class:`samples.design.Design` by hand.
    """
    invoice = make_invoice(seed, language, wishes)
    return render(invoice, make_design(seed, invoice, **design), scan, einvoice, seed)


def render(invoice: Invoice, design: Design, scan: Scan | None = None, einvoice: bool = False, seed: int = 0) -> Sample:
    """``invoice`` drawn in ``design``, as PDF or scanned."""
    sample = as_document(draw(invoice, design), scan, seed, truth_of(invoice))
    return replace(sample, data=embed(sample.data, cii_xml(invoice))) if einvoice and not scan else sample


def as_document(sheet: Sheet, scan: Scan | None, seed: int, truth: dict[str, Any]) -> Sample:
    """What was drawn, as PDF or its first page scanned, with its truth."""
    pages = 1 if scan else sheet.pages
    about = {"kind": "scan-sim" if scan else "digital", "pages": pages, "invoice_pages": list(range(1, pages + 1))}
    truth = {**truth, "meta": {**truth["meta"], **about}}
    if scan is None:
        return Sample(sheet.data(), ".pdf", truth)
    page = scanned(pictures(sheet.data(), scan.dpi)[0], scan, seed)
    return Sample(encoded(page, scan.quality), ".jpg" if scan.quality else ".png", truth)


def random_scan(seed: int) -> Scan | None:
    """A scan for two seeds of five, else ``None``: flat-bed, photo or clean PNG."""
    chance = random.Random(f"scan-{seed}")  # noqa: S311 (no secret)
    if chance.random() > 0.4:
        return None
    return Scan(
        dpi=chance.choice((150, 170, 200)),
        skew=round(chance.uniform(-1.8, 1.8), 2),
        blur=round(chance.uniform(0, 0.8), 2),
        noise=round(chance.uniform(0, 8), 1),
        shading=round(chance.uniform(0, 0.25), 2),
        quality=chance.choice((0, 50, 70, 85)),
        photo=chance.random() < 0.3,
    )


def write_many(folder: Path, count: int, seed: int = 0, languages: tuple[str, ...] = LANGUAGES) -> list[Path]:
    """Write ``count`` varied cases into ``folder``, a folder each, the languages in turn; gives the documents' paths."""
    paths = []
    for number in range(count):
        language = languages[number % len(languages)]
        scan = random_scan(seed + number)
        # A scan is one page, so it holds few lines.
        long = scan is None and number % 9 == 8
        sample = make_sample(
            seed + number,
            language,
            scan=scan,
            wishes=Wishes(lines=24) if long else None,
            einvoice=scan is None and number % 5 == 4,
        )
        paths.append(sample.write(folder / f"{language}-{seed + number:04}"))
    return paths
