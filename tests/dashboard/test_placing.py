"""Where new papers lie: exact on a snapshot made by hand of its own words."""

import csv
import io
from dataclasses import replace

import numpy as np
import pytest

from dashboard.placed_csv import COVERAGE_COLUMNS, PLACED_COLUMNS, coverage_csv, placed_csv
from dashboard.queries import index_snapshot
from dashboard.queries.placing import N_NEAREST, agreement, coverage, known_rows, place, verdict
from dashboard.settings import cache_folder
from dashboard.state import View
from pipeline.duplicates import normalised
from pipeline.embedding.query import load_query_encoder
from pipeline.snapshot import open_snapshot
from tests.snapshots import publish_tiny, publish_variant


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    store = tmp_path_factory.mktemp("placing")
    publish_tiny(store)
    return index_snapshot(open_snapshot(store, "tiny"))


@pytest.fixture(scope="module")
def everything(index):
    return np.ones(index.n_papers, dtype=bool)


def own(index, rows):
    """The vectors of papers of the corpus themselves."""
    return np.asarray(index.snapshot.embeddings[rows], dtype=np.float32)


def placed(index, vectors, mask, titles=None, dois=None):
    n = len(vectors)
    keys = [normalised(title) for title in titles] if titles else [""] * n
    return place(index, vectors, known_rows(index, dois or [None] * n, keys), mask)


def test_the_corpus_own_papers_land_where_the_snapshot_says(index, everything):
    rows = np.arange(index.n_papers)
    placement = placed(index, own(index, rows), everything)
    said = index.papers["nearest_topic_id"]
    assert [index.topic_ids[code] for code in placement.topic_codes] == said.tolist()
    stored = index.papers["nearest_similarity"].to_numpy(dtype=np.float32)
    assert placement.similarities == pytest.approx(stored, abs=2e-3)
    margins = placement.similarities - placement.second_similarities
    assert margins == pytest.approx(index.papers["margin"].to_numpy(dtype=np.float32), abs=4e-3)


def test_nearest_papers_are_the_best_of_a_full_comparison(index, everything):
    rows = np.array([0, 7, 33])
    placement = placed(index, own(index, rows), everything)
    cosines = own(index, rows) @ own(index, np.arange(index.n_papers)).T
    for at in range(3):
        expected = np.sort(cosines[at])[::-1][:N_NEAREST]
        assert placement.nearest_similarities[at] == pytest.approx(expected)
        assert cosines[at, placement.nearest_rows[at]] == pytest.approx(expected)
    assert placement.nearest_rows[:, 0].tolist() == rows.tolist()


def test_filters_narrow_the_nearest_papers(index, everything):
    mask = everything.copy()
    mask[::2] = False
    placement = placed(index, own(index, [0, 1]), mask)
    assert mask[placement.nearest_rows].all()
    nothing = placed(index, own(index, [0]), np.zeros_like(everything))
    assert nothing.nearest_rows.shape == (1, 0)


def test_few_papers_leave_empty_places(index, everything):
    mask = np.zeros_like(everything)
    mask[[3, 4]] = True
    assert sorted(placed(index, own(index, [0]), mask).nearest_rows[0]) == [3, 4]


def test_a_paper_that_is_there_is_known_by_doi_or_title_and_is_not_its_own_neighbour(index, everything):
    with_doi = int(np.flatnonzero(index.papers["doi"].notna())[0])
    titles = [index.papers["title"].iloc[5].upper(), "An entirely different title of many words", ""]
    dois = [None, index.papers["doi"].iloc[with_doi], "10.1000/nowhere"]
    placement = placed(index, own(index, [5, with_doi, 9]), everything, titles, dois)
    assert placement.known_rows.tolist() == [5, with_doi, -1]
    assert 5 not in placement.nearest_rows[0]
    assert with_doi not in placement.nearest_rows[1]


def test_titles_are_known_again_whatever_their_accents_and_script(tmp_path):
    publish_variant(tmp_path, "hostile")
    index = index_snapshot(open_snapshot(tmp_path, "hostile"))
    titles = index.papers["title"]
    keys = [normalised(title) for title in titles]
    rows = known_rows(index, [None] * len(keys), keys)
    for row, key in enumerate(keys):
        assert (keys[rows[row]] == key) if key else rows[row] == -1


def test_far_from_everything_and_between_topics_are_measured_by_the_corpus(index, everything):
    first, second = index.topic_centroids[:2]
    tie = (first + second) / np.linalg.norm(first + second)
    away = np.zeros_like(first)
    stray = -index.topic_centroids.sum(axis=0)
    stray /= np.linalg.norm(stray)
    placement = placed(index, np.stack([first, tie, away, stray]).astype(np.float32), everything)
    assert verdict(placement, 0) == "in a topic"
    assert verdict(placement, 2) == "far from everything"
    assert verdict(placement, 3) == "far from everything"
    assert placement.topic_codes[2] == -1
    assert np.isnan(placement.similarities[2])
    assert (placement.nearest_rows[2] == -1).all()
    assert not (placement.outside & placement.between).any()
    inside = index.topic_codes >= 0
    whole = placed(index, own(index, np.flatnonzero(inside)), everything)
    assert whole.outside.mean() <= 0.12
    assert not (whole.far & ~whole.outside).any()
    assert whole.between.mean() <= 0.16


