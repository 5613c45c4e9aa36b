"""Opening documents: formats, limits, pages, words, pictures, and a clear error for each kind of bad file."""

from __future__ import annotations

import io
import struct
import threading
import zlib
from collections.abc import Callable
from pathlib import PurePath
from typing import Any

import pymupdf
import pytest
from PIL import Image
from PIL.TiffImagePlugin import TiffImageFile

from core.documents import Document
from core.documents.opening import open_document
from core.errors import (
    BrokenDocument,
    DocumentError,
    DocumentTooLarge,
    EmptyDocument,
    EncryptedDocument,
    PageRangeError,
    PageTooLarge,
    TooManyPages,
    UnsupportedDocument,
    WrongPassword,
)
from core.evidence import Box
from core.settings import Limits
from tests.core.hostile import inline_in_form, inline_picture
from tests.core.made import LINES, encoded, pdf_of, picture_of, scan_of

INVOICE_XML = b'<?xml version="1.0"?><!-- <x/> --><rsm:CrossIndustryInvoice xmlns:rsm="urn:x"/>'


def pdf_with(page_setup: str) -> Document:
    """A PDF with one word at (100, 100)–(…, 114), its page changed by ``page_setup``."""
    pdf = pymupdf.open()
    page = pdf.new_page(width=600, height=800)
    page.insert_text((100, 112), "Word", fontsize=12)
    page.draw_rect(pymupdf.Rect(100, 100, 130, 114), fill=(0, 0, 0))
    if "crop" in page_setup:
        page.set_cropbox(pymupdf.Rect(50, 40, 500, 700))
    if "turn" in page_setup:
        page.set_rotation(90)
    return open_document(pdf.tobytes(), "a.pdf")


def dark_part(image: Image.Image) -> tuple[int, int, int, int]:
    """The box around everything dark."""
    box = image.convert("L").point(lambda value: 255 if value < 100 else 0).getbbox()
    assert box
    return box


# --- PDFs ---------------------------------------------------------------------------------------------------------


def test_words_have_boxes_lines_and_order() -> None:
    words = open_document(pdf_of(LINES), "a.pdf").page(1).words()
    assert [word.text for word in words[:4]] == ["Invoice", "2024-117", "Date", "06.05.2024"]
    assert [word.line for word in words[:4]] == [0, 0, 1, 1]
    assert words[0].box.x0 == pytest.approx(72, abs=1)
    assert words[0].box.x1 < words[1].box.x0
    assert words[0].confidence == 1.0


@pytest.mark.parametrize("setup", ["", "crop", "turn", "crop turn"])
@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_words_stand_where_the_picture_shows_them(setup: str, rotation: int) -> None:
    """Whatever the page's own rotation, its crop box and the person's turn."""
    page = pdf_with(setup).page(1, rotation)
    picture = page.render(72)
    assert picture.image.size == (round(page.width), round(page.height))
    drawn = dark_part(picture.image)
    word = page.words()[0]
    assert word.text == "Word"
    assert Box(*drawn).contains(*word.box.center)
    assert word.box.overlap(Box(*drawn)) > 0.7 * (drawn[2] - drawn[0]) * (drawn[3] - drawn[1])


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_a_clip_shows_just_that_part(rotation: int) -> None:
    page = pdf_with("turn crop").page(1, rotation)
    box = page.words()[0].box
    whole = dark_part(page.render(144).image)
    part = page.render(144, Box(box.x0 - 10, box.y0 - 10, box.x1 + 10, box.y1 + 10)).image
    assert dark_part(part)[2] - dark_part(part)[0] == pytest.approx(whole[2] - whole[0], abs=2)
    assert part.width == pytest.approx(2 * (box.width + 20), abs=2)


def test_ligatures_are_spelt_out() -> None:
    pdf = pymupdf.open()
    pdf.new_page().insert_htmlbox(pymupdf.Rect(50, 50, 500, 200), "<p>o\ufb03ce \ufb01ne</p>")
    words = open_document(pdf.tobytes(), "a.pdf").page(1).words()
    assert [word.text for word in words] == ["office", "fine"]


def test_a_long_document_opens_without_reading_its_pages() -> None:
    document = open_document(pdf_of(*[("page",)] * 300), "a.pdf")
    assert document.page_count == 300
    assert document.page(300).words()[0].text == "page"


