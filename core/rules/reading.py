"""A document as the rules see it: pages in lines, its language, its habits with numbers and dates, its labels."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import dropwhile
from typing import NamedTuple

from core.evidence import PageText
from core.notation import notation_of_text
from core.notation.amounts import Amount, find_amounts
from core.notation.notation import decide_order, order_by_weekday
from core.page.layout import Layout, Line, Segment, Token
from core.recognition.titles import begins_with_other
from core.rules.addresses import is_town
from core.rules.dates import FoundDate, find_dates
from core.rules.labels import Label, find_labels
from core.rules.lexicon import Lexicon

#: Values below a label stand within this many text heights.
_BELOW = 2.6
_TABLE_WORDS = frozenset({"description", "quantity", "article"})
#: Column heads of so many words at most can share a segment.
_HEADS_TOGETHER = 4
#: A till receipt has hardly more lines.
_RECEIPT_LINES = 60
#: So many pages at the beginning may be covers.
_COVERS = 4
#: A line of so many words is a sentence and no part of an address.
_SENTENCE = 10
#: Words (folded) of labels that name a credit note.
CREDIT = r"credit|gutschrift|storno|korrektur|avoir|abono|rectificativ|kredit|koryg|dobropis|hyvitys|helyesbito"
_COLON = re.compile(r"^[:：=#.\-–|>*]+$")


class Place(NamedTuple):
    """Where a label's value may stand: a run of tokens, how it lies to the label, how usual that is (0 to 1)."""

    tokens: Sequence[Token]
    relation: str
    factor: float
    page: int


