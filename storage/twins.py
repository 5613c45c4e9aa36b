"""Records that are the same, or nearly: found by their signs, two by two, all by the database."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Select, and_, func, literal, or_, select, union_all

from core.stores.records import TwinPage, Twins, TwinSign
from storage.tables import APART, SIGNS

#: Of more records with one sign than these each is told with the first of them alone, else every two of them.
_SERIES = 12
#: The signs as parts of a number: two records have the sum of theirs.
_BITS: dict[TwinSign, int] = {"document": 1, "number": 2, "amount": 4, "lines": 8, "look": 16}


def twins_of(connection: Connection, page: int, size: int) -> TwinPage:
    """Two records each that are the same or nearly, the latest first, without those that a person said are not."""
    every = union_all(*(_sharing(sign, bit) for sign, bit in _BITS.items())).subquery()
    apart = select(APART.c.first_id).where(APART.c.first_id == every.c.first, APART.c.second_id == every.c.second)
    pairs = select(every.c.first, every.c.second, func.sum(every.c.bit).label("bits")).where(~apart.exists())
    pairs = pairs.group_by(every.c.first, every.c.second)
    told = pairs.add_columns(func.count().over().label("total")).order_by(every.c.second.desc(), every.c.first.desc())
    rows = connection.execute(told.limit(size).offset(page * size)).all()
    found = [
        Twins(row.first, row.second, frozenset(sign for sign, bit in _BITS.items() if int(row.bits) & bit))
        for row in rows
    ]
    return TwinPage(tuple(found), rows[0].total if rows else 0)


def _sharing(name: TwinSign, bit: int) -> Select[Any]:
    """Two records each that share a sign."""
    sign = SIGNS.c[name]
    shared = select(sign.label("sign"), func.min(SIGNS.c.order_id).label("least"), func.count().label("many"))
    groups = shared.where(sign.is_not(None)).group_by(sign).having(func.count() > 1).subquery()
    one, other = SIGNS.alias(), SIGNS.alias()
    joined = groups.join(one, one.c[name] == groups.c.sign)
    joined = joined.join(other, and_(other.c[name] == groups.c.sign, one.c.order_id < other.c.order_id))
    chosen = select(one.c.order_id.label("first"), other.c.order_id.label("second"), literal(bit).label("bit"))
    return chosen.select_from(joined).where(or_(groups.c.many <= _SERIES, one.c.order_id == groups.c.least))
