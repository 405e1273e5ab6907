"""Publishing: what goes in comes out, whole, once, under the right name."""

from __future__ import annotations

import dataclasses
import re
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from pipeline import snapshot as snapshots
from pipeline.schema import OUTLIER_TOPIC_ID, SNAPSHOT_ID_PATTERN, TABLES, to_arrow
from pipeline.snapshot import SnapshotContents, SnapshotError, disk
from pipeline.snapshot.contents import check_contents
from pipeline.snapshot.locks import corpus_lock
from tests.publishers import at_each_step, small_contents
from tests.snapshots import NOON, VARIANTS, levelled_contents, publish_contents, publish_tiny


@pytest.mark.parametrize("name", VARIANTS)
def test_what_is_published_is_what_is_opened(variants_store: Path, name: str) -> None:
    contents = VARIANTS[name]()
    opened = snapshots.open_snapshot(variants_store, name.replace(" ", "-"))
    for table in TABLES:
        assert to_arrow(table, getattr(opened, table)).equals(to_arrow(table, getattr(contents, table))), table
    assert opened.abstracts(range(len(contents.papers))) == contents.abstracts
    assert np.array_equal(opened.embeddings, contents.embeddings)
    assert np.array_equal(opened.neighbours, contents.neighbours)
    assert opened.data_quality == contents.data_quality
    assert opened.notice is None
    assert snapshots.verify(variants_store, opened.corpus, opened.snapshot_id) == []


def test_the_columns_have_the_promised_types(tiny_snapshot: snapshots.Snapshot) -> None:
    kinds = {column: str(kind) for column, kind in tiny_snapshot.papers.dtypes.items()}
    assert kinds["title"] == kinds["topic_id"] == kinds["doi"] == "str"
    assert kinds["published"] == "datetime64[ms]"
    assert (kinds["year"], kinds["citations"]) == ("Int16", "Int32")
    assert kinds["x"] == kinds["margin"] == "float32"
    assert tiny_snapshot.papers["published"].isna().any()
    authors = tiny_snapshot.papers["authors"]
    assert isinstance(authors.iloc[1], list)
    assert authors.list.len().tolist()[:3] == [0, 1, 2]
    assert tiny_snapshot.trends["n_papers"].dtype == np.int32


def test_a_snapshot_cannot_be_changed_by_who_reads_it(tiny_snapshot: snapshots.Snapshot) -> None:
    with pytest.raises(ValueError, match="read-only"):
        tiny_snapshot.embeddings[0, 0] = 1
    with pytest.raises(ValueError, match="read-only"):
        tiny_snapshot.neighbours[0, 0] = 1
    with pytest.raises(dataclasses.FrozenInstanceError):
        tiny_snapshot.notice = "changed"  # type: ignore[misc]
    for path in tiny_snapshot.path.rglob("*"):
        assert path.is_dir() or path.stat().st_mode & 0o222 == 0, path.name


def test_the_folder_the_id_the_manifest_and_latest_agree(tmp_path: Path) -> None:
    path = publish_contents(tmp_path, small_contents(), created=NOON)
    manifest = snapshots.read_manifest(path)
    assert SNAPSHOT_ID_PATTERN.fullmatch(path.name)
    assert path == tmp_path / "tiny" / "snapshots" / manifest.snapshot_id
    assert path.name == f"20250701T120000Z-{manifest.content_sha256[:6]}"
    assert (tmp_path / "tiny" / "latest").read_text() == path.name + "\n"
    assert manifest.created == NOON
    assert manifest.corpus == "tiny"
    assert manifest.n_topics == 2
    assert manifest.n_outliers == 1
    assert manifest.library_versions["pyarrow"]
    assert list((tmp_path / "tiny" / "staging").iterdir()) == []


