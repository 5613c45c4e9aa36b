"""Invoices as Word and Excel write them, made for the tests: each with what it says."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import docx
import openpyxl
from docx.enum.text import WD_TAB_ALIGNMENT
from docx.shared import Cm
from openpyxl.styles import Alignment, Font, PatternFill


@dataclass(frozen=True)
class Truth:
    """What an invoice says; ``lines`` are quantity, unit price and total of each."""

    invoice_number: str
    invoice_date: str
    vendor_name: str
    subtotal: str
    tax: str
    total_amount: str
    currency: str
    lines: Sequence[tuple[str, str, str, str]] = field(default_factory=tuple)


def _saved(document: Any) -> bytes:
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _table(document: Any, rows: Sequence[Sequence[str]], style: str | None = "Table Grid") -> Any:
    table = document.add_table(0, len(rows[0]))
    if style:
        table.style = style
    for row in rows:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text
    return table


LETTERHEAD = Truth(
    "HB-2041",
    "2026-03-12",
    "Harbour & Bell Ltd",
    "340.00",
    "68.00",
    "408.00",
    "GBP",
    (("Brass hinge 80 mm", "20", "4.50", "90.00"), ("Oak board, planed", "10", "25.00", "250.00")),
)


def letterhead_docx() -> bytes:
    """English; the vendor stands in the page's header alone, the bank in its footer, the sums in the lines' table."""
    document = docx.Document()
    section = document.sections[0]
    section.header.paragraphs[0].text = "Harbour & Bell Ltd\n14 Quay Street, Bristol BS1 4DJ\nVAT no. GB123456789"
    section.footer.paragraphs[0].text = "Bank: Northern Trust, IBAN GB33 BUKB 2020 1555 5555 55"
    document.add_heading("Invoice", 1)
    document.add_paragraph("Bill to: Mason Joinery, 3 Mill Lane, Bath BA1 1AA")
    document.add_paragraph("Invoice number: HB-2041\nInvoice date: 12 March 2026\nDue date: 11 April 2026")
    _table(
        document,
        [
            ("Description", "Qty", "Unit price", "Amount"),
            ("Brass hinge 80 mm", "20", "£4.50", "£90.00"),
            ("Oak board, planed", "10", "£25.00", "£250.00"),
            ("", "", "Subtotal", "£340.00"),
            ("", "", "VAT 20%", "£68.00"),
            ("", "", "Total", "£408.00"),
        ],
    )
    return _saved(document)


TABBED = Truth(
    "RE-2026-118",
    "2026-02-05",
    "Metallbau Krüger GmbH",
    "1450.00",
    "275.50",
    "1725.50",
    "EUR",
    (("Geländer verzinkt", "2", "600.00", "1200.00"), ("Montage", "5", "50.00", "250.00")),
)


def tabbed_docx() -> bytes:
    """German; facts and sums stand at tab stops."""
    document = docx.Document()
    document.add_paragraph("Metallbau Krüger GmbH · Hafenweg 7 · 20457 Hamburg")
    document.add_paragraph("Bauhof Nord AG\nDeichstraße 12\n20459 Hamburg")
    document.add_heading("Rechnung", 1)

    def tabbed(*parts: str) -> None:
        paragraph = document.add_paragraph()
        paragraph.paragraph_format.tab_stops.add_tab_stop(Cm(8))
        paragraph.paragraph_format.tab_stops.add_tab_stop(Cm(15), WD_TAB_ALIGNMENT.RIGHT)
        paragraph.add_run("\t".join(parts))

    tabbed("Rechnungsnummer:", "RE-2026-118")
    tabbed("Rechnungsdatum:", "05.02.2026")
    tabbed("Kundennummer:", "4711")
    _table(
        document,
        [
            ("Pos.", "Bezeichnung", "Menge", "Einzelpreis", "Gesamt"),
            ("1", "Geländer verzinkt", "2", "600,00 €", "1.200,00 €"),
            ("2", "Montage", "5", "50,00 €", "250,00 €"),
        ],
        None,
    )
    tabbed("", "Nettobetrag", "1.450,00 €")
    tabbed("", "zzgl. 19 % MwSt.", "275,50 €")
    tabbed("", "Gesamtbetrag", "1.725,50 €")
    return _saved(document)


NESTED = Truth(
    "F-8812",
    "2026-01-20",
    "Atelier Moreau SARL",
    "820.00",
    "164.00",
    "984.00",
    "EUR",
    (("Conception affiche", "1", "500.00", "500.00"), ("Impression A2", "40", "8.00", "320.00")),
)


def nested_docx() -> bytes:
    """French; two blocks side by side in a table without lines, the lines in another."""
    document = docx.Document()
    side = document.add_table(1, 2)
    side.cell(0, 0).text = "Atelier Moreau SARL\n8 rue des Forges\n69002 Lyon\nTVA FR40303265045"
    side.cell(0, 1).text = "FACTURE\nN° de facture : F-8812\nDate : 20/01/2026\nÉchéance : 19/02/2026"
    document.add_paragraph("Facturé à : Librairie du Parc, 2 place Carnot, 69002 Lyon")
    _table(
        document,
        [
            ("Désignation", "Quantité", "Prix unitaire HT", "Total HT"),
            ("Conception affiche", "1", "500,00 €", "500,00 €"),
            ("Impression A2", "40", "8,00 €", "320,00 €"),
        ],
        "Light Shading",
    )
    _table(document, [("Total HT", "820,00 €"), ("TVA 20 %", "164,00 €"), ("Total TTC", "984,00 €")])
    return _saved(document)


BOXED = Truth(
    "2026-077",
    "2026-04-02",
    "Bluefin Robotics Inc.",
    "2600.00",
    "208.00",
    "2808.00",
    "USD",
    (("Servo controller", "4", "400.00", "1600.00"), ("On-site setup", "8", "125.00", "1000.00")),
)


def boxed_docx() -> bytes:
    """American; invoice number and day in content controls, the vendor bold on top."""
    document = docx.Document()
    document.add_paragraph().add_run("Bluefin Robotics Inc.").bold = True
    document.add_paragraph("500 Harbor Blvd, Suite 12, Oakland, CA 94607")
    document.add_heading("INVOICE", 0)
    for label, value in (("Invoice #", "2026-077"), ("Date", "April 2, 2026"), ("Terms", "Net 30")):
        paragraph = document.add_paragraph(f"{label}: ")
        run = paragraph.add_run(value)
        control = docx.oxml.parse_xml(
            '<w:sdt xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:sdtContent/></w:sdt>'
        )
        paragraph._p.append(control)
        control[0].append(run._r)
    document.add_paragraph("Bill To: Delta Foods LLC, 90 Lake Ave, Reno, NV 89501")
    _table(
        document,
        [
            ("Item", "Qty", "Rate", "Amount"),
            ("Servo controller", "4", "$400.00", "$1,600.00"),
            ("On-site setup", "8", "$125.00", "$1,000.00"),
        ],
    )
    for line in ("Subtotal: $2,600.00", "Sales tax (8%): $208.00", "Total due: $2,808.00"):
        document.add_paragraph(line)
    return _saved(document)


FORMULAS = Truth(
    "WS-310",
    "2026-05-04",
    "Woodshed Supplies Ltd",
    "530.00",
    "106.00",
    "636.00",
    "GBP",
    (("Pine beam", "12", "15.00", "180.00"), ("Delivery", "1", "350.00", "350.00")),
)


def formulas_xlsx() -> bytes:
    """English; amounts and sums are formulas whose values nobody ever worked out."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet["A1"], sheet["A2"] = "Woodshed Supplies Ltd", "4 Mill Lane, Leeds LS1 4AP"
    sheet["A4"] = "INVOICE"
    sheet["A5"], sheet["B5"] = "Invoice number", "WS-310"
    sheet["A6"], sheet["B6"] = "Invoice date", date(2026, 5, 4)
    sheet["A7"], sheet["B7"] = "Bill to", "Mason Joinery"
    for column, title in enumerate(("Description", "Qty", "Unit price", "Amount"), 1):
        sheet.cell(9, column, title).font = Font(bold=True)
    for row, (name, count, price) in enumerate((("Pine beam", 12, 15), ("Delivery", 1, 350)), 10):
        sheet.cell(row, 1, name)
        sheet.cell(row, 2, count)
        sheet.cell(row, 3, price).number_format = '"£"#,##0.00'
        sheet.cell(row, 4, f"=B{row}*C{row}").number_format = '"£"#,##0.00'
    for row, (label, formula) in enumerate(
        (("Subtotal", "=SUM(D10:D11)"), ("VAT 20%", "=D13*0.2"), ("Total", "=D13+D14")), 13
    ):
        sheet.cell(row, 3, label)
        sheet.cell(row, 4, formula).number_format = '"£"#,##0.00'
    return _saved(book)


