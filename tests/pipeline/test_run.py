"""The whole line: real files in, a published snapshot out, on real models."""

from __future__ import annotations

import json
import os
import random
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.cluster import KMeans
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics import adjusted_rand_score

from pipeline import snapshot
from pipeline.planted import planted_papers
from pipeline.run import RunError, fit
from pipeline.schema import OUTLIER_TOPIC_ID
from pipeline.settings import RunSettings, TopicSettings

N_AREAS = 12


def write_jsonl(path: Path, records: list[dict]) -> Path:
    path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def records():
    return list(planted_papers(1200, N_AREAS, seed=1))


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    return tmp_path_factory.mktemp("run")


@pytest.fixture(scope="module")
def planted(place, records):
    """The planted corpus, fitted as ``topic-explorer fit --facet countries`` would."""
    file = write_jsonl(place / "planted.jsonl", records)
    settings = RunSettings(facets=("countries", "planted_topic"))
    result = fit([file], "planted", place / "store", place / "cache", settings)
    return result, snapshot.open_snapshot(place / "store", "planted")


def test_planted_topics_are_recovered_better_than_by_k_means(planted, records):
    _, opened = planted
    truth = {record["id"]: record["planted_topic"] for record in records}
    labels = [truth[paper_id] for paper_id in opened.papers["paper_id"]]
    ours = adjusted_rand_score(labels, opened.papers["topic_id"])
    by_id = {record["id"]: record["title"] + ". " + record["abstract"] for record in records}
    words = TfidfVectorizer(stop_words="english", sublinear_tf=True).fit_transform(
        [by_id[paper_id] for paper_id in opened.papers["paper_id"]]
    )
    k_means = adjusted_rand_score(labels, KMeans(N_AREAS, n_init=4, random_state=0).fit_predict(words))
    assert ours >= 0.9
    assert ours > k_means


def test_every_record_is_accounted_for(planted, records):
    result, opened = planted
    manifest = result.manifest
    assert manifest.papers_read == len(records)
    assert manifest.papers_read == manifest.papers_kept + sum(manifest.dropped.values())
    assert len(opened.papers) == manifest.papers_kept
    finest = opened.topics[opened.topics["level"] == 0]
    assert finest["size"].sum() + manifest.n_outliers == manifest.papers_kept


def test_planted_trends_are_seen(planted, records):
    _, opened = planted
    course = {record["planted_topic"]: record["planted_course"] for record in records}
    papers = opened.papers
    seen = {}
    for topic in opened.topics[opened.topics["level"] == 0].itertuples():
        members = papers[papers["topic_id"] == topic.topic_id]
        areas = [values[0] for values in members["facet_planted_topic"]]
        area = max(set(areas), key=areas.count)
        if areas.count(area) > 0.8 * len(areas) and len(areas) >= 60:
            seen[area] = (course[area], topic.trend_class)
    rising = [found for planted_course, found in seen.values() if planted_course == "rising"]
    assert len(rising) >= 2
    assert rising.count("rising") + rising.count("new") >= len(rising) - 1
    assert "rising" not in [found for planted_course, found in seen.values() if planted_course == "fading"]


def test_coarser_topics_have_names_of_their_own_and_no_trends(planted):
    _, opened = planted
    finest, coarser = (opened.topics[opened.topics["level"] == level] for level in (0, 1))
    assert 2 <= len(coarser) <= len(finest) / 3
    assert opened.topics["label"].str.lower().is_unique
    assert coarser["trend_class"].isna().all()
    assert set(opened.trends["topic_id"]) <= {*finest["topic_id"], OUTLIER_TOPIC_ID}
    assert set(opened.term_trends["topic_id"]) <= set(finest["topic_id"])
    assert set(opened.papers["topic_level_1"]) <= {*coarser["topic_id"], OUTLIER_TOPIC_ID}


def test_manifest_says_how_it_was_made(planted):
    manifest = planted[0].manifest
    assert manifest.settings["embedder"] == "auto"
    assert manifest.embedder.dimensions == 384
    assert manifest.query_encoder == "minilm"
    assert {facet.name for facet in manifest.facets} == {"countries", "planted_topic"}
    assert manifest.stages[0].name == "read and clean"
    assert sum(stage.seconds for stage in manifest.stages) <= manifest.seconds
    assert manifest.peak_memory_mb > 100
    assert len(manifest.inputs[0].sha256) == 64


def test_neighbours_share_the_planted_area(planted, records):
    _, opened = planted
    truth = {record["id"]: record["planted_topic"] for record in records}
    areas = np.array([truth[paper_id] for paper_id in opened.papers["paper_id"]])
    nearest = np.asarray(opened.neighbours)[:, :5]
    assert (areas[nearest] == areas[:, None]).mean() > 0.85


