"""Colours that can be seen and told apart, on both surfaces."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.figures.palette import (
    THEMES,
    ThemeName,
    contrast_ratio,
    heat_colours,
    label_colours,
    oklch,
    series_colours,
    text_colour,
    topic_colours,
    year_colours,
)  # fmt: skip

BOTH: list[ThemeName] = ["light", "dark"]


def places(n: int) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(4)
    return random.normal(size=n), random.normal(size=n)


def linear(colour: str) -> np.ndarray:
    channels = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)


# What linear RGB becomes for eyes without green and without red cones (Viénot, Brettel and Mollon, 1999).
SIGHTS = {
    "full": np.eye(3),
    "green-blind": np.array([[0.29275, 0.70725, 0.0], [0.29275, 0.70725, 0.0], [-0.02234, 0.02234, 1.0]]),
    "red-blind": np.array([[0.11238, 0.88762, 0.0], [0.11238, 0.88762, 0.0], [0.00401, -0.00401, 1.0]]),
}


def oklab(rgb: np.ndarray) -> np.ndarray:
    cones = np.array(
        [[0.4122215, 0.5363325, 0.0514460], [0.2119035, 0.6806995, 0.1073970], [0.0883025, 0.2817188, 0.6299787]]
    )
    mixed = np.array(
        [[0.2104543, 0.7936178, -0.0040720], [1.9779985, -2.4285922, 0.4505937], [0.0259040, 0.7827718, -0.8086758]]
    )
    return mixed @ np.cbrt(np.clip(cones @ rgb, 0, None))


def test_contrast_is_that_of_the_standard() -> None:
    assert contrast_ratio("#000000", "#ffffff") == pytest.approx(21)
    assert contrast_ratio("#777777", "#777777") == pytest.approx(1)
    # The usual example: this grey is the darkest that fails AA on white.
    assert contrast_ratio("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


def test_oklch_gives_known_colours() -> None:
    assert oklch(1.0, 0.0, 0.0) == "#ffffff"
    assert oklch(0.0, 0.0, 0.0) == "#000000"
    assert oklch(0.62796, 0.25768, 29.234) == "#ff0000"


@pytest.mark.parametrize("theme", BOTH)
def test_names_of_topics_can_be_read(theme: ThemeName) -> None:
    background = THEMES[theme].background
    assert min(contrast_ratio(colour, background) for colour in label_colours(*places(120), theme)) >= 4.5


@pytest.mark.parametrize("theme", BOTH)
def test_points_lines_and_greys_are_visible(theme: ThemeName) -> None:
    look = THEMES[theme]
    assert min(contrast_ratio(colour, look.background) for colour in topic_colours(*places(120), theme)) >= 2.5
    assert min(contrast_ratio(colour, look.background) for colour in look.categorical) >= 3
    assert contrast_ratio(look.muted, look.background) >= 4.5
    assert contrast_ratio(look.outlier, look.background) >= 1.8


@pytest.mark.parametrize("theme", BOTH)
@pytest.mark.parametrize("sight", SIGHTS)
def test_lines_side_by_side_differ_for_every_eye(theme: ThemeName, sight: str) -> None:
    seen = [oklab(SIGHTS[sight] @ linear(colour)) for colour in series_colours(8, theme)]
    # About four just noticeable differences.
    assert min(np.linalg.norm(a - b) for i, a in enumerate(seen) for b in seen[:i]) > 0.08


@pytest.mark.parametrize("theme", BOTH)
def test_neighbours_on_the_map_differ_in_lightness(theme: ThemeName) -> None:
    angle = np.linspace(-3, 3, 30)
    colours = topic_colours(np.cos(angle), np.sin(angle), theme)
    assert min(contrast_ratio(a, b) for a, b in pairwise(colours)) > 1.15


@pytest.mark.parametrize("theme", BOTH)
def test_later_years_stand_out_more(theme: ThemeName) -> None:
    contrasts = [contrast_ratio(colour, THEMES[theme].background) for colour in year_colours(theme)]
    assert contrasts == sorted(contrasts)
    assert contrasts[0] > 1.4


def test_colours_follow_places_not_order() -> None:
    x, y = places(9)
    flipped = topic_colours(x[::-1], y[::-1], "light")
    assert flipped[::-1] == topic_colours(x, y, "light")
    assert topic_colours([], [], "light") == label_colours([], [], "dark") == []


@given(st.floats(0, 1), st.floats(0, 0.4), st.floats(-720, 720))
def test_every_colour_asked_for_is_one_a_screen_shows(lightness: float, chroma: float, hue: float) -> None:
    colour = oklch(lightness, chroma, hue)
    assert len(colour) == 7
    assert int(colour[1:], 16) >= 0


@pytest.mark.parametrize("theme", BOTH)
def test_names_of_lines_can_be_read_and_stay_as_they_are_where_they_can(theme: ThemeName) -> None:
    background = THEMES[theme].background
    for colour in [*series_colours(8, theme), *topic_colours(*places(40), theme), background]:
        assert contrast_ratio(text_colour(colour, theme), background) >= 4.5
    assert text_colour(THEMES[theme].ink, theme) == THEMES[theme].ink


@pytest.mark.parametrize("theme", BOTH)
def test_colours_of_a_heat_map_go_one_way_for_every_sight(theme: ThemeName) -> None:
    colours = heat_colours(theme, 6)
    for sight in SIGHTS.values():
        lightness = [oklab(np.clip(sight @ linear(colour), 0, 1))[0] for colour in colours]
        steps = np.diff(lightness) * (-1 if theme == "light" else 1)
        assert steps.min() > 0.05
    towards = [contrast_ratio(colour, THEMES[theme].background) for colour in colours]
    assert towards == sorted(towards)
