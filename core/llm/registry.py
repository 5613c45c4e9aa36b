"""The wiring of providers: the shipped table and the settings become wires. An SDK is imported when it is first asked."""

from __future__ import annotations

from collections.abc import Callable
from platform import node
from urllib.parse import urlsplit

from pydantic import TypeAdapter

from core.call import ModelName
from core.llm.capabilities import capabilities
from core.llm.provider import Capabilities, Provider
from core.llm.providers import ProviderEntry, providers
from core.llm.wires.anthropic_wire import AnthropicWire
from core.llm.wires.manner import Quirks
from core.llm.wires.openai_wire import GroqWire, OpenAIWire
from core.llm.wires.probe import answers
from core.llm.wires.wire import OFFERED, Endpoint, Wire
from core.settings import Defaults, ProviderSettings, Settings

#: Makes a wire to an endpoint, with a function that says what its models can do.
Factory = Callable[[Endpoint, Callable[[str], Capabilities]], Wire]

_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_QUIRKS = TypeAdapter(Quirks)

WIRES: dict[str, Factory] = {"openai": OpenAIWire, "groq": GroqWire, "anthropic": AnthropicWire}


def build_providers(settings: Settings, defaults: Defaults) -> dict[str, Provider]:
    """Every provider of the table, as the person's settings say, by name. Those that lack a key or a
    proper address are there too and say so in ``missing()``; none is asked anything. The surroundings are looked at again:
    who changes a choice in Settings may have put a key there before."""
    settings.look_again()
    return {name: _build(name, entry, settings, defaults) for name, entry in providers().items()}


def is_set_up(settings: Settings, provider: str, defaults: Defaults) -> bool:
    """Whether the person set ``provider`` up: its key is there, or an address of their own."""
    entry, chosen = providers().get(provider), defaults.providers.get(provider)
    return bool(entry and settings.plain(*entry.keys, *entry.address)) or bool(chosen and chosen.base_url)


def does_not_answer(settings: Settings, provider: str, defaults: Defaults) -> str:
    """A line on what to do where ``provider`` is a server that needs no key and nothing answers at its address, else an
    empty text. Looked at shortly, and not again for some seconds."""
    entry = providers()[provider]
    endpoint = _endpoint(provider, entry, defaults.providers.get(provider, ProviderSettings()), settings)
    if endpoint.needs_key or endpoint.key or endpoint.problem or answers(endpoint.base_url):
        return ""
    return f"{entry.title} does not answer at {endpoint.base_url}: start it, or set its address in Settings."


def line_of(provider: Provider) -> str:
    """Whose calls count together, and who is left alone together: the provider at its address. A server on this machine is
    another one than that on the next."""
    if not isinstance(provider, Wire):
        return provider.name
    parts = urlsplit(provider.endpoint.base_url)
    here = f" on {node()}" if parts.hostname in _LOOPBACK else ""
    return f"{provider.name} at {parts.netloc}{here}"[:300]


def default_model(provider: str, defaults: Defaults) -> str:
    """The model that the person, or else the table, names for ``provider``; empty where neither does. One of the table
    that the provider was seen to offer no more gives way to the next of the table that it does."""
    chosen = defaults.providers.get(provider)
    entry = providers().get(provider)
    if (chosen and chosen.model) or entry is None:
        return chosen.model if chosen else ""
    offered = OFFERED.get(provider, [entry.model])
    return next((model for model in (entry.model, *entry.models) if model in offered), entry.model)


def _build(name: str, entry: ProviderEntry, settings: Settings, defaults: Defaults) -> Provider:
    chosen = defaults.providers.get(name, ProviderSettings())
    endpoint = _endpoint(name, entry, chosen, settings)
    return WIRES[entry.wire](endpoint, lambda model: capabilities(ModelName(name, model)))


def _endpoint(name: str, entry: ProviderEntry, chosen: ProviderSettings, settings: Settings) -> Endpoint:
    from_environment = settings.plain(*entry.address)
    address = chosen.base_url.strip() or from_environment or entry.base_url
    # A key goes where it is for: to the provider, to an address named beside it in the environment, and to one that
    # was typed in Settings only if that was said there too.
    trusted = address in (entry.base_url, from_environment) or entry.own_key or chosen.send_key
    key = settings.secret(*entry.keys)
    return Endpoint(
        name=name,
        title=entry.title,
        base_url=address,
        key=key if trusted else None,
        key_names=entry.keys,
        needs_key=entry.needs_key and trusted,
        withheld=key is not None and not trusted,
        shipped=entry.models,
        problem=_problem(entry.title, address),
        timeout=chosen.timeout,
        quirks=_QUIRKS.validate_python(entry.quirks),
    )


def _problem(title: str, address: str) -> str:
    """What is wrong with an address, or an empty text."""
    if not address:
        return f"{title} needs an address: set it in Settings."
    try:
        parts = urlsplit(address)
        fits = parts.scheme in ("http", "https") and bool(parts.hostname) and not parts.username and not parts.password
    except ValueError:
        fits = False
    return "" if fits else f"The address for {title} must begin with http:// or https:// and hold no name or password."
