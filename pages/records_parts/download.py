"""Downloads of records in every form: made only when asked for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial

import streamlit as st

from core.errors import LayoutError
from core.exporting.exports import ExportForm
from core.stores.records import RecordQuery
from pages.shared.frame import get_studio
from pages.shared.rights import kept_for

_GROUPS = {
    "tables": "Tables",
    "e-invoices": "E-invoices",
    "documents": "Documents",
    "layouts": "For accounting programs",
}
_LAYOUTS = "What files for other programs look like; take in one of your own."


def draw_search_downloads(query: RecordQuery, total: int) -> None:
    """Downloads of all matches of the current search, not only of the page shown."""
    what = "All 1 record" if total == 1 else f"All {total:,} records"
    studio = get_studio()
    name = f"records-{date.today().isoformat()}"

    def draw(form: ExportForm) -> None:
        _draw_button(
            "records", form, f"{name}.{form.suffix}", form.media_type, partial(studio.export, query, form.name)
        )

    if st.button("Layouts", key="records_layouts", type="tertiary", icon=":material/table_edit:", help=_LAYOUTS):
        draw_layouts()
    with st.popover("Download", icon=":material/download:", key="records_download"):
        st.caption(f"{what} of this list, in its order. Times are UTC.")
        _draw_groups(draw)
        st.caption("Of what no e-invoice can be made, left_out.csv in the zip says why.")


def draw_record_downloads(order_id: int) -> None:
    """Downloads of one record as it is stored."""
    studio = get_studio()

    def draw(form: ExportForm) -> None:
        suffix, media_type = form.alone or (form.suffix, form.media_type)
        refused = bool(lacking) and form.group == "e-invoices"
        make = partial(studio.export_record, order_id, form.name)
        _draw_button("record", form, f"order-{order_id}.{suffix}", media_type, make, refused=refused)

    with st.popover("Download", icon=":material/download:", key="record_download"):
        st.caption("This record as it is stored. Times are UTC.")
        lacking = studio.einvoice_lacks(order_id)
        _draw_groups(draw)
        if lacking:
            st.caption(f"For an e-invoice this record lacks: {'; '.join(lacking)}.")


def _draw_groups(draw: Callable[[ExportForm], None]) -> None:
    """The forms by group, three in a row."""
    forms = get_studio().export_forms()
    for group, title in _GROUPS.items():
        found = [form for form in forms if form.group == group]
        st.markdown(f"**{title}**")
        for start in range(0, len(found), 3):
            with st.container(horizontal=True):
                for form in found[start : start + 3]:
                    draw(form)


def _draw_button(
    key: str, form: ExportForm, file_name: str, media_type: str, make: Callable[[], bytes], *, refused: bool = False
) -> None:
    st.download_button(
        form.title,
        make,
        file_name=file_name,
        mime=media_type,
        key=f"{key}_as_{form.name}",
        help=form.about or None,
        on_click="ignore",
        disabled=refused,
        width="stretch",
    )


@st.dialog("Layouts of your own", width="medium")
def draw_layouts() -> None:
    """What files for other programs look like: take one as YAML, change it, bring it back under its name or another."""
    shelf = get_studio().layouts
    st.markdown(
        "A layout says which columns a file has, what stands in them and how. Take one that is near to what your program wants, "
        "change it in any editor, and bring it in."
    )
    own = shelf.own()
    for layout in shelf.layouts():
        with st.container(horizontal=True, vertical_alignment="center"):
            origin = "yours" if layout.name in own else "ships"
            st.markdown(f"**{layout.title}** · {len(layout.columns)} columns · {origin}")
            st.download_button(
                "YAML",
                shelf.export(layout.name),
                file_name=f"{layout.name}.yaml",
                mime="application/yaml",
                key=f"layout_yaml_{layout.name}",
                on_click="ignore",
                icon=":material/download:",
            )
            if layout.name in own and st.button(
                "Remove", key=f"layout_remove_{layout.name}", icon=":material/delete:", **kept_for("layouts.remove")
            ):
                shelf.remove(layout.name)
                st.rerun(scope="fragment")
    given = st.file_uploader("Bring in a layout (YAML)", type=["yaml", "yml"], key="layout_file")
    if given and st.button("Keep it", key="layout_keep", type="primary", **kept_for("layouts.take_in")):
        try:
            kept = shelf.take_in(given.getvalue(), get_studio().types.types())
        except LayoutError as error:
            st.error(str(error))
        else:
            st.success(f"{kept.title} is kept: it stands under Download, For accounting programs.")
