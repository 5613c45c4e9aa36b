"""What a syntax of invoice XML is to the reader: how each part of an invoice is read from its tree. To add one, write a
file like ``cii.py``, name its roots in ``xml.py`` and the syntax in ``__init__.py``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from core.extraction import Charge
from core.invoice.einvoice.values import Paid, Values
from core.invoice.model import Invoice


@dataclass(frozen=True, slots=True)
class Syntax:
    """One syntax. Every function takes the root element, its tags without namespaces; ``kind`` (one of
    :data:`core.prompt.DOCUMENT_TYPES`; ``None``: no invoice, which ``read`` says in a finding) and ``payment`` (what is
    paid and what is left) also the total."""

    title: str
    read: Callable[[Any, Values], Invoice]
    charges: Callable[[Any], Iterator[Charge]]
    kind: Callable[[Any, Decimal | None], str | None]
    payment: Callable[[Any, Decimal | None], Paid]
    language: Callable[[Any], str | None]
