"""A query as a vector of a snapshot's own space.

The dashboard imports this module: nothing here may import scikit-learn, scipy, torch or bertopic, and nothing
in a snapshot is unpickled.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from pipeline.embedding.embedder import EmbeddingError, QueryKind
from pipeline.embedding.lexical_terms import lexical_terms

Vector = NDArray[np.float32]


class QueryUnavailable(Exception):  # noqa: N818  (a state of affairs, told to the user as such)
    """Meaning search is off for this snapshot; the message is a plain sentence that says why."""

    @property
    def reason(self) -> str:
        """Why nothing new can be embedded, without the words about searching."""
        said = str(self).removeprefix("Meaning search is off: ")
        return said.removesuffix("Search by words instead.").rstrip().replace("a query into", "new text into")


class QueryEncoder(Protocol):
    """Embeds queries; safe to share between threads.

    Attributes
    ----------
    kind
        Which embedder made the snapshot.
    dimensions
        Length of the vectors.
    """

    kind: QueryKind
    dimensions: int

    def encode(self, text: str) -> Vector:
        """The unit vector of ``text``, float32 ``(dimensions,)``; zeros when nothing in ``text`` is known."""


def load_query_encoder(folder: Path, cache: Path) -> QueryEncoder:
    """The encoder that a snapshot's ``query_encoder`` folder describes.

    Parameters
    ----------
    folder
        ``query_encoder/`` of a snapshot.
    cache
        Where the MiniLM graph is kept; need not be writable.

    Raises
    ------
    QueryUnavailable
        The snapshot has none, its files are damaged, or the weights or model are not on this machine.
    """
    try:
        recipe = json.loads((folder / "encoder.json").read_text(encoding="utf-8"))
        kind = recipe["kind"]
        if kind == "minilm":
            return MiniLMQueryEncoder(recipe, cache)
        if kind == "lsa":
            return LsaQueryEncoder(recipe, folder)
        if kind == "model2vec":
            return Model2VecQueryEncoder(recipe)
        if kind != "none":
            raise ValueError(f"unknown kind {kind!r}")
        reason = str(recipe["reason"])
    except (OSError, ValueError, KeyError, TypeError, EOFError, pa.ArrowException) as error:
        raise QueryUnavailable(
            "Meaning search is off: this snapshot's query encoder is missing or damaged. Search by words instead."
        ) from error
    raise QueryUnavailable(
        f"Meaning search is off: {reason}, and nothing here can embed a query into their space. "
        "Search by words instead."
    )


class MiniLMQueryEncoder:
    """Queries through the same weights and precision as the snapshot's papers."""

    kind: QueryKind = "minilm"

    def __init__(self, recipe: dict[str, Any], cache: Path) -> None:
        from pipeline.embedding.minilm import MiniLMEncoder
        from pipeline.embedding.weights import WEIGHTS_SHA256

        if recipe["weights_sha256"] != WEIGHTS_SHA256:
            raise QueryUnavailable(
                "Meaning search is off: this snapshot was made with weights that this version does not know."
            )
        try:
            self._encoder = MiniLMEncoder(cache, "fp32" if recipe["precision"] == "fp32" else "int8")
        except EmbeddingError as error:
            raise QueryUnavailable(f"Meaning search is off: {error}") from error
        self.dimensions = self._encoder.dimensions

    def encode(self, text: str) -> Vector:
        """The unit vector of ``text``, float32 ``(384,)``."""
        return self._encoder.encode(text)


class Model2VecQueryEncoder:
    """Queries through the same static model as the snapshot's papers, where it is on this machine."""

    kind: QueryKind = "model2vec"

    def __init__(self, recipe: dict[str, Any]) -> None:
        from pipeline.embedding.local_models import find_listed_model, model_digest
        from pipeline.embedding.model2vec_model import StaticEncoder

        name = str(recipe["model"])
        try:
            folder = find_listed_model("model2vec", name)
            if model_digest(folder) != recipe["model_sha256"]:
                raise QueryUnavailable(
                    f"Meaning search is off: the model {name} on this machine is not the one that made this snapshot. "
                    "Search by words instead."
                )
            self._encoder = StaticEncoder(folder)
        except EmbeddingError as error:
            raise QueryUnavailable(f"Meaning search is off: {error}") from error
        self.dimensions = self._encoder.dimensions

    def encode(self, text: str) -> Vector:
        """The unit vector of ``text``, float32 ``(dimensions,)``; zeros when the model knows no word of it."""
        return self._encoder.encode(text)


class LsaQueryEncoder:
    """TF-IDF and projection in plain NumPy, agreeing with `pipeline.embedding.lsa` to 1e-5."""

    kind: QueryKind = "lsa"

    def __init__(self, recipe: dict[str, Any], folder: Path) -> None:
        vocabulary = pq.read_table(folder / "vocabulary.parquet")
        self._column = {term: column for column, term in enumerate(vocabulary["term"].to_pylist())}
        self._idf = vocabulary["idf"].to_numpy()
        # mapped: a query touches a few rows of many
        self._components = np.load(folder / "components.npy", mmap_mode="r", allow_pickle=False)
        if self._components.dtype != np.float32 or self._components.shape[:1] != self._idf.shape:
            raise ValueError("components and vocabulary do not belong together")
        self._stop_words = frozenset(recipe["stop_words"])
        self.dimensions = int(self._components.shape[1])

    def encode(self, text: str) -> Vector:
        """The unit vector of ``text``, float32 ``(dimensions,)``; zeros when no term of it is in the vocabulary."""
        counts = Counter(term for term in lexical_terms(text, self._stop_words) if term in self._column)
        if not counts:
            return np.zeros(self.dimensions, dtype=np.float32)
        columns = np.array([self._column[term] for term in counts])
        frequencies = np.array(list(counts.values()), dtype=np.float32)
        weights = (1 + np.log(frequencies)) * self._idf[columns]
        vector = weights @ self._components[columns]
        length = np.linalg.norm(vector)
        return (vector / length if length > 0 else vector).astype(np.float32)
