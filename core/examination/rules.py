"""What judges the documents of one type beside its fields: checks, and what the document's own sums say of its values."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Set
from dataclasses import dataclass
from typing import Any

from core.evidence import Evidence
from core.examination.case import Examination
from core.extraction import Finding

#: A check: from a case of its type to what it noticed. Nothing is ever repaired: a finding proposes, the person decides.
Check = Callable[[Any], Iterable[Finding]]


@dataclass(frozen=True)
class Rules:
    """``checks``, the strongest first, look at a ``case``. The others take the values of a document (of the type's model):
    ``confirmed`` gives the paths of what its own sums and products confirm, ``summed`` of what belongs to a sum that holds,
    ``signs_of`` further signs of a header field's or column's value by the field's name, ``compare_with_page`` what the
    page shows otherwise than the document's XML. ``contested`` are the paths whose value is never sure while something
    speaks against it.
    """

    checks: tuple[Check, ...]
    case: type[Examination] = Examination
    confirmed: Callable[[Any], Set[str]] = lambda values: frozenset()
    summed: Callable[[Any], Set[str]] = lambda values: frozenset()
    contested: frozenset[str] = frozenset()
    signs_of: Callable[[str, object, Any], Mapping[str, float]] = lambda name, value, values: {}
    compare_with_page: Callable[[Any, Any, Mapping[str, Evidence]], list[Finding]] = lambda values, page, evidence: []
