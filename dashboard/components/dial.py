"""The outlier dial: how firmly a paper must belong to count to its topic, and what that costs."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import streamlit as st

from dashboard.context import PageContext
from dashboard.navigation import hold, on_change
from dashboard.queries import DialSetting, dial_settings

_HELP = "How firmly a paper must belong to its topic to be counted there: choose how many outliers there are"


def outlier_dial(context: PageContext) -> None:
    """The dial, behind a button that says what its setting costs. Nothing where the snapshot has no dial."""
    index, view = context.index, context.view
    settings = dial_settings(index)
    if not settings:
        return
    by_name = {setting.name: setting for setting in settings}
    own = next(setting.name for setting in settings if setting.is_default)
    chosen = by_name[view.dial or own]
    label = cost_in_words(chosen)
    with st.popover(f"**{label}**" if view.dial else label, icon=":material/tune:", help=_HELP):
        key = hold(f"dial-{view.corpus}-{view.snapshot_id}", chosen.name)
        st.select_slider(
            "Outliers are papers that belong to their topic less firmly than",
            list(by_name),
            key=key,
            format_func=lambda name: f"{name} (as fitted)" if name == own else str(name),
            on_change=on_change(key, lambda name: replace(view, dial="" if name == own else name, list_page=1)),
        )
        st.markdown(
            f"**{chosen.n_outliers:,}** of {index.n_papers:,} papers are outside every topic; "
            f"a topic has {chosen.papers_per_topic:,.0f} papers on average, and {chosen.n_borderline:,} papers in "
            "topics lie between two of them."
        )
        st.table(_costs(settings, own))
        st.caption(
            "Counted over all papers, without filters. Map, lists, trends and files follow the dial. Names, keywords, "
            "coherence, stability and trend tests of single topics stay those of the fit."
        )


def cost_in_words(setting: DialSetting) -> str:
    """What a setting costs, in few words: "12.9% outliers, coherence 0.28"."""
    coherence = "" if setting.coherence is None else f", coherence {setting.coherence:.2f}"
    return f"{setting.outlier_share:.1%} outliers{coherence}"


def _costs(settings: tuple[DialSetting, ...], own: str) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Setting": [f"{each.name} (as fitted)" if each.name == own else each.name for each in settings],
            "Outliers": [f"{each.outlier_share:.1%}" for each in settings],
            "Coherence": ["" if each.coherence is None else f"{each.coherence:.3f}" for each in settings],
            "Borderline": [f"{each.n_borderline:,}" for each in settings],
            "Papers a topic": [f"{each.papers_per_topic:,.0f}" for each in settings],
        }
    ).set_index("Setting")
