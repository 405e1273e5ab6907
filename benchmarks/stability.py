"""How alike the topics of several seeds are: mean best-match Jaccard, for this pipeline and for stock BERTopic.

    python -m benchmarks.stability [--corpora DIR] [--seeds 1,2,3,4,5] [--papers N] [--sides ours,stock]

For each topic of a run its best Jaccard overlap of paper sets with any topic of another run, averaged over the
topics and over all ordered pairs of runs; outliers are no topic.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path
from typing import Any

import pandas as pd

from benchmarks.corpora import some_papers, write_documents, write_vectors
from benchmarks.measures import stability
from benchmarks.our_side import fit
from benchmarks.our_side import topics_by_paper as our_topics
from benchmarks.processes import BenchmarkError, apart
from benchmarks.report import add_corpora, circumstances, numbers, parser_of, publish, say, stop, table
from benchmarks.stock_side import stock_fit
from benchmarks.stock_side import topics_by_paper as stock_topics
from pipeline.snapshot import default_cache

TITLE = "stability"
WANTED = 0.85


def main() -> None:
    """Fit with every seed and write the section."""
    asked = _arguments()
    command = f"python -m benchmarks.stability --seeds {asked.seeds} --sides {asked.sides}"
    command += f" --papers {asked.papers}" if asked.papers else ""
    about = circumstances(f"{command} --stock-min-topic-size {asked.stock_min_topic_size}")
    seeds, sides = numbers(asked.seeds), asked.sides.split(",")
    columns: dict[str, list[str]] = {}
    try:
        with tempfile.TemporaryDirectory(prefix="topic-explorer-benchmark-") as name:
            folder = Path(name)
            file, corpus = some_papers(asked.corpora, asked.papers, folder)
            if "ours" in sides:
                columns["Topic Explorer"] = _column(_ours(file, seeds, folder))
            if "stock" in sides:
                stock = f"stock BERTopic, min_topic_size={asked.stock_min_topic_size}"
                columns[stock] = _column(_stock(file, seeds, asked, folder))
    except BenchmarkError as error:
        stop(error)
    names = [f"mean best-match Jaccard over {len(seeds)} seeds (wanted: at least {WANTED})", "topics", "outliers"]
    rows = [[row, *(column[place] for column in columns.values())] for place, row in enumerate(names)]
    publish(asked.output, TITLE, [*about, f"- corpus: {corpus}", *table(["measured", *columns], rows)])


def _arguments() -> argparse.Namespace:
    parser = parser_of("stability", __doc__ and __doc__.partition("\n")[0])
    add_corpora(parser)
    parser.add_argument("--seeds", default="1,2,3,4,5", help="One fit for each.")
    parser.add_argument("--papers", type=int, help="So many random papers instead of all.")
    parser.add_argument("--sides", default="ours,stock", help="ours, stock or both.")
    parser.add_argument("--stock-min-topic-size", type=int, default=50, help="Stock's min_topic_size.")
    parser.add_argument(
        "--vectors-cache", type=Path, default=default_cache(), help="A fit's cache: stock's vectors are kept there."
    )
    parser.add_argument("--vectors", type=Path, help="Float32 MiniLM vectors of all documents, in their order.")
    return parser.parse_args()


def _ours(file: Path, seeds: list[int], folder: Path) -> list[pd.Series]:
    """One fit for each seed, the cache kept between them: what does not depend on the seed is made once."""
    runs = []
    for seed in seeds:
        say(f"Topic Explorer, seed {seed}")
        done = fit(file, f"seed-{seed}", folder, "--seed", str(seed), cache=folder / "cache")
        runs.append(apart(our_topics, done.store, done.corpus))
    return runs


def _stock(file: Path, seeds: list[int], asked: argparse.Namespace, folder: Path) -> list[pd.Series]:
    """One stock fit of the same vectors for each seed."""
    documents, vectors = folder / "documents.parquet", asked.vectors
    apart(write_documents, file, documents)
    if vectors is None:
        vectors = folder / "vectors.npy"
        say("MiniLM vectors, not timed")
        apart(write_vectors, documents, vectors, asked.vectors_cache)
    options = ("--embed-sample", "0", "--topics-only", "--min-topic-size", str(asked.stock_min_topic_size))
    runs = []
    for seed in seeds:
        say(f"stock BERTopic, seed {seed}")
        done = stock_fit(documents, vectors, folder / "stock.json", *options, "--seed", str(seed))
        runs.append(apart(stock_topics, documents, done))
    return runs


def _column(runs: list[pd.Series]) -> list[str]:
    n_topics = [run.nunique() for run in runs]
    outliers = [float(run.isna().mean()) for run in runs]
    return [f"{stability(runs):.3f}", _listed(n_topics, "{:,}"), _listed(outliers, "{:.1%}")]


def _listed(values: list[Any], form: str) -> str:
    return ", ".join(form.format(value) for value in values)


if __name__ == "__main__":
    main()
