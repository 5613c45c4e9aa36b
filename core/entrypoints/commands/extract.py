"""``extract``: documents to JSON, and to the stores where asked."""

from __future__ import annotations

import argparse
import logging
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from core.atomic import write_atomically
from core.documents import Document, MemberWalk, parse_page_range
from core.documents.archives import is_archive
from core.entrypoints.commands.reading import explain, extract_document, open_file, open_studio, read_file
from core.entrypoints.console import StepLines, json_text, print_json, warn
from core.errors import PageRangeError, StudioError
from core.extraction import Extraction
from core.extraction_json import to_json
from core.recipe import AUTO, Recipe, load_recipe
from core.review import Reviewed
from core.review.standing import status_of
from core.review.stops import stops
from core.runs import new_run_id
from core.stores.records import Status, Target
from core.studio import Studio

log = logging.getLogger(__name__)

_TARGETS: dict[str, Target] = {"sqlite": "database", "excel": "workbook"}
#: Bytes of a file's stem that are kept in the result's name: file systems take 255 for the whole.
_LONGEST_STEM = 200


def run(arguments: argparse.Namespace) -> int:
    """Extract every file; one that fails is told of and the others go on."""
    studio = open_studio()
    recipe = load_recipe(arguments.recipe, studio.defaults.known_recipes()) if arguments.recipe else None
    if arguments.split and arguments.pages:
        raise PageRangeError("--split looks at all pages: leave --pages out.")
    if arguments.type:
        recipe = studio.types.reading_as(recipe or studio.defaults.recipe, arguments.type)
    elif arguments.split:
        recipe = (recipe or studio.defaults.recipe).reading(AUTO)
    results = Results(arguments.out)
    lines = StepLines(arguments.quiet)
    faultless = True
    for path in arguments.files:
        lines.title(str(path))
        faultless &= _file(studio, path, recipe, results, lines, arguments)
    return 0 if faultless else 1


class Results:
    """Where results go: stdout, or a file each in ``folder``."""

    def __init__(self, folder: Path | None) -> None:
        """Makes the folder. Raises StudioError when it cannot be made."""
        self.folder = folder
        self._taken: set[str] = set()
        if folder is not None:
            try:
                folder.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise StudioError(
                    f"{folder}: no folder can be made here ({error.strerror}): choose another."
                ) from error

    def put(self, source: Path, extraction: Extraction) -> None:
        """Print the result, or write it under the source's stem. Raises OSError."""
        if self.folder is None:
            print_json(to_json(extraction))
        else:
            text = json_text(to_json(extraction), indent=2)
            write_atomically(self.folder / f"{self._free_stem(source)}.json", f"{text}\n".encode())

    def _free_stem(self, source: Path) -> str:
        """The source's stem, numbered where another source of this call has it (``invoice-2``)."""
        stem = source.stem.encode("utf-8", "replace")[:_LONGEST_STEM].decode("utf-8", "ignore")
        free, number = stem, 1
        while free.casefold() in self._taken:
            number += 1
            free = f"{stem}-{number}"
        self._taken.add(free.casefold())
        return free


def _file(
    studio: Studio,
    path: Path,
    recipe: Recipe | None,
    results: Results,
    lines: StepLines,
    arguments: argparse.Namespace,
) -> bool:
    """Extract one file, and its members where they were asked for; gives whether all went well."""
    read = partial(_document, studio, recipe=recipe, results=results, lines=lines, arguments=arguments)
    if (packed := _packed(studio, path)) is not None:
        return _guarded(path, partial(_each_of, studio, path, packed, read, lines, arguments))
    faultless = read(path, lambda: open_file(studio, path, arguments.password), pages=arguments.pages)
    if not arguments.members:
        return faultless
    try:
        holder = open_file(studio, path, arguments.password)
    except (StudioError, OSError):
        return False  # told of when it was read
    open_member = partial(studio.open, password=arguments.password)
    walk = MemberWalk(open_member)
    for place, member in walk.inside(holder, path):
        lines.title(str(place))
        faultless &= read(place, partial(open_member, member.data, member.name))
    for place, reason in walk.refused:
        warn(f"{place}: {reason}")
    return faultless and not walk.refused


def _packed(studio: Studio, path: Path) -> bytes | None:
    """The bytes of a zip or a mail; ``None`` for another file, and for one of which whoever opens it says what is wrong."""
    limits = studio.defaults.limits
    try:
        data = read_file(path, path.name, max(limits.file_megabytes, limits.unpacked_megabytes))
    except (StudioError, OSError):
        return None
    return data if is_archive(data) else None


