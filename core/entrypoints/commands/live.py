"""``live``: one tiny paid question to every real provider that has a key here, its cost shown first."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from decimal import Decimal

from core.call import Call, ModelName, Note
from core.entrypoints.commands.reading import open_studio
from core.entrypoints.console import one_line, warn
from core.errors import ProviderError
from core.llm.provider import Ask, Message, Models, Question
from core.llm.providers import providers
from core.settings import Settings

ANSWER = "119.00"
QUESTION = Question(
    system="You read invoices. Amounts are plain decimals as text, such as 20.00.",
    messages=(
        Message("user", (f"Invoice R-7\nNet 100.00\nVAT 19 % 19.00\nTotal {ANSWER} EUR\n\nWhat is the total?",)),
    ),
    schema={
        "type": "object",
        "properties": {"total": {"anyOf": [{"type": "string"}, {"type": "null"}], "description": "Amount to pay."}},
        "required": ["total"],
        "additionalProperties": False,
    },
    schema_name="total",
    temperature=0.0,
    max_output_tokens=1000,
    timeout=60,
)


def run(arguments: argparse.Namespace) -> int:
    """Show what it may cost, ask after a yes, and print a line a provider. The status is 1 when one failed."""
    if unknown := set(arguments.providers) - set(providers()):
        warn(f"There is no provider {', '.join(sorted(unknown))}: use {', '.join(providers())}.")
        return 2
    studio = open_studio()
    asked = [
        ModelName(name, studio.models.default_model(name))
        for name in providers()
        if (not arguments.providers or name in arguments.providers) and _has_key(name, studio.settings)
    ]
    for nameless in [model for model in asked if not model.model]:
        warn(f"{providers()[nameless.provider].title} is left out: name its model in Settings.")
        asked.remove(nameless)
    if not asked:
        names = ", ".join(key for entry in providers().values() if entry.needs_key for key in entry.keys)
        warn(f"No provider has a key here, so nothing was asked. Set one of {names} in the environment.")
        return 0
    asks = [Ask(QUESTION, (model,), "check") for model in asked]
    if not _agreed(asks, studio.models, arguments.yes):
        warn("Nothing was asked.")
        return 0
    calls: list[Call] = []

    def note(call: Call) -> None:
        calls.append(call)
        studio.note_call(call)

    failed = [ask for ask in asks if not _ask_one(ask, studio.models, note)]
    print(f"Spent: {_dollars([call.cost for call in calls])}")
    return 1 if failed else 0


def _has_key(name: str, settings: Settings) -> bool:
    """Whether the person gave this provider a key, or an address where it needs none."""
    entry = providers()[name]
    return bool(settings.plain(*(entry.keys if entry.needs_key else (*entry.keys, *entry.address))))


def _agreed(asks: Sequence[Ask], models: Models, yes: bool) -> bool:
    """Print what each question may cost; whether the person says yes to it."""
    costs = [models.estimate(ask).cost for ask in asks]
    for ask, cost in zip(asks, costs, strict=True):
        print(f"{ask.route[0]!s:<60}  {_dollars([cost])}")
    print(f"{'Together, about':<60}  {_dollars(costs)}", flush=True)
    if yes:
        return True
    if not sys.stdin.isatty():
        warn("This costs money: say --yes where nobody can be asked.")
        return False
    return input("Ask them? [y/N] ").strip().lower() in ("y", "yes")


def _ask_one(ask: Ask, models: Models, note: Note) -> bool:
    """Ask one provider and print how it went; whether it answered rightly."""
    name = ask.route[0]
    try:
        reply, call = models.ask(ask, note=note, on_text=lambda piece: None)  # heard, so that it streams
        right = _total(reply.text) == ANSWER
    except ProviderError as error:
        print(f"failed  {name}: {one_line(str(error))}")
        return False
    used = f"{call.usage.input} + {call.usage.output} tokens, {call.seconds:.1f} s, {_dollars([call.cost])}."
    said = "" if right else f"It answered {one_line(reply.text)[:200]}"
    print(" ".join([f"{'ok' if right else 'wrong':<6}  {name}: {used}", *reply.notes, said]).rstrip())
    return right


def _total(text: str) -> str | None:
    try:
        answer = json.loads(text)
    except ValueError:
        return None
    return answer.get("total") if isinstance(answer, dict) else None


def _dollars(costs: Sequence[Decimal | None]) -> str:
    """A sum of money, and how many of its parts have no known price."""
    known = [cost for cost in costs if cost is not None]
    unknown = len(costs) - len(known)
    if not known:
        return "no known price"
    rest = f", and {unknown} without a known price" if unknown else ""
    return f"US$ {sum(known, Decimal()):.5f}{rest}"
