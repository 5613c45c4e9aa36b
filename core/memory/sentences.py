"""What was learnt, in words."""

from __future__ import annotations

from core.document_types import SHIPPED, USUAL
from core.memory.anchors import LEVEL
from core.schema.document_type import DocumentType
from core.stores.vendors import Anchor, ColumnHead, DateOrder, Habit, Wanted

_STATES = {
    "trial": "on trial: one document so far",
    "active": "in use",
    "retired": "no longer used: it was wrong more often than right",
}


def habit_words(habit: Habit) -> str:
    """A habit as one sentence."""
    kind = _type_with(getattr(habit, "field", ""))
    if isinstance(habit, Wanted):
        return f"{kind.title_of(habit.field)} is wanted as “{habit.value}”."
    if isinstance(habit, Anchor):
        return f"{kind.title_of(habit.field)} stands {_where(habit)} “{habit.label}”."
    if isinstance(habit, DateOrder):
        return f"Dates in figures begin with the {'month' if habit.month_first else 'day'}."
    assert isinstance(habit, ColumnHead)
    return f"The column “{habit.label}” holds the {habit.column.replace('_', ' ')}."


def _where(anchor: Anchor) -> str:
    if abs(anchor.down) < LEVEL:
        return "behind"
    return "below" if anchor.down > 0 else "above"


def state_words(state: str) -> str:
    """Where a rule stands."""
    return _STATES[state]


def _type_with(field: str) -> DocumentType:
    """The first document type that has a header field of this name."""
    return next((kind for kind in SHIPPED if any(info.name == field for info in kind.header)), USUAL)
