"""Where new papers lie among those of a corpus, and which of its topics a list of them covers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from dashboard.queries.index import Mask, Rows, SnapshotIndex
from dashboard.queries.topics import topic_sizes
from pipeline.duplicates import normalised

N_NEAREST = 5
"""Nearest papers found for each new one."""

FAR_BELOW = 0.05
"""A paper is outside every topic when this share of the papers in topics, or less, is as far from its own; it is far
from everything when also this share of all papers, or less, is as far from its nearest paper."""
BETWEEN_BELOW = 0.10
"""A paper is between topics when this share of the papers in topics, or less, is as near to a tie."""

_BLOCK = 16_384
_SAMPLE = 2_000  # papers whose own nearest neighbours say how near is near


@dataclass(frozen=True)
class Placement:
    """Where each of n new papers lies.

    Attributes
    ----------
    topic_codes, second_codes : int32 (n,)
        The topics with the nearest and second nearest centroid; −1 where there is none.
    similarities, second_similarities : float32 (n,)
        Cosines to them; NaN where there is none.
    between, outside, far : bool (n,)
        Between two topics; outside every topic; of those outside, the ones far from every paper too (or without a
        place at all).
    known_rows : int64 (n,)
        Row of the same paper in the corpus (same DOI, else same title), −1 where it is not there.
    nearest_rows, nearest_similarities : int64, float32 (n, k)
        The nearest papers that pass the filters, nearest first, with cosines; −1 and NaN past the last.
    """

    topic_codes: NDArray[np.int32]
    similarities: NDArray[np.float32]
    second_codes: NDArray[np.int32]
    second_similarities: NDArray[np.float32]
    between: NDArray[np.bool_]
    outside: NDArray[np.bool_]
    far: NDArray[np.bool_]
    known_rows: Rows
    nearest_rows: NDArray[np.int64]
    nearest_similarities: NDArray[np.float32]

    def __len__(self) -> int:
        """New papers."""
        return len(self.topic_codes)


def place(index: SnapshotIndex, vectors: NDArray[np.float32], known: Rows, mask: Mask) -> Placement:
    """Place new papers by their vectors.

    Parameters
    ----------
    vectors : float32 (n, d)
        From the snapshot's query encoder; zeros for a text of which it knows no word.
    known
        `known_rows` of them: a paper of the corpus is not its own neighbour.
    mask
        The papers that count as neighbours.

    Notes
    -----
    What is near is measured by the corpus itself: `FAR_BELOW` and `BETWEEN_BELOW` are
    quantiles of what its own papers have. A paper of the corpus is measured against
    its topic without itself, so that small topics do not flatter their members. Where
    the corpus was embedded by a map learned from a sample, the bounds are lowered by
    `agreement`: what a new paper's vector has beyond the map's is near to nothing there.
    """
    has_place = np.linalg.norm(vectors, axis=1) > 0
    first, best, second, runner_up = _nearest_topics(vectors, index.topic_centroids)
    allowance = agreement(index)
    topic_bound, tie_bound = (allowance * bound for bound in _topic_bounds(index))
    outside = ~has_place | ~(best >= topic_bound)  # so also without topics, whose cosines are NaN
    between = ~outside & (best - runner_up < tie_bound)
    for codes, cosines in ((first, best), (second, runner_up)):
        codes[~has_place] = -1
        cosines[~has_place] = np.nan
    nearest, similarities = _nearest_papers(index, vectors, has_place, mask, known)
    of_all = similarities
    if not mask.all():  # filters narrow what is listed, not how a paper lies
        _, of_all = _nearest_papers(index, vectors, has_place, np.ones_like(mask), known)
    closest = of_all[:, 0] if of_all.shape[1] else np.full(len(vectors), np.nan, dtype=np.float32)
    far = outside & ~(closest >= allowance * _paper_bound(index))
    return Placement(first, best, second, runner_up, between, outside, far, known, nearest, similarities)


def verdict(placement: Placement, at: int) -> str:
    """How the paper at ``at`` lies: "in a topic", "between topics", "outside every topic", "far from everything"."""
    if placement.outside[at]:
        return "far from everything" if placement.far[at] else "outside every topic"
    return "between topics" if placement.between[at] else "in a topic"


def agreement(index: SnapshotIndex) -> float:
    """How well the vectors of the corpus agree with the encoder that embeds new text: a cosine, 1 when it made them.

    A large corpus is embedded by a map from words to the model's space (`pipeline.embedding.distilled`), learned
    from a sample; new text goes through the model itself. The fit measured their cosine on texts held out.
    """
    measured = index.snapshot.manifest.embedder.detail.get("held_out_cosine", 1.0)
    return min(max(float(measured), 0.0), 1.0) if isinstance(measured, int | float) else 1.0


def coverage(index: SnapshotIndex, placement: Placement, mask: Mask) -> pd.DataFrame:
    """How a placed list spreads over the topics, against the papers in ``mask``.

    Returns
    -------
    DataFrame
        One row a finest topic in order of number: ``topic_id``, ``number``, ``label``, ``n_placed`` (papers of the list
        whose nearest topic it is, those outside every topic aside), ``share_placed`` (of the list), ``n_papers`` (of
        the corpus under the mask), ``share`` (of those), ``expected`` (papers of the list if it were spread as the
        corpus is) and ``missed`` (none is there where at least one would be expected).
    """
    sizes, _ = topic_sizes(index, mask)
    near = placement.topic_codes[~placement.outside & (placement.topic_codes >= 0)]
    n_placed = np.bincount(near, minlength=len(index.topics))
    share = sizes / max(int(mask.sum()), 1)
    expected = share * len(placement)
    return pd.DataFrame(
        {
            "topic_id": list(index.topic_ids),
            "number": index.topics["number"].to_numpy(dtype=np.int64),
            "label": index.topics["label"].to_numpy(dtype=object),
            "n_placed": n_placed,
            "share_placed": n_placed / max(len(placement), 1),
            "n_papers": sizes,
            "share": share,
            "expected": expected,
            "missed": (n_placed == 0) & (expected >= 1),
        }
    )


def known_rows(index: SnapshotIndex, dois: Sequence[str | None], title_keys: Sequence[str]) -> Rows:
    """The row of each new paper in the corpus: of the same DOI, else of the same title; −1 for those not there.

    DOIs are bare and in lower case, titles as `pipeline.duplicates.normalised` writes them (``""`` for none).
    """
    papers = index.papers
    wanted = {doi for doi in dois if doi}
    with_doi = np.flatnonzero(papers["doi"].isin(wanted).to_numpy(dtype=bool)) if wanted else np.empty(0, np.int64)
    by_doi = {str(papers["doi"].iloc[row]): int(row) for row in with_doi[::-1]}
    by_title = _rows_by_title(papers["title"], {key for key in title_keys if key})
    found = (
        by_doi.get(doi or "", by_title.get(key, -1) if key else -1) for doi, key in zip(dois, title_keys, strict=True)
    )
    return np.fromiter(found, dtype=np.int64, count=len(dois))


def _rows_by_title(titles: pd.Series, wanted: set[str]) -> dict[str, int]:
    """Wanted title → the first row that has it. Plain letters and digits, which are quick, say where to look closer."""
    if not wanted or not len(titles):
        return {}
    plain = pd.Series(list(wanted)).map(lambda key: re.sub(r"[^a-z0-9]", "", key))
    column = pc.utf8_lower(pc.utf8_normalize(pa.array(titles, pa.string(), from_pandas=True), "NFKD"))
    candidates = pc.is_in(pc.replace_substring_regex(column, r"[^a-z0-9]+", ""), pa.array(plain, pa.string()))
    rows: dict[str, int] = {}
    for row in np.flatnonzero(candidates.to_numpy(zero_copy_only=False)):
        key = normalised(str(titles.iloc[row]))
        if key in wanted:
            rows.setdefault(key, int(row))
    return rows


def _nearest_topics(
    vectors: NDArray[np.float32], centroids: NDArray[np.float32]
) -> tuple[NDArray[np.int32], NDArray[np.float32], NDArray[np.int32], NDArray[np.float32]]:
    n = len(vectors)
    codes, cosines = np.full((2, n), -1, dtype=np.int32), np.full((2, n), np.nan, dtype=np.float32)
    each = np.arange(n)
    similarities = np.clip(vectors @ centroids.T, -1.0, 1.0)
    for rank in range(min(2, len(centroids))):
        codes[rank] = similarities.argmax(axis=1)
        cosines[rank] = similarities[each, codes[rank]]
        similarities[each, codes[rank]] = -np.inf
    return codes[0], cosines[0], codes[1], cosines[1]


def _topic_bounds(index: SnapshotIndex) -> tuple[float, float]:
    """Least cosine to a topic, and least margin, of what lies in a topic; NaN without topics.

    Of a topic's n members with cosines c to its centroid, the sum of their vectors has the length Σc; without
    one of them the cosine is (cΣc − 1) / √((Σc)² − 2cΣc + 1).
    """
    papers = index.papers
    nearest_own = (index.topic_codes >= 0) & (papers["topic_id"] == papers["nearest_topic_id"]).to_numpy(dtype=bool)
    if not nearest_own.any():
        return float("nan"), float("nan")
    codes = index.topic_codes[nearest_own]
    cosines = papers["nearest_similarity"].to_numpy(dtype=np.float64, na_value=np.nan)[nearest_own]
    margins = papers["margin"].to_numpy(dtype=np.float64, na_value=np.nan)[nearest_own]
    lengths = np.bincount(codes, weights=cosines)[codes]
    rest = np.sqrt(np.maximum(lengths**2 - 2 * cosines * lengths + 1, 1e-12))
    alone = np.where(rest > 1e-3, (cosines * lengths - 1) / rest, cosines)
    return _quantile(alone, FAR_BELOW), _quantile(alone - cosines + margins, BETWEEN_BELOW)


def _paper_bound(index: SnapshotIndex) -> float:
    """Least cosine of a paper of the corpus to its nearest paper, of papers evenly drawn; NaN without neighbours."""
    if index.n_papers < 2 or not index.snapshot.neighbours.shape[1]:
        return float("nan")
    rows = np.unique(np.linspace(0, index.n_papers - 1, _SAMPLE).astype(np.int64))
    nearest = np.asarray(index.snapshot.neighbours[rows, 0], dtype=np.int64)
    rows, nearest = rows[nearest >= 0], nearest[nearest >= 0]
    embeddings = index.snapshot.embeddings
    cosines = (np.asarray(embeddings[rows], np.float32) * np.asarray(embeddings[nearest], np.float32)).sum(axis=1)
    return _quantile(cosines.astype(np.float64), FAR_BELOW)


def _quantile(values: NDArray[np.float64], share: float) -> float:
    known = values[~np.isnan(values)]
    return float(np.quantile(known, share)) if len(known) else float("nan")


def _nearest_papers(
    index: SnapshotIndex, vectors: NDArray[np.float32], has_place: NDArray[np.bool_], mask: Mask, known: Rows
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Rows and cosines of the `N_NEAREST` nearest papers of each, itself aside; of equals the earlier row."""
    n = len(vectors)
    best_rows, best = np.full((n, 0), -1, dtype=np.int64), np.empty((n, 0), dtype=np.float32)
    rows = np.flatnonzero(mask)
    embeddings = index.snapshot.embeddings
    for start in range(0, len(rows), _BLOCK):
        part = rows[start : start + _BLOCK]
        contiguous = part[-1] - part[0] == len(part) - 1
        block = embeddings[part[0] : part[-1] + 1] if contiguous else embeddings[part]
        scores = vectors @ np.asarray(block, dtype=np.float32).T
        at = np.searchsorted(part, known)
        itself = np.flatnonzero((at < len(part)) & (part[np.minimum(at, len(part) - 1)] == known))
        scores[itself, at[itself]] = -np.inf
        top = _largest(scores, N_NEAREST)
        best_rows = np.hstack([best_rows, part[top]])
        best = np.hstack([best, np.take_along_axis(scores, top, axis=1)])
        top = _largest(best, N_NEAREST)
        best_rows, best = np.take_along_axis(best_rows, top, axis=1), np.take_along_axis(best, top, axis=1)
    order = np.lexsort((best_rows, -best), axis=1)
    best_rows, best = np.take_along_axis(best_rows, order, axis=1), np.take_along_axis(best, order, axis=1)
    nothing = ~np.isfinite(best) | ~has_place[:, None]
    return np.where(nothing, -1, best_rows), np.where(nothing, np.float32(np.nan), best)


def _largest(scores: NDArray[np.float32], n_most: int) -> NDArray[np.intp]:
    """Positions of the largest scores of each row, in no order."""
    if scores.shape[1] <= n_most:
        return np.broadcast_to(np.arange(scores.shape[1]), scores.shape)
    return np.argpartition(-scores, n_most - 1, axis=1)[:, :n_most]
