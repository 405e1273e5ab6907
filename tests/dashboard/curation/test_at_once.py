"""Many at the same moment: threads, processes, first starts; and processes killed in the middle."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from dashboard.curation.changes import TopicChange
from dashboard.curation.errors import Conflict, CurationUnavailable
from dashboard.curation.store import CurationStore
from dashboard.people import Person, Role
from tests.dashboard.curation.people import ADA
from tests.postgres import Cluster

ROOT = Path(__file__).parents[3]
N_AT_ONCE = 8


def at_once(work: Callable[[int], str]) -> list[str]:
    """What ``work`` answers for each of `N_AT_ONCE` threads that begin together."""
    barrier = Barrier(N_AT_ONCE)

    def begin(number: int) -> str:
        barrier.wait(timeout=30)
        return work(number)

    with ThreadPoolExecutor(N_AT_ONCE) as pool:
        return list(pool.map(begin, range(N_AT_ONCE)))


def curator(number: int) -> Person:
    return Person(f"c{number}", f"Curator {number}", Role.CURATOR)


def test_of_many_who_change_one_topic_at_once_one_is_kept_and_all_others_are_told(store):
    def rename(number: int) -> str:
        try:
            topic = store.change_topic(
                curator(number), "lab", "t-1", seen_version=0, papers=["p1"], changes=TopicChange(name=f"name {number}")
            )
        except Conflict as conflict:
            return str(conflict)
        return f"kept {topic.name}"

    answers = at_once(rename)
    kept = [answer for answer in answers if answer.startswith("kept ")]
    topic = store.curation("lab").topics["t-1"]
    assert kept == [f"kept {topic.name}"]
    assert topic.version == store.revision("lab") == len(store.history("lab")) == 1
    told = [answer for answer in answers if answer not in kept]
    assert len(told) == N_AT_ONCE - 1
    assert all(f"{topic.changed_by} named the topic “{topic.name}”" in answer for answer in told)


def test_different_topics_are_changed_at_once_without_a_conflict(store):
    def rename(number: int) -> str:
        topic = store.change_topic(
            curator(number), "lab", f"t-{number}", seen_version=0, papers=["p1"], changes=TopicChange(name=str(number))
        )
        return topic.name or ""

    assert sorted(at_once(rename)) == [str(number) for number in range(N_AT_ONCE)]
    assert store.revision("lab") == len(store.curation("lab").topics) == N_AT_ONCE


def test_merging_at_once_never_goes_round_in_a_circle(store):
    def merge(number: int) -> str:
        after = (number + 1) % N_AT_ONCE
        try:
            store.change_topic(
                curator(number), "lab", f"t-{number}", seen_version=0, papers=["p1"],
                changes=TopicChange(merged_into=f"t-{after}"),
            )  # fmt: skip
        except Exception as error:
            return str(error)
        return "merged"

    answers = at_once(merge)
    assert answers.count("merged") == N_AT_ONCE - 1
    topics = store.curation("lab").topics
    (end,) = {topic.merged_into for topic in topics.values()}
    assert end not in topics  # the one that was refused stands alone


def test_of_many_who_move_one_paper_at_once_one_is_kept(store):
    def move(number: int) -> str:
        try:
            store.move_paper(curator(number), "lab", "p1", f"t-{number}", seen=None)
        except Conflict:
            return "told"
        return f"t-{number}"

    answers = at_once(move)
    assert answers.count("told") == N_AT_ONCE - 1
    assert store.curation("lab").moved["p1"] in answers


def test_limits_hold_for_somebody_who_asks_in_many_tabs_at_once(store, monkeypatch):
    monkeypatch.setattr("dashboard.curation.reading_lists.MAX_LISTS", 3)
    shelf = store.shelf(ADA)

    def make(number: int) -> str:
        try:
            shelf.make_list("lab", f"list {number}")
        except Exception as error:
            return str(error)
        return "made"

    answers = at_once(make)
    assert answers.count("made") == len(shelf.reading_lists("lab")) == 3
    assert set(answers) == {"made", "You can keep 3 reading lists in one corpus: delete some first."}


def test_first_starts_at_once_do_not_collide(database_url):
    def start(number: int) -> str:
        store = CurationStore(database_url)
        store.move_paper(curator(number), "lab", f"p{number}", "t-1", seen=None)
        store.close()
        return "started"

    assert set(at_once(start)) == {"started"}
    store = CurationStore(database_url)
    assert len(store.curation("lab").moved) == N_AT_ONCE
    store.close()


# --- processes --------------------------------------------------------------------------------


def writing(url: str, name: str, n_changes: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.dashboard.curation.writer", url, name, str(n_changes)]
    return subprocess.Popen(
        command, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE, text=True
    )


def notes_in_order(store: CurationStore) -> list[str]:
    """All notes of the topic that everybody writes, in their order; each change begins where the last ended."""
    changes = [change for change in reversed(store.history("lab", limit=1000)) if change.topic_id == "shared"]
    notes = [""] + [str(change.after["note"]) for change in changes]
    assert [change.before["note"] for change in changes] == notes[:-1]
    return notes[1:]


def test_processes_that_write_one_topic_lose_nothing(database_url):
    writers = [writing(database_url, name, 20) for name in ("a", "b")]
    said = [line for writer in writers for line in writer.communicate(timeout=120)[0].split() if line != "open"]
    assert [writer.returncode for writer in writers] == [0, 0]
    store = CurationStore(database_url)
    assert sorted(notes_in_order(store)) == sorted(said)
    assert len(said) == store.revision("lab") == 40
    store.close()


def test_a_process_killed_while_it_writes_loses_nothing_it_was_told_is_kept(database_url):
    writer = writing(database_url, "a", 100_000)
    said = [writer.stdout.readline().strip() for _ in range(30)]
    writer.kill()
    said += writer.communicate(timeout=30)[0].split("\n")
    said = [line for line in said if line not in ("", "open")]
    store = CurationStore(database_url)
    notes = notes_in_order(store)
    assert notes[: len(said)] == said  # one more may be kept that it had no time to say
    assert len(notes) - len(said) <= 1
    topic = store.curation("lab").topics["shared"]
    assert (topic.note, topic.version) == (notes[-1], len(notes))
    store.change_topic(ADA, "lab", "shared", seen_version=len(notes), papers=(), changes=TopicChange(note="on"))
    store.close()


def test_a_store_outlives_postgresql_killed_and_started_again(cluster: Cluster):
    url = cluster.new_database()
    store = CurationStore(url)
    writer = writing(url, "a", 100_000)
    said = [writer.stdout.readline().strip() for _ in range(30)]
    assert store.revision("lab") > 0
    cluster.kill()
    said += writer.communicate(timeout=60)[0].split("\n")
    said = [line for line in said if line not in ("", "open")]
    with pytest.raises(CurationUnavailable, match=r"\(PostgreSQL at 127\.0\.0\.1\) does not answer just now"):
        store.curation("lab")
    with pytest.raises(CurationUnavailable, match="does not answer just now; nothing was changed"):
        store.move_paper(ADA, "lab", "p1", "t-1", seen=None)
    cluster.start()
    notes = notes_in_order(store)
    assert notes[: len(said)] == said
    assert len(notes) - len(said) <= 1
    store.move_paper(ADA, "lab", "p1", "t-1", seen=None)
    assert store.revision("lab") == len(notes) + 1
    store.close()
