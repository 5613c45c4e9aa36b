"""Who issued the document. Vendors rarely label themselves, so several signs are weighed: a label, the sender line above
the address, the letterhead, a legal form in head or foot, large print, and the name inside the web or mail address."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from core.notation.folding import fold
from core.page.layout import Layout, Line, Segment, Token
from core.rules.addresses import (
    has_legal_form,
    is_street,
    is_town,
    names_bank,
)
from core.rules.blocks import Block, with_neighbours
from core.rules.merchant import is_slip, merchant_names
from core.rules.names import Name, clean_name, is_fragment, is_namelike, registered_name, without_number
from core.rules.parties import Party, PartyReader
from core.rules.party_forms import without_label
from core.rules.party_lines import line_of
from core.rules.reading import Reading

_DOMAIN = re.compile(r"(?:@|www\.|https?://(?:www\.)?)([\w-]+(?:\.[\w-]+)*)\.[a-z]{2,}", re.IGNORECASE)
_FREE_MAIL = frozenset(
    {
        "gmail",
        "hotmail",
        "outlook",
        "yahoo",
        "gmx",
        "web",
        "icloud",
        "tonline",
        "orange",
        "wanadoo",
        "live",
        "aol",
        "email",
        "mail",
        "googlemail",
        "protonmail",
        "me",
        "msn",
        "libero",
        "example",
    }
)
_DOTS = re.compile(r"\s?[·•●|∙]\s?")
_SENDER = re.compile(r"\s[–*-]\s?|[–-]\s|\s?[·•●|∙]\s?|,\s|\s/\s")
_EDGE = " ,;:·|-–•*\u200b.©"
#: Shorter parts of a web address are its ending (co.uk).
_SHORTEST = 3
#: Print this many times as high as the page's usual text is large.
_LARGE = 1.25
#: Labels of a company's own name, folded, and the share of the page in which they name the vendor.
_COMPANY_NAMES = frozenset(
    {
        "razonsocial",
        "denominacionsocial",
        "ragionesociale",
        "raisonsociale",
        "companyname",
        "businessname",
        "firmenname",
    }
)
_HEAD = 0.25
#: Below this share of the page stands its foot.
_FOOT = 0.8
#: No name has more words.
_NAME_WORDS = 10
#: A line of more cells than this is a row of a table and names nobody.
_CELLS = 2


def read_vendor(
    reading: Reading, names: Sequence[Name], customer: Sequence[Token], customer_name: str
) -> tuple[Name | None, list[Name]]:
    """The vendor's name and all candidates, best first, of the ``names`` that :func:`vendor_names` found. ``customer``
    are the tokens of the customer's block, whose names are not the vendor's."""
    barred = {(token.word, token.x0) for token in customer}
    names = [name for name in names if not any((token.word, token.x0) in barred for token in name.tokens)]
    domains = _domains(reading, barred)
    scored: dict[str, list[Name]] = {}
    for name in names:
        scored.setdefault(_key(name.text), []).append(name)
    best: list[Name] = []
    for key, same in scored.items():
        same.sort(key=lambda name: -name.score)
        places = {(name.page, name.tokens[0].word, name.tokens[0].x0) for name in same}
        score = same[0].score + 0.2 * min(len(places) - 1, 2)
        if any(_in_domain(key, same[0].text, domain) for domain in domains):
            score += 0.35
        if customer_name and key == _key(customer_name):
            score -= 0.5
        best.append(Name(same[0].text, same[0].tokens, same[0].page, score, same[0].rule, same[0].label))
    best.sort(key=lambda name: -name.score)
    return (best[0] if best and best[0].score > 0.2 else None), best


def known_vendors(reading: Reading, names: Sequence[Name]) -> set[str]:
    """Folded names that the document gives its issuer wherever the customer cannot stand: sender lines, labels, the foot,
    web and mail addresses."""
    domains = _domains(reading, set(), edges_only=True)
    found = set()
    for name in names:
        low = name.tokens and name.tokens[0].y0 > 0.75 * reading.layouts[name.page].height
        if (
            name.rule in {"sender line", "labelled block"}
            or low
            or any(_in_domain(_key(name.text), name.text, d) for d in domains)
        ):
            found.add(_key(name.text))
    return found


def _key(text: str) -> str:
    return fold(text)


def _in_domain(key: str, text: str, domain: str) -> bool:
    words = [fold(word) for word in text.split()]
    first = next((word for word in words if len(word) > 3), "")
    return domain in key or key in domain or (bool(first) and first in domain)


def _domains(reading: Reading, barred: set[tuple[int, float]], edges_only: bool = False) -> set[str]:
    """The names in web and mail addresses, without those of the customer's block; ``edges_only`` looks in head and foot."""
    return domains_of(
        token
        for layout in reading.layouts
        for segment in layout.segments
        if not (edges_only and 0.12 * layout.height < segment.y0 < 0.8 * layout.height)
        for token in segment.tokens
        if (token.word, token.x0) not in barred
    )


