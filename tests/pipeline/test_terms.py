"""Terms: phrases whole and unified, shown as people write them."""

import numpy as np
import pytest

from pipeline.terms import count_terms_in, least_documents

TEXTS = [
    "Few-shot learning with GANs. We study few-shot learning. Neural machine translation helps GANs.",
    "A note on neural-machine translation. The mixture of experts is a language model. A GAN, we say.",
    "Neural machine translation. Language models and point clouds; few-shot learning in Bayesian form.",
    "Point clouds and point clouds. Neural machine translation by language models. Point cloud of a robot.",
    "Neural-machine translation; a mixture of experts. "
    "Our mixture of experts improves the Bayesian state of the art by 3.5 % on 3D scenes.",
    "Bayesian 3D scenes. We improve the translation and improve the rest. Scene, robot. $\\mathbb{R}$ 2019.",
]


@pytest.fixture(scope="module")
def terms():
    return count_terms_in(TEXTS)


def count_of(terms, term, row):
    return int(terms.counts[row, terms.terms.index(term)])


def test_spellings_and_plurals_are_one_term(terms):
    assert "few-shot learning" in terms.terms
    assert "neural-machine translation" not in terms.terms
    assert count_of(terms, "neural machine translation", 1) == 1
    assert count_of(terms, "point clouds", 3) == 3
    assert "point cloud" not in terms.terms


def test_phrases_stop_at_punctuation_and_breaking_words_but_hold_of(terms):
    assert "mixture of experts" in terms.terms
    assert not [term for term in terms.terms if "translation help" in term or "translation language" in term]
    assert not {"state of the art", "art", "robot scene"} & set(terms.terms)


def test_numbers_and_latex_are_no_terms_but_3d_is(terms):
    assert "3D scenes" in terms.terms
    assert not {"3", "5", "2019", "mathbb", "R"} & set(terms.terms)


def test_case_is_that_inside_sentences(terms):
    """Titles and first words are capitalised whatever the word."""
    assert "GAN" in [term.removesuffix("s") for term in terms.terms]
    assert "Bayesian" in terms.terms
    assert "neural machine translation" in terms.terms


def test_titles_are_told_from_abstracts(terms):
    column = terms.terms.index("neural machine translation")
    assert terms.title_counts[:, [column]].toarray().ravel().tolist() == [0, 1, 1, 0, 1, 0]


def test_cut_phrases_and_verbs_are_seen(terms):
    assert terms.closed[terms.terms.index("neural machine")] == 0
    assert terms.closed[terms.terms.index("neural machine translation")] == 1
    texts = ["We anneal the steel. They anneal a robot arm. The robot arm can move."] * 3
    verbs = count_terms_in(texts)
    assert verbs.verbal[verbs.terms.index("anneal")] > 0.5
    assert verbs.verbal[verbs.terms.index("robot arm")] < 0.3


def test_usual_plurals_are_known_and_rare_ones_are_not():
    texts = ["About sensors. A tactile sensor, tactile sensors. These tactile sensors see; object detection."] * 3
    texts += ["About detection. Object detection; object detection; object detections, object detection."]
    terms = count_terms_in(texts)
    assert terms.plurals[terms.terms.index("tactile sensors")] == "tactile sensors"
    assert terms.plurals[terms.terms.index("object detection")] == ""


def test_rare_terms_are_left_out_by_the_number_of_documents():
    assert (least_documents(3), least_documents(71), least_documents(82_613)) == (1, 2, 10)
    repeated = ["Glacier melt. Glacier melt and glacier melt and glacier melt."] + ["River flow. River flow."] * 11
    assert "glacier melt" not in count_terms_in(repeated).terms
    assert "river flow" in [term.lower() for term in count_terms_in(repeated).terms]


@pytest.mark.parametrize("texts", [[], [""], ["", "of the and 12 %"], ["\x00 \ud83d \n\n --- ''"]])
def test_texts_without_words_have_no_terms(texts):
    terms = count_terms_in(texts)
    assert terms.terms == []
    assert terms.counts.shape == (len(texts), 0)


def test_order_of_documents_changes_no_term_and_no_count():
    order = np.array([3, 1, 5, 0, 4, 2])
    one, other = count_terms_in(TEXTS), count_terms_in([TEXTS[row] for row in order])
    assert one.terms == other.terms
    assert np.array_equal(one.counts.toarray()[order], other.counts.toarray())
