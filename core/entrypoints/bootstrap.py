"""The only wiring: settings become parts, parts become a studio. To add an extractor or a store, add it here."""

from __future__ import annotations

import getpass
import hashlib
import tempfile
import uuid
from collections.abc import Callable, Mapping
from functools import cache, partial
from pathlib import Path

from core.access import Access
from core.accuracy import Accuracy, AccuracyParts
from core.analysis.analysis import ANALYSES, Analysis
from core.cache import Cache
from core.declared.shelf import TypeShelf
from core.documents.as_pdf import pdf_of
from core.documents.office.converting import Converter
from core.documents.opening import Opener
from core.entrypoints.tracing import traced
from core.errors import QueueUnavailable, StorageError
from core.exporting.exports import ExportParts, Exports
from core.exporting.shelf import LayoutShelf
from core.extraction import Extraction
from core.extractor import Availability, Extracted, Extractor
from core.imaging import clean
from core.inbox import Inbox, InboxParts
from core.invoice.einvoice import EInvoiceExtractor
from core.invoice.einvoice.writing import embed_xml, record_lacks, write_record
from core.jobs.local import LocalQueue
from core.jobs.processes import ProcessQueue, plans_for
from core.jobs.queue import Handler, JobQueue, Lane
from core.jobs.reaping import Reaper
from core.jobs.redis import RedisEvents, RedisPasswords
from core.jobs.store import JobRecord, JobStore
from core.jobs.stored import WorkersQueue
from core.llm.capabilities import capabilities
from core.llm.extractor import LlmExtractor
from core.llm.prices import cost_of, price_of
from core.llm.prompting import PromptShelf
from core.llm.provider import Models, Provider
from core.llm.registry import build_providers, default_model, does_not_answer, is_set_up, line_of
from core.llm.settling import settle_recipe
from core.llm.switchboard import Outside, Switchboard
from core.memory.memory import VendorMemory
from core.ocr import registry, vision
from core.ocr.engine import Engine
from core.ocr.gpu import gpu
from core.ocr.machine import memory, processors
from core.ocr.reader import CachedPageReader, MakeEngine
from core.person import Person
from core.pipeline import Pipeline
from core.preferences import Preferences
from core.recipe import Recipe
from core.rules.documents import RulesExtractor
from core.runs import RUN, RunParts, Runs
from core.settings import Settings
from core.shelf import Shelf
from core.spot_checks import SpotChecking
from core.stores.calls import Calls
from core.stores.files import Files
from core.stores.holds import Holds
from core.stores.traffic import Traffic
from core.stores.webhooks import Announce
from core.stores.workbook import FoundRows
from core.studio import Parts, Studio
from core.webhooks.delivering import Delivering
from core.webhooks.outbox import Outbox
from core.webhooks.outside import LOCAL, OutsideCalls
from core.webhooks.webhooks import Webhooks
from storage.alerts import SqlAlerts
from storage.api import SqlApi
from storage.batches import SqlBatches
from storage.bills import SqlBills
from storage.calls import SqlCalls
from storage.comparisons import SqlComparisons
from storage.database import Database, open_database
from storage.disk_cache import DiskCache
from storage.erasure import SqlErasure
from storage.evaluations import SqlEvaluations
from storage.exports import export_orders
from storage.figures import SqlFigures
from storage.files import FileStore
from storage.holds import SqlHolds
from storage.inbox import SqlInbox
from storage.jobs import SqlJobs
from storage.layouts import SqlLayouts
from storage.ledger import SqlLedger
from storage.moving import SqlMoving
from storage.no_workbook import NoWorkbook
from storage.operation import SqlOperation
from storage.orders import SqlOrders
from storage.pending import SqlPending
from storage.places import move_place
from storage.private import make_private
from storage.prompts import SqlPrompts
from storage.retention import SqlRetention
from storage.reviews import SqlReviews
from storage.seal import SqlSeal
from storage.settings import SqlSettings
from storage.shared_files import AddressBlobs, SharedFiles, TableBlobs
from storage.spot_checks import SqlSpotChecks
from storage.table_exports import export_tables
from storage.traffic import SqlTraffic
from storage.trail import SqlTrail
from storage.types import SqlTypes
from storage.vendors import SqlVendors
from storage.views import SqlViews
from storage.webhooks import SqlWebhooks
from storage.workbook import Workbook

