"""Invoices in the languages that keep to their own documents: what is printed is read, and no other document becomes one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import pytest

from core.page.layout import Layout
from core.rules.lexicon import load_lexicon
from tests.core.rules.pages import page, read, reading


@dataclass(frozen=True)
class Wanted:
    """What stands on a page."""

    number: str
    issued: date
    due: date | None
    customer: str
    net: str | None
    tax: str
    total: str
    currency: str
    lines: int


PAGES: dict[str, tuple[str, Wanted]] = {
    "pl": (
        """
Zielone Okna Sp. z o.o.|@350 Faktura VAT nr FS 18/05/2025
ul. Lipowa 4|@350 Data wystawienia: 06.05.2025
30-001 Kraków|@350 Miejsce wystawienia: Kraków
NIP: 5252248481|@350 Data sprzedaży: 05.05.2025
|@350 Termin płatności: 20.05.2025

Nabywca:
Kwiaciarnia Stokrotka
ul. Polna 12
00-950 Warszawa

Lp.|@80 Nazwa towaru lub usługi|@220 Ilość|@270 J.m.|@320 Cena netto|@400 Wartość netto|@490 VAT
1|@80 Okno drewniane|@220 2|@270 szt.|@320 800,00|@400 1 600,00|@490 23%
2|@80 Montaż okna|@220 4|@270 godz.|@320 100,00|@400 400,00|@490 23%

@300 Razem netto:|@450 2 000,00 zł
@300 Kwota VAT:|@450 460,00 zł
@300 Razem do zapłaty:|@450 2 460,00 zł
Słownie: dwa tysiące czterysta sześćdziesiąt złotych
""",
        Wanted(
            "FS 18/05/2025",
            date(2025, 5, 6),
            date(2025, 5, 20),
            "Kwiaciarnia Stokrotka",
            "2000.00",
            "460.00",
            "2460.00",
            "PLN",
            2,
        ),
    ),
    "cs": (
        """
Truhlářství Dub s.r.o.|@350 Faktura - daňový doklad č. 2025017
Lesní 8|@350 Datum vystavení: 6. 5. 2025
602 00 Brno|@350 Datum uskutečnění plnění: 5. 5. 2025
IČ: 25596641|@350 Datum splatnosti: 20. 5. 2025
DIČ: CZ25596641|@350 Variabilní symbol: 2025017

Odběratel:
Hotel Na Kopci a.s.
Horní 3
400 01 Ústí nad Labem

Označení dodávky|@220 Množství|@300 Cena za MJ|@400 Celkem bez DPH
Stůl dubový|@220 2|@300 5 000,00|@400 10 000,00
Židle|@220 4|@300 1 500,00|@400 6 000,00

@300 Celkem bez DPH|@450 16 000,00 Kč
@300 DPH 21 %|@450 3 360,00 Kč
@300 Celkem k úhradě|@450 19 360,00 Kč
""",
        Wanted(
            "2025017",
            date(2025, 5, 6),
            date(2025, 5, 20),
            "Hotel Na Kopci a.s.",
            "16000.00",
            "3360.00",
            "19360.00",
            "CZK",
            2,
        ),
    ),
    "sk": (
        """
Stolárstvo Breza s.r.o.|@350 Faktúra číslo: 2025031
Lesná 8|@350 Dátum vystavenia: 06.05.2025
811 01 Bratislava|@350 Dátum dodania: 05.05.2025
IČO: 35596641|@350 Dátum splatnosti: 20.05.2025
IČ DPH: SK2025596641|@350 Spôsob úhrady: prevodom

Odberateľ:
Penzión Dolina s.r.o.
Horná 3
974 01 Banská Bystrica

Názov položky|@220 Množstvo|@300 Jednotková cena|@400 Spolu bez DPH
Stôl dubový|@220 2|@300 200,00|@400 400,00
Stolička|@220 4|@300 50,00|@400 200,00

@300 Základ dane|@450 600,00 €
@300 DPH 23 %|@450 138,00 €
@300 Suma na úhradu|@450 738,00 €
""",
        Wanted(
            "2025031",
            date(2025, 5, 6),
            date(2025, 5, 20),
            "Penzión Dolina s.r.o.",
            "600.00",
            "138.00",
            "738.00",
            "EUR",
            2,
        ),
    ),
    "sv": (
        """
