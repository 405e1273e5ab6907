import json

import pytest

from pipeline.readers import ReadError

PAPERS = [{"title": f"Paper {n}", "abstract": f"About {n}: “it”.", "year": 2000 + n} for n in range(5)]
TITLES = [paper["title"] for paper in PAPERS]


def lines(papers=PAPERS):
    return "".join(json.dumps(paper, ensure_ascii=False) + "\n" for paper in papers)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (lines(), "JSON Lines, UTF-8"),
        (lines().replace("\n", "\r\n\r\n"), "JSON Lines, UTF-8"),
        (lines().replace("}\n", "},\n"), "JSON Lines, UTF-8"),
        (json.dumps(PAPERS), "JSON array, UTF-8"),
        (json.dumps(PAPERS, indent=2), "JSON array, UTF-8"),
        ("[\n" + lines().replace("}\n", "},\n").rstrip(",\n") + "\n]\n", "JSON array, UTF-8"),
        (json.dumps({"meta": {"n": 5, "of": []}, "results": PAPERS}), "JSON array in an object, UTF-8"),
        (json.dumps({"message": {"items": PAPERS}}, indent=1), "JSON array in an object, UTF-8"),
        ("\n".join(json.dumps(paper, indent=2) for paper in PAPERS), "JSON objects, UTF-8"),
    ],
)
def test_every_layout_gives_the_same_papers(read, text, words):
    reading = read("papers.json", text)
    assert reading.titles == TITLES
    assert [paper.published.year for paper in reading.papers] == [2000, 2001, 2002, 2003, 2004]
    assert reading.report.n_problems == {}
    assert reading.report.formats == {"papers.json": words}


@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16"])
def test_encodings(read, codec):
    assert read("p.jsonl", lines().encode(codec)).abstracts[0] == "About 0: “it”."


def test_bad_lines_are_problems_and_the_rest_is_read(read):
    text = (
        '{"title": "A", "abstract": "a"}\nnot json\n\n{"title": "B"\n[1]\n"x"\nnull\n{"title": "C", "abstract": "c"}\n'
    )
    reading = read("p.jsonl", text)
    assert reading.titles == ["A", "C"]
    assert [position for position, _ in reading.problems] == [2, 4, 5, 6, 7]
    assert reading.report.n_dropped == {"malformed record": 5}
    assert reading.papers[1].position == 8


def test_a_truncated_last_line_says_so(read):
    reading = read("p.jsonl", lines()[:-20])
    assert reading.titles == TITLES[:-1]
    assert reading.problems == [(5, "malformed record")]
    assert "the file ends in the middle of this line" in reading.report.problems[0].detail


def test_a_truncated_array_keeps_what_is_whole_and_says_so(read):
    reading = read("p.json", json.dumps(PAPERS)[:-20])
    assert reading.titles == TITLES[:-1]
    assert reading.report.n_dropped == {"malformed record": 1}
    assert reading.report.n_problems["file cut off"] == 1


def test_an_array_cut_between_records_says_so(read):
    text = json.dumps(PAPERS)[:-1]
    reading = read("p.json", text)
    assert reading.titles == TITLES
    assert reading.problems == [(None, "file cut off")]


@pytest.mark.parametrize(
    "broken",
    [
        '{"title": "X, "abstract": "x", "authors": [{"name": "N"}, {"name": "M"}]}',
        '{"title": X, "abstract": "x"}',
        '{"title": "X" "abstract": "x"}',
        "{'title': 'X'}",
        '{"title": "X", "n": 1e}',
        "nonsense",
    ],
)
def test_one_broken_element_of_an_array_costs_itself_only(read, broken):
    parts = [json.dumps(paper) for paper in PAPERS]
    reading = read("p.json", "[" + ", ".join([*parts[:2], broken, *parts[2:]]) + "]")
    assert reading.titles == TITLES
    assert reading.report.n_dropped == {"malformed record": 1}


def test_elements_that_are_no_objects(read):
    reading = read("p.json", json.dumps([PAPERS[0], 3, None, [PAPERS[1]], PAPERS[2]]))
    assert reading.titles == ["Paper 0", "Paper 2"]
    assert reading.report.n_dropped == {"malformed record": 3}


