"""MiniLM for large corpora: a sample is embedded by MiniLM, all texts are mapped into its space by their words.

The map is kernel ridge regression (Saunders, Gammerman and Vovk 1998) to MiniLM's vectors, from three descriptions of a
text: its TF-IDF, the leading components of that, and the mean of MiniLM's vectors of its single words, which tells
words apart that the sample never showed. It lands in MiniLM's own space, so queries are embedded by MiniLM itself.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_factor, cho_solve
from scipy.sparse import csr_matrix
from threadpoolctl import threadpool_limits

from pipeline.embedding.embedder import QueryKind, Vectors, encodable, record_of, unit_rows
from pipeline.embedding.lsa import MOST_DIMENSIONS
from pipeline.embedding.minilm import DOCUMENTS_PER_SECOND, MiniLMEmbedder, n_threads
from pipeline.embedding.term_counts import leading_components, weigh_terms
from pipeline.progress import SILENT, Progress
from pipeline.schema import EmbedderRecord

DISTILLED_VERSION = 1
"""Part of the fingerprint: raise it when the same texts get other vectors."""

LEAST_SAMPLE, MOST_SAMPLE = 5_000, 10_000
TEXTS_A_SAMPLE = 16
"""One text in so many is embedded by MiniLM, within the two limits above."""

CELL_COMPONENTS = 8
"""The signs of so many components make the cells from which the sample is drawn, 256 in all."""

LEAST_OF_CELL = 8
"""So many texts of every cell are in the sample, however small the cell."""

RIDGE = 0.3
"""Strength of the ridge, for a kernel whose diagonal is 3."""

POWER_ITERATIONS = 2
TEXTS_PER_SECOND = 3_000
"""Counted, decomposed and mapped on two cores; for the announcement only."""

_BLOCK = 1_024  # rows at a time: the same blocks on any number of processors, so the same bits


class DistilledEmbedder:
    """MiniLM on a sample, a map for the rest: vectors mean something within one fit and for MiniLM's queries.

    Parameters
    ----------
    cache
        Folder in which MiniLM's vectors of the sample are kept.
    n_texts
        How many texts will be embedded.
    seed
        For the random start of the decomposition.
    chosen
        Who chose this embedder, for the manifest.
    """

    def __init__(self, cache: Path, n_texts: int, seed: int, chosen: str = "by name") -> None:
        n_sample = sample_size(n_texts)
        self._minilm = MiniLMEmbedder(cache, n_sample)
        self._seed = seed
        self.name = "distilled"
        self.dimensions = self._minilm.dimensions
        self.query_encoder: QueryKind = self._minilm.query_encoder
        self.fingerprint = f"distilled-v{DISTILLED_VERSION}-seed{seed}-{self._minilm.fingerprint}"
        self.notices: list[str] = []
        self.detail: dict[str, Any] = {**self._minilm.detail, "chosen": chosen, "seed": seed}
        seconds = n_sample / DOCUMENTS_PER_SECOND["int8"] / n_threads() + n_texts / TEXTS_PER_SECOND
        duration = "under a minute" if seconds < 60 else f"about {seconds / 60:.0f} min"
        advice = "; --embedder minilm embeds every text" if chosen.startswith("automatic") else ""
        self.announcement = (
            f"Embedder ({chosen}): MiniLM on {n_sample:,} of {n_texts:,} texts, "
            f"the rest mapped by their words, {duration}{advice}."
        )

    @property
    def record(self) -> EmbedderRecord:
        """The manifest's entry; complete after ``embed``."""
        return record_of(self)

    def embed(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """Unit vectors, float32 ``(len(texts), 384)``; zeros for a text without a term that others share.

        A text of the sample gets what a map fitted without it would give it, not MiniLM's own vector: mapped vectors
        lie nearer to the middle, so MiniLM's own would stand apart and hardly be a neighbour of any. Where the
        sample is the whole corpus all vectors are MiniLM's own. The same texts in the same order give the same bits,
        however many processors there are.
        """
        with (progress or SILENT).stage("embedding", len(texts)) as counter, SILENT.stage("parts") as uncounted:
            if sample_size(len(texts)) == len(texts):
                vectors = self._minilm.embed_counted(texts, counter)
                self.detail["n_sample"] = len(texts)
            else:
                weights = weigh_terms(texts, uncounted)
                components = leading_components(weights.matrix, MOST_DIMENSIONS, POWER_ITERATIONS, self._seed)
                latent = unit_rows(weights.matrix @ components)
                sample = stratified_sample(texts, latent)
                known = self._minilm.embed_counted([texts[row] for row in sample], counter)
                columns = [column for column, term in enumerate(weights.terms) if " " not in term]
                words = self._minilm.embed_counted([weights.terms[column] for column in columns], uncounted)
                features = Features(weights.matrix, latent, weights.matrix[:, columns], words)
                vectors, agreement = map_from_sample(features, sample, known)
                counter.advance(len(texts) - len(sample))
                self.detail |= {
                    "n_sample": len(sample),
                    "held_out_cosine": round(agreement, 4),
                    "n_terms": len(weights.terms),
                    "n_words": len(columns),
                    "n_components": latent.shape[1],
                }
        self.notices = list(dict.fromkeys(self._minilm.notices))  # it was asked twice
        return vectors

    def save_query_encoder(self, folder: Path) -> None:
        """Write which weights and precision of MiniLM a query needs."""
        self._minilm.save_query_encoder(folder)


def sample_size(n_texts: int) -> int:
    """How many of ``n_texts`` are embedded by MiniLM."""
    return min(n_texts, max(LEAST_SAMPLE, min(MOST_SAMPLE, n_texts // TEXTS_A_SAMPLE)))


def stratified_sample(texts: Sequence[str], latent: Vectors) -> NDArray[np.int64]:
    """Rows of the texts to embed, ascending: some of every cell of ``latent``, then a fair draw from all.

    The draw goes by the sha256 of a text. So nearly all of the sample stays when papers are added, and its vectors
    are found in the cache.

    Parameters
    ----------
    texts
        All texts.
    latent
        float32, ``(len(texts), n_components)``. The first component is the corpus mean and cuts nothing.
    """
    draws = np.array(
        [int.from_bytes(hashlib.sha256(encodable(text).encode()).digest()[:8]) for text in texts], dtype=np.uint64
    )
    signs = latent[:, 1 : CELL_COMPONENTS + 1] > 0
    cells = signs @ (1 << np.arange(signs.shape[1], dtype=np.int64))
    order = np.lexsort((np.arange(len(texts)), draws, cells))
    starts = np.flatnonzero(np.diff(cells[order], prepend=-1))
    place = np.arange(len(texts)) - np.repeat(starts, np.diff(starts, append=len(texts)))
    drawn = draws.copy()
    drawn[order[place < LEAST_OF_CELL]] = 0
    chosen = np.lexsort((np.arange(len(texts)), draws, drawn))[: sample_size(len(texts))]
    return np.sort(chosen)


@dataclass(frozen=True)
class Features:
    """What the map knows of every text.

    Attributes
    ----------
    terms
        TF-IDF, ``(n_texts, n_terms)``.
    latent
        Its leading components as unit rows, float32.
    words
        The columns of ``terms`` that are single words, ``(n_texts, n_words)``.
    word_vectors
        MiniLM's vector of each, float32 ``(n_words, dimensions)``.
    """

    terms: csr_matrix
    latent: Vectors
    words: csr_matrix
    word_vectors: Vectors

    def dense(self, rows: slice | NDArray[np.int64]) -> Vectors:
        """Components and mean of the word vectors of some rows, each scaled to length one, side by side."""
        centred = self.word_vectors - self.word_vectors.mean(axis=0) if len(self.word_vectors) else self.word_vectors
        return np.hstack([self.latent[rows], unit_rows(self.words[rows] @ centred)])


def map_from_sample(features: Features, sample: NDArray[np.int64], known: Vectors) -> tuple[Vectors, float]:
    """Vectors of all texts from those of a sample, and how well the map does on texts it has not seen.

    Parameters
    ----------
    features
        Of all texts.
    sample
        Rows of the sample.
    known
        Its vectors, float32 ``(len(sample), dimensions)``.

    Returns
    -------
    tuple
        Unit vectors, float32 ``(n_texts, dimensions)``, zero where a text has no term, and the mean cosine of the
        sample's vectors to those that a map fitted without the text in question gives it. That needs no second fit:
        it is the vector less its dual coefficient over the diagonal of the inverse (Rasmussen and Williams 2006,
        section 5.4.2).
    """
    n_texts = features.terms.shape[0]
    terms, dense = features.terms[sample], features.dense(sample)
    mean = known.mean(axis=0)
    with threadpool_limits(limits=1):  # sums split over threads round differently
        duals, unseen = _regress(terms, dense, known - mean)
        unseen = unit_rows(unseen + mean)
        from_terms, from_dense = terms.T.tocsr() @ duals, dense.T @ duals
        vectors = np.empty((n_texts, known.shape[1]), dtype=np.float32)

        def fill(rows: slice) -> None:
            vectors[rows] = unit_rows(features.terms[rows] @ from_terms + features.dense(rows) @ from_dense + mean)

        _in_blocks(fill, n_texts)
    vectors[sample] = unseen
    vectors[np.diff(features.terms.indptr) == 0] = 0
    return vectors, float(np.mean(np.sum(unseen * known, axis=1)))


def _regress(terms: csr_matrix, dense: Vectors, targets: Vectors) -> tuple[Vectors, Vectors]:
    """Dual coefficients of the ridge, and what each row would be given by the ridge over all others."""
    n_rows = len(targets)
    kernel = np.empty((n_rows, n_rows), dtype=np.float32)
    transposed = terms.T.tocsr()

    def fill(rows: slice) -> None:
        kernel[rows] = (terms[rows] @ transposed).toarray() + dense[rows] @ dense.T

    _in_blocks(fill, n_rows)
    kernel[np.diag_indices_from(kernel)] += RIDGE
    factor = cho_factor(kernel, overwrite_a=True, check_finite=False)
    duals = cho_solve(factor, targets, check_finite=False)
    inverse = cho_solve(factor, np.eye(n_rows, dtype=np.float32), overwrite_b=True, check_finite=False)
    return duals, targets - duals / np.diagonal(inverse)[:, np.newaxis]


def _in_blocks(fill: Callable[[slice], None], n_rows: int) -> None:
    """Call ``fill`` on all rows, some at a time, on all processors."""
    with ThreadPoolExecutor(n_threads()) as pool:
        for _ in pool.map(fill, [slice(start, min(start + _BLOCK, n_rows)) for start in range(0, n_rows, _BLOCK)]):
            pass
