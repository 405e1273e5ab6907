"""Stacked bars of time by stage as a plain SVG file, one panel for each size of corpus."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

GROUPS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "reading": ("#8c9bab", ("read", "read and clean")),
    "embedding": ("#c8553d", ("load model", "embed", "embedding")),
    "topics and map": ("#2a6f97", ("topics", "labels", "UMAP", "HDBSCAN", "c-TF-IDF", "2-D map")),
    "trends": ("#e0a030", ("trends", "topics_over_time")),
    "the rest": ("#5f7a61", ()),
}
"""What stages are called in the picture, with colours that also differ in lightness; the last takes what is left."""

_WIDTH, _LEFT, _RIGHT = 960, 24, 96
_BAR, _STEP, _TITLE, _LEGEND = 20, 44, 44, 52
_FONT = "font-family='system-ui, sans-serif'"


@dataclass(frozen=True)
class Bar:
    """One bar: who, and seconds by stage."""

    name: str
    stages: Mapping[str, float]


def grouped(stages: Mapping[str, float]) -> dict[str, float]:
    """Seconds by group of stages, all groups."""
    group_of = {stage: group for group, (_, stages_of) in GROUPS.items() for stage in stages_of}
    seconds = dict.fromkeys(GROUPS, 0.0)
    for stage, spent in stages.items():
        seconds[group_of.get(stage, "the rest")] += spent
    return seconds


def stacked_bars(title: str, panels: Sequence[tuple[str, Sequence[Bar]]]) -> str:
    """An SVG picture: for each panel its heading and bars, on a scale of its own."""
    parts: list[str] = [_text(_LEFT, 28, title, 17, "600")]
    x = float(_LEFT)
    for group, (colour, _) in GROUPS.items():
        parts += [_box(x, 42, 12, 12, colour, group), _text(x + 18, 53, group, 13)]
        x += 40 + 7.2 * len(group)
    top = _LEGEND + 16.0
    for heading, bars in panels:
        parts.append(_text(_LEFT, top + 22, heading, 14, "600"))
        top += _TITLE
        longest = max((sum(bar.stages.values()) for bar in bars), default=0.0) or 1.0
        scale = (_WIDTH - _LEFT - _RIGHT) / longest
        for bar in bars:
            parts += [_text(_LEFT, top, bar.name, 12), *_bar(bar, top + 5, scale)]
            top += _STEP
    height = round(top + 6)
    head = f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {_WIDTH} {height}' role='img' {_FONT}>"
    body = [f"<title>{escape(title)}</title>", _box(0, 0, _WIDTH, height, "#ffffff"), *parts]
    return "\n".join([head, *body, "</svg>", ""])


def duration(seconds: float) -> str:
    """Seconds in a form people read: "4.2 s", "85 s", "12.4 min"."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.1f} min"


def _bar(bar: Bar, top: float, scale: float) -> list[str]:
    parts, x = [], float(_LEFT)
    for group, seconds in grouped(bar.stages).items():
        width = seconds * scale
        if width > 0:
            parts.append(_box(x, top, width, _BAR, GROUPS[group][0], f"{bar.name}, {group}: {duration(seconds)}"))
        x += width
    return [*parts, _text(x + 6, top + 15, duration(sum(bar.stages.values())), 13, "600")]


def _box(x: float, y: float, width: float, height: float, colour: str, title: str = "") -> str:
    inside = f"<title>{escape(title)}</title>" if title else ""
    return f"<rect x='{x:.1f}' y='{y:.1f}' width='{width:.1f}' height='{height:.1f}' fill='{colour}'>{inside}</rect>"


def _text(x: float, y: float, words: str, size: int, weight: str = "400") -> str:
    place = f"x='{x:.1f}' y='{y:.1f}' font-size='{size}' font-weight='{weight}' fill='#1b2733'"
    return f"<text {place}>{escape(words)}</text>"
