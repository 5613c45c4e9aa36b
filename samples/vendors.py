"""Documents of invented vendors, several of each: what memory of vendors is measured on. Every vendor has words of its own for
some labels, so that its documents are read wrong in the same way until somebody corrects one."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

from stdnum import iban
from stdnum.eu import vat

from samples.design import Design, make_design
from samples.generate import render
from samples.invoices import IBAN_FORMS, VAT_FORMS, Invoice, Party, Wishes, fill, make_invoice
from samples.scan import Scan

LANGUAGES = ("en", "de", "fr", "es", "it", "nl")
#: A label in the house's own words, by language.
_HOUSE_WORDS: dict[str, dict[str, str]] = {
    "en": {
        "number": "Our mark",
        "date": "Made out",
        "bill_to": "On behalf of",
        "quantity": "Count",
        "unit_price": "Apiece",
    },
    "de": {
        "number": "Vorgang",
        "date": "Ausgefertigt",
        "bill_to": "Zu Händen",
        "quantity": "Zahl",
        "unit_price": "Je Stück",
    },
    "fr": {"number": "Repère", "date": "Dressée le", "bill_to": "Pour", "quantity": "Compte", "unit_price": "La pièce"},
    "es": {"number": "Clave", "date": "Extendida", "bill_to": "Para", "quantity": "Cuenta", "unit_price": "La pieza"},
    "it": {"number": "Sigla", "date": "Redatta", "bill_to": "Per", "quantity": "Conto", "unit_price": "Al pezzo"},
    "nl": {"number": "Kenteken", "date": "Opgemaakt", "bill_to": "Voor", "quantity": "Telling", "unit_price": "Elk"},
}
#: Which labels a vendor says in its own words, in turn.
_OWN = (("number",), ("date",), ("number", "date"), ("quantity", "unit_price"), ("bill_to", "number"), ())
_FAMILIES = (
    "Aldermere", "Brackwell", "Corvino", "Dunlow", "Estragon", "Fennimore", "Gaskarth", "Holmgard", "Ivelet", "Jarrow",
    "Kestrin", "Lombard", "Marwick", "Norrland", "Ostrava", "Pellatt", "Quennell", "Rosdale", "Sorrento", "Tarnhelm",
)  # fmt: skip
#: Vendors from this one on come in pairs that look alike and are called nearly alike.
_PAIRS_FROM = 16
VENDORS, EACH = 24, 5


def write_vendors(folder: Path, vendors: int = VENDORS, each: int = EACH, seed: int = 0) -> list[Path]:
    """Write ``each`` documents of every vendor into ``folder``, a folder each; every other vendor's are scans, every fourth has
    two layouts. Gives the documents' paths."""
    paths = []
    for vendor in range(vendors):
        for number in range(each):
            invoice, design = _document(vendor, number, seed)
            poor = Scan(dpi=150, skew=0.3 * (number % 3), blur=0.2, noise=2.0, shading=0.05, quality=75)
            scan = poor if vendor % 2 else None
            made = render(invoice, design, scan, seed=seed + 100 * vendor + number)
            paths.append(made.write(folder / f"vendor-{vendor:02}-{number}"))
    return paths


def _document(vendor: int, number: int, seed: int) -> tuple[Invoice, Design]:
    language = LANGUAGES[(vendor // 2 if vendor >= _PAIRS_FROM else vendor) % len(LANGUAGES)]
    invoice = make_invoice(seed + 1000 * vendor + number, language, Wishes(lines=3 + number % 3, vendor=0))
    chance = random.Random(f"vendor-{seed}-{vendor}")  # noqa: S311 (no secret)
    name = _name(vendor, invoice.vendor.name)
    party = Party(name, f"{vendor + 3} {invoice.vendor.street}", invoice.vendor.place, invoice.vendor.country)
    invoice = replace(
        invoice,
        vendor=party,
        mail=f"office@{''.join(char for char in name.lower() if char.isalpha())}.example",
        iban=fill(IBAN_FORMS.get(invoice.country), iban.is_valid, chance),
        vat_id=fill(VAT_FORMS.get(invoice.country), vat.is_valid, chance),
    )
    like = vendor - vendor % 2 if vendor >= _PAIRS_FROM else vendor
    layout = like * 10 + (number % 2 if vendor % 4 == 2 else 0)
    design = make_design(seed + layout, invoice)
    own = {label: _HOUSE_WORDS[language][label] for label in _OWN[like % len(_OWN)]}
    return invoice, replace(design, labels={**design.labels, **own})


def _name(vendor: int, known: str) -> str:
    """An invented name with the trade and form of a known one; the second of a pair differs in its last letters."""
    if vendor < _PAIRS_FROM:
        return f"{_FAMILIES[vendor]} {known.split(' ', 1)[-1]}"
    family = _FAMILIES[_PAIRS_FROM + (vendor - _PAIRS_FROM) // 2]
    return f"{family}{'en' if vendor % 2 else ''} {known.split(' ', 1)[-1]}"
