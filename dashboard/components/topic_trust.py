"""How far one topic can be relied on: coherence and stability, each with what it says in a line."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboard.queries import SnapshotIndex
from pipeline.stability import FOUND_ABOVE, SUBSET_SHARE, stability_in_words

SOLID_FROM = 0.75
"""Stability from which a topic is called solid; at `FOUND_ABOVE` or less it is not there again (Hennig,
Computational Statistics & Data Analysis 52, 2007)."""

COHERENCE_HELP = "How often the topic's top keywords stand in the same papers (NPMI, −1 to 1)."
_STABILITY_HELP = (
    f"The corpus is fitted again, each time with another seed and on another {SUBSET_SHARE:.0%} of its papers. "
    f"The topic is found in a run if its best match there shares more than {FOUND_ABOVE:.0%} of the papers that are "
    'in either of the two; "same papers" is that share, averaged over all runs.'
)


def topic_trust(index: SnapshotIndex, topic: pd.Series) -> None:
    """Two lines, the second says how to measure what is not measured."""
    with st.container(gap="xxsmall"):
        st.caption(coherence_line(index, topic), help=COHERENCE_HELP)
        st.caption(stability_line(topic), help=_STABILITY_HELP)


def coherence_line(index: SnapshotIndex, topic: pd.Series) -> str:
    """The coherence, what it means, and where it stands among the topics of the corpus: markdown."""
    value = topic["coherence"]
    if pd.isna(value):
        return "Coherence :gray-badge[not measured]"
    if value <= 0:
        said = "its keywords share papers no more often than chance would have it: read some before you rely on it"
        return f"Coherence :orange-badge[{value:.2f}] {said}."
    others = index.topics.loc[index.topics["topic_id"] != topic["topic_id"], "coherence"].dropna()
    less = f"; {int((others < value).sum()):,} of {len(others):,} other topics are less coherent"
    among = less if len(others) else ""
    return f"Coherence :gray-badge[{value:.2f}] its keywords share papers more often than chance would have it{among}."


def stability_line(topic: pd.Series) -> str:
    """The stability in a word and in numbers: markdown."""
    value = topic["stability"]
    said = stability_in_words(value, topic["stability_runs"], topic["stability_found"])
    if said == "not measured":
        return f"Stability :gray-badge[{said}] fitting with --stability 10 measures it."
    if value >= SOLID_FROM:
        verdict = ":green-badge[solid]"
    else:
        verdict = ":orange-badge[not there again]" if value <= FOUND_ABOVE else ":gray-badge[in part]"
    return f"Stability {verdict} {said} when the corpus is fitted again."
