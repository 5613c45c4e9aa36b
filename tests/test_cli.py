"""The command line: the real program for what a shell sees, its ``main`` for the rest."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from functools import reduce
from itertools import count
from pathlib import Path
from typing import Any

import pymupdf
import pytest

from core.documents.members import MOST_DEEP
from core.entrypoints.bootstrap import build_studio
from core.entrypoints.cli import main
from core.entrypoints.commands import extract as extract_command
from core.entrypoints.console import StepLines
from core.events import StepFailed, StepFinished, StepSkipped, StepStarted
from samples.shipped import CASES
from tests.conftest import PASSWORD, SampleFile
from tests.core.made import LINES, pdf_of

ROOT = Path(__file__).parent.parent


@pytest.fixture(autouse=True)
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder of the test's own, for this process and the ones it starts."""
    folder = tmp_path / "data"
    monkeypatch.setenv("STUDIO_DATA_DIR", str(folder))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    return folder


def program(*arguments: object) -> subprocess.CompletedProcess[str]:
    """``python -m core`` as a shell runs it."""
    command = [sys.executable, "-m", "core", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)


Call = Callable[..., tuple[int, str, str]]


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str]) -> Call:
    """``main`` in this process: exit status, stdout, stderr."""

    def run(*arguments: object) -> tuple[int, str, str]:
        status = main([str(argument) for argument in arguments])
        return (status, *capsys.readouterr())

    return run


