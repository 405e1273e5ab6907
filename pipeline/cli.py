"""The commands. Each one parses, calls one function, prints; nothing else happens here.

This is where the two halves are put together: ``serve`` starts the dashboard
and ``export`` uses its CSV writer, so that both give the same bytes. Nothing
else below ``pipeline`` knows the dashboard.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.text import Text

from pipeline.arguments import columns_of, corpora_of, folder, readable_store, say_version
from pipeline.failures import errors, fail, open_standard_streams, plain_errors
from pipeline.settings import MAX_SEED, Clusters, Granularity
from pipeline.snapshot import default_cache, default_store
from pipeline.terminal import SafeConsole

app = typer.Typer(
    name="topic-explorer",
    help="Turn a pile of paper abstracts into a map of topics, trends and paper lists.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback()
def _options(
    _: Annotated[
        bool, typer.Option("--version", callback=say_version, is_eager=True, help="Say which version this is.")
    ] = False,
) -> None:
    """Options of no command."""


# Into a file or another program nothing is cut to the width of a screen that is not there.
output = SafeConsole(
    highlight=False, markup=False, soft_wrap=True, width=None if sys.stdout and sys.stdout.isatty() else 200
)


Store = Annotated[
    Path | None,
    typer.Option(
        "--store",
        parser=folder,
        metavar="FOLDER",
        envvar="TOPIC_EXPLORER_STORE",
        help="Where snapshots live.",
        show_default="per-user data folder",
    ),
]
Cache = Annotated[
    Path | None,
    typer.Option(
        parser=folder,
        metavar="FOLDER",
        envvar="TOPIC_EXPLORER_CACHE",
        help="Where embeddings are kept.",
        show_default="per-user cache folder",
    ),
]
Files = Annotated[
    list[Path], typer.Argument(help="Papers: CSV, TSV, JSON, JSON Lines, BibTeX, RIS, Parquet, or page text.")
]
Columns = Annotated[
    list[str] | None,
    typer.Option("--column", metavar="OURS=THEIRS", help="Which column holds what, as in abstract=summary."),
]
Facets = Annotated[
    list[str] | None, typer.Option("--facet", metavar="NAME", help="Keep this column to filter and group by.")
]
GuideFile = Annotated[Path | None, typer.Option("--guide", metavar="FILE.toml", help="What you know of the topics.")]
KnownLabels = Annotated[str, typer.Option(metavar="NAME", help="A column with the topic of some papers.")]
Corpus = Annotated[str, typer.Option("--corpus", "-c", help="The corpus by name.")]


def _command(function: Callable[..., None]) -> Callable[..., None]:
    """Register a command whose errors reach the user as one sentence."""

    @wraps(function)
    def run(*args: Any, **kwargs: Any) -> None:
        with plain_errors():
            function(*args, **kwargs)

    return run


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

    settings = RunSettings(columns=columns_of(column), facets=tuple(facet or ()))
    with TerminalProgress(errors) as progress:
        documents, _ = read_documents(files, settings, progress)
    if as_json:
        _print_json(documents.quality, indent=2)
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
        str,
        typer.Option(
            help="auto (minilm, for large corpora distilled), minilm, minilm:fp32, distilled, lsa, "
            "sentence-transformers:NAME, model2vec:NAME, or precomputed:FILE.npy with one row a record."
        ),
    ] = "auto",
    min_topic_size: Annotated[
        int | None,
        typer.Option(min=2, help="Fewest papers that make a topic.", show_default="by corpus size"),
    ] = None,
    granularity: Annotated[Granularity, typer.Option(help="How many topics: coarse, medium or fine.")] = "medium",
    clusters: Annotated[
        Clusters,
        typer.Option(help="consensus: what many partitions agree on. density: UMAP and HDBSCAN, as stock BERTopic."),
    ] = "consensus",
    stability: Annotated[
        int,
        typer.Option(
            min=0,
            max=100,
            metavar="N",
            help="Fit N times more, on 80 % of the papers each, to say how stable topics are.",
        ),
    ] = 0,
    guide: GuideFile = None,
    known_labels: KnownLabels = "",
    seed: Annotated[int, typer.Option(min=0, max=MAX_SEED, help="Same input and seed: same snapshot.")] = 42,
    store: Store = None,
    cache: Cache = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object for programs.")] = False,
) -> None:
    """Fit topics over these papers and publish a snapshot."""
    from pipeline.guide import read_guide
    from pipeline.settings import DocumentSettings, RunSettings, TopicSettings
    from pipeline.terminal import TerminalProgress

    settings = RunSettings(
        embedder=embedder,
        columns=columns_of(column),
        facets=tuple(facet or ()),
        guide=read_guide(guide, labelled=bool(known_labels)),
        known_labels=known_labels,
        documents=DocumentSettings(seed=seed),
        topics=TopicSettings(
            granularity=granularity,
            clusters=clusters,
            min_topic_size=min_topic_size,
            stability_runs=stability,
            seed=seed,
        ),
    )
    store = store or default_store()
    with TerminalProgress(errors) as progress:
        with progress.stage("starting"):
            from pipeline import run
        corpus = run.corpus_name(files[0]) if corpus is None else corpus
        result = run.fit(files, corpus, store, cache or default_cache(), settings, progress)
    from pipeline.terminal import fit_json, fit_summary

    if as_json:
        _print_json(fit_json(result))
        return
    if result.unchanged:
        output.print("Nothing has changed since this snapshot was made, so it stands:")
    output.print(fit_summary(result.manifest))
    output.print()
    output.print(Text.assemble("Open it:  ", (f"topic-explorer serve --corpus {corpus}{_store_flag(store)}", "bold")))


def _print_json(value: Any, indent: int | None = None) -> None:
    """JSON on standard output, in UTF-8 whatever the locale."""
    text = json.dumps(value, indent=indent, ensure_ascii=False) + "\n"
    sys.stdout.buffer.write(text.encode("utf-8", "backslashreplace"))  # a lone surrogate becomes a JSON escape
    sys.stdout.flush()


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
    from dashboard.instance import instance
    from pipeline.serving import run_dashboard

    secret = instance().cookie_secret.get_secret_value()  # set up wrongly, nothing is started
    store = readable_store(store)
    if corpus is not None:
        corpora_of(store, corpus)
    raise typer.Exit(run_dashboard(store, corpus, address, port, open_browser, secret))


@app.command("list")
@_command
def list_(
    store: Store = None, corpus: Annotated[str | None, typer.Option("--corpus", "-c", help="Only this corpus.")] = None
) -> None:
    """List the snapshots in the store and the disk they use."""
    from pipeline.snapshot import list_snapshots
    from pipeline.terminal import human_bytes, snapshots_table

    store = readable_store(store)
    found = {name: list_snapshots(store, name) for name in corpora_of(store, corpus)}
    if not any(found.values()):
        output.print(f"No snapshot in {store} yet: topic-explorer fit papers.csv --corpus mylab")
        return
    output.print(snapshots_table(found))
    total = sum(info.bytes for infos in found.values() for info in infos)
    output.print(f"\n{human_bytes(total)} in {store}", style="dim")


@app.command()
@_command
def verify(
    store: Store = None,
    corpus: Annotated[str | None, typer.Option("--corpus", "-c", help="Only this corpus.")] = None,
    snapshot: Annotated[
        str | None, typer.Option("--snapshot", help="Only this snapshot, by id.", show_default="all of them")
    ] = None,
) -> None:
    """Check every byte of every snapshot against its manifest; status 1 if one is damaged."""
    from pipeline import snapshot as snapshots

    store = readable_store(store)
    if snapshot is not None and corpus is None:
        fail("--snapshot needs --corpus.")
    if not store.exists():  # nothing checked is not the same as nothing damaged
        fail(f"{store}: there is no such store; choose another with --store.")
    damaged = checked = 0
    for name in corpora_of(store, corpus):
        every = [info.snapshot_id for info in snapshots.list_snapshots(store, name)]
        ids = every if snapshot is None else [snapshot]
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
    topic: Annotated[str | None, typer.Option(help="One topic's papers, by topic id or number, or outlier.")] = None,
    view: Annotated[str | None, typer.Option(help="A permalink's query string: exactly that view.")] = None,
    file: Annotated[
        Path | None, typer.Option("--output", "-o", help="The CSV file.", show_default="standard output")
    ] = None,
    store: Store = None,
) -> None:
    """Write papers as CSV: the same bytes as the dashboard's button."""
    from dashboard.export_command import corpus_export, export_view, topic_export
    from pipeline.whole_file import whole_file

    def notify(notice: str) -> None:
        errors.print(Text(f"Note: {notice}"), soft_wrap=True)

    store = readable_store(store)
    if topic is not None and view is not None:
        fail("Give --topic or --view, not both: a view already names its topic.")
    if view is not None:
        content = export_view(store, view, corpus)
    elif corpus is not None and topic is not None:
        content = topic_export(store, corpus, topic, notify)
    elif corpus is not None:
        content = corpus_export(store, corpus, notify)
    else:
        fail("Say what to export: --corpus NAME, with --topic ID for one topic, or --view QUERY.")
    if file is None or str(file) == "-":
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
        return
    with whole_file(file) as stream:
        stream.write(content)
    errors.print(Text(f"{file}: {len(content):,} bytes"), soft_wrap=True)


