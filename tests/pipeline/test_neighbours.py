"""Nearest papers against the plain definition."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.neighbours import nearest_papers


def unit_rows(n, d=16, seed=0):
    rows = np.random.default_rng(seed).standard_normal((n, d))
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def by_definition(embeddings, k):
    similarities = embeddings.astype(np.float64) @ embeddings.T.astype(np.float64)
    np.fill_diagonal(similarities, -np.inf)
    nearest = np.full((len(embeddings), k), -1)
    for row, line in enumerate(similarities):
        best = np.lexsort((np.arange(len(line)), -line))[: min(k, len(line) - 1)]
        nearest[row, : len(best)] = best
    return nearest


def sign_rows(n, n_patterns, seed):
    """Unit rows of ±1/4: every product is exact, so ties are ties; few patterns make many copies."""
    generator = np.random.default_rng(seed)
    patterns = generator.choice(np.array([-0.25, 0.25], dtype=np.float32), size=(n_patterns, 16))
    return patterns[generator.integers(0, n_patterns, n)]


@settings(max_examples=100, deadline=None)
@given(
    st.integers(0, 70),
    st.integers(1, 9),
    st.sampled_from([1, 2, 7, 16, 100]),
    st.sampled_from([1, 5, 40, 5000]),
    st.integers(0, 999),
)
def test_as_by_definition_whatever_the_blocks_and_copies(n, k, block_rows, n_patterns, seed):
    embeddings = sign_rows(n, n_patterns, seed)
    found = nearest_papers(embeddings, k, block_rows=block_rows)
    assert found.dtype == np.int32
    assert found.tolist() == by_definition(embeddings, k).tolist()


def test_many_blocks_against_the_definition():
    embeddings = unit_rows(1200, d=24)
    assert (nearest_papers(embeddings, 12, block_rows=128) == by_definition(embeddings, 12)).all()


@pytest.mark.parametrize("n", [0, 1, 2, 5])
def test_few_papers_are_padded(n):
    found = nearest_papers(unit_rows(n), 5)
    assert found.shape == (n, 5)
    for row, line in enumerate(found.tolist()):
        assert sorted(line[: n - 1]) == [other for other in range(n) if other != row]
        assert set(line[n - 1 :]) <= {-1}


@pytest.mark.parametrize("block_rows", [3, 8, 4096])
def test_ties_go_by_row_and_copies_are_never_oneself(block_rows):
    # Axes and their copies: similarities are exactly 0 or 1.
    embeddings = np.eye(4, dtype=np.float32)[[0, 1, 0, 2, 0, 3, 1, 0]]
    found = nearest_papers(embeddings, 4, block_rows=block_rows)
    assert found[0].tolist() == [2, 4, 7, 1]
    assert found[4].tolist() == [0, 2, 7, 1]
    assert found[6].tolist() == [1, 0, 2, 3]
    assert all(row not in line for row, line in enumerate(found.tolist()))


def test_distinct_equals_go_by_row():
    assert nearest_papers(np.eye(9, dtype=np.float32), 3, block_rows=4)[[0, 5, 8]].tolist() == [
        [1, 2, 3],
        [0, 1, 2],
        [0, 1, 2],
    ]


def test_copies_of_one_paper_are_ties_in_every_block():
    embeddings = np.concatenate([unit_rows(50), np.repeat(unit_rows(1, seed=5), 40, axis=0), unit_rows(47, seed=9)])
    found = nearest_papers(embeddings, 6, block_rows=16)
    assert found[50].tolist() == [51, 52, 53, 54, 55, 56]
    assert found[80].tolist() == [50, 51, 52, 53, 54, 55]
    assert sorted(set(found[10].tolist())) == sorted(found[10].tolist())
    assert nearest_papers(np.zeros((30, 4), dtype=np.float32), 3)[7].tolist() == [0, 1, 2]


def test_same_answer_twice_and_the_input_untouched():
    embeddings = unit_rows(400)
    embeddings.setflags(write=False)
    assert (nearest_papers(embeddings, 5, block_rows=64) == nearest_papers(embeddings, 5, block_rows=64)).all()


def test_values_that_are_not_finite_are_refused():
    embeddings = unit_rows(5)
    embeddings[2, 3] = np.nan
    with pytest.raises(ValueError, match="not finite"):
        nearest_papers(embeddings, 2)
