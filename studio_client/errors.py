"""What can go wrong between a program and a studio."""

from __future__ import annotations


class StudioRefused(Exception):
    """The studio answered that it does not do this: ``str()`` is its sentence, ``code`` names the kind of error for programs,
    ``retry_after`` are the seconds after which it may be asked again, where it says so."""

    def __init__(self, status: int, code: str, sentence: str, retry_after: int | None = None) -> None:
        super().__init__(sentence)
        self.status, self.code, self.retry_after = status, code, retry_after


class StudioUnreachable(Exception):
    """No studio answers at this address, or what answers is none."""
