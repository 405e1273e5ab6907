"""Which phrases could name a topic, and how well each would.

A good name is a phrase that many papers of the topic contain (in their titles, better still), whose words many more
contain, and that hardly any other topic shares; that is whole ("neural machine translation", not "neural machine")
and reads as a noun phrase. The name of a topic with topics below it has to hold for all of them, not for one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from pipeline.assignment import OUTLIER, Labels
from pipeline.stop_words import EMPTY_HEADS, STOP_PHRASES, STOP_WORDS, word_list
from pipeline.terms import TermCounts, sum_by_topic
from pipeline.word_endings import ends_as_noun

MAX_CHARACTERS = 60
"""Longest label."""

N_PHRASES = 12
"""Phrases looked at for each topic."""

_MIN_CLOSED_WORD, _MIN_CLOSED_PHRASE = 0.4, 0.5
_MAX_VERBAL_WORD, _MAX_VERBAL_PHRASE = 0.12, 0.25
"""Phrases may follow "to" more often than words: robust to adversarial attacks."""
_WEAK_HEADS = word_list("weak heads")
_EVERYBODYS = word_list("everybodys")
"""Words that describe many topics and, alone, name none."""
_UNTITLED = 0.6
"""What a phrase is worth that stands in no title of its topic."""
_WHOLE = 0.75
"""A phrase gives way to a longer one that at least this share of its papers contain."""
_WORDS = 2.0
"""What the mean fame of its words adds to a phrase's own."""
_COMMON_SHARE = 0.2
"""A word in more than this share of the papers of more than half of the topics sets none apart."""
_COMMONPLACE = 0.4
"""What a phrase of nothing but such words is worth."""


@dataclass(frozen=True)
class Phrase:
    """A phrase that could name a topic: its ``text``, its ``score`` among the topic's phrases, the ``share`` of the
    topic's papers that hold it, the ``lift`` of that share over all other papers', the ``n_titles`` it stands in, and
    its ``breadth``: the share of the finer topics, or of their papers, whichever is less, that hold it at least a
    third as often as the whole topic does and twice as often as papers elsewhere; 1 for a topic without finer ones.
    """

    text: str
    score: float
    share: float
    lift: float
    n_titles: int
    breadth: float = 1.0


def phrases_by_topic(terms: TermCounts, labels: Labels, below: Labels | None = None) -> Iterator[list[Phrase]]:
    """For each topic its best phrases, best first, cut ones replaced by the whole.

    The fame of a phrase or word is (share of the topic's papers + twice the share of its titles that hold it) ×
    ln(share here / share elsewhere); it is the topic's own by share here / (share here + largest share in another
    topic). A phrase scores own × √(fame × (fame + twice the mean fame of its words)): "legged locomotion" over "stair
    climbing", as other papers of the topic speak of legs and of locomotion, too; for finest topics a word's fame
    counts as far as it is their own. All that is multiplied by what the phrase's shape is worth.

    Parameters
    ----------
    terms
        Terms of all papers.
    labels
        Topic of each paper, −1 none.
    below
        Topic of each paper one level finer, when the topics have such: then a phrase is worth the more the evener it
        is spread over them.
    """
    holds = terms.counts.astype(bool).astype(np.float64)
    papers = sum_by_topic(holds, labels)
    titles = sum_by_topic(terms.title_counts.astype(bool).astype(np.float64), labels)
    finer = None if below is None else _Finer(sum_by_topic(holds, below), labels, below)
    sizes = np.bincount(labels[labels >= 0]).astype(np.float64)
    everywhere = np.asarray(holds.sum(axis=0)).ravel()
    words, rivals = _words_of(terms), _Rivals.of(papers, sizes)
    shapes = _shapes(terms, coarse=finer is not None)
    shapes[_commonplace(words, papers, sizes)] *= _COMMONPLACE
    for topic, n_members in enumerate(sizes):
        columns, n_here = papers[topic].indices.astype(np.int64), papers[topic].data
        n_titles = np.asarray(titles[topic].todense()).ravel()[columns]
        share = n_here / n_members
        elsewhere = (everywhere[columns] - n_here + 1.0) / (len(labels) - n_members + 2.0)
        fame = (n_here + 2 * n_titles) / n_members * np.log(np.maximum(share / elsewhere, 1.0))
        own = share / (share + rivals.of_topic(topic, columns))
        of_words = _mean_of_words(fame * own if finer is None else fame, columns, words)
        score = own * np.sqrt(fame * (fame + _WORDS * of_words))
        score *= shapes[columns] * np.where(n_titles > 0, 1.0, _UNTITLED)
        if finer is None:
            # A single word must belong to the topic: "exoskeleton" does, "map" is everybody's.
            score *= np.where(terms.n_words[columns] == 1, 0.3 + 0.25 * n_here / everywhere[columns], 1.0)
            breadth = np.ones(len(columns))
        else:
            evenness, breadth = finer.spread(topic, columns, elsewhere)
            score *= evenness
        enough = (n_here >= min(n_members, max(2.0, 0.04 * n_members, 3.0 * (n_members >= 20)))) & (share > elsewhere)
        score = np.where(enough, score, 0.0)
        order = np.lexsort((columns, -np.where(enough, fame, 0.0)))[: 12 * N_PHRASES]
        known = [int(i) for i in order if enough[i] and terms.n_words[columns[i]] > 1]
        best = [int(i) for i in np.lexsort((columns, -score))[: 4 * N_PHRASES] if score[i] > 0]
        yield [
            Phrase(
                terms.plurals[columns[i]] or terms.terms[columns[i]],
                float(score[i]),
                float(share[i]),
                float(share[i] / elsewhere[i]),
                int(n_titles[i]),
                float(breadth[i]),
            )
            for i in _whole(best, known, {i: terms.terms[columns[i]] for i in [*best, *known]}, n_here)
        ]


