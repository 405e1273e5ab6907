"""Query string → `View`: a link is never trusted, and what it gets wrong is said.

Every value is checked by pattern, by membership in what the store or the snapshot
lists, or both. Nothing here becomes a path, and no sentence repeats a value.
"""

from __future__ import annotations

import re
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

from dashboard.paper_codes import cut
from dashboard.state import (
    COLOURS,
    MAX_CHOICES,
    MAX_LISTED,
    MAX_TEXT,
    MAX_VERTICES,
    MEASURES,
    MODES,
    PAGES,
    PAPER_SORTS,
    PARTS,
    RELEVANCES,
    TABLES,
    TOPIC_SORTS,
    Facts,
    Filters,
    Params,
    Polygon,
    Side,
    View,
    clean_polygon,
    clean_text,
)
from pipeline.schema import CORPUS_PATTERN, OUTLIER_TOPIC_ID, SNAPSHOT_ID_PATTERN

MAX_SIDE = 20_000
"""Longest description of a side of a comparison, in characters."""


@dataclass(frozen=True)
class Place:
    """Which snapshot a link leads to.

    ``missing_snapshot`` is the pinned snapshot when it is no longer there; then
    ``snapshot_id`` is the newest one of the corpus, to be offered, not opened.
    """

    corpus: str | None
    snapshot_id: str | None
    missing_snapshot: str | None = None


def place_from_query(
    params: Params, store: Mapping[str, Sequence[str]], preferred: str | None = None
) -> tuple[Place, list[str]]:
    """Where ``params`` lead in ``store`` (corpus → snapshot ids, the one to serve first).

    Returns the place and plain sentences about what could not be followed. Only
    names listed in ``store`` are ever returned as corpus or snapshot.
    """
    default = preferred if preferred in store else next(iter(store), None)
    notices: list[str] = []
    named = _last(params, "corpus")
    if named and (not CORPUS_PATTERN.fullmatch(named) or named not in store):
        notices.append("The link names a corpus that is not in this store; another one is shown.")
        return Place(default, _newest(store, default)), notices
    corpus = named or default
    if corpus is None:
        return Place(None, None), notices
    snapshot_id = _last(params, "snapshot")
    if not snapshot_id or snapshot_id in store[corpus]:
        return Place(corpus, snapshot_id or _newest(store, corpus)), notices
    if not SNAPSHOT_ID_PATTERN.fullmatch(snapshot_id):
        notices.append("The link names something that is no snapshot; the newest one is shown.")
        return Place(corpus, _newest(store, corpus)), notices
    return Place(corpus, _newest(store, corpus), missing_snapshot=snapshot_id), notices


def _newest(store: Mapping[str, Sequence[str]], corpus: str | None) -> str | None:
    return next(iter(store[corpus]), None) if corpus else None


def _values(params: Params, key: str) -> list[str]:
    value = params.get(key, ())
    return [value] if isinstance(value, str) else [str(each) for each in value]


def _last(params: Params, key: str) -> str:
    return next(reversed(_values(params, key)), "")


