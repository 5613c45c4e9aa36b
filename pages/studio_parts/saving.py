"""Saving a record: where to, what is stored already, the order id it got, and the way back."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import NoReturn

import streamlit as st
from pydantic import BaseModel

from core.errors import RecordMissing, StudioError
from core.records import describe_duplicate
from core.review.edits import differences
from core.review.standing import first_open, open_points, status_of
from core.stores.receipt import SaveReceipt
from core.stores.records import Duplicate, Record, Target
from core.studio import Reviewed
from pages.shared import keys
from pages.shared.frame import get_studio, plain
from pages.shared.keep_case import draw_keep
from pages.shared.session import ask_focus, get_edits, keep_edits
from pages.shared.taught import draw_taught

_TARGETS: dict[str, tuple[Target, ...]] = {
    "Database and Excel": ("database", "workbook"),
    "Database": ("database",),
    "Excel workbook": ("workbook",),
}
_NAMES: dict[Target, str] = {"database": "the database", "workbook": "the Excel workbook"}

#: Open points that the question before a save lists.
_MOST_POINTS = 6

#: Values that the question of an update lists.
_MOST_DIFFERENCES = 8


def draw_save(run_id: str, reviewed: Reviewed, errors: dict[str, str], others: bool) -> bool:
    """The save bar; gives whether what stands is saved as it is. ``others`` is whether another document of the desk waits."""
    edits = get_edits(run_id)
    receipt = edits.receipt
    if receipt and edits.saved == reviewed.extraction.values and not errors:
        st.markdown(f":green[:material/task_alt: **Saved as order {receipt.order_id}**]", width="content")
        st.button("Undo", key="undo", icon=":material/undo:", on_click=_undo, args=(run_id,))
        draw_taught(receipt.taught, run_id, partial(_forget_taught, run_id), "taught")
        _draw_keep(receipt)
        return True
    choice = st.selectbox(
        "Save to", list(_TARGETS), index=_default_choice(), key=keys.SAVE_TO, label_visibility="collapsed", width=190
    )
    label = f"Save changes to order {receipt.order_id}" if receipt else "Save"
    anyway: tuple[Target, ...] | None = st.session_state.pop(keys.SAVE_ANYWAY, None)
    if anyway:
        _save_checked(run_id, reviewed, anyway)
    plainly = st.button(label, key="save", type="primary", icon=":material/save:", shortcut="Ctrl+S")
    going_on = others and st.button(
        "Save, next",
        key="save_next",
        shortcut="Ctrl+Enter",
        help="Saves and opens the next document that needs somebody.",
    )
    if plainly or going_on:
        st.session_state[keys.GO_ON] = run_id if going_on else None
        _save(run_id, reviewed, errors, _TARGETS[choice])
    return False


def _forget_taught(run_id: str) -> None:
    edits = get_edits(run_id)
    if edits.receipt is not None:
        edits.receipt = replace(edits.receipt, taught=None)
        keep_edits(run_id, edits)


def _draw_keep(receipt: SaveReceipt) -> None:
    """A saved record can become a test case; one that is in the Excel workbook alone cannot."""
    if "database" in receipt.targets:
        with suppress(RecordMissing):
            draw_keep(get_studio().record(receipt.order_id))


def draw_save_trouble() -> None:
    """The sentence of a save that did not work."""
    if sentence := st.session_state.get(keys.SAVE_ERROR):
        st.error(plain(sentence), icon=":material/error:")


def draw_toast() -> None:
    """A message left by the last action."""
    if message := st.session_state.pop(keys.TOAST, None):
        st.toast(message, icon=":material/task_alt:")


def _default_choice() -> int:
    wanted = set(get_studio().defaults.save_to)
    return next((index for index, targets in enumerate(_TARGETS.values()) if set(targets) == wanted), 0)


def _save(run_id: str, reviewed: Reviewed, errors: dict[str, str], targets: tuple[Target, ...]) -> None:
    st.session_state[keys.SAVE_ERROR] = None
    if errors:
        names = ", ".join(reviewed.extraction.type.title_of(path) for path in errors)
        _block(next(iter(errors)), f"Not saved yet: correct {names} first.")
    if reviewed.extraction.values == reviewed.extraction.type.model():
        _block(
            reviewed.extraction.type.header[0].name,
            "Not saved: there is no value to save. Type one or draw a box first.",
        )
    if points := open_points(_decided(reviewed).extraction):
        _ask_open(run_id, reviewed, targets, points)
    else:
        _save_checked(run_id, reviewed, targets)


def _decided(reviewed: Reviewed) -> Reviewed:
    """``reviewed`` without the question whether it is stored already: the save asks that by itself."""
    findings = tuple(finding for finding in reviewed.extraction.findings if finding.check != "duplicate")
    return Reviewed(reviewed.extraction.model_copy(update={"findings": findings}), reviewed.was)


def _block(path: str, sentence: str) -> NoReturn:
    """Go to the field that stands in the way of a save and say there why."""
    ask_focus(path)
    st.session_state[keys.BLOCKED] = (path, sentence)
    st.rerun()


@st.dialog("Save with open points?")
def _ask_open(run_id: str, reviewed: Reviewed, targets: tuple[Target, ...], points: list[str]) -> None:
    """Ask before a record is stored that nobody can rely on yet."""
    shown = [
        *points[:_MOST_POINTS],
        *([f"And {len(points) - _MOST_POINTS} more."] if len(points) > _MOST_POINTS else []),
    ]
    st.markdown("\n".join(f"- {plain(point)}" for point in shown))
    with st.container(horizontal=True):
        closed = st.button(
            "Go to the first",
            key="go_to_open",
            type="primary",
            on_click=ask_focus,
            args=(first_open(_decided(reviewed).extraction),),
        )
        closed |= st.button("Save anyway as “needs review”", key="save_anyway", on_click=_wish_anyway, args=(targets,))
        closed |= st.button("Cancel", key="cancel_open", type="tertiary")
    if closed:
        st.rerun()


def _wish_anyway(targets: tuple[Target, ...]) -> None:
    """Remember the wish: a second question (stored already?) needs this dialog to be gone."""
    st.session_state[keys.SAVE_ANYWAY] = targets


def _save_checked(run_id: str, reviewed: Reviewed, targets: tuple[Target, ...]) -> None:
    """Save, unless it is stored already, or was changed elsewhere since it was saved here: then ask first."""
    receipt, studio = get_edits(run_id).receipt, get_studio()
    try:
        if receipt is None or studio.records.changed_since(receipt):
            stored = studio.duplicates(reviewed.extraction, reviewed.extraction.values, targets)
        else:
            stored = []
    except StudioError as error:
        st.session_state[keys.SAVE_ERROR] = str(error)
        st.rerun()
    if stored:
        _ask(run_id, reviewed, targets, stored)
    else:
        order_id, seen = (receipt.order_id, receipt.stored.get("database")) if receipt else (None, None)
        _store(run_id, reviewed, targets, order_id, seen)
        st.rerun()


@st.dialog("Already stored")
def _ask(run_id: str, reviewed: Reviewed, targets: tuple[Target, ...], stored: list[Duplicate]) -> None:
    orders = {duplicate.order_id: duplicate for duplicate in reversed(stored)}
    for duplicate in orders.values():
        st.markdown(plain(describe_duplicate(duplicate)))
        _draw_differences(duplicate, reviewed.extraction.values)
    st.caption("Keep both adds a new order. Update replaces what is stored.")
    closed = False
    with st.container(horizontal=True):
        for order_id in sorted(orders):
            closed |= _draw_fill(run_id, reviewed, targets, order_id)
        closed |= st.button("Keep both", key="keep_both", on_click=_store, args=(run_id, reviewed, targets, None))
        for place, order_id in enumerate(sorted(orders)):
            closed |= st.button(
                f"Update order {order_id}",
                key="update_order" if place == 0 else f"update_order_{order_id}",
                on_click=_store,
                args=(run_id, reviewed, targets, order_id, _shown(order_id)),
            )
        closed |= st.button("Cancel", key="cancel_save", type="tertiary")
    if closed:
        st.rerun()


def _draw_fill(run_id: str, reviewed: Reviewed, targets: tuple[Target, ...], order_id: int) -> bool:
    """The way to put a stored order, as it is, where it was to be saved too and is not; gives whether it was taken."""
    try:
        lacking = get_studio().records.lacking(order_id, targets)
    except StudioError:  # saving itself says what is wrong with the target
        return False
    if not lacking:
        return False
    where = " and ".join(_NAMES[target] for target in lacking)
    wish = (run_id, reviewed, lacking, order_id)
    return st.button(f"Add order {order_id} to {where} too", key=f"fill_{order_id}", on_click=_fill, args=wish)


def _fill(run_id: str, reviewed: Reviewed, targets: tuple[Target, ...], order_id: int) -> None:
    studio, extraction = get_studio(), reviewed.extraction
    try:
        receipt = studio.records.fill(order_id, targets, extraction)
    except StudioError as error:
        st.session_state[keys.SAVE_ERROR] = str(error)
        return
    stored = next(order for order in receipt.stored.values() if order)
    if stored.values == extraction.values:
        keep_receipt(run_id, receipt, extraction.values)
    st.session_state[keys.TOAST] = f"Order {order_id} is in {' and '.join(_NAMES[t] for t in targets)} too now."


def _draw_differences(duplicate: Duplicate, now: BaseModel) -> None:
    """What an update would replace, field by field."""
    if duplicate.target == "workbook":
        return
    try:
        stored = get_studio().record(duplicate.order_id).values
    except RecordMissing:
        return
    found = differences(stored, now)
    if not found:
        st.caption("Its values are the same as these.")
        return
    more = [f"and {len(found) - _MOST_DIFFERENCES} more"] if len(found) > _MOST_DIFFERENCES else []
    lines = [f"{title}: {before or 'nothing'} → {after or 'nothing'}" for title, before, after in found]
    st.markdown("\n".join(f"- {plain(line)}" for line in [*lines[:_MOST_DIFFERENCES], *more]))


def _shown(order_id: int) -> Record | None:
    """The record as the database has it while its differences are shown; ``None`` where a workbook alone has it."""
    try:
        return get_studio().record(order_id)
    except RecordMissing:
        return None


def _store(
    run_id: str, reviewed: Reviewed, targets: tuple[Target, ...], update: int | None, seen: Record | None = None
) -> None:
    """Save; over a record only as the person saw it (``seen``): one changed meanwhile stays, and they are told what changed."""
    extraction = reviewed.extraction
    status = status_of(_decided(reviewed))
    try:
        receipt = get_studio().save(
            extraction.values,
            targets,
            run_id=run_id,
            extraction=extraction,
            update=update,
            status=status,
            seen=seen if seen and seen.version is not None else None,  # a receipt of an earlier studio names none
        )
    except StudioError as error:
        st.session_state[keys.SAVE_ERROR] = str(error)
        return
    keep_receipt(run_id, receipt, extraction.values)
    where = " and ".join(_NAMES[target] for target in targets)
    note = " It still needs review." if status == "needs review" else ""
    st.session_state[keys.TOAST] = f"Saved as order {receipt.order_id} in {where}.{note}"


def keep_receipt(run_id: str, receipt: SaveReceipt, values: BaseModel) -> None:
    """Remember that ``values`` were saved, and how to undo it."""
    edits = get_edits(run_id)
    edits.receipt, edits.saved = receipt, values
    keep_edits(run_id, edits)


def chosen_targets() -> tuple[Target, ...]:
    """Where the person saves to: as chosen on the page, else as set in Settings."""
    choice = st.session_state.get(keys.SAVE_TO) or list(_TARGETS)[_default_choice()]
    return _TARGETS[choice]


def take_back(run_id: str, receipt: SaveReceipt) -> None:
    """Undo a save. Raises StudioError where the record was changed since."""
    get_studio().undo(receipt)
    edits = get_edits(run_id)
    edits.receipt, edits.saved = None, None
    keep_edits(run_id, edits)


def _undo(run_id: str) -> None:
    receipt = get_edits(run_id).receipt
    if receipt is None:
        return
    order_id = receipt.order_id
    was_new = all(before is None for before in receipt.previous.values())
    try:
        take_back(run_id, receipt)
    except StudioError as error:
        st.session_state[keys.SAVE_ERROR] = str(error)
        return
    st.session_state[keys.TOAST] = (
        f"Save undone: order {order_id} was removed."
        if was_new
        else f"Save undone: order {order_id} is as it was before."
    )