NARROW = Truth(
    "R-55120",
    "2026-03-09",
    "Elektro Hoffmann e.K.",
    "2345.60",
    "445.66",
    "2791.26",
    "EUR",
    (
        ("Schaltschrank 19 Zoll mit Lüfter und Schloss", "2", "1050.30", "2100.60"),
        ("Kabel NYM 3x1,5 (100 m)", "7", "35.00", "245.00"),
    ),
)


def narrow_xlsx() -> bytes:
    """German; columns that are too narrow for what stands in them, days and amounts as numbers with a format."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet["A1"] = "Elektro Hoffmann e.K., Ringstraße 4, 50667 Köln"
    sheet["A2"] = "USt-IdNr. DE136695976"
    sheet["A4"] = "Rechnung"
    sheet["A5"], sheet["C5"] = "Rechnungsnummer:", "R-55120"
    sheet["A6"], sheet["C6"] = "Rechnungsdatum:", date(2026, 3, 9)
    sheet["C6"].number_format = "DD.MM.YYYY"
    sheet["A7"], sheet["C7"] = "Kunde:", "Bauhof Nord AG, Hamburg"
    for column, width in zip("ABCDE", (4, 18, 6, 6, 6), strict=True):
        sheet.column_dimensions[column].width = width
    for column, title in enumerate(("Pos", "Bezeichnung", "Menge", "Einzelpreis", "Gesamtpreis"), 1):
        sheet.cell(9, column, title)
    for row, (place, (name, count, price, total)) in enumerate(enumerate(NARROW.lines, 1), 10):
        for column, value in enumerate((place, name, int(count), float(price), float(total)), 1):
            sheet.cell(row, column, value)
        for column in (4, 5):
            sheet.cell(row, column).number_format = "#,##0.00\\ [$€-407]"
    for row, (label, value) in enumerate(
        (("Nettobetrag", 2345.6), ("MwSt. 19 %", 445.664), ("Rechnungsbetrag", 2791.264)), 13
    ):
        sheet.cell(row, 2, label)
        sheet.cell(row, 5, value).number_format = "#,##0.00\\ [$€-407]"
    return _saved(book)


MERGED = Truth(
    "20260311",
    "2026-04-15",
    "Tuincentrum De Linde B.V.",
    "640.00",
    "134.40",
    "774.40",
    "EUR",
    (("Buxus 40 cm", "40", "10.00", "400.00"), ("Aanleg per uur", "6", "40.00", "240.00")),
)


def merged_xlsx() -> bytes:
    """Dutch; a wide sheet with merged cells and colours, a hidden sheet and one with a price list."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Factuur"
    sheet.merge_cells("A1:H1")
    sheet["A1"] = "Tuincentrum De Linde B.V."
    sheet["A1"].font, sheet["A1"].alignment = Font(bold=True, size=18, color="FF1F4E3D"), Alignment(horizontal="center")
    sheet.merge_cells("A2:H2")
    sheet["A2"] = "Lindelaan 20, 3512 AB Utrecht, BTW NL001234567B01"
    sheet["F4"], sheet["G4"] = "Factuurnummer", 20260311
    sheet["F5"], sheet["G5"] = "Factuurdatum", date(2026, 4, 15)
    sheet["G5"].number_format = "d-m-yyyy"
    sheet["A4"], sheet["A5"] = "Aan:", "Hoveniersbedrijf Groen"
    heads = {1: "Omschrijving", 5: "Aantal", 6: "Prijs", 8: "Totaal"}
    for column, title in heads.items():
        cell = sheet.cell(8, column, title)
        cell.fill, cell.font = PatternFill("solid", fgColor="FF1F4E3D"), Font(color="FFFFFFFF", bold=True)
    for row, (name, count, price, total) in enumerate(MERGED.lines, 9):
        sheet.merge_cells(start_row=row, end_row=row, start_column=1, end_column=4)
        for column, value in ((1, name), (5, int(count)), (6, float(price)), (8, float(total))):
            sheet.cell(row, column, value)
        for column in (6, 8):
            sheet.cell(row, column).number_format = '_ "€" * #,##0.00_ ;_ "€" * -#,##0.00_ ;_ "€" * "-"??_ ;_ @_ '
    for row, (label, value) in enumerate((("Subtotaal", 640), ("BTW 21%", 134.4), ("Totaal te betalen", 774.4)), 12):
        sheet.cell(row, 6, label)
        sheet.cell(row, 8, value).number_format = '"€" #,##0.00'
    prices = book.create_sheet("Prijslijst")
    for row in range(1, 30):
        prices.cell(row, 1, f"Plant {row}")
        prices.cell(row, 2, row * 1.5)
    secret = book.create_sheet("Intern")
    secret["A1"] = "Factuurnummer 99999"
    secret.sheet_state = "hidden"
    return _saved(book)


