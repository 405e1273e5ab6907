"""Which encoding a text file is in, and its lines with a cap on their length."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass

import charset_normalizer

from pipeline.readers.compression import Openable, Survey, open_expanded

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig", "UTF-8 with BOM"),
    (codecs.BOM_UTF32_LE, "utf-32", "UTF-32"),  # before UTF-16, whose mark it starts with
    (codecs.BOM_UTF32_BE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF16_LE, "utf-16", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16", "UTF-16"),
)
_UTF8_SEQUENCE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_HIGH_RUN = re.compile(rb"[\x80-\xff]+")
_WESTERN_RUN = 1.6
"""Mean run of consecutive non-ASCII bytes up to which text is Western European: accents
stand alone there, while Cyrillic, Greek or East Asian words are runs of them."""

_PIECE_BYTES = 1 << 18

_FALLBACK = "topic-explorer-windows-1252"


def _as_windows_1252(error: UnicodeError) -> tuple[str, int]:
    """Decode the bytes UTF-8 cannot: exports glued together from several sources have both."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("windows-1252", "replace"), error.end


codecs.register_error(_FALLBACK, _as_windows_1252)


@dataclass(frozen=True, slots=True)
class Encoding:
    """How to decode a file: Python's ``codec`` and ``errors`` handler, and ``words`` for people."""

    codec: str
    words: str
    errors: str = "replace"
    is_mixed: bool = False


def detect_encoding(found: Survey) -> Encoding:
    """The encoding of a surveyed file.

    A byte-order mark decides; then NUL bytes in every other place (UTF-16
    without a mark); then whether all of the file is valid UTF-8. What is left
    is UTF-8 with stray bytes, Windows-1252, or what charset-normalizer makes
    of the parts that are not ASCII.
    """
    for mark, codec, words in _BOMS:
        if found.head.startswith(mark):
            return Encoding(codec, words, _FALLBACK if codec == "utf-8-sig" else "replace")
    if wide := _utf16_without_mark(found.head):
        return wide
    if found.is_utf8:
        return Encoding("utf-8", "UTF-8")
    sample = found.not_ascii
    n_valid, n_high = len(_UTF8_SEQUENCE.findall(sample)), len(_HIGH_RUN.findall(sample))
    if n_high and n_valid / n_high > 0.5:
        return Encoding("utf-8", "UTF-8 with stray windows-1252", _FALLBACK, is_mixed=True)
    if not n_high or sum(map(len, _HIGH_RUN.findall(sample))) / n_high <= _WESTERN_RUN:
        return Encoding("windows-1252", "windows-1252")
    best = charset_normalizer.from_bytes(sample).best()
    if best is None or best.encoding.startswith(("utf_16", "utf_32", "utf_7")):
        return Encoding("windows-1252", "windows-1252")
    return Encoding(best.encoding, best.encoding.replace("_", "-"))


def _utf16_without_mark(head: bytes) -> Encoding | None:
    sample = head[:4096]
    if len(sample) < 4:
        return None
    half = len(sample) // 2
    even, odd = sample[0::2].count(0) / half, sample[1::2].count(0) / half
    if odd > 0.4 and even < 0.1:
        return Encoding("utf-16-le", "UTF-16")
    if even > 0.4 and odd < 0.1:
        return Encoding("utf-16-be", "UTF-16")
    return None


@dataclass(frozen=True, slots=True)
class TextFile:
    r"""A text file whose encoding is known; opened anew for every pass.

    Attributes
    ----------
    path, name : Openable, str
        Where it is, and what to call it in messages.
    encoding : Encoding
        How to decode it.
    max_expanded_bytes : int
        Cap on what it may expand to when gzipped.
    max_line_characters : int
        Longer lines are passed over; see `lines`.
    newline : str
        What ends a line. ``\r`` only in files without any ``\n``: elsewhere a
        lone ``\r`` is debris inside a field, which some writers do not quote.
    """

    path: Openable
    name: str
    encoding: Encoding
    max_expanded_bytes: int
    max_line_characters: int
    newline: str = "\n"

    def pieces(self) -> Iterator[str]:
        """The text in pieces of some hundred thousand characters, newlines as they are."""
        decoder = codecs.getincrementaldecoder(self.encoding.codec)(self.encoding.errors)
        with open_expanded(self.path, self.name, self.max_expanded_bytes) as stream:
            while chunk := stream.read(_PIECE_BYTES):
                yield decoder.decode(chunk)
        yield decoder.decode(b"", final=True)

    def lines(self) -> Iterator[tuple[int, str | None]]:
        """Numbered physical lines with their ends.

        Yields
        ------
        number : int
            1-based.
        line : str or None
            None in place of a line longer than ``max_line_characters``, which
            is skipped without being held in memory.
        """
        number, pending, is_too_long = 0, "", False
        for piece in self.pieces():
            first, *rest = piece.split(self.newline)
            parts = [pending + first, *rest]
            pending = parts.pop()
            for part in parts:
                number += 1
                yield number, None if is_too_long or len(part) > self.max_line_characters else part + self.newline
                is_too_long = False
            if len(pending) > self.max_line_characters:
                pending, is_too_long = "", True
        if pending or is_too_long:
            yield number + 1, None if is_too_long else pending
