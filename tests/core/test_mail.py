"""Mails that come in: what is attached becomes documents of one batch; the text only where that is all there is."""

from __future__ import annotations

import base64
import io
import random
from collections.abc import Iterator
from contextlib import suppress
from email.message import EmailMessage
from pathlib import Path

import pytest
from PIL import Image

from core.documents.archives import Packed, is_archive, unpack_archive
from core.documents.mail.parts import MOST_FILES
from core.documents.mail.reading import is_mail, title_of
from core.documents.office.converting import Converter
from core.documents.opening import Opener
from core.entrypoints.bootstrap import build_studio
from core.entrypoints.cli import main
from core.errors import BrokenDocument, DocumentError, DocumentTooLarge, UnsupportedDocument
from core.settings import Limits, Settings
from core.studio import Studio
from tests.core.mail_files import eml, message, msg
from tests.core.test_archives import zipped
from tests.core.test_inbox import items, paper, taken

PDF = "application/pdf"


def picture(width: int, height: int) -> bytes:
    """A PNG of this size."""
    out = io.BytesIO()
    Image.new("RGB", (width, height), "white").save(out, "PNG")
    return out.getvalue()


def unpacked(data: bytes, **limits: int) -> list[Packed]:
    """What is in a mail."""
    return list(unpack_archive(data, "mail.eml", Limits(**limits)))


def names(data: bytes) -> list[str]:
    """The names of what is in it."""
    return [each.file.name for each in unpacked(data)]


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    """A studio of threads, in a data folder of its own."""
    made = build_studio(Settings(data_dir=tmp_path, DATABASE_URL=None, workers="threads", libreoffice="none"))
    yield made
    made.close()


def test_a_mail_is_a_batch_named_after_its_subject(studio: Studio) -> None:
    """Its documents are rows, each by itself; the text beside them is none."""
    mail = eml(
        "Rechnungen für März",
        "See attached.",
        files=[("Rechnung März.pdf", paper("M-1"), PDF), ("b.bin", paper("M-2"), "application/octet-stream")],
    )
    found = taken(studio, ("mail.eml", bytes(mail)))
    assert {name: (item.state, item.number) for name, item in found.items()} == {
        "Rechnung März.pdf": ("approved", "M-1"),
        "b.bin": ("approved", "M-2"),
    }
    (report,) = studio.inbox.reports()
    assert (report.batch.name, report.count) == ("Rechnungen für März", 2)


def test_one_bad_attachment_holds_up_no_other(studio: Studio) -> None:
    """It has its sentence."""
    files = [
        ("bad.pdf", b"%PDF-1.4 nothing", PDF),
        ("terms.xyz", b"???", "application/octet-stream"),
        ("good.pdf", paper("M-3"), PDF),
    ]
    found = taken(studio, ("mail.eml", bytes(eml("March", files=files))))
    assert {name: item.state for name, item in found.items()} == {
        "bad.pdf": "failed",
        "terms.xyz": "failed",
        "good.pdf": "approved",
    }
    assert found["terms.xyz"].sentence.startswith("terms.xyz: this kind of file is not read here")


def test_an_outlook_message_is_taken_apart_too(studio: Studio) -> None:
    """With a message in it."""
    inner = message("Inner", files=[("two.pdf", paper("M-5"))], is_inner=True)
    found = taken(studio, ("mail.msg", msg("Invoices of March", "text", [("one.pdf", paper("M-4"))], [inner])))
    assert {name: (item.within, item.number) for name, item in found.items()} == {
        "one.pdf": ("mail.msg", "M-4"),
        "two.pdf": ("mail.msg/Inner.msg", "M-5"),
    }
    assert studio.inbox.reports()[0].batch.name == "Invoices of March"


def test_the_text_is_the_document_where_nothing_else_is(studio: Studio) -> None:
    """As a sender writes an invoice into the mail itself; who sent it stands on the page."""
    text = (
        "Woodshed Supplies Ltd\n4 Mill Lane, Leeds LS1 4AP\n\nINVOICE\nInvoice number: T-77\nInvoice date: 3 March 2026\n\n"
        "Description        Qty     Price    Amount\nOak board            4     25.00    100.00\n\n"
        "Subtotal: 100.00 GBP\nVAT 20%: 20.00 GBP\nTotal: 120.00 GBP\n"
    )
    found = taken(studio, ("mail.eml", bytes(eml("Your invoice", text))))["Your invoice.html"]
    assert (found.number, str(found.total), found.currency) == ("T-77", "120.00", "GBP")


