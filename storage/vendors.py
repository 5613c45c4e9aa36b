"""What was learnt of vendors: a row a vendor. A vendor that was forgotten leaves its id, so that every process notices."""

from __future__ import annotations

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import Connection, delete, func, insert, select

from core.stores.vendors import Vendor
from storage.database import Database
from storage.tables import VENDORS

#: The key of PostgreSQL's advisory lock under which the version is counted.
_LOCK = 7_205_114
_VENDOR = TypeAdapter(Vendor)


class SqlVendors:
    """Implements :class:`core.stores.vendors.Vendors` on SQLite and PostgreSQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def version(self) -> int:
        """See :meth:`core.stores.vendors.Vendors.version`."""
        with self._database.look() as connection:
            return _newest(connection)

    def all(self) -> list[Vendor]:
        """See :meth:`core.stores.vendors.Vendors.all`."""
        with self._database.read() as connection:
            rows = connection.execute(select(VENDORS.c.memory).where(VENDORS.c.memory.is_not(None))).scalars().all()
        found = [vendor for row in rows if (vendor := _vendor(row)) is not None]
        return sorted(found, key=lambda vendor: (vendor.name.casefold(), vendor.vendor_id))

    def put(self, vendor: Vendor) -> None:
        """See :meth:`core.stores.vendors.Vendors.put`."""
        self._write(vendor.vendor_id, _VENDOR.dump_python(vendor, mode="json"))

    def remove(self, vendor_id: str) -> None:
        """See :meth:`core.stores.vendors.Vendors.remove`."""
        self._write(vendor_id, None)

    def _write(self, vendor_id: str, memory: object) -> None:
        with self._database.write(lock=_LOCK) as connection:
            row = {"vendor_id": vendor_id, "memory": memory, "version": _newest(connection) + 1}
            connection.execute(delete(VENDORS).where(VENDORS.c.vendor_id == vendor_id))
            connection.execute(insert(VENDORS).values(row))


def _newest(connection: Connection) -> int:
    return connection.scalar(select(func.max(VENDORS.c.version))) or 0


def _vendor(memory: object) -> Vendor | None:
    try:
        return _VENDOR.validate_python(memory)
    except ValidationError:  # written by another version of the studio
        return None
