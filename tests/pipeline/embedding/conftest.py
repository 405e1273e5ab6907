"""One built graph for all tests of a worker."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path

import pytest

from pipeline.embedding.minilm import MiniLMEncoder

WORDS = [
    "whale",
    "glacier",
    "enzyme",
    "lattice",
    "ballot",
    "orchard",
    "turbine",
    "sonnet",
    "ledger",
    "comet",
    "harbour",
    "violin",
]


@pytest.fixture(scope="session")
def graph_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache folder in which the int8 graph has been built."""
    cache = tmp_path_factory.mktemp("graph")
    MiniLMEncoder(cache)
    return cache / "minilm"


@pytest.fixture
def cache(tmp_path: Path, graph_folder: Path) -> Path:
    """A fresh cache folder with the graph in it and no embeddings."""
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache" / "minilm").symlink_to(graph_folder)
    return tmp_path / "cache"


@pytest.fixture
def texts() -> list[str]:
    """Forty distinct short texts."""
    return [
        f"The {WORDS[i % 12]} and the {WORDS[i * 5 % 11]} in case {i}: {'we measure and compare ' * (i % 4)}"
        for i in range(40)
    ]


class CountedProgress:
    """Remembers what was announced and what was reported."""

    def __init__(self) -> None:
        self.stages: dict[str, int | None] = {}
        self.steps = 0

    @contextmanager
    def stage(self, name, total=None):
        self.stages[name] = total
        yield self

    def advance(self, n: int = 1) -> None:
        self.steps += n


@pytest.fixture
def progress() -> CountedProgress:
    return CountedProgress()
