"""Levels of topics: what a coarse one holds is what the finest ones in it hold, wherever one asks."""

from dataclasses import replace
from urllib.parse import parse_qs

import numpy as np
import pytest

from dashboard import export_command, exports
from dashboard.permalinks import view_from_query
from dashboard.queries import (
    complete_shares,
    index_snapshot,
    levelled,
    listed_papers,
    matching_rows,
    papers_at,
    topic_overview,
    topic_sizes,
    topic_tree,
    topic_trends,
    topics_above,
)
from dashboard.state import Filters, View, query_of
from pipeline.snapshot import open_snapshot

FILTERS = [Filters(), Filters(words="birdsong OR solar OR pigment"), Filters(years=(2021, 2023), include_undated=False)]


@pytest.fixture(scope="module")
def index(variants_store):
    return index_snapshot(open_snapshot(variants_store, "three-levels"))


def view_of(index, **changes):
    return View(index.corpus, index.snapshot_id, **changes)


def finest_below(index, topic_id):
    """Ids of the finest topics in a topic, by the parents in the snapshot's own table."""
    children = index.snapshot.topics.loc[index.snapshot.topics["parent"] == topic_id, "topic_id"]
    return {topic_id} if not len(children) else set().union(*(finest_below(index, child) for child in children))


@pytest.mark.parametrize("filters", FILTERS)
def test_a_coarse_topic_lists_exactly_the_papers_of_the_finest_in_it(index, filters):
    for topic_id in index.snapshot.topics["topic_id"]:
        rows = listed_papers(index, view_of(index, page="hierarchy", topic=topic_id, filters=filters)).rows
        within = index.papers["topic_id"].isin(finest_below(index, topic_id)).to_numpy()
        assert sorted(rows) == np.flatnonzero(within & matching_rows(index, filters)).tolist()


def test_every_level_says_of_a_paper_what_the_snapshot_says(index):
    for level in (1, 2):
        own = index.at_level(level)
        named = [*own.topic_ids, "outlier"]
        assert [named[code] for code in own.topic_codes] == index.papers[f"topic_level_{level}"].tolist()
        assert own.at_level(0) is index
        assert index.at_level(level) is own


def test_coarser_levels_follow_where_the_papers_are_put(index):
    moved = index.topic_codes.copy()
    moved[:7] = -1
    other = replace(index, topic_codes=moved)
    for level in (1, 2):
        assert (other.at_level(level).topic_codes[:7] == -1).all()
        assert other.at_level(level).topic_codes[7:].tolist() == index.at_level(level).topic_codes[7:].tolist()


@pytest.mark.parametrize("filters", FILTERS)
def test_sizes_add_up_at_every_level(index, filters):
    mask = matching_rows(index, filters)
    tree = topic_tree(index, mask)
    sums = {topic["topic_id"]: topic["n_papers"] for topic in tree.to_dict("records")}
    for parent, children in tree.groupby("parent"):
        assert children["n_papers"].sum() == sums[parent]
        assert children["n_topics"].sum() == tree.set_index("topic_id")["n_topics"][parent]
    coarsest = tree[tree["depth"] == 0]
    assert coarsest["n_papers"].sum() + topic_sizes(index, mask)[1] == mask.sum()
    for level in range(3):
        counts, n_outliers = topic_sizes(index.at_level(level), mask)
        assert counts.sum() + n_outliers == mask.sum()
        overview = topic_overview(index.at_level(level), mask)
        assert dict(zip(overview["topic_id"], overview["n_papers"], strict=True)) == {
            topic_id: sums[topic_id] for topic_id in index.at_level(level).topic_ids
        }


def test_a_tree_is_read_from_the_coarse_to_the_fine(index):
    everything = np.ones(index.n_papers, dtype=bool)
    tree = topic_tree(index, everything)
    assert sorted(tree["topic_id"]) == sorted(index.snapshot.topics["topic_id"])
    seen = []
    for topic in tree.to_dict("records"):
        seen[topic["depth"] :] = [topic["label"]]
        assert topic["path"] == " > ".join(seen[:-1])
        assert topic["level"] == 2 - topic["depth"]
        assert len(topics_above(index, topic["topic_id"])) == topic["depth"]
    first = tree.iloc[0]
    part = topic_tree(index, everything, first["topic_id"])
    assert part["topic_id"].tolist() == tree["topic_id"].tolist()[1 : 1 + len(part)]
    assert part["path"].iloc[0] == first["label"]
    assert not len(topic_tree(index, everything, index.topic_ids[0]))
    assert not len(topic_tree(index, everything, "outlier"))


def test_trends_of_a_coarse_topic_are_those_of_the_finest_together(index):
    mask = matching_rows(index, FILTERS[2])
    fine = topic_trends(index, mask)
    for level in (1, 2):
        own = index.at_level(level)
        coarse = topic_trends(own, mask)
        assert coarse.groupby("period")["share"].sum().round(9).isin([0, 1]).all()
        for topic_id in own.topic_ids:
            together = fine[fine["topic_id"].isin(finest_below(index, topic_id))].groupby("period")["n_papers"].sum()
            assert coarse[coarse["topic_id"] == topic_id]["n_papers"].tolist() == together.tolist()
            assert complete_shares(own, mask, [topic_id]).max() <= 1


def test_a_paper_is_listed_with_its_finest_topic_at_every_level(index):
    rows = np.arange(index.n_papers)
    assert papers_at(index.at_level(2), rows)["topic_label"].tolist() == papers_at(index, rows)["topic_label"].tolist()


# --- links and files ------------------------------------------------------------------


def read(index, query):
    return view_from_query(parse_qs(query), index.facts)


def test_a_link_holds_the_level_and_topics_of_that_level(index):
    coarse = index.at_level(1).topic_ids
    view = view_of(index, page="trends", level=1, topics=coarse[:2])
    assert read(index, query_of(view)) == (view, [])
    assert "level=1" in query_of(view)
    assert view.to("map").level == 1
    assert view.at_level(0).topics == ()
    for query in ("level=3", "level=-1", "level=x", "level=" + "1" * 900):
        got, notices = read(index, query)
        assert (got.level, len(notices)) == (0, 1)
    assert read(index, f"topics={coarse[0]}")[1] != []
    assert read(index, f"level=2&topics={index.topic_ids[0]}")[1] != []


def test_the_page_of_a_coarse_topic_is_a_part_of_the_hierarchy(index):
    coarse = index.at_level(2).topic_ids[0]
    view, notices = read(index, f"page=topics&topic={coarse}")
    assert (view.page, view.topic, notices) == ("hierarchy", coarse, [])
    assert read(index, f"page=topics&topic={index.topic_ids[0]}&level=2")[0].page == "topics"
    assert levelled(index, view_of(index, page="topics", topic=index.topic_ids[0], level=2)) is index


def test_files_have_the_level_of_the_view(index, variants_store):
    def rows(**changes):
        view = view_of(index, **changes)
        content = exports.export(index, view)
        assert content == export_command.export_view(variants_store, query_of(view))
        return content.decode("utf-8-sig").split("\r\n")[1:-1]

    assert len(rows(page="topics", level=1)) == len(index.at_level(1).topics)
    assert len(rows(page="trends", level=2)) == (len(index.at_level(2).topics) + 1) * len(index.periods)
    assert len(rows(page="hierarchy")) == len(index.snapshot.topics)
    coarse = index.at_level(2).topics.iloc[0]
    assert len(rows(page="hierarchy", topic=coarse["topic_id"])) == coarse["size"]
    assert len(rows(page="hierarchy", topic=coarse["topic_id"], table="hierarchy")) == 6
