"""One word's many forms: case, singular and plural."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.stop_words import word_list

_IRREGULAR = {
    "matrices": "matrix",
    "vertices": "vertex",
    "indices": "index",
    "analyses": "analysis",
    "hypotheses": "hypothesis",
    "criteria": "criterion",
    "theses": "thesis",
    "corpora": "corpus",
    "axes": "axis",
    "bases": "basis",
    "children": "child",
    "people": "person",
    "mice": "mouse",
    "bacteria": "bacterium",
    "formulae": "formula",
}
_NEVER_PLURAL = word_list("never plural")


def majority(groups: NDArray[np.integer], values: NDArray[np.integer], n_groups: int) -> NDArray[np.int64]:
    """For each group the value it holds most often (the smallest of equals); 0 for an empty group."""
    if not len(groups):
        return np.zeros(n_groups, dtype=np.int64)
    span = int(values.max()) + 1
    pairs, counts = np.unique(groups.astype(np.int64) * span + values, return_counts=True)
    order = np.lexsort((pairs, -counts, pairs // span))
    chosen = np.zeros(n_groups, dtype=np.int64)
    firsts, where = np.unique(pairs[order] // span, return_index=True)
    chosen[firsts] = pairs[order][where] % span
    return chosen


def singular(word: str, known: frozenset[str] | set[str] | dict[str, int]) -> str:
    """``word`` in the singular, when that is a word of ``known``; otherwise ``word``.

    Only the part after the last hyphen changes. Asking for a known word keeps "bias", "analysis" and names whole
    without a dictionary.
    """
    head, hyphen, tail = word.rpartition("-")
    if tail in _IRREGULAR:
        return head + hyphen + _IRREGULAR[tail]
    if len(tail) < 4 or not tail.endswith("s") or tail.endswith(("ss", "us", "is")) or tail in _NEVER_PLURAL:
        return word
    endings = [tail[:-1]]
    if tail.endswith("ies"):
        endings = [tail[:-3] + "y", tail[:-1]]
    elif tail.endswith(("sses", "xes", "ches", "shes", "zes")):
        endings = [tail[:-2], tail[:-1]]
    for ending in endings:
        if head + hyphen + ending in known:
            return head + hyphen + ending
    return word


@dataclass(frozen=True)
class WordForms:
    """The forms of each distinct token of a corpus.

    ``lower`` are the distinct lower-case words, ``lower_of_raw`` says which of them each raw token is;
    ``written`` is each as it is mostly written inside a sentence, ``singular`` its singular, ``is_plural`` whether
    that is another word, and ``key_of_lower`` numbers the singulars.
    """

    lower: list[str]
    lower_of_raw: NDArray[np.int64]
    written: list[str]
    singular: list[str]
    is_plural: NDArray[np.bool_]
    key_of_lower: NDArray[np.int64]

    @classmethod
    def of(cls, vocabulary: Sequence[str], raw: NDArray[np.int32], telling: NDArray[np.bool_]) -> WordForms:
        """The forms of ``vocabulary`` in the text ``raw`` (ids), whose case counts where ``telling``."""
        ids: dict[str, int] = {}
        lower_of_raw = np.fromiter(
            (ids.setdefault(_fold(word), len(ids)) for word in vocabulary), np.int64, len(vocabulary)
        )
        lower = list(ids)
        singulars = [singular(word, ids) for word in lower]
        numbers: dict[str, int] = {}
        keys = np.fromiter((numbers.setdefault(word, len(numbers)) for word in singulars), np.int64, len(singulars))
        written = _written(list(vocabulary), lower, lower_of_raw, raw, telling)
        is_plural = np.fromiter((a != b for a, b in zip(singulars, lower, strict=True)), bool, len(lower))
        return cls(lower, lower_of_raw, written, singulars, is_plural, keys)


def _fold(word: str) -> str:
    folded = word.lower().replace("’", "'").replace("‑", "-")
    return folded[:-2] if folded.endswith("'s") and len(folded) > 3 else folded


def _written(
    vocabulary: list[str],
    lower: list[str],
    lower_of_raw: NDArray[np.int64],
    raw: NDArray[np.int32],
    telling: NDArray[np.bool_],
) -> list[str]:
    if not len(raw):
        return lower
    inside = raw[telling]
    found = majority(lower_of_raw[inside], inside, len(lower))
    seen = np.bincount(lower_of_raw[inside], minlength=len(lower)) > 0
    anywhere = majority(lower_of_raw[raw], raw, len(lower))
    written = []
    for word, number in enumerate(lower):
        form = vocabulary[found[word] if seen[word] else anywhere[word]]
        form = form[:-2] if form.endswith(("'s", "’s")) and len(form) > 3 else form
        # Seen in titles and at the start of sentences only: a capital there says nothing.
        written.append(number if not seen[word] and form[1:].islower() else form)
    return written
