import sqlite3
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dashboard.queries import (
    UNDATED,
    FilterError,
    index_snapshot,
    listed_papers,
    matching_rows,
    n_dated,
    paper_rows,
    papers_at,
    representative_rows,
    rows_in_polygon,
    rows_with_words,
    search_meaning,
    similar_papers,
    topic_name,
    topic_overview,
    topic_sizes,
    topic_trends,
    value_counts,
)
from dashboard.state import NO_FILTERS, PAPER_SORTS, Filters, View
from pipeline.schema import TRENDS
from pipeline.snapshot import open_snapshot
from tests.snapshots import COUNTRIES, VARIANTS, VENUES

SHARED = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)

filters = st.builds(
    Filters,
    years=st.none() | st.tuples(st.integers(2019, 2022), st.integers(2022, 2026)),
    include_undated=st.booleans(),
    venues=st.lists(st.sampled_from(VENUES), max_size=2).map(tuple),
    facets=st.lists(st.sampled_from(COUNTRIES), max_size=2).map(lambda values: (("countries", tuple(values)),)),
    words=st.sampled_from(["", "birdsong", "solar OR pigment", '"blind comparison"', "-drought", "warbl*", "!!"]),
)


@pytest.fixture(scope="module")
def index(variants_store):
    return index_snapshot(open_snapshot(variants_store, "tiny"))


@pytest.fixture(scope="module", params=[name.replace(" ", "-") for name in VARIANTS])
def any_index(request, variants_store):
    return index_snapshot(open_snapshot(variants_store, request.param))


def view_of(index, **changes):
    return View(index.corpus, index.snapshot_id, **changes)


# --- filters ------------------------------------------------------------------------


def test_without_filters_every_paper_is_there(any_index):
    assert matching_rows(any_index, NO_FILTERS).all()


def test_years_are_inclusive_and_keep_undated_papers_unless_told(index):
    years = index.papers["year"]
    both = matching_rows(index, Filters(years=(2021, 2022)))
    assert both.tolist() == (years.isna() | years.isin([2021, 2022])).tolist()
    dated = matching_rows(index, Filters(years=(2021, 2022), include_undated=False))
    assert dated.tolist() == years.isin([2021, 2022]).fillna(False).tolist()
    assert 0 < dated.sum() < both.sum() < index.n_papers


def test_venues_are_alternatives(index):
    chosen = matching_rows(index, Filters(venues=VENUES[:2]))
    assert chosen.tolist() == index.papers["venue"].isin(VENUES[:2]).tolist()


def test_facet_values_are_alternatives(index):
    chosen = matching_rows(index, Filters(facets=(("countries", ("Chile", "Ghana")),)))
    expected = [bool({"Chile", "Ghana"} & set(values)) for values in index.papers["facet_countries"]]
    assert chosen.tolist() == expected


def test_words_match_whole_words_in_titles_abstracts_and_keywords(index):
    texts = index.papers["title"] + " " + index.snapshot.abstracts(range(index.n_papers))
    texts += " " + index.papers["keywords"].map(" ".join)
    assert matching_rows(index, Filters(words="BIRDSONG")).tolist() == texts.str.contains(r"(?i)\bbirdsong\b").tolist()


@pytest.mark.parametrize(
    "text",
    ["C++", '"', "NEAR(", "title:", "a AND", "*", "-", "(a+)+$", "[", "\\", "%", "_", "'; DROP", "🧬", "x" * 10_000],
)
def test_anything_can_be_typed(index, text):
    assert matching_rows(index, Filters(words=text)).sum() in range(index.n_papers + 1)


def test_words_without_a_word_match_nothing(index):
    assert not matching_rows(index, Filters(words="!!!")).any()


@SHARED
@given(first=filters, second=filters)
def test_filters_compose_in_any_order(index, first, second):
    alone = [
        matching_rows(index, part)
        for part in (
            Filters(years=first.years),
            Filters(include_undated=first.include_undated),
            Filters(venues=first.venues),
            Filters(facets=first.facets),
            Filters(words=first.words),
        )
    ]
    assert (matching_rows(index, first) == np.logical_and.reduce(alone)).all()
    both = replace(second, words=first.words)
    assert (matching_rows(index, both) <= matching_rows(index, Filters(words=first.words))).all()


