"""What is held back of budgets, in memory: for tests."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from core.stores.holds import Cap, Over


class MemoryHolds:
    """Implements :class:`core.stores.holds.Holds` in memory, for one process. ``spent`` is :meth:`core.stores.calls.Calls.spent`."""

    def __init__(self, spent: Callable[[datetime], Decimal]) -> None:
        self._spent = spent
        self._lock = threading.Lock()
        self._held: dict[str, tuple[Decimal, datetime]] = {}

    def hold(
        self, hold_id: str, dollars: Decimal, caps: Sequence[Cap], now: datetime, longest: timedelta
    ) -> Over | None:
        """See :meth:`core.stores.holds.Holds.hold`."""
        with self._lock:
            self._held = {name: (amount, until) for name, (amount, until) in self._held.items() if until > now}
            held = sum((amount for amount, _ in self._held.values()), Decimal(0))
            for cap in caps:
                spent = self._spent(cap.since)
                if spent + held + dollars > cap.dollars:
                    return Over(cap, spent, spent + dollars > cap.dollars or not held)
            self._held[hold_id] = (dollars, now + longest)
            return None

    def release(self, hold_id: str) -> None:
        """See :meth:`core.stores.holds.Holds.release`."""
        with self._lock:
            self._held.pop(hold_id, None)
