"""Single values as sources write them → text, names, identifiers, counts."""

from __future__ import annotations

import math
import re
from collections.abc import Callable

_NULLS = frozenset({"nan", "nat", "none", "null", "n/a", "<na>"})
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_NAME_KEYS = ("name", "full_name", "fullName", "display_name", "displayName", "value", "text", "literal")
_MAX_DEPTH = 4
_MAX_COUNT = 2**31 - 1

_QUOTED = re.compile(r"'((?:[^'\\]|\\.)*)'(?=\s*[,\]])|\"((?:[^\"\\]|\\.)*)\"(?=\s*[,\]])")
_AND = re.compile(r",?\s+(?:and|&)\s+", re.IGNORECASE)
_ET_AL = re.compile(r"[,;]?\s*\bet\.? al\.?\s*$|[,;]\s*(?:\.\.\.|…)\s*$", re.IGNORECASE)
_INITIALS = re.compile(r"^(?:[^\W\d_]\.?[\s-]?){1,4}$")
_SUFFIX = re.compile(r"^(?:jr|sr|ii|iii|iv|phd|md)\.?$", re.IGNORECASE)

_DOI = re.compile(r"10\.\d{4,9}/\S+")
_ARXIV = re.compile(
    r"(?:^|arxiv[:./]|abs/|pdf/)\s*"
    r"(\d{2}(?:0[1-9]|1[0-2])\.\d{4,5}|[a-z-]+(?:\.[a-z]{2})?/\d{7})"
    r"(?:v\d+)?(?:\.pdf)?(?:\s*\[[\w.-]+\])?$",
    re.IGNORECASE,
)


def as_text(value: object, depth: int = 0) -> str:
    """``value`` as one stripped string; "" for nothing and for words that mean nothing ("NaN", "null").

    Lists are joined by a space (Crossref's titles); of a mapping its name or
    value is taken. NUL characters and halves of surrogate pairs, which no
    table can store, are removed or replaced.
    """
    if value is None or depth > _MAX_DEPTH:
        return ""
    if isinstance(value, str):
        text = value.strip()
        if len(text) < 5 and text.casefold() in _NULLS:
            return ""
        if "\0" in text:
            text = text.replace("\0", "").strip()
        return text if text.isascii() else _SURROGATE.sub("�", text)
    if isinstance(value, float):
        if not math.isfinite(value):
            return ""
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else str(value)
    if isinstance(value, int):
        return str(value) if abs(value) < 10**30 else ""
    if isinstance(value, bytes):
        return as_text(value.decode("utf-8", "replace"))
    if isinstance(value, list | tuple):
        return " ".join(filter(None, (as_text(item, depth + 1) for item in value)))
    if isinstance(value, dict):
        named = next((value[key] for key in _NAME_KEYS if value.get(key)), None)
        return as_text(named, depth + 1)
    return as_text(str(value))


def as_members(value: object) -> tuple[str, ...]:
    """A list-like value (a list, or text divided by ";" or "|") without empty or repeated members."""
    if isinstance(value, str):
        items: list[object] = [*_printed_list(value)] or [*_split_at(value, ";|")]
    else:
        items = [*value] if isinstance(value, list | tuple) else [value]
    return tuple(dict.fromkeys(filter(None, map(as_text, items))))


def as_keywords(value: object) -> tuple[str, ...]:
    """Keywords: like `as_members`, and text without ";" or "|" is divided at commas."""
    if isinstance(value, str) and not _printed_list(value) and not re.search(r"[;|]", value):
        value = value.split(",")
    return as_members(value)