PRINTED = Truth(
    "A-1009",
    "2026-06-01",
    "Cobalt Studio LLC",
    "1800.00",
    "144.00",
    "1944.00",
    "USD",
    (("Brand audit", "1", "1200.00", "1200.00"), ("Workshop", "1.5", "400.00", "600.00")),
)


def printed_xlsx() -> bytes:
    """American; only an area of the sheet is printed, beside it stand notes of the bookkeeper."""
    book = openpyxl.Workbook()
    sheet = book.active
    rows = {
        1: ("Cobalt Studio LLC", None, None, "INVOICE"),
        2: ("12 Elm St, Austin, TX 78701", None, None, None),
        4: ("Invoice No.", "A-1009", None, None),
        5: ("Invoice Date", date(2026, 6, 1), None, None),
        6: ("Bill To", "Delta Foods LLC", None, None),
        8: ("Service", "Hours", "Rate", "Amount"),
        9: ("Brand audit", 1, 1200, 1200),
        10: ("Workshop", 1.5, 400, 600),
        12: (None, None, "Subtotal", 1800),
        13: (None, None, "Tax 8%", 144),
        14: (None, None, "Total Due", 1944),
    }
    for row, values in rows.items():
        for column, value in enumerate(values, 1):
            sheet.cell(row, column, value)
            if isinstance(value, int) and column > 2:
                sheet.cell(row, column).number_format = "$#,##0.00"
    sheet["B5"].number_format = "m/d/yyyy"
    sheet["H3"], sheet["I3"] = "Invoice total last month", 99999
    sheet["H4"] = "do not send before Friday"
    sheet.print_area = "A1:D15"
    return _saved(book)


MADE: dict[str, tuple[Callable[[], bytes], Truth]] = {
    "letterhead.docx": (letterhead_docx, LETTERHEAD),
    "tabbed.docx": (tabbed_docx, TABBED),
    "nested.docx": (nested_docx, NESTED),
    "boxed.docx": (boxed_docx, BOXED),
    "formulas.xlsx": (formulas_xlsx, FORMULAS),
    "narrow.xlsx": (narrow_xlsx, NARROW),
    "merged.xlsx": (merged_xlsx, MERGED),
    "printed.xlsx": (printed_xlsx, PRINTED),
}
