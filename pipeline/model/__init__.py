"""Embeddings → topics and a 2-D map. The only package that imports bertopic, umap and hdbscan.

::

    texts ─terms→ counts                                             counts, topics ─description→ BERTopic
    embeddings ─neighbour_graph→ graph ─consensus (or density)→ topics ┘
                                      └─projection→ 2-D map

`fit` is that line in code.
"""

from pipeline.model.fit import TopicFit, fit_topics, save_model

__all__ = ["TopicFit", "fit_topics", "save_model"]
