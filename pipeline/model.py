"""Embeddings → topics and a 2-D map. The only module that imports bertopic, umap and hdbscan.

UMAP to a few dimensions, HDBSCAN on those, BERTopic's c-TF-IDF on the result; UMAP once more, to two dimensions,
for the map. BERTopic is given row numbers for documents and our own term counts: it neither copies nor tokenises
the texts, and its keywords come out as `pipeline.keywords` chooses them. What it holds can be saved and is opened
by ``BERTopic.load``.
"""

from __future__ import annotations

import json
import logging
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from bertopic import BERTopic
from bertopic.cluster import BaseCluster
from bertopic.dimensionality import BaseDimensionalityReduction
from bertopic.representation import BaseRepresentation
from hdbscan import HDBSCAN
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import CountVectorizer
from umap import UMAP
from umap.umap_ import nearest_neighbors

from pipeline.assignment import (
    OUTLIER,
    Floats,
    Labels,
    centred,
    number_by_size,
    representative_rows,
    rescue_outliers,
    unit_rows,
)
from pipeline.keywords import choose_keywords, eligible_terms
from pipeline.layout import distinct_rows, exact_neighbours, most_typical, principal_components, spread_copies
from pipeline.progress import SILENT, Progress
from pipeline.settings import TopicSettings
from pipeline.sizes import Sizes, resolved
from pipeline.terms import TermCounts, count_terms_in

_FEWEST_FOR_UMAP = 12
_MOST_FOR_EXACT_NEIGHBOURS = 20_000
_N_REPRESENTATIVE_TEXTS = 3


@dataclass(frozen=True)
class TopicFit:
    """What a fit found; row i is paper i.

    Attributes
    ----------
    labels
        int32 (n,): topic of each paper, 0 the largest (of equals the one with the earliest paper), −1 none.
    strength
        float32 (n,) in [0, 1]: HDBSCAN's membership probability; for papers that joined later see
        `pipeline.assignment.rescue_outliers`; 0 for outliers.
    projection
        float32 (n, 2): places on the map.
    keywords
        For each topic (keyword, c-TF-IDF), best first.
    terms
        What `pipeline.terms` counted, for labels and coherence.
    bertopic
        The fitted model; ``None`` when there are no papers or no terms to describe them with.
    """

    labels: Labels
    strength: Floats
    projection: Floats
    keywords: list[list[tuple[str, float]]]
    terms: TermCounts
    bertopic: BERTopic | None


def fit_topics(
    texts: Sequence[str], embeddings: Floats, settings: TopicSettings, progress: Progress = SILENT
) -> TopicFit:
    """Topics, map and keywords of ``texts`` with their ``embeddings`` (unit rows, (n, d)).

    Deterministic: same texts, embeddings and settings on the same machine give identical arrays. Equal embeddings
    are laid out once (duplicate rows make UMAP depend on more than its seed: lmcinnes/umap#1277). A corpus too
    small or too even to have topics has none: all papers are outliers.
    """
    with progress.stage("terms"):
        terms = count_terms_in(texts)
    vectors = centred(embeddings) if settings.centre else unit_rows(embeddings)
    sizes = resolved(settings, len(vectors))
    labels, strength, projection = _lay_out_and_cluster(vectors, settings, sizes, progress)
    if settings.outlier_quantile is not None:
        labels, strength = rescue_outliers(vectors, labels, strength, settings.outlier_quantile)
    labels = number_by_size(labels)
    with progress.stage("keywords"):
        model = _describe(texts, embeddings, labels, terms, settings)
    topics = range(labels.max(initial=OUTLIER) + 1)
    keywords = [[] if model is None else model.get_topic(topic) for topic in topics]
    return TopicFit(labels, strength, projection, keywords, terms, model)


