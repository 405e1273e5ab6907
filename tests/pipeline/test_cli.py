"""The commands as a person types them: real processes, real files, exit statuses and sentences."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
READING_LIST = ROOT / "samples" / "reading_list.jsonl"


def command(*arguments: str | Path) -> list[str]:
    return [sys.executable, "-m", "pipeline.cli", *map(str, arguments)]


def run(*arguments: str | Path, store: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run ``topic-explorer ARGUMENTS`` over ``store`` with a cache beside it."""
    return subprocess.run(
        command(*arguments),
        env={
            **os.environ,
            "TOPIC_EXPLORER_STORE": str(store),
            "TOPIC_EXPLORER_CACHE": str(store.parent / "cache"),
            "PYTHONPATH": str(ROOT),
            "COLUMNS": "200",
            **environment,
        },
        cwd=store.parent,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return tmp_path_factory.mktemp("cli") / "store"


@pytest.fixture(scope="module")
def fitted(store):
    """The bundled reading list, fitted; the JSON the command printed."""
    done = run("fit", READING_LIST, "--corpus", "reading-list", "--json", store=store)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_fit_prints_one_json_object_for_programs(fitted, store):
    assert {
        "corpus",
        "snapshot_id",
        "snapshot_path",
        "papers_read",
        "papers_kept",
        "dropped",
        "n_topics",
        "n_outliers",
        "seconds",
        "peak_memory_mb",
    } <= set(fitted)
    assert (fitted["corpus"], fitted["papers_read"], fitted["papers_kept"]) == ("reading-list", 71, 71)
    assert 4 <= fitted["n_topics"] <= 12
    assert fitted["n_outliers"] <= 10
    assert Path(fitted["snapshot_path"]) == store / "reading-list" / "snapshots" / fitted["snapshot_id"]


def test_a_fit_of_what_was_fitted_already_says_so(store, fitted):
    done = run("fit", READING_LIST, "--corpus", "reading-list", store=store)
    assert done.returncode == 0, done.stderr
    assert "Nothing has changed since this snapshot was made" in done.stdout
    assert fitted["snapshot_id"] in done.stdout
    again = json.loads(run("fit", READING_LIST, "--corpus", "reading-list", "--json", store=store).stdout)
    assert again == {**fitted, "unchanged": True}


def test_fit_ends_by_telling_a_person_everything(store, fitted, tmp_path):
    done = run("fit", READING_LIST, "--corpus", "reading-list", "--seed", "7", "--cache", tmp_path, store=store)
    assert done.returncode == 0, done.stderr
    for said in ("71 read, 71 kept", "outliers", "embed", "peak memory", "topic-explorer serve --corpus reading-list"):
        assert said in done.stdout
    assert "note         9 of 71 papers" in done.stdout
    for stage in ("embedding", "publishing"):
        assert stage in done.stderr


def test_list_shows_snapshots_and_disk_use(store, fitted):
    done = run("list", store=store)
    assert done.returncode == 0
    assert fitted["snapshot_id"] in done.stdout
    assert "latest" in done.stdout
    assert "MB" in done.stdout or "kB" in done.stdout


def test_list_of_an_empty_store_says_how_to_begin(tmp_path):
    done = run("list", store=tmp_path / "store")
    assert done.returncode == 0
    assert "topic-explorer fit" in done.stdout


def test_verify_finds_one_flipped_byte(store, fitted, tmp_path):
    copy = tmp_path / "store"
    shutil.copytree(store, copy)
    assert run("verify", store=copy).returncode == 0
    victim = copy / "reading-list" / "snapshots" / fitted["snapshot_id"] / "papers.parquet"
    content = bytearray(victim.read_bytes())
    content[len(content) // 2] ^= 1
    victim.chmod(0o644)
    victim.write_bytes(content)
    done = run("verify", "--corpus", "reading-list", store=copy)
    assert done.returncode == 1
    assert "papers.parquet" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr


def test_export_holds_every_paper_with_its_provenance(store, fitted, tmp_path):
    file = tmp_path / "all.csv"
    done = run("export", "--corpus", "reading-list", "--output", file, store=store)
    assert done.returncode == 0, done.stderr
    rows = list(csv.DictReader(io.StringIO(file.read_text(encoding="utf-8-sig"))))
    titles = {json.loads(line)["title"] for line in READING_LIST.read_text(encoding="utf-8").splitlines()}
    assert {row["title"] for row in rows} == titles
    assert list(rows[0])[-3:] == ["corpus", "snapshot_id", "view"]
    assert {row["corpus"] for row in rows} == {"reading-list"}


def test_export_of_a_topic_and_of_its_view_are_the_same_bytes(store, fitted, tmp_path):
    assert (
        run("export", "--corpus", "reading-list", "--topic", "1", "-o", tmp_path / "a.csv", store=store).returncode == 0
    )
    first = (tmp_path / "a.csv").read_bytes()
    view = next(csv.DictReader(io.StringIO(first.decode("utf-8-sig"))))["view"]
    done = run("export", "--view", view, "-o", tmp_path / "b.csv", store=store)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "b.csv").read_bytes() == first


def test_rollback_serves_the_one_before_and_prune_keeps_what_is_served(store, fitted, tmp_path):
    copy = tmp_path / "store"
    shutil.copytree(store, copy)
    again = run("fit", READING_LIST, "--corpus", "reading-list", "--embedder", "lsa", "--json", store=copy)
    newest = json.loads(again.stdout)["snapshot_id"]
    rolled = run("rollback", "--corpus", "reading-list", store=copy)
    assert rolled.returncode == 0, rolled.stderr
    served = (copy / "reading-list" / "latest").read_text().strip()
    assert served != newest
    assert run("prune", "--keep", "1", store=copy).returncode == 0
    left = {path.name for path in (copy / "reading-list" / "snapshots").iterdir()}
    assert served in left


def test_inspect_reports_what_is_wrong_without_fitting(tmp_path):
    file = tmp_path / "papers.csv"
    good = "A sentence about robots that walk over rough ground and learn from their falls, again and again."
    file.write_text(
        f"Title;Abstract;Year\nOne;{good};2020\nTwo;;2021\nThree;too short;2022\nOne;{good};2020\n", encoding="utf-8"
    )
    done = run("inspect", file, store=tmp_path / "store")
    assert done.returncode == 0, done.stderr
    assert "4 papers read, 1 would be kept" in done.stdout
    assert "no abstract" in done.stdout
    assert "too short" in done.stdout
    assert not (tmp_path / "store").exists()
    report = json.loads(run("inspect", file, "--json", store=tmp_path / "store").stdout)
    assert report["read"] == report["kept"] + sum(report["dropped"].values()) == 4


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["fit", "missing.csv", "--corpus", "c"], "missing.csv"),
        (["fit", READING_LIST, "--corpus", "Not A Name"], "no corpus name"),
        (["fit", READING_LIST, "--corpus", "c", "--embedder", "word2vec"], "no embedder"),
        (["fit", READING_LIST, "--corpus", "c", "--embedder", "precomputed:none.npy"], "none.npy"),
        (["fit", READING_LIST, "--corpus", "c", "--column", "abstract"], "OURS=THEIRS"),
        (["fit", READING_LIST, "--corpus", "c", "--column", "abstract=resume"], "resume"),
        (["fit", READING_LIST, "--corpus", "c", "--facet", "colour"], "colour"),
        (["export"], "--corpus"),
        (["export", "--corpus", "nothing"], "nothing"),
        (["rollback", "--corpus", "nothing"], "nothing"),
        (["verify", "--snapshot", "20260101T000000Z-abcdef"], "--corpus"),
        (["serve", "--port", "1", "--no-open"], "Cannot listen on"),
    ],
)
def test_mistakes_get_one_sentence_and_a_status(tmp_path, arguments, said):
    if arguments[0] == "serve" and os.geteuid() == 0:
        arguments = ["serve", "--address", "203.0.113.1", "--port", "8600", "--no-open"]  # not this machine's
    done = run(*arguments, store=tmp_path / "store")
    assert done.returncode != 0
    assert said in " ".join(done.stderr.split())
    assert "Traceback" not in done.stdout + done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGKILL], ids=["ctrl-c", "kill -9"])
