"""The command line: ``extract`` documents, ``evaluate`` against truth, the ``doctor``, and ``live`` questions to models."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from decimal import Decimal
from importlib import import_module
from pathlib import Path

from core.entrypoints.console import warn
from core.errors import StudioError
from core.jobs.routes import QUEUES
from core.stores.webhooks import EVENTS

#: Commands that go on for good, and whose log somebody watches.
_SERVICES = frozenset({"api", "worker", "reap", "inbox"})
_EPILOG = "The exit status is 0 when all went well, 1 when something could not be read or saved, 2 for a wrong call."


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; gives the exit status. Everything but results goes to stderr, a line a problem."""
    chosen = make_parser().parse_args(arguments)
    # A command's module is imported when it is asked for, so that --help answers at once.
    command = import_module(f"core.entrypoints.commands.{chosen.command}")
    try:
        import_module("core.entrypoints.logs").set_up_logs(quiet=chosen.command not in _SERVICES)
        status: int = command.run(chosen)
        sys.stdout.flush()
    except BrokenPipeError:  # whoever read our output has enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except KeyboardInterrupt:
        warn("Stopped.")
        return 130
    except (StudioError, OSError) as error:
        warn(str(error))
        return 1
    return status


def make_parser() -> argparse.ArgumentParser:
    """What the command line takes."""
    parser = argparse.ArgumentParser(
        prog="python -m core", description="Documents in, checked records out.", epilog=_EPILOG
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _add_extract(commands.add_parser("extract", help="read documents and print what they say as JSON"))
    _add_evaluate(
        commands.add_parser("evaluate", help="score the extraction on a folder of documents with their truth")
    )
    doctor = commands.add_parser("doctor", help="say what is usable here, and why not")
    doctor.add_argument("--json", action="store_true", help="print JSON")
    doctor.add_argument(
        "--mend", action="store_true", help="bring the Excel workbook to what the database has, where a save broke off"
    )
    calibrate = commands.add_parser("calibrate", help="correct confidences by what people changed in reviewed records")
    calibrate.add_argument("--shipped", action="store_true", help="go back to the calibration that ships")
    trail = commands.add_parser("trail", help="say what happened to a record or a document: who did what, when")
    trail.add_argument("id", metavar="ID", help="a record's number, or a document's SHA-256")
    trail.add_argument("--json", action="store_true", help="print JSON")
    _add_forget(commands.add_parser("forget", help="delete a document, or everything of a vendor or person, for good"))
    _add_retain(commands.add_parser("retain", help="say what is over its days, by the rules of Settings; take it away"))
    backup = commands.add_parser("backup", help="write everything that is kept into one file, while the studio runs")
    backup.add_argument("file", type=Path, metavar="FILE.zip")
    restore = commands.add_parser("restore", help="put everything back as a backup has it")
    restore.add_argument("file", type=Path, metavar="FILE.zip")
    restore.add_argument("--yes", action="store_true", help="do not ask")
    _add_types(commands.add_parser("types", help="list the document types; write or take in one of your own as YAML"))
    _add_export(commands.add_parser("export", help="write saved records as files for other programs"))
    _add_import(commands.add_parser("load", help="bring records in from an Excel workbook with our sheets"))
    _add_move(commands.add_parser("move", help="copy all records to another database, or from it"))
    _add_layouts(commands.add_parser("layouts", help="list the layouts of such files; write or take in one as YAML"))
    _add_api(commands.add_parser("api", help="run the HTTP API alone, without the pages"))
    _add_worker(commands.add_parser("worker", help="do the work of queues on this host, where REDIS_URL is set"))
    migrate = commands.add_parser("migrate", help="bring the database to this version")
    migrate.add_argument(
        "--take-over",
        action="store_true",
        help="also put what this data folder keeps where all hosts find it (see STUDIO_BLOBS)",
    )
    reap = commands.add_parser("reap", help="send jobs again that were lost, where REDIS_URL is set")
    reap.add_argument("--once", action="store_true", help="look once")
    reap.add_argument(
        "--every", type=float, default=2.0, metavar="SECONDS", help="how often to look (default: %(default)s)"
    )
    _add_keys(commands.add_parser("keys", help="list the keys of programs that call the API; make or revoke one"))
    _add_webhooks(
        commands.add_parser("webhooks", help="list the addresses that are told what happens; add or remove one")
    )
    _add_inbox(commands.add_parser("inbox", help="take what is laid into a folder into the Inbox"))
    _add_send(commands.add_parser("send", help="send documents to a studio elsewhere and print what they say"))
    _add_live(
        commands.add_parser("live", help="ask every provider of models that has a key here one tiny question (paid)")
    )
    return parser


def _add_import(parser: argparse.ArgumentParser) -> None:
    parser.description = "Says first what is new, what is there already and what is not understood, and asks."
    parser.add_argument("file", type=Path, metavar="FILE.xlsx")
    parser.add_argument("--yes", action="store_true", help="do not ask")


def _add_move(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Copies records with page texts and history between SQLite and PostgreSQL; says first what it would do, and asks. "
        "Nothing is taken away from where they come from."
    )
    way = parser.add_mutually_exclusive_group(required=True)
    way.add_argument(
        "--to", metavar="URL", help="from this studio into the database at URL (sqlite:///… or postgresql://…)"
    )
    way.add_argument("--from", dest="source", metavar="URL", help="from the database at URL into this studio")
    parser.add_argument("--yes", action="store_true", help="do not ask")


def _add_extract(parser: argparse.ArgumentParser) -> None:
    parser.description = "Prints one JSON object a file, each on a line of its own (indented on a terminal)."
    parser.add_argument(
        "files",
        nargs="+",
        type=Path,
        metavar="FILE",
        help="a PDF, a picture, a Word or Excel file, invoice XML, or a mail or zip of them",
    )
    parser.add_argument("--pages", default="", help="pages to read as one document, such as 1-3,5 (default: all)")
    _add_recipe(parser)
    parser.add_argument(
        "--type",
        metavar="NAME",
        help="read the documents as this type (see types), or as “auto”: what their pages say (default: invoice)",
    )
    parser.add_argument(
        "--split",
        action="store_true",
        help="where a file seems to hold several documents, read each by itself, as what its pages say unless --type does",
    )
    parser.add_argument("--out", type=Path, metavar="DIR", help="write DIR/<file stem>.json instead of printing")
    parser.add_argument(
        "--save", action="append", default=[], choices=("sqlite", "excel"), help="also save the record; may be repeated"
    )
    parser.add_argument(
        "--stored",
        choices=("skip", "update", "keep"),
        default="skip",
        help="what to do when the document is already stored (default: %(default)s; keep saves it a second time)",
    )
    parser.add_argument("--password", help="opens encrypted PDFs")
    parser.add_argument(
        "--members",
        action="store_true",
        help="also read the PDFs and pictures inside a PDF, and those inside them, each as a document",
    )
    parser.add_argument("--quiet", action="store_true", help="no step lines on the terminal")


def _add_evaluate(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Reads every case of a folder (<id>/document.* with <id>/truth.json) and prints precision, recall and F1."
    )
    parser.add_argument("folder", type=Path, nargs="?", metavar="DIR", help="the folder of cases")
    parser.add_argument(
        "--records", action="store_true", help="in place of DIR: the reviewed records as they were saved"
    )
    parser.add_argument("--json", action="store_true", help="print JSON in place of tables")
    parser.add_argument("--kind", type=_names, default=(), help="only cases of these kinds, such as scan,scan-sim")
    parser.add_argument("--language", type=_names, default=(), help="only cases in these languages, such as de,fr")
    parser.add_argument("--cases", action="store_true", help="add a line a case")
    parser.add_argument("--errors", action="store_true", help="add what was wrong in each case")
    parser.add_argument("--vendors", action="store_true", help="add a table of vendors")
    _add_recipe(parser)
    parser.add_argument(
        "--invoice-pages", action="store_true", help="read only the pages that the truth names (default: all)"
    )
    given = parser.add_mutually_exclusive_group()
    given.add_argument("--pred", type=Path, metavar="DIR", help="score the predictions DIR/<id>.json; nothing is read")
    given.add_argument("--out", type=Path, metavar="DIR", help="also keep each extraction as DIR/<id>.json")
    given.add_argument(
        "--learn",
        action="store_true",
        help="each vendor's documents in order, the truth of each learnt from before the next, beside no memory",
    )
    given.add_argument(
        "--stress",
        type=int,
        nargs="?",
        const=1,
        default=0,
        metavar="TIMES",
        help="each document also altered in ways that do not change its answer, by the offline rules alone: what breaks, and what passes",
    )
    parser.add_argument(
        "--wrong", type=float, default=0.0, metavar="SHARE", help="with --learn: spoil this share of the corrections"
    )
    parser.add_argument("--quiet", action="store_true", help="no progress on the terminal")


def _add_forget(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Says what would be deleted with all that came of it, asks, deletes it, and looks whether it is gone."
    )
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--document", metavar="SHA", help="one document, by its SHA-256")
    what.add_argument("--name", metavar="TEXT", help="all documents and records in which this name stands")
    parser.add_argument("--yes", action="store_true", help="do not ask")


def _add_retain(parser: argparse.ArgumentParser) -> None:
    parser.description = "Says what would go today; takes it away for good with --apply. The app does so by itself each hour while it runs."
    parser.add_argument("--apply", action="store_true", help="take it away (asks first)")
    parser.add_argument("--yes", action="store_true", help="do not ask")


def _add_types(parser: argparse.ArgumentParser) -> None:
    parser.description = "Lists what documents can be read as, a line each; types of your own go out and in as YAML."
    parser.add_argument("--json", action="store_true", help="print JSON")
    ways = parser.add_subparsers(dest="do", metavar="WAY")
    export = ways.add_parser("export", help="write a type of your own as YAML")
    export.add_argument("name", metavar="NAME")
    export.add_argument("file", type=Path, metavar="FILE.yaml")
    taken = ways.add_parser("import", help="take in a type from YAML: the next version, where there is one of its name")
    taken.add_argument("file", type=Path, metavar="FILE.yaml")
    removed = ways.add_parser("remove", help="take a type of your own out of use; what was read with it stays")
    removed.add_argument("name", metavar="NAME")


def _add_export(parser: argparse.ArgumentParser) -> None:
    parser.description = "Writes the saved records, or those that match, as xlsx, csv, json, ubl, cii, facturx, originals, or in a layout."
    parser.add_argument("--form", required=True, metavar="FORM|LAYOUT", help="what the file is to be")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="where the file goes")
    parser.add_argument("--order", type=int, metavar="ID", help="one record alone")
    parser.add_argument(
        "--search",
        default="",
        metavar="TEXT",
        help="only records with this in number, vendor or customer, or with these words in values or pages",
    )
    parser.add_argument(
        "--status", choices=("approved", "needs review", "reviewed"), help="only records of this status"
    )
    parser.add_argument("--type", metavar="NAME", help="only records of this document type")


