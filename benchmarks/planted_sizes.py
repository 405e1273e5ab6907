"""Planted corpora of several sizes: are the areas they were drawn from found, and at what cost?

    python -m benchmarks.planted_sizes [--sizes 1000,10000,100000]

Areas and topics are compared by the adjusted Rand index.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from benchmarks.bars import duration
from benchmarks.corpora import N_AREAS, planted
from benchmarks.our_side import fit, planted_agreement
from benchmarks.processes import BenchmarkError, apart
from benchmarks.report import circumstances, numbers, parser_of, publish, say, stop, table

TITLE = "planted-sizes"
WANTED = 0.95
HEADER = (
    "papers",
    "kept",
    "end to end",
    "peak memory",
    f"topics (areas: {N_AREAS})",
    "outliers",
    f"adjusted Rand index, all papers (wanted: at least {WANTED})",
    "the same, papers in a topic only",
    "stages",
)


def main() -> None:
    """Draw and fit every size and write the section."""
    parser = parser_of("planted_sizes", __doc__ and __doc__.partition("\n")[0])
    parser.add_argument("--sizes", default="1000,10000,100000", help="Papers, as in 1000,10000.")
    asked = parser.parse_args()
    about = circumstances(f"python -m benchmarks.planted_sizes --sizes {asked.sizes}")
    rows = []
    try:
        for size in numbers(asked.sizes):
            say(f"{size:,} planted papers")
            with tempfile.TemporaryDirectory(prefix="topic-explorer-benchmark-") as name:
                rows.append(_row(size, Path(name)))
    except BenchmarkError as error:
        stop(error)
    publish(asked.output, TITLE, [*about, *table(HEADER, rows)])


def _row(size: int, folder: Path) -> list[str]:
    file = folder / "planted.jsonl"
    planted(size, file)
    done = fit(file, "planted", folder, "--facet", "planted_topic")
    agreement, within = apart(planted_agreement, done.store, done.corpus)
    kept = done.facts["papers_kept"]
    return [
        f"{size:,}",
        f"{kept:,}",
        duration(done.run.seconds),
        f"{done.run.peak_mb:,.0f} MB",
        f"{done.facts['n_topics']}",
        f"{done.facts['n_outliers'] / max(kept, 1):.1%}",
        f"{agreement:.3f}",
        f"{within:.3f}",
        ", ".join(f"{name} {duration(seconds)}" for name, seconds in done.stages.items()),
    ]


if __name__ == "__main__":
    main()
