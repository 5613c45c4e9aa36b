"""What a person asks of a document before it passes without anybody: the choices, and what of them applies to one document."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from core.notation.folding import squeeze

#: In :attr:`TypeGate.most`: every currency that is not named.
ANY_CURRENCY = ""

#: What is said of a vendor: somebody looks at all of its documents, or doubts about values alone stop none of them.
VendorWish = Literal["", "always", "never"]


class TypeGate(BaseModel):
    """What is asked of documents of one type. As made, nothing is asked beside what the recipe and the type ask."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    approve_at: float | None = Field(None, ge=0, le=1)
    """The confidence (0 to 1) that amounts, numbers and dates need; ``None``: the recipe's approval threshold."""
    others_at: float | None = Field(None, ge=0, le=1)
    """The same of names, addresses and texts; ``None``: the usual share of the other."""
    required: tuple[str, ...] | None = None
    """The header fields that must have a value; ``None``: those that the type requires."""
    least_values: int = Field(0, ge=0, le=500)
    """So many header fields have a value at least."""
    most: dict[str, Decimal] = {}
    """The largest amount that passes unseen, by currency (ISO 4217, or :data:`ANY_CURRENCY`); empty: any. Where one is named, a
    document passes only if its amount and currency are known and not above it."""


class Gate(TypeGate):
    """What applies to one document: what is asked of its type, and what is said of its vendor."""

    vendor: VendorWish = ""
    of_vendor: str = ""


class Gates(BaseModel):
    """All of it: ``types`` by the type's name; vendors by name whose documents are ``always`` looked at, and ``never`` for a doubt
    about values alone; where a document that passed saves itself to (``save_to``; empty: nowhere)."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    types: dict[str, TypeGate] = {}
    always: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    save_to: tuple[str, ...] = ()

    def of(self, type_name: str, vendors: Iterable[str | None]) -> Gate | None:
        """What applies to a document of a type; ``vendors`` are the names under which its vendor is known. ``None``: nothing is
        asked beside what recipe and type ask."""
        asked = self.types.get(type_name, TypeGate())
        known = {squeeze(name) for name in vendors if name}
        wishes: tuple[tuple[VendorWish, tuple[str, ...]], ...] = (("always", self.always), ("never", self.never))
        for wish, names in wishes:
            for name in names:
                if squeeze(name) in known:
                    return Gate(**dict(asked), vendor=wish, of_vendor=name)
        return None if asked == TypeGate() else Gate(**dict(asked))
