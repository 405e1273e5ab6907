"""Guided fits on a planted corpus: what a person said of topics holds, and an unguided fit is what it was."""

import numpy as np
import pandas as pd
import pytest

from pipeline.assignment import number_by_size
from pipeline.communities import Homes
from pipeline.dial import CUT_OFFS
from pipeline.embedding.lsa import LsaEmbedder
from pipeline.guidance import check_guidance, find_guidance
from pipeline.guide import Guide, GuidedTopic, GuideError
from pipeline.guided_graph import Bonds
from pipeline.model import fit_topics
from pipeline.planted import planted_papers
from pipeline.planted_areas import AREAS
from pipeline.settings import RunSettings, TopicSettings

N_AREAS = 6
NAMES = [area.name for area in AREAS[:N_AREAS]]
FINE = TopicSettings(resolution=2.2, n_runs=6, outlier_strength=0)
"""So high a resolution cuts planted areas into pieces."""


class Corpus:
    """600 planted papers of six areas, and six of a seventh."""

    def __init__(self):
        rare = AREAS[9].name
        few = [paper for paper in planted_papers(2000, 24, seed=9) if paper["planted_topic"] == rare][:6]
        papers = [*planted_papers(600, N_AREAS, seed=3), *({**paper, "id": f"zz{i}"} for i, paper in enumerate(few))]
        self.rare = rare
        self.texts = [f"{paper['title']}. {paper['abstract']}" for paper in papers]
        self.areas = np.array([paper["planted_topic"] for paper in papers])
        self.embedder = LsaEmbedder(len(papers), seed=0)
        self.vectors = self.embedder.embed(self.texts)
        self.papers = pd.DataFrame({"paper_id": [paper["id"] for paper in papers]})

    def guide(self, tmp_path, guide=None, labelled=None, topics=FINE):
        """The fit and its guidance."""
        given = {"embedder": "lsa", "topics": topics, "guide": guide or Guide()}
        papers = self.papers
        if labelled is not None:
            given["known_labels"] = "area"
            values = [[area] if known else [] for area, known in zip(self.areas, labelled, strict=True)]
            papers = papers.assign(facet_area=pd.Series(values, dtype=object))
        settings = RunSettings(**given)
        guidance = find_guidance(settings, papers, self.texts, self.vectors, self.embedder, tmp_path)
        bonds = guidance and guidance.bonds
        labels = fit_topics(self.texts, self.vectors, topics, bonds=bonds).labels
        ids = [f"t-{topic:08x}" for topic in range(labels.max() + 1)]
        record = guidance and {topic.name: topic for topic in guidance.record(settings, labels, ids).topics}
        return labels, guidance, record


@pytest.fixture(scope="module")
def corpus():
    return Corpus()


def unity(areas, labels):
    """The share of an area's papers in its largest topic, averaged over the planted areas."""
    return np.mean([max(np.mean(labels[areas == name] == topic) for topic in set(labels) - {-1}) for name in NAMES])


def seeds(area, **more):
    return GuidedTopic(name=AREAS[area].name, words=AREAS[area].subjects[:4], **more)


def test_known_labels_of_a_twentieth_bring_the_pieces_of_an_area_together(corpus, tmp_path):
    plain = fit_topics(corpus.texts, corpus.vectors, FINE).labels
    before = unity(corpus.areas, plain)
    after = []
    for seed in range(3):
        labelled = np.random.default_rng(seed).random(len(corpus.texts)) < 0.05
        labels, guidance, _ = corpus.guide(tmp_path, labelled=labelled)
        after.append(unity(corpus.areas, labels))
        for topic in range(len(guidance.names)):
            assert len(np.unique(labels[guidance.topic == topic])) <= 1
    assert before < 0.8
    assert np.mean(after) > before + 0.1
    assert min(after) > before


