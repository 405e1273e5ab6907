"""How words are cut for full-text search: shared by the index and by those who query it.

Light (standard library only), because the dashboard must cut a query exactly
as the index cut the papers.
"""

from __future__ import annotations

import re

SEARCH_COLUMNS = ("title", "abstract", "authors", "venue", "keywords")
"""Columns, in order, of the FTS5 table ``papers``; its rowid is the paper's row + 1."""

TOKENIZER = "unicode61 remove_diacritics 2 tokenchars '+#'"
"""FTS5's ``tokenize`` option. Letters and digits of any script make words, case
and accents do not matter, and a hyphen separates: ``GPT-4`` is the phrase
*gpt 4*, found by ``GPT 4`` too. ``+`` and ``#`` belong to a word only where
`searchable` leaves them, in names such as C++ and C#."""

# One letter and ++ or # is a programming language; "text+image" and "DeepLabV3+" are not,
# and must be found by "text" and "DeepLabV3".
_LANGUAGE = re.compile(r"(?<![^\W_])[A-Za-z](?:\+\+|#)(?![\w+#])")
_MARKS = re.compile(r"[+#]")
# C strings end at NUL, surrogates do not encode, and highlighting marks its hits with control characters.
_UNWRITABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


def searchable(text: str) -> str:
    """``text`` as the index takes it, character for character of the same length.

    Control characters and lone surrogates become spaces, and so do ``+`` and
    ``#`` unless they end the name of a programming language (C++, C#, F#).
    """
    text = _UNWRITABLE.sub(" ", text)
    if not _MARKS.search(text):
        return text
    kept = {place for match in _LANGUAGE.finditer(text) for place in range(match.start() + 1, match.end())}
    return _MARKS.sub(lambda mark: mark.group() if mark.start() in kept else " ", text)
