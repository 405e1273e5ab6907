"""Words that name no topic: function words, the phrases every paper uses, and what LaTeX leaves behind.

The lists stand in ``word_lists.txt`` beside this module, each with a remark on what it is for.
"""

from __future__ import annotations

from functools import cache
from importlib import resources


@cache
def word_list(name: str) -> frozenset[str]:
    """The list ``[name]`` of ``word_lists.txt``: lower-case words; whole lines in "stop phrases".

    Raises
    ------
    KeyError
        There is no such list.
    """
    return _lists()[name]


@cache
def _lists() -> dict[str, frozenset[str]]:
    text = resources.files("pipeline").joinpath("word_lists.txt").read_text(encoding="utf-8")
    found: dict[str, set[str]] = {}
    current: set[str] = set()
    name = ""
    for line in text.splitlines():
        if line.startswith("["):
            name = line.strip("[] ")
            current = found.setdefault(name, set())
        elif line.strip() and not line.startswith("#"):
            current.update([line.strip()] if name == "stop phrases" else line.split())
    return {name: frozenset(words) for name, words in found.items()}


BREAKING = word_list("breaking")
"""Every phrase ends at one of these; "of" may stand inside one: "mixture of experts"."""

HOLLOW = word_list("hollow")
"""No keyword or label on their own, welcome inside one: "diffusion model"."""

STOP_WORDS = BREAKING | HOLLOW
"""No keyword or label on their own."""

STOP_PHRASES = word_list("stop phrases")
"""Phrases that name no topic."""

EMPTY_HEADS = word_list("empty heads")
"""Words that say nothing before "of": "types of robots" is about robots."""
