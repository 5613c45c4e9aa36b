"""The gates as a person sets them: what a change would have done, and the change itself."""

from core.gating.gating import Gating, GatingParts
from core.gating.saving import SavingParts, SelfSaving

__all__ = ["Gating", "GatingParts", "SavingParts", "SelfSaving"]
