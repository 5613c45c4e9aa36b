"""Who orders and who delivers: on an order the letterhead is the customer's, and the one addressed is the vendor."""

from __future__ import annotations

from core.notation.folding import fold
from core.page.layout import Token
from core.rules.customer import choose_customer, split_recipients
from core.rules.extractor import Drafting
from core.rules.header import Candidate
from core.rules.letterhead import address_below
from core.rules.names import Name
from core.rules.parties import Party, PartyReader
from core.rules.vendor import known_vendors, read_vendor, vendor_names

#: Labels, folded, that announce whom a letter is to: on an order the vendor.
_ADDRESSED = frozenset(
    {"to", "an", "a", "aan", "para", "messrs", "attn", "attention", "recipient", "destinataire", "destinatario"}
)
_PARTIES = ("vendor_name", "vendor_address", "customer_name", "billing_address", "shipping_address")


def read_more(draft: Drafting) -> None:
    """Takes the parties anew: those of an invoice stand the other way round."""
    for name in _PARTIES:
        draft.values.pop(name, None)
        draft.provenance.pop(name, None)
    reader = PartyReader(draft.reading)
    labelled = reader.labelled("customer")
    buyers = [party for party in labelled if fold(party.label) not in _ADDRESSED]
    buyers, shipping = split_recipients(buyers, reader.labelled("ship_to"))
    vendors = [*reader.labelled("vendor"), *(party for party in labelled if party not in buyers)]
    named = [party for party in vendors if party.name is not None]
    names = vendor_names(reader)
    spoken_for = [token for party in (*buyers[:1], *shipping[:1]) for token in _tokens(party)]
    vendor = named[0] if named else _addressee(draft, reader, names, spoken_for)
    if vendor is not None:
        _take(draft, vendor, "vendor_name", "vendor_address")
    if buyers and buyers[0].name is not None:
        _take(draft, buyers[0], "customer_name", "billing_address")
    else:
        barred = [token for party in (vendor, *shipping[:1]) if party is not None for token in _tokens(party)]
        called = vendor.name.text if vendor and vendor.name else ""
        _take_letterhead(draft, names, barred, called)
    if shipping and shipping[0].address:
        draft.take("shipping_address", shipping[0].address_text, shipping[0], shipping[0].address_tokens)


def _addressee(draft: Drafting, reader: PartyReader, names: list[Name], spoken_for: list[Token]) -> Party | None:
    """The one in the window of a letter."""
    loose = reader.unlabelled(spoken_for, known_vendors(draft.reading, names))
    return choose_customer(draft.reading, loose, names)[0]


def _take_letterhead(draft: Drafting, names: list[Name], barred: list[Token], called: str) -> None:
    """The buyer as the letterhead has it."""
    buyer, _ = read_vendor(draft.reading, names, barred, called)
    if buyer is None:
        return
    draft.take("customer_name", buyer.text, buyer)
    if found := address_below(draft.reading, buyer):
        why = Candidate("billing_address", found.text, found.tokens, buyer.page, 0.6, "below the name", "")
        draft.take("billing_address", found.text, why)


def _take(draft: Drafting, party: Party, name: str, address: str) -> None:
    if party.name is not None:
        draft.take(name, party.name.text, party, party.name.tokens)
    if party.address:
        draft.take(address, party.address_text, party, party.address_tokens)


def _tokens(party: Party) -> tuple[Token, ...]:
    return (*(party.name.tokens if party.name else ()), *party.address_tokens, *party.tokens)
