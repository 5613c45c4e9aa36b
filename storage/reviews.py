"""Reviews by people, in rows: claims with a lease, edits with a version, and how long each review took."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict, fields
from statistics import median
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from core.stores.reviews import Claim, KeptEdits, ReviewPace, ReviewTime
from storage.database import Database, clock_of, insert_new
from storage.tables import REVIEW_CLAIMS, REVIEW_EDITS, REVIEWS

#: The key of PostgreSQL's advisory lock under which a run is claimed.
_LOCK = 7_205_131
_CLAIM = REVIEW_CLAIMS.c
_TIMES = tuple(REVIEWS.c[each.name] for each in fields(ReviewTime))


class SqlReviews:
    """Implements :class:`core.stores.reviews.Reviews` on SQLite and PostgreSQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    # --- who has what ----------------------------------------------------------------------------------------------

    def claim(self, run_id: str, who: str, seat: str, seconds: float) -> Claim:
        """See :meth:`core.stores.reviews.Reviews.claim`."""
        with self._database.write(lock=_LOCK, lasting=False) as connection:
            now = clock_of(connection)
            held = _claim_on(connection, run_id)
            if held and held.until > now and held.seat != seat:
                return held
            since = held.since if held and held.seat == seat and held.until > now else now
            mine = Claim(run_id, who, seat, since, now + seconds)
            connection.execute(delete(REVIEW_CLAIMS).where(_CLAIM.run_id == run_id))
            connection.execute(insert(REVIEW_CLAIMS).values(asdict(mine)))
        return mine

    def claims(self, run_ids: Collection[str]) -> dict[str, Claim]:
        """See :meth:`core.stores.reviews.Reviews.claims`."""
        with self._database.read() as connection:
            live = select(REVIEW_CLAIMS).where(_CLAIM.run_id.in_(list(run_ids)), _CLAIM.until > clock_of(connection))
            return {row.run_id: Claim(*row) for row in connection.execute(live)}

    def release(self, seat: str, run_ids: Collection[str]) -> None:
        """See :meth:`core.stores.reviews.Reviews.release`."""
        with self._database.write(lasting=False) as connection:
            mine = (_CLAIM.seat == seat) & _CLAIM.run_id.in_(list(run_ids))
            connection.execute(delete(REVIEW_CLAIMS).where(mine))

    # --- what they made of it --------------------------------------------------------------------------------------

    def edits(self, run_id: str) -> KeptEdits | None:
        """See :meth:`core.stores.reviews.Reviews.edits`."""
        columns = REVIEW_EDITS.c
        with self._database.read() as connection:
            chosen = select(columns.version, columns.edits, columns.who).where(columns.run_id == run_id)
            row = connection.execute(chosen).first()
        return KeptEdits(*row) if row else None

    def keep_edits(self, run_id: str, edits: Mapping[str, Any], seen: int, who: str) -> int | None:
        """See :meth:`core.stores.reviews.Reviews.keep_edits`."""
        row = {"version": seen + 1, "edits": dict(edits), "who": who}
        with self._database.write() as connection:
            columns = REVIEW_EDITS.c
            if seen == 0:
                change = insert_new(connection, REVIEW_EDITS).values(row | {"run_id": run_id})
            else:
                change = update(REVIEW_EDITS).where(columns.run_id == run_id, columns.version == seen).values(row)
            return connection.execute(change.returning(columns.version)).scalar()

    # --- how long it took ------------------------------------------------------------------------------------------

    def note(self, review: ReviewTime) -> None:
        """See :meth:`core.stores.reviews.Reviews.note`."""
        with self._database.write() as connection:
            connection.execute(insert_new(connection, REVIEWS).values(asdict(review)))

    def times(self, run_id: str) -> list[ReviewTime]:
        """See :meth:`core.stores.reviews.Reviews.times`."""
        chosen = select(*_TIMES).where(REVIEWS.c.run_id == run_id).order_by(REVIEWS.c.opened_at, REVIEWS.c.review_id)
        with self._database.read() as connection:
            return [ReviewTime(*row) for row in connection.execute(chosen)]

    def pace(self, last: int = 200) -> ReviewPace | None:
        """See :meth:`core.stores.reviews.Reviews.pace`."""
        chosen = select(REVIEWS.c.seconds, REVIEWS.c.looks).where(REVIEWS.c.outcome == "saved")
        with self._database.read() as connection:
            rows = connection.execute(chosen.order_by(REVIEWS.c.opened_at.desc()).limit(last)).all()
        if not rows:
            return None
        return ReviewPace(len(rows), median(row.seconds for row in rows), median(row.looks for row in rows))


def _claim_on(connection: Connection, run_id: str) -> Claim | None:
    row = connection.execute(select(REVIEW_CLAIMS).where(_CLAIM.run_id == run_id)).first()
    return Claim(*row) if row else None
