"""The words of a topic, from those it uses most to those that set it apart."""

from __future__ import annotations

import numpy as np
import pandas as pd

from dashboard.queries.filters import rows_with_words
from dashboard.queries.index import Mask, SnapshotIndex, Values
from dashboard.queries.lineage import coarser_topics
from dashboard.queries.topics import neighbouring_topics

_PHRASE_CHARACTERS = 120


def phrase(term: str) -> str:
    """``term`` as it is searched for: in quotes."""
    return f'"{term[:_PHRASE_CHARACTERS].replace(chr(34), " ")}"'


def candidate_terms(index: SnapshotIndex, topic_id: str) -> list[str]:
    """Terms that may say what a topic is about: its keywords, those of the topics that hold it, its neighbours'."""
    topic = index.topic(topic_id)
    if topic is None:
        return []
    near = [index.topic(other) for other, _ in neighbouring_topics(index, topic_id)]
    lists = [topic["keywords"], *coarser_topics(index, topic_id)["keywords"]]
    lists += [other["keywords"] for other in near if other is not None]
    return list(dict.fromkeys(str(term) for keywords in lists for term in keywords))


def papers_with_terms(index: SnapshotIndex, topic_id: str) -> Values:
    """Which papers hold which of a topic's `candidate_terms`, as the search by words finds them.

    The costly part of `topic_words`, the same for all filters.

    Raises
    ------
    FilterError
        The snapshot's search index cannot be read.
    """
    terms = candidate_terms(index, topic_id)
    rows = [np.sort(rows_with_words(index, phrase(term))).astype(np.int32) for term in terms]
    lengths = [len(found) for found in rows]
    return Values(
        tuple(terms),
        np.concatenate(rows) if rows else np.empty(0, dtype=np.int32),
        np.repeat(np.arange(len(terms), dtype=np.int32), lengths),
        np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
    )


def topic_words(index: SnapshotIndex, found: Values, mask: Mask, topic_id: str, weight: float) -> pd.DataFrame:
    """Terms of a topic by relevance.

    Parameters
    ----------
    found
        `papers_with_terms` of the topic.
    mask
        Which papers count, in the topic and in the corpus.
    weight
        λ, 0 to 1: of how frequent a term is in the topic; the rest is of how distinctive it is.

    Returns
    -------
    DataFrame
        A row for each term that a paper of the topic holds: ``term``, ``n_papers`` (of the topic), ``share`` of the
        topic's papers, ``n_all`` and ``share_all`` (of all papers in ``mask``), ``relevance``; most relevant first,
        equals in the order of `candidate_terms`.

    Notes
    -----
    relevance = λ·log p(w|t) + (1 − λ)·log(p(w|t) / p(w)), natural logarithms (Sievert & Shirley, "LDAvis", 2014).
    Here p(w|t) is the share of the topic's papers that hold w, and p(w) that of all papers: papers, not
    occurrences, are counted, so one paper that repeats a word does not make it the topic's.
    """
    within = mask & (index.topic_codes == index.topic_code_of[topic_id])
    n_papers, n_all = found.counts_within(within), found.counts_within(mask)
    share, share_all = n_papers / max(int(within.sum()), 1), n_all / max(int(mask.sum()), 1)
    held = n_papers > 0
    words = pd.DataFrame(
        {
            "term": pd.array(np.array(found.names, dtype=object)[held], dtype="str"),
            "n_papers": n_papers[held],
            "share": share[held],
            "n_all": n_all[held],
            "share_all": share_all[held],
        }
    )
    relevance = weight * np.log(words["share"]) + (1 - weight) * np.log(words["share"] / words["share_all"])
    words["relevance"] = relevance.round(6) + 0.0
    return words.sort_values("relevance", ascending=False, kind="stable", ignore_index=True)
