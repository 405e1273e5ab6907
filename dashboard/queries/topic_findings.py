"""Findings on topics: how they change, where they appear, what they draw close to, who cites them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dashboard.numbers import percent, times
from dashboard.queries.finding import LEVEL, Contrast, Finding, contrast, quoted
from dashboard.queries.groups import group_kinds
from dashboard.queries.index import UNDATED, SnapshotIndex
from dashboard.queries.sides import year_that_halves
from dashboard.queries.ties import MIN_TIED, tied_topics
from dashboard.queries.topics import topic_name
from dashboard.queries.within_venues import change_within_venues
from dashboard.state import Side, View
from dashboard.trend_words import MOVING, adjusted_p, is_tested, trend_in_words

_MIN_GROUP = 10  # papers of a venue or a facet's value, and of these in the topic
_LEAST_RATIO = 1.5  # odds against the corpus at the lower end, to be worth a sentence
_MOST_VALUES = 5_000  # values of a facet that are looked at, those with most papers
_TOP_SHARE = 0.01  # of the papers with citations are called most cited
_MIN_TOP = 20


def topic_findings(index: SnapshotIndex) -> list[Finding]:
    """Every candidate of every kind, of the finest topics; each stands by itself.

    ``index`` is one at level 0.
    """
    if not len(index.topics):
        return []
    found = [_largest(index), *_moving(index), *_groups(index), *_ties(index), *_cited(index)]
    return [finding for finding in found if finding is not None]


def _page_of(index: SnapshotIndex, topic_id: str, **changes: Any) -> View:
    return View(index.corpus, index.snapshot_id, "topics", topic=topic_id, **changes)


# --- size -----------------------------------------------------------------------------


def _largest(index: SnapshotIndex) -> Finding | None:
    """The largest topic of the coarsest level, and of the finest."""
    own = index.topics.iloc[int(np.argmax(index.topics["size"].to_numpy()))]
    n_papers = index.n_papers
    share = own["size"] / n_papers
    said = f"{own['size']:,} of {n_papers:,} papers ({percent(share)})"
    coarsest = index.levels[-1]
    leads_to, topic_id = _page_of(index, str(own["topic_id"])), str(own["topic_id"])
    if coarsest.level == 0:
        if len(index.topics) < 2:
            return None
        text = f"{quoted(own['label'])} is the largest of {len(index.topics):,} topics: {said}."
    else:
        field = coarsest.topics.iloc[int(np.argmax(coarsest.topics["size"].to_numpy()))]
        text = (
            f"{quoted(field['label'])} is the largest of {len(coarsest.topics):,} fields: {field['size']:,} of "
            f"{n_papers:,} papers ({percent(field['size'] / n_papers)}). The largest of the {len(index.topics):,} "
            f"topics, {quoted(own['label'])}, has {own['size']:,} ({percent(share)})."
        )
        leads_to = View(index.corpus, index.snapshot_id, "hierarchy", topic=str(field["topic_id"]))
        topic_id = str(field["topic_id"])
    caveat = "How large a topic is hangs on how finely papers are told apart."
    return Finding("largest", text, leads_to, float(np.sqrt(n_papers)) / 4, caveat, topic_id)


# --- time -----------------------------------------------------------------------------


def _moving(index: SnapshotIndex) -> Iterator[Finding | None]:
    """Topics whose trend the fit's test is sure of, with their papers before and since, or during and around."""
    everything = np.ones(index.n_papers, dtype=bool)
    since = year_that_halves(index, everything)
    topics = index.topics
    moving = topics[topics["trend_class"].isin(MOVING)]
    if since is None or not len(moving):
        return
    within = change_within_venues(index, everything, since)
    n_tested = int(topics["trend_q"].notna().sum())
    late = index.years >= since
    early = (index.years != UNDATED) & ~late
    for code, topic in zip(moving.index, moving.to_dict("records"), strict=True):
        kind = str(topic["trend_class"])
        if not is_tested(topic):
            continue
        if kind == "burst":
            yield _burst(index, code, topic, n_tested)
            continue
        counts = contrast(*_counts(index, code, late), *_counts(index, code, early))
        if (counts.odds < 1) != (kind == "fading"):
            continue  # the slope over all periods and the two halves do not say the same
        verb = {"rising": "rises", "new": "is new", "fading": "fades"}[kind]
        text = f"{quoted(topic['label'])} {verb}: {_of(counts)} since {since}, {_of_other(counts)} before."
        caveat = (
            f"Odds {times(float(np.exp(topic['trend_slope'])))} a year, {adjusted_p(topic['trend_q'])} among "
            f"{n_tested:,} topics tested."
        )
        same, holds = _within(within, code, kind == "fading", since)
        yield Finding(
            kind,
            text,
            _page_of(index, str(topic["topic_id"])),
            counts.interest * (1.0 if holds else 0.5),
            f"{caveat}{same}",
            str(topic["topic_id"]),
            contrast=counts,
            q_value=float(topic["trend_q"]),
        )


