"""TF-IDF of a corpus and its leading components, for the embedders that learn from the corpus itself.

The decomposition is the randomised method of Halko, Martinsson and Tropp (2011, arXiv:0909.4061).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, vstack
from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS
from sklearn.utils.extmath import randomized_svd
from threadpoolctl import threadpool_limits

from pipeline.embedding.lexical_terms import lexical_words
from pipeline.progress import StepCounter

STOP_WORDS = ENGLISH_STOP_WORDS
MOST_TERMS = 50_000
MOST_SHARE = 0.5
"""A term in more of the texts than this says nothing; asked of a hundred texts and more."""

PART = 20_000
"""Texts counted at a time: word pairs of the whole corpus at once would not fit for a million papers."""

_PAIR = 32  # bits: a pair of words is the first's number + 1 above them, the second's below


@dataclass(frozen=True)
class TermWeights:
    """TF-IDF of a corpus.

    Attributes
    ----------
    matrix
        float32, ``(n_texts, n_terms)``: rows of unit length, zero where a text has none of the terms.
    terms
        Words, then pairs of words, each in the order of the alphabet.
    idf
        float32, ``(n_terms,)``: the weight of each term.
    """

    matrix: csr_matrix
    terms: list[str]
    idf: NDArray[np.float32]


def weigh_terms(texts: Sequence[str], counter: StepCounter) -> TermWeights:
    """TF-IDF of the words and pairs of words of ``texts``; one step of ``counter`` a text.

    Logarithmic counts times smoothed inverse document frequency, rows of unit length: what scikit-learn's
    ``TfidfVectorizer(sublinear_tf=True)`` gives for the terms of `lexical_terms`, counted by sorting numbers instead
    of hashing strings. Kept are terms in at least `fewest_documents` texts, and of those the `MOST_TERMS` most
    frequent; of terms equally frequent, the first of the alphabet.
    """
    words, streams = _number_words(texts, counter)
    keys, n_texts_with, n_times = _merge([_term_totals(stream) for stream in streams])
    most = MOST_SHARE * len(texts) if len(texts) >= 100 else len(texts)
    kept = np.flatnonzero((n_texts_with >= fewest_documents(len(texts))) & (n_texts_with <= most))
    kept = np.sort(kept[np.argsort(-n_times[kept], kind="stable")[:MOST_TERMS]])
    keys, n_texts_with = keys[kept], n_texts_with[kept]
    idf = (np.log((1 + len(texts)) / (1 + n_texts_with)) + 1).astype(np.float32)
    if len(keys) == 0:
        return TermWeights(csr_matrix((len(texts), 0), dtype=np.float32), [], idf)
    matrix = vstack([_weigh_part(stream, keys, idf) for stream in streams], format="csr")
    return TermWeights(matrix, _spelled(keys, words), idf)


def leading_components(matrix: csr_matrix, n: int, n_iterations: int, seed: int) -> NDArray[np.float32]:
    """The leading right singular vectors of ``matrix`` as columns, float32 ``(n_terms, at most n)``.

    The same bits on any number of processors: sums split over threads would round differently.
    """
    n = min(n, *matrix.shape)
    if n == 0:
        return np.zeros((matrix.shape[1], 1), dtype=np.float32)
    with threadpool_limits(limits=1):
        _, _, right = randomized_svd(matrix, n, n_iter=n_iterations, random_state=seed)
    return np.ascontiguousarray(right.T, dtype=np.float32)


def fewest_documents(n_texts: int) -> int:
    """In how many texts a term must occur to count: 1 below 20 texts, 2 up to 8,000, then one text in 4,000."""
    if n_texts < 20:
        return 1
    return max(2, n_texts // 4_000)


@dataclass(frozen=True)
class _Stream:
    """The words of some texts one after the other, as numbers, and how many each text has."""

    words: NDArray[np.int32]
    lengths: NDArray[np.int64]

    def keys(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Every occurrence of a word and of a pair: its text (from 0) and its key."""
        texts = np.repeat(np.arange(len(self.lengths)), self.lengths)
        words = self.words.astype(np.int64)
        paired = texts[1:] == texts[:-1]
        pairs = (((words[:-1] + 1) << _PAIR) | words[1:])[paired]
        return np.concatenate([texts, texts[1:][paired]]), np.concatenate([words, pairs])


