"""Words that a line end cut in two, put together again.

``applica- tion`` is one word, ``cross- modal`` keeps its hyphen, and in
``lower- and upper-bounds`` nothing is broken. Which is which, the corpus
itself knows: the form that more of its papers write wins.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping

_BROKEN = re.compile(r"(?<![\w-])([^\W\d_]+(?:-[^\W\d_]+)*)-\s+([^\W\d_]{2,}(?:-[^\W\d_]+)*)(?![\w])")
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_SUSPENDED = frozenset(
    "and or to nor but vs versus as than of und oder bzw bis et ou y e o en".split()  # noqa: SIM905
)


def may_be_broken(text: str) -> bool:
    """Whether ``text`` holds what looks like a word cut at a line end: a cheap test."""
    return "- " in text and any(_is_broken(match) for match in _BROKEN.finditer(text))


def word_counts(broken: Iterable[str], texts: Iterable[str]) -> Counter[str]:
    """In how many of ``texts`` the words occur that may put the ``broken`` texts right.

    Returns
    -------
    Counter
        Lower-case word → number of texts, for both ways to join every cut
        word and for its parts.
    """
    wanted: set[str] = set()
    for text in broken:
        for match in _BROKEN.finditer(text.lower()):
            first, second = match[1], match[2]
            wanted |= {first + second, f"{first}-{second}", *first.split("-"), *second.split("-")}
    counts: Counter[str] = Counter()
    if wanted:
        for text in texts:
            whole = _BROKEN.sub(" ", text.lower()) if "- " in text else text.lower()
            counts.update(wanted.intersection(_WORD.findall(whole)))
    return counts


def join_broken(text: str, counts: Mapping[str, int]) -> str:
    """``text`` with its cut words joined, with or without hyphen as ``counts`` knows them.

    The form that more texts hold wins; when none holds either, two known words
    keep the hyphen and fragments lose it.
    """
    return _BROKEN.sub(lambda match: _joined(match, counts), text)


def _is_broken(match: re.Match[str]) -> bool:
    return match[2].lower() not in _SUSPENDED and match[2][0].islower()


def _joined(match: re.Match[str], counts: Mapping[str, int]) -> str:
    if not _is_broken(match):
        return match[0]
    first, second = match[1], match[2]
    plain = counts.get((first + second).lower(), 0)
    hyphenated = counts.get(f"{first}-{second}".lower(), 0)
    if plain == hyphenated == 0:
        parts = [*first.lower().split("-"), *second.lower().split("-")]
        return f"{first}-{second}" if all(counts.get(part, 0) for part in parts) else first + second
    return first + second if plain > hyphenated else f"{first}-{second}"
