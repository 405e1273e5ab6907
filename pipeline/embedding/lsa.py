"""Latent semantic analysis: fast, learned from the corpus itself, no weights needed.

TF-IDF of words and word pairs, reduced by a truncated singular value decomposition (Deerwester et al. 1990).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.embedding.embedder import EmbeddingError, QueryKind, Vectors, record_of, unit_rows
from pipeline.embedding.term_counts import STOP_WORDS, leading_components, weigh_terms
from pipeline.progress import SILENT, Progress
from pipeline.schema import EmbedderRecord

LSA_VERSION = 2
"""Part of the fingerprint: raise it when the same texts get other vectors."""

MOST_DIMENSIONS = 200
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
            weights = weigh_terms(texts, counter)
            self._terms, self._idf = weights.terms, weights.idf
            self._components = leading_components(weights.matrix, MOST_DIMENSIONS, POWER_ITERATIONS, self._seed)
            vectors = unit_rows(weights.matrix @ self._components)
        self.dimensions = self._components.shape[1]
        self.detail |= {"dimensions": self.dimensions, "n_terms": len(self._terms)}
        return vectors

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
        recipe = {"kind": "lsa", "dimensions": self.dimensions, "stop_words": sorted(STOP_WORDS)}
        (folder / "encoder.json").write_text(json.dumps(recipe, indent=2) + "\n", encoding="utf-8")
        vocabulary = pa.table({"term": pa.array(self._terms, pa.string()), "idf": pa.array(self._idf, pa.float32())})
        pq.write_table(vocabulary, folder / "vocabulary.parquet")
        np.save(folder / "components.npy", self._components, allow_pickle=False)
