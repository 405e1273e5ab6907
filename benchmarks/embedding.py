"""Measures the embedders on the same papers and writes the figures into ``docs/benchmarks.md``.

    python -m benchmarks.embedding --corpora DIR [--papers N] [--minilm-vectors FILE.npy] [--output FILE]

Every embedder embeds all papers of ``ai_conferences.parquet``, but MiniLM, which would take twenty minutes: it embeds
a random draw of N papers, unless ``--minilm-vectors`` names the vectors of all papers by ``minilm:fp32``, kept from
an earlier fit. Neighbours are looked for among the papers that all embedders have embedded.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.processes import ROOT, load, machine
from benchmarks.spine import CONFERENCES, write_section
from pipeline.embedding import make_embedder
from pipeline.embedding.embedder import Embedder, Vectors
from pipeline.embedding.minilm import MiniLMEncoder
from pipeline.intake import read_documents
from pipeline.settings import RunSettings

AREAS = {
    "robotics": ("icra", "iros", "rss", "corl"),
    "vision": ("cvpr", "eccv", "wacv", "iccv", "3dv"),
    "language": ("naacl", "coling", "acl", "colm", "emnlp"),
    "learning and theory": ("nips", "aistats", "icml", "iclr", "colt", "uai", "acml", "automl", "alt"),
    "AI in general": ("ijcai", "www", "aaai"),
}
N_NEIGHBOURS = 10
N_TITLES = 1_000
N_LEFT_OUT = 1_000
SEED = 5
_BLOCK = 2_000  # rows of similarities at a time


@dataclass(frozen=True)
class Papers:
    """All papers: texts and titles, and the area of each by its venue."""

    texts: list[str]
    titles: list[str]
    areas: NDArray[np.int64]


@dataclass(frozen=True)
class Timed:
    """Vectors with the seconds they took for so many texts."""

    vectors: Vectors
    seconds: float
    n_texts: int

    @property
    def speed(self) -> str:
        """Texts a second, in words."""
        return f"{self.n_texts / self.seconds:,.0f}"


def main() -> None:
    """Measure and write."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.embedding", description=__doc__.partition("\n")[0])
    parser.add_argument(
        "--corpora", type=Path, default=ROOT.parent / "shared" / "corpora", help=f"The folder of {CONFERENCES}."
    )
    parser.add_argument("--papers", type=int, default=3_000, help="How many papers MiniLM embeds.")
    parser.add_argument("--minilm-vectors", type=Path, help="Vectors of all papers by minilm:fp32.")
    parser.add_argument("--output", type=Path, default=ROOT / "docs" / "benchmarks.md", help="Where the figures go.")
    asked = parser.parse_args()
    started, busy = datetime.now(UTC), load()
    papers = _read(asked.corpora / CONFERENCES)
    reference = None if asked.minilm_vectors is None else np.load(asked.minilm_vectors, allow_pickle=False)
    with tempfile.TemporaryDirectory(prefix="topic-explorer-benchmark-") as folder:
        lines = _measure(papers, min(asked.papers, len(papers.texts)), reference, Path(folder))
    head = [
        f"- date: {started:%Y-%m-%d %H:%M} UTC, Topic Explorer {version('topic-explorer')}",
        f"- machine: {machine()}",
        f"- load at the start: {busy}; at the end: {load()}",
        f"- command: `python -m benchmarks.embedding --papers {asked.papers}"
        + ("" if reference is None else f" --minilm-vectors {asked.minilm_vectors.name}")
        + "`",
        "",
    ]
    print("\n".join(head + lines), file=sys.stderr)
    write_section(asked.output, "embedding", "\n".join(head + lines))


def _read(path: Path) -> Papers:
    documents, _ = read_documents([path], RunSettings())
    groups = {venue: number for number, venues in enumerate(AREAS.values()) for venue in venues}
    areas = documents.papers["venue"].map(groups)
    if areas.isna().any():
        sys.exit(f"Venues without an area: {sorted(documents.papers['venue'][areas.isna()].unique())}")
    return Papers(list(documents.texts), documents.papers["title"].tolist(), areas.to_numpy(dtype=np.int64))