Granskogens Bygg AB|@350 FAKTURA
Skogsvägen 4|@350 Fakturanr|@450 5521
851 02 Sundsvall|@350 Fakturadatum|@450 2025-05-06
|@350 Kundnr|@450 1007
|@350 Betalas senast|@450 2025-06-05
Fakturaadress
Björkens Förskola
Parkgatan 2
856 30 Sundsvall
Er referens: Karin Ek

Artikelnr|@110 Benämning|@250 Antal|@310 Enhet|@370 Á-pris|@450 Summa
100|@110 Målarfärg|@250 10|@310 st|@370 250,00|@450 2 500,00
200|@110 Arbete|@250 8|@310 tim|@370 500,00|@450 4 000,00

@300 Netto|@450 6 500,00
@300 Moms 25%|@450 1 625,00
@300 Öresavrundning|@450 0,00
@300 ATT BETALA|@450 SEK 8 125,00
Bankgiro 123-4567   Betalningsvillkor 30 dagar netto. Godkänd för F-skatt
""",
        Wanted(
            "5521", date(2025, 5, 6), date(2025, 6, 5), "Björkens Förskola", "6500.00", "1625.00", "8125.00", "SEK", 2
        ),
    ),
    "da": (
        """
Klitvejens VVS ApS|@350 Faktura
Klitvej 4|@350 Fakturanr.:|@450 70418
6960 Hvide Sande|@350 Dato:|@450 06.05.2025
CVR-nr. 13585628|@350 Betalingsdato:|@450 20.05.2025

Faktureres til:
Havets Café
Strandgade 9
6950 Ringkøbing

Varenr.|@110 Beskrivelse|@250 Antal|@310 Enhed|@370 Stk. pris|@450 Beløb
11|@110 Vandhane|@250 2|@310 stk|@370 900,00|@450 1.800,00
12|@110 Montering|@250 3|@310 timer|@370 400,00|@450 1.200,00

@300 I alt ekskl. moms|@450 3.000,00
@300 25% moms|@450 750,00
@300 Total inkl. moms|@450 3.750,00 kr.
Beløbet indbetales på reg.nr. 1234 konto 5678901
""",
        Wanted("70418", date(2025, 5, 6), date(2025, 5, 20), "Havets Café", "3000.00", "750.00", "3750.00", "DKK", 2),
    ),
    "nb": (
        """
Fjellheim Snekkeri AS|@350 FAKTURA
Fjellveien 4|@350 Fakturanummer:|@450 30099
7030 Trondheim|@350 Fakturadato:|@450 06.05.2025
Org.nr: 974 760 673 MVA|@350 Forfall:|@450 20.05.2025

Kunde:
Kystens Barnehage
Havnegata 9
7042 Trondheim

Varenr|@110 Tekst|@250 Antall|@310 Enhet|@370 Enhetspris|@450 Sum
11|@110 Dør i furu|@250 2|@310 stk|@370 3 000,00|@450 6 000,00
12|@110 Montering|@250 5|@310 timer|@370 800,00|@450 4 000,00

@300 Nettobeløp|@450 10 000,00
@300 MVA 25 %|@450 2 500,00
@300 Sum å betale|@450 kr 12 500,00
Betales til konto 1234.56.78903 KID 00300991
""",
        Wanted(
            "30099",
            date(2025, 5, 6),
            date(2025, 5, 20),
            "Kystens Barnehage",
            "10000.00",
            "2500.00",
            "12500.00",
            "NOK",
            2,
        ),
    ),
    "fi": (
        """
Metsäpolun Puutyö Oy|@350 LASKU
Metsäpolku 4|@350 Laskunumero|@450 8841
33100 Tampere|@350 Päivämäärä|@450 6.5.2025
Y-tunnus 2617416-4|@350 Eräpäivä|@450 20.5.2025
|@350 Viitenumero|@450 88410
Laskutusosoite
Lumikin Päiväkoti
Koulukatu 2
33200 Tampere

Tuotekoodi|@110 Nimike|@250 Määrä|@310 Yks|@370 À-hinta|@450 Yhteensä
11|@110 Pöytä koivua|@250 2|@310 kpl|@370 300,00|@450 600,00
12|@110 Asennus|@250 5|@310 h|@370 40,00|@450 200,00

@300 Veroton yhteensä|@450 800,00 €
@300 ALV 25,5 %|@450 204,00 €
@300 Yhteensä EUR|@450 1 004,00 €
Maksuehto 14 pv netto, viivästyskorko 10,5 %
""",
        Wanted(
            "8841", date(2025, 5, 6), date(2025, 5, 20), "Lumikin Päiväkoti", "800.00", "204.00", "1004.00", "EUR", 2
        ),
    ),
    "hu": (
        """
