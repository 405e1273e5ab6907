import gzip

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.readers import ReadError, ReadReport, read_papers
from pipeline.readers.bibtex import without_protection
from pipeline.records import Record, admit
from pipeline.settings import ReaderSettings

ENTRY = r"""@article{muller2021kettles,
  author    = {M{\"u}ller, Hans and {Barnes and Noble} and Lovelace, Ada},
  title     = {Why do {Kettles} sing in {M{\"u}nchen}?},
  journal   = {Notes on Engines},
  year      = 2021,
  month     = mar,
  doi       = {10.1000/Kettle\_1},
  url       = {\url{https://example.org/a_b}},
  keywords  = {kettles, acoustics},
  abstract  = {We study how a kettle sings,
               and why it stops.},
}
"""


WORDS = "A kettle sings when bubbles of steam collapse under its lid, which we measured in a quiet kitchen."


def entry(n, extra=""):
    return f"@article{{key{n},\n  title = {{Title {n}}},\n  abstract = {{Abstract {n}}}{extra}\n}}\n"


def test_a_whole_entry(read):
    reading = read("papers.bib", ENTRY)
    (paper,) = reading.papers
    assert paper.title == r"Why do Kettles sing in M{\"u}nchen?"
    assert paper.abstract == "We study how a kettle sings, and why it stops."
    assert paper.authors == (r"M{\"u}ller, Hans", "Barnes and Noble", "Lovelace, Ada")
    assert (paper.published.isoformat(), paper.published_precision) == ("2021-03-01", "month")
    assert (paper.venue, paper.doi, paper.url) == ("Notes on Engines", "10.1000/kettle_1", "https://example.org/a_b")
    assert (paper.paper_id, paper.keywords) == ("muller2021kettles", ("kettles", "acoustics"))
    assert reading.report.formats == {"papers.bib": "BibTeX, UTF-8"}
    assert reading.report.columns["papers.bib"]["paper_id"] == "cite key"
    assert reading.report.n_problems == {}


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        (r"M{\"u}ller, {\"O}zg{\"u}r and Stra{\ss}er, J", ("Müller, Özgür", "Straßer, J")),
        (r"M\"{u}ller and \'{E}lise de la Cour", ("Müller", "Élise de la Cour")),
        (r"{\v{S}}koda, J. and Erd{\H o}s, P. and Fran\c{c}ois", ("Škoda, J.", "Erdős, P.", "François")),
        (r"Müller and {\AA}ngstr{\"o}m, A.~J. and others", ("Müller", "Ångström, A. J.")),
    ],
)
def test_umlauts_and_accents_are_cleaned_by_the_text_cleaning(read, raw, shown):
    text = f"@misc{{x, author = {{{raw}}}, title = {{{raw}}}, abstract = {{{WORDS}}}}}"
    (paper,) = read("p.bib", text).papers
    admitted = admit(paper, 0, 5)
    assert isinstance(admitted, Record)
    assert admitted.paper.authors == shown
    assert "\\" not in admitted.paper.title
    assert "{" not in admitted.paper.title


@pytest.mark.parametrize(
    ("raw", "plain"),
    [
        ("{BERT} and {{G}raph} nets", "BERT and Graph nets"),
        ("{{A} Nested {Title}}", "A Nested Title"),
        (r"{\"u}ber $O(n^{2})$ {and} x^{2}", r"{\"u}ber $O(n^{2})$ and x^{2}"),
        (r"\emph{new} \href{a}{b} {\em c}", r"\emph{new} \href{a}{b} {\em c}"),
        (r"\{a\} } {", r"\{a\}  "),
        ("plain", "plain"),
    ],
)
def test_only_braces_that_protect_capitals_go(raw, plain):
    assert without_protection(raw) == plain


def test_macros_quotation_marks_and_pieces(read):
    text = """% made by hand
@string{ jne = {Journal of } # "Negative Engines" }
@String(other = "Other")
@preamble{ "\\newcommand{\\x}{y}" }
@comment{ @article{not, title = {A comment}} }
@inproceedings(a,
  title = "A {"}quoted{"} title", journal = JNE,
  abstract = "one" # { two},
  year = "2020", month = "10~" # jan)
@article{b, title = {B}, journal = unknown, abstract = {b}, YEAR = {2019}}
"""
    reading = read("p.bib", text)
    assert reading.titles == ['A "quoted" title', "B"]
    assert reading.abstracts == ["one two", "b"]
    assert [paper.venue for paper in reading.papers] == ["Journal of Negative Engines", "unknown"]
    assert [paper.published.year for paper in reading.papers] == [2020, 2019]
    assert reading.report.n_problems == {}


