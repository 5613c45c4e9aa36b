"""What was learnt of vendors as a file for another studio: identifiers and rules, no values of documents and nothing of the
customer."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from core.document_types import SHIPPED
from core.errors import PackError
from core.stores.vendors import Anchor, ColumnHead, DateOrder, Habit, MarkKind, Vendor, VendorRule, Wanted

_MOST_VENDORS, _MOST_PARTS, _LONGEST = 5000, 100, 300
_TEXT = Field(max_length=_LONGEST)


class _Packed(BaseModel):
    """A vendor in a pack."""

    model_config = ConfigDict(extra="forbid")

    name: str = _TEXT
    marks: tuple[tuple[MarkKind, str], ...] = Field((), max_length=_MOST_PARTS)
    layouts: tuple[tuple[int, ...], ...] = Field((), max_length=_MOST_PARTS)
    habits: tuple[Habit, ...] = Field((), max_length=_MOST_PARTS)


class _Pack(BaseModel):
    """A file of vendors."""

    model_config = ConfigDict(extra="forbid")

    format: Literal["extraction studio vendors"] = "extraction studio vendors"
    version: Literal[1] = 1
    vendors: tuple[_Packed, ...] = Field((), max_length=_MOST_VENDORS)


_PACK = TypeAdapter(_Pack)
_FIELDS = {info.name: kind for kind in SHIPPED for info in kind.header}


def pack(vendors: Iterable[Vendor]) -> bytes:
    """The vendors as a file (JSON)."""
    packed = tuple(
        _Packed(
            name=vendor.name,
            marks=vendor.marks,
            layouts=vendor.layouts,
            habits=tuple(rule.habit for rule in vendor.rules if rule.state != "retired" and _may_leave(rule.habit)),
        )
        for vendor in vendors
    )
    return _PACK.dump_json(_Pack(vendors=packed), indent=1)


def unpack(data: bytes) -> list[Vendor]:
    """The vendors of a file, without ids. Raises PackError."""
    try:
        found = _PACK.validate_json(data)
    except ValidationError as error:
        where = ".".join(str(part) for part in error.errors()[0]["loc"])
        raise PackError(f"This is no file of vendors that can be read here ({where or 'its form'}).") from error
    return [Vendor("", one.name, one.marks, (), one.layouts, _rules(one.habits)) for one in found.vendors]


def _rules(habits: Iterable[Habit]) -> tuple[VendorRule, ...]:
    """Rules on trial of habits that came from elsewhere; those of fields that are not known here are left out."""
    return tuple(VendorRule(habit) for habit in habits if getattr(habit, "field", None) in {None, *_FIELDS})


def _may_leave(habit: Habit) -> bool:
    """Whether a habit says nothing of the customer: of names and addresses only the issuer's own name leaves."""
    if isinstance(habit, Wanted):
        kind = _FIELDS.get(habit.field)
        return kind is not None and (habit.field == kind.issuer or kind.field_of(habit.field).kind == "currency")
    return isinstance(habit, Anchor | DateOrder | ColumnHead)
