"""Models of sentence-transformers, a tiny one made here. They need torch: ``make test-extras`` runs this alone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
from tokenizers import Tokenizer
from tokenizers.models import WordPiece
from tokenizers.pre_tokenizers import Whitespace
from tokenizers.processors import TemplateProcessing
from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

from pipeline.embedding import EmbeddingError, check_choice, local_models, make_embedder
from pipeline.embedding.query import QueryUnavailable, load_query_encoder

WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "whale", "glacier", "enzyme", "lattice", "ballot", "orchard"]
TEXTS = ["whale glacier", "enzyme", "whale whale ballot lattice lattice orchard", "orchard of a glacier", "", "unknown"]


@pytest.fixture(scope="session")
def tiny(tmp_path_factory) -> Path:
    """A folder with a model of two layers and random weights."""
    import torch

    torch.manual_seed(1)
    plain = tmp_path_factory.mktemp("plain")
    tokenizer = Tokenizer(WordPiece({word: i for i, word in enumerate(WORDS)}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = Whitespace()
    tokenizer.post_processor = TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", WORDS.index("[CLS]")), ("[SEP]", WORDS.index("[SEP]"))]
    )
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        pad_token="[PAD]",
        unk_token="[UNK]",
        cls_token="[CLS]",
        sep_token="[SEP]",
        mask_token="[MASK]",
        model_max_length=32,
    ).save_pretrained(plain)
    shape = {"hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 32}
    BertModel(BertConfig(vocab_size=len(WORDS), max_position_embeddings=64, **shape)).save_pretrained(plain)
    transformer = Transformer(str(plain), max_seq_length=32)
    pooling = Pooling(16)
    folder = tmp_path_factory.mktemp("models") / "tiny"
    SentenceTransformer(modules=[transformer, pooling], device="cpu").save(str(folder))
    return folder


def test_a_model_in_a_folder_embeds_as_the_library_does(tiny, tmp_path):
    embedder = make_embedder(f"sentence-transformers:{tiny}", tmp_path, len(TEXTS), 1)
    vectors = embedder.embed(TEXTS)
    expected = SentenceTransformer(str(tiny), device="cpu").encode(TEXTS, normalize_embeddings=True)
    assert vectors.dtype == np.float32
    assert vectors.shape == (6, 16)
    assert np.allclose(vectors, expected, atol=1e-5)
    assert embedder.record.name == "sentence-transformers:tiny"
    assert embedder.record.detail["max_tokens"] == 32
    assert str(tiny.parent) not in embedder.record.model_dump_json() + embedder.announcement


def test_company_and_order_change_no_bit_on_a_processor(tiny, tmp_path, monkeypatch):
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    name = f"sentence-transformers:{tiny}"
    whole = make_embedder(name, tmp_path / "a", 6, 1).embed(TEXTS)
    turned = make_embedder(name, tmp_path / "b", 6, 1).embed(TEXTS[::-1])[::-1]
    assert np.array_equal(whole, turned)


def test_vectors_come_from_the_cache_the_second_time(tiny, tmp_path):
    name = f"sentence-transformers:{tiny}"
    vectors = make_embedder(name, tmp_path, 6, 1).embed(TEXTS)
    again = make_embedder(name, tmp_path, 6, 1)
    again._model = None  # nothing is left to embed
    assert np.array_equal(again.embed(TEXTS), vectors)


def test_a_model_is_found_by_name_in_the_folder_of_models(tiny, tmp_path, monkeypatch):
    monkeypatch.setenv(local_models.FOLDER_VARIABLE, str(tiny.parent))
    check_choice("sentence-transformers:tiny")
    assert make_embedder("sentence-transformers:tiny", tmp_path, 1, 1).embed(["whale"]).shape == (1, 16)


def test_a_snapshot_made_by_it_says_why_meaning_search_is_off(tiny, tmp_path):
    embedder = make_embedder(f"sentence-transformers:{tiny}", tmp_path, 1, 1)
    embedder.save_query_encoder(tmp_path / "q")
    assert embedder.query_encoder == "none"
    with pytest.raises(QueryUnavailable, match="made by sentence-transformers:tiny, which runs on torch only"):
        load_query_encoder(tmp_path / "q", tmp_path)


def test_a_folder_that_holds_no_model_is_said_in_words(tmp_path):
    (tmp_path / "odd").mkdir()
    (tmp_path / "odd" / "config.json").write_text("{")
    with pytest.raises(EmbeddingError, match="odd cannot be read as a sentence-transformers model"):
        make_embedder(f"sentence-transformers:{tmp_path / 'odd'}", tmp_path, 1, 1)


def test_a_missing_model_is_one_sentence_with_the_command():
    with pytest.raises(EmbeddingError, match="hf download sentence-transformers/no-such-model"):
        check_choice("sentence-transformers:no-such-model")
