"""What fitting the same papers again takes: unchanged, and with another ``--min-topic-size``.

    python -m benchmarks.refits [--corpora DIR] [--papers N] [--min-topic-size 100]

The first fit starts with an empty cache; the others find what it kept there.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from benchmarks.bars import duration
from benchmarks.corpora import some_papers
from benchmarks.our_side import Fit, fit
from benchmarks.processes import BenchmarkError, run_process
from benchmarks.report import add_corpora, circumstances, parser_of, publish, say, stop, table

TITLE = "refits"
MOST_SECONDS, MOST_SHARE = 5, 0.25


def main() -> None:
    """Fit three times and write the section."""
    asked = _arguments()
    command = "python -m benchmarks.refits" + (f" --papers {asked.papers}" if asked.papers else "")
    about = circumstances(f"{command} --min-topic-size {asked.min_topic_size}")
    try:
        with tempfile.TemporaryDirectory(prefix="topic-explorer-benchmark-") as name:
            corpus, rows = _measured(asked, Path(name))
    except BenchmarkError as error:
        stop(error)
    header = ("fit", "end to end", "after start-up", "share of the first", "stages")
    publish(asked.output, TITLE, [*about, f"- corpus: {corpus}", *table(header, rows)])


def _arguments() -> argparse.Namespace:
    parser = parser_of("refits", __doc__ and __doc__.partition("\n")[0])
    add_corpora(parser)
    parser.add_argument("--papers", type=int, help="So many random papers instead of all.")
    parser.add_argument("--min-topic-size", type=int, default=100, help="Of the third fit.")
    return parser.parse_args()


def _measured(asked: argparse.Namespace, folder: Path) -> tuple[str, list[list[str]]]:
    file, corpus = some_papers(asked.corpora, asked.papers, folder)
    starts = [run_process([sys.executable, "-c", "import pipeline.run"], "starting").seconds for _ in range(2)]
    start_up = min(starts)  # the first may have read the libraries from disk
    cache = folder / "cache"
    say("first fit")
    first = fit(file, "papers", folder, cache=cache)
    say("unchanged")
    again = fit(file, "papers", folder, cache=cache)
    say("another --min-topic-size")
    changed = fit(file, "papers", folder, "--min-topic-size", str(asked.min_topic_size), cache=cache)

    def row(name: str, done: Fit) -> list[str]:
        seconds = max(done.run.seconds - start_up, 0.0)
        stages = ", ".join(f"{stage} {duration(spent)}" for stage, spent in done.stages.items())
        share = done.run.seconds / first.run.seconds
        return [name, duration(done.run.seconds), duration(seconds), f"{share:.0%}", stages]

    return corpus, [
        row("first", first),
        row(f"unchanged (wanted: under {MOST_SECONDS} s after start-up)", again),
        row(f"`--min-topic-size {asked.min_topic_size}` (wanted: under {MOST_SHARE:.0%})", changed),
    ]


if __name__ == "__main__":
    main()
