"""A page text of our own, in the shape a person pastes."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from pipeline.readers import ReadError

HEADER = [
    "new", "Get trending papers in your email inbox!", "Subscribe", "byAK and the research community", "Mar 12",
]  # fmt: skip
TITLES = [
    "Counting Sheep: A Benchmark for Sleepy Models",
    "Why do kettles sing? Acoustics emerges from the physics of bubbles",
    "ToastNet",
    "Can a Robot That Has Only Seen Kitchens Learn to Find Its Way Through a Garden, a Forest and a City at Night?",
    "On Doors",
]
SENTENCES = [
    "We study how a simple system behaves when it is tired, and find that it makes more errors.",
    "A set of a thousand tasks is described, each with an answer that a person checked by hand.",
    "Seven methods are compared under equal conditions, and none of them wins on all of the tasks.",
    "The data, the code and the instructions that let others repeat the study are given away.",
]
ABSTRACTS = [" ".join(SENTENCES[n % 4 :] + SENTENCES[: n % 4]) + f" This is study number {n}." for n in range(5)]
CORPUS = Path(__file__).parents[4] / "shared" / "corpora" / "hf_papers_page.txt"


def page(gap="\n\n", header=HEADER, between=(), after_title=()):
    blocks = list(header)
    for title, abstract in zip(TITLES, ABSTRACTS, strict=True):
        blocks += [*between, title, *after_title, abstract]
    return gap.join(blocks) + "\n"


@pytest.mark.parametrize("gap", ["\n\n", "\n", "\r\n\r\n", "\r\n", "\n\n\n\n", "\n \t\n"])
def test_titles_and_abstracts_and_nothing_of_the_header(read, gap):
    reading = read("page.txt", page(gap))
    assert reading.titles == TITLES
    assert reading.abstracts == ABSTRACTS
    assert reading.report.n_problems == {}
    assert reading.report.formats["page.txt"].startswith("Hugging Face Papers page")
    assert all(paper.published is None for paper in reading.papers)


@pytest.mark.parametrize(
    "between",
    [
        ["Mar 12"], ["Mar 11, 2025"], ["Wednesday, March 12"], ["12 March 2025"], ["2025-03-12"], ["Yesterday"], ["42"],
        ["Mar 12", "Mar 13", "4 Mar"], ["▲ 42"], ["Upvote 108", "-"], ["1.2k", "· 5 authors"], ["3 days ago", "7", "2"],
        ["Submitted by", "someone", "17"], ["Submitted by some one", "GitHub 1.4k"], ["arXiv:2503.01234", "View PDF"],
        ["https://example.org/papers/1", "new", "6"],
    ],
)  # fmt: skip
def test_furniture_between_papers_is_never_a_paper(read, between):
    reading = read("page.txt", page(between=between))
    assert reading.titles == TITLES
    assert reading.abstracts == ABSTRACTS
    assert reading.report.n_problems == {}


def test_numbers_and_author_counts_after_the_title(read):
    reading = read("page.txt", page(after_title=["· 12 authors", "Published on Mar 12", "42"]))
    assert reading.titles == TITLES
    assert reading.abstracts == ABSTRACTS


def test_author_lines_become_authors_not_titles(read):
    reading = read("page.txt", page(after_title=["Ada Lovelace, Élise de la Cour, Xu Li"]))
    assert reading.titles == TITLES
    assert reading.papers[0].authors == ("Ada Lovelace", "Élise de la Cour", "Xu Li")


def test_an_abstract_in_several_paragraphs_stays_one(read):
    text = page().replace(
        SENTENCES[3] + " This is study number 0.", "\n\nAll of it is given away to anyone who asks us.\n\n"
    )
    reading = read("page.txt", text)
    assert reading.titles == TITLES
    assert len(reading.abstracts[0]) > 250


def test_short_abstracts(read):
    text = page().replace(ABSTRACTS[1], " ".join(SENTENCES[:2])).replace(ABSTRACTS[2], SENTENCES[2])
    reading = read("page.txt", text)
    assert reading.titles == TITLES
    assert reading.abstracts[2] == SENTENCES[2]


def test_a_title_that_reads_like_a_sentence(read):
    title = "We looked at a thousand kettles for a year and this is all that we have found out about them."
    reading = read("page.txt", page().replace(TITLES[1], title))
    assert reading.titles[1] == title
    assert len(reading.papers) == 5


def test_hard_wrapped_text(read):
    blocks = [textwrap.fill(block, 72) for block in page().strip().split("\n\n")]
    reading = read("page.txt", "\n\n".join(blocks))
    assert reading.titles == TITLES
    assert reading.abstracts == ABSTRACTS


def test_without_any_header_it_is_still_read(read):
    reading = read("page.txt", page(header=[]))
    assert reading.titles == TITLES
    assert reading.report.formats["page.txt"].startswith("titles and abstracts in turn")


def test_a_title_without_an_abstract_is_reported(read):
    reading = read("page.txt", page().replace(ABSTRACTS[1] + "\n\n", ""))
    assert reading.titles == [TITLES[0], TITLES[2] if len(TITLES[2].split()) >= 4 else TITLES[1], *TITLES[3:]]
    assert reading.report.n_problems == {"line not understood": 1}


def test_an_abstract_without_a_title_is_counted(read):
    reading = read("page.txt", page().replace(TITLES[0] + "\n\n", ""))
    assert reading.titles == TITLES[1:]
    assert reading.report.n_dropped == {"no title": 1}


def test_positions_are_the_lines_of_the_titles(read):
    assert [paper.position for paper in read("page.txt", page("\n")).papers] == [6, 8, 10, 12, 14]


@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16", "windows-1252"])
def test_encodings(read, codec):
    text = page().replace("kettles", "Käsekessel")
    assert "Käsekessel" in read("page.txt", text.encode(codec)).titles[1]


def test_mapping_and_facets_do_not_concern_a_page(read_paths, tmp_path):
    (tmp_path / "page.txt").write_text(page())
    (tmp_path / "more.csv").write_text("title,text,lab\nT,t,L\n")
    reading = read_paths([tmp_path / "page.txt", tmp_path / "more.csv"], columns={"abstract": "text"}, facets=["lab"])
    assert reading.titles == [*TITLES, "T"]
    assert reading.papers[0].facets == {"lab": ()}
    assert reading.problems == [(None, "missing facet column")]


def test_an_essay_is_no_page(read):
    with pytest.raises(ReadError, match="no kind of file that is read"):
        read("essay.txt", "\n\n".join(ABSTRACTS))


def test_a_text_too_long_for_a_page_is_refused(read, monkeypatch):
    monkeypatch.setattr("pipeline.readers.hf_papers_page._MAX_CHARACTERS", 1000)
    with pytest.raises(ReadError, match=r"page\.txt, line \d+: the text is longer than the 1,000 characters"):
        read("page.txt", page())


def test_the_real_page_has_71_papers(read_paths):
    if not CORPUS.exists():
        pytest.skip("the real page is not part of the repository")
    reading = read_paths(CORPUS)
    assert len(reading.papers) == len(set(reading.titles)) == 71
    assert reading.report.n_problems == {}
    assert min(len(paper.abstract) for paper in reading.papers) > 1000
