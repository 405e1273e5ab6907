"""Documents → terms: which phrases of one to four words each document holds, and how people write them.

One pass over the text gives everything the later steps count with: keywords, labels, coherence. Words become
numbers at once and phrases are grown level by level, each only from frequent shorter ones (the a-priori
principle of Agrawal and Srikant, VLDB 1994), so that 82,613 abstracts fit in a small memory.

A phrase never crosses punctuation or a breaking word (`pipeline.stop_words`). Spellings are one term:
"few-shot", "few shot"; "language model", "language models". A term is shown as it is most often written, in the
case its words have inside a sentence of an abstract ("GAN inversion", "Bayesian inference", "active learning").
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from pipeline.assignment import OUTLIER, Labels
from pipeline.phrases import BREAK, OF, PhraseLevel, grow_phrases
from pipeline.stop_words import BREAKING, word_list
from pipeline.word_forms import WordForms, majority

# A word, with the hyphen that ties it to the word before; or one mark of punctuation. A lone hyphen is a mark.
_TOKEN = re.compile(r"[^\W_]+(?:['’‑-][^\W_]+)*|[^\w\s]")
_STOCK_PHRASE = re.compile(r"\bstates?[- ]of[- ]the[- ]arts?\b", re.IGNORECASE)  # its words are good ones elsewhere
_NUMBER = re.compile(r"\d")
_DIMENSION = re.compile(r"^\d-?d(of)?(-|$)")  # 3d, 2d-to-3d, 6dof: words, not numbers
_DOCUMENT_END = "\n"
_SENTENCE_ENDS = frozenset(".?!")

_USUAL_PLURAL = 0.15
"""Share of plurals above which a term has a plural worth showing."""


@dataclass(frozen=True)
class TermCounts:
    """Which terms stand in which documents.

    Attributes
    ----------
    terms
        The terms as people write them, sorted by their key; unique also when case is ignored.
    n_words
        int8 (n_terms,): words in each term; a hyphenated word is one.
    counts
        int32 CSR (n_documents, n_terms): occurrences.
    title_counts
        The same within titles: the text before the first full stop.
    plurals
        Each term as it is written in the plural, "" where it hardly ever is: in less than 15 % of its occurrences
        ("point clouds", but not "object detections").
    closed
        float32 (n_terms,): share of a term's occurrences that end where a phrase ends. Near 0 for a cut phrase
        ("neural machine") or an adjective ("convolutional"), which are always followed by more.
    verbal
        float32 (n_terms,): share of a term's occurrences that follow "to", "we", "can"… or precede an article, as
        verbs do ("improve", "train networks").
    """

    terms: list[str]
    n_words: NDArray[np.int8]
    counts: sp.csr_matrix
    title_counts: sp.csr_matrix
    plurals: list[str]
    closed: NDArray[np.float32]
    verbal: NDArray[np.float32]

    def take(self, columns: NDArray[np.int64]) -> TermCounts:
        """Only the terms in ``columns``, in that order."""
        return TermCounts(
            [self.terms[column] for column in columns],
            self.n_words[columns],
            self.counts[:, columns],
            self.title_counts[:, columns],
            [self.plurals[column] for column in columns],
            self.closed[columns],
            self.verbal[columns],
        )


@dataclass(frozen=True)
class _Tokens:
    """All documents as one row of numbers: ``raw`` token ids, the ``document`` and whether in the title."""

    raw: NDArray[np.int32]
    document: NDArray[np.int32]
    in_title: NDArray[np.bool_]
    vocabulary: list[str]


def least_documents(n_documents: int) -> int:
    """In how many documents a term must stand to count, by corpus size.

    1 below 10 documents, 2 up to about 3,600, 10 at 90,000: rare terms say nothing about a topic, and most
    of the vocabulary is rare.
    """
    return 1 if n_documents < 10 else max(2, round(n_documents**0.5 / 30))


def count_terms_in(texts: Sequence[str]) -> TermCounts:
    """The terms of ``texts`` (each "title. abstract").

    Terms that stand in fewer than `least_documents` documents are left out. The result depends on the texts
    only, not on hash seeds.
    """
    least = least_documents(len(texts))
    tokens = _tokenise(texts)
    forms = WordForms.of(tokens.vocabulary, tokens.raw, _inside_sentences(tokens))
    keys = _keys(tokens, forms)
    levels = grow_phrases(keys, least)
    names, plurals, columns_of_level = _merge_spellings(levels, tokens, forms)
    matrices = _matrices(levels, columns_of_level, tokens, len(texts), len(names))
    closed, verbal = _grammar(levels, columns_of_level, tokens, keys, forms, len(names))
    n_words = np.fromiter((name.count(" ") + 1 for name in names), dtype=np.int8, count=len(names))
    found = TermCounts(names, n_words, *matrices, plurals, closed, verbal)
    frequent = np.bincount(found.counts.indices, minlength=len(names)) >= least
    return found.take(np.flatnonzero(frequent))


def sum_by_topic(counts: sp.csr_matrix, labels: Labels) -> sp.csr_matrix:
    """Sums (n_topics, n_terms) of the rows of ``counts`` that belong to each topic; −1 is none."""
    members = np.flatnonzero(labels >= 0)
    shape = (int(labels.max(initial=OUTLIER)) + 1, len(labels))
    return (sp.csr_matrix((np.ones(len(members)), (labels[members], members)), shape=shape) @ counts).tocsr()


def _tokenise(texts: Sequence[str]) -> _Tokens:
    ids: defaultdict[str, int] = defaultdict()
    ids.default_factory = ids.__len__
    end = ids[_DOCUMENT_END]
    rows, in_title = [], []
    for text in texts:
        found = _TOKEN.findall(_STOCK_PHRASE.sub(";", text))
        row = np.fromiter((ids[token] for token in found), dtype=np.int32, count=len(found))
        title = np.zeros(len(row) + 1, dtype=bool)
        title[: found.index(".") if "." in found else 0] = True
        rows.append(np.append(row, np.int32(end)))
        in_title.append(title)
    lengths = [len(row) for row in rows]
    return _Tokens(
        np.concatenate(rows) if rows else np.zeros(0, np.int32),
        np.repeat(np.arange(len(rows), dtype=np.int32), lengths),
        np.concatenate(in_title) if rows else np.zeros(0, bool),
        list(ids),
    )


def _inside_sentences(tokens: _Tokens) -> NDArray[np.bool_]:
    """Positions whose case tells something: not in a title, not the first word of a sentence."""
    ends = np.fromiter((word in _SENTENCE_ENDS or word == _DOCUMENT_END for word in tokens.vocabulary), bool)
    after_end = np.ones(len(tokens.raw), dtype=bool)
    after_end[1:] = ends[tokens.raw[:-1]]
    return ~after_end & ~tokens.in_title


def _keys(tokens: _Tokens, forms: WordForms) -> NDArray[np.int64]:
    """Each position's word as a number, `pipeline.phrases.BREAK` where a phrase ends, `OF` for "of"."""
    kinds = np.array([_kind(word) for word in forms.lower], dtype=np.int64)
    kinds = np.where(kinds == 0, forms.key_of_lower, kinds)
    return kinds[forms.lower_of_raw][tokens.raw]


