"""MiniLM gives the real library's vectors, each text for itself, and never the same text twice."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from pipeline.embedding import graph_cache, make_embedder, minilm
from pipeline.embedding.minilm import MiniLMEmbedder, MiniLMEncoder
from pipeline.embedding.per_text import BATCH
from pipeline.embedding.weights import WEIGHTS_SHA256

REFERENCE = json.loads((Path(__file__).parents[2] / "data" / "minilm_reference.json").read_text(encoding="utf-8"))
SENTENCES = [sentence["text"] for sentence in REFERENCE["sentences"]]
EXPECTED = np.array([sentence["vector"] for sentence in REFERENCE["sentences"]], dtype=np.float32)


@pytest.fixture
def encoded(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts that really went through the model, in the order they did."""
    seen: list[str] = []
    encode = MiniLMEncoder.encode
    monkeypatch.setattr(MiniLMEncoder, "encode", lambda self, text: (seen.append(text), encode(self, text))[1])
    return seen


def test_the_reference_was_made_with_the_weights_and_the_length_used_here():
    assert REFERENCE["made_with"]["weights_sha256"] == WEIGHTS_SHA256
    assert REFERENCE["made_with"]["max_seq_length"] == minilm.MAX_TOKENS
    assert max(sentence["n_tokens"] for sentence in REFERENCE["sentences"]) > minilm.MAX_TOKENS


def test_fp32_gives_the_vectors_of_sentence_transformers(cache):
    vectors = make_embedder("minilm:fp32", cache, len(SENTENCES), 1).embed(SENTENCES)
    assert vectors.dtype == np.float32
    assert np.abs(vectors - EXPECTED).max() <= 1e-4


def test_int8_stays_close_to_the_vectors_of_sentence_transformers(cache):
    embedder = make_embedder("minilm", cache, len(SENTENCES), 1)
    cosines = np.sum(embedder.embed(SENTENCES) * EXPECTED, axis=1)
    assert embedder.detail["precision"] == "int8"
    assert cosines.mean() >= 0.99
    assert cosines.min() >= 0.96  # the empty text is the worst


def test_text_behind_the_256th_token_changes_nothing_and_text_before_it_does(cache):
    encoder = MiniLMEncoder(cache)
    whole = "word " * 254
    assert np.array_equal(encoder.encode(whole), encoder.encode(whole + "elephants"))
    assert not np.array_equal(encoder.encode("word " * 200), encoder.encode("word " * 200 + "elephants"))


def test_order_company_and_threads_change_no_bit(tmp_path, graph_folder, texts, monkeypatch):
    results = []
    for n_threads, order in ((1, 1), (2, 1), (5, -1)):
        folder = tmp_path / str(n_threads)
        folder.mkdir()
        (folder / "minilm").symlink_to(graph_folder)
        monkeypatch.setattr(minilm, "n_threads", lambda n=n_threads: n)
        results.append(MiniLMEmbedder(folder, len(texts)).embed(texts[::order])[::order])
    alone = MiniLMEncoder(tmp_path / "1").encode(texts[7])
    assert np.array_equal(results[0], results[1])
    assert np.array_equal(results[0], results[2])
    assert np.array_equal(results[0][7], alone)
    assert np.allclose(np.linalg.norm(results[0], axis=1), 1, atol=1e-6)


def test_a_second_fit_embeds_only_what_is_new_and_gives_the_same_bits(cache, texts, encoded):
    first = make_embedder("minilm", cache, 30, 1).embed(texts[:30])
    again = make_embedder("auto", cache, 40, 1).embed(texts[::-1])[::-1]
    # several threads embed: in which order a text comes up is nobody's promise
    assert sorted(encoded[:30]) == sorted(texts[:30])
    assert sorted(encoded[30:]) == sorted(texts[30:])
    assert np.array_equal(first, again[:30])


def test_a_text_that_occurs_twice_is_embedded_once_and_counted_twice(cache, encoded, progress):
    vectors = make_embedder("minilm", cache, 4, 1).embed(["one", "two", "one", "one"], progress)
    assert sorted(encoded) == ["one", "two"]
    assert np.array_equal(vectors[0], vectors[2])
    assert np.array_equal(vectors[0], vectors[3])
    assert progress.steps == 4


