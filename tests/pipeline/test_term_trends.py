"""Keywords over time."""

from datetime import date

import pandas as pd

from pipeline.periods import period_number
from pipeline.schema import OUTLIER_TOPIC_ID, TrendsRecord, to_arrow
from pipeline.term_trends import count_papers_with_terms, count_terms
from pipeline.trends import merge_counts

A, B = "t-0000000a", "t-0000000b"
RECORD = TrendsRecord(
    unit="year", first="2020", last="2022", last_is_partial=False, as_of=date(2026, 1, 1), n_dated=4, n_undated=1
)
PAPERS = pd.DataFrame(
    {
        "published": [date(2020, 1, 1), date(2020, 1, 1), date(2022, 1, 1), date(2022, 1, 1), None],
        "topic_id": [A, A, A, OUTLIER_TOPIC_ID, A],
    }
)
TEXTS = [
    "Few-shot learning. Few shot, few-shot: LLMs learn.",
    "We shot few films about learning.",
    "LLMS and few\nshot; transformers.",
    "few-shot LLMs outside every topic",
    "few-shot LLMs without a date",
]
TOPICS = pd.DataFrame({"topic_id": [A, B], "keywords": [["few-shot", "LLMs", "former", "learning"], ["films", "***"]]})


def counts_of(terms):
    return {(row.topic_id, row.period, row.term): row.n_papers for row in terms.itertuples()}


def test_papers_with_a_term_are_counted_once_by_word_not_by_letters():
    counts = counts_of(count_terms(PAPERS, TEXTS, TOPICS, RECORD))
    assert counts[A, "2020", "few-shot"] == 1  # three times in one paper, and "shot few" is another thing
    assert counts[A, "2022", "few-shot"] == 1
    assert counts[A, "2020", "LLMs"] == counts[A, "2022", "LLMs"] == 1
    assert counts[A, "2020", "learning"] == 2
    assert counts[A, "2022", "former"] == 0  # inside "transformers"
    assert counts[B, "2020", "films"] == 0  # another topic's paper


def test_every_topic_period_and_term_has_a_row():
    terms = count_terms(PAPERS, TEXTS, TOPICS, RECORD)
    assert len(terms) == 3 * (4 + 2)
    assert counts_of(terms)[B, "2021", "***"] == 0
    to_arrow("term_trends", terms)


def test_without_dates_or_topics_there_is_nothing():
    undated = TrendsRecord(unit=None, first=None, last=None, last_is_partial=False, as_of=None, n_dated=0, n_undated=5)
    assert to_arrow("term_trends", count_terms(PAPERS, TEXTS, TOPICS, undated)).num_rows == 0
    assert to_arrow("term_trends", count_terms(PAPERS, TEXTS, TOPICS.iloc[:0], RECORD)).num_rows == 0


def test_parts_add_up():
    keywords = dict(zip(TOPICS["topic_id"], TOPICS["keywords"], strict=True))
    whole = count_papers_with_terms(PAPERS, TEXTS, keywords, "year")
    parts = [
        count_papers_with_terms(PAPERS.iloc[rows], TEXTS[rows], keywords, "year")
        for rows in (slice(2), slice(2, 2), slice(2, None))
    ]
    pd.testing.assert_frame_equal(merge_counts(parts), merge_counts([whole]), check_dtype=False)
    assert set(whole["period"]) == {period_number("2020", "year"), period_number("2022", "year")}
