"""What people keep for themselves: theirs alone until shared, and only theirs to change."""

import pytest

from dashboard.curation import paper_marks, reading_lists, saved_views
from dashboard.curation.changes import TopicChange
from dashboard.curation.errors import CurationError, NotAllowed
from dashboard.people import ANONYMOUS, Person, Role
from tests.dashboard.curation.people import ADA, BOB, EVE


def test_who_has_no_identity_can_keep_nothing(store):
    with pytest.raises(NotAllowed, match="without signing in"):
        store.shelf(ANONYMOUS)


# --- reading lists ---------------------------------------------------------------------------


def test_a_reading_list_holds_its_papers_in_their_order(store):
    eve = store.shelf(EVE)  # a viewer's own things need no role
    list_id = eve.make_list("lab", " To\nread ", ["p2", "p1", "p2"])
    assert eve.add_to_list(list_id, ["p3", "p1"]) == 1
    eve.remove_from_list(list_id, ["p2", "never there"])
    (kept,) = eve.reading_lists("lab")
    assert (kept.list_id, kept.name, kept.paper_ids) == (list_id, "To read", ("p1", "p3"))
    assert (kept.owner, kept.is_own, kept.is_shared) == ("Eve", True, False)
    assert eve.reading_lists("other") == ()
    assert eve.add_to_list(list_id, ["p2"]) == 1
    assert eve.reading_lists("lab")[0].paper_ids == ("p1", "p3", "p2")


def test_a_private_list_is_for_others_not_there(store):
    list_id = store.shelf(ADA).make_list("lab", "Mine", ["p1"])
    bob = store.shelf(BOB)
    assert bob.reading_lists("lab") == ()
    for attempt in (
        lambda: bob.change_list(list_id, name="Stolen"),
        lambda: bob.add_to_list(list_id, ["p2"]),
        lambda: bob.remove_from_list(list_id, ["p1"]),
        lambda: bob.delete_list(list_id),
        lambda: bob.delete_list(999),
    ):
        with pytest.raises(CurationError, match="This reading list is no longer there"):
            attempt()
    assert store.shelf(ADA).reading_lists("lab")[0].paper_ids == ("p1",)


def test_a_shared_list_is_seen_with_its_owner_and_changed_by_nobody_else(store):
    ada, bob = store.shelf(ADA), store.shelf(BOB)
    list_id = ada.make_list("lab", "Ours", ["p1"], is_shared=True)
    (seen,) = bob.reading_lists("lab")
    assert (seen.name, seen.owner, seen.is_own, seen.paper_ids) == ("Ours", "Ada", False, ("p1",))
    for attempt in (
        lambda: bob.change_list(list_id, is_shared=False),
        lambda: bob.add_to_list(list_id, ["p2"]),
        lambda: bob.remove_from_list(list_id, ["p1"]),
        lambda: bob.delete_list(list_id),
    ):
        with pytest.raises(NotAllowed, match="only its owner can change it"):
            attempt()
    # Not even an administrator.
    with pytest.raises(NotAllowed):
        store.shelf(Person("root", "Root", Role.ADMIN)).delete_list(list_id)
    ada.change_list(list_id, is_shared=False)
    assert bob.reading_lists("lab") == ()


def test_a_list_is_renamed_and_deleted_by_its_owner(store):
    ada = store.shelf(ADA)
    list_id = ada.make_list("lab", "First", ["p1"])
    ada.change_list(list_id, name="Second")
    assert [one.name for one in ada.reading_lists("lab")] == ["Second"]
    ada.delete_list(list_id)
    assert ada.reading_lists("lab") == ()
    again = ada.make_list("lab", "Second")
    assert next(one for one in ada.reading_lists("lab") if one.list_id == again).paper_ids == ()


def test_two_lists_of_one_person_have_two_names(store):
    ada = store.shelf(ADA)
    ada.make_list("lab", "One")
    second = ada.make_list("lab", "Two")
    for attempt in (lambda: ada.make_list("lab", "One"), lambda: ada.change_list(second, name="One")):
        with pytest.raises(CurationError, match="You already have one called “One”"):
            attempt()
    ada.change_list(second, name="Two")  # its own name is no other's
    ada.make_list("other", "One")
    store.shelf(BOB).make_list("lab", "One")


def test_owners_are_shown_by_the_name_they_have_now(store):
    store.shelf(ADA).make_list("lab", "Ours", is_shared=True)
    store.shelf(Person(ADA.person_id, "Ada Lovelace", Role.VIEWER)).make_list("lab", "More")
    assert store.shelf(BOB).reading_lists("lab")[0].owner == "Ada Lovelace"


# --- tags and notes -----------------------------------------------------------------------------


def test_tags_are_kept_in_small_letters_and_by_paper(store):
    ada = store.shelf(ADA)
    ada.tag("lab", ["p1", "p2"], "  To  Discuss ")
    ada.tag("lab", ["p1"], "method")
    ada.tag("lab", ["p1"], "METHOD")
    assert [(one.paper_id, one.tag) for one in ada.tags("lab")] == [
        ("p1", "method"),
        ("p1", "to discuss"),
        ("p2", "to discuss"),
    ]
    ada.untag("lab", ["p1"], "To discuss")
    assert [one.tag for one in ada.tags("lab", "p1")] == ["method"]


