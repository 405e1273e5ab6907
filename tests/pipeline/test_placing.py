"""Papers from outside, cleaned for a snapshot's own embedder."""

import gzip
import json

import pytest

from pipeline.documents import prepare_documents
from pipeline.placing import (
    MAX_NEW_PAPERS,
    MAX_PASTED_CHARACTERS,
    MAX_UPLOAD_BYTES,
    read_bibliography,
    read_pasted,
)
from pipeline.readers import ReadError, ReadReport
from pipeline.schema import Paper
from pipeline.settings import DocumentSettings

ABSTRACT = "A kettle sings when bubbles of steam collapse under its lid, which we measured in a quiet kitchen at dawn."
OTHER = "Robins answer each other across the valley, and what they say depends on the hour and on who is listening."
TITLE = "Why do kettles sing at dawn?"


def bib(n=1):
    return "".join(
        f"@article{{k{i}, title = {{{TITLE} Part {i}}}, abstract = {{{ABSTRACT}}}, doi = {{10.1000/{i}}}}}\n"
        for i in range(n)
    )


def test_a_paragraph_is_a_paper_and_a_short_first_line_its_title():
    given = read_pasted(f"{TITLE}\n{ABSTRACT}\r\n \r\n{OTHER}\n\n\n")
    first, second = given.papers
    assert (first.title, first.text) == (TITLE, f"{TITLE} {ABSTRACT}")
    assert second.title == "Robins answer each other across the valley, and what they say depends…"
    assert second.text == OTHER
    assert (first.has_abstract, second.has_abstract, given.notes) == (True, True, ())


def test_long_lines_without_gaps_are_papers_of_their_own():
    given = read_pasted("\n".join([" ".join([ABSTRACT] * 3), " ".join([OTHER] * 3)]))
    assert len(given.papers) == 2


def test_the_text_is_the_one_a_fit_would_embed():
    abstract = f'Abstract: {ABSTRACT} It grows as $O(n^2)$ in M\\"unchen. © 2021 The Authors.'
    paper = Paper(title=r"The {\em {BERT}} of Kettles in M{\"u}nchen.", abstract=abstract, source="p", position=1)
    fitted = prepare_documents([paper], DocumentSettings(), ReadReport()).texts[0]
    content = json.dumps({"title": paper.title, "abstract": abstract}).encode()
    assert read_bibliography("p.jsonl", content).papers[0].text == fitted


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("mine.bib", bib()),
        ("mine.ris", f"TY  - JOUR\nTI  - {TITLE} Part 0\nAB  - {ABSTRACT}\nDO  - 10.1000/0\nER  - \n"),
        ("mine.csv", f'title;abstract;doi\n"{TITLE} Part 0";"{ABSTRACT}";10.1000/0\n'),
        ("mine.jsonl", json.dumps({"title": f"{TITLE} Part 0", "abstract": ABSTRACT, "doi": "10.1000/0"})),
    ],
)
def test_every_format_gives_the_same_paper_gzipped_or_not(name, content):
    for name_, data in ((name, content.encode()), (f"{name}.gz", gzip.compress(content.encode(), mtime=0))):
        (paper,) = read_bibliography(name_, data).papers
        assert (paper.title, paper.doi) == (f"{TITLE} Part 0", "10.1000/0")
        assert ABSTRACT in paper.text
        assert paper.title_key == "whydokettlessingatdawnpart0"


def test_papers_without_abstracts_are_placed_by_their_titles_and_it_is_said():
    given = read_bibliography("mine.bib", b"@book{k, title = {A long history of kettles and lids}}")
    assert given.papers[0].text == "A long history of kettles and lids."
    assert not given.papers[0].has_abstract
    assert "1 paper had no abstract and is placed by the title alone" in given.notes[0]


def test_bad_records_are_said_and_cost_themselves_only():
    given = read_bibliography("mine.bib", (bib() + "@article{x, title = {Open\n" + bib(2)).encode())
    assert len(given.papers) == 2
    assert given.notes[0].startswith("1 record left out: malformed record (the first, line 2: not valid BibTeX")
    assert "1 paper stood in the list more than once and counted once." in given.notes


def test_long_lists_are_cut_and_it_is_said():
    lines = "\n".join(json.dumps({"title": f"{TITLE} {n}", "abstract": ABSTRACT}) for n in range(MAX_NEW_PAPERS + 7))
    given = read_bibliography("mine.jsonl", lines.encode())
    assert len(given.papers) == MAX_NEW_PAPERS
    assert any("only the first 500 are placed" in note for note in given.notes)


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("big.csv", b"x" * (MAX_UPLOAD_BYTES + 1), "larger than 2 MB"),
        ("empty.bib", b"", "empty"),
        ("p.pdf", b"%PDF-1.7 ...", "a PDF"),
        ("p.parquet", b"PAR1....PAR1", "Parquet file, which is not read here"),
        ("p.xlsx", b"PK\x03\x04" + b"xl/" * 20, "an Excel workbook"),
        ("p.csv", b"heading,abstract\nA,b\n", "Call the right one title."),
        ("p.bib", b"@article{x, title = {A\n", "none of its records can be read"),
        ("p.ris", b"TY  - JOUR\nAB  - x\nER  - \n", "no column looks like the title"),
        ("p.csv.gz", gzip.compress(b"title,abstract\n" + b"a,b\n" * 10_000_000), "expands to more than"),
        ("../../etc/passwd", b"\x00\x01\x02" * 99, "passwd: this is binary data"),
        ("p.jsonl", b'{"title": "..."}\n', "no paper with a title"),
    ],
)
def test_what_cannot_be_used_gets_one_clear_sentence(name, content, says):
    with pytest.raises(ReadError) as error:
        read_bibliography(name, content)
    assert says in str(error.value)
    assert "\n" not in str(error.value)
    assert "--column" not in str(error.value)
    assert "/etc" not in str(error.value)


@pytest.mark.parametrize("text", ["", " \n\n ", "a", "?!\n\n...", "x\n\ny", "\0\0", "$$$$", "{" * 1000])
def test_text_with_nothing_to_place(text):
    assert read_pasted(text).papers == ()


def test_hostile_and_huge_text_is_cleaned_and_cut():
    hostile = "<img src=x onerror=alert(1)> and \u202eother words that are placed as text $x$ =cmd() [x](javascript:1)"
    (paper,) = read_pasted(hostile).papers
    assert "\u202e" not in paper.title
    given = read_pasted("word " * (MAX_PASTED_CHARACTERS // 4))
    assert given.notes[0] == "Only the first 200,000 characters were read."
    assert len(given.papers[0].text) <= DocumentSettings().max_abstract_characters
