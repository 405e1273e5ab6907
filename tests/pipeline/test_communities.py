"""Communities of a neighbour graph: planted ones found, agreement counted, small ones joined, accidents dissolved."""

import os
import subprocess
import sys

import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score

from pipeline import partitions as runs
from pipeline.communities import (
    agreed,
    belonging,
    homes_in_communities,
    join_halves,
    join_small,
    seeds_of_runs,
    settle,
)
from pipeline.partitions import NeighbourGraph, partition, start_partitions


def blocks(n_blocks, size, inside=0.5, between=0.01, seed=0):
    """A graph of planted blocks, and the block of each paper."""
    generator = np.random.default_rng(seed)
    block = np.repeat(np.arange(n_blocks), size)
    first, second = np.triu_indices(len(block), k=1)
    chance = np.where(block[first] == block[second], inside, between)
    kept = generator.random(len(first)) < chance
    ends = np.column_stack([first[kept], second[kept]]).astype(np.int32)
    return NeighbourGraph(len(block), ends, generator.uniform(0.5, 1.0, len(ends))), block


def graph(n, *edges):
    ends = np.array([(a, b) for a, b, _ in edges], dtype=np.int32).reshape(-1, 2)
    return NeighbourGraph(n, ends, np.array([weight for *_, weight in edges], dtype=np.float64))


def find_communities(tied, resolution, n_runs, seed):
    return agreed(start_partitions(tied, resolution, seeds_of_runs(seed, n_runs)), seed)


def test_planted_blocks_are_found_and_agreed_on():
    tied, block = blocks(6, 30)
    found = find_communities(tied, 1.0, 8, seed=1)
    assert adjusted_rand_score(block, found.labels) == 1
    inside = block[tied.ends[:, 0]] == block[tied.ends[:, 1]]
    assert (found.agreement[inside] == 1).all()
    assert (found.agreement[~inside] == 0).all()


def test_the_same_seed_gives_the_same_whatever_the_number_of_processes(monkeypatch):
    tied, _ = blocks(5, 40, inside=0.2, between=0.04)
    alone = [labels.tolist() for labels in start_partitions(tied, 1.5, [3, 1, 2, 9]).results()]
    monkeypatch.setattr(runs, "_FEW_EDGES", 0)
    monkeypatch.setattr(runs, "n_processors", lambda: 3)
    monkeypatch.setattr(runs, "partition", lambda *_: pytest.fail("made here, not by a process"))
    assert [labels.tolist() for labels in start_partitions(tied, 1.5, [3, 1, 2, 9]).results()] == alone


def test_a_process_that_dies_costs_time_only(monkeypatch):
    tied, _ = blocks(5, 40)
    expected = [partition(tied, 1.0, seed).tolist() for seed in (0, 1, 2)]
    monkeypatch.setattr(runs, "_FEW_EDGES", 0)
    monkeypatch.setattr(runs, "n_processors", lambda: 2)
    dead = [sys.executable, "-c", "import os; os.kill(os.getpid(), 9)"]
    monkeypatch.setattr(runs, "_process", lambda *_: subprocess.Popen(dead))
    assert [labels.tolist() for labels in start_partitions(tied, 1.0, [0, 1, 2]).results()] == expected


