"""Before a large fit: what it will take, and a warning where memory is short."""

from __future__ import annotations

import pytest

from pipeline import forecast as forecasts
from pipeline.forecast import LARGE, announcements, forecast
from pipeline.free_memory import free_memory_mb
from pipeline.planted import planted_papers
from pipeline.progress import _Silent
from pipeline.run import fit
from pipeline.settings import RunSettings, TopicSettings
from tests.pipeline.test_run import write_jsonl

SETTINGS = TopicSettings()


def test_what_was_measured_is_what_is_expected_of_it():
    measured = forecast(82_544, "lsa", SETTINGS, 2)
    assert measured.seconds == pytest.approx(306.0 - 56.2, rel=0.1)
    assert measured.memory_mb == pytest.approx(2_534, rel=0.1)
    planted = forecast(99_992, "distilled", SETTINGS, 2)
    assert planted.seconds == pytest.approx(5.9 * 60 - 30, rel=0.2)
    assert 2_365 <= planted.memory_mb <= 1.4 * 2_365


def test_one_processor_takes_longer_and_so_do_further_fits_and_slower_embedders():
    usual = forecast(50_000, "lsa", SETTINGS, 2)
    assert forecast(50_000, "lsa", SETTINGS, 1).seconds > 1.5 * usual.seconds
    assert forecast(50_000, "lsa", SETTINGS, 16).seconds == usual.seconds
    assert forecast(50_000, "lsa", TopicSettings(stability_runs=10), 2).seconds > 3 * usual.seconds
    by_speed = ["precomputed:vectors.npy", "lsa", "distilled", "minilm", "minilm:fp32"]
    seconds = [forecast(50_000, name, SETTINGS, 2).seconds for name in by_speed]
    assert seconds == sorted(seconds)
    assert not forecast(50_000, "model2vec:small", SETTINGS, 2).knows_embedding


def test_a_small_fit_is_not_announced():
    assert announcements(LARGE, "minilm", SETTINGS, 2, 10.0, 0) == []


def test_a_large_fit_is_announced_with_what_is_free():
    (said,) = announcements(82_544, "lsa", SETTINGS, 2, 5_100, 600)
    assert said == (
        "Fitting 82,544 papers on 2 processors: about 4 min and 2.8 GB of memory are expected (5.1 GB are free); "
        "less where an earlier fit left results."
    )
    (said,) = announcements(1_000_000, "model2vec:small", SETTINGS, 1, None, 0)
    assert said.startswith("Fitting 1,000,000 papers on 1 processor: about 87 min besides embedding and 21.1 GB ")
    assert "free" not in said
    (said,) = announcements(1_000_000, "minilm", TopicSettings(stability_runs=10), 1, 90_000, 0)
    assert " h " in said


def test_too_little_memory_is_a_warning_and_what_the_process_holds_already_counts():
    _, warning = announcements(82_544, "lsa", SETTINGS, 2, 1_200, 600)
    assert warning.startswith("Warning: the fit is expected to need 2.2 GB more memory, and only 1.2 GB are free")
    assert len(announcements(82_544, "lsa", SETTINGS, 2, 1_200, 2_000)) == 1


def test_free_memory_is_the_machines_or_what_a_container_leaves(tmp_path):
    machine, limit, used = (tmp_path / name for name in ("meminfo", "max", "current"))
    assert free_memory_mb(machine, limit, used) is None
    machine.write_text("MemTotal: 2000000 kB\nMemAvailable:    1000000 kB\n", encoding="ascii")
    assert free_memory_mb(machine, limit, used) == pytest.approx(1_024)
    limit.write_text("max\n", encoding="ascii")
    used.write_text("100000000\n", encoding="ascii")
    assert free_memory_mb(machine, limit, used) == pytest.approx(1_024)
    limit.write_text("600000000\n", encoding="ascii")
    assert free_memory_mb(machine, limit, used) == pytest.approx(500)
    machine.unlink()
    assert free_memory_mb(machine, limit, used) == pytest.approx(500)
    limit.write_text("50000000\n", encoding="ascii")
    assert free_memory_mb(machine, limit, used) == 0


class _Heard(_Silent):
    def __init__(self) -> None:
        self.sentences: list[str] = []

    def say(self, message: str) -> None:
        self.sentences.append(message)


def test_the_fit_says_it_after_reading_and_before_anything_slow(tmp_path, monkeypatch):
    monkeypatch.setattr(forecasts, "LARGE", 30)
    file = write_jsonl(tmp_path / "papers.jsonl", list(planted_papers(40, 3, seed=2)))
    heard = _Heard()
    result = fit([file], "some", tmp_path / "store", tmp_path / "cache", RunSettings(embedder="lsa"), heard)
    assert heard.sentences[0].startswith("Embedder (by name): LSA, 40 texts")
    assert heard.sentences[1].startswith("Fitting 40 papers on ")
    assert result.manifest.seconds > 0
    assert result.manifest.peak_memory_mb > 0
    assert "dial" in {stage.name for stage in result.manifest.stages}
