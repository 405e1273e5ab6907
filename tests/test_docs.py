"""The documents say what the program does: every command, setting, column and link in them is real."""

import re
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
import typer.main
from pydantic import BaseModel

from dashboard import comparison, exports, findings_table, state
from dashboard.instance import PREFIX, Instance
from pipeline import schema
from pipeline.cli import app
from pipeline.dial_tables import DIAL_TABLES
from pipeline.settings import (
    DocumentSettings,
    ReaderSettings,
    RunSettings,
    TopicSettings,
    TrendSettings,
)
from pipeline.sizes import resolved

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
README = (ROOT / "README.md").read_text(encoding="utf-8")
GUIDE = (DOCS / "guide.md").read_text(encoding="utf-8")
FORMAT = (DOCS / "snapshot-format.md").read_text(encoding="utf-8")
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", ROOT / "deploy" / "README.md", *sorted(DOCS.rglob("*.md"))]
SETTINGS = (RunSettings, ReaderSettings, DocumentSettings, TopicSettings, TrendSettings)


def section(text: str, heading: str) -> str:
    """What stands under a heading, up to the next one as high."""
    level = len(heading) - len(heading.lstrip("#"))
    found = re.search(rf"^{re.escape(heading)}$(.*?)(?=^#{{1,{level}}} |\Z)", text, re.MULTILINE | re.DOTALL)
    assert found, f"there is no heading {heading!r}"
    return found[1]


def rows(text: str) -> list[list[str]]:
    """The cells of every table row in ``text``."""
    lines = [line for line in text.splitlines() if line.startswith("|") and not re.fullmatch(r"[|\s:-]+", line)]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]


def named(text: str) -> set[str]:
    """Everything that stands in backticks."""
    return set(re.findall(r"`([^`\n]+)`", text))


# --- commands ----------------------------------------------------------------------------


def commands() -> dict[str, Any]:
    return typer.main.get_command(app).commands  # type: ignore[attr-defined]


def test_every_command_and_option_is_in_the_guide():
    table = {cells[0].strip("`").split()[0]: cells[1] for cells in rows(section(GUIDE, "## All commands"))[1:]}
    assert set(table) == set(commands())
    for name, command in commands().items():
        told = set(re.findall(r"(?<![\w-])--?[a-z][a-z-]*", table[name]))
        options = [option for option in command.params if option.param_type_name == "option"]
        real = {word for option in options for word in (*option.opts, *option.secondary_opts)}
        long = {word for word in real if word.startswith("--")}
        assert long <= told, f"{name}: not in the guide: {sorted(long - told)}"
        assert told <= real, f"{name}: in the guide only: {sorted(told - real)}"


def test_every_command_is_in_the_readme():
    told = re.findall(r"^    topic-explorer (\w+)", section(README, "## Commands"), re.MULTILINE)
    assert sorted(told) == sorted(commands())


def examples() -> Iterator[tuple[str, str]]:
    for page in PAGES:
        for line in page.read_text(encoding="utf-8").splitlines():
            if match := re.search(r"(?:^    |`|; )topic-explorer ([a-z]+)([^`#;]*)", line):
                yield match[1], match[2]


def test_no_example_uses_an_option_that_does_not_exist():
    seen = list(examples())
    assert len(seen) > 20
    for name, rest in seen:
        real = {word for option in commands()[name].params for word in (*option.opts, *option.secondary_opts)}
        told = set(re.findall(r"(?<!\S)--?[a-z][a-z-]*", rest))
        assert told <= real | {"--help", "-h"}, f"topic-explorer {name}{rest}"


def test_the_defaults_of_options_are_those_of_the_guide():
    table = {cells[0].strip("`").split()[0]: cells[1] for cells in rows(section(GUIDE, "## All commands"))[1:]}
    for name, command in commands().items():
        for option in command.params:
            if isinstance(option.default, int) and not isinstance(option.default, bool):
                said = re.search(rf"`{option.opts[0]}`[^`]*\(([0-9]+)", table[name])
                assert said, f"{name} {option.opts[0]}"
                assert int(said[1]) == option.default


