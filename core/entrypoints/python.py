"""Which Python the studio runs on."""

from __future__ import annotations

import sys

OLDEST, NEWEST = (3, 11), (3, 13)


def complaint(version: tuple[int, int] = sys.version_info[:2]) -> str:
    """The sentence that says which Python is needed; empty where this one will do."""
    if OLDEST <= version <= NEWEST:
        return ""
    return (
        f"Python {version[0]}.{version[1]} is not supported, the libraries have no builds for it: use Python 3.11, 3.12 or "
        "3.13 (make PYTHON=python3.11 setup)."
    )
