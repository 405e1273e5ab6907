"""What one topic belongs to at the coarser levels, and the topics that belong to the same."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboard.components.link_list import link_list
from dashboard.components.links import view_button
from dashboard.components.topic_rows import topic_rows
from dashboard.context import PageContext
from dashboard.queries import finest_within, topic_sizes
from dashboard.safe_text import for_markdown

_N_SHOWN = 12
_N_COMPARED = 8


def topic_siblings(context: PageContext, topic_id: str, above: pd.DataFrame, *, key: str) -> None:
    """How much of each coarser topic it is, and the topics of the nearest one by size.

    Parameters
    ----------
    above
        `queries.coarser_topics` of the topic; at least one.
    """
    view, index = context.view, context.index
    counts, _ = topic_sizes(index, context.mask)
    sizes = dict(zip(index.topic_ids, counts.tolist(), strict=True))
    siblings: list[str] = []
    for coarse in above.to_dict("records"):
        within = finest_within(index, str(coarse["topic_id"]))
        siblings = siblings or within
        total = sum(sizes[other] for other in within)
        share = f" ({sizes[topic_id] / total:.0%})" if total else ""
        st.markdown(
            f"{sizes[topic_id]:,} of {total:,} papers{share} in **{for_markdown(coarse['label'], limit=80)}**, "
            f"which holds {len(within):,} topics."
        )
    largest = sorted(siblings, key=lambda other: -sizes[other])
    shown = [other for other in largest if other == topic_id or other in largest[:_N_SHOWN]]
    rows = topic_rows(
        context,
        shown,
        lambda other: view.to(topic=other, paper=None, period=None, sort=""),
        notes={other: f"{sizes[other]:,}" for other in shown},
        sizes={other: sizes[other] for other in shown},
        lines=True,
        current=topic_id,
    )
    link_list(rows, key=f"{key}-list", name="Siblings")
    said = ["Bars and numbers are papers, lines are the share of all papers over time."]
    if len(siblings) > len(shown):
        said.append(f"Shown are the {len(shown)} largest of {len(siblings):,}.")
    st.caption(" ".join(said))
    if index.periods and len(siblings) > 1:
        others = [other for other in largest if other != topic_id][: _N_COMPARED - 1]
        compared = view.to("trends", topics=(topic_id, *others))
        view_button("Compare over time", compared, key=f"{key}-compare", icon=":material/show_chart:")
