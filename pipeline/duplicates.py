"""Which records are the same paper.

Four kinds of evidence: the same id or DOI (unless records of different titles
share it: then it identifies nothing), the same title, near-identical
abstracts. Near-identical means: Jaccard similarity of the sets of word
3-shingles at or above a threshold. Candidates come from MinHash signatures cut
into bands (Broder 1997; Leskovec, Rajaraman, Ullman, *Mining of Massive
Datasets*, ch. 3) and every one is checked against the real sets, so a hash
never decides. Evidence is transitive: groups are connected components.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from pipeline.admission import SPACELESS, count_words

SAME_ID = "duplicate id"
SAME_DOI = "duplicate DOI"
SAME_TITLE = "duplicate title"
SAME_ABSTRACT = "near-duplicate abstract"
_STRENGTH = {SAME_ID: 0, SAME_DOI: 1, SAME_TITLE: 2, SAME_ABSTRACT: 3}

_N_HASHES = 128
_MAX_MISS = 1e-3
_MIN_TITLE_WORDS = 4  # "Introduction" and "Latent bandits" are written more than once
_GENERIC_TITLE_JACCARD = 0.5
_UNRELATED_JACCARD = 0.2
_MAX_ALL_PAIRS = 40
_CHUNK = 8192

Shingles = NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class Entry:
    """What of a record tells whether it is another's duplicate; text as displayed."""

    title: str
    abstract: str
    paper_id: str | None = None
    doi: str | None = None
    authors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Duplicates:
    """Groups of records that are one paper.

    Attributes
    ----------
    groups : list of list of int
        Positions in the input, ascending; groups of one are left out.
    reasons : dict
        Position → the strongest evidence that ties it to its group.
    """

    groups: list[list[int]]
    reasons: dict[int, str]


class _Links:
    """Union-find over positions, remembering the strongest evidence of each."""

    def __init__(self, n: int) -> None:
        self.parents = list(range(n))
        self.reasons: dict[int, str] = {}

    def root(self, position: int) -> int:
        while self.parents[position] != position:
            self.parents[position] = self.parents[self.parents[position]]
            position = self.parents[position]
        return position

    def connected(self, a: int, b: int) -> bool:
        return self.root(a) == self.root(b)

    def link(self, a: int, b: int, reason: str) -> None:
        for position in (a, b):
            known = self.reasons.get(position)
            if known is None or _STRENGTH[reason] < _STRENGTH[known]:
                self.reasons[position] = reason
        low, high = sorted((self.root(a), self.root(b)))
        self.parents[high] = low

    def result(self) -> Duplicates:
        groups: dict[int, list[int]] = defaultdict(list)
        for position in self.reasons:
            groups[self.root(position)].append(position)
        return Duplicates([sorted(members) for _, members in sorted(groups.items())], self.reasons)


def find_duplicates(entries: Sequence[Entry], threshold: float, seed: int) -> Duplicates:
    """The groups of ``entries`` that are one paper each.

    Parameters
    ----------
    entries
        In an order that depends on their content only: ties are broken by position.
    threshold
        Jaccard similarity of word 3-shingles from which two abstracts are one, in (0, 1].
    seed
        Of the MinHash functions. Decides which candidates are looked at,
        never what counts as a duplicate.
    """
    links = _Links(len(entries))
    titles = [normalised(entry.title) for entry in entries]
    _link_identifiers(entries, titles, links)
    _link_titles(entries, titles, links)
    _link_abstracts(entries, threshold, seed, links)
    return links.result()


# --- ids, DOIs, titles -----------------------------------------------------------


def normalised(text: str) -> str:
    """``text`` without case, accents, punctuation and spaces: what makes two titles the same."""
    if not text.isascii():
        text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return "".join(filter(str.isalnum, text.casefold()))


