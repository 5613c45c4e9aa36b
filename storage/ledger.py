"""What happened, in rows: documents, runs, and every field's extracted and final value."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import groupby
from operator import itemgetter
from typing import Any

from pydantic import BaseModel
from sqlalchemy import Connection, bindparam, case, delete, func, insert, or_, select, update

from core.document_types import USUAL, type_for, type_of
from core.extraction import Extraction, StepRecord
from core.recipe import Correction, Recipe
from core.schema.document_type import DocumentType
from core.schema.fields import FieldInfo
from core.schema.path import is_cell, row_of
from core.stores.ledger import Finals, JudgedRun, ReviewedValue, RunRow, ValueChange
from storage.columns import storable_text
from storage.database import Database, insert_new
from storage.tables import (
    API_TASKS,
    DOCUMENT,
    DOCUMENTS,
    FIELD_VALUES,
    HEADER,
    INBOX_ITEMS,
    ORIGIN,
    PAID_ONCE,
    RUNS,
    VALUE_CHANGES,
)

_Texts = Mapping[str, str | None]


#: Rows that are read in one go.
_BATCH = 2000


#: Asked for every run: put together once.
_FORGET_RUN = tuple(
    delete(table).where(table.c.run_id == bindparam("run")) for table in (RUNS, FIELD_VALUES, PAID_ONCE)
)
_RENAME_DOCUMENT = update(DOCUMENTS).where(DOCUMENTS.c.sha256 == bindparam("which")).values(name=bindparam("now"))


class SqlLedger:
    """Implements :class:`core.stores.ledger.Ledger` on SQLite and PostgreSQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def keep_document(self, sha256: str, name: str, media_type: str, size: int, pages: int) -> None:
        """See :meth:`core.stores.ledger.Ledger.keep_document`."""
        values = {"media_type": media_type, "size": size, "pages": pages, "created_at": datetime.now(UTC)}
        with self._database.write() as connection:
            connection.execute(insert_new(connection, DOCUMENTS).values(sha256=sha256, name=name, **values))
            connection.execute(_RENAME_DOCUMENT, {"which": sha256, "now": name})

    def keep_run(self, run_id: str, extraction: Extraction, started_at: datetime, error: str | None = None) -> None:
        """See :meth:`core.stores.ledger.Ledger.keep_run`; a run kept twice is the later one."""
        with self._database.write() as connection:
            for of_run in _FORGET_RUN:
                connection.execute(of_run, {"run": run_id})
            connection.execute(insert(RUNS).values(_run_row(run_id, extraction, started_at, error)))
            connection.execute(insert(FIELD_VALUES), _field_rows(run_id, extraction))
            if any(one.paid for one in extraction.learnt) and not _from_cache(extraction.steps):
                connection.execute(insert(PAID_ONCE).values(run_id=run_id, at=started_at))

    def keep_final(self, run_id: str, order_id: int | None, values: BaseModel, who: str = "") -> None:
        """See :meth:`core.stores.ledger.Ledger.keep_final`. A field of a line that the person deleted ends as null."""
        self.put_finals(run_id, Finals(order_id, _texts(values)), "saved", who)

    def finals(self, run_id: str) -> Finals | None:
        """See :meth:`core.stores.ledger.Ledger.finals`."""
        saved = (FIELD_VALUES.c.run_id == run_id) & FIELD_VALUES.c.changed.is_not(None)
        with self._database.read() as connection:
            rows = connection.execute(select(FIELD_VALUES).where(saved).order_by(FIELD_VALUES.c.path)).all()
        return Finals(rows[0].order_id, {row.path: row.final for row in rows}) if rows else None

    def hold(self, run_id: str) -> None:
        """See :meth:`core.stores.ledger.Ledger.hold`. SQLite has one writer at a time anyway."""
        with self._database.write() as connection:
            connection.execute(select(RUNS.c.run_id).where(RUNS.c.run_id == run_id).with_for_update())

    def put_finals(self, run_id: str, finals: Finals | None, why: str, who: str = "") -> None:
        """See :meth:`core.stores.ledger.Ledger.put_finals`."""
        mine = FIELD_VALUES.c.run_id == run_id
        with self._database.write() as connection:
            kept = connection.execute(select(FIELD_VALUES).where(mine)).mappings()
            held = {row["path"]: dict(row) for row in kept}
            kind = type_of_run(connection, run_id)
            rows = [
                _final_row(kind, held.get(path), path, finals) for path in {**held, **(finals.values if finals else {})}
            ]
            if known := [row for row in rows if row["field"] in held]:
                here = mine & (FIELD_VALUES.c.path == bindparam("field"))
                connection.execute(update(FIELD_VALUES).where(here), known)
            if new := [row for row in rows if row["field"] not in held]:
                values = [{"run_id": run_id, "path": row["field"]} | row for row in new]
                connection.execute(
                    insert(FIELD_VALUES), [{k: v for k, v in row.items() if k != "field"} for row in values]
                )
            connection.execute(update(RUNS).where(RUNS.c.run_id == run_id).values(_judged(rows)))
            order_id = finals.order_id if finals else next((row["order_id"] for row in held.values()), None)
            was = {path: _standing(row) for path, row in held.items()}
            now = {row["field"]: row["final"] if finals else held[row["field"]]["extracted"] for row in rows}
            told = {"order_id": order_id, "run_id": run_id, "why": why, "who": who}
            _note_changes(connection, kind, told, was, now)

    def keep_changes(self, order_id: int, before: BaseModel, after: BaseModel, why: str, who: str = "") -> None:
        """See :meth:`core.stores.ledger.Ledger.keep_changes`."""
        with self._database.write() as connection:
            told = {"order_id": order_id, "run_id": None, "why": why, "who": who}
            _note_changes(connection, type_of(after), told, _texts(before), _texts(after))

    def changes(self, order_id: int) -> list[ValueChange]:
        """See :meth:`core.stores.ledger.Ledger.changes`."""
        columns = [VALUE_CHANGES.c[name] for name in ValueChange.__dataclass_fields__]
        mine = select(*columns).where(VALUE_CHANGES.c.order_id == order_id).order_by(VALUE_CHANGES.c.change_id)
        with self._database.read() as connection:
            return [ValueChange(**row) for row in connection.execute(mine).mappings()]

    def runs(self, limit: int = 50) -> list[RunRow]:
        """See :meth:`core.stores.ledger.Ledger.runs`."""
        columns = [RUNS.c[name] for name in RunRow.__dataclass_fields__]
        latest = select(*columns).order_by(RUNS.c.started_at.desc(), RUNS.c.run_id).limit(limit)
        with self._database.read() as connection:
            return [RunRow(**row) for row in connection.execute(latest).mappings()]

    def judged(self, limit: int) -> list[JudgedRun]:
        """See :meth:`core.stores.ledger.Ledger.judged`."""
        kept = [
            select(run).where(run.is_not(None)) for run in (INBOX_ITEMS.c.run_id, ORIGIN.c.run_id, DOCUMENT.c.run_id)
        ]
        wanted = [RUNS.c.run_id.in_(one) for one in (*kept, select(API_TASKS.c.task_id))]
        item, order = INBOX_ITEMS.c, FIELD_VALUES.c.order_id
        rejected = select(func.count()).where(item.run_id == RUNS.c.run_id, item.state == "rejected").scalar_subquery()
        saved = (
            select(func.max(order)).where(FIELD_VALUES.c.run_id == RUNS.c.run_id).scalar_subquery().label("order_id")
        )
        latest = select(
            RUNS.c.run_id, RUNS.c.name, RUNS.c.started_at, saved, RUNS.c.wrong_values, rejected.label("rejected")
        )
        latest = latest.where(or_(*wanted)).order_by(RUNS.c.started_at.desc(), RUNS.c.run_id).limit(limit)
        with self._database.read() as connection:
            rows = connection.execute(latest).mappings().all()
            later = _changed_later(connection, [row["order_id"] for row in rows if row["order_id"] is not None])
        return [
            JudgedRun(
                row["run_id"],
                row["name"],
                row["started_at"],
                row["order_id"],
                None if row["wrong_values"] is None else row["wrong_values"] + later.get(row["order_id"], 0),
                bool(row["rejected"]),
            )
            for row in rows
        ]

    def reviewed_values(self) -> Iterator[ReviewedValue]:
        """See :meth:`core.stores.ledger.Ledger.reviewed_values`."""
        table = FIELD_VALUES.c
        query = select(RUNS.c.run_id, RUNS.c.recipe_digest, table.path, table.extracted, table.final, table.confidence)
        query = query.add_columns(table.changed).join(RUNS, RUNS.c.run_id == table.run_id)
        query = query.join(HEADER, HEADER.c.order_id == table.order_id).where(HEADER.c.status == "reviewed")
        query = query.where(RUNS.c.extractor != "einvoice").order_by(RUNS.c.run_id, table.path)
        # One run for each recipe: a recipe is long, and runs of one digest have the same.
        firsts = select(func.min(RUNS.c.run_id)).group_by(RUNS.c.recipe_digest)
        recipes = select(RUNS.c.recipe_digest, RUNS.c.recipe).where(RUNS.c.run_id.in_(firsts))
        with self._database.read() as connection:
            known = {digest: _correction_of(recipe) for digest, recipe in connection.execute(recipes)}
            rows = connection.execute(query, execution_options={"yield_per": _BATCH}).mappings()
            runs = (list(run) for _, run in groupby(rows, key=itemgetter("run_id")))
            for run in runs:
                yield from _reviewed(run, *known[run[0]["recipe_digest"]])