Health = list[tuple[str, str, Availability]]

#: The place of what all hosts find.
SHARED = "shared"

#: Bytes of memory below which everything happens in one process.
LOW_MEMORY = 3_000_000_000
#: The lanes of the threads where there are no worker processes. Cells of a comparison wait in lines of their own: a
#: document on the desk is not behind them.
_COMPARING: tuple[Lane, ...] = ("background",)
THREADS: tuple[tuple[Lane, ...], ...] = (("short",), ("long", "asking"), ("asking",), *(_COMPARING,) * 4)

#: The shipped documents with their truth.
SAMPLES = Path(__file__).parents[2] / "samples" / "cases"


def build_studio(settings: Settings | None = None, household: Settings | None = None) -> Studio:
    """A studio as the settings say: its data folder is made, its database migrated. Where a ``household`` is named, choices,
    budget and bill are its, and everything else the studio's own. Raises StorageError."""
    return _assemble(settings or Settings(), household)[0]


def build_worker(
    settings: Settings, password: Callable[[str], str | None] | None
) -> tuple[JobStore, dict[str, Handler]]:
    """What a worker's process needs: the jobs, and who does the work of each kind. ``password`` gives that of an encrypted
    document; ``None``: it is asked for where all hosts share theirs. Raises StorageError."""
    studio, jobs = _assemble(settings, password=password, is_worker=True)
    return jobs, traced(studio.handlers())


