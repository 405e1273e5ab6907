"""What a large fit will take, said before it starts.

Reckoned from what docs/benchmarks.md measured on two processors: 82,544 conference papers took 214 s after reading
and embedding (terms, nearest papers, topics and map, keywords, labels, trends) and 2,534 MB at most; 99,992 planted
papers 241 s of the same stages and 2,365 MB; 1,000 planted papers 1,075 MB. Both times grow with the number of papers.
"""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.settings import TopicSettings

LARGE = 20_000
"""Fits of more papers are announced."""

_MEASURED_ON = 2
_SECONDS_A_PAPER = 0.0026
_REFIT_SECONDS_A_PAPER = 0.8 * 0.0022
"""Nearest papers and topics of 80 % of the papers, as if they had a map."""
_BASE_MB = 1_100.0
_MB_A_PAPER = 0.02


@dataclass(frozen=True)
class Forecast:
    """What a fit is expected to take, from embedding to the snapshot.

    Attributes
    ----------
    seconds
        On as many processors as it was given; more than two are not reckoned to be faster but for embedding.
    memory_mb
        At most, in MB (10⁶ bytes), of the whole process.
    knows_embedding
        Whether the time to embed is part of it: of models from elsewhere nothing was measured.
    """

    seconds: float
    memory_mb: float
    knows_embedding: bool


def forecast(n_papers: int, embedder: str, settings: TopicSettings, n_processors: int) -> Forecast:
    """What fitting ``n_papers`` with the embedder of that name will take; nothing is taken from the cache."""
    embedding = _embedding_seconds(n_papers, embedder)
    slower = max(1.0, _MEASURED_ON / n_processors)
    a_paper = _SECONDS_A_PAPER + settings.stability_runs * _REFIT_SECONDS_A_PAPER
    seconds = n_papers * a_paper * slower + (embedding or 0.0)
    return Forecast(seconds, _BASE_MB + n_papers * _MB_A_PAPER, embedding is not None)


def _embedding_seconds(n_texts: int, embedder: str) -> float | None:
    """By the rates that embedders announce themselves with; ``None`` where there is none."""
    kind, _, precision = embedder.partition(":")
    if kind == "precomputed":
        return 0.0
    if kind == "lsa":
        from pipeline.embedding.lsa import TEXTS_PER_SECOND

        return n_texts / TEXTS_PER_SECOND
    if kind not in ("minilm", "distilled"):
        return None
    # Imported where they are used, as the embedders themselves are.
    from pipeline.embedding.minilm import DOCUMENTS_PER_SECOND, n_threads

    if kind == "minilm":
        return n_texts / DOCUMENTS_PER_SECOND["fp32" if precision == "fp32" else "int8"] / n_threads()
    from pipeline.embedding.distilled import TEXTS_PER_SECOND as MAPPED_PER_SECOND
    from pipeline.embedding.distilled import sample_size

    return sample_size(n_texts) / DOCUMENTS_PER_SECOND["int8"] / n_threads() + n_texts / MAPPED_PER_SECOND


def announcements(
    n_papers: int, embedder: str, settings: TopicSettings, n_processors: int, free_mb: float | None, held_mb: float
) -> list[str]:
    """Sentences to say before a large fit: what it will take, and whether there is too little memory; none otherwise.

    Parameters
    ----------
    n_papers, embedder, settings, n_processors
        As for `forecast`.
    free_mb
        Memory that may still be taken, in MB; ``None``: not known.
    held_mb
        What the process holds already.
    """
    if n_papers <= LARGE:
        return []
    expected = forecast(n_papers, embedder, settings, n_processors)
    free = "" if free_mb is None else f" ({free_mb / 1000:.1f} GB are free)"
    without = "" if expected.knows_embedding else " besides embedding"
    processors = f"{n_processors} processor{'' if n_processors == 1 else 's'}"
    said = [
        f"Fitting {n_papers:,} papers on {processors}: about {_duration(expected.seconds)}{without} and "
        f"{expected.memory_mb / 1000:.1f} GB of memory are expected{free}; less where an earlier fit left results."
    ]
    needed = expected.memory_mb - held_mb
    if free_mb is not None and free_mb < needed:
        said.append(
            f"Warning: the fit is expected to need {needed / 1000:.1f} GB more memory, and only "
            f"{free_mb / 1000:.1f} GB are free: it may become very slow or be ended by the system. Close other "
            "programs, use a machine with more memory, or fit fewer papers."
        )
    return said


def _duration(seconds: float) -> str:
    minutes = max(1, round(seconds / 60))
    if minutes < 90:
        return f"{minutes} min"
    return f"{minutes // 60} h {minutes % 60} min"
