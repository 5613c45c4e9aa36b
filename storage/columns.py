"""Column types that keep what they are given, on SQLite and on PostgreSQL alike."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import ROUND_CEILING, Decimal
from typing import Any

from sqlalchemy import BigInteger, DateTime, Float, Integer, Numeric, String, Text, cast, func, type_coerce
from sqlalchemy.engine import Dialect
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.types import TypeDecorator, TypeEngine

#: An order's number: 64 bits on PostgreSQL, the row id itself on SQLite.
OrderId = BigInteger().with_variant(Integer, "sqlite")

#: Decimal places of amounts that are kept where SQLite adds them up.
_PLACES = 12

#: Folded text, compared byte by byte so that every database sorts it alike.
Folded = Text().with_variant(Text(collation="C"), "postgresql")


class Amount(TypeDecorator[Decimal]):
    """An exact decimal with its trailing zeros: NUMERIC on PostgreSQL, plain text such as ``1234.50`` on SQLite (whose
    own numbers are binary fractions). To sort by one, use :func:`sortable`."""

    impl = Numeric
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Text on SQLite, NUMERIC elsewhere."""
        return dialect.type_descriptor(String() if dialect.name == "sqlite" else Numeric())

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> Any:
        """The decimal without an exponent."""
        return format(value, "f") if value is not None and dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        """The same decimal."""
        return None if value is None else Decimal(value)


class Prose(TypeDecorator[str]):
    """Text from a document, without the characters that databases refuse (NUL, halves of surrogate pairs)."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """The text that can be stored."""
        return None if value is None else storable_text(value)


class _Units(TypeDecorator[Decimal]):
    """A whole number of 10⁻¹² as a decimal. One that lies between two of them is compared as the greater, so that what is
    less than the one is less than the other."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:
        """The whole number."""
        return None if value is None else int(Decimal(value).scaleb(_PLACES).to_integral_value(ROUND_CEILING))

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        """The decimal, without needless zeros."""
        return None if value is None else Decimal(value).scaleb(-_PLACES).normalize() + 0


class Facts(TypeDecorator[Any]):
    """Lists and dictionaries as JSON text."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        """The JSON text."""
        return None if value is None else storable_text(json.dumps(value, ensure_ascii=False))

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        """What the text says."""
        return None if value is None else json.loads(value)


class Moment(TypeDecorator[datetime]):
    """A moment in UTC, with its time zone in Python."""

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """``timestamptz`` on PostgreSQL."""
        return dialect.type_descriptor(DateTime(timezone=dialect.name == "postgresql"))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """The moment in UTC; SQLite gets it without the zone."""
        if value is None:
            return None
        moment = value.astimezone(UTC)
        return moment if dialect.name == "postgresql" else moment.replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """The moment, in UTC."""
        if value is None:
            return None
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


def sortable(column: ColumnElement[Any], dialect_name: str) -> ColumnElement[Any]:
    """What to sort ``column`` by: for an amount on SQLite the binary fraction nearest to it (an index holds it; it
    decides the order only, the value stays exact), else the column itself."""
    return cast(column, Float) if isinstance(column.type, Amount) and dialect_name == "sqlite" else column


def total(column: ColumnElement[Any], dialect_name: str) -> ColumnElement[Any]:
    """The sum of amounts, exact; :func:`summed` reads it. SQLite adds whole numbers of 10⁻¹² (up to nine million): its own
    sums are binary fractions."""
    if dialect_name != "sqlite":
        return func.sum(column)
    units = func.round(cast(column, Float) * 10**_PLACES, type_=Float)
    return type_coerce(func.sum(cast(units, BigInteger)), _Units)


def day_of(column: ColumnElement[Any], dialect_name: str) -> ColumnElement[str]:
    """The day (UTC) of a moment, as ISO text."""
    moment = column if dialect_name == "sqlite" else func.timezone("UTC", column)
    return cast(func.date(moment, type_=Text), Text)


def summed(value: Decimal | None) -> Decimal:
    """What a column of :func:`total` gave: 0 for no amount at all."""
    return Decimal(0) if value is None else Decimal(value)


def storable_text(text: str) -> str:
    """``text`` without NUL and halves of surrogate pairs."""
    return text.replace("\x00", "").encode("utf-8", "ignore").decode()