def test_precisions_do_not_share_cached_vectors(cache):
    assert not np.array_equal(
        make_embedder("minilm", cache, 1, 1).embed(["same text"]),
        make_embedder("minilm:fp32", cache, 1, 1).embed(["same text"]),
    )


def test_progress_counts_every_text_cached_or_not(cache, texts, progress):
    make_embedder("minilm", cache, 10, 1).embed(texts[:10])
    make_embedder("minilm", cache, 40, 1).embed(texts, progress)
    assert progress.stages == {"embedding": 40}
    assert progress.steps == 40


def test_no_texts_give_no_rows(cache):
    assert make_embedder("minilm", cache, 0, 1).embed([]).shape == (0, 384)


def test_hostile_text_is_embedded_like_any_other(cache):
    hostile = ["\ud800 lone surrogate", "nul \x00 byte", "\u202e backwards", "[CLS] [SEP] [MASK]", "x" * 50_000]
    vectors = make_embedder("minilm", cache, len(hostile), 1).embed(hostile)
    assert np.isfinite(vectors).all()
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_fp32_is_used_and_said_where_int8_strays_on_this_processor(cache, monkeypatch):
    monkeypatch.setattr(graph_cache, "LEAST_AGREEMENT", 1.01)
    embedder = make_embedder("minilm", cache, len(SENTENCES), 1)
    assert embedder.record.name == "minilm:fp32"
    assert embedder.detail["precision"] == "fp32"
    assert "on this processor" in embedder.detail["precision_reason"]
    assert any("fp32 is used" in notice for notice in embedder.notices)
    assert np.abs(embedder.embed(SENTENCES) - EXPECTED).max() <= 1e-4


def test_the_announcement_says_how_long_it_will_take(cache, monkeypatch):
    monkeypatch.setattr(minilm, "n_threads", lambda: 2)
    embedder = make_embedder("minilm", cache, 82_613, 1)
    assert "82,613 texts, about 14 min" in embedder.announcement
    assert "--embedder distilled" in embedder.announcement
    assert make_embedder("auto", cache, 5, 1).record.detail["chosen"].startswith("automatic: ")
    assert make_embedder("minilm", cache, 5, 1).record.detail["chosen"] == "by name"


def test_an_unusable_cache_is_said_and_costs_nothing_else(tmp_path, graph_folder, texts):
    (tmp_path / "minilm").symlink_to(graph_folder)
    (tmp_path / "embeddings").write_text("a file where a folder should be")
    embedder = make_embedder("minilm", tmp_path, 5, 1)
    assert embedder.embed(texts[:5]).shape == (5, 384)
    assert any("could not be kept" in notice for notice in embedder.notices)


KILLED = """
import sys
from contextlib import contextmanager
from pathlib import Path
from pipeline.embedding import make_embedder

class Told:
    @contextmanager
    def stage(self, name, total=None):
        yield self
    def advance(self, n=1):
        print("embedded", flush=True)

make_embedder("minilm", Path(sys.argv[1]), 1000, 1).embed([f"text number {i}" for i in range(1000)], Told())
"""


def test_a_fit_killed_with_kill_9_keeps_what_it_did(cache, encoded):
    process = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(cache)], stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[3]
    )
    for _ in range(2 * BATCH + 1):  # the first text of the third batch: two batches are on disk
        assert process.stdout.readline() == "embedded\n"
    os.kill(process.pid, signal.SIGKILL)
    process.stdout.close()
    assert process.wait() == -signal.SIGKILL

    embedder = make_embedder("minilm", cache, 2 * BATCH + 1, 1)
    vectors = embedder.embed([*(f"text number {i}" for i in range(2 * BATCH)), "never seen"])
    assert encoded == ["never seen"]
    assert embedder.notices == []
    assert np.array_equal(vectors[5], MiniLMEncoder(cache).encode("text number 5"))
