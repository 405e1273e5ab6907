"""A process that curates: writes one note after another and says so once each is kept. Run by tests.

``python -m tests.dashboard.curation.writer URL NAME N`` writes N notes on the topic ``shared`` of corpus ``lab``,
whoever else does so, and a line for each.
"""

from __future__ import annotations

import sys

from dashboard.curation.changes import TopicChange
from dashboard.curation.errors import Conflict
from dashboard.curation.store import CurationStore
from dashboard.people import Person, Role


def main(url: str, name: str, n_changes: int) -> None:
    """Curate, and print what was kept."""
    person = Person(name, name, Role.CURATOR)
    store = CurationStore(url)
    print("open", flush=True)  # noqa: T201
    for number in range(n_changes):
        seen = 0
        while True:
            try:
                store.change_topic(
                    person,
                    "lab",
                    "shared",
                    seen_version=seen,
                    papers=["p1"],
                    changes=TopicChange(note=f"{name}{number}"),
                )
                break
            except Conflict:
                seen = store.curation("lab").topics["shared"].version
        print(f"{name}{number}", flush=True)  # noqa: T201
    store.close()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
