"""Bytes of a plain or gzipped file, with a cap on what a gzip file may expand to."""

from __future__ import annotations

import codecs
import gzip
import hashlib
import io
import re
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Literal, Protocol, cast

from pipeline.readers.report import ReadError
from pipeline.schema import InputFile

GZIP_MAGIC = b"\x1f\x8b"
HEAD_BYTES = 262_144
"""How much of a file's beginning decides its format."""

_CHUNK = 1 << 20
_HIGH_SAMPLE_BYTES = 65_536
_NOT_ASCII = re.compile(rb"[\x80-\xff]")


@dataclass(frozen=True, slots=True)
class Survey:
    """What one pass over a text file's expanded bytes tells.

    Attributes
    ----------
    head : bytes
        The first `HEAD_BYTES`.
    is_whole : bool
        True when ``head`` is the whole file.
    is_utf8 : bool
        Every byte belongs to valid UTF-8.
    not_ascii : bytes
        Lines that hold bytes above 127, from anywhere in the file,
        for guessing the encoding; filled only when ``is_utf8`` is false.
    """

    head: bytes
    is_whole: bool
    is_utf8: bool
    not_ascii: bytes


class Openable(Protocol):
    """Where bytes are read from: a path, or a file held in memory."""

    def open(self, mode: Literal["rb"], /) -> BinaryIO:
        """A new stream of the bytes, from the first."""


@dataclass(frozen=True, slots=True)
class HeldFile:
    """A file that is in memory and nowhere else."""

    content: bytes

    def open(self, mode: Literal["rb"], /) -> BinaryIO:
        """A new stream of the bytes, from the first."""
        return io.BytesIO(self.content)


class _CappedGzip(io.RawIOBase):
    """The expanded bytes of a gzip file; refuses damage and more than ``cap`` bytes."""

    def __init__(self, path: Openable, name: str, cap: int) -> None:
        self._raw = path.open("rb")
        self._file = gzip.GzipFile(fileobj=self._raw, mode="rb")
        self._name, self._cap, self._n_bytes = name, cap, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        try:
            piece = self._file.read(len(buffer))
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise ReadError(
                f"{self._name}: the gzip file is damaged or cut off after {self._n_bytes:,} expanded bytes; "
                "fetch it again, or unpack it and read what can be saved."
            ) from error
        self._n_bytes += len(piece)
        if self._n_bytes > self._cap:
            raise ReadError(
                f"{self._name}: the gzip file expands to more than {self._cap:,} bytes, the most that is read; "
                "split it, or raise max_expanded_bytes if you trust it."
            )
        buffer[: len(piece)] = piece
        return len(piece)

    def close(self) -> None:
        self._file.close()
        self._raw.close()
        super().close()


def is_gzip(path: Openable) -> bool:
    """Whether the file begins like a gzip file."""
    with path.open("rb") as file:
        return file.read(2) == GZIP_MAGIC


def open_expanded(path: Openable, name: str, cap: int) -> BinaryIO:
    """The bytes of ``path``, expanded if it is gzipped, as a buffered binary stream.

    Raises
    ------
    ReadError
        While reading: the gzip file is damaged or expands to more than ``cap`` bytes.
    """
    if is_gzip(path):
        return cast("BinaryIO", io.BufferedReader(_CappedGzip(path, name, cap), _CHUNK))
    return path.open("rb")


def survey(path: Openable, name: str, cap: int) -> Survey:
    """Read the whole file once, in constant memory, and say what kind of text it is.

    Raises
    ------
    ReadError
        The gzip file is damaged or expands to more than ``cap`` bytes.
    """
    head, samples, n_sampled = b"", [], 0
    decoder, is_utf8 = codecs.getincrementaldecoder("utf-8")(), True
    is_whole = True
    with open_expanded(path, name, cap) as stream:
        while chunk := stream.read(_CHUNK):
            if len(head) < HEAD_BYTES:
                is_whole = len(head) + len(chunk) <= HEAD_BYTES
                head = (head + chunk)[:HEAD_BYTES]
            else:
                is_whole = False
            if is_utf8:
                is_utf8 = _decodes(decoder, chunk)
            if not is_utf8 and n_sampled < _HIGH_SAMPLE_BYTES:
                found = _lines_not_ascii(chunk)
                samples.append(found)
                n_sampled += len(found)
    is_utf8 = is_utf8 and _decodes(decoder, b"", final=True)
    return Survey(head, is_whole, is_utf8, b"\n".join(samples))


def fingerprint(path: Path, name: str) -> InputFile:
    """Name, size in bytes and sha256 of the raw file, read in pieces."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        n_bytes = file.tell()
    return InputFile(name=name, bytes=n_bytes, sha256=digest)


def _lines_not_ascii(chunk: bytes) -> bytes:
    lines: list[bytes] = []
    n_bytes = at = 0
    while n_bytes < _HIGH_SAMPLE_BYTES and (match := _NOT_ASCII.search(chunk, at)):
        start, end = chunk.rfind(b"\n", at, match.start()) + 1, chunk.find(b"\n", match.start())
        end = len(chunk) if end < 0 else end
        lines.append(chunk[max(start, at) : end][:_HIGH_SAMPLE_BYTES])
        n_bytes, at = n_bytes + len(lines[-1]), end
    return b"\n".join(lines)


def _decodes(decoder: codecs.IncrementalDecoder, chunk: bytes, final: bool = False) -> bool:
    try:
        decoder.decode(chunk, final)
    except UnicodeDecodeError:
        return False
    return True
