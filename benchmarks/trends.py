"""Measures trend classes and bands on made-up corpora and writes the figures into ``docs/benchmarks.md``.

    python -m benchmarks.trends [--corpora N] [--output FILE]

Nothing is fitted: topics are given, only counts over time are drawn. A few
minutes on one core. The parts replace their own sections of the file.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import binom

from benchmarks.processes import ROOT, load, machine
from benchmarks.spine import write_section
from pipeline.intervals import wilson_interval
from pipeline.planted import planted_papers
from pipeline.schema import OUTLIER_TOPIC_ID, TrendsRecord
from pipeline.settings import TrendSettings
from pipeline.trends import classify_trends, count_trends

SETTINGS = TrendSettings()
AS_OF = date(2026, 1, 1)
N_TOPICS = 25
FIRST_YEAR = 1990
CALLED = ("new", "rising", "burst", "fading")

Counts = NDArray[np.int64]
Drawn = Callable[[np.random.Generator], Counts]
"""Draws a corpus: papers by period and topic, the last column outliers."""


def main() -> None:
    """Measure false alarms, power, speed and coverage; each is written as soon as it is there."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.trends", description=__doc__.partition("\n")[0])
    parser.add_argument("--corpora", type=int, default=500, help="Corpora for each rate.")
    parser.add_argument("--output", type=Path, default=ROOT / "docs" / "benchmarks.md", help="Where the figures go.")
    asked = parser.parse_args()
    parts = {
        "trends-alarms": lambda: false_alarms(asked.corpora),
        "trends-power": lambda: power(max(asked.corpora // 5, 10)),
        "trends-coverage": coverage,
    }
    for title, measure in parts.items():
        started, busy = datetime.now(UTC), load()
        lines = [
            f"- date: {started:%Y-%m-%d %H:%M} UTC, Topic Explorer {version('topic-explorer')}",
            f"- machine: {machine()}",
            f"- load at the start: {busy}",
            f"- command: `python -m benchmarks.trends --corpora {asked.corpora}`",
            "",
            *measure(),
        ]
        print(title, *lines, sep="\n", file=sys.stderr, flush=True)
        write_section(asked.output, title, "\n".join(lines))


# --- false alarms -------------------------------------------------------------------


def false_alarms(n_corpora: int) -> Iterator[str]:
    """Corpora in which no topic moves: how many have a topic that is called, and how many topics are."""
    yield f"| {n_corpora} corpora each, in which no topic moves | corpora with a false alarm | topics called |"
    yield "|---|---|---|"
    many = np.linspace(60, 900, 11).astype(int)
    longer = np.linspace(60, 900, 30).astype(int)
    cases: list[tuple[str, Drawn]] = [
        ("planted corpus of 3,000 papers, its dates shuffled", _shuffled(3000)),
        ("planted corpus of 1,000 papers, its dates shuffled", _shuffled(1000)),
        ("chance alone, 11 years, 60 to 900 papers a year", _scattered(many, 0.0, 0.0)),
        ("chance alone, 40 quarters, 40 to 60 papers each", _scattered(np.linspace(40, 60, 40).astype(int), 0.0, 0.0)),
        ("shares vary by 30 % from year to year, 11 years", _scattered(many, 0.3, 0.0)),
        ("shares vary by 30 %, 30 years", _scattered(longer, 0.3, 0.0)),
        ("shares vary wildly, by 100 %, 11 years", _scattered(many, 1.0, 0.0)),
        ("shares vary wildly, by 100 %, 30 years", _scattered(longer, 1.0, 0.0)),
        ("shares vary by 30 % in rows of years (correlation 0.3), 11 years", _scattered(many, 0.3, 0.3)),
        ("shares vary by 30 % in rows of years (0.3), 30 years", _scattered(longer, 0.3, 0.3)),
        ("shares vary by 30 % in rows of years (0.6), 11 years", _scattered(many, 0.3, 0.6)),
        ("shares vary by 30 % in rows of years (0.6), 30 years", _scattered(longer, 0.3, 0.6)),
    ]
    for place, (name, drawn) in enumerate(cases):
        random = np.random.default_rng([1, place])
        n_called = np.array([(_classes(drawn(random)).isin(CALLED)).sum() for _ in range(n_corpora)])
        yield f"| {name} | {np.mean(n_called > 0):.1%} | {n_called.sum() / (n_corpora * N_TOPICS):.2%} |"


def _shuffled(n_papers: int) -> Drawn:
    """The planted corpus with its topics' papers dealt anew over its years."""
    papers = pd.DataFrame(planted_papers(n_papers, 24, seed=1))
    topics, years = pd.factorize(papers["planted_topic"])[0], papers["published"].str[:4].astype(int).to_numpy()

    def draw(random: np.random.Generator) -> Counts:
        counts = np.zeros((years.max() - years.min() + 1, N_TOPICS + 1), dtype=np.int64)
        np.add.at(counts, (random.permutation(years) - years.min(), topics), 1)
        return counts

    return draw


def _scattered(totals: Counts, spread: float, correlation: float) -> Drawn:
    """Shares times log-normal ups and downs of ``spread``, correlated from one period to the next (AR(1))."""

    def draw(random: np.random.Generator) -> Counts:
        shares = random.dirichlet(np.linspace(1, 12, N_TOPICS + 1))
        noise = random.normal(size=(len(totals), N_TOPICS + 1))
        for period in range(1, len(totals)):
            noise[period] = correlation * noise[period - 1] + np.sqrt(1 - correlation**2) * noise[period]
        weights = shares * np.exp(np.sqrt(np.log1p(spread**2)) * noise)
        return random.multinomial(totals, weights / weights.sum(axis=1, keepdims=True))

    return draw


def _classes(counts: Counts) -> pd.Series:
    n_periods, n_columns = counts.shape
    periods = [str(FIRST_YEAR + place) for place in range(n_periods)]
    topic_ids = [*(f"t-{place:08x}" for place in range(n_columns - 1)), OUTLIER_TOPIC_ID]
    trends = pd.DataFrame(
        {
            "period": np.repeat(periods, n_columns),
            "topic_id": topic_ids * n_periods,
            "group_kind": "",
            "n_papers": counts.reshape(-1),
        }
    )
    record = TrendsRecord(
        unit="year", first=periods[0], last=periods[-1], last_is_partial=False, as_of=AS_OF, n_dated=0, n_undated=0
    )
    return classify_trends(trends, record, SETTINGS)["trend_class"]


# --- power --------------------------------------------------------------------------


def power(n_corpora: int) -> Iterator[str]:
    """What the areas of planted corpora are called, by the course they were drawn from; and how long it takes."""
    yield f"| {n_corpora} planted corpora of 24 areas | papers | areas | {' | '.join((*CALLED, 'steady', 'too few'))} |"
    yield f"|{'---|' * 9}"
    for n_papers in (1000, 3000):
        called: dict[str, Counter[str]] = {}
        for seed in range(n_corpora):
            for course, trend_class in _planted_classes(n_papers, seed):
                called.setdefault(course, Counter())[trend_class] += 1
        for course, counts in sorted(called.items()):
            shares = [f"{counts[word] / counts.total():.0%}" for word in (*CALLED, "steady", "too few")]
            yield f"| {course} | {n_papers:,} | {counts.total():,} | {' | '.join(shares)} |"
    random = np.random.default_rng(0)
    counts = random.multinomial(np.full(40, 2000), np.full(201, 1 / 201))
    started = time.perf_counter()
    _classes(counts)
    yield ""
    yield f"Classifying 200 topics over 40 periods took {time.perf_counter() - started:.2f} s."


def _planted_classes(n_papers: int, seed: int) -> Iterator[tuple[str, str]]:
    papers = pd.DataFrame(planted_papers(n_papers, 24, seed))
    areas = {area: f"t-{place:08x}" for place, area in enumerate(sorted(papers["planted_topic"].unique()))}
    dated = pd.DataFrame(
        {
            "topic_id": papers["planted_topic"].map(areas),
            "published": [date.fromisoformat(day) for day in papers["published"]],
            "published_precision": "day",
            "venue": None,
        }
    )
    trends, record = count_trends(dated, list(areas.values()), SETTINGS, [], AS_OF)
    found = classify_trends(trends, record, SETTINGS).set_index("topic_id")["trend_class"]
    for area, course in papers.groupby("planted_topic")["planted_course"].first().items():
        yield str(course), str(found[areas[str(area)]])


# --- coverage -----------------------------------------------------------------------


def coverage() -> Iterator[str]:
    """How often the bands hold the true share; exact, by the binomial distribution, over a fine grid of shares."""
    yield "| papers in the period | shares of 0.1 to 1 % | 1 to 5 % | 5 to 20 % | 20 to 50 % | least at any of these |"
    yield "|---|---|---|---|---|---|"
    ends = (0.001, 0.01, 0.05, 0.2, 0.5)
    for total in (10, 30, 100, 300, 1000, 10_000):
        truths = [np.linspace(low, high, 400) for low, high in pairwise(ends)]
        found = [np.array([_coverage(total, truth) for truth in part]) for part in truths]
        means = " | ".join(f"{part.mean():.1%}" for part in found)
        yield f"| {total:,} | {means} | {np.concatenate(found).min():.1%} |"


def _coverage(total: int, truth: float) -> float:
    hits = np.arange(total + 1)
    low, high = wilson_interval(hits, total)
    return float(binom.pmf(hits, total, truth)[(low <= truth) & (truth <= high)].sum())


if __name__ == "__main__":
    main()
