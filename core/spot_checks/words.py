"""What spot checks say, in sentences."""

from __future__ import annotations

from math import ceil

from core.spot_checks.spot_checks import Standing


def guarantee_words(standing: Standing) -> str:
    """What is certain of the documents that pass; where it is not known yet, what it takes."""
    most, seen = standing.most, f"{standing.seen:,} spot-checked document{'' if standing.seen == 1 else 's'}"
    more = " more" if standing.seen else ""
    waits = "waits" if standing.waiting == 1 else "wait"
    waiting = f" {standing.waiting:,}{more} {waits} for somebody." if standing.waiting else ""
    if most is None:
        return f"Nothing was spot-checked yet.{waiting}"
    rejected = f" ({standing.rejected:,} of them rejected)" if standing.rejected else ""
    found = f"{standing.wrong:,} of {seen} had a wrong amount, number or date{rejected}"
    if not standing.wrong:
        found = f"none of {seen} had a wrong amount, number or date, which makes about 3 of {standing.seen:,} (the rule of three)"
    return f"At most {ceil(1000 * most - 1e-9):,} of 1,000 documents that pass are wrong, with 95 % certainty: {found}.{waiting}"


def limit_words(standing: Standing) -> str:
    """How that stands to what a person allows; empty where they allow anything."""
    if standing.allowed is None:
        return ""
    allowed = f"{standing.choices.most_wrong:,} of 1,000"
    if standing.holds:
        return f"No more than the {allowed} that you allow."
    if standing.is_broken:
        return f"More than the {allowed} that you allow may be wrong."
    return f"Whether it is no more than the {allowed} that you allow is known after {standing.lacking:,}{' more' if standing.seen else ''} without a wrong one."
