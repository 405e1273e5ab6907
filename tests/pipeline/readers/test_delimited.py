import codecs
import csv
import io

import pytest

from pipeline.readers import ReadError

ROWS = [
    ("Müllabfuhr; a history", 'How towns got rid, over time, of "rubbish".'),
    ("Second\nthoughts", 'Line one.\nLine two; with, everything\tin "it".'),
    ("Third", "Plain."),
]


def table(delimiter=",", rows=ROWS, header=("Title", "Abstract"), newline="\n"):
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator=newline)
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue()


@pytest.mark.parametrize(
    ("delimiter", "words"),
    [(",", "CSV, ',', UTF-8"), (";", "CSV, ';', UTF-8"), ("\t", "TSV, UTF-8"), ("|", "CSV, '|', UTF-8")],
)
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_every_delimiter_and_newline_gives_the_same_papers(read, delimiter, words, newline):
    text = table(delimiter, newline="\r\n" if newline == "\r\n" else "\n")
    if newline == "\r":  # a file without any \n: the newline inside the quotes is one too
        text = text.replace("\n", "\r")
    reading = read("papers.txt", text)
    assert [t.replace("\r", "\n") for t in reading.titles] == [title for title, _ in ROWS]
    assert [a.replace("\r", "\n") for a in reading.abstracts] == [abstract for _, abstract in ROWS]
    assert reading.report.formats == {"papers.txt": words}
    assert reading.report.n_problems == {}


@pytest.mark.parametrize(
    ("encode", "words"),
    [
        (lambda text: text.encode(), "UTF-8"),
        (lambda text: codecs.BOM_UTF8 + text.encode(), "UTF-8 with BOM"),
        (lambda text: text.encode("utf-16"), "UTF-16"),
        (lambda text: codecs.BOM_UTF16_BE + text.encode("utf-16-be"), "UTF-16"),
        (lambda text: text.encode("utf-16-le"), "UTF-16"),
        (lambda text: text.encode("utf-16-be"), "UTF-16"),
        (lambda text: text.encode("utf-32"), "UTF-32"),
        (lambda text: text.encode("windows-1252"), "windows-1252"),
    ],
)
def test_encoding_is_detected(read, encode, words):
    reading = read("papers.csv", encode(table(";")))
    assert reading.titles == [title for title, _ in ROWS]
    assert reading.report.formats["papers.csv"] == f"CSV, ';', {words}"


def test_windows_1252_punctuation_far_into_a_file(read):
    """Typographic quotes are only in Windows-1252, and only after the part that is sniffed."""
    rows = [(f"Paper {n}", "Nothing but plain letters in this one. " * 20) for n in range(800)]
    rows.append(("“Quoted” – naïve", "The € sign."))
    reading = read("papers.csv", table(rows=rows).encode("windows-1252"))
    assert reading.titles[-1] == "“Quoted” – naïve"
    assert reading.abstracts[-1] == "The € sign."
    assert len(reading.papers) == 801


def test_cyrillic_in_its_own_8_bit_encoding_is_not_read_as_western_european(read):
    rows = [("Методы машинного обучения", "Мы предлагаем новый метод обучения нейронных сетей. " * 6)] * 3
    reading = read("papers.csv", table(rows=rows).encode("windows-1251"))
    assert reading.titles[0] == "Методы машинного обучения"


def test_stray_western_bytes_in_utf8_are_decoded_and_said(read):
    content = table(rows=[("Überall Grüße 日本", "Größe, Maß, Übermut – alles gültig.")] * 5).encode()
    content += "Café,plain\n".encode("windows-1252")
    reading = read("papers.csv", content)
    assert reading.titles[0] == "Überall Grüße 日本"
    assert reading.titles[-1] == "Café"
    assert reading.report.n_problems["mixed encodings"] == 1


def test_ragged_rows_are_problems_with_their_lines(read):
    reading = read("p.csv", 'title,abstract,year\nA,a,2001\nB,b\nC,c,2002,extra\nD,"d\nd",2003\nE,e,2004,,\nF,f,2005\n')
    assert reading.titles == ["A", "D", "E", "F"]
    assert reading.problems == [(3, "malformed record"), (4, "malformed record")]
    assert "2 fields where the header has 3" in reading.report.problems[0].detail
    assert reading.report.problems[0].source == "p.csv"
    assert [paper.position for paper in reading.papers] == [2, 5, 7, 8]


def test_a_quote_that_is_never_closed_costs_one_record(read):
    text = 'title,abstract\nA,a\n"broken,b\nC,c\n"D","d, d"\nE,"e\ne"\n'
    reading = read("p.csv", text)
    assert reading.titles == ["A", "C", "D", "E"]
    assert reading.problems == [(3, "malformed record")]


def test_an_open_quote_in_the_last_field_is_taken_at_its_word(read):
    reading = read("p.csv", 'title,abstract\nA,a\nB,"open\nC,c\n')
    assert reading.titles == ["A", "B", "C"]
    assert reading.abstracts == ["a", "open", "c"]


