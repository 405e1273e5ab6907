"""Whatever curators do and take back, in whatever order: the history leads to what stands."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dashboard.curation.changes import TopicChange, root_of
from dashboard.curation.errors import Conflict, CurationError
from dashboard.curation.overlay import TopicCuration
from dashboard.curation.store import CurationStore
from tests.dashboard.curation.people import ADA, BOB

TOPICS = ("t-1", "t-2", "t-3")
PAPERS = ("p1", "p2")

changes = st.one_of(
    st.builds(TopicChange, name=st.sampled_from([None, "a", "b"])),
    st.builds(TopicChange, note=st.sampled_from(["", "n"]), is_hidden=st.booleans()),
    st.builds(TopicChange, is_important=st.booleans()),
    st.builds(TopicChange, pinned=st.sampled_from([(), ("p1",), ("p2", "p1")])),
    st.builds(TopicChange, merged_into=st.sampled_from([None, *TOPICS])),
)
people = st.sampled_from([ADA, BOB])
versions_behind = st.sampled_from([0, 0, 0, 1])
steps = st.one_of(
    st.tuples(st.just("change"), people, st.sampled_from(TOPICS), versions_behind, changes),
    st.tuples(st.just("move"), people, st.sampled_from(PAPERS), st.sampled_from([None, "outlier", *TOPICS])),
    st.tuples(st.just("undo"), people, st.integers(0, 12)),
)


def take(store: CurationStore, corpus: str, step: tuple) -> None:
    """One step, as it comes; the refused ones change nothing."""
    before = store.curation(corpus)
    try:
        if step[0] == "change":
            _, person, topic_id, behind, values = step
            seen = before.topics[topic_id].version if topic_id in before.topics else 0
            store.change_topic(
                person, corpus, topic_id, seen_version=seen - behind, papers=PAPERS, changes=values
            )  # fmt: skip
        elif step[0] == "move":
            _, person, paper_id, topic_id = step
            store.move_paper(person, corpus, paper_id, topic_id, seen=before.moved.get(paper_id))
        else:
            history = store.history(corpus)
            if history:
                store.undo(step[1], history[step[2] % len(history)].change_id)
    except (Conflict, CurationError):
        assert store.curation(corpus) == before


def replayed(store: CurationStore, corpus: str) -> tuple[dict, dict, dict]:
    """Topic → fields, paper → topic, and topic → version, by the history alone; each change begins where one ended."""
    fields: dict[str, dict] = {}
    moved: dict[str, str] = {}
    versions: dict[str, int] = {}
    for change in reversed(store.history(corpus, limit=1000)):
        if change.paper_id is not None:
            assert moved.get(change.paper_id) == change.before["topic_id"]
            moved[change.paper_id] = change.after["topic_id"]
            continue
        standing = fields.setdefault(change.topic_id, {})
        for name, value in change.before.items():
            assert standing.get(name, getattr(TopicCuration("", 0), name)) == value
        standing.update(change.after)
        versions[change.topic_id] = versions.get(change.topic_id, 0) + 1
    return fields, {paper: topic for paper, topic in moved.items() if topic is not None}, versions


def check(store: CurationStore, corpus: str) -> None:
    """What must hold, whatever happened."""
    curation = store.curation(corpus)
    fields, moved, versions = replayed(store, corpus)
    assert dict(curation.moved) == moved
    assert {topic_id: topic.version for topic_id, topic in curation.topics.items()} == versions
    merged = {topic_id: one["merged_into"] for topic_id, one in fields.items() if one.get("merged_into")}
    for topic_id, standing in fields.items():
        topic = curation.topics[topic_id]
        for name, value in standing.items():
            if name != "merged_into":
                assert getattr(topic, name) == value
        if topic.merged_into is not None:
            assert topic.merged_into == root_of(topic_id, merged) != topic_id
            end = curation.topics.get(topic.merged_into)
            assert end is None or end.merged_into is None
    history = store.history(corpus, limit=1000)
    assert curation.revision == len(history)
    undone = {change.undoes for change in history if change.undoes is not None and not change.is_undone}
    assert {change.change_id for change in history if change.is_undone} == undone


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(taken=st.lists(steps, max_size=14))
def test_the_history_leads_to_what_stands(taken):
    with tempfile.TemporaryDirectory() as folder:
        store = CurationStore(f"sqlite:///{Path(folder) / 'curation.sqlite'}")
        for step in taken:
            take(store, "lab", step)
        check(store, "lab")
        store.close()


def test_it_does_so_on_postgresql(cluster):
    store = CurationStore(cluster.emptied())
    corpora = iter(range(1_000))

    @settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(taken=st.lists(steps, max_size=12))
    def holds(taken):
        corpus = f"lab-{next(corpora)}"
        for step in taken:
            take(store, corpus, step)
        check(store, corpus)

    holds()
    store.close()