def test_a_stopped_fit_leaves_the_store_as_it_was(tmp_path, stop, store, fitted):
    copy = tmp_path / "store"
    shutil.copytree(store, copy)
    before = sorted(path.relative_to(copy) for path in copy.rglob("*") if path.is_file() and path.suffix != ".lock")
    papers = tmp_path / "planted.jsonl"
    assert run("sample", "--papers", "400", "--output", papers, store=copy).returncode == 0
    process = subprocess.Popen(
        command("fit", papers, "--corpus", "reading-list"),
        env={
            **os.environ,
            "TOPIC_EXPLORER_STORE": str(copy),
            "TOPIC_EXPLORER_CACHE": str(tmp_path / "cold"),
            "PYTHONPATH": str(ROOT),
        },
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    for line in process.stderr:  # the sentence printed before embedding begins
        if "MiniLM" in line:
            break
    process.send_signal(stop)
    process.communicate()
    assert process.returncode == (130 if stop is signal.SIGINT else -signal.SIGKILL)
    after = sorted(path.relative_to(copy) for path in copy.rglob("*") if path.is_file() and path.suffix != ".lock")
    assert after == before
    assert run("verify", store=copy).returncode == 0


def test_sample_is_what_was_asked_for(tmp_path):
    file = tmp_path / "p.jsonl"
    done = run("sample", "--papers", "30", "--topics", "3", "--seed", "7", "--output", file, store=tmp_path / "store")
    assert done.returncode == 0
    records = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    assert len(records) == 30
    assert len({record["planted_topic"] for record in records}) <= 3


def test_a_guided_fit_names_topics_and_says_in_the_manifest_what_came_of_them(store, tmp_path):
    guide = tmp_path / "guide.toml"
    guide.write_text(
        'apart = [["Agents", "Active learning"]]\n'
        '[[topic]]\nname = "Agents"\nwords = ["agent", "embodied"]\n'
        '[[topic]]\nname = "Active learning"\nwords = ["active learning"]\nmust_exist = true\n'
        '[[topic]]\nname = "Quantum gravity"\n',
        encoding="utf-8",
    )
    done = run("fit", READING_LIST, "--corpus", "guided", "--embedder", "lsa", "--guide", guide, "--json", store=store)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert any("'Quantum gravity': no papers, or too few" in warning for warning in told["warnings"])
    manifest = json.loads((Path(told["snapshot_path"]) / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["settings"]["guide"]["topic"][1]["name"] == "Active learning"
    assert manifest["guidance"]["sha256"] == hashlib.sha256(guide.read_bytes()).hexdigest()
    outcome = {topic["name"]: topic for topic in manifest["guidance"]["topics"]}
    assert outcome["Active learning"]["label"] == "given"
    assert outcome["Active learning"]["topic_id"] != outcome["Agents"]["topic_id"]
    guide.write_text(guide.read_text(encoding="utf-8") + "# one more line\n", encoding="utf-8")
    again = run("fit", READING_LIST, "--corpus", "guided", "--embedder", "lsa", "--guide", guide, "--json", store=store)
    assert json.loads(again.stdout)["unchanged"] is False


def test_a_guide_that_is_none_is_refused_in_one_sentence(store, tmp_path):
    guide = tmp_path / "guide.toml"
    guide.write_text("[[topic]]\nwords = ['soil']\n", encoding="utf-8")
    done = run("fit", READING_LIST, "--guide", guide, store=store)
    assert done.returncode == 1
    assert "guide.toml: topic 1, 'name': it is missing; every topic needs a name." in done.stderr
    assert "Traceback" not in done.stderr
    done = run("fit", READING_LIST, "--known-labels", "nowhere", store=store)
    assert done.returncode == 1
    assert "nowhere: reading_list.jsonl has no such column" in done.stderr
