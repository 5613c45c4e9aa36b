"""The process that makes pages: ``python -m core.documents.office.writing text|table|web SOURCE OUT.pdf PAGES``. Beside OUT it writes
a JSON with remarks, or with the sentence that says why there are no pages."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from core.documents.office.drawing import Written, draw


def main(arguments: Sequence[str]) -> None:
    """Write the pages of a file."""
    writer, source, out, most = arguments
    made = _writer(writer)(Path(source).read_bytes())
    if made.sheets and not made.trouble:
        draw(made.sheets, Path(out), int(most))
    told = {
        "empty": not made.sheets and not made.trouble,
        "remarks": list(made.remarks),
        "trouble": made.trouble,
        "lacks_values": made.lacks_values,
    }
    Path(out).with_suffix(".json").write_text(json.dumps(told), encoding="utf-8")


def _writer(name: str) -> Callable[[bytes], Written]:
    if name == "text":
        from core.documents.office.text import write_text

        return write_text
    if name == "table":
        from core.documents.office.table import write_table

        return write_table
    from core.documents.office.web import write_web

    return write_web


if __name__ == "__main__":
    main(sys.argv[1:])
