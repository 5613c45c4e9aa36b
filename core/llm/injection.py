"""Sentences on a page that speak to a machine: a document that tells its reader what to answer is never approved unseen.

Fencing and the schema keep a model from following them, but no model is proof against every sentence. This looks for the
plain ones; what a person could be fooled by as well is left to evidence and checks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

from core.document_types import SHIPPED
from core.evidence import PageText
from core.extraction import Finding
from core.page.layout import Layout

#: So much of a sentence is quoted to the person.
_QUOTED = 100
_ORDERS = (
    r"\b(?:ignore|disregard|forget|override)\W+(?:\w+\W+){0,3}?(?:previous|prior|above|earlier|preceding|all|any|your|system)\W+"
    r"(?:\w+\W+){0,2}?(?:instructions?|prompts?|rules|text|context)",
    r"\b(?:system|developer)\s+(?:prompt|override)\b|instructions?\s+(?:to|for)\s+(?:the\s+)?(?:ai|llm|assistant|parser|bot)\b",
    r"\b(?:you\s+are|act\s+as)\s+(?:an?\s+|now\s+)*(?:ai|llm|language\s+model|assistant|chatbot)\b",
    r"\b(?:ai|llm|language\s+models?|assistants?|automated\s+(?:systems?|readers?))\s+(?:must|shall|should|has\s+to|have\s+to|are\s+to)\b",
    r"\b(?:answer|reply|respond|output)\s+(?:only\s+)?(?:with|as)\b.{0,40}(?:\bjson\b|\bapproved\b|\{)",
    r"(?:ignoriere|missachte|vergiss)\w*\W+(?:\w+\W+){0,3}?(?:anweisung|vorgabe|regel|instruktion)",
    r"(?:ignore[zr]?|oublie[zr]?)\W+(?:\w+\W+){0,4}?(?:instructions?|consignes?|règles)",
    r"(?:ignor[ae]|ignorar|olvid[ae]|desestime)\W+(?:\w+\W+){0,4}?(?:instrucciones|instruções|reglas|regras)",
    r"(?:ignora(?:re|te)?|dimentica)\W+(?:\w+\W+){0,4}?(?:istruzioni|regole)",
    r"\b(?:negeer|vergeet)\W+(?:\w+\W+){0,4}?(?:instructies|regels|opdrachten)",
    r"(?:これまで|以前|上記)の?.{0,6}(?:指示|命令).{0,6}(?:無視|忘れ)",
)


def find_instructions(pages: Sequence[PageText]) -> Iterator[Finding]:
    """A finding for the first sentence on each page that speaks to a machine, or that names the fields of our answer."""
    for page in pages:
        for text in _sentences(page):
            if found := _pattern().search(text):
                start = max(0, found.start() - 20)
                quoted = text[start : start + _QUOTED].strip()
                sentence = f"Page {page.page} speaks to a machine (“{quoted}”): its values must be checked by a person."
                yield Finding("instructions", "error", sentence)
                break


def _sentences(page: PageText) -> Iterator[str]:
    """The lines of a page, each with the next: an order may run over a line's end."""
    lines = [" ".join(segment.text for segment in line.segments) for line in Layout(page).lines]
    for line, below in zip(lines, (*lines[1:], ""), strict=True):
        yield f"{line} {below}".strip()


@cache
def _pattern() -> re.Pattern[str]:
    # names such as total_amount are in no invoice: who prints them knows what a model is asked for
    names = "|".join((*(name for kind in SHIPPED for name in kind.names() if "_" in name), "document_type"))
    return re.compile("|".join((*_ORDERS, rf"\b(?:{names})\b")), re.IGNORECASE)