@pytest.mark.parametrize("number", [0, -1, 3])
def test_a_page_that_is_not_there_is_refused(number: int) -> None:
    with pytest.raises(PageRangeError):
        open_document(pdf_of(("a",), ("b",)), "a.pdf").page(number)


def test_previews_are_as_wide_as_asked() -> None:
    for document in (open_document(pdf_of(LINES), "a.pdf"), open_document(encoded(picture_of(), "PNG"), "a.png")):
        for width in (120, 1400):
            with Image.open(io.BytesIO(document.page(1, 90).preview(width))) as image:
                assert image.width == width


def test_attachments_are_given_and_huge_ones_left_out() -> None:
    pdf = pymupdf.open()
    pdf.new_page()
    pdf.embfile_add("factur-x.xml", INVOICE_XML, filename="factur-x.xml")
    pdf.embfile_add("big", b"\0" * 25_000_000, filename="big.bin")
    found = open_document(pdf.tobytes(), "a.pdf").attachments()
    assert [(one.name, one.data) for one in found] == [("factur-x.xml", INVOICE_XML)]


def test_a_file_pinned_to_a_page_is_an_attachment() -> None:
    """Some programs attach the invoice XML as a note with a paper clip."""
    pdf = pymupdf.open(stream=pdf_of(LINES, LINES))
    pdf[1].add_file_annot((50, 50), INVOICE_XML, "pinned.xml")
    found = open_document(pdf.tobytes(), "a.pdf").attachments()
    assert [(one.name, one.data) for one in found] == [("pinned.xml", INVOICE_XML)]


def test_a_portfolio_says_what_it_holds() -> None:
    """Its pages are but a cover."""
    pdf = pymupdf.open(stream=pdf_of(("Open this in another program.",)))
    pdf.embfile_add("bill.pdf", pdf_of(LINES), filename="bill.pdf")
    pdf.xref_set_key(pdf.pdf_catalog(), "Collection", "<</Type/Collection>>")
    [remark] = open_document(pdf.tobytes(), "a.pdf").remarks
    assert "portfolio" in remark
    assert "bill.pdf" in remark


def test_threads_share_a_document() -> None:
    document = open_document(pdf_of(*[LINES] * 8), "a.pdf")
    seen: list[int] = []

    def read(number: int) -> None:
        seen.append(len(document.page(number, 90).words()))
        document.page(number).preview(200)

    threads = [threading.Thread(target=read, args=(number,)) for number in range(1, 9)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(seen)) == 1
    assert len(seen) == 8


def test_a_scan_is_seen_as_a_picture_with_or_without_hidden_text() -> None:
    page = open_document(scan_of(picture_of(size=(1000, 1400))), "a.pdf").page(1)
    assert page.words() == []
    assert page.text_layer().picture_share > 0.95
    pdf = pymupdf.open(stream=scan_of(picture_of(size=(1000, 1400))))
    pdf[0].insert_text((72, 100), "hidden words here", render_mode=3)
    layer = open_document(pdf.tobytes(), "a.pdf").page(1).text_layer()
    assert len(layer.words) == 3
    assert layer.hidden_share == 1.0


# --- pictures -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("form", "suffix"), [("PNG", "png"), ("JPEG", "jpg"), ("TIFF", "tif"), ("WEBP", "webp")])
@pytest.mark.parametrize("orientation", [1, 3, 5, 6, 8])
def test_exif_orientation_is_honoured(form: str, suffix: str, orientation: int) -> None:
    image = Image.new("RGB", (200, 100), "white")
    image.paste("black", (0, 0, 60, 30))
    exif = Image.Exif()
    exif[0x0112] = orientation
    page = open_document(encoded(image, form, exif=exif), f"a.{suffix}").page(1)
    sideways = orientation in (5, 6, 8)
    assert (page.width, page.height) == ((100, 200) if sideways else (200, 100))
    corner = {1: (0, 0), 3: (1, 1), 5: (0, 0), 6: (1, 0), 8: (0, 1)}[orientation]
    picture = page.render().image
    assert picture.size == (page.width, page.height)
    x, y = (corner[0] * (picture.width - 11) + 5, corner[1] * (picture.height - 11) + 5)
    assert sum(picture.getpixel((x, y))) < 60  # type: ignore[arg-type]


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGBA", "LA", "CMYK", "I;16", "F"])
def test_every_kind_of_picture_becomes_rgb(mode: str) -> None:
    image = Image.new("L", (60, 40), 255)
    image.paste(0, (0, 0, 30, 40))
    made = image.convert("RGB").convert(mode) if mode in ("CMYK", "RGBA", "LA", "P") else image.convert(mode)
    form, suffix = ("TIFF", "tif") if mode in ("CMYK", "F") else ("PNG", "png")
    picture = open_document(encoded(made, form), f"a.{suffix}").page(1).render().image
    assert picture.mode == "RGB"


