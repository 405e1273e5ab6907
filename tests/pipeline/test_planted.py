"""The planted corpus: known topics, sizes, mixtures and trends, the same for the same seed."""

from __future__ import annotations

import json
from collections import Counter

import numpy as np
import pytest

from pipeline.planted import FIRST_YEAR, LAST_YEAR, SampleError, planted_papers, write_planted
from pipeline.planted_areas import AREAS, SHARED_MEASURES, SHARED_METHODS, SHARED_SUBJECTS


@pytest.fixture(scope="module")
def papers():
    return list(planted_papers(6000, 24, seed=1))


def test_same_seed_same_papers_and_another_seed_other_papers(papers):
    again = list(planted_papers(6000, 24, seed=1))
    assert again == papers
    assert list(planted_papers(50, 24, seed=2)) != papers[:50]


def test_sizes_span_about_a_decade(papers):
    sizes = Counter(paper["planted_topic"] for paper in papers)
    assert len(sizes) == 24
    assert 6 <= max(sizes.values()) / min(sizes.values()) <= 18


def test_about_a_third_of_the_content_words_are_shared():
    """Slots filled from the common pool, counted over papers of one area that mixes with no other."""
    shared = SHARED_SUBJECTS + SHARED_METHODS + SHARED_MEASURES
    own = AREAS[0].subjects + AREAS[0].methods + AREAS[0].measures
    text = " ".join(paper["title"] + " " + paper["abstract"] for paper in planted_papers(400, 1, seed=3)).lower()
    n_shared = sum(text.count(term.lower()) for term in shared)
    n_own = sum(text.count(term.lower()) for term in own)
    assert 0.25 <= n_shared / (n_shared + n_own) <= 0.42


def test_trends_follow_the_course_of_the_area(papers):
    def mean_year(course):
        return np.mean([int(paper["published"][:4]) for paper in papers if paper["planted_course"] == course])

    assert mean_year("rising") > mean_year("steady") + 1
    assert mean_year("fading") < mean_year("steady") - 1
    born_late = [int(paper["published"][:4]) for paper in papers if paper["planted_course"] == "born late"]
    assert min(born_late) >= LAST_YEAR - 4
    burst = Counter(int(paper["published"][:4]) for paper in papers if paper["planted_course"] == "burst")
    assert burst[2020] + burst[2021] > sum(burst.values()) / 2
    years = {int(paper["published"][:4]) for paper in papers}
    assert years == set(range(FIRST_YEAR, LAST_YEAR + 1))


def test_some_papers_mix_two_areas_and_say_so(papers):
    mixed = [paper for paper in papers if paper["planted_second"]]
    assert 0.03 <= len(mixed) / len(papers) <= 0.10
    assert all(paper["planted_second"] != paper["planted_topic"] for paper in mixed)


def test_abstracts_are_readable_sentences(papers):
    for paper in papers[:300]:
        sentences = paper["abstract"].split(". ")
        assert 4 <= len(sentences) <= 8
        assert all(sentence[0].isupper() or sentence[0].isdigit() for sentence in sentences)
        assert "{" not in paper["abstract"] + paper["title"]


def test_ids_are_unique(papers):
    assert len({paper["id"] for paper in papers}) == len(papers)


def test_file_is_json_lines(tmp_path):
    file = tmp_path / "planted.jsonl"
    write_planted(file, 20, 5, seed=1)
    records = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    assert records == list(planted_papers(20, 5, seed=1))
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.parametrize(("n_papers", "n_topics"), [(0, 5), (10, 0), (10, 25)])
def test_impossible_requests_are_refused_in_words(n_papers, n_topics):
    with pytest.raises(SampleError, match="planted corpus"):
        list(planted_papers(n_papers, n_topics, seed=1))