def _assemble(
    settings: Settings,
    household: Settings | None = None,
    password: Callable[[str], str | None] | None = None,
    is_worker: bool = False,
) -> tuple[Studio, JobStore]:
    redis = redis_url(settings)
    make_private(settings.data_dir)
    database = open_database(database_url(settings))
    shared = open_database(database_url(household)) if household else database
    preferences = Preferences(SqlSettings(shared), (household or settings).settings_file)
    defaults = preferences.now
    results: Cache = DiskCache(settings.data_dir / "cache", defaults.cache_megabytes * 1_000_000)
    calls, files = SqlCalls(shared), files_of(settings, database)
    models = _models(settings, preferences, SqlHolds(shared), SqlTraffic(shared), files)
    prompts = SqlPrompts(database)
    shipped_and_own = PromptShelf(prompts)
    types = TypeShelf(SqlTypes(database))

    def fix(recipe: Recipe) -> Recipe:
        """What every run of ``recipe`` has fixed as it begins: what is masked, which models are asked, and what its
        prompts and its document type stand for."""
        settled = settle_recipe(recipe.hiding(preferences.now.redaction), models)
        return shipped_and_own.pin_recipe(types.pin(settled))

    found = extractors() | {"llm": LlmExtractor(models, shipped_and_own, lambda: tuple(models.providers()))}
    reader = CachedPageReader(results, _engines(models, calls), workers=defaults.ocr_workers, clean=clean)
    memory = VendorMemory(SqlVendors(database), files, _by_rules, lambda sha256: shelf.hidden(sha256, {}))
    pipeline = Pipeline(found, reader, results, code_version(), memory=memory)
    orders = SqlOrders(database)
    place = place_of(settings)
    outbox_rows = SqlWebhooks(database)
    announce = Outbox(outbox_rows)
    events = RedisEvents(redis) if redis else None
    jobs = SqlJobs(database, place, partial(_tell_of_failure, announce), events)
    passwords = RedisPasswords(redis, SqlSeal(database).key) if redis else None
    ledger, trail = SqlLedger(database), SqlTrail(database)
    opener = Opener(Converter(settings.libreoffice), partial(files.load_json, "pages"))
    known = password or passwords or (lambda sha256: None)
    tell = passwords.give if passwords else (lambda sha256, password: None)
    shelf = Shelf(files, ledger, trail, database.write, opener, lambda: preferences.now.limits, known, tell)
    spot_checks = SpotChecking(
        preferences,
        SqlSpotChecks(database),
        lambda: preferences.now.recipe.approve_at,
        trail,
        database.write,
    )
    handlers: dict[str, Handler] = {}
    queue = _workers_queue(redis, jobs) if is_worker else _queue(settings, redis, jobs, handlers, shelf)
    runs = Runs(
        RunParts(
            pipeline=pipeline,
            shelf=shelf,
            queue=queue,
            files=files,
            ledger=ledger,
            trail=trail,
            unit=database.write,
            orders=orders,
            calls=calls,
            defaults=lambda: preferences.now,
            recognises=reader.recognises,
            types=types.types,
            fix=fix,
            announce=announce,
            spot_checks=spot_checks,
        )
    )
    inbox = Inbox(
        InboxParts(
            store=SqlInbox(database, place),
            queue=queue,
            runs=runs,
            files=files,
            orders=orders,
            calls=calls,
            trail=trail,
            unit=database.write,
            defaults=lambda: preferences.now,
            read_as=types.reading_as,
        )
    )
    evaluations = SqlEvaluations(database)
    measuring = AccuracyParts(runs, queue, evaluations, orders, files, SAMPLES, lambda: preferences.now)
    layouts = LayoutShelf(SqlLayouts(database))
    exports = Exports(
        ExportParts(
            tables=export_orders,
            layouts=layouts,
            files=files,
            document=shelf.document,
            write_xml=write_record,
            lacking=record_lacks,
            embed_xml=embed_xml,
            pdf_of=pdf_of,
        )
    )
    access = Access(SqlApi(shared))
    outside = OutsideCalls(partial(_lies_inside, settings, access))
    parts = Parts(
        shelf=shelf,
        runs=runs,
        read_region=reader.read_region,
        queue=queue,
        comparisons=SqlComparisons(database),
        orders=orders,
        batches=SqlBatches(database),
        views=SqlViews(database),
        moving=SqlMoving(database),
        read_workbook=partial(_read_workbook, types),
        workbook=lambda path: (
            Workbook(path, types.types, types.version_of) if settings.has_workbook else NoWorkbook(path)
        ),
        ledger=ledger,
        pending=SqlPending(database),
        unit=database.write,
        trail=trail,
        erasure=SqlErasure(database),
        retention=SqlRetention(database, shared),
        evaluations=evaluations,
        calls=calls,
        bills=SqlBills(shared),
        models=models,
        prompts=prompts,
        types=types,
        files=files,
        cache=results,
        exports=exports,
        layouts=layouts,
        export_tables=export_tables,
        health=_health(found, settings, models),
        accuracy=Accuracy(settings, measuring),
        operation=SqlOperation(database, place, shared),
        figures=SqlFigures(database, shared),
        alerts=SqlAlerts(shared),
        access=access,
        analysis=Analysis(queue, files, types.types, announce),
        webhooks=Webhooks(outbox_rows, outside.check),
        delivering=Delivering(outbox_rows, outside.post),
        fetch=outside.fetch,
        announce=announce,
        preferences=preferences,
        memory=memory,
        spot_checks=spot_checks,
        inbox=inbox,
        reviews=SqlReviews(database),
        person=Person(account_name()),
    )
    studio = Studio(settings, parts)
    handlers.update(traced(studio.handlers()))
    return studio, jobs


def _by_rules(read: Extraction) -> Extracted | None:
    """What the rules read of the pages of a run by themselves; ``None`` for a type that they do not read."""
    rules, kind = RulesExtractor(), read.type.base
    return rules.read([page.as_read() for page in read.page_texts], kind) if rules.reads(kind) else None


def _tell_of_failure(announce: Announce, record: JobRecord, error: str) -> None:
    """Tell those outside of a task that failed: what documents are read by, and what programs ask for beside."""
    if record.request.kind in (RUN, *ANALYSES):
        about = {"task_id": record.job_id, "type": "extraction" if record.request.kind == RUN else record.request.kind}
        announce("failed", about | {"document_id": record.request.payload.get("document"), "error": error})


def _read_workbook(types: TypeShelf, data: bytes, name: str) -> list[FoundRows]:
    """What an Excel workbook from elsewhere says; it is looked at in a folder of its own."""
    with tempfile.TemporaryDirectory(prefix="studio-import-") as folder:
        path = Path(folder) / (Path(name).name or "workbook.xlsx")
        path.write_bytes(data)
        return Workbook(path, types.types, types.version_of).everything()


def _lies_inside(settings: Settings, access: Access, host: str) -> bool:
    """Whether a host may be called though it lies inside: as the settings name it, or this machine while no key was ever made."""
    named = {name.strip().lower() for name in settings.inside_hosts.split(",")}
    return host.lower() in named or (host.lower() in LOCAL and access.is_open())


