"""What else on the page may be the value of a header field: the readings that were weighed and not chosen, and what
stands beside them. A person who doubts a value chooses among these instead of looking for them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal

from core.extraction import Candidate
from core.page.layout import Token
from core.rules import header
from core.rules.names import Name
from core.rules.parties import Party
from core.rules.reading import Reading
from core.rules.sums import Sum

#: So many candidates a field: more are a search, not a choice.
MOST = 6
#: Which labels announce an amount that may be the field's, the likeliest first.
_AMOUNTS: Mapping[str, tuple[str, ...]] = {
    "total_amount": ("total_amount", "amount_due", "subtotal"),
    "subtotal": ("subtotal", "total_amount"),
    "tax": ("tax",),
}
_DATES = ("invoice_date", "due_date", "order_date")
_NUMBERS = {"invoice_number": ("invoice_number", "order_number", "customer_id"), "customer_id": ("customer_id",)}
#: Words of a line that tell what its amount is.
_LONGEST_LABEL = 40


def find_candidates(
    reading: Reading,
    weighed: Sequence[header.Candidate],
    sums: Sequence[Sum],
    names: Sequence[Name],
    parties: Sequence[Party],
) -> dict[str, tuple[Candidate, ...]]:
    """The candidates of every header field that has some, by path, the likeliest first; what was chosen is among them."""
    finder = _Finder(reading)
    found: dict[str, Iterable[Candidate]] = {
        **{field: finder.numbers(weighed, kinds) for field, kinds in _NUMBERS.items()},
        **{field: finder.dates(weighed, field) for field in _DATES},
        **{field: finder.amounts(sums, kinds) for field, kinds in _AMOUNTS.items()},
        "vendor_name": (finder.candidate(name.text, name.tokens, name.page, name.label) for name in names),
        "customer_name": finder.customers(parties),
        "billing_address": finder.addresses(parties),
        "shipping_address": finder.addresses(parties),
    }
    chosen = {field: _distinct(some) for field, some in found.items()}
    return {field: some for field, some in chosen.items() if some}


def _distinct(found: Iterable[Candidate]) -> tuple[Candidate, ...]:
    """The first of every value, as many as are a choice."""
    by_value: dict[str, Candidate] = {}
    for one in found:
        by_value.setdefault(one.value.casefold(), one)
        if len(by_value) == MOST:
            break
    return tuple(by_value.values())


class _Finder:
    """Makes candidates of one document's readings."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading

    def candidate(
        self, value: str | date | Decimal, tokens: Sequence[Token], page: int, label: str, announced: str = ""
    ) -> Candidate:
        """A candidate of what stands in ``tokens``."""
        text = " ".join(token.text for token in tokens)
        own = f"{value:f}" if isinstance(value, Decimal) else str(value)
        if not tokens:
            return Candidate(own, text, label, announced=announced)
        layout = self.reading.layouts[page]
        box = layout.box_of(tokens)
        return Candidate(own, text, label, layout.number, (box.x0, box.y0, box.x1, box.y1), announced)

    def numbers(self, weighed: Sequence[header.Candidate], kinds: Sequence[str]) -> Iterator[Candidate]:
        """Numbers by their labels: those of the field's own kind first."""
        for kind in kinds:
            for one in weighed:
                if one.field == kind:
                    yield self.candidate(one.value, one.tokens, one.page, one.label)

    def dates(self, weighed: Sequence[header.Candidate], field: str) -> Iterator[Candidate]:
        """The dates that a label gives the field, then every other date."""
        for one in weighed:
            if one.field == field:
                yield self.candidate(one.value, one.tokens, one.page, one.label)
        for page, layout in enumerate(self.reading.layouts):
            for segment in layout.segments:
                for found in self.reading.dates_in(segment.tokens):
                    label = self._before(page, segment.line, found.tokens)
                    yield self.candidate(found.value, found.tokens, page, label)

    def amounts(self, sums: Sequence[Sum], kinds: Sequence[str]) -> Iterator[Candidate]:
        """The amounts that a label of the field's kinds announces."""
        for kind in kinds:
            for one in sorted((one for one in sums if one.kind == kind), key=lambda one: -one.score):
                yield self.candidate(one.value, one.tokens, one.page, one.label, one.kind)

    def customers(self, parties: Sequence[Party]) -> Iterator[Candidate]:
        """The names of all blocks with an address."""
        for party in parties:
            if party.name is not None:
                yield self.candidate(party.name.text, party.name.tokens, party.page, party.label)

    def addresses(self, parties: Sequence[Party]) -> Iterator[Candidate]:
        """The addresses of all blocks."""
        for party in parties:
            if text := party.address_text:
                yield self.candidate(text, party.address_tokens, party.page, party.label)

    def _before(self, page: int, line: int, tokens: Sequence[Token]) -> str:
        """What stands before ``tokens`` on their line."""
        before = " ".join(
            token.text for token in self.reading.layouts[page].lines[line].tokens if token.x1 <= tokens[0].x0
        )
        return before[-_LONGEST_LABEL:].strip(" :")
