from dataclasses import replace
from urllib.parse import parse_qs, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.permalinks import place_from_query, view_from_query
from dashboard.state import (
    COLOURS,
    MAX_VERTICES,
    MEASURES,
    MODES,
    NO_FILTERS,
    PAGES,
    PAPER_SORTS,
    PARTS,
    RELEVANCES,
    TABLES,
    TOPIC_SORTS,
    Facts,
    Filters,
    Side,
    View,
    clean_text,
    params_of,
    query_of,
    rebased,
)

SNAPSHOT = "20250701T120000Z-abcdef"
NEWER = "20250801T120000Z-abcdef"
VENUES = ("Journal of A & B", "=1+1", "a=b&c;d", "Zeitschrift für Ökologie", "100% #1?")
FACTS = Facts(
    corpus="lab",
    snapshot_id=SNAPSHOT,
    years=(1999, 2025),
    venues=frozenset(VENUES),
    facets={"countries": frozenset({"Chile", "Ghana"}), "<b>odd.name</b>": frozenset({"x", "ü"})},
    topic_ids=frozenset({"t-00000001", "t-00000002", "outlier"}),
    paper_ids=frozenset({"p-1", "doi:10.1/a b&c", "../x"}),
    periods=("2023", "2024"),
)

texts = st.text(max_size=80)
coordinates = st.floats(-50, 50, allow_nan=False)
polygons = st.lists(st.tuples(coordinates, coordinates), min_size=3, max_size=12).map(tuple)
filters = st.builds(
    Filters,
    years=st.none() | st.tuples(st.integers(1999, 2010), st.integers(2011, 2025)),
    include_undated=st.booleans(),
    venues=st.lists(st.sampled_from(VENUES)).map(tuple),
    facets=st.fixed_dictionaries(
        {},
        optional={name: st.lists(st.sampled_from(sorted(values))).map(tuple) for name, values in FACTS.facets.items()},
    ).map(lambda chosen: tuple(chosen.items())),
    words=texts,
)
sides = st.builds(
    Side, topic=st.none() | st.sampled_from(sorted(FACTS.topic_ids)), filters=filters, selection=st.none() | polygons
)
views = st.builds(
    View,
    corpus=st.just("lab"),
    snapshot_id=st.just(SNAPSHOT),
    page=st.sampled_from(PAGES),
    topic=st.none() | st.sampled_from(sorted(FACTS.topic_ids)),
    paper=st.none() | st.sampled_from(sorted(FACTS.paper_ids)),
    similar=st.none() | st.sampled_from(sorted(FACTS.paper_ids)),
    search=texts,
    mode=st.sampled_from(MODES),
    filters=filters,
    topics=st.lists(st.sampled_from(sorted(FACTS.topic_ids))).map(tuple),
    period=st.none() | st.sampled_from(FACTS.periods),
    measure=st.sampled_from(MEASURES),
    group=st.sampled_from(("", "venue", *FACTS.facets)),
    part=st.sampled_from(PARTS),
    rows=st.sampled_from(["", "all"]),
    relevance=st.sampled_from(RELEVANCES),
    colour_by=st.sampled_from(COLOURS),
    selection=st.none() | polygons,
    side_a=st.none() | sides,
    side_b=st.none() | sides,
    viewport=st.none() | st.tuples(coordinates, coordinates, coordinates, coordinates),
    sort=st.sampled_from(("", *PAPER_SORTS)),
    topic_sort=st.sampled_from(TOPIC_SORTS),
    list_page=st.integers(1, 9999),
    table=st.sampled_from(("", *TABLES)),
    abstracts=st.booleans(),
    listed=st.lists(st.text("abzAZ09-_", min_size=8, max_size=8)).map(tuple),
)


def parsed(query):
    return parse_qs(query, keep_blank_values=True)


@given(views)
def test_a_link_says_exactly_what_its_view_is(view):
    assert view_from_query(parsed(query_of(view)), FACTS) == (view, [])


@given(views)
def test_links_are_canonical(view):
    query = query_of(view)
    again, _ = view_from_query(dict(reversed(parsed(query).items())), FACTS)
    assert query_of(again) == query


def test_a_link_holds_corpus_and_snapshot_and_nothing_at_its_default():
    assert query_of(View("lab", SNAPSHOT)) == f"corpus=lab&snapshot={SNAPSHOT}&page=overview"


