"""Two sets of papers side by side: every number counted by hand, and the page over every kind of snapshot."""

from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from dashboard import export_command, exports
from dashboard.components.compare_ways import side_of
from dashboard.components.side_card import papers_of_side
from dashboard.queries import (
    UNDATED,
    Sides,
    at_dial,
    bridging_papers,
    counted_rows,
    distinctive_words,
    index_snapshot,
    listed_papers,
    matching_rows,
    papers_between_topics,
    periods_of_sides,
    sides_of,
    tied_topics,
    ties,
    topic_mix,
    word_table,
    year_that_halves,
)
from dashboard.queries import side_words as words_module
from dashboard.state import Filters, Side, View, query_of
from dashboard.views.compare import without_parts_of_phrases
from pipeline.intervals import wilson_interval
from pipeline.schema import OUTLIER_TOPIC_ID
from pipeline.snapshot import open_snapshot
from tests.dashboard.test_app import ACTIVE, ATTACKS, CORPORA, texts_of
from tests.dashboard.test_exports import rows_of

APP = Path(__file__).parents[2] / "dashboard" / "app.py"


@pytest.fixture
def index(variants_store):
    return index_snapshot(open_snapshot(variants_store, "tiny"))


def everything(index):
    return np.ones(index.n_papers, dtype=bool)


def masks(index, a, b):
    found = [np.zeros(index.n_papers, dtype=bool) for _ in "ab"]
    found[0][a], found[1][b] = True, True
    return Sides(*found)


# --- who is on which side ---------------------------------------------------------------


def test_a_side_is_a_topic_and_filters_and_a_region_all_at_once(index):
    topic = index.topic_ids[0]
    side = Side(topic, Filters(years=(2021, 2023), include_undated=False))
    sides = sides_of(index, side, Side(filters=Filters(words="solar")), everything(index))
    expected = [
        row
        for row in range(index.n_papers)
        if index.papers["topic_id"][row] == topic and 2021 <= index.years[row] <= 2023
    ]
    assert np.flatnonzero(sides.a).tolist() == expected
    assert sides.b.sum() == matching_rows(index, Filters(words="solar")).sum() > 0


def test_without_a_second_side_it_is_everything_else_that_passes_the_filters(index):
    within = matching_rows(index, Filters(include_undated=False))
    sides = sides_of(index, Side(index.topic_ids[0]), None, within)
    assert not sides.n_both
    assert sides.n[0] + sides.n[1] == within.sum() < index.n_papers


def test_what_is_on_both_sides_tells_nothing_apart(index):
    sides = masks(index, [0, 1, 2, 3], [2, 3, 4])
    assert sides.n == (4, 3)
    assert sides.n_both == 2
    assert [np.flatnonzero(mask).tolist() for mask in sides.apart] == [[0, 1], [4]]
    within = masks(index, [0, 1], [0, 1, 2])
    assert [np.flatnonzero(mask).tolist() for mask in within.apart] == [[0, 1], [2]]
    assert masks(index, [0, 1], [0, 1]).are_the_same
    assert not within.are_the_same


def test_the_papers_of_both_sides_are_the_list_of_the_page(index):
    a, b = Side(filters=Filters(years=(2020, 2022))), Side(filters=Filters(years=(2022, 2025)))
    view = View("tiny", index.snapshot_id, page="compare", side_a=a, side_b=b)
    rows = set(listed_papers(index, view).rows)
    years = index.years
    assert rows == {row for row in range(index.n_papers) if years[row] in (2022, UNDATED)}
    assert len(listed_papers(index, replace(view, side_b=None)).rows) == 0


def test_the_year_that_halves_is_where_the_parts_are_most_alike(index):
    dated = index.years != UNDATED
    year = year_that_halves(index, dated)
    sizes = {y: abs(2 * (index.years[dated] < y).sum() - dated.sum()) for y in range(2021, 2026)}
    assert sizes[year] == min(sizes.values())
    assert year_that_halves(index, index.years == 2022) is None
    assert year_that_halves(index, ~dated) is None


# --- levels of topics, and the dial ---------------------------------------------------------


@pytest.fixture(scope="module")
def levels(variants_store):
    return index_snapshot(open_snapshot(variants_store, "three-levels"))


