import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.readers.values import as_arxiv_id, as_authors, as_count, as_doi, as_keywords, as_members, as_text


@pytest.mark.parametrize(
    ("value", "authors"),
    [
        ("Ada Lovelace; Alan Turing", ["Ada Lovelace", "Alan Turing"]),
        ("Lovelace, Ada; Turing, Alan;", ["Lovelace, Ada", "Turing, Alan"]),
        ("Lovelace, Ada and Turing, Alan", ["Lovelace, Ada", "Turing, Alan"]),
        ("Ada Lovelace and Alan Turing", ["Ada Lovelace", "Alan Turing"]),
        ("Ada Lovelace, Alan Turing, and Grace Hopper", ["Ada Lovelace", "Alan Turing", "Grace Hopper"]),
        ("Ada Lovelace, Alan Turing", ["Ada Lovelace", "Alan Turing"]),
        ("Lovelace, Ada", ["Lovelace, Ada"]),
        ("van Gogh, Vincent", ["van Gogh, Vincent"]),
        ("Lovelace, A., Turing, A. M., Hopper, G.", ["Lovelace, A.", "Turing, A. M.", "Hopper, G."]),
        ("Lovelace A, Turing AM, Hopper G", ["Lovelace A", "Turing AM", "Hopper G"]),
        ("Sammy Davis, Jr., Ada Lovelace, Alan Turing", ["Sammy Davis, Jr.", "Ada Lovelace", "Alan Turing"]),
        ("A. Lovelace & A. Turing", ["A. Lovelace", "A. Turing"]),
        ("Ada Lovelace, Alan Turing, et al.", ["Ada Lovelace", "Alan Turing"]),
        ("Ada Lovelace|Alan Turing", ["Ada Lovelace", "Alan Turing"]),
        ("['Ada Lovelace', \"Conor O'Brien\"]", ["Ada Lovelace", "Conor O'Brien"]),
        ('["Ada Lovelace", "Turing, Alan"]', ["Ada Lovelace", "Turing, Alan"]),
        ("Alexander Anderson", ["Alexander Anderson"]),
        (["Ada Lovelace", "", None, " Alan Turing "], ["Ada Lovelace", "Alan Turing"]),
        ([{"name": "Ada Lovelace"}, {"given": "Alan", "family": "Turing"}], ["Ada Lovelace", "Alan Turing"]),
        ([{"author": {"display_name": "Ada Lovelace"}}], ["Ada Lovelace"]),
        ({"name": "Ada Lovelace"}, ["Ada Lovelace"]),
        ("", []),
        (None, []),
        (" ; ,; ", []),
    ],
)
def test_authors(value, authors):
    assert list(as_authors(value)) == authors


@pytest.mark.parametrize(
    ("value", "members"),
    [
        ("China;", ["China"]),
        (";Germany;;Netherlands", ["Germany", "Netherlands"]),
        ("a|b | a", ["a", "b"]),
        ("Korea, South", ["Korea, South"]),
        (["x", "", "x", None, "y"], ["x", "y"]),
        ("['x', 'y']", ["x", "y"]),
        (2021, ["2021"]),
        (None, []),
        ("nan", []),
    ],
)
def test_facet_members(value, members):
    assert list(as_members(value)) == members


def test_keywords_are_divided_at_commas_only_without_semicolons():
    assert as_keywords("graphs, trees,, sets") == ("graphs", "trees", "sets")
    assert as_keywords("graphs, directed; trees") == ("graphs, directed", "trees")
    assert as_keywords("['a, b', 'c']") == ("a, b", "c")


@pytest.mark.parametrize(
    ("value", "doi"),
    [
        ("10.1000/XYZ.1", "10.1000/xyz.1"),
        ("https://doi.org/10.1000/xyz", "10.1000/xyz"),
        ("http://dx.doi.org/10.1000/xyz", "10.1000/xyz"),
        ("doi: 10.1000/xyz.", "10.1000/xyz"),
        ("DOI:10.1000/Ab(1)2", "10.1000/ab(1)2"),
        ("n/a", None),
        ("10.1/x", None),
        (None, None),
        (10.1, None),
    ],
)
def test_doi_is_bare_and_lower_case(value, doi):
    assert as_doi(value) == doi


@pytest.mark.parametrize(
    ("value", "arxiv_id"),
    [
        ("2103.01234", "2103.01234"),
        ("arXiv:2103.01234v2", "2103.01234"),
        ("https://arxiv.org/abs/2103.01234v3", "2103.01234"),
        ("https://arxiv.org/pdf/2103.01234v1.pdf", "2103.01234"),
        ("2103.01234 [cs.LG]", "2103.01234"),
        ("hep-th/9901001", "hep-th/9901001"),
        ("0704.0001", "0704.0001"),
        ("2021.12345", None),  # there is no month 21
        ("paper-17", None),
        (2103.01234, None),  # a number may have lost a zero
        ("", None),
    ],
)
def test_arxiv_identifiers(value, arxiv_id):
    assert as_arxiv_id(value) == arxiv_id


@pytest.mark.parametrize(
    ("value", "count"),
    [
        (3, 3), (3.0, 3), ("3", 3), ("1,234", 1234), (" 12.0 ", 12), (0, 0), (-1, None), ("-1", None), (None, None),
        ("many", None), (float("nan"), None), (True, None), (2**31, None), ("", None), ([3], None),
    ],
)  # fmt: skip
def test_counts(value, count):
    assert as_count(value) == count


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
)


@given(VALUES)
@example("\0")
def test_any_value_can_be_stored_as_utf8(value):
    texts = [as_text(value), *as_authors(value), *as_members(value), *as_keywords(value)]
    for text in texts:
        assert "\0" not in text
        text.encode()
    assert all(texts[1:])
    assert as_count(value) is None or 0 <= as_count(value) < 2**31


def test_hostile_text_cannot_be_made_to_run_long():
    blanks = " " * 190_000
    assert as_authors(f"Ada Lovelace{blanks}Turing,{blanks}and{blanks}x") == ("Ada Lovelace Turing", "x")
    assert as_authors("['" + "\\'" * 100_000) is not None
    assert as_members("['" + "a'" * 100_000 + "]") is not None
    assert as_arxiv_id("a-" * 100_000) is None
