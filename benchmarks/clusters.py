"""How topics are found: communities that many partitions agree on against UMAP and HDBSCAN, on the same papers.

    python -m benchmarks.clusters [--corpora DIR] [--papers 12000] [--seeds 1,2,3]

Everything but the finding is the same: papers, embeddings, nearest papers.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse as sp
from sklearn.feature_extraction.text import TfidfVectorizer

from benchmarks.corpora import some_papers
from benchmarks.processes import BenchmarkError
from benchmarks.report import add_corpora, circumstances, numbers, parser_of, publish, say, stop, table
from pipeline.embedding import make_embedder
from pipeline.intake import read_documents
from pipeline.model import fit_topics
from pipeline.quality import coherences, diversity
from pipeline.settings import RunSettings, TopicSettings
from pipeline.stability import mean_agreement
from pipeline.stages import Stages

TITLE = "clusters"
HEADER = (
    "how",
    "topics",
    "outliers",
    "same topics from another seed",
    "agreement with authors' keywords",
    "coherence",
    "diversity",
)
WAYS: dict[str, dict[str, Any]] = {
    "UMAP and HDBSCAN, outliers left": {"clusters": "density", "outlier_quantile": None},
    "UMAP and HDBSCAN, near outliers joined": {"clusters": "density"},
    "one partition, nobody left out": {"n_runs": 1, "outlier_strength": 0.0},
    "24 partitions, nobody left out": {"outlier_strength": 0.0},
    "24 partitions (the default)": {},
    "48 partitions": {"n_runs": 48},
    "24 partitions, coarse": {"granularity": "coarse"},
    "24 partitions, fine": {"granularity": "fine"},
}


def main() -> None:
    """Fit the papers in every way with every seed and write the section."""
    parser = parser_of("clusters", __doc__ and __doc__.partition("\n")[0])
    add_corpora(parser)
    parser.add_argument("--papers", type=int, default=12_000, help="Random papers of the corpus.")
    parser.add_argument("--seeds", default="1,2,3", help="Seeds of the fits, as in 1,2,3.")
    asked = parser.parse_args()
    about = circumstances(f"python -m benchmarks.clusters --papers {asked.papers} --seeds {asked.seeds}")
    try:
        with tempfile.TemporaryDirectory(prefix="topic-explorer-benchmark-") as name:
            file, called = some_papers(asked.corpora, asked.papers, Path(name))
            documents, _ = read_documents([file], RunSettings())
            vectors = make_embedder("lsa", Path(name), len(documents.texts), 42).embed(documents.texts)
            keywords = _keyword_vectors(documents.papers["keywords"].tolist())
            stages = Stages(Path(name))  # what the ways share is made once
            rows = []
            for way, settings in WAYS.items():
                say(way)
                measured = _row(documents.texts, vectors, keywords, settings, numbers(asked.seeds), stages)
                rows.append([way, *measured])
    except BenchmarkError as error:
        stop(error)
    about.append(f"- papers: {len(documents.texts):,} {called}, embedded by lsa")
    publish(asked.output, TITLE, [*about, *table(HEADER, rows)])


@dataclass(frozen=True)
class _Keywords:
    """Authors' keywords as TF-IDF rows, and the rows that have at least two."""

    rows: np.ndarray
    vectors: sp.csr_matrix


def _keyword_vectors(keywords: Sequence[Sequence[str]]) -> _Keywords:
    """Keywords and the words in them, each once a paper, in at least three papers."""

    def words(found: Sequence[str]) -> list[str]:
        phrases = [phrase.lower().strip() for phrase in found]
        return [word for phrase in phrases for word in {phrase, *phrase.replace("-", " ").split()}]

    vectors = TfidfVectorizer(analyzer=words, min_df=3).fit_transform(keywords)
    return _Keywords(np.flatnonzero([len(found) > 1 for found in keywords]), vectors.tocsr())


def _agreement(labels: np.ndarray, keywords: _Keywords) -> float:
    """Mean cosine of a paper's keywords with those of the other papers of its topic; outliers play no part."""
    rows = keywords.rows[labels[keywords.rows] >= 0]
    own, topic = keywords.vectors[rows], labels[rows]
    in_topic = sp.csr_matrix((np.ones(len(rows)), (topic, np.arange(len(rows)))), shape=(topic.max() + 1, len(rows)))
    others = (in_topic @ own)[topic] - own
    products = np.asarray(others.multiply(own).sum(axis=1)).ravel()
    lengths = np.sqrt(np.asarray(others.multiply(others).sum(axis=1)).ravel())
    return float(np.divide(products, lengths, out=np.zeros_like(products), where=lengths > 0).mean())


def _row(
    texts: Sequence[str],
    vectors: np.ndarray,
    keywords: _Keywords,
    settings: dict[str, Any],
    seeds: Sequence[int],
    stages: Stages,
) -> list[str]:
    fits = [fit_topics(texts, vectors, TopicSettings(seed=seed, **settings), stages=stages) for seed in seeds]
    words = [[[word for word, _ in found] for found in fit.keywords] for fit in fits]
    npmi = [
        np.nanmean(coherences(fit.terms.counts, fit.terms.terms, found)) for fit, found in zip(fits, words, strict=True)
    ]
    n_topics = sorted(len(fit.keywords) for fit in fits)
    return [
        f"{n_topics[0]} to {n_topics[-1]}",
        f"{np.mean([(fit.labels < 0).mean() for fit in fits]):.1%}",
        f"{mean_agreement([fit.labels for fit in fits]):.3f}",
        f"{np.mean([_agreement(fit.labels, keywords) for fit in fits]):.4f}",
        f"{np.mean(npmi):.3f}",
        f"{np.mean([diversity(found) or 0.0 for found in words]):.3f}",
    ]


if __name__ == "__main__":
    main()