def _kind(word: str) -> int:
    if word == "of":
        return OF
    if not word[0].isalnum() or word in BREAKING or (len(word) == 1 and word.isascii()):
        return BREAK
    if _NUMBER.match(word) and not _DIMENSION.match(word):
        return BREAK
    return BREAK if word.endswith(("'s", "’s")) and len(word) < 4 else 0


def _merge_spellings(
    levels: list[PhraseLevel], tokens: _Tokens, forms: WordForms
) -> tuple[list[str], list[str], list[NDArray[np.int64]]]:
    """The terms, their plurals, and for each level the column of each of its phrases.

    Phrases whose words are the same but for hyphens, spaces, number and case share a column, named by the
    spelling most often used.
    """
    best: dict[str, tuple[int, str, str]] = {}
    keys_of_level = []
    for level in levels:
        counts = np.bincount(level.phrases, minlength=level.n)
        keys = []
        for count, words, plural in zip(counts, *_spellings(level, tokens, forms), strict=True):
            key = "".join(forms.singular[word] for word in words).replace("-", "").replace("‑", "")
            written = [forms.written[word] for word in words]
            in_plural = "" if plural is None else " ".join([*written[:-1], forms.written[plural]])
            keys.append(key)
            best[key] = max(best.get(key, (0, "", "")), (int(count), " ".join(written), in_plural))
        keys_of_level.append(keys)
    columns = {key: column for column, key in enumerate(sorted(best))}
    names = _unique_names([best[key][1] for key in columns], list(columns))
    plurals = [best[key][2] for key in columns]
    return names, plurals, [np.fromiter((columns[key] for key in keys), np.int64, len(keys)) for keys in keys_of_level]