def _each_of(
    studio: Studio,
    path: Path,
    data: bytes,
    read: Callable[..., bool],
    lines: StepLines,
    arguments: argparse.Namespace,
) -> bool:
    """Extract each file in a zip or a mail; gives whether all went well. Raises DocumentError, PageRangeError."""
    if arguments.pages:
        raise PageRangeError("--pages names pages of one document: take the file out, or leave --pages out.")
    faultless = True
    for packed in studio.unpack(data, path.name):
        place = path / packed.file.name
        lines.title(str(place))
        if packed.trouble:
            warn(f"{path}: {packed.trouble}")
            faultless = False
        else:
            faultless &= read(place, partial(studio.open, packed.file.data, packed.file.name, arguments.password))
    return faultless


def _document(
    studio: Studio,
    path: Path,
    load: Callable[[], Document],
    *,
    recipe: Recipe | None,
    results: Results,
    lines: StepLines,
    arguments: argparse.Namespace,
    pages: str = "",
) -> bool:
    """Extract what ``load`` opens, each of its documents where they are to be split; gives whether all went well."""

    def read() -> bool:
        document = load()
        groups: list[Sequence[int] | None] = [parse_page_range(pages, document.page_count) if pages else None]
        if arguments.split and document.page_count > 1:
            groups = [part.pages for part in studio.read_parts(document, recipe)]
        faultless = True
        for number, group in enumerate(groups, 1):
            if len(groups) > 1 and group:
                lines.title(f"{path}, document {number} of {len(groups)}: pages {', '.join(map(str, group))}")
            faultless &= _guarded(path, partial(extract, document, group))
        return faultless

    def extract(document: Document, group: Sequence[int] | None) -> bool:
        run_id = new_run_id()
        extraction = extract_document(studio, document, group, recipe, lines, run_id)
        for stop in stops(extraction):
            lines.note(f"Needs review: {stop.sentence}")
        results.put(path, extraction)
        if arguments.save and extraction.values != extraction.type.model():
            targets = [_TARGETS[name] for name in dict.fromkeys(arguments.save)]
            _save(studio, path, run_id, extraction, targets, arguments.stored)
        return _was_read(path, extraction)

    return _guarded(path, read)


def _guarded(path: Path, work: Callable[[], bool]) -> bool:
    """What ``work`` gives; what goes wrong in it is told of and costs no other file its result."""
    try:
        return work()
    except BrokenPipeError:
        raise
    except (StudioError, OSError) as error:
        warn(explain(path, error))
    except Exception as error:  # a fault of ours in one file must not cost the others their results
        log.debug("extraction of %s failed", path, exc_info=True)
        warn(f"{path}: something unexpected went wrong ({type(error).__name__}: {error}); please report it.")
    return False


def _was_read(path: Path, extraction: Extraction) -> bool:
    """Whether everything asked for was read; what was not is told of."""
    missing = [finding.message for finding in extraction.findings if finding.check in ("page", "empty")]
    if not extraction.extractor:
        missing += [finding.message for finding in extraction.findings if finding.check == "extract"]
    for message in missing:
        warn(f"{path}: {message}")
    return not missing


def _save(studio: Studio, path: Path, run_id: str, extraction: Extraction, targets: list[Target], stored: str) -> None:
    """Save the record and name its order id; one that is stored already only as ``stored`` says."""
    found = studio.duplicates(extraction, extraction.values, targets)
    if found and stored == "skip":
        known = found[0].order_id
        lacking = studio.records.lacking(known, targets)
        if lacking:
            studio.records.fill(known, lacking, extraction)
            warn(f"{path}: already stored as order {known}, which is now in {_named(lacking)} too.")
        else:
            warn(
                f"{path}: not saved, it is already stored as order {known}; --stored update or --stored keep saves it."
            )
        return
    update = found[0].order_id if found and stored == "update" else None
    receipt = studio.save(
        extraction.values,
        targets,
        run_id=run_id,
        extraction=extraction,
        update=update,
        status=_status(extraction),
    )
    warn(f"{path}: saved as order {receipt.order_id} in {_named(targets)}.")


def _named(targets: Sequence[Target]) -> str:
    return " and ".join("the Excel workbook" if target == "workbook" else "the database" for target in targets)


def _status(extraction: Extraction) -> Status:
    """The status by the rule of the page; what is stored already is no open question: ``--stored`` answered it."""
    others = tuple(finding for finding in extraction.findings if finding.check != "duplicate")
    return status_of(Reviewed(extraction.model_copy(update={"findings": others}), {}))
