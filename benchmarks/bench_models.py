"""What our own code costs around a call to a model: the switchboard, the wire and the bill against the bare SDK call, on the same
server that plays OpenAI on this machine; and how many calls a second both get out of a server that takes its time."""

from __future__ import annotations

import base64
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any

from core.call import ModelName
from core.document_types import USUAL
from core.llm.capabilities import capabilities
from core.llm.prices import cost_of, price_of
from core.llm.provider import Ask, Image, Message, Question
from core.llm.registry import build_providers, default_model, line_of
from core.llm.schema import answer_of, schema_of
from core.llm.switchboard import Outside, Switchboard
from core.llm.wires.schema import strict_schema
from core.settings import Budget, Defaults, ProviderSettings, Settings
from storage.calls import SqlCalls
from storage.database import open_database
from storage.files import FileStore
from storage.holds import SqlHolds
from storage.traffic import SqlTraffic
from tests.mock_models import MockModels, lacking, serving

MODEL = ModelName("openai", "gpt-4o")
SYSTEM = "Read the invoice and answer with its values as JSON. " * 30
PAGE = "Garden chair            4        89.90      359.60\n" * 60
REPLY = '{"invoice_number": "R-7", "total_amount": "119.00", "note": "' + "x" * 1500 + '"}'
#: Calls of a kind, and the milliseconds that the server waits before each: far less than any model needs, but time in which
#: pictures are kept.
ROUNDS, WAIT = 80, 100
#: Calls of the throughput, those in flight, and the milliseconds that the server takes for each.
CALLS, IN_FLIGHT, LATENCY = 200, 20, 500
#: What is asked of us: milliseconds around a call, and the part of the bare SDK's throughput.
MOST_MS, LEAST_PART = 15, 0.9

Work = Callable[[], object]


class Ours:
    """A call as the studio makes it: a hard budget, a price, a row in the database, pictures kept."""

    def __init__(self, folder: Path) -> None:
        database = open_database(f"sqlite:///{folder / 'studio.db'}")
        self.calls = SqlCalls(database)
        defaults = Defaults(
            providers={"openai": ProviderSettings(concurrency=IN_FLIGHT)}, budget=Budget(month=10_000, hard=True)
        )
        self.board = Switchboard(
            Outside(
                providers=partial(build_providers, Settings()),
                defaults=lambda: defaults,
                cost=cost_of,
                price=price_of,
                holds=SqlHolds(database),
                traffic=SqlTraffic(database),
                line=line_of,
                keep=FileStore(folder / "files").keep,
                capabilities=capabilities,
                default_model=default_model,
            )
        )

    def ask(self, question: Question, streamed: bool) -> None:
        """One call, noted."""
        on_text = (lambda piece: None) if streamed else None
        self.board.ask(Ask(question, (MODEL,)), note=self.calls.keep_call, on_text=on_text)


class Bare:
    """The same call by the SDK alone."""

    def __init__(self, mock: MockModels) -> None:
        from openai import OpenAI

        self.client = OpenAI(api_key="none", base_url=mock.address("openai"), max_retries=0)
        self.format = {
            "type": "json_schema",
            "json_schema": {"name": "reading", "schema": strict_schema(schema_of(answer_of(USUAL))), "strict": True},
        }

    def ask(self, question: Question, streamed: bool) -> None:
        """One call."""
        asked: dict[str, Any] = {
            "model": MODEL.model,
            "messages": [{"role": "system", "content": SYSTEM}, {"role": "user", "content": _content(question)}],
            "response_format": self.format,
            "max_completion_tokens": question.max_output_tokens,
        }
        if not streamed:
            self.client.chat.completions.create(**asked)
            return
        for _ in self.client.chat.completions.create(**asked, stream=True, stream_options={"include_usage": True}):
            pass


def _content(question: Question) -> Any:
    parts = question.messages[0].parts
    pictures = [part for part in parts if isinstance(part, Image)]
    if not pictures:
        return PAGE
    data = base64.b64encode(pictures[0].data).decode()
    return [
        {"type": "text", "text": PAGE},
        {"type": "image_url", "image_url": {"url": f"data:image/jpeg;base64,{data}"}},
    ]


