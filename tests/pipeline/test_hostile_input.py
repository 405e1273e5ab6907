"""What a hostile or clumsy user can do to the commands: each gets one sentence and a status, and harms nothing."""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from pipeline import interruption
from pipeline.cli import app
from pipeline.settings import MAX_SEED
from pipeline.snapshot import SnapshotError
from pipeline.terminal import SafeConsole, TerminalProgress
from pipeline.whole_file import WriteError, whole_file
from tests.snapshots import publish_tiny

ROOT = Path(__file__).parents[2]
ABSTRACT = "A sentence about robots that walk over rough ground and learn from each of their many falls, day by day."


@pytest.fixture
def te(tmp_path, monkeypatch):
    """Run a command in this process over a store of its own; the result with its streams and status."""
    monkeypatch.setenv("TOPIC_EXPLORER_STORE", str(tmp_path / "store"))
    monkeypatch.setenv("TOPIC_EXPLORER_CACHE", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    return lambda *arguments: CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture
def papers(tmp_path):
    """Three sound papers in a CSV file."""
    file = tmp_path / "papers.csv"
    rows = "".join(f'Walking robots {n},"{ABSTRACT} Number {n}."\n' for n in ("one", "two", "three"))
    file.write_text(f"title,abstract\n{rows}", encoding="utf-8")
    return file


@pytest.fixture
def published(tmp_path):
    """The store of `te`, holding one snapshot of the corpus tiny."""
    publish_tiny(tmp_path / "store", n_papers=12, n_topics=2)
    return tmp_path / "store"


def refused(result) -> str:
    """The one sentence of a command that failed as it should."""
    assert result.exit_code == 1, result.output
    assert "Traceback" not in result.output
    assert "unexpected" not in result.stderr
    (sentence,) = [line for line in result.stderr.splitlines() if line.startswith("Error: ")]
    assert result.stderr.rstrip().endswith(sentence.rstrip())
    return sentence


# --- files -----------------------------------------------------------------------------


def test_a_link_to_itself_is_no_file(te, tmp_path):
    loop = tmp_path / "loop.csv"
    loop.symlink_to(loop)
    assert "loop.csv" in refused(te("inspect", loop))


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ('[{"title": "never closed', "ends in the middle"),
        ('[{"title": "x", "abstract": ' + "[" * 100_000 + "]" * 100_000 + "}]", "nested too deeply"),
        ('["a title", "another"]', "a string where an object is expected"),
    ],
    ids=["cut off", "deep", "strings"],
)
def test_json_without_one_readable_record_says_what_is_wrong_with_the_first(te, tmp_path, content, reason):
    file = tmp_path / "papers.json"
    file.write_text(content, encoding="utf-8")
    sentence = refused(te("inspect", file))
    assert "papers.json" in sentence
    assert reason in sentence


def test_a_million_braces_are_given_up_on(te, tmp_path, monkeypatch):
    monkeypatch.setattr("pipeline.readers.json_records._MOST_OPENINGS", 500)
    file = tmp_path / "braces.json"
    file.write_text('{"a":' * 1_000_000, encoding="utf-8")  # trying every one of them takes minutes
    assert "nested too deeply" in refused(te("inspect", file))


def test_names_and_columns_from_files_cannot_command_the_terminal(te, tmp_path):
    file = tmp_path / "papers.csv"
    file.write_text(f"title,abstract,we\x1b]0;owned\x07ird\nA title,{ABSTRACT},1\n", encoding="utf-8")
    assert "\x1b" not in te("inspect", file).stdout
    file.write_text("title,we\x1b]0;owned\x07ird\nA title,1\n", encoding="utf-8")
    assert "\x1b" not in refused(te("inspect", file))


def test_only_the_first_of_very_many_unused_columns_are_listed(te, tmp_path):
    file = tmp_path / "wide.csv"
    names = [f"column{number}" for number in range(5_000)]
    file.write_text(f"title,abstract,{','.join(names)}\nA title,{ABSTRACT}{',' * len(names)}\n", encoding="utf-8")
    said = te("inspect", file).stdout
    assert "column0" in said
    assert "4960 more" in said
    assert len(said) < 3_000


@pytest.mark.skipif(sys.platform == "darwin", reason="its file systems take UTF-8 names only")
def test_a_file_name_that_is_not_utf8_is_read(te, papers, tmp_path):
    odd = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff.csv"))
    papers.rename(odd)
    result = te("fit", odd, "--corpus", "odd", "--embedder", "lsa", "--json")
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["papers_read"] == 3


# --- options ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "options",
    [("--column", "abstract=title", "--column", "abstract=venue"), ("--column", "abstract=a", "--column", "summary=b")],
    ids=["same name", "same field"],
)
def test_one_field_cannot_be_mapped_twice(te, papers, options):
    assert "keep one of the two" in refused(te("inspect", papers, *options))