def test_a_corpus_embedded_by_a_learned_map_makes_allowance_for_it(index, everything):
    embedder = index.snapshot.manifest.embedder.model_copy(update={"detail": {"held_out_cosine": 0.8}})
    manifest = index.snapshot.manifest.model_copy(update={"embedder": embedder})
    mapped = replace(index, snapshot=replace(index.snapshot, manifest=manifest))
    assert (agreement(index), agreement(mapped)) == (1.0, 0.8)
    rows = np.arange(index.n_papers)
    noise = np.random.default_rng(1).normal(size=own(index, rows).shape).astype(np.float32)
    blurred = own(index, rows) + 0.5 * noise / np.linalg.norm(noise, axis=1, keepdims=True)
    blurred /= np.linalg.norm(blurred, axis=1, keepdims=True)
    strict, lenient = placed(index, blurred, everything), placed(mapped, blurred, everything)
    assert lenient.outside.sum() < strict.outside.sum()
    assert not (lenient.outside & ~strict.outside).any()


def test_coverage_counts_the_list_against_the_corpus(index, everything):
    rows = np.flatnonzero(index.topic_codes == 0)[:6]
    placement = placed(index, own(index, rows), everything)
    covered = coverage(index, placement, everything)
    assert covered["n_placed"].sum() == (~placement.outside).sum()
    assert covered["n_papers"].tolist() == [int((index.topic_codes == code).sum()) for code in range(len(covered))]
    assert covered["expected"].to_numpy() == pytest.approx(covered["share"].to_numpy() * 6)
    missed = covered[covered["missed"]]
    assert (missed["n_placed"] == 0).all()
    assert (missed["expected"] >= 1).all()
    assert not covered.loc[(covered["n_placed"] == 0) & (covered["expected"] < 1), "missed"].any()


def test_a_text_lands_in_the_topic_of_its_words(index, everything):
    encoder = load_query_encoder(index.snapshot.query_encoder_path, cache_folder())
    vector = encoder.encode("perovskite solar cell degradation under humidity and encapsulation efficiency")
    placement = placed(index, vector[None, :], everything)
    assert index.topics["label"].iloc[placement.topic_codes[0]].startswith("Solar cell")


@pytest.mark.parametrize("name", ["no papers", "one paper", "no topics", "many topics"])
def test_odd_snapshots_place_what_they_can(tmp_path, name):
    publish_variant(tmp_path, name)
    index = index_snapshot(open_snapshot(tmp_path, name.replace(" ", "-")))
    vectors = np.ones((2, index.snapshot.embeddings.shape[1]), dtype=np.float32)
    placement = placed(index, vectors, np.ones(index.n_papers, dtype=bool))
    assert len(placement) == 2
    if not len(index.topics):
        assert placement.outside.all()
        assert (placement.topic_codes == -1).all()
    assert len(coverage(index, placement, np.ones(index.n_papers, dtype=bool))) == len(index.topics)


# --- CSV --------------------------------------------------------------------------------


def rows_of(content):
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_everything_placed_can_be_taken_away(index, everything):
    view = View("tiny", index.snapshot_id, "place-my-papers", list_page=3)
    titles = [index.papers["title"].iloc[5], "=HYPERLINK(1)"]
    placement = placed(index, own(index, [5, 9]), everything, titles)
    papers = rows_of(placed_csv(index, view, titles, placement))
    assert list(papers[0]) == [*PLACED_COLUMNS, "corpus", "snapshot_id", "view"]
    assert papers[1]["title"] == "'=HYPERLINK(1)"
    assert papers[0]["in_corpus"] == index.papers["paper_id"].iloc[5]
    assert float(papers[1]["nearest_1_similarity"]) == pytest.approx(1, abs=1e-3)
    assert papers[1]["nearest_1_paper_id"] == index.papers["paper_id"].iloc[9]
    assert papers[0]["topic_id"] == index.topic_ids[placement.topic_codes[0]]
    assert papers[0]["view"] == f"corpus=tiny&snapshot={index.snapshot_id}&page=place-my-papers"
    topics = rows_of(coverage_csv(view, coverage(index, placement, everything)))
    assert list(topics[0]) == [*COVERAGE_COLUMNS, "corpus", "snapshot_id", "view"]
    assert sum(int(topic["n_placed"]) for topic in topics) == int((~placement.outside).sum())
    assert {topic["missed"] for topic in topics} <= {"yes", "no"}
