"""Documents of three kinds that nobody coded, drawn in ten layouts each: what is printed is known, so what is read can be judged."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from samples.sheet import GREY, HEIGHT, INK, WIDTH, Align, Sheet

#: How the labels of a block lie to their values.
ARRANGEMENTS = ("beside", "colon", "below", "two columns", "ruled", "right", "dotted")
FACES = ("helv", "tiro", "cour")


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name, the word above it, its width (a share), and whether it stands at the right."""

    name: str
    title: str
    share: float
    right: bool = False


@dataclass(slots=True)
class Paper:
    """One document: its bytes, and what is printed on it by field (and the rows of its table)."""

    name: str
    data: bytes
    truth: dict[str, Any]
    rows: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of paper: its heading, its blocks of (field, label), its table, and how one is filled."""

    name: str
    heading: str
    blocks: Sequence[Sequence[tuple[str, str]]]
    columns: Sequence[Column]
    noise: Sequence[str]


PAYSLIP = Kind(
    "payslip",
    "Payslip",
    (
        (("employer", "Employer"), ("employee", "Employee"), ("staff_no", "Staff no."), ("tax_code", "Tax code")),
        (("period_begin", "Period from"), ("period_end", "Period to"), ("pay_date", "Pay date")),
        (("gross", "Gross pay"), ("deductions", "Total deductions"), ("net", "Net pay")),
    ),
    (
        Column("item", "Element", 0.46),
        Column("hours", "Hours", 0.14, True),
        Column("rate", "Rate", 0.18, True),
        Column("amount", "Amount", 0.22, True),
    ),
    (
        "This statement is confidential. Keep it: no copy can be issued.",
        "Questions? Call the pay office on 0113 496 0142.",
    ),
)
UTILITY = Kind(
    "utility_bill",
    "Electricity bill",
    (
        (
            ("supplier", "Supplier"),
            ("customer", "Account holder"),
            ("account", "Account number"),
            ("meter", "Meter serial no"),
        ),
        (("issued", "Bill date"), ("payable", "Payment due by"), ("tariff", "Tariff")),
        (("standing", "Standing charge"), ("usage", "Energy charge"), ("vat", "VAT"), ("total", "Total to pay")),
    ),
    (
        Column("read_on", "Read on", 0.22),
        Column("previous", "Previous", 0.2, True),
        Column("present", "Present", 0.2, True),
        Column("used", "kWh used", 0.2, True),
    ),
    ("You used 4 % less than in the same months of last year.", "Emergency line, day and night: 0800 555 0105."),
)
CUSTOMS = Kind(
    "customs_form",
    "Customs declaration",
    (
        (
            ("exporter", "Exporter"),
            ("consignee", "Consignee"),
            ("reference", "Reference no."),
            ("office", "Customs office"),
        ),
        (("declared", "Date of declaration"), ("country", "Country of origin"), ("procedure", "Procedure code")),
        (
            ("weight", "Gross mass (kg)"),
            ("value", "Statistical value"),
            ("duty", "Duty payable"),
            ("currency", "Currency"),
        ),
    ),
    (
        Column("goods", "Description of goods", 0.44),
        Column("code", "Commodity code", 0.24),
        Column("mass", "Net mass", 0.14, True),
        Column("worth", "Item value", 0.18, True),
    ),
    ("I declare that the particulars given here are true and complete.", "For official use only"),
)
KINDS = (PAYSLIP, UTILITY, CUSTOMS)

_COMPANIES = (
    "Fernhill Mills Ltd",
    "Quayside Timber GmbH",
    "Larkfield Energy plc",
    "Brambling & Sons",
    "Ostwind Netze AG",
    "Tern Harbour Freight BV",
)
_PEOPLE = ("Ida Marlowe", "Tomasz Brandt", "June Okafor-Hale", "Renate Vogt", "Luca Ferrante", "Mina Halvorsen")
_PAY = ("Basic pay", "Overtime at time and a half", "Night shift allowance", "Bank holiday", "Training day", "Call-out")
_GOODS = (
    "Oak boards, planed",
    "Cotton sacks, unprinted",
    "Steel hinges 80 mm",
    "Glass jars with lids",
    "Cork stoppers",
    "Ceramic tiles, glazed",
)


def paper(kind: Kind, layout: int) -> Paper:
    """The paper of a kind in one of the layouts, from 0: the same each time."""
    chance = random.Random(f"{kind.name} {layout}")
    truth, rows = _fill(kind, chance)
    return Paper(f"{kind.name}-{layout}.pdf", _draw(kind, layout, truth, rows, chance), truth, rows)


def _money(chance: random.Random, low: int, high: int) -> Decimal:
    return Decimal(chance.randint(low * 100, high * 100)) / 100


def _fill(kind: Kind, chance: random.Random) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    day = date(2025, 1, 1) + timedelta(days=chance.randint(0, 600))
    if kind is PAYSLIP:
        rows = []
        for item in chance.sample(_PAY, chance.randint(2, 5)):
            hours, rate = Decimal(chance.randint(4, 160)), _money(chance, 11, 40)
            rows.append({"item": item, "hours": hours, "rate": rate, "amount": hours * rate})
        gross = sum((row["amount"] for row in rows), Decimal(0))
        deductions = _money(chance, 50, 400)
        first = day.replace(day=1)
        return {
            "employer": chance.choice(_COMPANIES), "employee": chance.choice(_PEOPLE), "staff_no": f"S-{chance.randint(10000, 99999)}",
            "tax_code": f"{chance.randint(900, 1300)}L", "period_begin": first, "period_end": first + timedelta(days=27),
            "pay_date": first + timedelta(days=29), "gross": gross, "deductions": deductions, "net": gross - deductions,
        }, rows  # fmt: skip
    if kind is UTILITY:
        rows, reading = [], chance.randint(10_000, 60_000)
        for month in range(chance.randint(2, 4)):
            used = chance.randint(90, 420)
            rows.append(
                {
                    "read_on": day - timedelta(days=30 * month + 3),
                    "previous": Decimal(reading),
                    "present": Decimal(reading + used),
                    "used": Decimal(used),
                }
            )
            reading += used
        standing, usage = _money(chance, 8, 30), _money(chance, 40, 300)
        vat = ((standing + usage) * 5 / 100).quantize(Decimal("0.01"))
        return {
            "supplier": chance.choice(_COMPANIES), "customer": chance.choice(_PEOPLE), "account": f"{chance.randint(100, 999)} {chance.randint(1000, 9999)} {chance.randint(10, 99)}",
            "meter": f"E{chance.randint(10, 99)}K{chance.randint(100000, 999999)}", "issued": day, "payable": day + timedelta(days=21),
            "tariff": chance.choice(("Fixed Saver 24", "Green Standard", "Night Economy")), "standing": standing, "usage": usage,
            "vat": vat, "total": standing + usage + vat,
        }, rows  # fmt: skip
    rows = [
        {
            "goods": goods,
            "code": f"{chance.randint(1000, 9999)}.{chance.randint(10, 99)}.{chance.randint(10, 99)}",
            "mass": Decimal(chance.randint(20, 900)),
            "worth": _money(chance, 100, 9000),
        }
        for goods in chance.sample(_GOODS, chance.randint(1, 4))
    ]
    return {
        "exporter": chance.choice(_COMPANIES), "consignee": chance.choice(_COMPANIES), "reference": f"{chance.choice('ABCDEFG')}{chance.randint(20, 26)}/{chance.randint(100000, 999999)}",
        "office": f"{chance.choice(('Harwich', 'Emden', 'Aarhus'))} {chance.randint(100, 999)}", "declared": day, "country": chance.choice(("Norway", "Switzerland", "Japan")),
        "procedure": f"{chance.randint(10, 76)} {chance.randint(0, 71):02}", "weight": Decimal(chance.randint(100, 4000)), "value": sum((row["worth"] for row in rows), Decimal(0)),
        "duty": _money(chance, 10, 900), "currency": "EUR",
    }, rows  # fmt: skip


def _printed(value: Any, day_first: bool) -> str:
    if isinstance(value, date):
        return f"{value:%d %B %Y}" if day_first else f"{value:%d/%m/%Y}"
    if isinstance(value, Decimal):
        return f"{value:,.2f}" if value != value.to_integral_value() or value > 5000 else f"{value}"
    return str(value)


def text_on(value: Any, layout: int) -> str:
    """``value`` as it stands on the paper of a layout."""
    if isinstance(value, Decimal) and value.as_tuple().exponent == -2:
        return f"{value:,.2f}"
    return _printed(value, layout % 2 == 0)


def _draw(kind: Kind, layout: int, truth: dict[str, Any], rows: list[dict[str, Any]], chance: random.Random) -> bytes:
    sheet, face = Sheet(kind.heading), FACES[layout % 3]
    size, left = (9.0, 10.0, 8.5, 11.0)[layout % 4], (52.0, 70.0)[layout % 2]
    sheet.text((left, WIDTH - 60)[layout % 5 == 2], 62, kind.heading, 17, face, INK, ("left", "right")[layout % 5 == 2])
    y = 100.0
    order = list(range(3))
    if layout % 4 == 3:
        order = [1, 0, 2]
    table_last = layout % 3 == 1
    for block in order:
        if block == 2 and not table_last:
            y = _table(sheet, kind, layout, rows, left, y, size, face)
        y = _block(
            sheet,
            kind.blocks[block],
            ARRANGEMENTS[(layout + block) % len(ARRANGEMENTS)],
            truth,
            layout,
            left,
            y,
            size,
            face,
        )
    if table_last:
        y = _table(sheet, kind, layout, rows, left, y, size, face)
    for line in kind.noise:
        sheet.text(left, min(y, HEIGHT - 40), line, 7.5, face, GREY)
        y += 12
    data: bytes = sheet.document.tobytes()
    return data


def _block(
    sheet: Sheet,
    pairs: Sequence[tuple[str, str]],
    arrangement: str,
    truth: dict[str, Any],
    layout: int,
    left: float,
    y: float,
    size: float,
    face: str,
) -> float:
    step = size * 1.7
    for at, (name, label) in enumerate(pairs):
        text = text_on(truth[name], layout)
        match arrangement:
            case "beside":
                sheet.text(left, y, label, size, face, GREY)
                sheet.text(left + 150, y, text, size, face)
            case "colon":
                sheet.text(left, y, f"{label}: {text}", size, face)
            case "dotted":
                sheet.text(left, y, label, size, face)
                sheet.text(left + 170, y, ":", size, face)
                sheet.text(left + 190, y, text, size, face)
            case "right":
                sheet.text(left, y, label, size, face)
                sheet.text(WIDTH - 60, y, text, size, face, INK, "right")
            case "below" | "ruled":
                x = left + at * (WIDTH - left - 50) / len(pairs)
                if arrangement == "ruled":
                    sheet.box(x - 4, y - size - 3, x + (WIDTH - left - 50) / len(pairs) - 6, y + step + 5, None, GREY)
                sheet.text(x, y, label, size * 0.8, face, GREY)
                sheet.text(x, y + step, text, size, face)
            case _:
                x = left + (at % 2) * 250
                sheet.text(x, y + (at // 2) * step, f"{label}:", size, face, GREY)
                sheet.text(x + 115, y + (at // 2) * step, text, size, face)
        if arrangement not in ("below", "ruled", "two columns"):
            y += step
    if arrangement in ("below", "ruled"):
        y += 2 * step
    if arrangement == "two columns":
        y += step * ((len(pairs) + 1) // 2)
    return y + 22


def _table(
    sheet: Sheet, kind: Kind, layout: int, rows: list[dict[str, Any]], left: float, y: float, size: float, face: str
) -> float:
    width = WIDTH - left - 60
    edges, at = [], left
    for column in kind.columns:
        edges.append((at, at + width * column.share - 8))
        at += width * column.share
    if layout % 2:
        sheet.box(left - 4, y - size - 2, left + width, y + 5, (0.92, 0.93, 0.95))

    def cell(place: int, text: str, y: float) -> None:
        align: Align = "right" if kind.columns[place].right else "left"
        sheet.text(edges[place][1] if align == "right" else edges[place][0], y, text, size, face, INK, align)

    for place, column in enumerate(kind.columns):
        cell(place, column.title, y)
    for row in rows:
        y += size * 1.8
        for place, column in enumerate(kind.columns):
            cell(place, text_on(row[column.name], layout), y)
    return y + 34
