"""The generator's documents: repeatable, consistent, and truthful about what they show."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pymupdf
import pytest
from stdnum import iban

from samples.generate import Sample, make_sample, write_many
from samples.invoices import Wishes, make_invoice
from samples.scan import Scan
from samples.shipped import CASES, SHIPPED, Shipped
from samples.vocabulary import LANGUAGES


def words_of(sample: Sample) -> str:
    """A PDF's text layer as words with one blank between, non-breaking blanks too."""
    with pymupdf.open(stream=sample.data) as document:
        return " ".join(" ".join(page.get_text() for page in document).split())


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_true_value_stands_on_the_page(language: str) -> None:
    """Number, names, addresses' parts and descriptions are in the text layer, accents and all."""
    sample = make_sample(12, language, wishes=Wishes(lines=4))
    text = words_of(sample)
    truth = sample.truth
    wanted = [truth["invoice_number"], truth["vendor_name"], truth["customer_name"]]
    wanted += truth["billing_address"].split(", ")
    wanted += [word for item in truth["line_items"] for word in item["description"].split()]
    assert [value for value in wanted if value not in text] == []


@pytest.mark.parametrize("seed", range(8))
def test_amounts_add_up(seed: int) -> None:
    """Line totals sum to the subtotal; subtotal and tax are the total."""
    truth = make_sample(seed, LANGUAGES[seed % len(LANGUAGES)]).truth
    lines = sum(Decimal(item["total_price"]) for item in truth["line_items"])
    assert lines == Decimal(truth["subtotal"])
    assert lines + Decimal(truth["tax"]) == Decimal(truth["total_amount"])


def test_a_seed_gives_the_same_bytes_again() -> None:
    """PDF, e-invoice and scan do not depend on the clock or on chance."""
    for scan, einvoice in ((None, False), (None, True), (Scan(dpi=60), False)):
        first, second = (make_sample(3, "de", scan=scan, einvoice=einvoice) for _ in range(2))
        assert first.data == second.data
    assert make_sample(3, "de").data != make_sample(4, "de").data


def test_bank_accounts_have_valid_check_digits() -> None:
    """An IBAN on a made invoice passes the check, so that a finding means something."""
    assert iban.is_valid(make_invoice(1, "fr").iban)


def test_long_invoices_go_on_to_a_second_page() -> None:
    """The truth counts the pages that were drawn."""
    sample = make_sample(4, "nl", wishes=Wishes(lines=26))
    assert sample.truth["meta"]["invoice_pages"] == [1, 2]
    assert words_of(sample).count(sample.truth["invoice_number"]) >= 2


def test_an_einvoice_carries_its_xml() -> None:
    """The embedded file is named as Factur-X wants it and holds the total."""
    sample = make_sample(2, "de", einvoice=True)
    with pymupdf.open(stream=sample.data) as document:
        assert sample.truth["total_amount"].encode() in document.embfile_get("factur-x.xml")


def test_many_cases_are_written_as_evaluation_reads_them(tmp_path: Path) -> None:
    """Each case is a folder with one document and its truth."""
    paths = write_many(tmp_path, 8)
    assert len({path.parent for path in paths}) == 8
    assert all(json.loads((path.parent / "truth.json").read_text("utf-8"))["meta"]["visible"] for path in paths)


@pytest.mark.parametrize("shipped", SHIPPED, ids=lambda shipped: shipped.folder)
def test_shipped_documents_are_small_and_listed(shipped: Shipped) -> None:
    """Every shipped document is there, under 250 KB, and samples.json offers it."""
    entries = {entry["id"]: entry for entry in json.loads((CASES / "samples.json").read_text("utf-8"))}
    entry = entries[shipped.folder]
    assert 0 < (CASES / entry["file"]).stat().st_size < 250_000


def test_shipped_truths_are_what_the_generator_says() -> None:
    """``make samples`` was run after the last change to the generator."""
    for shipped in SHIPPED:
        kept = json.loads((CASES / shipped.folder / "truth.json").read_text("utf-8"))
        assert kept == shipped.make().truth
