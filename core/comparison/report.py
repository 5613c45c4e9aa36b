"""A comparison as one HTML file that needs nothing else: no script, no address, everything from documents escaped."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

from core.comparison.sheet import Entry, SheetRow
from core.comparison.tables import BASIS_WORDS, finding_table, reading_table, recipe_table, sentence_on
from core.comparison.totals import Compared, RecipeTotals, basis_of, worth_having
from core.notation.writing import text_of
from core.stores.comparisons import Comparison

_STYLE = """
:root { color-scheme: light dark; --line: color-mix(in srgb, currentColor 20%, transparent); --good: #2c8a55; --bad: #c23a33; --differ: #c9720f; --accent: #2f8f88; }
body { font: 14px/1.45 system-ui, sans-serif; margin: 2rem auto; max-width: 90rem; padding: 0 1.5rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.15rem; margin-top: 2.2rem; } p { max-width: 60rem; }
.scroll { overflow-x: auto; } table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { text-align: left; vertical-align: top; padding: 0.3rem 0.7rem 0.3rem 0; border-bottom: 1px solid var(--line); }
td.number { text-align: right; } th, td:first-child { white-space: nowrap; } td { min-width: 3rem; max-width: 24rem; overflow-wrap: anywhere; }
tr.differs > :first-child { border-left: 3px solid var(--differ); padding-left: 0.4rem; }
.right::before { content: "✓ "; color: var(--good); } .wrong::before { content: "✕ "; color: var(--bad); }
.chosen { outline: 2px solid var(--accent); outline-offset: -2px; } .none { opacity: 0.55; }
body:has(#only:checked) tr.agreed { display: none; }
svg text { font: 12px system-ui, sans-serif; fill: currentColor; }
@media print { label { display: none; } }
"""
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
_NUMBERS = frozenset({"money", "quantity"})


def report_of(kept: Comparison, documents: Sequence[Compared], totals: Sequence[RecipeTotals]) -> bytes:
    """The whole report as UTF-8."""
    basis = basis_of(totals)
    about = (
        f"{_count(len(kept.rows), 'document')} × {_count(len(kept.recipes), 'recipe')}, "
        f"{kept.created_at:%Y-%m-%d %H:%M} UTC. {sentence_on(basis, totals)}"
    )
    parts = [
        "<!doctype html>",
        '<html lang="en"><head><meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{escape(_POLICY)}">',
        f"<title>{_text(kept.name)}</title><style>{_STYLE}</style></head><body>",
        f"<h1>{_text(kept.name)}</h1><p>{_text(about)}</p>",
        "<h2>Recipes</h2>",
        _table(
            [
                {title: value for title, value in row.items() if title != "Accuracy is"}
                for row in recipe_table(kept, totals)
            ]
        ),
        _scatter(kept, totals),
        "<h2>Readings</h2>",
        _table(reading_table(kept, documents)),
        '<h2>Values</h2><p><label><input type="checkbox" id="only"> Only disagreements</label></p>',
        *(_document(kept, row["name"], document) for row, document in zip(kept.rows, documents, strict=True)),
        "<h2>Findings</h2>",
        _table(finding_table(kept, documents)),
        "</body></html>",
    ]
    return "\n".join(parts).encode("utf-8", "replace")


def _text(value: Any) -> str:
    return escape("" if value is None else str(value))


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _table(rows: Sequence[dict[str, Any]]) -> str:
    if not rows:
        return "<p>None.</p>"
    titles = [title for title in rows[0] if any(row[title] is not None for row in rows)]
    head = "".join(f"<th>{_text(title)}</th>" for title in titles)
    body = "".join(f"<tr>{''.join(_cell(row[title]) for title in titles)}</tr>" for row in rows)
    return f'<div class="scroll"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def _cell(value: Any) -> str:
    number = value is not None and not isinstance(value, str)
    return f'<td class="number">{_text(text_of(value))}</td>' if number else f"<td>{_text(value)}</td>"


def _document(kept: Comparison, name: str, document: Compared) -> str:
    rows = [row for row in document.sheet if not row.empty]
    known, voted = any(row.known for row in rows), any(row.vote for row in rows)
    titles = ["Field", *(recipe.name for recipe in kept.recipes)]
    titles += (["Truth"] if known else []) + (["Vote"] if voted else [])
    head = "".join(f"<th>{_text(title)}</th>" for title in titles)
    body = "".join(_value_row(row, known, voted) for row in rows)
    return (
        f"<h3>{_text(name)}</h3>"
        f'<div class="scroll"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'
    )


def _value_row(row: SheetRow, known: bool, voted: bool) -> str:
    cells = [f"<td>{_text(row.title)}</td>", *(_entry(row, entry) for entry in row.entries)]
    if known:
        cells.append(f"<td>{_text((text_of(row.truth) or 'not on the page') if row.known else '')}</td>")
    if voted:
        cells.append(f"<td>{_text((row.vote.value or 'not on the page') if row.vote else '')}</td>")
    return f'<tr class="{"agreed" if row.agreed else "differs"}">{"".join(cells)}</tr>'


def _entry(row: SheetRow, entry: Entry | None) -> str:
    if entry is None:
        return '<td class="none">–</td>'
    names = ["number"] if row.info.kind in _NUMBERS else []
    if row.basis != "majority" and entry.right is not None:
        names.append("right" if entry.right else "wrong")
    if row.vote and row.vote.value == (text_of(entry.value) or None):
        names.append("chosen")
    if entry.group is None:
        names.append("none")
    return f'<td class="{" ".join(names)}">{_text(text_of(entry.value) or "no value")}</td>'


def _scatter(kept: Comparison, totals: Sequence[RecipeTotals]) -> str:
    """Accuracy over seconds a document; a filled point is worth having."""
    basis = basis_of(totals)
    worth = worth_having(totals, basis)
    points = [
        (each.seconds, accuracy, recipe.name, good)
        for recipe, each, good in zip(kept.recipes, totals, worth, strict=True)
        if each.seconds is not None and (accuracy := each.accuracy(basis)) is not None
    ]
    if not points:
        return ""
    longest = max(seconds for seconds, *_ in points) or 1.0
    marks = "".join(_mark(*point, longest, below=number % 2 == 1) for number, point in enumerate(points))
    return (
        '<svg viewBox="0 0 640 272" width="640" role="img" aria-label="Accuracy over seconds a document">'
        '<path d="M50 22V226H620" fill="none" stroke="currentColor" stroke-opacity="0.4"/>'
        f'<text x="60" y="14">{_text(BASIS_WORDS[basis])}, 0 to 1</text>'
        f'<text x="620" y="244" text-anchor="end">seconds a document (up to {longest:.2g})</text>'
        f'<text x="60" y="264">Filled: worth having, no other recipe is better in accuracy, cost and seconds.</text>{marks}</svg>'
    )


def _mark(seconds: float, accuracy: float, name: str, good: bool, longest: float, *, below: bool) -> str:
    x, y = 60 + 500 * seconds / longest, 200 - 160 * accuracy
    fill, anchor = "#2f8f88" if good else "none", "end" if x > 320 else "start"
    return (
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="6" fill="{fill}" stroke="#2f8f88" stroke-width="2"/>'
        f'<text x="{x:.1f}" y="{y + (22 if below else -12):.1f}" text-anchor="{anchor}">{_text(name)} ({accuracy:.2f})</text>'
    )
