"""c-TF-IDF weights → the handful of keywords that describe a topic."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from pipeline.assignment import Labels
from pipeline.stop_words import EMPTY_HEADS, STOP_PHRASES, STOP_WORDS
from pipeline.terms import TermCounts, sum_by_topic

_MAX_WORDS = 3
_MIN_CLOSED_WORD, _MIN_CLOSED_PHRASE = 0.12, 0.3
_MAX_VERBAL = 0.2
_NESTED_SHARE = 0.5
_PHRASE_BONUS = 0.35
_N_CANDIDATES = 12
"""Candidates looked at for each keyword wanted."""


def eligible_terms(terms: TermCounts) -> NDArray[np.int64]:
    """Columns of the terms that can be a keyword at all.

    Out stay phrases of more than three words, hollow words on their own, cut phrases ("neural machine"),
    adjectives and verbs.
    """
    closed_enough = np.where(terms.n_words == 1, _MIN_CLOSED_WORD, _MIN_CLOSED_PHRASE)
    named = np.fromiter((_names_something(term) for term in terms.terms), bool, len(terms.terms))
    fits = (terms.n_words <= _MAX_WORDS) & (terms.closed >= closed_enough) & (terms.verbal <= _MAX_VERBAL)
    return np.flatnonzero(named & fits)


def _names_something(term: str) -> bool:
    words = term.lower().split()
    if len(words) == 1:
        debris = len(term) < 3 and term.islower()  # halves of words; "RL" and "3D" are fine
        return words[0] not in STOP_WORDS and not words[0].endswith("ly") and not debris
    if term.lower() in STOP_PHRASES or (words[1] == "of" and words[0] in EMPTY_HEADS):
        return False
    return not words[-1].endswith(("ly", "based", "aware"))


def keywords_by_topic(terms: TermCounts, labels: Labels, n: int) -> list[list[tuple[str, float]]]:
    """The ``n`` best keywords of each topic with their weights, as `pipeline.model` finds them for its topics.

    Outliers are one more class of papers, as in BERTopic, whose c-TF-IDF this is (Grootendorst, arXiv:2203.05794):
    share of the class's words × ln(1 + mean words of a class / papers that hold the word).
    """
    return keywords_among(terms.take(eligible_terms(terms)), labels, n)


def keywords_among(eligible: TermCounts, labels: Labels, n: int) -> list[list[tuple[str, float]]]:
    """`keywords_by_topic` where only the terms that can be a keyword are left."""
    counts = sum_by_topic(eligible.counts.astype(bool).astype(np.float64), labels - labels.min(initial=0))
    totals = np.asarray(counts.sum(axis=1)).ravel()
    held_by = np.asarray(counts.sum(axis=0)).ravel()
    idf = np.log(1 + int(totals.mean()) / np.maximum(held_by, 1)) if len(totals) else held_by
    weights = (sp.diags(1 / np.maximum(totals, 1)) @ counts @ sp.diags(idf)).tocsr()
    first = 1 if labels.min(initial=0) < 0 else 0
    return [
        choose_keywords(weights[row].toarray().ravel(), counts[row].toarray().ravel(), eligible.terms, n)
        for row in range(first, len(totals))
    ]


def choose_keywords(
    weights: NDArray[np.float64], in_topic: NDArray[np.float64], terms: list[str], n: int
) -> list[tuple[str, float]]:
    """The ``n`` best keywords of one topic, best first, no two saying the same.

    Parameters
    ----------
    weights
        c-TF-IDF of each term in the topic (Grootendorst, arXiv:2203.05794).
    in_topic
        Papers of the topic that hold each term.
    terms
        The terms.

    Returns
    -------
    list of (str, float)
        Keywords and their weights: c-TF-IDF, times 1.35 for two words and 1.7 for three, as longer phrases are
        rarer by nature. Where one term holds another, one of them stays: the longer when at least half of the
        shorter one's papers hold it (nested terms as in the C-value of Frantzi et al., 2000), else the weightier.
    """
    held = np.flatnonzero(weights)  # a topic holds few of the terms
    n_spaces = np.fromiter((terms[column].count(" ") for column in held), np.float64, len(held))
    scores = np.zeros(len(terms))
    scores[held] = weights[held] * (1 + _PHRASE_BONUS * n_spaces)
    order = np.lexsort((np.arange(len(scores)), -scores))[: n * _N_CANDIDATES]
    candidates = [int(column) for column in order if scores[column] > 0]
    compared = {column: _comparable(terms[column]) for column in candidates}
    chosen: list[int] = []
    for column in candidates:
        if len(chosen) == n:
            break
        longer = [o for o in candidates if o != column and compared[column] in compared[o]]
        better = [o for o in longer if in_topic[o] >= _NESTED_SHARE * in_topic[column]]
        best = max(better, key=lambda o: (in_topic[o], -o)) if better else column
        if not any(_same_thing(compared[best], compared[other]) for other in chosen):
            chosen.append(best)
    return [(terms[column], float(scores[column])) for column in sorted(chosen, key=lambda c: (-scores[c], c))]


def _comparable(term: str) -> str:
    """``term`` between spaces, hyphens open, plural -s off, so that containment can be seen."""
    return f" {' '.join(word.removesuffix('s') for word in term.lower().replace('-', ' ').split())} "


def _same_thing(term: str, other: str) -> bool:
    if term in other or other in term:
        return True
    words, others = set(term.split()), set(other.split())
    shared = len(words & others)
    return shared >= 2 and shared * 2 >= len(words | others)
