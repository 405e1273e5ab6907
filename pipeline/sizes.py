"""How a fit's numbers follow the size of its corpus."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.settings import Granularity, TopicSettings

SMALL = 500
"""Up to so many papers a fit with HDBSCAN takes a second, so several are made and the most typical is kept."""

_TIMES: dict[Granularity, float] = {"coarse": 0.4, "medium": 1.0, "fine": 2.5}


@dataclass(frozen=True)
class Sizes:
    """The numbers of one fit, all chosen."""

    resolution: float
    min_topic_size: int
    min_samples: int
    n_neighbors: int
    n_starts: int
    map_neighbors: int


def resolved(settings: TopicSettings, n_papers: int) -> Sizes:
    """``settings`` with every ``None`` replaced by what suits ``n_papers``.

    ========= ========== ============== ===========
    papers    resolution min_topic_size n_neighbors
    ========= ========== ============== ===========
    71        1.35       4              6
    300       1.35       4              15
    1,000     1.62       8              15
    10,000    2.28       25             15
    82,613    3.14       72             15
    1,000,000 4.56       250            15
    ========= ========== ============== ===========

    More papers are worth more topics: above 300 papers the resolution grows by two fifths with each factor of ten.
    Coarse is 0.4 of it, fine 2.5 times. The least size grows with the square root, halved for fine and doubled for
    coarse; neighbours up to the 15 of UMAP and BERTopic.
    """
    root = n_papers**0.5
    times = _TIMES[settings.granularity]
    n_neighbors = settings.n_neighbors or max(4, min(15, round(0.97 * root - 2)))
    return Sizes(
        resolution=settings.resolution or round(times * 1.35 * max(1.0, n_papers / 300) ** 0.15, 2),
        min_topic_size=settings.min_topic_size or max(4, round(0.25 * root / times**0.75)),
        min_samples=settings.min_samples or max(1, min(5, round(root / 8))),
        n_neighbors=n_neighbors,
        n_starts=settings.n_starts or (9 if n_papers <= SMALL else 1),
        map_neighbors=settings.map_neighbors or n_neighbors,
    )
