"""Documents in, unit vectors out; and the same for a query.

``make_embedder`` is what a fit uses. The dashboard uses ``pipeline.embedding.query`` only, so importing
this package stays light: every embedder is imported when it is asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pipeline.embedding.embedder import Embedder, EmbeddingError

__all__ = ["Embedder", "EmbeddingError", "check_choice", "make_embedder"]

CHOICES = "auto, minilm, minilm:fp32, lsa or precomputed:FILE.npy"
"""What ``name`` may be, in words for messages."""

_MINILM = ("auto", "minilm", "minilm:int8", "minilm:fp32")


def check_choice(name: str) -> None:
    """Refuse an embedder that `make_embedder` would refuse whatever the input, before any time went into that.

    Raises
    ------
    EmbeddingError
        The name is unknown, or the file of ``precomputed:FILE.npy`` cannot be used.
    """
    kind, _, argument = name.partition(":")
    if kind == "precomputed" and argument:
        from pipeline.embedding.precomputed import open_array

        open_array(Path(argument))
    elif name not in (*_MINILM, "lsa"):
        raise EmbeddingError(f"There is no embedder {name!r}: choose {CHOICES}.")


def make_embedder(
    name: str,
    cache: Path,
    n_texts: int,
    seed: int,
    *,
    rows: Sequence[int] | None = None,
    n_records: int | None = None,
) -> Embedder:
    """The embedder called ``name``, ready to embed ``n_texts`` texts.

    Parameters
    ----------
    name
        ``auto`` (MiniLM, whatever the size), ``minilm`` (8-bit integers, the default precision), ``minilm:fp32``,
        ``lsa`` or ``precomputed:FILE.npy``.
    cache
        Folder in which embeddings and the model's graph are kept between fits. One that cannot be written
        costs time, not the fit: ``Embedder.notices`` then says so.
    n_texts
        How many texts will be embedded.
    seed
        For the random start of ``lsa``'s decomposition.
    rows, n_records
        For ``precomputed``: the record number (from 0) of each text in the input, and how many records the input
        has. By default the file has one row for each text, in order.

    Raises
    ------
    EmbeddingError
        The name is unknown, or its weights or file are missing or unusable; says what to do.
    """
    check_choice(name)
    argument = name.partition(":")[2]
    if name in _MINILM:
        from pipeline.embedding.minilm import MiniLMEmbedder

        return MiniLMEmbedder(cache, n_texts, "fp32" if argument == "fp32" else "int8", automatic=name == "auto")
    if name == "lsa":
        from pipeline.embedding.lsa import LsaEmbedder

        return LsaEmbedder(n_texts, seed)
    from pipeline.embedding.precomputed import PrecomputedEmbedder

    n_records = n_texts if n_records is None else n_records
    return PrecomputedEmbedder(Path(argument), range(n_texts) if rows is None else rows, n_records)
