"""The full-text index, opened the way the dashboard opens it."""

import sqlite3
from contextlib import closing

import pandas as pd
import pytest

from pipeline.search_index import write_search_index
from pipeline.search_text import searchable

PAPERS = [
    # title, abstract, authors, venue, keywords
    ("Walking robots", "Legged machines cross rubble with C++ controllers.", ["Ada Müller"], "RoboConf", ["gait"]),
    ("A compiler in C", "A small language and its compiler.", ["Bo Li"], None, []),
    ("Protein folds", "Robots pipette; GPT-4 names the folds. Walking home.", ["Célia Roux"], "BioConf", ["α helix"]),
    ("Image+text models", "Convolutional nets; text+image training, DeepLabV3+.", ["Dee Ngo"], "VisConf", ["C#"]),
]


@pytest.fixture
def index(tmp_path):
    return build(tmp_path / "search.sqlite")


def build(path, records=PAPERS):
    papers = pd.DataFrame(
        [(title, authors, venue, keywords) for title, _, authors, venue, keywords in records],
        columns=["title", "authors", "venue", "keywords"],
    )
    write_search_index(path, papers, [record[1] for record in records])
    return path


def rows(path, match):
    with closing(sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)) as connection:
        found = connection.execute(
            "SELECT rowid - 1 FROM papers WHERE papers MATCH ? ORDER BY rank, rowid", (match,)
        ).fetchall()
    return [row for (row,) in found]


@pytest.mark.parametrize(
    ("match", "expected"),
    [
        ('"muller"', [0]),  # accents do not matter
        ('"CELIA"', [2]),
        ('"roboconf"', [0]),
        ('"gait"', [0]),
        ('"α"', [2]),
        ('"GPT-4"', [2]),
        ('"gpt 4"', [2]),
        ('"C++"', [0]),
        ('"C"', [1]),  # and not C++ or C#
        ('"C#"', [3]),
        ('"text"', [3]),  # text+image is two words
        ('"DeepLabV3"', [3]),
        ('"convol" *', [3]),
        ('"convol"', []),
        ('"small language"', [1]),
        ('"language small"', []),
    ],
)
def test_people_find_papers_by_what_stands_in_them(index, match, expected):
    assert rows(index, match) == expected


def test_a_word_in_the_title_ranks_above_the_same_word_in_an_abstract(index):
    assert rows(index, '"walking"') == [0, 2]
    assert rows(index, '"robots"') == [0, 2]


def test_same_input_same_bytes(tmp_path):
    records = [(f"{title} {i}", abstract, *rest) for i in range(300) for title, abstract, *rest in PAPERS]
    assert build(tmp_path / "a", records).read_bytes() == build(tmp_path / "b", records).read_bytes()


def test_the_texts_themselves_are_not_in_the_file(tmp_path):
    sentence = "an unmistakable sentence that must not be stored twice"
    path = build(tmp_path / "a", [("t", sentence, [], None, [])])
    assert b"unmistakable" in path.read_bytes()
    assert sentence.encode() not in path.read_bytes()


def test_only_the_one_file_is_left_and_an_old_one_replaced(tmp_path):
    (tmp_path / "search.sqlite").write_bytes(b"something else")
    path = build(tmp_path / "search.sqlite")
    assert rows(path, '"gait"') == [0]
    assert [file.name for file in tmp_path.iterdir()] == ["search.sqlite"]


def test_no_papers_and_hostile_texts_are_indexed(tmp_path):
    assert rows(build(tmp_path / "none", []), '"gait"') == []
    hostile = [("nul\x00 inside", "lone \ud800 surrogate '); DROP TABLE papers;--", ["\x01"], "", ["😀"])]
    path = build(tmp_path / "hostile", hostile)
    assert rows(path, '"inside"') == rows(path, '"surrogate"') == rows(path, '"drop table"') == [0]


def test_papers_and_abstracts_must_agree(tmp_path):
    with pytest.raises(ValueError, match="0 papers but 1 abstracts"):
        write_search_index(tmp_path / "a", pd.DataFrame(columns=["title", "authors", "venue", "keywords"]), ["x"])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("C++ and C#, F#.", "C++ and C#, F#."),
        ("a+b, 3#4, H2O+, C+++, x++y", "a b, 3 4, H2O , C   , x  y"),
        ("a\x00b\ud800c\n", "a b c "),
    ],
)
def test_searchable_keeps_the_length_and_programming_languages(text, expected):
    assert searchable(text) == expected
    assert len(searchable(text)) == len(text)
