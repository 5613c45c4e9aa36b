"""A table as an accounting program wants it: which rows and columns, how each value is written, kept by name."""

from __future__ import annotations

import codecs
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from core.exporting.template import Template

MOST_COLUMNS = 200


def _encoding(name: str) -> str:
    try:
        codecs.lookup(name)
    except LookupError as error:
        raise ValueError(f"“{name[:40]}” is no encoding: use utf-8, utf-8-sig or cp1252") from error
    return name


def _template(text: str) -> str:
    Template(text)  # raises ValueError with what is wrong
    return text


class _Frozen(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


Pattern = Annotated[str, Field(max_length=400), AfterValidator(_template)]


class LayoutColumn(_Frozen):
    """One column. ``value`` is what stands in it: text with the names of values in braces, such as ``{vendor_name}``,
    ``{line.quantity}``, ``{order_id}`` or ``{invoice_date:%d%m}`` (:mod:`core.exporting.template`). ``without_lines`` stands
    there in the one row of a record that has no lines, ``in_credit_notes`` in the rows of a credit note; ``unsigned`` leaves
    out the minus of a number; ``longest`` cuts a text after so many characters."""

    title: str = Field("", max_length=120)
    value: Pattern = ""
    without_lines: Pattern | None = None
    in_credit_notes: Pattern | None = None
    unsigned: bool = False
    longest: int | None = Field(None, ge=1, le=10_000)


class ExportLayout(_Frozen):
    """A table file. ``rows`` says whether each record is a row, or each of its lines; ``head`` are lines that stand above
    everything else as they are, with the names of the whole file's values in braces (``{now}``, ``{first_date}``,
    ``{last_date}``, ``{year_start}``, ``{records}``). ``dates`` is how days are written (as strftime has it), ``decimals`` how
    many a number gets (``None``: as many as it has), ``decimal_mark`` what stands before them. ``quotes`` puts every cell, texts
    alone, or only what needs it into quotation marks. ``guard`` puts an apostrophe before what a spreadsheet program would run as
    a formula: leave it on unless the program that takes the file is none."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_-]{0,39}$")
    title: str = Field(min_length=1, max_length=60)
    description: str = Field("", max_length=300)
    rows: Literal["records", "lines"] = "records"
    columns: tuple[LayoutColumn, ...] = Field(min_length=1, max_length=MOST_COLUMNS)
    head: tuple[Pattern, ...] = Field((), max_length=10)
    titles: bool = True
    separator: Literal[",", ";", "|", "\t"] = ","
    quotes: Literal["all", "texts", "needed"] = "needed"
    decimal_mark: Literal[".", ","] = "."
    decimals: int | None = Field(None, ge=0, le=6)
    dates: str = Field("%Y-%m-%d", max_length=30)
    encoding: Annotated[str, AfterValidator(_encoding)] = "utf-8-sig"
    suffix: str = Field("csv", pattern=r"^[a-z0-9]{1,5}$")
    guard: bool = True

    @model_validator(mode="after")
    def _of_its_rows(self) -> Self:
        for column in self.columns:
            names = Template(column.value).names
            if self.rows == "records" and any(name.startswith("line.") for name in names):
                raise ValueError(f"column “{column.title}” asks for a value of a line, but a row is a whole record")
        if not self.titles and not any(column.value for column in self.columns):
            raise ValueError("every column is empty: nothing would be written")
        return self
