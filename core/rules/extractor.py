"""Reading invoices by rules: pages of words in, an invoice with the reason for every value out."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from core.evidence import Box, PageText
from core.extraction import Finding, Provenance, too_long
from core.extractor import Extracted
from core.invoice.document_type import INVOICE, TAXES, item_path
from core.invoice.model import Invoice, LineItem, TaxLine
from core.notation.folding import fold
from core.notation.writing import text_of
from core.page.layout import Token
from core.recognition import doubt_of, recognise
from core.rules.account import CHECKED, read_iban
from core.rules.adjustments import read_adjustments
from core.rules.candidates import find_candidates
from core.rules.customer import choose_customer, split_recipients
from core.rules.date_order import doubt_order
from core.rules.header import Candidate, read_header
from core.rules.lexicon import load_lexicon
from core.rules.money import FoundCurrency, read_currency
from core.rules.names import Name
from core.rules.parties import Party, PartyReader
from core.rules.payment import read_payment
from core.rules.payment_terms import read_payment_terms
from core.rules.purchase_order import read_purchase_order
from core.rules.reading import Reading
from core.rules.several import find_several
from core.rules.sums import Sum
from core.rules.tables import ItemRow, read_line_items
from core.rules.tables.items import TEXTS
from core.rules.tax_ids import read_tax_ids
from core.rules.tax_table import TaxRow, read_taxes
from core.rules.totals import Totals, read_totals
from core.rules.vendor import known_vendors, read_vendor, vendor_names
from core.schema.values import is_amount

NAME = "rules"
_HEADER = ("invoice_number", "invoice_date", "due_date", "order_date", "customer_id")
_SHOWN = 6
#: The belief in what sums prove.
_PROVEN = 0.98


def read_invoice(pages: Sequence[PageText]) -> Extracted:
    """The invoice that the words of ``pages`` make, each value with its rule, label, score and place."""
    draft = draft_invoice(Reading(pages, load_lexicon()))
    return draft.finish(draft.weighed, draft.totals)


def draft_invoice(reading: Reading) -> Drafting:
    """What ``reading`` says of every field of an invoice."""
    draft = Drafting(reading)
    draft.header, draft.weighed = header, _ = read_header(reading)
    for field in _HEADER:
        if field in header:
            draft.take(field, header[field].value, header[field])
    _take_parties(draft)
    rows = read_line_items(reading.layouts, reading.lexicon, reading.notation, reading.language)
    currency = read_currency(reading)
    draft.totals = totals = read_totals(reading, _sum_of(rows), currency.code if currency else None)
    for field, found in (("subtotal", totals.subtotal), ("tax", totals.tax), ("total_amount", totals.total)):
        if found is not None:
            draft.take(field, found.value, found)
    paid = read_payment(reading, totals.total, totals.candidates)
    for field, found in paid.items():
        draft.take(field, found.value, found)
    if (doubt := doubt_order(reading, header, currency)) is not None:
        draft.noticed.append(doubt)
    if currency is not None:
        draft.take("currency", currency.code, currency)
    draft.take_items(rows)
    _take_further(draft, header, draft.weighed, totals, rows)
    return draft


#: What was read with less certainty is left out: what nothing else proves, and what check digits prove.
_LEAST_READ, _LEAST_PROVEN = 0.97, 0.8


def _take_further(
    draft: Drafting,
    header: Mapping[str, Candidate],
    candidates: Sequence[Candidate],
    totals: Totals,
    rows: Sequence[ItemRow],
) -> None:
    """What many invoices lack, where it is plainly said or proven: by check digits, by a label of its own, by the sums."""
    reading = draft.reading
    taken = [token for one in header.values() if one.field in _HEADER for token in one.tokens]
    said = [
        read_purchase_order(reading, candidates, taken),
        None if reading.is_receipt else read_payment_terms(reading),
    ]
    found = [read_iban(reading), *read_tax_ids(reading, draft.customers).values(), *said]
    for one in found:
        if one is None:
            continue
        least = _LEAST_PROVEN if one.rule == CHECKED else _LEAST_READ
        if reading.layouts[one.page].confidence_of(one.tokens) >= least:
            draft.take(one.field, one.value, one)
    for field, amount in read_adjustments(totals, _sum_of(rows)).items():
        draft.take(field, amount.value, amount)
    draft.take_taxes(read_taxes(reading, totals, _lines_of(reading, rows)))


def _lines_of(reading: Reading, rows: Sequence[ItemRow]) -> set[tuple[int, int]]:
    """The lines (page and line, from 0) on which the amounts of ``rows`` stand."""
    cells = [(cell.page, cell.box) for row in rows for name, cell in row.cells().items() if name not in TEXTS]
    pages = {layout.number: at for at, layout in enumerate(reading.layouts)}
    found = set()
    for number, box in cells:
        layout = reading.layouts[pages[number]]
        middle = box.center[1] - layout.slope * box.center[0]
        found |= {(pages[number], line.index) for line in layout.lines if line.y0 <= middle <= line.y1}
    return found


def read_vendor_name(pages: Sequence[PageText]) -> str | None:
    """Who issued the document on ``pages``, whatever it is, as far as can be told."""
    name: str | None = read_invoice(pages).values.vendor_name
    return name


def _sum_of(rows: Sequence[ItemRow]) -> Decimal | None:
    """What the rows' totals add up to; ``None`` where one has none."""
    totals = [row.cells().get("total_price") for row in rows]
    values = [cell.value for cell in totals if cell is not None and isinstance(cell.value, Decimal)]
    return sum(values, Decimal(0)) if rows and len(values) == len(rows) else None


