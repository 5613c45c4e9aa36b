"""What was learnt, in words."""

from __future__ import annotations

from core.document_types import SHIPPED
from core.memory.anchors import LEVEL
from core.stores.vendors import Anchor, ColumnHead, DateOrder, Example, Habit, Wanted

_STATES = {
    "trial": "on trial: one document so far",
    "active": "in use",
    "retired": "no longer used: it was wrong more often than right",
}


def habit_words(habit: Habit) -> str:
    """A habit as one sentence."""
    if isinstance(habit, Wanted):
        return f"{_title_of(habit.field)} is wanted as “{habit.value}”."
    if isinstance(habit, Anchor):
        return f"{_title_of(habit.field)} stands {_where(habit)} “{habit.label}”."
    if isinstance(habit, DateOrder):
        return f"Dates in figures begin with the {'month' if habit.month_first else 'day'}."
    if isinstance(habit, Example):
        gave = f"“{habit.gave}” was read" if habit.gave else "nothing was read"
        return (
            f"A model is shown of {_title_of(habit.field)}: {gave}, right was “{habit.right}”, because {habit.where}."
        )
    assert isinstance(habit, ColumnHead)
    return f"The column “{habit.label}” holds the {habit.column.replace('_', ' ')}."


def _where(anchor: Anchor) -> str:
    if abs(anchor.down) < LEVEL:
        return "behind"
    return "below" if anchor.down > 0 else "above"


def state_words(state: str) -> str:
    """Where a rule stands."""
    return _STATES[state]


def _title_of(field: str) -> str:
    """The title of a header field in the first document type that has one of this name; of one that a person added its name."""
    titles = (info.title for kind in SHIPPED for info in kind.header if info.name == field)
    return next(titles, field.replace("_", " ").capitalize())
