"""Which rules judge which document type. To add those of a type, name them here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache

from pydantic import BaseModel

from core.document_types import type_of
from core.examination.plausibility import GENERAL
from core.examination.rules import Rules
from core.invoice.document_type import INVOICE
from core.invoice.rules import RULES as INVOICE_RULES
from core.validation.declared import check_declared, confirmed_by

_RULES: Mapping[str, Rules] = {INVOICE.name: INVOICE_RULES}
#: What judges a document of a type without rules of its own.
_PLAIN = Rules(GENERAL)
#: What judges one of a type that a person declared.
_DECLARED = Rules(
    (*GENERAL, check_declared),
    confirmed=lambda values: confirmed_by(values, type_of(values)),
    summed=lambda values: confirmed_by(values, type_of(values)),
)


def rules_of(values: BaseModel) -> Rules:
    """What judges a document with these values."""
    kind = type_of(values)
    if kind.definition:
        return _DECLARED
    rules = _RULES.get(kind.base.name, _PLAIN)
    return _with_declared(rules) if kind.extension else rules


@cache
def _with_declared(rules: Rules) -> Rules:
    """The rules of a type that ships, with the checks of what a person added to it."""
    return replace(
        rules,
        checks=(*rules.checks, check_declared),
        confirmed=lambda values: rules.confirmed(values) | confirmed_by(values, type_of(values)),
        summed=lambda values: rules.summed(values) | confirmed_by(values, type_of(values)),
    )
