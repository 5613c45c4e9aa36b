"""What a drop of files did."""

from __future__ import annotations

from dataclasses import dataclass

from core.stores.inbox import InboxItem


@dataclass(frozen=True, slots=True)
class TakenIn:
    """The new ``items``, the batch that they make (empty: none was made), and the files that had come ``again``: each name with the
    item of the same file that is there already."""

    batch_id: str
    items: tuple[InboxItem, ...]
    again: tuple[tuple[str, InboxItem], ...]


def describe_again(name: str, item: InboxItem) -> str:
    """One sentence on a file that had come before."""
    day = f"{item.arrived_at:%Y-%m-%d}"
    called = "" if item.name == name else f" as “{item.name}”"
    how = {
        "saved": f"saved as order {item.order_id}",
        "failed": "could not be read",
        "rejected": f"rejected: {item.sentence}" if item.sentence else "rejected",
    }.get(item.state, item.state)
    return f"“{name}” came before{called} ({day}, {how}) and was left as it is."