@pytest.mark.parametrize(
    "name", ["year=2024", "with space", "per%20cent #1?x", "Zoë 本", "file:x", "-dash", "'quote\""]
)
def test_a_store_may_have_any_name(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for store in (tmp_path / name, Path(name)):
        path = publish_contents(store, small_contents())
        opened = snapshots.open_snapshot(store, "tiny")
        assert list(opened.papers.columns)[-1] == "facet_countries"
        assert opened.abstract(0) == small_contents().abstracts[0]
        assert snapshots.verify(store, "tiny", path.name) == []


# --- the content hash ---------------------------------------------------------------


def test_same_content_has_the_same_hash_whenever_and_wherever_it_is_published(tmp_path: Path) -> None:
    first = publish_contents(tmp_path, small_contents(), "one", created=NOON, seconds=1.0, peak_memory_mb=1.0)
    later = publish_contents(tmp_path, small_contents(), "two", created=NOON + timedelta(days=3), seconds=9.0)
    one, two = snapshots.read_manifest(first), snapshots.read_manifest(later)
    assert one.content_sha256 == two.content_sha256
    assert one.files == two.files


def test_a_snapshot_published_again_from_what_was_opened_has_the_same_hash(tmp_path: Path) -> None:
    contents = small_contents()
    opened = snapshots.open_snapshot(tmp_path, "tiny") if publish_contents(tmp_path, contents) else None
    assert opened is not None
    again = dataclasses.replace(contents, **{name: getattr(opened, name) for name in TABLES})
    assert check_contents(again).content_sha256 == opened.manifest.content_sha256


def _set(column: str, row: int, value: Any) -> Callable[[SnapshotContents], None]:
    def change(contents: SnapshotContents) -> None:
        values = contents.papers[column].tolist()
        values[row] = value
        contents.papers[column] = pd.Series(values, dtype=object)

    return change


@pytest.mark.parametrize(
    "change",
    [
        _set("title", 3, "Another title"),
        _set("venue", 1, None),
        _set("venue", 0, ""),
        _set("authors", 2, ["A. Testwell,", "Zoë Nováková"]),
        _set("authors", 2, ["A. TestwellZoë", " Nováková"]),
        _set("keywords", 0, [""]),
        lambda contents: contents.abstracts.__setitem__(0, contents.abstracts[0] + " "),
        lambda contents: contents.embeddings.__setitem__(
            (0, 0), np.nextafter(contents.embeddings[0, 0], np.float16(1))
        ),
        lambda contents: contents.neighbours.__setitem__((0, slice(0, 2)), contents.neighbours[0, 1::-1]),
        lambda contents: contents.topics.__setitem__("label", ["One", "Two"]),
        lambda contents: contents.term_trends.__setitem__("n_papers", contents.term_trends["n_papers"] + 1),
    ],
)
def test_any_change_of_content_changes_the_hash(change: Callable[[SnapshotContents], None]) -> None:
    contents = small_contents()
    before = check_contents(contents).content_sha256
    change(contents)
    assert check_contents(contents).content_sha256 != before


def test_texts_that_only_differ_in_where_they_are_cut_have_different_hashes() -> None:
    contents = small_contents()
    _set("title", 0, "ab")(contents)
    _set("title", 1, "c")(contents)
    before = check_contents(contents).content_sha256
    _set("title", 0, "a")(contents)
    _set("title", 1, "bc")(contents)
    assert check_contents(contents).content_sha256 != before


# --- time -----------------------------------------------------------------------------


def test_a_clock_set_back_does_not_reorder_snapshots(tmp_path: Path) -> None:
    first = publish_contents(tmp_path, small_contents(1), created=NOON)
    second = publish_contents(tmp_path, small_contents(2), created=NOON - timedelta(days=400))
    assert [info.snapshot_id for info in snapshots.list_snapshots(tmp_path, "tiny")] == [second.name, first.name]
    assert snapshots.open_snapshot(tmp_path, "tiny").snapshot_id == second.name
    assert snapshots.read_manifest(second).created == NOON + timedelta(seconds=1)
    assert snapshots.rollback(tmp_path, "tiny") == first.name


def test_two_contents_in_one_second_become_two_snapshots(tmp_path: Path) -> None:
    first = publish_contents(tmp_path, small_contents(1), created=NOON)
    second = publish_contents(tmp_path, small_contents(2), created=NOON)
    assert first != second
    assert snapshots.open_snapshot(tmp_path, "tiny").snapshot_id == second.name


def test_the_same_content_in_the_same_second_is_one_snapshot(tmp_path: Path) -> None:
    first = publish_contents(tmp_path, small_contents(), created=NOON)
    again = publish_contents(tmp_path, small_contents(), created=NOON + timedelta(milliseconds=900))
    assert first == again
    assert len(snapshots.list_snapshots(tmp_path, "tiny")) == 1
    assert list((tmp_path / "tiny" / "staging").iterdir()) == []


def test_a_damaged_snapshot_of_the_same_second_is_not_taken_for_the_new_one(tmp_path: Path) -> None:
    first = publish_contents(tmp_path, small_contents(), created=NOON)
    (first / "papers.parquet").unlink()
    again = publish_contents(tmp_path, small_contents(), created=NOON)
    assert again != first
    assert snapshots.open_snapshot(tmp_path, "tiny").path == again


# --- what is refused ------------------------------------------------------------------


def _pickle(folder: Path) -> None:
    (folder / "encoder.json").write_text("{}")
    (folder / "model.pkl").write_bytes(b"\x80\x04.")


def _half_closed_database(path: Path) -> None:
    path.write_bytes(b"")
    path.with_name(path.name + "-wal").write_bytes(b"")


def _objects(folder: Path) -> None:
    np.save(folder / "vocabulary.npy", np.array(["a", None], dtype=object), allow_pickle=True)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"papers": lambda c: c.papers.iloc[::-1].reset_index(drop=True)}, "ascending order"),
        ({"papers": lambda c: c.papers.drop(columns="doi")}, "doi"),
        ({"papers": lambda c: c.papers.assign(title=[3] * 12)}, "title"),
        ({"papers": lambda c: c.papers.assign(title=pd.Series(["\ud800"] * 12, dtype=object))}, "contract"),
        ({"topics": lambda c: c.topics.assign(size=c.topics["size"] + 1)}, "says"),
        ({"trends": lambda c: c.trends.assign(share=0.5)}, "add up to one"),
        ({"abstracts": lambda c: c.abstracts[:-1]}, "abstracts: 11 for 12 papers"),
        ({"embeddings": lambda c: c.embeddings.astype(np.float32)}, "embeddings: float32"),
        ({"embeddings": lambda c: c.embeddings * np.float16(1.1)}, "unit vector"),
        ({"embeddings": lambda c: c.embeddings * np.float16(np.nan)}, "unit vector"),
        ({"neighbours": lambda c: c.neighbours + np.int32(1000)}, "no paper has"),
        ({"neighbours": lambda c: np.zeros_like(c.neighbours)}, "own neighbour"),
        ({"writers": lambda c: {"query_encoder": c.writers["query_encoder"]}}, "search.sqlite"),
        ({"writers": lambda c: {**c.writers, "../../escape.json": _pickle}}, "escape"),
        ({"writers": lambda c: {**c.writers, "papers.parquet": _pickle}}, "papers.parquet"),
        ({"writers": lambda c: {**c.writers, "query_encoder": _pickle}}, "query_encoder/model.pkl"),
        ({"writers": lambda c: {**c.writers, "query_encoder": _objects}}, "vocabulary.npy"),
        ({"writers": lambda c: {**c.writers, "search.sqlite": _half_closed_database}}, "search.sqlite-wal"),
    ],
)
def test_a_broken_contract_is_not_published(
    tmp_path: Path, changes: dict[str, Callable[[SnapshotContents], Any]], words: str
) -> None:
    previous = publish_contents(tmp_path, small_contents(), created=NOON)
    contents = small_contents(2)
    broken = dataclasses.replace(contents, **{name: change(contents) for name, change in changes.items()})
    with pytest.raises(SnapshotError, match=re.escape(words)):
        snapshots.publish(tmp_path, "tiny", broken, dict)
    assert [info.snapshot_id for info in snapshots.list_snapshots(tmp_path, "tiny")] == [previous.name]
    assert list((tmp_path / "tiny" / "staging").iterdir()) == []
    assert sorted(path.name for path in tmp_path.iterdir()) == ["tiny"]