def redis_url(settings: Settings) -> str | None:
    """Where Redis is, if workers on many hosts are to do the work. Raises QueueUnavailable where their database could not be shared."""
    if settings.redis_url is None:
        return None
    if not database_url(settings).startswith("postgres"):
        raise QueueUnavailable(
            "REDIS_URL has workers of many hosts do the work, and they need a PostgreSQL database: set DATABASE_URL to one."
        )
    return settings.redis_url.get_secret_value()


def build_reaper(settings: Settings) -> Reaper:
    """Who sends lost jobs again. Raises QueueUnavailable, StorageError."""
    redis = redis_url(settings)
    if redis is None:
        raise QueueUnavailable("REDIS_URL is not set: without it the studio looks after its own workers.")
    from core.jobs.celery import CeleryWaker

    database = open_database(database_url(settings))
    announce = Outbox(SqlWebhooks(database))
    jobs = SqlJobs(database, place_of(settings), partial(_tell_of_failure, announce), RedisEvents(redis))
    return Reaper(jobs, CeleryWaker(redis))


def files_of(settings: Settings, database: Database) -> Files:
    """Documents and kept JSON: in the data folder, or where all hosts find them. Raises StorageError."""
    if not settings.shares:
        return FileStore(settings.data_dir / "files")
    at_address = settings.blobs not in ("", "database")
    return SharedFiles(database, AddressBlobs(settings.blobs) if at_address else TableBlobs(database))


def take_over_files(settings: Settings) -> int:
    """Put what the data folder keeps where all hosts find it, and have its jobs and its Inbox be theirs; gives how much that was. Raises
    StorageError."""
    if not settings.shares:
        raise StorageError("All hosts find what is kept in the data folder nowhere yet: set STUDIO_BLOBS or REDIS_URL.")
    database = open_database(database_url(settings))
    here, there, count = FileStore(settings.data_dir / "files"), files_of(settings, database), 0
    for sha256 in here.documents():
        there.keep(here.load(sha256))
        count += 1
    for kind in here.kinds():
        for key in here.keys(kind):
            if there.load_json(kind, key) is None and (kept := here.load_json(kind, key)) is not None:
                there.keep_json(kind, key, kept)
                count += 1
    move_place(database, _place_of(settings.data_dir), place_of(settings))
    return count


def _workers_queue(redis: str | None, jobs: JobStore) -> JobQueue:
    """A worker's own side of the queue."""
    if redis is None:
        return WorkersQueue(jobs)
    from core.jobs.celery import CeleryQueue

    return CeleryQueue(jobs, redis, reaps=False)


def _queue(
    settings: Settings, redis: str | None, jobs: JobStore, handlers: Mapping[str, Handler], shelf: Shelf
) -> JobQueue:
    """Workers on many hosts where there is Redis; else worker processes, or threads where they were asked for or there is too little
    memory. ``handlers`` is filled before anything is queued."""
    if redis is not None:
        from core.jobs.celery import CeleryQueue

        return CeleryQueue(jobs, redis)
    kind = settings.workers
    if kind == "auto":
        kind = "processes" if (memory() or 0) >= LOW_MEMORY else "threads"
    if kind == "processes":
        from core.entrypoints.worker_start import start_worker

        return ProcessQueue(jobs, partial(start_worker, settings), plans_for(processors()), shelf.password_of)
    return LocalQueue(jobs, handlers, THREADS)


def place_of(settings: Settings) -> str:
    """Where documents lie, by an id: jobs are done where theirs are."""
    return SHARED if settings.shares else _place_of(settings.data_dir)


def _place_of(folder: Path) -> str:
    """The id of a data folder: jobs are done where the documents lie."""
    path = folder / "place"
    try:
        with path.open("x", encoding="ascii") as file:
            file.write(uuid.uuid4().hex)
    except FileExistsError:
        pass
    return path.read_text(encoding="ascii").strip()


def extractors() -> dict[str, Extractor]:
    """The extractors that recipes may name and that need no model."""
    found: tuple[Extractor, ...] = (EInvoiceExtractor(), RulesExtractor())
    return {extractor.name: extractor for extractor in found}


