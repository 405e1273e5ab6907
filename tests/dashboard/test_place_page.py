"""Place my papers, as a visitor uses it."""

from types import SimpleNamespace

import numpy as np
import pytest

from dashboard import data
from dashboard.state import page_name
from tests.dashboard.test_app import ACTIVE, index_of, open_app, texts_of, words_on

__all__ = ["open_app"]  # the fixture

SOLAR = "Perovskite solar cells lose efficiency when humidity enters; encapsulation slows the degradation of the cell."
BIRDS = "Warblers sing in a dialect, and birdsong at the edge of a territory has a syllable more in every recording."
HOSTILE = (
    "<img src=x onerror=alert(1)> :red[x] $x$ ![a](https://canary) [x](javascript:alert(1)) =cmd() \u202e solar cell"
)


def give(app, text="", file=None):
    if text:
        app.text_area(key="place-text").set_value(text)
    if file is not None:
        app.file_uploader(key="place-file").set_value(file)
    return next(button for button in app.button if button.label == "Place them").click().run()


def place_page(open_app, **params):
    return open_app(page="place-my-papers", **{"corpus": "tiny", **params})


def test_two_abstracts_land_in_their_topics(open_app):
    app = give(place_page(open_app), f"{SOLAR}\n\n{BIRDS}")
    assert not app.exception
    said = words_on(app)
    assert "**2 papers** placed" in said
    landed = [button.label for button in app.button if (button.key or "").endswith("-topic")]
    assert landed == ["2 Solar cell ageing", "1 Bird song dialects"]
    assert "similarity 0" in said
    assert "The list is too short to say" in said
    assert "never written to disk and never put into a link" in said
    assert set(app.query_params) == {"corpus", "snapshot", "page"}


def test_a_bib_file_is_placed_and_what_is_there_already_is_known(open_app, variants_store):
    index = index_of(variants_store)
    title = index.papers["title"].iloc[3]
    content = f"@article{{a, title = {{{title}}}}}\n@article{{b, title = {{Of solar cells}}, abstract = {{{SOLAR}}}}}\n"
    app = give(place_page(open_app), file=("mine.bib", (content + "@misc{c,\n").encode(), "text/plain"))
    said = words_on(app)
    assert "**2 papers** placed" in said
    assert "1 is in this corpus already" in said
    assert ":green-badge[in this corpus]" in said
    assert ":gray-badge[by its title alone]" in said
    assert "1 record left out" in said
    next(button for button in app.button if button.key == "placed-0-known").click().run()
    assert app.query_params["paper"] == index.papers["paper_id"].iloc[3]
    assert "**2 papers** placed" in words_on(app)


def test_what_was_given_stays_over_other_pages_and_is_forgotten_on_demand(open_app):
    app = give(place_page(open_app), SOLAR)
    app.query_params["page"] = "topics"
    app.run()
    app.query_params["page"] = "place-my-papers"
    app.run()
    assert "**1 paper** placed" in words_on(app)
    app.button(key="place-forget").click().run()
    assert "**1 paper** placed" not in words_on(app)
    assert not [button for button in app.button if (button.key or "").startswith("placed-")]
    assert "**1 paper** placed" not in words_on(place_page(open_app))  # another visitor


def test_filters_hold(open_app):
    app = give(place_page(open_app, years="2024-2025", undated="no"), SOLAR)
    assert "papers that pass the filters" in words_on(app)
    assert not app.exception


@pytest.mark.parametrize("corpus", ["no-papers", "one-paper", "many-topics", "three-levels"])
def test_snapshots_that_cannot_embed_new_text_say_so_before_anything_is_given(open_app, corpus):
    app = place_page(open_app, corpus=corpus)
    assert not app.exception
    if not app.text_area:
        assert "New papers cannot be placed in this corpus" in words_on(app)
        assert "Search by words" not in words_on(app)


@pytest.mark.parametrize(
    ("text", "file", "says"),
    [
        ("", None, "Paste an abstract or choose a file first."),
        ("?!", None, "had too few words to be placed"),
        ("", ("p.bib", b"", "text/plain"), "the file is empty"),
        ("", ("p.csv", b"a,b\n1,2\n", "text/csv"), "no column looks like the title"),
        ("", ("p.ris", bytes(range(256)) * 50, "text/plain"), "this is binary data"),
        ("", ("<img src=x>.csv", b"\x00" * 99, "text/csv"), "the file is empty"),
    ],
)
def test_what_cannot_be_placed_gets_a_clear_sentence(open_app, text, file, says):
    app = give(place_page(open_app), text, file)
    assert not app.exception
    assert [error.value for error in app.error] == []
    said = [warning.value.replace("\\", "") for warning in app.warning]
    assert len(said) == 1
    assert says in said[0]


@pytest.mark.parametrize("corpus", ["tiny", "hostile"])
def test_hostile_text_is_shown_as_text(open_app, variants_store, monkeypatch, corpus):
    if corpus == "hostile":  # it has no encoder: everything given lies where its first paper lies
        vector = np.asarray(index_of(variants_store, corpus).snapshot.embeddings[0], dtype=np.float32)
        encoder = SimpleNamespace(dimensions=len(vector), encode=lambda text: vector)
        monkeypatch.setattr(data, "query_encoder", lambda corpus, snapshot_id: encoder)
    app = place_page(open_app, corpus=corpus)
    file = ("<b>.bib", f"@article{{x, title = {{{HOSTILE}}}, abstract = {{{HOSTILE}}}}}".encode(), "text/plain")
    app = give(app, f"{HOSTILE}\n\n{HOSTILE} birdsong", file)
    assert not app.exception
    assert [error.value for error in app.error] == []
    for element, text in texts_of(app):
        if element.type not in ("text", "text_area"):
            assert not ACTIVE.search(text), (element.type, text)


def test_a_long_list_is_paged(open_app):
    text = "\n\n".join(f"{SOLAR} This is the one with number {n} of them." for n in range(25))
    app = give(place_page(open_app), text)
    assert "**25 papers** placed" in words_on(app)
    assert len([button for button in app.button if (button.key or "").endswith("-topic")]) == 20
    assert page_name("place-my-papers") == "Place my papers"
