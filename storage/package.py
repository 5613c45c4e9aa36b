"""A workbook file (an OOXML package) whose parts are read when asked for and kept byte by byte unless changed: charts,
pivot tables, macros and pictures of the person's survive a save."""

from __future__ import annotations

import io
import posixpath
import re
import shutil
import zipfile
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import IO, Any

from storage.cells import joined_text
from storage.regular_xml import attribute, child, parse_xml, well_formed
from storage.styles import Styles

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
_STRING_ITEM = re.compile(rb"<(?:\w+:)?si\b[^>]*?(?:/>|>(.*?)</(?:\w+:)?si>)", re.S)

#: The number of a shared string in a cell.
_NAMED_STRING = re.compile(rb'<(?:\w+:)?c\b[^>]*?\bt="s"[^>]*>(?:(?!</(?:\w+:)?c>).)*?<(?:\w+:)?v>\s*(\d+)\s*<', re.S)

#: The smallest workbook there is: no sheet yet.
_EMPTY = {
    "[Content_Types].xml": f'<Types xmlns="{_TYPES}">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Override PartName="/xl/workbook.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
    '<Override PartName="/xl/styles.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{_PACKAGE_RELATIONS}">'
    f'<Relationship Id="rId1" Type="{_RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}"><bookViews><workbookView/></bookViews>'
    "<sheets></sheets></workbook>",
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE_RELATIONS}">'
    f'<Relationship Id="rId1" Type="{_RELATIONS}/styles" Target="styles.xml"/></Relationships>',
    "xl/styles.xml": f'<styleSheet xmlns="{_MAIN}">'
    '<fonts count="1"><font><sz val="11"/><name val="Calibri"/><family val="2"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>',
}