def test_unescaped_quotes_inside_a_field(read):
    reading = read("p.csv", 'title,abstract\n"A","say "x" twice"\n"B","b"\n')
    assert reading.titles == ["A", "B"]
    assert reading.abstracts[0].startswith("say ")


def test_backslashed_quotes_and_latex(read):
    text = "title,abstract\n" + '"A","the \\"best\\", they say"\n' * 3 + '"B","we set \\alpha = 1, \\beta = 2"\n'
    reading = read("p.csv", text)
    assert reading.abstracts[0] == 'the "best", they say'
    assert reading.abstracts[3] == "we set \\alpha = 1, \\beta = 2"


def test_tab_separated_text_without_any_quoting(read):
    text = "title\tabstract\n" + '"Deep" learning\tit is "deep\n' * 2 + "C\tc\n"
    reading = read("p.tsv", text)
    assert reading.titles == ['"Deep" learning'] * 2 + ["C"]
    assert reading.abstracts[0] == 'it is "deep'


def test_spaces_after_commas_before_quotes(read):
    reading = read("p.csv", 'title, abstract\n"A, part 1", "x, y"\n"B, part 2", "z, w"\n')
    assert reading.titles == ["A, part 1", "B, part 2"]
    assert reading.abstracts == ["x, y", "z, w"]


def test_a_carriage_return_inside_an_unquoted_field_ends_no_record(read):
    reading = read("p.csv", "title,abstract\nSplit\r title,abc\nB,b\n")
    assert reading.titles == ["Split  title", "B"]


def test_mixed_line_ends(read):
    reading = read("p.csv", "title,abstract\r\nA,a\nB,b\r\n\r\n\nC,c")
    assert list(zip(reading.titles, reading.abstracts, strict=True)) == [("A", "a"), ("B", "b"), ("C", "c")]


def test_lines_before_the_header_are_passed_over(read):
    text = "sep=;\nExported from Somewhere on 2024-01-01\n\nTitle;Abstract;Year\nA;a;2020\nB;b;2021\n"
    reading = read("export.csv", text)
    assert reading.titles == ["A", "B"]
    assert reading.report.n_records == 2
    assert reading.papers[0].position == 5


def test_a_semicolon_file_whose_fields_are_full_of_commas(read):
    rows = "".join(f"A, B, and C {n};x, y, z, and {n}, too\n" for n in range(5))
    reading = read("p.csv", f"Title;Abstract\n{rows}")
    assert len(reading.papers) == 5
    assert reading.titles[0] == "A, B, and C 0"


def test_duplicate_and_nameless_columns(read):
    reading = read("p.csv", ",title,title,abstract,\n0,first,second,a,x\n", facets=["title (2)", "column 5"])
    assert reading.titles == ["first"]
    assert reading.papers[0].facets == {"title (2)": ("second",), "column 5": ("x",)}


def test_row_names_as_r_writes_them(read):
    reading = read("p.csv", '"title","abstract"\n"1","A","a"\n"2","B","b"\n')
    assert reading.titles == ["A", "B"]
    assert reading.report.n_problems == {}


def test_header_only_and_rows_of_nothing(read):
    reading = read("p.csv", "title,abstract\n,\n , \n")
    assert reading.papers == []
    assert reading.problems == [(None, "no records")]


def test_nul_bytes_are_removed(read):
    reading = read("p.csv", "title,abstract\nA\0B,a\0\nC,c\n")
    assert reading.titles == ["AB", "C"]
    assert reading.abstracts == ["a", "c"]


def test_a_huge_field_drops_its_record_only(read):
    text = f"title,abstract,full text\nA,a,{'x' * 3000}\nB,{'y' * 3000},b\nC,c,c\n"
    reading = read("p.csv", text, max_field_characters=1000)
    assert reading.titles == ["A", "C"]  # a column nobody wants may be as long as it likes
    assert reading.problems == [(3, "field too long")]
    assert "'abstract'" in reading.report.problems[0].detail


def test_an_endless_line_is_passed_over(read):
    reading = read("p.csv", f"title,abstract\nA,a\nB,{'y' * 700_000}\nC,c\n", max_field_characters=10_000)
    assert reading.titles == ["A", "C"]
    assert reading.problems == [(3, "malformed record")]


def test_no_abstract_column_names_the_columns_and_the_option(read):
    with pytest.raises(
        ReadError, match=r"p\.csv, line 1: no column looks like the abstract.*title, text, year"
    ) as error:
        read("p.csv", "title,text,year\nA,a,2000\n")
    assert "--column abstract=NAME" in str(error.value)


def test_columns_of_another_language_can_be_mapped(read):
    text = "Überschrift;Inhalt\nA;a, a, a\nB;b\n"
    reading = read("p.csv", text, columns={"title": "Überschrift", "abstract": "inhalt"})
    assert reading.titles == ["A", "B"]
    assert reading.abstracts == ["a, a, a", "b"]


def test_a_table_without_known_names_is_still_a_table(read):
    with pytest.raises(ReadError, match="Überschrift, Inhalt"):
        read("p.txt", "Überschrift;Inhalt\nA;a\nB;b\nC;c\n")
