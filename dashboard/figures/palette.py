"""Colours and type of every picture, for light and dark.

Topic colours are made in OKLCH (B. Ottosson, "A perceptual color space for
image processing", 2020), where equal steps look equal: hue follows the topic's
place on the map, so neighbours look related, and lightness alternates along
the way, so that neighbours stay apart for readers who do not see hue.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

ThemeName = Literal["light", "dark"]

TEXT_FONT = '"Source Sans", "Source Sans 3", "Helvetica Neue", Arial, sans-serif'
HEADING_FONT = '"Source Serif", "Source Serif 4", Georgia, serif'


@dataclass(frozen=True)
class Theme:
    """The colours a picture is drawn in; the surfaces are those of ``config.toml``."""

    name: ThemeName
    background: str
    panel: str
    ink: str
    muted: str
    grid: str
    accent: str
    outlier: str
    categorical: tuple[str, ...]


THEMES: dict[ThemeName, Theme] = {
    "light": Theme(
        name="light",
        background="#fbf9f3",
        panel="#f2ede1",
        ink="#26231d",
        muted="#6b6455",
        grid="#e6dfcf",
        accent="#97391f",
        outlier="#b9b2a3",
        categorical=("#316f97", "#cf7015", "#86111b", "#5a2a87", "#9576dc", "#08534c", "#88610b", "#07906d"),
    ),
    "dark": Theme(
        name="dark",
        background="#15181d",
        panel="#1e2229",
        ink="#e9e4d8",
        muted="#a39d8f",
        grid="#2b3038",
        accent="#b95a37",
        outlier="#5d6068",
        categorical=("#73b1ea", "#b6770b", "#ffc0ab", "#9770c5", "#a0b751", "#4cece7", "#e987b3", "#239d6a"),
    ),
}

# Three steps of lightness along the hue circle, and the chroma both themes carry well.
_LIGHTNESS: dict[ThemeName, tuple[float, ...]] = {"light": (0.56, 0.66, 0.48), "dark": (0.72, 0.62, 0.81)}
_CHROMA: dict[ThemeName, float] = {"light": 0.135, "dark": 0.125}
# Years run from straw through green to a deep blue (light), or the other way round (dark).
_YEAR_ENDS: dict[ThemeName, tuple[tuple[float, float, float], tuple[float, float, float]]] = {
    "light": ((0.83, 0.12, 95.0), (0.34, 0.13, 275.0)),
    "dark": ((0.42, 0.12, 285.0), (0.90, 0.13, 95.0)),
}

_HEAT_ENDS: dict[ThemeName, tuple[tuple[float, float, float], tuple[float, float, float]]] = {
    "light": ((0.94, 0.03, 95.0), (0.33, 0.13, 275.0)),
    "dark": ((0.27, 0.03, 285.0), (0.90, 0.13, 95.0)),
}


def _linear_rgb(lightness: float, chroma: float, hue: float) -> NDArray[np.float64]:
    """Linear sRGB of an OKLCH colour; components outside [0, 1] cannot be shown."""
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    cone = (
        np.array(
            [
                lightness + 0.3963377774 * a + 0.2158037573 * b,
                lightness - 0.1055613458 * a - 0.0638541728 * b,
                lightness - 0.0894841775 * a - 1.2914855480 * b,
            ]
        )
        ** 3
    )
    matrix = np.array(
        [
            [4.0767416621, -3.3077115913, 0.2309699292],
            [-1.2684380046, 2.6097574011, -0.3413193965],
            [-0.0041960863, -0.7034186147, 1.7076147010],
        ]
    )
    return np.asarray(matrix @ cone)


@lru_cache(maxsize=8192)
def oklch(lightness: float, chroma: float, hue: float) -> str:
    """``#rrggbb`` of an OKLCH colour (``hue`` in degrees), less vivid where a screen cannot show it."""
    while chroma > 0:
        rgb = _linear_rgb(lightness, chroma, hue)
        if rgb.min() >= -1e-3 and rgb.max() <= 1 + 1e-3:
            break
        chroma -= 0.004
    rgb = np.clip(_linear_rgb(lightness, max(chroma, 0.0), hue), 0.0, 1.0)
    encoded = np.where(rgb <= 0.0031308, 12.92 * rgb, 1.055 * rgb ** (1 / 2.4) - 0.055)
    return "#" + "".join(f"{round(255 * value):02x}" for value in encoded)


