"""Compare: two sets of papers side by side, and what tells them apart."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from dashboard import data
from dashboard.components.downloads import csv_button
from dashboard.components.gaps import gaps_and_bridges
from dashboard.components.link_list import Row, link_list
from dashboard.components.links import view_button
from dashboard.components.pair_picture import mix_picture, period_picture, side_colours
from dashboard.components.paper_list import paper_list
from dashboard.components.paper_rows import paper_links
from dashboard.components.side_card import side_card, side_in_words
from dashboard.components.topic_rows import numbered_label
from dashboard.context import PageContext
from dashboard.numbers import percent
from dashboard.queries import (
    FALSE_DISCOVERIES,
    MAX_CENTRE_PAPERS,
    MAX_SAMPLED,
    MIN_HOLDING,
    MIN_PAPERS,
    UNDATED,
    Sides,
    bridging_papers,
    counted_rows,
    distinctive_words,
    papers_at,
    periods_of_sides,
    sides_of,
    topic_mix,
    topic_overview,
    word_table,
    year_that_halves,
)
from dashboard.state import Filters, Side, View

_N_WORDS = 15
_N_TOPICS = 12
_N_BRIDGING = 6
_LARGEST_RATIO = 1_000  # beyond, a word is as good as never there on the other side
_MOSTLY = 0.8  # a word of which this share of papers holds the phrase is left to the phrase


def render(context: PageContext) -> None:
    """Draw the page."""
    view = context.view
    st.title("Compare", anchor=False)
    if view.side_a is None:
        st.markdown(
            "Two sets of papers side by side: topics, periods, venues, searches, regions of the map. "
            "What differs in their words, topics and years, and which papers stand between them."
        )
        left, right = st.columns(2, gap="large")
        with left:
            side_card(context, "a", None)
        with right:
            _presets(context)
        gaps_and_bridges(context)
        return
    sides = sides_of(context.index, view.side_a, view.side_b, context.mask)
    left, right = st.columns(2, gap="medium")
    with left:
        side_card(context, "a", sides.n[0])
    with right:
        side_card(context, "b", sides.n[1])
    if reason := _nothing_to_compare(context, sides):
        st.info(reason, icon=":material/info:")
        return
    _overlap(context, sides)
    left, right = st.columns([1, 1], gap="large")
    with left:
        _mix(context, sides)
    with right:
        _over_time(context, sides)
    _words(context, sides)
    _bridging(context, sides)
    if sides.n_both:
        paper_list(context, key="shared-papers", heading="Papers on both sides")


def _nothing_to_compare(context: PageContext, sides: Sides) -> str:
    """Why there is nothing to tell apart, in a sentence; empty where there is."""
    if not context.n_matching:
        return "No paper passes the filters, so there is nothing to compare."
    empty = [name for name, n in zip("AB", sides.n, strict=True) if not n]
    if empty:
        which = "Neither side holds a" if len(empty) == 2 else f"Side {empty[0]} holds no"
        return f"{which} paper that passes the filters. Change it, or widen the filters."
    if sides.are_the_same:
        return "Both sides hold exactly the same papers: there is nothing to tell apart. Change one of them."
    return ""


def _overlap(context: PageContext, sides: Sides) -> None:
    view = context.view
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if sides.n_both:
            shares = " and ".join(f"{percent(sides.n_both / n)} of {s}" for s, n in zip("AB", sides.n, strict=True))
            noun = "paper is" if sides.n_both == 1 else "papers are"
            st.markdown(f"**{sides.n_both:,}** {noun} on both sides: {shares}.", width="content")
        else:
            st.markdown("No paper is on both sides.", width="content")
        if view.side_b is not None:
            swapped = view.to(side_a=view.side_b, side_b=view.side_a)
            view_button("Swap sides", swapped, key="swap", icon=":material/swap_horiz:")


# --- the empty page ---------------------------------------------------------------------


def _presets(context: PageContext) -> None:
    found = presets(context)
    if not found:
        return
    st.subheader("Or start here", anchor=False)
    link_list([Row(label, leads_to) for label, leads_to in found], key="presets", name="Comparisons to start with")


def presets(context: PageContext) -> list[tuple[str, View]]:
    """Comparisons that this snapshot offers under the filters: what each is called, and where it leads."""
    index, view = context.index, context.view
    found: list[tuple[str, Side, Side | None]] = []
    topics = topic_overview(index, context.mask)
    topics = topics[topics["n_papers"] > 0]
    rising = topics.loc[topics["trend_class"].isin(["new", "rising"]), "topic_id"].tolist()
    fading = topics.loc[topics["trend_class"] == "fading", "topic_id"].tolist()
    if rising and fading:
        names = [numbered_label(context, topic_ids[0]) for topic_ids in (rising, fading)]
        label = f"The largest rising topic, {names[0]}, against the largest fading one, {names[1]}"
        found.append((label, Side(rising[0]), Side(fading[0])))
    if (start := year_that_halves(index, context.mask)) is not None and index.year_range is not None:
        first, last = index.year_range
        earlier, later = (Side(filters=Filters(years, False)) for years in ((first, start - 1), (start, last)))
        found.append((f"The earlier half of the papers, before {start}, against the later half", earlier, later))
    if len(topics) > 1:
        largest = topics["topic_id"].tolist()[:2]
        names = [numbered_label(context, topic_id) for topic_id in largest]
        found.append((f"The two largest topics, {names[0]} against {names[1]}", Side(largest[0]), Side(largest[1])))
    counts = index.venues.counts_within(context.mask)
    order = [int(code) for code in np.argsort(-counts, kind="stable")[:2] if counts[code]]
    if len(order) == 2:
        names = [index.venues.names[code] for code in order]
        label = f"The two venues with most papers, {names[0]} against {names[1]}"
        found.append((label, Side(filters=Filters(venues=(names[0],))), Side(filters=Filters(venues=(names[1],)))))
    return [(label, view.to(side_a=a, side_b=b)) for label, a, b in found]


# --- what differs -----------------------------------------------------------------------


def _head(context: PageContext, heading: str, table: str, n_rows: int, help: str | None = None) -> None:
    """A heading with the CSV of what stands under it."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.subheader(heading, anchor=False, width="stretch", help=help)
        csv_button(context, replace(context.view, table=table), n_rows, key=f"compare-{table}-csv")


