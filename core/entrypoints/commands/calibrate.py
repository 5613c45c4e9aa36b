"""``calibrate``: confidences corrected by what people changed in the reviewed records."""

from __future__ import annotations

import argparse

from core.entrypoints.commands.reading import open_studio
from core.validation.calibration import corrections_told

#: The confidences whose correction is told.
_TOLD = (0.95, 0.9, 0.8, 0.6)


def run(arguments: argparse.Namespace) -> int:
    """Learn a correction and use it from now on, or go back to what ships. Raises TooFewReviewed."""
    studio = open_studio()
    if arguments.shipped:
        studio.forget_calibration()
        print("Confidences are again those of the shipped calibration.")
        return 0
    correction = studio.recalibrate()
    print(f"Learnt from {correction.reviewed} reviewed values; used in every run from now on:")
    for title, after in corrections_told(correction, _TOLD).items():
        told = ", ".join(f"{before:.0%} becomes {now:.0%}" for before, now in zip(_TOLD, after, strict=True))
        print(f"{title + ':':15}{told}")
    return 0
