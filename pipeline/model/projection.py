"""UMAP layouts: two dimensions for the map, a few for HDBSCAN."""

from __future__ import annotations

import numpy as np
from umap import UMAP

from pipeline.assignment import Floats
from pipeline.model.neighbour_graph import Neighbours
from pipeline.model.quiet import quiet


def lay_out(
    vectors: Floats, neighbours: Neighbours, n_components: int, seed: int, min_dist: float = 0.0, spread: float = 1.0
) -> Floats:
    """A seeded UMAP layout of ``vectors``, float32 (n, n_components), finite."""
    reducer = UMAP(
        n_neighbors=neighbours.rows.shape[1],
        n_components=n_components,
        min_dist=min_dist,
        spread=spread,
        metric="cosine",
        random_state=seed,
        n_jobs=1,
        precomputed_knn=(neighbours.rows, neighbours.distances, None),
    )
    with quiet():
        return np.nan_to_num(reducer.fit_transform(vectors)).astype(np.float32)
