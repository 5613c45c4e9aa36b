"""Lines on the terminal: problems and steps on stderr, results on stdout, names of files made harmless."""

from __future__ import annotations

import json
import sys
from typing import Any

from core.events import STEPS, Event, StepFailed, StepFinished, StepProgressed, StepSkipped


def one_line(text: str) -> str:
    """``text`` on one line without control characters (a file's name may hold a terminal's commands)."""
    return "".join(mark if mark.isprintable() else "\ufffd" for mark in " ".join(text.split()))


def warn(text: str) -> None:
    """One line on stderr."""
    print(one_line(text), file=sys.stderr, flush=True)


def json_text(value: Any, indent: int | None = None, ascii_only: bool = False) -> str:
    """JSON that any file or terminal takes: what is no valid Unicode is replaced."""
    text = json.dumps(value, ensure_ascii=ascii_only, indent=indent)
    return text.encode("utf-8", "replace").decode("utf-8")


def print_json(value: Any) -> None:
    """A JSON value on stdout: on one line for programs, indented for a person at a terminal."""
    plain = (sys.stdout.encoding or "").lower().replace("-", "") != "utf8"
    print(json_text(value, indent=2 if sys.stdout.isatty() else None, ascii_only=plain))


class StepLines:
    """Tells of a run's steps on stderr while it goes on; says nothing when there is no terminal or ``quiet`` is set."""

    def __init__(self, quiet: bool) -> None:
        self.silent = quiet or not sys.stderr.isatty()

    def title(self, text: str) -> None:
        """The line over a document's steps."""
        if not self.silent:
            warn(text)

    def show(self, event: Event) -> None:
        """The line of one event, where it has one."""
        line = describe(event)
        if line and not self.silent:
            print(f"  {one_line(line)}", file=sys.stderr, flush=True)

    def note(self, text: str) -> None:
        """One line on the document beneath its steps."""
        if not self.silent:
            print(f"  {one_line(text)}", file=sys.stderr, flush=True)


def describe(event: Event) -> str:
    """An event in a few words; empty for one that needs none."""
    match event:
        case StepProgressed():
            return f"{STEPS[event.step]}: {event.detail}"
        case StepFinished():
            source = "cache" if event.cached else f"{event.seconds:.2f} s"
            return f"{STEPS[event.step]}: {source}{', ' if event.detail else ''}{event.detail}"
        case StepSkipped():
            return f"{STEPS[event.step]}: skipped. {event.detail}"
        case StepFailed():
            return f"{STEPS[event.step]}: failed after {event.seconds:.2f} s. {event.error}"
        case _:
            return ""


def agreed(question: str) -> bool:
    """Whether whoever sits there says yes; without anybody it is a no."""
    try:
        return input(f"{question} [yes/no] ").strip().lower() in ("y", "yes")
    except EOFError:
        return False