def test_the_text_as_html_shows_no_more_than_a_person_sees() -> None:
    """No script, no hidden line, nothing fetched; the head of the mail stands above."""
    html = '<p>Total: 12.00</p><div style="display:none">Total: 99.00</div><script>x</script><img src="http://127.0.0.1:9/track.gif">'
    (packed,) = unpacked(bytes(eml("Fwd: bill", "plain", html)))
    document = Opener(Converter("none"))(packed.file.data, packed.file.name)
    text = " ".join(word.text for word in document.page(1).words())
    assert packed.file.name == "Fwd bill.html"
    assert text.startswith("From Billing <billing@woodshed.example>")
    assert "12.00" in text
    assert "99.00" not in text


def test_logos_are_no_documents_and_photos_are() -> None:
    """A picture that the text shows is one only where it is large enough to be a page; a tiny one never is."""
    html = '<p>Hello</p><img src="cid:logo"><img src="cid:photo">'
    mail = eml(
        "x",
        "t",
        html,
        [("icon.png", picture(32, 32), "image/png"), ("scan.png", picture(400, 300), "image/png")],
        {"logo": picture(400, 120), "photo": picture(1200, 900)},
    )
    assert names(bytes(mail)) == ["photo.png", "scan.png"]


def test_signatures_calendars_and_cards_are_left_out() -> None:
    """Nobody wrote them; the text is the document then."""
    litter = [
        ("smime.p7s", b"x", "application/pkcs7-signature"),
        ("invite.ics", b"BEGIN", "text/calendar"),
        ("me.vcf", b"BEGIN", "text/vcard"),
    ]
    assert names(bytes(eml("Hello", "Total: 3", files=litter))) == ["Hello.html"]


def test_what_outlook_packed_and_what_is_encrypted_is_said() -> None:
    """With what to do."""
    (packed, page) = unpacked(bytes(eml("x", "Hello", files=[("winmail.dat", b'x\x9f>"', "application/ms-tnef")])))
    assert packed.trouble.startswith("winmail.dat: Outlook packed what was attached into this file")
    assert page.file.name == "x.html"
    sealed = EmailMessage()
    sealed["From"], sealed["Subject"] = "a@b.example", "Secret"
    sealed.set_content(b"0\x80\x06\x09", "application", "pkcs7-mime", filename="smime.p7m")
    assert [each.trouble for each in unpacked(bytes(sealed))] == [
        "this mail is encrypted: open it in your mail program and save what is attached."
    ]


def test_mails_in_mails_and_zips_are_followed_only_so_far() -> None:
    """Three mails deep."""
    deep = eml("four", "deepest text")
    for subject in ("three", "two", "one"):
        deep = eml(subject, "see inside", inner=[deep])
    assert next(each.trouble for each in unpacked(bytes(deep))).startswith("a mail lies more than 3 mails deep")
    mail = eml(
        "outer",
        "t",
        files=[
            ("papers.zip", zipped({"in.eml": bytes(eml("inner", files=[("a.pdf", b"%PDF-", PDF)]))}), "application/zip")
        ],
    )
    assert [(each.within, each.file.name) for each in unpacked(bytes(mail))] == [
        ("mail.eml/papers.zip/in.eml", "a.pdf")
    ]


def test_a_mail_that_is_too_much_is_held_to_the_limits() -> None:
    """In number and in size."""
    many = eml("x", files=[(f"{number}.pdf", b"%PDF-", PDF) for number in range(MOST_FILES + 5)])
    found = unpacked(bytes(many))
    assert len(found) == MOST_FILES + 1
    assert found[-1].trouble == "after 100 files of this mail no more were taken: add them by themselves."
    large = bytes(eml("x", files=[("a.pdf", bytes(2_500_000), PDF), ("b.pdf", b"%PDF-", PDF)]))
    assert [each.trouble for each in unpacked(large, file_megabytes=2)] == [
        "a.pdf: it has more than 2 MB, which is the limit: raise it in the settings.",
        "",
    ]
    with pytest.raises(DocumentTooLarge, match=r"mail.eml: it unpacks to more than 2 MB"):
        unpacked(large, unpacked_megabytes=2)


