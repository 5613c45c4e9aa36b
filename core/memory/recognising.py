"""Which remembered vendor issued a document: by its identifiers, never by the layout alone, and nobody where two may have."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from core.memory.marks import Mark, Marks, likeness
from core.notation.folding import squeeze
from core.stores.vendors import MarkKind, Vendor

#: What an identifier that a document shares with a vendor counts; a kind counts once.
_WEIGHT: dict[MarkKind, float] = {"tax": 3.0, "iban": 3.0, "registration": 2.0, "phone": 2.0, "domain": 2.0}
#: The name that was read as the issuer's; one of the names that may be; one that merely stands on the page.
_NAMED, _MAY_BE, _PRINTED, _PRINTED_LONG = 3.0, 2.0, 1.5, 2.0
_LONG = 12
_LAYOUT, _ALIKE = 1.0, 0.4
#: So much makes a vendor known, and so much more than the next one has.
ENOUGH, _AHEAD = 3.0, 1.5
#: So much is needed where neither the vendor's name nor its layout is on the page.
_ENOUGH_ALONE = 6.0
#: How alike (0 to 100) a name read or printed must be to the vendor's to speak for it.
_LIKE_NAME, _LIKE_PRINT = 70, 85


class Register:
    """The vendors by their identifiers. An identifier that several vendors' documents show is the customer's own, or a
    bank's, and says nothing."""

    def __init__(self, vendors: Iterable[Vendor]) -> None:
        self.vendors = {vendor.vendor_id: vendor for vendor in vendors}
        holders: Counter[Mark] = Counter()
        for vendor in self.vendors.values():
            holders.update(set(vendor.marks))
        self.shared = frozenset(mark for mark, count in holders.items() if count > 1)
        self._by_mark: dict[Mark, str] = {
            mark: vendor.vendor_id
            for vendor in self.vendors.values()
            for mark in vendor.marks
            if mark not in self.shared
        }
        self._names = {value: holder for (kind, value), holder in self._by_mark.items() if kind == "name"}

    def recognise(self, marks: Marks, without: Sequence[MarkKind] = ()) -> Vendor | None:
        """The vendor of a document with these marks; ``None`` where there is none or it is not certain which. Identifiers of the
        kinds ``without`` are not asked."""
        scores = Counter(self._scores(marks, without))
        alike = {one for one in scores if self._is_alike(one, marks)}
        for vendor_id in alike:
            scores[vendor_id] += _LAYOUT  # type: ignore[assignment]  # counters take fractions too
        best = scores.most_common(2)
        if not best or best[0][1] < ENOUGH or (len(best) > 1 and best[0][1] - best[1][1] < _AHEAD):
            return None
        vendor_id, score = best[0]
        if score < _ENOUGH_ALONE and vendor_id not in alike and not _is_named(self.vendors[vendor_id], marks):
            return None
        return self.vendors[vendor_id]

    def _is_alike(self, vendor_id: str, marks: Marks) -> bool:
        return any(likeness(marks.layout, known) >= _ALIKE for known in self.vendors[vendor_id].layouts)

    def _scores(self, marks: Marks, without: Sequence[MarkKind]) -> dict[str, float]:
        kinds: dict[str, dict[MarkKind, float]] = {}
        for mark in marks.found:
            holder = self._by_mark.get(mark)
            if holder and mark[0] not in without:
                kinds.setdefault(holder, {})[mark[0]] = _WEIGHT[mark[0]]
        for name, holder in self._names.items():
            if name in marks.names:
                kinds.setdefault(holder, {})["name"] = _NAMED if name == marks.names[0] else _MAY_BE
            elif name in marks.text:
                kinds.setdefault(holder, {})["name"] = _PRINTED_LONG if len(name) >= _LONG else _PRINTED
        return {holder: sum(found.values()) for holder, found in kinds.items()}


def _is_named(vendor: Vendor, marks: Marks) -> bool:
    """Whether the page bears the vendor's name, or one like it was read as the issuer's: an identifier without it may be a
    number that somebody else prints too."""
    from rapidfuzz.fuzz import partial_ratio, ratio

    name = squeeze(vendor.name)
    return (
        any(ratio(name, read) >= _LIKE_NAME for read in marks.names) or partial_ratio(name, marks.text) >= _LIKE_PRINT
    )
