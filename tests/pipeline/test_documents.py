import json
import random
import re
from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.documents import prepare_documents
from pipeline.readers import Problem, ReadReport
from pipeline.schema import PAPERS, Paper, to_arrow
from pipeline.settings import DocumentSettings

WORDS = ["goat", "wall", "ledge", "climb", "step", "plan", "gait", "rope", "farm", "hoof", "tilt", "grip", "slope"]
MODEL_COLUMNS = PAPERS.names[PAPERS.names.index("x") :]
GERMAN = "Wir zeigen, dass die Ziegen auf den Mauern klettern, wenn der Wind stark weht und niemand auf sie achtet."


def abstract(seed, n=60):
    generator = random.Random(seed)
    words = [generator.choice(WORDS) + "st"[: generator.randrange(3)] for _ in range(n)]
    return f"We show that the {' '.join(words)}."


def paper(n, **fields):
    given_fields = {
        "title": f"The goats of farm {n} and their walls",
        "abstract": abstract(n),
        "source": "goats.csv",
        "position": n + 2,
        "paper_id": f"g{n:03}",
        "published": date(2000 + n % 20, 1, 1),
        "published_precision": "year",
    }
    return Paper(**(given_fields | fields))


def prepare(papers, report=None, **settings):
    return prepare_documents(papers, DocumentSettings(**settings), report or ReadReport())


def messy():
    """Every way to be dropped or changed, several times."""
    return [
        *(paper(n) for n in range(12)),
        paper(20, abstract=""),
        paper(21, abstract="Too short."),
        paper(22, abstract="1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21"),
        paper(23, title="Editorial"),
        paper(24, paper_id="g001", title="The goats of farm 1 and their walls", abstract=abstract(1)[:200]),
        paper(25, title="The GOATS of farm 2 and their walls!", venue="Goat Letters", published=None),
        paper(26, abstract=abstract(3) + " And more."),
        *(paper(n, paper_id="venue-", doi="10.1000/all") for n in range(30, 36)),
        paper(40, abstract=abstract(40) + " © 2021 Elsevier Ltd. All rights reserved."),
        paper(41, abstract=abstract(41) + " Code is available at https://git.example/goats."),
        paper(42, abstract="Abstract: " + abstract(42), title=r"Goats in $O(n^2)$ \emph{steps}"),
        paper(43, published=None, published_precision=None, paper_id=None),
        paper(44, paper_id=None, doi="10.1000/44", url="javascript:alert(1)"),
        paper(45, abstract=GERMAN),
    ]


def test_records_are_conserved_and_reasons_are_named():
    quality = prepare(messy()).quality
    assert quality["read"] == len(messy())
    assert quality["read"] == quality["kept"] + sum(quality["dropped"].values())
    assert quality["dropped"] == {
        "duplicate id": 1,
        "duplicate title": 1,
        "near-duplicate abstract": 1,
        "no abstract": 1,
        "not a paper": 1,
        "not text": 1,
        "too short": 1,
    }
    changed = quality["changed"]
    assert changed["shared id"] == 6
    assert changed["shared DOI"] == 6
    assert changed["copyright line removed"] == 1
    assert changed["abstract heading removed"] == 1
    assert changed["LaTeX turned into plain text"] == 1
    assert changed["address not usable, removed"] == 1
    assert changed["fields taken from a duplicate"] == 1
    assert quality["languages"] == {"en": quality["kept"] - 1, "de": 1}
    assert quality["undated"] == quality["missing"]["date"] == 1


def test_bad_records_of_the_reader_count_as_read_and_dropped():
    report = ReadReport(n_records=15)
    for position in (3, 9):
        report.add(Problem("goats.csv", position, "malformed record", "line ends inside quotes"))
    report.add(Problem("goats.csv", 4, "implausible date", "the year 3021"))
    quality = prepare([paper(n) for n in range(3)], report).quality
    assert quality["read"] == 5
    assert quality["dropped"] == {"malformed record": 2}
    assert quality["problems"] == {"malformed record": 2, "implausible date": 1}
    assert {example["position"] for example in quality["examples"]["malformed record"]} == {3, 9}


