"""Which papers hold which words, and which words tell two sets of papers apart."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from statistics import NormalDist
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from dashboard.queries.index import Mask, Rows, SnapshotIndex
from dashboard.queries.sides import MIN_PAPERS, Sides
from pipeline.stop_words import BREAKING

MAX_COUNTED = 100_000
"""Papers of a snapshot whose words are all counted; of a larger one, samples are."""
MAX_SAMPLED = 5_000
"""Papers of each side whose words are counted in a larger snapshot."""
MIN_HOLDING = 5
"""Papers on both sides together that must hold a word before anything is said of it."""
FALSE_DISCOVERIES = 0.05
"""Of the words with ``q`` up to this, the share that may be there by chance."""

_PRIOR_PAPERS = 5.0  # papers that the prior is worth: a word as frequent as on both sides together
_CLEAR = NormalDist().inv_cdf(0.975)  # standard errors to the ends of a 95 % interval
_TINY = 1e-9  # a word that every paper holds, on both sides, leaves none lacking it
_BREAK = " | "  # no letter of any word
_MAX_LETTERS = 40
_BLOCK = 5_000  # papers whose text is held at once


@dataclass(frozen=True)
class WordTable:
    """Which word stands in the title or abstract of which paper.

    ``columns[starts[i]:starts[i+1]]`` are the positions in ``words`` of those that the paper
    at ``rows[i]`` holds, each once. Single words, and those keywords of topics that are
    two words, all in lower case; stop words and words without a letter are left out, and so are rare ones.
    """

    rows: Rows
    words: tuple[str, ...]
    starts: NDArray[np.int64]
    columns: NDArray[np.int32]

    def holding(self, mask: Mask) -> NDArray[np.int64]:
        """Papers of ``mask`` (over all papers of the snapshot) that hold each word; of those in the table."""
        within = mask[self.rows]
        if 2 * int(within.sum()) > len(within):  # quicker to count those that are not
            return self.holders - self._holding(~within)
        return self._holding(within)

    @cached_property
    def holders(self) -> NDArray[np.int64]:
        """Papers of the table that hold each word."""
        return np.bincount(self.columns, minlength=len(self.words))

    def _holding(self, within: Mask) -> NDArray[np.int64]:
        kept = np.repeat(within, np.diff(self.starts))
        return np.bincount(self.columns[kept], minlength=len(self.words))

    def n_within(self, mask: Mask) -> int:
        """Papers of ``mask`` that are in the table."""
        return int(mask[self.rows].sum())


def word_table(index: SnapshotIndex, rows: Rows) -> WordTable:
    """Count the words of the papers at ``rows`` (ascending).

    Words in fewer than `MIN_HOLDING` of the papers are left out.
    """
    phrases = sorted({key for keys in index.snapshot.topics["keywords"] for key in keys if key.count(" ") == 1})
    code_of = {name: code for code, name in enumerate(phrases)}
    for phrase in phrases:
        for word in phrase.split(" "):
            code_of.setdefault(word, len(code_of))
    pairs = np.array([_pair(*(code_of[word] for word in phrase.split(" "))) for phrase in phrases], dtype=np.int64)
    held = [_held(index, rows[start : start + _BLOCK], code_of, pairs) for start in range(0, len(rows), _BLOCK)]
    codes = np.concatenate([np.empty(0, np.int32), *(codes for _, codes in held)])
    n_held = np.concatenate([np.empty(0, np.int64), *(n_held for n_held, _ in held)])
    del held
    counted = np.flatnonzero(np.bincount(codes, minlength=len(code_of)) >= MIN_HOLDING)
    column_of = np.full(len(code_of), -1, dtype=np.int32)
    column_of[counted] = np.arange(len(counted))
    columns = column_of[codes]
    ends = np.append(0, np.cumsum(columns >= 0))[np.append(0, np.cumsum(n_held))]
    names = list(code_of)
    return WordTable(rows, tuple(names[code] for code in counted), ends, columns[columns >= 0])


def _held(
    index: SnapshotIndex, rows: Rows, code_of: dict[str, int], pairs: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """What the papers at ``rows`` hold, each once: how many of them each paper, and their codes, paper after paper.

    Parameters
    ----------
    code_of
        Phrases, then words; it grows by the words that are new.
    pairs
        Of each phrase the `_pair` of its words' codes.
    """
    titles = pa.array(index.papers["title"].iloc[rows], type=pa.large_string())
    abstracts = index.snapshot.abstracts_as_arrow(rows)
    texts = pc.binary_join_element_wise(titles, abstracts, pa.scalar(_BREAK, pa.large_string()))
    # Words on two sides of a comma or a full stop are no phrase; a hyphen
    # within a word is part of it; all else that is no letter or digit only separates.
    broken = pc.replace_substring_regex(pc.utf8_lower(texts), r"[.,;:!?()]+", _BREAK)
    parts = pc.split_pattern_regex(broken, r"[^\pL\pN\pM|-]+")
    coded = parts.flatten().dictionary_encode()
    found = [
        code_of.setdefault(word, len(code_of)) if _is_counted(word) else -1
        for word in (text.strip("-") for text in coded.dictionary.to_pylist())
    ]
    tokens = np.array([*found, -1], dtype=np.int64)[coded.indices.to_numpy(zero_copy_only=False)]
    papers = np.repeat(np.arange(len(rows), dtype=np.int64), np.asarray(parts.value_lengths()))
    counted = tokens >= 0
    cells = [_pair(papers[counted], tokens[counted])]
    if len(pairs) and len(tokens):
        neighbours = np.flatnonzero(counted[:-1] & counted[1:] & (papers[:-1] == papers[1:]))
        seen = _pair(tokens[neighbours], tokens[neighbours + 1])
        order = np.argsort(pairs)
        place = np.minimum(np.searchsorted(pairs[order], seen), len(pairs) - 1)
        known = pairs[order][place] == seen
        cells.append(_pair(papers[neighbours[known]], order[place[known]]))
    ordered = np.sort(np.concatenate(cells))
    once = ordered[np.append(True, ordered[1:] != ordered[:-1])] if len(ordered) else ordered
    return np.bincount(once >> 32, minlength=len(rows)), (once & 0xFFFFFFFF).astype(np.int32)


def _pair(first: Any, second: Any) -> Any:
    """Two codes as one number: int64."""
    return first << 32 | second


def _is_counted(word: str) -> bool:
    return 1 < len(word) <= _MAX_LETTERS and word not in BREAKING and any(map(str.isalpha, word)) and "|" not in word


def counted_rows(index: SnapshotIndex, sides: Sides) -> Rows | None:
    """The papers whose words are counted to compare ``sides``: ``None`` for all, else a random sample of each side.

    Each side gives at most `MAX_SAMPLED`, drawn with a fixed seed; ascending.
    """
    if index.n_papers <= MAX_COUNTED:
        return None
    random = np.random.default_rng(0)
    drawn = []
    for mask in sides.apart:
        rows = np.flatnonzero(mask)
        drawn.append(random.choice(rows, MAX_SAMPLED, replace=False) if len(rows) > MAX_SAMPLED else rows)
    return np.unique(np.concatenate(drawn))


def distinctive_words(table: WordTable, sides: Sides) -> pd.DataFrame:
    """The words that papers of one side hold more often than those of the other.

    Log-odds ratio with an informative Dirichlet prior (B. L. Monroe, M. P. Colaresi and K. M.
    Quinn, "Fightin' Words", Political Analysis 16 (2008) 372-403, equations 15 to 22), with
    papers in place of tokens: the odds are those of a paper holding the word, since the words
    of one paper are not independent. The prior expects of each side what holds for both
    together and weighs as much as 5 papers. Compared are the papers of `Sides.apart`.

    Returns
    -------
    DataFrame
        ``word``, ``side`` (that holds it more often), ``n_a``, ``n_b`` (papers that hold it),
        ``papers_a``, ``papers_b`` (papers counted), ``share_a``, ``share_b``, ``odds_ratio``
        (of the side that holds it more often against the other, above 1) with its 95 %
        interval ``odds_low``, ``odds_high``, ``z`` (positive for A) and ``q`` (z's two-sided p,
        adjusted after Benjamini and Hochberg). Only words in at least `MIN_HOLDING` papers
        and with an interval that leaves out 1; largest |z| first. Where ``q`` is above
        `FALSE_DISCOVERIES`, the difference may be chance among so many words. None where a side has
        fewer than `MIN_PAPERS` papers to count.
    """
    a, b = sides.apart
    totals = table.n_within(a), table.n_within(b)
    counts = table.holding(a), table.holding(b)
    enough = np.flatnonzero(counts[0] + counts[1] >= MIN_HOLDING)
    if min(totals) < MIN_PAPERS:
        enough = enough[:0]
    n_a, n_b = counts[0][enough], counts[1][enough]
    prior = _PRIOR_PAPERS * (n_a + n_b) / max(sum(totals), 1)
    log_odds, variance = np.zeros(len(enough)), np.zeros(len(enough))
    for sign, held, total in ((1.0, n_a, totals[0]), (-1.0, n_b, totals[1])):
        holding, lacking = held + prior, total - held + _PRIOR_PAPERS - prior + _TINY
        log_odds += sign * np.log(holding / lacking)
        variance += 1 / holding + 1 / lacking
    z = log_odds / np.sqrt(variance)
    q = _adjusted(z)
    shown = np.flatnonzero(np.abs(z) > _CLEAR)
    shown = shown[np.lexsort((shown, -np.abs(z[shown])))]
    half = _CLEAR * np.sqrt(variance[shown])
    size = np.abs(log_odds[shown])
    return pd.DataFrame(
        {
            "word": pd.array([table.words[code] for code in enough[shown]], dtype="str"),
            "side": pd.array(np.where(z[shown] > 0, "A", "B"), dtype="str"),
            "n_a": n_a[shown],
            "n_b": n_b[shown],
            "papers_a": totals[0],
            "papers_b": totals[1],
            "share_a": n_a[shown] / max(totals[0], 1),
            "share_b": n_b[shown] / max(totals[1], 1),
            "odds_ratio": np.exp(size),
            "odds_low": np.exp(size - half),
            "odds_high": np.exp(size + half),
            "z": z[shown],
            "q": q[shown],
        }
    )


def _adjusted(z: NDArray[np.float64]) -> NDArray[np.float64]:
    """Two-sided p of ``z``, adjusted after Y. Benjamini and Y. Hochberg (JRSS B 57 (1995) 289-300).

    1 where p alone is too large to matter.
    """
    q = np.ones(len(z))
    near = np.flatnonzero(np.abs(z) > _CLEAR)
    order = near[np.argsort(-np.abs(z[near]), kind="stable")]
    p = np.array([math.erfc(abs(value) / math.sqrt(2)) for value in z[order]])
    steps = p * len(z) / np.arange(1, len(order) + 1)
    q[order] = np.minimum(np.minimum.accumulate(steps[::-1])[::-1], 1.0)
    return q