def _take_parties(draft: Drafting) -> None:
    reader = PartyReader(draft.reading)
    customers, shipping = split_recipients(reader.labelled("customer"), reader.labelled("ship_to"))
    vendors = reader.labelled("vendor")
    customer = customers[0] if customers else None
    beside: Party | None = None
    taken = [token for party in (*shipping[:1], *vendors[:1]) for token in _tokens(party)]
    names = vendor_names(reader)
    if customer is None or customer.score < 0.5:
        loose = reader.unlabelled(taken, known_vendors(draft.reading, names))
        found, beside = choose_customer(draft.reading, loose, names)
        customer = found or customer
    labelled = [*customers, *vendors, *shipping]
    draft.parties = labelled + reader.unlabelled([token for party in labelled for token in _tokens(party)], set())
    barred = [token for party in (customer, beside, *shipping[:1]) if party is not None for token in _tokens(party)]
    called = customer.name.text if customer and customer.name else ""
    draft.customers = [customer] if customer else []
    vendor, draft.names = read_vendor(draft.reading, names, barred, called)
    if vendor is not None:
        draft.take("vendor_name", vendor.text, vendor)
    if customer is not None:
        if customer.name is not None:
            draft.take("customer_name", customer.name.text, customer, customer.name.tokens)
        draft.take("billing_address", customer.address_text, customer, customer.address_tokens)
    if not shipping and beside is not None and beside.name and fold(beside.name.text) == fold(called):
        # the customer's own name over another address: there the goods go
        shipping = [beside]
    if shipping and shipping[0].address:
        draft.take("shipping_address", shipping[0].address_text, shipping[0], shipping[0].address_tokens)


def _tokens(party: Party) -> tuple[Token, ...]:
    return (*(party.name.tokens if party.name else ()), *party.address_tokens, *party.tokens)


