"""What a vendor's earlier documents say of a new one: an account number that none of them had is the usual invoice fraud."""

from __future__ import annotations

from collections.abc import Iterator

from core.extraction import Finding
from core.memory.marks import Marks
from core.stores.vendors import Vendor

_SHOWN = 4


def check_history(vendor: Vendor, marks: Marks) -> Iterator[Finding]:
    """An error where the page names an account and none that the vendor's documents ever named, a warning for tax numbers alike."""
    known, printed = _seen(vendor, "iban"), marks.of("iban")
    if known and printed and not known & printed:
        account, usual = sorted(printed)[0], sorted(known)[0]
        yield Finding(
            "new_account",
            "error",
            f"The account {account[:2]}…{account[-_SHOWN:]} is new for {vendor.name}: {_documents(vendor)} named "
            f"{usual[:2]}…{usual[-_SHOWN:]}. Ask the vendor on a way that you know before anything is paid.",
        )
    known, printed = _seen(vendor, "tax"), marks.of("tax")
    if known and printed and not known & printed:
        number = sorted(printed)[0]
        sentence = f"The tax number {number} is new for {vendor.name}: {_documents(vendor)} named {sorted(known)[0]}."
        yield Finding("new_tax_id", "warning", sentence)


def _seen(vendor: Vendor, kind: str) -> set[str]:
    return {value for found, value in vendor.seen if found == kind}


def _documents(vendor: Vendor) -> str:
    return "its earlier document" if vendor.documents == 1 else f"its {vendor.documents} earlier documents"
