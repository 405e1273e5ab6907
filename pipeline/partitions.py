"""Leiden partitions of a neighbour graph, one a seed, made by several processes.

``python -m pipeline.partitions N_PAPERS RESOLUTION N_ITERATIONS`` is such a process: it reads three arrays from
standard input (ends, weights, seeds, each as ``numpy.save`` writes it) and writes the labels of each seed to standard
output. Plain processes, because igraph holds Python's lock, what this process has loaded does not survive a fork, and
``multiprocessing`` runs a caller's script a second time. Their output is a file: they wait for nobody, and
`start_partitions` leaves this process free for other work until `Runs.results` asks.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO

import igraph
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from pipeline.processors import n_processors

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


@dataclass(frozen=True)
class Runs:
    """Partitions that are being made: `start_partitions` makes it, `results` waits for them."""

    graph: NeighbourGraph
    resolution: float
    seeds: Sequence[int]
    n_iterations: int
    processes: list[tuple[subprocess.Popen[bytes], IO[bytes], Sequence[int]]]

    def results(self) -> Iterator[Partition]:
        """The partition of each seed, in the order of the seeds, whatever the number of processors.

        A process that died costs time only: its partitions are then made here.
        """
        found: dict[int, Partition] = {}
        for process, output, seeds in self.processes:
            process.wait()
            output.seek(0)
            try:
                for seed in seeds:
                    found[seed] = np.load(output, allow_pickle=False)
            except (OSError, ValueError, EOFError):
                pass  # cut off: what is missing is made below
            output.close()
        for seed in self.seeds:
            yield (found[seed] if seed in found else partition(self.graph, self.resolution, seed, self.n_iterations))

    def stop(self) -> None:
        """End the processes; nothing happens to those that have ended."""
        for process, _, _ in self.processes:
            process.kill()
            process.wait()


def start_partitions(graph: NeighbourGraph, resolution: float, seeds: Sequence[int], n_iterations: int = 2) -> Runs:
    """Begin a partition for each seed; a small graph, or a machine with one processor, waits for `Runs.results`."""
    n_workers = min(n_processors(), _MOST_WORKERS, len(seeds))
    runs = Runs(graph, resolution, seeds, n_iterations, [])
    if n_workers < 2 or len(graph.ends) < _FEW_EDGES:
        return runs
    for worker in range(n_workers):
        share = seeds[worker::n_workers]
        output = tempfile.TemporaryFile()  # noqa: SIM115  (closed by Runs.results)
        # A file and no pipe: ``numpy.save`` asks for a position, and the process reads when it comes to it.
        with tempfile.TemporaryFile() as given:
            for array in (graph.ends, graph.weights, np.asarray(share, dtype=np.int64)):
                np.save(given, array, allow_pickle=False)
            given.seek(0)
            try:
                process = _process(graph.n_papers, resolution, n_iterations, given, output)
            except OSError:
                output.close()  # never born: Runs.results makes its share
                continue
        runs.processes.append((process, output, share))
    return runs


def _leiden(
    graph: igraph.Graph, weights: NDArray[np.float64], resolution: float, seed: int, n_iterations: int
) -> Partition:
    igraph.set_random_number_generator(random.Random(seed))
    clusters = graph.community_leiden(
        "modularity", weights=weights.tolist(), resolution=resolution, n_iterations=n_iterations
    )
    return np.array(clusters.membership, dtype=np.int32)


def _process(
    n_papers: int, resolution: float, n_iterations: int, given: IO[bytes], output: IO[bytes]
) -> subprocess.Popen[bytes]:
    root = str(Path(__file__).parents[1])
    path = os.pathsep.join([root, *filter(None, [os.environ.get("PYTHONPATH")])])
    return subprocess.Popen(
        [sys.executable, "-m", "pipeline.partitions", str(n_papers), repr(resolution), str(n_iterations)],
        stdin=given,
        stdout=output,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": path},
    )


def _serve() -> None:
    """What such a process does."""
    n_papers, resolution, n_iterations = int(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3])
    ends, weights, seeds = (np.load(sys.stdin.buffer, allow_pickle=False) for _ in range(3))
    graph = NeighbourGraph(n_papers, ends, weights).as_igraph()
    parent = os.getppid()
    for seed in seeds.tolist():
        if os.getppid() != parent:
            return  # the fit was killed: nobody waits for the rest
        labels = _leiden(graph, weights, resolution, seed, n_iterations)
        np.save(sys.stdout.buffer, labels, allow_pickle=False)
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    _serve()
