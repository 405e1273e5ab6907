"""The bundled reading list: complete, in our own words, of the promised length."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
READING_LIST = ROOT / "samples" / "reading_list.jsonl"
PAGE = ROOT.parent / "shared" / "corpora" / "hf_papers_page.txt"


@pytest.fixture(scope="module")
def records():
    return [json.loads(line) for line in READING_LIST.read_text(encoding="utf-8").splitlines()]


def test_seventy_one_different_papers(records):
    assert len(records) == 71
    assert len({record["title"] for record in records}) == 71


def test_summaries_have_sixty_to_a_hundred_and_ten_words(records):
    lengths = {record["title"]: len(record["abstract"].split()) for record in records}
    assert {title: n for title, n in lengths.items() if not 60 <= n <= 110} == {}


def test_years_are_given_only_for_some_and_are_plausible(records):
    years = [record["year"] for record in records if "year" in record]
    assert 0 < len(years) < 71
    assert all(2010 <= year <= 2025 for year in years)


@pytest.mark.skipif(not PAGE.exists(), reason="the page itself is not part of the project")
def test_no_run_of_eight_words_is_the_papers_own(records):
    """The summaries are ours: no eight words in a row stand in the page's abstracts."""
    page = set(_runs(PAGE.read_text(encoding="utf-8")))
    for record in records:
        assert not page & set(_runs(record["abstract"])), record["title"]


def _runs(text: str, n: int = 8) -> list[tuple[str, ...]]:
    words = ["".join(c for c in word.lower() if c.isalnum()) for word in text.split()]
    words = [word for word in words if word]
    return [tuple(words[i : i + n]) for i in range(len(words) - n + 1)]