@pytest.mark.parametrize("seed", [-1, MAX_SEED + 1, 10**40])
def test_a_seed_the_libraries_cannot_take_is_refused_by_name(te, papers, tmp_path, seed):
    for arguments in (["fit", papers, "--corpus", "c"], ["sample", "--papers", 3, "--output", tmp_path / "s.jsonl"]):
        result = te(*arguments, "--seed", seed)
        assert result.exit_code == 2
        assert "--seed" in result.stderr
    assert not (tmp_path / "s.jsonl").exists()


def test_the_largest_seed_works(te, papers):
    assert te("fit", papers, "--corpus", "c", "--embedder", "lsa", "--seed", MAX_SEED).exit_code == 0


@pytest.mark.parametrize("embedder", ["word2vec", "", "precomputed:", "precomputed:none.npy"])
def test_a_wrong_embedder_is_refused_before_the_papers_are_read(te, monkeypatch, papers, embedder):
    monkeypatch.setattr("pipeline.run.take_in", None)  # would be an unexpected error
    refused(te("fit", papers, "--corpus", "c", "--embedder", embedder))


def test_a_pipe_is_no_file_of_embeddings(te, papers, tmp_path):
    os.mkfifo(tmp_path / "pipe.npy")  # opening it would wait for ever
    assert "pipe.npy" in refused(te("fit", papers, "--corpus", "c", "--embedder", "precomputed:pipe.npy"))


def test_an_empty_option_is_a_mistake_and_not_the_default(te, papers, published, tmp_path):
    assert "no corpus name" in refused(te("fit", papers, "--corpus", "", "--embedder", "lsa"))
    assert "no topic ''" in refused(te("export", "--corpus", "tiny", "--topic", ""))
    for command in (("fit", papers, "--corpus", "c"), ("list",), ("verify",)):
        result = te(*command, "--store", "")
        assert result.exit_code == 2
        assert "--store" in result.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["papers.csv", "store"]


def test_the_tilde_in_a_store_is_the_home_folder(te, monkeypatch, tmp_path, published):
    monkeypatch.setenv("HOME", str(tmp_path))
    assert "tiny" in te("list", "--store", "~/store").stdout
    monkeypatch.setenv("TOPIC_EXPLORER_STORE", "~/store")
    assert "tiny" in te("list").stdout


# --- the store -------------------------------------------------------------------------


def test_a_store_that_is_no_folder_is_not_an_empty_store(te, tmp_path):
    (tmp_path / "file").write_text("x")
    for command in (("list",), ("verify",), ("prune",), ("rollback", "--corpus", "c"), ("export", "--corpus", "c")):
        assert "file" in refused(te(*command, "--store", tmp_path / "file"))


def test_a_store_that_cannot_be_written_is_refused_before_the_papers_are_read(te, papers, tmp_path, monkeypatch):
    monkeypatch.setattr("pipeline.run.take_in", None)  # would be an unexpected error
    (tmp_path / "file").write_text("x")
    sentence = refused(te("fit", papers, "--corpus", "c", "--store", tmp_path / "file" / "store"))
    assert sentence.startswith(f"Error: {tmp_path / 'file'}: ")
    assert "--store" in sentence


def test_whoever_may_open_a_snapshots_folder_may_read_its_files(te, papers, tmp_path):
    te("fit", papers, "--corpus", "c", "--embedder", "lsa")  # BERTopic's files are written for their maker alone
    (folder,) = (tmp_path / "store" / "c" / "snapshots").iterdir()
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert any(path.suffix == ".safetensors" for path in files)
    assert {path.stat().st_mode & 0o777 for path in files} == {folder.stat().st_mode & 0o444}


def test_nothing_verified_is_not_success(te, tmp_path):
    assert "no such store" in refused(te("verify", "--store", tmp_path / "mistyped"))


@pytest.mark.parametrize("command", ["list", "verify", "prune", "serve"])
def test_a_corpus_that_is_not_there_is_named_with_those_that_are(te, published, command):
    sentence = refused(te(command, "--corpus", "nothing", *(["--no-open"] if command == "serve" else [])))
    assert "'nothing'" in sentence
    assert "tiny" in sentence


def test_export_says_when_the_latest_snapshot_could_not_be_taken(te, published):
    (damaged,) = (published / "tiny" / "snapshots").iterdir()
    latest = publish_tiny(published, n_papers=15, n_topics=2)
    (latest / "papers.parquet").unlink()
    result = te("export", "--corpus", "tiny")
    assert result.exit_code == 0
    assert "papers.parquet is missing" in result.stderr
    assert damaged.name in result.stderr


