"""Curation of one fit, carried over to another."""

import math

from dashboard.curation.carrying import carried
from dashboard.curation.overlay import Curation, TopicCuration

OLD = {"t-1": ["p1", "p2", "p3", "p4"], "t-2": ["p5", "p6", "p7", "p8"]}


def curation(*topics, **moved):
    return Curation("lab", 1, {topic.topic_id: topic for topic in topics}, moved)


def assigned(**topics):
    return {paper: topic.replace("_", "-") for topic, papers in topics.items() for paper in papers.split()}


def test_curation_stays_with_an_id_that_was_passed_on():
    new = assigned(t_1="p1 p2 p9", outlier="p3 p4")
    got = carried(curation(TopicCuration("t-1", 3, "Folding")), OLD, new)
    assert got.topics == {"t-1": TopicCuration("t-1", 3, "Folding")}
    assert [(one.found_in, one.share) for one in got.matches] == [("t-1", 0.5)]


def test_a_topic_whose_id_is_gone_is_found_by_its_papers():
    new = assigned(t_9="p1 p2 p3 p20 p21", t_8="p4 p5")
    topic = TopicCuration("t-1", 3, "Folding", pinned=("p1", "gone", "p3"))
    got = carried(curation(topic), OLD, new)
    assert got.topics == {"t-9": TopicCuration("t-9", 3, "Folding", pinned=("p1", "p3"))}
    assert [(one.topic_id, one.found_in, one.share) for one in got.matches] == [("t-1", "t-9", 0.75)]


def test_papers_that_left_the_corpus_play_no_part():
    got = carried(curation(TopicCuration("t-1", 1, "Folding")), OLD, assigned(t_9="p1 p2", t_8="p5"))
    assert list(got.topics) == ["t-9"]
    assert got.matches[0].share == 1.0


def test_what_fell_apart_or_is_gone_is_reported_and_never_guessed():
    halves = carried(curation(TopicCuration("t-1", 1, "Folding")), OLD, assigned(t_8="p1 p2", t_9="p3 p4"))
    assert (dict(halves.topics), halves.lost_topics) == ({}, ("t-1",))
    outside = carried(curation(TopicCuration("t-1", 1, "Folding")), OLD, assigned(outlier="p1 p2 p3", t_9="p4"))
    assert (dict(outside.topics), outside.lost_topics) == ({}, ("t-1",))
    gone = carried(curation(TopicCuration("t-1", 1, "Folding")), OLD, assigned(t_9="p30"))
    assert gone.lost_topics == ("t-1",)
    assert math.isnan(gone.matches[0].share)


def test_of_two_that_became_one_the_better_fit_keeps_its_name():
    old = {"t-1": ["p1", "p2", "p3", "p4"], "t-2": ["p5", "p6"]}
    topics = (TopicCuration("t-1", 1, "Folding"), TopicCuration("t-2", 1, "Binding"))
    got = carried(curation(*topics), old, assigned(t_9="p1 p2 p3 p4 p5 p6"))
    assert got.topics["t-9"].name == "Folding"
    assert got.lost_topics == ("t-2",)
    kept = carried(curation(*topics), old, assigned(t_2="p1 p2 p3 p4 p5 p6"))
    assert kept.topics["t-2"].name == "Binding"  # its own id comes first
    assert kept.lost_topics == ("t-1",)


def test_merges_and_moves_point_to_the_new_topics():
    topics = (TopicCuration("t-1", 1, merged_into="t-2"), TopicCuration("t-2", 1, "Binding"))
    new = assigned(t_8="p1 p2 p3 p4", t_9="p5 p6 p7 p8")
    got = carried(curation(*topics, p1="t-2", p2="outlier", p3="t-77", gone="t-2"), OLD, new)
    assert got.topics["t-8"].merged_into == "t-9"
    assert dict(got.moved) == {"p1": "t-9", "p2": "outlier"}
    assert got.lost_moves == ("gone", "p3")


def test_topics_merged_by_a_curator_that_the_fit_made_one_are_merged_into_nothing():
    topics = (TopicCuration("t-1", 1, merged_into="t-2"), TopicCuration("t-2", 1, "Binding"))
    got = carried(curation(*topics), OLD, assigned(t_9="p1 p2 p3 p4 p5 p6 p7 p8 p9"))
    assert got.topics["t-9"].merged_into is None