def domains_of(tokens: Iterable[Token]) -> set[str]:
    """The names in the web and mail addresses among ``tokens``, folded, without those that anybody can have."""
    texts = [token.text for token in tokens if "@" in token.text or "www" in token.text.lower() or "http" in token.text]
    found = {fold(part) for text in texts for match in _DOMAIN.findall(text) for part in match.split(".")}
    return {domain for domain in found if domain not in _FREE_MAIL and len(domain) > _SHORTEST}


def vendor_names(reader: PartyReader) -> list[Name]:
    """Every name in the document that shows a sign of being its issuer's."""
    return list(_names(reader))


def _names(reader: PartyReader) -> Iterator[Name]:
    reading = reader.reading
    for party in reader.labelled("vendor"):
        if party.name is not None and is_namelike(reading, party.name.text):
            # a bank under “Pay to” keeps the account, unless it is the only name there is
            yield _of_party(party, (0.4 if names_bank(party.name.text) else 1.05) * party.score)
    for page, layout in enumerate(reading.layouts):
        for line in layout.lines:
            yield from _sender_line(reading, page, layout, line)
        for segment in layout.segments:
            yield from _of_segment(reading, page, layout, segment)
    yield from _company_names(reading)
    yield from _registered_names(reading)
    yield from merchant_names(reading)
    yield from _letterheads(reader)
    yield from _names_in_two_lines(reader)


def _registered_names(reading: Reading) -> Iterator[Name]:
    """The company with which a line of the foot begins that says where it is registered (Acme Ltd. Registered in England)."""
    for page, layout in enumerate(reading.layouts):
        for segment in layout.segments:
            if segment.y0 < _FOOT * layout.height or len(segment.tokens) < 4:
                continue
            text = registered_name(segment.text)
            if text and is_namelike(reading, text) and not names_bank(text):
                yield Name(text, tuple(segment.tokens[: len(text.split())]), page, 0.45, "registered name")


def _company_names(reading: Reading) -> Iterator[Name]:
    """What stands behind “company name” (Razón social: ...) in the head of the page, before any other party is announced."""
    for label in reading.labels:
        if label.page > reading.front or label.kind in {"customer", "ship_to"}:
            return
        if label.segment.y0 > _HEAD * reading.layouts[label.page].height or fold(label.text) not in _COMPANY_NAMES:
            continue
        place = next(reading.places(label), None)
        if place is not None and place.relation == "behind":
            text = clean_name(" ".join(token.text for token in place.tokens))
            if is_namelike(reading, text):
                yield Name(
                    text, tuple(place.tokens[: len(text.split())]), label.page, 0.75, "labelled name", label.text
                )


def _of_party(party: Party, score: float) -> Name:
    assert party.name is not None
    return Name(party.name.text, party.name.tokens, party.page, score, party.rule, party.label)


