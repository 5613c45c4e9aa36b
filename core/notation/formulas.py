"""Texts of documents in files that a spreadsheet program opens: data, never a formula."""

from __future__ import annotations

import re

#: What a spreadsheet program would take for the beginning of a formula: at the beginning of a text, and behind anything
#: that may separate cells or lines where the program does not take the comma (full-width signs are read as the plain ones).
_FORMULA = re.compile(r"^(?=[\t\r\n])|(^|[;|\t\r\n])(?=[^\S\t\r\n]*[=+\-@＝＋－＠])")


def without_formulas(text: str) -> str:
    """``text`` with an apostrophe before whatever a spreadsheet program would run as a formula."""
    return _FORMULA.sub(r"\1'", text)
