"""Page clean-up before OCR: turned upright, straightened, flattened, evened out; each step where a page needs it.

Cheap detectors decide on a small copy of the page, so a clean page costs next to nothing. What lies wrong is moved in
one go, so that letters are resampled once.
"""

from core.imaging.clean import clean, picture_as_read
from core.imaging.cleaned import Cleaned, StepDone

__all__ = ["Cleaned", "StepDone", "clean", "picture_as_read"]