def _measure(papers: Papers, n: int, reference: Vectors | None, cache: Path) -> list[str]:
    """The measured section, line by line."""
    drawn = np.random.default_rng(SEED).permutation(len(papers.texts))
    rows = np.sort(drawn[:n]) if reference is None else np.arange(len(papers.texts))
    some = [papers.texts[row] for row in np.sort(drawn[:n])]
    speeds: dict[str, str] = {}
    vectors: dict[str, Vectors] = {}
    for name in ("minilm:fp32", "minilm"):
        timed = _embed(make_embedder(name, cache / name, n, SEED), some)
        speeds[name] = timed.speed
        if reference is None:
            vectors[name] = timed.vectors
    if reference is not None:
        vectors["minilm:fp32"] = reference
    for name in ("lsa", "distilled"):
        embedder = make_embedder(name, cache / name, len(papers.texts), SEED)
        timed = _embed(embedder, papers.texts)
        speeds[name] = f"{timed.speed} ({timed.seconds:.0f} s for {timed.n_texts:,})"
        vectors[name] = timed.vectors[rows]
    scores = _scores(vectors, papers, rows, cache)
    facts = [
        ("papers among which neighbours and titles are looked for", f"{len(rows):,}"),
        ("distilled: texts embedded by MiniLM", f"{embedder.detail['n_sample']:,}"),
        ("distilled: mean cosine to MiniLM's int8 vectors of texts left out", f"{embedder.detail['held_out_cosine']}"),
        *_refitted(papers, cache / "distilled"),
    ]
    lines = [
        "| embedder | texts a second | area right by ten neighbours | of minilm:fp32's | its ten neighbours shared | "
        "paper found by its title (MRR) |",
        "|---|---|---|---|---|---|",
    ]
    for name, (accuracy, shared, found) in scores.items():
        share = accuracy / scores["minilm:fp32"][0]
        lines.append(f"| {name} | {speeds[name]} | {accuracy:.4f} | {share:.1%} | {shared:.3f} | {found} |")
    if "minilm" not in scores:
        lines.append(f"| minilm | {speeds['minilm']} | | | | |")
    return [*lines, "", "| measured | figure |", "|---|---|", *(f"| {name} | {value} |" for name, value in facts)]


def _embed(embedder: Embedder, texts: Sequence[str]) -> Timed:
    print(f"  {embedder.announcement}", file=sys.stderr, flush=True)
    started = time.perf_counter()
    vectors = embedder.embed(texts)
    return Timed(vectors, time.perf_counter() - started, len(texts))


def _refitted(papers: Papers, cache: Path) -> list[tuple[str, str]]:
    """What ``distilled`` embeds anew when a thousand papers leave the corpus, and how long that takes."""
    left_out = set(np.random.default_rng(SEED).choice(len(papers.texts), N_LEFT_OUT, replace=False).tolist())
    texts = [text for row, text in enumerate(papers.texts) if row not in left_out]
    encoded: list[str] = []
    encode = MiniLMEncoder.encode

    def counted(self: MiniLMEncoder, text: str) -> NDArray[np.float32]:
        encoded.append(text)
        return encode(self, text)

    MiniLMEncoder.encode = counted  # type: ignore[method-assign]
    try:
        timed = _embed(make_embedder("distilled", cache, len(texts), SEED), texts)
    finally:
        MiniLMEncoder.encode = encode  # type: ignore[method-assign]
    n_texts = sum(" " in text for text in encoded)
    return [
        (
            f"distilled with {N_LEFT_OUT:,} papers fewer, from the cache",
            f"{timed.seconds:.0f} s; {n_texts:,} texts and {len(encoded) - n_texts:,} words embedded anew",
        )
    ]


def _scores(
    vectors: dict[str, Vectors], papers: Papers, rows: NDArray[np.int64], cache: Path
) -> dict[str, tuple[float, float, str]]:
    """Accuracy of the area, neighbours shared with MiniLM at fp32, and mean reciprocal rank by title."""
    titles = np.random.default_rng(SEED).choice(len(rows), min(N_TITLES, len(rows)), replace=False)
    encoder = MiniLMEncoder(cache)
    queries = np.stack([encoder.encode(papers.titles[rows[place]]) for place in titles])
    scores = {}
    expected = None
    for name, matrix in vectors.items():
        nearest = _nearest(matrix)
        expected = nearest if expected is None else expected
        shared = np.mean([len(np.intersect1d(*pair)) for pair in zip(nearest, expected, strict=True)]) / N_NEIGHBOURS
        found = f"{_mean_reciprocal_rank(queries, matrix, titles):.3f}" if matrix.shape[1] == queries.shape[1] else ""
        scores[name] = (_accuracy(nearest, papers.areas[rows]), float(shared), found)
    return scores


def _nearest(vectors: Vectors) -> NDArray[np.int64]:
    """The ten nearest others of every row, nearest first."""
    found = []
    for start in range(0, len(vectors), _BLOCK):
        similarity = vectors[start : start + _BLOCK] @ vectors.T
        similarity[np.arange(len(similarity)), start + np.arange(len(similarity))] = -np.inf
        some = np.argpartition(-similarity, N_NEIGHBOURS, axis=1)[:, :N_NEIGHBOURS]
        order = np.argsort(-np.take_along_axis(similarity, some, axis=1), axis=1, kind="stable")
        found.append(np.take_along_axis(some, order, axis=1))
    return np.concatenate(found)


def _accuracy(nearest: NDArray[np.int64], areas: NDArray[np.int64]) -> float:
    """How often most neighbours are of a paper's own area; among areas equally frequent, the nearest neighbour's."""
    votes = areas[nearest][:, :, np.newaxis] == np.arange(len(AREAS))
    nearer = np.linspace(1e-3, 0, N_NEIGHBOURS)[:, np.newaxis]
    return float(((votes * (1 + nearer)).sum(axis=1).argmax(axis=1) == areas).mean())


def _mean_reciprocal_rank(queries: Vectors, vectors: Vectors, places: NDArray[np.int64]) -> float:
    similarity = queries @ vectors.T
    own = similarity[np.arange(len(places)), places]
    return float(np.mean(1 / (similarity >= own[:, np.newaxis]).sum(axis=1)))


if __name__ == "__main__":
    main()