def test_different_known_labels_never_share_a_topic(corpus, tmp_path):
    _, _, record = corpus.guide(
        tmp_path, labelled=np.arange(606) % 10 == 0, topics=TopicSettings(granularity="coarse", n_runs=6)
    )
    homes = [topic.topic_id for topic in record.values() if topic.n_papers]
    assert len(set(homes)) == len(homes) >= 5


def test_a_topic_of_few_papers_that_must_exist_survives(corpus, tmp_path):
    coarse = TopicSettings(granularity="coarse", n_runs=6)
    plain = fit_topics(corpus.texts, corpus.vectors, coarse).labels
    rare = corpus.areas == corpus.rare
    assert not any(set(np.flatnonzero(plain == topic)) <= set(np.flatnonzero(rare)) for topic in set(plain[plain >= 0]))
    for wanted in (
        GuidedTopic(name=corpus.rare, papers=("zz0", "zz1", "zz2", "zz3"), must_exist=True),
        GuidedTopic(name=corpus.rare, words=AREAS[9].subjects[:5] + AREAS[9].methods[:3], must_exist=True),
    ):
        labels, guidance, record = corpus.guide(tmp_path, Guide(topic=(wanted,)), topics=coarse)
        topic = labels[rare][0]
        assert topic >= 0
        assert (labels[rare] == topic).sum() >= 4
        assert (corpus.areas[labels == topic] == corpus.rare).mean() > 0.8
        assert guidance.names_of(labels) == {int(topic): corpus.rare}
        assert record[corpus.rare].label == "given"


@pytest.mark.parametrize("granularity", ["coarse", "medium"])
def test_apart_never_shares_a_topic_and_together_always_does(corpus, tmp_path, granularity):
    guide = Guide(
        topic=(seeds(0), seeds(1), seeds(2), seeds(3)), together=((NAMES[0], NAMES[1]),), apart=((NAMES[2], NAMES[3]),)
    )
    labels, guidance, record = corpus.guide(tmp_path, guide, topics=TopicSettings(granularity=granularity, n_runs=6))
    homes = [set(labels[guidance.topic == topic]) for topic in range(4)]
    assert homes[0] == homes[1]
    assert all(len(home) == 1 for home in homes)
    assert homes[2].isdisjoint(homes[3])
    assert record[NAMES[0]].topic_id == record[NAMES[1]].topic_id
    assert {topic.label for topic in record.values()} == {"given"}


def test_two_halves_of_one_area_that_are_apart_stay_so(corpus, tmp_path):
    members = np.flatnonzero(corpus.areas == NAMES[3])
    ids = corpus.papers["paper_id"].to_numpy()
    guide = Guide(
        topic=(
            GuidedTopic(name="One", papers=tuple(ids[members[:8]])),
            GuidedTopic(name="Other", papers=tuple(ids[members[8:16]])),
        ),
        apart=(("One", "Other"),),
    )
    labels, _, _ = corpus.guide(tmp_path, guide, topics=TopicSettings(n_runs=6))
    one, other = set(labels[members[:8]]), set(labels[members[8:16]])
    assert len(one) == len(other) == 1
    assert one != other
    assert -1 not in one | other


def test_papers_tied_to_a_topic_stay_in_it_at_every_setting_of_the_dial(corpus, tmp_path):
    members = np.flatnonzero(corpus.areas == NAMES[2])[:5]
    strangers = [np.flatnonzero(corpus.areas == NAMES[area])[0] for area in (0, 1, 4)]
    listed = [*members, *strangers]
    ids = corpus.papers["paper_id"].to_numpy()
    guide = Guide(topic=(GuidedTopic(name="Mine", papers=tuple(ids[listed])),))
    _, guidance, _ = corpus.guide(tmp_path, guide, topics=TopicSettings(n_runs=6))
    plain = fit_topics(corpus.texts, corpus.vectors, TopicSettings(n_runs=6))
    for own in (0.4, 0.9):
        settings = TopicSettings(n_runs=6, outlier_strength=own)
        fit = fit_topics(corpus.texts, corpus.vectors, settings, bonds=guidance.bonds)
        assert len(set(fit.labels[listed])) == 1
        assert fit.labels[listed[0]] >= 0
        homes = Homes(fit.homes, fit.strength, fit.stays_up_to)
        for cut_off in CUT_OFFS:
            assert (homes.cut(cut_off)[0][listed] == fit.labels[listed[0]]).all()
    assert len(set(plain.homes[listed])) > 1
    assert (homes.cut(0.9)[0] == -1).any()


