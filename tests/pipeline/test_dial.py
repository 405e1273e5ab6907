"""The outlier dial: every setting is the fit it stands for, and what it says it costs is what it costs."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from pipeline import snapshot
from pipeline.communities import Homes
from pipeline.dial import coherence_of, cut_off_of, cut_offs_around, make_dial, rival_topics
from pipeline.dial_tables import Dial, check_dial
from pipeline.model import fit_topics
from pipeline.schema import OUTLIER_TOPIC_ID
from pipeline.settings import TopicSettings
from pipeline.snapshot import SnapshotError
from pipeline.topics import describe_topics
from tests.pipeline.fitting import corpus, fitted
from tests.snapshots import VARIANTS, publish_contents, tiny_contents

SETTINGS = TopicSettings(n_runs=6)


def dial_of_planted() -> tuple[Dial, pd.DataFrame, pd.DataFrame]:
    texts, vectors, _, ids = corpus()
    fit = fitted()
    papers, topics = describe_topics(fit, pd.DataFrame({"paper_id": ids}), texts, vectors, SETTINGS, "planted")
    measured = coherence_of(fit.terms, SETTINGS.n_keywords)
    dial = make_dial(papers, topics, fit.neighbours, fit.homes, fit.stays_up_to, cut_off_of(SETTINGS), measured)
    assert dial is not None
    return dial, papers, topics


@pytest.fixture(scope="module")
def planted():
    return dial_of_planted()


def test_the_dial_of_a_fit_keeps_its_own_contract(planted):
    check_dial(*planted)
    dial, papers, topics = planted
    assert dial.settings["cut_off"].tolist() == pytest.approx(cut_offs_around(0.3))
    assert dial.settings["n_outliers"].iloc[0] == 0
    assert dial.settings["n_outliers"].is_monotonic_increasing
    assert dial.settings["n_borderline"].is_monotonic_decreasing
    own = dial.settings[dial.settings["is_default"]].iloc[0]
    assert own["cut_off"] == pytest.approx(0.3)
    assert own["n_outliers"] == (papers["topic_id"] == OUTLIER_TOPIC_ID).sum()
    assert own["coherence"] == pytest.approx(topics.loc[topics["level"] == 0, "coherence"].mean(), abs=1e-6)


def test_at_every_setting_topics_and_outliers_are_all_papers(planted):
    dial, papers, topics = planted
    n_topics = (topics["level"] == 0).sum()
    for setting in dial.settings.itertuples():
        inside = dial.papers["stays_up_to"] >= setting.cut_off
        sizes = dial.papers.loc[inside, "home_topic_id"].value_counts()
        assert sizes.sum() + setting.n_outliers == len(papers)
        assert len(sizes) == n_topics  # no topic ever runs empty
        assert setting.papers_per_topic == pytest.approx(sizes.mean())
        assert setting.outlier_share == pytest.approx(setting.n_outliers / len(papers))


@pytest.mark.parametrize("cut_off", [0.1, 0.6, 0.8])
def test_a_setting_leaves_the_topics_that_a_fit_with_that_cut_off_finds(planted, cut_off):
    dial, _, _ = planted
    texts, vectors, _, _ = corpus()
    again = fit_topics(texts, vectors, SETTINGS.model_copy(update={"outlier_strength": cut_off}))
    dialled = dial.papers["home_topic_id"].where(dial.papers["stays_up_to"] >= np.float32(cut_off), OUTLIER_TOPIC_ID)
    pairs = pd.DataFrame({"dialled": dialled, "fitted": again.labels}).drop_duplicates()
    assert pairs["dialled"].is_unique
    assert pairs["fitted"].is_unique
    assert ((dialled == OUTLIER_TOPIC_ID) == (again.labels < 0)).all()


def test_papers_that_never_had_a_topic_join_the_nearest_at_the_loosest_setting_only():
    papers = pd.DataFrame(
        {
            "topic_id": ["t-a", "t-a", "t-b", "t-b", OUTLIER_TOPIC_ID, OUTLIER_TOPIC_ID],
            "nearest_topic_id": ["t-a", "t-a", "t-b", "t-a", "t-b", "t-b"],
        }
    )
    topics = pd.DataFrame({"topic_id": ["t-b", "t-a"], "number": [2, 1], "level": [0, 0]})
    homes = np.array([0, 0, 1, 1, -1, 0], dtype=np.int32)
    stays = np.array([1, 0.5, 1, 0.2, 0, 0.25], dtype=np.float32)
    dial = make_dial(papers, topics, np.empty((6, 0), np.int32), homes, stays, 0.3, lambda labels: None)
    assert dial.papers["home_topic_id"].tolist() == ["t-a", "t-a", "t-b", "t-b", "t-b", "t-a"]
    # A paper that the fit put into a topic all the same (as a guided fit may) is there at the fit's own setting.
    assert dial.papers["stays_up_to"].tolist() == pytest.approx([1, 0.5, 1, 0.3, 0, 0.25])
    counted = dict(
        zip(dial.settings["cut_off"].astype("float64").round(2).tolist(), dial.settings["n_outliers"], strict=True)
    )
    assert counted == {0: 0, 0.1: 1, 0.2: 1, 0.25: 1, 0.3: 2, 0.35: 3, 0.4: 3, 0.5: 3, 0.6: 4, 0.7: 4, 0.8: 4, 0.9: 4}


def test_a_fit_that_leaves_nothing_out_still_has_a_looser_setting():
    assert cut_offs_around(0.01)[:3] == [0, 0.01, 0.1]
    assert cut_offs_around(0.31)[4:6] == [0.31, 0.35]
    assert cut_off_of(TopicSettings(clusters="density")) == 0


def test_a_paper_is_borderline_when_another_topic_holds_as_many_of_its_nearest_papers_as_its_own():
    homes = np.array([0, 0, 0, 1, 1, 1, 2, 2], dtype=np.int32)
    neighbours = np.array(
        [
            [1, 2, 3, -1],  # two of its own, one other
            [0, 3, -1, -1],  # one and one
            [3, 6, 4, 0],  # one of its own, two of topic 1, one of topic 2
            [4, 5, 0, 1],  # two and two
            [0, 6, 3, 5],  # two of its own, one each of two others
            [-1, -1, -1, -1],  # nothing near
            [0, 3, -1, -1],  # none of its own; of equals the larger topic
            [6, -1, -1, -1],
        ],
        dtype=np.int32,
    )
    assert rival_topics(homes, neighbours).tolist() == [-1, 1, 1, 0, -1, -1, 0, -1]
    assert rival_topics(homes, np.empty((8, 0), np.int32)).tolist() == [-1] * 8


def test_cutting_is_by_what_a_paper_stays_up_to_not_by_its_strength():
    homes = Homes(
        np.array([1, 1, 0, -1], np.int32),
        np.array([0.2, 0.5, 0.4, 0], np.float32),
        np.array([1, 0.5, 0.4, 0], np.float32),
    )
    labels, strength = homes.cut(0.45)
    assert labels.tolist() == [1, 1, -1, -1]
    assert strength.tolist() == pytest.approx([0.2, 0.5, 0, 0])
    assert homes.renumbered(labels, np.array([7, 7, -1, -1], np.int32)).labels.tolist()[:2] == [7, 7]


# --- in a snapshot ----------------------------------------------------------------------


@pytest.mark.parametrize("variant", VARIANTS)
def test_the_dial_comes_back_as_it_was_published(variant, tmp_path):
    contents = VARIANTS[variant]()
    publish_contents(tmp_path, contents)
    opened = snapshot.open_snapshot(tmp_path, "tiny")
    assert snapshot.verify(tmp_path, "tiny", opened.snapshot_id) == []
    if contents.dial is None:
        assert opened.dial is None
        assert not len(opened.topics)
        return
    assert opened.dial is not None
    pd.testing.assert_frame_equal(opened.dial.settings, contents.dial.settings, check_dtype=False)
    expected = contents.dial.papers.astype({"other_topic_id": "str"})
    pd.testing.assert_frame_equal(opened.dial.papers, expected, check_dtype=False)
    own = opened.dial.settings[opened.dial.settings["is_default"]]
    assert own["n_outliers"].tolist() == [opened.manifest.n_outliers]


def test_a_snapshot_without_a_dial_is_whole(tmp_path):
    publish_contents(tmp_path, replace(tiny_contents(), dial=None))
    opened = snapshot.open_snapshot(tmp_path, "tiny")
    assert opened.dial is None
    assert snapshot.verify(tmp_path, "tiny", opened.snapshot_id) == []
    assert "dial.parquet" not in opened.manifest.files


def miscounted(dial):
    return replace(dial, settings=dial.settings.assign(n_outliers=dial.settings["n_outliers"] + 1))


def elsewhere(dial):
    return replace(dial, papers=dial.papers.assign(home_topic_id=dial.papers["home_topic_id"].iloc[::-1].to_numpy()))


def unknown(dial):
    return replace(dial, papers=dial.papers.assign(home_topic_id="t-00000000"))


def too_short(dial):
    return replace(dial, papers=dial.papers.iloc[1:])


def without_default(dial):
    return replace(dial, settings=dial.settings.assign(is_default=False))


def unnamed(dial):
    return replace(dial, papers=dial.papers.assign(borderline=True, other_topic_id=None))


def lacking(dial):
    return replace(dial, papers=dial.papers.drop(columns="borderline"))


def empty(dial):
    return replace(dial, papers=dial.papers.assign(stays_up_to=None))


@pytest.mark.parametrize("spoil", [miscounted, elsewhere, unknown, too_short, without_default, unnamed, lacking, empty])
def test_a_dial_that_contradicts_the_papers_is_not_published(spoil, tmp_path):
    contents = tiny_contents()
    with pytest.raises(SnapshotError, match="breaks the snapshot contract"):
        publish_contents(tmp_path, replace(contents, dial=spoil(contents.dial)))
