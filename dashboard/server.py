"""The ASGI application: the Streamlit script, health, and what every response must carry.

``streamlit run dashboard/server.py`` (what ``topic-explorer serve`` does) finds
``app`` below.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import logging
import os
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import streamlit as st
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocketClose

# The pages' imports take a second or two: done here, the first visitor does not wait for them.
import dashboard.views.data
import dashboard.views.map
import dashboard.views.overview
import dashboard.views.place_my_papers
import dashboard.views.reading_list
import dashboard.views.search
import dashboard.views.topics
import dashboard.views.trends  # noqa: F401
from dashboard import data
from dashboard.settings import SETTINGS
from pipeline import snapshot as snapshots

ALLOWED_HOSTS_VARIABLE = "TOPIC_EXPLORER_ALLOWED_HOSTS"
"""Host names, separated by commas, that a dashboard on a loopback address also answers to
(for a reverse proxy on the same machine that passes the visitor's ``Host`` on)."""

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_PRIVATE_PATHS = re.compile(r"/_stcore/(metrics|agent)(/|$)")
_HEALTH_SECONDS = 10.0
_LOG = logging.getLogger("topic_explorer.dashboard")


# --- security headers -------------------------------------------------------------


def _inline_script_hashes() -> str:
    """The CSP hashes of the inline scripts in Streamlit's own page, so that they may run."""
    page = Path(st.__file__).parent / "static" / "index.html"
    scripts = re.findall(rb"<script>(.*?)</script>", page.read_bytes(), flags=re.DOTALL)
    digests = [base64.b64encode(hashlib.sha256(script).digest()).decode() for script in scripts]
    return " ".join(f"'sha256-{digest}'" for digest in digests)


def content_security_policy() -> str:
    """The policy sent with every response: nothing is loaded from, or told to, another host.

    ``blob:`` scripts are Streamlit's components (version 2 imports their code
    from a blob). No code is made from strings: plotly's WebGL charts would need
    ``unsafe-eval`` for that, our map and plotly's SVG charts do not. Inline
    styles are how Streamlit styles everything.
    """
    rules = {
        "default-src": "'self'",
        "script-src": f"'self' blob: {_inline_script_hashes()}".strip(),
        "style-src": "'self' 'unsafe-inline'",
        "img-src": "'self' data: blob:",
        "font-src": "'self' data:",
        "connect-src": "'self'",
        "worker-src": "'self' blob:",
        "frame-src": "'self'",
        "frame-ancestors": "'none'",
        "form-action": "'self'",
        "base-uri": "'none'",
        "object-src": "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items())


def security_headers() -> dict[str, str]:
    """Headers of every response, by name."""
    return {
        "Content-Security-Policy": content_security_policy(),
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    }


class SecurityHeaders:
    """Middleware that adds `security_headers` to every response, errors included.

    Streamlit's figures about the process and the description of its agent
    interface answer anyone; here they answer "not found".
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._headers = security_headers()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and mark the answer."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(self._headers)
            await send(message)

        if _PRIVATE_PATHS.search(scope["path"]):
            await PlainTextResponse("Not found", status_code=404)(scope, receive, send_marked)
        else:
            await self._app(scope, receive, send_marked)


# --- who may name us ----------------------------------------------------------------


def allowed_hosts(address: str | None, extra: str) -> frozenset[str] | None:
    """Host names a request may carry, or ``None`` when any will do.

    A dashboard on a loopback ``address`` is meant for the browsers of this
    machine. A web page elsewhere could point its own name at 127.0.0.1 (DNS
    rebinding) and read the dashboard as if it were its own; its ``Host`` gives
    it away. ``extra`` is the value of `ALLOWED_HOSTS_VARIABLE`.
    """
    named = frozenset(name.strip().lower() for name in extra.split(",") if name.strip())
    if address in _LOOPBACK:
        return _LOOPBACK | named
    return _LOOPBACK | named if named else None


def host_name(header: str) -> str:
    """The name in a ``Host`` header, without its port, in lower case."""
    header = header.strip().lower()
    if header.startswith("["):
        return header[1:].partition("]")[0]
    return header.partition(":")[0]


class KnownHosts:
    """Middleware that refuses requests made under a name that is not ours."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it."""
        if scope["type"] in {"http", "websocket"}:
            hosts = allowed_hosts(st.get_option("server.address"), os.environ.get(ALLOWED_HOSTS_VARIABLE, ""))
            if hosts is not None and host_name(Headers(scope=scope).get("host", "")) not in hosts:
                refusal = f"This dashboard does not answer to that host name; see {ALLOWED_HOSTS_VARIABLE}."
                if scope["type"] == "http":
                    await PlainTextResponse(refusal, status_code=400)(scope, receive, send)
                else:
                    await WebSocketClose(code=1008)(scope, receive, send)
                return
        await self._app(scope, receive, send)


# --- health ---------------------------------------------------------------------------


def check_health(store: Path) -> tuple[int, dict[str, str]]:
    """Open the latest snapshot of every corpus: an HTTP status and what to say.

    200 when each opens; 503 when there is none, when one cannot be opened, or
    when an older one had to stand in. The answer names no corpus: it is public.
    """
    corpora = snapshots.list_corpora(store)
    if not corpora:
        return 503, {"status": "unavailable", "reason": "the store holds no corpus yet"}
    n_failed = n_replaced = 0
    for corpus in corpora:
        try:
            n_replaced += snapshots.open_snapshot(store, corpus).notice is not None
        except (snapshots.SnapshotError, OSError):
            n_failed += 1
    if n_failed or n_replaced:
        status = "unavailable" if n_failed == len(corpora) else "degraded"
        reason = (
            f"of {len(corpora)} corpora, {n_failed} cannot be opened and {n_replaced} show an older snapshot; "
            "topic-explorer verify says why"
        )
        return 503, {"status": status, "reason": reason}
    return 200, {"status": "ok"}


class Health:
    """The ``/healthz`` endpoint. An answer stands for ten seconds, so asking often costs nothing."""

    def __init__(self) -> None:
        self._until = 0.0
        self._answer: tuple[int, dict[str, str]] = (503, {})

    async def __call__(self, request: Request) -> JSONResponse:
        """Answer with `check_health` of the store."""
        if time.monotonic() >= self._until:
            self._answer = await run_in_threadpool(check_health, snapshots.default_store())
            self._until = time.monotonic() + _HEALTH_SECONDS
        status, body = self._answer
        return JSONResponse(body, status_code=status, headers={"Cache-Control": "no-store"})


_health = Health()


async def healthz(request: Request) -> JSONResponse:
    """Whether the dashboard can really show something."""
    return await _health(request)


@asynccontextmanager
async def lifespan(_: object) -> AsyncIterator[None]:
    """Open the newest snapshot before anybody comes, and some more while nobody waits for them."""
    # Opened outside a visit there is nobody to show a spinner to; Streamlit would warn of that.
    logging.getLogger("streamlit.runtime.scriptrunner_utils.script_run_context").setLevel(logging.ERROR)
    await run_in_threadpool(data.warm, 1)  # whoever comes first comes for this one: ready means that it is open
    warming = asyncio.create_task(_keep_warm())
    yield
    warming.cancel()


async def _keep_warm() -> None:
    """Open what is likely to be asked for, then whatever is published, before anybody waits for it."""
    await run_in_threadpool(data.warm, SETTINGS.open_snapshots)
    while True:
        await asyncio.sleep(SETTINGS.notice_seconds)
        try:
            await run_in_threadpool(data.warm, 1)
        except Exception as error:  # whoever asks for it is told; the next one may be good
            _LOG.error("opening ahead failed: %s", type(error).__name__)


app = st.App(
    Path(__file__).with_name("app.py"),
    lifespan=lifespan,
    routes=[Route("/healthz", healthz)],
    middleware=[Middleware(SecurityHeaders), Middleware(KnownHosts)],
)
