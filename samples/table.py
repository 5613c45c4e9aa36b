"""Draws the line items: columns, wrapped descriptions, rules, and pages where they end."""

from __future__ import annotations

from samples.invoices import Line
from samples.pen import BOTTOM, LEFT, NORMAL, RIGHT, Pen, places
from samples.sheet import WHITE, Align, font, tint, wrap

_NARROW = {"position": 26.0, "code": 62.0, "quantity": 52.0, "unit": 46.0, "discount": 50.0, "tax_rate": 42.0}
_MONEY = 76.0
_GAP = 8.0
_HEAD_SIZE = 8.0

#: Left and right end of every column.
Edges = dict[str, tuple[float, float]]


def draw_table(pen: Pen) -> None:
    """The line items from ``pen.y`` down, the head of the table again on every page."""
    edges = _edges(pen)
    top = pen.y
    _head(pen, edges)
    for position, line in enumerate(pen.values.lines, 1):
        cells = _cells(pen, position, line)
        room = edges["description"][1] - edges["description"][0] - _GAP
        rows = wrap(cells["description"], room, NORMAL, pen.design.face)
        height = 11.5 * len(rows) + 8
        if pen.y + height > BOTTOM:
            _end(pen, edges, top)
            pen.sheet.add_page()
            pen.continue_head()
            top = pen.y
            _head(pen, edges)
        _row(pen, edges, cells, rows, height, position)
    _end(pen, edges, top)


def _edges(pen: Pen) -> Edges:
    """Left and right end of every column; the description gets what the others leave."""
    widths = {column: _NARROW.get(column, _MONEY) for column in pen.design.columns}
    taken = sum(width for column, width in widths.items() if column != "description")
    widths["description"] = RIGHT - LEFT - taken
    edges, x = {}, LEFT
    for column in pen.design.columns:
        edges[column] = (x, x + widths[column])
        x += widths[column]
    return edges


def _head(pen: Pen, edges: Edges) -> None:
    filled = pen.design.table in ("zebra", "grid")
    if filled:
        pen.sheet.box(LEFT, pen.y, RIGHT, pen.y + 20, fill=pen.design.accent)
    colour = WHITE if filled else pen.design.accent
    for column, (x0, x1) in edges.items():
        label = pen.labels[column]
        size = min(_HEAD_SIZE, _HEAD_SIZE * (x1 - x0 - 5) / font(pen.design.bold).text_length(label, _HEAD_SIZE))
        align: Align = "left" if _is_text(column) else "right"
        x = x0 + 5 if align == "left" else x1 - 5
        pen.sheet.text(x, pen.y + 13, label, size, pen.design.bold, colour, align)
    pen.y += 20
    if not filled:
        pen.sheet.line(LEFT, pen.y, RIGHT, pen.y, pen.design.accent, 1)


def _row(
    pen: Pen,
    edges: Edges,
    cells: dict[str, str],
    rows: list[str],
    height: float,
    position: int,
) -> None:
    if pen.design.table == "zebra" and position % 2 == 0:
        pen.sheet.box(LEFT, pen.y, RIGHT, pen.y + height, fill=tint(pen.design.accent, 0.07))
    for column, (x0, x1) in edges.items():
        if column == "description":
            for step, text in enumerate(rows):
                pen.write(x0 + 5, pen.y + 12.5 + 11.5 * step, text)
        elif _is_text(column):
            pen.write(x0 + 5, pen.y + 12.5, cells[column])
        else:
            pen.write(x1 - 5, pen.y + 12.5, cells[column], align="right")
    pen.y += height
    if pen.design.table in ("ruled", "grid"):
        pen.sheet.line(LEFT, pen.y, RIGHT, pen.y)


def _end(pen: Pen, edges: Edges, top: float) -> None:
    if pen.design.table == "grid":
        for x in (LEFT, *(right for _, right in edges.values())):
            pen.sheet.line(x, top, x, pen.y)
    else:
        pen.sheet.line(LEFT, pen.y, RIGHT, pen.y, pen.design.accent)


def _cells(pen: Pen, position: int, line: Line) -> dict[str, str]:
    notation = pen.notation
    money = notation.amount if pen.design.signs else notation.number
    return {
        "position": str(position),
        "code": line.code,
        "description": line.description,
        "quantity": notation.number(line.quantity, places(line.quantity)),
        "unit": line.unit,
        "unit_price": money(line.unit_price),
        "discount": notation.number(line.discount, places(line.discount)) if line.discount else "–",
        "tax_rate": notation.number(line.tax_rate, places(line.tax_rate)),
        "total": money(line.total),
    }


def _is_text(column: str) -> bool:
    return column in ("position", "code", "description", "unit")
