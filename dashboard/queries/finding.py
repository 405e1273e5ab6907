"""What a finding is, and how one of two counts is weighed against the other."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from dashboard.queries.groups import log_odds_against
from dashboard.safe_text import one_line
from dashboard.state import View

LEVEL = 0.05
"""Chance of a wrong statement of one kind, all candidates of the kind together."""

_NAME_CHARACTERS = 80


@dataclass(frozen=True)
class Contrast:
    """A count of papers against another, and the ratio of their odds.

    Attributes
    ----------
    n, n_of
        What is said: ``n`` of ``n_of`` papers.
    n_other, n_other_of
        What it is compared with.
    odds, odds_low, odds_high
        Ratio of the odds, drawn towards 1 where there are few papers (`log_odds_against`), and its interval.
    """

    n: int
    n_of: int
    n_other: int
    n_other_of: int
    odds: float
    odds_low: float
    odds_high: float

    @property
    def strength(self) -> float:
        """How strong it is at least, either way: log2 of the end of the interval nearer to 1; 0 if that holds 1."""
        return float(max(np.log2(self.odds_low), -np.log2(self.odds_high), 0.0))

    @property
    def interest(self) -> float:
        """`strength` times the square root of the papers it is about: those of the larger share."""
        larger = self.n if self.odds >= 1 else self.n_other
        return self.strength * float(np.sqrt(larger))


def contrast(n: int, n_of: int, n_other: int, n_other_of: int, n_candidates: int = 1) -> Contrast:
    """``n`` of ``n_of`` papers against ``n_other`` of ``n_other_of``.

    The interval is that of `LEVEL` divided by ``n_candidates``, the statements among which this one
    is chosen (Bonferroni).
    """
    deviations = NormalDist().inv_cdf(1 - LEVEL / 2 / max(n_candidates, 1))
    mean, deviation = (float(value) for value in log_odds_against(n, n_of, n_other, n_other_of))
    odds, low, high = (float(np.exp(mean + side * deviations * deviation)) for side in (0, -1, 1))
    return Contrast(n, n_of, n_other, n_other_of, odds, low, high)


@dataclass(frozen=True)
class Finding:
    """Something worth knowing about a corpus.

    Attributes
    ----------
    kind
        One of `findings.KINDS`.
    text, caveat
        One or two plain sentences with their numbers, and what one must know to read them. Plain text.
    leads_to
        The page that shows the evidence, without filters.
    interest
        What it is ranked by; see `Contrast.interest`.
    topic_id, other_topic_id
        The topics it is about, if it is about any.
    contrast
        The counts behind it, if there are two.
    q_value
        Adjusted p-value of the test behind it, if it is one of the fit's.
    """

    kind: str
    text: str
    leads_to: View
    interest: float
    caveat: str = ""
    topic_id: str = ""
    other_topic_id: str = ""
    contrast: Contrast | None = None
    q_value: float | None = None


def quoted(text: object) -> str:
    """A name within a sentence, on one line and not too long for it."""
    return f"“{one_line(text, _NAME_CHARACTERS)}”"