def _luminance(colour: str) -> float:
    channels = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return float(linear @ np.array([0.2126, 0.7152, 0.0722]))


def contrast_ratio(first: str, second: str) -> float:
    """Contrast of two ``#rrggbb`` colours, 1 to 21 (WCAG 2.2, relative luminance)."""
    high, low = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def _hues(x: ArrayLike, y: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Hue in degrees of each topic, and its rank along the hue circle.

    The angle around the middle of all topics, spread evenly by rank so that
    the whole circle is used wherever the topics lie.
    """
    xs, ys = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    if not len(xs):
        return np.zeros(0), np.zeros(0, dtype=np.int64)
    angle = np.arctan2(ys - np.median(ys), xs - np.median(xs))
    rank = np.empty(len(xs), dtype=np.int64)
    rank[np.argsort(angle, kind="stable")] = np.arange(len(xs))
    return 25.0 + 360.0 * rank / len(xs), rank


def topic_colours(x: ArrayLike, y: ArrayLike, theme: ThemeName) -> list[str]:
    """A colour for the points of each topic, from where the topics lie on the map.

    Parameters
    ----------
    x, y
        Where each topic stands, same length.
    theme
        The surface the points are drawn on.
    """
    hues, ranks = _hues(x, y)
    steps = _LIGHTNESS[theme]
    return [oklch(steps[rank % len(steps)], _CHROMA[theme], hue) for hue, rank in zip(hues, ranks, strict=True)]


def label_colours(x: ArrayLike, y: ArrayLike, theme: ThemeName, minimum: float = 5.0) -> list[str]:
    """The same hues, dark (or light) enough to be read as text on the map's background.

    Every colour has at least the contrast ``minimum`` to the background; WCAG
    AA asks 4.5 of small text.
    """
    background = THEMES[theme].background
    step = -0.02 if theme == "light" else 0.02
    colours = []
    for hue in _hues(x, y)[0]:
        lightness = 0.52 if theme == "light" else 0.74
        while contrast_ratio(oklch(lightness, 0.10, hue), background) < minimum:
            lightness += step
        colours.append(oklch(lightness, 0.10, hue))
    return colours


def year_colours(theme: ThemeName, n: int = 16) -> list[str]:
    """``n`` colours from the earliest to the latest year, ordered in lightness too."""
    first, last = _YEAR_ENDS[theme]
    steps = np.linspace(0, 1, n)
    return [oklch(*(a + (b - a) * step for a, b in zip(first, last, strict=True))) for step in steps]


def heat_colours(theme: ThemeName, n: int) -> list[str]:
    """``n`` colours from least to most, told apart by lightness alone, too: the least is nearest to the background."""
    first, last = _HEAT_ENDS[theme]
    return [oklch(*(a + (b - a) * step for a, b in zip(first, last, strict=True))) for step in np.linspace(0, 1, n)]


def text_colour(colour: str, theme: ThemeName, minimum: float = 4.5) -> str:
    """``colour`` mixed with ink until it has the contrast ``minimum`` to the background, as WCAG AA asks of text."""
    look = THEMES[theme]
    for share in np.linspace(0, 1, 21):
        parts = [(int(colour[i : i + 2], 16), int(look.ink[i : i + 2], 16)) for i in (1, 3, 5)]
        mixed = "#" + "".join(f"{round(own + (ink - own) * share):02x}" for own, ink in parts)
        if contrast_ratio(mixed, look.background) >= minimum:
            return mixed
    return look.ink


def series_colours(n: int, theme: ThemeName) -> list[str]:
    """``n`` colours for lines or bars side by side; eight, then they repeat.

    Found by search: the least distance of two of them in OKLab is the largest
    for full, red-blind and green-blind sight together; the first differ most.
    """
    cycle: Sequence[str] = THEMES[theme].categorical
    return [cycle[i % len(cycle)] for i in range(n)]
