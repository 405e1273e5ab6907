"""Stock BERTopic over documents, one stage after the other with its time; run by an environment of its own.

    .venv-stock/bin/python benchmarks/stock/run_stock.py DOCUMENTS.parquet RESULT.json --model FOLDER [options]

DOCUMENTS.parquet has the columns ``paper_id``, ``text`` and ``year`` (null where unknown). Stock means the defaults
of ``BERTopic()`` with only what is asked for changed; UMAP, HDBSCAN and CountVectorizer are built here with the
arguments that ``BERTopic()`` gives them, so that a seed can be set. RESULT.json holds seconds by stage, peak memory,
labels and keywords. This file imports nothing of the project, which is not installed in that environment.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

_STARTED = time.perf_counter()

os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["CUDA_VISIBLE_DEVICES"] = ""

import numpy as np  # noqa: E402
import pandas as pd  # noqa: E402
from bertopic import BERTopic  # noqa: E402
from hdbscan import HDBSCAN  # noqa: E402
from sklearn.feature_extraction.text import CountVectorizer  # noqa: E402
from umap import UMAP  # noqa: E402

N_KEYWORDS = 10
SAMPLE_SEED = 0
LIBRARIES = ("bertopic", "sentence-transformers", "torch", "umap-learn", "hdbscan", "scikit-learn")


class TimeUpError(Exception):
    """A stage did not end within its time."""


class Stopwatch:
    """Seconds by stage, in the order the stages ended."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Add the time spent inside to stage ``name``."""
        started = time.perf_counter()
        yield
        self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - started

    def timed(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """``function``, its time added to stage ``name``."""

        def run(*arguments: Any, **options: Any) -> Any:
            with self.stage(name):
                return function(*arguments, **options)

        return run


def main() -> None:
    """Do what was asked for and write the result."""
    asked = _arguments()
    watch = Stopwatch()
    watch.seconds["imports"] = time.perf_counter() - _STARTED
    with watch.stage("read"):
        documents = pd.read_parquet(asked.documents)
        texts = documents["text"].tolist()
    vectors, embedding, encoder = _embeddings(texts, asked, watch)
    model = _model(asked, encoder, watch)
    with watch.stage("fit"):
        labels, _ = model.fit_transform(texts, vectors)
    fitted = watch.seconds.pop("fit")
    watch.seconds["c-TF-IDF"] = fitted - watch.seconds["UMAP"] - watch.seconds["HDBSCAN"]
    keywords = [_keywords(model, topic) for topic in range(max(labels) + 1)]
    n_stopped = None if asked.topics_only else _over_time(model, texts, documents["year"], asked, watch)
    if not asked.topics_only:
        with watch.stage("2-D map"):
            UMAP(n_neighbors=10, n_components=2, min_dist=0.0, metric="cosine", random_state=asked.seed).fit(vectors)
    result = {
        "versions": _versions(),
        "n_documents": len(texts),
        "seconds": watch.seconds,
        "embedding": embedding,
        "over_time_stopped_after": n_stopped,
        "peak_mb": peak_mb(),
        "n_topics": len(keywords),
        "n_outliers": sum(label < 0 for label in labels),
        "labels": [int(label) for label in labels],
        "keywords": keywords,
    }
    asked.result.write_text(json.dumps(result), encoding="utf-8")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("documents", type=Path)
    parser.add_argument("result", type=Path)
    parser.add_argument("--model", type=Path, help="Folder of all-MiniLM-L6-v2; not needed with --embed-sample 0.")
    parser.add_argument("--embeddings", type=Path, help="A .npy file: vectors of the documents not embedded here.")
    parser.add_argument(
        "--embed-sample", type=int, default=2000, help="Embed at most so many documents and reckon the rest from them."
    )
    parser.add_argument("--min-topic-size", type=int, default=10)
    parser.add_argument("--stop-words", action="store_true", help="CountVectorizer(stop_words='english').")
    parser.add_argument(
        "--seed", type=int, help="Of UMAP, which then runs on one thread; none by default, as in stock."
    )
    parser.add_argument("--topics-only", action="store_true", help="No topics_over_time, no 2-D map.")
    parser.add_argument("--most-seconds", type=int, default=1800, help="After which topics_over_time is stopped.")
    return parser.parse_args()


def _embeddings(
    texts: list[str], asked: argparse.Namespace, watch: Stopwatch
) -> tuple[np.ndarray, dict[str, Any] | None, Any]:
    """Vectors of ``texts``, what is known of their making, and the model that made them.

    With more documents than ``--embed-sample``, a random sample of them is embedded and timed; the vectors are then
    those of the file, and how far the two differ on the sample is told.
    """
    given = None if asked.embeddings is None else np.load(asked.embeddings)
    if asked.embed_sample == 0:
        assert given is not None, "--embed-sample 0 needs --embeddings"
        return given, None, None
    with watch.stage("load model"):
        from sentence_transformers import SentenceTransformer

        encoder = SentenceTransformer(str(asked.model), device="cpu")
        encoder.encode(["the first call sets things up"])
    n_sample = min(asked.embed_sample, len(texts))
    rows = np.sort(np.random.default_rng(SAMPLE_SEED).choice(len(texts), n_sample, replace=False))
    started = time.perf_counter()
    made = encoder.encode([texts[row] for row in rows], show_progress_bar=False)
    spent = time.perf_counter() - started
    watch.seconds["embedding"] = spent
    extrapolated = n_sample < len(texts)
    facts = {
        "n_measured": n_sample,
        "seconds_measured": spent,
        "documents_per_second": n_sample / spent,
        "extrapolated": extrapolated,
        "largest_difference_to_given": float(np.abs(made - given[rows]).max()) if extrapolated else 0.0,
    }
    if extrapolated:
        watch.seconds["embedding"] = len(texts) * spent / n_sample
    return (given if extrapolated else made), facts, encoder


def _model(asked: argparse.Namespace, encoder: Any, watch: Stopwatch) -> BERTopic:
    """``BERTopic()`` with what was asked for, telling the time of its stages."""
    umap = UMAP(
        n_neighbors=15, n_components=5, min_dist=0.0, metric="cosine", low_memory=False, random_state=asked.seed
    )
    clusters = HDBSCAN(
        min_cluster_size=asked.min_topic_size,
        metric="euclidean",
        cluster_selection_method="eom",
        prediction_data=True,
    )
    model = BERTopic(
        embedding_model=encoder,
        min_topic_size=asked.min_topic_size,
        umap_model=umap,
        hdbscan_model=clusters,
        vectorizer_model=CountVectorizer(stop_words="english" if asked.stop_words else None),
    )
    model._reduce_dimensionality = watch.timed("UMAP", model._reduce_dimensionality)
    model._cluster_embeddings = watch.timed("HDBSCAN", model._cluster_embeddings)
    return model


def _over_time(
    model: BERTopic, texts: list[str], years: pd.Series, asked: argparse.Namespace, watch: Stopwatch
) -> int | None:
    """Run ``topics_over_time`` over the dated documents; after how many seconds it was stopped, if it was."""
    dated = np.flatnonzero(years.notna())
    if not len(dated):
        return None

    def stop(*_: object) -> None:
        raise TimeUpError

    signal.signal(signal.SIGALRM, stop)
    signal.alarm(asked.most_seconds)
    stopped = None
    with watch.stage("topics_over_time"):
        try:
            model.topics_over_time(
                [texts[row] for row in dated],
                [int(year) for year in years.iloc[dated]],
                topics=[model.topics_[row] for row in dated],
            )
        except TimeUpError:
            stopped = asked.most_seconds
        finally:
            signal.alarm(0)
    return stopped


def _keywords(model: BERTopic, topic: int) -> list[str]:
    return [word for word, _ in model.get_topic(topic) if word][:N_KEYWORDS]


def _versions() -> dict[str, str]:
    found = {}
    for name in LIBRARIES:
        with suppress(PackageNotFoundError):  # given vectors need no torch
            found[name] = version(name)
    return found


def peak_mb() -> float:
    """The most memory this process has held, in MB (10⁶ bytes)."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1e6 if sys.platform == "darwin" else peak * 1024 / 1e6


if __name__ == "__main__":
    main()
