"""Which of the address blocks that no label announces is the customer's.

A block is judged by its place and by what stands in it (:meth:`core.rules.parties.PartyReader.unlabelled`). Where that leaves
doubt (a customer's block with telephone, mail and tax number looks like a letterhead), the rest of the page decides: whoever
else the document names as its issuer leaves the block to the customer.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from core.notation.folding import fold
from core.rules.addresses import is_registration, is_town
from core.rules.merchant import is_slip
from core.rules.names import Name
from core.rules.parties import Party
from core.rules.reading import Reading
from core.rules.vendor import domains_of, read_vendor

#: An unlabelled address block is the customer's by itself from this score on.
_UNSURE = 0.4
#: Blocks whose scores differ by less are equals; more so where they stand side by side.
_TIE = 0.04
_LEVEL_TIE = 0.11
#: Less likely blocks than this are no parties at all.
_FAINT = 0.05
#: A block that is the customer's only because somebody else is the vendor has at least this score.
_POSSIBLE = -0.1
#: So sure is the other one that the document names as its issuer.
_SURE = 0.5
#: Labels of who gets something, folded: the invoice or the goods.
_RECIPIENTS = frozenset({"destinataire", "destinatario", "recipient", "empfanger", "geadresseerde", "ontvanger"})
#: A labelled party is surely the billed one from this score on.
_BILLED = 0.8
#: What parts a foot that is one line (Acme Ltd · 12 High Street · Leeds).
_PARTS = re.compile(r"\s*[·•●|∙,]\s*")
#: A line of so many words is a sentence.
_SENTENCE = 25
#: Above this share of the page stands a letterhead and no customer, below this one the foot.
_HEAD = 0.08
_FOOT = 0.75


def split_recipients(customers: Sequence[Party], shipping: Sequence[Party]) -> tuple[list[Party], list[Party]]:
    """Customers and where goods go, both labelled and the likeliest first: beside a party that is billed a “recipient” of
    another address is where the goods go."""
    billed = [party for party in customers if fold(party.label) not in _RECIPIENTS]
    others = [party for party in customers if fold(party.label) in _RECIPIENTS]
    if shipping or not others or not billed or billed[0].score < _BILLED or not others[0].address:
        return list(customers), list(shipping)
    if fold(others[0].address_text or "") == fold(billed[0].address_text or ""):
        return list(customers), []
    return billed, others


def choose_customer(
    reading: Reading, parties: Sequence[Party], names: Sequence[Name]
) -> tuple[Party | None, Party | None]:
    """The likeliest customer among unlabelled address blocks (the likeliest first), of equals not the topmost one, which
    is the letterhead; and the block beside it where goods may go. ``names`` are those that may be the vendor's."""
    customer = _choose(reading, parties, names)
    if customer is None:
        return None, None
    right = (party for party in parties if _are_level(customer, party) and _left(party) > _left(customer))
    beside = next(right, None)
    if beside is None or not _is_issued_by_another(reading, customer, names, beside):
        return customer, None
    return customer, beside


def _choose(reading: Reading, parties: Sequence[Party], names: Sequence[Name]) -> Party | None:
    likely = [party for party in parties if party.score > _UNSURE]
    if not likely:
        return _by_elimination(parties) or _beside_the_vendor(reading, parties, names)
    best = [party for party in likely if party.score > likely[0].score - _TIE]
    level = next((party for party in likely[1:] if _are_level(likely[0], party)), None)
    if level is not None and level.score > likely[0].score - _LEVEL_TIE:
        left, right = sorted((likely[0], level), key=_left)
        # where goods go stands on the right; so does the customer beside a letterhead
        return left if _is_issued_by_another(reading, left, names, beside=right) else right
    if len(best) < 2:
        return best[0]
    first = min(best, key=_top)
    return next(party for party in best if party is not first)


def _top(party: Party) -> float:
    return party.address[0].tokens[0].y0


def _left(party: Party) -> float:
    return party.address[0].tokens[0].x0


def _are_level(one: Party, other: Party) -> bool:
    return abs(_top(one) - _top(other)) < one.address[0].tokens[0].height


def _by_elimination(parties: Sequence[Party]) -> Party | None:
    """Of two unlabelled address blocks in the upper part of the page, neither of them likely, the one that is not the
    letterhead: the lower one, of two at one height the left one where letters have their window."""
    upper = [party for party in parties if party.score > _FAINT]
    names = {party.name.text for party in upper if party.name}
    if len(upper) != 2 or len(names) != 2:
        return None
    first, second = sorted(upper, key=lambda party: (_top(party), _left(party)))
    return upper[0] if _are_level(first, second) and upper[0].score > upper[1].score else second


def _beside_the_vendor(reading: Reading, parties: Sequence[Party], names: Sequence[Name]) -> Party | None:
    """The likeliest block below the head of the page, where the document names somebody else as its issuer."""
    if is_slip(reading):
        return None
    height = reading.layouts[reading.front].height if reading.layouts else 0.0
    for party in parties:
        possible = party.score > _POSSIBLE and _top(party) > _HEAD * height
        if possible and _says_elsewhere(reading, party) and _is_issued_by_another(reading, party, names):
            return party
    return None


def _says_elsewhere(reading: Reading, party: Party) -> bool:
    """Whether an address, a telephone, a mail or a tax number stands outside the block: a vendor gives one, so that a block
    with the only ones is his, whatever name in large print stands by itself."""
    own = {(token.word, token.x0) for token in party.tokens}
    return any(
        any(is_town(part) for part in _PARTS.split(segment.text) if any(map(str.isalpha, part)))
        or is_registration(segment.text)
        or bool(domains_of(segment.tokens))
        for page, layout in enumerate(reading.layouts)
        for segment in layout.segments
        if (page == reading.front and segment.y0 < reading.table_top) or segment.y0 > _FOOT * layout.height
        if len(segment.tokens) < _SENTENCE and not any((token.word, token.x0) in own for token in segment.tokens)
    )


def _is_issued_by_another(reading: Reading, party: Party, names: Sequence[Name], beside: Party | None = None) -> bool:
    """Whether the page names its issuer above the block or in its foot, and that is neither the block's own party nor the
    one ``beside`` it."""
    called = party.name.text if party.name else ""
    barred = (*party.tokens, *(beside.tokens if beside else ()))
    vendor, _ = read_vendor(reading, names, barred, called)
    if vendor is None or vendor.score < _SURE or not vendor.tokens:
        return False
    one, other = fold(vendor.text), fold(called)
    if one in other or other in one or any(domain in one for domain in domains_of(party.tokens)):
        return False
    at = vendor.tokens[0].y0
    first = min(token.y0 for token in party.tokens)
    low = at > _FOOT * reading.layouts[vendor.page].height
    above = vendor.page == party.page and at < first + 2 * vendor.tokens[0].height
    return low or (above and not _heads(vendor, party))


def _heads(name: Name, party: Party) -> bool:
    """Whether a name stands right above a block, as its heading."""
    top = min(party.tokens, key=lambda token: (token.y0, token.x0))
    last = name.tokens[-1]
    near = abs(top.y0 - last.y1) < 1.2 * max(top.height, last.height)
    return near and abs(name.tokens[0].x0 - top.x0) < 2 * top.height
