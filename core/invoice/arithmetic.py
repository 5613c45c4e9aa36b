"""The invoice's sums: line totals, the sum of lines, subtotal and tax to the total, tax against a stated rate.

Amounts are compared without their sign where a credit note prints some negative. Money that the page prints with two
decimals may be off by rounding; what the page itself explains (a discount, shipping, a rounding line) is no finding.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal

from core.extraction import Finding, Member, Severity
from core.invoice.case import InvoiceExamination, printed_shares
from core.invoice.document_type import item_path
from core.invoice.further import adjusted_lines_hold, adjusted_total_holds, lowered_line_holds, proven_further
from core.invoice.model import Invoice, LineItem

CENT = Decimal("0.01")
#: What adding up rounded amounts may be off by.
ROUNDING = Decimal("0.02")
#: Cash rounding of a total (to five or ten cents) may be off by this.
CASH_ROUNDING = Decimal("0.05")

#: The share of a total that its tax may be: 28 % on top, the highest rate we know of a value-added tax.
HIGHEST_TAX_SHARE = Decimal(28) / 128

#: Of a sum from here on a whole percentage is hardly met by chance.
_TELLING = 100

_MOST_DIGITS = 20


def rounded(amount: Decimal) -> Decimal:
    """``amount`` to the cent, half up; a number too long for that (a barcode taken for an amount) as it is."""
    return amount.quantize(CENT, ROUND_HALF_UP) if amount.adjusted() < _MOST_DIGITS else amount


def check_line_totals(case: InvoiceExamination) -> Iterator[Finding]:
    """Quantity × unit price is the line total; a discount, tax or price unit printed in the row may explain another."""
    for position, item in enumerate(case.invoice.line_items):
        if item.quantity is None or item.unit_price is None:
            continue
        paths = tuple(item_path(position, cell) for cell in ("total_price", "quantity", "unit_price"))
        product = rounded(item.quantity * item.unit_price)
        sentence = f"Line {position + 1}: {item.quantity} × {item.unit_price} = {product}"
        if item.total_price is None:
            yield Finding("line_total", "info", f"{sentence}, but no line total was found.", paths, str(product))
        elif not line_holds(item) and not _line_explained(case, position, item):
            fits = _fits_total(case.invoice, product) and not case.is_exact(paths[0])
            severity: Severity = "info" if case.is_exact(paths[0]) else "warning"
            sentence = f"{sentence}, not {item.total_price}."
            yield Finding("line_total", severity, sentence, paths, str(product) if fits else None)


def _fits_total(invoice: Invoice, amount: Decimal) -> bool:
    """Whether a line may be worth ``amount``: it is not more than the whole invoice."""
    sums = [abs(one) for one in (invoice.subtotal, invoice.total_amount) if one is not None]
    return not sums or abs(amount) <= max(sums)


def line_holds(item: LineItem) -> bool:
    """Whether quantity × unit price is the line total within the rounding of the printed unit price."""
    if item.quantity is None or item.unit_price is None or item.total_price is None:
        return False
    tolerance = _line_tolerance(item.quantity, item.unit_price)
    return _near(item.quantity * item.unit_price, item.total_price, tolerance) or lowered_line_holds(item)


def _line_tolerance(quantity: Decimal, unit_price: Decimal) -> Decimal:
    exponent = unit_price.as_tuple().exponent
    decimals = max(2, -exponent) if isinstance(exponent, int) else 2
    return abs(quantity) * Decimal(5).scaleb(-decimals - 1) + CENT / 2


def _near(one: Decimal, other: Decimal, tolerance: Decimal) -> bool:
    return abs(abs(one) - abs(other)) <= tolerance


def _line_explained(case: InvoiceExamination, position: int, item: LineItem) -> bool:
    assert item.quantity is not None
    assert item.unit_price is not None
    assert item.total_price is not None
    product = item.quantity * item.unit_price
    tolerance = _line_tolerance(item.quantity, item.unit_price)
    if case.charged(position) and _near(product + case.charged(position), item.total_price, tolerance):
        return True
    row = case.row_text(position)
    for percent in {*case.percentages, *printed_shares(row)}:
        share = percent / 100
        if any(
            _near(product * factor, item.total_price, tolerance) for factor in (1 - share, 1 + share, 1 / (1 + share))
        ):
            return True
    if any(
        unit in row and _near(product / Decimal(unit), item.total_price, tolerance) for unit in ("1000", "100", "10")
    ):
        return True
    difference = rounded(abs(product) - abs(item.total_price))
    return difference > 0 and any(form in row for form in (f"{difference}", f"{difference}".replace(".", ",")))


def check_sum_of_lines(case: InvoiceExamination) -> Iterator[Finding]:
    """The line totals, with the charges and allowances of an e-invoice, add up to the subtotal, or to the total where lines
    are priced with tax. One question: the sum, and the line that is the likeliest to be wrong."""
    invoice = case.invoice
    lines = sum_of_lines(invoice)
    name = "subtotal" if invoice.subtotal is not None else "total_amount"
    target: Decimal | None = getattr(invoice, name)
    if lines is None or target is None or lines_hold(case) or _is_subtotal_alone_off(invoice, lines):
        return
    tax = invoice.tax if name == "total_amount" else None
    comes_to = lines + case.charged() + (tax or 0)
    gaps = {abs(target) - abs(comes_to), abs(target) - abs(lines + case.charged())}
    if any(case.explains(gap, ROUNDING) for gap in gaps) or _gross_lines_explained(case, lines):
        return
    difference = abs(target) - abs(comes_to)
    suspect = _suspect_line(invoice, difference)
    title = "subtotal" if name == "subtotal" else "total"
    sentence = (
        f"The lines{' and the tax' if tax else ''} add up to {rounded(comes_to)}, but the {title} is {target} "
        f"(difference {rounded(difference)}): look at line {suspect + 1} first."
    )
    path = item_path(suspect, "total_price")
    repaired = None if case.is_exact(path) else _repaired(invoice.line_items[suspect], difference)
    members = (*_line_members(case), *([Member("Tax", tax, "tax")] if tax else []))
    yield Finding(
        "sum_of_lines",
        "warning",
        sentence,
        (path, name),
        repaired,
        members=(*members, Member(title.capitalize(), target, name, 0)),
        difference=rounded(target - comes_to),
    )


def _is_subtotal_alone_off(invoice: Invoice, lines: Decimal) -> bool:
    """Whether lines and tax make the total, so that the check of the total already asks about the subtotal."""
    tax, total = invoice.tax, invoice.total_amount
    return tax is not None and total is not None and not total_holds(invoice) and _near(lines + tax, total, ROUNDING)


def _line_members(case: InvoiceExamination) -> Iterator[Member]:
    for position, item in enumerate(case.invoice.line_items):
        if item.total_price is not None:
            yield Member(f"Line {position + 1}", item.total_price, item_path(position, "total_price"))
    for charge in case.charges:
        if charge.line is None and charge.kind in ("charge", "allowance"):
            yield Member(charge.name, charge.amount)


def _suspect_line(invoice: Invoice, difference: Decimal) -> int:
    """The line that is the likeliest to make its sum wrong by ``difference``: one whose own product mends the sum, one
    that is worth just the difference (invented, or counted twice), one whose product is another; of equals the largest."""

    def suspicion(position: int) -> tuple[bool, bool, bool, bool, Decimal]:
        item = invoice.line_items[position]
        total = item.total_price or Decimal(0)
        priced = item.quantity is not None and item.unit_price is not None
        return (
            _repaired(item, difference) is not None,
            abs(total + difference) <= ROUNDING,
            priced and not line_holds(item),
            not priced,
            abs(total),
        )

    return max(range(len(invoice.line_items)), key=suspicion)


def _repaired(item: LineItem, difference: Decimal) -> str | None:
    """Quantity × unit price of ``item`` where that is its total plus ``difference``."""
    if item.quantity is None or item.unit_price is None or item.total_price is None:
        return None
    product = rounded(item.quantity * item.unit_price)
    return str(product) if abs(product - item.total_price - difference) <= ROUNDING else None


def lines_hold(case: InvoiceExamination) -> bool:
    """Whether the line totals, with charges and allowances, add up to the subtotal or the total; or, with the tax, to the
    total where no subtotal is printed."""
    if sums_hold(case.invoice) or adjusted_lines_hold(case.invoice):
        return True
    invoice, lines = case.invoice, sum_of_lines(case.invoice)
    if lines is None:
        return False
    tolerance = max(ROUNDING, CENT / 2 * len(invoice.line_items))
    reached = [lines + case.charged()] if case.charged() else []
    if invoice.subtotal is None and invoice.tax is not None:
        reached.append(lines + case.charged() + invoice.tax)
    sums = [one for one in (invoice.subtotal, invoice.total_amount) if one is not None]
    return any(_near(one, amount, tolerance) for one in reached for amount in sums)


def sum_of_lines(invoice: Invoice) -> Decimal | None:
    """The sum of the line totals; ``None`` when there is no line or one has no total."""
    totals = [item.total_price for item in invoice.line_items]
    if not totals or any(total is None for total in totals):
        return None
    return sum((total for total in totals if total is not None), Decimal(0))


def sums_hold(invoice: Invoice) -> bool:
    """Whether the line totals add up to the subtotal or the total."""
    lines = sum_of_lines(invoice)
    if lines is None:
        return False
    tolerance = max(ROUNDING, CENT / 2 * len(invoice.line_items))
    return any(
        amount is not None and _near(lines, amount, tolerance) for amount in (invoice.subtotal, invoice.total_amount)
    )


def _gross_lines_explained(case: InvoiceExamination, lines: Decimal) -> bool:
    total = case.invoice.total_amount
    return total is not None and case.explains(abs(total) - abs(lines), ROUNDING)


def check_total(case: InvoiceExamination) -> Iterator[Finding]:
    """Subtotal + tax is the total, with printed discounts, shipping and rounding between them."""
    subtotal, tax, total = case.invoice.subtotal, case.invoice.tax, case.invoice.total_amount
    if subtotal is None or tax is None or total is None:
        yield from _missing_amount(case)
        return
    if total_holds(case.invoice) or adjusted_total_holds(case.invoice):
        return
    expected = subtotal + tax + case.after_tax
    difference = abs(total) - abs(expected)
    if case.after_tax and _near(expected, total, ROUNDING):
        return
    if case.explains(difference, ROUNDING) or _tax_included(subtotal, total):
        return
    if abs(difference) <= CASH_ROUNDING:
        yield Finding(
            "total", "info", f"{subtotal} + {tax} = {expected}; the total {total} is rounded.", ("total_amount",)
        )
        return
    lines = sum_of_lines(case.invoice)
    after = f" + {case.after_tax} after tax" if case.after_tax else ""
    sentence = (
        f"Subtotal {subtotal} + tax {tax}{after} = {expected}, but the total is {total} (difference {difference})."
    )
    fields, proposed = ("total_amount", "subtotal", "tax"), expected
    if lines is not None and _near(lines + tax, total, ROUNDING):
        sentence = f"The lines {rounded(lines)} + tax {tax} make the total {total}, but the subtotal is {subtotal}."
        fields, proposed = ("subtotal", "tax", "total_amount"), rounded(lines)
    later = (Member(one.name, one.amount) for one in case.charges if one.kind == "after tax")
    members = (Member("Subtotal", subtotal, "subtotal"), Member("Tax", tax, "tax"), *later)
    yield Finding(
        "total",
        "error",
        sentence,
        fields,
        None if case.is_exact(fields[0]) else str(proposed),
        members=(*members, Member("Total", total, "total_amount", 0)),
        difference=total - expected,
    )


def total_holds(invoice: Invoice) -> bool:
    """Whether subtotal + tax is the total, whatever the signs."""
    subtotal, tax, total = invoice.subtotal, invoice.tax, invoice.total_amount
    if subtotal is None or tax is None or total is None:
        return False
    return _near(subtotal + tax, total, ROUNDING) or abs(abs(subtotal) + abs(tax) - abs(total)) <= ROUNDING


def _tax_included(subtotal: Decimal, total: Decimal) -> bool:
    """Prices with tax inside: the subtotal is already the total and the tax only states its share."""
    return _near(subtotal, total, ROUNDING)


#: A rebate that nothing on the page tells of is at most this share of the subtotal.
_MOST_OFF = Decimal("0.2")


def _missing_amount(case: InvoiceExamination) -> Iterator[Finding]:
    """An amount that follows from two others is proposed, never filled in."""
    subtotal, tax, total = case.invoice.subtotal, case.invoice.tax, case.invoice.total_amount
    if total is None and subtotal is not None and tax is not None:
        sentence = f"No total was found; subtotal {subtotal} + tax {tax} = {subtotal + tax}."
        yield Finding("total", "info", sentence, ("total_amount",), str(subtotal + tax))
    elif subtotal is None and total is not None and tax and _is_tax_share(tax, total):
        sentence = f"No subtotal was found; total {total} − tax {tax} = {total - tax}."
        yield Finding("total", "info", sentence, ("subtotal",), str(total - tax))
    elif tax is None and total is not None and subtotal is not None:
        difference = total - subtotal
        if difference * subtotal > 0 and abs(difference) > ROUNDING and not case.explains(difference, ROUNDING):
            sentence = f"No tax was found; total {total} − subtotal {subtotal} = {difference}."
            yield Finding("total", "warning", sentence, ("tax",), str(difference))
        elif -difference * subtotal > _MOST_OFF * subtotal**2 and not case.explains(difference, ROUNDING):
            sentence = f"The subtotal {subtotal} is more than the total {total}: nothing on the page says why."
            yield Finding("total", "warning", sentence, ("total_amount", "subtotal"))


def _is_tax_share(tax: Decimal, total: Decimal) -> bool:
    """Whether ``tax`` may be the tax inside ``total``: of its sign, and not above the highest rate there is."""
    return 0 < tax / total <= HIGHEST_TAX_SHARE if total else False


def check_tax_rate(case: InvoiceExamination) -> Iterator[Finding]:
    """The tax is what a stated rate makes of the subtotal or of another printed amount; where several rates are stated
    it is at most the highest. A missing tax is proposed from a single stated rate."""
    tax, base = case.invoice.tax, case.invoice.subtotal
    if not base:
        yield from _taxed_total(case)
        return
    if "%" not in case.text:
        return
    if tax is None:
        yield from _missing_tax(case, base)
    elif tax and not _rate_explained(case, base, tax):
        rates = case.tax_rates
        listed = ", ".join(f"{rate.normalize():f} %" for rate in rates)
        proposed = str(rounded(base * rates[0] / 100)) if len(rates) == 1 else None
        share = rounded(abs(tax / base * 100))
        sentence = f"The tax {tax} is {share} % of the subtotal {base}; the page states {listed}."
        yield Finding("tax_rate", "warning", sentence, ("tax", "subtotal"), proposed)


def _taxed_total(case: InvoiceExamination) -> Iterator[Finding]:
    """A tax that is a stated rate of the total itself: what was taken for the total is the sum before tax."""
    tax, total = case.invoice.tax, case.invoice.total_amount
    if not tax or not total:
        return
    usual = [Decimal(rate) for rate in range(3, 28)] if _is_telling(case, total) else []
    rates = case.tax_rates or usual
    rate = next((rate for rate in rates if _near(total * rate / 100, tax, CENT)), None)
    if rate is not None and not any(_inside(total, one, tax) for one in rates):
        sentence = f"The tax {tax} is {rate.normalize():f} % of the total {total}: is that the sum before tax?"
        yield Finding("tax_rate", "warning", sentence, ("total_amount", "tax"), str(total + tax))


def _is_telling(case: InvoiceExamination, total: Decimal) -> bool:
    """Whether a whole percentage of ``total`` is no chance: it is large, and it is what the lines add up to."""
    lines = sum_of_lines(case.invoice)
    return abs(total) >= _TELLING and lines is not None and _near(lines, total, ROUNDING)


def _rate_explained(case: InvoiceExamination, base: Decimal, tax: Decimal) -> bool:
    """Whether a printed rate gives the tax; the cheapest explanations first, and yes where no rate is stated."""
    bases = {base, (case.invoice.total_amount or base) - tax}
    if any(_near(one * rate / 100, tax, ROUNDING) for rate in case.percentages for one in bases):
        return True
    rates = case.tax_rates
    if not rates or any(_inside(base, rate, tax) for rate in rates):
        return True
    if len(case.percentages) > 1 and abs(tax / base * 100) <= case.percentages[-1]:
        return True
    return any(_near(amount * rate / 100, tax, ROUNDING) for rate in rates for amount in case.amounts)


def _missing_tax(case: InvoiceExamination, base: Decimal) -> Iterator[Finding]:
    if len(case.tax_rates) == 1 and case.invoice.total_amount is None:
        rate = case.tax_rates[0]
        tax = rounded(base * rate / 100)
        sentence = f"No tax was found; {rate.normalize():f} % of the subtotal {base} would be {tax}."
        yield Finding("tax_rate", "info", sentence, ("tax",), str(tax))


def _inside(gross: Decimal, rate: Decimal, tax: Decimal) -> bool:
    """The tax as the share inside a sum that includes it."""
    return _near(gross - gross / (1 + rate / 100), tax, ROUNDING)


def confirmed(invoice: Invoice) -> set[str]:
    """Paths of the amounts that the invoice's own sums and products confirm."""
    held = [position for position, item in enumerate(invoice.line_items) if line_holds(item)]
    cells = ("quantity", "unit_price", "total_price")
    return summed(invoice) | {item_path(position, cell) for position in held for cell in cells}


def summed(invoice: Invoice) -> set[str]:
    """Paths of the amounts that belong to a sum which holds."""
    paths = set(proven_further(invoice))
    if total_holds(invoice):
        paths |= {"subtotal", "tax", "total_amount"} if invoice.tax else {"tax"}
    if sums_hold(invoice) and len(invoice.line_items) > 1:
        paths |= {item_path(position, "total_price") for position in range(len(invoice.line_items))}
        lines, subtotal = sum_of_lines(invoice), invoice.subtotal
        assert lines is not None
        matched = subtotal is not None and _near(lines, subtotal, CENT / 2 * len(invoice.line_items) + CENT)
        paths.add("subtotal" if matched else "total_amount")
    return paths
