"""A snapshot in a notebook: light to import, frames with everything, abstracts when asked for."""

from __future__ import annotations

import re
import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np
import pytest

import pipeline
from pipeline import snapshot as snapshots
from pipeline.dial_tables import DIAL_PAPERS
from tests.snapshots import VARIANTS, publish_contents, publish_tiny, publish_variant, tiny_contents

ROOT = Path(__file__).parents[2]
HEAVY = {"bertopic", "umap", "hdbscan", "numba", "sklearn", "statsmodels", "torch", "onnxruntime", "streamlit"}


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    folder = tmp_path_factory.mktemp("notebook")
    publish_tiny(folder, "mylab")
    return folder


@pytest.fixture
def mylab(store):
    return pipeline.open_snapshot("mylab", store)


def modules_after(program):
    program += "\nimport sys; print(' '.join(sorted({name.partition('.')[0] for name in sys.modules})))"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_importing_the_package_costs_nothing_and_opening_loads_nothing_that_fits():
    assert not modules_after("import pipeline") & {"numpy", "pandas", "pyarrow", "pydantic", *HEAVY}
    assert not modules_after("import pipeline; pipeline.open_snapshot") & HEAVY


def test_frames_hold_what_the_snapshot_holds(mylab, store):
    opened = snapshots.open_snapshot(store, "mylab")
    assert mylab.papers["paper_id"].tolist() == opened.papers["paper_id"].tolist()
    assert set(mylab.papers.columns) == {*opened.papers.columns, "topic_label", *DIAL_PAPERS.names}
    assert mylab.dial["n_outliers"].tolist() == opened.dial.settings["n_outliers"].tolist()
    assert mylab.topics["number"].tolist() == [1, 2, 3, 4]
    assert len(mylab.trends) == len(opened.trends)
    assert len(mylab.term_trends) == len(opened.term_trends)
    np.testing.assert_array_equal(np.asarray(mylab.embeddings), np.asarray(opened.embeddings))
    assert mylab.manifest == opened.manifest
    assert mylab.path == opened.path
    assert repr(mylab) == f"<snapshot {opened.snapshot_id} of mylab: 60 papers, 4 topics, 6 outliers>"
    labels = dict(zip(mylab.topics["topic_id"], mylab.topics["label"], strict=True)) | {"outlier": "Outliers"}
    assert mylab.papers["topic_label"].tolist() == [labels[topic_id] for topic_id in mylab.papers["topic_id"]]


def test_abstracts_come_with_the_papers_they_belong_to(mylab):
    contents = tiny_contents()
    abstracts = dict(zip(contents.papers["paper_id"], contents.abstracts, strict=True))
    some = mylab.papers.sample(15, random_state=1)
    read = mylab.with_abstracts(some)
    assert read["abstract"].tolist() == [abstracts[paper_id] for paper_id in some["paper_id"]]
    assert read.index.tolist() == some.index.tolist()
    assert "abstract" not in some.columns
    assert mylab.with_abstracts()["abstract"].tolist() == list(abstracts.values())
    with pytest.raises(KeyError, match="stranger"):
        mylab.with_abstracts(some.assign(paper_id=["stranger", *some["paper_id"][1:]]))


def test_papers_of_a_topic_by_number_and_by_id(mylab):
    for topic in mylab.topics.itertuples():
        papers = mylab.papers_of(topic.number)
        assert len(papers) == topic.size
        assert papers["strength"].is_monotonic_decreasing
        assert papers["paper_id"].tolist() == mylab.papers_of(topic.topic_id)["paper_id"].tolist()
    assert len(mylab.papers_of("outlier")) == mylab.manifest.n_outliers
    for nothing in (0, 5, "t-00000000"):
        with pytest.raises(KeyError, match="no topic"):
            mylab.papers_of(nothing)


def test_changing_a_frame_changes_no_snapshot(store):
    mine = pipeline.open_snapshot("mylab", str(store))
    mine.papers.pop("title")
    mine.topics.loc[:, "label"] = "mine"
    again = pipeline.open_snapshot("mylab", store)
    assert "title" in again.papers.columns
    assert "mine" not in again.topics["label"].tolist()
    assert len(mine.with_abstracts(mine.papers.head(2))) == 2


def test_an_older_snapshot_is_opened_by_its_id(tmp_path):
    first = publish_tiny(tmp_path, "mylab").name
    publish_contents(tmp_path, tiny_contents(n_papers=30), "mylab")
    assert len(pipeline.open_snapshot("mylab", tmp_path, first).papers) == 60
    assert len(pipeline.open_snapshot("mylab", tmp_path).papers) == 30


def test_what_is_not_there_is_one_sentence(store, monkeypatch):
    monkeypatch.setenv("TOPIC_EXPLORER_STORE", str(store))
    assert len(pipeline.open_snapshot("mylab").papers) == 60
    with pytest.raises(snapshots.SnapshotMissing, match="nolab"):
        pipeline.open_snapshot("nolab")


def test_a_damaged_snapshot_gives_the_last_good_one_and_a_warning(tmp_path):
    good = publish_tiny(tmp_path, "mylab").name
    bad = publish_contents(tmp_path, tiny_contents(n_papers=30), "mylab")
    (bad / "papers.parquet").chmod(0o644)
    (bad / "papers.parquet").write_bytes(b"gone")
    with pytest.warns(UserWarning, match="last good one"):
        assert pipeline.open_snapshot("mylab", tmp_path).manifest.snapshot_id == good


@pytest.mark.parametrize("name", VARIANTS)
def test_every_kind_of_snapshot_opens(tmp_path, name):
    publish_variant(tmp_path, name)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        opened = pipeline.open_snapshot(name.replace(" ", "-"), tmp_path)
    assert len(opened.with_abstracts()) == opened.manifest.papers_kept
    assert len(opened.papers_of("outlier")) == opened.manifest.n_outliers


def test_the_example_of_the_guide_runs(store, monkeypatch, capsys):
    guide = (ROOT / "docs" / "guide.md").read_text(encoding="utf-8")
    example = re.search(r"^## In a notebook$.*?^```python\n(.*?)^```$", guide, re.MULTILINE | re.DOTALL)
    assert example
    monkeypatch.setenv("TOPIC_EXPLORER_STORE", str(store))
    names: dict[str, object] = {}
    exec(example[1], names)
    assert "of mylab: 60 papers" in capsys.readouterr().out
    assert names["reading"]["abstract"].str.len().gt(50).all()
    assert names["by_topic"].sum() == len(names["recent"]) > 0
    assert names["shares"].sum(axis=1).to_numpy() == pytest.approx(1)
