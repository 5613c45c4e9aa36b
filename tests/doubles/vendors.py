"""Vendors in memory."""

from __future__ import annotations

from core.stores.vendors import Vendor


class MemoryVendors:
    """Implements :class:`core.stores.vendors.Vendors` for tests."""

    def __init__(self) -> None:
        self._kept: dict[str, Vendor] = {}
        self._version = 0

    def version(self) -> int:
        return self._version

    def all(self) -> list[Vendor]:
        return sorted(self._kept.values(), key=lambda vendor: (vendor.name.casefold(), vendor.vendor_id))

    def put(self, vendor: Vendor) -> None:
        self._kept[vendor.vendor_id] = vendor
        self._version += 1

    def remove(self, vendor_id: str) -> None:
        self._kept.pop(vendor_id, None)
        self._version += 1
