"""Latent semantic analysis: fast, learned from the corpus itself, no weights needed.

TF-IDF of words and word pairs, reduced by a truncated singular value decomposition (Deerwester et al. 1990) with
the randomised method of Halko, Martinsson and Tropp (2011, arXiv:0909.4061).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS, TfidfVectorizer
from sklearn.utils.extmath import randomized_svd
from threadpoolctl import threadpool_limits

from pipeline.embedding.embedder import EmbeddingError, QueryKind, Vectors, record_of, unit_rows
from pipeline.embedding.lexical_terms import lexical_terms
from pipeline.progress import SILENT, Progress, StepCounter
from pipeline.schema import EmbedderRecord

LSA_VERSION = 1
"""Part of the fingerprint: raise it when the same texts get other vectors."""

MOST_DIMENSIONS = 200
MOST_TERMS = 50_000
POWER_ITERATIONS = 4
TEXTS_PER_SECOND = 3_000
"""On two cores, decomposition included; for the announcement only."""


class LsaEmbedder:
    """TF-IDF and SVD over the texts themselves: vectors mean something within one fit only."""

    name = "lsa"
    query_encoder: QueryKind = "lsa"

    def __init__(self, n_texts: int, seed: int) -> None:
        self._seed = seed
        self._terms: list[str] = []
        self._idf = np.zeros(0, dtype=np.float32)
        self._components = np.zeros((0, 1), dtype=np.float32)
        self.dimensions = 1
        self.fingerprint = f"lsa-v{LSA_VERSION}-seed{seed}"
        self.notices: list[str] = []
        self.detail: dict[str, Any] = {"chosen": "by name", "seed": seed}
        seconds = n_texts / TEXTS_PER_SECOND
        duration = "a few seconds" if seconds < 10 else f"about {max(seconds / 60, 0.5):.1f} min"
        self.announcement = f"Embedder (by name): LSA, {n_texts:,} texts, {duration}."

    @property
    def record(self) -> EmbedderRecord:
        """The manifest's entry; complete after ``embed``."""
        return record_of(self)

    def embed(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """Unit vectors, float32 ``(len(texts), dimensions)``; at most `MOST_DIMENSIONS`, fewer in a small corpus.

        A text that shares no term with the others has the zero vector. The same texts in the same order give the
        same bits, however many processors there are.
        """
        with (progress or SILENT).stage("embedding", len(texts)) as counter:
            counts = self._count(texts, counter)
            # sums split over threads round differently from one number of threads to the next
            with threadpool_limits(limits=1):
                self._decompose(counts)
                vectors = unit_rows(counts @ self._components)
        self.dimensions = self._components.shape[1]
        self.detail |= {"dimensions": self.dimensions, "n_terms": len(self._terms)}
        return vectors

    def _count(self, texts: Sequence[str], counter: StepCounter) -> csr_matrix:
        """TF-IDF of ``texts``, float32 ``(n_texts, n_terms)``; sets the vocabulary and its idf."""
        vectorizer = TfidfVectorizer(
            analyzer=partial(lexical_terms, stop_words=ENGLISH_STOP_WORDS),
            sublinear_tf=True,
            min_df=fewest_documents(len(texts)),
            max_df=0.5 if len(texts) >= 100 else 1.0,
            max_features=MOST_TERMS,
            dtype=np.float32,
        )
        try:
            counts = vectorizer.fit_transform(_counted(texts, counter))
        except ValueError:  # no text at all, or none with a term that others share
            self._terms, self._idf = [], np.zeros(0, dtype=np.float32)
            return csr_matrix((len(texts), 0), dtype=np.float32)
        self._terms = vectorizer.get_feature_names_out().tolist()
        self._idf = vectorizer.idf_.astype(np.float32)
        return counts

    def _decompose(self, counts: csr_matrix) -> None:
        """Set the components, float32 ``(n_terms, dimensions)``: the leading right singular vectors."""
        n_dimensions = min(MOST_DIMENSIONS, *counts.shape)
        if n_dimensions == 0:
            self._components = np.zeros((counts.shape[1], 1), dtype=np.float32)
            return
        _, _, right = randomized_svd(counts, n_dimensions, n_iter=POWER_ITERATIONS, random_state=self._seed)
        self._components = np.ascontiguousarray(right.T, dtype=np.float32)

    def save_query_encoder(self, folder: Path) -> None:
        """Write vocabulary, idf and components; ``encoder.json`` holds the stop words.

        Raises
        ------
        EmbeddingError
            Nothing was embedded yet.
        """
        if "n_terms" not in self.detail:
            raise EmbeddingError("The LSA embedder has not embedded anything yet, so it has no query encoder.")
        folder.mkdir(parents=True, exist_ok=True)
        recipe = {"kind": "lsa", "dimensions": self.dimensions, "stop_words": sorted(ENGLISH_STOP_WORDS)}
        (folder / "encoder.json").write_text(json.dumps(recipe, indent=2) + "\n", encoding="utf-8")
        vocabulary = pa.table({"term": pa.array(self._terms, pa.string()), "idf": pa.array(self._idf, pa.float32())})
        pq.write_table(vocabulary, folder / "vocabulary.parquet")
        np.save(folder / "components.npy", self._components, allow_pickle=False)


def fewest_documents(n_texts: int) -> int:
    """In how many texts a term must occur to count: 1 below 20 texts, 2 up to 8,000, then one text in 4,000."""
    if n_texts < 20:
        return 1
    return max(2, n_texts // 4_000)


def _counted(texts: Sequence[str], counter: StepCounter) -> Iterator[str]:
    for text in texts:
        yield text
        counter.advance()