Szállító:|@350 SZÁMLA
Tölgyes Asztalos Kft.|@350 Számla sorszáma: 2025/00118
1117 Budapest, Fa utca 4.|@350 Számla kelte: 2025.05.06.
Adószám: 12345676-2-43|@350 Teljesítés dátuma: 2025.05.05.
|@350 Fizetési határidő: 2025.05.20.
Vevő:
Napsugár Óvoda
6720 Szeged, Kert utca 2.
Fizetési mód: átutalás

Megnevezés|@200 Mennyiség|@270 Me.|@320 Nettó egységár|@410 Nettó érték|@490 ÁFA
Asztal tölgy|@200 2|@270 db|@320 40 000|@410 80 000|@490 27%
Szék|@200 4|@270 db|@320 10 000|@410 40 000|@490 27%

@300 Nettó összesen:|@450 120 000 Ft
@300 ÁFA összesen:|@450 32 400 Ft
@300 Fizetendő összesen:|@450 152 400 Ft
Azaz: százötvenkétezer-négyszáz forint
""",
        Wanted(
            "2025/00118", date(2025, 5, 6), date(2025, 5, 20), "Napsugár Óvoda", "120000", "32400", "152400", "HUF", 2
        ),
    ),
    "ro": (
        """
Furnizor: Stejarul Mobila S.R.L.|@350 FACTURA FISCALĂ
Str. Pădurii nr. 4, Cluj-Napoca|@350 Seria și nr.: STJ 00118
CIF: RO12345674|@350 Data facturii: 06.05.2025
Nr. Reg. Com.: J12/345/2010|@350 Data scadenței: 20.05.2025

Cumpărător:
Grădinița Soarele
Str. Florilor nr. 2, Sibiu

Nr. crt.|@110 Denumirea produselor sau serviciilor|@300 U.M.|@340 Cant.|@390 Preț unitar|@470 Valoare
1|@110 Masă stejar|@300 buc|@340 2|@390 400,00|@470 800,00
2|@110 Scaun|@300 buc|@340 4|@390 50,00|@470 200,00

@300 Total fără TVA|@450 1.000,00 lei
@300 TVA 19%|@450 190,00 lei
@300 Total de plată|@450 1.190,00 lei
Factura circulă fără semnătură și ștampilă
""",
        Wanted(
            "STJ 00118",
            date(2025, 5, 6),
            date(2025, 5, 20),
            "Grădinița Soarele",
            "1000.00",
            "190.00",
            "1190.00",
            "RON",
            2,
        ),
    ),
    "el": (
        """
Ξυλουργική Δρυς Ε.Π.Ε.|@350 ΤΙΜΟΛΟΓΙΟ ΠΩΛΗΣΗΣ
Οδός Δάσους 4|@350 Αριθμός τιμολογίου: 2087
546 21 Θεσσαλονίκη|@350 Ημερομηνία έκδοσης: 06/05/2025
ΑΦΜ: 094014201 ΔΟΥ: Α΄|@350 Ημερομηνία λήξης: 20/05/2025

Στοιχεία πελάτη
Παιδικός Σταθμός Ήλιος
Οδός Κήπων 2
546 22 Θεσσαλονίκη

Κωδικός|@110 Περιγραφή|@250 Ποσότητα|@330 Τιμή μονάδας|@450 Αξία
11|@110 Τραπέζι|@250 2|@330 300,00|@450 600,00
12|@110 Καρέκλα|@250 4|@330 50,00|@450 200,00

@300 Σύνολο χωρίς ΦΠΑ|@450 800,00 €
@300 ΦΠΑ 24%|@450 192,00 €
@300 Πληρωτέο ποσό|@450 992,00 €
""",
        Wanted(
            "2087",
            date(2025, 5, 6),
            date(2025, 5, 20),
            "Παιδικός Σταθμός Ήλιος",
            "800.00",
            "192.00",
            "992.00",
            "EUR",
            2,
        ),
    ),
}

PAGES["zh"] = (
    """