# --- whose a phrase is -----------------------------------------------------------


@dataclass(frozen=True)
class _Rivals:
    """For each term the topic with the largest share of papers that hold it, that share, and the next topic's."""

    topic: NDArray[np.int64]
    largest: NDArray[np.float64]
    second: NDArray[np.float64]

    @classmethod
    def of(cls, papers: sp.csr_matrix, sizes: NDArray[np.float64]) -> _Rivals:
        n_terms = papers.shape[1]
        found = papers.tocoo()
        share = found.data / sizes[found.row]
        order = np.lexsort((found.row, -share, found.col))
        column, row, share = found.col[order], found.row[order], share[order]
        first = np.flatnonzero(np.append(True, column[1:] != column[:-1])) if len(column) else np.zeros(0, np.int64)
        topic = np.full(n_terms, OUTLIER, dtype=np.int64)
        largest, second = np.zeros(n_terms), np.zeros(n_terms)
        topic[column[first]], largest[column[first]] = row[first], share[first]
        next_ = first + 1
        next_ = next_[(next_ < len(column)) & ~np.isin(next_, first)]
        second[column[next_]] = share[next_]
        return cls(topic, largest, second)

    def of_topic(self, topic: int, columns: NDArray[np.int64]) -> NDArray[np.float64]:
        """The largest share of each term in a topic other than ``topic``."""
        return np.where(self.topic[columns] == topic, self.second[columns], self.largest[columns])


