"""LSA finds what belongs together, the same way on every machine, and a query lands where its text did."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS, TfidfVectorizer

from pipeline.embedding import EmbeddingError, make_embedder, term_counts
from pipeline.embedding.lexical_terms import lexical_terms
from pipeline.embedding.lsa import MOST_DIMENSIONS
from pipeline.embedding.query import load_query_encoder
from pipeline.embedding.term_counts import fewest_documents, weigh_terms
from pipeline.progress import SILENT

ROOT = Path(__file__).parents[3]
SEA = [
    "tides",
    "carry",
    "plankton",
    "past",
    "the",
    "reef",
    "while",
    "whales",
    "follow",
    "warm",
    "currents",
    "near",
    "the",
    "coast",
]
SKY = [
    "telescopes",
    "record",
    "faint",
    "galaxies",
    "whose",
    "spectra",
    "reveal",
    "hydrogen",
    "clouds",
    "around",
    "young",
    "stars",
]
ODD = [
    "Deep-learning's state_of_the_art: 3.5% of GPT-4o!",
    "Ångström naïve FAÇADE ﬁnite Straße İstanbul",
    "量子计算机 日本語の要約 کتاب हिन्दी",
    "the and of a I x ? !",
    "e\u0301tude co\u0302te\u200bs soft\u00adhyphen 🙂🙂",
    "",
]


def corpus(n: int) -> list[str]:
    random = np.random.default_rng(5)
    return [" ".join(random.choice(SEA if i % 2 else SKY, 9)) for i in range(n)]


def embed(texts: list[str], **options) -> np.ndarray:
    return make_embedder("lsa", Path("/nonexistent"), len(texts), options.get("seed", 3)).embed(texts)


@pytest.mark.parametrize("text", [*ODD, *corpus(3)])
def test_terms_are_those_of_scikit_learn(text):
    analyse = TfidfVectorizer(ngram_range=(1, 2), strip_accents="unicode", stop_words="english").build_analyzer()
    assert sorted(lexical_terms(text, ENGLISH_STOP_WORDS)) == sorted(analyse(text))


def test_weights_are_those_of_scikit_learn():
    texts = [*corpus(120), *ODD, "whales whales whales and galaxies"]
    weights = weigh_terms(texts, counter=SILENT)
    vectorizer = TfidfVectorizer(
        ngram_range=(1, 2), strip_accents="unicode", stop_words="english", sublinear_tf=True, min_df=2, max_df=0.5
    )
    expected = vectorizer.fit_transform(texts)
    assert len(weights.terms) > 100
    assert sorted(weights.terms) == vectorizer.get_feature_names_out().tolist()
    columns = [vectorizer.vocabulary_[term] for term in weights.terms]
    assert np.allclose(weights.matrix.toarray(), expected[:, columns].toarray(), atol=1e-6)


def test_counting_in_parts_changes_nothing(monkeypatch):
    texts = [*corpus(60), *ODD]
    whole = weigh_terms(texts, counter=SILENT)
    monkeypatch.setattr(term_counts, "PART", 7)
    parts = weigh_terms(texts, counter=SILENT)
    assert parts.terms == whole.terms
    assert (parts.matrix != whole.matrix).nnz == 0


def test_texts_about_the_same_thing_are_nearest(progress):
    texts = corpus(200)
    vectors = make_embedder("lsa", Path("/nonexistent"), 200, 3).embed(texts, progress)
    assert vectors.dtype == np.float32
    assert vectors.shape[1] <= MOST_DIMENSIONS
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)
    similarity = vectors @ vectors.T - 2 * np.eye(200)
    nearest = similarity.argmax(axis=1)
    assert np.array_equal(nearest % 2, np.arange(200) % 2)
    assert progress.stages == {"embedding": 200}
    assert progress.steps == 200


def test_the_same_bits_on_one_processor_and_on_many():
    script = (
        "import sys; from pathlib import Path; import numpy as np; from pipeline.embedding import make_embedder; "
        "words = [f'w{i}' for i in range(3000)]; random = np.random.default_rng(1); "
        "texts = [' '.join(random.choice(words, 60)) for _ in range(600)]; "
        "v = make_embedder('lsa', Path('x'), 600, 3).embed(texts); "
        "import hashlib; print(v.shape, hashlib.sha256(v.tobytes()).hexdigest())"
    )
    outputs = [
        subprocess.run(
            [sys.executable, "-c", script],
            env={"OPENBLAS_NUM_THREADS": n, "OMP_NUM_THREADS": n, "PATH": ""},
            capture_output=True,
            text=True,
            cwd=ROOT,
            check=True,
        ).stdout
        for n in ("1", "5")
    ]
    assert outputs[0].startswith("(600, 200) ")
    assert outputs[0] == outputs[1]


def test_a_query_gets_the_vector_that_the_same_text_got(tmp_path):
    texts = [*corpus(150), *ODD, "whales whales whales and galaxies"]
    embedder = make_embedder("lsa", tmp_path, len(texts), 3)
    vectors = embedder.embed(texts)
    embedder.save_query_encoder(tmp_path / "query_encoder")
    encoder = load_query_encoder(tmp_path / "query_encoder", tmp_path)
    assert encoder.kind == embedder.query_encoder == "lsa"
    assert encoder.dimensions == embedder.record.dimensions == vectors.shape[1]
    queried = np.stack([encoder.encode(text) for text in texts])
    assert queried.dtype == np.float32
    assert np.abs(queried - vectors).max() < 1e-5


def test_the_query_encoder_is_plain_files_without_pickle(tmp_path):
    embedder = make_embedder("lsa", tmp_path, 50, 3)
    embedder.embed(corpus(50))
    embedder.save_query_encoder(tmp_path / "query_encoder")
    files = {file.name for file in (tmp_path / "query_encoder").iterdir()}
    assert files == {"encoder.json", "vocabulary.parquet", "components.npy"}
    assert np.load(tmp_path / "query_encoder" / "components.npy", allow_pickle=False).dtype == np.float32
    assert json.loads((tmp_path / "query_encoder" / "encoder.json").read_text())["kind"] == "lsa"


def test_a_text_without_known_terms_has_the_zero_vector(tmp_path):
    texts = [*corpus(60), "", "the of and", "?!", "\ud800 \x00"]
    embedder = make_embedder("lsa", tmp_path, len(texts), 3)
    vectors = embedder.embed(texts)
    assert not vectors[-4:].any()
    assert np.isfinite(vectors).all()
    embedder.save_query_encoder(tmp_path / "q")
    assert not load_query_encoder(tmp_path / "q", tmp_path).encode("zebra crossing").any()


@pytest.mark.parametrize("texts", [[], [""], ["", "the"], ["one whale"], ["one whale", "one whale"], corpus(3)])
def test_the_smallest_corpora_work_and_can_be_queried(tmp_path, texts):
    embedder = make_embedder("lsa", tmp_path, len(texts), 3)
    vectors = embedder.embed(texts)
    assert vectors.shape == (len(texts), embedder.dimensions)
    assert embedder.dimensions >= 1
    expected = [1.0 if len(text) > 3 else 0.0 for text in texts]
    assert np.allclose(np.linalg.norm(vectors, axis=1), expected, atol=1e-6)
    embedder.save_query_encoder(tmp_path / "q")
    encoder = load_query_encoder(tmp_path / "q", tmp_path)
    for text, vector in zip(texts, vectors, strict=True):
        assert np.allclose(encoder.encode(text), vector, atol=1e-5)


def test_there_is_no_query_encoder_before_embedding(tmp_path):
    with pytest.raises(EmbeddingError, match="not embedded anything"):
        make_embedder("lsa", tmp_path, 5, 3).save_query_encoder(tmp_path / "q")


def test_rare_terms_count_in_small_corpora_only():
    assert [fewest_documents(n) for n in (1, 19, 20, 71, 8_000, 82_613)] == [1, 1, 2, 2, 2, 20]