class Reading:
    """Everything the readers of fields, totals, parties and tables ask of a document."""

    def __init__(self, pages: Sequence[PageText], lexicon: Lexicon) -> None:
        self.layouts = [Layout(page) for page in pages]
        self.scanned = any(page.recognised for page in pages)
        self.language = lexicon.language_of(token.key for layout in self.layouts for token in layout.tokens)
        self.lexicon = lexicon.for_language(self.language)
        texts = [word.text for page in pages for word in page.words]
        self.notation = notation_of_text(texts, self.full_text, self.language)
        self.order_settled = decide_order(texts, True) == decide_order(texts, False) or (
            self.language in {"en", None} and order_by_weekday(self.full_text) is not None
        )
        self.labels: list[Label] = []
        for number, layout in enumerate(self.layouts):
            self.labels += find_labels(layout, number, lexicon, self.language, self.scanned)
        self._amounts: dict[tuple[int, int], list[Amount]] = {}

    @cached_property
    def language_known(self) -> bool:
        """Whether the pages are in a language whose labels were learnt."""
        return self.lexicon.knows((token.key for layout in self.layouts for token in layout.tokens), self.language)

    @cached_property
    def labels_of(self) -> dict[tuple[int, int], list[Label]]:
        """The labels in each segment, by (page index, segment index)."""
        found: dict[tuple[int, int], list[Label]] = defaultdict(list)
        for label in self.labels:
            found[label.page, label.segment.index].append(label)
        return found

    @cached_property
    def table_heads(self) -> frozenset[tuple[int, int]]:
        """The lines that head a table of line items, as (page index, line index)."""
        return frozenset(
            (page, line.index)
            for page, layout in enumerate(self.layouts)
            for line in layout.lines
            if len(line.segments) > 2 and self._is_table_head(page, line)
        )

    def _is_table_head(self, page: int, line: Line) -> bool:
        kinds = [kinds for segment in line.segments for kinds in self._heads_in(page, segment)]
        known = [found[0] for found in kinds if found]
        if "description" not in known and sum(found.startswith("tax_") for found in known) > 1:
            return False  # a table of taxes (Tax, Base amount, Tax amount, Total)
        return (
            len(known) >= 3
            and 2 * len(known) >= len(kinds)
            and not _TABLE_WORDS.isdisjoint(known)
            and any("total_price" in found or "unit_price" in found for found in kinds)
        )

    def _heads_in(self, page: int, segment: Segment) -> list[tuple[str, ...]]:
        """The kinds of column that a cell of a table's head may announce; narrow heads can stand so close that two of
        them share a segment (Rate Amount)."""
        whole = self.lexicon.column_kinds(segment.key, self.language)
        label = self.label_starting(page, segment)
        named = label is not None and label.stands_alone and len(segment.tokens) > 1
        if whole or named or len(segment.tokens) > _HEADS_TOGETHER:
            return [whole]
        return [self.lexicon.column_kinds(token.key, self.language) for token in segment.tokens]

    @cached_property
    def front(self) -> int:
        """The page (index from 0) on which the parties stand: the first one with a town on it, past covers and blank
        pages; the very first where none has one."""
        if len(self.layouts) < 2:
            return 0
        pages = (
            page
            for page, layout in enumerate(self.layouts[:_COVERS])
            if any(len(segment.tokens) < _SENTENCE and is_town(segment.text) for segment in layout.segments)
        )
        return next(pages, 0)

    @cached_property
    def labels_credit(self) -> bool:
        """Whether number or date have a label that names a credit note: then those of an invoice are another document's."""
        own = self.of_kind("invoice_number", "invoice_date")
        return any(label.weight > 0.9 and re.search(CREDIT, label.key) for label in own)

    @cached_property
    def table_top(self) -> float:
        """Where the first table of line items begins on the front page, or its lower edge."""
        if not self.layouts:
            return 0.0
        front = self.layouts[self.front]
        return min(
            (front.lines[line].y0 for page, line in self.table_heads if page == self.front), default=front.height
        )

    @cached_property
    def is_receipt(self) -> bool:
        """Whether the document is a till receipt: a narrow strip, or cash and change at its end."""
        first = self.layouts[0] if self.layouts else None
        if first is not None and first.height > 1.75 * first.width:
            return True
        if self.of_kind("due_date"):
            return False
        if self._is_called_receipt:
            return True
        paid = [label for label in self.labels if label.kind == "paid" and self._has_amount_beside(label)]
        return len(self.layouts) == 1 and len(paid) > 1

    @cached_property
    def _is_called_receipt(self) -> bool:
        """Whether a short document of one page bears a word of receipts on a line or at the beginning of one."""
        if len(self.layouts) != 1 or len(self.layouts[0].lines) > _RECEIPT_LINES:
            return False
        words = self.lexicon.receipts
        if self.table_heads:
            # goods under a head may be counted in such words (caisse, ticket): only a longer title tells
            return any(segment.key in words and len(segment.tokens) > 1 for segment in self.layouts[0].segments)
        return any(
            (
                segment.key in words
                or segment.tokens[0].key in words
                or "".join(t.key for t in segment.tokens[:2]) in words
            )
            and not begins_with_other(segment.tokens)
            for segment in self.layouts[0].segments
        )

    def _has_amount_beside(self, label: Label) -> bool:
        right = self.layouts[label.page].right_of(label.segment)
        return any(self.amounts_in(label.page, segment) for segment in right)

    @cached_property
    def prints_cents(self) -> bool:
        """Whether the document prints most of its money with two decimals."""
        numbers = [
            amount
            for page, layout in enumerate(self.layouts)
            for segment in layout.segments
            for amount in self.amounts_in(page, segment)
        ]
        return sum(amount.decimals == 2 and not amount.percent for amount in numbers) >= 2

    @cached_property
    def full_text(self) -> str:
        """The pages' lines, one a line, segments set apart by two blanks."""
        return "\n".join(line.text for layout in self.layouts for line in layout.lines)

    def of_kind(self, *kinds: str) -> list[Label]:
        """The labels of the given kinds in reading order."""
        return [label for label in self.labels if label.kind in kinds]

    @property
    def number_labels(self) -> list[Label]:
        """The labels that announce the document's own number; a word of a sentence (“… on your invoice.”) announces none."""
        return [label for label in self.of_kind("invoice_number") if not label.is_of_sentence]

    @property
    def sum_labels(self) -> list[Label]:
        """The labels that announce its sums."""
        return self.of_kind("total_amount", "amount_due", "subtotal", "tax")

    def label_starting(self, page: int, segment: Segment) -> Label | None:
        """The label with which ``segment`` begins, if it does."""
        here = self.labels_of.get((page, segment.index))
        return here[0] if here and here[0].start == 0 else None

    def amounts_in(self, page: int, segment: Segment) -> list[Amount]:
        """The numbers of a segment, read once."""
        key = (page, segment.index)
        if key not in self._amounts:
            digits = any(char.isdigit() for token in segment.tokens for char in token.text)
            self._amounts[key] = find_amounts(segment.tokens, self.notation, self.scanned) if digits else []
        return self._amounts[key]

    def dates_in(self, tokens: Sequence[Token]) -> list[FoundDate]:
        """The dates in a run of tokens, by the document's habit."""
        return find_dates(tokens, self.notation.month_first)

    def places(self, label: Label) -> Iterator[Place]:
        """Where the value of ``label`` may stand, the likeliest first: behind it, in the next cell, beneath it."""
        layout = self.layouts[label.page]
        inline = self._inline(label)
        if inline:
            yield Place(inline, "behind", 1.0, label.page)
        if not self._ends_segment(label):
            if self.is_cell(label):
                yield from self._beneath(label, 0.9)
            return
        right = layout.right_of(label.segment) or layout.level_with(label.segment)
        if label.segment.tokens[-1].text.endswith("/"):
            yield from self._shared(label)
        beside = self._beside(label, right)
        heading = self._is_heading(label, right)
        if beside is not None and not heading:
            yield beside
        yield from self._beneath(label, 0.97 if heading else 0.88)
        if beside is not None and heading:
            yield beside._replace(factor=0.7)

    def _shared(self, label: Label) -> Iterator[Place]:
        """The value of a label that shares it with the label beneath (Invoice date / Delivery date: 5 May)."""
        for segment in self.layouts[label.page].below(label.segment, 1.0)[:1]:
            partner = self.label_starting(label.page, segment)
            if partner is not None and partner is not label:
                yield from self.places(partner)

    def _inline(self, label: Label) -> list[Token]:
        """What follows the label in its own segment, up to the next label there."""
        tokens = label.segment.tokens
        end = len(tokens)
        for other in self.labels_of.get((label.page, label.segment.index), ()):
            if other.start >= label.end and other.start > label.end:
                end = other.start
                break
            if other.start == label.end and other.weight >= 0.9:
                return []
        start = label.end
        while start < end and _COLON.match(tokens[start].text):
            start += 1
        return tokens[start:end]

    def is_cell(self, label: Label) -> bool:
        """Whether the label fills a cell of its own, up to the end of its segment or to the next label there."""
        if label.stands_alone:
            return True
        here = self.labels_of[label.page, label.segment.index]
        following = [other.start for other in here if other.start >= label.end]
        return bool(following) and not any(token.key for token in label.segment.tokens[label.end : min(following)])

    def cell_of(self, label: Label) -> Segment:
        """The label's own stretch of its segment."""
        if label.start == 0 and label.stands_alone:
            return label.segment
        return Segment(label.segment.tokens[label.start : label.end], label.segment.line)

    def cell_end(self, label: Label) -> float:
        """Where the next heading on the label's line begins, or the edge of the page."""
        if not label.stands_alone:
            return label.segment.tokens[label.end].x0
        right = self.layouts[label.page].right_of(label.segment)
        return max(min((other.x0 for other in right), default=self.layouts[label.page].width), label.segment.x1)

    def _ends_segment(self, label: Label) -> bool:
        """Whether the label is the last one of its segment, so that its value may stand outside."""
        here = self.labels_of[label.page, label.segment.index]
        return here[-1] is label

    def _beside(self, label: Label, right: list[Segment]) -> Place | None:
        tokens: list[Token] = []
        for segment in right:
            if self.label_starting(label.page, segment) is not None and not self.is_prefixed(label, segment):
                break
            stripped = list(dropwhile(lambda token: _COLON.match(token.text), segment.tokens))
            if stripped:
                tokens = stripped
                gap = (segment.x0 - label.segment.x1) / max(label.segment.height, 1e-6)
                return Place(tokens, "beside", 0.96 if gap < 14 else 0.85, label.page)
        return None

    def is_prefixed(self, label: Label, segment: Segment) -> bool:
        """Whether a cell beside an invoice number's label is a number whose own prefix reads like a label (INV 4471)."""
        prefix = self.label_starting(label.page, segment)
        if prefix is None or not label.kind == prefix.kind == "invoice_number" or prefix.end != 1:
            return False
        first, *more = segment.tokens
        glued = bool(more) and more[0].word == first.word
        return (
            (glued or prefix.weight < label.weight)
            and first.text.rstrip(".#").isupper()
            and any(char.isdigit() for token in more[:2] for char in token.text)
        )

    def _is_heading(self, label: Label, right: list[Segment]) -> bool:
        """Whether the label is one of several in a row with their values beneath."""
        if label.segment.tokens[-1].text.endswith(":") and right and not right[0].tokens[-1].text.endswith(":"):
            neighbours = right[:1]
        else:
            neighbours = right + self.layouts[label.page].left_of(label.segment)
        return any(
            (other := self.label_starting(label.page, segment)) is not None and other.stands_alone
            for segment in neighbours
        )

    def _beneath(self, label: Label, factor: float) -> Iterator[Place]:
        layout = self.layouts[label.page]
        first = True
        for segment in layout.below(self.cell_of(label), _BELOW):
            if self.label_starting(label.page, segment) is not None:
                if first:
                    break
                continue
            tokens = self._under(label, segment)
            yield Place(tokens, "beneath", factor if first else factor * 0.8, label.page)
            first = False

    def _under(self, label: Label, segment: Segment) -> list[Token]:
        """The tokens of a row that stand under the label itself: the values of narrow columns can stand so close that
        they share a segment with those under the neighbouring headings."""
        cell = self.cell_of(label)
        heads = self.layouts[label.page].lines[label.segment.line].tokens
        left = max((head.x1 for head in heads if head.x1 <= cell.x0), default=None)
        right = min((head.x0 for head in heads if head.x0 >= cell.x1), default=None)
        slack = 0.5 * cell.height
        tokens = segment.tokens
        if left is not None and segment.x0 < left:
            tokens = [token for token in tokens if token.x1 > cell.x0 - slack and token.x0 > left - slack]
        if right is not None and segment.x1 > right + slack:
            tokens = [token for token in tokens if token.x0 < right - slack]
        return list(tokens) or segment.tokens
