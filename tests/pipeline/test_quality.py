import numpy as np
import pytest
import scipy.sparse as sp

from pipeline.quality import coherences, diversity, npmi_coherence


def occurs(*columns):
    return sp.csc_matrix(np.array(columns, dtype=np.int32).T)


def test_npmi_is_one_for_words_always_together_and_minus_one_for_never():
    assert npmi_coherence(occurs([1, 1, 0, 0], [1, 1, 0, 0])) == pytest.approx(1)
    assert npmi_coherence(occurs([1, 1, 0, 0], [0, 0, 1, 1])) == pytest.approx(-1)


def test_npmi_is_zero_for_independent_words_and_known_in_between():
    assert npmi_coherence(occurs([1, 1, 0, 0], [1, 0, 1, 0])) == pytest.approx(0)
    # p_ij = 1/2, p_i = 3/4, p_j = 1/2: ln(4/3) / ln 2
    assert npmi_coherence(occurs([1, 1, 1, 0], [1, 1, 0, 0])) == pytest.approx(np.log(4 / 3) / np.log(2))


def test_words_in_every_document_are_together():
    assert npmi_coherence(occurs([1, 1], [1, 1])) == 1


def test_nothing_to_measure_is_none_and_null():
    assert npmi_coherence(occurs([1, 1])) is None
    assert npmi_coherence(occurs([1, 1], [0, 0])) is None
    found = coherences(sp.csr_matrix(np.eye(2, dtype=np.int32)), ["a", "b"], [["a", "unknown"], []])
    assert np.isnan(found).all()


def test_coherence_counts_documents_not_repetitions_and_leaves_the_counts_alone():
    counts = sp.csr_matrix(np.array([[5, 1], [2, 7], [0, 0], [0, 0]]))
    assert coherences(counts, ["a", "b"], [["a", "b"]])[0] == pytest.approx(1)
    assert counts.sum() == 15


def test_diversity_is_the_share_of_different_keywords():
    assert diversity([["a", "b"], ["a", "c"]]) == 0.75
    assert diversity([["GAN"], ["gan"]]) == 0.5
    assert diversity([]) is None
