"""Embeddings kept between fits as a whole, so that an unchanged corpus is neither embedded nor looked up again."""

from __future__ import annotations

import json
from collections.abc import Sequence

import numpy as np

from pipeline.embedding import Embedder
from pipeline.embedding.embedder import Vectors
from pipeline.progress import SILENT, Progress
from pipeline.stages import Arrays, Stages, content_key, texts_key


def embed_once(
    embedder: Embedder, texts: Sequence[str], stages: Stages, progress: Progress = SILENT
) -> tuple[Vectors, bool]:
    """The vectors of ``texts``, float32 (n, d) unit rows, and whether they come from an earlier fit.

    An embedder that learns from the corpus what a query needs (``lsa``) must see it every time.
    """
    if embedder.query_encoder == "lsa":
        return embedder.embed(texts, progress), False

    def compute() -> Arrays:
        vectors = embedder.embed(texts, progress)
        return {"vectors": vectors, "detail": np.frombuffer(json.dumps(embedder.detail).encode(), dtype=np.uint8)}

    found, cached = stages.arrays("embeddings", _key(embedder, texts), compute)
    embedder.detail.update(json.loads(found["detail"].tobytes()))
    return found["vectors"], cached


def _key(embedder: Embedder, texts: Sequence[str]) -> str:
    chosen = str(embedder.detail.get("chosen"))  # part of the record: who chose it
    return content_key(settings={"embedder": embedder.fingerprint, "chosen": chosen, "texts": texts_key(texts)})
