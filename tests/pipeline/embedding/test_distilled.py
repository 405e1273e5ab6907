"""A sample is embedded, the rest mapped: near MiniLM, the same everywhere, and cheap to fit again."""

from __future__ import annotations

import json

import numpy as np
import pytest

from pipeline.embedding import distilled, make_embedder, minilm
from pipeline.embedding.minilm import MiniLMEncoder
from pipeline.embedding.query import load_query_encoder

SEA = ["tides", "plankton", "reef", "whales", "currents", "coast", "salmon", "harbour", "kelp"]
SKY = ["telescopes", "galaxies", "spectra", "hydrogen", "clouds", "stars", "comets", "orbits", "dust"]
LAW = ["courts", "judges", "statutes", "appeals", "contracts", "verdicts", "juries", "counsel", "evidence"]
N_SAMPLE = 60


def corpus(n: int) -> list[str]:
    random = np.random.default_rng(11)
    return [
        f"Case {i}: we study {', '.join(random.choice((SEA, SKY, LAW)[i % 3], 8))} over many years." for i in range(n)
    ]


@pytest.fixture(autouse=True)
def small_sample(monkeypatch):
    monkeypatch.setattr(distilled, "LEAST_SAMPLE", N_SAMPLE)
    monkeypatch.setattr(distilled, "LEAST_OF_CELL", 1)
    monkeypatch.setattr(distilled, "CELL_COMPONENTS", 3)


@pytest.fixture
def encoded(monkeypatch) -> list[str]:
    """Texts that MiniLM was really asked for, in order."""
    asked: list[str] = []
    encode = MiniLMEncoder.encode

    def recorded(self, text):
        asked.append(text)
        return encode(self, text)

    monkeypatch.setattr(MiniLMEncoder, "encode", recorded)
    return asked


def test_vectors_are_near_those_of_minilm_and_find_what_belongs_together(cache, progress):
    texts = corpus(240)
    embedder = make_embedder("distilled", cache, 240, 1)
    vectors = embedder.embed(texts, progress)
    own = make_embedder("minilm", cache, 240, 1).embed(texts)
    cosines = np.sum(vectors * own, axis=1)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert cosines.mean() > 0.85
    assert embedder.detail["held_out_cosine"] == pytest.approx(cosines.mean(), abs=0.02)
    nearest = (vectors @ vectors.T - 2 * np.eye(240)).argmax(axis=1)
    assert (nearest % 3 == np.arange(240) % 3).mean() > 0.97
    assert progress.stages == {"embedding": 240}
    assert progress.steps == 240


def test_the_map_tells_of_each_text_of_the_sample_as_if_it_had_not_seen_it(cache):
    random = np.random.default_rng(3)
    terms = distilled.csr_matrix(random.random((40, 12), dtype=np.float32))
    latent = distilled.unit_rows(random.normal(size=(40, 5)).astype(np.float32))
    features = distilled.Features(terms, latent, terms[:, :4], random.random((4, 6), dtype=np.float32))
    known = distilled.unit_rows(random.normal(size=(20, 6)).astype(np.float32))
    sample = np.arange(20)
    vectors, _ = distilled.map_from_sample(features, sample, known)
    kernel = (terms @ terms.T).toarray() + features.dense(slice(None)) @ features.dense(slice(None)).T
    mean = known.mean(axis=0)
    for left_out in (0, 7):
        rest = np.delete(sample, left_out)
        weights = np.linalg.solve(kernel[np.ix_(rest, rest)] + distilled.RIDGE * np.eye(19), known[rest] - mean)
        expected = kernel[left_out, rest] @ weights + mean
        assert np.allclose(vectors[left_out], expected / np.linalg.norm(expected), atol=1e-4)


def test_nothing_but_the_sample_and_single_words_is_embedded_and_that_once(cache, encoded):
    texts = corpus(240)
    make_embedder("distilled", cache, 240, 1).embed(texts)
    assert len([text for text in encoded if text in texts]) == N_SAMPLE
    assert all(text in texts or " " not in text for text in encoded)
    encoded.clear()
    make_embedder("distilled", cache, 240, 1).embed(texts)
    assert encoded == []


