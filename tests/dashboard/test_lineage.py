"""A topic's place among the levels."""

import pytest

from dashboard.queries import coarser_topics, finest_within, index_snapshot
from pipeline.schema import OUTLIER_TOPIC_ID
from pipeline.snapshot import open_snapshot
from tests.snapshots import VARIANTS


@pytest.mark.parametrize("corpus", [name.replace(" ", "-") for name in VARIANTS])
def test_what_holds_a_topic_is_what_its_papers_say(variants_store, corpus):
    index = index_snapshot(open_snapshot(variants_store, corpus))
    n_levels = int(index.snapshot.topics["level"].max()) if len(index.topics) else 0
    for topic_id in index.topic_ids[:20]:
        above = coarser_topics(index, topic_id)
        assert above["level"].tolist() == list(range(1, n_levels + 1))
        for level, coarse_id in zip(above["level"], above["topic_id"], strict=True):
            papers = index.papers
            assert (papers.loc[papers["topic_id"] == topic_id, f"topic_level_{level}"] == coarse_id).all()
            within = finest_within(index, coarse_id)
            assert topic_id in within
            assert set(within) == set(papers.loc[papers[f"topic_level_{level}"] == coarse_id, "topic_id"])
    assert len(coarser_topics(index, OUTLIER_TOPIC_ID)) == 0
    assert finest_within(index, "t-ffffffff") == []