def picture() -> Image:
    """A page as a vision model gets it: about a megabyte of JPEG, another one each time."""
    from PIL import Image as Picture

    buffer = BytesIO()
    Picture.frombytes("L", (1200, 1600), os.urandom(1200 * 1600)).save(buffer, "JPEG", quality=60)
    return Image(buffer.getvalue(), "image/jpeg")


def question(*pictures: Image) -> Question:
    """A page to be read."""
    return Question(SYSTEM, (Message("user", (PAGE, *pictures)),), schema_of(answer_of(USUAL)), "reading")


def timed_ms(work: Work) -> float:
    """Milliseconds of one call."""
    started = time.perf_counter()
    work()
    return (time.perf_counter() - started) * 1000


def print_overhead(ours: Ours, bare: Bare) -> bool:
    """A line a kind of call, ours and the SDK's taking turns; whether the medians keep the bound."""
    kept = True
    print(f"The server waits {WAIT} ms before each reply.")
    print(f"{'':22s} {'bare SDK':>12s} {'studio':>12s} {'around it':>12s} {'90 % below':>12s}")
    for name, streamed, pictures in (("text", False, 0), ("text, streamed", True, 0), ("text and picture", False, 1)):
        times: dict[str, list[float]] = {"bare": [], "ours": []}
        for number in range(ROUNDS + 5):
            asked = question(*(picture() for _ in range(pictures)))
            works: dict[str, Work] = {
                "bare": partial(bare.ask, asked, streamed),
                "ours": partial(ours.ask, asked, streamed),
            }
            for which in ("bare", "ours") if number % 2 else ("ours", "bare"):
                spent = timed_ms(works[which])
                if number >= 5:  # connections are open and caches filled
                    times[which].append(spent)
        both = {which: statistics.median(found) for which, found in times.items()}
        around = sorted(mine - its for mine, its in zip(times["ours"], times["bare"], strict=True))
        middle, most = statistics.median(around), around[int(0.9 * len(around))]
        print(f"{name:22s} {both['bare']:9.1f} ms {both['ours']:9.1f} ms {middle:9.1f} ms {most:9.1f} ms")
        kept &= middle <= MOST_MS
    return kept


def throughput(work: Work) -> float:
    """Calls a second with ``IN_FLIGHT`` at once."""
    started = time.perf_counter()
    with ThreadPoolExecutor(IN_FLIGHT) as pool:
        for done in [pool.submit(work) for _ in range(CALLS)]:
            done.result()
    return CALLS / (time.perf_counter() - started)


def print_throughput(ours: Ours, bare: Bare) -> bool:
    """Both in turns, three times each; whether ours keeps the bound."""
    asked, found = question(), {"bare": [], "ours": []}  # type: ignore[var-annotated]
    for _ in range(3):
        found["bare"].append(throughput(lambda: bare.ask(asked, False)))
        found["ours"].append(throughput(lambda: ours.ask(asked, False)))
    its, mine = statistics.median(found["bare"]), statistics.median(found["ours"])
    print(
        f"{CALLS} calls, {IN_FLIGHT} in flight, server takes {LATENCY} ms: "
        f"bare SDK {its:.1f}/s, studio {mine:.1f}/s, {mine / its:.0%} of it"
    )
    return mine >= LEAST_PART * its


def main() -> int:
    """Print the tables; 1 where a bound is missed."""
    if reason := lacking():
        print(f"Left out: {reason}.")
        return 0
    with tempfile.TemporaryDirectory() as name, serving() as mock:
        os.environ |= mock.environment("openai")
        ours, bare = Ours(Path(name)), Bare(mock)
        mock.replies(REPLY, usage={"prompt_tokens": 2400, "completion_tokens": 400, "total_tokens": 2800}, piece=80)
        mock.chaos(latencyMs=WAIT)
        kept = print_overhead(ours, bare)
        mock.chaos(latencyMs=LATENCY)
        kept &= print_throughput(ours, bare)
    return 0 if kept else 1


if __name__ == "__main__":
    raise SystemExit(main())