def _spellings(level: PhraseLevel, tokens: _Tokens, forms: WordForms) -> tuple[list[tuple[int, ...]], list[int | None]]:
    """For each phrase its words as mostly written (lower-case ids), and the plural of the last if it is usual."""
    at = [forms.lower_of_raw[tokens.raw[level.positions + offset]] for offset in level.offsets]
    words = np.stack([majority(level.phrases, column, level.n) for column in at], axis=1)
    is_plural = forms.is_plural[at[-1]]
    plural = majority(level.phrases[is_plural], at[-1][is_plural], level.n)
    share = np.bincount(level.phrases, weights=is_plural, minlength=level.n) / np.bincount(
        level.phrases, minlength=level.n
    )
    usual = share >= _USUAL_PLURAL
    return [tuple(row) for row in words.tolist()], [
        int(word) if often else None for word, often in zip(plural, usual, strict=True)
    ]


def _unique_names(names: list[str], keys: list[str]) -> list[str]:
    """``names``, with the key in place of one that another term already has."""
    seen: set[str] = set()
    unique = []
    for name, key in zip(names, keys, strict=True):
        chosen = key if name.lower() in seen else name
        seen.add(chosen.lower())
        unique.append(chosen)
    return unique


def _matrices(
    levels: list[PhraseLevel],
    columns_of_level: list[NDArray[np.int64]],
    tokens: _Tokens,
    n_documents: int,
    n_terms: int,
) -> tuple[sp.csr_matrix, sp.csr_matrix]:
    rows = np.concatenate([tokens.document[level.positions] for level in levels])
    columns = np.concatenate([c[level.phrases] for level, c in zip(levels, columns_of_level, strict=True)])
    titles = np.concatenate([tokens.in_title[level.positions] for level in levels])
    shape = (n_documents, n_terms)
    ones = np.ones(len(rows), dtype=np.int32)
    counts = sp.csr_matrix((ones, (rows, columns.astype(np.int32))), shape=shape)
    in_titles = sp.csr_matrix((ones[titles], (rows[titles], columns[titles].astype(np.int32))), shape=shape)
    return counts, in_titles


def _grammar(
    levels: list[PhraseLevel],
    columns_of_level: list[NDArray[np.int64]],
    tokens: _Tokens,
    keys: NDArray[np.int64],
    forms: WordForms,
    n_terms: int,
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """`TermCounts.closed` and `TermCounts.verbal`."""
    cues, determiners = word_list("verb cues"), word_list("determiners")
    words = np.append(tokens.raw, 0)  # the last position is followed, the first preceded, by the end of a document
    lower = forms.lower_of_raw[words] if len(forms.lower) else words
    after_cue = np.fromiter((word in cues for word in forms.lower), bool, len(forms.lower))[lower]
    article = np.fromiter((word in determiners for word in forms.lower), bool, len(forms.lower))[lower]
    more = np.append(keys >= 0, False)
    n, n_closed, n_verbal = np.zeros(n_terms), np.zeros(n_terms), np.zeros(n_terms)
    for level, columns in zip(levels, columns_of_level, strict=True):
        column = columns[level.phrases]
        before, after = level.positions - 1, level.positions + level.offsets[-1] + 1
        n += np.bincount(column, minlength=n_terms)
        n_closed += np.bincount(column, weights=~more[after], minlength=n_terms)
        n_verbal += np.bincount(column, weights=after_cue[before] | article[after], minlength=n_terms)
    # Four imagined occurrences as a noun: two as a verb are no evidence.
    return (n_closed / np.maximum(n, 1)).astype(np.float32), (n_verbal / (n + 4)).astype(np.float32)