def test_texts_for_people_and_for_the_model():
    documents = prepare(messy())
    papers = documents.papers.set_index("paper_id")
    row = {paper_id: i for i, paper_id in enumerate(documents.papers["paper_id"])}
    assert papers.loc["g042", "title"] == "Goats in O(n²) steps"
    assert documents.abstracts[row["g042"]] == " ".join(abstract(42).split())
    assert documents.texts[row["g042"]] == f"Goats in steps. {abstract(42)}"
    assert documents.abstracts[row["g041"]].endswith("https://git.example/goats.")
    assert documents.texts[row["g041"]] == f"{papers.loc['g041', 'title']}. {abstract(41)}"
    assert "Elsevier" not in documents.abstracts[row["g040"]]


def test_ids_are_sorted_unique_and_derived_where_needed():
    documents = prepare(messy())
    ids = list(documents.papers["paper_id"])
    assert ids == sorted(set(ids))
    assert "doi:10.1000/44" in ids
    assert "venue-" not in ids
    assert sum(bool(re.fullmatch(r"p-[0-9a-f]{12}", paper_id)) for paper_id in ids) == 7


def test_the_most_complete_duplicate_survives_and_takes_what_it_lacks():
    short = paper(1, abstract=abstract(1)[:250], paper_id="short", venue="Goat Letters", citations=7, doi="10.1000/g1")
    full = paper(1, paper_id="full", citations=3, published=None, published_precision=None)
    documents = prepare([short, full])
    survivor = documents.papers.iloc[0]
    assert len(documents.papers) == 1
    assert survivor["paper_id"] == "full"
    assert (survivor["venue"], survivor["doi"], survivor["citations"]) == ("Goat Letters", "10.1000/g1", 7)
    assert (survivor["published"], survivor["published_precision"]) == (date(2001, 1, 1), "year")


def test_a_mixed_up_abstract_lends_nothing_to_a_strangers_paper():
    mine = paper(1, authors=("Ada Capra",), abstract=abstract(1) + " Indeed so.")
    theirs = paper(2, authors=("Bo Ziege",), abstract=abstract(1), venue="Sheep Letters", citations=900)
    survivor = prepare([mine, theirs]).papers.iloc[0]
    assert survivor["paper_id"] == "g001"
    assert pd.isna(survivor["venue"])
    assert pd.isna(survivor["citations"])


def test_hostile_fields_come_out_fit_to_show():
    hostile = paper(
        1,
        title="Goats <b>and</b> \u202ewalls\x00 " + "x" * 2000,
        paper_id="a\nb" + "\u200b",
        authors=("  Ada\tCapra ", "", "Ada Capra", "B\u00c3\u00b6 Ziege"),
        venue="Goats &amp; Co",
        citations=-5,
        keywords=("climbing", "climbing", "\x00"),
        facets={"country": ("DE", "", "DE")},
        source="go\x1bats.csv",
    )
    row = prepare([hostile]).papers.iloc[0]
    assert row["title"].startswith("Goats and walls x")
    assert len(row["title"]) == 500
    assert row["paper_id"] == "a b"
    assert row["authors"] == ["Ada Capra", "Bö Ziege"]
    assert row["venue"] == "Goats & Co"
    assert pd.isna(row["citations"])
    assert row["keywords"] == ["climbing"]
    assert row["facet_country"] == ["DE"]
    assert row["source"] == "goats.csv"


def test_the_table_fits_the_contract():
    undated = paper(3, published=None, published_precision=None)
    table = prepare([paper(1, facets={"country": ("DE",)}), paper(2), undated]).papers
    assert list(table.columns) == [name for name in PAPERS.names if name not in MODEL_COLUMNS] + ["facet_country"]
    assert list(table["facet_country"]) == [["DE"], [], []]
    assert table["year"].dtype == "Int16"
    assert table["citations"].dtype == "Int32"
    for column in ("x", "y", "strength", "nearest_similarity", "margin"):
        table[column] = 0.0
    for column in ("topic_id", "nearest_topic_id", "second_topic_id"):
        table[column] = "outlier"
    arrow = to_arrow("papers", table)
    assert arrow.num_rows == 3
    assert arrow["published"].null_count == arrow["published_precision"].null_count == 1