def _note_changes(
    connection: Connection, kind: DocumentType, told: Mapping[str, Any], was: _Texts, now: _Texts
) -> None:
    by = {**told, "at": datetime.now(UTC)}
    found = [
        by | {"path": path, "before": was.get(path), "after": now.get(path)}
        for path in {**was, **now}
        if not same_value(kind.field_of(path), was.get(path), now.get(path))
    ]
    if found:
        connection.execute(insert(VALUE_CHANGES), found)


def _changed_later(connection: Connection, orders: Sequence[int]) -> dict[int, int]:
    """Of these orders how many values were changed after the save of their run, less those that were put back."""
    change = VALUE_CHANGES.c
    counted = func.sum(case((change.why == "saved", 1), else_=-1))
    query = select(change.order_id, counted).where(change.order_id.in_(orders), change.run_id.is_(None))
    return {order: max(0, count) for order, count in connection.execute(query.group_by(change.order_id))}


def _correction_of(recipe: dict[str, Any]) -> tuple[bool, Correction | None]:
    """Whether confidences were probabilities when the recipe was written, and the correction then in force."""
    kept = recipe.get("correction")
    return "correction" in recipe, Correction.model_validate(kept) if kept else None


def _reviewed(rows: list[Any], probable: bool, correction: Correction | None) -> Iterator[ReviewedValue]:
    """The reviewed values of one run."""
    if not probable:
        return
    cells = [row for row in rows if is_cell(row["path"])]
    moved = len({_line(row) for row in cells if row["extracted"]} ^ {_line(row) for row in cells if row["final"]}) > 0
    for row in rows:
        if row["confidence"] is not None and row["changed"] is not None and not (moved and is_cell(row["path"])):
            yield ReviewedValue(row["path"], row["confidence"], row["changed"], correction)


