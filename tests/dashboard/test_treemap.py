"""A treemap tells the truth: areas are as the counts, nothing overlaps, nothing is left over."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.figures.treemap import squarified

boxes = st.tuples(st.floats(-5, 5), st.floats(-5, 5), st.floats(0.1, 900), st.floats(0.1, 900))


@given(st.lists(st.integers(0, 90_000), min_size=1, max_size=60), boxes)
def test_areas_are_as_the_counts_and_fill_the_rectangle(sizes, box):
    left, top, width, height = box
    laid = squarified(sizes, box)
    areas = laid[:, 2] * laid[:, 3]
    if not sum(sizes):
        assert not areas.any()
        return
    np.testing.assert_allclose(areas, np.array(sizes) / sum(sizes) * width * height, rtol=1e-6, atol=1e-9)
    slack = 1e-6 * max(width, height)
    assert (laid[:, 0] >= left - slack).all()
    assert (laid[:, 1] >= top - slack).all()
    assert (laid[:, 0] + laid[:, 2] <= left + width + slack).all()
    assert (laid[:, 1] + laid[:, 3] <= top + height + slack).all()


@given(st.lists(st.integers(1, 9_000), min_size=2, max_size=30), boxes)
def test_no_two_overlap(sizes, box):
    laid = squarified(sorted(sizes, reverse=True), box)
    ends = laid[:, :2] + laid[:, 2:]
    for i in range(len(laid)):
        over = np.minimum(ends[i], ends[:i]) - np.maximum(laid[i, :2], laid[:i, :2])
        assert (np.clip(over, 0, None).prod(axis=1) <= 1e-7 * box[2] * box[3]).all()


def test_the_example_of_the_paper_is_laid_out_as_there():
    laid = squarified([6, 6, 4, 3, 2, 2, 1], (0, 0, 6, 4))
    assert laid[:2].tolist() == [[0, 0, 3, 2], [0, 2, 3, 2]]
    ratios = np.maximum(laid[:, 2] / laid[:, 3], laid[:, 3] / laid[:, 2])
    assert ratios.max() < 2.8


@pytest.mark.parametrize("sizes", [[], [0], [0, 0], [5, 0, 0]])
def test_nothing_takes_no_room(sizes):
    laid = squarified(sizes, (0, 0, 1, 1))
    assert laid.shape == (len(sizes), 4)
    assert (laid[:, 2] * laid[:, 3]).sum() == pytest.approx(1 if sum(sizes) else 0)
