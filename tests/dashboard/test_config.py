"""The configuration that travels with the package: nothing in it is a typo, nothing important is missing."""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from streamlit import config

from dashboard.figures.palette import THEMES, contrast_ratio
from dashboard.proxy_visitor import VISITOR_HEADER, VISITOR_KEY

ROOT = Path(__file__).parents[2]
FILE = ROOT / "dashboard" / ".streamlit" / "config.toml"
SETTINGS: dict[str, Any] = tomllib.loads(FILE.read_text(encoding="utf-8"))
DICTIONARIES = {"server.trustedUserHeaders"}  # options whose value is a table


def options(table: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in table.items():
        if isinstance(value, dict) and prefix + name not in DICTIONARIES:
            yield from options(value, f"{prefix}{name}.")
        else:
            yield prefix + name, value


@pytest.mark.parametrize("name", [name for name, _ in options(SETTINGS)])
def test_streamlit_knows_the_option(name: str) -> None:
    assert name in config._config_options_template
    assert not config._config_options_template[name].is_expired()


def test_what_keeps_readers_safe_is_on() -> None:
    chosen = dict(options(SETTINGS))
    assert chosen["server.address"] == "127.0.0.1"
    assert chosen["server.enableCORS"] is True
    assert chosen["server.enableXsrfProtection"] is True
    assert chosen["server.enableStaticServing"] is False
    assert chosen["server.enableAgentApi"] is False
    assert chosen["client.showErrorDetails"] == "none"
    assert chosen["client.disableDataExport"] is True
    assert chosen["client.allowedOrigins"] == []
    assert chosen["browser.gatherUsageStats"] is False
    # The only identity header is the one that nobody but our own server can write.
    assert chosen["server.trustedUserHeaders"] == {VISITOR_HEADER: VISITOR_KEY}


def test_no_font_or_file_is_fetched_from_elsewhere() -> None:
    assert not [name for name, value in options(SETTINGS) if "://" in str(value) or "fontFaces" in name]


def test_the_folder_at_the_top_is_the_same_configuration() -> None:
    assert (ROOT / ".streamlit" / "config.toml").resolve() == FILE.resolve()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_pictures_lie_on_the_page_as_if_they_belonged_there(theme: Any) -> None:
    page = SETTINGS["theme"][theme]
    picture = THEMES[theme]
    assert picture.background == page["backgroundColor"]
    assert picture.panel == page["secondaryBackgroundColor"]
    assert picture.ink == page["textColor"]
    assert picture.accent == page["primaryColor"]
    assert list(picture.categorical) == page["chartCategoricalColors"]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_can_be_read(theme: str) -> None:
    page = SETTINGS["theme"][theme]
    surfaces = [page["backgroundColor"], page["secondaryBackgroundColor"], page["sidebar"]["backgroundColor"]]
    for surface in surfaces:
        assert contrast_ratio(page["textColor"], surface) >= 10
        assert contrast_ratio(page["linkColor"], surface) >= 4.5
    # Primary buttons are lettered in white.
    assert contrast_ratio(page["primaryColor"], "#ffffff") >= 4.5


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_number_of_chart_colours_is_what_streamlit_asks_for(theme: str) -> None:
    page = SETTINGS["theme"][theme]
    assert len(page["chartSequentialColors"]) == len(page["chartDivergingColors"]) == 10
