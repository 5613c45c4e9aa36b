"""Numbers and dates of the header: each label's value, then the assignment of values to fields."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise

from core.notation.dates import compact_date
from core.notation.folding import fold
from core.page.layout import Line, Token
from core.rules.addresses import is_title
from core.rules.dates import FoundDate
from core.rules.labels import Label
from core.rules.reading import CREDIT, Place, Reading
from core.rules.terms import TermDate, net_dates, payment_dates

_DATES = frozenset({"invoice_date", "due_date", "order_date"})
_NUMBERS = frozenset({"invoice_number", "customer_id", "order_number"})
_BOTH = "invoice_number_and_date"
_IDENTIFIER = re.compile(r"^(?=.*\d)[^\W_][\w/.\-–#+&]{0,29}$|^\d$")
_PREFIX = re.compile(r"^[A-Z]{1,5}[.\-/]?$")
_TAIL = re.compile(r"^(?:[/\-–]|[/\-–]?\d[\d/.\-–]*|[A-Z]{0,2}\d[\w/.\-]*)$")
#: A segment of more words is a sentence, in which a date may be any date.
_SENTENCE = 7
#: Kinds of labels whose date is not the invoice's, and how likely the first of several dates is that none claims.
_CLAIMING = frozenset({"due_date", "order_date", "other", "order_number"})
_ONE_OF_SEVERAL = 0.2
_OWN = frozenset({"invoice_number", "invoice_date", _BOTH})
#: How labels begin (folded) that say when the page was printed, or that name an account's statement.
_PRINTED = ("druck", "print", "gedruckt", "stampa", "utskrift", "datawydruku", "datumtisku")
_STATEMENTS = ("statement", "memono", "slipno")
#: Labels below this weight are words that also head a column.
_SURE = 0.95
#: Lines of one section follow each other within so many text heights.
_SECTION_GAP = 1.5
#: A title's number stands within so many words.
_TITLE_WORDS = 7
_SIGN = re.compile(r"^(?:n[°ºr][.:]*|№|no[.:]+|num\.?|#)$", re.IGNORECASE)
_STRIP = "#:;,.()[]|*'\"​"
_NOISE = re.compile(r"^(?:n[o°ºr]?[.:°]*|№|nr\.?|no\.?|num\.?|#|:)$", re.IGNORECASE)
_MONEY = re.compile(r"^[$€£¥]|[$€£¥%]$|^\d{1,3}(?:[.,]\d{3})*[.,]\d{2}$")
_TIME = re.compile(r"^\d{1,2}:\d{2}")
_CREDIT = re.compile(CREDIT)
_CLOCK = re.compile(r"\d:\d\d")
_ISO = re.compile(r"^\d{4}-\d{2}-\d{2}$")
_LIKE_DATE = re.compile(r"^\d{1,4}[-/.]\d{1,2}[-/.]\d{2,4}$")
#: A word with one letter read as a digit (a1tijd, RECHNUNG5DATUM).
_MISREAD = re.compile(r"^(?=.{5})[^\W\d_]?[a-zß-ÿ]*[01258][a-zß-ÿ]*$|^(?=.{8})[^\W\d_]*[01258][^\W\d_]*$")
_PHONE = re.compile(r"^\+\d|^\(\d")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A value that a field may have, where it stands and why it was taken."""

    field: str
    value: str | date
    tokens: tuple[Token, ...]
    page: int
    score: float
    rule: str
    label: str


