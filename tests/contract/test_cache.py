"""What every cache does, and what the one on disk survives."""

from __future__ import annotations

import os
import pickle
import sqlite3
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.cache import Cache
from storage.disk_cache import DiskCache
from tests.doubles.cache import MemoryCache, NoCache


@pytest.fixture(params=["disk", "memory"])
def cache(request: pytest.FixtureRequest, tmp_path: Path) -> Cache:
    """Each cache that keeps something, holding a million bytes."""
    return DiskCache(tmp_path / "cache", 1_000_000) if request.param == "disk" else MemoryCache(1_000_000)


@pytest.mark.parametrize("data", [b"", b"{}", os.urandom(100_000)], ids=["empty", "small", "large"])
def test_what_was_put_comes_back(cache: Cache, data: bytes) -> None:
    """Small entries and those kept as files of their own come back byte by byte."""
    cache.put("extraction:1:abc", data)
    assert cache.get("extraction:1:abc") == data
    assert cache.get("extraction:2:abc") is None


def test_what_is_old_goes_and_the_rest_stays(cache: Cache) -> None:
    """By when it was put."""
    cache.put("old", os.urandom(50_000))
    time.sleep(0.02)
    moment = datetime.now(UTC)
    time.sleep(0.02)
    cache.put("new", b"new")
    assert cache.count_before(moment) == 1
    cache.drop_before(moment)
    assert (cache.get("old"), cache.get("new"), cache.count_before(moment)) == (None, b"new", 0)


def test_clearing_forgets_everything(cache: Cache) -> None:
    """After clear nothing is found; the cache goes on working."""
    cache.put("a", os.urandom(50_000))
    assert cache.size_bytes() >= 50_000
    cache.clear()
    assert cache.get("a") is None
    cache.put("a", b"again")
    assert cache.get("a") == b"again"


def test_the_cache_stays_within_its_bound(cache: Cache) -> None:
    """Old entries make room for new ones."""
    for number in range(60):
        cache.put(f"key {number}", os.urandom(50_000))
    assert cache.size_bytes() <= 1_200_000
    assert cache.get("key 59") is not None
    assert cache.get("key 0") is None


def test_an_entry_larger_than_the_cache_is_not_kept(cache: Cache) -> None:
    """One huge result does not push out everything else."""
    cache.put("huge", bytes(2_000_000))
    assert cache.get("huge") is None


def test_threads_share_a_cache(cache: Cache) -> None:
    """Eight threads put and get at once; nobody sees another's entry."""

    def work(number: int) -> bool:
        data = str(number).encode() * 1000
        cache.put(str(number), data)
        return cache.get(str(number)) == data

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(work, range(80)))


def test_no_cache_keeps_nothing() -> None:
    """A run without a cache finds nothing and fails nowhere."""
    cache = NoCache()
    cache.put("a", b"b")
    assert cache.get("a") is None
    assert cache.size_bytes() == 0


def test_the_disk_cache_is_found_again(tmp_path: Path) -> None:
    """Another process, or the next start, has the same entries."""
    DiskCache(tmp_path / "cache", 1_000_000).put("a", b"kept")
    code = "import sys; from pathlib import Path; from storage.disk_cache import DiskCache\n"
    code += "print(DiskCache(Path(sys.argv[1]), 1_000_000).get('a'))"
    answer = subprocess.run([sys.executable, "-c", code, str(tmp_path / "cache")], capture_output=True, text=True)
    assert answer.stdout.strip() == "b'kept'"


def test_a_damaged_cache_starts_anew(tmp_path: Path) -> None:
    """Garbage in place of the cache's database is thrown away at the start."""
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache" / "cache.db").write_bytes(os.urandom(20_000))
    cache = DiskCache(tmp_path / "cache", 1_000_000)
    cache.put("a", b"works")
    assert cache.get("a") == b"works"


def test_damage_while_in_use_is_survived(tmp_path: Path) -> None:
    """A database that breaks under a running studio costs its entries, not the run."""
    cache = DiskCache(tmp_path / "cache", 1_000_000)
    for number in range(200):
        cache.put(str(number), os.urandom(500))
    cache.close()
    database = tmp_path / "cache" / "cache.db"
    (tmp_path / "cache" / "cache.db-wal").unlink(missing_ok=True)
    size = database.stat().st_size
    with database.open("r+b") as file:
        file.seek(4096)
        file.write(os.urandom(size - 4096))
    for number in range(3):
        cache.put(f"new {number}", b"works")
    assert cache.get("new 2") == b"works"


def test_a_pickle_in_the_cache_is_never_run(tmp_path: Path) -> None:
    """An entry that someone swapped for a pickle counts as absent."""

    class Bomb:
        def __reduce__(self) -> tuple[object, ...]:
            return (Path.touch, (tmp_path / "ran",))

    cache = DiskCache(tmp_path / "cache", 1_000_000)
    cache.put("a", b"fine")
    with sqlite3.connect(tmp_path / "cache" / "cache.db") as connection:
        connection.execute("UPDATE Cache SET mode = 4, value = ?", (pickle.dumps(Bomb()),))
    assert cache.get("a") is None
    assert not (tmp_path / "ran").exists()


def test_a_cut_entry_counts_as_absent(tmp_path: Path) -> None:
    """A result's file that lost its end is read anew, not handed out."""
    cache = DiskCache(tmp_path / "cache", 1_000_000)
    cache.put("a", os.urandom(100_000))
    (kept,) = (tmp_path / "cache").rglob("*.val")
    kept.write_bytes(kept.read_bytes()[:-10])
    assert cache.get("a") is None
