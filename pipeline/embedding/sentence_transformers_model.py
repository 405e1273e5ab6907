"""Any model of the library sentence-transformers, on torch: for a fit only, never for the dashboard."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.embedding.embedder import EmbeddingError, QueryKind, Vectors, encodable, record_of, unit_rows
from pipeline.embedding.local_models import ModelKind, find_model, load_library, model_digest, short_name
from pipeline.embedding.per_text import PerText
from pipeline.progress import SILENT, Progress
from pipeline.schema import EmbedderRecord

KIND: ModelKind = "sentence-transformers"
FORMAT_VERSION = 1
"""Part of the fingerprint: raise it when the same text gets another vector."""

ACCELERATED_BATCH = 32
"""Texts a call on a GPU. On a processor it is one: padding in a batch would change the last bits of a vector."""


class SentenceTransformersEmbedder:
    """Texts through a sentence-transformers model, cached per text under the model's own fingerprint.

    Raises
    ------
    EmbeddingError
        The library or the model is missing, or its files are not such a model.
    """

    query_encoder: QueryKind = "none"

    def __init__(self, name: str, cache: Path, n_texts: int) -> None:
        library = load_library(KIND)
        folder = find_model(KIND, name)
        digest = model_digest(folder)
        model_name = short_name(name)
        try:
            # code that comes with a model is never run, and nothing is fetched
            self._model = library.SentenceTransformer(
                str(folder.resolve()), trust_remote_code=False, local_files_only=True
            )
            self.dimensions = int(self._encode([""])[0].shape[0])
        except Exception as error:  # the library and those below it raise whatever they like for a file they dislike
            raise EmbeddingError(f"{model_name} cannot be read as a sentence-transformers model: {error}") from error
        device = self._model.device.type
        self.name = f"{KIND}:{model_name}"
        self.fingerprint = f"{KIND}-v{FORMAT_VERSION}-{device}-{digest[:32]}"
        self._per_text = PerText(self.fingerprint, self.dimensions, cache, self._encode)
        self.notices = self._per_text.notices
        self.detail: dict[str, Any] = {
            "chosen": "by name",
            "model": model_name,
            "model_sha256": digest,
            "device": device,
            "max_tokens": self._model.max_seq_length,
        }
        self.announcement = f"Embedder (by name): {self.name} on {device}, {n_texts:,} texts."

    @property
    def record(self) -> EmbedderRecord:
        """The manifest's entry."""
        return record_of(self)

    def embed(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """Unit vectors, float32 ``(len(texts), dimensions)``."""
        with (progress or SILENT).stage("embedding", len(texts)) as counter:
            return self._per_text.embed(texts, counter)

    def _encode(self, texts: list[str]) -> Vectors:
        vectors = self._model.encode(
            [encodable(text) for text in texts],
            batch_size=1 if self._model.device.type == "cpu" else ACCELERATED_BATCH,
            show_progress_bar=False,
            convert_to_numpy=True,
        )
        return unit_rows(np.asarray(vectors, dtype=np.float32))

    def save_query_encoder(self, folder: Path) -> None:
        """Write that there is no query encoder, and why."""
        folder.mkdir(parents=True, exist_ok=True)
        recipe = {
            "kind": "none",
            "reason": f"the embeddings of this snapshot were made by {self.name}, which runs on torch only",
            "model": self.detail["model"],
            "model_sha256": self.detail["model_sha256"],
        }
        (folder / "encoder.json").write_text(json.dumps(recipe, indent=2) + "\n", encoding="utf-8")
