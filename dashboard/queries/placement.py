"""Why a paper is in its topic: how near it is to that and to the runner-up, and by which words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from dashboard.fts_query import Span, hit_spans
from dashboard.queries.index import SnapshotIndex

Standing = Literal["inside", "between", "beyond"]

_INSIDE = 0.5  # of the way from the border to where half of the topic's papers are
_QUOTE = str.maketrans(dict.fromkeys('"“”„‟«»＂', " "))


@dataclass(frozen=True)
class Placement:
    """Where a paper lies between two topics, by cosine to their centres.

    Attributes
    ----------
    topic_id
        Its topic; for an outlier the nearest one.
    runner_up
        Of the other topics the nearest; ``None`` in a corpus with a single topic.
    similarity, runner_up_similarity
        Cosines to the two centres. ``margin`` is their difference, negative where the
        runner-up is the nearer one.
    typical
        The median margin, to the same runner-up, of the topic's own papers.
    share_nearer
        Share of the topic's papers that are at least as near to its centre as this one.
    """

    topic_id: str
    similarity: float
    runner_up: str | None
    runner_up_similarity: float
    typical: float
    share_nearer: float

    @property
    def margin(self) -> float:
        """By how much its topic is nearer than the runner-up."""
        return self.similarity - self.runner_up_similarity

    @property
    def standing(self) -> Standing:
        """``inside`` its topic, ``between`` the two, or ``beyond`` the border to the runner-up.

        The border is where both are as near. Inside is what has left it behind by at least
        half as much as the topic's median paper.
        """
        if self.runner_up is None or (self.margin >= _INSIDE * self.typical and self.margin > 0):
            return "inside"
        return "between" if self.margin >= 0 else "beyond"


def placement(index: SnapshotIndex, row: int) -> Placement | None:
    """Where the paper at ``row`` lies; ``None`` in a corpus without topics."""
    if not len(index.topics):
        return None
    embeddings, centroids = index.snapshot.embeddings, index.topic_centroids
    cosines = centroids @ np.asarray(embeddings[row], dtype=np.float32)
    own = int(index.topic_codes[row])
    code = own if own >= 0 else int(np.argmax(cosines))
    papers = np.asarray(embeddings[np.flatnonzero(index.topic_codes == code)], dtype=np.float32)
    to_centre = papers @ centroids[code]
    share_nearer = float((to_centre >= cosines[code]).mean())
    if len(cosines) < 2:
        return Placement(index.topic_ids[code], float(cosines[code]), None, 0.0, 0.0, share_nearer)
    other = int(np.argmax(np.where(np.arange(len(cosines)) == code, -np.inf, cosines)))
    typical = float(np.median(to_centre - papers @ centroids[other]))
    return Placement(
        index.topic_ids[code],
        float(cosines[code]),
        index.topic_ids[other],
        float(cosines[other]),
        typical,
        share_nearer,
    )


@dataclass(frozen=True)
class DecidingWords:
    """Keywords of a topic and of its runner-up in a paper's text.

    Attributes
    ----------
    own, others
        The words of either that the title or the abstract holds, in the order in which they
        describe the topic. A word of both topics decides nothing and is in neither.
    in_abstract
        Where they stand in the abstract, and whether they are the topic's own; in order of
        appearance, not overlapping.
    """

    own: tuple[str, ...]
    others: tuple[str, ...]
    in_abstract: tuple[tuple[Span, bool], ...]


def deciding_words(
    index: SnapshotIndex, title: str, abstract: str, topic_id: str, runner_up: str | None
) -> DecidingWords:
    """Which keywords of ``topic_id`` and ``runner_up`` the text of a paper holds, found as a search finds them."""
    mine, theirs = _keywords(index, topic_id), _keywords(index, runner_up)
    folded = ({word.casefold() for word in mine}, {word.casefold() for word in theirs})
    own = [word for word in mine if word.casefold() not in folded[1]]
    others = [word for word in theirs if word.casefold() not in folded[0]]
    found = _spans((title, abstract), own), _spans((title, abstract), others)
    taken: list[tuple[Span, bool]] = []
    candidates = [(span, True) for spans in found[0].values() for span in spans[1]]
    candidates += [(span, False) for spans in found[1].values() for span in spans[1]]
    # Of two that overlap the longer one is marked: a phrase before its words.
    for span, is_own in sorted(candidates, key=lambda c: (c[0][0] - c[0][1], not c[1], c[0])):
        if all(span[1] <= start or span[0] >= end for (start, end), _ in taken):
            taken.append((span, is_own))
    return DecidingWords(tuple(found[0]), tuple(found[1]), tuple(sorted(taken)))


def _keywords(index: SnapshotIndex, topic_id: str | None) -> Sequence[str]:
    topic = index.topic(topic_id) if topic_id is not None else None
    return [] if topic is None else [str(word) for word in topic["keywords"]]


def _spans(texts: Sequence[str], words: Sequence[str]) -> dict[str, list[list[Span]]]:
    """Word → where it stands in each of ``texts``, of the words that stand in one of them."""
    found = {word: hit_spans(texts, f'"{word.translate(_QUOTE)}"') for word in words}
    return {word: spans for word, spans in found.items() if any(spans)}