def test_tags_and_notes_are_private_until_shared(store):
    ada, bob = store.shelf(ADA), store.shelf(BOB)
    ada.tag("lab", ["p1"], "method")
    ada.write_note("lab", "p1", "Read\nthis")
    assert bob.tags("lab") == ()
    assert bob.notes("lab", "p1") == ()
    ada.tag("lab", ["p1"], "method", is_shared=True)
    ada.write_note("lab", "p1", "Read this", is_shared=True)
    bob.write_note("lab", "p1", "I did")
    assert [(one.owner, one.is_own) for one in bob.tags("lab")] == [("Ada", False)]
    assert [(one.text, one.owner) for one in bob.notes("lab", "p1")] == [("I did", "Bob"), ("Read this", "Ada")]
    bob.untag("lab", ["p1"], "method")
    bob.write_note("lab", "p1", "  ")
    assert [one.owner for one in bob.tags("lab")] == [one.owner for one in bob.notes("lab")] == ["Ada"]


# --- views and topics followed -------------------------------------------------------------------


def test_a_view_is_kept_by_name(store):
    ada, bob = store.shelf(ADA), store.shelf(BOB)
    view_id = ada.save_view("lab", "Newest", "?corpus=lab&topic=t-1")
    (view,) = ada.views("lab")
    assert (view.view_id, view.name, view.query, view.owner) == (view_id, "Newest", "corpus=lab&topic=t-1", "Ada")
    assert bob.views("lab") == ()
    with pytest.raises(CurationError, match="This view is no longer there"):
        bob.delete_view(view_id)
    ada.share_view(view_id, True)
    with pytest.raises(NotAllowed, match="only its owner"):
        bob.delete_view(view_id)
    assert bob.views("lab")[0].is_own is False
    ada.delete_view(view_id)
    assert bob.views("lab") == ()


def test_a_view_is_never_anything_but_a_query_string(store):
    for query in ("a=b\nc", "a=<script>", "a b", "a=\x00", "é=1", "a=b#c", 'a="b"'):
        with pytest.raises(CurationError, match="characters that no link has"):
            store.shelf(ADA).save_view("lab", "Odd", query)


def test_who_follows_a_topic_learns_what_others_changed_of_it(store):
    ada, bob = store.shelf(ADA), store.shelf(BOB)

    def rename(person, topic_id, seen, name):
        store.change_topic(person, "lab", topic_id, seen_version=seen, papers=(), changes=TopicChange(name=name))

    rename(ADA, "t-1", 0, "Before")
    bob.follow("lab", "t-1")
    bob.follow("lab", "t-1")
    assert bob.followed("lab") == {"t-1"}
    assert ada.followed("lab") == bob.followed("other") == frozenset()
    assert bob.news("lab") == ()
    rename(ADA, "t-1", 1, "After")
    rename(BOB, "t-1", 2, "My own")
    rename(ADA, "t-2", 0, "Elsewhere")
    assert [one.after["name"] for one in bob.news("lab")] == ["After"]
    bob.mark_seen("lab")
    assert bob.news("lab") == ()
    bob.unfollow("lab", "t-1")
    assert bob.followed("lab") == frozenset()


# --- limits ----------------------------------------------------------------------------------------


def test_there_is_an_end_to_what_one_person_keeps(store, monkeypatch):
    monkeypatch.setattr(reading_lists, "MAX_LISTED", 3)
    monkeypatch.setattr(paper_marks, "MAX_TAGGED", 2)
    monkeypatch.setattr(paper_marks, "MAX_NOTES", 1)
    monkeypatch.setattr(saved_views, "MAX_VIEWS", 1)
    monkeypatch.setattr(saved_views, "MAX_FOLLOWED", 1)
    ada = store.shelf(ADA)
    list_id = ada.make_list("lab", "Mine", ["p1", "p2"])
    ada.tag("lab", ["p1", "p2"], "x")
    ada.write_note("lab", "p1", "x")
    ada.save_view("lab", "x", "a=b")
    ada.follow("lab", "t-1")
    for attempt in (
        lambda: ada.add_to_list(list_id, ["p3", "p4"]),
        lambda: ada.tag("lab", ["p1"], "y"),
        lambda: ada.write_note("lab", "p2", "x"),
        lambda: ada.save_view("lab", "y", "a=b"),
        lambda: ada.follow("lab", "t-2"),
        lambda: ada.make_list("lab", "x" * 121),
        lambda: ada.make_list("lab", " "),
        lambda: ada.tag("lab", ["p1"], "x" * 51),
        lambda: ada.tag("lab", ["p1"], ""),
        lambda: ada.save_view("lab", "z", "a" * 4_001),
    ):
        with pytest.raises(CurationError, match=r"[.]$"):
            attempt()
    assert ada.reading_lists("lab")[0].paper_ids == ("p1", "p2")
    assert [(one.paper_id, one.tag) for one in ada.tags("lab")] == [("p1", "x"), ("p2", "x")]
    assert [one.paper_id for one in ada.notes("lab")] == ["p1"]
    assert [one.name for one in ada.views("lab")] == ["x"]
    assert ada.followed("lab") == {"t-1"}
    ada.write_note("lab", "p1", "written over")  # no more than before
