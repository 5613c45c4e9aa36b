"""How many of all are wrong at most, where some were looked at."""

from __future__ import annotations

from math import ceil, exp, lgamma, log, log1p

#: How certain a bound is.
CERTAINTY = 0.95
#: Halvings of the interval in which the bound is sought: far below what anybody reads.
_HALVINGS = 60


def wrong_at_most(wrong: int, seen: int) -> float:
    """The share (0 to 1) that is wrong at most of all documents, with a certainty of 95 %, where ``seen`` of them were drawn at
    random and ``wrong`` of these were wrong; 1 where none was looked at.

    This is the exact one-sided bound of Clopper and Pearson (“The use of confidence or fiducial limits illustrated in the case of
    the binomial”, Biometrika 26, 1934): the share at which so few wrong ones, or fewer, would come up only once in twenty times.
    Where none was wrong it is 1 - 0.05^(1/seen), nearly 3/seen: the “rule of three” (Hanley and Lippman-Hand, “If nothing goes
    wrong, is everything all right?”, JAMA 249, 1983).
    """
    if wrong >= seen:
        return 1.0
    low, high = wrong / seen, 1.0
    for _ in range(_HALVINGS):
        share = (low + high) / 2
        if _at_most(wrong, seen, share) > 1 - CERTAINTY:
            low = share
        else:
            high = share
    return high


def enough_right(most: float) -> int:
    """How many documents are to be looked at with none of them wrong until at most ``most`` (a share) are wrong, with a certainty of
    95 %."""
    return ceil(log(1 - CERTAINTY) / log1p(-most)) if most < 1 else 1


def _at_most(wrong: int, seen: int, share: float) -> float:
    """How likely ``wrong`` or fewer of ``seen`` are where each is wrong with a chance of ``share`` (between 0 and 1)."""
    whole = lgamma(seen + 1)
    return sum(
        exp(whole - lgamma(count + 1) - lgamma(seen - count + 1) + count * log(share) + (seen - count) * log1p(-share))
        for count in range(wrong + 1)
    )