def test_a_snapshot_from_the_end_of_time_is_named(tmp_path, published):
    (published / "tiny" / "snapshots" / "99991231T235959Z-abcdef").mkdir()
    with pytest.raises(SnapshotError, match="99991231T235959Z-abcdef"):
        publish_tiny(published, n_papers=12, n_topics=2)


def test_the_store_in_the_last_line_of_a_fit_can_be_pasted(te, papers, tmp_path):
    store = tmp_path / "a [red]store"
    result = te("fit", papers, "--corpus", "c", "--embedder", "lsa", "--store", store)
    assert result.exit_code == 0, result.output
    assert f"--store '{store}'" in result.stdout


# --- files written ---------------------------------------------------------------------


@pytest.mark.parametrize("command", [("export", "--corpus", "tiny"), ("sample", "--papers", "5")])
@pytest.mark.parametrize("file", ["missing/out.csv", ".", "", "x" * 300])
def test_output_that_cannot_be_written_is_named_as_it_was_typed(te, tmp_path, published, command, file):
    before = sorted(tmp_path.rglob("*"))
    assert f"Error: {file or '.'}: " in refused(te(*command, "--output", file))
    assert sorted(tmp_path.rglob("*")) == before


def test_a_failure_halfway_leaves_the_old_file_and_no_other(tmp_path):
    file = tmp_path / "out.csv"
    file.write_bytes(b"old")

    def write_on_a_full_disk() -> None:
        with whole_file(file) as stream:
            stream.write(b"new")
            raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(WriteError, match=r"out\.csv.*No space left"):
        write_on_a_full_disk()
    assert [path.name for path in tmp_path.iterdir()] == ["out.csv"]
    assert file.read_bytes() == b"old"


def test_a_link_is_followed_and_a_pipe_is_written_to_not_replaced(tmp_path):
    (tmp_path / "link").symlink_to(tmp_path / "target")
    with whole_file(tmp_path / "link") as stream:
        stream.write(b"through")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "target").read_bytes() == b"through"

    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    with whole_file(pipe) as stream:
        stream.write(b"piped")
    assert os.read(reader, 100) == b"piped"
    os.close(reader)
    assert pipe.is_fifo()


# --- the process -----------------------------------------------------------------------


def test_a_sentence_stays_one_line_on_a_narrow_screen(te, monkeypatch):
    monkeypatch.setenv("COLUMNS", "30")
    assert "there is no such file; check the name and the folder." in refused(te("inspect", "a/long/way/to/papers.csv"))


def test_ctrl_c_that_a_callback_swallowed_stops_the_next_stage():
    def two_stages() -> None:
        with interruption.remembered(), TerminalProgress(SafeConsole()) as progress:
            # Compiled code loses what its callbacks raise.
            with progress.stage("first"), suppress(KeyboardInterrupt):
                signal.raise_signal(signal.SIGINT)
            with progress.stage("second"):
                pytest.fail("the second stage began")

    with pytest.raises(KeyboardInterrupt):
        two_stages()
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    interruption.stop_if_asked()  # forgotten again


def command_line(tmp_path: Path, script: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        ["bash", "-c", script.replace("TE", f"{sys.executable} -m pipeline.cli")],
        env={**os.environ, "PYTHONPATH": str(ROOT), "TOPIC_EXPLORER_STORE": str(tmp_path / "store"), **environment},
        cwd=tmp_path,
        capture_output=True,
        check=False,
    )


def test_a_closed_stream_or_a_foreign_encoding_is_no_crash(tmp_path, published, papers):
    papers.write_text("title,abstract\n学習,短い\n", encoding="utf-8")
    closed = command_line(tmp_path, "TE list >&- && TE list | true && TE export -c tiny | head -c 3")
    foreign = command_line(tmp_path, "TE inspect papers.csv && TE inspect papers.csv --json", PYTHONIOENCODING="ascii")
    for done in (closed, foreign):
        assert b"Traceback" not in done.stderr
        assert b"Exception ignored" not in done.stderr
        assert b"unexpected" not in done.stderr
    assert closed.stdout == "\ufeff".encode()
    assert foreign.returncode == 0
    assert "学習" in foreign.stdout.decode("utf-8")  # JSON is UTF-8 whatever the locale
    full = command_line(tmp_path, "TE export -c tiny >/dev/full") if Path("/dev/full").exists() else None
    assert full is None or (full.returncode, full.stderr.count(b"No space left")) == (1, 1)
    device = command_line(tmp_path, "TE export -c tiny -o /dev/stdout | head -c 3")
    assert device.stdout == "\ufeff".encode()


def test_embeddings_with_a_row_too_few_name_both_numbers(te, papers, tmp_path):
    np.save(tmp_path / "two.npy", np.eye(2, dtype=np.float32))
    sentence = refused(te("fit", papers, "--corpus", "c", "--embedder", "precomputed:two.npy"))
    assert "2 rows" in sentence
    assert "3 records" in sentence
