"""The number of the customer's order, among the numbers that labels of orders announce."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import replace

from core.notation.folding import fold
from core.page.layout import Token
from core.rules.header import Candidate
from core.rules.reading import Reading

#: A label that names the customer's order means nothing else.
_SURE = 0.98
#: How numbers of orders begin that say what they are.
_CALLED = re.compile(r"^(?:PO|BC|BDC|CDE)[\s\-/#.]?[A-Z]{0,3}\d")


def read_purchase_order(reading: Reading, weighed: Sequence[Candidate], taken: Collection[Token]) -> Candidate | None:
    """The best of ``weighed`` whose label names the customer's order and whose number is no other field's (``taken``)."""
    meant, spoken_for = reading.lexicon.meanings["purchase_order"], set(taken)
    orders = [one for one in weighed if one.field == "order_number" and spoken_for.isdisjoint(one.tokens)]
    named = [one for one in orders if fold(one.label) in meant]
    # behind “your reference” stands an order where its number says so
    called = [one for one in orders if isinstance(one.value, str) and _CALLED.match(one.value)]
    return next((replace(one, field="purchase_order_number", score=_SURE) for one in (*named, *called)), None)
