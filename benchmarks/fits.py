"""What a fit takes and what it finds."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.cluster import KMeans
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics import adjusted_rand_score

from benchmarks.processes import topic_explorer
from dashboard.queries import index_snapshot, search_words
from pipeline.snapshot import Snapshot, open_snapshot

Figures = list[tuple[str, str]]
"""What was measured and how much it was."""

N_PLANTED, N_AREAS = 3_000, 24


def reading_page(page: Path, folder: Path) -> Figures:
    """Fit the text of a papers page with an empty cache and look for every paper in every place."""
    fitted, facts = _fit(page, "hf", folder)
    snapshot = open_snapshot(folder / "store", "hf")
    found = findable(snapshot, folder / "store")
    n_papers = facts["papers_kept"]
    return [
        *_cost(fitted, facts),
        *((f"findable {where}", f"{n} of {n_papers}") for where, n in found.items()),
        ("outliers", _outliers(facts)),
        ("topics", f"{facts['n_topics']}: {', '.join(snapshot.topics['label'])}"),
    ]


def findable(snapshot: Snapshot, store: Path) -> dict[str, int]:
    """How many papers of ``snapshot`` are found in each place a reader may look.

    In the table of papers; in the CSV that ``export`` writes; by typing the
    title into the search; on the map, at a finite place.
    """
    index = index_snapshot(snapshot)
    titles = list(index.papers["title"])
    exported = topic_explorer("export", "--corpus", index.corpus, "--store", str(store)).output
    in_csv = {row["paper_id"] for row in csv.DictReader(io.StringIO(exported.removeprefix("\ufeff"), newline=""))}
    everything = np.ones(index.n_papers, dtype=bool)
    hits = [search_words(index, title, everything).rows.tolist() for title in titles]
    places = index.papers[["x", "y"]].to_numpy(dtype=np.float64)
    return {
        "in the table of papers": len(titles),
        "in the exported CSV": len(in_csv & set(index.papers["paper_id"])),
        "by searching for the title": sum(row in found for row, found in enumerate(hits)),
        "as the first hit for the title": sum(found[:1] == [row] for row, found in enumerate(hits)),
        "on the map": int(np.isfinite(places).all(axis=1).sum()),
    }


def conferences(file: Path, folder: Path) -> Figures:
    """Fit the conference papers with ``lsa`` and their countries as a facet, with an empty cache."""
    fitted, facts = _fit(file, "ai", folder, "--facet", "countries", "--embedder", "lsa")
    quality = open_snapshot(folder / "store", "ai", verify=False).manifest.quality
    dropped = ", ".join(f"{n:,} {reason}" for reason, n in facts["dropped"].items()) or "none"
    return [
        *_cost(fitted, facts),
        ("stages", ", ".join(f"{stage['name']} {stage['seconds']:.1f} s" for stage in facts["stages"])),
        ("dropped", dropped),
        *((f"note {n}", note) for n, note in enumerate(facts["warnings"], start=1)),
        ("topics", f"{facts['n_topics']}"),
        ("outliers", _outliers(facts)),
        ("mean coherence (NPMI of ten keywords)", _or_none(quality.get("coherence"))),
        ("diversity of ten keywords", _or_none(quality.get("diversity"))),
    ]


def inspection(file: Path) -> Figures:
    """Read, clean and de-duplicate a file without fitting it."""
    inspected = topic_explorer("inspect", str(file), "--json")
    quality = json.loads(inspected.output)
    return [
        ("wall time", f"{inspected.seconds:.1f} s"),
        ("peak memory", f"{inspected.peak_mb:,.0f} MB"),
        ("records", f"{quality['read']:,} read, {quality['kept']:,} would be kept"),
    ]


def planted(folder: Path) -> Figures:
    """Fit the planted corpus and compare its topics, and k-means', with the areas it was drawn from."""
    file = folder / "planted.jsonl"
    drawn = ("--papers", str(N_PLANTED), "--topics", str(N_AREAS), "--seed", "1")
    topic_explorer("sample", *drawn, "--output", str(file))
    fitted, facts = _fit(file, "planted", folder, "--facet", "planted_topic")
    papers = open_snapshot(folder / "store", "planted").papers
    truth = [values[0] for values in papers["facet_planted_topic"]]
    inside = (papers["topic_id"] != "outlier").to_numpy()
    agreement = adjusted_rand_score(truth, papers["topic_id"])
    within = adjusted_rand_score(np.array(truth)[inside], papers["topic_id"][inside])
    return [
        *_cost(fitted, facts),
        ("topics", f"{facts['n_topics']} of {N_AREAS} areas"),
        ("outliers", _outliers(facts)),
        ("adjusted Rand index to the areas, all papers (outliers as one group)", f"{agreement:.3f}"),
        ("the same, papers in a topic only", f"{within:.3f}"),
        (f"the same for k-means on TF-IDF, told that there are {N_AREAS}", f"{_k_means_agreement(file):.3f}"),
    ]


def _k_means_agreement(file: Path) -> float:
    """Adjusted Rand index of k-means (k = the true number, ten starts) on TF-IDF rows of title and abstract."""
    records = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    texts = [f"{record['title']}. {record['abstract']}" for record in records]
    rows = TfidfVectorizer(stop_words="english", min_df=2, sublinear_tf=True).fit_transform(texts)
    found = KMeans(N_AREAS, n_init=10, random_state=0).fit_predict(rows)
    truth = [record["planted_topic"] for record in records]
    return float(adjusted_rand_score(truth, found))


def _fit(file: Path, corpus: str, folder: Path, *options: str) -> tuple[Any, Mapping[str, Any]]:
    """The process and what its JSON says, store and (empty) cache below ``folder``."""
    places = ("--store", str(folder / "store"), "--cache", str(folder / f"cache-{corpus}"))
    fitted = topic_explorer("fit", str(file), "--corpus", corpus, *options, *places, "--json")
    return fitted, json.loads(fitted.output)


def _cost(fitted: Any, facts: Mapping[str, Any]) -> Figures:
    return [
        ("wall time, cold cache", f"{fitted.seconds:.1f} s"),
        ("peak memory", f"{fitted.peak_mb:,.0f} MB"),
        ("papers", f"{facts['papers_read']:,} read, {facts['papers_kept']:,} kept"),
    ]


def _outliers(facts: Mapping[str, Any]) -> str:
    return f"{facts['n_outliers']:,} ({facts['n_outliers'] / max(facts['papers_kept'], 1):.1%})"


def _or_none(value: float | None) -> str:
    return "not measured" if value is None else f"{value:.3f}"
