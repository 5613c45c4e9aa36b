"""The person's version of an extraction: what they changed, and the evidence and checks of what now stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher
from typing import Any

from pydantic import BaseModel

from core.evidence import Evidence
from core.extraction import Extraction, Provenance
from core.judgement import judge
from core.matching import find_value
from core.schema.document_type import DocumentType


@dataclass(frozen=True, slots=True)
class Reviewed:
    """An extraction with the person's changes: ``extraction`` holds the invoice as it now stands, its evidence and
    fresh checks; ``was`` maps every changed path to the value that was extracted (``None``: there was none)."""

    extraction: Extraction
    was: Mapping[str, Any]

    @property
    def changed(self) -> tuple[str, ...]:
        """Paths whose value differs from what was extracted."""
        return tuple(self.was)


def review(
    extraction: Extraction, invoice: BaseModel, drawn: Mapping[str, Evidence] | None = None, *, today: date
) -> Reviewed:
    """``invoice`` checked in place of ``extraction.values``.

    Unchanged values keep their evidence (lines are matched by content, so deleting one does not disturb the
    others) and their confidence: a doubt stays until somebody looks at that very value. Changed ones take their evidence
    from ``drawn`` or are looked for on the page anew.
    """
    drawn = drawn or {}
    origin = _origins(extraction.type, extraction.values, invoice)
    evidence: dict[str, Evidence] = {}
    provenance: dict[str, Provenance] = {}
    was: dict[str, Any] = {}
    sure: dict[str, float] = {}
    for path, _, value in extraction.type.walk(invoice):
        old = origin.get(path)
        before = extraction.value_at(old) if old else None
        if path in drawn:
            found: Evidence | None = drawn[path]
        elif value == before:
            found = extraction.evidence.get(old) if old else None
        else:
            found = find_value(extraction.type, path, value, extraction.page_texts) if value is not None else None
        if value != before:
            was[path] = before
            provenance[path] = Provenance("person", "drawn" if path in drawn else "typed", score=1.0, exact=True)
        elif old and old in extraction.provenance:
            provenance[path] = extraction.provenance[old]
        if value is not None and value == before and old in extraction.confidences:
            sure[path] = extraction.confidences[old]
        if found is not None and value is not None:
            evidence[path] = found
    kept = tuple(finding for finding in extraction.findings if finding.reading and not was.keys() & set(finding.fields))
    reviewed = extraction.model_copy(
        update={"values": invoice, "evidence": evidence, "provenance": provenance, "findings": kept}
    )
    return Reviewed(judge(reviewed, today=today, kept=sure), was)


def _origins(kind: DocumentType, old: BaseModel, new: BaseModel) -> dict[str, str]:
    """For each path of ``new`` the path of ``old`` that it came from."""
    origins = {info.name: info.name for info in kind.header}
    for table in kind.tables:
        for row, source in _align(kind.rows(old, table), kind.rows(new, table)).items():
            for cell in table.columns:
                origins[table.path(row, cell.name)] = table.path(source, cell.name)
    return origins


def _align(old: Sequence[Any], new: Sequence[Any]) -> dict[int, int]:
    """The line of ``old`` that each line of ``new`` came from: equal lines first, changed ones by position between."""
    matcher = SequenceMatcher(None, [repr(item) for item in old], [repr(item) for item in new], autojunk=False)
    pairs: dict[int, int] = {}
    for tag, old_start, old_end, new_start, new_end in matcher.get_opcodes():
        if tag in ("equal", "replace"):
            pairs |= dict(zip(range(new_start, new_end), range(old_start, old_end), strict=False))
    return pairs