def test_more_papers_need_few_new_vectors(cache, encoded):
    make_embedder("distilled", cache, 600, 1).embed(corpus(600))
    encoded.clear()
    texts = corpus(620)
    make_embedder("distilled", cache, 620, 1).embed(texts)
    assert len([text for text in encoded if text in texts]) <= N_SAMPLE / 3


def test_small_subjects_are_in_the_sample():
    random = np.random.default_rng(2)
    latent = np.abs(random.normal(size=(3000, 4))).astype(np.float32)
    small = np.arange(2990, 3000)
    latent[small, 2] *= -1
    rows = distilled.stratified_sample([f"text {i}" for i in range(3000)], latent)
    assert len(rows) == distilled.sample_size(3000)
    assert np.array_equal(rows, np.unique(rows))
    assert len(np.intersect1d(rows, small)) >= 1


def test_the_number_of_processors_changes_no_bit(cache, monkeypatch):
    texts = corpus(240)
    monkeypatch.setattr(distilled, "_BLOCK", 32)
    results = []
    for n in (1, 4):
        monkeypatch.setattr(distilled, "n_threads", lambda n=n: n)
        monkeypatch.setattr(minilm, "n_threads", lambda n=n: n)
        results.append(make_embedder("distilled", cache, 240, 1).embed(texts))
    assert np.array_equal(results[0], results[1])


def test_a_query_is_embedded_by_minilm_itself_and_finds_its_subject(cache, tmp_path):
    texts = corpus(240)
    embedder = make_embedder("distilled", cache, 240, 1)
    vectors = embedder.embed(texts)
    embedder.save_query_encoder(tmp_path / "q")
    encoder = load_query_encoder(tmp_path / "q", cache)
    assert encoder.kind == embedder.query_encoder == "minilm"
    assert json.loads((tmp_path / "q" / "encoder.json").read_text())["kind"] == "minilm"
    for subject, query in enumerate(("whales along the coast", "stars in distant galaxies", "what judges decide")):
        best = np.argsort(-(vectors @ encoder.encode(query)))[:20]
        assert (best % 3 == subject).all()


def test_a_text_without_a_term_that_others_share_has_the_zero_vector(cache):
    texts = [*corpus(120), "", "?!", "zyzzyva"]
    vectors = make_embedder("distilled", cache, len(texts), 1).embed(texts)
    assert not vectors[-3:].any()
    assert np.isfinite(vectors).all()


@pytest.mark.parametrize("texts", [[], [""], corpus(3), [""] * 70, ["same text"] * 90, [f"only{i}" for i in range(70)]])
def test_odd_corpora_work(cache, texts):
    vectors = make_embedder("distilled", cache, len(texts), 1).embed(texts)
    assert vectors.shape == (len(texts), 384)
    assert np.isfinite(vectors).all()


def test_a_corpus_no_larger_than_the_sample_is_embedded_whole(cache):
    texts = corpus(30)
    embedder = make_embedder("distilled", cache, 30, 1)
    assert np.array_equal(embedder.embed(texts), make_embedder("minilm", cache, 30, 1).embed(texts))
    assert embedder.record.detail["n_sample"] == 30


def test_the_sample_grows_with_the_corpus_within_limits(monkeypatch):
    monkeypatch.setattr(distilled, "LEAST_SAMPLE", 5_000)
    sizes = [distilled.sample_size(n) for n in (0, 4_000, 20_000, 96_000, 1_000_000)]
    assert sizes == [0, 4_000, 5_000, 6_000, 10_000]


def test_auto_takes_it_for_large_corpora_and_says_so(cache):
    small, large = make_embedder("auto", cache, 20_000, 1), make_embedder("auto", cache, 80_000, 1)
    assert small.name == "minilm"
    assert small.detail["chosen"] == "automatic: 20,000 texts, at most 20,000"
    assert large.name == "distilled"
    assert large.detail["chosen"] == "automatic: 80,000 texts, more than 20,000"
    assert "MiniLM on 5,000 of 80,000 texts" in large.announcement
    assert "--embedder minilm" in large.announcement
    assert make_embedder("minilm", cache, 80_000, 1).name == "minilm"