def _number_words(texts: Sequence[str], counter: StepCounter) -> tuple[list[str], list[_Stream]]:
    """All words in the order of the alphabet, and the texts as their numbers, `PART` texts a stream."""
    seen: dict[str, int] = {}
    streams = []
    for start in range(0, len(texts), PART):
        numbers: list[int] = []
        lengths = []
        for text in texts[start : start + PART]:
            words = lexical_words(text, STOP_WORDS)
            numbers.extend([seen.setdefault(word, len(seen)) for word in words])
            lengths.append(len(words))
            counter.advance()
        streams.append(_Stream(np.array(numbers, dtype=np.int32), np.array(lengths, dtype=np.int64)))
    words = sorted(seen)
    place = np.empty(len(words), dtype=np.int32)
    place[[seen[word] for word in words]] = np.arange(len(words), dtype=np.int32)
    return words, [_Stream(place[stream.words], stream.lengths) for stream in streams]


_Totals = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]  # keys, texts with each, occurrences


def _term_totals(stream: _Stream) -> _Totals:
    texts, keys = stream.keys()
    order = np.lexsort((texts, keys))
    texts, keys = texts[order], keys[order]
    starts = np.flatnonzero(np.diff(keys, prepend=-1))
    fresh = np.ones(len(keys), dtype=np.int64)  # the first of a term in a text
    fresh[1:] = (keys[1:] != keys[:-1]) | (texts[1:] != texts[:-1])
    if len(starts) == 0:
        return keys, keys, keys
    n_times = np.diff(starts, append=len(keys))
    return keys[starts], np.add.reduceat(fresh, starts), n_times


def _merge(parts: Sequence[_Totals]) -> _Totals:
    if not parts:
        nothing = np.zeros(0, dtype=np.int64)
        return nothing, nothing, nothing
    keys, inverse = np.unique(np.concatenate([part[0] for part in parts]), return_inverse=True)
    n_texts_with = np.zeros(len(keys), dtype=np.int64)
    n_times = np.zeros(len(keys), dtype=np.int64)
    np.add.at(n_texts_with, inverse, np.concatenate([part[1] for part in parts]))
    np.add.at(n_times, inverse, np.concatenate([part[2] for part in parts]))
    return keys, n_texts_with, n_times


def _weigh_part(stream: _Stream, keys: NDArray[np.int64], idf: NDArray[np.float32]) -> csr_matrix:
    texts, found = stream.keys()
    columns = np.minimum(np.searchsorted(keys, found), len(keys) - 1)
    known = keys[columns] == found
    counts = csr_matrix(
        (np.ones(known.sum(), dtype=np.float32), (texts[known], columns[known])),
        shape=(len(stream.lengths), len(keys)),
    )
    counts.sum_duplicates()
    counts.data = (1 + np.log(counts.data)) * idf[counts.indices]
    lengths = np.sqrt(np.asarray(counts.multiply(counts).sum(axis=1)).ravel())
    counts.data /= np.repeat(np.where(lengths > 0, lengths, 1), np.diff(counts.indptr)).astype(np.float32)
    return counts


def _spelled(keys: NDArray[np.int64], words: Sequence[str]) -> list[str]:
    firsts, seconds = keys >> _PAIR, keys & ((1 << _PAIR) - 1)
    return [
        words[second] if first == 0 else f"{words[first - 1]} {words[second]}"
        for first, second in zip(firsts.tolist(), seconds.tolist(), strict=True)
    ]
