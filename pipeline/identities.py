"""Ids, DOIs and addresses: what of them can be trusted, and ids for papers that have none."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from hashlib import sha256
from typing import NamedTuple
from urllib.parse import urlsplit

from pipeline.duplicates import normalised
from pipeline.text_cleaning import repair_characters

MAX_ID_CHARACTERS = 200
_MAX_URL_CHARACTERS = 2000
_ABSTRACT_PREFIX = 300
_DOI = re.compile(r"10\.\d{4,9}/\S{1,180}")
_DOI_PREFIX = re.compile(r"^(?:https?://)?(?:dx\.|www\.)?(?:doi\.org/|doi:?\s*)", re.IGNORECASE)


class Claim(NamedTuple):
    """What a paper can be identified by."""

    paper_id: str | None
    doi: str | None
    title: str
    abstract: str


def usable_id(raw: str | None) -> str | None:
    """``raw`` as an id: on one line, nothing invisible, at most 200 characters; ``None`` if nothing is left."""
    if not raw:
        return None
    cleaned = " ".join(repair_characters(raw).marked.split())
    return cleaned if 0 < len(cleaned) <= MAX_ID_CHARACTERS else None


def usable_doi(raw: str | None) -> str | None:
    """``raw`` as a bare lower-case DOI, ``None`` if it is none."""
    if not raw:
        return None
    bare = _DOI_PREFIX.sub("", repair_characters(raw).marked.strip()).rstrip(".,;").lower()
    return bare if _DOI.fullmatch(bare) else None


def usable_url(raw: str | None) -> str | None:
    """``raw`` if it is an http(s) address, else ``None``: an address is shown as a link."""
    if not raw:
        return None
    address = repair_characters(raw).marked.strip()
    if len(address) > _MAX_URL_CHARACTERS or address.split() != [address]:
        return None
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    return address if parts.scheme.lower() in ("http", "https") and parts.hostname else None


def assign_ids(claims: Sequence[Claim]) -> tuple[list[str], set[int]]:
    """A unique id for each paper.

    The id its source gave; without one ``doi:10.…``; without that ``p-`` and
    twelve hexadecimal digits of the sha256 of its normalised title and the
    beginning of its normalised abstract. An id or DOI that several of the
    papers claim identifies none of them.

    Parameters
    ----------
    claims
        In an order that depends on their content only.

    Returns
    -------
    ids, shared
        The ids in the order of ``claims``, and the positions of the papers
        whose given id was not theirs alone.
    """
    n_ids = Counter(claim.paper_id for claim in claims)
    n_dois = Counter(claim.doi for claim in claims)
    shared = {i for i, claim in enumerate(claims) if claim.paper_id and n_ids[claim.paper_id] > 1}
    taken = {claim.paper_id for claim in claims if claim.paper_id and n_ids[claim.paper_id] == 1}
    ids: list[str] = []
    for position, claim in enumerate(claims):
        if claim.paper_id and position not in shared:
            ids.append(claim.paper_id)
            continue
        derived = f"doi:{claim.doi}" if claim.doi and n_dois[claim.doi] == 1 else hashed_id(claim)
        salt = 0
        while derived in taken:
            salt += 1
            derived = hashed_id(claim, salt)
        taken.add(derived)
        ids.append(derived)
    return ids, shared


def hashed_id(claim: Claim, salt: int = 0) -> str:
    """``p-`` and twelve hexadecimal digits that only a paper's text decides (and ``salt``, against collisions)."""
    text = f"{normalised(claim.title)}\n{normalised(claim.abstract[: 3 * _ABSTRACT_PREFIX])[:_ABSTRACT_PREFIX]}"
    if salt:
        text += f"\n{normalised(claim.abstract)}\n{salt}"
    return f"p-{sha256(text.encode()).hexdigest()[:12]}"
