"""Levels above the topics: nested, of sensible numbers, and what belongs together in one."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.hierarchy import HANDFUL, coarser_levels, group_counts, group_topics


def planted(n_fields, n_topics_each, n_papers_each=6, seed=0):
    """Papers around topics, topics around fields: vectors and the topic of each paper; the last two are outliers."""
    random = np.random.default_rng(seed)
    fields = np.repeat(np.eye(n_fields, 12), n_topics_each, axis=0)
    topics = fields + 0.25 * random.normal(size=fields.shape)
    labels = np.repeat(np.arange(len(topics), dtype=np.int32), n_papers_each)
    vectors = topics[labels] + 0.05 * random.normal(size=(len(labels), 12))
    vectors = np.vstack([vectors, random.normal(size=(2, 12))])
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors.astype(np.float32), np.append(labels, [-1, -1]).astype(np.int32)


def test_topics_of_one_field_come_together():
    vectors, labels = planted(n_fields=6, n_topics_each=4)
    (fields,) = coarser_levels(vectors, labels, n_levels=1)
    groups = [set(fields[labels == topic]) for topic in range(24)]
    assert all(len(group) == 1 for group in groups)
    found = [group.pop() for group in groups]
    assert fields.max() >= 5
    for first in range(24):
        together = [other for other in range(24) if found[other] == found[first]]
        assert {other // 4 for other in together} == {first // 4}


@pytest.mark.parametrize(
    ("n_topics", "counts"),
    [(0, []), (1, []), (6, []), (8, []), (9, [3]), (24, [7]), (50, [14]), (102, [28, 8]), (162, [45, 13])],
)
def test_there_are_as_many_levels_as_make_a_handful(n_topics, counts):
    assert group_counts(n_topics) == counts


@given(st.integers(0, 2000), st.none() | st.integers(0, 8))
def test_each_level_is_a_third_to_a_quarter_of_the_one_below(n_topics, n_levels):
    counts = [n_topics, *group_counts(n_topics, n_levels)]
    assert n_levels is None or len(counts) <= n_levels + 1
    assert all(2 <= above <= below / 3 for below, above in pairwise(counts) if below >= 9)
    if n_levels is None:
        assert counts[-1] <= HANDFUL


@settings(deadline=None, max_examples=40)
@given(st.integers(2, 60), st.integers(1, 20), st.integers(0, 2**31))
def test_no_group_holds_a_single_topic_and_there_are_no_more_than_asked_for(n_topics, n_groups, seed):
    random = np.random.default_rng(seed)
    centres = random.normal(size=(n_topics, 5)) * random.choice([0.1, 1, 10], size=(n_topics, 1))
    groups = group_topics(centres, np.ones(n_topics), min(n_groups, n_topics))
    sizes = np.bincount(groups)
    assert len(groups) == n_topics
    assert sizes.min() >= 2
    assert len(sizes) <= n_groups


def test_levels_are_nested_numbered_by_size_and_leave_outliers_alone():
    vectors, labels = planted(n_fields=9, n_topics_each=8)
    levels = [labels, *coarser_levels(vectors, labels)]
    assert len(levels) == 3
    for below, above in pairwise(levels):
        assert (above[labels < 0] == -1).all()
        assert all(len(set(above[below == topic])) == 1 for topic in range(below.max() + 1))
        assert all(len(set(below[above == topic])) >= 2 for topic in range(above.max() + 1))
        sizes = np.bincount(above[above >= 0])
        assert (np.diff(sizes) <= 0).all()
        assert above.dtype == np.int32


def test_the_same_topics_give_the_same_levels_whatever_the_order_of_the_papers():
    vectors, labels = planted(n_fields=8, n_topics_each=6)
    order = np.random.default_rng(1).permutation(len(labels))
    for here, there in zip(coarser_levels(vectors, labels), coarser_levels(vectors[order], labels[order]), strict=True):
        pairs = set(zip(here[order].tolist(), there.tolist(), strict=True))
        assert len(pairs) == len({a for a, _ in pairs}) == len({b for _, b in pairs})


def test_topics_that_nothing_tells_apart_have_nothing_above_them():
    vectors = np.tile(np.array([[1, 0]], dtype=np.float32), (40, 1))
    assert coarser_levels(vectors, np.repeat(np.arange(20, dtype=np.int32), 2)) == []


@pytest.mark.parametrize("n_topics", [0, 1, 2])
def test_too_few_topics_have_nothing_above_them(n_topics):
    labels = np.arange(-1, n_topics, dtype=np.int32)
    vectors = np.eye(n_topics + 1, 4, dtype=np.float32)
    assert coarser_levels(vectors, labels, n_levels=8) == []
