"""How the log is written: a line an event, as text or as JSON, with what it is about and without what is nobody's business.

Names of files, what stands in quotes, accounts, addresses, numbers and keys are masked; of what a library raises only the kind and the
place in the code are told, for its words may quote a document. What other libraries log is told by its template where it has one.
"""

from __future__ import annotations

import json
import logging
import os
import re
import sys
import threading
import traceback
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from core.errors import DocumentError, StudioError
from core.logs import NAME, SUBJECTS, facts
from core.redaction import KINDS
from core.settings import Settings

_ROOT = Path(__file__).parents[2]
#: Whose messages are made of ids and sentences of ours.
_OURS = ("core", "storage", "pages")
#: Loggers that write by themselves, to be written by us where the log is JSON.
_SELF_WILLED = ("streamlit", "uvicorn", "websockets", "alembic", "paddlex", "RapidOCR")
#: Letters that a message may have, calls that are told of an error, and errors behind it.
_LONGEST, _MOST_CALLS, _MOST_CAUSES = 1000, 12, 3
_FILE = "(file)"
_QUOTED = re.compile(r"“[^”]*”")
_FILE_NAME = re.compile(
    r"""[^\s/\\"'“”()]+\.(?:pdf|png|jpe?g|jfif|tiff?|webp|bmp|gif|heic|avif|xml|zip|eml|msg|docx?|xlsx?|csv|txt|html?)\b""",
    re.IGNORECASE,
)
_SECRETS = (
    (re.compile(r"(?<=://)[^\s/@]+@"), "…@"),
    (re.compile(r"\b(?:sk|gsk|pk|key|whsec|xai|hf|AIza|studio)[-_][\w-]{12,}"), "(key)"),
    (re.compile(r"(?i)\bbearer\s+\S+"), "Bearer (key)"),
    (re.compile(r"\?[^\s\"']+=[^\s\"']*"), "?…"),
)
_IS_SECRET = re.compile(r"KEY|TOKEN|SECRET|PASSWORD|DATABASE_URL")
_LEAST_SECRET = 8


def set_up_logs(settings: Settings | None = None, quiet: bool = False) -> None:
    """Have this process write its log as the settings say, to stderr; the same again changes it. A ``quiet`` one writes errors alone
    where nothing was set: a person who runs a command is told what went wrong by the command."""
    settings = settings or Settings()
    root = logging.getLogger()
    for handler in [each for each in root.handlers if isinstance(each, _ToStderr)]:
        root.removeHandler(handler)
    handler = _ToStderr()
    handler.setFormatter(Lines(settings.log == "json", secrets_of(settings)))
    if settings.log != "json":  # Streamlit writes its own lines there
        handler.addFilter(lambda record: record.name.split(".")[0] != "streamlit")
    root.addHandler(handler)
    level = settings.log_level or ("info" if settings.log == "json" else "warning")
    if quiet and settings.log != "json" and not settings.log_level:
        handler.setLevel(logging.ERROR)
    for name in _OURS:
        logging.getLogger(name).setLevel(level.upper())
    if settings.log != "json":
        return
    for name in _self_willed():
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True
        logger.setLevel(logging.WARNING)
    logging.captureWarnings(True)
    threading.excepthook = _say_end
    sys.excepthook = lambda kind, error, trace: _say_end(threading.ExceptHookArgs((kind, error, trace, None)))


def secrets_of(settings: Settings) -> tuple[str, ...]:
    """The keys that the surroundings hold: none of them may stand in a line."""
    found = (
        value.get_secret_value()
        for source in settings.surroundings
        for name, value in source.items()
        if _IS_SECRET.search(name.upper())
    )
    return tuple({each for each in found if len(each) >= _LEAST_SECRET})


def _self_willed() -> Iterator[str]:
    known = list(logging.root.manager.loggerDict)
    return (name for name in known if name.split(".")[0] in _SELF_WILLED)


def _say_end(ended: Any) -> None:
    if ended.exc_type is not SystemExit:
        error = (ended.exc_type, ended.exc_value, ended.exc_traceback)
        logging.getLogger("core").error("a thread ended", exc_info=error)