def _within(within: pd.DataFrame | None, code: int, falls: bool, since: int) -> tuple[str, bool]:
    """What is said of the change among papers of the same venue, and whether it is seen there, too."""
    if within is None or pd.isna(within["odds"].iloc[code]):
        return "", True
    odds, low, high = (float(within[name].iloc[code]) for name in ("odds", "odds_low", "odds_high"))
    found = f"{times(odds)} since {since}, 95% interval {times(low)} to {times(high)}"
    if (high < 1) if falls else (low > 1):
        return f" Venue by venue the odds change likewise: {found}.", True
    return f" Venue by venue the change is not clear ({found}): other venues may be behind it.", False


def _burst(index: SnapshotIndex, code: int, topic: dict[Any, Any], n_tested: int) -> Finding | None:
    first, last = (index.periods.index(topic[end]) for end in ("burst_from", "burst_to"))
    during = (index.period_codes >= first) & (index.period_codes <= last)
    around = (index.period_codes != UNDATED) & ~during
    counts = contrast(*_counts(index, code, during), *_counts(index, code, around))
    said = trend_in_words("burst", topic["burst_from"], topic["burst_to"]).removeprefix("burst ")
    text = f"{quoted(topic['label'])} had a burst, {said}: {_of(counts)} then, {_of_other(counts)} before and after."
    caveat = f"{adjusted_p(topic['trend_q']).capitalize()} among {n_tested:,} topics tested."
    topic_id, q_value = str(topic["topic_id"]), float(topic["trend_q"])
    if counts.odds < 1:
        return None
    return Finding(
        "burst", text, _page_of(index, topic_id), counts.interest, caveat, topic_id, contrast=counts, q_value=q_value
    )


def _counts(index: SnapshotIndex, code: int, within: NDArray[np.bool_]) -> tuple[int, int]:
    return int((index.topic_codes[within] == code).sum()), int(within.sum())


def _of(counts: Contrast) -> str:
    return f"{counts.n:,} of {counts.n_of:,} papers ({percent(counts.n / max(counts.n_of, 1))})"


def _of_other(counts: Contrast) -> str:
    return f"{counts.n_other:,} of {counts.n_other_of:,} ({percent(counts.n_other / max(counts.n_other_of, 1))})"


# --- venues and facets --------------------------------------------------------------------


def _groups(index: SnapshotIndex) -> Iterator[Finding]:
    """For each topic the venue, and the value of each facet, that it has most of beyond what the corpus has."""
    for kind in group_kinds(index):
        values, n_topics = index.values(kind), len(index.topics)
        common = np.argsort(-values.counts, kind="stable")[:_MOST_VALUES]
        common = common[values.counts[common] >= _MIN_GROUP]
        place = np.full(len(values.names), -1)
        place[common] = np.arange(len(common))
        codes = index.topic_codes[values.entry_rows]
        kept = (place[values.entry_values] >= 0) & (codes >= 0)
        cells = codes[kept].astype(np.int64) * len(common) + place[values.entry_values[kept]]
        table = np.bincount(cells, minlength=n_topics * len(common)).reshape(n_topics, len(common))
        carrying = np.unique(values.entry_rows)
        n_with = np.bincount(index.topic_codes[carrying] + 1, minlength=n_topics + 1)[1:]
        n_tested = int((table >= _MIN_GROUP).sum())
        for code in range(n_topics):
            found = [
                (
                    contrast(
                        int(table[code, at]), int(n_with[code]), int(values.counts[value]), len(carrying), n_tested
                    ),
                    at,
                )
                for at, value in enumerate(common)
                if table[code, at] >= _MIN_GROUP
            ]
            if not found:
                continue
            counts, at = max(found, key=lambda pair: pair[0].interest)
            if counts.odds_low > _LEAST_RATIO:
                yield _group(index, code, kind, values.names[common[at]], counts, n_tested)


