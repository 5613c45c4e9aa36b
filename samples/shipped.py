"""The documents that ship with the studio, so that a first run needs nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from samples.generate import Sample, make_sample
from samples.invoices import Wishes
from samples.receipts import make_receipt
from samples.scan import Scan

CASES = Path(__file__).parent / "cases"


@dataclass(frozen=True, slots=True)
class Shipped:
    """One shipped document and the words with which the studio offers it."""

    folder: str
    title: str
    about: str
    language: str
    make: Callable[[], Sample]


SHIPPED = (
    Shipped(
        "english-studio",
        "English invoice",
        "A designer's PDF from the USA: dollars, sales tax, month before day.",
        "en",
        lambda: make_sample(
            12,
            "en",
            wishes=Wishes(lines=6, vendor=1),
            header="band",
            parties="columns",
            facts="strip",
            table="zebra",
            columns=("description", "quantity", "unit", "unit_price", "total"),
            accent=(0.10, 0.26, 0.42),
            mark="ring",
            face="helv",
            bold="hebo",
        ),
    ),
    Shipped(
        "german-einvoice",
        "German e-invoice",
        "A Factur-X (ZUGFeRD) PDF: the invoice's XML is inside, so its values are exact.",
        "de",
        lambda: make_sample(
            7,
            "de",
            einvoice=True,
            wishes=Wishes(lines=5, rates=1, vendor=0, ship_to=True),
            header="letter",
            table="ruled",
            columns=("position", "description", "quantity", "unit", "unit_price", "total"),
            accent=(0.13, 0.40, 0.29),
            mark="leaf",
            face="helv",
            bold="hebo",
        ),
    ),
    Shipped(
        "spanish-photo",
        "Spanish photo",
        "A phone's picture of a paper invoice on a desk, read by OCR.",
        "es",
        lambda: make_sample(
            5,
            "es",
            wishes=Wishes(lines=6, vendor=0),
            scan=Scan(dpi=150, skew=1.1, blur=0.4, noise=2.5, shading=0.2, quality=62, photo=True),
            header="plain",
            parties="columns",
            facts="list",
            table="grid",
            columns=("code", "description", "quantity", "unit_price", "total"),
            accent=(0.12, 0.30, 0.50),
            mark="tile",
            face="helv",
            bold="hebo",
        ),
    ),
    Shipped(
        "italian-two-pages",
        "Italian, two pages",
        "A long table over two pages, with discounts and wrapped descriptions.",
        "it",
        lambda: make_sample(
            9,
            "it",
            wishes=Wishes(lines=26, vendor=0, discounts=True, ship_to=True),
            header="centred",
            parties="boxed",
            facts="strip",
            table="ruled",
            columns=("code", "description", "quantity", "unit", "unit_price", "discount", "total"),
            accent=(0.55, 0.24, 0.15),
            face="helv",
            bold="hebo",
        ),
    ),
    Shipped(
        "english-receipt",
        "English receipt",
        "A till's receipt, read as such: merchant, time, tip, taxes, how it was paid.",
        "en",
        lambda: make_receipt(65, "en", style="below"),
    ),
)


def write_shipped(folder: Path = CASES) -> list[Path]:
    """Write the shipped documents with their truth and ``samples.json``; gives the documents' paths."""
    paths, listing = [], []
    for shipped in SHIPPED:
        path = shipped.make().write(folder / shipped.folder)
        paths.append(path)
        listing.append(
            {
                "id": shipped.folder,
                "file": path.relative_to(folder).as_posix(),
                "name": f"{shipped.folder}{path.suffix}",
                "title": shipped.title,
                "about": shipped.about,
                "language": shipped.language,
            }
        )
    text = json.dumps(listing, ensure_ascii=False, indent=1)
    (folder / "samples.json").write_text(f"{text}\n", encoding="utf-8")
    return paths
