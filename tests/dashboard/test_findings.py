"""What is worth knowing about a corpus: only what its numbers carry, each with a way to the evidence."""

import csv
import io
import math
from dataclasses import replace
from datetime import date
from urllib.parse import parse_qs

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from dashboard import export_command, exports
from dashboard.findings_table import COLUMNS
from dashboard.permalinks import view_from_query
from dashboard.queries import KINDS, findings, index_snapshot, listed_papers
from dashboard.queries.finding import contrast
from dashboard.queries.findings import _ranked
from dashboard.queries.topic_findings import topic_findings
from dashboard.queries.within_venues import change_within_venues
from dashboard.state import View, query_of
from pipeline.snapshot import open_snapshot
from tests.dashboard.test_app import APP, texts_of, words_on
from tests.snapshot_assembly import assemble
from tests.snapshots import VARIANTS, publish_contents

CORPORA = [name.replace(" ", "-") for name in VARIANTS]
YEARS = range(2010, 2022)


def index_of(store, corpus="tiny"):
    return index_snapshot(open_snapshot(store, corpus))


def telling_contents():
    """480 papers, 40 a year: one topic grows by one a year, one shrinks so, one has a venue of its own."""
    records, labels = [], []
    for n_years, year in enumerate(YEARS):
        for label, n_papers in ((0, n_years), (1, 12 - n_years), (2, 14), (-1, 14)):
            for i in range(n_papers):
                venue = "Own Venue" if label == 2 and i % 2 else "Old Hall" if i % 3 else "New Hall"
                records.append(
                    {
                        "paper_id": f"p{len(records):04d}", "title": f"Paper {len(records)} on strand {label}",
                        "authors": [], "venue": venue, "source": "made.csv", "published": date(year, 1, 1),
                        "published_precision": "year", "url": None, "doi": None, "citations": None, "keywords": [],
                        "language": "en",
                    }
                )  # fmt: skip
                labels.append(label)
    names, words = ["Kites", "Looms", "Salt pans"], [["kite"], ["loom"], ["salt"]]
    texts = [f"What strand {label} says of paper {i}." for i, label in enumerate(labels)]
    return assemble(pd.DataFrame(records), texts, np.array(labels), names, words, seed=1)


@pytest.fixture(scope="module")
def telling(tmp_path_factory):
    store = tmp_path_factory.mktemp("telling") / "store"
    publish_contents(store, telling_contents(), "telling")
    return index_of(store, "telling")


def by_kind(found):
    return {finding.kind: finding for finding in found}


# --- what is said --------------------------------------------------------------------------


def test_each_sentence_has_its_numbers(telling):
    found = by_kind(findings(telling))
    assert found["corpus"].text == (
        "480 papers from 2010 to 2021 in 3 topics; 168 of 480 (35%) are outside every topic."
    )
    assert found["changes"].text == "Of 3 topics tested, 2 change clearly over time: 1 rising and 1 fading."
    assert found["rising"].text == "“Kites” rises: 51 of 240 papers (21%) since 2016, 15 of 240 (6.2%) before."
    assert found["fading"].text == "“Looms” fades: 21 of 240 papers (8.8%) since 2016, 57 of 240 (24%) before."
    assert found["group"].text == (
        "“Salt pans” stands out by venue: 84 of 168 papers (50%) have “Own Venue”, against 84 of 480 (18%) of the "
        "corpus."
    )
    assert found["rising"].caveat.startswith("Odds ×1.2")
    assert (
        "adjusted p < 0.001 among 3 topics tested. Venue by venue the odds change likewise: ×" in found["rising"].caveat
    )
    assert found["rising"].leads_to == View("telling", telling.snapshot_id, "topics", topic=found["rising"].topic_id)


def test_the_corpus_and_its_changes_come_first_and_caveats_last(telling):
    kinds = [finding.kind for finding in findings(telling)]
    assert kinds[:2] == ["corpus", "changes"]
    assert kinds.index("stability") == len(kinds) - 1
    on_topics = [finding for finding in findings(telling) if finding.kind in ("rising", "fading", "group", "largest")]
    assert [finding.interest for finding in on_topics] == sorted((f.interest for f in on_topics), reverse=True)


