"""Term counts come back from the cache as they were."""

import numpy as np

from pipeline.kept_terms import count_once
from pipeline.planted import planted_papers
from pipeline.stages import Stages
from pipeline.terms import count_terms_in


def test_kept_counts_are_those_counted(tmp_path):
    texts = [f"{paper['title']}. {paper['abstract']} naïve Δ-learning" for paper in planted_papers(80, 4, seed=2)]
    counted = count_terms_in(texts)
    assert not count_once(texts, Stages(tmp_path))[1]
    kept, cached = count_once(texts, Stages(tmp_path))
    assert cached
    assert (kept.terms, kept.plurals) == (counted.terms, counted.plurals)
    for name in ("n_words", "closed", "verbal"):
        np.testing.assert_array_equal(getattr(kept, name), getattr(counted, name))
    for name in ("counts", "title_counts"):
        assert (getattr(kept, name) != getattr(counted, name)).nnz == 0
        assert getattr(kept, name).dtype == getattr(counted, name).dtype
    assert not count_once(texts[::-1], Stages(tmp_path))[1]


def test_no_texts_have_no_terms(tmp_path):
    count_once([], Stages(tmp_path))
    kept, cached = count_once([], Stages(tmp_path))
    assert cached
    assert kept.terms == []
    assert kept.counts.shape == (0, 0)
