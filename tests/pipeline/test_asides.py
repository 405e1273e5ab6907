import pytest

from pipeline import asides
from pipeline.asides import strip_for_model

BODY = "Goats climb walls by planning four steps ahead. We model their gait with three numbers."


@pytest.mark.parametrize(
    ("sentence", "reason"),
    [
        ("Code is available at https://git.example/goats.", asides.AVAILABILITY),
        ("Our code and trained models will be made publicly available.", asides.AVAILABILITY),
        ("The source code will be released upon acceptance.", asides.AVAILABILITY),
        ("For reproducibility, our code is available online.", asides.AVAILABILITY),
        ("Project page: https://goats.example/", asides.AVAILABILITY),
        ("A video is at https://v.example/1.", asides.AVAILABILITY),
        ("We will release our code and data.", asides.AVAILABILITY),
        ("We make our gait recordings publicly available.", asides.AVAILABILITY),
        ("This work was supported by the Goat Foundation under grant 12.", asides.FUNDING),
        ("Warning: this paper contains goats that may upset you.", asides.WARNING),
    ],
)
def test_asides_go_and_are_named(sentence, reason):
    stripped = strip_for_model(f"{BODY} {sentence}")
    assert stripped.text == BODY
    assert stripped.removed == {reason: sentence}


def test_section_names_go():
    stripped = strip_for_model("Background: Goats climb. METHODS We watch. Results: They plan. Conclusion: Good.")
    assert stripped.text == "Goats climb. We watch. They plan. Good."
    assert asides.SECTION_NAMES in stripped.removed


def test_an_address_in_a_sentence_of_content_goes_alone():
    text = (
        "We compare the walls of forty farms with the list at https://walls.example/all and find that goats prefer "
        "ledges of two centimetres, whatever their colour or age, which contradicts what breeders have long believed."
    )
    stripped = strip_for_model(text)
    assert "https" not in stripped.text
    assert "goats prefer ledges" in stripped.text


@pytest.mark.parametrize(
    "text",
    [
        BODY,
        "In many fields only a pre-trained source model is available, and the source data are gone.",
        "We release a dataset of ten thousand annotated climbs over four seasons, the largest of its kind.",
        "The theory is supported by experiments on real walls.",
        "This work is supported by a unique ledge design that carries two goats.",
        "It needs only operations available in any linear algebra library.",
        "No CAD model is available for such walls.",
        "We report mAP@0.5 of 71.3.",
        "Results show that goats win.",
    ],
)
def test_content_stays(text):
    assert strip_for_model(text) == (text, {})
