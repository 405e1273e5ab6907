import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.duplicates import Entry, find_duplicates, jaccard, normalised, same_title, shingles

WORDS = ["goat", "wall", "ledge", "climb", "step", "plan", "gait", "rope", "farm", "hoof", "tilt", "grip", "slope"]


def abstract(seed, n=120):
    generator = random.Random(seed)
    return " ".join(generator.choice(WORDS) + str(generator.randrange(40)) for _ in range(n))


def changed(text, n_words):
    """``text`` with its last words replaced."""
    words = text.split()
    return " ".join(words[:-n_words] + [f"new{i}" for i in range(n_words)])


def groups(entries, threshold=0.85):
    found = find_duplicates(entries, threshold, seed=42)
    return found.groups, {position: found.reasons[position] for group in found.groups for position in group}


def entry(n, **fields):
    return Entry(**({"title": f"A study of goats number {n} {abstract(n, 3)}", "abstract": abstract(n)} | fields))


def test_same_id_or_doi_is_one_paper_when_the_titles_agree():
    entries = [
        entry(1, paper_id="x", title="Goats that climb walls"),
        entry(2, paper_id="x", title="Goats That Climb Walls."),
        entry(3, doi="10.1/y", title="Sheep in the long winter: a review"),
        entry(4, doi="10.1/y", title="Sheep in the Long Winter"),
        entry(5, paper_id="z"),
    ]
    found, reasons = groups(entries)
    assert found == [[0, 1], [2, 3]]
    assert reasons == {0: "duplicate id", 1: "duplicate id", 2: "duplicate DOI", 3: "duplicate DOI"}


def test_an_id_of_different_titles_is_no_identity():
    entries = [entry(n, paper_id="venue2019-", doi="10.1/proceedings") for n in range(30)]
    assert groups(entries)[0] == []


def test_same_title_is_one_paper_whatever_its_spelling():
    entries = [entry(1, title="Über Goats: A Survey"), entry(2, title="uber goats — a SURVEY"), entry(3)]
    assert groups(entries)[0] == [[0, 1]]


def test_short_titles_identify_nothing_unless_the_abstracts_agree():
    first, same = abstract(1), changed(abstract(1), 25)
    entries = [
        Entry("Introduction", first),
        Entry("Introduction", abstract(2)),
        Entry("Introduction", same),
    ]
    assert groups(entries)[0] == [[0, 2]]


def test_strangers_with_the_same_title_stay_apart():
    title = "Learning to climb very steep walls"
    entries = [
        entry(1, title=title, authors=("Ada Capra",)),
        entry(2, title=title, authors=("Bo Ziege",)),
        entry(3, title=title, authors=("Capra, A.",)),
    ]
    assert groups(entries)[0] == [[0, 2]]


def test_near_identical_abstracts_are_one_paper_and_similar_ones_are_not():
    text = abstract(1)
    near, far = changed(text, 5), changed(text, 40)
    assert jaccard(shingles(text), shingles(near)) > 0.85 > jaccard(shingles(text), shingles(far))
    found, reasons = groups([entry(1, abstract=text), entry(2, abstract=near), entry(3, abstract=far)])
    assert found == [[0, 1]]
    assert set(reasons.values()) == {"near-duplicate abstract"}


def test_the_threshold_decides():
    text = abstract(1)
    entries = [entry(1, abstract=text), entry(2, abstract=changed(text, 40))]
    similarity = jaccard(shingles(text), shingles(entries[1].abstract))
    assert groups(entries, similarity - 0.01)[0] == [[0, 1]]
    assert groups(entries, similarity + 0.01)[0] == []


def test_evidence_is_transitive():
    entries = [
        entry(1, paper_id="a", title="Goats on the northern wall"),
        entry(2, paper_id="a", title="Goats on the northern wall"),
        entry(3, title="Goats on the northern wall!", doi="10.1/a"),
        entry(4, title="Goats on the northern wall: extended version", doi="10.1/a", abstract=abstract(9)),
        entry(5, abstract=changed(abstract(9), 3)),
    ]
    assert groups(entries)[0] == [[0, 1, 2, 3, 4]]


def test_every_near_duplicate_is_found_among_many():
    entries = [entry(n) for n in range(400)] + [entry(1000 + n, abstract=changed(abstract(n), 6)) for n in range(200)]
    assert groups(entries)[0] == [[n, 400 + n] for n in range(200)]


def test_a_crowd_of_identical_texts_is_one_group():
    entries = [entry(n, abstract="The same words again and again, by mistake of the exporter.") for n in range(500)]
    assert groups(entries)[0] == [list(range(500))]


def test_empty_texts_are_not_alike():
    assert groups([entry(1, abstract=""), entry(2, abstract=""), entry(3, abstract="?!")])[0] == []
    assert groups([])[0] == []


def test_texts_without_spaces_are_compared_by_character():
    text = "我们观察了四十只山羊攀爬三面不同的墙壁并记录了每一步的动作和路线以及它们休息的地方"
    assert groups([entry(1, abstract=text), entry(2, abstract=text + "。再见")])[0] == [[0, 1]]
    assert groups([entry(1, abstract=text), entry(2, abstract=text[::-1])])[0] == []


@settings(max_examples=25)
@given(st.lists(st.sampled_from(WORDS), min_size=1), st.lists(st.sampled_from(WORDS), min_size=1))
def test_jaccard_is_that_of_the_word_triples(a, b):
    def triples(words):
        padded = words + [""] * (3 - len(words))
        return {tuple(padded[i : i + 3]) for i in range(len(padded) - 2)}

    expected = len(triples(a) & triples(b)) / len(triples(a) | triples(b))
    assert jaccard(shingles(" ".join(a)), shingles(" ".join(b))) == pytest.approx(expected)


def test_normalising_titles():
    assert normalised("Éa–B: c!") == "eabc"
    assert same_title(normalised("Goats that climb walls"), normalised("Goats that climb walls: a review"))
    assert not same_title(normalised("Goats"), normalised("Goats in winter"))
    assert np.array_equal(shingles("a b c d"), shingles("A, b C; d."))