def _moved(contents: SnapshotContents) -> pd.DataFrame:
    """The papers, the first of them under another coarse topic than its fine one."""
    coarse = contents.papers["topic_level_1"].tolist()
    coarse[0] = next(topic for topic in coarse if topic not in (coarse[0], OUTLIER_TOPIC_ID))
    return contents.papers.assign(topic_level_1=coarse)


def _sizes(contents: SnapshotContents) -> pd.DataFrame:
    """The topics, the largest coarse one with a paper more than its fine ones have."""
    return contents.topics.assign(size=contents.topics["size"] + (contents.topics["level"] == 2))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"papers": lambda c: c.papers.drop(columns="topic_level_2")}, "3 levels"),
        ({"papers": lambda c: c.papers.assign(topic_level_3=OUTLIER_TOPIC_ID)}, "3 levels"),
        ({"papers": lambda c: c.papers.assign(topic_level_1=c.papers["topic_id"])}, "no topic of level 1"),
        ({"papers": lambda c: c.papers.assign(topic_level_1=None)}, "topic_level_1"),
        ({"papers": _moved}, "topic_level_1 is not the parent of topic_id"),
        ({"topics": lambda c: c.topics.assign(parent=c.topics["topic_id"])}, "parent"),
        ({"topics": lambda c: c.topics.assign(parent=None)}, "topic_level_1 is not the parent of topic_id"),
        ({"topics": _sizes}, "those of level 1 in it"),
        (
            {"trends": lambda c: c.trends.replace({"topic_id": {c.topics["topic_id"][0]: c.topics["topic_id"][8]}})},
            "no topic of level 0",
        ),
    ],
)
def test_levels_that_are_not_nested_are_not_published(
    tmp_path: Path, changes: dict[str, Callable[[SnapshotContents], Any]], words: str
) -> None:
    contents = levelled_contents()
    broken = dataclasses.replace(contents, **{name: change(contents) for name, change in changes.items()})
    with pytest.raises(SnapshotError, match=re.escape(words)):
        snapshots.publish(tmp_path, "tiny", broken, dict)
    assert snapshots.list_corpora(tmp_path) == []


