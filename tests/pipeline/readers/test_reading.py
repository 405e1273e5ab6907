"""Several files, the report, and what is refused."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import zipfile

import pytest

from pipeline.readers import ReadError, ReadReport, read_papers
from pipeline.readers.report import MAX_PROBLEMS_KEPT
from pipeline.settings import ReaderSettings

CSV = "title,abstract,year,colour\nA,a,2001,red\n,b,2002,blue\nC,,2999,\nD,d,soon,\n"


def test_the_report_tells_all(read):
    reading = read("p.csv", CSV)
    report = reading.report
    assert reading.titles == ["A", "C", "D"]
    assert reading.abstracts == ["a", "", "d"]
    assert [paper.position for paper in reading.papers] == [2, 4, 5]
    assert {paper.source for paper in reading.papers} == {"p.csv"}
    assert (report.n_records, report.n_records_by_file) == (4, {"p.csv": 4})
    assert report.columns == {"p.csv": {"title": "title", "abstract": "abstract", "year": "year"}}
    assert report.unused_columns == {"p.csv": ["colour"]}
    assert reading.problems == [(3, "no title"), (4, "implausible date"), (5, "unreadable date")]
    assert report.n_problems == {"no title": 1, "implausible date": 1, "unreadable date": 1}
    assert report.n_dropped == {"no title": 1}
    (file,) = report.files
    assert (file.name, file.bytes, file.sha256) == ("p.csv", len(CSV), hashlib.sha256(CSV.encode()).hexdigest())


def test_the_row_of_a_paper_among_all_records_can_be_told_while_reading(tmp_path):
    (tmp_path / "a.csv").write_text(CSV)
    (tmp_path / "b.jsonl").write_text('{"title": "E", "abstract": "e"}\nbad\n{"title": "F", "abstract": "f"}\n')
    report = ReadReport()
    papers = read_papers([tmp_path / "a.csv", tmp_path / "b.jsonl"], ReaderSettings(), {}, [], report)
    assert [(paper.title, report.n_records - 1) for paper in papers] == [
        ("A", 0),
        ("C", 2),
        ("D", 3),
        ("E", 4),
        ("F", 6),
    ]


def test_problems_are_all_counted_but_not_all_kept(read):
    reading = read("p.csv", "title,abstract\n" + ",x\n" * (MAX_PROBLEMS_KEPT + 500))
    assert reading.report.n_dropped == {"no title": MAX_PROBLEMS_KEPT + 500}
    assert len(reading.report.problems) == MAX_PROBLEMS_KEPT


def test_a_date_column_is_believed_before_a_year(read):
    text = (
        "title,abstract,year,date,update_date\nA,a,2001,2003-04-05,2020-01-01\nB,b,2001,,2020-01-01\nC,c,,,2020-01-01\n"
    )
    years = [(str(p.published), p.published_precision) for p in read("p.csv", text).papers]
    assert years == [("2003-04-05", "day"), ("2001-01-01", "year"), ("2020-01-01", "day")]


def test_an_implausible_date_falls_back_on_the_year(read):
    reading = read("p.csv", "title,abstract,year,date\nA,a,2001,9999-01-01\n")
    assert str(reading.papers[0].published) == "2001-01-01"
    assert reading.report.n_problems == {"implausible date": 1}


def test_a_month_beside_a_year(read):
    (paper,) = read("p.csv", "title,abstract,year,month\nA,a,2001,mar\n").papers
    assert (str(paper.published), paper.published_precision) == ("2001-03-01", "month")


def test_arxiv_identifiers_give_addresses_and_ids(read):
    text = "title,abstract,arxiv_id,url\nA,a,arXiv:2103.01234v2,\nB,b,2103.01234,https://example.org/b\n"
    first, second = read("p.csv", text).papers
    assert (first.paper_id, first.url) == ("2103.01234", "https://arxiv.org/abs/2103.01234")
    assert second.url == "https://example.org/b"
    (by_id,) = read("q.jsonl", '{"id": "hep-th/9901001", "title": "A", "abstract": "a"}').papers
    assert (by_id.paper_id, by_id.url) == ("hep-th/9901001", "https://arxiv.org/abs/hep-th/9901001")


def test_facets_are_kept_and_cleaned(read):
    reading = read("p.csv", "title,abstract,Countries\nA,a,China;;Chad;\nB,b,\n", facets=["countries"])
    assert [paper.facets for paper in reading.papers] == [{"countries": ("China", "Chad")}, {"countries": ()}]
    assert reading.report.unused_columns == {"p.csv": []}


@pytest.mark.parametrize(
    ("name", "content"), [("p.csv", CSV), ("p.jsonl", '{"title": "A", "abstract": "a", "colour": 1}')]
)
def test_a_facet_no_file_has_is_an_error(read, name, content):
    with pytest.raises(
        ReadError, match=rf"--facet lab: {name} has no such column; the columns are title, abstract.*colour"
    ):
        read(name, content, facets=["lab"])


def test_a_facet_only_some_files_have_is_a_notice(tmp_path, read_paths):
    (tmp_path / "a.csv").write_text("title,abstract,lab\nA,a,L\n")
    (tmp_path / "b.jsonl").write_text('{"title": "B", "abstract": "b"}')
    reading = read_paths([tmp_path / "a.csv", tmp_path / "b.jsonl"], facets=["lab"])
    assert reading.titles == ["A", "B"]
    assert [(p.source, p.reason) for p in reading.report.problems] == [("b.jsonl", "missing facet column")]


def test_a_mapped_column_that_does_not_exist_lists_those_that_do(read):
    with pytest.raises(
        ReadError, match=r"p\.csv, line 1: there is no column 'sumary'; its columns are title, abstract, year"
    ):
        read("p.csv", CSV, columns={"abstract": "sumary"})


def test_files_of_one_name_in_two_folders_are_told_apart(tmp_path, read_paths):
    for folder in ("x", "y"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "p.csv").write_text(f"title,abstract\n{folder},a\n")
    reading = read_paths([tmp_path / "x" / "p.csv", tmp_path / "y" / "p.csv"])
    assert [paper.source for paper in reading.papers] == ["x/p.csv", "y/p.csv"]
    assert [file.name for file in reading.report.files] == ["x/p.csv", "y/p.csv"]


def test_a_file_named_twice_is_read_once(tmp_path, read_paths):
    path = tmp_path / "p.csv"
    path.write_text(CSV)
    assert read_paths([path, tmp_path / "." / "p.csv"]).report.n_records == 4


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("p.csv.gz", CSV),
        ("p.csv", CSV),  # whatever the name says
        ("p.jsonl.gz", '{"title": "A", "abstract": "a"}\n'),
        ("p.json.gz", '[{"title": "A", "abstract": "a"}]'),
        ("p.txt.gz", "A Paper About Things\n\n" + "This is an abstract that goes on for a while. " * 8 + "\n"),
    ],
)
def test_gzip_is_transparent_for_every_text_format(read, name, text):
    packed = gzip.compress(text.encode())
    reading = read(name, packed)
    assert reading.titles[0] in ("A", "A Paper About Things")
    assert reading.report.formats[name].endswith(", gzip")
    assert reading.report.files[0].sha256 == hashlib.sha256(packed).hexdigest()


def test_gzip_in_several_members(read):
    assert read("p.csv.gz", gzip.compress(b"title,abstract\nA,a\n") + gzip.compress(b"B,b\n")).titles == ["A", "B"]


def test_a_gzip_bomb_is_refused_before_any_paper_comes(tmp_path):
    path = tmp_path / "bomb.csv.gz"
    path.write_bytes(gzip.compress(b"title,abstract\nA,a\n" + b"0" * 3_000_000))
    assert path.stat().st_size < 10_000
    with pytest.raises(ReadError, match=r"bomb\.csv\.gz: the gzip file expands to more than 1,000,000 bytes"):
        read_papers([path], ReaderSettings(max_expanded_bytes=1_000_000), {}, [], ReadReport())


def test_a_damaged_gzip_file_is_one_sentence(read):
    packed = gzip.compress(CSV.encode() * 50)
    for content in (packed[:-12], packed[:20] + b"\0\0\0\0" + packed[24:]):
        with pytest.raises(ReadError, match=r"p\.csv\.gz: the gzip file is damaged or cut off"):
            read("p.csv.gz", content)


def workbook():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "<workbook/>")
    return buffer.getvalue()


def archive():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as packed:
        packed.writestr("papers.csv", CSV)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("p.csv", b"", "the file is empty"),
        ("p.csv", b"\xef\xbb\xbf \r\n", "the file is empty"),
        ("p.csv.gz", gzip.compress(b"", mtime=0), "the file is empty"),
        ("p.xlsx", workbook(), "an Excel workbook; open it and save the sheet as CSV"),
        ("p.csv", workbook(), "an Excel workbook"),
        ("p.zip", archive(), "a zip archive"),
        ("p.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "password-protected Office file"),
        ("p.pdf", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj", "a PDF"),
        ("p.csv", b"-----BEGIN PGP MESSAGE-----\n\nhQEM", "an encrypted file; decrypt it first"),
        ("p.parquet", b"PARE" + bytes(100) + b"PARE", "an encrypted Parquet file"),
        ("p.parquet.gz", gzip.compress(b"PAR1" + bytes(100), mtime=0), "a Parquet file inside gzip"),
        ("p.csv.gz", gzip.compress(gzip.compress(b"x", mtime=0), mtime=0), "gzip inside gzip"),
        ("p.csv.bz2", b"BZh91AY&SY" + bytes(range(256)), "a bzip2 file"),
        ("p.pkl", b"\x80\x04\x95" + bytes(50), "a Python pickle, which is never opened"),
        ("p.db", b"SQLite format 3\0" + bytes(100), "an SQLite database"),
        ("p.bin", bytes(range(256)) * 40, "binary data"),
        ("p.csv", b"\x89PNG\r\n\x1a\n" + bytes(range(200)) * 3, "binary data"),
        ("p.html", b"<!DOCTYPE html>\n<html><body>papers</body></html>", "a web page"),
        ("p.xml", b'<?xml version="1.0"?><records/>', "XML"),
        ("p.bib", b"nothing of the kind", "no kind of file that is read"),
        ("p.ris", b"nothing of the kind", "no kind of file that is read"),
        ("notes.txt", b"just a few words", "no kind of file that is read"),
    ],
)
def test_files_of_other_kinds_get_one_clear_sentence(read, name, content, sentence):
    with pytest.raises(ReadError) as error:
        read(name, content)
    message = str(error.value)
    assert message.startswith(f"{name}: ")
    assert sentence in message
    assert "\n" not in message
    assert len(message) < 300


def test_missing_files_and_folders(tmp_path, read_paths):
    with pytest.raises(ReadError, match=r"nowhere\.csv: there is no such file"):
        read_paths(tmp_path / "nowhere.csv")
    with pytest.raises(ReadError, match="this is a folder; name the files in it"):
        read_paths(tmp_path)
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(ReadError, match="no ordinary file"):
        read_paths(pipe)


def test_a_file_that_may_not_be_read(tmp_path, read_paths, monkeypatch):
    path = tmp_path / "secret.csv"
    path.write_text(CSV)

    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("pathlib.Path.open", refuse)  # chmod would not stop root
    with pytest.raises(ReadError, match=r"secret\.csv: it cannot be read \(Permission denied\)"):
        read_paths(path)


def test_all_formats_in_one_run(tmp_path, read_paths):
    (tmp_path / "a.csv").write_text(CSV)
    (tmp_path / "b.json").write_text(json.dumps([{"title": "E", "abstract": "e", "colour": ["x"]}]))
    reading = read_paths([tmp_path / "b.json", tmp_path / "a.csv"], facets=["colour"])
    assert reading.titles == ["E", "A", "C", "D"]
    assert [paper.facets["colour"] for paper in reading.papers] == [("x",), ("red",), (), ()]
