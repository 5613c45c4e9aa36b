"""HTML made harmless: what shows text, and nothing that fetches, runs or hides."""

from __future__ import annotations

import re
from html import escape
from html.parser import HTMLParser

from core.documents.office.drawing import Sheet, Written

#: What is kept of a page's elements; of all others the text alone.
_KEPT = frozenset(
    "p div br hr table thead tbody tfoot tr td th ul ol li dl dt dd h1 h2 h3 h4 h5 h6 b strong i em u s sub sup pre blockquote center span".split()
)
_ALONE = frozenset(("br", "hr", "img"))
#: Elements whose content is no text of the page.
_SILENT = frozenset(
    "script style head title template noscript object embed iframe svg math select textarea audio video map".split()
)
#: Elements that have no end.
_VOID = frozenset("area base br col embed hr img input link meta param source track wbr".split())
_BLOCKS = frozenset(
    "address article aside body center dd details dl dt fieldset figure footer form header main nav section".split()
)
_HIDDEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?:px|pt|em|rem|%)?\s*(?:;|$)|opacity\s*:\s*0(?:\.0+)?\s*(?:;|$)|mso-hide\s*:\s*all"
)
_COLOUR = re.compile(
    r"(?:^|;)\s*(color|background-color|background)\s*:\s*(#[0-9a-fA-F]{3,6}|[a-zA-Z]{3,20}|rgb\([\d ,]{5,20}\))\s*(?=;|!|$)"
)
_PICTURE = re.compile(r"data:image/(?:png|jpeg|gif);base64,[A-Za-z0-9+/=\s]+\Z")
_SPAN = re.compile(r"[1-9]\d{0,2}\Z")
_DEEPEST = 60
_ENCODING = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([\w-]{2,20})", re.IGNORECASE)
_NO_PICTURES = "The pictures of this page lie elsewhere and were not fetched."


def write_web(data: bytes) -> Written:
    """The pages of a web page."""
    cleaner = Cleaner()
    cleaner.feed(decoded(data))
    cleaner.close()
    return Written([Sheet(cleaner.html)] if cleaner.html.strip() else [], [_NO_PICTURES] if cleaner.left_out else [])


def decoded(data: bytes) -> str:
    """The text of HTML, by what it says of its encoding."""
    said = _ENCODING.search(data[:4096])
    for encoding in (*((said[1].decode("ascii"),) if said else ()), "utf-8-sig", "cp1252"):
        try:
            return data.decode(encoding)
        except (LookupError, ValueError):
            continue
    return data.decode("latin-1")


class Cleaner(HTMLParser):
    """Writes HTML anew: known elements without their attributes, text with its tabs as columns. ``left_out`` counts the pictures
    that lie elsewhere."""

    def __init__(self, keep_pictures: bool = False) -> None:
        super().__init__(convert_charrefs=True)
        self._out: list[str] = []
        self._open: list[tuple[str, bool]] = []
        self._silent = 0
        self._keep_pictures = keep_pictures
        self.left_out = 0

    @property
    def html(self) -> str:
        """What was written, with every element ended."""
        ends = [f"</{tag}>" for tag, is_kept in reversed(self._open) if is_kept]
        return _columns("".join(self._out + ends))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """See HTMLParser."""
        about = {name: value or "" for name, value in attrs}
        if tag in _VOID:
            if not self._silent:
                self._put_alone(tag, about)
            return
        hides = tag in _SILENT or "hidden" in about or bool(_HIDDEN.search(about.get("style", "").lower()))
        is_kept = not hides and not self._silent and tag in _KEPT and len(self._open) < _DEEPEST
        if is_kept:
            self._out.append(f"<{tag}{_attributes(about)}>")
        elif tag in _BLOCKS and not self._silent:
            self._out.append("<br>")
        self._open.append((f"!{tag}" if hides else tag, is_kept))
        self._silent += hides

    def handle_endtag(self, tag: str) -> None:
        """See HTMLParser. What was not begun is not ended; what stands open in it is."""
        names = [name.lstrip("!") for name, _ in self._open]
        if tag not in names:
            return
        while self._open:
            name, is_kept = self._open.pop()
            self._silent -= name.startswith("!")
            if is_kept:
                self._out.append(f"</{name}>")
            if name.lstrip("!") == tag:
                break

    def handle_data(self, data: str) -> None:
        """See HTMLParser."""
        if not self._silent:
            self._out.append(escape(data, quote=False))

    def _put_alone(self, tag: str, about: dict[str, str]) -> None:
        source = about.get("src", "")
        if tag == "img" and self._keep_pictures and _PICTURE.match(source):
            self._out.append(f'<img src="{source}">')
        elif tag == "img":
            self.left_out += 1
            self._out.append(f" {escape(about.get('alt', ''), quote=False)} ")
        elif tag in _ALONE:
            self._out.append(f"<{tag}>")


def _attributes(about: dict[str, str]) -> str:
    """How cells span, how text is aligned, and colours: what is white on white must stay so to be seen as hidden."""
    kept = "".join(f' {name}="{about[name]}"' for name in ("colspan", "rowspan") if _SPAN.match(about.get(name, "")))
    style = [
        f"{name if name == 'color' else 'background-color'}:{colour}"
        for name, colour in _COLOUR.findall(about.get("style", ""))
    ]
    aligned = about.get("align", "").lower()
    if aligned in ("right", "center") or "text-align:right" in about.get("style", "").replace(" ", ""):
        style.append(f"text-align:{aligned if aligned in ('right', 'center') else 'right'}")
    return kept + (f' style="{";".join(style)}"' if style else "")


_TABBED = re.compile(r"(?:<p>(?:(?!</?p>|<table|<img)[^\t])*\t(?:(?!</?p>|<table|<img).)*</p>\s*)+", re.DOTALL)
_PARAGRAPH = re.compile(r"<p>(.*?)</p>", re.DOTALL)


def _columns(html: str) -> str:
    """Paragraphs in which tabs part columns, as rows of a table without lines."""
    return _TABBED.sub(
        lambda match: f'<table class="tabs">{"".join(map(_row, _PARAGRAPH.findall(match[0])))}</table>', html
    )


def _row(paragraph: str) -> str:
    cells = [cell for cell in paragraph.split("\t") if cell.strip()]
    return f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"
