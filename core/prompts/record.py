"""How well each version of a prompt did: its runs, what people changed of its values, what it cost."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from core.stores.calls import CallRow
from core.stores.ledger import RunFact


@dataclass(frozen=True, slots=True)
class PromptRecord:
    """What the books say of one version (``label``: ``name@version``). ``right`` and ``wrong`` are values of its saved
    records that were left or changed; ``cost`` is in US dollars as far as prices are known."""

    label: str
    runs: int = 0
    documents: int = 0
    saved: int = 0
    right: int = 0
    wrong: int = 0
    cost: Decimal = Decimal(0)
    repairs: int = 0

    @property
    def accuracy(self) -> float | None:
        """The share of values that nobody had to change, in saved records."""
        reviewed = self.right + self.wrong
        return self.right / reviewed if reviewed else None

    @property
    def cost_per_run(self) -> Decimal | None:
        """US dollars a run."""
        return self.cost / self.runs if self.runs else None


def add_up(calls: Iterable[CallRow], runs: Iterable[RunFact]) -> Mapping[str, PromptRecord]:
    """The record of every prompt version that a call names. A run counts for the version that it asked."""
    facts = {run.run_id: run for run in runs}
    rows: dict[str, list[CallRow]] = {}
    for row in calls:
        if row.call.prompt:
            rows.setdefault(row.call.prompt, []).append(row)
    records = {}
    for label, mine in rows.items():
        asked = {row.run_id for row in mine if row.run_id}
        known = [facts[run] for run in asked if run in facts]
        records[label] = PromptRecord(
            label,
            runs=len(asked),
            documents=len({row.document for row in mine if row.document}),
            saved=sum(run.reviewed for run in known),
            right=sum(run.right for run in known if run.reviewed),
            wrong=sum(run.wrong for run in known if run.reviewed),
            cost=sum((row.call.cost or Decimal(0) for row in mine), Decimal(0)),
            repairs=sum(row.call.purpose == "repair" for row in mine),
        )
    return records
