import numpy as np
import pytest

from pipeline.keywords import choose_keywords, eligible_terms, keywords_by_topic
from pipeline.terms import count_terms_in
from tests.pipeline.fitting import fitted


def chosen(terms, weights, in_topic, n=5):
    return [word for word, _ in choose_keywords(np.array(weights), np.array(in_topic), terms, n)]


def test_a_word_gives_way_to_the_phrase_it_mostly_stands_in():
    terms = ["annotation", "learning curves", "active learning", "learning"]
    assert "learning" not in chosen(terms, [0.3, 0.1, 0.4, 0.5], [9, 2, 20, 25])


def test_a_phrase_gives_way_to_the_word_that_mostly_stands_alone():
    assert chosen(["robot", "robot arm"], [0.5, 0.2], [40, 4]) == ["robot"]


def test_no_two_keywords_say_the_same():
    terms = ["bound", "lower bounds", "deep neural network", "neural network layers", "glacier"]
    found = chosen(terms, [0.5, 0.45, 0.4, 0.39, 0.1], [10, 4, 9, 5, 3])
    assert found == ["deep neural network", "lower bounds", "glacier"]


def test_best_first_and_no_weightless_terms():
    found = choose_keywords(np.array([0.1, 0.0, 0.3]), np.array([1, 0, 2]), ["a b", "c", "d"], 5)
    assert [word for word, _ in found] == ["d", "a b"]
    weights = [weight for _, weight in found]
    assert weights == sorted(weights, reverse=True)


@pytest.mark.parametrize("bad", ["propose", "novel", "paper", "state-of-the-art", "results", "mathbb", "42", "method"])
def test_boilerplate_is_no_keyword(bad):
    text = f"On glaciers. We propose a novel {bad}; the {bad} of glaciers, {bad}. Results of this paper show {bad}."
    terms = count_terms_in([text] * 4)
    names = [terms.terms[column].lower() for column in eligible_terms(terms)]
    assert "glaciers" in names
    assert not [name for name in names if bad in name.split()]


def test_cut_phrases_are_no_keywords():
    terms = count_terms_in(["About words. Neural machine translation, by neural machine translation."] * 4)
    names = [terms.terms[column].lower() for column in eligible_terms(terms)]
    assert "neural machine translation" in names
    assert "neural machine" not in names


def test_keywords_of_any_grouping_are_those_the_model_finds_for_its_topics():
    fit = fitted()
    found = keywords_by_topic(fit.terms, fit.labels, len(fit.keywords[0]))
    assert [[word for word, _ in words] for words in found] == [[word for word, _ in words] for words in fit.keywords]
    for here, there in zip(found, fit.keywords, strict=True):
        assert [weight for _, weight in here] == pytest.approx([weight for _, weight in there])


def test_keywords_of_nothing_are_none():
    assert keywords_by_topic(count_terms_in([]), np.zeros(0, np.int32), 5) == []
    assert keywords_by_topic(count_terms_in(["Ice."] * 3), np.full(3, -1, np.int32), 5) == []
