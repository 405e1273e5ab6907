"""Stock BERTopic, as processes in an environment of its own (``make .venv-stock/installed``)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from benchmarks.processes import ROOT, BenchmarkError, Run, run_process
from pipeline.embedding.weights import find_minilm

PYTHON = ROOT / ".venv-stock" / "bin" / "python"
SCRIPT = ROOT / "benchmarks" / "stock" / "run_stock.py"
CLOSE_ENOUGH = 1e-4
"""Vectors that differ more from those of sentence-transformers were not made by the same model."""


@dataclass(frozen=True)
class Configuration:
    """What is changed of stock's defaults. ``least_papers``: smaller corpora are not fitted with it."""

    name: str
    options: tuple[str, ...] = ()
    least_papers: int = 0


DEFAULTS = Configuration("stock BERTopic")
COMPARABLE = Configuration(
    "stock, min_topic_size=50, English stop words", ("--min-topic-size", "50", "--stop-words"), 20_000
)


@dataclass(frozen=True)
class StockFit:
    """A stock fit that ended: the process and what it wrote."""

    run: Run
    facts: Mapping[str, Any]

    @property
    def stages(self) -> dict[str, float]:
        """Seconds by stage, embedding of all documents; ``other`` is what no stage holds."""
        timed = dict(self.facts["seconds"])
        spent = sum(timed.values()) - self._extrapolated
        return {**timed, "other": max(self.run.seconds - spent, 0.0)}

    @property
    def seconds(self) -> float:
        """End to end: the process, with the embedding of all documents in place of that of the sample."""
        return self.run.seconds + self._extrapolated

    @property
    def _extrapolated(self) -> float:
        embedding = self.facts["embedding"]
        return 0.0 if embedding is None else self.facts["seconds"]["embedding"] - embedding["seconds_measured"]


def stock_fit(documents: Path, vectors: Path | None, result: Path, *options: str) -> StockFit:
    """Fit ``documents`` (`benchmarks.corpora.write_documents`) with stock BERTopic.

    Raises
    ------
    BenchmarkError
        The environment is missing, the fit failed, or ``vectors`` are not those of the model.
    """
    if not PYTHON.exists():
        raise BenchmarkError("The environment of stock BERTopic is missing: run make .venv-stock/installed first.")
    command = [str(PYTHON), str(SCRIPT), str(documents), str(result), "--model", str(find_minilm().weights.parent)]
    if vectors is not None:
        command += ["--embeddings", str(vectors)]
    run = run_process([*command, *options], "stock BERTopic")
    fit = StockFit(run, json.loads(result.read_text(encoding="utf-8")))
    embedding = fit.facts["embedding"]
    if embedding is not None and embedding["largest_difference_to_given"] > CLOSE_ENOUGH:
        raise BenchmarkError(
            f"The vectors differ by up to {embedding['largest_difference_to_given']:.2g} from those that "
            "sentence-transformers makes of the same texts: they are of another model or other texts."
        )
    return fit


def topics_by_paper(documents: Path, fit: StockFit) -> pd.Series:
    """The topic of each paper, null for outliers, by paper id."""
    paper_ids = pd.read_parquet(documents, columns=["paper_id"])["paper_id"].to_numpy()
    labels = pd.Series(fit.facts["labels"], index=paper_ids, dtype="float64")
    return labels.where(labels >= 0)
