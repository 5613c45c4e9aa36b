"""Models on the Settings page: what is asked at each provider, how patiently, and what models cost that no list has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st
from pydantic import BaseModel, ValidationError

from core.call import ModelName
from core.errors import StudioError
from core.extractor import Availability
from core.llm.provider import Provider
from core.llm.providers import ProviderEntry, providers
from core.settings import ModelPrice, ProviderSettings
from pages.shared.choices import keep, keep_change
from pages.shared.frame import get_studio, plain
from pages.shared.money import dollars

#: Fields of a provider in the order shown; the model and the address stand before them.
_PATIENCE = ("timeout", "retries", "concurrency", "per_minute")
_OFFERED = "settings_models_offered"
_ERROR = "settings_models_error"
_COLUMNS = {"Model": "", "Input": "input", "Output": "output", "Cached input": "cached"}


def draw_models() -> None:
    """A fold a provider, and the table of prices."""
    st.markdown("##### Models")
    st.caption("Keys are never kept here: they come from the environment, .env or the app's secrets.")
    studio = get_studio()
    found = studio.models.providers()
    states = {title: state for kind, title, state in studio.health() if kind == "Model"}
    for name, entry in providers().items():
        if provider := found.get(name):
            _draw_provider(provider, entry, states[provider.title])
    _draw_prices()


# --- a provider --------------------------------------------------------------------------------------------------------


def _draw_provider(provider: Provider, entry: ProviderEntry, state: Availability) -> None:
    name, missing = provider.name, provider.missing()
    mark = ":green[:material/check_circle:]" if state.usable else ":gray[:material/do_not_disturb_on:]"
    with st.expander(f"{mark} {plain(provider.title)}", key=f"provider_{name}", on_change="rerun") as fold:
        if not fold.open:
            return
        if not state.usable:
            st.caption(f":material/{'key' if missing else 'power_off'}: {plain(state.reason)}")
        chosen = get_studio().defaults.providers.get(name, ProviderSettings())
        with st.form(f"provider_form_{name}", border=False):
            _draw_form(name, entry, chosen)
            with st.container(horizontal=True, vertical_alignment="center"):
                st.form_submit_button(
                    "Save",
                    key=f"provider_save_{name}",
                    type="primary",
                    icon=":material/save:",
                    on_click=_save,
                    args=(name,),
                )
                st.form_submit_button(
                    "Ask which models there are",
                    key=f"provider_ask_{name}",
                    type="tertiary",
                    icon=":material/refresh:",
                    on_click=_ask_models,
                    args=(name,),
                    disabled=bool(missing),
                )
        if error := st.session_state.get(_ERROR, {}).get(name):
            st.markdown(f":red[:material/error: {plain(error)}]")


def _draw_form(name: str, entry: ProviderEntry, chosen: ProviderSettings) -> None:
    offered = st.session_state.get(_OFFERED, {}).get(name) or entry.models
    options = list(dict.fromkeys(["", *offered, chosen.model]))
    st.selectbox(
        "Model",
        options,
        options.index(chosen.model),
        format_func=lambda model: model or (f"{entry.model} (suggested)" if entry.model else "none: name one"),
        accept_new_options=True,
        key=_key(name, "model"),
        help="Asked where a recipe names no other. Any name can be typed.",
    )
    st.caption(_price_line(ModelName(name, chosen.model or entry.model)))
    st.text_input(
        "Address",
        chosen.base_url,
        placeholder=entry.base_url or "https://…",
        key=_key(name, "base_url"),
        help="Empty: the provider's own." if entry.base_url else None,
    )
    if not entry.own_key:
        st.toggle(
            _about("send_key").title or "",
            chosen.send_key,
            key=_key(name, "send_key"),
            help=_about("send_key").description,
        )
    grid = st.grid(columns="auto", min_column_width=150, gap="small")
    for field in _PATIENCE:
        about = _about(field)
        with grid.cell():
            st.number_input(
                about.title or field,
                value=getattr(chosen, field),
                step=1.0 if field == "timeout" else 1,
                format="%g" if field == "timeout" else "%d",
                key=_key(name, field),
                help=about.description,
            )


def _about(field: str) -> Any:
    return ProviderSettings.model_fields[field]


def _key(name: str, field: str) -> str:
    return f"provider_{name}_{field}"


def _price_line(model: ModelName) -> str:
    price = get_studio().models.price(model) if model.model else None
    if price is None:
        return "No price is known for it: give one below, and its calls are in the bill." if model.model else ""
    cached = f", {dollars(price.cached)} for cached input" if price.cached is not None else ""
    more = " Long questions cost more." if price.tiered else ""
    whose = "Your price" if price.source == "yours" else "Price"
    line = f"{whose}: {dollars(price.input)} a million tokens in, {dollars(price.output)} out{cached}.{more}"
    return plain(line)


def _save(name: str) -> None:
    typed = {field: st.session_state.get(_key(name, field)) for field in ProviderSettings.model_fields}
    read, error = read_provider(typed)
    st.session_state.setdefault(_ERROR, {})[name] = error
    if read is not None:
        keep_change("Saved.", lambda now: now.model_copy(update={"providers": now.providers | {name: read}}))


def read_provider(typed: Mapping[str, Any]) -> tuple[ProviderSettings | None, str]:
    """A provider's settings as typed, or a sentence on what is wrong."""
    given = {
        field: value.strip() if isinstance(value, str) else value for field, value in typed.items() if value is not None
    }
    try:
        return ProviderSettings.model_validate(given), ""
    except ValidationError as error:
        return None, _sentence(ProviderSettings, error)