class _ToStderr(logging.StreamHandler):
    """To whatever stderr is at that moment, a line in one piece."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write a line."""
        self.stream = sys.stderr
        super().emit(record)


class Lines(logging.Formatter):
    """Makes a line of what is logged."""

    def __init__(self, as_json: bool, secrets: Iterable[str] = ()) -> None:
        super().__init__()
        self._as_json = as_json
        self._secrets = tuple(secrets)

    def format(self, record: logging.LogRecord) -> str:
        """The line: JSON, or text."""
        known = facts()
        known |= {name: value for name in SUBJECTS if (value := getattr(record, name, None)) is not None}
        names = [
            str(known.get(NAME) or ""),
            *(one.name for one in _errors_of(record) if isinstance(one, DocumentError)),
        ]
        subjects = {name: known[name] for name in SUBJECTS if name in known}
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        message = self.masked(_message_of(record), names)
        line: dict[str, Any] = {
            "time": at,
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": message,
        }
        line |= subjects | {"process": os.getpid()}
        error = record.exc_info[1] if record.exc_info else None
        if error is not None:
            line["error"] = list(self._told(error, names))
        if self._as_json:
            return json.dumps(line, ensure_ascii=False).encode("utf-8", "replace").decode()
        return _as_text(line, subjects)

    def masked(self, text: str, names: Iterable[str] = ()) -> str:
        """``text`` on one line, without what must not stand in a log."""
        for name in sorted(filter(None, {*names, *(Path(name).stem for name in names)}), key=len, reverse=True):
            text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", _FILE, text, flags=re.IGNORECASE)
        for secret in self._secrets:
            text = text.replace(secret, "(key)")
        for pattern, instead in _SECRETS:
            text = pattern.sub(instead, text)
        text = _FILE_NAME.sub(_FILE, _QUOTED.sub("“…”", text))
        for kind, (_, find) in KINDS.items():
            last = len(text)
            for start, end in sorted(find(text), reverse=True):
                if start < last:
                    text, last = f"{text[:start]}({kind}){text[min(end, last) :]}", start
        text = "".join(mark if mark.isprintable() else " " for mark in text)
        return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"

    def _told(self, error: BaseException | None, names: Iterable[str]) -> Iterator[dict[str, Any]]:
        for _ in range(_MOST_CAUSES):
            if error is None:
                return
            told: dict[str, Any] = {"kind": type(error).__name__, "at": _places(error)}
            if isinstance(error, StudioError):
                told["sentence"] = self.masked(str(error), names)
            yield told
            error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _errors_of(record: logging.LogRecord) -> Iterator[object]:
    yield from record.args if isinstance(record.args, tuple) else ()
    if record.exc_info:
        yield record.exc_info[1]


def _message_of(record: logging.LogRecord) -> str:
    """The message; of others' only the template where there is one, and of an error that is no sentence of ours its kind."""
    if record.name.split(".")[0] not in _OURS:
        return str(record.msg) if record.args or record.exc_info is None else "an error"
    if not isinstance(record.args, tuple):
        return record.getMessage()
    shown = tuple(
        type(one).__name__ if isinstance(one, Exception) and not isinstance(one, StudioError) else one
        for one in record.args
    )
    return str(record.msg) % shown if shown else str(record.msg)


def _places(error: BaseException) -> list[str]:
    """Where in the code an error came through, the innermost last."""
    found = [
        f"{_short(frame.filename)}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)
    ]
    return found[-_MOST_CALLS:]


def _short(path: str) -> str:
    inside = Path(path)
    if inside.is_relative_to(_ROOT) and "site-packages" not in path:
        return str(inside.relative_to(_ROOT))
    return "/".join(inside.parts[-2:])


def _as_text(line: dict[str, Any], subjects: dict[str, Any]) -> str:
    told = " ".join(f"{name}={value}" for name, value in subjects.items())
    text = f"{line['time'][:19].replace('T', ' ')} {line['level']} {line['logger']}: {line['message']}"
    text += f" [{told}]" if told else ""
    for error in line.get("error", ()):
        sentence = f": {error['sentence']}" if "sentence" in error else ""
        text += "".join(f"\n  {place}" for place in error["at"]) + f"\n  {error['kind']}{sentence}"
    return text
