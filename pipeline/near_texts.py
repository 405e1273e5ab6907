"""What a guide says of its topics → the papers whose text is near that."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from pipeline.assignment import Floats, Labels, unit_rows
from pipeline.embedding import Embedder
from pipeline.embedding.query import load_query_encoder
from pipeline.guide import GuidedTopic
from pipeline.settings import RunSettings

NEAR = 0.4
"""Cosine from which a paper is near a text, corpus mean subtracted. Of one run on 300 planted papers with MiniLM nine
in ten papers so near were of the topic meant, and at most two were so near to a topic that was not there."""
WORDS_ONLY = ("lsa", "precomputed")
"""Embedders that know words, not sentences."""


def near_texts(
    settings: RunSettings,
    topics: Mapping[str, GuidedTopic],
    labels: set[str],
    texts: Sequence[str],
    embeddings: Floats,
    embedder: Embedder,
    cache: Path,
) -> Labels:
    """The topic whose text each paper is nearest to, int32 (n,); −1 where it is near none."""
    asked = {
        index: topic
        for index, (key, topic) in enumerate(topics.items())
        if topic.words or topic.description or not (topic.papers or key in labels)
    }
    if not asked:
        return np.full(len(texts), -1, dtype=np.int32)
    if settings.embedder.partition(":")[0] in WORDS_ONLY:
        scores = np.stack([_mentions(topic.words or (topic.name,), texts) for topic in asked.values()], axis=1)
        least = 1.0
    else:
        mean = embeddings.mean(axis=0, dtype=np.float64).astype(np.float32)
        wanted = _encoded([_text(topic) for topic in asked.values()], embedder, cache)
        scores = (
            unit_rows(embeddings - mean) @ (unit_rows(wanted - mean) * (np.abs(wanted).sum(1, keepdims=True) > 0)).T
        )
        least = NEAR
    indices = np.array(list(asked), dtype=np.int32)
    return np.where(scores.max(axis=1) >= least, indices[scores.argmax(axis=1)], -1).astype(np.int32)


def _text(topic: GuidedTopic) -> str:
    words = f"{topic.name}: {', '.join(topic.words)}" if topic.words else ""
    return ". ".join(filter(None, [words, topic.description])) or topic.name


def _mentions(words: Sequence[str], texts: Sequence[str]) -> Floats:
    """How many of ``words`` stand in each text, float32 (n,): whole words in any case, a plural s aside."""
    found = np.zeros(len(texts), dtype=np.float32)
    patterns = [_whole_words(word) for word in words]
    for row, text in enumerate(texts):
        found[row] = sum(pattern.search(text) is not None for pattern in patterns)
    return found


def _whole_words(phrase: str) -> re.Pattern[str]:
    inner = r"[\s-]+".join(re.escape(word) for word in re.split(r"[\s-]+", phrase))
    return re.compile(rf"(?<!\w){inner}(?:s|es)?(?!\w)", re.IGNORECASE)


def _encoded(texts: list[str], embedder: Embedder, cache: Path) -> Floats:
    """Unit vectors of ``texts`` in the space of the papers, float32 (n, d)."""
    if embedder.query_encoder == "none":  # sentence-transformers: only in a fit
        return embedder.embed(texts)
    with tempfile.TemporaryDirectory() as folder:
        embedder.save_query_encoder(Path(folder))
        encoder = load_query_encoder(Path(folder), cache)
        return np.stack([encoder.encode(text) for text in texts])
