"""Labels on the page: where a phrase of the lexicon stands and what it announces."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from core.notation.currencies import currency_of
from core.page.japanese import FIRST_CJK, bare_label
from core.page.layout import Layout, Segment, Token
from core.rules.lexicon import Entry, Lexicon

#: A phrase this short is a label only where it stands alone or before a colon.
_SHORT = 3
#: Kinds that begin a cell; elsewhere in a sentence they mean nothing.
_AT_START = frozenset(
    {
        "customer",
        "ship_to",
        "vendor",
        "party_name",
        "party_address",
        "party_town",
        "party_contact",
        "paid",
        "discount",
        "shipping",
        "other",
    }
)
#: How alike a misread label must be (0 to 100).
_ALIKE = 86
#: Labels that a form sets one behind the other on a line (Town: Leeds Postcode: LS1 5AB E-mail: ...).
_IN_FORMS = frozenset({"party_address", "party_town", "party_contact", "other"})
_SUMS = frozenset({"subtotal", "total_amount"})
_PARTIES = frozenset({"customer", "ship_to", "vendor"})
_LONGEST = 6
#: Letters that OCR reads as digits, and in how long a word one of them is no number.
_MISREAD = str.maketrans("01258", "olzsb")
_MISREAD_LETTERS = 5
#: Folded ends of words before an invoice number's label that make it another document's.
_OTHERS = (
    "way", "waybill", "delivery", "original", "previous", "associated", "related", "credited", "corrected", "reference", "dispatch",
    "despatch", "challan", "vehicle", "consignment", "ursprungliche", "vorherige", "zugehorige", "korrigierte",
)  # fmt: skip
_OWN_NUMBERS = frozenset({"invoice_number", "invoice_number_and_date"})
#: Folded words before a number's label that say what the document is about (Storno *zu* Rechnung Nr. 4700).
_ABOUT = frozenset(
    {"zu", "zur", "gegen", "against", "sur", "concernant", "su", "sulla", "sobre", "op", "til", "do", "k", "ke"}
)
#: Folded words with which a document speaks of itself to the customer.
_YOURS = frozenset({"ihre", "your", "votre", "su", "vostra", "uw", "sua", "twoja", "deres"})
#: Without a figure a line of so many words is a sentence; a word before a full stop is no abbreviation from so many letters on.
_SENTENCE, _WHOLE_WORD = 4, 5
#: So much less is a number worth that a document only quotes.
_QUOTED = 0.5
#: A tax with its rate glued to it (IGST5, CGST2.5).
_RATED = re.compile(r"^[A-Z]{3,4}\d{1,2}(?:\.\d)?$")


class Label(NamedTuple):
    """A label on page ``page`` (index from 0): tokens ``start`` to ``end`` (excluded) of ``segment``."""

    kind: str
    weight: float
    segment: Segment
    start: int
    end: int
    page: int

    @property
    def text(self) -> str:
        """The label as printed."""
        return " ".join(token.text for token in self.segment.tokens[self.start : self.end]).strip(" :")

    @property
    def key(self) -> str:
        """The label folded for lookup."""
        return "".join(token.key for token in self.segment.tokens[self.start : self.end])

    @property
    def stands_alone(self) -> bool:
        """Whether nothing follows it in its segment."""
        return self.end == len(self.segment.tokens)

    @property
    def is_of_sentence(self) -> bool:
        """Whether it is a word of running text: behind others in a line without any figure, or at the end of one, with a full stop."""
        tokens = self.segment.tokens
        last = tokens[self.end - 1].text
        if last.endswith((":", "#")) or any(_has_digit(token.text) for token in tokens):
            return False
        ends = self.stands_alone and last.endswith(".") and len(tokens[self.end - 1].key) >= _WHOLE_WORD
        return ends or (self.start > 0 and len(tokens) >= _SENTENCE)


def find_labels(layout: Layout, page: int, lexicon: Lexicon, language: str | None, misread: bool) -> list[Label]:
    """The labels of a page in reading order. ``misread`` also finds labels that OCR spelled slightly wrong."""
    found: list[Label] = []
    for segment in layout.segments:
        here = _labels_of(segment, page, lexicon, language)
        if not here and misread and len(segment.tokens) <= _LONGEST:
            here = _misread_label(segment, page, lexicon, language)
        found += here
    return found


def _labels_of(segment: Segment, page: int, lexicon: Lexicon, language: str | None) -> list[Label]:
    found = []
    tokens = segment.tokens
    at = 0
    while at < len(tokens):
        end, key = _longest(tokens, at, lexicon)
        if end == at:
            at += 1
            continue
        entry = lexicon.label(key, language)
        is_plain = key in lexicon.joined and tokens[at].text.rstrip(",;").isalpha()
        if end - at == 1 and (is_plain or currency_of(tokens[at].text) is not None):
            # one word that reads like two, or the currency of the amount behind it (Total  RM  9.00)
            at += 1
            continue
        if entry is not None and _is_plausible(segment, at, end, key, entry):
            kind = "tax_rate" if entry.kind == "tax" and _names_rate(tokens, at, end) else entry.kind
            if kind in _SUMS:
                kind, end = _qualified(kind, tokens, end, lexicon)
            if (
                kind == "customer"
                and end < len(tokens)
                and tokens[end].text[:1] == "#"
                and _has_digit(tokens[end].text)
            ):
                # “Invoice for #4471”: that is no customer
                kind = "invoice_number"
            if kind in _OWN_NUMBERS and at and tokens[at - 1].key.endswith(_OTHERS):
                # “e-Way Bill No.”, “Original invoice no.”: another document's number
                kind = "other"
            about = kind in _OWN_NUMBERS and at and tokens[at - 1].key in _ABOUT
            end = _with_currency(tokens, end)
            found.append(Label(kind, entry.weight * (_QUOTED if about else 1.0), segment, at, end, page))
            at = end
        else:
            at += 1
    return found


def _longest(tokens: Sequence[Token], at: int, lexicon: Lexicon) -> tuple[int, str]:
    """The end of the longest phrase that begins at ``at`` (``at`` itself where there is none), and its key."""
    key = ""
    best = (at, "")
    if not tokens[at].key:
        return best
    prefixes = lexicon.prefixes
    for end in range(at, len(tokens)):
        piece = tokens[end].key
        if not key and piece not in prefixes:
            piece = next((head for head in lexicon.compound_heads if piece.endswith(head)), piece)
        key += piece
        if key and key not in prefixes:
            break
        if piece and key in lexicon.labels:
            best = (end + 1, key)
    if best[0] == at and at < len(tokens) and (tokens[at].key[:1] > FIRST_CJK or _RATED.match(tokens[at].text)):
        return _unspaced(tokens[at].key, at, lexicon)
    return best


def _unspaced(key: str, at: int, lexicon: Lexicon) -> tuple[int, str]:
    """The label with which a word begins that only digits follow (in a script without blanks, or a tax with its rate)."""
    name = key if key in lexicon.labels else bare_label(key)
    name = name if name in lexicon.labels else key.rstrip("0123456789")
    return (at + 1, name) if len(name) > 1 and name in lexicon.labels else (at, "")


def _is_plausible(segment: Segment, start: int, end: int, key: str, entry: Entry) -> bool:
    """Whether a phrase at this place is a label and no part of a sentence."""
    tokens = segment.tokens
    closed = _is_closed(tokens, end)
    if start and all(currency_of(token.text.strip("():")) for token in tokens[:start]):
        start = 0  # RM CASH 100.00
    if start == 1 and entry.kind in _OWN_NUMBERS and tokens[0].key in _YOURS:
        start = 0  # Ihre Stromrechnung 4711
    # a number sign after a few words (Factura A, Nº: 123) still announces a number
    if start and (entry.kind in _AT_START or entry.weight < 0.6):
        in_form = entry.kind in _IN_FORMS and tokens[end - 1].text.endswith(":")
        return closed and (
            in_form or tokens[start - 1].text.endswith((",", ":", "|", "·", "-", "–", "•", ";", ")", "/"))
        )
    if entry.kind in _SUMS and tokens[start].text.startswith("(") and not tokens[end - 1].text.endswith(")"):
        return False  # (Total included tax 6 %: 1.42)
    if key[:1] > FIRST_CJK and entry.kind in _SUMS and not start:
        return True  # two characters are a whole word there
    if len(key) <= _SHORT and key not in {"vat", "gst", "tax", "tva", "iva", "btw", "ust", "due"}:
        if entry.kind == "tax" and start == 0 and _has_rate(tokens, end):
            return True
        return closed or (entry.kind in {"invoice_number", "other"} and start == 0 and _has_digit(tokens[end].text))
    if entry.weight < 0.8 and entry.kind in _SUMS and start:
        return False
    if entry.weight < 0.8 and entry.kind in _AT_START:
        return closed and start == 0
    if entry.kind in _PARTIES:
        return closed or (end - start > 1 and not tokens[end].text[:1].islower())
    if entry.kind == "other" and end - start == 1 and not closed and not _has_digit(tokens[end].text):
        return False
    return not (start and _in_brackets(tokens, start))


def _qualified(kind: str, tokens: Sequence[Token], end: int, lexicon: Lexicon) -> tuple[str, int]:
    """A sum's kind and the end of its label, with what follows it up to the number (Total excl. VAT: 12.00) read as
    saying whether tax is in it."""
    for at in range(end, min(end + 4, len(tokens))):
        key = tokens[at].key
        if _has_digit(tokens[at].text):
            break
        side = lexicon.qualifiers.get(key)
        if side is not None:
            values = (
                to for to in range(at + 1, len(tokens)) if _has_digit(tokens[to].text) or currency_of(tokens[to].text)
            )
            stop = next(values, len(tokens))
            return ("subtotal" if side == "net" else "total_amount"), stop
    return kind, end


def _is_closed(tokens: Sequence[Token], end: int) -> bool:
    """Whether a label ends at ``end``: with its segment, a colon, a currency, or an explanation in brackets."""
    if end == len(tokens) or tokens[end - 1].text.endswith((":", "：", "#")):
        return True
    if _with_currency(tokens, end) == len(tokens):
        return True
    return tokens[end].text in {":", "-", "="} or tokens[end].text.startswith("(")


def _names_rate(tokens: Sequence[Token], start: int, end: int) -> bool:
    """Whether a tax label is the heading of its rates (VAT %, % VAT), not one with its rate (19 % VAT)."""
    last = tokens[end - 1].text.strip(":)")
    if last.endswith("%") and not _has_digit(last):
        return True
    before = tokens[start - 1].text if start else ""
    return before == "%" and not (start > 1 and _has_digit(tokens[start - 2].text))


def _has_rate(tokens: Sequence[Token], end: int) -> bool:
    """Whether a rate follows (SST 8%, HST @ 13 %)."""
    return any("%" in token.text for token in tokens[end : end + 3]) and any(_has_digit(t.text) for t in tokens[end:])


def _in_brackets(tokens: Sequence[Token], at: int) -> bool:
    """Whether a bracket that opened before or at ``at`` is still open there: what stands in brackets explains a label."""
    before = "".join(token.text for token in tokens[:at])
    return tokens[at].text.startswith("(") or before.count("(") > before.count(")")


def _with_currency(tokens: Sequence[Token], end: int) -> int:
    """The end of a label with the currency behind it (Total EUR, Tax (MYR)), where nothing else follows."""
    rest = [token.text.strip("():[]") for token in tokens[end:]]
    named = all(not text or text == "in" or currency_of(text) for text in rest)
    return len(tokens) if named else end


def _is_number(text: str) -> bool:
    """Whether a word with a digit is no word of which a letter was read as one (RECHNUNG5DATUM)."""
    digits = sum(map(str.isdigit, text))
    return digits > 1 or (digits == 1 and sum(map(str.isalpha, text)) < _MISREAD_LETTERS)


def _has_digit(text: str) -> bool:
    return any(char.isdigit() for char in text)


@cache
def _phrases(language: str | None) -> list[str]:
    from core.rules.lexicon import load_lexicon

    labels = load_lexicon().labels
    return [phrase for phrase, known in labels.items() if len(phrase) >= 5 and ("en" in known or language in known)]


def _misread_label(segment: Segment, page: int, lexicon: Lexicon, language: str | None) -> list[Label]:
    """The label at the segment's beginning, spelled almost right."""
    from rapidfuzz import fuzz, process

    words = next((at for at, token in enumerate(segment.tokens) if _is_number(token.text)), len(segment.tokens))
    key = "".join(token.key for token in segment.tokens[:words]).translate(_MISREAD)
    if len(key) < 5:
        return []
    best = process.extractOne(
        key.replace("rn", "m").replace("vv", "w"), _phrases(language), scorer=fuzz.ratio, score_cutoff=_ALIKE
    )
    entry = lexicon.label(best[0], language) if best else None
    return [Label(entry.kind, entry.weight * 0.9, segment, 0, words, page)] if entry else []
