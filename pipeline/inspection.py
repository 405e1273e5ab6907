"""What ``topic-explorer inspect`` prints: the data-quality report, for a terminal."""

from __future__ import annotations

from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from pipeline.documents import DocumentSet
from pipeline.readers.columns import listed
from pipeline.schema import FACET_PREFIX
from pipeline.terminal import counts_table


def inspection_report(documents: DocumentSet) -> RenderableType:
    """The report of ``documents.quality``: files, counts by reason with examples, languages, warnings."""
    quality = documents.quality
    parts: list[RenderableType] = []
    for file in quality["files"]:
        parts.append(Text.assemble((file["name"], "bold"), f"  {file['format']}, {file['records']:,} records"))
        columns = ", ".join(
            f"{ours} = {theirs}" if ours != theirs else ours for ours, theirs in file["columns"].items()
        )
        parts.append(Text(f"  columns used: {columns or 'none'}", style="dim"))
        if file["unused_columns"]:
            unused = listed(file["unused_columns"])
            parts.append(Text(f"  not used: {unused} (keep one with --facet NAME)", style="dim"))
    if facets := [
        name.removeprefix(FACET_PREFIX) for name in map(str, documents.papers) if name.startswith(FACET_PREFIX)
    ]:
        parts.append(Text(f"  kept as facets: {listed(facets)}", style="dim"))
    parts.append(Text(f"\n{quality['read']:,} papers read, {quality['kept']:,} would be kept"))
    noticed = {name: count for name, count in quality["problems"].items() if name not in quality["dropped"]}
    for heading, found in (
        ("dropped", quality["dropped"]),
        ("changed", quality["changed"]),
        ("noticed", noticed),
        ("missing", quality["missing"]),
    ):
        if counts := {name: count for name, count in found.items() if count}:
            parts += [Text(""), counts_table(heading, counts)]
            parts += _examples(quality["examples"], counts)
    if quality["languages"]:
        parts += [Text(""), counts_table("language", quality["languages"])]
    parts += [Text(f"\nNote: {warning}", style="yellow") for warning in quality["warnings"]]
    return Group(*parts)


def _examples(examples: dict[str, list[dict[str, Any]]], reasons: dict[str, int]) -> list[RenderableType]:
    """The first example of each reason, where it stands and what it says."""
    lines: list[RenderableType] = []
    for reason in reasons:
        for example in examples.get(reason, [])[:1]:
            where = f"{example['source']}:{example['position']}"
            what = example["title"] or example["detail"]
            lines.append(Text(f"  {reason}: {where}  {what[:90]}", style="dim"))
    return lines
