"""Spot checks: a share of the documents that would pass unseen goes to a person all the same, and so says how many of them are
wrong."""

from core.spot_checks.spot_checks import SpotChecking

__all__ = ["SpotChecking"]
