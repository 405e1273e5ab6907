"""Fits that meet each other, are killed, or find no room: the store stays as it was, and the next one succeeds."""

from __future__ import annotations

import shutil
import signal
from pathlib import Path
from typing import Any

import pytest

from pipeline import snapshot as snapshots
from pipeline.planted import write_planted
from tests.fitters import fit_and_die, fit_and_tell, fit_with_file_limit
from tests.processes import processes


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Eighty planted papers."""
    file = tmp_path_factory.mktemp("papers") / "papers.jsonl"
    write_planted(file, 80, 4, 1)
    return file


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One cache for all fits here, as on one machine."""
    return tmp_path_factory.mktemp("cache")


def started(target: Any, *arguments: Any) -> tuple[Any, Any]:
    """A process, started, and where its answer comes from."""
    answer, question = processes().Pipe(duplex=False)
    process = processes().Process(target=target, args=(*arguments, question))
    process.start()
    question.close()
    return process, answer


@pytest.fixture(scope="module")
def fitted(papers: Path, cache: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    """A store after two fits of one corpus at the same time, and the names of a fit's stages."""
    store = tmp_path_factory.mktemp("fitted") / "store"
    fits = [started(fit_and_tell, papers, store, cache, seed) for seed in (1, 2)]
    for process, answer in fits:
        stages: list[str] = answer.recv()
        process.join()
        assert process.exitcode == 0
    return store, stages


def test_two_fits_of_one_corpus_at_once_give_two_whole_snapshots(fitted: tuple[Path, list[str]]) -> None:
    store, _ = fitted
    ids = [info.snapshot_id for info in snapshots.list_snapshots(store, "small")]
    assert len(ids) == 2
    seeds = []
    for snapshot_id in ids:
        assert snapshots.verify(store, "small", snapshot_id) == []
        with snapshots.open_snapshot(store, "small", snapshot_id) as opened:
            seeds.append(opened.manifest.settings["topics"]["seed"])
            assert set(opened.papers["topic_id"]) - {"outlier"} <= set(opened.topics["topic_id"])
    assert sorted(seeds) == [1, 2]
    assert snapshots.list_snapshots(store, "small")[0].is_latest
    assert list((store / "small" / "staging").iterdir()) == []


def test_a_killed_fit_leaves_the_store_as_it_was_and_the_next_one_succeeds(
    papers: Path, cache: Path, fitted: tuple[Path, list[str]], tmp_path: Path
) -> None:
    template, stages = fitted
    assert {"embedding", "map"} < set(stages)
    store = shutil.copytree(template, tmp_path / "store")
    served = snapshots.open_snapshot(store, "small").snapshot_id
    # Every change that publishing makes is tried in test_snapshot_faults.py; here, what comes before it.
    for stage in ("map", "publishing"):
        # Another seed: nothing of what follows the embeddings is there to be taken from the cache.
        killed = processes().Process(target=fit_and_die, args=(papers, store, cache, 3, stage))
        killed.start()
        killed.join()
        assert killed.exitcode == -signal.SIGKILL, stage
        assert snapshots.open_snapshot(store, "small").snapshot_id == served, stage
    process, answer = started(fit_and_tell, papers, store, cache, 3)
    answer.recv()
    process.join()
    after = snapshots.open_snapshot(store, "small")
    assert after.snapshot_id != served
    assert snapshots.verify(store, "small", after.snapshot_id) == []
    assert list((store / "small" / "staging").iterdir()) == []


def test_a_fit_without_room_for_its_files_is_refused_in_a_sentence(
    papers: Path, cache: Path, fitted: tuple[Path, list[str]], tmp_path: Path
) -> None:
    store = tmp_path / "store"
    process, answer = started(fit_with_file_limit, papers, store, cache, 4_000)
    said = answer.recv()
    process.join()
    assert process.exitcode == 0
    assert said.startswith("Corpus small could not be changed: ")
    assert "File too large" in said
    assert snapshots.list_corpora(store) == []
