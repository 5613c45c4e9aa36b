"""Tesseract's languages: where they are installed, and which are taken for a page; and the way up of a page."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from PIL.Image import Image

#: Tesseract's names of languages, by ISO 639-1 code.
_NAMES = {
    "en": "eng",
    "de": "deu",
    "fr": "fra",
    "es": "spa",
    "it": "ita",
    "nl": "nld",
    "pt": "por",
    "da": "dan",
    "sv": "swe",
    "nb": "nor",
    "fi": "fin",
    "pl": "pol",
    "cs": "ces",
    "sk": "slk",
    "hu": "hun",
    "ro": "ron",
    "hr": "hrv",
    "sl": "slv",
    "el": "ell",
    "bg": "bul",
    "ru": "rus",
    "uk": "ukr",
    "ja": "jpn",
    "ko": "kor",
    "zh": "chi_sim",
}
_OTHER_SCRIPTS = {"el", "bg", "ru", "uk", "ja", "ko", "zh"}
#: One model of every language in Latin letters: as good as all of them together, and one to load.
_LATIN = ("Latin", "script/Latin")
_PLACES = (
    "/usr/share/tesseract-ocr/*/tessdata",
    "/usr/share/tesseract*/tessdata",
    "/usr/share/tessdata",
    "/usr/local/share/tessdata",
    "/opt/homebrew/share/tessdata",
)


class Orientation(NamedTuple):
    """How a page lies: ``turn`` is the clockwise turn, in degrees (0, 90, 180, 270), that sets it upright;
    ``confidence`` is Tesseract's own measure (above 2 or so it is right)."""

    turn: int
    confidence: float


def data_folder() -> Path | None:
    """The folder with Tesseract's languages, by ``TESSDATA_PREFIX`` or where systems put it; ``None`` without any."""
    named = os.environ.get("TESSDATA_PREFIX")
    places = [Path(named), Path(named) / "tessdata"] if named else []
    for pattern in _PLACES:
        places += sorted(Path("/").glob(pattern.lstrip("/")), reverse=True)
    return next((place for place in places if any(place.glob("*.traineddata"))), None)


def languages_in(folder: Path) -> tuple[str, ...]:
    """The ISO 639-1 codes of the languages that can be read with what is in ``folder``."""
    every_latin = _latin_in(folder) is not None
    return tuple(
        code
        for code, name in _NAMES.items()
        if (every_latin and code not in _OTHER_SCRIPTS) or (folder / f"{name}.traineddata").is_file()
    )


def models_for(languages: Sequence[str], folder: Path) -> str:
    """What Tesseract is told to load: the models of ``languages`` as far as they are installed; without hints, the one
    of all Latin letters, or every language there is. Raises RuntimeError where the folder has none."""
    hinted = [_NAMES[code] for code in languages if code in _NAMES]
    found = [name for name in hinted if (folder / f"{name}.traineddata").is_file()]
    latin = _latin_in(folder)
    if found or latin:
        return "+".join(found or [latin or ""])
    # English last: it wins ties, and knows no accents.
    every = [name for name in reversed(_NAMES.values()) if (folder / f"{name}.traineddata").is_file()]
    if not every:
        raise RuntimeError(f"no language that is known here is in {folder}")
    return "+".join(every)


def orientation_of(image: Image) -> Orientation | None:
    """How the page in ``image`` lies; ``None`` where too little stands on it to tell, or Tesseract's ``osd`` is not
    installed."""
    folder = data_folder()
    if folder is None or not (folder / "osd.traineddata").is_file():
        return None
    from tesserocr import PSM, PyTessBaseAPI

    with PyTessBaseAPI(path=str(folder), lang="osd", psm=PSM.OSD_ONLY) as api:
        api.SetImage(image.convert("RGB"))
        found = api.DetectOrientationScript()
    if not found:
        return None
    # Tesseract says how far the page was turned.
    return Orientation(-int(found["orient_deg"]) % 360, float(found["orient_conf"]))


def _latin_in(folder: Path) -> str | None:
    return next((name for name in _LATIN if (folder / f"{name}.traineddata").is_file()), None)
