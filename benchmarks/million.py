"""One million planted papers: what a fit takes, what it finds, and how long its snapshot takes to open.

    python -m benchmarks.million [--papers 1000000] [--folder DIR]

With ``--folder`` the planted file, the cache and the store stay there: a fit that was stopped goes on with what its
cache holds, and the figures are then no longer those of a cold start.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

from benchmarks.bars import duration
from benchmarks.corpora import N_AREAS, planted
from benchmarks.our_side import fit, planted_agreement
from benchmarks.processes import BenchmarkError, apart
from benchmarks.report import circumstances, parser_of, publish, say, stop, table

TITLE = "million"
MOST_MINUTES, MOST_GB = 60, 16


def main() -> None:
    """Draw, fit, open, and write the section."""
    asked = _arguments()
    about = circumstances(f"python -m benchmarks.million --papers {asked.papers}")
    try:
        with tempfile.TemporaryDirectory(prefix="topic-explorer-benchmark-") as name:
            folder = asked.folder or Path(name)
            folder.mkdir(parents=True, exist_ok=True)
            rows = _measured(asked.papers, folder)
    except BenchmarkError as error:
        stop(error)
    publish(asked.output, TITLE, [*about, *table(("measured", "figure"), rows)])


def _arguments() -> argparse.Namespace:
    parser = parser_of("million", __doc__ and __doc__.partition("\n")[0])
    parser.add_argument("--papers", type=int, default=1_000_000, help="How many.")
    parser.add_argument("--folder", type=Path, help="Where to work and leave everything; a temporary one by default.")
    return parser.parse_args()


def _measured(n_papers: int, folder: Path) -> list[list[str]]:
    file = folder / f"planted-{n_papers}.jsonl"
    started = time.perf_counter()
    if not file.exists():
        say(f"{n_papers:,} planted papers")
        planted(n_papers, file)
    drawing = time.perf_counter() - started
    say("fit")
    done = fit(file, "planted", folder, "--facet", "planted_topic")
    say("open")
    agreement, within = apart(planted_agreement, done.store, done.corpus)
    opening, indexing, memory = apart(open_once, done.store, done.corpus)
    kept = done.facts["papers_kept"]
    snapshot = Path(done.facts["snapshot_path"])
    size = sum(part.stat().st_size for part in snapshot.rglob("*") if part.is_file())
    return [
        ["papers", f"{n_papers:,} drawn in {duration(drawing)}, {file.stat().st_size / 1e6:,.0f} MB; {kept:,} kept"],
        [f"end to end (wanted: under {MOST_MINUTES} min)", duration(done.run.seconds)],
        [f"peak memory (wanted: under {MOST_GB} GB)", f"{done.run.peak_mb / 1e3:.2f} GB"],
        ["stages", ", ".join(f"{name} {duration(seconds)}" for name, seconds in done.stages.items())],
        ["topics", f"{done.facts['n_topics']} of {N_AREAS} areas"],
        ["outliers", f"{done.facts['n_outliers'] / max(kept, 1):.1%}"],
        ["adjusted Rand index to the areas, all papers (outliers as one group)", f"{agreement:.3f}"],
        ["the same, papers in a topic only", f"{within:.3f}"],
        ["snapshot on disk", f"{size / 1e6:,.0f} MB"],
        ["opening the snapshot in a new process, checks included", f"{opening:.2f} s"],
        ["the dashboard's index over it", f"{indexing:.2f} s"],
        ["memory of that process afterwards", f"{memory:,.0f} MB"],
        *([f"note {n}", note] for n, note in enumerate(done.facts["warnings"], start=1)),
    ]


def open_once(store: Path, corpus: str) -> tuple[float, float, float]:
    """Seconds to open a snapshot, seconds to index it, resident memory in MB; imports are not counted."""
    import os

    from benchmarks.processes import resident_mb
    from dashboard.queries import index_snapshot
    from pipeline.snapshot import open_snapshot

    started = time.perf_counter()
    snapshot = open_snapshot(store, corpus)
    opened = time.perf_counter()
    index = index_snapshot(snapshot)
    ended = time.perf_counter()
    assert index.n_papers
    return opened - started, ended - opened, resident_mb(os.getpid())


if __name__ == "__main__":
    main()