class Package:
    """The parts of a workbook, by name."""

    def __init__(self, data: bytes | None = None) -> None:
        """``data`` is the file's bytes, ``None`` a new workbook. Raises zipfile.BadZipFile, KeyError, ValueError for
        what is no workbook."""
        self._archive = zipfile.ZipFile(io.BytesIO(data)) if data is not None else None
        self._changed: dict[str, bytes] = {name: text.encode() for name, text in _EMPTY.items()} if data is None else {}
        self._workbook = self._related("", "officeDocument")[0]
        self._root = parse_xml(self.part(self._workbook))

    def part(self, name: str) -> bytes:
        """A part's bytes. Raises KeyError, zipfile.BadZipFile."""
        if name in self._changed:
            return self._changed[name]
        if self._archive is None:
            raise KeyError(name)
        return self._archive.read(name)

    def put(self, name: str, data: bytes) -> None:
        """Change a part, or add it."""
        self._changed[name] = data

    def names(self) -> list[str]:
        """The parts' names, the file's own order first."""
        held = self._archive.namelist() if self._archive else []
        return list(dict.fromkeys((*held, *self._changed)))

    @cached_property
    def date1904(self) -> bool:
        """Whether days are counted from 1904 (workbooks that began on an old Mac)."""
        told = self._root.find("{*}workbookPr")
        return told is not None and told.get("date1904") in ("1", "true")

    @cached_property
    def strings(self) -> list[str]:
        """The shared strings."""
        found = self._related(self._workbook, "sharedStrings")
        data = self.part(found[0]) if found else b""
        if b"<!" in data or re.search(rb"<\w+:si\b", data):
            items = parse_xml(data).iterfind("{*}si")
            return ["".join(t.text or "" for t in item.xpath(".//*[local-name()='t'][not(ancestor::*[local-name()='rPh'])]"))
                    for item in items]  # fmt: skip
        return [joined_text(match[1] or b"") for match in _STRING_ITEM.finditer(data)]

    def blank_unused_strings(self) -> None:
        """Empty the shared strings that no cell names any more; the others keep their number."""
        found = self._related(self._workbook, "sharedStrings")
        if not found:
            return
        sheets = (name for name in self.names() if name.startswith("xl/worksheets/") and name.endswith(".xml"))
        used = {int(number) for name in sheets for number in _NAMED_STRING.findall(self.part(name))}
        root = parse_xml(self.part(found[0]))
        for number, item in enumerate(root.iterfind("{*}si")):
            if number not in used:
                for inner in list(item):
                    item.remove(inner)
                item.append(item.makeelement(item.tag.replace("}si", "}t"), {}))
        self.put(found[0], _xml(root))

    @cached_property
    def styles(self) -> Styles:
        """The workbook's formats."""
        return Styles(self.part(self._styles_part()))

    def sheet_part(self, title: str) -> str | None:
        """The name of the part that holds the sheet ``title`` (in any case); ``None`` without such a sheet."""
        for sheet in self._root.iterfind("{*}sheets/{*}sheet"):
            if sheet.get("name", "").strip().casefold() == title.casefold():
                relation = next(value for name, value in sheet.attrib.items() if name.endswith("}id"))
                return self._target(self._workbook, relation)
        return None

    def add_sheet(self, title: str, data: bytes) -> str:
        """Add a sheet behind the others; gives its part's name."""
        number = next(n for n in range(1, 10_000) if f"xl/worksheets/sheet{n}.xml" not in self.names())
        name = f"xl/worksheets/sheet{number}.xml"
        self.put(name, data)
        self._extend("[Content_Types].xml", "Override", PartName=f"/{name}", ContentType=_SHEET_TYPE)
        relation = self._new_relation(f"{_RELATIONS}/worksheet", f"/{name}")
        sheets = child(self._root, "sheets")
        used = [int(attribute(sheet, "sheetId")) for sheet in sheets]
        attributes = {"name": title, "sheetId": str(max(used, default=0) + 1), f"{{{_RELATIONS}}}id": relation}
        sheets.append(sheets.makeelement(sheets.tag.replace("}sheets", "}sheet"), attributes))
        return name

    def tables_of(self, sheet: str) -> list[str]:
        """The parts of the Excel tables on a sheet's part."""
        return self._related(sheet, "table")

    def mentions(self, title: str, but: Iterable[str]) -> bool:
        """Whether a part other than ``but`` (a formula, chart or name) speaks of the sheet ``title``."""
        others = (name for name in self.names() if name.startswith("xl/") and name.endswith(".xml") and name not in but)
        return any(title.encode() in self.part(name) for name in others if name != self._workbook) or any(
            title in (name.text or "") and not (name.get("name") or "").startswith("_xlnm.")
            for name in self._root.iterfind("{*}definedNames/{*}definedName")
        )

    def without_chain(self) -> None:
        """Drop the list of formula cells, which Excel makes anew: it must not name a cell whose formula is gone."""
        for part in self._related(self._workbook, "calcChain"):
            for holder, key in (("[Content_Types].xml", "PartName"), (_relations_of(self._workbook), "Target")):
                root = parse_xml(self.part(holder))
                for entry in [e for e in root if posixpath.basename(e.get(key, "")) == posixpath.basename(part)]:
                    root.remove(entry)
                self.put(holder, _xml(root))

    def note_filter(self, title: str, filtered: str) -> None:
        """Note the range of a sheet's filter (``A1:Q9``) among the workbook's names, where programs look for it too."""
        titles = [attribute(sheet, "name") for sheet in self._root.iterfind("{*}sheets/{*}sheet")]
        place, title = next(
            (str(n), held) for n, held in enumerate(titles) if held.strip().casefold() == title.casefold()
        )
        names = self._root.find("{*}definedNames")
        if names is None:
            sheets = child(self._root, "sheets")
            names = sheets.makeelement(sheets.tag.replace("}sheets", "}definedNames"), {})
            followers = ("sheets", "functionGroups", "externalReferences")
            last = [part for part in self._root if part.tag.rpartition("}")[2] in followers][-1]
            last.addnext(names)
        attributes = {"name": "_xlnm._FilterDatabase", "localSheetId": place, "hidden": "1"}
        held = [name for name in names if all(name.get(key) == attributes[key] for key in ("name", "localSheetId"))]
        note = held[0] if held else names.makeelement(names.tag.replace("}definedNames", "}definedName"), attributes)
        note.text = f"'{title}'!" + re.sub(r"([A-Z]+)(\d+)", r"$\1$\2", filtered)
        if not held:
            names.append(note)

    def data(self, streamed: Mapping[str, IO[bytes]] | None = None) -> bytes:
        """The file's bytes. ``streamed`` parts are read from files, from their beginning.
        Raises ValueError for a part that is not sound XML: what is damaged is not built upon."""
        self.put(self._workbook, _xml(self._root))
        if "styles" in self.__dict__ and self.styles.changed:
            self.put(self._styles_part(), self.styles.xml())
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=2) as archive:
            for name in self.names():
                if streamed and name in streamed:
                    streamed[name].seek(0)
                    with archive.open(name, "w", force_zip64=True) as part:
                        shutil.copyfileobj(streamed[name], part)
                else:
                    xml = name.endswith((".xml", ".rels"))
                    archive.writestr(name, well_formed(self.part(name)) if xml else self.part(name))
        return buffer.getvalue()

    def _styles_part(self) -> str:
        return self._related(self._workbook, "styles")[0]

    def _relations(self, part: str) -> Any:
        name = _relations_of(part)
        return parse_xml(self.part(name)) if name in self.names() else ()

    def _related(self, part: str, kind: str) -> list[str]:
        return [
            _absolute(part, attribute(entry, "Target"))
            for entry in self._relations(part)
            if entry.get("Type", "").endswith(f"/{kind}") and entry.get("TargetMode") != "External"
        ]

    def _target(self, part: str, relation: str) -> str:
        return next(
            _absolute(part, attribute(entry, "Target"))
            for entry in self._relations(part)
            if entry.get("Id") == relation
        )

    def _new_relation(self, kind: str, target: str) -> str:
        name = _relations_of(self._workbook)
        used = {entry.get("Id") for entry in parse_xml(self.part(name))}
        fresh = next(f"rId{number}" for number in range(1, 100_000) if f"rId{number}" not in used)
        self._extend(name, "Relationship", Id=fresh, Type=kind, Target=target)
        return fresh

    def _extend(self, part: str, tag: str, **attributes: str) -> None:
        root = parse_xml(self.part(part))
        root.append(root.makeelement(re.sub(r"[^}]+$", tag, root.tag), attributes))
        self.put(part, _xml(root))


def _relations_of(part: str) -> str:
    folder, name = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{name}.rels")


def _absolute(part: str, target: str) -> str:
    return (
        target.lstrip("/")
        if target.startswith("/")
        else posixpath.normpath(posixpath.join(posixpath.dirname(part), target))
    )


def _xml(root: Any) -> bytes:
    from lxml import etree

    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True))
