"""Topics held to what a person knows: papers tied to each other, communities that may or may not be one.

The graph that partitions are made of gets ties among papers of one guided topic and loses those between topics that
are to stay apart. That pulls their neighbours along; it guarantees nothing. What must hold is then imposed on the
communities, and every later step (`pipeline.communities`) asks here what it may do.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from pipeline.assignment import Floats, Labels, topic_centroids
from pipeline.partitions import NeighbourGraph
from pipeline.stages import content_key

Flags = NDArray[np.bool_]

_NO_TIE = 1e-9
_CLOSE_KNIT = 2.0
"""Papers of a topic that must exist leave a larger community if their ties lead to each other so many times more often
than their number there would have it. Among papers strewn evenly that is once; the room above it was not measured."""
_CLEAR, _AS_DENSE = 0.75, 0.25
"""A community joins a topic that this share of its known papers are of, if it holds them at least a quarter as
densely as the topic's own community."""


@dataclass(frozen=True)
class Bonds:
    """Which papers are tied to which guided topic, and what holds for those.

    Attributes
    ----------
    group
        int32 (n,): the guided topic of each paper; −1 none.
    known
        bool (n,): whether somebody said so of this very paper; else its text is near the topic's.
    must_exist
        bool (n_groups,): the topic exists however small it is.
    apart
        bool (n_groups, n_groups), symmetric: the two are never one topic.
    alone
        bool (n_groups,): topics that were taken out of a larger community; nothing joins them again.
    """

    group: Labels
    known: Flags
    must_exist: Flags
    apart: Flags
    alone: Flags

    @property
    def key(self) -> str:
        """Changes whenever the bonds do."""
        return content_key(self.group, self.known, self.must_exist, self.apart, settings={})

    def take(self, rows: NDArray[np.integer]) -> Bonds:
        """The bonds of some of the papers."""
        return replace(self, group=self.group[rows], known=self.known[rows])

    def of_distinct(self, copies: NDArray[np.intp]) -> Bonds:
        """The bonds of distinct rows, given the row of each paper; of copies the first that is tied counts."""
        order = np.lexsort((self.group < 0, copies))  # stable: the first tied paper of each row leads
        first = order[np.unique(copies[order], return_index=True)[1]]
        return self.take(first)

    def tied(self, graph: NeighbourGraph) -> NeighbourGraph:
        """``graph`` with firm ties among papers near one topic's text behind its own edges, none between those apart.

        Each paper is tied to those 1, 2, 4, 8… places on in the row of its topic's papers: few ties, short ways. Known
        papers are not: they are few, and ties would draw them out of their surroundings, which they are to show.
        """
        first, second = self.group[graph.ends[:, 0]], self.group[graph.ends[:, 1]]
        both = (first >= 0) & (second >= 0)
        cut = np.zeros(len(first), dtype=bool)
        cut[both] = self.apart[first[both], second[both]]
        ends = [graph.ends]
        for group in range(len(self.must_exist)):
            members = np.flatnonzero((self.group == group) & ~self.known).astype(np.int32)
            for power in range(max(len(members) - 1, 0).bit_length()):
                step = 2**power
                ends.append(np.column_stack([members[:-step], members[step:]]))
        added = np.concatenate(ends)
        weights = np.ones(len(added))
        weights[: len(cut)] = np.where(cut, _NO_TIE, graph.weights)
        return NeighbourGraph(graph.n_papers, added, weights)

    def homes(self, labels: Labels) -> Labels:
        """The community of each guided topic, int32 (n_groups,), −1 none; once they are imposed there is but one."""
        homes = np.full(len(self.must_exist), -1, dtype=np.int32)
        tied = np.flatnonzero(self.group >= 0)[::-1]
        homes[self.group[tied]] = labels[tied]
        return homes

    def kept(self, labels: Labels) -> Labels:
        """Communities that stay, however small: homes of topics that must exist."""
        homes = self.homes(labels)[self.must_exist]
        return homes[homes >= 0]

    def barred(self, labels: Labels, names: NDArray[np.integer]) -> Flags:
        """Which of the communities ``names`` may not be one, bool (n, n)."""
        lives = self.homes(labels) == np.asarray(names)[:, None]
        alone = (lives & self.alone).any(axis=1)
        return np.asarray((lives @ self.apart @ lives.T) | alone[:, None] | alone)

    def pinned(self, labels: Labels, before: Labels) -> Labels:
        """``labels`` with every tied paper where it was before."""
        return np.where(self.group >= 0, before, labels).astype(np.int32)

    def imposed(self, labels: Labels, vectors: Floats, graph: NeighbourGraph) -> tuple[Labels, Bonds]:
        """Communities in which every guided topic has one home, and topics to stay apart have different ones.

        A topic's home is where most of its papers are and few of others. One that must exist and is knit closely
        inside a larger community is taken out of it; a community that is home to topics apart is split between
        them, each paper going to the nearer centre. A community whose known papers are all but one topic's joins it.
        """
        labels = labels.copy()
        homes = self._chosen_homes(labels)
        before, fresh = labels.copy(), int(labels.max(initial=-1)) + 1
        alone = np.zeros(len(homes), dtype=bool)
        for group in np.flatnonzero(self.must_exist).tolist():
            members = np.flatnonzero(before == homes[group])
            if homes[group] >= 0 and self._close_knit(group, members, graph):
                labels[members[self.group[members] == group]] = homes[group] = fresh
                alone[group], fresh = True, fresh + 1
        for home in np.unique(homes[homes >= 0]):
            cells = self._cells(np.flatnonzero(homes == home))
            for cell in cells[1:]:
                homes[cell], fresh = fresh, fresh + 1
            if len(cells) > 1:
                members = np.flatnonzero(labels == home)
                labels[members] = self._split(members, cells, homes, vectors)
        for group in np.flatnonzero(homes < 0).tolist():
            homes[group], fresh = fresh, fresh + 1
        self._join_known(labels, before, homes, alone)
        tied = self.group >= 0
        labels[tied] = homes[self.group[tied]]
        return labels, replace(self, alone=alone)

    def _chosen_homes(self, labels: Labels) -> Labels:
        placed = (self.group >= 0) & (labels >= 0)
        n_groups = len(self.must_exist)
        counts = np.zeros((n_groups, int(labels.max(initial=-1)) + 1))
        np.add.at(counts, (self.group[placed], labels[placed]), 1.0)
        worth = counts**2 / np.maximum(counts.sum(axis=0), 1.0)
        if not worth.size:
            return np.full(n_groups, -1, dtype=np.int32)
        return np.where(worth.max(axis=1) > 0, worth.argmax(axis=1), -1).astype(np.int32)

    def _close_knit(self, group: int, members: NDArray[np.intp], graph: NeighbourGraph) -> bool:
        """Whether the topic's papers among ``members`` are tied to each other rather than to the rest."""
        own = members[self.group[members] == group]
        if len(own) < 2:
            return False
        inside = graph.matrix()[own]
        ties = float(inside[:, members].sum())
        return bool(float(inside[:, own].sum()) >= _CLOSE_KNIT * ties * len(own) / len(members) > 0)

    def _cells(self, groups: NDArray[np.intp]) -> list[list[int]]:
        """Guided topics of one community, the largest first, in as few cells as go without two that are apart."""
        sizes = np.bincount(self.group[self.group >= 0], minlength=len(self.must_exist))
        cells: list[list[int]] = []
        for group in sorted(groups.tolist(), key=lambda group: (-sizes[group], group)):
            cell = next((cell for cell in cells if not self.apart[group, cell].any()), None)
            if cell is None:
                cells.append([group])
            else:
                cell.append(group)
        return cells

    def _split(
        self, members: NDArray[np.intp], cells: list[list[int]], homes: Labels, vectors: Floats
    ) -> NDArray[np.int32]:
        cell_of = np.full(len(self.must_exist) + 1, -1, dtype=np.int32)  # the last one, at −1, is "none"
        for place, cell in enumerate(cells):
            cell_of[cell] = place
        centroids = topic_centroids(vectors, cell_of[self.group])
        nearest = (vectors[members] @ centroids.T).argmax(axis=1)
        return homes[[cell[0] for cell in cells]][nearest]

    def _join_known(self, labels: Labels, before: Labels, homes: Labels, alone: Flags) -> None:
        known = self.known & (before >= 0) & (self.group >= 0)
        counts = np.zeros((len(homes), int(before.max(initial=-1)) + 1))
        np.add.at(counts, (self.group[known], before[known]), 1.0)
        sizes = np.bincount(before[before >= 0], minlength=counts.shape[1])
        for other in np.flatnonzero(counts.max(axis=0, initial=0.0) > 0):
            group = int(counts[:, other].argmax())
            found, home = counts[group, other], homes[group]
            if other in homes or alone[group] or found < _CLEAR * counts[:, other].sum():
                continue
            here = labels == home
            density = (here & known & (self.group == group)).sum() / max(here.sum(), 1)
            if found / sizes[other] >= _AS_DENSE * density:
                labels[before == other] = home
