"""A file of embeddings is taken row by row, or refused with the reason."""

from __future__ import annotations

import json
import pickle
from pathlib import Path

import numpy as np
import pytest

from pipeline.embedding import EmbeddingError, make_embedder

TEXTS = ["a", "b", "c"]


def saved(folder: Path, array: np.ndarray, name: str = "vectors.npy") -> str:
    np.save(folder / name, array)
    return f"precomputed:{folder / name}"


def some_rows(n: int = 5, dimensions: int = 8) -> np.ndarray:
    return np.random.default_rng(2).standard_normal((n, dimensions))


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", ">f4"])
def test_rows_of_kept_records_come_back_with_length_one(tmp_path, dtype, progress):
    array = (some_rows() * 100).astype(dtype)
    embedder = make_embedder(saved(tmp_path, array), tmp_path, 3, 1, rows=[4, 0, 2], n_records=5)
    vectors = embedder.embed(TEXTS, progress)
    expected = array[[4, 0, 2]].astype(np.float64)
    expected /= np.linalg.norm(expected, axis=1, keepdims=True)
    assert vectors.dtype == np.float32
    assert np.allclose(vectors, expected, atol=1e-6)
    assert embedder.record.dimensions == 8
    assert (progress.stages, progress.steps) == ({"embedding": 3}, 3)


def test_without_row_numbers_the_file_is_taken_in_order(tmp_path):
    vectors = make_embedder(saved(tmp_path, np.eye(3)), tmp_path, 3, 1).embed(TEXTS)
    assert np.array_equal(vectors, np.eye(3, dtype=np.float32))


def test_column_order_in_memory_makes_no_difference(tmp_path):
    array = some_rows(3)
    name = saved(tmp_path, np.asfortranarray(array), "f.npy")
    straight = make_embedder(saved(tmp_path, array), tmp_path, 3, 1).embed(TEXTS)
    assert np.array_equal(make_embedder(name, tmp_path, 3, 1).embed(TEXTS), straight)


def test_extreme_numbers_keep_their_direction(tmp_path):
    array = np.array([[1e300, 1e300], [3e-310, 0.0], [-1e-200, 1e-200]])
    vectors = make_embedder(saved(tmp_path, array), tmp_path, 3, 1).embed(TEXTS)
    half = 0.5**0.5
    assert np.allclose(vectors, [[half, half], [1, 0], [-half, half]], atol=1e-6)


def test_a_wrong_number_of_rows_names_both_numbers(tmp_path):
    with pytest.raises(EmbeddingError, match="has 1,200 rows, but the input has 1,201 records"):
        make_embedder(saved(tmp_path, np.ones((1200, 2))), tmp_path, 3, 1, rows=[0, 1, 2], n_records=1201)


@pytest.mark.parametrize(
    ("bad", "words"), [(np.nan, "holds nan"), (np.inf, "holds inf"), (-np.inf, "holds -inf"), (0.0, "is all zeros")]
)
def test_the_first_bad_row_is_named_by_its_place_in_the_file(tmp_path, bad, words):
    array = some_rows(30_000, 2)
    array[20_007], array[25_000] = bad, bad
    texts = ["x"] * 29_999
    embedder = make_embedder(saved(tmp_path, array), tmp_path, len(texts), 1, rows=range(1, 30_000), n_records=30_000)
    with pytest.raises(EmbeddingError, match=f"row 20007 .*{words}"):
        embedder.embed(texts)


def test_one_bad_number_in_a_good_row_is_enough(tmp_path):
    array = some_rows(3)
    array[1, 5] = np.nan
    with pytest.raises(EmbeddingError, match="row 1 .*holds nan"):
        make_embedder(saved(tmp_path, array), tmp_path, 3, 1).embed(TEXTS)


def test_a_bad_row_of_a_dropped_record_does_not_matter(tmp_path):
    array = some_rows()
    array[1] = np.nan
    embedder = make_embedder(saved(tmp_path, array), tmp_path, 3, 1, rows=[0, 2, 3], n_records=5)
    assert np.isfinite(embedder.embed(TEXTS)).all()


@pytest.mark.parametrize(
    ("array", "words"),
    [
        (np.ones(3), r"shape \(3,\)"),
        (np.ones((3, 2, 2)), r"shape \(3, 2, 2\)"),
        (np.ones((3, 0)), r"shape \(3, 0\)"),
        (np.float64(1), r"shape \(\)"),
        (np.ones((3, 2), dtype=np.int64), "holds int64"),
        (np.ones((3, 2), dtype=np.complex64), "holds complex64"),
        (np.full((3, 2), "x"), "holds <U1"),
    ],
)
def test_anything_but_a_table_of_floats_is_refused(tmp_path, array, words):
    with pytest.raises(EmbeddingError, match=words):
        make_embedder(saved(tmp_path, array), tmp_path, 3, 1)


class Trap:
    def __init__(self, canary: Path) -> None:
        self.canary = canary

    def __reduce__(self):
        return (Path.touch, (self.canary,))


@pytest.mark.parametrize("wrapped", [True, False])
def test_pickled_content_is_refused_and_never_run(tmp_path, wrapped):
    canary, file = tmp_path / "canary", tmp_path / "trap.npy"
    if wrapped:
        np.save(file, np.array([[Trap(canary)]], dtype=object), allow_pickle=True)
    else:
        file.write_bytes(pickle.dumps(Trap(canary)))
    with pytest.raises(EmbeddingError, match=r"Python objects|not a NumPy \.npy file"):
        make_embedder(f"precomputed:{file}", tmp_path, 1, 1)
    assert not canary.exists()


def test_a_missing_a_truncated_and_a_zipped_file_are_refused_in_words(tmp_path):
    with pytest.raises(EmbeddingError, match=r"none\.npy cannot be read: No such file"):
        make_embedder(f"precomputed:{tmp_path / 'none.npy'}", tmp_path, 3, 1)
    saved(tmp_path, some_rows())
    data = (tmp_path / "vectors.npy").read_bytes()
    for length in (len(data) - 8, 40, 8):
        (tmp_path / "cut.npy").write_bytes(data[:length])
        with pytest.raises(EmbeddingError, match="damaged"):
            make_embedder(f"precomputed:{tmp_path / 'cut.npy'}", tmp_path, 5, 1)
    np.savez(tmp_path / "many.npz", a=some_rows())
    with pytest.raises(EmbeddingError, match="not a NumPy"):
        make_embedder(f"precomputed:{tmp_path / 'many.npz'}", tmp_path, 5, 1)


def test_another_files_content_is_another_fingerprint_and_no_folder_is_published(tmp_path):
    one = make_embedder(saved(tmp_path, some_rows(3)), tmp_path, 3, 1)
    two = make_embedder(saved(tmp_path, some_rows(3) + 1), tmp_path, 3, 1)
    assert one.fingerprint != two.fingerprint
    assert str(tmp_path) not in one.record.model_dump_json()
    one.save_query_encoder(tmp_path / "q")
    assert str(tmp_path) not in (tmp_path / "q" / "encoder.json").read_text()
    assert json.loads((tmp_path / "q" / "encoder.json").read_text())["kind"] == "none"
