"""What a save did, over every store that it touched."""

from __future__ import annotations

from dataclasses import dataclass, field

from core.stores.ledger import Finals
from core.stores.records import Record, Target
from core.stores.vendors import Place


@dataclass(frozen=True, slots=True)
class Taught:
    """What a save taught of a vendor: a sentence a thing, and where each stands on a page (``None``: nowhere)."""

    vendor_id: str
    vendor: str
    things: tuple[str, ...]
    places: tuple[Place | None, ...] = ()

    @property
    def count(self) -> str:
        """How many things, in words."""
        return f"{len(self.things)} thing{'' if len(self.things) == 1 else 's'}"


@dataclass(frozen=True, slots=True)
class SaveReceipt:
    """What a save did, enough to undo it: what each target held before (``None``: the order was new there), and what
    it held after (``None``: the order was removed), by which a later change is noticed. ``finals`` is what the ledger had as
    final of the run ``run_id`` before, ``taught`` what was learnt from it."""

    order_id: int
    targets: tuple[Target, ...]
    previous: dict[Target, Record | None] = field(default_factory=dict)
    stored: dict[Target, Record | None] = field(default_factory=dict)
    run_id: str | None = None
    finals: Finals | None = None
    taught: Taught | None = None
