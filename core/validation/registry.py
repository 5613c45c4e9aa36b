"""Which rules judge which document type: those that the type names, else the general ones."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from importlib import import_module

from pydantic import BaseModel

from core.document_types import type_of
from core.examination.plausibility import GENERAL
from core.examination.rules import Rules
from core.validation.declared import check_declared, confirmed_by

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
    rules: Rules = import_module(kind.rules).RULES if kind.rules else _PLAIN
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
