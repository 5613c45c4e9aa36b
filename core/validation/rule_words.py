"""The rules that found a value, in a person's words."""

from __future__ import annotations

_WORDS = {
    "address block": "in the block of the address",
    "after the number": "right after the invoice number",
    "beneath": "beneath its label",
    "beneath, one of several": "one of several beneath its label",
    "beside": "beside its label",
    "behind": "right behind its label",
    "column found by its numbers": "in a column of such numbers",
    "column under a header": "in the column under its heading",
    "completes the sum": "the amount that makes the sum right",
    "first line": "on the first line of the page",
    "foot": "in the small print at the foot",
    "form": "in a field of the form",
    "labelled block": "in the block under its heading",
    "large print": "in the largest print",
    "legal form": "named as a company (Ltd, GmbH …)",
    "letterhead": "in the letterhead",
    "model": "read by a model",
    "name in two lines": "a name on two lines at the top",
    "number before the text": "the number before the text",
    "only date": "the only date on the page",
    "first of several dates": "the first of several dates on the page",
    "printed currency": "as printed with the amounts",
    "quantity × price = total": "quantity × price gives the total",
    "rows of amounts": "in a row that ends in an amount",
    "rows that add up to a printed sum": "in rows that add up to a printed sum",
    "sender line": "in the small line above the address",
    "sentence on payment": "in the sentence on payment",
    "sum of its column": "the sum of its column",
    "sum of the rates": "the sum of the tax rates",
}


def rule_words(rule: str) -> str:
    """What the rule named ``rule`` did, as a phrase in lower case; a rule without words of its own as it is called."""
    return _WORDS.get(rule) or ", ".join(_WORDS.get(part, part) for part in rule.split(", "))
