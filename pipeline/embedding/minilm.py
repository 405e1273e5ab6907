"""all-MiniLM-L6-v2 through ONNX Runtime, one text a call."""

from __future__ import annotations

import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from pipeline.embedding.embedder import EmbeddingError, QueryKind, Vectors, encodable, record_of
from pipeline.embedding.graph_cache import CANARIES, LEAST_AGREEMENT, Precision, embed_tokens, load_graph
from pipeline.embedding.per_text import PerText
from pipeline.embedding.weights import TOKENIZER_FILE, WEIGHTS_SHA256, MiniLMFiles, find_minilm
from pipeline.processors import n_processors
from pipeline.progress import SILENT, Progress, StepCounter
from pipeline.schema import EmbedderRecord

DIMENSIONS = 384
MAX_TOKENS = 256
"""Longer texts are cut here, as sentence-transformers cuts them for this model."""

FORMAT_VERSION = 1
"""Part of the fingerprint: raise it when the same text gets another vector (graph, tokenisation, pooling)."""

DOCUMENTS_PER_SECOND: dict[Precision, int] = {"int8": 50, "fp32": 33}
"""Abstracts of about 180 words in one thread; for the announcement only."""

MOST_THREADS = 8
_PROBE = ("Résumé of C++, naïve: 日本 🙂 unaffable", (101, 13746, 1997, 1039, 1009, 1009, 1010, 15743, 1024, 1864, 1876,
          100, 14477, 20961, 3468, 102))  # fmt: skip


class MiniLMEncoder:
    """One text in, one unit vector out; safe to call from several threads at once.

    Raises
    ------
    EmbeddingError
        The weights or their tokenizer are missing or not the right ones.
    """

    dimensions = DIMENSIONS

    def __init__(self, cache: Path, precision: Precision = "int8") -> None:
        self.files = find_minilm()
        self._tokenizer = _load_tokenizer(self.files)
        graph = load_graph(self.files, precision, cache, [self._token_ids(text) for text in CANARIES])
        self._session = graph.session
        self.precision = graph.precision
        self.agreement = graph.agreement

    def encode(self, text: str) -> NDArray[np.float32]:
        """The unit vector of ``text``, float32 ``(384,)``; the same whatever else is being embedded."""
        return embed_tokens(self._session, self._token_ids(text))

    def _token_ids(self, text: str) -> NDArray[np.int64]:
        return np.array(self._tokenizer.encode(encodable(text)).ids, dtype=np.int64)


def _load_tokenizer(files: MiniLMFiles) -> Tokenizer:
    """The model's tokenizer, without padding, cutting at `MAX_TOKENS`.

    The carrier's file pads and cuts at 128. Its behaviour is probed rather than its bytes compared, for the
    official file has changed its form, never its result.
    """
    text, expected = _PROBE
    try:
        tokenizer = Tokenizer.from_file(str(files.tokenizer))
        tokenizer.no_padding()
        tokenizer.enable_truncation(MAX_TOKENS)
        ids = tuple(tokenizer.encode(text).ids)
    except Exception as error:  # the library raises bare Exception for a file it cannot read
        raise EmbeddingError(f"{files.tokenizer} cannot be read as a tokenizer: {error}") from error
    if ids != expected:
        raise EmbeddingError(
            f"{files.tokenizer} is not the tokenizer of all-MiniLM-L6-v2: put the model's own {TOKENIZER_FILE} there."
        )
    return tokenizer


class MiniLMEmbedder:
    """The default embedder: cached per text, several texts at once, the same vectors whatever their order."""

    query_encoder: QueryKind = "minilm"
    dimensions = DIMENSIONS

    def __init__(self, cache: Path, n_texts: int, precision: Precision = "int8", chosen: str = "by name") -> None:
        self._encoder = MiniLMEncoder(cache, precision)
        self._cache_folder = cache
        used = self._encoder.precision
        self.name = "minilm" if used == "int8" else "minilm:fp32"
        self.fingerprint = f"minilm-{used}-v{FORMAT_VERSION}-{MAX_TOKENS}-{WEIGHTS_SHA256[:16]}"
        self.notices: list[str] = []
        self.detail: dict[str, Any] = {
            "model": "sentence-transformers/all-MiniLM-L6-v2",
            "weights_sha256": WEIGHTS_SHA256,
            "weights_from": self._encoder.files.source,
            "precision": used,
            "max_tokens": MAX_TOKENS,
            "chosen": chosen,
        }
        if self._encoder.agreement is not None:
            self.detail["int8_agreement"] = round(self._encoder.agreement, 4)
        if used != precision:
            self.detail["precision_reason"] = (
                f"int8 agrees with fp32 only to {self._encoder.agreement:.3f} on this processor "
                f"(at least {LEAST_AGREEMENT} wanted), so fp32 is used"
            )
            self.notices.append(f"MiniLM: {self.detail['precision_reason']}.")
        self.announcement = _announcement(self.detail["chosen"], used, n_texts)

    @property
    def record(self) -> EmbedderRecord:
        """The manifest's entry."""
        return record_of(self)

    def embed(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """Unit vectors, float32 ``(len(texts), 384)``. Nothing is embedded twice, within a call or across fits."""
        with (progress or SILENT).stage("embedding", len(texts)) as counter:
            return self.embed_counted(texts, counter)

    def embed_counted(self, texts: Sequence[str], counter: StepCounter) -> Vectors:
        """`embed` as a part of another's stage; one step of ``counter`` a text."""
        with ThreadPoolExecutor(n_threads()) as pool:
            per_text = PerText(
                self.fingerprint, DIMENSIONS, self._cache_folder, lambda some: pool.map(self._encoder.encode, some)
            )
            vectors = per_text.embed(texts, counter)
        self.notices.extend(per_text.notices)
        return vectors

    def save_query_encoder(self, folder: Path) -> None:
        """Write which weights and precision a query needs; the weights themselves stay where they are."""
        folder.mkdir(parents=True, exist_ok=True)
        recipe = {
            "kind": "minilm",
            "weights_sha256": WEIGHTS_SHA256,
            "precision": self._encoder.precision,
            "max_tokens": MAX_TOKENS,
            "dimensions": DIMENSIONS,
        }
        (folder / "encoder.json").write_text(json.dumps(recipe, indent=2) + "\n", encoding="utf-8")


def n_threads() -> int:
    """Threads that embed: one for each processor this process may use, at most `MOST_THREADS`."""
    return min(n_processors(), MOST_THREADS)


def _announcement(chosen: str, precision: Precision, n_texts: int) -> str:
    minutes = n_texts / DOCUMENTS_PER_SECOND[precision] / n_threads() / 60
    duration = "under a minute" if minutes < 1 else f"about {minutes:.0f} min unless cached"
    advice = "; --embedder distilled is faster" if minutes > 5 else ""
    return f"Embedder ({chosen}): MiniLM in {precision}, {n_texts:,} texts, {duration}{advice}."
