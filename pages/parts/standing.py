"""What the person's own hand changes in a judged extraction: texts that cannot be read."""

from __future__ import annotations

from collections.abc import Mapping

from core.extraction import Finding
from core.models import field_of
from core.studio import Reviewed
from pages.parts.confidence import UNREAD
from pages.parts.edits import title_of


def unread(reviewed: Reviewed, errors: Mapping[str, str]) -> Reviewed:
    """``reviewed`` with an error for every text that could not be read: such a value is doubtful, not absent, and
    nothing is approved with it."""
    if not errors:
        return reviewed
    found = tuple(
        Finding(UNREAD, "error", f"{title_of(path)}: {sentence.removeprefix(f'{field_of(path).title}: ')}", (path,))
        for path, sentence in errors.items()
    )
    findings = (*found, *reviewed.extraction.findings)
    return Reviewed(
        reviewed.extraction.model_copy(update={"findings": findings, "verdict": "needs review"}), reviewed.was
    )
