"""Can an English word end a noun phrase? Judged by its ending, with the nouns that look like something else."""

from __future__ import annotations

from pipeline.stop_words import word_list

_NOT_NOUN = tuple(sorted(word_list("not noun endings")))
_NOUNS = word_list("nouns")
_ADJECTIVES = word_list("adjectives")


def ends_as_noun(word: str) -> bool:
    """Whether ``word`` may be the last of a noun phrase.

    Words with capitals of their own (acronyms, names) may; of hyphenated words the last part counts, as far as it
    is not an adjective as a whole.
    """
    if any(letter.isupper() for letter in word[1:]):
        return True
    lowered = word.lower()
    last = lowered.rsplit("-", 1)[-1]
    if lowered in _ADJECTIVES or last in _ADJECTIVES:
        return False
    if last in _NOUNS or last.removesuffix("s") in _NOUNS:
        return True
    return not last.endswith(_NOT_NOUN)