def _letterheads(reader: PartyReader) -> Iterator[Name]:
    for block in reader.blocks:
        layout = reader.reading.layouts[block.page]
        where = block.y0 / max(layout.height, 1e-6)
        if 0.3 < where < 0.75:
            continue
        texts = [segment.text for segment in block.segments]
        if len(texts) < 2 or not any(map(is_town, texts[1:])):
            continue
        first = _name_line(reader.reading, block)
        if first is not None:
            first = _headline(reader.reading, block, first) or first
            score = 0.7 + 0.15 * (1 - where / 0.3) if where < 0.5 else 0.45
            line = without_label(line_of(first.tokens), reader.reading)
            yield Name(clean_name(line.text), line.tokens, block.page, score, "letterhead" if where < 0.5 else "foot")


def _headline(reading: Reading, block: Block, first: Segment) -> Segment | None:
    """A name in larger print right above a letterhead that begins with a person or a slogan, else ``None``."""
    layout = reading.layouts[block.page]
    top = block.segments[0]
    if first is not top or has_legal_form(first.text):
        return None
    for line in reversed(layout.lines[max(0, top.line - 2) : top.line]):
        for segment in line.segments:
            near = top.y0 - segment.y1 < 1.5 * segment.height
            aligned = min(abs(segment.x0 - top.x0), abs(segment.x1 - top.x1)) < 0.8 * top.height
            larger = segment.height > _LARGE * top.height
            if near and aligned and larger and is_namelike(reading, segment.text):
                return segment if reading.label_starting(block.page, segment) is None else None
    return None


def _names_in_two_lines(reader: PartyReader) -> Iterator[Name]:
    """A long name on two lines of the same print at the head: both large, or the second one ending in the legal form."""
    reading = reader.reading
    if is_slip(reading):
        return
    for block in reader.blocks:
        layout = reading.layouts[block.page]
        if len(layout.lines[block.segments[0].line].segments) > _CELLS:
            continue
        if len(block.segments) < 2 or block.y0 > min(0.2 * layout.height, reading.table_top - 1):
            continue
        first, second = block.segments[:2]
        company = has_legal_form(second.text) and not has_legal_form(first.text)
        # a line of nothing but a legal form ends the name above it, however long that is
        ends = company and is_fragment(second.text) and len(second.tokens) < len(first.tokens) < _NAME_WORDS
        halves = ends or _is_half(reading, block.page, first, second)
        if not 0.9 < first.height / max(second.height, 1e-6) < 1.1 or not halves:
            continue
        large = first.height > _LARGE * layout.text_height
        # on scanned English pages a trade name stands over the company as often as a name breaks off
        company = company and not (reading.scanned and reading.language == "en")
        if large or company:
            begin = 1 + max((at for at, token in enumerate(first.tokens) if token.text.endswith(":")), default=-1)
            tokens = (*first.tokens[begin:], *second.tokens)  # what a colon announces, though the word is not known
            text = clean_name(
                " ".join(token.text for token in tokens) if begin else f"{first.text} {second.text}",
                reading.lexicon.titles,
            )
            yield Name(text, tokens, block.page, 1.05 if company else 0.8, "name in two lines")


def _is_half(reading: Reading, page: int, *halves: Segment) -> bool:
    """Whether each of two lines can be a part of one name."""
    return all(
        len(half.tokens) < 5
        and half.text[:1].isalpha()
        and reading.label_starting(page, half) is None
        and is_namelike(reading, half.text)
        and not is_street(half.text)
        and not half.text.lower().startswith("c/o")
        for half in halves
    )


def _name_line(reading: Reading, block: Block) -> Segment | None:
    """The line of a letterhead that names its owner: the one with a legal form, else the first one above the street."""
    lines = []
    for segment in block.segments[:4]:
        if is_town(segment.text) or (is_street(segment.text) and not has_legal_form(segment.text)):
            break
        label = reading.label_starting(block.page, segment)
        names = label is None or (label.kind == "party_name" and not label.stands_alone)
        if is_namelike(reading, segment.text) and names:
            lines.append(segment)
    return next((line for line in lines if has_legal_form(line.text)), lines[0] if lines else None)


