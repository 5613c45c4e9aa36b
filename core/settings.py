"""Settings: where things are, from the environment and ``.env`` at start; and the shape of what the person chooses."""

from __future__ import annotations

import os
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator
from pydantic.fields import FieldInfo
from pydantic_settings import (
    BaseSettings,
    DotEnvSettingsSource,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from core.gates import Gates
from core.recipe import BUILT_IN, Correction, Recipe, Redaction


class Limits(BaseModel):
    """What a document may be before it is refused, and how long its run may take."""

    model_config = ConfigDict(extra="ignore")

    file_megabytes: int = Field(50, ge=1, le=2000, title="Largest file (MB)")
    pages: int = Field(500, ge=1, le=10_000, title="Most pages in a document")
    page_megapixels: int = Field(80, ge=1, le=1000, title="Largest page (megapixels)")
    unpacked_megabytes: int = Field(500, ge=1, le=10_000, title="Largest document unpacked (MB)")
    run_seconds: int = Field(600, ge=10, le=86_400, title="Longest run (seconds)")


class ProviderSettings(BaseModel):
    """What the person chose for one provider of models. Its key is never kept here: it comes from the environment."""

    model_config = ConfigDict(extra="ignore")

    model: str = Field("", title="Model", description="Empty: the one that the studio suggests.")
    base_url: str = Field("", title="Address", description="Empty: the provider's own.")
    timeout: float = Field(120.0, gt=0, le=3600, title="Timeout (seconds)")
    retries: int = Field(2, ge=0, le=10, title="Retries")
    concurrency: int = Field(8, ge=1, le=256, title="Calls at once")
    per_minute: int = Field(0, ge=0, le=100_000, title="Calls a minute", description="0: no limit of ours.")
    send_key: bool = Field(
        False,
        title="Send the key there",
        description="The key also goes to the address typed above, not only to the provider.",
    )


class ModelPrice(BaseModel):
    """What a model costs, in US dollars per million tokens: the person's own figure, for one that no list has."""

    model_config = ConfigDict(extra="ignore")

    input: Decimal = Field(ge=0, title="Input (US$ per million tokens)")
    output: Decimal = Field(ge=0, title="Output (US$ per million tokens)")
    cached: Decimal | None = Field(None, ge=0, title="Cached input", description="Empty: as input.")


class Budget(BaseModel):
    """How much may be spent on models, in US dollars (days and months begin at midnight UTC). ``None``: no limit."""

    model_config = ConfigDict(extra="ignore")

    day: Decimal | None = Field(None, ge=0, title="Budget a day (US$)")
    month: Decimal | None = Field(None, ge=0, title="Budget a month (US$)")
    hard: bool = Field(False, title="Stop before a call that would exceed it")


class AlertRules(BaseModel):
    """When somebody is to be told. ``None``: never."""

    model_config = ConfigDict(extra="ignore")

    queue_hours: float | None = Field(None, gt=0, title="A document waits for a person longer than (hours)")
    failed_percent: float | None = Field(None, gt=0, le=100, title="More of today's documents cannot be read than (%)")
    corrected_percent: float | None = Field(
        None, gt=0, le=100, title="More of a vendor's values are corrected than (%)"
    )
    provider_percent: float | None = Field(
        None, gt=0, le=100, title="More of an hour's calls to a provider fail than (%)"
    )
    budget_percent: float | None = Field(None, gt=0, title="More of a budget is spent than (%)")
    accuracy_points: float | None = Field(
        None, gt=0, title="Accuracy falls from one measurement to the next by (points)"
    )


class SpotChecks(BaseModel):
    """How many of the documents that would pass with nobody looking are looked at all the same. As made, none."""

    model_config = ConfigDict(extra="ignore")

    share: float = Field(0.0, ge=0, le=0.05)
    """The share of them that is drawn."""
    most_wrong: int | None = Field(None, ge=1, le=1000)
    """So many of 1,000 may have a wrong amount, number or date; ``None``: nothing follows from what is found."""
    seed: str = ""
    """What the draw depends on beside the document: it cannot be foreseen."""
    asks: float | None = Field(None, ge=0, le=1)
    """The confidence that the gate asks for at present, as more was wrong than that; ``None``: what recipe and gates ask."""


def _days(title: str, about: str) -> Any:
    return Field(None, ge=1, le=36_500, title=title, description=about)


class Retention(BaseModel):
    """How many days each kind of data is kept. ``None``: for good, until somebody has it deleted."""

    model_config = ConfigDict(extra="ignore")

    documents: int | None = _days(
        "Documents that became no record",
        "With all that came of them, from the last time that they were touched. What waits for somebody, and test cases, stay.",
    )
    originals: int | None = _days(
        "Original files of records",
        "From the record's last change. The record stays; its pages can no longer be shown, nor put into an e-invoice.",
    )
    texts: int | None = _days(
        "Page texts, and what was read of pages",
        "The search and the cache. Records are then found by their values alone.",
    )
    runs: int | None = _days(
        "Results of runs, and unsaved edits",
        "The record stays; it can no longer be opened with its places on the page. What waits for somebody stays.",
    )
    sent: int | None = _days("Texts and pictures sent to models", "What the bill says of a call stays.")
    inbox: int | None = _days(
        "Inbox rows that are saved or rejected", "The documents stay; Operation no longer counts them."
    )
    tasks: int | None = _days(
        "Tasks and calls of programs, and messages to and from them",
        "Once they are over. A program no longer sees what it asked for by them, and a message that comes again is new.",
    )
    trail: int | None = _days(
        "The trail of what is no longer here",
        "Never shorter than a record or a document: the lines of what is still kept stay. Changes of many records at once can then "
        "no longer be undone.",
    )


#: What is read as it comes in: everything, only what has no pages to pick (one page, or invoice XML), or nothing.
ReadOnArrival = Literal["all", "simple", "none"]


class Defaults(BaseModel):
    """What the person may change on the pages; kept by :class:`core.preferences.Preferences`."""

    model_config = ConfigDict(extra="ignore")

    recipe: Recipe = Recipe()
    save_to: tuple[str, ...] = Field(("database", "workbook"), title="Save to")
    workbook_path: Path | None = Field(None, title="Excel workbook")
    """``None``: ``invoice_database.xlsx`` in the data folder."""
    limits: Limits = Limits()
    cache_megabytes: int = Field(1024, ge=16, le=100_000, title="Cache size (MB)")
    ocr_workers: int = Field(
        0, ge=0, le=64, title="Pages read at once", description="0 chooses by the number of processors."
    )
    recipes: dict[str, Recipe] = {}
    """The person's own recipes, by name."""
    providers: dict[str, ProviderSettings] = {}
    budget: Budget = Budget()
    redaction: Redaction = Redaction()
    """What is masked in whatever is sent to a model, whichever recipe is used."""
    prices: dict[str, ModelPrice] = {}
    """The person's own prices, by ``provider:model``."""
    correction: Correction | None = None
    """What the studio learnt from reviewed records about its confidences; ``None``: the shipped calibration."""
    read_on_arrival: ReadOnArrival = "simple"
    """What of the Inbox is read by itself, by the default recipe."""
    spot_checks: SpotChecks = SpotChecks()
    gates: Gates = Gates()
    """What is asked of documents before they pass without anybody."""
    alerts: AlertRules = AlertRules()
    """When the Operation page tells somebody."""
    retention: Retention = Retention()
    """How long what is kept; off where nobody set days."""

    def known_recipes(self) -> dict[str, Recipe]:
        """The recipes to choose from, by name: the default as the person set it, those that ship, the person's own."""
        own = {name: recipe.model_copy(update={"name": name}) for name, recipe in self.recipes.items()}
        return {**BUILT_IN, "default": self.recipe.model_copy(update={"name": "default"}), **own}


class Settings(BaseSettings):
    """Where things are. ``STUDIO_DATA_DIR``, ``DATABASE_URL`` and the like come from the environment."""

    model_config = SettingsConfigDict(env_prefix="STUDIO_", env_file=".env", extra="ignore", populate_by_name=True)

    data_dir: Path = Path("data")
    database_url: SecretStr | None = Field(None, validation_alias="DATABASE_URL")
    """SQLAlchemy URL; ``None``: SQLite ``studio.db`` in the data folder. Holds a password: never shown or logged."""

    redis_url: SecretStr | None = Field(None, validation_alias="REDIS_URL")
    """Redis, where workers on many hosts do the work (then the database is PostgreSQL); ``None``: it is done here. May hold a password."""

    @field_validator("redis_url")
    @classmethod
    def _named(cls, url: SecretStr | None) -> SecretStr | None:
        """An empty address is none: containers pass variables on that nobody set."""
        return url if url and url.get_secret_value().strip() else None

    blobs: str = ""
    """Where documents and kept JSON lie. Empty: in the data folder, or in the database where there is Redis. ``database``, or the address of
    an object store that fsspec knows (``s3://bucket/folder``): the documents lie there, the JSON in the database."""

    lease_seconds: float = Field(10.0, ge=2, le=600)
    """How long a worker of another host holds a job without a sign of life; then the job is done anew."""

    has_workbook: bool = True
    """Whether the Excel workbook is kept on this host. It is one file on one disk: of several hosts, one has it."""

    workers: Literal["auto", "processes", "threads"] = "auto"
    """Who reads: worker processes, so that the page answers meanwhile, or threads of the page's own process, which need
    less memory. ``auto``: processes where there is memory for them."""

    libreoffice: str = "auto"
    """The LibreOffice that makes pages of Word files and works out tables: its path; ``auto`` looks for it, ``none`` does without."""

    inbox_folder: str = ""
    """A folder whose files come into the Inbox by themselves: a path, or an address that fsspec knows. May hold a password: never shown."""

    log: Literal["text", "json"] = "text"
    """How the log is written: for people, or a JSON object a line."""
    log_level: Literal["", "debug", "info", "warning", "error"] = ""
    """What is logged of our own; empty: warnings as text, also what happens to each document as JSON."""

    inside_hosts: str = ""
    """Hosts (separated by commas) that webhooks and documents' addresses may name though they lie inside the own network, also by http."""

    cors_origins: str = ""
    """Addresses (separated by commas, such as ``https://erp.example.org``) whose pages may call the API from a browser. Empty: none."""

    jwt_issuer: str = ""
    """The OIDC issuer whose bearer tokens the API takes, with its ``jwt_audience`` (that of this studio). Empty: none."""
    jwt_audience: str = ""
    jwt_jwks: str = ""
    """Where the issuer's keys are; empty: as its ``/.well-known/openid-configuration`` says."""
    jwt_algorithms: str = "RS256,ES256"
    jwt_leeway: int = Field(60, ge=0, le=300)
    """Seconds that the clocks may be apart."""
    token_secret: SecretStr | None = None
    """What the API's own short-lived tokens are signed with; ``None``: a secret that is made in the data folder."""

    surroundings: tuple[Mapping[str, SecretStr], ...] = Field((), repr=False, exclude=True)
    """What the environment, ``.env`` and ``.streamlit/secrets.toml`` say, one after the other, as they were when they were
    last looked at: at start, and by :meth:`look_again`. Keys of providers are among it: never shown or logged."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """What was said when it was made comes first, then the environment, then ``.env``."""
        return init_settings, env_settings, dotenv_settings, _Surroundings(settings_cls)

    def secret(self, *names: str) -> SecretStr | None:
        """The first of these keys that the environment, ``.env`` or ``.streamlit/secrets.toml`` has."""
        for source in self.surroundings:
            for name in names:
                if name in source and (found := source[name].get_secret_value().strip()):
                    return SecretStr(found)
        return None

    def plain(self, *names: str) -> str:
        """The same as text, or an empty one: for an address, or to know whether there is one."""
        found = self.secret(*names)
        return found.get_secret_value() if found else ""

    def look_again(self) -> None:
        """Read the surroundings anew: a key may have been put there since."""
        self.surroundings = type(self)().surroundings

    @property
    def traces(self) -> tuple[tuple[int, int] | None, ...]:
        """Of each file among the surroundings when it was changed and how large it is; ``None`` where there is none. Quick: it
        tells whether :meth:`look_again` would find anything new."""
        return tuple(_trace(path) for path in (Path(".env"), *_secrets_files()))

    case_folders: str = ""
    """Folders (separated as in PATH) from which the Accuracy page may read cases, beside the data folder."""

    @property
    def case_roots(self) -> tuple[Path, ...]:
        """Those folders."""
        return tuple(Path(folder) for folder in self.case_folders.split(os.pathsep) if folder)

    @property
    def shares(self) -> bool:
        """Whether documents and kept JSON lie where other hosts find them."""
        return bool(self.redis_url or self.blobs)

    @property
    def settings_file(self) -> Path:
        """Where an earlier version kept the person's choices."""
        return self.data_dir / "settings.json"


class _Surroundings(PydanticBaseSettingsSource):
    """Everything that stands where keys are looked for, whatever it is called: the table of providers names them."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        """No field is looked for by its name."""
        return None, field_name, False

    def __call__(self) -> dict[str, Any]:
        """The three of them."""
        found = (
            EnvSettingsSource(self.settings_cls, case_sensitive=True).env_vars,
            DotEnvSettingsSource(self.settings_cls, case_sensitive=True).env_vars,
            _streamlit_secrets(self.settings_cls),
        )
        return {"surroundings": tuple({name: str(value) for name, value in each.items() if value} for each in found)}


def _streamlit_secrets(settings_cls: type[BaseSettings]) -> Mapping[str, Any]:
    """The secrets of Streamlit, where its Cloud and its users put them; of a file that cannot be read, nothing."""
    for path in _secrets_files():
        try:
            if path.is_file():
                return TomlConfigSettingsSource(settings_cls, path).toml_data
        except (OSError, ValueError):
            continue
    return {}


def _secrets_files() -> tuple[Path, ...]:
    return tuple(folder / ".streamlit" / "secrets.toml" for folder in (Path.cwd(), Path.home()))


def _trace(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size