@SHARED
@given(narrow=filters, venue=st.sampled_from(VENUES), country=st.sampled_from(COUNTRIES))
def test_more_alternatives_and_wider_years_never_lose_a_paper(index, narrow, venue, country):
    base = matching_rows(index, narrow)
    wider = [replace(narrow, include_undated=True)]
    wider += [replace(narrow, venues=(*narrow.venues, venue))] if narrow.venues else []
    wider += [narrow.with_facet("countries", (*narrow.facet("countries"), country))] if narrow.facets else []
    wider += [replace(narrow, years=(narrow.years[0] - 1, narrow.years[1] + 1))] if narrow.years else []
    for each in wider:
        assert (base <= matching_rows(index, each)).all()


def test_a_missing_search_index_is_said_plainly(index, tmp_path):
    broken = replace(index, snapshot=_WithSearchAt(index.snapshot, tmp_path / "absent.sqlite"))
    with pytest.raises(FilterError, match="search index"):
        rows_with_words(broken, "solar")


class _WithSearchAt:
    def __init__(self, snapshot, search_path):
        self._snapshot, self.search_path = snapshot, search_path

    def __getattr__(self, name):
        return getattr(self._snapshot, name)


def test_search_leaves_the_index_file_alone(index):
    before = index.snapshot.search_path.stat().st_mtime_ns, sorted(p.name for p in index.snapshot.path.iterdir())
    rows_with_words(index, "solar", ranked=True)
    after = index.snapshot.search_path.stat().st_mtime_ns, sorted(p.name for p in index.snapshot.path.iterdir())
    assert before == after


def test_value_counts_are_of_the_papers_that_pass(index):
    mask = matching_rows(index, Filters(years=(2021, 2022), include_undated=False))
    counts = value_counts(index, "countries", mask).set_index("value")
    exploded = index.papers[mask]["facet_countries"].explode().dropna()
    assert counts["n_papers"][counts["n_papers"] > 0].to_dict() == exploded.value_counts().to_dict()
    assert counts["n_all"].sum() == sum(len(values) for values in index.papers["facet_countries"])


# --- regions ---------------------------------------------------------------------------


def test_a_box_holds_the_papers_between_its_sides(index):
    x, y = index.papers["x"].to_numpy(), index.papers["y"].to_numpy()
    left, right, low, high = np.quantile(x, 0.2), np.quantile(x, 0.7), np.quantile(y, 0.1), np.quantile(y, 0.9)
    inside = rows_in_polygon(index, ((left, low), (right, low), (right, high), (left, high)))
    assert inside.tolist() == ((x > left) & (x < right) & (y > low) & (y < high)).tolist()


def test_a_region_may_bend_inwards(index):
    x, y = index.papers["x"].to_numpy(), index.papers["y"].to_numpy()
    far = 10 * max(np.abs(x).max(), np.abs(y).max())
    # Everything but the wedge right of the origin, |y| < x.
    wedge = ((0, 0), (far, far), (-far, far), (-far, -far), (far, -far))
    assert rows_in_polygon(index, wedge).tolist() == (~(np.abs(y) < x)).tolist()


# --- conservation ------------------------------------------------------------------------


@SHARED
@given(chosen=filters)
def test_map_list_topics_and_trends_agree(index, chosen):
    mask = matching_rows(index, chosen)
    counts, n_outliers = topic_sizes(index, mask)
    assert counts.sum() + n_outliers == mask.sum() == len(paper_rows(index, view_of(index, filters=chosen)))
    overview = topic_overview(index, mask).set_index("topic_id")
    trends = topic_trends(index, mask)
    for topic_id in index.topic_ids:
        listed = paper_rows(index, view_of(index, filters=chosen, topic=topic_id))
        assert overview["n_papers"][topic_id] == len(listed)
        over_time = trends[trends["topic_id"] == topic_id]["n_papers"].sum()
        assert over_time == (index.period_codes[listed] != UNDATED).sum()
    assert trends["n_papers"].sum() == n_dated(index, mask)
    shares = trends.groupby("period")[["share", "n_papers"]].sum()
    assert np.allclose(shares["share"][shares["n_papers"] > 0], 1)