@pytest.mark.parametrize("corpus", CORPORA)
def test_there_are_at_most_ten_no_kind_or_topic_too_often_and_every_link_holds(variants_store, corpus):
    index = index_of(variants_store, corpus)
    found = findings(index)
    assert len(found) <= 10
    assert all(finding.kind in KINDS and finding.text.endswith(".") for finding in found)
    kinds = [finding.kind for finding in found]
    assert max((kinds.count(kind) for kind in kinds), default=0) <= 2
    for finding in found:
        again, notices = view_from_query(parse_qs(query_of(finding.leads_to)), index.facts)
        assert notices == []
        assert again == finding.leads_to


def test_a_topic_that_a_burst_or_a_link_is_about_is_told_once(telling):
    twice = [replace(finding, topic_id="t-0") for finding in topic_findings(telling)]
    assert len(_ranked(twice)) == 1
    assert _ranked(twice)[0].interest == max(finding.interest for finding in twice)


def test_what_is_not_clear_is_not_said(variants_store):
    said = {
        finding.kind
        for corpus in ("tiny", "no-dates", "one-period")
        for finding in findings(index_of(variants_store, corpus))
    }
    assert not said & {"rising", "fading", "new", "burst", "group", "closer", "cited"}
    assert findings(index_of(variants_store, "no-papers"))[0].kind == "records"
    dateless = by_kind(findings(index_of(variants_store, "no-dates")))
    assert dateless["undated"].text == "No paper has a date, so nothing can be said of change over time."
    assert "changes" not in dateless


def test_a_year_of_many_papers_is_said_with_the_venue_behind_it(telling, tmp_path):
    contents = telling_contents()
    papers = contents.papers
    late = papers["year"] == 2021
    extra = pd.concat(
        [papers[late].assign(paper_id=[f"{n}-{i}" for i in papers.loc[late, "paper_id"]]) for n in range(3)]
    )
    extra = extra.assign(venue="Big Meeting")
    papers = pd.concat([papers, extra], ignore_index=True).drop(columns=["topic_id"])
    n = len(papers)
    publish_contents(tmp_path, assemble(papers, ["Some text."] * n, np.full(n, -1), [], [], seed=1), "jumping")
    index = index_of(tmp_path, "jumping")
    jump = by_kind(findings(index))["jump"]
    assert jump.text == (
        "The corpus jumps from 40 papers in 2020 to 160 in 2021 (×4.0). “Big Meeting” alone goes from 0 to 120."
    )
    assert len(listed_papers(index, jump.leads_to).rows) == 160


# --- how it is weighed -----------------------------------------------------------------------


def test_a_contrast_is_of_shrunken_log_odds_and_wider_among_many():
    one = contrast(30, 100, 100, 1000)
    cells = (30.5, 70.5, 100.5, 900.5)
    counted = math.log(cells[0] * cells[3] / cells[1] / cells[2])
    variance = sum(1 / cell for cell in cells)
    mean, deviation = counted / (1 + variance), math.sqrt(variance / (1 + variance))
    assert one.odds == pytest.approx(math.exp(mean))
    assert one.odds_low == pytest.approx(math.exp(mean - 1.959964 * deviation))
    assert one.odds_high == pytest.approx(math.exp(mean + 1.959964 * deviation))
    assert one.strength == pytest.approx(math.log2(one.odds_low))
    assert one.interest == pytest.approx(one.strength * math.sqrt(30))
    among = contrast(30, 100, 100, 1000, 50)
    assert among.odds == one.odds
    assert among.odds_low == pytest.approx(math.exp(mean - 3.290527 * deviation), rel=1e-6)
    fewer = contrast(100, 1000, 30, 100)
    assert fewer.strength == pytest.approx(one.strength)
    assert fewer.interest == pytest.approx(one.interest)
    assert contrast(10, 100, 100, 1000).strength == 0
    assert contrast(0, 0, 0, 0).strength == 0


