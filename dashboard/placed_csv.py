"""What was placed on *Place my papers*, as CSV: paper by paper, and topic by topic."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from dashboard.csv_cells import csv_file, csv_line, number_cell, text_cell
from dashboard.queries import SnapshotIndex
from dashboard.queries.placing import N_NEAREST, Placement, verdict
from dashboard.state import View, query_of

PLACED_COLUMNS = (
    "title", "verdict", "topic_id", "topic_number", "topic_label", "similarity", "second_topic_id",
    "second_topic_number", "second_topic_label", "second_similarity", "in_corpus",
    *(f"nearest_{rank}_{name}" for rank in range(1, N_NEAREST + 1) for name in ("paper_id", "title", "similarity")),
)  # fmt: skip
COVERAGE_COLUMNS = (
    "topic_id", "number", "label", "n_placed", "share_placed", "n_papers", "share", "expected", "missed",
)  # fmt: skip


def placed_csv(index: SnapshotIndex, view: View, titles: Sequence[str], placement: Placement) -> bytes:
    """One row a placed paper, in the order they were given; ``in_corpus`` is the id of the same paper there."""
    lines = [csv_line([*PLACED_COLUMNS, "corpus", "snapshot_id", "view"])]
    paper_ids, paper_titles = index.papers["paper_id"], index.papers["title"]
    tail = _provenance(view)
    for at, title in enumerate(titles):
        known = int(placement.known_rows[at])
        cells = [
            text_cell(title),
            text_cell(verdict(placement, at)),
            *_topic_cells(index, int(placement.topic_codes[at])),
            number_cell(placement.similarities[at]),
            *_topic_cells(index, int(placement.second_codes[at])),
            number_cell(placement.second_similarities[at]),
            text_cell(str(paper_ids.iloc[known])) if known >= 0 else "",
        ]
        rows = placement.nearest_rows[at]
        for rank in range(N_NEAREST):
            row = int(rows[rank]) if rank < len(rows) else -1
            if row < 0:
                cells += ["", "", ""]
            else:
                score = number_cell(placement.nearest_similarities[at, rank])
                cells += [text_cell(str(paper_ids.iloc[row])), text_cell(str(paper_titles.iloc[row])), score]
        lines.append(",".join(cells) + tail)
    return csv_file(lines)


def coverage_csv(view: View, covered: pd.DataFrame) -> bytes:
    """One row a topic, in order of number: `queries.placing.coverage` as it is."""
    lines = [csv_line([*COVERAGE_COLUMNS, "corpus", "snapshot_id", "view"])]
    tail = _provenance(view)
    for topic in covered.to_dict("records"):
        cells = [text_cell(topic["topic_id"]), number_cell(topic["number"]), text_cell(topic["label"])]
        cells += [number_cell(topic[name]) for name in COVERAGE_COLUMNS[3:-1]]
        lines.append(",".join([*cells, text_cell("yes" if topic["missed"] else "no")]) + tail)
    return csv_file(lines)


def _topic_cells(index: SnapshotIndex, code: int) -> list[str]:
    if code < 0:
        return ["", "", ""]
    topic = index.topics.iloc[code]
    return [text_cell(topic["topic_id"]), number_cell(int(topic["number"])), text_cell(topic["label"])]


def _provenance(view: View) -> str:
    return "," + csv_line([view.corpus, view.snapshot_id, query_of(view.to(list_page=1))])
