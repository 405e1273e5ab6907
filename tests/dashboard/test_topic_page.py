"""The page of one topic, every part of it, over every kind of snapshot."""

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.queries import coarser_topics, finest_within, index_snapshot
from dashboard.state import PARTS
from pipeline.snapshot import open_snapshot
from tests.archive_snapshot import ARCHIVES
from tests.dashboard.test_app import ACTIVE, APP, CORPORA, texts_of, words_on


@pytest.fixture
def open_topic(monkeypatch):
    """Open the page of a topic, by its number, of a corpus in a store."""

    def open_page(store, corpus="tiny", number=1, **params):
        monkeypatch.setenv("TOPIC_EXPLORER_STORE", str(store))
        index = index_snapshot(open_snapshot(store, corpus))
        topic_id = index.topic_ids[number - 1] if len(index.topics) else "outlier"
        app = AppTest.from_file(str(APP), default_timeout=30)
        app.query_params.update({"corpus": corpus, "page": "topics", "topic": topic_id, **params})
        return app.run()

    return open_page


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("corpus", CORPORA)
def test_every_part_opens_over_every_snapshot_and_the_list_is_there(open_topic, variants_store, corpus, part):
    for words in ("", "xyzzy"):
        app = open_topic(variants_store, corpus, part=part, words=words)
        assert not app.exception
        assert [error.value for error in app.error] == []
        assert app.query_params["topic"]
        assert any(heading.value in ("All papers of the topic", "Papers") for heading in app.subheader)
        if corpus == "hostile":
            for element, text in texts_of(app):
                assert element.type == "text" or not ACTIVE.search(text), (element.type, text)


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("archive", sorted(path.name for path in ARCHIVES.iterdir() if path.is_dir()))
def test_every_part_opens_over_archived_snapshots(open_topic, archive, part):
    app = open_topic(ARCHIVES / archive, part=part)
    assert not app.exception
    assert [error.value for error in app.error] == []


def test_venues_and_facets_are_named_and_can_be_taken_away(open_topic, variants_store):
    app = open_topic(variants_store, part="groups")
    assert {"**Venue**", "**Countries**"} <= {text.value for text in app.markdown}
    assert "share in the whole corpus" in words_on(app)
    assert any(button.key == "topic-groups-csv" for button in app.get("download_button"))


def test_a_part_that_does_not_exist_is_left_out_and_said(open_topic, variants_store):
    app = open_topic(variants_store, part="nonsense")
    assert "part" not in app.query_params
    assert any("part of the page" in warning.value for warning in app.warning)


def relevances(app):
    return [slider for slider in app.select_slider if "λ" in slider.label]


def test_the_slider_of_words_stands_in_the_address(open_topic, variants_store):
    app = open_topic(variants_store, part="words")
    (slider,) = relevances(app)
    assert slider.value == 0.6
    slider.set_value(0.3).run()
    assert app.query_params["lambda"] == "0.3"
    assert not app.exception
    app = open_topic(variants_store, part="words", **{"lambda": "0.1"})
    assert relevances(app)[0].value == 0.1
    app = open_topic(variants_store, part="words", **{"lambda": "nan"})
    assert relevances(app)[0].value == 0.6
    assert "lambda" not in app.query_params


def test_a_topic_says_what_it_belongs_to_and_leads_to_its_siblings_over_time(open_topic, variants_store):
    index = index_snapshot(open_snapshot(variants_store, "three-levels"))
    topic_id = index.topic_ids[0]
    app = open_topic(variants_store, "three-levels", part="siblings")
    above = coarser_topics(index, topic_id)
    for coarse in above.to_dict("records"):
        size = int(index.topic(topic_id)["size"])
        n_within = len(finest_within(index, coarse["topic_id"]))
        said = f"{size} of {coarse['size']} papers ({size / coarse['size']:.0%}) in **{coarse['label']}**"
        assert any(text.value == f"{said}, which holds {n_within} topics." for text in app.markdown)
    heading = next(text.value for text in app.markdown if text.value.startswith("Topic 1 of"))
    coarsest, next_coarser = (f"**{above['label'].iloc[place]}**" for place in (-1, 0))
    assert 0 < heading.index(coarsest) < heading.index(next_coarser)
    app.button(key="topic-siblings-compare").click().run()
    assert app.query_params["page"] == "trends"
    shown = app.query_params["topics"]
    assert set([shown] if isinstance(shown, str) else shown) <= set(index.topic_ids)
    app = open_topic(variants_store, part="siblings")  # one level only: nothing to show, so what is over time
    assert any("The band is a 95 % interval" in caption.value for caption in app.caption)
