"""Pictures: hostile text stays text, marks say what they are, names do not overlap."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.figures.layout import blank_figure
from dashboard.figures.overview import papers_by_period_figure
from dashboard.figures.topic_map import topic_map_figure, wrap_label
from dashboard.figures.trends import spread_apart, trend_figure
from pipeline.snapshot import Snapshot

ATTACK = '<a href="javascript:alert(1)">$\\href{x}$</a> & <b>'


def strings(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key, part in value.items():
            yield from strings(part, f"{path}.{key}")
    elif isinstance(value, list | tuple):
        for part in value:
            yield from strings(part, path)


def shown_text(figure: go.Figure) -> list[str]:
    """Every string plotly would read as markup; not what marks carry along unseen."""
    found = strings(figure.to_plotly_json())
    ends = (".text", ".hovertext", ".hovertemplate", ".name", ".ticktext", ".title.text", ".x", ".y")
    return [text for path, text in found if path.endswith(ends)]


def assert_harmless(figure: go.Figure) -> None:
    texts = shown_text(figure)
    assert texts
    for text in texts:
        ours = text.replace("<br>", "").replace("<b>", "").replace("</b>", "").replace("<extra></extra>", "")
        assert "<" not in ours, text
        assert "$" not in ours, text


def trends(series: list[str], n_years: int = 4, n_period: int = 20) -> pd.DataFrame:
    rows = []
    for place, name in enumerate(series):
        for year in range(2020, 2020 + n_years):
            hits = place + year - 2019
            share = hits / n_period if n_period else 0.0
            rows.append(
                {
                    "series": name,
                    "period": str(year),
                    "period_start": pd.Timestamp(year, 1, 1),
                    "n_papers": hits,
                    "n_period": n_period,
                    "share": share,
                    "share_low": share / 2,
                    "share_high": min(1.0, share * 2),
                }
            )
    return pd.DataFrame(rows)


def marks(figure: go.Figure) -> list[Any]:
    return [trace for trace in figure.data if trace.mode == "markers"]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_hostile_text_stays_text_in_every_picture(hostile_snapshot: Snapshot, theme: Any) -> None:
    papers, topics = hostile_snapshot.papers, hostile_snapshot.topics
    names = {"a": ATTACK, "b": str(topics["label"].iloc[0])}
    for figure in [
        trend_figure(trends(["a", "b"]), names, theme, title=ATTACK, partial_period="2023"),
        trend_figure(trends(["a", "b"]), names, theme, measure="count"),
        papers_by_period_figure(["2020", "2021"], [1, 2], theme),
        topic_map_figure(papers, topics, theme=theme, title=ATTACK),
        blank_figure(theme, 100, ATTACK),
    ]:
        assert_harmless(figure)


def test_a_mark_says_its_series_and_period() -> None:
    figure = trend_figure(trends(["t-1", "t-2"]), {"t-1": "One", "t-2": "Two"}, "light")
    assert [tuple(point) for point in marks(figure)[1].customdata] == [("t-2", str(y)) for y in range(2020, 2024)]
    assert list(marks(figure)[0].y) == [0.05, 0.1, 0.15, 0.2]
    assert "1 of 20 papers" in marks(figure)[0].hovertext[0]


def test_counts_are_drawn_as_counts_and_without_bands() -> None:
    figure = trend_figure(trends(["a"]), {"a": "A"}, "light", measure="count")
    assert list(marks(figure)[0].y) == [1, 2, 3, 4]
    assert not [trace for trace in figure.data if trace.fill]


def test_a_band_is_the_interval_of_each_share() -> None:
    data = trends(["a"])
    figure = trend_figure(data, {"a": "A"}, "light")
    (band,) = [trace for trace in figure.data if trace.fill == "toself"]
    assert list(band.y) == [*data["share_high"], *reversed(data["share_low"].tolist())]
    assert not [t for t in trend_figure(data, {"a": "A"}, "light", show_intervals=False).data if t.fill]


def test_bands_that_would_cover_each_other_are_thin_bars_side_by_side() -> None:
    names = ["a", "b", "c"]
    wide = trends(names).assign(share_low=0.0, share_high=0.3)
    figure = trend_figure(wide, {name: name for name in names}, "light")
    assert not [trace for trace in figure.data if trace.fill]
    bars = [trace for trace in figure.data if trace.error_y.array is not None]
    assert len({trace.x[0] for trace in bars}) == 3
    for trace in bars:
        assert [y + up for y, up in zip(trace.y, trace.error_y.array, strict=True)] == pytest.approx([0.3] * 4)
        assert [y - down for y, down in zip(trace.y, trace.error_y.arrayminus, strict=True)] == pytest.approx([0] * 4)
        # Beside its mark, and nearer to it than to the next period's.
        assert all(
            abs(at - pd.Timestamp(year, 1, 1)).days < 120 for at, year in zip(trace.x, range(2020, 2024), strict=True)
        )
    narrow = trends(names).assign(share_low=0.1, share_high=0.12)
    assert len([t for t in trend_figure(narrow, {n: n for n in names}, "light").data if t.fill == "toself"]) == 3


def test_an_incomplete_period_is_dotted_hollow_and_named() -> None:
    figure = trend_figure(trends(["a"]), {"a": "A"}, "light", partial_period="2023")
    solid, dotted = [trace for trace in figure.data if trace.mode == "lines" and not trace.fill]
    assert (solid.line.dash, dotted.line.dash) == (None, "dot")
    assert (len(solid.x), len(dotted.x)) == (3, 2)
    colours = marks(figure)[0].marker.color
    assert colours[-1] == figure.layout.paper_bgcolor
    assert colours[-2] != colours[-1]
    assert "incomplete" in [note.text for note in figure.layout.annotations]


def test_a_period_without_papers_has_no_share() -> None:
    data = trends(["a"])
    data.loc[data["period"] == "2021", ["n_papers", "n_period"]] = 0
    assert "2021" not in [period for _, period in marks(trend_figure(data, {"a": "A"}, "light"))[0].customdata]


def test_nothing_to_draw_is_said() -> None:
    nothing = trends([]).reindex(columns=[*trends(["a"]).columns])
    for figure in [
        trend_figure(nothing, {}, "light"),
        papers_by_period_figure([], [], "light"),
    ]:
        assert figure.layout.annotations[0].text.startswith("No ")


def test_the_period_that_may_be_incomplete_is_hatched() -> None:
    bars = papers_by_period_figure(["2023", "2024"], [5, 2], "light", partial_period="2024").data[0]
    assert list(bars.marker.pattern.shape) == ["", "/"]


def test_the_map_to_take_away_draws_every_shown_paper_once(tiny_snapshot: Snapshot) -> None:
    shown = np.arange(len(tiny_snapshot.papers)) % 3 == 0
    figure = topic_map_figure(tiny_snapshot.papers, tiny_snapshot.topics, theme="light", shown=shown)
    drawn = sorted(float(x) for trace in figure.data for x in trace.x)
    assert drawn == sorted(float(x) for x in tiny_snapshot.papers.loc[shown, "x"])
    assert f"{shown.sum()} of {len(shown)} papers" in [note.text for note in figure.layout.annotations]


def test_a_map_of_no_papers_says_so(tiny_snapshot: Snapshot) -> None:
    none = np.zeros(len(tiny_snapshot.papers), dtype=bool)
    figure = topic_map_figure(tiny_snapshot.papers, tiny_snapshot.topics, theme="dark", shown=none)
    assert figure.layout.annotations[0].text == "No papers to draw"


@given(st.lists(st.floats(0, 1), max_size=20), st.floats(0.001, 0.2))
def test_names_at_the_ends_of_lines_keep_their_distance_and_stay_inside(places: list[float], gap: float) -> None:
    places = sorted(places)
    spread = spread_apart(places, gap)
    room = min(gap, 1 / max(1, len(places) - 1))
    assert len(spread) == len(places)
    assert all(b - a >= room - 1e-9 for a, b in pairwise(spread))
    assert all(-1e-9 <= place <= 1 + 1e-9 for place in spread)


def test_names_that_do_not_collide_stay_at_their_lines() -> None:
    assert spread_apart([0.1, 0.5, 0.9], 0.05) == [0.1, 0.5, 0.9]
    assert spread_apart([0.5, 0.5], 0.1) == pytest.approx([0.45, 0.55])


def test_a_long_label_is_wrapped_and_cut() -> None:
    assert wrap_label("Graph neural networks for molecules") == ["Graph neural", "networks for", "molecules"]
    assert wrap_label("w" * 90)[0].endswith("…")
    assert len(wrap_label("many words " * 30)) == 3
    assert wrap_label("") == [""]