def same_title(a: str, b: str) -> bool:
    """Whether two normalised titles name one paper: equal, or one goes on where the other ends."""
    short, long = sorted((a, b), key=len)
    return a == b or (len(short) >= 15 and long.startswith(short))


def _link_identifiers(entries: Sequence[Entry], titles: Sequence[str], links: _Links) -> None:
    for reason, values in (
        (SAME_ID, (entry.paper_id for entry in entries)),
        (SAME_DOI, (entry.doi for entry in entries)),
    ):
        for members in _shared(values):
            if all(same_title(titles[members[0]], titles[member]) for member in members[1:]):
                for member in members[1:]:
                    links.link(members[0], member, reason)


def _link_titles(entries: Sequence[Entry], titles: Sequence[str], links: _Links) -> None:
    for members in _shared(titles):
        generic = count_words(entries[members[0]].title) < _MIN_TITLE_WORDS
        for a, b in _pairs(members):
            if _one_paper(entries[a], entries[b], generic):
                links.link(a, b, SAME_TITLE)


def _one_paper(a: Entry, b: Entry, generic: bool) -> bool:
    """Whether two records of the same title are one paper.

    A title of a few words says little, and other authors with another text
    have simply had the same idea for a title.
    """
    if generic:
        return jaccard(shingles(a.abstract), shingles(b.abstract)) >= _GENERIC_TITLE_JACCARD
    strangers = bool(a.authors and b.authors) and not (name_words(a.authors) & name_words(b.authors))
    return not strangers or jaccard(shingles(a.abstract), shingles(b.abstract)) >= _UNRELATED_JACCARD


def name_words(authors: Iterable[str]) -> set[str]:
    """Every word of the names, initials aside: "Lovelace, A." and "Ada Lovelace" share one."""
    words = re.findall(r"\w{2,}", " ".join(authors).casefold())
    return {normalised(word) for word in words}


def _shared(values: Iterable[str | None]) -> Iterator[list[int]]:
    """Positions that share a non-empty value, by first position."""
    members: dict[str, list[int]] = defaultdict(list)
    for position, value in enumerate(values):
        if value:
            members[value].append(position)
    return (positions for positions in members.values() if len(positions) > 1)


def _pairs(members: Sequence[int]) -> Iterator[tuple[int, int]]:
    """All pairs, or in a crowd each with its next neighbours, which chain up."""
    if len(members) <= _MAX_ALL_PAIRS:
        yield from combinations(members, 2)
        return
    for i, a in enumerate(members):
        for b in members[i + 1 : i + 9]:
            yield a, b


# --- abstracts ----------------------------------------------------------------------

_TOKEN = re.compile(rf"{SPACELESS.pattern}|[^\W_]+")
_ASCII_TOKEN = re.compile("[a-z0-9]+")
_MAX_WORDS_KEPT = 1_000_000
_MIXERS = np.array([0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9], dtype=np.uint64)


class _WordHashes(dict[str, int]):
    """Word → 64 bits of its BLAKE2b, the same in every process, worked out once."""

    def __missing__(self, word: str) -> int:
        if len(self) > _MAX_WORDS_KEPT:
            self.clear()
        value = int.from_bytes(blake2b(word.encode("utf-8", "replace"), digest_size=8).digest(), "little")
        self[word] = value
        return value


_HASHES = _WordHashes()


def shingles(text: str) -> Shingles:
    """Hashes of the word 3-shingles of ``text``: uint64, distinct, ascending.

    A text of one or two words has a single shingle, an empty one none.
    """
    text = text.lower()
    found = (_ASCII_TOKEN if text.isascii() else _TOKEN).findall(text)
    words = np.fromiter(map(_HASHES.__getitem__, found), dtype=np.uint64, count=len(found))
    if len(words) == 0:
        return words
    while len(words) < 3:
        words = np.append(words, np.uint64(0))
    mixed = words[:-2] * _MIXERS[0] + words[1:-1] * _MIXERS[1] + words[2:] * _MIXERS[2]
    mixed ^= mixed >> np.uint64(29)
    return np.unique(mixed * _MIXERS[1])