def test_nan_as_python_writes_it(read):
    text = '[{"title": "A", "abstract": "a", "citations": NaN, "doi": NaN}, {"title": "B", "abstract": NaN}]'
    reading = read("p.json", text)
    assert reading.titles == ["A", "B"]
    assert reading.papers[0].citations is None
    assert reading.papers[0].doi is None
    assert reading.abstracts == ["a", ""]


def test_raw_newlines_inside_strings(read):
    assert read("p.json", '[{"title": "A", "abstract": "one\ntwo"}]').abstracts == ["one\ntwo"]


def test_elements_larger_than_the_pieces_they_are_read_in(read):
    papers = [{"title": f"P{n}", "abstract": "a", "embedding": [0.125] * 40_000, "x": "é" * 1000} for n in range(6)]
    reading = read("p.json", json.dumps(papers, ensure_ascii=False))
    assert reading.titles == [f"P{n}" for n in range(6)]
    assert reading.report.n_problems == {}


def test_hostile_depth_and_numbers_are_problems(read):
    deep = '{"title": "D", "x": ' + "[" * 50_000 + "]" * 50_000 + "}"
    long_number = '{"title": "N", "x": ' + "9" * 10_000 + "}"
    good = json.dumps(PAPERS[0])
    for name, text in {
        "p.jsonl": f"{good}\n{deep}\n{long_number}\n{good}\n",
        "p.json": f"[{good},{deep},{good}]",
    }.items():
        reading = read(name, text)
        assert reading.titles == ["Paper 0", "Paper 0"]
        assert set(reading.report.n_dropped) == {"malformed record"}


def test_half_a_surrogate_pair_never_reaches_a_table(read):
    reading = read(
        "p.jsonl", '{"title": "A \\ud83d B", "abstract": "\\udc00"}\n{"title": "😀", "abstract": "\\ud83d\\ude00"}\n'
    )
    assert reading.titles == ["A � B", "😀"]
    assert reading.abstracts[1] == "😀"
    "".join(reading.titles + reading.abstracts).encode()


def test_keys_that_only_later_records_have(read):
    text = lines([{"title": "A", "abstract": "a"}, {"Title": "B", "Summary": "b", "DOI": "10.1000/B"}])
    reading = read("p.jsonl", text)
    assert reading.abstracts == ["a", "b"]
    assert reading.papers[1].doi == "10.1000/b"


def test_no_titles_at_all_is_an_error_listing_the_columns(read):
    with pytest.raises(ReadError, match=r"p\.jsonl: no column looks like the title; its columns are heading, abstract"):
        read("p.jsonl", lines([{"heading": "A", "abstract": "a"}] * 3))


def test_a_mapped_column_that_does_not_exist(read):
    with pytest.raises(ReadError, match="no column 'sumary'; its columns are title, abstract, year"):
        read("p.jsonl", lines(), columns={"abstract": "sumary"})


def test_an_object_without_any_keys_is_a_record_without_a_title(read):
    reading = read("p.jsonl", "{}\n" + lines())
    assert reading.titles == TITLES
    assert reading.problems == [(1, "no title")]


def test_an_empty_array(read):
    assert read("p.json", "[]").problems == [(None, "no records")]


def test_lines_under_an_ending_that_says_csv(read):
    assert read("papers.csv", lines()).titles == TITLES


def test_shapes_of_well_known_sources(read):
    record = {
        "paperId": "abc",
        "title": ["A title", "in two parts"],
        "abstract": "a",
        "authors": [{"authorId": "1", "name": "Ada Lovelace"}, {"given": "Alan", "family": "Turing"}, "Grace Hopper"],
        "publicationDate": "2021-03-12",
        "year": 2020,
        "citationCount": 7,
        "journal": {"name": "Notes on Engines"},
        "keywords": ["x", {"display_name": "y"}, None, ""],
        "issued": {"date-parts": [[2019, 5]]},
    }
    (paper,) = read("p.jsonl", lines([record])).papers
    assert paper.title == "A title in two parts"
    assert paper.authors == ("Ada Lovelace", "Alan Turing", "Grace Hopper")
    assert (paper.published.isoformat(), paper.published_precision) == ("2021-03-12", "day")
    assert (paper.paper_id, paper.citations, paper.venue) == ("abc", 7, "Notes on Engines")
    assert paper.keywords == ("x", "y")
