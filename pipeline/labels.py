"""A short, readable name for each topic of every level, taken from the words of its papers. No language model.

The finest topics are named first, by the best phrase of `pipeline.label_phrases`; one that few of the topic's papers
contain is joined by a second. Coarser topics are named from the top down, by a phrase that holds for most of what is
in them; where there is none, the names of the two largest topics one level finer are joined. No two topics share a
name, whatever their level, and a phrase never says as much as one below it or as little as one above it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from pipeline.assignment import OUTLIER, Labels
from pipeline.label_phrases import MAX_CHARACTERS, Phrase, phrases_by_topic
from pipeline.terms import TermCounts

_NARROW = 0.25
"""A first phrase in fewer of the topic's papers than this is joined by a second."""
_DISTINCT = 8.0
"""A second phrase is so many times more common in the topic than elsewhere, and stands in two of its titles."""
_FULLER, _FULLER_SHARE = 0.9, 0.4
"""A phrase that holds the best word is taken instead if its score and papers are at least these shares of it."""
_LIKE_ANOTHER = 0.7
"""What a phrase is worth that adds words to another topic's name, or leaves some out."""
_LEAST_BREADTH, _LEAST_SCORE, _LEAST_OF_BEST = 0.6, 0.65, 0.35
"""What a phrase needs to name a coarser topic; the last is a share of the score of the topic's best phrase."""


def label_topics(terms: TermCounts, labels: Labels, keywords: Sequence[Sequence[tuple[str, float]]]) -> list[str]:
    """One label for each topic of a single level: `label_levels`."""
    return label_levels(terms, [labels], keywords)[0]


def label_levels(
    terms: TermCounts,
    levels: Sequence[Labels],
    keywords: Sequence[Sequence[tuple[str, float]]],
    given: Mapping[int, str] | None = None,
) -> list[list[str]]:
    """One label for each topic of each level, all different, each at most `MAX_CHARACTERS` long.

    Parameters
    ----------
    terms
        Terms of all papers.
    levels
        Topic of each paper at each level, the finest first; −1 none.
    keywords
        Keywords of each finest topic; its label where no phrase qualifies.
    given
        Labels of finest topics that a person chose.
    """
    taken: set[str] = set()
    phrases = [
        list(phrases_by_topic(terms, labels, below)) for labels, below in zip(levels, [None, *levels[:-1]], strict=True)
    ]
    finest = _name_finest(phrases[0], keywords, taken, given or {})
    groups = [_group_of_finest(labels, levels[0], len(finest)) for labels in levels]
    broad = _broad_names(phrases, finest, groups, taken)
    in_a_sentence = {_sentence(phrase.text): phrase.text for found in phrases[0] for phrase in found}
    leads = [in_a_sentence.get(first, first) for first in (_parts(label)[0] for label in finest)]
    found = [finest]
    for level in range(1, len(levels)):
        names, leads_below, leads = [], leads, []
        for topic, name in enumerate(broad[level]):
            children = np.unique(groups[level - 1][groups[level] == topic])
            joined = _joined([leads_below[child] for child in children])
            others = (_sentence(phrase.text) for phrase in phrases[level][topic])
            fallback = f"Group {topic + 1} of level {level}"
            names.append(_sentence(name) if name else _first_free([*joined, *others, fallback], taken))
            leads.append(name or leads_below[children[0]])
        found.append(names)
    return found


def _group_of_finest(labels: Labels, finest: Labels, n_finest: int) -> NDArray[np.int32]:
    """The topic of ``labels`` that each finest topic lies in."""
    group = np.full(n_finest, OUTLIER, dtype=np.int32)
    group[finest[finest >= 0]] = labels[finest >= 0]
    return group


# --- finest topics -----------------------------------------------------------------


def _name_finest(
    phrases: list[list[Phrase]],
    keywords: Sequence[Sequence[tuple[str, float]]],
    taken: set[str],
    given: Mapping[int, str],
) -> list[str]:
    """Labels in order of topic: first those given, then the topic whose best phrase fits best chooses."""
    order = sorted(range(len(phrases)), key=lambda topic: (-phrases[topic][0].score if phrases[topic] else 0.0, topic))
    found = [""] * len(phrases)
    for topic, name in sorted(given.items()):
        found[topic] = _first_free([name[:MAX_CHARACTERS], name[: MAX_CHARACTERS - 6]], taken)
    for topic in order:
        if topic in given:
            continue
        others = [_stems(part) for label in found if label for part in _parts(label)]
        fallback = [word for word, _ in keywords[topic]] if topic < len(keywords) else []
        found[topic] = _first_free(_candidates(phrases[topic], others, fallback, topic), taken)
    return found


