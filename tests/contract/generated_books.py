"""A ledger and a bill of some hundred runs, made up: what the sums of the Cost and Prompts pages are pinned on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from core.call import Call, Purpose, Usage
from core.extraction import Extraction, PageRef, StepRecord
from core.invoice.model import Invoice
from core.recipe import Recipe
from storage.calls import SqlCalls
from storage.ledger import SqlLedger

#: From when to when the bill is asked for; runs and calls lie before and after it too.
SINCE = datetime(2026, 3, 1, tzinfo=UTC)
UNTIL = datetime(2026, 3, 21, tzinfo=UTC)

RUNS = 300
_FIRST = SINCE - timedelta(days=5)
_MODELS = (("groq", "llama"), ("groq", "qwen: large"), ("openai", "gpt"))
_PROMPTS = ("invoice@0", "invoice@1", "receipt@3", "")
_RECIPES = ("default", "cascade", "mine")
_TYPES = (None, "invoice", "receipt")
_READ = Invoice(invoice_number="R-1", total_amount="12.50", vendor_name="Nordwind", currency="EUR")


def write_books(calls: SqlCalls, ledger: SqlLedger) -> None:
    """Write them. The same each time."""
    chance = Random(7)
    for number in range(RUNS):
        at = _FIRST + timedelta(hours=2 * number)
        _write_calls(calls, chance, number, at)
        if chance.random() < 0.9:  # the others never ended: their calls are billed nevertheless
            _write_run(ledger, chance, number, at)
    for number, at in enumerate((SINCE, UNTIL, SINCE - timedelta(microseconds=1), UNTIL - timedelta(microseconds=1))):
        calls.keep_call(_call(chance, f"edge{number}", at), None, None)


def _write_run(ledger: SqlLedger, chance: Random, number: int, at: datetime) -> None:
    run_id = f"r{number}"
    ledger.keep_run(run_id, _extraction(chance, number), at)
    if chance.random() < 0.4:
        changed: dict[str, Any] = {"total_amount": Decimal("13.50"), "vendor_name": None, "tax": Decimal(1)}
        change = {name: changed[name] for name in chance.sample(sorted(changed), chance.randint(0, 3))}
        ledger.keep_final(run_id, number, _READ.model_copy(update=change))
        if chance.random() < 0.2:
            ledger.put_finals(run_id, None, "undone")


def _extraction(chance: Random, number: int) -> Extraction:
    readers = chance.randint(0, 2)
    steps = [StepRecord("extract", "finished", 0.25, chance.random() < 0.5) for _ in range(readers)]
    return Extraction(
        document=f"d{number % 220}",
        name="invoice.pdf",
        pages=(PageRef(1),),
        recipe=Recipe(name=chance.choice(_RECIPES)),
        values=_READ,
        extractor="rules",
        document_type=chance.choice(_TYPES),
        steps=(StepRecord("load", "finished", 0.5, True), *steps),
    )


def _write_calls(calls: SqlCalls, chance: Random, number: int, at: datetime) -> None:
    for call in range(chance.choice((0, 0, 1, 1, 2, 4))):
        of_run = None if chance.random() < 0.05 else f"r{number}"
        document = chance.choice((f"d{number % 220}", f"d{number % 220}", None, ""))
        when = at + timedelta(minutes=chance.randint(0, 300))
        calls.keep_call(_call(chance, f"c{number}-{call}", when), of_run, document)


def _call(chance: Random, name: str, at: datetime) -> Call:
    provider, model = chance.choice(_MODELS)
    usage = Usage(*(chance.randint(0, 3000) for _ in range(4))) if chance.random() < 0.9 else Usage()
    cost = Decimal(chance.randint(0, 10**9)).scaleb(-10) if chance.random() < 0.85 else None
    purposes: tuple[Purpose, ...] = ("extract", "extract", "repair", "second opinion")
    return Call(
        name,
        at,
        provider,
        model,
        chance.choice(purposes),
        usage,
        cost,
        round(3 * chance.random(), 3),
        chance.choice(("ok", "ok", "ok", "RateLimited")),
        prompt=chance.choice(_PROMPTS),
        sent={"system": "Read."},
    )