# --- settings -----------------------------------------------------------------------------


def shown(default: Any) -> str:
    if default is None:
        return "by corpus size"
    if isinstance(default, int) and not isinstance(default, bool):
        return f"{default:,}"
    return str(default) if default or default is False else "none"


@pytest.mark.parametrize("settings", SETTINGS, ids=lambda kind: kind.__name__)
def test_every_setting_is_in_the_guide_with_its_default(settings):
    table = rows(section(GUIDE, f"### {settings.__name__}"))[1:]
    told = {name.strip(" `"): cells[1] for cells in table for name in cells[0].split(",")}
    assert set(told) == set(settings.model_fields)
    for name, field in settings.model_fields.items():
        default = field.get_default(call_default_factory=True)
        if not isinstance(default, BaseModel):
            assert told[name] == shown(default), f"{settings.__name__}.{name}"


def test_no_group_of_settings_is_left_out():
    groups = {
        type(field.default) for field in RunSettings.model_fields.values() if isinstance(field.default, BaseModel)
    }
    assert groups == set(SETTINGS) - {RunSettings}


def test_the_numbers_by_corpus_size_are_those_of_the_guide():
    table = rows(section(GUIDE, "## Fit it"))
    names = [name.strip("`") for name in table[0][1:]]
    assert len(table) > 4
    for cells in table[1:]:
        sizes = resolved(TopicSettings(), int(cells[0].replace(",", "")))
        assert [float(cell) for cell in cells[1:]] == [getattr(sizes, name) for name in names], cells[0]


# --- the snapshot ---------------------------------------------------------------------------


@pytest.mark.parametrize("table", [*schema.TABLES, *DIAL_TABLES])
def test_every_column_of_a_snapshot_is_described_and_no_other(table):
    described = rows(section(FORMAT, f"### {table}.parquet"))[1:]
    told = [name for cells in described for name in re.findall(r"`([^`]+)`", cells[0])]
    patterns = {"facet_NAME", "topic_level_N"} if table == "papers" else set()
    assert [name for name in told if name not in patterns] == {**schema.TABLES, **DIAL_TABLES}[table].names
    assert patterns <= set(told)


def test_every_field_of_the_manifest_is_described_and_no_other():
    told = [name for cells in rows(section(FORMAT, "### manifest.json"))[1:] for name in named(cells[0])]
    assert sorted(told) == sorted(schema.Manifest.model_fields)
    assert f"format\n**{schema.SCHEMA_VERSION}**" in FORMAT


# --- links and files --------------------------------------------------------------------------


def test_every_parameter_of_a_link_is_in_the_guide():
    everything = state.View(
        "c", "s", topic="t", paper="p", similar="p", search="x", mode="meaning", topics=("t",), period="2020",
        filters=state.Filters((2000, 2001), False, ("v",), (("NAME", ("w",)),), "x"), measure="count", group="venue",
        colour_by="year", selection=((0, 0), (1, 0), (1, 1)), viewport=(0, 1, 0, 1), sort="title", topic_sort="label",
        list_page=2, table="papers", abstracts=True, level=1, dial="0.4", part="groups", rows="all", relevance=0.2,
        listed=("abcdefgh",), side_a=state.Side("t"), side_b=state.Side("u"),
    )  # fmt: skip
    told = {name for cells in rows(section(GUIDE, "## Links"))[1:] for name in named(cells[0])}
    assert told == set(state.params_of(everything))


def test_every_column_of_a_csv_is_in_the_guide():
    columns = {
        *exports._PAPER_COLUMNS,
        *exports._TOPIC_COLUMNS,
        *exports._TREND_COLUMNS,
        *exports._TREE_COLUMNS,
        *exports._GROUP_COLUMNS,
        *exports._WORD_COLUMNS,
        *exports._WORD_TREND_COLUMNS,
        *findings_table.COLUMNS,
        *(column for names in comparison.COLUMNS.values() for column in names),
    }
    columns |= {"similarity", "abstract", "corpus", "snapshot_id", "view"}
    assert columns - named(section(GUIDE, "## CSV and pictures")) == set()


