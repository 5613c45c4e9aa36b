"""The gates as a person sets them: what a change would have done, and the change itself."""

from core.gating.gating import Gating, GatingParts

__all__ = ["Gating", "GatingParts"]
