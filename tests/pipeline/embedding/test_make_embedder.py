"""Embedders are chosen by name; a wrong name is answered with the right ones."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.embedding import EmbeddingError, make_embedder


@pytest.mark.parametrize(
    "name",
    ["", "MiniLM", "minilm:int4", "precomputed", "precomputed:", "lsa:2", "word2vec", "model2vec:", "distilled:2"],
)
def test_an_unknown_name_is_answered_with_the_choices(tmp_path, name):
    with pytest.raises(EmbeddingError, match=r"auto, minilm, minilm:fp32, distilled, lsa, .*precomputed:FILE\.npy"):
        make_embedder(name, tmp_path, 1, 1)


@pytest.mark.parametrize(
    ("name", "recorded", "query_encoder"),
    [("auto", "minilm", "minilm"), ("minilm:fp32", "minilm:fp32", "minilm"), ("lsa", "lsa", "lsa")],
)
def test_the_manifest_names_what_was_used(cache, name, recorded, query_encoder):
    embedder = make_embedder(name, cache, 2, 1)
    embedder.embed(["whale songs", "whale songs at night"])
    assert embedder.record.name == recorded
    assert embedder.query_encoder == query_encoder
    assert embedder.record.fingerprint == embedder.fingerprint
    assert embedder.announcement.startswith("Embedder (")


def test_importing_the_package_loads_no_embedder():
    script = (
        "import sys, pipeline.embedding; "
        "print([m for m in ('onnxruntime', 'tokenizers', 'sklearn', 'scipy') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, cwd=Path(__file__).parents[3], check=True
    )
    assert done.stdout == "[]\n"
