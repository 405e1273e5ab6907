"""The picture on a topic's page: where its marks lead, and that nothing of plotly comes with it."""

import subprocess
import sys
from pathlib import Path
from urllib.parse import parse_qs

import pytest

from dashboard.components.picture import NO_PERIOD
from dashboard.components.topic_trend import papers_of_topic_in
from dashboard.components.trend_chart import papers_of_mark
from dashboard.context import PageContext
from dashboard.permalinks import view_from_query
from dashboard.queries import index_snapshot, listed_papers, matching_rows, topic_trends
from dashboard.state import Filters, View, query_of
from pipeline.snapshot import open_snapshot

ROOT = Path(__file__).parents[2]

TOPIC = """
import sys
from streamlit.testing.v1 import AppTest
app = AppTest.from_file("dashboard/app.py", default_timeout=60)
app.query_params.update({"corpus": "tiny", "page": "topics", "topic": sys.argv[1]})
app.run()
assert not app.exception
assert not app.error
assert app.title[0].value == sys.argv[2]
assert any("The band is a 95 % interval" in caption.value for caption in app.caption)
sys.exit(f"plotly draws here: {made}" if (made := [m for m in sys.modules if m == "plotly.graph_objs._figure"]) else 0)
"""


@pytest.mark.parametrize("filters", [Filters(), Filters(words="birdsong OR solar", include_undated=False)])
def test_each_mark_leads_to_the_papers_it_counts(variants_store, filters):
    index = index_snapshot(open_snapshot(variants_store, "tiny"))
    mask = matching_rows(index, filters)
    for topic_id in index.topic_ids:
        view = View(index.corpus, index.snapshot_id, "topics", topic=topic_id, list_page=2, filters=filters)
        template = query_of(papers_of_topic_in(view, topic_id, NO_PERIOD))
        assert template.count("%00") == 1
        trends = topic_trends(index, mask, [topic_id])
        assert trends["period"].tolist() == list(index.periods)
        for period, count in zip(trends["period"], trends["n_papers"], strict=True):
            leads_to, notices = view_from_query(parse_qs(template.replace("%00", period)), index.facts)
            assert notices == []
            assert leads_to == papers_of_mark(PageContext(index, view, mask, "light"), topic_id, period, [topic_id])
            assert len(listed_papers(index, leads_to).rows) == count


def test_the_page_of_a_topic_draws_nothing_with_plotly(tiny_store):
    topic = index_snapshot(open_snapshot(tiny_store, "tiny")).topics.iloc[0]
    done = subprocess.run(
        [sys.executable, "-c", TOPIC, topic["topic_id"], topic["label"]],
        cwd=ROOT,
        env={"TOPIC_EXPLORER_STORE": str(tiny_store), "PATH": "", "HOME": str(tiny_store.parent)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
