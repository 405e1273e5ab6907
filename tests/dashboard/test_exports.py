import csv
import io
from dataclasses import replace
from datetime import date
from urllib.parse import parse_qs

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dashboard import export_command, exports
from dashboard.csv_cells import csv_line
from dashboard.exports import ExportError
from dashboard.permalinks import view_from_query
from dashboard.queries import index_snapshot, matching_rows, paper_rows, topic_overview, topic_trends
from dashboard.safe_text import for_csv, from_csv
from dashboard.settings import Settings
from dashboard.state import Filters, View, query_of
from pipeline.embedding.query import load_query_encoder
from pipeline.snapshot import SnapshotError, open_snapshot
from tests.snapshots import ATTACKS, VARIANTS, assemble, publish_contents

TRIGGERS = set("=+-@|%＝＋－＠｜％\t\r\n")


@pytest.fixture(scope="module")
def index(variants_store):
    return index_snapshot(open_snapshot(variants_store, "tiny"))


@pytest.fixture(scope="module")
def hostile(variants_store):
    return index_snapshot(open_snapshot(variants_store, "hostile"))


def view_of(index, **changes):
    return View(index.corpus, index.snapshot_id, **changes)


def rows_of(content):
    assert content.startswith(b"\xef\xbb\xbf")
    text = content.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_the_bytes_of_a_small_csv(tmp_path):
    papers = pd.DataFrame(
        [
            {
                "paper_id": "a", "title": '=SUM("A1")', "authors": ["Ada L.", "-omics group"], "venue": None,
                "source": "s.csv", "published": date(2024, 3, 1), "published_precision": "month", "url": None,
                "doi": "10.1000/x", "citations": -1, "keywords": [], "language": "en", "facet_+lab": ["x", "y"],
            },
            {
                "paper_id": "b", "title": "Plain, with comma", "authors": [], "venue": "V", "source": "s.csv",
                "published": None, "published_precision": None, "url": "https://example.org/b", "doi": None,
                "citations": None, "keywords": ["k"], "language": "de", "facet_+lab": [],
            },
        ]
    )  # fmt: skip
    contents = assemble(papers, ["first\nline", "second"], np.array([-1, -1]), [], [])
    contents.papers["x"] = np.array([0.1, -2.5], dtype=np.float32)
    contents.papers["y"] = np.array([1e-7, 3], dtype=np.float32)
    folder = publish_contents(tmp_path, contents, "golden")
    index = index_snapshot(open_snapshot(tmp_path, "golden"))
    view = View("golden", folder.name, sort="title", abstracts=True, table="papers")
    query = f"corpus=golden&snapshot={folder.name}&page=overview&sort=title&table=papers&abstracts=yes"
    header = (
        '"paper_id","title","authors","venue","source","published","published_precision","year","url","doi","citations",'
        '"keywords","language","topic_id","topic_number","topic_label","strength","nearest_topic_id","nearest_similarity",'
        '"second_topic_id","margin","x","y","facet_+lab","abstract","corpus","snapshot_id","view"\r\n'
    )
    first = (
        '"a","\'=SUM(""A1"")","Ada L.; -omics group",,"s.csv",2024-03-01,"month",2024,,"10.1000/x",-1,"","en",'
        '"outlier",,"Outliers",0,,,,,0.1,0.0000001,"x; y","first\nline",'
    )
    second = (
        '"b","Plain, with comma","","V","s.csv",,,,"https://example.org/b",,,"k","de","outlier",,"Outliers",0,,,,,-2.5,3,'
        '"","second",'
    )
    tail = f'"golden","{folder.name}","{query}"\r\n'
    assert exports.papers_csv(index, view).decode() == "\ufeff" + header + first + tail + second + tail


@pytest.mark.parametrize("name", [name.replace(" ", "-") for name in VARIANTS])
@pytest.mark.parametrize("table", ["papers", "topics", "trends", "groups", "findings"])
def test_no_cell_of_any_table_can_be_a_formula(variants_store, name, table):
    index = index_snapshot(open_snapshot(variants_store, name))
    content = exports.export(index, view_of(index, table=table, abstracts=True))
    numbers = {"citations", "x", "y", "margin", "strength", "nearest_similarity", "trend_slope", "coherence"}
    numbers |= {"log_odds", "log_odds_low"}
    for row in [*rows_of(content), dict.fromkeys(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))).fieldnames)]:
        for column, cell in row.items():
            for text in (cell, column):
                if text and column not in numbers:
                    assert text.lstrip("' \"\u200b\ufeff")[:1] not in TRIGGERS or text.startswith("'"), (column, text)


