"""The language of a document.

English is recognised by its own small words, which costs next to nothing;
what is not clearly English goes to py3langid, a naive Bayes classifier over
byte n-grams that knows 97 languages. The small words of English cover at
least a seventh of any English prose (Zipf), and hardly any of another
language: ``in``, ``a``, ``is``, ``on``, ``for``, which Dutch, Spanish or
Danish share, are not among them.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

UNDETERMINED = "und"
"""ISO 639-2 for a language that could not be told."""

_ENGLISH = frozenset(
    "the of and that with this which from are our by these their it be as we to can such have has not".split()  # noqa: SIM905
)
_CLEARLY_ENGLISH = 0.14
_SURE = 0.80
_MIN_LETTERS = 25
_SAMPLE = 1500
_GLANCE = 700


def detect_language(text: str) -> str:
    """ISO 639-1 code of the language of ``text``, ``"und"`` when unsure.

    Parameters
    ----------
    text
        The first 1,500 characters decide.
    """
    sample = text[:_SAMPLE]
    words = sample[:_GLANCE].lower().split()
    if sum(word in _ENGLISH for word in words) >= max(3, _CLEARLY_ENGLISH * len(words)):
        return "en"
    if sum(map(str.isalpha, sample)) < _MIN_LETTERS and sample.isascii():
        return UNDETERMINED
    language, probability = _identifier().classify(sample)
    return str(language) if probability >= _SURE and len(language) == 2 else UNDETERMINED


@lru_cache(maxsize=1)
def _identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # 0.5 s: only when something is not plainly English

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