def test_change_within_venues_is_that_of_mantel_and_haenszel(telling):
    table = change_within_venues(telling, np.ones(telling.n_papers, dtype=bool), 2016)
    up = down = part_1 = part_2 = part_3 = 0.0
    frame = telling.papers.assign(late=telling.years >= 2016)
    topic_id = telling.topic_ids[2]
    for _, papers in frame.groupby("venue"):
        inside = papers["topic_id"] == topic_id
        a, b = (inside & papers["late"]).sum(), (inside & ~papers["late"]).sum()
        c, d = (~inside & papers["late"]).sum(), (~inside & ~papers["late"]).sum()
        n = a + b + c + d
        agree, differ, r, s = (a + d) / n, (b + c) / n, a * d / n, b * c / n
        up, down = up + r, down + s
        part_1, part_2, part_3 = part_1 + agree * r, part_2 + agree * s + differ * r, part_3 + differ * s
    spread = 1.959964 * math.sqrt(part_1 / (2 * up**2) + part_2 / (2 * up * down) + part_3 / (2 * down**2))
    assert table["odds"].iloc[2] == pytest.approx(up / down)
    assert table["odds_low"].iloc[2] == pytest.approx(up / down * math.exp(-spread))
    assert table["odds_high"].iloc[2] == pytest.approx(up / down * math.exp(spread))


def test_where_venues_cannot_be_compared_nothing_is_said_of_them(telling, variants_store):
    everything = np.ones(telling.n_papers, dtype=bool)
    assert change_within_venues(telling, everything, 2010) is None  # nothing before
    assert change_within_venues(telling, ~everything, 2016) is None
    bare = index_of(variants_store, "no-venues")
    assert change_within_venues(bare, np.ones(bare.n_papers, dtype=bool), 2023) is None


# --- taking it away ----------------------------------------------------------------------------


@pytest.mark.parametrize("corpus", CORPORA)
def test_the_file_has_every_finding_with_its_numbers_and_its_link(variants_store, corpus):
    index = index_of(variants_store, corpus)
    view = View(index.corpus, index.snapshot_id, table="findings")
    content = exports.export(index, view)
    assert export_command.export_view(variants_store, query_of(view)) == content
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    found = findings(index)
    assert [row["kind"] for row in rows] == [finding.kind for finding in found]
    for row, finding in zip(rows, found, strict=True):
        assert list(row) == [*COLUMNS, "corpus", "snapshot_id", "view"]
        assert row["link"] == query_of(finding.leads_to)
        assert row["n_papers"] == (str(finding.contrast.n) if finding.contrast else "")
        assert row["finding"].lstrip("'") == finding.text


def test_with_the_dial_elsewhere_nothing_is_exported_rather_than_something_else(variants_store):
    index = index_of(variants_store)
    with pytest.raises(exports.ExportError, match="leave dial out"):
        exports.export(index, View(index.corpus, index.snapshot_id, dial="0", table="findings"))


# --- on the page ---------------------------------------------------------------------------------


@pytest.fixture
def open_overview(variants_store, monkeypatch):
    monkeypatch.setenv("TOPIC_EXPLORER_STORE", str(variants_store))

    def open_page(corpus="tiny", **params):
        app = AppTest.from_file(str(APP), default_timeout=30)
        app.query_params.update({"corpus": corpus, **params})
        return app.run()

    return open_page


def test_the_overview_has_them_and_says_that_filters_do_not_change_them(open_overview):
    app = open_overview()
    assert "Worth knowing" in [heading.value for heading in app.subheader]
    assert "What changes" not in [heading.value for heading in app.subheader]
    assert any(button.key == "overview-findings-csv" for button in app.get("download_button"))
    note = "Of the whole corpus as it was fitted"
    assert note not in words_on(app)
    for changed in ({"years": "2021-2023"}, {"dial": "0"}):
        app = open_overview(**changed)
        assert not app.exception
        assert note in words_on(app)


def test_a_small_corpus_says_that_it_carries_no_more(open_overview):
    assert "carry no more than that" in words_on(open_overview("one-period"))
    assert "carry no more" not in words_on(open_overview("tiny"))


def test_hostile_names_are_quoted_on_one_line(variants_store, open_overview):
    for finding in findings(index_of(variants_store, "hostile")):
        assert "\n" not in finding.text + finding.caveat
        assert "\u202e" not in finding.text + finding.caveat
        assert len(finding.text) < 600
    app = open_overview("hostile")
    assert not app.exception
    assert all("<img" not in text.replace("\\<", "") for element, text in texts_of(app) if element.type != "text")
