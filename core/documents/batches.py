"""Files of invoice XML that hold several invoices (a FatturaPA lot, a Facturae batch), taken apart into one file each."""

from __future__ import annotations

import re
from pathlib import PurePath

from core.documents.base import Attachment

#: The roots of files that may hold several invoices, and the element that is one of them.
_ONE_OF = ((rb"FatturaElettronica", rb"FatturaElettronicaBody"), (rb"Facturae", rb"Invoice"))
_HEAD = 65_536
#: A batch of more is opened no further.
_MOST = 200
_COMMENT = re.compile(rb"<!--.*?-->", re.DOTALL)


def invoices_in(attachment: Attachment) -> list[Attachment]:
    """Each invoice of a batch as a file of its own, with the head that they share; nothing where there is only one."""
    data = _COMMENT.sub(b"", attachment.data) if attachment.data.count(b"-->") else attachment.data
    one = next((element for root, element in _ONE_OF if _starts(root).search(data[:_HEAD])), None)
    places = _places(data, one) if one else []
    if not 1 < len(places) <= _MOST:
        return []
    name = PurePath(attachment.name)
    return [
        Attachment(f"{name.name.split('.')[0]}-{number}.xml", _with_one(data, places, number - 1))
        for number in range(1, len(places) + 1)
    ]


def _starts(element: bytes) -> re.Pattern[bytes]:
    return re.compile(rb"<(?:[\w.-]+:)?" + element + rb"(?=[\s>])")


def _places(data: bytes, element: bytes) -> list[tuple[int, int]]:
    """Where each ``element`` begins and ends; nothing where one does not end."""
    starts, ends = _starts(element), re.compile(rb"</(?:[\w.-]+:)?" + element + rb"\s*>")
    places: list[tuple[int, int]] = []
    while (start := starts.search(data, places[-1][1] if places else 0)) and len(places) <= _MOST:
        end = ends.search(data, start.end())
        if end is None:
            return []
        places.append((start.start(), end.end()))
    return places


def _with_one(data: bytes, places: list[tuple[int, int]], number: int) -> bytes:
    """``data`` with one of its invoices alone."""
    start, end = places[number]
    return data[: places[0][0]] + data[start:end] + data[places[-1][1] :]
