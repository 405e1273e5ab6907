"""Curators change topics and move papers: what stands, what is refused, what the history says."""

from datetime import UTC, datetime

import pytest

from dashboard.curation.changes import TopicChange
from dashboard.curation.errors import Conflict, CurationError, NotAllowed
from dashboard.curation.overlay import Curation
from dashboard.people import ANONYMOUS, LOCAL
from tests.dashboard.curation.people import ADA, BOB, EVE

PAPERS = ("p3", "p1", "p2")


def change(store, topic_id="t-1", person=ADA, seen=0, corpus="lab", **values):
    return store.change_topic(
        person, corpus, topic_id, seen_version=seen, papers=PAPERS, changes=TopicChange(**values)
    )  # fmt: skip


def test_nothing_was_said_of_a_corpus_nobody_touched(store):
    assert store.curation("lab") == Curation("lab")
    assert store.revision("lab") == 0
    assert store.history("lab") == ()


def test_everything_that_can_be_said_of_a_topic_stands(store):
    before = datetime.now(UTC)
    change(
        store,
        name="  Protein\nfolding ",
        note="Line one\r\nline two\x00",
        is_important=True,
        is_hidden=True,
        pinned=("p2", "p1", "p2"),
        merged_into="t-2",
    )
    topic = store.curation("lab").topics["t-1"]
    assert (topic.version, topic.name, topic.note) == (1, "Protein folding", "Line one\nline two")
    assert (topic.is_important, topic.is_hidden, topic.pinned, topic.merged_into) == (True, True, ("p2", "p1"), "t-2")
    assert topic.changed_by == "Ada"
    assert before <= topic.changed_at <= datetime.now(UTC)
    assert topic.changed_at.tzinfo is UTC


def test_what_a_change_returns_is_what_stands(store):
    assert change(store, name="Folding") == store.curation("lab").topics["t-1"]
    assert change(store, seen=1, note="why") == store.curation("lab").topics["t-1"]


def test_a_change_leaves_alone_what_it_does_not_name(store):
    change(store, name="Folding", is_important=True)
    topic = change(store, seen=1, note="why")
    assert (topic.name, topic.is_important, topic.note) == ("Folding", True, "why")


def test_a_topic_gets_its_own_name_back(store):
    for version, nothing in enumerate([None, "", "  \n "]):
        change(store, seen=2 * version, name="Folding")
        assert change(store, seen=2 * version + 1, name=nothing).name is None


def test_corpora_are_apart(store):
    change(store, name="Folding")
    change(store, corpus="other", name="Something else")
    assert store.curation("lab").topics["t-1"].name == "Folding"
    assert store.revision("lab") == store.revision("other") == 1


def test_the_revision_counts_changes_and_nothing_else(store):
    change(store, name="Folding")
    change(store, topic_id="t-2", name="Binding")
    assert change(store, seen=1, name="Folding").version == 1  # it is called that already
    store.move_paper(ADA, "lab", "p1", "t-2", seen=None)
    store.shelf(ADA).make_list("lab", "Mine")
    assert store.revision("lab") == store.curation("lab").revision == len(store.history("lab")) == 3


def test_the_history_says_who_when_before_and_after_newest_first(store):
    change(store, name="Folding", note="why")
    change(store, seen=1, person=BOB, name="Protein folding", pinned=("p1",))
    newest, oldest = store.history("lab")
    assert (newest.who, oldest.who) == ("Bob", "Ada")
    assert dict(newest.before) == {"name": "Folding", "pinned": ()}
    assert dict(newest.after) == {"name": "Protein folding", "pinned": ("p1",)}
    assert dict(oldest.before) == {"name": None, "note": ""}
    assert newest.at >= oldest.at
    assert (newest.corpus, newest.topic_id, newest.paper_id, newest.n_papers) == ("lab", "t-1", None, 3)


def test_the_history_comes_in_pages_and_by_topic(store):
    for version in range(7):
        change(store, seen=version, note=str(version))
    change(store, topic_id="t-2", name="Binding")
    first = store.history("lab", "t-1", limit=4)
    second = store.history("lab", "t-1", before=first[-1].change_id, limit=4)
    assert [one.after["note"] for one in first + second] == list("6543210")
    assert store.history("lab", "t-1", before=second[-1].change_id) == ()
    assert len(store.history("lab")) == 8


def test_a_change_keeps_all_the_papers_it_was_said_of(store):
    change(store, name="Folding")
    store.change_topic(
        ADA, "lab", "t-1", seen_version=1, papers=[f"q{n:05}" for n in range(20_000)], changes=TopicChange(note="more")
    )
    newest, oldest = store.history("lab")
    assert store.said_of(oldest.change_id) == ("p1", "p2", "p3")
    assert len(store.said_of(newest.change_id)) == newest.n_papers == 20_000
    assert store.papers_of("lab") == {"t-1": store.said_of(newest.change_id)}
    assert store.said_of(999) == ()


