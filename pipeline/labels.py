"""A short, readable name for each topic, taken from the words of its papers. No language model.

A label is a phrase that many papers of the topic contain (in their titles, better still) and few others do,
that is whole ("neural machine translation", not "neural machine") and that reads as a noun phrase. A phrase of few
of the topic's papers is joined by a second. Two topics never share a label: the one it fits less well takes its
next best phrase, or adds it after a colon.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from pipeline.assignment import Labels
from pipeline.stop_words import EMPTY_HEADS, STOP_PHRASES, STOP_WORDS, word_list
from pipeline.terms import TermCounts
from pipeline.word_endings import ends_as_noun

MAX_CHARACTERS = 60
"""Longest label."""

_MIN_CLOSED_WORD, _MIN_CLOSED_PHRASE = 0.4, 0.5
_MAX_VERBAL = 0.12
_WEAK_HEADS = word_list("weak heads")
_UNTITLED = 0.6
"""What a phrase is worth that stands in no title of its topic."""
_WHOLE = 0.6
"""A phrase gives way to a longer one that at least this share of its papers contain."""
_NARROW = 0.25
"""A first phrase in fewer of the topic's papers than this is joined by a second."""
_DISTINCT = 8.0
"""A second phrase is so many times more common in the topic than elsewhere, and stands in two of its titles."""
_N_PHRASES = 12
_EVERYBODYS = word_list("everybodys")
"""Words that describe many topics and, alone, name none."""


@dataclass(frozen=True)
class _Phrase:
    text: str
    score: float
    share: float  # of the topic's papers
    lift: float  # share here / share elsewhere
    n_titles: int


def label_topics(terms: TermCounts, labels: Labels, keywords: Sequence[Sequence[tuple[str, float]]]) -> list[str]:
    """One label for each topic, all different, each at most `MAX_CHARACTERS` long.

    Parameters
    ----------
    terms
        Terms of all papers.
    labels
        Topic of each paper, −1 none.
    keywords
        Keywords of each topic; the label where no phrase qualifies.
    """
    n_topics = int(labels.max(initial=-1)) + 1
    phrases = list(_phrases_by_topic(terms, labels, n_topics))
    order = sorted(range(n_topics), key=lambda topic: (-phrases[topic][0].score if phrases[topic] else 0.0, topic))
    found = [""] * n_topics
    taken: set[str] = set()
    for topic in order:
        fallback = [word for word, _ in keywords[topic]] if topic < len(keywords) else []
        found[topic] = _first_free(_candidates(phrases[topic], fallback, topic), taken)
        taken.add(_same(found[topic]))
    return found


# --- which phrases ---------------------------------------------------------------


def _usable(terms: TermCounts) -> NDArray[np.bool_]:
    closed_enough = np.where(terms.n_words == 1, _MIN_CLOSED_WORD, _MIN_CLOSED_PHRASE)
    reads_well = np.fromiter((_reads_well(term) for term in terms.terms), bool, len(terms.terms))
    return reads_well & (terms.closed >= closed_enough) & (terms.verbal <= _MAX_VERBAL)


def _reads_well(term: str) -> bool:
    words = term.lower().split()
    if len(term) > MAX_CHARACTERS or len(words[0]) < 2 or term.lower() in STOP_PHRASES:
        return False
    if words[0].endswith("ly") and len(words) < 3:  # "weakly supervised learning" may
        return False
    if len(words) == 1 and words[0] in STOP_WORDS:
        return False
    if len(words) > 2 and words[1] == "of" and words[0] in EMPTY_HEADS:
        return False
    return ends_as_noun(term.split()[-1])


def _phrases_by_topic(terms: TermCounts, labels: Labels, n_topics: int) -> Iterator[list[_Phrase]]:
    """For each topic its best phrases, best first, cut ones replaced by the whole.

    The score of a phrase is (share of the topic's papers + twice the share of its titles that hold it) × ln(share
    here / share elsewhere), times what its shape is worth.
    """
    rows = np.flatnonzero(labels >= 0)
    member = sp.csr_matrix((np.ones(len(rows)), (labels[rows], rows)), shape=(n_topics, len(labels)))
    holds = terms.counts.astype(bool).astype(np.float64)
    papers = (member @ holds).tocsr()
    titles = (member @ terms.title_counts.astype(bool).astype(np.float64)).tocsr()
    everywhere = np.asarray(holds.sum(axis=0)).ravel()
    shapes = _shapes(terms)  # 0: no label, but a shorter phrase inside it is cut
    for topic in range(n_topics):
        n_members = int((labels == topic).sum())
        columns, n_here = papers[topic].indices.astype(np.int64), papers[topic].data
        n_titles = np.asarray(titles[topic].todense()).ravel()[columns]
        elsewhere = (everywhere[columns] - n_here + 1.0) / (len(labels) - n_members + 2.0)
        lift = n_here / n_members / elsewhere
        worth = shapes[columns] * np.where(n_titles > 0, 1.0, _UNTITLED)
        # A single word must belong to the topic: "exoskeleton" does, "map" is everybody's.
        worth *= np.where(terms.n_words[columns] == 1, 0.2 + 0.4 * n_here / everywhere[columns], 1.0)
        enough = (n_here >= min(n_members, max(2.0, 0.04 * n_members, 3.0 * (n_members >= 20)))) & (lift > 1)
        fame = (n_here + 2 * n_titles) / n_members * np.log(np.maximum(lift, 1.0))
        score = np.where(enough, fame * worth, 0.0)
        order = np.lexsort((columns, -np.where(enough, fame, 0.0)))[: 12 * _N_PHRASES]
        known = [int(i) for i in order if enough[i] and terms.n_words[columns[i]] > 1]
        best = [int(i) for i in np.lexsort((columns, -score))[: 4 * _N_PHRASES] if score[i] > 0]
        yield [
            _Phrase(
                terms.plurals[columns[i]] or terms.terms[columns[i]],
                float(score[i]),
                float(n_here[i] / n_members),
                float(lift[i]),
                int(n_titles[i]),
            )
            for i in _whole(best, known, {i: terms.terms[columns[i]] for i in [*best, *known]}, n_here)
        ]


