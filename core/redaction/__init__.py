"""Masking of what must not leave the machine, in text and pictures, and putting it back into what comes home."""

from core.redaction.kinds import KINDS
from core.redaction.masker import Hidden, Masker

__all__ = ["KINDS", "Hidden", "Masker"]
