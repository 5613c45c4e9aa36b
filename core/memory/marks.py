"""What a document's pages are known by: tax and account numbers with right check digits, registration numbers, telephones,
web and mail domains, names; and a fingerprint of their layout, which supports and never decides."""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from pydantic import BaseModel

from core.document_types import type_of
from core.extraction import Candidate
from core.notation.folding import squeeze
from core.page.layout import Layout
from core.stores.vendors import MarkKind

Mark = tuple[MarkKind, str]

#: Letters that OCR takes for digits.
_MISREAD = str.maketrans({"O": "0", "Q": "0", "D": "0", "I": "1", "L": "1", "Z": "2", "S": "5", "B": "8", "G": "6"})
_IBAN = re.compile(r"(?<![A-Z0-9])([A-Z]{2}[0-9OQDILZSBG]{2}(?:[ ]?[A-Z0-9]{1,4}){3,8})(?![A-Z0-9])")
_SHORTEST_IBAN, _LONGEST_IBAN = 15, 34
_VAT = re.compile(
    r"(?<![A-Z0-9])((?:AT ?U|BE|BG|CY|CZ|DE|DK|EE|EL|ES|FI|FR|HR|HU|IE|IT|LT|LU|LV|MT|NL|PL|PT|RO|SE|SI|SK)"
    r"(?:[ .-]?[A-Z0-9]{1,11}){1,4})(?![A-Z0-9])"
)
_VAT_BODY = (8, 14)
#: A number that a word for tax or registration announces, on its line.
_LABELLED = re.compile(
    r"\b(?:GST|SST|VAT|TAX|USt|UID|TVA|IVA|BTW|NIF|CIF|NIPC|CUIT|CNPJ|GSTIN|ABN|EIN|TIN|NPWP|VKN|V\.?D\.?|VERG[İI] NO|SIRET|"
    r"SIREN|RCS|ROC|HR[AB]|KvK|Reg|REG|Registration|Registered|Company|Co|CO|Steuernummer|Steuer-Nr|St\.?-?Nr|Org)\b"
    r"[A-Za-zÄÖÜäöüéèİ./()\- ]{0,24}[:.#]{0,2} ?\(?((?=(?:[^\s]*\d){5})[A-Z0-9][A-Z0-9./-]{4,19}[A-Z0-9])"
)
#: A Malaysian company number, as it stands in brackets behind a name.
_COMPANY = re.compile(r"\(?(?<![\d-])(\d{5,7}-[A-Z])\b\)?")
_DOMAIN = re.compile(r"(?:@|www\.|https?://(?:www\.)?)((?:[a-z0-9-]+\.)+[a-z]{2,})", re.IGNORECASE)
_PHONE = re.compile(
    r"(?:\b(?:Tel|TEL|Phone|PHONE|Ph|Fax|FAX|Fon|Telefon|Téléphone|Tél|Mobile|Hotline|HP|H/P|Telefax)\b[A-Za-zé.()/ -]{0,10}[:.]{0,2} ?|(?=\+))"
    r"(\+?[(\d][\d ()/.-]{6,20}\d)"
)
#: Mail that anybody can have.
_FREE = re.compile(
    r"^(?:gmail|googlemail|hotmail|outlook|yahoo|gmx|web|icloud|t-online|orange|wanadoo|live|aol|protonmail)\."
)
_PHONE_DIGITS = 8
_SHORTEST_NAME = 5
#: Cells of the grid on which a layout's words are noted, across and down; so many words are kept.
_ACROSS, _DOWN, _MOST_WORDS = 8, 12, 40
_LABEL_TOKENS = 3


@dataclass(frozen=True, slots=True)
class Marks:
    """What was found on a document. ``places`` has where each mark stands: page (from 1) and height on it. ``names`` are
    what its reader took for the issuer's, folded, the chosen one first; ``text`` all of its letters and digits; ``layout`` its fingerprint."""

    places: Mapping[Mark, tuple[int, float, float]] = field(default_factory=dict)
    names: tuple[str, ...] = ()
    text: str = ""
    layout: tuple[int, ...] = ()

    @property
    def found(self) -> frozenset[Mark]:
        """The identifiers on the page."""
        return frozenset(self.places)

    def of(self, *kinds: MarkKind) -> set[str]:
        """The values of these kinds."""
        return {value for kind, value in self.places if kind in kinds}

    def to_json(self) -> bytes:
        """As JSON."""
        flat = [[*mark, *place] for mark, place in self.places.items()]
        return json.dumps([flat, self.names, self.text, self.layout]).encode()

    @staticmethod
    def from_json(data: bytes) -> Marks:
        """What :meth:`to_json` gave."""
        flat, names, text, layout = json.loads(data)
        places = {(kind, value): (page, x, y) for kind, value, page, x, y in flat}
        return Marks(places, tuple(names), text, tuple(layout))