def test_without_filters_trends_are_those_of_the_snapshot(any_index):
    stored = any_index.snapshot.trends
    stored = stored[stored["group_kind"] == ""].sort_values(["topic_id", "period"], ignore_index=True)
    ours = topic_trends(any_index, matching_rows(any_index, NO_FILTERS))
    ours = ours.sort_values(["topic_id", "period"], ignore_index=True)
    assert list(ours.columns) == TRENDS.names
    assert ours["period"].tolist() == stored["period"].tolist()
    assert ours["topic_id"].tolist() == stored["topic_id"].tolist()
    for column in ("n_papers", "n_period", "share", "share_low", "share_high"):
        assert np.allclose(ours[column].astype(float), stored[column].astype(float)), column
    starts = pd.to_datetime(stored["period_start"]).dt.date.tolist()
    assert ours["period_start"].dt.date.tolist() == starts


def test_trends_by_group_count_a_paper_once_in_each_of_its_values(index):
    mask = matching_rows(index, NO_FILTERS)
    trends = topic_trends(index, mask, group_kind="countries", groups=COUNTRIES)
    stored = index.snapshot.trends
    stored = stored[stored["group_kind"] == "countries"]
    expected = stored.set_index(["group", "topic_id", "period"])["n_papers"].sort_index()
    assert trends.set_index(["group", "topic_id", "period"])["n_papers"].sort_index().to_dict() == expected.to_dict()


def test_the_papers_of_a_period_are_those_the_trend_counts(index):
    trends = topic_trends(index, matching_rows(index, NO_FILTERS)).set_index(["topic_id", "period"])
    for topic_id in index.topic_ids:
        for period in index.periods:
            rows = paper_rows(index, view_of(index, topic=topic_id, period=period))
            assert trends["n_papers"][topic_id, period] == len(rows)


# --- lists -----------------------------------------------------------------------------


@pytest.mark.parametrize("sort", ["", *PAPER_SORTS])
def test_sorting_loses_no_paper(index, sort):
    assert sorted(paper_rows(index, view_of(index, sort=sort))) == list(range(index.n_papers))


def test_orders(index):
    def papers(sort, **changes):
        return papers_at(index, paper_rows(index, view_of(index, sort=sort, **changes)))

    newest = papers("newest")
    dated = newest["published"].dropna()
    assert dated.is_monotonic_decreasing
    assert newest["published"].isna().to_numpy()[len(dated) :].all()
    assert papers("oldest")["published"].dropna().is_monotonic_increasing
    assert papers("oldest")["published"].isna().to_numpy()[-1]
    assert papers("citations")["citations"].fillna(-1).is_monotonic_decreasing
    assert papers("strength")["strength"].is_monotonic_decreasing
    titles = papers("title")["title"].tolist()
    assert titles == sorted(titles, key=str.casefold)
    topic = index.topic_ids[0]
    assert papers("", topic=topic)["strength"].is_monotonic_decreasing


def test_a_list_is_what_all_conditions_leave(index):
    region = ((-100.0, -100.0), (0.5, -100.0), (0.5, 100.0), (-100.0, 100.0))
    topic = index.topic_ids[1]
    view = view_of(index, topic=topic, selection=region, filters=Filters(years=(2020, 2023), include_undated=False))
    papers = papers_at(index, paper_rows(index, view))
    expected = index.papers[
        (index.papers["topic_id"] == topic) & (index.papers["x"] < 0.5) & index.papers["year"].between(2020, 2023)
    ]
    assert sorted(papers["paper_id"]) == sorted(expected["paper_id"])


