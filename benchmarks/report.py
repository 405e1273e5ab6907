"""What a benchmark command shares with the others: its options and the shape of its section."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from benchmarks.processes import CORPORA, ROOT, BenchmarkError, load, machine
from benchmarks.spine import write_section

PAGE = ROOT / "docs" / "benchmarks.md"


def parser_of(module: str, summary: str | None) -> argparse.ArgumentParser:
    """A parser with the options that every benchmark has."""
    parser = argparse.ArgumentParser(prog=f"python -m benchmarks.{module}", description=summary)
    parser.add_argument("--output", type=Path, default=PAGE, help="The page that the figures go into.")
    return parser


def add_corpora(parser: argparse.ArgumentParser) -> None:
    """The option that says where the conference papers are."""
    parser.add_argument("--corpora", type=Path, default=CORPORA, help="The folder of ai_conferences.parquet.")


def numbers(text: str) -> list[int]:
    """``"1000,10000"`` as numbers, in that order."""
    return [int(part) for part in text.split(",") if part.strip()]


def circumstances(command: str) -> list[str]:
    """Date, machine, load and command, as a list in Markdown; call it before measuring."""
    return [
        f"- date: {datetime.now(UTC):%Y-%m-%d %H:%M} UTC, Topic Explorer {version('topic-explorer')}",
        f"- machine: {machine()}",
        f"- load at the start: {load()}",
        f"- command: `{command}`",
    ]


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """A Markdown table."""
    lines = [list(header), ["---"] * len(header), *(list(row) for row in rows)]
    return ["", *("| " + " | ".join(_cell(cell) for cell in line) + " |" for line in lines)]


def publish(output: Path, title: str, lines: Iterable[str]) -> None:
    """Write ``lines`` as section ``title`` of ``output`` and to standard error."""
    text = "\n".join(lines)
    print(f"{title}\n{text}", file=sys.stderr, flush=True)
    write_section(output, title, text)


def say(text: str) -> None:
    """One line about where the work is."""
    print(text, file=sys.stderr, flush=True)


def stop(error: BenchmarkError) -> None:
    """End with the error's sentence."""
    print(error, file=sys.stderr)
    sys.exit(1)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
