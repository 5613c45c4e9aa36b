"""Books of some weeks' work, for tests and pictures of how it goes: what came in, its runs, and what people changed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import insert

from core.stores.inbox import InboxItem
from storage.database import Database
from storage.inbox import SqlInbox
from storage.tables import FIELD_VALUES, RUNS

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
VENDORS = ("Paper Mill Ltd", "Nordlicht GmbH", "Atelier Marin")


def item(number: int, at: datetime, **more: Any) -> InboxItem:
    """A document that was read; ``more`` says what became of it."""
    told = {
        "item_id": f"i{number:06}",
        "document": f"d{number:06}",
        "name": f"bill-{number}.pdf",
        "arrived_at": at,
        "changed_at": at,
        "state": "approved",
        "verdict": "approved",
        "run_id": f"r{number:06}",
        "type_name": "invoice",
        "vendor": VENDORS[number % 3],
        "number": f"R-{number}",
        "seconds": 2.0,
    }
    return InboxItem(**(told | more))


def run_row(number: int, at: datetime, *, right: int | None = None, changed: tuple[str, ...] = ()) -> dict[str, Any]:
    """The run of an item: reading took three of its four seconds. ``right`` values were left, ``changed`` are paths of others."""
    steps = [{"step": "ocr", "seconds": 3.0, "cached": False}, {"step": "extract", "seconds": 1.0, "cached": False}]
    return {
        "run_id": f"r{number:06}",
        "document": f"d{number:06}",
        "name": f"bill-{number}.pdf",
        "pages": [[1, 0]],
        "started_at": at,
        "seconds": 4.0,
        "extractor": "rules",
        "verdict": "approved",
        "recipe_name": "default",
        "recipe_digest": "x",
        "recipe": {},
        "steps": steps,
        "cached_steps": 0,
        "findings": [],
        "confidences": {},
        "from_cache": False,
        "right_values": right,
        "wrong_values": None if right is None else len(changed),
    }


def keep_run(
    database: Database, number: int, at: datetime, *, right: int | None = None, changed: tuple[str, ...] = ()
) -> None:
    """Keep the run of an item, and what people changed in it."""
    row = run_row(number, at, right=right, changed=changed)
    with database.write() as connection:
        connection.execute(insert(RUNS), [row])
        if changed:
            values = [{"run_id": row["run_id"], "path": path, "changed": True, "order_id": number} for path in changed]
            connection.execute(insert(FIELD_VALUES), values)


def keep_weeks(database: Database, weeks: int, place: str = "", until: datetime = NOW) -> None:
    """Ten documents each weekday and two each day of a weekend, over ``weeks`` until ``until``; of ten, one fails, two need a person and
    one of these is saved with a vendor's name changed."""
    items, number = [], 0
    for back in range(weeks * 7, 0, -1):
        day = (until - timedelta(days=back)).replace(hour=9, minute=0)
        for place_of_day in range(10 if day.weekday() < 5 else 2):
            at = day + timedelta(minutes=place_of_day)
            number += 1
            match number % 10:
                case 0:
                    name = f"bill-{number}.pdf"
                    items.append(
                        item(
                            number,
                            at,
                            state="failed",
                            verdict=None,
                            run_id=None,
                            vendor="",
                            type_name="",
                            sentence=f"{name}: it is encrypted.",
                        )
                    )
                case 1:
                    items.append(item(number, at, state="needs review", verdict="needs review", doubts=2))
                    keep_run(database, number, at)
                case 2:
                    items.append(
                        item(number, at, state="saved", verdict="needs review", order_id=number, cost=Decimal("0.01"))
                    )
                    keep_run(
                        database,
                        number,
                        at,
                        right=19,
                        changed=("vendor_name", "line_items.3.quantity", "line_items.7.quantity"),
                    )
                case 3:
                    items.append(item(number, at, state="saved", order_id=number))
                    keep_run(database, number, at, right=20)
                case _:
                    items.append(item(number, at))
                    keep_run(database, number, at)
    SqlInbox(database, place).add(items)
