"""Lists of links: what their rows say and where they and the marks of a chart lead."""

import numpy as np
import pytest

from dashboard.components.link_list import Row, _for_browser
from dashboard.components.paper_rows import paper_rows
from dashboard.components.topic_rows import colours_of_topics, topic_rows
from dashboard.components.trend_chart import _named_line, papers_of_mark
from dashboard.context import PageContext
from dashboard.queries import (
    complete_shares,
    index_snapshot,
    listed_papers,
    matching_rows,
    neighbouring_topics,
    topic_trends,
)
from dashboard.state import Filters, View, query_of
from dashboard.trend_words import trend_in_words
from pipeline.schema import OUTLIER_TOPIC_ID
from pipeline.snapshot import open_snapshot
from tests.snapshots import VARIANTS


def context_over(store, corpus="tiny", page="topics", **changes):
    index = index_snapshot(open_snapshot(store, corpus))
    view = View(index.corpus, index.snapshot_id, page, **changes)
    return PageContext(index, view, matching_rows(index, view.filters), "light")


def test_neighbouring_topics_are_those_of_the_nearest_mean_embedding(variants_store):
    index = context_over(variants_store).index
    embeddings = np.asarray(index.snapshot.embeddings, dtype=np.float32)
    means = np.array([embeddings[index.topic_codes == code].mean(axis=0) for code in range(len(index.topics))])
    means /= np.linalg.norm(means, axis=1, keepdims=True)
    for code, topic_id in enumerate(index.topic_ids):
        near = neighbouring_topics(index, topic_id)
        cosines = means @ means[code]
        expected = sorted((c for c in range(len(means)) if c != code), key=lambda c: -cosines[c])[:5]
        assert [other for other, _ in near] == [index.topic_ids[c] for c in expected]
        assert [cosine for _, cosine in near] == pytest.approx([cosines[c] for c in expected], abs=1e-3)
    assert neighbouring_topics(index, OUTLIER_TOPIC_ID) == []


@pytest.mark.parametrize("corpus", [name.replace(" ", "-") for name in VARIANTS])
def test_lines_over_time_are_the_shares_of_whole_periods(variants_store, corpus):
    context = context_over(variants_store, corpus)
    index, record = context.index, context.index.snapshot.manifest.trends
    topic_ids = [*index.topic_ids, OUTLIER_TOPIC_ID]
    shares = complete_shares(index, context.mask, topic_ids)
    whole = [period for period in index.periods if not (record.last_is_partial and period == record.last)]
    assert shares.shape == (len(topic_ids), len(whole))
    trends = topic_trends(index, context.mask, topic_ids)
    for topic_id, line in zip(topic_ids, shares, strict=True):
        of_topic = trends[(trends["topic_id"] == topic_id) & trends["period"].isin(whole)]
        assert line.tolist() == of_topic["share"].tolist()


def test_rows_of_topics_wear_the_maps_colours_and_bars_of_their_size(variants_store):
    context = context_over(variants_store)
    sizes = {topic_id: 10 * (place + 1) for place, topic_id in enumerate(context.index.topic_ids)}
    rows = topic_rows(context, list(sizes), lambda topic_id: context.view.to(topic=topic_id), sizes=sizes)
    colours = colours_of_topics(context)
    assert len(set(colours.values())) == len(colours) == len(context.index.topics) + 1
    assert [row.colour for row in rows] == [colours[topic_id] for topic_id in sizes]
    assert [row.bar for row in rows] == [size / max(sizes.values()) for size in sizes.values()]
    assert [row.view.topic for row in rows] == list(sizes)


def test_rows_of_papers_open_their_paper_and_say_what_is_known(variants_store):
    context = context_over(variants_store)
    rows = paper_rows(context, np.arange(10), "year")
    papers = context.index.papers.iloc[:10]
    assert [row.view.paper for row in rows] == papers["paper_id"].tolist()
    assert [row.note for row in rows] == [
        "" if year is None else str(year) for year in papers["year"].replace({np.nan: None})
    ]


def test_a_row_is_one_line_of_text_and_its_address(variants_store):
    view = context_over(variants_store).view
    sent = _for_browser(Row("a\nb\u202e <b>c</b>", view, note="x" * 500))
    assert sent["label"] == "a b <b>c</b>"
    assert len(sent["note"]) == 200
    assert sent["query"] == query_of(view)


def test_a_mark_leads_to_the_papers_it_counts(variants_store):
    context = context_over(variants_store, page="trends")
    index = context.index
    for mark in topic_trends(index, context.mask, index.topic_ids).to_dict("records"):
        leads_to = papers_of_mark(context, mark["topic_id"], mark["period"], index.topic_ids)
        assert len(listed_papers(index, leads_to).rows) == mark["n_papers"]


@pytest.mark.parametrize("group", ["venue", "countries"])
def test_the_name_of_a_groups_line_leads_to_that_group_alone(variants_store, group):
    context = context_over(variants_store, page="trends", group=group, filters=Filters(years=(2021, 2025)))
    for name in context.index.values(group).names:
        leads_to = _named_line(context, name)
        chosen = leads_to.filters.venues if group == "venue" else leads_to.filters.facet(group)
        assert (chosen, leads_to.page, leads_to.filters.years) == ((name,), "trends", (2021, 2025))
    topic_id = context.index.topic_ids[0]
    assert _named_line(context, topic_id) == context.view.to("topics", topic=topic_id)


@pytest.mark.parametrize("group", ["venue", "countries"])
def test_a_mark_of_a_group_leads_to_that_groups_papers(variants_store, group):
    filters = Filters(years=(2021, 2025))
    context = context_over(variants_store, page="trends", group=group, filters=filters)
    index, topic_id = context.index, context.index.topic_ids[0]
    trends = topic_trends(index, context.mask, [topic_id], group, index.values(group).names)
    assert trends["n_papers"].sum() > 0
    for mark in trends.to_dict("records"):
        leads_to = papers_of_mark(context, mark["group"], mark["period"], [topic_id])
        assert leads_to.filters.years == filters.years
        assert len(listed_papers(index, leads_to).rows) == mark["n_papers"]


@pytest.mark.parametrize(
    ("trend", "said"),
    [
        (("burst", "2014", "2016"), "burst 2014 to 2016"),
        (("burst", "2014-Q2", "2014-Q2"), "burst 2014-Q2"),
        (("burst", None, None), "burst"),
        (("burst",), "burst"),
        (("burst", "<b>2014", "2016"), "burst"),
        (("rising", None, None), "rising"),
        (("too few", np.nan, np.nan), "too few papers to say"),
        ((None, None, None), ""),
        ((np.nan,), ""),
    ],
)
def test_trends_in_words(trend, said):
    assert trend_in_words(*trend) == said
