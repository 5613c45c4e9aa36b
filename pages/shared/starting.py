"""Starting the runs of a document."""

from __future__ import annotations

from core.errors import PageRangeError, RecipeError
from pages.shared.desk import OpenDocument
from pages.shared.frame import get_studio
from pages.shared.recipe_choice import recipe_of, unreadable
from pages.shared.session import get_desk, get_job


def start(document: OpenDocument) -> None:
    """Start a run of every group that has not been read as it now is, and show the first where pages were being chosen. Raises
    StudioError."""
    if document.page_count and any(not group.pages for group in document.groups):
        raise PageRangeError("Choose at least one page for every document.")
    studio = get_studio()
    if sentence := unreadable(document):
        raise RecipeError(sentence)
    for group in document.groups:
        recipe = studio.types.pin(recipe_of(document, group))
        signature = document.signature(group, recipe.digest)
        job = get_job(group.run) if group.run else None
        if job is None or group.read_as != signature or job.state in ("failed", "cancelled", "parked"):
            group.run = studio.start(document.sha256, document.refs(group), recipe, get_desk().desk_id)
            group.read_as = signature
    document.active = 0 if document.picking else document.active
    document.picking = False
