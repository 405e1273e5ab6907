"""Measures the whole line and writes the figures into ``docs/benchmarks.md``.

    python -m benchmarks.spine [--corpus hf|ai|planted|all] [--store DIR] [--output FILE]

Each part replaces its own section of the file, between its two marks; a part
that was not run stays as it was, with its own date.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from benchmarks import fits
from benchmarks.fits import Figures
from benchmarks.processes import ROOT, BenchmarkError, load, machine

PAGE, CONFERENCES = "hf_papers_page.txt", "ai_conferences.parquet"
PLANTED = f"--papers {fits.N_PLANTED} --topics {fits.N_AREAS} --seed 1"


def main() -> None:
    """Measure what was asked for, part by part; each is written as soon as it is there."""
    asked = _arguments()
    page, conferences = asked.corpora / PAGE, asked.corpora / CONFERENCES
    everything = asked.corpus == "all"
    failed = False
    with tempfile.TemporaryDirectory(prefix="topic-explorer-benchmark-") as name:
        folder = Path(name)

        def part(title: str, command: str, measure: Callable[[], Figures], needs: Path | None = None) -> None:
            nonlocal failed
            failed |= not _part(asked.output, title, command, measure, needs)

        if everything or asked.corpus == "hf":
            part("hf", f"fit {PAGE} --corpus hf", lambda: fits.reading_page(page, folder), page)
        if everything or asked.corpus == "planted":
            command = f"sample {PLANTED} --output planted.jsonl; fit planted.jsonl --corpus planted"
            part("planted", f"{command} --facet planted_topic", lambda: fits.planted(folder))
        if everything or asked.corpus == "ai":
            part("inspect", f"inspect {CONFERENCES}", lambda: fits.inspection(conferences), conferences)
            store = asked.store or folder / "store"
            if asked.store is None:
                command = f"fit {CONFERENCES} --corpus ai --facet countries --embedder lsa"
                part("ai", command, lambda: fits.conferences(conferences, folder), conferences)
            part("dashboard", "serve --corpus ai", lambda: _dashboard(store), store / "ai")
    sys.exit(failed)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.spine", description=__doc__.partition("\n")[0])
    parser.add_argument("--corpus", choices=("hf", "ai", "planted", "all"), default="all", help="Which parts to run.")
    parser.add_argument("--output", type=Path, default=ROOT / "docs" / "benchmarks.md", help="Where the figures go.")
    parser.add_argument(
        "--corpora", type=Path, default=ROOT.parent / "shared" / "corpora", help="The folder of the two real corpora."
    )
    parser.add_argument(
        "--store", type=Path, help="Measure the dashboard over the corpus ai of this store instead of fitting it."
    )
    return parser.parse_args()


def _dashboard(store: Path) -> Figures:
    from benchmarks.visits import dashboard  # a browser is needed for this part alone

    return dashboard(store, "ai")


def _part(output: Path, title: str, command: str, measure: Callable[[], Figures], needs: Path | None) -> bool:
    """Measure one part and write it; whether that went well. Missing input is said and is no failure."""
    print(f"{title}: {command}", file=sys.stderr, flush=True)
    started = datetime.now(UTC)
    busy = load()
    if needs is not None and not needs.exists():
        said = f"Not measured on {started:%Y-%m-%d}: {needs.name} was not there, so this part was left out."
        print(f"  {said}", file=sys.stderr)
        write_section(output, title, said)
        return True
    try:
        figures = measure()
    except BenchmarkError as error:
        print(f"  {error}", file=sys.stderr)
        return False
    lines = [f"- date: {started:%Y-%m-%d %H:%M} UTC, Topic Explorer {version('topic-explorer')}"]
    lines += [f"- machine: {machine()}", f"- load at the start: {busy}", f"- command: `topic-explorer {command}`", ""]
    lines += ["| measured | figure |", "|---|---|", *(f"| {name} | {_cell(value)} |" for name, value in figures)]
    print("\n".join(lines), file=sys.stderr)
    write_section(output, title, "\n".join(lines))
    return True


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def write_section(output: Path, title: str, content: str) -> None:
    """Put ``content`` between the marks of section ``title`` of the file ``output``, at its end if there are none."""
    begin, end = f"<!-- measured: {title} -->", f"<!-- end: {title} -->"
    text = output.read_text(encoding="utf-8") if output.exists() else ""
    section = f"{begin}\n{content}\n{end}"
    pattern = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}", re.DOTALL)
    if not pattern.search(text):
        text = f"{text.rstrip()}\n\n{section}\n".lstrip()
    output.write_text(pattern.sub(lambda _: section, text), encoding="utf-8")


if __name__ == "__main__":
    main()
