"""What every wire shares: where it connects to, and asking again in a plainer manner when a format is refused."""

from __future__ import annotations

import json
import re
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from threading import Lock
from typing import Any

from pydantic import SecretStr

from core.call import ModelName, Usage
from core.cancelling import IsCancelled
from core.errors import (
    KeyMissing,
    ModelUnknown,
    ProviderError,
    ProviderFailed,
    ProviderUnreachable,
    QuestionRefused,
    ReplyRefused,
)
from core.llm.provider import Capabilities, OnText, Question, Reply
from core.llm.wires.errand import carry_out
from core.llm.wires.exchange import Exchange
from core.llm.wires.faults import Place, translated
from core.llm.wires.manner import LADDER, Manner, Quirks, plainer

#: Seconds for a whole reply where neither the question nor the settings say it, and for a list of models.
DEFAULT_TIMEOUT, LIST_TIMEOUT = 120.0, 10.0
#: Seconds to connect: who does not open the door will not answer at all.
CONNECT_TIMEOUT = 10.0
#: Manners tried for one question before giving up.
MOST_MANNERS = 8
#: Stands for the key where a server needs none and its SDK does.
NO_KEY = "none"

#: What each provider was last seen to offer, by its name.
OFFERED: dict[str, list[str]] = {}

#: Names of models that answer no question: they embed, speak, listen, draw or guard.
_NO_CHAT = re.compile(
    r"embed|whisper|tts|audio|speech|transcri|realtime|live|image|imagen|dall-e|sora|veo|moderation|guard|aqa|rerank"
    r"|babbage|davinci|robotics|search|orpheus|computer-use|instruct-beta",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Endpoint:
    """Where a provider is reached and with what key. ``key_names`` are where a key is looked for, ``needs_key`` says
    whether it can be asked without one, ``withheld`` that there is one which is not for this address, ``problem`` why the address cannot be used, ``shipped`` are the models to
    offer when it cannot be asked."""

    name: str
    title: str
    base_url: str
    key: SecretStr | None = None
    key_names: tuple[str, ...] = ()
    needs_key: bool = True
    withheld: bool = False
    problem: str = ""
    shipped: tuple[str, ...] = ()
    timeout: float = DEFAULT_TIMEOUT
    quirks: Quirks = field(default_factory=Quirks)


class Wire(ABC):
    """A provider by its wire. Subclasses say how a question is sent and how models are listed."""

    def __init__(self, endpoint: Endpoint, capabilities: Callable[[str], Capabilities]) -> None:
        self.endpoint = endpoint
        self.name = endpoint.name
        self.title = endpoint.title
        self._capabilities = capabilities
        self._manners: dict[tuple[str, str], Manner] = {}
        self._client: Any = None
        self._timeout: Any = None
        self._lock = Lock()

    def missing(self) -> str:
        """A line on what is missing to use it here, or an empty text."""
        if self.endpoint.problem:
            return self.endpoint.problem
        if self.endpoint.needs_key and self.endpoint.key is None:
            return f"{self.title} needs a key: set {self._key_names} in the environment."
        if not (self.secret.isascii() and self.secret.isprintable() and " " not in self.secret):
            return f"The key of {self.title} has characters that no key has: copy it again."
        return ""

    def models(self) -> Sequence[str]:
        """Models that the provider offers now for questions, in order. Raises ProviderError where it cannot be asked."""
        self._check_usable("")
        with self._clear_errors(""):
            return self._talking_models()

    def ask(
        self,
        question: Question,
        model: str,
        on_text: OnText | None = None,
        cancelled: IsCancelled = lambda: False,
    ) -> Reply:
        """The model's reply. A manner of asking that the provider refuses is given up for a plainer one, which is
        remembered for this model and schema and said in the reply's notes. Raises ProviderError and Cancelled."""
        self._check_usable(model)
        if not model:
            raise ModelUnknown(f"Choose a model of {self.title}: it has none by itself.", self.name)
        seconds = question.timeout or self.endpoint.timeout
        until = time.monotonic() + seconds
        key = (model, question.schema_name if question.schema is not None else "")
        for _ in range(MOST_MANNERS):
            manner = self._manners.get(key) or self._first_manner(model)
            exchange = Exchange(question, self.title, model, manner, seconds, until, cancelled, on_text)
            try:
                return self._ask_once(exchange)
            except QuestionRefused as refused:
                if (failed := _failed_generation(refused.raw)) is not None:
                    return self._unfit(failed, exchange)
                other = plainer(
                    manner,
                    _said(refused.raw),
                    question,
                    streaming=exchange.streams,
                    ladder=self.endpoint.quirks.ladder,
                )
                if other is None or exchange.text:
                    raise
                self._manners[key] = other
        raise QuestionRefused(f"{self.title} refuses every manner of asking {model}.", self.name, model)

    def client(self) -> Any:
        """The SDK's client, made once (threads share its connections), without retries of its own."""
        with self._lock:
            if self._client is None:
                # OpenAI's SDK looks into this library where it is loaded; another's may have loaded it by half.
                import_module("httpx")
                self._client = self._connect()
                if self.endpoint.key is None:
                    # Headers of the environment (a gateway's credentials) go where the key goes, and nowhere else.
                    self._client._custom_headers = self._without_key
            return self._client

    #: What an SDK sends beside the question where no key is sent.
    _without_key: Mapping[str, Any] = {}

    @property
    def secret(self) -> str:
        """What is sent as the key."""
        return self._key or NO_KEY

    @property
    def _key_names(self) -> str:
        return " or ".join(self.endpoint.key_names)

    @property
    def _advice(self) -> str:
        """What to do where a key is wanted and none was sent."""
        if self.endpoint.withheld:
            return "allow in Settings that the key is sent there"
        return f"set {self._key_names} in the environment"

    @property
    def _key(self) -> str:
        return self.endpoint.key.get_secret_value() if self.endpoint.key else ""

    def _time_for(self, exchange: Exchange) -> Any:
        """The SDK's timeout: no step of the call is longer than what is left, and connecting is much shorter."""
        return self._timeout(exchange.remaining, connect=min(CONNECT_TIMEOUT, exchange.remaining))

    @abstractmethod
    def _connect(self) -> Any:
        """A client of the SDK; sets the class of its timeouts too. It follows no redirect: that would carry question and
        key to an address that nobody chose."""

    @abstractmethod
    def _list_models(self) -> list[str]: ...

    @abstractmethod
    def _send(self, exchange: Exchange) -> None:
        """Ask, and fill ``exchange`` with what comes back."""

    def _ask_once(self, exchange: Exchange) -> Reply:
        try:
            with self._clear_errors(exchange.model):
                carry_out(self._send, exchange)
            return self._reply(exchange)
        except ProviderError as error:
            error.provider, error.model = self.name, exchange.model
            if exchange.text:
                error.billed, error.raw = True, exchange.text
            if error.billed and exchange.usage != Usage():
                error.usage = exchange.usage
            raise

    def _reply(self, exchange: Exchange) -> Reply:
        if not exchange.finish:
            raise ProviderUnreachable(f"The connection to {self.title} broke before the reply was whole.", billed=True)
        if exchange.finish == "refused":
            said = f" It says: {exchange.refusal}" if exchange.refusal else ""
            raise ReplyRefused(
                f"The model “{exchange.model}” would not answer.{said}", raw=exchange.refusal, billed=True
            )
        if exchange.listen is not None and not exchange.text and exchange.aside:
            exchange.listen(exchange.aside)
        return Reply(
            text=exchange.whole_text,
            usage=exchange.usage,
            model=ModelName(self.name, exchange.model),
            finish=exchange.finish,
            request_id=exchange.request_id,
            notes=exchange.manner.notes,
        )

    def _unfit(self, text: str, exchange: Exchange) -> Reply:
        """The reply that Groq's own check threw out; whoever asked validates it again and may have it mended."""
        if not text:
            raise ProviderFailed(
                f"{self.title} sent no reply that has the schema.", self.name, exchange.model, billed=True
            )
        if exchange.listen is not None:
            exchange.listen(text)
        note = f"{self.title} says that this reply has not the schema."
        return Reply(text, model=ModelName(self.name, exchange.model), notes=(*exchange.manner.notes, note))

    @contextmanager
    def _reading(self, received: object) -> Iterator[None]:
        """Raise ProviderFailed where ``received`` is JSON, but not what the wire says (the SDKs check nothing)."""
        try:
            yield
        except (AttributeError, TypeError, ValueError, LookupError) as error:
            raw = str(received)[:2000]
            unread = f"{self.title} sent a reply that cannot be read."
            raise ProviderFailed(unread, raw=raw, billed=True) from error

    def _first_manner(self, model: str) -> Manner:
        can = self._capabilities(model)
        quirks = self.endpoint.quirks
        known = [step for step in LADDER[LADDER.index(can.strictness) :] if step in quirks.ladder]
        return Manner(known[0], quirks.is_strict(model), can.temperature, length=quirks.length)

    def _check_usable(self, model: str) -> None:
        if lacking := self.missing():
            raise KeyMissing(lacking, self.name, model)

    def _clear_errors(self, model: str) -> AbstractContextManager[None]:
        return translated(Place(self.name, self.title, model, self._key, self._advice, self._other_models))

    def _talking_models(self) -> list[str]:
        OFFERED[self.name] = sorted(name for name in self._list_models() if not _NO_CHAT.search(name))
        return OFFERED[self.name]

    def _other_models(self) -> Sequence[str]:
        """Models to offer in place of one that is not there: those that ship and are still there, else the provider's
        own; those that ship where it cannot be asked."""
        try:
            with translated(Place(self.name, self.title, "", self._key)):
                now = self._talking_models()
        except ProviderError:
            return self.endpoint.shipped
        return [name for name in self.endpoint.shipped if name in now] or now


def _said(raw: str) -> str:
    """What a refusal says itself, without what it quotes of the question or the reply."""
    try:
        body = json.loads(raw)
    except ValueError:
        return raw
    if not isinstance(body, dict):
        return raw
    return " ".join(str(body[name]) for name in ("message", "code", "param", "type") if body.get(name))


def _failed_generation(raw: str) -> str | None:
    """The reply that the provider's own check threw out, where a refusal is about that."""
    try:
        body = json.loads(raw)
    except ValueError:
        return None
    if not isinstance(body, dict) or body.get("code") != "json_validate_failed":
        return None
    return str(body.get("failed_generation") or "")