@app.command()
@_command
def rollback(
    corpus: Corpus,
    to: Annotated[str | None, typer.Option(help="A snapshot by id.", show_default="the one before")] = None,
    store: Store = None,
) -> None:
    """Serve an earlier snapshot again; nothing is deleted."""
    from pipeline import snapshot as snapshots

    output.print(f"{corpus} now serves {snapshots.rollback(readable_store(store), corpus, to)}")


@app.command()
@_command
def prune(
    corpus: Annotated[str | None, typer.Option("--corpus", "-c", help="Only this corpus.")] = None,
    keep: Annotated[int, typer.Option(min=1, help="How many to keep of each corpus.")] = 3,
    store: Store = None,
) -> None:
    """Delete old snapshots; never the one being served, never one in use."""
    from pipeline import snapshot as snapshots

    store = readable_store(store)
    deleted = 0
    for name in corpora_of(store, corpus):
        pruned = snapshots.prune(store, name, keep)
        for snapshot_id in pruned.deleted:
            output.print(f"{name} {snapshot_id} deleted")
        for snapshot_id in pruned.in_use:
            output.print(f"{name} {snapshot_id} kept: somebody has it open")
        deleted += len(pruned.deleted)
    output.print(f"{deleted} deleted")


@app.command()
@_command
def sample(
    file: Annotated[Path, typer.Option("--output", "-o", help="The JSON Lines file to write.")],
    papers: Annotated[int, typer.Option(min=1, help="How many papers.")] = 3000,
    topics: Annotated[int, typer.Option(min=1, max=24, help="From how many research areas.")] = 24,
    seed: Annotated[int, typer.Option(min=0, max=MAX_SEED, help="Same seed, same papers.")] = 1,
) -> None:
    """Write a planted corpus: made-up abstracts whose topics and trends are known."""
    from pipeline.planted import write_planted

    write_planted(file, papers, topics, seed)
    said = f"{file}: {papers:,} papers from {topics} areas, truth in the column planted_topic"
    errors.print(Text(said), soft_wrap=True)


def main() -> None:
    """Entry point of the ``topic-explorer`` command."""
    open_standard_streams()
    app()


if __name__ == "__main__":
    main()