def test_help_answers_before_anything_is_loaded() -> None:
    """No library that takes time is imported for ``--help``."""
    code = (
        "import sys\nfrom core.entrypoints.cli import main\n"
        "try:\n    main(['--help'])\nexcept SystemExit:\n    print('\\n', *sorted(sys.modules), sep='\\n')"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert "extract" in done.stdout
    heavy = {"pydantic", "pymupdf", "PIL", "sqlalchemy", "openpyxl", "numpy", "rapidocr", "lxml"}
    assert heavy.isdisjoint(done.stdout.splitlines())


def test_one_bad_file_does_not_stop_the_others(einvoice_pdf: SampleFile, tmp_path: Path) -> None:
    """The good file's JSON is printed, the bad ones' lines stand on stderr, and the exit status says so."""
    (tmp_path / "empty.pdf").touch()
    done = program("extract", tmp_path / "missing.pdf", einvoice_pdf.path, tmp_path / "empty.pdf", tmp_path)
    assert done.returncode == 1
    result = json.loads(done.stdout)
    assert result["invoice"]["total_amount"] == einvoice_pdf.truth["total_amount"]
    problems = done.stderr.splitlines()
    assert [line.split(": ")[0] for line in problems] == [
        f"{tmp_path}/missing.pdf",
        f"{tmp_path}/empty.pdf",
        str(tmp_path),
    ]
    assert "Traceback" not in done.stderr


def test_a_barcode_for_an_amount_does_not_cost_the_result(call: Call, tmp_path: Path) -> None:
    """The JSON has every other value, and a finding for the one that was left out."""
    path = tmp_path / "bill"
    path.write_bytes(pdf_of(("Invoice number R-7", "Date 06.05.2024", "Total 12345678901234567890")))
    status, out, _ = call("extract", path)
    result = json.loads(out)
    assert (status, result["invoice"]["total_amount"]) == (0, None)
    assert result["invoice"]["invoice_number"] == "R-7"
    assert {"unreadable", "format"} <= {finding["check"] for finding in result["findings"]}


@pytest.mark.parametrize("rest", ["<ID>", "<ID/></Invoice>"])
def test_invoice_xml_without_a_value_fails_with_its_sentence(call: Call, tmp_path: Path, rest: str) -> None:
    """Damaged, or empty: the exit status says so, and one line why."""
    path = tmp_path / "bill.xml"
    path.write_text(f'<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2">{rest}')
    status, _, err = call("extract", path)
    assert status == 1
    assert "invoice XML bill.xml" in err


def test_a_result_tells_all_there_is(call: Call, digital_pdf: SampleFile) -> None:
    """Beside the invoice: evidence, findings, confidences, verdict, text, recipe, step timings, provenance."""
    status, out, err = call("extract", digital_pdf.path)
    result = json.loads(out)
    assert (status, err) == (0, "")
    assert set(result["invoice"]) >= set(digital_pdf.truth) - {"meta"}
    assert result["name"] == digital_pdf.name
    assert result["verdict"] in ("ready", "needs review")
    assert digital_pdf.truth["invoice_number"] in result["text"]
    assert result["recipe"]["extractors"] == ["einvoice", "rules"]
    assert {step["step"] for step in result["steps"]} >= {"load", "ocr", "extract"}
    assert all({"page", "boxes", "score"} <= set(evidence) for evidence in result["evidence"].values())
    assert {"confidences", "findings", "provenance", "raw", "document"} <= set(result)


def test_several_results_are_a_line_each(call: Call, digital_pdf: SampleFile, einvoice_pdf: SampleFile) -> None:
    """A program can read the output line by line."""
    _, out, _ = call("extract", digital_pdf.path, einvoice_pdf.path)
    assert [json.loads(line)["name"] for line in out.splitlines()] == [digital_pdf.name, einvoice_pdf.name]


def test_files_of_the_same_stem_do_not_overwrite_each_other(
    call: Call, tmp_path: Path, einvoice_pdf: SampleFile
) -> None:
    """Results of equal stems get numbers, whatever else is called so."""
    paths = [tmp_path / name for name in ("a/bill.pdf", "b/bill.pdf", "c/bill-2.pdf", "d/BILL.pdf")]
    for path in paths:
        path.parent.mkdir()
        path.write_bytes(einvoice_pdf.data)
    status, out, _ = call("extract", *paths, "--out", tmp_path / "results")
    assert (status, out) == (0, "")
    written = sorted(path.name for path in (tmp_path / "results").iterdir())
    assert written == ["BILL-3.json", "bill-2-2.json", "bill-2.json", "bill.json"]


def test_a_long_name_still_gets_its_result(call: Call, tmp_path: Path, einvoice_pdf: SampleFile) -> None:
    """A stem as long as a file system takes is cut, not refused."""
    path = tmp_path / f"{'ü' * 125}.pdf"
    path.write_bytes(einvoice_pdf.data)
    assert call("extract", path, "--out", tmp_path / "out")[0] == 0
    assert [result.stem for result in (tmp_path / "out").iterdir()] == ["ü" * 100]


def test_chosen_pages_are_one_invoice(call: Call, two_invoices_pdf: SampleFile) -> None:
    """``--pages 2`` reads the second invoice alone."""
    _, out, _ = call("extract", two_invoices_pdf.path, "--pages", "2")
    result = json.loads(out)
    assert [page["number"] for page in result["pages"]] == [2]
    first, second = (truth["invoice_number"] for truth in two_invoices_pdf.truths)
    assert second in result["text"]
    assert first not in result["text"]


def test_a_page_that_is_not_there_is_named(call: Call, digital_pdf: SampleFile) -> None:
    """A wrong page choice is one line with the file's path."""
    status, _, err = call("extract", digital_pdf.path, "--pages", "9")
    assert status == 1
    assert err == f"{digital_pdf.path}: There is no page 9: the document has only page 1.\n"


def test_an_encrypted_document_opens_with_its_password(call: Call, encrypted_pdf: SampleFile) -> None:
    """Without it, the line asks for it."""
    status, _, err = call("extract", encrypted_pdf.path)
    assert status == 1
    assert "password" in err
    status, out, _ = call("extract", encrypted_pdf.path, "--password", PASSWORD)
    assert status == 0
    assert encrypted_pdf.truth["invoice_number"] in json.loads(out)["text"]


def test_records_are_saved_where_asked(call: Call, einvoice_pdf: SampleFile, data_dir: Path) -> None:
    """Both stores under one order id; a second save is refused, updates, or is kept as another, as told."""
    both = ("extract", einvoice_pdf.path, "--save", "sqlite", "--save", "excel", "--quiet")
    _, _, first = call(*both)
    assert "saved as order 1 in the database and the Excel workbook" in first
    assert (data_dir / "invoice_database.xlsx").is_file()
    assert "already stored as order 1" in call(*both)[2]
    assert "saved as order 1" in call(*both, "--stored", "update")[2]
    assert "saved as order 2" in call(*both, "--stored", "keep")[2]


def test_saving_fills_the_store_that_lacks_it(call: Call, einvoice_pdf: SampleFile, data_dir: Path) -> None:
    """What is stored in the database alone comes into the workbook by saving to both; then nothing more is to do."""
    call("extract", einvoice_pdf.path, "--save", "sqlite", "--quiet")
    both = ("extract", einvoice_pdf.path, "--save", "sqlite", "--save", "excel", "--quiet")
    assert "already stored as order 1, which is now in the Excel workbook too" in call(*both)[2]
    assert (data_dir / "invoice_database.xlsx").is_file()
    assert "not saved, it is already stored as order 1" in call(*both)[2]


def test_the_doctor_mends_what_a_save_that_broke_off_left(
    call: Call, einvoice_pdf: SampleFile, data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It says which order the workbook lacks, and ``--mend`` adds it."""
    from core.records import Records

    with monkeypatch.context() as patch:
        patch.setattr(Records, "_put_in_place", lambda *_, **__: None)  # as if killed there
        call("extract", einvoice_pdf.path, "--save", "sqlite", "--save", "excel", "--quiet")
    assert "Order 1 is not in the Excel workbook" in call("doctor")[1]
    assert len(json.loads(call("doctor", "--json")[1])["differences"]) == 1
    assert "Mended: Order 1" in call("doctor", "--mend")[2]
    assert (data_dir / "invoice_database.xlsx").is_file()
    assert json.loads(call("doctor", "--json")[1])["differences"] == []


def test_a_recipe_comes_by_name_or_file(call: Call, einvoice_pdf: SampleFile, tmp_path: Path) -> None:
    """The result names the recipe it was made with; an unknown one ends the call with a sentence."""
    path = tmp_path / "mine.json"
    path.write_text('{"name": "mine", "extractors": ["einvoice"]}', encoding="utf-8")
    assert json.loads(call("extract", einvoice_pdf.path, "--recipe", path)[1])["recipe"]["name"] == "mine"
    assert json.loads(call("extract", einvoice_pdf.path, "--recipe", "page-only")[1])["extractor"] == "rules"
    status, out, err = call("extract", einvoice_pdf.path, "--recipe", "nonsense")
    assert (status, out) == (1, "")
    assert err.startswith("There is no recipe “nonsense”")


def test_the_files_in_a_portfolio_are_read_where_asked(call: Call, tmp_path: Path) -> None:
    """Each is a document of its own; what is no PDF and no picture is passed over."""
    pdf = pymupdf.open(stream=pdf_of(("A cover for what is inside.",)))
    pdf.embfile_add("one", pdf_of(("Invoice 2024-117", *LINES[1:])), filename="bill.pdf")
    pdf.embfile_add("two", b"notes", filename="notes.txt")
    path = tmp_path / "folder.pdf"
    path.write_bytes(pdf.tobytes())
    assert len(call("extract", path)[1].splitlines()) == 1
    _, out, _ = call("extract", path, "--members")
    cover, bill = map(json.loads, out.splitlines())
    assert (cover["name"], bill["name"]) == ("folder.pdf", "bill.pdf")
    assert bill["invoice"]["invoice_number"] == "2024-117"


def holding(*members: bytes) -> bytes:
    """A PDF that is but the cover of these PDFs."""
    pdf = pymupdf.open(stream=pdf_of(("A cover for what is inside.",)))
    for number, data in enumerate(members, 1):
        pdf.embfile_add(f"{number}", data, filename=f"part-{number}.pdf")
    held: bytes = pdf.tobytes()
    return held


def test_portfolios_inside_portfolios_are_read_where_asked(call: Call, tmp_path: Path) -> None:
    """Each file right behind the one that holds it."""
    inner = holding(pdf_of(("Invoice 2024-118", *LINES[1:])))
    path = tmp_path / "folder.pdf"
    path.write_bytes(holding(inner, pdf_of(("Invoice 2024-119", *LINES[1:]))))
    status, out, _ = call("extract", path, "--members")
    assert status == 0
    numbers = [json.loads(line)["invoice"]["invoice_number"] for line in out.splitlines()]
    assert numbers == [None, None, "2024-118", "2024-119"]


def test_files_too_deep_inside_files_are_named(call: Call, tmp_path: Path) -> None:
    """Once, with what to do about it; everything above them is read, and so are their neighbours."""
    deep = reduce(lambda inner, _: holding(inner), range(MOST_DEEP), pdf_of(LINES))
    path = tmp_path / "folder.pdf"
    path.write_bytes(holding(deep, pdf_of(("Invoice 2024-119", *LINES[1:]))))
    status, out, err = call("extract", path, "--members", "--quiet")
    assert status == 1
    assert len(out.splitlines()) == 1 + MOST_DEEP + 1
    assert "2024-119" in out.splitlines()[-1]
    [sentence] = err.splitlines()
    assert sentence.startswith(
        f"{path}/part-1.pdf/part-1.pdf/part-1.pdf/part-1.pdf: the files in it lie more than 4 files deep"
    )


def test_a_portfolio_of_too_many_files_ends(call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file of a few kilobytes can hold itself a million times over."""
    monkeypatch.setattr("core.documents.members.MOST_MEMBERS", 5)
    level = reduce(lambda inner, _: holding(inner, inner, inner), range(3), pdf_of(LINES))
    (tmp_path / "folder.pdf").write_bytes(level)
    status, out, err = call("extract", tmp_path / "folder.pdf", "--members", "--quiet")
    assert (status, len(out.splitlines())) == (1, 6)
    assert "after 5 files within files no more were read" in err


def test_a_run_ends_at_the_limit_of_the_settings(call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As on the page: one sentence with the way out."""
    (tmp_path / "long.pdf").write_bytes(pdf_of(*[LINES] * 12))
    clock = count(step=100)
    monkeypatch.setattr("core.runs.monotonic", lambda: next(clock))  # 100 seconds between any two looks
    status, out, err = call("extract", tmp_path / "long.pdf")
    assert (status, out) == (1, "")
    assert "Stopped after 600 seconds" in err
    assert "choose fewer pages" in err


def test_a_hostile_name_writes_nothing_on_the_terminal(call: Call, tmp_path: Path) -> None:
    """Escape sequences and line breaks of a file's name are not passed on."""
    path = tmp_path / "x\x1b]0;owned\x07\nEverything is fine.pdf"
    path.write_bytes(b"no pdf")
    status, _, err = call("extract", path)
    assert status == 1
    assert "\x1b" not in err
    assert err.count("\n") == 1


def test_a_name_that_is_no_text_is_read_all_the_same(einvoice_pdf: SampleFile, tmp_path: Path) -> None:
    """Linux allows names that are not UTF-8."""
    path = os.fsencode(tmp_path) + b"/bill-\xff.pdf"
    Path(os.fsdecode(path)).write_bytes(einvoice_pdf.data)
    done = program("extract", os.fsdecode(path), "--save", "sqlite")
    assert done.returncode == 0
    assert json.loads(done.stdout)["name"] == "bill-?.pdf"


def test_a_pipe_in_place_of_a_file_does_not_hang(call: Call, tmp_path: Path) -> None:
    """Only ordinary files are opened."""
    os.mkfifo(tmp_path / "pipe.pdf")
    assert "no ordinary file" in call("extract", tmp_path / "pipe.pdf")[2]


def test_a_file_beyond_the_limit_is_not_even_read(call: Call, tmp_path: Path, data_dir: Path) -> None:
    """The limit of the settings holds before a byte is taken into memory."""
    data_dir.mkdir()
    (data_dir / "settings.json").write_text('{"limits": {"file_megabytes": 1}}', encoding="utf-8")
    with (tmp_path / "huge.pdf").open("wb") as file:
        file.truncate(5_000_000)
    assert "it has 5 MB and the limit is 1 MB" in call("extract", tmp_path / "huge.pdf")[2]


def test_results_need_a_folder(call: Call, einvoice_pdf: SampleFile, tmp_path: Path) -> None:
    """``--out`` that names a file is told of before anything is read."""
    (tmp_path / "taken").touch()
    status, out, err = call("extract", einvoice_pdf.path, "--out", tmp_path / "taken")
    assert (status, out) == (1, "")
    assert "choose another" in err


def test_a_fault_of_ours_costs_one_file(
    call: Call, einvoice_pdf: SampleFile, digital_pdf: SampleFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An error that nobody foresaw is a line, and the next file is read."""
    real = extract_command.open_file

    def broken(studio: Any, path: Path, password: str | None) -> Any:
        if path == digital_pdf.path:
            raise ZeroDivisionError("division by zero")
        return real(studio, path, password)

    monkeypatch.setattr(extract_command, "open_file", broken)
    status, out, err = call("extract", digital_pdf.path, einvoice_pdf.path)
    assert status == 1
    assert "ZeroDivisionError: division by zero" in err
    assert json.loads(out)["name"] == einvoice_pdf.name


def test_a_reader_that_leaves_early_gets_no_traceback(einvoice_pdf: SampleFile) -> None:
    """``python -m core extract … | head -1``."""
    command = [sys.executable, "-m", "core", "extract", *[str(einvoice_pdf.path)] * 3]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == ""
    assert process.returncode == 1


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def test_steps_are_told_on_a_terminal_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each step's end with its time, cache or reason; nothing with ``--quiet``."""
    events = (
        StepStarted("load"),
        StepFinished("load", 0.5, detail="1 of 1 page"),
        StepFinished("ocr", 0, cached=True),
        StepSkipped("einvoice", "The recipe reads the page only."),
        StepFailed("extract", 1, "Broken."),
    )
    told = {}
    for quiet in (True, False):
        monkeypatch.setattr(sys, "stderr", Terminal())
        lines = StepLines(quiet)
        for event in events:
            lines.show(event)
        told[quiet] = sys.stderr.getvalue()  # type: ignore[attr-defined]
    assert told[True] == ""
    assert told[False].splitlines() == [
        "  Load document: 0.50 s, 1 of 1 page",
        "  Read text: cache",
        "  E-invoice check: skipped. The recipe reads the page only.",
        "  Extract fields: failed after 1.00 s. Broken.",
    ]


def test_evaluate_scores_the_extraction(call: Call, data_dir: Path, tmp_path: Path) -> None:
    """The e-invoice is read without a fault; kept predictions score the same; the person's own data stays alone."""
    status, out, err = call("evaluate", CASES, "--language", "de", "--json", "--out", tmp_path)
    report = json.loads(out)
    assert (status, err) == (0, "")
    assert report["summary"]["all"]["f1"] == 1.0
    assert set(report["cases"]) == {"german-einvoice"}
    again = json.loads(call("evaluate", CASES, "--language", "de", "--json", "--pred", tmp_path)[1])
    assert again["fields"] == report["fields"]
    assert {path.name for path in data_dir.iterdir() if not path.name.startswith("studio.db")} == {"evaluation"}
    assert build_studio().runs() == []  # what it may spend is the person's, and in the same books; its runs are not


def test_evaluate_prints_tables(call: Call, tmp_path: Path) -> None:
    """A case without prediction is scored as empty and named on stderr."""
    (tmp_path / "english-studio.json").write_text(
        (CASES / "english-studio" / "truth.json").read_text("utf-8"), encoding="utf-8"
    )
    status, out, err = call("evaluate", CASES, "--kind", "digital", "--pred", tmp_path, "--cases")
    assert status == 0
    assert "4 cases, 3 without prediction" in out
    assert "english-studio" in out
    assert [line.split(":")[0] for line in err.splitlines()] == [
        "english-receipt",
        "german-einvoice",
        "italian-two-pages",
    ]


def test_evaluate_reads_the_pages_that_the_truth_names(
    call: Call, two_invoices_pdf: SampleFile, tmp_path: Path
) -> None:
    """``--invoice-pages`` leaves out the pages of other invoices."""
    truth = two_invoices_pdf.truths[1]
    truth = {**truth, "meta": {**truth["meta"], "invoice_pages": [2]}}
    (tmp_path / "cases" / "second").mkdir(parents=True)
    (tmp_path / "cases" / "second" / "document.pdf").write_bytes(two_invoices_pdf.data)
    (tmp_path / "cases" / "second" / "truth.json").write_text(json.dumps(truth), encoding="utf-8")
    call("evaluate", tmp_path / "cases", "--invoice-pages", "--out", tmp_path / "out")
    kept = json.loads((tmp_path / "out" / "second.json").read_text("utf-8"))
    assert [page["number"] for page in kept["pages"]] == [2]


@pytest.mark.parametrize("folder", ["nowhere", "."])
def test_evaluate_without_cases_says_so(call: Call, tmp_path: Path, folder: str) -> None:
    """A missing or empty folder is one line."""
    status, out, err = call("evaluate", tmp_path / folder)
    assert (status, out) == (1, "")
    assert err.count("\n") == 1


def test_the_doctor_says_what_is_usable(call: Call) -> None:
    """Engines, extractors and stores each with a state; JSON holds the same."""
    status, out, _ = call("doctor")
    assert status == 0
    parts = json.loads(call("doctor", "--json")[1])["parts"]
    assert {"OCR engine", "Extractor", "Store", "Accelerator"} <= {part["kind"] for part in parts}
    assert all(part["name"] in out for part in parts)
    assert all(part["usable"] or part["reason"] for part in parts)


@pytest.mark.parametrize("arguments", [[], ["extract"], ["extract", "a.pdf", "--save", "paper"], ["fly"]])
def test_a_wrong_call_is_told_with_status_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """The usage comes with it."""
    with pytest.raises(SystemExit, match="2"):
        main(arguments)
    assert "usage:" in capsys.readouterr().err


def test_a_file_with_nothing_on_it_is_not_saved(tmp_path: Path, call: Call) -> None:
    """An empty record helps nobody; the sentence says what to do and the exit status that it failed."""
    import pymupdf

    with pymupdf.open() as pdf:
        pdf.new_page()
        (tmp_path / "blank.pdf").write_bytes(pdf.tobytes())
    status, _, told = call("extract", tmp_path / "blank.pdf", "--save", "sqlite")
    assert status == 1
    assert "Nothing is written" in told
    assert "saved as order" not in told


def test_a_choice_that_cannot_be_used_is_told_and_the_others_hold(
    call: Call, einvoice_pdf: SampleFile, data_dir: Path
) -> None:
    """On stderr of every command that uses the choices, and by the doctor; the results are as ever."""
    data_dir.mkdir()
    kept = {"limits": {"file_megabytes": 1, "pages": "many"}, "budget": {"day": "five"}}
    (data_dir / "settings.json").write_text(json.dumps(kept), encoding="utf-8")
    status, out, err = call("extract", einvoice_pdf.path)
    assert (status, json.loads(out)["name"]) == (0, einvoice_pdf.name)
    assert "Settings: limits.pages: input should be a valid integer" in err
    assert "No model is asked, because a limit of yours cannot be read (budget.day" in err
    assert "limits.pages" in call("doctor")[1]
    assert "limits.pages" in json.loads(call("doctor", "--json")[1])["settings"][0]


def test_recipes_of_ones_own_can_be_named(call: Call, einvoice_pdf: SampleFile, data_dir: Path) -> None:
    """As the help says."""
    data_dir.mkdir()
    (data_dir / "settings.json").write_text('{"recipes": {"mine": {"extractors": ["rules"]}}}', encoding="utf-8")
    status, out, _ = call("extract", einvoice_pdf.path, "--recipe", "mine")
    assert (status, json.loads(out)["extractor"]) == (0, "rules")
    assert "page-only, always-ocr, cascade, model, mine" in call("extract", einvoice_pdf.path, "--recipe", "other")[2]


def test_the_type_is_chosen_by_what_the_page_says_where_it_is_asked_for(call: Call, digital_pdf: SampleFile) -> None:
    """The recipe in the result says why; without the option nothing is chosen."""
    status, out, _ = call("extract", digital_pdf.path, "--type", "auto")
    chosen = json.loads(out)["recipe"]["type_choice"]
    assert (status, chosen["type_name"], chosen["known"]) == (0, "invoice", True)
    assert "at the top" in chosen["reason"]
    usual = json.loads(call("extract", digital_pdf.path)[1])["recipe"]
    assert (usual.get("type_choice"), usual["digest"]) == (None, json.loads(out)["recipe"]["digest"])


def test_a_file_with_several_documents_is_split_where_it_is_asked_for(
    call: Call, two_invoices_pdf: SampleFile, tmp_path: Path
) -> None:
    """A result for each, its pages and numbers told; one document is left whole."""
    status, out, _ = call("extract", two_invoices_pdf.path, "--split")
    found = [json.loads(line) for line in out.splitlines()]
    assert (status, [[page["number"] for page in one["pages"]] for one in found]) == (0, [[1], [2]])
    assert [one["invoice"]["invoice_number"] for one in found] == [
        two_invoices_pdf.truth["invoice_number"],
        two_invoices_pdf.truths[1]["invoice_number"],
    ]
    assert call("extract", two_invoices_pdf.path, "--split", "--out", tmp_path)[0] == 0
    assert sorted(path.name for path in tmp_path.glob("*.json")) == ["two-invoices-2.json", "two-invoices.json"]
    assert len(call("extract", two_invoices_pdf.path)[1].splitlines()) == 1
    status, _, told = call("extract", two_invoices_pdf.path, "--split", "--pages", "1")
    assert (status, "--split looks at all pages" in told) == (1, True)


def test_saved_records_leave_as_e_invoices_and_in_layouts(call: Call, einvoice_pdf: SampleFile, tmp_path: Path) -> None:
    """One record as a PDF that carries its invoice, which reads back as what it was; all of them in a layout."""
    assert call("extract", einvoice_pdf.path, "--save", "sqlite", "--quiet")[0] == 0
    assert call("export", "--form", "facturx", "--order", 1, "--out", tmp_path)[0] == 0
    status, out, _ = call("extract", tmp_path / "order-1.pdf", "--quiet")
    assert (status, json.loads(out)["invoice"]["total_amount"]) == (0, einvoice_pdf.truth["total_amount"])
    assert call("export", "--form", "xero", "--out", tmp_path)[0] == 0
    assert einvoice_pdf.truth["invoice_number"] in (tmp_path / "records-xero.csv").read_text(encoding="utf-8-sig")


def test_layouts_go_out_and_come_in(call: Call, tmp_path: Path) -> None:
    """Changed in between; a form that there is not is told with those that there are."""
    file = tmp_path / "xero.yaml"
    assert call("layouts", "export", "xero", file)[0] == 0
    file.write_text(file.read_text().replace("name: xero", "name: ours"))
    assert call("layouts", "import", file)[0] == 0
    assert "ours" in call("layouts")[1]
    status, _, said = call("export", "--form", "sage", "--out", tmp_path)
    assert (status, "use xlsx, csv, json" in said) == (1, True)