def _line(row: Any) -> int | None:
    return row_of(row["path"])


def value_text(value: Any) -> str | None:
    """A field's value as the ledger keeps it: decimals without exponent, ISO dates, text as databases take it; ``None`` for none."""
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, date):
        return value.isoformat()
    return value if value is None else storable_text(str(value))


def same_value(info: FieldInfo, one: str | None, other: str | None) -> bool:
    """Whether two kept texts are the same value: 12.5 is 12.50."""
    if one is not None and other is not None and info.kind in ("money", "quantity"):
        return Decimal(one) == Decimal(other)
    return one == other


def _run_row(run_id: str, extraction: Extraction, started_at: datetime, error: str | None) -> dict[str, Any]:
    steps = extraction.steps
    return {
        "run_id": run_id,
        "document": extraction.document,
        "name": extraction.name,
        "pages": [[page.number, page.rotation] for page in extraction.pages],
        "started_at": started_at,
        "seconds": sum(step.seconds for step in steps),
        "extractor": extraction.extractor,
        "verdict": extraction.verdict,
        "language": extraction.language,
        "recipe_name": extraction.recipe.name,
        "recipe_digest": extraction.recipe.digest,
        "recipe": extraction.recipe.model_dump(mode="json"),
        "steps": [asdict(step) for step in steps],
        "cached_steps": sum(step.cached for step in steps),
        "from_cache": _from_cache(steps),
        "findings": extraction.model_dump(mode="json", include={"findings"})["findings"],
        "confidences": extraction.confidences,
        "error": error,
        "document_type": extraction.document_type,
        "type_name": extraction.type_name,
    }


