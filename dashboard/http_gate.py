"""The door: what every HTTP request and WebSocket passes before Streamlit sees it.

The pages have a gate of their own (`sign_in.current_person`), which is what
keeps a paper from who may not see it. The door guards what does not pass a
page: downloads, uploads, the routes we add, messages that come after a sign-in
has expired. A path is closed unless it stands in `is_public`.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import quote, unquote

from google.protobuf.message import DecodeError
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocketClose
from streamlit.auth_util import get_cookie_with_chunks
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.web.server.starlette.starlette_app_utils import decode_signed_value
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME

from dashboard.admission import Refusal, admit_claims, admit_visitor, expiry
from dashboard.instance import Instance
from dashboard.people import Person
from dashboard.proxy_visitor import VISITOR_HEADER, Forged, seal, unseal, visitor_of, without_identity

PUBLIC_PATHS = frozenset(
    {
        "/",  # Streamlit's own page: the same empty frame for everybody, filled over the WebSocket
        "/favicon.png",
        "/manifest.json",
        "/_stcore/stream",  # the WebSocket must open to show how to sign in; every run begins with the gate
        "/_stcore/health",  # whether the process answers
        "/livez",  # the same, of our own
        "/metrics",  # figures about nobody; lets in nobody but a monitor nearby
        "/_stcore/host-config",  # settings of the frame, the same for everybody
        "/auth/login",
        "/auth/logout",
        "/oauth2callback",
        "/healthz",  # whether the store can be shown; names nothing in it
    }
)
"""Paths that anybody may ask for, each on purpose. Every other needs a sign-in, unless a folder below holds it."""

PUBLIC_FOLDERS = ("/static/", "/component/", "/_stcore/bidi-components/")
"""Code, styles and fonts of Streamlit and of components, as they were installed."""

PROBES = frozenset({"/healthz", "/livez", "/metrics", "/_stcore/health"})
"""Paths that answer also to whom does not come through the proxy: the machine that asks whether we are well."""

RETURN_COOKIE = "topic_explorer_return"
"""Where the browser keeps the query string of the page from which somebody went to sign in."""

_LONGEST_RETURN = 3_000  # characters
_CALLBACK = "/oauth2callback"


def is_public(path: str) -> bool:
    """Whether anybody may ask for ``path``."""
    return path in PUBLIC_PATHS or path.startswith(PUBLIC_FOLDERS)


class ProxyIdentity:
    """Middleware that takes out every header that says who somebody is, and believes only the proxy's.

    With ``sign_in=proxy`` a request without the proxy's secret is refused, whatever it
    asks for, `PROBES` aside. The pages get the identity in `VISITOR_HEADER`.
    """

    def __init__(self, app: ASGIApp, instance: Instance) -> None:
        self._app = app
        self._instance = instance

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with our own headers, or refuse it."""
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        headers = without_identity(scope["headers"], self._instance)
        if self._instance.sign_in == "proxy":
            try:
                visitor = visitor_of(scope["headers"], self._instance)
            except Forged:
                if scope["type"] != "http" or scope["path"] not in PROBES:
                    await _refuse("This dashboard answers only through its proxy.", scope, receive, send)
                    return
                visitor = None
            headers.append((VISITOR_HEADER.lower().encode(), seal(visitor)))
        await self._app({**scope, "headers": headers}, receive, send)