# --- who may ---------------------------------------------------------------------------------


@pytest.mark.parametrize("person", [EVE, ANONYMOUS])
def test_only_curators_change_anything(store, person):
    change(store, name="Folding")
    before = store.curation("lab")
    for attempt in (
        lambda: change(store, person=person, seen=1, name="Mine"),
        lambda: store.move_paper(person, "lab", "p1", "t-2", seen=None),
        lambda: store.undo(person, store.history("lab")[0].change_id),
    ):
        with pytest.raises(NotAllowed, match=r"\.$"):
            attempt()
    assert store.curation("lab") == before


def test_the_person_at_a_dashboard_of_their_own_may_do_everything(store):
    assert change(store, person=LOCAL, name="Folding").changed_by == "You"


# --- what may not be --------------------------------------------------------------------------


REFUSED = [
    ({"name": "x" * 121}, "A name may have 120 characters; this has 121."),
    ({"note": "x" * 5_001}, "A note may have 5,000 characters; this has 5,001."),
    ({"pinned": tuple(f"p{n}" for n in range(21))}, "These are 21 papers; at most 20 can be taken."),
    ({"pinned": ("a\nb",)}, "a b is no id of a paper."),
    ({"merged_into": "t-1"}, "A topic cannot be merged into itself."),
    ({"merged_into": "outlier"}, "are no topic"),
    ({}, "Nothing was to be changed."),
]


def test_what_may_not_be_is_refused_in_a_sentence(store):
    for values, sentence in REFUSED:
        with pytest.raises(CurationError, match=sentence):
            change(store, **values)
    assert store.revision("lab") == 0


def test_nothing_is_said_of_the_papers_outside_every_topic(store):
    with pytest.raises(CurationError, match="are no topic"):
        change(store, topic_id="outlier", name="The rest")


