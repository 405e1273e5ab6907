"""Rows of vectors before and after they are laid out: copies, a layout for a handful, the most typical of several."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import adjusted_mutual_info_score

from pipeline.assignment import Floats, Labels


def distinct_rows(vectors: Floats) -> tuple[Floats, NDArray[np.intp]]:
    """The different rows of ``vectors`` in order of appearance, and which of them each row is.

    ``vectors`` itself where all differ. Rows are told apart by 64 bits of their BLAKE2 digests: among a million
    different rows the chance that any two are taken for one is 3 in 10⁸, and no second copy of them is needed.
    """
    digests = np.fromiter((_digest(row) for row in vectors), dtype=np.uint64, count=len(vectors))
    _, firsts, places = np.unique(digests, return_index=True, return_inverse=True)
    if len(firsts) == len(vectors):
        return vectors, np.arange(len(vectors), dtype=np.intp)
    order = np.argsort(firsts)
    return vectors[firsts[order]], np.argsort(order)[places.ravel()]


def _digest(row: Floats) -> int:
    positive = row + np.float32(0)  # −0 and 0 are equal but not the same bytes
    return int.from_bytes(blake2b(positive.tobytes(), digest_size=8).digest())


def spread_copies(layout: Floats, copies: NDArray[np.intp], seed: int) -> Floats:
    """``layout`` for all rows; a copy stands a hair from its original, for clicks and for HDBSCAN.

    Papers at distance zero would be infinitely dense to HDBSCAN, a topic whatever their number.
    """
    everywhere = layout[copies]
    first_rows = np.zeros(len(copies), dtype=bool)
    first_rows[np.unique(copies, return_index=True)[1]] = True
    n_copies = int((~first_rows).sum())
    if n_copies:
        hair = 0.01 * layout.std(axis=0).max(initial=1e-3)
        noise = np.random.default_rng(seed).normal(0.0, hair, (n_copies, layout.shape[1]))
        everywhere[~first_rows] += noise.astype(np.float32)
    return everywhere


def principal_components(vectors: Floats, n_components: int) -> Floats:
    """The first principal components, zeros where there are fewer; signs fixed, so that runs agree."""
    layout = np.zeros((len(vectors), n_components), dtype=np.float32)
    if len(vectors) > 1:
        u, s, _ = np.linalg.svd(vectors - vectors.mean(axis=0), full_matrices=False)
        scores = (u * s)[:, :n_components]
        signs = np.sign(scores[np.abs(scores).argmax(axis=0), np.arange(scores.shape[1])])
        layout[:, : scores.shape[1]] = scores * np.where(signs == 0, 1, signs)
    return layout


def most_typical(clusterings: Sequence[tuple[Labels, Floats]]) -> tuple[Labels, Floats]:
    """The clustering that agrees best with all the others (mean adjusted mutual information), the first of equals.

    On a small corpus one seed in three merges what the others keep apart; the one in the middle does not.
    """
    if len(clusterings) < 3:
        return clusterings[0]
    agreement = np.zeros((len(clusterings), len(clusterings)))
    for i, (labels, _) in enumerate(clusterings):
        for j in range(i):
            agreement[i, j] = agreement[j, i] = adjusted_mutual_info_score(labels, clusterings[j][0])
    return clusterings[int(agreement.sum(axis=1).round(9).argmax())]
