import numpy as np
import pytest

from pipeline.word_endings import ends_as_noun
from pipeline.word_forms import majority, singular


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("models", "model"),
        ("policies", "policy"),
        ("classes", "class"),
        ("matrices", "matrix"),
        ("language-models", "language-model"),
        ("bias", "bias"),
        ("analysis", "analysis"),
        ("dynamics", "dynamics"),
        ("gps", "gps"),
        ("series", "series"),
        ("llms", "llm"),
        ("atlas", "atlas"),
    ],
)
def test_singular_of_known_words(word, expected):
    known = {"model", "policy", "class", "matrix", "language-model", "dynamic", "serie", "gp", "llm"}
    assert singular(word, known) == expected


@pytest.mark.parametrize("word", ["retrieval", "segmentation", "LLMs", "planning", "objective", "music", "k-means"])
def test_nouns_may_end_a_phrase(word):
    assert ends_as_noun(word)


@pytest.mark.parametrize("word", ["adversarial", "efficient", "generative", "supervised", "robotic", "task-specific"])
def test_adjectives_may_not(word):
    assert not ends_as_noun(word)


def test_majority_takes_the_smallest_of_equals_and_zero_for_nothing():
    groups, values = np.array([0, 0, 0, 2, 2]), np.array([5, 5, 1, 9, 4])
    assert majority(groups, values, 3).tolist() == [5, 0, 4]
