"""The commands. Each one parses, calls one function, prints; nothing else happens here.

This is where the two halves are put together: ``serve`` starts the dashboard
and ``export`` uses its CSV writer, so that both give the same bytes. Nothing
else below ``pipeline`` knows the dashboard.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from rich.console import Console
from rich.markup import escape
from rich.text import Text

from pipeline.snapshot import SnapshotError, default_cache, default_store

app = typer.Typer(
    name="topic-explorer",
    help="Turn a pile of paper abstracts into a map of topics, trends and paper lists.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

errors = Console(stderr=True, highlight=False)
# Into a file or another program nothing is cut to the width of a screen that is not there.
output = Console(highlight=False, soft_wrap=True, width=None if sys.stdout.isatty() else 200)

Store = Annotated[
    Path | None,
    typer.Option(
        "--store",
        envvar="TOPIC_EXPLORER_STORE",
        help="Where snapshots live.",
        show_default="per-user data folder",
    ),
]
Files = Annotated[list[Path], typer.Argument(help="Papers: CSV, TSV, JSON, JSON Lines, Parquet, or page text.")]
Columns = Annotated[
    list[str] | None,
    typer.Option("--column", metavar="OURS=THEIRS", help="Which column holds what, as in abstract=summary."),
]
Facets = Annotated[
    list[str] | None, typer.Option("--facet", metavar="NAME", help="Keep this column to filter and group by.")
]
Corpus = Annotated[str, typer.Option("--corpus", "-c", help="The corpus by name.")]
SnapshotId = Annotated[str | None, typer.Option("--snapshot", help="A snapshot by id.", show_default="the latest")]


def fail(message: str) -> NoReturn:
    """Print one sentence on standard error and exit with status 1."""
    errors.print(f"[bold red]Error:[/] {escape(message)}")
    raise typer.Exit(1)


def _expected_errors() -> tuple[type[Exception], ...]:
    """The exceptions that carry a sentence for the user; imported late, as they are heavy."""
    known: list[type[Exception]] = [SnapshotError]
    modules = {
        "pipeline.run": "RunError",
        "pipeline.readers": "ReadError",
        "pipeline.embedding": "EmbeddingError",
        "pipeline.planted": "SampleError",
        "dashboard.exports": "ExportError",
    }
    known += [getattr(sys.modules[module], name) for module, name in modules.items() if module in sys.modules]
    return tuple(known)


@contextmanager
def _plain_errors() -> Iterator[None]:
    try:
        yield
    except KeyboardInterrupt:
        errors.print("Stopped. The store is as it was; finished embeddings are kept for the next run.")
        raise typer.Exit(130) from None
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(1) from None
    except MemoryError:
        fail("There is not enough memory for this. Try fewer papers or --embedder lsa.")
    except Exception as error:
        if isinstance(error, typer.Exit):
            raise
        if isinstance(error, _expected_errors()):
            fail(str(error))
        if isinstance(error, OSError):
            where = f"{error.filename}: " if error.filename else ""
            fail(f"{where}{error.strerror or error}")
        if os.environ.get("TOPIC_EXPLORER_DEBUG"):
            raise
        fail(
            f"Something unexpected went wrong ({type(error).__name__}: {error}). The store is as it was. "
            "Run again with TOPIC_EXPLORER_DEBUG=1 in the environment to see where, and please report it."
        )


def _command(function: Callable[..., None]) -> Callable[..., None]:
    """Register a command whose errors reach the user as one sentence."""

    @wraps(function)
    def run(*args: Any, **kwargs: Any) -> None:
        with _plain_errors():
            function(*args, **kwargs)

    return run


def _columns(pairs: list[str] | None) -> dict[str, str]:
    columns = {}
    for pair in pairs or []:
        ours, equals, theirs = pair.partition("=")
        if not (equals and ours.strip() and theirs.strip()):
            fail(f"--column {pair}: write it as OURS=THEIRS, for example --column abstract=summary.")
        columns[ours.strip()] = theirs.strip()
    return columns


@app.command()
@_command
def inspect(
    files: Files,
    column: Columns = None,
    facet: Facets = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the whole report as JSON.")] = False,
) -> None:
    """Say what is in these files and what is wrong with them; fit nothing."""
    from pipeline.inspection import inspection_report
    from pipeline.intake import read_documents
    from pipeline.settings import RunSettings
    from pipeline.terminal import TerminalProgress

    settings = RunSettings(columns=_columns(column), facets=tuple(facet or ()))
    with TerminalProgress(errors) as progress:
        documents, _ = read_documents(files, settings, progress)
    if as_json:
        sys.stdout.write(json.dumps(documents.quality, indent=2, ensure_ascii=False) + "\n")
    else:
        output.print(inspection_report(documents))


@app.command()
@_command
def fit(
    files: Files,
    corpus: Annotated[
        str | None, typer.Option("--corpus", "-c", help="The corpus by name.", show_default="the first file's name")
    ] = None,
    column: Columns = None,
    facet: Facets = None,
    embedder: Annotated[
        str, typer.Option(help="auto, minilm, minilm:fp32, lsa, or precomputed:FILE.npy with one row a record.")
    ] = "auto",
    min_topic_size: Annotated[
        int | None,
        typer.Option(min=2, help="Fewest papers that make a topic.", show_default="by corpus size"),
    ] = None,
    seed: Annotated[int, typer.Option(help="Same input and seed: same snapshot.")] = 42,
    store: Store = None,
    cache: Annotated[
        Path | None,
        typer.Option(
            envvar="TOPIC_EXPLORER_CACHE",
            help="Where embeddings are kept.",
            show_default="per-user cache folder",
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object for programs.")] = False,
) -> None:
    """Fit topics over these papers and publish a snapshot."""
    from pipeline.settings import DocumentSettings, RunSettings, TopicSettings
    from pipeline.terminal import TerminalProgress

    settings = RunSettings(
        embedder=embedder,
        columns=_columns(column),
        facets=tuple(facet or ()),
        documents=DocumentSettings(seed=seed),
        topics=TopicSettings(min_topic_size=min_topic_size, seed=seed),
    )
    store = store or default_store()
    with TerminalProgress(errors) as progress:
        with progress.stage("starting"):
            from pipeline import run
        corpus = corpus or run.corpus_name(files[0])
        result = run.fit(files, corpus, store, cache or default_cache(), settings, progress)
    if as_json:
        sys.stdout.write(json.dumps(_fit_json(result), ensure_ascii=False) + "\n")
        return
    from pipeline.terminal import fit_summary

    output.print(fit_summary(result.manifest))
    output.print(f"\nOpen it:  [bold]topic-explorer serve --corpus {corpus}{_store_flag(store)}[/]")


def _fit_json(result: Any) -> dict[str, Any]:
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
        "stages": [stage.model_dump() for stage in result.manifest.stages],
        "warnings": result.manifest.warnings,
    }


def _store_flag(store: Path) -> str:
    """``--store`` as it must be typed, nothing where the default already says it."""
    if store == default_store():
        return ""
    import shlex

    return f" --store {shlex.quote(str(store))}"


@app.command()
@_command
def serve(
    corpus: Annotated[str | None, typer.Option("--corpus", "-c", help="Open on this corpus.")] = None,
    store: Store = None,
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes a free one.")] = 8501,
    address: Annotated[
        str,
        typer.Option(
            help="The address to listen on. 127.0.0.1 is reached from this machine only, 0.0.0.0 from others too."
        ),
    ] = "127.0.0.1",
    open_browser: Annotated[bool, typer.Option("--open/--no-open", help="Open a browser when it is up.")] = True,
) -> None:
    """Start the dashboard over the store."""
    from pipeline.serving import ServeError, run_dashboard

    try:
        status = run_dashboard(store or default_store(), corpus, address, port, open_browser)
    except ServeError as error:
        fail(str(error))
    raise typer.Exit(status)


@app.command("list")
@_command
def list_(
    store: Store = None, corpus: Annotated[str | None, typer.Option("--corpus", "-c", help="Only this corpus.")] = None
) -> None:
    """List the snapshots in the store and the disk they use."""
    from pipeline.snapshot import list_corpora, list_snapshots
    from pipeline.terminal import human_bytes, snapshots_table

    store = store or default_store()
    names = [corpus] if corpus else list_corpora(store)
    found = {name: list_snapshots(store, name) for name in names}
    if not any(found.values()):
        output.print(f"No snapshot in {escape(str(store))} yet: topic-explorer fit papers.csv --corpus mylab")
        return
    output.print(snapshots_table(found))
    total = sum(info.bytes for infos in found.values() for info in infos)
    output.print(f"\n{human_bytes(total)} in {escape(str(store))}", style="dim")


@app.command()
@_command
def verify(
    store: Store = None,
    corpus: Annotated[str | None, typer.Option("--corpus", "-c", help="Only this corpus.")] = None,
    snapshot: SnapshotId = None,
) -> None:
    """Check every byte of every snapshot against its manifest; status 1 if one is damaged."""
    from pipeline import snapshot as snapshots

    store = store or default_store()
    if snapshot and not corpus:
        fail("--snapshot needs --corpus.")
    damaged = checked = 0
    for name in [corpus] if corpus else snapshots.list_corpora(store):
        ids = [snapshot] if snapshot else [info.snapshot_id for info in snapshots.list_snapshots(store, name)]
        if corpus and not ids:
            fail(f"There is no corpus {name} in {store}.")
        for snapshot_id in ids:
            problems = snapshots.verify(store, name, snapshot_id)
            checked += 1
            damaged += bool(problems)
            output.print(Text(f"{name} {snapshot_id}: {'damaged' if problems else 'good'}"))
            for problem in problems:
                output.print(Text(f"  {problem}"))
    output.print(f"{checked} checked, {damaged} damaged")
    if damaged:
        raise typer.Exit(1)


@app.command()
@_command
def export(
    corpus: Annotated[str | None, typer.Option("--corpus", "-c", help="The corpus by name.")] = None,
    topic: Annotated[str | None, typer.Option(help="One topic's papers, by topic id or number.")] = None,
    view: Annotated[str | None, typer.Option(help="A permalink's query string: exactly that view.")] = None,
    file: Annotated[
        Path | None, typer.Option("--output", "-o", help="The CSV file.", show_default="standard output")
    ] = None,
    store: Store = None,
) -> None:
    """Write papers as CSV: the same bytes as the dashboard's button."""
    from dashboard.exports import corpus_export, export_view, topic_export

    store = store or default_store()
    if topic and view:
        fail("Give --topic or --view, not both: a view already names its topic.")
    if view:
        content = export_view(store, view, corpus)
    elif corpus and topic:
        content = topic_export(store, corpus, topic)
    elif corpus:
        content = corpus_export(store, corpus)
    else:
        fail("Say what to export: --corpus NAME, with --topic ID for one topic, or --view QUERY.")
    if file is None or str(file) == "-":
        sys.stdout.buffer.write(content)
        return
    partial = file.with_name(file.name + ".part")
    partial.write_bytes(content)
    partial.replace(file)
    errors.print(f"{escape(str(file))}: {len(content):,} bytes")


