"""Whatever stands between good records: nothing but ReadError is ever raised, and no good record is lost."""

from __future__ import annotations

import csv
import gzip
import io
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.readers import ReadError, ReadReport, read_papers
from pipeline.settings import ReaderSettings

QUICK = settings(
    max_examples=120, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)

SPECIAL = st.sampled_from(
    ['"', '""', ",", ";", "\t", "\n", "\r\n", "\r", "'", "\\", '\\"', "\0", "\ufeff", "{", "}", "[", "]", ":"]
)
WORDS = st.text(st.characters(codec="utf-8"), max_size=12)
GARBAGE = st.lists(SPECIAL | WORDS, max_size=8).map("".join)
GOOD = st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "Zs"]), min_size=1, max_size=20).map(
    lambda text: f"x {text} x"
)
GOOD_MULTILINE = st.lists(GOOD, min_size=1, max_size=3).map("\n".join)


def papers_of(path, **options):
    report = ReadReport()
    papers = list(read_papers([path], ReaderSettings(**options), {}, [], report))
    assert report.n_records == len(papers) + sum(report.n_dropped.values())
    return papers


def is_subsequence(wanted, found):
    rest = iter(found)
    return all(item in rest for item in wanted)


@QUICK
@given(
    rows=st.lists(st.tuples(GOOD, GOOD_MULTILINE, GARBAGE), min_size=1, max_size=6),
    delimiter=st.sampled_from(",;\t|"),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
)
def test_good_rows_survive_any_garbage_between_them(tmp_path, rows, delimiter, quoting):
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, quoting=quoting, lineterminator="\n")
    writer.writerow(["title", "abstract", "n"])
    for number, (title, abstract, garbage) in enumerate(rows):
        writer.writerow([f"{title} {number}", abstract, "1"])
        text.write(garbage + "\n")
    path = tmp_path / "p.csv"
    path.write_bytes(text.getvalue().encode())
    wanted = [(f"{title} {number}".strip(), abstract.strip()) for number, (title, abstract, _) in enumerate(rows)]
    found = [(paper.title, paper.abstract) for paper in papers_of(path)]
    assert is_subsequence(wanted, found), (wanted, found)


@QUICK
@given(st.lists(st.tuples(GOOD, GOOD_MULTILINE, GARBAGE), min_size=1, max_size=6), st.booleans())
def test_good_lines_of_json_survive_any_garbage_between_them(tmp_path, rows, is_ascii):
    text = ""
    for title, abstract, garbage in rows:
        text += (
            garbage.replace("\r", "")
            + "\n"
            + json.dumps({"title": title, "abstract": abstract}, ensure_ascii=is_ascii)
            + "\n"
        )
    path = tmp_path / "p.jsonl"
    path.write_bytes(text.encode())
    found = [(paper.title, paper.abstract) for paper in papers_of(path)]
    assert is_subsequence([(title, abstract) for title, abstract, _ in rows], found)


@QUICK
@given(
    st.lists(
        st.tuples(GOOD, st.sampled_from(["{", "nonsense", '{"title": X}', '{"a" 1}', "1 2", "{]", "nul"])),
        min_size=2,
        max_size=6,
    )
)
def test_good_elements_of_an_array_survive_broken_ones_between_them(tmp_path, rows):
    parts = [
        json.dumps({"title": title, "abstract": "a", "authors": [{"name": "N"}]}) + ", " + broken
        for title, broken in rows
    ]
    path = tmp_path / "p.json"
    path.write_text("[" + ", ".join(parts) + "]")
    assert is_subsequence([title for title, _ in rows], [paper.title for paper in papers_of(path)])


@QUICK
@given(
    st.one_of(
        st.binary(max_size=300),
        GARBAGE.map(str.encode),
        GARBAGE.map(lambda text: b"title,abstract\n" + text.encode()),
        st.binary(max_size=100).map(lambda data: b'{"title": "A", "abstract": "a"}\n' + data),
        st.binary(max_size=100).map(lambda data: b'[{"title": "A", "abstract": "a"},' + data),
        st.binary(max_size=100).map(lambda data: b"\x1f\x8b" + data),
        st.binary(max_size=100).map(lambda data: gzip.compress(b"title,abstract\n" + data)[:-3]),
        st.binary(max_size=100).map(lambda data: b"PAR1" + data + b"PAR1"),
        st.binary(max_size=100).map(lambda data: b"\xff\xfe" + data),
        st.text(max_size=100).map(lambda text: ("title\tabstract\n" + text).encode("utf-16", "surrogatepass")),
    ),
    st.sampled_from(["p.csv", "p.tsv", "p.jsonl", "p.json", "p.txt", "p.parquet", "p", "p.csv.gz"]),
)
def test_any_bytes_under_any_name_raise_nothing_but_read_errors(tmp_path, content, name):
    path = tmp_path / name
    path.write_bytes(content)
    papers, refusal = [], f"{name}: fine"
    try:
        papers = papers_of(path, max_field_characters=50, max_expanded_bytes=5_000)
    except ReadError as error:
        refusal = str(error)
    assert refusal.startswith(name)
    assert "\n" not in refusal
    for paper in papers:
        (paper.title + paper.abstract + "".join(paper.authors)).encode()


def test_one_odd_line_does_not_decide_how_a_file_is_quoted(tmp_path):
    path = tmp_path / "p.tsv"
    path.write_text('"title"\t"abstract"\t"n"\n"A"\t"a"\t"1"\n"""\t\t\nx\ty\tz\tw\nx\ty\tz\tw\n')
    assert [(paper.title, paper.abstract) for paper in papers_of(path)] == [("A", "a")]


@pytest.mark.parametrize("garbage", ['"', 'x,"', '",', '"a","b"c', 'a,"b', '""",', "\\", "'"])
def test_one_line_of_garbage_among_a_thousand_rows(tmp_path, garbage):
    rows = [
        f'"Title {n}","Abstract {n}, with ""quotes"" and\na second line"' if n % 2 else f"Title {n},plain"
        for n in range(1000)
    ]
    path = tmp_path / "p.csv"
    path.write_text("title,abstract\n" + "\n".join([*rows[:500], garbage, *rows[500:]]) + "\n")
    titles = [paper.title for paper in papers_of(path)]
    assert is_subsequence([f"Title {n}" for n in range(1000)], titles)
    assert len(titles) <= 1001
