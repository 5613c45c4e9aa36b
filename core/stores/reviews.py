"""Reviews by people: who has which run at hand, the edits they made of it so far, and how long each review took."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, Protocol

#: How a review ended.
Outcome = Literal["saved", "rejected", "left"]


@dataclass(frozen=True, slots=True)
class Claim:
    """That somebody has a run at hand: ``who`` by name, ``seat`` the window in which they sit. It lapses ``until`` (seconds since
    the epoch, by the database's clock) unless it is renewed."""

    run_id: str
    who: str
    seat: str
    since: float
    until: float


@dataclass(frozen=True, slots=True)
class KeptEdits:
    """A person's edits of a run as they are kept (JSON values): ``version`` counts the changes from 1, ``who`` made the last."""

    version: int
    edits: Mapping[str, Any]
    who: str = ""


@dataclass(frozen=True, slots=True)
class ReviewTime:
    """How one review went. ``first_look`` and ``seconds`` count from ``opened_at``: until the first question was seen, and until it
    ended. ``looks`` are the places that were looked at, ``corrections`` the values that were changed."""

    review_id: str
    run_id: str
    who: str
    opened_at: datetime
    first_look: float
    seconds: float
    keys: int
    clicks: int
    looks: int
    corrections: int
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class ReviewPace:
    """The medians of the reviews that ended in a save; ``count`` says of how many."""

    count: int
    seconds: float
    looks: float


class Reviews(Protocol):
    """Claims, edits and times. Safe for threads and processes: of two that change the same, one is told that it came later."""

    def claim(self, run_id: str, who: str, seat: str, seconds: float) -> Claim:
        """Take a run for ``seconds``, or renew that; gives the claim that now stands, which is another's where they have it."""

    def claims(self, run_ids: Collection[str]) -> dict[str, Claim]:
        """The claims on these runs that have not lapsed."""

    def release(self, seat: str, run_ids: Collection[str]) -> None:
        """Give back what a seat holds of these; what others hold stays theirs."""

    def edits(self, run_id: str) -> KeptEdits | None:
        """The edits of a run; ``None`` where nobody made any."""

    def keep_edits(self, run_id: str, edits: Mapping[str, Any], seen: int, who: str) -> int | None:
        """Keep edits made over the version ``seen`` (0: none); gives their version. ``None`` where somebody else kept others since:
        nothing is changed then."""

    def note(self, review: ReviewTime) -> None:
        """Keep how a review went; the same ``review_id`` again changes nothing."""

    def times(self, run_id: str) -> list[ReviewTime]:
        """The reviews of a run, oldest first."""

    def pace(self, last: int = 200) -> ReviewPace | None:
        """The medians of the last reviews that were saved; ``None`` where there is none."""