def _add_layouts(parser: argparse.ArgumentParser) -> None:
    parser.description = "Lists the layouts of files for other programs, a line each; they go out and in as YAML."
    ways = parser.add_subparsers(dest="do", metavar="WAY")
    export = ways.add_parser("export", help="write a layout as YAML")
    export.add_argument("name", metavar="NAME")
    export.add_argument("file", type=Path, metavar="FILE.yaml")
    taken = ways.add_parser("import", help="take in a layout from YAML; one of its name is replaced")
    taken.add_argument("file", type=Path, metavar="FILE.yaml")
    removed = ways.add_parser("remove", help="drop a layout of your own")
    removed.add_argument("name", metavar="NAME")


def _add_api(parser: argparse.ArgumentParser) -> None:
    parser.description = "Serves /v1 and its pages (/docs). The same API stands under /api where the pages run."
    parser.add_argument("--port", type=int, default=8600, help="where it listens (default: %(default)s)")
    parser.add_argument(
        "--host", default="127.0.0.1", help="on which address (default: %(default)s); elsewhere only with keys"
    )


def _add_worker(parser: argparse.ArgumentParser) -> None:
    parser.description = f"Works for queues until it is told to end: {', '.join(QUEUES)}."
    parser.add_argument("--queues", default="", metavar="NAMES", help="which, separated by commas (default: all)")
    parser.add_argument(
        "--concurrency", type=int, default=0, metavar="N", help="processes at once (default: one a processor)"
    )
    parser.add_argument("--watched", action="store_true", help="tell monitors such as Flower what happens")
    parser.add_argument("--alive", metavar="FILE", help="touch this file while the worker hears from Redis")


