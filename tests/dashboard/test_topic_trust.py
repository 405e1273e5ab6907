"""How far a topic can be relied on, in words."""

import numpy as np
import pandas as pd
import pytest

from dashboard.components.topic_trust import coherence_line, stability_line
from dashboard.queries import index_snapshot
from pipeline.snapshot import open_snapshot


def topic(**changes):
    known = {"topic_id": "t-x", "coherence": 0.2, "stability": 0.8, "stability_runs": 10, "stability_found": 9}
    return pd.Series(known | changes, dtype=object)


@pytest.mark.parametrize(
    ("stability", "verdict"),
    [(0.75, ":green-badge[solid]"), (0.74, ":gray-badge[in part]"), (0.5, ":orange-badge[not there again]")],
)
def test_a_stability_is_judged_by_the_rule_of_the_guide(stability, verdict):
    said = f"Stability {verdict} found in 9 of 10 runs, {100 * stability:.0f} % same papers"
    assert stability_line(topic(stability=stability)).startswith(said)


@pytest.mark.parametrize("missing", [{"stability": np.nan}, {"stability_runs": None}, {"stability_found": np.nan}])
def test_what_is_not_measured_is_said_with_how_to_measure_it(missing):
    assert stability_line(topic(**missing)) == (
        "Stability :gray-badge[not measured] fitting with --stability 10 measures it."
    )


def test_a_coherence_is_compared_with_the_other_topics_and_with_chance(variants_store):
    index = index_snapshot(open_snapshot(variants_store, "tiny"))
    for row in index.topics.to_dict("records"):
        others = index.topics[index.topics["topic_id"] != row["topic_id"]]["coherence"]
        line = coherence_line(index, pd.Series(row))
        assert f"{(others < row['coherence']).sum()} of {len(others)} other topics are less coherent" in line
        assert f"[{row['coherence']:.2f}]" in line
    assert "no more often than chance" in coherence_line(index, topic(coherence=-0.1))
    assert coherence_line(index, topic(coherence=None)) == "Coherence :gray-badge[not measured]"
