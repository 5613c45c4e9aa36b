"""Items on their way to the Studio, where one document is worked on."""

from __future__ import annotations

from collections.abc import Sequence

from core.errors import EncryptedDocument, StudioError
from core.extraction import PageRef
from core.stores.inbox import InboxItem
from pages.shared.desk import Desk, Group, OpenDocument
from pages.shared.frame import get_studio
from pages.shared.session import forget_widgets, get_desk

#: Items that are opened at once: more are no desk any more.
MOST = 20


def open_items(items: Sequence[InboxItem]) -> list[str]:
    """Lay items on the desk, the first of them in front, each with what was read of it; a sentence for each that cannot be."""
    desk, troubles, first = get_desk(), [], ""
    for item in items[:MOST]:
        try:
            laid = _lay(desk, item)
        except StudioError as error:
            told = str(error)
            troubles.append(told if item.name in told else f"{item.name}: {told}")
        else:
            first = first or laid
    if first:
        desk.chosen = first
        forget_widgets()
    return troubles


def _lay(desk: Desk, item: InboxItem) -> str:
    studio = get_studio()
    try:
        if item.page_count is None:
            document = studio.unlock(item.document, item.name, None)
            studio.inbox.laid_on_desk(document)
        else:
            document = studio.document(item.document)
    except EncryptedDocument as error:
        if all(locked.sha256 != item.document for locked in desk.locked):
            desk.lock(item.document, item.name, str(error))
        return item.document
    placed = desk.put(document.sha256, item.name, document.page_count)
    placed.recipe = item.recipe
    if not item.run_id:
        placed.group.type_name = placed.group.type_name or item.read_as
    if item.run_id and item.run_id not in [group.run for group in placed.groups]:
        _put_run(placed, item, item.run_id)
    if item.run_id:
        placed.active = [group.run for group in placed.groups].index(item.run_id)
        placed.picking = False
    return placed.sha256


def _put_run(placed: OpenDocument, item: InboxItem, run_id: str) -> None:
    """Lay the pages that were read beside what lies there: in the place of pages that nobody has read."""
    pages = item.pages or tuple(PageRef(number + 1) for number in range(placed.page_count))
    placed.rotations |= {page.number: page.rotation for page in pages if page.rotation}
    placed.groups = [group for group in placed.groups if group.run] + [
        Group([page.number for page in pages], run_id, type_name=item.read_as)
    ]