def test_hostile_titles_come_back_exactly(hostile):
    rows = rows_of(exports.papers_csv(hostile, view_of(hostile, table="papers", abstracts=True)))
    papers = hostile.papers.set_index("paper_id")
    assert len(rows) == hostile.n_papers == len(ATTACKS) * 2
    for row in rows:
        paper_id = from_csv(row["paper_id"])
        assert from_csv(row["title"]) == papers["title"][paper_id]
        assert from_csv(row["abstract"]) == hostile.snapshot.abstract(hostile.rows_by_id[paper_id])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=20), min_size=1, max_size=4))
def test_any_text_survives_writing_and_reading(texts):
    line = csv_line(texts)
    assert [from_csv(cell) for cell in next(csv.reader(io.StringIO(line, newline="")))] == texts


def test_numbers_stay_numbers(index):
    rows = rows_of(exports.papers_csv(index, view_of(index, table="papers")))
    for row, paper in zip(rows, (index.rows_by_id[r["paper_id"]] for r in rows), strict=True):
        assert np.float32(row["x"]) == index.papers["x"].iloc[paper]
        assert np.float32(row["strength"]) == index.papers["strength"].iloc[paper]
        assert row["citations"] == (
            "" if pd.isna(index.papers["citations"].iloc[paper]) else str(index.papers["citations"].iloc[paper])
        )


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"page": "map", "selection": ((-50, -50), (1, -50), (1, 50), (-50, 50))},
        {"page": "topics", "topic": "outlier", "sort": "title"},
        {"page": "search", "search": "birdsong", "filters": Filters(years=(2020, 2024))},
        {"page": "search", "similar": "p-0001"},
        {"page": "map", "filters": Filters(words="solar"), "list_page": 2},
    ],
)
def test_a_csv_holds_exactly_the_list_in_its_order(index, changes):
    view = view_of(index, table="papers", **changes)
    rows = rows_of(exports.export(index, view))
    expected = index.papers["paper_id"].iloc[paper_rows(index, view)].tolist()
    assert [row["paper_id"] for row in rows] == expected
    assert ("abstract" in rows[0]) == view.abstracts


def test_the_last_columns_lead_back_to_the_same_list(index):
    view = view_of(
        index, page="topics", topic=index.topic_ids[0], filters=Filters(include_undated=False), table="papers"
    )
    rows = rows_of(exports.export(index, view))
    assert list(rows[0])[-3:] == ["corpus", "snapshot_id", "view"]
    assert len({(row["corpus"], row["snapshot_id"], row["view"]) for row in rows}) == 1
    again, notices = view_from_query(parse_qs(rows[0]["view"]), index.facts)
    assert (again, notices) == (replace(view, table=""), [])


def test_every_page_of_a_list_gives_the_same_file(index):
    first = exports.export(index, view_of(index, table="papers"))
    assert exports.export(index, view_of(index, table="papers", list_page=3, viewport=(0, 1, 0, 1))) == first


def test_topics_and_trends_are_those_on_screen(index):
    filters = Filters(years=(2021, 2024))
    mask = matching_rows(index, filters)
    rows = rows_of(exports.export(index, view_of(index, page="topics", filters=filters, topic_sort="label")))
    overview = topic_overview(index, mask, "label")
    assert [(r["label"], int(r["n_papers"])) for r in rows] == list(
        zip(overview["label"], overview["n_papers"], strict=True)
    )
    chosen = index.topic_ids[:2]
    rows = rows_of(exports.export(index, view_of(index, page="trends", filters=filters, topics=chosen)))
    trends = topic_trends(index, mask, chosen)
    assert [(r["period"], r["topic_id"], int(r["n_papers"])) for r in rows] == list(
        zip(trends["period"], trends["topic_id"], trends["n_papers"], strict=True)
    )
    assert [float(r["share_low"]) for r in rows] == trends["share_low"].tolist()


def test_every_number_of_the_topics_table_can_be_counted_from_the_papers(index):
    papers = pd.DataFrame(rows_of(exports.papers_csv(index, view_of(index, table="papers"))))
    topics = pd.DataFrame(rows_of(exports.topics_csv(index, view_of(index, page="topics"))))
    counted = papers["topic_id"].value_counts()
    assert {t: int(n) for t, n in zip(topics["topic_id"], topics["n_papers"], strict=True)} == {
        t: counted.get(t, 0) for t in topics["topic_id"]
    }


# --- limits ----------------------------------------------------------------------------


