"""How often a topic's keywords are used over time.

`count_papers_with_terms` counts a part of the papers; parts add up with
`pipeline.trends.merge_counts`. `count_terms` is the same for a whole corpus,
zero-filled.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from pipeline.periods import days_of, period_name, period_numbers, periods_between
from pipeline.schema import PeriodUnit, TrendsRecord, empty_table

_TERM_KEYS = ["topic_id", "period", "term"]
_WORD = re.compile(r"[^\W_]+")


def count_papers_with_terms(
    papers: pd.DataFrame, texts: Sequence[str], keywords: Mapping[str, Sequence[str]], unit: PeriodUnit
) -> pd.DataFrame:
    """Dated papers of ``papers`` by topic, period and keyword of that topic.

    ``keywords`` maps a topic to its terms. A text contains a term when the
    term's words stand in it in a row, whatever the case and whatever is
    between them (``few-shot`` is ``few shot``). Returns ``topic_id``,
    ``period`` (number), ``term``, ``n_papers``; only what occurs.
    """
    patterns = {
        topic_id: [(term, _in_words(term)) for term in dict.fromkeys(terms) if _in_words(term).strip()]
        for topic_id, terms in keywords.items()
    }
    days = days_of(papers["published"])
    dated = np.flatnonzero(~np.isnat(days))
    numbers = period_numbers(days[dated], unit)
    topic_ids = papers["topic_id"].to_numpy(dtype=object)
    counts: dict[tuple[str, int, str], int] = {}
    for row, number in zip(dated.tolist(), numbers.tolist(), strict=True):
        topic_id = topic_ids[row]
        if topic_id not in patterns:
            continue
        words = _in_words(texts[row])
        for term, pattern in patterns[topic_id]:
            if pattern in words:
                key = (topic_id, number, term)
                counts[key] = counts.get(key, 0) + 1
    found = pd.DataFrame(list(counts), columns=_TERM_KEYS)
    found["n_papers"] = np.fromiter(counts.values(), dtype=np.int64, count=len(counts))
    return found


def _in_words(text: str) -> str:
    return f" {' '.join(_WORD.findall(text.casefold()))} "


def count_terms(papers: pd.DataFrame, texts: Sequence[str], topics: pd.DataFrame, record: TrendsRecord) -> pd.DataFrame:
    """``schema.TERM_TRENDS``: how many papers of a topic hold each of its keywords, by period.

    Zero-filled over the periods of ``record``, in the order of ``topics`` and
    of their keywords; empty without dates. ``texts`` are the model's texts in
    papers' order. See `count_papers_with_terms` for what counts.
    """
    if record.unit is None or record.first is None or record.last is None:
        return empty_table("term_trends")
    keywords = {
        topic_id: list(dict.fromkeys(terms))
        for topic_id, terms in zip(topics["topic_id"], topics["keywords"], strict=True)
    }
    found = count_papers_with_terms(papers, texts, keywords, record.unit)
    found["period"] = [period_name(number, record.unit) for number in found["period"]]
    counts = dict(zip(zip(*(found[key] for key in _TERM_KEYS), strict=True), found["n_papers"], strict=True))
    periods = periods_between(record.first, record.last, record.unit)
    rows = [
        (topic_id, period, term, counts.get((topic_id, period, term), 0))
        for topic_id, terms in keywords.items()
        for period in periods
        for term in terms
    ]
    return pd.DataFrame(rows, columns=[*_TERM_KEYS, "n_papers"]).astype({"n_papers": np.int32})
