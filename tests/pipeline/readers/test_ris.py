import gzip

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.readers import ReadError, ReadReport, read_papers
from pipeline.settings import ReaderSettings

RECORD = """TY  - JOUR
ID  - 42
T1  - Why do kettles sing?
A1  - Lovelace, Ada
A1  - Müller, Hans
Y1  - 2021/03/12/
JO  - Notes on Engines
N2  - We study how a kettle sings,
and why it stops.
KW  - kettles
KW  - acoustics
DO  - https://doi.org/10.1000/Kettle-1
UR  - https://example.org/a;b
L2  - unused
ZZ  - unknown
ER  -
"""


def record(n, *more):
    return "\n".join(["TY  - JOUR", f"TI  - Title {n}", f"AB  - Abstract {n}", *more, "ER  - ", "", ""])


def test_a_whole_record(read):
    reading = read("papers.ris", RECORD)
    (paper,) = reading.papers
    assert (paper.title, paper.paper_id) == ("Why do kettles sing?", "42")
    assert paper.abstract == "We study how a kettle sings, and why it stops."
    assert paper.authors == ("Lovelace, Ada", "Müller, Hans")
    assert (paper.published.isoformat(), paper.published_precision) == ("2021-03-12", "day")
    assert (paper.venue, paper.doi, paper.url) == (
        "Notes on Engines", "10.1000/kettle-1", "https://example.org/a;b",
    )  # fmt: skip
    assert paper.keywords == ("kettles", "acoustics")
    assert reading.report.formats == {"papers.ris": "RIS, UTF-8"}
    assert reading.report.n_problems == {}


def test_both_ways_of_naming_a_field(read):
    text = record(1, "AU  - A, B", "PY  - 2020///", "T2  - Proceedings of It") + record(2, "A1  - C, D", "Y1  - 2019//")
    first, second = read("p.ris", text).papers
    assert (first.authors, first.published.year, first.venue) == (("A, B",), 2020, "Proceedings of It")
    assert (second.authors, second.published.year, second.published_precision) == (("C, D",), 2019, "year")


def test_ti_counts_before_t1_ab_before_n2_and_a_date_before_a_year(read):
    text = record(1, "T1  - Other", "N2  - other", "PY  - 2020", "DA  - 2020/05/03")
    (paper,) = read("p.ris", text).papers
    assert (paper.title, paper.abstract) == ("Title 1", "Abstract 1")
    assert paper.published.isoformat() == "2020-05-03"


def test_an_abstract_in_several_parts_and_on_several_lines(read):
    (paper,) = read("p.ris", record(1, "second line", "", "AB  - Part two", "goes on", "KW  - x", "y")).papers
    assert paper.abstract == "Abstract 1 second line Part two goes on"
    assert paper.keywords == ("x", "y")


def test_a_record_without_its_last_line_is_read_and_said(read):
    text = record(1).replace("ER  - \n", "") + record(2) + record(3).replace("ER  - \n", "")
    reading = read("p.ris", text)
    assert reading.titles == ["Title 1", "Title 2", "Title 3"]
    assert reading.problems == [(1, "record not closed"), (10, "record not closed")]
    assert reading.report.n_dropped == {}


def test_a_record_without_its_first_line_is_a_problem_not_silence(read):
    reading = read("p.ris", record(1) + "TI  - Lost\nAB  - lost\nER  - \n" + record(2))
    assert reading.titles == ["Title 1", "Title 2"]
    assert reading.problems == [(6, "malformed record")]
    assert "first line (TY) is missing" in reading.report.problems[0].detail


def test_a_record_without_a_title_costs_itself_only(read):
    reading = read("p.ris", record(1) + "TY  - JOUR\nAB  - x\nER  - \n" + record(2))
    assert reading.titles == ["Title 1", "Title 2"]
    assert reading.problems == [(6, "no title")]


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "windows-1252"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_encodings_gzip_and_line_ends(read, codec, end):
    content = (record(1).replace("Title 1", "Größe von Übung") + record(2)).replace("\n", end).encode(codec)
    assert read("p.ris", content).titles == ["Größe von Übung", "Title 2"]
    reading = read("p.ris.gz", gzip.compress(content, mtime=0))
    assert reading.titles == ["Größe von Übung", "Title 2"]
    assert reading.report.formats["p.ris.gz"].endswith("gzip")


def test_other_spacing_of_the_tags(read):
    text = (record(1) + record(2)).replace("  - ", " - ").replace("  -", " -")
    assert read("p.ris", text).titles == ["Title 1", "Title 2"]
    indented = "\n".join("   " + line for line in record(1).splitlines())
    assert read("p.ris", indented).titles == ["Title 1"]


@pytest.mark.parametrize("name", ["p.ris", "p.txt", "p", "p.csv"])
def test_it_is_known_by_its_content(read, name):
    assert read(name, "\n" + record(1)).titles == ["Title 1"]


def test_it_is_known_by_its_name_where_text_comes_first(read):
    assert read("p.ris", "Provider: a database\nContent: text/plain\n\n" + record(1)).titles == ["Title 1"]


def test_facets_and_columns_by_their_names(read):
    (paper,) = read("p.ris", record(1, "LA  - de", "N1  - A note"), {"abstract": "notes"}, ["language"]).papers
    assert (paper.abstract, paper.facets) == ("A note", {"language": ("de",)})


def test_without_abstracts_the_columns_are_named(read):
    with pytest.raises(ReadError, match=r"p\.ris: no column looks like the abstract; its columns are reference type"):
        read("p.ris", "TY  - JOUR\nTI  - A\nER  - \n")


def test_two_megabytes_of_garbage_end(read):
    for piece in ("TY  - \n", "AB  - x\n", "x\n", "TY  - JOUR", "ER  - \n"):
        reading = read("p.ris", record(1) + piece * (2_000_000 // len(piece)) + "\n" + record(2))
        assert reading.titles[:1] == ["Title 1"]
        assert reading.titles[-1:] == ["Title 2"]


GARBAGE = st.lists(
    st.sampled_from(["TY  - JOUR", "ER  - ", "AB  - x", "TI  -", "KW  - y", "\n", "x", "  - ", "ZZ  - z", "\ufeff"])
    | st.text(max_size=6),
    max_size=10,
).map("".join)


@settings(
    max_examples=150, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(GARBAGE, min_size=1, max_size=4))
def test_good_records_survive_any_garbage_between_them(tmp_path, garbage):
    path = tmp_path / "p.ris"
    text = "".join(f"{junk}\n{record(n)}" for n, junk in enumerate(garbage))
    path.write_bytes((record(99) + text).encode("utf-8", "replace").replace(b"\r", b""))
    report = ReadReport()
    titles = [paper.title for paper in read_papers([path], ReaderSettings(), {}, [], report)]
    assert report.n_records == len(titles) + sum(report.n_dropped.values())
    rest = iter(titles)
    assert all(f"Title {n}" in rest for n in (99, *range(len(garbage))))
