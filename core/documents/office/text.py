"""A Word document as HTML: its text by mammoth, with the headers and footers that mammoth leaves out put before and behind it."""

from __future__ import annotations

import copy
import io
from collections.abc import Iterator
from typing import Any

from core.documents.office.drawing import Sheet, Written
from core.documents.office.web import Cleaner

_WITHOUT_LAYOUT = "Its pages were made without LibreOffice: all its text is there, its layout is simpler."
_HEADS = "Its headers and footers were put before and behind the text; pictures in them are not shown."
#: Tables of Word go across the page; a narrow one would break amounts apart.
_WIDE = "table { width: 100%; } table.tabs td { width: 33%; }"
_MOST_PICTURE_PIXELS = 40_000_000


def write_text(data: bytes) -> Written:
    """The pages of a Word document (a package without macros)."""
    import mammoth

    whole, has_pictures = _with_heads(data)
    html = mammoth.convert_to_html(io.BytesIO(whole), convert_image=mammoth.images.img_element(_picture)).value
    cleaner = Cleaner(keep_pictures=True)
    cleaner.feed(html)
    cleaner.close()
    return Written(
        [Sheet(cleaner.html, css=_WIDE)] if cleaner.html.strip() else [],
        [_WITHOUT_LAYOUT, *([_HEADS] if has_pictures else [])],
    )


def _picture(image: Any) -> dict[str, str]:
    """A picture as a small PNG or JPEG of its own; of one that cannot be drawn, nothing."""
    import base64

    from PIL import Image

    try:
        with image.open() as file, Image.open(file) as opened:
            if opened.width * opened.height > _MOST_PICTURE_PIXELS:
                return {}
            out = io.BytesIO()
            opened.convert("RGB").save(out, "JPEG", quality=90)
    except Exception:  # drawings of Windows (EMF, WMF), damaged ones
        return {}
    return {"src": f"data:image/jpeg;base64,{base64.b64encode(out.getvalue()).decode()}"}


def _with_heads(data: bytes) -> tuple[bytes, bool]:
    """The document with the text of its headers before and of its footers behind its own; and whether there were pictures in them."""
    import docx

    document = docx.Document(io.BytesIO(data))
    body = document.element.body
    heads, feet = _distinct(document, "header"), _distinct(document, "footer")
    has_pictures = any(_drop_pictures(block) for block in (*heads, *feet))
    for block in reversed(heads):
        body.insert(0, block)
    last = body.sectPr
    for block in feet:
        if last is not None:
            last.addprevious(block)
        else:
            body.append(block)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue(), has_pictures


def _distinct(document: Any, what: str) -> list[Any]:
    """The blocks of all headers (or footers), those of the first page first; each text once."""
    blocks: dict[str, Any] = {}
    for section in document.sections:
        kinds = [f"first_page_{what}"] if section.different_first_page_header_footer else []
        for kind in (*kinds, what, f"even_page_{what}"):
            part = getattr(section, kind)
            if not part.is_linked_to_previous:
                for block in _blocks(part._element):
                    text = "".join(block.itertext()).strip()
                    if text:
                        blocks.setdefault(text, copy.deepcopy(block))
    return list(blocks.values())


def _blocks(element: Any) -> Iterator[Any]:
    """Paragraphs and tables, also those in content controls."""
    for child in element:
        name = str(child.tag).rpartition("}")[2]
        if name in ("p", "tbl"):
            yield child
        elif name in ("sdt", "sdtContent"):
            yield from _blocks(child)


def _drop_pictures(block: Any) -> bool:
    """Take the pictures out of a block: they belong to another part."""
    namespace = "{http://schemas.openxmlformats.org/drawingml/2006/main}blip"
    found = list(block.iter(namespace, "{urn:schemas-microsoft-com:vml}imagedata"))
    for each in found:
        each.getparent().remove(each)
    return bool(found)
