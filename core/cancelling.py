"""How work learns that the person has stopped it."""

from __future__ import annotations

from collections.abc import Callable

from core.errors import Cancelled

#: Asks whether the person has stopped the run.
IsCancelled = Callable[[], bool]

CANCELLED = "The run was cancelled."


def stop_if(cancelled: IsCancelled) -> None:
    """Raises Cancelled where the person has stopped the run."""
    if cancelled():
        raise Cancelled(CANCELLED)
