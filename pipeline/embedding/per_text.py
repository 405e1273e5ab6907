"""Texts embedded one by one, each only once: within a call, and across fits through the cache."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.embedding.cache import VectorCache
from pipeline.embedding.embedder import Vectors, encodable
from pipeline.progress import StepCounter

Vector = NDArray[np.float32]

BATCH = 64
"""Texts between two writes to the cache: at most this much is lost when a fit is killed."""


class PerText:
    """A way of embedding in which a text's vector depends on that text alone.

    Parameters
    ----------
    fingerprint
        Of the way of embedding; the cache keeps one file for each.
    dimensions
        Length of every vector.
    cache
        The cache folder.
    encode
        Vectors of a few texts, in their order.
    """

    def __init__(
        self,
        fingerprint: str,
        dimensions: int,
        cache: Path,
        encode: Callable[[list[str]], Iterable[Vector]],
    ) -> None:
        self._fingerprint = fingerprint
        self._dimensions = dimensions
        self._path = cache / "embeddings" / f"{fingerprint}.sqlite"
        self._encode = encode
        self.notices: list[str] = []

    def embed(self, texts: Sequence[str], counter: StepCounter) -> Vectors:
        """The vectors of ``texts``, float32 ``(len(texts), dimensions)``; one step of ``counter`` a text."""
        vectors = np.zeros((len(texts), self._dimensions), dtype=np.float32)
        rows_by_key: dict[bytes, list[int]] = {}
        for row, text in enumerate(texts):
            rows_by_key.setdefault(self._key(text), []).append(row)
        with VectorCache(self._path, self._dimensions) as cached:
            missing = []
            for key, vector in cached.find(rows_by_key):
                rows = rows_by_key[key]
                if vector is None:
                    missing.append(key)
                else:
                    vectors[rows] = vector
                    counter.advance(len(rows))
            for start in range(0, len(missing), BATCH):
                keys = missing[start : start + BATCH]
                batch: dict[bytes, Vector] = {}
                encoded = self._encode([texts[rows_by_key[key][0]] for key in keys])
                for key, vector in zip(keys, encoded, strict=True):
                    vectors[rows_by_key[key]] = batch[key] = vector
                    counter.advance(len(rows_by_key[key]))
                cached.keep(batch)
            self.notices.extend(cached.notices)
        return vectors

    def _key(self, text: str) -> bytes:
        return hashlib.sha256(f"{self._fingerprint}\n{encodable(text)}".encode()).digest()
