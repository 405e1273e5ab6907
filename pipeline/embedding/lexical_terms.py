"""A text as the words and pairs of words that ``lsa`` and ``distilled`` count, the same at fit and at query."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Set
from itertools import pairwise

_WORD = re.compile(r"\b\w\w+\b")


def lexical_words(text: str, stop_words: Set[str]) -> list[str]:
    """Words of two characters or more in the order of ``text``: lower case, without accents and ``stop_words``."""
    plain = text.lower()
    if not plain.isascii():
        decomposed = unicodedata.normalize("NFKD", plain)
        plain = "".join(character for character in decomposed if not unicodedata.combining(character))
    return [word for word in _WORD.findall(plain) if word not in stop_words]


def lexical_terms(text: str, stop_words: Set[str]) -> list[str]:
    """The words of ``text``, then pairs of neighbours among them, so formed after stop words are gone.

    What scikit-learn's ``TfidfVectorizer(ngram_range=(1, 2), strip_accents="unicode")`` takes from a text, without
    scikit-learn.
    """
    words = lexical_words(text, stop_words)
    return words + [f"{first} {second}" for first, second in pairwise(words)]