def test_a_label_that_one_paper_has_is_said_to_be_that(corpus, tmp_path):
    labelled = corpus.areas == NAMES[0]
    labelled[np.flatnonzero(corpus.areas == NAMES[1])[0]] = True
    listed = GuidedTopic(name="Listed", papers=(corpus.papers["paper_id"][9],))
    _, _, record = corpus.guide(tmp_path, Guide(topic=(listed,)), labelled, TopicSettings(n_runs=6))
    assert record[NAMES[0]].note is None
    assert record[NAMES[1]].note == "only one paper has it"
    assert record["Listed"].note == "only one paper is listed under it"


def test_a_topic_that_is_not_there_is_said_to_be_missing(corpus, tmp_path):
    guide = Guide(topic=(GuidedTopic(name="Quantum gravity", must_exist=True),))
    labels, _, record = corpus.guide(tmp_path, guide, topics=TopicSettings(n_runs=6))
    plain = fit_topics(corpus.texts, corpus.vectors, TopicSettings(n_runs=6)).labels
    assert np.array_equal(labels, plain)
    assert record["Quantum gravity"].note == "no papers, or too few, are near it"
    assert record["Quantum gravity"].topic_id is None


def test_bonds_of_nothing_change_no_bit(corpus):
    plain = fit_topics(corpus.texts, corpus.vectors, TopicSettings(n_runs=6))
    n = len(corpus.texts)
    nothing = Bonds(
        np.full(n, -1, np.int32), np.zeros(n, bool), np.zeros(0, bool), np.zeros((0, 0), bool), np.zeros(0, bool)
    )
    held = fit_topics(corpus.texts, corpus.vectors, TopicSettings(n_runs=6), bonds=nothing)
    assert np.array_equal(plain.labels, held.labels)
    assert np.array_equal(plain.strength, held.strength)
    assert np.array_equal(plain.labels, number_by_size(plain.labels))


def test_names_that_are_no_topics_and_columns_that_hold_none_are_refused(corpus, tmp_path):
    with pytest.raises(GuideError, match="neither a topic of it nor a label"):
        corpus.guide(tmp_path, Guide(apart=(("Glass", NAMES[0]),)), labelled=np.ones(606, bool))
    papers = corpus.papers.assign(facet_area=[[str(row)] for row in range(606)])
    settings = RunSettings(embedder="lsa", known_labels="area")
    with pytest.raises(GuideError, match="606 different values"):
        find_guidance(settings, papers, corpus.texts, corpus.vectors, corpus.embedder, tmp_path)


def test_what_cannot_be_guided_is_refused_before_any_work():
    described = Guide(topic=(GuidedTopic(name="Peat", description="Carbon stored in bogs."),))
    for embedder in ("lsa", "precomputed:vectors.npy"):
        with pytest.raises(GuideError, match="knows words, not sentences"):
            check_guidance(RunSettings(embedder=embedder, guide=described))
    check_guidance(RunSettings(guide=described))
    with pytest.raises(GuideError, match="--clusters density cannot be guided"):
        check_guidance(RunSettings(guide=described, topics=TopicSettings(clusters="density")))


def test_known_labels_are_kept_as_a_facet():
    assert RunSettings(facets=("a",), known_labels="b").facets == ("a", "b")
    assert RunSettings(facets=("b",), known_labels="b").facets == ("b",)
