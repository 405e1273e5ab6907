"""Venues and facets of a topic against the corpus."""

import csv
import io
import math
from dataclasses import replace

import numpy as np
import pytest

from dashboard import export_command, exports
from dashboard.queries import Values, group_kinds, index_snapshot, matching_rows, topic_groups
from dashboard.state import NO_FILTERS, Filters, View
from pipeline.schema import OUTLIER_TOPIC_ID
from pipeline.snapshot import open_snapshot
from tests.snapshots import VARIANTS

CORPORA = [name.replace(" ", "-") for name in VARIANTS]


def index_of(store, corpus="tiny"):
    return index_snapshot(open_snapshot(store, corpus))


@pytest.mark.parametrize("filters", [NO_FILTERS, Filters(years=(2020, 2022)), Filters(words="birdsong")])
def test_shares_are_of_the_papers_for_which_it_is_known(variants_store, filters):
    index = index_of(variants_store)
    mask = matching_rows(index, filters)
    for topic_id in (*index.topic_ids, OUTLIER_TOPIC_ID):
        mine = index.papers[mask & (index.papers["topic_id"] == topic_id).to_numpy()]
        for kind, column in (("venue", "venue"), ("countries", "facet_countries")):
            all_values = index.papers[mask][column].explode().dropna()
            values = mine[column].explode().dropna()
            table = topic_groups(index, kind, mask, topic_id)
            assert set(table["group"]) == set(all_values)
            for row in table.to_dict("records"):
                assert row["n_papers"] == (values == row["group"]).sum()
                assert row["n_all"] == (all_values == row["group"]).sum()
                assert row["n_with"] == values.index.nunique()
                assert row["n_all_with"] == all_values.index.nunique()
                assert row["share"] == row["n_papers"] / max(row["n_with"], 1)
                assert row["share_all"] == row["n_all"] / row["n_all_with"]


def test_the_log_odds_are_drawn_towards_none_by_how_uncertain_they_are(variants_store):
    index = index_of(variants_store)
    table = topic_groups(index, "venue", np.ones(index.n_papers, dtype=bool), index.topic_ids[0])
    for row in table.to_dict("records"):
        cells = (row["n_papers"], row["n_with"] - row["n_papers"], row["n_all"], row["n_all_with"] - row["n_all"])
        here, elsewhere, of_all, of_none = (n + 0.5 for n in cells)
        counted = math.log(here * of_none / elsewhere / of_all)
        variance = 1 / here + 1 / elsewhere + 1 / of_all + 1 / of_none
        assert row["log_odds"] == pytest.approx(counted / (1 + variance), abs=1e-6)
        low = counted / (1 + variance) - 1.645 * math.sqrt(variance / (1 + variance))
        assert row["log_odds_low"] == pytest.approx(low, abs=1e-6)
    assert (np.diff(table["log_odds_low"]) <= 0).all()


def test_a_venue_of_one_paper_comes_after_one_of_many(variants_store):
    contents_venues = np.array(["Once"] + ["Often"] * 60 + ["Elsewhere"] * 240, dtype=object)
    index = index_of(variants_store, "many-topics")
    n = index.n_papers
    assert n >= 301
    names, codes = np.unique(contents_venues, return_inverse=True)
    order = np.argsort(codes, kind="stable")
    venues = Values(
        tuple(names),
        np.arange(301, dtype=np.int32)[order],
        codes[order].astype(np.int32),
        np.searchsorted(codes[order], np.arange(4)).astype(np.int64),
    )
    topic_codes = np.where(np.arange(n) < 61, 0, 1).astype(np.int32)
    made = replace(index, venues=venues, topic_codes=topic_codes)
    table = topic_groups(made, "venue", np.ones(n, dtype=bool), made.topic_ids[0])
    assert table["group"].tolist() == ["Often", "Once", "Elsewhere"]
    assert table["n_papers"].tolist() == [60, 1, 0]
    everything = topic_groups(made, "venue", np.arange(n) < 61, made.topic_ids[0])
    assert everything["log_odds"].tolist() == [0.0, 0.0]


@pytest.mark.parametrize("corpus", CORPORA)
def test_every_topic_of_every_snapshot_has_finite_numbers(variants_store, corpus):
    index = index_of(variants_store, corpus)
    for mask in (np.ones(index.n_papers, dtype=bool), np.zeros(index.n_papers, dtype=bool)):
        for kind in group_kinds(index):
            for topic_id in (*index.topic_ids, OUTLIER_TOPIC_ID):
                table = topic_groups(index, kind, mask, topic_id)
                assert np.isfinite(
                    table[["share", "share_all", "log_odds", "log_odds_low"]].to_numpy(dtype=float)
                ).all()


def test_the_file_holds_what_the_page_compares(variants_store):
    index = index_of(variants_store)
    topic_id = index.topic_ids[1]
    view = View("tiny", index.snapshot_id, "topics", topic=topic_id, table="groups")
    content = exports.export(index, view)
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    tables = [topic_groups(index, kind, matching_rows(index, NO_FILTERS), topic_id) for kind in group_kinds(index)]
    assert [row["group"] for row in rows] == [value for table in tables for value in table["group"]]
    assert [int(row["n_papers"]) for row in rows] == [n for table in tables for n in table["n_papers"]]
    assert export_command.export_view(variants_store, rows[0]["view"]) == content
    assert exports.file_name(view).startswith(f"tiny-{topic_id}-groups")
