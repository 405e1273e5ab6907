"""The comparison with stock BERTopic: what runs is stock, what is reckoned is said, the page has room for it."""

import json
import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from benchmarks.against_stock import OURS, size_table
from benchmarks.bars import Bar, duration, grouped, stacked_bars
from benchmarks.corpora import in_another_order, part_of, planted
from benchmarks.processes import ROOT, BenchmarkError, Run
from benchmarks.stock_side import DEFAULTS, StockFit, stock_fit

STOCK = ROOT / "benchmarks" / "stock"
SVG = "{http://www.w3.org/2000/svg}"


def side(seconds=100.0, peak_mb=1000.0, **more):
    quality = {"npmi": 0.2, "diversity": 0.7, "npmi_words": None, "diversity_words": 0.6}
    known = {"seconds": seconds, "stages": {"read": seconds}, "peak_mb": peak_mb, "n_papers": 200, "n_topics": 7}
    return {**known, "n_outliers": 50, "quality": quality, **more}


def cells(lines):
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("|")]
    return {row[0]: row[1:] for row in rows}


# --- the table and the picture --------------------------------------------------------


def test_the_table_says_how_much_faster_and_smaller():
    rows = cells(size_table({OURS: side(10.0, 500.0), "stock": side(130.0, 2000.0)}))
    assert next(row for name, row in rows.items() if "is faster by" in name) == ["", "13.0 times"]
    assert next(row for name, row in rows.items() if "share of that memory" in name) == ["", "0.25"]
    assert rows["outliers"] == ["25.0%", "25.0%"]
    assert rows["NPMI of ten single words"] == ["not measured", "not measured"]


def test_the_table_says_what_was_reckoned_and_what_was_stopped():
    embedding = {"documents_per_second": 26.04, "n_measured": 2000, "extrapolated": True}
    slow = side(embedding=embedding, over_time_stopped_after=1800)
    rows = cells(size_table({OURS: side(), "stock": slow}))
    assert rows["embedding"][1] == "26.0 documents/s, measured on 2,000, time of all reckoned from it"
    assert "topics_over_time had not ended after 30.0 min and was stopped" in rows["stages"][1]


def test_no_second_is_lost_between_stages_and_groups():
    stages = {"read and clean": 1.0, "embed": 2.0, "a stage of tomorrow": 4.0, "topics_over_time": 8.0}
    assert sum(grouped(stages).values()) == 15
    assert grouped(stages)["the rest"] == 4


def test_bars_are_as_long_as_they_took_and_names_are_only_text():
    picture = stacked_bars(
        "Time <b>", [("10 & 20 papers", [Bar("<script>", {"embed": 30.0}), Bar("b", {"embed": 60})])]
    )
    drawing = ElementTree.fromstring(picture)
    boxes = [box for box in drawing.iter(f"{SVG}rect") if ":" in (box.findtext(f"{SVG}title") or "")]
    short, long = (float(box.get("width")) for box in boxes)
    assert long == pytest.approx(2 * short, abs=0.2)
    assert {"Time <b>", "10 & 20 papers", "<script>"} <= {text.text for text in drawing.iter(f"{SVG}text")}


@pytest.mark.parametrize(("seconds", "said"), [(4.21, "4.2 s"), (85.4, "85 s"), (744, "12.4 min")])
def test_durations(seconds, said):
    assert duration(seconds) == said


# --- the stock side ----------------------------------------------------------------------


def test_the_time_of_all_documents_takes_the_place_of_the_samples():
    facts = {"seconds": {"imports": 5.0, "embedding": 100.0, "UMAP": 20.0}, "embedding": {"seconds_measured": 10.0}}
    fit = StockFit(Run(seconds=40.0, peak_mb=1.0, output=""), facts)
    assert fit.seconds == 130
    assert fit.stages == {"imports": 5, "embedding": 100, "UMAP": 20, "other": 5}
    assert sum(fit.stages.values()) == fit.seconds


def test_without_the_environment_one_sentence_says_how_to_make_it(tmp_path, monkeypatch):
    monkeypatch.setattr("benchmarks.stock_side.PYTHON", tmp_path / "no" / "python")
    with pytest.raises(BenchmarkError, match=r"run make \.venv-stock/installed first"):
        stock_fit(tmp_path / "documents.parquet", None, tmp_path / "result.json")


def test_both_sides_use_the_same_versions_of_what_they_share():
    def versions(file):
        return dict(re.findall(r"^([a-z0-9-]+)==([^ +\n\\;]+)", file.read_text(encoding="utf-8").lower(), re.MULTILINE))

    stock, ours = versions(STOCK / "requirements.txt"), versions(ROOT / "requirements.lock")
    for name in ("bertopic", "umap-learn", "hdbscan", "scikit-learn", "numba", "tokenizers", "plotly"):
        assert stock[name] == ours[name]
    assert {"torch", "sentence-transformers"} <= set(stock)


