"""Errors carry a code for programs beside the sentence for the person."""

from __future__ import annotations

from collections.abc import Iterator

from core.errors import EncryptedDocument, StudioError

#: What programs may rely on: a code is never taken away or renamed.
CODES = set(
    "broken-document budget-exceeded cancelled case-error database-unavailable document-too-large empty-document "
    "encrypted-document engine-unavailable extraction-error key-missing key-rejected limits-unknown model-unknown "
    "page-range-error page-too-crowded page-too-large prompt-error provider-failed provider-paused provider-timeout "
    "provider-unreachable question-refused quota-exhausted rate-limited recipe-error record-changed record-missing "
    "reply-cut-off reply-invalid reply-refused storage-error too-few-reviewed too-many-pages unsupported-document "
    "workbook-damaged workbook-locked wrong-password".split()
)


def _codes(tree: type[StudioError]) -> Iterator[str]:
    for kind in tree.__subclasses__():
        yield kind.code
        yield from _codes(kind)


def test_every_known_error_keeps_its_code() -> None:
    """The sentence may be written anew, the code stays."""
    assert set(_codes(StudioError)) >= CODES
    assert EncryptedDocument("a.pdf", "it needs a password.").code == "encrypted-document"