@pytest.mark.parametrize("dial", ["", "0", "0.6"])
def test_a_side_may_be_a_topic_of_any_level_at_any_setting_of_the_dial(levels, dial):
    dialled = at_dial(levels, dial)
    whole = everything(dialled)
    assert len(dialled.levels) == 3
    for topic_id in [*dialled.snapshot.topics["topic_id"], OUTLIER_TOPIC_ID]:
        expected = dialled.in_topic(topic_id)
        for own in dialled.levels:
            sides = sides_of(own, Side(topic_id), None, whole)
            assert np.array_equal(sides.a, expected)
            assert np.array_equal(sides.b, ~expected)
    for own in dialled.levels:
        mix = topic_mix(own, sides_of(own, Side(filters=Filters(words="solar OR birdsong")), None, whole))
        sizes = dict(zip(own.topic_ids, own.topics["size"], strict=True))
        counted = dict(zip(mix["topic_id"], mix["n_a"] + mix["n_b"], strict=True))
        assert {t: n for t, n in counted.items() if t != OUTLIER_TOPIC_ID} == {t: n for t, n in sizes.items() if n}


def test_words_are_of_papers_so_one_table_of_them_serves_every_setting_and_level(levels):
    table = word_table(levels, np.arange(levels.n_papers))
    for own in at_dial(levels, "0.6").levels:
        again = word_table(own, np.arange(own.n_papers))
        assert again.words == table.words
        assert np.array_equal(again.columns, table.columns)
        side = Side(own.topic_ids[0])
        shared, counted = (distinctive_words(t, sides_of(own, side, None, everything(own))) for t in (table, again))
        pd.testing.assert_frame_equal(shared, counted)
        assert (shared["papers_a"] == own.topics["size"].iloc[0]).all()


@pytest.mark.parametrize("table", ["side-words", "mix", "periods", "bridging", "papers", "pairs", "between"])
def test_files_of_a_comparison_follow_level_and_dial(variants_store, levels, table):
    coarse = levels.at_level(2).topic_ids[0]
    for dial in ("", "0"):
        view = View(
            levels.corpus, levels.snapshot_id, page="compare", side_a=Side(coarse), level=1, dial=dial, table=table
        )
        dialled = at_dial(levels, dial)
        content = exports.export(dialled, view)
        assert export_command.export_view(variants_store, query_of(view)) == content
        if table == "mix":
            rows = rows_of(content)
            own = dialled.at_level(1)
            assert {row["topic_id"] for row in rows} <= {*own.topic_ids, OUTLIER_TOPIC_ID}
            assert sum(int(row["n_a"]) for row in rows) == dialled.in_topic(coarse).sum()


# --- topics, years, bridges -----------------------------------------------------------------


def test_the_mix_is_counted_and_its_intervals_are_those_of_wilson_and_newcombe(index):
    sides = sides_of(
        index, Side(filters=Filters((2020, 2022), False)), Side(filters=Filters((2023, 2025), False)), everything(index)
    )
    mix = topic_mix(index, sides)
    assert (mix["n_a"].sum(), mix["n_b"].sum()) == sides.n
    assert mix["share_a"].sum() == pytest.approx(1)
    assert mix["difference"].abs().is_monotonic_decreasing
    row = mix.iloc[0]
    assert row["n_a"] == ((index.papers["topic_id"] == row["topic_id"]) & sides.a).sum()
    low_a, _ = wilson_interval(row["n_a"], sides.n[0])
    _, high_b = wilson_interval(row["n_b"], sides.n[1])
    assert (row["share_a_low"], row["share_b_high"]) == (low_a, high_b)
    expected = row["difference"] - np.sqrt((row["share_a"] - low_a) ** 2 + (high_b - row["share_b"]) ** 2)
    assert row["difference_low"] == pytest.approx(expected)
    assert row["difference_low"] <= row["difference"] <= row["difference_high"]


def test_newcombe_s_own_example_comes_out():
    # His table II, method 10: 56 of 70 against 48 of 80.
    low, high = wilson_interval([56, 48], [70, 80])
    shares = np.array([56 / 70, 48 / 80])
    assert 0.2 - np.hypot(shares[0] - low[0], high[1] - shares[1]) == pytest.approx(0.0524, abs=5e-5)
    assert 0.2 + np.hypot(high[0] - shares[0], shares[1] - low[1]) == pytest.approx(0.3339, abs=5e-5)


