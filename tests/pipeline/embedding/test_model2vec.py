"""Static models of model2vec, on a tiny one made here: found, cached by content, and queried."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from model2vec import StaticModel
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace

from pipeline.embedding import EmbeddingError, check_choice, local_models, make_embedder
from pipeline.embedding.query import QueryUnavailable, load_query_encoder

ROOT = Path(__file__).parents[3]
WORDS = ["[UNK]", "whale", "glacier", "enzyme", "lattice", "ballot", "orchard"]
TEXTS = ["whale glacier", "enzyme", "whale whale ballot", "orchard of a glacier", "", "nothing known"]


def make_model(folder: Path, seed: int = 1) -> Path:
    tokenizer = Tokenizer(WordLevel({word: i for i, word in enumerate(WORDS)}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = Whitespace()
    vectors = np.random.default_rng(seed).normal(size=(len(WORDS), 8)).astype(np.float32)
    StaticModel(vectors, tokenizer, normalize=True).save_pretrained(folder)
    return folder


@pytest.fixture
def models(tmp_path, monkeypatch) -> Path:
    """The folder that TOPIC_EXPLORER_MODELS names, with the model ``tiny`` in it."""
    monkeypatch.setenv(local_models.FOLDER_VARIABLE, str(tmp_path / "models"))
    make_model(tmp_path / "models" / "tiny")
    return tmp_path / "models"


@pytest.fixture
def no_cache(tmp_path, monkeypatch):
    """An empty Hugging Face cache."""
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "empty"))
    monkeypatch.setattr("huggingface_hub._snapshot_download.constants.HF_HUB_CACHE", str(tmp_path / "empty"))


def test_a_model_in_a_folder_embeds(tmp_path, progress):
    folder = make_model(tmp_path / "my-model")
    embedder = make_embedder(f"model2vec:{folder}", tmp_path / "cache", len(TEXTS), 1)
    vectors = embedder.embed(TEXTS, progress)
    assert vectors.shape == (6, 8)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), [1, 1, 1, 1, 0, 0], atol=1e-6)
    assert vectors[0] @ vectors[2] > vectors[0] @ vectors[1]
    assert progress.steps == 6
    record = embedder.record
    assert record.name == "model2vec:my-model"
    assert record.detail["model"] == "my-model"
    assert str(tmp_path) not in record.model_dump_json() + embedder.announcement


def test_company_and_order_change_no_bit(models, tmp_path):
    whole = make_embedder("model2vec:tiny", tmp_path / "a", 6, 1).embed(TEXTS)
    turned = make_embedder("model2vec:tiny", tmp_path / "b", 6, 1).embed(TEXTS[::-1])[::-1]
    alone = [make_embedder("model2vec:tiny", tmp_path / f"c{i}", 1, 1).embed([text])[0] for i, text in enumerate(TEXTS)]
    assert np.array_equal(whole, turned)
    assert np.array_equal(whole, np.stack(alone))


def test_vectors_are_kept_by_the_content_of_the_model(models, tmp_path):
    cache = tmp_path / "cache"
    first = make_embedder("model2vec:tiny", cache, 6, 1)
    vectors = first.embed(TEXTS)
    (models / "tiny").rename(models / "renamed")
    renamed = make_embedder("model2vec:renamed", cache, 6, 1)
    assert renamed.fingerprint == first.fingerprint
    renamed._encoder = None  # nothing is left to embed
    assert np.array_equal(renamed.embed(TEXTS), vectors)
    make_model(models / "tiny", seed=2)
    assert not np.array_equal(make_embedder("model2vec:tiny", cache, 6, 1).embed(TEXTS), vectors)


def test_a_query_has_the_bits_of_the_same_text_in_the_fit_and_loads_nothing_heavy(models, tmp_path):
    embedder = make_embedder("model2vec:tiny", tmp_path / "cache", 6, 1)
    vectors = embedder.embed(TEXTS)
    embedder.save_query_encoder(tmp_path / "q")
    encoder = load_query_encoder(tmp_path / "q", tmp_path)
    assert encoder.kind == embedder.query_encoder == "model2vec"
    assert encoder.dimensions == 8
    assert np.array_equal(np.stack([encoder.encode(text) for text in TEXTS]), vectors)
    script = (
        "import sys; from pathlib import Path; from pipeline.embedding.query import load_query_encoder; "
        "load_query_encoder(Path(sys.argv[1]), Path(sys.argv[1])).encode('whale'); "
        "print([m for m in ('sklearn', 'scipy', 'torch', 'numba', 'transformers') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path / "q")], capture_output=True, text=True, cwd=ROOT, check=True
    )
    assert done.stdout == "[]\n"


def test_another_model_of_that_name_is_not_used_for_queries(models, tmp_path):
    make_embedder("model2vec:tiny", tmp_path / "cache", 1, 1).save_query_encoder(tmp_path / "q")
    (models / "tiny" / "config.json").write_text("{}")
    with pytest.raises(QueryUnavailable, match="the model tiny on this machine is not the one that made this snapshot"):
        load_query_encoder(tmp_path / "q", tmp_path)


@pytest.mark.parametrize("name", ["gone", "../tiny", "/etc", "a/b/c", "", "~"])
def test_a_query_looks_for_models_by_name_only(models, no_cache, tmp_path, name):
    make_embedder("model2vec:tiny", tmp_path / "cache", 1, 1).save_query_encoder(tmp_path / "q")
    recipe = json.loads((tmp_path / "q" / "encoder.json").read_text())
    (tmp_path / "q" / "encoder.json").write_text(json.dumps({**recipe, "model": name}))
    with pytest.raises(QueryUnavailable, match=r"^Meaning search is off: "):
        load_query_encoder(tmp_path / "q", tmp_path)


def test_a_missing_model_is_one_sentence_with_the_command(no_cache, tmp_path):
    for refused in (check_choice, lambda name: make_embedder(name, tmp_path, 1, 1)):
        with pytest.raises(EmbeddingError, match="hf download someone/some-model"):
            refused("model2vec:someone/some-model")


@pytest.mark.parametrize("kind", ["model2vec", "sentence-transformers"])
def test_a_missing_library_is_one_sentence_with_the_command(kind, tmp_path, monkeypatch):
    monkeypatch.setattr(local_models, "find_spec", lambda name: None)
    monkeypatch.setitem(sys.modules, kind.replace("-", "_"), None)
    with pytest.raises(EmbeddingError, match=rf"not installed.*pip install 'topic-explorer\[{kind}\]'"):
        check_choice(f"{kind}:{tmp_path}")
    with pytest.raises(EmbeddingError, match=rf"pip install 'topic-explorer\[{kind}\]'"):
        local_models.load_library(kind)


@pytest.mark.parametrize("damage", ["empty", "rubbish", "cut"])
def test_files_that_are_no_model_are_said_in_words(tmp_path, damage):
    folder = tmp_path / "odd"
    if damage == "empty":
        folder.mkdir()
    else:
        weights = make_model(folder) / "model.safetensors"
        weights.write_bytes(b"rubbish" * 9 if damage == "rubbish" else weights.read_bytes()[:-20])
    with pytest.raises(EmbeddingError, match="odd cannot be read as a model2vec model"):
        make_embedder(f"model2vec:{folder}", tmp_path / "cache", 1, 1)
