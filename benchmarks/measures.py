"""How good topics are and how alike two fits, counted the same way whoever made them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import permutations
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.feature_extraction.text import CountVectorizer

from benchmarks.corpora import texts_of
from pipeline.quality import N_TOP_KEYWORDS, coherences, diversity

Keywords = Sequence[Sequence[str]]
"""For each topic its keywords, best first."""

TOKEN = r"(?u)\b\w+\b"
OUTLIER = -1


def scores(documents: Path, sides: Mapping[str, Keywords]) -> dict[str, dict[str, float | None]]:
    """Coherence and diversity of the ten top keywords of each side, over the same texts.

    A keyword is the sequence of its lower-case words and occurs where they follow each other in the text; the
    words are those of scikit-learn's ``CountVectorizer``. Neither side's own counts are used. As keywords of
    several words hold each other ("language model", "large language model"), each figure is also taken over the
    first ten different single words of a topic's keywords.

    Returns
    -------
    dict
        For each side ``npmi``, ``diversity``, ``npmi_words``, ``diversity_words``; ``None`` without topics.
    """
    wanted = {}
    for name, keywords in sides.items():
        split = [[_words(keyword) for keyword in topic] for topic in keywords]
        phrases = [list(dict.fromkeys(" ".join(words) for words in topic[:N_TOP_KEYWORDS])) for topic in split]
        single = [list(dict.fromkeys(word for words in topic for word in words))[:N_TOP_KEYWORDS] for topic in split]
        wanted[name] = (phrases, single)
    terms = sorted({term for both in wanted.values() for kind in both for topic in kind for term in topic} - {""})
    if not terms:
        return {name: dict.fromkeys(("npmi", "diversity", "npmi_words", "diversity_words")) for name in sides}
    longest = max(term.count(" ") + 1 for term in terms)
    counter = CountVectorizer(vocabulary=terms, ngram_range=(1, longest), token_pattern=TOKEN, binary=True)
    occurs = counter.transform(texts_of(documents))
    return {
        name: {
            "npmi": _mean(coherences(occurs, terms, phrases)),
            "diversity": diversity(phrases),
            "npmi_words": _mean(coherences(occurs, terms, single)),
            "diversity_words": diversity(single),
        }
        for name, (phrases, single) in wanted.items()
    }


def _words(keyword: str) -> list[str]:
    found: list[str] = CountVectorizer(token_pattern=TOKEN).build_analyzer()(keyword)
    return found


def _mean(values: NDArray[np.float32]) -> float | None:
    known = values[~np.isnan(values)]
    return float(known.mean()) if len(known) else None


def best_match_jaccard(first: NDArray[np.int64], second: NDArray[np.int64]) -> float:
    """Mean over the topics of ``first`` of their best Jaccard overlap with any topic of ``second``.

    Both are labels of the same papers, (n,), −1 for none; outliers are no topic. NaN where ``first`` has none, 0
    where only ``second`` has none.
    """
    n_first, n_second = first.max(initial=OUTLIER) + 1, second.max(initial=OUTLIER) + 1
    if n_first == 0 or n_second == 0:
        return float("nan") if n_first == 0 else 0.0
    inside = (first >= 0) & (second >= 0)
    shared = np.zeros((n_first, n_second))
    np.add.at(shared, (first[inside], second[inside]), 1)
    sizes = np.bincount(first[first >= 0], minlength=n_first)[:, None]
    others = np.bincount(second[second >= 0], minlength=n_second)[None, :]
    overlap = shared / np.maximum(sizes + others - shared, 1)
    return float(overlap.max(axis=1)[sizes.ravel() > 0].mean())


def stability(runs: Sequence[pd.Series]) -> float:
    """Mean of `best_match_jaccard` over all ordered pairs of runs.

    Each run is a series of topics (any value, null for none) by paper id. A paper that a run left out is in none of
    its topics.
    """
    papers = sorted(set().union(*(run.index for run in runs)))
    labels = [pd.factorize(run.reindex(papers))[0] for run in runs]
    return float(np.nanmean([best_match_jaccard(first, second) for first, second in permutations(labels, 2)]))