def test_a_link_can_be_read():
    view = View(
        "lab",
        SNAPSHOT,
        page="topics",
        topic="t-00000001",
        filters=Filters(
            years=(2001, 2010), venues=("b", "a"), facets=(("countries", ("Chile",)),), words='"slow  data"'
        ),
        selection=((0, 0), (1.25, 0), (1, -1.00001)),
    )
    assert query_of(view).split("&")[2:] == [
        "page=topics",
        "topic=t-00000001",
        "years=2001-2010",
        "venue=a",
        "venue=b",
        "facet.countries=Chile",
        "words=%22slow+data%22",
        "area=0~0_1.25~0_1~-1",
    ]


@pytest.mark.parametrize(
    ("query", "what"),
    [
        ("page=../../etc/passwd", "page"),
        ("page=%2e%2e%2f", "page"),
        ("topic=t-ffffffff", "topic"),
        ("topic=t-00000001&topic=C:\\x", "topic"),
        ("topics=t-00000001&topics=nothing", "topic"),
        ("paper=p-1%00", "paper"),
        ("similar=\\\\host\\share", "paper"),
        ("venue=Nowhere", "venue"),
        ("facet.countries=Atlantis", "facet value"),
        ("facet.nothing=x", "facet"),
        ("years=2010-2001", "years"),
        ("years=1200-1300", "years"),
        ("years=٢٠٠١-٢٠٠٢", "years"),
        ("years=2001", "years"),
        ("period=2022", "period"),
        ("mode=eval", "kind of search"),
        ("sort=1;DROP", "order of papers"),
        ("order=x", "order of topics"),
        ("group=secret", "grouping"),
        ("area=0~0_1~1", "region of the map"),
        ("area=0~0_1~1_nan~1", "region of the map"),
        ("area=0~0_1~1_1e9~1", "region of the map"),
        ("area=0~0_1~1_2~2_3", "region of the map"),
        ("area=" + "1~2_" * 5000, "region of the map"),
        ("window=1~2~x~4", "part of the map"),
        ("q=" + "y" * 201, "search text"),
        ("words=%00%01", "filter words"),
        ("table=secrets", "table"),
        ("a=topic%3Dt-ffffffff", "side A"),
        ("b=nothing", "side B"),
        ("b=venue%3DNowhere%26years%3D2001-2002", "side B"),
        ("b=years%3D2010-2001%26a%3Dtopic%253Dt-00000001", "side B"),
        ("a=area%3D0~0_1~1_1e9~1", "side A"),
        ("a=" + "x%3D1%26" * 5000, "side A"),
        ("a=" + "y" * 1_000_000, "side A"),
    ],
)
def test_what_a_snapshot_does_not_know_is_left_out_and_said(query, what):
    view, notices = view_from_query(parsed(query), FACTS)
    assert notices == [f"Part of the link ({what}) does not fit this snapshot and was left out."]
    again, none = view_from_query(parsed(query_of(view)), FACTS)
    assert (again, none) == (view, [])


@given(
    st.dictionaries(
        st.sampled_from(["page", "topic", "years", "area", "at", "q", "facet.", "x"]) | texts, st.lists(st.text())
    )
)
def test_no_query_string_raises_or_leads_out_of_the_snapshot(params):
    view, _ = view_from_query(params, FACTS)
    assert (view.corpus, view.snapshot_id) == ("lab", SNAPSHOT)
    assert view.topic is None or view.topic in FACTS.topic_ids
    assert view.page in PAGES
    assert len(view.search) <= 200


def test_a_megabyte_is_cut_and_quick():
    view, notices = view_from_query({"q": "z" * 1_000_000, "venue": ["v" * 1_000_000], "area": "1" * 1_000_000}, FACTS)
    assert len(view.search) == 200
    assert view.filters == NO_FILTERS
    assert len(notices) == 3


def test_a_lasso_of_many_corners_is_thinned():
    corners = tuple((i / 10, i * i / 100) for i in range(1000))
    view = View("lab", SNAPSHOT, selection=corners)
    assert view.selection is not None
    assert len(view.selection) == MAX_VERTICES
    assert view_from_query(parsed(query_of(view)), FACTS) == (view, [])


def test_going_to_another_page_keeps_filters_and_closes_what_was_open():
    filters = Filters(venues=("=1+1",), words="x")
    view = View(
        "lab", SNAPSHOT, page="topics", topic="t-00000001", paper="p-1", filters=filters, list_page=3, period="2023"
    )
    other = view.to("trends")
    assert (other.page, other.filters) == ("trends", filters)
    assert (other.topic, other.paper, other.period, other.list_page) == (None, None, None, 1)
    compared = View("lab", SNAPSHOT, page="compare", filters=filters, side_a=Side("t-00000001"), side_b=Side("outlier"))
    assert compared.to("trends") == View("lab", SNAPSHOT, page="trends", filters=filters)


