"""The invoice's sums: line totals, the sum of lines, subtotal and tax to the total, tax against a stated rate.

Amounts are compared without their sign where a credit note prints some negative. Money that the page prints with two
decimals may be off by rounding; what the page itself explains (a discount, shipping, a rounding line) is no finding.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal

from core.extraction import Finding
from core.models import Invoice, LineItem, item_path
from core.validation.case import Case, printed_shares

CENT = Decimal("0.01")
#: What adding up rounded amounts may be off by.
ROUNDING = Decimal("0.02")
#: Cash rounding of a total (to five or ten cents) may be off by this.
CASH_ROUNDING = Decimal("0.05")

#: The share of a total that its tax may be: 28 % on top, the highest rate we know of a value-added tax.
HIGHEST_TAX_SHARE = Decimal(28) / 128

_MOST_DIGITS = 20


def rounded(amount: Decimal) -> Decimal:
    """``amount`` to the cent, half up; a number too long for that (a barcode taken for an amount) as it is."""
    return amount.quantize(CENT, ROUND_HALF_UP) if amount.adjusted() < _MOST_DIGITS else amount


def check_line_totals(case: Case) -> Iterator[Finding]:
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
            proposed = str(product) if _fits_total(case.invoice, product) else None
            yield Finding("line_total", "warning", f"{sentence}, not {item.total_price}.", paths, proposed)


def _fits_total(invoice: Invoice, amount: Decimal) -> bool:
    """Whether a line may be worth ``amount``: it is not more than the whole invoice."""
    sums = [abs(one) for one in (invoice.subtotal, invoice.total_amount) if one is not None]
    return not sums or abs(amount) <= max(sums)


def line_holds(item: LineItem) -> bool:
    """Whether quantity × unit price is the line total within the rounding of the printed unit price."""
    if item.quantity is None or item.unit_price is None or item.total_price is None:
        return False
    return _near(item.quantity * item.unit_price, item.total_price, _line_tolerance(item.quantity, item.unit_price))


def _line_tolerance(quantity: Decimal, unit_price: Decimal) -> Decimal:
    exponent = unit_price.as_tuple().exponent
    decimals = max(2, -exponent) if isinstance(exponent, int) else 2
    return abs(quantity) * Decimal(5).scaleb(-decimals - 1) + CENT / 2


def _near(one: Decimal, other: Decimal, tolerance: Decimal) -> bool:
    return abs(abs(one) - abs(other)) <= tolerance


def _line_explained(case: Case, position: int, item: LineItem) -> bool:
    assert item.quantity is not None
    assert item.unit_price is not None
    assert item.total_price is not None
    product = item.quantity * item.unit_price
    tolerance = _line_tolerance(item.quantity, item.unit_price)
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


def check_sum_of_lines(case: Case) -> Iterator[Finding]:
    """The line totals add up to the subtotal, or to the total where lines are priced with tax."""
    lines = sum_of_lines(case.invoice)
    target, name = case.invoice.subtotal, "subtotal"
    if target is None:
        target, name = case.invoice.total_amount, "total_amount"
    if lines is None or target is None or sums_hold(case.invoice):
        return
    difference = abs(target) - abs(lines)
    if case.explains(difference, ROUNDING) or _gross_lines_explained(case, lines):
        return
    title = "subtotal" if name == "subtotal" else "total"
    yield Finding(
        "sum_of_lines",
        "warning",
        f"The line totals add up to {rounded(lines)}, but the {title} is {target} (difference {rounded(difference)}).",
        (name, *(item_path(position, "total_price") for position in range(len(case.invoice.line_items)))),
    )


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


def _gross_lines_explained(case: Case, lines: Decimal) -> bool:
    total = case.invoice.total_amount
    return total is not None and case.explains(abs(total) - abs(lines), ROUNDING)


def check_total(case: Case) -> Iterator[Finding]:
    """Subtotal + tax is the total, with printed discounts, shipping and rounding between them."""
    subtotal, tax, total = case.invoice.subtotal, case.invoice.tax, case.invoice.total_amount
    if subtotal is None or tax is None or total is None:
        yield from _missing_amount(case)
        return
    if total_holds(case.invoice):
        return
    expected = subtotal + tax
    difference = abs(total) - abs(expected)
    if case.explains(difference, ROUNDING) or _tax_included(subtotal, total):
        return
    if abs(difference) <= CASH_ROUNDING:
        yield Finding(
            "total", "info", f"{subtotal} + {tax} = {expected}; the total {total} is rounded.", ("total_amount",)
        )
        return
    lines = sum_of_lines(case.invoice)
    if lines is not None and _near(lines + tax, total, ROUNDING):
        sentence = f"The lines {rounded(lines)} + tax {tax} make the total {total}, but the subtotal is {subtotal}."
        yield Finding("total", "error", sentence, ("subtotal", "tax", "total_amount"), str(rounded(lines)))
        return
    yield Finding(
        "total",
        "error",
        f"Subtotal {subtotal} + tax {tax} = {expected}, but the total is {total} (difference {difference}).",
        ("total_amount", "subtotal", "tax"),
        str(expected),
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


def _missing_amount(case: Case) -> Iterator[Finding]:
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
            yield Finding("total", "info", sentence, ("tax",), str(difference))


def _is_tax_share(tax: Decimal, total: Decimal) -> bool:
    """Whether ``tax`` may be the tax inside ``total``: of its sign, and not above the highest rate there is."""
    return 0 < tax / total <= HIGHEST_TAX_SHARE if total else False


def check_tax_rate(case: Case) -> Iterator[Finding]:
    """The tax is what a stated rate makes of the subtotal or of another printed amount; where several rates are stated
    it is at most the highest. A missing tax is proposed from a single stated rate."""
    tax, base = case.invoice.tax, case.invoice.subtotal
    if not base or "%" not in case.text:
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


def _rate_explained(case: Case, base: Decimal, tax: Decimal) -> bool:
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


def _missing_tax(case: Case, base: Decimal) -> Iterator[Finding]:
    if len(case.tax_rates) == 1 and case.invoice.total_amount is None:
        rate = case.tax_rates[0]
        tax = rounded(base * rate / 100)
        sentence = f"No tax was found; {rate.normalize():f} % of the subtotal {base} would be {tax}."
        yield Finding("tax_rate", "info", sentence, ("tax",), str(tax))


def _inside(gross: Decimal, rate: Decimal, tax: Decimal) -> bool:
    """The tax as the share inside a sum that includes it."""
    return _near(gross - gross / (1 + rate / 100), tax, ROUNDING)


def confirmed(invoice: Invoice) -> set[str]:
    """Paths of the amounts that the invoice's own sums confirm."""
    paths: set[str] = set()
    if total_holds(invoice) and invoice.tax:
        paths |= {"subtotal", "tax", "total_amount"}
    if sums_hold(invoice) and len(invoice.line_items) > 1:
        paths |= {item_path(position, "total_price") for position in range(len(invoice.line_items))}
        lines, subtotal = sum_of_lines(invoice), invoice.subtotal
        assert lines is not None
        matched = subtotal is not None and _near(lines, subtotal, CENT / 2 * len(invoice.line_items) + CENT)
        paths.add("subtotal" if matched else "total_amount")
    for position, item in enumerate(invoice.line_items):
        if line_holds(item):
            paths |= {item_path(position, cell) for cell in ("quantity", "unit_price", "total_price")}
    return paths
