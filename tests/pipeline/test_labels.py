"""Labels a reader would write."""

import numpy as np
import pytest

from pipeline.labels import MAX_CHARACTERS, label_levels, label_topics
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


# --- names that set topics apart -------------------------------------------------------

SHIELDING = [
    "Shields for classifiers. Our classifier is robust to adversarial attacks only.",
    "Adversarial attacks on maps. A reader robust to adversarial attacks broke. Adversarial attacks are rare.",
    "What resists adversarial attacks. Few filters know adversarial attacks, or see adversarial attacks.",
]
CARBON = [
    "Soil organic carbon under clover. Soil organic carbon rose, and carbon stock with it.",
    "Ploughing and soil organic carbon. Less soil organic carbon is left, and less carbon respired.",
    "Biochar as carbon. Carbon in biochar lasts, soil organic carbon does not.",
    "Earthworms move carbon. The carbon of a field, and its soil organic carbon, goes down with them.",
]


def test_a_phrase_may_follow_to_without_being_taken_for_a_verb():
    assert labelled(SHIELDING, INVERTING, WALKING)[0] == "Adversarial attacks"


def test_the_whole_phrase_is_taken_where_it_fits_as_well_as_its_last_word():
    assert labelled(CARBON, INVERTING, WALKING)[0] == "Soil organic carbon"


def test_a_topic_is_not_named_by_a_word_that_stands_in_most_topics():
    puzzles, kitchens, courts = (
        [
            f"{thing} and reasoning. Reasoning by language models about {thing}: reasoning is needed.",
            f"Reasoning on {thing}. Language models and their reasoning meet {thing}.",
            f"{thing} for language models. Reasoning, and {thing}, and reasoning again.",
        ]
        for thing in ("crossword puzzles", "kitchen recipes", "court rulings")
    )
    assert labelled(puzzles, kitchens, courts) == ["Crossword puzzles", "Kitchen recipes", "Court rulings"]


def test_of_two_topics_that_share_a_phrase_each_is_named_by_what_the_other_lacks():
    skiing = [text.replace("quadruped robot", "skiing robot") for text in WALKING]
    found = labelled(WALKING, skiing, INVERTING)
    assert "Quadruped" in found[0]
    assert "kiing" in found[1]


def test_an_acronym_gives_way_to_the_words_it_stands_for():
    texts = [
        "NAS with care. NAS, that is neural architecture search, for small NAS budgets.",
        "Cheap NAS. We do neural architecture search, NAS for short.",
        "Does NAS work? Neural architecture search finds layers.",
    ]
    assert labelled(texts, INVERTING)[0] == "Neural architecture search"
    assert labelled(texts, texts, INVERTING)[:2] != ["Neural architecture search", "NAS"]


def test_what_a_field_is_called_may_end_in_systems():
    texts = [
        "Dialogue systems for shops. Dialogue systems answer, and the answer is short.",
        "Polite dialogue systems. We ask dialogue systems for the way.",
        "Dialogue systems that listen. Most dialogue systems talk.",
    ]
    assert labelled(texts, INVERTING)[0] == "Dialogue systems"


# --- names of coarser levels -----------------------------------------------------------

ICE = [
    "Robot skating on ice. A robot skating on ice, with a robot gait of its own.",
    "Ice hockey by robot skating. Mobile robots fell, robot skating goes on.",
    "Robot skating for a mobile robot. Cold robot skating.",
]
PICKING = [
    "Berry picking by a mobile robot. Berry picking is slow, the mobile robot is patient.",
    "Gentle berry picking. Mobile robots count in berry picking.",
    "Berry picking at night. The mobile robot sees, berry picking succeeds.",
]
DELIVERY = [
    "Parcel delivery with a mobile robot. Parcel delivery up the stairs.",
    "Parcel delivery in rain. The mobile robot gets wet in parcel delivery.",
    "Who pays for parcel delivery? Mobile robots do parcel delivery for less.",
]
LANGEVIN = [
    "Langevin sampling of grains. Langevin sampling of a grain takes time.",
    "Faster Langevin sampling. We prove that Langevin sampling mixes.",
    "Langevin sampling without noise. There is no Langevin sampling without noise.",
]


def levels_of(groups):
    """Labels by level for ``groups`` of topics: the texts of each topic, in groups."""
    topics = [topic for group in groups for topic in group]
    texts = [text for topic in topics for text in topic]
    finest = np.repeat(np.arange(len(topics), dtype=np.int32), [len(topic) for topic in topics])
    group = np.repeat(np.arange(len(groups), dtype=np.int32), [sum(map(len, group)) for group in groups])
    return label_levels(count_terms_in(texts), [finest, group], [[] for _ in topics])


def test_a_coarser_topic_is_named_by_what_holds_for_all_in_it():
    finest, coarse = levels_of([[ICE, PICKING, DELIVERY], [TRANSLATING, INVERTING]])
    assert finest[:3] == ["Robot skating", "Berry picking", "Parcel delivery"]
    assert coarse[0] == "Mobile robots"


def test_where_nothing_holds_for_all_the_two_largest_are_joined_with_their_capitals():
    _, coarse = levels_of([[ICE, PICKING, DELIVERY], [TRANSLATING, LANGEVIN, INVERTING[:2]]])
    assert coarse[1] == "Neural machine translation and Langevin sampling"


def test_a_name_is_never_given_twice_at_whatever_level():
    finest, coarse = levels_of([[WALKING, WALKING, CARBON], [INVERTING, INVERTING, TRANSLATING]])
    names = [name.lower() for name in [*finest, *coarse]]
    assert len(set(names)) == len(names)
    assert all(0 < len(name) <= MAX_CHARACTERS for name in names)


def test_levels_without_any_phrase_are_named_all_the_same():
    texts = [""] * 4
    finest, coarse = np.array([0, 1, 2, 3], np.int32), np.array([0, 0, 1, 1], np.int32)
    found = label_levels(count_terms_in(texts), [finest, coarse], [[]] * 4)
    assert len({*found[0], *found[1]}) == 6