def test_a_side_stands_in_a_link_with_the_names_that_a_view_has():
    side = Side("t-00000001", Filters(years=(2001, 2010), include_undated=False, venues=("a=b&c;d",)))
    view = View("lab", SNAPSHOT, page="compare", side_a=side)
    assert parsed(query_of(view))["a"] == ["topic=t-00000001&years=2001-2010&undated=no&venue=a%3Db%26c%3Bd"]
    assert view_from_query(parsed(query_of(view)), FACTS) == (view, [])
    assert "a" not in params_of(View("lab", SNAPSHOT, page="compare", side_a=Side()))


def test_changing_filters_goes_back_to_the_first_page_of_a_list():
    assert View("lab", SNAPSHOT, list_page=7).with_filters(words="a").list_page == 1


def test_a_step_taken_from_an_older_view_changes_only_what_it_changed_there():
    drawn = View("lab", SNAPSHOT, page="map", viewport=(0, 0, 1, 1))
    now = drawn.with_filters(venues=("a", "b"), facets=(("countries", ("Chile",)),))
    typed = drawn.with_filters(words="solar")
    followed = drawn.to("topics", topic="t-00000001")
    both = now.with_filters(words="solar")
    for step, expected in [(typed, both), (followed, now.to("topics", topic="t-00000001")), (drawn, now)]:
        after = rebased(params_of(step), params_of(drawn), params_of(now))
        # Canonical, so that the address is written once and Back is one step.
        assert urlencode(after, doseq=True) == query_of(expected)
    cleared = rebased(params_of(drawn), params_of(both), params_of(both.to("data")))
    assert urlencode(cleared, doseq=True) == query_of(replace(drawn, page="data"))


@given(views, views)
def test_a_step_from_where_one_is_leads_where_it_says(target, drawn):
    assert urlencode(rebased(params_of(target), params_of(drawn), params_of(drawn)), doseq=True) == query_of(target)


def test_a_step_between_snapshots_carries_nothing_over():
    drawn, now = View("lab", SNAPSHOT, page="topics"), View("other", SNAPSHOT, filters=Filters(words="solar"))
    target = drawn.to(topic="t-00000001")
    assert urlencode(rebased(params_of(target), params_of(drawn), params_of(now)), doseq=True) == query_of(target)


def test_a_link_names_the_part_of_the_map_as_it_always_did():
    query = f"corpus=lab&snapshot={SNAPSHOT}&page=map&window=-1~4~2~3.5"  # x from, x to, y from, y to
    view, _ = view_from_query(parsed(query), FACTS)
    assert view.viewport == (-1, 2, 4, 3.5)  # left, bottom, right, top: as the map says and takes it
    assert parsed(query_of(view))["window"] == ["-1~4~2~3.5"]


def test_clean_text_keeps_one_line_of_what_can_be_shown():
    assert clean_text("  a\x00\tb\ud800 \n c ") == "a b c"


# --- where a link leads -----------------------------------------------------------------

STORE = {"lab": [NEWER, SNAPSHOT], "other": [SNAPSHOT]}


def test_a_permalink_opens_the_snapshot_it_names():
    place, notices = place_from_query({"corpus": ["lab"], "snapshot": [SNAPSHOT]}, STORE)
    assert (place.corpus, place.snapshot_id, place.missing_snapshot, notices) == ("lab", SNAPSHOT, None, [])


def test_without_a_snapshot_the_one_served_is_opened():
    place, _ = place_from_query({"corpus": ["lab"]}, STORE)
    assert place.snapshot_id == NEWER


def test_without_a_corpus_the_preferred_one_is_opened():
    assert place_from_query({}, STORE, "other")[0].corpus == "other"
    assert place_from_query({}, {})[0].corpus is None


def test_a_snapshot_that_is_gone_is_named_and_the_newest_offered():
    gone = "20200101T000000Z-aaaaaa"
    place, notices = place_from_query({"corpus": ["lab"], "snapshot": [gone]}, STORE)
    assert (place.missing_snapshot, place.snapshot_id, notices) == (gone, NEWER, [])


@pytest.mark.parametrize(
    "attack", ["../", "..\\", "%2e%2e%2f", "C:\\", "\\\\host\\share", "\x00", "//evil", "٢", "lab/../lab", "x" * 10**6]
)
def test_no_name_that_is_not_listed_comes_back(attack):
    for params in ({"corpus": [attack]}, {"corpus": ["lab"], "snapshot": [attack]}, {"corpus": ["lab", attack]}):
        place, notices = place_from_query(params, STORE)
        assert place.corpus in STORE
        assert place.snapshot_id in STORE[place.corpus]
        assert place.missing_snapshot is None
        assert len(notices) == 1
        assert attack not in notices[0]
