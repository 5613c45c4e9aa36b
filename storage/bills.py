"""The bill: calls and runs, added up by the database."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, case, distinct, func, select

from core.call import ModelName, Usage
from core.stores.bills import CallGroup, CorrectFields, ModelCost, PromptRecord, Unasked
from storage.columns import day_of, summed, total
from storage.database import Database
from storage.tables import CALLS, PAID_ONCE, RUNS

_CALL, _RUN = CALLS.c, RUNS.c


class SqlBills:
    """Implements :class:`core.stores.bills.Bills` on SQLite and PostgreSQL."""

    def __init__(self, database: Database) -> None:
        """``database`` holds the calls and the runs."""
        self._database = database

    def groups(self, since: datetime, until: datetime) -> list[CallGroup]:
        """See :meth:`core.stores.bills.Bills.groups`."""
        day = day_of(_CALL.at, self._database.dialect)
        keys = (day, _CALL.provider, _CALL.model, _CALL.purpose, _CALL.prompt, _RUN.recipe_name, _RUN.document_type)
        query = select(*(key.label(f"key_{place}") for place, key in enumerate(keys)), *self._sums())
        query = query.join(RUNS, _RUN.run_id == _CALL.run_id, isouter=True).where(_made(since, until)).group_by(*keys)
        return [_group(row) for row in self._rows(_narrow(query))]

    def documents(self, since: datetime, until: datetime) -> int:
        """See :meth:`core.stores.bills.Bills.documents`."""
        query = select(func.count(distinct(_CALL.document))).where(_made(since, until), _CALL.document != "")
        return int(self._rows(query)[0][0])

    def runs(self, since: datetime, until: datetime) -> int:
        """See :meth:`core.stores.bills.Bills.runs`."""
        return int(self._rows(select(func.count()).select_from(RUNS).where(_began(since, until)))[0][0])

    def correct_fields(self, since: datetime, until: datetime) -> CorrectFields:
        """See :meth:`core.stores.bills.Bills.correct_fields`."""
        asked = self._by_run(_made(since, until))
        query = select(func.sum(_RUN.right_values), func.sum(asked.c.spent)).join(asked, asked.c.run_id == _RUN.run_id)
        query = query.where(_began(since, until), _RUN.right_values.is_not(None))
        ((fields, cost),) = self._rows(_narrow(query))
        return CorrectFields(int(fields or 0), summed(cost))

    def models(self, since: datetime, until: datetime) -> list[ModelCost]:
        """See :meth:`core.stores.bills.Bills.models`."""
        cost = total(_CALL.cost, self._database.dialect)
        query = select(_CALL.provider, _CALL.model, func.count(distinct(_CALL.run_id)), cost)
        query = query.where(_made(since, until), _CALL.cost.is_not(None), _CALL.run_id != "")
        return [
            ModelCost(ModelName(provider, model), runs, summed(spent))
            for provider, model, runs, spent in self._rows(query.group_by(_CALL.provider, _CALL.model))
        ]

    def unasked(self, since: datetime, until: datetime, model: ModelName, each: Decimal) -> Unasked:
        """See :meth:`core.stores.bills.Bills.unasked`."""
        this = (_CALL.provider == model.provider) & (_CALL.model == model.model) & _CALL.cost.is_not(None)
        asked = self._by_run(_made(since, until), func.max(case((this, 1), else_=0)).label("asked"))
        cheaper = func.coalesce(asked.c.spent, 0) < each
        spent = func.sum(case((cheaper, asked.c.spent)))
        query = select(_RUN.from_cache, func.count(), _count(cheaper), spent)
        query = query.join(asked, asked.c.run_id == _RUN.run_id, isouter=True)
        query = query.where(_began(since, until), func.coalesce(asked.c.asked, 0) == 0).group_by(_RUN.from_cache)
        found = {from_cache: (count, fewer, cost) for from_cache, count, fewer, cost in self._rows(query)}
        nothing = (0, 0, None)
        earlier, fewer, cost = found.get(False, nothing)
        taught = (
            select(func.count()).select_from(PAID_ONCE).join(asked, asked.c.run_id == PAID_ONCE.c.run_id, isouter=True)
        )
        taught = taught.where(PAID_ONCE.c.at >= since, PAID_ONCE.c.at < until, asked.c.run_id.is_(None))
        count = int(self._rows(taught)[0][0])
        return Unasked(found.get(True, nothing)[0], earlier, fewer, summed(cost), count)

    def prompts(self, labels: Collection[str]) -> Mapping[str, PromptRecord]:
        """See :meth:`core.stores.bills.Bills.prompts`."""
        named = _CALL.prompt.in_(sorted(set(labels) - {""}))
        by_run = select(_CALL.prompt, _CALL.run_id, total(_CALL.cost, self._database.dialect).label("spent"))
        by_run = by_run.add_columns(_count(_CALL.purpose == "repair").label("repairs"))
        asked = by_run.where(named).group_by(_CALL.prompt, _CALL.run_id).subquery()
        runs = func.count(func.nullif(asked.c.run_id, ""))
        judged = [func.count(_RUN.right_values), func.sum(_RUN.right_values), func.sum(_RUN.wrong_values)]
        query = select(asked.c.prompt, runs, *judged, func.sum(asked.c.spent), func.sum(asked.c.repairs))
        query = query.join_from(asked, RUNS, _RUN.run_id == asked.c.run_id, isouter=True).group_by(asked.c.prompt)
        return {row[0]: _prompt(*row) for row in self._rows(_narrow(query))}

    def _by_run(self, which: ColumnElement[bool], *more: ColumnElement[Any]) -> Subquery:
        """What the calls of each run cost (``spent``)."""
        spent = total(_CALL.cost, self._database.dialect).label("spent")
        return select(_CALL.run_id, spent, *more).where(which, _CALL.run_id != "").group_by(_CALL.run_id).subquery()

    def _sums(self) -> list[ColumnElement[Any]]:
        tokens = (_CALL.input_tokens, _CALL.output_tokens, _CALL.cached_tokens, _CALL.written_tokens)
        unpriced = _CALL.cost.is_(None) & ((_CALL.input_tokens != 0) | (_CALL.output_tokens != 0))
        return [
            func.count().label("calls"),
            _count(_CALL.outcome != "ok").label("failed"),
            *(func.sum(column).label(column.name) for column in tokens),
            total(_CALL.cost, self._database.dialect).label("cost"),
            func.count(_CALL.cost).label("priced"),
            _count(unpriced).label("unpriced"),
            func.sum(_CALL.seconds).label("seconds"),
        ]

    def _rows(self, query: Select[Any]) -> list[Any]:
        with self._database.read() as connection:
            return list(connection.execute(query))


def _made(since: datetime, until: datetime) -> ColumnElement[bool]:
    return (_CALL.at >= since) & (_CALL.at < until)


def _began(since: datetime, until: datetime) -> ColumnElement[bool]:
    return (_RUN.started_at >= since) & (_RUN.started_at < until)


def _narrow(query: Select[Any]) -> Select[Any]:
    """Have SQLite find runs by id in the index that has all that is asked of them: by itself it takes the key's, and reads each
    run whole."""
    return query.with_hint(RUNS, "INDEXED BY ix_runs_called", "sqlite")


def _count(which: ColumnElement[bool]) -> ColumnElement[int]:
    """How many rows are so."""
    return func.sum(case((which, 1), else_=0))


def _group(row: Any) -> CallGroup:
    day, provider, model, purpose, prompt, recipe, kind = row[:7]
    return CallGroup(
        date.fromisoformat(day),
        ModelName(provider, model),
        purpose,
        prompt,
        recipe,
        kind,
        row.calls,
        int(row.failed),
        Usage(
            *(int(tokens) for tokens in (row.input_tokens, row.output_tokens, row.cached_tokens, row.written_tokens))
        ),
        summed(row.cost),
        row.priced,
        int(row.unpriced),
        row.seconds,
    )


def _prompt(
    label: str, runs: int, saved: int, right: int | None, wrong: int | None, cost: Decimal | None, repairs: int
) -> PromptRecord:
    return PromptRecord(label, runs, saved, int(right or 0), int(wrong or 0), summed(cost), int(repairs))