class OnlyAdmitted:
    """Middleware that closes every path that is not public to who may not come in.

    A WebSocket opens for everybody, since the page on which one signs in comes over it.
    But one without a valid sign-in never resumes an earlier visit, and once a sign-in has
    expired all that a page can ask for is to be drawn anew, which the gate answers:
    callbacks and fragments would run without passing it.
    """

    def __init__(self, app: ASGIApp, instance: Instance, now: Callable[[], float] = time.time) -> None:
        self._app = app
        self._instance = instance
        self._now = now

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it."""
        if self._instance.sign_in == "off" or scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await self._visit(scope, receive, send)
        elif is_public(scope["path"]) or isinstance(self._admission(scope), Person):
            await self._app(scope, receive, _sign_in_answer(scope, send, self._instance))
        else:
            await _refuse("Sign in first.", scope, receive, send)

    async def _visit(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not is_public(scope["path"]):
            await _refuse("", scope, receive, send)
            return
        if not isinstance(self._admission(scope), Person):
            await self._app({**scope, "headers": _as_new_visit(scope["headers"])}, receive, send)
            return
        ends = expiry(claims_of(scope, self._instance)) if self._instance.sign_in == "oidc" else float("inf")

        async def receive_until() -> Message:
            message = await receive()
            if message["type"] == "websocket.receive" and self._now() >= ends:
                return {"type": "websocket.receive", "bytes": _as_reload(message.get("bytes") or b"")}
            return message

        await self._app(scope, receive_until, send)

    def _admission(self, scope: Scope) -> Person | Refusal:
        if self._instance.sign_in == "proxy":
            return admit_visitor(unseal(Headers(scope=scope).get(VISITOR_HEADER)), self._instance)
        return admit_claims(claims_of(scope, self._instance), self._instance, self._now())


def claims_of(scope: Scope, instance: Instance) -> Mapping[str, object]:
    """The claims in the cookie that Streamlit signed when somebody came back from the provider; empty if not valid."""
    cookies = HTTPConnection(scope).cookies
    secret = instance.cookie_secret.get_secret_value()

    def signed(name: str) -> bytes | None:
        return (
            decode_signed_value(secret, name, cookies[name].encode("latin-1", "replace")) if name in cookies else None
        )

    try:
        claims: Any = json.loads(get_cookie_with_chunks(signed, USER_COOKIE_NAME) or b"{}")
    except ValueError:
        return {}
    return claims if isinstance(claims, dict) else {}


def _as_new_visit(headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """``headers`` without the session to resume, which Streamlit's page sends as the third "protocol"."""
    return [
        (name, b",".join(value.split(b",")[:2])) if name.lower() == b"sec-websocket-protocol" else (name, value)
        for name, value in headers
    ]


def _as_reload(asked: bytes) -> bytes:
    """What a reload of the same page would send: no widget's value, no fragment, no other wish."""
    message, reload = BackMsg(), BackMsg()
    with suppress(DecodeError):
        message.ParseFromString(asked)
    reload.rerun_script.query_string = message.rerun_script.query_string
    reload.rerun_script.context_info.CopyFrom(message.rerun_script.context_info)
    return reload.SerializeToString()


async def _refuse(reason: str, scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "http":
        headers = {"Cache-Control": "no-store"}
        await PlainTextResponse(reason, status_code=403, headers=headers)(scope, receive, send)
    else:
        await WebSocketClose(code=1008)(scope, receive, send)


# --- Streamlit's own sign-in -----------------------------------------------------------


def sign_in_secrets(instance: Instance) -> dict[str, Any] | None:
    """What ``st.login`` needs to know, as ``st.App(secrets=…)`` takes it: held in memory, in no file."""
    if instance.sign_in != "oidc":
        return None
    return {
        "auth": {
            "redirect_uri": instance.oidc_redirect_uri,
            "cookie_secret": instance.cookie_secret.get_secret_value(),
            "client_id": instance.oidc_client_id,
            "client_secret": instance.oidc_client_secret.get_secret_value(),
            "server_metadata_url": instance.oidc_discovery_url,
            "client_kwargs": {"scope": instance.oidc_scope, "prompt": "select_account"},
        }
    }


def _sign_in_answer(scope: Scope, send: Send, instance: Instance) -> Send:
    """``send`` that marks cookies as for TLS only where the instance has TLS, and leads back to the page one left."""
    if instance.sign_in != "oidc":
        return send

    async def send_amended(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            if scope["path"] == _CALLBACK and headers.get("location") == "/" and (query := return_query(scope)):
                headers["location"] = f"/?{query}"
                headers.append("set-cookie", f"{RETURN_COOKIE}=; Max-Age=0; Path=/; SameSite=Lax")
            if instance.oidc_redirect_uri.startswith("https://"):
                message["headers"] = [_for_tls(name, value) for name, value in message["headers"]]
        await send(message)

    return send_amended


def return_query(scope: Scope) -> str:
    """The query string to go back to; empty where there is none. It stays on the first page of this host."""
    cookies: SimpleCookie = SimpleCookie()
    try:
        cookies.load(Headers(scope=scope).get("cookie", ""))
    except CookieError:
        return ""
    kept = unquote(cookies[RETURN_COOKIE].value) if RETURN_COOKIE in cookies else ""
    return quote(kept.lstrip("?"), safe="=&%+-._~,;:@!*()'/") if len(kept) <= _LONGEST_RETURN else ""


def _for_tls(name: bytes, value: bytes) -> tuple[bytes, bytes]:
    cookie = name.lower() == b"set-cookie" and b"; secure" not in value.lower()
    return (name, value + b"; Secure") if cookie else (name, value)
