"""Reviewing: what needs a person, one document at a time, claimed by one person at a time."""

from core.reviewing.desk import DeskParts, ReviewDesk

__all__ = ["DeskParts", "ReviewDesk"]
