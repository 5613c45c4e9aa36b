"""The choices of the Gates page: of a type of documents, and of all."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

import streamlit as st

from core.gates import ANY_CURRENCY, TypeGate
from core.schema.document_type import DocumentType
from core.schema.values import is_amount
from core.stores.records import Target
from core.validation.gate import OTHERS_NEED
from pages.gates_parts.draft import draft, put, put_type, table_of, times
from pages.shared.frame import get_studio, plain
from pages.shared.rights import kept_for

_STORES: dict[Target, str] = {"database": "Database", "workbook": "Excel workbook"}
_CURRENCY, _AMOUNT = "Currency", "Largest amount"


def draw_type() -> None:
    """What is asked of documents of the chosen type."""
    kinds = {kind.name: kind for kind in get_studio().types.types()}
    own = draft().types
    name = st.selectbox(
        "Document type",
        list(kinds),
        format_func=lambda each: f"{kinds[each].titles} (changed)" if each in own else kinds[each].titles,
        key="gates_type",
    )
    kind, now = kinds[name], own.get(name, TypeGate())
    locked = kept_for("gating.change")["disabled"]
    at = f"{name}_{times()}"
    usual = get_studio().defaults.recipe.approve_at
    left, right = st.columns(2)
    critical = left.number_input(
        "Amounts, numbers, dates: sure from (%)",
        0.0,
        100.0,
        _percent(now.approve_at),
        0.5,
        format="%g",
        key=f"gate_approve_{at}",
        placeholder=f"as the recipe says ({usual:.0%} by default)",
        help="Every one of these values needs at least this confidence. Empty: the recipe’s approval threshold.",
        disabled=locked,
    )
    others = right.number_input(
        "Names and texts: sure from (%)",
        0.0,
        100.0,
        _percent(now.others_at),
        0.5,
        format="%g",
        key=f"gate_others_{at}",
        placeholder=f"{OTHERS_NEED:.0%} of that",
        help="Names, addresses, texts: a reader is seldom surer of them.",
        disabled=locked,
    )
    titles = {info.name: info.title for info in kind.header}
    usually = [info.name for info in kind.header if info.required]
    required = st.multiselect(
        "Must have a value",
        list(titles),
        list(now.required) if now.required is not None else usually,
        format_func=titles.__getitem__,
        key=f"gate_required_{at}",
        help="A document without one of these is asked about. Usually: "
        + (", ".join(titles[one] for one in usually) or "none")
        + ".",
        disabled=locked,
    )
    least = st.number_input(
        f"Fields with a value, at least (of {len(titles)})",
        0,
        len(titles),
        min(now.least_values, len(titles)),
        key=f"gate_least_{at}",
        help="Fewer mean that the page was read badly, or that it is something else. 0: any number.",
        disabled=locked,
    )
    gate = TypeGate(
        approve_at=_share(critical),
        others_at=_share(others),
        required=None if set(required) == set(usually) else tuple(one for one in titles if one in required),
        least_values=least,
        most=_draw_limits(kind, now, at, locked),
    )
    put_type(name, gate)


def _draw_limits(kind: DocumentType, now: TypeGate, at: str, locked: bool) -> dict[str, Decimal]:
    """The largest amounts that pass unseen, a currency a row."""
    if not any(info.kind == "money" for info in kind.header):
        return dict(now.most)
    what = kind.field_of(kind.total).title.lower() if kind.total else "amount"
    st.markdown(f"Largest {what} that passes unseen")
    began = [
        {_CURRENCY: currency or None, _AMOUNT: float(limit)}
        for currency, limit in sorted(now.most.items(), reverse=True)
    ]
    rows: Any = st.data_editor(
        table_of(at, began or [{_CURRENCY: None, _AMOUNT: None}]),
        num_rows="dynamic",
        hide_index=True,
        key=f"gate_limits_{at}",
        disabled=locked,
        column_config={
            _CURRENCY: st.column_config.TextColumn(
                max_chars=3, validate="^[A-Za-z]{3}$|^$", help="ISO code; empty: any that has no row"
            ),
            _AMOUNT: st.column_config.NumberColumn(min_value=0.0, format="localized"),
        },
    )
    st.caption(
        "No row: any amount passes. With a row, a document in a currency that has none is looked at, and so is one whose amount or "
        "currency is not known; a row without a currency is for all that have none of their own. Amounts are never converted."
    )
    return {currency: limit for row in rows for currency, limit in _limit(row)}


def _limit(row: dict[str, Any]) -> list[tuple[str, Decimal]]:
    try:
        limit = Decimal(str(row.get(_AMOUNT)))
    except InvalidOperation:
        return []
    if not is_amount(limit):
        return []
    return [((row.get(_CURRENCY) or ANY_CURRENCY).strip().upper(), limit.normalize() + 0)]


def draw_everybody() -> None:
    """What holds for documents of every type: vendors, and where they save themselves."""
    now, at = draft(), times()
    locked = kept_for("gating.change")["disabled"]
    st.markdown("#### Vendors, whatever the type")
    known = [vendor.name for vendor in get_studio().memory.all()]
    always = st.multiselect(
        "Always looked at",
        list(dict.fromkeys([*now.always, *known])),
        list(now.always),
        key=f"gate_always_{at}",
        accept_new_options=True,
        placeholder="A vendor’s name",
        help="Somebody looks at every document of these, however sure its values are.",
        disabled=locked,
    )
    never = st.multiselect(
        "Never asked about for a doubt",
        list(dict.fromkeys([*now.never, *known])),
        list(now.never),
        key=f"gate_never_{at}",
        accept_new_options=True,
        placeholder="A vendor’s name",
        help="Their documents pass though a value is not sure. A missing value, a failed check, what is stored already and the "
        "limits above stop them all the same.",
        disabled=locked,
    )
    if both := sorted(set(always) & set(never)):
        st.warning(f"{plain(', '.join(both))}: always wins.", icon=":material/warning:")
    st.markdown("#### What passed saves itself")
    save_to = st.pills(
        "Where to",
        list(_STORES),
        selection_mode="multi",
        default=[store for store in _STORES if store in now.save_to],
        format_func=_STORES.__getitem__,
        key=f"gate_save_{at}",
        label_visibility="collapsed",
        disabled=locked,
    )
    st.caption(
        "A document that the Inbox or a program had read, and that passes, is saved there with nobody looking: its row and its "
        "history say so. What is stored already never is. None chosen: somebody saves it."
    )
    put(always=tuple(always), never=tuple(never), save_to=tuple(store for store in _STORES if store in save_to))


def _percent(share: float | None) -> float | None:
    return None if share is None else round(share * 100, 3)


def _share(percent: float | None) -> float | None:
    return None if percent is None else round(percent / 100, 5)
