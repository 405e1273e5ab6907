import pytest

from pipeline.readers import ReadError
from pipeline.readers.columns import FIELD_NAMES, canonical_mapping, check_plan, normalised, plan_columns, recognise


def test_no_name_means_two_fields():
    names = [normalised(name) for names in FIELD_NAMES.values() for name in names.split(",")]
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    ("column", "field"),
    [
        ("Title", "title"), ("PAPER_TITLE", "title"), ("Document Title", "title"), ("Summary", "abstract"),
        ("ABSTRACT", "abstract"), ("Abstract Note", "abstract"), ("Author(s)", "authors"), ("author", "authors"),
        ("Year", "year"), ("publication_year", "year"), ("date", "published"), ("publicationDate", "published"),
        ("Publication Date", "published"), ("published", "published"), ("update_date", "updated"),
        ("Source title", "venue"), ("booktitle", "venue"), ("Journal/Book", "venue"), ("conference", "venue"),
        ("container-title", "venue"), ("DOI", "doi"), ("Link", "url"), ("paper id", "paper_id"), ("ID", "paper_id"),
        ("arXiv_ID", "arxiv_id"), ("Author Keywords", "keywords"), ("Cited by", "citations"),
        ("gs_citation", "citations"), ("citationCount", "citations"), ("Cited-By Count", "citations"),
    ],
)  # fmt: skip
def test_usual_names_in_any_dress(column, field):
    assert recognise([column]) == {field: [column]}


@pytest.mark.parametrize("column", ["affiliation", "source", "subtitle", "abstract_length", "", "  ", "🦆"])
def test_other_names_are_left_alone(column):
    assert recognise([column]) == {}


def test_the_better_name_comes_first_whatever_the_order():
    assert recognise(["summary", "abstract"])["abstract"] == ["abstract", "summary"]
    assert recognise(["abstract", "summary"])["abstract"] == ["abstract", "summary"]


def test_web_of_science_tags_are_believed_only_together():
    found = recognise(["PT", "AU", "TI", "SO", "DE", "ID", "AB", "PY", "DI", "UT"])
    assert found == {
        "authors": ["AU"], "title": ["TI"], "venue": ["SO"], "keywords": ["DE", "ID"], "abstract": ["AB"],
        "year": ["PY"], "doi": ["DI"], "paper_id": ["UT"],
    }  # fmt: skip
    assert recognise(["id", "so", "de", "ti"]) == {"paper_id": ["id"]}


def test_a_mapping_wins_over_usual_names():
    plan = plan_columns(["title", "abstract", "text"], {"abstract": "text"}, [])
    assert plan.fields["abstract"] == ["text"]
    assert plan.unused == ["abstract"]


def test_facets_are_found_and_missed():
    plan = plan_columns(["title", "Countries"], {}, ["countries", "lab"])
    assert plan.facets == {"countries": "Countries", "lab": None}


def test_our_side_of_a_mapping_may_use_any_usual_name():
    assert canonical_mapping({"summary": "x", "id": "y", "Date": "z"}) == {
        "abstract": "x",
        "paper_id": "y",
        "published": "z",
    }


def test_a_field_we_do_not_have_is_refused_with_those_we_have():
    with pytest.raises(
        ReadError, match=r"--column colour=x: 'colour' is no field of a paper; use title, abstract, authors"
    ):
        canonical_mapping({"colour": "x"})


def test_a_long_list_of_columns_is_cut_short():
    with pytest.raises(ReadError) as error:
        check_plan(plan_columns([f"c{n}" for n in range(3000)], {}, []), [f"c{n}" for n in range(3000)], "f.csv")
    assert "and 2960 more" in str(error.value)
    assert len(str(error.value)) < 500
