"""Where what was learnt stands on the page that taught it, and its picture."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from io import BytesIO

from core.documents import Document
from core.evidence import Box, around, corners, union
from core.extraction import Extraction
from core.homography import apply
from core.memory.anchors import place_of_anchor
from core.memory.lessons import Lesson
from core.memory.subject import Subject, subject_of_lesson
from core.schema.fields import FieldInfo
from core.stores.vendors import Anchor, ColumnHead, Example, Habit, Place, Wanted

#: What is shown around a place, in its heights; and no less than so much of a page's width.
_BESIDE, _ABOVE, _LEAST = 2.0, 1.0, 0.25
#: Pixels of a page unit in a picture, and the widest page that is drawn for one.
_SHARP, _WIDEST = 2.5, 2600


def place_of_habit(habit: Habit, lesson: Lesson, read: Extraction) -> Place | None:
    """Where a habit shows on a reviewed document, as its page is shown; ``read`` is what was read of it. ``None`` where it shows
    nowhere there."""
    found = next(_boxes_of(habit, lesson, subject_of_lesson(lesson)), None)
    if found is None:
        return None
    number, box = found
    laid = next((page.upright for page in read.page_texts if page.page == number), None)
    shown = around(apply(laid.matrix, corners(box))) if laid else box
    rotation = next((page.rotation for page in read.pages if page.number == number), 0)
    return Place(lesson.document, number, rotation, (shown.x0, shown.y0, shown.x1, shown.y1))


def _boxes_of(habit: Habit, lesson: Lesson, subject: Subject) -> Iterator[tuple[int, Box]]:
    if isinstance(habit, Wanted):
        info = subject.info(habit.field)
        if info is not None:
            yield from _where(subject, info, habit.value)
    elif isinstance(habit, Anchor):
        info = subject.info(habit.field)
        if info is not None and (found := place_of_anchor(subject.sheets, info, habit)) is not None:
            yield found
    elif isinstance(habit, Example):
        info = subject.info(habit.field)
        if info is not None and habit.field in lesson.truth:
            yield from _where(subject, info, lesson.truth[habit.field])
    elif isinstance(habit, ColumnHead):
        for layout in subject.sheets.layouts:
            yield from ((layout.number, layout.box_of(one.tokens)) for one in layout.segments if one.key == habit.words)
    else:
        for name, right in lesson.truth.items():
            info = subject.info(name)
            if info is not None and info.kind == "date":
                yield from _where(subject, info, right)


def _where(subject: Subject, info: FieldInfo, value: object) -> Iterator[tuple[int, Box]]:
    found = subject.search.locate(info, value, None, None)
    if found is not None:
        evidence = found.evidence()
        yield evidence.page, union(evidence.boxes)


def picture_of(document: Document, place: Place) -> bytes:
    """A cutting of a page around a place (PNG). Raises DocumentError."""
    from PIL import Image

    page = document.page(place.page, place.rotation)
    box = _wider(Box(*place.box), page.width, page.height)
    whole = Image.open(BytesIO(page.preview(min(_WIDEST, round(page.width * _SHARP)))))
    scale = whole.width / page.width
    out = BytesIO()
    whole.crop(tuple(round(side * scale) for side in box)).save(out, "PNG")  # type: ignore[arg-type]
    return out.getvalue()


def _wider(box: Box, width: float, height: float) -> Box:
    more = max(_BESIDE * box.height, (_LEAST * width - box.width) / 2)
    above = max(_ABOVE * box.height, 4.0)
    sides: Sequence[float] = (box.x0 - more, box.y0 - above, box.x1 + more, box.y1 + above)
    return Box(max(0.0, sides[0]), max(0.0, sides[1]), min(width, sides[2]), min(height, sides[3]))