def _whole(best: list[int], known: list[int], texts: dict[int, str], n_here: NDArray[np.float64]) -> list[int]:
    """``best`` without phrases that mostly stand inside a longer one, be that a good label or not."""
    padded = {i: f" {text.lower()} " for i, text in texts.items()}
    whole = []
    for i in best:
        longer = (j for j in known if j != i and padded[i] in padded[j])
        if not any(n_here[j] >= _WHOLE * n_here[i] for j in longer):
            whole.append(i)
        if len(whole) == _N_PHRASES:
            break
    return whole


def _shapes(terms: TermCounts) -> NDArray[np.float64]:
    """What the form of a term makes it worth as a label; 0: nothing."""
    worth = _usable(terms).astype(np.float64)
    for column in np.flatnonzero(worth):
        words = terms.terms[column].split()
        if len(words) > 1 and all(word.lower() in STOP_WORDS for word in words):
            worth[column] = 0.7
        if len(words) == 1 and words[0].lower().removesuffix("s") in _EVERYBODYS:
            worth[column] = 0.5
        elif len(words) == 1 and ("-" in words[0] or sum(letter.isupper() for letter in words[0]) > 1):
            worth[column] = 1.2  # an acronym or a compound says nearly as much as a phrase
        if len(words) > 3:
            worth[column] *= 0.9
        if words[-1].lower() in _WEAK_HEADS:
            worth[column] *= 0.5
    return worth


# --- which label -----------------------------------------------------------------


def _candidates(phrases: list[_Phrase], keywords: list[str], topic: int) -> list[str]:
    """Labels for one topic, the one to take first coming first."""
    if not phrases:
        words = [word for word in keywords if len(word) <= MAX_CHARACTERS][:3]
        return [*(_sentence(word) for word in words), f"Topic {topic + 1}"]
    first = phrases[0]
    others = [phrase for phrase in phrases[1:] if not _overlap(phrase.text, first.text)]
    found = []
    seconds = [phrase for phrase in others[:3] if _fit_to_join(phrase, first)]
    if first.share < _NARROW and seconds:
        found.append(_sentence(f"{first.text} and {seconds[0].text}"))
    found.append(_sentence(first.text))
    found += [_sentence(phrase.text) for phrase in phrases[1:3] if phrase.score >= 0.6 * first.score]
    found += [_sentence(f"{first.text}: {phrase.text}") for phrase in others]
    found += [_sentence(phrase.text) for phrase in phrases[1:]]
    return [*(label for label in found if len(label) <= MAX_CHARACTERS), f"Topic {topic + 1}"]


def _fit_to_join(phrase: _Phrase, first: _Phrase) -> bool:
    says_something = " " in phrase.text or "-" in phrase.text or phrase.lift >= 3 * _DISTINCT
    return says_something and phrase.score >= 0.5 * first.score and phrase.lift >= _DISTINCT and phrase.n_titles >= 2


def _overlap(text: str, other: str) -> bool:
    return bool(_stems(text) & _stems(other))


def _stems(text: str) -> set[str]:
    return {word.removesuffix("s")[:5] for word in text.lower().replace("-", " ").split() if word != "of"}


def _sentence(text: str) -> str:
    """``text`` with a capital in front, unless its first word has capitals of its own ("mRNA")."""
    first = text.split()[0]
    return text if any(letter.isupper() for letter in first) else text[0].upper() + text[1:]


def _first_free(candidates: list[str], taken: set[str]) -> str:
    for label in candidates:
        if _same(label) not in taken:
            return label
    base = candidates[-1]
    return next(label for n in range(2, len(taken) + 3) if _same(label := f"{base} ({n})") not in taken)


def _same(label: str) -> str:
    """What two labels share that say the same: their words, whatever the order, number or case."""
    words = label.lower().replace(":", " ").replace("-", " ").split()
    return " ".join(sorted(word.removesuffix("s") for word in words if word != "and"))