def _candidates(phrases: list[Phrase], others: list[set[str]], keywords: list[str], topic: int) -> list[str]:
    """Labels for one finest topic, the one to take first coming first, given the stems of those taken."""
    phrases = [phrase for phrase in phrases if not _is_spelt_out(phrase, phrases)]
    if not phrases:
        words = [word for word in keywords if len(word) <= MAX_CHARACTERS][:3]
        return [*(_sentence(word) for word in words), f"Topic {topic + 1}"]
    scores = [phrase.score * (_LIKE_ANOTHER if _is_like(phrase, others) else 1.0) for phrase in phrases]
    ranked = [phrases[i] for i in sorted(range(len(phrases)), key=lambda i: (-scores[i], i))]
    first = _fuller(ranked)
    rest = [phrase for phrase in ranked if phrase is not first]
    apart = [phrase for phrase in rest if not _stems(phrase.text) & _stems(first.text)]
    seconds = [phrase for phrase in apart[:3] if _fit_to_join(phrase, first) and not _is_like(phrase, others)]
    found = []
    if first.share < _NARROW and seconds:
        found.append(_sentence(f"{first.text} and {seconds[0].text}"))
    found.append(_sentence(first.text))
    found += [_sentence(phrase.text) for phrase in rest[:2] if phrase.score >= 0.6 * first.score]
    found += [_sentence(f"{first.text}: {phrase.text}") for phrase in apart]
    found += [_sentence(phrase.text) for phrase in rest]
    return [*found, f"Topic {topic + 1}"]


def _is_spelt_out(phrase: Phrase, phrases: list[Phrase]) -> bool:
    """Whether ``phrase`` is an acronym of another: "NAS" where there is "neural architecture search"."""
    letters = phrase.text.removesuffix("s")
    initials = {"".join(word[0] for word in other.text.upper().replace("-", " ").split()) for other in phrases}
    return len(letters) > 1 and letters.isupper() and letters in initials


def _is_like(phrase: Phrase, others: list[set[str]]) -> bool:
    stems = _stems(phrase.text)
    return any(stems <= other or other <= stems for other in others)


def _fuller(ranked: list[Phrase]) -> Phrase:
    """The best phrase; for a word a phrase with it that fits as well: "soil organic carbon" rather than "carbon"."""
    best = ranked[0]
    if " " in best.text:
        return best
    return next(
        (
            phrase
            for phrase in ranked[1:]
            if phrase.score >= _FULLER * best.score
            and phrase.share >= _FULLER_SHARE * best.share
            and _stems(best.text) < _stems(phrase.text)
        ),
        best,
    )


def _fit_to_join(phrase: Phrase, first: Phrase) -> bool:
    says_something = " " in phrase.text or "-" in phrase.text or phrase.lift >= 3 * _DISTINCT
    return says_something and phrase.score >= 0.5 * first.score and phrase.lift >= _DISTINCT and phrase.n_titles >= 2


# --- coarser topics ----------------------------------------------------------------


def _broad_names(
    phrases: list[list[list[Phrase]]], finest: list[str], groups: list[NDArray[np.int32]], taken: set[str]
) -> list[list[str]]:
    """For each topic of each level the phrase that names all of it, "" where there is none; the coarsest choose first.

    Such a phrase neither narrows the name of a finest topic in it nor widens the one of a topic that holds it.
    """
    below = [[_stems(part) for part in _parts(label)] for label in finest]
    above: list[list[set[str]]] = [[] for _ in finest]
    found = [[""] * len(topics) for topics in phrases]
    for level in range(len(phrases) - 1, 0, -1):
        for topic, candidates in enumerate(phrases[level]):
            inside = np.flatnonzero(groups[level] == topic)
            least = max(_LEAST_SCORE, _LEAST_OF_BEST * max((phrase.score for phrase in candidates), default=0.0))
            for phrase in candidates:
                stems = _stems(phrase.text)
                holds = phrase.breadth >= _LEAST_BREADTH and phrase.score >= least
                narrows = any(stems >= other for i in inside for other in below[i])
                widens = any(stems <= other for other in above[inside[0]])
                if holds and not narrows and not widens and _same(phrase.text) not in taken:
                    found[level][topic] = phrase.text
                    taken.add(_same(phrase.text))
                    for i in inside:
                        above[i].append(stems)
                    break
    return found


def _joined(children: list[str]) -> Iterator[str]:
    """The name of the largest of ``children`` and the next largest's, joined; those that share words with it last."""
    first, *others = children
    for second in sorted(others, key=lambda name: len(_stems(name) & _stems(first)) > 1):
        if _same(second) != _same(first):
            yield _sentence(f"{first} and {second}")


def _parts(label: str) -> list[str]:
    """The phrases that ``label`` was put together from."""
    return label.replace(": ", " and ").split(" and ")


# --- words -------------------------------------------------------------------------


def _stems(text: str) -> set[str]:
    return {word.removesuffix("s")[:5] for word in text.lower().replace("-", " ").split() if word != "of"}


def _sentence(text: str) -> str:
    """``text`` with a capital in front, unless its first word has capitals of its own ("mRNA")."""
    first = text.split()[0]
    return text if any(letter.isupper() for letter in first) else text[0].upper() + text[1:]


def _first_free(candidates: list[str], taken: set[str]) -> str:
    """The first of ``candidates`` that is short enough and says something new; it is taken from then on."""
    base = candidates[-1]
    numbered = (f"{base} ({n})" for n in range(2, len(taken) + 3))
    label = next(
        label for label in (*candidates, *numbered) if len(label) <= MAX_CHARACTERS and _same(label) not in taken
    )
    taken.add(_same(label))
    return label


def _same(label: str) -> str:
    """What two labels share that say the same: their words, whatever the order, number or case."""
    words = label.lower().replace(":", " ").replace("-", " ").split()
    return " ".join(sorted(word.removesuffix("s") for word in words if word != "and"))
