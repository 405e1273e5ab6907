import numpy as np
import pytest

from dashboard.queries import index_snapshot, place_on_grid
from dashboard.queries.map_grid import COLUMNS, MOST_ROWS
from pipeline.snapshot import open_snapshot
from tests.snapshots import VARIANTS


@pytest.mark.parametrize("corpus", [name.replace(" ", "-") for name in VARIANTS])
def test_every_paper_is_counted_in_the_cell_where_it_lies(variants_store, corpus):
    index = index_snapshot(open_snapshot(variants_store, corpus))
    for row in range(min(index.n_papers, 30)):
        grid = place_on_grid(index, row)
        rows, columns = grid.n_all.shape
        assert 1 <= rows <= MOST_ROWS
        assert 1 <= columns <= COLUMNS
        assert grid.n_all.sum() == index.n_papers
        assert grid.n_topic.sum() == (index.topic_codes == index.topic_codes[row]).sum()
        assert (grid.n_topic <= grid.n_all).all()
        cell = min(int(grid.y), rows - 1), min(int(grid.x), columns - 1)
        assert grid.n_topic[cell] > 0


def test_the_grid_stands_as_the_map_does(variants_store):
    index = index_snapshot(open_snapshot(variants_store, "tiny"))
    x, y = index.papers["x"].to_numpy(), index.papers["y"].to_numpy()
    assert place_on_grid(index, int(np.argmin(x))).x == 0
    assert place_on_grid(index, int(np.argmax(y))).y == 0
