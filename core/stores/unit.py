"""One transaction over what the database keeps."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

#: One transaction over what the database keeps: all that is written inside is kept together, or nothing is.
Unit = Callable[[], AbstractContextManager[Any]]
