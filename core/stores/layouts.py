"""Layouts of exports that people keep by name."""

from __future__ import annotations

from typing import Protocol


class LayoutStore(Protocol):
    """Layouts by name, each as its YAML."""

    def texts(self) -> dict[str, str]:
        """All of them, by name."""

    def keep(self, name: str, text: str) -> None:
        """Keep a layout; one of that name is replaced."""

    def remove(self, name: str) -> None:
        """Drop a layout; nothing happens where there is none."""