def test_stock_is_stock(monkeypatch):
    for variable in ("HF_HUB_OFFLINE", "CUDA_VISIBLE_DEVICES"):
        monkeypatch.setenv(variable, "")  # put back afterwards, as the script sets them
    script = import_module("benchmarks.stock.run_stock")
    asked = SimpleNamespace(seed=None, min_topic_size=10, stop_words=False)
    built, default = script._model(asked, None, script.Stopwatch()), script.BERTopic()
    for part in ("umap_model", "vectorizer_model"):
        assert getattr(built, part).get_params() == getattr(default, part).get_params()
    built_clusters, default_clusters = (model.hdbscan_model.get_params() for model in (built, default))
    assert built_clusters == default_clusters
    assert built.min_topic_size == default.min_topic_size


def test_the_stock_script_fits_given_vectors_and_writes_what_it_found(tmp_path):
    random = np.random.default_rng(0)
    group = np.repeat([0, 1, 2], 60)
    words = [["walking", "robots", "gait"], ["protein", "folding", "structure"], ["citation", "journals", "peer"]]
    texts = [f"A study of {' and '.join(random.permutation(words[g]))} no. {n}" for n, g in enumerate(group)]
    years = [None, *(2000 + n % 4 for n in range(1, len(texts)))]
    pd.DataFrame({"paper_id": [f"p{n}" for n in range(len(texts))], "text": texts, "year": years}).to_parquet(
        tmp_path / "documents.parquet"
    )
    np.save(tmp_path / "vectors.npy", (np.eye(3, 16)[group] + 0.05 * random.normal(size=(180, 16))).astype("float32"))
    files = [str(tmp_path / name) for name in ("documents.parquet", "result.json")]
    options = ["--embeddings", str(tmp_path / "vectors.npy"), "--embed-sample", "0", "--stop-words", "--seed", "1"]
    ended = subprocess.run(
        [sys.executable, str(STOCK / "run_stock.py"), *files, *options], capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stderr
    found = json.loads((tmp_path / "result.json").read_text(encoding="utf-8"))
    assert len(found["labels"]) == 180
    assert found["n_topics"] == len(found["keywords"]) == 3
    assert {frozenset(words) & {"gait", "protein", "peer"} for words in found["keywords"]} == {
        frozenset({"gait"}),
        frozenset({"protein"}),
        frozenset({"peer"}),
    }
    assert {"read", "UMAP", "HDBSCAN", "c-TF-IDF", "topics_over_time", "2-D map"} <= set(found["seconds"])
    assert found["over_time_stopped_after"] is None


# --- corpora -------------------------------------------------------------------------------


def test_a_part_is_the_same_rows_each_time_and_no_more_than_there_are(tmp_path):
    file = tmp_path / "all.parquet"
    pd.DataFrame({"id": range(100)}).to_parquet(file)
    assert part_of(file, 10, tmp_path / "one.parquet") == part_of(file, 10, tmp_path / "two.parquet") == 10
    one, two = (pq.read_table(tmp_path / name).column("id").to_pylist() for name in ("one.parquet", "two.parquet"))
    assert one == two == sorted(set(one))
    assert part_of(file, 1000, tmp_path / "three.parquet") == 100


def test_another_order_has_the_same_rows_and_the_same_date(tmp_path):
    lines, rows = tmp_path / "papers.jsonl", tmp_path / "papers.parquet"
    planted(40, lines)
    pd.DataFrame({"id": range(40)}).to_parquet(rows)
    in_another_order(lines, 1, tmp_path / "lines.jsonl")
    in_another_order(rows, 1, tmp_path / "rows.parquet")
    before, after = lines.read_bytes().splitlines(), (tmp_path / "lines.jsonl").read_bytes().splitlines()
    assert before != after
    assert sorted(before) == sorted(after)
    ids = pq.read_table(tmp_path / "rows.parquet").column("id").to_pylist()
    assert ids != sorted(ids) == list(range(40))
    assert (tmp_path / "lines.jsonl").stat().st_mtime_ns == lines.stat().st_mtime_ns


# --- the page ------------------------------------------------------------------------------


def test_every_benchmark_has_its_place_in_the_page_and_a_target():
    page = (ROOT / "docs" / "benchmarks.md").read_text(encoding="utf-8")
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for module in ("against_stock", "stability", "planted_sizes", "shuffled", "refits", "million"):
        title = import_module(f"benchmarks.{module}").TITLE
        assert page.count(f"<!-- measured: {title} -->") == page.count(f"<!-- end: {title} -->") == 1
        assert f"benchmarks.{module}" in makefile
    assert DEFAULTS.options == ()
    assert Path(STOCK / "requirements.txt").is_file()