class _Finer:
    """How phrases are spread over the topics one level finer."""

    def __init__(self, papers: sp.csr_matrix, labels: Labels, below: Labels) -> None:
        self._papers = papers
        self._sizes = np.bincount(below[below >= 0]).astype(np.float64)
        self._parent = np.zeros(len(self._sizes), dtype=np.int32)
        self._parent[below[below >= 0]] = labels[below >= 0]

    def spread(
        self, topic: int, columns: NDArray[np.int64], elsewhere: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Evenness, (mean share)² / mean of share² over the topics below weighted by size, and `Phrase.breadth`."""
        children = np.flatnonzero(self._parent == topic)
        sizes = self._sizes[children]
        shares = np.asarray(self._papers[children][:, columns].todense()) / sizes[:, None]
        weights = sizes / sizes.sum()
        mean = weights @ shares
        held = (shares >= np.maximum(mean / 3, 2 * elsewhere)).astype(np.float64)
        evenness = mean**2 / np.maximum(weights @ shares**2, 1e-300)
        return evenness, np.minimum(weights @ held, held.mean(axis=0))


# --- words of a phrase -----------------------------------------------------------


def _words_of(terms: TermCounts) -> NDArray[np.int64]:
    """(n_terms, 4): the column of each word of a phrase, −1 where it is no term; of a single word its own."""
    single = {}
    for column in np.flatnonzero(terms.n_words == 1):
        for form in (terms.plurals[column], terms.terms[column]):
            single[form.lower()] = int(column)
    found = np.full((len(terms.terms), 4), -1, dtype=np.int64)
    found[terms.n_words == 1, 0] = np.flatnonzero(terms.n_words == 1)
    for column in np.flatnonzero(terms.n_words > 1):
        words = [word for word in terms.terms[column].lower().split() if word != "of"]
        for place, word in enumerate(words):
            found[column, place] = single.get(word, single.get(word.removesuffix("s"), -1))
    return found


def _mean_of_words(
    fame: NDArray[np.float64], columns: NDArray[np.int64], words: NDArray[np.int64]
) -> NDArray[np.float64]:
    by_column = np.zeros(len(words) + 1)  # the last one, at −1, is "no term"
    by_column[columns] = fame
    mine = words[columns]
    return by_column[mine].sum(axis=1) / np.maximum((mine >= 0).sum(axis=1), 1)


def _commonplace(words: NDArray[np.int64], papers: sp.csr_matrix, sizes: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Terms all of whose words stand in many papers of most topics."""
    often = papers.multiply(1 / np.maximum(sizes, 1)[:, None]).tocsr()
    often.data = (often.data > _COMMON_SHARE).astype(np.float64)
    common = np.append(np.asarray(often.sum(axis=0)).ravel() > len(sizes) / 2, True)  # the last, at −1: "no term"
    found = common[words].all(axis=1) & (words >= 0).any(axis=1)
    return np.asarray(found, dtype=np.bool_)


# --- form ------------------------------------------------------------------------


def _usable(terms: TermCounts) -> NDArray[np.bool_]:
    closed_enough = np.where(terms.n_words == 1, _MIN_CLOSED_WORD, _MIN_CLOSED_PHRASE)
    reads_well = np.fromiter((_reads_well(term) for term in terms.terms), bool, len(terms.terms))
    most_verbal = np.where(terms.n_words == 1, _MAX_VERBAL_WORD, _MAX_VERBAL_PHRASE)
    return reads_well & (terms.closed >= closed_enough) & (terms.verbal <= most_verbal)


def _reads_well(term: str) -> bool:
    words = term.lower().split()
    if len(term) > MAX_CHARACTERS or len(words[0]) < 2 or term.lower() in STOP_PHRASES:
        return False
    if words[0].endswith("ly") and len(words) < 3:  # "weakly supervised learning" may
        return False
    if len(words) == 1 and words[0] in STOP_WORDS:
        return False
    if len(words) > 2 and words[1] == "of" and words[0] in EMPTY_HEADS:
        return False
    return ends_as_noun(term.split()[-1])


def _shapes(terms: TermCounts, coarse: bool) -> NDArray[np.float64]:
    """What the form of a term makes it worth as a label; 0: nothing."""
    worth = _usable(terms).astype(np.float64)
    for column in np.flatnonzero(worth):
        words = terms.terms[column].split()
        if len(words) > 1 and all(word.lower() in STOP_WORDS for word in words):
            worth[column] = 0.7
        if len(words) == 1 and words[0].lower().removesuffix("s") in _EVERYBODYS:
            worth[column] = 0.5
        elif len(words) == 1 and ("-" in words[0] or sum(letter.isupper() for letter in words[0]) > 1):
            worth[column] = 1.2  # an acronym or a compound says nearly as much as a phrase
        if len(words) == 1 and coarse:
            worth[column] *= 0.5  # a field is rarely one word
        if len(words) > 3:
            worth[column] *= 0.9
        if words[-1].lower() in _WEAK_HEADS:
            worth[column] *= 0.5
    return worth


def _whole(best: list[int], known: list[int], texts: dict[int, str], n_here: NDArray[np.float64]) -> list[int]:
    """``best`` without phrases that mostly stand inside a longer one, be that a good label or not."""
    padded = {i: f" {text.lower()} " for i, text in texts.items()}
    whole = []
    for i in best:
        longer = (j for j in known if j != i and padded[i] in padded[j])
        if not any(n_here[j] >= _WHOLE * n_here[i] for j in longer):
            whole.append(i)
        if len(whole) == N_PHRASES:
            break
    return whole