def read_header(reading: Reading) -> tuple[dict[str, Candidate], list[Candidate]]:
    """The header's numbers and dates by field, and all candidates, best first."""
    candidates = [found for label in reading.labels for found in _candidates(reading, label)]
    candidates += _numbers_of_titles(reading)
    candidates += _dates_of_titles(reading, candidates)
    candidates += [_of_terms(found) for found in net_dates(reading)]
    candidates.sort(key=lambda found: -found.score)
    chosen = _assign(candidates)
    if _is_due_early(chosen) and not reading.order_settled:
        candidates = [_swapped(found) for found in candidates]
        swapped = _assign(candidates)
        if not _is_due_early(swapped):
            reading.notation = replace(reading.notation, month_first=not reading.notation.month_first)
            chosen = swapped
    if "invoice_number" not in chosen and "invoice_date" in chosen:
        dated = _number_like_a_date(reading, chosen)
        if dated is not None:
            chosen["invoice_number"] = dated
            candidates.append(dated)
    if "invoice_date" not in chosen or fold(chosen["invoice_date"].label).startswith(_PRINTED):
        lone = _lone_date(reading, chosen)
        if lone is not None:
            chosen["invoice_date"] = lone
            candidates.append(lone)
    if "due_date" not in chosen and isinstance(issued := getattr(chosen.get("invoice_date"), "value", None), date):
        terms = next(payment_dates(reading, issued), None)
        if terms is not None:
            chosen["due_date"] = _of_terms(terms)
            candidates.append(chosen["due_date"])
    return chosen, candidates


def _of_terms(found: TermDate) -> Candidate:
    return Candidate("due_date", found.value, found.tokens, found.page, found.score, found.rule, found.label)


def _is_due_early(chosen: dict[str, Candidate]) -> bool:
    """Whether the due date lies before the invoice's date: then day and month may have been taken the wrong way round."""
    issued, due = chosen.get("invoice_date"), chosen.get("due_date")
    return bool(issued and due and str(due.value) < str(issued.value))


def _swapped(found: Candidate) -> Candidate:
    """A numeric date with day and month exchanged where both can be either."""
    value = found.value
    if not isinstance(value, date) or len(found.tokens) != 1 or value.day > 12 or "/" not in found.tokens[0].text:
        return found
    return replace(found, value=date(value.year, value.day, value.month))


def _assign(candidates: Sequence[Candidate]) -> dict[str, Candidate]:
    """Best first; a token gives its value to one field only."""
    chosen: dict[str, Candidate] = {}
    taken: set[tuple[int, int, float]] = set()
    for candidate in candidates:
        spots = {(candidate.page, token.word, token.x0) for token in candidate.tokens}
        if candidate.field in chosen or spots & taken:
            continue
        chosen[candidate.field] = candidate
        taken |= spots
    return chosen


def _candidates(reading: Reading, label: Label) -> Iterator[Candidate]:
    if label.kind in _DATES:
        yield from _first_date(reading, label)
    elif label.kind in _NUMBERS and not _is_of_party(reading, label) and not _is_prefix(reading, label):
        yield from _first_number(reading, label)
    elif label.kind == _BOTH:
        yield from _first_number(reading, label._replace(kind="invoice_number"))
        yield from _first_date(reading, label._replace(kind="invoice_date"))


def _first_date(reading: Reading, label: Label) -> Iterator[Candidate]:
    if label.weight < _SURE and (label.page, label.segment.line) in reading.table_heads:
        return
    for place in reading.places(label):
        dates = reading.dates_in(place.tokens)
        if dates:
            found = dates[0]
            distance = place.tokens.index(found.tokens[0]) if place.relation == "behind" else 0
            if distance > 6 or (distance > 2 and label.weight < 0.8):
                continue
            score = _score(reading, label, place) * (1.0 if found.sure else 0.98) * (0.97**distance)
            if label.kind == "due_date" and _is_discounts(reading, place.tokens, found, dates[1:]):
                score *= 0.5
            yield Candidate(label.kind, found.value, found.tokens, place.page, score, place.relation, label.text)
            return
        value = compact_date(place.tokens[0].text) if place.tokens else None
        if value is not None:
            score = _score(reading, label, place)
            yield Candidate(label.kind, value, (place.tokens[0],), place.page, score, place.relation, label.text)
            return


