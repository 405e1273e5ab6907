"""The line from texts and embeddings to topics, map and keywords."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from bertopic import BERTopic
from numpy.typing import NDArray

from pipeline.assignment import OUTLIER, Floats, Labels, centred, number_by_size, rescue_outliers, unit_rows
from pipeline.communities import Homes, agreed, homes_in_communities, seeds_of_runs
from pipeline.dial import cut_off_of
from pipeline.guided_graph import Bonds
from pipeline.kept_terms import count_once
from pipeline.layout import distinct_rows, principal_components, spread_copies
from pipeline.model.density import dense_clusters
from pipeline.model.description import describe
from pipeline.model.nearest_papers import nearest_papers
from pipeline.model.neighbour_graph import Neighbours, find_neighbours, weighted_graph
from pipeline.model.projection import lay_out
from pipeline.model.quiet import quiet
from pipeline.partitions import start_partitions
from pipeline.progress import SILENT, Progress
from pipeline.settings import MAX_SEED, TopicSettings
from pipeline.sizes import Sizes, resolved
from pipeline.stability import Refit, TopicStability, draw_subsets, topic_stability
from pipeline.stages import Arrays, Stages, content_key
from pipeline.terms import TermCounts

_FEWEST_FOR_UMAP = 12


@dataclass(frozen=True)
class TopicFit:
    """What a fit found; row i is paper i.

    Attributes
    ----------
    labels
        int32 (n,): topic of each paper, 0 the largest (of equals the one with the earliest paper), −1 none.
    strength
        float32 (n,) in [0, 1]: how firmly the paper belongs to its topic (`pipeline.communities`); 0 for outliers.
    projection
        float32 (n, 2): places on the map.
    neighbours
        int32 (n, n_nearest_papers): rows of the nearest papers, −1 where there are fewer.
    keywords
        For each topic (keyword, c-TF-IDF), best first.
    terms
        What `pipeline.terms` counted, for labels and coherence.
    stability
        How well each topic comes back in further fits; ``None``: not measured.
    homes
        int32 (n,): the topic of each paper, outliers' too: the one it was left out of; −1 where there was none.
    stays_up_to
        float32 (n,) in [0, 1]: the strictest cut-off at which it is still there (`pipeline.communities.Homes`).
    bertopic
        The fitted model; ``None`` when there are no papers or no terms to describe them with.
    """

    labels: Labels
    strength: Floats
    projection: Floats
    neighbours: NDArray[np.int32]
    keywords: list[list[tuple[str, float]]]
    terms: TermCounts
    stability: TopicStability | None
    homes: Labels
    stays_up_to: Floats
    bertopic: BERTopic | None


def fit_topics(
    texts: Sequence[str],
    embeddings: Floats,
    settings: TopicSettings,
    progress: Progress = SILENT,
    stages: Stages | None = None,
    bonds: Bonds | None = None,
) -> TopicFit:
    """Topics, map, nearest papers and keywords of ``texts`` with their ``embeddings`` (unit rows, (n, d)).

    Deterministic: same texts, embeddings and settings on the same machine give identical arrays. Equal embeddings
    are laid out once (duplicate rows make UMAP depend on more than its seed: lmcinnes/umap#1277). A corpus too
    small or too even to have topics has none: all papers are outliers. ``bonds`` hold topics to what a person said of
    them; row i is paper i.
    """
    stages = stages or Stages()
    with stages.stage("terms") as note, progress.stage("terms"):
        terms, note["cached"] = count_once(texts, stages)
    vectors = centred(embeddings) if settings.centre else unit_rows(embeddings)
    distinct, copies = distinct_rows(vectors)
    bonds = None if bonds is None else bonds.of_distinct(copies)
    sizes = resolved(settings, len(vectors))
    k = min(max(sizes.n_neighbors, sizes.map_neighbors, 2 * settings.n_nearest_papers), max(len(distinct) - 1, 0))
    key = content_key(distinct, settings={"k": k})
    with stages.stage("nearest papers") as note:
        found, note["cached"] = stages.arrays("neighbours", key, lambda: _neighbours(distinct, k, progress))
    neighbours = Neighbours(found["rows"], found["distances"])
    with stages.stage("topics and map") as note:
        found_homes, projection, note["cached"] = _topics_and_map(
            distinct, neighbours, key, settings, sizes, progress, stages, bonds
        )
    homes = found_homes.of(copies)  # copies go where the first of them goes
    labels, strength = homes.cut(cut_off_of(settings))
    if settings.clusters == "density" and settings.outlier_quantile is not None:
        labels, strength = rescue_outliers(vectors, labels, strength, settings.outlier_quantile)
        homes = Homes(labels, strength, strength)
    numbered = number_by_size(labels)
    homes, labels = homes.renumbered(labels, numbered), numbered
    stability = None
    if settings.stability_runs:
        with stages.stage("stability") as note:
            refits, note["cached"] = _refits(distinct, copies, key, settings, progress, stages, bonds)
            stability = topic_stability(labels, refits)
    with stages.stage("keywords"), progress.stage("keywords"):
        model = describe(texts, embeddings, labels, terms, settings)
    topics = range(labels.max(initial=OUTLIER) + 1)
    keywords = [[] if model is None else model.get_topic(topic) for topic in topics]
    projection = spread_copies(projection, copies, settings.seed)
    nearest = nearest_papers(embeddings, neighbours, copies, settings.n_nearest_papers)
    home, stays = homes.labels, homes.stays_up_to
    return TopicFit(labels, strength, projection, nearest, keywords, terms, stability, home, stays, model)


def save_model(fit: TopicFit, folder: Path) -> None:
    """Save the fit's BERTopic model to ``folder`` with safetensors (no pickle); ``BERTopic.load`` opens it.

    A fit without a model leaves a note in its place.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if fit.bertopic is None:
        note = {"note": "This corpus has no terms to describe topics with."}
        (folder / "none.json").write_text(json.dumps(note), encoding="utf-8")
        return
    with quiet():
        fit.bertopic.save(folder, serialization="safetensors", save_ctfidf=True, save_embedding_model=False)


def _neighbours(vectors: Floats, k: int, progress: Progress) -> Arrays:
    if len(vectors) < 2:
        return {"rows": np.arange(len(vectors), dtype=np.int32)[:, None], "distances": np.zeros((len(vectors), 1))}
    found = find_neighbours(vectors, k, progress)
    return {"rows": found.rows, "distances": found.distances}


def _topics_and_map(
    vectors: Floats,
    neighbours: Neighbours,
    key: str,
    settings: TopicSettings,
    sizes: Sizes,
    progress: Progress,
    stages: Stages,
    bonds: Bonds | None = None,
) -> tuple[Homes, Floats, bool]:
    """Topics in no order, places on the map, and whether both came from the cache."""
    maps: list[tuple[Floats, bool]] = []

    def lay_out_map() -> None:
        if not maps:
            with progress.stage("map"):
                maps.append(_map(vectors, neighbours, key, settings, sizes, stages))

    homes, cached = Homes.none(len(vectors)), True
    if len(vectors) >= 2 * sizes.min_topic_size:
        nearest = neighbours.first(sizes.n_neighbors)
        with progress.stage("topics"):
            # Communities are found by other processes: the map is laid out meanwhile.
            homes, cached = _homes(vectors, nearest, key, settings, sizes, stages, bonds, lay_out_map)
    lay_out_map()
    projection, map_cached = maps[0]
    return homes, projection, cached and map_cached


def _refits(
    vectors: Floats,
    copies: NDArray[np.intp],
    key: str,
    settings: TopicSettings,
    progress: Progress,
    stages: Stages,
    bonds: Bonds | None = None,
) -> tuple[list[Refit], bool]:
    """Further fits, each with another seed on another 80 % of the papers, and whether all came from the cache.

    A fit that was stopped goes on after the last one that was done.
    """
    refits, all_cached = [], True
    subsets = draw_subsets(len(copies), settings.stability_runs, settings.seed)
    with progress.stage("stability", len(subsets)) as steps:
        for run, rows in enumerate(subsets):
            chosen = settings.model_copy(update={"seed": (settings.seed + 1 + run) % MAX_SEED})
            seen, places = np.unique(copies[rows], return_inverse=True)
            part, sizes = vectors[seen], resolved(settings, len(rows))
            labels = np.full(len(seen), OUTLIER, np.int32)
            if len(seen) >= 2 * sizes.min_topic_size:
                part_key = content_key(rows, settings={"of": key})
                found, _ = stages.arrays(
                    "refit neighbours",
                    part_key,
                    lambda part=part, k=sizes.n_neighbors: _neighbours(part, k, SILENT),  # type: ignore[misc]
                )
                neighbours = Neighbours(found["rows"], found["distances"])
                held = None if bonds is None else bonds.take(seen)
                homes, cached = _homes(part, neighbours, part_key, chosen, sizes, stages, held)
                labels, _ = homes.cut(cut_off_of(settings))
                all_cached &= cached
            refits.append(Refit(rows, number_by_size(labels[places])))
            steps.advance()
    return refits, all_cached


def _nothing() -> None:
    """What there is to do meanwhile, where there is nothing."""


def _homes(
    vectors: Floats,
    neighbours: Neighbours,
    key: str,
    settings: TopicSettings,
    sizes: Sizes,
    stages: Stages,
    bonds: Bonds | None = None,
    meanwhile: Callable[[], None] = _nothing,
) -> tuple[Homes, bool]:
    """Topics in no order, and whether the slow part came from the cache."""
    if settings.clusters == "density":
        return _density(vectors, neighbours, key, settings, sizes, stages)
    graph = weighted_graph(vectors, neighbours)
    tied = graph if bonds is None else bonds.tied(graph)
    chosen = {"k": sizes.n_neighbors, "resolution": sizes.resolution, "runs": settings.n_runs, "seed": settings.seed}
    held_to = {} if bonds is None else {"bonds": bonds.key}

    def compute() -> Arrays:
        runs = start_partitions(tied, sizes.resolution, seeds_of_runs(settings.seed, settings.n_runs))
        try:
            meanwhile()
            found = agreed(runs, settings.seed)
        finally:
            runs.stop()
        return {"labels": found.labels, "agreement": found.agreement[: len(graph.ends)]}

    found, cached = stages.arrays("communities", content_key(settings={"of": key, **chosen, **held_to}), compute)
    homes = homes_in_communities(vectors, graph, found["labels"], found["agreement"], sizes.min_topic_size, bonds)
    return homes, cached


def _map(
    vectors: Floats, neighbours: Neighbours, key: str, settings: TopicSettings, sizes: Sizes, stages: Stages
) -> tuple[Floats, bool]:
    if len(vectors) < _FEWEST_FOR_UMAP:
        return principal_components(vectors, 2), True
    chosen = {"k": sizes.map_neighbors, "min_dist": settings.map_min_dist, "spread": settings.map_spread}

    def compute() -> Arrays:
        nearest = neighbours.first(sizes.map_neighbors)
        return {"places": lay_out(vectors, nearest, 2, settings.seed, settings.map_min_dist, settings.map_spread)}

    key = content_key(settings={"of": key, "seed": settings.seed, **chosen})
    found, cached = stages.arrays("map", key, compute)
    return found["places"], cached


def _density(
    vectors: Floats, neighbours: Neighbours, key: str, settings: TopicSettings, sizes: Sizes, stages: Stages
) -> tuple[Homes, bool]:
    chosen = {"min_topic_size": sizes.min_topic_size, "min_samples": sizes.min_samples, "starts": sizes.n_starts}
    chosen |= {"k": sizes.n_neighbors, "n_components": settings.n_components, "seed": settings.seed}

    def compute() -> Arrays:
        labels, strength = dense_clusters(vectors, neighbours, settings, sizes)
        return {"labels": labels, "strength": strength}

    found, cached = stages.arrays("clusters", content_key(settings={"of": key, **chosen}), compute)
    return Homes(found["labels"], found["strength"], found["strength"]), cached
