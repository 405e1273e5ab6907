"""Five to ten things worth knowing about a corpus, from its numbers alone.

`findings` chooses among what `topic_findings` and `corpus_findings` offer. A candidate is
offered only where its evidence stands when all candidates of its kind are taken together.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from dashboard.queries.corpus_findings import caveat_findings, opening_findings
from dashboard.queries.finding import Finding
from dashboard.queries.index import SnapshotIndex
from dashboard.queries.topic_findings import topic_findings

KINDS = {
    "corpus": "In one line",
    "changes": "What changes",
    "largest": "Largest",
    "rising": "Rising",
    "new": "New",
    "fading": "Fading",
    "burst": "Burst",
    "group": "Where it appears",
    "closer": "Drawing closer",
    "bridge": "Neighbours",
    "cited": "Cited",
    "jump": "Read with care",
    "undated": "Read with care",
    "records": "Read with care",
    "languages": "Read with care",
    "stability": "How sure",
    "coherence": "How sure",
}
"""Kind of a finding → what it is called on a page."""

MOST_ON_TOPICS = 6
"""Findings on topics; with those on the whole corpus there are at most ten."""
MOST_CAVEATS = 2
MOST_OF_A_KIND = 2
_REPEATED = 0.4
"""How interesting another finding of a kind is, against the first one."""


def findings(index: SnapshotIndex) -> list[Finding]:
    """What is worth knowing about the whole corpus as it was fitted, the most interesting first.

    The corpus in one line, and how many topics change, come first; caveats come last. Between them are findings on
    topics, ranked by their interest (`Contrast.interest`), times `_REPEATED` for each of the same kind before it; no
    topic has two, and no kind more than `MOST_OF_A_KIND`. A small corpus has fewer: what its numbers do not carry
    is left out.
    """
    finest = index.at_level(0)
    chosen = _ranked(topic_findings(finest))
    return [*opening_findings(finest), *chosen, *caveat_findings(finest)[:MOST_CAVEATS]]


def _ranked(candidates: Sequence[Finding]) -> list[Finding]:
    chosen: list[Finding] = []
    of_kind: Counter[str] = Counter()
    told: set[str] = set()
    pending = sorted(candidates, key=lambda finding: -finding.interest)
    while pending and len(chosen) < MOST_ON_TOPICS:
        best = max(pending, key=lambda finding: finding.interest * _REPEATED ** of_kind[finding.kind])
        pending.remove(best)
        about = {best.topic_id, best.other_topic_id} - {""}
        if best.interest <= 0 or of_kind[best.kind] >= MOST_OF_A_KIND or about & told:
            continue
        chosen.append(best)
        of_kind[best.kind] += 1
        told |= about
    return chosen
