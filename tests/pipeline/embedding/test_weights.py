"""Only the official weights are accepted, wherever they lie, and nobody's code is run to find them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.embedding import EmbeddingError, make_embedder, weights
from pipeline.embedding.weights import INSTALL, find_minilm

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def carrier() -> Path:
    return weights._carrier_folder()


@pytest.fixture
def nowhere(monkeypatch, tmp_path):
    """No weights in any of the three places."""
    for variable in ("TOPIC_EXPLORER_MINILM", "HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE", "XDG_CACHE_HOME"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hf"))
    monkeypatch.setattr(weights, "CARRIER", "no-such-distribution-anywhere")
    return monkeypatch


def model_folder(folder: Path, carrier: Path) -> Path:
    folder.mkdir(parents=True)
    for name in ("model.safetensors", "tokenizer.json"):
        (folder / name).symlink_to(carrier / name)
    return folder


def test_without_weights_the_error_names_the_command_that_installs_them(nowhere, tmp_path):
    with pytest.raises(EmbeddingError) as error:
        make_embedder("auto", tmp_path, 10, 1)
    assert INSTALL in str(error.value)
    assert "--embedder lsa" in str(error.value)


def test_a_named_folder_is_used(nowhere, tmp_path, carrier):
    nowhere.setenv("TOPIC_EXPLORER_MINILM", str(model_folder(tmp_path / "mine", carrier)))
    assert find_minilm().weights.parent == tmp_path / "mine"


@pytest.mark.parametrize(
    ("variable", "below"),
    [("HF_HOME", "hub"), ("HF_HUB_CACHE", ""), ("HUGGINGFACE_HUB_CACHE", ""), ("XDG_CACHE_HOME", "huggingface/hub")],
)
def test_the_hugging_face_cache_is_found_where_its_variables_put_it(nowhere, tmp_path, carrier, variable, below):
    nowhere.delenv("HF_HOME")
    nowhere.setenv(variable, str(tmp_path))
    model = tmp_path / below / "models--sentence-transformers--all-MiniLM-L6-v2" / "snapshots"
    (model / "0000").mkdir(parents=True)  # a download that never finished
    model_folder(model / "c9745ed1", carrier)
    assert find_minilm().weights.parent == model / "c9745ed1"
    assert find_minilm().source == "the Hugging Face cache"


def test_the_named_folder_comes_before_the_hugging_face_cache_and_the_package(nowhere, tmp_path, carrier):
    nowhere.undo()
    nowhere.setenv("HF_HUB_CACHE", str(tmp_path))
    hub = tmp_path / "models--sentence-transformers--all-MiniLM-L6-v2" / "snapshots" / "1"
    model_folder(hub, carrier)
    assert find_minilm().weights.parent == hub
    nowhere.setenv("TOPIC_EXPLORER_MINILM", str(model_folder(tmp_path / "mine", carrier)))
    assert find_minilm().weights.parent == tmp_path / "mine"


def test_weights_with_one_changed_byte_are_refused_by_name_and_checksum(nowhere, tmp_path, carrier):
    folder = tmp_path / "tampered"
    folder.mkdir()
    data = bytearray((carrier / "model.safetensors").read_bytes())
    data[50_000_000] ^= 1
    (folder / "model.safetensors").write_bytes(data)
    (folder / "tokenizer.json").symlink_to(carrier / "tokenizer.json")
    nowhere.setenv("TOPIC_EXPLORER_MINILM", str(folder))
    with pytest.raises(EmbeddingError, match=r"not the official file \(its sha256 is .*, not 53aa51172d14"):
        find_minilm()


def test_a_wrong_named_folder_is_an_error_even_when_the_package_is_there(monkeypatch, tmp_path):
    monkeypatch.setenv("TOPIC_EXPLORER_MINILM", str(tmp_path))
    with pytest.raises(EmbeddingError, match=r"no file model\.safetensors"):
        find_minilm()


@pytest.mark.parametrize("content", ["not json", '{"version": "1.0"}', None])
def test_another_models_tokenizer_is_refused(nowhere, tmp_path, carrier, content):
    folder = tmp_path / "mixed"
    folder.mkdir()
    (folder / "model.safetensors").symlink_to(carrier / "model.safetensors")
    if content is None:  # a tokenizer that can be read and cuts text differently
        content = (carrier / "tokenizer.json").read_text(encoding="utf-8")
        content = content.replace('"lowercase":true', '"lowercase":false')
    (folder / "tokenizer.json").write_text(content, encoding="utf-8")
    nowhere.setenv("TOPIC_EXPLORER_MINILM", str(folder))
    with pytest.raises(EmbeddingError, match="tokenizer"):
        make_embedder("minilm", tmp_path / "cache", 1, 1)


def test_the_carriers_code_is_never_imported(tmp_path):
    script = (
        "import sys; from pathlib import Path; from pipeline.embedding import make_embedder; "
        "make_embedder('minilm:fp32', Path(sys.argv[1]), 1, 1).embed(['x']); "
        "print([m for m in sys.modules if m.startswith(('gt_all', 'torch', 'sentence_transformers'))])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)], capture_output=True, text=True, cwd=ROOT, check=True
    )
    assert done.stdout == "[]\n"
