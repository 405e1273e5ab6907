"""JSON Lines, JSON arrays of records, and objects that wrap such an array."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any, Literal

from pipeline.readers.columns import recognise
from pipeline.readers.encodings import TextFile
from pipeline.readers.records import Record
from pipeline.readers.report import Problem

Shape = Literal["lines", "array", "wrapped", "objects"]
"""One object a line; ``[{…}, {…}]``; ``{"results": [{…}]}``; objects one after another over many lines."""

_WORDS: dict[Shape, str] = {
    "lines": "JSON Lines",
    "array": "JSON array",
    "wrapped": "JSON array in an object",
    "objects": "JSON objects",
}
_BLANK = re.compile(r"[\s,\ufeff\x1e\0]*")
_ARRAY = re.compile(r"\[\s*(?=[\]{])")
_NAMED_ARRAY = re.compile(r'"([^"\\]{1,80})"\s*:\s*\[\s*\{')
_KEY = re.compile(r'"([^"\\]{1,80})"\s*:')
_DECODER = json.JSONDecoder(strict=False)  # raw newlines inside strings are common and harmless
_FIRST_PIECE = 1 << 16
_MOST_OPENINGS = 50_000
"""Braces tried after a broken record before the rest of the file is given up: a few seconds' worth."""


class _MalformedError(Exception):
    """What stands at ``position`` in the buffer is no JSON value."""

    def __init__(self, position: int, reason: str) -> None:
        super().__init__(reason)
        self.position = position


class JsonFile:
    """A file of JSON objects, one a paper. Its columns show only while it is read.

    Parameters
    ----------
    text : TextFile
        The file.
    shape : Shape
        How the objects are laid out.
    """

    columns: list[str] | None = None

    def __init__(self, text: TextFile, shape: Shape) -> None:
        self._text, self._shape = text, shape
        self.words = f"{_WORDS[shape]}, {text.encoding.words}"

    def records(self, is_record: Callable[[dict[str, Any]], bool]) -> Iterator[Record | Problem]:
        """Every object as a record; whatever is none as a malformed one.

        ``is_record`` tells a record from an object inside one: only needed to
        find the next sound record after a broken one.
        """
        if self._shape == "lines":
            yield from self._lines()
        else:
            yield from self._elements(is_record)

    def _lines(self) -> Iterator[Record | Problem]:
        name = self._text.name
        for number, line in self._text.lines():
            if line is None:
                limit = f"{self._text.max_line_characters:,}"
                yield Problem(name, number, "malformed record", f"the line is longer than {limit} characters")
                continue
            content = line.strip(" \t\r\n\ufeff\x1e\0")
            if content in ("", "[", "]", ","):
                continue
            try:
                value = _load(content)
            except _MalformedError as error:
                cut = "" if line.endswith(("\n", "\r")) else "; the file ends in the middle of this line"
                yield Problem(name, number, "malformed record", f"not valid JSON: {error}{cut}")
                continue
            if isinstance(value, dict):
                yield Record(number, value)
            else:
                yield Problem(name, number, "malformed record", f"{_kind(value)} where an object is expected")

    def _elements(self, is_record: Callable[[dict[str, Any]], bool]) -> Iterator[Record | Problem]:
        name, n_seen = self._text.name, 0
        elements = _Elements(self._text.pieces(), self._text.max_line_characters, self._shape)
        while True:
            try:
                value = elements.next_value()
                if value is _END:
                    break
            except _MalformedError as error:
                n_seen += 1
                yield Problem(name, n_seen, "malformed record", f"not valid JSON: {error}")
                value = elements.next_record_after(error.position, is_record)
                if value is None:
                    break
            n_seen += 1
            if isinstance(value, dict):
                yield Record(n_seen, value)
            else:
                detail = f"{_kind(value)} where an object is expected"
                yield Problem(name, n_seen, "malformed record", detail)
        if elements.is_cut_off:
            yield Problem(name, None, "file cut off", "the list of records is not closed; its end may be missing")


_END = object()


