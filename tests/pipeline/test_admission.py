import pytest

from pipeline.admission import count_words, refusal

ABSTRACT = (
    "Forty goats climbed three walls while we wrote down every step, and a simple model of their gait explains it."
)


@pytest.mark.parametrize(
    ("title", "abstract", "reason"),
    [
        ("Goats on walls", "", "no abstract"),
        ("Goats on walls", "N/A", "no abstract"),
        ("Goats on walls", "No abstract available.", "no abstract"),
        ("Goats on walls", "[No abstract]", "no abstract"),
        ("Goats on walls", "Goats on walls.", "no abstract"),
        ("Goats on walls", "We watch goats climb walls.", "too short"),
        ("Goats on walls", "0.12 3.4 5.6 7.8 | 9.1 2.3 4.5 6.7 8.9 1.2 3.4 5.6 7.8 9.0 1.1 2.2 3.3", "not text"),
        ("Goats on walls", "QmFzZTY0" * 40, "not text"),
        ("Goats on walls", "goat wall " * 60, "not text"),
        ("Editorial", ABSTRACT, "not a paper"),
        ("Table of Contents", ABSTRACT, "not a paper"),
        ("Front Matter", ABSTRACT, "not a paper"),
        ("Erratum: Goats on walls", ABSTRACT, "not a paper"),
        ("Corrigendum to “Goats on walls”", ABSTRACT, "not a paper"),
        ("[RETRACTED] Goats on walls", ABSTRACT, "not a paper"),
        ("Call for Papers: Goats 2027", ABSTRACT, "not a paper"),
        ("Message from the General Chairs", ABSTRACT, "not a paper"),
        (
            "Goats on walls",
            "This paper has been withdrawn by the author due to a crucial error in lemma 2.",
            "not a paper",
        ),
        ("…", ABSTRACT, "no title"),
    ],
)
def test_what_is_no_paper_is_refused(title, abstract, reason):
    refused = refusal(title, abstract, 15)
    assert refused is not None
    assert refused[0] == reason


@pytest.mark.parametrize(
    ("title", "abstract"),
    [
        ("Goats on walls", ABSTRACT),
        ("Introduction", ABSTRACT),
        ("Correction of Motion Artifacts in Goats", ABSTRACT),
        ("Contents of Goat Stomachs", ABSTRACT),
        ("Retraction Policies of a Soft Robot", ABSTRACT),
        ("Indexing Walls", ABSTRACT),
        ("News Recommendation for Goats", ABSTRACT),
        ("Withdrawal of needles", ABSTRACT + " The needle is withdrawn slowly."),
        ("山羊爬墙的方法研究", "我们观察了四十只山羊攀爬三面不同的墙壁并记录了每一步的动作和路线。"),
        ("ヤギの登攀", "私たちは四十頭のヤギが三つの壁を登る様子を観察し、すべての歩みを記録した。"),
    ],
)
def test_papers_pass(title, abstract):
    assert refusal(title, abstract, 15) is None


def test_words_of_scripts_without_spaces_count_too():
    assert count_words("three little goats") == 3
    assert count_words("我们观察山羊") == 3
