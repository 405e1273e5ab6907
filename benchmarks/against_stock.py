"""Stock BERTopic and this pipeline on the same papers, several sizes: a table for each and one plot.

    python -m benchmarks.against_stock [--corpora DIR] [--sizes 1000,10000,82613] [--vectors FILE.npy]

Each size is measured anew and kept in a file of results; the section is written from all that is in it, so sizes may
be measured one by one.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmarks.bars import Bar, duration, stacked_bars
from benchmarks.corpora import some_papers, write_documents, write_vectors
from benchmarks.measures import scores
from benchmarks.our_side import fit, keywords_of
from benchmarks.processes import ROOT, BenchmarkError, apart
from benchmarks.report import add_corpora, circumstances, numbers, parser_of, publish, say, stop, table
from benchmarks.stock_side import COMPARABLE, DEFAULTS, stock_fit
from pipeline.snapshot import default_cache

TITLE = "against-stock"
PICTURE = "against-stock.svg"
RESULTS = ROOT / "build" / "against-stock.json"
OURS = "Topic Explorer"
TIMES_FASTER, MEMORY_SHARE = 12, 2 / 3
"""What is wanted of the largest corpus."""

Side = Mapping[str, Any]
"""One side's figures at one size, as kept in the file of results."""


def main() -> None:
    """Measure every size that was asked for; each is written as soon as it is there."""
    asked = _arguments()
    results: dict[str, Any] = json.loads(asked.results.read_text("utf-8")) if asked.results.exists() else {}
    try:
        for size in numbers(asked.sizes):
            with tempfile.TemporaryDirectory(prefix="topic-explorer-benchmark-") as name:
                measured = measure(size, asked, Path(name))
            results[str(size)] = measured
            asked.results.parent.mkdir(parents=True, exist_ok=True)
            asked.results.write_text(json.dumps(results, indent=1), encoding="utf-8")
            _publish(asked.output, results)
    except BenchmarkError as error:
        stop(error)


def _arguments() -> argparse.Namespace:
    parser = parser_of("against_stock", __doc__ and __doc__.partition("\n")[0])
    add_corpora(parser)
    parser.add_argument("--sizes", default="1000,10000,82613", help="Papers, as in 1000,10000; more than all is all.")
    parser.add_argument(
        "--embed-sample", type=int, default=2000, help="Stock embeds at most so many; the time of all is reckoned."
    )
    parser.add_argument(
        "--vectors", type=Path, help="Float32 MiniLM vectors of all documents, in their order, for the largest size."
    )
    parser.add_argument(
        "--vectors-cache", type=Path, default=default_cache(), help="A fit's cache: MiniLM vectors are kept there."
    )
    parser.add_argument("--most-seconds", type=int, default=1800, help="After which topics_over_time is stopped.")
    parser.add_argument("--results", type=Path, default=RESULTS, help="A file kept between runs.")
    return parser.parse_args()


