"""The words that tables are recognised by: names of columns, sums under a table, carried-over sums, discounts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from core.notation.currencies import currency_of
from core.notation.folding import fold
from core.page.japanese import FIRST_CJK, bare_label
from core.page.layout import Token
from core.rules.lexicon import Lexicon

_RATE = re.compile(r"^[(@]*\d{1,2}(?:[.,]\d{1,2})?%\)?$")
#: No name of a column and no label of a sum has more tokens than this.
_LONGEST = 6
#: How names of sums before tax end, whatever stands in front of them (food subtotal).
_SUBTOTALS = ("subtotal", "subtotale", "subtotaal", "soustotal", "zwischensumme", "小計")
#: So short a word of another language means something else here (Spanish base, English base rate).
_SHORT = 4
#: A blank between two words is narrower than this many text heights.
_BLANK = 0.45
#: Shorter names are not guessed from what OCR made of them.
_LEAST_GUESSED = 4
#: What a name that may stand for several columns most likely means, first of all.
_LIKELIEST = ("position", "description", "article", "unit", "tax_rate", "unit_price", "total_price", "quantity")


#: Labels that announce a sum under a table, whatever follows them.
_SUMS = frozenset("subtotal tax tax_rate total_amount amount_due not_total".split())
#: Labels that do so only by themselves: goods may be called by these words too.
_CHARGES = frozenset("paid discount shipping rounding".split())


class Phrases:
    """Folded phrases that runs of tokens are looked up in, however the blanks fall."""

    def __init__(self, phrases: Iterable[str]) -> None:
        self.phrases = frozenset(phrases)
        # all beginnings, to give up early when tokens cannot become a phrase
        self._prefixes = frozenset(phrase[:end] for phrase in self.phrases for end in range(1, len(phrase) + 1))

    def length_at(self, tokens: Sequence[Token], start: int = 0) -> int:
        """How many tokens from ``start`` make up the longest phrase; 0 for none."""
        key = ""
        found = 0
        for end in range(start, min(start + _LONGEST, len(tokens))):
            key += tokens[end].key
            if key in self.phrases:
                found = end + 1 - start
            elif key not in self._prefixes:
                if end == start and key[:1] > FIRST_CJK and self._begins(key):
                    found = 1
                break
        return found

    def _begins(self, key: str) -> bool:
        """Whether a word of a script without blanks is a phrase and the rate behind it (小計税抜8)."""
        return bare_label(key) in self.phrases or key.rstrip("0123456789") in self.phrases


@dataclass(frozen=True, slots=True)
class Name:
    """A run of tokens that may name a column: the columns it may stand for, likeliest first (none: not known), and how
    many words more than the name it has."""

    tokens: tuple[Token, ...]
    roles: tuple[str, ...]
    key: str
    more: int = 0


class TableWords:
    """What a lexicon knows of tables: names of columns (with the roles each may have, likeliest first) and the
    phrases that sum up, end, carry over or reduce. All languages count; where they differ, ``language`` decides."""

    def __init__(self, lexicon: Lexicon, language: str | None = None) -> None:
        self.columns = {
            phrase: tuple(sorted(_roles(heads, language), key=_likelihood)) for phrase, heads in lexicon.columns.items()
        }
        kinds = {phrase: {entry.kind for entry in found.values()} for phrase, found in lexicon.labels.items()}
        self.names = Phrases(self.columns)
        self._sums = Phrases(
            phrase
            for phrase, found in kinds.items()
            if found & _SUMS and (len(phrase) > _SHORT or {language, "en"} & lexicon.labels[phrase].keys())
        )
        self._charges = Phrases([*lexicon.table_end, *(phrase for phrase, found in kinds.items() if found & _CHARGES)])
        self._taxes = Phrases(phrase for phrase, found in kinds.items() if "tax" in found)
        self._subtotals = Phrases(
            phrase
            for phrase, found in lexicon.labels.items()
            if phrase.endswith(_SUBTOTALS) and any(entry.kind == "subtotal" for entry in found.values())
        )
        self._totals = Phrases(phrase for phrase, found in kinds.items() if found & {"total_amount", "subtotal"})
        self._extras = Phrases(phrase for phrase, found in kinds.items() if "shipping" in found)
        self.carries = Phrases(lexicon.carry)
        self.discounts = Phrases(phrase for phrase, found in kinds.items() if "discount" in found)

    def is_sum(self, tokens: Sequence[Token]) -> bool:
        """Whether ``tokens`` (a segment) begin with the label of a sum, or are that of a payment or a charge, or of
        what follows a table."""
        return bool(self._sums.length_at(tokens)) or self._fills(tokens, self._charges)

    def is_tax(self, tokens: Sequence[Token]) -> bool:
        """Whether ``tokens`` (a row's text) end with the name of a tax (City Parking Tax, 7 % VAT)."""
        return any(self._taxes.length_at(tokens, at) == len(tokens) - at for at in range(len(tokens)))

    def ends_in_sum(self, tokens: Sequence[Token]) -> bool:
        """Whether ``tokens`` (a row's text) end with the name of a tax or of a sum before it (Food Subtotal)."""
        ends = (self._subtotals.length_at(tokens, at) == len(tokens) - at for at in range(len(tokens)))
        return self.is_tax(tokens) or any(ends)

    def names_discount(self, tokens: Sequence[Token]) -> bool:
        """Whether ``tokens`` (a row's text) end with the name of a discount (Item Discount)."""
        return any(self.discounts.length_at(tokens, at) == len(tokens) - at for at in range(len(tokens)))

    def ends_in_total(self, tokens: Sequence[Token]) -> bool:
        """Whether the last word of ``tokens`` (a row's text) is that of a total (Final Total): goods may be called so too."""
        return bool(tokens) and self._totals.length_at(tokens[-1:]) == 1

    def names_columns_only(self, tokens: Sequence[Token]) -> bool:
        """Whether ``tokens`` (a row's text) are no more than the name of a column (Qty, Total)."""
        return bool(tokens) and self.names.length_at(tokens) == len(tokens)

    def is_charge(self, tokens: Sequence[Token]) -> bool:
        """Whether ``tokens`` (a segment) are the label of a charge such as shipping, which may be an item too."""
        return not self._sums.length_at(tokens) and self._fills(tokens, self._extras)

    def is_label(self, tokens: Sequence[Token]) -> bool:
        """Whether ``tokens`` are a sum's label and nothing but numbers besides."""
        return self._fills(tokens, self._sums) or self._fills(tokens, self._charges)

    @staticmethod
    def _fills(tokens: Sequence[Token], phrases: Phrases) -> bool:
        length = phrases.length_at(tokens)
        return length > 0 and not any(token.key.isalpha() and not _is_unit(token.text) for token in tokens[length:])

    def names_in(self, tokens: Sequence[Token]) -> list[Name]:
        """``tokens`` (a segment) cut into names of columns and runs that name none."""
        found: list[Name] = []
        loose: list[Token] = []
        at = 0
        while at < len(tokens):
            length = self.names.length_at(tokens, at)
            key = "".join(token.key for token in tokens[at : at + length])
            if length == 2 and self._are_two(tokens[at], tokens[at + 1]):
                length, key = 1, tokens[at].key
            if not length and not tokens[at].text.isalpha():
                key = self._without_unit(tokens[at].text)
                length = int(key in self.columns)
            if not length:
                if not _is_unit(tokens[at].text) and not is_rate(tokens, at):
                    loose.append(tokens[at])
                at += 1
                continue
            self._add_loose(found, loose)
            loose = []
            end = at + length
            while end < len(tokens) and (_is_unit(tokens[end].text) or is_rate(tokens, end)):
                end += 1
            name = Name(tuple(tokens[at:end]), self.columns[key], key)
            found.append(self._with_first(found.pop(), name) if found and _is_one_text(found[-1], name) else name)
            at = end
        self._add_loose(found, loose)
        if not found and any(currency_of(token.text.strip("()[]./ ")) for token in tokens):
            # a currency by itself stands over the amounts (Qty, Price, RM)
            return [Name(tuple(tokens), ("total_price",), "".join(token.key for token in tokens))]
        return found

    def _are_two(self, first: Token, second: Token) -> bool:
        """Whether two words that read like one name (importo IVA) are two columns': a blank between them is narrower."""
        wide = second.x0 - first.x1 > _BLANK * first.height
        return wide and first.key in self.columns and second.key in self.columns

    def guess(self, key: str) -> tuple[str, ...]:
        """The roles of the name that ``key`` reads almost like (OCR); empty where there is none."""
        from rapidfuzz import fuzz, process

        if not _LEAST_GUESSED <= len(key) <= 16:
            return ()
        cutoff = 75 if len(key) == _LEAST_GUESSED else 84
        close = process.extractOne(key, self.columns.keys(), scorer=fuzz.ratio, score_cutoff=cutoff)
        return self.columns[close[0]] if close else ()

    @staticmethod
    def _with_first(first: Name, second: Name) -> Name:
        """One name of two: ``Description of goods``."""
        return Name((*first.tokens, *second.tokens), first.roles, first.key, first.more)

    @staticmethod
    def _add_loose(found: list[Name], loose: Sequence[Token]) -> None:
        """Words that name nothing: a remark on the name before them, else a name that is not known."""
        if loose and found:
            last = found.pop()
            found.append(Name((*last.tokens, *loose), last.roles, last.key, len(loose)))
        elif loose:
            found.append(Name(tuple(loose), (), "".join(token.key for token in loose)))

    @staticmethod
    def _without_unit(text: str) -> str:
        """``Total(MYR)`` and ``Amount/EUR`` without what the amounts are in."""
        for mark in "([/":
            head, found, _ = text.partition(mark)
            if found and head:
                return fold(head)
        return ""


@lru_cache(maxsize=16)
def table_words(lexicon: Lexicon, language: str | None) -> TableWords:
    """The words for documents in ``language``, built once for each."""
    return TableWords(lexicon, language)


def _roles(heads: Mapping[str, tuple[str, ...]], language: str | None) -> set[str]:
    """What a head means in ``language``; where that does not know it, what it means anywhere."""
    own = heads.get(language or "", ())
    return set(own) or {role for roles in heads.values() for role in roles}


def _likelihood(role: str) -> int:
    return _LIKELIEST.index(role) if role in _LIKELIEST else len(_LIKELIEST)


def _is_one_text(first: Name, second: Name) -> bool:
    """Whether two names in a row are one: a table has one column of descriptions, whose name may be long."""
    return first.roles[:1] == second.roles[:1] == ("description",)


def is_rate(tokens: Sequence[Token], at: int) -> bool:
    """Whether the token at ``at`` is the rate in the name of a column of taxes (VAT 20 %, CGST 9%)."""
    text = tokens[at].text
    if "%" not in text:
        text += tokens[at + 1].text if at + 1 < len(tokens) else ""
    return _RATE.match(text) is not None


def _is_unit(text: str) -> bool:
    """Whether ``text`` says in what the amounts of a column are: a currency or a percent sign."""
    bare = text.strip("()[]./ ")
    return bare in {"", "%", "in", "In"} or currency_of(bare) is not None
