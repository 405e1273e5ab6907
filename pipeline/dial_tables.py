"""The contract of the outlier dial: two tables that a snapshot may hold besides those of `pipeline.schema`.

A snapshot without them is whole, and a reader that does not know them misreads nothing: `papers` say where each
paper is at the cut-off of the fit, these say where it would be at another.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa

from pipeline.schema import OUTLIER_TOPIC_ID, SchemaError


def _columns(*columns: tuple[str, pa.DataType, bool]) -> pa.Schema:
    return pa.schema([pa.field(name, kind, nullable=nullable) for name, kind, nullable in columns])


DIAL = _columns(
    ("cut_off", pa.float32(), False),  # papers that do not stay up to it are outliers; ascending, 0 first
    ("is_default", pa.bool_(), False),  # the fit's own, what the other tables say; true in one row
    ("n_outliers", pa.int32(), False),
    ("outlier_share", pa.float64(), False),  # of all papers
    ("coherence", pa.float64(), True),  # mean over topics, keywords chosen anew; null: not measured
    ("n_borderline", pa.int32(), False),  # papers in a topic and borderline
    ("papers_per_topic", pa.float64(), False),  # mean
)
"""Columns of ``dial.parquet``, a row a setting."""

DIAL_PAPERS = _columns(
    ("home_topic_id", pa.string(), False),  # its topic, for outliers the one they would join
    ("stays_up_to", pa.float32(), False),  # the strictest cut-off at which it is there, in [0, 1]
    ("borderline", pa.bool_(), False),  # as many of its nearest papers are of one other topic as of its own
    ("other_topic_id", pa.string(), True),  # that other topic; null where not borderline
)
"""Columns of ``dial_papers.parquet``, a row a paper, in papers' order."""

DIAL_TABLES: dict[str, pa.Schema] = {"dial": DIAL, "dial_papers": DIAL_PAPERS}
"""Both are there, or neither: a snapshot without topics has none."""


@dataclass(frozen=True, eq=False)
class Dial:
    """The settings of the dial with what each costs (`DIAL`), and what decides for each paper (`DIAL_PAPERS`)."""

    settings: pd.DataFrame
    papers: pd.DataFrame


def dial_to_arrow(dial: Dial) -> dict[str, pa.Table]:
    """Both tables in exactly the columns and types of `DIAL_TABLES`, by name.

    Raises
    ------
    SchemaError
        A column is missing, has another type, or holds nulls where none may be.
    """
    frames = {"dial": dial.settings, "dial_papers": dial.papers}
    found = {}
    for name, schema in DIAL_TABLES.items():
        if list(frames[name].columns) != schema.names:
            raise SchemaError(f"table {name}: columns {list(frames[name].columns)}, not {schema.names}")
        try:
            found[name] = pa.Table.from_pandas(frames[name], schema=schema, preserve_index=False)
        except (pa.ArrowException, ValueError, TypeError, OverflowError) as error:
            raise SchemaError(f"table {name}: {error}") from error
        found[name] = found[name].replace_schema_metadata(None).combine_chunks()
    return found


def check_dial(dial: Dial, papers: pd.DataFrame, topics: pd.DataFrame) -> None:
    """Raise `SchemaError` unless the dial agrees with the tables and, for every setting, with itself.

    At the fit's own cut-off a paper is where ``papers`` say; at every setting the papers that do not stay up to it
    are its outliers, and those that do and are borderline its borderline papers.
    """
    settings, places = dial.settings, dial.papers
    if len(places) != len(papers):
        raise SchemaError(f"dial_papers: {len(places)} rows for {len(papers)} papers")
    if strangers := set(places["home_topic_id"]) - set(topics.loc[topics["level"] == 0, "topic_id"]):
        raise SchemaError(f"dial_papers: unknown topic ids {sorted(strangers)[:3]}")
    cut_offs = settings["cut_off"].to_numpy(dtype=np.float32)
    if not len(cut_offs) or cut_offs[0] != 0 or (np.diff(cut_offs) <= 0).any() or cut_offs[-1] > 1:
        raise SchemaError("dial: cut-offs must ascend from 0 to at most 1")
    if settings["is_default"].sum() != 1:
        raise SchemaError("dial: one setting must be the fit's own")
    stays = places["stays_up_to"].to_numpy(dtype=np.float32)
    if not ((stays >= 0) & (stays <= 1)).all():
        raise SchemaError("dial_papers: stays_up_to must lie between 0 and 1")
    default = cut_offs[settings["is_default"].to_numpy()][0]
    if (places["home_topic_id"].where(stays >= default, OUTLIER_TOPIC_ID) != papers["topic_id"]).any():
        raise SchemaError("dial: at the fit's own cut-off some papers are not where the table of papers says")
    borderline = places["borderline"].to_numpy(dtype=bool)
    if (borderline != places["other_topic_id"].notna().to_numpy()).any():
        raise SchemaError("dial_papers: borderline papers, and they only, must name the other topic")
    for cut_off, n_outliers, n_borderline in zip(
        cut_offs, settings["n_outliers"], settings["n_borderline"], strict=True
    ):
        inside = stays >= cut_off
        if (~inside).sum() != n_outliers or (inside & borderline).sum() != n_borderline:
            raise SchemaError(f"dial: the papers are not those that the setting {cut_off:g} counts")