#: Rooms of core that change no result: they start runs, review them, or add up what runs gave.
_NO_PART_IN_A_RESULT = {
    "review",
    "reviewing",
    "entrypoints",
    "exporting",
    "jobs",
    "accuracy",
    "comparison",
    "spending",
    "inbox",
    "operation",
    "forgetting",
    "webhooks",
    "analysis",
    "bulk",
    "spot_checks",
    "gating",
    "views.py",
}


@cache
def code_version() -> str:
    """A digest of the code and data that decide a result, so that an update never answers from an old cache."""
    core = Path(__file__).parent.parent
    parts = sorted(
        path
        for path in core.rglob("*")
        if path.suffix in (".py", ".toml", ".yaml") and path.relative_to(core).parts[0] not in _NO_PART_IN_A_RESULT
    )
    digest = hashlib.sha256()
    for path in parts:
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _vision(models: Switchboard) -> Availability:
    ready = [name for name, provider in models.providers().items() if not provider.missing()]
    about = "Asks the vision model that the recipe names; an engine here says where the words stand."
    return Availability(bool(ready), about if ready else "It needs a provider of models with its key.")


def _models(settings: Settings, preferences: Preferences, holds: Holds, traffic: Traffic, files: Files) -> Switchboard:
    """Every provider behind one door, with the person's choices as they are when a model is asked."""
    return Switchboard(
        Outside(
            providers=partial(build_providers, settings),
            defaults=lambda: preferences.now,
            unsure=lambda: preferences.unsure,
            cost=cost_of,
            price=price_of,
            holds=holds,
            traffic=traffic,
            traces=lambda: settings.traces,
            line=line_of,
            keep=files.keep,
            capabilities=capabilities,
            default_model=default_model,
            set_up=partial(is_set_up, settings),
        )
    )


def _engines(models: Models, calls: Calls) -> MakeEngine:
    """Makes engines by name: those of the registry, and the one that asks a vision model."""

    def make(name: str, threads: int) -> Engine:
        if name == vision.NAME:
            return vision.VisionEngine(models, lambda: registry.create(registry.AUTO, threads), calls.keep_call)
        return registry.create(name, threads)

    return make


def account_name() -> str:
    """Whose account the studio runs under: who acts where nobody else is named; ``unknown`` where the machine has no name for it."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return "unknown"


def database_url(settings: Settings) -> str:
    """Where the database is, as SQLAlchemy writes it; it may hold a password."""
    if settings.database_url:
        return settings.database_url.get_secret_value()
    return f"sqlite:///{(settings.data_dir / 'studio.db').resolve()}"


def _health(found: dict[str, Extractor], settings: Settings, models: Switchboard) -> Callable[[], Health]:
    def health() -> Health:
        rows = [("OCR engine", name, availability) for name, availability in registry.availabilities()]
        rows.append(("OCR engine", vision.NAME, _vision(models)))
        rows += [("Extractor", name, extractor.availability()) for name, extractor in found.items()]
        rows += [
            ("Model", provider.title, _provider_state(provider, models, settings))
            for provider in models.providers().values()
        ]
        kind = "PostgreSQL" if settings.database_url else "SQLite"
        rows.append(("Store", kind, Availability(True, "Records, runs and field values are kept here.")))
        rows.append(("Store", "Excel workbook", Availability(True, "Sheets SalesOrderHeader and SalesOrderDetail.")))
        rows.append(("Office files", "LibreOffice", _office(Converter(settings.libreoffice).libreoffice)))
        rows.append(("Accelerator", "GPU", gpu()))
        return rows

    return health


def _office(program: str | None) -> Availability:
    about = f"{program} makes the pages of Word files, reads older ones and works out tables."
    return Availability(
        program is not None,
        about
        if program
        else "Not installed: .docx and .xlsx are read without it, in a simpler layout; .doc, .xls, .odt, .ods and .rtf are not.",
    )


def _provider_state(provider: Provider, models: Switchboard, settings: Settings) -> Availability:
    """Whether a provider has what it needs. Of the network nothing is asked but whether a server without a key is there."""
    if missing := provider.missing():
        return Availability(False, missing)
    if silent := does_not_answer(settings, provider.name, models.outside.defaults()):
        return Availability(False, silent)
    model = models.default_model(provider.name)
    about = f"Asks {model} where a recipe names no other." if model else "A recipe names the model."
    return Availability(True, about)
