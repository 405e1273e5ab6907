"""The door as it is really started, asked in raw HTTP and over raw WebSockets."""

import http.client
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.web.server.starlette.starlette_app_utils import create_signed_value
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from dashboard import http_gate
from dashboard.http_gate import OnlyAdmitted, ProxyIdentity, is_public
from dashboard.instance import Instance
from dashboard.proxy_visitor import PROOF_HEADER, VISITOR_HEADER, seal, unseal
from tests.dashboard.test_server import Answer
from tests.identity_provider import CLIENT, COOKIE_SECRET, trusting
from tests.processes import awaited
from tests.servers import ROOT, free_port, serving
from tests.snapshots import publish_tiny

ISSUER = "https://login.good.org"
EMAIL = "X-Forwarded-Email"
COOKIE = "_streamlit_user"
RIGHT = {PROOF_HEADER: COOKIE_SECRET}
ADA = {**RIGHT, EMAIL: "ada@good.org", "X-Forwarded-Preferred-Username": "Ada Lovelace"}
EVE = {**RIGHT, EMAIL: "eve@good.org.evil.com"}

Headers = dict[str, str] | list[tuple[str, str]]


def ask(address: str, path: str, headers: Headers = (), method: str = "GET") -> Answer:  # type: ignore[assignment]
    """Like `test_server.ask`, but a header may stand there twice."""
    connection = http.client.HTTPConnection(address.removeprefix("http://"), timeout=20)
    try:
        connection.putrequest(method, path)
        for name, value in dict(headers).items() if isinstance(headers, dict) else headers:
            connection.putheader(name, value)
        connection.endheaders()
        return Answer(connection.getresponse())
    finally:
        connection.close()


def page_seen(address: str, headers: Headers = (), query: str = "") -> str:  # type: ignore[assignment]
    """Everything the script sends to a visitor who opens the page over a WebSocket of their own."""
    pairs = list(headers.items()) if isinstance(headers, dict) else list(headers)
    line = f"{address.replace('http', 'ws')}/_stcore/stream"
    with connect(line, additional_headers=pairs, subprotocols=["streamlit"], max_size=None) as socket:  # type: ignore[list-item]
        message = BackMsg()
        message.rerun_script.query_string = query
        socket.send(message.SerializeToString())
        seen = b""
        while True:
            received = socket.recv(timeout=30)
            assert isinstance(received, bytes)
            seen += received
            forward = ForwardMsg()
            forward.ParseFromString(received)
            if forward.WhichOneof("type") == "script_finished":
                return seen.decode("utf-8", "replace")


def websocket_status(address: str, headers: Headers) -> int:
    try:
        page_seen(address, headers)
    except InvalidStatus as refused:
        return refused.response.status_code
    return 101


def store_in(folder: Path) -> Path:
    publish_tiny(folder / "store")
    return folder / "store"


# --- every route ---------------------------------------------------------------------------------

ROUTES = {
    "/": "public",  # the mount of Streamlit's own files
    "/_stcore/agent/interact": "closed",
    "/_stcore/agent/mcp": "closed",
    "/_stcore/agent/openapi.json": "closed",
    "/_stcore/bidi-components/{path:path}": "public",
    "/_stcore/health": "public",
    "/_stcore/host-config": "public",
    "/_stcore/metrics": "closed",
    "/_stcore/stream": "public",
    "/_stcore/upload_file/{session_id}/{file_id}": "closed",
    "/auth/login": "public",
    "/auth/logout": "public",
    "/component/{path:path}": "public",
    "/healthz": "public",
    "/livez": "public",
    "/metrics": "public",
    "/media/{file_id:path}": "closed",
    "/oauth2callback": "public",
}
"""Every route of the server, ours and Streamlit's. A new one is closed until it is made public on purpose."""


