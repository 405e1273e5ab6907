"""Data: what was read, kept, dropped and changed, and how this snapshot was made."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from dashboard import data
from dashboard.components.links import view_button
from dashboard.context import PageContext
from dashboard.safe_text import for_markdown, for_text
from pipeline.schema import Manifest

_LANGUAGES = {
    "en": "English", "de": "German", "fr": "French", "es": "Spanish", "pt": "Portuguese", "it": "Italian",
    "zh": "Chinese", "ja": "Japanese", "ko": "Korean", "ru": "Russian", "pl": "Polish", "nl": "Dutch",
    "tr": "Turkish", "ar": "Arabic", "id": "Indonesian", "und": "undetermined",
}  # fmt: skip
_FIELDS = {"published": "date", "doi": "DOI", "url": "address"}


def render(context: PageContext) -> None:
    """Draw the page."""
    manifest = context.index.snapshot.manifest
    quality = context.index.snapshot.data_quality
    st.title("Data", anchor=False)
    st.caption("What was read, what was left out and why, and how the snapshot was made. Filters do not apply here.")
    _warnings(quality, manifest)
    _counts(context, quality)
    left, right = st.columns(2, gap="large")
    with left:
        _dropped(quality)
        _changed(quality)
    with right:
        _languages(quality, manifest)
        _missing(quality, manifest.papers_kept)
    _files(quality, manifest)
    st.header("How this snapshot was made", anchor=False, divider="gray")
    _making(manifest)
    st.header("Snapshots of this corpus", anchor=False, divider="gray")
    _snapshots(context)


def _warnings(quality: Mapping[str, Any], manifest: Manifest) -> None:
    for warning in dict.fromkeys([*map(str, quality.get("warnings", [])), *manifest.warnings]):
        st.warning(for_markdown(warning, limit=500), icon=":material/warning:")


def _counts(context: PageContext, quality: Mapping[str, Any]) -> None:
    manifest = context.index.snapshot.manifest
    n_read = int(quality.get("read", manifest.papers_read))
    n_dropped = sum(int(n) for n in quality.get("dropped", manifest.dropped).values())
    with st.grid(5, min_column_width=130):
        st.metric("Records read", f"{n_read:,}")
        st.metric("Papers kept", f"{manifest.papers_kept:,}")
        st.metric("Dropped", f"{n_dropped:,}")
        st.metric("Without a date", f"{context.index.n_undated:,}")
        st.metric("Outliers", f"{manifest.n_outliers:,}", help="Papers outside every topic.")


def _dropped(quality: Mapping[str, Any]) -> None:
    st.subheader("Dropped", anchor=False)
    dropped = quality.get("dropped", {})
    if not dropped:
        st.caption("Every record that was read was kept.")
        return
    for reason, n_papers in sorted(dropped.items(), key=lambda item: -int(item[1])):
        _reason(str(reason), int(n_papers), quality)


def _changed(quality: Mapping[str, Any]) -> None:
    st.subheader("Changed", anchor=False)
    changed = quality.get("changed", {})
    if not changed:
        st.caption("No text was changed.")
        return
    for reason, n_papers in sorted(changed.items(), key=lambda item: -int(item[1])):
        _reason(str(reason), int(n_papers), quality)


def _reason(reason: str, n_papers: int, quality: Mapping[str, Any]) -> None:
    label = f"**{n_papers:,}** {for_markdown(reason[:1].upper() + reason[1:], limit=120)}"
    examples = quality.get("examples", {}).get(reason, [])
    if not examples:
        st.markdown(label)
        return
    with st.expander(label):
        columns = {"title": "Title", "detail": "What was found", "source": "File", "position": "Record"}
        rows = pd.DataFrame(
            [{shown: for_text(example.get(name, "")) for name, shown in columns.items()} for example in examples]
        )
        st.dataframe(rows, hide_index=True, alt="Examples")


def _languages(quality: Mapping[str, Any], manifest: Manifest) -> None:
    st.subheader("Languages", anchor=False)
    languages = quality.get("languages") or manifest.languages
    n_papers = max(sum(int(n) for n in languages.values()), 1)
    table = pd.DataFrame(
        {
            "Language": [_LANGUAGES.get(str(code), for_text(code)) for code in languages],
            "Papers": [int(n) for n in languages.values()],
            "Share": [int(n) / n_papers for n in languages.values()],
        }
    ).sort_values("Papers", ascending=False)
    st.dataframe(table, hide_index=True, column_config=_SHARE, alt="Papers by language")


_SHARE = {"Share": st.column_config.ProgressColumn("Share", format="percent", min_value=0.0, max_value=1.0)}


def _missing(quality: Mapping[str, Any], n_kept: int) -> None:
    missing = {str(name): int(n) for name, n in quality.get("missing", {}).items() if int(n)}
    st.subheader("Missing", anchor=False)
    if not missing:
        st.caption("Every paper has every field.")
        return
    table = pd.DataFrame(
        {
            "Field": [_FIELDS.get(name, for_text(name)) for name in missing],
            "Papers without it": list(missing.values()),
            "Share": [n / max(n_kept, 1) for n in missing.values()],
        }
    ).sort_values("Papers without it", ascending=False)
    st.dataframe(table, hide_index=True, column_config=_SHARE, alt="Papers without a field")
    if "published" in missing:
        st.caption(
            "Papers without a date are in every list and on the map, and in no trend. A column with a year or "
            "a date gives them one: topic-explorer inspect shows which columns were recognised."
        )


def _files(quality: Mapping[str, Any], manifest: Manifest) -> None:
    st.subheader("Files", anchor=False)
    hashes = {file.name: file for file in manifest.inputs}
    for file in quality.get("files", []):
        name = str(file.get("name", ""))
        with st.container(border=True, gap="xsmall"):
            st.markdown(
                f"**{for_markdown(name, limit=120)}** · {for_markdown(file.get('format', ''), limit=120)} · "
                f"{int(file.get('records', 0)):,} records"
            )
            found = dict(file.get("columns", {}))
            named = [ours if ours == theirs else f"{ours} (from “{theirs}”)" for ours, theirs in found.items()]
            recognised = ", ".join(named) or "none by name"
            st.caption(f"Columns recognised: {for_markdown(recognised, limit=600)}")
            if unused := file.get("unused_columns"):
                st.caption(f"Not used: {for_markdown(', '.join(map(str, unused)), limit=600)}")
            if name in hashes:
                st.caption(f"{hashes[name].bytes:,} bytes · sha256 {hashes[name].sha256}")


def _making(manifest: Manifest) -> None:
    left, right = st.columns(2, gap="large")
    with left:
        _facts(
            {
                "Snapshot": manifest.snapshot_id,
                "Made": f"{manifest.created:%Y-%m-%d %H:%M} UTC",
                "Topic Explorer": manifest.code_version,
                "Format": str(manifest.schema_version),
                "Platform": manifest.platform,
                "Embedder": f"{manifest.embedder.name}, {manifest.embedder.dimensions} dimensions",
                **{
                    f"Embedder, {name.replace('_', ' ')}": str(value)
                    for name, value in manifest.embedder.detail.items()
                    if isinstance(value, str | int | float | bool)
                },
                "Search by meaning": {"none": "not possible"}.get(manifest.query_encoder, manifest.query_encoder),
                "Time cut into": _time(manifest),
            },
            "How it was made",
        )
        st.caption(f"sha256 of its content: {manifest.content_sha256}")
        _quality(manifest)
    with right:
        stages = pd.DataFrame(
            {
                "Stage": [for_text(stage.name) for stage in manifest.stages],
                "Seconds": [stage.seconds for stage in manifest.stages],
                "From cache": [stage.cached for stage in manifest.stages],
            }
        )
        st.caption(f"{manifest.seconds:,.1f} s in all, {manifest.peak_memory_mb:,.0f} MB of memory at most.")
        seconds = st.column_config.NumberColumn("Seconds", format="%.1f")
        st.dataframe(stages, hide_index=True, column_config={"Seconds": seconds}, alt="Stages and their time")
    with st.expander("Settings"):
        st.caption("What decides a snapshot's content besides the papers themselves.")
        _facts(_flat(manifest.settings), "Settings")
    with st.expander("Versions of libraries"):
        _facts(dict(sorted(manifest.library_versions.items())), "Versions of libraries")


def _quality(manifest: Manifest) -> None:
    known = {name: f"{value:.3f}" for name, value in manifest.quality.items() if value is not None}
    if known:
        _facts({name.replace("_", " ").capitalize(): value for name, value in known.items()}, "Quality of the topics")


def _facts(facts: Mapping[str, str], name: str) -> None:
    """Two columns of text."""
    if not facts:
        st.caption("Nothing was recorded.")
        return
    rows = {"What": [for_markdown(key) for key in facts], "Value": [for_markdown(value) for value in facts.values()]}
    st.table(pd.DataFrame(rows), hide_index=True, hide_header=True, border="horizontal", alt=name)


def _flat(settings: Mapping[str, Any], above: str = "") -> dict[str, str]:
    flat: dict[str, str] = {}
    for name, value in settings.items():
        path = f"{above}{name.replace('_', ' ')}"
        if isinstance(value, Mapping):
            flat |= _flat(value, f"{path}: ")
        else:
            flat[path] = "chosen by corpus size" if value is None else str(value)
    return flat


def _time(manifest: Manifest) -> str:
    trends = manifest.trends
    if trends.unit is None:
        return "no dates in this corpus"
    partial = f", {trends.last} partial (as of {trends.as_of})" if trends.last_is_partial else ""
    return f"{trends.unit}s, {trends.first} to {trends.last}{partial}"


def _snapshots(context: PageContext) -> None:
    view = context.view
    infos = data.listing().corpora.get(view.corpus, ())
    st.caption(f"{sum(info.bytes for info in infos) / 1e6:,.1f} MB on disk. topic-explorer prune removes old ones.")
    for info in infos:
        here = info.snapshot_id == view.snapshot_id
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            counts = info.problem or f"{info.n_papers:,} papers, {info.n_topics:,} topics, {info.n_outliers:,} outliers"
            marks = ", ".join(mark for mark in ("current" * info.is_latest, "shown here" * here) if mark)
            st.markdown(
                f"**{info.snapshot_id}** · {info.created:%Y-%m-%d %H:%M} UTC · {for_markdown(counts)} · "
                f"{info.bytes / 1e6:,.1f} MB" + (f" · {marks}" if marks else ""),
                width="content",
            )
            if not here and not info.problem:
                view_button("Open", view.to(snapshot_id=info.snapshot_id), key=f"open-{info.snapshot_id}")
