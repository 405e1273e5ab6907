"""Why a paper is in its topic: against a reckoning of its own, and over odd snapshots."""

import numpy as np
import pytest

from dashboard.components.paper_words import marked
from dashboard.queries import Placement, deciding_words, index_snapshot, placement
from pipeline.snapshot import open_snapshot
from tests.snapshots import VARIANTS


@pytest.fixture(scope="module")
def index(variants_store):
    return index_snapshot(open_snapshot(variants_store, "tiny"))


def test_similarities_are_the_cosines_to_the_centres(index):
    embeddings = np.asarray(index.snapshot.embeddings, dtype=np.float64)
    centres = np.array([embeddings[index.topic_codes == code].mean(axis=0) for code in range(len(index.topics))])
    centres /= np.linalg.norm(centres, axis=1, keepdims=True)
    for row, own in enumerate(index.topic_codes):
        cosines = centres @ embeddings[row]
        code = int(own) if own >= 0 else int(cosines.argmax())
        other = max((c for c in range(len(centres)) if c != code), key=lambda c: cosines[c])
        of_topic = embeddings[index.topic_codes == code]
        found = placement(index, row)
        assert (found.topic_id, found.runner_up) == (index.topic_ids[code], index.topic_ids[other])
        assert found.similarity == pytest.approx(cosines[code], abs=1e-3)
        assert found.margin == pytest.approx(cosines[code] - cosines[other], abs=2e-3)
        typical = np.median(of_topic @ centres[code] - of_topic @ centres[other])
        assert found.typical == pytest.approx(typical, abs=2e-3)
        assert found.share_nearer == pytest.approx((of_topic @ centres[code] >= cosines[code] - 1e-4).mean(), abs=0.1)


@pytest.mark.parametrize(
    ("margin", "standing"), [(0.3, "inside"), (0.1, "inside"), (0.09, "between"), (0.0, "between"), (-0.01, "beyond")]
)
def test_the_standing_hangs_on_the_margin_against_that_of_the_topics_papers(margin, standing):
    assert Placement("a", margin, "b", 0.0, 0.2, 0.5).standing == standing


def test_the_only_topic_has_no_runner_up():
    assert Placement("a", 0.4, None, 0.0, 0.0, 0.5).standing == "inside"


@pytest.mark.parametrize("corpus", [name.replace(" ", "-") for name in VARIANTS])
def test_every_paper_of_every_snapshot_has_a_place_unless_there_is_no_topic(variants_store, corpus):
    index = index_snapshot(open_snapshot(variants_store, corpus))
    for row in range(min(index.n_papers, 20)):
        found = placement(index, row)
        assert (found is None) == (len(index.topics) == 0)
        if found is None:
            continue
        abstract = index.snapshot.abstract(row)
        words = deciding_words(index, index.papers["title"].iloc[row], abstract, found.topic_id, found.runner_up)
        ends = [end for (_, end), _ in words.in_abstract]
        starts = [start for (start, _), _ in words.in_abstract]
        assert all(end <= start for end, start in zip(ends, starts[1:], strict=False))
        assert all(0 <= start < end <= len(abstract) for start, end in zip(starts, ends, strict=True))


def test_deciding_words_are_the_keywords_of_one_topic_and_not_of_the_other(index):
    first, second = index.topic_ids[:2]
    mine, theirs = (list(index.topic(topic_id)["keywords"]) for topic_id in (first, second))
    abstract = f"The {mine[0].upper()} and a {theirs[0]}, unlike any {mine[0]}s."
    found = deciding_words(index, f"On {mine[1]}", abstract, first, second)
    assert found.own == (mine[0], mine[1])
    assert found.others == (theirs[0],)
    said = [(abstract[start:end], own) for (start, end), own in found.in_abstract]
    assert said == [(mine[0].upper(), True), (theirs[0], False)]
    assert deciding_words(index, "On", mine[0], first, first).own == ()


def test_a_marked_text_is_escaped_piece_by_piece():
    text = "<b>ice</b> $x$ of [y](javascript:z) ice"
    spans = [((3, 6), True), ((36, 39), False)]
    assert marked(text, spans) == (
        r"\<b\>:primary-background[ice]\<\/b\> \$x\$ of \[y\]\(javascript\:" + "\u2060" + r"z\) :gray-background[ice]"
    )
