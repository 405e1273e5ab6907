"""What both sides are measured with: the same counting for every keyword, and overlap of topics between fits."""

import numpy as np
import pandas as pd
import pytest

from benchmarks.measures import best_match_jaccard, scores, stability


@pytest.fixture
def documents(tmp_path):
    texts = [
        "Large language models answer questions.",
        "Language models for few-shot learning.",
        "Robots walk. Legged robots run.",
        "A walk of legged robots, few shot.",
    ]
    file = tmp_path / "documents.parquet"
    pd.DataFrame({"paper_id": list("abcd"), "text": texts, "year": [2020] * 4}).to_parquet(file)
    return file


def test_keywords_that_always_stand_together_are_coherent(documents):
    found = scores(documents, {"together": [["legged", "robots"]], "apart": [["language", "robots"]]})
    assert found["together"]["npmi"] == pytest.approx(1)
    assert found["apart"]["npmi"] == pytest.approx(-1)


def test_a_phrase_counts_where_its_words_follow_each_other_whatever_its_case_and_hyphens(documents):
    found = scores(documents, {"phrases": [["Few-Shot", "LEGGED ROBOTS"]], "words": [["few", "legged"]]})
    assert found["phrases"]["npmi"] == pytest.approx(found["words"]["npmi"])


def test_spellings_of_one_keyword_are_one(documents):
    twice = scores(documents, {"a": [["few-shot", "few shot", "robots"]], "b": [["few-shot", "robots"]]})
    assert twice["a"] == twice["b"]


def test_a_word_in_two_keywords_counts_once_among_single_words(documents):
    nested = scores(documents, {"a": [["language models", "large language models"], ["robots", "legged robots"]]})["a"]
    assert nested["diversity"] == 1
    assert nested["diversity_words"] == 1
    shared = scores(documents, {"a": [["language models"], ["large models"]]})["a"]
    assert shared["diversity"] == 1
    assert shared["diversity_words"] == pytest.approx(3 / 4)


def test_a_side_without_topics_is_not_measured(documents):
    assert set(scores(documents, {"none": []})["none"].values()) == {None}
    both = scores(documents, {"none": [], "one": [["legged", "robots"]]})
    assert both["none"]["npmi"] is None
    assert both["one"]["npmi"] == pytest.approx(1)


def test_the_best_match_of_a_topic_is_its_largest_overlap():
    first = np.array([0, 0, 0, 0, 1, 1, -1, -1])
    second = np.array([0, 0, 0, 1, 1, 1, 1, -1])
    # topic 0: 3 of 4 papers together with a topic of 3; topic 1: both within a topic of 4
    assert best_match_jaccard(first, second) == pytest.approx((3 / 4 + 2 / 4) / 2)
    assert best_match_jaccard(first, first) == 1


def test_the_names_of_topics_do_not_matter_and_outliers_are_no_topic():
    papers = ["p1", "p2", "p3", "p4"]
    one = pd.Series(["a", "a", "b", None], index=papers)
    two = pd.Series(["y", "x", "x"], index=["p3", "p2", "p1"])  # p4 was left out, which is no topic either
    assert stability([one, two]) == 1


def test_stability_is_the_mean_over_ordered_pairs():
    papers = ["p1", "p2", "p3", "p4"]
    halves = pd.Series([0, 0, 1, 1], index=papers)
    whole = pd.Series([0, 0, 0, 0], index=papers)
    assert stability([halves, whole]) == pytest.approx(1 / 2)
    nothing = pd.Series([None] * 4, index=papers, dtype=object)
    assert stability([halves, nothing]) == 0  # its topics are found nowhere; nothing has none to look for