def test_every_environment_variable_is_in_the_guide():
    sources = [*(ROOT / "pipeline").rglob("*.py"), *(ROOT / "dashboard").rglob("*.py")]
    read = {
        name
        for source in sources
        for name in re.findall(r"TOPIC_EXPLORER_[A-Z_]*[A-Z]", source.read_text(encoding="utf-8"))
    }
    read |= {PREFIX + name.upper() for name in Instance.model_fields}
    told = {name for cells in rows(section(GUIDE, "## Environment variables"))[1:] for name in named(cells[0])}
    assert told == read - {PREFIX}


# --- every page ---------------------------------------------------------------------------------


def anchor(heading: str) -> str:
    """A heading's name in links, as code forges make it."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_and_images_lead_somewhere(page):
    text = page.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"https?://", target):
            continue
        name, _, place = target.partition("#")
        led = page.parent / name if name else page
        assert led.exists(), f"{page.name}: {target}"
        if place:
            headings = re.findall(r"^#+ (.*)$", led.read_text(encoding="utf-8"), re.MULTILINE)
            assert place in map(anchor, headings), f"{page.name}: {target}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_no_page_holds_a_path_or_a_host_of_somebodys_machine(page):
    text = page.read_text(encoding="utf-8")
    assert not re.findall(r"(?<![\w.])/(?:home|root|Users|work|tmp|mnt|workspace|private)/\S*", text)
    hosts = {match.lower() for match in re.findall(r"https?://([^/\s)>:]+)", text)}
    assert hosts <= {"localhost"}, hosts
    assert not re.findall(r"pypi\.|files\.pythonhosted|index-url|artifactory|\bnexus\b", text, re.IGNORECASE)


def test_the_newest_entry_of_the_changelog_is_this_version():
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    newest = re.search(r"^## (\d+\.\d+\.\d+)", changes, re.MULTILINE)
    assert newest
    assert newest[1] == version("topic-explorer")
    assert f'version = "{newest[1]}"' in (ROOT / "pyproject.toml").read_text(encoding="utf-8")


# --- benchmarks -----------------------------------------------------------------------------------


def test_figures_replace_their_own_section_only(tmp_path):
    from benchmarks.spine import write_section

    page = tmp_path / "benchmarks.md"
    page.write_text("# Benchmarks\n\n<!-- measured: a -->\nold\n<!-- end: a -->\n\nprose \\1\n", encoding="utf-8")
    write_section(page, "a", r"new \1 | figure")
    write_section(page, "b", "added")
    write_section(page, "b", "again")
    text = page.read_text(encoding="utf-8")
    assert "old" not in text
    assert "added" not in text
    assert text.index(r"new \1 | figure") < text.index("prose \\1") < text.index("again")
    assert text.count("<!-- measured: b -->") == 1


def test_every_part_of_the_benchmark_has_its_place_in_the_page():
    text = (DOCS / "benchmarks.md").read_text(encoding="utf-8")
    source = (ROOT / "benchmarks" / "spine.py").read_text(encoding="utf-8")
    parts = re.findall(r'\bpart\("(\w+)"', source)
    assert len(parts) == 5
    parts += re.findall(r'"(trends-\w+)":', (ROOT / "benchmarks" / "trends.py").read_text(encoding="utf-8"))
    assert len(parts) == 8
    for part in parts:
        assert text.count(f"<!-- measured: {part} -->") == text.count(f"<!-- end: {part} -->") == 1


# --- security -------------------------------------------------------------------------------------


def test_every_class_of_the_security_page_is_held_by_tests_that_exist():
    text = (DOCS / "security.md").read_text(encoding="utf-8")
    classes = [row for row in rows(text) if row[0].isdigit()]
    assert [row[0] for row in classes] == [str(n) for n in range(1, 23)]
    for number, name, where, decision, held in classes:
        assert all((name, where, decision)), number
        tests = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", held)
        assert tests, number
        for file, test in tests:
            source = (ROOT / file).read_text(encoding="utf-8")
            assert re.search(rf"^def {test}\(", source, re.MULTILINE), f"{number}: {file} has no {test}"
