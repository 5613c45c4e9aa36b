"""Who is invoiced and where: customer, billing address, shipping address.

A party is read from a labelled block (Bill to ...), from a form (Name: ... Address: ...), or, where nothing is labelled,
from the address block that is not the vendor's.
"""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from dataclasses import dataclass
from itertools import pairwise, takewhile
from statistics import median

from core.notation.folding import fold
from core.page.layout import Layout, Segment, Token
from core.rules.addresses import (
    has_legal_form,
    has_street_word,
    is_contact,
    is_greeting,
    is_province,
    is_registration,
    is_street,
    is_title,
    is_town,
)
from core.rules.blocks import Block, column_beneath, find_blocks
from core.rules.countries import country_names
from core.rules.labels import Label
from core.rules.merchant import is_slip, merchant_names
from core.rules.party_forms import OWN_LANGUAGE, PARTIES, PARTS, read_form, without_label
from core.rules.party_lines import EDGE, PartyLine, assemble, ends_in_country, is_unnumbered, line_of
from core.rules.reading import Reading

#: The countries of a document's language. English is at home in too many to say.
_HOMES = {
    "de": frozenset({"DE", "AT", "CH"}), "fr": frozenset({"FR"}), "es": frozenset({"ES"}), "it": frozenset({"IT"}),
    "nl": frozenset({"NL"}), "pt": frozenset({"PT", "BR"}),
}  # fmt: skip
#: Languages in whose countries invoices give the customer's tax number with his address.
_NUMBERED_CUSTOMERS = frozenset({"es", "it", "pt", "pl", "cs", "sk", "hu", "ro", "tr", "el"})
_MOST_LINES = 8
#: An address with a label of its own follows a name within so many lines.
_ROWS_BELOW = 3
#: The details of a letterhead stand below an empty line at most, in text heights.
_DETAILS_GAP = 3.0
#: A blank this many times as wide as the usual one ends a party that is printed on one line.
_WIDE_BLANK = 2.2
#: Labels that tell a document from others.
_TELLING = ("invoice_number", "invoice_date")
#: A line with its town and more words than this is a whole party.
_PARTY_WORDS = 6
#: What stands in the labels' column and has fewer words is a label, known or not.
_LABEL_WORDS = 4
_RESPECT = re.compile(r"\s*(?:御中|様|樣|殿)$")


def _is_house_number(label: Label, segment: Segment) -> bool:
    """Whether a line begins with a house's number and not a document's (No. 5, Station Road)."""
    rest = " ".join(token.text for token in segment.tokens[label.end :])
    announces = label.end != 1 or segment.tokens[0].text.endswith(":") or label.kind in PARTIES
    return not announces and is_street(segment.text) and has_street_word(rest)


def _to_wide_blank(line: PartyLine) -> PartyLine:
    """A party on one line up to the wide blank behind its town: what follows is something else (Meter 55120)."""
    tokens = line.tokens
    gaps = [after.x0 - before.x1 for before, after in pairwise(tokens)]
    wide = _WIDE_BLANK * max(median(gaps), 0.1 * tokens[0].height) if gaps else 0.0
    for at, gap in enumerate(gaps, 1):
        if gap > wide and is_town(" ".join(token.text for token in tokens[:at])):
            return line_of(tokens[:at])
    return line


@dataclass(frozen=True, slots=True)
class Party:
    """A name and an address as printed, where they stand and why they were taken."""

    name: PartyLine | None
    address: tuple[PartyLine, ...]
    page: int
    score: float
    rule: str
    label: str
    tokens: tuple[Token, ...] = ()
    """All tokens of its block, also those that are neither name nor address."""

    @property
    def address_text(self) -> str | None:
        """The address, its parts joined by a comma."""
        parts = [line.text.strip(EDGE) for line in self.address]
        return ", ".join(part for part in parts if part) or None

    @property
    def address_tokens(self) -> tuple[Token, ...]:
        return tuple(token for line in self.address for token in line.tokens)


