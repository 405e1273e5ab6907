"""What every embedder promises."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from pipeline.progress import Progress
from pipeline.schema import EmbedderRecord

QueryKind = Literal["minilm", "lsa", "model2vec", "none"]

Vectors = NDArray[np.float32]
"""Rows of unit length, float32, shape ``(n_texts, dimensions)``."""


class EmbeddingError(Exception):
    """Embeddings cannot be made; the message says what is missing or wrong and what to do."""


class Embedder(Protocol):
    """Turns texts into unit vectors.

    Attributes
    ----------
    name
        As on the command line, with the precision really used.
    fingerprint
        Changes whenever the same text could get another vector.
    dimensions
        Columns of what ``embed`` gives; for ``lsa`` known once it has embedded.
    detail
        What decided the vectors, for the manifest; ``detail["chosen"]`` says who chose the embedder.
    query_encoder
        What a snapshot needs to embed a query.
    announcement
        One sentence for the terminal before ``embed``: which embedder, how many texts, about how long.
    notices
        Sentences about what did not go as it should and did not stop the work; complete after ``embed``.
    """

    name: str
    fingerprint: str
    dimensions: int
    detail: dict[str, Any]
    query_encoder: QueryKind
    announcement: str
    notices: list[str]

    @property
    def record(self) -> EmbedderRecord:
        """The manifest's entry; complete after ``embed``."""

    def embed(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """Unit vectors, float32 ``(len(texts), dimensions)``, row by row those of ``texts``.

        A text without anything to embed may get the zero vector. Reports to the stage ``embedding`` of
        ``progress``, one step a text.
        """

    def save_query_encoder(self, folder: Path) -> None:
        """Write what `pipeline.embedding.query.load_query_encoder` needs into ``folder``; call after ``embed``."""


def record_of(embedder: Embedder) -> EmbedderRecord:
    """The manifest's entry for ``embedder``."""
    return EmbedderRecord(
        name=embedder.name,
        fingerprint=embedder.fingerprint,
        dimensions=embedder.dimensions,
        detail=dict(embedder.detail),
    )


def unit_rows(rows: NDArray[np.floating]) -> Vectors:
    """``rows`` scaled to length one, float32; zero rows stay zero."""
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    scaled: Vectors = np.divide(rows, lengths, out=np.zeros_like(rows), where=lengths > 0).astype(np.float32)
    return scaled


def encodable(text: str) -> str:
    """``text`` with lone surrogates, which have no UTF-8 form, turned into ``?``."""
    return text.encode("utf-8", "replace").decode("utf-8")
