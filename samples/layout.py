"""Draws an invoice in a design: head, parties, facts, table over as many pages as it needs, totals, foot."""

from __future__ import annotations

from collections.abc import Callable

from samples.design import Design
from samples.invoices import Invoice, Party
from samples.pen import BOTTOM, LEFT, RIGHT, SMALL, Pen, places
from samples.sheet import GREY, HEIGHT, PALE, WHITE, WIDTH, Sheet, tint
from samples.table import draw_table

_TAX_NAMES = {"US": "Sales tax"}


def draw(invoice: Invoice, design: Design) -> Sheet:
    """The invoice as a PDF sheet."""
    sheet = Sheet(f"{design.labels['title']} {invoice.number}")
    Drawing(sheet, invoice, design).draw()
    return sheet


class Drawing(Pen):
    """One invoice being drawn."""

    def draw(self) -> None:
        """Draw all of it."""
        heads: dict[str, Callable[[], None]] = {
            "plain": self._plain_head,
            "band": self._band_head,
            "centred": self._centred_head,
            "letter": self._letter_head,
        }
        heads[self.design.header]()
        draw_table(self)
        self.totals()
        for number in range(self.sheet.pages):
            self.sheet.page = self.sheet.document[number]
            self._foot(number + 1)

    # --- head -----------------------------------------------------------------------------------------------------

    def _plain_head(self) -> None:
        self.sheet.mark(LEFT, 50, 30, self.design.accent, self.design.mark)
        self.strong(LEFT + 42, 63, self.values.vendor.name, 14)
        self.sheet.text(LEFT + 42, 77, self._sender(), SMALL, self.design.face, GREY)
        self.sheet.text(RIGHT, 70, self.labels["title"], 23, self.design.bold, self.design.accent, "right")
        self.y = 122
        self._parties_and_facts()

    def _band_head(self) -> None:
        self.sheet.box(0, 0, WIDTH, 92, fill=self.design.accent)
        self.sheet.mark(LEFT, 34, 26, tint(self.design.accent, 0.35), self.design.mark)
        self.sheet.text(LEFT + 38, 49, self.values.vendor.name, 15, self.design.bold, WHITE)
        self.sheet.text(LEFT + 38, 63, self._sender(), SMALL, self.design.face, tint(self.design.accent, 0.2))
        self.sheet.text(RIGHT, 56, self.labels["title"], 23, self.design.bold, WHITE, "right")
        self.y = 128
        self._parties_and_facts()

    def _centred_head(self) -> None:
        middle = WIDTH / 2
        self.sheet.text(middle, 66, self.values.vendor.name, 18, self.design.bold, self.design.accent, "centre")
        self.sheet.text(middle, 81, self._sender(), SMALL, self.design.face, GREY, "centre")
        self.sheet.line(LEFT, 94, RIGHT, 94, self.design.accent, 1.2)
        self.sheet.line(LEFT, 97, RIGHT, 97, self.design.accent, 0.4)
        self.strong(LEFT, 126, self.labels["title"], 15)
        self.y = 150
        self._parties_and_facts()

    def _letter_head(self) -> None:
        """A business letter: window for the address, facts at its right, the title over the table."""
        vendor, customer = self.values.vendor, self.values.customer
        self.sheet.mark(RIGHT - 30, 46, 30, self.design.accent, self.design.mark)
        self.strong(RIGHT - 42, 60, vendor.name, 14, "right")
        self.sheet.text(RIGHT - 42, 73, self.values.mail, SMALL, self.design.face, GREY, "right")
        self.sheet.text(LEFT, 130, f"{vendor.name} · {vendor.address}", 6.5, self.design.face, GREY)
        self.sheet.line(LEFT, 133, LEFT + 235, 133, PALE, 0.5)
        for step, text in enumerate((customer.name, customer.street, customer.place)):
            self.write(LEFT, 150 + 13 * step, text, 10)
        for step, (label, value) in enumerate(self.facts()):
            self.label(RIGHT - 190, 150 + 15 * step, label)
            self.write(RIGHT, 150 + 15 * step, value, align="right")
        self.y = 236
        if self.values.ship_to:
            self._party(LEFT, self.labels["ship_to"], self.values.ship_to)
            self.y += 58
        self.strong(LEFT, self.y + 10, f"{self.labels['title']} {self.values.number}", 16)
        self.y += 32

    def _sender(self) -> str:
        return f"{self.values.vendor.address}  ·  {self.values.mail}"

    # --- parties and facts ----------------------------------------------------------------------------------------

    def facts(self) -> list[tuple[str, str]]:
        """What the head says of the document, as (label, value)."""
        invoice = self.values
        facts = [(self.labels["number"], invoice.number), (self.labels["date"], self.notation.day(invoice.issued))]
        if invoice.due:
            facts.append((self.labels["due"], self.notation.day(invoice.due)))
        return [*facts, (self.labels["customer_no"], invoice.customer_no)]

    def _parties_and_facts(self) -> None:
        top = self.y
        parties = [(self.labels["bill_to"], self.values.customer)]
        if self.values.ship_to:
            parties.append((self.labels["ship_to"], self.values.ship_to))
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
        self.label(x + inset, self.y, label)
        self.strong(x + inset, self.y + 15, party.name)
        self.write(x + inset, self.y + 27, party.street)
        self.write(x + inset, self.y + 39, party.place)

    def _fact_list(self, top: float) -> None:
        for step, (label, value) in enumerate(self.facts()):
            self.label(RIGHT - 178, top + 15 * step, label)
            self.write(RIGHT, top + 15 * step, value, align="right")
        self.y = max(self.y, top + 66)

    def _fact_strip(self) -> None:
        facts = self.facts()
        width = (RIGHT - LEFT) / len(facts)
        self.sheet.box(LEFT, self.y - 6, RIGHT, self.y + 30, fill=tint(self.design.accent, 0.08))
        for step, (label, value) in enumerate(facts):
            self.label(LEFT + 8 + step * width, self.y + 7, label)
            self.write(LEFT + 8 + step * width, self.y + 21, value)
        self.y += 38

    def _fact_lines(self) -> None:
        for step, (label, value) in enumerate(self.facts()):
            self.write(LEFT, self.y + 13 * step, f"{label}: {value}")
        self.y += 13 * len(self.facts()) + 2

    # --- totals and foot ------------------------------------------------------------------------------------------

    def totals(self) -> None:
        """What stands below the table."""
        invoice, notation = self.values, self.notation
        tax = _TAX_NAMES.get(invoice.country, self.labels["tax"])
        rows = [(self.labels["subtotal"], invoice.subtotal)]
        rows += [(f"{tax} {notation.number(rate, places(rate))} %", amount) for rate, amount in invoice.taxes.items()]
        if self.y + 20 * len(rows) + 60 > BOTTOM:
            self.sheet.add_page()
            self.continue_head()
        self.y += 22
        for label, amount in rows:
            self.write(RIGHT - 205, self.y, label)
            self.write(RIGHT - 5, self.y, notation.amount(amount), align="right")
            self.y += 16
        self.y += 4
        self.sheet.box(RIGHT - 215, self.y - 10, RIGHT, self.y + 14, fill=self.design.accent)
        self.sheet.text(RIGHT - 205, self.y + 5.5, self.labels["grand_total"], 10.5, self.design.bold, WHITE)
        self.sheet.text(RIGHT - 5, self.y + 5.5, self._total_amount(), 10.5, self.design.bold, WHITE, "right")
        self.y += 40
        self.sheet.text(LEFT, self.y, self.labels["terms"], SMALL + 0.5, self.design.face, GREY)

    def _total_amount(self) -> str:
        """The total always names its currency."""
        amount = self.notation.amount(self.values.total)
        return amount if self.notation.money != "{amount}" else f"{self.notation.code} {amount}"

    def _foot(self, number: int) -> None:
        invoice, y = self.values, HEIGHT - 58
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


def _in_fours(iban: str) -> str:
    return " ".join(iban[start : start + 4] for start in range(0, len(iban), 4))
