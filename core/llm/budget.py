"""The hard budget of a day and a month: the stop before a call that would exceed it."""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from core.call import ModelName
from core.cancelling import IsCancelled
from core.errors import BudgetExceeded, StorageError
from core.llm.limits import STEP, Sleep, pause
from core.settings import Budget
from core.spending.period import day_of, month_of
from core.stores.holds import Cap, Holds, Over

#: Seconds beyond a call's timeout after which what it held back lapses: its process is dead.
GRACE = 120.0


@dataclass(slots=True)
class Hold:
    """What is held back for one call. ``asked``: it left this machine; ``booked``: what it cost stands in the books."""

    asked: bool = False
    booked: bool = False


class BudgetGuard:
    """Stands before every call while the budget is hard: a call goes only where its greatest cost still fits beside what is
    spent and what the calls in flight, in whichever process, may yet cost."""

    def __init__(
        self, budget: Callable[[], Budget], holds: Holds, sleep: Sleep, now: Callable[[], datetime] | None = None
    ) -> None:
        self._budget = budget
        self._holds = holds
        self._sleep = sleep
        self._now = now or _now

    @contextmanager
    def reserve(
        self, model: ModelName, cost: Callable[[], Decimal | None], timeout: float, cancelled: IsCancelled
    ) -> Iterator[Hold]:
        """Holds ``cost`` (the call's greatest) back while the call runs, which takes ``timeout`` seconds at most; who makes
        it says what became of it in the :class:`Hold`.

        A call that would fit but for those in flight waits until they have ended: most cost less than they may.
        Raises BudgetExceeded, Cancelled, StorageError.
        """
        hold = Hold()
        if not self._caps():
            yield hold
            return
        held = cost()
        if held is None:
            raise BudgetExceeded(
                f"No price is known for {model}, so the budget cannot be kept. Enter its price in the settings "
                "(0 for a model that costs nothing), or let the budget only warn.",
                *model,
            )
        hold_id = uuid.uuid4().hex
        while over := self._holds.hold(hold_id, held, self._caps(), self._now(), timedelta(seconds=timeout + GRACE)):
            if over.alone:
                raise BudgetExceeded(_refusal(over, held), *model)
            pause(STEP, cancelled, self._sleep)
        try:
            yield hold
        finally:
            # A call that was made and is not in the books may be billed all the same: what it held lapses by itself.
            if hold.booked or not hold.asked:
                with contextlib.suppress(StorageError):
                    self._holds.release(hold_id)

    def _caps(self) -> list[Cap]:
        budget, now = self._budget(), self._now()
        caps = []
        if budget.hard and budget.day is not None:
            caps.append(Cap("today’s", day_of(now).since, budget.day))
        if budget.hard and budget.month is not None:
            caps.append(Cap("this month’s", month_of(now).since, budget.month))
        return caps


def _refusal(over: Over, held: Decimal) -> str:
    return (
        f"The call was not made: it may cost up to {_written(held)}, and {_written(over.spent)} of {over.cap.name} budget of "
        f"{_written(over.cap.dollars)} are spent. Raise the budget on the Cost page, or wait until it begins anew."
    )


def _written(amount: Decimal) -> str:
    """Cents, and where there are few of them two digits that say something: “$0.02 of $0.01” would look like a fault."""
    if amount == amount.quantize(Decimal("0.01")) or amount >= Decimal("0.10"):
        return f"${amount:,.2f}"
    return f"${amount:.{min(1 - amount.adjusted(), 8)}f}"


def _now() -> datetime:
    return datetime.now(UTC)
