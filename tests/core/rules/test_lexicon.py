"""The languages' files and what is found with them."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.notation.folding import fold
from core.rules.lexicon import LexiconError, load_lexicon, read_lexicon
from tests.core.rules.pages import reading

LANGUAGES = {
    "en": "Invoice date and due date of this invoice, please pay the amount due to our account",
    "de": "Rechnungsdatum und Zahlungsziel: bitte überweisen Sie den Betrag innerhalb von 14 Tagen",
    "fr": "Date de facture et échéance, merci de régler le montant à votre convenance pour cette facture",
    "es": "Fecha de la factura y vencimiento, forma de pago por transferencia, gracias por su confianza",
    "it": "Data della fattura e scadenza, pagamento con bonifico entro 30 giorni, grazie per la fiducia",
    "nl": "Factuurdatum en vervaldatum, gelieve het bedrag binnen 14 dagen over te maken op onze rekening",
    "pt": "Data de emissão da fatura e vencimento, pagamento por transferência, obrigado pela preferência",
    "ja": "請求書 発行日 支払期限 合計金額",
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_document_tells_its_language(language: str) -> None:
    """A few everyday words of a document are enough."""
    assert reading(LANGUAGES[language]).language == language


@pytest.mark.parametrize(
    ("phrase", "language", "kind"),
    [
        ("Invoice No.", "en", "invoice_number"),
        ("Rechnungs-Nr.:", "de", "invoice_number"),
        ("Numéro de facture", "fr", "invoice_number"),
        ("Nº de factura", "es", "invoice_number"),
        ("Numero fattura", "it", "invoice_number"),
        ("Factuurnummer", "nl", "invoice_number"),
        ("Fatura n.º", "pt", "invoice_number"),
        ("請求書番号", "ja", "invoice_number"),
        ("Fälligkeitsdatum", "de", "due_date"),
        ("Date d'échéance", "fr", "due_date"),
        ("Data scadenza", "it", "due_date"),
        ("Total TTC", "fr", "total_amount"),
        ("Totale imponibile", "it", "subtotal"),
        ("Base imponible", "es", "subtotal"),
        ("Order number", "en", "order_number"),
        ("Kundennummer", "de", "customer_id"),
        ("USt-IdNr.", "de", "other"),
    ],
)
def test_labels_are_known_in_every_language(phrase: str, language: str, kind: str) -> None:
    """What a label announces, and that numbers of other things are told from the invoice's."""
    entry = load_lexicon().label(fold(phrase), language)
    assert entry is not None
    assert entry.kind == kind


def test_a_file_with_an_unknown_kind_is_refused(tmp_path: Path) -> None:
    """A spelling mistake in a language file is told with the file's name."""
    file = tmp_path / "xx.toml"
    file.write_text('language = "xx"\n[labels.invoice_nubmer]\nstrong = ["x"]\n')
    with pytest.raises(LexiconError, match=r"xx\.toml.*invoice_nubmer"):
        read_lexicon([file])


def test_a_phrase_is_spelled_out_with_its_words(tmp_path: Path) -> None:
    """``<document> no`` stands for each word of the list, and an unknown list is refused."""
    file = tmp_path / "xx.toml"
    file.write_text('language = "xx"\n[words]\ndocument = ["aa", "bb"]\n[labels.other]\nstrong = ["<document> no"]\n')
    assert set(read_lexicon([file]).labels) == {"aano", "bbno"}
    file.write_text('language = "xx"\n[labels.other]\nstrong = ["<document> no"]\n')
    with pytest.raises(LexiconError, match="document"):
        read_lexicon([file])


def test_a_misread_label_is_found_in_scans_only() -> None:
    """OCR's ``lnvoice Nurnber`` is the label; in a text layer it would be a word like any other."""
    text = "The date and the amount of this\nlnvoice Nurnber:|@200 4711"
    assert [label.kind for label in reading(text, engine="ocr").labels if label.kind == "invoice_number"]
    assert not [label.kind for label in reading(text).labels if label.kind == "invoice_number"]


def test_a_compound_word_counts_as_its_last_part() -> None:
    """``Mietrechnung Nr.`` announces a number as ``Rechnung Nr.`` does."""
    labels = reading("Mietrechnung Nr. 4711 vom 01.10.2018, bitte überweisen Sie den Betrag").labels
    assert labels[0].kind == "invoice_number"
    assert labels[0].text == "Mietrechnung Nr."


def test_words_that_many_languages_share_are_no_voice_for_one() -> None:
    """A legal form and what card slips print everywhere: a short English invoice was taken for a Turkish one."""
    for words in ("acme tools ltd invoice date total", "batch terminal aid total thank you"):
        assert load_lexicon().language_of(words.split()) == "en"
