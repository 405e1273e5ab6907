"""Findings as a table, for their file: a row for each, with the numbers behind it and a link to the evidence."""

from __future__ import annotations

from typing import Any

import pandas as pd

from dashboard.queries import SnapshotIndex, findings, topic_name
from dashboard.state import query_of

COLUMNS = (
    "rank", "kind", "finding", "caveat", "topic_id", "topic_label", "other_topic_id", "n_papers", "n_of", "n_other",
    "n_other_of", "ratio", "ratio_low", "ratio_high", "trend_q", "link",
)  # fmt: skip
_COUNTS = {"n_papers": "n", "n_of": "n_of", "n_other": "n_other", "n_other_of": "n_other_of"}
_RATIOS = {"ratio": "odds", "ratio_low": "odds_low", "ratio_high": "odds_high"}


def findings_table(index: SnapshotIndex) -> pd.DataFrame:
    """The findings of ``index``, as it was fitted, in their order: the columns of `COLUMNS`.

    Counts and ratios are null where a finding compares nothing. A ratio is of odds, of a jump of
    the corpus one of counts.
    """
    rows: list[dict[str, Any]] = []
    for rank, finding in enumerate(findings(index), start=1):
        told = finding.contrast
        rows.append(
            {
                "rank": rank,
                "kind": finding.kind,
                "finding": finding.text,
                "caveat": finding.caveat,
                "topic_id": finding.topic_id or None,
                "topic_label": topic_name(index, finding.topic_id) if finding.topic_id else None,
                "other_topic_id": finding.other_topic_id or None,
                **{column: getattr(told, name, None) for column, name in {**_COUNTS, **_RATIOS}.items()},
                "trend_q": finding.q_value,
                "link": query_of(finding.leads_to),
            }
        )
    kinds = dict.fromkeys(_COUNTS, "Int64") | dict.fromkeys([*_RATIOS, "trend_q"], "float64")
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype(kinds).round(dict.fromkeys(_RATIOS, 6))
