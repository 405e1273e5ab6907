"""Findings on the corpus as a whole: what it is, how many topics change, and what to beware of."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import NormalDist

import numpy as np

from dashboard.numbers import counted, percent, times
from dashboard.queries.finding import LEVEL, Contrast, Finding, quoted
from dashboard.queries.index import UNDATED, SnapshotIndex
from dashboard.queries.side_words import FALSE_DISCOVERIES
from dashboard.state import View
from dashboard.trend_words import MOVING
from pipeline.stability import FOUND_ABOVE, stability_in_words

_LEAST_JUMP = 1.5  # ratio of papers in neighbouring periods at the near end of its interval
_LEAST_UNDATED = 0.02
_LEAST_DROPPED = 0.05
_LEAST_OTHER_LANGUAGES = 0.1
_MIN_OTHER_LANGUAGES = 5


def opening_findings(index: SnapshotIndex) -> list[Finding]:
    """The corpus in one line, and how many topics change. ``index`` is one at level 0."""
    return [*_corpus(index), *_changes(index)]


def caveat_findings(index: SnapshotIndex) -> list[Finding]:
    """What changes how the rest is to be read, the most interesting first."""
    found = [*_jump(index), *_undated(index), *_sureness(index), *_records(index)]
    return sorted(found, key=lambda finding: -finding.interest)


def _corpus(index: SnapshotIndex) -> Iterator[Finding]:
    if not index.n_papers:
        return
    said = counted(index.n_papers, "paper")
    if index.year_range is not None:
        first, last = index.year_range
        said += f" from {first}" if first == last else f" from {first} to {last}"
    if len(index.topics):
        n_outside = int((index.topic_codes < 0).sum())
        share = f"{n_outside:,} of {index.n_papers:,} ({percent(n_outside / index.n_papers)})"
        said += f" in {counted(len(index.topics), 'topic')}; {share} are outside every topic"
    yield Finding("corpus", f"{said}.", View(index.corpus, index.snapshot_id), float("inf"))


def _changes(index: SnapshotIndex) -> Iterator[Finding]:
    """How many topics the fit's tests call new, rising, fading or a burst, of how many."""
    classes = index.topics["trend_class"]
    n_tested = int(index.topics["trend_q"].notna().sum())
    if not n_tested:
        return
    counts = {kind: int((classes == kind).sum()) for kind in MOVING}
    n_moving = sum(counts.values())
    leads_to = View(index.corpus, index.snapshot_id, "trends")
    tested = f"{n_tested:,} {'topic' if n_tested == 1 else 'topics'} tested"
    if not n_moving:
        text = f"Of {tested}, none changes its share clearly enough over time to say so."
    else:
        words = {"new": "new", "rising": "rising", "burst": "had a burst", "fading": "fading"}
        parts = [f"{counts[kind]:,} {words[kind]}" for kind in ("rising", "new", "burst", "fading") if counts[kind]]
        said = parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
        text = f"Of {tested}, {n_moving:,} {'changes' if n_moving == 1 else 'change'} clearly over time: {said}."
    n_few = int((classes == "too few").sum())
    few = (
        f" {counted(n_few, 'topic')} {'has' if n_few == 1 else 'have'} too few dated papers for a test."
        if n_few
        else ""
    )
    caveat = f"Of what is called a change about {FALSE_DISCOVERIES:.0%} is expected to be chance.{few}"
    yield Finding("changes", text, leads_to, float("inf"), caveat if n_moving else few.strip())


# --- what to beware of --------------------------------------------------------------------


def _jump(index: SnapshotIndex) -> Iterator[Finding]:
    """The clearest jump of the whole corpus from one complete period to the next."""
    record = index.snapshot.manifest.trends
    n_periods = len(index.periods) - int(bool(index.periods) and record.last_is_partial)
    if n_periods < 3:
        return
    dated = index.period_codes[index.period_codes != UNDATED]
    counts = np.bincount(dated, minlength=len(index.periods))[:n_periods]
    candidates = [_rate(int(counts[at]), int(counts[at - 1]), len(dated), n_periods - 1) for at in range(1, n_periods)]
    at = max(range(n_periods - 1), key=lambda i: candidates[i].interest)
    jump = candidates[at]
    if 2**jump.strength < _LEAST_JUMP:
        return
    before, period = index.periods[at], index.periods[at + 1]
    verb = "jumps" if jump.odds > 1 else "drops"
    text = (
        f"The corpus {verb} from {counted(jump.n_other, 'paper')} in {before} to {jump.n:,} in {period} "
        f"({times(jump.n / max(jump.n_other, 1))}). {_behind(index, at)}"
    )
    caveat = "Compare shares over time, not numbers."
    leads_to = View(index.corpus, index.snapshot_id, "trends", period=period, measure="count")
    yield Finding("jump", text.strip(), leads_to, jump.interest, caveat, contrast=jump)


