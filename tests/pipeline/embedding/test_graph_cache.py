"""The graph is built once, survives damage and company, and needs no writable folder."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from pipeline.embedding import graph_cache
from pipeline.embedding.minilm import MiniLMEncoder

ROOT = Path(__file__).parents[3]
TEXT = "The graph must give this sentence the same vector every time."


@pytest.fixture
def own_cache(tmp_path, graph_folder) -> Path:
    """A cache whose graph file may be damaged."""
    shutil.copytree(graph_folder, tmp_path / "minilm")
    return tmp_path


def graph_file(cache: Path) -> Path:
    (file,) = (cache / "minilm").iterdir()
    return file


def test_a_built_graph_is_not_built_again(own_cache, monkeypatch):
    def refuse(*_):
        raise AssertionError("built again")

    monkeypatch.setattr(graph_cache, "_build", refuse)
    assert MiniLMEncoder(own_cache).precision == "int8"


@pytest.mark.parametrize("damage", ["truncated", "one bit"])
def test_a_damaged_graph_is_built_anew(own_cache, damage):
    expected = MiniLMEncoder(own_cache).encode(TEXT)
    file = graph_file(own_cache)
    data = bytearray(file.read_bytes())
    if damage == "one bit":
        data[len(data) // 2] ^= 1
    else:
        del data[-5000:]
    file.write_bytes(data)
    assert np.array_equal(MiniLMEncoder(own_cache).encode(TEXT), expected)
    with np.load(graph_file(own_cache), allow_pickle=False) as repaired:
        assert len(repaired["graph"]) > 20_000_000


def test_a_folder_that_cannot_be_made_is_no_obstacle(tmp_path):
    (tmp_path / "occupied").write_text("a file")
    encoder = MiniLMEncoder(tmp_path / "occupied")
    assert np.linalg.norm(encoder.encode(TEXT)) == pytest.approx(1)


def test_two_processes_may_build_at_once_and_build_the_same(tmp_path, cache):
    script = (
        "import sys; from pathlib import Path; from pipeline.embedding.minilm import MiniLMEncoder; "
        "sys.stdout.write(MiniLMEncoder(Path(sys.argv[1])).encode(sys.argv[2]).tobytes().hex())"
    )
    builders = [
        subprocess.Popen(
            [sys.executable, "-c", script, str(tmp_path / "shared"), TEXT], stdout=subprocess.PIPE, text=True, cwd=ROOT
        )
        for _ in range(2)
    ]
    expected = MiniLMEncoder(cache).encode(TEXT).tobytes().hex()
    assert [builder.communicate()[0] for builder in builders] == [expected, expected]
    assert graph_file(tmp_path / "shared").suffix == ".npz"  # one file, no leftovers