def test_every_route_is_public_on_purpose_or_closed() -> None:
    program = (
        "import json; from dashboard.server import app\n"
        "print(json.dumps(sorted({route.path or '/' for route in app._build_starlette_app().routes})))"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    paths = json.loads(done.stdout.splitlines()[-1])
    assert paths == sorted(ROUTES)
    for path, kind in ROUTES.items():
        assert is_public(path) is (kind == "public"), path
    # What looks alike is not the same.
    for path in ("/healthz/", "/static", "/staticx/a", "//healthz", "/media/static/", "/_stcore/stream/x", "", "/x"):
        assert not is_public(path)


# --- behind a proxy --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def proxied(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("proxied")
    variables = {"SIGN_IN": "proxy", "PEOPLE": "@good.org", "PROXY_SECRET": COOKIE_SECRET}
    settings = {f"TOPIC_EXPLORER_{name}": value for name, value in variables.items()}
    with serving(store_in(folder), folder, **settings) as address:
        yield address


FORGED: dict[str, Headers] = {
    "nothing": [],
    "only a name": {EMAIL: "ada@good.org"},
    "no secret": {PROOF_HEADER: "", EMAIL: "ada@good.org"},
    "a wrong secret": {PROOF_HEADER: COOKIE_SECRET[:-1] + "!", EMAIL: "ada@good.org"},
    "half of the secret": {PROOF_HEADER: COOKIE_SECRET[:16], EMAIL: "ada@good.org"},
    "a secret that is no text": {PROOF_HEADER: "\xe9" * 40, EMAIL: "ada@good.org"},
    "two secrets": [(PROOF_HEADER, "x"), *ADA.items()],
    "a name of the client beside the proxy's": [(EMAIL, "boss@good.org"), *ADA.items()],
    "groups of the client beside the proxy's": [("x-forwarded-groups", "a"), ("X-Forwarded-Groups", "b"), *ADA.items()],
    "our own header": {VISITOR_HEADER: seal({"email": "ada@good.org"}).decode()},
}


@pytest.mark.parametrize("headers", FORGED.values(), ids=FORGED)
def test_what_does_not_come_through_the_proxy_is_refused(proxied: str, headers: Headers) -> None:
    for path in ("/", "/static/x.js", "/media/x.csv", "/_stcore/host-config", "/no/such/page"):
        answer = ask(proxied, path, headers)
        assert (answer.status, answer.body) == (403, b"This dashboard answers only through its proxy."), path
    assert websocket_status(proxied, headers) == 403
    for path in ("/healthz", "/_stcore/health"):
        assert ask(proxied, path, headers).status == 200


def test_who_comes_through_the_proxy_sees_the_page(proxied: str) -> None:
    assert ask(proxied, "/", ADA).status == 200
    seen = page_seen(proxied, ADA, "corpus=tiny&page=topics")
    assert "Groundwater seismology" in seen
    assert "Ada Lovelace" in seen
    assert COOKIE_SECRET not in seen


@pytest.mark.parametrize(
    ("headers", "said"),
    [
        (RIGHT, "You are not signed in"),
        ({**RIGHT, EMAIL: ""}, "You are not signed in"),
        ({**RIGHT, VISITOR_HEADER: seal({"email": "ada@good.org"}).decode()}, "You are not signed in"),
        ({**RIGHT, "X_Forwarded_Email": "ada@good.org"}, "You are not signed in"),
        (EVE, "not among those who may come in"),
    ],
)
def test_the_gate_stands_behind_the_proxy_too(proxied: str, headers: dict[str, str], said: str) -> None:
    seen = page_seen(proxied, headers, "corpus=tiny&page=topics")
    assert said in seen
    assert "Groundwater" not in seen
    assert ask(proxied, "/media/x.csv", headers).status == 403


def test_downloads_are_open_to_who_may_come_in(proxied: str) -> None:
    assert ask(proxied, "/media/x.csv", ADA).status == 404
    assert ask(proxied, "/media/x.csv", EVE).status == 403


# --- with a provider --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def with_provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("with-provider")
    port = free_port()
    variables = trusting(ISSUER, f"http://127.0.0.1:{port}", people="@good.org")
    with serving(store_in(folder), folder, port=port, **variables) as address:
        yield address


def cookie(secret: str = COOKIE_SECRET, name: str = COOKIE, **changes: Any) -> dict[str, str]:
    """The cookie as Streamlit signs it when somebody comes back from the provider."""
    claims = {
        "iss": ISSUER,
        "aud": CLIENT,
        "sub": "7",
        "exp": time.time() + 600,
        "email": "ada@good.org",
        "email_verified": True,
        "is_logged_in": True,
        "provider": "default",
        **changes,
    }
    return {"Cookie": f"{COOKIE}={create_signed_value(secret, name, json.dumps(claims)).decode()}"}


OUTSIDE: dict[str, dict[str, str]] = {
    "no cookie": {},
    "expired": cookie(exp=time.time() - 1),
    "another domain": cookie(email="a@good.org.evil.com"),
    "unverified": cookie(email_verified=False),
    "another provider": cookie(iss="https://login.evil.com"),
    "another's signature": cookie(COOKIE_SECRET + "x"),
    "signed for another cookie": cookie(name="_streamlit_user_tokens"),
    "not ours": {"Cookie": f"{COOKIE}=é; {COOKIE}_1=chunks-9"},
    "what a proxy would say": {EMAIL: "ada@good.org", VISITOR_HEADER: seal({"email": "ada@good.org"}).decode()},
}


@pytest.mark.parametrize("headers", OUTSIDE.values(), ids=OUTSIDE)
def test_only_what_must_be_open_is_open_before_the_sign_in(with_provider: str, headers: dict[str, str]) -> None:
    for path in ("/", "/favicon.png", "/_stcore/health", "/_stcore/host-config", "/healthz"):
        assert ask(with_provider, path, headers).status == 200, path
    for path in ("/media/x.csv", "/_stcore/upload_file/a/b", "/no/such/page", "/app/static/x", "/_stcore/../media/x"):
        answer = ask(with_provider, path, headers)
        assert answer.status in (400, 403), path
        assert b"tiny" not in answer.body
    for method in ("PUT", "DELETE", "OPTIONS"):
        assert ask(with_provider, "/_stcore/upload_file/a/b", headers, method).status == 403


def test_who_has_signed_in_gets_downloads(with_provider: str) -> None:
    assert ask(with_provider, "/media/x.csv", cookie()).status == 404


@pytest.mark.parametrize("headers", [{}, OUTSIDE["what a proxy would say"], {"Cookie": "_streamlit_user=x"}])
def test_a_raw_websocket_gets_the_page_on_which_one_signs_in(with_provider: str, headers: dict[str, str]) -> None:
    origin = {"Origin": with_provider}
    for query in ("", "corpus=tiny&page=topics", "page=search&q=birdsong"):
        seen = page_seen(with_provider, {**headers, **origin}, query)
        assert "Sign in with your organisation" in seen
        assert "Groundwater" not in seen
        assert "birdsong" not in seen.replace(query, "")


# --- the door by itself ----------------------------------------------------------------------------


def instance(address: str = "http://localhost:1", **more: str) -> Instance:
    variables = trusting(ISSUER, address, **{"people": "@good.org", **more})
    return Instance(**{name.removeprefix("TOPIC_EXPLORER_").lower(): value for name, value in variables.items()})  # type: ignore[arg-type]


def scope_of(kind: str, path: str, headers: Headers) -> dict[str, Any]:
    pairs = headers.items() if isinstance(headers, dict) else headers
    raw = [(name.lower().encode(), value.encode("latin-1")) for name, value in pairs]
    return {"type": kind, "path": path, "headers": raw, "method": "GET", "query_string": b""}


def passed(door: Any, scope: dict[str, Any], sent: bytes = b"", answer: Headers = ()) -> tuple[Any, Any, Any]:  # type: ignore[assignment]
    """What the server behind a door gets (scope, message) and what comes back from it."""
    seen: list[Any] = [None, None]
    came_back: list[Any] = []

    async def server(inner: Any, receive: Any, send: Any) -> None:
        seen[:] = inner, await receive()
        pairs = answer.items() if isinstance(answer, dict) else answer
        raw = [(name.encode(), value.encode()) for name, value in pairs]
        await send({"type": "http.response.start", "status": 302, "headers": raw})

    async def receive() -> dict[str, Any]:
        return {"type": "websocket.receive", "bytes": sent}

    async def send(message: Any) -> None:
        came_back.append(message)

    awaited(door(server)(scope, receive, send))
    return seen[0], seen[1], came_back


def admitted_only(**more: str) -> Any:
    return lambda app: OnlyAdmitted(app, instance(**more))


def click() -> bytes:
    message = BackMsg()
    message.rerun_script.query_string = "page=topics"
    message.rerun_script.fragment_id = "titles"
    state = message.rerun_script.widget_states.widgets.add()
    state.id, state.trigger_value = "delete-everything", True
    return message.SerializeToString()


def test_after_the_sign_in_has_expired_a_click_only_draws_the_page_anew() -> None:
    ends = time.time() + 100
    scope = scope_of("websocket", "/_stcore/stream", cookie(exp=ends))
    assert passed(admitted_only(), scope, click())[1]["bytes"] == click()

    def too_late(app: Any) -> OnlyAdmitted:
        clock = iter([ends - 1, ends + 1])  # the handshake, the click
        return OnlyAdmitted(app, instance(), lambda: next(clock))

    message = BackMsg()
    message.ParseFromString(passed(too_late, scope, click())[1]["bytes"])
    assert message.rerun_script.query_string == "page=topics"
    assert not message.rerun_script.fragment_id
    assert not message.rerun_script.widget_states.widgets

    hostile = passed(too_late, scope, b"\xff\x00 no message")[1]["bytes"]
    message.ParseFromString(hostile)
    assert message.WhichOneof("type") == "rerun_script"


def test_only_who_is_signed_in_resumes_a_visit() -> None:
    def protocols(headers: dict[str, str]) -> str:
        wanted = {**headers, "Sec-WebSocket-Protocol": "streamlit, 2|token, session-of-somebody"}
        inner = passed(admitted_only(), scope_of("websocket", "/_stcore/stream", wanted))[0]
        return dict(inner["headers"])[b"sec-websocket-protocol"].decode()

    assert protocols(cookie()) == "streamlit, 2|token, session-of-somebody"
    for headers in OUTSIDE.values():
        if headers.get("Cookie", "").isascii():
            assert protocols(headers) == "streamlit, 2|token"


def test_the_pages_never_see_the_proxys_secret_nor_what_a_client_says_of_itself() -> None:
    setup = Instance(sign_in="proxy", people="@good.org", proxy_secret=COOKIE_SECRET)  # type: ignore[arg-type]
    sent = [*ADA.items(), (VISITOR_HEADER, "forged"), ("Host", "x")]
    for kind in ("http", "websocket"):
        inner = passed(lambda app: ProxyIdentity(app, setup), scope_of(kind, "/", sent))[0]
        names = [name for name, _ in inner["headers"]]
        assert sorted(names) == [b"host", VISITOR_HEADER.lower().encode()]
        said = unseal(dict(inner["headers"])[VISITOR_HEADER.lower().encode()].decode())
        assert said == {"email": "ada@good.org", "name": "Ada Lovelace", "groups": [""]}
    for setup in (Instance(), instance()):
        inner = passed(lambda app, setup=setup: ProxyIdentity(app, setup), scope_of("http", "/", sent))[0]
        assert VISITOR_HEADER.lower().encode() not in dict(inner["headers"])
        assert PROOF_HEADER.lower().encode() not in dict(inner["headers"])


def test_cookies_are_for_tls_only_where_there_is_tls() -> None:
    given = {"set-cookie": "_streamlit_user=x; HttpOnly; SameSite=lax"}
    for address, secure in (("https://topics.good.org", True), ("http://localhost:1", False)):
        door = admitted_only(address=address)
        start = passed(door, scope_of("http", "/auth/logout", {}), answer=given)[2][0]
        assert (b"; Secure" in dict(start["headers"])[b"set-cookie"]) is secure
    once = passed(
        admitted_only(address="https://x.org"), scope_of("http", "/", {}), answer={"set-cookie": "a=b; secure"}
    )
    assert dict(once[2][0]["headers"])[b"set-cookie"] == b"a=b; secure"


@pytest.mark.parametrize(
    ("kept", "location"),
    [
        ("page=topics&q=%E2%80%9Csolar+cells%E2%80%9D", "/?page=topics&q=%E2%80%9Csolar+cells%E2%80%9D"),
        ("", "/"),
        ("//evil.example/x", "/?//evil.example/x"),
        ("https://evil.example", "/?https://evil.example"),
        ("\\\\evil.example", "/?%5C%5Cevil.example"),
        ("a=1\r\nSet-Cookie: b=c", "/?a=1%0D%0ASet-Cookie:%20b=c"),
        ("x" * 4000, "/"),
    ],
)
def test_the_sign_in_leads_back_to_the_page_one_left_and_nowhere_else(kept: str, location: str) -> None:
    scope = scope_of("http", "/oauth2callback", {"Cookie": f"{http_gate.RETURN_COOKIE}={quote(kept, safe='')}"})
    start = passed(admitted_only(), scope, answer={"location": "/"})[2][0]
    assert dict(start["headers"])[b"location"].decode() == location
    # The provider's own address is left alone, and so is any other path of ours.
    for path, leads in (("/oauth2callback", ISSUER), ("/auth/logout", "/")):
        scope = scope_of("http", path, {"Cookie": f"{http_gate.RETURN_COOKIE}=page%3Dtopics"})
        start = passed(admitted_only(), scope, answer={"location": leads})[2][0]
        assert dict(start["headers"])[b"location"].decode() == leads


def test_the_cookie_of_a_sign_in_is_read_as_streamlit_writes_it() -> None:
    # Long claims (many groups) are cut over several cookies; both readers must put them together.
    claims = json.dumps({"sub": "x" * 5000})
    parts = [claims[:3000], claims[3000:]]
    signed = {COOKIE: "chunks-2", f"{COOKIE}_1": parts[0], f"{COOKIE}_2": parts[1]}
    text = "; ".join(
        f"{name}={create_signed_value(COOKIE_SECRET, name, value).decode()}" for name, value in signed.items()
    )
    assert http_gate.claims_of(scope_of("http", "/", {"Cookie": text}), instance())["sub"] == "x" * 5000
    assert http_gate.claims_of(scope_of("http", "/", {"Cookie": text.rpartition(";")[0]}), instance()) == {}
    for odd in (b"[]", b"7", b"no json"):
        value = create_signed_value(COOKIE_SECRET, COOKIE, odd).decode()
        assert http_gate.claims_of(scope_of("http", "/", {"Cookie": f"{COOKIE}={value}"}), instance()) == {}