def _add_keys(parser: argparse.ArgumentParser) -> None:
    parser.description = "Lists the keys, a line each. Without any, the API answers programs on this machine alone."
    ways = parser.add_subparsers(dest="do", metavar="WAY")
    make = ways.add_parser("make", help="make a key, which is printed once")
    make.add_argument("name", metavar="NAME", help="what it is for")
    make.add_argument(
        "--role",
        choices=("viewer", "reviewer", "admin"),
        default="reviewer",
        help="what it may do (default: %(default)s)",
    )
    make.add_argument("--days", type=int, metavar="N", help="how long it works (default: until it is revoked)")
    make.add_argument("--calls", type=int, metavar="N", help="calls a minute at most")
    make.add_argument("--pages", type=int, metavar="N", help="pages a day at most")
    make.add_argument("--dollars", type=_dollars, metavar="N", help="US dollars a day at most that models may cost")
    revoked = ways.add_parser("revoke", help="have a key open nothing more")
    revoked.add_argument("key_id", metavar="ID")


def _add_webhooks(parser: argparse.ArgumentParser) -> None:
    parser.description = "Lists who is told, and the programs that may tell the studio, a line each. Messages go out while the studio or its API runs."
    ways = parser.add_subparsers(dest="do", metavar="WAY")
    add = ways.add_parser("add", help="tell an address what happens; prints the secret that signs it, once")
    add.add_argument("url", metavar="URL")
    add.add_argument("--event", action="append", default=[], choices=EVENTS, help="only this; may be repeated")
    add.add_argument("--values", action="store_true", help="tell what documents say, too")
    rotate = ways.add_parser("rotate", help="give it a new secret, printed once; for a time the old one signs too")
    rotate.add_argument("id", metavar="ID")
    rotate.add_argument("--hours", type=float, default=24.0, metavar="N", help="how long (default: %(default)s)")
    for name, about in (("remove", "tell it nothing more"), ("log", "what it was told, and how that went")):
        ways.add_parser(name, help=about).add_argument("id", metavar="ID")
    send = ways.add_parser("send", help="send a message again")
    send.add_argument("id", metavar="ID")
    send.add_argument("delivery", metavar="DELIVERY")
    source = ways.add_parser("source", help="let a program tell the studio; prints the secret that it signs with, once")
    source.add_argument("name", metavar="NAME")