def test_no_paper_at_all():
    documents = prepare([])
    assert documents.papers.empty
    assert list(documents.papers.columns) == [name for name in PAPERS.names if name not in MODEL_COLUMNS]
    assert documents.abstracts == documents.texts == []
    assert documents.quality["read"] == documents.quality["kept"] == 0
    assert documents.quality["warnings"] == ["The files hold no records."]
    assert prepare([paper(1, abstract="")]).quality["warnings"] == ["No paper is left: every record read was dropped."]


def result(papers):
    documents = prepare(papers)
    table = documents.papers.astype(object).where(documents.papers.notna(), None)
    return table.to_dict("records"), documents.abstracts, documents.texts, json.dumps(documents.quality, sort_keys=True)


@settings(max_examples=15, deadline=None)
@given(st.randoms(use_true_random=False))
def test_the_order_of_the_input_does_not_matter(generator):
    papers = messy()
    expected = result(papers)
    generator.shuffle(papers)
    assert result(papers) == expected


def test_identical_twins_are_one_whatever_their_order():
    papers = [paper(1, position=n, paper_id=None, source=source) for n, source in enumerate("bacab")]
    expected = result(papers)
    assert result(papers[::-1]) == expected
    assert len(expected[0]) == 1


def test_rows_say_which_record_each_paper_was():
    report = ReadReport()

    def reader():
        for n in range(6):
            report.n_records += 1
            if n == 2:
                report.add(Problem("goats.csv", n, "malformed record", "broken"))
            else:
                yield paper(9 - n, abstract="" if n == 3 else abstract(n))

    documents = prepare(reader(), report)
    assert list(documents.papers["paper_id"]) == ["g004", "g005", "g008", "g009"]
    assert documents.rows.dtype == np.int64
    assert list(documents.rows) == [5, 4, 1, 0]
    assert documents.quality["read"] == report.n_records
    assert list(prepare([paper(2), paper(1)]).rows) == [1, 0]


def test_long_abstracts_are_cut_for_the_model_only():
    long = " ".join(abstract(n) for n in range(40))
    documents = prepare([paper(1, abstract=long)], max_abstract_characters=500)
    assert documents.abstracts[0] == long
    assert len(documents.texts[0]) < 600
    assert documents.quality["changed"]["abstract cut for the model"] == 1


def test_words_cut_at_line_ends_are_joined_as_other_papers_write_them():
    documents = prepare([paper(1, abstract=abstract(1) + " An applica-\ntion of cross-\nmodal ledges."), paper(2)])
    assert documents.abstracts[0].endswith("An application of crossmodal ledges.")
    other = paper(2, abstract=abstract(2) + " A cross-modal ledge.")
    documents = prepare([paper(1, abstract=abstract(1) + " An applica-\ntion of cross-\nmodal ledges."), other])
    assert documents.abstracts[0].endswith("An application of cross-modal ledges.")


def test_text_that_is_nothing_but_an_aside_is_kept_for_the_model():
    text = (
        "Our code and data and models and everything else we have made are now available at https://git.example/goats."
    )
    documents = prepare([paper(1, abstract=text)])
    assert "everything" in documents.texts[0]


@pytest.mark.parametrize("field", ["published", "abstract"])
def test_warnings_are_sentences(field):
    blank = None if field == "published" else ""
    warnings = prepare([paper(n, **({field: blank} if n % 2 else {})) for n in range(10)]).quality["warnings"]
    assert len(warnings) == 1
    assert warnings[0].startswith("5 of 10 ")
    assert warnings[0].endswith(".")


def test_a_warning_names_other_languages():
    german = [paper(n, abstract=GERMAN + " " + abstract(n, 5)) for n in range(10, 14)]
    quality = prepare([*(paper(n) for n in range(6)), *german], near_duplicate_threshold=1.0).quality
    assert quality["languages"] == {"en": 6, "de": 4}
    assert len(quality["warnings"]) == 1
    assert quality["warnings"][0].startswith("4 of 10 papers (40 %) are not in English (German)")
    assert "MiniLM" in quality["warnings"][0]
    few = prepare([*(paper(n) for n in range(40)), paper(50, abstract=GERMAN)]).quality
    assert few["languages"] == {"en": 40, "de": 1}
    assert few["warnings"] == []
