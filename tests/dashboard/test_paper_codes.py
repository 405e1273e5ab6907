import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.paper_codes import code_of, cut, joined, number_of_code, numbers_of

paper_ids = st.lists(st.text(st.characters(), min_size=1, max_size=30), unique=True, max_size=30)


@given(paper_ids)
def test_a_link_holds_the_papers_in_their_order(ids):
    codes = tuple(map(code_of, ids))
    assert cut(joined(codes)) == (codes, True)
    assert [number_of_code(code) for code in codes] == numbers_of(ids).tolist()
    assert re.fullmatch(r"[A-Za-z0-9_-]*", joined(codes))


def test_the_code_of_a_paper_never_changes():
    assert [code_of("p-0001"), code_of("doi:10.1/ü")] == ["brDIrMk2", "reky33Oz"]


@pytest.mark.parametrize(
    ("text", "codes", "whole"),
    [
        ("", (), True),
        ("abcdefgh", ("abcdefgh",), True),
        ("abcdefghabcdefgh", ("abcdefgh",), True),
        ("abcdefghij", ("abcdefgh",), False),
        ("abc defgABCDEFGH", ("ABCDEFGH",), False),
        ("../../etc/passwd", (), False),
        ("٢٠٢٤٢٠٢٤", (), False),
    ],
)
def test_what_is_no_code_is_left_out_and_said(text, codes, whole):
    assert cut(text) == (codes, whole)


def test_a_megabyte_is_not_read_through():
    codes, whole = cut("abcdefgh" * 131_072)
    assert codes == ("abcdefgh",)
    assert not whole
