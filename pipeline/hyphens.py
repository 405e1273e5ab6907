"""Words that a line end cut in two, put together again.

``applica- tion`` is one word, ``cross- modal`` keeps its hyphen, and in
``lower- and upper-bounds`` nothing is broken. Which is which, the corpus
itself knows: the form that other papers write wins.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_BROKEN = re.compile(r"(?<![\w-])([^\W\d_]+(?:-[^\W\d_]+)*)-\s+([^\W\d_]{2,}(?:-[^\W\d_]+)*)(?![\w])")
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_SUSPENDED = frozenset(
    ["and", "or", "to", "nor", "but", "vs", "versus", "as", "than", "of", "und", "oder", "bzw", "bis", "et", "ou"]
    + ["y", "e", "o", "en"]
)


def may_be_broken(text: str) -> bool:
    """Whether ``text`` may hold a word cut at a line end: a cheap test."""
    return "- " in text and any(_is_broken(match) for match in _BROKEN.finditer(text))


def vocabulary(texts: Iterable[str]) -> set[str]:
    """Every word of ``texts``, lower-case, hyphenated words as one and as their parts."""
    words: set[str] = set()
    for text in texts:
        words.update(_WORD.findall(text.lower()))
    parts = {part for word in words if "-" in word for part in word.split("-")}
    return words | parts


def join_broken(text: str, words: set[str]) -> str:
    """``text`` with its cut words joined, with or without hyphen as ``words`` knows them.

    A form that ``words`` holds wins, without hyphen first; when it holds
    neither, two known words keep the hyphen and two fragments lose it.
    """
    return _BROKEN.sub(lambda match: _joined(match, words), text)


def _is_broken(match: re.Match[str]) -> bool:
    return match[2].lower() not in _SUSPENDED and match[2][0].islower()


def _joined(match: re.Match[str], words: set[str]) -> str:
    if not _is_broken(match):
        return match[0]
    first, second = match[1], match[2]
    plain, hyphenated = (first + second).lower(), f"{first}-{second}".lower()
    if plain in words:
        return first + second
    if hyphenated in words or (_is_known(first, words) and _is_known(second, words)):
        return f"{first}-{second}"
    return first + second


def _is_known(word: str, words: set[str]) -> bool:
    return all(part in words for part in word.lower().split("-"))
