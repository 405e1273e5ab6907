"""What people type → what FTS5 is asked, and where the hits stand in a text.

Nothing typed reaches FTS5 but as a quoted string, so nothing typed is an
error or an operator of FTS5's own: ``C++``, ``"``, ``NEAR(``, ``title:`` and
``*`` are searched for, or ignored where they hold no word.
"""

from __future__ import annotations

import re
import sqlite3
import unicodedata
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass

from pipeline.search_text import TOKENIZER, searchable

MAX_CHARACTERS = 2_000
"""What is typed beyond this many characters is ignored."""

MAX_TERMS = 64
"""Words and phrases beyond this many are ignored (FTS5 allows 256 branches)."""

Span = tuple[int, int]
"""Start and end of a hit in a text, in characters."""

_ITEM = re.compile(r'(?P<minus>-*)(?:"(?P<phrase>[^"]*)(?:"|$)(?P<star>\*)?|(?P<word>[^\s"]+))')
_QUOTES = str.maketrans(dict.fromkeys("“”„‟«»＂", '"'))
_HIT, _END = "\x02", "\x03"  # `searchable` leaves no control characters, so these are ours alone
_CREATE = f"""CREATE VIRTUAL TABLE texts USING fts5(body, tokenize="{TOKENIZER}")"""
_INSERT = "INSERT INTO texts (rowid, body) VALUES (?, ?)"
_MARK = "SELECT rowid, highlight(texts, 0, ?, ?) FROM texts WHERE texts MATCH ?"


@dataclass(frozen=True)
class _Term:
    text: str
    prefix: bool
    excluded: bool

    def __str__(self) -> str:
        return f'"{self.text}" *' if self.prefix else f'"{self.text}"'


def fts_query(text: str) -> str | None:
    """``text``, as typed into a search box, as a safe FTS5 ``MATCH`` expression.

    - words: papers holding all of them, in any field;
    - ``"two words"``: the phrase; ``GPT-4`` is one too;
    - ``word*``: words that begin so;
    - ``one OR other`` (capitals): either; binds tighter than the rest;
    - ``-word``, ``-"two words"``: papers without it.

    Returns
    -------
    str or None
        None when there is nothing to look for: no word, or only exclusions.
    """
    alternatives, excluded = _parse(text)
    if not alternatives:
        return None
    wanted = " AND ".join(f"({_any(terms)})" for terms in alternatives)
    return f"({wanted}) NOT ({_any(excluded)})" if excluded else wanted


def hit_spans(texts: Sequence[str], text: str) -> list[list[Span]]:
    """Where the words wanted by the query ``text`` stand in each of ``texts``.

    Marked by FTS5 itself, in memory, so that marks and matches agree on
    accents, phrases and prefixes. Meant for the few texts on screen.

    Returns
    -------
    list of list of (start, end)
        One list a text, in order of appearance, not overlapping.
    """
    spans: list[list[Span]] = [[] for _ in texts]
    wanted = [term for terms in _parse(text)[0] for term in terms]
    if not wanted or not texts:
        return spans
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute(_CREATE)
        connection.executemany(_INSERT, enumerate(map(searchable, texts), start=1))
        found = connection.execute(_MARK, (_HIT, _END, _any(wanted)))
        for rowid, marked in found:
            spans[rowid - 1] = _spans_of(marked)
    return spans


def snippet(text: str, spans: Sequence[Span], n_characters: int = 240) -> list[tuple[str, bool]]:
    """The part of ``text`` with most hits, in pieces: (piece, is it a hit).

    Starts and ends between words; "…" stands where text was left out. Pieces
    are plain text, to be escaped by whoever shows them.
    """
    start, end = _window(text, spans, n_characters)
    pieces: list[tuple[str, bool]] = []
    place = start
    for hit_start, hit_end in spans:
        if hit_start < start or hit_end > end:
            continue
        pieces += [(text[place:hit_start], False), (text[hit_start:hit_end], True)]
        place = hit_end
    pieces.append((text[place:end], False))
    if start > 0:
        pieces.insert(0, ("… ", False))
    if end < len(text):
        pieces.append((" …", False))
    return [piece for piece in pieces if piece[0]]


def _parse(text: str) -> tuple[list[list[_Term]], list[_Term]]:
    """Groups of alternatives, all of which must be met, and the excluded terms."""
    alternatives: list[list[_Term]] = []
    excluded: list[_Term] = []
    n_terms, either = 0, False
    for item in _ITEM.finditer(searchable(text[:MAX_CHARACTERS].translate(_QUOTES))):
        if item["word"] in ("OR", "AND") and not item["minus"]:
            either = item["word"] == "OR"
            continue
        term = _term(item)
        if term is None:
            continue
        n_terms += 1
        if n_terms > MAX_TERMS:
            break
        if term.excluded:
            excluded.append(term)
        elif either and alternatives:
            alternatives[-1].append(term)
        else:
            alternatives.append([term])
        either = False
    return alternatives, excluded


def _term(item: re.Match[str]) -> _Term | None:
    """The term of one match of `_ITEM`; None when it holds no letter or digit."""
    word = item["word"]
    body = item["phrase"] if word is None else word
    prefix = bool(item["star"]) if word is None else word.endswith("*")
    body = body.rstrip("*").strip()
    if not any(unicodedata.category(character)[0] in "LN" for character in body):
        return None
    return _Term(body, prefix and _is_of_word(body[-1]), bool(item["minus"]))


def _is_of_word(character: str) -> bool:
    return unicodedata.category(character)[0] in "LN" or character in "+#"


def _any(terms: Iterable[_Term]) -> str:
    return " OR ".join(str(term) for term in terms)


def _spans_of(marked: str) -> list[Span]:
    spans: list[Span] = []
    place = 0
    for piece in marked.split(_HIT):
        hit, end, rest = piece.partition(_END)
        if end:
            spans.append((place, place + len(hit)))
        place += len(hit) + len(rest)
    return spans


def _window(text: str, spans: Sequence[Span], n_characters: int) -> Span:
    if len(text) <= n_characters:
        return 0, len(text)
    lead = n_characters // 5
    best, most = 0, -1
    for hit_start, _ in spans:
        start = max(0, min(hit_start - lead, len(text) - n_characters))
        n_hits = sum(start <= s and e <= start + n_characters for s, e in spans)
        if n_hits > most:
            best, most = start, n_hits
    start, end = best, best + n_characters
    if start > 0:
        start = next((i + 1 for i in range(start - 1, min(start + lead, end)) if text[i].isspace()), start)
    if end < len(text):
        end = next((i for i in range(end, max(end - lead, start), -1) if text[i].isspace()), end)
    return start, end