def test_a_caller_without_a_main_guard_is_not_run_twice(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(
        "import numpy as np\n"
        "from pipeline import partitions\n"
        "partitions._FEW_EDGES = 0\n"
        "partitions.n_processors = lambda: 2\n"
        "tied = partitions.NeighbourGraph(3, np.array([[0, 1]], np.int32), np.ones(1))\n"
        "print([labels.tolist() for labels in partitions.start_partitions(tied, 1.0, [0, 1]).results()])\n"
    )
    done = subprocess.run(
        [sys.executable, str(script)],
        env={**os.environ, "PYTHONPATH": os.getcwd()},
        capture_output=True,
        text=True,
        timeout=100,
        check=True,
    )
    assert done.stdout.count("\n") == 1


def test_a_paper_without_neighbours_is_in_no_community():
    tied, _ = blocks(2, 20)
    lonely = NeighbourGraph(tied.n_papers + 1, tied.ends, tied.weights)
    assert find_communities(lonely, 1.0, 3, seed=0).labels[-1] == -1
    assert find_communities(graph(4), 1.0, 3, seed=0).labels.tolist() == [-1] * 4


def test_small_communities_join_those_they_are_tied_to_most():
    tied = graph(8, (0, 1, 1), (1, 2, 1), (3, 4, 1), (4, 5, 1), (6, 2, 0.3), (6, 3, 0.9), (0, 2, 1), (3, 5, 1))
    labels = np.array([0, 0, 0, 1, 1, 1, 2, 3], dtype=np.int32)
    assert join_small(labels, tied, 3).tolist() == [0, 0, 0, 1, 1, 1, 1, -1]
    assert labels.tolist() == [0, 0, 0, 1, 1, 1, 2, 3]


def test_a_topic_cut_in_two_is_one_again_where_the_others_are_clearly_apart():
    tied, block = blocks(6, 30, inside=0.3, between=0.002)
    cut = np.where((block == 5) & (np.arange(len(block)) % 2 == 0), 6, block).astype(np.int32)
    assert adjusted_rand_score(block, join_halves(cut, tied)) == 1
    assert adjusted_rand_score(block, join_halves(block.astype(np.int32), tied)) == 1


def test_topics_that_shade_into_each_other_stay_apart():
    tied, block = blocks(6, 30, inside=0.3, between=0.05)
    closer = (block[tied.ends[:, 0]] == 0) & (block[tied.ends[:, 1]] == 1)
    shaded = tied.weighed(np.where(closer, 2 * tied.weights, tied.weights))
    assert adjusted_rand_score(block, join_halves(block.astype(np.int32), shaded)) == 1
    one_and_outliers = np.where(block == 0, 0, -1).astype(np.int32)
    assert np.array_equal(join_halves(one_and_outliers, tied), one_and_outliers)


def test_belonging_is_the_agreed_share_of_a_papers_ties():
    tied = graph(4, (0, 1, 0.5), (0, 2, 0.5), (2, 3, 1.0))
    found = belonging(np.array([0, 0, 1, 1], np.int32), tied, np.array([0.8, 0.1, 1.0]))
    assert found == pytest.approx([0.4, 0.8, 1 / 1.5, 1.0])


def test_a_paper_goes_where_neighbours_and_centre_both_point():
    vectors = np.array([[1, 0], [1, 0], [1, 0], [0, 1], [0, 1], [0, 1], [1, 0]], dtype=np.float32)
    tied = graph(7, (0, 1, 1), (1, 2, 1), (3, 4, 1), (4, 5, 1), (6, 0, 0.6), (6, 3, 0.6))
    wrong = np.array([0, 0, 0, 1, 1, 1, 1], dtype=np.int32)
    assert settle(wrong, vectors, tied).tolist() == [0, 0, 0, 1, 1, 1, 0]


def test_papers_that_hardly_belong_become_outliers_but_never_take_a_topic_below_its_least_size():
    generator = np.random.default_rng(0)
    tied, block = blocks(3, 20)
    vectors = np.eye(3, dtype=np.float32)[block] + generator.normal(0, 0.05, (60, 3)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    agreement = np.where(block[tied.ends[:, 0]] == block[tied.ends[:, 1]], 1.0, 0.0)
    agreement[(tied.ends == 5).any(axis=1)] *= 0.1
    labels, strength = homes_in_communities(vectors, tied, block.astype(np.int32), agreement, 4).cut(0.3)
    assert np.flatnonzero(labels < 0).tolist() == [5]
    assert strength[5] == 0
    assert ((strength > 0.3) & (strength <= 1)).sum() == 59
    kept, _ = homes_in_communities(vectors, tied, block.astype(np.int32), agreement, 20).cut(0.3)
    assert (kept >= 0).all()


def test_a_community_nobody_agrees_on_is_no_topic():
    tied, block = blocks(3, 20)
    vectors = np.eye(3, dtype=np.float32)[block]
    agreement = np.where(block[tied.ends[:, 0]] == 0, 0.2, 1.0)
    labels, _ = homes_in_communities(vectors, tied, block.astype(np.int32), agreement, 4).cut(0.0)
    assert (labels[block == 0] == -1).all()
    assert (labels[block > 0] >= 0).all()