def _is_discounts(reading: Reading, tokens: Sequence[Token], found: FoundDate, later: Sequence[FoundDate]) -> bool:
    """Whether a percentage follows a due date before the next date (by 3 May with 2 %): the discount's day, not the
    payment's."""
    start = tokens.index(found.tokens[-1]) + 1
    end = tokens.index(later[0].tokens[0]) if later else len(tokens)
    return any("%" in token.text for token in tokens[start:end])


def _first_number(reading: Reading, label: Label) -> Iterator[Candidate]:
    for place in reading.places(label):
        tokens = identifier(reading, place.tokens) or _dated_number(label, place)
        if not tokens:
            continue
        text = _printed(tokens)
        score = _score(reading, label, place) * _likeness(text)
        if label.weight < 0.8 and place.relation == "beneath" and len(place.tokens) > len(tokens):
            continue
        yield Candidate(label.kind, text, tuple(tokens), place.page, score, place.relation, label.text)
        return


def _printed(tokens: Sequence[Token]) -> str:
    """The number that ``tokens`` print: pieces of one word (INV#4471) without a blank between them."""
    text = tokens[0].text
    for before, token in pairwise(tokens):
        text += ("" if token.word == before.word else " ") + token.text
    return text.strip(_STRIP + " ")


def _dated_number(label: Label, place: Place) -> list[Token]:
    """A number that reads like an ISO date (2025-06-01: the first invoice of June), right behind the number's own label."""
    named = label.kind == "invoice_number" and label.weight > _SURE and place.relation == "behind"
    return list(place.tokens[:1]) if named and place.tokens and _ISO.match(place.tokens[0].text) else []


def _number_like_a_date(reading: Reading, chosen: dict[str, Candidate]) -> Candidate | None:
    """What reads like a date behind or beside the number's own label, where the invoice's date is another one: Polish
    invoices are numbered 18/05/2025, the eighteenth of May."""
    taken = {token for candidate in chosen.values() for token in candidate.tokens}
    for label in reading.of_kind("invoice_number"):
        if label.weight < _SURE:
            continue
        for place in reading.places(label):
            token = place.tokens[0] if place.tokens else None
            if place.relation != "beneath" and token and _LIKE_DATE.match(token.text) and token not in taken:
                score = 0.8 * _score(reading, label, place)
                return Candidate("invoice_number", token.text, (token,), place.page, score, place.relation, label.text)
    return None


def _likeness(text: str) -> float:
    """How much ``text`` looks like a document's number rather than a count, a year or a sentence's figure."""
    digits = sum(char.isdigit() for char in text)
    if digits >= 4 or any(char.isalpha() for char in text):
        return 1.0
    return 0.95 if digits >= 2 else 0.9


def identifier(reading: Reading, tokens: Sequence[Token]) -> list[Token]:
    """The identifier with which a run of tokens begins (after a number sign), or an empty list."""
    at = 0
    while at < len(tokens) and at < 3 and _NOISE.match(tokens[at].text):
        at += 1
    start = at
    while at < len(tokens) and at - start < 2 and _PREFIX.match(tokens[at].text.strip(_STRIP)):
        at += 1
    if start < at < len(tokens) - 1 and tokens[at].text in "/-–":
        at += 1  # INV - 4471
    if start < at < len(tokens) and "/" in tokens[at].text and _LIKE_DATE.match(tokens[at].text):
        return list(tokens[start : at + 1])  # FS 18/05/2025
    if at >= len(tokens) or not _is_identifier(reading, tokens, at):
        return []
    end = at + 1
    while end < len(tokens) and end - at < 6 and _continues(tokens, end):
        if _LIKE_DATE.match(tokens[end].text) and reading.dates_in(tokens[end : end + 1]):
            break  # Receipt 118 6.5.2025
        end += 1
    found = list(tokens[start:end])
    return found if not reading.dates_in(found) else []


def _is_identifier(reading: Reading, tokens: Sequence[Token], at: int) -> bool:
    text = tokens[at].text.strip(_STRIP)
    if not _IDENTIFIER.match(text) or _MONEY.search(tokens[at].text.strip(";,")) or _TIME.match(text):
        return False
    if _MISREAD.match(text) or _PHONE.match(tokens[at].text) or "@" in text or text.lower().startswith("www."):
        return False
    dates = reading.dates_in(tokens[at : at + 3])
    return not (dates and dates[0].tokens[0] is tokens[at])


