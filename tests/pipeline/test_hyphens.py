from pipeline.hyphens import join_broken, may_be_broken, word_counts

CORPUS = [
    "However, a cross-modal application learns.",
    "A cross-modal method, however small, is an application.",
    "The state-of-the-art method is fast.",
    "Data of one kind drive the other kind; driven by data.",
    "The low-level code is a lowlevel code; low-level parts.",
]


def repaired(text):
    return join_broken(text, word_counts([text], [*CORPUS, text]))


def test_cut_words_are_joined_as_the_corpus_writes_them():
    assert repaired("How- ever, the cross- modal applica- tion") == "However, the cross-modal application"
    assert repaired("a low- level view") == "a low-level view"  # the more frequent form
    assert repaired("the state-of- the-art") == "the state-of-the-art"


def test_unknown_forms_depend_on_their_parts():
    assert repaired("a data- driven idea") == "a data-driven idea"
    assert repaired("some rhubar- bification here") == "some rhubarbification here"


def test_suspended_hyphens_stay():
    for text in ("lower- and upper-bounds", "pre- or post-processing", "image- to text", "mid- and long-term"):
        assert repaired(text) == text
        assert not may_be_broken(text)


def test_the_cheap_test_finds_them():
    assert may_be_broken("an applica- tion")
    assert not may_be_broken("a well-known list - of things")
