"""Items of tables that have a header: their rows, the columns' numbers, and where each table ends."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import cached_property

from core.notation import Notation
from core.notation.amounts import find_amounts
from core.page.layout import Layout, Line
from core.rules.tables.body import clean_lines
from core.rules.tables.columns import Grid, find_grid, level_rows, prefer_words, read_numbers
from core.rules.tables.descriptions import Block, TextLine, join_blocks
from core.rules.tables.further import with_further_cells
from core.rules.tables.header import Column, Header, find_headers, names_columns
from core.rules.tables.inferred import infer_headers
from core.rules.tables.items import ItemCell, ItemRow, number_cell, text_cell
from core.rules.tables.quantities import read_quantity
from core.rules.tables.rows import (
    BodyRow,
    Roles,
    header_roles,
    is_anchor,
    is_full,
    proven_roles,
    with_factors,
    with_points,
    with_price,
    without_tax_class,
)
from core.rules.tables.split import join_split
from core.rules.tables.table import Table, join_break
from core.rules.tables.unnamed import add_unnamed, find_unnamed_price
from core.rules.tables.words import TableWords

#: A table ends where its page is empty for this many text heights.
_EMPTY = 14.0
_MONEY = frozenset({"quantity", "unit_price", "total_price"})
_NOT_NUMBERS = frozenset({"description", "position", "article", "unit", "date"})


class PrintedSums:
    """The amounts that stand beside a label of a sum on ``pages``, looked for once and only when they are asked for."""

    def __init__(self, pages: Sequence[Layout], words: TableWords, habit: Notation) -> None:
        self._of = (pages, words, habit)

    @cached_property
    def values(self) -> frozenset[Decimal]:
        """The amounts."""
        return frozenset(_printed_sums(*self._of))


def read_with_header(pages: Sequence[Layout], words: TableWords, habit: Notation, sums: PrintedSums) -> list[ItemRow]:
    """The items of all tables of items on ``pages``, in order."""
    return _read(_Reader(words, habit), pages, sums, lambda page: find_headers(page, words))


def read_with_inferred_header(
    pages: Sequence[Layout], words: TableWords, habit: Notation, sums: PrintedSums
) -> list[ItemRow]:
    """The items of tables whose columns show themselves: in most rows two numbers multiply to the last."""
    return _read(_Reader(words, habit), pages, sums, lambda page: infer_headers(page, words, habit))


def _read(
    reader: _Reader, pages: Sequence[Layout], printed: PrintedSums, headers_of: Callable[[Layout], list[Header]]
) -> list[ItemRow]:
    tables = [table for page in pages for table in reader.tables(page, headers_of(page))]
    if not tables:
        return []
    sums = printed.values
    chosen = _chosen(tables)
    items = _until_summed([reader.items(table, sums) for table in chosen], sums)
    priced = [table for table in tables if table.header.column("total_price")]
    if len(chosen) < len(priced):
        every = [reader.items(table, sums) for table in priced]
        items = every if _sum_of(every) in sums else items
    return [item for found in _without_repeats(items, sums) for item in found]


def _sum_of(tables: Sequence[Sequence[ItemRow]]) -> Decimal:
    """What the items of ``tables`` add up to, in cents."""
    found = [item.total_price.value for items in tables for item in items if item.total_price]
    return round(sum((value for value in found if value is not None), Decimal(0)), 2)


def _until_summed(tables: list[list[ItemRow]], sums: frozenset[Decimal]) -> list[list[ItemRow]]:
    """Of tables that do not add up to a printed sum together, those from the first on that do: what follows belongs to
    another document (an order, a second invoice)."""
    if len(tables) < 2 or _sum_of(tables) in sums:
        return tables
    first = [(count, _sum_of(tables[:count])) for count in range(1, len(tables))]
    # what comes to the same sum says the same in other words
    fitting = [count for count, total in first if total and total in sums and total != _sum_of(tables[count:])]
    return tables[: fitting[-1]] if fitting else tables


def _without_repeats(tables: Sequence[list[ItemRow]], sums: frozenset[Decimal]) -> list[list[ItemRow]]:
    """Of tables that each add up to the same printed sum (an overview and its details), only the fullest."""
    kept: dict[object, list[ItemRow]] = {}
    for at, items in enumerate(tables):
        total = _sum_of([items])
        key = total if total and total in sums else f"table {at}"
        if key not in kept or len(items) > len(kept[key]):
            kept[key] = items
    return list(kept.values())


def _printed_sums(pages: Sequence[Layout], words: TableWords, habit: Notation) -> Iterator[Decimal]:
    for page in pages:
        for line in page.lines:
            if any(words.is_sum(segment.tokens) or words.is_tax(segment.tokens) for segment in line.segments):
                for segment in line.segments:
                    yield from (amount.value for amount in read_numbers(segment.tokens, habit, False))


def _chosen(tables: Sequence[Table]) -> list[Table]:
    """The tables of items: of several kinds on one document, those that name money as the first does."""
    with_total = [table for table in tables if table.header.column("total_price")]
    kept = with_total or list(tables)
    main = max(kept, key=lambda table: (len(set(table.header.signature) & _MONEY), len(table.anchors)))
    wanted = set(main.header.signature) & _MONEY
    return [table for table in kept if set(table.header.signature) & _MONEY == wanted]


class _Reader:
    """Reads tables page by page; remembers the last header for a page that goes on without one."""

    def __init__(self, words: TableWords, habit: Notation) -> None:
        self._words = words
        self._habit = habit
        self._going_on: Table | None = None

    def tables(self, layout: Layout, headers: Sequence[Header]) -> list[Table]:
        """The tables of one page under ``headers``; first what goes on from the page before."""
        tables: list[Table] = []
        before = self._going_on if self._going_on is not None and self._going_on.open_end else None
        if before is not None:
            end = headers[0].first if headers else len(layout.lines)
            body = clean_lines(layout, layout.lines[:end], before.header, self._words)
            table = self._table(layout, before.header, before.grid, body, continued=True)
            join_break(before, table)
            if table.anchors:
                tables.append(table)
        for header, following in zip(headers, (*headers[1:], None), strict=bool(headers)):
            end = following.first if following else len(layout.lines)
            body = clean_lines(layout, layout.lines[header.last + 1 : end], header, self._words)
            if not header.inferred:
                add_unnamed(header, self._top(body))
            grid = find_grid(layout, header, self._top(body))
            prefer_words(grid, self._top(body))
            table = self._table(layout, header, grid, body)
            if before is not None and not tables and header.signature == before.header.signature:
                join_break(before, table)
            tables.append(table)
        tables = [table for table in tables if not all(row.doubtful for row in table.anchors)]
        self._going_on = tables[-1] if tables else None
        return tables

    def _table(
        self, layout: Layout, header: Header, grid: Grid, body: Sequence[Line], continued: bool = False
    ) -> Table:
        table = Table(layout, header, grid)
        roles = header_roles(grid)
        bottom: float | None = None
        for line in level_rows(body):
            if (table.anchors or continued) and names_columns(line, self._words):
                # another table begins (its taxes, its terms)
                table.open_end = False
                break
            if bottom is not None and table.anchors and line.y0 - bottom > _EMPTY * layout.text_height:
                break
            bottom = line.y1
            row = self._row(layout, grid, line)
            if table.open_end and self._is_doubtful(row, roles):
                row.doubtful = True
                table.anchors.append(row)
            elif self._is_aside(row, roles) or (table.anchors and _only_reduces(row, roles)):
                continue
            elif self._is_sum(row, roles):
                table.open_end = table.open_end and not table.anchors
                table.summed = line.index if table.summed is None else table.summed
            elif is_anchor(row, roles):
                # a sum may stand between groups of items: what follows it must prove to be an item
                table.open_end = table.open_end or is_full(row, roles)
                if table.open_end:
                    table.anchors.append(row)
            elif table.open_end:
                table.texts.append(TextLine(line, row.cells))
        return table

    def _is_aside(self, row: BodyRow, roles: Roles) -> bool:
        """Whether the line carries a sum over, or only reduces the item above it."""
        segments = row.line.segments
        if any(self._words.carries.length_at(segment.tokens) for segment in segments):
            return not is_full(row, roles)
        if row.number(roles.quantity) and row.number(roles.unit_price):
            return False
        return bool(row.numbers) and any(self._words.discounts.length_at(segment.tokens) for segment in segments)

    def _is_doubtful(self, row: BodyRow, roles: Roles) -> bool:
        """Whether the line may be an item but is called like a discount (of a name of its own) or a charge: its text
        begins where the others do and it has a total."""
        first = row.line.segments[0]
        if is_full(row, roles) or row.number(roles.total) is None or len(row.line.segments) < 2:
            return False
        at = next((place for place, cell in enumerate(row.cells) if cell), 0)
        if at > 1:
            return False
        named = first.tokens[self._words.discounts.length_at(first.tokens) :]
        is_discount = len(named) < len(first.tokens) and any(token.text.isalpha() for token in named)
        return is_discount or self._words.is_charge(first.tokens)

    def _top(self, body: Sequence[Line]) -> Sequence[Line]:
        """``body`` up to its first line that sums up, without those that carry a sum over."""
        top: list[Line] = []
        for line in body:
            if any(self._words.carries.length_at(segment.tokens) for segment in line.segments):
                continue
            if top and any(self._words.is_sum(segment.tokens) for segment in line.segments):
                break
            top.append(line)
        return top

    def _row(self, layout: Layout, grid: Grid, line: Line) -> BodyRow:
        cells = grid.cells_of(line)
        repair = any(layout.page.words[token.word].confidence < 1 for token in line.tokens[:1])
        numbers = {}
        for at, (column, cell) in enumerate(zip(grid.columns, cells, strict=True)):
            if not cell or column.role in _NOT_NUMBERS:
                continue
            if column.role == "quantity":
                found = read_quantity(cell, self._habit)
            elif column.role == "discount":
                found = find_amounts(cell, self._habit, repair)
            else:
                found = without_tax_class(read_numbers(cell, self._habit, repair))
            if found:
                numbers[at] = found
        for at, column in enumerate(grid.columns[1:], 1):
            if column.role == "unit" and grid.columns[at - 1].role == "quantity" and not numbers.get(at - 1):
                # the quantity may have slipped into the column of its unit
                numbers[at - 1] = read_quantity(cells[at - 1] + cells[at], self._habit)
        return BodyRow(layout, line, cells, numbers)

    def _is_sum(self, row: BodyRow, roles: Roles) -> bool:
        """Whether the line is a sum under the table or text after it."""
        if is_full(row, roles):
            return False
        for segment in row.line.segments:
            if self._words.is_sum(segment.tokens) and (row.numbers or self._words.is_label(segment.tokens)):
                return True
        return False

    def items(self, table: Table, sums: frozenset[Decimal]) -> list[ItemRow]:
        """The rows of ``table`` as items."""
        certain = [row for row in table.anchors if not row.doubtful]
        roles = proven_roles(table.grid, certain)
        rows = [with_price(with_points(row, roles), roles) for row in certain if is_anchor(row, roles)]
        rows, texts = join_split(rows, table.texts, lambda text: self._row_of(table, text), roles, table.grid)
        rows = with_factors(rows, roles, self._habit)
        rows, roles = find_unnamed_price(rows, roles, table.grid, self._habit)
        rows = _with_doubtful(rows, table.anchors, roles, sums)
        blocks = join_blocks(
            table.layout, table.grid, table.header.stacked, [Block(row.line, row.cells) for row in rows], texts
        )
        pairs = self._without_sum_rows(list(zip(rows, blocks, strict=True)), roles)
        pairs = _without_sum_row(pairs, roles)
        pairs = _fitting(pairs, roles, sums)
        pairs = self._without_taxes(pairs, roles, sums)
        items = [_item(table, row, block, roles) for row, block in pairs]
        return _over_the_break(items, table)

    def _row_of(self, table: Table, text: TextLine) -> BodyRow:
        return self._row(table.layout, table.grid, text.line)

    def _without_sum_rows(self, pairs: list[tuple[BodyRow, Block]], roles: Roles) -> list[tuple[BodyRow, Block]]:
        """Without a row that sums up those above it, and what follows it: it has no price while they have, or is called
        like a total or a column (Takeout Total, Qty)."""
        total = Decimal(0)
        for at, (row, block) in enumerate(pairs):
            amount = row.number(roles.total)
            if amount is None:
                return pairs
            if at and amount.value and amount.value == total and self._sums_up(pairs[:at], row, block, roles):
                return [*pairs[:at], *(pair for pair in pairs[at + 1 :] if is_full(pair[0], roles))]
            total += amount.value
        return pairs

    def _sums_up(self, above: Sequence[tuple[BodyRow, Block]], row: BodyRow, block: Block, roles: Roles) -> bool:
        called = [token for line in block.lines for token in line if token.text.isalpha()]
        if self._words.names_columns_only(called):
            return True
        if row.number(roles.unit_price):
            return False
        if any(self._words.ends_in_total([token]) for token in called):
            return True
        return len(above) > 1 and all(other.number(roles.unit_price) for other, _ in above)

    def _without_taxes(
        self, pairs: list[tuple[BodyRow, Block]], roles: Roles, sums: frozenset[Decimal]
    ) -> list[tuple[BodyRow, Block]]:
        """Without rows that are called like a tax (a hotel's folio), where both they and the others add up to a
        printed sum."""
        called = [[token for line in block.lines for token in line if token.text.isalpha()] for _, block in pairs]
        taxes = [pair for pair, words in zip(pairs, called, strict=True) if words and self._words.is_tax(words)]
        others = [pair for pair in pairs if pair not in taxes]
        if not taxes or not others:
            return pairs
        proven = all(_total([row for row, _ in part], roles) in sums for part in (taxes, others))
        return others if proven else pairs


def _over_the_break(items: list[ItemRow], table: Table) -> list[ItemRow]:
    """``items`` with the text of the first and the last one that stands on another page."""
    for at, text in ((0, "{before} {own}"), (-1, "{own} {after}")):
        cell = items[at].description if items else None
        part = table.after if at else table.before
        if cell is not None and part:
            joined = text.format(before=table.before, own=cell.text, after=table.after)
            items[at] = replace(items[at], description=replace(cell, text=joined))
    return items


def _only_reduces(row: BodyRow, roles: Roles) -> bool:
    """Whether a line holds no word, but a percentage and what it takes off the item above."""
    total = row.number(roles.total)
    if total is None or total.value >= 0:
        return False
    texts = [token.text for token in row.line.tokens]
    return any("%" in text for text in texts) and not any(char.isalpha() for text in texts for char in text)


def _with_doubtful(
    rows: list[BodyRow], all_rows: Sequence[BodyRow], roles: Roles, sums: frozenset[Decimal]
) -> list[BodyRow]:
    """``rows`` with the doubtful ones among ``all_rows``, where only so they add up to a printed sum."""
    doubtful = [row for row in all_rows if row.doubtful]
    if not doubtful or _total(rows, roles) in sums or _total([*rows, *doubtful], roles) not in sums:
        return rows
    return sorted([*rows, *doubtful], key=lambda row: row.line.index)


def _total(rows: Sequence[BodyRow], roles: Roles) -> Decimal:
    """What ``rows`` add up to, in cents."""
    total = sum((amount.value for row in rows if (amount := row.number(roles.total))), Decimal(0))
    return round(total, 2)


def _without_sum_row(pairs: list[tuple[BodyRow, Block]], roles: Roles) -> list[tuple[BodyRow, Block]]:
    """Without a last line that has no quantity and no price and sums up the others: its label is missing or misread."""
    if len(pairs) < 2:
        return pairs
    row, block = pairs[-1]
    totals = [total.value for row, _ in pairs if (total := row.number(roles.total))]
    bare = not block.lines or (len(pairs) > 2 and not row.number(roles.quantity) and not row.number(roles.unit_price))
    return pairs[:-1] if bare and len(totals) == len(pairs) and sum(totals[:-1]) == totals[-1] else pairs


def _fitting(pairs: list[tuple[BodyRow, Block]], roles: Roles, sums: frozenset[Decimal]) -> list[tuple[BodyRow, Block]]:
    """Without lines that only say what another contains (no price of their own), where a printed sum says so."""
    if _total([row for row, _ in pairs], roles) in sums:
        return pairs
    priced = [pair for pair in pairs if pair[0].number(roles.unit_price)]
    return priced if priced and _total([row for row, _ in priced], roles) in sums else pairs


def _item(table: Table, row: BodyRow, block: Block, roles: Roles) -> ItemRow:
    full = is_full(row, roles)
    score = (0.95 if full else 0.75) - (0.1 if table.header.inferred else 0.0)
    rule = "column found by its numbers" if table.header.inferred else "column under a header"
    proof = ", quantity × price = total" if full else ""

    def cell(at: int | None) -> ItemCell | None:
        amount = row.number(at)
        if amount is None or at is None:
            return None
        column = table.grid.columns[at]
        return number_cell(table.layout, amount, score, f"{rule}{proof}", column.label)

    lines = block.lines
    description: Column | None = table.header.column("description")
    text = text_cell(table.layout, lines, score, rule, description.label if description else "") if lines else None
    item = ItemRow(text, cell(roles.quantity), cell(roles.unit_price), cell(roles.total))
    return with_further_cells(item, table, row, roles)
