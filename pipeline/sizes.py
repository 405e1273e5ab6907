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

    The smallest topic grows with the square root of the corpus: 4 of 71 papers, 6 of 1,000, 20 of 10,000, 57 of
    82,613.
    """
    root = n_papers**0.5
    if n_papers < SMALL:
        n_neighbors, min_samples = 6, 1
    else:
        n_neighbors, min_samples = 15, 5
    return Sizes(
        min_topic_size=settings.min_topic_size or max(4, round(0.2 * root)),
        min_samples=settings.min_samples or min_samples,
        n_neighbors=settings.n_neighbors or n_neighbors,
        n_starts=settings.n_starts or (9 if n_papers <= SMALL else 1),
        map_neighbors=settings.map_neighbors or n_neighbors,
    )
