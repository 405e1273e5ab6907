"""Papers that could as well be in another topic."""

import numpy as np
import pytest

from dashboard.queries import borderline_rows, index_snapshot, listed_papers, rivals
from dashboard.state import View
from pipeline.schema import OUTLIER_TOPIC_ID
from pipeline.snapshot import open_snapshot
from tests.snapshots import VARIANTS


def index_of(store, corpus="tiny"):
    return index_snapshot(open_snapshot(store, corpus))


def place(paper):
    """Where a paper stands in the order, by its stored columns alone."""
    if paper["second_topic_id"] is None:
        return (9, 0.0)
    if paper["topic_id"] in (paper["nearest_topic_id"], OUTLIER_TOPIC_ID):
        return (2, paper["margin"])
    if paper["topic_id"] == paper["second_topic_id"]:
        return (1, -paper["margin"])
    return (0, paper["strength"])


@pytest.mark.parametrize("corpus", [name.replace(" ", "-") for name in VARIANTS])
def test_the_order_goes_from_papers_nearer_to_others_to_those_well_inside(variants_store, corpus):
    index = index_of(variants_store, corpus)
    papers = index.papers.astype(object).where(index.papers.notna(), None).to_dict("records")
    for topic_id in (*index.topic_ids[:4], OUTLIER_TOPIC_ID, None):
        view = View(index.corpus, index.snapshot_id, "search", topic=topic_id, sort="borderline", table="papers")
        listed = [papers[row] for row in listed_papers(index, view).rows]
        assert len(listed) == sum(topic_id is None or paper["topic_id"] == topic_id for paper in papers)
        places = [place(paper) for paper in listed]
        if topic_id is not None:
            assert places == sorted(places)
        assert [paper["paper_id"] for paper in listed if place(paper) == places[0]] == sorted(
            paper["paper_id"] for paper in listed if place(paper) == places[0]
        )


def test_each_says_which_topic_it_could_be_in_and_by_how_much(variants_store):
    index = index_of(variants_store)
    everything = np.ones(index.n_papers, dtype=bool)
    for code, topic_id in enumerate(index.topic_ids):
        rows = borderline_rows(index, everything, topic_id, 3)
        assert (index.topic_codes[rows] == code).all()
        assert len(rows) == 3
        for row, (other, lead) in zip(rows, rivals(index, rows), strict=True):
            paper = index.papers.iloc[row]
            assert other in index.topic_ids
            assert other != topic_id
            cosines = index.topic_centroids @ np.asarray(index.snapshot.embeddings[row], dtype=np.float32)
            if lead is not None:
                expected = cosines[code] - cosines[index.topic_code_of[other]]
                assert lead == pytest.approx(expected, abs=0.01)
            else:
                assert topic_id not in (paper["nearest_topic_id"], paper["second_topic_id"])
        only = everything.copy()
        only[rows[0]] = False
        assert rows[0] not in borderline_rows(index, only, topic_id, 3)


def test_where_there_is_one_topic_or_none_nothing_is_borderline(variants_store):
    index = index_of(variants_store, "no-topics")
    assert len(borderline_rows(index, np.ones(index.n_papers, dtype=bool), OUTLIER_TOPIC_ID, 3)) == 0