def as_authors(value: object) -> tuple[str, ...]:
    """Authors' names in order, as they are written.

    Text is divided at ";" (or "|"), else at " and " and "&". Commas divide
    only where both sides look like whole names ("Ada Lovelace, Alan Turing"),
    not between a surname and given names ("Lovelace, Ada").
    """
    if isinstance(value, str):
        text = "\n".join(
            " ".join(line.split()) for line in value.replace("\0", "").splitlines()
        )  # long blanks are slow to search
        text = _ET_AL.sub("", text.strip())
        if printed := _printed_list(text):
            names = [as_text(item) for item in printed]
        elif re.search(r"[;|\n]", text):
            names = [as_text(item) for item in re.split(r"[;|\n]", text)]
        else:
            names = [name for part in _AND.split(text) for name in _divide_at_commas(part)]
    elif isinstance(value, list | tuple):
        names = [_person(item) for item in value]
    else:
        names = [_person(value)]
    return tuple(_ET_AL.sub("", name).strip(" ,") for name in names if name.strip(" ,."))


def as_doi(value: object) -> str | None:
    """A DOI bare and in lower case ("10.1000/xyz"), or None if there is none in ``value``."""
    match = _DOI.search(as_text(value))
    return match.group().rstrip(".,;)>\"'").lower() if match else None


def as_arxiv_id(value: object) -> str | None:
    """An arXiv identifier without "arXiv:", address or version, or None.

    Both styles are known: "2103.01234" (its third and fourth digits are a
    month, which keeps decimal numbers out) and "hep-th/9901001".
    """
    match = _ARXIV.search(as_text(value)) if isinstance(value, str) else None
    return match.group(1).lower() if match else None


def as_count(value: object) -> int | None:
    """A count, 0 or more, from a number or text such as "1,234"; None for −1 and all that is no count."""
    if isinstance(value, bool):
        return None
    if isinstance(value, str):
        text = value.strip().replace(",", "").replace("\u00a0", "").replace("\u202f", "")
        if not re.fullmatch(r"\d{1,12}(?:\.0*)?", text, re.ASCII):
            return None
        value = int(text.split(".")[0])
    if isinstance(value, float):
        if not math.isfinite(value):
            return None
        value = int(value)
    return value if isinstance(value, int) and 0 <= value <= _MAX_COUNT else None


def _split_at(text: str, characters: str) -> list[str]:
    for character in characters:
        if character in text:
            return text.split(character)
    return [text]


def _printed_list(text: str) -> list[str]:
    """Members of a list as Python or JSON print it, which many exports hold as text: "['a', 'b']"."""
    text = text.strip()
    if not (text.startswith("[") and text.endswith("]")) or len(text) < 4 or text[1:2] not in "'\"":
        return []
    return [re.sub(r"\\(['\"\\])", r"\1", single or double) for single, double in _QUOTED.findall(text)]


def _person(value: object) -> str:
    if not isinstance(value, dict):
        return as_text(value)
    value = value.get("author") or value  # OpenAlex: {"author": {"display_name": …}}
    if not isinstance(value, dict):
        return as_text(value)
    if name := as_text(value):
        return name
    pick: Callable[[tuple[str, ...]], str] = lambda keys: next(  # noqa: E731  two uses, one line each
        (text for key in keys if (text := as_text(value.get(key)))), ""
    )
    given = pick(("given", "first", "first_name", "firstName", "forename", "given_name"))
    family = pick(("family", "last", "last_name", "lastName", "surname", "family_name"))
    return f"{given} {family}".strip()


def _divide_at_commas(text: str) -> list[str]:
    """Names in text without ";" or "and", where only commas can divide."""
    parts = [part.strip() for part in text.split(",") if part.strip()]
    whole: list[str] = []
    for part in parts:  # "Lovelace A, King W, Jr."
        if whole and _SUFFIX.match(part):
            whole[-1] += f", {part}"
        else:
            whole.append(part)
    if len(whole) < 2:
        return whole
    if len(whole) % 2 == 0 and all(map(_INITIALS.match, whole[1::2])):  # "Lovelace, A., Turing, A. M."
        return [f"{family}, {given}" for family, given in zip(whole[0::2], whole[1::2], strict=True)]
    if len(whole) == 2 and not (" " in whole[0] and " " in whole[1]):  # "Lovelace, Ada", "van Gogh, Vincent"
        return [", ".join(whole)]
    return whole