class _Elements:
    """The values of an array (or of a sequence) out of a stream, holding one at a time."""

    def __init__(self, pieces: Iterator[str], cap: int, shape: Shape) -> None:
        self._pieces, self._cap = pieces, cap
        self._shape, self._is_array = shape, shape != "objects"
        self._buffer, self._at, self._ended = "", 0, False
        self.is_cut_off = False
        self._more(_FIRST_PIECE)
        if shape == "array":
            self._at = self._buffer.find("[") + 1
        elif shape == "wrapped" and (named := _NAMED_ARRAY.search(self._buffer)):
            self._at = named.end() - 1

    def next_value(self) -> Any:
        """The next value, `_END` after the last.

        Raises
        ------
        _MalformedError
            The next thing is no JSON value.
        """
        while True:
            self._at = _blank_end(self._buffer, self._at)
            if self._at < len(self._buffer) or self._ended:
                break
            self._more(_FIRST_PIECE)
        if self._at >= len(self._buffer):
            self.is_cut_off = self._is_array
            return _END
        if self._is_array and self._buffer[self._at] == "]":
            return _END
        piece = _FIRST_PIECE
        while True:
            try:
                value, self._at = _DECODER.raw_decode(self._buffer, self._at)
                return value
            except json.JSONDecodeError as error:
                is_unfinished = error.pos >= len(self._buffer) - 12 or error.msg.startswith("Unterminated")
                if not is_unfinished or self._ended or len(self._buffer) - self._at > self._cap:
                    where = "the file ends in the middle of it" if is_unfinished and self._ended else error.msg
                    raise _MalformedError(error.pos, where) from None
            except (ValueError, RecursionError) as error:
                raise _MalformedError(self._at + 1, _plain(error)) from None
            self._more(piece)
            piece *= 2  # so that a long element is not decoded again for every piece of it

    def next_record_after(self, position: int, is_record: Callable[[dict[str, Any]], bool]) -> dict[str, Any] | None:
        """The first sound record that begins after ``position`` in the buffer, None if no more comes."""
        self._at = min(position, len(self._buffer))
        for _ in range(_MOST_OPENINGS):
            opening = self._buffer.find("{", self._at)
            if opening < 0:
                self._at = len(self._buffer)
                if self._ended:
                    closing = {"array": "]", "wrapped": "}"}.get(self._shape, "")
                    self.is_cut_off = not self._buffer.rstrip().endswith(closing)
                    return None
                self._more(_FIRST_PIECE)
                continue
            self._at = opening
            try:
                value = self.next_value()
            except _MalformedError:
                self._at += 1
                continue
            if isinstance(value, dict) and is_record(value):
                return value
        self._at, self._ended, self.is_cut_off = len(self._buffer), True, True
        return None

    def _more(self, n_characters: int) -> None:
        parts = [self._buffer[self._at :]]
        while n_characters > 0 and (piece := next(self._pieces, None)) is not None:
            parts.append(piece)
            n_characters -= len(piece)
        self._ended = n_characters > 0
        self._buffer, self._at = "".join(parts), 0


def detect_shape(head: str, is_whole: bool, says_lines: bool = False) -> Shape | None:
    """The shape of a JSON file from its beginning, None when it is no JSON.

    Parameters
    ----------
    head : str
        The beginning of the text.
    is_whole : bool
        ``head`` is all of it.
    says_lines : bool
        The file's name ends in .jsonl or .ndjson.
    """
    text = head.lstrip(" \t\r\n\ufeff\x1e\0")
    lines = [line.strip() for line in text.split("\n" if "\n" in text else "\r") if line.strip()]
    complete = lines if is_whole or len(lines) == 1 else lines[:-1]
    kinds = [_kind_of_line(line) for line in complete[:200]]
    n_objects = kinds.count("an object")
    if len(complete) == 1 and n_objects:
        return "wrapped" if _only_object(text) == "wrapped" else "lines"
    if n_objects and (says_lines or kinds[0] == "an object" or 2 * n_objects >= len(kinds)):
        return "lines"
    if _ARRAY.match(text) or kinds == ["a list"]:
        return "array"
    if [_kind_of_line(line.rstrip(",")) for line in complete[:2]] == ["an object"] * 2:
        return "lines"
    return _only_object(text) if re.match(r"\{\s*[\"}]", text) else None


def _only_object(text: str) -> Shape:
    """Whether one object is a paper or wraps a list of them: a paper names its title before any list of objects."""
    array = _NAMED_ARRAY.search(text)
    if not array:
        return "objects"
    keys = recognise(list(dict.fromkeys(_KEY.findall(text[: array.start()]))))
    return "objects" if "title" in keys or "abstract" in keys or array.group(1) in ("authors", "author") else "wrapped"


def _load(content: str) -> Any:
    try:
        return json.loads(content, strict=False)
    except json.JSONDecodeError as error:
        if content.endswith(","):
            return _load(content[:-1].rstrip(", \t"))
        raise _MalformedError(error.pos, f"{error.msg} at character {error.pos + 1}") from None
    except (ValueError, RecursionError) as error:
        raise _MalformedError(0, _plain(error)) from None


def _blank_end(text: str, start: int) -> int:
    match = _BLANK.match(text, start)
    return match.end() if match else start


def _kind_of_line(line: str) -> str | None:
    try:
        return _kind(json.loads(line))
    except (ValueError, RecursionError):
        return None


def _kind(value: object) -> str:
    names = {dict: "an object", list: "a list", str: "a string", bool: "true or false", type(None): "null"}
    return names.get(type(value), "a number")


def _plain(error: Exception) -> str:
    return "nested too deeply" if isinstance(error, RecursionError) else "a number is too long"