def test_papers_come_with_the_label_of_their_topic(any_index):
    papers = papers_at(any_index, np.arange(any_index.n_papers))
    for paper in papers.itertuples():
        assert paper.topic_label == topic_name(any_index, paper.topic_id)
        assert pd.isna(paper.topic_number) == (paper.topic_id == "outlier")


def test_words_rank_and_filters_hold(index):
    view = view_of(index, search="birdsong", filters=Filters(years=(2020, 2022), include_undated=False))
    found = listed_papers(index, view)
    connection = sqlite3.connect(index.snapshot.search_path)
    ranked = [
        r - 1
        for (r,) in connection.execute(
            "SELECT rowid FROM papers WHERE papers MATCH '\"birdsong\"' ORDER BY rank, rowid"
        )
    ]
    connection.close()
    mask = matching_rows(index, view.filters)
    assert found.rows.tolist() == [row for row in ranked if mask[row]]
    assert found.scores is None


def test_meaning_finds_the_nearest_by_cosine(index):
    embeddings = np.asarray(index.snapshot.embeddings, np.float32)
    vector = embeddings[3] * 5
    hits = search_meaning(index, vector, matching_rows(index, NO_FILTERS))
    cosines = embeddings @ embeddings[3] / np.linalg.norm(embeddings[3])
    assert hits.rows[0] == 3
    assert np.allclose(hits.scores, np.sort(cosines)[::-1], atol=1e-5)
    some = matching_rows(index, Filters(venues=VENUES[:1]))
    assert set(search_meaning(index, vector, some).rows) == set(np.flatnonzero(some))


def test_meaning_of_nothing_finds_nothing(index):
    assert not len(search_meaning(index, np.zeros(16, np.float32), np.ones(index.n_papers, bool)).rows)


def test_a_search_by_meaning_without_a_vector_is_said_plainly(index):
    with pytest.raises(FilterError, match="meaning"):
        listed_papers(index, view_of(index, search="x", mode="meaning"))


def test_similar_papers_are_nearest_first_and_never_the_paper_itself(any_index):
    for row in range(min(any_index.n_papers, 20)):
        hits = similar_papers(any_index, row)
        assert row not in hits.rows
        assert (np.diff(hits.scores) <= 2e-3).all()


def test_the_similar_list_keeps_the_filters(index):
    view = view_of(index, similar="p-0001", filters=Filters(venues=VENUES[:1]))
    rows = paper_rows(index, view)
    assert set(index.papers["venue"].iloc[rows]) <= {VENUES[0]}
    assert [r for r in similar_papers(index, index.rows_by_id["p-0001"]).rows if r in set(rows)] == rows.tolist()


# --- topics -----------------------------------------------------------------------------


def test_topics_can_be_ordered(index):
    mask = matching_rows(index, NO_FILTERS)
    assert topic_overview(index, mask)["n_papers"].is_monotonic_decreasing
    labels = topic_overview(index, mask, "label")["label"].tolist()
    assert labels == sorted(labels, key=str.casefold)
    assert topic_overview(index, mask, "coherence")["coherence"].is_monotonic_decreasing
    assert set(topic_overview(index, mask, "rising")["topic_id"]) == set(index.topic_ids)


def test_representative_papers_are_the_topics_own(index):
    for topic_id in index.topic_ids:
        rows = representative_rows(index, topic_id)
        assert index.papers["paper_id"].iloc[rows].tolist() == list(index.topic(topic_id)["representative_papers"])


# --- nothing is changed ---------------------------------------------------------------------


def test_queries_change_nothing(variants_store):
    index = index_snapshot(open_snapshot(variants_store, "tiny"))
    before = index.papers.copy(deep=True), index.topics.copy(deep=True)
    mask = matching_rows(index, Filters(words="solar"))
    overview, papers = topic_overview(index, mask), papers_at(index, np.arange(5))
    overview["label"] = "changed"
    papers["title"] = "changed"
    listed_papers(index, view_of(index, topic="outlier"), mask)
    pd.testing.assert_frame_equal(index.papers, before[0])
    pd.testing.assert_frame_equal(index.topics, before[1])
    with pytest.raises(ValueError, match="read-only"):
        index.topic_codes[0] = 5
