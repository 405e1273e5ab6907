"""Term counts kept between fits: counting 82,613 abstracts takes as long as laying out their map."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from pipeline.stages import Arrays, Stages, content_key, texts_key
from pipeline.terms import TermCounts, count_terms_in


def count_once(texts: Sequence[str], stages: Stages) -> tuple[TermCounts, bool]:
    """`count_terms_in` of ``texts``, and whether an earlier fit left it."""
    key = content_key(settings={"texts": texts_key(texts)})
    found, cached = stages.arrays("terms", key, lambda: _packed(count_terms_in(texts)))
    return _unpacked(found), cached


def _packed(terms: TermCounts) -> Arrays:
    return {
        "terms": _joined(terms.terms),
        "plurals": _joined(terms.plurals),
        "n_words": terms.n_words,
        "closed": terms.closed,
        "verbal": terms.verbal,
        **_of_matrix("counts", terms.counts),
        **_of_matrix("title_counts", terms.title_counts),
    }


def _unpacked(arrays: Arrays) -> TermCounts:
    return TermCounts(
        _split(arrays["terms"]),
        arrays["n_words"],
        _matrix("counts", arrays),
        _matrix("title_counts", arrays),
        _split(arrays["plurals"]),
        arrays["closed"],
        arrays["verbal"],
    )


def _joined(words: Sequence[str]) -> NDArray[np.uint8]:
    """Words, none of which holds a line break, as bytes; each is followed by one."""
    return np.frombuffer("".join(f"{word}\n" for word in words).encode("utf-8", "surrogatepass"), dtype=np.uint8)


def _split(stored: NDArray[np.uint8]) -> list[str]:
    return stored.tobytes().decode("utf-8", "surrogatepass").split("\n")[:-1]


def _of_matrix(name: str, matrix: sp.csr_matrix) -> Arrays:
    shape = np.array(matrix.shape, dtype=np.int64)
    return {
        f"{name} data": matrix.data,
        f"{name} indices": matrix.indices,
        f"{name} indptr": matrix.indptr,
        f"{name} shape": shape,
    }


def _matrix(name: str, arrays: Arrays) -> sp.csr_matrix:
    parts = (arrays[f"{name} data"], arrays[f"{name} indices"], arrays[f"{name} indptr"])
    return sp.csr_matrix(parts, shape=tuple(arrays[f"{name} shape"]))
