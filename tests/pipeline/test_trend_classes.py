"""Trend classes: they find what was planted and cry wolf no more than they say."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from pipeline.planted import planted_papers
from pipeline.schema import OUTLIER_TOPIC_ID, TrendsRecord
from pipeline.settings import TrendSettings
from pipeline.trend_classes import classify_trends
from pipeline.trends import count_trends

SETTINGS = TrendSettings()
CALLED = ["new", "rising", "burst", "fading"]


def record(n_periods, partial=False):
    return TrendsRecord(
        unit="year",
        first="2010",
        last=str(2009 + n_periods),
        last_is_partial=partial,
        as_of=date(2026, 1, 1),
        n_dated=0,
        n_undated=0,
    )


def trends_of(counts):
    """Ungrouped trends from counts (periods, topics); the last column are outliers."""
    n_periods, n_topics = counts.shape
    ids = [*(topic_id(i) for i in range(n_topics - 1)), OUTLIER_TOPIC_ID]
    return pd.DataFrame(
        {
            "period": np.repeat([str(2010 + i) for i in range(n_periods)], n_topics),
            "topic_id": ids * n_periods,
            "group_kind": "",
            "group": "",
            "n_papers": counts.reshape(-1),
        }
    )


def topic_id(i):
    return f"t-{i:08x}"


def classes_of(counts, partial=False, settings=SETTINGS):
    counts = np.asarray(counts)
    return classify_trends(trends_of(counts), record(len(counts), partial), settings).set_index("topic_id")


def planted(seed, shares_by_topic, n_papers=400):
    """Papers of each year drawn with the given shares; what is left over are outliers."""
    generator = np.random.default_rng(seed)
    shares = np.array(shares_by_topic).T
    shares = np.column_stack([shares, 1 - shares.sum(axis=1)])
    return np.stack([generator.multinomial(n_papers, row) for row in shares])


YEARS = np.arange(10)
RISING = 0.02 * 1.25**YEARS
FADING = 0.15 * 0.8**YEARS
STEADY = np.full(10, 0.10)
LATE = np.where(YEARS < 7, 0.0, 0.06)
BURST = np.where((YEARS == 4) | (YEARS == 5), 0.12, 0.03)


@pytest.mark.parametrize("seed", range(8))
def test_planted_trends_are_recovered(seed):
    counts = planted(seed, [RISING, FADING, LATE, STEADY, BURST], n_papers=800)
    counts[1, 2] += 1  # one stray early paper in the topic that is born late
    found = classes_of(counts)
    assert found["trend_class"].tolist() == ["rising", "fading", "new", "steady", "burst"]
    assert found["trend_slope"].iloc[0] == pytest.approx(np.log(1.25), abs=0.08)
    assert found["trend_slope"].iloc[1] == pytest.approx(np.log(0.8), abs=0.08)
    assert (found["trend_q"].iloc[[0, 1, 2, 4]] <= 0.05).all()
    assert found[["burst_from", "burst_to"]].iloc[4].tolist() == ["2014", "2015"]
    assert found[["burst_from", "burst_to"]].iloc[:4].isna().all(axis=None)


def test_the_trends_of_the_planted_corpus_are_called_right():
    seen = {"rising": [], "fading": [], "born late": [], "burst": [], "steady": []}
    for seed in range(3):
        papers = pd.DataFrame(planted_papers(2500, 24, seed))
        areas = {area: topic_id(i) for i, area in enumerate(sorted(papers["planted_topic"].unique()))}
        papers["topic_id"] = papers["planted_topic"].map(areas)
        papers["published"] = [date.fromisoformat(day) for day in papers["published"]]
        papers = papers.assign(published_precision="day", venue=None)
        trends, corpus_record = count_trends(papers, list(areas.values()), SETTINGS, [], date(2026, 1, 1))
        found = classify_trends(trends, corpus_record, SETTINGS).set_index("topic_id")
        for (area, course), of_area in papers.groupby(["planted_topic", "planted_course"]):
            if len(of_area) >= 40:  # fewer are too few to see every trend in
                seen[course].append(found["trend_class"][areas[area]])
                if found["trend_class"][areas[area]] == "burst":
                    assert found.loc[areas[area], ["burst_from", "burst_to"]].tolist() == ["2020", "2021"]
    assert set(seen["rising"]) <= {"rising", "steady"}
    assert set(seen["fading"]) <= {"fading", "steady"}
    assert set(seen["born late"]) == {"new"}
    assert set(seen["burst"]) == {"burst"}
    # The others' rise is a steady area's fall: some do fade as shares.
    assert set(seen["steady"]) <= {"steady", "fading"}
    assert seen["steady"].count("steady") >= 0.8 * len(seen["steady"])
    assert seen["rising"].count("rising") >= 0.8 * len(seen["rising"])
    assert seen["fading"].count("fading") >= 0.8 * len(seen["fading"])


def test_the_clearer_of_two_trends_names_the_class():
    slow_rise_and_a_spike = [*range(20, 29), 150, 29, *range(30, 39)]
    plain_rise = [10 * 1.3**i for i in range(20)]
    counts = np.column_stack([slow_rise_and_a_spike, plain_rise]).round().astype(int)
    counts = np.column_stack([counts, 4000 - counts.sum(axis=1)])
    found = classes_of(counts)
    assert found["trend_class"].tolist() == ["burst", "rising"]
    assert found[["burst_from", "burst_to"]].iloc[0].tolist() == ["2019", "2019"]


@pytest.mark.parametrize(
    "counts",
    [
        [5, 5, 5, 5, 5, 5, 60, 60, 60, 60],  # up, and it stays up
        [60, 60, 60, 60, 5, 5, 5, 5, 5, 5],  # was up from the start
        [5, 8, 13, 20, 32, 50, 80, 110, 140, 160],  # a rise, faster and faster
        [20, 20, 20, 20, 20, 20, 20, 20, 20, 90],  # in the last year only: it has not fallen back
        [30, 30, 30, 38, 40, 37, 30, 30, 30, 30],  # hardly more than before
    ],
)
def test_what_did_not_rise_and_fall_back_is_no_burst(counts):
    found = classes_of(np.column_stack([counts, 500 - np.array(counts)]))
    assert found["trend_class"].iloc[0] != "burst"
    assert found["burst_from"].isna().all()


def test_a_growing_corpus_is_no_rising_topic():
    totals = np.array([20, 30, 50, 80, 120, 200, 300, 500, 800, 1200])
    counts = np.column_stack([totals // 10, totals - totals // 10])
    assert classes_of(counts)["trend_class"].tolist() == ["steady"]


def false_alarms(scatter, n_corpora=60, n_topics=25, n_periods=11):
    """Corpora with any trend called, where none has one; and the share of topics called."""
    generator = np.random.default_rng(7)
    n_hit, n_called = 0, 0
    for _ in range(n_corpora):
        shares = generator.dirichlet(np.linspace(1, 12, n_topics + 1))
        totals = np.linspace(60, 900, n_periods).astype(int)
        # Scattered shares, independent between years: more noise than coins, no trend.
        drawn = shares if scatter is None else generator.dirichlet(np.maximum(shares, 1e-3) * scatter, n_periods)
        counts = generator.multinomial(totals, np.broadcast_to(drawn, (n_periods, n_topics + 1)))
        called = classes_of(counts)["trend_class"].isin(CALLED).sum()
        n_called += called
        n_hit += called > 0
    return n_hit / n_corpora, n_called / (n_corpora * n_topics)


def test_false_alarms_stay_below_the_stated_rate_where_nothing_moves():
    # With no true trend the false-discovery rate is the chance of any alarm in a corpus:
    # at most 0.05, and 60 corpora scatter around that by 0.03. Slopes and bursts together.
    any_alarm, per_topic = false_alarms(None)
    assert any_alarm <= 0.05 + 0.06
    assert per_topic <= 0.01


@pytest.mark.parametrize("n_periods", [11, 30])
def test_false_alarms_stay_rare_when_years_scatter_more_than_chance(n_periods):
    any_alarm, per_topic = false_alarms(150, n_periods=n_periods)
    assert any_alarm <= 0.05 + 0.08
    assert per_topic <= 0.01


def test_shuffled_dates_raise_no_more_alarms_than_stated():
    generator = np.random.default_rng(3)
    counts = planted(3, [RISING, FADING, LATE, STEADY, BURST])
    topics = [*(topic_id(i) for i in range(5)), OUTLIER_TOPIC_ID]
    years, places = np.nonzero(counts)
    repeats = counts[years, places]
    dates = np.array([date(2010 + year, 1, 1) for year in np.repeat(years, repeats)], dtype=object)
    papers = pd.DataFrame({"topic_id": np.array(topics, dtype=object)[np.repeat(places, repeats)], "venue": None})
    papers["published_precision"] = "year"
    n_alarms = 0
    for _ in range(40):
        papers["published"] = generator.permutation(dates)
        trends, corpus_record = count_trends(papers, topics[:-1], SETTINGS, [], date(2026, 1, 1))
        n_alarms += not set(classify_trends(trends, corpus_record, SETTINGS)["trend_class"]) <= {"steady"}
    assert n_alarms / 40 <= 0.05 + 0.07


def test_a_partial_last_year_decides_nothing():
    counts = np.column_stack([np.full(9, 20), np.full(9, 180)])
    counts[-1] = [60, 20]
    assert classes_of(counts, partial=True)["trend_class"].tolist() == ["steady"]
    assert classes_of(counts, partial=True)["trend_slope"].iloc[0] == pytest.approx(0, abs=1e-6)
    assert classes_of(counts, partial=False)["trend_slope"].iloc[0] > 0.1


@pytest.mark.parametrize(
    "counts",
    [
        np.column_stack([[1] * 9, [99] * 9]),  # nine papers
        np.column_stack([[50, 60, 70, 80], [150, 140, 130, 120]]),  # four years
        np.column_stack([[50, 0, 0, 60, 0, 70, 0, 80], [50, 0, 0, 40, 0, 30, 0, 20]]),  # four with papers
    ],
)
def test_too_few_papers_or_years_to_say(counts):
    found = classes_of(counts)
    assert found["trend_class"].tolist() == ["too few"]
    assert found[["trend_slope", "trend_q"]].isna().all(axis=None)


def test_extreme_topics_have_finite_numbers():
    everything = classes_of(np.column_stack([np.full(8, 50), np.zeros(8, dtype=int)]))
    assert everything["trend_class"].tolist() == ["steady"]
    sudden = classes_of(np.column_stack([[0] * 7 + [40], [100] * 7 + [60]]))
    assert sudden["trend_class"].tolist() == ["new"]
    assert 0 < sudden["trend_slope"].iloc[0] <= 10
    gone = classes_of(np.column_stack([[40] + [0] * 7, [60] + [100] * 7]))
    assert gone["trend_class"].tolist() == ["fading"]
    assert np.isfinite(gone[["trend_slope", "trend_q"]].to_numpy()).all()


def test_without_dates_nothing_is_classified():
    papers = pd.DataFrame(
        {"published": [None], "published_precision": [None], "topic_id": ["outlier"], "venue": [None]}
    )
    trends, corpus_record = count_trends(papers, [topic_id(0)], SETTINGS, [], date(2026, 1, 1))
    assert classify_trends(trends, corpus_record, SETTINGS).empty