@200 增值税电子普通发票
发票代码：044001900111|@350 发票号码：24118876
|@350 开票日期：2025年05月06日
购买方
名称：蓝海餐饮有限公司
纳税人识别号：91440300MA5EXAMPLE
项目名称|@160 单位|@210 数量|@260 单价|@330 金额|@410 税率|@470 税额
木桌|@160 张|@210 2|@260 400.00|@330 800.00|@410 13%|@470 104.00
木椅|@160 把|@210 4|@260 50.00|@330 200.00|@410 13%|@470 26.00
合计|@330 ¥1000.00|@470 ¥130.00
价税合计（大写） 壹仟壹佰叁拾圆整|@400 （小写） ¥1130.00
销售方
名称：橡树木业有限公司
""",
    Wanted("24118876", date(2025, 5, 6), None, "蓝海餐饮有限公司", "1000.00", "130.00", "1130.00", "CNY", 2),
)


@pytest.mark.parametrize("language", PAGES)
def test_an_invoice_is_read_in_its_language(language: str) -> None:
    """Number, dates, customer, sums, currency and lines, by the words that are usual there."""
    text, wanted = PAGES[language]
    found = read(text)
    values = found.values
    got = Wanted(
        values.invoice_number or "",
        values.invoice_date or date.min,
        values.due_date,
        values.customer_name or "",
        None if values.subtotal is None else f"{values.subtotal:f}",
        f"{values.tax or Decimal(0):f}",
        f"{values.total_amount or Decimal(0):f}",
        values.currency or "",
        len(values.line_items),
    )
    assert (found.language, got) == (language, wanted)
    assert not [finding for finding in found.findings if finding.check == "language"]


@pytest.mark.parametrize("language", PAGES)
def test_a_few_lines_of_it_are_known(language: str) -> None:
    """The head of the page alone tells its language and that it was learnt."""
    text = "\n".join(PAGES[language][0].strip("\n").split("\n")[:9])
    assert (reading(text).language, reading(text).language_known) == (language, True)


def test_words_of_a_language_that_keeps_to_itself_mean_nothing_elsewhere() -> None:
    """“Ale” is a discount on a Finnish invoice and a drink on an English one; “data” is no date there."""
    lexicon = load_lexicon()
    assert lexicon.for_language("fi").label("ale", "fi") is not None
    assert lexicon.for_language("en").label("ale", "en") is None
    assert lexicon.for_language("nb").label("förfallodatum", "nb") is None or lexicon.kin["sv"] >= {"nb"}
    assert "pl" not in lexicon.for_language("en").labels.get("data", {})


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Invoice no. 4711\nInvoice date 6 May 2025\nBill to Oslo Sport AS\nSubtotal 10.00\nTotal 10.00", "en"),
        ("Rechnung Nr. 4711\nDatum 06.05.2025\nKunde Warszawa Sp. z o.o.\nNetto 10,00\nBetrag 10,00", "de"),
        ("Faktura Nr. 4711\nRechnungsdatum 06.05.2025\nBeschreibung Menge Preis\nGesamtbetrag 10,00", "de"),
        ("Invoice for Stockholm office, order and delivery as agreed, total SEK 100.00, please pay to our bank", "en"),
    ],
)
def test_a_foreign_name_or_word_makes_no_other_language(text: str, language: str) -> None:
    """Whoever it goes to."""
    assert reading(text).language == language


def test_a_language_that_nobody_taught_is_not_taken_for_a_neighbour() -> None:
    """Estonian shares words with Finnish, Croatian with Czech: nothing is approved on what they seem to say."""
    estonian = (
        "Arve number 1187\nKuupäev 06.05.2025\nMaksetähtaeg 20.05.2025\nMaksja Lumivalge Lasteaed\nKogus Ühik Hind Summa "
        "Kokku\nKäibemaks 24% 19,20\nTasuda kokku 99,20\nPalume tasuda arve õigeaegselt viivis 0,5% päevas"
    )
    croatian = (
        "Račun broj 1187\nDatum računa 06.05.2025\nDospijeće 20.05.2025\nKupac Dječji vrtić Sunce\nKoličina Cijena Iznos "
        "Ukupno\nPDV 25% 20,00\nUkupno za platiti 100,00\nMolimo platite račun na vrijeme zatezna kamata"
    )
    for text in (estonian, croatian):
        assert not reading(text).language_known


def test_a_scan_of_a_page_keeps_its_language() -> None:
    """OCR drops accents: the words are compared without."""
    text = "Data wystawienia 06.05.2025\nTermin platnosci 20.05.2025\nNabywca Sprzedawca Razem do zaplaty Ilosc Cena"
    assert reading(text, engine="rapid").language == "pl"
    assert Layout(page(text)).lines