class _Reader:
    """Takes checked values out of ``params`` and collects what was left out."""

    def __init__(self, params: Params) -> None:
        self._params = params
        self.left_out: dict[str, None] = {}

    def one(self, key: str, name: str, allowed: Container[str], default: str | None) -> Any:
        value = _last(self._params, key)
        if not value or value == default:
            return default
        if len(value) > 10 * MAX_TEXT or value not in allowed:
            self.left_out[name] = None
            return default
        return value

    def many(self, key: str, name: str, allowed: Container[str]) -> tuple[str, ...]:
        values = [value for value in _values(self._params, key) if value]
        good = [value for value in values if len(value) <= 10 * MAX_TEXT and value in allowed]
        if len(good) < len(values) or len(good) > MAX_CHOICES:
            self.left_out[name] = None
        return tuple(good[:MAX_CHOICES])

    def text(self, key: str, name: str) -> str:
        value = _last(self._params, key)
        cleaned = clean_text(value)
        if len(value) > MAX_TEXT or (value and not cleaned):
            self.left_out[name] = None
        return cleaned

    def years(self, facts: Facts) -> tuple[int, int] | None:
        value = _last(self._params, "years")
        if not value:
            return None
        match = re.fullmatch(r"([0-9]{1,4})-([0-9]{1,4})", value)
        if match is None or facts.years is None:
            self.left_out["years"] = None
            return None
        low, high = int(match[1]), int(match[2])
        if low > high or high < facts.years[0] or low > facts.years[1]:
            self.left_out["years"] = None
            return None
        return low, high

    def numbers(self, key: str, name: str, separators: str, limit: int) -> list[float]:
        value = _last(self._params, key)
        if not value:
            return []
        parts = re.split(f"[{separators}]", value) if len(value) <= 30 * limit else []
        if not 0 < len(parts) <= limit or not all(re.fullmatch(r"-?[0-9]{1,7}(\.[0-9]{1,9})?", p) for p in parts):
            self.left_out[name] = None
            return []
        return [float(part) for part in parts]

    def listed(self) -> tuple[str, ...]:
        codes, whole = cut(_last(self._params, "list"))
        if len(codes) > MAX_LISTED:
            self.left_out[f"papers of the reading list after the first {MAX_LISTED}"] = None
        elif not whole:
            self.left_out["papers of the reading list"] = None
        return codes[:MAX_LISTED]

    def polygon(self) -> Polygon | None:
        numbers = self.numbers("area", "region of the map", "~_", 2 * MAX_VERTICES)
        corners = clean_polygon(list(zip(numbers[::2], numbers[1::2], strict=False))) if numbers else None
        if numbers and (corners is None or len(numbers) % 2):
            self.left_out["region of the map"] = None
            return None
        return corners

    def filters(self, facts: Facts) -> Filters:
        facets = {key.removeprefix("facet."): key for key in self._params if key.startswith("facet.")}
        if any(name not in facts.facets for name in facets):
            self.left_out["facet"] = None
        return Filters(
            years=self.years(facts),
            include_undated=self.one("undated", "undated papers", ("no",), None) is None,
            venues=self.many("venue", "venue", facts.venues),
            facets=tuple(
                (name, self.many(key, "facet value", facts.facets[name]))
                for name, key in facets.items()
                if name in facts.facets
            ),
            words=self.text("words", "filter words"),
        )

    def side(self, key: str, name: str, facts: Facts) -> Side | None:
        """A side, from a query string within the query string; its values are checked like the view's own."""
        text = _last(self._params, key)
        if not text:
            return None
        try:
            within = _Reader(parse_qs(text, max_num_fields=10 * MAX_CHOICES) if len(text) <= MAX_SIDE else {})
        except ValueError:  # more fields than that
            within = _Reader({})
        topic = within.one("topic", "topic", facts.topic_ids, None)
        side = Side(topic, within.filters(facts), within.polygon())
        if within.left_out or not side:
            self.left_out[name] = None
        return side or None


def view_from_query(params: Params, facts: Facts) -> tuple[View, list[str]]:
    """The view that ``params`` describe over the snapshot of ``facts``, and plain notices.

    Never raises, whatever ``params`` hold. For every view that holds only what
    ``facts`` know, ``view_from_query(parse_qs(query_of(view)), facts) == (view, [])``, but
    for a topic's page: that of a coarser one is a part of the Hierarchy, that of a finest one of Topics.
    """
    read = _Reader(params)
    level = int(read.one("level", "level of topics", [str(n) for n in range(max(len(facts.levels), 1))], None) or 0)
    page, topic = read.one("page", "page", PAGES, "overview"), read.one("topic", "topic", facts.topic_ids, None)
    if topic is not None and facts.levels and page in ("topics", "hierarchy"):
        page = "hierarchy" if any(topic in coarser for coarser in facts.levels[1:]) else "topics"
    comparable = {OUTLIER_TOPIC_ID, *facts.levels[level]} if facts.levels else facts.topic_ids
    window = read.numbers("window", "part of the map", "~", 4)
    at = _last(params, "at")
    view = View(
        corpus=facts.corpus,
        snapshot_id=facts.snapshot_id,
        page=page,
        topic=topic,
        paper=read.one("paper", "paper", facts.paper_ids, None),
        similar=read.one("similar", "paper", facts.paper_ids, None),
        search=read.text("q", "search text"),
        mode=read.one("mode", "kind of search", MODES, "words"),
        filters=read.filters(facts),
        level=level,
        dial=facts.dial.get(read.one("dial", "setting for outliers", facts.dial, ""), ""),
        topics=read.many("topics", "topic", comparable),
        period=read.one("period", "period", facts.periods, None),
        measure=read.one("measure", "measure", MEASURES, "share"),
        group=read.one("group", "grouping", ("venue", *facts.facets), ""),
        relevance=float(read.one("lambda", "weight of words", {f"{value:g}" for value in RELEVANCES}, "0.6")),
        part=read.one("part", "part of the page", PARTS, "time"),
        rows=read.one("rows", "number of rows", ("all",), ""),
        colour_by=read.one("colour", "colouring", COLOURS, "topic"),
        selection=read.polygon(),
        side_a=read.side("a", "side A", facts),
        side_b=read.side("b", "side B", facts),
        viewport=(window[0], window[2], window[1], window[3]) if len(window) == 4 else None,  # x, x, y, y
        sort=read.one("sort", "order of papers", PAPER_SORTS, ""),
        topic_sort=read.one("order", "order of topics", TOPIC_SORTS, "size"),
        list_page=max(1, int(at)) if re.fullmatch(r"[0-9]{1,7}", at) else 1,
        table=read.one("table", "table", TABLES, ""),
        abstracts=read.one("abstracts", "abstracts", ("yes",), None) is not None,
        listed=read.listed(),
    )
    notices = [f"Part of the link ({name}) does not fit this snapshot and was left out." for name in read.left_out]
    return view, notices
