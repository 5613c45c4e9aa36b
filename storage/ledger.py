"""What happened, in rows: documents, runs, and every field's extracted and final value."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import bindparam, case, delete, func, insert, select, update

from core.extraction import Extraction
from core.models import FieldInfo, Invoice, field_of, walk
from core.recipe import Correction
from core.stores import ReviewedValue, RunFact, RunRow
from storage.database import Database, insert_new
from storage.tables import DOCUMENTS, FIELD_VALUES, HEADER, RUNS


class SqlLedger:
    """Implements :class:`core.stores.Ledger` on SQLite and PostgreSQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def keep_document(self, sha256: str, name: str, media_type: str, size: int, pages: int) -> None:
        """See :meth:`core.stores.Ledger.keep_document`."""
        values = {"media_type": media_type, "size": size, "pages": pages, "created_at": datetime.now(UTC)}
        with self._database.write() as connection:
            connection.execute(insert_new(connection, DOCUMENTS).values(sha256=sha256, name=name, **values))
            connection.execute(update(DOCUMENTS).where(DOCUMENTS.c.sha256 == sha256).values(name=name))

    def keep_run(self, run_id: str, extraction: Extraction, started_at: datetime, error: str | None = None) -> None:
        """See :meth:`core.stores.Ledger.keep_run`; a run kept twice is the later one."""
        with self._database.write() as connection:
            for table in (RUNS, FIELD_VALUES):
                connection.execute(delete(table).where(table.c.run_id == run_id))
            connection.execute(insert(RUNS).values(_run_row(run_id, extraction, started_at, error)))
            connection.execute(insert(FIELD_VALUES), _field_rows(run_id, extraction))

    def keep_final(self, run_id: str, order_id: int | None, invoice: Invoice) -> None:
        """See :meth:`core.stores.Ledger.keep_final`. A field of a line that the person deleted ends as null."""
        final = {path: value_text(value) for path, _, value in walk(invoice)}
        mine = FIELD_VALUES.c.run_id == run_id
        with self._database.write() as connection:
            kept = connection.execute(select(FIELD_VALUES.c.path, FIELD_VALUES.c.extracted).where(mine))
            extracted: dict[str, str | None] = {row.path: row.extracted for row in kept}
            rows = [_final_row(order_id, path, extracted.get(path), final.get(path)) for path in {**extracted, **final}]
            if known := [row for row in rows if row["field"] in extracted]:
                here = mine & (FIELD_VALUES.c.path == bindparam("field"))
                connection.execute(update(FIELD_VALUES).where(here), known)
            if new := [
                row | {"run_id": run_id, "path": row.pop("field")} for row in rows if row["field"] not in extracted
            ]:
                connection.execute(insert(FIELD_VALUES), new)

    def runs(self, limit: int = 50) -> list[RunRow]:
        """See :meth:`core.stores.Ledger.runs`."""
        columns = [RUNS.c[name] for name in RunRow.__dataclass_fields__]
        latest = select(*columns).order_by(RUNS.c.started_at.desc(), RUNS.c.run_id).limit(limit)
        with self._database.read() as connection:
            return [RunRow(**row) for row in connection.execute(latest).mappings()]

    def reviewed_values(self) -> list[ReviewedValue]:
        """See :meth:`core.stores.Ledger.reviewed_values`."""
        table = FIELD_VALUES.c
        query = select(RUNS.c.run_id, RUNS.c.recipe, table.path, table.extracted, table.final, table.confidence)
        query = query.add_columns(table.changed).join(RUNS, RUNS.c.run_id == table.run_id)
        query = query.join(HEADER, HEADER.c.order_id == table.order_id).where(HEADER.c.status == "reviewed")
        query = query.where(RUNS.c.extractor != "einvoice")
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(RUNS.c.run_id, table.path)).mappings().all()
        return [value for _, run in groupby(rows, key=itemgetter("run_id")) for value in _reviewed(list(run))]

    def facts(self, since: datetime, until: datetime | None = None) -> list[RunFact]:
        """See :meth:`core.stores.Ledger.facts`."""
        table = FIELD_VALUES.c
        right = func.sum(case((table.changed.is_(False) & table.final.is_not(None), 1), else_=0)).label("right_values")
        wrong = func.sum(case((table.changed.is_(True), 1), else_=0)).label("wrong_values")
        reviewed = func.count(table.changed).label("reviewed_values")
        values = select(table.run_id, right, wrong, reviewed).group_by(table.run_id).subquery()
        query = select(RUNS, values.c.right_values, values.c.wrong_values, values.c.reviewed_values)
        query = query.join(values, values.c.run_id == RUNS.c.run_id, isouter=True).where(RUNS.c.started_at >= since)
        if until is not None:
            query = query.where(RUNS.c.started_at < until)
        with self._database.read() as connection:
            found = connection.execute(query.order_by(RUNS.c.started_at, RUNS.c.run_id)).mappings()
            return [_fact(row) for row in found]


def _reviewed(rows: list[Any]) -> Iterator[ReviewedValue]:
    """The reviewed values of one run."""
    cells = [row for row in rows if row["path"].startswith("line_items.")]
    moved = len({_line(row) for row in cells if row["extracted"]} ^ {_line(row) for row in cells if row["final"]}) > 0
    if "correction" not in rows[0]["recipe"]:  # a run of before confidences were probabilities
        return
    kept = rows[0]["recipe"]["correction"]
    correction = Correction.model_validate(kept) if kept else None
    for row in rows:
        if (
            row["confidence"] is not None
            and row["changed"] is not None
            and not (moved and row["path"].startswith("line_items."))
        ):
            yield ReviewedValue(row["path"], row["confidence"], row["changed"], correction)


def _line(row: Any) -> str:
    return str(row["path"].split(".")[1])


def _fact(row: Any) -> RunFact:
    extracted = [step for step in row["steps"] if step["step"] == "extract"]
    return RunFact(
        row["run_id"],
        row["started_at"],
        row["document"],
        row["recipe_name"],
        row["recipe_digest"],
        row["document_type"],
        row["extractor"],
        row["verdict"],
        row["seconds"],
        bool(extracted) and all(step["cached"] for step in extracted),
        bool(row["reviewed_values"]),
        row["right_values"] or 0,
        row["wrong_values"] or 0,
    )


def value_text(value: Any) -> str | None:
    """A field's value as the ledger keeps it: decimals without exponent, ISO dates; ``None`` for none."""
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, date):
        return value.isoformat()
    return value if value is None else str(value)


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
        "findings": [asdict(finding) for finding in extraction.findings],
        "confidences": extraction.confidences,
        "error": error,
        "document_type": extraction.document_type,
    }


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
        for path, _, value in walk(extraction.invoice)
    ]


def _final_row(order_id: int | None, path: str, before: str | None, after: str | None) -> dict[str, Any]:
    return {
        "field": path,
        "order_id": order_id,
        "final": after,
        "changed": not same_value(field_of(path), before, after),
    }