def test_too_many_rows_are_refused_with_a_way_out(index, monkeypatch):
    monkeypatch.setattr(exports, "SETTINGS", Settings(export_max_rows=10))
    with pytest.raises(ExportError, match="stops at 10"):
        exports.papers_csv(index, view_of(index, table="papers"))
    assert exports.too_large(index, view_of(index), 10) is None


def test_too_many_megabytes_of_abstracts_are_refused(index, monkeypatch):
    monkeypatch.setattr(exports, "SETTINGS", Settings(export_max_bytes=1_000))
    assert "abstracts" in exports.too_large(index, view_of(index, abstracts=True), index.n_papers)
    assert exports.too_large(index, view_of(index), index.n_papers) is None


# --- the command line ---------------------------------------------------------------------


def test_the_command_line_gives_the_bytes_of_the_button(index, variants_store):
    view = view_of(index, page="search", search="birdsong", abstracts=True, filters=Filters(years=(2020, 2024)))
    button = exports.export(index, replace(view, table="papers"))
    assert export_command.export_view(variants_store, query_of(view)) == button
    assert export_command.export_view(variants_store, "http://localhost:8501/?" + query_of(view)) == button
    assert export_command.export_view(variants_store, rows_of(button)[0]["view"]) == button


def test_a_search_by_meaning_is_exported_with_its_similarities(index, variants_store):
    view = view_of(index, page="search", search="songs of warblers and their dialect", mode="meaning")
    encoder = load_query_encoder(index.snapshot.query_encoder_path, variants_store)
    button = exports.export(index, view, encoder.encode(view.search))
    assert export_command.export_view(variants_store, query_of(view)) == button
    similarities = [float(row["similarity"]) for row in rows_of(button)]
    assert similarities == sorted(similarities, reverse=True)
    assert rows_of(button)[0]["topic_label"] == "Bird song dialects"


def test_topics_are_exported_by_id_and_by_number(index, variants_store):
    topic_id = index.topic_ids[1]
    button = exports.export(index, view_of(index, page="topics", topic=topic_id))
    assert export_command.topic_export(variants_store, "tiny", topic_id) == button
    assert export_command.topic_export(variants_store, "tiny", "2") == button
    assert {row["topic_id"] for row in rows_of(export_command.topic_export(variants_store, "tiny", "outlier"))} == {
        "outlier"
    }


def test_a_corpus_is_exported_whole(index, variants_store):
    assert len(rows_of(export_command.corpus_export(variants_store, "tiny"))) == index.n_papers


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("corpus=nowhere", "corpus"),
        ("corpus=tiny&snapshot=20200101T000000Z-aaaaaa", "not in this store any more"),
        ("corpus=tiny&snapshot=../x", "no snapshot"),
        ("corpus=tiny&topic=t-ffffffff", "topic"),
        ("corpus=tiny&venue=Nowhere", "venue"),
        ("corpus=hostile&q=x&mode=meaning&page=search", "eaning"),
    ],
)
def test_a_query_that_cannot_be_followed_exports_nothing(variants_store, query, said):
    with pytest.raises(ExportError, match=said):
        export_command.export_view(variants_store, query)


def test_unknown_topics_and_corpora_are_said_plainly(variants_store):
    with pytest.raises(ExportError, match="no topic '99'"):
        export_command.topic_export(variants_store, "tiny", "99")
    with pytest.raises(ExportError, match="not of 'tiny'"):
        export_command.export_view(variants_store, "corpus=hostile", "tiny")
    with pytest.raises(SnapshotError):
        export_command.corpus_export(variants_store, "nowhere")


def test_file_names_hold_nothing_but_names(hostile):
    name = exports.file_name(view_of(hostile, page="topics", topic=hostile.topic_ids[0]))
    assert name == f"hostile-{hostile.topic_ids[0]}-papers-{hostile.snapshot_id}.csv"


# --- pictures -------------------------------------------------------------------------------


def test_a_picture_needs_nothing_from_the_network():
    page = exports.figure_html(go.Figure(go.Scatter(x=[1], y=[2])), "<b>title</b>", "<i>source</i> & more").decode()
    assert "<title>&lt;b&gt;title&lt;/b&gt;</title>" in page
    assert "&lt;i&gt;source&lt;/i&gt; &amp; more" in page
    assert "<script src" not in page
    assert "<link" not in page
    assert "mathjax" not in page.split("Plotly.newPlot")[-1].lower()


def test_header_cells_are_made_safe_too():
    assert csv_line(["=lab"]) == '"' + for_csv("=lab") + '"'
