"""What a proxy says of a visitor, carried from the door to the pages under our own seal.

The pages see the headers of a connection as its first request brought them. So
that none of them can be a visitor's own invention, the door (`http_gate`) takes
out what a proxy and only a proxy may say, and puts in one header that only this
process can have written.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import json
import secrets
from collections.abc import Iterable
from typing import Any

from dashboard.instance import Instance

PROOF_HEADER = "X-Topic-Explorer-Proxy"
"""Where the proxy sends the secret that it shares with us."""

VISITOR_HEADER = "X-Topic-Explorer-Visitor"
"""Our own header, from the door to the pages; whatever comes under this name from outside is thrown away."""

VISITOR_KEY = "visitor"
"""Where Streamlit puts `VISITOR_HEADER` in ``st.user`` (``trustedUserHeaders`` in config.toml)."""

RawHeaders = Iterable[tuple[bytes, bytes]]

_KEY = secrets.token_bytes(32)  # of this process: a seal from elsewhere, or from before a restart, is none


class Forged(Exception):  # noqa: N818 - what happened, as a person would say it
    """A request that claims to come through the proxy and does not, or whose identity could be a client's copy."""


def visitor_of(headers: RawHeaders, instance: Instance) -> dict[str, Any] | None:
    """Who the proxy says is there; ``None`` where it names nobody.

    Raises
    ------
    Forged
        The proxy's secret is missing, wrong or there twice, or an identity header is there twice.
    """
    proof = _only(headers, PROOF_HEADER)
    if not hmac.compare_digest(proof, instance.proxy_secret.get_secret_value().encode()):
        raise Forged
    email = _text(_only(headers, instance.proxy_header))
    groups = _text(_only(headers, instance.proxy_groups_header)).split(",")
    if not email:
        return None
    return {"email": email, "name": _text(_only(headers, instance.proxy_name_header)), "groups": groups}


def without_identity(headers: RawHeaders, instance: Instance) -> list[tuple[bytes, bytes]]:
    """``headers`` without any that says who somebody is."""
    names = [PROOF_HEADER, VISITOR_HEADER]
    if instance.sign_in == "proxy":
        names += [instance.proxy_header, instance.proxy_name_header, instance.proxy_groups_header]
    taken_out = {name.lower().encode() for name in names}
    return [(name, value) for name, value in headers if name.lower() not in taken_out]


def seal(visitor: dict[str, Any] | None) -> bytes:
    """The value of `VISITOR_HEADER` for ``visitor``."""
    said = base64.urlsafe_b64encode(json.dumps(visitor).encode())
    return said + b"." + _mark(said)


def unseal(value: object) -> dict[str, Any] | None:
    """What was sealed by this process; ``None`` for anything else."""
    if not isinstance(value, str):
        return None
    said, _, mark = value.encode("utf-8", "replace").partition(b".")
    if not hmac.compare_digest(mark, _mark(said)):
        return None
    try:
        visitor = json.loads(base64.urlsafe_b64decode(said))
    except (ValueError, binascii.Error):
        return None
    return visitor if isinstance(visitor, dict) else None


def _mark(said: bytes) -> bytes:
    return hmac.digest(_KEY, said, "sha256").hex().encode()


def _only(headers: RawHeaders, wanted: str) -> bytes:
    """The value of a header, empty where it is missing. Twice is a client's copy beside the proxy's own."""
    values = [value for name, value in headers if name.lower() == wanted.lower().encode()] if wanted else []
    if len(values) > 1:
        raise Forged
    return values[0].strip() if values else b""


def _text(value: bytes) -> str:
    return value.decode("utf-8", "replace")
