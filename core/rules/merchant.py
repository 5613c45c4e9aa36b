"""The merchant at the head of a till receipt: the lines right above the first one that says where the shop is.

A receipt names its shop once, at the top, without a label: a trade name, the company behind it, its register number, then
the address. Pen marks and stamps stand around it. So the address is looked for first, and the name in the lines over it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from core.page.layout import Line, Segment
from core.rules.addresses import has_legal_form, is_contact, is_greeting, is_registration, is_street, is_town
from core.rules.names import (
    Name,
    clean_name,
    has_number_behind,
    is_fragment,
    is_legal_form,
    is_namelike,
    names_province,
    without_number,
)
from core.rules.reading import Reading

#: Print this high for the width of its page is a slip's: an A4 letter has lines of twice as many letters.
_SLIP_PRINT = 0.03
#: So many lines at most, on so much of the page, are looked at.
_LINES = 16
_HEAD = 0.5
#: Words of one name stand closer than this many text heights; a till sets some far apart.
_WORD_GAP = 3.0
#: Lines of a head follow each other within this many text heights, centre to centre.
_PITCH = 2.6
#: Print this many times as high as a name below it is a logo or somebody's pen.
_OTHER_PRINT = 1.8
#: How likely the name is that was taken from several, and each of the others.
_GUESSED = 0.8
_OTHER = 0.5
#: A register number on its own line, maybe named: (81109-A), 148481-U, Reg No: 1203194-W.
_NUMBER = re.compile(r"^\W*(?:[A-Z][A-Za-z.]{1,8}[\s:.,-]*){0,4}[A-Z]{0,3}\d{5,}[\s-]{0,2}[A-Z]?\W*$")
#: Signs that stand between a till's words and their values, never in a name.
_MARKED = re.compile(r"[\[\]:=#]")
_DOTTED = re.compile(r"[.\s]")
#: How lines begin that give a register number.
_REGISTER = re.compile(
    r"^\W*(?:Co(?:mpany)?\.?\s*)?(?:Reg(?:istration|d)?\.?\s*N[or]|ROC\b|Co\.?\s*No\b)", re.IGNORECASE
)


def is_slip(reading: Reading) -> bool:
    """Whether the document is printed like a till's: a receipt, or one page whose lines hold few letters."""
    if reading.is_receipt:
        return True
    layout = reading.layouts[0] if len(reading.layouts) == 1 else None
    return layout is not None and layout.text_height > _SLIP_PRINT * layout.width


def merchant_names(reading: Reading) -> Iterator[Name]:
    """The merchant's name at the head of a receipt, if there is one."""
    if not is_slip(reading):
        return
    layout = reading.layouts[0]
    rows = [_row(line) for line in layout.lines[:_LINES] if line.y0 < min(_HEAD * layout.height, reading.table_top)]
    for at, row in enumerate(rows):
        if not _is_anchor(row) and not reading.dates_in(row.tokens):
            continue
        names = _names_over(reading, rows, at)
        if names:
            yield from _weighed(reading, _joined(names, reading.scanned), _is_number(row.text))
            return


def _row(line: Line) -> Segment:
    """The line's cells that are one text, beginning with the largest: a till sets the words of a name far apart."""
    main = max(line.segments, key=lambda segment: segment.x1 - segment.x0)
    tokens = list(main.tokens)
    for other in line.segments[line.segments.index(main) + 1 :]:
        if has_legal_form(" ".join(token.text for token in tokens)) or not _is_near(
            tokens[-1].x1, other.x0, main, other
        ):
            break
        tokens += other.tokens
    for other in reversed(line.segments[: line.segments.index(main)]):
        if not _is_near(other.x1, tokens[0].x0, main, other):
            break
        tokens = [*other.tokens, *tokens]
    return Segment(tokens, main.line, main.index)


def _is_near(left: float, right: float, main: Segment, other: Segment) -> bool:
    tall = max(main.height, other.height)
    return right - left < _WORD_GAP * main.height and tall < 1.5 * min(main.height, other.height)


def _is_anchor(row: Segment) -> bool:
    """Whether a line says where the shop is or under which number it is known."""
    text = row.text
    if not any(map(str.isdigit, text)):
        return names_province(text) or (is_street(text) and not has_legal_form(text))
    if _is_number(text) or is_registration(text):
        return True
    if has_number_behind(text):
        return False
    if is_town(text) or is_contact(text):
        return True
    # the name can end where the address begins (LTD. ŞTİ. Station Road 5)
    named = has_legal_form(text) and not is_fragment(_DOTTED.split(text, maxsplit=1)[0])
    return not named and (is_street(text) or "," in text)


def _is_number(text: str) -> bool:
    return _NUMBER.match(text) is not None or _REGISTER.match(text) is not None


def _names_over(reading: Reading, rows: Sequence[Segment], at: int) -> list[Segment]:
    """The lines that may be a name right over the line ``at``, from top to bottom."""
    found: list[Segment] = []
    below = rows[at]
    for row in reversed(rows[:at]):
        if reading.dates_in(row.tokens) or is_greeting(row.text):
            continue
        if row.x1 < below.x0 or row.x0 > below.x1:
            continue  # beside the head: print that shows through, a pen's marks
        if row.center[1] < below.center[1] - _PITCH * max(row.height, below.height):
            break
        name = clean_name(row.text, reading.lexicon.titles)
        labelled = reading.label_starting(0, row) is not None or _MARKED.search(name) is not None
        if labelled or not is_namelike(reading, name):
            break
        if found and not (_is_same_print(row, found[0]) and _is_aligned(row, found[0])):
            break
        found.insert(0, row)
        below = row
    return found


def _is_same_print(above: Segment, below: Segment) -> bool:
    return above.height < _OTHER_PRINT * below.height


def _is_aligned(above: Segment, below: Segment) -> bool:
    height = min(above.height, below.height)
    return abs(above.center[0] - below.center[0]) < 2.5 * height or abs(above.x0 - below.x0) < height


def _joined(rows: Sequence[Segment], misread: bool) -> list[Segment]:
    """The lines as names: one that is nothing but a trade or a legal form ends the name above it."""
    names: list[Segment] = []
    for row in rows:
        complete = bool(names) and has_legal_form(without_number(names[-1].text))
        if names and (is_legal_form(row.text) if complete else is_fragment(row.text, misread)):
            names[-1] = Segment([*names[-1].tokens, *row.tokens], row.line, row.index)
        else:
            names.append(row)
    return names


def _weighed(reading: Reading, rows: Sequence[Segment], numbered: bool) -> Iterator[Name]:
    """The names of a head with the likeliest first: the company's, else the one right over its register number, else the
    topmost. Where no legal form decides among several, the choice is a guess."""
    companies = [row for row in rows if has_legal_form(without_number(row.text))]
    chosen = companies[0] if companies else rows[-1] if numbered else rows[0]
    sure = bool(companies) or len(rows) == 1
    for row in (chosen, *(row for row in rows if row is not chosen)):
        text = clean_name(row.text, reading.lexicon.titles)
        score = _OTHER if row is not chosen else 1.0 if sure else _GUESSED
        yield Name(text, tuple(row.tokens[: max(1, len(text.split()))]), reading.front, score, "receipt's head")
