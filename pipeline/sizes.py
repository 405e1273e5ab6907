"""How a fit's numbers follow the size of its corpus."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.settings import TopicSettings

SMALL = 500
"""Up to so many papers a fit takes a second, so several are made and the most typical is kept."""


@dataclass(frozen=True)
class Sizes:
    """The numbers of one fit, all chosen."""

    min_topic_size: int
    min_samples: int
    n_neighbors: int
    n_starts: int
    map_neighbors: int


def resolved(settings: TopicSettings, n_papers: int) -> Sizes:
    """``settings`` with every ``None`` replaced by what suits ``n_papers``.

    ======== ============== =========== ===========
    papers   min_topic_size min_samples n_neighbors
    ======== ============== =========== ===========
    71       4              1           6
    300      4              2           10
    1,000    8              4           15
    10,000   25             5           15
    82,613   72             5           15
    ======== ============== =========== ===========

    All grow with the square root of the corpus, neighbours and samples up to a limit: 15 neighbours as in UMAP and
    BERTopic, 5 samples. On 10,000 abstracts 5 samples leave 23 % outliers, HDBSCAN's own default (as many as
    min_topic_size) 34 %.
    """
    root = n_papers**0.5
    n_neighbors = settings.n_neighbors or min(15, round(2 + 0.47 * root))
    return Sizes(
        min_topic_size=settings.min_topic_size or max(4, round(0.25 * root)),
        min_samples=settings.min_samples or max(1, min(5, round(root / 8))),
        n_neighbors=n_neighbors,
        n_starts=settings.n_starts or (9 if n_papers <= SMALL else 1),
        map_neighbors=settings.map_neighbors or n_neighbors,
    )
