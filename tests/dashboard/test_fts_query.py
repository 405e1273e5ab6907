"""What people type into the search box, asked of a real FTS5 table."""

import re
import sqlite3

import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from dashboard.fts_query import MAX_TERMS, fts_query, hit_spans, snippet
from pipeline.search_index import write_search_index

TITLES = [
    "Walking robots",  # 0
    "Robots that cook",  # 1
    "Deep learning for proteins",  # 2
    "Learning deep in the sea",  # 3
    "Engines in C++",  # 4
    "Engines in C",  # 5
    "GPT-4 and the title: NEAR(",  # 6
    "Éléments of α decay",  # 7
]


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    path = tmp_path_factory.mktemp("search") / "search.sqlite"
    papers = pd.DataFrame({"title": TITLES, "authors": [[]] * 8, "venue": [None] * 8, "keywords": [[]] * 8})
    write_search_index(path, papers, [""] * 8)
    connection = sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)
    yield connection
    connection.close()


def found(index, text):
    match = fts_query(text)
    if match is None:
        return None
    sql = "SELECT rowid - 1 FROM papers WHERE papers MATCH ?"
    return {row for (row,) in index.execute(sql, (match,))}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("robots", {0, 1}),
        ("ROBOTS walking", {0}),
        ("robots AND walking", {0}),
        ("learning deep", {2, 3}),
        ('"deep learning"', {2}),
        ("“deep learning”", {2}),
        ('"deep learning', {2}),  # a quote left open
        ('"deep lear"*', {2}),
        ("robo*", {0, 1}),
        ("robo", set()),
        ("robots -walking", {1}),
        ('learning -"deep learning"', {3}),
        ("walking OR cook", {0, 1}),
        ("robots walking OR cook", {0, 1}),
        ("robots walking OR proteins", {0}),
        ("walking OR -robots", set()),
        ("OR robots OR", {0, 1}),
        ("or", set()),
        ("C++", {4}),
        ("engines C", {5}),
        ("GPT-4", {6}),
        ("gpt 4", {6}),
        ("GPT-*", {6}),
        ("title:", {6}),
        ("title:robots", set()),  # a phrase, not a column
        ("NEAR(", {6}),
        ("elements α", {7}),
        ("robots *", {0, 1}),
        ("robots ) ^ { } + : ; ' \\", {0, 1}),
    ],
)
def test_what_is_typed_finds_what_is_meant(index, text, expected):
    assert found(index, text) == expected


@pytest.mark.parametrize("text", ["", "  ", "*", '"', '""', "-", "-robots", "😀", "\x00", "+++", "OR", "(", "\ud800"])
def test_nothing_to_look_for_is_no_query(text):
    assert fts_query(text) is None


@settings(max_examples=400, deadline=None)
@given(st.one_of(st.text(), st.text(alphabet='aB9é*"-+#():^{}ORANDNEAT \x00😀\ud800', max_size=60)))
@example("x " * 5000)
@example('"' * 10_001)
@example("-a " * 5000)
@example("a OR " * 5000)
@example("(" * 10_000 + "a")
@example("a" * 10_000)
def test_no_string_is_an_error(index, text):
    found(index, text)
    assert len(hit_spans([text, "x"], text)) == 2


def test_many_words_are_cut_to_what_fts5_takes(index):
    assert fts_query("robots OR " * 300).count("robots") <= MAX_TERMS
    assert found(index, "robots OR " * 300) == {0, 1}


def test_every_part_of_a_query_is_quoted():
    match = fts_query('a* NEAR(b, 2) -c title:d OR "e f" x"y')
    assert re.sub(r'"[^"]*"', "", match).replace("AND", "").replace("OR", "").replace("NOT", "").strip(" ()*") == ""


def marked(text, query):
    return [text[start:end] for start, end in hit_spans([text], query)[0]]


def test_hits_are_marked_as_the_index_sees_them():
    text = "Müller's deep learning, in C++ not C; \x02learning\x03 deeper."
    assert marked(text, "muller") == ["Müller"]
    assert marked(text, '"deep learning"') == ["deep learning"]
    assert marked(text, "deep*") == ["deep", "deeper"]
    assert marked(text, "C++") == ["C++"]
    assert marked(text, "C") == ["C"]
    assert marked(text, "learning -deep absent") == ["learning", "learning"]
    assert hit_spans([text, "nothing"], "absent") == [[], []]


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=300), st.integers(10, 120))
def test_a_snippet_is_a_part_of_the_text(text, n_characters):
    pieces = snippet(text, hit_spans([text], "a OR b*")[0], n_characters)
    shown = "".join(piece for piece, _ in pieces)
    assert shown.removeprefix("… ").removesuffix(" …") in text or shown in text
    assert len(shown) <= n_characters + 4


def test_a_snippet_shows_the_hits_between_whole_words():
    text = "alpha beta gamma " * 40 + "the rare word stands here " + "delta epsilon " * 40
    pieces = snippet(text, hit_spans([text], "rare")[0], 80)
    assert ("rare", True) in pieces
    assert pieces[0] == ("… ", False)
    assert pieces[-1] == (" …", False)
    words = "".join(piece for piece, _ in pieces[1:-1]).split()
    assert set(words) <= set(text.split())


def test_a_short_text_is_its_own_snippet():
    assert snippet("a rare word", [(2, 6)]) == [("a ", False), ("rare", True), (" word", False)]
    assert snippet("", []) == []
