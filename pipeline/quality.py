"""How good the topics are, measured on the corpus they come from."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

N_TOP_KEYWORDS = 10
"""Keywords of each topic that the measures look at."""


def npmi_coherence(occurs: sp.csc_matrix) -> float | None:
    """Mean normalised pointwise mutual information over the pairs of a topic's keywords.

    NPMI(i, j) = ln(p_ij / (p_i p_j)) / −ln p_ij, with probabilities from the documents that contain a term (Bouma
    2009; as topic coherence Lau, Newman and Baldwin, EACL 2014). −1: never together; 0: independent; 1: always
    together.

    Parameters
    ----------
    occurs
        (n_documents, n_keywords), 1 where the document contains the keyword.

    Returns
    -------
    float or None
        In [−1, 1]; ``None`` with fewer than two keywords that occur, as there is nothing to measure.
    """
    n_documents = occurs.shape[0]
    together = np.asarray((occurs.T.astype(np.float64) @ occurs.astype(np.float64)).todense())
    alone = together.diagonal()
    present = np.flatnonzero(alone)
    if len(present) < 2:
        return None
    i, j = np.triu_indices(len(present), k=1)
    p_both = together[np.ix_(present, present)][i, j] / n_documents
    p_apart = (alone[present][i] / n_documents) * (alone[present][j] / n_documents)
    values = np.full(len(i), -1.0)
    values[p_both >= 1] = 1.0
    some = (p_both > 0) & (p_both < 1)
    values[some] = np.log(p_both[some] / p_apart[some]) / -np.log(p_both[some])
    return float(values.mean())


def coherences(counts: sp.csr_matrix, terms: Sequence[str], keywords: Sequence[Sequence[str]]) -> NDArray[np.float32]:
    """`npmi_coherence` of the top ten keywords of each topic, NaN where not measured.

    ``counts`` (n_documents, n_terms) are occurrences of ``terms``; keywords that are no term are left out.
    """
    columns = {term: column for column, term in enumerate(terms)}
    by_column = counts.tocsc()
    found = np.full(len(keywords), np.nan, dtype=np.float32)
    for topic, words in enumerate(keywords):
        chosen = [columns[word] for word in words[:N_TOP_KEYWORDS] if word in columns]
        occurs = by_column[:, chosen]
        occurs.data = np.ones_like(occurs.data)
        value = npmi_coherence(occurs)
        found[topic] = np.nan if value is None else value
    return found


def diversity(keywords: Sequence[Sequence[str]]) -> float | None:
    """Share of different keywords among the top ten of all topics (Dieng, Ruiz and Blei, TACL 2020).

    1 when no keyword describes two topics; ``None`` without keywords.
    """
    top = [word.lower() for words in keywords for word in words[:N_TOP_KEYWORDS]]
    return len(set(top)) / len(top) if top else None