def _continues(tokens: Sequence[Token], end: int) -> bool:
    """Whether the token at ``end`` is a further piece of the identifier before it (2024 / 0012, 1234 5678)."""
    before, text = tokens[end - 1].text, tokens[end].text
    if before.endswith((",", ";", ")")) or not _TAIL.match(text):
        return False
    if text in "/-–":
        return (
            end + 1 < len(tokens) and tokens[end + 1].text[:1].isalnum() and any(map(str.isdigit, tokens[end + 1].text))
        )
    return True


def _score(reading: Reading, label: Label, place: Place) -> float:
    """How much a label at this place is worth: header fields stand on the first page, most in its upper half."""
    layout = reading.layouts[label.page]
    score = label.weight * place.factor
    if label.page:
        score *= 0.9
    if label.kind != "due_date" and label.segment.y0 > 0.6 * layout.height:
        score *= 0.85
    if label.start:
        # a sentence may speak of another document
        score *= 0.85 if label.start > 1 and label.segment.tokens[-1].text.endswith(".") else 0.93
    key = label.key
    if key.startswith(_PRINTED):
        score *= 0.7
    elif key.startswith(_STATEMENTS) or (label.kind in _OWN and not _CREDIT.search(key) and reading.labels_credit):
        score *= 0.55
    if label.kind == "invoice_number" and label.weight < _SURE and _is_sum(reading, label, place):
        # less an earlier part invoice: a row of the sums
        score *= 0.7
    return score


def _is_of_party(reading: Reading, label: Label) -> bool:
    """Whether a label stands in the section of a party (Seller / Number: 4711 / Name: ...): its number is the party's."""
    if label.kind != "invoice_number" or label.weight >= _SURE:
        return False
    lines = reading.layouts[label.page].lines
    heads = [
        other
        for other in reading.of_kind("customer", "ship_to", "vendor")
        if other.page == label.page
        and other.stands_alone
        and not other.start
        and not is_title(other.text)
        and other.segment.line < label.segment.line
        and abs(other.segment.x0 - label.segment.x0) < label.segment.height
    ]
    if not heads:
        return False
    between = lines[heads[-1].segment.line : label.segment.line + 1]
    return all(after.y0 - before.y1 < _SECTION_GAP * label.segment.height for before, after in pairwise(between))


def _is_prefix(reading: Reading, label: Label) -> bool:
    """Whether a label is the prefix of the number in a cell beside the number's own label (Invoice no. / INV#4471)."""
    left = reading.layouts[label.page].left_of(label.segment)[:1] if not label.start else []
    named = [reading.label_starting(label.page, segment) for segment in left]
    if left and named == [None] and left[0].text.endswith(":") and label.end == 1 and label.weight < _SURE:
        return True  # what announces it is not known: whether its letters belong to it neither
    return any(other and other.stands_alone and reading.is_prefixed(other, label.segment) for other in named)


def _is_sum(reading: Reading, label: Label, place: Place) -> bool:
    """Whether an amount follows the label's value on its line."""
    right = reading.layouts[label.page].right_of(label.segment)[:1] if place.relation == "behind" else []
    tokens = [*place.tokens, *(token for segment in right for token in segment.tokens)]
    return any(_MONEY.search(token.text.strip("-;")) for token in tokens)