def _ask_models(name: str) -> None:
    st.session_state.setdefault(_ERROR, {})[name] = ""
    try:
        found = tuple(get_studio().models.providers()[name].models())
    except StudioError as error:
        st.session_state[_ERROR][name] = str(error)
        return
    st.session_state.setdefault(_OFFERED, {})[name] = found
    st.toast(f"{len(found):,} models are offered.", icon=":material/task_alt:")


# --- prices ------------------------------------------------------------------------------------------------------------


def _draw_prices() -> None:
    st.markdown("###### Prices of your own")
    st.caption(
        "In US dollars per million tokens, for models that no list has or that cost you something else. "
        "Models that were asked and have no price stand here; 0 for one that costs nothing."
    )
    import pandas as pd

    studio = get_studio()
    rows = pd.DataFrame(price_rows(studio.defaults.prices, _unpriced()), columns=list(_COLUMNS))
    rows = rows.astype({"Model": str} | dict.fromkeys(list(_COLUMNS)[1:], float))
    numbers = {
        title: st.column_config.NumberColumn(title, min_value=0.0, format="%.4g")
        for title in ("Input", "Output", "Cached input")
    }
    names = st.column_config.TextColumn("Model", help="provider:model", required=True, width="medium")
    edited = st.data_editor(
        rows,
        column_config={"Model": names, **numbers},
        num_rows="dynamic",
        hide_index=True,
        width="stretch",
        placeholder="",
        key=f"prices_{len(studio.defaults.prices)}",
    )
    if st.button("Save prices", key="prices_save", icon=":material/save:"):
        prices, errors = read_prices(edited.to_dict("records"))
        for error in errors:
            st.markdown(f":red[:material/error: {plain(error)}]")
        if not errors and keep("Saved.", prices=prices):
            st.rerun()


def _unpriced() -> list[str]:
    """Models without a known price: those asked lately, and those that would be asked next."""
    studio = get_studio()
    next_ = {
        ModelName(name, studio.models.default_model(name))
        for name, provider in studio.models.providers().items()
        if not provider.missing()
    }
    asked = studio.spending.unpriced()
    return sorted(str(model) for model in next_.union(asked) if model.model and studio.models.price(model) is None)


def price_rows(prices: Mapping[str, ModelPrice], bare: Sequence[str]) -> list[dict[str, Any]]:
    """The table of prices: the person's own, then ``bare``, models that have none."""
    amounts = {
        name: [None if amount is None else float(amount) for amount in (price.input, price.output, price.cached)]
        for name, price in prices.items()
    }
    return [
        dict(zip(_COLUMNS, (name, *values), strict=True))
        for name, values in (amounts | {name: [None] * 3 for name in bare if name not in prices}).items()
    ]


def read_prices(rows: Sequence[Mapping[str, Any]]) -> tuple[dict[str, ModelPrice], list[str]]:
    """The prices of a table, with a sentence for every row that cannot be one. Rows without any price are left out."""
    prices: dict[str, ModelPrice] = {}
    errors: list[str] = []
    for row in rows:
        values = {field: str(row[title]) for title, field in _COLUMNS.items() if field and _is_given(row.get(title))}
        name = str(row.get("Model") or "").strip()
        if not values:
            continue
        provider, _, model = name.partition(":")
        if provider not in providers() or not model:
            errors.append(f"“{name}” is no model: write provider:model, with one of {', '.join(providers())}.")
            continue
        try:
            prices[name] = ModelPrice.model_validate(values)
        except ValidationError as error:
            errors.append(f"{name}: {_sentence(ModelPrice, error)}")
    return prices, errors


def _is_given(cell: Any) -> bool:
    return cell is not None and cell == cell  # an empty cell of a table of numbers is NaN, which differs from itself


def _sentence(model: type[BaseModel], error: ValidationError) -> str:
    found = error.errors()[0]
    field = str(found["loc"][0])
    title = model.model_fields[field].title or field
    message = "is missing" if found["type"] == "missing" else found["msg"].replace("Input should be", "should be")
    return f"{title} {message}."