HOSTILE = [
    "<img src=x onerror=alert(1)>",
    "=cmd()",
    "$x$ [x](javascript:y)",
    "'; DROP TABLE topics; --",
    "%s :x {y}",
    "名前 🙂",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_comes_back_as_it_was(store, text):
    change(store, name=text, note=text)
    topic = store.curation("lab").topics["t-1"]
    assert (topic.name, topic.note) == (text, text)
    assert store.history("lab")[0].after["name"] == text


def test_reordering_and_control_characters_are_left_out(store):
    topic = change(store, name="a\u202eb\x07c", note="d\u2066e\x1bf")
    assert (topic.name, topic.note) == ("a b c", "d e f")


# --- merging ------------------------------------------------------------------------------------


def merged(store):
    return {topic_id: topic.merged_into for topic_id, topic in store.curation("lab").topics.items()}


def test_a_chain_of_merges_is_followed_to_its_end_and_comes_apart_again(store):
    change(store, topic_id="t-1", merged_into="t-2")
    change(store, topic_id="t-2", merged_into="t-3")
    assert merged(store) == {"t-1": "t-3", "t-2": "t-3"}
    change(store, topic_id="t-2", seen=1, merged_into=None)
    assert merged(store) == {"t-1": "t-2", "t-2": None}


def test_merging_never_goes_round_in_a_circle(store):
    change(store, topic_id="t-1", merged_into="t-2")
    change(store, topic_id="t-2", merged_into="t-3")
    with pytest.raises(CurationError, match="itself merged into this one"):
        change(store, topic_id="t-3", merged_into="t-1")
    assert merged(store) == {"t-1": "t-3", "t-2": "t-3"}


def test_an_undo_never_closes_a_circle_either(store):
    change(store, topic_id="t-1", merged_into="t-2")
    store.undo(ADA, store.history("lab")[0].change_id)
    change(store, topic_id="t-2", merged_into="t-1")
    undo = store.history("lab", "t-1")[0]
    with pytest.raises(CurationError, match="itself merged into this one"):
        store.undo(ADA, undo.change_id)
    assert merged(store) == {"t-1": None, "t-2": "t-1"}


# --- moving a paper ------------------------------------------------------------------------------


def test_a_paper_is_moved_out_of_every_topic_and_back(store):
    store.move_paper(ADA, "lab", "p1", "t-2", seen=None)
    assert dict(store.curation("lab").moved) == {"p1": "t-2"}
    store.move_paper(BOB, "lab", "p1", "outlier", seen="t-2")
    assert dict(store.curation("lab").moved) == {"p1": "outlier"}
    store.move_paper(ADA, "lab", "p1", None, seen="outlier")
    assert dict(store.curation("lab").moved) == {}
    assert [one.after["topic_id"] for one in store.history("lab")] == [None, "outlier", "t-2"]
    assert [one.paper_id for one in store.history("lab", "t-2")] == ["p1"]


def test_moving_a_paper_that_somebody_else_moved_is_a_conflict(store):
    store.move_paper(ADA, "lab", "p1", "t-2", seen=None)
    with pytest.raises(Conflict, match=r"Ada moved the paper to t-2 \(\d+ \w+ \d{4}, \d\d:\d\d UTC\)"):
        store.move_paper(BOB, "lab", "p1", "t-3", seen=None)
    store.move_paper(BOB, "lab", "p1", "t-2", seen=None)  # where it is already
    assert dict(store.curation("lab").moved) == {"p1": "t-2"}
    assert store.revision("lab") == 1


def test_what_can_be_no_id_is_refused(store):
    for paper, topic in [("", "t-2"), ("a\x00", "t-2"), ("p1", ""), ("p1", "x" * 301)]:
        with pytest.raises(CurationError, match="is no id of a"):
            store.move_paper(ADA, "lab", paper, topic, seen=None)


# --- two at once -----------------------------------------------------------------------------------


def test_a_change_over_somebody_elses_is_a_conflict_that_says_whose(store):
    change(store, name="Folding")
    change(store, person=BOB, seen=1, name="Protein folding", is_important=True)
    with pytest.raises(Conflict) as told:
        change(store, seen=1, name="Folding of proteins")
    assert "Bob named the topic “Protein folding” instead of “Folding”, marked the topic important (" in str(told.value)
    assert store.curation("lab").topics["t-1"].name == "Protein folding"


def test_saying_what_already_stands_is_no_conflict(store):
    change(store, is_hidden=True)
    assert change(store, person=BOB, seen=0, is_hidden=True).version == 1


def test_different_topics_do_not_conflict(store):
    change(store, topic_id="t-1", name="Folding")
    assert change(store, topic_id="t-2", person=BOB, name="Binding").version == 1


# --- undo -------------------------------------------------------------------------------------------


def test_an_undo_gives_back_what_was_and_stands_in_the_history(store):
    change(store, name="Folding", note="why")
    change(store, seen=1, person=BOB, name="Protein folding")
    undone = store.history("lab")[0]
    change_back = store.undo(ADA, undone.change_id)
    topic = store.curation("lab").topics["t-1"]
    assert (topic.name, topic.note, topic.version, topic.changed_by) == ("Folding", "why", 3, "Ada")
    newest, middle, oldest = store.history("lab")
    assert newest == change_back
    assert newest.undoes == middle.change_id
    assert (newest.is_undone, middle.is_undone, oldest.is_undone) == (False, True, False)
    assert store.said_of(newest.change_id) == store.said_of(undone.change_id)


def test_an_undo_can_be_undone(store):
    change(store, name="Folding")
    undo = store.undo(ADA, store.history("lab")[0].change_id)
    store.undo(BOB, undo.change_id)
    assert store.curation("lab").topics["t-1"].name == "Folding"
    assert [one.is_undone for one in store.history("lab")] == [False, True, False]


def test_nothing_newer_is_lost_by_an_undo(store):
    change(store, name="Folding")
    change(store, seen=1, person=BOB, name="Protein folding")
    oldest = store.history("lab")[-1]
    with pytest.raises(Conflict, match=r"Bob named the topic .* later \(.*\): take that back first\."):
        store.undo(ADA, oldest.change_id)
    assert store.curation("lab").topics["t-1"].name == "Protein folding"


def test_an_older_change_is_undone_where_nothing_newer_touches_it(store):
    change(store, name="Folding")
    change(store, seen=1, person=BOB, note="why")
    store.undo(ADA, store.history("lab")[-1].change_id)
    topic = store.curation("lab").topics["t-1"]
    assert (topic.name, topic.note) == (None, "why")


def test_older_changes_can_be_undone_once_newer_ones_are(store):
    change(store, name="Folding")
    change(store, seen=1, name="Protein folding")
    newer, older = store.history("lab")
    store.undo(ADA, newer.change_id)
    store.undo(ADA, older.change_id)
    assert store.curation("lab").topics["t-1"].name is None


def test_nothing_is_undone_twice(store):
    change(store, name="Folding")
    first = store.history("lab")[0]
    store.undo(BOB, first.change_id)
    with pytest.raises(CurationError, match="Bob has taken this back already"):
        store.undo(ADA, first.change_id)
    with pytest.raises(CurationError, match="There is no such change."):
        store.undo(ADA, 999)


def test_a_move_is_undone(store):
    store.move_paper(ADA, "lab", "p1", "t-2", seen=None)
    store.move_paper(ADA, "lab", "p1", "t-3", seen="t-2")
    second, first = store.history("lab")
    with pytest.raises(Conflict, match="moved the paper to t-3 later"):
        store.undo(BOB, first.change_id)
    store.undo(BOB, second.change_id)
    assert dict(store.curation("lab").moved) == {"p1": "t-2"}
    store.undo(BOB, first.change_id)
    assert dict(store.curation("lab").moved) == {}