def _names(context: PageContext) -> tuple[str, str]:
    return side_in_words(context, context.view.side_a), side_in_words(context, context.view.side_b)


def _too_few(sides: Sides) -> str:
    few = [f"side {name} has {n:,}" for name, n in zip("AB", sides.n, strict=True) if n < MIN_PAPERS]
    return f"Too few papers to say: {' and '.join(few)}, and at least {MIN_PAPERS} are needed." if few else ""


def _mix(context: PageContext, sides: Sides) -> None:
    index, view = context.index, context.view
    if not len(index.topics):
        st.subheader("Topics", anchor=False)
        st.caption("No topic was found in this corpus.")
        return
    mix = topic_mix(index, sides)
    _head(context, "Topics", "mix", len(mix))
    if reason := _too_few(sides):
        st.caption(reason)
        return
    if len(mix) <= 2 and mix["share_a"].isin([0, 1]).all() and mix["share_b"].isin([0, 1]).all():
        st.caption("Each side lies within one topic.")
        return
    shown = mix.head(_N_TOPICS)
    mix_picture(
        context,
        shown,
        [numbered_label(context, topic_id) for topic_id in shown["topic_id"]],
        lambda topic_id: view.to("topics", topic=topic_id),
        _names(context),
        key="mix",
    )
    more = f", the {len(shown)} of {len(mix)} that differ most" if len(mix) > len(shown) else ""
    st.caption(f"Share of each side's papers, ● A and ■ B, with 95 % intervals{more}.")


def _over_time(context: PageContext, sides: Sides) -> None:
    index = context.index
    if len(index.periods) < 2:
        st.subheader("Over time", anchor=False)
        st.caption("No paper of this corpus has a date." if not index.periods else "All papers are of one period.")
        return
    periods = periods_of_sides(index, sides)
    _head(context, "Over time", "periods", len(periods))
    record = index.snapshot.manifest.trends
    partial = f"{record.last} may be incomplete." if record.last_is_partial else ""
    period_picture(context, periods, _names(context), key="periods", note=partial)
    undated = [int((index.years[mask] == UNDATED).sum()) for mask in (sides.a, sides.b)]
    said = f" Without a date: {undated[0]:,} of A, {undated[1]:,} of B." if any(undated) else ""
    st.caption(f"Share of each side's dated papers in each period, ● A and ■ B (dashed), with 95 % bands.{said}")


# --- words -------------------------------------------------------------------------------


def _words(context: PageContext, sides: Sides) -> None:
    index, view = context.index, context.view
    rows = counted_rows(index, sides)
    if reason := _too_few(sides):
        st.subheader("Words", anchor=False)
        st.caption(reason)
        return
    table = data.word_table(view.corpus, view.snapshot_id) if rows is None else word_table(index, rows)
    words = distinctive_words(table, sides)
    _head(context, "Words", "side-words", len(words))
    n_counted = [table.n_within(mask) for mask in sides.apart]
    unsure = False
    for column, side, colour in zip(st.columns(2, gap="large"), "AB", side_colours(context), strict=True):
        with column:
            own = without_parts_of_phrases(words[words["side"] == side]).head(_N_WORDS)
            if not len(own):
                st.caption(f"No word is clearly more frequent in {side}.")
                continue
            st.markdown(f"More in **{side}**")
            unsure |= bool((own["q"] > FALSE_DISCOVERIES).any())
            link_list(_word_rows(context, own, colour), key=f"words-{side}", name=f"Words of side {side}")
    st.caption(_how_words_are_counted(sides, n_counted, sampled=rows is not None, unsure=unsure))


