"""What a person sees in the terminal: progress while a fit runs, tables when it is done."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from rich.console import Console, ConsoleOptions, RenderableType
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    SpinnerColumn,
    Task,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.progress import Progress as Bars
from rich.segment import Segment
from rich.table import Column, Table
from rich.text import Text

from pipeline.interruption import stop_if_asked
from pipeline.schema import Manifest
from pipeline.snapshot import SnapshotInfo

_UNSAFE = {
    **dict.fromkeys([*range(0x20), *range(0x7F, 0xA0), *range(0x202A, 0x202F), *range(0x2066, 0x206A)], "\ufffd"),
    **{ord(kept): kept for kept in "\n\t"},
}
"""Control characters, which can move the cursor or rename the window, and those that turn the reading direction."""


class SafeConsole(Console):
    """A console on which text from files cannot pass for commands to the terminal."""

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterator[Segment]:
        """The segments of ``renderable``, every unsafe character of its text replaced."""
        for segment in super().render(renderable, options):
            yield segment if segment.control else segment._replace(text=segment.text.translate(_UNSAFE))


class _Count(MofNCompleteColumn):
    """Steps done of all steps; nothing for a stage that cannot count its steps."""

    def render(self, task: Task) -> Text:
        return super().render(task) if task.total is not None else Text("")


class TerminalProgress:
    """Progress bars with the stage, the count and an estimate of the time left."""

    def __init__(self, console: Console) -> None:
        self._bars = Bars(
            SpinnerColumn(finished_text="[green]✓[/]"),
            TextColumn("{task.description}", table_column=Column(min_width=24)),
            BarColumn(bar_width=28),
            _Count(),
            TimeElapsedColumn(),
            TimeRemainingColumn(compact=True, elapsed_when_finished=False),
            console=console,
        )

    def __enter__(self) -> TerminalProgress:
        self._bars.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._bars.stop()

    @contextmanager
    def stage(self, name: str, total: int | None = None) -> Iterator[_Counter]:
        """Draw one bar for the time the stage takes."""
        stop_if_asked()
        task = self._bars.add_task(name, total=total)
        yield _Counter(self._bars, task)
        if total is None:
            self._bars.update(task, total=1, completed=1)
        else:
            self._bars.update(task, completed=total)

    def say(self, message: str) -> None:
        """Print one sentence above the bars."""
        self._bars.console.print(Text(message), soft_wrap=True)


class _Counter:
    def __init__(self, bars: Bars, task: object) -> None:
        self._bars = bars
        self._task = task

    def advance(self, n: int = 1) -> None:
        """Report ``n`` more steps done."""
        stop_if_asked()
        self._bars.advance(self._task, n)  # type: ignore[arg-type]


def human_bytes(n_bytes: int) -> str:
    """``n_bytes`` in the largest unit that keeps it above one, "12.3 MB"."""
    size = float(n_bytes)
    for unit in ("B", "kB", "MB", "GB"):
        if size < 1000 or unit == "GB":
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1000
    raise AssertionError("unreachable")


def human_seconds(seconds: float) -> str:
    """``seconds`` as "0.4 s", "12 s" or "3 min 20 s"."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    if seconds < 60:
        return f"{seconds:.0f} s"
    return f"{int(seconds // 60)} min {int(seconds % 60)} s"


def _plain_table(*columns: str | Column) -> Table:
    return Table(*columns, box=None, padding=(0, 2, 0, 0), header_style="dim")


def fit_summary(manifest: Manifest) -> Table:
    """What a fit read, kept, dropped and found, and where the time went."""
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    table.add_column(style="dim")
    table.add_column()
    table.add_row("corpus", manifest.corpus)
    table.add_row("snapshot", manifest.snapshot_id)
    table.add_row("papers", f"{manifest.papers_read:,} read, {manifest.papers_kept:,} kept")
    for reason, count in sorted(manifest.dropped.items(), key=lambda item: (-item[1], item[0])):
        table.add_row("", f"{count:,} dropped: {reason}")
    share = manifest.n_outliers / max(manifest.papers_kept, 1)
    table.add_row("topics", f"{manifest.n_topics:,}, with {manifest.n_outliers:,} outliers ({share:.0%})")
    times = ", ".join(
        f"{stage.name} {human_seconds(stage.seconds)}{' (cached)' if stage.cached else ''}" for stage in manifest.stages
    )
    table.add_row("time", f"{human_seconds(manifest.seconds)}: {times}")
    table.add_row("peak memory", f"{manifest.peak_memory_mb:,.0f} MB")
    for warning in manifest.warnings:
        table.add_row(Text("note", style="yellow"), Text(warning))
    return table


def snapshots_table(corpora: dict[str, list[SnapshotInfo]]) -> Table:
    """Every snapshot of every corpus, newest first, with its size on disk."""
    table = _plain_table(
        "corpus", Column("snapshot", no_wrap=True), "created", "papers", "topics", "outliers", "disk", ""
    )
    for corpus, snapshots in corpora.items():
        for info in snapshots:
            created = info.created.strftime("%Y-%m-%d %H:%M") if info.created else ""
            table.add_row(
                corpus,
                info.snapshot_id,
                created,
                f"{info.n_papers:,}",
                f"{info.n_topics:,}",
                f"{info.n_outliers:,}",
                human_bytes(info.bytes),
                Text(info.problem or ("latest" if info.is_latest else "")),
            )
    return table


def counts_table(heading: str, counts: dict[str, int]) -> Table:
    """Counts by name, largest first."""
    table = _plain_table(heading, "papers")
    for name, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        table.add_row(Text(name), f"{count:,}")
    return table


def fit_json(result: Any) -> dict[str, Any]:
    """What a fit did, for programs: a `pipeline.run.FitResult` as JSON-able values."""
    fields = (
        "corpus",
        "snapshot_id",
        "papers_read",
        "papers_kept",
        "dropped",
        "n_topics",
        "n_outliers",
        "seconds",
        "peak_memory_mb",
    )
    return {
        **{name: getattr(result.manifest, name) for name in fields},
        "snapshot_path": str(result.path),
        "unchanged": result.unchanged,
        "stages": [stage.model_dump() for stage in result.manifest.stages],
        "warnings": result.manifest.warnings,
    }
