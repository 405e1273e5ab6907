"""Short codes of papers, for links that name many of them.

A code is made of the paper's id alone: it means the same paper in every snapshot
of a corpus, and no other one, wherever it stands in the list.
"""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable, Sequence
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

CODE_CHARACTERS = 8
"""Characters of a code: 48 bits, so of some 500 corpora of a million papers one has two papers with the same."""

_CODE = re.compile(rf"[A-Za-z0-9_-]{{{CODE_CHARACTERS}}}")
_LONGEST = 100_000  # characters of a link that are looked at


def code_of(paper_id: str) -> str:
    """The code of the paper with ``paper_id``: letters, digits, ``-`` and ``_``."""
    return urlsafe_b64encode(_digest(paper_id)).decode("ascii")


def numbers_of(paper_ids: Iterable[str]) -> NDArray[np.uint64]:
    """The codes of ``paper_ids`` as numbers, for looking many of them up: uint64 (n,)."""
    return np.fromiter((int.from_bytes(_digest(paper_id)) for paper_id in paper_ids), dtype=np.uint64)


def number_of_code(code: str) -> int:
    """The number that `numbers_of` gives for the paper with this code."""
    return int.from_bytes(urlsafe_b64decode(code))


def joined(codes: Sequence[str]) -> str:
    """``codes`` one after the other, as a link holds them; `cut` undoes it."""
    return "".join(codes)


def cut(text: str) -> tuple[tuple[str, ...], bool]:
    """The codes in ``text``, without repeats, and whether that was all there is in it.

    A link that was cut short on its way loses its last code and says so; nothing
    that is no code is ever returned.
    """
    pieces = [text[start : start + CODE_CHARACTERS] for start in range(0, min(len(text), _LONGEST), CODE_CHARACTERS)]
    codes = [piece for piece in pieces if _CODE.fullmatch(piece)]
    return tuple(dict.fromkeys(codes)), len(codes) == len(pieces) and len(text) <= _LONGEST


def _digest(paper_id: str) -> bytes:
    return blake2b(paper_id.encode("utf-8", "surrogatepass"), digest_size=6).digest()
