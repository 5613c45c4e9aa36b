"""A workbook's formats: the ones that our columns need are found among the person's, or added behind them."""

from __future__ import annotations

from typing import Any

from storage.regular_xml import attribute, child, parse_xml

#: How the values of a column's kind are shown. Money has two decimals and more where the amount has them.
_NUMBER_FORMATS = {
    "number": "0",
    "text": "@",
    "date": "yyyy-mm-dd",
    "money": "#,##0.00######",
    "quantity": "General",
    "moment": "yyyy-mm-dd hh:mm:ss",
}
_BUILT_IN = {"General": 0, "0": 1, "@": 49}
#: What a cell format refers to when nothing is chosen.
_PLAIN = {"numFmtId": "0", "fontId": "0", "fillId": "0", "borderId": "0", "xfId": "0"}
#: Numbers below this are Excel's own formats.
_FIRST_OWN = 164


class Styles:
    """The part ``styles.xml``."""

    def __init__(self, data: bytes) -> None:
        self._root = parse_xml(data)
        self._space = self._root.tag.removesuffix("styleSheet")
        self.changed = False

    def of_kind(self, kind: str) -> int:
        """The index of the cell format for a column's kind."""
        return self._format(numFmtId=str(self._number_format(_NUMBER_FORMATS[kind])))

    def of_titles(self) -> int:
        """The index of the cell format for column titles: bold white on a dark ground."""
        font = self._add_new(
            "fonts",
            '<font xmlns="{0}"><b/><sz val="11"/><color rgb="FFFFFFFF"/><name val="Calibri"/><family val="2"/></font>',
        )
        fill = self._add_new(
            "fills",
            '<fill xmlns="{0}"><patternFill patternType="solid"><fgColor rgb="FF1F3A4D"/><bgColor indexed="64"/>'
            "</patternFill></fill>",
        )
        return self._format(fontId=str(font), fillId=str(fill), applyFont="1", applyFill="1")

    def xml(self) -> bytes:
        """The part as it is now."""
        from lxml import etree

        return bytes(etree.tostring(self._root, xml_declaration=True, encoding="UTF-8", standalone=True))

    def _number_format(self, code: str) -> int:
        if code in _BUILT_IN:
            return _BUILT_IN[code]
        held = self._root.find("{*}numFmts")
        if held is None:
            held = self._root.makeelement(f"{self._space}numFmts", {})
            self._root.insert(0, held)
        for entry in held:
            if entry.get("formatCode", "").replace("\\", "").replace('"', "") == code:
                return int(attribute(entry, "numFmtId"))
        fresh = max([_FIRST_OWN - 1, *(int(attribute(entry, "numFmtId")) for entry in held)]) + 1
        self._append(held, held.makeelement(f"{self._space}numFmt", {"numFmtId": str(fresh), "formatCode": code}))
        return fresh

    def _format(self, **told: str) -> int:
        """The index of the cell format with just these choices."""
        wanted = _PLAIN | told
        if wanted["numFmtId"] != "0":
            wanted["applyNumberFormat"] = "1"
        formats = child(self._root, "cellXfs")
        for index, entry in enumerate(formats):
            plain = not len(entry) and entry.get("quotePrefix", "0") == "0"  # neither alignment nor protection
            if plain and all(entry.get(name, "0") == wanted[name] for name in _PLAIN):
                return index
        return self._append(formats, formats.makeelement(f"{self._space}xf", wanted))

    def _add_new(self, group: str, template: str) -> int:
        from lxml import etree

        entry = etree.fromstring(template.format(self._space.strip("{}")))
        held = child(self._root, group)
        for index, other in enumerate(held):
            if etree.tostring(other, method="c14n") == etree.tostring(entry, method="c14n"):
                return index
        return self._append(held, entry)

    def _append(self, group: Any, entry: Any) -> int:
        group.append(entry)
        group.set("count", str(len(group)))
        self.changed = True
        return len(group) - 1
