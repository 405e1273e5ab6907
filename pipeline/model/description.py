"""Topics in words: BERTopic's c-TF-IDF over our own counts, and the model it saves.

BERTopic is given row numbers for documents and our own term counts: it neither copies nor tokenises the texts, and
its keywords come out as `pipeline.keywords` chooses them. What it holds can be saved and is opened by
``BERTopic.load``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from bertopic import BERTopic
from bertopic.cluster import BaseCluster
from bertopic.dimensionality import BaseDimensionalityReduction
from bertopic.representation import BaseRepresentation
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import CountVectorizer

from pipeline.assignment import Floats, Labels, representative_rows, unit_rows
from pipeline.keywords import choose_keywords, eligible_terms
from pipeline.model.quiet import quiet
from pipeline.settings import TopicSettings
from pipeline.terms import TermCounts

_N_REPRESENTATIVE_TEXTS = 3


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
        # BERTopic finds them by their text, in a sample; `describe` knows them by their row.
        self.representative_docs_: dict[int, list[str]] = {}


def describe(
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
    with quiet():
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
