"""The ASGI application: the Streamlit script, our own routes, and what every response must carry.

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
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import streamlit as st
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocketClose
from streamlit.runtime import exists, get_instance

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
from dashboard.curation.errors import CurationUnavailable
from dashboard.health import Readiness, livez
from dashboard.http_gate import OnlyAdmitted, ProxyIdentity, sign_in_secrets
from dashboard.instance import Instance, InstanceError, instance
from dashboard.log import log_event, log_failure, start_log
from dashboard.metrics import METRICS, metrics
from dashboard.settings import SETTINGS

ALLOWED_HOSTS_VARIABLE = "TOPIC_EXPLORER_ALLOWED_HOSTS"
"""Host names, separated by commas, that a dashboard on a loopback address also answers to
(for a reverse proxy on the same machine that passes the visitor's ``Host`` on)."""

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_PRIVATE_PATHS = re.compile(r"/_stcore/(metrics|agent)(/|$)")


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


# --- the application --------------------------------------------------------------------


def _n_visits() -> int:
    return get_instance()._session_mgr.num_active_sessions() if exists() else 0


@asynccontextmanager
async def lifespan(_: object) -> AsyncIterator[None]:
    """Open the newest snapshot before anybody comes, and some more while nobody waits for them."""
    start_log(instance().log)
    if METRICS is not None:
        METRICS.watch(_n_visits, data.n_open_snapshots)
    # Opened outside a visit there is nobody to show a spinner to; Streamlit would warn of that.
    logging.getLogger("streamlit.runtime.scriptrunner_utils.script_run_context").setLevel(logging.ERROR)
    await run_in_threadpool(data.warm, 1)  # whoever comes first comes for this one: ready means that it is open
    warming = asyncio.create_task(_keep_warm())
    log_event("started")
    yield
    log_event("stopping")
    warming.cancel()


def checked_instance() -> Instance:
    """How this instance is set up; one sentence and the end of the process where it cannot start so."""
    try:
        return instance()
    except InstanceError as error:
        raise SystemExit(f"Error: {error}") from None


def _database_trouble() -> str | None:
    """What a monitor is told of the database, where one is named; an instance without is well without."""
    if not instance().database.get_secret_value():
        return None
    try:
        data.curation_store().revision("")
    except CurationUnavailable:
        return "the database does not answer"
    return None


async def _keep_warm() -> None:
    """Open what is likely to be asked for, then whatever is published, before anybody waits for it."""
    await run_in_threadpool(data.warm, SETTINGS.open_snapshots)
    while True:
        await asyncio.sleep(SETTINGS.notice_seconds)
        try:
            await run_in_threadpool(data.warm, 1)
        except Exception as error:  # whoever asks for it is told; the next one may be good
            log_failure("open_ahead_failed", error)


INSTANCE = checked_instance()
READINESS = Readiness(_database_trouble)

app = st.App(
    Path(__file__).with_name("app.py"),
    secrets=sign_in_secrets(INSTANCE),
    lifespan=lifespan,
    routes=[Route("/livez", livez), Route("/healthz", READINESS.answer), Route("/metrics", metrics)],
    middleware=[
        Middleware(SecurityHeaders),
        Middleware(KnownHosts),
        Middleware(ProxyIdentity, instance=INSTANCE),
        Middleware(OnlyAdmitted, instance=INSTANCE),
    ],
)