@pytest.mark.parametrize(
    ("broken", "says"),
    [
        ("@article{x,\n title = {Not {closed},\n abstract = {a}\n}\n", "is not closed"),
        ('@article{x,\n title = "Not closed,\n abstract = {a}\n}\n', "is not closed"),
        ("@article{x,\n title = {A } bar}, abstract = {a}\n}\n", "'title': its braces or quotation marks do not"),
        ("@article{x,\n title {A}, abstract = {a}\n}\n", "Expected a `=`"),
        ("@article{x}\n", "no fields"),
        ("@article{\n", "no fields"),
        ("@article\n{x, title = {A}, abstract = {a}}\n", "no entry follows"),
    ],
)
def test_a_broken_entry_costs_itself_only_and_says_where(read, broken, says):
    reading = read("p.bib", entry(1) + broken + entry(2))
    assert reading.titles == ["Title 1", "Title 2"]
    ((position, reason),) = reading.problems
    assert reason == "malformed record"
    assert position in (5, 6)
    assert says in reading.report.problems[0].detail
    assert "\n" not in reading.report.problems[0].detail


def test_duplicate_keys_and_fields_are_no_reason_to_lose_a_paper(read):
    text = entry(1) + entry(1).replace("Title 1", "Another") + entry(3, ",\n title = {Second}")
    reading = read("p.bib", text)
    assert reading.titles == ["Title 1", "Another", "Title 3"]
    assert [paper.position for paper in reading.papers] == [1, 5, 9]
    assert reading.report.n_problems == {}


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "windows-1252"])
def test_encodings_gzip_and_line_ends(read, codec):
    text = entry(1).replace("Title 1", "Größe von Übung").replace("\n", "\r\n")
    for name, content in {"p.bib": text.encode(codec), "p.bib.gz": gzip.compress(text.encode(codec), mtime=0)}.items():
        reading = read(name, content)
        assert reading.titles == ["Größe von Übung"]
        assert reading.report.formats[name].startswith("BibTeX, ")
        assert reading.report.formats[name].endswith("gzip") == name.endswith("gz")


@pytest.mark.parametrize("name", ["p.bib", "p.txt", "p", "p.csv"])
def test_it_is_known_by_its_content(read, name):
    assert read(name, "\n% a comment\n" + entry(1)).titles == ["Title 1"]


def test_it_is_known_by_its_name_where_text_comes_first(read):
    assert read("p.bib", "This file was made by a program.\n\n" + entry(1)).titles == ["Title 1"]


def test_everything_on_one_line(read):
    reading = read("p.bib", "".join(entry(n) for n in range(50)).replace("\n", " "))
    assert reading.titles == [f"Title {n}" for n in range(50)]


def test_biblatex_fields_and_arxiv(read):
    text = (
        "@online{x, title = {A}, abstract = {a}, date = {2021-05-03}, journaltitle = {J}, eprint = {2103.01234},"
        " eprinttype = {arxiv}, key = {zzz}}"
    )
    (paper,) = read("p.bib", text, facets=["entry type"]).papers
    assert (paper.published.isoformat(), paper.venue, paper.paper_id) == ("2021-05-03", "J", "x")
    assert paper.url == "https://arxiv.org/abs/2103.01234"
    assert paper.facets == {"entry type": ("online",)}


def test_two_megabytes_of_garbage_end_and_say_so(read):
    for piece in ("@article{", "@a{\n", "@a{x, y = {", "{}@\n", '@a(x"'):
        text = piece * (2_000_000 // len(piece) // 8)
        assert read("p.bib", text + "\n" + entry(1)).titles == ["Title 1"]


def test_random_bytes_are_refused_in_one_sentence(read):
    with pytest.raises(ReadError, match=r"p\.bib: this is binary data") as error:
        read("p.bib", bytes(range(256)) * 8_000)
    assert "\n" not in str(error.value)


def test_macros_that_grow_without_end_are_cut(read):
    doubling = "".join(f"@string{{a{n + 1} = a{n} # a{n}}}\n" for n in range(60))
    reading = read(
        "p.bib", f'@string{{a0 = "xxxxxxxx"}}\n{doubling}{entry(1, ", note = a60")}', max_field_characters=500
    )
    assert reading.titles == ["Title 1"]


def test_without_abstracts_the_columns_are_named(read):
    with pytest.raises(ReadError, match=r"p\.bib: no column looks like the abstract; its columns are cite key"):
        read("p.bib", "@article{x, title = {A}, annote = {a}}")


def test_nothing_but_broken_entries_is_an_error(read):
    with pytest.raises(ReadError, match=r"p\.bib: none of its records can be read; the first one, line 1: not valid"):
        read("p.bib", "@article{x, title = {A\n")


GARBAGE = st.lists(
    st.sampled_from(['"', "{", "}", ",", "=", "#", "@", "@article{", "@string{", "(", ")", "\\", "\n", "x", " "])
    | st.text(max_size=5),
    max_size=12,
).map("".join)


@settings(
    max_examples=150, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(GARBAGE, min_size=1, max_size=4))
def test_good_entries_survive_any_garbage_between_them(tmp_path, garbage):
    path = tmp_path / "p.bib"
    text = "".join(f"{junk}\n{entry(n)}" for n, junk in enumerate(garbage))
    path.write_bytes((entry(99) + text).encode("utf-8", "replace").replace(b"\r", b""))
    report = ReadReport()
    titles = [paper.title for paper in read_papers([path], ReaderSettings(), {}, [], report)]
    assert report.n_records == len(titles) + sum(report.n_dropped.values())
    rest = iter(titles)
    assert all(f"Title {n}" in rest for n in (99, *range(len(garbage))))
