"""The contract of documents and pages, whatever the file behind them. ``opening.py`` makes them of bytes; the decoders stand
beside it."""

from __future__ import annotations

from core.documents.base import Attachment, Document, OpenDocument, Page, Picture, TextLayer
from core.documents.formats import FORMATS
from core.documents.members import MemberWalk, members_of
from core.documents.ranges import parse_page_range

__all__ = [
    "FORMATS",
    "Attachment",
    "Document",
    "MemberWalk",
    "OpenDocument",
    "Page",
    "Picture",
    "TextLayer",
    "members_of",
    "parse_page_range",
]