class Drafting:
    """Collects values with the reason for each."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.values: dict[str, Any] = {}
        self.provenance: dict[str, Provenance] = {}
        self.items: list[LineItem] = []
        self.taxes: list[TaxLine] = []
        self.customers: list[Party] = []
        self.names: list[Name] = []
        self.parties: list[Party] = []
        self.noticed: list[Finding] = []
        self.header: dict[str, Candidate] = {}
        self.weighed: list[Candidate] = []
        self.totals = Totals(None, None, None, False, ())

    def take(
        self,
        field: str,
        value: Any,
        why: Candidate | Sum | Name | Party | FoundCurrency,
        tokens: Sequence[Token] | None = None,
    ) -> None:
        """Sets ``field`` to ``value``; nothing is set for ``None``."""
        if value is None or not self._fits(field, value):
            return
        self.values[field] = value
        if tokens is None:
            tokens = (why.token,) if isinstance(why, FoundCurrency) else () if isinstance(why, Party) else why.tokens
        rule = "printed currency" if isinstance(why, FoundCurrency) else why.rule
        label = "" if isinstance(why, FoundCurrency) else why.label
        self.provenance[field] = Provenance(
            NAME, rule, label, round(min(max(why.score, 0.0), 1.0), 3), False, *self._where(why.page, tokens)
        )

    def _where(self, page: int, tokens: Sequence[Token]) -> tuple[int | None, tuple[float, float, float, float] | None]:
        if not tokens:
            return None, None
        layout = self.reading.layouts[page]
        return layout.number, _corners(layout.box_of(tokens))

    def take_items(self, rows: Sequence[ItemRow]) -> None:
        """Sets the line items."""
        for row in rows:
            self._take_item(row)

    def _take_item(self, row: ItemRow) -> None:
        index = len(self.items)
        cells = {name: cell for name, cell in row.cells().items() if self._fits(item_path(index, name), cell.value)}
        values = {name: cell.text if name in TEXTS else cell.value for name, cell in cells.items()}
        self.items.append(LineItem.model_validate(values))
        for name, cell in cells.items():
            self.provenance[item_path(index, name)] = Provenance(
                NAME, cell.rule, cell.label, cell.score, False, cell.page, _corners(cell.box)
            )

    def take_taxes(self, rows: Sequence[TaxRow]) -> None:
        """Sets the rows of the table of taxes."""
        for index, row in enumerate(rows):
            self.taxes.append(TaxLine(rate=row.rate, base=row.base, amount=row.amount))
            places = {"rate": row.rate_tokens, "base": row.base_tokens, "amount": row.amount_tokens}
            for name, tokens in places.items():
                if getattr(self.taxes[-1], name) is not None:
                    where = self._where(row.page, tokens)
                    self.provenance[TAXES.path(index, name)] = Provenance(NAME, row.rule, "", _PROVEN, False, *where)

    def _fits(self, path: str, value: Any) -> bool:
        """Whether a value can stand in an invoice; a number that cannot is told of."""
        if not isinstance(value, Decimal) or is_amount(value):
            return True
        self.noticed.append(too_long(INVOICE, path, text_of(value)))
        return False

    def finish(self, candidates: Sequence[Candidate], totals: Totals) -> Extracted:
        """The draft, with the candidates that were weighed as its raw reply."""
        invoice = Invoice(**self.values, line_items=tuple(self.items), taxes=tuple(self.taxes))
        raw = {
            "language": self.reading.language,
            "decimal_mark": self.reading.notation.decimal,
            "month_first": self.reading.notation.month_first,
            "labels": [f"{label.kind}: {label.text}" for label in self.reading.labels if label.kind != "other"],
            "header": _weighed(candidates),
            "totals": {"agree": totals.agree, "candidates": _weighed_sums(totals.candidates)},
            "vendor": [{"name": n.text, "rule": n.rule, "score": round(n.score, 2)} for n in self.names[:_SHOWN]],
        }
        kind = recognise(self.reading)
        doubts = (find_several(candidates), doubt_of(kind), strange_language(self.reading))
        return Extracted(
            invoice,
            json.dumps(raw, ensure_ascii=False),
            self.provenance,
            self.reading.language,
            findings=(*self.noticed, *(finding for finding in doubts if finding)),
            document_type=kind.document_type if kind.document_type != "other" else None,
            notation=self.reading.notation,
            candidates=find_candidates(self.reading, candidates, totals.candidates, self.names, self.parties),
            layouts=tuple(self.reading.layouts),
        )


def strange_language(reading: Reading) -> Finding | None:
    """A finding where labels were hardly understood: nothing is to be approved on what they seem to say."""
    if reading.language_known:
        return None
    sentence = "This is in a language that is not known here: what stands beside which word was guessed."
    return Finding("language", "warning", sentence)


def _corners(box: Box) -> tuple[float, float, float, float]:
    return box.x0, box.y0, box.x1, box.y1


def _weighed(candidates: Sequence[Candidate]) -> list[dict[str, Any]]:
    return [
        {"field": c.field, "value": str(c.value), "label": c.label, "rule": c.rule, "score": round(c.score, 3)}
        for c in candidates[: 4 * _SHOWN]
    ]


def _weighed_sums(sums: Sequence[Sum]) -> list[dict[str, Any]]:
    best = sorted(sums, key=lambda found: -found.score)[: 4 * _SHOWN]
    return [
        {"field": s.kind, "value": text_of(s.value), "label": s.label, "rule": s.rule, "score": round(s.score, 3)}
        for s in best
    ]