def _add_inbox(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Takes files that no longer change and moves them to done, or to failed with a sentence beside them."
    )
    parser.add_argument(
        "address",
        nargs="?",
        default="",
        metavar="ADDRESS",
        help="a folder, or an address such as s3://bucket/folder (default: STUDIO_INBOX_FOLDER)",
    )
    parser.add_argument(
        "--every", type=float, default=5.0, metavar="SECONDS", help="between two looks (default: %(default)s)"
    )
    parser.add_argument("--once", action="store_true", help="take what lies there now, and end")


def _add_send(parser: argparse.ArgumentParser) -> None:
    parser.description = "Sends each file, waits for it, and prints one JSON object a file, as extract does."
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
    parser.add_argument(
        "--to", required=True, metavar="URL", help="the studio's address, such as http://studio:8501/api"
    )
    parser.add_argument("--key", metavar="KEY", help="the key (default: STUDIO_API_KEY of the environment)")
    parser.add_argument("--recipe", default="", metavar="NAME", help="how they are read")
    parser.add_argument("--type", default="", metavar="NAME", help="what they are read as")
    parser.add_argument(
        "--save", action="append", default=[], choices=("database", "workbook"), help="where approved records go"
    )


def _add_live(parser: argparse.ArgumentParser) -> None:
    parser.description = "Shows what it will cost, then asks. The calls stand in the bill like any other."
    parser.add_argument("providers", nargs="*", metavar="PROVIDER", help="only these, such as groq openai")
    parser.add_argument("--yes", action="store_true", help="do not ask before money is spent")


def _add_recipe(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--recipe",
        metavar="NAME|FILE",
        help="a recipe by name (default, page-only, always-ocr, one of your own) or a JSON file",
    )


def _dollars(text: str) -> Decimal:
    try:
        amount = Decimal(text)
    except ArithmeticError as error:
        raise argparse.ArgumentTypeError(f"“{text}” is no amount") from error
    if not amount.is_finite() or amount <= 0:
        raise argparse.ArgumentTypeError("an amount above 0 is needed")
    return amount


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())