def save_model(fit: TopicFit, folder: Path) -> None:
    """Save the fit's BERTopic model to ``folder`` with safetensors (no pickle); ``BERTopic.load`` opens it.

    A fit without a model leaves a note in its place.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if fit.bertopic is None:
        note = {"note": "This corpus has no terms to describe topics with."}
        (folder / "none.json").write_text(json.dumps(note), encoding="utf-8")
        return
    with _quiet():
        fit.bertopic.save(folder, serialization="safetensors", save_ctfidf=True, save_embedding_model=False)


# --- layout and clusters ---------------------------------------------------------


def _lay_out_and_cluster(
    vectors: Floats, settings: TopicSettings, sizes: Sizes, progress: Progress
) -> tuple[Labels, Floats, Floats]:
    """Labels as HDBSCAN numbers them, strengths, and places on the map."""
    distinct, copies = distinct_rows(vectors)
    if len(distinct) < 2:  # nothing to tell apart
        nowhere = spread_copies(principal_components(distinct, 2), copies, settings.seed)
        return np.full(len(vectors), OUTLIER, np.int32), np.zeros(len(vectors), np.float32), nowhere
    if len(distinct) < _FEWEST_FOR_UMAP:
        layouts = [principal_components(distinct, settings.n_components)]
        projection = principal_components(distinct, 2)
    else:
        k = min(max(sizes.n_neighbors, sizes.map_neighbors), len(distinct) - 1)
        with progress.stage("neighbours"):
            knn = _neighbour_graph(distinct, k, settings.seed)
        layouts = []
        with progress.stage("clusters", sizes.n_starts) as steps:
            for start in range(sizes.n_starts):
                seed = settings.seed + start
                layouts.append(_umap(distinct, knn, sizes.n_neighbors, settings.n_components, 0.0, seed))
                steps.advance()
        with progress.stage("map"):
            min_dist, scale = settings.map_min_dist, settings.map_spread
            projection = _umap(distinct, knn, sizes.map_neighbors, 2, min_dist, settings.seed, scale)
    spread = [spread_copies(layout, copies, settings.seed) for layout in layouts]
    with progress.stage("topics"):
        labels, strength = most_typical([_cluster(layout, sizes) for layout in spread])
    originals = np.unique(copies, return_index=True)[1][copies]  # copies go where the first of them goes
    return labels[originals], strength[originals], spread_copies(projection, copies, settings.seed)


def _neighbour_graph(vectors: Floats, k: int, seed: int) -> tuple[NDArray[np.int32], Floats]:
    """Each row's k nearest rows and their cosine distances, itself first, as UMAP wants them.

    Exact for up to 20,000 rows, else by nearest-neighbour descent.
    """
    if len(vectors) <= _MOST_FOR_EXACT_NEIGHBOURS:
        return exact_neighbours(vectors, k)
    state = np.random.RandomState(seed)
    rows, distances, _ = nearest_neighbors(vectors, k + 1, "cosine", {}, True, state, n_jobs=1)
    return rows, distances


def _umap(
    vectors: Floats,
    knn: tuple[NDArray[np.int32], Floats],
    n_neighbors: int,
    n_components: int,
    min_dist: float,
    seed: int,
    spread: float = 1.0,
) -> Floats:
    width = min(n_neighbors + 1, knn[0].shape[1])
    reducer = UMAP(
        n_neighbors=width,
        n_components=n_components,
        min_dist=min_dist,
        spread=spread,
        metric="cosine",
        random_state=seed,
        n_jobs=1,
        precomputed_knn=(knn[0][:, :width].copy(), knn[1][:, :width].copy(), None),
    )
    with _quiet():
        return np.nan_to_num(reducer.fit_transform(vectors)).astype(np.float32)


def _cluster(layout: Floats, sizes: Sizes) -> tuple[Labels, Floats]:
    if len(layout) < max(2 * sizes.min_topic_size, sizes.min_samples + 1):
        return np.full(len(layout), OUTLIER, np.int32), np.zeros(len(layout), np.float32)
    with _quiet():
        clusterer = HDBSCAN(
            min_cluster_size=sizes.min_topic_size, min_samples=sizes.min_samples, core_dist_n_jobs=1
        ).fit(layout.astype(np.float64))
    strength = np.nan_to_num(clusterer.probabilities_).astype(np.float32)
    return clusterer.labels_.astype(np.int32), np.clip(strength, 0.0, 1.0)


# --- BERTopic --------------------------------------------------------------------


class _RowCounter(CountVectorizer):  # type: ignore[misc]
    """Stands in for BERTopic's vectorizer: a "document" is a list of row numbers, its counts the sum of those rows."""

    def __init__(self, terms: TermCounts) -> None:
        super().__init__(vocabulary={term: column for column, term in enumerate(terms.terms)}, lowercase=False)
        self.terms = terms
        # Whether, not how often: one paper that repeats its acronym ten times is no topic.
        self.occurs = terms.counts.astype(bool).astype(np.float64)

    def fit_transform(self, raw_documents: Sequence[str], y: object = None) -> Any:
        return self.transform(raw_documents)

    def transform(self, raw_documents: Sequence[str]) -> Any:
        rows = [np.array(document.split(), dtype=np.int64) for document in raw_documents]
        chosen = np.concatenate(rows)
        starts = np.concatenate([[0], np.cumsum([len(row) for row in rows])])
        sums = csr_matrix((np.ones(len(chosen)), chosen, starts), shape=(len(rows), self.terms.counts.shape[0]))
        return (sums @ self.occurs).tocsr()

    def get_feature_names_out(self, input_features: object = None) -> NDArray[np.object_]:
        return np.array(self.terms.terms, dtype=object)


