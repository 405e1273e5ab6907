"""The bars of the Overview: where each leads, and that nothing of plotly comes with them."""

import subprocess
import sys
from pathlib import Path
from urllib.parse import parse_qs

import numpy as np
import pytest

from dashboard.components.period_bars import papers_of_period
from dashboard.components.picture import NO_PERIOD
from dashboard.components.trend_chart import papers_of_mark
from dashboard.context import PageContext
from dashboard.permalinks import view_from_query
from dashboard.queries import UNDATED, index_snapshot, listed_papers, matching_rows
from dashboard.state import Filters, View, query_of
from pipeline.snapshot import open_snapshot

ROOT = Path(__file__).parents[2]

OVERVIEW = """
import sys
from streamlit.testing.v1 import AppTest
app = AppTest.from_file("dashboard/app.py", default_timeout=60).run()
assert not app.exception
assert not app.error
assert app.title[0].value == "tiny"
assert any(heading.value == "Papers over time" for heading in app.subheader)
sys.exit(f"plotly draws here: {made}" if (made := [m for m in sys.modules if m == "plotly.graph_objs._figure"]) else 0)
"""


@pytest.mark.parametrize("filters", [Filters(), Filters(words="birdsong OR solar", include_undated=False)])
def test_each_bar_leads_to_its_papers_as_a_mark_on_trends_does(variants_store, filters):
    index = index_snapshot(open_snapshot(variants_store, "tiny"))
    mask = matching_rows(index, filters)
    view = View(index.corpus, index.snapshot_id, topic_sort="label", filters=filters)
    template = query_of(papers_of_period(view, NO_PERIOD))
    assert template.count("%00") == 1
    codes = index.period_codes[mask]
    counts = np.bincount(codes[codes != UNDATED], minlength=len(index.periods))
    trends = PageContext(index, view.to("trends"), mask, "light")
    for period, count in zip(index.periods, counts, strict=True):
        leads_to, notices = view_from_query(parse_qs(template.replace("%00", period)), index.facts)
        assert notices == []
        assert leads_to == papers_of_period(view, period) == papers_of_mark(trends, "", period, [])
        assert len(listed_papers(index, leads_to).rows) == count


def test_the_overview_draws_nothing_with_plotly(tiny_store):
    done = subprocess.run(
        [sys.executable, "-c", OVERVIEW],
        cwd=ROOT,
        env={"TOPIC_EXPLORER_STORE": str(tiny_store), "PATH": "", "HOME": str(tiny_store.parent)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
