"""What a person knows of a corpus's topics before a fit: the guide file, read and checked.

A guide is TOML. It names topics, says by words, by a description or by papers which papers are theirs, and which of
them are one topic or must not be. `pipeline.guidance` finds the papers, `pipeline.guided_graph` holds topics to it.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StrictBool, StrictStr, ValidationError

from pipeline.text_cleaning import clean_line

MOST_BYTES = 1_000_000
"""Largest guide file."""

_DEEP_KEY = re.compile(rb"(?:[\w-]+\.){100}")
"""tomllib takes minutes for a key of thousands of parts."""

_KNOWN = {
    "topic": "name, words, description, papers and must_exist",
    "": "together and apart, then [[topic]]",
}
_TO_DO = {
    "missing": "it is missing; every topic needs a name",
    "string_type": 'it must be text in quotes, such as "soil carbon"',
    "bool_type": "write true or false, without quotes",
    "tuple_type": 'it must be a list, such as ["soil carbon", "sequestration"]',
    "model_type": "write it as [[topic]], with name = … on a line of its own",
}


class GuideError(Exception):
    """A guide that cannot be used; the message says which file, which entry and what to do."""


def _cleaned(text: str) -> str:
    line = clean_line(text)
    if not line:
        raise ValueError("it is empty; write a word or leave the line out")
    return line


_Name = Annotated[StrictStr, Field(max_length=60), AfterValidator(_cleaned)]
_Word = Annotated[StrictStr, Field(max_length=100), AfterValidator(_cleaned)]
_Description = Annotated[StrictStr, Field(max_length=2_000), AfterValidator(_cleaned)]
_PaperId = Annotated[StrictStr, Field(min_length=1, max_length=1_000)]
_Names = Annotated[tuple[_Name, ...], Field(max_length=500)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class GuidedTopic(_Part):
    """A topic that a person knows of.

    With neither ``words`` nor ``description`` nor ``papers`` (nor a known label of its name), the name says what it is
    about.
    """

    name: _Name
    words: tuple[_Word, ...] = Field(default=(), max_length=50)
    description: _Description | None = None
    papers: tuple[_PaperId, ...] = Field(default=(), max_length=100_000)
    must_exist: StrictBool = False


class Guide(_Part):
    """A guide as its file says it; ``file`` and ``sha256`` are that file's name and hash, empty without one."""

    topic: tuple[GuidedTopic, ...] = Field(default=(), max_length=500)
    together: tuple[_Names, ...] = Field(default=(), max_length=500)
    apart: tuple[_Names, ...] = Field(default=(), max_length=500)
    file: str = ""
    sha256: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether it says nothing."""
        return not (self.topic or self.together or self.apart)


def read_guide(path: Path | None, *, labelled: bool = False) -> Guide:
    """The guide in ``path``, an empty one without.

    Parameters
    ----------
    path
        A TOML file of at most `MOST_BYTES`.
    labelled
        Whether known labels come from a column: ``together`` and ``apart`` may then name topics that are not here.

    Raises
    ------
    GuideError
        The file cannot be read, is no TOML or no guide; one sentence.
    """
    if path is None:
        return Guide()
    content = _content(path)
    if _DEEP_KEY.search(content):
        raise GuideError(f"{path}: a key has more than a hundred parts; a guide holds {_KNOWN['']}.")
    try:
        table = tomllib.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise GuideError(f"{path}: it is not UTF-8 (byte {error.start}); save it as UTF-8.") from error
    except (ValueError, RecursionError) as error:  # a number of thousands of digits is a ValueError of its own
        raise GuideError(f"{path}: it is no TOML: {error or 'nested too deeply'}; texts stand in quotes.") from error
    if unknown := sorted(set(table) - {"topic", "together", "apart"}):
        raise GuideError(f"{path}: there is no entry {_short(unknown[0])}; a guide holds {_KNOWN['']}.")
    try:
        guide = Guide(**table, file=path.name, sha256=hashlib.sha256(content).hexdigest())
    except ValidationError as error:
        raise GuideError(f"{path}: {_first_fault(error, table)}.") from error
    check_guide(guide, labelled=labelled)
    return guide


def check_guide(guide: Guide, *, labelled: bool = False) -> None:
    """Refuse a guide that contradicts itself.

    Raises
    ------
    GuideError
        A name or a paper is there twice, a name is unknown, or two topics are to be both together and apart.
    """
    where = guide.file or "The guide"
    names = [topic.name for topic in guide.topic]
    if twice := _twice(map(same_name, names)):
        raise GuideError(f"{where}: two topics are called {_short(twice)}; keep one or rename the other.")
    if paper := _twice(paper for topic in guide.topic for paper in dict.fromkeys(topic.papers)):
        raise GuideError(f"{where}: the paper {_short(paper)} is listed under two topics; keep it under one.")
    known = set(map(same_name, names))
    for entry in ("together", "apart"):
        for members in getattr(guide, entry):
            if len(set(map(same_name, members))) < 2:
                raise GuideError(f'{where}: {entry} needs lists of at least two different names, as [["A", "B"]].')
            strangers = [name for name in members if same_name(name) not in known]
            if strangers and not labelled:
                raise GuideError(
                    f"{where}: {entry} names {_short(strangers[0])}, which is no [[topic]] here; add it or correct it."
                )
    group = joined_names(guide)
    for members in guide.apart:
        if twice := _twice(map(same_name, members)):
            raise GuideError(f"{where}: {_short(twice)} is twice in one list of apart; keep one.")
        first: dict[str, str] = {}
        for name in members:
            one = first.setdefault(group.get(same_name(name), same_name(name)), name)
            if one is not name:
                raise GuideError(
                    f"{where}: {_short(one)} and {_short(name)} are to be together and apart; keep one of the two."
                )


def same_name(name: str) -> str:
    """What names share that mean the same topic: case and surrounding space do not count."""
    return " ".join(name.casefold().split())


def joined_names(guide: Guide) -> dict[str, str]:
    """For each name in ``together`` (as `same_name` gives it) the first name that it is one with."""
    first: dict[str, str] = {}
    for members in guide.together:
        keys = [same_name(name) for name in members]
        merged = {first.get(key, key) for key in keys}
        target = first.get(keys[0], keys[0])
        first |= dict.fromkeys(keys, target)
        first |= {key: target for key, value in first.items() if value in merged}
    return first


def _content(path: Path) -> bytes:
    try:
        if path.exists() and not path.is_file():
            raise GuideError(f"{path}: this is no ordinary file; --guide takes a TOML file.")
        if path.stat().st_size > MOST_BYTES:
            raise GuideError(f"{path}: it is larger than {MOST_BYTES:,} bytes; use --known-labels for so many papers.")
        return path.read_bytes()
    except OSError as error:
        raise GuideError(f"{path}: this guide cannot be read ({error.strerror}); check the name.") from error


def _first_fault(error: ValidationError, table: dict[str, Any]) -> str:
    """The first thing that is wrong, where, and what to do, in words."""
    fault = error.errors(include_url=False, include_input=False)[0]
    place = list(fault["loc"])
    where = str(place[0])
    if len(place) > 1 and isinstance(place[1], int):
        where += f" {place[1] + 1}"
        if place[0] == "topic" and isinstance(name := _name_at(table, place[1]), str):
            where += f" ({_short(name)})"
    where += "".join(f", {_short(step) if isinstance(step, str) else f'number {step + 1}'}" for step in place[2:])
    if fault["type"] == "extra_forbidden":
        return f"{where}: there is no such entry; a topic has {_KNOWN['topic']}, and together and apart stand above it"
    limit = fault.get("ctx", {}).get("max_length")
    if limit is not None:
        return f"{where}: it is too long; at most {limit:,} are allowed"
    return f"{where}: {_TO_DO.get(fault['type'], fault['msg'].removeprefix('Value error, '))}"


def _name_at(table: dict[str, Any], index: int) -> Any:
    try:
        return table["topic"][index]["name"]
    except (KeyError, IndexError, TypeError):
        return None


def _short(text: str) -> str:
    line = clean_line(text)
    return repr(line if len(line) <= 60 else line[:59] + "…")


def _twice(values: Iterable[str]) -> str | None:
    seen: set[str] = set()
    for value in values:
        if value in seen:
            return value
        seen.add(value)
    return None
