"""What is said of a topic's trend and of the evidence for it: the same words on every page."""

from __future__ import annotations

import math
import re
from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd

_TREND_WORDS = {"too few": "too few papers to say", "steady": "no clear trend"}
_PERIOD = re.compile(r"[0-9]{4}(-Q[1-4]|-[0-9]{2})?")

MOVING = ("new", "rising", "burst", "fading")
"""Classes of ``schema.TrendClass`` that say that something changed."""


def trend_in_words(trend_class: object, burst_from: object = None, burst_to: object = None) -> str:
    """``schema.TrendClass`` as it is said on a page, of a burst with when it was; empty for a topic not tested."""
    if not isinstance(trend_class, str):
        return ""
    if trend_class == "burst" and _is_period(burst_from) and _is_period(burst_to):
        return f"burst {burst_from}" if burst_from == burst_to else f"burst {burst_from} to {burst_to}"
    return _TREND_WORDS.get(trend_class, trend_class)


def _is_period(name: object) -> bool:
    return isinstance(name, str) and _PERIOD.fullmatch(name) is not None


def is_tested(topic: Mapping[Hashable, Any] | pd.Series) -> bool:
    """Whether a row of ``schema.TOPICS`` has the result of a test."""
    return not (pd.isna(topic["trend_slope"]) or pd.isna(topic["trend_q"]))


def adjusted_p(q_value: float) -> str:
    """A p-value that was adjusted for the number of tests: ``adjusted p < 0.001``."""
    return "adjusted p < 0.001" if q_value < 0.001 else f"adjusted p = {q_value:.3f}"


def trend_evidence(topic: Mapping[Hashable, Any] | pd.Series) -> str:
    """Strength and sureness of a topic's trend in few letters: ``×1.24 a year, adjusted p < 0.001``."""
    if not is_tested(topic):
        return ""
    p = adjusted_p(topic["trend_q"])
    if topic["trend_class"] == "burst":
        return f"{trend_in_words('burst', topic['burst_from'], topic['burst_to'])}, {p}"
    word = "new, " if topic["trend_class"] == "new" else ""
    return f"{word}×{math.exp(topic['trend_slope']):.2f} a year, {p}"


def trend_explained(topic: Mapping[Hashable, Any] | pd.Series) -> str:
    """`trend_evidence` for those who have not met it before: plain sentences."""
    if not is_tested(topic):
        return "Too few dated papers or periods for a test."
    if topic["trend_class"] == "burst":
        said = "For a short time the share was higher than before and after"
    else:
        factor = f"{math.exp(topic['trend_slope']):.2f}"
        said = f"The odds of a paper being in this topic change by a factor of {factor} a year"
    return f"{said} ({adjusted_p(topic['trend_q'])}, for the number of topics tested). Tested over the whole corpus."
