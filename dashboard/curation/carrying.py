"""What was said of one fit's topics, said of another's: by their stable ids, else by their papers. Pure.

A refit passes ids on where a topic is much the same, so most curation holds as
it is. Where an id is gone, the topic is looked for among the new ones by the
papers it was said of; papers that left the corpus play no part, and those that
came are no hindrance. What finds no place is reported, never guessed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from dashboard.curation.overlay import Curation, TopicCuration
from pipeline.schema import OUTLIER_TOPIC_ID

MATCH_ABOVE = 0.5
"""A topic is found in another that has more than this share of its papers: there is at most one such."""


@dataclass(frozen=True)
class Match:
    """Where a topic went.

    Attributes
    ----------
    topic_id
        The one it was said of.
    found_in
        The new topic that has most of its papers, or its id; ``None``: none does.
    share
        Share of its papers, of those still in the corpus, that are in ``found_in``; NaN where none is left.
    """

    topic_id: str
    found_in: str | None
    share: float


@dataclass(frozen=True)
class Carried:
    """Curation as it holds for the new assignment.

    Attributes
    ----------
    topics
        New topic id → what stands of it.
    moved
        Paper id → the new topic it belongs in.
    matches
        Every topic of the old curation and where it went, by its id.
    lost_topics
        Old topics whose curation found no place, or a place taken by one that fits better.
    lost_moves
        Papers whose move found no place: the paper or the topic is gone.
    """

    topics: Mapping[str, TopicCuration]
    moved: Mapping[str, str]
    matches: tuple[Match, ...]
    lost_topics: tuple[str, ...]
    lost_moves: tuple[str, ...]


def carried(curation: Curation, papers_of: Mapping[str, Collection[str]], assignment: Mapping[str, str]) -> Carried:
    """What of ``curation`` holds for another fit.

    Parameters
    ----------
    papers_of
        Topic id → the papers it was said of: `CurationStore.papers_of`.
    assignment
        Paper id → its topic in the new snapshot, ``outlier`` outside every one.
    """
    new_topics = set(assignment.values()) - {OUTLIER_TOPIC_ID}
    sizes = Counter(assignment.values())
    matches = {old: _match(old, papers_of.get(old, ()), assignment, new_topics) for old in sorted(curation.topics)}
    # Of two that went to one topic the better fit stays: first its own id, then the most shared papers (Jaccard).
    places: dict[str, str] = {}
    for old, match in sorted(matches.items(), key=lambda item: _fit(item[1], papers_of, sizes), reverse=True):
        if match.found_in is not None:
            places.setdefault(match.found_in, old)

    def new_of(old: str) -> str | None:
        """The new id of whatever topic something pointed at."""
        if old in matches:
            return matches[old].found_in
        return old if old in new_topics or old == OUTLIER_TOPIC_ID else None

    topics = {
        new: _placed(curation.topics[old], new, new_of(curation.topics[old].merged_into or ""), assignment)
        for new, old in places.items()
    }
    to = {paper_id: new_of(topic_id) for paper_id, topic_id in curation.moved.items()}
    moved = {paper_id: topic_id for paper_id, topic_id in to.items() if topic_id and paper_id in assignment}
    return Carried(
        topics,
        moved,
        tuple(matches[old] for old in sorted(matches)),
        tuple(sorted(set(curation.topics) - set(places.values()))),
        tuple(sorted(set(curation.moved) - set(moved))),
    )


def _match(old: str, papers: Collection[str], assignment: Mapping[str, str], new_topics: Collection[str]) -> Match:
    held = Counter(assignment[paper_id] for paper_id in papers if paper_id in assignment)
    n_left = sum(held.values())
    if old in new_topics:
        return Match(old, old, held[old] / n_left if n_left else float("nan"))
    held.pop(OUTLIER_TOPIC_ID, None)
    if not held:
        return Match(old, None, 0.0 if n_left else float("nan"))
    best = min(held, key=lambda topic_id: (-held[topic_id], topic_id))
    share = held[best] / n_left
    return Match(old, best if share > MATCH_ABOVE else None, share)


def _fit(match: Match, papers_of: Mapping[str, Collection[str]], sizes: Mapping[str, int]) -> tuple[bool, float, str]:
    if match.found_in is None:
        return False, 0.0, match.topic_id
    n_old = len(papers_of.get(match.topic_id, ()))
    shared = match.share * n_old if match.share == match.share else 0.0  # NaN: no paper is left
    return match.found_in == match.topic_id, shared / max(1.0, n_old + sizes[match.found_in] - shared), match.topic_id


def _placed(topic: TopicCuration, new: str, merged_into: str | None, assignment: Mapping[str, str]) -> TopicCuration:
    return replace(
        topic,
        topic_id=new,
        pinned=tuple(paper_id for paper_id in topic.pinned if paper_id in assignment),
        merged_into=merged_into if merged_into != new else None,
    )
