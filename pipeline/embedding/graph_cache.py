"""The int8 graph of MiniLM, built once a machine and kept in the cache folder."""

from __future__ import annotations

import os
import tempfile
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from pipeline.embedding.embedder import EmbeddingError, Vectors
from pipeline.embedding.weights import WEIGHTS_SHA256, MiniLMFiles

Precision = Literal["int8", "fp32"]
TokenIds = NDArray[np.int64]

GRAPH_VERSION = 1
"""Part of the file's name: raise it whenever the graph or its quantisation changes."""

CANARIES = (
    "Sparse attention for long documents.",
    "We measure how warming oceans change the routes of migrating whales over twenty years of satellite tags.",
    "Graph neural networks learn from molecules, but they forget long-range interactions. This paper adds a virtual "
    "node for each ring, trains on three benchmarks of solubility and toxicity, and lowers the mean error by nine "
    "percent at the same cost. Ablations show that the gain comes from large rings, and a study with chemists finds "
    "the attributions easier to read.",
)
"""Sentences on which int8 is held against fp32. A change needs a new `GRAPH_VERSION`."""

LEAST_AGREEMENT = 0.98
"""Mean cosine of int8 to fp32 on the canaries below which int8 is not used.

Signed 8-bit products can saturate on processors without VNNI, so this is asked on every machine, every time.
"""


@dataclass(frozen=True)
class LoadedGraph:
    """A graph ready to run, the precision it has, and the canaries' mean cosine to fp32 (``None`` for fp32)."""

    session: onnxruntime.InferenceSession
    precision: Precision
    agreement: float | None


def load_graph(files: MiniLMFiles, precision: Precision, cache: Path, canaries: Sequence[TokenIds]) -> LoadedGraph:
    """The graph of ``precision``, or the fp32 one where int8 strays too far from it on this processor.

    The int8 graph is kept in ``cache/minilm``, one file per weights, graph version and library version, replaced
    atomically: several processes may build it at once, a damaged file is built anew, and a folder that cannot be
    written costs the few seconds of building. ``canaries`` are the token ids of `CANARIES`.

    Raises
    ------
    EmbeddingError
        The weights cannot be read as the tensors of this model.
    """
    if precision == "fp32":
        return LoadedGraph(_session(_fp32_graph(files).SerializeToString()), "fp32", None)
    path = _path(cache)
    stored = _read(path)
    if stored is None:
        stored = _build(files, canaries)
        _write(path, stored)
    session = _session(stored["graph"].tobytes())
    agreement = float(np.mean(np.sum(_embed_all(session, canaries) * stored["canaries"], axis=1)))
    if agreement >= LEAST_AGREEMENT:
        return LoadedGraph(session, "int8", agreement)
    return LoadedGraph(_session(_fp32_graph(files).SerializeToString()), "fp32", agreement)


def embed_tokens(session: onnxruntime.InferenceSession, token_ids: TokenIds) -> NDArray[np.float32]:
    """The unit vector, float32 ``(384,)``, of one text's token ids."""
    vector: NDArray[np.float32] = session.run(None, {"input_ids": token_ids[np.newaxis]})[0][0]
    return vector


def _embed_all(session: onnxruntime.InferenceSession, texts: Sequence[TokenIds]) -> Vectors:
    return np.stack([embed_tokens(session, ids) for ids in texts])


def _session(graph: bytes) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    # one thread a call: many texts run at once instead, and no sum depends on how it was split
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])


def _fp32_graph(files: MiniLMFiles) -> Any:
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    from pipeline.embedding.onnx_graph import build_graph

    try:
        return build_graph(load_file(files.weights))
    except (OSError, KeyError, SafetensorError) as error:
        raise EmbeddingError(f"{files.weights} cannot be read as the weights of all-MiniLM-L6-v2: {error}") from error


def _build(files: MiniLMFiles, canaries: Sequence[TokenIds]) -> dict[str, NDArray[Any]]:
    from pipeline.embedding.onnx_graph import quantise

    model = _fp32_graph(files)
    expected = _embed_all(_session(model.SerializeToString()), canaries)
    return {"graph": np.frombuffer(quantise(model), dtype=np.uint8), "canaries": expected}


def _path(cache: Path) -> Path:
    return cache / "minilm" / f"int8-{WEIGHTS_SHA256[:12]}-{GRAPH_VERSION}-{version('onnxruntime')}.npz"


def _read(path: Path) -> dict[str, NDArray[Any]] | None:
    """What ``path`` holds, or ``None`` when it is absent or damaged (the archive carries checksums)."""
    try:
        with np.load(path, allow_pickle=False) as stored:
            return {"graph": stored["graph"], "canaries": stored["canaries"]}
    except (OSError, ValueError, EOFError, KeyError, zipfile.BadZipFile, zlib.error):
        return None


def _write(path: Path, arrays: dict[str, NDArray[Any]]) -> None:
    temporary = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, suffix=".part")
        with os.fdopen(handle, "wb") as file:
            np.savez(file, **arrays)  # type: ignore[arg-type]
        os.replace(temporary, path)
    except OSError:
        if temporary is not None:
            Path(temporary).unlink(missing_ok=True)