@app.command()
@_command
def rollback(
    corpus: Corpus,
    to: Annotated[str | None, typer.Option(help="A snapshot by id.", show_default="the one before")] = None,
    store: Store = None,
) -> None:
    """Serve an earlier snapshot again; nothing is deleted."""
    from pipeline import snapshot as snapshots

    output.print(f"{corpus} now serves {snapshots.rollback(store or default_store(), corpus, to)}")


@app.command()
@_command
def prune(
    corpus: Annotated[str | None, typer.Option("--corpus", "-c", help="Only this corpus.")] = None,
    keep: Annotated[int, typer.Option(min=1, help="How many to keep of each corpus.")] = 3,
    store: Store = None,
) -> None:
    """Delete old snapshots; never the one being served, never one in use."""
    from pipeline import snapshot as snapshots

    store = store or default_store()
    deleted = 0
    for name in [corpus] if corpus else snapshots.list_corpora(store):
        for snapshot_id in snapshots.prune(store, name, keep):
            output.print(f"{name} {snapshot_id} deleted")
            deleted += 1
    output.print(f"{deleted} deleted")


@app.command()
@_command
def sample(
    file: Annotated[Path, typer.Option("--output", "-o", help="The JSON Lines file to write.")],
    papers: Annotated[int, typer.Option(min=1, help="How many papers.")] = 3000,
    topics: Annotated[int, typer.Option(min=1, max=24, help="From how many research areas.")] = 24,
    seed: Annotated[int, typer.Option(help="Same seed, same papers.")] = 1,
) -> None:
    """Write a planted corpus: made-up abstracts whose topics and trends are known."""
    from pipeline.planted import write_planted

    write_planted(file, papers, topics, seed)
    errors.print(f"{escape(str(file))}: {papers:,} papers from {topics} areas, truth in the column planted_topic")


def main() -> None:
    """Entry point of the ``topic-explorer`` command."""
    app()


if __name__ == "__main__":
    main()
