"""What a PDF page paints: how often its forms, and how large the pictures in its content. Forms that paint forms that paint forms multiply: a file of two kilobytes can
keep a reader busy for days."""

from __future__ import annotations

import re
from typing import Any

_REFERENCE = re.compile(r"(\d+) \d+ R")
_PAINT = re.compile(rb"\bDo\b")
#: How a picture inside the content begins, up to its data, and where that says its size.
_INLINE = re.compile(rb"\bBI\b(.{0,400}?)\bID\b", re.DOTALL)
_WIDTH, _HEIGHT = re.compile(rb"/W(?:idth)?\s+(\d{1,9})"), re.compile(rb"/H(?:eight)?\s+(\d{1,9})")
#: Parents that are followed for a page's inherited resources.
_HIGHEST = 20


def paints_of(pdf: Any, page: Any, most: int) -> int:
    """How many forms are painted to show ``page``, counted up to ``most``."""
    known: dict[int, int] = {}
    inner = max((_paints(pdf, form, known, most) for form in _forms_of_page(pdf, page)), default=0)
    return min(most, len(_PAINT.findall(page.read_contents())) * inner)


def inline_pixels(pdf: Any, page: Any, forms: bool) -> int:
    """The pixels of the largest picture that stands in the content of ``page`` itself (or of its ``forms``), which no list
    of pictures has. Told by what it says of itself: nothing is decoded."""
    contents = [page.read_contents()]
    waiting, seen = _forms_of_page(pdf, page) if forms else [], set[int]()
    while waiting:
        form = waiting.pop()
        if form not in seen:
            seen.add(form)
            contents.append(pdf.xref_stream(form) or b"")
            waiting += _forms_of(pdf, form)
    return max((_pixels(head[1]) for content in contents for head in _INLINE.finditer(content)), default=0)


def _pixels(head: bytes) -> int:
    width, height = _WIDTH.search(head), _HEIGHT.search(head)
    return int(width[1]) * int(height[1]) if width and height else 0


def _forms_of_page(pdf: Any, page: Any) -> list[int]:
    """The forms of a page's resources, its own or inherited ones."""
    owner = page.xref
    for _ in range(_HIGHEST):
        if pdf.xref_get_key(owner, "Resources")[0] != "null":
            break
        kind, parent = pdf.xref_get_key(owner, "Parent")
        if kind != "xref":
            return []
        owner = int(parent.split()[0])
    return _forms_of(pdf, owner)


def _paints(pdf: Any, form: int, known: dict[int, int], most: int) -> int:
    """As many as one painting of ``form`` takes, itself included. A form inside itself is painted once."""
    if form not in known:
        known[form] = 1
        inner = max((_paints(pdf, child, known, most) for child in _forms_of(pdf, form)), default=0)
        if inner:
            known[form] = min(most, 1 + len(_PAINT.findall(pdf.xref_stream(form) or b"")) * inner)
    return known[form]


def _forms_of(pdf: Any, owner: int) -> list[int]:
    kind, value = pdf.xref_get_key(owner, "Resources/XObject")
    if kind == "null":
        resources_kind, resources = pdf.xref_get_key(owner, "Resources")
        if resources_kind == "xref":
            kind, value = pdf.xref_get_key(int(resources.split()[0]), "XObject")
    if kind == "xref":
        value = pdf.xref_object(int(value.split()[0]), compressed=True)
    if kind not in ("xref", "dict"):
        return []
    found = {int(number) for number in _REFERENCE.findall(value)}
    return [number for number in sorted(found) if pdf.xref_get_key(number, "Subtype")[1] == "/Form"]