def _rate(n: int, n_before: int, n_dated: int, n_candidates: int) -> Contrast:
    """Papers of a period against those of the one before: a ratio of counts, half a paper added to each."""
    ratio, deviation = np.log((n + 0.5) / (n_before + 0.5)), np.sqrt(1 / (n + 0.5) + 1 / (n_before + 0.5))
    deviations = NormalDist().inv_cdf(1 - LEVEL / 2 / n_candidates)
    odds, low, high = (float(np.exp(ratio + side * deviations * deviation)) for side in (0, -1, 1))
    return Contrast(n, n_dated, n_before, n_dated, odds, low, high)


def _behind(index: SnapshotIndex, at: int) -> str:
    """The venue that makes up at least half of the change from period ``at`` to the next, if one does."""
    before, since = (index.venues.counts_within(index.period_codes == code) for code in (at, at + 1))
    if not len(before):
        return ""
    change = since - before
    total = int((index.period_codes == at + 1).sum()) - int((index.period_codes == at).sum())
    most = int(np.argmax(change * np.sign(total)))
    if abs(change[most]) < abs(total) / 2:
        return ""
    return f"{quoted(index.venues.names[most])} alone goes from {before[most]:,} to {since[most]:,}."


def _undated(index: SnapshotIndex) -> Iterator[Finding]:
    n_undated = index.n_undated
    share = n_undated / max(index.n_papers, 1)
    if share < _LEAST_UNDATED:
        return
    if n_undated == index.n_papers:
        text = "No paper has a date, so nothing can be said of change over time."
    else:
        text = f"{n_undated:,} of {index.n_papers:,} papers ({percent(share)}) have no date: trends are without them."
    leads_to = View(index.corpus, index.snapshot_id, "data")
    yield Finding("undated", text, leads_to, share * float(np.sqrt(index.n_papers)))


def _records(index: SnapshotIndex) -> Iterator[Finding]:
    """Records left out, and languages that the default embedder does not know well."""
    manifest, leads_to = index.snapshot.manifest, View(index.corpus, index.snapshot_id, "data")
    n_dropped = manifest.papers_read - manifest.papers_kept
    share = n_dropped / max(manifest.papers_read, 1)
    if share >= _LEAST_DROPPED:
        text = f"{n_dropped:,} of {manifest.papers_read:,} records read ({percent(share)}) were left out."
        yield Finding("records", text, leads_to, share * float(np.sqrt(manifest.papers_read)))
    languages = index.papers["language"]
    n_other = int((~languages.isin(["en", "und"])).sum())
    share = n_other / max(index.n_papers, 1)
    if share >= _LEAST_OTHER_LANGUAGES and n_other >= _MIN_OTHER_LANGUAGES:
        text = f"{n_other:,} of {index.n_papers:,} papers ({percent(share)}) are not in English."
        caveat = "Papers in one language may lie together for that alone."
        yield Finding("languages", text, leads_to, share * float(np.sqrt(index.n_papers)), caveat)


def _sureness(index: SnapshotIndex) -> Iterator[Finding]:
    """Topics that further fits do not find again, and topics whose keywords do not go together."""
    topics = index.topics
    measured = topics[topics["stability"].notna()]
    overview = View(index.corpus, index.snapshot_id, "topics", topic_sort="coherence")
    if len(measured):
        lost = measured[measured["stability"] <= FOUND_ABOVE]
        weakest = measured.iloc[int(measured["stability"].to_numpy().argmin())]
        said = stability_in_words(weakest["stability"], weakest["stability_runs"], weakest["stability_found"])
        caveat = f"{quoted(weakest['label'])} is the least stable: {said}."
        n_topics = f"{len(measured):,} {'topic' if len(measured) == 1 else 'topics'}"
        if len(lost):
            verb = "is" if len(lost) == 1 else "are"
            text = f"{len(lost):,} of {n_topics} {verb} not found again when the corpus is fitted anew."
        else:
            text = f"All of the {n_topics} are found again when the corpus is fitted anew."
        leads_to = View(index.corpus, index.snapshot_id, "topics", topic=str(weakest["topic_id"]))
        interest = float(np.sqrt(lost["size"].sum())) if len(lost) else 0.0
        yield Finding("stability", text, leads_to, interest, caveat, str(weakest["topic_id"]))
    loose = topics[topics["coherence"] <= 0]
    if len(loose):
        worst = loose.iloc[int(loose["coherence"].to_numpy().argmin())]
        value = f"coherence {worst['coherence']:.2f}".replace("-", "−")
        of_one = f"The keywords of {quoted(worst['label'])}"
        chance = "share papers no more often than chance would have it"
        text = f"{of_one} {chance} ({value})."
        if len(loose) > 1:
            of_one = f"The keywords of {len(loose):,} of {len(topics):,} topics"
            text = f"{of_one} {chance}; least those of {quoted(worst['label'])} ({value})."
        leads_to = overview if len(loose) > 1 else overview.to(topic=str(worst["topic_id"]))
        interest = float(np.sqrt(loose["size"].sum())) / 4
        caveat = "Read some of their papers before you rely on them."
        yield Finding("coherence", text, leads_to, interest, caveat, str(worst["topic_id"]))
