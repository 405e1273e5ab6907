"""Leiden partitions of a neighbour graph, one a seed, made by several processes.

``python -m pipeline.partitions N_PAPERS RESOLUTION`` is such a process: it reads three arrays from standard input
(ends, weights, seeds, each as ``numpy.save`` writes it) and writes the labels of each seed to standard output as soon
as they are found. Plain processes, because igraph holds Python's lock, what this process has loaded does not survive
a fork, and ``multiprocessing`` runs a caller's script a second time.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import igraph
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

Partition = NDArray[np.int32]
"""Label of each paper, in no order, int32 (n_papers,)."""

_FEW_EDGES = 200_000
"""Below this, starting a process takes longer than it saves."""
_MOST_WORKERS = 8


@dataclass(frozen=True)
class NeighbourGraph:
    """An undirected graph of papers.

    Attributes
    ----------
    n_papers
        How many; papers without an edge count too.
    ends
        int32 (n_edges, 2): the papers each edge ties, every edge once.
    weights
        float64 (n_edges,) in (0, 1]: how near they are.
    """

    n_papers: int
    ends: NDArray[np.int32]
    weights: NDArray[np.float64]

    def weighed(self, weights: NDArray[np.float64]) -> NeighbourGraph:
        """The same edges with other weights."""
        return replace(self, weights=weights)

    def matrix(self) -> csr_matrix:
        """The symmetric matrix (n_papers, n_papers) of the weights."""
        one_way = csr_matrix((self.weights, (self.ends[:, 0], self.ends[:, 1])), shape=(self.n_papers,) * 2)
        return (one_way + one_way.T).tocsr()

    def as_igraph(self) -> igraph.Graph:
        """The edges for igraph; weights are given to each of its functions."""
        return igraph.Graph(n=self.n_papers, edges=self.ends)


def partition(graph: NeighbourGraph, resolution: float, seed: int, n_iterations: int = 2) -> Partition:
    """One Leiden partition; with ``n_iterations`` −1 improved until nothing changes.

    ``resolution`` is that of modularity (Reichardt and Bornholdt, Physical Review E 2006): higher finds more
    communities.
    """
    return _leiden(graph.as_igraph(), graph.weights, resolution, seed, n_iterations)


def partitions(graph: NeighbourGraph, resolution: float, seeds: Sequence[int]) -> Iterator[Partition]:
    """The partition of each seed, in the order of ``seeds``, whatever the number of processors.

    A process that dies costs time only: its partitions are then made here.
    """
    n_workers = min(n_processors(), _MOST_WORKERS, len(seeds))
    if n_workers < 2 or len(graph.ends) < _FEW_EDGES:
        yield from (partition(graph, resolution, seed) for seed in seeds)
        return
    found: dict[int, Future[Partition | None]] = {seed: Future() for seed in seeds}
    with ThreadPoolExecutor(n_workers) as pool:
        shares = [seeds[worker::n_workers] for worker in range(n_workers)]
        for share in shares:
            pool.submit(_in_a_process, graph, resolution, share, found)
        for seed in seeds:
            labels = found[seed].result()
            yield partition(graph, resolution, seed) if labels is None else labels


def n_processors() -> int:
    """Processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _leiden(
    graph: igraph.Graph, weights: NDArray[np.float64], resolution: float, seed: int, n_iterations: int
) -> Partition:
    igraph.set_random_number_generator(random.Random(seed))
    clusters = graph.community_leiden(
        "modularity", weights=weights.tolist(), resolution=resolution, n_iterations=n_iterations
    )
    return np.array(clusters.membership, dtype=np.int32)


def _in_a_process(
    graph: NeighbourGraph, resolution: float, seeds: Sequence[int], found: dict[int, Future[Partition | None]]
) -> None:
    """Fill in ``found`` for ``seeds`` as a process of their own finds them; ``None`` where it does not."""
    try:
        with _process(graph.n_papers, resolution) as process:
            assert process.stdin is not None
            assert process.stdout is not None
            for array in (graph.ends, graph.weights, np.asarray(seeds, dtype=np.int64)):
                np.save(process.stdin, array, allow_pickle=False)
            process.stdin.close()
            for seed in seeds:
                found[seed].set_result(np.load(process.stdout, allow_pickle=False))
    except (OSError, ValueError, EOFError):
        pass  # it died, or was never born
    finally:
        for seed in seeds:
            if not found[seed].done():
                found[seed].set_result(None)


def _process(n_papers: int, resolution: float) -> subprocess.Popen[bytes]:
    root = str(Path(__file__).parents[1])
    path = os.pathsep.join([root, *filter(None, [os.environ.get("PYTHONPATH")])])
    return subprocess.Popen(
        [sys.executable, "-m", "pipeline.partitions", str(n_papers), repr(resolution)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": path},
    )


def _serve() -> None:
    """What such a process does."""
    n_papers, resolution = int(sys.argv[1]), float(sys.argv[2])
    ends, weights, seeds = (np.load(sys.stdin.buffer, allow_pickle=False) for _ in range(3))
    graph = NeighbourGraph(n_papers, ends, weights)
    as_igraph = graph.as_igraph()
    for seed in seeds.tolist():
        np.save(sys.stdout.buffer, _leiden(as_igraph, weights, resolution, seed, 2), allow_pickle=False)
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    _serve()
