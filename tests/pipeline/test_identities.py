import re

import pytest

from pipeline.identities import Claim, assign_ids, hashed_id, usable_doi, usable_id, usable_url


def claim(n, paper_id=None, doi=None):
    return Claim(paper_id, doi, f"Title {n}", f"Abstract number {n}")


def test_given_ids_then_dois_then_text():
    ids, shared = assign_ids([claim(1, "abc", "10.1/x"), claim(2, None, "10.1/y"), claim(3)])
    assert ids[:2] == ["abc", "doi:10.1/y"]
    assert re.fullmatch(r"p-[0-9a-f]{12}", ids[2])
    assert not shared


def test_shared_ids_and_dois_identify_nobody():
    ids, shared = assign_ids(
        [claim(1, "v-", "10.1/p"), claim(2, "v-", "10.1/p"), claim(3, "v-", "10.1/z"), claim(4, "w")]
    )
    assert shared == {0, 1, 2}
    assert ids[2:] == ["doi:10.1/z", "w"]
    assert all(re.fullmatch(r"p-[0-9a-f]{12}", paper_id) for paper_id in ids[:2])
    assert len(set(ids)) == 4


def test_ids_are_unique_even_when_somebody_tries():
    victim = claim(1)
    ids, _ = assign_ids([victim, claim(2, hashed_id(victim)), claim(3, "doi:10.1/x"), claim(4, None, "10.1/x"), victim])
    assert len(set(ids)) == 5
    assert ids[1] == hashed_id(victim)
    assert ids[2] == "doi:10.1/x"


def test_a_derived_id_does_not_depend_on_spelling():
    assert hashed_id(Claim(None, None, "Über Goats!", "They climb.")) == hashed_id(
        Claim(None, None, "uber goats", "they  climb")
    )


def test_usable_ids():
    assert usable_id(" a\u202eb\x00 \n c ") == "ab c"
    assert usable_id("x" * 201) is None
    assert usable_id(" \u200b") is None
    assert usable_id(None) is None


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("10.1000/XyZ", "10.1000/xyz"),
        ("https://doi.org/10.1000/abc.", "10.1000/abc"),
        ("http://dx.doi.org/10.1000/abc", "10.1000/abc"),
        ("doi: 10.1000/abc", "10.1000/abc"),
        ("n/a", None),
        ("11.1000/abc", None),
        ("", None),
    ],
)
def test_dois_are_bare_and_lower_case(raw, expected):
    assert usable_doi(raw) == expected


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("https://a.example/x?y=1", "https://a.example/x?y=1"),
        (" http://a.example ", "http://a.example"),
        ("javascript:alert(1)", None),
        ("data:text/html,x", None),
        ("//a.example/x", None),
        ("https://", None),
        ("https://a.example/a b", None),
        ("http://[broken", None),
        ("https://a.example/" + "x" * 3000, None),
    ],
)
def test_only_web_addresses_are_kept(raw, expected):
    assert usable_url(raw) == expected
