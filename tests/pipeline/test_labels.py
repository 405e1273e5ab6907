"""Labels a reader would write."""

import numpy as np
import pytest

from pipeline.labels import MAX_CHARACTERS, label_topics
from pipeline.terms import count_terms_in

WALKING = [
    "Legged locomotion on ice. Legged locomotion needs balance, and a quadruped robot walks on ice.",
    "Learning legged locomotion. A quadruped robot learns legged locomotion from falls.",
    "Fast legged locomotion. The gait of a quadruped robot decides how far it walks.",
    "Energy of legged locomotion. We measure a quadruped robot, its gait and its falls.",
]
TRANSLATING = [
    "Neural machine translation of poems. Neural machine translation fails on rhyme, LLM agents do not.",
    "Better neural machine translation. We train neural machine translation on parallel text.",
    "Low-resource neural machine translation. A corpus is small, and neural machine translation suffers.",
    "Does neural machine translation know grammar? Neural machine translation learns a corpus by heart.",
]
INVERTING = [
    "GAN inversion for faces. GAN inversion finds the latent code of a face.",
    "Fast GAN inversion. We speed up GAN inversion for a face or a cat.",
    "Faithful GAN inversion. With GAN inversion a face keeps its smile.",
    "Encoders for GAN inversion. GAN inversion with an encoder, on a face.",
]


def labelled(*topics):
    texts = [text for topic in topics for text in topic]
    labels = np.repeat(np.arange(len(topics), dtype=np.int32), [len(topic) for topic in topics])
    return label_topics(count_terms_in(texts), labels, [[] for _ in topics])


def test_labels_are_whole_phrases_in_sentence_case_with_acronyms_kept():
    assert labelled(WALKING, TRANSLATING, INVERTING) == [
        "Legged locomotion",
        "Neural machine translation",
        "GAN inversion",
    ]


def test_two_topics_never_share_a_label():
    on_ice = [text.replace("a quadruped robot", "the snow shoe") for text in WALKING]
    found = labelled(WALKING, on_ice, INVERTING)
    assert len({label.lower() for label in found}) == 3
    assert found[0].startswith("Legged locomotion") or found[1].startswith("Legged locomotion")


def test_the_same_topic_many_times_still_gets_different_labels():
    found = labelled(*[WALKING] * 9)
    assert len(set(found)) == 9
    assert all(0 < len(label) <= MAX_CHARACTERS for label in found)


def test_count_nouns_are_in_the_plural():
    texts = [
        "Point clouds in cities. A point cloud shows a street.",
        "Sparse point clouds. We thin point clouds and a point cloud.",
        "Reading point clouds. Any point cloud is sparse.",
    ]
    assert labelled(texts, INVERTING)[0] == "Point clouds"


@pytest.mark.parametrize("texts", [["", "", ""], ["We propose a novel method. Results show this."] * 3])
def test_a_topic_without_phrases_is_named_by_keywords_or_number(texts):
    labels, terms = np.zeros(3, dtype=np.int32), count_terms_in(texts)
    assert label_topics(terms, labels, [[("ice cores", 0.3)]]) == ["Ice cores"]
    assert label_topics(terms, labels, [[]]) == ["Topic 1"]


def test_outliers_only_means_no_labels():
    assert label_topics(count_terms_in(WALKING), np.full(4, -1, np.int32), []) == []
