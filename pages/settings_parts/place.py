"""What is here: engines and stores with the reason why one cannot be used, where things are kept, and the cache."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from itertools import groupby
from pathlib import Path
from urllib.parse import urlsplit

import streamlit as st

from core.extractor import Availability
from core.settings import Settings
from pages.shared.frame import get_studio, plain
from pages.shared.model_form import shown_name

#: Streamlit Community Cloud runs apps from here.
CLOUD_FOLDER = Path("/mount/src")


def draw_health() -> None:
    """Every engine, extractor, store and accelerator: usable or not, and why."""
    st.markdown("##### What works here")
    with st.container(border=True, key="settings_health", gap="xsmall"):
        for kind, rows in groupby(get_studio().health(), key=lambda row: row[0]):
            st.markdown(f"**{kind}**")
            _draw_rows(rows)


def _draw_rows(rows: Iterable[tuple[str, str, Availability]]) -> None:
    for kind, name, state in rows:
        mark = (
            ":green[:material/check_circle: usable]"
            if state.usable
            else ":gray[:material/do_not_disturb_on: not usable]"
        )
        spoken = languages_of(name) if kind == "OCR engine" and state.usable else ()
        about = [state.reason, f"Languages: {', '.join(spoken)}." if spoken else ""]
        reason = "".join(f"  \n:small[{plain(line)}]" for line in about if line)
        st.markdown(f"{plain(shown_name(name))} · {mark}{reason}")


@cache
def languages_of(engine: str) -> tuple[str, ...]:
    """ISO 639-1 codes of the languages that an OCR engine reads well here, in order; none for the text layer."""
    from core.ocr import registry

    return tuple(sorted(registry.create(engine, threads=1).languages())) if engine in registry.ENGINES else ()


def draw_paths() -> None:
    """Where documents, records and the workbook are kept; a database's password is never shown."""
    studio = get_studio()
    st.markdown("##### Where things are kept")
    with st.container(border=True, key="settings_paths", gap="xsmall"):
        for title, place in (
            ("Data folder", str(studio.settings.data_dir.resolve())),
            ("Database", database_place(studio.settings)),
            ("Excel workbook", str(studio.workbook_path.expanduser().resolve())),
        ):
            st.caption(title)
            st.code(place, language=None, wrap_lines=True)
        _draw_persistence()


def database_place(settings: Settings) -> str:
    """Where the database is, without user and password."""
    if settings.database_url is None:
        return str((settings.data_dir / "studio.db").resolve())
    url = urlsplit(settings.database_url.get_secret_value())
    if not url.hostname:
        return f"{url.scheme}: {url.path.removeprefix('/')}"
    port = f":{url.port}" if url.port else ""
    return f"{url.scheme.split('+')[0]}://{url.hostname}{port}{url.path}"


def _draw_persistence() -> None:
    if CLOUD_FOLDER.is_dir():
        st.warning(
            "This app runs on Streamlit Community Cloud, which does not keep local files: a restart loses them. "
            "Set DATABASE_URL in the app's secrets, or download what you need from Records.",
            icon=":material/cloud_off:",
        )
    else:
        st.caption(
            "Hosts such as Streamlit Community Cloud do not keep local files over a restart: there, set DATABASE_URL "
            "in the app's secrets, or download what you need from Records."
        )


def draw_cache() -> None:
    """How much the cache holds, and a button that empties it."""
    studio = get_studio()
    limit = studio.defaults.cache_megabytes
    st.markdown("##### Cache")
    with st.container(border=True, key="settings_cache"):
        used = studio.cache_size() / 1_000_000
        st.progress(min(used / limit, 1.0), text=f"{used:,.1f} of {limit:,} MB")
        st.caption("The same document read in the same way is answered from here. Records are not in the cache.")
        st.button("Empty the cache", key="settings_clear_cache", icon=":material/mop:", on_click=_clear)


def _clear() -> None:
    get_studio().clear_cache()
    st.toast("The cache is empty; documents are read anew.", icon=":material/task_alt:")
