"""A neighbour graph → communities that many partitions of it agree on.

Leiden (Traag, Waltman and van Eck, Scientific Reports 2019) finds communities of high modularity, but one run is one
of many nearly equal answers: on 12,000 abstracts two runs share topics with a Jaccard of 0.82 only. So the graph is
partitioned many times, each edge is weighed by how often its ends fell together, and the graph of these weights is
partitioned once more (consensus clustering: Lancichinetti and Fortunato, Scientific Reports 2012, restricted to the
edges of the graph as in Tandon et al., Physical Review E 2019). Two such results share 0.92.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from pipeline.assignment import Floats, Labels, topic_centroids
from pipeline.guided_graph import Bonds
from pipeline.partitions import NeighbourGraph, Runs, start_partitions

_N_FINAL = 4
"""Starts of the last partition, of which the one of highest modularity counts."""
_NEVER_TOGETHER = 1e-9
_SEEDS_APART = 1_000_003
_NO_TOPIC = 0.4
"""A community whose papers belong to it less firmly than this on average is an accident: in noise all are (at most
0.36 among 300 random vectors, 0.34 among 1,000), among abstracts none (at least 0.48)."""
_HALVES = 18.0
"""So many times nearer to each other than usual are two halves of one topic: 30 to 160 times among planted papers,
where two areas apart (batteries and solar cells) came as near as 12; the nearest two of conference papers 2 to 4."""
_ROWS_AT_ONCE = 16_384


@dataclass(frozen=True)
class Communities:
    """What the partitions agreed on.

    Attributes
    ----------
    labels
        int32 (n_papers,): community of each paper, in no order; −1 without an edge.
    agreement
        float64 (n_edges,) in [0, 1]: the share of runs in which the ends of each edge were together.
    """

    labels: Labels
    agreement: NDArray[np.float64]


def seeds_of_runs(seed: int, n_runs: int) -> list[int]:
    """The seeds of the partitions that a fit with ``seed`` is agreed on by; no two fits share one."""
    return [seed * _SEEDS_APART + run for run in range(n_runs)]


def agreed(runs: Runs, seed: int) -> Communities:
    """What the partitions of ``runs`` agree on, once they are all there.

    Deterministic for a seed, however many processors there are. The resolution is that of the runs.
    """
    graph = runs.graph
    if not len(graph.ends):
        return Communities(np.full(graph.n_papers, -1, np.int32), np.zeros(0))
    together = np.zeros(len(graph.ends))
    for labels in runs.results():
        together += labels[graph.ends[:, 0]] == labels[graph.ends[:, 1]]
    agreement = together / len(runs.seeds)
    consensus = graph.weighed(np.maximum(graph.weights * agreement, _NEVER_TOGETHER))
    last = [(seed + 1) * _SEEDS_APART - 1 - start for start in range(_N_FINAL)]
    finals = start_partitions(consensus, runs.resolution, last, n_iterations=-1).results()
    labels = max(finals, key=lambda found: _modularity(consensus, found, runs.resolution))
    labels[np.bincount(graph.ends.ravel(), minlength=graph.n_papers) == 0] = -1
    return Communities(labels, agreement)


@dataclass(frozen=True)
class Homes:
    """The topic that each paper is in before any is left out for belonging to it too loosely.

    Attributes
    ----------
    labels
        int32 (n,), in no order; −1 for papers of no topic.
    strength
        float32 (n,) in [0, 1]: `belonging`, times how close the paper is to the topic's centre where it is less close
        than the topic's median paper; 0 without a topic.
    stays_up_to
        float32 (n,) in [0, 1]: the strictest cut-off at which the paper is still in the topic. Its strength; 1 for
        the firmest papers of each topic, so many as a topic must have, and for those tied to a guided topic; 0
        without a topic.
    """

    labels: Labels
    strength: Floats
    stays_up_to: Floats

    @staticmethod
    def none(n_papers: int) -> Homes:
        """No paper has a topic."""
        nothing = np.zeros(n_papers, dtype=np.float32)
        return Homes(np.full(n_papers, -1, dtype=np.int32), nothing, nothing)

    def of(self, rows: NDArray[np.intp]) -> Homes:
        """Those of the papers in ``rows``, in that order."""
        return Homes(self.labels[rows], self.strength[rows], self.stays_up_to[rows])

    def renumbered(self, old: Labels, new: Labels) -> Homes:
        """The same with every label in ``old`` as it is in ``new``; each topic must have a paper in both."""
        names: Labels = np.full(self.labels.max(initial=-1) + 2, -1, dtype=np.int32)  # the last one, at −1, stays −1
        names[old] = new
        return Homes(names[self.labels], self.strength, self.stays_up_to)

    def cut(self, cut_off: float) -> tuple[Labels, Floats]:
        """Labels and strengths when papers that do not stay up to ``cut_off`` are outliers: −1 and 0."""
        stays = (self.labels >= 0) & (self.stays_up_to >= np.float32(cut_off))
        return np.where(stays, self.labels, -1).astype(np.int32), np.where(stays, self.strength, 0).astype(np.float32)


def homes_in_communities(
    vectors: Floats,
    graph: NeighbourGraph,
    labels: Labels,
    agreement: NDArray[np.float64],
    least: int,
    bonds: Bonds | None = None,
) -> Homes:
    """Communities → topics, and how firmly each paper belongs to its own.

    Small communities join others (`join_small`), halves of one topic each other (`join_halves`), papers go where
    their neighbours and the topics' centres together point (`settle`), and communities that are accidents are
    dissolved.

    Parameters
    ----------
    vectors
        float32 (n, d), unit rows.
    graph, labels, agreement
        What `agreed` was given and gave.
    least
        Fewest papers of a topic, at any cut-off.
    bonds
        What a person said of topics; they and the papers tied to them stay at any cut-off, however loosely they belong.
    """
    kept, held = np.zeros(0, np.int32), np.zeros(len(labels), dtype=bool)
    if bonds is not None:
        labels, bonds = bonds.imposed(labels, vectors, graph)
    joined = join_halves(join_small(labels, graph, least, bonds), graph, bonds)
    labels = settle(joined, vectors, graph)
    if bonds is not None:
        labels = bonds.pinned(labels, joined)
        kept, held = bonds.homes(labels), bonds.group >= 0
    strength = belonging(labels, graph, agreement) * _closeness(labels, vectors)
    stays_up_to = strength.copy()
    for topic in np.unique(labels[labels >= 0]):
        members = np.flatnonzero(labels == topic)
        if topic not in kept and (len(members) < 2 or strength[members].mean() < _NO_TOPIC):
            labels[members] = -1
        else:
            weakest_first = members[np.argsort(strength[members], kind="stable")]
            stays_up_to[weakest_first[max(0, len(members) - least) :]] = 1.0
    stays_up_to[held] = 1.0
    inside = labels >= 0
    return Homes(
        labels,
        np.where(inside, strength, 0).astype(np.float32),
        np.where(inside, stays_up_to, 0).astype(np.float32),
    )


def settle(labels: Labels, vectors: Floats, graph: NeighbourGraph) -> Labels:
    """``labels`` after each paper went to the topic with the highest sum of two shares, int32 (n,).

    The share of its neighbours (by weight) that are in the topic, and its cosine to the topic's centre. A community
    is a matter of edges alone; on 12,000 abstracts this moves 3 % of the papers, and authors' own keywords agree
    better with the result.
    """
    names, places = np.unique(labels[labels >= 0], return_inverse=True)
    if not len(names):
        return labels.copy()
    known = np.flatnonzero(labels >= 0)
    in_topic = csr_matrix((np.ones(len(known)), (known, places)), shape=(len(labels), len(names)))
    ordered = np.full(len(labels), -1, np.int32)
    ordered[known] = places
    centroids = topic_centroids(vectors, ordered)
    ties = graph.matrix()
    degree = np.asarray(ties.sum(axis=1)).ravel()
    settled = labels.copy()
    for start in range(0, len(labels), _ROWS_AT_ONCE):
        rows = slice(start, start + _ROWS_AT_ONCE)
        shares = (ties[rows] @ in_topic).toarray() / np.maximum(degree[rows], 1e-12)[:, None]
        best = names[(shares + vectors[rows] @ centroids.T).argmax(axis=1)]
        settled[rows] = np.where(labels[rows] >= 0, best, -1)
    return settled


def join_halves(labels: Labels, graph: NeighbourGraph, bonds: Bonds | None = None) -> Labels:
    """Communities that are one topic cut in two join again, int32 (n_papers,).

    Modularity cuts a large, even topic where it is thinnest, though no gap is there (its resolution limit upside
    down), and the larger the corpus the thinner that is. How near two communities are is the weight between them as a
    share of all weight that leaves papers of the smaller. Where communities are clearly apart, a pair that is
    `_HALVES` times nearer than usual is such a cut; usual is the lower quartile of every community's nearest other.
    In a corpus whose topics shade into each other all pairs are alike and none joins.
    """
    labels = labels.copy()
    names, places = np.unique(labels[labels >= 0], return_inverse=True)
    if len(names) < 3:
        return labels
    ordered = np.full(len(labels), -1)
    ordered[labels >= 0] = places
    first, second = ordered[graph.ends[:, 0]], ordered[graph.ends[:, 1]]
    known = (first >= 0) & (second >= 0)
    cells = first[known] * len(names) + second[known]
    one_way = np.bincount(cells, graph.weights[known], len(names) ** 2).reshape(len(names), len(names))
    ties = (one_way + one_way.T).astype(np.float64)
    usual = np.quantile(_nearness(ties).max(axis=1), 0.25)
    while True:
        nearness = _nearness(ties)
        if bonds is not None:
            nearness[bonds.barred(labels, names)] = 0.0
        one, other = np.unravel_index(nearness.argmax(), nearness.shape)
        if nearness[one, other] <= max(_HALVES * usual, 1e-3):
            return labels
        labels[labels == names[other]] = names[one]
        ties[one] += ties[other]
        ties[:, one] += ties[:, other]
        ties[other] = ties[:, other] = 0.0


def _nearness(ties: NDArray[np.float64]) -> NDArray[np.float64]:
    """The weight between two communities by the weight of the one that has less; 0 with itself."""
    weights = ties.sum(axis=1)
    smaller = np.minimum.outer(weights, weights)
    nearness = np.divide(ties, smaller, out=np.zeros_like(ties), where=smaller > 0)
    np.fill_diagonal(nearness, 0.0)
    return nearness


def join_small(labels: Labels, graph: NeighbourGraph, least: int, bonds: Bonds | None = None) -> Labels:
    """Communities of fewer than ``least`` papers join those they are tied to most, the smallest first.

    One that is tied to none is dissolved: its papers are −1.
    """
    labels = labels.copy()
    ties = graph.matrix()
    while True:
        names, sizes = np.unique(labels[labels >= 0], return_counts=True)
        if bonds is not None:
            sizes = np.where(np.isin(names, bonds.kept(labels)), max(least, len(labels)), sizes)
        if not len(names) or sizes.min() >= least:
            return labels
        smallest = names[sizes.argmin()]
        members = np.flatnonzero(labels == smallest)
        neighbours = ties[members].tocoo()
        outside = (labels[neighbours.col] >= 0) & (labels[neighbours.col] != smallest)
        weights = np.bincount(labels[neighbours.col[outside]], weights=neighbours.data[outside])
        if bonds is not None:
            weights[bonds.barred(labels, np.append(np.arange(len(weights)), smallest))[-1, :-1]] = 0.0
        labels[members] = weights.argmax() if len(weights) and weights.max() > 0 else -1


def belonging(labels: Labels, graph: NeighbourGraph, agreement: NDArray[np.float64]) -> Floats:
    """How firmly each paper belongs to its community, float32 (n_papers,) in [0, 1].

    The share of the weight of a paper's edges that leads to papers of its own community, each edge counted as far
    as the partitions agreed on it: 1 in the middle of a topic, low between topics and where the partitions differ.
    """
    first, second = graph.ends.T
    kept = np.where((labels[first] == labels[second]) & (labels[first] >= 0), graph.weights * agreement, 0.0)
    inside = np.bincount(first, kept, graph.n_papers) + np.bincount(second, kept, graph.n_papers)
    all_of_it = np.bincount(first, graph.weights, graph.n_papers) + np.bincount(second, graph.weights, graph.n_papers)
    return np.divide(inside, all_of_it, out=np.zeros_like(inside), where=all_of_it > 0).astype(np.float32)


def _closeness(labels: Labels, vectors: Floats) -> Floats:
    """Each paper's cosine to its topic's centre by the median of the topic's papers, at most 1; 0 without a topic."""
    names, found = np.unique(labels, return_inverse=True)
    places: Labels = (found - int((names < 0).any())).astype(np.int32)  # −1 stays −1
    centroids = topic_centroids(vectors, places)
    closeness = np.zeros(len(labels), dtype=np.float32)
    for topic, centroid in enumerate(centroids):
        members = np.flatnonzero(places == topic)
        cosines = vectors[members] @ centroid
        closeness[members] = np.clip(cosines / max(float(np.median(cosines)), 1e-6), 0.0, 1.0)
    return closeness


def _modularity(graph: NeighbourGraph, labels: Labels, resolution: float) -> float:
    """Newman's modularity of a partition with a resolution, as in `pipeline.partitions.partition`."""
    first, second = graph.ends.T
    degrees = np.bincount(first, graph.weights, graph.n_papers) + np.bincount(second, graph.weights, graph.n_papers)
    inside = float(graph.weights[labels[first] == labels[second]].sum())
    whole = float(graph.weights.sum())
    return inside / whole - resolution * float((np.bincount(labels, degrees) ** 2).sum()) / (2 * whole) ** 2