def test_years_are_shares_of_each_side_s_dated_papers(index):
    sides = sides_of(index, Side(index.topic_ids[0]), Side(index.topic_ids[1]), everything(index))
    periods = periods_of_sides(index, sides)
    assert periods["period"].tolist() == list(index.periods)
    for side, mask in (("a", sides.a), ("b", sides.b)):
        dated = mask & (index.years != UNDATED)
        assert periods[f"n_{side}"].sum() == dated.sum()
        assert periods[f"share_{side}"].sum() == pytest.approx(1)
        assert (periods[f"share_{side}_low"] <= periods[f"share_{side}"]).all()


def test_bridging_papers_are_those_nearest_to_the_other_centre(index):
    sides = sides_of(index, Side(index.topic_ids[0]), Side(index.topic_ids[1]), everything(index))
    found = bridging_papers(index, sides, n_most=3)
    embeddings = np.asarray(index.snapshot.embeddings, dtype=np.float64)
    centres = [embeddings[mask].sum(axis=0) for mask in (sides.a, sides.b)]
    centres = [centre / np.linalg.norm(centre) for centre in centres]
    for side, mask, own, other in (("A", sides.a, *centres), ("B", sides.b, *reversed(centres))):
        part = found[found["side"] == side]
        rows = np.flatnonzero(mask)
        expected = rows[np.argsort(-(embeddings[rows] @ other), kind="stable")[:3]]
        np.testing.assert_allclose(part["similarity_other"], embeddings[expected] @ other, atol=1e-4)
        np.testing.assert_allclose(part["similarity_own"], embeddings[part["row"]] @ own, atol=1e-4)


# --- words ----------------------------------------------------------------------------------


def hold(index, word, row):
    text = f"{index.papers['title'][row]} {index.snapshot.abstract(row)}".lower()
    return word in "".join(c if c.isalnum() or c == "-" else " " for c in text).split()


def test_a_word_is_counted_once_for_each_paper_that_holds_it(index):
    table = word_table(index, np.arange(index.n_papers))
    counts = dict(zip(table.words, table.holding(everything(index)), strict=True))
    for word in ("warbler", "solar", "perovskite", "drought"):
        assert counts[word] == sum(hold(index, word, row) for row in range(index.n_papers)), word
    assert min(counts.values()) >= words_module.MIN_HOLDING
    assert not {"the", "and", "of", "we", "|", ""} & set(counts)
    some = np.zeros(index.n_papers, dtype=bool)
    some[:7] = True
    assert table.holding(some)[table.words.index("solar")] == sum(hold(index, "solar", row) for row in range(7))


def test_a_sample_is_counted_alike_and_blocks_make_no_difference(index, monkeypatch):
    rows = np.arange(3, index.n_papers, 2)
    table = word_table(index, rows)
    monkeypatch.setattr(words_module, "_BLOCK", 4)
    again = word_table(index, rows)
    mask = index.topic_codes == 0
    assert dict(zip(table.words, table.holding(mask), strict=True)) == dict(
        zip(again.words, again.holding(mask), strict=True)
    )
    assert table.n_within(mask) == mask[rows].sum()


def test_a_large_snapshot_is_sampled_evenly_from_both_sides(index, monkeypatch):
    sides = sides_of(index, Side(index.topic_ids[0]), None, everything(index))
    assert counted_rows(index, sides) is None
    monkeypatch.setattr(words_module, "MAX_COUNTED", 10)
    monkeypatch.setattr(words_module, "MAX_SAMPLED", 8)
    rows = counted_rows(index, sides)
    assert (sides.a[rows].sum(), sides.b[rows].sum()) == (8, 8)
    assert counted_rows(index, sides).tolist() == rows.tolist() == sorted(set(rows))


def test_the_words_of_two_topics_are_their_own_with_the_odds_of_the_formula(index):
    sides = sides_of(index, Side(index.topic_ids[0]), Side(index.topic_ids[1]), everything(index))
    table = word_table(index, np.arange(index.n_papers))
    words = distinctive_words(table, sides)
    own = set(words.loc[words["side"] == "A", "word"])
    assert own & set(index.topics["keywords"][0])
    assert not own & set(index.topics["keywords"][1])
    assert words["z"].abs().is_monotonic_decreasing
    assert (words["odds_low"] > 1).all()
    assert words["q"].is_monotonic_increasing
    row = words.iloc[0]
    n = sides.n
    prior = 5 * (row["n_a"] + row["n_b"]) / sum(n)
    odds = [(k + prior) / (total - k + 5 - prior) for k, total in ((row["n_a"], n[0]), (row["n_b"], n[1]))]
    variance = sum(
        1 / (k + prior) + 1 / (total - k + 5 - prior) for k, total in ((row["n_a"], n[0]), (row["n_b"], n[1]))
    )
    size = np.log(odds[0] / odds[1])
    assert row["odds_ratio"] == pytest.approx(np.exp(abs(size)))
    assert row["z"] == pytest.approx(size / np.sqrt(variance))
    assert row["odds_low"] == pytest.approx(np.exp(abs(size) - 1.959964 * np.sqrt(variance)))
    swapped = distinctive_words(table, Sides(sides.b, sides.a))
    assert swapped["word"].tolist() == words["word"].tolist()
    np.testing.assert_allclose(swapped["z"], -words["z"])


