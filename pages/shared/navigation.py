"""The pages there are, and who is shown which: those that a role could do nothing on are left out. What a verb needs is kept at
the verb (:mod:`core.rights`), whatever is shown."""

from __future__ import annotations

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from core.person import Role
from pages.shared.frame import person_here
from pages.shared.who import is_sign_in_set_up

_PAGES: tuple[tuple[str, str, str, Role], ...] = (
    ("studio", "Studio", "document_scanner", "reviewer"),
    ("inbox", "Inbox", "inbox", "reviewer"),
    ("review", "Review", "fact_check", "reviewer"),
    ("gates", "Gates", "rule", "reviewer"),
    ("records", "Records", "table_rows", "viewer"),
    ("vendors", "Vendors", "store", "reviewer"),
    ("compare", "Compare", "compare_arrows", "reviewer"),
    ("prompts", "Prompts", "chat", "admin"),
    ("document_types", "Document types", "category", "admin"),
    ("accuracy", "Accuracy", "speed", "reviewer"),
    ("cost", "Cost", "payments", "viewer"),
    ("operation", "Operation", "monitoring", "reviewer"),
    ("programs", "Programs", "api", "admin"),
    ("settings", "Settings", "tune", "admin"),
)


def draw_navigation() -> StreamlitPage:
    """Draw the pages for whoever this session belongs to; gives the one that is asked for. The first is where they come in."""
    person = person_here()
    shown = [page for page in _PAGES if person is None or person.may(page[3])]
    pages = [
        st.Page(f"pages/{name}.py", title=title, icon=f":material/{icon}:", default=place == 0)
        for place, (name, title, icon, _) in enumerate(shown)
    ]
    return st.navigation(pages, position="hidden" if person is None and is_sign_in_set_up() else "top")