def _group(index: SnapshotIndex, code: int, kind: str, value: str, counts: Contrast, n_tested: int) -> Finding:
    topic = index.topics.iloc[code]
    topic_id, noun = str(topic["topic_id"]), " ".join(kind.replace("_", " ").split())
    text = (
        f"{quoted(topic['label'])} stands out by {noun}: {_of(counts)} have {quoted(value)}, against "
        f"{_of_other(counts)} of the corpus."
    )
    caveat = (
        f"Of the papers for which it is known. The odds are at least {times(counts.odds_low)} those of the corpus, "
        f"all {n_tested:,} pairs of topic and {noun} taken together."
    )
    leads_to = _page_of(index, topic_id, part="groups")
    return Finding("group", text, leads_to, counts.interest, caveat, topic_id, contrast=counts)


# --- between topics -------------------------------------------------------------------------


def _ties(index: SnapshotIndex) -> Iterator[Finding]:
    """Pairs of topics that draw closer; where none does, the pair with most papers near each other."""
    pairs = tied_topics(index, np.ones(index.n_papers, dtype=bool))
    closer = pairs[pairs["change"] == "closer"]
    for pair in closer.to_dict("records"):
        n, n_of, n_other, n_other_of = (
            int(pair[f"{part}_{when}"]) for when in ("since", "before") for part in ("tied", "n")
        )
        counts = contrast(n, n_of, n_other, n_other_of, len(pairs))
        text = (
            f"{_both(index, pair)} draw closer: {_of(counts)} since {pair['since']} have one of the other topic among "
            f"their nearest, {_of_other(counts)} before."
        )
        caveat = f"Clear among {len(pairs):,} pairs. A topic that grows has more papers to be near to: part of it."
        yield _pair(index, "closer", pair, text, caveat, counts.interest, counts)
    if len(pairs) and not len(closer):
        pair = pairs.sort_values("share_low", ascending=False, kind="stable").iloc[0].to_dict()
        text = (
            f"{_both(index, pair)} are neighbours: {pair['n_tied']:,} of their {pair['n_papers']:,} papers "
            f"({percent(pair['share'])}) have one of the other topic among their nearest."
        )
        caveat = (
            f"More than any other of {len(pairs):,} pairs with {MIN_TIED} such papers; 95% interval "
            f"{percent(pair['share_low'])} to {percent(pair['share_high'])}."
        )
        yield _pair(index, "bridge", pair, text, caveat, float(np.sqrt(pair["n_tied"])) / 4)


def _both(index: SnapshotIndex, pair: dict[Any, Any]) -> str:
    return " and ".join(quoted(topic_name(index, pair[of])) for of in ("topic_a", "topic_b"))


def _pair(
    index: SnapshotIndex,
    kind: str,
    pair: dict[Any, Any],
    text: str,
    caveat: str,
    interest: float,
    counts: Contrast | None = None,
) -> Finding:
    first, second = str(pair["topic_a"]), str(pair["topic_b"])
    leads_to = View(index.corpus, index.snapshot_id, "compare", side_a=Side(first), side_b=Side(second))
    return Finding(kind, text, leads_to, interest, caveat, first, second, counts)


# --- citations -----------------------------------------------------------------------------


def _cited(index: SnapshotIndex) -> Iterator[Finding]:
    """The topic that the most cited papers are of more often than others."""
    citations = index.papers["citations"].fillna(-1).to_numpy(dtype=np.int64)
    known = np.flatnonzero(citations >= 0)
    n_top = int(len(known) * _TOP_SHARE)
    if n_top < _MIN_TOP:
        return
    most = int(np.partition(citations[known], -n_top)[-n_top])  # ties are all in
    top = citations >= max(most, 1)
    n_topics = len(index.topics)
    inside, every = (np.bincount(index.topic_codes[rows] + 1, minlength=n_topics + 1)[1:] for rows in (top, known))
    found = [
        contrast(int(inside[code]), int(top.sum()), int(every[code]), len(known), n_topics) for code in range(n_topics)
    ]
    code = max(range(n_topics), key=lambda code: found[code].odds_low)
    counts, topic = found[code], index.topics.iloc[code]
    if counts.odds_low <= 1:
        return
    text = (
        f"{_of(counts)} with {most:,} citations or more, the most cited {_TOP_SHARE:.0%}, are on "
        f"{quoted(topic['label'])}, against {_of_other(counts)} of all."
    )
    caveat = (
        f"Of the papers whose citations are known; no other topic's odds are as much higher. Clear at a level of "
        f"{LEVEL:.0%} among {n_topics:,} topics. Older papers had longer to be cited."
    )
    topic_id = str(topic["topic_id"])
    yield Finding(
        "cited", text, _page_of(index, topic_id, sort="citations"), counts.interest, caveat, topic_id, contrast=counts
    )
