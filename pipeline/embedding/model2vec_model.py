"""Static embeddings by the library model2vec: NumPy only, thousands of texts a second.

The dashboard embeds queries through `StaticEncoder`, so nothing here may import scikit-learn, scipy or torch.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.embedding.embedder import EmbeddingError, QueryKind, Vectors, encodable, record_of, unit_rows
from pipeline.embedding.local_models import ModelKind, find_model, load_library, model_digest, short_name
from pipeline.embedding.per_text import PerText
from pipeline.progress import SILENT, Progress
from pipeline.schema import EmbedderRecord

KIND: ModelKind = "model2vec"
FORMAT_VERSION = 1
"""Part of the fingerprint: raise it when the same text gets another vector."""


class StaticEncoder:
    """A static model ready to embed; the same vector for a text whatever else is embedded with it.

    Raises
    ------
    EmbeddingError
        The library is missing, or the files in ``folder`` are not such a model.
    """

    def __init__(self, folder: Path) -> None:
        library = load_library(KIND)
        try:
            self._model = library.StaticModel.from_pretrained(folder)
        except Exception as error:  # the library and those below it raise whatever they like for a file they dislike
            raise EmbeddingError(f"{folder.name} cannot be read as a model2vec model: {error}") from error
        self.dimensions = int(self._model.dim)

    def encode_all(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors, float32 ``(len(texts), dimensions)``; zeros for a text of which the model knows no word."""
        plain = [encodable(text) for text in texts]
        return unit_rows(np.asarray(self._model.encode(plain, use_multiprocessing=False), dtype=np.float32))

    def encode(self, text: str) -> NDArray[np.float32]:
        """The unit vector of ``text``, float32 ``(dimensions,)``."""
        vector: NDArray[np.float32] = self.encode_all([text])[0]
        return vector


class Model2VecEmbedder:
    """Texts through a static model, cached per text under the model's own fingerprint."""

    query_encoder: QueryKind = "model2vec"

    def __init__(self, name: str, cache: Path, n_texts: int) -> None:
        folder = find_model(KIND, name)
        self._encoder = StaticEncoder(folder)
        self._digest = model_digest(folder)
        self._model_name = short_name(name)
        self.name = f"{KIND}:{self._model_name}"
        self.dimensions = self._encoder.dimensions
        self.fingerprint = f"{KIND}-v{FORMAT_VERSION}-{self._digest[:32]}"
        self._per_text = PerText(self.fingerprint, self.dimensions, cache, self._encoder.encode_all)
        self.notices = self._per_text.notices
        self.detail: dict[str, Any] = {
            "chosen": "by name",
            "model": self._model_name,
            "model_sha256": self._digest,
        }
        self.announcement = f"Embedder (by name): {self.name}, {n_texts:,} texts."

    @property
    def record(self) -> EmbedderRecord:
        """The manifest's entry."""
        return record_of(self)

    def embed(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """Unit vectors, float32 ``(len(texts), dimensions)``; zeros for a text of which the model knows no word."""
        with (progress or SILENT).stage("embedding", len(texts)) as counter:
            return self._per_text.embed(texts, counter)

    def save_query_encoder(self, folder: Path) -> None:
        """Write the model's name and fingerprint; the model itself stays where it is."""
        folder.mkdir(parents=True, exist_ok=True)
        recipe = {
            "kind": "model2vec",
            "model": self._model_name,
            "model_sha256": self._digest,
            "dimensions": self.dimensions,
        }
        (folder / "encoder.json").write_text(json.dumps(recipe, indent=2) + "\n", encoding="utf-8")