def jaccard(a: Shingles, b: Shingles) -> float:
    """Shared ÷ all shingles, 0 to 1; 0 where either text has none."""
    if len(a) == 0 or len(b) == 0:
        return 0.0
    shared = len(np.intersect1d(a, b, assume_unique=True))
    return shared / (len(a) + len(b) - shared)


def _link_abstracts(entries: Sequence[Entry], threshold: float, seed: int, links: _Links) -> None:
    same: dict[str, int] = {}
    distinct: list[int] = []
    for position, entry in enumerate(entries):  # identical texts need no hashing
        first = same.setdefault(" ".join(entry.abstract.casefold().split()), position)
        if first == position:
            distinct.append(position)
        elif entry.abstract:
            links.link(first, position, SAME_ABSTRACT)
    del same
    sets: dict[int, Shingles] = {}
    for a, b in sorted(_candidates([entries[position].abstract for position in distinct], threshold, seed)):
        first, second = distinct[a], distinct[b]
        if links.connected(first, second):
            continue
        for position in (first, second):
            if position not in sets:
                sets[position] = shingles(entries[position].abstract)
        if jaccard(sets[first], sets[second]) >= threshold:
            links.link(first, second, SAME_ABSTRACT)


def _bands(threshold: float) -> tuple[int, int]:
    """Bands and rows per band: as selective as possible, missing a pair at the threshold at most once in 1,000."""
    for n_rows in range(16, 1, -1):
        n_bands = _N_HASHES // n_rows
        if (1 - threshold**n_rows) ** n_bands <= _MAX_MISS:
            return n_bands, n_rows
    return _N_HASHES, 1


def _candidates(texts: Sequence[str], threshold: float, seed: int) -> set[tuple[int, int]]:
    """Pairs of texts that agree in at least one band of their MinHash signatures."""
    n_bands, n_rows = _bands(threshold)
    multipliers = np.random.default_rng(seed).integers(1, 2**63, size=n_bands * n_rows, dtype=np.uint64)
    multipliers = multipliers * np.uint64(2) + np.uint64(1)
    keys = np.zeros((len(texts), n_bands), dtype=np.uint64)
    for start in range(0, len(texts), _CHUNK):
        sets = [shingles(text) for text in texts[start : start + _CHUNK]]
        keys[start : start + _CHUNK] = _band_keys(sets, multipliers, n_bands, n_rows)
    filled = np.array([bool(text) for text in texts], dtype=bool)
    pairs: set[tuple[int, int]] = set()
    for band in range(n_bands):
        order = np.argsort(keys[:, band], kind="stable")
        ordered = keys[order, band]
        ends = np.flatnonzero(np.append(ordered[1:] != ordered[:-1], True)) + 1
        starts = np.append(0, ends[:-1]) if len(ends) else ends
        for low, high in zip(starts, ends, strict=True):
            if high - low > 1:
                members = [int(i) for i in order[low:high] if filled[i]]
                pairs.update(_pairs(members))
    return pairs


def _band_keys(sets: list[Shingles], multipliers: Shingles, n_bands: int, n_rows: int) -> NDArray[np.uint64]:
    """One key a text and band: the minima of its hash functions, mixed."""
    padded = [values if len(values) else np.zeros(1, dtype=np.uint64) for values in sets]
    flat = np.concatenate(padded)
    starts = np.cumsum([0, *(len(values) for values in padded[:-1])])
    keys = np.zeros((len(sets), n_bands), dtype=np.uint64)
    for function, multiplier in enumerate(multipliers):
        minima = np.minimum.reduceat(flat * multiplier, starts)
        band = function // n_rows
        mixed = (keys[:, band] ^ minima) * _MIXERS[0]
        keys[:, band] = mixed ^ (mixed >> np.uint64(31))
    return keys
