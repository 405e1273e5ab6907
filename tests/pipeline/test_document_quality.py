import random

from pipeline.document_quality import MAX_EXAMPLES, Tally, shortened


def tally(cases):
    counted = Tally()
    for n in cases:
        counted.add("too short", "goats.csv", n, f"Title {n}", "detail")
    return counted


def test_examples_are_few_and_do_not_depend_on_order():
    cases = list(range(200))
    expected = tally(cases).examples()
    random.Random(1).shuffle(cases)
    assert tally(cases).examples() == expected
    assert len(expected["too short"]) == MAX_EXAMPLES
    assert set(expected["too short"][0]) == {"source", "position", "title", "detail"}
    assert tally(cases).counted() == {"too short": 200}


def test_clearer_examples_come_first():
    counted = tally(range(50))
    counted.add("too short", "goats.csv", 99, "The clear one", "detail", preference=-1)
    assert counted.examples()["too short"][0]["title"] == "The clear one"


def test_details_are_short_and_printable():
    assert len(shortened("x" * 5000)) == 200
    assert shortened("a\x00b\u202ec\nd") == "a b c d"


def test_counts_are_sorted():
    counted = Tally()
    for reason, n in (("b", 2), ("a", 2), ("c", 3)):
        for position in range(n):
            counted.add(reason, "f", position, "t", "d")
    assert list(counted.counted()) == ["c", "a", "b"]
