"""A planted corpus: made-up, readable abstracts whose topics, venues and trends are known.

For demonstrations, tests and benchmarks. Every paper says in
``planted_topic`` which area it was drawn from, and in ``planted_second`` the
other one where it mixes two; ``planted_course`` is that area's trend.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.planted_areas import (
    AREAS,
    COUNTRIES,
    FAMILY_NAMES,
    GIVEN_NAMES,
    SHARED_MEASURES,
    SHARED_METHODS,
    SHARED_SUBJECTS,
    Area,
    Course,
)
from pipeline.whole_file import whole_file

FIRST_YEAR, LAST_YEAR = 2012, 2025
SHARED_SHARE = 1 / 3
"""The share of the words that carry content which every area draws from the common pool."""
MIXED_SHARE = 0.06
"""The share of papers that mix two areas."""


class SampleError(ValueError):
    """The planted corpus asked for cannot be made."""


_TITLES = (
    "{Subject} and {subject2}: evidence from {method}",
    "{Method} for {subject}",
    "How {subject} shape {measure}",
    "Understanding {subject} through {method}",
    "{Subject} under {shared}",
    "Measuring {measure} in {subject}",
    "Towards better {measure}: {method} applied to {subject}",
    "{Subject} revisited with {method}",
    "What {method} can tell us about {subject}",
    "Predicting {measure} from {subject}",
)

# What sets two studies of the same thing apart; it also keeps titles from repeating.
_SETTINGS = (
    "{title}: {count} cases from {country}",
    "{title} in {country}, {year} to {year2}",
    "{title}: a {sites}-site study in {country}",
    "{title}, with {count} observations from {country}",
    "{title}: lessons from {country} since {year}",
    "{title} across {count} samples from {country}",
)

_OPENINGS = (
    "{Subject} remain hard to explain, above all where {subject2} are involved.",
    "Much of what is known about {subject} comes from small studies of {subject2}.",
    "Progress on {subject} has been held back by poor estimates of {measure}.",
    "The link between {subject} and {subject2} is often assumed and seldom measured.",
    "Interest in {subject} has grown because they bear directly on {measure}.",
)
_MIDDLES = (
    "Here we combine {method} with {method2} to study {subject}.",
    "We followed {subject} over several years using {method}, and paid close attention to {subject2}.",
    "Our approach rests on {method} and needs no prior knowledge of {subject2}.",
    "A comparison of {method} and {method2} shows where each one fails on {subject}.",
    "To separate {subject} from {subject2}, we introduce a design built around {method}.",
    "We collected new measurements of {measure} and related them to {subject}.",
    "The analysis accounts for {shared} and relies on {method} throughout.",
    "Using {method}, we traced how {subject} respond when {subject2} change.",
)
_RESULTS = (
    "We find that {measure} improves by {percent} percent when {subject} are taken into account.",
    "{Measure} and {measure2} move together, and the relation holds after {method} is repeated on held-out data.",
    "Across {count} cases, {subject} explained most of the differences in {measure}.",
    "The effect of {subject2} on {measure} was smaller than earlier work suggested.",
    "In contrast to earlier reports, {measure} depended little on {subject2} and strongly on {subject}.",
    "Gains in {measure} came at no loss of {measure2}.",
)
_CLOSINGS = (
    "These findings matter for anyone who works with {subject}.",
    "We discuss what this means for {subject2} and share the data.",
    "The results suggest that {method} deserves a wider role in the study of {subject}.",
    "Future work should test whether {subject} behave alike under {shared}.",
    "Taken together, they argue for measuring {measure} and {measure2} side by side.",
)


def planted_papers(n_papers: int, n_topics: int, seed: int) -> Iterator[dict[str, Any]]:
    """``n_papers`` records from the first ``n_topics`` areas, the same for the same ``seed``.

    Area sizes fall geometrically so that the largest is about ten times the
    smallest; each area's years follow its course.

    Raises
    ------
    SampleError
        No papers, or more topics than there are areas.
    """
    if n_papers < 1:
        raise SampleError("A planted corpus needs at least one paper.")
    if not 1 <= n_topics <= len(AREAS):
        raise SampleError(f"A planted corpus has 1 to {len(AREAS)} topics, not {n_topics}.")
    random = np.random.default_rng(seed)
    areas = AREAS[:n_topics]
    weights = np.geomspace(10.0, 1.0, n_topics)
    weights = weights[random.permutation(n_topics)]
    years = np.arange(FIRST_YEAR, LAST_YEAR + 1)
    year_weights = {course: _year_weights(course, years) for course in {area.course for area in areas}}
    for number in range(1, n_papers + 1):
        home = int(random.choice(n_topics, p=weights / weights.sum()))
        guest = None
        if n_topics > 1 and random.random() < MIXED_SHARE:
            guest = (home + 1 + int(random.integers(n_topics - 1))) % n_topics
        area = areas[home]
        year = int(random.choice(years, p=year_weights[area.course]))
        yield _record(random, number, area, None if guest is None else areas[guest], year)


def write_planted(file: Path, n_papers: int, n_topics: int, seed: int) -> None:
    """Write `planted_papers` to ``file`` as JSON Lines, whole or not at all."""
    with whole_file(file) as out:
        for record in planted_papers(n_papers, n_topics, seed):
            out.write(f"{json.dumps(record, ensure_ascii=False)}\n".encode())


def _year_weights(course: Course, years: NDArray[np.int64]) -> NDArray[np.float64]:
    """How likely each year is for a paper of an area with this course."""
    t = np.linspace(0.0, 1.0, len(years))
    weights = {
        "steady": np.ones_like(t),
        "rising": np.exp(2.2 * t),
        "fading": np.exp(-2.2 * t),
        "born late": np.where(years >= LAST_YEAR - 4, np.exp(3.0 * t), 0.0),
        "burst": np.where(np.isin(years, (2020, 2021)), 12.0, 1.0),
    }[course]
    return weights / weights.sum()


def _record(random: np.random.Generator, number: int, area: Area, guest: Area | None, year: int) -> dict[str, Any]:
    words = _Words(random, area, guest)
    sentences = [
        words.fill(_pick(random, _OPENINGS)),
        *(words.fill(_pick(random, _MIDDLES)) for _ in range(int(random.integers(2, 4)))),
        *(words.fill(_pick(random, _RESULTS)) for _ in range(int(random.integers(1, 3)))),
        words.fill(_pick(random, _CLOSINGS)),
    ]
    month, day = int(random.integers(1, 13)), int(random.integers(1, 29))
    if (year, month) == (LAST_YEAR, 12):
        day = 31  # the corpus ends with its last year, so that year is complete
    n_authors = int(random.integers(1, 6))
    countries = sorted({_pick(random, COUNTRIES) for _ in range(int(random.integers(1, 3)))})
    return {
        "id": f"planted-{number:07d}",
        "title": _title(random, words, year),
        "abstract": " ".join(sentences),
        "authors": [f"{_pick(random, GIVEN_NAMES)} {_pick(random, FAMILY_NAMES)}" for _ in range(n_authors)],
        "venue": _pick(random, area.venues),
        "published": f"{year}-{month:02d}-{day:02d}",
        "citations": int(random.pareto(1.2) * (LAST_YEAR + 1 - year)),
        "countries": countries,
        "planted_topic": area.name,
        "planted_second": guest.name if guest else None,
        "planted_course": area.course,
    }


def _title(random: np.random.Generator, words: _Words, year: int) -> str:
    first = year - int(random.integers(4, 30))
    return _pick(random, _SETTINGS).format(
        title=words.fill(_pick(random, _TITLES)),
        country=_pick(random, COUNTRIES),
        year=first,
        year2=first + int(random.integers(1, 4)),
        count=f"{int(random.integers(12, 9000)):,}",
        sites=int(random.integers(3, 80)),
    )


class _Words:
    """Fills the slots of a sentence from an area, a guest area and the common pool."""

    def __init__(self, random: np.random.Generator, area: Area, guest: Area | None) -> None:
        self._random = random
        self._area = area
        self._guest = guest

    def fill(self, template: str) -> str:
        subject, subject2 = self._two("subjects", SHARED_SUBJECTS)
        method, method2 = self._two("methods", SHARED_METHODS)
        measure, measure2 = self._two("measures", SHARED_MEASURES)
        text = template.format(
            subject=subject,
            Subject=_capital(subject),
            subject2=subject2,
            method=method,
            Method=_capital(method),
            method2=method2,
            measure=measure,
            Measure=_capital(measure),
            measure2=measure2,
            shared=_pick(self._random, SHARED_SUBJECTS),
            percent=int(self._random.integers(3, 60)),
            count=int(self._random.integers(12, 900)),
        )
        return _capital(text)

    def _two(self, kind: str, shared: tuple[str, ...]) -> tuple[str, str]:
        """Two different words; the first is the area's own, the second may come from anywhere."""
        first = self._one(kind, shared, SHARED_SHARE / 2)
        for _ in range(20):
            second = self._one(kind, shared, SHARED_SHARE * 1.5)
            if second != first:
                return first, second
        return first, shared[0]

    def _one(self, kind: str, shared: tuple[str, ...], shared_share: float) -> str:
        if self._random.random() < shared_share:
            return _pick(self._random, shared)
        area = self._area
        if self._guest is not None and self._random.random() < 0.4:
            area = self._guest
        return _pick(self._random, getattr(area, kind))


def _pick(random: np.random.Generator, choices: tuple[str, ...]) -> str:
    return choices[int(random.integers(len(choices)))]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