def test_same_content_from_shuffled_rows(place, records):
    few = records[:150]
    shuffled = few.copy()
    random.Random(5).shuffle(shuffled)
    contents = []
    for name, rows in (("ordered", few), ("shuffled", shuffled)):
        folder = place / name
        folder.mkdir()
        file = write_jsonl(folder / "papers.jsonl", rows)
        os.utime(file, (1_700_000_000, 1_700_000_000))  # the file's date says whether the last period is over
        settings = RunSettings(embedder="lsa", facets=("countries",))
        fit([file], "same", folder / "store", place / "cache", settings)
        contents.append(snapshot.open_snapshot(folder / "store", "same"))
    first, second = contents
    for table in ("papers", "topics", "trends", "term_trends"):
        pd.testing.assert_frame_equal(getattr(first, table), getattr(second, table))
    np.testing.assert_array_equal(np.asarray(first.embeddings), np.asarray(second.embeddings))
    np.testing.assert_array_equal(np.asarray(first.neighbours), np.asarray(second.neighbours))


def test_precomputed_rows_follow_the_records_through_drops(place, records):
    """One row a record, one a line here: those of a broken line and of a duplicate are passed over."""
    few = records[:60]
    lines = [json.dumps(record) for record in few]
    lines.insert(3, "this is not JSON")
    lines.insert(10, lines[9])
    file = place / "gaps.jsonl"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    vectors = np.random.default_rng(0).normal(size=(len(lines), 16)).astype(np.float32)
    np.save(place / "vectors.npy", vectors)
    settings = RunSettings(embedder=f"precomputed:{place / 'vectors.npy'}")
    fit([file], "gaps", place / "store", place / "cache", settings)
    opened = snapshot.open_snapshot(place / "store", "gaps")
    assert len(opened.papers) == 60
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    candidates = {}
    for row, line in enumerate(lines):
        if line.startswith("{"):
            candidates.setdefault(json.loads(line)["id"], []).append(row)
    for paper_id, vector in zip(opened.papers["paper_id"], np.asarray(opened.embeddings), strict=True):
        assert any(np.allclose(vector, unit[row], atol=2e-3) for row in candidates[paper_id])


@pytest.mark.parametrize("n_papers", [1, 2, 5, 20])
def test_tiny_corpora_are_fitted_without_topics_or_with_few(place, records, n_papers):
    file = write_jsonl(place / f"few{n_papers}.jsonl", records[:n_papers])
    result = fit([file], f"few{n_papers}", place / "store", place / "cache", RunSettings(embedder="lsa"))
    assert result.manifest.papers_kept == n_papers
    assert result.manifest.n_topics <= n_papers // 2
    assert snapshot.verify(place / "store", f"few{n_papers}", result.manifest.snapshot_id) == []


def test_a_corpus_of_nothing_but_common_words_is_still_a_corpus(place):
    abstract = "We have shown that this is what it was and how they could be as they are with all of them here."
    records = [{"title": f"It is {word} they are", "abstract": f"{abstract} And {word}."} for word in ("as", "what")]
    file = write_jsonl(place / "common.jsonl", records)
    fit([file], "common", place / "store", place / "cache", RunSettings(embedder="lsa"))
    assert snapshot.open_snapshot(place / "store", "common").manifest.n_topics == 0


def test_nothing_left_to_fit_is_one_sentence(place):
    file = write_jsonl(place / "none.jsonl", [{"title": "Only a title", "abstract": ""}])
    with pytest.raises(RunError, match="No paper is left to fit: 1 no abstract"):
        fit([file], "none", place / "store", place / "cache", RunSettings())
    assert "none" not in snapshot.list_corpora(place / "store")


def test_corpus_name_that_is_a_path_is_refused(place):
    with pytest.raises(RunError, match="no corpus name"):
        fit([place / "planted.jsonl"], "../up", place / "store", place / "cache", RunSettings())


def test_a_fit_of_unchanged_files_stands_and_a_changed_one_reuses_what_it_can(place, planted, records):
    file = place / "planted.jsonl"
    settings = RunSettings(facets=("countries", "planted_topic"))
    again = fit([file], "planted", place / "store", place / "cache", settings)
    assert again.unchanged
    assert again.manifest == planted[0].manifest
    assert len(snapshot.list_snapshots(place / "store", "planted")) == 1

    larger = settings.model_copy(update={"topics": TopicSettings(min_topic_size=40)})
    changed = fit([file], "larger", place / "store", place / "cache", larger)
    assert not changed.unchanged
    cached = {stage.name for stage in changed.manifest.stages if stage.cached}
    assert cached >= {"read and clean", "embed", "terms", "nearest papers", "topics and map"}
    opened = snapshot.open_snapshot(place / "store", "larger")
    finest = opened.topics[opened.topics["level"] == 0]
    assert finest["size"].min() >= 40
    assert opened.papers[["x", "y"]].equals(planted[1].papers[["x", "y"]])


def test_stability_is_measured_when_asked_for_and_high_for_planted_topics(place, records):
    file = write_jsonl(place / "some.jsonl", records[:600])
    settings = RunSettings(embedder="lsa", topics=TopicSettings(stability_runs=3, n_runs=8))
    fit([file], "stable", place / "store", place / "cache", settings)
    topics = snapshot.open_snapshot(place / "store", "stable").topics
    finest = topics[topics["level"] == 0]
    assert (finest["stability_runs"] == 3).all()
    assert finest["stability"].mean() > 0.8
    assert finest["stability"].between(0, 1).all()
    assert topics.loc[topics["level"] > 0, "stability"].isna().all()
