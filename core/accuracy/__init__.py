"""How well the studio reads: sets of cases with truth, measured document by document, with the cause of every miss."""

from core.accuracy.accuracy import PROGRESS, Accuracy, AccuracyParts, Choice, Evaluated
from core.accuracy.archive import Imported
from core.accuracy.causes import CAUSES, Cause
from core.accuracy.figures import Figures, figures_of
from core.accuracy.measured import Measured, Miss, Place
from core.accuracy.sets import CaseSet

__all__ = [
    "CAUSES",
    "PROGRESS",
    "Accuracy",
    "AccuracyParts",
    "CaseSet",
    "Cause",
    "Choice",
    "Evaluated",
    "Figures",
    "Imported",
    "Measured",
    "Miss",
    "Place",
    "figures_of",
]