def test_halves_drawn_by_lot_have_hardly_a_word_of_their_own(variants_store):
    index = index_snapshot(open_snapshot(variants_store, "tiny"))
    table = word_table(index, np.arange(index.n_papers))
    random = np.random.default_rng(3)
    found = 0
    for _ in range(20):
        a = random.random(index.n_papers) < 0.5
        found += (distinctive_words(table, Sides(a, ~a))["q"] <= 0.05).sum()
    assert found <= 2


def test_nothing_is_said_of_the_words_of_four_papers(index):
    table = word_table(index, np.arange(index.n_papers))
    sides = masks(index, np.arange(4), np.arange(4, index.n_papers))
    assert len(distinctive_words(table, sides)) == 0


def test_a_word_that_mostly_stands_in_a_phrase_is_left_to_it(index):
    table = word_table(index, np.arange(index.n_papers))
    sides = sides_of(index, Side(index.topic_ids[0]), None, everything(index))
    words = distinctive_words(table, sides).head(3).reset_index(drop=True)
    words["word"] = ["graph", "graph network", "network"]
    words[["side", "n_a"]] = "A", 10
    words.loc[2, "n_a"] = 13
    assert without_parts_of_phrases(words)["word"].tolist() == ["graph network", "network"]


# --- between topics -------------------------------------------------------------------------


@pytest.mark.parametrize("filters", [Filters(), Filters(include_undated=False)])
def test_tied_papers_are_those_with_a_neighbour_in_the_other_topic(index, monkeypatch, filters):
    monkeypatch.setattr(ties, "MIN_TIED", 1)
    mask = matching_rows(index, filters)
    tied = tied_topics(index, mask)
    assert tied["n_tied"].is_monotonic_decreasing
    codes, neighbours = index.topic_codes, index.snapshot.neighbours
    since = year_that_halves(index, mask)
    for pair in tied.to_dict("records"):
        a, b = (index.topic_code_of[pair[name]] for name in ("topic_a", "topic_b"))
        papers = [row for row in np.flatnonzero(mask) if codes[row] in (a, b)]
        found = [
            row
            for row in papers
            if any(n >= 0 and mask[n] and codes[n] in (a, b) and codes[n] != codes[row] for n in neighbours[row])
        ]
        assert (pair["n_papers"], pair["n_tied"]) == (len(papers), len(found))
        assert pair["tied_since"] == sum(index.years[row] >= since for row in found)
        assert pair["n_before"] == sum(0 <= index.years[row] < since for row in papers)
        assert pair["share_low"] <= pair["share"] <= pair["share_high"]
        assert pair["difference_low"] <= pair["difference"] <= pair["difference_high"]


def test_papers_between_topics_have_the_smallest_margins(index):
    rows = papers_between_topics(index, everything(index), n_most=5)
    margins = index.papers["margin"]
    assert margins.iloc[rows].tolist() == sorted(margins.dropna())[:5]


@pytest.mark.parametrize("table", ["pairs", "between"])
def test_what_lies_between_topics_can_be_taken_away(variants_store, index, table):
    view = View("tiny", index.snapshot_id, page="compare", table=table)
    content = exports.export(index, view)
    assert export_command.export_view(variants_store, query_of(view)) == content
    assert table in exports.file_name(view)


# --- taking it away ------------------------------------------------------------------------


@pytest.mark.parametrize("table", ["side-words", "mix", "periods", "bridging", "papers"])
def test_every_list_of_a_comparison_is_the_same_file_by_link(variants_store, index, table):
    a = Side(filters=Filters(words="solar OR birdsong OR manuscript"))
    b = Side(filters=Filters(words="birdsong OR groundwater"))
    view = View("tiny", index.snapshot_id, page="compare", side_a=a, side_b=b, table=table)
    content = exports.export(index, view)
    rows = rows_of(content)
    assert rows
    assert export_command.export_view(variants_store, rows[0]["view"]) == content
    assert export_command.export_view(variants_store, query_of(view)) == content
    assert parse_qs(rows[0]["view"])["a"] == ["words=solar+OR+birdsong+OR+manuscript"]
    assert table in exports.file_name(view)


