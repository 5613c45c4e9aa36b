"""Draws an invoice in a design: head, parties, facts, table over as many pages as it needs, totals, foot."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from samples.design import Design
from samples.invoices import Invoice, Line, Party
from samples.sheet import GREY, HEIGHT, INK, PALE, WHITE, WIDTH, Align, Sheet, font, tint, wrap

LEFT, RIGHT = 52.0, WIDTH - 52.0
BOTTOM = HEIGHT - 96
SMALL, NORMAL = 7.5, 9.0
_NARROW = {"position": 26.0, "code": 62.0, "quantity": 52.0, "unit": 46.0, "discount": 50.0, "tax_rate": 42.0}
_MONEY = 76.0
_GAP = 8.0
_TAX_NAMES = {"US": "Sales tax"}


def draw(invoice: Invoice, design: Design) -> Sheet:
    """The invoice as a PDF sheet."""
    sheet = Sheet(f"{design.labels['title']} {invoice.number}")
    _Drawing(sheet, invoice, design).draw()
    return sheet


class _Drawing:
    """One invoice being drawn; ``y`` is how far down the current page is filled."""

    def __init__(self, sheet: Sheet, invoice: Invoice, design: Design) -> None:
        self.sheet = sheet
        self.invoice = invoice
        self.design = design
        self.labels = design.labels
        self.notation = design.notation
        self.y = 0.0

    def draw(self) -> None:
        heads: dict[str, Callable[[], None]] = {
            "plain": self._plain_head,
            "band": self._band_head,
            "centred": self._centred_head,
            "letter": self._letter_head,
        }
        heads[self.design.header]()
        self._table()
        self._totals()
        for number in range(self.sheet.pages):
            self.sheet.page = self.sheet.document[number]
            self._foot(number + 1)

    def _write(self, x: float, y: float, text: str, size: float = NORMAL, align: Align = "left") -> None:
        self.sheet.text(x, y, text, size, self.design.face, INK, align)

    def _strong(self, x: float, y: float, text: str, size: float = NORMAL, align: Align = "left") -> None:
        self.sheet.text(x, y, text, size, self.design.bold, INK, align)

    def _label(self, x: float, y: float, text: str, align: Align = "left") -> None:
        self.sheet.text(x, y, text, SMALL, self.design.bold, self.design.accent, align)

    # --- head -----------------------------------------------------------------------------------------------------

    def _plain_head(self) -> None:
        self.sheet.mark(LEFT, 50, 30, self.design.accent, self.design.mark)
        self._strong(LEFT + 42, 63, self.invoice.vendor.name, 14)
        self.sheet.text(LEFT + 42, 77, self._sender(), SMALL, self.design.face, GREY)
        self.sheet.text(RIGHT, 70, self.labels["title"], 23, self.design.bold, self.design.accent, "right")
        self.y = 122
        self._parties_and_facts()

    def _band_head(self) -> None:
        self.sheet.box(0, 0, WIDTH, 92, fill=self.design.accent)
        self.sheet.mark(LEFT, 34, 26, tint(self.design.accent, 0.35), self.design.mark)
        self.sheet.text(LEFT + 38, 49, self.invoice.vendor.name, 15, self.design.bold, WHITE)
        self.sheet.text(LEFT + 38, 63, self._sender(), SMALL, self.design.face, tint(self.design.accent, 0.2))
        self.sheet.text(RIGHT, 56, self.labels["title"], 23, self.design.bold, WHITE, "right")
        self.y = 128
        self._parties_and_facts()

    def _centred_head(self) -> None:
        middle = WIDTH / 2
        self.sheet.text(middle, 66, self.invoice.vendor.name, 18, self.design.bold, self.design.accent, "centre")
        self.sheet.text(middle, 81, self._sender(), SMALL, self.design.face, GREY, "centre")
        self.sheet.line(LEFT, 94, RIGHT, 94, self.design.accent, 1.2)
        self.sheet.line(LEFT, 97, RIGHT, 97, self.design.accent, 0.4)
        self._strong(LEFT, 126, self.labels["title"], 15)
        self.y = 150
        self._parties_and_facts()

    def _letter_head(self) -> None:
        """A business letter: window for the address, facts at its right, the title over the table."""
        vendor, customer = self.invoice.vendor, self.invoice.customer
        self.sheet.mark(RIGHT - 30, 46, 30, self.design.accent, self.design.mark)
        self._strong(RIGHT - 42, 60, vendor.name, 14, "right")
        self.sheet.text(RIGHT - 42, 73, self.invoice.mail, SMALL, self.design.face, GREY, "right")
        self.sheet.text(LEFT, 130, f"{vendor.name} · {vendor.address}", 6.5, self.design.face, GREY)
        self.sheet.line(LEFT, 133, LEFT + 235, 133, PALE, 0.5)
        for step, text in enumerate((customer.name, customer.street, customer.place)):
            self._write(LEFT, 150 + 13 * step, text, 10)
        for step, (label, value) in enumerate(self._facts()):
            self._label(RIGHT - 190, 150 + 15 * step, label)
            self._write(RIGHT, 150 + 15 * step, value, align="right")
        self.y = 236
        if self.invoice.ship_to:
            self._party(LEFT, self.labels["ship_to"], self.invoice.ship_to)
            self.y += 58
        self._strong(LEFT, self.y + 10, f"{self.labels['title']} {self.invoice.number}", 16)
        self.y += 32

    def _sender(self) -> str:
        return f"{self.invoice.vendor.address}  ·  {self.invoice.mail}"

    # --- parties and facts ----------------------------------------------------------------------------------------

    def _facts(self) -> list[tuple[str, str]]:
        invoice = self.invoice
        facts = [(self.labels["number"], invoice.number), (self.labels["date"], self.notation.day(invoice.issued))]
        if invoice.due:
            facts.append((self.labels["due"], self.notation.day(invoice.due)))
        return [*facts, (self.labels["customer_no"], invoice.customer_no)]

    def _parties_and_facts(self) -> None:
        top = self.y
        parties = [(self.labels["bill_to"], self.invoice.customer)]
        if self.invoice.ship_to:
            parties.append((self.labels["ship_to"], self.invoice.ship_to))
        beside = self.design.facts == "list"
        width = (RIGHT - LEFT - (200 if beside else 0)) / 2
        for step, (label, party) in enumerate(parties):
            across = 0 if self.design.parties == "stacked" else step * width
            if self.design.parties == "stacked":
                self.y = top + step * 58
            self._party(LEFT + across, label, party, width - 14 if self.design.parties == "boxed" else 0)
        self.y += 62
        if beside:
            self._fact_list(top)
        elif self.design.facts == "strip":
            self._fact_strip()
        else:
            self._fact_lines()
        self.y += 14

    def _party(self, x: float, label: str, party: Party, boxed: float = 0) -> None:
        inset = 0.0
        if boxed:
            self.sheet.box(x, self.y - 12, x + boxed, self.y + 48, edge=PALE)
            inset = 8
        self._label(x + inset, self.y, label)
        self._strong(x + inset, self.y + 15, party.name)
        self._write(x + inset, self.y + 27, party.street)
        self._write(x + inset, self.y + 39, party.place)

    def _fact_list(self, top: float) -> None:
        for step, (label, value) in enumerate(self._facts()):
            self._label(RIGHT - 178, top + 15 * step, label)
            self._write(RIGHT, top + 15 * step, value, align="right")
        self.y = max(self.y, top + 66)

    def _fact_strip(self) -> None:
        facts = self._facts()
        width = (RIGHT - LEFT) / len(facts)
        self.sheet.box(LEFT, self.y - 6, RIGHT, self.y + 30, fill=tint(self.design.accent, 0.08))
        for step, (label, value) in enumerate(facts):
            self._label(LEFT + 8 + step * width, self.y + 7, label)
            self._write(LEFT + 8 + step * width, self.y + 21, value)
        self.y += 38

    def _fact_lines(self) -> None:
        for step, (label, value) in enumerate(self._facts()):
            self._write(LEFT, self.y + 13 * step, f"{label}: {value}")
        self.y += 13 * len(self._facts()) + 2

    # --- table ----------------------------------------------------------------------------------------------------

    def _edges(self) -> dict[str, tuple[float, float]]:
        """Left and right end of every column; the description gets what the others leave."""
        widths = {column: _NARROW.get(column, _MONEY) for column in self.design.columns}
        taken = sum(width for column, width in widths.items() if column != "description")
        widths["description"] = RIGHT - LEFT - taken
        edges, x = {}, LEFT
        for column in self.design.columns:
            edges[column] = (x, x + widths[column])
            x += widths[column]
        return edges

    def _table(self) -> None:
        edges = self._edges()
        self._table_head(edges)
        for position, line in enumerate(self.invoice.lines, 1):
            cells = self._cells(position, line)
            room = edges["description"][1] - edges["description"][0] - _GAP
            rows = wrap(cells["description"], room, NORMAL, self.design.face)
            height = 11.5 * len(rows) + 8
            if self.y + height > BOTTOM:
                self._table_end(edges)
                self.sheet.add_page()
                self._continue_head()
                self._table_head(edges)
            self._table_row(edges, cells, rows, height, position)
        self._table_end(edges)

    def _continue_head(self) -> None:
        self._strong(LEFT, 52, self.invoice.vendor.name, 10)
        text = f"{self.labels['title']} {self.invoice.number}"
        self.sheet.text(RIGHT, 52, text, NORMAL, self.design.face, GREY, "right")
        self.sheet.line(LEFT, 60, RIGHT, 60, self.design.accent)
        self.y = 78

    def _table_head(self, edges: dict[str, tuple[float, float]]) -> None:
        self.table_top = self.y
        filled = self.design.table in ("zebra", "grid")
        if filled:
            self.sheet.box(LEFT, self.y, RIGHT, self.y + 20, fill=self.design.accent)
        colour = WHITE if filled else self.design.accent
        for column, (x0, x1) in edges.items():
            label = self.labels[column]
            size = min(
                SMALL + 0.5, (SMALL + 0.5) * (x1 - x0 - 5) / font(self.design.bold).text_length(label, SMALL + 0.5)
            )
            align: Align = "left" if _is_text(column) else "right"
            x = x0 + 5 if align == "left" else x1 - 5
            self.sheet.text(x, self.y + 13, label, size, self.design.bold, colour, align)
        self.y += 20
        if not filled:
            self.sheet.line(LEFT, self.y, RIGHT, self.y, self.design.accent, 1)

    def _table_row(
        self,
        edges: dict[str, tuple[float, float]],
        cells: dict[str, str],
        rows: list[str],
        height: float,
        position: int,
    ) -> None:
        if self.design.table == "zebra" and position % 2 == 0:
            self.sheet.box(LEFT, self.y, RIGHT, self.y + height, fill=tint(self.design.accent, 0.07))
        for column, (x0, x1) in edges.items():
            if column == "description":
                for step, text in enumerate(rows):
                    self._write(x0 + 5, self.y + 12.5 + 11.5 * step, text)
            elif _is_text(column):
                self._write(x0 + 5, self.y + 12.5, cells[column])
            else:
                self._write(x1 - 5, self.y + 12.5, cells[column], align="right")
        self.y += height
        if self.design.table in ("ruled", "grid"):
            self.sheet.line(LEFT, self.y, RIGHT, self.y)

    def _table_end(self, edges: dict[str, tuple[float, float]]) -> None:
        if self.design.table == "grid":
            for x in (LEFT, *(right for _, right in edges.values())):
                self.sheet.line(x, self.table_top, x, self.y)
        else:
            self.sheet.line(LEFT, self.y, RIGHT, self.y, self.design.accent)

    def _cells(self, position: int, line: Line) -> dict[str, str]:
        notation = self.notation
        money = notation.amount if self.design.signs else notation.number
        return {
            "position": str(position),
            "code": line.code,
            "description": line.description,
            "quantity": notation.number(line.quantity, _places(line.quantity)),
            "unit": line.unit,
            "unit_price": money(line.unit_price),
            "discount": notation.number(line.discount, _places(line.discount)) if line.discount else "–",
            "tax_rate": notation.number(line.tax_rate, _places(line.tax_rate)),
            "total": money(line.total),
        }

    # --- totals and foot ------------------------------------------------------------------------------------------

    def _totals(self) -> None:
        invoice, notation = self.invoice, self.notation
        tax = _TAX_NAMES.get(invoice.country, self.labels["tax"])
        rows = [(self.labels["subtotal"], invoice.subtotal)]
        rows += [(f"{tax} {notation.number(rate, _places(rate))} %", amount) for rate, amount in invoice.taxes.items()]
        if self.y + 20 * len(rows) + 60 > BOTTOM:
            self.sheet.add_page()
            self._continue_head()
        self.y += 22
        for label, amount in rows:
            self._write(RIGHT - 205, self.y, label)
            self._write(RIGHT - 5, self.y, notation.amount(amount), align="right")
            self.y += 16
        self.y += 4
        self.sheet.box(RIGHT - 215, self.y - 10, RIGHT, self.y + 14, fill=self.design.accent)
        self.sheet.text(RIGHT - 205, self.y + 5.5, self.labels["grand_total"], 10.5, self.design.bold, WHITE)
        self.sheet.text(RIGHT - 5, self.y + 5.5, self._total_amount(), 10.5, self.design.bold, WHITE, "right")
        self.y += 40
        self.sheet.text(LEFT, self.y, self.labels["terms"], SMALL + 0.5, self.design.face, GREY)

    def _total_amount(self) -> str:
        """The total always names its currency."""
        amount = self.notation.amount(self.invoice.total)
        return amount if self.notation.money != "{amount}" else f"{self.notation.code} {amount}"

    def _foot(self, number: int) -> None:
        invoice, y = self.invoice, HEIGHT - 58
        self.sheet.line(LEFT, y - 14, RIGHT, y - 14)
        columns = [[invoice.vendor.name, invoice.vendor.address]]
        if invoice.iban:
            columns.append([f"IBAN {_in_fours(invoice.iban)}"])
        if invoice.vat_id:
            columns[-1].append(f"{self.labels['tax']}-ID {invoice.vat_id}")
        for step, lines in enumerate(columns):
            for row, text in enumerate(lines):
                self.sheet.text(LEFT + step * 210, y + 10 * row, text, 7, self.design.face, GREY)
        page = f"{self.labels['page']} {number}/{self.sheet.pages}"
        self.sheet.text(RIGHT, y, page, 7, self.design.face, GREY, "right")


def _is_text(column: str) -> bool:
    return column in ("position", "code", "description", "unit")


def _places(value: Decimal) -> int:
    """Decimals worth printing."""
    return max(0, -int(value.normalize().as_tuple().exponent))


def _in_fours(iban: str) -> str:
    return " ".join(iban[start : start + 4] for start in range(0, len(iban), 4))
