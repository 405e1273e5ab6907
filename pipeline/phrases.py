"""Frequent phrases in a row of words, grown from frequent shorter ones (Agrawal and Srikant, VLDB 1994)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

MAX_WORDS = 4
"""Longest phrase."""

BREAK = -1
"""The number of what ends a phrase."""

OF = -2
"""The number of "of", which may stand in the middle of three."""


@dataclass(frozen=True)
class PhraseLevel:
    """Phrases of one length: at which ``positions`` which of the ``n`` phrases starts, and how many words it spans."""

    positions: NDArray[np.int64]
    phrases: NDArray[np.int64]
    n: int
    offsets: tuple[int, ...]


def grow_phrases(keys: NDArray[np.int64], least: int) -> list[PhraseLevel]:
    """Phrases of one to `MAX_WORDS` words and "x of y", each found at least ``least`` times."""
    words = _frequent(np.flatnonzero(keys >= 0), keys[keys >= 0], least, (0,))
    at_word = _spread(words, len(keys))
    levels = [words]
    for length in range(2, MAX_WORDS + 1):
        at_shorter = _spread(levels[-1], len(keys))
        starts = levels[-1].positions
        starts = starts[starts + length - 1 < len(keys)]
        starts = starts[(at_word[starts + length - 1] >= 0) & (at_shorter[starts + 1] >= 0)]
        codes = at_shorter[starts] * words.n + at_word[starts + length - 1]
        levels.append(_frequent(starts, codes, least, tuple(range(length))))
    starts = words.positions
    starts = starts[starts + 2 < len(keys)]
    starts = starts[(keys[starts + 1] == OF) & (at_word[starts + 2] >= 0)]
    levels.append(_frequent(starts, at_word[starts] * words.n + at_word[starts + 2], least, (0, 1, 2)))
    return levels


def _frequent(
    positions: NDArray[np.int64], codes: NDArray[np.int64], least: int, offsets: tuple[int, ...]
) -> PhraseLevel:
    _, phrases, counts = np.unique(codes, return_inverse=True, return_counts=True)
    often = counts >= least
    renumbered = np.cumsum(often) - 1
    kept = often[phrases]
    return PhraseLevel(positions[kept], renumbered[phrases[kept]], int(often.sum()), offsets)


def _spread(level: PhraseLevel, n_positions: int) -> NDArray[np.int64]:
    phrases = np.full(n_positions, -1, dtype=np.int64)
    phrases[level.positions] = level.phrases
    return phrases