@pytest.mark.parametrize("table", ["side-words", "mix", "periods", "bridging"])
def test_a_table_of_a_comparison_without_sides_is_the_page_s_own_list(index, table):
    view = View("tiny", index.snapshot_id, page="compare", table=table)
    assert exports.table_of(view) == "papers"
    assert len(rows_of(exports.export(index, view))) == index.n_papers


@pytest.mark.parametrize("table", ["side-words", "mix", "periods", "bridging"])
def test_no_cell_of_a_comparison_can_be_a_formula(variants_store, table):
    hostile = index_snapshot(open_snapshot(variants_store, "hostile"))
    view = View("hostile", hostile.snapshot_id, page="compare", side_a=Side(hostile.topic_ids[0]), table=table)
    for row in rows_of(exports.export(hostile, view)):
        assert not any(cell[:1] in tuple("=+@\t\r") for cell in row.values())


# --- ways in and out -------------------------------------------------------------------------


def test_what_is_on_screen_becomes_a_side(index):
    view = View("tiny", index.snapshot_id, page="search", search="solar", filters=Filters(years=(2020, 2021)))
    assert side_of(view) == Side(filters=Filters(years=(2020, 2021), words="solar"))
    assert not side_of(replace(view, search="", filters=Filters()))
    assert side_of(replace(view, page="topics", topic="t-1")).topic == "t-1"


def test_the_papers_of_a_side_are_listed_where_filters_can_say_it(index):
    view = View("tiny", index.snapshot_id, page="compare", side_a=Side(index.topic_ids[0]))
    listed = papers_of_side(view, view.side_a)
    assert (listed.page, listed.topic, listed.side_a) == ("topics", index.topic_ids[0], None)
    both = view.with_filters(words="solar")
    assert papers_of_side(both, Side(filters=Filters(words="cell"))) is None
    assert papers_of_side(view, None) is None


# --- the page ----------------------------------------------------------------------------------


@pytest.fixture
def open_compare(variants_store, monkeypatch):
    monkeypatch.setenv("TOPIC_EXPLORER_STORE", str(variants_store))

    def open_page(corpus="tiny", **params):
        app = AppTest.from_file(str(APP), default_timeout=60)
        app.query_params.update({"corpus": corpus, "page": "compare", **params})
        app.run()
        assert not app.exception
        assert [error.value for error in app.error] == []
        return app

    return open_page


def text_on(app):
    return "\n".join(text for _, text in texts_of(app))


@pytest.mark.parametrize("corpus", CORPORA)
def test_every_snapshot_can_be_compared(open_compare, variants_store, corpus):
    index = index_snapshot(open_snapshot(variants_store, corpus))
    sides = ["words=a*", "undated=no"] + [f"topic={topic_id}" for topic_id in index.topic_ids[:1]]
    for a in sides:
        open_compare(corpus, a=a)
        open_compare(corpus, a=a, b="words=the")


def test_a_comparison_says_how_many_papers_each_side_has(open_compare, index):
    a, b = index.topic_ids[:2]
    page = text_on(open_compare(a=f"topic={a}", b=f"topic={b}"))
    sizes = index.topics["size"]
    assert f"**{sizes[0]}** papers" in page
    assert f"**{sizes[1]}** papers" in page
    assert "No paper is on both sides." in page
    assert f"Counted: {sizes[0]} papers of A and {sizes[1]} of B." in page
    assert "sample" not in page
    assert "marked ? may be chance" in page


@pytest.mark.parametrize(
    ("sides", "said"),
    [
        ({"a": "words=xyzzy", "b": "words=solar"}, "Side A holds no paper"),
        ({"a": "words=xyzzy", "b": "words=plugh"}, "Neither side holds a paper"),
        ({"a": "words=solar", "b": "words=SOLAR"}, "exactly the same papers"),
        ({"a": "words=solar", "words": "xyzzy"}, "No paper passes the filters"),
        ({"a": "words=%22part+1%22", "b": "words=solar"}, "Too few papers to say"),
    ],
)
def test_what_cannot_be_compared_is_said_in_a_sentence(open_compare, sides, said):
    assert said in text_on(open_compare(**sides))