def _numbers_of_titles(reading: Reading) -> Iterator[Candidate]:
    """``Commercial invoice (380) no. 4711 of 5 March 2018``: the number behind the sign in a line that begins with the
    document's title. A line that names another document's number between is left alone."""
    for layout in reading.layouts[:1]:
        for segment in layout.segments:
            tokens = segment.tokens
            at = next((at for at, token in enumerate(tokens[:_TITLE_WORDS]) if at and _SIGN.match(token.text)), None)
            if at is None or not _begins_with_title(reading, tokens) or tokens[0].key.startswith(_STATEMENTS):
                continue
            labels = reading.labels_of.get((0, segment.index), ())
            if any(label.start < at and label.kind not in {"invoice_number", "invoice_date"} for label in labels):
                continue
            number = identifier(reading, tokens[at:])
            if number:
                text = _printed(number)
                yield Candidate(
                    "invoice_number", text, tuple(number), 0, 1.0, "behind", " ".join(t.text for t in tokens[: at + 1])
                )


def _begins_with_title(reading: Reading, tokens: Sequence[Token]) -> bool:
    lexicon = reading.lexicon
    starts = ["".join(token.key for token in tokens[:end]) for end in (1, 2, 3)]
    return any(start in lexicon.titles for start in starts) or starts[0].endswith(tuple(lexicon.compound_heads))


def _dates_of_titles(reading: Reading, candidates: Sequence[Candidate]) -> list[Candidate]:
    """``Invoice no. 4711 of 5 March 2018``: the date that follows the invoice number on its line."""
    found = []
    for number in candidates:
        if number.field != "invoice_number" or number.rule not in ("behind", "beside"):
            continue
        segment = next((s for s in reading.layouts[number.page].segments if number.tokens[-1] in s.tokens), None)
        if segment is None:
            continue
        after = segment.tokens[segment.tokens.index(number.tokens[-1]) + 1 :]
        if not after and (right := reading.layouts[number.page].right_of(segment)):
            after = right[0].tokens
        dates = reading.dates_in(after)
        if dates and after.index(dates[0].tokens[0]) <= 2:
            score = number.score * 0.9
            found.append(
                Candidate(
                    "invoice_date",
                    dates[0].value,
                    dates[0].tokens,
                    number.page,
                    score,
                    "after the number",
                    number.label,
                )
            )
    return found


def _stamped(reading: Reading, line: Line) -> FoundDate | None:
    """The date of a till's stamp: one with a time of day behind it, whatever else stands on its line (the cashier)."""
    tokens = line.tokens
    for found in reading.dates_in(tokens):
        at = tokens.index(found.tokens[-1])
        printed = "".join(token.text for token in found.tokens)
        if _CLOCK.search(printed) or any(_TIME.match(token.text) for token in tokens[at + 1 : at + 2]):
            return found
    return None


def _lone_date(reading: Reading, chosen: dict[str, Candidate]) -> Candidate | None:
    """The first date of the first page that no label claims, where no label announces the invoice's date."""
    taken = {id(token) for candidate in chosen.values() for token in candidate.tokens}
    loose: list[Candidate] = []
    for segment in reading.layouts[0].segments if reading.layouts else ():
        line = reading.layouts[0].lines[segment.line]
        if reading.is_receipt and (stamp := _stamped(reading, line)) and stamp.tokens[0] in segment.tokens:
            return loose[0] if loose else Candidate("invoice_date", stamp.value, stamp.tokens, 0, 0.45, "only date", "")
        if len(segment.tokens) > _SENTENCE:
            continue
        claims = [
            label.segment.tokens[label.start].x0
            for other in line.segments
            for label in reading.labels_of.get((0, other.index), ())
            if label.kind in _CLAIMING and (other is segment or not label.start)
        ]
        for found in reading.dates_in(segment.tokens):
            if any(id(token) in taken for token in found.tokens):
                continue
            if not any(claim < found.tokens[0].x0 for claim in claims):
                early = 0.45 if segment.y0 < 0.4 * reading.layouts[0].height else 0.3
                loose.append(Candidate("invoice_date", found.value, found.tokens, 0, early, "only date", ""))
    rivals = {found.value for found in loose[:1]} | {
        found.value for found in loose if found.tokens[0].y0 < reading.table_top
    }
    if not loose or reading.is_receipt or len(rivals) == 1:
        return loose[0] if loose else None
    return replace(loose[0], score=_ONE_OF_SEVERAL, rule="first of several dates")
