"""Which type a document was taken to be of, and why."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class TypeChoice(BaseModel):
    """``type_name`` is the document type that was chosen. ``known`` is whether the pages speak for it: where they do not, it is the
    usual type for want of a better one. ``reason`` says why as the end of a sentence (says “Payslip” at the top), ``score`` how sure
    that is (0 to 1)."""

    model_config = ConfigDict(frozen=True)

    type_name: str
    known: bool
    reason: str
    score: float = 0.0
