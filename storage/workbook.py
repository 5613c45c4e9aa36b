"""The Excel workbook of orders. It is read whole, changed in memory and replaced in one step, under a lock that all
processes of the studio take; what the person added to it stays."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from filelock import FileLock, Timeout
from pydantic import BaseModel

from core.atomic import BY_UMASK, StagedFile, drop_left_over, real_path
from core.document_types import SHIPPED, USUAL, type_of
from core.errors import RecordMissing, StorageError, WorkbookDamaged, WorkbookLocked
from core.notation.mention import Mention
from core.notation.writing import text_of
from core.schema.document_type import DocumentType
from core.stores.records import Duplicate, Record
from core.stores.workbook import FoundRows, StagedChange
from storage.keys import key_of, match_key
from storage.new_sheet import TITLE_ROW, NewSheet
from storage.package import Package
from storage.sheet_xml import Sheet
from storage.sheets import HEADER as HEADER_SHEET
from storage.sheets import (
    LAYOUTS,
    Layout,
    Row,
    Sheets,
    joined,
    moment_of,
    order_of,
    rows_of,
    sheets_of,
    unread_cells,
    value_of,
    version_in,
)
from storage.tables_xml import stretch_table

#: Gives a document type, by its name, as a version of it was declared; ``None`` where that is not known.
VersionOf = Callable[[str, int], DocumentType | None]
#: Seconds that a save waits for another process's.
LOCK_SECONDS = 60
#: No record has a number as great as this.
_GREATEST_ID = 10**15
#: How files begin that carry Excel's suffix but are protected by a password, or made by Excel 2003.
_OLD_FORMAT = b"\xd0\xcf\x11\xe0"
#: What reading raises where a file is no workbook, or one whose parts do not fit together.
_UNREADABLE = (
    ArithmeticError,
    EOFError,
    LookupError,
    RuntimeError,
    StopIteration,
    ValueError,
    zipfile.BadZipFile,
    zlib.error,
)


class Workbook:
    """Implements :class:`core.stores.workbook.WorkbookStore` for the file at ``path``; it is made by the first save. ``types``
    gives the document types whose records it may hold, ``version_of`` one as an earlier version declared it."""

    def __init__(
        self,
        path: Path,
        types: Callable[[], Sequence[DocumentType]] = lambda: SHIPPED,
        version_of: VersionOf = lambda name, version: None,
    ) -> None:
        self.path = path
        self._types = types
        self._version_of = version_of

    def last_id(self) -> int:
        """See :meth:`core.stores.workbook.WorkbookStore.last_id`."""
        with self._told():
            book = self._opened()
            return (
                max((order_id for sheets in book.held() for order_id in book.sheet(sheets.header).ids()), default=0)
                if book
                else 0
            )

    def save(self, order: Record) -> None:
        """See :meth:`core.stores.workbook.WorkbookStore.save`."""
        if order.order_id is None:
            raise StorageError("An order needs its number before it can be stored.")
        with self.staged({order.order_id: order}) as change:
            change.put()

    def remove(self, order_id: int) -> None:
        """See :meth:`core.stores.workbook.WorkbookStore.remove`."""
        with self.staged({order_id: None}) as change:
            change.put()

    @contextmanager
    def staged(self, orders: Mapping[int, Record | None]) -> Iterator[StagedChange]:
        """See :meth:`core.stores.workbook.WorkbookStore.staged`."""
        with self.held() as place:
            with self._told():
                drop_left_over(place)
                put = [order for order in orders.values() if order]
                data = self._data_with(orders, put)
                book = self._book(data, put)
                held = {order_id: book.order(order_id) for order_id in orders}
                file = StagedFile(place, data, BY_UMASK)
            with file:
                yield StagedChange(held, partial(self._put, file))

    def _data_with(self, orders: Mapping[int, Record | None], put: Sequence[Record]) -> bytes:
        book = self._opened(put)
        for order_id, order in orders.items():
            if order is None and (book is None or book.order(order_id) is None):
                raise self._missing(order_id)
        book = book or self._book(None, put)
        for order_id, order in orders.items():
            book.put(order_id, order)
        return book.data()

    def _book(self, data: bytes | None, orders: Sequence[Record] = ()) -> _Book:
        """A workbook with the sheets of the types that there are, and of ``orders`` as they were read."""
        known = {kind.name: kind for kind in self._types()}
        kinds = known | {order.type.name: known.get(order.type.name, order.type) for order in orders}
        return _Book(data, list(kinds.values()), self._version_of, list({order.type: None for order in orders}))

    def _put(self, file: StagedFile) -> None:
        with self._told():
            file.put()

    @contextmanager
    def removal(self, order_ids: Collection[int]) -> Iterator[Callable[[], None]]:
        """See :meth:`core.stores.workbook.WorkbookStore.removal`."""
        if not order_ids or not self.path.exists():
            yield lambda: None
            return
        with self.held() as place, self._told():
            drop_left_over(place)
            book = self._opened()
            if book is None or not book.take_out(order_ids):
                yield lambda: None
                return
            with StagedFile(place, book.data(), BY_UMASK) as file:
                yield partial(self._put, file)

    def holding(self, mention: Mention) -> frozenset[int]:
        """See :meth:`core.stores.workbook.WorkbookStore.holding`."""
        with self._told():
            book = self._opened()
            return frozenset(book.holding(mention)) if book else frozenset()

    def get(self, order_id: int) -> Record:
        """See :meth:`core.stores.workbook.WorkbookStore.get`."""
        with self._told():
            book = self._opened()
            order = book.order(order_id) if book else None
        if order is None:
            raise self._missing(order_id)
        return order

    def some(self, order_ids: Collection[int]) -> dict[int, Record]:
        """See :meth:`core.stores.workbook.WorkbookStore.some`."""
        with self._told():
            book = self._opened() if order_ids else None
            found = {order_id: book.order(order_id) for order_id in order_ids} if book else {}
        return {order_id: order for order_id, order in found.items() if order}

    def everything(self) -> list[FoundRows]:
        """All that its sheets of ours say, also where some of the columns are missing, in the sheets' order. Raises WorkbookDamaged,
        StorageError where it has no such sheet."""
        with self._told():
            book = self._opened()
            found = list(book.everything()) if book else []
        if book is None or not book.has(HEADER_SHEET):
            raise StorageError(f"{self.path.name} has no sheet {HEADER_SHEET.name}: nothing in it can be brought in.")
        return found

    def duplicates(self, values: BaseModel) -> list[Duplicate]:
        """See :meth:`core.stores.workbook.WorkbookStore.duplicates`: the latest first."""
        wanted = match_key(values)
        with self._told():
            book = self._opened() if wanted else None
            sheets = sheets_of(type_of(values))
            if book is None or sheets.kind.name not in (each.kind.name for each in book.held()):
                return []
            found = _duplicates(sheets, book.sheet(sheets.header), wanted)
            return sorted(found, key=lambda duplicate: -duplicate.order_id)

    def _opened(self, orders: Sequence[Record] = ()) -> _Book | None:
        try:
            data = self.path.read_bytes()
        except FileNotFoundError:
            return None
        if data.startswith(_OLD_FORMAT):
            raise WorkbookDamaged(
                f"{self.path.name} is protected by a password or has Excel's old format: save it as a plain .xlsx."
            )
        return self._book(data, orders)

    def _missing(self, order_id: int) -> RecordMissing:
        return RecordMissing(f"There is no order {order_id} in {self.path.name}: its rows may have been deleted.")

    @contextmanager
    def held(self) -> Iterator[Path]:
        """The file itself (links followed), under the lock of all our processes; refused while a spreadsheet program has
        it open."""
        place = real_path(self.path)
        lock = FileLock(place.with_name(f".{place.name}.lock"), timeout=LOCK_SECONDS)
        with self._told():
            place.parent.mkdir(parents=True, exist_ok=True)
            lock.acquire()
        try:
            self._refuse_open(place)
            yield place
        finally:
            lock.release()

    def _refuse_open(self, place: Path) -> None:
        for path in {place, self.path}:
            for owner in (f"~${path.name}", f".~lock.{path.name}#"):
                if path.with_name(owner).exists():
                    raise WorkbookLocked(
                        f"{path.name} is open in a spreadsheet program: close it and save again. "
                        f"(If it is not, delete the left-over file {owner} beside it.)"
                    )

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Our errors for a file that cannot be locked, read or written."""
        name = self.path.name
        try:
            yield
        except Timeout:
            raise WorkbookLocked(f"Another program has been saving into {name} for too long: try again.") from None
        except PermissionError as error:
            raise self._refused() from error
        except IsADirectoryError as error:
            raise WorkbookDamaged(f"{self.path} is a folder: choose a file for the workbook.") from error
        except OSError as error:
            raise StorageError(
                f"The folder of {name} cannot be written ({error.strerror}): check its rights and the free disk space."
            ) from error
        except _UNREADABLE as error:
            raise WorkbookDamaged(
                f"{name} is damaged or is no Excel workbook; it was left as it is. Restore a copy, or move it "
                "away and save again to begin a new one."
            ) from error

    def _refused(self) -> WorkbookLocked:
        return WorkbookLocked(
            f"{self.path.name} cannot be opened or replaced: close it in Excel, or check the rights of its folder."
        )