def test_transparency_lies_on_white() -> None:
    data = encoded(Image.new("RGBA", (30, 20), (0, 0, 0, 0)), "PNG")
    assert open_document(data, "a.png").page(1).render().image.getpixel((5, 5)) == (255, 255, 255)


def test_the_frames_of_a_tiff_are_pages() -> None:
    frames = [Image.new("RGB", (50 + 10 * number, 40), "white") for number in range(3)]
    document = open_document(encoded(frames[0], "TIFF", save_all=True, append_images=frames[1:]), "a.tiff")
    assert [document.page(number).width for number in (1, 2, 3)] == [50, 60, 70]
    assert document.page(3).render().image.size == (70, 40)
    assert document.page(2).words() == []


@pytest.mark.parametrize("save", [{}, {"compression": "tiff_lzw"}, {"big_tiff": True}])
def test_a_late_frame_costs_no_more_than_an_early_one(save: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """The frames before it are not looked at again: five hundred pages would be read 125,000 times."""
    frames = [Image.new("L", (20 + number, 40), number) for number in range(40)]
    document = open_document(encoded(frames[0], "TIFF", save_all=True, append_images=frames[1:], **save), "a.tif")
    monkeypatch.setattr(TiffImageFile, "seek", lambda image, frame: pytest.fail("the frames are walked again"))
    for number in (1, 2, 40):
        picture = document.page(number).render().image
        assert (picture.width, picture.getpixel((0, 0))[0]) == (19 + number, number - 1)


def test_a_picture_turns_clockwise() -> None:
    image = Image.new("RGB", (200, 100), "white")
    image.paste("black", (0, 0, 40, 20))
    document = open_document(encoded(image, "BMP"), "a.bmp")
    assert dark_part(document.page(1, 90).render().image) == (80, 0, 100, 40)
    assert dark_part(document.page(1, 270).render(clip=Box(0, 100, 50, 200)).image) == (0, 60, 20, 100)


# --- XML ----------------------------------------------------------------------------------------------------------


def test_invoice_xml_is_a_document_without_pages() -> None:
    document = open_document(INVOICE_XML, "invoice.xml")
    assert document.page_count == 0
    assert document.attachments()[0].data == INVOICE_XML
    with pytest.raises(PageRangeError, match="no pages"):
        document.page(1)


# --- what is refused ----------------------------------------------------------------------------------------------


def refusal(data: bytes, name: str, limits: Limits | None = None, password: str | None = None) -> DocumentError:
    """The error with which a file is refused when it is opened or, at the latest, when its pages are used."""

    def use() -> None:
        open_document(data, name, limits, password).page(1).preview(100)

    with pytest.raises(DocumentError) as caught:
        use()
    assert str(caught.value).startswith(PurePath(name).name)
    return caught.value


def png_header(width: int, height: int) -> bytes:
    """A small PNG that claims to be very large."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(b"\0" * 100)), (b"IEND", b""))
    body = b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + body


def bomb(cascade: bool) -> bytes:
    """A small PDF whose one content stream unpacks to 60 MB."""
    packed = zlib.compress(b"\n" * 60_000_000, 9)
    packed = zlib.compress(packed, 9) if cascade else packed
    filters = "[/FlateDecode /FlateDecode]" if cascade else "/FlateDecode"
    pdf = pymupdf.open()
    page = pdf.new_page()
    page.insert_text((50, 50), "x")
    stream = page.get_contents()[0]
    pdf.update_stream(stream, packed, new=True, compress=False)
    pdf.xref_set_key(stream, "Filter", filters)
    data: bytes = pdf.tobytes()
    return data


def test_an_empty_file_is_refused() -> None:
    assert isinstance(refusal(b"", "a.pdf"), EmptyDocument)


@pytest.mark.parametrize("suffix", ["pdf", "png", "jpg", "tif", "webp", "bmp", "xml"])
def test_rubbish_with_a_known_suffix_is_broken(suffix: str) -> None:
    assert isinstance(refusal(b"rubbish " * 50, f"a.{suffix}"), BrokenDocument)


@pytest.mark.parametrize(
    ("data", "name", "media_type", "remark"),
    [
        (encoded(picture_of(), "PNG"), "folder/scan.pdf", "image/png", "PNG picture, though its name ends in .pdf"),
        (encoded(picture_of(), "JPEG"), "scan.PNG", "image/jpeg", "JPEG picture, though its name ends in .png"),
        (pdf_of(LINES), "photo.jpg", "application/pdf", "PDF, though its name ends in .jpg"),
        (pdf_of(LINES), "invoice", "application/pdf", "PDF, which its name does not say"),
        (INVOICE_XML, "data.txt", "application/xml", "an XML file, though its name ends in .txt"),
    ],
)
def test_the_bytes_decide_whatever_the_name_says(data: bytes, name: str, media_type: str, remark: str) -> None:
    """A wrong suffix, or none, is a remark; the file is read."""
    document = open_document(data, name)
    assert document.media_type == media_type
    [sentence] = document.remarks
    assert remark in sentence


@pytest.mark.parametrize("name", ["a.pdf", "A.PDF"])
def test_a_name_that_is_right_needs_no_remark(name: str) -> None:
    assert open_document(pdf_of(LINES), name).remarks == ()


UBL = "urn:oasis:names:specification:ubl:schema:xsd"


def test_other_ubl_is_named_for_what_it_is() -> None:
    """With and without a declaration, by root and namespace."""
    xml, what = f'<Order xmlns="{UBL}:Order-2"/>', "UBL document that is no invoice"
    for text in (xml, f"<?xml version='1.0'?>\n<!-- <Invoice/> -->{xml}"):
        error = refusal(text.encode(), "a.xml")
        assert isinstance(error, UnsupportedDocument)
        assert what in str(error)


@pytest.mark.parametrize("lead", [b"\n", b"\xef\xbb\xbf", b"\xef\xbb\xbf\r\n", b"\n\xef\xbb\xbf"])
def test_xml_may_begin_with_blanks(lead: bytes) -> None:
    assert open_document(lead + INVOICE_XML, "a.xml").media_type == "application/xml"


@pytest.mark.parametrize(
    ("data", "name", "advice"),
    [
        (b"PK\x03\x04" + bytes(40), "a.zip", "drop it into the Inbox"),
        (b"GIF89a" + bytes(40), "a.gif", "save it as PNG"),
        (b"\0\0\0\x18ftypheic" + bytes(40), "a.heic", "save it as JPEG"),
        (b"plain words", "a.txt", "add a PDF"),
        (b"<?xml version='1.0'?><root/>", "a.xml", "no invoice in a format that is read here"),
    ],
)
def test_strangers_are_named_with_a_way_out(data: bytes, name: str, advice: str) -> None:
    error = refusal(data, name)
    assert isinstance(error, UnsupportedDocument)
    assert advice in str(error)


def test_an_encrypted_pdf_asks_for_its_password() -> None:
    data = pdf_of(LINES, encryption=pymupdf.PDF_ENCRYPT_AES_256, user_pw="secret", owner_pw="owner")
    assert isinstance(refusal(data, "a.pdf"), EncryptedDocument)
    assert isinstance(refusal(data, "a.pdf", password="wrong"), WrongPassword)
    assert open_document(data, "a.pdf", password="secret").page(1).words()


def test_limits_are_kept() -> None:
    noise = encoded(Image.effect_noise((1100, 1100), 90), "PNG")
    assert isinstance(refusal(noise, "a.png", Limits(file_megabytes=1)), DocumentTooLarge)
    assert isinstance(refusal(pdf_of(("a",), ("b",), ("c",)), "a.pdf", Limits(pages=2)), TooManyPages)
    frames = [Image.new("1", (8, 8))] * 3
    tiff = encoded(frames[0], "TIFF", save_all=True, append_images=frames[1:])
    assert isinstance(refusal(tiff, "a.tif", Limits(pages=2)), TooManyPages)


def test_an_image_bomb_is_refused_before_it_is_decoded() -> None:
    for side in (30_000, 60_000):
        assert isinstance(refusal(png_header(side, side), "a.png"), PageTooLarge)


@pytest.mark.parametrize("size", [(1, 79_000_000), (79_000_000, 1)])
def test_a_picture_of_a_side_too_long_is_refused(size: tuple[int, int]) -> None:
    """A thin strip has few megapixels and takes gigabytes."""
    error = refusal(png_header(*size), "a.png")
    assert isinstance(error, PageTooLarge)
    assert "no side may have more than" in str(error)


def test_a_picture_inside_the_content_of_a_page_is_measured_too() -> None:
    """It stands in no list of pictures."""
    pdf = pymupdf.open()
    page = pdf.new_page()
    page.insert_text((50, 50), "x")
    data = zlib.compress(b"\0" * 100)
    inline = b"q 9 0 0 9 50 50 cm BI /W 9000 /H 9000 /CS /G /BPC 8 /F /Fl ID " + data + b"\nEI Q\n"
    pdf.update_stream(page.get_contents()[0], inline)
    assert isinstance(refusal(pdf.tobytes(), "a.pdf"), PageTooLarge)


@pytest.mark.parametrize("make", [inline_picture, inline_in_form])
def test_a_picture_inside_the_content_is_measured_before_it_is_decoded(make: Callable[[int], bytes]) -> None:
    """Asking for the page's words would decode it, and so would asking for its size."""
    document = open_document(make(90_000), "a.pdf")
    with pytest.raises(PageTooLarge, match="8100 megapixels"):
        document.page(1)
    assert open_document(make(300), "a.pdf").page(1).words() == []


def test_a_pdf_page_beyond_the_pixel_limit_is_refused() -> None:
    pdf = pymupdf.open()
    pdf.new_page(width=14_000, height=14_000)
    with pytest.raises(PageTooLarge):
        open_document(pdf.tobytes(), "a.pdf").page(1).render(200)


@pytest.mark.parametrize("cascade", [False, True])
def test_a_pdf_that_unpacks_too_far_is_refused(cascade: bool) -> None:
    data = bomb(cascade)
    assert len(data) < 200_000
    assert isinstance(refusal(data, "a.pdf", Limits(unpacked_megabytes=50)), DocumentTooLarge)
    assert open_document(data, "a.pdf", Limits(unpacked_megabytes=80)).page_count == 1


def test_forms_that_multiply_are_refused() -> None:
    """Eight forms, each painting the one before ten times."""
    pdf = pymupdf.open()
    page = pdf.new_page()
    page.insert_text((50, 50), "x")
    inner = ""
    for _ in range(8):
        form = pdf.get_new_xref()
        pdf.update_object(form, f"<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<<{inner}>>>>>>")
        pdf.update_stream(form, b"/A Do " * 10, new=True)
        inner = f"/A {form} 0 R"
    pdf.xref_set_key(page.xref, "Resources", f"<</XObject<<{inner}>>>>")
    pdf.update_stream(page.get_contents()[0], b"/A Do ")
    assert isinstance(refusal(pdf.tobytes(), "a.pdf"), PageTooLarge)


@pytest.mark.parametrize(
    ("form", "suffix"), [("PNG", "png"), ("JPEG", "jpg"), ("TIFF", "tif"), ("WEBP", "webp"), ("BMP", "bmp")]
)
def test_a_picture_that_is_cut_off_is_broken(form: str, suffix: str) -> None:
    data = encoded(picture_of(), form)
    assert isinstance(refusal(data[: len(data) * 6 // 10], f"a.{suffix}"), BrokenDocument)


def test_nothing_is_printed_about_a_broken_pdf(capfd: pytest.CaptureFixture[str]) -> None:
    data = pdf_of(LINES)
    refusal(b"%PDF-1.7\n" + b"\0" * 500, "a.pdf")
    open_document(data[: len(data) - 300], "a.pdf").page(1).words()
    assert capfd.readouterr() == ("", "")
