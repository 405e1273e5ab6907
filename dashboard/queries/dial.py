"""The same snapshot at another setting of the outlier dial: papers join their topic or leave it, all else stays."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from dashboard.queries.index import SnapshotIndex, cut_off_name
from pipeline.schema import OUTLIER_TOPIC_ID, TOPIC_LEVEL_PREFIX


@dataclass(frozen=True)
class DialSetting:
    """One setting of the dial and what it costs, over all papers of the snapshot.

    ``name`` is the cut-off as links write it; ``coherence`` is ``None`` where it was not measured.
    """

    name: str
    is_default: bool
    n_outliers: int
    outlier_share: float
    coherence: float | None
    n_borderline: int
    papers_per_topic: float


def dial_settings(index: SnapshotIndex) -> tuple[DialSetting, ...]:
    """The settings of the snapshot's dial, loosest first; none where it has no dial."""
    dial = index.snapshot.dial
    if dial is None:
        return ()
    return tuple(
        DialSetting(
            cut_off_name(row["cut_off"]),
            bool(row["is_default"]),
            int(row["n_outliers"]),
            float(row["outlier_share"]),
            None if pd.isna(row["coherence"]) else float(row["coherence"]),
            int(row["n_borderline"]),
            float(row["papers_per_topic"]),
        )
        for row in dial.settings.to_dict("records")
    )


def at_dial(index: SnapshotIndex, name: str) -> SnapshotIndex:
    """``index`` with every paper where the setting called ``name`` puts it; ``index`` itself for ``""``.

    Topics, strengths and places at coarser levels of the papers change, and the sizes of topics. Ids, numbers, names,
    keywords, trend classes, coherence and stability of topics stay those of the fit.
    """
    dial = index.snapshot.dial
    if not name or dial is None:
        return index
    cut_offs = dial.settings["cut_off"].to_numpy(dtype=np.float32)
    cut_off = next(value for value in cut_offs if cut_off_name(value) == name)
    stays = dial.papers["stays_up_to"].to_numpy(dtype=np.float32)
    inside = stays >= cut_off
    homes = pd.Index(index.topic_ids).get_indexer(pd.Index(dial.papers["home_topic_id"]))
    codes = np.where(inside, homes, -1).astype(np.int32)
    codes.setflags(write=False)
    papers, topics = _papers(index, codes, stays), index.snapshot.topics
    levels = [papers["topic_id"], *(papers[name] for name in papers.columns if name.startswith(TOPIC_LEVEL_PREFIX))]
    sizes = pd.concat([level.value_counts() for level in levels])
    sizes = sizes[sizes.index != OUTLIER_TOPIC_ID]
    return replace(
        index,
        snapshot=replace(index.snapshot, papers=papers, topics=_resized(topics, sizes)),
        topics=_resized(index.topics, sizes),
        topic_codes=codes,
    )


def _papers(index: SnapshotIndex, codes: np.ndarray, stays: np.ndarray) -> pd.DataFrame:
    papers, topics = index.papers, index.snapshot.topics
    own = papers["strength"].to_numpy(dtype=np.float32)
    # A member keeps the strength of the fit; an outlier that joins belongs as firmly as it stays.
    strength = np.where(codes < 0, np.float32(0), np.where(index.topic_codes >= 0, own, stays)).astype(np.float32)
    parent_of = dict(zip(topics["topic_id"], topics["parent"], strict=True))
    here = list(index.topic_ids)
    columns: dict[str, Any] = {"topic_id": _named(here, codes), "strength": strength}
    for level in range(1, 1 + sum(name.startswith(TOPIC_LEVEL_PREFIX) for name in papers.columns)):
        here = [parent_of[topic_id] for topic_id in here]
        columns[f"{TOPIC_LEVEL_PREFIX}{level}"] = _named(here, codes)
    return papers.assign(**columns)


def _named(topic_ids: list[str], codes: np.ndarray) -> Any:
    return pd.array(np.array([*topic_ids, OUTLIER_TOPIC_ID], dtype=object)[codes], dtype="str")


def _resized(topics: pd.DataFrame, sizes: pd.Series) -> pd.DataFrame:
    return topics.assign(size=topics["topic_id"].map(sizes).fillna(0).to_numpy(dtype=np.int32))
