"""The HTTP API: the studio's verbs for programs, on the page's own port under ``/api`` or alone."""

from core.entrypoints.api.app import lived_with, make_api

__all__ = ["lived_with", "make_api"]
