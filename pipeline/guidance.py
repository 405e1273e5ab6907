"""A guide and a corpus → which papers are tied to which guided topic; and after the fit, what came of it.

A paper is tied to a topic by its id, by the label somebody gave it, or because its text is near what the guide says of
the topic: by the cosine of embeddings where the embedder understands sentences, else by the words themselves.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.assignment import Floats, Labels
from pipeline.embedding import Embedder
from pipeline.guidance_record import GuidanceRecord, GuidedTopicRecord
from pipeline.guide import Guide, GuidedTopic, GuideError, joined_names, same_name
from pipeline.guided_graph import Bonds
from pipeline.near_texts import WORDS_ONLY, near_texts
from pipeline.schema import FACET_PREFIX
from pipeline.settings import RunSettings

FEWEST_NEAR, FEWEST_KNOWN = 3, 2
"""Fewer papers near a text, or known, are no topic."""
BEARS_NAME, BEARS_NAME_KNOWN = 0.25, 0.02
"""A topic bears the name of a guided one if this share of its papers are tied to that, or known to be of it."""
MOST_LABELS = 500
"""A column with more different values holds no topics."""

_MOST_NOTES = 10


@dataclass(frozen=True)
class Guidance:
    """Guided topics and the papers tied to them.

    Attributes
    ----------
    names, must_exist
        Of each guided topic: those of the guide, then labels that only the column has.
    topic
        int32 (n,): the guided topic of each paper, −1 none.
    group_of
        The group of each guided topic in ``bonds``, where topics that belong together are one.
    bonds
        What the fit is held to.
    lacks
        Of each guided topic, why no paper is tied to it; ``None`` where some are.
    warnings
        Sentences about what could not be found.
    """

    names: list[str]
    must_exist: list[bool]
    topic: Labels
    group_of: list[int]
    bonds: Bonds
    lacks: list[str | None]
    warnings: list[str]

    def names_of(self, labels: Labels) -> dict[int, str]:
        """The name given to each topic of a fit that one guided topic is most of what is known about."""
        sizes = np.bincount(labels[labels >= 0])
        best: dict[int, tuple[bool, int, int]] = {}
        for group, members in self._groups():
            of_group = np.isin(self.topic, members)
            inside = np.bincount(labels[of_group & (labels >= 0)], minlength=len(sizes))
            known = np.bincount(labels[of_group & self.bonds.known & (labels >= 0)], minlength=len(sizes))
            must = bool(self.bonds.must_exist[group])
            for topic in np.flatnonzero(inside):
                is_home = inside[topic] == inside.max()
                enough = inside[topic] >= BEARS_NAME * sizes[topic]
                enough |= known[topic] >= max(FEWEST_KNOWN, BEARS_NAME_KNOWN * sizes[topic])
                if is_home and (must or enough):
                    leader = next((member for member in members if self.must_exist[member]), members[0])
                    rank = (must, int(inside[topic]), -leader)
                    best[int(topic)] = max(best.get(int(topic), rank), rank)
        return {topic: self.names[-leader] for topic, (_, _, leader) in sorted(best.items())}

    def record(self, settings: RunSettings, labels: Labels, topic_ids: Sequence[str]) -> GuidanceRecord:
        """What came of each guided topic, for the manifest.

        Parameters
        ----------
        settings
            Those of the fit.
        labels
            Topic of each paper, −1 none.
        topic_ids
            Of each topic in ``labels``.
        """
        given = self.names_of(labels)
        bears = {topic: same_name(name) for topic, name in given.items()}
        records = []
        for index, (name, mine) in enumerate(zip(self.names, self.group_of, strict=True)):
            places = labels[self.topic == index]
            inside = places[places >= 0]
            home = int(np.bincount(inside).argmax()) if len(inside) else None
            joined = [same_name(name) for name, group in zip(self.names, self.group_of, strict=True) if group == mine]
            named = home is not None and bears.get(home) in joined
            records.append(
                GuidedTopicRecord(
                    name=name,
                    must_exist=self.must_exist[index],
                    n_papers=len(places),
                    n_in_topic=0 if home is None else int((inside == home).sum()),
                    topic_id=None if home is None else topic_ids[home],
                    label=None if home is None else ("given" if named else "found"),
                    note=self.lacks[index] or _note(home is not None, named),
                )
            )
        guide = settings.guide
        return GuidanceRecord(file=guide.file, sha256=guide.sha256, known_labels=settings.known_labels, topics=records)

    def _groups(self) -> list[tuple[int, list[int]]]:
        """Each group of topics that are one, with its topics."""
        members: dict[int, list[int]] = {}
        for index, group in enumerate(self.group_of):
            members.setdefault(group, []).append(index)
        return sorted(members.items())


def told_of(guidance: Guidance | None, record: GuidanceRecord | None) -> list[str]:
    """Sentences for people about what could not be found or honoured."""
    if guidance is None or record is None:
        return []
    notes = [f"Guided topic {topic.name!r}: {topic.note}." for topic in record.topics if topic.note]
    rest = len(notes) - _MOST_NOTES
    return [
        *guidance.warnings,
        *notes[:_MOST_NOTES],
        *([f"{rest:,} more guided topics like these."] if rest > 0 else []),
    ]


def _note(placed: bool, named: bool) -> str | None:
    if not placed:
        return "its papers belong to no topic firmly enough"
    return None if named else "its papers are few among those of a larger topic, which keeps its own name"


def check_guidance(settings: RunSettings) -> None:
    """Refuse what cannot be guided, before any time went into it.

    Raises
    ------
    GuideError
        Topics by density cannot be guided; a description, by an embedder that knows words only.
    """
    guide = settings.guide
    if guide.is_empty and not settings.known_labels:
        return
    if settings.topics.clusters == "density":
        raise GuideError("--clusters density cannot be guided: leave it out, or --guide and --known-labels.")
    where = guide.file or "The guide"
    for topic in guide.topic:
        if topic.description and not topic.words and settings.embedder.partition(":")[0] in WORDS_ONLY:
            raise GuideError(
                f"{where}, topic {topic.name!r}: --embedder {settings.embedder} knows words, not sentences; "
                "give words instead of a description, or choose another embedder."
            )


def find_guidance(
    settings: RunSettings,
    papers: pd.DataFrame,
    texts: Sequence[str],
    embeddings: Floats,
    embedder: Embedder,
    cache: Path,
) -> Guidance | None:
    """Which of ``papers`` are tied to the topics of the guide and of the column of known labels; ``None`` unguided.

    What a person said of a paper counts more than what is near: an id in the guide, then a label, then the text.

    Raises
    ------
    GuideError
        ``together`` or ``apart`` names something that is neither a topic of the guide nor a label, or the column holds
        no topics.
    """
    guide = settings.guide
    if guide.is_empty and not settings.known_labels:
        return None
    labels, warnings = _known_labels(settings.known_labels, papers)
    topics = {same_name(topic.name): topic for topic in guide.topic}
    topics |= {key: GuidedTopic.model_construct(name=name) for key, name in labels[1].items() if key not in topics}
    keys = list(topics)
    topic = near_texts(settings, topics, set(labels[1]), texts, embeddings, embedder, cache)
    known = np.zeros(len(papers), dtype=bool)
    place = {key: index for index, key in enumerate(keys)}
    for row, key in enumerate(labels[0]):
        if key:
            topic[row], known[row] = place[key], True
    row_of = {paper_id: row for row, paper_id in enumerate(papers["paper_id"])}
    for key, wanted in topics.items():
        rows = [row_of[paper_id] for paper_id in wanted.papers if paper_id in row_of]
        topic[rows], known[rows] = place[key], True
        if lost := len(set(wanted.papers)) - len(set(rows)):
            warnings.append(f"{lost:,} papers listed under {wanted.name!r} in the guide are not among those kept.")
    lacks: list[str | None] = [None] * len(keys)
    for index, key in enumerate(keys):
        of_it = topic == index
        n_known = int(known[of_it].sum())
        if of_it.sum() < (FEWEST_KNOWN if n_known else FEWEST_NEAR):
            lacks[index] = _lack(n_known, key in labels[1])
            topic[of_it], known[of_it] = -1, False
    bonds, group_of = _bonds(guide, topics, set(labels[1]), topic, known)
    names = [wanted.name for wanted in topics.values()]
    must = [wanted.must_exist for wanted in topics.values()]
    return Guidance(names, must, topic, group_of, bonds, lacks, warnings)


def _lack(n_known: int, is_label: bool) -> str:
    """Why no paper is tied to a topic that ``n_known`` papers, too few, are known to be of."""
    if not n_known:
        return "no papers, or too few, are near it"
    return "only one paper has it" if is_label else "only one paper is listed under it"


def _bonds(
    guide: Guide, topics: Mapping[str, GuidedTopic], labels: set[str], topic: Labels, known: NDArray[np.bool_]
) -> tuple[Bonds, list[int]]:
    """The bonds, and the group of each guided topic in them."""
    where = guide.file or "The guide"
    for name in (name for members in (*guide.together, *guide.apart) for name in members):
        if same_name(name) not in topics:
            raise GuideError(f"{where}: together or apart names {name!r}, which is neither a topic of it nor a label.")
    joined = joined_names(guide)
    leaders = list(dict.fromkeys(joined.get(key, key) for key in topics))
    group_of = [leaders.index(joined.get(key, key)) for key in topics]
    by_key = dict(zip(topics, group_of, strict=True))
    must_exist = np.zeros(len(leaders), dtype=bool)
    for key, wanted in topics.items():
        must_exist[by_key[key]] |= wanted.must_exist
    apart = must_exist[:, None] | must_exist
    for one, other in _pairs([*([same_name(name) for name in members] for members in guide.apart), sorted(labels)]):
        apart[by_key[one], by_key[other]] = apart[by_key[other], by_key[one]] = True
    np.fill_diagonal(apart, val=False)
    group = np.array([*group_of, -1], dtype=np.int32)[topic]
    return Bonds(group, known, must_exist, apart, np.zeros(len(leaders), dtype=bool)), group_of


def _pairs(lists: Iterable[Sequence[str]]) -> Iterable[tuple[str, str]]:
    return (pair for members in lists for pair in combinations(members, 2))


def _known_labels(column: str, papers: pd.DataFrame) -> tuple[tuple[list[str | None], dict[str, str]], list[str]]:
    """The label of each paper as `same_name` has it, the labels as they are written, and what was odd."""
    if not column:
        return ([], {}), []
    values = [list(found) for found in papers[FACET_PREFIX + column]] if len(papers) else []
    written: dict[str, str] = {}
    for value in sorted({value for found in values for value in found}):
        written.setdefault(same_name(value), value)
    if len(written) > MOST_LABELS:
        raise GuideError(
            f"--known-labels {column}: the column has {len(written):,} different values, more than {MOST_LABELS}; "
            "name one that holds topics."
        )
    several = sum(len(set(map(same_name, found))) > 1 for found in values)
    warnings = [f"{several:,} papers have several known labels in {column}; they were left free."] if several else []
    if not written:
        warnings.append(f"No paper has a known label in {column}.")
    keys = [same_name(found[0]) if len(set(map(same_name, found))) == 1 else None for found in values]
    return (keys, written), warnings
