"""Excel tables over our rows: they grow with them, as they do when a person types below one."""

from __future__ import annotations

import re

_RANGE = re.compile(rb'(\bref="[A-Z]+)(\d+)(:[A-Z]+)(\d+)(")')


def stretch_table(data: bytes, last_before: int, last_now: int) -> bytes:
    """A table's part with its ranges ending at row ``last_now`` where they ended at ``last_before``. A table with a row
    of totals, or one that ends elsewhere, stays as it is."""
    if re.search(rb'totalsRowCount="[1-9]', data):
        return data

    def moved(match: re.Match[bytes]) -> bytes:
        if int(match[4]) != last_before:
            return match[0]
        return b"%b%b%b%d%b" % (match[1], match[2], match[3], max(last_now, int(match[2]) + 1), match[5])

    return _RANGE.sub(moved, data)