def test_names_in_every_encoding_are_read_and_lead_nowhere() -> None:
    """As programs of all times write them."""
    head = b"From: a@b.example\r\nSubject: =?iso-8859-1?Q?Rechnung_M=E4rz?=\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n"
    ways = (
        b'filename="=?utf-8?B?w6Q=?=.pdf"',
        b"filename*=utf-8''%C3%A4.pdf",
        b"filename*0*=utf-8''%C3%A4; filename*1*=.pdf",
        b'filename="../../\xc3\xa4.pdf"',
    )
    parts = b"".join(
        b"--x\r\nContent-Disposition: attachment; "
        + way
        + b"\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        + base64.b64encode(b"%PDF-1.4")
        + b"\r\n"
        for way in ways
    )
    mail = head + parts + b"--x--\r\n"
    assert [name.strip(". ") for name in names(mail)] == ["ä.pdf"] * 4
    assert title_of(mail, "mail.eml") == "Rechnung März"


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"From: a@b.example\nSubject: x\n\nhello", True),
        (b"From someone Mon Mar  2 2026\nReturn-Path: <a@b.example>\nReceived: from x\n\tby y\n\n", True),
        (b"Invoice number: 1\nTotal: 2\n", False),
        (b"%PDF-1.4\nFrom: a\nSubject: b\n\n", False),
        (b"", False),
        (msg("x"), True),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), False),
    ],
)
def test_a_mail_is_known_by_its_head(data: bytes, told: bool) -> None:
    """Not by its name."""
    assert is_mail(data) is told
    assert is_archive(data) is told


def test_an_empty_mail_and_a_damaged_one_are_one_sentence() -> None:
    """It names the mail."""
    with pytest.raises(UnsupportedDocument, match=r"mail.eml: this mail holds no document and no text\."):
        unpacked(b"From: a@b.example\nSubject: x\n\n")
    with pytest.raises(BrokenDocument, match=r"mail.eml: this mail is damaged"):
        unpacked(msg("x", files=[("a.pdf", b"x" * 9000)])[:-512])


def test_a_mail_on_the_command_line_is_each_document_in_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One that fails is told of."""
    monkeypatch.setenv("STUDIO_DATA_DIR", str(tmp_path / "data"))
    path = tmp_path / "mail.eml"
    path.write_bytes(
        bytes(
            eml(
                "x",
                files=[("a.pdf", paper("C-1"), PDF), ("bad.pdf", b"%PDF-1.4 no", PDF), ("b.pdf", paper("C-2"), PDF)],
            )
        )
    )
    assert main(["extract", str(path), "--quiet"]) == 1
    out, err = capsys.readouterr()
    assert ["C-1" in line for line in out.splitlines()] == [True, False]
    assert "bad.pdf: this PDF is damaged" in err
    assert main(["extract", str(path), "--pages", "1", "--quiet"]) == 1


def test_items_of_a_mail_come_only_once(studio: Studio) -> None:
    """A forwarded mail brings nothing new, and that is said."""
    taken(studio, ("mail.eml", bytes(eml("March", files=[("a.pdf", paper("O-1"), PDF)]))))
    taken(studio, ("fwd.eml", bytes(eml("Fwd: March", files=[("a.pdf", paper("O-1"), PDF)]))))
    assert len(items(studio)) == 1
    assert studio.inbox.reports()[0].batch.again == ("a.pdf",)


@pytest.mark.parametrize("seed", range(6))
def test_a_spoilt_mail_is_taken_apart_or_refused_with_a_sentence(seed: int) -> None:
    """Bits flipped, parts cut out and doubled: never anything but a DocumentError."""
    dice = random.Random(seed)
    inner = message("inner", "x", [("c.pdf", b"%PDF-")], is_inner=True)
    wholes = (
        bytes(eml("Invoices", "text", "<p>x</p>", [("a.pdf", b"%PDF-", PDF)], {"a": picture(9, 9)}, [eml("inner")])),
        msg("Invoices", "text", [("a.pdf", b"%PDF-" * 2000), ("b.pdf", b"%PDF-")], [inner]),
        zipped({"a.eml": bytes(eml("inner", "text")), "b.pdf": b"%PDF-"}),
    )
    for _ in range(25):
        for whole in wholes:
            data = bytearray(whole)
            for _ in range(dice.choice((1, 3, 20))):
                place, other = dice.randrange(len(data)), dice.randrange(len(data))
                match dice.randrange(3):
                    case 0:
                        data[place] ^= 1 << dice.randrange(8)
                    case 1:
                        data[place : place + 40] = data[other : other + 90]
                    case _:
                        del data[place : place + min(60, len(data) - 1)]
            if is_archive(bytes(data)):
                with suppress(DocumentError):
                    unpacked(bytes(data), file_megabytes=2, unpacked_megabytes=5)
