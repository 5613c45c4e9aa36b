"""Whom goods go to: the party behind words such as Deliver to, else the one that an invoice would be addressed to."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import takewhile

from core.rules.addresses import is_street, is_town
from core.rules.extractor import Drafting
from core.rules.parties import PartyReader

#: Dots that lead from a label to its value: such a line is none of an address.
_LEADERS = re.compile(r"[.…]{4,}")


def _is_place(text: str) -> bool:
    return is_town(text) or is_street(text)


def read_more(draft: Drafting) -> None:
    """Takes recipient and address of the goods in place of those of a bill."""
    labelled = PartyReader(draft.reading).labelled("ship_to")
    named = next((party for party in labelled if party.name is not None), None)
    placed = next((party for party in labelled if any(_is_place(line.text) for line in party.address)), None)
    if named is not None and named.name is not None:
        draft.take("customer_name", named.name.text, named, named.name.tokens)
    if placed is not None:
        placed = replace(placed, address=tuple(takewhile(lambda line: not _LEADERS.search(line.text), placed.address)))
        draft.take("shipping_address", placed.address_text, placed, placed.address_tokens)
