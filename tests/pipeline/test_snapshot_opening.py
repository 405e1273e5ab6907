"""Opening: damage is seen and said, nothing is executed, nothing outside the store is touched."""

from __future__ import annotations

import io
import os
import pickle
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline import snapshot as snapshots
from pipeline.schema import ABSTRACTS, SCHEMA_VERSION
from pipeline.snapshot import SnapshotDamaged, SnapshotError, SnapshotMissing, SnapshotTooNew, integrity, locks, opening
from tests.publishers import small_contents
from tests.snapshots import change_manifest, publish_contents, seal, write_manifest

FILES = (
    "abstracts.arrow",
    "data_quality.json",
    "dial.parquet",
    "dial_papers.parquet",
    "embeddings.npy",
    "manifest.json",
    "manifest.sha256",
    "neighbours.npy",
    "papers.parquet",
    "query_encoder/components.npy",
    "query_encoder/encoder.json",
    "query_encoder/vocabulary.parquet",
    "search.sqlite",
    "term_trends.parquet",
    "topics.parquet",
    "trends.parquet",
)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with two good snapshots of one corpus."""
    store = tmp_path_factory.mktemp("template")
    publish_contents(store, small_contents(1))
    publish_contents(store, small_contents(2))
    return store


@pytest.fixture
def store(template: Path, tmp_path: Path) -> Path:
    return shutil.copytree(template, tmp_path / "store")


@pytest.fixture
def latest(store: Path) -> Path:
    """The folder of the snapshot being served."""
    return store / "tiny" / "snapshots" / (store / "tiny" / "latest").read_text().strip()


@pytest.fixture
def previous(store: Path) -> str:
    """The id of the other one."""
    return min(path.name for path in (store / "tiny" / "snapshots").iterdir())


def assert_refused(store: Path, latest: Path, previous: str, words: str) -> None:
    """The damaged snapshot is not opened, the user is told why, and the previous one is served."""
    with pytest.raises(SnapshotDamaged) as refused:
        snapshots.open_snapshot(store, "tiny", latest.name)
    message = str(refused.value)
    assert words in message
    assert latest.name in message
    assert f"The last good snapshot is {previous}." in message
    assert str(store) not in message
    assert refused.value.last_good == previous
    served = snapshots.open_snapshot(store, "tiny")
    assert served.snapshot_id == previous
    assert served.notice is not None
    assert latest.name in served.notice
    assert previous in served.notice
    assert words in served.notice
    assert snapshots.verify(store, "tiny", latest.name)


# --- damage ---------------------------------------------------------------------------


def _flip(position: Callable[[int], int]) -> Callable[[Path], None]:
    def damage(path: Path) -> None:
        content = bytearray(path.read_bytes())
        content[position(len(content))] ^= 0x10
        path.write_bytes(content)

    return damage


def _link(path: Path) -> None:
    kept = path.parents[5] / "copy"
    shutil.copy(path, kept)
    path.unlink()
    path.symlink_to(kept)


def _pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def _folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


DAMAGES: dict[str, Callable[[Path], Any]] = {
    "first byte": _flip(lambda n: 0),
    "a byte in the middle": _flip(lambda n: n // 2),
    "last byte": _flip(lambda n: n - 1),
    "cut short": lambda path: path.write_bytes(path.read_bytes()[:-1]),
    "emptied": lambda path: path.write_bytes(b""),
    "grown": lambda path: path.write_bytes(path.read_bytes() + b"\n"),
    "deleted": Path.unlink,
    "a link to the same bytes": _link,
    "a pipe": _pipe,
    "a folder": _folder,
}


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_file_takes_its_snapshot_out_of_service(
    store: Path, latest: Path, previous: str, file: str, damage: str
) -> None:
    (latest / file).chmod(0o644)
    DAMAGES[damage](latest / file)
    words = "manifest" if file.startswith("manifest") else file
    assert_refused(store, latest, previous, words)


def test_all_files_of_a_snapshot_are_tried(latest: Path) -> None:
    assert sorted(p.relative_to(latest).as_posix() for p in latest.rglob("*") if p.is_file()) == sorted(FILES)


@pytest.mark.parametrize("name", ["x.pkl", "query_encoder/new.json", "new/deep/file.parquet", "search.sqlite-journal"])
def test_an_added_file_is_refused(store: Path, latest: Path, previous: str, name: str) -> None:
    (latest / name).parent.mkdir(parents=True, exist_ok=True)
    (latest / name).write_bytes(b"stranger")
    assert_refused(store, latest, previous, f"{name} does not belong")


def test_what_a_desktop_leaves_in_a_folder_does_no_harm(store: Path, latest: Path) -> None:
    (latest / ".DS_Store").write_bytes(b"window position")
    assert snapshots.open_snapshot(store, "tiny").notice is None
    assert snapshots.verify(store, "tiny", latest.name) == []


def test_two_files_swapped_are_noticed_even_if_of_equal_size(store: Path, latest: Path, previous: str) -> None:
    one, other = latest / "embeddings.npy", latest / "neighbours.npy"
    content, strange = one.read_bytes(), other.read_bytes()
    for path, data in ((one, strange), (other, content)):
        path.chmod(0o644)
        path.write_bytes(data)
    assert_refused(store, latest, previous, "embeddings.npy")


def test_a_file_of_another_snapshot_is_noticed(store: Path, latest: Path, previous: str) -> None:
    (latest / "papers.parquet").chmod(0o644)
    shutil.copy(latest.parent / previous / "papers.parquet", latest / "papers.parquet")
    assert_refused(store, latest, previous, "papers.parquet")


def test_when_nothing_is_good_it_says_so(store: Path, latest: Path, previous: str) -> None:
    for snapshot_id in (latest.name, previous):
        (latest.parent / snapshot_id / "topics.parquet").unlink()
    with pytest.raises(SnapshotDamaged, match=r"topics\.parquet is missing.* No other snapshot of corpus tiny is good"):
        snapshots.open_snapshot(store, "tiny")
    with pytest.raises(SnapshotDamaged, match="No other snapshot of it is good"):
        snapshots.open_snapshot(store, "tiny", previous)


def test_after_a_rollback_the_fallback_is_older_not_the_newer_one_left_behind(store: Path, latest: Path) -> None:
    middle = publish_contents(store, small_contents(3))
    publish_contents(store, small_contents(4))
    assert snapshots.rollback(store, "tiny") == middle.name
    (middle / "topics.parquet").unlink()
    assert snapshots.open_snapshot(store, "tiny").snapshot_id == latest.name


# --- large files ----------------------------------------------------------------------


def test_a_large_file_is_checked_in_the_background_once(
    store: Path, latest: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (opening, integrity):
        monkeypatch.setattr(module, "LARGE_BYTES", 10_000)
    (latest / "search.sqlite").chmod(0o644)
    DAMAGES["a byte in the middle"](latest / "search.sqlite")
    opened = snapshots.open_snapshot(store, "tiny")
    assert opened.snapshot_id == latest.name
    told: list[list[str]] = []
    thread = snapshots.verify_in_background(opened, told.append)
    assert thread is not None
    thread.join()
    assert told == [["search.sqlite does not match its checksum"]]
    assert snapshots.verify_in_background(opened, told.append) is None


def test_without_large_files_there_is_nothing_to_check_in_the_background(store: Path) -> None:
    assert snapshots.verify_in_background(snapshots.open_snapshot(store, "tiny"), pytest.fail) is None


def test_without_verifying_sizes_still_count_but_hashes_do_not(store: Path, latest: Path, previous: str) -> None:
    (latest / "search.sqlite").chmod(0o644)
    DAMAGES["a byte in the middle"](latest / "search.sqlite")
    assert snapshots.open_snapshot(store, "tiny", latest.name, verify=False).snapshot_id == latest.name
    DAMAGES["grown"](latest / "search.sqlite")
    with pytest.raises(SnapshotDamaged, match="bytes instead of"):
        snapshots.open_snapshot(store, "tiny", latest.name, verify=False)


# --- the manifest and latest ------------------------------------------------------------


def test_a_newer_format_asks_for_an_upgrade(store: Path, latest: Path, previous: str) -> None:
    change_manifest(latest, schema_version=SCHEMA_VERSION + 1, a_field_of_the_future={"x": 1})
    with pytest.raises(SnapshotTooNew, match="made by a newer Topic Explorer.* Upgrade"):
        snapshots.open_snapshot(store, "tiny", latest.name)
    served = snapshots.open_snapshot(store, "tiny")
    assert served.snapshot_id == previous
    assert "Upgrade" in str(served.notice)
    assert "Upgrade" in snapshots.verify(store, "tiny", latest.name)[0]


@pytest.mark.parametrize("version", [0, -1, "1", None, True, 1.5])
def test_a_version_that_is_none_is_refused(store: Path, latest: Path, previous: str, version: object) -> None:
    change_manifest(latest, schema_version=version)
    assert_refused(store, latest, previous, "no format version")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"snapshot_id": "20200101T000000Z-000000"}, "another snapshot"),
        ({"snapshot_id": "../../elsewhere"}, "another snapshot"),
        ({"corpus": "other"}, "another corpus"),
        ({"papers_kept": 11}, "12 papers instead of 11"),
        ({"papers_kept": "many"}, "papers_kept"),
        ({"surprise": 1}, "surprise"),
        ({"files": {}}, "does not belong"),
        ({"files": {"../../../outside.json": {"bytes": 1, "sha256": ""}}}, "is missing"),
    ],
)
def test_a_manifest_that_lies_is_refused(
    store: Path, latest: Path, previous: str, changes: dict[str, Any], words: str
) -> None:
    (store.parent / "outside.json").write_text("x")
    change_manifest(latest, **changes)
    assert_refused(store, latest, previous, words)


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b"\xff\xfe", b"[" * 200_000, b"null"])
def test_a_manifest_that_is_none_is_refused(store: Path, latest: Path, previous: str, content: bytes) -> None:
    write_manifest(latest, {})
    (latest / "manifest.json").write_bytes(content)
    (latest / "manifest.sha256").write_bytes(integrity.manifest_sum(content))
    assert_refused(store, latest, previous, "manifest.json")


def test_a_snapshot_under_another_name_is_refused(store: Path, latest: Path, previous: str) -> None:
    renamed = latest.rename(latest.with_name("20990101T000000Z-abcdef"))
    (store / "tiny" / "latest").write_text(renamed.name + "\n")
    assert_refused(store, renamed, previous, "belongs to another snapshot")


@pytest.mark.parametrize(
    "content",
    [b"", b"\n", b"../../../etc\n", b"20990101T000000Z-abcdef\n", b"\xff\x00" * 500, b"/etc/passwd", b"x" * 10_000],
)
def test_a_pointer_to_nowhere_serves_the_newest_good_one(store: Path, latest: Path, content: bytes) -> None:
    (store / "tiny" / "latest").write_bytes(content)
    served = snapshots.open_snapshot(store, "tiny")
    assert served.snapshot_id == latest.name
    assert served.notice is not None


@pytest.mark.parametrize("replace", [Path.unlink, _pipe, _folder])
def test_without_a_pointer_the_newest_good_one_is_served(
    store: Path, latest: Path, replace: Callable[[Path], None]
) -> None:
    replace(store / "tiny" / "latest")
    served = snapshots.open_snapshot(store, "tiny")
    assert served.snapshot_id == latest.name
    assert "which snapshot is current" in str(served.notice)


# --- nothing outside, nothing by link -----------------------------------------------------

HOSTILE_NAMES = (
    "",
    ".",
    "..",
    "../tiny",
    "../../etc",
    "/etc",
    "tiny/snapshots",
    "tiny\n",
    "tiny\0",
    "TINY",
    "%2e%2e%2f",
    "..\\..",
    "C:\\",
    "\\\\host\\share",
    "//evil",
    "ｔｉｎｙ",
    "١٢٣",
    "\ud800",
    "x" * 1_000_000,
)

_opened: list[tuple[str, int]] | None = None


def _note(event: str, arguments: tuple[Any, ...]) -> None:
    if _opened is not None and event == "open":
        _opened.append((os.fsdecode(arguments[0]) if not isinstance(arguments[0], int) else "", arguments[2]))
    elif _opened is not None and event in ("os.scandir", "os.listdir"):
        _opened.append((os.fsdecode(arguments[0]), 0))


@pytest.fixture(scope="module")
def _auditing() -> None:
    sys.addaudithook(_note)


@pytest.fixture
def opened_files(_auditing: None) -> Any:
    """The paths and flags of every file and folder opened during the test."""
    global _opened  # an audit hook cannot be removed, only silenced
    _opened = []
    yield _opened
    _opened = None


def test_hostile_names_are_refused_without_looking_anywhere(
    store: Path, latest: Path, opened_files: list[tuple[str, int]]
) -> None:
    for name in HOSTILE_NAMES:
        with pytest.raises(SnapshotMissing) as refused:
            snapshots.open_snapshot(store, name)
        assert len(str(refused.value)) < 300
        assert str(refused.value).isprintable()
        with pytest.raises(SnapshotMissing) as refused:
            snapshots.open_snapshot(store, "tiny", name)
        assert len(str(refused.value)) < 300
        assert str(refused.value).isprintable()
        for call in (snapshots.verify, snapshots.rollback, snapshots.snapshot_bytes):
            with pytest.raises(SnapshotError):
                call(store, "tiny", name)
        assert snapshots.list_snapshots(store, name) == []
    strays = [path for path, _ in opened_files if not path.startswith(str(store))]
    assert [path for path in strays if not path.endswith((".py", ".pyc"))] == []


def test_reading_opens_nothing_for_writing(store: Path, opened_files: list[tuple[str, int]]) -> None:
    opened = snapshots.open_snapshot(store, "tiny")
    opened.abstract(0)
    snapshots.list_snapshots(store, "tiny")
    snapshots.verify(store, "tiny", opened.snapshot_id)
    inside = [(path, flags) for path, flags in opened_files if path.startswith(str(store))]
    assert len(inside) > 10
    assert [path for path, flags in inside if flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)] == []


@pytest.mark.parametrize("place", ["tiny", "tiny/snapshots", "tiny/snapshots/ID"])
def test_a_link_in_the_way_is_not_followed(store: Path, latest: Path, place: str) -> None:
    path = store / place.replace("ID", latest.name)
    moved = store.parent / "moved"
    path.rename(moved)
    path.symlink_to(moved)
    with pytest.raises(SnapshotMissing):
        snapshots.open_snapshot(store, "tiny", latest.name)
    assert latest.name not in [info.snapshot_id for info in snapshots.list_snapshots(store, "tiny")]


def test_where_locks_do_not_work_reading_still_does(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_locks(descriptor: int, operation: int) -> None:
        raise OSError(37, "No locks available")

    monkeypatch.setattr(locks.fcntl, "flock", no_locks)
    assert snapshots.open_snapshot(store, "tiny").notice is None
    with pytest.raises(SnapshotError, match="No locks available"):
        snapshots.rollback(store, "tiny")
    assert snapshots.open_snapshot(store, "tiny").notice is None


def test_an_unreadable_file_is_damage_in_plain_words(
    store: Path, latest: Path, previous: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = integrity.sha256_of

    def unreadable(path: Path) -> str:
        if path == latest / "topics.parquet":
            raise PermissionError(13, "Permission denied")
        return original(path)

    monkeypatch.setattr(integrity, "sha256_of", unreadable)
    assert_refused(store, latest, previous, "topics.parquet cannot be read (Permission denied)")


# --- nothing is executed: every checksum fits, as an attacker would see to -----------------


class _Bomb:
    def __init__(self, canary: Path) -> None:
        self.canary = canary

    def __reduce__(self) -> tuple[Any, ...]:
        return (Path.touch, (self.canary,))


@pytest.fixture
def canary(tmp_path: Path) -> Path:
    """A file that exists once something was executed."""
    return tmp_path / "canary"


def test_the_bomb_works(canary: Path) -> None:
    pickle.loads(pickle.dumps(_Bomb(canary)))
    assert canary.exists()


@pytest.mark.parametrize("name", ["x.pkl", "x.joblib", "query_encoder/model.pickle", "bertopic", "topics"])
def test_a_planted_pickle_is_refused(store: Path, latest: Path, previous: str, canary: Path, name: str) -> None:
    (latest / name).write_bytes(pickle.dumps(_Bomb(canary)))
    seal(latest)
    assert_refused(store, latest, previous, f"{name} is in a format")
    assert not canary.exists()


@pytest.mark.parametrize("name", ["embeddings.npy", "neighbours.npy"])
@pytest.mark.parametrize("kind", ["objects", "bare pickle", "archive", "structured"])
def test_an_array_that_would_execute_is_refused(
    store: Path, latest: Path, previous: str, canary: Path, name: str, kind: str
) -> None:
    content = io.BytesIO()
    if kind == "objects":
        np.save(content, np.array([_Bomb(canary)] * 12, dtype=object), allow_pickle=True)
    elif kind == "bare pickle":
        content.write(pickle.dumps(_Bomb(canary)))
    elif kind == "archive":
        np.savez(content, a=np.zeros((12, 16), np.float16))
    else:
        np.save(content, np.array([[(1, _Bomb(canary))]], dtype=[("a", "i4"), ("b", "O")]), allow_pickle=True)
    (latest / name).chmod(0o644)
    (latest / name).write_bytes(content.getvalue())
    seal(latest)
    assert_refused(store, latest, previous, name)
    assert not canary.exists()


class _Trap(pa.ExtensionType):
    """An Arrow type that does something when a file that names it is opened."""

    canary: Path | None = None

    def __init__(self) -> None:
        super().__init__(pa.string(), "tests.trap")

    def __arrow_ext_serialize__(self) -> bytes:
        return b"payload"

    @classmethod
    def __arrow_ext_deserialize__(cls, storage: pa.DataType, serialized: bytes) -> _Trap:
        if cls.canary is not None:
            cls.canary.touch()
        return cls()


@pytest.fixture
def trap(canary: Path) -> Any:
    pa.register_extension_type(_Trap())
    _Trap.canary = canary
    yield _Trap()
    _Trap.canary = None
    pa.unregister_extension_type("tests.trap")


def _trapped(trap: _Trap) -> pa.Table:
    column = pa.ExtensionArray.from_storage(trap, pa.array(["x"] * 12))
    # Columns before it shift the schema's text, so each base64 alignment occurs.
    return pa.table({"abstract": column})


@pytest.mark.parametrize("padding", range(4))
def test_a_parquet_file_with_an_extension_type_is_not_even_opened(
    store: Path, latest: Path, previous: str, canary: Path, trap: _Trap, padding: int
) -> None:
    path = latest / "topics.parquet"
    path.chmod(0o644)
    pq.write_table(_trapped(trap).rename_columns(["a" * (padding + 1)]), path)
    seal(latest)
    canary.unlink(missing_ok=True)
    assert_refused(store, latest, previous, "topics.parquet holds an extension type")
    assert not canary.exists()
    pq.read_schema(path)
    assert canary.exists(), "opening it in the usual way would have executed something"


def test_an_arrow_file_with_an_extension_type_is_not_even_opened(
    store: Path, latest: Path, previous: str, canary: Path, trap: _Trap
) -> None:
    path = latest / "abstracts.arrow"
    path.chmod(0o644)
    table = _trapped(trap)
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)
    seal(latest)
    canary.unlink(missing_ok=True)
    assert_refused(store, latest, previous, "abstracts.arrow holds an extension type")
    assert not canary.exists()


def _abstracts_with(offsets: list[int], data: bytes) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        column = pa.array(["x"] * 12)
        with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, ABSTRACTS) as writer:
            writer.write_batch(pa.record_batch([column], schema=ABSTRACTS))
        content = path.read_bytes()
        for old, new in (
            (np.arange(13, dtype=np.int32).tobytes(), np.array(offsets, np.int32).tobytes()),
            (b"x" * 12, data),
        ):
            assert content.count(old) == 1
            content = content.replace(old, new)
        path.write_bytes(content)

    return write


@pytest.mark.parametrize(
    "offsets", [[0, 1_000_000, *range(2, 13)], [0, 12, *range(1, 12)], [*range(12), 2**31 - 1], [-1, *range(1, 13)]]
)
def test_abstracts_that_point_outside_their_file_are_refused(
    store: Path, latest: Path, previous: str, offsets: list[int]
) -> None:
    (latest / "abstracts.arrow").chmod(0o644)
    _abstracts_with(offsets, b"twelve bytes")(latest / "abstracts.arrow")
    seal(latest)
    assert_refused(store, latest, previous, "abstracts.arrow")


def test_text_that_is_not_utf8_is_found_by_verify(store: Path, latest: Path) -> None:
    (latest / "abstracts.arrow").chmod(0o644)
    _abstracts_with(list(range(13)), b"\xff" * 12)(latest / "abstracts.arrow")
    seal(latest)
    assert snapshots.verify(store, "tiny", latest.name) == ["abstracts.arrow holds text that is not UTF-8"]


@pytest.mark.parametrize("name", ["papers.parquet", "topics.parquet", "trends.parquet", "term_trends.parquet"])
@pytest.mark.parametrize("kind", ["another table", "no table", "fewer columns", "a column more", "another type"])
def test_a_table_that_is_another_is_refused(store: Path, latest: Path, previous: str, name: str, kind: str) -> None:
    path = latest / name
    path.chmod(0o644)
    table = pq.read_table(path)
    if kind == "another table":
        pq.write_table(pa.table({"a": [1]}), path)
    elif kind == "no table":
        path.write_bytes(b"PAR1" + b"\0" * 100 + b"PAR1")
    elif kind == "fewer columns":
        pq.write_table(table.drop_columns(table.column_names[0]), path)
    elif kind == "a column more":
        pq.write_table(table.append_column("surprise", pa.array([1] * len(table))), path)
    else:
        pq.write_table(table.set_column(0, table.column_names[0], pa.array([b"\xff"] * len(table))), path)
    seal(latest)
    assert_refused(store, latest, previous, name)


def test_tables_that_contradict_each_other_are_found_by_verify(store: Path, latest: Path) -> None:
    path = latest / "topics.parquet"
    path.chmod(0o644)
    table = pq.read_table(path)
    sizes = pa.array([size + 1 for size in table["size"].to_pylist()], pa.int32())
    pq.write_table(table.set_column(table.column_names.index("size"), "size", sizes), path)
    seal(latest)
    assert "papers say" in snapshots.verify(store, "tiny", latest.name)[0]


# --- nothing there ------------------------------------------------------------------------


def test_an_empty_store_and_an_unknown_corpus_are_said_in_plain_words(store: Path, tmp_path: Path) -> None:
    assert snapshots.list_corpora(tmp_path / "nowhere") == []
    assert snapshots.list_snapshots(tmp_path / "nowhere", "tiny") == []
    with pytest.raises(SnapshotMissing, match="There is none yet"):
        snapshots.open_snapshot(tmp_path / "nowhere", "tiny")
    with pytest.raises(SnapshotMissing, match="no corpus 'mylab' in this store. There is tiny."):
        snapshots.open_snapshot(store, "mylab")
    (store / "bare" / "snapshots").mkdir(parents=True)
    assert snapshots.list_corpora(store) == ["tiny"]
    with pytest.raises(SnapshotMissing, match="has no snapshot yet"):
        snapshots.open_snapshot(store, "bare")


def test_the_default_folders_come_from_the_environment_or_the_platform(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("TOPIC_EXPLORER_STORE", str(tmp_path / "s"))
    monkeypatch.setenv("TOPIC_EXPLORER_CACHE", str(tmp_path / "c"))
    assert (snapshots.default_store(), snapshots.default_cache()) == (tmp_path / "s", tmp_path / "c")
    monkeypatch.setenv("TOPIC_EXPLORER_STORE", "")
    monkeypatch.delenv("TOPIC_EXPLORER_CACHE")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    for folder in (snapshots.default_store(), snapshots.default_cache()):
        assert folder.is_relative_to(tmp_path)
        assert "topic-explorer" in str(folder)
