"""What a page shows, as one frozen `View`, and the query string that says the same.

`query_of` is canonical: fixed order, only what differs from the default, always
corpus and snapshot. `view_from_query` never trusts: every value is checked by
pattern, by membership in the snapshot's own `Facts`, or both; what fails is left
out and said in a plain sentence that does not repeat the value.

Pure: no Streamlit here (`dashboard.navigation` moves between views).
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Collection, Container, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal
from urllib.parse import urlencode

from dashboard.paper_codes import joined

Polygon = tuple[tuple[float, float], ...]
"""Corners in map coordinates, at least 3 and at most `MAX_VERTICES`; a box has 4."""

Params = Mapping[str, str | Sequence[str]]
"""A parsed query string: a value, or the values of a repeated key."""

MAX_TEXT = 200
"""Longest search or filter text, in characters."""
MAX_VERTICES = 200
MAX_CHOICES = 200
"""Most values of one repeated key (venues, topics, values of a facet)."""
MAX_LISTED = 500
"""Most papers of a reading list, and of the link to one: 4,000 characters."""
DECIMALS = 4
"""Decimals of map coordinates in a link."""
LARGEST_COORDINATE = 1e6

PAGES = (
    "overview", "map", "topics", "hierarchy", "trends", "search", "compare", "place-my-papers", "data", "reading-list",
)  # fmt: skip
MODES = ("words", "meaning")
PAPER_SORTS = ("strength", "borderline", "newest", "oldest", "citations", "title")
TOPIC_SORTS = ("size", "label", "rising", "coherence", "peak")
MEASURES = ("share", "count")
COLOURS = ("topic", "year")
PARTS = ("time", "words", "groups", "siblings", "heat", "word-trends")
RELEVANCES = tuple(tenths / 10 for tenths in range(11))
TABLES = (
    "papers", "topics", "trends", "hierarchy", "groups", "words", "word-trends", "findings", "side-words", "mix",
    "periods", "bridging", "pairs", "between",
)  # fmt: skip


def clean_text(text: str) -> str:
    """``text`` on one line, without control characters, at most `MAX_TEXT` characters."""
    kept = "".join(" " if c.isspace() else c for c in text[: 4 * MAX_TEXT])
    kept = "".join(c for c in kept if unicodedata.category(c) not in ("Cc", "Cs", "Co"))
    return " ".join(kept.split())[:MAX_TEXT].strip()


def clean_polygon(corners: Sequence[Sequence[float]] | None) -> Polygon | None:
    """Corners rounded to `DECIMALS` and thinned evenly to `MAX_VERTICES`; ``None`` if no area is left."""
    if corners is None:
        return None
    rounded = [(round(float(x), DECIMALS) + 0.0, round(float(y), DECIMALS) + 0.0) for x, y in corners]
    if any(not math.isfinite(value) or abs(value) > LARGEST_COORDINATE for pair in rounded for value in pair):
        return None
    if len(rounded) > MAX_VERTICES:
        step = len(rounded) / MAX_VERTICES
        rounded = [rounded[int(i * step)] for i in range(MAX_VERTICES)]
    return tuple(rounded) if len(set(rounded)) >= 3 else None


@dataclass(frozen=True)
class Filters:
    """What narrows every page.

    ``years`` is inclusive; ``None`` is no limit. Papers without a year stay while
    ``include_undated``. Venues are alternatives, so are the values of one facet;
    different facets, venues, years and words must all hold.
    """

    years: tuple[int, int] | None = None
    include_undated: bool = True
    venues: tuple[str, ...] = ()
    facets: tuple[tuple[str, tuple[str, ...]], ...] = ()
    words: str = ""

    def __post_init__(self) -> None:
        facets = {name: tuple(sorted(set(values))) for name, values in self.facets if values}
        object.__setattr__(self, "venues", tuple(sorted(set(self.venues))))
        object.__setattr__(self, "facets", tuple(sorted(facets.items())))
        object.__setattr__(self, "words", clean_text(self.words))

    def facet(self, name: str) -> tuple[str, ...]:
        """The chosen values of facet ``name``; empty when it does not filter."""
        return dict(self.facets).get(name, ())

    def with_facet(self, name: str, values: Sequence[str]) -> Filters:
        """These filters with the values of one facet replaced."""
        return replace(self, facets=tuple((dict(self.facets) | {name: tuple(values)}).items()))


NO_FILTERS = Filters()


@dataclass(frozen=True)
class Side:
    """One of two sets of papers that are compared: a topic, filters and a region, of which all must hold."""

    topic: str | None = None
    filters: Filters = NO_FILTERS
    selection: Polygon | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "selection", clean_polygon(self.selection))

    def __bool__(self) -> bool:
        """Whether it asks for anything."""
        return self != Side()


@dataclass(frozen=True)
class View:
    """Everything that decides what is on screen; the query string holds all of it."""

    corpus: str
    snapshot_id: str
    page: str = "overview"
    topic: str | None = None  # the topic whose page is open, or whose papers are listed
    paper: str | None = None  # the paper that is open
    similar: str | None = None  # the list holds papers similar to this one
    search: str = ""
    mode: Literal["words", "meaning"] = "words"
    filters: Filters = NO_FILTERS
    level: int = 0  # of the topics on Overview, Map, Topics, Trends and Compare: 0 is the finest
    dial: str = ""  # cut-off for outliers, as in the snapshot's dial; "" = the snapshot's own
    topics: tuple[str, ...] = ()  # of that level; compared on Trends, highlighted on Map; in the order chosen
    period: str | None = None  # papers of one period
    measure: Literal["share", "count"] = "share"
    part: str = "time"  # of a topic's page, or of Trends: one of PARTS
    rows: Literal["", "all"] = ""  # of the heat map: the largest topics, or all
    relevance: float = 0.6  # λ of a topic's words, one of RELEVANCES: 0 distinctive, 1 frequent
    group: str = ""  # "", "venue" or a facet's name: what splits trends
    colour_by: str = "topic"
    selection: Polygon | None = None
    side_a: Side | None = None  # compared with side B, both within the filters; null: not chosen yet
    side_b: Side | None = None  # null: everything that is not on side A
    viewport: tuple[float, float, float, float] | None = None  # of the map: left, bottom, right, top
    sort: str = ""  # one of PAPER_SORTS; "" = the list's own order
    topic_sort: str = "size"
    list_page: int = 1
    table: str = ""  # which list an export takes; "" = the page's main one
    abstracts: bool = False  # exports carry abstracts
    listed: tuple[str, ...] = ()  # codes of the papers of a reading list that was sent, in its order

    def __post_init__(self) -> None:
        object.__setattr__(self, "search", clean_text(self.search))
        object.__setattr__(self, "topics", tuple(dict.fromkeys(self.topics)))
        object.__setattr__(self, "selection", clean_polygon(self.selection))
        object.__setattr__(self, "side_a", self.side_a or None)
        object.__setattr__(self, "side_b", self.side_b or None)
        object.__setattr__(self, "listed", tuple(dict.fromkeys(self.listed))[:MAX_LISTED])
        if self.viewport is not None:
            rounded = tuple(round(float(value), DECIMALS) + 0.0 for value in self.viewport)
            object.__setattr__(self, "viewport", rounded)

    def to(self, page: str | None = None, **changes: Any) -> View:
        """Another view with the same snapshot and filters: where an in-app link leads.

        Changing the page closes what was open on the old one (topic, paper, similar,
        period, the sides compared); any change but of the list's page goes back to its first page.
        """
        if page is not None and page != self.page:
            closed: dict[str, Any] = dict.fromkeys(("topic", "paper", "similar", "period", "side_a", "side_b"))
            closed |= {"table": "", "sort": "", "part": "time", "rows": "", "listed": ()}
            if page == "map" and ("paper" in changes or "topic" in changes):
                closed["viewport"] = None  # what one wants to see may lie outside it
            changes = {"page": page, **closed, **changes}
        return replace(self, **{"list_page": 1, **changes})

    def with_filters(self, **changes: Any) -> View:
        """The same view with some filters changed, back on the first page of its list."""
        return replace(self, filters=replace(self.filters, **changes), list_page=1)

    def at_level(self, level: int) -> View:
        """The same view with the topics of another level; those chosen to be compared are of the old one."""
        return replace(self, level=level, topics=(), topic=None, period=None, list_page=1)


@dataclass(frozen=True)
class Facts:
    """What a snapshot knows, for checking a query string against it."""

    corpus: str
    snapshot_id: str
    years: tuple[int, int] | None = None
    venues: Container[str] = frozenset()
    facets: Mapping[str, Container[str]] = field(default_factory=dict)
    topic_ids: Container[str] = frozenset()  # of every level, and "outlier"
    levels: Sequence[Collection[str]] = ()  # the topic ids of each level, the finest first
    paper_ids: Container[str] = frozenset()
    periods: Collection[str] = ()
    dial: Mapping[str, str] = field(default_factory=dict)


def page_name(page: str) -> str:
    """One of `PAGES` as it is called on screen."""
    return page.replace("-", " ").capitalize()


# --- View → query string ----------------------------------------------------------


def _number(value: float) -> str:
    return f"{value:.{DECIMALS}f}".rstrip("0").rstrip(".")


def params_of(view: View) -> dict[str, str | list[str]]:
    """The canonical parameters of ``view``, in order, without those at their default."""
    return {key: value for key, value in _all_params(view).items() if value}


def _filter_params(filters: Filters) -> dict[str, str | list[str]]:
    return {
        "years": f"{filters.years[0]}-{filters.years[1]}" if filters.years else "",
        "undated": "" if filters.include_undated else "no",
        "venue": list(filters.venues),
        **{f"facet.{name}": list(values) for name, values in filters.facets},
        "words": filters.words,
    }


def _area(polygon: Polygon | None) -> str:
    return "_".join(f"{_number(x)}~{_number(y)}" for x, y in polygon or ())


def _side(side: Side | None) -> str:
    """A side as one parameter: a query string within the query string, with the keys of a view's own."""
    if side is None:
        return ""
    params = {"topic": side.topic or "", **_filter_params(side.filters), "area": _area(side.selection)}
    return urlencode({key: value for key, value in params.items() if value}, doseq=True)


