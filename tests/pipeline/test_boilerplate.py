import pytest

from pipeline import boilerplate
from pipeline.boilerplate import strip_boilerplate

BODY = (
    "We watched forty goats climb three different walls and wrote down every step. The goats preferred walls that "
    "offered ledges of at least two centimetres, and they planned four steps ahead. A simple model of their gait "
    "explains most of what we saw."
)


@pytest.mark.parametrize(
    ("tail", "reason"),
    [
        ("© 2021 Elsevier Ltd. All rights reserved.", boilerplate.COPYRIGHT),
        ("(c) 2009 Wiley Periodicals, Inc. J Goat Res 4:1-9, 2009", boilerplate.COPYRIGHT),
        ("Copyright © 2015, The Goat Society. All rights reserved.", boilerplate.COPYRIGHT),
        ("© The Author(s) 2020. Published by Oxford University Press.", boilerplate.COPYRIGHT),
        ("Published by Elsevier B.V.", boilerplate.COPYRIGHT),
        ("This is an open access article under the CC BY license.", boilerplate.COPYRIGHT),
        ("© Springer-Verlag Berlin Heidelberg 2010.", boilerplate.COPYRIGHT),
        ("Submitted to ICRA 2022.", boilerplate.SUBMISSION),
        ("Accepted for publication in the Journal of Goats.", boilerplate.SUBMISSION),
        ("This work has been submitted to the IEEE for possible publication.", boilerplate.SUBMISSION),
        ("Preprint submitted to Elsevier.", boilerplate.SUBMISSION),
        ("12 pages, 4 figures.", boilerplate.SUBMISSION),
        ("Corresponding author: billy@goats.example.", boilerplate.CONTACT),
        ("E-mail: billy@goats.example", boilerplate.CONTACT),
        ("Keywords: goats, climbing, ledges.", boilerplate.KEYWORD_LIST),
        ("Index Terms—goats, climbing", boilerplate.KEYWORD_LIST),
        ("1 Introduction Goats have been climbing for a long time.", boilerplate.RUN_ON),
        ("Show More", boilerplate.PAGE_REMAINS),
    ],
)
def test_tails_go_and_are_named(tail, reason):
    stripped = strip_boilerplate(f"{BODY} {tail}")
    assert stripped.text == BODY
    assert list(stripped.removed) == [reason]
    assert stripped.removed[reason] in tail or tail.startswith(stripped.removed[reason])


@pytest.mark.parametrize("head", ["Abstract: ", "ABSTRACT ", "Abstract. ", "Abstract—", "Abstract ", "Summary: "])
def test_headings_go(head):
    stripped = strip_boilerplate(head + BODY)
    assert stripped.text == BODY
    assert list(stripped.removed) == [boilerplate.HEADING]


def test_several_notices_and_a_leading_one():
    text = f"© 2019 IEEE. {BODY} Published by Elsevier Ltd. © 2019 The Authors. All rights reserved."
    assert strip_boilerplate(text).text == BODY


@pytest.mark.parametrize(
    "text",
    [
        BODY,
        "Abstract Meaning Representation parsing maps a sentence to a graph. We do it faster.",
        "Abstract interpretation proves programs right. " + BODY,
        "Lego © robots are cheap. " + BODY + " They carry a LEGO © brick.",
        "Copyright law meets image models. " + BODY + " Copyright holders may object to such copies.",
        BODY + " Presented in this paper is a robot that climbs as they do.",
        BODY + " The items are (a) ropes, (b) ledges, and (c) goats.",
        BODY + " It turns keywords-to-sentence generation into climbing.",
        BODY + " Published results in 2019 agree with ours.",
        BODY + " Our introduction of ropes helps.",
        "This paper was accepted by nobody, yet goats climb: a study of rejection. " + BODY,
    ],
)
def test_content_stays(text):
    assert strip_boilerplate(text) == (text, {})


@pytest.mark.timeout(60)  # what is quadratic here takes far longer
@pytest.mark.parametrize("piece", ["@a.", "© ", "a.b@c ", "keywords: ", "1 Introduction ", "accepted in "])
def test_hostile_repetition_ends(piece):
    assert len(strip_boilerplate(piece * 60_000).text) <= 60_000 * len(piece)