def _how_words_are_counted(sides: Sides, n_counted: list[int], *, sampled: bool, unsure: bool) -> str:
    said = [
        "Share of A's papers : share of B's papers that hold the word in title or abstract, and how many times as "
        "high the odds of it are, with the 95 % interval. Bars are the share on the side.",
        f"Listed are words in at least {MIN_HOLDING} papers, the surest first"
        + ("; a difference marked ? may be chance, since so many words are compared. " if unsure else ". ")
        + "A word that mostly stands in a phrase listed is left to the phrase; the CSV has all of them.",
        f"Counted: {n_counted[0]:,} papers of A and {n_counted[1]:,} of B"
        + (f", random samples of at most {MAX_SAMPLED:,} of each side" if sampled else "")
        + (", without those on both sides." if sides.n_both else "."),
    ]
    return " ".join(said)


def without_parts_of_phrases(words: pd.DataFrame) -> pd.DataFrame:
    """``words`` of one side without those that mostly stand in one of its phrases."""
    n_holding = words["n_a"].where(words["side"] == "A", words["n_b"])
    n_of = dict(zip(words["word"], n_holding, strict=True))
    parts = {
        part
        for phrase, n in n_of.items()
        for part in phrase.split(" ")
        if part != phrase and n >= _MOSTLY * n_of.get(part, np.inf)
    }
    return words[~words["word"].isin(parts)]


def _word_rows(context: PageContext, words: pd.DataFrame, colour: str) -> list[Row]:
    rows = []
    for word in words.to_dict("records"):
        term = f'"{word["word"]}"' if " " in word["word"] else word["word"]
        odds = _times_with_interval(word)
        unsure = " ?" if word["q"] > FALSE_DISCOVERIES else ""
        rows.append(
            Row(
                word["word"],
                context.view.to("search", search=term, mode="words"),
                note=f"{percent(word['share_a'])} : {percent(word['share_b'])} · {odds}{unsure}",
                hint=f"In {word['n_a']:,} of {word['papers_a']:,} papers of A and {word['n_b']:,} of "
                f"{word['papers_b']:,} of B; z = {abs(word['z']):.1f}",
                colour=colour,
                bar=word["share_a"] if word["side"] == "A" else word["share_b"],
            )
        )
    return rows


def _times_with_interval(word: dict[Any, Any]) -> str:
    if word["odds_low"] >= _LARGEST_RATIO:
        return f"×{_times(word['odds_low'])}"
    return f"×{_times(word['odds_ratio'])} ({_times(word['odds_low'])} to {_times(word['odds_high'])})"


def _times(ratio: float) -> str:
    if ratio >= _LARGEST_RATIO:
        return f"{_LARGEST_RATIO:,}+"
    return f"{ratio:.1f}" if ratio < 10 else f"{ratio:.0f}"


# --- between the sides ----------------------------------------------------------------------


def _bridging(context: PageContext, sides: Sides) -> None:
    bridging = bridging_papers(context.index, sides)
    _head(context, "Bridging papers", "bridging", len(bridging))
    if not len(bridging):
        st.caption("Nothing is known of what these papers mean, so none can be said to stand between the sides.")
        return
    for column, side, other in zip(st.columns(2, gap="large"), "AB", "BA", strict=True):
        own = bridging[bridging["side"] == side].head(_N_BRIDGING)
        with column:
            st.markdown(f"Of **{side}**, nearest to {other}")
            if len(own):
                papers = papers_at(context.index, own["row"].to_numpy())
                cosines = zip(own["similarity_other"], own["similarity_own"], strict=True)
                paper_links(
                    context,
                    own["row"].to_numpy(),
                    [f"{to_other:.2f}, own {to_own:.2f}" for to_other, to_own in cosines],
                    key=f"bridging-{side}",
                    name=f"Papers of {side} nearest to {other}",
                    hints=papers["topic_label"].tolist(),
                )
            else:
                st.caption(f"No paper is on side {side} alone.")
    said = (
        "By the cosine to the centre of the other side, the mean of its papers' embeddings, and to that of their own."
    )
    if max(sides.n) > MAX_CENTRE_PAPERS:
        said += f" The centre of a side of more than {MAX_CENTRE_PAPERS:,} papers is that of as many drawn at random."
    st.caption(said + (" Papers on both sides are left out." if sides.n_both else ""))
