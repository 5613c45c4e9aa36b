"""A check as a person writes it: a relation between fields of one document.

``net + tax = total`` (amounts), ``sum(rows.amount) = total`` (a column added up), ``rows.hours * rows.rate = rows.amount``
(in every row), ``begin <= end`` (dates or amounts in order), ``account needs bank`` (one field asks for another). It is
parsed with Python's own grammar and only these forms are let through; nothing is ever evaluated as code.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Literal, TypeVar

from core.schema.fields import FieldKind

Operator = Literal["=", "<=", "<", ">=", ">", "needs"]
#: What a name stands for; ``None``: not given.
Lookup = Callable[[str], Decimal | date | str | None]
#: Every value of a column.
Column = Callable[[str], list[Decimal | None]]
_NUMBERS = frozenset({"money", "quantity"})
_OPERATORS: Mapping[type[ast.cmpop], Operator] = {
    ast.Eq: "=",
    ast.LtE: "<=",
    ast.Lt: "<",
    ast.GtE: ">=",
    ast.Gt: ">",
}
_LONE_EQUALS = re.compile(r"(?<![<>=!])=(?!=)")
_NEEDS = re.compile(r"\s*([\w.]+)\s+needs\s+([\w.]+)\s*")
_HOW = "write it like net + tax = total, sum(rows.amount) = total, begin <= end or account needs bank"
_T = TypeVar("_T")
#: Amounts are printed rounded: so much may a sum of a column be off for each of its members, and at least.
_CENT = Decimal("0.01")


class Unknown(Exception):
    """A value that the relation needs is not given: nothing can be said."""


@dataclass(frozen=True)
class Relation:
    """``left operator right``. ``names`` are the fields and columns that it speaks of."""

    text: str
    operator: Operator
    left: ast.expr
    right: ast.expr

    @property
    def names(self) -> frozenset[str]:
        """The fields (``net``) and columns (``rows.amount``) in it."""
        return frozenset((*names_in(self.left), *names_in(self.right)))

    @property
    def row_table(self) -> str | None:
        """The table that it is to hold for in each row: where a column stands outside of a sum; else ``None``."""
        outside = [*_outside_sums(self.left), *_outside_sums(self.right)]
        tables = {name.partition(".")[0] for name in outside if "." in name}
        return tables.pop() if tables else None

    def refuse_unfit(self, kind_of: Callable[[str], FieldKind]) -> None:
        """Raises ValueError where it asks of a field what its kind has not: to be added, or to be in order."""
        outside = {
            name.partition(".")[0] for name in (*_outside_sums(self.left), *_outside_sums(self.right)) if "." in name
        }
        if len(outside) > 1:
            raise ValueError(f"the check “{self.text}” mixes rows of {' and '.join(sorted(outside))}")
        if self.operator == "needs":
            return
        kinds = {name: kind_of(name) for name in self.names}
        plain = isinstance(self.left, ast.Name | ast.Attribute) and isinstance(self.right, ast.Name | ast.Attribute)
        if plain and len(set(kinds.values())) == 1 and (self.operator == "=" or set(kinds.values()) == {"date"}):
            return
        for name, kind in sorted(kinds.items()):
            if kind not in _NUMBERS:
                raise ValueError(f"the check “{self.text}” reckons with {name}, which is no number")

    def difference(self, lookup: Lookup, column: Column) -> tuple[bool, Decimal | None, int]:
        """Whether it holds, by how much the left side is more than the right (numbers only), and how many values were
        added. Raises Unknown where a value is missing."""
        if self.operator == "needs":
            given = lookup(next(names_in(self.left))) is not None
            return not given or lookup(next(names_in(self.right))) is not None, None, 0
        if self._is_plain:
            left, right = (_known(lookup(next(names_in(side)))) for side in (self.left, self.right))
            if not isinstance(left, Decimal):
                return _in_order(self.operator, str(left), str(right)), None, 0
        members: list[Decimal] = []
        sides = [_reckon(side, lookup, column, members) for side in (self.left, self.right)]
        off = sides[0] - sides[1]
        if self.operator == "=":
            return abs(off) <= tolerance(len(members)), off, len(members)
        return _in_order(self.operator, sides[0], sides[1]), off, len(members)

    @property
    def _is_plain(self) -> bool:
        return isinstance(self.left, ast.Name | ast.Attribute) and isinstance(self.right, ast.Name | ast.Attribute)


def tolerance(members: int) -> Decimal:
    """By how much a printed sum of ``members`` rounded amounts may be off: half a cent each, and one cent at least."""
    return max(_CENT, _CENT * members / 2)


def _in_order(operator: Operator, left: str | Decimal, right: str | Decimal) -> bool:
    """Compared as numbers, or as texts (ISO dates are in order as texts)."""
    if operator == "=":
        return left == right
    smaller, same = left < right, left == right  # type: ignore[operator] # both are of one kind
    return {"<": smaller, "<=": smaller or same, ">": not smaller and not same, ">=": not smaller}[operator]


def _known(value: _T | None) -> _T:
    if value is None:
        raise Unknown
    return value


@lru_cache(maxsize=512)
def parse_relation(text: str) -> Relation:
    """``text`` as a relation. Raises ValueError with a sentence that says how to write one."""
    if found := _NEEDS.fullmatch(text):
        left, right = (_expression(part, text) for part in found.groups())
        return Relation(text, "needs", left, right)
    whole = _expression(_LONE_EQUALS.sub("==", text.replace("×", "*").replace("−", "-")), text)
    if not isinstance(whole, ast.Compare) or len(whole.ops) != 1 or type(whole.ops[0]) not in _OPERATORS:
        raise ValueError(f"“{text}” is no check: {_HOW}")
    relation = Relation(text, _OPERATORS[type(whole.ops[0])], whole.left, whole.comparators[0])
    for side in (relation.left, relation.right):
        _refuse_strange(side, text)
    return relation


def _expression(part: str, text: str) -> ast.expr:
    try:
        return ast.parse(part.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise ValueError(f"“{text}” is no check: {_HOW}") from error


def _refuse_strange(node: ast.expr, text: str) -> None:
    match node:
        case ast.BinOp(left=left, op=ast.Add() | ast.Sub() | ast.Mult(), right=right):
            _refuse_strange(left, text)
            _refuse_strange(right, text)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            _refuse_strange(operand, text)
        case ast.Call(func=ast.Name(id="sum"), args=[ast.Attribute(value=ast.Name())], keywords=[]):
            pass
        case ast.Name() | ast.Attribute(value=ast.Name()):
            pass
        case ast.Constant(value=int() | float()) if not isinstance(node.value, bool):
            pass
        case _:
            raise ValueError(f"“{text}” is no check: {_HOW}")


def names_in(node: ast.expr) -> Iterator[str]:
    """The names in an expression, columns as ``table.column``."""
    match node:
        case ast.Attribute(value=ast.Name(id=table), attr=column):
            yield f"{table}.{column}"
        case ast.Name(id=name):
            yield name
        case ast.Call(args=arguments):
            for argument in arguments:
                yield from names_in(argument)
        case ast.BinOp(left=left, right=right):
            yield from names_in(left)
            yield from names_in(right)
        case ast.UnaryOp(operand=operand):
            yield from names_in(operand)


def _outside_sums(node: ast.expr) -> Iterator[str]:
    match node:
        case ast.Call():
            return
        case ast.BinOp(left=left, right=right):
            yield from _outside_sums(left)
            yield from _outside_sums(right)
        case ast.UnaryOp(operand=operand):
            yield from _outside_sums(operand)
        case _:
            yield from names_in(node)


def _reckon(node: ast.expr, lookup: Lookup, column: Column, members: list[Decimal]) -> Decimal:
    match node:
        case ast.Constant():
            return Decimal(str(node.value))
        case ast.UnaryOp(operand=operand):
            return -_reckon(operand, lookup, column, members)
        case ast.Call(args=[argument]):
            values = [_known(value) for value in column(next(names_in(argument)))]
            if not values:
                raise Unknown
            members += values
            return sum(values, Decimal(0))
        case ast.BinOp(left=left, op=operator, right=right):
            first, second = (_reckon(side, lookup, column, members) for side in (left, right))
            if isinstance(operator, ast.Mult):
                return first * second
            return first + second if isinstance(operator, ast.Add) else first - second
        case _:
            value = _known(lookup(next(names_in(node))))
            if not isinstance(value, Decimal):
                raise Unknown
            members.append(value)
            return value