class PartyReader:
    """Finds the parties of one document."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        found = find_blocks(reading.layouts[reading.front], reading.front) if reading.layouts else []
        self.blocks = [part for block in found for part in self._without_titles(block)]

    def _without_titles(self, block: Block) -> list[Block]:
        """A block cut where the document's title stands between letterhead and customer, or another party is announced."""
        parts: list[list[Segment]] = [[]]
        for segment in block.segments:
            label = self.reading.label_starting(block.page, segment)
            if segment.key in self.reading.lexicon.titles:
                parts.append([])
            elif parts[-1] and label is not None and label.kind in PARTIES and label.weight >= OWN_LANGUAGE:
                parts.append([segment])
            else:
                parts[-1].append(segment)
        return [Block(part, block.page) for part in parts if part]

    def labelled(self, kind: str) -> list[Party]:
        """The parties that labels of ``kind`` announce, best first."""
        labels = self.reading.of_kind(kind)
        if kind == "ship_to":
            labels += [label for label in self.reading.of_kind("shipping") if self._heads_address(label)]
        found = [party for label in labels if (party := self._of_label(label)) is not None]
        if kind == "customer":
            found += self._addressed()
        return sorted(found, key=lambda party: -party.score)

    def _heads_address(self, label: Label) -> bool:
        """Whether a word that also names the costs of delivery (Livraison) stands above an address."""
        layout, segment = self.reading.layouts[label.page], label.segment
        if label.start or not label.stands_alone or segment.y0 > self.reading.table_top:
            return False
        return any(is_town(other.text) for other in column_beneath(layout, segment, 0.0, 1.6, _MOST_LINES))

    def _addressed(self) -> list[Party]:
        """Names that a word of respect marks as the addressee (Japanese 御中 and 様)."""
        found = []
        for page, layout in enumerate(self.reading.layouts):
            for segment in layout.segments:
                name = _RESPECT.sub("", segment.text)
                left = layout.left_of(segment)[:1]
                if name != segment.text and name:
                    found.append(self._addressee(page, segment, name))
                elif name != segment.text and left:
                    found.append(self._addressee(page, left[0], left[0].text))
        return found

    def _addressee(self, page: int, segment: Segment, name: str) -> Party:
        """The addressee with the lines of its block: the company may stand over the person, the address around both."""
        block = next((block for block in self.blocks if block.page == page and segment in block.segments), None)
        lines = [other for other in (block.segments if block else ()) if other is not segment]
        called = PartyLine(name, tuple(segment.tokens))
        if not has_legal_form(name):
            company = next((other for other in lines if other.y0 < segment.y0 and has_legal_form(other.text)), None)
            called = line_of(company.tokens) if company is not None else called
        places = [line_of(other.tokens) for other in lines if is_town(other.text)]
        tokens = tuple(token for other in (segment, *lines) for token in other.tokens)
        return Party(called, tuple(places), page, 0.85 if places else 0.8, "addressee", "", tokens)

    def _of_label(self, label: Label) -> Party | None:
        layout = self.reading.layouts[label.page]
        if (label.page, label.segment.line) in self.reading.table_heads and not self._stands_aside(label):
            return None
        lines = [] if is_title(label.text) else read_form(self.reading, label, layout)
        rule = "form" if lines else "labelled block"
        lines = lines or self._lines_of(label, layout)
        if is_title(label.text):
            lines = [line_of(label.segment.tokens[label.start : label.end]), *lines]
        party = assemble(lines) if rule != "form" else (lines[0], lines[1:])
        if party is None:
            return None
        name, address = party
        address = address or self._address_below(label)
        name = without_label(name, self.reading) if name is not None else None
        score = (
            label.weight
            * (1.0 if address else 0.75 if name else 0.5)
            * (1.0 if label.page <= self.reading.front else 0.8)
        )
        score *= 1.1 if rule == "form" else 1.0
        score *= 0.9 if label.segment.y0 > 0.6 * layout.height else 1.0
        if label.weight < OWN_LANGUAGE and not any(is_street(line.text) or is_town(line.text) for line in address):
            score *= 0.8
        strong = label.weight >= OWN_LANGUAGE
        if name is None and not any(is_town(line.text) or (strong and is_street(line.text)) for line in address):
            return None
        address = self._domestic(address)
        return Party(
            name,
            tuple(address),
            label.page,
            score,
            rule,
            label.text,
            tuple(token for line in lines for token in line.tokens),
        )

    def _address_below(self, label: Label) -> list[PartyLine]:
        """The address that a label of its own announces on the lines right below a name beside its label (Client: Acme;
        Address: 12 High Street)."""
        if label.stands_alone:
            return []
        for other in self.reading.labels:
            rows = other.segment.line - label.segment.line
            if other.page != label.page or not 0 < rows <= _ROWS_BELOW:
                continue
            if other.kind in PARTIES:
                return []
            if other.kind == "party_address" and other.segment.x1 > label.segment.x0:
                place = next(self.reading.places(other), None)
                return [line_of(place.tokens)] if place is not None and place.tokens else []
        return []

    def _stands_aside(self, label: Label) -> bool:
        """Whether a label on the line of a table's head is none of its columns (a sidebar's Billed to)."""
        kinds = self.reading.lexicon.column_kinds(label.segment.key, self.reading.language)
        return label.weight > OWN_LANGUAGE and not kinds and label.segment.index in self._outermost(label)

    def _outermost(self, label: Label) -> set[int]:
        segments = self.reading.layouts[label.page].lines[label.segment.line].segments
        return {segments[0].index, segments[-1].index}

    def _domestic(self, address: Sequence[PartyLine]) -> list[PartyLine]:
        """The address without the country where that is the one of the document's language: home mail needs none."""
        home = _HOMES.get(self.reading.language or "", frozenset())
        if address and country_names().get(fold(address[-1].text)) in home:
            return list(address[:-1])
        return list(address)

    def _lines_of(self, label: Label, layout: Layout) -> list[PartyLine]:
        """The lines a party label announces: what follows it in its cell and the column beneath it; else the cell
        beside it and that cell's column."""
        segment = label.segment
        inline = self._rest(label)
        inline = None if inline and is_contact(inline.text) else inline
        if inline and len(inline.tokens) > _PARTY_WORDS and is_town(inline.text):
            return [_to_wide_blank(inline)]
        right = layout.right_of(segment)
        start = segment.tokens[label.end].x0 if inline and label.end < len(segment.tokens) else segment.x0
        beneath = self._usable(label, column_beneath(layout, segment, start - segment.x0, 1.6, _MOST_LINES))
        if inline or (beneath and not self._is_row(label, right, beneath)):
            return ([inline] if inline else []) + beneath
        if right and self.reading.label_starting(label.page, right[0]) is None:
            cell = right[0]
            column = column_beneath(layout, cell, 0.0, 1.2, _MOST_LINES)
            column = list(takewhile(lambda other: not self._has_own_label(label, other), column))
            return [line_of(cell.tokens), *self._usable(label, column)]
        return beneath

    def _has_own_label(self, label: Label, segment: Segment) -> bool:
        """Whether a cell beneath a party's first one is announced by a label of its own on the left (Site:  Plot 7)."""
        left = self.reading.layouts[label.page].left_of(segment)
        near = [other for other in left if abs(other.x0 - label.segment.x0) < 2 * label.segment.height]
        labels = [self.reading.label_starting(label.page, other) for other in near]
        return any(
            known.kind not in PARTS if known is not None else len(other.tokens) < _LABEL_WORDS
            for other, known in zip(near, labels, strict=True)
        )

    def _is_row(self, label: Label, right: Sequence[Segment], beneath: Sequence[PartyLine]) -> bool:
        """Whether the value stands beside the label (Customer:  Acme Ltd) and what is beneath belongs to other labels."""
        if not right or self.reading.label_starting(label.page, right[0]) is not None:
            return False
        return not any(is_street(line.text) or is_town(line.text) for line in beneath)

    def _rest(self, label: Label) -> PartyLine | None:
        tokens = [token for token in label.segment.tokens[label.end :] if token.text.strip(EDGE)]
        if tokens and tokens[0].text.startswith("(") and tokens[-1].text.strip(EDGE).endswith(")"):
            return None
        here = self.reading.labels_of[label.page, label.segment.index]
        following = [other for other in here if other.start >= label.end and other.kind not in PARTS]
        if not tokens or (following and following[0].start == label.end):
            return None
        end = following[0].start if following else len(label.segment.tokens)
        return line_of([token for token in tokens if token in label.segment.tokens[label.end : end]])

    def _usable(self, label: Label, segments: Sequence[Segment]) -> list[PartyLine]:
        """The lines of a column up to the end of the address: labels of parts are cut off, others are skipped or end it."""
        lines: list[PartyLine] = []
        complete = False
        for segment in segments:
            if (label.page, segment.line) in self.reading.table_heads and segment.line != label.segment.line:
                break
            inner = self.reading.label_starting(label.page, segment)
            tokens: Sequence[Token] = segment.tokens
            if inner is not None:
                if inner.kind in PARTIES and inner.stands_alone:
                    break
                if inner.kind in PARTS:
                    tokens = self._without_labels(label.page, segment)
                    lines = [] if inner.kind == "party_name" else lines
                elif _is_house_number(inner, segment):
                    pass
                elif inner.kind not in PARTIES or inner.weight > 0.8:
                    if complete:
                        break
                    continue
            text = " ".join(token.text for token in tokens)
            ended = complete and not (ends_in_country(text) or is_town(text) or is_province(text))
            if ended or is_greeting(text):
                break
            if tokens and text.strip(EDGE):
                lines.append(line_of(tokens))
            # the first line is the name where a town stands below it, however much it looks like one (Lodge NY 44812)
            named = len(lines) == 1 and any(is_town(other.text) for other in segments[1:5] if other is not segment)
            complete = complete or (is_town(text) and not named)
        return lines

    def _without_labels(self, page: int, segment: Segment) -> list[Token]:
        """A segment's tokens but those that label the parts of a party (City: Leeds Country: UK)."""
        here = self.reading.labels_of[page, segment.index]
        named = {at for part in here for at in range(part.start, part.end)}
        # what an own label announces (E-mail: ...) is none of the party's lines
        end = min((part.start for part in here if part.kind not in PARTS | PARTIES), default=len(segment.tokens))
        return [token for at, token in enumerate(segment.tokens[:end]) if at not in named]

    def unlabelled(self, taken: Sequence[Token], vendors: Set[str]) -> list[Party]:
        """Address blocks on the front page that no label announces and that hold none of the ``taken`` tokens, from the
        likeliest customer to the least. ``vendors`` are folded names that the document gives its issuer."""
        spoken_for = {(token.word, token.x0) for token in taken}
        found = []
        for block in self.blocks:
            if any((token.word, token.x0) in spoken_for for s in block.segments for token in s.tokens):
                continue
            party = self._of_block(block, vendors)
            if party is not None:
                found.append(party)
        return sorted(found, key=lambda party: -party.score)

    def _of_block(self, block: Block, vendors: Set[str]) -> Party | None:
        layout = self.reading.layouts[block.page]
        where = block.y0 / max(layout.height, 1e-6)
        if where > 0.5 or block.y0 >= self.reading.table_top:
            return None
        lines = self._block_lines(block)
        if not any(is_town(line.text) for line in lines):
            return None
        assembled = assemble(lines)
        if assembled is None or assembled[0] is None or not assembled[1] or is_greeting(assembled[0].text):
            return None
        score = 0.6 if 0.08 < where < 0.36 else 0.45
        texts = [segment.text for segment in (*block.segments, *self._details_beneath(block))]
        if any(map(is_contact, texts)):
            score -= 0.2
        elif any(map(is_registration, texts)):
            # in the south the customer's tax number belongs to his address
            score -= 0.05 if self.reading.language in _NUMBERED_CUSTOMERS else 0.2
        if self._under_sender(block):
            score += 0.2
        if not any(is_street(line.text) or is_unnumbered(line.text) for line in assembled[1]):
            score -= 0.15
        if has_legal_form(assembled[0].text):
            score -= 0.05
        if fold(assembled[0].text) in vendors:
            score -= 0.3
        if is_slip(self.reading) and not self._below_merchant(block, assembled[0]):
            score -= 0.3
        tokens = tuple(token for segment in block.segments for token in segment.tokens)
        return Party(assembled[0], tuple(self._domestic(assembled[1])), block.page, score, "address block", "", tokens)

    def _details_beneath(self, block: Block) -> Sequence[Segment]:
        """The lines of the next block in the same column, an empty line below, where they give telephone, mail or tax
        number: they belong to whoever stands above."""
        last = block.segments[-1]
        for other in self.blocks:
            first = other.segments[0]
            aligned = abs(first.x0 - last.x0) < last.height or abs(first.x1 - last.x1) < 0.5 * last.height
            if other is not block and aligned and 0 < first.y0 - last.y1 < _DETAILS_GAP * last.height:
                texts = [segment.text for segment in other.segments]
                known = [text for text in texts if is_contact(text) or is_registration(text)]
                return other.segments if 2 * len(known) >= len(texts) else ()
        return ()

    def _below_merchant(self, block: Block, name: PartyLine) -> bool:
        """Whether a slip's block names a company below the merchant and what tells the document (its number, its date)."""
        merchant = next(merchant_names(self.reading), None)
        if merchant is None or not has_legal_form(name.text):
            return False
        bottom = merchant.tokens[-1].y1
        return any(
            label.page == 0 and bottom < label.segment.y0 < block.y0 for label in self.reading.of_kind(*_TELLING)
        )

    def _is_date(self, segment: Segment) -> bool:
        dates = self.reading.dates_in(segment.tokens)
        return bool(dates) and len(dates[0].tokens) == len(segment.tokens)

    def _under_sender(self, block: Block) -> bool:
        """Whether a block stands right under the sender's line in small print, as in a letter's window."""
        layout, top = self.reading.layouts[block.page], block.segments[0]
        above = layout.lines[top.line - 1].segments if top.line else []
        return any(
            is_town(segment.text)
            and any(map(is_street, segment.text.split(",")[1:] or segment.text.split("·")[1:]))
            and abs(segment.x0 - top.x0) < top.height
            and segment.height < top.height
            for segment in above
        )

    def _block_lines(self, block: Block) -> list[PartyLine]:
        lines = []
        for segment in block.segments:
            label = self.reading.label_starting(block.page, segment)
            if label is None or label.kind in PARTS | PARTIES or _is_house_number(label, segment):
                cut = label.end if label is not None and label.kind in PARTS else 0
                # a line that ends in a colon announces what follows: no name
                announces = label is None and segment.text.endswith(":")
                if segment.tokens[cut:] and not announces and not self._is_date(segment):
                    lines.append(line_of(segment.tokens[cut:]))
        return lines
