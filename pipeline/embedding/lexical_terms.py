"""A text as the words and pairs of words that ``lsa`` counts, the same at fit and at query."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Set
from itertools import pairwise

_WORD = re.compile(r"\b\w\w+\b")


def lexical_terms(text: str, stop_words: Set[str]) -> list[str]:
    """Words of two characters or more, then pairs of neighbours, in the order of ``text``.

    Lower case, without accents, without ``stop_words``; pairs are formed after those are gone. What scikit-learn's
    ``TfidfVectorizer(ngram_range=(1, 2), strip_accents="unicode")`` takes from a text, without scikit-learn.
    """
    plain = text.lower()
    if not plain.isascii():
        decomposed = unicodedata.normalize("NFKD", plain)
        plain = "".join(character for character in decomposed if not unicodedata.combining(character))
    words = [word for word in _WORD.findall(plain) if word not in stop_words]
    return words + [f"{first} {second}" for first, second in pairwise(words)]
