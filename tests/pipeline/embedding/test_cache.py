"""The cache of vectors never loses a finished batch, never lies and never ends a fit."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from pipeline.embedding.cache import VectorCache

ROOT = Path(__file__).parents[3]
DIMENSIONS = 384


def key(i: int) -> bytes:
    return i.to_bytes(32, "big")


def vector(i: int) -> np.ndarray:
    return np.random.default_rng(i).standard_normal(DIMENSIONS).astype(np.float32)


def fill(path: Path, n: int, start: int = 0) -> VectorCache:
    with VectorCache(path, DIMENSIONS) as cache:
        cache.keep({key(i): vector(i) for i in range(start, start + n)})
    return cache


def stored(path: Path, n: int) -> tuple[dict[int, np.ndarray], VectorCache]:
    """What the cache gives for the first ``n`` keys, and the cache for its notices."""
    with VectorCache(path, DIMENSIONS) as cache:
        found = {int.from_bytes(k, "big"): v for k, v in cache.find(key(i) for i in range(n)) if v is not None}
    return found, cache


@pytest.fixture
def path(tmp_path) -> Path:
    return tmp_path / "embeddings" / "model.sqlite"


def test_vectors_come_back_bit_for_bit_and_others_are_absent(path):
    fill(path, 1200)
    found, cache = stored(path, 1300)
    assert sorted(found) == list(range(1200))
    assert all(np.array_equal(found[i], vector(i)) for i in found)
    assert cache.notices == []


WRITER = """
import sys
from pathlib import Path
import numpy as np
from pipeline.embedding.cache import VectorCache
start = int(sys.argv[2])
with VectorCache(Path(sys.argv[1]), 384) as cache:
    for batch in range(start, start + int(sys.argv[3]), 20):
        cache.keep({i.to_bytes(32, "big"): np.random.default_rng(i).standard_normal(384).astype(np.float32)
                    for i in range(batch, batch + 20)})
        print(batch + 20, *cache.notices, flush=True)
"""


def writer(path: Path, start: int, n: int) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path), str(start), str(n)], stdout=subprocess.PIPE, text=True, cwd=ROOT
    )


def test_a_killed_writer_leaves_every_batch_it_finished(path):
    process = writer(path, 0, 1_000_000)
    done = [int(process.stdout.readline()) for _ in range(15)][-1]
    os.kill(process.pid, signal.SIGKILL)
    process.stdout.close()
    process.wait()
    found, cache = stored(path, done)
    assert sorted(found) == list(range(done))
    assert all(np.array_equal(found[i], vector(i)) for i in found)
    assert cache.notices == []


def test_several_processes_write_and_lose_nothing(path):
    processes = [writer(path, start, 400) for start in (0, 400, 200)]
    said = [process.communicate()[0].split() for process in processes]
    assert [len(words) for words in said] == [20, 20, 20]  # a notice would add words
    assert sorted(stored(path, 800)[0]) == list(range(800))


@pytest.mark.parametrize("damage", ["rubbish", "header", "middle", "truncated"])
def test_a_damaged_file_is_set_aside_with_a_notice_and_begun_anew(path, damage):
    fill(path, 500)
    data = bytearray(path.read_bytes())
    if damage == "rubbish":
        data = bytearray(b"this was never a database " * 500)
    elif damage == "header":
        data[:64] = b"\xff" * 64
    elif damage == "middle":
        data[8192 : len(data) - 8192] = b"\xa5" * (len(data) - 16384)
    else:
        del data[len(data) // 3 :]
    path.write_bytes(data)
    found, cache = stored(path, 500)
    assert all(np.array_equal(found[i], vector(i)) for i in found)
    assert len(found) < 500
    assert len(cache.notices) == 1
    assert "damaged" in cache.notices[0]
    (aside,) = path.parent.glob("*.damaged-*")
    assert aside.name in cache.notices[0]
    fill(path, 500)
    assert len(stored(path, 500)[0]) == 500


def test_a_vector_whose_bits_changed_is_absent_and_can_be_stored_again(path):
    fill(path, 10)
    data = bytearray(path.read_bytes())
    at = data.index(vector(3).tobytes()[:200])
    data[at + 100] ^= 1
    path.write_bytes(data)
    assert sorted(stored(path, 10)[0]) == [0, 1, 2, 4, 5, 6, 7, 8, 9]
    fill(path, 1, start=3)
    assert np.array_equal(stored(path, 10)[0][3], vector(3))


def test_an_empty_file_is_a_new_cache(path):
    path.parent.mkdir()
    path.touch()
    assert fill(path, 5).notices == []
    assert len(stored(path, 5)[0]) == 5


def test_a_folder_that_cannot_be_made_turns_the_cache_off(tmp_path):
    (tmp_path / "embeddings").write_text("a file")
    cache = fill(tmp_path / "embeddings" / "model.sqlite", 5)
    assert len(cache.notices) == 1
    assert "could not be kept" in cache.notices[0]
    assert stored(tmp_path / "embeddings" / "model.sqlite", 5)[0] == {}


FULL_DISK = f"""
import resource, signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))  # no file may grow beyond this
{WRITER}
"""


def test_a_full_disk_is_said_once_and_what_fitted_stays(path):
    done = subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(path), "0", "2000"], capture_output=True, text=True, cwd=ROOT, check=True
    )
    assert "could not be kept" in done.stdout
    assert done.stdout.splitlines()[-1].count("could not be kept") == 1
    found, cache = stored(path, 2000)
    assert 0 < len(found) < 2000
    assert len(found) % 20 == 0
    assert all(np.array_equal(found[i], vector(i)) for i in found)
    assert cache.notices == []


def test_a_write_that_is_refused_keeps_the_fit_going(path):
    fill(path, 5)
    with VectorCache(path, DIMENSIONS) as cache:
        cache._connection.execute("PRAGMA query_only = ON")  # as on a read-only disk
        cache.keep({key(9): vector(9)})
        assert "could not be kept" in cache.notices[0]
        assert [found for _, found in cache.find([key(1)])] == [None]
    assert sorted(stored(path, 10)[0]) == [0, 1, 2, 3, 4]


def test_the_file_is_an_ordinary_database(path):
    fill(path, 7)
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT count(*) FROM vectors").fetchone() == (7,)
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    connection.close()