def test_the_empty_page_offers_a_way_to_start_and_a_menu_builds_a_side(open_compare, index):
    app = open_compare()
    assert "Choose what to compare" in text_on(app)
    app.selectbox[-1].set_value(index.topic_ids[0]).run()
    assert app.query_params["a"] == f"topic={index.topic_ids[0]}"
    assert "Everything else" in text_on(app)
    words = next(box for box in app.text_input if box.key.startswith("side-b-words"))
    words.set_value("solar $x$ =cmd()").run()
    assert app.query_params["b"] == "words=solar+%24x%24+%3Dcmd%28%29"
    words = next(box for box in app.text_input if box.key.startswith("side-b-words"))
    words.set_value("solar OR cell").run()
    app.button(key="swap").click().run()
    assert app.query_params["b"] == f"topic={index.topic_ids[0]}"
    app.button(key="side-b-clear").click().run()
    assert "b" not in app.query_params


def test_a_topic_and_the_filters_lead_to_a_comparison(variants_store, monkeypatch, index):
    monkeypatch.setenv("TOPIC_EXPLORER_STORE", str(variants_store))
    app = AppTest.from_file(str(APP), default_timeout=60)
    app.query_params.update({"corpus": "tiny", "page": "topics", "topic": index.topic_ids[0]})
    app.run()
    app.button(key="topic-compare").click().run()
    assert (app.query_params["page"], app.query_params["a"]) == ("compare", f"topic={index.topic_ids[0]}")
    app = AppTest.from_file(str(APP), default_timeout=60)
    app.query_params.update({"corpus": "tiny", "page": "trends", "years": "2022-2024"})
    app.run()
    app.button(key="compare-before").click().run()
    assert app.query_params["a"] == "years=2022-2024&undated=no"
    assert app.query_params["b"] == "years=2020-2021&undated=no"
    assert "years" not in app.query_params
    assert not app.error


@pytest.mark.parametrize("dial", ["", "0"])
def test_another_level_keeps_the_sides_and_shows_its_own_topics(open_compare, levels, dial):
    coarse = levels.at_level(2).topic_ids[0]
    index = at_dial(levels, dial)
    params = {"dial": dial} if dial else {}
    app = open_compare("three-levels", a=f"topic={coarse}", **params)
    assert f"**{index.in_topic(coarse).sum():,}** papers" in text_on(app)
    topic = next(box for box in app.selectbox if box.key.startswith("side-a-topic"))
    assert topic.value == coarse
    app.button_group(key="level").set_value(1).run()
    assert not app.exception
    assert (app.query_params["level"], app.query_params["a"]) == ("1", f"topic={coarse}")
    topic = next(box for box in app.selectbox if box.key.startswith("side-b-topic"))
    topic.set_value(levels.at_level(1).topic_ids[-1]).run()
    assert app.query_params["b"] == f"topic={levels.at_level(1).topic_ids[-1]}"
    assert not app.error


def test_a_coarse_topic_leads_to_a_comparison(open_compare, levels):
    coarse = levels.at_level(1).topic_ids[0]
    app = open_compare("three-levels", page="hierarchy", topic=coarse)
    app.button(key="hierarchy-compare").click().run()
    assert (app.query_params["page"], app.query_params["a"]) == ("compare", f"topic={coarse}")
    assert "topic" not in app.query_params
    app.button(key="side-a-papers").click().run()
    assert (app.query_params["page"], app.query_params["topic"]) == ("hierarchy", coarse)
    assert not app.error


def test_a_reading_list_is_no_side(open_compare):
    keys = [button.key for button in open_compare(page="reading-list", years="2022-2024").button]
    assert "compare-rest" not in keys


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: repr(attack)[:14])
def test_an_attack_as_a_side_is_left_out_and_said(open_compare, attack):
    app = open_compare(a=attack, b=attack)
    assert any("side A" in warning.value for warning in app.warning)
    assert "a" not in app.query_params


def test_hostile_papers_put_nothing_active_on_the_page(open_compare, variants_store):
    index = index_snapshot(open_snapshot(variants_store, "hostile"))
    for sides in (
        {"a": f"topic={index.topic_ids[0]}"},
        {"a": "words=x", "b": "words=%3Cimg+src%3Dx+onerror%3Dalert%281%29%3E+%24x%24"},
        {"a": "undated=no", "b": f"topic={index.topic_ids[1]}"},
    ):
        app = open_compare("hostile", **sides)
        for element, text in texts_of(app):
            if element.type != "text":
                assert not ACTIVE.search(text), (sides, element.type, text)
