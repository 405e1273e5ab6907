"""What kind of file this is: by its content first, by its name's ending where content leaves it open."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from pipeline.readers.bibtex import BibtexFile, looks_like_bibtex
from pipeline.readers.compression import GZIP_MAGIC, Openable, is_gzip, survey
from pipeline.readers.delimited import DelimitedFile
from pipeline.readers.encodings import Encoding, TextFile, detect_encoding
from pipeline.readers.hf_papers_page import HuggingFacePage, looks_like_page
from pipeline.readers.json_records import JsonFile, detect_shape
from pipeline.readers.parquet import ParquetFile
from pipeline.readers.report import ReadError
from pipeline.readers.ris import RisFile, looks_like_ris
from pipeline.settings import ReaderSettings

AnyFile = DelimitedFile | JsonFile | BibtexFile | RisFile | ParquetFile | HuggingFacePage

FORMATS = "CSV, TSV, JSON Lines, a JSON array, BibTeX, RIS, Parquet, or the text of a Hugging Face Papers page"

_BINARY: tuple[tuple[bytes, str, str], ...] = (
    (b"PARE", "an encrypted Parquet file", "decrypt it first"),
    (b"%PDF", "a PDF", f"export the records themselves as {FORMATS}"),
    (b"\xd0\xcf\x11\xe0", "an old or password-protected Office file", "open it and save it as CSV (UTF-8)"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive", "unpack it first"),
    (b"BZh", "a bzip2 file", "unpack it first (gzip is read as it is)"),
    (b"\xfd7zXZ", "an xz file", "unpack it first (gzip is read as it is)"),
    (b"\x28\xb5\x2f\xfd", "a Zstandard file", "unpack it first (gzip is read as it is)"),
    (b"Rar!", "a RAR archive", "unpack it first"),
    (b"ARROW1", "an Arrow file", "save it as Parquet"),
    (b"FEA1", "a Feather file", "save it as Parquet"),
    (b"SQLite format 3", "an SQLite database", "export the table as CSV"),
    (b"\x80\x04", "a Python pickle, which is never opened", "save the table as Parquet"),
    (b"\x80\x05", "a Python pickle, which is never opened", "save the table as Parquet"),
    (b"Obj\x01", "an Avro file", "save it as Parquet"),
    (b"-----BEGIN PGP", "an encrypted file", "decrypt it first"),
    (b"Salted__", "an encrypted file", "decrypt it first"),
    (b"age-encryption.org/", "an encrypted file", "decrypt it first"),
)
_MARKUP: tuple[tuple[str, str, str], ...] = (
    (r"<!doctype\s+html|<html", "a web page", "copy the text of the page, or export the records"),
    (r"<\?xml|<[a-z][\w:-]*[\s>]", "XML", f"export the records as {FORMATS}"),
)
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_ENDINGS: dict[str, Literal["delimited", "lines", "bibtex", "ris"]] = {
    ".csv": "delimited", ".tsv": "delimited", ".tab": "delimited", ".jsonl": "lines", ".ndjson": "lines",
    ".bib": "bibtex", ".bibtex": "bibtex", ".ris": "ris",
}  # fmt: skip


def open_file(
    path: Openable, name: str, settings: ReaderSettings, mapping: Mapping[str, str]
) -> tuple[AnyFile, Encoding | None]:
    """The reader for the file at ``path``, and the encoding of its text (None for Parquet).

    Parameters
    ----------
    path, name : Openable, str
        Where it is, and what to call it in messages.
    settings : ReaderSettings
        Limits.
    mapping : mapping
        From `canonical_mapping`; its columns help to recognise a header.

    Raises
    ------
    ReadError
        The file is empty, of a kind that is not read, damaged or too large.
    """
    with path.open("rb") as file:
        magic = file.read(8)
    if magic.startswith(b"PAR1"):
        if not isinstance(path, Path):
            raise ReadError(f"{name}: this is a Parquet file, which is not read here; save its records as CSV.")
        return ParquetFile(path, name, settings.max_expanded_bytes), None
    found = survey(path, name, settings.max_expanded_bytes)
    if not found.head.strip(b" \t\r\n\0\xef\xbb\xbf\xff\xfe"):
        raise ReadError(f"{name}: the file is empty; check that it was written or downloaded completely.")
    _refuse_binary(found.head, name, is_gzip(path))
    encoding = detect_encoding(found)
    if not encoding.codec.startswith(("utf-16", "utf-32")):
        _refuse_noise(found.head, found.is_utf8, name)
    head = found.head.decode(encoding.codec, "replace").lstrip("\ufeff")
    newline = "\r" if "\r" in head and "\n" not in head else "\n"
    text = TextFile(path, name, encoding, settings.max_expanded_bytes, 64 * settings.max_field_characters, newline)
    for pattern, kind, what_to_do in _MARKUP:
        if re.match(rf"\s*(?:{pattern})", head, re.IGNORECASE):
            raise ReadError(f"{name}: this is {kind}, which is not read; {what_to_do}.")
    opened = _open_text(text, head, found.is_whole, settings, mapping)
    if is_gzip(path):
        opened.words += ", gzip"
    return opened, encoding


def _open_text(
    text: TextFile, head: str, is_whole: bool, settings: ReaderSettings, mapping: Mapping[str, str]
) -> AnyFile:
    endings = [suffix.lower() for suffix in Path(text.name).suffixes if suffix.lower() not in (".gz", ".txt")]
    ending = _ENDINGS.get(endings[-1]) if endings else None
    if looks_like_bibtex(head, ending == "bibtex"):
        return BibtexFile(text, settings.max_field_characters)
    if looks_like_ris(head, ending == "ris"):
        return RisFile(text, head)
    shape = detect_shape(head, is_whole, ending == "lines")
    if shape or ending == "lines":
        return JsonFile(text, shape or "lines")
    table = DelimitedFile(text, settings.max_field_characters, mapping)
    if ending == "delimited" or table.has_known_header:
        return table
    if looks_like_page(head):
        return HuggingFacePage(text)
    if table.looks_like_table:
        return table
    raise ReadError(f"{text.name}: this is no kind of file that is read; give {FORMATS}.")


def _refuse_binary(head: bytes, name: str, is_gzipped: bool) -> None:
    for magic, kind, what_to_do in _BINARY:
        if head.startswith(magic):
            raise ReadError(f"{name}: this is {kind}; {what_to_do}.")
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        if b"xl/" in head or name.lower().endswith((".xlsx", ".xlsm")):
            raise ReadError(f"{name}: this is an Excel workbook; open it and save the sheet as CSV (UTF-8).")
        raise ReadError(f"{name}: this is a zip archive or an Office document; unpack it, or save it as CSV (UTF-8).")
    if is_gzipped and head.startswith(b"PAR1"):
        raise ReadError(f"{name}: this is a Parquet file inside gzip; unpack it first (Parquet is compressed already).")
    if is_gzipped and head.startswith(GZIP_MAGIC):
        raise ReadError(f"{name}: this is gzip inside gzip; unpack it once.")


def _refuse_noise(head: bytes, is_utf8: bool, name: str) -> None:
    """Refuse what is no text: many control characters, as compressed and encrypted data have."""
    share = len(_CONTROL.findall(head)) / len(head)
    if share > (0.3 if is_utf8 else 0.02):
        raise ReadError(f"{name}: this is binary data, not text (or it is encrypted); give {FORMATS}.")