def _from_cache(steps: Sequence[StepRecord]) -> bool:
    """Whether the cache gave the extraction."""
    extracted = [step for step in steps if step.step == "extract"]
    return bool(extracted) and all(step.cached for step in extracted)


def _field_rows(run_id: str, extraction: Extraction) -> list[dict[str, Any]]:
    return [
        {
            "run_id": run_id,
            "path": path,
            "extracted": value_text(value),
            "confidence": extraction.confidences.get(path),
            "found_on_page": path in extraction.evidence if value is not None else None,
            "rule": source.rule if (source := extraction.provenance.get(path)) else None,
        }
        for path, _, value in extraction.walk()
    ]


def _final_row(kind: DocumentType, held: Mapping[str, Any] | None, path: str, finals: Finals | None) -> dict[str, Any]:
    """What the row of ``path`` is to say from now on; without ``finals`` that nobody has saved it."""
    if finals is None:
        return {"field": path, "order_id": None, "final": None, "changed": None}
    after = finals.values.get(path)
    changed = not same_value(kind.field_of(path), held["extracted"] if held else None, after)
    return {"field": path, "order_id": finals.order_id, "final": after, "changed": changed}


def type_of_run(connection: Connection, run_id: str) -> DocumentType:
    """The type that a run read its document as."""
    mine = RUNS.c.run_id == run_id
    name = connection.execute(select(RUNS.c.type_name).where(mine)).scalar()
    recipe = connection.execute(select(RUNS.c.recipe).where(mine)).scalar_one_or_none() or {}
    declared = Recipe.model_validate(recipe).declared if recipe.get("declared") else None
    return type_for(name or USUAL.name, declared)


def _judged(rows: Iterable[Mapping[str, Any]]) -> dict[str, int | None]:
    """How many values of a run the person left and changed; null where nobody has saved it."""
    changed = [(row["changed"], row["final"]) for row in rows if row["changed"] is not None]
    right = sum(not wrong and final is not None for wrong, final in changed)
    wrong = sum(wrong for wrong, _ in changed)
    return {"right_values": right, "wrong_values": wrong} if changed else {"right_values": None, "wrong_values": None}


def _standing(row: Mapping[str, Any]) -> str | None:
    """What stands in a field: what the person left, or what was extracted where nobody has saved it."""
    text: str | None = row["extracted"] if row["changed"] is None else row["final"]
    return text


def _texts(values: BaseModel) -> _Texts:
    return {path: value_text(value) for path, _, value in type_of(values).walk(values)}