def _all_params(view: View) -> dict[str, str | list[str]]:
    return {
        "corpus": view.corpus,
        "snapshot": view.snapshot_id,
        "page": view.page,
        "topic": view.topic or "",
        "paper": view.paper or "",
        "similar": view.similar or "",
        "q": view.search,
        "mode": _unless(view.mode, "words"),
        **_filter_params(view.filters),
        "level": str(view.level) if view.level else "",
        "dial": view.dial,
        "topics": list(view.topics),
        "period": view.period or "",
        "measure": _unless(view.measure, "share"),
        "group": view.group,
        "part": _unless(view.part, "time"),
        "rows": view.rows,
        "lambda": _unless(f"{view.relevance:g}", "0.6"),
        "colour": _unless(view.colour_by, "topic"),
        "area": _area(view.selection),
        "a": _side(view.side_a),
        "b": _side(view.side_b),
        "window": "~".join(_number(value) for value in _window(view.viewport)),
        "sort": view.sort,
        "order": _unless(view.topic_sort, "size"),
        "at": "" if view.list_page == 1 else str(view.list_page),
        "table": view.table,
        "abstracts": "yes" if view.abstracts else "",
        "list": joined(view.listed),
    }


def _unless(value: str, default: str) -> str:
    return "" if value == default else value


