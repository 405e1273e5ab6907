r"""BibTeX and BibLaTeX, entry by entry, taken apart by bibtexparser.

The file is cut where a line begins with ``@word{``, which is also where
bibtexparser picks up again after a broken entry: so the file streams, and
an entry with a brace too few costs itself only. Macros (``@string``) and
pieces joined by ``#`` are put in here; LaTeX stays for
`pipeline.text_cleaning`, but for the braces that only protect capitals.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Mapping
from typing import Any

from bibtexparser.entrypoint import parse_string
from bibtexparser.model import DuplicateFieldKeyBlock, Entry, ImplicitComment, ParsingFailedBlock, String

from pipeline.readers.encodings import TextFile
from pipeline.readers.records import Record
from pipeline.readers.report import Problem

logging.getLogger("bibtexparser").setLevel(logging.CRITICAL)  # what it says of broken entries, our problems say

_START = re.compile(r"\s*@\w*[ \t]*[{(]")
_FIRST = re.compile(r"(?:\s*%[^\n]*\n)*\s*@[A-Za-z]+[ \t]*[{(]\s*[^\s{}()]")
_ANYWHERE = re.compile(r"(?m)^\s*@[A-Za-z]+[ \t]*[{(]")
_LOST_START = re.compile(r"(?m)^\s*@[A-Za-z]{2,}")
_BRACE = re.compile(r"(?<!\\)[{}]")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.|(?<=\{)"(?=\}))*)"', re.DOTALL)
_MACRO = re.compile(r"[^\s#{}\",=]+")
_TOKEN = re.compile(r"\\[A-Za-z]+\*?|\\.|[{}$^_]|[^\\{}$^_]+|\\", re.DOTALL)
_ESCAPED = re.compile(r"\\([_%&#$~{}])")
_LINK = re.compile(r"\\(?:url|path|nolinkurl)\s*\{([^{}]*)\}")
_IDENTIFIERS = frozenset({"doi", "url", "eprint", "link", "pdf"})
_MAX_MACROS = 10_000
_MAX_DETAIL = 160


class BibtexFile:
    """A BibTeX file. Its columns, the entries' fields, show only while it is read.

    Parameters
    ----------
    text : TextFile
        The file.
    max_field_characters : int
        Longest field that is accepted; a longer macro is cut a little beyond it.
    """

    columns: list[str] | None = None

    def __init__(self, text: TextFile, max_field_characters: int) -> None:
        self._text = text
        self._max_field = max_field_characters
        self._max_entry = text.max_line_characters
        self._macros: dict[str, str] = {}
        self.words = f"BibTeX, {text.encoding.words}"

    def records(self) -> Iterator[Record | Problem]:
        """Every entry as a record of its fields in lower case; whatever is none as a malformed one.

        A record's position is the line its entry begins on. The cite key is
        the column ``cite key``, the kind of entry ``entry type``. Comments and
        preambles are passed over, and so is text between entries.
        """
        self._macros = {}
        for first_line, block in self._blocks():
            if block is None:
                detail = f"the entry is longer than {self._max_entry:,} characters"
                yield Problem(self._text.name, first_line, "malformed record", detail)
            else:
                yield from self._parsed(block, first_line)

    def _blocks(self) -> Iterator[tuple[int, str | None]]:
        """What lies between lines that begin an entry, with the number of its first line; None for too much."""
        first_line, parts, n_characters = 1, list[str](), 0
        for number, line in self._text.lines():
            if parts and line is not None and _START.match(line):
                yield first_line, self._joined(parts, n_characters)
                parts, n_characters = [], 0
            if not parts:
                first_line = number
            n_characters += self._max_entry + 1 if line is None else len(line)
            if n_characters <= self._max_entry or not parts:
                parts.append(line or "")
        if parts:
            yield first_line, self._joined(parts, n_characters)

    def _joined(self, parts: list[str], n_characters: int) -> str | None:
        """The block, None if it is an entry too long to be one."""
        if n_characters <= self._max_entry:
            return "".join(parts)
        return None if not parts[0] or _START.match(parts[0]) else ""

    def _parsed(self, block: str, first_line: int) -> Iterator[Record | Problem]:
        if "@" not in block:
            return
        if "=" not in block and _START.match(block) and not block.lstrip()[1:].lower().startswith(("comm", "prea")):
            yield self._problem(first_line, "the entry has no fields")
            return
        for found in parse_string(block, parse_stack=[]).blocks:
            line = first_line + max(found.start_line or 0, 0)
            if isinstance(found, String):
                self._define(found)
            elif isinstance(found, DuplicateFieldKeyBlock) and isinstance(found.ignore_error_block, Entry):
                yield self._record(found.ignore_error_block, line)
            elif isinstance(found, Entry):
                yield self._record(found, line)
            elif isinstance(found, ParsingFailedBlock):
                yield self._problem(line, _reason(found.error))
            elif isinstance(found, ImplicitComment) and _LOST_START.search(found.comment):
                yield self._problem(line, "an @ begins a line, but no entry follows")

    def _record(self, entry: Entry, line: int) -> Record | Problem:
        values: dict[str, Any] = {"cite key": entry.key, "entry type": entry.entry_type}
        for field in entry.fields:
            name = " ".join(field.key.lower().split())
            if name in values or name == "key":  # the first of several counts; "key" is for sorting
                continue
            try:
                value = self._value(str(field.value))
            except ValueError as error:
                return self._problem(_line_of(field.start_line, line, entry), f"field {name[:40]!r}: {error}")
            values[name] = _plain(name, value)
        return Record(line, values)

    def _value(self, raw: str) -> str:
        """``raw`` without its enclosing braces or quotation marks, macros put in, pieces joined."""
        pieces: list[str] = []
        at, n_characters = 0, 0
        while True:
            piece, at = _piece(raw, at, self._macros)
            pieces.append(piece)
            n_characters += len(piece)
            if n_characters > self._max_entry:
                raise ValueError(f"longer than {self._max_entry:,} characters with its macros put in")
            at = _blank_end(raw, at)
            if at >= len(raw):
                return "".join(pieces)
            if raw[at] != "#":
                raise ValueError("its braces or quotation marks do not balance")
            at = _blank_end(raw, at + 1)

    def _define(self, macro: String) -> None:
        if len(self._macros) >= _MAX_MACROS:
            return
        try:
            value = self._value(str(macro.value))
        except ValueError:
            return  # entries then hold the macro's name
        self._macros[macro.key.lower()] = value[: self._max_field + 1]

    def _problem(self, line: int, detail: str) -> Problem:
        return Problem(self._text.name, line, "malformed record", f"not valid BibTeX: {detail}")


def looks_like_bibtex(head: str, says_so: bool) -> bool:
    """Whether ``head``, the beginning of a file, is BibTeX; ``says_so``: its name ends in .bib."""
    return bool(_FIRST.match(head) or (says_so and _ANYWHERE.search(head)))


def _line_of(field_line: int | None, entry_line: int, entry: Entry) -> int:
    """The line of the file a field begins on: bibtexparser counts lines of the block it was given."""
    return entry_line + max((field_line or 0) - (entry.start_line or 0), 0)


def without_protection(text: str) -> str:
    r"""``text`` without the braces that only keep capitals or words together: ``{BERT}``, ``{{G}raph}``.

    Braces of formulas, of commands' arguments and around commands (``{\"u}``) stay.
    """
    if "{" not in text:
        return text
    out: list[str] = []
    kept: list[bool] = []
    tokens = _TOKEN.findall(text)
    is_formula, holds_argument = False, False
    for position, piece in enumerate(tokens):
        if piece == "{":
            following = tokens[position + 1] if position + 1 < len(tokens) else ""
            kept.append(is_formula or holds_argument or following.startswith("\\"))
            out.append(piece if kept[-1] else "")
        elif piece == "}":
            keep = kept.pop() if kept else False
            out.append(piece if keep else "")
            holds_argument = keep
            continue
        else:
            is_formula ^= piece == "$"
            out.append(piece)
        holds_argument = piece[0] in "\\^_"
    return "".join(out)


def _plain(name: str, value: str) -> Any:
    """A field as the other readers give it: names divided, addresses unescaped, on one line."""
    value = " ".join(value.split())
    if name in _IDENTIFIERS:
        return _ESCAPED.sub(r"\1", _LINK.sub(r"\1", value)).strip("{} ")
    if name in ("author", "authors", "editor"):
        return [_name(name) for name in _divided(value)]
    if name == "howpublished" and (link := _LINK.search(value)):
        return _ESCAPED.sub(r"\1", link[1])
    if name in ("year", "month", "date"):
        return value.translate({ord("{"): None, ord("}"): None, ord("~"): " "}).strip()
    return without_protection(value)


def _name(name: str) -> str:
    return without_protection(name).replace("~", " ").strip()


def _divided(names: str) -> list[str]:
    """Names at the ``and`` between them, but not at one inside braces (``{Barnes and Noble}``)."""
    if " and " not in names.lower():
        return [names]
    parts, depth, start = list[str](), 0, 0
    for match in re.finditer(r"(?<!\\)[{}]|(?<=\s)and(?=\s)", names, re.IGNORECASE):
        if match[0] == "{":
            depth += 1
        elif match[0] == "}":
            depth = max(depth - 1, 0)
        elif depth == 0:
            parts.append(names[start : match.start()])
            start = match.end()
    parts.append(names[start:])
    return [part.strip() for part in parts if part.strip() and part.strip().lower() != "others"]


def _piece(raw: str, at: int, macros: Mapping[str, str]) -> tuple[str, int]:
    """The piece of a value that begins at ``at``, and where it ends.

    Raises
    ------
    ValueError
        It is not closed.
    """
    if raw.startswith("{", at):
        depth = 0
        for match in _BRACE.finditer(raw, at):
            depth += 1 if match[0] == "{" else -1
            if depth == 0:
                return raw[at + 1 : match.start()], match.end()
        raise ValueError("its braces do not balance")
    if quoted := _QUOTED.match(raw, at):
        return quoted[1], quoted.end()
    if macro := _MACRO.match(raw, at):
        return macros.get(macro[0].lower(), macro[0]), macro.end()
    if at >= len(raw):
        return "", at
    raise ValueError("its braces or quotation marks do not balance")


def _blank_end(text: str, at: int) -> int:
    while at < len(text) and text[at].isspace():
        at += 1
    return at


def _reason(error: Exception) -> str:
    """What bibtexparser found wrong, in a line."""
    said = " ".join(str(getattr(error, "abort_reason", error)).split())
    if "end of file" in said or "block start" in said:
        return "the entry is not closed before the next one or the file's end: a brace or quotation mark is missing"
    return said[:_MAX_DETAIL].rstrip(". ")
