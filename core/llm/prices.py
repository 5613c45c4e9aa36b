"""What models cost: the person's own prices first, then the list that genai-prices ships (no network is asked)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache

from core.call import ModelName, Usage
from core.llm.provider import Price
from core.settings import ModelPrice

MILLION = 1_000_000


def cost_of(
    model: ModelName, usage: Usage, own: Mapping[str, ModelPrice] | None = None, at: datetime | None = None
) -> Decimal | None:
    """US dollars of a call at the prices of ``at`` (now), or ``None`` where no price is known."""
    if mine := (own or {}).get(str(model)):
        cached = min(usage.cached, usage.input)
        price = mine.input if mine.cached is None else mine.cached
        dollars = (usage.input - cached) * mine.input + cached * price + usage.output * mine.output
        return dollars / MILLION
    return _listed_cost(model, usage, at)


def price_of(model: ModelName, own: Mapping[str, ModelPrice] | None = None) -> Price | None:
    """The price of a model for display, or ``None`` where none is known."""
    if mine := (own or {}).get(str(model)):
        return Price(mine.input, mine.output, mine.cached, source="yours")
    return _listed_price(model)


def _listed_cost(model: ModelName, usage: Usage, at: datetime | None) -> Decimal | None:
    from genai_prices import Usage as Tokens
    from genai_prices import calc_price

    if _listed_price(model) is None:
        return None
    # Providers have been seen to count cached tokens beside the input: parts are never more than the whole.
    cached = min(usage.cached, usage.input)
    written = min(usage.written, usage.input - cached)
    tokens = Tokens(
        input_tokens=usage.input, output_tokens=usage.output, cache_read_tokens=cached, cache_write_tokens=written
    )
    moment = at or datetime.now(UTC)
    found = calc_price(tokens, model.model, provider_id=model.provider, genai_request_timestamp=moment)
    return found.total_price


@lru_cache(maxsize=512)
def _listed_price(model: ModelName) -> Price | None:
    from genai_prices import Usage as Tokens
    from genai_prices import calc_price

    try:
        found = calc_price(Tokens(input_tokens=0, output_tokens=0), model.model, provider_id=model.provider)
    except LookupError:
        return None
    rates = {
        name: getattr(found.model_price, f"{name}_mtok") for name in ("input", "output", "cache_read", "cache_write")
    }
    if rates["input"] is None or rates["output"] is None:
        return None
    tiered = any(hasattr(rate, "tiers") for rate in rates.values())
    base = {name: getattr(rate, "base", rate) for name, rate in rates.items()}
    return Price(base["input"], base["output"], base["cache_read"], base["cache_write"], tiered)
