"""Documents in, unit vectors out; and the same for a query.

``make_embedder`` is what a fit uses. The dashboard uses ``pipeline.embedding.query`` only, so importing
this package stays light: every embedder is imported when it is asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pipeline.embedding.embedder import Embedder, EmbeddingError

__all__ = ["Embedder", "EmbeddingError", "check_choice", "make_embedder"]

CHOICES = (
    "auto, minilm, minilm:fp32, distilled, lsa, sentence-transformers:NAME, model2vec:NAME or precomputed:FILE.npy"
)
"""What ``name`` may be, in words for messages."""

MOST_TEXTS_FOR_MINILM = 20_000
"""`auto` takes ``distilled`` above: more abstracts take MiniLM over three minutes on two cores."""

_MINILM = ("minilm", "minilm:int8", "minilm:fp32")
_MODELS = ("sentence-transformers", "model2vec")


def check_choice(name: str) -> None:
    """Refuse an embedder that `make_embedder` would refuse whatever the input, before any time went into that.

    Raises
    ------
    EmbeddingError
        The name is unknown, the file of ``precomputed:FILE.npy`` cannot be used, or a named model or its library
        is not on this machine.
    """
    kind, _, argument = name.partition(":")
    if kind == "precomputed" and argument:
        from pipeline.embedding.precomputed import open_array

        open_array(Path(argument))
    elif kind in _MODELS and argument:
        from pipeline.embedding.local_models import check_model

        check_model(kind, argument)  # type: ignore[arg-type]
    elif name not in ("auto", *_MINILM, "distilled", "lsa"):
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
        ``auto`` (``minilm`` up to `MOST_TEXTS_FOR_MINILM` texts, ``distilled`` above), ``minilm`` (8-bit integers,
        the default precision), ``minilm:fp32``, ``distilled``, ``lsa``, ``sentence-transformers:NAME``,
        ``model2vec:NAME`` or ``precomputed:FILE.npy``.
    cache
        Folder in which embeddings and the model's graph are kept between fits. One that cannot be written
        costs time, not the fit: ``Embedder.notices`` then says so.
    n_texts
        How many texts will be embedded.
    seed
        For the random start of the decomposition in ``lsa`` and ``distilled``.
    rows, n_records
        For ``precomputed``: the record number (from 0) of each text in the input, and how many records the input
        has. By default the file has one row for each text, in order.

    Raises
    ------
    EmbeddingError
        The name is unknown, or its weights or file are missing or unusable; says what to do.
    """
    check_choice(name)
    kind, _, argument = name.partition(":")
    chosen = "by name"
    if name == "auto":
        kind, chosen = _automatic(n_texts)
    if kind == "minilm":
        from pipeline.embedding.minilm import MiniLMEmbedder

        return MiniLMEmbedder(cache, n_texts, "fp32" if argument == "fp32" else "int8", chosen)
    if kind == "distilled":
        from pipeline.embedding.distilled import DistilledEmbedder

        return DistilledEmbedder(cache, n_texts, seed, chosen)
    if kind == "lsa":
        from pipeline.embedding.lsa import LsaEmbedder

        return LsaEmbedder(n_texts, seed)
    if kind == "model2vec":
        from pipeline.embedding.model2vec_model import Model2VecEmbedder

        return Model2VecEmbedder(argument, cache, n_texts)
    if kind == "sentence-transformers":
        from pipeline.embedding.sentence_transformers_model import SentenceTransformersEmbedder

        return SentenceTransformersEmbedder(argument, cache, n_texts)
    from pipeline.embedding.precomputed import PrecomputedEmbedder

    n_records = n_texts if n_records is None else n_records
    return PrecomputedEmbedder(Path(argument), range(n_texts) if rows is None else rows, n_records)


def _automatic(n_texts: int) -> tuple[str, str]:
    """What ``auto`` takes for so many texts, and why."""
    if n_texts <= MOST_TEXTS_FOR_MINILM:
        return "minilm", f"automatic: {n_texts:,} texts, at most {MOST_TEXTS_FOR_MINILM:,}"
    return "distilled", f"automatic: {n_texts:,} texts, more than {MOST_TEXTS_FOR_MINILM:,}"
