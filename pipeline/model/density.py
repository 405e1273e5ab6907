"""Topics as stock BERTopic finds them: UMAP to a few dimensions, HDBSCAN on those.

The default is `pipeline.communities`, which is faster, steadier and leaves fewer papers out (docs/benchmarks.md);
this is for those who want to compare, or to follow an earlier study.
"""

from __future__ import annotations

import numpy as np
from hdbscan import HDBSCAN

from pipeline.assignment import OUTLIER, Floats, Labels
from pipeline.layout import most_typical
from pipeline.model.neighbour_graph import Neighbours
from pipeline.model.projection import lay_out
from pipeline.model.quiet import quiet
from pipeline.progress import SILENT, Progress
from pipeline.settings import TopicSettings
from pipeline.sizes import Sizes


def dense_clusters(
    vectors: Floats, neighbours: Neighbours, settings: TopicSettings, sizes: Sizes, progress: Progress = SILENT
) -> tuple[Labels, Floats]:
    """HDBSCAN's labels, int32 (n,), −1 for outliers, and membership strengths, float32 (n,) in [0, 1].

    Of several starts the most typical clustering is kept (`pipeline.layout.most_typical`).
    """
    clusterings = []
    with progress.stage("clusters", sizes.n_starts) as steps:
        for start in range(sizes.n_starts):
            layout = lay_out(vectors, neighbours, settings.n_components, settings.seed + start)
            clusterings.append(_cluster(layout, sizes))
            steps.advance()
    return most_typical(clusterings)


def _cluster(layout: Floats, sizes: Sizes) -> tuple[Labels, Floats]:
    if len(layout) < max(2 * sizes.min_topic_size, sizes.min_samples + 1):
        return np.full(len(layout), OUTLIER, np.int32), np.zeros(len(layout), np.float32)
    with quiet():
        clusterer = HDBSCAN(
            min_cluster_size=sizes.min_topic_size, min_samples=sizes.min_samples, core_dist_n_jobs=1
        ).fit(layout.astype(np.float64))
    strength = np.nan_to_num(clusterer.probabilities_).astype(np.float32)
    return clusterer.labels_.astype(np.int32), np.clip(strength, 0.0, 1.0)
