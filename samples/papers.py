"""Orders and delivery notes made up from a seed: an invoice's parties and goods, drawn in any of its designs."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from typing import Any

from samples.design import Design, make_design
from samples.generate import Sample, as_document
from samples.invoices import Invoice, Line, Wishes, make_invoice
from samples.layout import Drawing
from samples.pen import RIGHT
from samples.scan import Scan
from samples.sheet import Sheet
from samples.vocabulary import vocabulary

_CARRIERS = ("Swallow Freight", "Nordwind Kurier", "Transports Bellac", "Ruta Azul", "Corriere Lampo", "Delta Vervoer")


@dataclass(frozen=True, slots=True)
class Parcel:
    """What a delivery note says beside the goods; empty or 0 where it says nothing."""

    order: str
    packages: int
    weight: str
    carrier: str


class _DeliveryDrawing(Drawing):
    """One delivery note being drawn."""

    parcel = Parcel("", 0, "", "")

    def facts(self) -> list[tuple[str, str]]:
        """Its number, its day, the order and the customer."""
        note, labels = self.values, self.labels
        facts = [(labels["number"], note.number), (labels["date"], self.notation.day(note.issued))]
        return [*facts, (labels["order"], self.parcel.order), (labels["customer_no"], note.customer_no)]

    def totals(self) -> None:
        """No sums: how it travels."""
        parcel, labels = self.parcel, self.labels
        rows = [
            (labels["packages"], str(parcel.packages) if parcel.packages else ""),
            (labels["weight"], parcel.weight),
        ]
        rows.append((labels["carrier"], parcel.carrier))
        self.y += 22
        for label, value in rows:
            if value:
                self.write(RIGHT - 205, self.y, label)
                self.write(RIGHT - 5, self.y, value, align="right")
                self.y += 16


def make_order(seed: int, language: str, scan: Scan | None = None, **chosen: object) -> Sample:
    """The purchase order of this seed: the customer's letter to the vendor. ``chosen`` sets choices of its design."""
    chance = random.Random(f"order-{language}-{seed}")  # noqa: S311 (no secret)
    bill = make_invoice(seed, language, Wishes(chance.randint(1, 7), ship_to=chance.random() < 0.4))
    mail = f"purchasing@{''.join(filter(str.isalpha, bill.customer.name.lower()))}.example"
    number = chance.choice(("PO-{0}", "{0}", "B{0}", "45{0}")).format(chance.randint(10_000, 99_999))
    order = replace(bill, vendor=bill.customer, customer=bill.vendor, mail=mail, number=number, iban="", vat_id="")
    design = _design(seed, order, "order", chance, chosen)
    sheet = Sheet(f"{design.labels['title']} {order.number}")
    Drawing(sheet, order, design).draw()
    truth = {
        "order_number": order.number,
        "order_date": order.issued.isoformat(),
        "delivery_date": order.due.isoformat() if order.due else None,
        "customer_name": order.vendor.name,
        "billing_address": order.vendor.address,
        "vendor_name": order.customer.name,
        "vendor_address": order.customer.address,
        "shipping_address": order.ship_to.address if order.ship_to else None,
        "subtotal": str(order.subtotal),
        "tax": str(order.tax),
        "total_amount": str(order.total),
        "currency": order.region.currency,
    }
    hidden = () if len(order.taxes) == 1 else ("tax",)
    lines = [_row(line, design) for line in order.lines]
    return as_document(sheet, scan, seed, case_of("purchase_order", order, truth, lines, hidden))


def make_delivery(seed: int, language: str, scan: Scan | None = None, **chosen: object) -> Sample:
    """The delivery note of this seed. ``chosen`` sets choices of its design."""
    chance = random.Random(f"delivery-{language}-{seed}")  # noqa: S311 (no secret)
    note = make_invoice(seed, language, Wishes(chance.randint(1, 8)))
    number = chance.choice(("DN-{0}", "{0}", "L{0}", "80{0}")).format(chance.randint(10_000, 99_999))
    note = replace(note, number=number, ship_to=None, iban="")
    columns = ("position",) * (chance.random() < 0.3) + ("code",) * (chance.random() < 0.7)
    columns += ("description", "quantity", *(("unit",) * (chance.random() < 0.7)))
    design = _design(seed, note, "delivery", chance, {"columns": columns, **chosen})
    weight = f"{design.notation.number(note.lines[0].quantity * 3 + 2, 1)} kg" if chance.random() < 0.6 else ""
    parcel = Parcel(
        order=f"{chance.randint(100_000, 999_999)}",
        packages=chance.randint(1, 9) if chance.random() < 0.7 else 0,
        weight=weight,
        carrier=chance.choice(_CARRIERS) if chance.random() < 0.5 else "",
    )
    sheet = Sheet(f"{design.labels['title']} {note.number}")
    drawing = _DeliveryDrawing(sheet, note, design)
    drawing.parcel = parcel
    drawing.draw()
    truth = {
        "delivery_note_number": note.number,
        "delivery_date": note.issued.isoformat(),
        "order_number": parcel.order,
        "customer_id": note.customer_no,
        "vendor_name": note.vendor.name,
        "customer_name": note.customer.name,
        "shipping_address": note.customer.address,
        "carrier": parcel.carrier or None,
        "packages": str(parcel.packages) if parcel.packages else None,
        "gross_weight": f"{note.lines[0].quantity * 3 + 2:.1f}" if weight else None,
    }
    lines = [_row(line, design) for line in note.lines]
    return as_document(sheet, scan, seed, case_of("delivery_note", note, truth, lines))


def case_of(
    name: str, made: Invoice, truth: dict[str, Any], lines: list[dict[str, str]], hidden: tuple[str, ...] = ()
) -> dict[str, Any]:
    """A truth as evaluation reads it. ``hidden`` are the fields that the page does not print though they are known."""
    visible: dict[str, Any] = {field: "absent" if value is None else True for field, value in truth.items()}
    visible |= {"line_items": [dict.fromkeys(line, True) for line in lines], **dict.fromkeys(hidden)}
    meta = {
        "type": name,
        "language": made.language,
        "source_repo": "samples",
        "vendor_group": made.vendor.name,
        "visible": visible,
        "alternatives": {},
    }
    return {"document_type": name, **truth, "line_items": lines, "meta": meta}


def _design(seed: int, made: Invoice, words: str, chance: random.Random, chosen: dict[str, Any]) -> Design:
    """A design of this seed that speaks the words of another kind of document."""
    own = {key: chance.choice(forms) for key, forms in vocabulary(made.language)[words].items()}
    design = make_design(seed, made, **chosen)
    return replace(design, labels={**design.labels, **own})


def _row(line: Line, design: Design) -> dict[str, str]:
    """What a line prints in this design's columns."""
    cells = {
        "code": ("article_number", line.code),
        "description": ("description", line.description),
        "quantity": ("quantity", f"{line.quantity.normalize():f}"),
        "unit": ("unit", line.unit),
        "unit_price": ("unit_price", str(line.unit_price)),
        "total": ("total_price", str(line.total)),
    }
    return dict(cells[column] for column in design.columns if column in cells)
