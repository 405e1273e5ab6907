"""Is the snapshot's content the same when the rows come in another order? Two shuffles against the file itself.

    python -m benchmarks.shuffled [--corpora DIR] [--papers N]

Each fit starts with an empty cache, so that nothing is the same only because it was kept.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from benchmarks.bars import duration
from benchmarks.corpora import in_another_order, some_papers
from benchmarks.our_side import Fit, fit
from benchmarks.processes import BenchmarkError, apart
from benchmarks.report import add_corpora, circumstances, parser_of, publish, say, stop, table
from pipeline.snapshot import read_manifest

TITLE = "shuffled"
SEEDS = (1, 2)


def main() -> None:
    """Fit the file and two shuffles of it, each with an empty cache, and write the section."""
    asked = _arguments()
    command = "python -m benchmarks.shuffled" + (f" --papers {asked.papers}" if asked.papers else "")
    about = circumstances(command)
    try:
        with tempfile.TemporaryDirectory(prefix="topic-explorer-benchmark-") as name:
            corpus, rows = _rows(asked, Path(name))
    except BenchmarkError as error:
        stop(error)
    same = len({content for _, content, *_ in rows}) == 1
    lines = [*about, f"- corpus: {corpus}", f"- the same content: {'yes' if same else 'no'}"]
    header = ("rows in the order of", "sha256 of the content", "kept", "topics", "outliers", "end to end")
    publish(asked.output, TITLE, [*lines, *table(header, rows)])


def _arguments() -> argparse.Namespace:
    parser = parser_of("shuffled", __doc__ and __doc__.partition("\n")[0])
    add_corpora(parser)
    parser.add_argument("--papers", type=int, help="So many random papers instead of all.")
    return parser.parse_args()


def _rows(asked: argparse.Namespace, folder: Path) -> tuple[str, list[list[str]]]:
    file, corpus = some_papers(asked.corpora, asked.papers, folder)
    say("the file itself")
    rows = [_row("the file", fit(file, "in-order", folder))]
    for seed in SEEDS:
        say(f"shuffle {seed}")
        shuffled = folder / f"shuffle-{seed}" / file.name  # the file's name is part of what a paper says of its source
        shuffled.parent.mkdir()
        apart(in_another_order, file, seed, shuffled)
        rows.append(_row(f"shuffle {seed}", fit(shuffled, "in-order", folder / f"shuffle-{seed}")))
    return corpus, rows


def _row(name: str, done: Fit) -> list[str]:
    manifest = read_manifest(Path(done.facts["snapshot_path"]))
    counts = (f"{done.facts[key]:,}" for key in ("papers_kept", "n_topics", "n_outliers"))
    return [name, f"`{manifest.content_sha256}`", *counts, duration(done.run.seconds)]


if __name__ == "__main__":
    main()
