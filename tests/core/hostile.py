"""Documents made to cost much: bombs, claims without end, and what breaks readers. All are made here, by name."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable

import pymupdf
from PIL import Image, ImageDraw

from tests.core.made import LINES, encoded, pdf_of, picture_of

_MEGABYTE = bytes(1_000_000)
_UBL = b'xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"'


def deflated(megabytes: int) -> bytes:
    """So many megabytes of zeros, packed a thousandfold."""
    packer = zlib.compressobj(9)
    return b"".join(packer.compress(_MEGABYTE) for _ in range(megabytes)) + packer.flush()


def written(*objects: tuple[str, bytes | None]) -> bytes:
    """A PDF of these objects, dictionaries with their streams, numbered from 1; the first is its catalog."""
    data, places = bytearray(b"%PDF-1.7\n"), []
    for number, (about, stream) in enumerate(objects, 1):
        places.append(len(data))
        length = f"/Length {len(stream)}>>" if stream is not None else ">>"
        data += f"{number} 0 obj {about.removesuffix('>>')}{length}".encode()
        data += b"" if stream is None else b"\nstream\n" + stream + b"\nendstream"
        data += b"\nendobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    end = f"xref\n0 {len(places) + 1}\n0000000000 65535 f \n{table}trailer<</Root 1 0 R/Size {len(places) + 1}>>\n"
    return bytes(data) + f"{end}startxref\n{len(data)}\n%%EOF".encode()


def drawn(content: bytes, *objects: tuple[str, bytes | None], resources: str = "", about: str = "<<>>") -> bytes:
    """A PDF page with this content. ``objects`` are numbered from 5; ``about`` is the content's own dictionary."""
    return written(
        ("<</Type/Catalog/Pages 2 0 R>>", None),
        ("<</Type/Pages/Count 1/Kids[3 0 R]>>", None),
        (f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<<{resources}>>/Contents 4 0 R>>", None),
        (about, content),
        *objects,
    )


def claims(width: int, height: int) -> bytes:
    """A small PNG whose header claims this size."""
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return _png(head, zlib.compress(bytes(1000)))


def _png(head: bytes, pixels: bytes) -> bytes:
    chunks = ((b"IHDR", head), (b"IDAT", pixels), (b"IEND", b""))
    parts = (struct.pack(">I", len(d)) + k + d + struct.pack(">I", zlib.crc32(k + d)) for k, d in chunks)
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def filled_png(width: int, height: int) -> bytes:
    """A PNG of 16-bit colours, all there and nearly all black: eight bytes a pixel when it is decoded."""
    rows = (b"\0" + bytes(6 * width - 1) + b"\xff",)
    packer = zlib.compressobj(9)
    data = b"".join(packer.compress(rows[0]) for _ in range(height)) + packer.flush()
    return _png(struct.pack(">IIBBBBB", width, height, 16, 2, 0, 0, 0), data)


def many_pages(count: int = 10_000) -> bytes:
    """A PDF of empty pages."""
    kids = " ".join(f"{number} 0 R" for number in range(3, count + 3))
    page = ("<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>", None)
    tree = (f"<</Type/Pages/Count {count}/Kids[{kids}]>>", None)
    return written(("<</Type/Catalog/Pages 2 0 R>>", None), tree, *[page] * count)


def crowded(words: int, columns: int = 100, text: Callable[[int], str] = lambda number: f"{number}.50") -> bytes:
    """A PDF with so many words on its one page, in rows."""
    rows = -(-words // columns)
    places = ((20 + 48 * (number % columns), 12 * (number // columns) + 30, text(number)) for number in range(words))
    content = "".join(f"BT /F 8 Tf {x} {y} Td ({word}) Tj ET\n" for x, y, word in places).encode()
    font = "/Font<</F<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>"
    size = f"[0 0 {48 * columns + 40} {12 * rows + 60}]"
    return drawn(content, resources=font).replace(b"[0 0 595 842]", size.encode())


def frames(count: int = 500, printed: bool = False) -> bytes:
    """A TIFF of so many pages, white or each with some lines."""
    page = picture_of(size=(600, 800)).convert("1") if printed else Image.new("1", (600, 800), 1)
    return encoded(page, "TIFF", save_all=True, append_images=[page] * (count - 1), compression="group4")


def nested_forms(depth: int = 12, times: int = 10) -> bytes:
    """Forms that each paint the one before so many times."""
    form = "<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<<{inner}>>>>>>"
    inner = ["", *(f"/A {5 + level} 0 R" for level in range(depth))]
    objects = [(form.format(inner=inner[level]), b"/A Do " * times) for level in range(depth)]
    return drawn(b"/A Do ", *objects, resources=f"/XObject<<{inner[-1]}>>")


def _inline(side: int) -> bytes:
    head = f"q 500 0 0 500 50 50 cm BI /W {side} /H {side} /CS /G /BPC 8 /F /Fl ID ".encode()
    return head + deflated(1) + b"\nEI Q\n"


def inline_picture(side: int) -> bytes:
    """A picture of many pixels in the content of the page."""
    return drawn(_inline(side))


def inline_in_form(side: int) -> bytes:
    """The same within a form."""
    form = "<</Type/XObject/Subtype/Form/BBox[0 0 600 800]/Resources<<>>>>"
    return drawn(b"/A Do", (form, _inline(side)), resources="/XObject<</A 5 0 R>>")


def _picture(width: int, height: int, more: str = "") -> str:
    size = f"/Width {width}/Height {height}/ColorSpace/DeviceGray/BitsPerComponent 8"
    return f"<</Type/XObject/Subtype/Image{size}{more}>>"


def soft_mask(side: int) -> bytes:
    """A small picture with a huge mask over its transparency."""
    mask = (_picture(side, side, "/Filter/FlateDecode"), deflated(min(side * side // 1_000_000, 100)))
    picture = (_picture(10, 10, "/SMask 5 0 R"), b"\x80" * 100)
    return drawn(b"q 500 0 0 500 50 50 cm /A Do Q", mask, picture, resources="/XObject<</A 6 0 R>>")


def many_pictures(count: int = 3000) -> bytes:
    """One picture of five megapixels painted thousands of times."""
    picture = (_picture(2200, 2200, "/Filter/FlateDecode"), deflated(5))
    return drawn(b"q 500 0 0 700 50 50 cm /A Do Q " * count, picture, resources="/XObject<</A 5 0 R>>")


def tiny_tiles() -> bytes:
    """A page painted with a pattern whose tile is a hundredth of a point."""
    about = "/PatternType 1/PaintType 1/TilingType 1/BBox[0 0 .01 .01]/XStep .01/YStep .01/Resources<<>>"
    tile = (f"<</Type/Pattern{about}>>", b"0 0 .005 .005 re f")
    return drawn(b"/Pattern cs /P scn 0 0 595 842 re f", tile, resources="/Pattern<</P 5 0 R>>")


def wide_tiles() -> bytes:
    """A pattern in steps of a point whose tile is as large as the page."""
    about = "/PatternType 1/PaintType 1/TilingType 1/BBox[0 0 595 842]/XStep 1/YStep 1/Resources<<>>"
    tile = (f"<</Type/Pattern{about}>>", b"0 0 590 840 re f")
    return drawn(b"/Pattern cs /P scn 0 0 595 842 re f", tile, resources="/Pattern<</P 5 0 R>>")


def many_shades(count: int = 4000, over_scan: bool = False) -> bytes:
    """A run of colours over the whole page thousands of times, or over a picture as large as a scan."""
    colours = "<</FunctionType 2/Domain[0 1]/C0[1 0 0]/C1[0 0 1]/N 1>>"
    shade = f"<</ShadingType 2/ColorSpace/DeviceRGB/Coords[0 0 595 842]/Function{colours}>>"
    shades, resources = b"/S sh " * count, f"/Shading<</S{shade}>>"
    if not over_scan:
        return drawn(shades, resources=resources)
    scan = (_picture(1000, 1000, "/Filter/FlateDecode"), deflated(1))
    content = b"q 595 0 0 842 0 0 cm /A Do Q " + shades
    return drawn(content, scan, resources=f"{resources}/XObject<</A 5 0 R>>")


def many_layers(count: int = 4000) -> bytes:
    """A half transparent layer over the whole page thousands of times."""
    layer = "<</Type/XObject/Subtype/Form/BBox[0 0 595 842]/Group<</S/Transparency/I true>>/Resources<<>>>>"
    resources = "/XObject<</A 5 0 R>>/ExtGState<</G<</ca .5>>>>"
    return drawn(b"/G gs " + b"/A Do " * count, (layer, b"0 0 9 9 re f"), resources=resources)


def many_surfaces(count: int = 100_000) -> bytes:
    """A rectangle over the whole page a hundred thousand times."""
    return drawn(zlib.compress(b"1 0 0 rg " + b"0 0 595 842 re f " * count), about="<</Filter/FlateDecode>>")


def drawn_letters(count: int = 4000) -> bytes:
    """A font whose one letter is a picture of the size of the page."""
    form = "/Type/Font/Subtype/Type3/FontBBox[0 0 1 1]/FontMatrix[1 0 0 1 0 0]/Encoding<</Differences[97/a]>>"
    font = f"<<{form}/CharProcs<</a 6 0 R>>/FirstChar 97/LastChar 97/Widths[0]/Resources<</XObject<</A 7 0 R>>>>>>"
    letter = ("<<>>", b"0 0 d0 500 0 0 700 0 0 cm /A Do")
    picture = (_picture(200, 200, "/Filter/FlateDecode"), deflated(1))
    text = b"BT /F 1 Tf 50 50 Td (" + b"a" * count + b") Tj ET"
    return drawn(text, (font, None), letter, picture, resources="/Font<</F 5 0 R>>")


def long_outline(count: int = 100_000) -> bytes:
    """One surface whose outline runs up and down the page without end."""
    outline = b"0 0 m " + b"595 842 l 0 10 l " * count + b"f"
    return drawn(zlib.compress(outline), about="<</Filter/FlateDecode>>")


def tiny_dashes() -> bytes:
    """Lines far longer than the page, in dashes of a thousandth of a point."""
    return drawn(b"[.001 .001] 0 d " + b"0 0 m 100000 100000 l S " * 200)


def attached_bomb() -> bytes:
    """A file within the PDF that unpacks to two gigabytes."""
    return written(
        ("<</Type/Catalog/Pages 2 0 R/Names<</EmbeddedFiles<</Names[(factur-x.xml) 4 0 R]>>>>>>", None),
        ("<</Type/Pages/Count 1/Kids[3 0 R]>>", None),
        ("<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>", None),
        ("<</Type/Filespec/F(factur-x.xml)/UF(factur-x.xml)/EF<</F 5 0 R>>>>", None),
        ("<</Type/EmbeddedFile/Filter/FlateDecode>>", deflated(2000)),
    )


def page_tree_loop() -> bytes:
    """Pages whose tree holds itself."""
    return pdf_of(LINES, LINES).replace(b"/Kids[", b"/Kids[2 0 R ").replace(b"/Kids [", b"/Kids [2 0 R ")


def stream_bomb(megabytes: int = 2000, twice: bool = False) -> bytes:
    """A content stream that unpacks to two gigabytes, once packed or twice."""
    data = deflated(megabytes)
    packing = "[/FlateDecode/FlateDecode]" if twice else "/FlateDecode"
    return drawn(zlib.compress(data) if twice else data, about=f"<</Filter{packing}>>")


def entities(levels: int = 12) -> bytes:
    """Invoice XML whose entities multiply tenfold a level."""
    rules = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, levels))
    return (
        f'<!DOCTYPE Invoice [<!ENTITY e0 "ha">{rules}]><Invoice '.encode()
        + _UBL
        + f"><ID>&e{levels - 1};</ID></Invoice>".encode()
    )


def outside_entity() -> bytes:
    """Invoice XML that asks for a file of this machine."""
    return b'<!DOCTYPE Invoice [<!ENTITY e SYSTEM "file:///etc/passwd">]><Invoice ' + _UBL + b"><ID>&e;</ID></Invoice>"


def deep_xml() -> bytes:
    """Invoice XML ninety thousand elements deep."""
    return b"<Invoice " + _UBL + b">" + b"<a>" * 90_000 + b"</a>" * 90_000 + b"</Invoice>"


def wide_xml() -> bytes:
    """Invoice XML with a hundred thousand lines."""
    line = b"<InvoiceLine><ID>1</ID><InvoicedQuantity>1</InvoicedQuantity></InvoiceLine>"
    return b"<Invoice " + _UBL + b"><ID>R-1</ID>" + line * 100_000 + b"</Invoice>"


def noise(side: int = 1600) -> bytes:
    """A picture that is nothing but strokes: thousands of places look like print."""
    image = Image.new("L", (side, side), 255)
    pen = ImageDraw.Draw(image)
    for y in range(0, side, 12):
        for x in range(0, side, 16):
            pen.line((x, y, x + (x * y) % 11, y + 8), fill=0, width=2)
    return encoded(image, "PNG")


def floats(side: int = 8900) -> bytes:
    """A TIFF of 79 megapixels in floating point, packed small."""
    out = io.BytesIO()
    Image.new("F", (side, side), 1.0).save(out, "TIFF", compression="tiff_adobe_deflate")
    return out.getvalue()


#: Refused or read within a second or so each.
QUICK: dict[str, Callable[[], bytes]] = {
    "empty.pdf": lambda: b"",
    "header.pdf": lambda: b"%PDF-1.7\n",
    "cut.pdf": lambda: pdf_of(LINES)[:400],
    "xref.pdf": lambda: pdf_of(LINES).replace(b"xref", b"xxxx"),
    "loop.pdf": page_tree_loop,
    "square.png": lambda: claims(30_000, 30_000),
    "strip.png": lambda: claims(1, 79_000_000),
    "digits.pdf": lambda: pdf_of(("Invoice number R-7", f"Total {'9' * 5000}")),
    "locked.pdf": lambda: pdf_of(LINES, encryption=pymupdf.PDF_ENCRYPT_AES_256, user_pw="a", owner_pw="b"),
    "nul.pdf": lambda: pdf_of(LINES).replace(b"Invoice", b"In\0oice"),
    "deep.xml": deep_xml,
    "entities.xml": entities,
    "outside.xml": outside_entity,
    "forms.pdf": nested_forms,
    "inline.pdf": lambda: inline_picture(30_000),
    "inlineform.pdf": lambda: inline_in_form(30_000),
    "mask.pdf": lambda: soft_mask(30_000),
    "pictures.pdf": many_pictures,
    "tiles.pdf": tiny_tiles,
    "widetiles.pdf": wide_tiles,
    "shades.pdf": many_shades,
    "shadedscan.pdf": lambda: many_shades(over_scan=True),
    "layers.pdf": many_layers,
    "surfaces.pdf": many_surfaces,
    "letters.pdf": drawn_letters,
    "outline.pdf": long_outline,
    "cascade.pdf": lambda: stream_bomb(200, twice=True),
    "frames.tif": lambda: frames(20),
}

#: What takes long to make, or longer to read.
SLOW: dict[str, Callable[[], bytes]] = {
    "pages.pdf": many_pages,
    "words.pdf": lambda: crowded(60_000, 300),
    "crowded.pdf": lambda: crowded(9_900),
    "crowdedtext.pdf": lambda: crowded(
        9_900, text=lambda number: ("Total", "Invoice", "Lamp", "GmbH", "12.05.2024")[number % 5]
    ),
    "column.pdf": lambda: crowded(9_900, 3),
    "frames.tif": frames,
    "printed.tif": lambda: frames(printed=True),
    "stream.pdf": stream_bomb,
    "attached.pdf": attached_bomb,
    "dashes.pdf": tiny_dashes,
    "mask79.pdf": lambda: soft_mask(8_900),
    "inline79.pdf": lambda: inline_picture(8_900),
    "deep16.png": lambda: filled_png(8_900, 8_900),
    "floats.tif": floats,
    "noise.png": noise,
    "wide.xml": wide_xml,
}