def marks_of(values: BaseModel, candidates: Mapping[str, Sequence[Candidate]], layouts: Sequence[Layout]) -> Marks:
    """The marks of a document as it was read: its values, and what else they may be."""
    issuer = type_of(values).issuer
    chosen = getattr(values, issuer, None) if issuer else None
    return find_marks(layouts, [*([chosen] if chosen else []), *(one.value for one in candidates.get(issuer, ()))])


def find_marks(layouts: Sequence[Layout], names: Iterable[str]) -> Marks:
    """The marks of a document; ``names`` are what was read as the issuer's name, the chosen one first."""
    places: dict[Mark, tuple[int, float, float]] = {}
    for layout in layouts:
        for line in layout.lines:
            for mark, share in _in_line(line.text):
                x = line.x0 + share * (line.x1 - line.x0)
                places.setdefault(mark, (layout.number, x, line.center))
    folded = tuple(dict.fromkeys(key for name in names if len(key := squeeze(name)) >= _SHORTEST_NAME))
    text = squeeze(" ".join(token.text for layout in layouts for token in layout.tokens))
    return Marks(places, folded, text, fingerprint(layouts))


def _in_line(text: str) -> Iterator[tuple[Mark, float]]:
    """The marks in a line's text, with where they begin (a share of its length)."""
    if not any(char.isdigit() for char in text) and "." not in text:
        return
    width = max(len(text), 1)
    for found in _IBAN.finditer(text):
        if iban := _iban(found[1]):
            yield ("iban", iban), found.start() / width
    for found in _VAT.finditer(text):
        if number := _vat(found[1]):
            yield ("tax", number), found.start() / width
    for pattern in (_LABELLED, _COMPANY):
        for found in pattern.finditer(text):
            number = re.sub(r"[^A-Z0-9]", "", found[1])
            if not _vat(number):
                yield ("registration", number), found.start() / width
    for found in _DOMAIN.finditer(text):
        domain = found[1].casefold()
        if not _FREE.match(domain):
            yield ("domain", _bare(domain)), found.start() / width
    for found in _PHONE.finditer(text):
        digits = re.sub(r"\D", "", found[1])
        if len(digits) >= _PHONE_DIGITS:
            yield ("phone", digits[-_PHONE_DIGITS:]), found.start() / width


def _bare(domain: str) -> str:
    """A domain without the name of its server (rechnung.firma.de and firma.de are one house's); co.uk and its like stay whole."""
    parts = domain.split(".")
    keep = 3 if len(parts[-2]) <= 3 else 2
    return ".".join(parts[-keep:])


def _iban(text: str) -> str | None:
    """An account number whose check digits are right, as read or with letters read for digits; ``None`` for anything else."""
    from stdnum import iban

    compact = re.sub(r"[^A-Z0-9]", "", text)
    for number in (compact, compact[:2] + compact[2:].translate(_MISREAD)):
        for length in range(min(len(number), _LONGEST_IBAN), _SHORTEST_IBAN - 1, -1):
            if number[2:4].isdigit() and iban.is_valid(number[:length], check_country=True):
                return number[:length]
    return None


def _vat(text: str) -> str | None:
    """A VAT number of the European Union whose check digits are right, as read or with letters read for digits."""
    from stdnum.eu import vat

    compact = re.sub(r"[^A-Z0-9]", "", text)
    if not _VAT_BODY[0] <= len(compact) <= _VAT_BODY[1]:
        return None
    body = 3 if compact.startswith("ATU") else 2
    for number in (compact, compact[:body] + compact[body:].translate(_MISREAD)):
        if vat.is_valid(number):
            return number
    return None


def fingerprint(layouts: Sequence[Layout]) -> tuple[int, ...]:
    """The first page's words without figures on a coarse grid, as hashes."""
    if not layouts:
        return ()
    layout = layouts[0]
    found = set()
    for segment in layout.segments:
        if len(segment.tokens) <= _LABEL_TOKENS and segment.key.isalpha() and len(segment.key) > 2:
            x = int(_ACROSS * segment.x0 / max(layout.width, 1e-6))
            y = int(_DOWN * segment.y0 / max(layout.height, 1e-6))
            found.add(zlib.crc32(f"{segment.key}:{x}:{y}".encode()) & 0xFFFFFF)
    return tuple(sorted(found)[:_MOST_WORDS])


def likeness(one: Sequence[int], other: Sequence[int]) -> float:
    """How alike two layouts are, 0 to 1: the share of their words that stand in the same place in both."""
    mine, theirs = set(one), set(other)
    return len(mine & theirs) / max(len(mine | theirs), 1)