@pytest.mark.parametrize(("changes", "words"), [({"papers_kept": 7}, "7 papers"), ({"seconds": None}, "seconds")])
def test_a_wrong_manifest_is_not_published(tmp_path: Path, changes: dict[str, Any], words: str) -> None:
    with pytest.raises(SnapshotError, match=words):
        publish_contents(tmp_path, small_contents(), **changes)
    assert snapshots.list_corpora(tmp_path) == []


@pytest.mark.parametrize("corpus", ["", "..", "../x", "a/b", "A", "é", "a" * 64, "-a", "tiny\n", "a\0b", "C:\\x"])
def test_what_is_no_corpus_name_makes_no_folder(tmp_path: Path, corpus: str) -> None:
    with pytest.raises(SnapshotError, match="no corpus name"):
        publish_contents(tmp_path / "store", small_contents(), corpus)
    assert list(tmp_path.iterdir()) == []


def test_a_corpus_that_is_a_link_elsewhere_is_not_written_to(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "store").mkdir()
    (tmp_path / "store" / "tiny").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(SnapshotError, match="symbolic link"):
        publish_tiny(tmp_path / "store")
    assert list((tmp_path / "elsewhere").iterdir()) == []


# --- others at work -------------------------------------------------------------------


def test_a_second_publisher_is_told_so_when_the_first_does_not_finish(tiny_store: Path) -> None:
    contents = small_contents()
    with (
        corpus_lock(tiny_store / "tiny", 0),
        pytest.raises(SnapshotError, match="Another process is publishing or pruning corpus tiny"),
    ):
        snapshots.publish(tiny_store, "tiny", contents, dict, wait_seconds=0)


def test_staging_of_a_publisher_at_work_is_left_alone_and_that_of_a_dead_one_cleared(tiny_store: Path) -> None:
    dead = tiny_store / "tiny" / "staging" / "4711-deadbeef"
    dead.mkdir()
    (dead / "papers.parquet").write_bytes(b"half")
    seen: list[list[str]] = []

    def look(n: int, step: str) -> None:
        if step == "write manifest.json":
            cleaner = threading.Thread(target=snapshots.clear_staging, args=(tiny_store, "tiny"))
            cleaner.start()
            cleaner.join()
            seen.append([path.name for path in (tiny_store / "tiny" / "staging").iterdir()])

    with at_each_step(look):
        published = publish_contents(tiny_store, small_contents())
    assert len(seen) == 1
    assert len(seen[0]) == 1
    assert dead.name not in seen[0]
    assert snapshots.verify(tiny_store, "tiny", published.name) == []


def test_clearing_removes_what_the_dead_left(tiny_store: Path) -> None:
    staging = tiny_store / "tiny" / "staging"
    (staging / "1-aaaa" / "query_encoder").mkdir(parents=True)
    (staging / "1-aaaa" / "query_encoder" / "encoder.json").touch(mode=0o444)
    (staging / "latest-bbbb").write_text("x")
    snapshots.clear_staging(tiny_store, "tiny")
    assert list(staging.iterdir()) == []
    snapshots.clear_staging(tiny_store, "nothing-here")
    assert not (tiny_store / "nothing-here").exists()


def test_every_file_is_forced_to_disk_before_it_comes_into_view_and_that_before_it_is_served(tmp_path: Path) -> None:
    with at_each_step(lambda n, step: None) as steps:
        path = publish_contents(tmp_path, small_contents())
    came_into_view, served = steps.index(f"rename {path.name}"), steps.index("replace latest")
    names = [p.name for p in path.rglob("*")]
    assert len(names) == 17
    for name in names:
        assert f"fsync {name}" in steps[:came_into_view], name
    assert "fsync snapshots" in steps[came_into_view:served]
    assert "write manifest.json" in steps
    written = [step for step in steps if step.startswith("write") and "latest-" not in step]
    assert written[-2:] == ["write manifest.json", "write manifest.sha256"]
    assert disk.before("nothing", path) is None