def _window(viewport: Sequence[float] | None) -> Sequence[float]:
    """A viewport as links write it: x from, x to, y from, y to."""
    if viewport is None:
        return ()
    left, bottom, right, top = viewport
    return left, right, bottom, top


_KEYS = tuple(_all_params(View("", "")))


def rebased(target: Params, drawn: Params, now: Params) -> dict[str, list[str]]:
    """``target``, meant as a change of ``drawn``, as the same change of ``now``.

    All three are canonical parameters, and so is what comes out. Another snapshot has
    other papers and topics: between two of them nothing is carried over.
    """
    wanted, before, current = _listed(target), _listed(drawn), _listed(now)
    if any(before.get(key) != current.get(key) for key in ("corpus", "snapshot")):
        return wanted
    keys = sorted({*wanted, *current}, key=_rank)
    changed = {key: (wanted if wanted.get(key) != before.get(key) else current).get(key) for key in keys}
    return {key: values for key, values in changed.items() if values}


def _listed(params: Params) -> dict[str, list[str]]:
    return {key: [value] if isinstance(value, str) else list(value) for key, value in params.items()}


def _rank(key: str) -> tuple[int, str]:
    """Where ``key`` stands among canonical parameters; those of facets follow the venues'."""
    name = "venue" if key.startswith("facet.") else key
    return (_KEYS.index(name) if name in _KEYS else len(_KEYS), key if name != key else "")


def query_of(view: View) -> str:
    """The canonical query string of ``view``: equal views, equal strings."""
    return urlencode(params_of(view), doseq=True)
