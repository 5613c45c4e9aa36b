"""The person's choices on SQLite and PostgreSQL: shared by every process, never lost, and told of where they cannot be used."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from core import preferences as kept
from core.errors import StorageError
from core.preferences import Preferences
from core.recipe import Recipe
from core.settings import Budget, Defaults
from storage.database import Database
from storage.settings import SqlSettings

#: A process that adds recipes of its own, one at a time.
_ADDS = """
import sys
from core.preferences import Preferences
from core.recipe import Recipe
from storage.database import open_database
from storage.settings import SqlSettings

url, who = sys.argv[1:]
preferences = Preferences(SqlSettings(open_database(url)))
for number in range(15):
    preferences.change(lambda now: now.model_copy(update={"recipes": {**now.recipes, f"{who}-{number}": Recipe()}}))
"""


@pytest.fixture
def open_choices(
    database_url: str, open_store: Callable[[str], Database], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[], Preferences]:
    """The choices as another process opens them; every one looks at once for what others chose."""
    monkeypatch.setattr(kept, "FRESH", 0.0)
    return lambda: Preferences(SqlSettings(open_store(database_url)), tmp_path / "settings.json")


Open = Callable[[], Preferences]


def test_choices_persist(open_choices: Open) -> None:
    """What the person chose is there after a restart; before that, what ships."""
    assert open_choices().now == Defaults()
    open_choices().put(cache_megabytes=77)
    assert open_choices().now.cache_megabytes == 77


def test_two_who_change_different_choices_lose_none(open_choices: Open) -> None:
    """Neither writes over the other's from a copy that has become old, and each sees the other's."""
    one, two = open_choices(), open_choices()
    one.put(cache_megabytes=77)
    two.put(budget=Budget(day=Decimal(5), hard=True))
    assert one.now == two.now
    assert (one.now.cache_megabytes, one.now.budget.day) == (77, Decimal(5))


def test_processes_that_change_one_choice_at_once_lose_none(open_choices: Open, database_url: str) -> None:
    """Three processes add fifteen recipes each: all are there."""
    choices = open_choices()
    adding = [subprocess.Popen([sys.executable, "-c", _ADDS, database_url, who]) for who in "abc"]
    assert [process.wait(60) for process in adding] == [0, 0, 0]
    assert sorted(choices.now.recipes) == sorted(f"{who}-{number}" for who in "abc" for number in range(15))


def test_a_change_that_fails_changes_nothing(open_choices: Open) -> None:
    """The transaction is undone."""
    choices = open_choices()
    choices.put(cache_megabytes=77)

    def fail(now: Defaults) -> Defaults:
        raise StorageError("no")

    with pytest.raises(StorageError):
        choices.change(fail)
    assert choices.now.cache_megabytes == open_choices().now.cache_megabytes == 77


def test_what_did_not_change_is_the_same_object(open_choices: Open) -> None:
    """What is built from the choices is built once."""
    choices = open_choices()
    assert choices.now is choices.now


def test_the_file_of_an_earlier_version_is_taken_over_once(open_choices: Open, tmp_path: Path) -> None:
    """It is kept aside, and never read again."""
    (tmp_path / "settings.json").write_text('{"cache_megabytes": 77}')
    assert open_choices().now.cache_megabytes == 77
    assert [path.name for path in tmp_path.glob("settings*")] == ["settings.json.taken-over"]
    open_choices().put(cache_megabytes=88)
    (tmp_path / "settings.json").write_text('{"cache_megabytes": 99}')
    assert open_choices().now.cache_megabytes == 88


def test_one_bad_value_costs_only_itself(open_choices: Open, tmp_path: Path) -> None:
    """The hard budget, what is masked and the rest of the recipe hold; the sentence names the value."""
    written = {
        "cache_megabytes": "much",
        "budget": {"day": "5.00", "hard": True},
        "redaction": {"names": ["Ada Lovelace"]},
        "recipe": {"approve_at": 7, "extractors": ["rules"]},
        "recipes": {"mine": {"extractors": [], "approve_at": 0.5}, "other": {"approve_at": 0.7}},
    }
    (tmp_path / "settings.json").write_text(json.dumps(written))
    choices = open_choices()
    assert choices.now.budget == Budget(day=Decimal(5), hard=True)
    assert choices.now.redaction.names == ("Ada Lovelace",)
    assert choices.now.recipe == Recipe(extractors=("rules",))
    assert choices.now.recipes["other"].approve_at == 0.7
    assert choices.now.cache_megabytes == Defaults().cache_megabytes
    places = [".".join(map(str, trouble.place)) for trouble in choices.troubles]
    assert places == ["recipe.approve_at", "cache_megabytes", "recipes.mine.extractors"]
    assert "cache_megabytes: input should be a valid integer" in str(choices.troubles[1])
    assert choices.unsure == ""


@pytest.mark.parametrize(
    "written",
    [
        '{"budget": {"day": "five", "hard": true}}',
        '{"redaction": {"names": 5}}',
        '{"recipe": {"models": {"model": {"redaction": {"kinds": [5]}}}}}',
        '{"prices": {"groq:x": {"input": "free"}}}',
        "{not json",
        "[]",
    ],
)
def test_while_a_limit_is_unknown_no_model_may_be_asked(open_choices: Open, tmp_path: Path, written: str) -> None:
    """What may be sent and at what cost: a value that cannot be read may have forbidden it."""
    (tmp_path / "settings.json").write_text(written)
    assert "No model is asked" in open_choices().unsure


def test_another_choice_does_not_wipe_out_a_limit_that_cannot_be_read(open_choices: Open, tmp_path: Path) -> None:
    """It stays kept, and models unasked, until it is chosen anew."""
    (tmp_path / "settings.json").write_text('{"budget": {"day": "five", "hard": true}}')
    open_choices().put(cache_megabytes=77)
    choices = open_choices()
    assert choices.unsure
    assert choices.now.cache_megabytes == 77
    choices.put(budget=Budget(day=Decimal(5), hard=True))
    assert (choices.unsure, choices.troubles) == ("", ())


def test_what_cannot_be_read_is_dropped_only_when_the_person_says_so(open_choices: Open, tmp_path: Path) -> None:
    """Nothing is written over settings of which nothing can be read."""
    (tmp_path / "settings.json").write_text("{not json")
    choices = open_choices()
    with pytest.raises(StorageError, match="cannot be read"):
        choices.put(cache_megabytes=77)
    choices.mend()
    assert open_choices().troubles == ()
    assert open_choices().put(cache_megabytes=77).cache_megabytes == 77