def measure(size: int, asked: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """Both sides on ``size`` papers."""
    command = f"python -m benchmarks.against_stock --sizes {size} --embed-sample {asked.embed_sample}"
    about = circumstances(command)
    file, corpus = some_papers(asked.corpora, size, folder)
    documents = folder / "documents.parquet"
    n_documents = apart(write_documents, file, documents)
    sides: dict[str, Side] = {}
    say(f"{size}: {OURS}")
    ours = fit(file, "papers", folder)
    keywords = {OURS: apart(keywords_of, ours.store, ours.corpus)}
    sides[OURS] = {
        "seconds": ours.run.seconds,
        "stages": ours.stages,
        "peak_mb": ours.run.peak_mb,
        "n_papers": ours.facts["papers_kept"],
        "n_topics": ours.facts["n_topics"],
        "n_outliers": ours.facts["n_outliers"],
    }
    vectors = _vectors(documents, n_documents, asked, folder)
    for configuration in (DEFAULTS, COMPARABLE):
        if n_documents < configuration.least_papers:
            continue
        say(f"{size}: {configuration.name}")
        limits = ("--embed-sample", str(asked.embed_sample), "--most-seconds", str(asked.most_seconds))
        stock = stock_fit(documents, vectors, folder / "stock.json", *configuration.options, *limits)
        keywords[configuration.name] = stock.facts["keywords"]
        sides[configuration.name] = {
            "seconds": stock.seconds,
            "stages": stock.stages,
            "peak_mb": stock.run.peak_mb,
            "n_papers": stock.facts["n_documents"],
            "n_topics": stock.facts["n_topics"],
            "n_outliers": stock.facts["n_outliers"],
            "embedding": stock.facts["embedding"],
            "over_time_stopped_after": stock.facts["over_time_stopped_after"],
            "versions": stock.facts["versions"],
        }
    quality = apart(scores, documents, keywords)
    return {
        "about": about,
        "corpus": corpus,
        "sides": {name: {**side, "quality": quality[name]} for name, side in sides.items()},
    }


def _vectors(documents: Path, n_documents: int, asked: argparse.Namespace, folder: Path) -> Path | None:
    """Where stock's vectors are; none when it embeds everything itself."""
    if n_documents <= asked.embed_sample:
        return None
    if asked.vectors is not None and apart(_n_rows, asked.vectors) == n_documents:
        return Path(asked.vectors)
    say(f"MiniLM vectors of {n_documents:,} documents, not timed")
    made = folder / "vectors.npy"
    apart(write_vectors, documents, made, asked.vectors_cache)
    return made


def _n_rows(file: Path) -> int:
    import numpy as np

    return len(np.load(file, mmap_mode="r"))


def _publish(output: Path, results: Mapping[str, Any]) -> None:
    ordered = [results[size] for size in sorted(results, key=int)]
    panels = [
        (
            f"{_n_papers(result):,} {result['corpus'].partition(' (')[0]}",
            [Bar(name, side["stages"]) for name, side in result["sides"].items()],
        )
        for result in ordered
    ]
    picture = output.parent / "images" / PICTURE
    picture.parent.mkdir(parents=True, exist_ok=True)
    picture.write_text(stacked_bars("Time by stage, end to end", panels), encoding="utf-8")
    lines = [f"![Time by stage of both, one panel for each size of corpus](images/{PICTURE})"]
    for result in ordered:
        lines += ["", f"### {_n_papers(result):,} {result['corpus']}", "", *result["about"], *_versions(result)]
        lines += size_table(result["sides"])
    publish(output, TITLE, lines)


def _n_papers(result: Mapping[str, Any]) -> int:
    n_papers: int = result["sides"][OURS]["n_papers"]
    return n_papers


def _versions(result: Mapping[str, Any]) -> list[str]:
    versions = result["sides"][DEFAULTS.name]["versions"]
    return [f"- stock: {', '.join(f'{name} {number}' for name, number in versions.items())}"]


def size_table(sides: Mapping[str, Side]) -> list[str]:
    """The Markdown table of one size: a row for each measure, a column for each side."""
    ours = sides[OURS]

    def row(name: str, cell: Any) -> list[str]:
        return [name, *(cell(side) for side in sides.values())]

    def against(name: str, cell: Any) -> list[str]:
        return [name, *("" if side is ours else cell(side) for side in sides.values())]

    def quality(name: str, key: str) -> list[str]:
        return row(name, lambda side: _figure(side["quality"][key]))

    rows = [
        row("end to end", lambda side: duration(side["seconds"])),
        against(
            f"{OURS} is faster by (wanted: {TIMES_FASTER} times)",
            lambda side: f"{side['seconds'] / ours['seconds']:.1f} times",
        ),
        row("peak memory", lambda side: f"{side['peak_mb']:,.0f} MB"),
        against(
            f"{OURS}'s share of that memory (wanted: at most {MEMORY_SHARE:.2f})",
            lambda side: f"{ours['peak_mb'] / side['peak_mb']:.2f}",
        ),
        row("topics", lambda side: f"{side['n_topics']:,}"),
        row("outliers", lambda side: f"{side['n_outliers'] / max(side['n_papers'], 1):.1%}"),
        quality("NPMI of ten keywords", "npmi"),
        quality("diversity of ten keywords", "diversity"),
        quality("NPMI of ten single words", "npmi_words"),
        quality("diversity of ten single words", "diversity_words"),
        row("embedding", _embedding),
        row("stages", _stages),
    ]
    return table(["measured", *sides], rows)


def _figure(value: float | None) -> str:
    return "not measured" if value is None else f"{value:.3f}"


def _embedding(side: Side) -> str:
    known = side.get("embedding")
    if known is None:
        return ""
    speed = f"{known['documents_per_second']:.1f} documents/s"
    if known["extrapolated"]:
        return f"{speed}, measured on {known['n_measured']:,}, time of all reckoned from it"
    return f"{speed}, all measured"


def _stages(side: Side) -> str:
    parts = [f"{name} {duration(seconds)}" for name, seconds in side["stages"].items()]
    limit = side.get("over_time_stopped_after")
    if limit is not None:
        parts.append(f"topics_over_time had not ended after {duration(limit)} and was stopped")
    return ", ".join(parts)


if __name__ == "__main__":
    main()