class _Book:
    """An opened workbook: its package and our sheets, those of invoices and of the types ``kinds`` that it has. Where several
    versions of a type are at hand (``saving`` are those of the records to be saved) their sheet has the columns of all."""

    def __init__(
        self, data: bytes | None, kinds: Sequence[DocumentType], version_of: VersionOf, saving: Sequence[DocumentType]
    ) -> None:
        self._package = Package(data)
        self._kinds = kinds
        self._version_of = version_of
        self._saving = saving
        told = [*kinds, *saving]
        self._layouts = joined((*LAYOUTS, *(layout for kind in told for layout in sheets_of(kind).layouts)))
        self._sheets: dict[str, tuple[str, Sheet]] = {}
        self._drops_strings = False

    def sheet(self, layout: Layout) -> Sheet:
        """The sheet of a layout; added where the workbook has none (which stays unsaved unless something is put)."""
        layout = self._layouts.get(layout.name, layout)
        if layout.name not in self._sheets:
            package = self._package
            part = package.sheet_part(layout.name) or package.add_sheet(layout.name, self._new(layout))

            def style_of(title: str) -> int:
                return package.styles.of_kind(layout.kind_of(title))

            sheet = Sheet(package.part(part), layout, lambda: package.strings, style_of, package.date1904)
            self._sheets[layout.name] = (part, sheet)
        return self._sheets[layout.name][1]

    def has(self, layout: Layout) -> bool:
        """Whether the workbook has the sheet of a layout."""
        return layout.name in self._sheets or self._package.sheet_part(layout.name) is not None

    def held(self) -> list[Sheets]:
        """The sheets of the types that it may have records of: invoices always, others where it has their sheet."""
        found = (sheets_of(kind) for kind in self._kinds)
        return [each for each in found if each.kind.base is USUAL or self._package.sheet_part(each.header.name)]

    def order(self, order_id: int) -> Record | None:
        """The order that has this id, as its rows say; ``None`` without any."""
        for sheets in self.held():
            if rows := self.sheet(sheets.header).rows_of(order_id):
                return self._order(sheets_of(self._kind_of(sheets.kind, rows[-1])), order_id)
        return None

    def _kind_of(self, kind: DocumentType, row: Row) -> DocumentType:
        """The type that a record was saved as: ``kind`` in the version that its row names; as it ships where it names none."""
        version = version_in(row)
        if version is None:
            return kind.base
        same = (each for each in (*self._saving, kind) if each.name == kind.name and each.declared)
        known = next((each for each in same if each.declared and each.declared.version == version), None)
        return known or self._version_of(kind.name, version) or kind

    def _order(self, sheets: Sheets, order_id: int) -> Record:
        """The record as ``sheets`` of its version have it."""
        if any(set(layout.titles) - set(self._layouts[layout.name].titles) for layout in sheets.layouts):
            earlier = _Book(self._package.data(), self._kinds, self._version_of, [sheets.kind])
            return earlier._order(sheets, order_id)
        header, *_ = self.sheet(sheets.header).rows_of(order_id)[::-1]
        details = {
            name: self.sheet(layout).rows_of(order_id) if self.has(layout) else []
            for name, layout in sheets.tables.items()
        }
        return order_of(sheets.kind, header, details)

    def put(self, order_id: int, order: Record | None) -> None:
        """Make its rows those of ``order`` (``None``: it has none any more)."""
        own: dict[Layout, list[Row]] = rows_of(order) if order else {}
        rows = {layout.name: rows for layout, rows in own.items()}
        # Its rows of another type go: the document may have been read as that before.
        held = [layout for sheets in self.held() for layout in sheets.layouts]
        for layout in joined((*LAYOUTS, *filter(self.has, held), *own)).values():
            self.sheet(layout).put(order_id, rows.get(layout.name, []), partial(self.rows_may_move, layout))

    def everything(self) -> Iterator[FoundRows]:
        """What the rows of every record say."""
        for sheets in self.held():
            if not self.has(sheets.header):
                continue
            headers, nameless = self.sheet(sheets.header).grouped()
            details = {
                name: self.sheet(layout).grouped()[0] for name, layout in sheets.tables.items() if self.has(layout)
            }
            yield from (FoundRows(f"{sheets.header.name}, row {row}", None, "It has no OrderID.") for row in nameless)
            for order_id, rows in headers.items():
                lines = {name: details.get(name, {}).get(order_id, []) for name in sheets.tables}
                yield self._found(sheets, order_id, rows, lines)

    def _found(self, sheets: Sheets, order_id: int, rows: list[Row], lines: Mapping[str, Sequence[Row]]) -> FoundRows:
        place = f"{sheets.header.name}, OrderID {order_id}"
        if len(rows) > 1:
            return FoundRows(place, None, f"{len(rows)} rows have this OrderID.")
        if not 0 < order_id < _GREATEST_ID:
            return FoundRows(place, None, "This OrderID cannot be the number of a record.")
        kind = self._kind_of(sheets.kind, rows[0])
        try:
            record = (
                self._order(sheets_of(kind), order_id) if kind is not sheets.kind else order_of(kind, rows[0], lines)
            )
        except ValueError:
            return FoundRows(place, None, "Its values do not fit together as a record.")
        return FoundRows(place, record, "", tuple(unread_cells(sheets, rows[0], lines)))

    def take_out(self, order_ids: Collection[int]) -> bool:
        """Take the rows of these orders out; gives whether there were any."""
        found = False
        for layout in self._own_layouts():
            sheet = self.sheet(layout)
            for order_id in sorted(set(sheet.ids()).intersection(order_ids)):
                sheet.put(order_id, [], partial(self.rows_may_move, layout))
                found = True
        self._drops_strings = found
        return found

    def holding(self, mention: Mention) -> Iterator[int]:
        """The orders whose rows mention a name."""
        for layout in self._own_layouts():
            for order_id, *cells in self.sheet(layout).values(tuple(dict.fromkeys(("OrderID", *layout.titles)))):
                told = " ".join(cell for cell in cells if isinstance(cell, str))
                if str(order_id).isdigit() and mention.holds(told):
                    yield int(order_id)

    def _own_layouts(self) -> list[Layout]:
        """Those of ours that the workbook has."""
        layouts = (layout for sheets in self.held() for layout in sheets.layouts)
        return [layout for layout in joined((*LAYOUTS, *layouts)).values() if self.has(layout)]

    def rows_may_move(self, layout: Layout) -> bool:
        """Whether nothing else in the workbook counts on the place of the sheet's rows."""
        part = self._sheets[layout.name][0]
        return not self._package.tables_of(part) and not self._package.mentions(layout.name, but=(part,))

    def data(self) -> bytes:
        """The workbook's bytes with what was put. Raises ValueError where a part was no sound XML before."""
        for layout in LAYOUTS:
            self.sheet(layout)
        for name, (part, sheet) in self._sheets.items():
            self._package.put(part, sheet.xml())
            if filtered := sheet.filtered():
                self._package.note_filter(name, filtered)
            for table in self._package.tables_of(part):
                self._package.put(table, stretch_table(self._package.part(table), sheet.last_before, sheet.last_row()))
        self._package.without_chain()
        if self._drops_strings:
            self._package.blank_unused_strings()
        return self._package.data()

    def _new(self, layout: Layout) -> bytes:
        new = NewSheet(layout, self._package.styles)
        return new.start() + new.end(TITLE_ROW)


def _duplicates(sheets: Sheets, sheet: Sheet, wanted: str | None) -> Iterator[Duplicate]:
    kind, names = sheets.kind, sheets.kind.duplicate_key
    for order_id, *cells in sheet.values(("OrderID", *(sheets.titles[name] for name in names))):
        if not str(order_id).isdigit():
            continue
        known = {name: cell and value_of(kind.field_of(name), cell) for name, cell in zip(names, cells, strict=True)}
        if key_of(known.values()) == wanted:
            made = moment_of(sheet.rows_of(int(order_id))[-1]["CreatedAt"])
            told = {name: value and text_of(value) for name, value in known.items()}
            yield Duplicate(int(order_id), "values", "workbook", told, made, kind)