def _of_segment(reading: Reading, page: int, layout: Layout, segment: Segment) -> Iterator[Name]:
    """What one segment says of the vendor by its place, its size and its wording."""
    text = segment.text
    where = segment.y0 / max(layout.height, 1e-6)
    if reading.label_starting(page, segment) is not None or len(segment.tokens) > 9:
        return
    begin = 1 + max((at for at, token in enumerate(segment.tokens[:-1]) if token.text.endswith(":")), default=-1)
    cleaned = clean_name(
        " ".join(token.text for token in segment.tokens[begin:]) if begin else text, reading.lexicon.titles
    )
    if not is_namelike(reading, cleaned):
        return
    tokens = tuple(segment.tokens[begin : begin + max(1, len(cleaned.split()))])
    if has_legal_form(cleaned):
        yield Name(cleaned, tokens, page, 0.75 if where < 0.2 else 0.5 if where > 0.8 else 0.35, "legal form")
    if page != reading.front or 0 <= segment.y0 - reading.table_top < 0.5 * layout.height:
        return
    size = segment.height / layout.text_height
    whole = with_neighbours(layout, segment)
    if whole is not segment and is_namelike(reading, whole.text):
        cleaned, tokens = whole.text, tuple(whole.tokens)
    if where < 0.25 and size > _LARGE:
        yield Name(
            cleaned, tokens, page, 0.4 + min(size - _LARGE, 1.5) * 0.15 + (0.1 if where < 0.12 else 0), "large print"
        )
    elif segment.index < 3:
        yield Name(cleaned, tokens, page, 0.42 - 0.06 * segment.index, "first line")


def _sender_line(reading: Reading, page: int, layout: Layout, line: Line) -> Iterator[Name]:
    """``Acme GmbH · Hauptstr. 1 · 12345 Musterstadt`` in small print over the address, or in the foot."""
    where = line.y0 / max(layout.height, 1e-6)
    text = " ".join(segment.text for segment in line.segments)
    if 0.35 < where < 0.8 or len(text) < 20:
        return
    dotted = [part for part in _DOTS.split(text) if part.strip(_EDGE)]
    parts = dotted if len(dotted) > 2 else [part for part in _SENDER.split(text) if part.strip(_EDGE)]
    if not parts or not (is_town(text) or any(is_town(part.strip(_EDGE)) for part in parts[1:])):
        return
    name = without_number(parts[0].strip(_EDGE))
    if not any(map(is_street, parts[1:])) or is_town(name) or is_street(name) or not is_namelike(reading, name):
        return
    if reading.label_starting(page, line.segments[0]) is None and not _is_subtitle(reading, page, layout, line):
        tokens = tuple(line.tokens[: len(name.split())])
        yield Name(name, tokens, page, 0.7 if where < 0.35 else 0.5, "sender line")


def _is_subtitle(reading: Reading, page: int, layout: Layout, line: Line) -> bool:
    """Whether a line of owner and address stands right under the firm's name in large print, with the same middle or edge."""
    if not line.index or has_legal_form(line.segments[0].text.split("·")[0]):
        return False
    above = layout.lines[line.index - 1].segments
    middle = (line.x0 + line.x1) / 2
    name = above[0]
    aligned = min(abs(name.center[0] - middle), abs(name.x1 - line.x1), abs(name.x0 - line.x0)) < name.height
    return (
        len(above) == 1
        and above[0].height > _LARGE * (line.y1 - line.y0)
        and line.y0 - above[0].y1 < above[0].height
        and aligned
        and is_namelike(reading, above[0].text)
        and reading.label_starting(page, above[0]) is None
    )
