"""Papers in, one published snapshot out.

::

    files ─readers→ papers ─documents→ documents ─embedding→ embeddings
        ─model→ topics, assignments, 2-D map
        ─labels, trends, quality, neighbours, search index→ snapshot tables
        ─snapshot.publish→ store/<corpus>/snapshots/<snapshot_id>/

`pipeline.run` is that line in code; `pipeline.schema` is the contract of what
comes out; the dashboard reads nothing else.
"""