class _ChosenKeywords(BaseRepresentation):  # type: ignore[misc]
    """Hands BERTopic the keywords that `pipeline.keywords` chooses."""

    def __init__(self, terms: TermCounts, n_keywords: int) -> None:
        self.terms = terms
        self.n_keywords = n_keywords

    def extract_topics(self, topic_model: Any, documents: Any, c_tf_idf: Any, topics: Any) -> Any:
        counts = topic_model.vectorizer_model.transform(
            documents.groupby("Topic")["Document"].agg(" ".join).reindex(sorted(topics)).to_list()
        )
        return {
            topic: choose_keywords(
                c_tf_idf[row].toarray().ravel(), counts[row].toarray().ravel(), self.terms.terms, self.n_keywords
            )
            for row, topic in enumerate(sorted(topics))
        }


class _Model(BERTopic):  # type: ignore[misc]
    """BERTopic that keeps our numbering and leaves representative documents to us."""

    def _sort_mappings_by_frequency(self, documents: Any) -> Any:
        # Ours are sorted already; BERTopic would shuffle topics of equal size.
        self._update_topic_size(documents)
        self.topic_mapper_.add_mappings({topic: topic for topic in self.topic_sizes_}, topic_model=self)
        return documents

    def _save_representative_docs(self, documents: Any) -> None:
        # BERTopic finds them by their text, in a sample; `_describe` knows them by their row.
        self.representative_docs_: dict[int, list[str]] = {}


def _describe(
    texts: Sequence[str], embeddings: Floats, labels: Labels, terms: TermCounts, settings: TopicSettings
) -> BERTopic | None:
    """A BERTopic model of the given clusters, or ``None`` when there is nothing to describe them with."""
    eligible = terms.take(eligible_terms(terms))
    if not len(texts) or not eligible.counts.nnz:
        return None
    model = _Model(
        top_n_words=settings.n_keywords,
        embedding_model=None,
        umap_model=BaseDimensionalityReduction(),
        hdbscan_model=BaseCluster(),
        vectorizer_model=_RowCounter(eligible),
        representation_model=_ChosenKeywords(eligible, settings.n_keywords),
    )
    with _quiet():
        model.fit([str(row) for row in range(len(texts))], embeddings=embeddings, y=labels)
    # From here on it is an ordinary model: one that counts words in texts.
    model.vectorizer_model = CountVectorizer(
        vocabulary=[term.lower() for term in eligible.terms],
        ngram_range=(1, 3),
        token_pattern=r"(?u)\b\w[\w'’-]*\b",  # noqa: S106
    )
    model.vectorizer_model._validate_vocabulary()
    model.representation_model = None
    best = representative_rows(unit_rows(embeddings), labels, _N_REPRESENTATIVE_TEXTS)
    model.representative_docs_ = {topic: [texts[row] for row in rows] for topic, rows in enumerate(best)}
    return model


@contextmanager
def _quiet() -> Iterator[None]:
    """Without the libraries' remarks, which mean nothing to the person at the terminal."""
    logger = logging.getLogger("BERTopic")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(level)
